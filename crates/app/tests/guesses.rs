//! Guesses at passwords and codes that are made at once.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::Arc;

use app::accounts::{Attempt, Denied, SignIns, code_secret};
use app::security::Deed;
use engine::time::Instant;
use store::{Account, Accounts as _, Database};

/// A password that is refused before it is hashed, so that tries are made at once.
fn too_long() -> String {
    "x".repeat(2_000)
}

async fn place() -> (tempfile::TempDir, Arc<Database>, Arc<SignIns>) {
    let folder = tempfile::tempdir().unwrap();
    let database = Arc::new(Database::sqlite(&folder.path().join("wakeful.sqlite")).await.unwrap());
    let sign_ins = Arc::new(SignIns::new(database.clone()));
    (folder, database, sign_ins)
}

fn now() -> Instant {
    Instant::parse("2026-11-30T09:00:00Z").unwrap()
}

async fn add(database: &Database, sign_ins: &SignIns, name: &str) -> Account {
    let account = Account {
        name: name.into(),
        officer: format!("officer:{name}"),
        shown: name.into(),
        grants: Vec::new(),
        reviews_until: None,
        password: Some(sign_ins.hash("correct horse battery").await.unwrap()),
        initial: false,
        code: Some(code_secret().unwrap()),
        subject: None,
        created_at: now(),
        ended_at: None,
        proposed_by: None,
    };
    database.add_account(&account).await.unwrap();
    account
}

async fn guess(sign_ins: &SignIns, name: &str, password: &str) -> Option<Denied> {
    let attempt = Attempt { name, password, address: "192.0.2.1", device: None, deed: Deed::SignIn };
    sign_ins.with_password(attempt, now()).await.unwrap().err()
}

fn number(answers: &[Option<Denied>], of: Option<Denied>) -> usize {
    answers.iter().filter(|answer| **answer == of).count()
}

#[tokio::test]
async fn of_passwords_tried_at_once_no_more_are_heard_than_one_after_another() {
    let (_folder, database, sign_ins) = place().await;
    let tries = (0..60).map(|n| {
        let sign_ins = Arc::clone(&sign_ins);
        tokio::spawn(async move { guess(&sign_ins, &format!("guess {n}"), &too_long()).await })
    });
    let mut answers = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        answers.push(one.await.unwrap());
    }
    assert_eq!((number(&answers, Some(Denied::Wrong)), number(&answers, Some(Denied::TooMany))), (40, 20));

    add(&database, &sign_ins, "reyes").await;
    assert_eq!(guess(&sign_ins, "reyes", "correct horse battery").await, Some(Denied::TooMany));
    let log = database.security_log(100).await.unwrap();
    let of = |what| log.iter().filter(|entry| entry.what == what && entry.is_refused).count();
    assert_eq!((of("sign-in"), of("held-back")), (40, 1), "what is not heard does not fill the log");
}

#[tokio::test]
async fn who_signs_in_leaves_the_count_of_their_address_as_it_was() {
    let (_folder, database, sign_ins) = place().await;
    add(&database, &sign_ins, "reyes").await;
    for n in 0..38 {
        guess(&sign_ins, &format!("guess {n}"), &too_long()).await;
    }
    for _ in 0..3 {
        assert_eq!(guess(&sign_ins, "reyes", "correct horse battery").await, None);
    }
    assert_eq!(guess(&sign_ins, "guess", &too_long()).await, Some(Denied::Wrong));
    assert_eq!(guess(&sign_ins, "guess", &too_long()).await, Some(Denied::Wrong));
    assert_eq!(guess(&sign_ins, "guess", &too_long()).await, Some(Denied::TooMany));
}

#[tokio::test]
async fn of_codes_tried_at_once_no_more_are_heard_than_one_after_another() {
    let (_folder, database, sign_ins) = place().await;
    let account = Arc::new(add(&database, &sign_ins, "reyes").await);
    let tries = (0..30).map(|n| {
        let (sign_ins, account) = (Arc::clone(&sign_ins), Arc::clone(&account));
        // None of six digits, so that none is right by chance.
        let code = format!("{n}");
        tokio::spawn(async move {
            sign_ins.with_code(&account, &code, "192.0.2.1", None, now()).await.unwrap().err()
        })
    });
    let mut answers = Vec::new();
    for one in tries.collect::<Vec<_>>() {
        answers.push(one.await.unwrap());
    }
    assert_eq!((number(&answers, Some(Denied::Wrong)), number(&answers, Some(Denied::TooMany))), (10, 20));
}
