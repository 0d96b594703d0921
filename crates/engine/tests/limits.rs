//! What a log or a policy could make grow without end is bounded.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::sync::Arc;

use engine::duty::{DutyRow, ReportCode, State};
use engine::evaluate::{Cut, EvaluateError, evaluate};
use engine::log::Log;
use engine::policy::{self, SourceFile};
use engine::program::Program;
use engine::record::{Event, Value};
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

/// Keys are judged in portions, at once where there are processors.
#[test]
fn the_duties_of_many_keys_are_judged_alike_and_stand_in_their_order() {
    let program = program(
        "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n[duty.d]\non = 'case'\nwhen = 'asked'\nexpect = 'answer'\nwithin = '1h'\n",
    );
    let event = |key: usize, (number, kind): (usize, &str)| Event {
        id: format!("e{key}-{number}"),
        stream: format!("case:{key:05}"),
        kind: kind.into(),
        at: Instant::from_ms((key + number) as i64).unwrap(),
        recorded_at: Instant::from_ms((key + number) as i64).unwrap(),
        ..Event::default()
    };
    let events = |key: usize| {
        let kinds =
            if key.is_multiple_of(2) { ["asked", "answer", "asked"] } else { ["asked", "asked", "answer"] };
        kinds.into_iter().enumerate().map(move |kind| event(key, kind))
    };
    let events: Vec<Event> = (0..3_000).flat_map(events).collect();
    let log = Log::from_events(&events).unwrap();
    let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
    let mut rows = evaluation.rows();
    for key in 0..3_000_usize {
        let states =
            if key.is_multiple_of(2) { [State::Met, State::Pending] } else { [State::Met, State::Met] };
        for state in states {
            let row = rows.next().unwrap();
            assert_eq!((row.key, row.state), (format!("case:{key:05}"), state));
        }
    }
    assert!(rows.next().is_none());
}

#[test]
fn a_response_closes_what_it_answers_of_however_many_rules() {
    let rule = |number: usize| {
        format!("[duty.d{number}]\non = 'case'\nwhen = 'k{number}'\nexpect = 'answer'\nwithin = '1h'\n")
    };
    let rules: String = (0..70).map(rule).collect();
    let program = program(&format!("[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n{rules}"));
    let kinds = ["k3", "answer", "k69", "answer", "answer", "answer", "answer", "answer"];
    let event = |(number, kind): (usize, &&str)| Event {
        id: format!("e{number}"),
        stream: "case:1".into(),
        kind: (*kind).into(),
        at: Instant::from_ms(number as i64).unwrap(),
        recorded_at: Instant::from_ms(number as i64).unwrap(),
        ..Event::default()
    };
    let events: Vec<Event> = kinds.iter().enumerate().map(event).collect();
    let log = Log::from_events(&events).unwrap();
    let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
    let duties: Vec<_> = evaluation.rows().map(|row| (row.duty, row.state)).collect();
    assert_eq!(duties, [("d3".to_owned(), State::Met), ("d69".to_owned(), State::Met)]);
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

#[test]
fn duties_of_one_answer_share_their_holders() {
    let program = program(
        "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [roles]\ndesk = 'a'\nchief = 'a'\n\
        [duty.d]\nwhen = 'k'\nexpect = 'l'\nwithin = '1h'\nowner = 'desk'\nladder = 'l'\n\
        [ladder.l]\nsteps = [{ to = 'chief' }]\n",
    );
    let mut events = Vec::new();
    for (officer, role) in [("o1", "desk"), ("o2", "desk"), ("c1", "chief"), ("c2", "chief")] {
        let mut event = event(officer, &format!("officer:{officer}"), "post.held", 0);
        event.attrs.insert("role".into(), Value::Text(role.into()));
        events.push(event);
    }
    for number in 1..4 {
        let mut event = event(&format!("e{number}"), &format!("case:{number}"), "k", number);
        if number == 3 {
            event.links.insert("named".into(), ["officer:c1".into()].into());
        }
        events.push(event);
    }
    let log = Log::from_events(&events).unwrap();
    let cut = Cut { as_of: Some(Instant::from_ms(36_000_000).unwrap()), ..Cut::default() };
    let rows: Vec<DutyRow> = evaluate(&program, &log, &cut).unwrap().rows().collect();
    let holders = |row: usize| rows[row].holders.clone().unwrap();
    let people = |row: usize| rows[row].ladder[0].holders.clone().unwrap();
    assert_eq!(*holders(0), ["officer:o1", "officer:o2"]);
    assert_eq!(*people(0), ["officer:c1", "officer:c2"]);
    assert!(Arc::ptr_eq(&holders(0), &holders(1)) && Arc::ptr_eq(&holders(1), &holders(2)));
    assert!(Arc::ptr_eq(&people(0), &people(1)));
    assert_eq!(*people(2), ["officer:c2"], "the duty is about the other");
}

#[test]
fn many_escalations_of_no_duty_in_particular_are_heard_by_each_duty_from_its_start_to_its_closing() {
    let program = program(
        "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [duty.d]\nwhen = 'k'\nexpect = 'l'\nwithin = '1h'\nowner = 'desk'\nladder = 'l'\n\
        [ladder.l]\nsteps = [{ to = 'chief' }]\n",
    );
    let hour = 3_600_000;
    let mut events = vec![event("e0", "case:1", "k", 0)];
    for number in 1..100 {
        let mut seen = event(&format!("s{number}"), "case:1", "escalation.seen", number * hour);
        let attrs =
            [("rule", "d".into()), ("key", "case:1".into())].map(|(name, text)| (name, Value::Text(text)));
        seen.attrs.extend(
            [("step", Value::Integer(1))].into_iter().chain(attrs).map(|(name, value)| (name.into(), value)),
        );
        events.push(seen);
        events.push(event(&format!("e{number}"), "case:1", "k", number * hour + 1));
    }
    events.push(event("l", "case:1", "l", 50 * hour + 2));
    let log = Log::from_events(&events).unwrap();
    let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
    let mut seen: Vec<(Instant, Option<Instant>)> =
        evaluation.rows().filter_map(|row| Some((row.trigger.at, row.ladder.first()?.seen))).collect();
    seen.sort_unstable();
    let at = |ms: i64| Instant::from_ms(ms).unwrap();
    assert_eq!(seen[0], (at(0), Some(at(hour))));
    assert_eq!(seen[1], (at(hour + 1), Some(at(3 * hour))));
    assert_eq!(seen[49], (at(49 * hour + 1), None), "it was closed before the next");
    assert_eq!(seen[50], (at(51 * hour + 1), Some(at(53 * hour))));
}

fn event(id: &str, stream: &str, kind: &str, ms: i64) -> Event {
    let at = Instant::from_ms(ms).unwrap();
    Event { id: id.into(), stream: stream.into(), kind: kind.into(), at, recorded_at: at, ..Event::default() }
}
