//! The security log: what of signing in and of administration stands in it, and what does not.

use axum::http::StatusCode;
use store::{Accounts as _, SecurityEntry};

use super::browser::{PASSWORD, Site};

/// Who, what, to what, and whether it was refused.
type Short = (Option<String>, String, Option<String>, bool);

/// The entries, sorted: a test's clock stands still.
async fn log(site: &Site) -> Vec<Short> {
    let entries = site.database.security_log(200).await.unwrap();
    assert!(entries.iter().all(|entry| entry.address.as_deref() == Some("192.0.2.1")));
    let short = |entry: SecurityEntry| (entry.who, entry.what, entry.about, entry.is_refused);
    let mut entries: Vec<Short> = entries.into_iter().map(short).collect();
    entries.sort();
    entries
}

fn entry(who: &str, what: &str, about: Option<&str>, is_refused: bool) -> Short {
    let who = Some(who).filter(|who| !who.is_empty());
    (who.map(Into::into), what.into(), about.map(Into::into), is_refused)
}

#[tokio::test]
async fn signing_in_and_out_is_noted_and_never_what_was_typed() {
    let site = Site::new().await;
    site.add("reyes").await;
    let secret = site.with_codes("reyes").await;
    let mut browser = site.browser();
    let typed = "a password in the wrong field";
    assert_eq!(browser.sign_in(typed, typed, "/").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.sign_in("reyes", "a wrong password", "/").await;
    browser.sign_in("reyes", PASSWORD, "/").await;
    browser.fill("/sign-in/code", &[("code", "000000")]).await;
    let code = site.code(&secret);
    browser.fill("/sign-in/code", &[("code", &code)]).await;
    let new = "three small words, unlike";
    for old in ["not the old one", PASSWORD] {
        browser.fill("/account/password", &[("old", old), ("new", new), ("again", new)]).await;
    }
    let token = browser.get("/account").await.csrf().to_owned();
    browser.send("/sign-out", &[("csrf", &token)]).await;
    let mut expected = [
        entry("", "sign-in", None, true),
        entry("reyes", "sign-in", None, true),
        entry("reyes", "code", None, true),
        entry("reyes", "sign-in", None, false),
        entry("reyes", "password", None, true),
        entry("reyes", "password", None, false),
        entry("reyes", "sign-out", None, false),
    ];
    expected.sort();
    assert_eq!(log(&site).await, expected);
    let all = format!("{:?}", site.database.security_log(200).await.unwrap());
    for never in [typed, PASSWORD, new, &code] {
        assert!(!all.contains(never), "{never}");
    }
}

#[tokio::test]
async fn what_an_administrator_does_is_noted_and_shown() {
    let site = Site::with_team().await;
    site.add("admin").await;
    site.with_codes("okoro").await;
    site.database.set_grants("admin", &["administrator".into()], None).await.unwrap();
    let mut admin = site.signed_in("admin").await;
    site.pass(1);
    let account = [
        ("does", "add"),
        ("name", "ito"),
        ("officer", "officer:ito"),
        ("grant", "reviewer"),
        ("review-days", "90"),
    ];
    let made = admin.fill("/admin/accounts", &account).await;
    let first = made.body.split_once("wakeful-secret\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert_eq!(admin.fill("/admin/accounts", &account).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for does in ["password", "codes", "sessions", "end", "end"] {
        admin.fill("/admin/accounts", &[("does", does), ("id", "okoro")]).await;
    }
    let made = admin
        .fill("/admin/tokens", &[("does", "add"), ("name", "crm"), ("scope", "read"), ("days", "30")])
        .await;
    let token = made.body.split_once("wakeful-secret\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    admin.fill("/admin/tokens", &[("does", "revoke"), ("id", "crm")]).await;
    admin.fill("/admin/webhooks", &[("does", "add"), ("name", "w"), ("url", "https://example.org")]).await;
    admin.fill("/admin/webhooks", &[("does", "remove"), ("id", "w")]).await;
    let mut expected = [
        entry("admin", "sign-in", None, false),
        entry("admin", "account", Some("ito"), false),
        entry("admin", "first-password", Some("okoro"), false),
        entry("admin", "codes-taken", Some("okoro"), false),
        entry("admin", "account-ended", Some("okoro"), false),
        entry("admin", "token", Some("crm"), false),
        entry("admin", "token-revoked", Some("crm"), false),
        entry("admin", "webhook", Some("w"), false),
        entry("admin", "webhook-removed", Some("w"), false),
    ];
    expected.sort();
    assert_eq!(log(&site).await, expected);
    let page = admin.get("/admin/security").await.body;
    assert!(page.contains("Took sign-in codes away") && page.contains("192.0.2.1"), "{page}");
    let (newest, oldest) = (page.find("Removed a webhook").unwrap(), page.find("Signed in with").unwrap());
    assert!(newest < oldest, "the newest is first");
    assert!(!page.contains(&first) && !page.contains(&token));
    let known: Vec<&str> = app::security::Deed::ALL.map(app::security::Deed::word).into();
    assert!(log(&site).await.iter().all(|(_, what, ..)| known.contains(&what.as_str())));
}

#[tokio::test]
async fn what_somebody_was_refused_is_noted_and_not_whose_page_it_is_nor_whether_it_is_there() {
    let site = Site::with_team().await;
    site.record(HIDDEN).await;
    site.add("stranger").await;
    let mut browser = site.signed_in("stranger").await;
    for address in ["/cases/c9", "/cases/there-is-none", "/admin", "/no/such/page"] {
        assert!(browser.get(address).await.status.is_client_error(), "{address}");
    }
    let sent = browser.send("/sign-out", &[("csrf", "of an older page")]).await;
    assert_eq!(sent.status, StatusCode::FORBIDDEN);
    site.browser().get("/cases/c9").await;
    assert_eq!(
        refused(&site).await,
        [
            entry("stranger", "access", Some("/admin"), true),
            entry("stranger", "access", Some("/cases/{id}"), true),
            entry("stranger", "access", Some("/cases/{id}"), true),
            entry("stranger", "form", Some("/sign-out"), true),
        ]
    );
    for number in 0..20 {
        browser.get(&format!("/cases/{number}")).await;
    }
    assert_eq!(refused(&site).await.len(), 10, "nobody can fill the log");
}

async fn refused(site: &Site) -> Vec<Short> {
    log(site).await.into_iter().filter(|(_, _, _, is_refused)| *is_refused).collect()
}

const HIDDEN: &str = r#"{"id":"h1","stream":"case:c9","kind":"allocation.made","at":"2026-01-05T09:00:00Z","links":{"officer":["officer:elsewhere"]},"attrs":{"role":"investigator"}}"#;
