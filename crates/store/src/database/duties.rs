//! Which duties are asked for.

use std::collections::BTreeMap;

use engine::duty::State;
use sqlx::QueryBuilder;

use super::snapshot::Reading;
use super::{Pool, days, instant, limit, on, read, sight};
use crate::record::Fewest;
use crate::{DutyEntry, DutyQuery, Level, StoreError};

/// What a duty without a due has in `due_order`: a place before every instant.
const NO_DUE: i64 = -1_000_000_000_000_000;

/// Adds to a statement what is asked of duties, after a condition.
macro_rules! narrow {
    ($sql:ident, $query:ident) => {{
        for (column, value) in [
            (" AND key = ", &$query.key),
            (" AND agency = ", &$query.agency),
            (" AND rule = ", &$query.rule),
            (" AND step_to = ", &$query.step_to),
        ] {
            if let Some(value) = value {
                $sql.push(column).push_bind(value);
            }
        }
        if let Some(stream) = &$query.stream {
            $sql.push(" AND stream = (SELECT number FROM streams WHERE streams.stream = ").push_bind(stream).push(")");
        }
        for (column, values) in [
            (" AND key IN (", &$query.keys),
            (" AND state IN (", &$query.states),
            (" AND rule IN (", &$query.rules),
        ] {
            if !values.is_empty() {
                let mut list = $sql.push(column).separated(", ");
                for value in values {
                    list.push_bind(value);
                }
                $sql.push(")");
            }
        }
        for (inner, value) in [
            (" AND held_by IN (SELECT roster FROM roster_officers WHERE officer = ", &$query.holder),
            (" AND asked IN (SELECT roster FROM roster_officers WHERE officer = ", &$query.asked),
            (
                " AND held_by IN (SELECT roster FROM roster_officers JOIN posts ON posts.officer = roster_officers.officer WHERE team = ",
                &$query.team,
            ),
        ] {
            if let Some(value) = value {
                $sql.push(inner).push_bind(value).push(")");
            }
        }
        if $query.is_climbing {
            $sql.push(" AND step IS NOT NULL");
        }
        if $query.has_lapsed {
            $sql.push(" AND lapsed > 0");
        }
        if $query.at_top {
            $sql.push(" AND step IS NOT NULL AND step_due IS NULL");
        }
        if let Some(is_answered) = $query.is_answered {
            $sql.push(if is_answered { " AND answered = 1" } else { " AND answered = 0" });
        }
        // By `due_order`, which the indexes have.
        if let Some(due_by) = $query.due_by {
            $sql.push(" AND due_order <= ").push_bind(due_by.ms());
        }
        if $query.due_from.is_some() || $query.due_by.is_some() {
            let from = $query.due_from.map_or(NO_DUE + 1, |from| from.ms());
            $sql.push(" AND due_order >= ").push_bind(from);
        }
        // What it costs least to know of a duty stands first. Of what no index begins with: it is asked of the duties that are
        // found, and does not find them.
        if let Some(sight) = $query.eyes() {
            $sql.push(" AND (");
            for column in ["held_by", "called"] {
                $sql.push(column).push(" + 0 IN (SELECT roster FROM roster_officers WHERE officer = ");
                $sql.push_bind(&sight.officer).push(") OR ");
            }
            if $query.is_about_few() {
                // Each stream once, however many duties there are in it.
                $sql.push("stream + 0 IN (SELECT wanted.stream FROM (SELECT DISTINCT stream FROM duties WHERE TRUE");
                if let Some(key) = &$query.key {
                    $sql.push(" AND key = ").push_bind(key);
                }
                if !$query.keys.is_empty() {
                    let mut list = $sql.push(" AND key IN (").separated(", ");
                    for key in &$query.keys {
                        list.push_bind(key);
                    }
                    $sql.push(")");
                }
                if let Some(stream) = &$query.stream {
                    $sql.push(" AND stream = (SELECT number FROM streams WHERE streams.stream = ").push_bind(stream).push(")");
                }
                $sql.push(") AS wanted WHERE ");
                sight::is_seen!($sql, sight, "wanted.stream");
                $sql.push(")");
            } else {
                $sql.push("stream + 0 IN (");
                sight::streams!($sql, sight);
                $sql.push(")");
            }
            if let Some(agency) = &sight.agency {
                $sql.push(" OR agency = ").push_bind(agency);
            }
            sight::written_to!($sql, sight);
            $sql.push(")");
        }
    }};
}

/// The duties, by an index: SQLite does not know how few of them stand in it, and PostgreSQL does.
macro_rules! by_index {
    ($either:ident, $of:expr, $index:literal) => {
        match $of {
            $either::Sqlite(_) => concat!("duties INDEXED BY ", $index),
            $either::Postgres(_) => "duties",
        }
    };
}

/// The duties by the index that has fewest besides those that are asked for.
macro_rules! indexed {
    ($either:ident, $of:expr, $query:ident, $climbing:literal) => {
        match $query.fewest() {
            Fewest::About => by_index!($either, $of, "duties_by_key"),
            Fewest::InStream => by_index!($either, $of, "duties_by_stream"),
            Fewest::Held => by_index!($either, $of, "duties_held"),
            Fewest::Asked => by_index!($either, $of, "duties_asked"),
            Fewest::Climbing => by_index!($either, $of, $climbing),
            Fewest::Any => "duties",
        }
    };
}

/// Adds how many of the duties that are asked for are due on each of some days, and beside these: of each agency, or of all
/// that are asked for.
macro_rules! by_day {
    ($sql:ident, $query:ident, $spans:ident, $by_agency:literal) => {{
        $sql.push("SELECT agency, state, number FROM duty_days WHERE day >= ").push_bind($spans.days.start);
        $sql.push(" AND day < ").push_bind($spans.days.end);
        let agency = $query.agency.as_deref();
        match agency.or((!$by_agency).then_some(days::ALL)) {
            Some(agency) => _ = $sql.push(" AND agency = ").push_bind(agency),
            None => _ = $sql.push(" AND agency > ").push_bind(days::ALL),
        }
        if !$query.states.is_empty() {
            let mut list = $sql.push(" AND state IN (").separated(", ");
            for state in &$query.states {
                list.push_bind(state);
            }
            $sql.push(")");
        }
        for edge in &$spans.edges {
            $sql.push(" UNION ALL SELECT agency, state, COUNT(*) FROM duties WHERE TRUE");
            narrow!($sql, edge);
            $sql.push(if $by_agency { " AND agency <> ''" } else { "" });
            $sql.push(" GROUP BY agency, state");
        }
    }};
}

/// Runs the statement of a question; `$on` is what it runs on, of either kind. The duties are found first, in an index, and
/// then read.
macro_rules! find {
    ($either:ident, $of:expr, $query:expr, $db:ident => $on:expr) => {{
        let query: &DutyQuery = $query;
        let order = if query.by_due { " ORDER BY due_order, id" } else { " ORDER BY rule, key, due_order, id" };
        let table = indexed!($either, $of, query, "duties_climbing_by_due");
        let rows: Vec<read::DutyRow> = on!($either, $of, $db => {
            let mut sql = QueryBuilder::<Db>::new(read::DUTIES_BY_ID);
            sql.push("SELECT id FROM ").push(table).push(" WHERE TRUE");
            narrow!(sql, query);
            if let Some(after) = &query.after {
                let due = after.due.map_or(NO_DUE, |due| due.ms());
                if query.by_due {
                    sql.push(" AND (due_order, id) > (").push_bind(due).push(", ").push_bind(&after.id).push(")");
                } else {
                    let mut place = sql.push(" AND (rule, key, due_order, id) > (").separated(", ");
                    place.push_bind(&after.rule).push_bind(&after.key).push_bind(due).push_bind(&after.id);
                    sql.push(")");
                }
            }
            sql.push(order).push(" LIMIT ").push_bind(limit(query.most)).push(")").push(order);
            sql.build_query_as().fetch_all($on).await?
        });
        read::all(rows, read::duty)
    }};
}

pub(super) async fn find(pool: &Pool, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError> {
    find!(Pool, pool, query, db => db)
}

pub(super) async fn find_in(snapshot: &mut Reading, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError> {
    find!(Reading, snapshot, query, tx => &mut **tx)
}

pub(super) async fn count(pool: &Pool, query: &DutyQuery) -> Result<BTreeMap<String, u64>, StoreError> {
    let spans = days::spans(query);
    let rows: Vec<(String, i64)> = on!(Pool, pool, db => {
        let mut sql = QueryBuilder::<Db>::new("");
        if let Some(spans) = &spans {
            sql.push("SELECT state, CAST(SUM(number) AS BIGINT) FROM (");
            by_day!(sql, query, spans, false);
            sql.push(") AS counted GROUP BY state HAVING SUM(number) > 0");
        } else {
            sql.push("SELECT state, COUNT(*) FROM ").push(indexed!(Pool, pool, query, "duties_climbing"));
            sql.push(" WHERE TRUE");
            narrow!(sql, query);
            sql.push(" GROUP BY state");
        }
        sql.build_query_as().fetch_all(db).await?
    });
    Ok(rows.into_iter().map(|(state, count)| (state, count.unsigned_abs())).collect())
}

pub(super) async fn count_by_agency(
    pool: &Pool,
    query: &DutyQuery,
) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreError> {
    let spans = days::spans(query);
    let rows: Vec<(String, String, i64)> = on!(Pool, pool, db => {
        let mut sql = QueryBuilder::<Db>::new("");
        if let Some(spans) = &spans {
            sql.push("SELECT agency, state, CAST(SUM(number) AS BIGINT) FROM (");
            by_day!(sql, query, spans, true);
            sql.push(") AS counted GROUP BY agency, state HAVING SUM(number) > 0");
        } else {
            sql.push("SELECT agency, state, COUNT(*) FROM ");
            sql.push(by_index!(Pool, pool, "duties_by_agency")).push(" WHERE agency IS NOT NULL");
            narrow!(sql, query);
            sql.push(" GROUP BY agency, state");
        }
        sql.build_query_as().fetch_all(db).await?
    });
    let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    for (agency, state, count) in rows {
        counts.entry(agency).or_default().insert(state, count.unsigned_abs());
    }
    Ok(counts)
}

pub(super) async fn count_by_holder(
    pool: &Pool,
    query: &DutyQuery,
) -> Result<Vec<(String, u64)>, StoreError> {
    let rows: Vec<(String, i64)> = on!(Pool, pool, db => {
        let mut sql = QueryBuilder::<Db>::new(
            "SELECT officer, CAST(SUM(held) AS BIGINT) FROM roster_officers JOIN \
             (SELECT held_by, COUNT(*) AS held FROM ",
        );
        sql.push(by_index!(Pool, pool, "duties_held")).push(" WHERE held_by IS NOT NULL");
        narrow!(sql, query);
        sql.push(" GROUP BY held_by) AS lists ON roster = held_by");
        if let Some(team) = &query.team {
            sql.push(" WHERE officer IN (SELECT officer FROM posts WHERE team = ").push_bind(team).push(")");
        }
        sql.push(" GROUP BY officer ORDER BY 2 DESC, officer");
        sql.build_query_as().fetch_all(db).await?
    });
    Ok(rows.into_iter().map(|(holder, count)| (holder, count.unsigned_abs())).collect())
}

pub(super) async fn levels(pool: &Pool, query: &DutyQuery) -> Result<Vec<Level>, StoreError> {
    let rows: Vec<(String, i64, i64, i64, i64)> = on!(Pool, pool, db => {
        let mut sql = QueryBuilder::<Db>::new(
            "SELECT step_to, COUNT(*), MIN(step_opens), COUNT(*) FILTER (WHERE lapsed > 0), \
             COUNT(*) FILTER (WHERE step_due IS NULL AND answered = 0) FROM ",
        );
        sql.push(by_index!(Pool, pool, "duties_climbing")).push(" WHERE step IS NOT NULL");
        narrow!(sql, query);
        sql.push(" GROUP BY step_to ORDER BY step_to");
        sql.build_query_as().fetch_all(db).await?
    });
    let level = |(to, count, oldest, lapsed, unanswered): (String, i64, i64, i64, i64)| {
        Ok(Level {
            to,
            count: count.unsigned_abs(),
            oldest: instant(oldest)?,
            lapsed: lapsed.unsigned_abs(),
            unanswered_at_top: unanswered.unsigned_abs(),
        })
    };
    rows.into_iter().map(level).collect()
}
