//! A made force, written and read back.

use std::path::Path;

use crate::bench::Bench;

fn england() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/england").display().to_string()
}

#[test]
fn a_clean_year_is_written_and_nothing_in_it_is_late() {
    let bench = Bench::new();
    assert_eq!(bench.done("synth --seed 2 --out year.jsonl"), "");
    assert_eq!(bench.read("year.jsonl"), bench.done("synth --seed 2"));
    assert_ne!(bench.read("year.jsonl"), bench.done("synth --seed 3"));
    // Lines are canonical, and the order is that of the log.
    assert_eq!(bench.read("year.jsonl"), bench.done("convert year.jsonl --to jsonl"));
    let states = "overdue,met-late,breached,unrecorded,too-early,excused-late,ended-late,undecided";
    bench.done(&format!("review year.jsonl --policy {} --summary --fail-on {states}", england()));
}

#[test]
fn failures_are_found_at_the_rates_of_a_file() {
    let bench = Bench::new();
    bench.write("rates.toml", "# all of them\nrequest-unanswered = 1\n");
    bench.done("synth --failures rates.toml --out year.jsonl");
    assert!(!bench.read("year.jsonl").contains("request.answered"));
    let review = format!("review year.jsonl --policy {} --summary --format csv", england());
    let counts = bench.done(&review);
    let unanswered = counts.lines().find(|line| line.starts_with("request-answered,"));
    assert!(unanswered.is_some_and(|line| line.contains(",3,")), "{unanswered:?}");
    assert!(bench.done("synth --failures mission").lines().count() > 500);
}

#[test]
fn what_cannot_be_made_is_refused() {
    let bench = Bench::new();
    bench.write("rates.toml", "late-entry = 0.1\nlate-entri = 0.1\n");
    insta::assert_snapshot!(bench.refused("synth --failures rates.toml"), @"");
    insta::assert_snapshot!(bench.refused("synth --failures missions"), @"");
    insta::assert_snapshot!(bench.refused("synth --from 2025-13-01"), @"");
    insta::assert_snapshot!(bench.refused("synth --to 2024-12-31"), @"");
    insta::assert_snapshot!(bench.refused("synth --from 1999-01-01"), @"");
    insta::assert_snapshot!(bench.refused("synth --out year.jsonl.gz"), @"");
    insta::assert_snapshot!(bench.refused("synth --failures rates.toml --out rates.toml"), @"");
}
