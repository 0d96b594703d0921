//! Entities that are one. Design, section 2, "Identity".

use std::collections::{BTreeSet, HashMap};

use crate::log::Text;

/// A merge or a separation of a pair, as replayed.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Merge { from: Text, into: Text },
    Separate { from: Text, into: Text },
}

/// Which entities are one, and under which name.
#[derive(Debug, Default)]
pub(crate) struct Identity {
    canonical: HashMap<Text, Text>,
    groups: HashMap<Text, BTreeSet<Text>>,
}

impl Identity {
    /// Replays merges in order, without those that a later separation of the same pair undid.
    pub(crate) fn replay(steps: &[Step]) -> Self {
        let mut identity = Self::default();
        for (place, step) in steps.iter().enumerate() {
            let &Step::Merge { from, into } = step else { continue };
            let undone = steps[place..].iter().any(|later| match *later {
                Step::Separate { from: a, into: b } => (a, b) == (from, into) || (b, a) == (from, into),
                Step::Merge { .. } => false,
            });
            if !undone {
                identity.merge(from, into);
            }
        }
        identity
    }

    fn merge(&mut self, from: Text, into: Text) {
        let (source, target) = (self.canonical(from), self.canonical(into));
        let mut group = self.groups.remove(&target).unwrap_or_else(|| BTreeSet::from([target]));
        let name = if source == target { into } else { target };
        if source != target {
            group.extend(self.groups.remove(&source).unwrap_or_else(|| BTreeSet::from([source])));
        }
        for &member in &group {
            self.canonical.insert(member, name);
        }
        self.groups.insert(name, group);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.canonical.is_empty()
    }

    /// The name under which an entity is compared and shown.
    pub(crate) fn canonical(&self, entity: Text) -> Text {
        self.canonical.get(&entity).copied().unwrap_or(entity)
    }

    /// The names that an entity has, when there are several.
    pub(crate) fn names(&self, canonical: Text) -> Option<&BTreeSet<Text>> {
        self.groups.get(&canonical)
    }
}
