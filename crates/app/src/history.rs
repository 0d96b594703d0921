//! What should have been done by then, with what was known by then: the log judged anew under a cut.
//!
//! The pages of one reading come from one evaluation: the last few are kept for a while. Few are worked out at once, and
//! whoever would wait too long for a turn is told so.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use engine::evaluate::{Cut, DutyRef, Evaluation, evaluate};
use engine::log::{Log, LogBuilder};
use engine::program::Program;
use engine::time::Instant;
use self_cell::self_cell;
use store::{Cursor, DutyEntry, DutyQuery, Store};
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::error::AppError;
use crate::node::each;
use crate::standing;
use crate::versions::{Judge, Programs};

/// How many entries are read at once.
const CHUNK: usize = 1_000;

/// What ended, where it ended by a fault.
const JUDGING: &str = "the judging of the record at another moment";

/// How many evaluations are worked out or read at once.
const MOST_AT_ONCE: usize = 2;

/// How many evaluations are kept.
const MOST_KEPT: usize = 4;

/// How many events the logs of kept evaluations have together at most, but that the last is kept whatever its size.
const MOST_KEPT_EVENTS: usize = 2_000_000;

/// How long an evaluation is kept that nobody reads.
const KEPT: Duration = Duration::from_secs(60);

/// How long the log is kept that nobody asks for.
const LOG_KEPT: Duration = Duration::from_secs(600);

/// How long a turn is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which moment is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Events that happened later do not count.
    pub as_of: Instant,
    /// Events recorded later do not count.
    pub known_by: Option<Instant>,
}

/// A page of what stood then.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The duties, as a store would give them.
    pub duties: Vec<DutyEntry>,
    /// Up to which append number the log was judged.
    pub seq: i64,
}

#[derive(Default)]
struct Held {
    log: Arc<LogBuilder>,
    seq: i64,
    /// When it was last asked for, while something waits to give it up.
    asked: Option<std::time::Instant>,
}

type Ordered<'l> = (Evaluation<'l>, Vec<DutyRef>);

self_cell!(
    /// An evaluation, and its duties in their order.
    struct Judged {
        owner: (Arc<Program>, Arc<LogBuilder>),
        #[not_covariant]
        dependent: Ordered,
    }
);

/// What tells an evaluation from another.
#[derive(Clone, PartialEq, Eq)]
struct Key {
    query: HistoryQuery,
    seq: i64,
    fingerprint: String,
}

/// An evaluation that is kept, or is being worked out for all who ask for it.
struct Kept {
    key: Key,
    log: Arc<LogBuilder>,
    judged: Arc<OnceCell<Arc<Judged>>>,
    read: std::time::Instant,
}

/// The log of a store in memory, read as far as it was asked for and given up where nobody asks any more, and the last
/// evaluations of it.
pub struct History {
    store: Arc<dyn Store>,
    programs: Arc<Programs>,
    held: Arc<tokio::sync::Mutex<Held>>,
    /// The one read last stands last.
    kept: Arc<Mutex<Vec<Kept>>>,
    turns: Arc<Semaphore>,
    /// One of those turns at most is for trying other rules.
    trials: Arc<Semaphore>,
}

impl History {
    /// One that has read nothing yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self::with(store, Arc::default())
    }

    /// One that judges by the versions in force that others ask for too.
    #[must_use]
    pub fn with(store: Arc<dyn Store>, programs: Arc<Programs>) -> Self {
        let turns = |most: usize| Arc::new(Semaphore::new(most));
        Self {
            store,
            programs,
            held: Arc::default(),
            kept: Arc::default(),
            turns: turns(MOST_AT_ONCE),
            trials: turns(MOST_AT_ONCE - 1),
        }
    }

    /// Reads the evaluation of the log under a cut, by the policies in force.
    ///
    /// # Errors
    /// The store does not answer, the log cannot be judged, or too many others ask.
    pub async fn read<R: Send + 'static>(
        &self,
        query: HistoryQuery,
        read: impl FnOnce(&Evaluation<'_>) -> R + Send + 'static,
    ) -> Result<R, AppError> {
        let judge = self.programs.latest(&*self.store).await?;
        self.judge(judge.program, query.cut(), read).await
    }

    /// The duties asked for, as a store would give them. Where the evaluation of the page before is still kept, named
    /// by its `seq`, they come from that; else from the log as it is now.
    ///
    /// # Errors
    /// The store does not answer, the log cannot be judged, or too many others ask.
    pub async fn duties(
        &self,
        query: HistoryQuery,
        seq: Option<i64>,
        ask: DutyQuery,
    ) -> Result<HistoryPage, AppError> {
        let (judged, seq) = match seq.and_then(|seq| Some((self.find(query, seq)?, seq))) {
            Some(kept) => kept,
            None => self.judged(query).await?,
        };
        let turn = turn(&self.turns).await?;
        let duties = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            judged.with_dependent(|_, (evaluation, duties)| page(evaluation, duties, &ask))
        });
        Ok(HistoryPage { duties: duties.await.map_err(|_| AppError::Fault(JUDGING))?, seq })
    }

    /// Reads the evaluation of the log by a program.
    ///
    /// # Errors
    /// The store does not answer, the log cannot be judged, or too many others ask.
    pub async fn judge<R: Send + 'static>(
        &self,
        program: Arc<Program>,
        cut: Cut,
        read: impl FnOnce(&Evaluation<'_>) -> R + Send + 'static,
    ) -> Result<R, AppError> {
        self.judge_with(program, cut, |evaluation, _| read(evaluation)).await
    }

    /// As [`Self::judge`], where the log is read beside its evaluation.
    ///
    /// # Errors
    /// The store does not answer, the log cannot be judged, or too many others ask.
    pub(crate) async fn judge_with<R: Send + 'static>(
        &self,
        program: Arc<Program>,
        cut: Cut,
        read: impl FnOnce(&Evaluation<'_>, &Log) -> R + Send + 'static,
    ) -> Result<R, AppError> {
        let turn = turn(&self.turns).await?;
        let (log, _) = self.log().await?;
        let span = tracing::info_span!("judge history");
        let judged = tokio::task::spawn_blocking(move || {
            let (_turn, _within) = (turn, span.entered());
            Ok(read(&evaluate(&program, log.log(), &cut)?, log.log()))
        });
        judged.await.map_err(|_| AppError::Fault(JUDGING))?
    }

    /// The turn to try other rules, before one to judge: they may take long, and whoever asks what stood then does not wait for
    /// them.
    pub(crate) async fn trial(&self) -> Result<OwnedSemaphorePermit, AppError> {
        turn(&self.trials).await
    }

    /// The evaluation of the log as it is now. It is worked out to its end and kept even where the one who asked has
    /// gone meanwhile: who asks again will have it.
    async fn judged(&self, query: HistoryQuery) -> Result<(Arc<Judged>, i64), AppError> {
        let Judge { program, fingerprint } = self.programs.latest(&*self.store).await?;
        let (log, seq) = self.log().await?;
        let key = Key { query, seq, fingerprint };
        let judged = self.place(key, &log);
        let turns = Arc::clone(&self.turns);
        let working = async move {
            let work = || worked_out(&turns, program, log, query.cut());
            judged.get_or_try_init(work).await.cloned()
        };
        let working = tokio::spawn(working.in_current_span());
        Ok((working.await.map_err(|_| AppError::Fault(JUDGING))??, seq))
    }

    /// The log as far as it goes now, and how far that is.
    async fn log(&self) -> Result<(Arc<LogBuilder>, i64), AppError> {
        let mut held = timeout(PATIENCE, self.held.lock()).await.map_err(|_| AppError::Busy)?;
        if held.asked.replace(std::time::Instant::now()).is_none() {
            tokio::spawn(give_up(Arc::downgrade(&self.held)));
        }
        let mut entries = self.store.entries_after(held.seq, CHUNK).await?;
        if !entries.is_empty() && Arc::get_mut(&mut held.log).is_none() {
            // Somebody reads it as it was, so it is read anew beside it; of those before it none is kept.
            self.kept().retain(|kept| Arc::ptr_eq(&kept.log, &held.log));
            (held.log, held.seq) = (Arc::default(), 0);
            entries = self.store.entries_after(0, CHUNK).await?;
        }
        while let Some(seq) = entries.last().map(|last| last.seq) {
            let log = Arc::get_mut(&mut held.log).ok_or(AppError::Fault(JUDGING))?;
            each(&entries, |event| log.push(event))?;
            held.seq = seq;
            entries = self.store.entries_after(seq, CHUNK).await?;
        }
        Ok((Arc::clone(&held.log), held.seq))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Vec<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The evaluation of a reading that is still kept.
    fn find(&self, query: HistoryQuery, seq: i64) -> Option<Arc<Judged>> {
        found(&mut self.kept(), |key| key.query == query && key.seq == seq)?.get().cloned()
    }

    /// The place of an evaluation among those that are kept: until nobody reads it for a while, or others need it.
    fn place(&self, key: Key, log: &Arc<LogBuilder>) -> Arc<OnceCell<Arc<Judged>>> {
        let mut kept = self.kept();
        if let Some(judged) = found(&mut kept, |other| *other == key) {
            return judged;
        }
        let judged = Arc::default();
        let read = std::time::Instant::now();
        kept.push(Kept { key, log: Arc::clone(log), judged: Arc::clone(&judged), read });
        let events = |kept: &[Kept]| kept.iter().map(|kept| kept.log.len()).sum::<usize>();
        while kept.len() > MOST_KEPT || kept.len() > 1 && events(&kept) > MOST_KEPT_EVENTS {
            kept.remove(0);
        }
        tokio::spawn(forget(Arc::downgrade(&self.kept)));
        judged
    }
}

/// An evaluation among those that are kept; it is now the one read last.
fn found(kept: &mut Vec<Kept>, is_it: impl Fn(&Key) -> bool) -> Option<Arc<OnceCell<Arc<Judged>>>> {
    let place = kept.iter().position(|kept| is_it(&kept.key))?;
    let mut found = kept.remove(place);
    found.read = std::time::Instant::now();
    let judged = Arc::clone(&found.judged);
    kept.push(found);
    Some(judged)
}

/// Gives up what nobody has read for a while, until nothing is kept.
async fn forget(kept: Weak<Mutex<Vec<Kept>>>) {
    loop {
        tokio::time::sleep(KEPT).await;
        let Some(kept) = kept.upgrade() else { return };
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|kept| kept.read.elapsed() < KEPT);
        if kept.is_empty() {
            return;
        }
    }
}

/// Gives up the log that nobody has asked for for a while.
async fn give_up(held: Weak<tokio::sync::Mutex<Held>>) {
    loop {
        tokio::time::sleep(LOG_KEPT).await;
        let Some(held) = held.upgrade() else { return };
        let mut held = held.lock().await;
        if held.asked.is_none_or(|asked| asked.elapsed() >= LOG_KEPT) {
            *held = Held::default();
            return;
        }
    }
}

impl HistoryQuery {
    fn cut(self) -> Cut {
        Cut { as_of: Some(self.as_of), known_by: self.known_by, ignore_in_force: false }
    }
}

/// A turn to judge or to read; there are few, for each takes a processor.
async fn turn(turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, AppError> {
    let turn = timeout(PATIENCE, Arc::clone(turns).acquire_owned()).await.map_err(|_| AppError::Busy)?;
    turn.map_err(|_| AppError::Stopped)
}

async fn worked_out(
    turns: &Arc<Semaphore>,
    program: Arc<Program>,
    log: Arc<LogBuilder>,
    cut: Cut,
) -> Result<Arc<Judged>, AppError> {
    let turn = turn(turns).await?;
    let span = tracing::info_span!("judge history");
    let work = tokio::task::spawn_blocking(move || {
        let (_turn, _within) = (turn, span.entered());
        Judged::try_new((program, log), |(program, log)| {
            let evaluation = evaluate(program, log.log(), &cut)?;
            let duties = evaluation.duties();
            Ok((evaluation, duties))
        })
    });
    work.await.map_err(|_| AppError::Fault(JUDGING))?.map(Arc::new)
}

/// The duties asked for, of all in their order.
fn page(evaluation: &Evaluation<'_>, duties: &[DutyRef], ask: &DutyQuery) -> Vec<DutyEntry> {
    let of_key = |duty: DutyRef| ask.key.as_ref().is_none_or(|key| evaluation.key(duty) == key);
    let of_rule = |duty: DutyRef| ask.rule.as_deref().is_none_or(|rule| rule_of(evaluation, duty) == rule);
    let in_state = |duty: DutyRef| {
        ask.states.is_empty() || ask.states.iter().any(|state| state == evaluation.state_of(duty).word())
    };
    let start = ask
        .after
        .as_ref()
        .map_or(0, |after| duties.partition_point(|&duty| !is_after(evaluation, duty, after)));
    let asked = duties[start..].iter().copied();
    let asked = asked.filter(|&duty| of_key(duty) && of_rule(duty) && in_state(duty)).take(ask.most);
    let stands = |duty| DutyEntry { wakes_at: None, ..standing::stands(evaluation, duty) };
    asked.map(stands).collect()
}

fn rule_of<'e>(evaluation: &'e Evaluation<'_>, duty: DutyRef) -> &'e str {
    evaluation.rule(duty).map_or("", |rule| rule.name.as_str())
}

/// Whether a duty comes after a place in the order of duties.
fn is_after(evaluation: &Evaluation<'_>, duty: DutyRef, place: &Cursor) -> bool {
    let this = (rule_of(evaluation, duty), evaluation.key(duty), evaluation.due(duty));
    this.cmp(&(&place.rule, &place.key, place.due)).then_with(|| evaluation.id(duty).cmp(&place.id)).is_gt()
}
