//! Judges plain groups from the last event back to the first: each trigger meets the response that closes it, which comes next
//! after it, and whether an event is a trigger or a response need not be foreseen. Where groups are judged so, a node is its row.

use super::effective::{NO_NODE, Node};
use super::plan::{self, Actions, Pass};
use super::respond;
use super::state::{Duty, Outcome};
use super::view::View;
use crate::log::{Kind, Text};
use crate::time::Instant;

/// The groups of a pass that are judged so. Keys are taken from the last to the first, and their events too.
pub(crate) struct Backward<'v> {
    actions: &'v Actions,
    kind: &'v [Kind],
    at: &'v [Instant],
    recorded_at: &'v [Instant],
    /// By place in the pass.
    groups: Vec<Group>,
}

struct Group {
    after_ms: i64,
    /// Every event is written as a duty: its triggers in their order, and those that are none over each other, behind them.
    rows: Vec<Duty>,
    /// The row of the trigger that was met last.
    row: usize,
    /// What was met last of the key and is no response, and what is one.
    met: [Event; 2],
}

#[derive(Clone, Copy)]
struct Event {
    node: Node,
    at: Instant,
    recorded_at: Instant,
}

const NO_EVENT: Event = Event { node: NO_NODE, at: Instant::MIN, recorded_at: Instant::MIN };

impl<'v> Backward<'v> {
    /// Makes room for the duties that events trigger.
    pub(crate) fn new(view: &'v View<'_>, pass: &'v Pass<'_>, nodes: impl Iterator<Item = Node>) -> Self {
        let kind = &*view.effective.kind;
        let mut counts = vec![0; view.kind_count() + 1];
        for node in nodes {
            counts[usize::from(kind[node as usize]).min(view.kind_count())] += 1;
        }
        let actions = pass.backward();
        let group = |(place, group): (usize, &plan::GroupPlan<'_>)| {
            let is_trigger = |action: &plan::Action| {
                usize::from(action.group) == place && action.plain & plan::TRIGGER != 0
            };
            let kinds =
                (0..view.kind_count()).filter(|&kind| actions.of(kind as Kind).iter().any(is_trigger));
            Group::new(group.after_ms.unwrap_or_default(), kinds.map(|kind| counts[kind]).sum())
        };
        Self {
            actions,
            kind,
            at: &view.effective.at,
            recorded_at: view.log.recorded_at_column(),
            groups: pass.groups.iter().enumerate().map(group).collect(),
        }
    }

    /// Takes the events of a key, from the last to the first.
    pub(crate) fn take(&mut self, key: Text, nodes: impl Iterator<Item = Node>) {
        self.groups.iter_mut().for_each(|group| group.met = [NO_EVENT; 2]);
        for node in nodes {
            let row = node as usize;
            let event = Event { node, at: self.at[row], recorded_at: self.recorded_at[row] };
            for action in self.actions.of(self.kind[row]) {
                let group = &mut self.groups[usize::from(action.group)];
                group.note_trigger(action.plain & plan::TRIGGER != 0, key, event);
                group.met[usize::from(action.plain & plan::EXPECT != 0)] = event;
            }
        }
    }

    pub(crate) fn finish(self, out: &mut Outcome) {
        for (group, duties) in self.groups.into_iter().zip(&mut out.duties) {
            let mut rows = group.rows;
            rows.pop();
            rows.drain(..group.row);
            match duties.rows.is_empty() {
                true => duties.rows = rows,
                false => duties.rows.extend(rows),
            }
        }
    }
}

impl Group {
    fn new(after_ms: i64, triggers: usize) -> Self {
        let rows = vec![Duty::new(Text::EMPTY, NO_NODE, 0); triggers + 1];
        Self { after_ms, rows, row: triggers, met: [NO_EVENT; 2] }
    }

    #[inline]
    fn note_trigger(&mut self, is_trigger: bool, key: Text, event: Event) {
        let [_, response] = self.met;
        let mut duty = Duty::new(key, event.node, 0);
        if response.node != NO_NODE {
            let due_ms = event.at.ms() + self.after_ms;
            respond::close(
                &mut duty,
                response.node,
                response.at.ms() > due_ms,
                response.recorded_at.ms() > due_ms,
            );
        }
        self.row -= usize::from(is_trigger);
        let behind = self.rows.len() - 1;
        self.rows[if is_trigger { self.row } else { behind }] = duty;
    }
}
