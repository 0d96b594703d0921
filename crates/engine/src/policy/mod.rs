//! Policy: what is owed, as text. Design, section 3.
//!
//! [`read`] turns the texts of one version into a [`Policy`] or into every [`Problem`] they have.

mod core_kinds;
mod guards;
mod layout;
mod names;
mod problem;
mod read;
mod rule;
mod suggest;

pub use core_kinds::is_core_kind;
pub use names::{KindName, Transition};
pub use problem::{Problem, Problems};
pub use read::read;
pub use rule::*;
