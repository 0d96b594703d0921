//! Comparisons in words.

use super::nouns::{attribute, event, linked, moment, record_of, said};
use crate::guard::{Comparison, Expr, Function, Node};
use crate::record::Value;

/// A comparison that must be true, or false.
pub(super) fn compared(comparison: Comparison, a: &Node, b: &Node, is_true: bool) -> Option<String> {
    let comparison = if is_true { comparison } else { opposite(comparison) };
    of_kind(comparison, a, b)
        .or_else(|| of_stream(comparison, a, b))
        .or_else(|| of_number_linked(comparison, a, b))
        .or_else(|| of_moments(comparison, a, b))
        .or_else(|| of_moments(mirrored(comparison), b, a))
        .or_else(|| of_values(comparison, a, b))
}

fn opposite(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

/// The same said from the other side.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        Comparison::Equal | Comparison::NotEqual => comparison,
    }
}

fn is(comparison: Comparison) -> Option<&'static str> {
    match comparison {
        Comparison::Equal => Some("is"),
        Comparison::NotEqual => Some("is not"),
        _ => None,
    }
}

fn of_kind(comparison: Comparison, a: &Node, b: &Node) -> Option<String> {
    let Expr::Literal(Value::Text(kind)) = &b.expr else { return None };
    Some(format!("{} {} `{kind}`", event(record_of(a, "kind")?)?, is(comparison)?))
}

fn of_stream(comparison: Comparison, a: &Node, b: &Node) -> Option<String> {
    let (a, b) = (event(record_of(a, "stream")?)?, event(record_of(b, "stream")?)?);
    Some(format!("{a} {} in the same stream as {b}", is(comparison)?))
}

fn of_number_linked(comparison: Comparison, a: &Node, b: &Node) -> Option<String> {
    let Expr::Call { function: Function::Size, args } = &a.expr else { return None };
    let (who, Expr::Literal(Value::Integer(number))) = (linked(args.first()?)?, &b.expr) else { return None };
    let how = match (comparison, number) {
        (Comparison::Equal | Comparison::LessOrEqual, 0) | (Comparison::Less, 1) => {
            return Some(who.there(false));
        }
        (Comparison::NotEqual | Comparison::Greater, 0) | (Comparison::GreaterOrEqual, 1) => {
            return Some(who.there(true));
        }
        (Comparison::Equal, _) => "exactly",
        (Comparison::NotEqual, _) => "other than",
        (Comparison::Less, _) => "fewer than",
        (Comparison::LessOrEqual, _) => "at most",
        (Comparison::Greater, _) => "more than",
        (Comparison::GreaterOrEqual, _) => "at least",
    };
    Some(who.counted(how, *number))
}

/// When an event happened, or an attribute is, beside another moment.
fn of_moments(comparison: Comparison, a: &Node, b: &Node) -> Option<String> {
    let when = match comparison {
        Comparison::Equal => "at the same time as",
        Comparison::NotEqual => "at another time than",
        Comparison::Less => "before",
        Comparison::LessOrEqual => "no later than",
        Comparison::Greater => "later than",
        Comparison::GreaterOrEqual => "no earlier than",
    };
    match record_of(a, "at") {
        Some(record) => {
            let other = moment(b).or_else(|| attribute(b))?;
            Some(format!("{} happened {when} {other}", event(record)?))
        }
        None => {
            let is = is(comparison).map_or_else(|| format!("is {when}"), str::to_owned);
            Some(format!("{} {is} {}", attribute(a)?, moment(b)?))
        }
    }
}

fn of_values(comparison: Comparison, a: &Node, b: &Node) -> Option<String> {
    let is = match comparison {
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
        Comparison::Less => "is under",
        Comparison::LessOrEqual => "is at most",
        Comparison::Greater => "is over",
        Comparison::GreaterOrEqual => "is at least",
    };
    let what = attribute(a).or_else(|| filled(a))?;
    Some(format!("{what} {is} {}", value(b)?))
}

fn value(node: &Node) -> Option<String> {
    match &node.expr {
        Expr::Literal(value) => said(value),
        Expr::Conditional(asked, then, other) if super::implies(then, asked) => {
            Some(format!("{} (or, where that is not recorded, {})", attribute(then)?, attribute(other)?))
        }
        _ => attribute(node),
    }
}

/// How many officers have a post in the team, before the event or with it.
fn filled(node: &Node) -> Option<String> {
    let Expr::Call { function: Function::Filled, args } = &node.expr else { return None };
    let is_of_key = matches!(&args.first()?.expr, Expr::Name(name) if name == "key");
    let when = match args.as_slice() {
        [_] => "before it",
        [_, at] if record_of(at, "at") == Some("event") => "with it",
        _ => return None,
    };
    is_of_key.then(|| format!("the number of officers with a post in the team {when}"))
}
