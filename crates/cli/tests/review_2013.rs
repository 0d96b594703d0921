//! The worked example: what `examples/review-2013/expected.json` says of the record is so, and nothing else is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use engine::evaluate::{Cut, evaluate};
use engine::log::Log;
use engine::policy::{KindName, Policy, SourceFile};
use engine::program::Program;
use exchange::{Input, Options};
use serde_json::Value;

/// States in which a duty was not met in time.
const FAILING: [&str; 7] =
    ["overdue", "breached", "unrecorded", "too-early", "met-late", "excused-late", "ended-late"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn expected() -> Value {
    let text = std::fs::read_to_string(root().join("examples/review-2013/expected.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn list<'v>(of: &'v Value, name: &str) -> &'v Vec<Value> {
    of[name].as_array().unwrap_or_else(|| panic!("no list `{name}`"))
}

fn lines() -> Vec<Value> {
    let text = std::fs::read_to_string(root().join("examples/review-2013/events.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn england() -> Policy {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(root().join("policies/england")).unwrap().map(|e| e.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let files = paths.iter().map(|path| SourceFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).unwrap().into(),
    });
    engine::policy::read(files.collect()).unwrap_or_else(|problems| panic!("{problems}"))
}

fn log() -> Log {
    let input = Input::from_argument(&root().join("examples/review-2013/events.jsonl"));
    exchange::read_log(&[input], Options::default()).unwrap().0
}

/// What a review finds.
struct Found {
    duties: Vec<Value>,
    signals: Vec<Value>,
}

impl Found {
    fn by(policy: &Policy, log: &Log) -> Self {
        let program = Program::new(vec![policy.clone()]).unwrap_or_else(|error| panic!("{error:?}"));
        let cut = Cut { as_of: None, known_by: None, ignore_in_force: false };
        let evaluation = evaluate(&program, log, &cut).unwrap();
        Self {
            duties: evaluation.rows().map(|row| serde_json::to_value(row).unwrap()).collect(),
            signals: evaluation.signals().iter().map(|row| serde_json::to_value(row).unwrap()).collect(),
        }
    }
}

/// Whether a row has what is expected of it; of a twin, of the rule of its pair.
fn is_row(row: &Value, rule: &str, expected: &Value) -> bool {
    let same = |name: &str| expected.get(name).is_none_or(|wanted| row[name] == *wanted);
    let trigger = expected.get("trigger").is_none_or(|id| row["trigger"]["id"] == *id);
    row["duty"] == rule && ["key", "part", "state", "due"].into_iter().all(same) && trigger
}

fn is_failing(row: &Value) -> bool {
    row["state"].as_str().is_some_and(|state| FAILING.contains(&state))
}

fn is_raised(signals: &[Value], signal: &Value, of: &Value) -> bool {
    signals.iter().any(|row| {
        row["signal"] == *signal
            && row["key"] == of["key"]
            && of.get("at").is_none_or(|at| row["at"] == *at)
            && of.get("per").is_none_or(|per| row["per"] == *per)
    })
}

#[test]
fn each_planted_failing_is_found_and_its_twin_is_not() {
    let (expected, found) = (expected(), Found::by(&england(), &log()));
    let planted = list(&expected, "planted");
    let findings: BTreeSet<&str> = planted
        .iter()
        .chain(list(&expected, "signals"))
        .filter_map(|planted| planted["finding"].as_str())
        .collect();
    for number in (1..=15).chain([17, 18, 21]) {
        assert!(findings.contains(format!("F{number}").as_str()), "F{number} is not planted");
    }
    for planted in planted {
        let rule = planted["rule"].as_str().unwrap();
        assert!(found.duties.iter().any(|row| is_row(row, rule, planted)), "not found: {planted}");
        assert!(planted["state"].as_str().is_some_and(|state| FAILING.contains(&state)), "{planted}");
        let twin = &planted["twin"];
        match twin["state"].as_str() {
            Some(state) => {
                assert!(!FAILING.contains(&state), "the twin fails too: {planted}");
                assert!(found.duties.iter().any(|row| is_row(row, rule, twin)), "the twin: {planted}");
            }
            None => {
                let of_twin = |row: &&Value| row["duty"] == rule && row["key"] == twin["key"];
                assert!(!found.duties.iter().filter(of_twin).any(is_failing), "the twin: {planted}");
            }
        }
    }
    for signal in list(&expected, "signals") {
        assert!(is_raised(&found.signals, &signal["signal"], signal), "not raised: {signal}");
        let twin = &signal["twin"];
        if twin["raised"] == false {
            assert!(!is_raised(&found.signals, &signal["signal"], twin), "the twin is raised: {signal}");
        }
    }
    let unrecorded = found.duties.iter().filter(|duty| {
        duty["duty"] == "attend-police" && duty["state"] == "unrecorded" && duty["key"] == "person:child-m"
    });
    assert_eq!(unrecorded.count(), 40, "of 40 meetings about one child");
}

#[test]
fn every_duty_not_met_in_time_is_planted_or_follows() {
    let (expected, found) = (expected(), Found::by(&england(), &log()));
    let known: Vec<(&str, &Value)> = ["planted", "follows"]
        .into_iter()
        .flat_map(|name| list(&expected, name))
        .map(|entry| (entry["rule"].as_str().unwrap(), entry))
        .collect();
    let told = |row: &Value| known.iter().any(|(rule, entry)| is_row(row, rule, entry));
    let untold: Vec<String> = found
        .duties
        .iter()
        .filter(|row| is_failing(row) && !told(row))
        .map(|row| format!("{} {} {} {}", row["duty"], row["key"], row["trigger"]["id"], row["state"]))
        .collect();
    assert!(
        untold.is_empty(),
        "{} duties that the example does not tell of:\n{}",
        untold.len(),
        untold.join("\n")
    );
}

#[test]
fn each_step_of_a_ladder_that_is_told_is_there() {
    let (expected, found) = (expected(), Found::by(&england(), &log()));
    for told in list(&expected, "ladders") {
        let wanted = Value::Object(
            told.as_object()
                .unwrap()
                .iter()
                .filter(|(name, _)| *name != "steps")
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect(),
        );
        let rule = told["rule"].as_str().unwrap();
        let row =
            found.duties.iter().find(|row| is_row(row, rule, &wanted)).unwrap_or_else(|| panic!("{wanted}"));
        let steps = list(row, "ladder");
        for step in list(told, "steps") {
            let found =
                steps.iter().find(|found| found["step"] == step["step"]).unwrap_or_else(|| panic!("{step}"));
            for (name, value) in step.as_object().unwrap() {
                assert_eq!(found[name], *value, "{name} of step {} of {wanted}", step["step"]);
            }
        }
    }
}

/// A value of the failing one's event as its twin would have it.
fn as_twin(value: &Value, pair: &Value) -> Value {
    match value {
        Value::String(text) => pair["instead"].get(text).cloned().unwrap_or_else(|| {
            let (failing, twin) = (pair["failing"].as_str().unwrap(), pair["twin"].as_str().unwrap());
            Value::String(renamed(text, failing, twin))
        }),
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(|value| as_twin(value, pair)).collect();
            list.sort_by_key(Value::to_string);
            Value::Array(list)
        }
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (name.clone(), as_twin(value, pair))).collect())
        }
        _ => value.clone(),
    }
}

/// An id or entity of the failing one under its twin's name: `a-01`, `person:child-a`, `case:a`, `episode:a1`; of
/// `project-west` also `project:west`. Officers are of both.
fn renamed(text: &str, failing: &str, twin: &str) -> String {
    if text.starts_with("officer:") {
        return text.to_owned();
    }
    let short = |name: &str| name.rsplit('-').next().unwrap_or(name).to_owned();
    let mut renamed = text.to_owned();
    for (from, to) in [(failing.to_owned(), twin.to_owned()), (short(failing), short(twin))] {
        let digits = renamed.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
        if renamed == from || renamed.starts_with(&format!("{from}-")) {
            renamed.replace_range(..from.len(), &to);
        } else if [":", "-"].iter().any(|mark| renamed.ends_with(&format!("{mark}{from}"))) {
            renamed.replace_range(renamed.len() - from.len().., &to);
        } else if renamed[..digits].ends_with(&format!(":{from}")) {
            renamed.replace_range(digits - from.len()..digits, &to);
        } else {
            renamed = renamed.replace(&format!(":{from}-"), &format!(":{to}-"));
        }
    }
    renamed
}

/// Duties have ids of their own on either side.
fn without_duty(mut line: Value) -> Value {
    if let Some(links) = line["links"].as_object_mut() {
        links.remove("duty");
    }
    line
}

#[test]
fn pairs_differ_in_the_events_that_are_named_and_no_others() {
    let (expected, lines) = (expected(), lines());
    for pair in list(&expected, "pairs") {
        let of = |side: &str| -> BTreeMap<String, &Value> {
            let prefix = format!("{}-", pair[side].as_str().unwrap());
            let ours = lines.iter().filter_map(|line| {
                let id = line["id"].as_str()?.strip_prefix(&prefix)?;
                id.bytes().all(|byte| byte.is_ascii_digit()).then(|| (id.to_owned(), line))
            });
            ours.collect()
        };
        let (failing, twin) = (of("failing"), of("twin"));
        assert!(!failing.is_empty() && !twin.is_empty(), "{pair}");
        let numbers: BTreeSet<&String> = failing.keys().chain(twin.keys()).collect();
        let unlike: BTreeSet<&str> = numbers
            .into_iter()
            .filter(|number| {
                let ours = failing.get(*number).map(|line| without_duty(as_twin(line, pair)));
                let theirs = twin.get(*number).map(|line| without_duty(as_twin(line, &nobody())));
                ours != theirs
            })
            .map(String::as_str)
            .collect();
        let named: BTreeSet<&str> = list(pair, "differ").iter().filter_map(Value::as_str).collect();
        assert_eq!(unlike, named, "{} and {}", pair["failing"], pair["twin"]);
    }
    let is_there = |id: &str| lines.iter().any(|line| line["id"] == id);
    for planted in list(&expected, "planted") {
        let differs = &planted["differs"];
        let event = differs["failing"].as_str().or(differs["twin"].as_str());
        assert!(event.is_none_or(is_there), "the event that differs is not in the record: {planted}");
    }
}

/// A pair that changes nothing but the order of lists.
fn nobody() -> Value {
    serde_json::json!({ "failing": "\u{0}", "twin": "\u{0}", "instead": {} })
}

/// The policy without a rule and all that starts from it.
fn without(policy: &Policy, rule: &str) -> Policy {
    let mut policy = policy.clone();
    let mut gone = vec![rule.to_owned()];
    while let Some(rule) = gone.pop() {
        policy.duties.remove(&rule);
        policy.signals.remove(&rule);
        let is_from = |kind: &str| KindName::parse(kind).maker() == Some(rule.as_str());
        let duties = policy.duties.values().filter(|of| of.kinds().any(|(_, kind)| is_from(&kind.kind)));
        gone.extend(duties.map(|of| of.name.clone()));
        let signals = policy.signals.values().filter(|of| of.kinds().any(|(_, kind)| is_from(&kind.kind)));
        gone.extend(signals.map(|of| of.name.clone()));
    }
    policy
}

#[test]
fn without_a_rule_a_planted_failing_is_lost_unless_the_example_does_not_need_it() {
    let (expected, policy, log) = (expected(), england(), log());
    let not_needed: BTreeSet<&str> =
        list(&expected, "not_needed").iter().filter_map(|entry| entry["rule"].as_str()).collect();
    let planted = list(&expected, "planted");
    let mut wrong = Vec::new();
    for rule in policy.duties.keys().chain(policy.signals.keys()) {
        let found = Found::by(&without(&policy, rule), &log);
        let is_lost = |planted: &Value| {
            let rule = planted["rule"].as_str().unwrap();
            !found.duties.iter().any(|row| is_row(row, rule, planted))
        };
        match (planted.iter().any(is_lost), not_needed.contains(rule.as_str())) {
            (true, true) => wrong.push(format!("{rule} is needed after all")),
            (false, false) => wrong.push(format!("nothing planted is lost without {rule}")),
            _ => {}
        }
    }
    let known = |rule: &&&str| !policy.duties.contains_key(**rule) && !policy.signals.contains_key(**rule);
    wrong.extend(not_needed.iter().filter(known).map(|rule| format!("there is no rule {rule}")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_summary_tells_the_worst_first() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_wakeful"))
        .current_dir(root())
        .args(
            "review examples/review-2013/events.jsonl --policy policies/england --format html --summary"
                .split(' '),
        )
        .output()
        .unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    let place = |rule: &str| {
        let name = format!("<bdi>{rule}</bdi>");
        page.find(&name).unwrap_or_else(|| panic!("{rule}"))
    };
    // High severity before medium, more before fewer, all met last.
    assert!(place("finding-answered") < place("victim-on-indictment"));
    assert!(place("victim-on-indictment") < place("request-answered"));
    assert!(place("request-answered") < place("action-reported"));
}
