//! Letting oneself into a case that is not one's own.

use app::access::{Action, Person, break_glass, decide_on, decide_on_duty};
use app::{Node, Order};
use std::sync::Arc;
use store::{DutyQuery, Store};

use crate::common::{POLICY, event, instant, kept, postgres, sqlite};

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
    let event = break_glass(&one, CASE, "the child is at the front desk", "1", instant(NOW));
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
    for (form, records_as) in [("1", Some("officer:other")), ("2", Some("system:crm")), ("3", None)] {
        let event = break_glass(&one, CASE, "none", form, instant(NOW));
        record(&store, event, records_as).await;
        assert!(!sees(&*store, &one, NOW).await, "recorded as {records_as:?}");
    }
}

const LOOKS: &str = r#"
[policy]
name = "looks"
zone = "Europe/London"
open = true

[roles]
supervisor = "police"
inspector = "police"
superintendent = "police"

[ladder.up]
steps = [{ to = "inspector", answer_within = "1d" }, { to = "superintendent" }]

[duty.looked-at]
on = "case"
when = "access.broken-glass"
expect = "access.reviewed"
within = "1d"
owner = "supervisor"
ladder = "up"
"#;

async fn letter(store: &dyn Store) -> Option<store::Message> {
    let lease = instant("2026-03-03T12:00:00Z");
    store.claim_message("mail", instant(NOW), lease).await.unwrap().map(|waiting| waiting.message)
}

async fn is_told(store: Arc<dyn Store>) {
    let posts = ["officer:ds", "officer:di"].map(|officer| {
        let post =
            event(officer, officer, "post.held", NOW).link("officer", officer).link("team", "team:cse");
        post.text("role", "supervisor").0
    });
    let allocated = event("a1", CASE, "allocation.made", NOW).link("team", "team:cse").0;
    for made in posts.into_iter().chain([allocated]) {
        record(&store, made, None).await;
    }
    let glass = |id: &str, officer: &str| {
        event(id, CASE, "access.broken-glass", NOW)
            .link("officer", officer)
            .text("reason", "at the front desk")
            .0
    };
    record(&store, glass("imported", "officer:dc"), None).await;
    record(&store, glass("by-another", "officer:dc"), Some("officer:other")).await;
    assert_eq!(letter(&*store).await, None, "nobody let themselves in");
    record(&store, glass("own", "officer:di"), Some("officer:di")).await;
    let told = letter(&*store).await.unwrap();
    assert_eq!(told.recipient, "officer:ds", "and not who let themselves in, who owes the look too");
    let rows = kept(&*store).await;
    let (id, row) = rows.iter().find(|(_, row)| row["trigger"]["id"] == "own").unwrap();
    assert_eq!(row["holders"], serde_json::json!(["officer:di", "officer:ds"]));
    let facts = serde_json::json!({ "duty": id, "due": row["due"], "zone": "Europe/London", "owed_by_none_else": false });
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&told.body).unwrap()["looks"],
        serde_json::json!([facts])
    );
    assert_eq!(letter(&*store).await, None);
    assert_eq!(store.written_to(id).await.unwrap(), [""; 0], "who owes it sees it as long as they do");
    let several = ["one", "two"].map(|id| glass(id, "officer:dc")).to_vec();
    let order = Order { events: several, records_as: Some("officer:dc".to_owned()) };
    let mut node = Node::new(Arc::clone(&store), "one");
    node.record(instant(NOW), vec![order]).await.unwrap().remove(0).unwrap();
    for officer in ["officer:di", "officer:ds"] {
        let told = letter(&*store).await.unwrap();
        assert_eq!((&*told.recipient, told.body.matches("duty").count()), (officer, 2), "one letter of both");
    }
    assert_eq!(letter(&*store).await, None);
}

/// Of one who owes the look at their own reason alone, those are told to whom it would come up first.
async fn is_told_higher_up(store: Arc<dyn Store>) {
    let posts = [
        ("officer:ds", "supervisor", "team:cse"),
        ("officer:ds", "inspector", "team:cse"),
        ("officer:su", "superintendent", "team:command"),
    ];
    for (officer, role, team) in posts {
        let post = event(role, officer, "post.held", NOW).link("officer", officer).link("team", team);
        record(&store, post.text("role", role).0, None).await;
    }
    record(&store, event("a1", CASE, "allocation.made", NOW).link("team", "team:cse").0, None).await;
    let glass = event("own", CASE, "access.broken-glass", NOW).link("officer", "officer:ds");
    record(&store, glass.text("reason", "at the front desk").0, Some("officer:ds")).await;
    let told = letter(&*store).await.unwrap();
    assert_eq!(
        told.recipient, "officer:su",
        "and not who let themselves in, though they hold the step below too"
    );
    assert!(told.body.contains(r#""owed_by_none_else":true"#), "{}", told.body);
    assert_eq!(letter(&*store).await, None);

    let merged = event("m1", "officer:ds", "entity.merged", NOW).link("from", "officer:old");
    record(&store, merged.link("into", "officer:ds").0, None).await;
    let glass = event("old-name", CASE, "access.broken-glass", NOW).link("officer", "officer:old");
    record(&store, glass.text("reason", "at the front desk").0, Some("officer:old")).await;
    assert_eq!(letter(&*store).await.unwrap().recipient, "officer:su", "nor under an earlier name");
    assert_eq!(letter(&*store).await, None);

    let look = |store: Arc<dyn Store>| async move {
        let all = store.duties(&DutyQuery { most: 9, ..DutyQuery::default() }).await.unwrap();
        all.into_iter().next().unwrap()
    };
    let opens = async |officer: &str| {
        let person = Person::of(&*store, officer, officer, officer, [].into()).await.unwrap();
        let duty = look(Arc::clone(&store)).await;
        let may = decide_on_duty(&*store, &person, Action::SeeDuty, &duty, instant(NOW)).await.unwrap();
        (may.is_allowed(), sees(&*store, &person, NOW).await)
    };
    assert_eq!(
        opens("officer:su").await,
        (true, false),
        "the duty they were written to of, and not its case"
    );
    assert_eq!(opens("officer:other").await, (false, false));
    let looked = event("looked", CASE, "access.reviewed", NOW).link("officer", "officer:su");
    record(&store, looked.0, None).await;
    assert_eq!(opens("officer:su").await, (false, false), "while it is open");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_lets_themselves_in_at_another_time_or_without_a_reason() {
    let (_folder, store) = sqlite(LOOKS).await;
    let mut node = Node::new(Arc::clone(&store), "one");
    let mut try_it = async |id: &str, at: &str, reason: &str| {
        let glass =
            event(id, CASE, "access.broken-glass", at).link("officer", "officer:dc").text("reason", reason);
        let order = Order { events: vec![glass.0], records_as: Some("officer:dc".to_owned()) };
        node.record(instant(NOW), vec![order]).await.unwrap().remove(0)
    };
    for (at, reason, why) in [
        ("2026-03-02T09:02:00Z", "needed", "does so now"),
        ("2026-03-01T09:00:00Z", "needed", "does so now"),
        (NOW, " ", "says why"),
    ] {
        let refused = try_it("no", at, reason).await.unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
    let recorded = try_it("yes", "2026-03-02T09:00:30Z", "needed").await.unwrap();
    assert_eq!((recorded.new, try_it("yes", "2026-03-02T09:00:30Z", "needed").await.unwrap().new), (1, 0));
    let kept = store.entries_about(CASE, 0, 10).await.unwrap();
    assert!(kept.len() == 1 && kept[0].line.contains(r#""at":"2026-03-02T09:00:00.000Z""#), "{kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_owes_a_look_at_why_somebody_let_themselves_in_is_told_at_once() {
    let (_folder, store) = sqlite(LOOKS).await;
    is_told(store).await;
    is_told(postgres(LOOKS).await).await;
    let (_folder, store) = sqlite(LOOKS).await;
    is_told_higher_up(store).await;
}
