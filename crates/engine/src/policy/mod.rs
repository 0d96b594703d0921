//! Policy: what is owed, as text. Design, section 3.

mod problem;
mod rule;

pub use problem::Problem;
pub use rule::*;
