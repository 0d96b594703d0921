//! What tests of several crates need. Never a part of the product.

pub mod crash;
mod postgres;
pub mod server;

pub use postgres::{Postgres, postgres_url};
