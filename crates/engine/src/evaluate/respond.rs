//! `respond`: a response owed after each trigger (`docs/policy-language.md`, "respond").

use super::effective::{NO_NODE, Node};
use super::guards::About;
use super::judge::{Moment, Triggered, close_open, time_failure};
use super::plan::{self, Mask, RulePlan};
use super::state::{Duties, Duty, GroupState, Open, Report};
use super::view::View;
use crate::duty::State;
use crate::log::Text;
use crate::time::Instant;

/// Takes an event: it closes what it answers, then opens what it triggers.
pub(crate) fn step(
    moment: &Moment<'_>,
    masks: &[Mask],
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    close_open(moment, masks, state, duties, reports);
    for (place, rule) in moment.group.rules.iter().enumerate() {
        if masks[place] & plan::TRIGGER != 0
            && let Some(triggered) = moment.triggered(rule, &state.seen[place])
        {
            open(moment, place, rule, triggered, state, duties);
        }
        moment.keep(masks[place], &mut state.seen[place]);
    }
}

fn open(
    moment: &Moment<'_>,
    place: usize,
    rule: &RulePlan<'_>,
    triggered: Triggered,
    state: &mut GroupState,
    duties: &mut Duties,
) {
    let due = due(moment, rule, &triggered);
    let no_sooner =
        rule.duty().rule.no_sooner_than.map(|span| rule.clock().no_sooner(moment.at, span)).transpose();
    let times = due.clone().and_then(|due| Ok((due, no_sooner.map_err(|error| time_failure(&error))?)));
    let (parts, no_part) = match moment.parts(rule) {
        Ok(parts) => (parts, None),
        Err(role) => (vec![Text::EMPTY], Some(role)),
    };
    let failure = triggered.failure.or(times.clone().err()).or(no_part);
    for part in parts {
        let (duty, due) = (Duty::new(moment.key, moment.node, place as u8), due.clone().ok());
        let row =
            if part == Text::EMPTY { duties.push(duty, due) } else { duties.push_part(duty, due, part) };
        match (&failure, &times) {
            (None, &Ok((due, no_sooner))) => {
                let open = Open {
                    row,
                    rule: place as u8,
                    trigger: moment.node,
                    start: moment.node,
                    given: triggered.given,
                    part,
                    due,
                    no_sooner,
                };
                state.open.insert(moment, open);
            }
            (Some(failure), _) | (None, Err(failure)) => duties.undecide(row, failure.clone()),
        }
    }
}

/// When a response is due.
fn due(moment: &Moment<'_>, rule: &RulePlan<'_>, triggered: &Triggered) -> Result<Instant, String> {
    let plan = rule.duty();
    let Some(guard) = &plan.due else {
        let within = plan.rule.within.ok_or_else(String::new)?;
        return rule.clock().due(moment.at, within).map_err(|error| time_failure(&error));
    };
    let about = About { given: triggered.given, ..moment.about(rule) };
    let named = guard.instant(about).map_err(|failure| failure.what)?;
    match plan.rule.due_before {
        None => Ok(named),
        Some(span) => rule.clock().before(named, span).map_err(|error| time_failure(&error)),
    }
}

/// Takes an event before a plain group, as a response: it closes all that is open.
#[inline]
pub(crate) fn close_plain(
    view: &View<'_>,
    node: Node,
    at: Instant,
    recorded_apart: bool,
    state: &mut GroupState,
    duties: &mut Duties,
) {
    let recorded_at = if recorded_apart { view.recorded_at(node) } else { at };
    duties.each_open(view, state.open_from, |duty, due| close(duty, due, node, at, recorded_at));
    state.open_from = duties.rows.len();
}

#[inline]
fn close(duty: &mut Duty, due: Instant, node: Node, at: Instant, recorded_at: Instant) {
    duty.closed_by = node;
    duty.state = if at > due { State::MetLate } else { State::Met };
    duty.recorded_late = at <= due && recorded_at > due;
}

/// Notes an event before a plain group that is settled at its key's end: a response, a trigger, or both. Either is noted
/// for every event and taken back where it is none, without a branch.
#[inline]
pub(crate) fn note(
    mask: Mask,
    key: Text,
    node: Node,
    opens: bool,
    state: &mut GroupState,
    duties: &mut Duties,
) {
    let responses = state.responses.len() + usize::from(mask & plan::EXPECT != 0);
    state.responses.push(node);
    state.responses.truncate(responses);
    let rows = duties.rows.len() + usize::from(opens);
    duties.rows.push(Duty { closed_by: responses as Node, ..Duty::new(key, node, 0) });
    duties.rows.truncate(rows);
}

/// Settles what was noted: the first response after a trigger closes its duty.
pub(crate) fn settle(view: &View<'_>, recorded_apart: bool, state: &mut GroupState, duties: &mut Duties) {
    duties.each_open(view, state.open_from, |duty, due| match state.responses.get(duty.closed_by as usize) {
        Some(&node) => {
            let at = view.at(node);
            let recorded_at = if recorded_apart { view.recorded_at(node) } else { at };
            close(duty, due, node, at, recorded_at);
        }
        None => duty.closed_by = NO_NODE,
    });
    state.responses.clear();
}

/// Takes an event before a plain group, as a trigger: when its response is due, if no guard has a say.
#[inline]
pub(crate) fn open_simply(
    rule: &RulePlan<'_>,
    key: Text,
    node: Node,
    at: Instant,
    duties: &mut Duties,
) -> bool {
    let Some(within) = rule.simply_within else { return false };
    if at < rule.from || at >= rule.to {
        return true;
    }
    let Ok(due) = rule.clock().due(at, within) else { return false };
    duties.push(Duty::new(key, node, 0), Some(due));
    true
}

/// Takes an event before a plain group, as a trigger that a guard or a calendar has a say in.
pub(crate) fn open_plain(moment: &Moment<'_>, duties: &mut Duties) {
    let rule = &moment.group.rules[0];
    let Some(triggered) = moment.triggered(rule, &super::state::Seen::default()) else { return };
    let due = due(moment, rule, &triggered);
    let row = duties.push(Duty::new(moment.key, moment.node, 0), due.clone().ok());
    if let Some(failure) = triggered.failure.or(due.err()) {
        duties.undecide(row, failure);
    }
}
