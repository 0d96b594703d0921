//! What tests of several crates need. Never a part of the product.

pub mod crash;
mod postgres;
pub mod server;

pub use postgres::{Postgres, postgres_url};

/// A policy with each sort of duty, signals, a duty over a duty, and a ladder.
pub const POLICY: &str = include_str!("../policy.toml");

/// Where the file of [`POLICY`] is.
pub const POLICY_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy.toml");
