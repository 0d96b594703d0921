//! Recording: a journey for each common event, one question a page, and what was answered before it is recorded.
//!
//! What is answered is kept as a draft of the account, so a lost session loses nothing. The draft's id becomes the event's, so what is
//! sent twice is recorded once.

mod answers;
mod journeys;
mod offers;
mod questions;
mod warnings;

use app::access::{Action, decide_on};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use fluent_bundle::FluentValue;
use serde::Deserialize;
use serde_json::{Value, json};
use store::Draft;
use uuid::Uuid;

use self::answers::Answers;
use self::journeys::JOURNEYS;
use self::offers::Offer;
use self::questions::{AGENCIES, ATTENDED, Ask, Empty, Journey, Question};
use super::duty::record;
use super::rows::Shower;
use super::texts::{find, said, text};
use super::when::When;
use super::{Errors, Fields, Frame, PageError, SignedIn, done, to};
use crate::Served;
use crate::events::new_id;

/// Which draft, and whether its answers are being checked.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    draft: String,
    #[serde(default)]
    checking: String,
}

/// What can be recorded, and what was begun.
pub(crate) async fn choose(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let shower = Shower::new(&served).await?;
    let drafts = served.sign_ins.store().drafts(&person.account().name).await?;
    let drafts = drafts.iter().filter_map(|draft| {
        let journey = journey(&draft.journey).ok()?;
        let title = text(&format!("record-{}", journey.word));
        let href = format!("/record/{}/check?draft={}", journey.word, draft.id);
        Some(json!({ "id": draft.id, "title": title, "href": href, "kept": shower.when.near(draft.kept_at) }))
    });
    let journeys = JOURNEYS.iter().map(|journey| {
        json!({ "text": text(&format!("record-{}", journey.word)), "href": format!("/record/{}", journey.word) })
    });
    let page = json!({ "journeys": journeys.collect::<Vec<_>>(), "drafts": drafts.collect::<Vec<_>>() });
    frame.page("record.njk", &text("record-title"), page)
}

/// Begins a journey. Nothing is kept until something is answered.
pub(crate) async fn begin(
    State(served): State<Served>,
    person: SignedIn,
    Path(word): Path<String>,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let journey = journey(&word)?;
    let first = journey.asked().next().ok_or(PageError::NotFound)?;
    to(&address(journey, first.word, &new_id(served.clock.now()).to_string(), false))
}

/// Asks a question.
pub(crate) async fn ask(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path((word, question)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let journey = journey(&word)?;
    let question = journey.question(&question).ok_or(PageError::NotFound)?;
    let draft = draft_id(&which.draft)?;
    let answers = answers(&served, &person, journey, &draft).await?.unwrap_or_default();
    let shower = Shower::new(&served).await?;
    let offers = offers::of(&served, &person, &shower, journey, question, &answers).await?;
    let asking = Asking { journey, question, draft: &draft, is_checking: !which.checking.is_empty(), offers };
    asked(&frame, &shower.when, &asking, &answers, Errors::default())
}

/// Keeps an answer, and goes on to the next question, or to all answers.
pub(crate) async fn answer(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path((word, question)): Path<(String, String)>,
    fields: Fields,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let journey = journey(&word)?;
    let question = journey.question(&question).ok_or(PageError::NotFound)?;
    let draft = draft_id(fields.get("draft"))?;
    let mut answers = answers(&served, &person, journey, &draft).await?.unwrap_or_default();
    answers.read(question, &fields);
    let shower = Shower::new(&served).await?;
    let is_checking = !fields.get("checking").is_empty();
    let mut wrong = answers.wrong(question, &shower.when);
    if wrong.is_none() && !may_record_in(&served, &person, question, &answers).await? {
        wrong = Some(("answer", "wrong-case"));
    }
    if let Some((field, key)) = wrong {
        let offers = offers::of(&served, &person, &shower, journey, question, &answers).await?;
        let asking = Asking { journey, question, draft: &draft, is_checking, offers };
        let errors = Errors::of(field, wrong_text(question, key));
        return asked(&frame, &shower.when, &asking, &answers, errors);
    }
    keep(&served, &person, journey, &draft, &answers).await?;
    let following = journey.asked().skip_while(|other| other.word != question.word).nth(1);
    let next = if is_checking { answers.first_open(journey, &shower.when) } else { following };
    to(&address(journey, next.map_or("check", |next| next.word), &draft, is_checking && next.is_some()))
}

/// Shows all answers, and what to think of before they are recorded.
pub(crate) async fn check(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
    Path(word): Path<String>,
    Query(which): Query<Which>,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let journey = journey(&word)?;
    let draft = draft_id(&which.draft)?;
    let Some(answers) = answers(&served, &person, journey, &draft).await? else {
        return done(&served, "/record", "said-draft-gone");
    };
    let shower = Shower::new(&served).await?;
    if let Some(open) = answers.first_open(journey, &shower.when) {
        return to(&address(journey, open.word, &draft, true));
    }
    let event = answers.event(journey, &draft, person.officer(), &shower.when);
    let rows = journey.questions.iter().map(|question| row(journey, question, &answers, &draft));
    let warnings = warnings::of(&served, &person, &shower, &event).await?;
    let program = served.programs.now(&*served.store).await?;
    let terms = warnings::terms(&program, event.note.as_deref().unwrap_or_default());
    let page = json!({
        "journey": journey.word,
        "draft": draft,
        "rows": rows.collect::<Vec<_>>(),
        "warnings": warnings,
        "terms": terms,
        "back": journey.asked().last().map(|last| address(journey, last.word, &draft, false)),
    });
    frame.page("check.njk", &text("check-title"), page)
}

/// Records what was answered, once.
pub(crate) async fn finish(
    State(served): State<Served>,
    person: SignedIn,
    Path(word): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let journey = journey(&word)?;
    let draft = draft_id(fields.get("draft"))?;
    let Some(answers) = answers(&served, &person, journey, &draft).await? else {
        return done(&served, "/record", "said-draft-gone");
    };
    let shower = Shower::new(&served).await?;
    if let Some(open) = answers.first_open(journey, &shower.when) {
        return to(&address(journey, open.word, &draft, true));
    }
    for question in journey.asked() {
        if !may_record_in(&served, &person, question, &answers).await? {
            return Err(PageError::NotFound);
        }
    }
    let event = answers.event(journey, &draft, person.officer(), &shower.when);
    record(&served, person.officer(), event).await?;
    served.sign_ins.store().drop_draft(&person.account().name, &draft).await?;
    done(&served, "/record", "said-recorded")
}

/// Puts a draft away.
pub(crate) async fn discard(
    State(served): State<Served>,
    person: SignedIn,
    fields: Fields,
) -> Result<Response, PageError> {
    person.needs(Action::Record)?;
    let draft = draft_id(fields.get("draft"))?;
    served.sign_ins.store().drop_draft(&person.account().name, &draft).await?;
    done(&served, "/record", "said-discarded")
}

/// Says which terms of the policy's lists a text has, as it is written. Nothing of it is kept.
pub(crate) async fn lens(
    State(served): State<Served>,
    person: SignedIn,
    fields: Fields,
) -> Result<Json<Value>, PageError> {
    person.needs(Action::Record)?;
    let program = served.programs.now(&*served.store).await?;
    Ok(Json(json!({ "terms": warnings::terms(&program, fields.raw("text")) })))
}

/// Whether an answer names no case in which this person may not record. One that is not there is like one that they may not see.
async fn may_record_in(
    served: &Served,
    person: &SignedIn,
    question: &Question,
    answers: &Answers,
) -> Result<bool, PageError> {
    let case = match question.ask {
        Ask::Entity("case") => answers.entity(question, ""),
        _ => None,
    };
    let Some(case) = case else { return Ok(true) };
    let now = served.clock.now();
    Ok(decide_on(&*served.store, &person.person, Action::RecordIn, &case, now).await?.is_allowed())
}

fn journey(word: &str) -> Result<&'static Journey, PageError> {
    JOURNEYS.iter().find(|journey| journey.word == word).ok_or(PageError::NotFound)
}

/// The id of a draft in an address or a form.
fn draft_id(text: &str) -> Result<String, PageError> {
    Uuid::parse_str(text).map(|id| id.to_string()).map_err(|_| PageError::NotFound)
}

fn address(journey: &Journey, question: &str, draft: &str, is_checking: bool) -> String {
    let checking = if is_checking { "&checking=yes" } else { "" };
    format!("/record/{}/{question}?draft={draft}{checking}", journey.word)
}

/// What was answered so far; nothing where nothing is kept.
async fn answers(
    served: &Served,
    person: &SignedIn,
    journey: &Journey,
    draft: &str,
) -> Result<Option<Answers>, PageError> {
    let draft = served.sign_ins.store().draft(&person.account().name, draft).await?;
    let draft = draft.filter(|draft| draft.journey == journey.word);
    Ok(draft.map(|draft| Answers::of(&draft.answers)))
}

async fn keep(
    served: &Served,
    person: &SignedIn,
    journey: &Journey,
    draft: &str,
    answers: &Answers,
) -> Result<(), PageError> {
    let draft = Draft {
        id: draft.to_owned(),
        account: person.account().name.clone(),
        journey: journey.word.to_owned(),
        answers: answers.kept(),
        kept_at: served.clock.now(),
    };
    Ok(served.sign_ins.store().put_draft(&draft).await?)
}

/// The question that is asked.
struct Asking<'a> {
    journey: &'static Journey,
    question: &'static Question,
    draft: &'a str,
    is_checking: bool,
    /// What stands in the record and may be the answer.
    offers: Vec<Offer>,
}

fn asked(
    frame: &Frame,
    when: &When,
    asking: &Asking<'_>,
    answers: &Answers,
    errors: Errors,
) -> Result<Response, PageError> {
    let Asking { journey, question, draft, is_checking, offers } = asking;
    let before = journey.asked().take_while(|other| other.word != question.word).last();
    let back = match before {
        _ if *is_checking => address(journey, "check", draft, false),
        Some(before) => address(journey, before.word, draft, false),
        None => "/record".to_owned(),
    };
    let title = text(&format!("ask-{}", question.word));
    let other = if offers.iter().any(Offer::is_chosen) { "" } else { answers.one(question.word) };
    let page = json!({
        "journey": text(&format!("record-{}", journey.word)),
        "action": format!("/record/{}/{}", journey.word, question.word),
        "draft": draft,
        "checking": is_checking,
        "back": back,
        "optional": question.empty == Empty::Skipped,
        "hint": find(&format!("hint-{}", question.word), &[]).ok(),
        "ask": field(question, answers, when),
        "offers": offers::items(offers, other),
        "other": other,
    });
    let status = errors.status();
    Ok((status, frame.page("question.njk", &title, errors.with(page))?).into_response())
}

/// What the template needs of a question.
fn field(question: &Question, answers: &Answers, when: &When) -> Value {
    let one = answers.one(question.word);
    let option = |value: &str, is_on: bool| {
        let word = text(&format!("option-{}", value.replace('+', "-and-")));
        json!({ "value": value, "text": word, "checked": is_on })
    };
    match question.ask {
        Ask::Choice(choices) => {
            let items: Vec<Value> = choices.iter().map(|choice| option(choice, *choice == one)).collect();
            json!({ "kind": "choice", "items": items })
        }
        Ask::Agencies => {
            let chosen = answers.get(question.word);
            let is_on = |agency: &str| chosen.iter().any(|chosen| chosen == agency);
            let items: Vec<Value> = AGENCIES.iter().map(|agency| option(agency, is_on(agency))).collect();
            json!({ "kind": "agencies", "items": items })
        }
        Ask::Attendance(of) => {
            let entries = answers.get(question.word);
            let agency = |agency: &String| {
                let is_on = |word: &str| entries.iter().any(|entry| *entry == format!("{agency}={word}"));
                let items: Vec<Value> = ATTENDED.iter().map(|word| option(word, is_on(word))).collect();
                json!({ "name": format!("of-{agency}"), "text": text(&format!("option-{agency}")), "items": items })
            };
            json!({ "kind": "attendance", "agencies": answers.get(of).iter().map(agency).collect::<Vec<_>>() })
        }
        Ask::When | Ask::Date => {
            let (date, time) = match answers.get(question.word) {
                [date, time] => (date.clone(), time.clone()),
                _ if question.ask == Ask::When => (when.date(when.now), when.time_of_day(when.now)),
                _ => (String::new(), String::new()),
            };
            json!({ "kind": "when", "date": date, "time": time })
        }
        Ask::LongText => json!({ "kind": "long", "value": one }),
        Ask::Number(..) => json!({ "kind": "number", "value": one }),
        Ask::Text => json!({ "kind": "text", "value": one }),
        Ask::Entity(_) | Ask::Episode => json!({ "kind": "reference", "value": one }),
    }
}

fn wrong_text(question: &Question, key: &str) -> String {
    let (from, to) = match question.ask {
        Ask::Number(from, to) => (from, to),
        _ => (0, 0),
    };
    let asked = text(&format!("ask-{}", question.word));
    said(key, &[("asked", asked.into()), ("from", FluentValue::from(from)), ("to", FluentValue::from(to))])
}

/// An answer to be checked.
fn row(journey: &Journey, question: &'static Question, answers: &Answers, draft: &str) -> Value {
    let asked = text(&format!("ask-{}", question.word));
    let change = (question.empty != Empty::NotAsked).then(|| address(journey, question.word, draft, true));
    json!({ "asked": asked, "answer": answers.shown(question, draft), "change": change })
}
