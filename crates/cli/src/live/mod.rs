//! The commands of the live system.

pub mod args;
mod database;
mod folder;
mod keep;
mod open;
mod outbox;
mod records;
mod serve;
mod telemetry;
mod user;

pub use database::run as database;
pub use keep::{backup, restore};
pub use outbox::run as outbox;
pub use records::{activate, export, import, live_record};
pub use serve::run as serve;
pub use user::run as user;
