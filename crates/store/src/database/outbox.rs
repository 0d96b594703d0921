//! Messages to be delivered.

use engine::time::Instant;

use super::read::{self, WaitingRow};
use super::{Database, Pool, limit, on};
use crate::{Attempt, DeadGroup, DeadQuery, MessageCounts, Outcome, StoreError, Waiting};

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

/// A statement about the messages that were given up and are asked for: between its start and its end. `$3` is in a text
/// where taking it out leaves another.
macro_rules! of_dead {
    ($start:literal, $end:literal) => {
        concat!(
            $start,
            " WHERE state = 'dead' AND dropped_at IS NULL AND ($1 IS NULL OR id = $1)",
            " AND ($2 IS NULL OR recipient = $2) AND ($3 IS NULL OR replace(error, $3, '') <> error) ",
            $end
        )
    };
}

const DEAD: &str = of_dead!(
    "SELECT id, at, channel, recipient, body, attempts, error FROM outbox",
    "AND (at, id) > ($4, $5) ORDER BY at, id LIMIT $6"
);

const DEAD_GROUPS: &str = of_dead!(
    "SELECT channel, error, COUNT(*), MIN(at) FROM outbox",
    "GROUP BY channel, error ORDER BY COUNT(*) DESC, channel, error"
);

const REPLAY: &str = of_dead!("UPDATE outbox SET state = 'waiting', attempts = 0, next_at = $4", "");

const DROP: &str = of_dead!("UPDATE outbox SET dropped_at = $4", "");

const COUNTS: &str = "SELECT COUNT(*), COUNT(CASE WHEN attempts > 0 THEN 1 END), MIN(at), \
    (SELECT COUNT(*) FROM outbox WHERE state = 'dead' AND dropped_at IS NULL) FROM outbox WHERE state = 'waiting'";

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

    pub(super) async fn dead(
        &self,
        which: &DeadQuery,
        after: Option<&(Instant, String)>,
        most: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        let (at, id) = after.map_or((i64::MIN, ""), |(at, id)| (at.ms(), id));
        let rows = on!(Pool, &self.pool, db => {
            let query = sqlx::query_as(DEAD).bind(&which.id).bind(&which.recipient).bind(&which.reason);
            query.bind(at).bind(id).bind(limit(most)).fetch_all(db).await?
        });
        read::all(rows, read::waiting)
    }

    pub(super) async fn groups(&self, which: &DeadQuery) -> Result<Vec<DeadGroup>, StoreError> {
        let rows = on!(Pool, &self.pool, db => {
            let query = sqlx::query_as(DEAD_GROUPS).bind(&which.id).bind(&which.recipient).bind(&which.reason);
            query.fetch_all(db).await?
        });
        read::all(rows, read::dead_group)
    }

    /// They have all their attempts again.
    pub(super) async fn revive(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError> {
        self.change_dead(REPLAY, which, at).await
    }

    pub(super) async fn put_aside(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError> {
        self.change_dead(DROP, which, at).await
    }

    async fn change_dead(
        &self,
        sql: &'static str,
        which: &DeadQuery,
        at: Instant,
    ) -> Result<u64, StoreError> {
        let _turn = self.short_turn().await?;
        let changed = on!(Pool, &self.pool, db => {
            let query = sqlx::query(sql).bind(&which.id).bind(&which.recipient).bind(&which.reason);
            query.bind(at.ms()).execute(db).await?.rows_affected()
        });
        Ok(changed)
    }

    pub(super) async fn counts(&self) -> Result<MessageCounts, StoreError> {
        read::message_counts(on!(Pool, &self.pool, db => sqlx::query_as(COUNTS).fetch_one(db).await?))
    }
}
