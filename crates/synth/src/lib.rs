//! A made force: what it and its partners do for the children of their districts, all in time, or with failures at set
//! rates. The same seed gives the same record, to the byte.
//!
//! A force has districts, a district teams, and a team rounds: what befalls the children of a year. There are as many as
//! reach the events that are asked for.

mod answers;
mod cases;
mod failures;
mod fate;
mod force;
mod meetings;
mod missing;
mod partners;
mod people;
mod picks;
mod round;
mod state;
mod suspects;
#[cfg(test)]
mod tests;

pub use failures::{MISSION, Rates, RatesError};
pub use force::{Ask, SynthError, force};
