//! The events that duties emit for rules to start from (`docs/policy-language.md`, "Rules over rules").

use super::EvaluateError;
use super::derived::{Derived, OfDuty, Shape};
use super::effective::{NO_NODE, Node};
use super::every;
use super::id;
use super::plan::{GroupPlan, Lens, Pass};
use super::rows;
use super::state::{Duties, Duty};
use super::view::{Order, View};
use crate::duty::State;
use crate::log::{Kind, Text};
use crate::policy::Pattern;
use crate::program::{Group, Sort};
use crate::time::Instant;

/// The most dues of one interval that may each become an event: hourly ones over a century.
const MOST_LAPSES: u64 = 1_000_000;

/// The kinds of a group's transitions that some rule names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    opened: Option<Kind>,
    overdue: Option<Kind>,
    closed: [Option<Kind>; State::ALL.len()],
}

impl Named {
    /// None where no rule names any.
    pub(crate) fn new(view: &View<'_>, group: &Group) -> Option<Self> {
        let Sort::Duty(pattern) = group.sort else { return None };
        let kind = |transition: &str| view.kind_number(&format!("duty.{transition}:{}", group.name));
        let named = Self {
            opened: kind("opened"),
            overdue: kind(if pattern == Pattern::Attend { "unrecorded" } else { "overdue" }),
            closed: State::ALL.map(|state| match state {
                State::Pending | State::Overdue | State::Unrecorded | State::Undecided => None,
                _ => kind(state.word()),
            }),
        };
        let any =
            named.opened.is_some() || named.overdue.is_some() || named.closed.iter().any(Option::is_some);
        any.then_some(named)
    }
}

/// The transitions of one group's duties.
pub(crate) struct Transitions<'t> {
    view: &'t View<'t>,
    lens: Lens,
    group: &'t GroupPlan<'t>,
    duties: &'t Duties,
    named: Named,
}

/// The transitions of a group's duties that some rule names.
pub(crate) fn of(
    view: &View<'_>,
    pass: &Pass<'_>,
    group: &GroupPlan<'_>,
    duties: &Duties,
) -> Result<Vec<Derived>, EvaluateError> {
    let mut derived = Vec::new();
    let Some(transitions) = Transitions::new(view, pass, group, duties) else { return Ok(derived) };
    for row in 0..duties.rows.len() as u32 {
        if duties.rows[row as usize].state == State::Undecided {
            continue;
        }
        derived.extend(transitions.opened(row));
        derived.extend((0..transitions.lapse_count(row)?).map_while(|k| transitions.lapse(row, k)));
        derived.extend(transitions.closed(row));
    }
    Ok(derived)
}

impl<'t> Transitions<'t> {
    /// None where no rule names any.
    pub(crate) fn new(
        view: &'t View<'t>,
        pass: &Pass<'_>,
        group: &'t GroupPlan<'t>,
        duties: &'t Duties,
    ) -> Option<Self> {
        Some(Self { view, lens: pass.lens, group, duties, named: group.named? })
    }

    /// The opening of a duty that is not undecided.
    pub(crate) fn opened(&self, row: u32) -> Option<Derived> {
        Some(self.caused(self.named.opened?, self.duties.start(row), row))
    }

    /// The closing of a duty.
    pub(crate) fn closed(&self, row: u32) -> Option<Derived> {
        let duty = &self.duties.rows[row as usize];
        let kind = self.named.closed[duty.state as usize]?;
        let by_start = duty.closed_by == NO_NODE || self.is_judged();
        Some(self.caused(kind, if by_start { self.duties.start(row) } else { duty.closed_by }, row))
    }

    /// Whether the group's duties are closed by their trigger.
    fn is_judged(&self) -> bool {
        matches!(self.group.group.sort, Sort::Duty(Pattern::Before | Pattern::Holds | Pattern::Never))
    }

    /// How often a duty's due passed while it was open.
    pub(crate) fn lapse_count(&self, row: u32) -> Result<u64, EvaluateError> {
        let view = self.view;
        let duty = &self.duties.rows[row as usize];
        let (Some(due), Some(_), false) = (self.duties.due(view, row), self.named.overdue, self.is_judged())
        else {
            return Ok(0);
        };
        let end = if duty.is_open() { view.as_of } else { Some(view.at(duty.closed_by)) };
        let Some(end) = end.filter(|&end| end > due) else { return Ok(0) };
        let rule = &self.group.rules[usize::from(duty.rule)];
        let every = rule.duty().rule.every;
        let count = every.map_or(1, |every| every::passed(rule.clock(), due, every, end));
        if count > MOST_LAPSES {
            let name = |text: Text| view.names.get(text).to_owned();
            return Err(EvaluateError::TooManyLapses {
                rule: self.group.group.name.clone(),
                key: name(duty.key),
                event: view.id(self.duties.start(row)).into_owned(),
                count,
            });
        }
        Ok(count)
    }

    /// The instant after which a duty has lapsed for the `k`th time, from 0; none where that cannot be told.
    pub(crate) fn lapses_after(&self, row: u32, k: u64) -> Option<Instant> {
        self.named.overdue?;
        let duty = &self.duties.rows[row as usize];
        let rule = &self.group.rules[usize::from(duty.rule)];
        match rule.duty().rule.every {
            Some(every) => every::further(rule.clock(), self.duties.due(self.view, row)?, every, k).ok(),
            None => self.duties.due(self.view, row).filter(|_| k == 0),
        }
    }

    /// The `k`th lapse of a duty, from 0.
    pub(crate) fn lapse(&self, row: u32, k: u64) -> Option<Derived> {
        let kind = self.named.overdue?;
        let due = self.lapses_after(row, k)?;
        let at = Instant::saturating(due.ms() + 1).max(self.view.at(self.duties.start(row)));
        let (id, count) = (self.duty_id(row), (k + 1).to_string());
        let strings = if k == 0 { vec![id.as_str()] } else { vec![id.as_str(), count.as_str()] };
        let order =
            Order { at, by_time: true, seq: 0, layer: self.group.group.layer(), id: self.id(kind, &strings) };
        Some(self.event(kind, order, at, row))
    }

    fn caused(&self, kind: Kind, cause: Node, row: u32) -> Derived {
        let view = self.view;
        let id = self.id(kind, &[&self.duty_id(row)]);
        let order = Order { layer: self.group.group.layer(), id, ..view.order(cause) };
        self.event(kind, order, view.recorded_at(cause), row)
    }

    fn event(&self, kind: Kind, order: Order, recorded_at: Instant, row: u32) -> Derived {
        let duty = &self.duties.rows[row as usize];
        let stream = self.view.stream(duty.trigger);
        let shape = self.shape(duty, self.duties.part(row));
        Derived { kind, order, recorded_at, stream, lens: self.lens.name, key: duty.key, shape }
    }

    fn duty_id(&self, row: u32) -> String {
        let duty = &self.duties.rows[row as usize];
        let (start, part) = (self.duties.start(row), self.duties.part(row));
        rows::duty_id(self.view, self.group.group, duty.key, duty.trigger, start, part)
    }

    fn id(&self, kind: Kind, strings: &[&str]) -> [u8; 16] {
        let kind = self.view.kind_name(kind);
        let mut all = vec![kind];
        all.extend(strings);
        id::hash(&all)
    }

    fn shape(&self, duty: &Duty, part: Text) -> Shape {
        let view = self.view;
        let part_role = match self.group.group.sort {
            Sort::Duty(Pattern::Holds) => view.names.find("officer"),
            _ => self.group.rules[usize::from(duty.rule)].duty().each.map(|role| role.name),
        };
        let agency = (self.group.group.sort == Sort::Duty(Pattern::Attend))
            .then(|| view.names.find("agency"))
            .flatten();
        let lens = (!self.lens.person).then_some((self.lens.name, duty.key));
        Shape::Duty(Box::new(OfDuty {
            trigger: duty.trigger,
            narrowed: [part_role.filter(|_| part != Text::EMPTY).map(|role| (role, part)), lens],
            dropped: agency,
            agency: agency.map(|name| (name, part)),
        }))
    }
}
