//! Who may see what, as SQL. That it is what `policies/access` says is tested in `app`.

use std::collections::HashSet;

use sqlx::QueryBuilder;

use super::{Database, Pool, on, pieces};
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
        $sql.push(") UNION SELECT stream FROM duties JOIN roster_officers ON held_by = roster WHERE stream LIKE 'case:%' AND officer = ");
        $sql.push_bind(&$sight.officer);
        $sql.push(" UNION SELECT stream FROM duties JOIN roster_officers ON called = roster WHERE stream LIKE 'case:%' AND officer = ");
        $sql.push_bind(&$sight.officer);
        $sql.push(" UNION SELECT stream FROM broken_glass WHERE officer = ").push_bind(&$sight.officer);
        $sql.push(" AND until > ").push_bind($sight.now.map_or(i64::MAX, |now| now.ms()));
        for entity in std::iter::once(&$sight.officer).chain(&$sight.circle) {
            $sql.push(" UNION SELECT ").push_bind(entity);
        }
    }};
}
pub(super) use streams;

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
    for piece in pieces(&seen, |stream| stream.len()) {
        let rows: Vec<(String,)> = on!(Pool, &database.pool, db => {
            let mut sql = QueryBuilder::<Db>::new("SELECT stream FROM (");
            streams!(sql, sight);
            sql.push(") AS seen WHERE stream IN (");
            let mut wanted = sql.separated(", ");
            for stream in piece {
                wanted.push_bind(stream);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(db).await?
        });
        found.extend(rows.into_iter().map(|(stream,)| stream));
    }
    seen.retain(|stream| found.contains(stream));
    Ok(seen)
}
