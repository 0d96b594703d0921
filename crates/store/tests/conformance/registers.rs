//! Tokens, feeds, contacts, webhooks and nodes.

use std::collections::BTreeMap;

use engine::time::Instant;
use store::{Contact, Feed, NodeBeat, Store, StoreError, Token, Webhook};

use crate::place::{Place, ms};

fn token(name: &str, hash: &str) -> Token {
    Token {
        name: name.into(),
        hash: hash.into(),
        scopes: vec!["duties:read".into(), "events:write".into()],
        records_as: "system:custody".into(),
        created_at: ms(7),
        proposed_by: None,
        ends_at: Some(ms(99)),
    }
}

pub async fn a_token_is_kept_until_it_is_revoked(place: Place) {
    let store = place.open().await;
    let (one, other) = (token("custody", "aa"), token("Z", "bb"));
    store.put_token(&one).await.unwrap();
    store.put_token(&other).await.unwrap();
    assert_eq!(store.token("aa").await.unwrap(), Some(one.clone()));
    assert_eq!(store.token("cc").await.unwrap(), None);
    assert_eq!(store.tokens().await.unwrap(), [other, one]);
    let twice = store.put_token(&token("custody", "dd")).await.unwrap_err();
    assert!(matches!(twice, StoreError::Exists { what: "token", .. }), "{twice:?}");

    assert!(store.revoke_token("custody", ms(9)).await.unwrap());
    assert!(!store.revoke_token("custody", ms(9)).await.unwrap());
    assert_eq!(store.token("aa").await.unwrap(), None);
    store.put_token(&token("custody", "dd")).await.unwrap();
    assert_eq!(store.tokens().await.unwrap().len(), 2, "the name is free again");
}

pub async fn a_feed_is_kept_until_it_is_revoked(place: Place) {
    let store = place.open().await;
    let feed =
        |hash: &str, officer: &str| Feed { hash: hash.into(), officer: officer.into(), created_at: ms(1) };
    for feed in [feed("a", "officer:o1"), feed("b", "officer:o1"), feed("c", "officer:o2")] {
        store.put_feed(&feed).await.unwrap();
    }
    store.put_feed(&feed("a", "officer:o3")).await.unwrap_err();
    assert_eq!(store.feed("a").await.unwrap(), Some(feed("a", "officer:o1")));
    assert_eq!(store.revoke_feeds("officer:o1", ms(2)).await.unwrap(), 2);
    assert_eq!(store.revoke_feeds("officer:o1", ms(2)).await.unwrap(), 0);
    assert_eq!(store.feed("a").await.unwrap(), None);
    assert_eq!(store.feed("c").await.unwrap(), Some(feed("c", "officer:o2")));
}

pub async fn contacts_are_replaced(place: Place) {
    let store = place.open().await;
    let contact = |officer: &str, email: Option<&str>| Contact {
        officer: officer.into(),
        email: email.map(Into::into),
        administrator: email.is_none(),
    };
    store.put_contact(&contact("officer:b", None)).await.unwrap();
    store.put_contact(&contact("officer:a", Some("a@example.org"))).await.unwrap();
    store.put_contact(&contact("officer:b", Some("b@example.org"))).await.unwrap();
    store.put_contact(&contact("officer:a", None)).await.unwrap();
    let all = [contact("officer:a", None), contact("officer:b", Some("b@example.org"))];
    assert_eq!(store.contacts().await.unwrap(), all);
    assert_eq!(store.contact("officer:b").await.unwrap().as_ref(), Some(&all[1]));
    assert_eq!(store.contact("officer:c").await.unwrap(), None);
}

pub async fn one_looks_for_gaps_and_all_know_what_was_told(place: Place) {
    let nodes = [place.open().await, place.open().await];
    assert!(nodes[0].look_for_gaps(ms(100), ms(40)).await.unwrap());
    assert!(!nodes[1].look_for_gaps(ms(101), ms(41)).await.unwrap());
    assert!(nodes[1].look_for_gaps(ms(160), ms(100)).await.unwrap());
    let told: BTreeMap<String, Instant> = [("é|1".to_owned(), ms(7)), ("b".to_owned(), ms(9))].into();
    let mut transaction = nodes[0].begin().await.unwrap();
    assert_eq!(transaction.told_gaps().await.unwrap(), BTreeMap::new());
    transaction.tell_gaps(&told).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(nodes[1].begin().await.unwrap().told_gaps().await.unwrap(), told);
}

pub async fn webhooks_are_replaced_and_removed(place: Place) {
    let store = place.open().await;
    let webhook = |name: &str, heartbeat| Webhook {
        name: name.into(),
        url: format!("https://example.org/{name}"),
        secret: "whsec_AA==".into(),
        heartbeat,
    };
    store.put_webhook(&webhook("b", true)).await.unwrap();
    store.put_webhook(&webhook("a", true)).await.unwrap();
    store.put_webhook(&webhook("a", false)).await.unwrap();
    assert_eq!(store.webhooks().await.unwrap(), [webhook("a", false), webhook("b", true)]);
    assert!(store.remove_webhook("a").await.unwrap());
    assert!(!store.remove_webhook("a").await.unwrap());
    assert_eq!(store.webhooks().await.unwrap(), [webhook("b", true)]);
}

pub async fn nodes_say_that_they_are_there(place: Place) {
    let store = place.open().await;
    let beat = |node: &str, at, seq| NodeBeat { node: node.into(), at: ms(at), seq };
    for beat in [beat("n2", 1, 0), beat("n1", 2, 3), beat("n2", 4, 5)] {
        store.beat(&beat).await.unwrap();
    }
    assert_eq!(store.nodes().await.unwrap(), [beat("n1", 2, 3), beat("n2", 4, 5)]);
    let a_day_later = beat("n3", 24 * 3_600_000 + 3, 5);
    store.beat(&a_day_later).await.unwrap();
    assert_eq!(store.nodes().await.unwrap(), [beat("n2", 4, 5), a_day_later]);
}
