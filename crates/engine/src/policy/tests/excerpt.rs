use super::*;

/// A policy with something of everything.
pub(super) const EXCERPT: &str = include_str!("excerpt.toml");

#[test]
fn the_excerpt_reads() {
    let policy = read(vec![file("excerpt.toml", EXCERPT)]).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(policy.duties.len(), 2);
    assert_eq!(policy.signals.len(), 2);
    assert_eq!(policy.ranks.len(), 3);
    assert_eq!(policy.ladders["missing"].steps.len(), 5);
    let interview = &policy.duties["return-home-interview"];
    assert_eq!(interview.pattern, Pattern::Respond);
    assert_eq!(interview.within.map(|within| within.to_string()).as_deref(), Some("72h"));
    assert_eq!(policy.duties["repeat-missing-strategy"].when[0].kind, "signal.frequent-missing");
}

#[test]
fn its_test_is_filled_in() {
    let policy = read(vec![file("excerpt.toml", EXCERPT)]).unwrap();
    let test = &policy.tests[0];
    insta::assert_snapshot!(test.events[0].canonical_line(), @r#"{"id":"t1","kind":"missing.found","at":"2026-03-06T19:00:00.000Z","links":{"child":["c1"],"episode":["e1"]},"attrs":{"age":14}}"#);
    insta::assert_snapshot!(test.as_of.unwrap(), @"2026-03-09T19:00:01.000Z");
    insta::assert_snapshot!(format!("{:?} {:?}", test.expect[0].of, test.expect[0].fields), @r#"Duty("return-home-interview") {"due": String("2026-03-09T19:00:00.000Z"), "state": String("overdue")}"#);
    assert_eq!(test.none[0].0, "frequent-missing");
}

#[test]
fn core_kinds_are_declared() {
    let policy = read(vec![file("excerpt.toml", EXCERPT)]).unwrap();
    let excuse = &policy.kinds["excuse.given"];
    assert_eq!(
        excuse.links.iter().map(String::as_str).collect::<Vec<_>>(),
        ["child", "duty", "officer", "place"]
    );
    assert_eq!(policy.kinds["escalation.answered"].attrs["until"], AttrType::Instant);
    assert_eq!(policy.kinds["attendance.recorded"].attrs["attendance"], AttrType::Texts);
    assert!(matches!(policy.kinds["allocation.made"].attrs["role"], AttrType::OneOf { open: true, .. }));
}

#[test]
fn checks_of_the_excerpt() {
    let policy = read(vec![file("excerpt.toml", EXCERPT)]).unwrap();
    let files = policy.files.clone();
    let lines: Vec<String> = check(&[policy]).iter().map(|(_, problem)| problem.line(&files)).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    excerpt.toml:43:1: no test shows `return-home-interview` not firing (add a `[[test]]` with `none = ["return-home-interview"]`, or one in which all is done in time)
    excerpt.toml:58:1: no test shows `frequent-missing` firing (add a `[[test]]` with `expect = [ { signal = "frequent-missing" } ]`)
    excerpt.toml:64:1: no test shows `shared-place` firing (add a `[[test]]` with `expect = [ { signal = "shared-place" } ]`)
    excerpt.toml:64:1: no test shows `shared-place` not firing (add a `[[test]]` with `none = ["shared-place"]`, or one in which all is done in time)
    excerpt.toml:71:1: no test shows `repeat-missing-strategy` firing (add a `[[test]]` with `expect = [ { duty = "repeat-missing-strategy", state = "overdue" } ]`)
    excerpt.toml:71:1: no test shows `repeat-missing-strategy` not firing (add a `[[test]]` with `none = ["repeat-missing-strategy"]`, or one in which all is done in time)
    "#);
}
