//! Who owes a duty, and the ladder that it climbs. Design, section 3.6: a second pure function, from a duty and the registers.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::Evaluation;
use super::effective::{NO_NODE, Node};
use super::registers::{AsAt, agency_of};
use super::rows::{DutyRef, duty_names};
use super::view::Seen;
use crate::duty::{ReportCode, ReportRow, State, StepRow};
use crate::log::Text;
use crate::policy::{DutyRule, Ladder, LadderStart, LadderStep, Owner, Pattern, Policy, StepAgency};
use crate::time::Instant;

/// A duty's owner, holders and steps, and what was to report of them.
#[derive(Debug, Default)]
pub(crate) struct Climb {
    pub(crate) owner: Option<Text>,
    /// None where there are no registers to ask.
    pub(crate) holders: Option<BTreeSet<Text>>,
    pub(crate) steps: Vec<StepRow>,
    pub(crate) reports: Vec<ReportRow>,
}

/// Who an owner is.
#[derive(Clone, Copy, Debug)]
enum Owing {
    Officer(Text),
    Role(Text),
    Agency(Text),
}

/// A duty, and what its owner and ladder are computed from.
struct Subject<'e, 'a> {
    evaluation: &'e Evaluation<'a>,
    duty: DutyRef,
    rule: &'a DutyRule,
    policy: &'a Policy,
    trigger: Node,
    part: Text,
    owing: Option<Owing>,
}

/// A duty's owner, holders and ladder.
pub(crate) fn climb(evaluation: &Evaluation<'_>, duty: DutyRef) -> Climb {
    let Some(rule) = evaluation.rule(duty) else { return Climb::default() };
    let mut subject = Subject {
        evaluation,
        duty,
        rule,
        policy: &evaluation.version(duty).policy,
        trigger: evaluation.duty(duty).trigger,
        part: evaluation.part(duty),
        owing: None,
    };
    subject.owing = subject.find_owner();
    let mut climb = Climb { owner: subject.owing.map(Owing::text), ..Climb::default() };
    match subject.owing {
        None => climb.reports.push(subject.report(
            ReportCode::NoOwner,
            None,
            "nobody is named as owing it".to_owned(),
        )),
        Some(_) => climb.holders = subject.holders(subject.standing()),
    }
    subject.steps(&mut climb);
    climb
}

impl Owing {
    fn text(self) -> Text {
        match self {
            Self::Officer(text) | Self::Role(text) | Self::Agency(text) => text,
        }
    }
}

impl<'e, 'a> Subject<'e, 'a> {
    fn find_owner(&self) -> Option<Owing> {
        let view = &self.evaluation.view;
        match self.rule.owner.as_ref()? {
            Owner::Named(name) => view.names.find(name).map(|name| self.owing(view.entity(name))),
            Owner::Part => {
                let officer =
                    self.rule.pattern == Pattern::Holds || self.rule.each.as_deref() == Some("officer");
                let part = Some(self.part).filter(|&part| part != Text::EMPTY)?;
                Some(if officer { Owing::Officer(part) } else { self.owing(part) })
            }
            Owner::Attr(name) => {
                let named = match view.attr(self.trigger, view.attr_slot(name))? {
                    Seen::Text(text) => Some(text),
                    Seen::Texts(texts) => view.first_by_text(texts),
                    _ => None,
                };
                named.map(|text| self.owing(view.entity(text)))
            }
            Owner::Link(role) => {
                let linked = view.first_by_text(view.links(self.trigger, view.role_slot(role)))?;
                Some(if role == "officer" { Owing::Officer(linked) } else { self.owing(linked) })
            }
        }
    }

    fn owing(&self, text: Text) -> Owing {
        let name = self.evaluation.view.names.get(text);
        if self.policy.roles.contains_key(name) {
            Owing::Role(text)
        } else if name.starts_with("officer:") {
            Owing::Officer(text)
        } else {
            Owing::Agency(text)
        }
    }

    /// As at what the registers are asked who owes it: its closing, or its judging, else now.
    fn standing(&self) -> AsAt {
        let (view, row) = (&self.evaluation.view, self.evaluation.duty(self.duty));
        if row.is_open() || row.state == State::Undecided {
            return AsAt::instant(view.as_of.unwrap_or(Instant::MAX));
        }
        let judged = matches!(self.rule.pattern, Pattern::Before | Pattern::Holds | Pattern::Never);
        AsAt::event(view.order(if judged || row.closed_by == NO_NODE { self.trigger } else { row.closed_by }))
    }

    /// The people who owe it.
    fn holders(&self, as_at: AsAt) -> Option<BTreeSet<Text>> {
        match self.owing? {
            Owing::Officer(officer) => Some(BTreeSet::from([officer])),
            Owing::Agency(_) => Some(BTreeSet::new()),
            Owing::Role(role) => {
                let name = self.evaluation.view.names.get(role);
                let agency = self.policy.roles.get(name).map(String::as_str);
                let found = self.role_holders(role, agency, as_at);
                let known = agency.is_some_and(|agency| self.has_register(agency, as_at));
                (!found.is_empty() || known).then_some(found)
            }
        }
    }

    fn has_register(&self, agency: &str, as_at: AsAt) -> bool {
        self.evaluation.registers.has_register(&self.evaluation.view, self.policy, agency, as_at)
    }

    fn role_holders(&self, role: Text, agency: Option<&str>, as_at: AsAt) -> BTreeSet<Text> {
        let registers = &self.evaluation.registers;
        let allocated = registers.allocated(self.evaluation.view.stream(self.trigger), as_at);
        let holds = |officer: &Text| registers.holds_role(*officer, role, as_at);
        let found: BTreeSet<Text> = allocated.iter().copied().filter(holds).collect();
        if !found.is_empty() {
            return found;
        }
        let found: BTreeSet<Text> =
            allocated.iter().flat_map(|&officer| self.first_upward(officer, as_at, &holds)).collect();
        if !found.is_empty() {
            return found;
        }
        self.in_teams_or_agency(role, agency, &allocated, as_at, |_| true, false)
    }

    /// The first on an officer's line upward of whom something is true; of several at one distance, all.
    fn first_upward(&self, officer: Text, as_at: AsAt, holds: &impl Fn(&Text) -> bool) -> BTreeSet<Text> {
        let line = self.evaluation.registers.line_upward(officer, as_at);
        let found =
            line.into_iter().map(|nearest| nearest.into_iter().filter(holds).collect::<BTreeSet<Text>>());
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// Those whose post or cover of a role is in a team of the officers allocated, else all in the agency.
    fn in_teams_or_agency(
        &self,
        role: Text,
        agency: Option<&str>,
        allocated: &BTreeSet<Text>,
        as_at: AsAt,
        may: impl Fn(Text) -> bool,
        in_agency_only: bool,
    ) -> BTreeSet<Text> {
        let (view, registers) = (&self.evaluation.view, &self.evaluation.registers);
        let teams: BTreeSet<Text> =
            allocated.iter().flat_map(|&officer| registers.teams_of(officer, as_at)).collect();
        let all = registers.holders(role, as_at);
        let is_of_agency =
            |own: Option<Text>| agency.is_some() && agency_of(view, self.policy, own, Some(role)) == agency;
        let holders = || all.iter().filter(|(officer, _, _)| may(*officer));
        let in_teams: BTreeSet<Text> = holders()
            .filter(|(_, team, own)| {
                team.is_some_and(|team| teams.contains(&team)) && (!in_agency_only || is_of_agency(*own))
            })
            .map(|&(officer, _, _)| officer)
            .collect();
        if !in_teams.is_empty() {
            return in_teams;
        }
        holders().filter(|(_, _, own)| is_of_agency(*own)).map(|&(officer, _, _)| officer).collect()
    }

    fn report(&self, code: ReportCode, event: Option<Node>, text: String) -> ReportRow {
        let (view, duty) = (&self.evaluation.view, self.evaluation.duty(self.duty));
        let event = event.unwrap_or_else(|| self.evaluation.start(self.duty));
        ReportRow {
            code,
            event: Some(view.id(event).into_owned()),
            rule: Some(self.evaluation.group(self.duty).name.clone()),
            key: Some(view.names.get(duty.key).to_owned()),
            text,
        }
    }
}

/// An escalation that names the duty, in order.
struct Escalation {
    node: Node,
    at: Instant,
    sort: Sort,
    step: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Raised,
    Seen,
    Answered,
}

/// A step as it climbs.
struct Standing {
    number: usize,
    opens: Instant,
    due: Option<Instant>,
    moved: bool,
    owner_holders: BTreeSet<Text>,
    decided: Option<(Instant, Option<String>)>,
    seen_answer: Option<(Instant, Option<String>)>,
    late_answer: Option<Instant>,
    row: StepRow,
}

/// What an answer does to its step.
enum Effect {
    Moves(Instant),
    Climbs,
    Closes,
    Nothing,
}

impl Subject<'_, '_> {
    fn steps(&self, climb: &mut Climb) {
        let Some((ladder, first)) = self.ladder() else { return };
        let Some((opens, end)) = self.span() else { return };
        let escalations = self.escalations();
        let mut next = Some(opens);
        let mut number = first;
        let mut unheard = escalations.as_slice();
        while let (Some(opens), Some(step)) = (next, ladder.steps.get(number)) {
            let is_last = number + 1 == ladder.steps.len();
            let mut standing = self.open(step, number + 1, is_last, opens, &mut climb.reports);
            let skipped = standing.row.holders.as_ref().is_some_and(Vec::is_empty);
            next = if skipped {
                (!is_last).then_some(opens)
            } else {
                self.take_answers(step, &mut standing, is_last, &mut unheard, &end, &mut climb.reports)
            };
            self.note_escalations(&mut standing, &escalations, &end);
            climb.steps.push(standing.into_row());
            number += 1;
        }
    }

    /// The duty's ladder and the place of its first step.
    fn ladder(&self) -> Option<(&Ladder, usize)> {
        if self.evaluation.group(self.duty).starts_from_escalation {
            return None;
        }
        let ladder = self.policy.ladders.get(self.rule.ladder.as_ref()?)?;
        let first = match &self.rule.ladder_start {
            None => 0,
            Some(LadderStart::Step(number)) => number.checked_sub(1)?,
            Some(LadderStart::Role(role)) => ladder.steps.iter().position(|step| step.to == *role)?,
        };
        Some((ladder, first))
    }

    /// When the ladder opens, and up to which event or instant it climbs.
    fn span(&self) -> Option<(Instant, End)> {
        let (view, row) = (&self.evaluation.view, self.evaluation.duty(self.duty));
        let as_of = view.as_of?;
        let breached = row.state == State::Breached;
        if matches!(row.state, State::Undecided | State::TooEarly) {
            return None;
        }
        let trigger_at = view.at(self.trigger);
        if breached && row.closed_by == NO_NODE || breached && self.rule.pattern != Pattern::Attend {
            return Some((trigger_at, End { closed_by: NO_NODE, as_of, breached }));
        }
        let due = row.due()?;
        let closed_at = (row.closed_by != NO_NODE).then(|| view.at(row.closed_by));
        let late = closed_at.map_or(as_of > due, |closed_at| closed_at > due);
        match (late, breached, closed_at) {
            (true, _, _) => {
                let closed_by = if breached { NO_NODE } else { row.closed_by };
                Some((due.max(trigger_at), End { closed_by, as_of, breached }))
            }
            (false, true, Some(closed_at)) => Some((closed_at, End { closed_by: NO_NODE, as_of, breached })),
            (false, _, _) => None,
        }
    }

    fn escalations(&self) -> Vec<Escalation> {
        let (view, special) = (&self.evaluation.view, &self.evaluation.special);
        let (group, row) = (self.evaluation.group(self.duty), self.evaluation.duty(self.duty));
        let Some(rule) = view.names.find(&group.name) else { return Vec::new() };
        let named = special.escalations_of(rule, row.key);
        if named.is_empty() {
            return Vec::new();
        }
        let ids = duty_names(view, group, row.key, row.trigger, self.evaluation.start(self.duty), self.part);
        let step = view.attr_slot("step");
        let concerns = |node: Node| {
            let linked = view.raw_links(node, special.duty);
            linked.is_empty()
                || linked.iter().any(|&duty| {
                    view.names
                        .get(duty)
                        .strip_prefix("duty:")
                        .is_some_and(|id| ids.iter().any(|other| other == id))
                })
        };
        let found = named.iter().copied().filter(|&node| concerns(node)).map(|node| Escalation {
            node,
            at: view.at(node),
            sort: match view.kind_text(node) {
                "escalation.raised" => Sort::Raised,
                "escalation.seen" => Sort::Seen,
                _ => Sort::Answered,
            },
            step: match view.attr(node, step) {
                Some(Seen::Integer(step)) => Some(step),
                _ => None,
            },
        });
        found.collect()
    }

    /// Opens a step: whom it reaches, and by when it is to be answered.
    fn open(
        &self,
        step: &LadderStep,
        number: usize,
        is_last: bool,
        opens: Instant,
        reports: &mut Vec<ReportRow>,
    ) -> Standing {
        let as_at = AsAt::instant(opens);
        let owner_holders = self.holders(as_at).unwrap_or_default();
        let agency = self.agency(step, as_at);
        let people = self.people(step, agency, &owner_holders, as_at);
        let mut due = if is_last { None } else { self.after(step, opens) };
        if people.as_ref().is_some_and(BTreeSet::is_empty) {
            due = (!is_last).then_some(opens);
            let text = format!("step {number} to {} is skipped: nobody is left who may answer it", step.to);
            reports.push(self.report(ReportCode::StepSkipped, None, text));
        }
        Standing {
            number,
            opens,
            due,
            moved: false,
            owner_holders,
            decided: None,
            seen_answer: None,
            late_answer: None,
            row: StepRow {
                step: number,
                to: step.to.clone(),
                agency: agency.map(str::to_owned),
                holders: people.map(|people| self.evaluation.texts(&people)),
                opens,
                due,
                raised: None,
                seen: None,
                answered: None,
                decision: None,
            },
        }
    }

    fn after(&self, step: &LadderStep, from: Instant) -> Option<Instant> {
        self.evaluation.version(self.duty).clock.due(from, step.answer_within?).ok()
    }

    fn agency<'s>(&'s self, step: &'s LadderStep, as_at: AsAt) -> Option<&'s str> {
        let view = &self.evaluation.view;
        match &step.agency {
            Some(StepAgency::Named(agency)) => Some(agency),
            None => self.policy.roles.get(&step.to).map(String::as_str),
            Some(StepAgency::Owner) => match self.owing? {
                Owing::Agency(agency) => Some(view.names.get(agency)),
                Owing::Role(role) => self.policy.roles.get(view.names.get(role)).map(String::as_str),
                Owing::Officer(officer) => {
                    let posts = self.evaluation.registers.posts(officer, as_at);
                    posts.iter().rev().find_map(|post| post.agency(view, self.policy))
                }
            },
        }
    }

    /// The people of a step: on the owner's line, else near the case, else all in the agency; none where it has no register.
    fn people(
        &self,
        step: &LadderStep,
        agency: Option<&str>,
        owner_holders: &BTreeSet<Text>,
        as_at: AsAt,
    ) -> Option<BTreeSet<Text>> {
        let (view, registers) = (&self.evaluation.view, &self.evaluation.registers);
        let agency = agency.filter(|agency| self.has_register(agency, as_at))?;
        let Some(to) = view.names.find(&step.to) else { return Some(BTreeSet::new()) };
        let may = |officer: Text| !owner_holders.contains(&officer) && !self.is_about(officer);
        let holds = |officer: &Text| {
            may(*officer)
                && registers
                    .posts(*officer, as_at)
                    .iter()
                    .any(|post| post.role == Some(to) && post.agency(view, self.policy) == Some(agency))
        };
        let on_line: BTreeSet<Text> =
            owner_holders.iter().flat_map(|&officer| self.first_upward(officer, as_at, &holds)).collect();
        if !on_line.is_empty() {
            return Some(on_line);
        }
        let allocated = registers.allocated(view.stream(self.trigger), as_at);
        let near: BTreeSet<Text> = allocated.iter().copied().filter(holds).collect();
        if !near.is_empty() {
            return Some(near);
        }
        Some(self.in_teams_or_agency(to, Some(agency), &allocated, as_at, may, true))
    }

    /// Whether the duty is about somebody, besides those who owe it.
    fn is_about(&self, officer: Text) -> bool {
        let view = &self.evaluation.view;
        let breached = self.evaluation.duty(self.duty).state == State::Breached;
        officer == self.part
            || view.raw_links(self.trigger, view.role_slot("named")).contains(&officer)
            || breached && view.raw_links(self.trigger, self.evaluation.special.officer).contains(&officer)
    }

    /// Hears the answers to a step, each once, and says when the next one opens.
    fn take_answers(
        &self,
        step: &LadderStep,
        standing: &mut Standing,
        is_last: bool,
        unheard: &mut &[Escalation],
        end: &End,
        reports: &mut Vec<ReportRow>,
    ) -> Option<Instant> {
        let mut raised = false;
        while let Some((escalation, rest)) = unheard.split_first() {
            if standing.due.is_some_and(|due| escalation.at > due) || !end.is_before(self, escalation) {
                break;
            }
            *unheard = rest;
            if escalation.at < standing.opens {
                continue;
            }
            match escalation.sort {
                Sort::Raised if escalation.step == Some(standing.number as i64) && !raised => {
                    raised = true;
                    if escalation.at > standing.opens && !standing.moved && !is_last {
                        standing.due = self.after(step, escalation.at);
                    }
                }
                Sort::Answered if escalation.step.is_none_or(|step| step == standing.number as i64) => {
                    match self.answer(step, standing, is_last, escalation, end, reports) {
                        Effect::Moves(due) => (standing.due, standing.moved) = (Some(due), true),
                        Effect::Climbs => return Some(escalation.at),
                        Effect::Closes => return None,
                        Effect::Nothing => {}
                    }
                }
                Sort::Raised | Sort::Seen | Sort::Answered => {}
            }
        }
        standing.due.filter(|&due| end.is_open_after(self, due))
    }

    /// What an answer does; one from somebody who owes the duty counts for nothing.
    fn answer(
        &self,
        step: &LadderStep,
        standing: &mut Standing,
        is_last: bool,
        answer: &Escalation,
        end: &End,
        reports: &mut Vec<ReportRow>,
    ) -> Effect {
        if self.is_refused(standing, answer, reports) {
            return Effect::Nothing;
        }
        let view = &self.evaluation.view;
        let text =
            |name: &str| view.text_attr(answer.node, view.attr_slot(name)).map(|text| view.names.get(text));
        let decision = text("decision");
        let until = match view.attr(answer.node, view.attr_slot("until")) {
            Some(Seen::Instant(until)) => Some(until),
            _ => None,
        };
        let effect = match (decision, until) {
            (Some("act-by"), Some(until)) if until >= answer.at && !standing.moved => {
                let most = standing.due.and_then(|due| self.after(step, due));
                most.map_or(Effect::Nothing, |most| Effect::Moves(until.min(most)))
            }
            (Some("climb"), _) if !is_last => Effect::Climbs,
            (Some("accepted"), _) if end.breached && text("reason").is_some() && text("action").is_some() => {
                Effect::Closes
            }
            _ => Effect::Nothing,
        };
        let said = (answer.at, decision.map(str::to_owned));
        match effect {
            Effect::Nothing => _ = standing.seen_answer.get_or_insert(said),
            _ => _ = standing.decided.get_or_insert(said),
        }
        effect
    }

    fn is_refused(&self, standing: &Standing, answer: &Escalation, reports: &mut Vec<ReportRow>) -> bool {
        let view = &self.evaluation.view;
        let officers = view.raw_links(answer.node, self.evaluation.special.officer);
        if let Some(&own) = officers
            .iter()
            .find(|&&officer| standing.owner_holders.contains(&officer) || officer == self.part)
        {
            let text =
                format!("`{}` answers for a duty of their own; it counts for nothing", view.names.get(own));
            reports.push(self.report(ReportCode::AnswerRefused, Some(answer.node), text));
            return true;
        }
        let holders = standing.row.holders.as_ref();
        let other = officers
            .iter()
            .map(|&officer| view.names.get(officer))
            .find(|officer| holders.is_some_and(|holders| !holders.iter().any(|holder| holder == officer)));
        if let Some(other) = other {
            let text = format!("`{other}` answers step {}, which is not theirs; it counts", standing.number);
            reports.push(self.report(ReportCode::AnswerByOther, Some(answer.node), text));
        }
        false
    }

    /// When the step was first raised and first seen while the duty was open, and an answer that came too late.
    fn note_escalations(&self, standing: &mut Standing, escalations: &[Escalation], end: &End) {
        let (number, opens) = (standing.number as i64, standing.opens);
        for escalation in escalations.iter().filter(|escalation| escalation.at >= opens) {
            if !end.is_before(self, escalation) {
                break;
            }
            let within = standing.due.is_none_or(|due| escalation.at <= due);
            let named = escalation.step == Some(number);
            match escalation.sort {
                Sort::Raised if named => _ = standing.row.raised.get_or_insert(escalation.at),
                Sort::Seen if named => _ = standing.row.seen.get_or_insert(escalation.at),
                Sort::Answered
                    if named && !within && !self.is_refused(standing, escalation, &mut Vec::new()) =>
                {
                    standing.late_answer.get_or_insert(escalation.at);
                }
                Sort::Raised | Sort::Seen | Sort::Answered => {}
            }
        }
    }
}

impl Standing {
    fn into_row(self) -> StepRow {
        let mut row = self.row;
        row.due = self.due;
        let late = self.late_answer.map(|at| (at, Some("answered-late".to_owned())));
        let first_answer =
            [&self.decided, &self.seen_answer, &late].into_iter().flatten().map(|(at, _)| *at).min();
        row.seen = [row.seen, first_answer].into_iter().flatten().min();
        if let Some((at, decision)) = self.decided.or(self.seen_answer).or(late) {
            row.answered = Some(at);
            row.decision = decision;
        }
        row
    }
}

/// Up to where a ladder climbs.
struct End {
    /// The event that closes the duty, or none.
    closed_by: Node,
    as_of: Instant,
    breached: bool,
}

impl End {
    /// Whether an escalation comes while the duty is open.
    fn is_before(&self, subject: &Subject<'_, '_>, escalation: &Escalation) -> bool {
        let view = &subject.evaluation.view;
        self.closed_by == NO_NODE || view.compare(escalation.node, self.closed_by) == Ordering::Less
    }

    /// Whether the duty is still open after an instant.
    fn is_open_after(&self, subject: &Subject<'_, '_>, instant: Instant) -> bool {
        let end =
            if self.closed_by == NO_NODE { self.as_of } else { subject.evaluation.view.at(self.closed_by) };
        end > instant
    }
}
