//! `wakeful convert`

use std::io::Read as _;

use crate::bench::{Bench, EVENTS};

#[test]
fn an_import_of_an_export_is_the_same() {
    let bench = Bench::new();
    let native = bench.done("convert events.jsonl --to jsonl");
    for format in ["csv", "xes"] {
        assert_eq!(bench.done(&format!("convert events.jsonl --to {format} --out export.{format}")), "");
        let mut back: Vec<String> =
            bench.done(&format!("convert export.{format} --to jsonl")).lines().map(String::from).collect();
        back.sort();
        let mut lines: Vec<&str> = native.lines().collect();
        lines.sort_unstable();
        assert_eq!(back, lines, "{format}");
    }
}

#[test]
fn a_file_that_ends_in_gz_is_packed() {
    let bench = Bench::new();
    bench.done("convert events.jsonl --to jsonl --out packed.jsonl.gz");
    let packed = std::fs::File::open(bench.path("packed.jsonl.gz")).unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut text).unwrap();
    assert_eq!(text, bench.done("convert events.jsonl --to jsonl"));
    assert_eq!(bench.done("convert packed.jsonl.gz --to jsonl"), text);
}

#[test]
fn a_table_by_a_mapping_with_its_bad_rows_beside() {
    let bench = Bench::new();
    bench.write("crm.csv", "NO,WHAT,WHEN\n1,ASK,01/07/2026 10:00\n2,ASK,soon\n");
    bench.write(
        "crm.toml",
        "zone = \"Europe/London\"\nid = \"r{NO}\"\nkind = { column = \"WHAT\", values = { ASK = \"request.made\" } }\nat = { column = \"WHEN\", format = \"%d/%m/%Y %H:%M\" }\nlinks = { request = \"{NO}\" }\n",
    );
    let ran = bench.run("convert crm.csv --mapping crm.toml --source crm --to jsonl --rejects bad.jsonl");
    assert_eq!((ran.status, ran.err.as_str()), (0, "1 bad row was left out; it is in `bad.jsonl`\n"));
    insta::assert_snapshot!(ran.out, @r#"{"id":"crm:r1","kind":"request.made","at":"2026-07-01T09:00:00.000Z","links":{"request":["1"]}}"#);
    bench.write("crm.toml", "zone = \"Europe/Londn\"\n");
    insta::assert_snapshot!(bench.refused("convert crm.csv --mapping crm.toml --to jsonl"), @r#"
      x `Europe/Londn` is not a time zone; write an IANA name such as `Europe/London`
       ,-[crm.toml:1:8]
     1 | zone = "Europe/Londn"
       :        ^^^^^^^|^^^^^^
       :               `-- here
       `----

    error: the mapping has a problem
    "#);
}

#[test]
fn an_input_is_not_written_over() {
    let bench = Bench::new();
    let err = bench.refused("convert events.jsonl --to csv --out events.jsonl");
    assert!(err.contains("`events.jsonl` is an input"), "{err}");
    assert_eq!(bench.read("events.jsonl"), EVENTS);
}
