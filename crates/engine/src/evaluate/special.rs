//! Events that duties look at wherever they stand: excuses, escalations and attendance recorded later.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::effective::Node;
use super::plan::{self, GroupPlan, Mask, NameSlot};
use super::view::{AttrSlot, RoleSlot, Seen, View};
use crate::log::{Kind, Text};
use crate::time::Instant;

/// Excuses and escalations by the rule and key that they name, and attendance by its meeting.
#[derive(Debug, Default)]
pub(crate) struct Special {
    excuse: Option<Kind>,
    escalation: [Option<Kind>; 3],
    attendance_recorded: Option<Kind>,
    /// (rule, key) → excuses, in order.
    excuses: HashMap<(Text, Text), Vec<Node>>,
    /// (rule, key) → escalations, in order.
    escalations: HashMap<(Text, Text), Vec<Node>>,
    /// (rule, key) and the duty that they link, none where they link none → escalations, in order.
    of_duty: HashMap<(Text, Text, Option<Text>), Vec<Escalation>>,
    /// Meeting → records of attendance, in order.
    meetings: HashMap<Text, Vec<Node>>,
    pub(crate) officer: RoleSlot,
    pub(crate) named: RoleSlot,
    pub(crate) duty: RoleSlot,
    pub(crate) meeting: NameSlot,
    pub(crate) rank: AttrSlot,
    pub(crate) attendance: AttrSlot,
    pub(crate) invited: AttrSlot,
    rule: AttrSlot,
    key: AttrSlot,
    said: Said,
}

/// Where an escalation says what it says.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    step: AttrSlot,
    decision: AttrSlot,
    until: AttrSlot,
    reason: AttrSlot,
    action: AttrSlot,
}

/// An escalation, read once for all the duties that it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Escalation {
    pub(crate) node: Node,
    pub(crate) at: Instant,
    pub(crate) sort: Sort,
    pub(crate) step: Option<i64>,
    pub(crate) decision: Option<Text>,
    pub(crate) asks: Wish,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sort {
    Raised,
    Seen,
    Answered,
}

/// What an answer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    ActBy(Instant),
    Climb,
    /// A breach is accepted, with a reason and an action.
    Accepted,
    Nothing,
}

impl Special {
    pub(crate) fn new(view: &View<'_>) -> Self {
        let mut special = Self::default();
        special.look_up(view);
        let [raised, seen, answered] = special.escalation;
        let kinds = [special.excuse, raised, seen, answered, special.attendance_recorded];
        for node in view.recorded_of_kinds(&kinds) {
            special.enter(view, node);
        }
        special
    }

    /// Looks up anew what the events are made of, after the log came to have other kinds or columns.
    pub(crate) fn look_up(&mut self, view: &View<'_>) {
        let escalations = ["escalation.raised", "escalation.seen", "escalation.answered"];
        self.excuse = view.kind_number("excuse.given");
        self.escalation = escalations.map(|kind| view.kind_number(kind));
        self.attendance_recorded = view.kind_number("attendance.recorded");
        self.officer = view.role_slot("officer");
        self.named = view.role_slot("named");
        self.duty = view.role_slot("duty");
        self.meeting = NameSlot::new(view, "meeting");
        self.rank = view.attr_slot("rank");
        self.attendance = view.attr_slot("attendance");
        self.invited = view.attr_slot("invited");
        self.rule = view.attr_slot("rule");
        self.key = view.attr_slot("key");
        self.said = Said {
            step: view.attr_slot("step"),
            decision: view.attr_slot("decision"),
            until: view.attr_slot("until"),
            reason: view.attr_slot("reason"),
            action: view.attr_slot("action"),
        };
    }

    /// Takes a recorded event, if it is one that duties look at wherever it stands.
    pub(crate) fn enter(&mut self, view: &View<'_>, node: Node) {
        let kind = Some(view.kind(node));
        let insert = |nodes: &mut Vec<Node>| {
            let place = nodes.partition_point(|&other| view.compare(other, node).is_lt());
            nodes.insert(place, node);
        };
        if kind == self.attendance_recorded {
            for &meeting in view.links(node, self.meeting.link) {
                insert(self.meetings.entry(meeting).or_default());
            }
        } else if let Some(named) = self.named(view, node) {
            if kind == self.excuse {
                insert(self.excuses.entry(named).or_default());
            } else if let Some(sort) = self.escalation_sort(kind) {
                insert(self.escalations.entry(named).or_default());
                let linked = view.raw_links(node, self.duty);
                let none = linked.is_empty().then_some(None);
                let escalation = self.said.escalation(view, node, sort);
                for duty in linked.iter().copied().map(Some).chain(none) {
                    let of_duty = self.of_duty.entry((named.0, named.1, duty)).or_default();
                    let place = of_duty.partition_point(|other| view.compare(other.node, node).is_lt());
                    of_duty.insert(place, escalation);
                }
            }
        }
    }

    fn escalation_sort(&self, kind: Option<Kind>) -> Option<Sort> {
        let place = self.escalation.iter().position(|&known| known == kind)?;
        Some([Sort::Raised, Sort::Seen, Sort::Answered][place])
    }

    /// The rule and the canonical key that an excuse or escalation names.
    pub(crate) fn named(&self, view: &View<'_>, node: Node) -> Option<(Text, Text)> {
        let key = view.text_attr(node, self.key)?;
        Some((view.text_attr(node, self.rule)?, view.entity(key)))
    }

    /// As what every rule takes an event of a kind.
    pub(crate) fn mask(&self, kind: Kind) -> Mask {
        match Some(kind) {
            kind if kind == self.excuse => plan::EXCUSE,
            kind if kind == self.attendance_recorded => plan::ATTENDANCE,
            _ => 0,
        }
    }

    /// Whether duties look for events of a kind wherever they stand.
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        self.mask(kind) != 0 || self.is_escalation(kind)
    }

    /// Whether events of a kind are escalations.
    pub(crate) fn is_escalation(&self, kind: Kind) -> bool {
        self.escalation.contains(&Some(kind))
    }

    /// Whether events of a kind record attendance.
    pub(crate) fn is_attendance(&self, kind: Kind) -> bool {
        Some(kind) == self.attendance_recorded
    }

    /// The rules and keys that excuses name.
    pub(crate) fn excused(&self) -> impl Iterator<Item = (Text, Text)> {
        self.excuses.keys().copied()
    }

    /// The rules and keys that excuses name here or in another state of the log, but not in both, or that changed
    /// excuses name.
    pub(crate) fn named_otherwise(&self, other: &Self, changed: &[Node]) -> Vec<(Text, Text)> {
        let pairs = |special: &Self| {
            let named = special.excuses.iter();
            named
                .flat_map(|(&named, nodes)| nodes.iter().map(move |&node| (node, named)))
                .collect::<HashSet<_>>()
        };
        let (here, there) = (pairs(self), pairs(other));
        let is_changed = |(node, _): &&(Node, (Text, Text))| changed.contains(node);
        let otherwise = here.symmetric_difference(&there).chain(here.iter().filter(is_changed));
        otherwise.map(|&(_, named)| named).collect()
    }

    /// Whether some excuse names a rule.
    pub(crate) fn excuses_rule(&self, rule: Option<Text>) -> bool {
        rule.is_some_and(|rule| self.excuses.keys().any(|&(named, _)| named == rule))
    }

    /// The excuses of a rule and key, in order.
    pub(crate) fn excuses_of(&self, rule: Text, key: Text) -> &[Node] {
        self.excuses.get(&(rule, key)).map_or(&[], Vec::as_slice)
    }

    /// The escalations of a rule and key, in order.
    pub(crate) fn escalations_of(&self, rule: Text, key: Text) -> &[Node] {
        self.escalations.get(&(rule, key)).map_or(&[], Vec::as_slice)
    }

    /// The escalations after an event that name a duty of a rule and key, by one of its ids or by none, in order.
    pub(crate) fn escalations_after(
        &self,
        view: &View<'_>,
        start: Node,
        (rule, key): (Text, Text),
        ids: &[String],
    ) -> Cow<'_, [Escalation]> {
        let linked = ids.iter().filter_map(|id| view.names.find(&format!("duty:{id}")));
        let after = |duty: Option<Text>| {
            let all = self.of_duty.get(&(rule, key, duty)).map_or(&[][..], Vec::as_slice);
            &all[all.partition_point(|escalation| view.compare(escalation.node, start).is_le())..]
        };
        let found: Vec<&[Escalation]> =
            linked.map(Some).chain([None]).map(after).filter(|found| !found.is_empty()).collect();
        if let [one] = found[..] {
            return Cow::Borrowed(one);
        }
        let mut found = found.concat();
        found.sort_unstable_by(|a, b| view.compare(a.node, b.node));
        found.dedup_by_key(|escalation| escalation.node);
        Cow::Owned(found)
    }

    /// Every excuse and escalation that names a rule and a key.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&(Text, Text), &[Node])> {
        self.excuses.iter().chain(&self.escalations).map(|(named, nodes)| (named, nodes.as_slice()))
    }

    /// The records of attendance at a meeting, in order.
    pub(crate) fn records_of(&self, meeting: Text) -> &[Node] {
        self.meetings.get(&meeting).map_or(&[], Vec::as_slice)
    }

    /// Whether no event of the log is looked at from elsewhere.
    pub(crate) fn is_empty(&self) -> bool {
        self.excuses.is_empty() && self.meetings.is_empty()
    }

    /// Whether an excuse or escalation names a duty: by rule and key, and where it links duties by one of its ids.
    pub(crate) fn names(
        &self,
        view: &View<'_>,
        node: Node,
        group: &GroupPlan<'_>,
        key: Text,
        ids: impl FnOnce() -> Vec<String>,
    ) -> bool {
        let Some((rule, named)) = self.named(view, node) else { return false };
        if named != key || view.names.get(rule) != group.group.name {
            return false;
        }
        let linked = view.raw_links(node, self.duty);
        if linked.is_empty() {
            return true;
        }
        let ids = ids();
        let is_one = |&duty: &Text| {
            view.names.get(duty).strip_prefix("duty:").is_some_and(|id| ids.iter().any(|other| other == id))
        };
        linked.iter().any(is_one)
    }
}

impl Said {
    fn escalation(self, view: &View<'_>, node: Node, sort: Sort) -> Escalation {
        let decision = view.text_attr(node, self.decision);
        let step = match view.attr(node, self.step) {
            Some(Seen::Integer(step)) => Some(step),
            _ => None,
        };
        Escalation { node, at: view.at(node), sort, step, decision, asks: self.wish(view, node, decision) }
    }

    fn wish(self, view: &View<'_>, node: Node, decision: Option<Text>) -> Wish {
        let says = |name: AttrSlot| view.text_attr(node, name).is_some();
        match (decision.map(|decision| view.names.get(decision)), view.attr(node, self.until)) {
            (Some("act-by"), Some(Seen::Instant(until))) if until >= view.at(node) => Wish::ActBy(until),
            (Some("climb"), _) => Wish::Climb,
            (Some("accepted"), _) if says(self.reason) && says(self.action) => Wish::Accepted,
            _ => Wish::Nothing,
        }
    }
}
