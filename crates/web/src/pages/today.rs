//! Today: what I owe, what is due soon, and what came up to me and waits for my answer.

use std::collections::BTreeSet;

use app::access::Action;
use axum::extract::State;
use axum::response::Response;
use engine::duty::State as DutyState;
use engine::time::Instant;
use serde_json::json;

use super::listing::{Asked, List, count, rows};
use super::reader::Reader;
use super::rows::{Row, Shower};
use super::texts::text;
use super::told::name;
use super::{Frame, PageError};
use crate::Served;

/// How long ahead is soon.
const SOON_MS: i64 = 7 * 24 * 3_600_000;

/// How many duties a list shows; the page of the list has all.
const MOST: usize = 20;

/// Among how many steps that wait those are looked for that are to be answered first.
const MOST_WAITING: usize = 500;

/// The page.
pub(crate) async fn today(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeOwn)?;
    served.recorder.watch().await?;
    let shower = Shower::new(&served).await?.to(&reader.person);
    let soon = Instant::saturating(reader.now.ms() + SOON_MS);
    let owed = Asked { owed: true, ..Asked::default() };
    let late: Vec<DutyState> =
        DutyState::ALL.into_iter().filter(|state| state.is_open() && *state != DutyState::Pending).collect();
    let pending = owed.states(&[DutyState::Pending]);
    let list = async |asked: &Asked| List::of(&served, &shower, &reader, asked, MOST).await;
    let up = Asked { asked: true, ..Asked::default() };
    let teams: BTreeSet<&String> = reader.person.teams.iter().chain(&reader.person.leads).collect();
    let page = json!({
        "teams": teams.into_iter().map(|team| name(&shower, team)).collect::<Vec<_>>(),
        "waiting": waiting(&served, &shower, &reader, Asked { answered: Some(false), ..up.clone() }).await?,
        "answered": list(&Asked { answered: Some(true), ..up }).await?,
        "late": list(&owed.states(&late)).await?,
        "soon": list(&pending.due(None, Some(soon))).await?,
        "later": list(&pending.due(Some(soon.just_after()), None)).await?,
    });
    frame.page("today.njk", &text("today-title"), page)
}

/// The steps that came up to the reader and wait, those to be answered first at the head.
async fn waiting(served: &Served, shower: &Shower, reader: &Reader, asked: Asked) -> Result<List, PageError> {
    let query = asked.query(reader, MOST_WAITING)?;
    let mut found: Vec<Row> = rows(&served.store.duties(&query).await?)?;
    found.sort_by_key(|row| row.waiting().and_then(|step| step.due).unwrap_or(Instant::MAX));
    Ok(List {
        count: count(served, &query).await?,
        href: asked.href(),
        duties: found.iter().take(MOST).map(|row| shower.item(row)).collect(),
    })
}
