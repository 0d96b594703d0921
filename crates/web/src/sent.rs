//! What callers send, as the description of the API says it. What is read is decided by `exchange`; a description that
//! were narrower or wider would mislead whoever makes a client of it.

use std::borrow::Cow;

use serde_json::{Value, json};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::events::MOST_EVENTS;

/// The most bytes of a name in the record. A schema counts characters, and so says a little too much.
const MOST_NAME: usize = 1_000;

/// A native event, or a list of them.
pub struct Events;

/// A CloudEvent.
pub struct CloudEvent;

/// A batch of CloudEvents.
pub struct CloudEvents;

impl PartialSchema for Events {
    fn schema() -> RefOr<Schema> {
        made(json!({ "oneOf": [event(), list(&event())] }))
    }
}

impl PartialSchema for CloudEvent {
    fn schema() -> RefOr<Schema> {
        made(cloud_event())
    }
}

impl PartialSchema for CloudEvents {
    fn schema() -> RefOr<Schema> {
        made(list(&cloud_event()))
    }
}

impl ToSchema for Events {
    fn name() -> Cow<'static, str> {
        "Events".into()
    }
}

impl ToSchema for CloudEvent {
    fn name() -> Cow<'static, str> {
        "CloudEvent".into()
    }
}

impl ToSchema for CloudEvents {
    fn name() -> Cow<'static, str> {
        "CloudEvents".into()
    }
}

/// A schema; one that says nothing where the text is none, which a test would see.
fn made(schema: Value) -> RefOr<Schema> {
    RefOr::T(serde_json::from_value(schema).unwrap_or_default())
}

fn list(item: &Value) -> Value {
    json!({ "type": "array", "items": item, "maxItems": MOST_EVENTS })
}

fn name(description: &str) -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MOST_NAME, "pattern": r"^[^\x00]*$", "description": description })
}

fn name_or_none(description: &str) -> Value {
    json!({ "type": "string", "maxLength": MOST_NAME, "pattern": r"^[^\x00]*$", "description": description })
}

fn kind() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": MOST_NAME, "pattern": r"^(?!duty\.|signal\.)[^\x00]*$",
        "description": "What happened: `missing.found`. Names that begin `duty.` or `signal.` are refused" })
}

fn instant(description: &str) -> Value {
    json!({ "type": "string", "format": "date-time", "description": description })
}

fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

/// The fields that a native event and the `data` of a CloudEvent have in common.
fn common() -> Value {
    let entity = name("An entity: `person:p7`");
    let entities = json!({ "oneOf": [entity, { "type": "array", "items": entity }] });
    let value = json!({ "oneOf": [
        { "type": "string" },
        { "type": "boolean" },
        { "type": "number", "description": "One without point and exponent is an integer, of 64 bits",
            "minimum": i64::MIN, "maximum": i64::MAX },
        { "type": "object", "properties": { "instant": instant("An instant") }, "required": ["instant"],
            "additionalProperties": false },
        { "type": "array", "items": { "type": "string" } },
    ] });
    json!({
        "recorded_at": instant("When it was written down; the server's own time, but with the scope `events:import`"),
        "recorded_by": text("By whom; the token's own name, but with the scope `events:import`"),
        "agency": text("The agency that recorded it"),
        "links": { "type": "object", "description": "Role → entities", "additionalProperties": entities,
            "propertyNames": name("A role") },
        "attrs": { "type": "object", "description": "Name → value", "additionalProperties": value },
        "note": text("Free text that no rule sees"),
        "corrects": name_or_none("The id of the event that it corrects"),
    })
}

fn with_common(mut fields: Value) -> Value {
    if let (Value::Object(fields), Value::Object(common)) = (&mut fields, common()) {
        fields.extend(common);
    }
    fields
}

fn event() -> Value {
    let fields = with_common(json!({
        "id": name("Unique; one is made where it is left out"),
        "stream": name_or_none("What it is primarily about: `case:k1`"),
        "kind": kind(),
        "at": instant("When it happened"),
    }));
    json!({ "type": "object", "properties": fields, "required": ["kind", "at"], "additionalProperties": false })
}

fn cloud_event() -> Value {
    let data = json!({ "type": "object", "properties": common(), "additionalProperties": false,
        "description": "What a native event has besides" });
    json!({
        "type": "object",
        "properties": {
            "specversion": { "type": "string", "enum": ["1.0"] },
            "id": name("With the source before it, the event's id"),
            "source": name("The system that it comes from; with a colon and the id at most 1,000 bytes"),
            "type": kind(),
            "time": instant("When it happened"),
            "subject": { "oneOf": [name_or_none("What it is primarily about"), { "type": "null" }] },
            "data": { "oneOf": [data, { "type": "null" }] },
        },
        "required": ["specversion", "id", "source", "type", "time"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schema_says_what_was_written() {
        for (schema, fields) in [(Events::schema(), "recorded_by"), (CloudEvents::schema(), "specversion")] {
            let text = serde_json::to_string(&schema).unwrap();
            for word in [fields, "propertyNames", "date-time", "(?!duty"] {
                assert!(text.contains(word), "{word}: {text}");
            }
        }
    }
}
