//! What a condition speaks of: attributes, links, moments, values.

use crate::guard::{Expr, Function, Node};
use crate::policy::sentence::span;
use crate::record::Value;
use crate::time::Span;

/// ``its `age` ``, ``the trigger's `age` ``; of what is or is not there, too.
pub(super) fn attribute(node: &Node) -> Option<String> {
    let (record, name) = part_of(node, "attrs")?;
    Some(format!("{} `{name}`", whose(record)?))
}

/// Those whom an event links in a role.
pub(super) struct Linked<'n> {
    pub(super) record: &'n str,
    pub(super) role: &'n str,
}

/// Those linked in a role; of a link that is or is not there, too.
pub(super) fn linked(node: &Node) -> Option<Linked<'_>> {
    let (record, role) = part_of(node, "links")?;
    matches!(record, "event" | "trigger" | "given").then_some(Linked { record, role })
}

impl Linked<'_> {
    /// `an officer linked to the trigger`.
    pub(super) fn one(&self) -> String {
        with_article(&self.who())
    }

    /// `no officer linked`.
    pub(super) fn none(&self) -> String {
        format!("no {}", self.who())
    }

    /// `every officer linked`.
    pub(super) fn every(&self) -> String {
        format!("every {}", self.who())
    }

    /// `an officer is linked to the trigger`; or that none is.
    pub(super) fn there(&self, is_there: bool) -> String {
        let role = self.role.replace('_', " ");
        let who = if is_there { with_article(&role) } else { format!("no {role}") };
        format!("{who} is linked{}", self.to())
    }

    /// `fewer than 2 are linked to the trigger as officer`.
    pub(super) fn counted(&self, how: &str, many: i64) -> String {
        let are = if many == 1 { "is" } else { "are" };
        format!("{how} {many} {are} linked{} as {}", self.to(), self.role.replace('_', " "))
    }

    fn who(&self) -> String {
        format!("{} linked{}", self.role.replace('_', " "), self.to())
    }

    /// To which event, where that is not the one spoken of.
    fn to(&self) -> &'static str {
        match self.record {
            "trigger" => " to the trigger",
            "given" => " to the earlier event",
            _ => "",
        }
    }
}

/// The record and the name of a path such as `event.attrs.age`.
fn part_of<'n>(node: &'n Node, part: &str) -> Option<(&'n str, &'n str)> {
    let (Expr::Field { of, name } | Expr::Has { of, name }) = &node.expr else { return None };
    let Expr::Field { of: record, name: whole } = &of.expr else { return None };
    let Expr::Name(record) = &record.expr else { return None };
    (whole == part).then_some((record, name))
}

/// The record of a path such as `event.at`.
pub(super) fn record_of<'n>(node: &'n Node, part: &str) -> Option<&'n str> {
    let Expr::Field { of, name } = &node.expr else { return None };
    let Expr::Name(record) = &of.expr else { return None };
    (name == part).then_some(record)
}

/// Whose: `its`, `the trigger's`, `the earlier event's`.
pub(super) fn whose(record: &str) -> Option<&'static str> {
    match record {
        "event" => Some("its"),
        "trigger" => Some("the trigger's"),
        "given" => Some("the earlier event's"),
        _ => None,
    }
}

/// An event as a subject: `it`, `the trigger`, `the earlier event`.
pub(super) fn event(record: &str) -> Option<&'static str> {
    match record {
        "event" => Some("it"),
        "trigger" => Some("the trigger"),
        "given" => Some("the earlier event"),
        _ => None,
    }
}

/// A moment that is no attribute, by what it is of: `the trigger`, `6 months after the earlier event`.
pub(super) fn moment(node: &Node) -> Option<String> {
    if let Some(record) = record_of(node, "at") {
        return Some(event(record)?.to_owned());
    }
    let (start, length) = after(node)?;
    let start = moment(start).or_else(|| attribute(start))?;
    Some(format!("{length} after {start}"))
}

/// From what on, and how long.
fn after(node: &Node) -> Option<(&Node, String)> {
    let Expr::Call { function: Function::After, args } = &node.expr else { return None };
    let [start, length] = args.as_slice() else { return None };
    let Expr::Literal(Value::Text(length)) = &length.expr else { return None };
    Some((start, span(Span::parse(length).ok()?)))
}

/// An instant, to be followed by the kind of the event it is of: ``the time in `until` of``.
pub(super) fn instant_at(node: &Node) -> Option<String> {
    if let Some(("event", name)) = part_of(node, "attrs") {
        return Some(format!("the time in `{name}` of"));
    }
    let (start, length) = after(node)?;
    match record_of(start, "at") {
        Some("event") => Some(format!("{length} after")),
        Some(record) => Some(format!("{length} after {}, at", event(record)?)),
        None => Some(format!("{length} after {}", instant_at(start)?)),
    }
}

/// In whose stream an event is: `startsWith(event.stream, 'officer:')`.
pub(super) fn stream(args: &[Node], is_true: bool) -> Option<String> {
    let [stream, Node { expr: Expr::Literal(Value::Text(start)), .. }] = args else { return None };
    let kind = start.strip_suffix(':')?;
    let is = if is_true { "is" } else { "is not" };
    Some(format!("{} {is} in the stream of {}", event(record_of(stream, "stream")?)?, with_article(kind)))
}

fn with_article(noun: &str) -> String {
    let article = if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {noun}")
}

/// Values that would read as words of a sentence.
const OWN_WORDS: [&str; 9] = ["none", "nothing", "recorded", "linked", "true", "false", "other", "not", "it"];

/// A value as written; a text that is one word without quotes.
pub(super) fn said(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) if is_word(text) && !OWN_WORDS.contains(&&**text) => Some(text.clone()),
        Value::Text(text) => Some(format!("'{text}'")),
        Value::Integer(number) => Some(number.to_string()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Boolean(is_true) => Some(is_true.to_string()),
        Value::Instant(_) | Value::Texts(_) => None,
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|char| char.is_alphanumeric() || "-:".contains(char))
}
