//! How the system is: to anybody a word for each check, and why to a token alone.

use app::token::{Scope, token};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use store::{Attempt, Message, Outcome, Store as _};

use super::browser::Site;

/// A letter that was given up because of what another system said.
async fn give_up(site: &Site) {
    let (id, channel, recipient) = ("m1".into(), "mail".into(), "officer:reyes".into());
    let mut transaction = site.database.begin().await.unwrap();
    transaction.post(&[Message { id, at: site.now(), channel, recipient, body: "{}".into() }]).await.unwrap();
    transaction.commit().await.unwrap();
    let dead = Attempt { at: site.now(), outcome: Outcome::Dead { error: "no route to host".into() } };
    site.database.settle_message("m1", &dead).await.unwrap();
}

#[tokio::test]
async fn why_something_is_wrong_is_told_to_a_token_that_may_read() {
    let site = Site::with_team().await;
    site.served.recorder.watch().await.unwrap();
    give_up(&site).await;
    for (name, scope) in [("reads", Scope::Read), ("writes", Scope::EventsWrite)] {
        site.database.put_token(&token(name, &[scope], name, site.now(), 1)).await.unwrap();
    }
    let ask = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let header = [("authorization", bearer.as_str())];
        let answer = site.browser().ask(Method::GET, "/health", &header, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    };
    for who in ["", "unknown", "writes"] {
        let body = ask(who).await;
        assert!(body.contains(r#""messages":"degraded""#) && body.contains(r#""record":"ok""#), "{body}");
        assert!(body.contains(r#""problems":[]"#) && !body.contains("given up"), "{who}: {body}");
    }
    assert!(ask("reads").await.contains("1 message was given up"));
}
