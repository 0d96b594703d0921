//! Administrators are told of gaps ahead: once across nodes, at once of a new one, and of those that last once a day.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::notify::MailServer;
use app::{History, HistoryQuery, Node, Order, Outbox, Recorder, gaps, gaps_now, tell_gaps};
use engine::record::Event;
use engine::time::Instant;
use store::{Contact, Store};

use super::common::{self, POLICY, event, instant};
use super::mail::Server;
use super::{PATIENT, Standing, post};

const MINUTE: i64 = 60_000;

async fn contact(store: &dyn Store, officer: &str, email: Option<&str>, administrator: bool) {
    let email = email.map(str::to_owned);
    store.put_contact(&Contact { officer: officer.to_owned(), email, administrator }).await.unwrap();
}

fn holds(officer: &str, role: &str, agency: &str) -> Event {
    event(&format!("post-{officer}"), officer, "post.held", "2026-01-05T09:00Z")
        .link("officer", officer)
        .text("role", role)
        .text("agency", agency)
        .0
}

async fn record(store: &Arc<dyn Store>, now: Instant, events: Vec<Event>) {
    let order = Order { events, records_as: None };
    let recorded = Node::quiet(Arc::clone(store)).record(now, vec![order]).await.unwrap();
    assert!(recorded[0].is_ok());
}

/// Two nodes look at the same time; says how many letters they wrote.
async fn look(store: &Arc<dyn Store>, now: Instant) -> usize {
    let clock = Arc::new(Standing(now.ms().into()));
    let start = |node| Recorder::start(Arc::clone(store), node, Arc::<Standing>::clone(&clock)).unwrap();
    let recorders = ["one", "other"].map(start);
    let (one, other) =
        tokio::join!(tell_gaps(&**store, &recorders[0], now), tell_gaps(&**store, &recorders[1], now));
    one.unwrap() + other.unwrap()
}

async fn gaps_are_told(store: Arc<dyn Store>) {
    let start = instant("2026-03-06T20:00Z");
    let after = |minutes: i64| Instant::from_ms(start.ms() + minutes * MINUTE).unwrap();
    let found = event("f1", "case:c1", "missing.found", "2026-03-06T19:00Z").link("child", "person:c1").0;
    let supervisor = holds("officer:s1", "supervisor", "police");
    record(&store, start, vec![found, supervisor, holds("officer:x1", "scrutineer", "external")]).await;
    assert_eq!(look(&store, start).await, 0, "there are no administrators");
    contact(&*store, "officer:a1", Some("inspector@force.example"), true).await;
    contact(&*store, "officer:a2", Some("other@force.example"), true).await;
    contact(&*store, "officer:a3", None, true).await;
    contact(&*store, "officer:x1", Some("x1@force.example"), false).await;
    assert_eq!(look(&store, start).await, 2, "each administrator with an address is written to once");
    assert_eq!(look(&store, after(5)).await, 0, "somebody looked just now");
    assert_eq!(look(&store, after(11)).await, 0, "nothing is new");

    record(&store, after(12), vec![holds("officer:s2", "supervisor", "police")]).await;
    assert_eq!(look(&store, after(22)).await, 2, "somebody else has no address");
    contact(&*store, "officer:s2", Some("s2@force.example"), false).await;
    assert_eq!(look(&store, after(33)).await, 0, "what is left was told");
    assert_eq!(look(&store, after(22 + 24 * 60)).await, 2, "it lasts for a day");

    let mail = Server::start("plain", None);
    let server = MailServer::new(&mail.url("smtp", "", "?tls=none"), "wakeful@force.example").unwrap();
    let outbox =
        Outbox::new(Arc::clone(&store), Arc::new(post(Some(server), "", PATIENT)), "http://localhost");
    while outbox.deliver("mail", after(3_000)).await.unwrap() {}
    let letters = mail.kept();
    assert_eq!(letters.len(), 6);
    let first = letters[0]["text"].as_str().unwrap().replace("\r\n", "\n");
    let expected = "2 steps of open duties would not reach those they go to.\n\
        Please mend the register or the addresses before then.\n\n\
        To superintendent of police\n\
        Missing:   nobody holds the role\n\
        Ahead:     1 step, the first duty due Mon 9 March 2026 19:00 (Europe/London)\n\n\
        To supervisor of police\n\
        Missing:   1 person has no working address\n\
        Ahead:     1 step, the first duty due Mon 9 March 2026 19:00 (Europe/London)\n";
    assert!(first.starts_with(expected), "{first}");
    for letter in letters {
        let text = format!("{} {}", letter["headers"], letter["text"]);
        for of_the_case in ["c1", "return", "interview", "officer:", "missing.found"] {
            assert!(!text.contains(of_the_case), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_ahead_of_very_many_duties_are_all_found() {
    let (_folder, store) = common::sqlite(POLICY).await;
    let now = instant("2026-03-06T20:00Z");
    let found = |number: usize| {
        let (id, child) = (format!("f{number}"), format!("person:c{number}"));
        event(&id, &format!("case:c{number}"), "missing.found", "2026-03-06T19:00Z").link("child", &child).0
    };
    let mut events: Vec<Event> = (0..2_345).map(found).collect();
    events.push(holds("officer:s1", "supervisor", "police"));
    record(&store, now, events).await;
    let recorder = Recorder::start(Arc::clone(&store), "one", Arc::new(Standing(now.ms().into()))).unwrap();
    let in_portions = gaps_now(&recorder, BTreeSet::new()).await.unwrap();
    let query = HistoryQuery { as_of: now, known_by: None };
    let at_once =
        History::new(store).read(query, |evaluation| gaps(evaluation, &BTreeSet::new())).await.unwrap();
    assert_eq!(in_portions, at_once);
    assert!(!at_once.is_empty() && at_once.iter().all(|gap| gap.duties == 2_345), "{at_once:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_told_on_sqlite() {
    let (_folder, store) = common::sqlite(POLICY).await;
    gaps_are_told(store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn gaps_are_told_on_postgres() {
    gaps_are_told(common::postgres(POLICY).await).await;
}
