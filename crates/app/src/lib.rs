//! The live system: recording, the watch, the outbox. It judges nothing: it keeps what `engine::evaluate` says.
//!
//! A [`Node`] keeps the evaluation of the whole log in memory and what it says of each duty in the store. All that it
//! writes it writes in one transaction with the events that it follows from, so what is kept of duties is at every
//! moment what `evaluate` says of the log. It takes the time as an argument; only [`Recorder`], [`Outbox::run`] and
//! the program around them read a clock.

pub mod access;
pub mod accounts;
mod administrators;
mod ahead;
mod audit;
pub mod chronicle;
mod error;
mod glass;
mod history;
mod node;
pub mod notify;
pub mod oidc;
mod outbox;
mod raise;
mod recorder;
pub mod security;
pub mod sessions;
mod standing;
pub mod token;
pub mod trial;
pub mod versions;

pub use administrators::{tell_gaps, tell_unconfirmed};
pub use ahead::{Gap, gaps, gaps_now, reachable};
pub use audit::{Audit, Auditor, audit};
pub use error::{AppError, Refusal};
pub use history::{History, HistoryPage, HistoryQuery};
pub use node::{Node, Order, Recorded, Status};
pub use outbox::Outbox;
pub use raise::Unraised;
pub use recorder::{Clock, Reads, Recorder, SystemClock};
