//! Duties as kept.

use std::collections::BTreeMap;

use engine::time::Instant;
use store::{Climb, Cursor, Database, DutyEntry, DutyQuery, HandedOver, Store, StoreError};

use crate::place::{Place, duty, keep, ms};

/// In the order in which they are to be given: by code point, and without a due first.
fn in_order() -> Vec<DutyEntry> {
    vec![
        duty("d9", "A", "case:1", Some(5)),
        duty("d1", "a", "case:1", None),
        duty("d3", "a", "case:1", None),
        duty("d2", "a", "case:1", Some(-7)),
        duty("d0", "a", "case:1", Some(0)),
        duty("d4", "a", "case:1", Some(0)),
        duty("d5", "a", "case:10", None),
        duty("d6", "a", "case:é", Some(1)),
        duty("d7", "a", "case:\u{ffff}", Some(1)),
        duty("d8", "a", "case:\u{10000}", Some(1)),
        duty("dA", "a-b", "case:1", Some(1)),
        duty("dB", "ab", "case:1", Some(1)),
        duty("dC", "é", "case:1", None),
    ]
}

fn after(duty: &DutyEntry) -> Option<Cursor> {
    Some(Cursor { rule: duty.rule.clone(), key: duty.key.clone(), due: duty.due, id: duty.id.clone() })
}

pub async fn duties_are_in_order_and_in_pages(place: Place) {
    let store = place.open().await;
    let ordered = in_order();
    let mut mixed = ordered.clone();
    mixed.reverse();
    keep(&store, &mixed).await;
    for most in 1..=ordered.len() + 1 {
        let mut query = DutyQuery { most, ..DutyQuery::default() };
        let mut read: Vec<DutyEntry> = Vec::new();
        loop {
            let page = store.duties(&query).await.unwrap();
            assert!(page.len() <= most);
            let Some(last) = page.last() else { break };
            query.after = after(last);
            read.extend(page);
        }
        assert_eq!(read, ordered, "in pages of {most}");
    }
}

pub async fn a_duty_is_replaced_and_dropped(place: Place) {
    let store = place.open().await;
    let first = duty("d1", "a", "case:1", Some(1));
    keep(&store, std::slice::from_ref(&first)).await;
    let held = |holder: &str| DutyQuery { holder: Some(holder.into()), most: 9, ..DutyQuery::default() };
    assert_eq!(store.duties(&held("officer:o1")).await.unwrap(), std::slice::from_ref(&first));

    let mut second = first.clone();
    second.due = None;
    second.wakes_at = None;
    second.state = "met".into();
    second.holders = vec!["officer:o3".into()];
    second.row = "{\"state\":\"met\"}".into();
    keep(&store, &[first, second.clone()]).await;
    assert_eq!(store.duty("d1").await.unwrap(), Some(second.clone()), "of one id the last counts");
    assert_eq!(store.duties(&held("officer:o1")).await.unwrap(), []);
    assert_eq!(store.duties(&held("officer:o3")).await.unwrap(), [second]);

    keep(&store, &[duty("d2", "a", "case:1", None), duty("d3", "a", "case:1", None)]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.drop_duties(&["d1".into(), "d2".into(), "none".into()]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.duty("d1").await.unwrap(), None);
    assert_eq!(store.duties(&held("officer:o3")).await.unwrap(), []);
    assert_eq!(store.duties(&held("officer:o2")).await.unwrap().len(), 1);

    let mut transaction = store.begin().await.unwrap();
    transaction.drop_all_duties().await.unwrap();
    transaction.put_duties(&[duty("d4", "a", "case:1", None)]).await.unwrap();
    let ids = ["d4", "none"].map(str::to_owned);
    assert_eq!(transaction.duties(&ids).await.unwrap(), [duty("d4", "a", "case:1", None)]);
    transaction.commit().await.unwrap();
    assert_eq!(store.duties(&held("officer:o2")).await.unwrap(), [duty("d4", "a", "case:1", None)]);
}

/// A duty that is otherwise in one thing.
fn otherwise() -> Vec<DutyEntry> {
    let changes: [fn(&mut DutyEntry); 12] = [
        |duty| duty.due = None,
        |duty| duty.state = "overdue".into(),
        |duty| duty.wakes_at = Some(ms(77)),
        |duty| duty.stream = "case:2".into(),
        |duty| duty.agency = Some("health".into()),
        |duty| duty.climb = Some(climb()),
        |duty| duty.climb = Some(Climb { step: 2, lapsed: 1, is_answered: true, ..climb() }),
        |duty| duty.climb = Some(Climb { to: "chief-officer".into(), opens: ms(9), due: None, ..climb() }),
        |duty| duty.climb = Some(Climb { called: vec!["officer:o8".into()], asked: Vec::new(), ..climb() }),
        |duty| duty.holders = vec!["officer:o9".into()],
        |duty| duty.holders = Vec::new(),
        |duty| duty.row = "{\"holders\":null}".into(),
    ];
    let changed = |(number, change): (usize, &fn(&mut DutyEntry))| {
        let mut duty = duty(&format!("d{number}"), "a", "case:1", Some(1));
        change(&mut duty);
        duty
    };
    changes.iter().enumerate().map(changed).collect()
}

fn climb() -> Climb {
    Climb {
        step: 1,
        to: "supervisor".into(),
        opens: ms(5),
        due: Some(ms(6)),
        lapsed: 0,
        is_answered: false,
        called: vec!["officer:o6".into(), "officer:o7".into()],
        asked: vec!["officer:o7".into()],
    }
}

pub async fn what_changed_of_a_duty_is_written(place: Place) {
    let store = place.open().await;
    let changed = otherwise();
    let plain: Vec<DutyEntry> = changed.iter().map(|other| duty(&other.id, "a", "case:1", Some(1))).collect();
    let new = duty("new", "b", "case:3", Some(3));
    keep(&store, &plain).await;
    for duties in [&changed, &plain, &changed] {
        // Beside those that are kept already, or not yet, and in any order.
        let mut put = duties.clone();
        put.reverse();
        put.push(new.clone());
        keep(&store, &put).await;
        for duty in duties.iter().chain([&new]) {
            assert_eq!(store.duty(&duty.id).await.unwrap().as_ref(), Some(duty));
        }
    }
    let mut snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.miscounted().await.unwrap(), 0);
}

pub async fn people_that_no_duty_names_are_forgotten(place: Place) {
    let store = place.open().await;
    let both = || duty("d1", "a", "case:1", Some(1));
    keep(&store, &[both(), duty("d2", "a", "case:1", Some(2))]).await;
    let mut alone = both();
    alone.holders = vec!["officer:o3".into()];
    alone.climb = Some(Climb {
        step: 1,
        to: "supervisor".into(),
        opens: ms(1),
        due: None,
        lapsed: 0,
        is_answered: false,
        called: vec!["officer:o4".into(), "officer:o5".into()],
        asked: vec!["officer:o5".into()],
    });
    keep(&store, &[alone.clone()]).await;
    assert_eq!(store.duty("d1").await.unwrap(), Some(alone));
    assert_eq!(
        store.insiders("case:1").await.unwrap(),
        ["officer:o1", "officer:o2", "officer:o3", "officer:o4", "officer:o5"]
    );
    let counts = store.count_by_holder(&DutyQuery::default()).await.unwrap();
    assert_eq!(counts, [("officer:o1".into(), 1), ("officer:o2".into(), 1), ("officer:o3".into(), 1)]);

    keep(&store, &[both()]).await;
    assert_eq!(store.insiders("case:1").await.unwrap(), ["officer:o1", "officer:o2"]);
    assert_eq!(place.count("SELECT COUNT(*) FROM rosters").await, 1);
    place.run("UPDATE duties SET held_by = 99 WHERE id = 'd2'").await.unwrap();
    let error = store.duty("d2").await.unwrap_err();
    assert!(matches!(error, StoreError::Unusable(_)), "a list that is missing is not nobody: {error:?}");
    let mut transaction = store.begin().await.unwrap();
    transaction.drop_duties(&["d1".into(), "d2".into()]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(place.count("SELECT COUNT(*) FROM rosters").await, 0);
    assert_eq!(place.count("SELECT COUNT(*) FROM roster_officers").await, 0);
}

/// A duty with people who owe it, as they stand in its row too.
fn owed(id: &str, officers: &[&str]) -> DutyEntry {
    let holders: Vec<String> = officers.iter().map(|&officer| officer.to_owned()).collect();
    let row =
        serde_json::json!({ "holders": holders, "ladder": [{ "holders": ["officer:o1"] }] }).to_string();
    DutyEntry { holders, row, ..duty(id, "a", "case:1", Some(1)) }
}

pub async fn duties_go_over_to_other_people(place: Place) {
    let store = place.open().await;
    let rosters = || place.count("SELECT COUNT(*) FROM rosters");
    keep(&store, &["d1", "d2", "d3"].map(|id| owed(id, &["officer:o1"]))).await;
    for (to, lists) in [
        // All of them: the list itself is changed.
        (vec![("d1", vec!["officer:o2"]), ("d2", vec!["officer:o2"]), ("d3", vec!["officer:o2"])], 1),
        // One of them, to people who owe nothing yet, and then to some who do.
        (vec![("d1", vec!["officer:o3", "officer:o1"])], 2),
        (vec![("d2", vec!["officer:o3", "officer:o1"])], 2),
        // The two lists change places.
        (
            vec![
                ("d1", vec!["officer:o2"]),
                ("d2", vec!["officer:o2"]),
                ("d3", vec!["officer:o3", "officer:o1"]),
            ],
            2,
        ),
        // One list leaves its people to the other.
        (vec![("d1", vec!["officer:o3"]), ("d2", vec!["officer:o3"]), ("d3", vec!["officer:o2"])], 2),
        // To nobody, and from nobody.
        (vec![("d1", vec![]), ("d2", vec![]), ("d3", vec![])], 0),
        (vec![("d3", vec!["officer:o1"]), ("none", vec!["officer:o4"])], 1),
    ] {
        let handed_over: Vec<HandedOver> = to
            .iter()
            .map(|(id, officers)| HandedOver { id: (*id).to_owned(), holders: owed(id, officers).holders })
            .collect();
        let mut transaction = store.begin().await.unwrap();
        transaction.hand_over(&handed_over).await.unwrap();
        transaction.commit().await.unwrap();
        for (id, officers) in to.iter().filter(|(id, _)| *id != "none") {
            let expected = owed(id, officers);
            assert_eq!(store.duty(id).await.unwrap(), Some(expected.clone()));
            for officer in ["officer:o1", "officer:o2", "officer:o3"] {
                let query = DutyQuery { holder: Some(officer.into()), most: 9, ..DutyQuery::default() };
                let holds = store.duties(&query).await.unwrap().contains(&expected);
                assert_eq!(holds, officers.contains(&officer), "{officer} and {id}");
            }
        }
        assert_eq!(rosters().await, lists, "{to:?}");
    }
    assert_eq!(place.count("SELECT COUNT(*) FROM roster_officers").await, 1);
}

pub async fn duties_are_found_by_what_is_asked(place: Place) {
    let store = place.open().await;
    let mut met = duty("d2", "a", "case:2", Some(2));
    met.state = "met".into();
    met.holders.clear();
    keep(&store, &[duty("d1", "a", "case:1", Some(1)), met, duty("d3", "b", "case:1", None)]).await;
    let found = async |query: DutyQuery| -> Vec<String> {
        let all = store.duties(&DutyQuery { most: 9, ..query }).await.unwrap();
        all.into_iter().map(|duty| duty.id).collect()
    };
    let all = DutyQuery::default;
    assert_eq!(found(DutyQuery { key: Some("case:1".into()), ..all() }).await, ["d1", "d3"]);
    let keys = vec!["case:2".into(), "case:9".into()];
    assert_eq!(found(DutyQuery { keys, ..all() }).await, ["d2"]);
    assert_eq!(found(DutyQuery { rule: Some("a".into()), ..all() }).await, ["d1", "d2"]);
    assert_eq!(found(DutyQuery { states: vec!["met".into()], ..all() }).await, ["d2"]);
    assert_eq!(found(DutyQuery { states: vec!["met".into(), "pending".into()], ..all() }).await.len(), 3);
    assert_eq!(found(DutyQuery { holder: Some("officer:o1".into()), ..all() }).await, ["d1", "d3"]);
    let both = DutyQuery { rule: Some("b".into()), holder: Some("officer:o1".into()), ..all() };
    assert_eq!(found(both).await, ["d3"]);
    assert_eq!(found(DutyQuery { states: vec!["' OR TRUE --".into()], ..all() }).await, [""; 0]);
    assert_eq!(
        store.duty("d3").await.unwrap().unwrap().holders,
        ["officer:o2", "officer:o1"],
        "in their order"
    );
}

pub async fn what_should_have_been_looked_at_is_counted(place: Place) {
    let store = place.open().await;
    keep(&store, &in_order()).await;
    assert_eq!(store.overslept(ms(-8)).await.unwrap(), 0);
    assert_eq!(store.overslept(ms(0)).await.unwrap(), 3);
    assert_eq!(store.overslept(ms(99)).await.unwrap(), 9);
}

pub async fn many_duties_at_once(place: Place) {
    let store = place.open().await;
    let duties: Vec<DutyEntry> =
        (0..1111).map(|n| duty(&format!("d{n:04}"), "a", "case:1", Some(n))).collect();
    keep(&store, &duties).await;
    keep(&store, &duties).await;
    assert_eq!(store.duties(&DutyQuery { most: 5000, ..DutyQuery::default() }).await.unwrap(), duties);
    let ids: Vec<String> = duties.iter().skip(1).map(|duty| duty.id.clone()).collect();
    let mut transaction = store.begin().await.unwrap();
    transaction.drop_duties(&ids).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.duties(&DutyQuery { most: 9, ..DutyQuery::default() }).await.unwrap().len(), 1);
}

const DAY_MS: i64 = 24 * 3_600_000;

/// Duties of many days, before and after 1970 and about midnight, some without a due; other ones for each turn.
fn of_many_days(turn: usize) -> Vec<DutyEntry> {
    let states = ["pending", "met", "overdue"];
    let one = |at: usize| {
        let due = (at as i64 * 7 % 23 - 9) * DAY_MS / 2 + [0, -1, 1][at % 3];
        DutyEntry {
            state: states[(at + turn) % 3].into(),
            agency: (at % 4 == turn % 4).then(|| ["health", "education", ""][at % 3].into()),
            ..duty(&format!("d{at:02}"), "a", "case:1", (!at.is_multiple_of(11)).then_some(due + turn as i64))
        }
    };
    (0..60).map(one).collect()
}

async fn counts_are_those_of_the_duties(store: &Database) {
    let ends = [None, Some(-30), Some(-9), Some(-2), Some(0), Some(1), Some(2), Some(9), Some(30)];
    let ends: Vec<Option<i64>> = ends
        .into_iter()
        .flat_map(|half| [-1, 0, 1].map(|ms| half.map(|half: i64| half * DAY_MS / 2 + ms)))
        .chain([Some(Instant::MIN.ms()), Some(Instant::MAX.ms())])
        .collect();
    for (from, by) in ends.iter().flat_map(|from| ends.iter().map(move |by| (*from, *by))) {
        for (states, agency) in [(&[][..], None), (&["met", "overdue"], None), (&["met"], Some("health"))] {
            let query = DutyQuery {
                states: states.iter().map(|&state| state.into()).collect(),
                agency: agency.map(Into::into),
                due_from: from.map(ms),
                due_by: by.map(ms),
                most: 999,
                ..DutyQuery::default()
            };
            let (mut all, mut agencies): (BTreeMap<_, _>, BTreeMap<_, BTreeMap<_, _>>) = Default::default();
            for duty in store.duties(&query).await.unwrap() {
                *all.entry(duty.state.clone()).or_default() += 1;
                let Some(agency) = duty.agency.filter(|agency| !agency.is_empty()) else { continue };
                *agencies.entry(agency).or_default().entry(duty.state).or_default() += 1;
            }
            assert_eq!(store.count_duties(&query).await.unwrap(), all, "{query:?}");
            let mut counted = store.count_by_agency(&query).await.unwrap();
            counted.remove("");
            assert_eq!(counted, agencies, "{query:?}");
        }
    }
}

pub async fn duties_are_counted_by_their_days(place: Place) {
    let store = place.open().await;
    keep(&store, &of_many_days(0)).await;
    counts_are_those_of_the_duties(&store).await;
    keep(&store, &of_many_days(1)[10..40]).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.drop_duties(&["d05".into(), "d05".into(), "d22".into(), "nowhere".into()]).await.unwrap();
    transaction.commit().await.unwrap();
    counts_are_those_of_the_duties(&store).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.drop_all_duties().await.unwrap();
    transaction.put_duties(&of_many_days(2)).await.unwrap();
    transaction.drop_duties(&["d07".into()]).await.unwrap();
    transaction.commit().await.unwrap();
    counts_are_those_of_the_duties(&store).await;
    assert_eq!(store.snapshot().await.unwrap().miscounted().await.unwrap(), 0);
    place
        .run("UPDATE duty_days SET number = number + 1 WHERE day = 0 AND agency = '' AND state = 'met'")
        .await
        .unwrap();
    assert_eq!(store.snapshot().await.unwrap().miscounted().await.unwrap(), 1);
    place
        .run("UPDATE duty_days SET number = number - 1 WHERE day = 0 AND agency = '' AND state = 'met'")
        .await
        .unwrap();
    let emptied = "SELECT CAST(SUM(number) AS BIGINT) FROM duty_days WHERE agency = ''";
    assert_eq!(place.count(emptied).await, 53, "those that have a due");
}
