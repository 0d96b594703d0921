//! How pages tell what the record has: names, and events in words.

use app::chronicle::{Fate, Told};
use engine::record::{Event, Value};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::json;

use super::rows::{Shower, bare, words};
use super::texts::text;

/// What is recorded longer than this after it happened is marked as late.
const LATE_MS: i64 = 24 * 3_600_000;

/// What is recorded within this of when it happened has one time.
const AT_ONCE_MS: i64 = 60_000;

/// A name beside the page about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) href: Option<String>,
}

/// Something about an event, as `Place: the station`.
#[derive(Debug, Serialize)]
pub(crate) struct Detail {
    what: String,
    value: String,
}

/// An event in a chronology.
#[derive(Debug, Serialize)]
pub(crate) struct EventLine {
    id: String,
    when: String,
    /// When it was recorded, where that was later.
    recorded: Option<String>,
    is_late: bool,
    what: String,
    details: Vec<Detail>,
    note: Option<String>,
    by: Option<String>,
    /// `stands`, `corrected` or `withdrawn`.
    fate: &'static str,
    /// The event that corrected it, or that it corrects.
    other: Option<String>,
    corrects: bool,
}

/// What the tables of duties and events say.
pub(crate) fn labels() -> serde_json::Value {
    json!({
        "title": text("list-title"),
        "about": text("list-about"),
        "due": text("list-due"),
        "state": text("list-state"),
        "owed": text("list-owed"),
        "noDate": text("duty-no-date"),
        "nobody": text("duty-nobody"),
        "when": text("event-when"),
        "what": text("event-what"),
        "by": text("event-by"),
        "recorded": text("event-recorded"),
        "late": text("event-late"),
        "corrected": text("event-corrected"),
        "withdrawn": text("event-withdrawn"),
        "corrects": text("event-corrects"),
        "see": text("event-see"),
        "before": text("event-see-before"),
        "unknown": text("not-recorded"),
    })
}

impl EventLine {
    /// An event as it is told.
    pub(crate) fn of(shower: &Shower, told: &Told) -> Self {
        let event = &told.event;
        let after = told.recorded_after_ms();
        let (fate, by) = match &told.fate {
            Fate::Stands => ("stands", None),
            Fate::Corrected(by) => ("corrected", Some(by)),
            Fate::Withdrawn(by) => ("withdrawn", Some(by)),
        };
        Self {
            id: event.id.clone(),
            when: shower.when.full(event.at),
            recorded: (after >= AT_ONCE_MS).then(|| shower.when.full(event.recorded_at)),
            is_late: after > LATE_MS,
            what: capital(&words(&event.kind)),
            details: details(shower, event),
            note: event.note.clone(),
            by: event.recorded_by.as_deref().map(|by| shower.name(by)),
            fate,
            other: by.or(event.corrects.as_ref()).cloned(),
            corrects: event.corrects.is_some(),
        }
    }
}

impl EventLine {
    /// What stands in a table of it: when it happened, when it was recorded, whether that was late, what, the details, the note,
    /// who recorded it, what became of it, its id.
    pub(crate) fn cells(self) -> [String; 9] {
        let details = self.details.iter().map(|detail| format!("{}: {}", detail.what, detail.value));
        let fate = match self.fate {
            "corrected" => text("event-corrected"),
            "withdrawn" => text("event-withdrawn"),
            _ if self.corrects => text("event-corrects"),
            _ => String::new(),
        };
        [
            self.when.clone(),
            self.recorded.unwrap_or(self.when),
            if self.is_late { text("event-late") } else { String::new() },
            self.what,
            details.collect::<Vec<_>>().join("; "),
            self.note.unwrap_or_default(),
            self.by.unwrap_or_default(),
            fate,
            self.id,
        ]
    }
}

fn details(shower: &Shower, event: &Event) -> Vec<Detail> {
    let links = event.links.iter().map(|(role, entities)| Detail {
        what: capital(&words(role)),
        value: list(shower, entities.iter().map(String::as_str)),
    });
    let attrs = event.attrs.iter().map(|(name, attr)| Detail {
        what: capital(&words(&name.replace('_', "-"))),
        value: value(shower, attr),
    });
    links.chain(attrs).collect()
}

fn value(shower: &Shower, value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Boolean(true) => text("yes"),
        Value::Boolean(false) => text("no"),
        Value::Instant(at) => shower.when.full(*at),
        Value::Texts(texts) => texts.join(", "),
    }
}

/// How several are called.
pub(crate) fn list<'a>(shower: &Shower, entities: impl IntoIterator<Item = &'a str>) -> String {
    entities.into_iter().map(|entity| shower.name(entity)).collect::<Vec<_>>().join(", ")
}

/// An entity with the page about it, if there is one for those who are shown it.
pub(crate) fn name(shower: &Shower, entity: &str) -> Name {
    let folder = match entity.split_once(':') {
        Some(("case", _)) => Some("cases"),
        Some(("person", _)) => Some("children"),
        Some(("team", _)) => shower.shows_team(entity).then_some("teams"),
        _ => None,
    };
    let href = folder.map(|folder| format!("/{folder}/{}", escaped(bare(entity))));
    Name { text: shower.name(entity), href }
}

/// A text as a part of an address.
pub(crate) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// A text with a capital at its beginning.
pub(crate) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
