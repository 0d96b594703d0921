//! The commands of the live system.

pub mod args;
mod folder;
mod open;
mod records;
mod serve;
mod user;

pub use records::{activate, export, import};
pub use serve::run as serve;
pub use user::{outbox, run as user};
