//! Backups: of one moment, whole or refused, and the same on either database.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{
    Account, Accounts, Attempt, Contact, Database, DeadQuery, DutyQuery, Feed, Head, InCharge, Outcome, Post,
    Sight, Step, Store, StoreError, StoredPolicy, Token, Webhook,
};

use crate::access::{glass, opened, written_to};
use crate::accounts::{account, draft, security};
use crate::place::{Place, duty, event, keep, message, ms, record};

/// A new place on the other database.
fn other(place: &Place) -> Place {
    match place {
        Place::Sqlite(_) => Place::postgres(),
        Place::Postgres(_) => Place::sqlite(),
    }
}

/// Something in every table.
async fn fill(store: &Database) {
    let mut transaction = store.begin().await.unwrap();
    transaction.append(&[event("e1"), event("é\"\\\n2")]).await.unwrap();
    transaction
        .put_duties(&[duty("d1", "a", "case:1", None), duty("d2", "b", "case:1", Some(-3))])
        .await
        .unwrap();
    transaction
        .claim_steps(&[Step { duty: "d1".into(), step: 1, raised_at: ms(1), event: "e1".into() }])
        .await
        .unwrap();
    let held = Post { officer: "officer:o1".into(), is_cover: true, ..Post::default() };
    transaction.put_posts(&[held]).await.unwrap();
    let in_charge = InCharge { stream: "case:1".into(), people: vec!["team:a".into()] };
    transaction.put_in_charge(&[in_charge]).await.unwrap();
    transaction.break_glass(&[glass()]).await.unwrap();
    transaction.write_to(&[written_to()]).await.unwrap();
    transaction.post(&[message("m1", 1), message("m2", 2)]).await.unwrap();
    transaction.put_policy(&policy()).await.unwrap();
    transaction.stand(ms(77), "program").await.unwrap();
    transaction.commit().await.unwrap();
    store.opened(&opened()).await.unwrap();
    let dead = Attempt { at: ms(5), outcome: Outcome::Dead { error: "no such address".into() } };
    store.settle_message("m2", &dead).await.unwrap();
    store.put_token(&token("old", "bb")).await.unwrap();
    store.revoke_token("old", ms(3)).await.unwrap();
    store.put_token(&token("new", "aa")).await.unwrap();
    store
        .put_contact(&Contact { officer: "officer:o1".into(), email: None, administrator: true })
        .await
        .unwrap();
    let (name, url, secret) = ("w".into(), "https://example.org".into(), "whsec_AA==".into());
    store.put_webhook(&Webhook { name, url, secret, heartbeat: true }).await.unwrap();
    store
        .put_feed(&Feed { hash: "ff".into(), officer: "officer:o1".into(), created_at: ms(2) })
        .await
        .unwrap();
    store.add_account(&account("reyes")).await.unwrap();
    store.know_device("dd", "reyes", ms(3)).await.unwrap();
    store.note_security(&security("1")).await.unwrap();
    store.put_draft(&draft("reyes", "e9")).await.unwrap();
}

pub fn token(name: &str, hash: &str) -> Token {
    let (scopes, records_as) = (vec!["duties:read".into()], "system:custody".into());
    Token {
        name: name.into(),
        hash: hash.into(),
        scopes,
        records_as,
        created_at: ms(1),
        proposed_by: None,
        ends_at: None,
    }
}

fn policy() -> StoredPolicy {
    StoredPolicy {
        name: "england".into(),
        version: "1".into(),
        fingerprint: "f".into(),
        files: "{}".into(),
        activated_at: ms(1),
        activated_by: "officer:o1".into(),
    }
}

pub async fn a_backup_is_restored_on_the_other(place: Place) {
    let other = other(&place);
    let (store, there) = (place.open().await, other.open().await);
    fill(&store).await;
    let mut file = Vec::new();
    let mark = store.backup(&mut file).await.unwrap();
    assert_eq!(mark.head, Head { seq: 2, as_of: Some(ms(77)), program: Some("program".into()) });
    assert!(
        String::from_utf8(file.clone())
            .unwrap()
            .trim_end()
            .ends_with(&format!("\"sha256\":\"{}\"}}", mark.sha256))
    );

    assert_eq!(there.restore(&mut &file[..]).await.unwrap(), mark);
    let mut again = Vec::new();
    assert_eq!(there.backup(&mut again).await.unwrap(), mark);
    assert!(file == again, "the other database's backup is the same to the byte");

    assert_eq!(there.entries_after(0, 9).await.unwrap(), store.entries_after(0, 9).await.unwrap());
    let all = DutyQuery { most: 9, holder: Some("officer:o1".into()), ..DutyQuery::default() };
    assert_eq!(there.duties(&all).await.unwrap(), store.duties(&all).await.unwrap());
    let due = DutyQuery { due_by: Some(ms(0)), ..DutyQuery::default() };
    assert_eq!(there.count_duties(&due).await.unwrap(), [("pending".into(), 1)].into());
    let all = DeadQuery::default();
    let dead = store.dead_letters(&all, None, 9).await.unwrap();
    assert_eq!(there.dead_letters(&all, None, 9).await.unwrap(), dead);
    assert_eq!(there.written_to("d1").await.unwrap(), ["officer:o1"]);
    assert_eq!(there.tokens().await.unwrap(), [token("new", "aa")]);
    assert_eq!(there.policies().await.unwrap(), [policy()]);
    assert_eq!(there.security_log(9).await.unwrap(), [security("1")]);
    assert!(there.webhooks().await.unwrap()[0].heartbeat);
    let everything = Sight { everything: true, ..Sight::default() };
    let entities = ["case:e1", "person:none", "person:p1"].map(str::to_owned);
    let in_sight = store.in_sight(&everything, &entities).await.unwrap();
    assert_eq!(in_sight, ["case:e1", "person:p1"]);
    assert_eq!(there.in_sight(&everything, &entities).await.unwrap(), in_sight);
    record(&there, &[event("e3")]).await;
    assert_eq!(there.head().await.unwrap().seq, 3, "the log goes on from there");
}

/// A backup as it was written before the format was numbered 2: with fewer tables, and fewer columns in some.
fn of_format_1(backup: &[u8]) -> Vec<u8> {
    const LATER: [&str; 12] = [
        "streams",
        "rosters",
        "roster_officers",
        "posts",
        "in_charge",
        "broken_glass",
        "told",
        "readings",
        "security_log",
        "devices",
        "drafts",
        "accounts",
    ];
    let mut lines: Vec<Value> = std::str::from_utf8(backup)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut last = lines.pop().unwrap();
    lines[0]["format"] = json!(1);
    lines.retain(|line| !LATER.iter().any(|table| line.get(table).is_some()));
    for (table, columns) in [("duties", 8), ("contacts", 2), ("tokens", 6), ("outbox", 10)] {
        for line in lines.iter_mut().filter_map(|line| line.get_mut(table)) {
            line.as_array_mut().unwrap().truncate(columns);
        }
    }
    let counts = last["counts"].as_object_mut().unwrap();
    LATER.iter().for_each(|table| _ = counts.remove(*table));
    let duties = lines.iter().position(|line| line.get("duties").is_some()).unwrap();
    for row in
        [json!({ "duty_called": ["officer:o1", "d1", 1] }), json!({ "duty_holders": ["officer:o1", "d1"] })]
    {
        let (table, _) = row.as_object().unwrap().iter().next().unwrap();
        counts.insert(table.clone(), json!(1));
        lines.insert(duties + 1, row);
    }
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let sha256: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    last["sha256"] = json!(sha256);
    text += &format!("{last}\n");
    text.into_bytes()
}

pub async fn a_backup_of_an_earlier_format_is_restored(place: Place) {
    let other = other(&place);
    let (store, there) = (place.open().await, other.open().await);
    fill(&store).await;
    let mut file = Vec::new();
    store.backup(&mut file).await.unwrap();
    let earlier = of_format_1(&file);
    let mark = there.restore(&mut &earlier[..]).await.unwrap();
    assert_eq!((mark.head.seq, mark.head.as_of), (2, Some(ms(77))));
    assert_eq!(there.head().await.unwrap(), mark.head);
    assert!(mark.head.program.unwrap().starts_with("to be judged anew"));
    assert_eq!(there.entries_after(0, 9).await.unwrap(), store.entries_after(0, 9).await.unwrap());
    assert_eq!(there.tokens().await.unwrap(), [token("new", "aa")]);
    assert_eq!(there.policies().await.unwrap(), [policy()]);
    assert!(!there.contacts().await.unwrap()[0].administrator, "what it does not say is not so");
    assert_eq!(there.accounts().await.unwrap(), []);
    assert_eq!(there.security_log(9).await.unwrap(), []);
    let all = DutyQuery { most: 9, ..DutyQuery::default() };
    assert_eq!(there.duties(&all).await.unwrap(), [], "they are made anew");

    let text = String::from_utf8(earlier).unwrap();
    let third = self::other(&other);
    let third = third.open().await;
    let error = third.restore(&mut text.replacen("case:1", "case:2", 1).as_bytes()).await.unwrap_err();
    assert!(error.to_string().contains("it was altered"), "{error}");
}

/// A backup as it was written before streams had numbers.
fn of_format_4(backup: &[u8]) -> Vec<u8> {
    let lines = std::str::from_utf8(backup).unwrap().lines();
    let mut lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut last = lines.pop().unwrap();
    lines[0]["format"] = json!(4);
    let is_stream = |line: &Value| line.get("streams").is_some();
    let rows = lines.iter().filter(|line| is_stream(line)).map(|line| &line["streams"]);
    let named: BTreeMap<i64, Value> = rows.map(|row| (row[0].as_i64().unwrap(), row[1].clone())).collect();
    lines.retain(|line| !is_stream(line));
    for row in lines.iter_mut().filter_map(|line| line.get_mut("accounts")?.as_array_mut()) {
        row.pop();
    }
    for (table, column) in [("duties", 6), ("in_charge", 0)] {
        for row in lines.iter_mut().filter_map(|line| line.get_mut(table)) {
            row[column] = named[&row[column].as_i64().unwrap()].clone();
        }
    }
    last["counts"].as_object_mut().unwrap().remove("streams");
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let sha256: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    last["sha256"] = json!(sha256);
    text += &format!("{last}\n");
    text.into_bytes()
}

pub async fn a_backup_without_numbers_of_streams_is_restored(place: Place) {
    let other = other(&place);
    let (store, there) = (place.open().await, other.open().await);
    fill(&store).await;
    let mut file = Vec::new();
    store.backup(&mut file).await.unwrap();
    let earlier = of_format_4(&file);
    assert!(std::str::from_utf8(&earlier).unwrap().contains(r#"{"in_charge":["case:1","team:a"]}"#));
    let mark = there.restore(&mut &earlier[..]).await.unwrap();
    assert!(mark.head.program.unwrap().starts_with("to be judged anew"));
    assert_eq!(there.entries_after(0, 9).await.unwrap(), store.entries_after(0, 9).await.unwrap());
    assert_eq!(there.entries_in("case:e1", 0, 9).await.unwrap().len(), 1);
    let no_end = |account: Account| Account { reviews_until: None, ..account };
    let accounts: Vec<Account> = store.accounts().await.unwrap().into_iter().map(no_end).collect();
    assert_eq!(there.accounts().await.unwrap(), accounts);
    assert!(there.all_in_charge().await.unwrap().is_empty(), "it is made anew");
    keep(&there, &[duty("d1", "a", "case:1", None)]).await;
    assert_eq!(there.duty("d1").await.unwrap().unwrap().stream, "case:1");
}

pub async fn a_backup_is_of_one_moment(place: Place) {
    let other = other(&place);
    let (store, there) = (place.open().await, other.open().await);
    let stop = std::sync::Arc::new(AtomicBool::new(false));
    let (writing, stopped) = (store.clone(), std::sync::Arc::clone(&stop));
    let writer = tokio::spawn(async move {
        let mut turn = 0;
        while !stopped.load(Ordering::Relaxed) {
            let ids = [format!("{turn}-a"), format!("{turn}-b")];
            record(&writing, &[event(&ids[0]), event(&ids[1])]).await;
            keep(&writing, &[duty(&format!("d{turn}"), "a", "case:1", Some(turn))]).await;
            turn += 1;
        }
    });
    while store.head().await.unwrap().seq < 40 {
        tokio::task::yield_now().await;
    }
    let mut file = Vec::new();
    let mark = store.backup(&mut file).await.unwrap();
    stop.store(true, Ordering::Relaxed);
    writer.await.unwrap();

    assert_eq!(there.restore(&mut &file[..]).await.unwrap(), mark);
    let entries = there.entries_after(0, usize::MAX).await.unwrap();
    assert_eq!(entries.len() as i64, mark.head.seq);
    assert_eq!(mark.head.seq % 2, 0, "what was written together is in it together");
    assert_eq!(store.entries_after(0, entries.len()).await.unwrap(), entries);
}

pub async fn what_is_not_whole_is_refused(place: Place) {
    let other = other(&place);
    let (store, there) = (place.open().await, other.open().await);
    fill(&store).await;
    let mut file = Vec::new();
    store.backup(&mut file).await.unwrap();
    let text = String::from_utf8(file.clone()).unwrap();
    let last = text.trim_end().rfind('\n').unwrap() + 1;
    let second = text.find('\n').unwrap() + 1;
    let third = second + text[second..].find('\n').unwrap() + 1;
    let altered = [
        (String::new(), "line 1 is cut off"),
        (text[..last].into(), "is cut off; take the backup anew"),
        (text[..text.len() - 1].into(), "is cut off"),
        (text[..text.len() / 2].into(), "is cut off"),
        (text.replacen("case:1", "case:2", 1), "it was altered"),
        (text.replacen("\"seq\":2", "\"seq\":3", 1), "it was altered"),
        (format!("{}{}", &text[..second], &text[third..]), "the event numbered 1 is missing"),
        (text.replacen("\"tokens\":2", "\"tokens\":3", 1), "`tokens` has not as many rows"),
        (
            text.replacen("\"format\":7", "\"format\":8", 1),
            "its format is 8, and 1 to 7 can be read; a later version",
        ),
        (text.replacen("\"format\":7", "\"format\":\"7\"", 1), "its first line holds no format"),
        (format!("{text}{{}}\n"), "something follows its last line"),
        (text.replacen("{\"events\":[1,", "{\"events\":[\"1\",", 1), "line 2: `seq` cannot be \"1\""),
        (text.replacen("{\"contacts\":", "{\"others\":", 1), "`others` with 3 columns is not known"),
        (text.replacen("{\"duties\":", "{\"duties\":[", 1), "line "),
        ("[".repeat(100_000) + "\n", "line 1: "),
        ("{}\n".into(), "its first line is not that of a backup"),
    ];
    for (backup, why) in altered {
        let error = there.restore(&mut backup.as_bytes()).await.unwrap_err();
        assert!(matches!(&error, StoreError::Backup(said) if said.contains(why)), "{why}: {error}");
        assert_eq!(there.head().await.unwrap(), Head::default());
        assert_eq!(there.entries_after(0, 9).await.unwrap(), []);
        assert_eq!(there.tokens().await.unwrap(), []);
    }
    there.restore(&mut &file[..]).await.unwrap();
    let error = there.restore(&mut &file[..]).await.unwrap_err().to_string();
    assert!(error.contains("the database is not empty (`events`); restore into a new one"), "{error}");
}

pub async fn a_full_disk_is_said(place: Place) {
    let store = place.open().await;
    fill(&store).await;
    let mut full: &mut [u8] = &mut [0; 600];
    let error = store.backup(&mut full).await.unwrap_err();
    assert!(matches!(error, StoreError::Backup(_)), "{error:?}");
}
