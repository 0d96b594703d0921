//! Which tests of a pack below are about the policy that builds on it, and where a setting's name is none.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use engine::policy::{Policy, SourceFile, read_packs};

const BASE: &str = r#"
[policy]
name = "p"
zone = "Europe/London"
open = true

[setting.review]
title = "First review"
value = "72h"
range = ["24h", "96h"]
rationale = "no national figure"

[duty.seen]
on = "child"
when = "found"
where = "!has(event.attrs.word) || event.attrs.word != '$review'"
expect = "seen"
within = "$review"
owner = "lead"
ladder = "up"

[duty.told]
on = "child"
when = "found"
expect = "told"
within = "1d"
owner = "lead"

[signal.often]
on = "child"
count = "duty.overdue:seen"
at_least = 2

[ladder.up]
steps = [ { to = "lead" } ]

[[test]]
name = "seen"
events = [ { kind = "found", at = "2026-03-02T09:00", links = { child = "c1" } } ]
at = "2026-03-02T09:00"
expect = [ { duty = "seen", state = "pending" } ]

[[test]]
name = "told"
events = [ { kind = "found", at = "2026-03-02T09:00", links = { child = "c1" } } ]
at = "2026-03-02T09:00"
expect = [ { duty = "told", state = "pending" } ]

[[test]]
name = "once is not often"
events = [ { kind = "found", at = "2026-03-02T09:00", links = { child = "c1" } } ]
at = "2026-03-09T09:00"
none = ["often"]
"#;

fn with(above: &str) -> Policy {
    let above = format!("[policy]\nname = \"q\"\nextends = \"p\"\n{above}");
    let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.into() };
    read_packs(vec![vec![file("p.toml", BASE)], vec![file("q.toml", &above)]])
        .unwrap_or_else(|problems| panic!("{problems}"))
}

fn tests(above: &str) -> Vec<String> {
    with(above).tests.iter().map(|test| test.name.clone()).collect()
}

#[test]
fn a_test_stands_if_what_it_names_is_as_it_was() {
    assert_eq!(tests(""), ["seen", "told", "once is not often"]);
}

#[test]
fn a_setting_with_the_value_that_it_had_changes_no_rule() {
    let same = "[setting.review]\nvalue = \"72h\"\nrationale = \"our own audit\"";
    assert_eq!(tests(same), ["seen", "told", "once is not often"]);
}

#[test]
fn a_setting_changes_its_rules_and_those_built_on_them() {
    assert_eq!(tests("[setting.review]\nvalue = \"48h\"\nrationale = \"our own audit\""), ["told"]);
}

#[test]
fn a_ladder_changes_the_duties_that_climb_it() {
    assert_eq!(tests("[ladder.up]\nsteps = [ { to = \"head\" } ]"), ["told"]);
}

#[test]
fn a_name_in_a_quotation_stands_for_no_setting() {
    let guard = with("").duties["seen"].where_.clone().unwrap();
    assert!(guard.text.ends_with("event.attrs.word != '$review'"), "{}", guard.text);
}
