//! Two evaluations side by side: which duties are in one alone, and which stand otherwise. It judges nothing; it compares
//! what [`evaluate`](crate::evaluate) said.
//!
//! A duty with the same id in both is the same duty; else one of which one evaluation has the id that the other has as an
//! alias. Of a duty in both, what is cheap is compared first: its due, its state, what closed it. Its owner, holders and
//! ladder are worked out only where they could differ.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::Serialize;

use crate::duty::{DutyRow, State};
use crate::evaluate::effective::{NO_NODE, Node};
use crate::evaluate::{DutyRef, Evaluation, ladder};
use crate::policy::{LadderStep, Pattern, Policy};
use crate::time::Instant;

/// What differs between two evaluations.
pub struct Comparison<'e> {
    before: &'e Evaluation<'e>,
    after: &'e Evaluation<'e>,
    changes: Vec<Change>,
    /// By rule; those without a duty in either evaluation are left out.
    pub rules: BTreeMap<&'e str, Counts>,
}

/// A duty that is not the same in both evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is in the second alone.
    Appears(DutyRef),
    /// It is in the first alone.
    Vanishes(DutyRef),
    /// It is in both, and stands otherwise.
    Moves {
        /// In the first.
        before: DutyRef,
        /// In the second.
        after: DutyRef,
        /// In what.
        fields: Fields,
    },
}

/// How many duties changed in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// In the second evaluation alone.
    pub appear: u64,
    /// In the first alone.
    pub vanish: u64,
    /// In both, and other.
    #[serde(rename = "move")]
    pub moved: u64,
    /// In both, and the same.
    pub unchanged: u64,
}

/// What can be other of a duty that is in both evaluations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Field {
    /// When it is due.
    Due,
    /// Where it stands.
    State,
    /// What closed it.
    ClosedBy,
    /// How many of its dues passed.
    PeriodsMissed,
    /// Who owes it.
    Owner,
    /// The people who owe it.
    Holders,
    /// The steps of its ladder that opened.
    Ladder,
}

impl Field {
    /// Every field, in order.
    pub const ALL: [Self; 7] = [
        Self::Due,
        Self::State,
        Self::ClosedBy,
        Self::PeriodsMissed,
        Self::Owner,
        Self::Holders,
        Self::Ladder,
    ];

    /// The field as a row names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::State => "state",
            Self::ClosedBy => "closed_by",
            Self::PeriodsMissed => "periods_missed",
            Self::Owner => "owner",
            Self::Holders => "holders",
            Self::Ladder => "ladder",
        }
    }
}

/// Fields, each once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fields(u8);

impl Fields {
    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether a field is one of them.
    #[must_use]
    pub fn has(self, field: Field) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    /// The fields, in order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        Field::ALL.into_iter().filter(move |&field| self.has(field))
    }

    fn add_if(&mut self, differs: bool, field: Field) {
        self.0 |= u8::from(differs) << field as u8;
    }
}

/// Where a duty lies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// With a team of somebody who owes it.
    Team(String),
    /// With its owner, a role, an agency or an officer: nobody of a team is found who owes it.
    Owner(String),
    /// With nobody that is named.
    Nobody,
}

/// A duty that is not the same in both evaluations, with both of its rows.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeRow {
    /// `appears`, `vanishes` or `moves`.
    pub change: &'static str,
    /// In what a duty that moves is other.
    pub fields: Vec<Field>,
    /// Where it lies, of one that moves in either evaluation.
    pub desks: BTreeSet<Desk>,
    /// Its row in the first evaluation.
    pub before: Option<DutyRow>,
    /// Its row in the second.
    pub after: Option<DutyRow>,
}

/// How many signals of a name are in one evaluation alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SignalCounts {
    /// In the second alone.
    pub appear: u64,
    /// In the first alone.
    pub vanish: u64,
}

impl Change {
    /// Whether the duty stands in another state, or is in one evaluation alone.
    #[must_use]
    pub fn is_of_state(&self) -> bool {
        match self {
            Self::Appears(_) | Self::Vanishes(_) => true,
            Self::Moves { fields, .. } => fields.has(Field::State),
        }
    }
}

impl Counts {
    /// How many are not the same in both.
    #[must_use]
    pub fn changed(&self) -> u64 {
        self.appear + self.vanish + self.moved
    }

    fn add(&mut self, change: &Change) {
        match change {
            Change::Appears(_) => self.appear += 1,
            Change::Vanishes(_) => self.vanish += 1,
            Change::Moves { .. } => self.moved += 1,
        }
    }
}

/// Compares what two programs made of a log.
#[must_use]
pub fn compare<'e>(before: &'e Evaluation<'e>, after: &'e Evaluation<'e>) -> Comparison<'e> {
    let mut comparison = Comparison { before, after, changes: Vec::new(), rules: BTreeMap::new() };
    let (groups_before, groups_after) = (groups(before), groups(after));
    let rules: BTreeSet<(&str, &str)> = groups_before.keys().chain(groups_after.keys()).copied().collect();
    let mut sides = Sides::new(before, after);
    for rule in rules {
        let of = |all: &BTreeMap<_, Vec<u32>>| all.get(&rule).cloned().unwrap_or_default();
        let (changes, unchanged) = sides.of_rule(&of(&groups_before), &of(&groups_after));
        if changes.is_empty() && unchanged == 0 {
            continue;
        }
        let counts = comparison.rules.entry(rule.0).or_default();
        counts.unchanged += unchanged;
        changes.iter().for_each(|change| counts.add(change));
        comparison.changes.extend(changes);
    }
    comparison
}

/// The numbers of the groups of duties, by rule and lens.
fn groups<'e>(evaluation: &'e Evaluation<'_>) -> BTreeMap<(&'e str, &'e str), Vec<u32>> {
    let mut groups: BTreeMap<(&str, &str), Vec<u32>> = BTreeMap::new();
    for (number, group) in evaluation.view.compiled.groups.iter().enumerate() {
        groups.entry((&group.name, &group.lens)).or_default().push(number as u32);
    }
    groups
}

/// Two evaluations, and what is known of both.
struct Sides<'e> {
    before: &'e Evaluation<'e>,
    after: &'e Evaluation<'e>,
    /// Whether the registers of both say the same.
    same_registers: bool,
    /// By the rules of two versions, whether they name the same people in the same way.
    same_people: HashMap<[usize; 4], bool>,
}

/// A duty with its id.
type Identified = ([u8; 16], DutyRef);

/// An id with its duty in both evaluations.
type Pair = ([u8; 16], DutyRef, DutyRef);

impl<'e> Sides<'e> {
    fn new(before: &'e Evaluation<'e>, after: &'e Evaluation<'e>) -> Self {
        // The kinds say which fields an event has, and so what the registers take from it.
        let versions = || before.view.compiled.versions.iter().chain(&after.view.compiled.versions);
        let first = versions().next().map(|version| &version.policy);
        let is_first = |policy: &Policy| {
            first.is_some_and(|first| (policy.open, &policy.kinds) == (first.open, &first.kinds))
        };
        let same_registers = std::ptr::eq(before.view.log, after.view.log)
            && (before.as_of(), before.known_by) == (after.as_of(), after.known_by)
            && versions().all(|version| is_first(&version.policy));
        Self { before, after, same_registers, same_people: HashMap::new() }
    }

    /// What changed of a rule, by key, due and id, and how many of its duties did not.
    fn of_rule(&mut self, before: &[u32], after: &[u32]) -> (Vec<Change>, u64) {
        let (before, after) = (identified(self.before, before), identified(self.after, after));
        let (mut pairs, mut gone, mut new) = joined(before, after);
        self.pair_by_alias(&mut pairs, &mut gone, &mut new);
        let (mut changes, mut unchanged) = (Vec::new(), 0);
        for (id, before, after) in pairs {
            let fields = self.fields(before, after);
            if fields.is_empty() {
                unchanged += 1;
            } else {
                changes.push((id, Change::Moves { before, after, fields }));
            }
        }
        changes.extend(gone.into_iter().map(|(id, duty)| (id, Change::Vanishes(duty))));
        changes.extend(new.into_iter().map(|(id, duty)| (id, Change::Appears(duty))));
        changes.sort_unstable_by(|(id, change), (other_id, other)| {
            self.order(change, other).then_with(|| id.cmp(other_id))
        });
        (changes.into_iter().map(|(_, change)| change).collect(), unchanged)
    }

    /// By key and due.
    fn order(&self, one: &Change, other: &Change) -> Ordering {
        let place = |change: &Change| match *change {
            Change::Vanishes(duty) => (self.before.key(duty), self.before.due(duty)),
            Change::Appears(duty) | Change::Moves { after: duty, .. } => {
                (self.after.key(duty), self.after.due(duty))
            }
        };
        place(one).cmp(&place(other))
    }

    /// Pairs those of which one evaluation has the id as another's alias.
    fn pair_by_alias(&self, pairs: &mut Vec<Pair>, gone: &mut Vec<Identified>, new: &mut Vec<Identified>) {
        let is_simple = |evaluation: &Evaluation<'_>| evaluation.view.identity.is_empty();
        if gone.is_empty() || new.is_empty() || (is_simple(self.before) && is_simple(self.after)) {
            return;
        }
        let names =
            gone.iter().flat_map(|&(_, duty)| self.before.ids(duty).into_iter().map(move |id| (id, duty)));
        let by_name: HashMap<String, DutyRef> = names.collect();
        let mut paired = HashSet::new();
        new.retain(|&(id, after)| {
            let found = self.after.ids(after).iter().find_map(|id| by_name.get(id).copied());
            let Some(before) = found.filter(|before| paired.insert(*before)) else { return true };
            pairs.push((id, before, after));
            false
        });
        gone.retain(|(_, duty)| !paired.contains(duty));
    }

    /// In what a duty is other.
    fn fields(&mut self, before: DutyRef, after: DutyRef) -> Fields {
        let mut fields = Fields::default();
        fields.add_if(self.before.due(before) != self.after.due(after), Field::Due);
        fields.add_if(self.before.state_of(before) != self.after.state_of(after), Field::State);
        fields.add_if(closed_by(self.before, before) != closed_by(self.after, after), Field::ClosedBy);
        let missed = |evaluation: &Evaluation<'_>, duty| match evaluation.pattern(duty) {
            Pattern::Every => evaluation.periods_missed(duty),
            _ => 0,
        };
        fields.add_if(missed(self.before, before) != missed(self.after, after), Field::PeriodsMissed);
        if fields.is_empty() && self.has_same_people(before, after) {
            return fields;
        }
        let (was, is) = (ladder::climb(self.before, before), ladder::climb(self.after, after));
        let owner = |evaluation: &'e Evaluation<'e>, owner: Option<_>| {
            owner.map(|owner| evaluation.view.names.get(owner))
        };
        fields.add_if(owner(self.before, was.owner) != owner(self.after, is.owner), Field::Owner);
        let names = |climb: &ladder::Climb| climb.holders.as_ref().map(|holders| holders.names());
        fields.add_if(names(&was) != names(&is), Field::Holders);
        fields.add_if(was.steps != is.steps, Field::Ladder);
        fields
    }

    /// Whether a duty that is due, stands and was closed alike has the same owner, holders and ladder for certain.
    fn has_same_people(&mut self, before: DutyRef, after: DutyRef) -> bool {
        let is_recorded = |evaluation: &Evaluation<'_>, duty: DutyRef| {
            let row = evaluation.duty(duty);
            let is_derived = |node: Node| evaluation.view.is_derived(node);
            !is_derived(row.trigger) && (row.closed_by == NO_NODE || !is_derived(row.closed_by))
        };
        if !self.same_registers || !is_recorded(self.before, before) || !is_recorded(self.after, after) {
            return false;
        }
        let place = |evaluation: &Evaluation<'_>, duty: DutyRef| {
            [duty.group as usize, usize::from(evaluation.duty(duty).rule)]
        };
        let ([a, b], [c, d]) = (place(self.before, before), place(self.after, after));
        let same = || names_same_people(self.before, before, self.after, after);
        *self.same_people.entry([a, b, c, d]).or_insert_with(same)
    }
}

/// The duties of groups with their ids, by id.
fn identified(evaluation: &Evaluation<'_>, groups: &[u32]) -> Vec<Identified> {
    let rows = |&group: &u32| {
        evaluation.ran.duties[group as usize].standing().map(move |(row, _)| DutyRef { group, row })
    };
    let mut all: Vec<Identified> =
        groups.iter().flat_map(rows).map(|duty| (evaluation.id_bytes(duty), duty)).collect();
    all.sort_unstable_by_key(|(id, _)| *id);
    all
}

/// Those in both, in the first alone, and in the second alone.
fn joined(before: Vec<Identified>, after: Vec<Identified>) -> (Vec<Pair>, Vec<Identified>, Vec<Identified>) {
    let (mut pairs, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
    let mut after = after.into_iter().peekable();
    for (id, duty) in before {
        while let Some(only) = after.next_if(|(other, _)| *other < id) {
            new.push(only);
        }
        match after.next_if(|(other, _)| *other == id) {
            Some((_, other)) => pairs.push((id, duty, other)),
            None => gone.push((id, duty)),
        }
    }
    new.extend(after);
    (pairs, gone, new)
}

fn closed_by<'e>(evaluation: &'e Evaluation<'_>, duty: DutyRef) -> Option<std::borrow::Cow<'e, str>> {
    let node = evaluation.duty(duty).closed_by;
    (node != NO_NODE).then(|| evaluation.view.id(node))
}

/// Whether the versions that bind two duties say alike who owes them and whom their ladders reach.
fn names_same_people(
    before: &Evaluation<'_>,
    duty_before: DutyRef,
    after: &Evaluation<'_>,
    duty_after: DutyRef,
) -> bool {
    let (old, new) = (before.version(duty_before), after.version(duty_after));
    let (Some(was), Some(is)) = (before.rule(duty_before), after.rule(duty_after)) else { return false };
    let ladder_of = |policy: &Policy, name: &Option<String>| -> Vec<LadderStep> {
        let ladder = name.as_ref().and_then(|name| policy.ladders.get(name));
        let steps = ladder.map(|ladder| ladder.steps.clone()).unwrap_or_default();
        steps.into_iter().map(|step| LadderStep { place: Default::default(), ..step }).collect()
    };
    let climbs = |evaluation: &Evaluation<'_>, duty| !evaluation.instance(duty).starts_from_escalation;
    (was.pattern, &was.owner, &was.each, &was.ladder_start, was.every)
        == (is.pattern, &is.owner, &is.each, &is.ladder_start, is.every)
        && climbs(before, duty_before) == climbs(after, duty_after)
        && (&old.policy.roles, old.policy.zone.name(), old.policy.calendar)
            == (&new.policy.roles, new.policy.zone.name(), new.policy.calendar)
        && ladder_of(&old.policy, &was.ladder) == ladder_of(&new.policy, &is.ladder)
}

impl<'e> Comparison<'e> {
    /// When the second judged open duties.
    #[must_use]
    pub fn as_of(&self) -> Option<Instant> {
        self.after.as_of()
    }

    /// The duties that are not the same, ordered by rule, key, due and id.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// How many duties of all rules changed in which way.
    #[must_use]
    pub fn all(&self) -> Counts {
        let mut all = Counts::default();
        for counts in self.rules.values() {
            all.appear += counts.appear;
            all.vanish += counts.vanish;
            all.moved += counts.moved;
            all.unchanged += counts.unchanged;
        }
        all
    }

    /// How many of those that move are other in which field.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<Field, u64> {
        let mut counts = BTreeMap::new();
        for change in &self.changes {
            if let Change::Moves { fields, .. } = change {
                fields.iter().for_each(|field| *counts.entry(field).or_default() += 1);
            }
        }
        counts
    }

    /// How many duties stand in which other state, from the first evaluation's to the second's; none where it is not there.
    #[must_use]
    pub fn states(&self) -> BTreeMap<(Option<State>, Option<State>), u64> {
        let mut counts = BTreeMap::new();
        for change in self.changes.iter().filter(|change| change.is_of_state()) {
            let states = match *change {
                Change::Appears(duty) => (None, Some(self.after.state_of(duty))),
                Change::Vanishes(duty) => (Some(self.before.state_of(duty)), None),
                Change::Moves { before, after, .. } => {
                    (Some(self.before.state_of(before)), Some(self.after.state_of(after)))
                }
            };
            *counts.entry(states).or_default() += 1;
        }
        counts
    }

    /// How many duties of each desk changed in which way. One that lies with several counts for each, and one that moves
    /// for those of both evaluations; those unchanged are not counted.
    #[must_use]
    pub fn desks(&self) -> BTreeMap<Desk, Counts> {
        let mut counts: BTreeMap<Desk, Counts> = BTreeMap::new();
        for change in &self.changes {
            for desk in self.desks_of(change) {
                counts.entry(desk).or_default().add(change);
            }
        }
        counts
    }

    /// Where a duty lies: with the teams of those who owe it, else with its owner.
    #[must_use]
    pub fn desks_of(&self, change: &Change) -> BTreeSet<Desk> {
        match *change {
            Change::Appears(duty) => desks(self.after, duty),
            Change::Vanishes(duty) => desks(self.before, duty),
            Change::Moves { before, after, .. } => {
                let mut both = desks(self.before, before);
                both.append(&mut desks(self.after, after));
                both
            }
        }
    }

    /// A change with both rows of its duty.
    #[must_use]
    pub fn row(&self, change: &Change) -> ChangeRow {
        let (word, before, after, fields) = match *change {
            Change::Appears(duty) => ("appears", None, Some(duty), Fields::default()),
            Change::Vanishes(duty) => ("vanishes", Some(duty), None, Fields::default()),
            Change::Moves { before, after, fields } => ("moves", Some(before), Some(after), fields),
        };
        ChangeRow {
            change: word,
            fields: fields.iter().collect(),
            desks: self.desks_of(change),
            before: before.map(|duty| self.before.row(duty)),
            after: after.map(|duty| self.after.row(duty)),
        }
    }

    /// Every change with both rows of its duty, made one by one.
    pub fn rows(&self) -> impl Iterator<Item = ChangeRow> {
        self.changes.iter().map(|change| self.row(change))
    }

    /// How many signals of each name are in one evaluation alone; names without any are left out.
    #[must_use]
    pub fn signals(&self) -> BTreeMap<String, SignalCounts> {
        let ids = |evaluation: &Evaluation<'_>| -> BTreeSet<(String, String)> {
            evaluation.signals().into_iter().map(|row| (row.signal, row.id)).collect()
        };
        let (before, after) = (ids(self.before), ids(self.after));
        let mut counts: BTreeMap<String, SignalCounts> = BTreeMap::new();
        before.difference(&after).for_each(|(name, _)| counts.entry(name.clone()).or_default().vanish += 1);
        after.difference(&before).for_each(|(name, _)| counts.entry(name.clone()).or_default().appear += 1);
        counts
    }
}

fn desks(evaluation: &Evaluation<'_>, duty: DutyRef) -> BTreeSet<Desk> {
    let teams: BTreeSet<Desk> = evaluation.teams(duty).into_iter().map(Desk::Team).collect();
    if !teams.is_empty() {
        return teams;
    }
    let owner = evaluation.owner(duty).map(str::to_owned);
    BTreeSet::from([owner.map_or(Desk::Nobody, Desk::Owner)])
}
