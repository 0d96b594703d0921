//! What was committed at one moment, while others go on writing.

use async_trait::async_trait;
use sqlx::{Postgres, Sqlite};

use super::{Database, Pool, days, duties, limit, on, read};
use crate::{DutyEntry, DutyQuery, Entry, Head, Snapshot, StoreError};

/// A transaction that reads what was committed when it began.
pub(super) enum Reading {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Database {
    pub(super) async fn reading(&self) -> Result<Reading, StoreError> {
        Ok(match &self.pool {
            Pool::Sqlite(pool) => Reading::Sqlite(pool.begin_with("BEGIN").await?),
            Pool::Postgres(pool) => {
                let mut tx = pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
                // An audit judges for a while between what it reads. Nobody who records or reads waits for what it holds.
                sqlx::query("SET LOCAL idle_in_transaction_session_timeout = '1h'").execute(&mut *tx).await?;
                Reading::Postgres(tx)
            }
        })
    }
}

#[async_trait]
impl Snapshot for Reading {
    async fn head(&mut self) -> Result<Head, StoreError> {
        let row = on!(Reading, self, tx => sqlx::query_as(read::HEAD).fetch_one(&mut **tx).await?);
        read::head(row)
    }

    async fn entries_after(&mut self, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        let rows = on!(Reading, self, tx => {
            sqlx::query_as(read::ENTRIES).bind(seq).bind(limit(most)).fetch_all(&mut **tx).await?
        });
        Ok(read::entries(rows))
    }

    async fn count_about(&mut self, entity: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM event_entities WHERE entity = $1";
        let (count,): (i64,) =
            on!(Reading, self, tx => sqlx::query_as(sql).bind(entity).fetch_one(&mut **tx).await?);
        Ok(count.unsigned_abs())
    }

    async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError> {
        duties::find_in(self, query).await
    }

    async fn miscounted(&mut self) -> Result<u64, StoreError> {
        days::miscounted(self).await
    }
}
