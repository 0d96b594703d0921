//! An import of an export has the same canonical lines in the same order, in every format, for whatever events.

#![allow(clippy::unwrap_used, reason = "these are tests, and clippy sees only those marked so")]

use std::collections::{BTreeMap, BTreeSet};

use engine::log::Log;
use engine::record::{Event, Value};
use engine::time::Instant;
use exchange::{Format, Input, Options, read_log, write};
use proptest::prelude::*;

/// Texts that break readers: of every format's own signs, of spaces, of characters that XML has not.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,6}",
        2 => prop::collection::vec(
            prop::sample::select(vec![
                "\"", "'", "<", ">", "&", "&lt;", "]]>", "{", "}", "[", "]", ",", ";", "\n", "\r", "\r\n", "\t", " ", "\\",
                "\u{0}", "\u{1}", "\u{b}", "\u{7f}", "\u{85}", "\u{2028}", "\u{feff}", "\u{fffe}", "\u{ffff}", "é", "𝒳",
                "=", "+", "-", "@", "#", "#1", ":", "case:", "null", "true", "1e400", "[\"a\"]", ".", "a",
            ]),
            0..6,
        )
        .prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
}

fn filled() -> impl Strategy<Value = String> {
    nasty().prop_filter("not empty", |text| !text.is_empty())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        nasty(),
        prop::sample::select(vec![
            "concept:name",
            "time:timestamp",
            "wakeful:id",
            "wakeful:event",
            "wakeful:",
            "wakeful:attr:x",
            "trace.x",
            "trace.",
            "a.b",
            "org:resource",
            "key",
            "value",
            "",
        ])
        .prop_map(str::to_owned),
    ]
}

fn instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        (Instant::MIN.ms()..=Instant::MAX.ms()).prop_map(Instant::saturating),
        (0_i64..3).prop_map(Instant::saturating),
        Just(Instant::MIN),
        Just(Instant::MAX),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        nasty().prop_map(Value::Text),
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::Decimal),
        prop::sample::select(vec![-0.0, 0.0, 1.0, 1e300, 5e-324, f64::MAX, 0.1]).prop_map(Value::Decimal),
        any::<bool>().prop_map(Value::Boolean),
        instant().prop_map(Value::Instant),
        prop::collection::vec(nasty(), 0..4).prop_map(Value::Texts),
    ]
}

fn stream() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[ab]".prop_map(|name| format!("case:{name}")),
        2 => prop::sample::select(vec!["", "case:", "person:a", "case:person:a", "case:(no stream)", "case:a (2)", "a", "case:\u{1}"])
            .prop_map(str::to_owned),
        1 => nasty(),
    ]
}

fn links() -> impl Strategy<Value = BTreeMap<String, BTreeSet<String>>> {
    prop::collection::btree_map(filled(), prop::collection::btree_set(filled(), 1..3), 0..3)
}

prop_compose! {
    fn event()(
        (id, stream, kind) in (prop_oneof![filled(), "[ab]#[1-4]"], stream(), filled()),
        at in instant(),
        recorded_at in prop::option::of(instant()),
        (recorded_by, agency) in (prop::option::of(nasty()), prop::option::of(nasty())),
        links in links(),
        attrs in prop::collection::btree_map(name(), value(), 0..4),
        (note, corrects) in (prop::option::of(nasty()), prop::option::of(nasty())),
    ) -> Event {
        Event { id, stream, kind, at, recorded_at: recorded_at.unwrap_or(at), recorded_by, agency, links, attrs, note, corrects }
    }
}

fn log() -> impl Strategy<Value = Log> {
    prop::collection::vec(event(), 0..12).prop_filter_map("the log refuses it", |mut events| {
        let mut ids = BTreeSet::new();
        events.retain(|event| ids.insert(event.id.clone()));
        Log::from_events(&events).ok()
    })
}

fn lines(log: &Log) -> Vec<String> {
    (0..log.len()).map(|row| log.event(row as u32).canonical_line()).collect()
}

fn back(log: &Log, format: Format, packed: bool, name: &str) -> Result<Vec<String>, TestCaseError> {
    let mut bytes = Vec::new();
    write(log, format, packed, &mut bytes).unwrap();
    let shown = String::from_utf8_lossy(&bytes).into_owned();
    let input = Input::Bytes(name.to_owned(), bytes);
    match read_log(&[input], Options::default()) {
        Ok((back, _)) => Ok(lines(&back)),
        Err(error) => Err(TestCaseError::fail(format!("{error}\n{shown}"))),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn json_lines_come_back_in_order(log in log()) {
        prop_assert_eq!(back(&log, Format::JsonLines, false, "x.jsonl")?, lines(&log));
    }

    #[test]
    fn tables_come_back_in_order(log in log()) {
        prop_assert_eq!(back(&log, Format::Csv, false, "x.csv")?, lines(&log));
    }

    #[test]
    fn xes_comes_back_in_order(log in log()) {
        prop_assert_eq!(back(&log, Format::Xes, false, "x.xes")?, lines(&log));
    }

    #[test]
    fn packed_files_come_back(log in log()) {
        prop_assert_eq!(back(&log, Format::JsonLines, true, "x.jsonl.gz")?, lines(&log));
        prop_assert_eq!(back(&log, Format::Csv, true, "unnamed")?, lines(&log), "told by how it begins");
        prop_assert_eq!(back(&log, Format::Xes, true, "x.xes.gz")?, lines(&log));
    }
}
