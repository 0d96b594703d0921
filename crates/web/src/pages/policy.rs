//! The policy: what each rule says in plain words, where it comes from, and how it is tested.

use app::access::Action;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::policy::{
    Expected, InForce, Policy, PolicyTest, Source, owner_words, sentence_alone, source_words, span,
};
use serde::Serialize;

use super::person::may;
use super::rows::{Shower, plain};
use super::texts::{said, text};
use super::told::capital;
use super::{Frame, PageError, SignedIn};
use crate::Served;

/// The rules of one file.
#[derive(Debug, Serialize)]
struct Theme {
    id: String,
    title: String,
    rules: Vec<Listed>,
}

#[derive(Debug, Serialize)]
struct Listed {
    name: String,
    sentence: String,
    source: Option<String>,
}

/// A version put into force.
#[derive(Debug, Serialize)]
struct Version {
    version: String,
    from: String,
    activated: String,
    by: String,
}

/// A test of a rule.
#[derive(Debug, Serialize)]
struct Tested {
    name: String,
    /// What comes of the rule in it.
    says: String,
}

#[derive(Debug, Serialize)]
struct Rung {
    to: String,
    answer: String,
}

/// Every rule, theme by theme, and the versions.
pub(crate) async fn all(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
) -> Result<Response, PageError> {
    #[derive(Serialize)]
    struct Page {
        themes: Vec<Theme>,
        versions: Vec<Version>,
        rules: usize,
        may_try: bool,
    }
    person.needs(Action::SeePolicy)?;
    let shower = Shower::new(&served).await?;
    let policy = shower.policy().ok_or(PageError::Unavailable)?;
    let themes = themes(policy);
    let rules = themes.iter().map(|theme| theme.rules.len()).sum();
    let versions = versions(&served, &shower).await?;
    frame.page(
        "policy.njk",
        &text("policy-title"),
        Page { themes, versions, rules, may_try: may(&person.person, Action::TryPolicy) },
    )
}

/// One rule.
pub(crate) async fn rule(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    #[derive(Serialize)]
    struct Page {
        sentence: String,
        owner: Option<String>,
        source: Option<String>,
        source_url: Option<String>,
        confidence: Option<&'static str>,
        ladder: Vec<Rung>,
        settings: Vec<String>,
        change: Option<String>,
        tests: Vec<Tested>,
    }
    person.needs(Action::SeePolicy)?;
    let shower = Shower::new(&served).await?;
    let policy = shower.policy().ok_or(PageError::Unavailable)?;
    let sentence = sentence_alone(policy, &name).ok_or(PageError::NotFound)?;
    let duty = policy.duties.get(&name);
    let source = source(policy, &name);
    let settings = duty.map(|duty| &duty.settings).into_iter().flatten();
    let page = Page {
        sentence: plain(&sentence),
        owner: duty.and_then(|duty| duty.owner.as_ref()).map(|owner| owner_words(policy, owner)),
        source: source.map(source_words),
        source_url: source.and_then(|source| source.url.clone()).filter(|url| url.starts_with("https://")),
        confidence: source.and_then(|source| source.confidence).map(|confidence| confidence.words()),
        ladder: duty.and_then(|duty| duty.ladder.as_ref()).map_or_else(Vec::new, |name| ladder(policy, name)),
        settings: settings
            .filter_map(|name| policy.settings.get(name))
            .map(|setting| setting.words())
            .collect(),
        change: policy.changes.get(&name).map(|change| change.words()),
        tests: policy.tests.iter().filter_map(|test| tested(test, &name)).collect(),
    };
    frame.page("rule.njk", &name.replace('-', " "), page)
}

/// The rules by the file that they stand in, in the order of the files.
fn themes(policy: &Policy) -> Vec<Theme> {
    let places = policy.duties.values().map(|duty| (duty.place.file, duty.place.bytes.start, &duty.name));
    let signals =
        policy.signals.values().map(|signal| (signal.place.file, signal.place.bytes.start, &signal.name));
    let mut rules: Vec<(usize, usize, &String)> = places.chain(signals).collect();
    rules.sort_unstable();
    let themes = rules.chunk_by(|a, b| a.0 == b.0).map(|rules| {
        let id = policy.files.get(rules[0].0).map_or("", |file| stem(&file.name)).to_owned();
        Theme {
            title: capital(&id.replace('-', " ")),
            id,
            rules: rules.iter().map(|(.., name)| listed(policy, name)).collect(),
        }
    });
    themes.collect()
}

fn listed(policy: &Policy, name: &str) -> Listed {
    Listed {
        name: name.to_owned(),
        sentence: sentence_alone(policy, name).map(|sentence| plain(&sentence)).unwrap_or_default(),
        source: source(policy, name).map(source_words),
    }
}

fn source<'p>(policy: &'p Policy, name: &str) -> Option<&'p Source> {
    match policy.duties.get(name) {
        Some(duty) => duty.source.as_ref(),
        None => policy.signals.get(name)?.source.as_ref(),
    }
}

/// A file's name without its folders and its ending.
fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

fn ladder(policy: &Policy, name: &str) -> Vec<Rung> {
    let steps = policy.ladders.get(name).map_or(&[][..], |ladder| &ladder.steps);
    let rung = |step: &engine::policy::LadderStep| Rung {
        to: step.to.replace('-', " "),
        answer: match step.answer_within {
            Some(within) => said("rule-answer-within", &[("span", span(within).into())]),
            None => text("rule-answer-last"),
        },
    };
    steps.iter().map(rung).collect()
}

/// What a test says of a rule, if anything.
fn tested(test: &PolicyTest, name: &str) -> Option<Tested> {
    let expected = test.expect.iter().find(|expect| match &expect.of {
        Expected::Duty(rule) | Expected::Signal(rule) => rule == name,
    });
    let says = match expected.and_then(|expect| expect.fields.get("state")).and_then(|state| state.as_str()) {
        Some(state) => text(&format!("state-{state}")),
        None if expected.is_some() => text("rule-test-raised"),
        None if test.none.iter().any(|(rule, _)| rule == name) => text("rule-test-nothing"),
        None => return None,
    };
    Some(Tested { name: test.name.clone(), says })
}

/// The versions put into force, the last first.
async fn versions(served: &Served, shower: &Shower) -> Result<Vec<Version>, PageError> {
    let stored = served.store.policies().await?;
    let program = shower.versions();
    let version = |(stored, in_force): (&store::StoredPolicy, Option<&InForce>)| Version {
        version: stored.version.clone(),
        from: match in_force.and_then(|in_force| in_force.from) {
            Some(from) => from.to_string(),
            None => text("policy-always"),
        },
        activated: shower.when.full(stored.activated_at),
        by: stored.activated_by.clone(),
    };
    let in_force = |stored: &store::StoredPolicy| {
        program
            .iter()
            .find(|policy| policy.version.as_deref() == Some(&stored.version))
            .map(|policy| &policy.in_force)
    };
    Ok(stored.iter().rev().map(|stored| version((stored, in_force(stored)))).collect())
}
