//! The open duties of a key, and which of them an event may concern.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::derived::Plain;
use super::judge::Moment;
use super::plan::{self, DutyPlan, Mask, NameSlot};
use super::rows::duty_names;
use super::same;
use super::state::Open;
use super::view::RoleSlot;
use crate::log::Text;

/// By what a group finds its open duties.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FoundBy {
    /// By the trigger's first value of `same`'s first name: a response must have it, too.
    Same(NameSlot),
    /// By the part: a response must link it in `each`'s role.
    Part(RoleSlot),
    /// By the part: an agency.
    Agency,
}

impl FoundBy {
    pub(crate) fn of(plan: &DutyPlan<'_>) -> Option<Self> {
        match (plan.rule.agencies.is_some(), plan.same.first(), plan.each) {
            (true, _, _) => Some(Self::Agency),
            (false, Some(&name), _) => Some(Self::Same(name)),
            (false, None, Some(role)) => Some(Self::Part(role)),
            (false, None, None) => None,
        }
    }
}

/// A number that equal values share.
type Bucket = (u8, u64);

fn bucket(value: Plain) -> Bucket {
    match value {
        Plain::Text(text) => (0, text.index() as u64),
        Plain::Integer(number) => (1, (number as f64).to_bits()),
        Plain::Decimal(number) => (1, (number + 0.0).to_bits()),
        Plain::Boolean(truth) => (2, u64::from(truth)),
        Plain::Instant(instant) => (3, instant.ms().cast_unsigned()),
    }
}

/// The open duties of a key in one group, in the order in which they opened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opens {
    by_row: BTreeMap<u32, Box<Open>>,
    /// As the group finds them; without a bucket, where the trigger lacks the value.
    found: BTreeSet<(Option<Bucket>, u32)>,
    /// By their ids, once an excuse has asked for one.
    named: HashMap<String, u32>,
    /// Rows before this one are named.
    named_to: u32,
}

impl Opens {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_row.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Open> {
        self.by_row.values().map(|open| &**open)
    }

    /// Refers to duties by other rows, which are in the same order.
    pub(crate) fn renumber(&mut self, now: impl Fn(u32) -> u32) {
        let by_row = std::mem::take(&mut self.by_row);
        self.by_row = by_row
            .into_values()
            .map(|mut open| {
                open.row = now(open.row);
                (open.row, open)
            })
            .collect();
        self.found = self.found.iter().map(|&(bucket, row)| (bucket, now(row))).collect();
        self.named.clear();
        self.named_to = 0;
    }

    pub(crate) fn insert(&mut self, moment: &Moment<'_>, open: Open) {
        if let Some(bucket) = bucket_of(moment, &open) {
            self.found.insert((bucket, open.row));
        }
        self.by_row.insert(open.row, Box::new(open));
    }

    pub(crate) fn remove(&mut self, moment: &Moment<'_>, open: &Open) {
        if let Some(bucket) = bucket_of(moment, open) {
            self.found.remove(&(bucket, open.row));
        }
        self.by_row.remove(&open.row);
    }

    /// The duties that the event may close or nearly close, in order.
    pub(crate) fn concerned(&mut self, moment: &Moment<'_>, masks: &[Mask]) -> Vec<Open> {
        let mask = masks.iter().fold(0, |all, mask| all | mask);
        if self.is_empty() {
            return Vec::new();
        }
        let mut rows = Vec::new();
        let responds = mask & (plan::EXPECT | plan::UNLESS | plan::UNTIL) != 0;
        let is_found = !responds || self.add_answered(moment, &mut rows);
        let is_named = mask & plan::EXCUSE == 0 || self.add_excused(moment, &mut rows);
        if !is_found || !is_named {
            return self.iter().copied().collect();
        }
        rows.sort_unstable();
        rows.dedup();
        rows.iter().filter_map(|row| self.by_row.get(row)).map(|open| **open).collect()
    }

    /// The duties of some parts, in order.
    pub(crate) fn of_parts(&self, parts: impl Iterator<Item = Text>) -> Vec<Open> {
        let mut rows = Vec::new();
        for part in parts {
            self.add(Some(bucket(Plain::Text(part))), &mut rows);
        }
        rows.sort_unstable();
        rows.iter().filter_map(|row| self.by_row.get(row)).map(|open| **open).collect()
    }

    /// The duties whose trigger may have the same values of `same` as the event, in any order.
    pub(crate) fn alike(&self, moment: &Moment<'_>) -> Vec<Open> {
        match moment.group.found_by {
            Some(FoundBy::Same(name)) => {
                let mut rows = Vec::new();
                self.add_values(same::values(moment.view, moment.node, &name).each(), &mut rows);
                rows.iter().filter_map(|row| self.by_row.get(row)).map(|open| **open).collect()
            }
            _ => self.iter().copied().collect(),
        }
    }

    fn add(&self, bucket: Option<Bucket>, rows: &mut Vec<u32>) {
        rows.extend(self.found.range((bucket, 0)..=(bucket, u32::MAX)).map(|&(_, row)| row));
    }

    /// Adds those with some values, and those without any.
    fn add_values(&self, values: impl Iterator<Item = Plain>, rows: &mut Vec<u32>) {
        self.add(None, rows);
        for value in values {
            self.add(Some(bucket(value)), rows);
        }
    }

    /// Adds those that a response may answer, unless they can be any.
    fn add_answered(&self, moment: &Moment<'_>, rows: &mut Vec<u32>) -> bool {
        match moment.group.found_by {
            Some(FoundBy::Same(name)) => {
                let values = same::values(moment.view, moment.node, &name);
                self.add_values(values.each(), rows);
                !values.is_empty()
            }
            Some(FoundBy::Part(role)) => {
                let parts = moment.view.links(moment.node, role).iter();
                self.add_values(parts.map(|&part| Plain::Text(part)), rows);
                true
            }
            Some(FoundBy::Agency) | None => false,
        }
    }

    /// Adds those that an excuse links, unless it names all.
    fn add_excused(&mut self, moment: &Moment<'_>, rows: &mut Vec<u32>) -> bool {
        let view = moment.view;
        let names_group = moment
            .special
            .named(view, moment.node)
            .is_some_and(|(rule, key)| key == moment.key && view.names.get(rule) == moment.group.group.name);
        let linked = view.raw_links(moment.node, moment.special.duty);
        if !names_group || linked.is_empty() {
            return !names_group;
        }
        for (&row, open) in self.by_row.range(self.named_to..) {
            let Open { trigger, start, part, .. } = **open;
            let ids = duty_names(view, moment.group.group, moment.key, trigger, start, part);
            self.named.extend(ids.into_iter().map(|id| (id, row)));
            self.named_to = row + 1;
        }
        let ids = linked.iter().filter_map(|&duty| view.names.get(duty).strip_prefix("duty:"));
        rows.extend(ids.filter_map(|id| self.named.get(id)));
        true
    }
}

/// Where a group that finds its duties finds this one.
fn bucket_of(moment: &Moment<'_>, open: &Open) -> Option<Option<Bucket>> {
    Some(match moment.group.found_by? {
        FoundBy::Same(name) => same::values(moment.view, open.trigger, &name).each().next().map(bucket),
        FoundBy::Part(_) | FoundBy::Agency => Some(bucket(Plain::Text(open.part))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_the_same_share_a_bucket() {
        let numbers = [Plain::Integer(0), Plain::Decimal(0.0), Plain::Decimal(-0.0)];
        assert!(numbers.iter().all(|&number| number.is(numbers[0]) && bucket(number) == bucket(numbers[0])));
        let large = (Plain::Integer(1 << 60), Plain::Decimal((1_u64 << 60) as f64));
        assert!(large.0.is(large.1) && bucket(large.0) == bucket(large.1));
        assert_ne!(bucket(Plain::Integer(1)), bucket(Plain::Boolean(true)));
    }
}
