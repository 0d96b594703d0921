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
    let levels = served.store.levels(&climbing.query(&reader, 1)?).await?;
    let count = |of: fn(&Level) -> u64| levels.iter().map(of).sum();
    let page = LadderPage {
        lapsed: Counted { count: count(|level| level.lapsed), href: lapsed.href() },
        top: Counted { count: count(|level| level.unanswered_at_top), href: top.href() },
        all: List::counted(&served, &shower, &reader, &climbing, MOST, count(|level| level.count)).await?,
        levels: lines(&shower, &climbing, levels),
        labels: labels(),
    };
    frame.page("ladder.njk", &text("ladders-title"), page)
}

/// By role, from the lowest: how many of the duties that are asked for stand there.
pub(crate) fn lines(shower: &Shower, asked: &Asked, mut levels: Vec<Level>) -> Vec<LevelLine> {
    levels.sort_by_key(|level| (height(shower, level), level.to.clone()));
    let line = |level: &Level| LevelLine {
        role: capital(&words(&level.to)),
        href: Asked { to: Some(level.to.clone()), ..asked.clone() }.href(),
        count: level.count,
        oldest: shower.when.away(level.oldest),
    };
    levels.iter().map(line).collect()
}

/// How high a role stands: the highest step that goes to it on any ladder of the version in force last.
fn height(shower: &Shower, level: &Level) -> usize {
    let place = |ladder: &engine::policy::Ladder| ladder.steps.iter().rposition(|step| step.to == level.to);
    let ladders = shower.policy().into_iter().flat_map(|policy| policy.ladders.values());
    ladders.filter_map(place).max().unwrap_or(0)
}
