//! Who may see what, as SQL. That it is what `policies/access` says is tested in `app`.

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::{Database, Pool, on};
use crate::{Sight, StoreError};

/// Adds the statement of the streams that somebody may see: their own, those that they or their teams are in charge of,
/// cases in which they hold a duty or were reached by a ladder, and those into which they let themselves.
macro_rules! streams {
    ($sql:ident, $sight:ident) => {{
        $sql.push("SELECT stream FROM in_charge WHERE entity IN (");
        let mut circle = $sql.separated(", ");
        for entity in std::iter::once(&$sight.officer).chain(&$sight.circle) {
            circle.push_bind(entity);
        }
        $sql.push(") UNION SELECT stream FROM duties JOIN roster_officers ON held_by = roster WHERE stream >= 'case:' AND stream < 'case;' AND officer = ");
        $sql.push_bind(&$sight.officer);
        $sql.push(" UNION SELECT stream FROM duties JOIN roster_officers ON called = roster WHERE stream >= 'case:' AND stream < 'case;' AND officer = ");
        $sql.push_bind(&$sight.officer);
        $sql.push(" UNION SELECT stream FROM broken_glass WHERE officer = ").push_bind(&$sight.officer);
        $sql.push(" AND until > ").push_bind($sight.now.map_or(i64::MAX, |now| now.ms()));
        for entity in std::iter::once(&$sight.officer).chain(&$sight.circle) {
            $sql.push(" UNION SELECT ").push_bind(entity);
        }
    }};
}
pub(super) use streams;

/// Adds the condition that somebody may see one stream: what [`streams`] says of all, asked of this one alone.
macro_rules! is_seen {
    ($sql:ident, $sight:ident, $stream:literal) => {{
        for (before, after) in [
            (concat!("(", $stream, " IN ("), ")"),
            (
                concat!(
                    " OR EXISTS (SELECT 1 FROM in_charge WHERE in_charge.stream = ",
                    $stream,
                    " AND entity IN ("
                ),
                "))",
            ),
        ] {
            let mut circle = $sql.push(before).separated(", ");
            for entity in std::iter::once(&$sight.officer).chain(&$sight.circle) {
                circle.push_bind(entity);
            }
            $sql.push(after);
        }
        $sql.push(concat!(
            " OR EXISTS (SELECT 1 FROM broken_glass WHERE broken_glass.stream = ",
            $stream,
            " AND officer = "
        ));
        $sql.push_bind(&$sight.officer).push(" AND until > ");
        $sql.push_bind($sight.now.map_or(i64::MAX, |now| now.ms())).push(")");
        for (before, after) in [
            (
                concat!(
                    " OR ",
                    $stream,
                    " >= 'case:' AND ",
                    $stream,
                    " < 'case;' AND EXISTS (SELECT 1 FROM duties AS beside WHERE beside.stream = ",
                    $stream,
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

/// Up to how many streams each is asked for itself.
const FEW: usize = 64;

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
    let found: Vec<String> = on!(Pool, &database.pool, db => {
        let mut sql = QueryBuilder::<Db>::new("");
        if seen.len() > FEW {
            streams!(sql, sight);
        } else {
            sql.push("SELECT wanted.column1 FROM (");
            sql.push_values(&seen, |mut row, stream| _ = row.push_bind(stream));
            sql.push(") AS wanted WHERE ");
            is_seen!(sql, sight, "wanted.column1");
        }
        sql.build_query_scalar().fetch_all(db).await?
    });
    let found: HashSet<String> = found.into_iter().collect();
    seen.retain(|stream| found.contains(stream));
    Ok(seen)
}
