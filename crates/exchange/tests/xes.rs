//! XES: what is read, and what is refused with which words.

#![allow(clippy::unwrap_used, reason = "these are tests, and clippy sees only those marked so")]

mod common;

use std::collections::BTreeMap;

use common::{packed, read, read_rejecting, read_with, root};
use exchange::{Format, Input, Options, read_log, write};
use insta::assert_snapshot;

/// A log with one trace that holds this.
fn trace(inside: &str) -> String {
    read(
        "l.xes",
        format!("<log>\n<trace>\n<string key=\"concept:name\" value=\"t\"/>\n{inside}\n</trace>\n</log>"),
    )
}

/// The same with one event that holds this.
fn event(inside: &str) -> String {
    trace(&format!(
        "<event><string key=\"concept:name\" value=\"k\"/><date key=\"time:timestamp\" value=\"2026-03-06T20:00:00+01:00\"/>{inside}</event>"
    ))
}

#[test]
fn attributes_keep_their_types() {
    let typed = r#"<string key="s" value="&lt;a&#233;&#10;b
c"/><int key="i" value=" -7 "/><float key="f" value="1E2"/><boolean key="b" value="true"/><date key="d" value="2026-03-06T20:00:00.5Z"/><id key="u" value="x-1"/>"#;
    assert_snapshot!(event(typed), @r#"{"id":"t#1","stream":"case:t","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"b":true,"d":{"instant":"2026-03-06T20:00:00.500Z"},"f":100.0,"i":-7,"s":"<aé\nb c","u":"x-1"}}"#);
}

#[test]
fn nested_attributes_are_flattened() {
    let nested = r#"<list key="l"><values><string key="a" value="1"/><string key="a" value="2"/><string key="" value="3"/></values></list>
        <container key="c"><string key="x" value="4"/><container key="y"><int key="z" value="5"/></container></container>
        <int key="n" value="6"><string key="of" value="7"/></int>"#;
    assert_snapshot!(event(nested), @r#"{"id":"t#1","stream":"case:t","kind":"k","at":"2026-03-06T19:00:00.000Z","attrs":{"c.x":"4","c.y.z":5,"l.3":"3","l.a":"1","l.a.2":"2","n":6,"n.of":"7"}}"#);
}

#[test]
fn the_traces_attributes_stand_on_its_events_wherever_they_come() {
    let inside = r#"<event><string key="concept:name" value="k"/><date key="time:timestamp" value="2026-03-06T20:00:00Z"/></event>
        <int key="article" value="157"><string key="note" value="n"/></int>"#;
    assert_snapshot!(trace(inside), @r#"{"id":"t#1","stream":"case:t","kind":"k","at":"2026-03-06T20:00:00.000Z","attrs":{"trace.article":157,"trace.article.note":"n"}}"#);
}

#[test]
fn prefixes_encodings_and_other_elements_are_tolerated() {
    let log = "<?xml version='1.0' encoding='ISO-8859-1'?>\n<!-- c --><x:log xmlns:x='http://www.xes-standard.org/'><x:extension name='Concept'/><x:global scope='event'><x:string key='concept:name' value='none'/></x:global>
<x:trace><x:string key='concept:name' value='caf\u{e9}'/><x:event><x:string key='concept:name' value='k'></x:string><x:date key='time:timestamp' value='2026-03-06T20:00:00Z'/></x:event></x:trace></x:log>";
    let latin: Vec<u8> = log.chars().map(|char| char as u32 as u8).collect();
    assert_snapshot!(read("l.xes", latin), @r#"{"id":"café#1","stream":"case:café","kind":"k","at":"2026-03-06T20:00:00.000Z"}"#);
    let utf16: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(log.replace("ISO-8859-1", "UTF-16").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_snapshot!(read("l.xes", utf16), @r#"{"id":"café#1","stream":"case:café","kind":"k","at":"2026-03-06T20:00:00.000Z"}"#);
    assert_snapshot!(read("l.xes", "<?xml version='1.0' encoding='klingon'?><log/>"), @"l.xes: `klingon` is an unknown encoding (save the file as UTF-8)");
    assert_snapshot!(read("l.xes", "\u{feff}<log/>"), @"");
}

#[test]
fn what_is_native_is_read_back() {
    let native = r#"<string key="wakeful:id" value="x"/><string key="wakeful:stream" value=""/><date key="wakeful:recorded_at" value="2026-03-07T20:00:00Z"/>
        <string key="wakeful:recorded_by" value="officer:1"/><string key="wakeful:agency" value="police"/><string key="wakeful:note" value="n"/><string key="wakeful:corrects" value="y"/>
        <string key="wakeful:link:child" value="person:1"/><string key="wakeful:link:officer" value="[&quot;officer:2&quot;,&quot;officer:1&quot;]"/><string key="wakeful:attr:invited" value="[&quot;police&quot;]"/>"#;
    assert_snapshot!(event(native), @r#"{"id":"x","kind":"k","at":"2026-03-06T19:00:00.000Z","recorded_at":"2026-03-07T20:00:00.000Z","recorded_by":"officer:1","agency":"police","links":{"child":["person:1"],"officer":["officer:1","officer:2"]},"attrs":{"invited":["police"]},"note":"n","corrects":"y"}"#);
    assert_snapshot!(event(r#"<string key="wakeful:agncy" value="police"/>"#), @"l.xes:4: `wakeful:agncy`: an event has no such field (did you mean `agency`?)");
    assert_snapshot!(event(r#"<string key="wakeful:colour" value="red"/>"#), @"l.xes:4: `wakeful:colour`: an event has no such field (names that begin `wakeful:` are an event's fields; give the attribute another name)");
    assert_snapshot!(event(r#"<int key="wakeful:note" value="7"/>"#), @"l.xes:4: `wakeful:note`: this is no string (write it as a `string` attribute)");
    assert_snapshot!(event(r#"<string key="wakeful:attr:x" value="nonsense"/>"#), @"l.xes:4: `wakeful:attr:x`: `nonsense` is not JSON");
    assert_snapshot!(event(r#"<string key="wakeful:note" value="a"/><string key="wakeful:note" value="b"/>"#), @"l.xes:4: `wakeful:note`: the attribute is given twice");
    assert_snapshot!(event(r#"<string key="wakeful:event" value="{}"/>"#), @"l.xes:4: `id`: the event has no `id`");
    assert_snapshot!(trace(r#"<string key="wakeful:agency" value="police"/><event/>"#), @"l.xes:2: `wakeful:agency`: a trace has no such attribute (names that begin `wakeful:` belong on events)");
}

#[test]
fn bad_rows_say_what_is_wrong() {
    assert_snapshot!(trace(r#"<event><date key="time:timestamp" value="2026-03-06T20:00:00Z"/></event>"#), @"l.xes:4: `concept:name`: the event has no name (give each event a string attribute `concept:name`)");
    assert_snapshot!(trace(r#"<event><string key="concept:name" value=""/><date key="time:timestamp" value="2026-03-06T20:00:00Z"/></event>"#), @"l.xes:4: `concept:name`: the event has no name (give each event a string attribute `concept:name`)");
    assert_snapshot!(trace(r#"<event><string key="concept:name" value="k"/></event>"#), @"l.xes:4: `time:timestamp`: the event has no time (give each event a date attribute `time:timestamp`)");
    assert_snapshot!(trace(r#"<event><string key="concept:name" value="k"/><date key="time:timestamp" value="2026-03-06T20:00:00"/></event>"#), @"l.xes:4: `time:timestamp`: `2026-03-06T20:00:00` has no offset from UTC (add `Z`, or one such as `+01:00`)");
    assert_snapshot!(trace(r#"<event><string key="concept:name" value="k"/><date key="time:timestamp" value="9999-12-31T23:59:59-02:00"/></event>"#), @"l.xes:4: `time:timestamp`: `9999-12-31T23:59:59-02:00` lies outside the years 0000 to 9999");
    assert_snapshot!(event(r#"<string key="concept:name" value="l"/>"#), @"l.xes:4: `concept:name`: the event has two names");
    assert_snapshot!(event(r#"<int key="x" value="9223372036854775808"/>"#), @"l.xes:4: `x`: `9223372036854775808` is too large for an integer of 64 bits (write it as a string, or as a float)");
    assert_snapshot!(event(r#"<int key="x" value="seven"/>"#), @"l.xes:4: `x`: `seven` is no integer");
    assert_snapshot!(event(r#"<float key="x" value="NaN"/>"#), @"l.xes:4: `x`: `NaN` is no finite number (leave the attribute out, or write it as a string)");
    assert_snapshot!(event(r#"<float key="x" value="1e400"/>"#), @"l.xes:4: `x`: `1e400` is no finite number (leave the attribute out, or write it as a string)");
    assert_snapshot!(event(r#"<boolean key="x" value="yes"/>"#), @"l.xes:4: `x`: `yes` is neither `true` nor `false`");
    assert_snapshot!(event(r#"<date key="x" value="yesterday"/>"#), @"l.xes:4: `x`: `yesterday` is not an instant (write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`)");
    assert_snapshot!(event(r#"<strng key="x" value="y"/>"#), @"l.xes:4: `x`: `strng` is no type of an XES attribute (did you mean `string`?)");
    assert_snapshot!(event(r#"<string value="y"/>"#), @"l.xes:4: a `string` attribute has no `key`");
    assert_snapshot!(event(r#"<string key="x"/>"#), @"l.xes:4: `x`: the `string` attribute has no `value`");
    assert_snapshot!(event(r#"<string key="x" value="1"/><string key="x" value="2"/>"#), @"l.xes:4: `x`: the attribute is given twice");
    assert_snapshot!(read("l.xes", "<log><event/></log>"), @"l.xes:1: the event stands outside a trace, so it belongs to no case (put it into a trace)");
    assert_snapshot!(read("l.xes", "<log><trace><event/></trace></log>"), @"l.xes:1: `concept:name`: the trace has no name, so its events belong to no case (give each trace a string attribute `concept:name`)");
    assert_snapshot!(read("l.xes", "<log>\n\n<trace><string key='concept:name' value=''/></trace></log>"), @"l.xes:3: `concept:name`: the trace has no name, so its events belong to no case (give each trace a string attribute `concept:name`)");
}

#[test]
fn two_traces_of_one_name_are_refused_with_both_places() {
    let event = "<event><string key='concept:name' value='k'/><date key='time:timestamp' value='2026-03-06T20:00:00Z'/></event>";
    let log = format!(
        "<log>\n<trace>\n<string key='concept:name' value='t'/>{event}</trace>\n\n<trace>\n{event}\n<string key='concept:name' value='t'/>\n{event}</trace></log>"
    );
    assert_snapshot!(read("l.xes", &log), @"l.xes:5: `concept:name`: two traces are named `t`: one on line 2, one on line 5 (give them two names, or join them if they are one case)");
    let (lines, rejects, summary) = read_rejecting(&[("l.xes", log.as_bytes())], None);
    assert_eq!((summary.events, summary.rejected), (1, 2));
    assert_snapshot!(lines, @r#"{"id":"t#1","stream":"case:t","kind":"k","at":"2026-03-06T20:00:00.000Z"}"#);
    assert_snapshot!(rejects, @r#"
    {"file":"l.xes","row":6,"reason":"`concept:name`: two traces are named `t`: one on line 2, one on line 5 (give them two names, or join them if they are one case)","raw":"<event><string key='concept:name' value='k'/><date key='time:timestamp' value='2026-03-06T20:00:00Z'/></event>"}
    {"file":"l.xes","row":8,"reason":"`concept:name`: two traces are named `t`: one on line 2, one on line 5 (give them two names, or join them if they are one case)","raw":"<event><string key='concept:name' value='k'/><date key='time:timestamp' value='2026-03-06T20:00:00Z'/></event>"}
    "#);
}

#[test]
fn rejected_events_do_not_change_the_ids_of_others() {
    let good = "<event><string key='concept:name' value='k'/><date key='time:timestamp' value='2026-03-06T20:00:00Z'/></event>";
    let log = format!(
        "<log><trace><string key='concept:name' value='t'/>{good}<event><string key='concept:name' value='&lt;k>'/>\n <!-- c --><int key='x' value='y'><id key='z' value='1'></id></int></event>{good}</trace></log>"
    );
    let (lines, rejects, _) = read_rejecting(&[("l.xes", log.as_bytes())], None);
    assert_snapshot!(lines, @r#"
    {"id":"t#1","stream":"case:t","kind":"k","at":"2026-03-06T20:00:00.000Z"}
    {"id":"t#3","stream":"case:t","kind":"k","at":"2026-03-06T20:00:00.000Z"}
    "#);
    assert_snapshot!(rejects, @r#"{"file":"l.xes","row":1,"reason":"`x`: `y` is no integer","raw":"<event><string key='concept:name' value='&lt;k>'/>\n <int key='x' value='y'><id key='z' value='1'></id></int></event>"}"#);
}

#[test]
fn what_is_no_xml_stops_even_where_rejects_are_written() {
    let fatal = |text: &str| {
        let mut rejects = Vec::new();
        let options = Options { rejects: Some(&mut rejects), ..Options::default() };
        read_with(&[("l.xes", text.as_bytes())], options).unwrap_err().to_string()
    };
    assert_snapshot!(fatal(""), @"l.xes:1: the file has no root element (an XES log begins `<log`; is the file empty?)");
    assert_snapshot!(fatal("hello"), @"l.xes:1: invalid XML: there is text outside the root element (is this an XES log? its text begins `<log`)");
    assert_snapshot!(fatal("<html><body/></html>"), @"l.xes:1: the root element is `html`, so this is no XES log (an XES log begins `<log`; convert the file first)");
    assert_snapshot!(fatal("<log>\n<trace>"), @"l.xes:2: invalid XML: the file ends before its elements are closed (is the file cut short? copy or download it again)");
    assert_snapshot!(fatal("<log>\n<trace"), @"l.xes:2: invalid XML: tag not closed: `>` not found before end of input (is the file cut short? copy or download it again)");
    assert_snapshot!(fatal("<log>\n<trace></log>"), @"l.xes:2: invalid XML: expected `</trace>`, but `</log>` was found (the file is damaged, or no XML; export it again)");
    assert_snapshot!(fatal("<log/><log/>"), @"l.xes:1: invalid XML: there is a second root element");
    assert_snapshot!(fatal("<log/>more"), @"l.xes:1: invalid XML: there is text outside the root element (is this an XES log? its text begins `<log`)");
    assert_snapshot!(fatal("<log><trace><string key='a' key='b' value='c'/></trace></log>"), @"l.xes:1: invalid XML: an element has an attribute twice");
    assert_snapshot!(fatal("<log><trace><string key=a value='c'/></trace></log>"), @r#"l.xes:1: invalid XML: position 11: attribute value must be enclosed in `"` or `'`"#);
    assert_snapshot!(fatal("<log><trace><string key='a' value='&b;'/></trace></log>"), @"l.xes:1: invalid XML: at 1..2: unrecognized entity `b` (only `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and characters by number are known)");
    assert_snapshot!(fatal("<log><trace><string key='a' value='&#x110000;'/></trace></log>"), @"l.xes:1: invalid XML: invalid character reference: `1114112` is not a valid codepoint (only `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&apos;` and characters by number are known)");
    assert_snapshot!(fatal("<!DOCTYPE log [<!ENTITY a \"&b;&b;\"><!ENTITY b \"&a;\">]>\n<log>&a;</log>"), @"l.xes:1: the file declares a document type, which is refused: it could define entities that never end (take the `<!DOCTYPE …>` out; no XES log needs one)");
    assert_snapshot!(fatal(&format!("<log><trace><event>{}", "<container key='c'>".repeat(100))), @"l.xes:1: elements nest deeper than 64 (no XES log does; was the file made by a person?)");
    assert_snapshot!(read("l.xes", b"<log>\n<trace><string key='concept:name' value='\xff'/></trace></log>"), @"l.xes:2: the text is not UTF-8 (save the file as UTF-8, or say in which encoding it is)");
    let gz = packed(format!("<log>{}</log>", "<extension/>".repeat(1000)).as_bytes());
    let twice = [packed(b"<log>"), packed(b"</log>")].concat();
    assert_snapshot!(read("l.xes.gz", &twice), @"");
    let followed_by = |rest: &[u8]| read("l.xes.gz", [&gz, rest].concat());
    assert_snapshot!(followed_by(b"something longer than the head of a member"), @"l.xes.gz:1: after the gzip data comes something else (take off what follows it, or pack the file again)");
    assert_eq!(followed_by(b"x"), followed_by(b"something longer than the head of a member"));
    assert_eq!(followed_by(b"\0\0"), followed_by(b"x"));
    assert_snapshot!(read("l.xes.gz", [&twice, &gz[..1]].concat()), @"l.xes.gz:1: the file ends in the middle of its gzip data (copy or download it again; it was cut short)");
    assert_snapshot!(read("l.xes.gz", &gz[..gz.len() - 12]), @"l.xes.gz:1: the file ends in the middle of its gzip data (copy or download it again; it was cut short)");
}

#[test]
fn a_value_of_a_gigabyte_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("l.xes.gz");
    let mut encoder =
        flate2::write::GzEncoder::new(std::fs::File::create(&path).unwrap(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, b"<log>\n<trace>\n<string key='concept:name' value='").unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b'x'), 1 << 30), &mut encoder).unwrap();
    encoder.finish().unwrap();
    let error = read_log(&[Input::File(path)], Options::default()).unwrap_err().to_string();
    assert_snapshot!(error.replace(&folder.path().display().to_string(), "…"), @"…/l.xes.gz:3: one value or row is longer than 16 MiB (is a quote or a line end missing? no real record is that long)");
}

#[test]
fn an_export_is_xes_that_others_read() {
    let native = r#"{"id":"t#1","stream":"case:t","kind":"k <1>","at":"2026-03-06T20:00:00Z","attrs":{"a":1,"concept:name":"x","l":["p","q"]},"links":{"child":["person:1"]},"note":"two\nlines"}
{"id":"z","kind":"k\u0001","at":"2026-03-06T20:00:00Z"}"#;
    let (log, _) = read_with(&[("e.jsonl", native.as_bytes())], Options::default()).unwrap();
    let mut xes = Vec::new();
    write(&log, Format::Xes, false, &mut xes).unwrap();
    assert_snapshot!(String::from_utf8(xes).unwrap(), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
      <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
      <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
      <classifier name="Event Name" keys="concept:name"/>
      <trace>
        <string key="concept:name" value="t"/>
        <event>
          <string key="concept:name" value="k &lt;1&gt;"/>
          <date key="time:timestamp" value="2026-03-06T20:00:00.000Z"/>
          <string key="wakeful:note" value="two&#10;lines"/>
          <string key="wakeful:link:child" value="person:1"/>
          <int key="a" value="1"/>
          <string key="wakeful:attr:concept:name" value="&quot;x&quot;"/>
          <string key="wakeful:attr:l" value="[&quot;p&quot;,&quot;q&quot;]"/>
        </event>
      </trace>
      <trace>
        <string key="concept:name" value="(no stream)"/>
        <event>
          <string key="concept:name" value="k�"/>
          <date key="time:timestamp" value="2026-03-06T20:00:00.000Z"/>
          <string key="wakeful:event" value="{&quot;id&quot;:&quot;z&quot;,&quot;kind&quot;:&quot;k\u0001&quot;,&quot;at&quot;:&quot;2026-03-06T20:00:00.000Z&quot;}"/>
        </event>
      </trace>
    </log>
    "#);
}

#[test]
fn events_that_say_their_place_come_in_that_order() {
    let said = |kind: &str, seq: &str| {
        format!(
            "<event><string key='concept:name' value='{kind}'/><date key='time:timestamp' value='2026-03-06T20:00:00Z'/>{seq}</event>"
        )
    };
    let seq = |seq: i64| format!("<int key='wakeful:seq' value='{seq}'/>");
    let trace = |name: &str, events: &[String]| {
        format!("<trace><string key='concept:name' value='{name}'/>{}</trace>", events.concat())
    };
    let log = [
        trace("a", &[said("second", &seq(2)), said("fourth", ""), said("sixth", &seq(6))]),
        trace("b", &[said("third", &seq(3)), said("fifth", &seq(5))]),
        trace("c", &[said("first", "")]),
    ];
    let kinds: Vec<String> = read("l.xes", format!("<log>{}</log>", log.concat()))
        .lines()
        .map(|line| line.split('"').nth(11).unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["first", "second", "fourth", "third", "fifth", "sixth"]);
    assert_snapshot!(event("<string key='wakeful:seq' value='1'/>"), @"l.xes:4: `wakeful:seq`: this is no integer (write it as an `int` attribute)");
    assert_snapshot!(event("<int key='wakeful:seq' value='1'/><int key='wakeful:seq' value='2'/>"), @"l.xes:4: `wakeful:seq`: the attribute is given twice");
}

#[test]
fn an_export_says_the_place_of_events_only_where_streams_interleave() {
    let exported = |streams: [&str; 3]| {
        let lines = streams.iter().enumerate().map(|(place, stream)| {
            format!("{{\"id\":\"{place}\",\"stream\":\"{stream}\",\"kind\":\"k\",\"at\":\"2026-03-06T20:00:00Z\"}}\n")
        });
        let native = lines.collect::<String>();
        let (log, _) = read_with(&[("e.jsonl", native.as_bytes())], Options::default()).unwrap();
        let mut xes = Vec::new();
        write(&log, Format::Xes, false, &mut xes).unwrap();
        let xes = String::from_utf8(xes).unwrap();
        let said =
            xes.lines().filter_map(|line| line.trim().strip_prefix("<int key=\"wakeful:seq\" value=\""));
        said.map(|rest| rest.trim_end_matches("\"/>").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(exported(["case:a", "case:a", "case:b"]), "");
    assert_eq!(exported(["case:a", "case:b", "case:a"]), "1 3 2");
}

/// M. de Leoni, F. Mannhardt (2015), Road Traffic Fine Management Process, 4TU.ResearchData,
/// doi:10.4121/uuid:270fd440-1057-4fb9-89a9-b699b47990f5; a sample of 100 cases.
#[test]
fn the_road_traffic_sample_is_read() {
    let input = Input::File(root().join("examples/road-traffic/roadtraffic100traces.xes"));
    let (log, summary) = read_log(&[input], Options::default()).unwrap();
    assert_eq!((summary.events, log.len()), (390, 390));
    let kinds: BTreeMap<&str, u64> = log
        .kinds()
        .iter()
        .zip(log.kind_counts())
        .map(|(kind, count)| (log.texts().get(*kind), *count))
        .collect();
    assert_snapshot!(format!("{kinds:#?}"), @r#"
    {
        "Add penalty": 57,
        "Create Fine": 100,
        "Insert Date Appeal to Prefecture": 1,
        "Insert Fine Notification": 57,
        "Notify Result Appeal to Offender": 1,
        "Payment": 58,
        "Receive Result Appeal from Prefecture": 1,
        "Send Appeal to Prefecture": 1,
        "Send Fine": 78,
        "Send for Credit Collection": 36,
    }
    "#);
    assert_snapshot!(log.event(0).canonical_line(), @r#"{"id":"N77802#1","stream":"case:N77802","kind":"Create Fine","at":"2005-03-22T23:00:00.000Z","attrs":{"amount":35.0,"article":157,"dismissal":"NIL","lifecycle:transition":"complete","org:resource":"537","points":0,"totalPaymentAmount":0.0,"vehicleClass":"A"}}"#);
}
