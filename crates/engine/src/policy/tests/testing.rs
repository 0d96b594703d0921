use super::*;

const RULES: &str = "[duty.x]\non = 'child'\nwhen = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\n[signal.s]\non = 'child'\ncount = 'missing.found'\nat_least = 2\n";

fn test(fields: &str) -> String {
    problems(&format!("{RULES}[[test]]\nname = 't'\n{fields}"))
}

#[test]
fn events_are_filled_in() {
    let policy = policy(&format!(
        "{RULES}[[test]]\nname = 't'\nknown_by = 2026-07-01T10:00:00Z\nevents = [\n{{ kind = 'missing.found', at = '2026-07-01T10:00', links = {{ child = ['c2', 'c1'] }}, attrs = {{ age = 14, until = '2026-07-02T10:00', how = 'elsewhere' }} }},\n{{ id = 'e', kind = 'interview.held', stream = 'case:1', at = 2026-07-01T10:00:00Z, recorded_at = '2026-07-02T00:00+02:00', attrs = {{ good = 1.5 }}, note = 'n' }},\n{{ kind = 'missing.found', at = '2026-07-01T10:00', attrs = {{ until = 'soon' }} }} ]\n"
    ));
    let lines: Vec<String> = policy.tests[0].events.iter().map(|event| event.canonical_line()).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"id":"t1","kind":"missing.found","at":"2026-07-01T09:00:00.000Z","links":{"child":["c1","c2"]},"attrs":{"age":14,"how":"elsewhere","until":{"instant":"2026-07-02T09:00:00.000Z"}}}
    {"id":"e","stream":"case:1","kind":"interview.held","at":"2026-07-01T10:00:00.000Z","recorded_at":"2026-07-01T22:00:00.000Z","attrs":{"good":1.5},"note":"n"}
    {"id":"t3","kind":"missing.found","at":"2026-07-01T09:00:00.000Z","attrs":{"until":"soon"}}
    "#);
    insta::assert_snapshot!(policy.tests[0].known_by.unwrap(), @"2026-07-01T10:00:00.000Z");
}

#[test]
fn expectations_are_rows_with_canonical_instants() {
    let policy = policy(&format!(
        "{RULES}[[test]]\nname = 't'\nexpect = [{{ duty = 'x', due = '2026-07-01T10:00', late_ms = 3, closed_by = {{ id = 'e', at = '2026-07-01T10:00' }}, ladder = [{{ step = 1, opens = 2026-07-01T10:00:00 }}] }}, {{ signal = 's', key = 'c1', at = '2026-07-01T10:00' }}]\n"
    ));
    let at = "2026-07-01T09:00:00.000Z";
    let rows: Vec<_> =
        policy.tests[0].expect.iter().map(|e| serde_json::to_value(&e.fields).unwrap()).collect();
    let ladder = serde_json::json!([{ "step": 1, "opens": at }]);
    let duty = serde_json::json!({ "due": at, "late_ms": 3, "closed_by": { "id": "e", "at": at }, "ladder": ladder });
    assert_eq!(rows, [duty, serde_json::json!({ "key": "c1", "at": at })]);
}

#[test]
fn what_is_wrong_in_a_test() {
    insta::assert_snapshot!(test("events = [{ kind = 'missing.fund', at = '2026-03-29T01:30' }, { kind = 'missing.found', at = '2026-10-25T01:30', links = { chid = 'c' }, attrs = { ag = 3 } }, { kind = 'duty.met:x', at = 'now' }, { at = '2026-01-01T00:00' }]"), @r#"
    p.toml:12:20: the policy declares no kind `missing.fund` (did you mean `missing.found`?)
    p.toml:12:41: `2026-03-29T01:30` does not exist in Europe/London, whose clocks went forward over it; write it with an offset such as `+01:00`
    p.toml:12:94: `2026-10-25T01:30` happened twice in Europe/London, whose clocks went back over it; write it with an offset such as `+01:00`
    p.toml:12:124: `missing.found` declares no link `chid` (did you mean `child`?)
    p.toml:12:148: `missing.found` declares no attribute `ag` (did you mean `age`?)
    p.toml:12:169: `duty.met:x` cannot be recorded (the rules make it; write the events that lead to it)
    p.toml:12:188: `now` is not an instant; write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`
    p.toml:12:197: an event has no `kind` (add one, such as `kind = "missing.found"`)
    "#);
    insta::assert_snapshot!(test("expect = [{ duty = 'y', state = 'overdu' }, { signal = 'x' }, { state = 'met' }, { duty = 'x', invited = true, colour = 'red' }]\nnone = ['s', 'z']"), @r#"
    p.toml:12:20: the policy declares no duty `y`
    p.toml:12:33: `overdu` is no `state` (did you mean `overdue`?)
    p.toml:12:56: the policy declares no signal `x`
    p.toml:12:63: an expectation names either a `duty` or a `signal` (write `{ duty = "…", state = "overdue" }` or `{ signal = "…" }`)
    p.toml:12:106: true is no `invited` (write `yes`, `no` or `unknown`)
    p.toml:12:112: `colour` is no field of an expectation
    p.toml:13:14: the policy declares no duty or signal `z`
    "#);
    insta::assert_snapshot!(test("events = [{ id = 't2', kind = 'missing.found', at = '2026-01-01T00:00' }, { kind = 'interview.held', at = '2026-01-01T00:00' }]"), @"p.toml:12:75: the id `t2` is that of another event too, at p.toml:12:11 (an event without an `id` is `t1`, `t2`, … by its place; give each its own)");
    insta::assert_snapshot!(problems("[[test]]\nevnts = []\n"), @r#"
    p.toml:1:1: `[[test]]` has no `name` (add one, such as `name = "a child found on Friday evening …"`)
    p.toml:2:1: `evnts` is no field of `[[test]]` (did you mean `events`?)
    "#);
}
