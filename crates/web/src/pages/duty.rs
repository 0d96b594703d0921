//! One duty: why it is owed, where it stands, and the answer to a step of its ladder.

use std::collections::BTreeSet;

use app::access::{self, Action, decide_on_duty};
use app::{Order, Reads, Refusal};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use engine::duty::State as DutyState;
use engine::explain::{Line, Section, explain};
use engine::policy::{sentence_alone, source_words};
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::Serialize;
use serde_json::json;

use super::reader::why;
use super::rows::{Row, Shower, Step, about, plain, words};
use super::texts::text;
use super::told::name;
use super::when::When;
use super::{Errors, Fields, Frame, PageError, SignedIn, done};
use crate::Served;
use crate::events::new_id;

/// By when it is proposed to act on a step that nobody above waits for.
const ACT_WITHIN_MS: i64 = 7 * 24 * 3_600_000;

/// The page. That the step was seen is recorded, once, for whom it came up to.
pub(crate) async fn duty(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let (mut row, why) = found(&served, &person, Action::SeeDuty, &id).await?;
    note(&served, &person, &row, &why).await?;
    if let Some(step) = answerable(&row, person.officer()).filter(|step| step.seen.is_none()) {
        let seen = seen(&row, step, &person, served.clock.now());
        record(&served, person.officer(), seen).await?;
        (row, _) = found(&served, &person, Action::SeeDuty, &id).await?;
    }
    shown(&served, &frame, &person, &row, &Fields::default(), Errors::default()).await
}

/// Notes that somebody opened a duty; where that fails, nothing is to be shown.
async fn note(served: &Served, person: &SignedIn, row: &Row, why: &str) -> Result<(), PageError> {
    for entity in access::read_with_duty(&row.stream, &row.key) {
        let (store, now) = (&*served.store, served.clock.now());
        access::opened(store, &person.person, "duty", entity, why, now).await?;
    }
    Ok(())
}

/// A duty as it stands now, and why this person may do something with it; where they may not, it is not there.
async fn found(
    served: &Served,
    person: &SignedIn,
    action: Action,
    id: &str,
) -> Result<(Row, String), PageError> {
    served.recorder.watch().await?;
    let duty = served.store.duty(id).await?.ok_or(PageError::NotFound)?;
    let verdict = decide_on_duty(&*served.store, &person.person, action, &duty, served.clock.now()).await?;
    let why = why(verdict)?;
    Ok((Row::of(&duty)?, why))
}

/// The step that waits for this officer's answer. Who owes the duty does not answer for it.
fn answerable<'r>(row: &'r Row, officer: &str) -> Option<&'r Step> {
    row.waiting().filter(|step| step.is_at(officer) && !row.is_owed_by(officer))
}

#[derive(Debug, Serialize)]
struct Rung {
    step: usize,
    to: String,
    people: String,
    opened: String,
    answer_by: Option<String>,
    raised: Option<String>,
    seen: Option<String>,
    answered: Option<String>,
    decision: Option<String>,
}

async fn shown(
    served: &Served,
    frame: &Frame,
    person: &SignedIn,
    row: &Row,
    fields: &Fields,
    errors: Errors,
) -> Result<Response, PageError> {
    let shower = Shower::new(served).await?.to(&person.person);
    let sight = person.person.sight(served.clock.now());
    let shows_case = !served.store.seen_of(&sight, std::slice::from_ref(&row.stream)).await?.is_empty();
    let when = &shower.when;
    let near = |instant: Option<Instant>| instant.map(|instant| when.near(instant));
    let rungs = row.ladder.iter().rev().map(|step| Rung {
        step: step.step,
        to: words(&step.to),
        people: step.holders.as_deref().map(|holders| shower.all_names(holders)).unwrap_or_default(),
        opened: when.near(step.opens),
        answer_by: near(step.due),
        raised: near(step.raised),
        seen: near(step.seen),
        answered: near(step.answered),
        decision: step.decision.as_deref().map(|decision| text(&format!("decision-{decision}"))),
    });
    let rule = shower.rule(&row.duty);
    let source = rule.and_then(|(_, rule)| rule.source.as_ref());
    let step = answerable(row, person.officer());
    let status = errors.status();
    let page = json!({
            "id": row.id,
            "about": row.about(),
            "case": (!row.stream.is_empty()).then(|| match shows_case {
                true => json!(name(&shower, &row.stream)),
                false => json!({ "text": shower.name(&row.stream) }),
            }),
            "rule": row.duty,
            "state": row.state,
            "state_word": text(&format!("state-{}", row.state)),
            "due": near(row.due),
            "away": row.due.map(|due| when.away(due)),
            "because": words(&row.trigger.kind),
            "because_at": when.full(row.trigger.at),
            "closed": row.closed_by.as_ref().map(|event| format!("{}, {}", words(&event.kind), when.full(event.at))),
            "undecided": row.undecided,
            "owner": row.owner.as_deref().map(about),
            "holders": row.holders.as_deref().map(|holders| shower.all_names(holders)),
            "sentence": rule.and_then(|(policy, rule)| sentence_alone(policy, &rule.name)).map(|sentence| plain(&sentence)),
            "source": source.map(source_words),
            "source_url": source.and_then(|source| source.url.as_deref()).filter(|url| url.starts_with("https://")),
            "climbs": rule.is_some_and(|(_, rule)| rule.ladder.is_some()),
            "ladder": rungs.collect::<Vec<_>>(),
            "told": told(served, person, row).await?,
            "answer": step.map(|step| answer_form(when, row, step, fields)),
    });
    let page = frame.page("duty.njk", &shower.title(&row.duty), errors.with(page))?;
    Ok((status, page).into_response())
}

/// A section of an explanation, with its lines.
#[derive(Debug, Serialize)]
struct Told {
    title: &'static str,
    lines: Vec<ToldLine>,
}

#[derive(Debug, Serialize)]
struct ToldLine {
    indent: u8,
    text: String,
}

/// Why the duty stands where it stands; nothing, where that has to do with what the reader may not see.
async fn told(served: &Served, person: &SignedIn, row: &Row) -> Result<Vec<Told>, PageError> {
    let (rule, key, id) = (row.duty.clone(), row.key.clone(), row.id.clone());
    let lines = served.recorder.read(Reads::Duties, move |evaluation| {
        let duty = evaluation.duty_of(&rule, &key, &id)?;
        Some(explain(evaluation, duty).lines)
    });
    let lines = lines.await?.unwrap_or_default();
    // Its conditions may look at any event of what it is about. What registers say is no secret, and what stands in the stream of
    // what it is about, where that is no case, are steps of ladders.
    let of_key = served.store.streams_of(std::slice::from_ref(&row.key)).await?;
    let streams = of_key.into_iter().map(|(_, stream)| stream);
    let streams = streams.chain(lines.iter().filter_map(|line| line.stream.clone()));
    let is_open = |stream: &String| {
        *stream == row.key && !stream.starts_with("case:")
            || ["officer:", "team:"].iter().any(|register| stream.starts_with(register))
    };
    let streams: BTreeSet<String> = streams.filter(|stream| !is_open(stream)).collect();
    let streams: Vec<String> = streams.into_iter().collect();
    let seen = served.store.seen_of(&person.person.sight(served.clock.now()), &streams).await?;
    Ok(if seen.len() == streams.len() { sections(lines) } else { Vec::new() })
}

fn sections(lines: Vec<Line>) -> Vec<Told> {
    let mut told: Vec<(Section, Told)> = Vec::new();
    for line in lines {
        let line_of = ToldLine { indent: line.indent, text: plain(&line.text) };
        match told.last_mut().filter(|(section, _)| *section == line.section) {
            Some((_, told)) => told.lines.push(line_of),
            None => told.push((line.section, Told { title: line.section.title(), lines: vec![line_of] })),
        }
    }
    told.into_iter().map(|(_, told)| told).collect()
}

/// What may be answered to a step. A breach cannot be undone, only accepted; above the last step there is nobody to whom
/// it could go.
fn answer_form(when: &When, row: &Row, step: &Step, fields: &Fields) -> serde_json::Value {
    let is_breach = row.state == DutyState::Breached.word();
    let is_undecided = step.decision.is_none();
    let until = Some(fields.get("until").to_owned()).filter(|until| !until.is_empty());
    let usual = step.due.unwrap_or(Instant::saturating(when.now.ms() + ACT_WITHIN_MS));
    json!({
        "step": step.step,
        "event": new_id(when.now).to_string(),
        "by": step.due.map(|due| when.near(due)),
        "can_act": is_undecided && !is_breach,
        "can_climb": is_undecided && step.due.is_some(),
        "can_accept": is_breach,
        "until": until.unwrap_or_else(|| when.date(usual)),
        "reason": fields.get("reason"),
        "action": fields.get("action"),
    })
}

/// Records the answer to the step that waits.
pub(crate) async fn answer(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let (row, _) = found(&served, &person, Action::AnswerStep, &id).await?;
    let now = served.clock.now();
    let Some(step) =
        answerable(&row, person.officer()).filter(|step| step.step.to_string() == fields.get("step"))
    else {
        return done(&served, &format!("/duties/{id}"), "said-step-moved");
    };
    let mut event = about_step("escalation.answered", fields.get("event"), &row, step, &person, now)?;
    let mut errors = Errors::default();
    let mut set = |name: &str, value: Value| _ = event.attrs.insert(name.to_owned(), value);
    match fields.get("decision") {
        "act-by" => {
            let program = served.programs.now(&*served.store).await?;
            let when = When::new(program.last().ok_or(PageError::Unavailable)?, now);
            let until = When::read_date(fields.get("until")).and_then(|date| when.end_of(date));
            match until.filter(|until| *until >= now) {
                Some(until) => set("until", Value::Instant(until)),
                None => errors.add("until", text("answer-until-wrong")),
            }
        }
        "accepted" => {
            for name in ["reason", "action"] {
                match fields.get(name) {
                    "" => errors.add(name, text(&format!("answer-{name}-missing"))),
                    written => set(name, Value::Text(written.to_owned())),
                }
            }
        }
        "climb" => {}
        _ => return Err(PageError::Bad),
    }
    set("decision", Value::Text(fields.get("decision").to_owned()));
    if !errors.is_empty() {
        return shown(&served, &frame, &person, &row, &fields, errors).await;
    }
    record(&served, person.officer(), event).await?;
    done(&served, "/", "said-answered")
}

fn seen(row: &Row, step: &Step, person: &SignedIn, now: Instant) -> Event {
    let id = format!("seen:{}:{}:{}", row.id, step.step, person.officer());
    event("escalation.seen", id, row, step, person, now)
}

fn about_step(
    kind: &str,
    id: &str,
    row: &Row,
    step: &Step,
    person: &SignedIn,
    now: Instant,
) -> Result<Event, PageError> {
    let id = uuid::Uuid::parse_str(id).map_err(|_| PageError::Bad)?;
    Ok(event(kind, id.to_string(), row, step, person, now))
}

fn event(kind: &str, id: String, row: &Row, step: &Step, person: &SignedIn, now: Instant) -> Event {
    let mut event = Event { id, stream: row.key.clone(), kind: kind.to_owned(), at: now, ..Event::default() };
    event.links.insert("duty".to_owned(), [format!("duty:{}", row.id)].into());
    event.links.insert("officer".to_owned(), [person.officer().to_owned()].into());
    event.attrs.insert("rule".to_owned(), Value::Text(row.duty.clone()));
    event.attrs.insert("key".to_owned(), Value::Text(row.key.clone()));
    event.attrs.insert("step".to_owned(), Value::Integer(step.step as i64));
    event
}

/// Records an event as an officer. Sent twice it is recorded once: what was sent first counts.
pub(crate) async fn record(served: &Served, officer: &str, event: Event) -> Result<(), PageError> {
    let records_as = Some(officer.to_owned());
    match served.recorder.record(Order { events: vec![event], records_as }).await? {
        Ok(_) | Err(Refusal::Conflict { .. }) => Ok(()),
        Err(refusal) => {
            tracing::error!(%refusal, "an event of a page was refused");
            Err(PageError::Fault)
        }
    }
}
