//! The live system: recording, the watch, the outbox.

pub mod notify;
