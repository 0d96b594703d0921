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
    insta::assert_snapshot!(bench.refused("synth --failures rates.toml"), @"error: rates.toml: line 2: there is no failure `late-entri`; did you mean `late-entry`?");
    insta::assert_snapshot!(bench.refused("synth --failures missions"), @"error: `missions` cannot be read: No such file or directory (os error 2); write `none`, `mission` or the path of a file with the rate of each failure");
    insta::assert_snapshot!(bench.refused("synth --from 2025-13-01"), @"error: --from: `2025-13-01` is not a date; write one such as `2026-03-06`");
    insta::assert_snapshot!(bench.refused("synth --to 2024-12-31"), @"error: the last day is before the first; write the earlier day as `--from`");
    insta::assert_snapshot!(bench.refused("synth --from 1999-01-01"), @"error: the record must lie between 2003-01-01 and 2032-12-31, so that the bank holidays some years before and after are known");
    insta::assert_snapshot!(bench.refused("synth --out year.jsonl.gz"), @"error: `year.jsonl.gz` would not be packed; name a file that ends in `.jsonl`, and pack it with `wakeful convert`");
    insta::assert_snapshot!(bench.refused("synth --failures rates.toml --out rates.toml"), @"error: `rates.toml` is an input and `--out` too; name another file");
}
