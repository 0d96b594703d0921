//! The events that duties emit for rules to start from. Design, section 3.5.

use super::EvaluateError;
use super::derived::{Derived, Shape};
use super::effective::{NO_NODE, Node};
use super::every;
use super::id;
use super::plan::{GroupPlan, Pass};
use super::rows;
use super::state::{Duties, Duty};
use super::view::{Order, View};
use crate::duty::State;
use crate::log::{Kind, Text};
use crate::policy::Pattern;
use crate::program::Sort;
use crate::time::Instant;

/// The most dues of one interval that may each become an event: hourly ones over a century.
const MOST_LAPSES: u64 = 1_000_000;

/// Which transitions of a group some rule names.
struct Named<'p> {
    view: &'p View<'p>,
    pass: &'p Pass<'p>,
    group: &'p GroupPlan<'p>,
    opened: Option<Kind>,
    overdue: Option<Kind>,
    closed: [Option<Kind>; State::ALL.len()],
}

/// The transitions of a group's duties that some rule names.
pub(crate) fn of(
    view: &View<'_>,
    pass: &Pass<'_>,
    group: &GroupPlan<'_>,
    duties: &Duties,
) -> Result<Vec<Derived>, EvaluateError> {
    let kind = |transition: &str| view.kind_number(&format!("duty.{transition}:{}", group.group.name));
    let attends = group.group.sort == Sort::Duty(Pattern::Attend);
    let named = Named {
        view,
        pass,
        group,
        opened: kind("opened"),
        overdue: kind(if attends { "unrecorded" } else { "overdue" }),
        closed: State::ALL.map(|state| match state {
            State::Pending | State::Overdue | State::Unrecorded | State::Undecided => None,
            _ => kind(state.word()),
        }),
    };
    if named.opened.is_none() && named.overdue.is_none() && named.closed.iter().all(Option::is_none) {
        return Ok(Vec::new());
    }
    let mut derived = Vec::new();
    for row in 0..duties.rows.len() as u32 {
        if duties.rows[row as usize].state != State::Undecided {
            named.add(duties, row, &mut derived)?;
        }
    }
    Ok(derived)
}

impl Named<'_> {
    fn add(&self, duties: &Duties, row: u32, derived: &mut Vec<Derived>) -> Result<(), EvaluateError> {
        let view = self.view;
        let duty = &duties.rows[row as usize];
        let start = duties.start(row);
        let id = rows::duty_id(view, self.group.group, duty.key, duty.trigger, start, duties.part(row));
        let shape = self.shape(duty, duties.part(row));
        if let Some(kind) = self.opened {
            derived.push(self.caused(kind, start, &[&id], duty.key, duty.trigger, shape.clone()));
        }
        if let Some(kind) = self.overdue {
            self.add_overdue(kind, duties, row, &id, &shape, derived)?;
        }
        if let Some(kind) = self.closed[duty.state as usize] {
            let cause = if duty.closed_by == NO_NODE || self.is_judged() { start } else { duty.closed_by };
            derived.push(self.caused(kind, cause, &[&id], duty.key, duty.trigger, shape));
        }
        Ok(())
    }

    /// Whether the group's duties are closed by their trigger.
    fn is_judged(&self) -> bool {
        matches!(self.group.group.sort, Sort::Duty(Pattern::Before | Pattern::Holds | Pattern::Never))
    }

    fn add_overdue(
        &self,
        kind: Kind,
        duties: &Duties,
        row: u32,
        id: &str,
        shape: &Shape,
        derived: &mut Vec<Derived>,
    ) -> Result<(), EvaluateError> {
        let view = self.view;
        let duty = &duties.rows[row as usize];
        let (Some(due), false) = (duties.due(view, row), self.is_judged()) else { return Ok(()) };
        let end = if duty.is_open() { view.as_of } else { Some(view.at(duty.closed_by)) };
        let Some(end) = end.filter(|&end| end > due) else { return Ok(()) };
        let rule = &self.group.rules[usize::from(duty.rule)];
        let every = rule.duty().rule.every;
        let dues = every.map_or(1, |every| every::passed(rule.clock(), due, every, end));
        if dues > MOST_LAPSES {
            let name = |text: Text| view.names.get(text).to_owned();
            return Err(EvaluateError::TooManyLapses {
                rule: self.group.group.name.clone(),
                key: name(duty.key),
                event: view.id(duties.start(row)).into_owned(),
                count: dues,
            });
        }
        for k in 0..dues {
            let Ok(due) = every.map_or(Ok(due), |every| every::further(rule.clock(), due, every, k)) else {
                break;
            };
            let at = Instant::saturating(due.ms() + 1).max(view.at(duties.start(row)));
            let count = (k + 1).to_string();
            let strings = if k == 0 { vec![id] } else { vec![id, count.as_str()] };
            let order = Order {
                at,
                by_time: true,
                seq: 0,
                layer: self.group.group.stratum + 1,
                id: self.id(kind, &strings),
            };
            derived.push(self.event(kind, order, at, duty.key, duty.trigger, shape.clone()));
        }
        Ok(())
    }

    fn caused(
        &self,
        kind: Kind,
        cause: Node,
        strings: &[&str],
        key: Text,
        trigger: Node,
        shape: Shape,
    ) -> Derived {
        let view = self.view;
        let order =
            Order { layer: self.group.group.stratum + 1, id: self.id(kind, strings), ..view.order(cause) };
        self.event(kind, order, view.recorded_at(cause), key, trigger, shape)
    }

    fn event(
        &self,
        kind: Kind,
        order: Order,
        recorded_at: Instant,
        key: Text,
        trigger: Node,
        shape: Shape,
    ) -> Derived {
        let stream = self.view.stream(trigger);
        Derived { kind, order, recorded_at, stream, lens: self.pass.lens.name, key, shape }
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
        let lens = (!self.pass.lens.person).then_some((self.pass.lens.name, duty.key));
        Shape::Duty {
            trigger: duty.trigger,
            narrowed: [part_role.filter(|_| part != Text::EMPTY).map(|role| (role, part)), lens],
            dropped: agency,
            agency: agency.map(|name| (name, part)),
        }
    }
}
