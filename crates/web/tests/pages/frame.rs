//! What all pages have in common.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use design_system::{asset, url};

use super::browser::Site;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn every_answer_says_what_a_browser_may_not_do_with_it() {
    let site = Site::new().await;
    let styles = url("wakeful.css").unwrap();
    for address in
        ["/no/page", "/api/v1/duties", "/api/v1/nothing", "/health", "/metrics", "/assets/none.css", &styles]
    {
        let answer = site.browser().get(address).await;
        assert_eq!(answer.header("content-security-policy"), POLICY, "{address}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(answer.header(name), value, "{address}");
        }
        assert_eq!(answer.header("cache-control") == "no-store", address != styles, "{address}");
    }
    let answer = Site::at("https://wakeful.example").await.browser().get("/no/page").await;
    assert!(answer.header("strict-transport-security").starts_with("max-age=63072000"));
    assert!(answer.header("set-cookie").starts_with("__Host-form="));
    assert!(answer.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax; Secure"));
}

#[tokio::test]
async fn a_page_that_is_not_there_is_a_page_and_to_a_program_a_problem() {
    let site = Site::new().await;
    let page = site.browser().get("/no/%3Cscript%3Epage").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.body.contains("<title>Page not found – Wakeful</title>"), "{}", page.body);
    assert!(page.body.contains("govuk-exit-this-page") && !page.body.contains("<script>"));
    for (method, address) in [(Method::GET, "/api/v1/nothing"), (Method::POST, "/api/nothing")] {
        let problem = site.browser().ask(method, address, &[], Body::empty()).await;
        assert_eq!(problem.status, StatusCode::NOT_FOUND);
        assert_eq!(problem.header("content-type"), "application/problem+json");
    }
    assert_eq!(site.browser().get("/no%00page").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_that_is_not_ours_is_refused_before_it_is_looked_at() {
    let site = Site::new().await;
    let mut browser = site.browser();
    browser.get("/").await;
    for token in ["", "x", &"0".repeat(128)] {
        let refused = browser.send("/", &[("csrf", token)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{token}");
        assert!(refused.body.contains("This form is out of date"));
    }
}

#[tokio::test]
async fn a_form_has_bounds_and_a_format() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let long = "x".repeat(300 << 10);
    let refused = browser.send("/", &[("note", &long)]).await;
    assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(refused.body.contains("Nothing was kept"));
    let json = [("content-type", "application/json")];
    assert_eq!(browser.ask(Method::POST, "/", &json, Body::from("{}")).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_asset_is_kept_for_ever_under_its_hash_and_sent_short() {
    let site = Site::new().await;
    let styles = url("wakeful.css").unwrap();
    let (known, _) = asset("wakeful.css").unwrap();
    let mut browser = site.browser();
    let ask = |headers: &'static [(&'static str, &'static str)]| {
        let (mut browser, styles) = (site.browser(), styles.clone());
        async move { browser.ask(Method::GET, &styles, headers, Body::empty()).await }
    };
    let plain = ask(&[]).await;
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!((plain.header("content-encoding"), plain.body.len()), ("", known.bytes.len()));
    assert_eq!(ask(&[("accept-encoding", "gzip, br")]).await.header("content-encoding"), "br");
    assert_eq!(ask(&[("accept-encoding", "gzip, br;q=0")]).await.header("content-encoding"), "gzip");
    let headers = [("if-none-match", known.etag)];
    let same = browser.ask(Method::GET, &styles, &headers, Body::empty()).await;
    assert_eq!((same.status, same.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let unversioned = browser.get("/assets/wakeful.css").await;
    assert_eq!(unversioned.header("cache-control"), "no-cache");
    assert_eq!(browser.get("/assets/../Cargo.toml").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_is_sent_short() {
    let site = Site::new().await;
    let headers = [("accept-encoding", "gzip")];
    let page = site.browser().ask(Method::GET, "/no/page", &headers, Body::empty()).await;
    assert_eq!(page.header("content-encoding"), "gzip");
}
