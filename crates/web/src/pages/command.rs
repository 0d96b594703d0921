//! Command: whether the force gets better or worse, what is late and for how long, what reached the top and was not
//! answered, and whether teams are at the strength that was promised.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use app::access::{self, Action, Principal, Resource};
use app::chronicle;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::duty::State as DutyState;
use engine::policy::{KindRef, Policy};
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::DutyQuery;

use super::casefile::standing;
use super::chart::{Columns, Steps};
use super::ladder::{LevelLine, lines};
use super::listing::{Asked, Counted, rows};
use super::reader::Reader;
use super::rows::{Row, Shower, bare, words};
use super::texts::text;
use super::told::{Name, capital, escaped, name};
use super::when::Month;
use super::{Frame, PageError};
use crate::Served;

/// How many months the trend has.
const MONTHS: usize = 12;

const DAY_MS: i64 = 24 * 3_600_000;

/// After how many days a duty is longer overdue, class by class.
const AGES: [i64; 4] = [7, 30, 90, 365];

/// How many events of a team, and duties about teams, are looked through.
const MOST: usize = 500;

/// Of how many teams at once all is told, those first that fell short last; and how many of the last lines of each.
const TEAMS: usize = 5;
const LINES: usize = 10;

/// The kind by which a strength is promised to a team.
const COMMITMENT: &str = "team.commitment-made";

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
    teams: Vec<Team>,
    other_teams: Vec<OtherTeam>,
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

/// A team to which a strength was promised.
#[derive(Debug, Serialize)]
struct Team {
    name: Name,
    /// How many hold a post in it now.
    posts_held: usize,
    /// The last of what was promised and recorded, and how much there is.
    records: Vec<Strength>,
    records_count: usize,
    /// The last times that it fell short, and how many there are.
    falls: Vec<Fall>,
    falls_count: usize,
    chart: Option<Steps>,
}

/// A team of which no more is told than how often it fell short.
#[derive(Debug, Serialize)]
struct OtherTeam {
    name: String,
    href: String,
    falls: usize,
    last: Option<String>,
}

/// What was promised, or recorded.
#[derive(Debug, Serialize)]
struct Strength {
    when: String,
    is_commitment: bool,
    posts: Option<i64>,
    filled: Option<i64>,
    trained: Option<i64>,
    caseload: Option<i64>,
}

/// When a team fell below what was promised.
#[derive(Debug, Serialize)]
struct Fall {
    when: String,
    what: String,
    state: String,
    state_word: String,
    href: Option<String>,
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
    let shower = Shower::new(&served).await?;
    let now = shower.when.month(reader.now);
    let last = match &year.to {
        None => now,
        Some(text) => Month::parse(text).ok_or(PageError::NotFound)?,
    };
    let all = Asked { force: true, ..Asked::default() };
    let climbing = Asked { climbing: true, ..all.clone() };
    let top = Asked { top: true, answered: Some(false), ..climbing.clone() };
    let query = climbing.query(&reader, 1)?;
    let (months, ages, levels, agencies, (teams, other_teams)) = tokio::try_join!(
        months(&served, &shower, &reader, &all, last),
        ages(&served, &reader, &all),
        async { Ok(served.store.levels(&query).await?) },
        agencies(&served, &reader, &all),
        teams(&served, &shower, &reader, &year, last),
    )?;
    let names = months.iter().map(|line| line.month.chars().take(3).collect()).collect();
    let counts = |line: &MonthLine| line.counts.iter().map(|counted| counted.count).collect();
    let page = CommandPage {
        trend: Columns::of(names, &months.iter().map(counts).collect::<Vec<Vec<u64>>>()),
        months,
        outcomes: OUTCOMES.iter().map(|(key, _)| text(key)).collect(),
        before: format!("/command?to={}", last.plus(-(MONTHS as i32))),
        after: (last < now).then(|| format!("/command?to={}", last.plus(MONTHS as i32).min(now))),
        age_chart: Columns::of(
            (0..ages.len()).map(|class| text(&format!("command-age-short-{class}"))).collect(),
            &ages.iter().map(|line| vec![0, 0, line.late.count]).collect::<Vec<_>>(),
        ),
        ages,
        top: Counted { count: levels.iter().map(|level| level.unanswered_at_top).sum(), href: top.href() },
        levels: lines(&shower, &climbing, levels),
        agencies,
        teams,
        other_teams,
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
    let found = served.store.count_by_agency(&due.states(&DutyState::ALL).query(reader, 1)?).await?;
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

/// The teams to which a strength was promised: all of some, and of the others how often they fell short.
async fn teams(
    served: &Served,
    shower: &Shower,
    reader: &Reader,
    year: &Year,
    last: Month,
) -> Result<(Vec<Team>, Vec<OtherTeam>), PageError> {
    let rules = shower.policy().map(about_commitments).unwrap_or_default();
    if rules.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut query = DutyQuery { rules, by_due: true, most: MOST, ..DutyQuery::default() };
    let mut found = served.store.duties(&query).await?;
    if found.len() == MOST {
        // Where there are many, those of the year that is shown.
        let (from, _) = shower.when.ends_of(last.plus(1 - MONTHS as i32)).ok_or(PageError::NotFound)?;
        query.due_from = Some(from);
        found = served.store.duties(&query).await?;
    }
    let all = rows(&found)?;
    let falls = shower.policy().map(falls).unwrap_or_default();
    let mut by_team: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in all.iter().filter(|row| row.key.starts_with("team:")) {
        let of_team = by_team.entry(&row.key).or_default();
        if falls.contains(&row.duty) {
            of_team.push(row);
        }
    }
    let mut teams: Vec<(&str, Vec<&Row>)> = by_team.into_iter().collect();
    teams.sort_by_key(|(team, falls)| (Reverse(falls.iter().map(|row| row.trigger.at).max()), *team));
    if let Some(one) = &year.team {
        teams.retain(|(team, _)| bare(team) == one);
        if teams.is_empty() {
            return Err(PageError::NotFound);
        }
    }
    let others = teams.split_off(TEAMS.min(teams.len()));
    let sight = reader.person.sight(reader.now);
    let seen: BTreeSet<String> = match sight.everything {
        true => all.iter().map(|row| row.id.clone()).collect(),
        false => {
            let own = DutyQuery { sight: Some(sight), ..query };
            served.store.duties(&own).await?.into_iter().map(|duty| duty.id).collect()
        }
    };
    let mut told = Vec::new();
    for (team, falls) in teams {
        let mut one = strength(served, shower, team, &falls, &seen).await?;
        let may = access::decide(Principal::Person(&reader.person), Action::SeeTeam, &Resource::Team(team));
        one.name.href = one.name.href.filter(|_| may.is_allowed());
        told.push(one);
    }
    let other = |(team, falls): &(&str, Vec<&Row>)| OtherTeam {
        name: bare(team).to_owned(),
        href: format!("/command?to={last}&team={}", escaped(bare(team))),
        falls: falls.len(),
        last: falls.iter().map(|row| row.trigger.at).max().map(|at| shower.when.day(at)),
    };
    Ok((told, others.iter().map(other).collect()))
}

async fn strength(
    served: &Served,
    shower: &Shower,
    team: &str,
    duties: &[&Row],
    seen: &BTreeSet<String>,
) -> Result<Team, PageError> {
    const KINDS: [&str; 2] = [COMMITMENT, "team.strength-recorded"];
    let (told, _) = chronicle::within(&*served.store, team, MOST).await?;
    let events: Vec<&Event> = standing(&told).filter(|event| KINDS.contains(&&*event.kind)).collect();
    let posts = served.store.posts_in(team).await?;
    let held: BTreeSet<&str> =
        posts.iter().filter(|post| !post.is_cover).map(|post| &*post.officer).collect();
    let fall = |row: &&&Row| Fall {
        when: shower.when.day(row.trigger.at),
        what: shower.title(&row.duty),
        state: row.state.clone(),
        state_word: text(&format!("state-{}", row.state)),
        href: seen.contains(&row.id).then(|| format!("/duties/{}", row.id)),
    };
    let mut falls: Vec<(Instant, Fall)> = duties.iter().map(|row| (row.trigger.at, fall(&row))).collect();
    falls.sort_by_key(|(at, _)| *at);
    let last_lines = events.iter().skip(events.len().saturating_sub(LINES));
    let (falls_count, last_falls) = (falls.len(), falls.len().saturating_sub(LINES));
    Ok(Team {
        name: name(shower, team),
        posts_held: held.len(),
        records: last_lines.map(|event| recorded(shower, event)).collect(),
        records_count: events.len(),
        chart: chart(shower, &events),
        falls: falls.into_iter().skip(last_falls).map(|(_, fall)| fall).collect(),
        falls_count,
    })
}

/// The rules that look at what was promised to teams.
fn about_commitments(policy: &Policy) -> Vec<String> {
    let is_it = |kind: &KindRef| kind.kind == COMMITMENT;
    let rules = policy.duties.iter().filter(|(_, rule)| {
        [&rule.when, &rule.given, &rule.expect].iter().any(|kinds| kinds.iter().any(is_it))
    });
    rules.map(|(name, _)| name.clone()).collect()
}

/// Those of them that begin when a team falls below it: not with the commitment itself, but measured against it.
fn falls(policy: &Policy) -> BTreeSet<String> {
    let is_it = |kind: &KindRef| kind.kind == COMMITMENT;
    let falls =
        policy.duties.iter().filter(|(_, rule)| rule.given.iter().any(is_it) && !rule.when.iter().any(is_it));
    falls.map(|(name, _)| name.clone()).collect()
}

fn number(event: &Event, name: &str) -> Option<i64> {
    match event.attrs.get(name)? {
        Value::Integer(number) => Some(*number),
        _ => None,
    }
}

fn recorded(shower: &Shower, event: &Event) -> Strength {
    Strength {
        when: shower.when.day(event.at),
        is_commitment: event.kind == COMMITMENT,
        posts: number(event, "posts"),
        filled: number(event, "filled"),
        trained: number(event, "trained"),
        caseload: number(event, "caseload"),
    }
}

/// Posts filled over time, and how many were promised.
fn chart(shower: &Shower, events: &[&Event]) -> Option<Steps> {
    let of = |kind_is_commitment: bool, name: &str| -> Vec<(i64, u64)> {
        let events = events.iter().filter(|event| (event.kind == COMMITMENT) == kind_is_commitment);
        let points =
            events.filter_map(|event| Some((event.at.ms(), u64::try_from(number(event, name)?).ok()?)));
        points.collect()
    };
    let (promised, filled) = (of(true, "posts"), of(false, "filled"));
    let first = events.first()?.at;
    let last = events.last()?.at;
    (!filled.is_empty())
        .then(|| Steps::of(&[filled, promised], shower.when.day(first), shower.when.day(last)))
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
