//! `[kinds.X]`.

use std::collections::BTreeMap;

use super::fields::{Field, Sink, Text};
use crate::policy::core_kinds::is_core_kind;
use crate::policy::layout::KIND_FIELDS;
use crate::policy::{AttrType, KindDeclaration, Place, Problem};
use crate::suggest::nearest;

/// A kind that the policy declares, and where.
pub(super) struct DraftKind {
    pub declaration: KindDeclaration,
    pub place: Place,
    /// Attribute → where it stands.
    pub attr_places: BTreeMap<String, Place>,
}

pub(super) type DraftKinds = BTreeMap<String, DraftKind>;

pub(super) fn read_kinds(kinds: &mut DraftKinds, field: &Field, sink: &mut Sink) {
    let Some(fields) = field.table("`[kinds]`", sink) else { return };
    for field in fields.iter() {
        let earlier = kinds.get(field.name);
        if let Some(earlier) = earlier.filter(|kind| sink.is_of_one_pack(&kind.place, &field.key_place)) {
            sink.twice(&format!("the kind `{}`", field.name), &earlier.place, &field.key_place);
        } else if let Some(kind) = read_kind(field, sink) {
            kinds.insert(field.name.to_owned(), kind);
        }
    }
}

fn read_kind(field: &Field, sink: &mut Sink) -> Option<DraftKind> {
    let name = &field.name;
    if name.starts_with("duty.") || name.starts_with("signal.") {
        let help = "names beginning `duty.` or `signal.` are of events that the rules make";
        let message = format!("the kind `{name}` cannot be declared");
        sink.push(Problem::new(message, &field.key_place).help(help));
    }
    let fields = field.table(format!("`[kinds.\"{name}\"]`"), sink)?;
    let unquoted = fields.iter().find(|inner| inner.is_table() && !matches!(inner.name, "links" | "attrs"));
    if let Some(inner) = unquoted {
        let message = format!("`{}` is no field of a kind", inner.name);
        let help = format!("a kind's name with a dot needs quotes: `[kinds.\"{name}.{}\"]`", inner.name);
        sink.push(Problem::new(message, &inner.key_place).help(help));
        return None;
    }
    fields.refuse_unknown(KIND_FIELDS, sink);
    let links = fields.get("links").map(|links| links.names(sink)).unwrap_or_default();
    let mut kind = DraftKind {
        declaration: KindDeclaration {
            links: links.into_iter().map(|link| link.value).collect(),
            attrs: BTreeMap::new(),
        },
        place: field.key_place.clone(),
        attr_places: BTreeMap::new(),
    };
    if let Some(attrs) = fields.get("attrs").and_then(|attrs| attrs.table("`attrs`", sink)) {
        for attr in attrs.iter() {
            kind.attr_places.insert(attr.name.to_owned(), attr.place.clone());
            if let Some(of) = attr_type(attr, sink) {
                kind.declaration.attrs.insert(attr.name.to_owned(), of);
            }
        }
    }
    Some(kind)
}

const TYPES: &[(&str, AttrType)] = &[
    ("text", AttrType::Text),
    ("integer", AttrType::Integer),
    ("decimal", AttrType::Decimal),
    ("boolean", AttrType::Boolean),
    ("instant", AttrType::Instant),
    ("texts", AttrType::Texts),
];

fn attr_type(field: &Field, sink: &mut Sink) -> Option<AttrType> {
    if field.is_list() {
        return allowed_values(field, sink);
    }
    let text = field.text(sink)?;
    let found = TYPES.iter().find(|(word, _)| *word == text.value).map(|(_, of)| of.clone());
    if found.is_none() {
        let help = match nearest(&text.value, TYPES.iter().map(|(word, _)| *word)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => String::from(
                "write `text`, `integer`, `decimal`, `boolean`, `instant`, `texts`, or a list of the values allowed",
            ),
        };
        sink.push(Problem::new(format!("`{}` is no type", text.value), &text.place).help(help));
    }
    found
}

fn allowed_values(field: &Field, sink: &mut Sink) -> Option<AttrType> {
    let mut values: Vec<Text> = field.names(sink);
    let open = values.last().is_some_and(|last| last.value == "…");
    if open {
        values.pop();
    }
    if let Some(dots) = values.iter().find(|value| matches!(value.value.as_str(), "…" | "...")) {
        let help = "end the list with `\"…\"`, one character, where other values are allowed too";
        sink.push(Problem::new(format!("`{}` is no value", dots.value), &dots.place).help(help));
    }
    if values.is_empty() {
        let help = "name the values, or write `\"text\"` where any will do";
        sink.push(Problem::new(format!("`{}` allows no value", field.name), &field.place).help(help));
        return None;
    }
    Some(AttrType::OneOf { values: values.into_iter().map(|value| value.value).collect(), open })
}

/// The core kinds with what the policy adds to them, and the policy's own.
pub(super) fn with_core(
    drafts: DraftKinds,
    core: BTreeMap<String, KindDeclaration>,
    sink: &mut Sink,
) -> BTreeMap<String, KindDeclaration> {
    let mut kinds = core;
    for (name, draft) in drafts {
        if !is_core_kind(&name) {
            kinds.insert(name, draft.declaration);
            continue;
        }
        let kind = kinds.entry(name.clone()).or_default();
        kind.links.extend(draft.declaration.links);
        for (attr, of) in draft.declaration.attrs {
            match kind.attrs.get(&attr) {
                Some(theirs) if *theirs != of => {
                    let place = draft.attr_places.get(&attr).unwrap_or(&draft.place);
                    let message = format!("`{attr}` of the core kind `{name}` cannot be changed");
                    let help = format!(
                        "the engine reads it as {}; take it away or give it another name",
                        theirs.words()
                    );
                    sink.push(Problem::new(message, place).help(help));
                }
                _ => {
                    kind.attrs.insert(attr, of);
                }
            }
        }
    }
    kinds
}
