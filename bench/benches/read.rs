//! Logs read from memory into columns, format by format.

use std::fs;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use exchange::{Input, Options, read_log};

#[expect(clippy::unwrap_used, reason = "a benchmark stops where its own files are wrong")]
fn read(criterion: &mut Criterion) {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
    let mut group = criterion.benchmark_group("read");
    for (format, path) in
        [("jsonl", "review-2013/events.jsonl"), ("xes", "road-traffic/roadtraffic100traces.xes")]
    {
        let bytes = fs::read(format!("{examples}/{path}")).unwrap();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        let inputs = [Input::Bytes(path.to_owned(), bytes)];
        group.bench_function(format, |bencher| {
            bencher.iter(|| read_log(&inputs, Options::default()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);
