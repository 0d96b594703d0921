//! How the system is.

use std::collections::BTreeMap;

use app::token::Scope;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::time::Instant;
use engine::words::{counted, thousands};
use serde::{Deserialize, Serialize};
use store::DeadQuery;
use utoipa::{IntoParams, ToSchema};

use crate::Served;
use crate::auth::Caller;
use crate::cursor;
use crate::problem::Problem;

/// How late a duty may be looked at again before the watch counts as asleep.
const OVERSLEPT_MS: i64 = 60_000;

/// How long a node may be silent before it counts as gone.
const SILENT_MS: i64 = 30_000;

/// How old a message that waits may be, before something is wrong even if none failed.
const WAITS_LONG_MS: i64 = 10 * 60_000;

/// All is well.
const OK: &str = "ok";
/// All is recorded and judged, and some of it is not told.
const DEGRADED: &str = "degraded";
/// Something is not recorded, judged or watched as it should be.
pub(crate) const FAILING: &str = "failing";

/// How the system is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthBody {
    /// `ok`; `degraded`, where all is recorded and judged and only notifications do not arrive; or `failing`.
    pub status: String,
    /// How each check is, in the words of `status`: `record`, `watch`, `audit` and `messages`.
    pub checks: BTreeMap<String, String>,
    /// What is wrong, if something is; only to a token with the scope `read`.
    pub problems: Vec<String>,
    /// Up to which append number the record goes.
    pub seq: i64,
    /// As of when duties stand.
    #[schema(value_type = Option<String>)]
    pub as_of: Option<Instant>,
    /// How many duties are open, or have an open ladder.
    pub watched: usize,
    /// Messages that wait to be delivered.
    pub messages_waiting: u64,
    /// Those of them that failed before, and are tried again.
    pub messages_retrying: u64,
    /// When the first of those that wait was made.
    #[schema(value_type = Option<String>)]
    pub oldest_waiting: Option<Instant>,
    /// Messages that were given up.
    pub messages_dead: u64,
    /// As of when an audit of this node last compared what is kept of duties with what the log says, and found it right.
    #[schema(value_type = Option<String>)]
    pub audited_as_of: Option<Instant>,
    /// The nodes that said in the last half minute that they are there; only to a token with the scope `read`.
    pub nodes: Vec<String>,
}

/// What is looked at.
#[derive(Clone, Copy)]
enum Check {
    Record,
    Watch,
    Audit,
    Messages,
}

impl Check {
    const ALL: [Self; 4] = [Self::Record, Self::Watch, Self::Audit, Self::Messages];

    fn word(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Watch => "watch",
            Self::Audit => "audit",
            Self::Messages => "messages",
        }
    }

    /// How bad it is where it fails: what is recorded, judged and watched is right where messages alone do not arrive.
    fn where_it_fails(self) -> &'static str {
        match self {
            Self::Record | Self::Watch | Self::Audit => FAILING,
            Self::Messages => DEGRADED,
        }
    }
}

impl HealthBody {
    /// Says that a check fails, and why.
    fn fails(&mut self, check: Check, why: impl Into<String>) {
        self.checks.insert(check.word().to_owned(), check.where_it_fails().to_owned());
        self.problems.push(why.into());
    }

    /// The worst of all checks.
    fn worst(&self) -> &'static str {
        let is = |word: &str| self.checks.values().any(|how| how == word);
        [FAILING, DEGRADED].into_iter().find(|word| is(word)).unwrap_or(OK)
    }

    /// What of it anybody may know: how each check is, and not why.
    fn without_details(mut self) -> Self {
        self.problems.clear();
        self.nodes.clear();
        self
    }
}

/// Measures the system's health.
pub async fn measure(served: &Served) -> HealthBody {
    let now = served.clock.now();
    let own = served.recorder.health();
    let mut body = HealthBody {
        status: OK.to_owned(),
        checks: Check::ALL.map(|check| (check.word().to_owned(), OK.to_owned())).into(),
        problems: Vec::new(),
        seq: own.status.seq,
        as_of: own.status.as_of,
        watched: own.status.watched,
        messages_waiting: 0,
        messages_retrying: 0,
        oldest_waiting: None,
        messages_dead: 0,
        audited_as_of: None,
        nodes: Vec::new(),
    };
    if let Some(error) = own.error {
        body.fails(Check::Record, error);
    }
    match served.auditor.last() {
        Some(Ok(audit)) if audit.is_right() => body.audited_as_of = audit.as_of,
        Some(Ok(audit)) => body.fails(Check::Audit, format!(
            "the audit found {} duties that are kept otherwise than the log says, and {} counts of days that are not right; start the server with `--rebuild` to make them anew",
            audit.differing.len(),
            audit.miscounted
        )),
        Some(Err(error)) => body.fails(Check::Audit, format!("the audit could not be done: {error}")),
        None => {}
    }
    if let Err(error) = of_store(served, now, &mut body).await {
        body.fails(Check::Record, error.to_string());
    }
    match own.last_ok {
        None if body.problems.is_empty() => body.fails(Check::Watch, "the record is still being read"),
        Some(last) if now.ms() - last.ms() > OVERSLEPT_MS => {
            body.fails(Check::Watch, format!("the watch last did its work at {last}"));
        }
        _ => {}
    }
    for why in undelivered(&body, now) {
        body.fails(Check::Messages, why);
    }
    body.status = body.worst().to_owned();
    body
}

/// What does not arrive.
fn undelivered(body: &HealthBody, now: Instant) -> Vec<String> {
    let mut problems = Vec::new();
    let waits_long = |oldest: &Instant| body.messages_retrying > 0 || now.ms() - oldest.ms() > WAITS_LONG_MS;
    if let Some(oldest) = body.oldest_waiting.filter(waits_long) {
        problems.push(format!(
            "{} to be delivered, the oldest since {oldest}; {} failed so far and will be tried again",
            counted(body.messages_waiting, "message waits", "messages wait"),
            thousands(body.messages_retrying),
        ));
    }
    if body.messages_dead > 0 {
        problems.push(format!(
            "{} given up; `wakeful outbox dead --summary` says why",
            counted(body.messages_dead, "message was", "messages were"),
        ));
    }
    problems
}

async fn of_store(served: &Served, now: Instant, body: &mut HealthBody) -> Result<(), store::StoreError> {
    body.seq = served.store.head().await?.seq;
    let overslept = served.store.overslept(Instant::saturating(now.ms() - OVERSLEPT_MS)).await?;
    if overslept > 0 {
        body.fails(Check::Watch, format!(
            "{overslept} duties should have been looked at again a minute ago; the watch is not keeping up"
        ));
    }
    let messages = served.store.message_counts().await?;
    body.messages_waiting = messages.waiting;
    body.messages_retrying = messages.retrying;
    body.oldest_waiting = messages.oldest_waiting;
    body.messages_dead = messages.dead;
    let nodes = served.store.nodes().await?;
    let here = nodes.into_iter().filter(|node| now.ms() - node.at.ms() <= SILENT_MS);
    body.nodes = here.map(|node| node.node).collect();
    Ok(())
}

/// How the system is: 200 where it works, also where notifications do not arrive, 503 where something is wrong with it. Anybody is
/// told how each check is; why, and which nodes there are, is told to a token with the scope `read`.
#[utoipa::path(
    get, path = "/health", tag = "health", security((), ("token" = [])),
    responses(
        (status = 200, description = "It works; where it is `degraded`, `checks` says what does not arrive", body = HealthBody),
        (status = 503, description = "Something is wrong, and `checks` says what", body = HealthBody),
    )
)]
pub async fn health(State(served): State<Served>, caller: Result<Caller, Problem>) -> Response {
    let may_read = caller.is_ok_and(|caller| caller.may(Scope::Read));
    let body = measure(&served).await;
    let body = if may_read { body } else { body.without_details() };
    let status = if body.status == FAILING { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, Json(body)).into_response()
}

/// A message that was given up.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetter {
    /// Its id.
    pub id: String,
    /// When it was made.
    #[schema(value_type = String)]
    pub at: Instant,
    /// `mail` or `webhook`.
    pub channel: String,
    /// An officer, or the name of a webhook.
    pub recipient: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed last.
    pub error: Option<String>,
}

/// Messages that were given up.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeadLetters {
    /// The oldest first.
    pub items: Vec<DeadLetter>,
    /// Pass it as `cursor` for the next page; none on the last.
    pub next: Option<String>,
}

/// What is asked of messages that were given up.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeadLettersQuery {
    /// To an officer, or to the webhook of a name.
    to: Option<String>,
    /// With this text in their reason.
    reason: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// At most so many messages, 100 if left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Messages that were given up; `wakeful outbox replay` puts one back.
#[utoipa::path(
    get, path = "/api/v1/dead-letters", tag = "health", security(("token" = [])), params(DeadLettersQuery),
    responses(
        (status = 200, description = "A page", body = DeadLetters),
        (status = 400, description = "No such question", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or not a known one", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A token without the scope", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn dead_letters(
    State(served): State<Served>,
    caller: Caller,
    query: Result<Query<DeadLettersQuery>, QueryRejection>,
) -> Result<Json<DeadLetters>, Problem> {
    caller.needs(&[Scope::Read])?;
    let Query(query) = query.map_err(|error| Problem::bad(error.body_text()))?;
    let most = cursor::size(query.limit)?;
    let after: Option<(i64, String)> = query.cursor.as_deref().map(cursor::place).transpose()?;
    let after = after.map(|(at, id)| (Instant::saturating(at), id));
    let which = DeadQuery { id: None, recipient: query.to, reason: query.reason };
    let mut letters = served.store.dead_letters(&which, after.as_ref(), most + 1).await?;
    let more = letters.len() > most;
    letters.truncate(most);
    let last = letters.last().filter(|_| more).map(|waiting| &waiting.message);
    let next = last.map(|message| cursor::text(&(message.at.ms(), &message.id)));
    let items = letters.into_iter().map(|waiting| DeadLetter {
        id: waiting.message.id,
        at: waiting.message.at,
        channel: waiting.message.channel,
        recipient: waiting.message.recipient,
        attempts: waiting.attempts,
        error: waiting.error,
    });
    Ok(Json(DeadLetters { items: items.collect(), next }))
}
