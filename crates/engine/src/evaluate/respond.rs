//! `respond`: a response owed after each trigger (`docs/policy-language.md`, "respond").

use super::effective::Node;
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
    duties.each_open(view, state.open_from, |duty, due| close(duty, node, at > due, recorded_at > due));
    state.open_from = duties.rows.len();
}

/// Closes a duty by a response that came after its due or not, and was recorded after it or not.
#[inline]
pub(crate) fn close(duty: &mut Duty, response: Node, is_late: bool, is_recorded_after: bool) {
    duty.closed_by = response;
    duty.state = if is_late { State::MetLate } else { State::Met };
    duty.recorded_late = !is_late & is_recorded_after;
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
