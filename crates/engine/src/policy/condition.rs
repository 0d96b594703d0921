//! A guard in words, where it is made of what people say; else as it is written.

use super::sentence::{joined, span};
use crate::guard::{Comparison, Expr, Function, Guard, MacroKind, Node};
use crate::record::Value;
use crate::time::Span;

/// What must be true: ``its `age` is under 18``; the text of a guard that has no such words, in backticks.
pub(super) fn condition(guard: &Guard) -> String {
    truth(&guard.root).map(|words| words.text).unwrap_or_else(|| as_written(guard))
}

/// The instant that a guard gives: ``the time in `until` of``, to be followed by the event's kind.
pub(super) fn instant_of(guard: &Guard) -> String {
    match &guard.root.expr {
        Expr::Field { of, name } if is_path(of, "event", "attrs") => format!("the time in `{name}` of"),
        _ => format!("{} of", as_written(guard)),
    }
}

/// The guard's text in backticks, without its line breaks.
fn as_written(guard: &Guard) -> String {
    format!("`{}`", guard.text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Words for a condition.
struct Words {
    text: String,
    /// The word that joins its parts, where it has parts.
    joined_by: Option<&'static str>,
}

impl Words {
    /// As a part of a condition joined by this word: in brackets where two words for joining would meet.
    fn inside(self, word: &str) -> String {
        match self.joined_by {
            Some(other) if other != word => format!("({})", self.text),
            _ => self.text,
        }
    }
}

fn truth(node: &Node) -> Option<Words> {
    let (a, b, word) = match &node.expr {
        Expr::And(a, b) if implies(b, a) => return truth(b),
        Expr::And(a, b) => (a, b, "and"),
        Expr::Or(a, b) => (a, b, "or"),
        _ => return Some(Words { text: simple(node)?, joined_by: None }),
    };
    let text = format!("{} {word} {}", truth(a)?.inside(word), truth(b)?.inside(word));
    Some(Words { text, joined_by: Some(word) })
}

/// Whether the first says all that the second does: a value that is compared is there.
fn implies(node: &Node, there: &Node) -> bool {
    let Expr::Has { of, name } = &there.expr else { return false };
    let is_it = |node: &Node| matches!(&node.expr, Expr::Field { of: whole, name: part } if part == name && same(whole, of));
    match &node.expr {
        Expr::Compare(_, a, b) => is_it(a) && matches!(b.expr, Expr::Literal(_)),
        Expr::In(_, list) => is_it(list),
        _ => is_it(node),
    }
}

/// Whether two paths of names are one.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.expr, &other.expr) {
        (Expr::Name(a), Expr::Name(b)) => a == b,
        (Expr::Field { of: a, name: x }, Expr::Field { of: b, name: y }) => x == y && same(a, b),
        _ => false,
    }
}

fn simple(node: &Node) -> Option<String> {
    match &node.expr {
        Expr::Has { .. } => Some(format!("{} is recorded", attribute(node)?)),
        Expr::Field { .. } => Some(format!("{} is true", attribute(node)?)),
        Expr::Not(inner) => negated(inner),
        Expr::Compare(comparison, a, b) => compared(*comparison, a, b),
        Expr::In(a, b) => contained(a, b),
        Expr::Macro { kind: MacroKind::Exists, over, variable, body } => {
            Some(format!("{} linked {}", article(links(over)?), asked(body, variable)?))
        }
        Expr::Call { .. } => Some(format!("the officer {}", asked(node, "subject")?)),
        _ => None,
    }
}

fn negated(node: &Node) -> Option<String> {
    match &node.expr {
        Expr::Has { .. } => Some(format!("{} is not recorded", attribute(node)?)),
        Expr::Field { .. } => Some(format!("{} is not true", attribute(node)?)),
        Expr::Macro { kind: MacroKind::Exists, over, variable, body } => {
            Some(format!("no {} linked {}", links(over)?, asked(body, variable)?))
        }
        _ => None,
    }
}

fn compared(comparison: Comparison, a: &Node, b: &Node) -> Option<String> {
    if let (Some(who), Expr::Literal(Value::Text(kind))) = (kind_of(a), &b.expr) {
        return match comparison {
            Comparison::Equal => Some(format!("{who} is `{kind}`")),
            Comparison::NotEqual => Some(format!("{who} is not `{kind}`")),
            _ => None,
        };
    }
    if let (Expr::Call { function: Function::Size, args }, Comparison::Greater) = (&a.expr, comparison) {
        let is_none = b.expr == Expr::Literal(Value::Integer(0));
        return is_none.then(|| Some(format!("{} is linked", article(links(args.first()?)?))))?;
    }
    let what = attribute(a)?;
    if let Some(end) = after(b) {
        let word = if comparison == Comparison::LessOrEqual { "no later than" } else { return None };
        return Some(format!("{what} is {word} {end}"));
    }
    let Expr::Literal(value) = &b.expr else { return None };
    let is = match comparison {
        Comparison::Equal => "is",
        Comparison::NotEqual => "is not",
        Comparison::Less => "is under",
        Comparison::LessOrEqual => "is at most",
        Comparison::Greater => "is over",
        Comparison::GreaterOrEqual => "is at least",
    };
    Some(format!("{what} {is} {}", said(value)?))
}

fn contained(a: &Node, b: &Node) -> Option<String> {
    match (&a.expr, &b.expr) {
        (Expr::Literal(value), _) => Some(format!("{} includes {}", attribute(b)?, said(value)?)),
        (_, Expr::List(list)) => {
            let one = |node: &Node| if let Expr::Literal(value) = &node.expr { said(value) } else { None };
            let values: Vec<String> = list.iter().map(one).collect::<Option<_>>()?;
            Some(format!("{} is {}", attribute(a)?, joined(&values, "or")))
        }
        _ => None,
    }
}

/// What is said of the one who has this name: `has the rank of sergeant or above`.
fn asked(node: &Node, name: &str) -> Option<String> {
    if let Expr::In(who, role) = &node.expr {
        let is_it = matches!(&who.expr, Expr::Name(who) if who == name);
        return is_it.then(|| Some(format!("is linked as {} too", links(role)?)))?;
    }
    let Expr::Call { function, args } = &node.expr else { return None };
    let [who, what] = args.as_slice() else { return None };
    let (Expr::Name(who), Expr::Literal(value)) = (&who.expr, &what.expr) else { return None };
    if who != name {
        return None;
    }
    let what = said(value)?;
    match function {
        Function::RankAtLeast => Some(format!("has the rank of {what} or above")),
        Function::Qualified => Some(format!("is qualified in {what}")),
        Function::HasRole => Some(format!("has the role of {what}")),
        Function::InTeam => Some(format!("is in the team {what}")),
        _ => None,
    }
}

/// ``its `age` ``, ``the trigger's `age` ``; of what is or is not there, too.
fn attribute(node: &Node) -> Option<String> {
    let (Expr::Field { of, name } | Expr::Has { of, name }) = &node.expr else { return None };
    let Expr::Field { of: record, name: part } = &of.expr else { return None };
    let Expr::Name(record) = &record.expr else { return None };
    let whose = match record.as_str() {
        "event" => "its",
        "trigger" => "the trigger's",
        "given" => "the earlier one's",
        _ => return None,
    };
    (part == "attrs").then(|| format!("{whose} `{name}`"))
}

fn kind_of(node: &Node) -> Option<&'static str> {
    let Expr::Field { of, name } = &node.expr else { return None };
    let Expr::Name(record) = &of.expr else { return None };
    match (record.as_str(), name.as_str()) {
        ("event", "kind") => Some("it"),
        ("trigger", "kind") => Some("the trigger"),
        _ => None,
    }
}

/// The role of the event's links.
fn links(node: &Node) -> Option<&str> {
    let Expr::Field { of, name } = &node.expr else { return None };
    is_path(of, "event", "links").then_some(name)
}

/// `6 months after the earlier event`.
fn after(node: &Node) -> Option<String> {
    let Expr::Call { function: Function::After, args } = &node.expr else { return None };
    let [start, length] = args.as_slice() else { return None };
    let start = match &start.expr {
        Expr::Field { .. } if is_path(start, "given", "at") => "the earlier event",
        Expr::Field { .. } if is_path(start, "trigger", "at") => "the trigger",
        _ => return None,
    };
    let Expr::Literal(Value::Text(length)) = &length.expr else { return None };
    Some(format!("{} after {start}", span(Span::parse(length).ok()?)))
}

fn is_path(node: &Node, record: &str, part: &str) -> bool {
    matches!(&node.expr, Expr::Field { of, name } if name == part && matches!(&of.expr, Expr::Name(name) if name == record))
}

fn said(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if is_word(text) => Some(text.clone()),
        Value::Text(text) => Some(format!("'{text}'")),
        Value::Integer(number) => Some(number.to_string()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Boolean(is_true) => Some(is_true.to_string()),
        Value::Instant(_) | Value::Texts(_) => None,
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || char == '-')
}

fn article(noun: &str) -> String {
    let word = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{word} {}", noun.replace('_', " "))
}
