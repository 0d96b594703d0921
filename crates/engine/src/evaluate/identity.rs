//! Entities that are one (`docs/policy-language.md`, "One person, two names").

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::log::Text;

/// A merge or a separation of a pair, as replayed.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    Merge { from: Text, into: Text },
    Separate { from: Text, into: Text },
}

/// Which entities are one, and under which name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Identity {
    canonical: HashMap<Text, Text>,
    groups: HashMap<Text, BTreeSet<Text>>,
}

/// Groups while they are joined: of two, the smaller goes into the larger.
#[derive(Default)]
struct Joining {
    group_of: HashMap<Text, usize>,
    groups: Vec<(Text, Vec<Text>)>,
}

impl Identity {
    /// Replays merges in order, without those that a later separation of the same pair undid.
    pub(crate) fn replay(steps: &[Step]) -> Self {
        let pair = |a: Text, b: Text| if a <= b { (a, b) } else { (b, a) };
        let mut separated: HashMap<(Text, Text), usize> = HashMap::new();
        for (place, step) in steps.iter().enumerate() {
            if let Step::Separate { from, into } = *step {
                separated.insert(pair(from, into), place);
            }
        }
        let mut joining = Joining::default();
        for (place, step) in steps.iter().enumerate() {
            let &Step::Merge { from, into } = step else { continue };
            let undone = separated.get(&pair(from, into)).is_some_and(|&later| later > place);
            if !undone {
                joining.join(from, into);
            }
        }
        let mut identity = Self::default();
        for (name, members) in joining.groups.into_iter().filter(|(_, members)| !members.is_empty()) {
            identity.canonical.extend(members.iter().map(|&member| (member, name)));
            identity.groups.insert(name, members.into_iter().collect());
        }
        identity
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.canonical.is_empty()
    }

    /// The name under which an entity is compared and shown.
    pub(crate) fn canonical(&self, entity: Text) -> Text {
        self.canonical.get(&entity).copied().unwrap_or(entity)
    }

    /// The entities that are one with others than they are by another identity.
    pub(crate) fn otherwise(&self, other: &Self) -> HashSet<Text> {
        let unlike = |these: &Self, those: &Self| -> Vec<Text> {
            let groups =
                these.groups.iter().filter(|&(name, members)| those.groups.get(name) != Some(members));
            groups.flat_map(|(&name, members)| members.iter().copied().chain([name])).collect()
        };
        unlike(self, other).into_iter().chain(unlike(other, self)).collect()
    }

    /// The names that an entity has, when there are several.
    pub(crate) fn names(&self, canonical: Text) -> Option<&BTreeSet<Text>> {
        self.groups.get(&canonical)
    }
}

impl Joining {
    /// Joins two groups under the name of `into`'s; inside one group `into` becomes that name.
    fn join(&mut self, from: Text, into: Text) {
        let (source, target) = (self.group(from), self.group(into));
        if source == target {
            self.groups[target].0 = into;
            return;
        }
        let name = self.groups[target].0;
        let source_is_larger = self.groups[source].1.len() > self.groups[target].1.len();
        let (larger, smaller) = if source_is_larger { (source, target) } else { (target, source) };
        let moved = std::mem::take(&mut self.groups[smaller].1);
        for &member in &moved {
            self.group_of.insert(member, larger);
        }
        self.groups[larger].1.extend(moved);
        self.groups[larger].0 = name;
    }

    fn group(&mut self, entity: Text) -> usize {
        *self.group_of.entry(entity).or_insert_with(|| {
            self.groups.push((entity, vec![entity]));
            self.groups.len() - 1
        })
    }
}
