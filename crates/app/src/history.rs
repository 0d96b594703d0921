//! What should have been done by then, with what was known by then: the log judged anew under a cut.

use std::sync::Arc;

use engine::evaluate::{Cut, DutyRef, Evaluation, evaluate};
use engine::log::LogBuilder;
use engine::program::Program;
use engine::time::Instant;
use store::{Cursor, DutyEntry, DutyQuery, Store};
use tokio::sync::Mutex;

use crate::error::AppError;
use crate::node::each;
use crate::standing;
use crate::versions::Judge;

/// How many entries are read at once.
const CHUNK: usize = 1_000;

/// Which moment is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryQuery {
    /// Events that happened later do not count.
    pub as_of: Instant,
    /// Events recorded later do not count.
    pub known_by: Option<Instant>,
}

#[derive(Default)]
struct Held {
    log: LogBuilder,
    seq: i64,
}

/// The log of a store in memory, read as far as it was asked for.
pub struct History {
    store: Arc<dyn Store>,
    held: Arc<Mutex<Held>>,
}

impl History {
    /// One that has read nothing yet.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, held: Arc::default() }
    }

    /// Reads the evaluation of the log under a cut, by the policies in force.
    ///
    /// # Errors
    /// The store does not answer, or the log cannot be judged.
    pub async fn read<R: Send + 'static>(
        &self,
        query: HistoryQuery,
        read: impl FnOnce(&Evaluation<'_>) -> R + Send + 'static,
    ) -> Result<R, AppError> {
        let judge = Judge::of(&self.store.policies().await?)?;
        let cut = Cut { as_of: Some(query.as_of), known_by: query.known_by, ignore_in_force: false };
        self.judge(judge.program, cut, read).await
    }

    /// The duties asked for, as a store would give them.
    ///
    /// # Errors
    /// The store does not answer, or the log cannot be judged.
    pub async fn duties(&self, query: HistoryQuery, ask: DutyQuery) -> Result<Vec<DutyEntry>, AppError> {
        self.read(query, move |evaluation| {
            let of_key = |duty: &DutyRef| ask.key.as_ref().is_none_or(|key| evaluation.key(*duty) == key);
            let of_rule = |duty: &DutyRef| {
                let name = evaluation.rule(*duty).map(|rule| rule.name.as_str());
                ask.rule.as_deref().is_none_or(|rule| name == Some(rule))
            };
            let in_state = |duty: &DutyRef| {
                ask.states.is_empty()
                    || ask.states.iter().any(|state| state == evaluation.state_of(*duty).word())
            };
            let duties = evaluation.duties().into_iter().filter(of_key).filter(of_rule).filter(in_state);
            let rows = duties.map(|duty| standing::entry(&evaluation.row(duty), None));
            rows.skip_while(|entry| ask.after.as_ref().is_some_and(|after| !is_after(entry, after)))
                .take(ask.most)
                .collect()
        })
        .await
    }

    /// Reads the evaluation of the log by a program.
    ///
    /// # Errors
    /// The store does not answer, or the log cannot be judged.
    pub async fn judge<R: Send + 'static>(
        &self,
        program: Arc<Program>,
        cut: Cut,
        read: impl FnOnce(&Evaluation<'_>) -> R + Send + 'static,
    ) -> Result<R, AppError> {
        let mut held = Arc::clone(&self.held).lock_owned().await;
        loop {
            let entries = self.store.entries_after(held.seq, CHUNK).await?;
            let Some(last) = entries.last() else { break };
            let seq = last.seq;
            each(&entries, |event| held.log.push(event))?;
            held.seq = seq;
        }
        let span = tracing::info_span!("judge history");
        let judged = tokio::task::spawn_blocking(move || {
            let _within = span.entered();
            let evaluation = evaluate(&program, held.log.log(), &cut)?;
            Ok(read(&evaluation))
        });
        judged.await.map_err(|_| AppError::Stopped)?
    }
}

/// Whether a duty comes after a place in the order of duties.
fn is_after(entry: &DutyEntry, place: &Cursor) -> bool {
    (&entry.rule, &entry.key, entry.due, &entry.id) > (&place.rule, &place.key, place.due, &place.id)
}
