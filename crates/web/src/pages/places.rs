//! Places and people: what turns up with several children, across cases. Of cases that are not the reader's it says how many
//! there are and whom to ask, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use app::access::Action;
use app::chronicle;
use axum::extract::State;
use axum::response::Response;
use engine::duty::SignalRow;
use engine::policy::Policy;
use engine::time::Instant;
use serde::Serialize;
use store::DutyQuery;

use super::casefile::{linked, standing};
use super::listing::rows;
use super::reader::Reader;
use super::rows::{Item, Row, Shower, about, bare};
use super::texts::text;
use super::told::{Name, capital, escaped, labels, name};
use super::{Frame, PageError};
use crate::Served;

/// How many the page shows, those seen last first.
const MOST: usize = 25;

/// How many events about one of them are looked through, and how many duties are shown.
const MOST_EVENTS: usize = 500;
const MOST_DUTIES: usize = 10;

#[derive(Debug, Serialize)]
struct PlacesPage {
    shared: Vec<Shared>,
    has_more: bool,
    labels: serde_json::Value,
}

/// A place, person, vehicle or number that turned up with several children.
#[derive(Debug, Serialize)]
struct Shared {
    name: String,
    /// What the rule that found it is called.
    what: String,
    search: String,
    last: String,
    children: usize,
    seen_children: Vec<Name>,
    seen_cases: Vec<Name>,
    hidden_cases: usize,
    /// Whom to ask about those.
    contacts: Vec<String>,
    duties: Vec<Item>,
}

/// The page.
pub(crate) async fn places(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeOwn)?;
    served.recorder.watch().await?;
    let shower = Shower::new(&served).await?;
    let rules = shower.policy().map(rules).unwrap_or_default();
    let wanted: BTreeSet<String> = rules.keys().cloned().collect();
    let signals = served.recorder.read(move |evaluation| {
        let signals = evaluation.signals();
        signals.into_iter().filter(|signal| wanted.contains(&signal.signal)).collect::<Vec<SignalRow>>()
    });
    let latest = latest(signals.await?);
    let (streams, seen) = streams(&served, &reader, &latest).await?;
    let is_seen = |(_, key): &&(Instant, (String, String))| {
        streams.get(key.1.as_str()).is_some_and(|streams| !streams.is_disjoint(&seen))
    };
    let shown: Vec<_> = latest.iter().filter(is_seen).collect();
    let mut shared = Vec::new();
    for (at, (signal, key)) in shown.iter().take(MOST) {
        let of_key = &streams[key.as_str()];
        let what = rules.get(signal).cloned().unwrap_or_default();
        shared.push(one(&served, &shower, &reader, key, what, *at, of_key, &seen).await?);
    }
    let page = PlacesPage { shared, has_more: shown.len() > MOST, labels: labels() };
    frame.page("places.njk", &text("places-title"), page)
}

/// The signals that count children about something else than a child, with what each is called.
fn rules(policy: &Policy) -> BTreeMap<String, String> {
    let across = policy
        .signals
        .values()
        .filter(|signal| signal.distinct.as_deref() == Some("child") && signal.lens != "child");
    let title = |name: &str, title: &Option<String>| {
        title.clone().unwrap_or_else(|| capital(&name.replace('-', " ")))
    };
    across.map(|signal| (signal.name.clone(), title(&signal.name, &signal.title))).collect()
}

/// When each thing was last found by each rule, the last first.
fn latest(signals: Vec<SignalRow>) -> Vec<(Instant, (String, String))> {
    let mut last: BTreeMap<(String, String), Instant> = BTreeMap::new();
    for signal in signals {
        let at = last.entry((signal.signal, signal.key)).or_insert(signal.at);
        *at = signal.at.max(*at);
    }
    let mut latest: Vec<_> = last.into_iter().map(|(key, at)| (at, key)).collect();
    latest.sort_by(|a, b| b.cmp(a));
    latest
}

/// In which streams each thing turns up, and which of all those the reader may see.
async fn streams(
    served: &Served,
    reader: &Reader,
    latest: &[(Instant, (String, String))],
) -> Result<(BTreeMap<String, BTreeSet<String>>, BTreeSet<String>), PageError> {
    let keys: BTreeSet<String> = latest.iter().map(|(_, (_, key))| key.clone()).collect();
    let mut streams: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (entity, stream) in served.store.streams_of(&keys.into_iter().collect::<Vec<_>>()).await? {
        streams.entry(entity).or_default().insert(stream);
    }
    let all: BTreeSet<String> = streams.values().flatten().cloned().collect();
    let sight = reader.person.sight(reader.now);
    let seen = served.store.seen_of(&sight, &all.into_iter().collect::<Vec<_>>()).await?;
    Ok((streams, seen.into_iter().collect()))
}

#[expect(clippy::too_many_arguments, reason = "what was found, and through whose eyes")]
async fn one(
    served: &Served,
    shower: &Shower,
    reader: &Reader,
    key: &str,
    what: String,
    last: Instant,
    streams: &BTreeSet<String>,
    seen: &BTreeSet<String>,
) -> Result<Shared, PageError> {
    let (told, _) = chronicle::of(&*served.store, key, MOST_EVENTS).await?;
    let mut children: BTreeSet<&str> = BTreeSet::new();
    let mut seen_children: BTreeSet<&str> = BTreeSet::new();
    for event in standing(&told) {
        children.extend(linked(event, "child"));
        if seen.contains(&event.stream) {
            seen_children.extend(linked(event, "child"));
        }
    }
    let is_case = |stream: &&String| stream.starts_with("case:");
    let (seen_cases, hidden): (Vec<&String>, Vec<&String>) =
        streams.iter().filter(is_case).partition(|stream| seen.contains(*stream));
    let mut contacts = BTreeSet::new();
    for case in &hidden {
        contacts.extend(served.store.in_charge(case).await?);
    }
    let query = DutyQuery {
        key: Some(key.to_owned()),
        sight: Some(reader.person.sight(reader.now)),
        by_due: true,
        most: MOST_DUTIES,
        ..DutyQuery::default()
    };
    let duties: Vec<Row> = rows(&served.store.duties(&query).await?)?;
    Ok(Shared {
        name: capital(&about(key)),
        what,
        search: format!("/search?q={}", escaped(bare(key))),
        last: shower.when.day(last),
        children: children.len(),
        seen_children: seen_children.into_iter().map(|child| name(shower, child)).collect(),
        seen_cases: seen_cases.into_iter().map(|case| name(shower, case)).collect(),
        hidden_cases: hidden.len(),
        contacts: contacts.iter().map(|one| shower.name(one)).collect(),
        duties: duties.iter().map(|row| shower.item(row)).collect(),
    })
}
