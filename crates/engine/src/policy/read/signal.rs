//! `[signal.X]`.

use super::Drafted;
use super::fields::{Field, Fields, Sink, Units, one_of};
use super::header::rule_in_force;
use super::rules::{kind_refs, lens, source};
use super::terms::named_files;
use crate::policy::layout::SIGNAL_FIELDS;
use crate::policy::{Problem, SignalRule};

pub(super) fn read_signal(field: &Field, sink: &mut Sink) -> Option<Drafted<SignalRule>> {
    let fields = field.table(format!("`[signal.{}]`", field.name), sink)?;
    let settings = field.settings(sink);
    fields.refuse_unknown(SIGNAL_FIELDS, sink);
    let is_text = fields.has("text");
    if is_text {
        read_text(&fields, sink);
    } else {
        fields.require("count", "count = \"missing.reported\"", sink);
        fields.require("at_least", "at_least = 3", sink);
        refuse_terms(&fields, sink);
    }
    let at_least = fields.get("at_least").and_then(|field| {
        let number = field.integer(sink)?;
        let count = u64::try_from(number).ok().filter(|count| *count > 0);
        if count.is_none() {
            let message = format!("`at_least` is {number}, and a signal needs one event at least");
            sink.push(Problem::new(message, &field.place).help("write 1 or more"));
        }
        count
    });
    let rule = SignalRule {
        name: field.name.to_owned(),
        place: field.place.clone(),
        title: fields.text("title", sink),
        lens: lens(&fields, sink),
        terms: None,
        count: kind_refs(&fields, "count", sink),
        where_: fields.get("where").and_then(|field| field.guard(sink)),
        distinct: fields.text("distinct", sink),
        per: if is_text { vec![String::from("term")] } else { per(&fields, sink) },
        at_least: at_least.unwrap_or(1),
        within: fields.get("within").and_then(|field| field.span(Units::Window, sink)),
        again_each: is_text
            || fields.get("again").and_then(|field| one_of(field, &[("each", true)], sink)).is_some(),
        source: source(&fields, sink),
        in_force: rule_in_force(&fields, sink),
        settings,
    };
    let term_files = if is_text { named_files(&fields, sink) } else { Vec::new() };
    Some(Drafted { term_files, ..Drafted::new(rule, fields.places()) })
}

fn per(fields: &Fields, sink: &mut Sink) -> Vec<String> {
    let names = fields.get("per").map(|per| per.names(sink)).unwrap_or_default();
    names.into_iter().map(|name| name.value).collect()
}

/// The fields of a signal that looks for terms, and those that it cannot have.
fn read_text(fields: &Fields, sink: &mut Sink) {
    if let Some(text) = fields.get("text") {
        one_of(text, &[("note", ())], sink);
    }
    fields.require("terms", "terms = \"language.toml\"", sink);
    for name in ["distinct", "per", "at_least", "within", "again"] {
        let Some(field) = fields.get(name) else { continue };
        let message = format!("`{name}` has no meaning in a signal that looks for terms");
        let help = "it is raised at each event, once for each term; take it away";
        sink.push(Problem::new(message, &field.key_place).help(help));
    }
}

fn refuse_terms(fields: &Fields, sink: &mut Sink) {
    let Some(field) = fields.get("terms") else { return };
    let message = "`terms` has no meaning without `text`";
    sink.push(Problem::new(message, &field.key_place).help("add `text = \"note\"`, or take `terms` away"));
}
