//! Signing in: who gets in, who does not, and for how long.

use axum::http::StatusCode;
use store::Accounts as _;

use super::browser::{PASSWORD, Site};

/// Every address that takes a form, as the routes say.
fn forms() -> Vec<String> {
    let routes = include_str!("../../src/pages/mod.rs").split(".route(\"").skip(1);
    let forms = routes.filter(|route| route.split(".route(").next().unwrap().contains("post("));
    let address = |route: &str| route.split('"').next().unwrap().replace(['{', '}'], "");
    forms.map(address).collect()
}

#[tokio::test]
async fn who_is_not_signed_in_is_sent_to_sign_in_and_back() {
    let site = Site::new().await;
    site.add("reyes").await;
    let mut browser = site.browser();
    let sent = browser.get("/account?a=1").await;
    assert_eq!((sent.status, sent.location()), (StatusCode::SEE_OTHER, "/sign-in?return=%2Faccount%3Fa%3D1"));
    let page = browser.get(sent.location()).await;
    assert!(page.body.contains(r#"name="return" value="/account?a=1""#), "{}", page.body);
    let entered = browser.sign_in("reyes", PASSWORD, "/account?a=1").await;
    assert_eq!(entered.location(), "/account?a=1");
    let account = browser.get("/account").await;
    assert_eq!(account.status, StatusCode::OK);
    assert!(account.body.contains("reyes &lt;b&gt;&amp;") && !account.body.contains("reyes <b>"));
    let left = browser.fill("/account", &[]).await;
    assert_eq!(left.status, StatusCode::METHOD_NOT_ALLOWED);
    let token = account.csrf().to_owned();
    let left = browser.send("/sign-out", &[("csrf", &token)]).await;
    assert_eq!(left.location(), "/sign-in?return=%2F");
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn nobody_is_sent_to_another_site() {
    let site = Site::new().await;
    site.add("reyes").await;
    for back in ["https://evil.example", "//evil.example", "/\\evil.example", "/\n/evil.example"] {
        assert_eq!(site.browser().sign_in("reyes", PASSWORD, back).await.location(), "/", "{back:?}");
    }
    let mut browser = site.signed_in("reyes").await;
    assert_eq!(browser.get("/sign-in?return=//evil.example").await.location(), "/");
}

#[tokio::test]
async fn it_is_not_told_whether_there_is_an_account() {
    let site = Site::new().await;
    site.add("reyes").await;
    site.add("gone").await;
    site.database.end_account("gone", site.now()).await.unwrap();
    let mut bodies = Vec::new();
    for name in ["reyes", "gone", "nobody"] {
        let mut browser = site.browser();
        let answer =
            browser.sign_in(name, if name == "gone" { PASSWORD } else { "wrong password" }, "/").await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains("<title>Error: Sign in – Wakeful</title>"), "{}", answer.body);
        let token = answer.csrf().to_owned();
        bodies.push(answer.body.replace(&token, "").replace(name, ""));
    }
    // The token of the sign-out form is not there, as nobody is signed in.
    assert!(bodies.windows(2).all(|two| two[0] == two[1]));
}

#[tokio::test]
async fn a_session_is_new_at_each_step_and_no_other_is_taken() {
    let site = Site::new().await;
    site.add("reyes").await;
    let secret = site.with_codes("reyes").await;
    let mut browser = site.browser();
    browser.cookies.insert("session".into(), "wkf_chosen-by-somebody-else".into());
    let half = browser.sign_in("reyes", PASSWORD, "/account").await;
    assert_eq!(half.location(), "/sign-in/code?return=%2Faccount");
    let first = browser.cookies["session"].clone();
    assert_ne!(first, "wkf_chosen-by-somebody-else");
    assert_eq!(
        browser.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "the password alone is not enough"
    );
    let wrong = browser.fill("/sign-in/code", &[("code", "000000")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let code = site.code(&secret);
    let entered = browser.fill("/sign-in/code", &[("code", &code), ("return", "/account")]).await;
    assert_eq!(entered.location(), "/account");
    assert_ne!(browser.cookies["session"], first);
    let mut old = site.browser();
    old.cookies.insert("session".into(), first);
    assert_eq!(old.get("/account").await.status, StatusCode::SEE_OTHER);

    let mut other = site.browser();
    other.sign_in("reyes", PASSWORD, "/").await;
    let again = other.fill("/sign-in/code", &[("code", &code)]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "a code is used once");
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let site = Site::new().await;
    site.add("reyes").await;
    let mut browser = site.signed_in("reyes").await;
    for _ in 0..3 {
        site.pass(29);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    }
    site.pass(30);
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "idle");

    let mut browser = site.signed_in("reyes").await;
    for _ in 0..28 {
        site.pass(25);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    }
    site.pass(20);
    assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER, "after twelve hours");

    site.with_codes("reyes").await;
    let mut browser = site.browser();
    browser.sign_in("reyes", PASSWORD, "/").await;
    site.pass(5);
    assert_eq!(browser.get("/sign-in/code").await.location(), "/sign-in");
}

#[tokio::test]
async fn a_changed_password_ends_every_other_session() {
    let site = Site::new().await;
    site.add("reyes").await;
    site.database
        .set_password("reyes", &site.served.sign_ins.hash(PASSWORD).await.unwrap(), true, None)
        .await
        .unwrap();
    let (mut browser, mut other) = (site.signed_in("reyes").await, site.signed_in("reyes").await);
    assert_eq!(browser.get("/account").await.location(), "/account/password", "somebody else chose it");
    let new = "three small words, unlike";
    for (old, chosen, again, why) in [
        (PASSWORD, "short", "short", "at least 12 characters"),
        (PASSWORD, new, "three small words", "Enter the same new password twice"),
        (PASSWORD, "password1234", "password1234", "is common, or easy to guess"),
        (PASSWORD, "i am reyes, and so on", "i am reyes, and so on", "must not have your name"),
        ("wrong password", new, new, "This is not the password"),
    ] {
        let refused =
            browser.fill("/account/password", &[("old", old), ("new", chosen), ("again", again)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains(why), "{}", refused.body);
    }
    let before = browser.cookies["session"].clone();
    let changed = browser.fill("/account/password", &[("old", PASSWORD), ("new", new), ("again", new)]).await;
    assert_eq!(changed.location(), "/");
    assert_ne!(browser.cookies["session"], before);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    assert_eq!(other.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(site.browser().sign_in("reyes", new, "/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn sign_in_codes_are_set_up_by_the_first() {
    let mut site = Site::new().await;
    site.add("reyes").await;
    site.served.sign_in.codes_required = true;
    let mut browser = site.signed_in("reyes").await;
    assert_eq!(browser.get("/account").await.location(), "/account/code");
    let page = browser.get("/account/code").await;
    assert!(page.body.contains("<svg") && !page.body.contains("style="), "{}", page.body);
    let secret = page.body.split_once(r#"name="secret" value=""#).unwrap().1.split_once('"').unwrap().0;
    let (own, code) = (("password", PASSWORD), site.code(secret));
    let refused = browser.fill("/account/code", &[("secret", secret), ("code", "12"), own]).await;
    assert!(refused.body.contains(secret), "the key stays the same");
    for password in [("password", ""), ("password", "a wrong password")] {
        let refused = browser.fill("/account/code", &[("secret", secret), ("code", &code), password]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.body.contains("This is not the password"), "{}", refused.body);
    }
    assert_eq!(
        site.database.account("reyes").await.unwrap().unwrap().code,
        None,
        "an open session is not enough"
    );
    let mut other = site.browser();
    other.sign_in("reyes", PASSWORD, "/").await;
    let done = browser.fill("/account/code", &[("secret", secret), ("code", &code), own]).await;
    assert_eq!(done.location(), "/account");
    assert_eq!(
        other.get("/account").await.location(),
        "/sign-in?return=%2Faccount",
        "every other browser is signed out"
    );
    let account = browser.get("/account").await;
    assert!(account.body.contains("Sign-in codes are set up."), "{}", account.body);
    assert!(!browser.get("/account").await.body.contains("Sign-in codes are set up."), "said once");
    browser.cookies.insert("said".into(), "said-nothing-that-there-is".into());
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_tries_too_often_keeps_nobody_else_out() {
    let site = Site::new().await;
    site.add("reyes").await;
    let mut known = site.signed_in("reyes").await;
    let token = known.get("/account").await.csrf().to_owned();
    known.send("/sign-out", &[("csrf", &token)]).await;
    for _ in 0..40 {
        site.database.count_try("address:192.0.2.1", site.now(), site.now(), 40).await.unwrap();
    }
    let refused = site.browser().sign_in("reyes", PASSWORD, "/").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "one at the same address that is not known");
    assert_eq!(known.sign_in("reyes", PASSWORD, "/").await.status, StatusCode::SEE_OTHER, "one that is");
    let mut elsewhere = site.browser();
    elsewhere.address = "192.0.2.2".into();
    assert_eq!(elsewhere.sign_in("reyes", PASSWORD, "/").await.status, StatusCode::SEE_OTHER);
    site.pass(16);
    assert_eq!(site.browser().sign_in("reyes", PASSWORD, "/").await.status, StatusCode::SEE_OTHER, "later");
}

#[tokio::test]
async fn codes_cannot_be_guessed() {
    let site = Site::new().await;
    site.add("reyes").await;
    let secret = site.with_codes("reyes").await;
    let mut thief = site.browser();
    thief.sign_in("reyes", PASSWORD, "/").await;
    for _ in 0..10 {
        assert_eq!(
            thief.fill("/sign-in/code", &[("code", "000000")]).await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let code = site.code(&secret);
    assert_eq!(thief.fill("/sign-in/code", &[("code", &code)]).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn no_form_of_another_site_is_taken() {
    let site = Site::new().await;
    site.add("reyes").await;
    let (mut browser, mut other) = (site.signed_in("reyes").await, site.signed_in("reyes").await);
    let others = other.get("/account").await.csrf().to_owned();
    assert!(forms().len() >= 10);
    for address in &forms() {
        for token in ["", &others] {
            let refused =
                browser.send(address, &[("csrf", token), ("name", "reyes"), ("password", PASSWORD)]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{address}");
        }
    }
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "nothing was done");
    site.pass(31);
    let lapsed = browser.send("/account/password", &[("csrf", "x")]).await;
    assert_eq!(lapsed.location(), "/sign-in?return=%2Faccount%2Fpassword");
}
