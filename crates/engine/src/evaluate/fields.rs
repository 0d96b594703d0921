//! Which links and attributes of an event its kind declares, and as what (`docs/policy-language.md`, "`[kinds]`").

use std::collections::HashSet;

use super::effective::{Effective, Node};
use super::names::Names;
use super::view::{AttrSlot, RoleSlot};
use crate::log::{Cell, Kind, Log, Text};
use crate::policy::{AttrType, KindDeclaration};
use crate::program::Compiled;
use crate::time::Instant;

/// What a value is once its declaration is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Typed {
    Value(Cell),
    Undeclared,
    /// Not of its declared type: it counts as missing.
    Wrong,
}

#[derive(Clone, Debug)]
enum Declared {
    Nothing,
    Anything,
    Text,
    Integer,
    Decimal,
    Boolean,
    Instant,
    Texts,
    OneOf(HashSet<Text>),
}

/// What one version declares of one kind, by column of the log.
#[derive(Debug)]
struct Declarations {
    links: Vec<bool>,
    attrs: Vec<Declared>,
}

/// The declarations of a log's kinds in every version.
#[derive(Debug)]
pub(crate) struct Fields {
    /// Where each version's dates begin, but the first's.
    starts: Vec<Instant>,
    /// By version, then kind: none where no version declares it, and it matches nothing.
    of: Vec<Vec<Option<Declarations>>>,
    /// Nothing is undeclared, and nothing is declared: no need to look.
    free: bool,
}

impl Fields {
    pub(crate) fn new(compiled: &Compiled, log: &Log, names: &Names<'_>) -> Self {
        let versions = &compiled.versions;
        let starts = versions.iter().skip(1).map(|version| version.from).collect();
        let declares = |version: usize, kind: &str| versions[version].policy.kinds.contains_key(kind);
        let of = (0..versions.len())
            .map(|version| {
                let columns = log.kinds().iter().map(|&kind| {
                    let kind = names.get(kind);
                    let earlier = (0..=version).rev().find(|&version| declares(version, kind));
                    let found =
                        earlier.or_else(|| (version..versions.len()).find(|&later| declares(later, kind)));
                    let open = versions[version].policy.open;
                    match found.and_then(|found| versions[found].policy.kinds.get(kind)) {
                        Some(declaration) => Some(Declarations::new(declaration, open, log, names)),
                        None => {
                            open.then(|| Declarations::new(&KindDeclaration::default(), true, log, names))
                        }
                    }
                });
                columns.collect::<Vec<_>>()
            })
            .collect();
        let free = versions.iter().all(|version| version.policy.open)
            && log
                .kinds()
                .iter()
                .all(|&kind| (0..versions.len()).all(|version| !declares(version, names.get(kind))));
        Self { starts, of, free }
    }

    fn of(&self, effective: &Effective<'_>, node: Node) -> Option<&Declarations> {
        let at = effective.at(node);
        let version = self.starts.partition_point(|&start| start <= at);
        self.of[version].get(usize::from(effective.kind[node as usize]))?.as_ref()
    }

    /// Whether any version declares the kind; in an open policy, always.
    pub(crate) fn is_declared(&self, kind: Kind) -> bool {
        self.of.iter().any(|version| version.get(usize::from(kind)).is_some_and(Option::is_some))
    }

    /// Whether rules see what an event links in a role.
    pub(crate) fn sees_link(&self, effective: &Effective<'_>, node: Node, role: RoleSlot) -> bool {
        let Some(column) = role.column else { return false };
        self.free || self.of(effective, node).is_some_and(|declared| declared.links[usize::from(column)])
    }

    /// A value as its declaration has it.
    pub(crate) fn typed(
        &self,
        effective: &Effective<'_>,
        node: Node,
        name: AttrSlot,
        cell: Cell,
        names: &Names<'_>,
    ) -> Typed {
        if self.free {
            return Typed::Value(cell);
        }
        let declared = self.of(effective, node).zip(name.column);
        match declared.map(|(declared, column)| &declared.attrs[usize::from(column)]) {
            Some(declared) => declared.typed(cell, names),
            None => Typed::Undeclared,
        }
    }

    /// What an attribute is declared as, in words.
    pub(crate) fn declared_as(
        &self,
        effective: &Effective<'_>,
        node: Node,
        name: AttrSlot,
    ) -> Option<&'static str> {
        let (declared, column) = self.of(effective, node).zip(name.column)?;
        Some(declared.attrs[usize::from(column)].word())
    }

    /// Whether nothing is declared and nothing undeclared.
    pub(crate) fn is_free(&self) -> bool {
        self.free
    }
}

impl Declarations {
    fn new(declaration: &KindDeclaration, open: bool, log: &Log, names: &Names<'_>) -> Self {
        let links = log.link_columns().iter();
        let attrs = log.attr_columns().iter();
        Self {
            links: links.map(|column| open || declaration.links.contains(names.get(column.role()))).collect(),
            attrs: attrs
                .map(|column| match declaration.attrs.get(names.get(column.name())) {
                    Some(declared) => Declared::new(declared, names),
                    None if open => Declared::Anything,
                    None => Declared::Nothing,
                })
                .collect(),
        }
    }
}

impl Declared {
    fn new(declared: &AttrType, names: &Names<'_>) -> Self {
        match declared {
            AttrType::Text | AttrType::OneOf { open: true, .. } => Self::Text,
            AttrType::Integer => Self::Integer,
            AttrType::Decimal => Self::Decimal,
            AttrType::Boolean => Self::Boolean,
            AttrType::Instant => Self::Instant,
            AttrType::Texts => Self::Texts,
            AttrType::OneOf { values, open: false } => {
                Self::OneOf(values.iter().filter_map(|value| names.find(value)).collect())
            }
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Anything => "anything",
            Self::Text => "a text",
            Self::Integer => "an integer",
            Self::Decimal => "a decimal",
            Self::Boolean => "a boolean",
            Self::Instant => "an instant",
            Self::Texts => "a list of text",
            Self::OneOf(_) => "one of certain texts, which it is not",
        }
    }

    fn typed(&self, cell: Cell, names: &Names<'_>) -> Typed {
        match (self, cell) {
            (Self::Nothing, _) => Typed::Undeclared,
            (Self::Anything, _)
            | (Self::Text, Cell::Text(_))
            | (Self::Integer, Cell::Integer(_))
            | (Self::Decimal, Cell::Decimal(_))
            | (Self::Boolean, Cell::Boolean(_))
            | (Self::Instant, Cell::Instant(_))
            | (Self::Texts, Cell::Texts(_)) => Typed::Value(cell),
            (Self::Decimal, Cell::Integer(number)) => Typed::Value(Cell::Decimal(number as f64)),
            (Self::OneOf(values), Cell::Text(text)) if values.contains(&text) => Typed::Value(cell),
            (Self::Instant, Cell::Text(text)) => Instant::parse(names.get(text))
                .map_or(Typed::Wrong, |instant| Typed::Value(Cell::Instant(instant))),
            _ => Typed::Wrong,
        }
    }
}
