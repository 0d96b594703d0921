//! Policy: what is owed, as text. Design, section 3.
//!
//! [`read`] turns the texts of one version into a [`Policy`] or into every [`Problem`] they have.

mod core_kinds;
mod declared;
mod guards;
mod layout;
mod names;
mod problem;
mod read;
mod rule;
mod strata;
mod suggest;

pub use core_kinds::is_core_kind;
pub use guards::{CheckedGuards, check_guards};
pub use names::{KindName, Transition};
pub use problem::{Problem, Problems};
pub use read::read;
pub use rule::*;
pub use strata::strata;
