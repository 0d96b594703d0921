//! What guards give, and what they name where they give nothing.

use super::*;

fn gives(text: &str, expected: bool) {
    assert_eq!(evaluate(text, &closed()), Ok(Value::Boolean(expected)), "{text}");
}

fn fails(text: &str, what: &str) {
    assert_eq!(evaluate(text, &open()), Err(Failure { what: what.into() }), "{text}");
}

#[test]
fn fields_attributes_and_links_are_read() {
    for text in [
        "event.id == 'e1' && event.kind == 'missing.found' && event.stream == ''",
        "event.at < event.recorded_at",
        "event.attrs.age == 14 && event.attrs['x y'] == 'spaced' && 'x y' in event.attrs",
        "event.attrs.cost / 4.0 == 0.5",
        "event.attrs.independent",
        "event.links.child == ['person:p1', 'person:p2']",
        "'person:p2' in event.links.child && !('person:p3' in event.links.child)",
        "event.links.child.size() == 2 && size(event.attrs.tags) == 3",
        "event.links.officer[0] == subject && key == 'person:p1'",
        "has(event.links.child) && !has(given.links.child) && size(given.links.child) == 0",
        "has(trigger.attrs.age) && !has(given.attrs.age)",
        "event.attrs.until == instant('2026-04-01T01:00:00+01:00')",
        "event.attrs.found_by in ['police', 'returned']",
        "'a' in event.attrs.tags",
    ] {
        gives(text, true);
    }
}

#[test]
fn operators_are_those_of_cel() {
    for text in [
        "7 / 2 == 3 && -7 / 2 == -3 && -7 % 3 == -1 && 7 - 2 * 3 == 1",
        "0.5 + 0.25 == 0.75 && 1.0 / 0.0 > 1.0",
        "1 == 1.0 && 1 < 1.5 && 2 >= 1.5 && 9007199254740993 > 9007199254740992.0",
        "'a' + 'b' == 'ab' && 'a' < 'b' && 'Z' < 'a' && 'é' > 'z'",
        "[1] + [2] == [1, 2] && [1, 2][1] == 2 && 1 in [1, 2] && !(3 in [])",
        "false < true",
        "(event.attrs.age < 18 ? 'child' : 'adult') == 'child'",
        "-(-3) == 3",
        "event.attrs.tags + ['c'] == ['a', 'b', 'a', 'c']",
        "[] == [] && [1] != [] && [[1]] == [[1.0]]",
    ] {
        gives(text, true);
    }
}

#[test]
fn functions_are_those_of_cel() {
    for text in [
        "size('é') == 1 && 'abc'.size() == 3",
        "'abc'.contains('b') && 'abc'.startsWith('a') && 'abc'.endsWith('c') && !'abc'.contains('d')",
        "'abc123'.matches('[0-9]+') && !'abc'.matches('^b') && matches('abc', 'b')",
        "int('42') == 42 && int(-3.9) == -3 && int(3) == 3",
        "double('1.5') == 1.5 && double(3) == 3.0",
        "string(3) == '3' && string(1.5) == '1.5' && string(true) == 'true' && string('a') == 'a'",
        "string(event.at) == '2026-03-06T19:00:00.000Z'",
        "instant(string(event.at)) == event.at",
        "after(event.at, '72h') == instant('2026-03-09T19:00:00Z')",
        "after(event.at, '1wd') == instant('2026-03-09T23:59:59.999Z')",
        "after(event.at, string(1) + 'h') > event.at",
    ] {
        gives(text, true);
    }
}

#[test]
fn registers_are_asked() {
    for text in [
        "qualified(subject, 'interviews') && !qualified(subject, 'driving')",
        "has_role(subject, 'social-worker') && !has_role(subject, 'social-worker', event.at)",
        "rank_at_least(subject, 'sergeant') && in_team(subject, 'team:t1') && filled('team:t1') == 3",
        "event.links.officer.all(o, in_team(o, 'team:t1', event.recorded_at))",
    ] {
        gives(text, true);
    }
    fails("qualified('officer:o9', 'interviews')", "qualified('officer:o9', 'interviews')");
    fails("true && filled('team:t9') > 0", "filled('team:t9')");
    fails("rank_at_least('boss', 'sergeant')", "rank_at_least('boss', 'sergeant')");
}

#[test]
fn macros_are_those_of_cel() {
    for text in [
        "[1, 2, 3].all(x, x > 0) && ![1, 2].all(x, x > 1) && [].all(x, x == 1)",
        "[1, 2].exists(x, x == 2) && ![1].exists(x, x == 2) && ![].exists(x, x == 1)",
        "[1, 2].exists_one(x, x == 2) && ![1, 1].exists_one(x, x == 1) && ![].exists_one(x, x == 1)",
        "[1, 2, 3].filter(x, x > 1) == [2, 3] && [1, 2].map(x, x * 2) == [2, 4]",
        "[1, 2, 3].map(x, x > 1, x * 2) == [4, 6]",
        "event.attrs.tags.filter(t, t != 'a') == ['b']",
        "[[1, 2], [3]].exists(x, x.exists(y, y == size(x)))",
        "[1].all(x, [2].all(x, x == 2) && x == 1)",
    ] {
        gives(text, true);
    }
}

#[test]
fn failures_that_do_not_matter_are_absorbed() {
    for text in [
        "given.attrs.age > 3 || true",
        "true || given.attrs.age > 3",
        "!(given.attrs.age > 3 && false)",
        "!(false && given.attrs.age > 3)",
        "[0, 1].exists(x, 1 / x == 1) && [1, 0].exists(x, 1 / x == 1)",
        "![0, 1].all(x, 1 / x == 2)",
    ] {
        gives(text, true);
    }
}

#[test]
fn failures_name_the_smallest_expression() {
    let cases = [
        ("given.attrs.age < 18", "given.attrs.age"),
        ("given.attrs.a == 1 && given.attrs.b == 1", "given.attrs.a"),
        ("given.attrs.a == 1 && (given.attrs.b == 1 || true)", "given.attrs.a"),
        ("given.attrs.a == 1 || false || given.attrs.b == 1", "given.attrs.a"),
        ("true && given.attrs.b == 1", "given.attrs.b"),
        ("given['attrs']['a b'] == 'x'", "given['attrs']['a b']"),
        ("!given.attrs.a", "given.attrs.a"),
        ("!(event.attrs.age)", "event.attrs.age"),
        ("event.attrs.risk && true", "event.attrs.risk"),
        ("event.attrs.risk > 3 || false", "event.attrs.risk > 3"),
        ("event.attrs.until == '2026-04-01'", "event.attrs.until == '2026-04-01'"),
        ("event.attrs.risk in [1, 2]", "event.attrs.risk in [1, 2]"),
        ("1 in event.attrs.tags", "1 in event.attrs.tags"),
        ("event.attrs.age in event.attrs.risk", "event.attrs.age in event.attrs.risk"),
        ("event.attrs.risk.all(x, x == 1)", "event.attrs.risk"),
        ("[1, 0].all(x, 1 / x == 1)", "1 / x"),
        ("[1, 0].exists_one(x, 1 / x == 1)", "1 / x"),
        ("[1, 0].filter(x, 1 / x == 1) == []", "1 / x"),
        ("[2].map(x, (9223372036854775807 + x)) == [1]", "9223372036854775807 + x"),
        ("event.attrs.tags[3] == 'a'", "event.attrs.tags[3]"),
        ("event.attrs.tags[0 - 1] == 'a'", "event.attrs.tags[0 - 1]"),
        ("-event.attrs.risk == 1", "-event.attrs.risk"),
        ("event.attrs.age + 0.5 == 1.0", "event.attrs.age + 0.5"),
        ("int(event.attrs.risk) == 1", "int(event.attrs.risk)"),
        ("int(1e30) == 1", "int(1e30)"),
        ("instant(event.attrs.risk) == event.at", "instant(event.attrs.risk)"),
        ("after(event.at, event.attrs.risk) == event.at", "after(event.at, event.attrs.risk)"),
        ("after(instant('2035-12-30T00:00:00Z'), '9wd') > event.at", "calendar england-and-wales"),
        ("after(event.attrs.risk, '9wd') > event.at", "after(event.attrs.risk, '9wd')"),
        (
            "after(instant('9999-12-30T00:00:00Z'), '9mo') > event.at",
            "after(instant('9999-12-30T00:00:00Z'), '9mo')",
        ),
        ("event.attrs.age.matches('a')", "event.attrs.age.matches('a')"),
        ("event.attrs.age.contains('a')", "event.attrs.age.contains('a')"),
        ("(event.attrs.age ? 1 : 2) == 1", "event.attrs.age"),
        ("event.attrs.risk", "event.attrs.risk"),
    ];
    for (text, what) in cases {
        let given = Event { attrs: BTreeMap::new(), ..event() };
        let world = World { checked: checked(text, &open()), event: event(), trigger: event(), given };
        assert_eq!(world.checked.truth(&world), Err(Failure { what: what.into() }), "{text}");
    }
}

#[test]
fn a_due_is_an_instant() {
    let scope = CheckScope { expected: Expected::Instant, ..closed() };
    let world = |text| World {
        checked: checked(text, &scope),
        event: event(),
        trigger: event(),
        given: Event::default(),
    };
    let until = world("event.attrs.until");
    assert_eq!(until.checked.instant(&until), Ok(instant("2026-04-01T00:00:00Z")));
    let missing = world("given.attrs.until");
    assert_eq!(missing.checked.instant(&missing), Err(Failure { what: "given.attrs.until".into() }));
}

#[test]
fn joined_texts_and_lists_are_bounded() {
    let doubled = "+a".repeat(60);
    let text = format!("size(['xxxxxxxxxx'].map(a, a{doubled}).map(a, a{doubled}).map(a, a{doubled})) == 1");
    let failure = evaluate(&text, &open()).expect_err("too long");
    assert!(failure.what.starts_with("a+a"), "{failure}");
}

#[test]
fn what_the_limits_allow_is_evaluated_on_an_ordinary_stack() {
    gives(&("!(".repeat(16) + "true" + &")".repeat(16)), true);
    gives(&("true && ".repeat(500) + "true"), true);
    gives(&("1+".repeat(90) + "1 == 91"), true);
    gives(&("true ? true : ".repeat(16) + "false"), true);
}
