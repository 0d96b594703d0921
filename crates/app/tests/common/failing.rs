//! A store that fails now and then: before anything is written, or after, when it has been.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use engine::time::Instant;
use fastrand::Rng;
use store::{
    Attempt, BrokenGlass, Contact, DeadGroup, DeadQuery, DutyEntry, DutyQuery, Entry, Feed, Found,
    HandedOver, Head, InCharge, Level, Message, MessageCounts, NewEvent, NodeBeat, Opened, Post, SearchQuery,
    Sight, Snapshot, Step, Store, StoreError, StoredPolicy, Token, Transaction, Waiting, Webhook, WrittenTo,
};

struct Chance {
    rng: Mutex<Rng>,
    healed: AtomicBool,
}

impl Chance {
    /// Fails once in so many times.
    fn fail(&self, times: u32) -> Result<(), StoreError> {
        let fails = !self.healed.load(Ordering::Relaxed) && self.rng.lock().unwrap().u32(0..times) == 0;
        if fails { Err(StoreError::Unavailable("the database is down".into())) } else { Ok(()) }
    }
}

pub struct Failing {
    store: Arc<dyn Store>,
    chance: Arc<Chance>,
}

impl Failing {
    pub fn new(store: Arc<dyn Store>, seed: u64) -> Self {
        let chance =
            Chance { rng: Mutex::new(Rng::with_seed(seed ^ 0x5eed)), healed: AtomicBool::new(false) };
        Self { store, chance: Arc::new(chance) }
    }

    /// From now on it does not fail.
    pub fn heal(&self) {
        self.chance.healed.store(true, Ordering::Relaxed);
    }
}

struct FailingTransaction {
    transaction: Box<dyn Transaction>,
    chance: Arc<Chance>,
}

#[async_trait]
impl Store for Failing {
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.chance.fail(20)?;
        let transaction = self.store.begin().await?;
        Ok(Box::new(FailingTransaction { transaction, chance: Arc::clone(&self.chance) }))
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.chance.fail(30)?;
        self.store.snapshot().await
    }

    async fn head(&self) -> Result<Head, StoreError> {
        self.chance.fail(30)?;
        self.store.head().await
    }

    async fn entries_after(&self, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.chance.fail(30)?;
        self.store.entries_after(seq, most).await
    }

    async fn entries_about(&self, entity: &str, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.chance.fail(30)?;
        self.store.entries_about(entity, seq, most).await
    }

    async fn last_entries_about(
        &self,
        entities: &[String],
        most: usize,
    ) -> Result<BTreeMap<String, Vec<Entry>>, StoreError> {
        self.chance.fail(30)?;
        self.store.last_entries_about(entities, most).await
    }

    async fn entries_in(&self, stream: &str, seq: i64, most: usize) -> Result<Vec<Entry>, StoreError> {
        self.chance.fail(30)?;
        self.store.entries_in(stream, seq, most).await
    }

    async fn search(&self, query: &SearchQuery) -> Result<Found, StoreError> {
        self.chance.fail(30)?;
        self.store.search(query).await
    }

    async fn duties(&self, query: &DutyQuery) -> Result<Vec<DutyEntry>, StoreError> {
        self.chance.fail(30)?;
        self.store.duties(query).await
    }

    async fn count_duties(&self, query: &DutyQuery) -> Result<BTreeMap<String, u64>, StoreError> {
        self.chance.fail(30)?;
        self.store.count_duties(query).await
    }

    async fn count_by_agency(
        &self,
        query: &DutyQuery,
    ) -> Result<BTreeMap<String, BTreeMap<String, u64>>, StoreError> {
        self.chance.fail(30)?;
        self.store.count_by_agency(query).await
    }

    async fn count_by_holder(&self, query: &DutyQuery) -> Result<Vec<(String, u64)>, StoreError> {
        self.chance.fail(30)?;
        self.store.count_by_holder(query).await
    }

    async fn levels(&self, query: &DutyQuery) -> Result<Vec<Level>, StoreError> {
        self.chance.fail(30)?;
        self.store.levels(query).await
    }

    async fn duty(&self, id: &str) -> Result<Option<DutyEntry>, StoreError> {
        self.chance.fail(30)?;
        self.store.duty(id).await
    }

    async fn posts_of(&self, officer: &str) -> Result<Vec<Post>, StoreError> {
        self.chance.fail(30)?;
        self.store.posts_of(officer).await
    }

    async fn posts_under(&self, officer: &str) -> Result<Vec<Post>, StoreError> {
        self.chance.fail(30)?;
        self.store.posts_under(officer).await
    }

    async fn posts_in(&self, team: &str) -> Result<Vec<Post>, StoreError> {
        self.chance.fail(30)?;
        self.store.posts_in(team).await
    }

    async fn posts(&self) -> Result<Vec<Post>, StoreError> {
        self.chance.fail(30)?;
        self.store.posts().await
    }

    async fn in_charge(&self, stream: &str) -> Result<Vec<String>, StoreError> {
        self.chance.fail(30)?;
        self.store.in_charge(stream).await
    }

    async fn in_charge_of(&self, streams: &[String]) -> Result<Vec<InCharge>, StoreError> {
        self.chance.fail(30)?;
        self.store.in_charge_of(streams).await
    }

    async fn all_in_charge(&self) -> Result<Vec<InCharge>, StoreError> {
        self.chance.fail(30)?;
        self.store.all_in_charge().await
    }

    async fn insiders(&self, stream: &str) -> Result<Vec<String>, StoreError> {
        self.chance.fail(30)?;
        self.store.insiders(stream).await
    }

    async fn broken_glass(&self, stream: &str, at: Option<Instant>) -> Result<Vec<BrokenGlass>, StoreError> {
        self.chance.fail(30)?;
        self.store.broken_glass(stream, at).await
    }

    async fn written_to(&self, duty: &str) -> Result<Vec<String>, StoreError> {
        self.chance.fail(30)?;
        self.store.written_to(duty).await
    }

    async fn seen_of(&self, sight: &Sight, streams: &[String]) -> Result<Vec<String>, StoreError> {
        self.chance.fail(30)?;
        self.store.seen_of(sight, streams).await
    }

    async fn in_sight(&self, sight: &Sight, entities: &[String]) -> Result<Vec<String>, StoreError> {
        self.chance.fail(30)?;
        self.store.in_sight(sight, entities).await
    }

    async fn streams_of(&self, entities: &[String]) -> Result<Vec<(String, String)>, StoreError> {
        self.chance.fail(30)?;
        self.store.streams_of(entities).await
    }

    async fn opened(&self, opened: &Opened) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.opened(opened).await
    }

    async fn openings(&self, entity: &str, most: usize) -> Result<Vec<Opened>, StoreError> {
        self.chance.fail(30)?;
        self.store.openings(entity, most).await
    }

    async fn overslept(&self, by: Instant) -> Result<u64, StoreError> {
        self.chance.fail(30)?;
        self.store.overslept(by).await
    }

    async fn due_lanes(&self, now: Instant) -> Result<Vec<String>, StoreError> {
        self.chance.fail(30)?;
        self.store.due_lanes(now).await
    }

    async fn claim_message(
        &self,
        lane: &str,
        now: Instant,
        lease_until: Instant,
    ) -> Result<Option<Waiting>, StoreError> {
        self.chance.fail(30)?;
        self.store.claim_message(lane, now, lease_until).await
    }

    async fn settle_message(&self, id: &str, attempt: &Attempt) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.settle_message(id, attempt).await
    }

    async fn dead_letters(
        &self,
        which: &DeadQuery,
        after: Option<&(Instant, String)>,
        most: usize,
    ) -> Result<Vec<Waiting>, StoreError> {
        self.chance.fail(30)?;
        self.store.dead_letters(which, after, most).await
    }

    async fn dead_groups(&self, which: &DeadQuery) -> Result<Vec<DeadGroup>, StoreError> {
        self.chance.fail(30)?;
        self.store.dead_groups(which).await
    }

    async fn replay(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError> {
        self.chance.fail(30)?;
        self.store.replay(which, at).await
    }

    async fn drop_dead(&self, which: &DeadQuery, at: Instant) -> Result<u64, StoreError> {
        self.chance.fail(30)?;
        self.store.drop_dead(which, at).await
    }

    async fn message_counts(&self) -> Result<MessageCounts, StoreError> {
        self.chance.fail(30)?;
        self.store.message_counts().await
    }

    async fn put_token(&self, token: &Token) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.put_token(token).await
    }

    async fn token(&self, hash: &str) -> Result<Option<Token>, StoreError> {
        self.chance.fail(30)?;
        self.store.token(hash).await
    }

    async fn tokens(&self) -> Result<Vec<Token>, StoreError> {
        self.chance.fail(30)?;
        self.store.tokens().await
    }

    async fn revoke_token(&self, name: &str, at: Instant) -> Result<bool, StoreError> {
        self.chance.fail(30)?;
        self.store.revoke_token(name, at).await
    }

    async fn put_contact(&self, contact: &Contact) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.put_contact(contact).await
    }

    async fn contact(&self, officer: &str) -> Result<Option<Contact>, StoreError> {
        self.chance.fail(30)?;
        self.store.contact(officer).await
    }

    async fn contacts(&self) -> Result<Vec<Contact>, StoreError> {
        self.chance.fail(30)?;
        self.store.contacts().await
    }

    async fn look_for_gaps(&self, now: Instant, after: Instant) -> Result<bool, StoreError> {
        self.chance.fail(30)?;
        self.store.look_for_gaps(now, after).await
    }

    async fn put_webhook(&self, webhook: &Webhook) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.put_webhook(webhook).await
    }

    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError> {
        self.chance.fail(30)?;
        self.store.webhooks().await
    }

    async fn remove_webhook(&self, name: &str) -> Result<bool, StoreError> {
        self.chance.fail(30)?;
        self.store.remove_webhook(name).await
    }

    async fn put_feed(&self, feed: &Feed) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.put_feed(feed).await
    }

    async fn feed(&self, hash: &str) -> Result<Option<Feed>, StoreError> {
        self.chance.fail(30)?;
        self.store.feed(hash).await
    }

    async fn revoke_feeds(&self, officer: &str, at: Instant) -> Result<u64, StoreError> {
        self.chance.fail(30)?;
        self.store.revoke_feeds(officer, at).await
    }

    async fn policies(&self) -> Result<Vec<StoredPolicy>, StoreError> {
        self.chance.fail(30)?;
        self.store.policies().await
    }

    async fn beat(&self, beat: &NodeBeat) -> Result<(), StoreError> {
        self.chance.fail(30)?;
        self.store.beat(beat).await
    }

    async fn nodes(&self) -> Result<Vec<NodeBeat>, StoreError> {
        self.chance.fail(30)?;
        self.store.nodes().await
    }
}

#[async_trait]
impl Transaction for FailingTransaction {
    async fn head(&mut self) -> Result<Head, StoreError> {
        self.chance.fail(60)?;
        self.transaction.head().await
    }

    async fn clock(&mut self) -> Result<Option<Instant>, StoreError> {
        self.chance.fail(60)?;
        self.transaction.clock().await
    }

    async fn entries_after(&mut self, seq: i64) -> Result<Vec<Entry>, StoreError> {
        self.chance.fail(60)?;
        self.transaction.entries_after(seq).await
    }

    async fn append(&mut self, events: &[NewEvent]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.append(events).await
    }

    async fn duties(&mut self, ids: &[String]) -> Result<Vec<DutyEntry>, StoreError> {
        self.chance.fail(60)?;
        self.transaction.duties(ids).await
    }

    async fn put_duties(&mut self, duties: &[DutyEntry]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.put_duties(duties).await
    }

    async fn hand_over(&mut self, duties: &[HandedOver]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.hand_over(duties).await
    }

    async fn put_posts(&mut self, posts: &[Post]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.put_posts(posts).await
    }

    async fn put_in_charge(&mut self, streams: &[InCharge]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.put_in_charge(streams).await
    }

    async fn break_glass(&mut self, glasses: &[BrokenGlass]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.break_glass(glasses).await
    }

    async fn write_to(&mut self, people: &[WrittenTo]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.write_to(people).await
    }

    async fn drop_duties(&mut self, ids: &[String]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.drop_duties(ids).await
    }

    async fn drop_all_duties(&mut self) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.drop_all_duties().await
    }

    async fn claim_steps(&mut self, steps: &[Step]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.claim_steps(steps).await
    }

    async fn post(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.post(messages).await
    }

    async fn policies(&mut self) -> Result<Vec<StoredPolicy>, StoreError> {
        self.chance.fail(60)?;
        self.transaction.policies().await
    }

    async fn told_gaps(&mut self) -> Result<BTreeMap<String, Instant>, StoreError> {
        self.chance.fail(60)?;
        self.transaction.told_gaps().await
    }

    async fn tell_gaps(&mut self, told: &BTreeMap<String, Instant>) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.tell_gaps(told).await
    }

    async fn put_policy(&mut self, policy: &StoredPolicy) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.put_policy(policy).await
    }

    async fn stand(&mut self, as_of: Instant, program: &str) -> Result<(), StoreError> {
        self.chance.fail(60)?;
        self.transaction.stand(as_of, program).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.chance.fail(20)?;
        let Self { transaction, chance } = *self;
        transaction.commit().await?;
        // It is written, and nobody learns of it.
        chance.fail(20)
    }
}
