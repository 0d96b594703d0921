//! The append-only log and what is kept of it, on SQLite and PostgreSQL.
//!
//! [`Store`] is what the live system asks of a database; [`Database`] is that on either of the two. All that one command
//! changes is written in one [`Transaction`], and transactions that write come one after another: `begin` waits for the
//! one before. So append numbers have no gaps, and what is kept of the log always belongs to it.

mod accounts;
mod database;
mod error;
mod record;

pub use accounts::{Account, Accounts, Draft, REVIEWER, SecurityEntry, Session};
pub use database::{Database, Mark};
pub use error::StoreError;
pub use record::{
    Attempt, BrokenGlass, Climb, Contact, Cursor, DeadGroup, DeadQuery, DutyEntry, DutyQuery, Entry, Feed,
    Found, HandedOver, Head, InCharge, Level, Message, MessageCounts, NewEvent, NodeBeat, Opened, Outcome,
    Post, SearchQuery, Sight, Step, StoredPolicy, Token, Waiting, Webhook, WrittenTo,
};

use std::collections::BTreeMap;

use async_trait::async_trait;
use engine::time::Instant;

/// What the live system asks of a database.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins to write, once nobody else does.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// What is kept at this moment, whatever is written afterwards.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Up to where the log goes, and as of when what is kept of it stands.
    async fn head(&self) -> Result<Head, StoreError>;

    /// The log's entries after an append number, at most so many, in order.
    async fn entries_after(&self, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError>;

    /// The log's entries with an entity as stream or link, after an append number, at most so many, in order.
    async fn entries_about(&self, entity: &str, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError>;

    /// Of each of some entities the last entries that have it as stream or link, at most so many, in order; none of one that has none.
    async fn last_entries_about(
        &self,
        entities: &[String],
        most: usize,
    ) -> Result<BTreeMap<String, Vec<Entry>>, StoreError>;

    /// The entries of a stream's own events after an append number, at most so many, in order.
    async fn entries_in(&self, stream: &str, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError>;

    /// The entries that are searched for, and how many there are. Where nothing is named there are none.
    async fn search(&self, query: &SearchQuery) -> Result<Found, StoreError>;

    /// Duties as kept, ordered by rule, key, due (those without one first) and id, texts by code point.
    async fn duties(&self, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError>;

    /// How many duties stand in each state; the order and the most are not looked at.
    async fn count_duties(&self, query: &DutyQuery) -> Result<BTreeMap<String, u64>, StoreError>;

    /// How many of the duties that an agency owes as a whole stand in each state, by agency.
    async fn count_by_agency(
        &self,
        query: &DutyQuery,
    ) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreError>;

    /// How many of the duties each officer owes, most first; of those that are open. Where a team is asked for, of each in it.
    async fn count_by_holder(&self, query: &DutyQuery) -> Result<Vec<(String, u64)>, StoreError>;

    /// At which roles the ladders of duties stand, by role.
    async fn levels(&self, query: &DutyQuery) -> Result<Vec<Level>, StoreError>;

    /// A duty by its id.
    async fn duty(&self, id: &str) -> Result<Option<DutyEntry>, StoreError>;

    /// The posts and covers that an officer holds, in order.
    async fn posts_of(&self, officer: &str) -> Result<Vec<Post>, StoreError>;

    /// The posts and covers that answer to an officer, in order.
    async fn posts_under(&self, officer: &str) -> Result<Vec<Post>, StoreError>;

    /// The posts and covers of a team, in order.
    async fn posts_in(&self, team: &str) -> Result<Vec<Post>, StoreError>;

    /// Every post and cover held, in order.
    async fn posts(&self) -> Result<Vec<Post>, StoreError>;

    /// The officers and teams in charge of a stream, sorted.
    async fn in_charge(&self, stream: &str) -> Result<Vec<String>, StoreError>;

    /// Those in charge of some streams, by stream; nothing of one that nobody is in charge of.
    async fn in_charge_of(&self, streams: &[String]) -> Result<Vec<InCharge>, StoreError>;

    /// Those in charge of every stream that has some, by stream.
    async fn all_in_charge(&self) -> Result<Vec<InCharge>, StoreError>;

    /// Who holds an open duty in a stream or was reached by an open ladder there, sorted.
    async fn insiders(&self, stream: &str) -> Result<Vec<String>, StoreError>;

    /// Who let themselves into a stream, and may still look at an instant, sorted; or ever, without one.
    async fn broken_glass(&self, stream: &str, at: Option<Instant>) -> Result<Vec<BrokenGlass>, StoreError>;

    /// Who was written to of a duty that nobody else owed, sorted.
    async fn written_to(&self, duty: &str) -> Result<Vec<String>, StoreError>;

    /// Of some streams those that somebody may see, sorted.
    async fn seen_of(&self, sight: &Sight, streams: &[String]) -> Result<Vec<String>, StoreError>;

    /// Of some entities those that turn up in a case that somebody may see, sorted. Soon told of very many.
    async fn in_sight(&self, sight: &Sight, entities: &[String]) -> Result<Vec<String>, StoreError>;

    /// In which streams events have some entities as stream or link: each entity with each stream, sorted.
    async fn streams_of(&self, entities: &[String]) -> Result<Vec<(String, String)>, StoreError>;

    /// Notes that somebody opened something; it is never changed or deleted.
    async fn opened(&self, opened: &Opened) -> Result<(), StoreError>;

    /// Who opened something, the last first, at most so many.
    async fn openings(&self, entity: &str, most: usize) -> Result<Vec<Opened>, StoreError>;

    /// How many duties should have been looked at again by an instant, and were not.
    async fn overslept(&self, by: Instant) -> Result<u64, StoreError>;

    /// The lanes with a message whose time has come: one for all mail, one for each webhook.
    async fn due_lanes(&self, now: Instant) -> Result<Vec<String>, StoreError>;

    /// Takes the next message of a lane whose time has come, for this node alone until the lease ends.
    async fn claim_message(
        &self,
        lane: &str,
        now: Instant,
        lease_until: Instant,
    ) -> Result<Option<Waiting>, StoreError>;

    /// Says what became of a message that was claimed.
    async fn settle_message(&self, id: &str, attempt: &Attempt) -> Result<(), StoreError>;

    /// Messages that were given up, by when they were made and id; those after one, at most so many.
    async fn dead_letters(
        &self,
        which: &DeadQuery,
        after: Option<&(Instant, String)>,
        most: usize,
    ) -> Result<Vec<Waiting>, StoreError>;

    /// Messages that were given up, by channel and reason, most first.
    async fn dead_groups(&self, which: &DeadQuery) -> Result<Vec<DeadGroup>, StoreError>;

    /// Puts messages that were given up back, due at an instant; says how many.
    async fn replay(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError>;

    /// Puts messages that were given up aside, so that they do not count any more; says how many.
    async fn drop_dead(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError>;

    /// How many messages there are.
    async fn message_counts(&self) -> Result<MessageCounts, StoreError>;

    /// Keeps a token; its name must be free among those not revoked.
    async fn put_token(&self, token: &Token) -> Result<(), StoreError>;

    /// The token with a hash, if it is in force.
    async fn token(&self, hash: &str) -> Result<Option<Token>, StoreError>;

    /// Those that are not revoked, in force or waiting for it, by name.
    async fn tokens(&self) -> Result<Vec<Token>, StoreError>;

    /// Revokes a token; false if none of that name was valid.
    async fn revoke_token(&self, name: &str, at: Instant) -> Result<bool, StoreError>;

    /// Sets how an officer is reached, in place of what was there.
    async fn put_contact(&self, contact: &Contact) -> Result<(), StoreError>;

    /// How an officer is reached, if anything is known of that.
    async fn contact(&self, officer: &str) -> Result<Option<Contact>, StoreError>;

    /// How officers are reached, by officer.
    async fn contacts(&self) -> Result<Vec<Contact>, StoreError>;

    /// Takes it on to look for gaps ahead; false if somebody did after an instant.
    async fn look_for_gaps(&self, now: Instant, after: Instant) -> Result<bool, StoreError>;

    /// Sets a webhook, in place of one of the same name.
    async fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError>;

    /// Every webhook, by name.
    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError>;

    /// Takes a webhook away; false if there was none.
    async fn remove_webhook(&self, name: &str) -> Result<bool, StoreError>;

    /// Keeps a calendar feed.
    async fn put_feed(&self, feed: &Feed) -> Result<(), StoreError>;

    /// The feed with a hash, if it is not revoked.
    async fn feed(&self, hash: &str) -> Result<Option<Feed>, StoreError>;

    /// Revokes every feed of an officer; says how many were valid.
    async fn revoke_feeds(&self, officer: &str, at: Instant) -> Result<u64, StoreError>;

    /// Every policy version put into force, in the order in which they were.
    async fn policies(&self) -> Result<Vec<StoredPolicy>, StoreError>;

    /// Says that a node is there, and when it last was; forgets those that have been silent for a day.
    async fn beat(&self, beat: &NodeBeat) -> Result<(), StoreError>;

    /// Every node that said so within a day, by name.
    async fn nodes(&self) -> Result<Vec<NodeBeat>, StoreError>;
}

/// What was kept at one moment.
#[async_trait]
pub trait Snapshot: Send {
    /// Up to where the log went, and as of when what was kept of it stood.
    async fn head(&mut self) -> Result<Head, StoreError>;

    /// The log's entries after an append number, at most so many, in order.
    async fn entries_after(&mut self, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError>;

    /// How many entries have an entity as stream or link.
    async fn count_about(&mut self, entity: &str) -> Result<u64, StoreError>;

    /// Duties as kept, ordered as [`Store::duties`].
    async fn duties(&mut self, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError>;

    /// How many counts of days are otherwise than the duties: of each day, each state, and of all or of an agency.
    async fn miscounted(&mut self) -> Result<u64, StoreError>;
}

/// What one command changes; nothing of it stands until it is committed, and all of it is undone where it is dropped.
#[async_trait]
pub trait Transaction: Send {
    /// Up to where the log goes, and as of when what is kept of it stands.
    async fn head(&mut self) -> Result<Head, StoreError>;

    /// What the database's own clock said when this began; none of SQLite, which has only that of its machine.
    async fn clock(&mut self) -> Result<Option<Instant>, StoreError>;

    /// The log's entries after an append number, in order.
    async fn entries_after(&mut self, seq: i64) -> Result<Vec<Entry>, StoreError>;

    /// Appends events, numbered from the head on. One whose id is there is an error.
    async fn append(&mut self, events: &[NewEvent]) -> Result<(), StoreError>;

    /// What is kept of some duties, in any order; nothing of those that are not there.
    async fn duties(&mut self, ids: &[String]) -> Result<Vec<DutyEntry>, StoreError>;

    /// Keeps duties as they stand now, in place of what was kept of them. The rule and the key of an id are always the same.
    async fn put_duties(&mut self, duties: &[DutyEntry]) -> Result<(), StoreError>;

    /// Has open duties, of which all else stays as it is kept, owed by other people, who then stand in their rows too: each was put
    /// with its holders in its row. One that is not there is left out.
    async fn hand_over(&mut self, duties: &[HandedOver]) -> Result<(), StoreError>;

    /// Keeps the posts and covers that are held now, in place of all that were.
    async fn put_posts(&mut self, posts: &[Post]) -> Result<(), StoreError>;

    /// Keeps who is in charge of some streams now, in place of who was; of what has no stream nobody is.
    async fn put_in_charge(&mut self, streams: &[InCharge]) -> Result<(), StoreError>;

    /// Adds that people let themselves in. One whose event is there is an error.
    async fn break_glass(&mut self, glasses: &[BrokenGlass]) -> Result<(), StoreError>;

    /// Adds that people were written to of duties that nobody else owes; of one who was already, nothing.
    async fn write_to(&mut self, people: &[WrittenTo]) -> Result<(), StoreError>;

    /// Forgets duties that do not arise any more.
    async fn drop_duties(&mut self, ids: &[String]) -> Result<(), StoreError>;

    /// Forgets every duty, and who is in charge of what: what is kept is about to be made anew. Until the commit each duty
    /// is put once at most; where they are put in the order of their ids it is soonest done.
    async fn drop_all_duties(&mut self) -> Result<(), StoreError>;

    /// Claims steps of ladders, each once and for all. One already claimed is an error.
    async fn claim_steps(&mut self, steps: &[Step]) -> Result<(), StoreError>;

    /// Adds messages to be delivered. One whose id is there is an error.
    async fn post(&mut self, messages: &[Message]) -> Result<(), StoreError>;

    /// Every policy version put into force, in the order in which they were.
    async fn policies(&mut self) -> Result<Vec<StoredPolicy>, StoreError>;

    /// Of which gaps ahead administrators were told, and when.
    async fn told_gaps(&mut self) -> Result<BTreeMap<String, Instant>, StoreError>;

    /// Says of which gaps ahead administrators were told, in place of what was there.
    async fn tell_gaps(&mut self, told: &BTreeMap<String, Instant>) -> Result<(), StoreError>;

    /// Puts a policy version into force.
    async fn put_policy(&mut self, policy: &StoredPolicy) -> Result<(), StoreError>;

    /// Says as of when, and by which program, what is kept stands.
    async fn stand(&mut self, as_of: Instant, program: &str) -> Result<(), StoreError>;

    /// Makes all of it last. When this returns it survives a crash.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
