//! Where a page of a list ends, as a text that means nothing to the caller.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engine::time::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{Cursor, DutyEntry};

use crate::problem::Problem;

/// How many items a page has where the caller does not say.
pub const USUAL: usize = 100;

/// How many items a page has at most.
pub const MOST: usize = 1_000;

/// The size of a page that was asked for.
///
/// # Errors
/// It is none, or too many.
pub fn size(limit: Option<usize>) -> Result<usize, Problem> {
    match limit.unwrap_or(USUAL) {
        size @ 1..=MOST => Ok(size),
        _ => Err(Problem::bad(format!("`limit` is from 1 to {MOST}"))),
    }
}

/// Which evaluation of the past a page comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// As of when.
    pub as_of: Instant,
    /// Up to which append number the log was judged.
    pub seq: i64,
}

/// A place as it stands in a cursor: rule, key, due and id of the duty before it, and the reading as two numbers.
type Place = (String, String, Option<i64>, String, Option<(i64, i64)>);

/// The cursor after a duty.
pub fn after(duty: &DutyEntry, reading: Option<Reading>) -> String {
    let reading = reading.map(|reading| (reading.as_of.ms(), reading.seq));
    text(&(&duty.rule, &duty.key, duty.due.map(Instant::ms), &duty.id, reading))
}

/// The place after a duty.
pub fn place_of(duty: &DutyEntry) -> Cursor {
    let DutyEntry { rule, key, due, id, .. } = duty.clone();
    Cursor { rule, key, due, id }
}

/// Reads a cursor after a duty.
///
/// # Errors
/// It is none of ours.
pub fn read(cursor: &str) -> Result<(Cursor, Option<Reading>), Problem> {
    let (rule, key, due, id, reading) = place::<Place>(cursor)?;
    let reading = reading.map(|(as_of, seq)| Reading { as_of: Instant::saturating(as_of), seq });
    Ok((Cursor { rule, key, due: due.map(Instant::saturating), id }, reading))
}

/// The cursor of a place.
pub fn text(place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place of a cursor.
///
/// # Errors
/// It is none of ours.
pub fn place<P: DeserializeOwned>(cursor: &str) -> Result<P, Problem> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| {
        Problem::bad("`cursor` is not what `next` of an answer was; leave it out to begin anew")
    })
}
