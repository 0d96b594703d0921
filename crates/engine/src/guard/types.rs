//! The types of a guard's expressions.

use std::fmt;

use crate::policy::AttrType;
use crate::record::Value;

/// The type of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A text.
    Text,
    /// A text, one of these; written so that a comparison with another is refused.
    OneOf(Vec<String>),
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// True or false.
    Boolean,
    /// A point in time.
    Instant,
    /// A list.
    List(Box<Type>),
    /// Known only in evaluation: undeclared in an open policy, declared differently by the rule's kinds, or an element of `[]`.
    Dynamic,
}

impl Type {
    /// A list of texts.
    pub(super) fn texts() -> Self {
        Self::List(Box::new(Self::Text))
    }

    pub(super) fn of_value(value: &Value) -> Self {
        match value {
            Value::Text(_) => Self::Text,
            Value::Integer(_) => Self::Integer,
            Value::Decimal(_) => Self::Decimal,
            Value::Boolean(_) => Self::Boolean,
            Value::Instant(_) => Self::Instant,
            Value::Texts(_) => Self::texts(),
        }
    }

    pub(super) fn of_declared(declared: &AttrType) -> Self {
        match declared {
            AttrType::Text | AttrType::OneOf { open: true, .. } => Self::Text,
            AttrType::OneOf { values, open: false } => Self::OneOf(values.clone()),
            AttrType::Integer => Self::Integer,
            AttrType::Decimal => Self::Decimal,
            AttrType::Boolean => Self::Boolean,
            AttrType::Instant => Self::Instant,
            AttrType::Texts => Self::texts(),
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::OneOf(_) | Self::Dynamic)
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Dynamic)
    }

    pub(super) fn is_boolean(&self) -> bool {
        matches!(self, Self::Boolean | Self::Dynamic)
    }

    pub(super) fn is_instant(&self) -> bool {
        matches!(self, Self::Instant | Self::Dynamic)
    }

    /// Of a list, the type of its elements; of what is no list, none.
    pub(super) fn element(&self) -> Option<&Self> {
        match self {
            Self::List(element) => Some(element),
            Self::Dynamic => Some(&Self::Dynamic),
            _ => None,
        }
    }

    /// Whether two values can be equal: numbers of either sort compare with one another.
    pub(super) fn compares_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(a), Self::List(b)) => a.compares_with(b),
            (Self::Dynamic, _) | (_, Self::Dynamic) => true,
            _ => {
                (self.is_number() && other.is_number())
                    || (self.is_text() && other.is_text())
                    || self == other
            }
        }
    }

    /// The type of a value that is of either.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::OneOf(mut values), Self::OneOf(others)) => {
                values.extend(others);
                values.sort();
                values.dedup();
                Self::OneOf(values)
            }
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.or(*b))),
            (a, b) if a == b => a,
            (Self::Text, Self::OneOf(_)) | (Self::OneOf(_), Self::Text) => Self::Text,
            _ => Self::Dynamic,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text | Self::OneOf(_) => f.write_str("a text"),
            Self::Integer => f.write_str("an integer"),
            Self::Decimal => f.write_str("a decimal"),
            Self::Boolean => f.write_str("a boolean"),
            Self::Instant => f.write_str("an instant"),
            Self::List(element) => match **element {
                Self::Text | Self::OneOf(_) => f.write_str("a list of texts"),
                _ => f.write_str("a list"),
            },
            Self::Dynamic => f.write_str("a value of any type"),
        }
    }
}
