//! What is kept of duties: which of them changed, and how they stand now.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use engine::duty::{DutyRow, State};
use engine::evaluate::{DutyRef, Evaluation, MovedDuties, Running};
use engine::time::Instant;
use store::DutyEntry;

use crate::error::AppError;
use crate::raise::{self, Raise};

/// A duty that may change though nothing about it is recorded.
struct Watched {
    duty: DutyRef,
    /// Of its row as it is kept.
    hash: u64,
    wakes: Option<Instant>,
}

/// The duties that a node watches: those that are open, or whose ladder is.
#[derive(Default)]
pub(crate) struct Watching {
    duties: HashMap<String, Watched>,
    wakes: BTreeSet<(Instant, String)>,
}

/// What is to be written of duties.
#[derive(Default)]
pub(crate) struct Changed {
    /// Whether what is kept is to be forgotten first.
    pub(crate) all: bool,
    pub(crate) put: BTreeMap<String, DutyEntry>,
    pub(crate) gone: BTreeSet<String>,
}

impl Watching {
    /// When the first of them changes.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        self.wakes.first().map(|&(at, _)| at)
    }

    /// How many duties are open, or have an open ladder.
    pub(crate) fn len(&self) -> usize {
        self.duties.len()
    }

    /// Learns the open duties of an evaluation that is kept already.
    pub(crate) fn learn(&mut self, running: &mut Running<'_>) -> Result<(), AppError> {
        _ = running.moved();
        *self = Self::default();
        running.read(|evaluation| {
            for duty in evaluation.duties() {
                if is_live(evaluation.state_of(duty)) {
                    self.look(evaluation, duty);
                }
            }
        })?;
        Ok(())
    }

    /// Takes over what changed until now; says which steps of ladders are to be raised.
    pub(crate) fn take(
        &mut self,
        running: &mut Running<'_>,
        changed: &mut Changed,
    ) -> Result<Vec<Raise>, AppError> {
        let moved = running.moved();
        let raises = running.read(|evaluation| {
            let mut raises = Vec::new();
            let first = match moved {
                MovedDuties::All => {
                    *self = Self::default();
                    *changed = Changed { all: true, ..Changed::default() };
                    evaluation.duties()
                }
                MovedDuties::Some { moved, gone } => {
                    for id in gone {
                        self.forget(&id);
                        changed.put.remove(&id);
                        changed.gone.insert(id);
                    }
                    moved
                }
            };
            for duty in first {
                self.change(evaluation, duty, changed, &mut raises);
            }
            for duty in self.woken(evaluation.as_of()) {
                self.change(evaluation, duty, changed, &mut raises);
            }
            raises
        })?;
        Ok(raises)
    }

    fn woken(&self, as_of: Option<Instant>) -> Vec<DutyRef> {
        let due = self.wakes.iter().take_while(|(at, _)| Some(*at) <= as_of);
        due.filter_map(|(_, id)| self.duties.get(id)).map(|watched| watched.duty).collect()
    }

    fn change(
        &mut self,
        evaluation: &Evaluation<'_>,
        duty: DutyRef,
        changed: &mut Changed,
        raises: &mut Vec<Raise>,
    ) {
        let (row, entry, is_other) = self.look(evaluation, duty);
        if let (Some(step), Some(as_of)) = (raise::step(&row, evaluation.as_of()), evaluation.as_of()) {
            raises.push(Raise::new(evaluation, duty, &row, step, as_of));
        }
        if is_other || changed.put.contains_key(&entry.id) {
            changed.gone.remove(&entry.id);
            changed.put.insert(entry.id.clone(), entry);
        }
    }

    /// Looks at a duty, and watches it if it may change; says whether it reads otherwise than it did.
    fn look(&mut self, evaluation: &Evaluation<'_>, duty: DutyRef) -> (DutyRow, DutyEntry, bool) {
        let row = evaluation.row(duty);
        let wakes = evaluation.wakes(duty, &row);
        let entry = entry(&row, wakes);
        let hash = hash(&entry);
        let before = self.forget(&entry.id);
        if is_live(row.state) || wakes.is_some() {
            self.duties.insert(entry.id.clone(), Watched { duty, hash, wakes });
            self.wakes.extend(wakes.map(|at| (at, entry.id.clone())));
        }
        (row, entry, before != Some(hash))
    }

    fn forget(&mut self, id: &str) -> Option<u64> {
        let watched = self.duties.remove(id)?;
        if let Some(at) = watched.wakes {
            self.wakes.remove(&(at, id.to_owned()));
        }
        Some(watched.hash)
    }
}

/// Whether a duty's row may come to read otherwise by what the registers say, or by time.
fn is_live(state: State) -> bool {
    matches!(state, State::Pending | State::Overdue | State::Unrecorded | State::Undecided | State::Breached)
}

/// A duty as it is kept.
pub(crate) fn entry(row: &DutyRow, wakes_at: Option<Instant>) -> DutyEntry {
    let is_open = matches!(row.state, State::Pending | State::Overdue | State::Unrecorded);
    let holders = row.holders.as_deref().filter(|_| is_open).unwrap_or_default();
    DutyEntry {
        id: row.id.clone(),
        rule: row.duty.clone(),
        key: row.key.clone(),
        due: row.due,
        state: row.state.word().to_owned(),
        wakes_at,
        holders: holders.to_vec(),
        row: serde_json::to_string(row).unwrap_or_default(),
    }
}

fn hash(entry: &DutyEntry) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&entry.row, entry.wakes_at).hash(&mut hasher);
    hasher.finish()
}
