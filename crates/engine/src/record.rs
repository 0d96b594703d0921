//! Records: what an event is, and the one line that it is written as.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::time::Instant;

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction; always finite.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Instant(Instant),
    /// A list of texts, in the order given.
    Texts(Vec<String>),
}

/// A value whose texts are borrowed, as readers of files hand them over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Instant(Instant),
    /// A list of texts.
    Texts(&'a [&'a str]),
}

impl ValueRef<'_> {
    /// The same value, owned.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.to_owned()),
            Self::Integer(number) => Value::Integer(number),
            Self::Decimal(number) => Value::Decimal(number),
            Self::Boolean(truth) => Value::Boolean(truth),
            Self::Instant(instant) => Value::Instant(instant),
            Self::Texts(texts) => Value::Texts(texts.iter().map(|&text| text.to_owned()).collect()),
        }
    }
}

/// An event: it says that something happened (`docs/formats.md`, "Events").
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// Unique text.
    pub id: String,
    /// What the event is primarily about, `case:…`; empty where it has none.
    pub stream: String,
    /// What happened, `missing.reported`.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
    /// When the system knew.
    pub recorded_at: Instant,
    /// `officer:…` or `system:…`.
    pub recorded_by: Option<String>,
    /// The agency that recorded it.
    pub agency: Option<String>,
    /// Role → entities.
    pub links: BTreeMap<String, BTreeSet<String>>,
    /// Name → value.
    pub attrs: BTreeMap<String, Value>,
    /// Free text.
    pub note: Option<String>,
    /// The id of the event that this one corrects.
    pub corrects: Option<String>,
}

impl Event {
    /// The canonical line: JSON with the fields in the order of `Event`, those without a value left out,
    /// `recorded_at` only where it differs from `at`, names sorted, links as sorted lists. No line end.
    #[must_use]
    pub fn canonical_line(&self) -> String {
        let mut line = String::with_capacity(192);
        line.push_str("{\"id\":");
        write_text(&mut line, &self.id);
        write_field(&mut line, "stream", Some(&self.stream).filter(|stream| !stream.is_empty()));
        write_field(&mut line, "kind", Some(&self.kind));
        write_instant_field(&mut line, "at", self.at);
        if self.recorded_at != self.at {
            write_instant_field(&mut line, "recorded_at", self.recorded_at);
        }
        write_field(&mut line, "recorded_by", self.recorded_by.as_ref());
        write_field(&mut line, "agency", self.agency.as_ref());
        self.write_links(&mut line);
        self.write_attrs(&mut line);
        write_field(&mut line, "note", self.note.as_ref());
        write_field(&mut line, "corrects", self.corrects.as_ref());
        line.push('}');
        line
    }

    fn write_links(&self, line: &mut String) {
        let mut opened = false;
        for (role, entities) in self.links.iter().filter(|(_, entities)| !entities.is_empty()) {
            line.push_str(if opened { "," } else { ",\"links\":{" });
            opened = true;
            write_text(line, role);
            line.push(':');
            write_texts(line, entities.iter());
        }
        if opened {
            line.push('}');
        }
    }

    fn write_attrs(&self, line: &mut String) {
        let mut opened = false;
        for (name, value) in &self.attrs {
            line.push_str(if opened { "," } else { ",\"attrs\":{" });
            opened = true;
            write_text(line, name);
            line.push(':');
            write_value(line, value);
        }
        if opened {
            line.push('}');
        }
    }
}

/// Appends a value as JSON: an instant as `{"instant":"…"}`, a decimal in the shortest form with a point.
pub fn write_value(line: &mut String, value: &Value) {
    match value {
        Value::Text(text) => write_text(line, text),
        Value::Integer(number) => _ = write!(line, "{number}"),
        Value::Decimal(number) => write_decimal(line, *number),
        Value::Boolean(truth) => _ = write!(line, "{truth}"),
        Value::Instant(instant) => _ = write!(line, "{{\"instant\":\"{instant}\"}}"),
        Value::Texts(texts) => write_texts(line, texts.iter()),
    }
}

/// Appends a decimal in the shortest form that is read back as the same, always with a point: `0.1`, `1.0e300`.
pub fn write_decimal(line: &mut String, number: f64) {
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !digits.contains('.') => _ = write!(line, "{digits}.0e{exponent}"),
        _ => line.push_str(&text),
    }
}

/// Appends a text as a JSON string.
pub fn write_text(line: &mut String, text: &str) {
    line.push('"');
    let mut rest = text;
    while let Some(place) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (clean, from) = rest.split_at(place);
        line.push_str(clean);
        let mut chars = from.chars();
        match chars.next() {
            Some('"') => line.push_str("\\\""),
            Some('\\') => line.push_str("\\\\"),
            Some('\n') => line.push_str("\\n"),
            Some('\r') => line.push_str("\\r"),
            Some('\t') => line.push_str("\\t"),
            Some('\u{8}') => line.push_str("\\b"),
            Some('\u{c}') => line.push_str("\\f"),
            Some(control) => _ = write!(line, "\\u{:04x}", control as u32),
            None => {}
        }
        rest = chars.as_str();
    }
    line.push_str(rest);
    line.push('"');
}

fn write_texts<'a>(line: &mut String, texts: impl Iterator<Item = &'a String>) {
    line.push('[');
    for (place, text) in texts.enumerate() {
        if place > 0 {
            line.push(',');
        }
        write_text(line, text);
    }
    line.push(']');
}

fn write_field(line: &mut String, name: &str, value: Option<&String>) {
    if let Some(value) = value {
        _ = write!(line, ",\"{name}\":");
        write_text(line, value);
    }
}

fn write_instant_field(line: &mut String, name: &str, instant: Instant) {
    _ = write!(line, ",\"{name}\":\"{instant}\"");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_have_a_point_and_are_read_back_the_same() {
        let numbers = [0.1, -0.0, 35.0, 1e15, 1e16, 1e300, -2.5e-7, 5e-324, f64::MAX, f64::MIN_POSITIVE];
        let written = numbers.map(|number| {
            let mut text = String::new();
            write_decimal(&mut text, number);
            assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(number.to_bits()), "{text}");
            assert!(text.contains('.'), "{text}");
            text
        });
        assert_eq!(written[..6], ["0.1", "-0.0", "35.0", "1000000000000000.0", "1.0e16", "1.0e300"]);
        assert_eq!(written[6..8], ["-2.5e-7", "5.0e-324"]);
    }
}
