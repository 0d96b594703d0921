//! Dues by calendar and clock, and instants read from text.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::time::{Calendar, Clock, Instant, Span, Zone};

#[expect(clippy::unwrap_used, reason = "a benchmark stops where its own constants are wrong")]
fn due(criterion: &mut Criterion) {
    let calendar = Calendar::new("england-and-wales").unwrap();
    let clock = Clock::new(Zone::new("Europe/London").unwrap(), Some(calendar));
    let starts: Vec<Instant> =
        (0..1_000).map(|place| Instant::saturating(1_230_768_000_000 + place * 97 * 3_600_000)).collect();
    let mut group = criterion.benchmark_group("due");
    group.throughput(Throughput::Elements(starts.len() as u64));
    for span in ["72h", "5d", "15wd", "3mo"] {
        let parsed = Span::parse(span).unwrap();
        group.bench_function(span, |bencher| {
            bencher
                .iter(|| starts.iter().filter(|&&from| black_box(clock.due(from, parsed)).is_ok()).count());
        });
    }
    group.finish();
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("instant");
    group.throughput(Throughput::Elements(1));
    for text in ["2013-12-09T09:00:00.000Z", "2013-07-09T09:00:00+01:00"] {
        group.bench_function(text, |bencher| bencher.iter(|| Instant::parse(black_box(text))));
    }
    group.finish();
}

criterion_group!(benches, due, parse);
criterion_main!(benches);
