//! A program: the versions of a policy, ready to be evaluated (`docs/policy-language.md`, "Versions").

use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

use crate::policy::{self, CheckedGuards, DutyRule, KindRef, Pattern, Policy, Problem, SignalRule};
use crate::time::{Clock, Date, Instant};

/// Versions of a policy, checked and put in order.
#[derive(Debug)]
pub struct Program {
    in_force: Compiled,
    last_alone: Compiled,
}

/// Some rules of duties of a program, with all on which they rest.
#[derive(Debug)]
pub struct Part {
    /// What judges them.
    pub program: Program,
    duties: BTreeSet<String>,
}

impl Part {
    /// Whether a rule is one of them, and not only what they rest on.
    #[must_use]
    pub fn is_of(&self, rule: &str) -> bool {
        self.duties.contains(rule)
    }
}

/// Why policies make no program.
#[derive(Debug, Error)]
#[error("the policy has {} problems", problems.len())]
pub struct ProgramError {
    /// What is wrong, where the file of each place is one of the policy named beside it.
    pub problems: Vec<(usize, Problem)>,
}

impl Program {
    /// The program of one version or several, in any order.
    ///
    /// # Errors
    /// Versions that do not go together, rules that lead in a circle, and guards that do not fit the declarations.
    pub fn new(mut policies: Vec<Policy>) -> Result<Self, ProgramError> {
        let mut problems = policy::program_problems(&policies);
        problems.extend(too_many(&policies));
        if !problems.is_empty() {
            return Err(ProgramError { problems });
        }
        policies.sort_by_key(|policy| policy.in_force.from);
        let last = policies.last().cloned().into_iter().collect();
        Ok(Self { in_force: Compiled::new(policies, false)?, last_alone: Compiled::new(last, true)? })
    }

    /// The last version.
    #[must_use]
    pub fn last(&self) -> Option<&Policy> {
        self.last_alone.versions.last().map(|version| &version.policy)
    }

    /// The versions, oldest first.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.in_force.versions.iter().map(|version| &version.policy)
    }

    /// So many rules of duties at a time, in the order of their names, with all on which these rest: they are judged by it as by the
    /// whole, and to judge part after part takes less memory.
    pub fn part_by_part(&self, rules: usize) -> impl Iterator<Item = Result<Part, ProgramError>> {
        let names: BTreeSet<&String> = self.policies().flat_map(|policy| policy.duties.keys()).collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let parts: Vec<BTreeSet<String>> =
            names.chunks(rules.max(1)).map(|part| part.iter().cloned().collect()).collect();
        parts.into_iter().map(|duties| self.part(duties))
    }

    fn part(&self, duties: BTreeSet<String>) -> Result<Part, ProgramError> {
        let mut policies: Vec<Policy> = self.policies().cloned().collect();
        let rules = policy::with_what_they_rest_on(&policies, &duties);
        for policy in &mut policies {
            policy.duties.retain(|name, _| rules.contains(name));
            policy.signals.retain(|name, _| rules.contains(name));
        }
        Ok(Part { program: Self::new(policies)?, duties })
    }

    pub(crate) fn compiled(&self, ignore_in_force: bool) -> &Compiled {
        if ignore_in_force { &self.last_alone } else { &self.in_force }
    }
}

/// The attributes of a signal of terms: the term, what to write instead, and the id of the event whose note has it.
pub(crate) const TERM_ATTRS: [&str; 3] = ["term", "prefer", "event"];

/// The most versions of a program: a duty keeps the number of its own in a byte.
const MOST_VERSIONS: usize = 255;

/// The most rules of all versions together.
const MOST_RULES: usize = 20_000;

fn too_many(policies: &[Policy]) -> Option<(usize, Problem)> {
    let rules: usize = policies.iter().map(|policy| policy.duties.len() + policy.signals.len()).sum();
    let (what, count, most) = match policies.len() {
        versions if versions > MOST_VERSIONS => ("versions", versions, MOST_VERSIONS),
        _ if rules > MOST_RULES => ("rules in all its versions", rules, MOST_RULES),
        _ => return None,
    };
    let problem = Problem {
        message: format!("the policy has {count} {what}; at most {most} are judged together"),
        place: policies.first().map(|policy| policy.place.clone()).unwrap_or_default(),
        label: None,
        help: Some("review with fewer at a time".to_owned()),
    };
    Some((0, problem))
}

/// A version and the instants between which it binds.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) policy: Policy,
    pub(crate) clock: Clock,
    pub(crate) from: Instant,
    /// Exclusive.
    to: Instant,
}

/// What a group's rules say, version by version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Duty(Pattern),
    Signal,
}

/// The rules of one name, sort and lens in all versions: one rule over time.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    pub(crate) sort: Sort,
    pub(crate) lens: String,
    pub(crate) stratum: u32,
    pub(crate) instances: Vec<Instance>,
}

impl Group {
    /// Where what the group derives stands among events of one moment: above what recorded events and lower strata say. A
    /// stratum has at least one rule, so it is less than [`MOST_RULES`].
    pub(crate) fn layer(&self) -> u16 {
        (self.stratum + 1) as u16
    }
}

/// A rule in one version.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) version: usize,
    /// When triggers count.
    pub(crate) from: Instant,
    /// Exclusive.
    pub(crate) to: Instant,
    pub(crate) guards: CheckedGuards,
    /// A rule that starts from an escalation, directly or through a signal, has no ladder.
    pub(crate) starts_from_escalation: bool,
}

/// Versions with their rules grouped.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) versions: Vec<Version>,
    /// By stratum, then name, sort and lens.
    pub(crate) groups: Vec<Group>,
    /// The link roles that rules may look at; none where a lens looks at all.
    looked_at: Option<BTreeSet<String>>,
}

impl Compiled {
    fn new(policies: Vec<Policy>, for_all_time: bool) -> Result<Self, ProgramError> {
        let strata = policy::strata(&policies).map_err(|problem| ProgramError { problems: vec![problem] })?;
        let checked = policy::check_guards(&policies).map_err(|problems| ProgramError { problems })?;
        let versions = versions(policies, for_all_time);
        let mut groups: BTreeMap<(u32, String, Sort, String), Group> = BTreeMap::new();
        let mut checked = checked.into_iter();
        for (number, version) in versions.iter().enumerate() {
            let mut guards = checked.next().unwrap_or_default();
            let escalations = escalation_signals(&version.policy);
            for rule in rules(&version.policy) {
                let stratum = strata.get(rule.name()).copied().unwrap_or(0);
                let place = (stratum, rule.name().to_owned(), rule.sort(), rule.lens().to_owned());
                let (from, to) = rule.in_force(version, for_all_time);
                let group = groups.entry(place).or_insert_with_key(|(stratum, name, sort, lens)| Group {
                    name: name.clone(),
                    sort: *sort,
                    lens: lens.clone(),
                    stratum: *stratum,
                    instances: Vec::new(),
                });
                let guards = guards.remove(rule.name()).unwrap_or_default();
                let starts_from_escalation = rule.starts_from_escalation(&escalations);
                group.instances.push(Instance { version: number, from, to, guards, starts_from_escalation });
            }
        }
        let groups = groups.into_values().collect();
        let mut compiled = Self { versions, groups, looked_at: None };
        let all = compiled.groups.iter().any(|group| group.lens == "person");
        compiled.looked_at = (!all).then(|| compiled.roles());
        Ok(compiled)
    }

    /// Whether a rule, a ladder or a register may look at what events link in a role.
    pub(crate) fn looks_at(&self, role: &str) -> bool {
        self.looked_at.as_ref().is_none_or(|roles| roles.contains(role))
    }

    /// Every role that is named, among other names.
    fn roles(&self) -> BTreeSet<String> {
        let mut roles: BTreeSet<String> = super::evaluate::CORE_NAMES.map(str::to_owned).into();
        for rule in self.versions.iter().flat_map(|version| rules(&version.policy)) {
            rule.each_name(&mut |name| _ = roles.insert(name.to_owned()));
        }
        let guards = self.groups.iter().flat_map(|group| &group.instances);
        let guards = guards.flat_map(|instance| instance.guards.each());
        roles.extend(guards.flat_map(crate::guard::Checked::roles).cloned());
        roles
    }

    /// The derived kinds that some rule names.
    pub(crate) fn derived_kinds(&self) -> impl Iterator<Item = &str> {
        let kinds =
            self.versions.iter().flat_map(|version| rules(&version.policy)).flat_map(|rule| rule.kinds());
        let derived: BTreeSet<&str> =
            kinds.map(|kind| kind.kind.as_str()).filter(|kind| is_derived(kind)).collect();
        derived.into_iter()
    }

    /// A group's rule of duties, in the version that one of its instances is of.
    pub(crate) fn duty_rule(&self, group: usize, instance: u8) -> Option<&DutyRule> {
        let group = &self.groups[group];
        let version = &self.versions[group.instances[usize::from(instance)].version];
        version.policy.duties.get(&group.name)
    }

    /// Calls with every text of the policies that an evaluation compares or gives.
    pub(crate) fn each_name(&self, mut call: impl FnMut(&str)) {
        for version in &self.versions {
            let policy = &version.policy;
            for (role, agency) in &policy.roles {
                call(role);
                call(agency);
            }
            policy.ranks.iter().flatten().for_each(|rank| call(rank));
            for (kind, declaration) in &policy.kinds {
                call(kind);
                declaration.links.iter().for_each(|role| call(role));
                for (name, declared) in &declaration.attrs {
                    call(name);
                    if let policy::AttrType::OneOf { values, .. } = declared {
                        values.iter().for_each(|value| call(value));
                    }
                }
            }
            for rule in rules(policy) {
                rule.each_name(&mut call);
            }
            for step in policy.ladders.values().flat_map(|ladder| &ladder.steps) {
                call(&step.to);
                if let Some(policy::StepAgency::Named(agency)) = &step.agency {
                    call(agency);
                }
            }
        }
        for instance in self.groups.iter().flat_map(|group| &group.instances) {
            instance.guards.each().for_each(|guard| guard.each_text(&mut call));
        }
        for name in super::evaluate::CORE_NAMES {
            call(name);
        }
    }
}

/// The signals of a policy that count escalations, directly or through one another.
fn escalation_signals(policy: &Policy) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    loop {
        let signals = policy.signals.values().filter(|signal| starts_from(&signal.count, &found));
        let next: BTreeSet<&str> = signals.map(|signal| signal.name.as_str()).collect();
        if next == found {
            return found;
        }
        found = next;
    }
}

/// Whether one of some kinds is an escalation, or a signal that counts some.
fn starts_from(kinds: &[KindRef], signals: &BTreeSet<&str>) -> bool {
    kinds.iter().any(|kind| {
        let signal = kind.kind.strip_prefix("signal.");
        kind.kind.starts_with("escalation.") || signal.is_some_and(|signal| signals.contains(signal))
    })
}

/// Whether events of a kind are made by the evaluation alone.
pub(crate) fn is_derived(kind: &str) -> bool {
    kind.starts_with("signal.") || kind.starts_with("duty.")
}

fn versions(policies: Vec<Policy>, for_all_time: bool) -> Vec<Version> {
    let mut versions: Vec<Version> = policies
        .into_iter()
        .map(|policy| {
            let clock = Clock::new(policy.zone.clone(), policy.calendar);
            let from = (!for_all_time).then_some(policy.in_force.from).flatten();
            let to = (!for_all_time).then_some(policy.in_force.to).flatten();
            let (from, to) = (first_of(&clock, from, Instant::MIN), first_of(&clock, to, Instant::NEVER));
            Version { policy, clock, from, to }
        })
        .collect();
    for place in 1..versions.len() {
        versions[place - 1].to = versions[place - 1].to.min(versions[place].from);
    }
    versions
}

fn first_of(clock: &Clock, date: Option<Date>, without: Instant) -> Instant {
    date.map_or(without, |date| clock.first_ms(date).unwrap_or(without))
}

/// A duty's rule or a signal's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rule<'p> {
    Duty(&'p DutyRule),
    Signal(&'p SignalRule),
}

/// Every rule of a policy.
pub(crate) fn rules(policy: &Policy) -> impl Iterator<Item = Rule<'_>> {
    policy.duties.values().map(Rule::Duty).chain(policy.signals.values().map(Rule::Signal))
}

impl<'p> Rule<'p> {
    pub(crate) fn name(self) -> &'p str {
        match self {
            Self::Duty(rule) => &rule.name,
            Self::Signal(rule) => &rule.name,
        }
    }

    pub(crate) fn lens(self) -> &'p str {
        match self {
            Self::Duty(rule) => &rule.lens,
            Self::Signal(rule) => &rule.lens,
        }
    }

    fn sort(self) -> Sort {
        match self {
            Self::Duty(rule) => Sort::Duty(rule.pattern),
            Self::Signal(_) => Sort::Signal,
        }
    }

    /// Every kind that it names.
    pub(crate) fn kinds(self) -> Vec<&'p KindRef> {
        match self {
            Self::Duty(rule) => [
                &rule.when,
                &rule.given,
                &rule.expect,
                &rule.unless,
                &rule.until,
                &rule.since,
                &rule.unless_before,
                &rule.independent_of,
            ]
            .into_iter()
            .flatten()
            .collect(),
            Self::Signal(rule) => rule.count.iter().collect(),
        }
    }

    fn starts_from_escalation(self, signals: &BTreeSet<&str>) -> bool {
        matches!(self, Self::Duty(rule) if starts_from(&rule.when, signals))
    }

    fn in_force(self, version: &Version, for_all_time: bool) -> (Instant, Instant) {
        let own = match self {
            Self::Duty(rule) => rule.in_force,
            Self::Signal(rule) => rule.in_force,
        };
        if for_all_time {
            return (Instant::MIN, Instant::NEVER);
        }
        let from = first_of(&version.clock, own.from, Instant::MIN).max(version.from);
        (from, first_of(&version.clock, own.to, Instant::NEVER).min(version.to))
    }

    fn each_name(self, call: &mut impl FnMut(&str)) {
        self.kinds().into_iter().for_each(|kind| {
            call(&kind.kind);
            kind.role.iter().for_each(|role| call(role));
        });
        call(self.lens());
        match self {
            Self::Duty(rule) => {
                rule.same.iter().chain(&rule.each).for_each(|name| call(name));
                if let Some(policy::Agencies::Named(agencies)) = &rule.agencies {
                    agencies.iter().for_each(|agency| call(agency));
                }
                match &rule.owner {
                    Some(
                        policy::Owner::Named(name) | policy::Owner::Attr(name) | policy::Owner::Link(name),
                    ) => call(name),
                    Some(policy::Owner::Part) | None => {}
                }
            }
            Self::Signal(rule) => {
                rule.per.iter().chain(&rule.distinct).for_each(|name| call(name));
                for term in rule.terms.iter().flat_map(|terms| terms.list()) {
                    TERM_ATTRS.into_iter().chain([&*term.avoid, &*term.prefer]).for_each(&mut *call);
                }
            }
        }
    }
}
