//! A node: the evaluation of the whole log, kept in step with the store.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use engine::evaluate::{Beginning, Evaluation, MovedRegisters, Running, RunningError};
use engine::log::{EventRef, LogError, Pushed};
use engine::program::Program;
use engine::record::{Event, Value};
use engine::time::Instant;
use exchange::Input;
use self_cell::self_cell;
use store::{
    BrokenGlass, DutyEntry, Entry, HandedOver, Head, InCharge, NewEvent, NodeBeat, Store, StoreError,
    Transaction, Webhook,
};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::access::kept as access;
use crate::error::{AppError, Refusal};
use crate::glass::{self, LookFacts};
use crate::raise::{self, Raise, Unraised};
use crate::recorder::Reads;
use crate::standing::{self, Changed, Stands, Watching, Write};
use crate::versions::Judge;

/// From how many events on an order may be large.
const LARGE: usize = 2_000;

/// From how many corrections on judging the whole log anew costs less than each of them.
const MANY_CORRECTIONS: usize = 100;

/// How many rows are written at once.
const CHUNK: usize = 1_000;

/// Events that somebody wants recorded, all or none.
#[derive(Clone, Debug, Default)]
pub struct Order {
    /// The events. One without an id has none that could be repeated, so the caller gives it one.
    pub events: Vec<Event>,
    /// As whom they are recorded; none where the source's own times and names are kept, as an import does.
    pub records_as: Option<String>,
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The ids of its events, in their order.
    pub ids: Vec<String>,
    /// How many of them are new; the others were there with the same content.
    pub new: usize,
}

/// Where a node stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Up to which append number it has judged.
    pub seq: i64,
    /// As of when.
    pub as_of: Option<Instant>,
    /// How many duties it watches: open, or with an open ladder.
    pub watched: usize,
    /// When it wakes next.
    pub wakes: Option<Instant>,
}

type Kept<'p> = Running<'p>;

self_cell!(
    struct Judging {
        owner: Arc<Program>,
        #[not_covariant]
        dependent: Kept,
    }
);

/// What a node has in memory: made from the log in the store, and given up where a write of it failed.
struct Memory {
    judging: Judging,
    fingerprint: String,
    /// By which program the duties were kept that stood in the store when it was made, or was written last.
    kept_by: Option<String>,
    seq: i64,
    watching: Watching,
}

/// One of the nodes that share a store.
pub struct Node {
    store: Arc<dyn Store>,
    name: String,
    memory: Option<Memory>,
    hooks: Vec<Webhook>,
    /// Whether it raises steps, or leaves that to others.
    raises: bool,
}

impl Node {
    /// A node that has read nothing yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, name: &str) -> Self {
        Self { store, name: name.to_owned(), memory: None, hooks: Vec::new(), raises: true }
    }

    /// One that records and raises nothing, beside those that do.
    #[must_use]
    pub fn quiet(store: Arc<dyn Store>) -> Self {
        Self { raises: false, ..Self::new(store, "") }
    }

    /// The steps that are to be raised, of a quiet node that has recorded: it leaves them to others.
    ///
    /// # Errors
    /// The log cannot be judged.
    pub fn unraised(self) -> Result<Unraised, AppError> {
        let Some(mut memory) = self.memory else { return Ok(Unraised::default()) };
        let watching = &mut memory.watching;
        let none = Changed::default();
        let raises = memory.judging.with_dependent_mut(|_, running| watching.raises(running, &none))?;
        Ok(Unraised::of(&raises))
    }

    /// Where it stands; nothing while it has to read the log first.
    #[must_use]
    pub fn status(&self) -> Status {
        let Some(memory) = &self.memory else { return Status::default() };
        Status {
            seq: memory.seq,
            as_of: Some(memory.as_of()),
            watched: memory.watching.len(),
            wakes: memory.wakes(),
        }
    }

    /// Says that it is there, and learns who is to be told of steps.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn beat(&mut self, now: Instant) -> Result<(), AppError> {
        self.hooks = self.store.webhooks().await?;
        let seq = self.memory.as_ref().map_or(0, |memory| memory.seq);
        Ok(self.store.beat(&NodeBeat { node: self.name.clone(), at: now, seq }).await?)
    }

    /// Learns what other nodes recorded, and lets what time has come for happen: duties lapse, steps are raised.
    /// Says whether anything was written.
    ///
    /// # Errors
    /// The store does not answer, or the log cannot be judged.
    pub async fn watch(&mut self, now: Instant) -> Result<bool, AppError> {
        let head = self.store.head().await?;
        let is_behind = match &self.memory {
            None => true,
            Some(memory) => {
                let has_unraised = self.raises && memory.watching.has_unraised();
                has_unraised || memory.wakes().is_some_and(|wakes| wakes <= now) || memory.lags(&head)
            }
        };
        if is_behind {
            self.record(now, Vec::new()).instrument(tracing::info_span!("watch")).await?;
        }
        Ok(is_behind)
    }

    /// Lets somebody read the evaluation as it stands; while there is none, they are not asked. Where they fail, the memory
    /// is given up and made anew: nobody's reading ends the recording.
    ///
    /// # Errors
    /// The log cannot be judged, or the reading failed.
    pub(crate) fn read(
        &mut self,
        reading: impl FnOnce(&Evaluation<'_>),
        what: Reads,
    ) -> Result<(), AppError> {
        let Some(memory) = &mut self.memory else { return Ok(()) };
        let read = || {
            memory.judging.with_dependent_mut(|_, running| match what {
                Reads::Duties => running.read_duties(reading),
                Reads::Signals(names) => running.read_signals(&names, reading),
            })
        };
        match catch_unwind(AssertUnwindSafe(read)) {
            Ok(read) => Ok(read?),
            Err(_) => {
                self.memory = None;
                Err(AppError::Fault("a reading of the record"))
            }
        }
    }

    /// Records what is ordered and everything that follows from it, in one transaction. Each order stands for itself;
    /// what this returns survives a crash.
    ///
    /// # Errors
    /// The store does not answer, or the log cannot be judged: then nothing is recorded.
    pub async fn record(
        &mut self,
        now: Instant,
        orders: Vec<Order>,
    ) -> Result<Vec<Result<Recorded, Refusal>>, AppError> {
        let mut results = vec![None; orders.len()];
        loop {
            match self.try_record(now, &orders, &mut results).await {
                Ok(None) => return Ok(results.into_iter().flatten().collect()),
                // An order that the log took and that cannot be judged: all is made anew, without it.
                Ok(Some((order, refusal))) => {
                    results.iter_mut().for_each(|result| _ = result.take_if(|result| result.is_ok()));
                    results[order] = Some(Err(refusal));
                }
                Err(error) => return Err(error),
            }
        }
    }

    #[tracing::instrument(name = "transaction", skip_all, fields(events = Empty, duties = Empty, steps = Empty))]
    async fn try_record(
        &mut self,
        now: Instant,
        orders: &[Order],
        results: &mut [Option<Result<Recorded, Refusal>>],
    ) -> Result<Option<(usize, Refusal)>, AppError> {
        let (mut transaction, head, now, mut memory) = self.caught_up(now).await?;
        let mut writing = Writing::default();
        memory.pass_time(now)?;
        for (place, order) in orders.iter().enumerate() {
            if results[place].is_some() {
                continue;
            }
            match memory.take(order, now, &mut writing) {
                Ok(result) => results[place] = Some(result),
                Err((event, error)) => return Ok(Some((place, Refusal::of(event, error)))),
            }
        }
        memory.settle(self.raises, &mut writing)?;
        let fingerprint = memory.fingerprint.clone();
        let seq = head.seq + writing.events.len() as i64;
        let stands = head.as_of == Some(now) && head.program.as_ref() == Some(&fingerprint);
        if writing.is_empty() && stands {
            self.memory = Some(memory);
            return Ok(None);
        }
        let mut messages = raise::messages(&writing.raised, &self.hooks, now);
        let looks = memory.looks_of_glass(&writing)?;
        let written_to = glass::written_to(&looks);
        messages.extend(glass::letters(looks, now));
        writing.count();
        writing.write(&mut *transaction).await?;
        if writing.changed.all {
            memory.write_all(&mut *transaction).await?;
        }
        if !written_to.is_empty() {
            transaction.write_to(&written_to).await?;
        }
        transaction.post(&messages).await?;
        transaction.stand(now, &fingerprint).await?;
        transaction.commit().await.map_err(|error| AppError::Unconfirmed(error.to_string()))?;
        memory.seq = seq;
        memory.kept_by = Some(fingerprint);
        self.memory = Some(memory);
        Ok(None)
    }

    /// The turn to write, and the memory as the store's head has it; taken out of the node, so that it is given up where
    /// what follows fails. The log is read before the turn is waited for, so that others go on writing meanwhile.
    async fn caught_up(
        &mut self,
        now: Instant,
    ) -> Result<(Box<dyn Transaction>, Head, Instant, Memory), AppError> {
        loop {
            self.prepare().await?;
            let store = Arc::clone(&self.store);
            let mut transaction = store.begin().await?;
            let head = transaction.head().await?;
            let now = not_before(&head, not_ahead(transaction.clock().await?, now)?)?;
            let Some(mut memory) = self.memory.take_if(|memory| memory.is_near(&head)) else { continue };
            memory.join(&head)?;
            if memory.seq < head.seq || head.as_of > Some(memory.as_of()) {
                memory.follow(&transaction.entries_after(memory.seq).await?, &head)?;
            }
            return Ok((transaction, head, now, memory));
        }
    }

    /// Has the memory made from the log where there is none, or where it lags far behind.
    async fn prepare(&mut self) -> Result<(), AppError> {
        let head = self.store.head().await?;
        if !self.memory.as_ref().is_some_and(|memory| memory.is_near(&head)) {
            self.memory = None;
            self.memory = Some(self.made(&head).await?);
        }
        Ok(())
    }

    /// The memory made from the log up to a head.
    #[tracing::instrument(name = "judge", skip_all)]
    async fn made(&self, head: &Head) -> Result<Memory, AppError> {
        let judge = Judge::of(&self.store.policies().await?)?;
        let mut beginning = Beginning::new(&judge.program).map_err(|error| unjudged(error.into()))?;
        let mut seq = 0;
        while seq < head.seq {
            let most = usize::try_from(head.seq - seq).unwrap_or(CHUNK).min(CHUNK);
            let entries = self.store.entries_after(seq, most).await?;
            let Some(last) = entries.last() else { break };
            seq = last.seq;
            each(&entries, |event| beginning.push(event))?;
        }
        let as_of = head.as_of.unwrap_or(Instant::MIN);
        let judging = Judging::try_new(judge.program, |program| beginning.judged(program, as_of))?;
        let kept_by = head.program.clone();
        let fingerprint = judge.fingerprint;
        let mut memory = Memory { judging, fingerprint, kept_by, seq, watching: Watching::default() };
        if memory.is_kept() {
            memory.learn()?;
        }
        Ok(memory)
    }
}

/// How far the record may stand ahead of a node's clock, and that ahead of the database's: clocks differ by a little.
const MOST_AHEAD_MS: i64 = 60_000;

/// Now, unless the database's clock says that it is far from it: one node whose clock is ahead would stop all others.
fn not_ahead(database: Option<Instant>, now: Instant) -> Result<Instant, AppError> {
    match database {
        Some(database) if now.ms() - database.ms() > MOST_AHEAD_MS => {
            Err(AppError::ClockAhead { now, database })
        }
        _ => Ok(now),
    }
}

/// Now, or as of when the record stands if that is a little later.
fn not_before(head: &Head, now: Instant) -> Result<Instant, AppError> {
    let Some(as_of) = head.as_of else { return Ok(now) };
    if as_of.ms() - now.ms() > MOST_AHEAD_MS {
        return Err(AppError::ClockBehind { as_of, now });
    }
    Ok(as_of.max(now))
}

fn unjudged(error: RunningError) -> AppError {
    match error {
        RunningError::Evaluate(error) => AppError::Evaluate(error),
        RunningError::Log(error) => AppError::Unreadable { seq: 0, reason: error.to_string() },
    }
}

/// The events of entries.
pub(crate) fn parsed(entries: &[Entry]) -> Result<Vec<Event>, AppError> {
    let mut events = Vec::with_capacity(entries.len());
    each(entries, |event| {
        events.push(event.to_event());
        Ok(Pushed::Added)
    })?;
    Ok(events)
}

/// Hands over the event of each entry.
pub(crate) fn each(
    entries: &[Entry],
    mut take: impl FnMut(&EventRef<'_>) -> Result<Pushed, LogError>,
) -> Result<(), AppError> {
    let mut text = String::with_capacity(entries.iter().map(|entry| entry.line.len() + 1).sum());
    for entry in entries {
        text.push_str(&entry.line);
        text.push('\n');
    }
    let input = Input::Bytes("record.jsonl".to_owned(), text.into_bytes());
    let mut taken = 0;
    let mut sink = |event: &EventRef<'_>| {
        let pushed = take(event)?;
        taken += 1;
        Ok(pushed)
    };
    let read = exchange::read(&[input], exchange::Options::default(), &mut sink);
    let seq = entries.get(taken).map_or(0, |entry| entry.seq);
    match read {
        Ok(_) if taken == entries.len() => Ok(()),
        Ok(_) => Err(AppError::Unreadable { seq, reason: "it is empty".to_owned() }),
        Err(error) => Err(AppError::Unreadable { seq, reason: error.to_string() }),
    }
}

/// What one transaction writes.
#[derive(Default)]
struct Writing<'o> {
    /// Those that are recorded as they were ordered are not copied: an import may have a million.
    events: Vec<Cow<'o, Event>>,
    changed: Changed,
    raised: Vec<Raise>,
    registers: MovedRegisters,
    glasses: Vec<BrokenGlass>,
}

impl Memory {
    fn wakes(&self) -> Option<Instant> {
        let running = self.judging.with_dependent(|_, running| running.wakes());
        running.into_iter().chain(self.watching.wakes()).min()
    }

    fn lags(&self, head: &Head) -> bool {
        self.seq < head.seq || head.program.as_ref() != Some(&self.fingerprint) || self.is_ahead(head)
    }

    /// Whether the store was taken back to before what this memory is as of.
    fn is_ahead(&self, head: &Head) -> bool {
        head.as_of.is_some_and(|as_of| self.as_of() > as_of)
    }

    fn as_of(&self) -> Instant {
        self.judging.with_dependent(|_, running| running.as_of())
    }

    /// Whether the duties in the store are as this memory's program judges them; else all are to be written.
    fn is_kept(&self) -> bool {
        self.kept_by.as_ref() == Some(&self.fingerprint)
    }

    /// Whether it belongs to what the store keeps, and lags only a little.
    fn is_near(&self, head: &Head) -> bool {
        let belongs = self.kept_by == head.program || head.program.as_ref() == Some(&self.fingerprint);
        belongs && !self.is_ahead(head) && head.seq - self.seq <= LARGE as i64
    }

    /// Takes over that another node made what is kept anew, by the program that this memory is of.
    fn join(&mut self, head: &Head) -> Result<(), AppError> {
        if self.kept_by == head.program {
            return Ok(());
        }
        self.kept_by.clone_from(&head.program);
        self.learn()
    }

    fn learn(&mut self) -> Result<(), AppError> {
        let watching = &mut self.watching;
        self.judging.with_dependent_mut(|_, running| {
            running.forget_moved_registers();
            watching.learn(running)
        })
    }

    fn pass_time(&mut self, now: Instant) -> Result<(), AppError> {
        Ok(self.judging.with_dependent_mut(|_, running| running.pass_time(now))?)
    }

    /// Writes every duty anew.
    async fn write_all(&mut self, transaction: &mut dyn Transaction) -> Result<(), AppError> {
        transaction.drop_all_duties().await?;
        let duties = self.judging.with_dependent_mut(|_, running| standing::all(running))?;
        for duties in duties.chunks(CHUNK) {
            let entries = self.judging.with_dependent_mut(|_, running| standing::entries(running, duties))?;
            transaction.put_duties(&entries).await?;
        }
        let said = |evaluation: &Evaluation<'_>| MovedRegisters {
            posts: Some(evaluation.posts()),
            allocations: evaluation.allocations(),
        };
        let registers = self.judging.with_dependent_mut(|_, running| running.read_duties(said))?;
        Ok(put_registers(transaction, &registers).await?)
    }

    /// Takes what another node recorded, and wrote down what came of it.
    fn follow(&mut self, entries: &[Entry], head: &Head) -> Result<(), AppError> {
        let events = parsed(entries)?;
        self.judging.with_dependent_mut(|_, running| {
            head.as_of.map_or(Ok(()), |to| running.pass_time(to).map_err(AppError::from))?;
            events.iter().try_for_each(|event| running.record(event).map(|_| ()).map_err(unjudged))
        })?;
        self.seq = head.seq;
        if self.is_kept() {
            let watching = &mut self.watching;
            self.judging.with_dependent_mut(|_, running| {
                running.forget_moved_registers();
                watching.take(running, &mut Changed::default())
            })?;
        }
        Ok(())
    }

    /// Takes a large order at once: judging the whole log anew costs less than each of its events. After an error the
    /// memory is of no use.
    fn take_at_once(&mut self, events: &[Cow<'_, Event>]) -> Result<(), RunningError> {
        let program = Arc::clone(self.judging.borrow_owner());
        let (mut beginning, as_of) =
            self.judging.with_dependent_mut(|_, running| (running.take_log(), running.as_of()));
        for event in events {
            beginning.push_event(event)?;
        }
        self.judging = Judging::try_new(program, |program| beginning.judged(program, as_of))?;
        Ok(())
    }

    /// Takes an order into the log, all of it or nothing. An error is one after which the log has some of it, with the
    /// place of the event where that is known.
    fn take<'o>(
        &mut self,
        order: &'o Order,
        now: Instant,
        writing: &mut Writing<'o>,
    ) -> Result<Result<Recorded, Refusal>, (usize, RunningError)> {
        let checked = self.judging.with_dependent(|_, running| {
            let events = stamped(order, now, running);
            let unfit = |event: &Event| unfit(event, order.records_as.as_deref());
            let mut bad = events.iter().enumerate().filter_map(|(place, event)| Some((place, unfit(event)?)));
            if let Some((place, reason)) = bad.next() {
                return Err(Refusal::Bad { place, reason });
            }
            let pushed = running.check(&events).map_err(|(place, error)| Refusal::of(place, error))?;
            Ok((events, pushed, running.log().len()))
        });
        let (events, pushed, before) = match checked {
            Ok(checked) => checked,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let ids = events.iter().map(|event| event.id.clone()).collect();
        let events: Vec<Cow<'_, Event>> = match events {
            Cow::Borrowed(events) => events.iter().map(Cow::Borrowed).collect(),
            Cow::Owned(events) => events.into_iter().map(Cow::Owned).collect(),
        };
        let new = events.into_iter().enumerate().zip(pushed).filter(|(_, pushed)| *pushed == Pushed::Added);
        let (places, new): (Vec<usize>, Vec<Cow<'_, Event>>) = new.map(|(event, _)| event).unzip();
        let amending = new.iter().filter(|event| event.corrects.is_some()).count();
        if amending > MANY_CORRECTIONS || new.len() > LARGE && new.len() > before / 4 {
            self.take_at_once(&new).map_err(|error| (0, error))?;
        } else {
            self.judging.with_dependent_mut(|_, running| {
                let mut new = places.iter().zip(&new);
                new.try_for_each(|(&place, event)| {
                    running.record(event).map(|_| ()).map_err(|error| (place, error))
                })
            })?;
        }
        let recorded = Recorded { ids, new: new.len() };
        if let Some(by) = &order.records_as {
            writing.glasses.extend(new.iter().filter_map(|event| access::broken(event, by)));
        }
        writing.events.extend(new);
        Ok(Ok(recorded))
    }

    fn looks_of_glass(
        &mut self,
        writing: &Writing<'_>,
    ) -> Result<BTreeMap<String, Vec<LookFacts>>, AppError> {
        let (watching, Writing { changed, glasses, .. }) = (&self.watching, writing);
        self.judging.with_dependent_mut(|_, running| watching.looks_of_glass(running, changed, glasses))
    }

    /// Works out what came of it, and raises the steps that are to be raised, until nothing more follows.
    fn settle(&mut self, raises: bool, writing: &mut Writing<'_>) -> Result<(), AppError> {
        loop {
            let watching = &mut self.watching;
            let new = self.judging.with_dependent_mut(|_, running| {
                watching.take(running, &mut writing.changed)?;
                watching.answer_by(running, &writing.changed, &mut writing.raised)?;
                if raises { watching.raises(running, &writing.changed) } else { Ok(Vec::new()) }
            })?;
            if new.is_empty() {
                writing.registers =
                    self.judging.with_dependent_mut(|_, running| running.registers_moved())?;
                return Ok(());
            }
            self.judging.with_dependent_mut(|_, running| {
                new.iter().try_for_each(|raise| running.record(&raise.event).map(|_| ()).map_err(unjudged))
            })?;
            writing.events.extend(new.iter().map(|raise| Cow::Owned(raise.event.clone())));
            writing.raised.extend(new);
        }
    }
}

/// The most bytes of an id, a kind, a stream or an entity: what the indexes of every database hold.
const MOST_NAME_BYTES: usize = 1_000;

/// Why the record cannot hold an event that a log could, if it cannot.
fn unfit(event: &Event, records_as: Option<&str>) -> Option<String> {
    if records_as.is_some_and(|by| access::broken(event, by).is_some()) {
        if event.at != event.recorded_at {
            return Some("who lets themselves in does so now; give the event the time of now".to_owned());
        }
        if !matches!(event.attrs.get("reason"), Some(Value::Text(reason)) if !reason.trim().is_empty()) {
            return Some("who lets themselves in says why; give the event a `reason`".to_owned());
        }
    }
    if records_as.is_some() && event.id.starts_with(raise::ID_PREFIX) {
        return Some(format!(
            "ids that begin `{}` are those of the watch; give this one another",
            raise::ID_PREFIX
        ));
    }
    let linked = event.links.iter().flat_map(|(role, entities)| std::iter::once(role).chain(entities));
    let names = [&event.id, &event.kind, &event.stream].into_iter().chain(linked).chain(&event.corrects);
    for name in names {
        if name.len() > MOST_NAME_BYTES {
            let start: String = name.chars().take(20).collect();
            return Some(format!(
                "`{start}…` has more than {MOST_NAME_BYTES} bytes; ids, kinds and entities are shorter"
            ));
        }
        if name.contains('\0') {
            return Some(
                "an id, a kind or an entity has the character U+0000, which no database keeps".to_owned(),
            );
        }
    }
    None
}

/// The events of an order as they are recorded: at this moment, by whom the order is. What was recorded of one that is
/// there already stays as it was.
fn stamped<'o>(order: &'o Order, now: Instant, running: &Running<'_>) -> Cow<'o, [Event]> {
    let Some(by) = &order.records_as else { return Cow::Borrowed(&order.events) };
    let stamp = |event: &Event| {
        let mut event = event.clone();
        event.recorded_at = now;
        event.recorded_by = Some(by.clone());
        let there = running.log().row_of(&event.id).map(|row| running.log().event(row));
        // Clocks differ by a little, and nobody lets themselves in later or earlier than now.
        let is_now = (event.at.ms() - now.ms()).abs() <= MOST_AHEAD_MS;
        if (there.is_some() || is_now) && access::broken(&event, by).is_some() {
            event.at = there.as_ref().map_or(now, |there| there.at);
        }
        if let Some(there) = there {
            (event.recorded_at, event.recorded_by) = (there.recorded_at, there.recorded_by);
        }
        event
    };
    Cow::Owned(order.events.iter().map(stamp).collect())
}

impl Writing<'_> {
    /// Says in the span how much it is.
    fn count(&self) {
        let span = tracing::Span::current();
        span.record("events", self.events.len());
        span.record("duties", self.changed.put.len() + self.changed.gone.len());
        span.record("steps", self.raised.len());
    }

    fn is_empty(&self) -> bool {
        self.events.is_empty()
            && !self.changed.all
            && self.changed.put.is_empty()
            && self.changed.gone.is_empty()
            && self.registers == MovedRegisters::default()
    }

    async fn write(&self, transaction: &mut dyn Transaction) -> Result<(), StoreError> {
        for events in self.events.chunks(CHUNK) {
            let events: Vec<NewEvent> = events.iter().map(|event| new_event(event)).collect();
            transaction.append(&events).await?;
        }
        if !self.changed.gone.is_empty() {
            let gone: Vec<String> = self.changed.gone.iter().cloned().collect();
            transaction.drop_duties(&gone).await?;
        }
        let put: Vec<&Stands> = self.changed.put.values().collect();
        for duties in put.chunks(CHUNK) {
            put_changed(transaction, duties).await?;
        }
        // All at once and after others, which do not name their list any more: where all that name it go over to the same people,
        // the list is changed and no duty.
        let handed_over: Vec<HandedOver> =
            self.changed.put.values().filter_map(Stands::handed_over).collect();
        if !handed_over.is_empty() {
            transaction.hand_over(&handed_over).await?;
        }
        let steps: Vec<store::Step> = self.raised.iter().map(|raise| raise.step.clone()).collect();
        for steps in steps.chunks(CHUNK) {
            transaction.claim_steps(steps).await?;
        }
        if !self.glasses.is_empty() {
            transaction.break_glass(&self.glasses).await?;
        }
        put_registers(transaction, &self.registers).await
    }
}

/// Keeps what registers say.
async fn put_registers(
    transaction: &mut dyn Transaction,
    registers: &MovedRegisters,
) -> Result<(), StoreError> {
    if let Some(posts) = &registers.posts {
        transaction.put_posts(&posts.iter().flat_map(access::posts).collect::<Vec<_>>()).await?;
    }
    let in_charge: Vec<InCharge> = registers.allocations.iter().map(access::in_charge).collect();
    for in_charge in in_charge.chunks(CHUNK) {
        transaction.put_in_charge(in_charge).await?;
    }
    Ok(())
}

/// Puts those of some duties that are kept otherwise than they stand; of which it is not known how they are kept, the
/// store is asked.
async fn put_changed(transaction: &mut dyn Transaction, duties: &[&Stands]) -> Result<(), StoreError> {
    let (mut put, mut unknown) = (Vec::new(), Vec::new());
    for stands in duties {
        match stands.write() {
            Write::Nothing => {}
            Write::All(duty) => put.push(duty),
            Write::Unknown(duty) => unknown.push(duty),
        }
    }
    if !unknown.is_empty() {
        let ids: Vec<String> = unknown.iter().map(|duty| duty.id.clone()).collect();
        let kept = transaction.duties(&ids).await?;
        let kept: HashMap<&str, &DutyEntry> = kept.iter().map(|duty| (&*duty.id, duty)).collect();
        put.extend(unknown.into_iter().filter(|duty| kept.get(&*duty.id) != Some(&duty)));
    }
    if put.is_empty() { Ok(()) } else { transaction.put_duties(&put).await }
}

fn new_event(event: &Event) -> NewEvent {
    let linked = event.links.values().flatten();
    let stream = Some(&event.stream).filter(|stream| !stream.is_empty());
    let entities: std::collections::BTreeSet<&String> = linked.chain(stream).collect();
    NewEvent {
        id: event.id.clone(),
        line: event.canonical_line(),
        stream: event.stream.clone(),
        entities: entities.into_iter().cloned().collect(),
    }
}
