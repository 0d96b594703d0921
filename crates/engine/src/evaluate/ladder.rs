//! Who owes a duty, and the ladder that it climbs (`docs/policy-language.md`, "Owners", "Ladders"):
//! a second pure function, from a duty and the registers.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::Evaluation;
use super::effective::{NO_NODE, Node};
use super::moved::Since;
use super::people::{Found, People, Question};
use super::registers::{AsAt, agency_of};
use super::rows::DutyRef;
use super::special::{Escalation, Sort, Wish};
use super::view::Seen;
use crate::duty::{AheadRow, ReportCode, ReportRow, State, StepRow};
use crate::log::Text;
use crate::policy::{DutyRule, Ladder, LadderStart, LadderStep, Owner, Pattern, Policy, StepAgency};
use crate::time::Instant;

/// A duty's owner, holders and steps, and what was to report of them.
#[derive(Debug, Default)]
pub(crate) struct Climb {
    pub(crate) owner: Option<Text>,
    /// None where there are no registers to ask.
    pub(crate) holders: Option<Arc<People>>,
    pub(crate) steps: Vec<StepRow>,
    pub(crate) reports: Vec<ReportRow>,
}

/// Who an owner is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Owing {
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
    /// Whom it is about, besides those who owe it.
    about: Vec<Text>,
}

/// A duty's owner, holders and ladder.
pub(crate) fn climb(evaluation: &Evaluation<'_>, duty: DutyRef) -> Climb {
    let Some(mut subject) = Subject::new(evaluation, duty) else { return Climb::default() };
    subject.about = subject.find_about();
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
    subject.note(&climb);
    climb
}

/// Whether a duty's row may name others than when it was last read, where the registers say otherwise since they were so
/// often written.
pub(crate) fn names_others(evaluation: &Evaluation<'_>, duty: DutyRef, since: Since) -> bool {
    let Some(subject) = Subject::new(evaluation, duty) else { return false };
    let last = evaluation.registers.asked.last(duty).filter(|last| last.written < since.written);
    last.is_none_or(|last| {
        last.step_at.is_some_and(|at| at >= since.at) || last.holders != subject.holders(subject.standing())
    })
}

/// Who owes a duty.
pub(crate) fn owner(evaluation: &Evaluation<'_>, duty: DutyRef) -> Option<Text> {
    Some(Subject::new(evaluation, duty)?.owing?.text())
}

/// The teams of the people who owe a duty, as at when they are asked for.
pub(crate) fn teams(evaluation: &Evaluation<'_>, duty: DutyRef) -> BTreeSet<Text> {
    let Some(subject) = Subject::new(evaluation, duty) else { return BTreeSet::new() };
    let as_at = subject.standing();
    let holders = subject.holders(as_at);
    let holders = holders.iter().flat_map(|people| people.iter());
    holders.flat_map(|officer| evaluation.registers.teams_of(officer, as_at)).collect()
}

impl Owing {
    fn text(self) -> Text {
        match self {
            Self::Officer(text) | Self::Role(text) | Self::Agency(text) => text,
        }
    }
}

impl<'e, 'a> Subject<'e, 'a> {
    /// A duty with its owner, and not yet whom it is about.
    fn new(evaluation: &'e Evaluation<'a>, duty: DutyRef) -> Option<Self> {
        let mut subject = Self {
            evaluation,
            duty,
            rule: evaluation.rule(duty)?,
            policy: &evaluation.version(duty).policy,
            trigger: evaluation.duty(duty).trigger,
            part: evaluation.part(duty),
            owing: None,
            about: Vec::new(),
        };
        subject.owing = subject.find_owner();
        Some(subject)
    }

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

    /// Keeps whom its row names.
    fn note(&self, climb: &Climb) {
        let (registers, holders) = (&self.evaluation.registers, climb.holders.clone());
        let step_at = climb.steps.iter().map(|step| step.opens).max();
        let found = Found { written: registers.written, holders, step_at };
        registers.asked.note(self.duty, found, !self.evaluation.duty(self.duty).may_name_others());
    }

    /// The people who owe it.
    fn holders(&self, as_at: AsAt) -> Option<Arc<People>> {
        match self.owing? {
            Owing::Officer(officer) => Some(self.named(BTreeSet::from([officer]))),
            Owing::Agency(_) => Some(self.named(BTreeSet::new())),
            Owing::Role(role) => {
                let question = self.question(as_at, None)?;
                self.evaluation
                    .registers
                    .asked
                    .answer(question, |asked| self.find_holders(role, asked, as_at))
            }
        }
    }

    fn named(&self, people: BTreeSet<Text>) -> Arc<People> {
        let texts = |people: &[Text]| self.evaluation.texts(people);
        self.evaluation.registers.asked.people(&people, texts)
    }

    fn question(&self, as_at: AsAt, step: Option<(Text, Option<&str>)>) -> Option<Question> {
        let registers = &self.evaluation.registers;
        Some(Question {
            version: self.evaluation.instance(self.duty).version,
            owing: self.owing?,
            allocated: registers.allocated(self.evaluation.view.stream(self.trigger), as_at),
            posts: registers.posts_before(as_at),
            step: step.map(|(to, agency)| (to, agency.map(str::to_owned))),
        })
    }

    fn find_holders(&self, role: Text, asked: &Question, as_at: AsAt) -> Option<Arc<People>> {
        let name = self.evaluation.view.names.get(role);
        let agency = self.policy.roles.get(name).map(String::as_str);
        let found = self.role_holders(role, agency, &asked.allocated, as_at);
        let known = || agency.is_some_and(|agency| self.has_register(agency, as_at));
        (!found.is_empty() || known()).then(|| self.named(found))
    }

    fn has_register(&self, agency: &str, as_at: AsAt) -> bool {
        self.evaluation.registers.has_register(&self.evaluation.view, self.policy, agency, as_at)
    }

    fn role_holders(
        &self,
        role: Text,
        agency: Option<&str>,
        allocated: &BTreeSet<Text>,
        as_at: AsAt,
    ) -> BTreeSet<Text> {
        let registers = &self.evaluation.registers;
        let holds = |officer: &Text| registers.holds_role(*officer, role, as_at);
        let found: BTreeSet<Text> = allocated.iter().copied().filter(holds).collect();
        if !found.is_empty() {
            return found;
        }
        let found = self.first_upward(allocated.iter().copied(), as_at, holds);
        if !found.is_empty() {
            return found;
        }
        self.in_teams_or_agency(role, agency, allocated, as_at, |_| true)
    }

    /// Of each officer the first upward of whom something is true that is true of none of the officers themselves; of several
    /// at one distance, all. Officers who have the same managers are looked at once.
    fn first_upward(
        &self,
        officers: impl Iterator<Item = Text>,
        as_at: AsAt,
        holds: impl Fn(&Text) -> bool,
    ) -> BTreeSet<Text> {
        let registers = &self.evaluation.registers;
        let managers: BTreeSet<BTreeSet<Text>> =
            officers.map(|officer| registers.managers(officer, as_at)).collect();
        let first = |managers: BTreeSet<Text>| {
            let mut line = registers.line_upward(managers, as_at);
            line.find_map(|nearest| {
                let found: BTreeSet<Text> = nearest.into_iter().filter(&holds).collect();
                (!found.is_empty()).then_some(found)
            })
        };
        managers.into_iter().filter_map(first).flatten().collect()
    }

    /// Those whose post or cover of a role is in a team of the officers allocated, else all in the agency.
    fn in_teams_or_agency(
        &self,
        role: Text,
        agency: Option<&str>,
        allocated: &BTreeSet<Text>,
        as_at: AsAt,
        may: impl Fn(Text) -> bool,
    ) -> BTreeSet<Text> {
        let (view, registers) = (&self.evaluation.view, &self.evaluation.registers);
        let teams: BTreeSet<Text> =
            allocated.iter().flat_map(|&officer| registers.teams_of(officer, as_at)).collect();
        let all = registers.holders(role, as_at);
        let is_of_agency =
            |own: Option<Text>| agency.is_some() && agency_of(view, self.policy, own, Some(role)) == agency;
        let holders = || all.iter().filter(|(officer, _, _)| may(*officer));
        let in_teams: BTreeSet<Text> = holders()
            .filter(|(_, team, _)| team.is_some_and(|team| teams.contains(&team)))
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

/// The steps of a duty's ladder that have not opened, and whom each would reach if it opened now.
pub(crate) fn ahead(evaluation: &Evaluation<'_>, duty: DutyRef) -> Vec<AheadRow> {
    let Some(mut subject) = Subject::new(evaluation, duty) else { return Vec::new() };
    subject.about = subject.find_about();
    let Some((ladder, first)) = subject.ladder() else { return Vec::new() };
    let opened = climb(evaluation, duty).steps.last().map_or(first, |step| step.step);
    let as_at = AsAt::instant(evaluation.view.as_of.unwrap_or(Instant::MAX));
    let owners = subject.holders(as_at);
    let steps = ladder.steps.iter().enumerate().skip(opened);
    let row = |(place, step): (usize, &LadderStep)| {
        let agency = subject.step_agency(step, as_at);
        let people = subject.people(step, agency, owners.as_deref(), as_at);
        AheadRow {
            step: place + 1,
            to: step.to.clone(),
            agency: agency.map(str::to_owned),
            holders: people.map(|people| people.names()),
        }
    };
    steps.map(row).collect()
}

/// A step that opened.
struct Standing {
    /// Its place in the ladder.
    place: usize,
    due: Option<Instant>,
    skipped: bool,
    /// Its answer clock was started by its raising.
    restarted: bool,
    /// An answer moved its due.
    moved: bool,
    /// Those who owe the duty: their answers count for nothing.
    owners: Option<Arc<People>>,
    people: Option<Arc<People>>,
    decided: Option<Answer>,
    counted: Option<Answer>,
    row: StepRow,
}

/// When a step was answered, and what the answer decided.
type Answer = (Instant, Option<String>);

/// What an answer does to its step.
enum Effect {
    Moves(Instant),
    Climbs,
    Closes,
    Nothing,
}

/// A ladder as it climbs.
struct Climbing<'s, 'e, 'a> {
    subject: &'s Subject<'e, 'a>,
    ladder: &'s Ladder,
    end: End,
    open: Vec<Standing>,
    /// The steps raised and seen while the ladder was open, and when.
    noted: Vec<(Sort, i64, Instant)>,
    reports: Vec<ReportRow>,
}

/// Up to where a ladder climbs.
struct End {
    /// The event that closes the duty; none of one that is open or breached.
    closed_by: Option<Node>,
    /// The event that breached it.
    breached_by: Option<Node>,
    /// Whether its ladder was open before the breach.
    was_late: bool,
    /// Up to when steps lapse: its closing, its accepting, else now.
    until: Instant,
}

impl Subject<'_, '_> {
    fn steps(&self, climb: &mut Climb) {
        let Some((ladder, first)) = self.ladder() else { return };
        let Some((opens, end)) = self.span() else { return };
        let mut climbing =
            Climbing { subject: self, ladder, end, open: Vec::new(), noted: Vec::new(), reports: Vec::new() };
        climbing.open(first, opens);
        for escalation in self.escalations().iter().filter(|escalation| escalation.at >= opens) {
            match climbing.is_heard(escalation) {
                true => {}
                false if climbing.end.closed_by.is_some() => break,
                false => continue,
            }
            climbing.lapse_before(escalation);
            if climbing.hear(escalation) {
                break;
            }
        }
        climbing.lapse();
        climb.steps = climbing.rows();
        climb.reports.append(&mut climbing.reports);
    }

    /// The duty's ladder and the place of its first step.
    fn ladder(&self) -> Option<(&Ladder, usize)> {
        if self.evaluation.instance(self.duty).starts_from_escalation {
            return None;
        }
        let ladder = self.policy.ladders.get(self.rule.ladder.as_ref()?)?;
        let first = match &self.rule.ladder_start {
            None => 0,
            Some(LadderStart::Step(number)) => number.checked_sub(1)?,
            Some(LadderStart::Role(role)) => ladder.steps.iter().position(|step| step.to == *role)?,
        };
        (first < ladder.steps.len()).then_some((ladder, first))
    }

    /// When the ladder opens, and up to where it climbs; none of a duty that was neither late nor breached.
    fn span(&self) -> Option<(Instant, End)> {
        let (view, row) = (&self.evaluation.view, self.evaluation.duty(self.duty));
        if matches!(row.state, State::Undecided | State::TooEarly) {
            return None;
        }
        let as_of = view.as_of?;
        let judged = matches!(self.rule.pattern, Pattern::Before | Pattern::Holds | Pattern::Never);
        let closing =
            if judged { Some(self.trigger) } else { Some(row.closed_by).filter(|&node| node != NO_NODE) };
        let due = self.evaluation.due(self.duty)?;
        let was_late = !judged && closing.map_or(as_of, |node| view.at(node)) > due;
        let breached_by = closing.filter(|_| row.state == State::Breached);
        let closed_by = closing.filter(|_| breached_by.is_none() && !row.is_open());
        let until = closed_by.map_or(as_of, |node| view.at(node));
        let opens = match (was_late, breached_by) {
            (true, _) => due.max(view.at(self.trigger)),
            (false, Some(breach)) => view.at(breach),
            (false, None) => return None,
        };
        Some((opens, End { closed_by, breached_by, was_late, until }))
    }

    /// The escalations that name the duty, in order, from after its start.
    fn escalations(&self) -> Cow<'_, [Escalation]> {
        let (view, special) = (&self.evaluation.view, &self.evaluation.special);
        let (group, row) = (self.evaluation.group(self.duty), self.evaluation.duty(self.duty));
        let Some(rule) = view.names.find(&group.name) else { return Cow::default() };
        if special.escalations_of(rule, row.key).is_empty() {
            return Cow::default();
        }
        let start = self.evaluation.start(self.duty);
        let ids = self.evaluation.ids(self.duty);
        special.escalations_after(view, start, (rule, row.key), &ids)
    }

    /// When a step is to be answered that had its clock started then.
    fn answer_due(&self, step: &LadderStep, from: Instant) -> Option<Instant> {
        self.evaluation.version(self.duty).clock.due(from, step.answer_within?).ok()
    }

    /// The agency of the one who owes the duty.
    fn owner_agency(&self, as_at: AsAt) -> Option<&str> {
        let view = &self.evaluation.view;
        match self.owing? {
            Owing::Agency(agency) => Some(view.names.get(agency)),
            Owing::Role(role) => self.policy.roles.get(view.names.get(role)).map(String::as_str),
            Owing::Officer(officer) => {
                let posts = self.evaluation.registers.posts(officer, as_at);
                posts.iter().rev().find_map(|post| post.agency(view, self.policy))
            }
        }
    }

    /// The agency of a step: its own, else its role's.
    fn step_agency<'s>(&'s self, step: &'s LadderStep, as_at: AsAt) -> Option<&'s str> {
        match &step.agency {
            Some(StepAgency::Named(agency)) => Some(agency.as_str()),
            Some(StepAgency::Owner) => self.owner_agency(as_at),
            None => self.policy.roles.get(&step.to).map(String::as_str),
        }
    }

    /// The people of a step; none where nobody is found and the agency has no register.
    fn people(
        &self,
        step: &LadderStep,
        agency: Option<&str>,
        owners: Option<&People>,
        as_at: AsAt,
    ) -> Option<Arc<People>> {
        let (evaluation, registers) = (self.evaluation, &self.evaluation.registers);
        let to = evaluation.view.names.find(&step.to)?;
        let stream = evaluation.view.stream(self.trigger);
        let find = |allocated: &BTreeSet<Text>| self.find_people((to, agency), owners, allocated, as_at);
        let is_like_others = !self.about.iter().any(|&officer| registers.holds_role(officer, to, as_at));
        match self.question(as_at, Some((to, agency))).filter(|_| is_like_others) {
            Some(question) => registers.asked.answer(question, |asked| find(&asked.allocated)),
            None => find(&registers.allocated(stream, as_at)),
        }
    }

    /// Those on the owner's line, else near the case, else all in the agency.
    fn find_people(
        &self,
        (to, agency): (Text, Option<&str>),
        owners: Option<&People>,
        allocated: &BTreeSet<Text>,
        as_at: AsAt,
    ) -> Option<Arc<People>> {
        let registers = &self.evaluation.registers;
        let known = || agency.is_some_and(|agency| self.has_register(agency, as_at));
        let owes = |officer: Text| owners.is_some_and(|owners| owners.contains(officer));
        let may = |officer: Text| !owes(officer) && !self.about.contains(&officer);
        let holds = |officer: &Text| may(*officer) && registers.holds_role(*officer, to, as_at);
        let elsewhere = self.owner_agency(as_at).is_some_and(|owners| agency != Some(owners));
        if !elsewhere {
            let found = self.first_upward(owners.into_iter().flat_map(People::iter), as_at, holds);
            if !found.is_empty() {
                return Some(self.named(found));
            }
        }
        let near: BTreeSet<Text> = allocated.iter().copied().filter(holds).collect();
        if !near.is_empty() {
            return Some(self.named(near));
        }
        let found = self.in_teams_or_agency(to, agency, allocated, as_at, may);
        (!found.is_empty() || known()).then(|| self.named(found))
    }

    /// The part, whom the trigger links as `named`, and the officers of a breached one.
    fn find_about(&self) -> Vec<Text> {
        let view = &self.evaluation.view;
        let named = view.raw_links(self.trigger, self.evaluation.special.named);
        let breached = self.evaluation.duty(self.duty).state == State::Breached;
        let officers = view.raw_links(self.trigger, self.evaluation.special.officer).iter();
        named.iter().chain(officers.filter(|_| breached)).copied().chain([self.part]).collect()
    }
}

impl Climbing<'_, '_, '_> {
    /// Opens a step, and where nobody is left who may answer it the next one at once.
    fn open(&mut self, place: usize, opens: Instant) {
        let (subject, step) = (self.subject, &self.ladder.steps[place]);
        let is_last = self.is_last(place);
        let as_at = AsAt::instant(opens);
        let owners = subject.holders(as_at);
        let agency = subject.step_agency(step, as_at);
        let people = subject.people(step, agency, owners.as_deref(), as_at);
        let skipped = people.as_ref().is_some_and(|people| people.is_empty());
        let due = match (is_last, skipped) {
            (true, _) => None,
            (false, true) => Some(opens),
            (false, false) => subject.answer_due(step, opens),
        };
        let row = StepRow {
            step: place + 1,
            to: step.to.clone(),
            agency: agency.map(str::to_owned),
            holders: people.as_ref().map(|people| people.names()),
            opens,
            due,
            raised: None,
            seen: None,
            answered: None,
            decision: None,
        };
        self.open.push(Standing {
            place,
            due,
            skipped,
            restarted: false,
            moved: false,
            owners,
            people,
            decided: None,
            counted: None,
            row,
        });
        if skipped {
            let text =
                format!("step {} to {} is skipped: nobody is left who may answer it", place + 1, step.to);
            self.reports.push(subject.report(ReportCode::StepSkipped, None, text));
            if !is_last {
                self.open(place + 1, opens);
            }
        }
    }

    fn is_last(&self, place: usize) -> bool {
        place + 1 == self.ladder.steps.len()
    }

    /// Whether an escalation comes while the ladder is open.
    fn is_heard(&self, escalation: &Escalation) -> bool {
        let compare = |node: Node| self.subject.evaluation.view.compare(escalation.node, node);
        match (self.end.closed_by, self.end.breached_by) {
            (Some(closing), _) => compare(closing) == Ordering::Less,
            (None, Some(breach)) => self.end.was_late || compare(breach) == Ordering::Greater,
            (None, None) => true,
        }
    }

    /// When the highest step lapses, if it does while the duty is open.
    fn lapses(&self) -> Option<Instant> {
        let highest = self.open.last().filter(|standing| !standing.skipped)?;
        highest.due.filter(|&due| self.end.until > due)
    }

    /// Opens the steps that open before an escalation, and one that opens with it if it names that.
    fn lapse_before(&mut self, escalation: &Escalation) {
        while let Some(due) = self.lapses() {
            let next = self.open.last().map_or(0, |standing| standing.place) + 1;
            let named = escalation.step.and_then(|step| usize::try_from(step - 1).ok());
            let is_named = named.is_some_and(|named| self.opens_with(next, named, due));
            if due > escalation.at || (due == escalation.at && !is_named) {
                break;
            }
            self.open(next, due);
        }
    }

    /// Whether opening a step opens another at once: all between them are skipped.
    fn opens_with(&self, next: usize, named: usize, opens: Instant) -> bool {
        (next..=named).all(|place| {
            let Some(step) = self.ladder.steps.get(place) else { return false };
            let (as_at, subject) = (AsAt::instant(opens), self.subject);
            let owners = subject.holders(as_at);
            let agency = subject.step_agency(step, as_at);
            let people = || subject.people(step, agency, owners.as_deref(), as_at);
            place == named || people().is_some_and(|people| people.is_empty())
        }) && next <= named
    }

    /// Opens the steps that open after all that was said.
    fn lapse(&mut self) {
        while let Some(due) = self.lapses() {
            let next = self.open.last().map_or(0, |standing| standing.place) + 1;
            self.open(next, due);
        }
    }

    /// Hears an escalation, and says whether it closes the ladder.
    fn hear(&mut self, escalation: &Escalation) -> bool {
        if let Some(step) = escalation.step {
            self.noted.push((escalation.sort, step, escalation.at));
        }
        let highest = self.open.len() - 1;
        let number = |standing: &Standing| standing.place as i64 + 1;
        let place = match escalation.step {
            None if escalation.sort == Sort::Answered && !self.open[highest].skipped => Some(highest),
            None => None,
            Some(step) => self.open.iter().position(|standing| number(standing) == step),
        };
        let Some(place) = place else { return false };
        match escalation.sort {
            Sort::Raised => self.raise(place, escalation.at),
            Sort::Seen => {}
            Sort::Answered => return self.answer(place, escalation),
        }
        false
    }

    /// The first raising that is later than the opening starts the answer clock in its place.
    fn raise(&mut self, place: usize, at: Instant) {
        let is_highest = place + 1 == self.open.len();
        let is_last = self.is_last(self.open[place].place);
        let standing = &mut self.open[place];
        let starts = is_highest && !standing.restarted && !standing.moved && at > standing.row.opens;
        if starts && !standing.skipped && standing.due.is_none_or(|due| at <= due) {
            standing.restarted = true;
            if !is_last {
                standing.due = self.subject.answer_due(&self.ladder.steps[standing.place], at);
            }
        }
    }

    /// An answer decides, counts as seen, or comes too late; one from somebody who owes the duty counts for nothing.
    fn answer(&mut self, place: usize, answer: &Escalation) -> bool {
        let subject = self.subject;
        let view = &subject.evaluation.view;
        let officers = view.raw_links(answer.node, subject.evaluation.special.officer);
        let standing = &self.open[place];
        let in_time = standing.due.is_none_or(|due| answer.at <= due);
        if standing.skipped && in_time {
            return false;
        }
        if let Some(&own) =
            officers.iter().find(|&&officer| officer == subject.part || standing.is_owner(officer))
        {
            let text = format!(
                "`{}` answers step {} of a duty of their own; it counts for nothing",
                view.names.get(own),
                standing.place + 1
            );
            self.reports.push(subject.report(ReportCode::AnswerRefused, Some(answer.node), text));
            return false;
        }
        if !in_time || place + 1 < self.open.len() {
            let standing = &mut self.open[place];
            standing.see(answer.at);
            if !in_time && standing.row.answered.is_none() {
                standing.row.answered = Some(answer.at);
            }
            return false;
        }
        self.report_other(place, answer, officers);
        let effect = self.effect(place, answer);
        let standing = &mut self.open[place];
        standing.see(answer.at);
        let kept =
            if matches!(effect, Effect::Nothing) { &mut standing.counted } else { &mut standing.decided };
        kept.get_or_insert_with(|| (answer.at, answer.decision.map(|word| view.names.get(word).to_owned())));
        match effect {
            Effect::Nothing => {}
            Effect::Moves(due) => (standing.due, standing.moved) = (Some(due), true),
            Effect::Climbs => {
                let next = standing.place + 1;
                self.open(next, answer.at);
            }
            Effect::Closes => {
                self.end.until = answer.at;
                return true;
            }
        }
        false
    }

    /// The rows of the steps, each with when it was first raised and seen from its opening on.
    fn rows(&mut self) -> Vec<StepRow> {
        let noted = std::mem::take(&mut self.noted);
        let rows = self.open.drain(..).map(|standing| {
            let mut row = standing.into_row();
            let first = |sort: Sort| {
                let of_step = |&&(noted, step, at): &&(Sort, i64, Instant)| {
                    noted == sort && step == row.step as i64 && at >= row.opens
                };
                noted.iter().find(of_step).map(|&(_, _, at)| at)
            };
            (row.raised, row.seen) =
                (first(Sort::Raised), first(Sort::Seen).into_iter().chain(row.seen).min());
            row
        });
        rows.collect()
    }

    fn report_other(&mut self, place: usize, answer: &Escalation, officers: &[Text]) {
        let standing = &self.open[place];
        let Some(people) = &standing.people else { return };
        if let Some(&other) = officers.iter().find(|&&officer| !people.contains(officer)) {
            let other = self.subject.evaluation.view.names.get(other);
            let text =
                format!("`{other}` answers step {}, which is not theirs; it counts", standing.place + 1);
            self.reports.push(self.subject.report(ReportCode::AnswerByOther, Some(answer.node), text));
        }
    }

    /// What an answer to the highest open step, in time, does.
    fn effect(&self, place: usize, answer: &Escalation) -> Effect {
        let (subject, standing) = (self.subject, &self.open[place]);
        let view = &subject.evaluation.view;
        let is_of_breach = |breach: Node| view.compare(answer.node, breach) == Ordering::Greater;
        match (answer.asks, standing.due) {
            (Wish::ActBy(until), Some(due)) if !standing.moved => {
                let most =
                    subject.answer_due(&self.ladder.steps[standing.place], due).unwrap_or(Instant::MAX);
                Effect::Moves(until.min(most))
            }
            (Wish::Climb, _) if !self.is_last(standing.place) => Effect::Climbs,
            (Wish::Accepted, _) if self.end.breached_by.is_some_and(is_of_breach) => Effect::Closes,
            _ => Effect::Nothing,
        }
    }
}

impl Standing {
    fn is_owner(&self, officer: Text) -> bool {
        self.owners.as_ref().is_some_and(|owners| owners.contains(officer))
    }

    fn see(&mut self, at: Instant) {
        self.row.seen.get_or_insert(at);
    }

    /// The step's row: the first answer that decides, else the first that counts as seen, else the first too late.
    fn into_row(self) -> StepRow {
        let mut row = self.row;
        row.due = self.due;
        if let Some((at, decision)) = self.decided.or(self.counted) {
            (row.answered, row.decision) = (Some(at), decision);
        } else if row.answered.is_some() {
            row.decision = Some("answered-late".to_owned());
        }
        row
    }
}
