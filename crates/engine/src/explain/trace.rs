//! The walk over a duty's key: what each event was to the duty.

use super::reasons::{because, entered, excluded, same_reason};
use super::words::Words;
use crate::duty::State;
use crate::evaluate::attend;
use crate::evaluate::effective::{NO_NODE, Node};
use crate::evaluate::guards::{About, Guard};
use crate::evaluate::judge::{self, Barred, Closing, Moment};
use crate::evaluate::judged::{self, LookBack};
use crate::evaluate::plan::{self, GroupPlan, Mask, Pass, RulePlan};
use crate::evaluate::registers::Asking;
use crate::evaluate::rows::DutyRef;
use crate::evaluate::run::Worker;
use crate::evaluate::same::{self, Same};
use crate::evaluate::state::Open;
use crate::evaluate::{Evaluation, partition};
use crate::log::Text;
use crate::policy::Pattern;
use crate::time::Instant;

/// What the walk found.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// The trigger's `given`.
    pub(super) given: Option<Node>,
    /// The trigger's `where` with the values that it read.
    pub(super) where_: Option<String>,
    /// The instant that the rule's `due` gives.
    pub(super) named_due: Option<Instant>,
    /// The `holds` with the values it read.
    pub(super) holds: Option<String>,
    /// Events in order, one for each role in which the rule names them.
    pub(super) considered: Vec<Considered>,
}

/// An event that the rule names, and what it was to the duty.
#[derive(Debug)]
pub(super) struct Considered {
    pub(super) node: Node,
    pub(super) role: Role,
    pub(super) verdict: Verdict,
    pub(super) why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It came too early to be looked at.
    Before,
    Counted,
    Not,
    /// It came after the duty was closed or judged.
    After,
}

/// As what a rule names an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Given,
    Since,
    Expect,
    Needs,
    Unless,
    UnlessBefore,
    Excuse,
    Until,
    Entry,
}

impl Role {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Since => "since",
            Self::Expect => "expect",
            Self::Needs => "needs",
            Self::Unless => "unless",
            Self::UnlessBefore => "unless_before",
            Self::Excuse => "excuse",
            Self::Until => "until",
            Self::Entry => "attendance",
        }
    }

    /// The roles of a mask, in the order in which they close a duty.
    fn of(mask: Mask, pattern: Pattern) -> Vec<Self> {
        let expect = if pattern == Pattern::Before { Self::Needs } else { Self::Expect };
        let entry = if pattern == Pattern::Attend { plan::ATTENDANCE } else { 0 };
        let closes = !matches!(pattern, Pattern::Before | Pattern::Holds | Pattern::Never);
        let excuse = if closes { plan::EXCUSE } else { 0 };
        let roles = [
            (entry, Self::Entry),
            (plan::EXPECT, expect),
            (plan::UNLESS, Self::Unless),
            (plan::UNLESS_BEFORE, Self::UnlessBefore),
            (excuse, Self::Excuse),
            (plan::UNTIL, Self::Until),
        ];
        roles.into_iter().filter(|(bit, _)| mask & bit != 0).map(|(_, role)| role).collect()
    }
}

/// Walks the events of a duty's key with the functions that judge.
pub(super) fn of<'e, 'a>(evaluation: &'e Evaluation<'a>, duty: DutyRef, words: Words<'e, 'a>) -> Trace {
    let (group, row) = (evaluation.group(duty), evaluation.duty(duty));
    let bound = GroupPlan::new(&evaluation.view, evaluation.view.compiled, duty.group as usize, true);
    let pass = Pass::new(&evaluation.view, &group.lens, vec![bound]);
    let mut worker =
        Worker::new(&evaluation.view, &pass, Asking::new(&evaluation.registers), &evaluation.special);
    let mut walk = Walk {
        words,
        pattern: evaluation.pattern(duty),
        place: usize::from(row.rule),
        trigger: row.trigger,
        start: evaluation.start(duty),
        part: evaluation.part(duty),
        closed_by: row.closed_by,
        state: row.state,
        officers: Vec::new(),
        trace: Trace::default(),
    };
    worker.begin();
    for node in worker.with_others(row.key, &partition::of_key(evaluation, &pass, row.key)) {
        walk.take(&worker, row.key, node);
        worker.step_everywhere(row.key, node);
    }
    walk.trace
}

/// Where the walk stands.
pub(super) struct Walk<'e, 'a> {
    pub(super) words: Words<'e, 'a>,
    pattern: Pattern,
    place: usize,
    trigger: Node,
    start: Node,
    part: Text,
    closed_by: Node,
    state: State,
    /// Who was linked in the events of `independent_of` so far.
    officers: Vec<(Text, Node)>,
    trace: Trace,
}

impl Walk<'_, '_> {
    /// Looks at an event before the evaluation takes it.
    fn take(&mut self, worker: &Worker<'_>, key: Text, node: Node) {
        let moment = worker.moment(0, key, node);
        let rule = &moment.group.rules[self.place];
        let own = moment.view.is_derived(node) || worker.stands_under(key, node);
        let elsewhere = plan::EXCUSE | plan::ATTENDANCE;
        let mask = moment.mask(rule) & if own { Mask::MAX } else { elsewhere };
        if node == self.trigger {
            self.at_trigger(worker, &moment, rule);
        }
        if node == self.start {
            self.at_start(&moment);
        } else {
            self.at_candidate(worker, &moment, rule, mask, own);
        }
        if mask & plan::INDEPENDENT != 0 {
            let linked = moment.view.raw_links(node, moment.special.officer);
            self.officers.extend(linked.iter().map(|&officer| (officer, node)));
        }
    }

    fn note(&mut self, node: Node, role: Role, verdict: Verdict, why: impl Into<String>) {
        self.trace.considered.push(Considered { node, role, verdict, why: why.into() });
    }

    /// What the trigger's guards read, its `given`, and of rules judged at it all that came before.
    fn at_trigger(&mut self, worker: &Worker<'_>, moment: &Moment<'_>, rule: &RulePlan<'_>) {
        let seen = &worker.states[0].seen[self.place];
        let given = moment.triggered(rule, seen).map_or(NO_NODE, |triggered| triggered.given);
        self.trace.given = (given != NO_NODE).then_some(given);
        for &node in seen.given.iter().rev().take_while(|&&node| node != given) {
            let why = match same::compare(moment.view, &rule.duty().same, moment.node, node) {
                Same::Holds => "it is not the latest".to_owned(),
                _ => same_reason(self.words, rule, moment.node, node),
            };
            self.note(node, Role::Given, Verdict::Not, why);
        }
        let about = About { given, ..moment.about(rule) };
        self.trace.where_ = rule.where_.as_ref().map(|guard| self.guard_words(guard, about));
        self.trace.named_due = rule.duty().due.as_ref().and_then(|guard| guard.instant(about).ok());
        match self.pattern {
            Pattern::Holds => {
                let about = About { subject: self.part, ..about };
                self.trace.holds = rule.duty().holds.as_ref().map(|guard| self.guard_words(guard, about));
            }
            Pattern::Before | Pattern::Never if self.state != State::Undecided => {
                self.at_judging(worker, moment, rule, given);
            }
            _ => {}
        }
    }

    /// A guard's text, whether it is true, and the values that it reads.
    pub(super) fn guard_words(&self, guard: &Guard<'_>, about: About<'_>) -> String {
        let truth = match guard.holds(about) {
            Ok(true) => "is true",
            Ok(false) => "is false",
            Err(_) => "cannot be told",
        };
        let (text, readings) = (guard.text(), guard.readings(about, |value| self.words.val(value)));
        let values: Vec<String> = readings
            .into_iter()
            .filter(|(name, _)| *name != text)
            .map(|(name, value)| match value {
                Some(value) => format!("{name} is {value}"),
                None => format!("{name} is missing"),
            })
            .collect();
        match values.as_slice() {
            [] => format!("`{text}` {truth}"),
            values => format!("`{text}` {truth}: {}", super::words::joined(values)),
        }
    }

    fn at_judging(&mut self, worker: &Worker<'_>, moment: &Moment<'_>, rule: &RulePlan<'_>, given: Node) {
        let seen = &worker.states[0].seen[self.place];
        let open = Open {
            row: 0,
            rule: self.place as u8,
            trigger: self.trigger,
            start: self.start,
            given,
            part: self.part,
            due: moment.at,
            no_sooner: None,
        };
        let look_back = LookBack::new(moment, rule, seen);
        self.note_since(moment, rule, &seen.since, &look_back);
        let role = if self.pattern == Pattern::Before { Role::Needs } else { Role::UnlessBefore };
        for &(need, independent) in &seen.needs {
            if let Some(outside) = look_back.excludes(moment.view, need) {
                self.note(need, role, Verdict::Before, excluded(self.words, outside, &look_back));
                continue;
            }
            let candidate = judged::candidate(moment, rule, &open, need, independent);
            let verdict = if candidate.counts() { Verdict::Counted } else { Verdict::Not };
            let why = match candidate.counts() {
                true => self.earlier_words(moment, need),
                false => {
                    let barred = moment.barred(need, Some(moment.node), Some(seen));
                    because(self, moment, rule, &open, (need, role), &candidate, barred)
                }
            };
            self.note(need, role, verdict, why);
        }
        let at = |considered: &Considered| considered.node;
        self.trace.considered.sort_by(|a, b| moment.view.compare(at(a), at(b)));
    }

    fn note_since(&mut self, moment: &Moment<'_>, rule: &RulePlan<'_>, all: &[Node], look_back: &LookBack) {
        for &since in all {
            let latest = look_back.since == Some(since);
            let why = match same::compare(moment.view, &rule.duty().same, moment.node, since) {
                _ if latest => "it is the latest, and only what came after it is looked at".to_owned(),
                Same::Holds => "a later one counts".to_owned(),
                _ => same_reason(self.words, rule, moment.node, since),
            };
            self.note(since, Role::Since, if latest { Verdict::Counted } else { Verdict::Not }, why);
        }
    }

    /// How an earlier event met a duty that was judged at its trigger.
    fn earlier_words(&self, moment: &Moment<'_>, need: Node) -> String {
        let late = moment.view.recorded_at(need) > moment.at;
        match (need == self.closed_by, late) {
            (true, false) => "it meets the duty".to_owned(),
            (true, true) => "it meets the duty, but it was recorded only after the trigger".to_owned(),
            (false, true) => "it would meet the duty, but it was recorded only after the trigger".to_owned(),
            (false, false) => "it would meet the duty; a later one is named".to_owned(),
        }
    }

    /// Of a meeting, what its own record of attendance says.
    fn at_start(&mut self, moment: &Moment<'_>) {
        if self.pattern != Pattern::Attend || self.state == State::Undecided {
            return;
        }
        let mut reports = Vec::new();
        let (verdict, why) = match attend::Entries::of(moment).read(moment, self.part, &mut reports) {
            Some(attendance) => (Verdict::Counted, entered(self.words, self.part, attendance)),
            None => (Verdict::Not, self.no_entry(reports.first().map(|report| &*report.text))),
        };
        self.note(moment.node, Role::Entry, verdict, why);
    }

    fn no_entry(&self, unknown: Option<&str>) -> String {
        match unknown {
            Some(text) => text.to_owned(),
            None => format!("it has no entry for `{}`", self.words.name(self.part)),
        }
    }

    fn at_candidate(
        &mut self,
        worker: &Worker<'_>,
        moment: &Moment<'_>,
        rule: &RulePlan<'_>,
        mask: Mask,
        own: bool,
    ) {
        let node = moment.node;
        let before = moment.view.compare(node, self.start).is_lt();
        let closed = self.closed_by != NO_NODE && moment.view.compare(node, self.closed_by).is_gt();
        let judged = matches!(self.pattern, Pattern::Before | Pattern::Holds | Pattern::Never);
        if self.state == State::Undecided {
            return;
        }
        if judged && before {
            self.note_unlinked(moment, rule, mask, own);
        } else if judged {
            self.note_all(moment, rule, mask, Verdict::After, "it came after the trigger");
        } else if before {
            self.note_all(moment, rule, mask, Verdict::Before, self.too_early());
        } else if closed {
            self.note_all(moment, rule, mask, Verdict::After, "the duty was closed by then");
        } else {
            self.at_open(worker, moment, rule, mask, own);
        }
    }

    fn too_early(&self) -> &'static str {
        if self.start == self.trigger { "it came before the trigger" } else { "it came before the interval" }
    }

    /// Notes an event in each of its roles; an excuse only where it names the duty's rule and key.
    fn note_all(
        &mut self,
        moment: &Moment<'_>,
        rule: &RulePlan<'_>,
        mask: Mask,
        verdict: Verdict,
        why: &str,
    ) {
        for role in Role::of(mask, rule.duty().rule.pattern) {
            let concerns = match role {
                Role::Excuse => self.names_rule(moment),
                Role::Entry => attend::is_of_meeting(moment, self.trigger),
                _ => true,
            };
            if concerns {
                self.note(moment.node, role, verdict, why);
            }
        }
    }

    fn names_rule(&self, moment: &Moment<'_>) -> bool {
        let named = moment.special.named(moment.view, moment.node);
        named.is_some_and(|(rule, key)| {
            key == moment.key && moment.view.names.get(rule) == moment.group.group.name
        })
    }

    /// Asks an event, role by role, whether it closes the duty, as the evaluation does.
    fn at_open(
        &mut self,
        worker: &Worker<'_>,
        moment: &Moment<'_>,
        rule: &RulePlan<'_>,
        mask: Mask,
        own: bool,
    ) {
        let state = &worker.states[0];
        let is_duty = |open: &&Open| {
            (open.trigger, open.start, open.part) == (self.trigger, self.start, self.part)
                && usize::from(open.rule) == self.place
        };
        let Some(open) = state.open.iter().find(is_duty).copied() else { return };
        let masks: Vec<Mask> = moment.group.rules.iter().map(|rule| moment.mask(rule)).collect();
        let discharged = judge::oldest(moment, &masks, state.open.iter(), state);
        for role in Role::of(mask, self.pattern) {
            let seen = &state.seen[self.place];
            let (counts, why) = match role {
                Role::Excuse if !self.names_rule(moment) => continue,
                Role::Excuse => self.ask_excuse(moment, rule, &open),
                Role::Entry if !own && !attend::is_of_meeting(moment, self.trigger) => continue,
                Role::Entry => self.ask_entry(moment),
                Role::Expect
                    if rule.duty().rule.discharges_oldest
                        && discharged.is_some_and(|discharged| discharged != open.row) =>
                {
                    let other = state.open.iter().find(|open| Some(open.row) == discharged);
                    (false, self.discharged_words(other))
                }
                _ => self.ask(moment, rule, &open, role, seen),
            };
            self.note(moment.node, role, if counts { Verdict::Counted } else { Verdict::Not }, why);
            if counts {
                return;
            }
        }
        self.note_unlinked(moment, rule, mask, own);
    }

    fn discharged_words(&self, other: Option<&Open>) -> String {
        let other = other.map_or(String::new(), |open| {
            format!(", that of {}, due by {}", self.words.named(open.trigger), self.words.limit(open.due))
        });
        format!("it discharged an older duty{other}")
    }

    fn ask(
        &self,
        moment: &Moment<'_>,
        rule: &RulePlan<'_>,
        open: &Open,
        role: Role,
        seen: &crate::evaluate::state::Seen,
    ) -> (bool, String) {
        let plan = rule.duty();
        let guard = guard_of(rule, role);
        let independent = (role == Role::Expect && plan.is_independent).then_some(seen);
        let candidate = moment.candidate(rule, open, guard, independent);
        if candidate.counts() {
            let about = moment.about_candidate(rule, open, moment.node);
            let held = guard.map(|guard| format!("; its guard {}", self.guard_words(guard, about)));
            return (true, closes(moment, open, role) + &held.unwrap_or_default());
        }
        let barred = independent.and_then(|seen| moment.barred(moment.node, Some(open.trigger), Some(seen)));
        (false, because(self, moment, rule, open, (moment.node, role), &candidate, barred))
    }

    fn ask_excuse(&self, moment: &Moment<'_>, rule: &RulePlan<'_>, open: &Open) -> (bool, String) {
        if !moment.names(open) {
            return (false, "it names another duty of the rule".to_owned());
        }
        let mut reports = Vec::new();
        match moment.refusal(rule, open, &mut reports) {
            Some(refused) => (false, format!("it is refused: {refused}")),
            None => {
                let officers = moment.view.raw_links(moment.node, moment.special.officer);
                let closes = closes(moment, open, Role::Excuse);
                (true, format!("{closes}; it is valid, given by {}", self.words.entities(officers)))
            }
        }
    }

    fn ask_entry(&self, moment: &Moment<'_>) -> (bool, String) {
        if !attend::is_of_meeting(moment, self.trigger) {
            return (false, "it is of another meeting".to_owned());
        }
        let mut reports = Vec::new();
        match attend::Entries::of(moment).read(moment, self.part, &mut reports) {
            Some(attendance) => (true, entered(self.words, self.part, attendance)),
            None => (false, self.no_entry(reports.first().map(|report| &*report.text))),
        }
    }

    /// Notes what the rule names only where the key is linked in a role, and here it is not.
    fn note_unlinked(&mut self, moment: &Moment<'_>, rule: &RulePlan<'_>, mask: Mask, own: bool) {
        let named = if own { rule.names(moment.view.kind(moment.node)) } else { 0 };
        for role in Role::of(named & !mask, self.pattern) {
            let key = self.words.name(moment.key);
            self.note(
                moment.node,
                role,
                Verdict::Not,
                format!("it does not link `{key}` in the role asked for"),
            );
        }
    }

    /// Where an officer was linked before.
    pub(super) fn seen_at(&self, officer: Text) -> Option<Node> {
        self.officers.iter().find(|(linked, _)| *linked == officer).map(|&(_, node)| node)
    }

    /// Why an event is not independent.
    pub(super) fn barred_words(&self, barred: Option<Barred>) -> String {
        match barred {
            None | Some(Barred::NoOfficer) => "it is not independent: it links no officer".to_owned(),
            Some(Barred::InTrigger(officer)) => {
                let trigger = self.words.named(self.trigger);
                format!(
                    "it is not independent: `{}` is linked in the trigger, {trigger}",
                    self.words.name(officer)
                )
            }
            Some(Barred::Earlier(officer)) => {
                let seen = self.seen_at(officer).map(|node| format!(", {}", self.words.event(node)));
                let name = self.words.name(officer);
                format!("it is not independent: `{name}` took part before{}", seen.unwrap_or_default())
            }
        }
    }
}

/// In which state an event that counts leaves the duty.
fn closes(moment: &Moment<'_>, open: &Open, role: Role) -> String {
    let closing = match role {
        Role::Unless => Closing::Unless,
        Role::Excuse => Closing::Excuse,
        Role::Until => Closing::Until,
        _ => Closing::Expect,
    };
    format!("it closes the duty as {}", moment.closed_state(open, closing).word())
}

/// The guard of a role.
pub(super) fn guard_of<'p, 'v>(rule: &'p RulePlan<'v>, role: Role) -> Option<&'p Guard<'v>> {
    let plan = rule.duty();
    match role {
        Role::Expect | Role::Needs => plan.expect.as_ref(),
        Role::Unless => plan.unless.as_ref(),
        Role::Until => plan.until.as_ref(),
        Role::Given | Role::Since | Role::UnlessBefore | Role::Excuse | Role::Entry => None,
    }
}
