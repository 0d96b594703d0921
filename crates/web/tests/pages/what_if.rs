//! Other rules, tried on the record.

use axum::http::StatusCode;
use store::Accounts as _;

use super::browser::{Browser, Site};

async fn policy_lead(site: &Site) -> Browser {
    let mut account = site.add("lead").await;
    account.grants = vec!["policy-lead".to_owned()];
    site.database.set_grants("lead", &account.grants, None).await.unwrap();
    site.signed_in("lead").await
}

#[tokio::test]
async fn a_longer_limit_shows_what_would_stand_otherwise_and_changes_nothing() {
    let site = Site::with_team().await;
    site.record(r#"{"id":"d1","stream":"case:c1","kind":"disclosure.made","at":"2026-11-29T08:30:00Z","links":{"child":"person:p7","officer":"officer:reyes"},"attrs":{"told_by":"child"}}"#).await;
    let mut lead = policy_lead(&site).await;
    let off = "[policy]\nname = \"ours\"\nextends = \"england\"\n\n[duty.disclosure-crime-recorded]\noff = true\nreason = \"tried, to see what it finds\"\n";
    let page = lead.fill("/policy/what-if", &[("text", off)]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(
        page.body.contains("/policy/disclosure-crime-recorded")
            && page.body.contains("What would be otherwise"),
        "{}",
        page.body
    );
    let stored = site.served.store.policies().await.unwrap();
    assert_eq!(stored.len(), 1, "nothing is put into force");
    assert!(page.body.contains("fewer than 5"), "one child is not told of: {}", page.body);
    let noted = site.served.store.openings("officer:lead", 9).await.unwrap();
    assert!(noted[0].action == "what-if" && noted[0].why.contains("disclosure-crime-recorded"), "{noted:?}");
    let often = "[policy]\nname = \"ours\"\nextends = \"england\"\n\n[duty.hourly]\non = \"case\"\nfrom = \"case.opened\"\nexpect = \"supervisor-review.held\"\nevery = \"3h\"\nowner = \"supervisor\"\n";
    let refused = lead.fill("/policy/what-if", &[("text", often)]).await;
    assert!(refused.body.contains("more often than daily"), "{}", refused.body);
    let nothing = lead.fill("/policy/what-if", &[("text", "  ")]).await;
    assert!(nothing.body.contains("as if it always had been"), "{}", nothing.body);
}

#[tokio::test]
async fn what_is_wrong_with_the_rules_is_said() {
    let site = Site::with_team().await;
    let mut lead = policy_lead(&site).await;
    for (text, said) in [
        ("[policy", "the text"),
        (
            "[policy]\nname = \"ours\"\nextends = \"england\"\n[duty.x]\non = \"child\"\nwhen = \"mising.found\"\n",
            "missing.found",
        ),
        ("<script>alert(1)</script>", "the text"),
    ] {
        let page = lead.fill("/policy/what-if", &[("text", text)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}: {}", page.body);
        assert!(page.body.contains(said) && !page.body.contains("<script>alert"), "{text}: {}", page.body);
    }
    assert_eq!(site.signed_in("reyes").await.get("/policy/what-if").await.status, StatusCode::FORBIDDEN);
}
