//! Events in and out.

use app::token::Scope;
use app::{Order, Refusal};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::log::{EventRef, Pushed};
use engine::record::Event;
use engine::time::Instant;
use exchange::{Input, Options};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use store::Entry;
use utoipa::{IntoParams, ToSchema};
use uuid::{NoContext, Timestamp, Uuid};

use crate::Served;
use crate::auth::{Caller, EVERYTHING};
use crate::body::{Whole, media_type};
use crate::cloudevents;
use crate::cursor;
use crate::problem::Problem;
use crate::sent::{CloudEvent, CloudEvents, Events};

/// The most events of one request.
pub(crate) const MOST_EVENTS: usize = 10_000;

/// What was recorded.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordedBody {
    /// The ids of the events, in their order.
    pub ids: Vec<String>,
    /// How many of them are new; the others were there with the same content.
    pub new: usize,
}

/// Records one event, or all events of a list or none.
///
/// Takes a native event or a list of them (`application/json`), or CloudEvents 1.0, structured
/// (`application/cloudevents+json`) or batched (`application/cloudevents-batch+json`). An event without an id gets one.
/// Give each an id of your own, and send again with the same ids where there is no answer: what is there already is not
/// stored twice. Without ids it is.
///
/// The server stamps when it was recorded and by whom, unless the token has the scope `events:import`.
#[utoipa::path(
    post, path = "/api/v1/events", tag = "events", security(("token" = [])),
    request_body(description = "An event, or a list", content(
        (Events = "application/json"),
        (CloudEvent = "application/cloudevents+json"),
        (CloudEvents = "application/cloudevents-batch+json"),
    )),
    responses(
        (status = 201, description = "Recorded, and safe", body = RecordedBody),
        (status = 200, description = "All were there already, with the same content", body = RecordedBody),
        (status = 400, description = "No event, and nothing stored", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body took too long, and nothing stored", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "An id with other content, and nothing stored", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too much at once", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "Another format", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Events that the record cannot hold, and nothing stored", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now: nothing stored, or of type `urn:wakeful:unconfirmed`, which says by which ids to send again", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn record(
    State(served): State<Served>,
    caller: Caller,
    headers: HeaderMap,
    Whole(body): Whole,
) -> Result<Response, Problem> {
    caller.needs(&[Scope::EventsWrite, Scope::EventsImport])?;
    let lines = match media_type(&headers).as_str() {
        "application/json" => native(&body, &served)?,
        "application/cloudevents+json" => {
            vec![cloudevents::native(one(&body)?).map_err(|error| error.at(0))?]
        }
        "application/cloudevents-batch+json" => several(&body)?
            .into_iter()
            .enumerate()
            .map(|(place, event)| cloudevents::native(event).map_err(|error| error.at(place)))
            .collect::<Result<_, _>>()?,
        other => {
            let detail = format!("`{other}` is not read here; send `application/json` or CloudEvents");
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", detail));
        }
    };
    let events = events(lines)?;
    let records_as = (!caller.may(Scope::EventsImport)).then(|| caller.token.records_as.clone());
    let ids = events.iter().map(|event| event.id.clone()).collect();
    let recorded = served.recorder.record(Order { events, records_as }).await;
    let recorded =
        recorded.map_err(|error| Problem::of_recording(&error, ids))?.map_err(|refusal: Refusal| {
            tracing::info!(token = caller.token.name, "events were refused");
            Problem::from(refusal)
        })?;
    let status = if recorded.new == 0 { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, Json(RecordedBody { ids: recorded.ids, new: recorded.new })).into_response())
}

fn text(body: &[u8]) -> Result<&str, Problem> {
    std::str::from_utf8(body).map_err(|_| Problem::bad("the body is not UTF-8 text"))
}

fn not_json(error: &serde_json::Error) -> Problem {
    Problem::bad(format!("the body is not JSON: {error}"))
}

fn one(body: &[u8]) -> Result<&RawValue, Problem> {
    serde_json::from_str(text(body)?).map_err(|error| not_json(&error))
}

fn several(body: &[u8]) -> Result<Vec<&RawValue>, Problem> {
    let events: Vec<&RawValue> = serde_json::from_str(text(body)?).map_err(|error| not_json(&error))?;
    if events.len() > MOST_EVENTS {
        return Err(Problem::bad(format!("the list has more than {MOST_EVENTS} events; send several")));
    }
    Ok(events)
}

/// The lines of native events, each with an id.
fn native(body: &[u8], served: &Served) -> Result<Vec<String>, Problem> {
    let whole = one(body)?;
    let events = if whole.get().trim_start().starts_with('[') { several(body)? } else { vec![whole] };
    Ok(events.into_iter().map(|event| with_id(event.get(), served.clock.now())).collect())
}

/// An event's text in one line, with an id of ours where it has none.
fn with_id(event: &str, now: Instant) -> String {
    let line = event.trim().replace(['\n', '\r'], " ");
    type Fields = std::collections::HashMap<String, serde::de::IgnoredAny>;
    let has_none = serde_json::from_str::<Fields>(&line).is_ok_and(|fields| !fields.contains_key("id"));
    match line.strip_prefix('{') {
        Some(rest) if has_none => {
            let comma = if rest.trim_start().starts_with('}') { "" } else { "," };
            format!("{{\"id\":\"{}\"{comma}{rest}", new_id(now))
        }
        _ => line,
    }
}

/// A time-ordered UUID.
pub(crate) fn new_id(now: Instant) -> Uuid {
    let ms = u64::try_from(now.ms()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, ms / 1000, (ms % 1000) as u32 * 1_000_000))
}

/// The events of native lines.
fn events(lines: Vec<String>) -> Result<Vec<Event>, Problem> {
    let mut events = Vec::with_capacity(lines.len());
    let input = Input::Bytes("body.jsonl".to_owned(), lines.join("\n").into_bytes());
    let mut sink = |event: &EventRef<'_>| {
        events.push(event.to_event());
        Ok(Pushed::Added)
    };
    let read = exchange::read(&[input], Options::default(), &mut sink);
    match read {
        Ok(_) if events.len() == lines.len() => Ok(events),
        Ok(_) => Err(Problem::bad("an event is empty")),
        Err(exchange::ReadError::Input(error)) => Err(Problem::bad(said(&error)).at(events.len())),
        Err(error) => Err(Problem::bad(error.to_string())),
    }
}

fn said(error: &exchange::InputError) -> String {
    let field = error.field.as_ref().map_or_else(String::new, |field| format!("`{field}`: "));
    let help = error.help.as_ref().map_or_else(String::new, |help| format!("; {help}"));
    format!("{field}{}{help}", error.reason)
}

/// Which events are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsQuery {
    /// Those with this entity as stream or link.
    #[param(pattern = r"^[^\x00]*$")]
    entity: Option<String>,
    /// Those after this append number.
    after: Option<i64>,
    /// At most so many, 100 if left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// An event of the record.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventItem {
    /// Its append number.
    pub seq: i64,
    /// Its canonical form.
    #[schema(value_type = serde_json::Value)]
    pub event: Box<RawValue>,
}

/// A page of events.
#[derive(Debug, Serialize, ToSchema)]
pub struct EventsPage {
    /// The events, in the order in which they were appended.
    pub items: Vec<EventItem>,
    /// `after` of the next page; none where there is none.
    pub next: Option<i64>,
}

/// The record's events, or those about an entity, in the order in which they were appended.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", security(("token" = [])), params(EventsQuery),
    responses(
        (status = 200, description = "A page", body = EventsPage),
        (status = 400, description = "No such question", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(served): State<Served>,
    caller: Caller,
    query: Result<Query<EventsQuery>, QueryRejection>,
) -> Result<Json<EventsPage>, Problem> {
    caller.needs(&[Scope::Read])?;
    let Query(query) = query.map_err(|error| Problem::bad(error.body_text()))?;
    let (after, most) = (query.after.unwrap_or(0), cursor::size(query.limit)?);
    caller.note(&served, query.entity.as_deref().unwrap_or(EVERYTHING)).await;
    let entries = match &query.entity {
        Some(entity) => served.store.entries_about(entity, after, most + 1).await?,
        None => served.store.entries_after(after, most + 1).await?,
    };
    Ok(Json(page(entries, most)))
}

fn page(mut entries: Vec<Entry>, most: usize) -> EventsPage {
    let has_more = entries.len() > most;
    entries.truncate(most);
    let next = if has_more { entries.last().map(|entry| entry.seq) } else { None };
    let items = entries.into_iter().filter_map(|entry| {
        let event = RawValue::from_string(entry.line).ok()?;
        Some(EventItem { seq: entry.seq, event })
    });
    EventsPage { items: items.collect(), next }
}

/// What the registers were told of an officer: posts, cover, qualifications and allocations, in the order of the record.
#[utoipa::path(
    get, path = "/api/v1/registers/{officer}", tag = "registers", security(("token" = [])),
    params(("officer" = String, Path, description = "`officer:…`")),
    responses(
        (status = 200, description = "The entries", body = EventsPage),
        (status = 400, description = "An address that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is known of the officer", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn register(
    State(served): State<Served>,
    caller: Caller,
    Path(officer): Path<String>,
) -> Result<Json<EventsPage>, Problem> {
    caller.needs(&[Scope::Read])?;
    let mut entries = Vec::new();
    let mut after = 0;
    loop {
        let some = served.store.entries_about(&officer, after, cursor::MOST).await?;
        let Some(last) = some.last() else { break };
        after = last.seq;
        entries.extend(some.into_iter().filter(is_register_entry));
    }
    if entries.is_empty() {
        return Err(Problem::none(format!("the registers have no entry of `{officer}`")));
    }
    caller.note(&served, &officer).await;
    let most = entries.len();
    Ok(Json(page(entries, most)))
}

/// Whether an event is one that registers are folded from.
fn is_register_entry(entry: &Entry) -> bool {
    #[derive(Deserialize)]
    struct Kind<'a> {
        #[serde(borrow)]
        kind: std::borrow::Cow<'a, str>,
    }
    const FAMILIES: [&str; 4] = ["post.", "cover.", "qualification.", "allocation."];
    serde_json::from_str::<Kind<'_>>(&entry.line)
        .is_ok_and(|event| FAMILIES.iter().any(|family| event.kind.starts_with(family)))
}
