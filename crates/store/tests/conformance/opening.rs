//! Opening a database: new, again, by several at once, of another version, and while it is away.

use store::{Database, DutyQuery, SearchQuery, Sight, Store, StoreError};

use crate::place::{Place, duty, event, keep, ms, record};

pub async fn several_open_a_new_one_at_once(place: Place) {
    let place = std::sync::Arc::new(place);
    let mut nodes = tokio::task::JoinSet::new();
    for node in 0..6 {
        let place = std::sync::Arc::clone(&place);
        nodes.spawn(async move {
            let store = place.open().await;
            record(&store, &[event(&format!("e{node}"))]).await;
        });
    }
    while let Some(done) = nodes.join_next().await {
        done.unwrap();
    }
    assert_eq!(place.open().await.head().await.unwrap().seq, 6);
}

pub async fn a_newer_one_is_refused(place: Place) {
    place.open().await.close().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
        VALUES (9999, 'to come', TRUE, '', 0)";
    place.run(newer).await.unwrap();
    let error = place.try_open().await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable(_)), "{error:?}");
    assert!(error.to_string().contains("a newer version of Wakeful set it up"), "{error}");
}

pub async fn one_of_an_earlier_version_is_brought_up_to_this(place: Place) {
    place.set_up_to(9).await;
    for sql in [
        "UPDATE head SET seq = 1, as_of = 1, program = 'p'",
        "INSERT INTO events (seq, id, line) VALUES (1, 'e1', '{\"id\":\"e1\",\"kind\":\"case.opened\",\"note\":\"a green car\"}')",
        "INSERT INTO duties (id, rule, key, state, holders, row) VALUES ('d1', 'r', 'case:1', 'pending', '[\"officer:o1\"]', '{}')",
        "INSERT INTO duty_holders (holder, duty) VALUES ('officer:o1', 'd1')",
    ] {
        place.run(sql).await.unwrap();
    }
    let store = place.open().await;
    let head = store.head().await.unwrap();
    assert!(head.program.unwrap().starts_with("to be judged anew"));
    assert_eq!(store.duty("d1").await.unwrap(), None, "it is made anew");
    for (word, found) in [("green", 1), ("note", 0)] {
        let sight = Sight { everything: true, ..Sight::default() };
        let query =
            SearchQuery { words: vec![word.into()], sight, most_counted: 9, ..SearchQuery::default() };
        assert_eq!(store.search(&query).await.unwrap().count, found, "{word}");
    }
}

pub async fn one_whose_lists_of_people_had_names_is_brought_up_to_this(place: Place) {
    place.set_up_to(12).await;
    for sql in [
        "UPDATE head SET seq = 0, as_of = 1, program = 'p'",
        "INSERT INTO rosters (roster, officers) VALUES ('abc', '[\"officer:o1\"]')",
        "INSERT INTO roster_officers (officer, roster) VALUES ('officer:o1', 'abc')",
        "INSERT INTO duties (id, rule, key, state, stream, held_by, row) VALUES ('d1', 'r', 'case:1', 'pending', '', 'abc', '{}')",
    ] {
        place.run(sql).await.unwrap();
    }
    let store = place.open().await;
    assert!(store.head().await.unwrap().program.unwrap().starts_with("to be judged anew"));
    assert_eq!(store.duty("d1").await.unwrap(), None, "it is made anew");
    let anew = duty("d1", "r", "case:1", None);
    keep(&store, std::slice::from_ref(&anew)).await;
    assert_eq!(store.duty("d1").await.unwrap(), Some(anew));
    assert_eq!(place.count("SELECT COUNT(*) FROM rosters").await, 1);
}

pub async fn one_whose_streams_had_no_numbers_is_brought_up_to_this(place: Place) {
    place.set_up_to(13).await;
    for sql in [
        "UPDATE head SET seq = 4, as_of = 1, program = 'p'",
        "INSERT INTO events (seq, id, line) VALUES (1, 'e1', '{\"id\":\"e1\",\"stream\":\"case:1\"}'), \
            (2, 'e2', '{\"id\":\"e2\",\"stream\":\"meeting:1\"}'), (3, 'e3', '{\"id\":\"e3\"}'), \
            (4, 'e4', '{\"id\":\"e4\",\"stream\":\"case:1\"}')",
        "INSERT INTO event_entities (entity, seq) VALUES ('person:1', 1), ('person:1', 2), ('person:1', 3), ('person:1', 4)",
        "INSERT INTO event_streams (stream, seq) VALUES ('case:1', 1), ('meeting:1', 2), ('case:1', 4)",
        "INSERT INTO in_charge (stream, entity) VALUES ('case:1', 'officer:o1')",
        "INSERT INTO duties (id, rule, key, state, stream, row) VALUES ('d1', 'r', 'case:1', 'pending', 'case:1', '{}')",
    ] {
        place.run(sql).await.unwrap();
    }
    let store = place.open().await;
    assert!(store.head().await.unwrap().program.unwrap().starts_with("to be judged anew"));
    assert_eq!(store.duty("d1").await.unwrap(), None, "it is made anew");
    assert!(store.all_in_charge().await.unwrap().is_empty(), "it is made anew");
    for (stream, seqs) in [("case:1", &[1, 4][..]), ("meeting:1", &[2]), ("", &[])] {
        let found: Vec<i64> =
            store.entries_in(stream, 0, 9).await.unwrap().iter().map(|entry| entry.seq).collect();
        assert_eq!(found, seqs, "{stream}");
    }
    let person = "person:1".to_owned();
    let streams = ["case:1", "meeting:1"].map(|stream| (person.clone(), stream.to_owned()));
    assert_eq!(store.streams_of(std::slice::from_ref(&person)).await.unwrap(), streams);
    let everything = Sight { everything: true, ..Sight::default() };
    assert_eq!(store.in_sight(&everything, std::slice::from_ref(&person)).await.unwrap(), [person]);
    assert_eq!(place.count("SELECT COUNT(*) FROM streams WHERE (number > 0) = (stream = 'case:1')").await, 2);
}

pub async fn one_whose_days_were_not_counted_is_brought_up_to_this(place: Place) {
    place.set_up_to(14).await;
    for sql in [
        "INSERT INTO streams (number, stream) VALUES (1, 'case:1')",
        "INSERT INTO duties (id, rule, key, due, state, stream, row) VALUES ('d1', 'r', 'case:1', -1, 'met', 1, '{}'), \
            ('d2', 'r', 'case:1', 0, 'met', 1, '{}'), ('d3', 'r', 'case:1', 1, 'met', 1, '{}'), ('d4', 'r', 'case:1', NULL, 'met', 1, '{}')",
    ] {
        place.run(sql).await.unwrap();
    }
    let store = place.open().await;
    assert_eq!(place.count("SELECT COUNT(*) FROM duty_days").await, 2);
    for (by, counted) in [(ms(-1), 1), (ms(86_400_000), 3)] {
        let due = DutyQuery { due_by: Some(by), ..DutyQuery::default() };
        assert_eq!(store.count_duties(&due).await.unwrap(), [("met".into(), counted)].into());
    }
}

pub async fn what_was_committed_is_there_again(place: Place) {
    let store = place.open().await;
    record(&store, &[event("e1")]).await;
    store.close().await;
    let closed = store.head().await.unwrap_err();
    assert!(matches!(closed, StoreError::Unavailable(_)), "{closed:?}");
    let again = place.open().await;
    assert_eq!(again.entries_after(0, 9).await.unwrap()[0].line, event("e1").line);
}

#[tokio::test]
async fn a_missing_folder_is_said() {
    let folder = tempfile::TempDir::new().unwrap();
    let error = Database::sqlite(&folder.path().join("no/wakeful.db")).await.unwrap_err().to_string();
    assert!(error.contains("is not there; make it first"), "{error}");
}

#[tokio::test]
async fn what_is_no_database_is_said() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("text");
    std::fs::write(
        &path,
        "this is no database, but a text that is long enough to be taken for one ".repeat(20),
    )
    .unwrap();
    let error = Database::sqlite(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable(_)), "{error:?}");
    for url in ["mysql://there/db", "", "postgres://[/db", "postgres://there:port/db"] {
        let error = Database::postgres(url).await.unwrap_err();
        assert!(matches!(error, StoreError::Unusable(_)), "{url}: {error:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("wake?ful %41.db");
    let store = Database::sqlite(&path).await.unwrap();
    record(&store, &[event("e1")]).await;
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_went_away_is_used_again() {
    let mut server = test_support::Postgres::start().unwrap();
    let store = Database::postgres(&server.database().unwrap()).await.unwrap();
    record(&store, &[event("e1")]).await;
    let mut lost = store.begin().await.unwrap();
    lost.append(&[event("e2")]).await.unwrap();

    server.stop();
    let error = lost.commit().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
    let error = store.head().await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");

    server.resume().unwrap();
    assert_eq!(store.head().await.unwrap().seq, 1);
    record(&store, &[event("e2")]).await;
    assert_eq!(store.head().await.unwrap().seq, 2);
}

pub async fn one_that_a_newer_version_set_up_meanwhile_is_not_written_into(place: Place) {
    let store = place.open().await;
    record(&store, &[event("e1")]).await;
    let later = match &place {
        Place::Sqlite(_) => {
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'', 1)"
        }
        Place::Postgres(_) => {
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', TRUE, '', 1)"
        }
    };
    place.run(later).await.unwrap();
    let refused = store.begin().await.err().unwrap().to_string();
    assert!(refused.contains("a newer version of Wakeful set it up (step 9999"), "{refused}");
    assert_eq!(store.entries_after(0, 9).await.unwrap().len(), 1, "it can be read");
}
