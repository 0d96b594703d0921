//! Policy: what is owed, as text.
//!
//! [`read`] turns the texts of one version into a [`Policy`] or into every [`Problem`] they have.

mod check;
mod core_kinds;
mod declared;
mod fmt;
mod guards;
mod layout;
mod lines;
mod names;
mod problem;
mod read;
mod rule;
mod sentence;
mod strata;

pub use check::{check, program_problems};
pub use core_kinds::is_core_kind;
pub use fmt::fmt;
pub use guards::{CheckedGuards, GuardsByRule, check_guards};
pub use lines::Lines;
pub use names::{KindName, Transition};
pub use problem::{Problem, Problems};
pub use read::read;
pub use rule::*;
pub use sentence::sentence;
pub(crate) use sentence::span;
pub use strata::strata;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
mod tests;
