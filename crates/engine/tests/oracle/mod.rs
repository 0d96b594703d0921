//! The oracle: a second, naive evaluator, written straight from the meaning of policies, which the engine is compared
//! against. It is made to be obviously right, not fast: logs of some dozens of events.
//!
//! It shares with the engine only the records, the policy as read, the trees of guards and the rows. Where the text leaves
//! something open, it is read as `docs/adr/0004-readings.md` has it.

pub mod census;
mod clock;
mod derived;
mod duties;
mod effective;
mod events;
pub mod generate;
mod guards;
mod id;
mod identity;
mod ladders;
mod registers;
pub mod scenarios;
pub mod shrink;
mod signals;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use engine::duty::{ClosedByRow, DutyRow, ReportCode, ReportRow, SignalRow, TriggerRow};
use engine::policy::{KindRef, Pattern, Policy};
use engine::record::Event;
use engine::time::Instant;

use self::duties::Duty;
use self::events::{Ev, Found, Versions};
use self::identity::Identity;
use self::registers::{AsAt, Registers};

/// What is seen of a log, and by which rules.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cut {
    pub as_of: Option<Instant>,
    pub known_by: Option<Instant>,
    pub ignore_in_force: bool,
}

/// What the evaluation says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// By (rule, key, due, id), one without a due first.
    pub duties: Vec<DutyRow>,
    /// By (signal, key, at, id).
    pub signals: Vec<SignalRow>,
    pub reports: Vec<ReportRow>,
}

/// (code, event, rule, key, field): one report each.
type Report = (ReportCode, Option<String>, Option<String>, Option<String>, String);

/// All that is the same for every rule.
struct World<'p> {
    versions: Versions<'p>,
    identity: Identity,
    /// The effective events under the cut, in order.
    recorded: Vec<Rc<Ev>>,
    as_of: Instant,
    reports: RefCell<BTreeSet<Report>>,
}

impl World<'_> {
    fn report(
        &self,
        code: ReportCode,
        event: Option<&str>,
        rule: Option<&str>,
        key: Option<&str>,
        field: &str,
    ) {
        let own = |text: Option<&str>| text.map(str::to_owned);
        self.reports.borrow_mut().insert((code, own(event), own(rule), own(key), field.to_owned()));
    }

    fn registers(&self, as_at: &AsAt) -> Registers {
        Registers::fold(self.recorded.iter().map(|event| &**event), as_at, None)
    }

    fn registers_before(&self, event: &Ev) -> Registers {
        self.registers(&AsAt::Event(event.order.clone()))
    }
}

/// Evaluates a log, in append order, by all versions of a policy.
pub fn evaluate(policies: &[Policy], log: &[Event], cut: &Cut) -> Result<Output, String> {
    let versions = Versions::new(policies, cut.ignore_in_force)?;
    let strata = strata(&versions)?;
    let under = effective::effective(log, cut)?;
    let Some(as_of) = effective::judged_as_of(&under, cut) else {
        return Ok(Output { reports: unknown_roots(&under), ..Output::default() });
    };
    let mut effective = under.events.iter().collect::<Vec<_>>();
    effective.sort_by_key(|of| (of.event.at, of.seq));
    let identity = Identity::replay(&effective.iter().map(|of| &of.event).collect::<Vec<_>>());
    let mut found = Vec::new();
    let recorded: Vec<Rc<Ev>> = effective
        .iter()
        .map(|of| Rc::new(events::seen(&of.event, of.seq, &versions, &identity, &mut found)))
        .collect();
    let world = World { versions, identity, recorded, as_of, reports: RefCell::default() };
    report_found(&world, &found);

    let mut events = world.recorded.clone();
    let mut duties: Vec<Duty> = Vec::new();
    let mut signals: Vec<SignalRow> = Vec::new();
    for (stratum, names) in strata.iter().enumerate() {
        let mut derived = Vec::new();
        for name in names {
            for (row, event) in signals::signals_of(&world, name, stratum, &events) {
                signals.push(row);
                derived.push(event);
            }
            for duty in duties::duties_of(&world, name, &events) {
                derived.extend(derived::events_of(&duty, stratum));
                duties.push(duty);
            }
        }
        events.extend(derived);
        events.sort();
    }
    report_orphaned(&world, &duties);

    let mut rows: Vec<DutyRow> = duties.iter().map(|duty| row(&world, duty)).collect();
    rows.sort_by(|a, b| {
        let key = |row: &DutyRow| (row.duty.clone(), row.key.clone(), row.due, row.id.clone());
        key(a).cmp(&key(b))
    });
    signals.sort_by_key(|row| (row.signal.clone(), row.key.clone(), row.at, row.id.clone()));
    let mut reports = unknown_roots(&under);
    for (code, event, rule, key, text) in world.reports.into_inner() {
        reports.push(ReportRow { code, event, rule, key, text });
    }
    reports.sort();
    Ok(Output { duties: rows, signals, reports })
}

/// The names of the rules of each stratum, through all versions.
fn strata(versions: &Versions) -> Result<Vec<BTreeSet<String>>, String> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let maker = |of: &KindRef| {
        of.kind.strip_prefix("signal.").map(str::to_owned).or_else(|| {
            let duty = of.kind.strip_prefix("duty.")?;
            Some(duty.split_once(':')?.1.to_owned())
        })
    };
    for version in &versions.all {
        for (name, rule) in &version.policy.signals {
            names.entry(name.clone()).or_default().extend(rule.count.iter().filter_map(maker));
        }
        for (name, rule) in &version.policy.duties {
            let kinds = [
                &rule.when,
                &rule.given,
                &rule.expect,
                &rule.unless,
                &rule.until,
                &rule.since,
                &rule.unless_before,
                &rule.independent_of,
            ];
            names.entry(name.clone()).or_default().extend(kinds.into_iter().flatten().filter_map(maker));
        }
    }
    let mut strata: Vec<BTreeSet<String>> = Vec::new();
    let mut done: BTreeSet<String> = BTreeSet::new();
    while done.len() < names.len() {
        let ready: BTreeSet<String> = names
            .iter()
            .filter(|(name, of)| !done.contains(*name) && of.iter().all(|maker| done.contains(maker)))
            .map(|(name, _)| name.clone())
            .collect();
        if ready.is_empty() {
            return Err("rules in a cycle".to_owned());
        }
        done.extend(ready.iter().cloned());
        strata.push(ready);
    }
    Ok(strata)
}

fn unknown_roots(under: &effective::Under) -> Vec<ReportRow> {
    let row = |id: &String| ReportRow {
        code: ReportCode::UnknownRoot,
        event: Some(id.clone()),
        rule: None,
        key: None,
        text: String::new(),
    };
    under.unknown_roots.iter().map(row).collect()
}

fn report_found(world: &World, found: &[Found]) {
    let mut wrong = 0;
    for what in found {
        match what {
            Found::UndeclaredKind(kind) => world.report(ReportCode::UndeclaredKind, None, None, None, kind),
            Found::UndeclaredField(kind, name) => {
                world.report(ReportCode::UndeclaredField, None, None, None, &format!("{kind} {name}"));
            }
            Found::WrongType(event) => {
                // One for each field.
                wrong += 1;
                world.report(ReportCode::WrongType, Some(event), None, None, &wrong.to_string());
            }
        }
    }
}

/// Excuses and escalations of duties that do not arise under the cut.
fn report_orphaned(world: &World, duties: &[Duty]) {
    for event in &world.recorded {
        if event.kind != "excuse.given" && !(event.kind.starts_with("escalation.") && event.known_kind) {
            continue;
        }
        let key = event.text("key").map(|key| world.identity.canonical(key));
        if event.text("rule").is_none() || key.is_none() {
            // It names nothing.
            continue;
        }
        let named = duties
            .iter()
            .filter(|duty| event.text("rule") == Some(&duty.rule.name) && key.as_ref() == Some(&duty.key));
        let links = event.linked("duty");
        let arise = if links.is_empty() {
            named.count() > 0
        } else {
            let ids: BTreeSet<String> = named
                .flat_map(|duty| duty.ids().map(|id| format!("duty:{id}")).collect::<Vec<_>>())
                .collect();
            links.is_subset(&ids)
        };
        if !arise {
            world.report(ReportCode::Orphaned, Some(&event.id), event.text("rule"), key.as_deref(), "");
        }
    }
}

fn row(world: &World, duty: &Duty) -> DutyRow {
    let owner = ladders::owner(world, duty);
    let as_at = ladders::holders_as_at(world, duty);
    let late_ms = match (&duty.closing, duty.due) {
        (Some(closing), Some(due)) if closing.at > due => Some(closing.at.ms() - due.ms()),
        _ => None,
    };
    DutyRow {
        id: duty.id.clone(),
        aliases: duty.aliases.clone(),
        duty: duty.rule.name.clone(),
        lens: duty.rule.lens.clone(),
        key: duty.key.clone(),
        part: duty.part.clone(),
        trigger: TriggerRow { id: duty.start.id.clone(), kind: duty.start.kind.clone(), at: duty.start.at },
        due: duty.due,
        state: duty.state,
        closed_by: duty.closed_by.as_ref().map(|event| ClosedByRow {
            id: event.id.clone(),
            kind: event.kind.clone(),
            at: event.at,
            recorded_at: event.recorded_at,
        }),
        late_ms,
        recorded_late: duty.recorded_late,
        periods_missed: if duty.rule.pattern == Pattern::Every { duty.missed.len() as u32 } else { 0 },
        invited: duty.invited,
        holders: ladders::holders(world, duty, owner.as_deref(), &as_at).map(Into::into),
        ladder: ladders::ladder(world, duty, owner.as_deref()),
        owner,
        near: duty.near.clone(),
        undecided: duty.undecided.clone(),
    }
}
