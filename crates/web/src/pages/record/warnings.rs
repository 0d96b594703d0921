//! What to think of before something is recorded. It keeps nobody from recording it.

use app::access;
use engine::program::Program;
use engine::record::Event;
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use crate::Served;
use crate::pages::rows::{Shower, about};
use crate::pages::texts::{said, text};
use crate::pages::{PageError, SignedIn};

/// How many entries about somebody are looked at.
const MOST: usize = 5_000;

/// The qualification of those who interview children.
const INTERVIEWER: &str = "child-interview";

/// A term of the policy's lists that a note has.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    avoid: String,
    prefer: String,
}

/// An event of the record, as far as warnings look at it.
#[derive(Debug, Deserialize)]
struct Line {
    kind: String,
    #[serde(default)]
    stream: String,
    at: Instant,
    #[serde(default)]
    links: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    attrs: BTreeMap<String, serde_json::Value>,
}

impl Line {
    fn attr(&self, name: &str) -> Option<&str> {
        let value = self.attrs.get(name)?;
        value.get("instant").unwrap_or(value).as_str()
    }
}

/// Warnings about an event that somebody is about to record.
pub(super) async fn of(
    served: &Served,
    person: &SignedIn,
    shower: &Shower,
    event: &Event,
) -> Result<Vec<String>, PageError> {
    let mut warnings = Vec::new();
    let linked = |role: &str| event.links.get(role).into_iter().flatten();
    let is_interview = event.kind.starts_with("interview.")
        && event.attrs.get("interview_type")
            != Some(&engine::record::Value::Text("first-account".to_owned()));
    if is_interview {
        let at = match event.attrs.get("planned_for") {
            Some(engine::record::Value::Instant(at)) => *at,
            _ => event.at,
        };
        for officer in linked("officer") {
            if !is_trained(&about_whom(served, officer).await?, at) {
                warnings.push(said("warning-untrained", &[("officer", shower.name(officer).into())]));
            }
        }
    }
    for suspect in linked("suspect") {
        let known = match linked("child").any(|child| child == suspect) {
            true => Known::Seen,
            false => known_as_child(served, person, suspect).await?,
        };
        match known {
            Known::No => {}
            Known::Seen => warnings.push(said("warning-child-suspect", &[("person", about(suspect).into())])),
            Known::Unseen => warnings.push(sign_off(served, person, shower, suspect).await?),
        }
    }
    Ok(warnings)
}

/// Whether somebody stands in the record as a child.
enum Known {
    No,
    /// In a case that the officer may see.
    Seen,
    /// In cases alone that the officer may not see.
    Unseen,
}

/// Whether somebody stands in the record as a child. Where the officer may not see it, that they were warned is noted in each
/// of these cases.
async fn known_as_child(served: &Served, person: &SignedIn, suspect: &str) -> Result<Known, PageError> {
    let lines = about_whom(served, suspect).await?;
    let is_child =
        |line: &&Line| line.links.get("child").is_some_and(|all| all.iter().any(|child| child == suspect));
    let streams: BTreeSet<String> = lines.iter().filter(is_child).map(|line| line.stream.clone()).collect();
    let streams: Vec<String> = streams.into_iter().collect();
    let (store, now) = (&*served.store, served.clock.now());
    if streams.is_empty() {
        return Ok(Known::No);
    }
    if !store.seen_of(&person.person.sight(now), &streams).await?.is_empty() {
        return Ok(Known::Seen);
    }
    let why = text("warning-why");
    for stream in &streams {
        access::opened(store, &person.person, "warning", stream, &why, now).await?;
    }
    Ok(Known::Unseen)
}

/// That somebody else has to look at it first, and who: nothing of a case that the officer may not see.
async fn sign_off(
    served: &Served,
    person: &SignedIn,
    shower: &Shower,
    suspect: &str,
) -> Result<String, PageError> {
    let posts = served.store.posts_of(person.officer()).await?;
    let manager = posts.iter().rev().find_map(|post| post.manager.as_deref());
    let ask = manager.map_or_else(|| text("warning-your-supervisor"), |manager| shower.name(manager));
    Ok(said("warning-sign-off", &[("person", about(suspect).into()), ("ask", ask.into())]))
}

async fn about_whom(served: &Served, entity: &str) -> Result<Vec<Line>, PageError> {
    let entries = served.store.entries_about(entity, 0, MOST).await?;
    Ok(entries.iter().filter_map(|entry| serde_json::from_str(&entry.line).ok()).collect())
}

/// Whether the training register has the qualification of an officer then. The duty that follows is judged by the policy.
fn is_trained(lines: &[Line], at: Instant) -> bool {
    let of_it = lines.iter().filter(|line| line.at <= at && line.attr("name") == Some(INTERVIEWER));
    let last = of_it.filter(|line| line.kind.starts_with("qualification.")).max_by_key(|line| line.at);
    last.is_some_and(|line| {
        let expires = line.attr("expires").and_then(|expires| Instant::parse(expires).ok());
        line.kind == "qualification.gained" && expires.is_none_or(|expires| at < expires)
    })
}

/// The terms of the policy's lists that a note has, with better words.
pub(super) fn terms(program: &Program, note: &str) -> Vec<Found> {
    let signals = program.last().into_iter().flat_map(|policy| policy.signals.values());
    let lists = signals.filter_map(|signal| signal.terms.as_deref());
    let found = lists.flat_map(|list| list.found_in(note));
    found.map(|term| Found { avoid: term.avoid.clone(), prefer: term.prefer.clone() }).collect()
}
