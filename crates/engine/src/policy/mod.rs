//! Policy: what is owed, as text.
//!
//! [`read`] turns the texts of one version into a [`Policy`] or into every [`Problem`] they have.

mod check;
mod condition;
mod core_kinds;
mod declared;
mod diff;
mod fmt;
mod guards;
mod layout;
mod lines;
mod lint;
mod names;
mod problem;
mod read;
mod rule;
mod sentence;
mod strata;
mod terms;

pub use check::{check, program_problems};
pub use core_kinds::is_core_kind;
pub use diff::{Difference, FieldChange, How, Part, Side, diff};
pub use fmt::fmt;
pub use guards::{CheckedGuards, GuardsByRule, check_guards};
pub use lines::Lines;
pub use lint::lint;
pub use names::{KindName, Transition};
pub use problem::{Problem, Problems};
pub use read::{extends, is_file, read, read_packs, term_files};
pub use rule::*;
pub use sentence::{kinds, owner_words, sentence, sentence_alone, source_words, span};
pub use strata::strata;
pub(crate) use strata::with_what_they_rest_on;
pub use terms::{Term, Terms};

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
mod tests;
