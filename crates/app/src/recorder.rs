//! The recorder: the one thread of a node that judges and writes. Everything else asks it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use engine::evaluate::Evaluation;
use engine::time::Instant;
use store::Store;
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument as _, Span};

use crate::error::{AppError, Refusal};
use crate::node::{Node, Order, Recorded, Status};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Instant;
}

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant::saturating(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The most events that are recorded in one transaction, but for those of one order.
const MOST_EVENTS: usize = 2_000;

/// How long the recorder sleeps at most: by then it has learnt what other nodes wrote.
const MOST_SLEEP: Duration = Duration::from_secs(1);

/// How often a node says that it is there.
const BEAT_MS: i64 = 5_000;

/// How many may wait for the recorder.
const MOST_WAITING: usize = 1_024;

type Answer = Result<Result<Recorded, Refusal>, Arc<AppError>>;

/// One who waits for an answer, and the span in which they asked.
type Waiting = (oneshot::Sender<Answer>, Span);

/// One who waits for time to have passed.
type Watcher = oneshot::Sender<Result<(), Arc<AppError>>>;

/// What somebody wants to know of the evaluation; it sends the answer itself.
pub(crate) type Reading = Box<dyn FnOnce(&Evaluation<'_>) + Send>;

enum Ask {
    Record(Order, Waiting),
    Watch(Watcher),
    Read(Reading, Reads),
}

/// What of the evaluation a reading looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Duties alone, which costs what is read of them.
    Duties,
    /// Signals of these names too, which are gathered for it.
    Signals(BTreeSet<String>),
}

/// What was asked, by sort.
#[derive(Default)]
struct Asked {
    orders: Vec<Order>,
    answers: Vec<Waiting>,
    watchers: Vec<Watcher>,
    readings: Vec<(Reading, Reads)>,
}

/// What a node says of its own health.
#[derive(Clone, Debug)]
pub struct Health {
    /// Where it stands.
    pub status: Status,
    /// Since when it is there.
    pub since: Instant,
    /// When it last did its work.
    pub last_ok: Option<Instant>,
    /// Why it cannot now.
    pub error: Option<String>,
}

/// Asks a node's recorder.
#[derive(Clone)]
pub struct Recorder {
    asks: mpsc::Sender<Ask>,
    health: Arc<Mutex<Health>>,
}

impl Recorder {
    /// Starts the recorder of a node on a thread of its own; it ends when nobody can ask it any more.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(store: Arc<dyn Store>, name: &str, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let (asks, asked) = mpsc::channel(MOST_WAITING);
        let begun = Health { status: Status::default(), since: clock.now(), last_ok: None, error: None };
        let health = Arc::new(Mutex::new(begun));
        let runtime = tokio::runtime::Handle::current();
        let recording = Recording {
            node: Node::new(store, name),
            clock,
            asked,
            health: Arc::clone(&health),
            beaten: None,
        };
        std::thread::Builder::new()
            .name("recorder".to_owned())
            .spawn(move || runtime.block_on(recording.run()))?;
        Ok(Self { asks, health })
    }

    /// Records an order; what this returns survives a crash.
    ///
    /// # Errors
    /// Nothing can be recorded now.
    pub async fn record(&self, order: Order) -> Answer {
        let (sender, answer) = oneshot::channel();
        self.ask(Ask::Record(order, (sender, Span::current()))).await?;
        let lost = |_| Arc::new(AppError::Unconfirmed(AppError::Stopped.to_string()));
        answer.await.map_err(lost)?
    }

    /// Lets what time has come for happen, so that what is kept of duties stands as of now.
    ///
    /// # Errors
    /// It cannot be done now.
    pub async fn watch(&self) -> Result<(), Arc<AppError>> {
        let (sender, answer) = oneshot::channel();
        self.ask(Ask::Watch(sender)).await?;
        answer.await.map_err(|_| Arc::new(AppError::Stopped))?
    }

    /// Reads the evaluation as it stands now. It is held up meanwhile: what takes long belongs to [`crate::History`].
    ///
    /// # Errors
    /// It cannot be read now.
    pub async fn read<R: Send + 'static>(
        &self,
        what: Reads,
        read: impl FnOnce(&Evaluation<'_>) -> R + Send + 'static,
    ) -> Result<R, Arc<AppError>> {
        let (sender, answer) = oneshot::channel();
        let reading: Reading = Box::new(move |evaluation| _ = sender.send(read(evaluation)));
        self.ask(Ask::Read(reading, what)).await?;
        answer.await.map_err(|_| Arc::new(AppError::Fault("a reading of the record")))
    }

    /// Waits until nothing can be recorded any more, because the recorder's thread ended.
    pub async fn ended(&self) {
        self.asks.closed().await;
    }

    async fn ask(&self, ask: Ask) -> Result<(), Arc<AppError>> {
        self.asks.send(ask).await.map_err(|_| Arc::new(AppError::Stopped))
    }

    /// How the node is.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The span of one recording: a part of what was asked first, and linked to all else that was.
fn span_of(asked: &[Waiting]) -> Span {
    let mut spans = asked.iter().map(|(_, span)| span);
    let first = spans.next().and_then(Span::id);
    let span = tracing::info_span!(parent: first, "record", orders = asked.len());
    spans.for_each(|other| _ = span.follows_from(other));
    span
}

struct Recording {
    node: Node,
    clock: Arc<dyn Clock>,
    asked: mpsc::Receiver<Ask>,
    health: Arc<Mutex<Health>>,
    beaten: Option<Instant>,
}

impl Recording {
    async fn run(mut self) {
        loop {
            self.beat().await;
            let wait = self.wait();
            let first = match tokio::time::timeout(wait, self.asked.recv()).await {
                Ok(None) => return,
                Ok(Some(ask)) => Some(ask),
                Err(_) => None,
            };
            let Asked { orders, answers, watchers, readings } = self.drain(first);
            let now = self.clock.now();
            if orders.is_empty() {
                let watched = self.node.watch(now).await.map(|_| ()).map_err(Arc::new);
                self.note(now, watched.as_ref().err().map(|error| &**error));
                watchers.into_iter().for_each(|watcher| _ = watcher.send(watched.clone()));
                self.read(readings);
                continue;
            }
            let span = span_of(&answers);
            match self.node.record(now, orders).instrument(span).await {
                Ok(results) => {
                    self.note(now, None);
                    let results = answers.into_iter().zip(results);
                    results.for_each(|((answer, _), result)| _ = answer.send(Ok(result)));
                    watchers.into_iter().for_each(|watcher| _ = watcher.send(Ok(())));
                }
                Err(error) => {
                    let error = Arc::new(error);
                    self.note(now, Some(&error));
                    answers.into_iter().for_each(|(answer, _)| _ = answer.send(Err(Arc::clone(&error))));
                    watchers.into_iter().for_each(|watcher| _ = watcher.send(Err(Arc::clone(&error))));
                }
            }
            self.read(readings);
        }
    }

    /// Lets readings happen. Where there is nothing to read, those who asked see that nobody answers.
    fn read(&mut self, readings: Vec<(Reading, Reads)>) {
        for (reading, what) in readings {
            if let Err(error) = self.node.read(reading, what) {
                self.note(self.clock.now(), Some(&error));
            }
        }
    }

    /// Says every few seconds that the node is there.
    async fn beat(&mut self) {
        let now = self.clock.now();
        if self.beaten.is_some_and(|last| (now.ms() - last.ms()).abs() < BEAT_MS) {
            return;
        }
        match self.node.beat(now).await {
            Ok(()) => self.beaten = Some(now),
            Err(error) => self.note(now, Some(&error)),
        }
    }

    /// Until the node wakes by itself.
    fn wait(&mut self) -> Duration {
        let now = self.clock.now();
        let until = self.node.status().wakes.map(|wakes| wakes.ms().saturating_sub(now.ms()).max(0));
        let until = until.and_then(|ms| u64::try_from(ms).ok()).map(Duration::from_millis);
        let has_failed = self.health.lock().unwrap_or_else(PoisonError::into_inner).error.is_some();
        if has_failed { MOST_SLEEP } else { until.unwrap_or(MOST_SLEEP).min(MOST_SLEEP) }
    }

    /// What was asked by now, as much as goes into one transaction.
    fn drain(&mut self, first: Option<Ask>) -> Asked {
        let mut asked = Asked::default();
        let (mut next, mut events) = (first, 0);
        while let Some(ask) = next {
            match ask {
                Ask::Record(order, answer) => {
                    events += order.events.len();
                    asked.orders.push(order);
                    asked.answers.push(answer);
                }
                Ask::Watch(watcher) => asked.watchers.push(watcher),
                Ask::Read(reading, what) => asked.readings.push((reading, what)),
            }
            next = if events < MOST_EVENTS { self.asked.try_recv().ok() } else { None };
        }
        asked
    }

    fn note(&mut self, now: Instant, error: Option<&AppError>) {
        let status = self.node.status();
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.status = status;
        health.error = error.map(ToString::to_string);
        if health.error.is_none() {
            health.last_ok = Some(now);
        }
    }
}
