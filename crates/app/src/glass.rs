//! Whom it is told at once that somebody let themselves into a case that is not theirs: those who owe a duty that it started,
//! which is to look at why.

use std::collections::BTreeMap;

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
    pub(crate) looks: Vec<LookFacts>,
}

/// What is told of a duty, and whom: those who owe it, but for who let themselves in. Nothing of one that is not open, or that none
/// of these started.
pub(crate) fn told<'r>(
    row: &'r DutyRow,
    glasses: &[BrokenGlass],
    zone: &str,
) -> Option<(LookFacts, Vec<&'r String>)> {
    let glass = glasses.iter().find(|glass| row.state.is_open() && glass.event == row.trigger.id)?;
    let holders = row.holders.iter().flat_map(|holders| holders.iter());
    let facts = LookFacts { duty: row.id.clone(), due: row.due, zone: zone.to_owned() };
    Some((facts, holders.filter(|&holder| *holder != glass.officer).collect()))
}

/// One letter to each, however many looks they owe.
pub(crate) fn letters(by_holder: BTreeMap<String, Vec<LookFacts>>, now: Instant) -> Vec<Message> {
    let letter = |(holder, looks): (String, Vec<LookFacts>)| Message {
        id: format!("mail:{holder}:glass:{}", looks[0].duty),
        at: now,
        channel: "mail".to_owned(),
        body: serde_json::to_string(&GlassTold { looks }).unwrap_or_default(),
        recipient: holder,
    };
    by_holder.into_iter().map(letter).collect()
}
