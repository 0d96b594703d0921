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

/// The cursor after a duty.
pub fn after(duty: &DutyEntry) -> String {
    text(&(&duty.rule, &duty.key, duty.due.map(Instant::ms), &duty.id))
}

/// Reads a cursor after a duty.
///
/// # Errors
/// It is none of ours.
pub fn read(cursor: &str) -> Result<Cursor, Problem> {
    let (rule, key, due, id) = place::<(String, String, Option<i64>, String)>(cursor)?;
    Ok(Cursor { rule, key, due: due.map(Instant::saturating), id })
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
