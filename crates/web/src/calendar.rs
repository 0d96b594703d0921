//! An officer's dues as a calendar, by a link that is the only key to it and can be revoked.

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::duty::State as DutyState;
use exchange::icalendar::{Due, Feed, write};
use store::DutyQuery;

use crate::Served;
use crate::problem::Problem;

/// The most dues of a calendar.
const MOST: usize = 1_000;

/// How often a calendar should ask again.
const REFRESH_MINUTES: u32 = 15;

/// The calendar of what an officer owes.
#[utoipa::path(
    get, path = "/calendar/{link}", tag = "calendar",
    params(("link" = String, Path, description = "What `wakeful user calendar` printed, with `.ics`")),
    responses(
        (status = 200, description = "The calendar", body = String, content_type = "text/calendar; charset=utf-8"),
        (status = 400, description = "An address that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such link, or a revoked one", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not now", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn calendar(State(served): State<Served>, Path(link): Path<String>) -> Result<Response, Problem> {
    let none = || Problem::none("there is no calendar at this link, or it was revoked");
    let secret = link.strip_suffix(".ics").ok_or_else(none)?;
    let feed = served.store.feed(&app::token::hash(secret)).await?.ok_or_else(none)?;
    served.recorder.watch().await?;
    let open = DutyState::ALL.into_iter().filter(|state| state.is_open());
    let query = DutyQuery {
        holder: Some(feed.officer),
        states: open.map(|state| state.word().to_owned()).collect(),
        most: MOST,
        ..DutyQuery::default()
    };
    let duties = served.store.duties(&query).await?;
    let dues = duties.into_iter().filter_map(|duty| {
        Some(Due { at: duty.due?, link: format!("{}/duties/{}", served.base_url, duty.id), id: duty.id })
    });
    let feed = Feed {
        made: served.clock.now(),
        name: "Duties".to_owned(),
        refresh_minutes: REFRESH_MINUTES,
        dues: dues.collect(),
    };
    let mut text = Vec::new();
    write(&feed, &mut text).map_err(|error| Problem::bad(error.to_string()))?;
    Ok(([(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CACHE_CONTROL, "private, no-store")], text)
        .into_response())
}
