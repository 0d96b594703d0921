//! Places and people: what turns up with several children, across cases. Of cases that are not the reader's it says how many
//! there are and whom to ask, and nothing else.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use app::Reads;
use app::access::Action;
use app::chronicle::{self, Told};
use axum::extract::State;
use axum::response::Response;
use engine::policy::Policy;
use engine::time::Instant;
use serde::Serialize;
use store::DutyQuery;

use super::casefile::{linked, standing};
use super::listing::rows;
use super::reader::Reader;
use super::rows::{Item, Row, Shower, about};
use super::texts::text;
use super::told::{Name, capital, labels, name};
use super::{Frame, PageError};
use crate::Served;

/// How many the page shows, those seen last first.
const MOST: usize = 25;

/// How many events about one of them are looked through, from the last recorded, and how many duties are shown.
const MOST_EVENTS: usize = 2_000;
const MOST_DUTIES: usize = 10;

/// Among how many those are first looked for that the reader may see; then among so many times as many, and so on.
const PORTION: usize = 256;
const GROWTH: usize = 8;

/// Of how many hidden cases it is said whom to ask.
const MOST_ASKED: usize = 5;

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
    /// How many of the last events these are of, where there are more.
    of_last: Option<usize>,
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
    let latest = served.recorder.read(Reads::Signals(wanted.clone()), move |evaluation| {
        let last = evaluation.last_raised(&wanted).into_iter();
        let found = |((name, key), at): ((&str, &str), Instant)| (at, (name.to_owned(), key.to_owned()));
        last.map(found).collect::<Vec<_>>()
    });
    let mut found = in_sight(&served, &reader, latest.await?).await?;
    let has_more = found.len() > MOST;
    found.truncate(MOST);
    let keys: BTreeSet<String> = found.iter().map(|(_, key)| key.clone()).collect();
    let keys: Vec<String> = keys.into_iter().collect();
    let seen = Seen::of(&served, &reader, &keys).await?;
    // Who may see what may be otherwise than a moment ago.
    found.retain(|(_, key)| seen.is_there(key));
    let in_charge = seen.in_charge(&served, &keys).await?;
    let duties = duties(&served, &reader, &keys).await?;
    let told = chronicle::last_of(&*served.store, &keys, MOST_EVENTS).await?;
    let tell = |(signal, key): &(String, String)| {
        let what = rules.get(signal).cloned().unwrap_or_default();
        let duties = duties.get(key).map_or(&[][..], Vec::as_slice);
        let events = told.get(key).map_or((&[][..], false), |(events, is_cut)| (&**events, *is_cut));
        seen.tell(&shower, &in_charge, key, what, events, duties)
    };
    let shared: Vec<Shared> = found.iter().map(tell).collect();
    if !shared.is_empty() {
        let opened: Vec<&str> = found.iter().map(|(_, key)| key.as_str()).collect();
        reader.note(&served, "places", &reader.person.officer, &opened.join(", ")).await?;
    }
    frame.page("places.njk", &text("places-title"), PlacesPage { shared, has_more, labels: labels() })
}

/// Of what turned up at some instant those that do so in a case that the reader may see, the last first: more than the page
/// shows, where there are so many.
async fn in_sight(
    served: &Served,
    reader: &Reader,
    mut latest: Vec<(Instant, (String, String))>,
) -> Result<Vec<(String, String)>, PageError> {
    latest.sort_unstable_by(|a, b| b.cmp(a));
    let mut found = Vec::new();
    let (mut rest, mut most) = (&*latest, PORTION);
    while !rest.is_empty() && found.len() <= MOST {
        let portion;
        (portion, rest) = rest.split_at(most.min(rest.len()));
        most *= GROWTH;
        let keys: BTreeSet<String> = portion.iter().map(|(_, (_, key))| key.clone()).collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let seen: HashSet<String> = served.store.in_sight(&reader.sight, &keys).await?.into_iter().collect();
        found.extend(portion.iter().map(|(_, one)| one).filter(|(_, key)| seen.contains(key)).cloned());
    }
    Ok(found)
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

/// In which cases things turn up, and which of these the reader may see.
struct Seen {
    cases: BTreeMap<String, BTreeSet<String>>,
    seen: BTreeSet<String>,
}

impl Seen {
    async fn of(served: &Served, reader: &Reader, keys: &[String]) -> Result<Self, PageError> {
        let mut cases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (entity, stream) in served.store.streams_of(keys).await? {
            if stream.starts_with("case:") {
                cases.entry(entity).or_default().insert(stream);
            }
        }
        let all: BTreeSet<String> = cases.values().flatten().cloned().collect();
        let seen = served.store.seen_of(&reader.sight, &all.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { cases, seen: seen.into_iter().collect() })
    }

    /// Whether something is in a case that the reader may see.
    fn is_there(&self, key: &str) -> bool {
        self.cases.get(key).is_some_and(|cases| !cases.is_disjoint(&self.seen))
    }

    /// The cases in which something is and that the reader may not see.
    fn hidden(&self, key: &str) -> impl Iterator<Item = &String> {
        self.cases.get(key).into_iter().flatten().filter(|case| !self.seen.contains(*case))
    }

    /// Who is in charge of the first of those of each of some things.
    async fn in_charge(
        &self,
        served: &Served,
        keys: &[String],
    ) -> Result<BTreeMap<String, Vec<String>>, PageError> {
        let asked: BTreeSet<&String> =
            keys.iter().flat_map(|key| self.hidden(key).take(MOST_ASKED)).collect();
        let found = served.store.in_charge_of(&asked.into_iter().cloned().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().map(|of_case| (of_case.stream, of_case.people)).collect())
    }

    fn tell(
        &self,
        shower: &Shower,
        in_charge: &BTreeMap<String, Vec<String>>,
        key: &str,
        what: String,
        (told, is_cut): (&[Told], bool),
        duties: &[Row],
    ) -> Shared {
        let in_cases = || standing(told).filter(|event| event.stream.starts_with("case:"));
        let own = || in_cases().filter(|event| self.seen.contains(&event.stream));
        let children: BTreeSet<&str> = in_cases().flat_map(|event| linked(event, "child")).collect();
        let seen_children: BTreeSet<&str> = own().flat_map(|event| linked(event, "child")).collect();
        let seen_cases = self.cases.get(key).into_iter().flatten().filter(|case| self.seen.contains(*case));
        Shared {
            name: capital(&about(key)),
            what,
            search: super::search::about_it(key),
            last: own().map(|event| event.at).max().map(|at| shower.when.day(at)).unwrap_or_default(),
            children: children.len(),
            of_last: is_cut.then_some(MOST_EVENTS),
            seen_children: seen_children.into_iter().map(|child| name(shower, child)).collect(),
            seen_cases: seen_cases.map(|case| name(shower, case)).collect(),
            hidden_cases: self.hidden(key).count(),
            contacts: contacts(shower, in_charge, self.hidden(key).take(MOST_ASKED)),
            duties: duties.iter().map(|row| shower.item(row)).collect(),
        }
    }
}

/// The first duties about each of some things that the reader may see.
async fn duties(
    served: &Served,
    reader: &Reader,
    keys: &[String],
) -> Result<BTreeMap<String, Vec<Row>>, PageError> {
    let asked = |keys: Vec<String>, most: usize| DutyQuery {
        keys,
        sight: Some(reader.sight.clone()),
        by_due: true,
        most,
        ..DutyQuery::default()
    };
    let all = asked(keys.to_vec(), MOST * MOST_DUTIES);
    let mut found: Vec<Row> =
        if keys.is_empty() { Vec::new() } else { rows(&served.store.duties(&all).await?)? };
    if found.len() == all.most {
        // One that has very many may have left no room for those of another.
        found.clear();
        for key in keys {
            found.extend(rows(&served.store.duties(&asked(vec![key.clone()], MOST_DUTIES)).await?)?);
        }
    }
    let mut of_each: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in found {
        of_each.entry(row.key.clone()).or_default().push(row);
    }
    of_each.values_mut().for_each(|rows| rows.truncate(MOST_DUTIES));
    Ok(of_each)
}

/// Whom to ask about cases, of those who are in charge of some.
fn contacts<'c>(
    shower: &Shower,
    in_charge: &BTreeMap<String, Vec<String>>,
    cases: impl Iterator<Item = &'c String>,
) -> Vec<String> {
    let people: BTreeSet<&String> = cases.filter_map(|case| in_charge.get(case)).flatten().collect();
    let called = |entity: &String| match entity.starts_with("team:") {
        true => about(entity),
        false => shower.name(entity),
    };
    people.into_iter().map(called).collect()
}
