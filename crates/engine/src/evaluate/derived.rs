//! Events that the evaluation itself makes: signals raised, and the transitions of duties (`docs/policy-language.md`,
//! "Rules over rules").

use std::cmp::Ordering;
use std::sync::Arc;

use super::effective::Node;
use super::view::{Order, Seen};
use crate::guard::number;
use crate::log::{Kind, Text};
use crate::time::Instant;

/// A derived event.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Derived {
    pub(crate) kind: Kind,
    pub(crate) order: Order,
    pub(crate) recorded_at: Instant,
    pub(crate) stream: Text,
    /// The lens of the rule that made it: there it stands under its own key only.
    pub(crate) lens: Text,
    pub(crate) key: Text,
    pub(crate) shape: Shape,
}

/// Where a derived event's links and attributes come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    /// A duty's: those of its trigger, narrowed.
    Duty(Box<OfDuty>),
    /// A signal's: the union of its window's links, and the values of `per`, if it has any.
    Signal { event: Node, links: Box<[(Text, Entities)]>, per: Option<Box<Per>> },
}

/// Where the links and attributes of a duty's transition come from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OfDuty {
    pub(crate) trigger: Node,
    /// Roles in which only one entity stays.
    pub(crate) narrowed: [Option<(Text, Text)>; 2],
    /// The role that is left out.
    pub(crate) dropped: Option<Text>,
    /// The attribute `agency` of `attend`.
    pub(crate) agency: Option<(Text, Text)>,
}

/// The different entities that a window links in a role: most often one; a list is shared by all signals that have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entities {
    One(Text),
    Many(Arc<[Text]>),
}

/// The values of `per` of a signal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Per {
    pub(crate) attrs: Vec<(Text, Plain)>,
    /// As its id has them.
    pub(crate) written: Vec<String>,
}

impl Shape {
    /// The values of a signal's `per`, written.
    pub(crate) fn per(&self) -> &[String] {
        match self {
            Self::Signal { per: Some(per), .. } => &per.written,
            _ => &[],
        }
    }
}

impl Entities {
    pub(crate) fn all(&self) -> &[Text] {
        match self {
            Self::One(entity) => std::slice::from_ref(entity),
            Self::Many(entities) => entities,
        }
    }
}

/// A value without a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Plain {
    Text(Text),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Instant(Instant),
}

impl Plain {
    /// Whether two values are the same; numbers as numbers.
    pub(crate) fn is(self, other: Self) -> bool {
        match (self, other) {
            (Self::Integer(integer), Self::Decimal(decimal))
            | (Self::Decimal(decimal), Self::Integer(integer)) => {
                number::compare(integer, decimal) == Some(Ordering::Equal)
            }
            _ => self == other,
        }
    }

    pub(crate) fn seen(self) -> Seen<'static> {
        match self {
            Self::Text(text) => Seen::Text(text),
            Self::Integer(number) => Seen::Integer(number),
            Self::Decimal(number) => Seen::Decimal(number),
            Self::Boolean(truth) => Seen::Boolean(truth),
            Self::Instant(instant) => Seen::Instant(instant),
        }
    }
}
