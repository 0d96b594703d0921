//! What if: what other rules would have found in the record, before anybody puts them into force.

use app::access::Action;
use app::trial::{Tried, tried};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::reader::Reader;
use super::rows::Shower;
use super::texts::{said, text};
use super::{Errors, Fields, Frame, PageError};
use crate::Served;

#[derive(Debug, Serialize)]
struct WhatIfPage {
    #[serde(flatten)]
    errors: Errors,
    text: String,
    /// None before it was tried.
    rules: Option<Vec<RuleLine>>,
}

#[derive(Debug, Serialize)]
struct RuleLine {
    name: String,
    title: String,
    /// Whether the policy in force has it.
    is_known: bool,
    appear: String,
    vanish: String,
    moved: String,
    missed: String,
    would_be_missed: String,
}

/// Numbers below this are not told: they would tell of one child.
const FEWEST: u64 = 5;

/// How much of what was tried is noted.
const MOST_NOTED: usize = 2_000;

fn figure(count: u64) -> String {
    match count {
        0 => "0".to_owned(),
        count if count < FEWEST => said("what-if-few", &[("count", FEWEST.into())]),
        count => count.to_string(),
    }
}

/// Asks for the rules.
pub(crate) async fn ask(frame: Frame, reader: Reader) -> Result<Response, PageError> {
    reader.needs(Action::TryPolicy)?;
    shown(&frame, String::new(), None, Errors::default())
}

fn shown(
    frame: &Frame,
    rules: String,
    found: Option<Vec<RuleLine>>,
    errors: Errors,
) -> Result<Response, PageError> {
    let status = errors.status();
    let page = WhatIfPage { errors, text: rules, rules: found };
    let mut response = frame.page("what-if.njk", &text("what-if-title"), page)?;
    *response.status_mut() = status;
    Ok(response)
}

/// Tries them.
pub(crate) async fn answer(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    fields: Fields,
) -> Result<Response, PageError> {
    reader.needs(Action::TryPolicy)?;
    let written =
        Some(fields.raw("text").to_owned()).filter(|text| !text.trim().is_empty()).unwrap_or_default();
    let shower = Shower::new(&served).await?;
    let noted: String = written.chars().take(MOST_NOTED).collect();
    reader.note(&served, "what-if", &reader.person.officer, &noted).await?;
    match tried(&*served.store, &served.history, &written, reader.now).await? {
        Err(problems) => shown(&frame, written, None, Errors::of("text", problems)),
        Ok(found) => {
            let line = |(name, tried): (String, Tried)| RuleLine {
                title: shower.title(&name),
                is_known: shower.policy().is_some_and(|policy| policy.duties.contains_key(&name)),
                appear: figure(tried.appear),
                vanish: figure(tried.vanish),
                moved: figure(tried.moved),
                missed: figure(tried.missed),
                would_be_missed: figure(tried.would_be_missed),
                name,
            };
            shown(&frame, written, Some(found.into_iter().map(line).collect()), Errors::default())
        }
    }
}
