//! What the live system asks, statement by statement.

use std::collections::BTreeMap;

use async_trait::async_trait;
use engine::time::Instant;
use sqlx::QueryBuilder;

use super::writer::Writer;
use super::{Database, Pool, duties, joined, limit, on, pieces, push_list, read, search, sight};
use crate::{
    Attempt, BrokenGlass, Contact, DeadGroup, DeadQuery, DutyEntry, DutyQuery, Entry, Feed, Found, Head,
    InCharge, Level, MessageCounts, NodeBeat, Opened, Post, SearchQuery, Sight, Snapshot, Store, StoreError,
    StoredPolicy, Token, Transaction, Waiting, Webhook,
};

/// How long a node is silent before it is forgotten.
const FORGOTTEN_MS: i64 = 24 * 3_600_000;

/// Runs a statement that writes, and says how many rows it changed.
macro_rules! write {
    ($self:ident, $sql:expr $(, $value:expr)*) => {{
        let _turn = $self.short_turn().await?;
        on!(Pool, &$self.pool, db => sqlx::query($sql)$(.bind($value))*.execute(db).await?.rows_affected())
    }};
}

/// Runs a statement that reads: `all` of its rows, the `one` row, or an `optional` one.
macro_rules! read {
    ($self:ident, $how:ident, $sql:expr $(, $value:expr)*) => {
        on!(Pool, &$self.pool, db => sqlx::query_as($sql)$(.bind($value))*.$how(db).await?)
    };
}

pub(super) use {read as rows, write};

#[async_trait]
impl Store for Database {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(Writer::begin(self).await?))
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(self.reading().await?))
    }

    async fn head(&self) -> Result<Head, StoreError> {
        read::head(read!(self, fetch_one, read::HEAD))
    }

    async fn entries_after(&self, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(read::entries(read!(self, fetch_all, read::ENTRIES, seq, limit(most))))
    }

    async fn entries_about(&self, entity: &str, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(read::entries(read!(self, fetch_all, read::ENTRIES_ABOUT, entity, seq, limit(most))))
    }

    async fn last_entries_about(
        &self,
        entities: &[String],
        most: usize,
    ) -> Result<BTreeMap<String, Vec<Entry>>, StoreError> {
        search::last_about(&self.pool, entities, most).await
    }

    async fn entries_in(&self, stream: &str, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        Ok(read::entries(read!(self, fetch_all, read::ENTRIES_IN, stream, seq, limit(most))))
    }

    async fn search(&self, query: &SearchQuery) -> Result<Found, StoreError> {
        search::find(&self.pool, query).await
    }

    async fn duties(&self, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError> {
        duties::find(&self.pool, query).await
    }

    async fn count_duties(&self, query: &DutyQuery) -> Result<BTreeMap<String, u64>, StoreError> {
        duties::count(&self.pool, query).await
    }

    async fn count_by_agency(
        &self,
        query: &DutyQuery,
    ) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreError> {
        duties::count_by_agency(&self.pool, query).await
    }

    async fn count_by_holder(&self, query: &DutyQuery) -> Result<Vec<(String, u64)>, StoreError> {
        duties::count_by_holder(&self.pool, query).await
    }

    async fn levels(&self, query: &DutyQuery) -> Result<Vec<Level>, StoreError> {
        duties::levels(&self.pool, query).await
    }

    async fn duty(&self, id: &str) -> Result<Option<DutyEntry>, StoreError> {
        read!(self, fetch_optional, read::DUTY_BY_ID, id).map(read::duty).transpose()
    }

    async fn posts_of(&self, officer: &str) -> Result<Vec<Post>, StoreError> {
        let rows: Vec<read::PostRow> = read!(self, fetch_all, read::POSTS_OF, officer);
        Ok(rows.into_iter().map(read::post).collect())
    }

    async fn posts_under(&self, officer: &str) -> Result<Vec<Post>, StoreError> {
        let rows: Vec<read::PostRow> = read!(self, fetch_all, read::POSTS_UNDER, officer);
        Ok(rows.into_iter().map(read::post).collect())
    }

    async fn posts_in(&self, team: &str) -> Result<Vec<Post>, StoreError> {
        let rows: Vec<read::PostRow> = read!(self, fetch_all, read::POSTS_IN, team);
        Ok(rows.into_iter().map(read::post).collect())
    }

    async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        let rows: Vec<read::PostRow> = read!(self, fetch_all, read::POSTS);
        Ok(rows.into_iter().map(read::post).collect())
    }

    async fn in_charge(&self, stream: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT entity FROM in_charge WHERE stream = (SELECT number FROM streams WHERE stream = $1) ORDER BY entity";
        let rows: Vec<(String,)> = read!(self, fetch_all, sql, stream);
        Ok(rows.into_iter().map(|(entity,)| entity).collect())
    }

    async fn in_charge_of(&self, streams: &[String]) -> Result<Vec<InCharge>, StoreError> {
        let mut rows: Vec<(String, String)> = Vec::new();
        for piece in pieces(streams, String::len) {
            rows.extend::<Vec<(String, String)>>(on!(Pool, &self.pool, db => {
                let mut sql = QueryBuilder::<Db>::new(
                    "SELECT streams.stream, entity FROM in_charge JOIN streams ON number = in_charge.stream WHERE streams.stream IN (",
                );
                push_list!(sql, piece);
                sql.push(")");
                sql.build_query_as().fetch_all(db).await?
            }));
        }
        rows.sort_unstable();
        rows.dedup();
        Ok(by_stream(rows))
    }

    async fn all_in_charge(&self) -> Result<Vec<InCharge>, StoreError> {
        let sql = "SELECT streams.stream, entity FROM in_charge JOIN streams ON number = in_charge.stream ORDER BY 1, entity";
        Ok(by_stream(read!(self, fetch_all, sql)))
    }

    async fn insiders(&self, stream: &str) -> Result<Vec<String>, StoreError> {
        let sql = "WITH wanted AS (SELECT number FROM streams WHERE stream = $1) \
            SELECT officer FROM wanted JOIN duties ON stream = number JOIN roster_officers ON held_by = roster \
            UNION SELECT officer FROM wanted JOIN duties ON stream = number JOIN roster_officers ON called = roster ORDER BY 1";
        let rows: Vec<(String,)> = read!(self, fetch_all, sql, stream);
        Ok(rows.into_iter().map(|(officer,)| officer).collect())
    }

    async fn broken_glass(&self, stream: &str, at: Option<Instant>) -> Result<Vec<BrokenGlass>, StoreError> {
        let sql = "SELECT event, stream, officer, at, until FROM broken_glass \
            WHERE stream = $1 AND until > $2 ORDER BY at, event";
        let since = at.map_or(i64::MIN, |at| at.ms());
        read::all(read!(self, fetch_all, sql, stream, since), read::glass)
    }

    async fn written_to(&self, duty: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT officer FROM told WHERE duty = $1 ORDER BY officer";
        let rows: Vec<(String,)> = read!(self, fetch_all, sql, duty);
        Ok(rows.into_iter().map(|(officer,)| officer).collect())
    }

    async fn seen_of(&self, sight: &Sight, streams: &[String]) -> Result<Vec<String>, StoreError> {
        sight::of(self, sight, streams).await
    }

    async fn in_sight(&self, sight: &Sight, entities: &[String]) -> Result<Vec<String>, StoreError> {
        sight::turning_up(self, sight, entities).await
    }

    async fn streams_of(&self, entities: &[String]) -> Result<Vec<(String, String)>, StoreError> {
        search::streams_of(self, entities).await
    }

    async fn opened(&self, opened: &Opened) -> Result<(), StoreError> {
        let sql = "INSERT INTO readings (id, at, account, officer, action, entity, why) \
            VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let Opened { id, at, account, officer, action, entity, why } = opened;
        write!(self, sql, id, at.ms(), account, officer, action, entity, why);
        Ok(())
    }

    async fn openings(&self, entity: &str, most: usize) -> Result<Vec<Opened>, StoreError> {
        let sql = "SELECT id, at, account, officer, action, entity, why FROM readings \
            WHERE entity = $1 ORDER BY id DESC LIMIT $2";
        read::all(read!(self, fetch_all, sql, entity, limit(most)), read::opened)
    }

    async fn overslept(&self, by: Instant) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) FROM duties WHERE wakes_at <= $1";
        let (count,): (i64,) = read!(self, fetch_one, sql, by.ms());
        Ok(count.unsigned_abs())
    }

    async fn due_lanes(&self, now: Instant) -> Result<Vec<String>, StoreError> {
        self.lanes(now).await
    }

    async fn claim_message(
        &self,
        lane: &str,
        now: Instant,
        lease_until: Instant,
    ) -> Result<Option<Waiting>, StoreError> {
        self.claim(lane, now, lease_until).await
    }

    async fn settle_message(&self, id: &str, attempt: &Attempt) -> Result<(), StoreError> {
        self.settle(id, attempt).await
    }

    async fn dead_letters(
        &self,
        which: &DeadQuery,
        after: Option<&(Instant, String)>,
        most: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        self.dead(which, after, most).await
    }

    async fn dead_groups(&self, which: &DeadQuery) -> Result<Vec<DeadGroup>, StoreError> {
        self.groups(which).await
    }

    async fn replay(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError> {
        self.revive(which, at).await
    }

    async fn drop_dead(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError> {
        self.put_aside(which, at).await
    }

    async fn message_counts(&self) -> Result<MessageCounts, StoreError> {
        self.counts().await
    }

    async fn put_token(&self, token: &Token) -> Result<(), StoreError> {
        let sql = "INSERT INTO tokens (hash, name, scopes, records_as, created_at, proposed_by, ends_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
        let Token { name, hash, scopes, records_as, created_at, proposed_by, ends_at } = token;
        let (made, ends) = (created_at.ms(), ends_at.map(|at| at.ms()));
        let added = write!(self, sql, hash, name, joined(scopes), records_as, made, proposed_by, ends);
        added_or_exists(added, "token", name)
    }

    async fn token(&self, hash: &str) -> Result<Option<Token>, StoreError> {
        let sql = "SELECT name, hash, scopes, records_as, created_at, proposed_by, ends_at FROM tokens \
            WHERE hash = $1 AND revoked_at IS NULL AND proposed_by IS NULL";
        read!(self, fetch_optional, sql, hash).map(read::token).transpose()
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        let sql = "SELECT name, hash, scopes, records_as, created_at, proposed_by, ends_at FROM tokens \
            WHERE revoked_at IS NULL ORDER BY name";
        read::all(read!(self, fetch_all, sql), read::token)
    }

    async fn revoke_token(&self, name: &str, at: Instant) -> Result<bool, StoreError> {
        let sql = "UPDATE tokens SET revoked_at = $2 WHERE name = $1 AND revoked_at IS NULL";
        Ok(write!(self, sql, name, at.ms()) > 0)
    }

    async fn put_contact(&self, contact: &Contact) -> Result<(), StoreError> {
        let sql = "INSERT INTO contacts (officer, email, administrator) VALUES ($1, $2, $3) ON CONFLICT (officer) \
            DO UPDATE SET email = excluded.email, administrator = excluded.administrator";
        write!(self, sql, &contact.officer, &contact.email, contact.administrator);
        Ok(())
    }

    async fn contact(&self, officer: &str) -> Result<Option<Contact>, StoreError> {
        let sql = "SELECT officer, email, administrator FROM contacts WHERE officer = $1";
        Ok(read!(self, fetch_optional, sql, officer).map(read::contact))
    }

    async fn contacts(&self) -> Result<Vec<Contact>, StoreError> {
        let sql = "SELECT officer, email, administrator FROM contacts ORDER BY officer";
        Ok(read!(self, fetch_all, sql).into_iter().map(read::contact).collect())
    }

    async fn look_for_gaps(&self, now: Instant, after: Instant) -> Result<bool, StoreError> {
        let sql = "UPDATE gaps SET looked_at = $1 WHERE looked_at IS NULL OR looked_at <= $2";
        Ok(write!(self, sql, now.ms(), after.ms()) > 0)
    }

    async fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let sql = "INSERT INTO webhooks (name, url, secret, heartbeat) VALUES ($1, $2, $3, $4) ON CONFLICT (name) \
            DO UPDATE SET url = excluded.url, secret = excluded.secret, heartbeat = excluded.heartbeat";
        write!(self, sql, &webhook.name, &webhook.url, &webhook.secret, webhook.heartbeat);
        Ok(())
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        let rows: Vec<(String, String, String, bool)> =
            read!(self, fetch_all, "SELECT name, url, secret, heartbeat FROM webhooks ORDER BY name");
        let webhook = |(name, url, secret, heartbeat)| Webhook { name, url, secret, heartbeat };
        Ok(rows.into_iter().map(webhook).collect())
    }

    async fn remove_webhook(&self, name: &str) -> Result<bool, StoreError> {
        Ok(write!(self, "DELETE FROM webhooks WHERE name = $1", name) > 0)
    }

    async fn put_feed(&self, feed: &Feed) -> Result<(), StoreError> {
        let sql = "INSERT INTO feeds (hash, officer, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let added = write!(self, sql, &feed.hash, &feed.officer, feed.created_at.ms());
        added_or_exists(added, "feed", &feed.hash)
    }

    async fn feed(&self, hash: &str) -> Result<Option<Feed>, StoreError> {
        let sql = "SELECT hash, officer, created_at FROM feeds WHERE hash = $1 AND revoked_at IS NULL";
        read!(self, fetch_optional, sql, hash).map(read::feed).transpose()
    }

    async fn revoke_feeds(&self, officer: &str, at: Instant) -> Result<u64, StoreError> {
        let sql = "UPDATE feeds SET revoked_at = $2 WHERE officer = $1 AND revoked_at IS NULL";
        Ok(write!(self, sql, officer, at.ms()))
    }

    async fn policies(&self) -> Result<Vec<StoredPolicy>, StoreError> {
        read::all(read!(self, fetch_all, read::POLICIES), read::policy)
    }

    async fn beat(&self, beat: &NodeBeat) -> Result<(), StoreError> {
        let sql = "INSERT INTO nodes (node, at, seq) VALUES ($1, $2, $3) \
            ON CONFLICT (node) DO UPDATE SET at = excluded.at, seq = excluded.seq";
        write!(self, sql, &beat.node, beat.at.ms(), beat.seq);
        write!(self, "DELETE FROM nodes WHERE at < $1", beat.at.ms() - FORGOTTEN_MS);
        Ok(())
    }

    async fn nodes(&self) -> Result<Vec<NodeBeat>, StoreError> {
        read::all(read!(self, fetch_all, "SELECT node, at, seq FROM nodes ORDER BY node"), read::node)
    }
}

pub(super) fn added_or_exists(added: u64, what: &'static str, id: &str) -> Result<(), StoreError> {
    if added == 0 { Err(StoreError::Exists { what, id: id.to_owned() }) } else { Ok(()) }
}

/// Those in charge, of rows in order.
fn by_stream(rows: Vec<(String, String)>) -> Vec<InCharge> {
    let in_charge = |rows: &[(String, String)]| InCharge {
        stream: rows[0].0.clone(),
        people: rows.iter().map(|(_, entity)| entity.clone()).collect(),
    };
    rows.chunk_by(|(one, _), (other, _)| one == other).map(in_charge).collect()
}
