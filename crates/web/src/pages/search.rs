//! Search: by name, reference, place or any words, in what one may see.

use std::collections::BTreeSet;

use app::access::{self, Action};
use app::chronicle::{self, Told};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::SearchQuery;

use super::reader::Reader;
use super::rows::{Shower, about, bare};
use super::texts::text;
use super::told::{EventLine, Name, escaped, labels, name};
use super::{Frame, PageError};
use crate::Served;

/// How many events a page shows.
const MOST: usize = 20;

/// How many words are looked for, and how long each is at most.
const MOST_WORDS: usize = 8;
const LONGEST: usize = 100;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
    before: Option<i64>,
}

#[derive(Debug, Serialize)]
struct SearchPage {
    q: String,
    has_asked: bool,
    count: u64,
    /// Cases, children, teams and others whose reference has the words.
    named: Vec<Name>,
    /// Officers who are called so; each leads to what names them.
    officers: Vec<Name>,
    found: Vec<Found>,
    next: Option<String>,
    first: Option<String>,
    labels: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct Found {
    event: EventLine,
    place: Name,
}

/// The page.
pub(crate) async fn search(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeOwn)?;
    let words = words(&asked.q);
    let shower = Shower::new(&served).await?;
    if words.is_empty() {
        return frame.page("search.njk", &text("search-title"), SearchPage::empty());
    }
    let sight = reader.person.sight(reader.now);
    let query = SearchQuery { words: words.clone(), sight, before: asked.before, most: MOST + 1 };
    let mut entries = served.store.search(&query).await?;
    let count = served.store.count_found(&query).await?;
    let has_more = entries.len() > MOST;
    entries.truncate(MOST);
    let last = entries.last().map(|last| last.seq).filter(|_| has_more);
    let told = chronicle::as_recorded(&entries)?;
    // What was searched for is noted like what was read.
    access::opened(&*served.store, &reader.person, "search", &reader.person.officer, &asked.q, reader.now)
        .await?;
    let here = |before: i64| format!("/search?q={}&before={before}", escaped(&asked.q));
    let page = SearchPage {
        has_asked: true,
        count,
        named: named(&shower, &told, &words),
        officers: officers(&shower, &words),
        found: told.iter().map(|told| found(&shower, told)).collect(),
        next: last.map(here),
        first: asked.before.map(|_| format!("/search?q={}", escaped(&asked.q))),
        q: asked.q,
        labels: labels(),
    };
    frame.page("search.njk", &text("search-title"), page)
}

impl SearchPage {
    fn empty() -> Self {
        Self {
            q: String::new(),
            has_asked: false,
            count: 0,
            named: Vec::new(),
            officers: Vec::new(),
            found: Vec::new(),
            next: None,
            first: None,
            labels: labels(),
        }
    }
}

/// The words of what somebody wrote, without marks that no word has.
fn words(text: &str) -> Vec<String> {
    let has_letters = |word: &&str| word.chars().any(char::is_alphanumeric);
    let short = |word: &str| word.chars().take(LONGEST).collect::<String>();
    text.split_whitespace().filter(has_letters).take(MOST_WORDS).map(short).collect()
}

fn found(shower: &Shower, told: &Told) -> Found {
    Found { event: EventLine::of(shower, told), place: name(shower, &told.event.stream) }
}

/// What events name whose reference has all of the words.
fn named(shower: &Shower, told: &[Told], words: &[String]) -> Vec<Name> {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let fits = |entity: &&String| lower.iter().all(|word| entity.to_lowercase().contains(word));
    let entities = told.iter().flat_map(|told| {
        let linked = told.event.links.values().flatten();
        linked.chain([&told.event.stream])
    });
    let entities: BTreeSet<&String> = entities.filter(fits).collect();
    entities.into_iter().map(|entity| Name { text: about(entity), ..name(shower, entity) }).collect()
}

/// Officers who are called so.
fn officers(shower: &Shower, words: &[String]) -> Vec<Name> {
    let called = shower.called(words);
    let name = |(officer, shown): (&str, &str)| Name {
        text: shown.to_owned(),
        href: Some(format!("/search?q={}", escaped(&format!("officer:{}", bare(officer))))),
    };
    called.into_iter().map(name).collect()
}
