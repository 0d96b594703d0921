//! Ladders: at whom each duty that was not done stands, for how long, and which steps nobody decided.

use app::access::Action;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{DutyQuery, Level};

use super::reader::Reader;
use super::rows::{Item, Row, Shower, words};
use super::texts::text;
use super::told::{capital, escaped, labels};
use super::{Frame, PageError};
use crate::Served;

/// How many duties a list shows at most; it says how many there are.
const MOST: usize = 200;

/// Which of them are asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// Those that stand at a role.
    to: Option<String>,
    /// Those with a step that nobody decided.
    lapsed: Option<String>,
}

#[derive(Debug, Serialize)]
struct LadderPage {
    levels: Vec<LevelLine>,
    lapsed: u64,
    heading: String,
    count: u64,
    duties: Vec<Item>,
    is_narrowed: bool,
    labels: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct LevelLine {
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
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeLadder)?;
    served.recorder.watch().await?;
    let store = &*served.store;
    let all = DutyQuery {
        is_climbing: true,
        sight: Some(reader.person.sight(reader.now)),
        by_due: true,
        most: MOST,
        ..DutyQuery::default()
    };
    let narrowed = DutyQuery { step_to: asked.to.clone(), has_lapsed: asked.lapsed.is_some(), ..all.clone() };
    let shower = Shower::new(&served).await?;
    let mut levels = store.levels(&all).await?;
    levels.sort_by_key(|level| (height(&shower, level), level.to.clone()));
    let lapsed = DutyQuery { has_lapsed: true, ..all };
    let heading = match (&asked.to, &asked.lapsed) {
        (Some(to), _) => capital(&words(to)),
        (None, Some(_)) => text("ladders-lapsed"),
        (None, None) => text("ladders-all"),
    };
    let rows = store.duties(&narrowed).await?.iter().map(Row::of).collect::<Result<Vec<Row>, _>>()?;
    let page = LadderPage {
        levels: levels.iter().map(|level| line(&shower, level)).collect(),
        lapsed: store.count_duties(&lapsed).await?.values().sum(),
        heading,
        count: store.count_duties(&narrowed).await?.values().sum(),
        duties: rows.iter().map(|row| shower.item(row)).collect(),
        labels: labels(),
        is_narrowed: asked.to.is_some() || asked.lapsed.is_some(),
    };
    frame.page("ladder.njk", &text("ladders-title"), page)
}

fn line(shower: &Shower, level: &Level) -> LevelLine {
    LevelLine {
        role: capital(&words(&level.to)),
        href: format!("/ladder?to={}", escaped(&level.to)),
        count: level.count,
        oldest: shower.when.away(level.oldest),
    }
}

/// How high a role stands: the highest step that goes to it on any ladder of the version in force last.
fn height(shower: &Shower, level: &Level) -> usize {
    let place = |ladder: &engine::policy::Ladder| ladder.steps.iter().rposition(|step| step.to == level.to);
    let ladders = shower.policy().into_iter().flat_map(|policy| policy.ladders.values());
    ladders.filter_map(place).max().unwrap_or(0)
}
