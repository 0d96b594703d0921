//! Who may see what, as SQL. That it is what `policies/access` says is tested in `app`.

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::{Database, Pool, on};
use crate::{Sight, StoreError};

/// Adds the statement of the numbers of the streams that somebody may see: their own, those that they or their teams are in charge
/// of, cases in which they hold a duty or were reached by a ladder, and those into which they let themselves.
macro_rules! streams {
    ($sql:ident, $sight:ident) => {{
        let mut circle = $sql.push("SELECT number FROM streams WHERE stream IN (").separated(", ");
        for entity in $sight.selves() {
            circle.push_bind(entity);
        }
        let mut circle = $sql.push(") UNION SELECT stream FROM in_charge WHERE entity IN (").separated(", ");
        for entity in $sight.selves() {
            circle.push_bind(entity);
        }
        $sql.push(")");
        for list in ["held_by", "called"] {
            $sql.push(" UNION SELECT duties.stream FROM duties JOIN roster_officers ON ").push(list);
            $sql.push(" = roster WHERE duties.stream > 0 AND officer = ").push_bind(&$sight.officer);
        }
        $sql.push(" UNION SELECT number FROM broken_glass JOIN streams USING (stream) WHERE officer = ");
        $sql.push_bind(&$sight.officer).push(" AND until > ");
        $sql.push_bind($sight.now.map_or(i64::MAX, |now| now.ms()));
    }};
}
pub(super) use streams;

/// Adds the condition that somebody may see one stream, by its number: what [`streams`] says of all, asked of this one alone.
macro_rules! is_seen {
    ($sql:ident, $sight:ident, $number:literal) => {{
        for (before, after) in [
            (
                concat!(
                    "(EXISTS (SELECT 1 FROM streams AS self WHERE self.number = ",
                    $number,
                    " AND self.stream IN ("
                ),
                "))",
            ),
            (
                concat!(
                    " OR EXISTS (SELECT 1 FROM in_charge WHERE in_charge.stream = ",
                    $number,
                    " AND entity IN ("
                ),
                "))",
            ),
        ] {
            let mut circle = $sql.push(before).separated(", ");
            for entity in $sight.selves() {
                circle.push_bind(entity);
            }
            $sql.push(after);
        }
        $sql.push(concat!(
            " OR EXISTS (SELECT 1 FROM broken_glass JOIN streams AS let_in USING (stream) WHERE let_in.number = ",
            $number,
            " AND officer = "
        ));
        $sql.push_bind(&$sight.officer).push(" AND until > ");
        $sql.push_bind($sight.now.map_or(i64::MAX, |now| now.ms())).push(")");
        for (before, after) in [
            (
                concat!(
                    " OR ",
                    $number,
                    " > 0 AND EXISTS (SELECT 1 FROM duties AS beside WHERE beside.stream = ",
                    $number,
                    " AND (beside.held_by"
                ),
                ")",
            ),
            (" OR beside.called", "))))"),
        ] {
            $sql.push(before).push(" + 0 IN (SELECT roster FROM roster_officers WHERE officer = ");
            $sql.push_bind(&$sight.officer).push(after);
        }
    }};
}
pub(super) use is_seen;

/// Adds that somebody may see the open duties of which they were written to.
macro_rules! written_to {
    ($sql:ident, $sight:ident) => {{
        $sql.push(" OR id IN (SELECT told.duty FROM told JOIN duties AS open ON open.id = told.duty WHERE officer = ");
        let mut open = $sql.push_bind(&$sight.officer).push(" AND open.state IN (").separated(", ");
        for state in State::ALL.into_iter().filter(|state| state.is_open()) {
            open.push_bind(state.word());
        }
        $sql.push("))");
    }};
}
pub(super) use written_to;

/// Up to how many streams each is asked for itself.
const FEW: usize = 400;

/// How many one statement names.
const MOST_NAMED: usize = 16_000;

/// Of some entities those that turn up in a case that somebody may see, sorted.
pub(super) async fn turning_up(
    database: &Database,
    sight: &Sight,
    entities: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut found: Vec<String> = Vec::new();
    for some in entities.chunks(MOST_NAMED) {
        found.extend::<Vec<String>>(on!(Pool, &database.pool, db => {
            let mut sql = QueryBuilder::<Db>::new("SELECT DISTINCT entity FROM entity_streams WHERE entity IN (");
            let mut list = sql.separated(", ");
            for entity in some {
                list.push_bind(entity);
            }
            sql.push(") AND stream > 0");
            if !sight.everything {
                // The streams of each entity are looked through, and not each stream of somebody for each entity.
                sql.push(" AND stream + 0 IN (");
                streams!(sql, sight);
                sql.push(")");
            }
            sql.build_query_scalar().persistent(false).fetch_all(db).await?
        }));
    }
    found.sort_unstable();
    Ok(found)
}

/// Of some streams those that somebody may see, sorted.
pub(super) async fn of(
    database: &Database,
    sight: &Sight,
    streams: &[String],
) -> Result<Vec<String>, StoreError> {
    let mut seen = streams.to_vec();
    seen.sort_unstable();
    seen.dedup();
    if sight.everything || seen.is_empty() {
        return Ok(seen);
    }
    let mut found: HashSet<String> = HashSet::new();
    for some in seen.chunks(MOST_NAMED) {
        found.extend::<Vec<String>>(on!(Pool, &database.pool, db => {
            let mut sql = QueryBuilder::<Db>::new("SELECT wanted.stream FROM streams AS wanted WHERE wanted.stream IN (");
            let mut list = sql.separated(", ");
            for stream in some {
                list.push_bind(stream);
            }
            sql.push(") AND ");
            if seen.len() > FEW {
                sql.push("wanted.number IN (");
                streams!(sql, sight);
                sql.push(")");
            } else {
                is_seen!(sql, sight, "wanted.number");
            }
            sql.build_query_scalar().persistent(false).fetch_all(db).await?
        }));
    }
    // Of themselves and their teams there may be no event yet.
    seen.retain(|stream| found.contains(stream) || sight.selves().any(|one| one == stream));
    Ok(seen)
}
