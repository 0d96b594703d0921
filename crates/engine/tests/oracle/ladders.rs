//! Owners, holders and ladders.

use std::collections::BTreeSet;
use std::rc::Rc;

use engine::duty::{ReportCode, State, StepRow};
use engine::policy::{DutyRule, LadderStart, LadderStep, Owner, Pattern, Policy, StepAgency};
use engine::time::Instant;

use super::World;
use super::duties::{Duty, is_judged_at_trigger};
use super::events::Ev;
use super::registers::{AsAt, Registers};

/// Who owes a duty.
pub fn owner(world: &World, duty: &Duty) -> Option<String> {
    let owner = match &duty.rule.owner {
        None => None,
        Some(Owner::Named(name)) => Some(name.clone()),
        Some(Owner::Part) => Some(duty.part.clone()).filter(|part| !part.is_empty()),
        Some(Owner::Link(role)) => duty.trigger.linked(role).first().cloned(),
        Some(Owner::Attr(name)) => match duty.trigger.texts(name) {
            Some(texts) => texts.iter().min().cloned(),
            None => duty.trigger.text(name).map(str::to_owned),
        }
        .map(|name| world.identity.canonical(&name)),
    };
    if owner.is_none() {
        let code = ReportCode::NoOwner;
        world.report(code, Some(&duty.start.id), Some(&duty.rule.name), Some(&duty.key), "");
    }
    owner
}

/// When the holders of a duty are asked for: at its closing event, its trigger if it is judged there, else as_of.
pub fn holders_as_at(world: &World, duty: &Duty) -> AsAt {
    if is_judged_at_trigger(duty.rule) && duty.is_decided() {
        AsAt::Event(duty.trigger.order.clone())
    } else if let Some(closing) = &duty.closing {
        AsAt::Event(closing.order.clone())
    } else {
        AsAt::Instant(world.as_of)
    }
}

/// Whether an owner is an officer: by its name, or since it is linked as one.
fn is_officer(rule: &DutyRule, owner: &str) -> bool {
    owner.starts_with("officer:")
        || match &rule.owner {
            Some(Owner::Link(role)) => role == "officer",
            Some(Owner::Part) => rule.pattern == Pattern::Holds || rule.each.as_deref() == Some("officer"),
            _ => false,
        }
}

/// The people who owe it.
pub fn holders(world: &World, duty: &Duty, owner: Option<&str>, as_at: &AsAt) -> Option<Vec<String>> {
    let owner = owner?;
    let policy = world.versions.all[duty.version].policy;
    let registers = world.registers(as_at);
    if is_officer(duty.rule, owner) {
        return Some(vec![owner.to_owned()]);
    }
    // A text that `[roles]` does not name is an agency, and an agency has none.
    let Some(agency) = policy.roles.get(owner) else { return Some(Vec::new()) };
    let allocated = registers.allocated(&duty.trigger.stream);
    let hold = |officers: &BTreeSet<String>| -> BTreeSet<String> {
        officers.iter().filter(|officer| registers.has_role(officer, owner)).cloned().collect()
    };
    let mut found = hold(&allocated);
    if found.is_empty() {
        for officer in &allocated {
            let line = registers.line(officer);
            found.extend(line.iter().map(hold).find(|level| !level.is_empty()).unwrap_or_default());
        }
    }
    if found.is_empty() {
        found = registers.in_teams_of(&allocated, owner);
    }
    if found.is_empty() {
        found = registers.in_agency(owner, agency, policy);
    }
    if found.is_empty() && !registers.has_register(agency, policy) {
        return None;
    }
    Some(found.into_iter().collect())
}

/// A rule that starts from an `escalation.*`, directly or through a signal, has no ladder.
fn starts_from_escalation(policy: &Policy, rule: &DutyRule) -> bool {
    fn escalates(policy: &Policy, kind: &str, depth: usize) -> bool {
        kind.starts_with("escalation.")
            || kind.strip_prefix("signal.").and_then(|name| policy.signals.get(name)).is_some_and(|signal| {
                depth < 20 && signal.count.iter().any(|of| escalates(policy, &of.kind, depth + 1))
            })
    }
    rule.when.iter().any(|of| escalates(policy, &of.kind, 0))
}

/// A step that opened.
struct Opened {
    /// From 0, in the whole ladder.
    index: usize,
    opens: Instant,
    due: Option<Instant>,
    is_skipped: bool,
    clock_started: bool,
    /// Whether an answer moved its due.
    is_moved: bool,
    /// The owner's holders and the part: whose answers count for nothing.
    refused: BTreeSet<String>,
    agency: Option<String>,
    holders: Option<Vec<String>>,
    /// Ids of the answers to it, which show that it was seen.
    heard: BTreeSet<String>,
    decided: Option<(Instant, Option<String>)>,
    answered: Option<(Instant, Option<String>)>,
    answered_late: Option<Instant>,
}

struct Climb<'c> {
    world: &'c World<'c>,
    duty: &'c Duty<'c>,
    owner: Option<&'c str>,
    steps: &'c [LadderStep],
    /// When the duty closed, or a breach was accepted.
    closed_at: Option<Instant>,
    opened: Vec<Opened>,
}

/// The steps of a duty's ladder that ever opened.
pub fn ladder(world: &World, duty: &Duty, owner: Option<&str>) -> Vec<StepRow> {
    let policy = world.versions.all[duty.version].policy;
    let Some(ladder) = duty.rule.ladder.as_ref().and_then(|name| policy.ladders.get(name)) else {
        return Vec::new();
    };
    if !duty.is_decided() || duty.state == State::TooEarly || starts_from_escalation(policy, duty.rule) {
        return Vec::new();
    }
    let due = duty.due.expect("decided");
    let breach = duty.closing.as_ref().filter(|_| duty.state == State::Breached);
    let opens = if duty.was_late() {
        due.max(duty.trigger.at)
    } else if let Some(breach) = breach {
        breach.at
    } else {
        return Vec::new();
    };
    let first = match &duty.rule.ladder_start {
        None => Some(0),
        Some(LadderStart::Step(number)) => Some(number - 1),
        Some(LadderStart::Role(role)) => ladder.steps.iter().position(|step| step.to == *role),
    };
    let Some(first) = first.filter(|first| *first < ladder.steps.len()) else { return Vec::new() };
    // What is said of the duty while it is open.
    let said: Vec<&Rc<Ev>> = world
        .recorded
        .iter()
        .filter(|event| event.kind.starts_with("escalation.") && duty.is_named_by(event, world))
        .filter(|event| event.order > duty.start.order)
        .filter(|event| match (breach, &duty.closing) {
            (Some(breach), _) => duty.was_late() || event.order > breach.order,
            (None, Some(closing)) => event.order < closing.order,
            (None, None) => true,
        })
        .collect();
    let mut climb = Climb {
        world,
        duty,
        owner,
        steps: &ladder.steps,
        closed_at: duty.closing.as_ref().filter(|_| breach.is_none()).map(|closing| closing.at),
        opened: Vec::new(),
    };
    climb.open(first, opens);
    let mut heard = Vec::new();
    for event in said {
        if event.at < opens {
            continue;
        }
        climb.advance(event);
        heard.push(event.clone());
        let is_breached = breach.is_some_and(|breach| event.order > breach.order);
        if climb.hear(event, is_breached) {
            break;
        }
    }
    climb.run_out();
    climb.rows(&heard)
}

impl Climb<'_> {
    fn clock(&self) -> &super::clock::Clock {
        &self.world.versions.all[self.duty.version].clock
    }

    /// `answer_within` after a moment; none outside the calendar, and of the last step.
    fn due_after(&self, index: usize, at: Instant) -> Option<Instant> {
        if index + 1 == self.steps.len() {
            return None;
        }
        self.clock().due(at, self.steps[index].answer_within.expect("only the last may lack it")).ok()
    }

    fn open(&mut self, index: usize, at: Instant) {
        let is_last = index + 1 == self.steps.len();
        let step = &self.steps[index];
        let people = self.people(step, at);
        let is_skipped = people.holders.as_ref().is_some_and(Vec::is_empty);
        let due = if is_skipped && !is_last { Some(at) } else { self.due_after(index, at) };
        self.opened.push(Opened {
            index,
            opens: at,
            due,
            is_skipped,
            clock_started: false,
            is_moved: false,
            refused: people.refused,
            agency: people.agency,
            holders: people.holders,
            heard: BTreeSet::new(),
            decided: None,
            answered: None,
            answered_late: None,
        });
        if is_skipped {
            let (code, duty) = (ReportCode::StepSkipped, self.duty);
            let field = format!("step {}", index + 1);
            self.world.report(code, Some(&duty.start.id), Some(&duty.rule.name), Some(&duty.key), &field);
            if !is_last {
                self.open(index + 1, at);
            }
        }
    }

    fn highest(&self) -> &Opened {
        self.opened.last().expect("the first is open")
    }

    fn is_open_after(&self, at: Instant) -> bool {
        self.closed_at.map_or(self.world.as_of > at, |closed| closed > at)
    }

    /// Opens the steps that open before an event; and one at the event's `at`, if the event names it: else, in the moment
    /// of a step's due, that step is still the highest open one.
    fn advance(&mut self, event: &Ev) {
        loop {
            let highest = self.highest();
            let Some(due) = highest.due.filter(|due| !highest.is_skipped && self.is_open_after(*due)) else {
                return;
            };
            let opening = self.opening(highest.index + 1, due);
            let named = event.integer("step").and_then(|number| usize::try_from(number - 1).ok());
            let names_opening = named.is_some_and(|index| opening.contains(&index));
            if due < event.at || (due == event.at && names_opening) {
                self.open(highest.index + 1, due);
            } else {
                return;
            }
        }
    }

    /// The steps that open in one moment: those that are skipped at once, and the one after them.
    fn opening(&self, first: usize, at: Instant) -> std::ops::RangeInclusive<usize> {
        let is_skipped =
            |index: &usize| self.people(&self.steps[*index], at).holders.as_ref().is_some_and(Vec::is_empty);
        let skipped = (first..self.steps.len() - 1).take_while(is_skipped).count();
        first..=first + skipped
    }

    /// Opens the steps that open after all that was said.
    fn run_out(&mut self) {
        loop {
            let highest = self.highest();
            match highest.due {
                Some(due) if !highest.is_skipped && self.is_open_after(due) => {
                    self.open(highest.index + 1, due);
                }
                _ => return,
            }
        }
    }

    /// Takes in an event; whether it closes the ladder.
    fn hear(&mut self, event: &Ev, is_breached: bool) -> bool {
        let highest = self.opened.len() - 1;
        let named = event.integer("step");
        let target = match named {
            // A step that was skipped is not open.
            None => Some(highest).filter(|highest| !self.opened[*highest].is_skipped),
            Some(number) => self.opened.iter().position(|step| step.index as i64 + 1 == number),
        };
        let Some(target) = target else { return false };
        let is_highest = target == highest;
        match event.kind.as_str() {
            "escalation.raised" if named.is_some() => {
                let step = &self.opened[target];
                let starts = is_highest
                    && !step.clock_started
                    && !step.is_moved
                    && event.at > step.opens
                    && step.due.is_none_or(|due| event.at <= due);
                if starts {
                    let due = self.due_after(step.index, event.at);
                    let step = &mut self.opened[target];
                    (step.clock_started, step.due) = (true, due);
                }
                false
            }
            "escalation.answered" => self.answer(event, target, is_highest, is_breached),
            _ => false,
        }
    }

    /// One for each step of the rule and key.
    fn report(&self, code: ReportCode, event: &Ev, step: usize) {
        let (rule, key) = (&self.duty.rule.name, &self.duty.key);
        self.world.report(code, Some(&event.id), Some(rule), Some(key), &format!("step {}", step + 1));
    }

    fn answer(&mut self, event: &Ev, target: usize, is_highest: bool, is_breached: bool) -> bool {
        let officers = event.linked_at_all("officer");
        let step = &self.opened[target];
        // An answer to a step that was skipped can only be late.
        if step.is_skipped && step.due.is_none_or(|due| event.at <= due) {
            return false;
        }
        if !officers.is_disjoint(&step.refused) {
            self.report(ReportCode::AnswerRefused, event, step.index);
            return false;
        }
        let in_time = step.due.is_none_or(|due| event.at <= due);
        if !(is_highest && in_time) {
            let step = &mut self.opened[target];
            step.heard.insert(event.id.clone());
            if !in_time {
                step.answered_late.get_or_insert(event.at);
            }
            return false;
        }
        if let Some(holders) = &step.holders
            && officers.iter().any(|officer| !holders.contains(officer))
        {
            self.report(ReportCode::AnswerByOther, event, step.index);
        }
        let decision = event.text("decision").map(str::to_owned);
        let (index, due, is_moved) = (step.index, step.due, step.is_moved);
        let until = event.instant("until").filter(|until| *until >= event.at);
        let has_next = index + 1 < self.steps.len();
        let is_accepted =
            is_breached && event.attrs.contains_key("reason") && event.attrs.contains_key("action");
        let mut decides = true;
        let mut closes = false;
        match (decision.as_deref(), until, due) {
            (Some("act-by"), Some(until), Some(due)) if !is_moved => {
                let within = self.steps[index].answer_within.expect("it has a due");
                let furthest = self.clock().due(due, within).unwrap_or(Instant::MAX);
                let step = &mut self.opened[target];
                (step.is_moved, step.due) = (true, Some(until.min(furthest)));
            }
            (Some("climb"), ..) if has_next => {}
            (Some("accepted"), ..) if is_accepted => {
                closes = true;
                self.closed_at = Some(event.at);
            }
            _ => decides = false,
        }
        let step = &mut self.opened[target];
        step.heard.insert(event.id.clone());
        let of = if decides { &mut step.decided } else { &mut step.answered };
        of.get_or_insert((event.at, decision.clone()));
        if decides && decision.as_deref() == Some("climb") {
            self.open(index + 1, event.at);
        }
        closes
    }

    fn rows(&self, heard: &[Rc<Ev>]) -> Vec<StepRow> {
        let row = |step: &Opened| {
            let is_of = |event: &Ev, kind: &str| {
                let names = event.integer("step") == Some(step.index as i64 + 1);
                event.kind == kind && names && event.at >= step.opens
            };
            let raised = heard.iter().find(|event| is_of(event, "escalation.raised"));
            let seen =
                heard.iter().find(|event| is_of(event, "escalation.seen") || step.heard.contains(&event.id));
            let late = step.answered_late.map(|at| (at, Some("answered-late".to_owned())));
            let answered = step.decided.clone().or(step.answered.clone()).or(late);
            StepRow {
                step: step.index + 1,
                to: self.steps[step.index].to.clone(),
                agency: step.agency.clone(),
                holders: step.holders.clone().map(Into::into),
                opens: step.opens,
                due: step.due,
                raised: raised.map(|event| event.at),
                seen: seen.map(|event| event.at),
                answered: answered.as_ref().map(|(at, _)| *at),
                decision: answered.and_then(|(_, decision)| decision),
            }
        };
        self.opened.iter().map(row).collect()
    }

    /// A step's people, as at its opening.
    fn people(&self, step: &LadderStep, opens: Instant) -> People {
        let (world, duty) = (self.world, self.duty);
        let policy = world.versions.all[duty.version].policy;
        let as_at = AsAt::Instant(opens);
        let registers = world.registers(&as_at);
        let owners: BTreeSet<String> =
            holders(world, duty, self.owner, &as_at).unwrap_or_default().into_iter().collect();
        let owner_agency = self.owner.and_then(|owner| owner_agency(&registers, duty.rule, policy, owner));
        let agency = match &step.agency {
            None => policy.roles.get(&step.to).cloned(),
            Some(StepAgency::Named(agency)) => Some(agency.clone()),
            Some(StepAgency::Owner) => owner_agency.clone(),
        };
        let mut refused = owners.clone();
        refused.insert(duty.part.clone());
        let mut left_out = refused.clone();
        left_out.extend(duty.trigger.linked_at_all("named"));
        if duty.state == State::Breached {
            left_out.extend(duty.trigger.linked_at_all("officer"));
        }
        let others = |officers: BTreeSet<String>| -> BTreeSet<String> {
            officers.difference(&left_out).cloned().collect()
        };
        let hold = |officers: &BTreeSet<String>| -> BTreeSet<String> {
            others(officers.iter().filter(|officer| registers.has_role(officer, &step.to)).cloned().collect())
        };
        let mut found = BTreeSet::new();
        let is_elsewhere = owner_agency.is_some() && agency != owner_agency;
        if !is_elsewhere {
            for owner in &owners {
                let line = registers.line(owner);
                found.extend(line.iter().map(hold).find(|level| !level.is_empty()).unwrap_or_default());
            }
        }
        let allocated = registers.allocated(&duty.trigger.stream);
        if found.is_empty() {
            found = hold(&allocated);
        }
        if found.is_empty() {
            found = others(registers.in_teams_of(&allocated, &step.to));
        }
        if found.is_empty()
            && let Some(agency) = &agency
        {
            found = others(registers.in_agency(&step.to, agency, policy));
        }
        let has_register = agency.as_ref().is_some_and(|agency| registers.has_register(agency, policy));
        let holders = (!found.is_empty() || has_register).then(|| found.into_iter().collect());
        People { refused, agency, holders }
    }
}

struct People {
    refused: BTreeSet<String>,
    agency: Option<String>,
    holders: Option<Vec<String>>,
}

fn owner_agency(registers: &Registers, rule: &DutyRule, policy: &Policy, owner: &str) -> Option<String> {
    if is_officer(rule, owner) {
        return registers.agency(owner, policy);
    }
    Some(policy.roles.get(owner).cloned().unwrap_or_else(|| owner.to_owned()))
}
