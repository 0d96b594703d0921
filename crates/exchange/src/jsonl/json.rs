//! A native event from its JSON, strictly: nothing unknown, nothing twice, nothing of another type.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use engine::time::{Instant, TimeError};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::draft::{Draft, Held};
use crate::error::{Fault, shown};
use engine::suggest::did_you_mean;

/// The fields of an event, in the order of the canonical form.
pub(crate) const FIELDS: [&str; 11] = [
    "id",
    "stream",
    "kind",
    "at",
    "recorded_at",
    "recorded_by",
    "agency",
    "links",
    "attrs",
    "note",
    "corrects",
];

/// The event that the text is.
pub(crate) fn event(text: &str) -> Result<Draft<'_>, Fault> {
    if !text.trim_start().starts_with('{') {
        return Err(Fault::new("the line is not a JSON object").help("write one event a line, `{\"id\":…}`"));
    }
    let Object(fields) = serde_json::from_str(text).map_err(not_json)?;
    let mut draft = Draft::default();
    for (place, (name, value)) in fields.iter().enumerate() {
        if fields[..place].iter().any(|(other, _)| other == name) {
            return Err(Fault::at(&**name, "the field is given twice"));
        }
        set_field(&mut draft, name, value.get())?;
    }
    for (name, missing) in
        [("id", draft.id.is_empty()), ("kind", draft.kind.is_empty()), ("at", draft.at.is_none())]
    {
        if missing {
            return Err(Fault::at(name, format!("the event has no `{name}`")));
        }
    }
    Ok(draft)
}

fn set_field<'a>(draft: &mut Draft<'a>, name: &str, value: &'a str) -> Result<(), Fault> {
    match name {
        "id" => draft.id = text(name, value)?,
        "stream" => draft.stream = text(name, value)?,
        "kind" => draft.kind = text(name, value)?,
        "at" => draft.at = Some(instant(name, value)?),
        "recorded_at" => draft.recorded_at = Some(instant(name, value)?),
        "recorded_by" => draft.recorded_by = Some(text(name, value)?),
        "agency" => draft.agency = Some(text(name, value)?),
        "links" => draft.links = links(value)?,
        "attrs" => draft.attrs = attrs(value)?,
        "note" => draft.note = Some(text(name, value)?),
        "corrects" => draft.corrects = Some(text(name, value)?),
        _ => {
            let help = did_you_mean(name, FIELDS).unwrap_or_else(|| {
                String::from("what is not a field of every event is an attribute; write it inside `attrs`")
            });
            return Err(Fault::at(name, "an event has no such field").help(help));
        }
    }
    Ok(())
}

/// A role and an entity.
type Link<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The links that a JSON object is: a role's value is a text or a list of texts.
pub(crate) fn links(json: &str) -> Result<Vec<Link<'_>>, Fault> {
    let mut links = Vec::new();
    for (role, value) in object("links", json)? {
        let field = || format!("links.{role}");
        match value.get().as_bytes().first() {
            Some(b'"') => links.push((role.clone(), text(&field(), value.get())?)),
            Some(b'[') => {
                let entities = texts(&field(), value.get())?;
                links.extend(entities.into_iter().map(|entity| (role.clone(), entity)));
            }
            _ => {
                let what = named(value.get());
                return Err(Fault::at(field(), format!("{what} is no link")).help(
                    "write a text or a list of texts, `\"person:p7\"`; leave the role out where it has none",
                ));
            }
        }
    }
    Ok(links)
}

/// The attributes that a JSON object is.
pub(crate) fn attrs(json: &str) -> Result<Vec<(Cow<'_, str>, Held<'_>)>, Fault> {
    let mut attrs = Vec::new();
    for (name, json) in object("attrs", json)? {
        let held = value(&format_args!("attrs.{name}"), json.get())?;
        attrs.push((name, held));
    }
    Ok(attrs)
}

/// The value that a JSON text is.
pub(crate) fn value<'a>(field: &dyn fmt::Display, json: &'a str) -> Result<Held<'a>, Fault> {
    let json = json.trim();
    match json.as_bytes().first() {
        Some(b'"') => text(&field.to_string(), json).map(Held::Text),
        Some(b'[') => texts(&field.to_string(), json).map(Held::Texts),
        Some(b'{') => tagged(&field.to_string(), json),
        Some(b'-' | b'0'..=b'9') => number(field, json),
        _ => match json {
            "true" => Ok(Held::Boolean(true)),
            "false" => Ok(Held::Boolean(false)),
            "null" => Err(Fault::at(field.to_string(), "an attribute cannot be null")
                .help("leave an attribute without a value out")),
            _ => Err(Fault::at(field.to_string(), format!("{} is not JSON", named(json)))),
        },
    }
}

fn number<'a>(field: &dyn fmt::Display, json: &str) -> Result<Held<'a>, Fault> {
    if !json.contains(['.', 'e', 'E']) {
        return json.parse().map(Held::Integer).map_err(|_| {
            Fault::at(field.to_string(), format!("{} is too large for an integer of 64 bits", named(json)))
                .help("write it as a text, or with a point as a decimal")
        });
    }
    match json.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Held::Decimal(number)),
        _ => Err(Fault::at(field.to_string(), format!("{} is too large for a decimal", named(json)))
            .help("write it as a text")),
    }
}

/// `{"instant":"…"}`, the only object that a value may be.
fn tagged<'a>(field: &str, json: &'a str) -> Result<Held<'a>, Fault> {
    match object(field, json)?.as_slice() {
        [(tag, value)] if tag == "instant" => instant(field, value.get()).map(Held::Instant),
        _ => Err(Fault::at(field, format!("{} is no value", named(json))).help(
            "the only object that may stand here is an instant, `{\"instant\":\"2026-03-06T19:00:00Z\"}`",
        )),
    }
}

fn instant(field: &str, json: &str) -> Result<Instant, Fault> {
    let text = text(field, json)?;
    Instant::parse(&text).map_err(|error| of_time(field, &text, &error))
}

/// An error of time as a fault: with what was written, what to do as help.
pub(crate) fn of_time(field: &str, text: &str, error: &TimeError) -> Fault {
    let text = shown(text);
    let (reason, help) = match error {
        TimeError::OutOfRange => (format!("`{text}` lies outside the years 0000 to 9999"), None),
        TimeError::NoOffset(_) => {
            (format!("`{text}` has no offset from UTC"), Some("add `Z`, or one such as `+01:00`"))
        }
        TimeError::Gap { zone, .. } => (
            format!("`{text}` does not exist in {zone}, whose clocks went forward over it"),
            Some("correct it, or write it with an offset such as `+01:00`"),
        ),
        TimeError::Fold { zone, .. } => (
            format!("`{text}` happened twice in {zone}, whose clocks went back over it"),
            Some("write it with an offset such as `+01:00`"),
        ),
        _ => (
            format!("`{text}` is not an instant"),
            Some("write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`"),
        ),
    };
    let fault = Fault::at(field, reason);
    match help {
        Some(help) => fault.help(help),
        None => fault,
    }
}

/// The text that a JSON text is.
pub(crate) fn text<'a>(field: &str, json: &'a str) -> Result<Cow<'a, str>, Fault> {
    if !json.starts_with('"') {
        let fault = Fault::at(field, format!("{} is not a text", named(json)));
        return Err(match json {
            "null" => fault.help("leave a field without a value out"),
            _ => fault.help("write it in quotes"),
        });
    }
    serde_json::from_str::<Text<'a>>(json).map(|Text(text)| text).map_err(|error| not_json_in(field, &error))
}

/// The list of texts that a JSON text is.
pub(crate) fn texts<'a>(field: &str, json: &'a str) -> Result<Vec<Cow<'a, str>>, Fault> {
    match serde_json::from_str::<List<'a>>(json) {
        Ok(List(items)) => items.into_iter().map(|item| text(field, item.get())).collect(),
        Err(error) => Err(not_json_in(field, &error)),
    }
}

fn object<'a>(field: &str, json: &'a str) -> Result<Vec<(Cow<'a, str>, &'a RawValue)>, Fault> {
    if !json.starts_with('{') {
        return Err(
            Fault::at(field, format!("{} is not an object", named(json))).help("write `{\"name\": …}`")
        );
    }
    let Object(entries) = serde_json::from_str(json).map_err(|error| not_json_in(field, &error))?;
    for (place, (name, _)) in entries.iter().enumerate() {
        if entries[..place].iter().any(|(other, _)| other == name) {
            return Err(Fault::at(format!("{field}.{name}"), "the name is given twice"));
        }
    }
    Ok(entries)
}

/// A piece of JSON as errors name it.
fn named(json: &str) -> String {
    format!("`{}`", shown(json))
}

fn not_json(error: serde_json::Error) -> Fault {
    if error.is_eof() {
        return Fault::new("the JSON ends too soon")
            .help("is the file cut short? an event stands on one line");
    }
    Fault::new(format!("not JSON: {}, at column {}", reason_of(&error), error.column()))
}

/// Of a piece of JSON whose place in its line is not known.
fn not_json_in(field: &str, error: &serde_json::Error) -> Fault {
    Fault::at(field, format!("not JSON: {}", reason_of(error)))
}

/// What the parser says, without where.
fn reason_of(error: &serde_json::Error) -> String {
    let prose = error.to_string();
    prose
        .rsplit_once(" at line ")
        .map_or(prose.as_str(), |(reason, _)| reason)
        .replace("EOF while", "it ends while")
}

/// A text, borrowed where it has no escapes.
struct Text<'a>(Cow<'a, str>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfText<'a>(PhantomData<&'a str>);

        impl<'de> Visitor<'de> for OfText<'de> {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(OfText(PhantomData))
    }
}

/// The entries of an object, in their order, values unread.
struct Object<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfObject<'a>(PhantomData<&'a str>);

        impl<'de> Visitor<'de> for OfObject<'de> {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut entries = Vec::with_capacity(8);
                while let Some((Text(name), value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                    if entries.len() == MOST_ENTRIES {
                        return Err(A::Error::custom(format!(
                            "more than {MOST_ENTRIES} names in one object"
                        )));
                    }
                    entries.push((name, value));
                }
                Ok(Object(entries))
            }
        }

        deserializer.deserialize_map(OfObject(PhantomData))
    }
}

/// No object has more names; the search for names given twice stays short.
const MOST_ENTRIES: usize = 4_096;

/// The items of a list, unread.
struct List<'a>(Vec<&'a RawValue>);

impl<'de> Deserialize<'de> for List<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OfList<'a>(PhantomData<&'a str>);

        impl<'de> Visitor<'de> for OfList<'de> {
            type Value = List<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(List(items))
            }
        }

        deserializer.deserialize_seq(OfList(PhantomData))
    }
}
