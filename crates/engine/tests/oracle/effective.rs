//! Corrections and the cut.

use std::collections::BTreeMap;

use engine::record::Event;
use engine::time::Instant;

use super::Cut;

/// An event as it stands under the cut, with the seq that orders it.
pub struct Effective {
    pub seq: usize,
    pub event: Event,
}

pub struct Under {
    pub events: Vec<Effective>,
    /// Ids of corrections of events unknown under the cut, and of withdrawals of none.
    pub unknown_roots: Vec<String>,
}

/// The effective events under the cut, unordered.
pub fn effective(events: &[Event], cut: &Cut) -> Result<Under, String> {
    let mut all: Vec<(usize, Event)> = Vec::new();
    for (seq, event) in events.iter().enumerate() {
        match all.iter().find(|(_, other)| other.id == event.id) {
            Some((_, other)) if other.canonical_line() == event.canonical_line() => {}
            Some(_) => return Err(format!("two events `{}`", event.id)),
            None => all.push((seq, normal(event))),
        }
    }
    refuse_circles(&all)?;
    let known: Vec<(usize, Event)> =
        all.into_iter().filter(|(_, event)| cut.known_by.is_none_or(|by| event.recorded_at <= by)).collect();
    let by_id: BTreeMap<&str, &(usize, Event)> = known.iter().map(|of| (of.1.id.as_str(), of)).collect();
    // Root → its corrections.
    let mut corrections: BTreeMap<&str, Vec<&(usize, Event)>> = BTreeMap::new();
    let mut roots: Vec<&(usize, Event)> = Vec::new();
    for of in &known {
        match of.1.corrects.as_deref() {
            None => roots.push(of),
            Some(corrects) if !by_id.contains_key(corrects) => {
                roots.push(of);
            }
            Some(mut root) => {
                while let Some(next) =
                    by_id[root].1.corrects.as_deref().filter(|next| by_id.contains_key(next))
                {
                    root = next;
                }
                corrections.entry(root).or_default().push(of);
            }
        }
    }
    let (mut effective, mut unknown_roots) = (Vec::new(), Vec::new());
    for root in roots {
        let mut versions = vec![root];
        let mut later = corrections.remove(root.1.id.as_str()).unwrap_or_default();
        later.sort_by_key(|(seq, event)| (event.recorded_at, *seq));
        versions.extend(later);
        let last = &versions.last().expect("the root at least").1;
        if versions.len() > 1 && last.kind == "record.corrected" {
            continue;
        }
        let first =
            versions.iter().find(|(_, version)| says_the_same(version, last)).expect("the last itself");
        let event = Event { id: root.1.id.clone(), recorded_at: first.1.recorded_at, ..last.clone() };
        if cut.as_of.is_none_or(|as_of| event.at <= as_of) {
            effective.push(Effective { seq: root.0, event });
            if root.1.corrects.is_some() || last.kind == "record.corrected" {
                unknown_roots.push(root.1.id.clone());
            }
        }
    }
    Ok(Under { events: effective, unknown_roots })
}

/// Roles that link nothing left out.
fn normal(event: &Event) -> Event {
    let mut event = event.clone();
    event.links.retain(|_, entities| !entities.is_empty());
    event
}

fn says_the_same(a: &Event, b: &Event) -> bool {
    a.kind == b.kind && a.stream == b.stream && a.at == b.at && a.links == b.links && a.attrs == b.attrs
}

/// Corrections in a circle are an error, whatever the cut.
fn refuse_circles(all: &[(usize, Event)]) -> Result<(), String> {
    for (_, event) in all {
        let (mut id, mut walked) = (event.corrects.as_deref(), 0);
        while let Some(corrected) = id.and_then(|id| all.iter().find(|(_, other)| other.id == id)) {
            id = corrected.1.corrects.as_deref();
            walked += 1;
            if walked > all.len() {
                return Err(format!("corrections in a circle at `{}`", event.id));
            }
        }
    }
    Ok(())
}

/// The `as_of` that duties are judged by.
pub fn judged_as_of(under: &Under, cut: &Cut) -> Option<Instant> {
    cut.as_of.or_else(|| under.events.iter().map(|of| of.event.at).max())
}
