//! CloudEvents 1.0 as native events: `source` stands before the id, `type` is the kind, `time` is `at`, `subject` the
//! stream; every other field of a native event is in `data`.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::problem::Problem;

#[derive(Deserialize)]
struct CloudEvent {
    specversion: String,
    id: String,
    source: String,
    r#type: String,
    time: Option<String>,
    subject: Option<String>,
    data: Option<Map<String, Value>>,
    data_base64: Option<serde::de::IgnoredAny>,
}

/// What `data` may hold.
const DATA: [&str; 6] = ["recorded_at", "recorded_by", "agency", "links", "attrs", "note"];

/// The native event's line.
///
/// # Errors
/// It is no CloudEvent, or one that no event can be made of.
pub fn native(event: &RawValue) -> Result<String, Problem> {
    let event: CloudEvent = serde_json::from_str(event.get())
        .map_err(|error| Problem::bad(format!("this is no CloudEvent: {error}")))?;
    if event.specversion != "1.0" {
        return Err(Problem::bad(format!("`specversion` is `{}`; send CloudEvents 1.0", event.specversion)));
    }
    if event.data_base64.is_some() {
        return Err(Problem::bad("`data_base64` is not read; send `data` as JSON"));
    }
    let time = event.time.ok_or_else(|| Problem::bad("`time` is missing; it is when it happened"))?;
    let mut native = Map::new();
    native.insert("id".to_owned(), json!(format!("{}:{}", event.source, event.id)));
    native.insert("kind".to_owned(), json!(event.r#type));
    native.insert("at".to_owned(), json!(time));
    native.extend(event.subject.map(|subject| ("stream".to_owned(), json!(subject))));
    for (name, value) in event.data.unwrap_or_default() {
        if name == "corrects" {
            let corrects = value.as_str().ok_or_else(|| Problem::bad("`data.corrects` is not text"))?;
            native.insert(name, json!(format!("{}:{corrects}", event.source)));
        } else if DATA.contains(&name.as_str()) {
            native.insert(name, value);
        } else {
            let detail = format!("`data.{name}` is not read; `data` may have {}, corrects", DATA.join(", "));
            return Err(Problem::bad(detail));
        }
    }
    Ok(Value::Object(native).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cloud_event_is_a_native_event() {
        let text = r#"{"specversion":"1.0","id":"77","source":"crm","type":"missing.found","time":"2026-03-06T19:00:00Z",
            "subject":"case:c1","datacontenttype":"application/json","data":{"links":{"child":"person:p1"},"attrs":{"age":14,"score":35.0},"corrects":"76"}}"#;
        let event = RawValue::from_string(text.to_owned()).unwrap();
        let line = native(&event).unwrap();
        let native: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            native,
            json!({"id": "crm:77", "kind": "missing.found", "at": "2026-03-06T19:00:00Z", "stream": "case:c1",
                "links": {"child": "person:p1"}, "attrs": {"age": 14, "score": 35.0}, "corrects": "crm:76"})
        );
        assert!(line.contains("35.0"), "a decimal stays one: {line}");
    }
}
