//! A guard in words, where it is made of what people say; else as it is written.

mod asked;
mod compared;
mod nouns;

use std::mem::discriminant;

use self::asked::{asked, includes};
use self::compared::compared;
use self::nouns::{attribute, linked, said, stream};
use super::sentence::joined;
use crate::guard::{Comparison, Expr, Function, Guard, MacroKind, Node};
use crate::record::Value;

/// What must be true: ``its `age` is under 18``; the text of a guard that has no such words, in backticks.
pub(super) fn condition(guard: &Guard) -> String {
    truth(&guard.root, true).map(|words| words.text).unwrap_or_else(|| as_written(guard))
}

/// The instant that a guard gives, to be followed by the event's kind: ``the time in `until` of``.
pub(super) fn instant_of(guard: &Guard) -> String {
    nouns::instant_at(&guard.root).unwrap_or_else(|| format!("{} of", as_written(guard)))
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
            Some(other) if other != word || other == IF => format!("({})", self.text),
            _ => self.text,
        }
    }

    /// What is said of a subject: none of what stands beside it is said of it too.
    fn of(self, subject: &str) -> Self {
        Self { text: format!("{subject} {}", self.text), joined_by: self.joined_by.map(|_| IF) }
    }
}

/// What joins the parts of a condition that is in brackets as a part of another, whatever joins that: one that says when a part counts,
/// or who is meant by all of it.
const IF: &str = "if";

/// What must be for a condition to be true, or to be false.
fn truth(node: &Node, is_true: bool) -> Option<Words> {
    match &node.expr {
        Expr::Not(inner) => truth(inner, !is_true),
        Expr::And(..) | Expr::Or(..) => joined_truth(node, is_true),
        Expr::Conditional(asked, then, other) => {
            let [asked, then, other] = [truth(asked, true)?, truth(then, is_true)?, truth(other, is_true)?];
            let text = format!("{} if {}, else {}", then.inside(IF), asked.inside(IF), other.inside(IF));
            Some(Words { text, joined_by: Some(IF) })
        }
        Expr::Macro { kind, over, variable, body } => of_linked(*kind, over, variable, body, is_true),
        _ => Some(Words { text: simple(node, is_true)?, joined_by: None }),
    }
}

/// What is asked of those linked in a role, or of the values of an attribute.
fn of_linked(kind: MacroKind, over: &Node, variable: &str, body: &Node, is_true: bool) -> Option<Words> {
    let Some(who) = linked(over) else {
        let included =
            (kind == MacroKind::Exists).then(|| includes(attribute(over)?, body, variable, is_true));
        return Some(Words { text: included??, joined_by: None });
    };
    match (kind, is_true) {
        (MacroKind::Exists, true) => Some(asked(body, variable, &who, true)?.of(&who.one())),
        (MacroKind::Exists, false) => Some(asked(body, variable, &who, true)?.of(&who.none())),
        (MacroKind::All, true) => Some(asked(body, variable, &who, true)?.of(&who.every())),
        (MacroKind::All, false) => Some(asked(body, variable, &who, false)?.of(&who.one())),
        _ => None,
    }
}

fn joined_truth(node: &Node, is_true: bool) -> Option<Words> {
    let is_and = matches!(node.expr, Expr::And(..));
    match asked::of_one(node, is_true) {
        Some(words) => Some(words),
        None if is_and => all(&parts(node), is_true),
        None => either(&parts(node), is_true),
    }
}

/// The parts that one word joins.
fn parts(node: &Node) -> Vec<&Node> {
    let (Expr::And(a, b) | Expr::Or(a, b)) = &node.expr else { return vec![node] };
    let is_same = |part: &Node| discriminant(&part.expr) == discriminant(&node.expr);
    [a, b].into_iter().flat_map(|part| if is_same(part) { parts(part) } else { vec![&**part] }).collect()
}

fn all(parts: &[&Node], is_true: bool) -> Option<Words> {
    if !is_true {
        return join(parts, false, "or");
    }
    // That a value is there goes without saying where more is said of it.
    let says_more = |part: &Node| parts.iter().any(|other| implies(other, part));
    let parts: Vec<&Node> = parts.iter().copied().filter(|part| !says_more(part)).collect();
    join(&parts, true, "and")
}

fn either(parts: &[&Node], is_true: bool) -> Option<Words> {
    if !is_true {
        return join(parts, false, "and");
    }
    if let [one, other, last] = parts
        && let Some(text) = unless_one_is_absent(one, other, last)
    {
        return Some(Words { text, joined_by: Some(IF) });
    }
    join(parts, true, "or")
}

fn join(parts: &[&Node], is_true: bool, word: &'static str) -> Option<Words> {
    if let [part] = parts {
        return truth(part, is_true);
    }
    let texts = parts.iter().map(|part| Some(truth(part, is_true)?.inside(word)));
    Some(Words { text: joined(&texts.collect::<Option<Vec<_>>>()?, word), joined_by: Some(word) })
}

/// Of two that must agree, if both are there: ``its `step` is the trigger's `step`, unless one of the two is not recorded``.
fn unless_one_is_absent(one: &Node, other: &Node, last: &Node) -> Option<String> {
    let absent = [absent(one)?, absent(other)?];
    let compared = match &last.expr {
        Expr::Compare(_, a, b) => [&**a, &**b],
        Expr::Macro { kind: MacroKind::Exists, over, body, .. } => match &body.expr {
            Expr::In(_, list) => [&**over, &**list],
            _ => return None,
        },
        _ => return None,
    };
    let is_of_them = |whole: &Node, part: &str| compared.iter().any(|node| is_field(node, whole, part));
    let [(one, part), (other, other_part)] = absent;
    let differ = part != other_part || !same(one, other);
    let agrees = differ && absent.iter().all(|(whole, part)| is_of_them(whole, part));
    let is_recorded = matches!(last.expr, Expr::Compare(..));
    let unless = if is_recorded { "one of the two is not recorded" } else { "one of the two links none" };
    agrees.then(|| Some(format!("{}, unless {unless}", truth(last, true)?.text)))?
}

/// What a condition says is not there.
fn absent(node: &Node) -> Option<(&Node, &str)> {
    match &node.expr {
        Expr::Not(inner) => match &inner.expr {
            Expr::Has { of, name } => Some((of, name)),
            _ => None,
        },
        Expr::Compare(Comparison::Equal, a, b) if b.expr == Expr::Literal(Value::Integer(0)) => {
            let Expr::Call { function: Function::Size, args } = &a.expr else { return None };
            let Expr::Field { of, name } = &args.first()?.expr else { return None };
            Some((of, name))
        }
        _ => None,
    }
}

/// Whether the first says all that the second does: a value of which something is said is there.
fn implies(node: &Node, there: &Node) -> bool {
    let Expr::Has { of, name } = &there.expr else { return false };
    let is_it = |node: &Node| is_field(node, of, name);
    match &node.expr {
        Expr::Compare(comparison, a, b) => *comparison != Comparison::NotEqual && (is_it(a) || is_it(b)),
        Expr::In(a, list) => is_it(a) || is_it(list),
        Expr::Macro { kind: MacroKind::Exists, over, .. } => is_it(over),
        _ => is_it(node),
    }
}

/// Whether a node is the part of this name of a whole.
fn is_field(node: &Node, whole: &Node, part: &str) -> bool {
    matches!(&node.expr, Expr::Field { of, name } if name == part && same(of, whole))
}

/// Whether two paths of names are one.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.expr, &other.expr) {
        (Expr::Name(a), Expr::Name(b)) => a == b,
        (Expr::Field { of: a, name: x }, Expr::Field { of: b, name: y }) => x == y && same(a, b),
        _ => false,
    }
}

/// A condition that has no parts.
fn simple(node: &Node, is_true: bool) -> Option<String> {
    let not = if is_true { "" } else { " not" };
    match &node.expr {
        Expr::Has { .. } => match attribute(node) {
            Some(what) => Some(format!("{what} is{not} recorded")),
            None => Some(linked(node)?.there(is_true)),
        },
        Expr::Field { .. } => Some(format!("{} is{not} true", attribute(node)?)),
        Expr::Compare(comparison, a, b) => compared(*comparison, a, b, is_true),
        Expr::In(a, b) => contained(a, b, is_true),
        Expr::Call { function: Function::StartsWith, args } => stream(args, is_true),
        Expr::Call { .. } => asked::of_one(node, is_true).map(|words| words.text),
        _ => None,
    }
}

fn contained(a: &Node, b: &Node, is_true: bool) -> Option<String> {
    match (&a.expr, &b.expr) {
        (Expr::Literal(value), _) => {
            let includes = if is_true { "includes" } else { "does not include" };
            Some(format!("{} {includes} {}", attribute(b)?, said(value)?))
        }
        (_, Expr::List(list)) => {
            let is = if is_true { "is" } else { "is not" };
            Some(format!("{} {is} {}", attribute(a)?, asked::one_of(list)?))
        }
        _ => None,
    }
}
