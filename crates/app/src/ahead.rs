//! Steps of ladders that would reach nobody, or somebody who cannot be told, before they are needed.

use std::collections::{BTreeMap, BTreeSet};

use engine::evaluate::Evaluation;
use engine::time::Instant;
use store::Contact;

/// A step of open duties of one rule that would not reach everybody whom it is to reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The rule.
    pub rule: String,
    /// The step's number, from 1.
    pub step: usize,
    /// The role that it goes to.
    pub to: String,
    /// The agency whose people it is to reach.
    pub agency: Option<String>,
    /// Those of them who have no working contact; none where nobody is there at all.
    pub without_contact: Vec<String>,
    /// How many open duties it is ahead of.
    pub duties: usize,
    /// When the first of them is due.
    pub first_due: Option<Instant>,
    /// The zone of the policy that binds them.
    pub zone: String,
}

/// The officers with a working contact.
#[must_use]
pub fn reachable(contacts: &[Contact]) -> BTreeSet<String> {
    contacts.iter().filter(|contact| contact.email.is_some()).map(|contact| contact.officer.clone()).collect()
}

/// The gaps ahead of the open duties of an evaluation; `reachable` are the officers with a working contact.
#[must_use]
pub fn gaps(evaluation: &Evaluation<'_>, reachable: &BTreeSet<String>) -> Vec<Gap> {
    let mut gaps: BTreeMap<_, Gap> = BTreeMap::new();
    for duty in evaluation.each_duty() {
        if !evaluation.state_of(duty).is_open() {
            continue;
        }
        let Some(rule) = evaluation.rule(duty) else { continue };
        let due = evaluation.due(duty);
        for step in evaluation.ahead(duty) {
            let holders = step.holders.as_deref().unwrap_or_default();
            let without: Vec<String> =
                holders.iter().filter(|&holder| !reachable.contains(holder)).cloned().collect();
            if !holders.is_empty() && without.is_empty() {
                continue;
            }
            let gap = gaps.entry((rule.name.clone(), step.step, without.clone())).or_insert_with(|| Gap {
                rule: rule.name.clone(),
                step: step.step,
                to: step.to,
                agency: step.agency,
                without_contact: without,
                duties: 0,
                first_due: due,
                zone: evaluation.zone(duty).to_owned(),
            });
            gap.duties += 1;
            gap.first_due = [gap.first_due, due].into_iter().flatten().min();
        }
    }
    gaps.into_values().collect()
}
