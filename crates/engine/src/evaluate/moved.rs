//! Which duties are not what they were: for those who keep their rows elsewhere.

use std::collections::{HashMap, HashSet};

use super::effective::NO_NODE;
use super::rows::DutyRef;
use super::running::MovedDuties;
use super::state::{Duties, NO_ROW};
use super::view::Seen;
use super::{Evaluation, ladder};
use crate::log::Text;
use crate::policy::Owner;
use crate::time::Instant;

/// Stream → the duties whose triggers stand in it; some may have been given up.
pub(crate) type InStream = HashMap<Text, Rows>;

/// Rows of duties; those of one group that follow one another are kept as one run.
#[derive(Debug, Default)]
pub(crate) struct Rows(Vec<Run>);

#[derive(Clone, Copy, Debug)]
struct Run {
    group: u16,
    length: u16,
    first: u32,
}

impl Rows {
    pub(crate) fn push(&mut self, DutyRef { group, row }: DutyRef) {
        match self.0.last_mut() {
            Some(run)
                if u32::from(run.group) == group
                    && run.first + u32::from(run.length) == row
                    && run.length < u16::MAX =>
            {
                run.length += 1;
            }
            // A program has fewer groups than a number of two bytes holds (`program::MOST_RULES`).
            _ => self.0.push(Run { group: group as u16, length: 1, first: row }),
        }
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = DutyRef> {
        let rows = |run: &Run| run.first..run.first + u32::from(run.length);
        self.0.iter().flat_map(move |run| rows(run).map(|row| DutyRef { group: run.group.into(), row }))
    }

    pub(crate) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl FromIterator<DutyRef> for Rows {
    fn from_iter<I: IntoIterator<Item = DutyRef>>(duties: I) -> Self {
        let mut rows = Self::default();
        duties.into_iter().for_each(|duty| rows.push(duty));
        rows.shrink();
        rows
    }
}

/// How duties are referred to, once the rows of those that were given up are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renumbering(Vec<Vec<u32>>);

impl Renumbering {
    /// Leaves out the rows of each group that were given up.
    pub(crate) fn of(duties: &mut [Duties]) -> Self {
        Self(duties.iter_mut().map(Duties::close_ranks).collect())
    }

    /// The row that a row of a group is now, or [`NO_ROW`].
    pub(crate) fn row(&self, group: usize, row: u32) -> u32 {
        self.0[group].get(row as usize).copied().unwrap_or(NO_ROW)
    }

    /// How a duty is referred to now; none if it was given up.
    #[must_use]
    pub fn now(&self, duty: DutyRef) -> Option<DutyRef> {
        let row = self.row(duty.group as usize, duty.row);
        (row != NO_ROW).then_some(DutyRef { row, ..duty })
    }
}

/// Since when the registers say otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since {
    /// As at instants from this one on.
    pub(crate) at: Instant,
    /// How often they had been written with the first entry that says so.
    pub(crate) written: u64,
}

/// What moved since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    all: bool,
    moved: HashSet<DutyRef>,
    pub(crate) gone: Vec<String>,
    /// The earliest entry that any duty's people may come from.
    registered: Option<Since>,
    /// Stream → the earliest allocation in it.
    allocated: HashMap<Text, Since>,
    /// Entities that are one with others than they were.
    renamed: HashSet<Text>,
}

impl Since {
    /// Since either.
    fn or(self, other: Self) -> Self {
        Self { at: self.at.min(other.at), written: self.written.min(other.written) }
    }
}

impl Moved {
    /// Any duty.
    pub(crate) fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// Duties are not what they were.
    pub(crate) fn add(&mut self, duties: impl IntoIterator<Item = DutyRef>) {
        if !self.all {
            self.moved.extend(duties);
        }
    }

    /// Duties are referred to otherwise, each as it was and as it is.
    pub(crate) fn referred(&mut self, same: &[(DutyRef, DutyRef)]) {
        for (was, is) in same {
            if self.moved.contains(was) {
                self.moved.insert(*is);
            }
        }
    }

    /// The registers say otherwise.
    pub(crate) fn registered(&mut self, since: Since) {
        self.registered = Some(self.registered.map_or(since, |first| first.or(since)));
    }

    /// The allocations of a stream say otherwise.
    pub(crate) fn allocated(&mut self, stream: Text, since: Since) {
        self.allocated.entry(stream).and_modify(|first| *first = first.or(since)).or_insert(since);
    }

    /// Entities are one with others than they were.
    pub(crate) fn renamed(&mut self, entities: impl IntoIterator<Item = Text>) {
        self.renamed.extend(entities);
    }

    /// The duties that are not what they were.
    pub(crate) fn settle(self, evaluation: &Evaluation<'_>, in_stream: &InStream) -> MovedDuties {
        if self.all {
            return MovedDuties::All;
        }
        let moved = self.standing(evaluation, in_stream);
        MovedDuties::Some { moved: moved.into_iter().collect(), gone: self.gone, renumbering: None }
    }

    /// The duties that moved since all was judged, and stand.
    fn standing(&self, evaluation: &Evaluation<'_>, in_stream: &InStream) -> HashSet<DutyRef> {
        let stands = |&duty: &DutyRef| evaluation.duty(duty).key != Text::EMPTY;
        let mut moved: HashSet<DutyRef> = self.moved.iter().copied().filter(stands).collect();
        if let Some(since) = self.registered {
            moved.extend(evaluation.each_duty().filter(|&duty| names_others(evaluation, duty, since)));
        }
        for (stream, &since) in &self.allocated {
            let duties = in_stream.get(stream).into_iter().flat_map(Rows::each).filter(stands);
            moved.extend(duties.filter(|&duty| names_others(evaluation, duty, since)));
        }
        if !self.renamed.is_empty() {
            moved.extend(evaluation.each_duty().filter(|&duty| self.is_renamed(evaluation, duty)));
        }
        moved
    }

    /// Whether a duty's key, part or owner has another name, or other names besides.
    fn is_renamed(&self, evaluation: &Evaluation<'_>, duty: DutyRef) -> bool {
        let (view, row) = (&evaluation.view, evaluation.duty(duty));
        let has = |text: Text| self.renamed.contains(&text);
        if has(row.key) || has(evaluation.part(duty)) {
            return true;
        }
        match evaluation.rule(duty).and_then(|rule| rule.owner.as_ref()) {
            Some(Owner::Named(name)) => view.names.find(name).is_some_and(has),
            Some(Owner::Attr(name)) => match view.attr(row.trigger, view.attr_slot(name)) {
                Some(Seen::Text(text)) => has(text),
                Some(Seen::Texts(texts)) => texts.iter().copied().any(has),
                _ => false,
            },
            Some(Owner::Part | Owner::Link(_)) | None => false,
        }
    }
}

/// Whether a duty's row may name others, where the registers say otherwise.
fn names_others(evaluation: &Evaluation<'_>, duty: DutyRef, since: Since) -> bool {
    let (view, row) = (&evaluation.view, evaluation.duty(duty));
    let asked = || {
        let trigger = view.at(row.trigger);
        if row.closed_by == NO_NODE { trigger } else { view.at(row.closed_by).max(trigger) }
    };
    (row.may_name_others() || asked() >= since.at) && ladder::names_others(evaluation, duty, since)
}
