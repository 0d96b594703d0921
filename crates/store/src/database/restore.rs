//! Reading a backup into an empty database.

use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::backup::{FORMAT, Mark, head_of, hex};
use super::tables::{Sort, TABLES, Table};
use super::writer::{Tx, Writer};
use super::{Database, on};
use crate::{Head, StoreError};

/// The earliest version of the format that can be read: each table that it lacks stays empty, and so do columns.
const EARLIEST: u64 = 1;

/// What the head of an earlier backup says its duties were kept by, so that they are made anew.
const ANEW: &str = "to be judged anew: an earlier backup";

/// How long a line may be.
const MOST_BYTES: u64 = 64 << 20;

/// How many rows, and about how many bytes, are written at once.
const BATCH_ROWS: usize = 256;
const BATCH_BYTES: usize = 8 << 20;

impl Database {
    /// Restores a backup, from either database, into one that is empty. Until all of it was read and found whole nothing
    /// of it stands. The duties of one of an earlier format are made anew by whoever opens it next.
    ///
    /// # Errors
    /// [`StoreError::Backup`] if the database is not empty, or if the backup is of another format, cut off or altered.
    pub async fn restore(&self, input: &mut (dyn BufRead + Send)) -> Result<Mark, StoreError> {
        let mut writer = Writer::begin(self).await?;
        let tx = writer.change()?;
        tx.refuse_unless_empty().await?;
        let mut lines = Lines { input, number: 0, hash: Sha256::new() };
        let (format, head) = first(lines.next()?)?;
        let mut rows = Rows { is_earlier: format < FORMAT, ..Rows::default() };
        let (last, sha256) = loop {
            let before = hex(lines.hash.clone());
            let line = lines.next()?;
            if line.contains_key("counts") {
                break (line, before);
            }
            rows.add(tx, line).await.map_err(|error| lines.place(error))?;
        };
        rows.flush(tx).await.map_err(|error| lines.place(error))?;
        rows.verify(&last, &sha256, &head)?;
        tx.index_all().await?;
        tx.count_days_anew().await?;
        lines.end()?;
        writer.restored(head.clone());
        writer.finish().await?;
        Ok(Mark { head, rows: rows.counts.values().sum(), sha256 })
    }
}

fn wrong(why: impl Into<String>) -> StoreError {
    StoreError::Backup(why.into())
}

/// The version of the format and the head, if the first line is that of a backup that can be read here.
fn first(line: Map<String, Value>) -> Result<(u64, Head), StoreError> {
    if line.get("backup_of").and_then(Value::as_str) != Some("wakeful") {
        return Err(wrong("its first line is not that of a backup"));
    }
    let format = match line.get("format").and_then(Value::as_u64) {
        Some(format) if (EARLIEST..=FORMAT).contains(&format) => format,
        Some(format) => {
            return Err(wrong(format!(
                "its format is {format}, and {EARLIEST} to {FORMAT} can be read; a later version of Wakeful wrote it: use that one, or a later one"
            )));
        }
        None => return Err(wrong("its first line holds no format")),
    };
    let head = line.get("head").and_then(head_of).ok_or_else(|| wrong("its first line holds no head"))?;
    let program = if format < FORMAT { Some(ANEW.to_owned()) } else { head.program };
    Ok((format, Head { program, ..head }))
}

/// The lines of a backup, and the hash of what was read.
struct Lines<'a> {
    input: &'a mut (dyn BufRead + Send),
    number: u64,
    hash: Sha256,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<Map<String, Value>, StoreError> {
        self.number += 1;
        let mut line = Vec::new();
        let mut bounded = (&mut *self.input).take(MOST_BYTES);
        bounded.read_until(b'\n', &mut line).map_err(|error| wrong(format!("it cannot be read: {error}")))?;
        if line.last() != Some(&b'\n') {
            let (long, number) = (line.len() as u64 == MOST_BYTES, self.number);
            let why = if long { "is longer than 64 MiB" } else { "is cut off; take the backup anew" };
            return Err(wrong(format!("line {number} {why}")));
        }
        self.hash.update(&line);
        serde_json::from_slice(&line).map_err(|error| wrong(format!("line {}: {error}", self.number)))
    }

    /// An error that says at which line.
    fn place(&self, error: StoreError) -> StoreError {
        match error {
            StoreError::Backup(why) | StoreError::Unusable(why) => {
                wrong(format!("line {}: {why}", self.number))
            }
            other => other,
        }
    }

    /// Nothing may follow the last line.
    fn end(&mut self) -> Result<(), StoreError> {
        match self.input.fill_buf() {
            Ok([]) => Ok(()),
            Ok(_) => Err(wrong("something follows its last line")),
            Err(error) => Err(wrong(format!("it cannot be read: {error}"))),
        }
    }
}

/// Rows on their way into a database.
#[derive(Default)]
struct Rows {
    /// Whether the backup is of an earlier format.
    is_earlier: bool,
    /// The table that they are of, as its place among all.
    table: usize,
    waiting: Vec<Vec<Value>>,
    bytes: usize,
    counts: BTreeMap<&'static str, u64>,
    /// The last append number.
    seq: i64,
}

impl Rows {
    /// Adds the row of a line.
    async fn add(&mut self, tx: &mut Tx, line: Map<String, Value>) -> Result<(), StoreError> {
        let Some((name, Value::Array(mut row))) = line.into_iter().next() else {
            return Err(wrong("this is no row"));
        };
        if self.is_earlier && NO_MORE.contains(&&*name) {
            return Ok(());
        }
        let place = TABLES.iter().position(|table| table.name == name);
        if let Some(place) = place.filter(|place| self.is_earlier && MADE_ANEW.contains(&TABLES[*place].name))
        {
            *self.counts.entry(TABLES[place].name).or_default() += 1;
            return Ok(());
        }
        if self.is_earlier {
            place.iter().for_each(|place| complete(&TABLES[*place], &mut row));
        }
        let place = place.filter(|place| TABLES[*place].columns.len() == row.len());
        let place =
            place.ok_or_else(|| wrong(format!("`{name}` with {} columns is not known", row.len())))?;
        if place != self.table {
            self.flush(tx).await?;
            self.table = place;
        }
        let table = &TABLES[place];
        if let Some(((column, _), value)) =
            table.columns.iter().zip(&row).find(|((_, sort), value)| !fits(*sort, value))
        {
            return Err(wrong(format!("`{column}` cannot be {value}")));
        }
        self.count(table, &row)?;
        self.bytes += row.iter().map(|value| value.as_str().map_or(8, str::len)).sum::<usize>();
        self.waiting.push(row);
        if self.waiting.len() == BATCH_ROWS || self.bytes >= BATCH_BYTES {
            self.flush(tx).await?;
        }
        Ok(())
    }

    fn count(&mut self, table: &Table, row: &[Value]) -> Result<(), StoreError> {
        *self.counts.entry(table.name).or_default() += 1;
        if table.name == "events" {
            self.seq += 1;
            if row[0].as_i64() != Some(self.seq) {
                return Err(wrong(format!("the event numbered {} is missing", self.seq)));
            }
        }
        Ok(())
    }

    async fn flush(&mut self, tx: &mut Tx) -> Result<(), StoreError> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() { Ok(()) } else { tx.insert(&TABLES[self.table], &rows).await }
    }

    /// Whether all came that the last line tells of, and as it was written.
    fn verify(&self, last: &Map<String, Value>, sha256: &str, head: &Head) -> Result<(), StoreError> {
        for table in &TABLES {
            let told = last.get("counts").and_then(|counts| counts.get(table.name)).and_then(Value::as_u64);
            let came = self.counts.get(table.name).copied().unwrap_or_default();
            if told.or(self.is_earlier.then_some(0)) != Some(came) {
                return Err(wrong(format!("`{}` has not as many rows as its last line says", table.name)));
            }
        }
        if last.get("sha256").and_then(Value::as_str) != Some(sha256) {
            return Err(wrong("it was altered: its SHA-256 is not that of its last line"));
        }
        if head.seq != self.seq {
            return Err(wrong(format!("its log ends at {}, and its first line says {}", self.seq, head.seq)));
        }
        Ok(())
    }
}

/// The tables that follow from the log, and are made anew where a backup is of an earlier format.
const MADE_ANEW: [&str; 5] = ["duties", "rosters", "roster_officers", "posts", "in_charge"];

/// Those of earlier formats that are no more.
const NO_MORE: [&str; 2] = ["duty_holders", "duty_called"];

/// Adds to a row of an earlier format the columns that its table has by now.
fn complete(table: &Table, row: &mut Vec<Value>) {
    for (_, sort) in table.columns.iter().skip(row.len()) {
        row.push(if *sort == Sort::Flag { Value::Bool(false) } else { Value::Null });
    }
}

/// Whether a column of a sort can hold a value.
fn fits(sort: Sort, value: &Value) -> bool {
    match sort {
        Sort::Text => value.is_string() || value.is_null(),
        Sort::Int => value.is_i64() || value.is_null(),
        Sort::Flag => value.is_boolean(),
    }
}

impl Tx {
    async fn refuse_unless_empty(&mut self) -> Result<(), StoreError> {
        for table in &TABLES {
            let sql = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {})", table.name));
            let holds: bool = on!(Tx, &mut *self, tx => sqlx::query_scalar(sql).fetch_one(&mut **tx).await?);
            if holds {
                return Err(wrong(format!(
                    "the database is not empty (`{}`); restore into a new one",
                    table.name
                )));
            }
        }
        Ok(())
    }

    async fn insert(&mut self, table: &Table, rows: &[Vec<Value>]) -> Result<(), StoreError> {
        on!(Tx, self, tx => {
            let mut sql = QueryBuilder::<Db>::new(format!("INSERT INTO {} ({}) ", table.name, table.list()));
            sql.push_values(rows, |mut columns, row| {
                for ((_, sort), value) in table.columns.iter().zip(row) {
                    match sort {
                        Sort::Text => columns.push_bind(value.as_str()),
                        Sort::Int => columns.push_bind(value.as_i64()),
                        Sort::Flag => columns.push_bind(value.as_bool()),
                    };
                }
            });
            sql.build().execute(&mut **tx).await?;
        });
        Ok(())
    }
}
