//! The duties that were not met in time, worst first.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use engine::duty::{DutyRow, State};
use engine::evaluate::Evaluation;
use engine::policy::Severity;

use super::words::short_id;
use crate::words::thousands;

/// A duty not met in time.
#[derive(Debug)]
pub struct Shortfall {
    /// The duty.
    pub row: DutyRow,
    /// Its rule's severity.
    pub severity: Severity,
    /// For how long: until it was closed, else until it was judged.
    pub late_ms: Option<i64>,
    /// Where its key is another duty, that one's rule, key and id.
    pub of_duty: Option<String>,
}

/// The worst duties not met in time, by severity, then by how late.
#[derive(Debug)]
pub struct Worst {
    /// The worst of them, worst first.
    pub list: Vec<Shortfall>,
    /// How many there are.
    pub total: u64,
    /// How many duties were closed in time by what was recorded after they were due.
    pub recorded_late: u64,
    /// How many duties could not be judged.
    pub undecided: u64,
}

/// What is said where the list is empty.
pub const NOTHING_LATE: &str = "No duty is overdue, breached, unrecorded, too early or late.";

impl Worst {
    /// The worst duties of an evaluation, at most so many; no more than these are kept at any time.
    #[must_use]
    pub fn of(evaluation: &Evaluation<'_>, most: usize) -> Self {
        let mut worst = BTreeMap::new();
        let (mut total, mut recorded_late, mut undecided) = (0, 0, 0);
        for (place, duty) in evaluation.duties().into_iter().enumerate() {
            let row = evaluation.row(duty);
            recorded_late += u64::from(row.recorded_late);
            undecided += u64::from(row.state == State::Undecided);
            if !row.state.is_shortfall() {
                continue;
            }
            total += 1;
            let severity = evaluation.rule(duty).map_or_else(Severity::default, |rule| rule.severity);
            let late_ms = late_ms(&row, evaluation);
            let shortfall = Shortfall { row, severity, late_ms, of_duty: None };
            worst.insert((Reverse(severity), Reverse(late_ms), place), shortfall);
            if worst.len() > most {
                worst.pop_last();
            }
        }
        let mut list: Vec<Shortfall> = worst.into_values().collect();
        name_duties(&mut list, evaluation);
        Self { list, total, recorded_late, undecided }
    }

    /// What else a reader has to know, a sentence each.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let duties = |count: u64, one: &str, many: &str| match count {
            0 => None,
            1 => Some(format!("1 duty {one}.")),
            count => Some(format!("{} duties {many}.", thousands(count))),
        };
        let undecided = duties(
            self.undecided,
            "is undecided: a value that it needs is missing or wrong, and its row names it",
            "are undecided: a value that they need is missing or wrong, and their rows name it",
        );
        let recorded_late = duties(
            self.recorded_late,
            "was closed by something dated in time and recorded only after it was due",
            "were closed by something dated in time and recorded only after they were due",
        );
        undecided.into_iter().chain(recorded_late).collect()
    }

    /// How many are not in the list.
    #[must_use]
    pub fn more(&self) -> u64 {
        self.total - self.list.len() as u64
    }
}

/// Says of each duty about another which that one is, where the review has it.
fn name_duties(list: &mut [Shortfall], evaluation: &Evaluation<'_>) {
    let mut about: BTreeMap<String, Vec<&mut Option<String>>> = BTreeMap::new();
    for shortfall in list {
        if let Some(id) = shortfall.row.key.strip_prefix("duty:") {
            about.entry(id.to_owned()).or_default().push(&mut shortfall.of_duty);
        }
    }
    if about.is_empty() {
        return;
    }
    for duty in evaluation.duties() {
        for id in evaluation.ids(duty) {
            let (Some(places), Some(rule)) = (about.remove(&id), evaluation.rule(duty)) else { continue };
            let words = format!("{}, {}, {}", rule.name, evaluation.key(duty), short_id(&id));
            places.into_iter().for_each(|place| *place = Some(words.clone()));
        }
    }
}

fn late_ms(row: &DutyRow, evaluation: &Evaluation<'_>) -> Option<i64> {
    match row.state {
        State::MetLate | State::ExcusedLate | State::EndedLate => row.late_ms,
        State::Overdue | State::Unrecorded | State::Breached => {
            Some(evaluation.as_of()?.ms() - row.due?.ms()).filter(|&late| late > 0)
        }
        _ => None,
    }
}
