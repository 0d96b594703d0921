//! Whether teams are at the strength that was promised to them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use app::chronicle;
use engine::duty::State as DutyState;
use engine::policy::{KindRef, Policy};
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::Serialize;
use store::{DutyEntry, DutyQuery};

use super::PageError;
use super::casefile::standing;
use super::chart::Steps;
use super::command::{MONTHS, address};
use super::listing::{count, rows};
use super::reader::Reader;
use super::rows::{Row, Shower, bare};
use super::texts::text;
use super::told::{Name, name};
use super::when::Month;
use crate::Served;

/// How many events of a team, and duties about teams, are looked through.
const MOST: usize = 5_000;

/// From how many duties about teams on only those of a year are told of, and those that are open.
const MANY: usize = 500;

/// Of how many teams at once all is told, those first that fell short last; and how many of the last lines of each.
const TEAMS: usize = 5;
const LINES: usize = 10;

/// The kind by which a strength is promised to a team.
const COMMITMENT: &str = "team.commitment-made";

/// The teams to which a strength was promised.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Strength {
    teams: Vec<Team>,
    others: Vec<OtherTeam>,
    /// Whether it tells of what was due in the year alone, and of what is open.
    is_of_year: bool,
    /// Whether there is more than was looked through.
    has_more: bool,
}

/// A team to which a strength was promised.
#[derive(Debug, Serialize)]
pub(crate) struct Team {
    name: Name,
    /// How many hold a post in it now.
    posts_held: usize,
    /// The last of what was promised and recorded, and how much there is.
    records: Vec<Record>,
    records_count: usize,
    /// The last times that it fell short, and how many there are.
    falls: Vec<Fall>,
    falls_count: usize,
    chart: Option<Steps>,
    /// Whether it has more events than were looked through.
    has_more: bool,
}

impl Team {
    fn has_commitment(&self) -> bool {
        self.records.iter().any(|record| record.is_commitment)
    }
}

/// A team of which no more is told than how often it fell short.
#[derive(Debug, Serialize)]
pub(crate) struct OtherTeam {
    name: String,
    href: String,
    falls: usize,
    last: Option<String>,
}

/// What was promised, or recorded.
#[derive(Debug, Serialize)]
struct Record {
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

/// The teams to which a strength was promised: all of some, and of the others how often they fell short; or all of one.
pub(crate) async fn of(
    served: &Served,
    shower: &Shower,
    reader: &Reader,
    one: Option<&str>,
    last: Month,
) -> Result<Strength, PageError> {
    let rules = shower.policy().map(about_commitments).unwrap_or_default();
    if rules.is_empty() {
        return one.map_or_else(|| Ok(Strength::default()), |_| Err(PageError::NotFound));
    }
    let mut query = DutyQuery { rules, by_due: true, most: MANY, ..DutyQuery::default() };
    // By all states, as an index has them before the rules.
    let of_any_state = DutyQuery { states: words_of(|_| true), ..query.clone() };
    let is_of_year = count(served, &of_any_state).await? > MANY as u64;
    let (found, has_more) = match is_of_year {
        false => (served.store.duties(&query).await?, false),
        true => of_year(served, shower, &mut query, last).await?,
    };
    let all = rows(&found)?;
    let mut teams = by_last_fall(&all, &shower.policy().map(falls).unwrap_or_default());
    let one = one.map(|one| format!("team:{one}"));
    let mut owes_nothing = false;
    if let Some(one) = &one {
        teams.retain(|(team, _)| team == one);
        owes_nothing = teams.is_empty();
        if owes_nothing {
            teams.push((one, Vec::new()));
        }
    }
    let others = teams.split_off(TEAMS.min(teams.len()));
    let mut strength = Strength { is_of_year, has_more, ..Strength::default() };
    let lines = if one.is_some() { usize::MAX } else { LINES };
    for (team, falls) in teams {
        let seen = seen(served, reader, &falls).await?;
        strength.teams.push(told(served, shower, team, &falls, &seen, lines).await?);
    }
    let other = |(team, falls): &(&str, Vec<&Row>)| OtherTeam {
        name: bare(team).to_owned(),
        href: address(last, Some(bare(team))),
        falls: falls.len(),
        last: falls.iter().map(|row| row.trigger.at).max().map(|at| shower.when.day(at)),
    };
    strength.others = others.iter().map(other).collect();
    // In a year in which nothing was due of it a team is there if something was promised to it.
    if owes_nothing && !strength.teams.iter().any(Team::has_commitment) {
        return Err(PageError::NotFound);
    }
    Ok(strength)
}

/// The words of some states.
fn words_of(is_one: fn(DutyState) -> bool) -> Vec<String> {
    DutyState::ALL.into_iter().filter(|state| is_one(*state)).map(|state| state.word().to_owned()).collect()
}

/// The duties that were due in a year, and those that are open whenever they were due; and whether there are more.
async fn of_year(
    served: &Served,
    shower: &Shower,
    query: &mut DutyQuery,
    last: Month,
) -> Result<(Vec<DutyEntry>, bool), PageError> {
    let (from, _) = shower.when.ends_of(last.plus(1 - MONTHS as i32)).ok_or(PageError::NotFound)?;
    let (_, by) = shower.when.ends_of(last).ok_or(PageError::NotFound)?;
    query.most = MOST;
    let open = DutyQuery { states: words_of(DutyState::is_open), ..query.clone() };
    let due = DutyQuery { due_from: Some(from), due_by: Some(by), ..query.clone() };
    let (open, due) = tokio::try_join!(served.store.duties(&open), served.store.duties(&due))?;
    let has_more = open.len() == MOST || due.len() == MOST;
    let different: BTreeMap<String, DutyEntry> =
        open.into_iter().chain(due).map(|duty| (duty.id.clone(), duty)).collect();
    Ok((different.into_values().collect(), has_more))
}

/// Each team with its duties that arose when it fell short, those first that fell short last.
fn by_last_fall<'r>(all: &'r [Row], falls: &BTreeSet<String>) -> Vec<(&'r str, Vec<&'r Row>)> {
    let mut by_team: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in all.iter().filter(|row| row.key.starts_with("team:")) {
        let of_team = by_team.entry(&row.key).or_default();
        if falls.contains(&row.duty) {
            of_team.push(row);
        }
    }
    let mut teams: Vec<(&str, Vec<&Row>)> = by_team.into_iter().collect();
    teams.sort_by_key(|(team, falls)| (Reverse(falls.iter().map(|row| row.trigger.at).max()), *team));
    teams
}

/// Those of a team's duties that the reader may open.
async fn seen(served: &Served, reader: &Reader, duties: &[&Row]) -> Result<BTreeSet<String>, PageError> {
    let Some(team) = duties.first().map(|row| row.key.clone()) else { return Ok(BTreeSet::new()) };
    let sight = Some(reader.sight.clone());
    let rules: BTreeSet<String> = duties.iter().map(|row| row.duty.clone()).collect();
    let rules = rules.into_iter().collect();
    let own = DutyQuery { key: Some(team), rules, sight, by_due: true, most: MOST, ..DutyQuery::default() };
    Ok(served.store.duties(&own).await?.into_iter().map(|duty| duty.id).collect())
}

/// All of a team, or the last of it.
async fn told(
    served: &Served,
    shower: &Shower,
    team: &str,
    duties: &[&Row],
    seen: &BTreeSet<String>,
    lines: usize,
) -> Result<Team, PageError> {
    const KINDS: [&str; 2] = [COMMITMENT, "team.strength-recorded"];
    let (told, has_more) = chronicle::within(&*served.store, team, MOST).await?;
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
    let last_lines = events.iter().skip(events.len().saturating_sub(lines));
    let (falls_count, last_falls) = (falls.len(), falls.len().saturating_sub(lines));
    Ok(Team {
        name: name(shower, team),
        posts_held: held.len(),
        records: last_lines.map(|event| recorded(shower, event)).collect(),
        records_count: events.len(),
        chart: chart(shower, &events),
        falls: falls.into_iter().skip(last_falls).map(|(_, fall)| fall).collect(),
        falls_count,
        has_more,
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

fn recorded(shower: &Shower, event: &Event) -> Record {
    Record {
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
