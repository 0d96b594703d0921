//! A store that remembers what each transaction was given, so that the same can be given to another.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use async_trait::async_trait;
use engine::time::Instant;
use store::{
    Attempt, BrokenGlass, Contact, DeadGroup, DeadQuery, DutyEntry, DutyQuery, Entry, Feed, Found,
    HandedOver, Head, InCharge, Level, Message, MessageCounts, NewEvent, NodeBeat, Opened, Post, SearchQuery,
    Sight, Snapshot, Step, Store, StoreError, StoredPolicy, Token, Transaction, Waiting, Webhook, WrittenTo,
};

/// One thing that a transaction was given.
enum Given {
    Events(Vec<NewEvent>),
    Duties(Vec<DutyEntry>),
    HandedOver(Vec<HandedOver>),
    Posts(Vec<Post>),
    InCharge(Vec<InCharge>),
    Glasses(Vec<BrokenGlass>),
    WrittenTo(Vec<WrittenTo>),
    Gone(Vec<String>),
    AllGone,
    Steps(Vec<Step>),
    Messages(Vec<Message>),
    Policy(Box<StoredPolicy>),
    Stands(Instant, String),
}

/// What was given since it was last taken: the transactions that were committed.
#[derive(Default)]
pub struct Noted {
    transactions: Vec<Vec<Given>>,
    /// How long the store took for them.
    pub in_store: Duration,
}

/// How many rows were written, by table.
#[derive(Clone, Copy, Default)]
pub struct Rows {
    pub events: usize,
    pub entities: usize,
    pub duties: usize,
    pub steps: usize,
    pub messages: usize,
}

/// A store beside which notes are kept.
pub struct Noting {
    store: Arc<dyn Store>,
    noted: Arc<Mutex<Noted>>,
}

struct NotingTransaction {
    transaction: Box<dyn Transaction>,
    given: Vec<Given>,
    in_store: Duration,
    noted: Arc<Mutex<Noted>>,
}

impl Noting {
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, noted: Arc::default() }
    }

    /// Takes what was noted since.
    pub fn take(&self) -> Noted {
        std::mem::take(&mut self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Noted {
    /// Writes the same rows, in the same transactions and by the same statements.
    pub async fn replay(&self, store: &dyn Store) -> Result<(), StoreError> {
        for given in &self.transactions {
            let mut transaction = store.begin().await?;
            for given in given {
                write(&mut *transaction, given).await?;
            }
            transaction.commit().await?;
        }
        Ok(())
    }

    pub fn count(&self, rows: &mut Rows) {
        for given in self.transactions.iter().flatten() {
            match given {
                Given::Events(events) => {
                    rows.events += events.len();
                    rows.entities += events.iter().map(|event| event.entities.len()).sum::<usize>();
                }
                Given::Duties(duties) => {
                    rows.duties += duties.len();
                }
                Given::Steps(steps) => rows.steps += steps.len(),
                Given::Messages(messages) => rows.messages += messages.len(),
                Given::HandedOver(_)
                | Given::Posts(_)
                | Given::InCharge(_)
                | Given::Glasses(_)
                | Given::WrittenTo(_)
                | Given::Gone(_)
                | Given::AllGone
                | Given::Policy(_)
                | Given::Stands(..) => {}
            }
        }
    }
}

async fn write(transaction: &mut dyn Transaction, given: &Given) -> Result<(), StoreError> {
    match given {
        Given::Events(events) => transaction.append(events).await,
        Given::Duties(duties) => transaction.put_duties(duties).await,
        Given::HandedOver(duties) => transaction.hand_over(duties).await,
        Given::Posts(posts) => transaction.put_posts(posts).await,
        Given::InCharge(streams) => transaction.put_in_charge(streams).await,
        Given::Glasses(glasses) => transaction.break_glass(glasses).await,
        Given::WrittenTo(people) => transaction.write_to(people).await,
        Given::Gone(ids) => transaction.drop_duties(ids).await,
        Given::AllGone => transaction.drop_all_duties().await,
        Given::Steps(steps) => transaction.claim_steps(steps).await,
        Given::Messages(messages) => transaction.post(messages).await,
        Given::Policy(policy) => transaction.put_policy(policy).await,
        Given::Stands(as_of, program) => transaction.stand(*as_of, program).await,
    }
}

/// Passes on what changes nothing of the log or of what is kept of it.
macro_rules! store {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $result:ty;)*) => {
        #[async_trait]
        impl Store for Noting {
            async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
                let watch = Stopwatch::now();
                let transaction = self.store.begin().await?;
                Ok(Box::new(NotingTransaction {
                    transaction,
                    given: Vec::new(),
                    in_store: watch.elapsed(),
                    noted: Arc::clone(&self.noted),
                }))
            }

            $(async fn $name(&self, $($argument: $type),*) -> Result<$result, StoreError> {
                self.store.$name($($argument),*).await
            })*
        }
    };
}

store! {
    fn head() -> Head;
    fn entries_after(seq: i64, most: usize) -> Vec<Entry>;
    fn entries_about(entity: &str, seq: i64, most: usize) -> Vec<Entry>;
    fn last_entries_about(entities: &[String], most: usize) -> BTreeMap<String, Vec<Entry>>;
    fn entries_in(stream: &str, seq: i64, most: usize) -> Vec<Entry>;
    fn search(query: &SearchQuery) -> Found;
    fn duties(query: &DutyQuery) -> Vec<DutyEntry>;
    fn count_duties(query: &DutyQuery) -> BTreeMap<String, u64>;
    fn count_by_agency(query: &DutyQuery) -> BTreeMap<String, BTreeMap<String, u64>>;
    fn count_by_holder(query: &DutyQuery) -> Vec<(String, u64)>;
    fn levels(query: &DutyQuery) -> Vec<Level>;
    fn duty(id: &str) -> Option<DutyEntry>;
    fn posts_of(officer: &str) -> Vec<Post>;
    fn posts_under(officer: &str) -> Vec<Post>;
    fn posts_in(team: &str) -> Vec<Post>;
    fn posts() -> Vec<Post>;
    fn in_charge(stream: &str) -> Vec<String>;
    fn in_charge_of(streams: &[String]) -> Vec<InCharge>;
    fn all_in_charge() -> Vec<InCharge>;
    fn insiders(stream: &str) -> Vec<String>;
    fn broken_glass(stream: &str, at: Option<Instant>) -> Vec<BrokenGlass>;
    fn written_to(duty: &str) -> Vec<String>;
    fn seen_of(sight: &Sight, streams: &[String]) -> Vec<String>;
    fn in_sight(sight: &Sight, entities: &[String]) -> Vec<String>;
    fn streams_of(entities: &[String]) -> Vec<(String, String)>;
    fn opened(opened: &Opened) -> ();
    fn openings(entity: &str, most: usize) -> Vec<Opened>;
    fn overslept(by: Instant) -> u64;
    fn due_lanes(now: Instant) -> Vec<String>;
    fn claim_message(lane: &str, now: Instant, lease_until: Instant) -> Option<Waiting>;
    fn settle_message(id: &str, attempt: &Attempt) -> ();
    fn dead_letters(which: &DeadQuery, after: Option<&(Instant, String)>, most: usize) -> Vec<Waiting>;
    fn dead_groups(which: &DeadQuery) -> Vec<DeadGroup>;
    fn replay(which: &DeadQuery, at: Instant) -> u64;
    fn drop_dead(which: &DeadQuery, at: Instant) -> u64;
    fn message_counts() -> MessageCounts;
    fn put_token(token: &Token) -> ();
    fn token(hash: &str) -> Option<Token>;
    fn tokens() -> Vec<Token>;
    fn revoke_token(name: &str, at: Instant) -> bool;
    fn put_contact(contact: &Contact) -> ();
    fn contact(officer: &str) -> Option<Contact>;
    fn contacts() -> Vec<Contact>;
    fn look_for_gaps(now: Instant, after: Instant) -> bool;
    fn put_webhook(webhook: &Webhook) -> ();
    fn webhooks() -> Vec<Webhook>;
    fn remove_webhook(name: &str) -> bool;
    fn put_feed(feed: &Feed) -> ();
    fn feed(hash: &str) -> Option<Feed>;
    fn revoke_feeds(officer: &str, at: Instant) -> u64;
    fn policies() -> Vec<StoredPolicy>;
    fn beat(beat: &NodeBeat) -> ();
    fn nodes() -> Vec<NodeBeat>;
    fn snapshot() -> Box<dyn Snapshot>;
}

impl NotingTransaction {
    async fn give(&mut self, given: Given) -> Result<(), StoreError> {
        let watch = Stopwatch::now();
        write(&mut *self.transaction, &given).await?;
        self.in_store += watch.elapsed();
        self.given.push(given);
        Ok(())
    }
}

#[async_trait]
impl Transaction for NotingTransaction {
    async fn head(&mut self) -> Result<Head, StoreError> {
        self.transaction.head().await
    }

    async fn clock(&mut self) -> Result<Option<Instant>, StoreError> {
        self.transaction.clock().await
    }

    async fn entries_after(&mut self, seq: i64) -> Result<Vec<Entry>, StoreError> {
        self.transaction.entries_after(seq).await
    }

    async fn append(&mut self, events: &[NewEvent]) -> Result<(), StoreError> {
        self.give(Given::Events(events.to_vec())).await
    }

    async fn duties(&mut self, ids: &[String]) -> Result<Vec<DutyEntry>, StoreError> {
        self.transaction.duties(ids).await
    }

    async fn put_duties(&mut self, duties: &[DutyEntry]) -> Result<(), StoreError> {
        self.give(Given::Duties(duties.to_vec())).await
    }

    async fn hand_over(&mut self, duties: &[HandedOver]) -> Result<(), StoreError> {
        self.give(Given::HandedOver(duties.to_vec())).await
    }

    async fn put_posts(&mut self, posts: &[Post]) -> Result<(), StoreError> {
        self.give(Given::Posts(posts.to_vec())).await
    }

    async fn put_in_charge(&mut self, streams: &[InCharge]) -> Result<(), StoreError> {
        self.give(Given::InCharge(streams.to_vec())).await
    }

    async fn break_glass(&mut self, glasses: &[BrokenGlass]) -> Result<(), StoreError> {
        self.give(Given::Glasses(glasses.to_vec())).await
    }

    async fn write_to(&mut self, people: &[WrittenTo]) -> Result<(), StoreError> {
        self.give(Given::WrittenTo(people.to_vec())).await
    }

    async fn drop_duties(&mut self, ids: &[String]) -> Result<(), StoreError> {
        self.give(Given::Gone(ids.to_vec())).await
    }

    async fn drop_all_duties(&mut self) -> Result<(), StoreError> {
        self.give(Given::AllGone).await
    }

    async fn claim_steps(&mut self, steps: &[Step]) -> Result<(), StoreError> {
        self.give(Given::Steps(steps.to_vec())).await
    }

    async fn post(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        self.give(Given::Messages(messages.to_vec())).await
    }

    async fn policies(&mut self) -> Result<Vec<StoredPolicy>, StoreError> {
        self.transaction.policies().await
    }

    async fn put_policy(&mut self, policy: &StoredPolicy) -> Result<(), StoreError> {
        self.give(Given::Policy(Box::new(policy.clone()))).await
    }

    async fn told_gaps(&mut self) -> Result<BTreeMap<String, Instant>, StoreError> {
        self.transaction.told_gaps().await
    }

    async fn tell_gaps(&mut self, told: &BTreeMap<String, Instant>) -> Result<(), StoreError> {
        self.transaction.tell_gaps(told).await
    }

    async fn stand(&mut self, as_of: Instant, program: &str) -> Result<(), StoreError> {
        self.give(Given::Stands(as_of, program.to_owned())).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { transaction, given, in_store, noted } = *self;
        let watch = Stopwatch::now();
        transaction.commit().await?;
        let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.in_store += in_store + watch.elapsed();
        noted.transactions.push(given);
        Ok(())
    }
}
