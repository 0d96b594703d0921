use super::*;

#[test]
fn a_file_that_is_no_toml() {
    insta::assert_snapshot!(problems("[duty.x]\nwhen = "), @"p.toml:2:8: not TOML: string values must be quoted, expected literal string");
    insta::assert_snapshot!(problems("[duty.x"), @"p.toml:1:8: not TOML: unclosed table, expected `]`");
}

#[test]
fn a_table_in_braces_stands_on_one_line() {
    insta::assert_snapshot!(problems("[duty.x]\nsource = { # c\n title = 't' }\n"), @"p.toml:2:10: not TOML 1.0: a table in braces is broken over lines (write it in one line, or as a table with a header)");
    insta::assert_snapshot!(problems("[[test]]\nevents = [{ kind = 'k',\n at = 'now' }]\n"), @"p.toml:2:11: not TOML 1.0: a table in braces is broken over lines (write it in one line, or as a table with a header)");
    assert!(
        !problems("[[test]]\nname = 't'\nevents = [\n  { kind = 'k', links = { a = [\n'b'] } },\n]\n")
            .contains("braces")
    );
}

#[test]
fn every_file_that_is_no_toml() {
    insta::assert_snapshot!(problems_of(vec![file("a.toml", "a = ["), file("b.toml", "b = \"")]), @r#"
    a.toml:1:6: not TOML: unclosed array, expected `]`
    b.toml:1:6: not TOML: invalid basic string, expected `"`
    "#);
}

#[test]
fn a_header_twice_in_one_file_shows_both_places() {
    insta::assert_snapshot!(problems("[duty.x]\nwhen = 'missing.found'\n\n[duty.x]\n"), @"p.toml:4:7: `x` is there twice; first at p.toml:1:1 (take one of them away or give it another name)");
    insta::assert_snapshot!(problems("[duty.x]\nwhen = 'missing.found'\nwhen = 'missing.found'\n"), @"p.toml:3:1: `when` is there twice; first at p.toml:2:1 (take one of them away or give it another name)");
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
    insta::assert_snapshot!(problems("[dutty.x]\n[measure.y]\n[ladders.z]\n[duty.x]\nwehn = 'missing.found'\nwhen = 'missing.found'\ncolour = 'red'\n"), @r#"
    p.toml:1:2: `dutty` is no part of a policy (did you mean `duty`?)
    p.toml:2:2: `measure` is no part of a policy (the name is kept for later; take the table away)
    p.toml:3:2: `ladders` is no part of a policy (did you mean `ladder`?)
    p.toml:5:1: `wehn` is no field of `[duty.x]` (did you mean `when`?)
    p.toml:7:1: `colour` is no field of `[duty.x]`
    "#);
}

#[test]
fn the_policy_table() {
    insta::assert_snapshot!(problems_of(vec![file("p.toml", "[roles]\na = 'b'\n")]), @"p.toml:1:1: the policy has no `[policy]` (add `[policy]` with a `name` and a `zone`)");
    insta::assert_snapshot!(problems_of(vec![file("p.toml", "[policy]\nversion = 1\n")]), @r#"
    p.toml:1:1: `[policy]` has no `name` (add one, such as `name = "england"`)
    p.toml:1:1: `[policy]` has no `zone` (add one, such as `zone = "Europe/London"`)
    p.toml:2:11: `version` wants a text and has a whole number
    "#);
    insta::assert_snapshot!(problems_of(vec![file("p.toml", "[policy]\nname = 'p'\nzone = 'Europe/Londn'\ncalendar = 'scotlnd'\nopen = 'yes'\n")]), @r#"
    p.toml:3:8: `Europe/Londn` is not a time zone; write an IANA name such as `Europe/London`
    p.toml:4:12: `scotlnd` is not a calendar; write `england-and-wales`, `scotland`, `northern-ireland` or `weekdays` (did you mean `scotland`?)
    p.toml:5:8: `open` wants `true` or `false` and has a text
    "#);
    insta::assert_snapshot!(problems("[policy]\nzone = 'Europe/Paris'\n"), @"p.toml:2:1: `zone` of `[policy]` is there twice; first at head.toml:4:1 (take one of them away or give it another name)");
    insta::assert_snapshot!(problems("[policy]\nin_force = { from = 2026-01-01, to = '2025-01-01' }\n"), @"p.toml:2:12: `in_force` ends on 2025-01-01 and begins on 2026-01-01, so it is never in force (`to` is the first date on which it is no longer)");
    insta::assert_snapshot!(problems("[policy]\nin_force = { from = 2026-02-30T10:00:00Z }\n"), @"p.toml:2:21: not TOML: invalid date, expected day between 01 and 28");
    insta::assert_snapshot!(problems("[policy]\nin_force = { from = '1 January' }\n"), @"p.toml:2:21: `1 January` is not a date; write one such as `2026-03-06`");
}

#[test]
fn files_add_up_and_names_stand_once() {
    let text = "[roles]\nsupervisor = 'x-ray'\npart = 'police'\n[ranks]\norder = []\n[kinds.'missing.found']\n[signal.s]\ncount = 'missing.found'\nat_least = 1\n[duty.s]\nwhen = 'missing.found'\n";
    insta::assert_snapshot!(problems(text), @r#"
    p.toml:2:1: the role `supervisor` is there twice; first at head.toml:8:1 (take one of them away or give it another name)
    p.toml:3:1: `part` cannot be a role (`owner = "part"` means the duty's part; give the role another name)
    p.toml:5:1: `order` of `[ranks]` is there twice; first at head.toml:12:1 (take one of them away or give it another name)
    p.toml:6:8: the kind `missing.found` is there twice; first at head.toml:14:8 (take one of them away or give it another name)
    p.toml:7:1: `s` is a signal here and a duty at p.toml:10:1 (give one of them another name)
    "#);
    let other = "[duty.x]\nwhen = 'missing.found'\n";
    insta::assert_snapshot!(problems_of(vec![file("head.toml", HEAD), file("a.toml", other), file("b.toml", other)]), @"b.toml:1:1: the duty `x` is there twice; first at a.toml:1:1 (take one of them away or give it another name)");
}

#[test]
fn kinds() {
    insta::assert_snapshot!(problems("[kinds.a.b]\nlinks = ['child']\n"), @r#"p.toml:1:10: `b` is no field of a kind (a kind's name with a dot needs quotes: `[kinds."a.b"]`)"#);
    insta::assert_snapshot!(problems("[kinds.'duty.x']\n[kinds.'signal.x']\n"), @r#"
    p.toml:1:8: the kind `duty.x` cannot be declared (names beginning `duty.` or `signal.` are of events that the rules make)
    p.toml:2:8: the kind `signal.x` cannot be declared (names beginning `duty.` or `signal.` are of events that the rules make)
    "#);
    insta::assert_snapshot!(problems("[kinds.a]\nlinks = 'child'\nattrs = { b = 'integr', c = [], d = ['x', 'x'], e = ['…', 'y'], f = ['x', '...'], g = 3 }\n"), @r#"
    p.toml:2:9: `links` wants a list of names and has a text (write `["child"]`)
    p.toml:3:15: `integr` is no type (did you mean `integer`?)
    p.toml:3:29: `c` allows no value (name the values, or write `"text"` where any will do)
    p.toml:3:43: `x` is there twice; first at p.toml:3:38 (take one of them away or give it another name)
    p.toml:3:54: `…` is no value (end the list with `"…"`, one character, where other values are allowed too)
    p.toml:3:75: `...` is no value (end the list with `"…"`, one character, where other values are allowed too)
    p.toml:3:87: `g` wants a text and has a whole number
    "#);
}

#[test]
fn a_core_kind_gains_fields_and_changes_none() {
    assert_eq!(
        problems(
            "[kinds.'post.held']\nlinks = ['desk', 'officer']\nattrs = { floor = 'integer', rank = 'text' }\n"
        ),
        "ok"
    );
    insta::assert_snapshot!(problems("[kinds.'escalation.raised']\nattrs = { step = 'text' }\n"), @"p.toml:2:18: `step` of the core kind `escalation.raised` cannot be changed (the engine reads it as an integer; take it away or give it another name)");
}

#[test]
fn columns_count_characters() {
    insta::assert_snapshot!(problems("[duty.x]\nwhen = ['é', 'missing.fund']\n"), @r#"
    p.toml:2:9: the policy declares no kind `é` (declare it: `[kinds."é"]`)
    p.toml:2:14: the policy declares no kind `missing.fund` (did you mean `missing.found`?)
    "#);
}
