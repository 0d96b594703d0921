//! Accounts, their sessions and devices, how often signing in failed, and drafts.

use store::{Account, Accounts, Draft, SecurityEntry, Session, Store as _, StoreError, Token};

use crate::place::{Place, ms};

pub fn account(name: &str) -> Account {
    Account {
        name: name.into(),
        officer: format!("officer:{name}"),
        shown: "Reyes, A. <DS>".into(),
        grants: vec!["administrator".into(), "reviewer".into()],
        password: Some("$argon2id$…".into()),
        initial: true,
        code: None,
        subject: Some(format!("https://id.example {name}")),
        created_at: ms(1),
        ended_at: None,
        proposed_by: None,
        reviews_until: Some(ms(99)),
    }
}

pub fn draft(account: &str, id: &str) -> Draft {
    let answers = r#"{"told_by":"child"}"#.into();
    Draft { id: id.into(), account: account.into(), journey: "disclosure".into(), answers, kept_at: ms(4) }
}

pub fn security(id: &str) -> SecurityEntry {
    SecurityEntry {
        id: id.into(),
        at: ms(8),
        who: Some("a".into()),
        address: Some("192.0.2.1".into()),
        what: "sign-in".into(),
        about: None,
        is_refused: true,
    }
}

fn session(hash: &str, account: &str, created: i64) -> Session {
    let (created_at, seen_at) = (ms(created), ms(created));
    Session { hash: hash.into(), account: account.into(), is_full: true, created_at, seen_at }
}

pub async fn an_account_is_kept_and_changed(place: Place) {
    let store = place.open().await;
    store.add_account(&account("b")).await.unwrap();
    store.add_account(&account("a")).await.unwrap();
    for taken in [account("a"), Account { name: "c".into(), ..account("a") }] {
        let twice = store.add_account(&taken).await.unwrap_err();
        assert!(matches!(twice, StoreError::Exists { what: "account", .. }), "{twice:?}");
    }
    assert_eq!(store.accounts().await.unwrap(), [account("a"), account("b")]);
    assert_eq!(store.account("c").await.unwrap(), None);
    assert_eq!(store.account_of_subject("https://id.example b").await.unwrap(), Some(account("b")));
    assert!(store.set_password("a", "other", false, None).await.unwrap());
    assert!(store.set_code("a", Some("secret")).await.unwrap());
    assert!(store.set_grants("a", &[], None).await.unwrap());
    assert!(store.end_account("a", ms(9)).await.unwrap());
    assert!(!store.end_account("a", ms(10)).await.unwrap());
    let changed = Account {
        password: Some("other".into()),
        initial: false,
        code: Some("secret".into()),
        grants: Vec::new(),
        reviews_until: None,
        ended_at: Some(ms(9)),
        ..account("a")
    };
    assert_eq!(store.account("a").await.unwrap(), Some(changed));
    assert!(!store.set_password("z", "x", false, None).await.unwrap());
    assert!(!store.set_code("z", None).await.unwrap());
    assert!(!store.set_grants("z", &[], None).await.unwrap());
}

pub async fn what_one_proposes_another_confirms(place: Place) {
    let store = place.open().await;
    let plain = |name: &str| Account { subject: None, ..account(name) };
    let again = Account { officer: "officer:admin".into(), ..plain("admin-2") };
    for of in [plain("admin"), again, plain("other")] {
        store.add_account(&of).await.unwrap();
    }
    let proposed_by = Some("admin".to_owned());
    store.add_account(&Account { proposed_by: proposed_by.clone(), ..plain("new") }).await.unwrap();
    store.put_token(&Token { proposed_by, ..crate::backup::token("crm", "aa") }).await.unwrap();
    assert!(!store.account("new").await.unwrap().unwrap().is_in_force());
    assert_eq!(store.token("aa").await.unwrap(), None);
    assert_eq!(store.tokens().await.unwrap()[0].proposed_by.as_deref(), Some("admin"));
    for same in ["admin", "admin-2"] {
        assert!(!store.confirm_account("new", same).await.unwrap(), "{same}");
        assert!(!store.confirm_token("crm", same).await.unwrap(), "{same}");
    }
    assert!(store.confirm_account("new", "other").await.unwrap());
    assert!(store.confirm_token("crm", "other").await.unwrap());
    assert!(store.account("new").await.unwrap().unwrap().is_in_force());
    assert_eq!(store.token("aa").await.unwrap().map(|token| token.name), Some("crm".into()));
    assert!(!store.confirm_account("new", "other").await.unwrap(), "it waits for nobody");

    store.set_password("new", "x", true, Some("other")).await.unwrap();
    assert!(!store.confirm_account("new", "other").await.unwrap());
    assert!(store.confirm_account("new", "nobody's account").await.unwrap(), "as at the server itself");
    store.set_password("new", "x", true, Some("other")).await.unwrap();
    store.end_account("new", ms(9)).await.unwrap();
    assert!(!store.confirm_account("new", "admin").await.unwrap(), "it has ended");
}

pub async fn a_code_is_used_once(place: Place) {
    let store = place.open().await;
    store.add_account(&account("a")).await.unwrap();
    assert!(store.use_code("a", 7).await.unwrap());
    assert!(!store.use_code("a", 7).await.unwrap());
    assert!(!store.use_code("a", 6).await.unwrap());
    assert!(store.use_code("a", 8).await.unwrap());
    store.set_code("a", Some("another")).await.unwrap();
    assert!(store.use_code("a", 3).await.unwrap());
}

pub async fn sessions_end(place: Place) {
    let store = place.open().await;
    for name in ["a", "b"] {
        store.add_account(&account(name)).await.unwrap();
    }
    for (hash, name, at) in [("h1", "a", 10), ("h2", "a", 20), ("h3", "a", 30), ("h4", "b", 30)] {
        store.put_session(&session(hash, name, at), ms(0)).await.unwrap();
    }
    store.see_session("h3", ms(50)).await.unwrap();
    store.see_session("h3", ms(40)).await.unwrap();
    assert_eq!(
        store.session("h3").await.unwrap(),
        Some(Session { seen_at: ms(50), ..session("h3", "a", 30) })
    );
    store.put_session(&session("h5", "b", 60), ms(20)).await.unwrap();
    assert_eq!(store.session("h1").await.unwrap(), None, "it began too long ago");
    store.end_session("h2").await.unwrap();
    assert_eq!(store.session("h2").await.unwrap(), None);
    store.set_password("a", "other", false, None).await.unwrap();
    assert_eq!(store.session("h3").await.unwrap(), None);
    store.end_account("b", ms(70)).await.unwrap();
    assert_eq!(store.session("h4").await.unwrap(), None);
    assert_eq!(store.end_sessions("b").await.unwrap(), 0);
}

pub async fn tries_are_counted_until_they_are_old(place: Place) {
    let store = place.open().await;
    let (here, elsewhere) = ("address:192.0.2.1", "address:192.0.2.2");
    for (at, number) in [(10, Some(1)), (20, Some(2)), (30, Some(3)), (40, None), (50, None)] {
        assert_eq!(store.count_try(here, ms(at), ms(0), 3).await.unwrap(), number);
    }
    assert_eq!(
        store.count_try(here, ms(60), ms(10), 4).await.unwrap(),
        Some(4),
        "what was not heard is not counted"
    );
    assert_eq!(store.count_try(elsewhere, ms(60), ms(0), 3).await.unwrap(), Some(1));
    assert_eq!(store.count_try(here, ms(70), ms(11), 3).await.unwrap(), Some(1), "it began long ago");
    store.take_back(here).await.unwrap();
    store.take_back(here).await.unwrap();
    assert_eq!(store.count_try(here, ms(80), ms(11), 3).await.unwrap(), Some(1));
    store.forgive(here).await.unwrap();
    assert_eq!(store.count_try(here, ms(90), ms(11), 3).await.unwrap(), Some(1));
    store.add_account(&account("a")).await.unwrap();
    assert!(!store.is_known_device("d", "a").await.unwrap());
    store.know_device("d", "a", ms(1)).await.unwrap();
    store.know_device("d", "a", ms(2)).await.unwrap();
    assert!(store.is_known_device("d", "a").await.unwrap());
    assert!(!store.is_known_device("d", "b").await.unwrap());
}

pub async fn of_tries_made_at_once_no_more_are_heard(place: Place) {
    let store = place.open().await;
    let tries = (0..40).map(|_| {
        let store = store.clone();
        tokio::spawn(async move { store.count_try("address:192.0.2.1", ms(1), ms(0), 10).await.unwrap() })
    });
    let mut numbers = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        numbers.extend(one.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=10).collect::<Vec<u32>>());
}

pub async fn the_security_log_tells_the_last_first(place: Place) {
    let store = place.open().await;
    let at_the_server = SecurityEntry {
        who: None,
        address: None,
        about: Some("b".into()),
        is_refused: false,
        ..security("2")
    };
    for entry in [security("1"), at_the_server.clone(), security("3")] {
        store.note_security(&entry).await.unwrap();
    }
    assert_eq!(store.security_log(2).await.unwrap(), [security("3"), at_the_server]);
    assert!(store.note_security(&security("1")).await.is_err(), "each has an id of its own");
}

pub async fn a_draft_is_its_accounts_alone(place: Place) {
    let store = place.open().await;
    for name in ["a", "b"] {
        store.add_account(&account(name)).await.unwrap();
    }
    store.put_draft(&draft("a", "e1")).await.unwrap();
    let later = Draft { answers: "{}".into(), kept_at: ms(9), ..draft("a", "e1") };
    store.put_draft(&later).await.unwrap();
    store.put_draft(&Draft { answers: r#"{"stolen":""}"#.into(), ..draft("b", "e1") }).await.unwrap();
    store.put_draft(&draft("a", "e2")).await.unwrap();
    assert_eq!(store.draft("b", "e1").await.unwrap(), None);
    assert_eq!(store.drafts("a").await.unwrap(), [later, draft("a", "e2")]);
    store.drop_draft("b", "e1").await.unwrap();
    store.drop_draft("a", "e2").await.unwrap();
    assert_eq!(store.drafts("a").await.unwrap().len(), 1);
}
