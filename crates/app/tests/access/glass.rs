//! Letting oneself into a case that is not one's own.

use app::access::{Action, Person, break_glass, decide_on};
use app::{Node, Order};
use std::sync::Arc;
use store::Store;

use crate::common::{POLICY, instant, sqlite};

const NOW: &str = "2026-03-02T09:00:00Z";
const CASE: &str = "case:c1";

async fn record(store: &Arc<dyn Store>, event: engine::record::Event, records_as: Option<&str>) {
    let order = Order { events: vec![event], records_as: records_as.map(str::to_owned) };
    let mut node = Node::new(Arc::clone(store), "one");
    node.record(instant(NOW), vec![order]).await.unwrap().remove(0).unwrap();
}

async fn sees(store: &dyn Store, person: &Person, at: &str) -> bool {
    decide_on(store, person, Action::SeeCase, CASE, instant(at)).await.unwrap().is_allowed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_lets_one_in_for_a_day_and_nobody_else() {
    let (_folder, store) = sqlite(POLICY).await;
    let one = Person { account: "one".into(), officer: "officer:one".into(), ..Person::default() };
    let other = Person { account: "other".into(), officer: "officer:other".into(), ..Person::default() };
    assert!(!sees(&*store, &one, NOW).await);
    let event = break_glass(&one, CASE, "the child is at the front desk", instant(NOW)).unwrap();
    record(&store, event, Some("officer:one")).await;
    assert!(sees(&*store, &one, NOW).await);
    assert!(!sees(&*store, &other, NOW).await);
    assert!(sees(&*store, &one, "2026-03-03T08:59:59Z").await);
    assert!(!sees(&*store, &one, "2026-03-03T09:00:00Z").await);
    assert_eq!(store.broken_glass(CASE, None).await.unwrap().len(), 1, "that it was broken stays known");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lets_somebody_else_in_and_an_import_lets_in_nobody() {
    let (_folder, store) = sqlite(POLICY).await;
    let one = Person { account: "one".into(), officer: "officer:one".into(), ..Person::default() };
    for records_as in [Some("officer:other"), Some("system:crm"), None] {
        let event = break_glass(&one, CASE, "none", instant(NOW)).unwrap();
        record(&store, event, records_as).await;
        assert!(!sees(&*store, &one, NOW).await, "recorded as {records_as:?}");
    }
}
