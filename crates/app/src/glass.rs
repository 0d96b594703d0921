//! Whom it is told at once that somebody let themselves into a case that is not theirs: those who owe a duty that it started,
//! which is to look at why.

use engine::duty::DutyRow;
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::{BrokenGlass, Message};

/// What a letter says of a duty that somebody started who let themselves in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookFacts {
    pub(crate) duty: String,
    pub(crate) due: Option<Instant>,
    pub(crate) zone: String,
}

/// The body of a message about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GlassTold {
    pub(crate) glass: LookFacts,
}

/// The glass that started a duty which is open, if one of some did.
pub(crate) fn started<'g>(row: &DutyRow, glasses: &'g [BrokenGlass]) -> Option<&'g BrokenGlass> {
    glasses.iter().find(|glass| row.state.is_open() && glass.event == row.trigger.id)
}

/// A letter to each who owes a duty, but for who let themselves in.
pub(crate) fn letters(row: &DutyRow, glass: &BrokenGlass, zone: &str, now: Instant) -> Vec<Message> {
    let facts = LookFacts { duty: row.id.clone(), due: row.due, zone: zone.to_owned() };
    let body = serde_json::to_string(&GlassTold { glass: facts }).unwrap_or_default();
    let holders = row.holders.iter().flat_map(|holders| holders.iter());
    let letter = |holder: &String| Message {
        id: format!("mail:{holder}:glass:{}", row.id),
        at: now,
        channel: "mail".to_owned(),
        recipient: holder.clone(),
        body: body.clone(),
    };
    holders.filter(|&holder| *holder != glass.officer).map(letter).collect()
}
