//! What duties and signals have in common: names of kinds, sources.

use super::fields::{Field, Fields, Sink, one_of};
use crate::policy::layout::SOURCE_FIELDS;
use crate::policy::{Confidence, KindRef, Problem, Source};

/// A kind, `{ kind = "…", as = "…" }`, or a list of either.
pub(super) fn kind_refs(fields: &Fields, name: &str, sink: &mut Sink) -> Vec<KindRef> {
    let Some(field) = fields.get(name) else { return Vec::new() };
    if !field.is_list() {
        return kind_ref(field, sink).into_iter().collect();
    }
    let elements = field.elements();
    if elements.is_empty() {
        let message = format!("`{name}` of {} names no kind", fields.what);
        sink.push(Problem::new(message, &field.place).help("name one, or take the field away"));
    }
    let mut kinds: Vec<KindRef> = Vec::new();
    for element in &elements {
        let Some(kind) = kind_ref(element, sink) else { continue };
        match kinds.iter().find(|earlier| earlier.kind == kind.kind && earlier.role == kind.role) {
            Some(first) => sink.twice(&format!("`{}`", kind.kind), &first.place, &kind.place),
            None => kinds.push(kind),
        }
    }
    kinds
}

fn kind_ref(field: &Field, sink: &mut Sink) -> Option<KindRef> {
    if !field.is_table() {
        let text = field.name_text(sink)?;
        return Some(KindRef { kind: text.value, role: None, place: text.place });
    }
    let fields = field.table(format!("a kind of `{}`", field.name), sink)?;
    fields.refuse_unknown(&["kind", "as"], sink);
    let kind = fields.require("kind", "kind = \"suspect.named\"", sink)?.name_text(sink)?;
    Some(KindRef { kind: kind.value, role: fields.text("as", sink), place: fields.place })
}

const CONFIDENCES: &[(&str, Confidence)] =
    &[("primary", Confidence::Primary), ("restated", Confidence::Restated), ("general", Confidence::General)];

pub(super) fn source(fields: &Fields, sink: &mut Sink) -> Option<Source> {
    let fields = fields.get("source")?.table("`source`", sink)?;
    fields.refuse_unknown(SOURCE_FIELDS, sink);
    let title = fields.require("title", "title = \"…\"", sink)?.name_text(sink)?.value;
    Some(Source {
        title,
        section: fields.text("section", sink),
        year: fields.get("year").and_then(|year| year.integer(sink)),
        edition: fields.text("edition", sink),
        url: fields.text("url", sink),
        confidence: fields.get("confidence").and_then(|field| one_of(field, CONFIDENCES, sink)),
    })
}

/// `on`: the lens; `case` if left out.
pub(super) fn lens(fields: &Fields, sink: &mut Sink) -> String {
    fields.text("on", sink).unwrap_or_else(|| String::from("case"))
}
