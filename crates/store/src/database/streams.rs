//! Numbers of streams, by which events and duties say where they belong: above 0 of cases, below 0 of what is no case, and 0 of
//! what has no stream. So who may see what is told by numbers, and few bytes of each duty's row say its stream.

use std::collections::{BTreeSet, HashMap};

use sqlx::QueryBuilder;

use super::writer::Tx;
use super::{on, pieces, push_list};
use crate::StoreError;

/// The number of what has no stream, which has no row.
const NO_STREAM: i64 = 0;

/// What the name of a case begins with.
const CASE: &str = "case:";

/// The numbers of some streams: of those that a transaction has asked for.
#[derive(Default)]
pub(super) struct Numbered(HashMap<String, i64>);

impl Numbered {
    /// The number of one of them, or of no stream.
    pub(super) fn of(&self, stream: &str) -> i64 {
        debug_assert!(stream.is_empty() || self.0.contains_key(stream), "`{stream}` was not numbered");
        self.0.get(stream).copied().unwrap_or(NO_STREAM)
    }
}

impl Tx {
    /// Numbers streams that are not among the numbered yet; one that has no number gets the next.
    pub(super) async fn number_streams<'s>(
        &mut self,
        streams: impl Iterator<Item = &'s str>,
        numbered: &mut Numbered,
    ) -> Result<(), StoreError> {
        let Numbered(numbered) = numbered;
        let is_new = |stream: &&str| !stream.is_empty() && !numbered.contains_key(*stream);
        let mut new: BTreeSet<&str> = streams.filter(is_new).collect();
        let named: Vec<&str> = new.iter().copied().collect();
        for piece in pieces(&named, |stream| stream.len()) {
            let found: Vec<(String, i64)> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("SELECT stream, number FROM streams WHERE stream IN (");
                push_list!(sql, piece);
                sql.push(")");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            numbered.extend(found);
        }
        new.retain(|stream| !numbered.contains_key(*stream));
        numbered.extend(self.add_streams(&new).await?);
        Ok(())
    }

    async fn add_streams(&mut self, new: &BTreeSet<&str>) -> Result<Vec<(String, i64)>, StoreError> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let (mut last, mut first): (i64, i64) = on!(Tx, &mut *self, tx => {
            let sql = "SELECT COALESCE((SELECT MAX(number) FROM streams WHERE number > 0), 0), \
                COALESCE((SELECT MIN(number) FROM streams WHERE number < 0), 0)";
            sqlx::query_as(sql).fetch_one(&mut **tx).await?
        });
        let number = |stream: &&str| {
            let next = if stream.starts_with(CASE) { &mut last } else { &mut first };
            *next += if stream.starts_with(CASE) { 1 } else { -1 };
            ((*stream).to_owned(), *next)
        };
        let rows: Vec<(String, i64)> = new.iter().map(number).collect();
        for piece in pieces(&rows, |(stream, _)| stream.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO streams (number, stream) ");
                sql.push_values(piece, |mut row, (stream, number)| {
                    row.push_bind(*number).push_bind(stream);
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(rows)
    }
}
