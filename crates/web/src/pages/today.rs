//! Today: what I owe, what is due soon, and what came up to me and waits for my answer.

use std::collections::BTreeSet;

use app::access::Action;
use axum::extract::State;
use axum::response::Response;
use engine::time::Instant;
use serde_json::json;
use store::{DutyQuery, Snapshot};

use super::rows::{Item, Row, Shower};
use super::texts::text;
use super::told::name;
use super::{Frame, PageError, SignedIn};
use crate::Served;

/// How long ahead is soon.
const SOON_MS: i64 = 7 * 24 * 3_600_000;

/// How many duties a list shows at most.
const MOST: usize = 500;

/// The page.
pub(crate) async fn today(
    State(served): State<Served>,
    frame: Frame,
    person: SignedIn,
) -> Result<Response, PageError> {
    person.needs(Action::SeeOwn)?;
    served.recorder.watch().await?;
    let shower = Shower::new(&served).await?;
    let mut snapshot = served.store.snapshot().await?;
    let waiting = came_up(&mut *snapshot, person.officer()).await?;
    let owed = owed(&mut *snapshot, person.officer()).await?;
    let soon = Instant::saturating(shower.when.now.ms() + SOON_MS);
    let (late, open): (Vec<Row>, Vec<Row>) = owed.into_iter().partition(|row| row.state != "pending");
    let (soon, later): (Vec<Row>, Vec<Row>) =
        open.into_iter().partition(|row| row.due.is_some_and(|due| due <= soon));
    let items = |rows: &[Row]| rows.iter().map(|row| shower.item(row)).collect::<Vec<Item>>();
    let teams: BTreeSet<&String> = person.person.teams.iter().chain(&person.person.leads).collect();
    let page = json!({
        "teams": teams.into_iter().map(|team| name(&shower, team)).collect::<Vec<_>>(),
        "waiting": items(&waiting),
        "late": items(&late),
        "soon": items(&soon),
        "later": items(&later),
    });
    frame.page("today.njk", &text("today-title"), page)
}

/// What an officer owes, the longest due first.
async fn owed(snapshot: &mut dyn Snapshot, officer: &str) -> Result<Vec<Row>, PageError> {
    let holder = Some(officer.to_owned());
    read(&snapshot.duties(&DutyQuery { holder, by_due: true, most: MOST, ..DutyQuery::default() }).await?)
}

/// The steps that came up to an officer and wait, those to be answered first at the head.
async fn came_up(snapshot: &mut dyn Snapshot, officer: &str) -> Result<Vec<Row>, PageError> {
    let ask = DutyQuery {
        called: Some(officer.to_owned()),
        is_climbing: true,
        by_due: true,
        most: MOST,
        ..DutyQuery::default()
    };
    let mut found = read(&snapshot.duties(&ask).await?)?;
    found.retain(|row| row.waiting().is_some_and(|step| step.is_at(officer) && step.answered.is_none()));
    found.sort_by_key(|row| row.waiting().and_then(|step| step.due).unwrap_or(Instant::MAX));
    Ok(found)
}

fn read(duties: &[store::DutyEntry]) -> Result<Vec<Row>, PageError> {
    duties.iter().map(Row::of).collect()
}
