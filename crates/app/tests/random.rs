//! Random commands to two nodes that share a store: what is kept is at every moment what `evaluate` says of the log.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::sync::Arc;

use app::{Node, Order};
use common::{POLICY, event, kept, postgres, said, said_of_registers, sqlite};
use engine::record::{Event, Value};
use engine::time::Instant;
use fastrand::Rng;
use store::Store;

const HOUR: i64 = 3_600_000;
const START: &str = "2026-03-01T09:00:00Z";

/// A random event, dated around a moment: most at it, some long before it, some after.
fn random_event(rng: &mut Rng, number: usize, now: Instant) -> Event {
    let kinds = [
        "missing.found",
        "missing.found",
        "missing.reported",
        "return-interview.held",
        "return-interview.declined",
        "strategy-discussion.held",
        "supervisor-review.held",
        "case.opened",
        "case.closed",
        "interview.held",
        "post.held",
        "post.left",
        "cover.held",
        "qualification.gained",
        "allocation.made",
        "entity.merged",
        "excuse.given",
        "escalation.answered",
        "escalation.seen",
    ];
    let kind = kinds[rng.usize(0..kinds.len())];
    let back =
        [0, 0, 0, rng.i64(0..100) * HOUR, rng.i64(0..1_000) * HOUR, -rng.i64(1..50) * HOUR][rng.usize(0..6)];
    // Most in cases; some elsewhere, and some in no stream.
    let stream = match rng.u8(0..10) {
        0 => String::new(),
        1 => "meeting:m1".to_owned(),
        _ => format!("case:c{}", rng.u8(0..3)),
    };
    let mut made = event(&format!("e{number}"), &stream, kind, START);
    made.0.at = Instant::saturating(now.ms() - back);
    made.0.recorded_at = now;
    let child = format!("person:p{}", rng.u8(0..3));
    let officer = format!("officer:o{}", rng.u8(0..4));
    let role = ["supervisor", "superintendent", "scrutineer", "referral-manager"][rng.usize(0..4)];
    let made = match kind {
        "post.held" | "post.left" | "cover.held" => {
            made.link("officer", &officer).link("team", "team:a").text("role", role)
        }
        "qualification.gained" => made.link("officer", &officer).text("name", "child-interview"),
        "allocation.made" => made.link("officer", &officer).link("team", &format!("team:t{}", rng.u8(0..2))),
        "entity.merged" => made.link("from", &child).link("into", &format!("person:p{}", rng.u8(0..3))),
        "excuse.given" | "escalation.answered" | "escalation.seen" => {
            let rule =
                ["return-home-interview", "monthly-review", "repeat-strategy", "trained"][rng.usize(0..4)];
            let key = if rule == "monthly-review" { stream } else { child };
            let made = made.link("officer", &officer).text("rule", rule).text("key", &key);
            made.text("decision", ["climb", "accepted", "act-by"][rng.usize(0..3)])
                .text("reason", "r")
                .text("action", "a")
        }
        _ => made
            .link("child", &child)
            .link("officer", &officer)
            .link("episode", &format!("episode:{}", rng.u8(0..3))),
    };
    let mut event = made.0;
    if kind == "missing.found" && rng.u8(0..4) == 0 {
        event.attrs.insert("age".to_owned(), Value::Integer(rng.i64(12..20)));
    }
    event
}

async fn run(seed: u64, store: Arc<dyn Store>) {
    let mut rng = Rng::with_seed(seed);
    let mut nodes = [Node::new(Arc::clone(&store), "one"), Node::new(Arc::clone(&store), "other")];
    let mut now = Instant::parse(START).unwrap();
    let mut events: Vec<Event> = Vec::new();
    for step in 0..40 {
        now = Instant::saturating(now.ms() + rng.i64(0..30) * HOUR);
        let node = &mut nodes[rng.usize(0..2)];
        if rng.u8(0..4) == 0 {
            node.watch(now).await.unwrap();
        } else {
            let orders = (0..rng.usize(1..4)).map(|_| {
                let mut event = random_event(&mut rng, events.len(), now);
                if rng.u8(0..8) == 0 && !events.is_empty() {
                    let root = &events[rng.usize(0..events.len())];
                    event.corrects = Some(root.id.clone());
                    if rng.bool() {
                        event.kind = "record.corrected".to_owned();
                    }
                }
                events.push(event.clone());
                Order { events: vec![event], records_as: None }
            });
            node.record(now, orders.collect()).await.unwrap();
        }
        let (kept, said) = (kept(&*store).await, said(&*store).await);
        let other = kept.iter().zip(&said).find(|(kept, said)| kept != said);
        registers_are_kept(&*store, seed).await;
        assert!(
            kept == said,
            "seed {seed}, step {step}: {} kept, {} said; {other:#?}",
            kept.len(),
            said.len()
        );
    }
    let audit = app::audit(&*store).await.unwrap().unwrap();
    assert!(audit.is_right(), "seed {seed}: {audit:?}");
    raised_once(&*store, seed).await;
}

/// Posts, and who is in charge of what, are kept as `evaluate` says of the log.
async fn registers_are_kept(store: &dyn Store, seed: u64) {
    let (posts, in_charge) = said_of_registers(store).await;
    assert_eq!(store.posts().await.unwrap(), posts, "seed {seed}");
    let kept = store.all_in_charge().await.unwrap();
    let kept: Vec<(String, Vec<String>)> = kept.into_iter().map(|one| (one.stream, one.people)).collect();
    assert_eq!(kept, in_charge, "seed {seed}");
}

/// No step is raised twice.
async fn raised_once(store: &dyn Store, seed: u64) {
    let mut raised = std::collections::HashSet::new();
    for entry in store.entries_after(0, 1_000_000).await.unwrap() {
        let event: serde_json::Value = serde_json::from_str(&entry.line).unwrap();
        if event["kind"] == "escalation.raised" {
            let step = (event["links"]["duty"].to_string(), event["attrs"]["step"].to_string());
            assert!(raised.insert(step), "seed {seed}: raised twice: {event}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_recorded_what_is_kept_is_what_is_said() {
    let runs: u64 = std::env::var("WAKEFUL_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(40);
    let first: u64 = std::env::var("WAKEFUL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2013);
    for seed in first..first + runs {
        let (_folder, store) = sqlite(POLICY).await;
        run(seed, store).await;
    }
    for seed in first..first + runs / 10 {
        run(seed, postgres(POLICY).await).await;
    }
}
