//! Duties of the six patterns.

use std::collections::BTreeSet;
use std::rc::Rc;

use engine::duty::{Invited, ReportCode, State};
use engine::guard::Guard;
use engine::policy::{Agencies, DutyRule, KindRef, Pattern};
use engine::time::{Instant, Span};

use super::World;
use super::clock::{ClockError, times};
use super::events::{Ev, Same, same};
use super::guards::{Scope, instant, truth};
use super::id::hash;

/// A duty as it stands, before its owner and ladder.
#[derive(Clone)]
pub struct Duty<'p> {
    pub version: usize,
    pub rule: &'p DutyRule,
    pub key: String,
    pub part: String,
    /// Of every interval of an `every`: the `from` event.
    pub trigger: Rc<Ev>,
    /// The trigger, or of `every` the event that starts the interval.
    pub start: Rc<Ev>,
    /// Whether it is an interval that another one came before.
    pub is_further_interval: bool,
    given: Option<Rc<Ev>>,
    pub due: Option<Instant>,
    no_sooner: Option<Instant>,
    pub undecided: Option<String>,
    pub state: State,
    /// What closed it, where something did: its trigger, if it is judged there.
    pub closing: Option<Rc<Ev>>,
    /// What its row says closed it.
    pub closed_by: Option<Rc<Ev>>,
    pub recorded_late: bool,
    /// Its dues that passed before it closed, or before as_of.
    pub missed: Vec<Instant>,
    pub invited: Option<Invited>,
    pub near: Vec<String>,
    pub id: String,
    pub aliases: Vec<String>,
}

/// How an event closes a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Expect,
    Unless,
    Excuse,
    Until,
}

/// What closes a duty, if anything does.
type Closing = Option<(Rc<Ev>, How)>;

/// How a candidate stands to a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    No,
    Near,
    Counts,
}

/// A field whose candidates are guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Expect,
    Unless,
    Until,
    UnlessBefore,
}

pub fn is_judged_at_trigger(rule: &DutyRule) -> bool {
    matches!(rule.pattern, Pattern::Before | Pattern::Holds | Pattern::Never)
}

fn of_calendar(error: ClockError) -> String {
    match error {
        ClockError::Calendar(name) => format!("calendar {name}"),
        ClockError::Range => "out of range".to_owned(),
    }
}

impl<'p> Duty<'p> {
    pub fn is_decided(&self) -> bool {
        self.undecided.is_none()
    }

    /// Whether its due passed while it was open.
    pub fn was_late(&self) -> bool {
        !self.missed.is_empty()
    }

    pub fn ids(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.id).chain(&self.aliases)
    }

    /// Whether an `excuse.given` or `escalation.*` names it.
    pub fn is_named_by(&self, event: &Ev, world: &World) -> bool {
        let links = event.linked("duty");
        event.text("rule") == Some(&self.rule.name)
            && event.text("key").map(|key| world.identity.canonical(key)).as_ref() == Some(&self.key)
            && (links.is_empty() || self.ids().any(|id| links.contains(&format!("duty:{id}"))))
    }
}

/// All duties of the rule of this name, over recorded events and the derived ones of lower strata.
pub fn duties_of<'p>(world: &World<'p>, name: &str, events: &[Rc<Ev>]) -> Vec<Duty<'p>> {
    let mut judge = Judge { world, events, duties: Vec::new(), chains: Vec::new() };
    for event in events {
        let Some((version, rule)) = world.versions.duty(name, event.at) else { continue };
        for key in event.keys(&rule.lens) {
            if event.is_of(&rule.when, &key) {
                judge.trigger(version, rule, &key, event);
            }
        }
    }
    judge.discharge_oldest();
    judge.duties
}

/// A chain of intervals.
struct Chain {
    rule_lens: String,
    key: String,
    part: String,
    trigger: Rc<Ev>,
    /// The event at which it is no longer open.
    ended: Option<Rc<Ev>>,
}

struct Judge<'j, 'p> {
    world: &'j World<'p>,
    events: &'j [Rc<Ev>],
    duties: Vec<Duty<'p>>,
    chains: Vec<Chain>,
}

impl<'p> Judge<'_, 'p> {
    /// What a trigger starts.
    fn trigger(&mut self, version: usize, rule: &'p DutyRule, key: &str, trigger: &Rc<Ev>) {
        let given = self.given(rule, key, trigger);
        let latest = given.as_ref().ok().and_then(Clone::clone);
        let scope = self.trigger_scope(version, key, trigger, latest.as_deref());
        let where_ = truth(rule.where_.as_ref(), &scope);
        let given_is_false = matches!(&given, Ok(None)) && !rule.given.is_empty();
        if given_is_false || where_ == Ok(false) {
            return;
        }
        let due = self.due(version, rule, &scope);
        let no_sooner = match rule.no_sooner_than {
            Some(span) => self.clock(version).no_sooner(trigger.at, span).map(Some).map_err(of_calendar),
            None => Ok(None),
        };
        let (parts, no_part) = parts(world_canonical(self.world), rule, trigger);
        // Where several things fail: given, where, due, parts.
        let failure =
            given.err().or(where_.err()).or(due.clone().err()).or(no_sooner.clone().err()).or(no_part);
        for part in parts {
            let mut duty = Duty {
                version,
                rule,
                key: key.to_owned(),
                invited: invited(world_canonical(self.world), rule, trigger, &part),
                part,
                trigger: trigger.clone(),
                start: trigger.clone(),
                is_further_interval: false,
                given: latest.clone(),
                due: due.clone().ok(),
                no_sooner: no_sooner.clone().unwrap_or(None),
                undecided: failure.clone(),
                state: State::Pending,
                closing: None,
                closed_by: None,
                recorded_late: false,
                missed: Vec::new(),
                near: Vec::new(),
                id: String::new(),
                aliases: Vec::new(),
            };
            if rule.pattern == Pattern::Every && duty.is_decided() && self.is_already_open(&duty) {
                let code = ReportCode::AlreadyOpen;
                self.world.report(code, Some(&trigger.id), Some(&rule.name), Some(key), "");
                continue;
            }
            self.identify(&mut duty);
            if duty.is_decided() {
                self.judge(&mut duty);
            }
            self.push(duty);
        }
    }

    fn push(&mut self, mut duty: Duty<'p>) {
        if !duty.is_decided() {
            duty.state = State::Undecided;
        }
        self.duties.push(duty);
    }

    /// Its id, and those under the other names of its key and part.
    fn identify(&self, duty: &mut Duty<'p>) {
        let from = if duty.is_further_interval {
            format!("{}/{}", duty.trigger.id, duty.start.id)
        } else {
            duty.trigger.id.clone()
        };
        let (name, lens) = (&duty.rule.name, &duty.rule.lens);
        let id = |key: &str, part: &str| hash(&[name, lens, key, &from, part]);
        duty.id = id(&duty.key, &duty.part);
        let mut aliases = BTreeSet::new();
        for key in self.world.identity.names(&duty.key) {
            for part in self.world.identity.names(&duty.part) {
                aliases.insert(id(&key, &part));
            }
        }
        aliases.remove(&duty.id);
        duty.aliases = aliases.into_iter().collect();
    }

    fn clock(&self, version: usize) -> &super::clock::Clock {
        &self.world.versions.all[version].clock
    }

    fn trigger_scope<'s>(
        &'s self,
        version: usize,
        key: &'s str,
        trigger: &'s Ev,
        given: Option<&'s Ev>,
    ) -> Scope<'s> {
        Scope {
            world: self.world,
            version,
            event: trigger,
            trigger: None,
            given,
            key,
            subject: None,
            registers_recorded_by: None,
        }
    }

    /// The latest event that `given` asks for.
    fn given(&self, rule: &DutyRule, key: &str, trigger: &Rc<Ev>) -> Result<Option<Rc<Ev>>, String> {
        if rule.given.is_empty() {
            return Ok(None);
        }
        for name in &rule.same {
            if trigger.values(name).is_empty() {
                return Err(trigger.name_of_missing(name));
            }
        }
        let latest = self
            .before(trigger)
            .filter(|event| event.keys(&rule.lens).contains(key) && event.is_of(&rule.given, key))
            .rfind(|event| same(&rule.same, trigger, event) == Same::Holds);
        Ok(latest.cloned())
    }

    fn before<'s>(&'s self, event: &'s Ev) -> impl DoubleEndedIterator<Item = &'s Rc<Ev>> {
        self.events.iter().filter(move |other| other.order < event.order)
    }

    fn after<'s>(&'s self, event: &'s Ev) -> impl Iterator<Item = &'s Rc<Ev>> {
        self.events.iter().filter(move |other| other.order > event.order)
    }

    fn due(&self, version: usize, rule: &DutyRule, scope: &Scope) -> Result<Instant, String> {
        let clock = self.clock(version);
        let at = scope.event.at;
        let within = |span: Option<Span>| clock.due(at, span.expect("required")).map_err(of_calendar);
        match rule.pattern {
            Pattern::Before | Pattern::Holds | Pattern::Never => Ok(at),
            Pattern::Attend => within(rule.within),
            Pattern::Every => within(rule.first.or(rule.every)),
            Pattern::Respond => match &rule.due {
                None => within(rule.within),
                Some(due) => {
                    let due = instant(due, scope)?;
                    match rule.due_before {
                        None => Ok(due),
                        Some(span) => clock.due_before(due, span).map_err(of_calendar),
                    }
                }
            },
        }
    }

    fn judge(&mut self, duty: &mut Duty<'p>) {
        match duty.rule.pattern {
            // All of a rule together, later.
            Pattern::Respond if duty.rule.discharges_oldest => {}
            Pattern::Respond => {
                let closing = self
                    .after(&duty.trigger)
                    .find_map(|event| Some((event.clone(), self.closes(duty, event, true)?)));
                self.close(duty, closing);
            }
            Pattern::Before => self.judge_before(duty),
            Pattern::Never => self.judge_never(duty),
            Pattern::Holds => self.judge_holds(duty),
            Pattern::Attend => self.judge_attend(duty),
            Pattern::Every => self.judge_every(duty),
        }
    }

    // ---- candidates ----

    /// How an event stands to a duty as a candidate of a field.
    fn verdict(&self, duty: &Duty<'p>, field: Field, event: &Rc<Ev>) -> Verdict {
        let rule = duty.rule;
        let none: &Option<Guard> = &None;
        let (kinds, guard): (&[KindRef], _) = match field {
            Field::Expect => (&rule.expect, &rule.expect_where),
            Field::Unless => (&rule.unless, &rule.unless_where),
            Field::Until => (&rule.until, &rule.until_where),
            Field::UnlessBefore => (&rule.unless_before, none),
        };
        if !event.keys(&rule.lens).contains(&duty.key) || !event.is_of(kinds, &duty.key) {
            return Verdict::No;
        }
        if let Some(role) = &rule.each
            && !event.linked(role).contains(&duty.part)
        {
            return Verdict::No;
        }
        match same(&rule.same, &duty.trigger, event) {
            Same::Differs => return Verdict::No,
            Same::Missing => return Verdict::Near,
            Same::Holds => {}
        }
        let scope = Scope {
            world: self.world,
            version: duty.version,
            event,
            trigger: Some(&duty.trigger),
            given: duty.given.as_deref(),
            key: &duty.key,
            subject: None,
            registers_recorded_by: None,
        };
        let is_independent = field != Field::Expect || self.is_independent(duty, event);
        if truth(guard.as_ref(), &scope) == Ok(true) && is_independent {
            Verdict::Counts
        } else {
            Verdict::Near
        }
    }

    fn is_independent(&self, duty: &Duty<'p>, event: &Rc<Ev>) -> bool {
        let rule = duty.rule;
        if rule.independent_of.is_empty() {
            return true;
        }
        let officers = event.linked_at_all("officer");
        let mut involved = duty.trigger.linked_at_all("officer");
        for earlier in self.before(event) {
            if earlier.keys(&rule.lens).contains(&duty.key) && earlier.is_of(&rule.independent_of, &duty.key)
            {
                involved.extend(earlier.linked_at_all("officer"));
            }
        }
        !officers.is_empty() && officers.is_disjoint(&involved)
    }

    /// How an event closes an open duty: the first of expect, unless, a valid excuse and until.
    fn closes(&self, duty: &Duty<'p>, event: &Rc<Ev>, may_be_expect: bool) -> Option<How> {
        if may_be_expect && self.verdict(duty, Field::Expect, event) == Verdict::Counts {
            Some(How::Expect)
        } else if self.verdict(duty, Field::Unless, event) == Verdict::Counts {
            Some(How::Unless)
        } else if self.is_excuse(duty, event) {
            Some(How::Excuse)
        } else if self.verdict(duty, Field::Until, event) == Verdict::Counts {
            Some(How::Until)
        } else {
            None
        }
    }

    /// Whether an event is a valid excuse of an open duty; one that is not valid is reported.
    fn is_excuse(&self, duty: &Duty<'p>, event: &Rc<Ev>) -> bool {
        if event.kind != "excuse.given" || !duty.is_named_by(event, self.world) {
            return false;
        }
        let report =
            |code| self.world.report(code, Some(&event.id), Some(&duty.rule.name), Some(&duty.key), "");
        let officers = event.linked_at_all("officer");
        let mut barred = duty.trigger.linked_at_all("officer");
        if duty.start.kind != "excuse.given" {
            barred.extend(duty.start.linked_at_all("officer"));
        }
        barred.insert(duty.key.clone());
        barred.insert(duty.part.clone());
        let policy = self.world.versions.all[duty.version].policy;
        let registers = self.world.registers_before(event);
        let mut valid = !officers.is_empty() && officers.is_disjoint(&barred);
        for officer in officers.iter().filter(|_| valid).collect::<Vec<_>>() {
            let Some(wanted) = &duty.rule.excuse_rank else { continue };
            let rank = registers.rank(officer).or_else(|| {
                let rank = event.text("rank");
                if rank.is_some() {
                    report(ReportCode::RankFromAttribute);
                }
                rank
            });
            let height = |rank| super::registers::height(rank, policy);
            valid &= rank.is_some_and(|rank| height(rank) >= height(wanted));
        }
        if !valid {
            report(ReportCode::ExcuseRefused);
        }
        valid
    }

    // ---- respond ----

    /// Closes a duty by an event, or judges it as open.
    fn close(&self, duty: &mut Duty<'p>, closing: Option<(Rc<Ev>, How)>) {
        let due = duty.due.expect("decided");
        if let Some((event, how)) = &closing {
            let late = event.at > due;
            duty.state = match how {
                How::Expect if duty.no_sooner.is_some_and(|no_sooner| event.at < no_sooner) => {
                    State::TooEarly
                }
                How::Expect if late => State::MetLate,
                How::Expect => State::Met,
                How::Unless | How::Excuse if late => State::ExcusedLate,
                How::Unless | How::Excuse => State::Excused,
                How::Until if late => State::EndedLate,
                How::Until => State::Ended,
            };
            duty.recorded_late = event.at <= due && event.recorded_at > due;
            duty.closing = Some(event.clone());
            duty.closed_by = Some(event.clone());
        }
        let until = duty.closing.as_ref().map_or(self.world.as_of, |event| event.at);
        if until > due {
            duty.missed.push(due);
            if closing.is_none() {
                let attend = duty.rule.pattern == Pattern::Attend;
                duty.state = if attend { State::Unrecorded } else { State::Overdue };
            }
        }
        if duty.rule.pattern != Pattern::Attend {
            duty.near = self.near(duty);
        }
    }

    /// The candidates between start and closing that nearly counted.
    fn near(&self, duty: &Duty<'p>) -> Vec<String> {
        let is_near = |event: &Rc<Ev>| {
            [Field::Expect, Field::Unless, Field::Until]
                .into_iter()
                .any(|field| self.verdict(duty, field, event) == Verdict::Near)
        };
        self.after(&duty.start)
            .filter(|event| duty.closing.as_ref().is_none_or(|closing| event.order < closing.order))
            .filter(|event| is_near(event))
            .map(|event| event.id.clone())
            .collect()
    }

    /// `discharges = "oldest"`: one response for one duty, by due, trigger order, part.
    fn discharge_oldest(&mut self) {
        let mut open: Vec<usize> = (0..self.duties.len())
            .filter(|&n| self.duties[n].rule.discharges_oldest && self.duties[n].is_decided())
            .collect();
        open.sort_by_key(|&n| {
            let duty = &self.duties[n];
            (duty.due, duty.trigger.order.clone(), duty.part.clone())
        });
        let mut closings: Vec<(usize, Closing)> = Vec::new();
        for event in self.events {
            // (lens, key) of which the event has discharged a duty.
            let mut discharged: BTreeSet<(String, String)> = BTreeSet::new();
            let mut still = Vec::new();
            for &n in &open {
                let duty = &self.duties[n];
                let of = (duty.rule.lens.clone(), duty.key.clone());
                let how = if event.order > duty.trigger.order {
                    self.closes(duty, event, !discharged.contains(&of))
                } else {
                    None
                };
                if how == Some(How::Expect) {
                    discharged.insert(of);
                }
                match how {
                    Some(how) => closings.push((n, Some((event.clone(), how)))),
                    None => still.push(n),
                }
            }
            open = still;
        }
        closings.extend(open.into_iter().map(|n| (n, None)));
        for (n, closing) in closings {
            let mut duty = self.duties[n].clone();
            self.close(&mut duty, closing);
            self.duties[n] = duty;
        }
    }

    // ---- judged at the trigger ----

    /// Met by the latest of these recorded at or before the trigger's `at`, else the latest of all; else breached.
    fn judge_at_trigger(&self, duty: &mut Duty<'p>, met_by: &[Rc<Ev>]) {
        duty.closing = Some(duty.trigger.clone());
        let in_time = met_by.iter().rfind(|event| event.recorded_at <= duty.trigger.at);
        duty.closed_by = in_time.or(met_by.last()).cloned();
        duty.recorded_late = in_time.is_none() && duty.closed_by.is_some();
        duty.state = if met_by.is_empty() { State::Breached } else { State::Met };
    }

    fn judge_before(&self, duty: &mut Duty<'p>) {
        let rule = duty.rule;
        let trigger = duty.trigger.clone();
        let from = rule.within.map(|span| self.clock(duty.version).window_start(trigger.at, span));
        let since = self
            .before(&trigger)
            .filter(|event| event.keys(&rule.lens).contains(&duty.key) && event.is_of(&rule.since, &duty.key))
            .rfind(|event| same(&rule.same, &trigger, event) == Same::Holds);
        let looked_at: Vec<Rc<Ev>> = self
            .before(&trigger)
            .filter(|event| from.is_none_or(|from| event.at >= from))
            .filter(|event| since.is_none_or(|since| event.order > since.order))
            .cloned()
            .collect();
        let of = |verdict: Verdict| -> Vec<Rc<Ev>> {
            let them = looked_at.iter().filter(|event| self.verdict(duty, Field::Expect, event) == verdict);
            them.cloned().collect()
        };
        let (met_by, near) = (of(Verdict::Counts), of(Verdict::Near));
        self.judge_at_trigger(duty, &met_by);
        duty.near = near.iter().map(|event| event.id.clone()).collect();
    }

    fn judge_never(&self, duty: &mut Duty<'p>) {
        let trigger = duty.trigger.clone();
        let met_by: Vec<Rc<Ev>> = self
            .before(&trigger)
            .filter(|event| self.verdict(duty, Field::UnlessBefore, event) == Verdict::Counts)
            .cloned()
            .collect();
        self.judge_at_trigger(duty, &met_by);
    }

    fn judge_holds(&self, duty: &mut Duty<'p>) {
        let (holds, recorded) = {
            let guard = duty.rule.holds.as_ref();
            let mut scope = self.trigger_scope(duty.version, &duty.key, &duty.trigger, duty.given.as_deref());
            scope.subject = Some(&duty.part);
            let holds = truth(guard, &scope);
            scope.registers_recorded_by = Some(duty.trigger.at);
            (holds, truth(guard, &scope))
        };
        match holds {
            Err(failure) => duty.undecided = Some(failure),
            Ok(holds) => {
                duty.closing = Some(duty.trigger.clone());
                duty.state = if holds { State::Met } else { State::Breached };
                duty.recorded_late = holds && recorded != Ok(true);
            }
        }
    }

    // ---- attend ----

    fn judge_attend(&self, duty: &mut Duty<'p>) {
        let trigger = duty.trigger.clone();
        let report = |event: &Ev| {
            let code = ReportCode::UnknownAttendance;
            self.world.report(code, Some(&event.id), Some(&duty.rule.name), Some(&duty.key), "");
        };
        let is_of_meeting = |event: &Ev| {
            event.kind == "attendance.recorded"
                && event.known_kind
                && same(&["meeting".to_owned()], &trigger, event) == Same::Holds
        };
        let canonical = world_canonical(self.world);
        let mut closing: Option<(Rc<Ev>, Option<How>)> = None;
        let has_entry = |event: &Ev| {
            let (word, has_unknown) = first_entry(canonical, event, &duty.part);
            if has_unknown {
                report(event);
            }
            word.is_some()
        };
        if has_entry(&trigger) {
            closing = Some((trigger.clone(), None));
        }
        for event in self.after(&trigger) {
            if closing.is_some() {
                break;
            }
            if is_of_meeting(event) && has_entry(event) {
                closing = Some((event.clone(), None));
            } else if let Some(how) = self.closes(duty, event, false) {
                closing = Some((event.clone(), Some(how)));
            }
        }
        match closing {
            None => self.close(duty, None),
            Some((event, Some(how))) => {
                self.close(duty, Some((event, how)));
                // Only of the event that holds the entry.
                duty.recorded_late = false;
            }
            Some((event, None)) => {
                self.close(duty, Some((event.clone(), How::Expect)));
                duty.state = match first_entry(canonical, &event, &duty.part).0.expect("just found") {
                    Word::Attended => State::Met,
                    Word::Report if duty.rule.report_counts => State::Met,
                    Word::Report | Word::Away => State::Breached,
                };
            }
        }
    }

    // ---- every ----

    /// Whether an interval of that part is open, with equal values of `same`.
    fn is_already_open(&self, duty: &Duty<'p>) -> bool {
        self.chains.iter().any(|chain| {
            chain.rule_lens == duty.rule.lens
                && chain.key == duty.key
                && chain.part == duty.part
                && chain.trigger.order < duty.trigger.order
                && chain.ended.as_ref().is_none_or(|ended| ended.order > duty.trigger.order)
                && duty
                    .rule
                    .same
                    .iter()
                    .all(|name| chain.trigger.comparable_values(name) == duty.trigger.comparable_values(name))
        })
    }

    /// Judges the interval given, and adds the chain's further ones but for the last, which is left in `duty`.
    fn judge_every(&mut self, duty: &mut Duty<'p>) {
        let mut chain = Chain {
            rule_lens: duty.rule.lens.clone(),
            key: duty.key.clone(),
            part: duty.part.clone(),
            trigger: duty.trigger.clone(),
            ended: None,
        };
        loop {
            let closing = self
                .after(&duty.start)
                .find_map(|event| Some((event.clone(), self.closes(duty, event, true)?)));
            self.close(duty, closing.clone());
            self.count_missed(duty);
            let Some((event, how)) = closing else { break };
            let is_until = self.verdict(duty, Field::Until, &event) == Verdict::Counts;
            let in_force = self
                .world
                .versions
                .duty(&duty.rule.name, event.at)
                .filter(|(_, rule)| rule.pattern == Pattern::Every && rule.lens == duty.rule.lens);
            let Some((version, rule)) = in_force.filter(|_| how != How::Until && !is_until) else {
                chain.ended = Some(event);
                break;
            };
            let due = if how == How::Expect {
                self.clock(version).due(event.at, rule.every.expect("required"))
            } else {
                self.further_due_after(duty, event.at)
            };
            let next = Duty {
                version,
                rule,
                start: event.clone(),
                is_further_interval: true,
                given: self.given(rule, &duty.key, &duty.trigger).ok().flatten(),
                due: due.clone().ok(),
                undecided: due.err().map(of_calendar),
                state: State::Pending,
                closing: None,
                closed_by: None,
                recorded_late: false,
                missed: Vec::new(),
                near: Vec::new(),
                ..duty.clone()
            };
            self.push(std::mem::replace(duty, next));
            self.identify(duty);
            if !duty.is_decided() {
                // It neither blocks a later `from` nor starts another.
                chain.ended = Some(event);
                break;
            }
        }
        self.chains.push(chain);
    }

    /// Due + k × `every`.
    fn further_due(&self, duty: &Duty<'p>, k: u32) -> Result<Instant, ClockError> {
        let due = duty.due.expect("decided");
        self.clock(duty.version).due(due, times(duty.rule.every.expect("required"), k))
    }

    fn further_due_after(&self, duty: &Duty<'p>, at: Instant) -> Result<Instant, ClockError> {
        let mut k = 1;
        loop {
            let due = self.further_due(duty, k)?;
            if due > at {
                return Ok(due);
            }
            k += 1;
        }
    }

    fn count_missed(&self, duty: &mut Duty<'p>) {
        let until = duty.closing.as_ref().map_or(self.world.as_of, |event| event.at);
        let mut k = 1;
        while let Ok(due) = self.further_due(duty, k)
            && due < until
            && !duty.missed.is_empty()
        {
            duty.missed.push(due);
            k += 1;
        }
    }
}

fn world_canonical<'w>(world: &'w World) -> impl Fn(&str) -> String + 'w + Copy {
    |name| world.identity.canonical(name)
}

/// The parts of a trigger, and what is missing where they cannot be told.
fn parts(
    canonical: impl Fn(&str) -> String,
    rule: &DutyRule,
    trigger: &Ev,
) -> (BTreeSet<String>, Option<String>) {
    let empty = || BTreeSet::from([String::new()]);
    let linked = |role: &str| {
        let parts = trigger.linked(role);
        if parts.is_empty() { (empty(), Some(format!("event.links.{role}"))) } else { (parts, None) }
    };
    match (rule.pattern, &rule.each, &rule.agencies) {
        (Pattern::Holds, ..) => linked("officer"),
        (Pattern::Attend, _, Some(Agencies::Named(agencies))) => {
            (agencies.iter().map(|agency| canonical(agency)).collect(), None)
        }
        (Pattern::Attend, ..) => match trigger.texts("invited") {
            Some(agencies) => (agencies.iter().map(|agency| canonical(agency)).collect(), None),
            None => (empty(), Some("event.attrs.invited".to_owned())),
        },
        (_, Some(role), _) => linked(role),
        _ => (empty(), None),
    }
}

fn invited(canonical: impl Fn(&str) -> String, rule: &DutyRule, trigger: &Ev, part: &str) -> Option<Invited> {
    (rule.pattern == Pattern::Attend).then(|| match trigger.texts("invited") {
        None => Invited::Unknown,
        Some(agencies) if agencies.iter().any(|agency| canonical(agency) == part) => Invited::Yes,
        Some(_) => Invited::No,
    })
}

/// What an entry of a list of attendance says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Attended,
    Report,
    Away,
}

fn word(word: &str) -> Option<Word> {
    match word {
        "attended" => Some(Word::Attended),
        "apologies+report" => Some(Word::Report),
        "apologies" | "absent" => Some(Word::Away),
        _ => None,
    }
}

/// The first entry of an agency, and whether it has an unknown word before that, which is none.
fn first_entry(canonical: impl Fn(&str) -> String, event: &Ev, agency: &str) -> (Option<Word>, bool) {
    let mut has_unknown = false;
    for entry in event.texts("attendance").unwrap_or_default() {
        let (of, what) = entry.split_once('=').unwrap_or((entry, ""));
        if canonical(of) == agency {
            match word(what) {
                Some(word) => return (Some(word), has_unknown),
                None => has_unknown = true,
            }
        }
    }
    (None, has_unknown)
}
