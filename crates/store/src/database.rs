//! A store on SQLite or PostgreSQL. Each statement stands once: both take it, `$1` and all.

mod accounts;
mod backup;
mod checkpoints;
mod days;
mod duties;
mod fault;
mod migrate;
mod open;
mod outbox;
mod put;
mod read;
mod restore;
mod rosters;
mod search;
mod sight;
mod snapshot;
mod store;
mod streams;
mod tables;
mod writer;

pub use backup::Mark;

use std::sync::Arc;
use std::time::Duration;

use engine::time::Instant;
use sqlx::{PgPool, SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard};

use checkpoints::Checkpoints;

use crate::StoreError;

/// How long something waits for its turn, for a lock or for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs one piece of code on whichever database it is; there `Db` names the kind of database.
macro_rules! on {
    ($either:ident, $of:expr, $db:ident => $body:expr) => {
        match $of {
            $either::Sqlite($db) => {
                #[allow(dead_code, reason = "not every piece of code has to name it")]
                type Db = sqlx::Sqlite;
                $body
            }
            $either::Postgres($db) => {
                #[allow(dead_code, reason = "not every piece of code has to name it")]
                type Db = sqlx::Postgres;
                $body
            }
        }
    };
}
use on;

/// Adds some values to a statement, one after another.
macro_rules! push_list {
    ($sql:ident, $values:ident) => {{
        let mut list = $sql.separated(", ");
        for value in $values {
            list.push_bind(value);
        }
    }};
}
use push_list;

/// A database of Wakeful. Connections that break are made anew when they are needed next.
///
/// A copy shares its connections.
#[derive(Clone, Debug)]
pub struct Database {
    pool: Pool,
    /// Who writes here has it; so of each process one at most waits for the database's own lock.
    writing: Arc<Mutex<()>>,
    /// Of SQLite.
    checkpoints: Option<Checkpoints>,
}

#[derive(Clone, Debug)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// Somebody's turn to write, until it is dropped.
struct Turn {
    /// About how many pages they wrote.
    pages: u64,
    checkpoints: Option<Checkpoints>,
    _writing: OwnedMutexGuard<()>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(checkpoints) = &self.checkpoints {
            checkpoints.written(self.pages);
        }
    }
}

/// About how many pages of SQLite a short statement writes.
const SHORT: u64 = 4;

impl Database {
    fn new(pool: Pool) -> Self {
        let writing = Arc::default();
        let checkpoints = match &pool {
            Pool::Sqlite(pool) => Some(Checkpoints::start(pool.clone(), Arc::clone(&writing))),
            Pool::Postgres(_) => None,
        };
        Database { pool, writing, checkpoints }
    }

    /// Waits for the turn to write.
    async fn turn(&self) -> Result<Turn, StoreError> {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.writing).lock_owned()).await;
        let writing =
            turn.map_err(|_| fault::unavailable("another writer takes too long; try again later"))?;
        Ok(Turn { pages: SHORT, checkpoints: self.checkpoints.clone(), _writing: writing })
    }

    /// Waits for the turn to write one statement: SQLite has one writer at a time, PostgreSQL many.
    async fn short_turn(&self) -> Result<Option<Turn>, StoreError> {
        match self.pool {
            Pool::Sqlite(_) => self.turn().await.map(Some),
            Pool::Postgres(_) => Ok(None),
        }
    }

    /// Closes every connection, once what is under way has ended. What is asked afterwards fails.
    pub async fn close(&self) {
        on!(Pool, &self.pool, db => db.close().await);
    }
}

/// An instant that was kept in milliseconds.
fn instant(ms: i64) -> Result<Instant, StoreError> {
    Instant::from_ms(ms).map_err(|error| StoreError::Unusable(format!("it holds no instant: {error}")))
}

/// So many rows as the database counts them.
fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// Texts kept in one column.
fn joined(texts: &[String]) -> String {
    serde_json::Value::from(texts).to_string()
}

/// Texts that were kept in one column.
fn parted(texts: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(texts)
        .map_err(|error| StoreError::Unusable(format!("it holds no list of texts: {error}")))
}

/// Rows in pieces of few different sizes, so that few different statements are made, and none too long: `bytes` says
/// about how long a row is.
fn pieces<T>(mut rows: &[T], bytes: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    const SIZES: [usize; 4] = [256, 32, 4, 2];
    const MOST_BYTES: usize = 8 << 20;
    std::iter::from_fn(move || {
        let fits = |size: &usize| {
            rows.len() >= *size && rows[..*size].iter().map(&bytes).sum::<usize>() <= MOST_BYTES
        };
        let size = SIZES.into_iter().find(fits).unwrap_or(rows.len().min(1));
        let (piece, rest) = rows.split_at(size);
        rows = rest;
        (!piece.is_empty()).then_some(piece)
    })
}
