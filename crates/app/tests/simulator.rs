//! The whole live system in simulated time: two nodes and their outboxes on one store, a database and a mail server that
//! fail, nodes that lose their memory. After each step that everybody lived through, what is kept is what is said; at the
//! end no step was raised twice, every step that stands open is raised, and every letter arrived or is on its way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod common;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use app::notify::{Courier, Letter, Undelivered};
use app::{Node, Order, Outbox};
use async_trait::async_trait;
use common::failing::Failing;
use common::{POLICY, event, kept, open, put, said};
use engine::record::Event;
use engine::time::Instant;
use fastrand::Rng;
use store::{Contact, DeadQuery, Store, StoreError, Webhook};

const HOUR: i64 = 3_600_000;
const START: &str = "2026-03-01T09:00:00Z";
const MONTH_MS: i64 = 30 * 24 * HOUR;

/// A mail server that takes letters or does not, and remembers whom it told of which step.
struct FailingMail {
    rng: Mutex<Rng>,
    told: Mutex<HashSet<(String, String, String)>>,
}

#[async_trait]
impl Courier for FailingMail {
    async fn mail(&self, to: &str, letter: &Letter) -> Result<(), Undelivered> {
        if self.rng.lock().unwrap().u8(0..3) == 0 {
            return Err(Undelivered { error: "the mail server is down".to_owned(), for_good: false });
        }
        let steps = letter.text.lines().filter_map(|line| line.rsplit_once(", step "));
        let duties = letter.text.lines().filter_map(|line| line.strip_prefix("http://localhost/duties/"));
        let told =
            steps.zip(duties).map(|((_, step), duty)| (to.to_owned(), duty.to_owned(), step.to_owned()));
        self.told.lock().unwrap().extend(told);
        Ok(())
    }

    async fn call(&self, _: &Webhook, _: &str, _: Instant, _: &str) -> Result<(), Undelivered> {
        Ok(())
    }
}

fn random_event(rng: &mut Rng, number: usize, now: Instant) -> Event {
    let kind = [
        "missing.found",
        "missing.found",
        "return-interview.held",
        "case.opened",
        "supervisor-review.held",
        "interview.held",
    ];
    let kind = kind[rng.usize(0..kind.len())];
    let mut made = event(&format!("e{number}"), &format!("case:c{}", rng.u8(0..4)), kind, START);
    made.0.at = Instant::saturating(now.ms() - [0, rng.i64(0..200) * HOUR][rng.usize(0..2)]);
    made.0.recorded_at = now;
    made.link("child", &format!("person:p{}", rng.u8(0..4)))
        .link("episode", &format!("episode:{}", rng.u8(0..4)))
        .link("officer", &format!("officer:o{}", rng.u8(0..3)))
        .0
}

fn people() -> Vec<Event> {
    let posts = [
        ("officer:s1", "supervisor"),
        ("officer:s2", "supervisor"),
        ("officer:u1", "superintendent"),
        ("officer:x1", "scrutineer"),
    ];
    let post = |(number, (officer, role)): (usize, &(&str, &str))| {
        event(&format!("post{number}"), officer, "post.held", "2026-01-05T09:00:00Z")
            .link("officer", officer)
            .text("role", role)
            .0
    };
    posts.iter().enumerate().map(post).collect()
}

fn address(officer: &str) -> String {
    format!("{}@force.example", officer.replace(':', "."))
}

async fn run(seed: u64) {
    let mut rng = Rng::with_seed(seed);
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let real = open(folder.path()).await;
    put(&*real, POLICY).await;
    for officer in ["officer:s1", "officer:s2", "officer:u1"] {
        let email = Some(address(officer));
        real.put_contact(&Contact { officer: officer.to_owned(), email, administrator: false })
            .await
            .unwrap();
    }
    let failing = Arc::new(Failing::new(Arc::clone(&real), seed));
    let store: Arc<dyn Store> = failing.clone();
    let courier = Arc::new(FailingMail { rng: Mutex::new(Rng::with_seed(seed + 1)), told: Mutex::default() });
    let outbox = Outbox::new(Arc::clone(&store), courier.clone(), "http://localhost");
    let mut nodes = [Node::new(Arc::clone(&store), "one"), Node::new(Arc::clone(&store), "other")];
    let start = Instant::parse(START).unwrap();
    let (mut now, mut number) = (start, 0);
    let mut acknowledged: BTreeMap<String, Event> = BTreeMap::new();
    while now.ms() < start.ms() + MONTH_MS {
        now = Instant::saturating(now.ms() + rng.i64(0..36) * HOUR);
        let place = rng.usize(0..2);
        match rng.u8(0..10) {
            0 => nodes[place] = Node::new(Arc::clone(&store), "again"),
            1..5 => _ = nodes[place].watch(now).await,
            5 => _ = deliver(&*store, &outbox, now).await,
            _ => {
                let events = if number == 0 { people() } else { vec![random_event(&mut rng, number, now)] };
                number += 1;
                let order = Order { events: events.clone(), records_as: None };
                if let Ok(results) = nodes[place].record(now, vec![order]).await {
                    assert!(results[0].is_ok(), "seed {seed}: {:?}", results[0]);
                    acknowledged.extend(events.into_iter().map(|event| (event.id.clone(), event)));
                }
            }
        }
        let (kept, said) = (kept(&*real).await, said(&*real).await);
        assert!(kept == said, "seed {seed}, at {now}: {} kept, {} said", kept.len(), said.len());
    }
    failing.heal();
    nodes[0].watch(now).await.unwrap();
    nodes[1].watch(now).await.unwrap();
    the_log_is_whole(&*real, &acknowledged, seed).await;
    open_steps_are_raised(&*real, seed).await;
    letters_arrive(&*real, &outbox, &courier, now, seed).await;
}

/// Tries the next message of each lane; says how many there were.
async fn deliver(store: &dyn Store, outbox: &Outbox, now: Instant) -> Result<usize, StoreError> {
    let mut tried = 0;
    for lane in store.due_lanes(now).await? {
        tried += usize::from(outbox.deliver(&lane, now).await?);
    }
    Ok(tried)
}

/// Every acknowledged event is there once; no step is raised twice.
async fn the_log_is_whole(store: &dyn Store, acknowledged: &BTreeMap<String, Event>, seed: u64) {
    let mut lines: HashMap<String, String> = HashMap::new();
    let mut raised = std::collections::HashSet::new();
    for entry in store.entries_after(0, 1_000_000).await.unwrap() {
        let event: serde_json::Value = serde_json::from_str(&entry.line).unwrap();
        let id = event["id"].as_str().unwrap().to_owned();
        assert!(lines.insert(id, entry.line).is_none(), "seed {seed}: twice in the log");
        if event["kind"] == "escalation.raised" {
            let step = (event["links"]["duty"].to_string(), event["attrs"]["step"].to_string());
            assert!(raised.insert(step), "seed {seed}: raised twice: {event}");
        }
    }
    for (id, event) in acknowledged {
        assert_eq!(lines.get(id), Some(&event.canonical_line()), "seed {seed}: an acknowledged event");
    }
}

/// The highest step of each open ladder that has somebody to answer is raised; those that lapsed unraised stay so.
async fn open_steps_are_raised(store: &dyn Store, seed: u64) {
    for (_, row) in kept(store).await {
        let is_open = matches!(row["state"].as_str(), Some("overdue" | "breached"));
        let Some(step) = row["ladder"].as_array().and_then(|ladder| ladder.last()) else { continue };
        let has_somebody = step["holders"].as_array().is_none_or(|holders| !holders.is_empty());
        if is_open && has_somebody {
            assert!(!step["raised"].is_null(), "seed {seed}: not raised: {row:#}");
        }
    }
}

/// Once nothing fails, everybody with an address is told of every step that came up to them.
async fn letters_arrive(store: &dyn Store, outbox: &Outbox, courier: &FailingMail, now: Instant, seed: u64) {
    for hour in 0..200 {
        let later = Instant::saturating(now.ms() + hour * HOUR);
        while deliver(store, outbox, later).await.unwrap() > 0 {}
    }
    assert_eq!(store.message_counts().await.unwrap().waiting, 0, "seed {seed}");
    for dead in store.dead_letters(&DeadQuery::default(), None, 10_000).await.unwrap() {
        assert_eq!(dead.message.recipient, "officer:x1", "seed {seed}: {dead:?}");
    }
    let told = courier.told.lock().unwrap().clone();
    for entry in store.entries_after(0, 1_000_000).await.unwrap() {
        let event: serde_json::Value = serde_json::from_str(&entry.line).unwrap();
        if event["kind"] != "escalation.raised" {
            continue;
        }
        let duty = event["links"]["duty"][0].as_str().unwrap().trim_start_matches("duty:");
        for officer in event["links"]["officer"].as_array().into_iter().flatten() {
            let officer = officer.as_str().unwrap();
            let step = (address(officer), duty.to_owned(), event["attrs"]["step"].to_string());
            assert!(officer == "officer:x1" || told.contains(&step), "seed {seed}: {step:?} was never told");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_of_failures_breaks_no_invariant() {
    let runs: u64 = std::env::var("WAKEFUL_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(30);
    let first: u64 = std::env::var("WAKEFUL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2013);
    println!("seeds {first} to {}", first + runs - 1);
    for seed in first..first + runs {
        run(seed).await;
    }
}
