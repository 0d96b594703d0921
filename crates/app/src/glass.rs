//! Whom it is told at once that somebody let themselves into a case that is not theirs: those who owe a duty that it started,
//! which is to look at why; or, where nobody but who let themselves in owes it, those to whom its ladder goes first.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::duty::DutyRow;
use engine::evaluate::{DutyRef, Evaluation};
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::{BrokenGlass, Message, WrittenTo};

/// What a letter says of a duty that somebody started who let themselves in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LookFacts {
    pub(crate) duty: String,
    pub(crate) due: Option<Instant>,
    pub(crate) zone: String,
    /// Whether nobody but who let themselves in owes it.
    #[serde(default)]
    pub(crate) owed_by_none_else: bool,
}

/// The body of a message about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct GlassTold {
    pub(crate) looks: Vec<LookFacts>,
}

/// What is told of a duty, and whom. Nothing of one that is not open, or that none of these started.
pub(crate) fn told(
    evaluation: &Evaluation<'_>,
    duty: DutyRef,
    row: &DutyRow,
    glasses: &[BrokenGlass],
) -> Option<(LookFacts, Vec<String>)> {
    let glass = glasses.iter().find(|glass| row.state.is_open() && glass.event == row.trigger.id)?;
    let officer = evaluation.name_of(&glass.officer);
    let others = |holders: &Option<Arc<[String]>>| -> Vec<String> {
        holders.iter().flat_map(|holders| holders.iter()).filter(|&one| *one != officer).cloned().collect()
    };
    let owing = others(&row.holders);
    let owed_by_none_else = owing.is_empty();
    let told = if owed_by_none_else {
        evaluation
            .ahead(duty)
            .iter()
            .map(|step| others(&step.holders))
            .find(|others| !others.is_empty())
            .unwrap_or_default()
    } else {
        owing
    };
    let zone = evaluation.zone(duty).to_owned();
    Some((LookFacts { duty: row.id.clone(), due: row.due, zone, owed_by_none_else }, told))
}

/// Who is written to of which duty that nobody else owes, so that they may open it.
pub(crate) fn written_to(by_holder: &BTreeMap<String, Vec<LookFacts>>) -> Vec<WrittenTo> {
    let all = by_holder.iter().flat_map(|(officer, looks)| looks.iter().map(move |look| (officer, look)));
    all.filter(|(_, look)| look.owed_by_none_else)
        .map(|(officer, look)| WrittenTo { officer: officer.clone(), duty: look.duty.clone() })
        .collect()
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
