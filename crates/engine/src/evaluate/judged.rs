//! `before`, `holds` and `never`: judged at the trigger.

use std::cmp::Ordering;

use super::effective::{NO_NODE, Node};
use super::guards::About;
use super::judge::{Candidate, Moment, Triggered};
use super::plan::{self, Mask, RulePlan};
use super::same::{self, Same};
use super::state::{Duties, Duty, GroupState, Open, Seen};
use super::view::View;
use crate::duty::State;
use crate::log::Text;
use crate::policy::Pattern;
use crate::time::Instant;

/// Takes an event: it judges what it triggers, then is kept for later triggers.
pub(crate) fn step(moment: &Moment<'_>, masks: &[Mask], state: &mut GroupState, duties: &mut Duties) {
    for (place, rule) in moment.group.rules.iter().enumerate() {
        let (mask, seen) = (masks[place], &mut state.seen[place]);
        if mask & plan::TRIGGER != 0
            && let Some(triggered) = moment.triggered(rule, seen)
        {
            judge(moment, place as u8, rule, &triggered, seen, duties);
        }
        if mask & (plan::EXPECT | plan::UNLESS_BEFORE) != 0 {
            seen.needs.push((moment.node, is_independent(moment, rule, seen)));
        }
        moment.keep(mask, seen);
    }
}

/// Whether the event links an officer, and none of those that came before it.
fn is_independent(moment: &Moment<'_>, rule: &RulePlan<'_>, seen: &Seen) -> bool {
    !rule.duty().is_independent || moment.barred(moment.node, None, Some(seen)).is_none()
}

fn judge(
    moment: &Moment<'_>,
    place: u8,
    rule: &RulePlan<'_>,
    triggered: &Triggered,
    seen: &Seen,
    duties: &mut Duties,
) {
    let pattern = rule.duty().rule.pattern;
    let parts = if pattern == Pattern::Holds { officers(moment) } else { moment.parts(rule) };
    let (parts, no_part) = match parts {
        Ok(parts) => (parts, None),
        Err(role) => (vec![Text::EMPTY], Some(role)),
    };
    let failure = triggered.failure.clone().or(no_part);
    for part in parts {
        let duty = Duty::new(moment.key, moment.node, place);
        let row = duties.push_part(duty, Some(moment.at), part);
        if let Some(failure) = &failure {
            duties.undecide(row, failure.clone());
            continue;
        }
        if pattern == Pattern::Holds {
            judge_holds(moment, rule, triggered.given, part, row, duties);
        } else {
            let open = Open {
                row,
                rule: place,
                trigger: moment.node,
                start: moment.node,
                given: triggered.given,
                part,
                due: moment.at,
                no_sooner: None,
            };
            judge_earlier(moment, rule, &open, seen, duties);
        }
    }
}

fn officers(moment: &Moment<'_>) -> Result<Vec<Text>, String> {
    let linked = moment.view.links(moment.node, moment.special.officer);
    if linked.is_empty() { Err("event.links.officer".to_owned()) } else { Ok(linked.to_vec()) }
}

fn judge_holds(
    moment: &Moment<'_>,
    rule: &RulePlan<'_>,
    given: Node,
    subject: Text,
    row: u32,
    duties: &mut Duties,
) {
    let Some(guard) = &rule.duty().holds else { return };
    let about = About { given, subject, ..moment.about(rule) };
    match guard.holds(about) {
        Err(failure) => duties.undecide(row, failure.what),
        Ok(false) => duties.rows[row as usize].state = State::Breached,
        Ok(true) => {
            let known_then = guard.holds(About { known_by: Some(moment.at), ..about });
            let duty = &mut duties.rows[row as usize];
            duty.state = State::Met;
            duty.recorded_late = !matches!(known_then, Ok(true));
        }
    }
}

/// Judges by what came before: `needs` of `before`, `unless_before` of `never`.
fn judge_earlier(moment: &Moment<'_>, rule: &RulePlan<'_>, open: &Open, seen: &Seen, duties: &mut Duties) {
    let (view, plan) = (moment.view, rule.duty());
    let look_back = LookBack::new(moment, rule, seen);
    let (mut latest, mut latest_known, mut near) = (NO_NODE, NO_NODE, Vec::new());
    let none_is_near = plan.rule.pattern == Pattern::Never
        || plan.expect.is_none() && plan.same.is_empty() && !plan.is_independent;
    for &(need, independent) in seen.needs.iter().rev() {
        let is_settled = none_is_near && latest_known != NO_NODE;
        if is_settled || look_back.excludes(view, need).is_some() {
            break;
        }
        match candidate(moment, rule, open, need, independent) {
            nearly if nearly.is_near() => near.push(need),
            other if !other.counts() => {}
            _ => {
                let known = view.recorded_at(need) <= moment.at;
                latest = if latest == NO_NODE { need } else { latest };
                latest_known = if latest_known == NO_NODE && known { need } else { latest_known };
            }
        }
    }
    if plan.rule.pattern == Pattern::Before && !near.is_empty() {
        near.reverse();
        duties.near.insert(open.row, near);
    }
    let duty = &mut duties.rows[open.row as usize];
    duty.closed_by = if latest_known == NO_NODE { latest } else { latest_known };
    duty.recorded_late = latest != NO_NODE && latest_known == NO_NODE;
    duty.state = if latest == NO_NODE { State::Breached } else { State::Met };
}

/// What an earlier event is to a duty, with whether it was independent when it came.
pub(crate) fn candidate<'v>(
    moment: &Moment<'v>,
    rule: &RulePlan<'v>,
    open: &Open,
    need: Node,
    independent: bool,
) -> Candidate {
    let plan = rule.duty();
    let independent =
        independent && (!plan.is_independent || moment.barred(need, Some(moment.node), None).is_none());
    moment.candidate_at(rule, open, need, plan.expect.as_ref(), independent)
}

/// How far back a trigger looks.
pub(crate) struct LookBack {
    pub(crate) start: Option<Instant>,
    /// The latest `since`.
    pub(crate) since: Option<Node>,
}

/// Why a trigger does not look at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Excluded {
    BeforeStart,
    BeforeSince,
}

impl LookBack {
    pub(crate) fn new(moment: &Moment<'_>, rule: &RulePlan<'_>, seen: &Seen) -> Self {
        let (view, plan) = (moment.view, rule.duty());
        let of_trigger = |&&since: &&Node| same::compare(view, &plan.same, moment.node, since) == Same::Holds;
        Self {
            start: plan.rule.within.map(|within| rule.clock().window_start(moment.at, within)),
            since: seen.since.iter().rev().find(of_trigger).copied(),
        }
    }

    pub(crate) fn excludes(&self, view: &View<'_>, need: Node) -> Option<Excluded> {
        if self.start.is_some_and(|start| view.at(need) < start) {
            return Some(Excluded::BeforeStart);
        }
        let after = |since: Node| view.compare(need, since) == Ordering::Greater;
        self.since.is_some_and(|since| !after(since)).then_some(Excluded::BeforeSince)
    }
}
