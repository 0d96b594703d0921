//! What the record tells of one entity: its events in the order in which they happened, and what became of each.

use std::collections::{BTreeMap, HashMap};

use engine::record::Event;
use engine::time::Instant;
use store::{Entry, Store};

use crate::error::AppError;
use crate::node::parsed;

/// The kind of a correction that takes an event back.
const WITHDRAWAL: &str = "record.corrected";

/// How many entries are read at once.
const CHUNK: usize = 1_000;

/// An event as it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its append number.
    pub seq: i64,
    /// The event.
    pub event: Event,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stands as it was recorded.
    Stands,
    /// Another event says it better; its id.
    Corrected(String),
    /// It was taken back; the id of the event that did.
    Withdrawn(String),
}

impl Told {
    /// Whether it counts.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.fate == Fate::Stands && self.event.kind != WITHDRAWAL
    }

    /// How long after it happened it was recorded.
    #[must_use]
    pub fn recorded_after_ms(&self) -> i64 {
        (self.event.recorded_at.ms() - self.event.at.ms()).max(0)
    }
}

/// The events with an entity as stream or link, in the order in which they happened; of more than `most` the last recorded
/// are left out, and it says so.
///
/// # Errors
/// The store does not answer, or what it keeps cannot be read.
pub async fn of(store: &dyn Store, entity: &str, most: usize) -> Result<(Vec<Told>, bool), AppError> {
    let mut told = Vec::new();
    let mut seq = 0;
    loop {
        let asked = CHUNK.min(most + 1 - told.len());
        let entries = store.entries_about(entity, seq, asked).await?;
        let events = parsed(&entries)?;
        told.extend(entries.iter().zip(events).map(|(entry, event)| (entry.seq, event)));
        match entries.last() {
            Some(last) if entries.len() == asked && told.len() <= most => seq = last.seq,
            _ => break,
        }
    }
    let has_more = told.len() > most;
    told.truncate(most);
    Ok((settled(told), has_more))
}

/// Of each of some entities the last recorded events with it as stream or link, at most so many, in the order in which they
/// happened; and whether there are more, recorded before them.
///
/// # Errors
/// The store does not answer, or what it keeps cannot be read.
pub async fn last_of(
    store: &dyn Store,
    entities: &[String],
    most: usize,
) -> Result<BTreeMap<String, (Vec<Told>, bool)>, AppError> {
    let mut last = BTreeMap::new();
    for (entity, entries) in store.last_entries_about(entities, most + 1).await? {
        let kept = &entries[entries.len().saturating_sub(most)..];
        let told = kept.iter().zip(parsed(kept)?).map(|(entry, event)| (entry.seq, event));
        last.insert(entity, (settled(told.collect()), entries.len() > most));
    }
    Ok(last)
}

/// As [`of`] of the stream's own events alone.
///
/// # Errors
/// The store does not answer, or what it keeps cannot be read.
pub async fn within(store: &dyn Store, stream: &str, most: usize) -> Result<(Vec<Told>, bool), AppError> {
    let mut entries = store.entries_in(stream, 0, most + 1).await?;
    let has_more = entries.len() > most;
    entries.truncate(most);
    let events = parsed(&entries)?;
    let told = entries.iter().zip(events).map(|(entry, event)| (entry.seq, event));
    Ok((settled(told.collect()), has_more))
}

/// Some entries by themselves, as they were recorded: what became of each is told by [`of`] alone.
///
/// # Errors
/// What the store keeps cannot be read.
pub fn as_recorded(entries: &[Entry]) -> Result<Vec<Told>, AppError> {
    let told = |(entry, event): (&Entry, Event)| Told { seq: entry.seq, event, fate: Fate::Stands };
    Ok(entries.iter().zip(parsed(entries)?).map(told).collect())
}

/// What became of each event: of the corrections of one root the last recorded counts, and a correction of a correction is
/// one of the root.
fn settled(events: Vec<(i64, Event)>) -> Vec<Told> {
    let corrects: HashMap<&str, &str> =
        events.iter().filter_map(|(_, event)| Some((&*event.id, event.corrects.as_deref()?))).collect();
    let mut last: BTreeMap<String, (Instant, i64, usize)> = BTreeMap::new();
    for (place, (seq, event)) in events.iter().enumerate() {
        let root = root(&corrects, &event.id);
        let is_correction = root != event.id;
        if is_correction || !last.contains_key(root) {
            let rank =
                if is_correction { (event.recorded_at, *seq, place) } else { (Instant::MIN, 0, place) };
            let kept = last.entry(root.to_owned()).or_insert(rank);
            *kept = rank.max(*kept);
        }
    }
    let fate = |event: &Event| {
        let (_, _, place) = last[root(&corrects, &event.id)];
        let winner = &events[place].1;
        match (winner.id == event.id, &*winner.kind) {
            (true, _) => Fate::Stands,
            (false, WITHDRAWAL) => Fate::Withdrawn(winner.id.clone()),
            (false, _) => Fate::Corrected(winner.id.clone()),
        }
    };
    let mut told: Vec<Told> = events
        .iter()
        .map(|(seq, event)| Told { seq: *seq, event: event.clone(), fate: fate(event) })
        .collect();
    told.sort_by_key(|told| (told.event.at, told.seq));
    told
}

/// The event that a correction is about in the end. The record has no circles.
fn root<'a>(corrects: &HashMap<&'a str, &'a str>, id: &'a str) -> &'a str {
    let mut root = id;
    for _ in 0..corrects.len() {
        match corrects.get(root) {
            Some(&before) => root = before,
            None => break,
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, kind: &str, recorded_at: i64, corrects: Option<&str>) -> Event {
        Event {
            id: id.to_owned(),
            kind: kind.to_owned(),
            recorded_at: Instant::saturating(recorded_at),
            corrects: corrects.map(str::to_owned),
            ..Event::default()
        }
    }

    fn fates(events: Vec<Event>) -> Vec<(String, Fate)> {
        let told = settled((1..).zip(events).collect());
        told.into_iter().map(|told| (told.event.id, told.fate)).collect()
    }

    #[test]
    fn the_last_correction_of_a_root_counts_and_a_withdrawal_is_one() {
        let corrected = |by: &str| Fate::Corrected(by.to_owned());
        let events = vec![
            event("a", "missing.found", 1, None),
            event("b", "missing.found", 5, Some("a")),
            event("c", "missing.found", 3, Some("b")),
            event("d", "interview.held", 1, None),
            event("e", "record.corrected", 2, Some("d")),
        ];
        let said = [
            ("a", corrected("b")),
            ("b", Fate::Stands),
            ("c", corrected("b")),
            ("d", Fate::Withdrawn("e".to_owned())),
            ("e", Fate::Stands),
        ];
        assert_eq!(fates(events), said.map(|(id, fate)| (id.to_owned(), fate)));
    }
}
