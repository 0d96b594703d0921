//! What is said of bad use and input.

use crate::bench::{Bench, EVENTS, POLICY, REVIEW};

#[test]
fn files_that_are_not_there() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused("review none.jsonl --policy policy.toml"), @"error: none.jsonl: there is no such file (is the path right?)");
    insta::assert_snapshot!(bench.refused("review events.jsonl --policy none.toml"), @"error: there is no policy at `none.toml`; is the path right?");
    bench.write("empty/README.md", "");
    insta::assert_snapshot!(bench.refused("review events.jsonl --policy empty"), @"error: the folder `empty` holds no policy; a policy is a file, or a folder with files that end in `.toml`");
    insta::assert_snapshot!(bench.refused("review events.jsonl --policy policy.toml --mapping none.toml"), @"error: none.toml: the mapping cannot be read: No such file or directory (os error 2) (is the path right?)");
}

#[test]
fn a_policy_with_a_problem_is_shown_with_its_text() {
    let bench = Bench::new();
    bench.write("policy.toml", &POLICY.replace("Europe/London", "Europe/Londn"));
    insta::assert_snapshot!(bench.refused(REVIEW), @r#"
      x `Europe/Londn` is not a time zone; write an IANA name such as `Europe/London`
       ,-[policy.toml:4:11]
     3 | version = "1"
     4 | zone    = "Europe/Londn"
       :           ^^^^^^^|^^^^^^
       :                  `-- here
     5 | 
       `----

    error: the policy has a problem
    "#);
}

#[test]
fn files_too_large_are_not_read_to_their_end() {
    let bench = Bench::new();
    let comment = |mib: usize| "#".repeat(mib << 20);
    bench.write("large.toml", &(comment(4) + "\n"));
    insta::assert_snapshot!(bench.refused("policy check large.toml"), @"error: `large.toml` is larger than 4 MiB, the most that a policy's file may have; is it a policy? a large one is a folder of files");
    insta::assert_snapshot!(bench.refused("policy fmt --check large.toml"), @"error: `large.toml` is larger than 4 MiB, the most that a policy's file may have; is it a policy? a large one is a folder of files");
    insta::assert_snapshot!(bench.refused("review events.jsonl --policy policy.toml --mapping large.toml"), @"error: large.toml: the file is larger than 1 MiB, the most that a mapping may have (is it the mapping, and not the table?)");
    for name in 0..5 {
        bench.write(&format!("folder/{name}.toml"), &comment(4));
    }
    insta::assert_snapshot!(bench.refused("review events.jsonl --policy folder"), @"error: the `.toml` files in the folder `folder` have more than 16 MiB, the most that a policy may have; is it the right folder?");
    bench.write("full.toml", &(POLICY.to_owned() + &comment(4)[POLICY.len()..]));
    bench.done("policy check full.toml");
    #[cfg(unix)]
    assert!(bench.refused("policy check /dev/zero").contains("larger than 4 MiB"));
}

#[test]
fn versions_that_do_not_go_together() {
    let bench = Bench::new();
    bench.write("other.toml", &POLICY.replace("\"small\"", "\"large\""));
    let err = bench.refused("review events.jsonl --policy policy.toml --policy other.toml");
    assert!(err.contains("this is a version of `large`"), "{err}");
}

#[test]
fn times_that_are_none_or_two() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --as-of yesterday")), @"error: --as-of: `yesterday` is not an instant; write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`");
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --as-of 2009-06-01")), @"error: --as-of: `2009-06-01` is a whole day; write a moment of it, such as `2009-06-01T00:00`");
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --known-by 2026-10-25T01:30")), @"error: --known-by: `2026-10-25T01:30` happened twice in Europe/London, whose clocks went back over it; write it with an offset such as `+01:00`");
}

#[test]
fn formats_that_come_later_are_refused_in_a_sentence() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --format parquet")), @"error: `--format parquet` comes later; until then write `html` for a page to read, `csv` or `jsonl` for the rows");
    insta::assert_snapshot!(bench.refused("convert events.jsonl --to ocel"), @"error: `--to ocel` comes later; until then write `jsonl`, `csv` or `xes`");
    let help = bench.done("review --help");
    assert!(!help.contains("parquet") && !help.contains("pdf"), "{help}");
}

#[test]
fn a_bad_row_stops_all_unless_it_may_be_left_out() {
    let bench = Bench::new();
    bench.write("events.jsonl", &format!("{EVENTS}{{\"id\":\"bad\"}}\n"));
    let err = bench.refused(&format!("{REVIEW} --format jsonl --out duties.jsonl"));
    assert!(err.contains("events.jsonl:6"), "{err}");
    let ran = bench.run(&format!("{REVIEW} --summary --rejects bad.jsonl"));
    assert_eq!((ran.status, ran.err.as_str()), (0, "1 bad row was left out; it is in `bad.jsonl`\n"));
    assert!(bench.read("bad.jsonl").contains("\"row\":6"));
    assert_eq!(bench.names(), ["bad.jsonl", "events.jsonl", "policy.toml"]);
}

#[test]
fn bad_use_is_told_what_to_do() {
    let bench = Bench::new();
    for line in [
        "",
        "review",
        "review events.jsonl",
        "policy",
        "revue",
        "review events.jsonl --policy policy.toml --format xlsx",
    ] {
        let ran = bench.run(line);
        assert_eq!(ran.status, 2, "{line}: {}", ran.err);
        assert!(ran.err.contains("--help"), "{line}: {}", ran.err);
    }
}
