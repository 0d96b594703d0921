//! The log, and what a transaction makes of it.

use std::collections::BTreeMap;

use store::{
    Head, InCharge, MessageCounts, NewEvent, SearchQuery, Sight, Step, Store, StoreError, StoredPolicy,
};

use crate::place::{Place, duty, event, message, ms, record};

pub async fn an_empty_log_has_no_head(place: Place) {
    let store = place.open().await;
    assert_eq!(store.head().await.unwrap(), Head::default());
    assert_eq!(store.entries_after(0, 10).await.unwrap(), []);

    let mut transaction = store.begin().await.unwrap();
    transaction.stand(ms(5), "p1").await.unwrap();
    transaction.append(&[event("e1")]).await.unwrap();
    let head = Head { seq: 1, as_of: Some(ms(5)), program: Some("p1".into()) };
    assert_eq!(transaction.head().await.unwrap(), head);
    assert_eq!(transaction.entries_after(0).await.unwrap().len(), 1, "a transaction sees what it wrote");
    assert_eq!(store.head().await.unwrap(), Head::default(), "nobody else does");
    transaction.commit().await.unwrap();
    assert_eq!(store.head().await.unwrap(), head);
}

pub async fn numbers_have_no_gaps(place: Place) {
    let nodes = [place.open().await, place.open().await];
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let store = nodes[writer % 2].clone();
        writers.spawn(async move {
            for turn in 0..6 {
                let mut transaction = store.begin().await.unwrap();
                let ids = [format!("{writer}-{turn}-a"), format!("{writer}-{turn}-b")];
                transaction.append(&[event(&ids[0]), event(&ids[1])]).await.unwrap();
                if turn % 3 != 1 {
                    transaction.commit().await.unwrap();
                }
            }
        });
    }
    while let Some(done) = writers.join_next().await {
        done.unwrap();
    }
    let entries = nodes[0].entries_after(0, 1000).await.unwrap();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=64).collect::<Vec<i64>>());
    assert_eq!(nodes[1].head().await.unwrap().seq, 64);
    for pair in entries.chunks(2) {
        assert_eq!(
            pair[0].line.replace("-a", "-b"),
            pair[1].line,
            "what was written together stands together"
        );
    }
}

pub async fn an_id_twice_is_refused_whole(place: Place) {
    let store = place.open().await;
    record(&store, &[event("e1")]).await;
    for again in [[event("e2"), event("e1")], [event("e3"), event("e3")]] {
        let mut transaction = store.begin().await.unwrap();
        transaction.put_duties(&[duty("d1", "r", "k", None)]).await.unwrap();
        transaction.post(&[message("m1", 1)]).await.unwrap();
        let error = transaction.append(&again).await.unwrap_err();
        assert_eq!(error.to_string(), format!("event `{}` is there already", again[1].id));
        assert!(matches!(error, StoreError::Exists { what: "event", .. }), "{error:?}");
        drop(transaction);
    }
    assert_eq!(store.head().await.unwrap().seq, 1);
    assert_eq!(store.entries_after(0, 10).await.unwrap().len(), 1);
    assert_eq!(store.duty("d1").await.unwrap(), None);
    assert_eq!(store.message_counts().await.unwrap(), MessageCounts::default());
    record(&store, &[event("e2")]).await;
    assert_eq!(store.entries_after(1, 10).await.unwrap()[0].seq, 2, "the number was not used up");
}

pub async fn what_is_dropped_leaves_nothing(place: Place) {
    let store = place.open().await;
    for _ in 0..20 {
        let mut transaction = store.begin().await.unwrap();
        transaction.append(&[event("e1")]).await.unwrap();
        transaction.put_duties(&[duty("d1", "r", "k", Some(1))]).await.unwrap();
        transaction.post(&[message("m1", 1)]).await.unwrap();
        transaction.stand(ms(1), "p").await.unwrap();
        drop(transaction);
    }
    assert_eq!(store.head().await.unwrap(), Head::default());
    assert_eq!(store.entries_about("person:p1", 0, 10).await.unwrap(), []);
    assert_eq!(store.duty("d1").await.unwrap(), None);
    assert_eq!(store.message_counts().await.unwrap(), MessageCounts::default());
}

pub async fn what_failed_cannot_be_committed(place: Place) {
    let store = place.open().await;
    record(&store, &[event("e1")]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.append(&[event("e2")]).await.unwrap();
    transaction.append(&[event("e1")]).await.unwrap_err();
    let error = transaction.commit().await.unwrap_err().to_string();
    assert!(error.ends_with("a change of this transaction failed before; begin a new one"), "{error}");
    assert_eq!(store.head().await.unwrap().seq, 1);
}

pub async fn many_events_at_once(place: Place) {
    let store = place.open().await;
    let events: Vec<NewEvent> = (0..1237).map(|number| event(&format!("e{number}"))).collect();
    record(&store, &events).await;
    let entries = store.entries_after(0, 5000).await.unwrap();
    assert_eq!(entries.len(), events.len());
    assert!(entries.iter().zip(&events).all(|(entry, event)| entry.line == event.line));
    assert_eq!(store.entries_after(1200, 5).await.unwrap()[0].seq, 1201);
    assert_eq!(store.entries_after(1200, 5).await.unwrap().len(), 5);
    record(&store, &[]).await;
    assert_eq!(store.head().await.unwrap().seq, 1237);
}

pub async fn events_are_found_by_entity(place: Place) {
    let store = place.open().await;
    record(&store, &[event("e1"), event("e2"), event("e3")]).await;
    let about = |entries: Vec<store::Entry>| entries.iter().map(|entry| entry.seq).collect::<Vec<i64>>();
    assert_eq!(about(store.entries_about("person:p1", 0, 2).await.unwrap()), [1, 2]);
    assert_eq!(about(store.entries_about("person:p1", 2, 2).await.unwrap()), [3]);
    assert_eq!(about(store.entries_about("case:e2", 0, 9).await.unwrap()), [2]);
    let asked = ["person:p1", "case:e2", "case:E2"].map(str::to_owned);
    let last = store.last_entries_about(&asked, 2).await.unwrap();
    let last: Vec<(&str, Vec<i64>)> =
        last.iter().map(|(entity, entries)| (&**entity, about(entries.clone()))).collect();
    assert_eq!(last, [("case:e2", vec![2]), ("person:p1", vec![2, 3])], "the last of each, in order");
    assert_eq!(store.last_entries_about(&[], 2).await.unwrap(), BTreeMap::new());
    let very_many: Vec<String> = (0..250).map(|number| format!("person:{number}")).chain(asked).collect();
    assert_eq!(store.last_entries_about(&very_many, 2).await.unwrap().len(), 2);
    assert_eq!(about(store.entries_about("case:E2", 0, 9).await.unwrap()), [0_i64; 0]);
    let mut snapshot = store.snapshot().await.unwrap();
    // Its moment is that of the first question.
    assert_eq!(snapshot.head().await.unwrap().seq, 3);
    record(&store, &[event("e4")]).await;
    assert_eq!(snapshot.count_about("person:p1").await.unwrap(), 3);
    assert_eq!(snapshot.count_about("case:E2").await.unwrap(), 0);
}

pub async fn a_step_is_claimed_once(place: Place) {
    let nodes = [place.open().await, place.open().await];
    let step = |step| Step { duty: "d1".into(), step, raised_at: ms(9), event: "e9".into() };
    let claim = async |store: &store::Database, steps: &[Step]| {
        let mut transaction = store.begin().await?;
        transaction.claim_steps(steps).await?;
        transaction.commit().await
    };
    let (one, other) = ([step(1)], [step(1)]);
    let (first, second) = tokio::join!(claim(&nodes[0], &one), claim(&nodes[1], &other));
    let lost = if first.is_ok() { second.unwrap_err() } else { second.map(|()| first.unwrap_err()).unwrap() };
    assert!(matches!(lost, StoreError::Exists { what: "step", .. }), "{lost:?}");
    claim(&nodes[0], &[step(2), step(1)]).await.unwrap_err();
    claim(&nodes[0], &[step(2)]).await.unwrap();
}

pub async fn policies_keep_their_order(place: Place) {
    let store = place.open().await;
    let policy = |name: &str, version: &str| StoredPolicy {
        name: name.into(),
        version: version.into(),
        fingerprint: "f".into(),
        files: "{\"policy.toml\":\"\"}".into(),
        activated_at: ms(3),
        activated_by: "officer:o1".into(),
    };
    let all = [policy("z", "1"), policy("a", "1"), policy("z", "2"), policy("z", "1")];
    for policy in &all {
        let mut transaction = store.begin().await.unwrap();
        transaction.put_policy(policy).await.unwrap();
        transaction.commit().await.unwrap();
    }
    assert_eq!(store.policies().await.unwrap(), all);
}

pub async fn events_are_found_by_their_words_where_they_may_be_seen(place: Place) {
    let store = place.open().await;
    let told = |id: &str, stream: &str, note: &str| NewEvent {
        id: id.into(),
        line: format!("{{\"id\":\"{id}\",\"note\":\"{note}\"}}"),
        stream: stream.into(),
        entities: vec![stream.into()],
    };
    let mine = told("e1", "case:1", "At the station.\\nGreen car, O'Brien");
    record(&store, &[mine, told("e2", "case:2", "a green car"), told("e3", "case:1", "nothing")]).await;
    let in_charge = InCharge { stream: "case:1".into(), people: vec!["officer:o1".into()] };
    let mut transaction = store.begin().await.unwrap();
    transaction.put_in_charge(&[in_charge]).await.unwrap();
    transaction.commit().await.unwrap();
    let found = async |sight: &Sight, words: &[&str]| {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        let query =
            SearchQuery { words, sight: sight.clone(), most: 9, most_counted: 9, ..SearchQuery::default() };
        let found = store.search(&query).await.unwrap();
        assert_eq!(found.count, found.entries.len() as u64);
        let seqs: Vec<i64> = found.entries.iter().map(|entry| entry.seq).collect();
        if let [last, before @ ..] = &seqs[..] {
            let next = SearchQuery { before: Some(*last), most_counted: 1, ..query.clone() };
            let next = store.search(&next).await.unwrap();
            let after: Vec<i64> = next.entries.iter().map(|entry| entry.seq).collect();
            assert_eq!((&after[..], next.count), (before, 1), "the page after it");
            let first = store.search(&SearchQuery { most: 1, ..query }).await.unwrap();
            assert_eq!((first.entries.len(), first.count), (1, found.count));
        }
        seqs
    };
    let one = Sight { officer: "officer:o1".into(), ..Sight::default() };
    let all = Sight { everything: true, ..Sight::default() };
    assert_eq!(found(&all, &["green", "car"]).await, [2, 1], "the last first");
    assert_eq!(found(&one, &["green", "car"]).await, [1], "what may not be seen is not found");
    assert_eq!(found(&one, &["car", "gre"]).await, [1], "the beginning of the last is enough");
    assert_eq!(found(&all, &["ar"]).await, [0; 0]);
    assert_eq!(found(&all, &[]).await, [0; 0]);
    assert_eq!(found(&all, &["o'brien"]).await, [1]);
    assert_eq!(found(&all, &["note"]).await, [0; 0], "names of fields are not searched");
    let about = async |entity: &str, words: &[&str]| {
        let words = words.iter().map(|&word| word.to_owned()).collect();
        let query = SearchQuery {
            words,
            about: Some(entity.into()),
            sight: all.clone(),
            most: 9,
            most_counted: 1,
            ..SearchQuery::default()
        };
        let found = store.search(&query).await.unwrap();
        assert_eq!(found.count, found.entries.len().min(1) as u64);
        found.entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(about("case:1", &[]).await, [3, 1]);
    assert_eq!(about("case:1", &["green"]).await, [1]);
    assert_eq!(about("case:", &[]).await, [0; 0]);
    let none = match &place {
        Place::Sqlite(_) => "INSERT INTO event_texts (event_texts) VALUES ('delete-all')",
        Place::Postgres(_) => "TRUNCATE event_texts",
    };
    place.run(none).await.unwrap();
    assert_eq!(found(&all, &["green"]).await, [0; 0]);
    place.open().await.close().await;
    assert_eq!(found(&all, &["green"]).await, [2, 1], "whoever opens it next keeps the words anew");
    for odd in ["\"", "'", "\\", "green OR", "*", "a:b", "(", "-", "NEAR(", "!", "&|"] {
        found(&all, &[odd, odd]).await;
    }
    assert_eq!(store.entries_in("case:1", 0, 9).await.unwrap().len(), 2);
    assert_eq!(store.entries_in("case:1", 1, 9).await.unwrap()[0].seq, 3);
}
