//! What is to come of a duty: when its row reads otherwise, and the steps of its ladder that have not opened.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::collections::BTreeMap;

use engine::evaluate::{Cut, DutyRef, Evaluation, evaluate};
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
chief = "police"

[duty.answer]
when = "asked"
expect = "answered"
within = "72h"
owner = "desk"
ladder = "up"
ladder_start = "head"

[duty.visit]
from = "opened"
expect = "visited"
every = "48h"
until = "shut"
owner = "desk"

[ladder.up]
steps = [
  { to = "desk", answer_within = "24h" },
  { to = "head", answer_within = "24h" },
  { to = "chief" },
]
"#;

const HOUR: i64 = 3_600_000;

/// So many milliseconds after the first event.
fn after(ms: i64) -> Instant {
    Instant::from_ms(1_700_000_000_000 + ms).unwrap()
}

fn event(kind: &str, ms: i64) -> Event {
    Event {
        id: format!("{kind} {ms}"),
        stream: "case:k1".to_owned(),
        kind: kind.to_owned(),
        at: after(ms),
        recorded_at: after(ms),
        ..Event::default()
    }
}

/// An officer has the role of head from then on.
fn held(officer: &str, ms: i64) -> Event {
    let mut event = event("post.held", ms);
    event.links.entry("officer".to_owned()).or_default().insert(officer.to_owned());
    event.attrs = BTreeMap::from([("role".to_owned(), Value::Text("head".to_owned()))]);
    event
}

/// Reads the one duty that there is at a time.
fn at<R>(ms: i64, events: &[Event], read_duty: impl FnOnce(&Evaluation<'_>, DutyRef) -> R) -> R {
    let policy = read(vec![SourceFile { name: "policy.toml".to_owned(), text: POLICY.into() }]);
    let program = Program::new(vec![policy.unwrap_or_else(|problems| panic!("{problems}"))]).unwrap();
    let log = Log::from_events(events).unwrap();
    let evaluation = evaluate(&program, &log, &Cut { as_of: Some(after(ms)), ..Cut::default() }).unwrap();
    let [duty] = evaluation.duties()[..] else { panic!("one duty") };
    read_duty(&evaluation, duty)
}

/// When the duty reads otherwise, in milliseconds after the first event.
fn wakes(ms: i64, events: &[Event]) -> Option<i64> {
    let wakes = at(ms, events, |evaluation, duty| evaluation.wakes(duty, &evaluation.row(duty)));
    wakes.map(|wakes| wakes.ms() - after(0).ms())
}

/// The steps ahead, and whom each would reach.
fn ahead(ms: i64, events: &[Event]) -> Vec<(usize, Vec<String>)> {
    at(ms, events, |evaluation, duty| {
        let steps = evaluation.ahead(duty).into_iter();
        steps.map(|step| (step.step, step.holders.map_or(Vec::new(), |holders| holders.to_vec()))).collect()
    })
}

#[test]
fn a_duty_wakes_a_millisecond_after_its_due_and_after_each_step_of_its_ladder() {
    let asked = [event("asked", 0)];
    let (due, step) = (72 * HOUR, 96 * HOUR);
    for (now, then) in [
        (0, Some(due + 1)),
        (due, Some(due + 1)),
        (due + 1, Some(step + 1)),
        (step, Some(step + 1)),
        (step + 1, None),
    ] {
        assert_eq!(wakes(now, &asked), then, "at {now}");
    }
}

#[test]
fn an_interval_wakes_after_each_of_its_dues() {
    let opened = [event("opened", 0)];
    let period = 48 * HOUR;
    for (now, then) in
        [(period, period), (period + 1, 2 * period), (2 * period, 2 * period), (2 * period + 1, 3 * period)]
    {
        assert_eq!(wakes(now, &opened), Some(then + 1), "at {now}");
    }
}

#[test]
fn a_duty_that_is_done_sleeps() {
    let events = [event("asked", 0), event("answered", HOUR)];
    assert_eq!(wakes(2 * HOUR, &events), None);
}

#[test]
fn the_steps_ahead_are_those_that_have_not_opened() {
    let asked = [event("asked", 0)];
    let steps = |ms| -> Vec<usize> { ahead(ms, &asked).into_iter().map(|(step, _)| step).collect() };
    assert_eq!(steps(0), [2, 3], "the ladder starts at the second");
    assert_eq!(steps(72 * HOUR + 1), [3]);
    assert!(steps(96 * HOUR + 1).is_empty());
}

#[test]
fn a_step_ahead_would_reach_who_holds_its_role_now() {
    let events = [held("officer:h1", 0), event("asked", 1), held("officer:h2", 2 * HOUR)];
    let heads = |ms| ahead(ms, &events).swap_remove(0).1;
    assert_eq!(heads(HOUR), ["officer:h1"]);
    assert_eq!(heads(2 * HOUR), ["officer:h1", "officer:h2"]);
}
