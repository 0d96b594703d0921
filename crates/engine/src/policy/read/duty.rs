//! `[duty.X]`.

use std::collections::BTreeSet;

use super::Drafted;
use super::fields::{Field, Fields, Sink, Units, listed, one_of};
use super::header::rule_in_force;
use super::pattern::pattern;
use super::rules::{kind_refs, lens, source};
use crate::guard::Guard;
use crate::policy::layout::DUTY_FIELDS;
use crate::policy::{Agencies, DutyRule, LadderStart, Owner, Pattern, Problem, Severity};
use crate::time::Span;

pub(super) fn read_duty(field: &Field, sink: &mut Sink) -> Option<Drafted<DutyRule>> {
    let fields = field.table(format!("`[duty.{}]`", field.name), sink)?;
    let settings = field.settings(sink);
    let known: Vec<&str> = DUTY_FIELDS.iter().map(|(name, _)| *name).collect();
    fields.refuse_unknown(&known, sink);
    let (pattern, mixed) = pattern(&fields, sink);
    if !mixed {
        refuse_meaningless(&fields, pattern, sink);
        require(&fields, pattern, sink);
    }
    refuse_alone(&fields, sink);
    let rule = DutyRule { settings, ..rule(field, &fields, pattern, sink) };
    Some(Drafted::new(rule, fields.places()))
}

/// Reports fields that duties of other patterns have.
fn refuse_meaningless(fields: &Fields, pattern: Pattern, sink: &mut Sink) {
    for field in fields.iter() {
        let Some((name, patterns)) = DUTY_FIELDS.iter().find(|(name, _)| *name == field.name) else {
            continue;
        };
        if patterns.contains(&pattern) {
            continue;
        }
        let message = format!("`{name}` has no meaning in a duty of the kind `{}`", pattern.word());
        let words: Vec<&str> = patterns.iter().map(|pattern| pattern.word()).collect();
        let help = match (*name, pattern) {
            ("when", Pattern::Every) => String::from("write `from`"),
            _ => format!("it is a field of {}", listed(&words)),
        };
        sink.push(Problem::new(message, &field.key_place).help(help));
    }
}

/// Reports fields that the pattern needs.
fn require(fields: &Fields, pattern: Pattern, sink: &mut Sink) {
    let needed: &[(&str, &str)] = match pattern {
        Pattern::Respond => &[WHEN, EXPECT],
        Pattern::Before => &[WHEN, ("needs", "needs = \"sign-off.given\"")],
        Pattern::Holds => &[WHEN, ("holds", "holds = \"qualified(subject, 'child-interview')\"")],
        Pattern::Every => &[("from", "from = \"missing.reported\""), EXPECT, ("every", "every = \"1mo\"")],
        Pattern::Attend => {
            &[WHEN, ("agencies", "agencies = \"invited\""), ("record_within", "record_within = \"5wd\"")]
        }
        Pattern::Never => &[WHEN],
    };
    for (name, example) in needed {
        fields.require(name, example, sink);
    }
    if pattern != Pattern::Respond {
        return;
    }
    match (fields.get("within"), fields.get("due")) {
        (None, None) => {
            let message = format!("{} has neither `within` nor `due`", fields.what);
            let help = "add one, such as `within = \"72h\"` or `due = \"event.attrs.until\"`";
            sink.push(Problem::new(message, &fields.place).help(help));
        }
        (Some(_), Some(due)) => {
            let message = format!("{} has both `within` and `due`", fields.what);
            sink.push(Problem::new(message, &due.key_place).help("take one of them away"));
        }
        _ => {}
    }
}

const WHEN: (&str, &str) = ("when", "when = \"missing.found\"");
const EXPECT: (&str, &str) = ("expect", "expect = \"return-interview.held\"");

/// Reports fields that mean nothing without another.
fn refuse_alone(fields: &Fields, sink: &mut Sink) {
    const NEEDS: [(&str, &str); 4] = [
        ("unless_where", "unless"),
        ("until_where", "until"),
        ("due_before", "due"),
        ("ladder_start", "ladder"),
    ];
    for (name, other) in NEEDS {
        let Some(field) = fields.get(name).filter(|_| !fields.has(other)) else { continue };
        let message = format!("`{name}` has no meaning without `{other}`");
        let help = format!("add `{other}`, or take `{name}` away");
        sink.push(Problem::new(message, &field.key_place).help(help));
    }
}

fn rule(field: &Field, fields: &Fields, pattern: Pattern, sink: &mut Sink) -> DutyRule {
    let (when, expect, within) = match pattern {
        Pattern::Every => ("from", "expect", "within"),
        Pattern::Before => ("when", "needs", "within"),
        Pattern::Attend => ("when", "expect", "record_within"),
        Pattern::Respond | Pattern::Holds | Pattern::Never => ("when", "expect", "within"),
    };
    let reach = if pattern == Pattern::Before { Units::Window } else { Units::Ahead };
    DutyRule {
        name: field.name.to_owned(),
        place: field.place.clone(),
        pattern,
        title: fields.text("title", sink),
        lens: lens(fields, sink),
        when: kind_refs(fields, when, sink),
        where_: guard(fields, "where", sink),
        given: kind_refs(fields, "given", sink),
        same: same(fields, sink),
        expect: kind_refs(fields, expect, sink),
        expect_where: guard(fields, "expect_where", sink),
        unless: kind_refs(fields, "unless", sink),
        unless_where: guard(fields, "unless_where", sink),
        until: kind_refs(fields, "until", sink),
        until_where: guard(fields, "until_where", sink),
        since: kind_refs(fields, "since", sink),
        unless_before: kind_refs(fields, "unless_before", sink),
        independent_of: kind_refs(fields, "independent_of", sink),
        within: span(fields, within, reach, sink),
        due: guard(fields, "due", sink),
        due_before: span(fields, "due_before", Units::Back, sink),
        no_sooner_than: span(fields, "no_sooner_than", Units::Ahead, sink),
        discharges_oldest: discharges_oldest(fields, sink),
        every: span(fields, "every", Units::Ahead, sink),
        first: span(fields, "first", Units::Ahead, sink),
        holds: guard(fields, "holds", sink),
        agencies: fields.get("agencies").and_then(|field| agencies(field, sink)),
        report_counts: fields.get("report_counts").and_then(|f| f.boolean(sink)).unwrap_or_default(),
        each: fields.text("each", sink),
        owner: fields.get("owner").and_then(|field| owner(field, sink)),
        ladder: fields.text("ladder", sink),
        ladder_start: fields.get("ladder_start").and_then(|field| ladder_start(field, sink)),
        severity: severity(fields, sink),
        excuse_rank: fields.text("excuse_rank", sink),
        source: source(fields, sink),
        in_force: rule_in_force(fields, sink),
        settings: BTreeSet::new(),
    }
}

fn guard(fields: &Fields, name: &str, sink: &mut Sink) -> Option<Guard> {
    fields.get(name)?.guard(sink)
}

fn span(fields: &Fields, name: &str, units: Units, sink: &mut Sink) -> Option<Span> {
    fields.get(name)?.span(units, sink)
}

fn same(fields: &Fields, sink: &mut Sink) -> Vec<String> {
    let names = fields.get("same").map(|same| same.names(sink)).unwrap_or_default();
    names.into_iter().map(|name| name.value).collect()
}

fn discharges_oldest(fields: &Fields, sink: &mut Sink) -> bool {
    fields.get("discharges").and_then(|field| one_of(field, &[("oldest", true)], sink)).is_some()
}

fn severity(fields: &Fields, sink: &mut Sink) -> Severity {
    const WORDS: &[(&str, Severity)] =
        &[("low", Severity::Low), ("medium", Severity::Medium), ("high", Severity::High)];
    fields.get("severity").and_then(|field| one_of(field, WORDS, sink)).unwrap_or_default()
}

fn agencies(field: &Field, sink: &mut Sink) -> Option<Agencies> {
    match field.as_str() {
        Some("invited") => return Some(Agencies::Invited),
        Some(text) => {
            let message = format!("`{text}` is neither a list of agencies nor `invited`");
            let help = format!("write `[\"{text}\"]` or `\"invited\"`");
            sink.push(Problem::new(message, &field.place).help(help));
            return None;
        }
        None => {}
    }
    let names: Vec<String> = field.names(sink).into_iter().map(|name| name.value).collect();
    if field.is_list() && names.is_empty() {
        let help = "name one, or write `\"invited\"`";
        sink.push(Problem::new("`agencies` names no agency", &field.place).help(help));
    }
    Some(Agencies::Named(names))
}

fn owner(field: &Field, sink: &mut Sink) -> Option<Owner> {
    if !field.is_table() {
        let text = field.name_text(sink)?.value;
        return Some(if text == "part" { Owner::Part } else { Owner::Named(text) });
    }
    let fields = field.table("`owner`", sink)?;
    fields.refuse_unknown(&["attr", "link"], sink);
    match (fields.get("attr"), fields.get("link")) {
        (Some(attr), None) => attr.name_text(sink).map(|text| Owner::Attr(text.value)),
        (None, Some(link)) => link.name_text(sink).map(|text| Owner::Link(text.value)),
        _ => {
            let message = "`owner` wants either `attr` or `link`";
            let help =
                "write `{ attr = \"to_role\" }`, `{ link = \"officer\" }`, or a role or agency as a text";
            sink.push(Problem::new(message, &field.place).help(help));
            None
        }
    }
}

fn ladder_start(field: &Field, sink: &mut Sink) -> Option<LadderStart> {
    if field.is_text() {
        return field.name_text(sink).map(|text| LadderStart::Role(text.value));
    }
    let number = field.integer(sink)?;
    let step = usize::try_from(number).ok().filter(|step| *step > 0);
    if step.is_none() {
        sink.push(
            Problem::new(format!("there is no step {number}"), &field.place).help("steps count from 1"),
        );
    }
    step.map(LadderStart::Step)
}
