//! What all kinds of duty have in common: triggers, parts, candidates, excuses and closing (`docs/policy-language.md`,
//! "Triggers", "Candidates", "Excuses").

use std::borrow::Cow;

use super::effective::{NO_NODE, Node};
use super::guards::{About, Guard, passes};
use super::plan::{self, GroupPlan, Mask, Pass, RulePlan};
use super::registers::{AsAt, Asking};
use super::same::{self, Same};
use super::special::Special;
use super::state::{Duties, GroupState, Open, Report, Seen};
use super::view::View;
use crate::duty::{ReportCode, State};
use crate::guard::Failure;
use crate::log::Text;
use crate::time::{Instant, TimeError};

/// An event under a key, before one group.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'v> {
    pub(crate) pass: &'v Pass<'v>,
    pub(crate) view: &'v View<'v>,
    pub(crate) registers: Asking<'v>,
    pub(crate) special: &'v Special,
    pub(crate) group: &'v GroupPlan<'v>,
    pub(crate) key: Text,
    pub(crate) node: Node,
    pub(crate) at: Instant,
}

/// A trigger that counts, or of which it cannot be told.
pub(crate) struct Triggered {
    pub(crate) given: Node,
    pub(crate) failure: Option<String>,
}

/// What a candidate is to a duty: it counts, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Candidate {
    Counts,
    /// It does not link the part.
    OtherPart,
    /// A value of `same` differs.
    Differs,
    /// A value of `same` is missing on either side, and none differs.
    Missing,
    NotIndependent,
    GuardFalse,
    GuardFailed(Failure),
}

impl Candidate {
    pub(crate) fn counts(&self) -> bool {
        *self == Self::Counts
    }

    /// Whether it does not count, and `near` lists it.
    pub(crate) fn is_near(&self) -> bool {
        !matches!(self, Self::Counts | Self::OtherPart | Self::Differs)
    }
}

/// Why an event's officers are not independent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Barred {
    /// It links none.
    NoOfficer,
    /// This one is linked in the trigger.
    InTrigger(Text),
    /// This one is linked in an earlier event of `independent_of`.
    Earlier(Text),
}

/// How an event closes a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closing {
    Expect,
    Unless,
    Excuse,
    Until,
}

impl<'v> Moment<'v> {
    pub(crate) fn about(&self, rule: &RulePlan<'v>) -> About<'v> {
        About {
            view: self.view,
            registers: self.registers,
            version: rule.version,
            event: self.node,
            trigger: NO_NODE,
            given: NO_NODE,
            key: self.key,
            subject: Text::EMPTY,
            known_by: None,
        }
    }

    /// As what a rule takes the event.
    pub(crate) fn mask(&self, rule: &RulePlan<'v>) -> Mask {
        let kind = self.view.kind(self.node);
        let named = rule.mask(self.view, self.node, kind, self.key);
        if self.view.is_derived(self.node) {
            return named;
        }
        named | self.special.mask(kind)
    }

    /// Whether the event is a trigger of a rule, by `given` and `where`.
    pub(crate) fn triggered(&self, rule: &RulePlan<'v>, seen: &Seen) -> Option<Triggered> {
        if self.at < rule.from || self.at >= rule.to {
            return None;
        }
        let plan = rule.duty();
        let mut given = NO_NODE;
        let mut failure = None;
        if plan.has_given {
            failure = same::missing(self.view, &plan.same, &plan.rule.same, self.node);
            if failure.is_none() {
                given = self.given(rule, seen, self.node)?;
            }
        }
        match passes(rule.where_.as_ref(), About { given, ..self.about(rule) }) {
            Ok(false) => return None,
            Ok(true) => {}
            Err(failed) => failure = failure.or(Some(failed.what)),
        }
        Some(Triggered { given, failure })
    }

    /// The latest event that a rule's `given` asks for, before a trigger.
    pub(crate) fn given(&self, rule: &RulePlan<'v>, seen: &Seen, trigger: Node) -> Option<Node> {
        let holds = |node: &Node| {
            self.view.compare(*node, trigger).is_lt()
                && same::compare(self.view, &rule.duty().same, trigger, *node) == Same::Holds
        };
        seen.given.iter().copied().rev().find(holds)
    }

    /// The parts that a trigger gives duties for; where it links none, the role that it lacks.
    pub(crate) fn parts(&self, rule: &RulePlan<'v>) -> Result<Vec<Text>, String> {
        let plan = rule.duty();
        let Some(role) = plan.each else { return Ok(vec![Text::EMPTY]) };
        let linked = self.view.links(self.node, role);
        if linked.is_empty() {
            return Err(format!("event.links.{}", self.view.names.get(role.name)));
        }
        Ok(linked.to_vec())
    }

    /// What the event is to an open duty as one of its candidates.
    pub(crate) fn candidate(
        &self,
        rule: &RulePlan<'v>,
        open: &Open,
        guard: Option<&Guard<'v>>,
        independent: Option<&Seen>,
    ) -> Candidate {
        let independent =
            independent.is_none_or(|seen| self.barred(self.node, Some(open.trigger), Some(seen)).is_none());
        self.candidate_at(rule, open, self.node, guard, independent)
    }

    /// What an event is to a duty, with whether it is independent told already.
    pub(crate) fn candidate_at(
        &self,
        rule: &RulePlan<'v>,
        open: &Open,
        node: Node,
        guard: Option<&Guard<'v>>,
        independent: bool,
    ) -> Candidate {
        let plan = rule.duty();
        if let Some(role) = plan.each
            && !self.view.links(node, role).contains(&open.part)
        {
            return Candidate::OtherPart;
        }
        match same::compare(self.view, &plan.same, open.trigger, node) {
            Same::Differs => return Candidate::Differs,
            Same::Missing => return Candidate::Missing,
            Same::Holds if !independent => return Candidate::NotIndependent,
            Same::Holds => {}
        }
        match passes(guard, self.about_candidate(rule, open, node)) {
            Ok(true) => Candidate::Counts,
            Ok(false) => Candidate::GuardFalse,
            Err(failure) => Candidate::GuardFailed(failure),
        }
    }

    /// What the guard of a candidate is about.
    pub(crate) fn about_candidate(&self, rule: &RulePlan<'v>, open: &Open, node: Node) -> About<'v> {
        About { event: node, trigger: open.trigger, given: open.given, ..self.about(rule) }
    }

    /// Why an event is not by an officer of neither the trigger nor, where it is given, what came before it.
    pub(crate) fn barred(&self, node: Node, trigger: Option<Node>, seen: Option<&Seen>) -> Option<Barred> {
        let officers = self.view.raw_links(node, self.special.officer);
        if officers.is_empty() {
            return Some(Barred::NoOfficer);
        }
        let in_trigger =
            trigger.map_or(&[][..], |trigger| self.view.raw_links(trigger, self.special.officer));
        officers.iter().find_map(|&officer| match seen {
            _ if in_trigger.contains(&officer) => Some(Barred::InTrigger(officer)),
            Some(seen) if seen.officers.contains(&officer) => Some(Barred::Earlier(officer)),
            Some(_) | None => None,
        })
    }

    /// How the event closes an open duty, if it does; candidates that nearly count are kept with it. An event that
    /// discharges another duty is no response to this one.
    pub(crate) fn closing(
        &self,
        open: &Open,
        mask: Mask,
        discharges_other: bool,
        seen: &Seen,
        duties: &mut Duties,
        reports: &mut Vec<Report>,
    ) -> Option<Closing> {
        let rule = &self.group.rules[usize::from(open.rule)];
        let plan = rule.duty();
        let mut nearly = false;
        if mask & plan::EXPECT != 0 {
            let independent = plan.is_independent.then_some(seen);
            match self.candidate(rule, open, plan.expect.as_ref(), independent) {
                Candidate::Counts if discharges_other => {}
                Candidate::Counts => return Some(Closing::Expect),
                other => nearly |= other.is_near(),
            }
        }
        if mask & plan::UNLESS != 0 {
            match self.candidate(rule, open, plan.unless.as_ref(), None) {
                Candidate::Counts => return Some(Closing::Unless),
                other => nearly |= other.is_near(),
            }
        }
        if mask & plan::EXCUSE != 0 && self.excuses(rule, open, reports) {
            return Some(Closing::Excuse);
        }
        if mask & plan::UNTIL != 0 {
            match self.candidate(rule, open, plan.until.as_ref(), None) {
                Candidate::Counts => return Some(Closing::Until),
                other => nearly |= other.is_near(),
            }
        }
        if nearly {
            duties.near.entry(open.row).or_default().push(self.node);
        }
        None
    }

    /// Closes a duty by the event.
    pub(crate) fn close(&self, duties: &mut Duties, row: u32, state: State) {
        let recorded_at = self.view.recorded_at(self.node);
        let due = duties.due(self.view, row);
        let is_past = |at: Instant| due.is_some_and(|due| at > due);
        let duty = &mut duties.rows[row as usize];
        duty.closed_by = self.node;
        duty.recorded_late = !is_past(self.at) && is_past(recorded_at);
        duty.state = state;
    }

    /// The state that closing now leaves, `after` where due is past.
    pub(crate) fn state(&self, open: &Open, in_time: State, after: State) -> State {
        if self.at > open.due { after } else { in_time }
    }

    /// The state that a closing leaves.
    pub(crate) fn closed_state(&self, open: &Open, closing: Closing) -> State {
        match closing {
            Closing::Expect if open.no_sooner.is_some_and(|no_sooner| self.at < no_sooner) => State::TooEarly,
            Closing::Expect => self.state(open, State::Met, State::MetLate),
            Closing::Unless | Closing::Excuse => self.state(open, State::Excused, State::ExcusedLate),
            Closing::Until => self.state(open, State::Ended, State::EndedLate),
        }
    }

    /// Whether the event is an excuse that names the duty, and valid.
    fn excuses(&self, rule: &RulePlan<'v>, open: &Open, reports: &mut Vec<Report>) -> bool {
        if !self.names(open) {
            return false;
        }
        match self.refusal(rule, open, reports) {
            None => true,
            Some(text) => {
                reports.push(self.report(ReportCode::ExcuseRefused, text));
                false
            }
        }
    }

    /// Whether the event, an excuse, names the duty.
    pub(crate) fn names(&self, open: &Open) -> bool {
        let Open { trigger, start, part, .. } = *open;
        let ids = || super::rows::duty_names(self.view, self.group.group, self.key, trigger, start, part);
        self.special.names(self.view, self.node, self.group, self.key, ids)
    }

    /// Why an excuse that names the duty is not valid.
    pub(crate) fn refusal(
        &self,
        rule: &RulePlan<'v>,
        open: &Open,
        reports: &mut Vec<Report>,
    ) -> Option<String> {
        let (view, officer) = (self.view, self.special.officer);
        let officers = view.raw_links(self.node, officer);
        if officers.is_empty() {
            return Some("the excuse links no officer, so nobody stands for it".to_owned());
        }
        let name = |officer: Text| view.names.get(officer);
        let excused_itself = view.kind(open.start) == view.kind(self.node) && open.start != open.trigger;
        let own = officers.iter().find(|officer_| {
            **officer_ == self.key
                || **officer_ == open.part
                || view.raw_links(open.trigger, officer).contains(officer_)
                || (!excused_itself && view.raw_links(open.start, officer).contains(officer_))
        });
        if let Some(&own) = own {
            return Some(format!("`{}` excuses a duty of their own", name(own)));
        }
        let policy = &rule.version.policy;
        let least = rule.duty().rule.excuse_rank.as_deref()?;
        let level = policy.rank_level(least);
        let mut below = None;
        for &officer in officers {
            let as_at = AsAt::event(view.order(self.node));
            let held = self.registers.about(officer).rank(officer, as_at).map(|rank| view.names.get(rank));
            let written = view.text_attr(self.node, self.special.rank).map(|rank| view.names.get(rank));
            if held.is_none() && written.is_some() {
                let text =
                    format!("`{}` has no rank in the registers; the excuse's own counts", name(officer));
                reports.push(self.report(ReportCode::RankFromAttribute, text));
            }
            if held.or(written).and_then(|rank| policy.rank_level(rank)) < level {
                below = below.or(Some(officer));
            }
        }
        below.map(|officer| format!("`{}` is below the rank of {least}", name(officer)))
    }

    pub(crate) fn report(&self, code: ReportCode, text: impl Into<Cow<'static, str>>) -> Report {
        let text = text.into();
        Report { code, event: self.node, group: Some(self.group.number), key: Some(self.key), text }
    }

    /// Keeps the event as one that later triggers and responses are measured by.
    pub(crate) fn keep(&self, mask: Mask, seen: &mut Seen) {
        if mask & plan::GIVEN != 0 {
            seen.given.push(self.node);
        }
        if mask & plan::SINCE != 0 {
            seen.since.push(self.node);
        }
        if mask & plan::INDEPENDENT != 0 {
            seen.officers.extend(self.view.raw_links(self.node, self.special.officer));
        }
    }
}

/// What a due that cannot be told names.
pub(crate) fn time_failure(error: &TimeError) -> String {
    match error {
        TimeError::OutsideCalendar(outside) => format!("calendar {}", outside.calendar),
        other => other.to_string(),
    }
}

/// Closes every duty of a group that the event closes.
pub(crate) fn close_open<'v>(
    moment: &Moment<'v>,
    masks: &[Mask],
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    let concerned = state.open.concerned(moment, masks);
    let chosen = oldest(moment, masks, concerned.iter(), state);
    for open in &concerned {
        let mask = masks[usize::from(open.rule)];
        let rule = &moment.group.rules[usize::from(open.rule)];
        let oldest = rule.duty().rule.discharges_oldest;
        let discharges_other = oldest && chosen.is_some_and(|chosen| chosen != open.row);
        let seen = &state.seen[usize::from(open.rule)];
        if let Some(closing) = moment.closing(open, mask, discharges_other, seen, duties, reports) {
            moment.close(duties, open.row, moment.closed_state(open, closing));
            state.open.remove(moment, open);
        }
    }
}

/// With `discharges = "oldest"`, the duty that the event discharges: the first by due, trigger and part.
pub(crate) fn oldest<'o>(
    moment: &Moment<'_>,
    masks: &[Mask],
    open: impl Iterator<Item = &'o Open>,
    state: &GroupState,
) -> Option<u32> {
    let view = moment.view;
    let discharged = open.filter(|open| {
        let rule = &moment.group.rules[usize::from(open.rule)];
        let plan = rule.duty();
        let seen = plan.is_independent.then_some(&state.seen[usize::from(open.rule)]);
        plan.rule.discharges_oldest
            && masks[usize::from(open.rule)] & plan::EXPECT != 0
            && moment.candidate(rule, open, plan.expect.as_ref(), seen).counts()
    });
    let first = discharged.min_by(|a, b| {
        let by_part = || view.names.get(a.part).cmp(view.names.get(b.part));
        a.due.cmp(&b.due).then_with(|| view.compare(a.trigger, b.trigger)).then_with(by_part)
    })?;
    Some(first.row)
}
