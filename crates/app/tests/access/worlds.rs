//! Random worlds: the lists of the store show exactly the rows that the rules admit, on both databases.

use std::collections::BTreeSet;

use app::access::{Action, Grant, Person, decide_on, decide_on_duty};
use engine::time::Instant;
use fastrand::Rng;
use store::{BrokenGlass, Climb, DutyEntry, DutyQuery, InCharge, NewEvent, Post, Store, WrittenTo};

use crate::common::{POLICY, postgres, sqlite};

const NOW: i64 = 1_000_000;

fn at(ms: i64) -> Instant {
    Instant::from_ms(ms).unwrap()
}

fn officer(rng: &mut Rng) -> String {
    format!("officer:o{}", rng.u8(0..6))
}

fn team(rng: &mut Rng) -> String {
    format!("team:t{}", rng.u8(0..4))
}

fn some(rng: &mut Rng, most: usize, of: fn(&mut Rng) -> String) -> Vec<String> {
    let all: BTreeSet<String> = (0..rng.usize(0..=most)).map(|_| of(rng)).collect();
    all.into_iter().collect()
}

fn stream(rng: &mut Rng) -> String {
    match rng.u8(0..10) {
        0 => officer(rng),
        1 => team(rng),
        2 => "concern:x".to_owned(),
        _ => format!("case:c{}", rng.u8(0..8)),
    }
}

fn agency(rng: &mut Rng) -> Option<String> {
    [None, None, Some("health"), Some("police"), Some("education")][rng.usize(0..5)].map(str::to_owned)
}

fn duty(rng: &mut Rng, number: usize) -> DutyEntry {
    let called = some(rng, 2, officer);
    let climb = rng.bool().then(|| Climb {
        step: 2,
        to: "superintendent".to_owned(),
        opens: at(1),
        due: None,
        lapsed: 1,
        is_answered: false,
        asked: called.iter().filter(|_| rng.bool()).cloned().collect(),
        called,
    });
    DutyEntry {
        id: format!("d{number:03}"),
        rule: "a".to_owned(),
        key: format!("person:p{}", rng.u8(0..3)),
        due: None,
        state: if rng.bool() { "pending" } else { "met" }.to_owned(),
        wakes_at: None,
        holders: some(rng, 1, officer),
        stream: stream(rng),
        agency: agency(rng),
        climb,
        row: "{}".to_owned(),
    }
}

fn post(rng: &mut Rng) -> Post {
    Post {
        officer: officer(rng),
        is_cover: rng.bool(),
        role: Some("officer".to_owned()),
        team: rng.bool().then(|| team(rng)),
        agency: agency(rng),
        manager: (rng.u8(0..3) == 0).then(|| officer(rng)),
        ..Post::default()
    }
}

fn glass(rng: &mut Rng, number: usize) -> BrokenGlass {
    let until = at(NOW + rng.i64(-5..5));
    BrokenGlass { event: format!("g{number}"), stream: stream(rng), officer: officer(rng), at: at(1), until }
}

fn event(rng: &mut Rng, number: usize) -> NewEvent {
    let (id, stream) = (format!("e{number}"), stream(rng));
    let entities = vec![place(rng.u8(0..5))];
    NewEvent { line: format!("{{\"id\":\"{id}\",\"stream\":\"{stream}\"}}"), id, stream, entities }
}

fn place(number: u8) -> String {
    format!("place:p{number}")
}

async fn fill(rng: &mut Rng, store: &dyn Store) {
    let mut transaction = store.begin().await.unwrap();
    let duties: Vec<DutyEntry> = (0..40).map(|number| duty(rng, number)).collect();
    transaction.put_duties(&duties).await.unwrap();
    transaction.put_posts(&(0..8).map(|_| post(rng)).collect::<Vec<_>>()).await.unwrap();
    let in_charge = |number: usize, rng: &mut Rng| InCharge {
        stream: format!("case:c{number}"),
        people: if rng.bool() { some(rng, 2, officer) } else { some(rng, 2, team) },
    };
    let in_charge: Vec<InCharge> = (0..8).map(|number| in_charge(number, rng)).collect();
    transaction.put_in_charge(&in_charge).await.unwrap();
    let glasses: Vec<BrokenGlass> = (0..4).map(|number| glass(rng, number)).collect();
    transaction.break_glass(&glasses).await.unwrap();
    let written_to =
        |rng: &mut Rng| WrittenTo { officer: officer(rng), duty: format!("d{:03}", rng.u8(0..40)) };
    transaction.write_to(&(0..6).map(|_| written_to(rng)).collect::<Vec<_>>()).await.unwrap();
    let events: Vec<NewEvent> = (0..12).map(|number| event(rng, number)).collect();
    transaction.append(&events).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn agree(rng: &mut Rng, store: &dyn Store, seed: u64) {
    fill(rng, store).await;
    let query = |sight| DutyQuery { sight, most: 1_000, ..DutyQuery::default() };
    let all = store.duties(&query(None)).await.unwrap();
    let mut streams: Vec<String> = all.iter().map(|duty| duty.stream.clone()).collect();
    streams.sort();
    streams.dedup();
    for number in 0..6 {
        let grants: BTreeSet<Grant> = Grant::ALL.into_iter().filter(|_| rng.u8(0..8) == 0).collect();
        let name = format!("officer:o{number}");
        let person = Person::of(store, "a", &name, "A", grants).await.unwrap();
        let sight = person.sight(at(NOW));

        let shown = store.duties(&query(Some(sight.clone()))).await.unwrap();
        let shown: Vec<&str> = shown.iter().map(|duty| &*duty.id).collect();
        let mut admitted = Vec::new();
        for duty in &all {
            let verdict = decide_on_duty(store, &person, Action::SeeDuty, duty, at(NOW)).await.unwrap();
            admitted.extend(verdict.is_allowed().then_some(&*duty.id));
        }
        assert_eq!(shown, admitted, "seed {seed}: duties of {person:?}");
        let mut by_stream = Vec::new();
        for stream in &streams {
            let query = DutyQuery { stream: Some(stream.clone()), ..query(Some(sight.clone())) };
            by_stream.extend(store.duties(&query).await.unwrap().into_iter().map(|duty| duty.id));
        }
        by_stream.sort();
        let mut by_id = admitted.clone();
        by_id.sort();
        assert_eq!(by_stream, by_id, "seed {seed}: duties of {person:?}, stream by stream");
        let narrowed = |query: &DutyQuery, duty: &DutyEntry| {
            let asked = duty.climb.iter().flat_map(|climb| &climb.asked);
            query.holder.as_ref().is_none_or(|officer| duty.holders.contains(officer))
                && query.asked.as_ref().is_none_or(|officer| asked.clone().any(|asked| asked == officer))
                && query.key.as_ref().is_none_or(|key| duty.key == *key)
                && (query.keys.is_empty() || query.keys.contains(&duty.key))
        };
        let mine = Some(name.clone());
        for asked in [
            DutyQuery { holder: mine.clone(), ..DutyQuery::default() },
            DutyQuery { asked: mine, ..DutyQuery::default() },
            DutyQuery { key: Some("person:p1".to_owned()), ..DutyQuery::default() },
            DutyQuery {
                keys: all.iter().take(3).map(|duty| duty.key.clone()).collect(),
                ..DutyQuery::default()
            },
        ] {
            let asked = DutyQuery { sight: Some(sight.clone()), most: 1_000, ..asked };
            let shown: Vec<String> =
                store.duties(&asked).await.unwrap().into_iter().map(|duty| duty.id).collect();
            let of_these = all.iter().filter(|duty| narrowed(&asked, duty) && admitted.contains(&&*duty.id));
            let expected: Vec<&str> = of_these.map(|duty| &*duty.id).collect();
            assert_eq!(shown, expected, "seed {seed}: {asked:?}");
            let count: u64 = store.count_duties(&asked).await.unwrap().values().sum();
            assert_eq!(count, expected.len() as u64, "seed {seed}: {asked:?}");
        }

        let places: Vec<String> = (0..5).map(place).collect();
        let turning_up = store.streams_of(&places).await.unwrap();
        let cases: Vec<String> = turning_up
            .iter()
            .map(|(_, stream)| stream.clone())
            .filter(|stream| stream.starts_with("case:"))
            .collect();
        let seen = store.seen_of(&sight, &cases).await.unwrap();
        let in_sight: BTreeSet<&String> =
            turning_up.iter().filter(|(_, stream)| seen.contains(stream)).map(|(place, _)| place).collect();
        let found = store.in_sight(&sight, &places).await.unwrap();
        assert_eq!(found.iter().collect::<BTreeSet<_>>(), in_sight, "seed {seed}");

        let shown = store.seen_of(&sight, &streams).await.unwrap();
        let nothing = (0..100).map(|number| format!("case:there-is-none-{number}"));
        let many: Vec<String> = streams.iter().cloned().chain(nothing).collect();
        let mut among_many = store.seen_of(&sight, &many).await.unwrap();
        if sight.everything {
            among_many.retain(|stream| streams.contains(stream));
        }
        assert_eq!(among_many, shown, "seed {seed}: among many");
        let mut admitted = Vec::new();
        for stream in &streams {
            let verdict = decide_on(store, &person, Action::SeeCase, stream, at(NOW)).await.unwrap();
            admitted.extend(verdict.is_allowed().then(|| stream.clone()));
        }
        assert_eq!(shown, admitted, "seed {seed}: streams of {person:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_what_the_rules_admit() {
    let runs: u64 = std::env::var("WAKEFUL_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(12);
    for seed in 0..runs {
        let (_folder, store) = sqlite(POLICY).await;
        agree(&mut Rng::with_seed(seed), &*store, seed).await;
    }
    for seed in 0..runs.div_ceil(4) {
        agree(&mut Rng::with_seed(seed), &*postgres(POLICY).await, seed).await;
    }
}
