//! What is kept of the record so that access can be decided.

use engine::duty::{AllocationRow, PostRow};
use engine::record::Event;
use engine::time::Instant;
use store::{BrokenGlass, InCharge, Post};

use super::{BROKEN_GLASS, GLASS_MS};

/// A post as it is kept: once for each manager, or once without.
pub(crate) fn posts(row: &PostRow) -> Vec<Post> {
    let post = |manager: Option<&String>| Post {
        officer: row.officer.clone(),
        is_cover: row.is_cover,
        role: row.role.clone(),
        rank: row.rank.clone(),
        team: row.team.clone(),
        agency: row.agency.clone(),
        manager: manager.cloned(),
    };
    match row.managers.as_slice() {
        [] => vec![post(None)],
        managers => managers.iter().map(|manager| post(Some(manager))).collect(),
    }
}

/// Who is in charge of a stream as it is kept.
pub(crate) fn in_charge(row: &AllocationRow) -> InCharge {
    let people = row.officers.union(&row.teams).cloned().collect();
    InCharge { stream: row.stream.clone(), people }
}

/// What an event breaks: only who records it as themselves lets themselves in, and nobody else.
pub(crate) fn broken(event: &Event, recorded_by: &str) -> Option<BrokenGlass> {
    let is_own = |officer: &String| officer == recorded_by;
    let officer = event.links.get("officer")?.iter().find(|&officer| is_own(officer))?;
    let is_glass =
        event.kind == BROKEN_GLASS && event.stream.starts_with("case:") && event.corrects.is_none();
    is_glass.then(|| BrokenGlass {
        event: event.id.clone(),
        stream: event.stream.clone(),
        officer: officer.clone(),
        at: event.recorded_at,
        until: Instant::saturating(event.recorded_at.ms() + GLASS_MS),
    })
}
