//! What a guard is refused for, and what to write instead.

use super::*;

#[track_caller]
fn refused(text: &str, scope: &CheckScope, message: &str, help: Option<&str>) {
    let problems = problems(text, scope);
    let [problem] = problems.as_slice() else { panic!("{text}: {problems:?}") };
    assert_eq!((problem.message.as_str(), problem.help.as_deref()), (message, help), "{text}");
}

#[test]
fn names_must_be_declared() {
    let declared = "`missing.found` declares no";
    let cases = [
        ("event.attrs.aeg < 18", format!("{declared} attribute `aeg`"), "did you mean `age`?"),
        (
            "has(event.attrs.child)",
            format!("{declared} attribute `child`"),
            "it is a link: write `event.links.child`",
        ),
        ("size(trigger.links.chlid) > 0", format!("{declared} link `chlid`"), "did you mean `child`?"),
        (
            "has(given.links.age)",
            format!("{declared} link `age`"),
            "it is an attribute: write `given.attrs.age`",
        ),
        (
            "event.note == ''",
            "an event has no `note` that a condition sees".into(),
            "a note is free text about people, and sealed; record an attribute",
        ),
        ("event.age < 18", "an event has no `age` that a condition sees".into(), "write `event.attrs.age`"),
        (
            "event.streem == ''",
            "an event has no `streem` that a condition sees".into(),
            "did you mean `stream`?",
        ),
        ("age < 18", "there is no `age`".into(), "write `event.attrs.age`"),
        ("evnet.id == ''", "there is no `evnet`".into(), "did you mean `event`?"),
        ("event == trigger", "`event` is a whole event".into(), "name a field of it, such as `event.id`"),
        (
            "size(event.attrs) > 1",
            "an event has no `attrs` that a condition sees".into(),
            "name one, such as `event.attrs.x`",
        ),
        (
            "event.attrs.risk.level == 1",
            "`event.attrs.risk` has no `level`".into(),
            "a name with a point in it is written `event.attrs['risk.level']`",
        ),
        (
            "has(event.attrs.risk.level)",
            "only an attribute or a link can be missing".into(),
            "a name with a point in it is tested with `'risk.level' in event.attrs`",
        ),
        (
            "has(event.stream)",
            "only an attribute or a link can be missing".into(),
            "write `event.stream != ''`",
        ),
    ];
    for (text, message, help) in &cases {
        let problems = problems(text, &closed());
        let found: Vec<_> =
            problems.iter().map(|problem| (problem.message.as_str(), problem.help.as_deref())).collect();
        assert!(found.contains(&(message.as_str(), Some(*help))), "{text}: {problems:?}");
    }
}

#[test]
fn only_the_events_of_the_guard_are_seen() {
    let scope = CheckScope { trigger: None, given: None, subject: false, ..closed() };
    refused("trigger.id == ''", &scope, "there is no `trigger` here", Some("`event` is the trigger itself"));
    refused("given.attrs.x == ''", &scope, "there is no `given` here", Some("the rule has no `given`"));
    refused(
        "subject == ''",
        &scope,
        "there is no `subject` here",
        Some("it is the officer of whom `holds` asks"),
    );
}

#[test]
fn two_types_are_not_compared() {
    let cases = [
        ("event.attrs.age == '14'", "an integer is compared with a text", Some("write `14` without quotes")),
        (
            "event.attrs.independent == 'true'",
            "a boolean is compared with a text",
            Some("write `true` without quotes"),
        ),
        ("event.attrs.risk == 3", "a text is compared with an integer", Some("write `'3'`")),
        (
            "event.at > '2026-01-01T00:00:00Z'",
            "an instant is compared with a text",
            Some("write `instant('2026-01-01T00:00:00Z')`"),
        ),
        (
            "event.links.child == 'person:p1'",
            "a list of texts is compared with a text",
            Some("write `'person:p1' in event.links.child`"),
        ),
        ("event.attrs.age in ['1']", "an integer is compared with a text", Some("write `1` without quotes")),
        ("event.attrs.age in event.attrs.tags", "an integer is compared with a text", None),
        ("event.links.child < ['a']", "a list of texts has no order", Some("compare its size")),
        (
            "event.attrs.age",
            "the condition gives an integer",
            Some("it must be true or false: compare it with something"),
        ),
        (
            "event.attrs.age && true",
            "`event.attrs.age` is an integer",
            Some("true or false must stand here: compare it with something"),
        ),
        (
            "(true ? 1 : 'a') == 1",
            "it is an integer if the condition is true, else a text",
            Some("both must be of one type"),
        ),
        (
            "event.attrs.age + 'a' == 'b'",
            "`event.attrs.age + 'a'` reckons with an integer and a text",
            Some("a number in a text is written `string(x)`, a text read as a number `int(x)`"),
        ),
        (
            "event.attrs.cost * 2 == 1.0",
            "`event.attrs.cost * 2` reckons with a decimal and an integer",
            Some("write `2.0`"),
        ),
        (
            "event.at + 3 > event.at",
            "`event.at + 3` reckons with an instant and an integer",
            Some("write `after(event.at, '72h')`"),
        ),
        ("event.attrs.age / 0 == 1", "a division by zero", None),
        (
            "-event.attrs.risk == 1",
            "`event.attrs.risk` is a text",
            Some("`-` takes a number; not is written `!`"),
        ),
        ("event.attrs.risk[0] == 'a'", "`event.attrs.risk` is a text, and only a list has elements", None),
        ("event.attrs.risk.exists(x, x == 'a')", "`event.attrs.risk` is a text, and no list", None),
        (
            "'a' in event.attrs.risk",
            "`event.attrs.risk` is a text, and no list",
            Some("write `event.attrs.risk.contains('a')`"),
        ),
        (
            "event.links.child.contains('a')",
            "`event.links.child` is a list of texts, and a text must stand here",
            Some("write `x in event.links.child`"),
        ),
        ("event.links.officer.exists(o, o == 1)", "a text is compared with an integer", Some("write `'1'`")),
        (
            "qualified(event.links.officer, 'a')",
            "`event.links.officer` is a list of texts, and a text must stand here",
            Some("ask of each: `event.links.officer.all(x, …)` or `.exists(x, …)`"),
        ),
        (
            "qualified(subject, 'a', 'b')",
            "`'b'` is a text, and an instant must stand here",
            Some("write `instant('b')`"),
        ),
    ];
    for (text, message, help) in cases {
        refused(text, &closed(), message, help);
    }
}

#[test]
fn a_closed_list_of_values_is_kept_to() {
    let never = "`event.attrs.found_by` is never `polcie`";
    refused("event.attrs.found_by == 'polcie'", &closed(), never, Some("did you mean `police`?"));
    refused("'polcie' != event.attrs.found_by", &closed(), never, Some("did you mean `police`?"));
    refused("event.attrs.found_by in ['police', 'polcie']", &closed(), never, Some("did you mean `police`?"));
    refused(
        "event.attrs.found_by == 'other'",
        &closed(),
        "`event.attrs.found_by` is never `other`",
        Some("there is `returned`, `police`"),
    );
    refused(
        "event.kind == 'missing.lost'",
        &closed(),
        "`event.kind` is never `missing.lost`",
        Some("there is `missing.found`"),
    );
    checked("event.attrs.found_by < 'q' && event.attrs.found_by.startsWith('po')", &closed());
}

#[test]
fn arguments_that_mean_nothing_are_refused() {
    refused(
        "after(event.at, '6q') > event.at",
        &closed(),
        "`6q` is not a span of time; write a whole number and a unit: `30m`, `72h`, `5d`, `15wd` (working days) or `3mo`",
        None,
    );
    let calendarless = CheckScope { calendar: false, ..closed() };
    let message = "`6wd` counts working days, and the policy has no calendar";
    refused(
        "after(event.at, '6wd') > event.at",
        &calendarless,
        message,
        Some("add one under `[policy]`, such as `calendar = \"weekdays\"`"),
    );
    refused(
        "instant('2026-01-01T00:00:00') > event.at",
        &closed(),
        "`2026-01-01T00:00:00` has no offset from UTC; add `Z`, or one such as `+01:00`",
        None,
    );
    refused("event.id.matches('(')", &closed(), "`(` is no regular expression", None);
    refused(
        "event.id.matches(event.kind)",
        &closed(),
        "a pattern that is not written out",
        Some("write it as a text, `x.matches('^a+$')`"),
    );
    refused(
        "event.id.matches('((a{99}){99}){99}')",
        &closed(),
        "`((a{99}){99}){99}` is too large a pattern",
        Some("repeat less in it"),
    );
    refused(
        "has_role(subject, 'social-wroker')",
        &closed(),
        "`social-wroker` is no role of the policy",
        Some("did you mean `social-worker`?"),
    );
    refused(
        "rank_at_least(subject, 'sargeant')",
        &closed(),
        "`sargeant` is no rank of the policy",
        Some("did you mean `sergeant`?"),
    );
}

#[test]
fn a_due_must_be_an_instant() {
    let scope = CheckScope { expected: Expected::Instant, ..closed() };
    refused("event.attrs.age == 1", &scope, "a due must be an instant, and this is a boolean", None);
    refused(
        "event.attrs.risk",
        &scope,
        "a due must be an instant, and this is a text",
        Some("write `instant(event.attrs.risk)`"),
    );
    checked("after(event.attrs.until, '5d')", &scope);
}

#[test]
fn every_problem_is_told_where_it_stands() {
    let problems = problems("event.attrs.aeg == 1 || event.attrs.age == 'x' || nothing", &closed());
    let places: Vec<_> = problems.iter().map(|problem| problem.place.bytes.clone()).collect();
    assert_eq!(places, [0..15, 24..46, 50..57]);
}

#[test]
fn an_open_policy_leaves_the_undeclared_to_evaluation() {
    for text in [
        "event.attrs.amount > 3 && event.attrs.amount == 'a'",
        "has(event.links.whoever) && event.kind == 'Anything'",
        "has_role('officer:o1', 'whatever') && rank_at_least(key, 'any')",
        "event.attrs.x.exists(y, y == 1 || y == 'a')",
        "event.attrs.x + 1 == 2 && event.attrs.x + 'a' == 'b'",
    ] {
        checked(text, &open());
    }
    refused(
        "event.note == ''",
        &open(),
        "an event has no `note` that a condition sees",
        Some("a note is free text about people, and sealed; record an attribute"),
    );
}

#[test]
fn kinds_are_taken_together() {
    let a = declaration(&["child"], &[("n", AttrType::Integer), ("same", AttrType::Integer)]);
    let b = declaration(&["place"], &[("n", AttrType::Text), ("same", AttrType::Integer)]);
    let together = Fields::of([("a", Some(&a)), ("b", Some(&b))]);
    let scope = CheckScope { event: together, ..closed() };
    checked(
        "event.attrs.n == 1 || event.attrs.n == 'x' || has(event.links.child) || has(event.links.place)",
        &scope,
    );
    refused("event.attrs.same == 'x'", &scope, "an integer is compared with a text", None);
    refused(
        "has(event.attrs.zzzzzz)",
        &scope,
        "none of `a`, `b` declares an attribute `zzzzzz`",
        Some("there is `n`, `same`"),
    );
    let half = Fields::of([("a", Some(&a)), ("c", None)]);
    checked("event.attrs.same == 'x'", &CheckScope { event: half, ..open() });
    let whole = Fields::of([("a", Some(&a))]);
    refused(
        "event.attrs.same == 'x'",
        &CheckScope { event: whole, ..open() },
        "an integer is compared with a text",
        None,
    );
}

#[test]
fn what_a_guard_reads_is_known() {
    let guard = checked(
        "event.attrs.age > 3 && trigger.attrs.age > 3 && qualified(event.links.officer[0], 'a')",
        &closed(),
    );
    assert_eq!((guard.attrs(), guard.roles()), (&["age".to_owned()][..], &["officer".to_owned()][..]));
    assert!(guard.reads(Record::Event) && guard.reads(Record::Trigger) && !guard.reads(Record::Given));
    assert!(guard.asks_registers());
}
