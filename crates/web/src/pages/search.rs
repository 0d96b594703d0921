//! Search: by name, reference, place or any words, in what one may see.

use std::collections::BTreeSet;

use app::access::Action;
use app::chronicle::{self, Told};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use store::{Found, SearchQuery};

use super::reader::Reader;
use super::rows::{Shower, about};
use super::texts::text;
use super::told::{EventLine, Name, escaped, labels, name};
use super::{Frame, PageError};
use crate::Served;

/// How many events a page shows.
const MOST: usize = 20;

/// How many words are looked for, and how long each is at most.
const MOST_WORDS: usize = 8;
const LONGEST: usize = 100;

/// To how many entries it counts, and looks for what they name.
const MOST_COUNTED: usize = 1_000;

/// How many cases, people and places it tells of.
const MOST_NAMED: usize = 50;

/// What is searched for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sought {
    q: String,
    /// Only what names this.
    about: Option<String>,
    before: Option<i64>,
}

#[derive(Debug, Default, Serialize)]
struct SearchPage {
    q: String,
    about: Option<Name>,
    has_asked: bool,
    count: u64,
    /// Whether there are more than are counted.
    is_more: bool,
    /// Cases, children, teams and others whose reference has the words; on the first page alone.
    named: Vec<Name>,
    /// How many of them are left out.
    more_named: usize,
    /// Officers who are called so; each leads to what names them.
    officers: Vec<Name>,
    found: Vec<FoundLine>,
    next: Option<String>,
    first: Option<String>,
    labels: serde_json::Value,
}

#[derive(Debug, Serialize)]
struct FoundLine {
    event: EventLine,
    place: Name,
}

/// The page.
pub(crate) async fn search(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Query(sought): Query<Sought>,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeOwn)?;
    let words = words(&sought.q);
    let shower = Shower::new(&served).await?.to(&reader.person);
    let sight = reader.sight.clone();
    let about_what = sought.about.clone().filter(|about| !about.is_empty());
    let looks_for_names = !words.is_empty() && sought.before.is_none();
    let query = SearchQuery {
        words,
        about: about_what,
        sight,
        before: sought.before,
        most: if looks_for_names { MOST_COUNTED } else { MOST + 1 },
        most_counted: MOST_COUNTED + 1,
    };
    let mut page = SearchPage {
        about: sought.about.as_deref().map(|entity| Name { text: about(entity), href: None }),
        has_asked: !sought.q.is_empty() || sought.about.is_some(),
        q: sought.q.clone(),
        labels: labels(),
        ..SearchPage::default()
    };
    if !query.asks_nothing() {
        let Found { entries, count } = served.store.search(&query).await?;
        let told = chronicle::as_recorded(&entries)?;
        let shown = &told[..told.len().min(MOST)];
        let last = shown.last().map(|last| last.seq).filter(|_| told.len() > MOST);
        // What was searched for is noted like what was read.
        reader.note(&served, "search", &reader.person.officer, &sought.words()).await?;
        page.is_more = count > MOST_COUNTED as u64;
        page.count = count.min(MOST_COUNTED as u64);
        if looks_for_names {
            let mut names = named(&told, &query.words);
            // The shorter a reference, the more of it are the words.
            names.sort_by_key(|name| (name.len(), *name));
            page.named = names.iter().take(MOST_NAMED).map(|entity| full_name(&shower, entity)).collect();
            page.more_named = names.len().saturating_sub(MOST_NAMED);
            page.officers = officers(&shower, &query.words);
        }
        page.found = shown.iter().map(|told| found(&shower, told)).collect();
        page.next = last.map(|before| format!("{}&before={before}", sought.href()));
        page.first = sought.before.map(|_| sought.href());
    }
    frame.page("search.njk", &text("search-title"), page)
}

/// The address of everything that names something.
pub(crate) fn about_it(entity: &str) -> String {
    format!("/search?about={}", escaped(entity))
}

impl Sought {
    fn href(&self) -> String {
        let about = self.about.iter().map(|about| format!("&about={}", escaped(about)));
        format!("/search?q={}{}", escaped(&self.q), about.collect::<String>())
    }

    /// What is sought, as it is noted.
    fn words(&self) -> String {
        let parts = [Some(self.q.as_str()), self.about.as_deref()];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// The words of what somebody wrote, without marks that no word has.
fn words(text: &str) -> Vec<String> {
    let has_letters = |word: &&str| word.chars().any(char::is_alphanumeric);
    let short = |word: &str| word.chars().take(LONGEST).collect::<String>();
    text.split_whitespace().filter(has_letters).take(MOST_WORDS).map(short).collect()
}

fn found(shower: &Shower, told: &Told) -> FoundLine {
    FoundLine { event: EventLine::of(shower, told), place: name(shower, &told.event.stream) }
}

/// What events name whose reference has all of the words.
fn named<'t>(told: &'t [Told], words: &[String]) -> Vec<&'t String> {
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let fits = |entity: &&String| lower.iter().all(|word| entity.to_lowercase().contains(word));
    let entities = told.iter().flat_map(|told| {
        let linked = told.event.links.values().flatten();
        linked.chain([&told.event.stream])
    });
    let different: BTreeSet<&String> = entities.filter(fits).collect();
    different.into_iter().collect()
}

fn full_name(shower: &Shower, entity: &str) -> Name {
    Name { text: about(entity), ..name(shower, entity) }
}

/// Officers who are called so.
fn officers(shower: &Shower, words: &[String]) -> Vec<Name> {
    let called = shower.called(words);
    let name =
        |(officer, shown): (&str, &str)| Name { text: shown.to_owned(), href: Some(about_it(officer)) };
    called.into_iter().map(name).collect()
}
