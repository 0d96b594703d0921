//! Why something cannot be done, and what the one who asked is told.

use engine::evaluate::{EvaluateError, RunningError};
use engine::log::LogError;
use engine::time::Instant;
use store::StoreError;
use thiserror::Error;

/// Why nothing could be done now, whatever was asked.
#[derive(Debug, Error)]
pub enum AppError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log in the store cannot be judged by the policy.
    #[error("the record cannot be judged: {0}")]
    Evaluate(#[from] EvaluateError),
    /// The record stands in what a node's clock calls the future.
    #[error(
        "the record stands as of {as_of}, and the clock says {now}; nothing is recorded: set this machine's clock, or, where another's was wrong, set that, stop every node, and start one with `--rebuild`"
    )]
    ClockBehind {
        /// As of when the record stands.
        as_of: Instant,
        /// What the clock says.
        now: Instant,
    },
    /// A node's clock is far ahead of the database's.
    #[error(
        "the clock says {now}, and the database's {database}; nothing is recorded: set this machine's clock"
    )]
    ClockAhead {
        /// What the clock says.
        now: Instant,
        /// What the database's says.
        database: Instant,
    },
    /// Whether what was ordered is recorded is not known: the answer to it was lost.
    #[error(
        "whether what was sent last is recorded is not known ({0}); the same may be sent again with the same ids"
    )]
    Unconfirmed(String),
    /// A line of the log in the store is no event.
    #[error("entry {seq} of the record cannot be read: {reason}; restore the database from a backup")]
    Unreadable {
        /// Its append number.
        seq: i64,
        /// Why.
        reason: String,
    },
    /// No policy is in force.
    #[error("no policy is in force; start with `--policy`")]
    NoPolicy,
    /// The policies in force are no program.
    #[error("the policies in force cannot be used: {0}")]
    Policy(String),
    /// Others have the record judged at other moments.
    #[error("the record is being judged at other moments for others; ask again in a minute")]
    Busy,
    /// Something went wrong that should not be able to.
    #[error("{0} ended by a fault in wakeful; please report it with the server's log")]
    Fault(&'static str),
    /// The part of the program that records has stopped.
    #[error("the recorder has stopped; start the server again")]
    Stopped,
}

/// Why events are not recorded. Nothing of their list is.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Refusal {
    /// The id is another event's.
    #[error("the id `{id}` stands for another event already; give this one another id")]
    Conflict {
        /// The event's place in the list, from 0.
        place: usize,
        /// Its id.
        id: String,
    },
    /// It is no event that the record can hold.
    #[error("{reason}")]
    Bad {
        /// The event's place in the list, from 0.
        place: usize,
        /// Why.
        reason: String,
    },
}

impl Refusal {
    pub(crate) fn of(place: usize, error: RunningError) -> Self {
        match error {
            RunningError::Log(LogError::Conflict { id, .. }) => Self::Conflict { place, id },
            other => Self::Bad { place, reason: other.to_string() },
        }
    }
}
