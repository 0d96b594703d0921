//! Ladders: at whom each duty that was not done stands, for how long, and which steps nobody decided.

use app::access::Action;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use store::Level;

use super::listing::{Asked, Counted, List};
use super::reader::Reader;
use super::rows::{Shower, words};
use super::texts::text;
use super::told::{capital, labels};
use super::{Frame, PageError};
use crate::Served;

/// How many duties the page shows; the page of the list has all.
const MOST: usize = 50;

#[derive(Debug, Serialize)]
struct LadderPage {
    levels: Vec<LevelLine>,
    lapsed: Counted,
    /// Those that reached the last step, and that nobody answered there.
    top: Counted,
    all: List,
    labels: serde_json::Value,
}

#[derive(Debug, Serialize)]
pub(crate) struct LevelLine {
    role: String,
    href: String,
    count: u64,
    oldest: String,
}

/// Every open ladder that the reader may see.
pub(crate) async fn ladder(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeLadder)?;
    served.recorder.watch().await?;
    let climbing = Asked { climbing: true, ..Asked::default() };
    let lapsed = Asked { lapsed: true, ..climbing.clone() };
    let top = Asked { top: true, answered: Some(false), ..climbing.clone() };
    let shower = Shower::new(&served).await?;
    let page = LadderPage {
        levels: levels(&served, &shower, &reader, &climbing).await?,
        lapsed: Counted::of(&served, &reader, &lapsed).await?,
        top: Counted::of(&served, &reader, &top).await?,
        all: List::of(&served, &shower, &reader, &climbing, MOST).await?,
        labels: labels(),
    };
    frame.page("ladder.njk", &text("ladders-title"), page)
}

/// By role, from the lowest: how many of the duties stand there.
pub(crate) async fn levels(
    served: &Served,
    shower: &Shower,
    reader: &Reader,
    asked: &Asked,
) -> Result<Vec<LevelLine>, PageError> {
    let mut levels = served.store.levels(&asked.query(reader, 1)?).await?;
    levels.sort_by_key(|level| (height(shower, level), level.to.clone()));
    let line = |level: &Level| LevelLine {
        role: capital(&words(&level.to)),
        href: Asked { to: Some(level.to.clone()), ..asked.clone() }.href(),
        count: level.count,
        oldest: shower.when.away(level.oldest),
    };
    Ok(levels.iter().map(line).collect())
}

/// How high a role stands: the highest step that goes to it on any ladder of the version in force last.
fn height(shower: &Shower, level: &Level) -> usize {
    let place = |ladder: &engine::policy::Ladder| ladder.steps.iter().rposition(|step| step.to == level.to);
    let ladders = shower.policy().into_iter().flat_map(|policy| policy.ladders.values());
    ladders.filter_map(place).max().unwrap_or(0)
}
