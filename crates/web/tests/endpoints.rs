//! Every address that is served has its row in the table of who may do what, `policies/access/endpoints.toml`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The routes in a source: `GET /duties/{id}`.
fn routes(source: &str) -> BTreeSet<String> {
    let mut routes = BTreeSet::new();
    for route in source.split(".route(\"").skip(1) {
        let (path, rest) = route.split_once('"').unwrap();
        let handlers = rest.split(".route(").next().unwrap().lines().next().unwrap();
        for (word, method) in [("get(", "GET"), ("post(", "POST")] {
            if handlers.contains(word) {
                routes.insert(format!("{method} {path}"));
            }
        }
    }
    routes
}

/// The addresses of the table.
fn rows(table: &str) -> BTreeSet<String> {
    let quoted = table.split('"').skip(1).step_by(2);
    quoted.filter(|text| text.starts_with("GET /") || text.starts_with("POST /")).map(str::to_owned).collect()
}

#[test]
fn every_route_has_a_row() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    let served = &routes(&read("src/lib.rs")) | &routes(&read("src/pages/mod.rs"));
    assert!(served.len() > 40, "{served:?}");
    let table = rows(&read("../../policies/access/endpoints.toml"));
    let missing: Vec<&String> = served.difference(&table).collect();
    assert!(missing.is_empty(), "no row says who may do this: {missing:?}");
}
