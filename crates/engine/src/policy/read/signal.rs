//! `[signal.X]`.

use super::Drafted;
use super::fields::{Field, Sink, Units, one_of};
use super::header::rule_in_force;
use super::rules::{kind_refs, lens, source};
use crate::policy::layout::SIGNAL_FIELDS;
use crate::policy::{Problem, SignalRule};

pub(super) fn read_signal(field: &Field, sink: &mut Sink) -> Option<Drafted<SignalRule>> {
    let fields = field.table(format!("`[signal.{}]`", field.name), sink)?;
    let settings = field.settings(sink);
    fields.refuse_unknown(SIGNAL_FIELDS, sink);
    fields.require("count", "count = \"missing.reported\"", sink);
    let at_least = fields.require("at_least", "at_least = 3", sink).and_then(|field| {
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
        count: kind_refs(&fields, "count", sink),
        where_: fields.get("where").and_then(|field| field.guard(sink)),
        distinct: fields.text("distinct", sink),
        per: fields
            .get("per")
            .map(|per| per.names(sink).into_iter().map(|name| name.value).collect())
            .unwrap_or_default(),
        at_least: at_least.unwrap_or(1),
        within: fields.get("within").and_then(|field| field.span(Units::Window, sink)),
        again_each: fields.get("again").and_then(|field| one_of(field, &[("each", true)], sink)).is_some(),
        source: source(&fields, sink),
        in_force: rule_in_force(&fields, sink),
        settings,
    };
    Some(Drafted { rule, places: fields.places() })
}
