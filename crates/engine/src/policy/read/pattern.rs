//! Which kind of duty the fields make.

use super::fields::{Field, Fields, Sink};
use crate::policy::{Pattern, Problem};

/// The pattern that a field alone decides.
fn decides(name: &str) -> Option<Pattern> {
    Some(match name {
        "due" | "due_before" | "no_sooner_than" | "discharges" => Pattern::Respond,
        "needs" | "since" => Pattern::Before,
        "holds" => Pattern::Holds,
        "from" | "every" | "first" => Pattern::Every,
        "agencies" | "record_within" | "report_counts" => Pattern::Attend,
        "unless_before" => Pattern::Never,
        _ => return None,
    })
}

/// The pattern of a duty, and whether it mixes fields of two, which is reported.
pub(super) fn pattern(fields: &Fields, sink: &mut Sink) -> (Pattern, bool) {
    let mut decided: Vec<(&Field, Pattern)> =
        fields.iter().filter_map(|field| Some((field, decides(field.name)?))).collect();
    let has_every = decided.iter().any(|(_, pattern)| *pattern == Pattern::Every);
    if let Some(expect) = fields.get("expect").filter(|_| !has_every) {
        decided.push((expect, Pattern::Respond));
        decided.sort_by_key(|(field, _)| field.key_place.bytes.start);
    }
    let Some((first, pattern)) = decided.first() else { return (undecided(fields), false) };
    let Some((other, second)) = decided.iter().find(|(_, second)| second != pattern) else {
        return (*pattern, false);
    };
    let message = format!(
        "{} mixes fields of two kinds of duty: `{}` makes it `{}`, and `{}` makes it `{}`",
        fields.what,
        first.name,
        pattern.word(),
        other.name,
        second.word()
    );
    let help = "take one of them away, or write two duties";
    sink.push(Problem::new(message, &other.key_place).help(help));
    (*pattern, true)
}

/// The pattern where no field decides: what waits for something is an unfinished `respond`.
fn undecided(fields: &Fields) -> Pattern {
    const OF_RESPOND: [&str; 7] =
        ["within", "expect_where", "independent_of", "unless", "unless_where", "until", "until_where"];
    if OF_RESPOND.iter().any(|name| fields.has(name)) { Pattern::Respond } else { Pattern::Never }
}
