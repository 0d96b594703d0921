//! `every`: a response owed again and again, interval by interval (`docs/policy-language.md`, "every").

use std::collections::BTreeSet;

use super::effective::NO_NODE;
use super::judge::{Closing, Moment, Triggered, time_failure};
use super::plan::{self, Mask, RulePlan};
use super::same;
use super::state::{Duties, Duty, GroupState, Open, Report};
use crate::duty::ReportCode;
use crate::log::Text;
use crate::time::{Clock, Instant, Span, TimeError};

/// Takes an event: it closes intervals and starts the next, then starts what it is a `from` of.
pub(crate) fn step(
    moment: &Moment<'_>,
    masks: &[Mask],
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    close(moment, masks, state, duties, reports);
    for (place, rule) in moment.group.rules.iter().enumerate() {
        if masks[place] & plan::TRIGGER != 0
            && let Some(triggered) = moment.triggered(rule, &state.seen[place])
        {
            open(moment, place, rule, &triggered, state, duties, reports);
        }
        moment.keep(masks[place], &mut state.seen[place]);
    }
}

fn close(
    moment: &Moment<'_>,
    masks: &[Mask],
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    for interval in state.open.concerned(moment, masks) {
        let mask = masks[usize::from(interval.rule)];
        let seen = &state.seen[usize::from(interval.rule)];
        let Some(closing) = moment.closing(&interval, mask, false, seen, duties, reports) else {
            continue;
        };
        state.open.remove(moment, &interval);
        moment.close(duties, interval.row, moment.closed_state(&interval, closing));
        let ends = closing == Closing::Until || is_until(moment, &interval, mask);
        if !ends && let Some(rule) = moment.group.in_force(moment.at) {
            start_next(moment, &interval, closing, rule, state, duties);
        }
    }
}

/// Whether the event is also an `until` of the interval.
fn is_until(moment: &Moment<'_>, interval: &Open, mask: Mask) -> bool {
    let rule = &moment.group.rules[usize::from(interval.rule)];
    mask & plan::UNTIL != 0 && moment.candidate(rule, interval, rule.duty().until.as_ref(), None).counts()
}

fn start_next(
    moment: &Moment<'_>,
    closed: &Open,
    closing: Closing,
    place: usize,
    state: &mut GroupState,
    duties: &mut Duties,
) {
    let due = match closing {
        Closing::Expect => {
            let next = &moment.group.rules[place];
            every(next).map_or(Err(TimeError::OutOfRange), |every| next.clock().due(moment.at, every))
        }
        _ => {
            let rule = &moment.group.rules[usize::from(closed.rule)];
            every(rule).map_or(Err(TimeError::OutOfRange), |every| {
                first_after(rule.clock(), closed.due, every, moment.at)
            })
        }
    };
    let given = moment.given(&moment.group.rules[place], &state.seen[place], closed.trigger);
    let given = given.unwrap_or(NO_NODE);
    let next = Open { rule: place as u8, start: moment.node, given, ..*closed };
    start(moment, next, due.map_err(|error| time_failure(&error)), state, duties);
}

fn every(rule: &RulePlan<'_>) -> Option<Span> {
    rule.duty().rule.every
}

/// Starts an interval; one whose due cannot be told is undecided and starts no other.
fn start(
    moment: &Moment<'_>,
    interval: Open,
    due: Result<Instant, String>,
    state: &mut GroupState,
    duties: &mut Duties,
) {
    let duty = Duty::new(moment.key, interval.trigger, interval.rule);
    let row = duties.push_part(duty, due.clone().ok(), interval.part);
    if interval.start != interval.trigger {
        duties.set_start(row, interval.start);
    }
    match due {
        Ok(due) => state.open.insert(moment, Open { row, due, ..interval }),
        Err(what) => duties.undecide(row, what),
    }
}

fn open(
    moment: &Moment<'_>,
    place: usize,
    rule: &RulePlan<'_>,
    triggered: &Triggered,
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    let plan = rule.duty();
    let span = plan.rule.first.or(plan.rule.every);
    let due = span.map_or(Err(TimeError::OutOfRange), |span| rule.clock().due(moment.at, span));
    let due = due.map_err(|error| time_failure(&error));
    let (parts, no_part) = match moment.parts(rule) {
        Ok(parts) => (parts, None),
        Err(role) => (vec![Text::EMPTY], Some(role)),
    };
    let failure = triggered.failure.clone().or(due.clone().err()).or(no_part);
    let is_alike = |open: &&Open| same::equal(moment.view, &plan.same, open.trigger, moment.node);
    let alike = state.open.alike(moment);
    let open: BTreeSet<Text> = alike.iter().filter(is_alike).map(|open| open.part).collect();
    for part in parts {
        if failure.is_none() && open.contains(&part) {
            let text = "an interval is open already; this start is ignored";
            reports.push(moment.report(ReportCode::AlreadyOpen, text));
            continue;
        }
        let interval = Open {
            row: 0,
            rule: place as u8,
            trigger: moment.node,
            start: moment.node,
            given: triggered.given,
            part,
            due: moment.at,
            no_sooner: None,
        };
        match &failure {
            None => start(moment, interval, due.clone(), state, duties),
            Some(failure) => {
                let duty = Duty::new(moment.key, moment.node, place as u8);
                let row = duties.push_part(duty, due.clone().ok(), part);
                duties.undecide(row, failure.clone());
            }
        }
    }
}

/// A due of an interval: its own, and `k` further ones.
pub(crate) fn further(clock: &Clock, due: Instant, every: Span, k: u64) -> Result<Instant, TimeError> {
    if k == 0 {
        return Ok(due);
    }
    let times =
        |n: u32| u64::from(n).checked_mul(k).and_then(|n| u32::try_from(n).ok()).ok_or(TimeError::OutOfRange);
    if let Some(ms) = every.elapsed_ms() {
        let k = i64::try_from(k).map_err(|_| TimeError::OutOfRange)?;
        let after = ms.checked_mul(k).and_then(|ms| ms.checked_add(due.ms())).ok_or(TimeError::OutOfRange)?;
        return Instant::from_ms(after);
    }
    let span = match every {
        Span::Days(n) => Span::Days(times(n)?),
        Span::WorkingDays(n) => Span::WorkingDays(times(n)?),
        Span::Months(n) => Span::Months(times(n)?),
        elapsed @ (Span::Minutes(_) | Span::Hours(_)) => elapsed,
    };
    clock.due(due, span)
}

/// How many dues of an interval passed before an instant; those that cannot be told are not counted.
pub(crate) fn passed(clock: &Clock, due: Instant, every: Span, before: Instant) -> u64 {
    let has_passed = |k: u64| further(clock, due, every, k).is_ok_and(|due| due < before);
    if !has_passed(0) {
        return 0;
    }
    let mut beyond = 1;
    while has_passed(beyond) {
        beyond *= 2;
    }
    let mut within = beyond / 2;
    while beyond - within > 1 {
        let middle = within + (beyond - within) / 2;
        if has_passed(middle) {
            within = middle;
        } else {
            beyond = middle;
        }
    }
    within + 1
}

/// The first further due after an instant.
fn first_after(clock: &Clock, due: Instant, every: Span, after: Instant) -> Result<Instant, TimeError> {
    let mut low = passed(clock, due, every, after).max(1);
    loop {
        let next = further(clock, due, every, low)?;
        if next > after {
            return Ok(next);
        }
        low += 1;
    }
}
