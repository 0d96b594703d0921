//! Guards over the events of a view.

use std::borrow::Cow;

use super::effective::{NO_NODE, Node};
use super::registers::{AsAt, Asking, Registers};
use super::view::{AttrSlot, RoleSlot, Seen, View};
use crate::guard::{BoundTest, Cells, Checked, Column, ColumnTest, EventField, Failure, Record, Scope, Val};
use crate::log::{Cell, Text};
use crate::program::Version;
use crate::time::{Instant, Span, TimeError};

/// A guard with its roles and attributes looked up, and as tests on columns where it is no more than that.
pub(crate) struct Guard<'v> {
    checked: &'v Checked,
    attrs: Vec<AttrSlot>,
    roles: Vec<RoleSlot>,
    lowered: Option<Lowered>,
}

struct Lowered {
    test: BoundTest,
    record: Record,
    columns: Vec<Slot>,
}

#[derive(Clone, Copy)]
enum Slot {
    Field(EventField),
    Attr(AttrSlot),
    Links(RoleSlot),
}

/// The cells of one event of a view.
struct Row<'s, 'v> {
    view: &'v View<'v>,
    node: Node,
    columns: &'s [Slot],
}

/// The events that a guard is about.
#[derive(Clone, Copy)]
pub(crate) struct About<'v> {
    pub(crate) view: &'v View<'v>,
    pub(crate) registers: Asking<'v>,
    pub(crate) version: &'v Version,
    pub(crate) event: Node,
    pub(crate) trigger: Node,
    pub(crate) given: Node,
    pub(crate) key: Text,
    pub(crate) subject: Text,
    /// Register entries recorded later do not count.
    pub(crate) known_by: Option<Instant>,
}

impl<'v> Guard<'v> {
    pub(crate) fn new(view: &View<'_>, checked: &'v Checked) -> Self {
        Self {
            checked,
            attrs: checked.attrs().iter().map(|name| view.attr_slot(name)).collect(),
            roles: checked.roles().iter().map(|name| view.role_slot(name)).collect(),
            lowered: checked.lower().map(|test| Lowered::new(view, &test)),
        }
    }

    /// Whether it is true.
    pub(crate) fn holds(&self, about: About<'_>) -> Result<bool, Failure> {
        if let Some(lowered) = &self.lowered
            && let Some(node) = about.node(lowered.record)
        {
            let row = Row { view: about.view, node, columns: &lowered.columns };
            return lowered.test.test(&row).map_err(|at| lowered.test.failure(at));
        }
        self.checked.truth(&Bound { guard: self, about })
    }

    /// Its text, on one line.
    pub(crate) fn text(&self) -> String {
        self.checked.text().split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The values that it reads, as it writes them and as `write` does; none where one is missing.
    pub(crate) fn readings(
        &self,
        about: About<'_>,
        write: impl Fn(&Val<'_>) -> String,
    ) -> Vec<(String, Option<String>)> {
        self.checked.readings(&Bound { guard: self, about }, write)
    }

    /// The instant that it names.
    pub(crate) fn instant(&self, about: About<'_>) -> Result<Instant, Failure> {
        self.checked.instant(&Bound { guard: self, about })
    }
}

impl Lowered {
    fn new(view: &View<'_>, test: &ColumnTest) -> Self {
        let slot = |column: &Column| match column {
            Column::Field(field) => Slot::Field(*field),
            Column::Attr(name) => Slot::Attr(view.attr_slot(name)),
            Column::Links(role) => Slot::Links(view.role_slot(role)),
        };
        Self {
            test: test.bind(|text| view.names.find(text)),
            record: test.record(),
            columns: test.columns().iter().map(slot).collect(),
        }
    }
}

impl Cells for Row<'_, '_> {
    fn cell(&self, column: usize) -> Option<Cell> {
        let (view, node) = (self.view, self.node);
        match self.columns[column] {
            Slot::Field(EventField::At) => Some(Cell::Instant(view.at(node))),
            Slot::Field(EventField::RecordedAt) => Some(Cell::Instant(view.recorded_at(node))),
            Slot::Field(EventField::Stream) => Some(Cell::Text(view.stream(node))),
            Slot::Field(EventField::Kind) => Some(Cell::Text(view.kind_of(node))),
            Slot::Field(EventField::Id) | Slot::Links(_) => None,
            Slot::Attr(name) => view.attr(node, name).map(Seen::cell),
        }
    }

    fn linked(&self, column: usize) -> bool {
        match self.columns[column] {
            Slot::Links(role) => !self.view.links(self.node, role).is_empty(),
            Slot::Field(_) | Slot::Attr(_) => false,
        }
    }
}

impl About<'_> {
    fn node(&self, record: Record) -> Option<Node> {
        let node = match record {
            Record::Event => self.event,
            Record::Trigger => self.trigger,
            Record::Given => self.given,
        };
        (node != NO_NODE).then_some(node)
    }
}

/// Whether a guard that may be left out is true.
pub(crate) fn passes(guard: Option<&Guard<'_>>, about: About<'_>) -> Result<bool, Failure> {
    guard.map_or(Ok(true), |guard| guard.holds(about))
}

struct Bound<'s, 'v> {
    guard: &'s Guard<'s>,
    about: About<'v>,
}

impl Bound<'_, '_> {
    fn node(&self, record: Record) -> Option<Node> {
        self.about.node(record)
    }

    fn as_at(&self, at: Option<Instant>) -> AsAt {
        let as_at = at.map_or_else(|| AsAt::event(self.about.view.order(self.about.event)), AsAt::instant);
        AsAt { known_by: self.about.known_by, ..as_at }
    }

    /// The instant that expiry is compared with.
    fn instant(&self, at: Option<Instant>) -> Instant {
        at.unwrap_or_else(|| self.about.view.at(self.about.event))
    }

    /// The registers and whom they are asked about, by a text that a guard has; none where no record names it.
    fn ask_about(&self, text: &str) -> Option<(&Registers, Text)> {
        let entity = self.about.view.names.find(text).map(|text| self.about.view.entity(text));
        let registers = self.about.registers.about(entity.unwrap_or(Text::EMPTY));
        Some((registers, entity?))
    }

    /// The same, where the registers know anything of that officer.
    fn ask_about_officer(&self, text: &str, as_at: AsAt) -> Option<(&Registers, Text)> {
        self.ask_about(text).filter(|(registers, officer)| registers.knows_officer(*officer, as_at))
    }

    /// The same, where the registers know anything of that team.
    fn ask_about_team(&self, text: &str, as_at: AsAt) -> Option<(&Registers, Text)> {
        self.ask_about(text).filter(|(registers, team)| registers.knows_team(*team, as_at))
    }
}

impl Scope for Bound<'_, '_> {
    fn field(&self, record: Record, field: EventField) -> Val<'_> {
        let view = self.about.view;
        let Some(node) = self.node(record) else { return Val::Text(Cow::Borrowed("")) };
        match field {
            EventField::Id => Val::Text(view.id(node)),
            EventField::Kind => Val::Text(Cow::Borrowed(view.kind_text(node))),
            EventField::Stream => Val::Text(Cow::Borrowed(view.names.get(view.stream(node)))),
            EventField::At => Val::Instant(view.at(node)),
            EventField::RecordedAt => Val::Instant(view.recorded_at(node)),
        }
    }

    fn attr(&self, record: Record, slot: usize) -> Option<Val<'_>> {
        let view = self.about.view;
        Some(match view.attr(self.node(record)?, self.guard.attrs[slot])? {
            Seen::Text(text) => Val::Text(Cow::Borrowed(view.names.get(text))),
            Seen::Integer(number) => Val::Integer(number),
            Seen::Decimal(number) => Val::Decimal(number),
            Seen::Boolean(truth) => Val::Boolean(truth),
            Seen::Instant(instant) => Val::Instant(instant),
            Seen::Texts(texts) => Val::Texts(texts.iter().map(|&text| view.names.get(text)).collect()),
        })
    }

    fn links(&self, record: Record, slot: usize) -> Vec<&str> {
        let view = self.about.view;
        let Some(node) = self.node(record) else { return Vec::new() };
        let mut linked: Vec<&str> =
            view.links(node, self.guard.roles[slot]).iter().map(|&entity| view.names.get(entity)).collect();
        linked.sort_unstable();
        linked
    }

    fn key(&self) -> &str {
        self.about.view.names.get(self.about.key)
    }

    fn subject(&self) -> &str {
        self.about.view.names.get(self.about.subject)
    }

    fn after(&self, from: Instant, span: Span) -> Result<Instant, TimeError> {
        self.about.version.clock.due(from, span)
    }

    fn qualified(&self, officer: &str, name: &str, at: Option<Instant>) -> Option<bool> {
        let name = self.about.view.names.find(name);
        let (registers, officer) = self.ask_about(officer)?;
        registers.qualified(officer, name, self.instant(at), self.as_at(at))
    }

    fn has_role(&self, officer: &str, role: &str, at: Option<Instant>) -> Option<bool> {
        let as_at = self.as_at(at);
        let (registers, officer) = self.ask_about_officer(officer, as_at)?;
        let role = self.about.view.names.find(role);
        Some(role.is_some_and(|role| registers.holds_role(officer, role, as_at)))
    }

    fn rank_at_least(&self, x: &str, rank: &str, at: Option<Instant>) -> Option<bool> {
        let policy = &self.about.version.policy;
        let least = policy.rank_level(rank);
        if let Some(level) = policy.rank_level(x) {
            return Some(least.is_some_and(|least| level >= least));
        }
        let as_at = self.as_at(at);
        let (registers, officer) = self.ask_about_officer(x, as_at)?;
        let held = registers.rank(officer, as_at).map(|rank| self.about.view.names.get(rank));
        let level = held.and_then(|rank| policy.rank_level(rank));
        Some(least.is_some_and(|least| level.is_some_and(|level| level >= least)))
    }

    fn in_team(&self, officer: &str, team: &str, at: Option<Instant>) -> Option<bool> {
        let as_at = self.as_at(at);
        let (registers, officer) = self.ask_about_officer(officer, as_at)?;
        let (_, team) = self.ask_about_team(team, as_at)?;
        Some(registers.in_team(officer, team, as_at))
    }

    fn filled(&self, team: &str, at: Option<Instant>) -> Option<i64> {
        let as_at = self.as_at(at);
        let (registers, team) = self.ask_about_team(team, as_at)?;
        Some(registers.filled(team, as_at))
    }
}
