//! Messages to be delivered.

use engine::time::Instant;

use super::read::{self, WaitingRow};
use super::{Database, Pool, limit, on};
use crate::{Attempt, Outcome, StoreError, Waiting};

const DUE_LANES: &str =
    "SELECT DISTINCT lane FROM outbox WHERE state = 'waiting' AND next_at <= $1 ORDER BY lane";

/// The start and the end of taking a message; between them PostgreSQL passes over those that another node takes just now.
macro_rules! claim {
    ($passing:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM outbox WHERE state = 'waiting' AND lane = $1 ",
            "AND next_at <= $2 ORDER BY next_at, id LIMIT 1",
            $passing,
            ") UPDATE outbox SET next_at = $3 WHERE id IN (SELECT id FROM due) ",
            "RETURNING id, at, channel, recipient, body, attempts, error"
        )
    };
}

const SETTLE: &str = "UPDATE outbox SET state = $2, attempts = attempts + 1, tried_at = $3, \
    next_at = COALESCE($4, next_at), error = COALESCE($5, error) WHERE id = $1 AND state = 'waiting'";

const DEAD: &str = "SELECT id, at, channel, recipient, body, attempts, error FROM outbox WHERE state = 'dead' \
    ORDER BY at, id LIMIT $1";

const REPLAY: &str =
    "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $2 WHERE id = $1 AND state = 'dead'";

const COUNTS: &str = "SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'), \
    (SELECT COUNT(*) FROM outbox WHERE state = 'dead')";

impl Database {
    pub(super) async fn lanes(&self, now: Instant) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> =
            on!(Pool, &self.pool, db => sqlx::query_as(DUE_LANES).bind(now.ms()).fetch_all(db).await?);
        Ok(rows.into_iter().map(|(lane,)| lane).collect())
    }

    pub(super) async fn claim(
        &self,
        lane: &str,
        now: Instant,
        until: Instant,
    ) -> Result<Option<Waiting>, StoreError> {
        let _turn = self.short_turn().await?;
        let sql = match self.pool {
            Pool::Sqlite(_) => claim!(""),
            Pool::Postgres(_) => claim!(" FOR UPDATE SKIP LOCKED"),
        };
        let row: Option<WaitingRow> = on!(Pool, &self.pool, db => {
            sqlx::query_as(sql).bind(lane).bind(now.ms()).bind(until.ms()).fetch_optional(db).await?
        });
        row.map(read::waiting).transpose()
    }

    /// What was settled before, or given up, stays so.
    pub(super) async fn settle(&self, id: &str, attempt: &Attempt) -> Result<(), StoreError> {
        let (state, next_at, error) = match &attempt.outcome {
            Outcome::Sent => ("sent", None, None),
            Outcome::Again { at, error } => ("waiting", Some(at.ms()), Some(error)),
            Outcome::Dead { error } => ("dead", None, Some(error)),
        };
        let _turn = self.short_turn().await?;
        on!(Pool, &self.pool, db => {
            let query = sqlx::query(SETTLE).bind(id).bind(state).bind(attempt.at.ms()).bind(next_at).bind(error);
            query.execute(db).await?;
        });
        Ok(())
    }

    pub(super) async fn dead(&self, most: usize) -> Result<Vec<Waiting>, StoreError> {
        let rows = on!(Pool, &self.pool, db => sqlx::query_as(DEAD).bind(limit(most)).fetch_all(db).await?);
        read::all(rows, read::waiting)
    }

    /// It has all its attempts again.
    pub(super) async fn revive(&self, id: &str, at: Instant) -> Result<bool, StoreError> {
        let _turn = self.short_turn().await?;
        let changed = on!(Pool, &self.pool, db => {
            sqlx::query(REPLAY).bind(id).bind(at.ms()).execute(db).await?.rows_affected()
        });
        Ok(changed > 0)
    }

    pub(super) async fn counts(&self) -> Result<(u64, u64), StoreError> {
        let (waiting, dead): (i64, i64) =
            on!(Pool, &self.pool, db => sqlx::query_as(COUNTS).fetch_one(db).await?);
        Ok((waiting.unsigned_abs(), dead.unsigned_abs()))
    }
}
