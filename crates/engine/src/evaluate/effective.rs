//! The events that count under a cut, each as its last correction leaves it (`docs/policy-language.md`, "Corrections and
//! late records").

use std::borrow::Cow;
use std::collections::HashMap;

use super::EvaluateError;
use crate::log::{Kind, Log, Row, Text};
use crate::record::Event;
use crate::sparing;
use crate::time::Instant;

/// The number of an event: its root's row, or with the first bit set the place of a derived event.
pub(crate) type Node = u32;

const DERIVED: Node = 1 << 31;

/// The node of a derived event.
pub(crate) fn derived_node(place: usize) -> Node {
    DERIVED | place as Node
}

/// The place of a node among the derived events, if it is one.
pub(crate) fn derived_place(node: Node) -> Option<usize> {
    (node & DERIVED != 0).then_some((node & !DERIVED) as usize)
}

/// No event.
pub(crate) const NO_NODE: Node = Node::MAX;

/// The kind of a row that is no event under the cut: no rule names it.
pub(crate) const NO_KIND: Kind = Kind::MAX;

/// Which rows are events, and with the fields of which row.
pub(crate) struct Effective<'a> {
    /// By node; [`NO_KIND`] where the row is no event.
    pub(crate) kind: Cow<'a, [Kind]>,
    at: Amended<'a, Instant>,
    stream: Amended<'a, Text>,
    /// Node → the row that has its fields, where some correction counts.
    corrected: HashMap<Node, Correction>,
    /// A correcting row → its node.
    root_of: HashMap<Row, Node>,
    /// Node → the rows that correct it.
    corrections_of: HashMap<Node, Vec<Row>>,
    /// Corrections that stand as events of their own.
    pub(crate) unknown_roots: Vec<Node>,
    pub(crate) count: u64,
    pub(crate) latest: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Correction {
    row: Row,
    recorded_at: Instant,
}

/// A column of the log, by node, but for what corrections say otherwise.
struct Amended<'a, T> {
    recorded: &'a [T],
    otherwise: hashbrown::HashMap<Node, T>,
}

impl<'a, T: Copy + PartialEq> Amended<'a, T> {
    fn new(recorded: &'a [T]) -> Self {
        Self { recorded, otherwise: hashbrown::HashMap::new() }
    }

    #[inline]
    fn get(&self, node: Node) -> T {
        let otherwise = if self.otherwise.is_empty() { None } else { self.otherwise.get(&node) };
        otherwise.copied().unwrap_or_else(|| self.recorded[node as usize])
    }

    /// Has a node say what a row does.
    fn set(&mut self, node: Node, row: Row) {
        let said = self.recorded[row as usize];
        if said == self.recorded[node as usize] {
            self.otherwise.remove(&node);
        } else {
            self.otherwise.insert(node, said);
        }
    }

    /// Over the column as it is now.
    fn over(self, recorded: &[T]) -> Amended<'_, T> {
        Amended { recorded, otherwise: self.otherwise }
    }
}

impl Effective<'static> {
    /// Over its log, to which rows may have been added.
    pub(crate) fn over(self, log: &Log) -> Effective<'_> {
        let (at, stream) = (self.at.over(log.at_column()), self.stream.over(log.stream_column()));
        Effective { at, stream, ..self }
    }
}

impl<'a> Effective<'a> {
    /// The events of a log known by `known_by` that happened by `as_of`.
    pub(crate) fn new(
        log: &'a Log,
        as_of: Option<Instant>,
        known_by: Option<Instant>,
    ) -> Result<Self, EvaluateError> {
        let mut effective = Self {
            kind: Cow::Borrowed(log.kind_column()),
            at: Amended::new(log.at_column()),
            stream: Amended::new(log.stream_column()),
            corrected: HashMap::new(),
            root_of: HashMap::new(),
            corrections_of: HashMap::new(),
            unknown_roots: Vec::new(),
            count: log.len() as u64,
            latest: log.latest(),
        };
        refuse_circles(log)?;
        let everything = as_of.is_none_or(|as_of| log.latest().is_none_or(|latest| latest <= as_of));
        if log.corrections().is_empty() && known_by.is_none() && everything {
            return Ok(effective);
        }
        let known = |row: Row| known_by.is_none_or(|known_by| log.recorded_at(row) <= known_by);
        effective.correct(log, &known);
        effective.cut(log, as_of, &known);
        Ok(effective)
    }

    pub(crate) fn at(&self, node: Node) -> Instant {
        self.at.get(node)
    }

    pub(crate) fn stream(&self, node: Node) -> Text {
        self.stream.get(node)
    }

    /// When all happened, where no correction says otherwise.
    pub(crate) fn at_as_recorded(&self) -> Option<&'a [Instant]> {
        Some(self.at.recorded).filter(|_| self.at.otherwise.is_empty())
    }

    /// Whether a correction moves any event into another stream.
    pub(crate) fn has_moved(&self) -> bool {
        !self.stream.otherwise.is_empty()
    }

    /// The row that has a node's fields.
    pub(crate) fn row(&self, node: Node) -> Row {
        if self.corrected.is_empty() {
            return node;
        }
        self.corrected.get(&node).map_or(node, |correction| correction.row)
    }

    /// The node whose fields a row has, if any.
    pub(crate) fn node(&self, row: Row) -> Option<Node> {
        let node = self.root_of.get(&row).copied().unwrap_or(row);
        (self.kind[node as usize] != NO_KIND && self.row(node) == row).then_some(node)
    }

    /// When the system knew what the event now says.
    pub(crate) fn recorded_at(&self, log: &Log, node: Node) -> Instant {
        match self.corrected.get(&node) {
            Some(correction) => correction.recorded_at,
            None => log.recorded_at(node),
        }
    }

    /// The events that corrections change, and the corrections.
    pub(crate) fn amended(&self) -> impl Iterator<Item = Node> {
        self.root_of.iter().flat_map(|(&row, &root)| [row, root]).chain(self.unknown_roots.iter().copied())
    }

    /// Apart from its log, of which it says nothing until it is put [`over`](Self::over) it again.
    pub(crate) fn into_owned(self) -> Effective<'static> {
        let kind = Cow::Owned(self.kind.into_owned());
        Effective { kind, at: self.at.over(&[]), stream: self.stream.over(&[]), ..self }
    }

    /// Takes the log's last row, which corrects nothing and is not corrected; it is no event yet.
    pub(crate) fn push(&mut self) {
        sparing::push(self.kind.to_mut(), NO_KIND);
    }

    /// Lets a node be an event.
    pub(crate) fn show(&mut self, node: Node, kind: Kind) {
        self.kind.to_mut()[node as usize] = kind;
        self.count += 1;
        self.latest = self.latest.max(Some(self.at(node)));
    }

    /// Whether no correction counts, so that a node is its row.
    pub(crate) fn is_as_recorded(&self) -> bool {
        self.root_of.is_empty()
    }

    fn correct(&mut self, log: &Log, known: &impl Fn(Row) -> bool) {
        let mut roots: HashMap<Row, Row> = HashMap::new();
        for &(row, _) in log.corrections().iter().filter(|&&(row, _)| known(row)) {
            let root = root(log, row, known, &mut roots);
            if root == row {
                self.unknown_roots.push(row);
            } else {
                self.root_of.insert(row, root);
                self.corrections_of.entry(root).or_default().push(row);
            }
        }
        let corrections_of = std::mem::take(&mut self.corrections_of);
        for (&root, rows) in &corrections_of {
            rows.iter().for_each(|&row| self.kind.to_mut()[row as usize] = NO_KIND);
            self.settle(log, root, rows.clone());
        }
        self.corrections_of = corrections_of;
    }

    /// Has a root as the last of its corrections leaves it.
    fn settle(&mut self, log: &Log, root: Node, mut rows: Vec<Row>) {
        rows.sort_by_key(|&row| (log.recorded_at(row), row));
        let Some(&last) = rows.last() else { return };
        let kind = log.kind_column()[last as usize];
        let is_withdrawn = Some(kind) == log.kind_of_text("record.corrected");
        let from = if is_withdrawn { root } else { last };
        self.kind.to_mut()[root as usize] = if is_withdrawn { NO_KIND } else { kind };
        self.at.set(root, from);
        self.stream.set(root, from);
        if is_withdrawn {
            self.corrected.remove(&root);
            return;
        }
        let said = facts(log, last);
        let first = std::iter::once(root).chain(rows.iter().copied()).find(|&row| facts(log, row) == said);
        let recorded_at = log.recorded_at(first.unwrap_or(last));
        self.corrected.insert(root, Correction { row: last, recorded_at });
    }

    /// Takes a row that is no event yet as a correction of a root that is one. `latest` stays what it was: who goes on from event
    /// to event says themselves as of when.
    pub(crate) fn correct_one(&mut self, log: &Log, row: Row, root: Node) {
        self.root_of.insert(row, root);
        let rows = self.corrections_of.entry(root).or_default();
        rows.push(row);
        let rows = rows.clone();
        self.settle(log, root, rows);
        self.count -= u64::from(self.kind[root as usize] == NO_KIND);
    }

    fn cut(&mut self, log: &Log, as_of: Option<Instant>, known: &impl Fn(Row) -> bool) {
        let kind = self.kind.to_mut();
        (self.count, self.latest) = (0, None);
        for (node, kind) in kind.iter_mut().enumerate() {
            let at = self.at.get(node as Node);
            if *kind == NO_KIND || !known(node as Row) || as_of.is_some_and(|as_of| at > as_of) {
                *kind = NO_KIND;
                continue;
            }
            self.count += 1;
            self.latest = self.latest.max(Some(at));
        }
        debug_assert_eq!(kind.len(), log.len());
    }
}

/// The root of a correction, if it has one besides itself.
pub(crate) fn root_of(log: &Log, row: Row) -> Option<Node> {
    Some(root(log, row, &|_| true, &mut HashMap::new())).filter(|&root| root != row)
}

/// The root of a correction under the cut: the first in the chain whose own root is unknown.
fn root(log: &Log, row: Row, known: &impl Fn(Row) -> bool, roots: &mut HashMap<Row, Row>) -> Row {
    let mut chain = vec![row];
    let mut last = row;
    while let Some(target) = target(log, last).filter(|&target| known(target)) {
        last = roots.get(&target).copied().unwrap_or(target);
        chain.push(target);
        if last != target {
            break;
        }
    }
    roots.extend(chain.into_iter().map(|row| (row, last)));
    last
}

fn target(log: &Log, row: Row) -> Option<Row> {
    let place = log.corrections().binary_search_by_key(&row, |&(row, _)| row).ok()?;
    log.row_of(&log.corrections()[place].1)
}

/// What an event says that a mended note does not change.
fn facts(log: &Log, row: Row) -> Event {
    let Event { stream, kind, at, links, attrs, .. } = log.event(row);
    Event { stream, kind, at, links, attrs, ..Event::default() }
}

/// Corrections in a circle have no root, whatever the cut.
fn refuse_circles(log: &Log) -> Result<(), EvaluateError> {
    let mut done: HashMap<Row, ()> = HashMap::new();
    for &(start, _) in log.corrections() {
        let mut path = Vec::new();
        let mut row = start;
        while done.insert(row, ()).is_none() {
            path.push(row);
            match target(log, row) {
                Some(next) => row = next,
                None => break,
            }
        }
        if let Some(place) = path.iter().position(|&seen| seen == row)
            && target(log, path[path.len() - 1]) == Some(row)
        {
            let ids = path[place..].iter().map(|&row| log.id(row).to_owned()).collect();
            return Err(EvaluateError::CorrectionCircle { ids });
        }
    }
    Ok(())
}

/// The ids of the circle that a correction would close, if it did, with other events about to be recorded.
pub(crate) fn circle(log: &Log, others: &HashMap<&str, &Event>, event: &Event) -> Option<Vec<String>> {
    let mut ids = vec![event.id.clone()];
    let mut next = event.corrects.clone()?;
    while next != event.id {
        let corrects = match others.get(next.as_str()) {
            Some(other) => other.corrects.clone()?,
            None => {
                let row = log.row_of(&next)?;
                let place = log.corrections().binary_search_by_key(&row, |&(row, _)| row).ok()?;
                log.corrections()[place].1.clone()
            }
        };
        ids.push(std::mem::replace(&mut next, corrects));
    }
    Some(ids)
}
