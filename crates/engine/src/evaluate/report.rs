//! What an evaluation could not use as it stood (`docs/formats.md`, "What a review prints").

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Evaluation;
use super::effective::{NO_KIND, Node};
use super::fields::Typed;
use super::ladder;
use super::rows::DutyRef;
use super::view::AttrSlot;
use crate::duty::{ReportCode, ReportRow};
use crate::log::{Cell, Text};
use crate::words;

/// Every report, sorted, each once.
pub(crate) fn rows(evaluation: &Evaluation<'_>) -> Vec<ReportRow> {
    let mut rows: BTreeSet<ReportRow> = BTreeSet::new();
    undeclared_kinds(evaluation, &mut rows);
    undeclared_links(evaluation, &mut rows);
    attributes(evaluation, &mut rows);
    let view = &evaluation.view;
    let counts = |node: &&Node| view.effective.kind[**node as usize] != NO_KIND;
    for &node in view.effective.unknown_roots.iter().filter(counts) {
        let text =
            "it corrects an event that is not there under the cut, and stands as one of its own".to_owned();
        rows.insert(of_event(evaluation, ReportCode::UnknownRoot, node, text));
    }
    for node in withdrawing_nothing(evaluation) {
        let text =
            "it has no `corrects`, so it withdraws nothing; name the id of the event that it withdraws";
        rows.insert(of_event(evaluation, ReportCode::UnknownRoot, node, text.to_owned()));
    }
    for report in &evaluation.ran.reports {
        rows.insert(ReportRow {
            code: report.code,
            event: Some(view.id(report.event).into_owned()),
            rule: report.group.map(|number| view.compiled.groups[number].name.clone()),
            key: report.key.map(|key| view.names.get(key).to_owned()),
            text: report.text.clone().into_owned(),
        });
    }
    orphans(evaluation, &mut rows);
    for duty in evaluation.duties() {
        rows.extend(ladder::climb(evaluation, duty).reports);
    }
    let mut seen = HashSet::new();
    rows.into_iter().filter(|row| seen.insert(subject(row))).collect()
}

/// What there is one report of: an event, rule, key and field. Of some codes the text alone names the field.
fn subject(row: &ReportRow) -> ReportRow {
    let of_field = [
        ReportCode::StepSkipped,
        ReportCode::AnswerRefused,
        ReportCode::AnswerByOther,
        ReportCode::WrongType,
        ReportCode::UndeclaredKind,
        ReportCode::UndeclaredField,
    ];
    let text = if of_field.contains(&row.code) { row.text.clone() } else { String::new() };
    ReportRow { text, ..row.clone() }
}

/// Withdrawals that do not say of what.
fn withdrawing_nothing(evaluation: &Evaluation<'_>) -> impl Iterator<Item = Node> {
    let (view, corrections) = (&evaluation.view, evaluation.view.log.corrections());
    let withdrawals = view.recorded_of_kinds(&[view.log.kind_of_text("record.corrected")]);
    withdrawals.into_iter().filter(|node| corrections.binary_search_by_key(node, |&(row, _)| row).is_err())
}

fn of_event(evaluation: &Evaluation<'_>, code: ReportCode, node: Node, text: String) -> ReportRow {
    let id = evaluation.view.id(node).into_owned();
    ReportRow { code, event: Some(id), rule: None, key: None, text }
}

fn counted(code: ReportCode, text: String) -> ReportRow {
    ReportRow { code, event: None, rule: None, key: None, text }
}

fn undeclared_kinds(evaluation: &Evaluation<'_>, rows: &mut BTreeSet<ReportRow>) {
    let view = &evaluation.view;
    if view.fields().is_free() {
        return;
    }
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for &kind in view.effective.kind.iter() {
        if usize::from(kind) < view.log.kinds().len() && !view.fields().is_declared(kind) {
            *counts.entry(view.kind_name(kind)).or_default() += 1;
        }
    }
    for (kind, count) in counts {
        let events = words::counted(count, "event of it matches", "events of it match");
        let text = format!("no version declares the kind `{kind}`; {events} nothing");
        rows.insert(counted(ReportCode::UndeclaredKind, text));
    }
}

fn undeclared_links(evaluation: &Evaluation<'_>, rows: &mut BTreeSet<ReportRow>) {
    let view = &evaluation.view;
    if view.fields().is_free() {
        return;
    }
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for role in view.roles() {
        for (row, _) in view.link_column(role).into_iter().flat_map(crate::log::LinkColumn::iter) {
            let Some(node) =
                view.effective.node(row).filter(|&node| view.fields().is_declared(view.kind(node)))
            else {
                continue;
            };
            if !view.fields().sees_link(&view.effective, node, role) {
                *counts.entry((view.kind_text(node), view.names.get(role.name))).or_default() += 1;
            }
        }
    }
    for ((kind, role), count) in counts {
        let links = words::counted(count, "such link is", "such links are");
        let text = format!("`{kind}` does not declare the link `{role}`; {links} seen by no rule");
        rows.insert(counted(ReportCode::UndeclaredField, text));
    }
}

fn attributes(evaluation: &Evaluation<'_>, rows: &mut BTreeSet<ReportRow>) {
    let view = &evaluation.view;
    if view.fields().is_free() {
        return;
    }
    let mut counts: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for (place, column) in view.log.attr_columns().iter().enumerate() {
        let slot = AttrSlot { name: column.name(), column: Some(place as u16) };
        let name = view.names.get(column.name());
        for (row, cell) in column.iter() {
            let Some(node) =
                view.effective.node(row).filter(|&node| view.fields().is_declared(view.kind(node)))
            else {
                continue;
            };
            match view.fields().typed(&view.effective, node, slot, cell, &view.names) {
                Typed::Value(_) => {}
                Typed::Undeclared => *counts.entry((view.kind_text(node), name)).or_default() += 1,
                Typed::Wrong => {
                    let kind = view.kind_text(node);
                    let declared =
                        view.fields().declared_as(&view.effective, node, slot).unwrap_or("nothing");
                    let text = format!(
                        "`{name}` of `{kind}` is {}, declared {declared}; it counts as missing",
                        sort_of(cell)
                    );
                    rows.insert(of_event(evaluation, ReportCode::WrongType, node, text));
                }
            }
        }
    }
    for ((kind, name), count) in counts {
        let attributes = words::counted(count, "such attribute is", "such attributes are");
        let text = format!("`{kind}` does not declare the attribute `{name}`; {attributes} seen by no rule");
        rows.insert(counted(ReportCode::UndeclaredField, text));
    }
}

fn sort_of(cell: Cell) -> &'static str {
    match cell {
        Cell::Text(_) => "a text",
        Cell::Integer(_) => "an integer",
        Cell::Decimal(_) => "a decimal",
        Cell::Boolean(_) => "a boolean",
        Cell::Instant(_) => "an instant",
        Cell::Texts(_) => "a list of text",
    }
}

/// Excuses and escalations of duties that do not arise.
fn orphans(evaluation: &Evaluation<'_>, rows: &mut BTreeSet<ReportRow>) {
    let arising = arising(evaluation);
    for (named, nodes) in evaluation.special.all() {
        let duties = arising.get(named).map_or(&[][..], Vec::as_slice);
        let ids: BTreeSet<String> = duties.iter().flat_map(|&duty| evaluation.ids(duty)).collect();
        for &node in nodes {
            orphan(evaluation, node, *named, &ids, rows);
        }
    }
}

/// The duties of each rule and key that an excuse or escalation names.
fn arising(evaluation: &Evaluation<'_>) -> HashMap<(Text, Text), Vec<DutyRef>> {
    let view = &evaluation.view;
    let mut arising: HashMap<(Text, Text), Vec<DutyRef>> =
        evaluation.special.all().map(|(&named, _)| (named, Vec::new())).collect();
    let rules: BTreeSet<Text> = arising.keys().map(|&(rule, _)| rule).collect();
    for (number, group) in view.compiled.groups.iter().enumerate() {
        let Some(rule) = view.names.find(&group.name).filter(|rule| rules.contains(rule)) else { continue };
        for (row, duty) in evaluation.ran.duties[number].standing() {
            if let Some(duties) = arising.get_mut(&(rule, duty.key)) {
                duties.push(DutyRef { group: number as u32, row });
            }
        }
    }
    arising
}

fn orphan(
    evaluation: &Evaluation<'_>,
    node: Node,
    (rule, key): (Text, Text),
    ids: &BTreeSet<String>,
    rows: &mut BTreeSet<ReportRow>,
) {
    let view = &evaluation.view;
    let name = |text: Text| view.names.get(text).to_owned();
    let linked = view.raw_links(node, evaluation.special.duty);
    let lost = linked
        .iter()
        .map(|&duty| view.names.get(duty))
        .find(|duty| !duty.strip_prefix("duty:").is_some_and(|id| ids.contains(id)));
    let text = match (lost, !ids.is_empty()) {
        (Some(duty), _) => format!("it names `{duty}`, which does not arise under the cut"),
        (None, false) => format!("no duty of `{}` arises for `{}` under the cut", name(rule), name(key)),
        (None, true) => return,
    };
    rows.insert(ReportRow {
        code: ReportCode::Orphaned,
        event: Some(view.id(node).into_owned()),
        rule: Some(name(rule)),
        key: Some(name(key)),
        text,
    });
}
