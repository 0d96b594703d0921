//! `wakeful policy diff` and `wakeful policy simulate`

use std::path::{Path, PathBuf};

use engine::compare::{ChangeRow, Comparison, Counts, Desk, compare};
use engine::duty::{DutyRow, State};
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::log::Log;
use engine::policy::{Policy, SourceFile};
use engine::program::Program;
use exchange::{Input, Options};
use serde_json::Value;

use crate::bench::{Bench, POLICY};

/// A rule that the small policy does not have.
const READ: &str = r#"
[duty.answer-read]
title  = "An answer is read within a day"
on     = "request"
when   = "request.answered"
expect = "request.made"
within = "24h"
owner  = "supervisor"
source = { title = "Small Act", section = "s. 1", confidence = "primary" }
"#;

/// The small policy with half a day in place of two, and a rule more.
fn shorter(version: &str) -> String {
    let (rules, _) = POLICY.split_once("[[test]]").unwrap();
    let rules = rules.replace("\"48h\"", "\"12h\"").replace("version = \"1\"", version);
    format!("{}{READ}", rules.trim_end_matches('\n').to_owned() + "\n")
}

fn bench() -> Bench {
    let bench = Bench::new();
    bench.write("new.toml", &shorter("version = \"2\""));
    bench.write("later.toml", &shorter("version = \"2\"\nin_force = { from = 2026-07-06 }"));
    bench.write("future.toml", &shorter("version = \"2\"\nin_force = { from = 2026-08-01 }"));
    bench
}

const SIMULATE: &str = "--policy policy.toml --log events.jsonl";

#[test]
fn a_policy_lead_reads_what_differs() {
    insta::assert_snapshot!(bench().done("policy diff policy.toml new.toml"), @"
    small 1 → small 2: 1 header changed, 1 duty added, 1 duty changed

    The policy itself

      small, changed (new.toml:1:1)
        version: 1 → 2

    Duties

      answer-read, added: An answer is read within a day (new.toml:28:1)
        Within 24 hours of `request.answered`, `request.made` is owed for each request; owed by
        supervisor (police).
        Source: Small Act, s. 1; official text seen.

      request-answered, changed: A request is answered within 2 days (new.toml:16:1)
        within: 48 hours → 12 hours
        Before: Within 48 hours of `request.made`, `request.answered` is owed for each request; owed by
        manager (police); climbs the ladder requests.
        Now: Within 12 hours of `request.made`, `request.answered` is owed for each request; owed by
        manager (police); climbs the ladder requests.
    ");
}

#[test]
fn the_same_policy_does_not_differ() {
    let said = Bench::new().done("policy diff policy.toml policy.toml --log events.jsonl");
    assert!(said.starts_with("small 1 → small 1: nothing differs\n"), "{said}");
    assert!(said.ends_with("3 duties before, 3 after; none changes; 3 unchanged\n"), "{said}");
}

#[test]
fn programs_read_the_same_differences_and_the_log_beside_them() {
    let said = bench().done("policy diff policy.toml new.toml --log events.jsonl --format json");
    let document: Value = serde_json::from_str(&said).unwrap();
    let rule = &document["differences"][2];
    assert_eq!((&rule["name"], &rule["how"]), (&"request-answered".into(), &"changed".into()));
    let field = serde_json::json!([{ "field": "within", "before": "48 hours", "after": "12 hours" }]);
    assert_eq!(rule["fields"], field);
    assert_eq!(document["differences"][1]["after"]["source"], "Small Act, s. 1; official text seen.");
    let counts = serde_json::json!({ "appear": 1, "vanish": 0, "move": 3, "unchanged": 0 });
    assert_eq!(document["log"]["summary"]["counts"], counts);
    assert_eq!(document["log"]["duties"].as_array().unwrap().len(), 4);
}

#[test]
fn had_we_had_the_rules_then() {
    insta::assert_snapshot!(bench().done(&format!("policy simulate later.toml {SIMULATE} --ignore-in-force")), @"
    small 1, and small 2 as if always in force, as of Mon 6 July 2026 11:00 (Europe/London)
    3 duties before, 4 after; 1 appears, 3 move; 0 unchanged

     rule              appear  vanish  move
     answer-read            1
     request-answered                     3

     team, or owner without one  appear  vanish  move
     manager                                        3
     supervisor                       1

     state before  after     duties
     none          overdue        1
     met           met-late       1

    Those that move do so in: 3 of due, 1 of state, 2 of ladder.

     change, id  duty, about       before            after
     appears     answer-read                         overdue
     80b8f91e    r2                                  4 Jul 2026 10:00
     moves       request-answered  met               met-late
     42ac9e63    r2                4 Jul 2026 10:00  2 Jul 2026 22:00
                                                     other ladder
     moves       request-answered  overdue           overdue
     5d3253c8    r1                3 Jul 2026 10:00  1 Jul 2026 22:00
                                                     other ladder
     moves       request-answered  pending           pending
     1caf8c9f    r3                8 Jul 2026 10:00  6 Jul 2026 22:00

    These are all; `--format jsonl` shows every one with both of its rows.
    ");
}

#[test]
fn a_version_changes_nothing_before_its_date() {
    let bench = bench();
    insta::assert_snapshot!(bench.done(&format!("policy simulate later.toml {SIMULATE}")), @"
    small 1, and small 2 from Monday 6 July 2026 on, as of Mon 6 July 2026 11:00 (Europe/London)
    3 duties before, 3 after; 1 moves; 2 unchanged

     rule              appear  vanish  move
     request-answered                     1

     team, or owner without one  appear  vanish  move
     manager                                        1

    Those that move do so in: 1 of due.

     change, id  duty, about       before            after
     moves       request-answered  pending           pending
     1caf8c9f    r3                8 Jul 2026 10:00  6 Jul 2026 22:00

    These are all; `--format jsonl` shows every one with both of its rows.
    ");
    insta::assert_snapshot!(bench.done(&format!("policy simulate future.toml {SIMULATE}")), @"
    small 1, and small 2 from Saturday 1 August 2026 on, as of Mon 6 July 2026 11:00 (Europe/London)
    3 duties before, 3 after; none changes; 3 unchanged
    ");
    assert_eq!(bench.done(&format!("policy simulate future.toml {SIMULATE} --format jsonl")), "");
}

#[test]
fn each_duty_that_changes_is_a_line_with_both_rows() {
    let bench = bench();
    let line = format!("policy simulate new.toml {SIMULATE} --format jsonl --out changes.jsonl");
    assert_eq!(bench.done(&line), "");
    let lines = bench.read("changes.jsonl");
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let changes: Vec<&Value> = rows.iter().map(|row| &row["change"]).collect();
    assert_eq!(changes, ["appears", "moves", "moves", "moves"]);
    assert_eq!(rows[0]["before"], Value::Null);
    assert_eq!(rows[0]["desks"], serde_json::json!([{ "owner": "supervisor" }]));
    assert_eq!(
        (&rows[2]["before"]["state"], &rows[2]["after"]["state"]),
        (&"met".into(), &"met-late".into())
    );
    assert_eq!(rows[2]["fields"], serde_json::json!(["due", "state", "ladder"]));
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let bench = bench();
    bench.write(
        "other.toml",
        &shorter("version = \"2\"\nin_force = { from = 2026-07-06 }").replace("\"small\"", "\"large\""),
    );
    let refused = |line: &str| bench.refused(line);
    let said = refused("policy diff policy.toml nothing.toml");
    assert_eq!(said, "error: there is no policy at `nothing.toml`; is the path right?\n");
    assert!(refused("policy diff policy.toml new.toml --as-of 2026-07-01T00:00").contains("--log <INPUT>"));
    let said = refused("policy simulate later.toml --policy later.toml --log events.jsonl");
    assert_eq!(
        said,
        "error: later.toml:1:1: this is in force from Monday 6 July 2026, and the last policy of `--policy` from Monday 6 July 2026, not before it; give this a later `from`, or judge by it alone with `--ignore-in-force`\n"
    );
    let said = refused(&format!("policy simulate other.toml {SIMULATE}"));
    assert!(said.contains("give policies that make one program the same `name`"), "{said}");
    let said = refused(&format!("policy simulate new.toml {SIMULATE} --as-of yesterday"));
    assert!(said.starts_with("error: --as-of: "), "{said}");
    let said = refused(&format!("policy simulate new.toml {SIMULATE} --out new.toml"));
    assert_eq!(said, "error: `new.toml` is an input and `--out` too; name another file\n");
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The England pack, with one text in place of another in whichever of its files has it.
fn england(changes: &[(&str, &str)]) -> Policy {
    let folder = std::fs::read_dir(root().join("policies/england")).unwrap();
    let mut paths: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let mut seen = 0;
    let files = paths.iter().map(|path| {
        let mut text = std::fs::read_to_string(path).unwrap();
        for (from, to) in changes {
            seen += text.matches(from).count();
            text = text.replace(from, to);
        }
        SourceFile { name: path.display().to_string(), text: text.into() }
    });
    let files: Vec<SourceFile> = files.collect();
    assert_eq!(seen, changes.len(), "each text stands once: {changes:?}");
    engine::policy::read(files).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Compares the review of 2013 by the pack and by it with these changes.
fn compared(changes: &[(&str, &str)], read: impl FnOnce(&Comparison<'_>)) {
    let input = Input::from_argument(&root().join("examples/review-2013/events.jsonl"));
    let log: Log = exchange::read_log(&[input], Options::default()).unwrap().0;
    let programs = [&[][..], changes].map(|changes| Program::new(vec![england(changes)]).unwrap());
    let [before, after] =
        [&programs[0], &programs[1]].map(|program| evaluate(program, &log, &Cut::default()).unwrap());
    let comparison = compare(&before, &after);
    assert_eq!(plainly(&before, &after), counted(&comparison), "{changes:?}");
    read(&comparison);
}

/// A duty, the change, and in which fields: worked out from whole rows, every one.
fn plainly(
    before: &Evaluation<'_>,
    after: &Evaluation<'_>,
) -> Vec<(String, &'static str, Vec<&'static str>)> {
    let rows = |evaluation: &Evaluation<'_>| -> Vec<DutyRow> { evaluation.rows().collect() };
    let (before, after) = (rows(before), rows(after));
    let find = |rows: &[DutyRow], id: &str| rows.iter().find(|row| row.id == id).cloned();
    let mut changes = Vec::new();
    for was in &before {
        let Some(is) = find(&after, &was.id) else {
            changes.push((was.id.clone(), "vanishes", Vec::new()));
            continue;
        };
        let closed_by = |row: &DutyRow| row.closed_by.as_ref().map(|closed| closed.id.clone());
        let differs = [
            ("due", was.due != is.due),
            ("state", was.state != is.state),
            ("closed_by", closed_by(was) != closed_by(&is)),
            ("periods_missed", was.periods_missed != is.periods_missed),
            ("owner", was.owner != is.owner),
            ("holders", was.holders != is.holders),
            ("ladder", was.ladder != is.ladder),
        ];
        let fields: Vec<&str> =
            differs.iter().filter(|(_, differs)| *differs).map(|(field, _)| *field).collect();
        if !fields.is_empty() {
            changes.push((was.id.clone(), "moves", fields));
        }
    }
    let new = after.iter().filter(|row| find(&before, &row.id).is_none());
    changes.extend(new.map(|row| (row.id.clone(), "appears", Vec::new())));
    changes.sort();
    changes
}

fn counted(comparison: &Comparison<'_>) -> Vec<(String, &'static str, Vec<&'static str>)> {
    let entry = |row: ChangeRow| {
        let id = row.after.or(row.before).unwrap().id;
        (id, row.change, row.fields.into_iter().map(engine::compare::Field::word).collect())
    };
    let mut changes: Vec<_> = comparison.rows().map(entry).collect();
    changes.sort();
    changes
}

fn counts(appear: u64, vanish: u64, moved: u64, unchanged: u64) -> Counts {
    Counts { appear, vanish, moved, unchanged }
}

#[test]
fn one_setting_makes_duties_appear_vanish_and_move() {
    let setting = "[setting.request-answer]\ntitle = \"Written answer to a formal request for resources or managerial support\"\nvalue = ";
    let (from, to) = (format!("{setting}\"5wd\""), format!("{setting}\"1wd\""));
    compared(&[(&from, &to)], |comparison| {
        assert_eq!(comparison.all(), counts(2, 1, 7, 1089));
        assert_eq!(comparison.rules["request-answered"], counts(0, 0, 7, 0));
        assert_eq!(comparison.signals()["requests-unanswered"].appear, 2);
        let desk = Desk::Team(String::from("team:command"));
        assert_eq!(comparison.desks()[&desk], counts(2, 1, 0, 0));
        let states = (None, Some(State::Breached));
        assert_eq!(comparison.states()[&states], 2);
    });
}

#[test]
fn a_rule_that_is_gone_takes_its_duties_along() {
    let name = "[duty.no-second-missed-meeting-partner]\n";
    let gone = format!("{name}in_force = {{ from = 2030-01-01 }}\n");
    compared(&[(name, &gone)], |comparison| assert_eq!(comparison.all(), counts(0, 1, 0, 1096)));
}

#[test]
fn what_a_role_a_kind_or_a_ladder_says_is_compared_too() {
    compared(&[("safeguarding-unit = \"police\"", "safeguarding-unit = \"external\"")], |_| {});
    compared(&[("missing-coordinator = \"police\"", "missing-coordinator = \"health\"")], |comparison| {
        assert_eq!(comparison.all().appear, 0);
    });
    compared(
        &[(
            "[ladder.disagreement]\nsteps = [\n",
            "[ladder.disagreement]\nsteps = [\n  { to = \"supervisor\", answer_within = \"1h\" },\n",
        )],
        |_| {},
    );
}

#[test]
fn what_a_pack_sets_and_switches_off_is_told_with_its_reason() {
    let bench = Bench::new();
    let setting = "[setting.answer]\ntitle = \"Answer\"\nvalue = \"48h\"\nrange = [\"1h\", \"96h\"]\nrationale = \"long\"\n";
    let (rules, _) = POLICY.split_once("[[test]]").unwrap();
    bench.write("base.toml", &format!("{}{setting}{READ}", rules.replace("\"48h\"", "\"$answer\"")));
    let setting = setting.replace("48h", "24h").replace("long", "short");
    let force = "[policy]\nname = \"force\"\nextends = \"base.toml\"\n\n[ladder.requests]\nsteps = [{ to = \"manager\" }]\n\n";
    let off = "\n[duty.answer-read]\noff = true\nreason = \"read out at once\"\n";
    bench.write("force.toml", &format!("{force}{setting}{off}"));
    insta::assert_snapshot!(bench.done("policy diff base.toml force.toml"), @"
    small 1 → force 1: 1 header changed, 1 setting changed, 1 ladder changed, 1 duty removed, 1 duty
    changed

    The policy itself

      force, changed (force.toml:1:1)
        name: small → force

    Settings

      answer, changed: Answer (force.toml:8:1)
        value: 48h → 24h
        rationale: long → short
        Concerns: request-answered

    Ladders

      requests, changed (force.toml:5:1)
        step 1: supervisor → manager
        Concerns: request-answered

    Duties

      answer-read, removed: An answer is read within a day (base.toml:34:1)
        Within 24 hours of `request.answered`, `request.made` is owed for each request; owed by
        supervisor (police).
        Source: Small Act, s. 1; official text seen.
        The rule is switched off by force: read out at once

      request-answered, changed: A request is answered within 2 days (base.toml:16:1)
        within: 48 hours → 24 hours
        Before: Within 48 hours of `request.made`, `request.answered` is owed for each request; owed by
        manager (police); climbs the ladder requests.
        Now: Within 24 hours of `request.made`, `request.answered` is owed for each request; owed by
        manager (police); climbs the ladder requests.
        By the setting: answer
    ");
}
