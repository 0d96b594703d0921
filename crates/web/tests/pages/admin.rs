//! Administration.

use axum::http::StatusCode;
use store::{Accounts as _, Store as _};

use super::browser::Site;

const PARTS: [&str; 7] = ["accounts", "posts", "tokens", "webhooks", "letters", "health", "security"];

async fn site() -> Site {
    let site = Site::with_team().await;
    for name in ["admin", "other-admin"] {
        site.add(name).await;
        site.database.set_grants(name, &["administrator".into()], None).await.unwrap();
    }
    site
}

#[tokio::test]
async fn it_is_for_administrators_alone_and_lets_them_into_no_case() {
    let site = site().await;
    let (mut reyes, mut admin) = (site.signed_in("reyes").await, site.signed_in("admin").await);
    let token = reyes.get("/").await.csrf().to_owned();
    for part in PARTS {
        let address = format!("/admin/{part}");
        assert_eq!(reyes.get(&address).await.status, StatusCode::FORBIDDEN);
        let refused = reyes.send(&address, &[("csrf", &token), ("does", "end"), ("id", "okoro")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let page = admin.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{part}: {}", page.body);
    }
    assert!(!reyes.get("/").await.body.contains("Administration"));
    assert!(admin.get("/").await.body.contains("Administration"));
    assert_eq!(admin.get("/record").await.status, StatusCode::FORBIDDEN, "who holds no post records nothing");
    assert_eq!(admin.get("/admin/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.database.account("okoro").await.unwrap().unwrap().ended_at, None);
}

#[tokio::test]
async fn an_account_is_added_shown_its_password_once_and_ended() {
    let site = site().await;
    let mut admin = site.signed_in("admin").await;
    let new = [
        ("does", "add"),
        ("name", "ito<b>"),
        ("officer", "officer:ito"),
        ("grant", "reviewer"),
        ("grant", "king"),
        ("review-days", "30"),
    ];
    let added = admin.fill("/admin/accounts", &new).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.body);
    assert!(!added.body.contains("ito<b>"));
    let first = added.body.split_once("wakeful-secret\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    assert!(!admin.get("/admin/accounts").await.body.contains(&first));
    let made = site.database.account("ito<b>").await.unwrap().unwrap();
    assert_eq!(made.grants, ["reviewer"]);
    assert_eq!(made.reviews_until.unwrap().ms() - made.created_at.ms(), 30 * 24 * 3_600_000);
    let again = admin.fill("/admin/accounts", &new).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("This name is taken"));

    let mut ito = site.browser();
    let before = ito.sign_in("ito<b>", &first, "/").await;
    assert_eq!(before.status, StatusCode::UNPROCESSABLE_ENTITY, "nobody has confirmed it");
    confirm(&site, "accounts", "ito<b>").await;
    assert_eq!(ito.sign_in("ito<b>", &first, "/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(ito.get("/").await.location(), "/account/password");
    let mut okoro = site.signed_in("okoro").await;
    admin.fill("/admin/accounts", &[("does", "sessions"), ("id", "okoro")]).await;
    assert_eq!(okoro.get("/").await.status, StatusCode::SEE_OTHER);
    admin.fill("/admin/accounts", &[("does", "end"), ("id", "ito<b>")]).await;
    assert_eq!(site.browser().sign_in("ito<b>", &first, "/").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_reviewer_reads_until_the_review_ends() {
    let site = site().await;
    site.add("ito").await;
    let ends = Some(engine::time::Instant::saturating(site.now().ms() + 10 * 60_000));
    site.database.set_grants("ito", &["policy-lead".into(), "reviewer".into()], ends).await.unwrap();
    let (mut ito, mut admin) = (site.signed_in("ito").await, site.signed_in("admin").await);
    assert_eq!(ito.get("/cases/c1").await.status, StatusCode::OK);
    assert!(admin.get("/admin/accounts").await.body.contains("Reviewer until "));
    site.pass(9);
    assert_eq!(ito.get("/cases/c1").await.status, StatusCode::OK);
    site.pass(1);
    assert_eq!(ito.get("/cases/c1").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ito.get("/command").await.status, StatusCode::FORBIDDEN);
    assert_eq!(ito.get("/policy/what-if").await.status, StatusCode::OK, "the other grant has no end");
    assert!(admin.get("/admin/accounts").await.body.contains(", which is over"));
}

#[tokio::test]
async fn a_reviewer_is_not_made_without_an_end() {
    let site = site().await;
    let mut admin = site.signed_in("admin").await;
    for days in ["", "0", "731", "for ever"] {
        let new = [
            ("does", "add"),
            ("name", "ito"),
            ("officer", "officer:ito"),
            ("grant", "reviewer"),
            ("review-days", days),
        ];
        let refused = admin.fill("/admin/accounts", &new).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{days}");
        assert!(refused.body.contains("Enter a number of days from 1 to 730"), "{days}: {}", refused.body);
    }
    assert_eq!(site.database.account("ito").await.unwrap(), None);
}

/// Has the other administrator confirm something.
async fn confirm(site: &Site, part: &str, id: &str) {
    let mut other = site.signed_in("other-admin").await;
    let address = format!("/admin/{part}");
    let done = other.fill(&address, &[("does", "confirm"), ("id", id)]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert!(other.get(&address).await.body.contains("It is confirmed, and in force from now."));
}

#[tokio::test]
async fn nobody_lets_themselves_in_by_what_they_alone_made() {
    let site = site().await;
    let again =
        store::Account { name: "admin-2".into(), ..site.database.account("admin").await.unwrap().unwrap() };
    site.database.add_account(&again).await.unwrap();
    let mut admin = site.signed_in("admin").await;
    let new = [
        ("does", "add"),
        ("name", "spy"),
        ("officer", "officer:spy"),
        ("grant", "reviewer"),
        ("review-days", "1"),
    ];
    admin.fill("/admin/accounts", &new).await;
    let mut okoro = site.signed_in("okoro").await;
    let reset = admin.fill("/admin/accounts", &[("does", "password"), ("id", "okoro")]).await;
    let first = reset.body.split_once("wakeful-secret\">").unwrap().1.split_once('<').unwrap().0.to_owned();
    admin.fill("/admin/tokens", &[("does", "add"), ("name", "crm"), ("scope", "read"), ("days", "30")]).await;
    for name in ["admin", "admin-2"] {
        let mut one = site.signed_in(name).await;
        for (part, id) in [("accounts", "spy"), ("accounts", "okoro"), ("tokens", "crm")] {
            let address = format!("/admin/{part}");
            one.fill(&address, &[("does", "confirm"), ("id", id)]).await;
            assert!(one.get(&address).await.body.contains("It is not confirmed"), "{name} {id}");
        }
    }
    for name in ["spy", "okoro"] {
        assert!(!site.database.account(name).await.unwrap().unwrap().is_in_force(), "{name}");
    }
    assert!(site.database.tokens().await.unwrap()[0].proposed_by.is_some());
    assert_eq!(okoro.get("/").await.status, StatusCode::SEE_OTHER, "the old sessions have ended");
    let mut thief = site.browser();
    assert_eq!(thief.sign_in("okoro", &first, "/").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = admin.get("/admin/accounts").await.body;
    assert!(page.contains("Waits for another administrator to confirm it (made by admin)"), "{page}");
    assert!(!page.contains(r#"value="confirm""#), "no button for what one made oneself");
    confirm(&site, "accounts", "okoro").await;
    assert_eq!(thief.sign_in("okoro", &first, "/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_other_administrators_are_written_to_of_what_waits_for_them() {
    let site = site().await;
    for (officer, administrator) in [("admin", true), ("other-admin", true), ("reyes", false)] {
        let email = Some(format!("{officer}@force.example"));
        let contact = store::Contact { officer: format!("officer:{officer}"), email, administrator };
        site.database.put_contact(&contact).await.unwrap();
    }
    let mut admin = site.signed_in("admin").await;
    admin.fill("/admin/accounts", &[("does", "add"), ("name", "ito"), ("officer", "officer:ito")]).await;
    let lease = engine::time::Instant::saturating(site.now().ms() + 60_000);
    let told = site.database.claim_message("mail", site.now(), lease).await.unwrap().unwrap().message;
    assert_eq!(told.recipient, "officer:other-admin");
    assert!(!told.body.contains("ito"), "{}", told.body);
    assert_eq!(site.database.claim_message("mail", site.now(), lease).await.unwrap(), None, "nobody else");
}

#[tokio::test]
async fn tokens_and_webhooks_are_made_and_taken_away() {
    let site = site().await;
    let mut admin = site.signed_in("admin").await;
    let made = admin
        .fill("/admin/tokens", &[("does", "add"), ("name", "crm"), ("scope", "read"), ("days", "30")])
        .await;
    let secret = made.body.split_once("wakeful-secret\">").unwrap().1.split_once('<').unwrap().0;
    assert_eq!(
        site.database.token(&app::token::hash(secret)).await.unwrap(),
        None,
        "nobody has confirmed it"
    );
    confirm(&site, "tokens", "crm").await;
    let kept = site.database.token(&app::token::hash(secret)).await.unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.scopes.as_slice()), ("crm", &["read".to_owned()][..]));
    assert_eq!(kept.ends_at.unwrap().ms() - site.now().ms(), 30 * 24 * 3_600_000);
    assert!(admin.get("/admin/tokens").await.body.contains("30 December 2026"), "it says when it ends");
    for days in ["", "0", "3651", "x"] {
        let wrong = [("does", "add"), ("name", "crm2"), ("scope", "read"), ("days", days)];
        let wrong = admin.fill("/admin/tokens", &wrong).await;
        assert!(wrong.body.contains("Enter a number of days from 1 to 3650"), "{days:?}: {}", wrong.body);
    }
    let none = admin.fill("/admin/tokens", &[("does", "add"), ("name", "crm2"), ("days", "1")]).await;
    assert!(none.body.contains("Choose what it may do"), "{}", none.body);
    admin.fill("/admin/tokens", &[("does", "revoke"), ("id", "crm")]).await;
    assert_eq!(site.database.tokens().await.unwrap(), []);
    let wrong =
        admin.fill("/admin/webhooks", &[("does", "add"), ("name", "w"), ("url", "javascript:x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    admin.fill("/admin/webhooks", &[("does", "add"), ("name", "w"), ("url", "https://example.org")]).await;
    assert_eq!(site.database.webhooks().await.unwrap().len(), 1);
    admin.fill("/admin/webhooks", &[("does", "remove"), ("id", "w")]).await;
    assert_eq!(site.database.webhooks().await.unwrap(), []);
    let posts = admin.get("/admin/posts").await;
    assert!(posts.body.contains("detective inspector") && posts.body.contains("east"), "{}", posts.body);
}
