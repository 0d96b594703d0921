//! What is asked of those linked, of an officer and of the values of an attribute.

use super::Words;
use super::nouns::{Linked, event, linked, record_of, said, whose};
use crate::guard::{Comparison, Expr, Function, Node};
use crate::policy::sentence::joined;
use crate::record::Value;

/// What is said of somebody: `has the role of` whom or what.
struct Said {
    verb: String,
    of: String,
}

impl Said {
    fn words(&self) -> String {
        if self.of.is_empty() { self.verb.clone() } else { format!("{} {}", self.verb, self.of) }
    }
}

/// What is said of each of those linked, by the name that the condition has for one:
/// `has the rank of sergeant or above`.
pub(super) fn asked(node: &Node, name: &str, who: &Linked<'_>, is_true: bool) -> Option<Words> {
    let said = |node: &Node, is_true: bool| {
        let is_one = |node: &Node| matches!(&node.expr, Expr::Name(it) if it == name);
        linked_too(node, &is_one, who, is_true).or_else(|| said_of(node, &is_one, is_true))
    };
    parts_said(node, is_true, &said)
}

/// What is said of one officer alone: the duty's own, or the one in whose stream an event is.
pub(super) fn of_one(node: &Node, is_true: bool) -> Option<Words> {
    let (first, _) = bare(super::parts(bare(node, is_true).0).first()?, is_true);
    let Expr::Call { args, .. } = &first.expr else { return None };
    let one = args.first()?;
    let who = match (&one.expr, record_of(one, "stream")) {
        (Expr::Name(name), _) if name == "subject" => String::from("the officer"),
        (_, Some(record)) => format!("the officer in {} stream", whose(record)?),
        _ => return None,
    };
    let said = |node: &Node, is_true: bool| said_of(node, &|it: &Node| super::same(it, one), is_true);
    Some(parts_said(node, is_true, &said)?.of(&who))
}

/// What is asked of one value at least of an attribute: ``its `outcome` includes conference``.
pub(super) fn includes(attribute: String, body: &Node, variable: &str, is_true: bool) -> Option<String> {
    let is_one = |node: &Node| matches!(&node.expr, Expr::Name(name) if name == variable);
    match &body.expr {
        Expr::Compare(Comparison::Equal, one, value) if is_one(one) => {
            let Expr::Literal(value) = &value.expr else { return None };
            let includes = if is_true { "includes" } else { "does not include" };
            Some(format!("{attribute} {includes} {}", said(value)?))
        }
        Expr::Call { function: Function::StartsWith, args } => {
            let [one, Node { expr: Expr::Literal(value), .. }] = args.as_slice() else { return None };
            let includes = if is_true { "includes" } else { "does not include" };
            is_one(one).then(|| Some(format!("{attribute} {includes} one that begins {}", said(value)?)))?
        }
        _ => None,
    }
}

/// Values written out: `x, y or z`.
pub(super) fn one_of(list: &[Node]) -> Option<String> {
    let one = |node: &Node| if let Expr::Literal(value) = &node.expr { said(value) } else { None };
    Some(joined(&list.iter().map(one).collect::<Option<Vec<_>>>()?, "or"))
}

/// What is said in parts: of several that differ only in the value, the values one after another.
fn parts_said(node: &Node, is_true: bool, said: &impl Fn(&Node, bool) -> Option<Said>) -> Option<Words> {
    let (node, is_true) = bare(node, is_true);
    let is_either = match node.expr {
        Expr::Or(..) => is_true,
        Expr::And(..) => !is_true,
        _ => return Some(Words { text: said(node, is_true)?.words(), joined_by: None }),
    };
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for part in super::parts(node) {
        let (part, is_true) = bare(part, is_true);
        let Said { verb, of } = said(part, is_true)?;
        match groups.last_mut() {
            // Of what somebody is not, one value after another would read as none of them.
            Some((last, values)) if is_either && *last == verb && !verb.contains("not") => values.push(of),
            _ => groups.push((verb, vec![of])),
        }
    }
    let group = |(verb, values): (String, Vec<String>)| Said { verb, of: joined(&values, "or") }.words();
    let words: Vec<String> = groups.into_iter().map(group).collect();
    let word = if is_either { "or" } else { "and" };
    Some(Words { text: joined(&words, word), joined_by: (words.len() > 1).then_some(word) })
}

/// A condition without the `!` before it.
fn bare(node: &Node, is_true: bool) -> (&Node, bool) {
    match &node.expr {
        Expr::Not(inner) => bare(inner, !is_true),
        _ => (node, is_true),
    }
}

/// That somebody linked in one place is linked in another too.
fn linked_too(node: &Node, is_one: &impl Fn(&Node) -> bool, who: &Linked<'_>, is_true: bool) -> Option<Said> {
    let Expr::In(one, role) = &node.expr else { return None };
    let other = linked(role).filter(|_| is_one(one))?;
    let to = match event(other.record)? {
        _ if other.record == "event" && who.record == "event" => String::new(),
        event => format!(" to {event}"),
    };
    let role = format!(" as {}", other.role.replace('_', " "));
    let verb = match is_true {
        true if other.role == who.role => format!("is linked{to} too"),
        true => format!("is linked{to}{role} too"),
        false => format!("is not linked{to}{role}"),
    };
    Some(Said { verb, of: String::new() })
}

fn said_of(node: &Node, is_one: &impl Fn(&Node) -> bool, is_true: bool) -> Option<Said> {
    match &node.expr {
        Expr::Compare(comparison, one, value) if is_one(one) => {
            let Expr::Literal(value) = &value.expr else { return None };
            let is = match (comparison, is_true) {
                (Comparison::Equal, true) | (Comparison::NotEqual, false) => "is",
                (Comparison::Equal, false) | (Comparison::NotEqual, true) => "is not",
                _ => return None,
            };
            Some(Said { verb: String::from(is), of: said(value)? })
        }
        Expr::In(one, list) if is_one(one) => {
            let Expr::List(list) = &list.expr else { return None };
            Some(Said { verb: String::from(if is_true { "is" } else { "is not" }), of: one_of(list)? })
        }
        Expr::Call { function, args } if args.first().is_some_and(is_one) => called(*function, args, is_true),
        _ => None,
    }
}

/// What a register is asked.
fn called(function: Function, args: &[Node], is_true: bool) -> Option<Said> {
    let (what, when) = match args {
        [_, what] => (what, ""),
        [_, what, at] if record_of(at, "at") == Some("event") => (what, " after it"),
        _ => return None,
    };
    let has = if is_true { "has" } else { "does not have" };
    let is = if is_true { "is" } else { "is not" };
    if function == Function::InTeam && matches!(&what.expr, Expr::Name(name) if name == "key") {
        return Some(Said { verb: format!("{is}{when} in the team"), of: String::new() });
    }
    let Expr::Literal(value @ Value::Text(_)) = &what.expr else { return None };
    let what = said(value)?;
    let (verb, of) = match function {
        Function::RankAtLeast => (format!("{has}{when} the rank of"), format!("{what} or above")),
        Function::Qualified => (format!("{is}{when} qualified in"), what),
        Function::HasRole => (format!("{has}{when} the role of"), what),
        Function::InTeam => (format!("{is}{when} in the team"), what),
        _ => return None,
    };
    Some(Said { verb, of })
}
