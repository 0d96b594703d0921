//! What administrators are told: gaps ahead, which they can mend, and what waits for one of them to confirm it.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::{Contact, Message, Store};

use crate::ahead::{self, Gap};
use crate::error::AppError;
use crate::recorder::Recorder;

/// How often one of the nodes looks.
const LOOK_EVERY_MS: i64 = 10 * 60_000;

/// How long a gap that was told is not told again.
const DAY_MS: i64 = 24 * 3_600_000;

/// What a letter says of steps ahead that go to one role of one agency and would not reach the same people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GapFacts {
    pub(crate) to: String,
    pub(crate) agency: Option<String>,
    /// How many of those who hold the role have no working address; 0 where nobody holds it.
    pub(crate) without_contact: u32,
    /// How many steps of open duties.
    pub(crate) steps: usize,
    /// When the first of the duties is due.
    pub(crate) first_due: Option<Instant>,
    pub(crate) zone: String,
}

/// The body of a message about gaps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GapsTold {
    pub(crate) gaps: Vec<GapFacts>,
}

/// The body of a message about what waits to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WaitingTold {
    /// How many things one administrator made at once.
    pub(crate) unconfirmed: u32,
}

/// Writes to every administrator but the one who made something that one of the others has to confirm; says how many letters
/// wait to be delivered.
///
/// # Errors
/// The store does not answer.
pub async fn tell_unconfirmed(store: &dyn Store, by: &str, now: Instant) -> Result<usize, AppError> {
    let contacts = store.contacts().await?;
    let is_told =
        |contact: &&Contact| contact.administrator && contact.email.is_some() && contact.officer != by;
    let body = serde_json::to_string(&WaitingTold { unconfirmed: 1 }).unwrap_or_default();
    let letters: Vec<Message> =
        contacts.iter().filter(is_told).map(|one| letter(&one.officer, "unconfirmed", &body, now)).collect();
    let mut transaction = store.begin().await?;
    transaction.post(&letters).await?;
    transaction.commit().await?;
    Ok(letters.len())
}

/// Looks for gaps ahead, unless a node did a few minutes ago, and writes to the administrators where one of them is new or
/// was not told for a day: one letter, with all that there are. Says how many letters wait to be delivered.
///
/// # Errors
/// The store does not answer, or the record cannot be read: then nobody is told now.
pub async fn tell_gaps(store: &dyn Store, recorder: &Recorder, now: Instant) -> Result<usize, Arc<AppError>> {
    let contacts = store.contacts().await.map_err(AppError::from)?;
    let is_told = |contact: &&Contact| contact.administrator && contact.email.is_some();
    let administrators: Vec<&Contact> = contacts.iter().filter(is_told).collect();
    let looks = !administrators.is_empty()
        && store.look_for_gaps(now, before(now, LOOK_EVERY_MS)).await.map_err(AppError::from)?;
    if !looks {
        return Ok(0);
    }
    let gaps = by_role(&ahead::gaps_now(recorder, ahead::reachable(&contacts)).await?);
    Ok(write_of_gaps(store, gaps, &administrators, now).await?)
}

async fn write_of_gaps(
    store: &dyn Store,
    gaps: BTreeMap<String, GapFacts>,
    administrators: &[&Contact],
    now: Instant,
) -> Result<usize, AppError> {
    let mut transaction = store.begin().await?;
    let mut told = transaction.told_gaps().await?;
    told.retain(|_, at| *at > before(now, DAY_MS));
    if gaps.keys().all(|name| told.contains_key(name)) {
        return Ok(0);
    }
    told.extend(gaps.keys().map(|name| (name.clone(), now)));
    let body = GapsTold { gaps: gaps.into_values().collect() };
    let body = serde_json::to_string(&body).unwrap_or_default();
    let letters: Vec<Message> =
        administrators.iter().map(|one| letter(&one.officer, "gaps", &body, now)).collect();
    transaction.post(&letters).await?;
    transaction.tell_gaps(&told).await?;
    transaction.commit().await?;
    Ok(letters.len())
}

fn before(now: Instant, ms: i64) -> Instant {
    Instant::saturating(now.ms() - ms)
}

/// The gaps in one role of one agency, where the same people cannot be reached, by a name of theirs.
fn by_role(gaps: &[Gap]) -> BTreeMap<String, GapFacts> {
    let mut by_role = BTreeMap::new();
    for gap in gaps {
        let name = serde_json::json!([gap.to, gap.agency, gap.without_contact]).to_string();
        let facts = by_role.entry(name).or_insert_with(|| GapFacts {
            to: gap.to.clone(),
            agency: gap.agency.clone(),
            without_contact: u32::try_from(gap.without_contact.len()).unwrap_or(u32::MAX),
            steps: 0,
            first_due: None,
            zone: gap.zone.clone(),
        });
        facts.steps += gap.duties;
        facts.first_due = [facts.first_due, gap.first_due].into_iter().flatten().min();
    }
    by_role
}

fn letter(officer: &str, about: &str, body: &str, now: Instant) -> Message {
    Message {
        id: format!("mail:{officer}:{about}:{}", now.ms()),
        at: now,
        channel: "mail".to_owned(),
        recipient: officer.to_owned(),
        body: body.to_owned(),
    }
}
