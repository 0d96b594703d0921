//! Values compared, joined and reckoned with. Where CEL has no such operation on two values, nothing is given.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::scope::Val;
use super::{Comparison, Operation, number};

/// The bytes of the longest text, and the elements of the longest list, that `+` makes.
const MAX_JOINED: usize = 1 << 20;

impl<'a> Val<'a> {
    /// The elements of a list; of what is no list, none.
    pub(super) fn into_elements(self) -> Option<Vec<Val<'a>>> {
        match self {
            Self::Texts(texts) => {
                Some(texts.into_iter().map(|text| Self::Text(Cow::Borrowed(text))).collect())
            }
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// How many elements a list has.
    fn len(&self) -> Option<usize> {
        match self {
            Self::Texts(texts) => Some(texts.len()),
            Self::List(elements) => Some(elements.len()),
            _ => None,
        }
    }

    /// An element of a list.
    pub(super) fn element(&self, place: usize) -> Option<Val<'a>> {
        match self {
            Self::Texts(texts) => texts.get(place).map(|&text| Self::Text(Cow::Borrowed(text))),
            Self::List(elements) => elements.get(place).cloned(),
            _ => None,
        }
    }
}

/// Whether two values are equal; none where they are of two types, which are never compared.
///
/// CEL alone would call them unequal, and a mistyped value would then look like an answer.
pub(super) fn equal(a: &Val<'_>, b: &Val<'_>) -> Option<bool> {
    match (a, b) {
        (Val::Text(a), Val::Text(b)) => Some(a == b),
        (Val::Boolean(a), Val::Boolean(b)) => Some(a == b),
        (Val::Instant(a), Val::Instant(b)) => Some(a == b),
        (Val::Integer(a), Val::Integer(b)) => Some(a == b),
        (Val::Decimal(a), Val::Decimal(b)) => Some(a == b),
        (Val::Integer(a), Val::Decimal(b)) | (Val::Decimal(b), Val::Integer(a)) => {
            Some(number::compare(*a, *b) == Some(Ordering::Equal))
        }
        (Val::Texts(a), Val::Texts(b)) => Some(a == b),
        _ => lists_equal(a, b),
    }
}

/// Lists of one length are equal if all elements are: an unequal pair decides, whatever stands beside it.
fn lists_equal(a: &Val<'_>, b: &Val<'_>) -> Option<bool> {
    let (length, other) = (a.len()?, b.len()?);
    if length != other {
        return Some(false);
    }
    let mut all = Some(true);
    for place in 0..length {
        match equal(&a.element(place)?, &b.element(place)?) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => all = None,
        }
    }
    all
}

/// Whether a comparison holds; none where two values are never compared so.
pub(super) fn compare(comparison: Comparison, a: &Val<'_>, b: &Val<'_>) -> Option<bool> {
    let ordering = match comparison {
        Comparison::Equal => return equal(a, b),
        Comparison::NotEqual => return equal(a, b).map(|equal| !equal),
        _ => order(a, b)?,
    };
    Some(holds(comparison, ordering))
}

/// Whether a comparison holds of two values that stand so; of what has no order none does but `!=`.
pub(super) fn holds(comparison: Comparison, ordering: Option<Ordering>) -> bool {
    match comparison {
        Comparison::Equal => ordering == Some(Ordering::Equal),
        Comparison::NotEqual => ordering != Some(Ordering::Equal),
        Comparison::Less => ordering == Some(Ordering::Less),
        Comparison::LessOrEqual => ordering.is_some_and(Ordering::is_le),
        Comparison::Greater => ordering == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => ordering.is_some_and(Ordering::is_ge),
    }
}

/// How two values of one type stand; within, none beside what is no number.
pub(super) fn order(a: &Val<'_>, b: &Val<'_>) -> Option<Option<Ordering>> {
    Some(match (a, b) {
        (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
        (Val::Boolean(a), Val::Boolean(b)) => Some(a.cmp(b)),
        (Val::Instant(a), Val::Instant(b)) => Some(a.cmp(b)),
        (Val::Integer(a), Val::Integer(b)) => Some(a.cmp(b)),
        (Val::Decimal(a), Val::Decimal(b)) => a.partial_cmp(b),
        (Val::Integer(a), Val::Decimal(b)) => number::compare(*a, *b),
        (Val::Decimal(a), Val::Integer(b)) => number::compare(*b, *a).map(Ordering::reverse),
        _ => return None,
    })
}

/// An operation; none where it overflows, divides by zero, or is of types that CEL does not reckon with.
pub(super) fn reckon<'a>(operation: Operation, a: Val<'a>, b: Val<'a>) -> Option<Val<'a>> {
    match (operation, a, b) {
        (_, Val::Integer(a), Val::Integer(b)) => integers(operation, a, b).map(Val::Integer),
        (_, Val::Decimal(a), Val::Decimal(b)) => decimals(operation, a, b).map(Val::Decimal),
        (Operation::Add, Val::Text(a), Val::Text(b)) => {
            (a.len() + b.len() <= MAX_JOINED).then(|| Val::Text(Cow::Owned(a.into_owned() + &b)))
        }
        (Operation::Add, Val::Texts(mut a), Val::Texts(b)) => {
            a.extend(b);
            (a.len() <= MAX_JOINED).then_some(Val::Texts(a))
        }
        (Operation::Add, a, b) => {
            let (mut a, b) = (a.into_elements()?, b.into_elements()?);
            a.extend(b);
            (a.len() <= MAX_JOINED).then_some(Val::List(a))
        }
        _ => None,
    }
}

fn integers(operation: Operation, a: i64, b: i64) -> Option<i64> {
    match operation {
        Operation::Add => a.checked_add(b),
        Operation::Subtract => a.checked_sub(b),
        Operation::Multiply => a.checked_mul(b),
        Operation::Divide => a.checked_div(b),
        Operation::Remainder => a.checked_rem(b),
    }
}

fn decimals(operation: Operation, a: f64, b: f64) -> Option<f64> {
    match operation {
        Operation::Add => Some(a + b),
        Operation::Subtract => Some(a - b),
        Operation::Multiply => Some(a * b),
        Operation::Divide => Some(a / b),
        Operation::Remainder => None,
    }
}

/// `size`: the characters of a text, the elements of a list.
pub(super) fn size(of: &Val<'_>) -> Option<i64> {
    let size = match of {
        Val::Text(text) => text.chars().count(),
        list => list.len()?,
    };
    i64::try_from(size).ok()
}

/// `int`: of a decimal, what stands before its point.
pub(super) fn int(of: &Val<'_>) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    match of {
        Val::Integer(number) => Some(*number),
        Val::Decimal(number) => (-LIMIT < *number && *number < LIMIT).then_some(*number as i64),
        Val::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// `double`.
pub(super) fn double(of: &Val<'_>) -> Option<f64> {
    match of {
        Val::Integer(number) => Some(*number as f64),
        Val::Decimal(number) => Some(*number),
        Val::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// `string`: a decimal without a needless point, an instant as records have it.
pub(super) fn string<'a>(of: Val<'a>) -> Option<Cow<'a, str>> {
    match of {
        Val::Text(text) => Some(text),
        Val::Integer(number) => Some(Cow::Owned(number.to_string())),
        Val::Decimal(number) => Some(Cow::Owned(number.to_string())),
        Val::Boolean(truth) => Some(Cow::Borrowed(if truth { "true" } else { "false" })),
        Val::Instant(instant) => Some(Cow::Owned(instant.to_string())),
        Val::Texts(_) | Val::List(_) => None,
    }
}
