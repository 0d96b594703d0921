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

/// Cedar would have `serde_json` keep the order of objects, and every canonical line with it: `scripts/cedar`.
#[test]
fn objects_are_written_in_the_order_of_their_names() {
    let value: serde_json::Value = serde_json::from_str(r#"{"b":1,"a":2}"#).unwrap();
    assert_eq!(value.to_string(), r#"{"a":2,"b":1}"#);
}
