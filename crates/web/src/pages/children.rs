//! A child, across the cases that the reader may see.

use std::collections::BTreeSet;

use app::chronicle::Told;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::Serialize;
use store::DutyQuery;

use super::casefile::{Episode, attr, capital_words, episodes, linked, seen_about, standing};
use super::reader::Reader;
use super::rows::{Item, Row, Shower};
use super::texts::said;
use super::told::{EventLine, Name, labels, list, name};
use super::{Frame, PageError};
use crate::Served;

const MOST_EVENTS: usize = 2_000;
const MOST_DUTIES: usize = 500;

#[derive(Debug, Serialize)]
struct ChildPage {
    cases: Vec<Name>,
    open: Vec<Item>,
    episodes: Vec<Episode>,
    officers: Vec<Officer>,
    promises: Vec<Promise>,
    contacts: Vec<Contact>,
    events: Vec<EventLine>,
    has_more: bool,
    labels: serde_json::Value,
}

/// An officer who had to do with the child, since when.
#[derive(Debug, Serialize)]
struct Officer {
    since: String,
    who: String,
    role: String,
    case: Name,
}

/// A contact that was promised.
#[derive(Debug, Serialize)]
struct Promise {
    made: String,
    by: String,
    until: Option<String>,
    kept: Option<String>,
}

/// What is recorded of the child as somebody who may have been harmed.
#[derive(Debug, Serialize)]
struct Contact {
    when: String,
    what: String,
    who: String,
}

/// A child.
pub(crate) async fn child(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let entity = format!("person:{id}");
    served.recorder.watch().await?;
    let store = &*served.store;
    let sight = reader.sight.clone();
    let (told, has_more) = seen_about(store, &sight, &entity, MOST_EVENTS).await?;
    if told.is_empty() {
        return Err(PageError::NotFound);
    }
    reader.note(&served, "read", &entity, &said("child-why", &[])).await?;
    let query = DutyQuery {
        key: Some(entity.clone()),
        sight: Some(sight),
        by_due: true,
        most: MOST_DUTIES,
        ..DutyQuery::default()
    };
    let duties = store.duties(&query).await?;
    let shower = Shower::new(&served).await?.to(&reader.person);
    let rows = duties.iter().map(Row::of).collect::<Result<Vec<Row>, _>>()?;
    let open = rows.iter().filter(|row| row.state().is_some_and(|state| state.is_open()));
    let streams: BTreeSet<&str> = told.iter().map(|told| &*told.event.stream).collect();
    let cases = streams.into_iter().filter(|stream| stream.starts_with("case:"));
    let page = ChildPage {
        cases: cases.map(|case| name(&shower, case)).collect(),
        open: open.map(|row| shower.item(row)).collect(),
        episodes: episodes(&shower, &told),
        officers: officers(&shower, &told),
        promises: promises(&shower, &told),
        contacts: contacts(&shower, &told),
        events: told.iter().map(|told| EventLine::of(&shower, told)).collect(),
        has_more,
        labels: labels(),
    };
    frame.page("child.njk", &said("child-title", &[("reference", id.into())]), page)
}

/// Allocations, in the order in which they were made.
fn officers(shower: &Shower, told: &[Told]) -> Vec<Officer> {
    let allocated = standing(told).filter(|event| event.kind == "allocation.made");
    let officer = |event: &Event| Officer {
        since: shower.when.day(event.at),
        who: list(shower, linked(event, "officer")),
        role: attr(event, "role").map_or_else(String::new, |role| capital_words(&role)),
        case: name(shower, &event.stream),
    };
    allocated.map(officer).collect()
}

/// Promised contacts, each with the first contact after it.
fn promises(shower: &Shower, told: &[Told]) -> Vec<Promise> {
    let kept = |promised: &Event| {
        let after = |event: &&Event| event.kind == "contact.made" && event.at >= promised.at;
        standing(told).find(after).map(|event| shower.when.full(event.at))
    };
    let until = |event: &Event| match event.attrs.get("until") {
        Some(Value::Instant(at)) => Some(*at),
        Some(Value::Text(text)) => Instant::parse(text).ok(),
        _ => None,
    };
    let promise = |event: &Event| Promise {
        made: shower.when.full(event.at),
        by: list(shower, linked(event, "officer")),
        until: until(event).map(|at| shower.when.full(at)),
        kept: kept(event),
    };
    standing(told).filter(|event| event.kind == "contact.promised").map(promise).collect()
}

/// What is recorded of the child as a potential victim.
fn contacts(shower: &Shower, told: &[Told]) -> Vec<Contact> {
    const KINDS: [&str; 3] = ["potential-victim.identified", "victim.contacted", "victim.declined-contact"];
    let contact = |event: &Event| Contact {
        when: shower.when.full(event.at),
        what: capital_words(&event.kind),
        who: list(shower, linked(event, "officer")),
    };
    standing(told).filter(|event| KINDS.contains(&&*event.kind)).map(contact).collect()
}
