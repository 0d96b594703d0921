use super::*;

#[test]
fn a_file_that_is_no_toml() {
    insta::assert_snapshot!(problems("[duty.x]\nwhen = "), @"");
    insta::assert_snapshot!(problems("[duty.x"), @"");
}

#[test]
fn every_file_that_is_no_toml() {
    insta::assert_snapshot!(problems_of(vec![file("a.toml", "a = ["), file("b.toml", "b = \"")]), @"");
}

#[test]
fn a_header_twice_in_one_file_shows_both_places() {
    insta::assert_snapshot!(problems("[duty.x]\nwhen = 'missing.found'\n\n[duty.x]\n"), @"");
    insta::assert_snapshot!(problems("[duty.x]\nwhen = 'missing.found'\nwhen = 'missing.found'\n"), @"");
}

#[test]
fn deep_nesting_is_refused_without_exhausting_the_stack() {
    for open in ["[", "{a="] {
        let text = format!("x = {}", open.repeat(100_000));
        assert!(problems(&text).contains("lists and tables are nested too deeply"));
        assert!(fmt(&text).is_err());
    }
    assert!(problems(&format!("[{}a]", "a.".repeat(100_000))).contains("nested too deeply"));
}

#[test]
fn unknown_tables_and_fields() {
    insta::assert_snapshot!(problems("[dutty.x]\n[measure.y]\n[ladders.z]\n[duty.x]\nwehn = 'missing.found'\nwhen = 'missing.found'\ncolour = 'red'\n"), @"");
}

#[test]
fn the_policy_table() {
    insta::assert_snapshot!(problems_of(vec![file("p.toml", "[roles]\na = 'b'\n")]), @"");
    insta::assert_snapshot!(problems_of(vec![file("p.toml", "[policy]\nversion = 1\n")]), @"");
    insta::assert_snapshot!(problems_of(vec![file("p.toml", "[policy]\nname = 'p'\nzone = 'Europe/Londn'\ncalendar = 'scotlnd'\nopen = 'yes'\n")]), @"");
    insta::assert_snapshot!(problems("[policy]\nzone = 'Europe/Paris'\n"), @"");
    insta::assert_snapshot!(problems("[policy]\nin_force = { from = 2026-01-01, to = '2025-01-01' }\n"), @"");
    insta::assert_snapshot!(problems("[policy]\nin_force = { from = 2026-02-30T10:00:00Z }\n"), @"");
    insta::assert_snapshot!(problems("[policy]\nin_force = { from = '1 January' }\n"), @"");
}

#[test]
fn files_add_up_and_names_stand_once() {
    let text = "[roles]\nsupervisor = 'x-ray'\npart = 'police'\n[ranks]\norder = []\n[kinds.'missing.found']\n[signal.s]\ncount = 'missing.found'\nat_least = 1\n[duty.s]\nwhen = 'missing.found'\n";
    insta::assert_snapshot!(problems(text), @"");
    let other = "[duty.x]\nwhen = 'missing.found'\n";
    insta::assert_snapshot!(problems_of(vec![file("head.toml", HEAD), file("a.toml", other), file("b.toml", other)]), @"");
}

#[test]
fn kinds() {
    insta::assert_snapshot!(problems("[kinds.a.b]\nlinks = ['child']\n"), @"");
    insta::assert_snapshot!(problems("[kinds.'duty.x']\n[kinds.'signal.x']\n"), @"");
    insta::assert_snapshot!(problems("[kinds.a]\nlinks = 'child'\nattrs = { b = 'integr', c = [], d = ['x', 'x'], e = ['…', 'y'], f = ['x', '...'], g = 3 }\n"), @"");
}

#[test]
fn a_core_kind_gains_fields_and_changes_none() {
    assert_eq!(problems("[kinds.'post.held']\nlinks = ['desk', 'officer']\nattrs = { floor = 'integer', rank = 'text' }\n"), "ok");
    insta::assert_snapshot!(problems("[kinds.'escalation.raised']\nattrs = { step = 'text' }\n"), @"");
}

#[test]
fn columns_count_characters() {
    insta::assert_snapshot!(problems("[duty.x]\nwhen = ['é', 'missing.fund']\n"), @"");
}
