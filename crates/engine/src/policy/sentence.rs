//! A rule in one English sentence.

use super::condition::{condition, instant_of};
use super::{
    Agencies, DutyRule, InForce, KindName, KindRef, LadderStart, Owner, Pattern, Policy, SignalRule, Source,
    Transition,
};
use crate::guard::Guard;
use crate::time::Span;
use crate::words::thousands;

/// The rule of this name in a sentence, with its source; none where the policy has no such rule.
#[must_use]
pub fn sentence(policy: &Policy, rule: &str) -> Option<String> {
    let text = sentence_alone(policy, rule)?;
    let source = match (policy.duties.get(rule), policy.signals.get(rule)) {
        (Some(duty), _) => duty.source.as_ref(),
        (None, signal) => signal.and_then(|signal| signal.source.as_ref()),
    };
    Some(source.map(|source| format!("{text} Source: {}", source_words(source))).unwrap_or(text))
}

/// The rule of this name in a sentence, without its source; none where the policy has no such rule.
#[must_use]
pub fn sentence_alone(policy: &Policy, rule: &str) -> Option<String> {
    match (policy.duties.get(rule), policy.signals.get(rule)) {
        (Some(duty), _) => Some(duty_sentence(policy, duty)),
        (None, Some(signal)) => Some(signal_sentence(signal)),
        (None, None) => None,
    }
}

fn duty_sentence(policy: &Policy, rule: &DutyRule) -> String {
    let mut text = match rule.pattern {
        Pattern::Respond => respond(rule),
        Pattern::Before => before(rule),
        Pattern::Holds => holds(rule),
        Pattern::Every => every(rule),
        Pattern::Attend => attend(rule),
        Pattern::Never => never(rule),
    };
    if !rule.given.is_empty() {
        text += &format!(", given an earlier {}", kinds(&rule.given));
    }
    if !rule.independent_of.is_empty() {
        text +=
            &format!(", by an officer of neither the trigger nor an earlier {}", kinds(&rule.independent_of));
    }
    if !rule.unless.is_empty() {
        text += &format!(", unless {}{}", kinds(&rule.unless), guarded(rule.unless_where.as_ref()));
    }
    if !rule.until.is_empty() {
        text += &format!(", until {}{}", kinds(&rule.until), guarded(rule.until_where.as_ref()));
    }
    text += &owed_by(policy, rule);
    text + &in_force(rule.in_force) + "."
}

fn respond(rule: &DutyRule) -> String {
    let trigger = trigger(rule);
    let mut text = match (rule.within, &rule.due, rule.due_before) {
        (Some(within), _, _) => format!("Within {} of {trigger}", span(within)),
        (None, Some(due), Some(before)) => {
            format!("At the latest {} before {} {trigger}", span(before), instant_of(due))
        }
        (None, Some(due), None) => format!("By {} {trigger}", instant_of(due)),
        (None, None, _) => format!("After {trigger}"),
    };
    text += &format!(", {} is owed for {}", expected(rule), whom(rule));
    if let Some(sooner) = rule.no_sooner_than {
        text += &format!(", no sooner than {} after it", span(sooner));
    }
    if rule.discharges_oldest {
        text += ", each answering only the oldest that is open";
    }
    text
}

fn before(rule: &DutyRule) -> String {
    let mut text = format!("Before {}, {} is owed for {}", trigger(rule), expected(rule), whom(rule));
    if let Some(within) = rule.within {
        text += &format!(", within the {} before it", span(within));
    }
    if !rule.since.is_empty() {
        text += &format!(", after the latest {}", kinds(&rule.since));
    }
    text
}

fn holds(rule: &DutyRule) -> String {
    let guard = rule.holds.as_ref().map(condition).unwrap_or_default();
    format!("At {}, for {}, it must hold of each officer linked that {guard}", trigger(rule), whom(rule))
}

fn every(rule: &DutyRule) -> String {
    let every = rule.every.map(each_span).unwrap_or_default();
    let first = rule.first.map(|first| format!(", the first within {}", span(first))).unwrap_or_default();
    format!("From {} on, {} is owed every {every} for {}{first}", trigger(rule), expected(rule), whom(rule))
}

fn attend(rule: &DutyRule) -> String {
    let agencies = match &rule.agencies {
        Some(Agencies::Named(names)) => format!("by {}", list(names, "and")),
        Some(Agencies::Invited) | None => String::from("by each agency invited"),
    };
    let within = rule.within.map(|within| format!(", recorded within {}", span(within))).unwrap_or_default();
    let report = if rule.report_counts { "; apologies with a report count as attendance" } else { "" };
    format!("At {}, attendance is owed {agencies} for {}{within}{report}", trigger(rule), whom(rule))
}

fn never(rule: &DutyRule) -> String {
    let text = format!("For {} there must be no {}", whom(rule), trigger(rule));
    if rule.unless_before.is_empty() {
        return text;
    }
    format!("{text}, unless {} came before it", kinds(&rule.unless_before))
}

fn signal_sentence(rule: &SignalRule) -> String {
    if let Some(terms) = &rule.terms {
        let counted = if rule.count.is_empty() { String::from("an event") } else { kinds(&rule.count) };
        let text = format!(
            "Raised for each {} at {counted}{}, once for each term that its note has of a list of {}",
            rule.lens,
            guarded(rule.where_.as_ref()),
            thousands(terms.list().len() as u64)
        );
        return text + &in_force(rule.in_force) + ".";
    }
    let counted = format!("{}{}", kinds(&rule.count), guarded(rule.where_.as_ref()));
    let within = rule.within.map(|within| format!(" within {}", span(within))).unwrap_or_default();
    let mut text = match &rule.distinct {
        Some(distinct) => format!(
            "Raised for each {} when at least {} different values of `{distinct}` are named by {counted}{within}",
            rule.lens, rule.at_least
        ),
        None if rule.at_least == 1 => format!("Raised for each {} at {counted}{within}", rule.lens),
        None => format!(
            "Raised for each {} when there are at least {} of {counted}{within}",
            rule.lens, rule.at_least
        ),
    };
    if !rule.per.is_empty() {
        text += &format!(", counted apart for each {}", list(&rule.per, "and"));
    }
    if rule.again_each {
        text += ", and again at each further one";
    }
    text + &in_force(rule.in_force) + "."
}

fn trigger(rule: &DutyRule) -> String {
    format!("{}{}", kinds(&rule.when), guarded(rule.where_.as_ref()))
}

fn expected(rule: &DutyRule) -> String {
    format!("{}{}", kinds(&rule.expect), guarded(rule.expect_where.as_ref()))
}

fn guarded(guard: Option<&Guard>) -> String {
    guard.map(|guard| format!(" (where {})", condition(guard))).unwrap_or_default()
}

/// The key, the part and what must be the same.
fn whom(rule: &DutyRule) -> String {
    let mut text = format!("each {}", rule.lens);
    if let Some(each) = rule.each.as_ref().filter(|each| **each != rule.lens) {
        text += &format!(" and each {each}");
    }
    if !rule.same.is_empty() {
        text += &format!(" (same {})", list(&rule.same, "and"));
    }
    text
}

/// Who owes a duty: `supervisor (police)`.
#[must_use]
pub fn owner_words(policy: &Policy, owner: &Owner) -> String {
    match owner {
        Owner::Named(name) => match policy.roles.get(name) {
            Some(agency) => format!("{name} ({agency})"),
            None => name.clone(),
        },
        Owner::Part => String::from("the agency, officer or entity itself"),
        Owner::Attr(name) => format!("whoever the attribute `{name}` names"),
        Owner::Link(name) => format!("the {name} linked"),
    }
}

fn owed_by(policy: &Policy, rule: &DutyRule) -> String {
    let mut text = String::new();
    if let Some(owner) = &rule.owner {
        text += &format!("; owed by {}", owner_words(policy, owner));
    }
    if let Some(ladder) = &rule.ladder {
        text += &format!("; climbs the ladder {ladder}");
        match &rule.ladder_start {
            Some(LadderStart::Step(step)) => text += &format!(" from step {step}"),
            Some(LadderStart::Role(role)) => text += &format!(" from {role}"),
            None => {}
        }
    }
    if let Some(rank) = &rule.excuse_rank {
        text += &format!("; excused by {rank} or above");
    }
    text
}

fn in_force(in_force: InForce) -> String {
    match (in_force.from, in_force.to) {
        (Some(from), Some(to)) => format!("; in force from {from} and before {to}"),
        (Some(from), None) => format!("; in force from {from}"),
        (None, Some(to)) => format!("; in force before {to}"),
        (None, None) => String::new(),
    }
}

/// What a rule rests on, and how sure that is: `Children Act 1989, s. 46 (1989); seen restated.`
#[must_use]
pub fn source_words(source: &Source) -> String {
    let mut text = source.title.clone();
    for part in [&source.edition, &source.section].into_iter().flatten() {
        text += &format!(", {part}");
    }
    if let Some(year) = source.year {
        text += &format!(" ({year})");
    }
    if let Some(confidence) = source.confidence {
        text += &format!("; {}", confidence.words());
    }
    if let Some(url) = &source.url {
        text += &format!("; {url}");
    }
    text + "."
}

/// Kinds in words, the name of each in backticks.
#[must_use]
pub fn kinds(kinds: &[KindRef]) -> String {
    let words: Vec<String> = kinds.iter().map(kind).collect();
    joined(&words, "or")
}

fn kind(kind: &KindRef) -> String {
    let text = match KindName::parse(&kind.kind) {
        KindName::Signal(signal) => format!("signal `{signal}`"),
        KindName::Duty { transition, rule } => format!("duty `{rule}` {}", happening(transition)),
        KindName::Recorded(_) | KindName::Malformed(_) => format!("`{}`", kind.kind),
    };
    kind.role.as_ref().map(|role| format!("{text} as {role}")).unwrap_or(text)
}

fn happening(transition: Transition) -> &'static str {
    match transition {
        Transition::Opened => "arising",
        Transition::Overdue => "falling overdue",
        Transition::Unrecorded => "going unrecorded",
        Transition::Met => "being met in time",
        Transition::MetLate => "being met late",
        Transition::Breached => "being breached",
        Transition::Excused => "being excused in time",
        Transition::ExcusedLate => "being excused late",
        Transition::Ended => "ending in time",
        Transition::EndedLate => "ending late",
        Transition::TooEarly => "being answered too early",
    }
}

fn list(names: &[String], word: &str) -> String {
    joined(names, word)
}

pub(super) fn joined(words: &[String], word: &str) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {word} {last}", others.join(", ")),
        None => String::from("nothing"),
    }
}

/// `72 hours`, `1 working day`.
#[must_use]
pub fn span(span: Span) -> String {
    let (number, unit) = parts(span);
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

/// `month`, `3 months`.
fn each_span(of: Span) -> String {
    match parts(of) {
        (1, unit) => unit.to_owned(),
        _ => span(of),
    }
}

fn parts(span: Span) -> (u32, &'static str) {
    match span {
        Span::Minutes(number) => (number, "minute"),
        Span::Hours(number) => (number, "hour"),
        Span::Days(number) => (number, "day"),
        Span::WorkingDays(number) => (number, "working day"),
        Span::Months(number) => (number, "month"),
    }
}
