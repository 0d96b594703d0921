//! A guard's checked tree: every expression with its type and its place in the text, every name resolved.

use std::ops::Range;

use regex::Regex;

use super::scope::{EventField, Record};
use super::types::Type;
use super::{Comparison, Function, MacroKind, Operation};
use crate::record::Value;
use crate::time::Span;

/// Bytes of a guard's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bytes {
    start: u16,
    end: u16,
}

impl Bytes {
    /// That part of the text.
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or(text)
    }
}

impl From<&Range<usize>> for Bytes {
    /// A guard's text is short enough for any place in it to fit.
    fn from(range: &Range<usize>) -> Self {
        Self { start: range.start as u16, end: range.end as u16 }
    }
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) op: Op,
    pub(super) ty: Type,
    pub(super) bytes: Bytes,
}

/// What an expression does.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Constant(Value),
    List(Vec<Typed>),
    Field(Record, EventField),
    /// An attribute by slot; of one that is declared a decimal, an integer will do.
    Attr {
        record: Record,
        slot: usize,
        decimal: bool,
    },
    Links(Record, usize),
    HasAttr(Record, usize),
    HasLinks(Record, usize),
    Key,
    Subject,
    /// A macro's variable, by how many macros stand around its own.
    Variable(usize),
    Index(Box<Typed>, Box<Typed>),
    Not(Box<Typed>),
    Negate(Box<Typed>),
    And(Box<Typed>, Box<Typed>),
    Or(Box<Typed>, Box<Typed>),
    Conditional(Box<Typed>, Box<Typed>, Box<Typed>),
    Compare(Comparison, Box<Typed>, Box<Typed>),
    Arithmetic(Operation, Box<Typed>, Box<Typed>),
    In(Box<Typed>, Box<Typed>),
    /// `a in ['b', 'c']`, all of them written out.
    InConstants(Box<Typed>, Vec<Value>),
    Macro {
        kind: MacroKind,
        over: Box<Typed>,
        body: Box<Typed>,
    },
    Matches(Box<Typed>, Regex),
    /// `after` with its span written out.
    After(Box<Typed>, Span),
    Call(Function, Vec<Typed>),
}

impl Typed {
    /// Calls `visit` with this expression and each inside it.
    pub(super) fn visit(&self, visit: &mut impl FnMut(&Self)) {
        visit(self);
        match &self.op {
            Op::Constant(_)
            | Op::Field(..)
            | Op::Attr { .. }
            | Op::Links(..)
            | Op::HasAttr(..)
            | Op::HasLinks(..)
            | Op::Key
            | Op::Subject
            | Op::Variable(_) => {}
            Op::List(nodes) | Op::Call(_, nodes) => nodes.iter().for_each(|node| node.visit(visit)),
            Op::Not(a) | Op::Negate(a) | Op::InConstants(a, _) | Op::Matches(a, _) | Op::After(a, _) => {
                a.visit(visit)
            }
            Op::Index(a, b)
            | Op::And(a, b)
            | Op::Or(a, b)
            | Op::Compare(_, a, b)
            | Op::Arithmetic(_, a, b)
            | Op::In(a, b)
            | Op::Macro { over: a, body: b, .. } => [a, b].into_iter().for_each(|node| node.visit(visit)),
            Op::Conditional(a, b, c) => [a, b, c].into_iter().for_each(|node| node.visit(visit)),
        }
    }
}
