//! Duties and signals as rows with names, made when asked for.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Evaluation;
use super::derived::Shape;
use super::effective::{NO_NODE, Node};
use super::every;
use super::id::{hash, hex};
use super::ladder;
use super::state::Duties;
use super::view::View;
use super::{attend, report};
use crate::duty::{AheadRow, ClosedByRow, DutyRow, ReportRow, SignalRow, State, TriggerRow};
use crate::log::Text;
use crate::policy::{DutyRule, Pattern};
use crate::program::{Group, Instance, Sort, Version};
use crate::time::Instant;

/// A duty of an evaluation: its group's number, and its row there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DutyRef {
    pub(crate) group: u32,
    pub(crate) row: u32,
}

/// The id of a duty (`docs/formats.md`, "Ids").
pub(crate) fn duty_id(
    view: &View<'_>,
    group: &Group,
    key: Text,
    trigger: Node,
    start: Node,
    part: Text,
) -> String {
    hex(&duty_hash(view, group, key, trigger, start, part))
}

/// The id of a duty, before it is written out.
fn duty_hash(view: &View<'_>, group: &Group, key: Text, trigger: Node, start: Node, part: Text) -> [u8; 16] {
    let trigger_id = view.id(trigger);
    let name = |text: Text| view.names.get(text);
    let strings = |of_trigger: &str| hash(&[&group.name, &group.lens, name(key), of_trigger, name(part)]);
    if start == trigger { strings(&trigger_id) } else { strings(&format!("{trigger_id}/{}", view.id(start))) }
}

/// The ids of a duty under every name of its key and part, its own first.
pub(crate) fn duty_names(
    view: &View<'_>,
    group: &Group,
    key: Text,
    trigger: Node,
    start: Node,
    part: Text,
) -> Vec<String> {
    let mut ids = vec![duty_id(view, group, key, trigger, start, part)];
    if [key, part].iter().all(|&text| view.identity.names(text).is_none()) {
        return ids;
    }
    let names = |text: Text| match view.identity.names(text) {
        Some(names) => names.iter().copied().collect(),
        None => vec![text],
    };
    for key in names(key) {
        for part in names(part) {
            let id = duty_id(view, group, key, trigger, start, part);
            if id != ids[0] {
                ids.push(id);
            }
        }
    }
    ids
}

/// Every duty that stands, group by group.
pub(crate) fn each(groups: &[Duties]) -> impl Iterator<Item = DutyRef> {
    groups.iter().enumerate().flat_map(|(group, duties)| {
        duties.standing().map(move |(row, _)| DutyRef { group: group as u32, row })
    })
}

impl<'a> Evaluation<'a> {
    /// When open duties were judged: what was given, else the greatest `at`; none where neither is there.
    #[must_use]
    pub fn as_of(&self) -> Option<Instant> {
        self.view.as_of
    }

    /// How many events count, after the cut and corrections.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.view.effective.count
    }

    /// How many keys have a duty, each lens counted apart.
    #[must_use]
    pub fn key_count(&self) -> u64 {
        let mut keys: BTreeSet<(&str, Text)> = BTreeSet::new();
        for (group, duties) in self.view.compiled.groups.iter().zip(&self.ran.duties) {
            let mut last = None;
            for (_, duty) in duties.standing() {
                if last != Some(duty.key) {
                    keys.insert((&group.lens, duty.key));
                    last = Some(duty.key);
                }
            }
        }
        keys.len() as u64
    }

    /// How many duties of each rule stand in each state, in the order of [`State::ALL`]; rules without any too.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&str, [u64; 12]> {
        let mut counts: BTreeMap<&str, [u64; 12]> = BTreeMap::new();
        for (number, group) in self.view.compiled.groups.iter().enumerate() {
            let Sort::Duty(pattern) = group.sort else { continue };
            let of_rule = counts.entry(&group.name).or_default();
            for (row, _) in self.ran.duties[number].standing() {
                of_rule[self.state(pattern, DutyRef { group: number as u32, row }) as usize] += 1;
            }
        }
        counts
    }

    fn state(&self, pattern: Pattern, duty: DutyRef) -> State {
        let row = self.duty(duty);
        let is_past =
            row.is_open() && self.view.as_of.zip(self.due(duty)).is_some_and(|(as_of, due)| as_of > due);
        match (is_past, pattern) {
            (false, _) => row.state,
            (true, Pattern::Attend) => State::Unrecorded,
            (true, _) => State::Overdue,
        }
    }

    /// Every duty, in the order of the references, which means nothing else.
    pub fn each_duty(&self) -> impl Iterator<Item = DutyRef> {
        each(&self.ran.duties)
    }

    /// Every duty, ordered by id.
    #[must_use]
    pub fn duties_by_id(&self) -> Vec<DutyRef> {
        let mut refs: Vec<DutyRef> = self.each_duty().collect();
        refs.sort_by_cached_key(|&duty| self.id_bytes(duty));
        refs
    }

    /// Every duty, ordered by rule, key, due and id.
    #[must_use]
    pub fn duties(&self) -> Vec<DutyRef> {
        let mut refs: Vec<DutyRef> = self.each_duty().collect();
        refs.sort_by(|&a, &b| self.compare(a, b));
        for tied in refs.chunk_by_mut(|&a, &b| self.compare(a, b).is_eq()) {
            tied.sort_by_cached_key(|&duty| self.id(duty));
        }
        refs
    }

    /// By rule, key and due.
    fn compare(&self, a: DutyRef, b: DutyRef) -> Ordering {
        let key = |duty: DutyRef| self.view.names.get(self.duty(duty).key);
        let due = |duty: DutyRef| self.due(duty);
        let by_rule = self.group(a).name.cmp(&self.group(b).name);
        by_rule.then_with(|| key(a).cmp(key(b))).then_with(|| due(a).cmp(&due(b)))
    }

    pub(crate) fn group(&self, duty: DutyRef) -> &'a Group {
        &self.view.compiled.groups[duty.group as usize]
    }

    pub(crate) fn duty(&self, duty: DutyRef) -> &super::state::Duty {
        &self.ran.duties[duty.group as usize].rows[duty.row as usize]
    }

    /// When a duty is due, if that could be told.
    #[must_use]
    pub fn due(&self, duty: DutyRef) -> Option<Instant> {
        self.ran.duties[duty.group as usize].due(&self.view, duty.row)
    }

    pub(crate) fn part(&self, duty: DutyRef) -> Text {
        self.ran.duties[duty.group as usize].part(duty.row)
    }

    pub(crate) fn start(&self, duty: DutyRef) -> Node {
        self.ran.duties[duty.group as usize].start(duty.row)
    }

    /// The rule in the version that binds a duty.
    pub(crate) fn instance(&self, duty: DutyRef) -> &'a Instance {
        &self.group(duty).instances[usize::from(self.duty(duty).rule)]
    }

    /// The version that binds a duty.
    pub(crate) fn version(&self, duty: DutyRef) -> &'a Version {
        &self.view.compiled.versions[self.instance(duty).version]
    }

    /// The rule that a duty comes from, as in force for it.
    #[must_use]
    pub fn rule(&self, duty: DutyRef) -> Option<&'a DutyRule> {
        self.view.compiled.duty_rule(duty.group as usize, self.duty(duty).rule)
    }

    /// The steps of a duty's ladder that have not opened, and whom each would reach if it opened now.
    #[must_use]
    pub fn ahead(&self, duty: DutyRef) -> Vec<AheadRow> {
        ladder::ahead(self, duty)
    }

    /// The zone of the version that binds a duty.
    #[must_use]
    pub fn zone(&self, duty: DutyRef) -> &str {
        self.version(duty).policy.zone.name()
    }

    /// Whether a step of a duty's ladder reaches its holders together with others of the rule and team.
    #[must_use]
    pub fn is_bundled(&self, duty: DutyRef, step: usize) -> bool {
        let ladder = self.rule(duty).and_then(|rule| rule.ladder.as_ref());
        let ladder = ladder.and_then(|name| self.version(duty).policy.ladders.get(name));
        ladder.and_then(|ladder| ladder.steps.get(step.checked_sub(1)?)).is_some_and(|step| step.bundle)
    }

    /// A duty's id.
    #[must_use]
    pub fn id(&self, duty: DutyRef) -> String {
        let row = self.duty(duty);
        duty_id(&self.view, self.group(duty), row.key, row.trigger, self.start(duty), self.part(duty))
    }

    /// A duty's id, before it is written out.
    pub(crate) fn id_bytes(&self, duty: DutyRef) -> [u8; 16] {
        let row = self.duty(duty);
        duty_hash(&self.view, self.group(duty), row.key, row.trigger, self.start(duty), self.part(duty))
    }

    /// The entity that a duty is about.
    #[must_use]
    pub fn key(&self, duty: DutyRef) -> &str {
        self.view.names.get(self.duty(duty).key)
    }

    /// A duty's id, and its ids under other names of its key and part.
    #[must_use]
    pub fn ids(&self, duty: DutyRef) -> Vec<String> {
        let (row, part, start) = (self.duty(duty), self.part(duty), self.start(duty));
        duty_names(&self.view, self.group(duty), row.key, row.trigger, start, part)
    }

    pub(crate) fn pattern(&self, duty: DutyRef) -> Pattern {
        match self.group(duty).sort {
            Sort::Duty(pattern) => pattern,
            Sort::Signal => unreachable!("a group of signals has no duties"),
        }
    }

    /// A duty's state.
    #[must_use]
    pub fn state_of(&self, duty: DutyRef) -> State {
        self.state(self.pattern(duty), duty)
    }

    /// A duty's whole row.
    #[must_use]
    pub fn row(&self, duty: DutyRef) -> DutyRow {
        let (view, row) = (&self.view, self.duty(duty));
        let (group, part, start) = (self.group(duty), self.part(duty), self.start(duty));
        let mut names = self.ids(duty);
        let id = names.remove(0);
        names.sort_unstable();
        let text = |text: Text| view.names.get(text).to_owned();
        let climb = ladder::climb(self, duty);
        DutyRow {
            id,
            aliases: names,
            duty: group.name.clone(),
            lens: group.lens.clone(),
            key: text(row.key),
            part: text(part),
            trigger: TriggerRow {
                id: view.id(start).into_owned(),
                kind: view.kind_text(start).to_owned(),
                at: view.at(start),
            },
            due: self.due(duty),
            state: self.state_of(duty),
            closed_by: (row.closed_by != NO_NODE).then(|| self.closed_by(row.closed_by)),
            late_ms: self.late_ms(duty),
            recorded_late: row.recorded_late,
            periods_missed: self.periods_missed(duty),
            invited: self
                .rule(duty)
                .filter(|rule| rule.pattern == Pattern::Attend)
                .map(|rule| attend::invited(view, &self.special, rule, row.trigger, part)),
            owner: climb.owner.map(text),
            holders: climb.holders.map(|holders| holders.names()),
            near: self.near(duty),
            undecided: self.ran.duties[duty.group as usize].undecided.get(&duty.row).cloned(),
            ladder: climb.steps,
        }
    }

    /// Who owes a duty: an officer, a role or an agency.
    #[must_use]
    pub fn owner(&self, duty: DutyRef) -> Option<&str> {
        ladder::owner(self, duty).map(|owner| self.view.names.get(owner))
    }

    /// The name under which an entity is compared and shown, whichever of its names is given.
    #[must_use]
    pub fn name_of<'t>(&'t self, entity: &'t str) -> &'t str {
        let found = self.view.names.find(entity);
        found.map_or(entity, |text| self.view.names.get(self.view.identity.canonical(text)))
    }

    /// The stream of what started a duty.
    #[must_use]
    pub fn stream(&self, duty: DutyRef) -> &str {
        self.view.names.get(self.view.stream(self.start(duty)))
    }

    /// The agency that owes a duty, where no role or officer does.
    #[must_use]
    pub fn owning_agency(&self, duty: DutyRef) -> Option<&str> {
        let owner = self.owner(duty)?;
        let is_role = self.version(duty).policy.roles.contains_key(owner);
        (!is_role && !owner.is_empty() && !owner.contains(':')).then_some(owner)
    }

    /// The teams of those who owe a duty, sorted: the teams in which its holders have a post or cover when the duty is
    /// closed, or at `as_of` while it is open. Empty where nobody is found, or nobody of a team.
    #[must_use]
    pub fn teams(&self, duty: DutyRef) -> Vec<String> {
        self.texts(&ladder::teams(self, duty))
    }

    /// Texts, sorted.
    pub(crate) fn texts<'t>(&self, texts: impl IntoIterator<Item = &'t Text>) -> Vec<String> {
        let mut all: Vec<String> =
            texts.into_iter().map(|&text| self.view.names.get(text).to_owned()).collect();
        all.sort_unstable();
        all
    }

    fn closed_by(&self, node: Node) -> ClosedByRow {
        ClosedByRow {
            id: self.view.id(node).into_owned(),
            kind: self.view.kind_text(node).to_owned(),
            at: self.view.at(node),
            recorded_at: self.view.recorded_at(node),
        }
    }

    fn late_ms(&self, duty: DutyRef) -> Option<i64> {
        let row = self.duty(duty);
        let judged = matches!(self.pattern(duty), Pattern::Before | Pattern::Holds | Pattern::Never);
        if judged || row.closed_by == NO_NODE {
            return None;
        }
        let late = self.view.at(row.closed_by).ms() - self.due(duty)?.ms();
        (late > 0).then_some(late)
    }

    pub(crate) fn periods_missed(&self, duty: DutyRef) -> u32 {
        let row = self.duty(duty);
        let every = self.rule(duty).and_then(|rule| rule.every);
        let (Some(every), Some(due), true) = (every, self.due(duty), row.state != State::Undecided) else {
            return 0;
        };
        let end = if row.is_open() { self.view.as_of } else { Some(self.view.at(row.closed_by)) };
        let passed = end.map_or(0, |end| every::passed(&self.version(duty).clock, due, every, end));
        u32::try_from(passed).unwrap_or(u32::MAX)
    }

    /// When a duty's row, given here, reads otherwise though nothing is recorded: the duty lapses, or a step of its ladder
    /// or a further period does.
    #[must_use]
    pub fn wakes(&self, duty: DutyRef, row: &DutyRow) -> Option<Instant> {
        let as_of = self.view.as_of?;
        let is_open = self.duty(duty).is_open();
        if !is_open && row.state != State::Breached {
            return None;
        }
        let due = self.due(duty)?;
        if is_open && as_of <= due {
            return Some(due.just_after());
        }
        let period = if is_open { self.next_period(duty, due) } else { None };
        let step = row.ladder.last().and_then(|step| step.due);
        [period, step].into_iter().flatten().filter(|&at| at >= as_of).map(Instant::just_after).min()
    }

    /// The first due of an interval, or further due, that has not passed.
    fn next_period(&self, duty: DutyRef, due: Instant) -> Option<Instant> {
        let (every, clock) = (self.rule(duty)?.every?, &self.version(duty).clock);
        let passed = every::passed(clock, due, every, self.view.as_of?);
        every::further(clock, due, every, passed).ok()
    }

    fn near(&self, duty: DutyRef) -> Vec<String> {
        let near = self.ran.duties[duty.group as usize].near.get(&duty.row);
        near.into_iter().flatten().map(|&node| self.view.id(node).into_owned()).collect()
    }

    /// Every duty's row, ordered by rule, key, due and id.
    pub fn rows(&self) -> impl Iterator<Item = DutyRow> {
        self.duties().into_iter().map(|duty| self.row(duty))
    }

    /// Every signal raised, ordered by name, key, `at` and id.
    #[must_use]
    pub fn signals(&self) -> Vec<SignalRow> {
        let mut rows: Vec<SignalRow> =
            self.ran.signals.iter().filter_map(|&(group, node)| self.signal(group, node)).collect();
        rows.sort_by(|a, b| (&a.signal, &a.key, a.at, &a.id).cmp(&(&b.signal, &b.key, b.at, &b.id)));
        rows
    }

    /// When signals of some names were last raised about each key: by name and key, in no order.
    #[must_use]
    pub fn last_raised(&self, names: &BTreeSet<String>) -> HashMap<(&str, &str), Instant> {
        let groups = &self.view.compiled.groups;
        let is_wanted: Vec<bool> = groups.iter().map(|group| names.contains(&group.name)).collect();
        let mut last: HashMap<(&str, Text), Instant> = HashMap::new();
        for &(group, node) in self.ran.signals.iter().filter(|&&(group, _)| is_wanted[group]) {
            let Some(derived) = self.view.derived_of(node) else { continue };
            let raised = last.entry((&groups[group].name, derived.key)).or_insert(derived.order.at);
            *raised = derived.order.at.max(*raised);
        }
        last.into_iter().map(|((name, key), at)| ((name, self.view.names.get(key)), at)).collect()
    }

    fn signal(&self, group: usize, node: Node) -> Option<SignalRow> {
        let (view, group) = (&self.view, &self.view.compiled.groups[group]);
        let derived = view.derived_of(node)?;
        let Shape::Signal { event, .. } = &derived.shape else { return None };
        Some(SignalRow {
            id: view.id(node).into_owned(),
            signal: group.name.clone(),
            lens: group.lens.clone(),
            key: view.names.get(derived.key).to_owned(),
            per: derived.shape.per().to_vec(),
            at: derived.order.at,
            recorded_at: derived.recorded_at,
            event: view.id(*event).into_owned(),
        })
    }

    /// What could not be used as it stood, sorted.
    #[must_use]
    pub fn reports(&self) -> Vec<ReportRow> {
        report::rows(self)
    }
}
