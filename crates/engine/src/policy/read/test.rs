//! `[[test]]`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::fields::{Field, Fields, Scalar, Sink, Text};
use crate::duty::State;
use crate::policy::layout::{EVENT_FIELDS, TEST_FIELDS};
use crate::policy::{AttrType, Expectation, Expected, KindDeclaration, Place, Policy, PolicyTest, Problem};
use crate::record::{Event, Value};
use crate::suggest::did_you_mean;
use crate::time::{Clock, Instant, TimeError};

/// Reads the tests of a policy whose rules and kinds are known.
pub(super) fn read_tests(
    tests: &[Field],
    policy: &Policy,
    clock: &Clock,
    sink: &mut Sink,
) -> Vec<PolicyTest> {
    let reader = Reader { policy, clock };
    tests.iter().filter_map(|test| reader.test(test, sink)).collect()
}

struct Reader<'p> {
    policy: &'p Policy,
    clock: &'p Clock,
}

impl Reader<'_> {
    fn test(&self, field: &Field, sink: &mut Sink) -> Option<PolicyTest> {
        let fields = field.table("`[[test]]`", sink)?;
        fields.refuse_unknown(TEST_FIELDS, sink);
        let name = fields.require("name", "name = \"a child found on Friday evening …\"", sink);
        let expect = fields.get("expect").map(|list| list.list("tables", sink)).unwrap_or_default();
        Some(PolicyTest {
            name: name.and_then(|name| name.name_text(sink)).map(|name| name.value).unwrap_or_default(),
            place: fields.place.clone(),
            events: self.events(&fields, sink),
            as_of: self.instant_of(&fields, "at", sink),
            known_by: self.instant_of(&fields, "known_by", sink),
            expect: expect.iter().filter_map(|entry| self.expectation(entry, sink)).collect(),
            none: self.none(&fields, sink),
        })
    }

    fn instant_of(&self, fields: &Fields, name: &str, sink: &mut Sink) -> Option<Instant> {
        self.instant(fields.get(name)?, sink)
    }

    /// An instant: a text or a TOML date and time, local to the policy's zone where it has no offset.
    fn instant(&self, field: &Field, sink: &mut Sink) -> Option<Instant> {
        let written = match field.scalar() {
            Some(Scalar::Text(text)) => text.to_owned(),
            Some(Scalar::Datetime(text)) => text,
            _ => field.text(sink)?.value,
        };
        match self.clock.parse_local(&written) {
            Ok(instant) => Some(instant),
            Err(error) => {
                sink.push(Problem::new(error.to_string(), &field.place));
                None
            }
        }
    }

    fn none(&self, fields: &Fields, sink: &mut Sink) -> Vec<(String, Place)> {
        let names = fields.get("none").map(|none| none.names(sink)).unwrap_or_default();
        let policy = self.policy;
        for name in &names {
            if !policy.duties.contains_key(&name.value) && !policy.signals.contains_key(&name.value) {
                let known = policy.duties.keys().chain(policy.signals.keys()).map(String::as_str);
                unknown("duty or signal", name, known, sink);
            }
        }
        names.into_iter().map(|name| (name.value, name.place)).collect()
    }

    fn events(&self, fields: &Fields, sink: &mut Sink) -> Vec<Event> {
        let list = fields.get("events").map(|events| events.list("tables", sink)).unwrap_or_default();
        let mut events: Vec<(Event, Place)> = Vec::new();
        for (number, field) in list.iter().enumerate() {
            let Some(event) = self.event(field, number + 1, sink) else { continue };
            let twin = events.iter().find(|(earlier, _)| earlier.id == event.id);
            if let Some((_, first)) = twin.filter(|(twin, _)| twin.canonical_line() != event.canonical_line())
            {
                let first = first.show(sink.files);
                let message = format!("the id `{}` is that of another event too, at {first}", event.id);
                let help = "an event without an `id` is `t1`, `t2`, … by its place; give each its own";
                sink.push(Problem::new(message, &field.place).help(help));
            }
            events.push((event, field.place.clone()));
        }
        events.into_iter().map(|(event, _)| event).collect()
    }

    fn event(&self, field: &Field, number: usize, sink: &mut Sink) -> Option<Event> {
        let fields = field.table("an event", sink)?;
        fields.refuse_unknown(EVENT_FIELDS, sink);
        let kind = fields.require("kind", "kind = \"missing.found\"", sink)?.name_text(sink);
        let at = fields.require("at", "at = \"2026-03-06T19:00\"", sink);
        let at = at.and_then(|at| self.instant(at, sink));
        let kind = kind?;
        let declaration = self.kind(&kind, sink);
        Some(Event {
            id: fields.text("id", sink).unwrap_or_else(|| format!("t{number}")),
            stream: fields.text("stream", sink).unwrap_or_default(),
            at: at.unwrap_or_default(),
            recorded_at: self.instant_of(&fields, "recorded_at", sink).or(at).unwrap_or_default(),
            recorded_by: fields.text("recorded_by", sink),
            agency: fields.text("agency", sink),
            links: self.links(&fields, &kind.value, declaration, sink),
            attrs: self.attrs(&fields, &kind.value, declaration, sink),
            note: fields.text("note", sink),
            corrects: fields.text("corrects", sink),
            kind: kind.value,
        })
    }

    /// The kind's declaration; in a closed policy its lack is a problem.
    fn kind(&self, kind: &Text, sink: &mut Sink) -> Option<&KindDeclaration> {
        if kind.value.starts_with("duty.") || kind.value.starts_with("signal.") {
            let help = "the rules make it; write the events that lead to it";
            let message = format!("`{}` cannot be recorded", kind.value);
            sink.push(Problem::new(message, &kind.place).help(help));
            return None;
        }
        let declaration = self.policy.kinds.get(&kind.value);
        if declaration.is_none() && !self.policy.open {
            unknown("kind", kind, self.policy.kinds.keys().map(String::as_str), sink);
        }
        declaration
    }

    fn links(
        &self,
        fields: &Fields,
        kind: &str,
        declaration: Option<&KindDeclaration>,
        sink: &mut Sink,
    ) -> BTreeMap<String, BTreeSet<String>> {
        let mut links = BTreeMap::new();
        let Some(table) = fields.get("links").and_then(|field| field.table("`links`", sink)) else {
            return links;
        };
        for field in table.iter() {
            let known = declaration.map(|kind| kind.links.iter().map(String::as_str));
            self.refuse_undeclared("link", kind, field, known, sink);
            let entities: BTreeSet<String> = if field.is_list() {
                field.elements().iter().filter_map(|e| e.name_text(sink)).map(|text| text.value).collect()
            } else {
                field.name_text(sink).into_iter().map(|text| text.value).collect()
            };
            if !entities.is_empty() {
                links.insert(field.name.to_owned(), entities);
            }
        }
        links
    }

    fn refuse_undeclared<'k>(
        &self,
        what: &str,
        kind: &str,
        field: &Field,
        known: Option<impl Iterator<Item = &'k str> + Clone>,
        sink: &mut Sink,
    ) {
        let Some(mut known) = known.filter(|_| !self.policy.open) else { return };
        if known.clone().any(|name| name == field.name) {
            return;
        }
        let message = format!("`{kind}` declares no {what} `{}`", field.name);
        let help = did_you_mean(field.name, &mut known)
            .unwrap_or_else(|| format!("declare it under `[kinds.\"{kind}\"]`, or take it away"));
        sink.push(Problem::new(message, &field.key_place).help(help));
    }

    fn attrs(
        &self,
        fields: &Fields,
        kind: &str,
        declaration: Option<&KindDeclaration>,
        sink: &mut Sink,
    ) -> BTreeMap<String, Value> {
        let mut attrs = BTreeMap::new();
        let Some(table) = fields.get("attrs").and_then(|field| field.table("`attrs`", sink)) else {
            return attrs;
        };
        for field in table.iter() {
            let known = declaration.map(|kind| kind.attrs.keys().map(String::as_str));
            self.refuse_undeclared("attribute", kind, field, known, sink);
            let of = declaration.and_then(|kind| kind.attrs.get(field.name));
            if let Some(value) = self.value(field, of, sink) {
                attrs.insert(field.name.to_owned(), value);
            }
        }
        attrs
    }

    /// A value as an event would have it: one of another type than declared stays, since a test may be about it.
    fn value(&self, field: &Field, of: Option<&AttrType>, sink: &mut Sink) -> Option<Value> {
        if field.is_list() {
            let texts = field.elements();
            return Some(Value::Texts(texts.iter().filter_map(|e| e.text(sink)).map(|t| t.value).collect()));
        }
        if field.is_table() {
            let fields = field.table(format!("`{}`", field.name), sink)?;
            fields.refuse_unknown(&["instant"], sink);
            let instant = fields.require("instant", "instant = \"2026-03-06T19:00\"", sink)?;
            return self.instant(instant, sink).map(Value::Instant);
        }
        match field.scalar()? {
            Scalar::Text(text) if of == Some(&AttrType::Instant) => match self.clock.parse_local(text) {
                Err(TimeError::NotAnInstant(_)) => Some(Value::Text(text.to_owned())),
                _ => self.instant(field, sink).map(Value::Instant),
            },
            Scalar::Text(text) => Some(Value::Text(text.to_owned())),
            Scalar::Integer(number) => Some(Value::Integer(number)),
            Scalar::Decimal(number) if number.is_finite() => Some(Value::Decimal(number)),
            Scalar::Decimal(number) => {
                sink.push(Problem::new(format!("`{number}` is no decimal"), &field.place));
                None
            }
            Scalar::Boolean(truth) => Some(Value::Boolean(truth)),
            Scalar::Datetime(_) => self.instant(field, sink).map(Value::Instant),
        }
    }

    fn expectation(&self, field: &Field, sink: &mut Sink) -> Option<Expectation> {
        let fields = field.table("an expectation", sink)?;
        let of = match (fields.get("duty"), fields.get("signal")) {
            (Some(duty), None) => {
                let duty = duty.name_text(sink)?;
                if !self.policy.duties.contains_key(&duty.value) {
                    unknown("duty", &duty, self.policy.duties.keys().map(String::as_str), sink);
                }
                fields.refuse_unknown(DUTY_ROW, sink);
                Expected::Duty(duty.value)
            }
            (None, Some(signal)) => {
                let signal = signal.name_text(sink)?;
                if !self.policy.signals.contains_key(&signal.value) {
                    unknown("signal", &signal, self.policy.signals.keys().map(String::as_str), sink);
                }
                fields.refuse_unknown(&["signal", "key", "at"], sink);
                Expected::Signal(signal.value)
            }
            _ => {
                let message = "an expectation names either a `duty` or a `signal`";
                let help = "write `{ duty = \"…\", state = \"overdue\" }` or `{ signal = \"…\" }`";
                sink.push(Problem::new(message, &field.place).help(help));
                return None;
            }
        };
        let others = fields.iter().filter(|field| !matches!(field.name, "duty" | "signal"));
        let values: BTreeMap<String, Json> =
            others.filter_map(|field| Some((field.name.to_owned(), self.expected(field, sink)?))).collect();
        Some(Expectation { place: field.place.clone(), of, fields: values })
    }

    /// A field of a row as JSON, its instants in canonical form.
    fn expected(&self, field: &Field, sink: &mut Sink) -> Option<Json> {
        if field.is_list() {
            let elements = field.elements();
            return Some(elements.iter().filter_map(|element| self.expected(element, sink)).collect());
        }
        if field.is_table() {
            let fields = field.table(field.name, sink)?;
            let values = fields.iter().filter_map(|f| Some((f.name.to_owned(), self.expected(f, sink)?)));
            return Some(Json::Object(values.collect()));
        }
        if INSTANTS.contains(&field.name) {
            return self.instant(field, sink).map(|instant| Json::String(instant.to_string()));
        }
        let json = match field.scalar()? {
            Scalar::Text(text) => Json::from(text),
            Scalar::Integer(number) => Json::from(number),
            Scalar::Decimal(number) => Json::from(number),
            Scalar::Boolean(truth) => Json::from(truth),
            Scalar::Datetime(_) => Json::String(self.instant(field, sink)?.to_string()),
        };
        let words: &[&str] = match field.name {
            "state" => &State::ALL.map(State::word),
            "invited" => &["yes", "no", "unknown"],
            _ => return Some(json),
        };
        if !json.as_str().is_some_and(|word| words.contains(&word)) {
            let message = format!("{json} is no `{}`", field.name).replace('"', "`");
            let help = json.as_str().and_then(|word| did_you_mean(word, words.iter().copied()));
            let help = help.unwrap_or_else(|| format!("write {}", super::fields::listed_or(words)));
            sink.push(Problem::new(message, &field.place).help(help));
        }
        Some(json)
    }
}

/// The fields of a duty's row, and `step`.
const DUTY_ROW: &[&str] = &[
    "id",
    "aliases",
    "duty",
    "lens",
    "key",
    "part",
    "trigger",
    "due",
    "state",
    "closed_by",
    "late_ms",
    "recorded_late",
    "periods_missed",
    "invited",
    "owner",
    "holders",
    "near",
    "undecided",
    "ladder",
    "step",
];

/// The fields of rows that are instants.
const INSTANTS: &[&str] = &["at", "recorded_at", "due", "opens", "raised", "seen", "answered"];

fn unknown<'k>(what: &str, name: &Text, known: impl Iterator<Item = &'k str>, sink: &mut Sink) {
    let message = format!("the policy declares no {what} `{}`", name.value);
    let help = did_you_mean(&name.value, known);
    sink.push(Problem::new(message, &name.place).maybe_help(help));
}
