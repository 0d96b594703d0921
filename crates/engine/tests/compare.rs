//! What `compare` finds between two evaluations. That it is what whole rows say is held in `crates/cli/tests/it/compare.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::collections::BTreeMap;

use engine::compare::{Comparison, Counts, Desk, Field, compare};
use engine::evaluate::{Cut, evaluate};
use engine::log::Log;
use engine::policy::{SourceFile, read};
use engine::program::Program;
use engine::record::{Event, Value};
use engine::time::Instant;

const POLICY: &str = r#"
[policy]
name = "p"
zone = "Europe/London"
open = true

[roles]
desk = "police"
head = "police"

[duty.answer]
when = "asked"
where = "event.attrs.number <= 40"
expect = "answered"
within = "3d"
owner = "desk"
ladder = "up"

[duty.visit]
from = "opened"
expect = "visited"
every = "7d"
until = "shut"
owner = "desk"

[ladder.up]
steps = [ { to = "desk", answer_within = "1d" }, { to = "head" } ]
"#;

fn at(days: i64) -> Instant {
    Instant::from_ms(1_700_000_000_000 + days * 86_400_000).unwrap()
}

/// An event of a stream of its own.
fn event(number: i64, kind: &str, days: i64) -> Event {
    Event {
        id: format!("e{number}"),
        stream: format!("case:k{number}"),
        kind: kind.to_owned(),
        at: at(days),
        recorded_at: at(days),
        attrs: BTreeMap::from([("number".to_owned(), Value::Integer(number))]),
        ..Event::default()
    }
}

fn program(text: &str) -> Program {
    let policy = read(vec![SourceFile { name: "policy.toml".to_owned(), text: text.into() }]);
    Program::new(vec![policy.unwrap_or_else(|problems| panic!("{problems}"))]).unwrap()
}

/// The policy with one text in place of another.
fn changed(from: &str, to: &str) -> Program {
    assert_eq!(POLICY.matches(from).count(), 1, "{from}");
    program(&POLICY.replace(from, to))
}

fn compared<R>(
    events: &[Event],
    [before, after]: [(&Program, Cut); 2],
    read: impl FnOnce(&Comparison<'_>) -> R,
) -> R {
    let log = Log::from_events(events).unwrap();
    let [before, after] = [before, after].map(|(program, cut)| evaluate(program, &log, &cut).unwrap());
    read(&compare(&before, &after))
}

/// Compares the policy with another, on the last day.
fn by_policy<R>(events: &[Event], after: &Program, read: impl FnOnce(&Comparison<'_>) -> R) -> R {
    let before = program(POLICY);
    let cut = Cut { as_of: Some(at(20)), ..Cut::default() };
    compared(events, [(&before, cut), (after, cut)], read)
}

fn counts(appear: u64, vanish: u64, moved: u64, unchanged: u64) -> Counts {
    Counts { appear, vanish, moved, unchanged }
}

#[test]
fn each_duty_is_in_both_or_in_one_alone() {
    let asked: Vec<Event> = (0..60).map(|number| event(number, "asked", 1)).collect();
    let after = changed("event.attrs.number <= 40", "event.attrs.number >= 20");
    by_policy(&asked, &after, |comparison| {
        assert_eq!(comparison.all(), counts(19, 20, 0, 21));
        assert_eq!(comparison.rules["answer"], comparison.all());
    });
}

#[test]
fn a_duty_that_a_merge_renames_is_the_same() {
    let mut merged = event(9, "entity.merged", 2);
    for (role, entity) in [("from", "case:k1"), ("into", "case:k2")] {
        merged.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
    }
    let events = [event(1, "asked", 1), merged];
    let program = program(POLICY);
    let [before, after] = [at(1), at(20)].map(|known_by| Cut {
        as_of: Some(at(2)),
        known_by: Some(known_by),
        ..Cut::default()
    });
    compared(&events, [(&program, before), (&program, after)], |comparison| {
        assert_eq!(comparison.all(), counts(0, 0, 0, 1));
    });
}

#[test]
fn a_duty_moves_where_more_of_its_periods_passed() {
    let events = [event(1, "opened", 1)];
    let program = program(POLICY);
    let [before, after] = [at(10), at(20)].map(|as_of| Cut { as_of: Some(as_of), ..Cut::default() });
    compared(&events, [(&program, before), (&program, after)], |comparison| {
        assert_eq!(comparison.fields(), BTreeMap::from([(Field::PeriodsMissed, 1)]));
    });
}

#[test]
fn a_duty_moves_where_its_ladder_does() {
    let events = [event(1, "asked", 1), event(2, "asked", 19)];
    let after = changed("answer_within = \"1d\"", "answer_within = \"40d\"");
    by_policy(&events, &after, |comparison| {
        assert_eq!(comparison.fields(), BTreeMap::from([(Field::Ladder, 1)]));
        assert_eq!(comparison.all(), counts(0, 0, 1, 1), "one of both has no step yet");
    });
}

#[test]
fn a_duty_that_changes_hands_counts_for_both() {
    let events = [event(1, "opened", 1)];
    let after = changed("until = \"shut\"\nowner = \"desk\"", "until = \"shut\"\nowner = \"head\"");
    by_policy(&events, &after, |comparison| {
        let desks = ["desk", "head"].map(|owner| (Desk::Owner(owner.to_owned()), counts(0, 0, 1, 0)));
        assert_eq!(comparison.desks(), BTreeMap::from(desks));
        assert_eq!(comparison.fields(), BTreeMap::from([(Field::Owner, 1)]));
    });
}
