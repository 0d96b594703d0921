//! Command: whether the force gets better or worse, what is late and for how long, what reached the top and was not
//! answered, and whether teams are at the strength that was promised.

use std::collections::BTreeMap;

use app::access::Action;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::duty::State as DutyState;
use engine::time::Instant;
use serde::{Deserialize, Serialize};

use super::chart::Columns;
use super::ladder::{LevelLine, lines};
use super::listing::{Asked, Counted};
use super::reader::Reader;
use super::rows::{Shower, words};
use super::strength::{self, Strength};
use super::texts::text;
use super::told::{capital, escaped};
use super::when::Month;
use super::{Frame, PageError};
use crate::Served;

/// How many months the trend has.
pub(crate) const MONTHS: usize = 12;

const DAY_MS: i64 = 24 * 3_600_000;

/// After how many days a duty is longer overdue, class by class.
const AGES: [i64; 4] = [7, 30, 90, 365];

/// What became of duties, as the trend tells it: the states, and the key of the text.
const OUTCOMES: [(&str, &[DutyState]); 4] = [
    ("command-in-time", &[DutyState::Met]),
    (
        "command-late",
        &[DutyState::MetLate, DutyState::ExcusedLate, DutyState::EndedLate, DutyState::TooEarly],
    ),
    ("command-not-done", &[DutyState::Overdue, DutyState::Unrecorded, DutyState::Breached]),
    ("command-other", &[DutyState::Excused, DutyState::Ended, DutyState::Undecided]),
];

/// Which year is looked at.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Year {
    /// Its last month, `2013-12`; this month where left out.
    to: Option<String>,
    /// Of which team all is told, without `team:`.
    team: Option<String>,
}

#[derive(Debug, Serialize)]
struct CommandPage {
    months: Vec<MonthLine>,
    trend: Columns,
    outcomes: Vec<String>,
    before: String,
    after: Option<String>,
    ages: Vec<AgeLine>,
    age_chart: Columns,
    levels: Vec<LevelLine>,
    top: Counted,
    agencies: Vec<AgencyLine>,
    strength: Strength,
    /// Where all teams are told of, if one alone is.
    all_teams: Option<String>,
}

/// What was due in a month, and what became of it.
#[derive(Debug, Serialize)]
struct MonthLine {
    month: String,
    counts: Vec<Counted>,
    /// How many in a hundred of those done or not done were done in time.
    in_time: Option<u64>,
}

/// What an agency owes as a whole, and what became of it: attendance, answers, information.
#[derive(Debug, Serialize)]
struct AgencyLine {
    agency: String,
    counts: Vec<Counted>,
    /// How many in a hundred of those done or not done were done in time.
    in_time: Option<u64>,
}

#[derive(Debug, Serialize)]
struct AgeLine {
    age: String,
    late: Counted,
}

/// The address of the page of a year, told by its last month, and of one team.
pub(crate) fn address(last: Month, team: Option<&str>) -> String {
    let team = team.map(|team| format!("&team={}", escaped(team))).unwrap_or_default();
    format!("/command?to={last}{team}")
}

/// The page.
pub(crate) async fn command(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Query(year): Query<Year>,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeCommand)?;
    served.recorder.watch().await?;
    let shower = Shower::new(&served).await?.to(&reader.person);
    let now = shower.when.month(reader.now);
    let last = match &year.to {
        None => now,
        Some(text) => Month::parse(text).ok_or(PageError::NotFound)?,
    };
    let all = Asked { force: true, ..Asked::default() };
    let climbing = Asked { climbing: true, ..all.clone() };
    let top = Asked { top: true, answered: Some(false), ..climbing.clone() };
    let query = climbing.query(&reader, 1)?;
    let (months, ages, levels, agencies, strength) = tokio::try_join!(
        months(&served, &shower, &reader, &all, last),
        ages(&served, &reader, &all),
        async { Ok(served.store.levels(&query).await?) },
        agencies(&served, &reader, &all),
        strength::of(&served, &shower, &reader, year.team.as_deref(), last),
    )?;
    let names = months.iter().map(|line| line.month.chars().take(3).collect()).collect();
    let counts = |line: &MonthLine| line.counts.iter().map(|counted| counted.count).collect();
    let page = CommandPage {
        trend: Columns::of(names, &months.iter().map(counts).collect::<Vec<Vec<u64>>>()),
        months,
        outcomes: OUTCOMES.iter().map(|(key, _)| text(key)).collect(),
        before: address(last.plus(-(MONTHS as i32)), year.team.as_deref()),
        after: (last < now).then(|| address(last.plus(MONTHS as i32).min(now), year.team.as_deref())),
        age_chart: Columns::of(
            (0..ages.len()).map(|class| text(&format!("command-age-short-{class}"))).collect(),
            &ages.iter().map(|line| vec![0, 0, line.late.count]).collect::<Vec<_>>(),
        ),
        ages,
        top: Counted { count: levels.iter().map(|level| level.unanswered_at_top).sum(), href: top.href() },
        levels: lines(&shower, &climbing, levels),
        agencies,
        strength,
        all_teams: year.team.is_some().then(|| address(last, None)),
    };
    frame.page("command.njk", &text("command-title"), page)
}

/// What was due in each month of a year, and what became of it.
async fn months(
    served: &Served,
    shower: &Shower,
    reader: &Reader,
    all: &Asked,
    last: Month,
) -> Result<Vec<MonthLine>, PageError> {
    let mut lines = Vec::new();
    for month in (0..MONTHS as i32).rev().map(|back| last.plus(-back)) {
        let (from, by) = shower.when.ends_of(month).ok_or(PageError::NotFound)?;
        let due = all.due(Some(from), Some(by.min(reader.now)));
        let found = served.store.count_duties(&due.states(&DutyState::ALL).query(reader, 1)?).await?;
        let counts: Vec<Counted> = OUTCOMES.iter().map(|(_, states)| counted(&found, &due, states)).collect();
        lines.push(MonthLine { month: month.in_words(), in_time: share(&counts), counts });
    }
    Ok(lines)
}

/// How many in a hundred of what was done or not done was done in time; of nothing there is no share.
fn share(counts: &[Counted]) -> Option<u64> {
    let owed = counts.iter().take(3).map(|counted| counted.count).sum::<u64>();
    (owed > 0).then(|| counts[0].count * 100 / owed)
}

/// What each agency owed as a whole and is due by now, and what became of it.
async fn agencies(served: &Served, reader: &Reader, all: &Asked) -> Result<Vec<AgencyLine>, PageError> {
    let due = all.due(None, Some(reader.now));
    let found = served.store.count_by_agency(&due.query(reader, 1)?).await?;
    let line = |(agency, found): (String, BTreeMap<String, u64>)| {
        let asked = Asked { agency: Some(agency.clone()), ..due.clone() };
        let counts: Vec<Counted> =
            OUTCOMES.iter().map(|(_, states)| counted(&found, &asked, states)).collect();
        AgencyLine { agency: capital(&words(&agency)), in_time: share(&counts), counts }
    };
    Ok(found.into_iter().map(line).collect())
}

fn counted(found: &BTreeMap<String, u64>, asked: &Asked, states: &[DutyState]) -> Counted {
    let of = |state: &DutyState| found.get(state.word()).copied().unwrap_or_default();
    Counted { count: states.iter().map(of).sum(), href: asked.states(states).href() }
}

/// What is not done, by how long ago it was due.
async fn ages(served: &Served, reader: &Reader, all: &Asked) -> Result<Vec<AgeLine>, PageError> {
    let late = all.states(&[DutyState::Overdue, DutyState::Unrecorded]);
    let ago = |days: i64| Instant::saturating(reader.now.ms() - days * DAY_MS);
    let mut lines = Vec::new();
    for (class, &days) in AGES.iter().chain([&i64::MAX]).enumerate() {
        let from = (days != i64::MAX).then(|| ago(days).just_after());
        let by = class.checked_sub(1).map(|before| ago(AGES[before]));
        lines.push(AgeLine {
            age: text(&format!("command-age-{class}")),
            late: Counted::of(served, reader, &late.due(from, by)).await?,
        });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_short_is_late_or_not_done() {
        for state in DutyState::ALL.into_iter().filter(|state| *state != DutyState::Pending) {
            let of: Vec<&str> =
                OUTCOMES.iter().filter(|(_, states)| states.contains(&state)).map(|(key, _)| *key).collect();
            let [key] = of[..] else { panic!("{state:?} is in {of:?}") };
            assert_eq!(
                ["command-late", "command-not-done"].contains(&key),
                state.is_shortfall(),
                "{state:?}"
            );
        }
    }
}
