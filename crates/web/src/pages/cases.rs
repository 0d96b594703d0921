//! A case: what happened in it, what is owed, and who has to do with it.

use std::collections::BTreeSet;

use app::access::{self, Action};
use app::chronicle::{self, Told};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use store::{DutyQuery, Opened};
use uuid::Uuid;

use super::casefile::{
    Concern, Decision, Episode, Gap, Meeting, Part, Request, Suspect, Term, attr, capital_words, concern,
    decisions, episodes, gaps, linked, meetings, parts, requests, standing, suspects, terms,
};
use super::duty::record;
use super::reader::Reader;
use super::rows::{Item, Row, Shower};
use super::texts::{said, text};
use super::told::{EventLine, Name, escaped, labels, name};
use super::{Errors, Fields, Frame, PageError, done};
use crate::Served;
use crate::events::new_id;

/// How many events, duties and readings a page shows at most; it says where there are more.
const MOST_EVENTS: usize = 2_000;
const MOST_DUTIES: usize = 500;
const MOST_READINGS: usize = 20;

/// The fewest characters of a reason to look.
const FEWEST_CHARACTERS: usize = 10;

#[derive(Debug, Serialize)]
struct CasePage {
    reference: String,
    href: String,
    sort: Option<String>,
    children: Vec<Name>,
    in_charge: Vec<Name>,
    open: Vec<Item>,
    closed: Vec<Item>,
    parts: Vec<Part>,
    meetings: Vec<Meeting>,
    concerns: Vec<Concern>,
    gaps: Vec<Gap>,
    episodes: Vec<Episode>,
    suspects: Vec<Suspect>,
    requests: Vec<Request>,
    decisions: Vec<Decision>,
    terms: Vec<Term>,
    events: Vec<EventLine>,
    has_more: bool,
    readings: Vec<Reading>,
    printed: String,
    reader: String,
    why: String,
    labels: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct Reading {
    when: String,
    who: String,
    what: String,
    why: String,
}

/// A case.
pub(crate) async fn case(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let page = read(&served, &reader, &id, "read").await?;
    frame.page("case.njk", &said("case-title", &[("reference", page.reference.clone().into())]), page)
}

/// A case's chronology, to be printed.
pub(crate) async fn print(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let page = read(&served, &reader, &id, "print").await?;
    frame.page(
        "case-print.njk",
        &said("case-print-title", &[("reference", page.reference.clone().into())]),
        page,
    )
}

/// Reads a case for somebody who may, and notes that they did.
async fn read(served: &Served, reader: &Reader, id: &str, action: &str) -> Result<CasePage, PageError> {
    let stream = format!("case:{id}");
    let why = reader.may(served, Action::SeeCase, &stream).await?;
    served.recorder.watch().await?;
    let store = &*served.store;
    let (told, has_more) = chronicle::of(store, &stream, MOST_EVENTS).await?;
    if told.is_empty() {
        return Err(PageError::NotFound);
    }
    reader.note(served, action, &stream, &why).await?;
    let query = DutyQuery {
        stream: Some(stream.clone()),
        sight: Some(reader.sight.clone()),
        by_due: true,
        most: MOST_DUTIES,
        ..DutyQuery::default()
    };
    let duties = store.duties(&query).await?;
    let in_charge = store.in_charge(&stream).await?;
    let openings = store.openings(&stream, MOST_READINGS).await?;
    let shower = Shower::new(served).await?.to(&reader.person);
    let rows = duties.iter().map(Row::of).collect::<Result<Vec<Row>, _>>()?;
    let (open, closed): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.state().is_some_and(|state| state.is_open()));
    let items = |rows: Vec<&Row>| rows.into_iter().map(|row| shower.item(row)).collect();
    let opened = standing(&told).find(|event| event.kind == "case.opened");
    let meetings = meetings(&shower, &told);
    Ok(CasePage {
        reference: id.to_owned(),
        href: format!("/cases/{}", escaped(id)),
        sort: opened.and_then(|event| attr(event, "type")).map(|sort| capital_words(&sort)),
        children: children(&shower, &told),
        in_charge: in_charge.iter().map(|entity| name(&shower, entity)).collect(),
        open: items(open),
        closed: items(closed),
        parts: parts(&shower, &told),
        concerns: concerns(served, &shower, reader, &told, &meetings).await?,
        gaps: gaps(&shower, &rows),
        meetings,
        episodes: episodes(&shower, &told),
        suspects: suspects(&shower, &told),
        requests: requests(&shower, &told),
        decisions: decisions(&shower, &told),
        terms: terms(&shower, &told),
        events: told.iter().map(|told| EventLine::of(&shower, told)).collect(),
        has_more,
        readings: openings.iter().map(|opened| reading(&shower, opened)).collect(),
        printed: shower.when.full(reader.now),
        reader: reader.person.name.clone(),
        why,
        labels: labels(),
    })
}

/// Concerns about meetings of the case, of those that the reader may see.
async fn concerns(
    served: &Served,
    shower: &Shower,
    reader: &Reader,
    told: &[Told],
    meetings: &[Meeting],
) -> Result<Vec<Concern>, PageError> {
    let store = &*served.store;
    let called: BTreeSet<&str> = standing(told).flat_map(|event| linked(event, "meeting")).collect();
    let called: Vec<String> = called.into_iter().map(str::to_owned).collect();
    let streams = store.streams_of(&called).await?.into_iter().map(|(_, stream)| stream);
    let raised: BTreeSet<String> = streams.filter(|stream| stream.starts_with("concern:")).collect();
    let raised: Vec<String> = raised.into_iter().collect();
    let mut concerns = Vec::new();
    for stream in store.seen_of(&reader.sight, &raised).await? {
        let (told, _) = chronicle::within(store, &stream, MOST_EVENTS).await?;
        concerns.extend(concern(shower, &told, meetings));
    }
    Ok(concerns)
}

fn children(shower: &Shower, told: &[Told]) -> Vec<Name> {
    let children = standing(told).flat_map(|event| event.links.get("child").into_iter().flatten());
    let children: BTreeSet<&String> = children.collect();
    children.into_iter().map(|child| name(shower, child)).collect()
}

fn reading(shower: &Shower, opened: &Opened) -> Reading {
    Reading {
        when: shower.when.full(opened.at),
        who: shower.name(&opened.officer),
        what: text(&format!("reading-{}", opened.action)),
        why: opened.why.clone(),
    }
}

#[derive(Debug, Serialize)]
struct GlassPage {
    #[serde(flatten)]
    errors: Errors,
    reference: String,
    href: String,
    reason: String,
    /// Which form it is: sent twice it records once.
    form: String,
}

/// Asks why somebody needs to see a case that is not theirs.
pub(crate) async fn ask_glass(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    reader.may(&served, Action::BreakGlass, &format!("case:{id}")).await?;
    glass_asked(&frame, &id, new_id(reader.now), String::new(), Errors::default())
}

fn glass_asked(
    frame: &Frame,
    id: &str,
    form: Uuid,
    reason: String,
    errors: Errors,
) -> Result<Response, PageError> {
    let (status, href) = (errors.status(), format!("/cases/{}", escaped(id)));
    let page = GlassPage { errors, reference: id.to_owned(), href, reason, form: form.to_string() };
    let mut response = frame.page("break-glass.njk", &text("glass-title"), page)?;
    *response.status_mut() = status;
    Ok(response)
}

/// Lets somebody into a case, if there is one; what is answered is the same where there is none.
pub(crate) async fn break_glass(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let stream = format!("case:{id}");
    reader.may(&served, Action::BreakGlass, &stream).await?;
    let form = Uuid::parse_str(fields.get("form")).unwrap_or_else(|_| new_id(reader.now));
    let reason = fields.raw("reason").trim().to_owned();
    if reason.chars().count() < FEWEST_CHARACTERS {
        return glass_asked(&frame, &id, form, reason, Errors::of("reason", text("glass-no-reason")));
    }
    if !served.store.entries_about(&stream, 0, 1).await?.is_empty() {
        let event = access::break_glass(&reader.person, &stream, &reason, &form.to_string(), reader.now);
        record(&served, &reader.person.officer, event).await?;
    }
    done(&served, &format!("/cases/{}", escaped(&id)), "said-glass")
}
