//! Signals.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use engine::duty::{ReportCode, SignalRow};
use engine::policy::{SignalRule, Term};
use engine::record::{Value, write_value};

use super::World;
use super::derived::caused_by;
use super::events::{Ev, comparable};
use super::guards::{Scope, truth};
use super::id::hash;

/// The signal of this name at every event that raises it: its row, and the derived event.
pub fn signals_of(world: &World, name: &str, stratum: usize, events: &[Rc<Ev>]) -> Vec<(SignalRow, Rc<Ev>)> {
    let mut raised = Vec::new();
    for event in events {
        let Some((version, rule)) = world.versions.signal(name, event.at) else { continue };
        if let Some(terms) = &rule.terms {
            let found = event.note.as_deref().map(|note| terms.found_in(note)).unwrap_or_default();
            for key in event.keys(&rule.lens).iter().filter(|_| !found.is_empty()) {
                if satisfies_where(world, version, rule, key, event) {
                    raised.extend(found.iter().map(|term| of_term(rule, key, term, stratum, event)));
                }
            }
            continue;
        }
        for key in event.keys(&rule.lens) {
            if !satisfies_where(world, version, rule, &key, event) || !has_values(rule, event) {
                continue;
            }
            for per in combinations(rule, event) {
                raised.extend(at_event(world, version, rule, &key, &per, stratum, events, event));
            }
        }
    }
    raised
}

/// The events up to and including this one, as far back as the window reaches.
fn in_reach<'e>(
    world: &World,
    version: usize,
    rule: &SignalRule,
    events: &'e [Rc<Ev>],
    event: &'e Rc<Ev>,
) -> impl Iterator<Item = &'e Rc<Ev>> {
    let clock = &world.versions.all[version].clock;
    let from = rule.within.map(|span| clock.window_start(event.at, span));
    events.iter().filter(move |other| other.order <= event.order && from.is_none_or(|from| other.at >= from))
}

/// Whether an event has the values of `distinct` and `per`.
fn has_values(rule: &SignalRule, event: &Ev) -> bool {
    rule.distinct.iter().chain(&rule.per).all(|name| !event.values(name).is_empty())
}

/// Whether an event is of the kinds and satisfies `where`; a guard that fails is reported.
fn satisfies_where(world: &World, version: usize, rule: &SignalRule, key: &str, event: &Rc<Ev>) -> bool {
    let any = rule.terms.is_some() && rule.count.is_empty();
    if !event.keys(&rule.lens).contains(key) || !any && !event.is_of(&rule.count, key) {
        return false;
    }
    let scope = Scope {
        world,
        version,
        event,
        trigger: None,
        given: None,
        key,
        subject: None,
        registers_recorded_by: None,
    };
    match truth(rule.where_.as_ref(), &scope) {
        Err(_) => {
            world.report(ReportCode::GuardFailed, Some(&event.id), Some(&rule.name), Some(key), "");
            false
        }
        Ok(truth) => truth,
    }
}

/// The signal of a term in an event's note.
fn of_term(rule: &SignalRule, key: &str, term: &Term, stratum: usize, event: &Rc<Ev>) -> (SignalRow, Rc<Ev>) {
    let attrs = [("term", &term.avoid), ("prefer", &term.prefer), ("event", &event.id)];
    let attrs = attrs.map(|(name, text)| (name.to_owned(), Value::Text(text.clone())));
    row_and_event(rule, key, vec![term.avoid.clone()], attrs.into(), stratum, &[event], event)
}

/// Each choice of one value for each name of `per`.
fn combinations(rule: &SignalRule, event: &Ev) -> Vec<Vec<Value>> {
    let mut all: Vec<Vec<Value>> = vec![Vec::new()];
    for name in &rule.per {
        let mut values = event.values(name);
        values.sort_by_key(comparable);
        values.dedup_by_key(|value| comparable(value));
        all = all
            .iter()
            .flat_map(|chosen| {
                values.iter().map(|value| [chosen.as_slice(), std::slice::from_ref(value)].concat())
            })
            .collect();
    }
    all
}

#[expect(clippy::too_many_arguments, reason = "all that a window depends on")]
fn at_event(
    world: &World,
    version: usize,
    rule: &SignalRule,
    key: &str,
    per: &[Value],
    stratum: usize,
    events: &[Rc<Ev>],
    event: &Rc<Ev>,
) -> Option<(SignalRow, Rc<Ev>)> {
    let window: Vec<&Rc<Ev>> = in_reach(world, version, rule, events, event)
        .filter(|other| satisfies_where(world, version, rule, key, other) && has_values(rule, other))
        .filter(|other| {
            rule.per
                .iter()
                .zip(per)
                .all(|(name, value)| other.comparable_values(name).contains(&comparable(value)))
        })
        .collect();
    let count = |window: &[&Rc<Ev>]| match &rule.distinct {
        None => window.len(),
        Some(name) => {
            window.iter().flat_map(|event| event.comparable_values(name)).collect::<BTreeSet<_>>().len()
        }
    };
    let without: Vec<&Rc<Ev>> = window.iter().copied().filter(|other| other.id != event.id).collect();
    let enough = |count: usize| count as u64 >= rule.at_least;
    if !enough(count(&window)) || (!rule.again_each && enough(count(&without))) {
        return None;
    }
    let texts: Vec<String> = per.iter().map(written).collect();
    let attrs = rule.per.iter().cloned().zip(per.iter().cloned()).collect();
    Some(row_and_event(rule, key, texts, attrs, stratum, &window, event))
}

fn row_and_event(
    rule: &SignalRule,
    key: &str,
    texts: Vec<String>,
    attrs: BTreeMap<String, Value>,
    stratum: usize,
    window: &[&Rc<Ev>],
    event: &Rc<Ev>,
) -> (SignalRow, Rc<Ev>) {
    let mut strings = vec![rule.name.as_str(), &rule.lens, key, &event.id];
    strings.extend(texts.iter().map(String::as_str));
    let id = hash(&strings);
    let recorded_at = window.iter().map(|event| event.recorded_at).max().unwrap_or_default();
    let mut links: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (role, entities) in window.iter().flat_map(|event| &event.links) {
        links.entry(role.clone()).or_default().extend(entities.iter().cloned());
    }
    if rule.lens != "person"
        && let Some(entities) = links.get_mut(&rule.lens)
    {
        entities.retain(|entity| entity == key);
    }
    links.retain(|_, entities| !entities.is_empty());
    let derived = Ev {
        order: caused_by(event, stratum, &id),
        id: id.clone(),
        stream: event.stream.clone(),
        kind: format!("signal.{}", rule.name),
        at: event.at,
        recorded_at,
        all_links: links.clone(),
        links,
        attrs,
        note: None,
        declares: None,
        own: Some((rule.lens.clone(), key.to_owned())),
        known_kind: true,
    };
    let row = SignalRow {
        id,
        signal: rule.name.clone(),
        lens: rule.lens.clone(),
        key: key.to_owned(),
        per: texts,
        at: event.at,
        recorded_at,
        event: event.id.clone(),
    };
    (row, Rc::new(derived))
}

/// Text as it is, others as in JSON.
fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        other => {
            let mut json = String::new();
            write_value(&mut json, other);
            json
        }
    }
}
