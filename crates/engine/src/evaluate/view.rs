//! Events as rules see them: under the cut, corrected, with canonical entities and declared fields only.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::derived::{Derived, Shape};
use super::effective::{Effective, NO_KIND, Node, derived_place};
use super::fields::{Fields, Typed};
use super::identity::{Identity, Step};
use super::names::Names;
use super::{Cut, EvaluateError};
use crate::log::{Cell, Kind, LinkColumn, Log, Row, Text};
use crate::program::Compiled;
use crate::sparing;
use crate::time::Instant;

/// A link role, looked up once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RoleSlot {
    pub(crate) name: Text,
    pub(crate) column: Option<u16>,
}

/// An attribute's name, looked up once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct AttrSlot {
    pub(crate) name: Text,
    pub(crate) column: Option<u16>,
}

/// The value of an attribute, as declared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen<'v> {
    Text(Text),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Instant(Instant),
    Texts(&'v [Text]),
}

impl Seen<'_> {
    /// As a cell; of a list only that it is one.
    pub(crate) fn cell(self) -> Cell {
        match self {
            Self::Text(text) => Cell::Text(text),
            Self::Integer(number) => Cell::Integer(number),
            Self::Decimal(number) => Cell::Decimal(number),
            Self::Boolean(truth) => Cell::Boolean(truth),
            Self::Instant(instant) => Cell::Instant(instant),
            Self::Texts(_) => Cell::Texts(u32::MAX),
        }
    }
}

/// An event's place in the total order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Order {
    pub(crate) at: Instant,
    /// Caused by time, after all others of the same `at`.
    pub(crate) by_time: bool,
    /// Of the recorded event that it is or that caused it; 0 where time did.
    pub(crate) seq: u32,
    /// 0 for a recorded event, else one more than its stratum.
    pub(crate) layer: u16,
    pub(crate) id: [u8; 16],
}

/// A recorded event's place in the total order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Recorded {
    at: Instant,
    node: Node,
}

impl Recorded {
    pub(crate) fn order(self) -> Order {
        Order { at: self.at, by_time: false, seq: self.node, layer: 0, id: [0; 16] }
    }
}

impl Order {
    /// Behind everything that happened by an instant.
    pub(crate) fn end_of(at: Instant) -> Self {
        Self { at, by_time: true, seq: u32::MAX, layer: u16::MAX, id: [u8::MAX; 16] }
    }
}

/// The events that count, and what rules see of them.
pub(crate) struct View<'a> {
    pub(crate) log: &'a Log,
    pub(crate) compiled: &'a Compiled,
    pub(crate) names: Names<'a>,
    pub(crate) effective: Effective<'a>,
    pub(crate) identity: Identity,
    pub(crate) derived: Vec<Derived>,
    /// Places of derived events that were withdrawn, and that nothing names any more.
    pub(crate) free: Vec<Node>,
    pub(crate) as_of: Option<Instant>,
    /// Under canonical names, where some entity has several, or a correction moves an event.
    stream: Option<Vec<Text>>,
    /// Under canonical names, where some entity has several.
    links: Option<Vec<LinkColumn>>,
    fields: Fields,
    derived_kinds: Vec<Text>,
}

/// What a view has of its own, apart from the log that it is a view of.
pub(crate) struct Parts {
    pub(crate) effective: Effective<'static>,
    pub(crate) identity: Identity,
    derived: Vec<Derived>,
    free: Vec<Node>,
    pub(crate) as_of: Option<Instant>,
    stream: Option<Vec<Text>>,
    links: Option<Vec<LinkColumn>>,
    fields: Fields,
}

impl<'a> View<'a> {
    /// Takes the view apart, so that its log can grow.
    pub(crate) fn into_parts(self) -> Parts {
        let Self { effective, identity, derived, free, as_of, stream, links, fields, .. } = self;
        Parts { effective: effective.into_owned(), identity, derived, free, as_of, stream, links, fields }
    }

    /// Puts a view together again, over a log whose dictionary has every text and derived kind of the policy.
    pub(crate) fn of_parts(compiled: &'a Compiled, log: &'a Log, parts: Parts) -> Self {
        let Parts { effective, identity, derived, free, as_of, stream, links, fields } = parts;
        let effective = effective.over(log);
        let (names, derived_kinds) = (Names::new(log.texts()), Vec::new());
        Self {
            log,
            compiled,
            names,
            effective,
            identity,
            derived,
            free,
            as_of,
            stream,
            links,
            fields,
            derived_kinds,
        }
    }

    /// Takes the log's last row, which corrects nothing and is not corrected; it is no event yet.
    pub(crate) fn push(&mut self, row: Row) {
        self.effective.push();
        let canonical = |text: Text| self.identity.canonical(text);
        if let (Some(streams), Some(&stream)) = (&mut self.stream, self.log.stream_column().last()) {
            sparing::push(streams, canonical(stream));
        }
        if let Some(links) = &mut self.links {
            for (place, column) in self.log.link_columns().iter().enumerate() {
                if place == links.len() {
                    links.push(LinkColumn::new(column.role()));
                }
                column.get(row).iter().for_each(|&entity| links[place].push(row, canonical(entity)));
            }
        }
    }

    /// Takes the log's last row, which corrects an event that counts.
    pub(crate) fn correct(&mut self, row: Row, root: Node) {
        self.push(row);
        self.effective.correct_one(self.log, row, root);
        if self.effective.has_moved() && self.stream.is_none() {
            self.stream = Some(self.log.stream_column().to_vec());
        }
        if let Some(streams) = &mut self.stream {
            streams[root as usize] = self.identity.canonical(self.effective.stream(root));
        }
    }

    /// Whether the log had an event when the view was made.
    pub(crate) fn has(&self, node: Node) -> bool {
        (node as usize) < self.effective.kind.len()
    }

    /// Puts a derived event in its place: a free one, or the next.
    pub(crate) fn derive(&mut self, node: Node, event: Derived) {
        match derived_place(node).and_then(|place| self.derived.get_mut(place)) {
            Some(place) => *place = event,
            None => sparing::push(&mut self.derived, event),
        }
    }

    /// Takes a derived event from those that rules see.
    pub(crate) fn withdraw(&mut self, node: Node) {
        if let Some(derived) = derived_place(node).and_then(|place| self.derived.get_mut(place)) {
            derived.kind = NO_KIND;
        }
    }

    /// Hears the declarations anew, after the log came to have other kinds or columns.
    pub(crate) fn look_up_fields(&mut self) {
        self.fields = Fields::new(self.compiled, self.log, &self.names);
    }

    pub(crate) fn new(compiled: &'a Compiled, log: &'a Log, cut: &Cut) -> Result<Self, EvaluateError> {
        let effective = Effective::new(log, cut.as_of, cut.known_by)?;
        let mut names = Names::new(log.texts());
        compiled.each_name(|name| _ = names.intern(name));
        let derived_kinds = compiled.derived_kinds().map(|kind| names.intern(kind)).collect();
        let as_of = cut.as_of.or(effective.latest);
        let kinds = log.kinds().len() + compiled.derived_kinds().count();
        if kinds >= usize::from(Kind::MAX) {
            return Err(EvaluateError::TooManyKinds { kinds });
        }
        let mut view = Self {
            fields: Fields::new(compiled, log, &names),
            stream: None,
            links: None,
            log,
            compiled,
            names,
            effective,
            identity: Identity::default(),
            derived: Vec::new(),
            free: Vec::new(),
            as_of,
            derived_kinds,
        };
        view.identity = view.replay_merges();
        let canonical = |text: Text| view.identity.canonical(text);
        if !view.identity.is_empty() || view.effective.has_moved() {
            let nodes = 0..log.len() as Node;
            view.stream = Some(nodes.map(|node| canonical(view.effective.stream(node))).collect());
        }
        if !view.identity.is_empty() {
            view.links = Some(log.link_columns().iter().map(|column| column.map(canonical)).collect());
        }
        Ok(view)
    }

    fn replay_merges(&self) -> Identity {
        let of = |name: &str| self.log.kind_of_text(name);
        let (merged, separated) = (of("entity.merged"), of("entity.separated"));
        if merged.is_none() {
            return Identity::default();
        }
        let (from, into) = (self.role_slot("from"), self.role_slot("into"));
        let mut steps = Vec::new();
        for node in self.recorded_of_kinds(&[merged, separated]) {
            let merges = Some(self.kind(node)) == merged;
            for &from in self.links(node, from) {
                for &into in self.links(node, into) {
                    steps.push(if merges {
                        Step::Merge { from, into }
                    } else {
                        Step::Separate { from, into }
                    });
                }
            }
        }
        Identity::replay(&steps)
    }

    /// The recorded events of some kinds, in order.
    pub(crate) fn recorded_of_kinds(&self, kinds: &[Option<Kind>]) -> Vec<Node> {
        let wanted: Vec<Kind> = kinds.iter().copied().flatten().collect();
        let corrected = !self.effective.is_as_recorded();
        if !corrected && wanted.iter().all(|&kind| self.log.kind_counts()[usize::from(kind)] == 0) {
            return Vec::new();
        }
        let found = self.effective.kind.iter().enumerate().filter(|(_, kind)| wanted.contains(kind));
        let mut nodes: Vec<Node> = found.map(|(node, _)| node as Node).collect();
        nodes.sort_by_key(|&node| (self.at(node), node));
        nodes
    }

    pub(crate) fn role_slot(&self, name: &str) -> RoleSlot {
        let Some(name) = self.names.find(name) else { return RoleSlot { name: Text::EMPTY, column: None } };
        let column = self.log.link_columns().iter().position(|column| column.role() == name);
        RoleSlot { name, column: column.map(|place| place as u16) }
    }

    pub(crate) fn attr_slot(&self, name: &str) -> AttrSlot {
        let Some(name) = self.names.find(name) else { return AttrSlot { name: Text::EMPTY, column: None } };
        let column = self.log.attr_columns().iter().position(|column| column.name() == name);
        AttrSlot { name, column: column.map(|place| place as u16) }
    }

    /// The number that a kind has in this view, recorded or derived.
    pub(crate) fn kind_number(&self, kind: &str) -> Option<Kind> {
        if let Some(number) = self.log.kind_of_text(kind) {
            return Some(number);
        }
        let text = self.names.find(kind)?;
        let place = self.derived_kinds.iter().position(|&derived| derived == text)?;
        Some((self.log.kinds().len() + place) as Kind)
    }

    /// How many kinds there are, recorded and derived.
    pub(crate) fn kind_count(&self) -> usize {
        self.log.kinds().len() + self.derived_kinds.len()
    }

    pub(crate) fn is_derived(&self, node: Node) -> bool {
        derived_place(node).is_some()
    }

    pub(crate) fn derived_of(&self, node: Node) -> Option<&Derived> {
        self.derived.get(derived_place(node)?)
    }

    pub(crate) fn kind(&self, node: Node) -> Kind {
        self.derived_of(node).map_or_else(|| self.effective.kind[node as usize], |derived| derived.kind)
    }

    pub(crate) fn kind_text(&self, node: Node) -> &str {
        self.kind_name(self.kind(node))
    }

    /// The kind's text, by number.
    pub(crate) fn kind_of(&self, node: Node) -> Text {
        let kind = usize::from(self.kind(node));
        match kind.checked_sub(self.log.kinds().len()) {
            None => self.log.kinds()[kind],
            Some(place) => self.derived_kinds[place],
        }
    }

    /// The text of a kind, recorded or derived.
    pub(crate) fn kind_name(&self, kind: Kind) -> &str {
        let kind = usize::from(kind);
        match kind.checked_sub(self.log.kinds().len()) {
            None => self.names.get(self.log.kinds()[kind]),
            Some(place) => self.names.get(self.derived_kinds[place]),
        }
    }

    /// From when to when all events happened, where that is told by the log alone: none is corrected, and none derived.
    pub(crate) fn span(&self) -> Option<(Instant, Instant)> {
        let as_recorded = self.effective.is_as_recorded() && self.derived.is_empty();
        self.log.earliest().zip(self.log.latest()).filter(|_| as_recorded)
    }

    pub(crate) fn at(&self, node: Node) -> Instant {
        self.derived_of(node).map_or_else(|| self.effective.at(node), |derived| derived.order.at)
    }

    pub(crate) fn recorded_at(&self, node: Node) -> Instant {
        match self.derived_of(node) {
            Some(derived) => derived.recorded_at,
            None => self.effective.recorded_at(self.log, node),
        }
    }

    pub(crate) fn order(&self, node: Node) -> Order {
        match self.derived_of(node) {
            Some(derived) => derived.order,
            None => self.recorded(node).order(),
        }
    }

    /// The place of an event that is not derived.
    pub(crate) fn recorded(&self, node: Node) -> Recorded {
        Recorded { at: self.effective.at(node), node }
    }

    pub(crate) fn compare(&self, a: Node, b: Node) -> Ordering {
        if self.is_derived(a) || self.is_derived(b) {
            return self.order(a).cmp(&self.order(b));
        }
        let at = |node: Node| self.effective.at(node);
        at(a).cmp(&at(b)).then(a.cmp(&b))
    }

    /// The id of an event, derived ones in hexadecimal digits.
    pub(crate) fn id(&self, node: Node) -> Cow<'_, str> {
        match self.derived_of(node) {
            Some(derived) => Cow::Owned(super::id::hex(&derived.order.id)),
            None => Cow::Borrowed(self.log.id(node)),
        }
    }

    /// The canonical stream; empty where it has none.
    pub(crate) fn stream(&self, node: Node) -> Text {
        match self.derived_of(node) {
            Some(derived) => derived.stream,
            None => self.stream_column()[node as usize],
        }
    }

    pub(crate) fn stream_column(&self) -> &[Text] {
        self.stream.as_deref().unwrap_or(self.log.stream_column())
    }

    /// The canonical entities that an event links in a role that its kind declares.
    pub(crate) fn links(&self, node: Node, role: RoleSlot) -> &[Text] {
        match self.derived_of(node) {
            Some(derived) => self.derived_links(derived, role),
            None if self.fields.sees_link(&self.effective, node, role) => self.raw_links(node, role),
            None => &[],
        }
    }

    /// The canonical entities that an event links in a role, declared or not.
    pub(crate) fn raw_links(&self, node: Node, role: RoleSlot) -> &[Text] {
        if let Some(derived) = self.derived_of(node) {
            return self.derived_links(derived, role);
        }
        let Some(column) = self.link_column(role) else {
            return &[];
        };
        column.get(self.effective.row(node))
    }

    fn derived_links<'v>(&'v self, derived: &'v Derived, role: RoleSlot) -> &'v [Text] {
        match &derived.shape {
            Shape::Signal { links, .. } => {
                links.iter().find(|(name, _)| *name == role.name).map_or(&[], |(_, entities)| entities.all())
            }
            Shape::Duty(of) => {
                if of.dropped == Some(role.name) {
                    return &[];
                }
                let all = self.links(of.trigger, role);
                let mut only = of
                    .narrowed
                    .iter()
                    .flatten()
                    .filter(|(name, _)| *name == role.name)
                    .map(|&(_, only)| only);
                let Some(first) = only.next() else { return all };
                let place =
                    all.iter().position(|&other| other == first && only.all(|another| another == first));
                place.map_or(&[], |place| &all[place..=place])
            }
        }
    }

    /// The roles in which some event links an entity, with their names.
    pub(crate) fn roles(&self) -> impl Iterator<Item = RoleSlot> {
        self.log
            .link_columns()
            .iter()
            .enumerate()
            .map(|(place, column)| RoleSlot { name: column.role(), column: Some(place as u16) })
    }

    pub(crate) fn link_column(&self, role: RoleSlot) -> Option<&LinkColumn> {
        self.links.as_deref().unwrap_or(self.log.link_columns()).get(usize::from(role.column?))
    }

    /// The value of an attribute that the event's kind declares, as it is declared.
    pub(crate) fn attr(&self, node: Node, name: AttrSlot) -> Option<Seen<'_>> {
        if let Some(derived) = self.derived_of(node) {
            return match &derived.shape {
                Shape::Signal { per, .. } => {
                    let mut attrs = per.iter().flat_map(|per| &per.attrs);
                    attrs.find(|(attr, _)| *attr == name.name).map(|&(_, value)| value.seen())
                }
                Shape::Duty(of) => match of.agency {
                    Some((attr, agency)) if attr == name.name => Some(Seen::Text(agency)),
                    _ => self.attr(of.trigger, name),
                },
            };
        }
        let column = &self.log.attr_columns()[usize::from(name.column?)];
        let cell = column.get(self.effective.row(node))?;
        match self.fields.typed(&self.effective, node, name, cell, &self.names) {
            Typed::Value(Cell::Text(text)) => Some(Seen::Text(text)),
            Typed::Value(Cell::Integer(number)) => Some(Seen::Integer(number)),
            Typed::Value(Cell::Decimal(number)) => Some(Seen::Decimal(number)),
            Typed::Value(Cell::Boolean(truth)) => Some(Seen::Boolean(truth)),
            Typed::Value(Cell::Instant(instant)) => Some(Seen::Instant(instant)),
            Typed::Value(Cell::Texts(list)) => Some(Seen::Texts(column.list(list))),
            Typed::Undeclared | Typed::Wrong => None,
        }
    }

    /// The text of an attribute.
    pub(crate) fn text_attr(&self, node: Node, name: AttrSlot) -> Option<Text> {
        match self.attr(node, name)? {
            Seen::Text(text) => Some(text),
            _ => None,
        }
    }

    /// An entity named by an attribute's text, canonical.
    pub(crate) fn entity(&self, text: Text) -> Text {
        self.identity.canonical(text)
    }

    /// How the fields of the log's events are declared.
    pub(crate) fn fields(&self) -> &Fields {
        &self.fields
    }
}

impl View<'_> {
    /// The first of some entities by their text.
    pub(crate) fn first_by_text(&self, entities: &[Text]) -> Option<Text> {
        entities.iter().copied().min_by(|&a, &b| self.names.get(a).cmp(self.names.get(b)))
    }
}
