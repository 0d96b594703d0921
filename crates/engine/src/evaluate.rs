//! `evaluate`: from policy and events to duties. The only place where anything is judged.
//!
//! What it means is in `docs/policy-language.md`.

pub(crate) mod attend;
pub(crate) mod backward;
pub(crate) mod derived;
pub(crate) mod effective;
pub(crate) mod every;
mod fields;
pub(crate) mod guards;
mod id;
mod identity;
pub(crate) mod judge;
pub(crate) mod judged;
mod kept;
pub(crate) mod ladder;
mod moved;
mod names;
pub(crate) mod opens;
mod packed;
pub(crate) mod partition;
mod people;
pub(crate) mod plan;
pub(crate) mod registers;
mod report;
mod respond;
pub(crate) mod rows;
pub(crate) mod run;
mod running;
pub(crate) mod same;
pub(crate) mod signal;
pub(crate) mod special;
pub(crate) mod state;
mod together;
mod transitions;
pub(crate) mod view;

pub use moved::Renumbering;
pub use rows::DutyRef;
pub use running::{Beginning, MovedDuties, MovedRegisters, Running, RunningError};

use thiserror::Error;

use crate::log::Log;
use crate::program::Program;
use crate::time::Instant;
use crate::words::thousands;
use kept::KeptPass;
use registers::Registers;
use run::Ran;
use special::Special;
use view::View;

/// What an evaluation looks at (`docs/policy-language.md`, "Cuts").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Events that happened later do not count, and open duties are judged then; without one, the greatest `at`.
    pub as_of: Option<Instant>,
    /// Events recorded later do not count; without one, all do.
    pub known_by: Option<Instant>,
    /// The last version alone binds, for all time: "had we had this rule then".
    pub ignore_in_force: bool,
}

/// Why a log cannot be evaluated.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum EvaluateError {
    /// Corrections that correct one another.
    #[error("the corrections {} correct one another in a circle; withdraw one of them", .ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "))]
    CorrectionCircle {
        /// The ids in the circle.
        ids: Vec<String>,
    },
    /// More kinds, recorded and derived, than have numbers.
    #[error(
        "the log and the policy have {kinds} kinds together; at most 65,534 are judged; is the mapping right?"
    )]
    TooManyKinds {
        /// How many there are.
        kinds: usize,
    },
    /// An interval whose dues lapsed so often that the events of it would fill the memory.
    #[error(
        "the duty `{rule}` of `{key}`, started by the event `{event}`, lapsed {} times, and a rule counts each; correct the event's date, or make `every` longer",
        thousands(*.count)
    )]
    TooManyLapses {
        /// The rule.
        rule: String,
        /// The key.
        key: String,
        /// The id of the event that starts the interval.
        event: String,
        /// How many of its dues passed.
        count: u64,
    },
}

/// The texts, besides a policy's own, that an evaluation looks up.
pub(crate) const CORE_NAMES: [&str; 24] = [
    "officer",
    "team",
    "manager",
    "role",
    "rank",
    "agency",
    "name",
    "expires",
    "duty",
    "meeting",
    "attendance",
    "invited",
    "rule",
    "key",
    "from",
    "into",
    "step",
    "decision",
    "until",
    "reason",
    "action",
    "named",
    "person",
    "case",
];

/// What a policy makes of a log: duties, signals, and what could not be used as it stood.
pub struct Evaluation<'a> {
    pub(crate) view: View<'a>,
    pub(crate) registers: Registers,
    pub(crate) special: Special,
    pub(crate) ran: Ran,
    /// Events recorded later do not count.
    pub(crate) known_by: Option<Instant>,
    /// What is kept of each pass, where the evaluation is kept.
    pub(crate) kept: Option<&'a [KeptPass<'a>]>,
}

/// Judges a log by a program. The same input gives the same answer, to the byte.
///
/// # Errors
/// What [`EvaluateError`] says.
pub fn evaluate<'a>(program: &'a Program, log: &'a Log, cut: &Cut) -> Result<Evaluation<'a>, EvaluateError> {
    let mut view = View::new(program.compiled(cut.ignore_in_force), log, cut)?;
    let registers = Registers::new(&view);
    let special = Special::new(&view);
    let ran = run::run(&mut view, &registers, &special)?;
    Ok(Evaluation { view, registers, special, ran, known_by: cut.known_by, kept: None })
}
