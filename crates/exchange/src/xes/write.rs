//! XES out: a trace for each stream, in the order in which they first occur.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::io::{self, Write};

use engine::log::{Log, Row, Text};
use engine::record::{Event, Value, write_value};

use super::trace::WAKEFUL;
use super::wakeful::{SEQ, WHOLE};

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <classifier name="Event Name" keys="concept:name"/>
"#;

/// Writes the log's events, by stream and within it in their order; where that is another order than the log's, each with its
/// place in the log.
pub(crate) fn write(log: &Log, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(HEAD.as_bytes())?;
    let streams = by_stream(log);
    let is_in_order = streams.iter().flat_map(|(_, rows)| rows).is_sorted();
    let mut names = names_of_cases(log, &streams);
    let mut xml = String::new();
    for (stream, rows) in &streams {
        let stream = log.texts().get(*stream);
        let name = match case_name(stream) {
            Some(name) => name.to_owned(),
            None => free_name(stream, &mut names),
        };
        xml.clear();
        xml.push_str("  <trace>\n");
        attribute(&mut xml, "    ", "string", "concept:name", &name);
        for (place, row) in rows.iter().enumerate() {
            let seq = (!is_in_order).then_some(u64::from(*row) + 1);
            write_event(&mut xml, &log.event(*row), &name, place + 1, seq);
            out.write_all(xml.as_bytes())?;
            xml.clear();
        }
        out.write_all(b"  </trace>\n")?;
    }
    out.write_all(b"</log>\n")
}

fn by_stream(log: &Log) -> Vec<(Text, Vec<Row>)> {
    let mut places: HashMap<Text, usize> = HashMap::new();
    let mut streams: Vec<(Text, Vec<Row>)> = Vec::new();
    for (row, &stream) in crate::write::rows(log).zip(log.stream_column()) {
        let place = *places.entry(stream).or_insert_with(|| {
            streams.push((stream, Vec::new()));
            streams.len() - 1
        });
        streams[place].1.push(row);
    }
    streams
}

/// The name of the trace that a stream is, if it is a case that XML can name.
fn case_name(stream: &str) -> Option<&str> {
    stream.strip_prefix("case:").filter(|name| !name.is_empty() && is_xml(name))
}

fn names_of_cases(log: &Log, streams: &[(Text, Vec<Row>)]) -> HashSet<String> {
    streams.iter().filter_map(|(stream, _)| case_name(log.texts().get(*stream))).map(str::to_owned).collect()
}

/// A name for the trace of a stream that is no case; its events say which stream it is.
fn free_name(stream: &str, names: &mut HashSet<String>) -> String {
    let base = if stream.is_empty() { String::from("(no stream)") } else { in_xml(stream) };
    let mut name = base.clone();
    for number in 2_u64.. {
        if names.insert(name.clone()) {
            break;
        }
        name = format!("{base} ({number})");
    }
    name
}

fn write_event(xml: &mut String, event: &Event, trace: &str, number: usize, seq: Option<u64>) {
    xml.push_str("    <event>\n");
    string(xml, "concept:name", &in_xml(&event.kind));
    attribute(xml, INDENT, "date", "time:timestamp", &event.at.to_string());
    if let Some(seq) = seq {
        attribute(xml, INDENT, "int", SEQ, &seq.to_string());
    }
    let line = event.canonical_line();
    // The line escapes the control characters, but not the two that are no characters at all.
    if has_no_xml(event) {
        string(xml, WHOLE, &line.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff"));
    } else {
        write_fields(xml, event, trace, number);
        for (role, entities) in event.links.iter().filter(|(_, entities)| !entities.is_empty()) {
            write_link(xml, role, entities.iter().map(String::as_str).collect());
        }
        for (name, value) in &event.attrs {
            write_attr(xml, name, value);
        }
    }
    xml.push_str("    </event>\n");
}

fn write_fields(xml: &mut String, event: &Event, trace: &str, number: usize) {
    if event.id.strip_prefix(trace).and_then(|rest| rest.strip_prefix('#')) != Some(&number.to_string()) {
        string(xml, "wakeful:id", &event.id);
    }
    if event.stream.strip_prefix("case:") != Some(trace) {
        string(xml, "wakeful:stream", &event.stream);
    }
    if event.recorded_at != event.at {
        attribute(xml, INDENT, "date", "wakeful:recorded_at", &event.recorded_at.to_string());
    }
    let fields = [
        ("wakeful:recorded_by", &event.recorded_by),
        ("wakeful:agency", &event.agency),
        ("wakeful:note", &event.note),
        ("wakeful:corrects", &event.corrects),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            string(xml, name, value);
        }
    }
}

fn write_link(xml: &mut String, role: &str, entities: Vec<&str>) {
    let name = format!("wakeful:link:{role}");
    match entities.as_slice() {
        [entity] if !entity.starts_with('[') => string(xml, &name, entity),
        _ => {
            let mut list = String::new();
            write_value(&mut list, &Value::Texts(entities.into_iter().map(str::to_owned).collect()));
            string(xml, &name, &list);
        }
    }
}

fn write_attr(xml: &mut String, name: &str, value: &Value) {
    let taken = name.starts_with(WAKEFUL) || name == "concept:name" || name == "time:timestamp";
    if taken || matches!(value, Value::Texts(_)) {
        let mut json = String::new();
        write_value(&mut json, value);
        return string(xml, &format!("wakeful:attr:{name}"), &json);
    }
    match value {
        Value::Text(text) => string(xml, name, text),
        Value::Integer(number) => attribute(xml, INDENT, "int", name, &number.to_string()),
        Value::Decimal(number) => attribute(xml, INDENT, "float", name, &format!("{number:?}")),
        Value::Boolean(truth) => {
            attribute(xml, INDENT, "boolean", name, if *truth { "true" } else { "false" })
        }
        Value::Instant(instant) => attribute(xml, INDENT, "date", name, &instant.to_string()),
        Value::Texts(_) => {}
    }
}

const INDENT: &str = "      ";

fn string(xml: &mut String, key: &str, value: &str) {
    attribute(xml, INDENT, "string", key, value);
}

fn attribute(xml: &mut String, indent: &str, kind: &str, key: &str, value: &str) {
    _ = write!(xml, "{indent}<{kind} key=\"");
    escape(xml, key);
    xml.push_str("\" value=\"");
    escape(xml, value);
    xml.push_str("\"/>\n");
}

/// Appends a text as the value of an XML attribute; line ends and tabs by number, since a reader takes them for spaces.
fn escape(xml: &mut String, text: &str) {
    for char in text.chars() {
        match char {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\t' | '\n' | '\r' => _ = write!(xml, "&#{};", char as u32),
            char => xml.push(char),
        }
    }
}

/// Whether XML 1.0 has the character.
fn is_xml_char(char: char) -> bool {
    matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

fn is_xml(text: &str) -> bool {
    text.chars().all(is_xml_char)
}

fn in_xml(text: &str) -> String {
    text.chars().map(|char| if is_xml_char(char) { char } else { '\u{fffd}' }).collect()
}

/// Whether the event has a text that XML cannot hold.
fn has_no_xml(event: &Event) -> bool {
    let optional = [&event.recorded_by, &event.agency, &event.note, &event.corrects];
    let links = event.links.iter().flat_map(|(role, entities)| std::iter::once(role).chain(entities));
    let mut texts = [&event.id, &event.stream, &event.kind]
        .into_iter()
        .chain(optional.into_iter().flatten())
        .chain(links)
        .chain(event.attrs.keys());
    let in_values = || {
        event.attrs.values().any(|value| match value {
            Value::Text(text) => !is_xml(text),
            Value::Texts(texts) => texts.iter().any(|text| !is_xml(text)),
            _ => false,
        })
    };
    texts.any(|text| !is_xml(text)) || in_values()
}
