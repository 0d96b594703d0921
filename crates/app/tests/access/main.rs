//! Who may do what: the rules against the table that is written by hand, and the lists of the store against the rules.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../common/mod.rs"]
mod common;
mod glass;
mod kept;
mod table;
mod worlds;

#[test]
fn the_rules_are_read_and_fit_their_schema() {
    app::access::check().unwrap();
}
