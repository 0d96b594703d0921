//! Duties, as they stand now or stood then.

use app::access::read_with_duty;
use app::token::Scope;
use app::{HistoryPage, HistoryQuery};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use engine::duty::State as DutyState;
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use store::{DutyEntry, DutyQuery, Snapshot};
use utoipa::{IntoParams, ToSchema};

use crate::Served;
use crate::auth::{Caller, EVERYTHING};
use crate::cursor::{self, Reading};
use crate::problem::Problem;

/// Which duties are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DutiesQuery {
    /// Those about an entity, `person:p7`.
    #[param(pattern = r"^[^\x00]*$")]
    key: Option<String>,
    /// Those of a rule.
    #[param(pattern = r"^[^\x00]*$")]
    rule: Option<String>,
    /// Those in a state, or in one of several separated by commas.
    state: Option<String>,
    /// Those that an officer owes, while they are open. Not with `as_of` or `known_by`.
    #[param(pattern = r"^[^\x00]*$")]
    holder: Option<String>,
    /// As they stood then, in RFC 3339 with an offset; now if left out. The pages of one reading agree with one another for
    /// as long as they are asked for within a minute of each other; after that they come from the record as it is then.
    #[param(format = DateTime)]
    as_of: Option<String>,
    /// By what was recorded by then.
    #[param(format = DateTime)]
    known_by: Option<String>,
    /// `next` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// At most so many, 100 if left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// A page of duties.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutiesPage {
    /// The duties as `review --format jsonl` prints them, ordered by rule, key, due and id.
    #[schema(value_type = Vec<serde_json::Value>)]
    pub items: Vec<Box<RawValue>>,
    /// `cursor` of the next page; none where there is none.
    pub next: Option<String>,
    /// As of when they stand.
    #[schema(value_type = String)]
    pub as_of: Option<Instant>,
}

/// Duties, ordered by rule, key, due and id.
#[utoipa::path(
    get, path = "/api/v1/duties", tag = "duties", security(("token" = [])), params(DutiesQuery),
    responses(
        (status = 200, description = "A page", body = DutiesPage),
        (status = 400, description = "No such question", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(served): State<Served>,
    caller: Caller,
    query: Result<Query<DutiesQuery>, QueryRejection>,
) -> Result<Json<DutiesPage>, Problem> {
    caller.needs(&[Scope::Read])?;
    let Query(query) = query.map_err(|error| Problem::bad(error.body_text()))?;
    let most = cursor::size(query.limit)?;
    let (after, reading) = query.cursor.as_deref().map(cursor::read).transpose()?.unzip();
    let ask = DutyQuery {
        key: query.key.clone(),
        rule: query.rule.clone(),
        states: states(query.state.as_deref())?,
        holder: query.holder.clone(),
        after,
        most: most + 1,
        ..DutyQuery::default()
    };
    let about = query.key.as_deref().or(query.holder.as_deref()).unwrap_or(EVERYTHING);
    caller.note(&served, about).await;
    let (as_of, known_by) = (instant("as_of", &query.as_of)?, instant("known_by", &query.known_by)?);
    match (as_of, known_by) {
        (None, None) => {
            let mut snapshot = now(&served).await?;
            let (duties, head) = (snapshot.duties(&ask).await?, snapshot.head().await?);
            page(duties, most, head.as_of, None).map(Json)
        }
        _ if ask.holder.is_some() => {
            Err(Problem::bad("`holder` is of duties as they stand now; leave `as_of` and `known_by` out"))
        }
        (as_of, known_by) => {
            let reading = reading.flatten();
            let as_of = as_of.or(reading.map(|reading| reading.as_of)).unwrap_or_else(|| served.clock.now());
            let query = HistoryQuery { as_of, known_by };
            let HistoryPage { duties, seq } =
                served.history.duties(query, reading.map(|reading| reading.seq), ask).await?;
            page(duties, most, Some(as_of), Some(Reading { as_of, seq })).map(Json)
        }
    }
}

fn instant(name: &str, text: &Option<String>) -> Result<Option<Instant>, Problem> {
    let parsed = text.as_deref().map(Instant::parse).transpose();
    parsed.map_err(|error| Problem::bad(format!("`{name}`: {error}")))
}

fn states(text: Option<&str>) -> Result<Vec<String>, Problem> {
    let known = |word: &str| DutyState::ALL.iter().any(|state| state.word() == word);
    let words: Vec<String> =
        text.into_iter().flat_map(|text| text.split(',')).map(|word| word.trim().to_owned()).collect();
    match words.iter().find(|word| !known(word)) {
        None => Ok(words),
        Some(word) => {
            let all = DutyState::ALL.map(DutyState::word).join(", ");
            Err(Problem::bad(format!("there is no state `{word}`; there are {all}")))
        }
    }
}

/// What is kept as of now, to be read in as many pages as are needed.
async fn now(served: &Served) -> Result<Box<dyn Snapshot>, Problem> {
    served.recorder.watch().await?;
    Ok(served.store.snapshot().await?)
}

fn page(
    mut duties: Vec<DutyEntry>,
    most: usize,
    as_of: Option<Instant>,
    reading: Option<Reading>,
) -> Result<DutiesPage, Problem> {
    let has_more = duties.len() > most;
    duties.truncate(most);
    let next = if has_more { duties.last().map(|duty| cursor::after(duty, reading)) } else { None };
    let items = duties.into_iter().filter_map(|duty| RawValue::from_string(duty.row).ok());
    Ok(DutiesPage { items: items.collect(), next, as_of })
}

/// A duty by its id.
#[utoipa::path(
    get, path = "/api/v1/duties/{id}", tag = "duties", security(("token" = [])),
    params(("id" = String, Path, description = "32 hexadecimal digits")),
    responses(
        (status = 200, description = "The duty", body = serde_json::Value),
        (status = 400, description = "An address that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No duty has the id", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn one(
    State(served): State<Served>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Box<RawValue>>, Problem> {
    caller.needs(&[Scope::Read])?;
    served.recorder.watch().await?;
    let none =
        || Problem::none("no duty that stands now has this id; it may have been withdrawn by a correction");
    let duty = served.store.duty(&id).await?.ok_or_else(none)?;
    for entity in read_with_duty(&duty.stream, &duty.key) {
        caller.note(&served, entity).await;
    }
    RawValue::from_string(duty.row).map(Json).map_err(|_| none())
}

/// What is asked of ladders.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LaddersQuery {
    /// `next` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]+$")]
    cursor: Option<String>,
    /// At most so many duties, 100 if left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Duties whose ladder is open: overdue, unrecorded or breached, each with its steps.
#[utoipa::path(
    get, path = "/api/v1/ladders", tag = "duties", security(("token" = [])), params(LaddersQuery),
    responses(
        (status = 200, description = "A page", body = DutiesPage),
        (status = 400, description = "No such question", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn ladders(
    State(served): State<Served>,
    caller: Caller,
    query: Result<Query<LaddersQuery>, QueryRejection>,
) -> Result<Json<DutiesPage>, Problem> {
    caller.needs(&[Scope::Read])?;
    let Query(query) = query.map_err(|error| Problem::bad(error.body_text()))?;
    let most = cursor::size(query.limit)?;
    caller.note(&served, EVERYTHING).await;
    let climbing = DutyState::ALL.into_iter().filter(|state| state.leaves_ladder_open(None));
    let mut ask = DutyQuery {
        states: climbing.map(|state| state.word().to_owned()).collect(),
        after: query.cursor.as_deref().map(cursor::read).transpose()?.map(|(place, _)| place),
        most: most + 1,
        ..DutyQuery::default()
    };
    let mut open = Vec::new();
    let mut snapshot = now(&served).await?;
    let as_of = snapshot.head().await?.as_of;
    loop {
        let duties = snapshot.duties(&ask).await?;
        let is_last = duties.len() < ask.most;
        ask.after = duties.last().map(cursor::place_of);
        open.extend(duties.into_iter().filter(has_open_ladder));
        if is_last || open.len() > most {
            break;
        }
    }
    page(open, most, as_of, None).map(Json)
}

/// Whether the ladder of a duty that is kept is open.
fn has_open_ladder(duty: &DutyEntry) -> bool {
    #[derive(Deserialize)]
    struct Row {
        ladder: Vec<Step>,
    }
    #[derive(Deserialize)]
    struct Step {
        decision: Option<String>,
    }
    let row = serde_json::from_str::<Row>(&duty.row).ok();
    let last = row.and_then(|mut row| row.ladder.pop());
    let state = DutyState::ALL.into_iter().find(|state| state.word() == duty.state);
    last.zip(state).is_some_and(|(step, state)| state.leaves_ladder_open(step.decision.as_deref()))
}

/// What is known about an entity.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyBody {
    /// The entity.
    pub key: String,
    /// How many duties about it stand in each state, by rule.
    pub duties: BTreeMap<String, BTreeMap<String, u64>>,
    /// How many events have it as stream or link.
    pub events: u64,
}

/// An entity: how its duties stand, by rule and state, and how many events are about it.
#[utoipa::path(
    get, path = "/api/v1/keys/{key}", tag = "duties", security(("token" = [])),
    params(("key" = String, Path, description = "An entity, `person:p7`")),
    responses(
        (status = 200, description = "The entity", body = KeyBody),
        (status = 400, description = "An address that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Nothing is recorded about it", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn key(
    State(served): State<Served>,
    caller: Caller,
    Path(key): Path<String>,
) -> Result<Json<KeyBody>, Problem> {
    caller.needs(&[Scope::Read])?;
    let mut snapshot = now(&served).await?;
    let events = snapshot.count_about(&key).await?;
    let mut body = KeyBody { key: key.clone(), duties: BTreeMap::new(), events };
    let mut ask = DutyQuery { key: Some(key.clone()), most: cursor::MOST, ..DutyQuery::default() };
    loop {
        let duties = snapshot.duties(&ask).await?;
        for duty in &duties {
            *body.duties.entry(duty.rule.clone()).or_default().entry(duty.state.clone()).or_default() += 1;
        }
        if duties.len() < ask.most {
            break;
        }
        ask.after = duties.last().map(cursor::place_of);
    }
    match body.events == 0 && body.duties.is_empty() {
        true => Err(Problem::none(format!("nothing is recorded about `{key}`"))),
        false => {
            caller.note(&served, &key).await;
            Ok(Json(body))
        }
    }
}

/// A step of open duties of one rule that would not reach everybody whom it is to reach.
#[derive(Debug, Serialize, ToSchema)]
pub struct GapItem {
    /// The rule.
    pub rule: String,
    /// The step's number, from 1.
    pub step: usize,
    /// The role that it goes to.
    pub to: String,
    /// The agency whose people it is to reach.
    pub agency: Option<String>,
    /// Those of them who have no working contact; empty where nobody is there at all.
    pub without_contact: Vec<String>,
    /// How many open duties it is ahead of.
    pub duties: usize,
    /// When the first of them is due.
    #[schema(value_type = Option<String>)]
    pub first_due: Option<Instant>,
}

/// Steps ahead that would not reach everybody.
#[derive(Debug, Serialize, ToSchema)]
pub struct Gaps {
    /// By rule and step.
    pub items: Vec<GapItem>,
}

/// Steps of ladders that would reach nobody, or somebody without a working contact, if they opened now.
#[utoipa::path(
    get, path = "/api/v1/ladders/gaps", tag = "duties", security(("token" = [])),
    responses(
        (status = 200, description = "The steps", body = Gaps),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn gaps(State(served): State<Served>, caller: Caller) -> Result<Json<Gaps>, Problem> {
    caller.needs(&[Scope::Read])?;
    let reachable = app::reachable(&served.store.contacts().await?);
    let gaps = app::gaps_now(&served.recorder, reachable).await?;
    let items = gaps.into_iter().map(|gap| GapItem {
        rule: gap.rule,
        step: gap.step,
        to: gap.to,
        agency: gap.agency,
        without_contact: gap.without_contact,
        duties: gap.duties,
        first_due: gap.first_due,
    });
    Ok(Json(Gaps { items: items.collect() }))
}
