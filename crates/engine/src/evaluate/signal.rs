//! Signals: windows of events that hold enough (`docs/policy-language.md`, "Signals").

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use super::derived::{Derived, Per, Plain, Shape};
use super::effective::Node;
use super::guards::passes;
use super::id;
use super::judge::Moment;
use super::plan::{self, Mask, RulePlan, SignalPlan, What};
use super::same;
use super::state::{GroupState, Outcome, Report};
use super::together::{Bag, Together};
use super::view::Order;
use crate::duty::ReportCode;
use crate::log::{Kind, Text};
use crate::policy::{Term, Terms};
use crate::record::{write_decimal, write_text};
use crate::time::Instant;

/// The most combinations of values of `per` that one event is counted under.
const MOST_COMBINATIONS: usize = 10_000;

/// The events of one `per` value that a signal counts.
#[derive(Clone, Debug, Default)]
struct Members {
    /// The values as the latest event has them.
    per: Vec<String>,
    nodes: VecDeque<Node>,
    /// The values of `distinct` in the window.
    values: Bag<String>,
    together: Together,
}

/// The windows of a signal under one key, by the values of `per`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    by_per: BTreeMap<Vec<String>, Box<Members>>,
    /// Events whose guard failed, with what failed, until a window looks at them.
    failed: Vec<(Node, String)>,
}

/// Takes an event: where a window comes to hold enough, the signal is raised.
pub(crate) fn step(
    moment: &Moment<'_>,
    place: u16,
    masks: &[Mask],
    state: &mut GroupState,
    out: &mut Outcome,
) {
    for (number, rule) in moment.group.rules.iter().enumerate() {
        let What::Signal(plan) = &rule.what else { continue };
        if masks[number] & plan::TRIGGER == 0 {
            continue;
        }
        if let Some(terms) = &plan.rule.terms {
            if moment.at >= rule.from && moment.at < rule.to {
                step_terms(moment, place, (rule, plan), terms, out);
            }
            continue;
        }
        match passes(rule.where_.as_ref(), moment.about(rule)) {
            Ok(true) => {}
            Ok(false) => continue,
            Err(failure) => {
                if moment.at >= rule.from && moment.at < rule.to {
                    out.reports.push(moment.report(ReportCode::GuardFailed, failure.what));
                } else {
                    state.seen[number].window.failed.push((moment.node, failure.what));
                }
                continue;
            }
        }
        let distinct = plan.distinct.as_ref().map(|name| texts(moment, moment.node, name));
        if distinct.as_ref().is_some_and(Vec::is_empty) {
            continue;
        }
        let combinations = combinations(moment, plan);
        if combinations > MOST_COMBINATIONS {
            let text = format!(
                "`per` finds {combinations} combinations of values, more than {MOST_COMBINATIONS}; the event is not counted"
            );
            out.reports.push(moment.report(ReportCode::GuardFailed, text));
            continue;
        }
        let per_values = per_values(moment, plan);
        let failed = &mut state.seen[number].window.failed;
        if !failed.is_empty() && !per_values.is_empty() && moment.at >= rule.from && moment.at < rule.to {
            let start = plan.rule.within.map(|within| rule.clock().window_start(moment.at, within));
            for (event, what) in failed.drain(..) {
                if start.is_none_or(|start| moment.view.at(event) >= start) {
                    out.reports.push(Report { event, ..moment.report(ReportCode::GuardFailed, what) });
                }
            }
        }
        for per in per_values {
            let written: Vec<String> = per.iter().map(|&value| written(moment, value)).collect();
            let window = per.iter().map(|&value| comparable(moment, value)).collect();
            let members = state.seen[number].window.by_per.entry(window).or_default();
            members.per.clone_from(&written);
            if members.add(moment, rule, plan, distinct.as_deref())
                && moment.at >= rule.from
                && moment.at < rule.to
                && let Some(raised) = raise(moment, plan, members, attrs(moment, plan, &per), &written)
            {
                out.signals.push((place, raised));
            }
        }
    }
}

/// Takes an event before a signal of terms in force: it is raised once for each term in the event's note.
fn step_terms(
    moment: &Moment<'_>,
    place: u16,
    (rule, plan): (&RulePlan<'_>, &SignalPlan<'_>),
    terms: &Terms,
    out: &mut Outcome,
) {
    let found = terms_of_note(moment, terms);
    if found.is_empty() {
        return;
    }
    match passes(rule.where_.as_ref(), moment.about(rule)) {
        Ok(true) => {
            let raised = found.into_iter().filter_map(|term| raise_of_term(moment, plan, term));
            out.signals.extend(raised.map(|raised| (place, raised)));
        }
        Ok(false) => {}
        Err(failure) => out.reports.push(moment.report(ReportCode::GuardFailed, failure.what)),
    }
}

impl Window {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_per.is_empty() && self.failed.is_empty()
    }

    /// The events in the window that these values of `per`, as last written, stand for; in order.
    pub(crate) fn nodes(&self, per: &[String]) -> Vec<Node> {
        let members = self.by_per.values().find(|members| members.per == per);
        members.map_or(Vec::new(), |members| members.nodes.iter().copied().collect())
    }
}

impl Members {
    /// Adds the event, and says whether the signal is raised at it.
    fn add(
        &mut self,
        moment: &Moment<'_>,
        rule: &RulePlan<'_>,
        plan: &SignalPlan<'_>,
        distinct: Option<&[String]>,
    ) -> bool {
        if let Some(within) = plan.rule.within {
            self.leave(moment, plan, rule.clock().window_start(moment.at, within));
        }
        let before = self.size(distinct.is_some());
        self.nodes.push_back(moment.node);
        self.together.add(moment, &plan.roles, moment.node);
        for value in distinct.into_iter().flatten() {
            self.values.add(value.clone());
        }
        let after = self.size(distinct.is_some());
        after >= plan.rule.at_least && (plan.rule.again_each || before < plan.rule.at_least)
    }

    /// Lets the events before the window's start go.
    fn leave(&mut self, moment: &Moment<'_>, plan: &SignalPlan<'_>, start: Instant) {
        while let Some(&first) = self.nodes.front().filter(|&&first| moment.view.at(first) < start) {
            self.nodes.pop_front();
            self.together.remove(moment, &plan.roles, first);
            let distinct = plan.distinct.as_ref().map(|name| texts(moment, first, name));
            for value in distinct.into_iter().flatten() {
                self.values.remove(&value);
            }
        }
    }

    fn size(&self, distinct: bool) -> u64 {
        (if distinct { self.values.different() } else { self.nodes.len() }) as u64
    }
}

/// A value as ids have it: a text as it is, others as JSON.
fn written(moment: &Moment<'_>, value: Plain) -> String {
    let mut text = String::new();
    match value {
        Plain::Text(value) => text.push_str(moment.view.names.get(value)),
        Plain::Integer(number) => _ = write!(text, "{number}"),
        Plain::Decimal(number) => write_decimal(&mut text, number),
        Plain::Boolean(truth) => _ = write!(text, "{truth}"),
        Plain::Instant(instant) => {
            text.push_str("{\"instant\":");
            write_text(&mut text, &instant.to_string());
            text.push('}');
        }
    }
    text
}

fn texts(moment: &Moment<'_>, node: Node, name: &plan::NameSlot) -> Vec<String> {
    let values: BTreeSet<String> =
        same::values(moment.view, node, name).each().map(|value| comparable(moment, value)).collect();
    values.into_iter().collect()
}

/// A text that is equal for equal values, numbers as numbers, and keeps the text `1` and the number 1 apart.
fn comparable(moment: &Moment<'_>, value: Plain) -> String {
    let sort = match value {
        Plain::Text(_) => 't',
        Plain::Integer(_) | Plain::Decimal(_) => 'n',
        Plain::Boolean(_) => 'b',
        Plain::Instant(_) => 'i',
    };
    match value {
        Plain::Decimal(number) if number.fract() == 0.0 && number.abs() < 9e18 => {
            format!("{sort}{}", number as i64)
        }
        _ => format!("{sort}{}", written(moment, value)),
    }
}

/// How many combinations there are of the values that the event has under the names of `per`, at most.
fn combinations(moment: &Moment<'_>, plan: &SignalPlan<'_>) -> usize {
    let values = plan.per.iter().map(|name| same::values(moment.view, moment.node, name).each().count());
    values.fold(1, usize::saturating_mul)
}

/// Every combination of the values that the event has under the names of `per`.
fn per_values(moment: &Moment<'_>, plan: &SignalPlan<'_>) -> Vec<Vec<Plain>> {
    let mut all: Vec<Vec<Plain>> = vec![Vec::new()];
    for name in &plan.per {
        let mut values: Vec<Plain> = Vec::new();
        for value in same::values(moment.view, moment.node, name).each() {
            if !values.iter().any(|&other| other.is(value)) {
                values.push(value);
            }
        }
        all = all
            .iter()
            .flat_map(|head| values.iter().map(|&value| [head.as_slice(), &[value]].concat()))
            .collect();
    }
    all
}

/// The values of `per` under their names.
fn attrs(moment: &Moment<'_>, plan: &SignalPlan<'_>, per: &[Plain]) -> Vec<(Text, Plain)> {
    let named = plan.rule.per.iter().zip(per);
    named.filter_map(|(name, &value)| Some((moment.view.names.find(name)?, value))).collect()
}

/// The terms in the note of an event, if it has one.
fn terms_of_note<'t>(moment: &Moment<'_>, terms: &'t Terms) -> Vec<&'t Term> {
    let view = moment.view;
    if view.is_derived(moment.node) {
        return Vec::new();
    }
    let note = view.log.note(view.effective.row(moment.node));
    note.map_or(Vec::new(), |note| terms.found_in(note))
}

/// A signal of a term, whose window is the event alone.
fn raise_of_term(moment: &Moment<'_>, plan: &SignalPlan<'_>, term: &Term) -> Option<Derived> {
    let names = &moment.view.names;
    let texts = [&*term.avoid, &*term.prefer, &*moment.view.id(moment.node)];
    let attrs = plan.term_attrs.into_iter().zip(texts);
    let attrs = attrs.filter_map(|(name, text)| Some((name, Plain::Text(names.find(text)?)))).collect();
    let mut members = Members::default();
    members.together.add(moment, &plan.roles, moment.node);
    raise(moment, plan, &mut members, attrs, std::slice::from_ref(&term.avoid))
}

fn raise(
    moment: &Moment<'_>,
    plan: &SignalPlan<'_>,
    members: &mut Members,
    attrs: Vec<(Text, Plain)>,
    written: &[String],
) -> Option<Derived> {
    let (view, group, node) = (moment.view, moment.group.group, moment.node);
    let of_event = view.id(node);
    let mut strings = vec![group.name.as_str(), group.lens.as_str(), view.names.get(moment.key), &of_event];
    strings.extend(written.iter().map(String::as_str));
    let id = id::hash(&strings);
    let cause = view.order(node);
    let per = (!written.is_empty()).then(|| Box::new(Per { attrs, written: written.to_vec() }));
    Some(Derived {
        kind: plan.kind.unwrap_or(Kind::MAX),
        order: Order { layer: group.layer(), id, ..cause },
        recorded_at: members.together.recorded_at()?,
        stream: view.stream(node),
        lens: moment.pass.lens.name,
        key: moment.key,
        shape: Shape::Signal { event: node, links: members.together.links(), per },
    })
}
