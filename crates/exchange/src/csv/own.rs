//! The table that Wakeful writes: a fixed header, so that it is read back without a mapping.
//!
//! - `links` and `attrs` are JSON objects as in native events, empty where there are none; so attributes keep their types.
//! - Instants are as in native events; `recorded_at` is empty where it is `at`.
//! - Every other cell is a text as it is. An empty cell is a field left out. A text that is empty, or begins with a
//!   quote, or with a character that would make a spreadsheet take it for a formula (`=`, `+`, `-`, `@`, a tab, a
//!   carriage return), is written as a JSON string.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::WriterBuilder;
use engine::log::Log;
use engine::record::{Event, write_text, write_value};
use engine::time::Instant;

use crate::draft::Draft;
use crate::error::Fault;
use crate::jsonl;

/// The header of the tables that Wakeful writes.
pub const HEADER: &str = "id,stream,kind,at,recorded_at,recorded_by,agency,links,attrs,note,corrects";

/// Whether a text begins with the header.
pub(crate) fn is_own(beginning: &[u8]) -> bool {
    let beginning = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let rest = beginning.strip_prefix(HEADER.as_bytes());
    rest.is_some_and(|rest| matches!(rest.first(), None | Some(b'\r' | b'\n')))
}

pub(super) fn is_header(columns: &[String]) -> bool {
    columns.iter().map(String::as_str).eq(HEADER.split(','))
}

/// The event of a row.
pub(super) fn draft<'a>(cells: &[&'a str]) -> Result<Draft<'a>, Fault> {
    let &[id, stream, kind, at, recorded_at, recorded_by, agency, links, attrs, note, corrects] = cells
    else {
        return Err(Fault::new("the row has not as many cells as the header"));
    };
    for (field, cell) in [("id", id), ("kind", kind), ("at", at)] {
        if cell.is_empty() {
            return Err(Fault::at(field, format!("the event has no `{field}`")));
        }
    }
    Ok(Draft {
        id: text("id", id)?.unwrap_or_default(),
        stream: text("stream", stream)?.unwrap_or_default(),
        kind: text("kind", kind)?.unwrap_or_default(),
        at: instant("at", at)?,
        recorded_at: instant("recorded_at", recorded_at)?,
        recorded_by: text("recorded_by", recorded_by)?,
        agency: text("agency", agency)?,
        links: if links.is_empty() { Vec::new() } else { jsonl::links(links)? },
        attrs: if attrs.is_empty() { Vec::new() } else { jsonl::attrs(attrs)? },
        note: text("note", note)?,
        corrects: text("corrects", corrects)?,
    })
}

fn text<'a>(field: &str, cell: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
    match cell.as_bytes().first() {
        None => Ok(None),
        Some(b'"') => jsonl::text(field, cell).map(Some),
        Some(_) => Ok(Some(Cow::Borrowed(cell))),
    }
}

fn instant(field: &str, cell: &str) -> Result<Option<Instant>, Fault> {
    if cell.is_empty() {
        return Ok(None);
    }
    Instant::parse(cell).map(Some).map_err(|error| jsonl::of_time(field, cell, &error))
}

/// Writes the log's events in their order.
pub(crate) fn write(log: &Log, out: &mut dyn Write) -> io::Result<()> {
    let mut table = WriterBuilder::new().from_writer(out);
    table.write_record(HEADER.split(','))?;
    for row in crate::write::rows(log) {
        table.write_record(cells(&log.event(row)))?;
    }
    table.flush()
}

fn cells(event: &Event) -> [String; 11] {
    let optional = |text: &Option<String>| text.as_deref().map(cell).unwrap_or_default();
    [
        cell(&event.id),
        if event.stream.is_empty() { String::new() } else { cell(&event.stream) },
        cell(&event.kind),
        event.at.to_string(),
        if event.recorded_at == event.at { String::new() } else { event.recorded_at.to_string() },
        optional(&event.recorded_by),
        optional(&event.agency),
        links(event),
        attrs(event),
        optional(&event.note),
        optional(&event.corrects),
    ]
}

fn cell(text: &str) -> String {
    match text.chars().next() {
        None | Some('"' | '=' | '+' | '-' | '@' | '\t' | '\r') => {
            let mut json = String::new();
            write_text(&mut json, text);
            json
        }
        Some(_) => text.to_owned(),
    }
}

fn links(event: &Event) -> String {
    object(
        event
            .links
            .iter()
            .filter(|(_, entities)| !entities.is_empty())
            .map(|(role, entities)| (role, engine::record::Value::Texts(entities.iter().cloned().collect()))),
    )
}

fn attrs(event: &Event) -> String {
    object(event.attrs.iter().map(|(name, value)| (name, value.clone())))
}

/// A JSON object, or nothing where it would be empty.
fn object<'e>(entries: impl Iterator<Item = (&'e String, engine::record::Value)>) -> String {
    let mut json = String::new();
    for (name, value) in entries {
        json.push(if json.is_empty() { '{' } else { ',' });
        write_text(&mut json, name);
        json.push(':');
        write_value(&mut json, &value);
    }
    if !json.is_empty() {
        json.push('}');
    }
    json
}
