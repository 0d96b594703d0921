//! What an evaluation that is kept costs, and what it must not miss. That it is the whole one is held in `agreement.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use engine::duty::{DutyRow, State};
use engine::evaluate::{Evaluation, MovedDuties, Running};
use engine::policy::{Policy, SourceFile, read};
use engine::program::Program;
use engine::record::{Event, Value};
use engine::time::Instant;

fn program(text: &str) -> Program {
    let policy: Policy =
        read(vec![SourceFile { name: "policy.toml".to_owned(), text: text.into() }]).unwrap();
    Program::new(vec![policy]).unwrap()
}

fn event(number: i64, kind: &str, at: i64) -> Event {
    let at = Instant::from_ms(1_700_000_000_000 + at).unwrap();
    Event {
        id: format!("e{number}"),
        stream: "case:k1".to_owned(),
        kind: kind.to_owned(),
        at,
        recorded_at: at,
        ..Event::default()
    }
}

fn linked(event: Event, role: &str, entity: &str) -> Event {
    let mut event = event;
    event.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
    event
}

const ANSWERS: &str = r#"
[policy]
name = "answers"
zone = "Europe/London"
open = true

[duty.answer]
when = "asked"
expect = "answered"
within = "3d"
owner = "desk"

[signal.asked-often]
count = "asked"
within = "30d"
at_least = 3

[duty.look-into]
when = "signal.asked-often"
expect = "looked-into"
within = "5d"
owner = "desk"
"#;

#[test]
fn an_event_that_is_last_costs_what_it_touches_and_one_dated_back_its_key() {
    let program = program(ANSWERS);
    let count = 20_000;
    let events: Vec<Event> = (0..count)
        .map(|number| event(number, ["asked", "answered"][number as usize % 2], number * 1_000))
        .collect();
    let now = events.last().unwrap().at;
    let mut running = Running::new(&program, &events, now).unwrap();

    let before = running.taken();
    running.pass_time(Instant::from_ms(now.ms() + 10_000).unwrap()).unwrap();
    running.record(&event(count, "asked", count * 1_000)).unwrap();
    assert!(
        running.taken() - before <= 3,
        "one event, under the key of each pass: {}",
        running.taken() - before
    );

    let before = running.taken();
    running.record(&event(count + 1, "asked", 500)).unwrap();
    assert!(running.taken() - before > count as u64, "the key is read again");
}

#[test]
fn a_correction_looks_through_the_log_only_where_more_than_its_keys_may_change() {
    let program = program(ANSWERS);
    let events = [event(1, "asked", 1_000), event(2, "answered", 2_000), event(3, "asked", 9_000_000)];
    let mut running = Running::new(&program, &events, event(0, "now", 5_000).at).unwrap();
    let mut number = 10;
    let mut correct = |root: usize, kind: &str, at: i64| {
        number += 1;
        let corrects = Some(events[root - 1].id.clone());
        let before = running.looked_through();
        running.record(&Event { corrects, ..event(number, kind, at) }).unwrap();
        running.looked_through() - before
    };
    assert_eq!(correct(2, "answered", 2_500), 0, "an event that counts, by one that counts");
    assert_eq!(correct(2, "answered", 2_700), 0, "again");
    assert_eq!(correct(3, "asked", 4_000), 1, "one whose time has not come");
    assert_eq!(correct(1, "asked", 7_000_000), 1, "by one whose time has not come");
    assert_eq!(correct(2, "post.held", 2_800), 1, "a kind that registers are made of");
    assert_eq!(correct(2, "answered", 2_900), 1, "and back");
}

/// What the first duty is once events are recorded one after another; the whole evaluation says the same.
fn first_state(program: &Program, events: &[Event]) -> State {
    let now = Instant::from_ms(1_700_000_100_000).unwrap();
    let first = |running: &mut Running<'_>| rows(running)[0].state;
    let mut running = Running::new(program, [], now).unwrap();
    events.iter().for_each(|event| _ = running.record(event).unwrap());
    let mut whole = Running::new(program, events, now).unwrap();
    assert_eq!(first(&mut running), first(&mut whole));
    first(&mut running)
}

fn rows(running: &mut Running<'_>) -> Vec<DutyRow> {
    running.read(|evaluation| evaluation.rows().collect()).unwrap()
}

fn qualified(number: i64, officer: &str, at: i64) -> Event {
    let mut event = linked(event(number, "qualification.gained", at), "officer", officer);
    event.stream = officer.to_owned();
    event.attrs.insert("name".to_owned(), Value::Text("interviews".to_owned()));
    event
}

const INTERVIEWS: &str = r#"
[policy]
name = "interviews"
zone = "Europe/London"
open = true

[duty.trained]
when = "interview.held"
holds = "qualified(subject, 'interviews')"
"#;

#[test]
fn a_late_entry_of_a_register_costs_the_keys_that_asked_about_its_officer() {
    let program = program(INTERVIEWS);
    let held = |number: i64| {
        let held =
            linked(event(number, "interview.held", 5_000 + number), "officer", &format!("officer:o{number}"));
        Event { stream: format!("case:k{number}"), ..held }
    };
    let events: Vec<Event> = (0..1_000).map(held).collect();
    let mut running = Running::new(&program, &events, Instant::from_ms(1_700_000_100_000).unwrap()).unwrap();
    _ = running.moved();
    running.read(|evaluation| assert_eq!(evaluation.rows().count(), 1_000)).unwrap();
    let before = running.taken();
    running.record(&qualified(2_000, "officer:o5", 1_000)).unwrap();
    assert_eq!(running.taken() - before, 1);
    let MovedDuties::Some { moved, gone, .. } = running.moved() else { panic!("all moved") };
    assert_eq!((moved.len(), gone.len()), (1, 0));
}

#[test]
fn who_asked_about_one_that_no_record_named_is_asked_again() {
    let program = program(&INTERVIEWS.replace("subject", "event.id"));
    let held = linked(event(1, "interview.held", 5_000), "officer", "officer:o2");
    let held = Event { id: "officer:o1".to_owned(), ..held };
    assert_eq!(first_state(&program, &[held, qualified(2, "officer:o1", 1_000)]), State::Met);
}

#[test]
fn who_asked_about_one_who_became_another_asks_about_that_one() {
    let program = program(&INTERVIEWS.replace("subject", "event.attrs.by").replace(
        "[duty.trained]",
        "[kinds.\"interview.held\"]\nattrs = { by = \"text\" }\n\n[duty.trained]",
    ));
    let mut held = linked(event(1, "interview.held", 5_000), "officer", "officer:o2");
    held.attrs.insert("by".to_owned(), Value::Text("officer:old".to_owned()));
    let merged = linked(event(2, "entity.merged", 6_000), "from", "officer:old");
    let merged = Event { stream: "office:o1".to_owned(), ..linked(merged, "into", "officer:new") };
    assert_eq!(first_state(&program, &[held, merged, qualified(3, "officer:new", 1_000)]), State::Met);
}

#[test]
fn a_late_entry_of_a_register_gives_an_excuse_the_rank_that_it_asked_for() {
    let rules = ANSWERS.replacen("owner", "excuse_rank = \"inspector\"\nowner", 1);
    let program = program(&format!("{rules}\n[ranks]\norder = [\"constable\", \"inspector\"]\n"));
    let mut excuse = linked(event(2, "excuse.given", 2_000), "officer", "officer:o1");
    let mut post = linked(event(3, "post.held", 500), "officer", "officer:o1");
    post.stream = "officer:o1".to_owned();
    for (name, value) in [("rule", "answer"), ("key", "case:k1")] {
        excuse.attrs.insert(name.to_owned(), Value::Text(value.to_owned()));
    }
    post.attrs.insert("rank".to_owned(), Value::Text("inspector".to_owned()));
    let events = [event(1, "asked", 1_000), excuse, post];
    assert_eq!(first_state(&program, &events[..2]), State::Pending);
    assert_eq!(first_state(&program, &events), State::Excused);
}

#[test]
fn a_late_entry_of_a_register_counts_for_those_who_asked_about_its_team() {
    let program = program(&INTERVIEWS.replace("qualified(subject, 'interviews')", "filled('team:t1') > 1"));
    let post = |number: i64, officer: &str, at: i64| {
        let post = linked(linked(event(number, "post.held", at), "officer", officer), "team", "team:t1");
        Event { stream: officer.to_owned(), ..post }
    };
    let held = linked(event(1, "interview.held", 5_000), "officer", "officer:o1");
    let events = [post(2, "officer:o2", 1_000), held, post(3, "officer:o3", 2_000)];
    assert_eq!(first_state(&program, &events[..2]), State::Breached);
    assert_eq!(first_state(&program, &events), State::Met);
}

#[test]
fn a_correction_of_what_names_nobody_asks_no_register_again() {
    let program = program(&INTERVIEWS.replace("subject", "event.id"));
    let held = |number: i64| {
        let held = linked(event(number, "interview.held", 5_000 + number), "officer", "officer:o1");
        Event { stream: format!("case:k{number}"), ..held }
    };
    let mut events: Vec<Event> = (0..1_000).map(held).collect();
    events.push(event(2_000, "excuse.given", 6_000));
    let mut running = Running::new(&program, &events, Instant::from_ms(1_700_000_100_000).unwrap()).unwrap();
    let before = running.taken();
    let corrects = Some("e2000".to_owned());
    running.record(&Event { corrects, ..event(2_001, "excuse.given", 7_000) }).unwrap();
    assert!(running.taken() - before < 5, "{}", running.taken() - before);
}

/// Keys with more events than are stepped through again: most events are the last of theirs, some are dated back.
#[test]
fn keys_with_many_events_are_the_whole_whatever_comes_and_in_which_order() {
    let trained = "[duty.trained]\nwhen = \"asked\"\nholds = \"qualified(subject, 'interviews')\"\n";
    let program = program(&format!("{ANSWERS}\n{trained}"));
    let now = Instant::from_ms(1_800_000_000_000).unwrap();
    let mut running = Running::new(&program, [], now).unwrap();
    let (mut events, mut random, mut renumbered) = (Vec::<Event>::new(), 7_u64, 0);
    for number in 0..2_400 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = |of: u64, shift: u32| (random >> shift) % of;
        // Long stretches in which one key's events are dated back, and another's are not.
        let is_back = number % 300 > 200 && drawn(2, 20) == 0;
        let at = if is_back { drawn(number as u64 + 1, 24) as i64 * 3_600_000 } else { number * 3_600_000 };
        let kind = ["asked", "asked", "answered", "looked-into"][drawn(4, 40) as usize];
        let key = if is_back { "case:k1" } else { ["case:k1", "case:k2", "case:k3"][drawn(3, 50) as usize] };
        let officer = ["officer:o1", "officer:o2"][drawn(2, 55) as usize];
        let event = match drawn(30, 30) {
            0 => qualified(number, officer, at - 50 * 3_600_000),
            _ => Event { stream: key.to_owned(), ..linked(event(number, kind, at), "officer", officer) },
        };
        running.record(&event).unwrap();
        events.push(event);
        if let MovedDuties::Some { renumbering: Some(_), .. } = running.moved() {
            renumbered += 1;
        }
        if number % 40 == 39 {
            let mut whole = Running::new(&program, &events, now).unwrap();
            assert_eq!(rows(&mut running), rows(&mut whole), "after {number}");
        }
    }
    assert!(renumbered > 5, "rows were left out {renumbered} times");
}

/// A key crosses, in both directions, how many events are stepped through again.
#[test]
fn a_key_that_comes_to_have_few_events_and_many_again_is_the_whole() {
    let program = program(ANSWERS);
    let now = Instant::from_ms(1_800_000_000_000).unwrap();
    let mut running = Running::new(&program, [], now).unwrap();
    let mut events: Vec<Event> = Vec::new();
    let mut take = |event: Event| {
        running.record(&event).unwrap();
        events.push(event);
        if events.len() > 250 {
            let mut whole = Running::new(&program, &events, now).unwrap();
            assert_eq!(rows(&mut running), rows(&mut whole), "after {}", events.len());
        }
    };
    let of =
        |number: i64| event(number, ["asked", "asked", "answered"][number as usize % 3], number * 3_600_000);
    let mut number = 0;
    let mut next = || {
        number += 1;
        of(number)
    };
    (0..259).for_each(|_| take(next()));
    for withdrawn in 0..12 {
        let mut withdrawal = event(1_000 + withdrawn, "record.corrected", 0);
        withdrawal.corrects = Some(format!("e{}", 10 + withdrawn * 7));
        take(withdrawal);
        if withdrawn % 3 == 0 {
            take(next());
        }
    }
    (0..12).for_each(|_| take(next()));
}

#[test]
fn an_excuse_counts_for_the_key_that_a_merge_gives_it() {
    let program = program(ANSWERS);
    let mut excuse = linked(event(2, "excuse.given", 2_000), "officer", "officer:o1");
    excuse.stream = "office:o1".to_owned();
    for (name, value) in [("rule", "answer"), ("key", "case:other")] {
        excuse.attrs.insert(name.to_owned(), Value::Text(value.to_owned()));
    }
    let merged = linked(event(3, "entity.merged", 3_000), "from", "case:other");
    let merged = Event { stream: "office:o1".to_owned(), ..linked(merged, "into", "case:k1") };
    let now = merged.at;

    let mut running = Running::new(&program, &[event(1, "asked", 1_000)], now).unwrap();
    let state = |running: &mut Running<'_>| running.read(|kept| kept.rows().next().unwrap().state).unwrap();
    running.record(&excuse).unwrap();
    assert_eq!(state(&mut running).word(), "pending");
    running.record(&merged).unwrap();
    assert_eq!(state(&mut running).word(), "excused");
}

#[test]
fn an_excuse_counts_for_a_duty_that_a_merge_gives_the_id_it_links() {
    let program = program(ANSWERS);
    let asked = event(1, "asked", 1_000);
    let other = Event { stream: "case:k2".to_owned(), ..asked.clone() };
    let now = Instant::from_ms(asked.at.ms() + 10_000).unwrap();
    let id = |event: &Event| {
        let mut running = Running::new(&program, [event], now).unwrap();
        running.read(|kept| kept.rows().next().unwrap().id).unwrap()
    };
    let mut excuse = linked(event(2, "excuse.given", 2_000), "officer", "officer:o1");
    excuse = linked(excuse, "duty", &format!("duty:{}", id(&other)));
    excuse.stream = "office:o1".to_owned();
    for (name, value) in [("rule", "answer"), ("key", "case:k1")] {
        excuse.attrs.insert(name.to_owned(), Value::Text(value.to_owned()));
    }
    let merged = linked(event(3, "entity.merged", 3_000), "from", "case:k2");
    let merged = Event { stream: "office:o1".to_owned(), ..linked(merged, "into", "case:k1") };

    let mut running = Running::new(&program, [&asked, &excuse], now).unwrap();
    let state = |running: &mut Running<'_>| running.read(|kept| kept.rows().next().unwrap().state).unwrap();
    assert_eq!(state(&mut running).word(), "pending");
    running.record(&merged).unwrap();
    assert_eq!(state(&mut running).word(), "excused");
}

#[test]
fn it_wakes_for_a_lapse_that_rules_start_from_and_for_an_event_dated_ahead() {
    let named = ANSWERS.replace("count = \"asked\"", "count = \"duty.overdue:answer\"");
    let program = program(&named.replace("\"3d\"", "\"72h\""));
    let asked = event(1, "asked", 0);
    let mut running = Running::new(&program, [&asked], asked.at).unwrap();
    let wakes = |running: &Running<'_>| running.wakes().map(|at| at.ms() - asked.at.ms());
    let due = 72 * 3_600_000;
    assert_eq!(wakes(&running), Some(due + 1));
    running.record(&event(2, "asked", 5_000)).unwrap();
    assert_eq!(wakes(&running), Some(5_000));
}

/// An officer has the case of an event's stream.
fn allocated(number: i64, stream: &str, officer: &str) -> Event {
    let event = linked(event(number, "allocation.made", number), "officer", officer);
    Event { stream: stream.to_owned(), ..event }
}

#[test]
fn a_duty_that_others_come_to_owe_has_moved_also_once_rows_were_left_out() {
    let program = program(&format!("{ANSWERS}[roles]\ndesk = \"police\"\n"));
    let post = |number, officer: &str| {
        let mut post = linked(event(number, "post.held", number), "officer", officer);
        post.attrs.insert("role".to_owned(), Value::Text("desk".to_owned()));
        post
    };
    let mut events = vec![post(1, "officer:a"), post(2, "officer:b"), allocated(3, "case:k1", "officer:b")];
    events.extend((1_000..1_200).map(|number| event(number, "asked", number)));
    let mut running = Running::new(&program, &events, event(0, "asked", 9_000).at).unwrap();
    running.record(&allocated(4, "case:k2", "officer:a")).unwrap();
    running.record(&Event { stream: "case:k2".to_owned(), ..event(5, "asked", 5) }).unwrap();
    running.read(|kept| assert!(kept.rows().count() > 200)).unwrap();
    running.moved();

    for number in [998, 999] {
        running.record(&event(number, "asked", number)).unwrap();
    }
    assert!(matches!(running.moved(), MovedDuties::Some { renumbering: Some(_), .. }));
    running.record(&allocated(6, "case:k2", "officer:b")).unwrap();
    let MovedDuties::Some { moved, .. } = running.moved() else { panic!("not all of them") };
    let keys = |kept: &Evaluation<'_>| moved.iter().map(|&duty| kept.key(duty).to_owned()).collect();
    let keys: Vec<String> = running.read(keys).unwrap();
    assert_eq!(keys, ["case:k2"]);
}
