//! What is kept of duties: which of them changed, and how they stand now.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher as _};
use std::sync::Arc;

use engine::duty::{DutyRow, State};
use engine::evaluate::{DutyRef, Evaluation, MovedDuties, Renumbering, Running};
use engine::time::Instant;
use store::{BrokenGlass, Climb, DutyEntry, HandedOver};

use crate::error::AppError;
use crate::glass::{self, LookFacts};
use crate::raise::{self, Raise};

/// A duty that may change though nothing about it is recorded.
struct Watched {
    duty: DutyRef,
    wakes: Option<Instant>,
    kept: Kept,
}

/// How a duty is kept, in short: two that are alike read the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Those who owe it, while it is open.
    holders: u64,
    /// All else.
    rest: u64,
}

/// What is to be written of a duty.
pub(crate) enum Write {
    /// Nothing: it stands as it is kept, or was handed over.
    Nothing,
    /// All of it.
    All(DutyEntry),
    /// It is not known how it is kept.
    Unknown(DutyEntry),
}

/// A duty as it stands.
pub(crate) struct Stands {
    pub(crate) row: DutyRow,
    place: Place,
    /// When it reads otherwise though nothing is recorded.
    pub(crate) wakes: Option<Instant>,
    /// As what it is to be kept.
    stands: Kept,
    /// How it was kept before; none where that is not known.
    kept: Option<Kept>,
}

/// The duties that a node watches: those that are open, or whose ladder is.
#[derive(Default)]
pub(crate) struct Watching {
    /// By id.
    duties: HashMap<Arc<str>, Watched>,
    wakes: BTreeSet<(Instant, Arc<str>)>,
    /// Those with a step that is to be raised.
    unraised: BTreeSet<Arc<str>>,
}

/// What may have changed of duties.
#[derive(Default)]
pub(crate) struct Changed {
    /// Whether all that is kept is to be forgotten and written anew; then the rest says nothing.
    pub(crate) all: bool,
    /// By id.
    pub(crate) put: BTreeMap<String, Stands>,
    pub(crate) gone: BTreeSet<String>,
}

impl Changed {
    /// A duty's row as it was looked at, or else as it is.
    fn row(&self, evaluation: &Evaluation<'_>, id: &str, duty: DutyRef) -> Cow<'_, DutyRow> {
        match self.put.get(id) {
            Some(stands) => Cow::Borrowed(&stands.row),
            None => Cow::Owned(evaluation.row(duty)),
        }
    }
}

impl Watching {
    /// When the first of them changes.
    pub(crate) fn wakes(&self) -> Option<Instant> {
        self.wakes.first().map(|&(at, _)| at)
    }

    /// Whether some have a step that is to be raised.
    pub(crate) fn has_unraised(&self) -> bool {
        !self.unraised.is_empty()
    }

    /// The steps that are to be raised. One that was raised before, and does not show it since a correction moved it, is
    /// not raised again.
    pub(crate) fn raises(
        &mut self,
        running: &mut Running<'_>,
        changed: &Changed,
    ) -> Result<Vec<Raise>, AppError> {
        let unraised = std::mem::take(&mut self.unraised);
        let mut raises: Vec<Raise> = running.read_duties(|evaluation| {
            let raise = |id: &Arc<str>| {
                let (duty, as_of) = (self.duties.get(id)?.duty, evaluation.as_of()?);
                let row = changed.row(evaluation, id, duty);
                let step = raise::step(&row, Some(as_of))?;
                Some(Raise::new(evaluation, duty, &row, step, as_of))
            };
            unraised.iter().filter_map(raise).collect()
        })?;
        raises.retain(|raise| running.log().row_of(&raise.event.id).is_none());
        Ok(raises)
    }

    /// What is told of people who let themselves in, and whom, once what they started is taken over.
    pub(crate) fn looks_of_glass(
        &self,
        running: &mut Running<'_>,
        changed: &Changed,
        glasses: &[BrokenGlass],
    ) -> Result<BTreeMap<String, Vec<LookFacts>>, AppError> {
        let mut looks: BTreeMap<String, Vec<LookFacts>> = BTreeMap::new();
        if glasses.is_empty() {
            return Ok(looks);
        }
        let ids: Vec<&str> = match changed.all {
            true => self.duties.keys().map(|id| &**id).collect(),
            false => changed.put.keys().map(String::as_str).collect(),
        };
        running.read_duties(|evaluation| {
            for (id, watched) in ids.into_iter().filter_map(|id| Some((id, self.duties.get(id)?))) {
                let row = changed.row(evaluation, id, watched.duty);
                if let Some((facts, to)) = glass::told(evaluation, watched.duty, &row, glasses) {
                    to.into_iter().for_each(|one| looks.entry(one).or_default().push(facts.clone()));
                }
            }
        })?;
        Ok(looks)
    }

    /// Takes over by when steps are to be answered, now that they are raised.
    pub(crate) fn answer_by(
        &self,
        running: &mut Running<'_>,
        changed: &Changed,
        raised: &mut [Raise],
    ) -> Result<(), AppError> {
        Ok(running.read_duties(|evaluation| {
            for raise in raised {
                if let Some(watched) = self.duties.get(raise.step.duty.as_str()) {
                    let row = changed.row(evaluation, &raise.step.duty, watched.duty);
                    raise.answer_by(&row);
                }
            }
        })?)
    }

    /// How many duties are open, or have an open ladder.
    pub(crate) fn len(&self) -> usize {
        self.duties.len()
    }

    /// Learns the open duties of an evaluation that is kept already.
    pub(crate) fn learn(&mut self, running: &mut Running<'_>) -> Result<(), AppError> {
        _ = running.moved();
        Ok(running.read_duties(|evaluation| self.learn_from(evaluation))?)
    }

    fn learn_from(&mut self, evaluation: &Evaluation<'_>) {
        *self = Self::default();
        for duty in evaluation.each_duty() {
            if is_live(evaluation.state_of(duty)) {
                self.look(evaluation, duty);
            }
        }
    }

    /// Refers to duties as they are referred to now.
    fn renumber(&mut self, renumbering: &Renumbering) {
        for watched in self.duties.values_mut() {
            watched.duty = renumbering.now(watched.duty).unwrap_or(watched.duty);
        }
    }

    /// Takes over what changed until now.
    pub(crate) fn take(&mut self, running: &mut Running<'_>, changed: &mut Changed) -> Result<(), AppError> {
        let moved = running.moved();
        running.read_duties(|evaluation| {
            let woken = self.woken(evaluation.as_of());
            match moved {
                MovedDuties::All => {
                    self.learn_from(evaluation);
                    *changed = Changed { all: true, ..Changed::default() };
                }
                MovedDuties::Some { moved, gone, renumbering } => {
                    gone.iter().for_each(|id| self.go(id, changed));
                    renumbering.iter().for_each(|renumbering| self.renumber(renumbering));
                    moved.into_iter().for_each(|duty| self.change(evaluation, duty, changed));
                }
            }
            for id in woken {
                let watched = self.duties.get(&id).filter(|_| !changed.put.contains_key(&*id));
                if let Some(duty) = watched.map(|watched| watched.duty) {
                    self.change(evaluation, duty, changed);
                }
            }
        })?;
        Ok(())
    }

    fn woken(&self, as_of: Option<Instant>) -> Vec<Arc<str>> {
        let due = self.wakes.iter().take_while(|(at, _)| Some(*at) <= as_of);
        due.map(|(_, id)| Arc::clone(id)).collect()
    }

    fn go(&mut self, id: &str, changed: &mut Changed) {
        self.forget(id);
        changed.put.remove(id);
        changed.gone.insert(id.to_owned());
    }

    fn change(&mut self, evaluation: &Evaluation<'_>, duty: DutyRef, changed: &mut Changed) {
        let mut stands = self.look(evaluation, duty);
        if changed.all {
            return;
        }
        changed.gone.remove(&stands.row.id);
        if let Some(before) = changed.put.remove(&stands.row.id) {
            stands.kept = before.kept;
        }
        changed.put.insert(stands.row.id.clone(), stands);
    }

    /// Looks at a duty, and watches it if it may change.
    fn look(&mut self, evaluation: &Evaluation<'_>, duty: DutyRef) -> Stands {
        let mut row = evaluation.row(duty);
        let wakes = evaluation.wakes(duty, &row);
        let place = Place::of(evaluation, duty);
        let stands = in_short(&mut row, &place, wakes);
        let kept = self.forget(&row.id);
        if is_live(row.state) || wakes.is_some() {
            let id: Arc<str> = row.id.as_str().into();
            self.wakes.extend(wakes.map(|at| (at, Arc::clone(&id))));
            if raise::step(&row, evaluation.as_of()).is_some() {
                self.unraised.insert(Arc::clone(&id));
            }
            self.duties.insert(id, Watched { duty, wakes, kept: stands });
        }
        Stands { row, place, wakes, stands, kept }
    }

    /// Watches a duty no more; says how it is kept.
    fn forget(&mut self, id: &str) -> Option<Kept> {
        let (id, watched) = self.duties.remove_entry(id)?;
        self.unraised.remove(&id);
        if let Some(at) = watched.wakes {
            self.wakes.remove(&(at, id));
        }
        Some(watched.kept)
    }
}

impl Stands {
    /// Who owes it now, where all else is as it is kept.
    pub(crate) fn handed_over(&self) -> Option<HandedOver> {
        let is_handed_over =
            |kept: &Kept| kept.rest == self.stands.rest && kept.holders != self.stands.holders;
        self.kept.filter(is_handed_over)?;
        Some(HandedOver { id: self.row.id.clone(), holders: holders(&self.row).to_vec() })
    }

    /// What else is to be written, so that it is kept as it stands.
    pub(crate) fn write(&self) -> Write {
        match self.kept {
            None => Write::Unknown(self.entry()),
            Some(kept) if kept.rest == self.stands.rest => Write::Nothing,
            Some(_) => Write::All(self.entry()),
        }
    }

    fn entry(&self) -> DutyEntry {
        entry(&self.row, &self.place, self.wakes)
    }
}

/// Every duty of an evaluation, by id: what is written in this order is soonest written.
pub(crate) fn all(running: &mut Running<'_>) -> Result<Vec<DutyRef>, AppError> {
    Ok(running.read_duties(|evaluation| evaluation.duties_by_id())?)
}

/// How duties stand.
pub(crate) fn entries(running: &mut Running<'_>, duties: &[DutyRef]) -> Result<Vec<DutyEntry>, AppError> {
    Ok(running.read_duties(|evaluation| duties.iter().map(|&duty| stands(evaluation, duty)).collect())?)
}

/// How a duty stands.
pub(crate) fn stands(evaluation: &Evaluation<'_>, duty: DutyRef) -> DutyEntry {
    let row = evaluation.row(duty);
    entry(&row, &Place::of(evaluation, duty), evaluation.wakes(duty, &row))
}

/// Whether a duty's row may come to read otherwise by what the registers say, or by time.
fn is_live(state: State) -> bool {
    state.is_open() || matches!(state, State::Undecided | State::Breached)
}

/// Where a duty belongs: what decides who may see it, besides its row.
#[derive(Hash)]
struct Place {
    /// The stream of what started it.
    stream: String,
    /// The agency that owes it, where no role or officer does.
    agency: Option<String>,
}

impl Place {
    fn of(evaluation: &Evaluation<'_>, duty: DutyRef) -> Self {
        let agency = evaluation.owning_agency(duty).map(str::to_owned);
        Self { stream: evaluation.stream(duty).to_owned(), agency }
    }
}

fn entry(row: &DutyRow, place: &Place, wakes_at: Option<Instant>) -> DutyEntry {
    DutyEntry {
        id: row.id.clone(),
        rule: row.duty.clone(),
        key: row.key.clone(),
        due: row.due,
        state: row.state.word().to_owned(),
        wakes_at,
        holders: holders(row).to_vec(),
        stream: place.stream.clone(),
        agency: place.agency.clone(),
        climb: climb(row),
        row: serde_json::to_string(row).unwrap_or_default(),
    }
}

/// Who holds a duty while it is open.
fn holders(row: &DutyRow) -> &[String] {
    row.holders.as_deref().filter(|_| row.state.is_open()).unwrap_or_default()
}

/// How high a duty's ladder stands while it is open.
fn climb(row: &DutyRow) -> Option<Climb> {
    let (last, before) = row.ladder.split_last().filter(|_| row.has_open_ladder())?;
    let lapsed = before.iter().filter(|step| step.decision.is_none()).count();
    Some(Climb {
        step: last.step as u32,
        to: last.to.clone(),
        opens: last.opens,
        due: last.due,
        lapsed: lapsed as u32,
        is_answered: last.answered.is_some(),
        called: called(row).into_iter().cloned().collect(),
        asked: asked(row).into_iter().cloned().collect(),
    })
}

/// The people whom a ladder reached while it is open.
fn called(row: &DutyRow) -> BTreeSet<&String> {
    let steps = row.ladder.iter().filter(|_| row.has_open_ladder());
    steps.flat_map(|step| step.holders.iter().flat_map(|holders| holders.iter())).collect()
}

/// Those of them who hold its highest step.
fn asked(row: &DutyRow) -> BTreeSet<&String> {
    let last = row.ladder.last().filter(|_| row.has_open_ladder());
    last.into_iter().flat_map(|step| step.holders.iter().flat_map(|holders| holders.iter())).collect()
}

/// The row is given back as it was.
fn in_short(row: &mut DutyRow, place: &Place, wakes: Option<Instant>) -> Kept {
    let holders = row.holders.take_if(|_| row.state.is_open());
    let kept = Kept { holders: hash(&holders), rest: hash(&(&*row, holders.is_some(), place, wakes)) };
    if holders.is_some() {
        row.holders = holders;
    }
    kept
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}
