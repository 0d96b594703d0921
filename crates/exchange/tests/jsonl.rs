//! Native events: what is read, and what is refused with which words.

#![allow(clippy::unwrap_used, reason = "these are tests, and clippy sees only those marked so")]

mod common;

use std::io::Read;

use common::{packed, read, read_rejecting, read_with};
use exchange::{Input, Options, read_log};
use insta::assert_snapshot;

fn line(line: &str) -> String {
    read("e.jsonl", line)
}

/// An event with this attribute.
fn attr(value: &str) -> String {
    line(&format!(r#"{{"id":"a","kind":"k","at":"2026-03-06T19:00:00Z","attrs":{{"x":{value}}}}}"#))
}

#[test]
fn every_field_is_read() {
    let event = r#" { "corrects":"b", "note":"n\u00e9\n", "attrs":{"t":"x","i":1,"d":1e0,"b":true,"at":{"instant":"2026-03-06T20:00:00+01:00"},"l":["b","a"]},
        "links":{"child":"person:p7","officer":["officer:2","officer:1","officer:2"],"none":[]}, "agency":"police", "recorded_by":"system:x",
        "recorded_at":"2026-03-07T19:00Z", "at":"2026-03-06T19:00:00.0009Z", "kind":"missing.found", "stream":"case:1", "id":"a" }"#;
    assert_snapshot!(line(&event.replace('\n', " ")), @r#"{"id":"a","stream":"case:1","kind":"missing.found","at":"2026-03-06T19:00:00.000Z","recorded_at":"2026-03-07T19:00:00.000Z","recorded_by":"system:x","agency":"police","links":{"child":["person:p7"],"officer":["officer:1","officer:2"]},"attrs":{"at":{"instant":"2026-03-06T19:00:00.000Z"},"b":true,"d":1.0,"i":1,"l":["b","a"],"t":"x"},"note":"né\n","corrects":"b"}"#);
}

#[test]
fn numbers_keep_their_types() {
    assert_snapshot!(attr("-0"), @r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":0}}"#);
    assert_snapshot!(attr("-0.0"), @r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":-0.0}}"#);
    assert_snapshot!(attr("9223372036854775807"), @r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":9223372036854775807}}"#);
    assert_snapshot!(attr("1E2"), @r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":100.0}}"#);
    assert_snapshot!(attr("0.1000000000000000055511151231257827"), @r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":0.1}}"#);
    assert_snapshot!(attr("9223372036854775808"), @"e.jsonl:1: `attrs.x`: `9223372036854775808` is too large for an integer of 64 bits (write it as a text, or with a point as a decimal)");
    assert_snapshot!(attr("1e400"), @"e.jsonl:1: `attrs.x`: `1e400` is too large for a decimal (write it as a text)");
    assert_snapshot!(attr("01"), @"e.jsonl:1: not JSON: invalid number, at column 64");
}

#[test]
fn what_is_no_value_is_refused() {
    assert_snapshot!(attr("null"), @"e.jsonl:1: `attrs.x`: an attribute cannot be null (leave an attribute without a value out)");
    assert_snapshot!(attr("[1]"), @"e.jsonl:1: `attrs.x`: `1` is not a text (write it in quotes)");
    assert_snapshot!(attr(r#"["a",["b"]]"#), @r#"e.jsonl:1: `attrs.x`: `["b"]` is not a text (write it in quotes)"#);
    assert_snapshot!(attr(r#"{"instant":"2026-03-06T19:00:00"}"#), @"e.jsonl:1: `attrs.x`: `2026-03-06T19:00:00` has no offset from UTC (add `Z`, or one such as `+01:00`)");
    assert_snapshot!(attr(r#"{"instant":7}"#), @"e.jsonl:1: `attrs.x`: `7` is not a text (write it in quotes)");
    assert_snapshot!(attr(r#"{"date":"2026-03-06"}"#), @r#"e.jsonl:1: `attrs.x`: `{"date":"2026-03-06"}` is no value (the only object that may stand here is an instant, `{"instant":"2026-03-06T19:00:00Z"}`)"#);
    assert_snapshot!(attr(r#""\ud800""#), @"e.jsonl:1: `attrs.x`: not JSON: unexpected end of hex escape");
    assert_snapshot!(attr("nul"), @"e.jsonl:1: not JSON: expected ident, at column 66");
}

#[test]
fn fields_are_strict() {
    let with =
        |fields: &str| line(&format!(r#"{{"id":"a","kind":"k","at":"2026-03-06T19:00:00Z"{fields}}}"#));
    assert_snapshot!(with(r#","recorded_by":"x","recordedby":"y""#), @"e.jsonl:1: `recordedby`: an event has no such field (did you mean `recorded_by`?)");
    assert_snapshot!(with(r#","age":7"#), @"e.jsonl:1: `age`: an event has no such field (what is not a field of every event is an attribute; write it inside `attrs`)");
    assert_snapshot!(with(r#","kind":"l""#), @"e.jsonl:1: `kind`: the field is given twice");
    assert_snapshot!(with(r#","attrs":{"x":1,"x":2}"#), @"e.jsonl:1: `attrs.x`: the name is given twice");
    assert_snapshot!(with(r#","attrs":[]"#), @r#"e.jsonl:1: `attrs`: `[]` is not an object (write `{"name": …}`)"#);
    assert_snapshot!(with(r#","links":{"child":["a"],"child":"b"}"#), @"e.jsonl:1: `links.child`: the name is given twice");
    assert_snapshot!(with(r#","links":{"child":null}"#), @r#"e.jsonl:1: `links.child`: `null` is no link (write a text or a list of texts, `"person:p7"`; leave the role out where it has none)"#);
    assert_snapshot!(with(r#","links":{"child":[null]}"#), @"e.jsonl:1: `links.child`: `null` is not a text (leave a field without a value out)");
    assert_snapshot!(with(r#","links":{"child":""}"#), @"e.jsonl:1: `links.child`: the link names no entity or no role (leave the link out)");
    assert_snapshot!(with(r#","note":null"#), @"e.jsonl:1: `note`: `null` is not a text (leave a field without a value out)");
    assert_snapshot!(with(r#","agency":7"#), @"e.jsonl:1: `agency`: `7` is not a text (write it in quotes)");
    assert_snapshot!(with(r#","recorded_at":"yesterday""#), @"e.jsonl:1: `recorded_at`: `yesterday` is not an instant (write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`)");
    assert_snapshot!(line(r#"{"kind":"k","at":"2026-03-06T19:00:00Z"}"#), @"e.jsonl:1: `id`: the event has no `id`");
    assert_snapshot!(line(r#"{"id":"a","kind":"","at":"2026-03-06T19:00:00Z"}"#), @"e.jsonl:1: `kind`: the event has no `kind`");
    assert_snapshot!(line(r#"{"id":"a","kind":"k"}"#), @"e.jsonl:1: `at`: the event has no `at`");
    assert_snapshot!(line(r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00"}"#), @"e.jsonl:1: `at`: `2026-03-06T19:00:00` has no offset from UTC (add `Z`, or one such as `+01:00`)");
    assert_snapshot!(line(r#"{"id":"a","kind":"k","at":"9999-12-31T23:59:59-01:00"}"#), @"e.jsonl:1: `at`: `9999-12-31T23:59:59-01:00` lies outside the years 0000 to 9999");
    assert_snapshot!(line(r#"{"id":"a","kind":"k","at":1772823600000}"#), @"e.jsonl:1: `at`: `1772823600000` is not a text (write it in quotes)");
    assert_snapshot!(line(r#"{"id":"a","kind":"duty.opened:x","at":"2026-03-06T19:00:00Z"}"#), @"e.jsonl:1: the kind `duty.opened:x` begins like an event that the engine derives; no record may begin `duty.` or `signal.`");
}

#[test]
fn what_is_no_json_is_refused_with_its_place() {
    assert_snapshot!(line("\n\n[1]"), @r#"e.jsonl:3: the line is not a JSON object (write one event a line, `{"id":…}`)"#);
    assert_snapshot!(line("id,kind"), @r#"e.jsonl:1: the line is not a JSON object (write one event a line, `{"id":…}`)"#);
    assert_snapshot!(line(r#"{"id":"a","#), @"e.jsonl:1: the JSON ends too soon (is the file cut short? an event stands on one line)");
    assert_snapshot!(line(r#"{"id" "a"}"#), @"e.jsonl:1: not JSON: expected `:`, at column 7");
    assert_snapshot!(line(r#"{"id":"a"} {"id":"b"}"#), @"e.jsonl:1: not JSON: trailing characters, at column 12");
    assert_snapshot!(line(&format!(r#"{{"id":"a","kind":"k","at":"2026-03-06T19:00:00Z","attrs":{{"x":{}}}}}"#, "[".repeat(100_000))), @"e.jsonl:1: not JSON: expected value, at column 100063");
    assert_snapshot!(read("e.jsonl", b"{\"id\":\"\xff\"}"), @"e.jsonl:1: the line is not UTF-8 (save the file as UTF-8)");
}

#[test]
fn marks_blank_lines_and_missing_line_ends_are_tolerated() {
    let event = r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00Z"}"#;
    let other = event.replace("\"a\"", "\"b\"");
    assert_snapshot!(line(&format!("\u{feff}\r\n  \r\n{event}\r\n\n{other}")), @r#"
    {"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    {"id":"b","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    "#);
    assert_snapshot!(read("e.jsonl.gz", packed(format!("{event}\n{other}\n").as_bytes())), @r#"
    {"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    {"id":"b","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    "#);
    assert_snapshot!(read("no-name", format!("\n {event}")), @r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z"}"#);
    assert_snapshot!(read("empty.jsonl", ""), @"");
    assert_snapshot!(read("mystery", "hello"), @"mystery: the format cannot be told from the name, nor from how the text begins (give the file a name that ends in `.jsonl`, `.csv` or `.xes`, or in one of these and `.gz`)");
}

#[test]
fn an_id_stands_for_one_event() {
    let (a, b) = (
        r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00Z"}"#,
        r#"{"id":"b","kind":"k","at":"2026-03-06T19:00:00Z"}"#,
    );
    let other = r#"{"id":"b","kind":"k","at":"2026-03-06T19:00:00Z","note":"other"}"#;
    let twice =
        read_with(&[("1.jsonl", a.as_bytes()), ("2.jsonl", a.as_bytes())], Options::default()).unwrap();
    assert_eq!((twice.1.events, twice.1.repeated), (1, 1));
    let inputs = [("1.jsonl", a.as_bytes()), ("2.jsonl", b.as_bytes()), ("3.jsonl", other.as_bytes())];
    assert_snapshot!(read_with(&inputs, Options::default()).unwrap_err(), @"3.jsonl:1: `id`: `b` is the id of another event already, the 1st of `2.jsonl` (give one of the two another id; of events that differ in nothing one is kept)");
}

#[test]
fn a_source_stands_before_ids() {
    let event = r#"{"id":"a","kind":"k","at":"2026-03-06T19:00:00Z","corrects":"b"}"#;
    let options = Options { source: Some("crm"), ..Options::default() };
    assert_snapshot!(common::outcome(read_with(&[("1.jsonl", event.as_bytes())], options)), @r#"{"id":"crm:a","kind":"k","at":"2026-03-06T19:00:00.000Z","corrects":"crm:b"}"#);
}

#[test]
fn rejects_are_written_and_counted() {
    let events = "{\"id\":\"a\",\"kind\":\"k\",\"at\":\"2026-03-06T19:00:00Z\"}\nnonsense\n{\"id\":\"a\",\"kind\":\"l\",\"at\":\"2026-03-06T19:00:00Z\"}\n\n{\"id\":\"b\",\"kind\":\"k\",\"at\":\"today\"}\n{\"id\":\"c\",\"kind\":\"k\",\"at\":\"2026-03-06T19:00:00Z\"}\n";
    let (lines, rejects, summary) = read_rejecting(&[("e.jsonl", events.as_bytes())], None);
    assert_eq!((summary.events, summary.rejected), (2, 3));
    assert_snapshot!(lines, @r#"
    {"id":"a","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    {"id":"c","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    "#);
    assert_snapshot!(rejects, @r#"
    {"file":"e.jsonl","row":2,"reason":"the line is not a JSON object (write one event a line, `{\"id\":…}`)","raw":"nonsense"}
    {"file":"e.jsonl","row":3,"reason":"`id`: `a` is the id of another event already, the 1st of `e.jsonl` (give one of the two another id; of events that differ in nothing one is kept)","raw":"{\"id\":\"a\",\"kind\":\"l\",\"at\":\"2026-03-06T19:00:00Z\"}"}
    {"file":"e.jsonl","row":5,"reason":"`at`: `today` is not an instant (write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`)","raw":"{\"id\":\"b\",\"kind\":\"k\",\"at\":\"today\"}"}
    "#);
}

#[test]
fn files_that_cannot_be_read_say_so() {
    let cannot = |input: Input| read_log(&[input], Options::default()).unwrap_err().to_string();
    assert_snapshot!(cannot(Input::File("/nowhere/e.jsonl".into())), @"/nowhere/e.jsonl: there is no such file (is the path right?)");
    assert_snapshot!(cannot(Input::File("/tmp".into())), @"/tmp: this is a folder (name the files in it)");
}

#[test]
fn packed_data_that_is_damaged_stops_even_where_rejects_are_written() {
    let mut events = String::new();
    for number in 0..10_000 {
        events.push_str(&format!("{{\"id\":\"{number}\",\"kind\":\"k\",\"at\":\"2026-03-06T19:00:00Z\"}}\n"));
    }
    let whole = packed(events.as_bytes());
    let mut rejects = Vec::new();
    let options = Options { rejects: Some(&mut rejects), ..Options::default() };
    let error = read_with(&[("e.jsonl.gz", &whole[..whole.len() / 2])], options).unwrap_err().to_string();
    assert_snapshot!(error.replace(|char: char| char.is_ascii_digit(), ""), @"e.jsonl.gz:: the file ends in the middle of its gzip data (copy or download it again; it was cut short)");
    let mut damaged = whole;
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0xff);
    let error = read_with(&[("e.jsonl.gz", &damaged)], Options::default()).unwrap_err().to_string();
    assert!(error.contains("the gzip data is damaged"), "{error}");
}

#[test]
fn a_line_of_a_gigabyte_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.jsonl");
    let mut file = std::fs::File::create(&path).unwrap();
    std::io::copy(&mut std::io::repeat(b'x').take(1 << 30), &mut file).unwrap();
    let mut rejects = Vec::new();
    let options = Options { rejects: Some(&mut rejects), ..Options::default() };
    let error = read_log(&[Input::File(path)], options).unwrap_err().to_string();
    assert_snapshot!(error.replace(&folder.path().display().to_string(), "…"), @"…/long.jsonl:1: one value or row is longer than 16 MiB (is a quote or a line end missing? no real record is that long)");
}

#[test]
fn progress_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("e.jsonl");
    let mut events = String::new();
    for number in 0..50_000 {
        events.push_str(&format!("{{\"id\":\"{number}\",\"kind\":\"k\",\"at\":\"2026-03-06T19:00:00Z\"}}\n"));
    }
    std::fs::write(&path, &events).unwrap();
    let mut told = Vec::new();
    let mut progress = |progress: exchange::Progress| told.push((progress.bytes, progress.total));
    let options = Options { progress: Some(&mut progress), ..Options::default() };
    read_log(&[Input::File(path)], options).unwrap();
    let length = events.len() as u64;
    assert_eq!(told.last(), Some(&(length, Some(length))));
    assert!(told.len() > 1 && told.is_sorted());
}
