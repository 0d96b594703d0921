//! Pages, as a browser gets them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod admin;
mod browser;
mod frame;
mod health;
mod lists;
mod oidc;
mod readings;
mod record;
mod roles;
mod security;
mod sign_in;
mod today;
mod what_if;
