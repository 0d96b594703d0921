//! Tables: what is read by which mapping, and what is refused with which words.

#![allow(clippy::unwrap_used, reason = "these are tests, and clippy sees only those marked so")]

mod common;

use common::{packed, read, read_mapped, read_rejecting};
use exchange::{CSV_HEADER, Mapping};
use insta::assert_snapshot;

const MAPPING: &str = r#"
delimiter = ";"
encoding  = "windows-1252"
zone      = "Europe/London"
id        = "crm-{ROWID}"
stream    = "case:{CASE_NO}"
kind      = { column = "EVENT", values = { MISPER = "missing.reported", RTN = "missing.found" } }
at        = { column = "WHEN", format = "%d/%m/%Y %H:%M" }
recorded_at = "{KNOWN}"
recorded_by = "officer:{WHO}"
links     = { child = "person:{CHILD_REF}", place = ["place:{ADDRESS_ID}", "place:{OTHER ADDRESS}"] }
attrs     = { age = { column = "AGE", type = "integer" }, tags = { column = "TAGS", type = "texts", separator = "|" }, repeat = { column = "AGAIN", type = "boolean", values = { Y = true, N = false } }, source = "crm" }
note      = "{FREE_TEXT}"
"#;

const HEADER: &str =
    "ROWID;CASE_NO;EVENT;WHEN;KNOWN;WHO;CHILD_REF;ADDRESS_ID;OTHER ADDRESS;AGE;TAGS;AGAIN;FREE_TEXT\r\n";

fn rows(rows: &str) -> String {
    let latin: Vec<u8> = format!("{HEADER}{rows}")
        .chars()
        .map(|char| if char == '’' { 0x92 } else { char as u32 as u8 })
        .collect();
    read_mapped(MAPPING, latin)
}

/// One row whose mapping is this and whose only cell is this.
fn cell(field: &str, cell: &str) -> String {
    let mapping = format!("id = \"x\"\nkind = \"k\"\nat = \"2026-03-06T19:00:00Z\"\n{field}");
    read_mapped(&mapping, format!("A,B\n\"{cell}\",x\n"))
}

/// The same where the cell is the time.
fn time(at: &str, cell: &str) -> String {
    read_mapped(&format!("id = \"x\"\nkind = \"k\"\n{at}"), format!("A,B\n\"{cell}\",x\n"))
}

#[test]
fn a_table_is_read_by_its_mapping() {
    assert_snapshot!(rows("7;c1;MISPER;06/07/2026 19:00;2026-07-07T08:00:00Z;9;p1;a1;a2;14;x| y ||;Y;\"the child’s\r\n\"\"caf\u{e9}\"\"; note\"\r\n8;;RTN;06/03/2026 19:00;;;;;;;;;\r\n"), @r#"
    {"id":"crm-7","stream":"case:c1","kind":"missing.reported","at":"2026-07-06T18:00:00.000Z","recorded_at":"2026-07-07T08:00:00.000Z","recorded_by":"officer:9","links":{"child":["person:p1"],"place":["place:a1","place:a2"]},"attrs":{"age":14,"repeat":true,"source":"crm","tags":["x","y"]},"note":"the child’s\r\n\"café\"; note"}
    {"id":"crm-8","kind":"missing.found","at":"2026-03-06T19:00:00.000Z","attrs":{"source":"crm"}}
    "#);
}

#[test]
fn rows_that_do_not_fit_say_what_is_wrong() {
    assert_snapshot!(rows("7;c1;MISPER\r\n"), @"t.csv:2: the row has 3 cells, the header 13 (is the delimiter right, and is text that contains it in quotes?)");
    assert_snapshot!(rows("7;c1;MISSPER;06/07/2026 19:00;;;;;;;;;\r\n"), @"t.csv:2: `kind`: `MISSPER` is none of the values that the mapping knows (did you mean `MISPER`?)");
    assert_snapshot!(rows("7;c1;OTHER;06/07/2026 19:00;;;;;;;;;\r\n"), @"t.csv:2: `kind`: `OTHER` is none of the values that the mapping knows (add it to `values` of `kind` in the mapping)");
    assert_snapshot!(rows("7;c1;;06/07/2026 19:00;;;;;;;;;\r\n"), @"t.csv:2: `kind`: the cells that it is made of are empty (every event needs an id, a kind and a time)");
    assert_snapshot!(rows(";c1;RTN;06/07/2026 19:00;;;;;;;;;\r\n"), @"t.csv:2: `id`: the cells that it is made of are empty (every event needs an id, a kind and a time)");
    assert_snapshot!(rows("7;c1;RTN;2026-07-06;;;;;;;;;\r\n"), @"t.csv:2: `at`: `2026-07-06` is no time of the form `%d/%m/%Y %H:%M`");
    assert_snapshot!(rows("7;c1;RTN;31/02/2026 19:00;;;;;;;;;\r\n"), @"t.csv:2: `at`: `31/02/2026 19:00` is no date that there is");
    assert_snapshot!(rows("7;c1;RTN;29/03/2026 01:30;;;;;;;;;\r\n"), @"t.csv:2: `at`: `29/03/2026 01:30` does not exist in Europe/London, whose clocks went forward over it (correct it, or write it with an offset such as `+01:00`)");
    assert_snapshot!(rows("7;c1;RTN;25/10/2026 01:30;;;;;;;;;\r\n"), @"t.csv:2: `at`: `25/10/2026 01:30` happened twice in Europe/London, whose clocks went back over it (write it with an offset such as `+01:00`)");
    assert_snapshot!(rows("7;c1;RTN;06/07/2026 19:00;;;;;;14.5;;;\r\n"), @"t.csv:2: `attrs.age`: `14.5` is no whole number of 64 bits");
    assert_snapshot!(rows("7;c1;RTN;06/07/2026 19:00;;;;;;;;X;\r\n"), @"t.csv:2: `attrs.repeat`: `X` is none of the values that the mapping knows (add it to `values` of `attrs.repeat` in the mapping)");
    assert_snapshot!(rows("7;c1;RTN;06/07/2026 19:00;;;;;;;;;\"note\r\n8;c1;RTN;06/07/2026 19:00;;;;;;;;;\r\n"), @"t.csv:2: a quote is opened and never closed (close it, and write a quote inside quotes twice)");
    assert_snapshot!(read_mapped("id = \"{A}\"\nkind = \"k\"\nat = \"{B}\"", b"A,B\n\xff,2026-03-06T19:00:00Z\n"), @r#"t.csv:2: the row is not UTF-8 (say in the mapping what it is, such as `encoding = "windows-1252"`)"#);
}

#[test]
fn times_are_read_in_many_forms() {
    let zone = "zone = \"Europe/London\"\n";
    assert_snapshot!(time("at = \"{A}\"", "2026-07-06T19:00:00+02:00"), @r#"{"id":"x","kind":"k","at":"2026-07-06T17:00:00.000Z"}"#);
    assert_snapshot!(time(&format!("{zone}at = \"{{A}}\""), "2026-07-06 19:00"), @r#"{"id":"x","kind":"k","at":"2026-07-06T18:00:00.000Z"}"#);
    assert_snapshot!(time(&format!("{zone}at = {{ column = \"A\", format = \"%d %b %Y\" }}"), "6 Jul 2026"), @r#"{"id":"x","kind":"k","at":"2026-07-05T23:00:00.000Z"}"#);
    assert_snapshot!(time(&format!("{zone}at = {{ text = \"{{A}}/2026\", format = \"%d/%m/%Y\" }}"), "6/7"), @r#"{"id":"x","kind":"k","at":"2026-07-05T23:00:00.000Z"}"#);
    assert_snapshot!(time("at = { column = \"A\", format = \"%Y-%m-%dT%H:%M:%S%.f%z\" }", "2026-07-06T19:00:00.1239-0500"), @r#"{"id":"x","kind":"k","at":"2026-07-07T00:00:00.123Z"}"#);
    assert_snapshot!(time("at = { column = \"A\", format = \"%s\" }", "1772823600"), @r#"{"id":"x","kind":"k","at":"2026-03-06T19:00:00.000Z"}"#);
    assert_snapshot!(time("at = \"{A}\"", "2026-07-06 19:00"), @r#"t.csv:2: `at`: `2026-07-06 19:00` is a time without an offset from UTC (give the mapping the zone that it is in, `zone = "Europe/London"`)"#);
    assert_snapshot!(time("at = { column = \"A\", format = \"%d/%m/%Y\" }", "06/07/2026"), @r#"t.csv:2: `at`: `06/07/2026` is a time without an offset from UTC (give the mapping the zone that it is in, `zone = "Europe/London"`)"#);
    assert_snapshot!(time("at = \"{A}\"", "06/07/2026"), @r#"t.csv:2: `at`: `06/07/2026` is no time as ISO 8601 writes it (say how it is written, `{ column = "…", format = "%d/%m/%Y %H:%M" }`)"#);
}

#[test]
fn attributes_are_typed_and_empty_cells_left_out() {
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"decimal\" } }", "7"), @r#"{"id":"x","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":7.0}}"#);
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"instant\" } }", "2026-07-06T19:00:00Z"), @r#"{"id":"x","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"x":{"instant":"2026-07-06T19:00:00.000Z"}}}"#);
    assert_snapshot!(cell("attrs = { x = \"{A}\" }\nnote = \"-{A}-\"", " "), @r#"{"id":"x","kind":"k","at":"2026-03-06T19:00:00.000Z"}"#);
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"decimal\" } }", "1e400"), @"t.csv:2: `attrs.x`: `1e400` is no number");
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"boolean\" } }", "Y"), @r#"t.csv:2: `attrs.x`: `Y` is neither `true` nor `false` (say what stands for them, `values = { Y = "true", N = "false" }`)"#);
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"integer\" } }", "9223372036854775808"), @"t.csv:2: `attrs.x`: `9223372036854775808` is no whole number of 64 bits");
}

#[test]
fn a_wrong_mapping_says_where() {
    assert_snapshot!(cell("nots = \"{A}\"", ""), @"m.toml:4:1: a mapping has no `nots` (did you mean `note`?)");
    assert_snapshot!(cell("colour = \"{A}\"", ""), @"m.toml:4:1: a mapping has no `colour` (what is not a field of every event stands in `attrs`)");
    assert_snapshot!(cell("note = \"{a}\"", ""), @"m.toml:4:8: the table has no column `a` (did you mean `A`?)");
    assert_snapshot!(cell("note = \"{NOTES}\"", ""), @"m.toml:4:8: the table has no column `NOTES` (its columns are `A`, `B`)");
    assert_snapshot!(cell("note = \"{A\"", ""), @"m.toml:4:8: `{A` opens a brace that is not closed (write `{COLUMN}`, and a brace itself as `{{` or `}}`)");
    assert_snapshot!(cell("note = 7", ""), @r#"m.toml:4:8: `note` is neither a text nor a table (write `"{COLUMN}"` or `{ column = "COLUMN" }`)"#);
    assert_snapshot!(cell("note = { colum = \"A\" }", ""), @"m.toml:4:10: a field has no `colum` (did you mean `column`?)");
    assert_snapshot!(cell("note = { values = { a = \"b\" } }", ""), @r#"m.toml:4:8: `note` has no `column` or `text` (write one, `column = "COLUMN"` or `text = "{COLUMN} {OTHER}"`)"#);
    assert_snapshot!(cell("note = { column = \"A\", text = \"{A}\" }", ""), @r#"m.toml:4:8: `note` has more than one `column` or `text` (write one, `column = "COLUMN"` or `text = "{COLUMN} {OTHER}"`)"#);
    assert_snapshot!(cell("note = { column = \"A\", type = \"integer\" }", ""), @"m.toml:4:31: the type of `note` is fixed (leave `type` out; only attributes have one)");
    assert_snapshot!(cell("note = { column = \"A\", format = \"%Y\" }", ""), @"m.toml:4:33: `%Y` is no form of a date: a month/day, day-of-year or week date must be present to create a date, but none were found (write one such as `%d/%m/%Y %H:%M` or `%Y-%m-%dT%H:%M:%S%z`)");
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"int\" } }", ""), @"m.toml:4:38: `int` is no type (the types are `text`, `integer`, `decimal`, `boolean`, `instant`, `texts`)");
    assert_snapshot!(cell("attrs = { x = { column = \"A\", type = \"texts\" } }", ""), @r#"m.toml:4:26: `attrs.x` has no `separator` (a list of texts has both `type = "texts"` and `separator = ";"`)"#);
    assert_snapshot!(cell("attrs = \"{A}\"", ""), @r#"m.toml:4:9: `attrs` is no table (write `attrs = { name = "…" }`)"#);
    assert_snapshot!(cell("links = { a = [7] }", ""), @r#"m.toml:4:16: `links.a` is neither a text nor a table (write `"{COLUMN}"` or `{ column = "COLUMN" }`)"#);
    assert_snapshot!(cell("zone = \"Europe/Londres\"", ""), @"m.toml:4:8: `Europe/Londres` is not a time zone; write an IANA name such as `Europe/London`");
    assert_snapshot!(cell("encoding = \"klingon\"", ""), @"m.toml:4:12: `klingon` is no encoding that is known (write a name such as `utf-8`, `windows-1252` or `utf-16le`)");
    assert_snapshot!(cell("delimiter = \";;\"", ""), @r#"m.toml:4:13: `;;` is no delimiter (write one character, such as `;` or `\t`)"#);
    assert_snapshot!(cell("note = ", ""), @"m.toml:4:8: not TOML: string values must be quoted, expected literal string");
    assert_snapshot!(cell("note = \"{A}\"\nnote = \"{B}\"", ""), @"m.toml:5:1: not TOML: duplicate key");
    assert_snapshot!(time("at = { column = \"A\", format = \"%H:%M\" }", ""), @"m.toml:3:31: `%H:%M` is no form of a date: year required to parse date (write one such as `%d/%m/%Y %H:%M` or `%Y-%m-%dT%H:%M:%S%z`)");
    assert_snapshot!(time("at = { column = \"A\", format = \"%d/%K\" }", ""), @"m.toml:3:31: `%d/%K` is no form of a date: strftime formatting failed: found unrecognized specifier directive `K` (write one such as `%d/%m/%Y %H:%M` or `%Y-%m-%dT%H:%M:%S%z`)");
    assert_snapshot!(time("", ""), @r#"m.toml:1:1: the mapping has no `at` (every event has one; add `at = "{COLUMN}"`)"#);
    assert_snapshot!(read_mapped("id = \"{A}\"\nkind = \"k\"\nat = \"{B}\"", "A,B,A\n"), @"m.toml:1:6: the table has two columns named `A` (rename one of them in the table)");
    assert_snapshot!(Mapping::open(std::path::Path::new("/nowhere/m.toml")).unwrap_err(), @"/nowhere/m.toml: the mapping cannot be read: No such file or directory (os error 2) (is the path right?)");
}

#[test]
fn a_table_without_a_mapping_is_refused_unless_it_is_our_own() {
    assert_snapshot!(read("t.csv", "ROWID,EVENT\n1,x\n"), @"t.csv:1: a table needs a mapping, which says what its columns mean (write one and give it as `--mapping FILE`; the columns are `ROWID`, `EVENT`)");
    assert_snapshot!(read("t.csv", ""), @"t.csv: the table is empty (its first row names its columns)");
    let own = format!(
        "{CSV_HEADER}\na,case:1,k,2026-03-06T19:00:00Z,,,police,\"{{\"\"child\"\":[\"\"person:1\"\"]}}\",\"{{\"\"x\"\":1.5}}\",\"\"\"=1\"\"\",\n"
    );
    assert_snapshot!(read("t.csv.gz", packed(own.as_bytes())), @r#"{"id":"a","stream":"case:1","kind":"k","at":"2026-03-06T19:00:00.000Z","agency":"police","links":{"child":["person:1"]},"attrs":{"x":1.5},"note":"=1"}"#);
    assert_snapshot!(read("t.csv", format!("{CSV_HEADER}\na,,k,2026-03-06T19:00:00,,,,,,,\n")), @"t.csv:2: `at`: `2026-03-06T19:00:00` has no offset from UTC (add `Z`, or one such as `+01:00`)");
    assert_snapshot!(read("t.csv", format!("{CSV_HEADER}\na,,k,,,,,,,,\n")), @"t.csv:2: `at`: the event has no `at`");
    assert_snapshot!(read("t.csv", format!("{CSV_HEADER}\na,,k,2026-03-06T19:00:00Z,,,,child,,,\n")), @r#"t.csv:2: `links`: `child` is not an object (write `{"name": …}`)"#);
    assert_snapshot!(read("t.csv", format!("{CSV_HEADER}\na,,k,2026-03-06T19:00:00Z,,,\"\"\"x\",,,,\n")), @"t.csv:2: `agency`: not JSON: it ends while parsing a string");
}

#[test]
fn rejected_rows_stand_as_in_the_file() {
    let table = "A,B\n\n1,2026-03-06T19:00:00Z\n2,\"to\nday\"\n3\n4,2026-03-06T19:00:00Z";
    let mapping = Mapping::parse("m.toml", "id = \"{A}\"\nkind = \"k\"\nat = \"{B}\"").unwrap();
    let (lines, rejects, summary) = read_rejecting(&[("t.csv", table.as_bytes())], Some(&mapping));
    assert_eq!((summary.events, summary.rejected), (2, 2));
    assert_snapshot!(lines, @r#"
    {"id":"1","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    {"id":"4","kind":"k","at":"2026-03-06T19:00:00.000Z"}
    "#);
    assert_snapshot!(rejects, @r#"
    {"file":"t.csv","row":4,"reason":"`at`: `to\\nday` is no time as ISO 8601 writes it (say how it is written, `{ column = \"…\", format = \"%d/%m/%Y %H:%M\" }`)","raw":"2,\"to\nday\""}
    {"file":"t.csv","row":6,"reason":"the row has 1 cell, the header 2 (is the delimiter right, and is text that contains it in quotes?)","raw":"3"}
    "#);
}

#[test]
fn a_cell_without_end_is_refused() {
    let mut table = String::from("A,B\n1,\"");
    table.push_str(&"x".repeat(17 << 20));
    assert_snapshot!(read_mapped("id = \"{A}\"\nkind = \"k\"\nat = \"{B}\"", table), @"t.csv:2: one value or row is longer than 16 MiB (is a quote or a line end missing? no real record is that long)");
}

#[test]
fn a_long_table_is_read_with_its_lines() {
    let mut table = String::from("A,B\n");
    for number in 0..100_000 {
        table.push_str(&format!("{number},2026-03-06T19:00:00Z\n"));
    }
    table.push_str("last,today\n");
    assert_snapshot!(read_mapped("id = \"{A}\"\nkind = \"k\"\nat = \"{B}\"", table), @r#"t.csv:100002: `at`: `today` is no time as ISO 8601 writes it (say how it is written, `{ column = "…", format = "%d/%m/%Y %H:%M" }`)"#);
}
