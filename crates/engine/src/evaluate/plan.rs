//! Rules bound to a log: kinds, roles and attributes looked up once.

use super::effective::Node;
use super::guards::Guard;
use super::opens::FoundBy;
use super::state::Dues;
use super::transitions::Named;
use super::view::{AttrSlot, RoleSlot, View};
use crate::log::{Kind, Text};
use crate::policy::{Agencies, DutyRule, KindRef, Pattern, SignalRule};
use crate::program::{Compiled, Group, Instance, Sort, TERM_ATTRS, Version};
use crate::time::{Clock, Instant, Span};

/// As what a rule names a kind.
pub(crate) type Mask = u16;

pub(crate) const TRIGGER: Mask = 1;
pub(crate) const EXPECT: Mask = 1 << 1;
pub(crate) const UNLESS: Mask = 1 << 2;
pub(crate) const UNTIL: Mask = 1 << 3;
pub(crate) const GIVEN: Mask = 1 << 4;
pub(crate) const INDEPENDENT: Mask = 1 << 5;
pub(crate) const SINCE: Mask = 1 << 6;
pub(crate) const UNLESS_BEFORE: Mask = 1 << 7;
/// An excuse that names the rule and the key; found by what it says, not by its kind alone.
pub(crate) const EXCUSE: Mask = 1 << 8;
/// An `attendance.recorded`; found by its meeting.
pub(crate) const ATTENDANCE: Mask = 1 << 9;

/// A name of `same`, `distinct` or `per`: `stream`, else a link role, else an attribute.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct NameSlot {
    pub(crate) stream: bool,
    pub(crate) link: RoleSlot,
    pub(crate) attr: AttrSlot,
}

/// The lens of rules: which events stand under which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lens {
    pub(crate) name: Text,
    pub(crate) role: RoleSlot,
    pub(crate) person: bool,
}

/// A kind as one rule names it: always, or only where the key is linked in a role.
#[derive(Clone, Debug, Default)]
pub(crate) struct KindMask {
    always: Mask,
    as_role: Vec<(Mask, RoleSlot)>,
}

/// A rule in one version, bound to a log.
pub(crate) struct RulePlan<'p> {
    pub(crate) version: &'p Version,
    pub(crate) from: Instant,
    pub(crate) to: Instant,
    kinds: Vec<(Kind, KindMask)>,
    pub(crate) where_: Option<Guard<'p>>,
    /// The limit, where no guard has a say in the trigger or its due.
    pub(crate) simply_within: Option<Span>,
    pub(crate) what: What<'p>,
}

/// What differs between duties and signals.
pub(crate) enum What<'p> {
    Duty(Box<DutyPlan<'p>>),
    Signal(SignalPlan<'p>),
}

/// A duty's rule, bound.
pub(crate) struct DutyPlan<'p> {
    pub(crate) rule: &'p DutyRule,
    pub(crate) expect: Option<Guard<'p>>,
    pub(crate) unless: Option<Guard<'p>>,
    pub(crate) until: Option<Guard<'p>>,
    pub(crate) holds: Option<Guard<'p>>,
    pub(crate) due: Option<Guard<'p>>,
    pub(crate) same: Vec<NameSlot>,
    pub(crate) each: Option<RoleSlot>,
    pub(crate) agencies: Vec<Text>,
    pub(crate) has_given: bool,
    pub(crate) is_independent: bool,
}

/// A signal's rule, bound.
pub(crate) struct SignalPlan<'p> {
    pub(crate) rule: &'p SignalRule,
    /// Of the events raised, if some rule names them.
    pub(crate) kind: Option<Kind>,
    /// The roles of their links that rules look at.
    pub(crate) roles: Vec<RoleSlot>,
    pub(crate) distinct: Option<NameSlot>,
    pub(crate) per: Vec<NameSlot>,
    /// `term`, `prefer` and `event`, of a signal of terms.
    pub(crate) term_attrs: [Text; 3],
}

/// A group of rules, bound.
pub(crate) struct GroupPlan<'p> {
    pub(crate) group: &'p Group,
    /// Its number in the program.
    pub(crate) number: usize,
    pub(crate) rules: Vec<RulePlan<'p>>,
    /// One version, and what closes one duty closes all that are open.
    pub(crate) plain: bool,
    /// Whether its duties are judged from each key's end back.
    pub(crate) backward: bool,
    /// By what its open duties are found, where that is the same in every version.
    pub(crate) found_by: Option<FoundBy>,
    /// How long after its trigger each duty is due, where that is the same for all.
    pub(crate) after_ms: Option<i64>,
    /// The transitions of its duties that some rule names.
    pub(crate) named: Option<Named>,
}

/// Which groups name a kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Action {
    /// Place of the group in its pass.
    pub(crate) group: u16,
    /// What a plain group makes of it: a trigger, a response, or both.
    pub(crate) plain: Mask,
}

/// Groups by the kinds that they name.
#[derive(Debug)]
pub(crate) struct Actions {
    starts: Vec<u32>,
    actions: Vec<Action>,
}

/// All rules of one stratum and one lens.
pub(crate) struct Pass<'p> {
    pub(crate) lens: Lens,
    pub(crate) groups: Vec<GroupPlan<'p>>,
    /// Of groups whose events are taken as they come.
    forward: Actions,
    /// Of groups that are judged from each key's end back.
    backward: Actions,
    /// By kind: see [`Pass::only_answers`].
    only_answers: Vec<u64>,
}

impl Actions {
    fn new(view: &View<'_>, groups: &[GroupPlan<'_>], is_wanted: impl Fn(&GroupPlan<'_>) -> bool) -> Self {
        let mut all = Self { starts: vec![0], actions: Vec::new() };
        for kind in 0..view.kind_count() {
            for (place, group) in groups.iter().enumerate().filter(|(_, group)| is_wanted(group)) {
                let masks = group.rules.iter().filter_map(|rule| rule.kind_mask(kind as Kind));
                let mask = masks.fold(0, |all, mask| all | mask.any());
                if mask != 0 {
                    let plain = if group.plain { mask } else { 0 };
                    all.actions.push(Action { group: place as u16, plain });
                }
            }
            all.starts.push(all.actions.len() as u32);
        }
        all
    }

    /// The groups that name a kind.
    #[inline]
    pub(crate) fn of(&self, kind: Kind) -> &[Action] {
        match (self.starts.get(usize::from(kind)), self.starts.get(usize::from(kind) + 1)) {
            (Some(&start), Some(&end)) => &self.actions[start as usize..end as usize],
            _ => &[],
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }
}

impl<'p> Pass<'p> {
    pub(crate) fn new(view: &View<'_>, lens: &str, groups: Vec<GroupPlan<'p>>) -> Self {
        let forward = Actions::new(view, &groups, |group| !group.backward);
        let backward = Actions::new(view, &groups, |group| group.backward);
        let only_answers =
            (0..view.kind_count()).map(|kind| only_answers(forward.of(kind as Kind))).collect();
        Self { lens: Lens::new(view, lens), groups, forward, backward, only_answers }
    }

    /// The groups that name a kind and take its events as they come.
    #[inline]
    pub(crate) fn actions(&self, kind: Kind) -> &[Action] {
        self.forward.of(kind)
    }

    /// The groups that are judged from each key's end back.
    pub(crate) fn backward(&self) -> &Actions {
        &self.backward
    }

    /// Whether some group takes events as they come.
    pub(crate) fn has_forward(&self) -> bool {
        self.groups.iter().any(|group| !group.backward)
    }

    /// The places, as bits, of the plain groups that a kind answers, where it does nothing else; 0 where it does.
    #[inline]
    pub(crate) fn only_answers(&self, kind: Kind) -> u64 {
        self.only_answers.get(usize::from(kind)).copied().unwrap_or(0)
    }

    /// Whether some group names a kind.
    pub(crate) fn names_kind(&self, kind: Kind) -> bool {
        !self.forward.of(kind).is_empty() || !self.backward.of(kind).is_empty()
    }
}

/// The bit of a group's place in its pass; 0 beyond the sixty-fourth.
#[inline]
pub(crate) fn bit(place: usize) -> u64 {
    1_u64.checked_shl(place as u32).unwrap_or(0)
}

fn only_answers(actions: &[Action]) -> u64 {
    let answered = actions.iter().map(|action| match action.plain {
        EXPECT => bit(usize::from(action.group)),
        _ => 0,
    });
    answered.reduce(|all, bit| if all == 0 || bit == 0 { 0 } else { all | bit }).unwrap_or(0)
}

impl Lens {
    pub(crate) fn new(view: &View<'_>, name: &str) -> Self {
        let role = view.role_slot(name);
        Self { name: role.name, role, person: name == "person" }
    }
}

impl KindMask {
    fn any(&self) -> Mask {
        self.as_role.iter().fold(self.always, |all, (mask, _)| all | mask)
    }

    fn add(&mut self, mask: Mask, role: Option<RoleSlot>) {
        match role {
            None => self.always |= mask,
            Some(role) => self.as_role.push((mask, role)),
        }
    }
}

impl<'p> GroupPlan<'p> {
    pub(crate) fn new(view: &View<'_>, compiled: &'p Compiled, number: usize, is_excused: bool) -> Self {
        let group = &compiled.groups[number];
        let rules: Vec<RulePlan<'p>> =
            group.instances.iter().map(|instance| RulePlan::new(view, compiled, group, instance)).collect();
        let plain = !is_excused && matches!(rules.as_slice(), [rule] if rule.is_plain());
        let after_ms = match rules.as_slice() {
            [rule] => rule.after_ms(),
            _ => None,
        };
        let backward = match (rules.as_slice(), after_ms) {
            ([rule], Some(after_ms)) if plain => rule.is_judged_backward(view, after_ms),
            _ => false,
        };
        let mut found = rules.iter().map(|rule| match &rule.what {
            What::Duty(plan) => FoundBy::of(plan),
            What::Signal(_) => None,
        });
        let found_by = found.next().flatten().filter(|&first| found.all(|other| other == Some(first)));
        Self { group, number, rules, plain, backward, found_by, after_ms, named: Named::new(view, group) }
    }

    /// How its duties keep when they are due.
    pub(crate) fn dues(&self) -> Dues {
        let at_trigger =
            matches!(self.group.sort, Sort::Duty(Pattern::Before | Pattern::Holds | Pattern::Never));
        let after_ms = if at_trigger { Some(0) } else { self.after_ms };
        after_ms.map_or_else(Dues::default, Dues::After)
    }

    /// The rule in force at an instant.
    pub(crate) fn in_force(&self, at: Instant) -> Option<usize> {
        self.rules.iter().position(|rule| rule.from <= at && at < rule.to)
    }
}

impl<'p> RulePlan<'p> {
    fn new(view: &View<'_>, compiled: &'p Compiled, group: &'p Group, instance: &'p Instance) -> Self {
        let version = &compiled.versions[instance.version];
        let guard = |checked: &'p Option<crate::guard::Checked>| {
            checked.as_ref().map(|checked| Guard::new(view, checked))
        };
        let guards = &instance.guards;
        let mut kinds = Vec::new();
        let what = match (
            group.sort,
            version.policy.duties.get(&group.name),
            version.policy.signals.get(&group.name),
        ) {
            (Sort::Duty(_), Some(rule), _) => {
                name_duty_kinds(view, rule, &mut kinds);
                What::Duty(Box::new(DutyPlan {
                    rule,
                    expect: guard(&guards.expect),
                    unless: guard(&guards.unless),
                    until: guard(&guards.until),
                    holds: guard(&guards.holds),
                    due: guard(&guards.due),
                    same: rule.same.iter().map(|name| NameSlot::new(view, name)).collect(),
                    each: rule.each.as_deref().map(|role| view.role_slot(role)),
                    agencies: match &rule.agencies {
                        Some(Agencies::Named(named)) => {
                            named.iter().filter_map(|agency| view.names.find(agency)).collect()
                        }
                        Some(Agencies::Invited) | None => Vec::new(),
                    },
                    has_given: !rule.given.is_empty(),
                    is_independent: !rule.independent_of.is_empty(),
                }))
            }
            (_, _, Some(rule)) => {
                name_kinds(view, &rule.count, TRIGGER, &mut kinds);
                if rule.terms.is_some() && rule.count.is_empty() {
                    name_all_kinds(view, compiled, &mut kinds);
                }
                let kind = view.kind_number(&format!("signal.{}", group.name));
                let is_seen =
                    |role: &RoleSlot| kind.is_some() && compiled.looks_at(view.names.get(role.name));
                What::Signal(SignalPlan {
                    rule,
                    kind,
                    roles: view.roles().filter(is_seen).collect(),
                    distinct: rule.distinct.as_deref().map(|name| NameSlot::new(view, name)),
                    per: rule.per.iter().map(|name| NameSlot::new(view, name)).collect(),
                    term_attrs: TERM_ATTRS.map(|name| view.names.find(name).unwrap_or_default()),
                })
            }
            (_, Some(_), None) | (Sort::Duty(_) | Sort::Signal, None, None) => {
                unreachable!("a group's rule stands in each of its versions")
            }
        };
        let simply_within = match &what {
            What::Duty(plan) if guards.where_.is_none() && plan.due.is_none() => plan.rule.within,
            What::Duty(_) | What::Signal(_) => None,
        };
        Self {
            version,
            simply_within,
            from: instance.from,
            to: instance.to,
            kinds,
            where_: guard(&guards.where_),
            what,
        }
    }

    pub(crate) fn clock(&self) -> &'p Clock {
        &self.version.clock
    }

    /// The plan of a duty's rule.
    pub(crate) fn duty(&self) -> &DutyPlan<'p> {
        match &self.what {
            What::Duty(plan) => plan,
            What::Signal(_) => unreachable!("a group of duties holds only duties"),
        }
    }

    /// Whether an excuse asks the registers for a rank.
    pub(crate) fn asks_rank(&self) -> bool {
        matches!(&self.what, What::Duty(plan) if plan.rule.excuse_rank.is_some())
    }

    /// As what the rule names a kind, in whatever role of the key.
    pub(crate) fn names(&self, kind: Kind) -> Mask {
        self.kind_mask(kind).map_or(0, KindMask::any)
    }

    fn kind_mask(&self, kind: Kind) -> Option<&KindMask> {
        self.kinds.iter().find(|(named, _)| *named == kind).map(|(_, mask)| mask)
    }

    /// As what the rule takes an event under a key.
    pub(crate) fn mask(&self, view: &View<'_>, node: Node, kind: Kind, key: Text) -> Mask {
        let Some(mask) = self.kind_mask(kind) else { return 0 };
        mask.as_role.iter().fold(mask.always, |all, &(as_role, role)| {
            if all & as_role != as_role && view.links(node, role).contains(&key) {
                all | as_role
            } else {
                all
            }
        })
    }

    /// How long after its trigger each duty is due, if the limit elapses alike for all.
    fn after_ms(&self) -> Option<i64> {
        let What::Duty(plan) = &self.what else { return None };
        let respond = plan.rule.pattern == Pattern::Respond && plan.due.is_none();
        plan.rule.within.filter(|_| respond)?.elapsed_ms()
    }

    /// Whether its duties are judged from each key's end back: so many of its events are triggers that no processor foresees
    /// which comes next, and whatever triggers one opens it, for its rule has no guard and is in force all the while.
    fn is_judged_backward(&self, view: &View<'_>, after_ms: i64) -> bool {
        let count = |mask: Mask| -> u64 {
            let named = self.kinds.iter().filter(|(_, names)| names.any() & mask != 0);
            named.filter_map(|(kind, _)| view.log.kind_counts().get(usize::from(*kind))).sum()
        };
        let triggers_are_many = count(TRIGGER) * 4 > count(EXPECT);
        let last = (self.to.ms() - 1).min(Instant::MAX.ms() - after_ms);
        triggers_are_many
            && self.where_.is_none()
            && view.span().is_some_and(|(earliest, latest)| earliest >= self.from && latest.ms() <= last)
    }

    /// Whether a response closes every open duty, whatever it says.
    fn is_plain(&self) -> bool {
        let What::Duty(plan) = &self.what else { return false };
        let rule = plan.rule;
        let masks = self.kinds.iter();
        rule.pattern == Pattern::Respond
            && plan.expect.is_none()
            && plan.same.is_empty()
            && plan.each.is_none()
            && rule.unless.is_empty()
            && rule.until.is_empty()
            && rule.no_sooner_than.is_none()
            && !rule.discharges_oldest
            && !plan.is_independent
            && !plan.has_given
            && masks.into_iter().all(|(_, mask)| mask.as_role.is_empty())
    }
}

impl NameSlot {
    pub(crate) fn new(view: &View<'_>, name: &str) -> Self {
        Self { stream: name == "stream", link: view.role_slot(name), attr: view.attr_slot(name) }
    }
}

fn name_duty_kinds(view: &View<'_>, rule: &DutyRule, kinds: &mut Vec<(Kind, KindMask)>) {
    for (named, mask) in [
        (&rule.when, TRIGGER),
        (&rule.expect, EXPECT),
        (&rule.unless, UNLESS),
        (&rule.until, UNTIL),
        (&rule.given, GIVEN),
        (&rule.independent_of, INDEPENDENT),
        (&rule.since, SINCE),
        (&rule.unless_before, UNLESS_BEFORE),
    ] {
        name_kinds(view, named, mask, kinds);
    }
}

/// Every recorded kind that is declared, or need not be.
fn name_all_kinds(view: &View<'_>, compiled: &Compiled, kinds: &mut Vec<(Kind, KindMask)>) {
    let policies = compiled.versions.iter().map(|version| &version.policy);
    for kind in 0..view.log.kinds().len() as Kind {
        let name = view.kind_name(kind);
        if policies.clone().any(|policy| policy.open || policy.kinds.contains_key(name)) {
            kinds.push((kind, KindMask { always: TRIGGER, as_role: Vec::new() }));
        }
    }
}

fn name_kinds(view: &View<'_>, named: &[KindRef], mask: Mask, kinds: &mut Vec<(Kind, KindMask)>) {
    for reference in named {
        let Some(kind) = view.kind_number(&reference.kind) else { continue };
        let role = reference.role.as_deref().map(|role| view.role_slot(role));
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, known)) => known.add(mask, role),
            None => {
                let mut new = KindMask::default();
                new.add(mask, role);
                kinds.push((kind, new));
            }
        }
    }
}
