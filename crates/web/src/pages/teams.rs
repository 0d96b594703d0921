//! A team: what it is about to miss, what it missed, who carries how much, who is trained, who covers, who was asked.

use std::collections::BTreeSet;

use app::access::{self, Action, Principal, Resource};
use app::chronicle;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::duty::State as DutyState;
use engine::policy::Policy;
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::Serialize;
use store::Post;

use super::casefile::{attr, capital_words, standing};
use super::listing::{Asked, Counted, List};
use super::reader::{Reader, why};
use super::rows::{Shower, bare};
use super::texts::said;
use super::told::labels;
use super::{Frame, PageError};
use crate::Served;

/// How far ahead a team looks.
const SOON_MS: i64 = 3 * 24 * 3_600_000;

/// How many duties a list shows; the page of the list has all.
const MOST: usize = 20;

/// How many events of an officer are looked through for what they are trained in.
const MOST_EVENTS: usize = 500;

#[derive(Debug, Serialize)]
struct TeamPage {
    soon: List,
    missed: List,
    requests: List,
    people: Vec<Member>,
    cover: Vec<String>,
    labels: serde_json::Value,
}

/// Somebody in the team.
#[derive(Debug, Serialize)]
struct Member {
    name: String,
    roles: String,
    /// How many open duties they owe that the reader may see.
    load: Counted,
    requests: Counted,
    training: Vec<Training>,
}

#[derive(Debug, Serialize)]
struct Training {
    name: String,
    expires: Option<String>,
    has_expired: bool,
}

/// A team.
pub(crate) async fn team(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    let team = format!("team:{id}");
    why(access::decide(Principal::Person(&reader.person), Action::SeeTeam, &Resource::Team(&team)))?;
    served.recorder.watch().await?;
    let store = &*served.store;
    let posts = store.posts_in(&team).await?;
    // A team that the record tells of is there where nobody holds a post in it any more.
    if posts.is_empty() && store.entries_about(&team, 0, 1).await?.is_empty() {
        return Err(PageError::NotFound);
    }
    let shower = Shower::new(&served).await?;
    let owed = Asked { team: Some(id.clone()), ..Asked::default() };
    let soon = Instant::saturating(reader.now.ms() + SOON_MS);
    let missed = owed.states(&[DutyState::Overdue, DutyState::Unrecorded]);
    let answers = shower.policy().map(answers).unwrap_or_default();
    let requests = Asked { rule: Some(answers.join(",")), ..missed.clone() };
    let list = async |asked: &Asked| List::of(&served, &shower, &reader, asked, MOST).await;
    let pending = owed.states(&[DutyState::Pending]).due(None, Some(soon));
    let (owing, asked) = (owed.query(&reader, 1)?, requests.query(&reader, 1)?);
    let (load, unanswered, soon, missed_list, requests_list) = tokio::try_join!(
        async { Ok(store.count_by_holder(&owing).await?) },
        async {
            match answers.is_empty() {
                true => Ok(Vec::new()),
                false => Ok(store.count_by_holder(&asked).await?),
            }
        },
        list(&pending),
        list(&missed),
        async {
            match answers.is_empty() {
                true => Ok(List { count: 0, href: missed.href(), duties: Vec::new() }),
                false => list(&requests).await,
            }
        },
    )?;
    let officers: BTreeSet<&str> = posts.iter().map(|post| &*post.officer).collect();
    let mut people = Vec::new();
    for officer in officers {
        let count = |counts: &[(String, u64)], asked: &Asked| Counted {
            count: counts.iter().find(|(holder, _)| holder == officer).map_or(0, |&(_, count)| count),
            href: Asked { officer: Some(bare(officer).to_owned()), team: None, ..asked.clone() }.href(),
        };
        people.push(Member {
            name: shower.name(officer),
            roles: roles(&posts, officer),
            load: count(&load, &owed),
            requests: count(&unanswered, &requests),
            training: training(&served, &shower, officer, reader.now).await?,
        });
    }
    let cover = posts.iter().filter(|post| post.is_cover);
    let page = TeamPage {
        soon,
        missed: missed_list,
        requests: requests_list,
        people,
        cover: cover.map(|post| format!("{}, {}", shower.name(&post.officer), role(post))).collect(),
        labels: labels(),
    };
    frame.page("team.njk", &said("team-title", &[("name", id.into())]), page)
}

/// The rules by which a request is owed an answer.
fn answers(policy: &Policy) -> Vec<String> {
    let is_asked = |kind: &engine::policy::KindRef| kind.kind == "request.made";
    let rules = policy.duties.iter().filter(|(_, rule)| rule.when.iter().any(is_asked));
    rules.map(|(name, _)| name.clone()).collect()
}

fn role(post: &Post) -> String {
    post.role.as_deref().map_or_else(String::new, capital_words)
}

fn roles(posts: &[Post], officer: &str) -> String {
    let own = posts.iter().filter(|post| post.officer == officer && !post.is_cover);
    let roles: BTreeSet<String> = own.map(role).filter(|role| !role.is_empty()).collect();
    roles.into_iter().collect::<Vec<_>>().join(", ")
}

/// What an officer is trained in: of each name what was recorded last.
async fn training(
    served: &Served,
    shower: &Shower,
    officer: &str,
    now: Instant,
) -> Result<Vec<Training>, PageError> {
    let (told, _) = chronicle::within(&*served.store, officer, MOST_EVENTS).await?;
    let mut held: Vec<(String, &Event)> = Vec::new();
    for event in standing(&told) {
        let Some(name) = attr(event, "name").filter(|_| event.kind.starts_with("qualification.")) else {
            continue;
        };
        held.retain(|(known, _)| *known != name);
        if event.kind == "qualification.gained" {
            held.push((name, event));
        }
    }
    let expires = |event: &Event| match event.attrs.get("expires") {
        Some(Value::Instant(at)) => Some(*at),
        Some(Value::Text(text)) => Instant::parse(text).ok(),
        _ => None,
    };
    let one = |(name, event): (String, &Event)| {
        let at = expires(event);
        Training {
            name: capital_words(&name),
            expires: at.map(|at| shower.when.day(at)),
            has_expired: at.is_some_and(|at| at <= now),
        }
    };
    Ok(held.into_iter().map(one).collect())
}
