//! Steps of ladders that would reach nobody, or somebody who cannot be told, before they are needed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use engine::evaluate::{DutyRef, Evaluation};
use engine::time::Instant;
use store::Contact;

use crate::error::AppError;
use crate::recorder::{Reads, Recorder};

/// How many duties are looked at at once, while nothing can be recorded.
const PORTION: usize = 1_000;

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
    let mut found = Found::default();
    found.look(evaluation, evaluation.each_duty(), reachable);
    found.into_gaps()
}

/// The gaps ahead of the open duties of a record as it stands now. It is looked through in portions, and recording goes on
/// between them: where duties are referred to otherwise meanwhile, some may be passed over, or be counted twice.
///
/// # Errors
/// It cannot be read now.
pub async fn gaps_now(recorder: &Recorder, reachable: BTreeSet<String>) -> Result<Vec<Gap>, Arc<AppError>> {
    recorder.watch().await?;
    let reachable = Arc::new(reachable);
    let (mut found, mut last) = (Found::default(), None);
    loop {
        let reachable = Arc::clone(&reachable);
        let portion = move |evaluation: &Evaluation<'_>| {
            let rest = evaluation.each_duty().skip_while(|&duty| Some(duty) <= last);
            let duties: Vec<DutyRef> = rest.take(PORTION).collect();
            found.look(evaluation, duties.iter().copied(), &reachable);
            (found, duties.last().copied())
        };
        (found, last) = recorder.read(Reads::Duties, portion).await?;
        if last.is_none() {
            return Ok(found.into_gaps());
        }
    }
}

/// What was found until now, by rule, step and who cannot be reached.
#[derive(Default)]
struct Found(BTreeMap<(String, usize, Vec<String>), Gap>);

impl Found {
    fn look(
        &mut self,
        evaluation: &Evaluation<'_>,
        duties: impl Iterator<Item = DutyRef>,
        reachable: &BTreeSet<String>,
    ) {
        for duty in duties.filter(|&duty| evaluation.state_of(duty).is_open()) {
            let Some(rule) = evaluation.rule(duty) else { continue };
            let due = evaluation.due(duty);
            for step in evaluation.ahead(duty) {
                let holders = step.holders.as_deref().unwrap_or_default();
                let without: Vec<String> =
                    holders.iter().filter(|&holder| !reachable.contains(holder)).cloned().collect();
                if !holders.is_empty() && without.is_empty() {
                    continue;
                }
                let place = (rule.name.clone(), step.step, without.clone());
                let gap = self.0.entry(place).or_insert_with(|| Gap {
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
    }

    fn into_gaps(self) -> Vec<Gap> {
        self.0.into_values().collect()
    }
}
