//! `same`: what a candidate has in common with its trigger (`docs/policy-language.md`, "Candidates").

use super::derived::Plain;
use super::effective::Node;
use super::plan::NameSlot;
use super::view::{Seen, View};
use crate::log::Text;

/// The values that an event has under a name.
#[derive(Clone, Copy)]
pub(crate) enum Values<'v> {
    Texts(&'v [Text]),
    One(Plain),
}

/// How two events stand to each other by `same`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Same {
    Holds,
    /// A value is missing on either side, and none differs.
    Missing,
    Differs,
}

impl Values<'_> {
    pub(crate) fn is_empty(self) -> bool {
        matches!(self, Self::Texts([]))
    }

    fn contains(self, value: Plain) -> bool {
        match self {
            Self::Texts(texts) => matches!(value, Plain::Text(text) if texts.contains(&text)),
            Self::One(one) => one.is(value),
        }
    }

    pub(crate) fn each(self) -> impl Iterator<Item = Plain> {
        let (texts, one) = match self {
            Self::Texts(texts) => (texts, None),
            Self::One(one) => (&[][..], Some(one)),
        };
        texts.iter().map(|&text| Plain::Text(text)).chain(one)
    }

    fn is_within(self, other: Self) -> bool {
        self.each().all(|value| other.contains(value))
    }
}

/// The values of an event under a name: `stream`, else a link role, else an attribute.
pub(crate) fn values<'v>(view: &'v View<'_>, node: Node, name: &NameSlot) -> Values<'v> {
    if name.stream {
        let stream = view.stream(node);
        return if stream == Text::EMPTY { Values::Texts(&[]) } else { Values::One(Plain::Text(stream)) };
    }
    let linked = view.links(node, name.link);
    if !linked.is_empty() {
        return Values::Texts(linked);
    }
    match view.attr(node, name.attr) {
        None => Values::Texts(&[]),
        Some(Seen::Texts(texts)) => Values::Texts(texts),
        Some(Seen::Text(text)) => Values::One(Plain::Text(text)),
        Some(Seen::Integer(number)) => Values::One(Plain::Integer(number)),
        Some(Seen::Decimal(number)) => Values::One(Plain::Decimal(number)),
        Some(Seen::Boolean(truth)) => Values::One(Plain::Boolean(truth)),
        Some(Seen::Instant(instant)) => Values::One(Plain::Instant(instant)),
    }
}

/// Whether a candidate has what the trigger has.
pub(crate) fn compare(view: &View<'_>, names: &[NameSlot], trigger: Node, candidate: Node) -> Same {
    let mut result = Same::Holds;
    for name in names {
        let (wanted, had) = (values(view, trigger, name), values(view, candidate, name));
        if wanted.is_empty() || had.is_empty() {
            result = Same::Missing;
        } else if !wanted.is_within(had) {
            return Same::Differs;
        }
    }
    result
}

/// Whether two events have equal values; here both missing is equal.
pub(crate) fn equal(view: &View<'_>, names: &[NameSlot], a: Node, b: Node) -> bool {
    names.iter().all(|name| {
        let (a, b) = (values(view, a, name), values(view, b, name));
        a.is_within(b) && b.is_within(a)
    })
}

/// The first name of which an event has no value, as guards write it.
pub(crate) fn missing(view: &View<'_>, names: &[NameSlot], written: &[String], node: Node) -> Option<String> {
    let place = names.iter().position(|name| values(view, node, name).is_empty())?;
    let name = &written[place];
    let kind = view.kind_text(node);
    let declares_link = view.compiled.versions.iter().any(|version| {
        let policy = &version.policy;
        !policy.open && policy.kinds.get(kind).is_some_and(|declaration| declaration.links.contains(name))
    });
    Some(match name.as_str() {
        "stream" => "event.stream".to_owned(),
        _ if declares_link => format!("event.links.{name}"),
        _ => format!("event.attrs.{name}"),
    })
}
