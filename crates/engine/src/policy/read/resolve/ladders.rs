//! Ladders, and the duties that climb them.

use std::collections::BTreeSet;

use super::people::agency;
use super::units::needs_calendar;
use crate::policy::read::fields::{Places, Sink};
use crate::policy::read::header::Header;
use crate::policy::{DutyRule, KindName, KindRef, Ladder, LadderStart, Policy, Problem, StepAgency};
use crate::suggest::did_you_mean;

pub(super) fn ladder(policy: &Policy, header: &Header, ladder: &Ladder, places: &Places, sink: &mut Sink) {
    for (number, step) in ladder.steps.iter().enumerate() {
        let place = places.of_element("steps", number);
        needs_calendar(header, step.answer_within, place, sink);
        if !policy.open && !policy.roles.contains_key(&step.to) {
            let message = format!("`[roles]` names no role `{}`", step.to);
            let help = did_you_mean(&step.to, policy.roles.keys().map(String::as_str))
                .unwrap_or_else(|| format!("add it: `{} = \"…\"` with its agency", step.to));
            sink.push(Problem::new(message, &step.place).help(help));
        }
        if let Some(StepAgency::Named(name)) = &step.agency {
            agency(policy, name, false, &step.place, sink);
        }
    }
}

pub(super) fn of_duty(policy: &Policy, rule: &DutyRule, places: &Places, sink: &mut Sink) {
    let Some(name) = &rule.ladder else { return };
    let Some(ladder) = policy.ladders.get(name) else {
        let message = format!("there is no ladder `{name}`");
        let help = did_you_mean(name, policy.ladders.keys().map(String::as_str))
            .unwrap_or_else(|| format!("write one: `[ladder.{name}]` with `steps`"));
        sink.push(Problem::new(message, places.of("ladder")).help(help));
        return;
    };
    if let Some(kind) = escalation(policy, &rule.when) {
        let message = format!("`{}` starts from `{}`, and so has no ladder", rule.name, kind.kind);
        let help = "an escalation does not escalate again; take `ladder` away";
        sink.push(Problem::new(message, places.of("ladder")).help(help));
    }
    let steps = ladder.steps.len();
    match &rule.ladder_start {
        Some(LadderStart::Step(step)) if *step > steps => {
            let message = format!("`{name}` has {steps} steps, and no step {step}");
            let help = format!("write a step from 1 to {steps}, or its role");
            sink.push(Problem::new(message, places.of("ladder_start")).help(help));
        }
        Some(LadderStart::Role(role)) if ladder.steps.iter().all(|step| step.to != *role) => {
            let message = format!("`{name}` has no step to `{role}`");
            let help = did_you_mean(role, ladder.steps.iter().map(|step| step.to.as_str()));
            sink.push(Problem::new(message, places.of("ladder_start")).maybe_help(help));
        }
        _ => {}
    }
}

/// The first of the kinds that is an escalation, or a signal that counts some, directly or through signals.
fn escalation<'k>(policy: &Policy, kinds: &'k [KindRef]) -> Option<&'k KindRef> {
    kinds.iter().find(|kind| {
        let mut seen = BTreeSet::new();
        let mut look: Vec<&str> = vec![&kind.kind];
        while let Some(kind) = look.pop() {
            if kind.starts_with("escalation.") {
                return true;
            }
            if let KindName::Signal(signal) = KindName::parse(kind)
                && seen.insert(signal)
                && let Some(signal) = policy.signals.get(signal)
            {
                look.extend(signal.count.iter().map(|kind| kind.kind.as_str()));
            }
        }
        false
    })
}
