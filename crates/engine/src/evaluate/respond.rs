//! `respond`: a response owed after each trigger. Design, section 3.1.

use super::guards::About;
use super::judge::{Moment, Triggered, close_open, time_failure};
use super::plan::{self, Mask, RulePlan};
use super::state::{Duties, Duty, GroupState, Open, Report};
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
        let duty = Duty::new(moment.key, moment.node, place as u8, due.clone().ok());
        let row = if part == Text::EMPTY { duties.push(duty) } else { duties.push_part(duty, part) };
        match (&failure, &times) {
            (None, &Ok((due, no_sooner))) => state.open.push(Open {
                row,
                rule: place as u8,
                trigger: moment.node,
                start: moment.node,
                given: triggered.given,
                part,
                due,
                no_sooner,
            }),
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

/// Takes an event before a plain group: a response closes all that is open.
#[inline]
pub(crate) fn step_plain(
    moment: &Moment<'_>,
    mask: Mask,
    recorded_apart: bool,
    state: &mut GroupState,
    duties: &mut Duties,
) {
    if mask & plan::EXPECT != 0 {
        let at = moment.at;
        for duty in &mut duties.rows[state.open_from..] {
            if duty.is_open() {
                duty.closed_by = moment.node;
                duty.state = if duty.is_past(at) { State::MetLate } else { State::Met };
                if recorded_apart {
                    duty.recorded_late =
                        !duty.is_past(at) && duty.is_past(moment.view.recorded_at(moment.node));
                }
            }
        }
        state.open_from = duties.rows.len();
    }
    if mask & plan::TRIGGER != 0 {
        open_plain(moment, duties);
    }
}

#[inline]
fn open_plain(moment: &Moment<'_>, duties: &mut Duties) {
    let rule = &moment.group.rules[0];
    if moment.at < rule.from || moment.at >= rule.to {
        return;
    }
    let plan = rule.duty();
    if rule.where_.is_none()
        && plan.due.is_none()
        && let Some(Ok(due)) = plan.rule.within.map(|within| rule.clock().due(moment.at, within))
    {
        duties.push(Duty::new(moment.key, moment.node, 0, Some(due)));
        return;
    }
    let seen = super::state::Seen::default();
    if let Some(triggered) = moment.triggered(rule, &seen) {
        let due = due(moment, rule, &triggered);
        let row = duties.push(Duty::new(moment.key, moment.node, 0, due.clone().ok()));
        if let Some(failure) = triggered.failure.or(due.err()) {
            duties.undecide(row, failure);
        }
    }
}
