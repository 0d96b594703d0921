//! An event recorded into an evaluation that is kept: last in order of a key that is short or long, dated back, and a correction in
//! a log that is short or long.

use std::error::Error;
use std::fs;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use engine::evaluate::Running;
use engine::policy::{self, SourceFile};
use engine::program::Program;
use engine::record::Event;
use engine::time::Instant;

const START_MS: i64 = 1_230_768_000_000;
const MINUTE_MS: i64 = 60_000;
/// Events of each key, where there are many keys.
const KEY_EVENTS: i64 = 10;
/// Of a child who goes missing and is found, again and again.
const KINDS: [&str; 3] = ["missing.reported", "missing.found", "return-interview.held"];

fn england() -> Result<Program, Box<dyn Error>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/england");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.display().to_string();
            files.push(SourceFile { name, text: fs::read_to_string(&path)?.into() });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let policy = policy::read(files).map_err(|problems| format!("{problems:?}"))?;
    Ok(Program::new(vec![policy])?)
}

fn event(number: i64, minute: i64) -> Event {
    event_of(1, number, minute)
}

fn event_of(key: i64, number: i64, minute: i64) -> Event {
    let at = Instant::saturating(START_MS + minute * MINUTE_MS);
    let mut event = Event {
        id: format!("e{number}"),
        stream: format!("case:k{key}"),
        kind: KINDS[number as usize % KINDS.len()].to_owned(),
        at,
        recorded_at: at,
        ..Event::default()
    };
    event.links.entry("child".to_owned()).or_default().insert(format!("child:c{key}"));
    event.links.entry("episode".to_owned()).or_default().insert(format!("episode:{}", number / 3));
    event
}

#[expect(clippy::unwrap_used, reason = "a benchmark stops where its own input is wrong")]
fn record(criterion: &mut Criterion) {
    let program = england().unwrap();
    let mut group = criterion.benchmark_group("record");
    for count in [1_000, 100_000] {
        let events: Vec<Event> = (0..count).map(|number| event(number, number)).collect();
        let now = |minute: i64| Instant::saturating(START_MS + minute * MINUTE_MS);
        let mut running = Running::new(&program, &events, now(count)).unwrap();
        let mut number = count;
        group.bench_function(format!("last of {count}"), |bencher| {
            bencher.iter_batched(
                || {
                    number += 1;
                    event(number, number)
                },
                |event| {
                    running.pass_time(event.at).unwrap();
                    running.record(&event).unwrap();
                },
                BatchSize::SmallInput,
            );
        });
    }
    let events: Vec<Event> = (0..1_000).map(|number| event(number, number)).collect();
    let mut running =
        Running::new(&program, &events, Instant::saturating(START_MS + 1_000 * MINUTE_MS)).unwrap();
    let mut number = 1_000;
    group.bench_function("dated back among 1000", |bencher| {
        bencher.iter_batched(
            || {
                number += 1;
                event(number, 1)
            },
            |event| running.record(&event).unwrap(),
            BatchSize::SmallInput,
        );
    });
    for count in [10_000, 100_000] {
        let events: Vec<Event> =
            (0..count).map(|number| event_of(number / KEY_EVENTS, number, number)).collect();
        let now = Instant::saturating(START_MS + count * MINUTE_MS);
        let mut running = Running::new(&program, &events, now).unwrap();
        let mut number = count;
        group.bench_function(format!("a correction in a log of {count}"), |bencher| {
            bencher.iter_batched(
                || {
                    number += 1;
                    let root = &events[(number * KEY_EVENTS % count) as usize];
                    let (id, recorded_at) = (format!("e{number}"), now);
                    Event { id, recorded_at, corrects: Some(root.id.clone()), ..root.clone() }
                },
                |event| running.record(&event).unwrap(),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, record);
criterion_main!(benches);
