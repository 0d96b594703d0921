//! Writing a backup.
//!
//! A backup is JSON Lines, the same from either database: a first line with the version of the format and the head, a
//! line for each row as `{"TABLE":[VALUE,…]}`, and a last line with how many rows each table has and the SHA-256 of
//! every byte before it.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{QueryBuilder, Row};

use super::snapshot::Reading;
use super::tables::{Sort, TABLES, Table};
use super::{Database, instant, on, read};
use crate::{Head, StoreError};

/// The version of the format that is written. It grows with each change of what a table holds.
pub(super) const FORMAT: u64 = 7;

/// How many rows are read at once.
const PAGE: i64 = 500;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Up to where the log goes in it, and as of when the rest stands.
    pub head: Head,
    /// How many rows it has, in all tables.
    pub rows: u64,
    /// The SHA-256, in hex, that its last line holds.
    pub sha256: String,
}

/// Binds a value that is a text or a number.
macro_rules! bind {
    ($place:ident, $value:ident) => {
        match $value {
            Value::String(text) => $place.push_bind(text.clone()),
            other => $place.push_bind(other.as_i64()),
        }
    };
}

/// The value of a row's column.
macro_rules! value {
    ($row:ident, $at:ident, $sort:expr) => {
        match $sort {
            Sort::Text => Ok::<_, StoreError>(Value::from(Row::try_get::<Option<String>, _>($row, $at)?)),
            Sort::Int => Ok(Value::from(Row::try_get::<Option<i64>, _>($row, $at)?)),
            Sort::Flag => Ok(Value::from(Row::try_get::<Option<bool>, _>($row, $at)?)),
        }
    };
}

impl Database {
    /// Writes all that is kept, as it stands at one moment, while others go on writing. The nodes are left out. It holds
    /// the secrets of webhooks and every line of the log: keep it as carefully as the database.
    ///
    /// # Errors
    /// [`StoreError::Backup`] if `out` cannot be written to; what was written so far is then of no use.
    pub async fn backup(&self, out: &mut (dyn Write + Send)) -> Result<Mark, StoreError> {
        let mut snapshot = self.reading().await?;
        let row = on!(Reading, &mut snapshot, tx => sqlx::query_as(read::HEAD).fetch_one(&mut **tx).await?);
        let head = read::head(row)?;
        let mut lines = Lines { out, hash: Sha256::new() };
        lines.write(&json!({ "backup_of": "wakeful", "format": FORMAT, "head": head_value(&head) }))?;
        let mut counts = BTreeMap::new();
        for table in &TABLES {
            counts.insert(table.name, snapshot.copy(table, &mut lines).await?);
        }
        let rows = counts.values().sum();
        let sha256 = lines.end(&counts)?;
        Ok(Mark { head, rows, sha256 })
    }
}

impl Reading {
    /// Writes a table's rows, and says how many.
    async fn copy(&mut self, table: &Table, lines: &mut Lines<'_>) -> Result<u64, StoreError> {
        let (mut count, mut last) = (0, None);
        loop {
            let page = self.page(table, last.as_deref()).await?;
            for row in &page {
                lines.write(&json!({ table.name: row }))?;
                count += 1;
            }
            match page.into_iter().last() {
                Some(row) => last = Some(row),
                None => return Ok(count),
            }
        }
    }

    /// The rows after one, in the order of the table's key.
    async fn page(&mut self, table: &Table, after: Option<&[Value]>) -> Result<Vec<Vec<Value>>, StoreError> {
        on!(Reading, self, tx => {
            let mut sql = QueryBuilder::<Db>::new(format!("SELECT {} FROM {}", table.list(), table.name));
            if let Some(after) = after {
                let mut place = sql.push(format_args!(" WHERE ({}) > (", table.key_list())).separated(", ");
                for value in &after[..table.keys] {
                    bind!(place, value);
                }
                sql.push(")");
            }
            sql.push(format_args!(" ORDER BY {} LIMIT ", table.key_list())).push_bind(PAGE);
            let rows = sql.build().fetch_all(&mut **tx).await?;
            let values = |row| (0..table.columns.len()).map(|at| value!(row, at, table.columns[at].1)).collect();
            rows.iter().map(values).collect()
        })
    }
}

fn head_value(head: &Head) -> Value {
    json!({ "seq": head.seq, "as_of_ms": head.as_of.map(|at| at.ms()), "program": head.program })
}

/// The head that a first line holds.
pub(super) fn head_of(value: &Value) -> Option<Head> {
    let as_of = match value.get("as_of_ms")? {
        Value::Null => None,
        ms => Some(instant(ms.as_i64()?).ok()?),
    };
    let program = match value.get("program")? {
        Value::Null => None,
        text => Some(text.as_str()?.to_owned()),
    };
    Some(Head { seq: value.get("seq")?.as_i64()?, as_of, program })
}

/// A hash as people write it.
pub(super) fn hex(hash: Sha256) -> String {
    use std::fmt::Write as _;
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    hash: Sha256,
}

impl Lines<'_> {
    fn write(&mut self, value: &Value) -> Result<(), StoreError> {
        let line = format!("{value}\n");
        self.hash.update(line.as_bytes());
        self.out.write_all(line.as_bytes()).map_err(unwritten)
    }

    /// Writes the last line, and says the hash in it.
    fn end(self, counts: &BTreeMap<&str, u64>) -> Result<String, StoreError> {
        let sha256 = hex(self.hash);
        let line = json!({ "counts": counts, "sha256": sha256 });
        self.out.write_all(format!("{line}\n").as_bytes()).map_err(unwritten)?;
        self.out.flush().map_err(unwritten)?;
        Ok(sha256)
    }
}

fn unwritten(error: std::io::Error) -> StoreError {
    StoreError::Backup(format!("it cannot be written: {error}"))
}
