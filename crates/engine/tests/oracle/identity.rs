//! Who is whom.

use std::collections::BTreeSet;

use engine::record::Event;

/// Groups of names for one entity, each with its canonical name.
#[derive(Default)]
pub struct Identity {
    groups: Vec<(String, BTreeSet<String>)>,
}

impl Identity {
    /// Replays the merges and separations, given in order.
    pub fn replay(events: &[&Event]) -> Self {
        let mut identity = Self::default();
        for (place, event) in events.iter().enumerate().filter(|(_, event)| event.kind == "entity.merged") {
            for (from, into) in pairs(event) {
                let undone = events[place + 1..].iter().any(|later| {
                    later.kind == "entity.separated"
                        && pairs(later)
                            .iter()
                            .any(|(a, b)| (a, b) == (&from, &into) || (a, b) == (&into, &from))
                });
                if !undone {
                    identity.merge(&from, &into);
                }
            }
        }
        identity
    }

    fn take(&mut self, name: &str) -> (String, BTreeSet<String>) {
        match self.groups.iter().position(|(_, names)| names.contains(name)) {
            Some(place) => self.groups.remove(place),
            None => (name.to_owned(), BTreeSet::from([name.to_owned()])),
        }
    }

    fn merge(&mut self, from: &str, into: &str) {
        let (canonical, mut names) = self.take(into);
        if names.contains(from) {
            self.groups.push((into.to_owned(), names));
            return;
        }
        names.extend(self.take(from).1);
        self.groups.push((canonical, names));
    }

    pub fn canonical(&self, name: &str) -> String {
        let group = self.groups.iter().find(|(_, names)| names.contains(name));
        group.map_or_else(|| name.to_owned(), |(canonical, _)| canonical.clone())
    }

    /// All names of the entity, its canonical one among them.
    pub fn names(&self, name: &str) -> BTreeSet<String> {
        let group = self.groups.iter().find(|(_, names)| names.contains(name));
        group.map_or_else(|| BTreeSet::from([name.to_owned()]), |(_, names)| names.clone())
    }
}

/// Several links make several pairs.
fn pairs(event: &Event) -> Vec<(String, String)> {
    let of = |role: &str| event.links.get(role).cloned().unwrap_or_default();
    let into = of("into");
    of("from").iter().flat_map(|from| into.iter().map(|into| (from.clone(), into.clone()))).collect()
}
