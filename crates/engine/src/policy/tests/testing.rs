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
    insta::assert_snapshot!(lines.join("\n"), @"");
    insta::assert_snapshot!(policy.tests[0].known_by.unwrap(), @"");
}

#[test]
fn expectations_are_rows_with_canonical_instants() {
    let policy = policy(&format!(
        "{RULES}[[test]]\nname = 't'\nexpect = [{{ duty = 'x', due = '2026-07-01T10:00', late_ms = 3, closed_by = {{ id = 'e', at = '2026-07-01T10:00' }}, ladder = [{{ step = 1, opens = 2026-07-01T10:00:00 }}] }}, {{ signal = 's', key = 'c1', at = '2026-07-01T10:00' }}]\n"
    ));
    let lines: Vec<String> = policy.tests[0].expect.iter().map(|e| serde_json::to_string(&e.fields).unwrap()).collect();
    insta::assert_snapshot!(lines.join("\n"), @"");
}

#[test]
fn what_is_wrong_in_a_test() {
    insta::assert_snapshot!(test("events = [{ kind = 'missing.fund', at = '2026-03-29T01:30' }, { kind = 'missing.found', at = '2026-10-25T01:30', links = { chid = 'c' }, attrs = { ag = 3 } }, { kind = 'duty.met:x', at = 'now' }, { at = '2026-01-01T00:00' }]"), @"");
    insta::assert_snapshot!(test("expect = [{ duty = 'y', state = 'overdu' }, { signal = 'x' }, { state = 'met' }, { duty = 'x', invited = true, colour = 'red' }]\nnone = ['s', 'z']"), @"");
    insta::assert_snapshot!(test("events = [{ id = 't2', kind = 'missing.found', at = '2026-01-01T00:00' }, { kind = 'interview.held', at = '2026-01-01T00:00' }]"), @"");
    insta::assert_snapshot!(problems("[[test]]\nevnts = []\n"), @"");
}
