//! What the events of a signal's window have together, kept while they come and leave.

use std::collections::BTreeMap;

use super::derived::Entities;
use super::effective::Node;
use super::judge::Moment;
use super::view::RoleSlot;
use crate::log::Text;
use crate::time::Instant;

/// Different values, each with how often it stands in a window.
#[derive(Clone, Debug)]
pub(crate) struct Bag<T>(BTreeMap<T, u64>);

/// The latest record and the links of the events in a window.
#[derive(Clone, Debug, Default)]
pub(crate) struct Together {
    recorded_at: Bag<Instant>,
    links: BTreeMap<Text, Linked>,
}

/// What a window's events link in a role.
#[derive(Clone, Debug, Default)]
struct Linked {
    entities: Bag<Text>,
    /// The different ones, shared by all signals until one comes or leaves.
    different: Option<Entities>,
}

impl<T> Default for Bag<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T: Ord> Bag<T> {
    /// Says whether the value is new.
    pub(crate) fn add(&mut self, value: T) -> bool {
        let count = self.0.entry(value).or_default();
        *count += 1;
        *count == 1
    }

    /// Says whether it was the last such value.
    pub(crate) fn remove(&mut self, value: &T) -> bool {
        let Some(count) = self.0.get_mut(value) else { return false };
        *count -= 1;
        *count == 0 && self.0.remove(value).is_some()
    }

    /// How many different values there are.
    pub(crate) fn different(&self) -> usize {
        self.0.len()
    }
}

impl Together {
    /// Takes an event that comes into the window.
    pub(crate) fn add(&mut self, moment: &Moment<'_>, roles: &[RoleSlot], member: Node) {
        self.recorded_at.add(moment.view.recorded_at(member));
        for (role, entity) in links(moment, roles, member) {
            self.links.entry(role).or_default().add(entity);
        }
    }

    /// Lets an event go that leaves the window.
    pub(crate) fn remove(&mut self, moment: &Moment<'_>, roles: &[RoleSlot], member: Node) {
        self.recorded_at.remove(&moment.view.recorded_at(member));
        for (role, entity) in links(moment, roles, member) {
            if let Some(linked) = self.links.get_mut(&role) {
                linked.remove(entity);
            }
        }
    }

    pub(crate) fn recorded_at(&self) -> Option<Instant> {
        self.recorded_at.0.last_key_value().map(|(&latest, _)| latest)
    }

    /// The union of the links.
    pub(crate) fn links(&mut self) -> Box<[(Text, Entities)]> {
        self.links.iter_mut().map(|(&role, linked)| (role, linked.different())).collect()
    }
}

impl Linked {
    fn add(&mut self, entity: Text) {
        if self.entities.add(entity) {
            self.different = None;
        }
    }

    fn remove(&mut self, entity: Text) {
        if self.entities.remove(&entity) {
            self.different = None;
        }
    }

    fn different(&mut self) -> Entities {
        let mut all = self.entities.0.keys().copied();
        let different = self.different.get_or_insert_with(|| match (all.next(), all.len()) {
            (Some(only), 0) => Entities::One(only),
            (first, _) => Entities::Many(first.into_iter().chain(all).collect()),
        });
        different.clone()
    }
}

/// What an event links, in which role; in the lens's own role only the key.
fn links(moment: &Moment<'_>, roles: &[RoleSlot], member: Node) -> impl Iterator<Item = (Text, Text)> {
    let (view, lens, key) = (moment.view, moment.pass.lens, moment.key);
    let of_role = move |role: &RoleSlot| {
        let (name, only_key) = (role.name, !lens.person && role.name == lens.name);
        let linked = view.links(member, *role).iter().copied();
        linked.filter(move |&entity| !only_key || entity == key).map(move |entity| (name, entity))
    };
    roles.iter().flat_map(of_role)
}

#[cfg(test)]
mod tests {
    use crate::evaluate::derived::{Entities, Shape};
    use crate::evaluate::{Cut, evaluate};
    use crate::log::Log;
    use crate::policy::{self, SourceFile};
    use crate::program::Program;
    use crate::record::Event;
    use crate::time::Instant;

    const POLICY: &str = "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
        [signal.s]\ncount = 'k'\nwithin = '10m'\nat_least = 2\nagain = 'each'\n\
        [duty.d]\nwhen = 'signal.s'\nexpect = 'l'\nwithin = '1h'\nsame = ['child']\n";

    /// An event a minute, with the child of every seventh another and an episode of its own.
    fn event(number: i64) -> Event {
        let at = Instant::from_ms(number * 60_000).unwrap();
        let stream = "case:1".into();
        let mut event = Event {
            id: format!("e{number}"),
            stream,
            kind: "k".into(),
            at,
            recorded_at: at,
            ..Event::default()
        };
        for (role, entity) in [("child", number / 7), ("episode", number)] {
            event.links.insert(role.into(), [format!("{role}:{entity}")].into());
        }
        event
    }

    #[test]
    fn signals_share_what_their_windows_link_and_keep_only_what_rules_look_at() {
        let policy = policy::read(vec![SourceFile { name: "p.toml".into(), text: POLICY.into() }]).unwrap();
        let program = Program::new(vec![policy]).unwrap();
        let log = Log::from_events(&(0..70).map(event).collect::<Vec<_>>()).unwrap();
        let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
        let view = &evaluation.view;
        let mut lists = Vec::new();
        for derived in &view.derived {
            let Shape::Signal { links, .. } = &derived.shape else { continue };
            assert_eq!(links.iter().map(|(role, _)| view.names.get(*role)).collect::<Vec<_>>(), ["child"]);
            lists.push(links[0].1.clone());
        }
        assert_eq!(lists.len(), 69);
        assert_eq!(lists[68].all().len(), 2, "of the last ten minutes");
        assert!(matches!(lists[0], Entities::One(_)), "of one child");
        lists.retain(|list| matches!(list, Entities::Many(_)));
        assert!(lists.len() > 50);
        lists.dedup_by_key(|list| list.all().as_ptr());
        assert!(lists.len() < 25, "{} lists for ten children who come and leave", lists.len());
    }
}
