//! Who is in charge, who let themselves in, and who looked.

use store::{
    BrokenGlass, Climb, Cursor, DutyEntry, DutyQuery, InCharge, Level, NewEvent, Opened, Post, Sight, Store,
    WrittenTo,
};

use crate::place::{Place, duty, event, keep, ms, record};

fn post(officer: &str, team: &str, manager: Option<&str>) -> Post {
    Post {
        officer: officer.into(),
        role: Some("officer".into()),
        rank: Some("constable".into()),
        team: Some(team.into()),
        agency: Some("police".into()),
        manager: manager.map(Into::into),
        is_cover: manager.is_none(),
    }
}

fn in_charge(stream: &str, people: &[&str]) -> InCharge {
    InCharge { stream: stream.into(), people: people.iter().map(|&name| name.into()).collect() }
}

fn broken(event: &str, stream: &str, officer: &str, until: i64) -> BrokenGlass {
    BrokenGlass {
        event: event.into(),
        stream: stream.into(),
        officer: officer.into(),
        at: ms(1),
        until: ms(until),
    }
}

fn looked(id: &str, entity: &str) -> Opened {
    Opened {
        id: id.into(),
        at: ms(5),
        account: "a".into(),
        officer: "officer:o1".into(),
        action: "read".into(),
        entity: entity.into(),
        why: "in charge of it".into(),
    }
}

/// Somebody who let themselves in.
pub fn glass() -> BrokenGlass {
    broken("e1", "case:1", "officer:o1", 2)
}

/// Somebody who was written to.
pub fn written_to() -> WrittenTo {
    WrittenTo { officer: "officer:o1".into(), duty: "d1".into() }
}

/// Somebody who looked.
pub fn opened() -> Opened {
    looked("1", "case:1")
}

pub async fn posts_are_replaced_all_at_once(place: Place) {
    let store = place.open().await;
    let (one, other) = (post("officer:o1", "team:a", Some("officer:o2")), post("officer:o2", "team:b", None));
    let mut transaction = store.begin().await.unwrap();
    transaction.put_posts(&[one.clone(), other.clone()]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.posts().await.unwrap(), [one.clone(), other.clone()]);
    assert_eq!(store.posts_of("officer:o1").await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(store.posts_under("officer:o2").await.unwrap(), [one]);
    assert_eq!(store.posts_in("team:b").await.unwrap(), std::slice::from_ref(&other));

    let mut transaction = store.begin().await.unwrap();
    transaction.put_posts(std::slice::from_ref(&other)).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.posts().await.unwrap(), [other]);
}

pub async fn who_is_in_charge_is_replaced_stream_by_stream(place: Place) {
    let store = place.open().await;
    let (one, other) = (in_charge("case:1", &["officer:o1", "team:a"]), in_charge("case:2", &["officer:o2"]));
    let mut transaction = store.begin().await.unwrap();
    transaction.put_in_charge(&[one, other.clone()]).await.unwrap();
    transaction.put_in_charge(&[in_charge("case:1", &["officer:o3"])]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.in_charge("case:1").await.unwrap(), ["officer:o3"]);
    let some = ["case:9", "case:2", "case:2"].map(str::to_owned);
    assert_eq!(store.in_charge_of(&some).await.unwrap(), std::slice::from_ref(&other));
    assert_eq!(store.in_charge_of(&[]).await.unwrap(), []);
    assert_eq!(store.all_in_charge().await.unwrap(), [in_charge("case:1", &["officer:o3"]), other]);
}

async fn streams_have_numbers_of_their_sort(place: &Place, first: &str, then: &str) {
    let store = place.open().await;
    let of = |stream: &str| NewEvent {
        id: stream.into(),
        line: serde_json::json!({ "id": stream, "stream": stream }).to_string(),
        stream: stream.into(),
        entities: vec![stream.into()],
    };
    let nowhere =
        NewEvent { id: "e0".into(), line: "{}".into(), stream: String::new(), entities: Vec::new() };
    record(&store, &[nowhere]).await;
    for stream in [first, then] {
        record(&store, &[of(stream)]).await;
        let open = DutyEntry { stream: String::new(), ..duty("d0", "a", "person:p1", None) };
        keep(&store, &[open.clone(), DutyEntry { id: "d1".into(), stream: stream.into(), ..open }]).await;
        assert_eq!(store.duty("d0").await.unwrap().unwrap().stream, "");
        assert_eq!(store.duty("d1").await.unwrap().unwrap().stream, stream);
        assert_eq!(store.entries_in(stream, 0, 9).await.unwrap().len(), 1);
        let mut transaction = store.begin().await.unwrap();
        let people = ["", stream].map(|stream| in_charge(stream, &["officer:o7"]));
        transaction.put_in_charge(&people).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(store.in_charge(stream).await.unwrap(), ["officer:o7"]);
        assert_eq!(store.in_charge("").await.unwrap(), [""; 0]);
        let sight = Sight { officer: "officer:o7".into(), ..Sight::default() };
        let seen = DutyQuery { sight: Some(sight), most: 9, ..DutyQuery::default() };
        let seen: Vec<String> = store.duties(&seen).await.unwrap().into_iter().map(|duty| duty.id).collect();
        assert_eq!(seen, ["d1"], "{stream}");
    }
    let wrong = "SELECT COUNT(*) FROM streams WHERE number = 0 OR (number > 0) <> (stream LIKE 'case:%')";
    assert_eq!(place.count(wrong).await, 0);
    assert_eq!(place.count("SELECT COUNT(*) FROM streams").await, 2);
}

pub async fn a_case_after_others_has_the_number_of_a_case(place: Place) {
    streams_have_numbers_of_their_sort(&place, "officer:o1", "case:1").await;
}

pub async fn another_after_cases_has_no_number_of_a_case(place: Place) {
    streams_have_numbers_of_their_sort(&place, "case:1", "officer:o1").await;
}

pub async fn one_sees_what_is_of_oneself_before_there_is_an_event_of_it(place: Place) {
    let store = place.open().await;
    let sight = Sight { officer: "officer:o1".into(), circle: vec!["team:a".into()], ..Sight::default() };
    let asked: Vec<String> = ["team:a", "team:b", "officer:o1", "case:1", ""].map(str::to_owned).into();
    let many = (0..100).map(|number| format!("case:{number}x"));
    for asked in [asked.clone(), asked.into_iter().chain(many).collect()] {
        assert_eq!(store.seen_of(&sight, &asked).await.unwrap(), ["officer:o1", "team:a"]);
    }
}

pub async fn a_broken_glass_lets_in_until_its_time(place: Place) {
    let store = place.open().await;
    let (one, other) = (broken("e1", "case:1", "officer:o1", 10), broken("e2", "case:1", "officer:o2", 20));
    let mut transaction = store.begin().await.unwrap();
    transaction.break_glass(&[one.clone(), other.clone()]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.broken_glass("case:1", Some(ms(10))).await.unwrap(), std::slice::from_ref(&other));
    assert_eq!(store.broken_glass("case:1", None).await.unwrap(), [one, other]);
    let sight = |now| Sight { officer: "officer:o1".into(), now: Some(ms(now)), ..Sight::default() };
    let wanted = ["case:1".to_owned(), "case:2".to_owned()];
    assert_eq!(store.seen_of(&sight(9), &wanted).await.unwrap(), ["case:1"]);
    assert_eq!(store.seen_of(&sight(10), &wanted).await.unwrap(), [""; 0]);
    let everything = Sight { everything: true, ..Sight::default() };
    assert_eq!(store.seen_of(&everything, &wanted).await.unwrap(), wanted);
}

pub async fn who_was_written_to_of_a_duty_sees_it_while_it_is_open(place: Place) {
    let store = place.open().await;
    let mut transaction = store.begin().await.unwrap();
    let met = DutyEntry { state: "met".into(), ..duty("d2", "a", "case:1", None) };
    transaction
        .put_duties(&[duty("d1", "a", "case:1", None), met, duty("d3", "a", "case:1", None)])
        .await
        .unwrap();
    let of = |duty: &str| WrittenTo { officer: "officer:other".into(), duty: duty.into() };
    transaction.write_to(&[of("d0"), of("d1"), of("d2"), written_to()]).await.unwrap();
    transaction.write_to(&[written_to()]).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(store.written_to("d1").await.unwrap(), ["officer:o1", "officer:other"]);
    assert_eq!(store.written_to("d3").await.unwrap(), [""; 0]);
    let sight = Sight { officer: "officer:other".into(), ..Sight::default() };
    let seen = DutyQuery { sight: Some(sight), most: 9, ..DutyQuery::default() };
    assert_eq!(store.count_duties(&seen).await.unwrap(), [("pending".into(), 1)].into());
    let seen: Vec<String> = store.duties(&seen).await.unwrap().into_iter().map(|duty| duty.id).collect();
    assert_eq!(seen, ["d1"]);
}

pub async fn of_entities_those_are_in_sight_that_turn_up_in_a_case_one_sees(place: Place) {
    let store = place.open().await;
    let about = |id: &str, stream: &str, entity: &str| NewEvent {
        stream: stream.to_owned(),
        entities: vec![entity.to_owned(), stream.to_owned()],
        ..event(id)
    };
    let mut transaction = store.begin().await.unwrap();
    let events = [
        about("e1", "case:1", "place:a"),
        about("e2", "case:2", "place:a"),
        about("e3", "case:2", "place:b"),
        about("e4", "case:2", "place:b"),
        about("e5", "meeting:1", "place:c"),
    ];
    transaction.append(&events).await.unwrap();
    transaction.break_glass(&[broken("e9", "case:1", "officer:o1", 10)]).await.unwrap();
    transaction.commit().await.unwrap();
    let sight = Sight { officer: "officer:o1".into(), now: Some(ms(9)), ..Sight::default() };
    let wanted = ["place:b", "place:a", "place:c", "place:d"].map(str::to_owned);
    assert_eq!(store.in_sight(&sight, &wanted).await.unwrap(), ["place:a"]);
    let later = Sight { now: Some(ms(10)), ..sight };
    assert_eq!(store.in_sight(&later, &wanted).await.unwrap(), [""; 0]);
    let everything = Sight { everything: true, ..Sight::default() };
    assert_eq!(
        store.in_sight(&everything, &wanted).await.unwrap(),
        ["place:a", "place:b"],
        "c is in no case"
    );
    let streams = store.streams_of(&wanted).await.unwrap();
    let streams: Vec<(&str, &str)> = streams.iter().map(|(entity, stream)| (&**entity, &**stream)).collect();
    let turns_up =
        [("place:a", "case:1"), ("place:a", "case:2"), ("place:b", "case:2"), ("place:c", "meeting:1")];
    assert_eq!(streams, turns_up);
}

pub async fn who_opened_what_is_told_the_last_first(place: Place) {
    let store = place.open().await;
    for opened in [looked("1", "case:1"), looked("2", "case:2"), looked("3", "case:1")] {
        store.opened(&opened).await.unwrap();
    }
    assert_eq!(store.openings("case:1", 9).await.unwrap(), [looked("3", "case:1"), looked("1", "case:1")]);
    assert_eq!(store.openings("case:1", 1).await.unwrap().len(), 1);
    store.opened(&looked("1", "case:9")).await.unwrap_err();
    assert_eq!(store.openings("case:9", 9).await.unwrap(), []);
}

pub async fn a_duty_keeps_whom_its_ladder_reached(place: Place) {
    let store = place.open().await;
    let climb = Climb {
        step: 2,
        to: "superintendent".into(),
        opens: ms(3),
        due: Some(ms(9)),
        lapsed: 1,
        is_answered: false,
        called: vec!["officer:o7".into(), "officer:o8".into()],
        asked: vec!["officer:o8".into()],
    };
    let open = DutyEntry {
        stream: "case:1".into(),
        agency: Some("health".into()),
        climb: Some(climb),
        holders: vec!["officer:o1".into()],
        ..duty("d1", "a", "person:p1", Some(1))
    };
    keep(&store, std::slice::from_ref(&open)).await;
    assert_eq!(store.duty("d1").await.unwrap().as_ref(), Some(&open));
    assert_eq!(store.insiders("case:1").await.unwrap(), ["officer:o1", "officer:o7", "officer:o8"]);
    let seen = async |officer: &str, agency: Option<&str>| {
        let sight = Sight { officer: officer.into(), agency: agency.map(Into::into), ..Sight::default() };
        let query = DutyQuery { sight: Some(sight), most: 9, ..DutyQuery::default() };
        store.duties(&query).await.unwrap().len()
    };
    assert_eq!(seen("officer:o8", None).await, 1);
    assert_eq!(seen("officer:o9", None).await, 0);
    assert_eq!(seen("officer:o9", Some("health")).await, 1);
    let counted = DutyQuery { stream: Some("case:1".into()), is_climbing: true, ..DutyQuery::default() };
    assert_eq!(store.count_duties(&counted).await.unwrap(), [("pending".into(), 1)].into());
    let by_agency = store.count_by_agency(&counted).await.unwrap();
    assert_eq!(by_agency, [("health".into(), [("pending".into(), 1)].into())].into());
    let of_agency = |agency: &str| DutyQuery { agency: Some(agency.into()), ..counted.clone() };
    assert_eq!(store.count_duties(&of_agency("health")).await.unwrap().len(), 1);
    assert_eq!(store.count_duties(&of_agency("education")).await.unwrap().len(), 0);
    assert_eq!(store.count_by_holder(&counted).await.unwrap(), [("officer:o1".into(), 1)]);
    let level =
        Level { to: "superintendent".into(), count: 1, oldest: ms(3), lapsed: 1, unanswered_at_top: 0 };
    assert_eq!(store.levels(&counted).await.unwrap(), [level]);
    let asked = |officer: &str| DutyQuery { asked: Some(officer.into()), most: 9, ..DutyQuery::default() };
    assert_eq!(store.duties(&asked("officer:o8")).await.unwrap().len(), 1);
    assert_eq!(store.duties(&asked("officer:o7")).await.unwrap().len(), 0, "asked before, and not any more");
    let unanswered = DutyQuery { is_answered: Some(false), ..counted.clone() };
    assert_eq!(store.count_duties(&unanswered).await.unwrap().len(), 1);
    let at_top = DutyQuery { at_top: true, ..counted.clone() };
    assert_eq!(store.count_duties(&at_top).await.unwrap().len(), 0, "it is to be answered by then");
    let answered = Climb { due: None, is_answered: true, ..open.climb.clone().unwrap() };
    keep(&store, &[DutyEntry { climb: Some(answered), ..open.clone() }]).await;
    assert_eq!(store.count_duties(&unanswered).await.unwrap().len(), 0);
    assert_eq!(store.count_duties(&at_top).await.unwrap().len(), 1);
    let unanswered = Climb { due: None, ..open.climb.clone().unwrap() };
    keep(&store, &[DutyEntry { climb: Some(unanswered), ..open.clone() }]).await;
    let everywhere = DutyQuery { is_climbing: true, ..DutyQuery::default() };
    let levels = store.levels(&everywhere).await.unwrap();
    let levels: Vec<_> = levels.iter().map(|level| (level.lapsed, level.unanswered_at_top)).collect();
    assert_eq!(levels, [(1, 1)]);
    assert_eq!(store.count_duties(&everywhere).await.unwrap(), [("pending".into(), 1)].into());
    let others = DutyQuery { step_to: Some("chief-officer".into()), ..counted };
    assert_eq!(store.levels(&others).await.unwrap(), []);
    keep(&store, &[DutyEntry { climb: None, ..open }]).await;
    assert_eq!(seen("officer:o8", None).await, 0);
}

pub async fn duties_are_narrowed_and_in_the_order_of_due(place: Place) {
    let store = place.open().await;
    let of = |id: &str, holder: &str, due| DutyEntry {
        holders: vec![holder.into()],
        ..duty(id, "a", "case:1", due)
    };
    let duties = [
        of("d1", "officer:o1", Some(5)),
        of("d2", "officer:o2", Some(3)),
        DutyEntry { rule: "b".into(), ..of("d3", "officer:o1", None) },
    ];
    keep(&store, &duties).await;
    let mut transaction = store.begin().await.unwrap();
    transaction.put_posts(&[post("officer:o1", "team:a", None)]).await.unwrap();
    transaction.commit().await.unwrap();
    let found = async |query: DutyQuery| -> Vec<String> {
        let duties = store.duties(&DutyQuery { by_due: true, most: 9, ..query }).await.unwrap();
        duties.into_iter().map(|duty| duty.id).collect()
    };
    let all = DutyQuery::default;
    assert_eq!(found(all()).await, ["d3", "d2", "d1"]);
    let after = |due, id: &str| {
        Some(Cursor { rule: String::new(), key: String::new(), due: Some(ms(due)), id: id.into() })
    };
    assert_eq!(found(DutyQuery { after: after(3, "d2"), ..all() }).await, ["d1"]);
    assert_eq!(found(DutyQuery { team: Some("team:a".into()), ..all() }).await, ["d3", "d1"]);
    assert_eq!(found(DutyQuery { rules: vec!["a".into(), "c".into()], ..all() }).await, ["d2", "d1"]);
    assert_eq!(found(DutyQuery { due_by: Some(ms(3)), ..all() }).await, ["d2"]);
    assert_eq!(found(DutyQuery { due_from: Some(ms(4)), ..all() }).await, ["d1"]);
    assert_eq!(found(DutyQuery { due_from: Some(ms(3)), due_by: Some(ms(4)), ..all() }).await, ["d2"]);
    assert_eq!(found(DutyQuery { has_lapsed: true, ..all() }).await, [""; 0]);
    assert_eq!(store.count_by_holder(&all()).await.unwrap()[0], ("officer:o1".to_owned(), 2));
}
