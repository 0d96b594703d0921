//! Guards: parsed, and checked against what the policy declares.

use std::collections::BTreeMap;

use super::declared::Declared;
use super::{DutyRule, KindDeclaration, KindRef, Place, Policy, Problem, SignalRule, strata};
use crate::guard::{self, CheckScope, Checked, Expected, Fields, Guard};

/// A rule's guards, checked and ready to evaluate.
#[derive(Clone, Debug, Default)]
pub struct CheckedGuards {
    /// `where`.
    pub where_: Option<Checked>,
    /// `expect_where`.
    pub expect: Option<Checked>,
    /// `unless_where`.
    pub unless: Option<Checked>,
    /// `until_where`.
    pub until: Option<Checked>,
    /// `holds`.
    pub holds: Option<Checked>,
    /// `due`.
    pub due: Option<Checked>,
}

impl CheckedGuards {
    /// Those that are there.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Checked> {
        [&self.where_, &self.expect, &self.unless, &self.until, &self.holds, &self.due].into_iter().flatten()
    }
}

/// The checked guards of a version's rules, by the rule's name.
pub type GuardsByRule = BTreeMap<String, CheckedGuards>;

/// The guards of every version, in the versions' order.
///
/// # Errors
///
/// All that is wrong with them, and a circle of rules, with the version in whose files the place is. Policies that
/// [`read`](super::read) gave have no such problem each for itself.
pub fn check_guards(policies: &[Policy]) -> Result<Vec<GuardsByRule>, Vec<(usize, Problem)>> {
    strata(policies).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let mut checked = Vec::new();
    for (version, policy) in policies.iter().enumerate() {
        let own = strata(std::slice::from_ref(policy)).map_err(|(_, problem)| vec![(version, problem)])?;
        let mut found = Vec::new();
        checked.push(check_version(policy, &Declared::new(policy, &own), &mut found));
        problems.extend(found.into_iter().map(|problem| (version, problem)));
    }
    if problems.is_empty() { Ok(checked) } else { Err(problems) }
}

pub(super) fn parse(text: &str, place: Place) -> Result<Guard, Vec<Problem>> {
    guard::parse(text, place)
}

/// The checked guards of one version, and what is wrong with the others.
pub(super) fn check_version(
    policy: &Policy,
    declared: &Declared,
    problems: &mut Vec<Problem>,
) -> GuardsByRule {
    let mut checker = Checker { policy, declared, problems };
    let mut checked = BTreeMap::new();
    for (name, rule) in &policy.duties {
        checked.insert(name.clone(), checker.duty(rule));
    }
    for (name, rule) in &policy.signals {
        checked.insert(name.clone(), checker.signal(rule));
    }
    checked
}

struct Checker<'c> {
    policy: &'c Policy,
    declared: &'c Declared<'c>,
    problems: &'c mut Vec<Problem>,
}

impl Checker<'_> {
    fn duty(&mut self, rule: &DutyRule) -> CheckedGuards {
        let trigger = self.scope(rule, &rule.when, false);
        let expect = self.scope(rule, &rule.expect, true);
        let unless = self.scope(rule, &rule.unless, true);
        let until = self.scope(rule, &rule.until, true);
        let holds = CheckScope { subject: true, ..trigger.clone() };
        let due = CheckScope { expected: Expected::Instant, ..trigger.clone() };
        CheckedGuards {
            where_: self.check(rule.where_.as_ref(), &trigger),
            expect: self.check(rule.expect_where.as_ref(), &expect),
            unless: self.check(rule.unless_where.as_ref(), &unless),
            until: self.check(rule.until_where.as_ref(), &until),
            holds: self.check(rule.holds.as_ref(), &holds),
            due: self.check(rule.due.as_ref(), &due),
        }
    }

    fn signal(&mut self, rule: &SignalRule) -> CheckedGuards {
        let mut scope = self.empty_scope();
        scope.event = self.fields(&rule.count, &mut scope.open);
        CheckedGuards { where_: self.check(rule.where_.as_ref(), &scope), ..CheckedGuards::default() }
    }

    /// What a guard of the rule on events of these kinds may name.
    fn scope(&self, rule: &DutyRule, kinds: &[KindRef], of_candidate: bool) -> CheckScope {
        let mut scope = self.empty_scope();
        scope.event = self.fields(kinds, &mut scope.open);
        if of_candidate {
            scope.trigger = Some(self.fields(&rule.when, &mut scope.open));
        }
        if !rule.given.is_empty() {
            scope.given = Some(self.fields(&rule.given, &mut scope.open));
        }
        scope
    }

    fn empty_scope(&self) -> CheckScope {
        CheckScope {
            open: self.policy.open,
            roles: self.policy.roles.keys().cloned().collect(),
            ranks: self.policy.ranks.iter().flatten().cloned().collect(),
            calendar: self.policy.calendar.is_some(),
            ..CheckScope::default()
        }
    }

    /// What events of the kinds may have. One that nothing declares, which is reported elsewhere, may have anything.
    fn fields(&self, kinds: &[KindRef], open: &mut bool) -> Fields {
        let mut declarations: Vec<(String, Option<&KindDeclaration>)> = Vec::new();
        for kind in kinds {
            let Some(of) = self.declared.get(&kind.kind) else {
                *open = true;
                declarations.push((kind.kind.clone(), None));
                continue;
            };
            for (number, declaration) in of.into_iter().enumerate() {
                let name = if number == 0 { kind.kind.clone() } else { format!("{} ({number})", kind.kind) };
                declarations.push((name, Some(declaration)));
            }
        }
        Fields::of(declarations.iter().map(|(kind, declaration)| (kind.as_str(), *declaration)))
    }

    fn check(&mut self, guard: Option<&Guard>, scope: &CheckScope) -> Option<Checked> {
        let guard = guard?;
        match guard::check(guard, scope) {
            Ok(checked) => Some(checked),
            Err(problems) => {
                let exact = self.stands_as_written(guard);
                self.problems.extend(problems.into_iter().map(|mut problem| {
                    if !exact {
                        problem.place = guard.place.clone();
                    }
                    problem
                }));
                None
            }
        }
    }

    /// Whether the guard's text stands in its file letter for letter, without escapes.
    fn stands_as_written(&self, guard: &Guard) -> bool {
        let file = self.policy.files.get(guard.place.file);
        file.and_then(|file| file.text.get(guard.place.bytes.clone())) == Some(&guard.text)
    }
}
