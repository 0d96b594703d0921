//! Which duties are asked for.

use sqlx::QueryBuilder;

use super::snapshot::Reading;
use super::{Pool, limit, on, read};
use crate::{DutyEntry, DutyQuery, StoreError};

/// What a duty without a due has in `due_order`: a place before every instant.
const NO_DUE: i64 = -1_000_000_000_000_000;

/// Runs the statement of a question; `$on` is what it runs on, of either kind.
macro_rules! find {
    ($either:ident, $of:expr, $query:expr, $db:ident => $on:expr) => {{
        let query: &DutyQuery = $query;
        let rows: Vec<read::DutyRow> = on!($either, $of, $db => {
            let mut sql = QueryBuilder::<Db>::new(read::DUTIES);
            if let Some(key) = &query.key {
                sql.push(" AND key = ").push_bind(key);
            }
            if let Some(rule) = &query.rule {
                sql.push(" AND rule = ").push_bind(rule);
            }
            if !query.states.is_empty() {
                let mut states = sql.push(" AND state IN (").separated(", ");
                for state in &query.states {
                    states.push_bind(state);
                }
                sql.push(")");
            }
            if let Some(holder) = &query.holder {
                sql.push(" AND id IN (SELECT duty FROM duty_holders WHERE holder = ").push_bind(holder).push(")");
            }
            if let Some(after) = &query.after {
                let due = after.due.map_or(NO_DUE, |due| due.ms());
                let mut place = sql.push(" AND (rule, key, due_order, id) > (").separated(", ");
                place.push_bind(&after.rule).push_bind(&after.key).push_bind(due).push_bind(&after.id);
                sql.push(")");
            }
            sql.push(" ORDER BY rule, key, due_order, id LIMIT ").push_bind(limit(query.most));
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
