//! What tests of several crates need. Never a part of the product.

mod postgres;

pub use postgres::{Postgres, postgres_url};
