//! Guards: conditions in CEL over an event (`docs/policy-language.md`, "Guards").
//!
//! A guard is parsed ([`parse()`]), checked against what its rule's kinds declare ([`check()`]), and evaluated over a
//! [`Scope`] ([`Checked::eval`]) or, where it only tests the columns of one event, over those ([`Checked::lower`]).

mod check;
mod eval;
mod lower;
pub(crate) mod number;
mod parse;
mod readings;
mod scope;
mod suggest;
mod token;
mod tree;
mod types;
mod values;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub(crate) use check::Asks;
pub use check::{CheckScope, Checked, Expected, Fields, check};
pub use lower::{BoundTest, Cells, Column, ColumnTest, FailedAt};
pub use parse::{MAX_BYTES, MAX_DEPTH, MAX_MACROS, MAX_NESTING, parse};
pub use scope::{EventField, Failure, Record, Scope, Val};
pub use types::Type;

use crate::policy::Place;
use crate::record::Value;

/// A guard as written in a policy, parsed.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Its text.
    pub text: String,
    /// Where the text stands in the policy.
    pub place: Place,
    /// What it says.
    pub root: Node,
}

/// An expression and where it stands in its guard's text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it says.
    pub expr: Expr,
    /// Bytes of the guard's text.
    pub span: Range<usize>,
}

/// An expression of the part of CEL that guards use.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A text, integer, decimal or boolean as written.
    Literal(Value),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `event`, `trigger`, `given`, `key`, `subject`, or a macro's variable.
    Name(String),
    /// `of.name`, and `of['name']` with a text as written.
    Field {
        /// The whole.
        of: Box<Node>,
        /// The part's name.
        name: String,
    },
    /// `has(of.name)`, and `'name' in of` where `of` is `….attrs` or `….links`.
    Has {
        /// The whole.
        of: Box<Node>,
        /// The part's name.
        name: String,
    },
    /// `of[index]` of a list.
    Index {
        /// The list.
        of: Box<Node>,
        /// From 0.
        index: Box<Node>,
    },
    /// `!a`.
    Not(Box<Node>),
    /// `-a`.
    Negate(Box<Node>),
    /// `a && b`: a failure on one side does not matter where the other is false.
    And(Box<Node>, Box<Node>),
    /// `a || b`: a failure on one side does not matter where the other is true.
    Or(Box<Node>, Box<Node>),
    /// `a ? b : c`.
    Conditional(Box<Node>, Box<Node>, Box<Node>),
    /// `a == b` and its kind.
    Compare(Comparison, Box<Node>, Box<Node>),
    /// `a + b` and its kind.
    Arithmetic(Operation, Box<Node>, Box<Node>),
    /// `a in b`, b a list.
    In(Box<Node>, Box<Node>),
    /// `over.exists(variable, body)` and its kind.
    Macro {
        /// Which.
        kind: MacroKind,
        /// A list.
        over: Box<Node>,
        /// The name that the body has for each element.
        variable: String,
        /// The condition, or for `map` the result.
        body: Box<Node>,
    },
    /// `function(args)`, and `a.function(b)`, where `a` comes first.
    Call {
        /// Which.
        function: Function,
        /// Its arguments.
        args: Vec<Node>,
    },
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// An operation on numbers; `+` also joins texts and lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

/// A macro over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacroKind {
    /// True of all.
    All,
    /// True of one at least.
    Exists,
    /// True of one exactly.
    ExistsOne,
    /// Those of which it is true.
    Filter,
    /// The results.
    Map,
}

/// A function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `size(text or list)`: characters, or elements.
    Size,
    /// `text.contains(text)`
    Contains,
    /// `text.startsWith(text)`
    StartsWith,
    /// `text.endsWith(text)`
    EndsWith,
    /// `text.matches(pattern)`: a regular expression found anywhere in it.
    Matches,
    /// `int(number or text)`
    Int,
    /// `double(number or text)`
    Double,
    /// `string(value)`
    String,
    /// `instant("2010-04-01T00:00:00Z")`
    Instant,
    /// `after(instant, "6mo")`: the due of a span (`docs/policy-language.md`, "Time").
    After,
    /// `qualified(officer, name[, instant])`
    Qualified,
    /// `has_role(officer, role[, instant])`
    HasRole,
    /// `rank_at_least(rank or officer, rank[, instant])`
    RankAtLeast,
    /// `in_team(officer, team[, instant])`
    InTeam,
    /// `filled(team[, instant])`
    Filled,
}

/// Which register a guard asks. Each answers otherwise of an officer or team of which no register knows anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Register {
    /// Posts and covers.
    Posts,
    Qualifications,
}

impl Function {
    /// Of one that asks a register: which, and how many arguments it has where it asks as at the event.
    fn asks_with(self) -> Option<(Register, usize)> {
        match self {
            Self::Qualified => Some((Register::Qualifications, 2)),
            Self::HasRole | Self::RankAtLeast | Self::InTeam => Some((Register::Posts, 2)),
            Self::Filled => Some((Register::Posts, 1)),
            _ => None,
        }
    }
}
