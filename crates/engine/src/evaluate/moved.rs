//! Which duties are not what they were: for those who keep their rows elsewhere.

use std::collections::{HashMap, HashSet};

use super::effective::NO_NODE;
use super::rows::DutyRef;
use super::running::MovedDuties;
use super::state::{Duties, Duty};
use super::view::View;
use crate::duty::State;
use crate::log::Text;
use crate::time::Instant;

/// What moved since it was last asked.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    all: bool,
    pub(crate) moved: Vec<DutyRef>,
    pub(crate) gone: Vec<String>,
    /// The earliest entry that any duty's people may come from.
    registered: Option<Instant>,
    /// Stream → the earliest allocation in it.
    allocated: HashMap<Text, Instant>,
}

impl Moved {
    /// Any duty.
    pub(crate) fn all() -> Self {
        Self { all: true, ..Self::default() }
    }

    /// The registers say otherwise from an instant on.
    pub(crate) fn registered(&mut self, at: Instant) {
        self.registered = Some(self.registered.map_or(at, |first| first.min(at)));
    }

    /// The allocations of a stream say otherwise from an instant on.
    pub(crate) fn allocated(&mut self, stream: Text, at: Instant) {
        self.allocated.entry(stream).and_modify(|first| *first = at.min(*first)).or_insert(at);
    }

    /// The duties that are not what they were.
    pub(crate) fn settle(self, view: &View<'_>, groups: &[Duties]) -> MovedDuties {
        if self.all {
            return MovedDuties::All;
        }
        let stands = |duty: &DutyRef| groups[duty.group as usize].rows[duty.row as usize].key != Text::EMPTY;
        let mut moved: HashSet<DutyRef> = self.moved.iter().copied().filter(stands).collect();
        if self.registered.is_some() || !self.allocated.is_empty() {
            moved.extend(self.asked_after(view, groups));
        }
        MovedDuties::Some { moved: moved.into_iter().collect(), gone: self.gone }
    }

    /// The duties whose people are asked for as at the entries or later.
    fn asked_after(&self, view: &View<'_>, groups: &[Duties]) -> Vec<DutyRef> {
        let mut refs = Vec::new();
        for (group, duties) in groups.iter().enumerate() {
            for (row, duty) in duties.standing() {
                let allocated = match self.allocated.is_empty() {
                    true => None,
                    false => self.allocated.get(&view.stream(duty.trigger)).copied(),
                };
                let from = [self.registered, allocated].into_iter().flatten().min();
                if from.is_some_and(|from| asks_after(view, duty, from)) {
                    refs.push(DutyRef { group: group as u32, row });
                }
            }
        }
        refs
    }
}

/// Whether a duty's holders or steps are asked for as at an instant or later. A breach's ladder climbs until it is accepted.
fn asks_after(view: &View<'_>, duty: &Duty, from: Instant) -> bool {
    match duty.state {
        State::Pending | State::Undecided | State::Breached => true,
        _ if duty.closed_by == NO_NODE => view.at(duty.trigger) >= from,
        _ => view.at(duty.closed_by).max(view.at(duty.trigger)) >= from,
    }
}
