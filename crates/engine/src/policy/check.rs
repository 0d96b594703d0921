//! What is wanted of policies beyond being right each for itself.

use std::collections::BTreeSet;

use super::{Expected, Pattern, Place, Policy, PolicyTest, Problem};

/// What keeps policies from being versions of one: other names, no `from`, the same `from`, some open and some not.
/// Each problem comes with the version in whose files its place is.
#[must_use]
pub fn program_problems(policies: &[Policy]) -> Vec<(usize, Problem)> {
    let Some(first) = policies.first() else {
        return vec![(0, Problem::new("there is no policy", &Place::default()))];
    };
    let mut problems = Vec::new();
    let mut report = |version: usize, policy: &Policy, message: String, help: &str| {
        problems.push((version, Problem::new(message, &policy.place).help(help)));
    };
    for (version, policy) in policies.iter().enumerate() {
        if policy.name != first.name {
            let message =
                format!("this is a version of `{}`, and the first one is of `{}`", policy.name, first.name);
            report(version, policy, message, "give policies that make one program the same `name`");
        }
        if policy.open != first.open {
            let (this, other) = if policy.open { ("open", "not") } else { ("not open", "open") };
            let message = format!("this version is {this}, and the first one is {other}");
            report(version, policy, message, "make all versions open, or none");
        }
        if policies.len() == 1 {
            continue;
        }
        let Some(from) = policy.in_force.from else {
            let message = format!("this is one of {} versions and does not say from when", policies.len());
            report(version, policy, message, "add `in_force = { from = 2026-01-01 }`");
            continue;
        };
        if policies[..version].iter().any(|earlier| earlier.in_force.from == Some(from)) {
            let message = format!("two versions are in force from {from}");
            report(version, policy, message, "give each its own `from`");
        }
    }
    problems
}

/// What `wakeful policy check` wants beyond a correct read: of every rule a test in which it fires and one in which it does
/// not, and versions that make one program. Each problem comes with the version in whose files its place is.
#[must_use]
pub fn check(policies: &[Policy]) -> Vec<(usize, Problem)> {
    let mut problems = program_problems(policies);
    for (version, policy) in policies.iter().enumerate() {
        problems.extend(untested(policy).into_iter().map(|problem| (version, problem)));
    }
    if let Err(problem) = super::strata(policies) {
        problems.push(problem);
    }
    problems
}

fn untested(policy: &Policy) -> Vec<Problem> {
    let tested = Tested::by(&policy.tests);
    let mut problems = Vec::new();
    for (name, rule) in policy.duties.iter().filter(|(_, rule)| policy.is_own(&rule.place)) {
        let state = match rule.pattern {
            Pattern::Respond | Pattern::Every => "overdue",
            Pattern::Attend => "unrecorded",
            Pattern::Before | Pattern::Holds | Pattern::Never => "breached",
        };
        let example = format!("{{ duty = \"{name}\", state = \"{state}\" }}");
        tested.want(name, &rule.place, &example, &mut problems);
    }
    for (name, rule) in policy.signals.iter().filter(|(_, rule)| policy.is_own(&rule.place)) {
        tested.want(name, &rule.place, &format!("{{ signal = \"{name}\" }}"), &mut problems);
    }
    problems.sort_by_key(|problem| (problem.place.file, problem.place.bytes.start));
    problems
}

/// The rules that fire in a test, and those that do not in another.
#[derive(Default)]
struct Tested<'t> {
    firing: BTreeSet<&'t str>,
    not_firing: BTreeSet<&'t str>,
}

impl<'t> Tested<'t> {
    fn by(tests: &'t [PolicyTest]) -> Self {
        let mut tested = Self::default();
        for test in tests {
            let mut expected = BTreeSet::new();
            let mut firing = BTreeSet::new();
            for expectation in &test.expect {
                let (Expected::Duty(name) | Expected::Signal(name)) = &expectation.of;
                let state = expectation.fields.get("state").and_then(|state| state.as_str());
                expected.insert(name.as_str());
                if matches!(expectation.of, Expected::Signal(_)) || state.is_some_and(is_firing) {
                    firing.insert(name.as_str());
                }
            }
            tested.not_firing.extend(expected.difference(&firing));
            tested.not_firing.extend(test.none.iter().map(|(name, _)| name.as_str()));
            tested.firing.extend(firing);
        }
        tested
    }

    fn want(&self, name: &str, place: &Place, example: &str, problems: &mut Vec<Problem>) {
        if !self.firing.contains(name) {
            let message = format!("no test shows `{name}` firing");
            let help = format!("add a `[[test]]` with `expect = [ {example} ]`");
            problems.push(Problem::new(message, place).help(help));
        }
        if !self.not_firing.contains(name) {
            let message = format!("no test shows `{name}` not firing");
            let help =
                format!("add a `[[test]]` with `none = [\"{name}\"]`, or one in which all is done in time");
            problems.push(Problem::new(message, place).help(help));
        }
    }
}

/// Whether a duty in this state shows that its rule fires: overdue, breached, unrecorded, too early or late.
fn is_firing(state: &str) -> bool {
    matches!(state, "overdue" | "breached" | "unrecorded" | "too-early") || state.ends_with("-late")
}
