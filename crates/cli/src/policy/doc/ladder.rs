//! The steps of a rule's ladder, with what has passed when each opens.

use engine::policy::{DutyRule, LadderStart, LadderStep, Pattern, Policy, StepAgency, span};
use engine::time::Span;
use serde::Serialize;

/// A step of a ladder.
#[derive(Serialize)]
pub struct Rung {
    /// Its number on the ladder, from 1.
    pub number: usize,
    /// The role that it goes to, with its agency.
    pub who: String,
    /// When it opens, if nothing was done before: `4 hours after the due`.
    pub opens: String,
    /// How long it has to answer: `4 hours to answer`.
    pub answer: String,
    /// That length alone; none of the last step.
    pub length: Option<String>,
}

impl Rung {
    /// The steps that a duty of the rule can climb, lowest first.
    pub fn all(policy: &Policy, rule: &DutyRule) -> Vec<Self> {
        let ladder = rule.ladder.as_ref().and_then(|name| policy.ladders.get(name));
        let steps = ladder.map_or(&[][..], |ladder| &ladder.steps);
        let first = first_step(rule.ladder_start.as_ref(), steps);
        let mut passed = Vec::new();
        let mut rungs = Vec::new();
        for (place, step) in steps.iter().enumerate().skip(first) {
            rungs.push(Self {
                number: place + 1,
                who: who(policy, step),
                opens: format!("{} {}", later(&passed), start(rule.pattern)).trim_start().to_owned(),
                answer: answer(step),
                length: step.answer_within.map(span),
            });
            passed.extend(step.answer_within);
        }
        rungs
    }
}

/// Where a ladder starts, from 0.
fn first_step(start: Option<&LadderStart>, steps: &[LadderStep]) -> usize {
    match start {
        None => 0,
        Some(LadderStart::Step(number)) => number.saturating_sub(1),
        Some(LadderStart::Role(role)) => steps.iter().position(|step| step.to == *role).unwrap_or(0),
    }
}

fn who(policy: &Policy, step: &LadderStep) -> String {
    let agency = match &step.agency {
        Some(StepAgency::Owner) => Some("the owner's agency"),
        Some(StepAgency::Named(name)) => Some(name.as_str()),
        None => policy.roles.get(&step.to).map(String::as_str),
    };
    agency.map(|agency| format!("{} ({agency})", step.to)).unwrap_or_else(|| step.to.clone())
}

fn answer(step: &LadderStep) -> String {
    let bundle = if step.bundle { "; grouped by rule and team" } else { "" };
    match step.answer_within {
        Some(within) => format!("{} to answer{bundle}", span(within)),
        None => format!("open until the duty is closed{bundle}"),
    }
}

/// What a ladder starts from.
fn start(pattern: Pattern) -> &'static str {
    match pattern {
        Pattern::Respond | Pattern::Every | Pattern::Attend => "the due",
        Pattern::Before | Pattern::Holds | Pattern::Never => "the breach",
    }
}

/// How long after, the spans of one unit together: `6 hours, then 1 working day, after`.
fn later(passed: &[Span]) -> String {
    let mut sums: Vec<Span> = Vec::new();
    for &next in passed {
        match sums.last_mut().and_then(|last| Some((sum(*last, next)?, last))) {
            Some((sum, last)) => *last = sum,
            None => sums.push(next),
        }
    }
    match sums.as_slice() {
        [] => String::from("at"),
        [one] => format!("{} after", span(*one)),
        several => {
            format!("{} after", several.iter().map(|&one| span(one)).collect::<Vec<_>>().join(", then "))
        }
    }
}

/// Two spans of one unit together.
fn sum(one: Span, other: Span) -> Option<Span> {
    match (one, other) {
        (Span::Minutes(a), Span::Minutes(b)) => a.checked_add(b).map(Span::Minutes),
        (Span::Hours(a), Span::Hours(b)) => a.checked_add(b).map(Span::Hours),
        (Span::Days(a), Span::Days(b)) => a.checked_add(b).map(Span::Days),
        (Span::WorkingDays(a), Span::WorkingDays(b)) => a.checked_add(b).map(Span::WorkingDays),
        // The last day of a month is not the sum of two steps to one.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_is_summed_unit_by_unit() {
        assert_eq!(later(&[]), "at");
        assert_eq!(later(&[Span::Hours(2), Span::Hours(4)]), "6 hours after");
        let spans = [Span::Hours(2), Span::WorkingDays(1), Span::WorkingDays(2), Span::Days(1)];
        assert_eq!(later(&spans), "2 hours, then 3 working days, then 1 day after");
        assert_eq!(later(&[Span::Months(1), Span::Months(1)]), "1 month, then 1 month after");
        assert_eq!(later(&[Span::Days(u32::MAX), Span::Days(1)]), "4294967295 days, then 1 day after");
    }
}
