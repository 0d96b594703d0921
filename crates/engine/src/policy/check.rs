//! What is wanted of policies beyond being right each for itself.

use super::{Pattern, Place, Policy, Problem};
use crate::policy_test::{Coverage, coverage};

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
    let coverage = coverage(policy);
    let of_rule = |name: &str| coverage.get(name).copied().unwrap_or_default();
    let mut problems = Vec::new();
    for (name, rule) in policy.duties.iter().filter(|(_, rule)| policy.is_own(&rule.place)) {
        let state = match rule.pattern {
            Pattern::Respond | Pattern::Every => "overdue",
            Pattern::Attend => "unrecorded",
            Pattern::Before | Pattern::Holds | Pattern::Never => "breached",
        };
        let example = format!("{{ duty = \"{name}\", state = \"{state}\" }}");
        problems.extend(lacking(of_rule(name), name, &rule.place, &example));
    }
    for (name, rule) in policy.signals.iter().filter(|(_, rule)| policy.is_own(&rule.place)) {
        let example = format!("{{ signal = \"{name}\" }}");
        problems.extend(lacking(of_rule(name), name, &rule.place, &example));
    }
    problems.sort_by_key(|problem| (problem.place.file, problem.place.bytes.start));
    problems
}

/// What the tests of a rule do not show.
fn lacking(coverage: Coverage, name: &str, place: &Place, example: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    if coverage.fires == 0 {
        let message = format!("no test shows `{name}` firing");
        let help = format!("add a `[[test]]` with `expect = [ {example} ]`");
        problems.push(Problem::new(message, place).help(help));
    }
    if coverage.does_not == 0 {
        let message = format!("no test shows `{name}` not firing");
        let help =
            format!("add a `[[test]]` with `none = [\"{name}\"]`, or one in which all is done in time");
        problems.push(Problem::new(message, place).help(help));
    }
    problems
}
