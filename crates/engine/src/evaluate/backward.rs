//! Judges plain groups from the last event of each key back to its first: each trigger meets the response that closes it, which
//! comes next after it, and whether an event is a trigger or a response need not be foreseen. Where groups are judged so, a node
//! is its row.

use super::effective::{NO_NODE, Node};
use super::plan::{self, Actions, Pass};
use super::respond;
use super::state::{Duty, Outcome};
use super::view::View;
use crate::log::{Kind, Log, Text};
use crate::time::Instant;

/// The groups of a pass that are judged so. Keys are taken from the last to the first, and their events too.
pub(crate) struct Backward<'v> {
    actions: &'v Actions,
    kind: &'v [Kind],
    at: &'v [Instant],
    log: &'v Log,
    /// By place in the pass; of others that are not judged so, with nothing in them.
    groups: Vec<Group>,
    places: Vec<usize>,
}

struct Group {
    after_ms: i64,
    /// Every event is written as a duty: its triggers in their order, and those that are none over each other, behind them.
    rows: Vec<Duty>,
    /// The row of the trigger that was met last.
    row: usize,
    /// What was met last of the key and is no response, which nothing asks for (it is kept so that no branch is needed), and what
    /// is one.
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
    /// Makes room for the duties that the events of keys trigger.
    pub(crate) fn new(view: &'v View<'_>, pass: &'v Pass<'_>, nodes: impl Iterator<Item = Node>) -> Self {
        let (actions, kind) = (pass.backward(), &*view.effective.kind);
        let mut counts = vec![0; view.kind_count() + 1];
        for node in nodes {
            counts[usize::from(kind[node as usize]).min(view.kind_count())] += 1;
        }
        let mut triggers = vec![0; pass.groups.len()];
        for (kind, count) in counts.into_iter().enumerate().take(view.kind_count()) {
            for action in actions.of(kind as Kind).iter().filter(|action| action.plain & plan::TRIGGER != 0) {
                triggers[usize::from(action.group)] += count;
            }
        }
        let groups = pass.groups.iter().zip(triggers);
        Self {
            actions,
            kind,
            at: view.log.at_column(),
            log: view.log,
            groups: groups.map(|(group, triggers)| Group::new(group.after_ms, triggers)).collect(),
            places: (0..pass.groups.len()).filter(|&place| pass.groups[place].backward).collect(),
        }
    }

    /// Takes the events of a key, from the last to the first.
    pub(crate) fn take(&mut self, key: Text, nodes: impl Iterator<Item = Node>) {
        self.places.iter().for_each(|&place| self.groups[place].met = [NO_EVENT; 2]);
        for node in nodes {
            let row = node as usize;
            let event = Event { node, at: self.at[row], recorded_at: self.log.recorded_at(node) };
            for action in self.actions.of(self.kind[row]) {
                let group = &mut self.groups[usize::from(action.group)];
                group.note_trigger(action.plain & plan::TRIGGER != 0, key, event);
                group.met[usize::from(action.plain & plan::EXPECT != 0)] = event;
            }
        }
    }

    pub(crate) fn finish(mut self, out: &mut Outcome) {
        for place in self.places {
            let mut rows = std::mem::take(&mut self.groups[place].rows);
            rows.pop();
            out.duties[place].rows = rows;
        }
    }
}

impl Group {
    fn new(after_ms: Option<i64>, triggers: usize) -> Self {
        let rows = vec![Duty::new(Text::EMPTY, NO_NODE, 0); triggers + 1];
        Self { after_ms: after_ms.unwrap_or_default(), rows, row: triggers, met: [NO_EVENT; 2] }
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
