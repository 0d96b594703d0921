//! What is kept of the registers follows the record.

use app::access::Person;
use app::{Node, Order};
use store::Store;

use crate::common::{Made, POLICY, event, instant, postgres, sqlite};

const START: &str = "2026-03-02T09:00:00Z";

async fn record(node: &mut Node, at: &str, events: Vec<Made>) {
    let events = events.into_iter().map(|made| made.0).collect();
    let order = Order { events, records_as: None };
    node.record(instant(at), vec![order]).await.unwrap().remove(0).unwrap();
}

fn post(id: &str, officer: &str, role: &str, team: &str, at: &str) -> Made {
    event(id, officer, "post.held", at).link("officer", officer).link("team", team).text("role", role)
}

async fn person(store: &dyn Store, officer: &str) -> Person {
    Person::of(store, "account", officer, "Name", [].into()).await.unwrap()
}

async fn follows(store: std::sync::Arc<dyn Store>) {
    let mut node = Node::new(std::sync::Arc::clone(&store), "one");
    let later = "2026-03-09T09:00:00Z";
    let events = vec![
        post("p1", "officer:dc", "officer", "team:cse", START).link("manager", "officer:ds"),
        post("p2", "officer:ds", "supervisor", "team:cse", START),
        post("p3", "officer:ds", "superintendent", "team:other", later),
        event("a1", "case:c1", "allocation.made", START)
            .link("officer", "officer:dc")
            .link("team", "team:cse"),
    ];
    record(&mut node, START, events).await;
    let ds = person(&*store, "officer:ds").await;
    assert_eq!(ds.roles.iter().collect::<Vec<_>>(), ["supervisor"], "the other post begins later");
    assert_eq!(ds.leads.iter().collect::<Vec<_>>(), ["team:cse"]);
    assert_eq!(ds.partner_of, None);
    assert_eq!(store.in_charge("case:c1").await.unwrap(), ["officer:dc", "team:cse"]);

    node.watch(instant("2026-03-09T09:00:01Z")).await.unwrap();
    assert_eq!(person(&*store, "officer:ds").await.teams.len(), 2, "its time has come");

    let left =
        event("p4", "officer:dc", "post.left", later).link("officer", "officer:dc").link("team", "team:cse");
    let again = event("a2", "case:c1", "allocation.made", later).link("officer", "officer:ds");
    record(&mut node, "2026-03-09T10:00:00Z", vec![left, again]).await;
    assert!(person(&*store, "officer:dc").await.teams.is_empty());
    assert!(person(&*store, "officer:ds").await.leads.is_empty());
    assert_eq!(store.in_charge("case:c1").await.unwrap(), ["officer:ds"], "the last in the role");

    let mut withdrawn = event("w", "case:c1", "record.corrected", later);
    withdrawn.0.corrects = Some("a2".to_owned());
    record(&mut node, "2026-03-09T11:00:00Z", vec![withdrawn]).await;
    assert_eq!(store.in_charge("case:c1").await.unwrap(), ["officer:dc", "team:cse"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn posts_and_allocations_are_kept_as_the_record_has_them() {
    let (_folder, store) = sqlite(POLICY).await;
    follows(store).await;
    follows(postgres(POLICY).await).await;
}
