//! What a native event has and XES has not, as attributes `wakeful:…`.
//!
//! - `wakeful:<field>`: `id`, `stream` (empty where the event has none), `recorded_at`, `recorded_by`, `agency`, `note`,
//!   `corrects`.
//! - `wakeful:link:<role>`: one entity as it is, or several (or one that begins `[`) as a JSON list.
//! - `wakeful:attr:<name>`: an attribute that XES has no type or no room for, as JSON: a list of texts, or a name that
//!   means something else here.
//! - `wakeful:seq`: its place in the record, an integer, where events do not stand in the record's order.
//! - `wakeful:event`: the whole event as its canonical line, where it has characters that XML cannot hold.

use engine::record::ValueRef;
use engine::time::Instant;

use crate::draft::Draft;
use crate::error::Fault;
use crate::jsonl;
use engine::suggest::did_you_mean;

pub(super) const WHOLE: &str = "wakeful:event";
/// The event's place in the record.
pub(super) const SEQ: &str = "wakeful:seq";
const FIELDS: [&str; 8] = ["id", "stream", "recorded_at", "recorded_by", "agency", "note", "corrects", "seq"];

/// The canonical line that stands for the whole event.
pub(super) fn whole<'a>(attrs: &[(&'a str, ValueRef<'a>)]) -> Option<&'a str> {
    attrs.iter().find_map(|&(name, value)| match value {
        ValueRef::Text(text) if name == WHOLE => Some(text),
        _ => None,
    })
}

/// Sets what the attribute `wakeful:<field>` gives.
pub(super) fn set<'a>(draft: &mut Draft<'a>, field: &'a str, value: ValueRef<'a>) -> Result<(), Fault> {
    let name = || format!("wakeful:{field}");
    if field == "recorded_at" {
        let instant = match value {
            ValueRef::Instant(instant) => Ok(instant),
            ValueRef::Text(text) => {
                Instant::parse(text).map_err(|error| jsonl::of_time(&name(), text, &error))
            }
            _ => Err(Fault::at(name(), "this is no date")),
        };
        draft.recorded_at = Some(instant?);
        return Ok(());
    }
    if field == "seq" {
        // The order was told by it before the event was made.
        return match value {
            ValueRef::Integer(_) => Ok(()),
            _ => Err(Fault::at(name(), "this is no integer").help("write it as an `int` attribute")),
        };
    }
    let ValueRef::Text(text) = value else {
        return Err(Fault::at(name(), "this is no string").help("write it as a `string` attribute"));
    };
    if let Some(role) = field.strip_prefix("link:") {
        let entities = if text.starts_with('[') { jsonl::texts(&name(), text)? } else { vec![text.into()] };
        draft.links.extend(entities.into_iter().map(|entity| (role.into(), entity)));
    } else if let Some(attr) = field.strip_prefix("attr:") {
        draft.attrs.push((attr.into(), jsonl::value(&name(), text)?));
    } else {
        match field {
            "id" => draft.id = text.into(),
            "stream" => draft.stream = text.into(),
            "recorded_by" => draft.recorded_by = Some(text.into()),
            "agency" => draft.agency = Some(text.into()),
            "note" => draft.note = Some(text.into()),
            "corrects" => draft.corrects = Some(text.into()),
            "event" => {}
            _ => {
                let help = did_you_mean(field, FIELDS).unwrap_or_else(|| {
                    String::from(
                        "names that begin `wakeful:` are an event's fields; give the attribute another name",
                    )
                });
                return Err(Fault::at(name(), "an event has no such field").help(help));
            }
        }
    }
    Ok(())
}
