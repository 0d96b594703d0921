//! Events that duties emit.

use std::collections::BTreeSet;
use std::rc::Rc;

use engine::duty::State;
use engine::policy::Pattern;
use engine::record::Value;
use engine::time::Instant;

use super::duties::Duty;
use super::events::{Ev, Links, Order};
use super::id::hash;

/// The place in order of what an event causes.
pub fn caused_by(event: &Ev, stratum: usize, id: &str) -> Order {
    Order { derived: true, stratum, id: id.to_owned(), ..event.order.clone() }
}

fn caused_by_time(at: Instant, stratum: usize, id: &str) -> Order {
    Order { at, by_time: true, seq: 0, derived: true, stratum, id: id.to_owned() }
}

pub fn events_of(duty: &Duty, stratum: usize) -> Vec<Rc<Ev>> {
    if !duty.is_decided() {
        return Vec::new();
    }
    let name = &duty.rule.name;
    let mut events = Vec::new();
    let kind = format!("duty.opened:{name}");
    let id = hash(&[&kind, &duty.id]);
    events.push(event(duty, kind, &id, duty.start.recorded_at, caused_by(&duty.start, stratum, &id)));
    let passed = if duty.rule.pattern == Pattern::Attend { State::Unrecorded } else { State::Overdue };
    for (place, due) in duty.missed.iter().enumerate() {
        let kind = format!("duty.{}:{name}", passed.word());
        let at = Instant::saturating(due.ms() + 1).max(duty.trigger.at);
        let count = (place + 1).to_string();
        let id = if place == 0 { hash(&[&kind, &duty.id]) } else { hash(&[&kind, &duty.id, &count]) };
        events.push(event(duty, kind, &id, at, caused_by_time(at, stratum, &id)));
    }
    if let Some(closing) = &duty.closing {
        let kind = format!("duty.{}:{name}", duty.state.word());
        let id = hash(&[&kind, &duty.id]);
        events.push(event(duty, kind, &id, closing.recorded_at, caused_by(closing, stratum, &id)));
    }
    events
}

fn event(duty: &Duty, kind: String, id: &str, recorded_at: Instant, order: Order) -> Rc<Ev> {
    let rule = duty.rule;
    let mut links: Links = duty.trigger.links.clone();
    let mut narrow = |role: &str, only: &String| {
        if let Some(entities) = links.get_mut(role) {
            entities.retain(|entity| entity == only);
        }
    };
    if rule.lens != "person" {
        narrow(&rule.lens, &duty.key);
    }
    if let Some(role) = &rule.each {
        narrow(role, &duty.part);
    }
    if rule.pattern == Pattern::Holds {
        narrow("officer", &duty.part);
    }
    let mut attrs = duty.trigger.attrs.clone();
    if rule.pattern == Pattern::Attend {
        links.remove("agency");
        attrs.insert("agency".to_owned(), Value::Text(duty.part.clone()));
    }
    links.retain(|_, entities: &mut BTreeSet<String>| !entities.is_empty());
    Rc::new(Ev {
        id: id.to_owned(),
        stream: duty.trigger.stream.clone(),
        kind,
        at: order.at,
        order,
        recorded_at,
        all_links: links.clone(),
        links,
        attrs,
        note: None,
        declares: None,
        own: Some((rule.lens.clone(), duty.key.clone())),
        known_kind: true,
    })
}
