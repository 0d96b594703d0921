//! The audit: duties worked out from the log alone, compared with what is kept of them.

use std::iter::Peekable;
use std::sync::{Arc, Mutex, PoisonError};
use std::vec;

use engine::evaluate::{Cut, evaluate};
use engine::log::LogBuilder;
use engine::program::Program;
use engine::time::Instant;
use rayon::ThreadPoolBuilder;
use store::{Cursor, DutyEntry, DutyQuery, Entry, Snapshot, Store};
use tokio::sync::mpsc;

use crate::error::AppError;
use crate::node::each;
use crate::standing::stands;
use crate::versions::{Judge, beside, no_program};

/// How much is read at once.
const CHUNK: usize = 500;

/// How many rules are judged at once.
const RULES: usize = 20;

/// How far a thread that gives way stands behind others, of `nice`.
#[cfg(target_os = "linux")]
const LAST: i32 = 19;

/// What an audit found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audit {
    /// Up to which append number.
    pub seq: i64,
    /// As of when.
    pub as_of: Option<Instant>,
    /// How many duties the log has.
    pub duties: usize,
    /// The ids of those that are kept otherwise, are missing, or should not be there.
    pub differing: Vec<String>,
    /// How many counts of days, of a state and of all or of an agency, are otherwise than the duties.
    pub miscounted: u64,
}

impl Audit {
    /// Whether all is as the log says.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.differing.is_empty() && self.miscounted == 0
    }
}

/// Audits a store now and then, and keeps what it found last.
pub struct Auditor {
    store: Arc<dyn Store>,
    last: Mutex<Option<Result<Audit, String>>>,
}

impl Auditor {
    /// One that has found nothing yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, last: Mutex::new(None) }
    }

    /// Audits the store, and says whether it was done. Where there was nothing to compare, what it found last stays.
    #[tracing::instrument(name = "audit", skip_all)]
    pub async fn run(&self) -> bool {
        let audited = audit(&*self.store).await.map_err(|error| error.to_string());
        let Some(audited) = audited.transpose() else { return false };
        match &audited {
            Ok(audit) if audit.is_right() => {
                tracing::info!(seq = audit.seq, duties = audit.duties, "the audit found nothing");
            }
            Ok(audit) => {
                tracing::error!(
                    seq = audit.seq,
                    differing = audit.differing.len(),
                    miscounted = audit.miscounted,
                    "the audit found duties that are kept, or counted, otherwise than they are"
                );
            }
            Err(error) => tracing::error!(%error, "the audit could not be done"),
        }
        let is_done = audited.is_ok();
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(audited);
        is_done
    }

    /// What it found last, if it ran.
    #[must_use]
    pub fn last(&self) -> Option<Result<Audit, String>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Reads the log and what is kept of duties as they stand at one moment, and compares them. The duties are judged anew by
/// `evaluate`, not by what is kept of it in memory. None where a version has just come into force and no node has judged by
/// it yet: then there is nothing to compare.
///
/// # Errors
/// The store does not answer, or the log cannot be judged.
pub async fn audit(store: &dyn Store) -> Result<Option<Audit>, AppError> {
    let stored = store.policies().await?;
    let judge = beside(move || Judge::of(&stored)).await?;
    let mut snapshot = store.snapshot().await?;
    let head = snapshot.head().await?;
    if head.program.as_ref() != Some(&judge.fingerprint) {
        return Ok(None);
    }
    // First, as it sorts every duty in memory, which is given back before the log is read.
    let miscounted = snapshot.miscounted().await?;
    let cut = Cut { as_of: head.as_of, ..Cut::default() };
    let (reader, read) = mpsc::channel(1);
    let (sender, receiver) = mpsc::channel(1);
    let judging = tokio::task::spawn_blocking(move || {
        behind(|| say(&judge.program, &cut, Read { entries: read, to: head.seq }, &sender))
    });
    if !send(&mut *snapshot, head.seq, reader).await? {
        judging.await.map_err(|_| AppError::Fault("the audit"))??;
        return Err(AppError::Fault("the audit"));
    }
    let mut said = Said { receiver, chunk: Vec::new().into_iter().peekable() };
    let mut audit = Audit { seq: head.seq, as_of: head.as_of, miscounted, ..Audit::default() };
    let mut query = DutyQuery { most: CHUNK, ..DutyQuery::default() };
    loop {
        let begun = std::time::Instant::now();
        let kept = snapshot.duties(&query).await?;
        let took = begun.elapsed();
        let Some(last) = kept.last() else { break };
        query.after = Some(place(last));
        for duty in &kept {
            let own = fingerprint(duty);
            while let Some(missing) = said.next_if(|other| other.0 < own.0).await {
                audit.differing.push(missing.0.3);
            }
            match said.next_if(|other| other.0 == own.0).await {
                Some(other) if other.1 == own.1 => {}
                _ => audit.differing.push(duty.id.clone()),
            }
        }
        tokio::time::sleep(took).await;
    }
    while let Some(missing) = said.next_if(|_| true).await {
        audit.differing.push(missing.0.3);
    }
    audit.duties = judging.await.map_err(|_| AppError::Fault("the audit"))??;
    Ok(Some(audit))
}

/// Where a duty stands in the order of duties, and a hash of its row.
type Fingerprint = ((String, String, Option<Instant>, String), u64);

fn fingerprint(duty: &DutyEntry) -> Fingerprint {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (&duty.row, duty.wakes_at, &duty.stream, &duty.agency).hash(&mut hasher);
    ((duty.rule.clone(), duty.key.clone(), duty.due, duty.id.clone()), hasher.finish())
}

/// The fingerprints that `evaluate` says, as they come: a long log has too many to hold at once.
struct Said {
    receiver: mpsc::Receiver<Vec<Fingerprint>>,
    chunk: Peekable<vec::IntoIter<Fingerprint>>,
}

impl Said {
    /// The next, if it is so.
    async fn next_if(&mut self, is_it: impl FnOnce(&Fingerprint) -> bool) -> Option<Fingerprint> {
        while self.chunk.peek().is_none() {
            self.chunk = self.receiver.recv().await?.into_iter().peekable();
        }
        self.chunk.next_if(is_it)
    }
}

/// Works on one thread of its own, which stands behind all who record and read.
fn behind<R: Send>(work: impl FnOnce() -> Result<R, AppError> + Send) -> Result<R, AppError> {
    let thread = ThreadPoolBuilder::new().num_threads(1).start_handler(|_| give_way()).build();
    thread.map_err(|_| AppError::Fault("the audit"))?.install(work)
}

/// Lets every other thread work first. A system that refuses lets this one work beside them.
fn give_way() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(LAST);
}

/// The log as it comes.
struct Read {
    entries: mpsc::Receiver<Vec<Entry>>,
    /// Its last append number.
    to: i64,
}

impl Read {
    /// The whole log; none where the rest of it does not come any more.
    fn whole(mut self) -> Result<Option<LogBuilder>, AppError> {
        let (mut log, mut seq) = (LogBuilder::new(), 0);
        while let Some(entries) = self.entries.blocking_recv() {
            each(&entries, |event| log.push(event))?;
            seq = entries.last().map_or(seq, |last| last.seq);
        }
        Ok((seq == self.to).then_some(log))
    }
}

/// Reads the log as it comes, judges it, and sends the fingerprints of its duties while somebody takes them; says how many it
/// has. Rules are judged some after others, so that the duties of all need not be held at once.
fn say(
    program: &Program,
    cut: &Cut,
    read: Read,
    sender: &mpsc::Sender<Vec<Fingerprint>>,
) -> Result<usize, AppError> {
    let Some(log) = read.whole()? else { return Ok(0) };
    let mut count = 0;
    for part in program.part_by_part(RULES) {
        let part = part.map_err(no_program)?;
        let evaluation = evaluate(&part.program, log.log(), cut)?;
        let mut duties = evaluation.duties();
        duties.retain(|&duty| evaluation.rule(duty).is_some_and(|rule| part.is_of(&rule.name)));
        count += duties.len();
        for chunk in duties.chunks(CHUNK) {
            let said = chunk.iter().map(|&duty| fingerprint(&stands(&evaluation, duty))).collect();
            if sender.blocking_send(said).is_err() {
                return Ok(count);
            }
        }
    }
    Ok(count)
}

fn place(duty: &DutyEntry) -> Cursor {
    Cursor { rule: duty.rule.clone(), key: duty.key.clone(), due: duty.due, id: duty.id.clone() }
}

/// Sends the entries of the log while somebody takes them, resting after each part for as long as the database took to read it;
/// says whether somebody took all.
async fn send(
    snapshot: &mut dyn Snapshot,
    to: i64,
    reader: mpsc::Sender<Vec<Entry>>,
) -> Result<bool, AppError> {
    let mut seq = 0;
    while seq < to {
        let begun = std::time::Instant::now();
        let entries = snapshot.entries_after(seq, CHUNK).await?;
        let took = begun.elapsed();
        let last = entries.last().ok_or(AppError::Fault("the audit of a log that ends before its head"))?;
        seq = last.seq;
        if reader.send(entries).await.is_err() {
            return Ok(false);
        }
        tokio::time::sleep(took).await;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_said_goes_on_from_part_to_part() {
        let print = |key: &str| ((String::new(), key.to_owned(), None, String::new()), 0);
        let parts = [vec![print("a"), print("b")], Vec::new(), vec![print("c")]];
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            for part in parts {
                sender.send(part).await.unwrap();
            }
        });
        let mut said = Said { receiver, chunk: Vec::new().into_iter().peekable() };
        for key in ["a", "b", "c"] {
            assert_eq!(said.next_if(|other| other.0.1 != key).await, None);
            assert_eq!(said.next_if(|other| other.0.1 == key).await, Some(print(key)));
        }
        assert_eq!(said.next_if(|_| true).await, None);
    }
}
