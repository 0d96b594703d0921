//! What one command changes.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use engine::time::Instant;
use sqlx::{AssertSqlSafe, Postgres, QueryBuilder, Sqlite};

use super::streams::Numbered;
use super::{Database, Pool, Turn, fault, migrate, on, pieces, push_list, read};
use crate::{
    BrokenGlass, DutyEntry, Entry, HandedOver, Head, InCharge, Message, NewEvent, Post, Step, StoreError,
    StoredPolicy, Transaction, WrittenTo,
};

/// A transaction that writes. Its parts are dropped in this order: what was not committed is undone before the turn ends.
pub(super) struct Writer {
    tx: Tx,
    head: Head,
    /// The head as the database has it.
    kept: Head,
    clock: Option<Instant>,
    streams: Numbered,
    /// Set once every duty was dropped, to write all anew.
    anew: Option<Anew>,
    /// False from the start of a change until its end: one that fails, or is not waited for, leaves no half of it.
    sound: bool,
    turn: Turn,
}

/// Every duty is written anew: nothing of them need be deleted before.
#[derive(Default)]
struct Anew {
    /// On SQLite, what makes the indexes that were taken away until the commit: to make them then costs far less than to
    /// keep them meanwhile.
    indexes: Vec<String>,
}

pub(super) enum Tx {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

/// The indexes of duties, other than their key.
const INDEXES: &str =
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = 'duties'";

/// About how many pages of SQLite an event or a duty writes at most, with its indexes.
const PAGES_A_ROW: u64 = 8;

impl Writer {
    /// Begins once nobody else writes, here or in another process.
    pub(super) async fn begin(database: &Database) -> Result<Self, StoreError> {
        let turn = database.turn().await?;
        let (tx, row, step, clock) = match &database.pool {
            Pool::Sqlite(pool) => {
                let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
                let (seq, as_of, program, step) =
                    sqlx::query_as(read::HEAD_AND_STEP).fetch_one(&mut *tx).await?;
                (Tx::Sqlite(tx), (seq, as_of, program), step, None)
            }
            Pool::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                let (seq, as_of, program, step, clock) =
                    sqlx::query_as(read::HEAD_LOCKED).fetch_one(&mut *tx).await?;
                (Tx::Postgres(tx), (seq, as_of, program), step, Some(Instant::saturating(clock)))
            }
        };
        migrate::refuse_newer(step)?;
        let head = read::head(row)?;
        Ok(Writer {
            tx,
            kept: head.clone(),
            head,
            clock,
            streams: Numbered::default(),
            anew: None,
            sound: true,
            turn,
        })
    }

    /// Begins a change.
    pub(super) fn change(&mut self) -> Result<&mut Tx, StoreError> {
        if !std::mem::replace(&mut self.sound, false) {
            return Err(fault::unavailable("a change of this transaction failed before; begin a new one"));
        }
        Ok(&mut self.tx)
    }

    /// The change is done.
    pub(super) fn changed(&mut self) {
        self.sound = true;
    }

    /// A backup was read whole; this is its head.
    pub(super) fn restored(&mut self, head: Head) {
        self.head = head;
        self.changed();
    }

    pub(super) async fn finish(mut self) -> Result<(), StoreError> {
        let (head, moved) = (self.head.clone(), self.head != self.kept);
        let anew = self.anew.take();
        let tx = self.change()?;
        if let Some(Anew { indexes }) = anew {
            tx.make_indexes(indexes).await?;
            tx.count_days_anew().await?;
        }
        if moved {
            tx.move_head(&head).await?;
        }
        on!(Tx, self.tx, tx => Ok(tx.commit().await?))
    }
}

#[async_trait]
impl Transaction for Writer {
    async fn head(&mut self) -> Result<Head, StoreError> {
        Ok(self.head.clone())
    }

    async fn clock(&mut self) -> Result<Option<Instant>, StoreError> {
        Ok(self.clock)
    }

    async fn entries_after(&mut self, seq: i64) -> Result<Vec<Entry>, StoreError> {
        let rows = on!(Tx, &mut self.tx, tx => {
            sqlx::query_as(read::ENTRIES).bind(seq).bind(i64::MAX).fetch_all(&mut **tx).await?
        });
        Ok(read::entries(rows))
    }

    async fn append(&mut self, events: &[NewEvent]) -> Result<(), StoreError> {
        let after = self.head.seq;
        let mut streams = std::mem::take(&mut self.streams);
        self.head.seq = self.change()?.append(after, events, &mut streams).await?;
        self.streams = streams;
        self.turn.pages += PAGES_A_ROW * events.len() as u64;
        self.changed();
        Ok(())
    }

    async fn duties(&mut self, ids: &[String]) -> Result<Vec<DutyEntry>, StoreError> {
        self.tx.duties(ids).await
    }

    async fn put_duties(&mut self, duties: &[DutyEntry]) -> Result<(), StoreError> {
        let is_anew = self.anew.is_some();
        let mut streams = std::mem::take(&mut self.streams);
        self.change()?.put_duties(duties, is_anew, &mut streams).await?;
        self.streams = streams;
        self.turn.pages += PAGES_A_ROW * duties.len() as u64;
        self.changed();
        Ok(())
    }

    async fn hand_over(&mut self, duties: &[HandedOver]) -> Result<(), StoreError> {
        self.change()?.hand_over(duties).await?;
        self.turn.pages += PAGES_A_ROW * duties.len() as u64;
        self.changed();
        Ok(())
    }

    async fn put_posts(&mut self, posts: &[Post]) -> Result<(), StoreError> {
        self.change()?.put_posts(posts).await?;
        self.turn.pages += posts.len() as u64;
        self.changed();
        Ok(())
    }

    async fn put_in_charge(&mut self, streams: &[InCharge]) -> Result<(), StoreError> {
        let mut numbered = std::mem::take(&mut self.streams);
        self.change()?.put_in_charge(streams, &mut numbered).await?;
        self.streams = numbered;
        self.changed();
        Ok(())
    }

    async fn break_glass(&mut self, glasses: &[BrokenGlass]) -> Result<(), StoreError> {
        let mut streams = std::mem::take(&mut self.streams);
        self.change()?.break_glass(glasses, &mut streams).await?;
        self.streams = streams;
        self.changed();
        Ok(())
    }

    async fn write_to(&mut self, people: &[WrittenTo]) -> Result<(), StoreError> {
        self.change()?.write_to(people).await?;
        self.changed();
        Ok(())
    }

    async fn drop_duties(&mut self, ids: &[String]) -> Result<(), StoreError> {
        self.change()?.drop_duties(ids).await?;
        self.turn.pages += PAGES_A_ROW * ids.len() as u64;
        self.changed();
        Ok(())
    }

    async fn drop_all_duties(&mut self) -> Result<(), StoreError> {
        let indexes = self.change()?.drop_all_duties().await?;
        self.anew.get_or_insert_default().indexes.extend(indexes);
        self.changed();
        Ok(())
    }

    async fn claim_steps(&mut self, steps: &[Step]) -> Result<(), StoreError> {
        self.change()?.claim_steps(steps).await?;
        self.changed();
        Ok(())
    }

    async fn post(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        self.change()?.post(messages).await?;
        self.changed();
        Ok(())
    }

    async fn policies(&mut self) -> Result<Vec<StoredPolicy>, StoreError> {
        let rows = on!(Tx, &mut self.tx, tx => sqlx::query_as(read::POLICIES).fetch_all(&mut **tx).await?);
        read::all(rows, read::policy)
    }

    async fn told_gaps(&mut self) -> Result<BTreeMap<String, Instant>, StoreError> {
        let (told,): (String,) = on!(Tx, &mut self.tx, tx => {
            sqlx::query_as("SELECT told FROM gaps").fetch_one(&mut **tx).await?
        });
        read::instants(&told)
    }

    async fn tell_gaps(&mut self, told: &BTreeMap<String, Instant>) -> Result<(), StoreError> {
        self.change()?.tell_gaps(told).await?;
        self.changed();
        Ok(())
    }

    async fn put_policy(&mut self, policy: &StoredPolicy) -> Result<(), StoreError> {
        self.change()?.put_policy(policy).await?;
        self.changed();
        Ok(())
    }

    async fn stand(&mut self, as_of: Instant, program: &str) -> Result<(), StoreError> {
        self.head.as_of = Some(as_of);
        self.head.program = Some(program.to_owned());
        Ok(())
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.finish().await
    }
}

impl Tx {
    /// Appends events, and says the last append number.
    async fn append(
        &mut self,
        after: i64,
        events: &[NewEvent],
        streams: &mut Numbered,
    ) -> Result<i64, StoreError> {
        let rows: Vec<(i64, &NewEvent)> = (after + 1..).zip(events).collect();
        for piece in pieces(&rows, |(_, event)| event.id.len() + event.line.len()) {
            let added: Vec<(String,)> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO events (seq, id, line) ");
                sql.push_values(piece, |mut row, (seq, event)| {
                    row.push_bind(*seq).push_bind(&event.id).push_bind(&event.line);
                });
                sql.push(" ON CONFLICT (id) DO NOTHING RETURNING id");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            all_added(
                "event",
                piece.iter().map(|(_, event)| event.id.clone()),
                added.into_iter().map(|(id,)| id),
            )?;
        }
        self.append_entities(&rows).await?;
        self.index(&rows, streams).await?;
        Ok(rows.last().map_or(after, |(seq, _)| *seq))
    }

    async fn append_entities(&mut self, events: &[(i64, &NewEvent)]) -> Result<(), StoreError> {
        let linked = |(seq, event): &(i64, &'_ NewEvent)| -> Vec<(i64, String)> {
            event.entities.iter().map(|entity| (*seq, entity.clone())).collect()
        };
        let rows: Vec<(i64, String)> = events.iter().flat_map(linked).collect();
        for piece in pieces(&rows, |(_, entity)| entity.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO event_entities (entity, seq) ");
                sql.push_values(piece, |mut row, (seq, entity)| {
                    row.push_bind(entity).push_bind(*seq);
                });
                sql.push(" ON CONFLICT DO NOTHING");
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    async fn duties(&mut self, ids: &[String]) -> Result<Vec<DutyEntry>, StoreError> {
        let mut duties = Vec::new();
        for piece in pieces(ids, String::len) {
            let rows: Vec<read::DutyRow> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new(read::DUTIES_BY_ID);
                push_list!(sql, piece);
                sql.push(")");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            duties.extend(read::all(rows, read::duty)?);
        }
        Ok(duties)
    }

    async fn put_posts(&mut self, posts: &[Post]) -> Result<(), StoreError> {
        on!(Tx, &mut *self, tx => sqlx::query("DELETE FROM posts").execute(&mut **tx).await.map(drop)?);
        let rows: Vec<(i64, &Post)> = (1..).zip(posts).collect();
        for piece in pieces(&rows, |_| 200) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO posts (number, officer, is_cover, role, rank, team, agency, manager) ",
                );
                sql.push_values(piece, |mut row, (number, post)| {
                    row.push_bind(*number).push_bind(&post.officer).push_bind(post.is_cover);
                    row.push_bind(&post.role).push_bind(&post.rank).push_bind(&post.team);
                    row.push_bind(&post.agency).push_bind(&post.manager);
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    async fn put_in_charge(
        &mut self,
        streams: &[InCharge],
        numbered: &mut Numbered,
    ) -> Result<(), StoreError> {
        // Of what has no stream nobody is in charge.
        let streams: Vec<&InCharge> = streams.iter().filter(|one| !one.stream.is_empty()).collect();
        self.number_streams(streams.iter().map(|one| &*one.stream), numbered).await?;
        let numbers: Vec<i64> = streams.iter().map(|one| numbered.of(&one.stream)).collect();
        for piece in pieces(&numbers, |_| 8) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("DELETE FROM in_charge WHERE stream IN (");
                push_list!(sql, piece);
                sql.push(")");
                sql.build().execute(&mut **tx).await?;
            });
        }
        let pairs = |(number, one): (i64, &'_ InCharge)| -> Vec<(i64, String)> {
            one.people.iter().map(|entity| (number, entity.clone())).collect()
        };
        let rows: Vec<(i64, String)> = numbers.into_iter().zip(streams).flat_map(pairs).collect();
        for piece in pieces(&rows, |(_, entity)| entity.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO in_charge (stream, entity) ");
                sql.push_values(piece, |mut row, (stream, entity)| {
                    row.push_bind(*stream).push_bind(entity);
                });
                sql.push(" ON CONFLICT DO NOTHING");
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    async fn break_glass(
        &mut self,
        glasses: &[BrokenGlass],
        streams: &mut Numbered,
    ) -> Result<(), StoreError> {
        self.number_streams(glasses.iter().map(|glass| &*glass.stream), streams).await?;
        for piece in pieces(glasses, |glass| glass.event.len() + glass.stream.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO broken_glass (event, stream, officer, at, until) ");
                sql.push_values(piece, |mut row, glass| {
                    row.push_bind(&glass.event).push_bind(&glass.stream).push_bind(&glass.officer);
                    row.push_bind(glass.at.ms()).push_bind(glass.until.ms());
                });
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    async fn write_to(&mut self, people: &[WrittenTo]) -> Result<(), StoreError> {
        for piece in pieces(people, |one| one.officer.len() + one.duty.len()) {
            on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO told (officer, duty) ");
                sql.push_values(piece, |mut row, one| _ = row.push_bind(&one.officer).push_bind(&one.duty));
                sql.push(" ON CONFLICT DO NOTHING");
                sql.build().execute(&mut **tx).await?;
            });
        }
        Ok(())
    }

    /// Says what makes the indexes that are to be made before the commit.
    async fn drop_all_duties(&mut self) -> Result<Vec<String>, StoreError> {
        for sql in [
            "DELETE FROM duties",
            "DELETE FROM roster_officers",
            "DELETE FROM rosters",
            "DELETE FROM in_charge",
        ] {
            on!(Tx, &mut *self, tx => sqlx::query(sql).execute(&mut **tx).await.map(drop)?);
        }
        let Tx::Sqlite(tx) = self else { return Ok(Vec::new()) };
        let indexes: Vec<(String, String)> = sqlx::query_as(INDEXES).fetch_all(&mut **tx).await?;
        for (name, _) in &indexes {
            sqlx::query(AssertSqlSafe(format!("DROP INDEX {name}"))).execute(&mut **tx).await?;
        }
        Ok(indexes.into_iter().map(|(_, sql)| sql).collect())
    }

    async fn make_indexes(&mut self, indexes: Vec<String>) -> Result<(), StoreError> {
        let Tx::Sqlite(tx) = self else { return Ok(()) };
        for sql in indexes {
            sqlx::query(AssertSqlSafe(sql)).execute(&mut **tx).await?;
        }
        Ok(())
    }

    async fn claim_steps(&mut self, steps: &[Step]) -> Result<(), StoreError> {
        let name = |duty: &str, step: i64| format!("{step} of {duty}");
        for piece in pieces(steps, |step| step.duty.len() + step.event.len()) {
            let added: Vec<(String, i64)> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new("INSERT INTO steps (duty, step, raised_at, event) ");
                sql.push_values(piece, |mut row, step| {
                    row.push_bind(&step.duty).push_bind(i64::from(step.step));
                    row.push_bind(step.raised_at.ms()).push_bind(&step.event);
                });
                sql.push(" ON CONFLICT DO NOTHING RETURNING duty, step");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            let wanted = piece.iter().map(|step| name(&step.duty, step.step.into()));
            all_added("step", wanted, added.into_iter().map(|(duty, step)| name(&duty, step)))?;
        }
        Ok(())
    }

    async fn post(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        for piece in pieces(messages, |message| message.body.len()) {
            let added: Vec<(String,)> = on!(Tx, &mut *self, tx => {
                let mut sql = QueryBuilder::<Db>::new(
                    "INSERT INTO outbox (id, at, channel, recipient, body, state, next_at, attempts) ",
                );
                sql.push_values(piece, |mut row, message| {
                    row.push_bind(&message.id).push_bind(message.at.ms()).push_bind(&message.channel);
                    row.push_bind(&message.recipient).push_bind(&message.body);
                    row.push("'waiting'").push_bind(message.at.ms()).push("0");
                });
                sql.push(" ON CONFLICT DO NOTHING RETURNING id");
                sql.build_query_as().fetch_all(&mut **tx).await?
            });
            all_added("message", piece.iter().map(|m| m.id.clone()), added.into_iter().map(|(id,)| id))?;
        }
        Ok(())
    }

    async fn put_policy(&mut self, policy: &StoredPolicy) -> Result<(), StoreError> {
        let sql = "INSERT INTO policies (seq, name, version, fingerprint, files, activated_at, activated_by) \
            VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM policies), $1, $2, $3, $4, $5, $6)";
        on!(Tx, self, tx => {
            let query = sqlx::query(sql).bind(&policy.name).bind(&policy.version).bind(&policy.fingerprint);
            let query = query.bind(&policy.files).bind(policy.activated_at.ms()).bind(&policy.activated_by);
            query.execute(&mut **tx).await?;
        });
        Ok(())
    }

    async fn tell_gaps(&mut self, told: &BTreeMap<String, Instant>) -> Result<(), StoreError> {
        let told: BTreeMap<&String, i64> = told.iter().map(|(name, at)| (name, at.ms())).collect();
        let told = serde_json::json!(told).to_string();
        on!(Tx, self, tx => sqlx::query("UPDATE gaps SET told = $1").bind(told).execute(&mut **tx).await.map(drop)?);
        Ok(())
    }

    async fn move_head(&mut self, head: &Head) -> Result<(), StoreError> {
        let sql = "UPDATE head SET seq = $1, as_of = $2, program = $3";
        on!(Tx, self, tx => {
            let query = sqlx::query(sql).bind(head.seq).bind(head.as_of.map(|at| at.ms())).bind(&head.program);
            query.execute(&mut **tx).await?;
        });
        Ok(())
    }
}

/// The first that was wanted and was not added, because it was there or came twice, is an error.
fn all_added(
    what: &'static str,
    wanted: impl Iterator<Item = String>,
    added: impl Iterator<Item = String>,
) -> Result<(), StoreError> {
    let mut added: HashSet<String> = added.collect();
    match wanted.into_iter().find(|id| !added.remove(id)) {
        Some(id) => Err(StoreError::Exists { what, id }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store as _;

    async fn indexes(database: &Database) -> Vec<(String, String)> {
        let Pool::Sqlite(pool) = &database.pool else { return Vec::new() };
        sqlx::query_as(INDEXES).fetch_all(pool).await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn writing_every_duty_anew_leaves_the_indexes_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::sqlite(&folder.path().join("a.sqlite")).await.unwrap();
        let before = indexes(&database).await;
        assert!(before.len() > 5, "{before:?}");
        for is_committed in [true, false] {
            let mut transaction = database.begin().await.unwrap();
            transaction.drop_all_duties().await.unwrap();
            transaction.drop_all_duties().await.unwrap();
            if is_committed {
                transaction.commit().await.unwrap();
            }
            let mut after = indexes(&database).await;
            after.sort();
            let mut before = before.clone();
            before.sort();
            assert_eq!(after, before);
        }
    }
}
