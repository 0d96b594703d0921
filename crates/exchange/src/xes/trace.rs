//! One trace as it is read: its texts in one arena, its events handed over when it ends.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::ops::Range;

use engine::log::EventRef;
use engine::record::ValueRef;
use engine::time::Instant;

use super::wakeful::{self, SEQ};
use crate::draft::{Draft, Held};
use crate::error::{Fault, ReadError, shown};
use crate::intake::Intake;

/// The most bytes of text that one trace may have.
const TRACE_LIMIT: usize = 1 << 30;

/// No event and no trace has more attributes; the search for names given twice stays short.
const MOST_ATTRS: usize = 4_096;

/// The prefix of what a native event has and XES has not.
pub(super) const WAKEFUL: &str = "wakeful:";

/// A piece of the arena.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    start: u32,
    end: u32,
}

/// A value as it is kept.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stored {
    Text(Span),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Instant(Instant),
}

#[derive(Clone, Copy, Debug)]
struct Attr {
    name: Span,
    value: Stored,
}

/// An event of the trace.
#[derive(Debug, Default)]
struct Row {
    line: u64,
    attrs: Range<usize>,
    kind: Option<Span>,
    at: Option<Instant>,
    /// Its place in the record, where it says so.
    seq: Option<i64>,
    /// Whether it has attributes that are a native event's fields.
    has_wakeful: bool,
    fault: Option<Box<Fault>>,
    raw: Span,
}

/// The trace that is being read.
#[derive(Debug, Default)]
pub(super) struct Trace {
    line: u64,
    texts: String,
    name: Option<Span>,
    own: Vec<Attr>,
    attrs: Vec<Attr>,
    rows: Vec<Row>,
    fault: Option<Fault>,
    stream: String,
}

/// The names of the traces so far, and where they stand.
pub(super) type Names = HashMap<String, u64>;

impl Trace {
    pub(super) fn begin(&mut self, line: u64) {
        self.line = line;
        self.texts.clear();
        self.name = None;
        self.own.clear();
        self.attrs.clear();
        self.rows.clear();
        self.fault = None;
    }

    pub(super) fn begin_event(&mut self, line: u64) {
        let start = self.attrs.len();
        self.rows.push(Row { line, attrs: start..start, ..Row::default() });
    }

    /// Ends the event; `raw` is its text, kept only where rejects are written.
    pub(super) fn end_event(&mut self, raw: &str) {
        let raw = self.keep(raw);
        if let Some(row) = self.rows.last_mut() {
            row.attrs.end = self.attrs.len();
            row.raw = raw;
        }
    }

    /// Keeps a text in the arena.
    pub(super) fn keep(&mut self, text: &str) -> Span {
        let start = self.texts.len() as u32;
        self.texts.push_str(text);
        Span { start, end: self.texts.len() as u32 }
    }

    /// Whether it has become larger than any trace may, with so many bytes that it has yet to keep.
    pub(super) fn is_too_large(&self, more: usize) -> bool {
        self.texts.len() + more > TRACE_LIMIT || self.attrs.len() > TRACE_LIMIT / 16
    }

    pub(super) fn set_name(&mut self, name: &str) {
        if self.name.is_some() {
            self.spoil(Fault::at("concept:name", "the trace has two names"));
        }
        self.name = Some(self.keep(name));
    }

    pub(super) fn set_kind(&mut self, kind: &str) {
        let kind = self.keep(kind);
        let Some(row) = self.rows.last_mut() else { return };
        if row.kind.replace(kind).is_some() {
            self.spoil_event(Fault::at("concept:name", "the event has two names"));
        }
    }

    pub(super) fn set_at(&mut self, at: Instant) {
        let Some(row) = self.rows.last_mut() else { return };
        if row.at.replace(at).is_some() {
            self.spoil_event(Fault::at("time:timestamp", "the event has two times"));
        }
    }

    /// Says what is wrong with the trace; the first word counts.
    pub(super) fn spoil(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    /// Says what is wrong with the event; the first word counts.
    pub(super) fn spoil_event(&mut self, fault: Fault) {
        if let Some(row) = self.rows.last_mut() {
            row.fault.get_or_insert_with(|| Box::new(fault));
        }
    }

    /// Adds an attribute of the trace itself.
    pub(super) fn add_own(&mut self, path: &str, name: &str, value: Stored) {
        if self.own.len() == MOST_ATTRS {
            return self.spoil(too_many("trace"));
        }
        let start = self.texts.len() as u32;
        self.texts.push_str("trace.");
        let name = self.keep_path(start, path, name);
        self.own.push(Attr { name, value });
    }

    /// Adds an attribute of the event.
    pub(super) fn add(&mut self, path: &str, name: &str, value: Stored) {
        if self.rows.last().is_some_and(|row| self.attrs.len() - row.attrs.start == MOST_ATTRS) {
            return self.spoil_event(too_many("event"));
        }
        let start = self.texts.len() as u32;
        let kept = self.keep_path(start, path, name);
        self.attrs.push(Attr { name: kept, value });
        if path.is_empty()
            && name.starts_with(WAKEFUL)
            && let Some(row) = self.rows.last_mut()
        {
            row.has_wakeful = true;
            if let (SEQ, Stored::Integer(seq)) = (name, value) {
                row.seq = Some(seq);
            }
        }
    }

    /// Whether the event, or outside one the trace, has an attribute of this name.
    pub(super) fn has(&self, in_event: bool, path: &str, name: &str) -> bool {
        let attrs = if in_event {
            self.rows.last().map_or(&[][..], |row| &self.attrs[row.attrs.start..])
        } else {
            &self.own
        };
        let wanted = if in_event { joined(path, name) } else { format!("trace.{}", joined(path, name)) };
        attrs.iter().any(|attr| self.text(attr.name) == wanted)
    }

    fn keep_path(&mut self, start: u32, path: &str, name: &str) -> Span {
        self.texts.push_str(path);
        if !path.is_empty() {
            self.texts.push('.');
        }
        self.texts.push_str(name);
        Span { start, end: self.texts.len() as u32 }
    }

    fn text(&self, span: Span) -> &str {
        &self.texts[span.start as usize..span.end as usize]
    }

    fn value(&self, value: Stored) -> ValueRef<'_> {
        match value {
            Stored::Text(text) => ValueRef::Text(self.text(text)),
            Stored::Integer(number) => ValueRef::Integer(number),
            Stored::Decimal(number) => ValueRef::Decimal(number),
            Stored::Boolean(truth) => ValueRef::Boolean(truth),
            Stored::Instant(instant) => ValueRef::Instant(instant),
        }
    }

    /// Hands the trace's events over, or where they say their place in the record has them wait for those of others.
    pub(super) fn finish(
        &mut self,
        names: &mut Names,
        waiting: &mut Vec<Trace>,
        intake: &mut Intake<'_>,
    ) -> Result<(), ReadError> {
        if let Some(fault) = self.fault_of_all(names) {
            return self.refuse_all(&fault, intake);
        }
        let mut stream = std::mem::take(&mut self.stream);
        stream.clear();
        stream.push_str("case:");
        stream.push_str(self.name());
        self.stream = stream;
        if self.rows.iter().any(|row| row.seq.is_some()) {
            waiting.push(std::mem::take(self));
            return Ok(());
        }
        let (mut id, mut attrs) = (String::new(), Vec::with_capacity(16));
        (0..self.rows.len()).try_for_each(|place| self.hand_over(place, &mut id, &mut attrs, intake))
    }

    fn name(&self) -> &str {
        self.name.map_or("", |name| self.text(name))
    }

    /// Hands over the event at a place in the trace; `id` and `attrs` are room to work in.
    fn hand_over<'t>(
        &'t self,
        place: usize,
        id: &mut String,
        attrs: &mut Vec<(&'t str, ValueRef<'t>)>,
        intake: &mut Intake<'_>,
    ) -> Result<(), ReadError> {
        let row = &self.rows[place];
        let raw = || Cow::Borrowed(self.text(row.raw));
        if let Some(fault) = &row.fault {
            return intake.bad(row.line, (**fault).clone(), raw);
        }
        id.clear();
        _ = write!(id, "{}#{}", self.name(), place + 1);
        attrs.clear();
        let all = self.own.iter().chain(&self.attrs[row.attrs.clone()]);
        attrs.extend(all.map(|attr| (self.text(attr.name), self.value(attr.value))));
        let kind = row.kind.map_or("", |kind| self.text(kind));
        if row.has_wakeful {
            return match native(id, &self.stream, kind, row.at, attrs) {
                Ok(draft) if draft.kind.is_empty() => intake.bad(row.line, no_name(), raw),
                Ok(draft) if draft.at.is_none() => intake.bad(row.line, no_time(), raw),
                Ok(draft) => draft.hand_over(row.line, raw, intake),
                Err(fault) => intake.bad(row.line, fault, raw),
            };
        }
        match row.at {
            _ if kind.is_empty() => intake.bad(row.line, no_name(), raw),
            None => intake.bad(row.line, no_time(), raw),
            Some(at) => intake.event(row.line, &plain(id, &self.stream, kind, at, attrs), raw),
        }
    }

    fn fault_of_all(&mut self, names: &mut Names) -> Option<Fault> {
        if let Some(fault) = self.fault.take() {
            return Some(fault);
        }
        let name = self.name.map(|name| self.text(name)).filter(|name| !name.is_empty());
        let Some(name) = name else {
            let fault = Fault::at("concept:name", "the trace has no name, so its events belong to no case");
            return Some(fault.help("give each trace a string attribute `concept:name`"));
        };
        if let Some(first) = names.get(name) {
            let reason = format!(
                "two traces are named `{}`: one on line {first}, one on line {}",
                shown(name),
                self.line
            );
            let help = "give them two names, or join them if they are one case";
            return Some(Fault::at("concept:name", reason).help(help));
        }
        names.insert(name.to_owned(), self.line);
        None
    }

    fn refuse_all(&self, fault: &Fault, intake: &mut Intake<'_>) -> Result<(), ReadError> {
        if self.rows.is_empty() || !intake.keeps_rejects() {
            return intake.bad(self.line, fault.clone(), || Cow::Borrowed("<trace>"));
        }
        for row in &self.rows {
            intake.bad(row.line, fault.clone(), || Cow::Borrowed(self.text(row.raw)))?;
        }
        Ok(())
    }
}

/// Hands over the events of traces that say their place in the record, in that order. One that does not say it follows the
/// one before it in its trace.
pub(super) fn hand_over_in_order(traces: &[Trace], intake: &mut Intake<'_>) -> Result<(), ReadError> {
    let mut order = Vec::new();
    for (number, trace) in traces.iter().enumerate() {
        let mut seq = i64::MIN;
        for (place, row) in trace.rows.iter().enumerate() {
            seq = row.seq.unwrap_or(seq);
            order.push((seq, number, place));
        }
    }
    order.sort_unstable();
    let mut id = String::new();
    for (_, number, place) in order {
        traces[number].hand_over(place, &mut id, &mut Vec::new(), intake)?;
    }
    Ok(())
}

fn too_many(what: &str) -> Fault {
    Fault::new(format!("the {what} has more than {MOST_ATTRS} attributes"))
        .help("make events of what it lists")
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn no_name() -> Fault {
    Fault::at("concept:name", "the event has no name")
        .help("give each event a string attribute `concept:name`")
}

fn no_time() -> Fault {
    Fault::at("time:timestamp", "the event has no time")
        .help("give each event a date attribute `time:timestamp`")
}

fn plain<'a>(
    id: &'a str,
    stream: &'a str,
    kind: &'a str,
    at: Instant,
    attrs: &'a [(&'a str, ValueRef<'a>)],
) -> EventRef<'a> {
    let (recorded_at, recorded_by, agency, note, corrects) = (None, None, None, None, None);
    EventRef { id, stream, kind, at, recorded_at, recorded_by, agency, links: &[], attrs, note, corrects }
}

/// The native event that the attributes `wakeful:…` make of a plain one.
fn native<'a>(
    id: &'a str,
    stream: &'a str,
    kind: &'a str,
    at: Option<Instant>,
    attrs: &[(&'a str, ValueRef<'a>)],
) -> Result<Draft<'a>, Fault> {
    let mut draft = Draft { id: id.into(), stream: stream.into(), kind: kind.into(), at, ..Draft::default() };
    for (place, &(name, value)) in attrs.iter().enumerate() {
        match name.strip_prefix(WAKEFUL) {
            Some(_) if attrs[..place].iter().any(|(other, _)| *other == name) => {
                return Err(Fault::at(name, "the attribute is given twice"));
            }
            Some(field) => wakeful::set(&mut draft, field, value)?,
            None => draft.attrs.push((name.into(), held(value))),
        }
    }
    match wakeful::whole(attrs) {
        Some(json) => crate::jsonl::event(json),
        None => Ok(draft),
    }
}

fn held(value: ValueRef<'_>) -> Held<'_> {
    match value {
        ValueRef::Text(text) => Held::Text(text.into()),
        ValueRef::Integer(number) => Held::Integer(number),
        ValueRef::Decimal(number) => Held::Decimal(number),
        ValueRef::Boolean(truth) => Held::Boolean(truth),
        ValueRef::Instant(instant) => Held::Instant(instant),
        ValueRef::Texts(texts) => Held::Texts(texts.iter().map(|&text| text.into()).collect()),
    }
}
