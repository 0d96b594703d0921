//! Core kinds: those that the engine itself reads, declared as the vocabulary has them.

use std::collections::{BTreeMap, BTreeSet};

use super::{AttrType, KindDeclaration};

/// Core kind, its links, and its attributes; an attribute is `name`, `name:type` or `name=value|value`, with `|…` where
/// others are allowed.
const CORE_KINDS: &[(&str, &[&str], &[&str])] = &[
    ("allocation.made", &["officer", "child", "team", "allocator"], &["role=investigator|supervisor|…"]),
    ("attendance.recorded", &["meeting"], &["attendance:texts"]),
    ("cover.held", POST_LINKS, POST_ATTRS),
    ("cover.left", POST_LINKS, POST_ATTRS),
    ("entity.merged", &["from", "into"], &["reason"]),
    ("entity.separated", &["from", "into"], &["reason"]),
    ("escalation.answered", DUTY_LINKS, ESCALATION_ATTRS),
    ("escalation.raised", DUTY_LINKS, ESCALATION_ATTRS),
    ("escalation.seen", DUTY_LINKS, ESCALATION_ATTRS),
    ("excuse.given", DUTY_LINKS, &["rule", "key", "reason", "rank"]),
    ("post.held", POST_LINKS, POST_ATTRS),
    ("post.left", POST_LINKS, POST_ATTRS),
    ("qualification.ended", &["officer"], QUALIFICATION_ATTRS),
    ("qualification.gained", &["officer"], QUALIFICATION_ATTRS),
    ("record.corrected", &[], &[]),
];

const POST_LINKS: &[&str] = &["officer", "team", "manager"];
const POST_ATTRS: &[&str] = &["role", "rank", "agency", "contact=yes|no"];
const DUTY_LINKS: &[&str] = &["duty", "officer"];
const ESCALATION_ATTRS: &[&str] = &[
    "rule",
    "key",
    "step:integer",
    "decision=act-by|climb|accepted|other",
    "until:instant",
    "reason",
    "action",
];
const QUALIFICATION_ATTRS: &[&str] =
    &["name=cse-investigation|child-interview|pip2|scaidp|…", "expires:instant"];

/// Whether the engine itself reads this kind.
#[must_use]
pub fn is_core_kind(kind: &str) -> bool {
    CORE_KINDS.iter().any(|(name, _, _)| *name == kind)
}

/// The core kinds. Escalations and excuses may also link the key of the duty they name, by any of these lenses.
pub(super) fn core_kinds<'a>(
    lenses: impl IntoIterator<Item = &'a str> + Clone,
) -> BTreeMap<String, KindDeclaration> {
    let declare = |(name, links, attrs): &(&str, &[&str], &[&str])| {
        let mut links: BTreeSet<String> = links.iter().map(|&link| link.to_owned()).collect();
        if links.contains("duty") {
            links.extend(lenses.clone().into_iter().map(str::to_owned));
        }
        let attrs = attrs.iter().map(|attr| attribute(attr)).collect();
        ((*name).to_owned(), KindDeclaration { links, attrs })
    };
    CORE_KINDS.iter().map(declare).collect()
}

fn attribute(written: &str) -> (String, AttrType) {
    if let Some((name, values)) = written.split_once('=') {
        let open = values.ends_with('…');
        let values = values.split('|').filter(|value| *value != "…").map(str::to_owned).collect();
        return (name.to_owned(), AttrType::OneOf { values, open });
    }
    match written.split_once(':') {
        Some((name, "texts")) => (name.to_owned(), AttrType::Texts),
        Some((name, "integer")) => (name.to_owned(), AttrType::Integer),
        Some((name, "instant")) => (name.to_owned(), AttrType::Instant),
        Some((name, _)) => (name.to_owned(), AttrType::Text),
        None => (written.to_owned(), AttrType::Text),
    }
}
