//! Every published fixture of govuk-frontend, and every example of the MOJ design system and of Nunjucks itself, to the letter.
//!
//! With the options that govuk-frontend uses, Nunjucks gives the HTML of its fixtures but for white space at both ends. So nothing but that
//! white space is forgiven here; of the others, which Nunjucks rendered for this test, nothing at all.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use design_system::DesignSystem;
use minijinja::Value;
use serde::Deserialize;

/// What cannot be rendered as Nunjucks does, with the reason: `(file, fixture, reason)`. The test holds it exact.
const DIFFERENT: &[(&str, &str, &str)] = &[];

/// A row of a file in `tests/fixtures`.
#[derive(Deserialize)]
struct Fixture {
    #[serde(default)]
    component: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    files: BTreeMap<String, String>,
    name: String,
    context: Value,
    html: String,
}

fn fixtures(rows: &str) -> Vec<Fixture> {
    rows.lines().map(|row| serde_json::from_str(row).unwrap()).collect()
}

fn rendered(system: &mut DesignSystem, fixture: &Fixture) -> String {
    for (name, source) in &fixture.files {
        system.add(name, source).unwrap();
    }
    let html = system
        .add("fixture.njk", &fixture.source)
        .and_then(|()| system.render("fixture.njk", &fixture.context));
    html.unwrap_or_else(|error| format!("{error}\n{:?}", std::error::Error::source(&error)))
}

/// The line in which two texts part.
fn first_difference(expected: &str, rendered: &str) -> String {
    let same = expected.lines().zip(rendered.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(the end)").to_owned();
    format!("line {}: expected `{}`, rendered `{}`", same + 1, line(expected), line(rendered))
}

/// Renders all and compares; says which differ, but for those of the table.
fn check(file: &str, rows: &str, kept: fn(&str) -> &str) -> Vec<Fixture> {
    let mut system = DesignSystem::new();
    let fixtures = fixtures(rows);
    let mut different: BTreeMap<String, String> = BTreeMap::new();
    for fixture in &fixtures {
        let html = rendered(&mut system, fixture);
        if kept(&html) != kept(&fixture.html) {
            let name = format!("{}: {}", fixture.component, fixture.name);
            different.insert(name, first_difference(kept(&fixture.html), kept(&html)));
        }
    }
    let known: Vec<_> = DIFFERENT.iter().filter(|(of, ..)| *of == file).map(|(_, name, _)| *name).collect();
    let found: Vec<_> = different.keys().map(String::as_str).collect();
    let first = different.iter().find(|(name, _)| !known.contains(&name.as_str()));
    assert_eq!(found, known, "{} of {} in {file} differ; the first: {first:#?}", found.len(), fixtures.len());
    fixtures
}

#[test]
fn every_published_fixture_of_govuk_frontend() {
    let fixtures = check("govuk", include_str!("fixtures/govuk.jsonl"), str::trim);
    let mut components: Vec<_> = fixtures.iter().map(|fixture| &fixture.component).collect();
    components.dedup();
    assert_eq!((fixtures.len(), components.len()), (725, 39));
}

#[test]
fn every_component_of_the_moj_design_system() {
    let fixtures = check("moj", include_str!("fixtures/moj.jsonl"), |html| html);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vendor/templates/moj/components");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let component = path.file_name().unwrap().to_string_lossy().into_owned();
        let is_shown = fixtures.iter().any(|fixture| fixture.component == component);
        assert!(is_shown || !path.join("macro.njk").exists(), "no example of `{component}` in examples.json");
    }
}

#[test]
fn the_language_as_nunjucks_has_it() {
    check("nunjucks", include_str!("fixtures/nunjucks.jsonl"), |html| html);
}
