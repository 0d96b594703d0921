//! What was recorded stays as it was, also past the store.

use store::{Accounts as _, Database, NodeBeat, Step, Store};

use crate::access::{glass, opened, written_to};
use crate::accounts::security;
use crate::place::{Place, event, message, ms, record};

pub async fn nothing_recorded_is_changed(place: Place) {
    let store = place.open().await;
    record(&store, &[event("e1"), event("e2")]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction
        .claim_steps(&[Step { duty: "d1".into(), step: 1, raised_at: ms(1), event: "e2".into() }])
        .await
        .unwrap();
    transaction.put_policy(&policy()).await.unwrap();
    transaction.break_glass(&[glass()]).await.unwrap();
    transaction.write_to(&[written_to()]).await.unwrap();
    transaction.commit().await.unwrap();
    store.opened(&opened()).await.unwrap();
    store.note_security(&security("1")).await.unwrap();

    for table in NEVER_CHANGED {
        refused(&place, format!("DELETE FROM {table}")).await;
    }
    refused(&place, "UPDATE events SET line = 'x' WHERE seq = 1".into()).await;
    refused(&place, "UPDATE event_entities SET entity = 'x'".into()).await;
    refused(&place, "UPDATE streams SET stream = 'x' WHERE number = 1".into()).await;
    refused(&place, "UPDATE event_streams SET stream = 1".into()).await;
    refused(&place, "UPDATE entity_streams SET stream = 1".into()).await;
    refused(&place, "UPDATE steps SET raised_at = 5".into()).await;
    refused(&place, "UPDATE policies SET files = 'x'".into()).await;
    refused(&place, "UPDATE broken_glass SET until = 9".into()).await;
    refused(&place, "UPDATE told SET duty = 'x'".into()).await;
    refused(&place, "UPDATE readings SET officer = 'x'".into()).await;
    refused(&place, "UPDATE security_log SET who = 'x'".into()).await;
    match &place {
        Place::Sqlite(_) => {
            refused(&place, "INSERT OR REPLACE INTO events (seq, id, line) VALUES (1, 'e9', 'x')".into())
                .await;
            place.run("INSERT OR REPLACE INTO events (seq, id, line) VALUES (9, 'e1', 'x')").await.unwrap();
            refused(
                &place,
                "REPLACE INTO readings SELECT id, 9, account, officer, action, entity, why FROM readings"
                    .into(),
            )
            .await;
            for replaced in ["(1, 'case:other')", "(9, 'case:e1')"] {
                refused(&place, format!("REPLACE INTO streams (number, stream) VALUES {replaced}")).await;
            }
            let replaced = "REPLACE INTO security_log SELECT id, 9, who, address, what, about, is_refused FROM security_log";
            refused(&place, replaced.into()).await;
            place
                .run("REPLACE INTO steps (duty, step, raised_at, event) VALUES ('d1', 1, 5, 'x')")
                .await
                .unwrap();
        }
        Place::Postgres(url) => {
            refused(&place, "TRUNCATE events CASCADE".into()).await;
            refused(&place, "TRUNCATE steps".into()).await;
            the_application_has_no_right_to(&place, url).await;
        }
    }
    let lines: Vec<String> =
        store.entries_after(0, 9).await.unwrap().into_iter().map(|entry| entry.line).collect();
    assert_eq!(lines[..2], [event("e1").line, event("e2").line]);
    assert!(store.policies().await.unwrap()[0].files.is_empty());
}

const NEVER_CHANGED: [&str; 11] = [
    "events",
    "event_entities",
    "streams",
    "event_streams",
    "entity_streams",
    "steps",
    "policies",
    "broken_glass",
    "told",
    "readings",
    "security_log",
];

fn policy() -> store::StoredPolicy {
    let text = String::new;
    store::StoredPolicy {
        name: text(),
        version: text(),
        fingerprint: text(),
        files: text(),
        activated_at: ms(1),
        activated_by: text(),
    }
}

async fn refused(place: &Place, sql: String) {
    let said = place.run(sql.clone().leak()).await.expect_err(&sql);
    let words = ["never changed", "never deleted", "never used again", "permission denied"];
    assert!(words.iter().any(|word| said.contains(word)), "{sql}: {said}");
}

/// A role of the application's own records, and lacks the right to change what is recorded.
async fn the_application_has_no_right_to(place: &Place, owner: &str) {
    // Roles are of the whole server: each database takes one of its own.
    let name = owner.rsplit('/').next().unwrap();
    let role = format!("app \"of\" {name}");
    place.run(format!("CREATE ROLE \"{}\" LOGIN", role.replace('"', "\"\"")).leak()).await.unwrap();
    let store = place.open().await;
    store.grant(&role).await.unwrap();
    let member = format!("member of {name}");
    place.run(format!("CREATE ROLE \"{member}\" LOGIN IN ROLE wakeful").leak()).await.unwrap();
    for (role, why) in [("wakeful", "owns"), (&*member, "member"), ("nobody here", "no role")] {
        let said = store.grant(role).await.unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }

    let url = owner.replace("wakeful@", "app%20%22of%22%20NAME@").replace("NAME", name);
    let application = Database::postgres(&url).await.unwrap();
    record(&application, &[event("e3")]).await;
    application.opened(&store::Opened { id: "2".into(), ..opened() }).await.unwrap();
    application.note_security(&security("2")).await.unwrap();
    application.beat(&NodeBeat { node: "n1".into(), at: ms(1), seq: 0 }).await.unwrap();
    let mut transaction = application.begin().await.unwrap();
    transaction.post(&[message("m1", 1)]).await.unwrap();
    transaction.drop_all_duties().await.unwrap();
    transaction.stand(ms(1), "p").await.unwrap();
    transaction.commit().await.unwrap();
    assert!(application.claim_message("mail", ms(1), ms(2)).await.unwrap().is_some());

    let place = Place::Postgres(url);
    for table in NEVER_CHANGED {
        let ways = [
            format!("DELETE FROM {table}"),
            format!("TRUNCATE {table} CASCADE"),
            format!("DROP TABLE {table}"),
            format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
        ];
        for sql in ways {
            let said = place.run(sql.clone().leak()).await.expect_err(&sql);
            assert!(said.contains("permission denied") || said.contains("must be owner"), "{sql}: {said}");
        }
    }
    let said = place.run("UPDATE events SET line = 'x'").await.unwrap_err();
    assert!(said.contains("permission denied"), "{said}");
}
