//! Events by the words in them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sqlx::{AssertSqlSafe, QueryBuilder};

use super::streams::Numbered;
use super::writer::{Tx, Writer};
use super::{Database, Pool, limit, on, pieces, read, sight};
use crate::{Entry, Found, NewEvent, SearchQuery, StoreError};

/// How much of an event is searched: what PostgreSQL holds of one in any case, which is a megabyte of words. It keeps the parts
/// of a hyphenated word beside the whole, so a character of the worst text takes nearly 8 bytes.
const MOST_CHARACTERS: usize = 120_000;

/// Of how many events the words are kept at once.
const AT_ONCE: usize = 1_000;

/// About how many entities one statement asks.
const MOST_JOINED: usize = 100;

/// The statement of the numbers of the events that are meant, the last first, on the database of a kind. Where something is named
/// its events are gone through, else those with the words: each is looked at for whether it may be seen, until there are enough.
macro_rules! seqs {
    ($query:ident, $before:ident, $most:ident, $kind:ident) => {{
        let mut sql = QueryBuilder::new("SELECT ");
        let seq = match &$query.about {
            Some(about) => {
                sql.push("seq FROM event_entities WHERE entity = ").push_bind(about);
                if !$query.words.is_empty() {
                    sql.push(" AND seq IN (SELECT ")
                        .push(seq_of_texts!($kind))
                        .push(" FROM event_texts WHERE TRUE");
                    has_words!(sql, $query, $kind);
                    sql.push(")");
                }
                "event_entities.seq"
            }
            None => {
                sql.push(seq_of_texts!($kind)).push(" FROM event_texts WHERE TRUE");
                has_words!(sql, $query, $kind);
                seq_of_texts!($kind)
            }
        };
        if !$query.sight.everything {
            let sight = &$query.sight;
            sql.push(" AND (SELECT stream FROM event_streams WHERE event_streams.seq = ")
                .push(seq)
                .push(") IN (");
            sight::streams!(sql, sight);
            sql.push(")");
        }
        if let Some(before) = $before {
            sql.push(" AND ").push(seq).push(" < ").push_bind(before);
        }
        sql.push(" ORDER BY ").push(seq).push(" DESC LIMIT ").push_bind(limit($most));
        sql
    }};
}

macro_rules! seq_of_texts {
    (sqlite) => {
        "event_texts.rowid"
    };
    (postgres) => {
        "event_texts.seq"
    };
}

macro_rules! has_words {
    ($sql:ident, $query:ident, sqlite) => {
        $sql.push(" AND event_texts MATCH ").push_bind(fts5(&$query.words))
    };
    ($sql:ident, $query:ident, postgres) => {
        for (word, how) in ts(&$query.words) {
            $sql.push(" AND words @@ ").push(how).push_bind(word).push(")");
        }
    };
}

pub(super) async fn find(pool: &Pool, query: &SearchQuery) -> Result<Found, StoreError> {
    if query.asks_nothing() {
        return Ok(Found::default());
    }
    let mut found = seqs(pool, query, None, query.most.max(query.most_counted)).await?;
    let count = found.len().min(query.most_counted) as u64;
    if query.before.is_some() {
        found = seqs(pool, query, query.before, query.most).await?;
    }
    found.truncate(query.most);
    Ok(Found { entries: entries(pool, &found).await?, count })
}

async fn seqs(
    pool: &Pool,
    query: &SearchQuery,
    before: Option<i64>,
    most: usize,
) -> Result<Vec<i64>, StoreError> {
    Ok(match pool {
        Pool::Sqlite(db) => seqs!(query, before, most, sqlite).build_query_scalar().fetch_all(db).await?,
        Pool::Postgres(db) => seqs!(query, before, most, postgres).build_query_scalar().fetch_all(db).await?,
    })
}

/// The entries of some numbers, the last first.
async fn entries(pool: &Pool, seqs: &[i64]) -> Result<Vec<Entry>, StoreError> {
    let mut found: Vec<(i64, String)> = Vec::new();
    for piece in pieces(seqs, |_| 8) {
        found.extend::<Vec<(i64, String)>>(on!(Pool, pool, db => {
            let mut sql = QueryBuilder::<Db>::new("SELECT seq, line FROM events WHERE seq IN (");
            let mut list = sql.separated(", ");
            for seq in piece {
                list.push_bind(*seq);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(db).await?
        }));
    }
    found.sort_unstable_by_key(|&(seq, _)| std::cmp::Reverse(seq));
    Ok(read::entries(found))
}

/// The last entries about each of some entities.
pub(super) async fn last_about(
    pool: &Pool,
    entities: &[String],
    most: usize,
) -> Result<BTreeMap<String, Vec<Entry>>, StoreError> {
    let mut last: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for some in entities.chunks(MOST_JOINED) {
        let rows: Vec<(String, i64, String)> = on!(Pool, pool, db => {
            let mut sql = QueryBuilder::<Db>::new("SELECT entity, seq, line FROM (");
            for (at, entity) in some.iter().enumerate() {
                sql.push(if at > 0 { " UNION ALL " } else { "" });
                sql.push("SELECT * FROM (SELECT entity, seq FROM event_entities WHERE entity = ").push_bind(entity);
                sql.push(" ORDER BY seq DESC LIMIT ").push_bind(limit(most)).push(") AS one");
            }
            sql.push(") AS latest JOIN events USING (seq) ORDER BY seq");
            sql.build_query_as().persistent(false).fetch_all(db).await?
        });
        for (entity, seq, line) in rows {
            last.entry(entity).or_default().push(Entry { seq, line });
        }
    }
    Ok(last)
}

/// In which streams entities turn up.
pub(super) async fn streams_of(
    database: &Database,
    entities: &[String],
) -> Result<Vec<(String, String)>, StoreError> {
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in pieces(entities, |entity| entity.len()) {
        found.extend(on!(Pool, &database.pool, db => {
            let mut sql = QueryBuilder::<Db>::new(
                "SELECT entity, streams.stream FROM (SELECT DISTINCT entity, stream FROM event_entities \
                 JOIN event_streams USING (seq) WHERE entity IN (",
            );
            let mut list = sql.separated(", ");
            for entity in piece {
                list.push_bind(entity);
            }
            sql.push(")) AS found JOIN streams ON number = found.stream");
            let rows: Vec<(String, String)> = sql.build_query_as().fetch_all(db).await?;
            rows
        }));
    }
    found.sort_unstable();
    Ok(found)
}

/// Words as SQLite searches for them: each in quotes, so that none of them means anything else.
fn fts5(words: &[String]) -> String {
    let quoted = words.iter().map(|word| format!("\"{}\"", word.replace('"', "\"\"")));
    format!("{}*", quoted.collect::<Vec<_>>().join(" "))
}

/// Words as PostgreSQL searches for them, each with the function that reads it: none of them means anything else.
fn ts(words: &[String]) -> impl Iterator<Item = (String, &'static str)> + '_ {
    let last = words.len().saturating_sub(1);
    words.iter().enumerate().map(move |(at, word)| {
        if at < last {
            return (word.clone(), "plainto_tsquery('simple', ");
        }
        (format!("'{}':*", word.replace('\\', "\\\\").replace('\'', "''")), "to_tsquery('simple', ")
    })
}

/// How often the turn to keep the words is waited for: each time as long as for any turn, while another keeps them.
const MOST_TRIES: u32 = 20;

/// Whether there are events, and the words of the first are not kept.
const LACKS_WORDS: [&str; 2] = [
    "SELECT EXISTS (SELECT 1 FROM events) AND NOT EXISTS (SELECT 1 FROM event_texts WHERE rowid = 1)",
    "SELECT EXISTS (SELECT 1 FROM events) AND NOT EXISTS (SELECT 1 FROM event_texts WHERE seq = 1)",
];

/// The statement that keeps in which streams every entity turns up.
const ENTITY_STREAMS: &str = "INSERT INTO entity_streams (entity, stream) \
    SELECT DISTINCT entity, stream FROM event_entities JOIN event_streams USING (seq)";

impl Database {
    /// Keeps the words of every event, where they are not kept: what is searched of an event was changed. Of several that
    /// open a database one does it, while the others wait.
    pub(super) async fn keep_words(&self) -> Result<(), StoreError> {
        let mut tries = 0;
        loop {
            let lacks: bool = match &self.pool {
                Pool::Sqlite(db) => sqlx::query_scalar(LACKS_WORDS[0]).fetch_one(db).await?,
                Pool::Postgres(db) => sqlx::query_scalar(LACKS_WORDS[1]).fetch_one(db).await?,
            };
            if !lacks {
                return Ok(());
            }
            tries += 1;
            let mut writer = match Writer::begin(self).await {
                Err(StoreError::Unavailable(_)) if tries < MOST_TRIES => continue,
                begun => begun?,
            };
            let tx = writer.change()?;
            let still_lacks: bool = match &mut *tx {
                Tx::Sqlite(tx) => sqlx::query_scalar(LACKS_WORDS[0]).fetch_one(&mut **tx).await?,
                Tx::Postgres(tx) => sqlx::query_scalar(LACKS_WORDS[1]).fetch_one(&mut **tx).await?,
            };
            if still_lacks {
                tx.index_all_words().await?;
            }
            writer.changed();
            return writer.finish().await;
        }
    }
}

impl Tx {
    /// Keeps the streams and the words of events, and in which streams their entities turn up.
    pub(super) async fn index(
        &mut self,
        events: &[(i64, &NewEvent)],
        numbered: &mut Numbered,
    ) -> Result<(), StoreError> {
        let streams: Vec<&(i64, &NewEvent)> =
            events.iter().filter(|(_, event)| !event.stream.is_empty()).collect();
        self.number_streams(streams.iter().map(|(_, event)| &*event.stream), numbered).await?;
        for piece in pieces(&streams, |_| 16) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO event_streams (stream, seq) ");
                sql.push_values(piece, |mut row, (seq, event)| {
                    row.push_bind(numbered.of(&event.stream)).push_bind(*seq);
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        self.index_entities(&streams, numbered).await?;
        let lines: Vec<(i64, &str)> = events.iter().map(|(seq, event)| (*seq, &*event.line)).collect();
        self.index_words(&lines).await
    }

    /// Keeps in which streams the entities of events turn up.
    async fn index_entities(
        &mut self,
        events: &[&(i64, &NewEvent)],
        numbered: &Numbered,
    ) -> Result<(), StoreError> {
        let in_stream = |(_, event): &&(i64, &'_ NewEvent)| -> Vec<(String, i64)> {
            event.entities.iter().map(|entity| (entity.clone(), numbered.of(&event.stream))).collect()
        };
        let rows: BTreeSet<(String, i64)> = events.iter().flat_map(in_stream).collect();
        let rows: Vec<(String, i64)> = rows.into_iter().collect();
        for piece in pieces(&rows, |(entity, _)| entity.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO entity_streams (entity, stream) ");
                sql.push_values(piece, |mut row, (entity, stream)| {
                    row.push_bind(entity).push_bind(*stream);
                });
                sql.push(" ON CONFLICT DO NOTHING");
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    async fn index_words(&mut self, lines: &[(i64, &str)]) -> Result<(), StoreError> {
        for piece in pieces(lines, |(_, line)| line.len()) {
            match &mut *self {
                Tx::Sqlite(tx) => {
                    let mut sql = QueryBuilder::<sqlx::Sqlite>::new("INSERT INTO event_texts (rowid, line) ");
                    sql.push_values(piece, |mut row, (seq, line)| {
                        row.push_bind(*seq).push_bind(searched(line));
                    });
                    sql.build().execute(&mut **tx).await?;
                }
                Tx::Postgres(tx) => {
                    let mut sql =
                        QueryBuilder::<sqlx::Postgres>::new("INSERT INTO event_texts (seq, words) ");
                    sql.push_values(piece, |mut row, (seq, line)| {
                        row.push_bind(*seq).push("to_tsvector('simple', ");
                        row.push_bind_unseparated(searched(line)).push_unseparated(")");
                    });
                    sql.push(" ON CONFLICT (seq) DO NOTHING");
                    sql.build().execute(&mut **tx).await?;
                }
            }
        }
        Ok(())
    }

    /// Keeps the words of every event.
    pub(super) async fn index_all_words(&mut self) -> Result<(), StoreError> {
        if let Tx::Sqlite(tx) = &mut *self {
            sqlx::query("INSERT INTO event_texts (event_texts) VALUES ('delete-all')")
                .execute(&mut **tx)
                .await?;
        }
        let mut after = 0;
        loop {
            let rows: Vec<(i64, String)> = on!(Tx, &mut *self, tx => {
                sqlx::query_as(read::ENTRIES).bind(after).bind(limit(AT_ONCE)).fetch_all(&mut **tx).await?
            });
            let lines: Vec<(i64, &str)> = rows.iter().map(|(seq, line)| (*seq, &**line)).collect();
            let Some((last, _)) = lines.last() else { return Ok(()) };
            self.index_words(&lines).await?;
            after = *last;
        }
    }

    /// As [`Self::index`] of every event, as after a backup was read, which has nothing of it.
    pub(super) async fn index_all(&mut self) -> Result<(), StoreError> {
        let stream = match self {
            Tx::Sqlite(_) => "json_extract(line, '$.stream')",
            Tx::Postgres(_) => "line::json ->> 'stream'",
        };
        let named: Vec<String> = on!(Tx, &mut *self, tx => {
            let sql = format!("SELECT DISTINCT {stream} FROM events WHERE {stream} IS NOT NULL");
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut **tx).await?
        });
        self.number_streams(named.iter().map(|stream| &**stream), &mut Numbered::default()).await?;
        let sql = format!(
            "INSERT INTO event_streams (stream, seq) SELECT number, seq FROM events JOIN streams ON stream = {stream}"
        );
        on!(Tx, &mut *self, tx => {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await?;
            sqlx::query(ENTITY_STREAMS).execute(&mut **tx).await?;
        });
        self.index_all_words().await
    }
}

/// What of an event's line is searched: its values, without the names of its fields.
fn searched(line: &str) -> String {
    let mut words = String::new();
    if let Ok(value) = serde_json::from_str(line) {
        add_values(&value, &mut words);
    }
    let words = words.replace('\0', " ");
    words.chars().take(MOST_CHARACTERS).collect()
}

fn add_values(value: &Value, words: &mut String) {
    match value {
        Value::String(text) => {
            words.push_str(text);
            words.push(' ');
        }
        Value::Number(number) => {
            words.push_str(&number.to_string());
            words.push(' ');
        }
        Value::Array(values) => values.iter().for_each(|value| add_values(value, words)),
        Value::Object(fields) => fields.values().for_each(|value| add_values(value, words)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_searched_and_names_of_fields_are_not() {
        let line = "{\"kind\":\"note.made\",\"links\":{\"child\":[\"person:1\"]},\"attrs\":{\"age\":14,\"told\":true},\"note\":\"one\\ntwo\\u0000three\"}";
        let searched = searched(line);
        let mut words: Vec<&str> = searched.split_whitespace().collect();
        words.sort_unstable();
        assert_eq!(words, ["14", "note.made", "one", "person:1", "three", "two"]);
    }

    #[test]
    fn words_mean_nothing_but_themselves() {
        let words = ["a\"b".to_owned(), "c' | d".to_owned()];
        assert_eq!(fts5(&words), r#""a""b" "c' | d"*"#);
        let ts: Vec<(String, &str)> = ts(&words).collect();
        assert_eq!(ts[1].0, "'c'' | d':*");
    }
}
