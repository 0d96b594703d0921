//! What a log or a policy could make grow without end is bounded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use engine::duty::{ReportCode, State};
use engine::evaluate::{Cut, EvaluateError, evaluate};
use engine::log::Log;
use engine::policy::{self, SourceFile};
use engine::program::Program;
use engine::record::Event;
use engine::time::Instant;

fn program(text: &str) -> Program {
    let policy = policy::read(vec![SourceFile { name: "p.toml".into(), text: text.into() }]).unwrap();
    Program::new(vec![policy]).unwrap()
}

#[test]
fn an_event_is_not_counted_under_more_combinations_of_per_than_can_be_meant() {
    let program = program(
        "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [signal.s]\ncount = 'k'\nat_least = 1\nper = ['place', 'child']\n",
    );
    let raised = |children: usize| {
        let mut event =
            Event { id: "e1".into(), stream: "case:1".into(), kind: "k".into(), ..Event::default() };
        let links = [("place", 100), ("child", children)];
        for (role, count) in links {
            event.links.insert(role.into(), (0..count).map(|number| format!("{role}:{number}")).collect());
        }
        let log = Log::from_events([&event]).unwrap();
        let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
        let reports = evaluation.reports();
        (evaluation.signals().len(), reports.first().map(|report| report.code))
    };
    assert_eq!(raised(100), (10_000, None));
    assert_eq!(raised(101), (0, Some(ReportCode::GuardFailed)));
}

#[test]
fn the_lapses_of_a_short_interval_over_centuries_are_refused() {
    let text = "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [duty.d]\non = 'case'\nfrom = 'k'\nexpect = 'l'\nevery = '1m'\n\
        [signal.s]\non = 'case'\ncount = 'duty.overdue:d'\nat_least = 3\n";
    let program = program(text);
    let at = |text: &str| Instant::parse(text).unwrap();
    let start = at("0209-01-01T00:00:00Z");
    let event = Event {
        id: "e1".into(),
        stream: "case:1".into(),
        kind: "k".into(),
        at: start,
        recorded_at: start,
        ..Event::default()
    };
    let log = Log::from_events([&event]).unwrap();
    let cut = Cut { as_of: Some(at("2026-01-01T00:00:00Z")), ..Cut::default() };
    let Err(error) = evaluate(&program, &log, &cut) else { panic!("it must be refused") };
    let EvaluateError::TooManyLapses { rule, key, event, count } = &error else { panic!("{error}") };
    assert_eq!((rule.as_str(), key.as_str(), event.as_str()), ("d", "case:1", "e1"));
    assert!(*count > 900_000_000, "{count}");
}

#[test]
fn more_kinds_than_have_numbers_are_refused() {
    let program = program(
        "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [signal.s]\ncount = 'k0'\nat_least = 1\n\
        [duty.d]\nwhen = 'signal.s'\nexpect = 'k1'\nwithin = '1h'\n",
    );
    let judged = |kinds: u32| {
        let of = |number| Event {
            id: format!("e{number}"),
            stream: "case:1".into(),
            kind: format!("k{number}"),
            ..Event::default()
        };
        let log = Log::from_events(&(0..kinds).map(of).collect::<Vec<_>>()).unwrap();
        evaluate(&program, &log, &Cut::default()).map(|evaluation| evaluation.rows().count())
    };
    assert_eq!(judged(65_533).unwrap(), 1);
    assert_eq!(judged(65_534).unwrap_err(), EvaluateError::TooManyKinds { kinds: 65_535 });
}

#[test]
fn an_event_at_the_last_instant_gives_a_duty_whose_due_cannot_be_told() {
    let program = program(
        "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [duty.d]\nwhen = 'k'\nexpect = 'l'\nwithin = '1d'\n",
    );
    let event = Event {
        id: "e1".into(),
        stream: "case:1".into(),
        kind: "k".into(),
        at: Instant::MAX,
        recorded_at: Instant::MAX,
        ..Event::default()
    };
    let log = Log::from_events([&event]).unwrap();
    let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
    let states: Vec<State> = evaluation.rows().map(|row| row.state).collect();
    assert_eq!(states, [State::Undecided]);
}
