//! CloudEvents 1.0 as native events: `source` stands before the id, `type` is the kind, `time` is `at`, `subject` the
//! stream; every other field of a native event is in `data`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::problem::Problem;

#[derive(Deserialize)]
struct CloudEvent {
    specversion: String,
    id: String,
    source: String,
    r#type: String,
    time: Option<String>,
    subject: Option<String>,
    /// As it was sent, so that no number is read but as a native event's is.
    data: Option<BTreeMap<String, Box<RawValue>>>,
    data_base64: Option<serde::de::IgnoredAny>,
}

/// What `data` may hold.
const DATA: [&str; 7] = ["recorded_at", "recorded_by", "agency", "links", "attrs", "note", "corrects"];

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
    if event.source.is_empty() || event.id.is_empty() {
        return Err(Problem::bad("`source` or `id` is empty; the event's id is made of both"));
    }
    if event.data_base64.is_some() {
        return Err(Problem::bad("`data_base64` is not read; send `data` as JSON"));
    }
    let time = event.time.ok_or_else(|| Problem::bad("`time` is missing; it is when it happened"))?;
    let mut native = event.data.unwrap_or_default();
    if let Some(name) = native.keys().find(|name| !DATA.contains(&name.as_str())) {
        let detail = format!("`data.{name}` is not read; `data` may have {}", DATA.join(", "));
        return Err(Problem::bad(detail));
    }
    let mut put = |name: &str, text: &str| {
        let text = to_raw_value(text).map_err(|error| Problem::bad(format!("`{name}`: {error}")))?;
        native.insert(name.to_owned(), text);
        Ok::<_, Problem>(())
    };
    put("id", &format!("{}:{}", event.source, event.id))?;
    put("kind", &event.r#type)?;
    put("at", &time)?;
    event.subject.map_or(Ok(()), |subject| put("stream", &subject))?;
    if let Some(corrects) = native.get_mut("corrects") {
        let id: String =
            serde_json::from_str(corrects.get()).map_err(|_| Problem::bad("`data.corrects` is not text"))?;
        *corrects = to_raw_value(&format!("{}:{id}", event.source))
            .map_err(|error| Problem::bad(error.to_string()))?;
    }
    let line = serde_json::to_string(&native).map_err(|error| Problem::bad(error.to_string()))?;
    // Only between values can a line end in JSON.
    Ok(line.replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_number_and_a_broken_line_come_through_as_they_are() {
        let text = "{\"specversion\":\"1.0\",\"id\":\"77\",\"source\":\"crm\",\"type\":\"missing.found\",\"time\":\"2026-03-06T19:00:00Z\",\n\"data\":{\"attrs\":{\n\"many\": -9223372036854775809}}}";
        let line = native(&RawValue::from_string(text.to_owned()).unwrap()).unwrap();
        assert!(line.contains("-9223372036854775809") && !line.contains('\n'), "{line}");
    }

    #[test]
    fn an_id_is_made_of_two_parts() {
        for (source, id) in [("", "77"), ("crm", "")] {
            let event = json!({"specversion": "1.0", "id": id, "source": source, "type": "missing.found", "time": "2026-03-06T19:00:00Z"});
            let event = RawValue::from_string(event.to_string()).unwrap();
            assert!(native(&event).unwrap_err().detail.contains("is empty"));
        }
    }

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
