//! How many duties are due on each day of UTC, by state, of all and of each agency: kept with the duties, so that those of a year are
//! counted by its days, and only the hours before the first and after the last by themselves.

use std::collections::BTreeMap;
use std::ops::Range;

use engine::time::Instant;
use sqlx::QueryBuilder;

use super::snapshot::Reading;
use super::writer::Tx;
use super::{on, pieces};
use crate::{DutyQuery, StoreError};

const DAY_MS: i64 = 24 * 3_600_000;

/// The statement of how many duties are due on each day, by state: of all, and of each agency. On SQLite by the indexes that have
/// all of it.
macro_rules! counted {
    ($all:literal, $of_agencies:literal, $number:literal) => {
        concat!(
            "SELECT '' AS agency, ",
            "(due_order - (due_order % 86400000 + 86400000) % 86400000) / 86400000 AS day, state, ",
            $number,
            " AS number FROM ",
            $all,
            " WHERE due_order > -1000000000000000 GROUP BY 2, 3 UNION ALL SELECT agency, ",
            "(due_order - (due_order % 86400000 + 86400000) % 86400000) / 86400000, state, ",
            $number,
            " FROM ",
            $of_agencies,
            " WHERE due_order > -1000000000000000 AND agency <> '' GROUP BY 1, 2, 3"
        )
    };
}

/// What makes all of them anew.
macro_rules! anew {
    ($all:literal, $of_agencies:literal) => {
        concat!(
            "INSERT INTO duty_days (agency, day, state, number) ",
            counted!($all, $of_agencies, "COUNT(*)")
        )
    };
}

/// How many of them are otherwise.
macro_rules! miscounted {
    ($all:literal, $of_agencies:literal) => {
        concat!(
            "SELECT COUNT(*) FROM (SELECT agency, day, state FROM (SELECT agency, day, state, number FROM duty_days UNION ALL ",
            counted!($all, $of_agencies, "-COUNT(*)"),
            ") AS compared GROUP BY agency, day, state HAVING SUM(number) <> 0) AS differing"
        )
    };
}

/// The agency under which all duties are counted.
pub(super) const ALL: &str = "";

/// When a duty is due, its state, and the agency that owes it as a whole.
pub(super) type Owed = (Option<i64>, String, Option<String>);

/// Whole days, by their numbers since 1970, and what is asked beside them.
pub(super) struct Spans {
    pub(super) days: Range<i64>,
    pub(super) edges: Vec<DutyQuery>,
}

/// The days of what is asked, where it is asked of all duties that are due within some time.
pub(super) fn spans(query: &DutyQuery) -> Option<Spans> {
    let is_within = query.due_from.is_some() || query.due_by.is_some();
    if !query.is_of_all() || !is_within || query.agency.as_deref() == Some(ALL) {
        return None;
    }
    let first = query.due_from.map_or(i64::MIN, |from| -(-from.ms()).div_euclid(DAY_MS));
    let end = query.due_by.map_or(i64::MAX, |by| (by.ms() + 1).div_euclid(DAY_MS));
    if first >= end {
        return None;
    }
    let before = query
        .due_from
        .filter(|from| from.ms() < first * DAY_MS)
        .map(|_| DutyQuery { due_by: Some(Instant::saturating(first * DAY_MS - 1)), ..query.clone() });
    let after = query
        .due_by
        .filter(|by| end * DAY_MS <= by.ms())
        .map(|_| DutyQuery { due_from: Some(Instant::saturating(end * DAY_MS)), ..query.clone() });
    Some(Spans { days: first..end, edges: before.into_iter().chain(after).collect() })
}

/// How many counts of days are otherwise than the duties.
pub(super) async fn miscounted(reading: &mut Reading) -> Result<u64, StoreError> {
    let sql = match reading {
        Reading::Sqlite(_) => {
            miscounted!("duties INDEXED BY duties_by_state_and_due", "duties INDEXED BY duties_by_agency")
        }
        Reading::Postgres(_) => miscounted!("duties", "duties"),
    };
    let count: i64 = on!(Reading, reading, tx => sqlx::query_scalar(sql).fetch_one(&mut **tx).await?);
    Ok(count.unsigned_abs())
}

impl Tx {
    /// Counts all days anew.
    pub(super) async fn count_days_anew(&mut self) -> Result<(), StoreError> {
        let anew = match self {
            Tx::Sqlite(_) => {
                anew!("duties INDEXED BY duties_by_state_and_due", "duties INDEXED BY duties_by_agency")
            }
            Tx::Postgres(_) => anew!("duties", "duties"),
        };
        for sql in ["DELETE FROM duty_days", anew] {
            on!(Tx, &mut *self, tx => sqlx::query(sql).execute(&mut **tx).await.map(drop)?);
        }
        Ok(())
    }

    /// Counts duties that were no more as they were, but as they are.
    pub(super) async fn count_days(
        &mut self,
        were: impl Iterator<Item = Owed>,
        are: impl Iterator<Item = Owed>,
    ) -> Result<(), StoreError> {
        let mut moved: BTreeMap<(String, i64, String), i64> = BTreeMap::new();
        for ((due, state, agency), by) in were.map(|owed| (owed, -1)).chain(are.map(|owed| (owed, 1))) {
            let Some(day) = due.map(|due| due.div_euclid(DAY_MS)) else { continue };
            let agency = agency.filter(|agency| agency != ALL);
            for agency in [Some(ALL.to_owned()), agency].into_iter().flatten() {
                *moved.entry((agency, day, state.clone())).or_default() += by;
            }
        }
        moved.retain(|_, by| *by != 0);
        let rows: Vec<((String, i64, String), i64)> = moved.into_iter().collect();
        for piece in pieces(&rows, |_| 64) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO duty_days (agency, day, state, number) ");
                sql.push_values(piece, |mut row, ((agency, day, state), by)| {
                    row.push_bind(agency).push_bind(*day).push_bind(state).push_bind(*by);
                });
                sql.push(
                    " ON CONFLICT (agency, day, state) DO UPDATE SET number = duty_days.number + excluded.number",
                );
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }
}
