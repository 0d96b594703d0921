//! What is kept of duties is what `evaluate` says of the log, whatever is recorded and however time passes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::sync::Arc;

use app::{Node, Order, Refusal};
use common::{POLICY, event, instant, kept, said, sqlite};
use engine::record::Value;
use engine::time::Instant;

fn order(events: Vec<engine::record::Event>) -> Order {
    Order { events, records_as: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duty_is_kept_lapses_climbs_and_is_met() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let events = vec![
        event("p1", "officer:s1", "post.held", "2026-01-05T09:00Z")
            .link("officer", "officer:s1")
            .text("role", "supervisor")
            .text("agency", "police"),
        event("f1", "case:c1", "missing.found", "2026-03-06T19:00Z")
            .link("child", "person:c1")
            .link("episode", "episode:1"),
    ];
    let events = events.into_iter().map(|made| made.0).collect();
    let recorded = node.record(instant("2026-03-06T20:00Z"), vec![order(events)]).await.unwrap();
    assert_eq!(recorded[0].as_ref().unwrap().new, 2);
    let duties = kept(&*store).await;
    assert_eq!(duties, said(&*store).await);
    assert_eq!(duties[0].1["state"], "pending");
    assert!(!node.watch(instant("2026-03-09T19:00Z")).await.unwrap(), "nothing is due yet");
    assert!(node.watch(instant("2026-03-09T19:00:00.001Z")).await.unwrap());
    let duties = kept(&*store).await;
    assert_eq!(duties, said(&*store).await);
    assert_eq!(duties[0].1["state"], "overdue");
    assert_eq!(duties[0].1["ladder"][0]["raised"], "2026-03-09T19:00:00.001Z");
    assert!(!node.watch(instant("2026-03-09T20:00Z")).await.unwrap(), "nothing is raised twice");
    let met = event("h1", "case:c1", "return-interview.held", "2026-03-10T09:00Z")
        .link("child", "person:c1")
        .link("episode", "episode:1");
    node.record(instant("2026-03-10T10:00Z"), vec![order(vec![met.0])]).await.unwrap();
    let duties = kept(&*store).await;
    assert_eq!(duties, said(&*store).await);
    assert_eq!(duties[0].1["state"], "met-late");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_moves_a_duty_that_a_signal_started_and_whose_ladder_was_raised() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let found = |number: usize| {
        let (child, day) = (number % 2 + 1, number / 2 + 2);
        event(&format!("f{number}"), "case:c1", "missing.found", &format!("2026-03-0{day}T19:00Z"))
            .link("child", &format!("person:c{child}"))
            .link("episode", &format!("episode:{number}"))
            .0
    };
    let post = event("p1", "officer:s1", "post.held", "2026-01-05T09:00Z")
        .link("officer", "officer:s1")
        .text("role", "supervisor")
        .0;
    let events = [post].into_iter().chain((0..6).map(found)).collect();
    node.record(instant("2026-03-04T20:00Z"), vec![order(events)]).await.unwrap();
    node.watch(instant("2026-03-10T09:00Z")).await.unwrap();
    let is_raised = |(_, row): &(String, serde_json::Value)| {
        row["duty"] == "repeat-strategy" && !row["ladder"][0]["raised"].is_null()
    };
    assert!(kept(&*store).await.iter().any(is_raised));
    let merged = event("m1", "case:c1", "entity.merged", "2026-03-10T09:30Z")
        .link("from", "person:c1")
        .link("into", "person:c2")
        .0;
    node.record(instant("2026-03-10T10:00Z"), vec![order(vec![merged])]).await.unwrap();
    assert_eq!(kept(&*store).await, said(&*store).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_raises_the_highest_open_step_alone() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let found = event("f1", "case:c1", "missing.found", "2026-03-06T19:00Z")
        .link("child", "person:c1")
        .link("episode", "episode:1");
    node.record(instant("2026-03-06T20:00Z"), vec![order(vec![found.0])]).await.unwrap();
    node.watch(instant("2026-03-12T19:00Z")).await.unwrap();
    let duties = kept(&*store).await;
    assert_eq!(duties, said(&*store).await);
    let raised: Vec<bool> =
        duties[0].1["ladder"].as_array().unwrap().iter().map(|step| !step["raised"].is_null()).collect();
    assert_eq!(raised, [false, true], "{:#}", duties[0].1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_recorded_whole_or_not_at_all_and_once() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let now = instant("2026-03-06T20:00Z");
    let one = event("f1", "case:c1", "missing.found", "2026-03-06T19:00Z").link("child", "person:c1").0;
    let mut other = one.clone();
    other.attrs.insert("age".to_owned(), Value::Integer(14));
    let next = event("f2", "case:c1", "missing.found", "2026-03-06T19:30Z").link("child", "person:c1").0;
    let orders = vec![
        order(vec![one.clone()]),
        order(vec![next.clone(), other]),
        order(vec![one.clone(), next.clone()]),
    ];
    let recorded = node.record(now, orders).await.unwrap();
    assert_eq!(recorded[0].as_ref().unwrap().new, 1);
    assert_eq!(recorded[1], Err(Refusal::Conflict { place: 1, id: "f1".to_owned() }));
    assert_eq!(recorded[2].as_ref().unwrap().new, 1);
    assert_eq!(store.head().await.unwrap().seq, 2);
    let again = node.record(now, vec![order(vec![one, next])]).await.unwrap();
    assert_eq!(again[0].as_ref().unwrap().new, 0);
    assert_eq!(kept(&*store).await, said(&*store).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_say_the_same_and_raise_once() {
    let (_folder, store) = sqlite(POLICY).await;
    let (mut one, mut other) = (Node::new(Arc::clone(&store), "one"), Node::new(Arc::clone(&store), "other"));
    for number in 0..10 {
        let found = event(
            &format!("f{number}"),
            "case:c1",
            "missing.found",
            &format!("2026-03-0{}T19:00Z", number % 5 + 1),
        )
        .link("child", "person:c1")
        .link("episode", &format!("episode:{number}"));
        let node = if number % 2 == 0 { &mut one } else { &mut other };
        node.record(instant("2026-03-06T20:00Z"), vec![order(vec![found.0])]).await.unwrap();
    }
    for day in 7..20 {
        let now = instant(&format!("2026-03-{day:02}T12:00Z"));
        one.watch(now).await.unwrap();
        other.watch(now).await.unwrap();
        assert_eq!(kept(&*store).await, said(&*store).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_finds_what_is_kept_otherwise_and_a_rebuild_mends_it() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let now = instant("2026-03-06T20:00Z");
    let found = |number: usize| {
        event(&format!("f{number}"), "case:c1", "missing.found", "2026-03-06T19:00Z")
            .link("child", "person:c1")
            .link("episode", &format!("episode:{number}"))
    };
    node.record(now, vec![order((0..3).map(|number| found(number).0).collect())]).await.unwrap();
    assert_eq!(app::audit(&*store).await.unwrap().unwrap().differing, [""; 0]);
    let ids: Vec<String> = kept(&*store).await.into_iter().map(|(id, _)| id).collect();
    let mut other = store.duty(&ids[1]).await.unwrap().unwrap();
    other.row = other.row.replace("pending", "met");
    let mut transaction = store.begin().await.unwrap();
    transaction.drop_duties(&ids[..1]).await.unwrap();
    transaction.put_duties(&[other]).await.unwrap();
    transaction.commit().await.unwrap();
    let mut differing = app::audit(&*store).await.unwrap().unwrap().differing;
    differing.sort();
    assert_eq!(differing, ids[..2]);
    let auditor = app::Auditor::new(Arc::clone(&store));
    app::versions::rejudge(&*store, now).await.unwrap();
    assert!(!auditor.run().await && auditor.last().is_none(), "there is nothing to compare yet");
    node.watch(now).await.unwrap();
    assert!(auditor.run().await && auditor.last().is_some());
    assert_eq!(app::audit(&*store).await.unwrap().unwrap().differing, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_says_that_it_cannot_read_the_log() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let now = instant("2026-03-06T20:00Z");
    let found = event("f1", "case:c1", "missing.found", "2026-03-06T19:00Z")
        .link("child", "person:c1")
        .link("episode", "episode:1");
    node.record(now, vec![order(vec![found.0])]).await.unwrap();
    let auditor = app::Auditor::new(Arc::clone(&store));
    assert!(auditor.run().await);
    let spoilt = store::NewEvent {
        id: "f2".into(),
        line: "no event".into(),
        stream: "case:c1".into(),
        entities: Vec::new(),
    };
    let mut transaction = store.begin().await.unwrap();
    transaction.append(&[spoilt]).await.unwrap();
    transaction.commit().await.unwrap();
    assert!(!auditor.run().await, "it is not done");
    assert!(matches!(auditor.last(), Some(Err(_))), "{:?}", auditor.last());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_database_keeps_and_what_would_silence_the_watch_is_refused() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let at = "2026-03-06T19:00Z";
    let orders = [
        event("a\0", "case:c1", "missing.found", at).0,
        event("a", "case:c1\0", "missing.found", at).0,
        event(&"x".repeat(1_001), "case:c1", "missing.found", at).0,
        event("a", "case:c1", "missing.found", at).link("child", &"y".repeat(1_001)).0,
        event("raised:0123:1", "case:c1", "missing.found", at).0,
    ];
    let orders = orders.map(|event| Order { events: vec![event], records_as: Some("system:crm".to_owned()) });
    let recorded = node.record(instant("2026-03-06T20:00Z"), orders.to_vec()).await.unwrap();
    for refused in recorded {
        assert!(matches!(refused, Err(Refusal::Bad { place: 0, .. })), "{refused:?}");
    }
    assert_eq!(store.head().await.unwrap().seq, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_far_behind_the_record_records_nothing() {
    let (_folder, store) = sqlite(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let found =
        |id: &str| event(id, "case:c1", "missing.found", "2026-03-06T19:00Z").link("child", "person:c1").0;
    node.record(instant("2027-03-06T20:00Z"), vec![order(vec![found("f1")])]).await.unwrap();
    let behind = node.record(instant("2026-03-06T20:00Z"), vec![order(vec![found("f2")])]).await;
    assert!(matches!(behind, Err(app::AppError::ClockBehind { .. })), "{behind:?}");
    node.record(instant("2027-03-06T19:59:30Z"), vec![order(vec![found("f2")])]).await.unwrap();
    assert_eq!(kept(&*store).await, said(&*store).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_a_wrong_clock_took_ahead_is_taken_back() {
    let (_folder, store) = sqlite(POLICY).await;
    let (mut wrong, mut right) =
        (Node::new(Arc::clone(&store), "wrong"), Node::new(Arc::clone(&store), "right"));
    let found =
        |id: &str| event(id, "case:c1", "missing.found", "2026-03-06T19:00Z").link("child", "person:c1").0;
    let now = instant("2026-03-06T20:00Z");
    right.record(now, vec![order(vec![found("f1")])]).await.unwrap();
    let stamped = Order { events: vec![found("f2")], records_as: Some("system:crm".to_owned()) };
    wrong.record(instant("2036-03-06T20:00Z"), vec![stamped]).await.unwrap();
    let behind = right.record(now, vec![order(vec![found("f3")])]).await.unwrap_err();
    assert!(behind.to_string().contains("`--rebuild`"), "{behind}");

    app::versions::rejudge(&*store, now).await.unwrap();
    right.watch(now).await.unwrap();
    assert_eq!(store.head().await.unwrap().as_of, Some(now));
    for (is_right, hour) in [(true, 21), (false, 22), (true, 23)] {
        let node = if is_right { &mut right } else { &mut wrong };
        let now = instant(&format!("2026-03-06T{hour}:00Z"));
        node.record(now, vec![order(vec![found(&format!("g{hour}"))])]).await.unwrap();
        assert_eq!(kept(&*store).await, said(&*store).await);
    }
    for day in 7..20 {
        right.watch(instant(&format!("2026-03-{day:02}T12:00Z"))).await.unwrap();
        assert_eq!(kept(&*store).await, said(&*store).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_far_ahead_of_the_database_records_nothing() {
    let store = common::postgres(POLICY).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let ahead = node.record(instant("2126-03-06T20:00Z"), Vec::new()).await;
    assert!(matches!(ahead, Err(app::AppError::ClockAhead { .. })), "{ahead:?}");
    assert_eq!(store.head().await.unwrap().as_of, Some(Instant::MIN));
    node.record(instant("2026-03-06T20:00Z"), Vec::new()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_and_many_from_elsewhere_are_what_is_said() {
    let (_folder, store) = sqlite(POLICY).await;
    let (mut one, mut other) = (Node::new(Arc::clone(&store), "one"), Node::quiet(Arc::clone(&store)));
    let now = instant("2026-03-20T20:00Z");
    one.watch(now).await.unwrap();
    let found = |number: usize| {
        let mut made = event(&format!("f{number}"), "case:c1", "missing.found", "2026-03-06T19:00Z")
            .link("child", &format!("person:c{}", number % 500))
            .0;
        made.corrects = (number % 9 == 8).then(|| format!("f{}", number - 1));
        made
    };
    other.record(now, vec![order((0..2_500).map(found).collect())]).await.unwrap();
    one.watch(now).await.unwrap();
    assert_eq!(kept(&*store).await, said(&*store).await);
    assert_eq!(app::audit(&*store).await.unwrap().unwrap().differing, [""; 0]);
}
