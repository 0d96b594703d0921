//! Rows as they are read, and what they become.

use std::collections::BTreeMap;

use engine::time::Instant;

use super::{instant, parted, rosters};
use crate::{
    BrokenGlass, Climb, Contact, DeadGroup, DutyEntry, Entry, Feed, Head, Message, MessageCounts, NodeBeat,
    Opened, Post, StoreError, StoredPolicy, Token, Waiting,
};

pub(super) const HEAD: &str = "SELECT seq, as_of, program FROM head";

/// As [`HEAD`], with the last step by which the database was set up.
pub(super) const HEAD_AND_STEP: &str =
    "SELECT seq, as_of, program, (SELECT MAX(version) FROM _sqlx_migrations) FROM head";

/// As [`HEAD_AND_STEP`] with the database's clock, and nobody else writes until the transaction ends.
pub(super) const HEAD_LOCKED: &str = "SELECT seq, as_of, program, (SELECT MAX(version) FROM _sqlx_migrations), \
    (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT FROM head FOR UPDATE";

pub(super) const ENTRIES: &str = "SELECT seq, line FROM events WHERE seq > $1 ORDER BY seq LIMIT $2";

pub(super) const ENTRIES_ABOUT: &str = "SELECT events.seq, events.line \
    FROM event_entities JOIN events ON events.seq = event_entities.seq \
    WHERE event_entities.entity = $1 AND event_entities.seq > $2 ORDER BY event_entities.seq LIMIT $3";

pub(super) const ENTRIES_IN: &str = "SELECT events.seq, events.line \
    FROM event_streams JOIN events ON events.seq = event_streams.seq \
    WHERE event_streams.stream = (SELECT number FROM streams WHERE stream = $1) AND event_streams.seq > $2 ORDER BY event_streams.seq LIMIT $3";

pub(super) type HeadRow = (i64, Option<i64>, Option<String>);

pub(super) fn head((seq, as_of, program): HeadRow) -> Result<Head, StoreError> {
    Ok(Head { seq, as_of: as_of.map(instant).transpose()?, program })
}

pub(super) fn entries(rows: Vec<(i64, String)>) -> Vec<Entry> {
    rows.into_iter().map(|(seq, line)| Entry { seq, line }).collect()
}

/// Duties with the lists of people that they name, under a condition. A number that no list has is read as it is, and is no list:
/// an error, and not nobody.
macro_rules! duties_where {
    ($condition:literal) => {
        concat!(
            "SELECT id, rule, key, due, state, wakes_at, COALESCE((SELECT streams.stream FROM streams WHERE number = duties.stream), '') AS stream, agency, step, step_to, step_opens, step_due, ",
            "lapsed, answered, COALESCE((SELECT officers FROM rosters WHERE roster = held_by), CAST(held_by AS TEXT)) AS holders, ",
            "COALESCE((SELECT officers FROM rosters WHERE roster = duties.called), CAST(duties.called AS TEXT)) AS called, ",
            "COALESCE((SELECT officers FROM rosters WHERE roster = duties.asked), CAST(duties.asked AS TEXT)) AS asked, row FROM duties WHERE ",
            $condition
        )
    };
}

pub(super) const DUTY_BY_ID: &str = duties_where!("id = $1");

pub(super) const DUTIES_BY_ID: &str = duties_where!("id IN (");

#[derive(sqlx::FromRow)]
pub(super) struct DutyRow {
    id: String,
    rule: String,
    key: String,
    due: Option<i64>,
    state: String,
    wakes_at: Option<i64>,
    holders: Option<String>,
    stream: String,
    agency: Option<String>,
    step: Option<i64>,
    step_to: Option<String>,
    step_opens: Option<i64>,
    step_due: Option<i64>,
    lapsed: Option<i64>,
    answered: Option<i64>,
    called: Option<String>,
    asked: Option<String>,
    row: String,
}

pub(super) fn duty(row: DutyRow) -> Result<DutyEntry, StoreError> {
    let climb = match (row.step, row.step_to, row.step_opens) {
        (Some(step), Some(to), Some(opens)) => Some(Climb {
            step: small(step),
            to,
            opens: instant(opens)?,
            due: row.step_due.map(instant).transpose()?,
            lapsed: small(row.lapsed.unwrap_or_default()),
            is_answered: row.answered.is_some_and(|answered| answered != 0),
            called: roster(row.called.as_deref())?,
            asked: roster(row.asked.as_deref())?,
        }),
        _ => None,
    };
    Ok(DutyEntry {
        id: row.id,
        rule: row.rule,
        key: row.key,
        due: row.due.map(instant).transpose()?,
        state: row.state,
        wakes_at: row.wakes_at.map(instant).transpose()?,
        row: rosters::unmarked(row.row, row.holders.as_deref()),
        holders: roster(row.holders.as_deref())?,
        stream: row.stream,
        agency: row.agency,
        climb,
    })
}

/// The people of a list, if there is one.
fn roster(officers: Option<&str>) -> Result<Vec<String>, StoreError> {
    officers.map_or(Ok(Vec::new()), parted)
}

fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) const POSTS: &str =
    "SELECT officer, is_cover, role, rank, team, agency, manager FROM posts ORDER BY number";
pub(super) const POSTS_OF: &str = "SELECT officer, is_cover, role, rank, team, agency, manager FROM posts WHERE officer = $1 ORDER BY number";
pub(super) const POSTS_UNDER: &str = "SELECT officer, is_cover, role, rank, team, agency, manager FROM posts WHERE manager = $1 ORDER BY number";
pub(super) const POSTS_IN: &str =
    "SELECT officer, is_cover, role, rank, team, agency, manager FROM posts WHERE team = $1 ORDER BY number";

pub(super) type PostRow =
    (String, bool, Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);

pub(super) fn post((officer, is_cover, role, rank, team, agency, manager): PostRow) -> Post {
    Post { officer, is_cover, role, rank, team, agency, manager }
}

pub(super) type GlassRow = (String, String, String, i64, i64);

pub(super) fn glass((event, stream, officer, at, until): GlassRow) -> Result<BrokenGlass, StoreError> {
    Ok(BrokenGlass { event, stream, officer, at: instant(at)?, until: instant(until)? })
}

pub(super) type OpenedRow = (String, i64, String, String, String, String, String);

pub(super) fn opened(
    (id, at, account, officer, action, entity, why): OpenedRow,
) -> Result<Opened, StoreError> {
    Ok(Opened { id, at: instant(at)?, account, officer, action, entity, why })
}

pub(super) type WaitingRow = (String, i64, String, String, String, i64, Option<String>);

pub(super) fn waiting(
    (id, at, channel, recipient, body, attempts, error): WaitingRow,
) -> Result<Waiting, StoreError> {
    let message = Message { id, at: instant(at)?, channel, recipient, body };
    Ok(Waiting { message, attempts: u32::try_from(attempts).unwrap_or(u32::MAX), error })
}

pub(super) fn message_counts(
    (waiting, retrying, oldest, dead): (i64, i64, Option<i64>, i64),
) -> Result<MessageCounts, StoreError> {
    Ok(MessageCounts {
        waiting: waiting.unsigned_abs(),
        retrying: retrying.unsigned_abs(),
        oldest_waiting: oldest.map(instant).transpose()?,
        dead: dead.unsigned_abs(),
    })
}

pub(super) fn dead_group(
    (channel, reason, count, oldest): (String, Option<String>, i64, i64),
) -> Result<DeadGroup, StoreError> {
    Ok(DeadGroup { channel, reason, count: count.unsigned_abs(), oldest: instant(oldest)? })
}

pub(super) type TokenRow = (String, String, String, String, i64, Option<String>, Option<i64>);

pub(super) fn token(row: TokenRow) -> Result<Token, StoreError> {
    let (name, hash, scopes, records_as, created_at, proposed_by, ends_at) = row;
    let (scopes, created_at) = (parted(&scopes)?, instant(created_at)?);
    let ends_at = ends_at.map(instant).transpose()?;
    Ok(Token { name, hash, scopes, records_as, created_at, proposed_by, ends_at })
}

pub(super) fn feed((hash, officer, created_at): (String, String, i64)) -> Result<Feed, StoreError> {
    Ok(Feed { hash, officer, created_at: instant(created_at)? })
}

pub(super) const POLICIES: &str =
    "SELECT name, version, fingerprint, files, activated_at, activated_by FROM policies ORDER BY seq";

pub(super) fn contact((officer, email, administrator): (String, Option<String>, bool)) -> Contact {
    Contact { officer, email, administrator }
}

/// Instants by name, as they were kept in one column.
pub(super) fn instants(text: &str) -> Result<BTreeMap<String, Instant>, StoreError> {
    let unread = |error| StoreError::Unusable(format!("it holds no list of instants: {error}"));
    let kept: BTreeMap<String, i64> = serde_json::from_str(text).map_err(unread)?;
    kept.into_iter().map(|(name, ms)| Ok((name, instant(ms)?))).collect()
}

pub(super) type PolicyRow = (String, String, String, String, i64, String);

pub(super) fn policy(row: PolicyRow) -> Result<StoredPolicy, StoreError> {
    let (name, version, fingerprint, files, activated_at, activated_by) = row;
    Ok(StoredPolicy { name, version, fingerprint, files, activated_at: instant(activated_at)?, activated_by })
}

pub(super) fn node((node, at, seq): (String, i64, i64)) -> Result<NodeBeat, StoreError> {
    Ok(NodeBeat { node, at: instant(at)?, seq })
}

/// Each row as what it becomes.
pub(super) fn all<R, T>(rows: Vec<R>, into: fn(R) -> Result<T, StoreError>) -> Result<Vec<T>, StoreError> {
    rows.into_iter().map(into).collect()
}
