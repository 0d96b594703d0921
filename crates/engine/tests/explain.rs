//! `explain` says why a duty stands where it stands: the tests of `tests/explain/*.toml`, each explained in
//! `tests/explain/<name>.txt`. `EXPLAIN_UPDATE=1 cargo test -p wakeful-engine --test explain` writes those anew.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "these are tests, and clippy sees only those marked so"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use engine::duty::State;
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::explain::{Section, explain};
use engine::log::Log;
use engine::policy::{self, Pattern, Policy, PolicyTest, SourceFile};
use engine::policy_test;
use engine::program::Program;
use engine::record::{Event, Value};
use engine::time::Instant;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/explain")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The policy of a file, or of the files in a folder.
fn read(path: &Path) -> Policy {
    let mut files = match path.is_dir() {
        true => std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect(),
        false => vec![path.to_owned()],
    };
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    let files = files.iter().map(|path| SourceFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).unwrap().into(),
    });
    policy::read(files.collect()).unwrap_or_else(|problems| panic!("{:#?}", problems.problems))
}

const FILES: [&str; 4] = ["respond.toml", "judged.toml", "every.toml", "attend.toml"];

fn with_evaluation(policy: &Policy, test: &PolicyTest, then: impl FnOnce(&Evaluation<'_>)) {
    let program = Program::new(vec![policy.clone()]).unwrap();
    let log = Log::from_events(&test.events).unwrap();
    let cut = Cut { as_of: test.as_of, known_by: test.known_by, ignore_in_force: false };
    then(&evaluate(&program, &log, &cut).unwrap());
}

/// Every duty of the rules that a test names, explained.
fn explained(policy: &Policy, test: &PolicyTest) -> String {
    let named: BTreeSet<&str> = test.expect.iter().map(|expectation| expectation.of.name()).collect();
    let mut text = String::new();
    with_evaluation(policy, test, |evaluation| {
        let duties = evaluation.duties().into_iter();
        let told = duties.filter(|&duty| named.contains(evaluation.row(duty).duty.as_str()));
        let told: Vec<String> = told.map(|duty| explain(evaluation, duty).to_string()).collect();
        text = told.join("\n\n");
    });
    text
}

#[test]
fn every_explanation_reads_as_written_down() {
    let update = std::env::var_os("EXPLAIN_UPDATE").is_some();
    let mut differ = Vec::new();
    for file in FILES {
        let policy = read(&folder().join(file));
        for test in policy.tests.iter() {
            let path = folder().join(format!("{}.txt", test.name));
            let found = explained(&policy, test);
            if update {
                std::fs::write(&path, &found).unwrap();
            } else if std::fs::read_to_string(&path).unwrap_or_default() != found {
                differ.push(format!("{}:\n{found}", path.display()));
            }
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

#[test]
fn the_tests_pass() {
    for file in FILES {
        for result in policy_test::run(&read(&folder().join(file))).unwrap() {
            assert!(result.failures.is_empty(), "{}: {:#?}", result.name, result.failures);
        }
    }
}

#[test]
fn every_state_of_every_kind_is_explained() {
    let mut found: BTreeMap<Pattern, BTreeSet<State>> = BTreeMap::new();
    for file in FILES {
        let policy = read(&folder().join(file));
        for test in policy.tests.iter() {
            with_evaluation(&policy, test, |evaluation| {
                for duty in evaluation.duties() {
                    let pattern = evaluation.rule(duty).unwrap().pattern;
                    found.entry(pattern).or_default().insert(evaluation.state_of(duty));
                }
            });
        }
    }
    let judged = [State::Met, State::Breached, State::Undecided];
    let waiting = |also: &[State]| {
        let mut states = BTreeSet::from([
            State::Pending,
            State::Met,
            State::Excused,
            State::ExcusedLate,
            State::Ended,
            State::EndedLate,
            State::Undecided,
        ]);
        states.extend(also);
        states
    };
    let expected = BTreeMap::from([
        (Pattern::Respond, waiting(&[State::Overdue, State::MetLate, State::TooEarly])),
        (Pattern::Before, judged.into()),
        (Pattern::Holds, judged.into()),
        (Pattern::Every, waiting(&[State::Overdue, State::MetLate])),
        (Pattern::Attend, waiting(&[State::Breached, State::Unrecorded])),
        (Pattern::Never, judged.into()),
    ]);
    assert_eq!(found, expected);
}

/// What every explanation says, whatever it is of.
fn is_whole(evaluation: &Evaluation<'_>) -> usize {
    let duties = evaluation.duties();
    for &duty in &duties {
        let row = evaluation.row(duty);
        let explanation = explain(evaluation, duty);
        let of = |section| explanation.lines.iter().filter(move |line| line.section == section);
        for section in
            [Section::Rule, Section::Start, Section::Due, Section::Considered, Section::State, Section::Owner]
        {
            assert!(of(section).next().is_some(), "{section:?} of {row:#?}");
        }
        if let Some(closed_by) = &row.closed_by {
            let counted = of(Section::Considered)
                .any(|line| line.event.as_ref() == Some(&closed_by.id) && line.text.contains(" counts: "));
            assert!(counted, "{explanation}");
        }
        let closing = of(Section::Considered)
            .filter(|line| line.text.contains(" counts: ") && !line.text.contains(", as since, "))
            .count();
        let judged = matches!(row.state, State::Met | State::Breached);
        assert!(closing == usize::from(row.closed_by.is_some()) || judged && closing > 0, "{explanation}");
        for near in &row.near {
            let named = of(Section::Considered)
                .any(|line| line.event.as_ref() == Some(near) && line.text.contains(" does not count: "));
            assert!(named, "`{near}` of {explanation}");
        }
        assert_eq!(evaluation.find(&row.id), [duty]);
        for text in explanation.lines.iter().map(|line| &line.text) {
            assert!(!text.contains("``") && !text.contains("  ") && !text.is_empty(), "{explanation}");
        }
    }
    duties.len()
}

#[test]
fn what_closed_a_duty_and_what_nearly_did_are_named() {
    let policies = FILES.map(|file| folder().join(file));
    let england = root().join("policies/england");
    let mut duties = 0;
    for path in policies.iter().chain([&england]) {
        let policy = read(path);
        for test in policy.tests.iter() {
            with_evaluation(&policy, test, |evaluation| duties += is_whole(evaluation));
        }
    }
    assert!(duties > 200, "{duties}");
}

#[test]
fn the_review_of_2013_is_explained() {
    let text = std::fs::read_to_string(root().join("examples/review-2013/events.jsonl")).unwrap();
    let events: Vec<Event> = text.lines().map(event).collect();
    let log = Log::from_events(&events).unwrap();
    let program = Program::new(vec![read(&root().join("policies/england"))]).unwrap();
    let cut = Cut { ignore_in_force: true, ..Cut::default() };
    let evaluation = evaluate(&program, &log, &cut).unwrap();
    assert!(is_whole(&evaluation) > 100);
}

#[test]
fn a_duty_is_found_by_its_alias() {
    let policy = read(&folder().join("respond.toml"));
    let test = policy.tests.iter().find(|test| test.name == "respond-in-a-role").unwrap();
    with_evaluation(&policy, test, |evaluation| {
        let duty = evaluation.duties()[0];
        let row = evaluation.row(duty);
        assert_eq!(row.aliases.len(), 1);
        assert_eq!(evaluation.find(&row.aliases[0]), [duty]);
        assert_eq!(evaluation.find(&format!("duty:{}", row.id)), [duty]);
        assert_eq!(evaluation.find("f6db15bfacb694ba7d3166ccc8f521ae"), []);
    });
}

/// An event as JSON Lines have it.
fn event(line: &str) -> Event {
    let json: serde_json::Value = serde_json::from_str(line).unwrap();
    let text = |name: &str| json[name].as_str().map(str::to_owned);
    let at = Instant::parse(json["at"].as_str().unwrap()).unwrap();
    let recorded_at = json["recorded_at"].as_str().map_or(at, |text| Instant::parse(text).unwrap());
    let texts = |value: &serde_json::Value| match value.as_array() {
        Some(list) => list.iter().map(|text| text.as_str().unwrap().to_owned()).collect(),
        None => vec![value.as_str().unwrap().to_owned()],
    };
    let mut event = Event {
        id: text("id").unwrap(),
        stream: text("stream").unwrap_or_default(),
        kind: text("kind").unwrap(),
        at,
        recorded_at,
        corrects: text("corrects"),
        ..Event::default()
    };
    for (role, entities) in json["links"].as_object().into_iter().flatten() {
        event.links.insert(role.clone(), texts(entities).into_iter().collect());
    }
    for (name, value) in json["attrs"].as_object().into_iter().flatten() {
        let value = match value {
            serde_json::Value::Bool(truth) => Value::Boolean(*truth),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or_else(|| Value::Decimal(number.as_f64().unwrap()), Value::Integer)
            }
            serde_json::Value::Array(_) => Value::Texts(texts(value)),
            serde_json::Value::Object(_) => {
                Value::Instant(Instant::parse(value["instant"].as_str().unwrap()).unwrap())
            }
            text => Value::Text(text.as_str().unwrap().to_owned()),
        };
        event.attrs.insert(name.clone(), value);
    }
    event
}

#[test]
fn long_lists_are_shortened() {
    let policy = read(&folder().join("respond.toml"));
    let mut test = policy.tests.iter().find(|test| test.name == "respond-overdue").unwrap().clone();
    let near = test.events.iter().find(|event| event.id == "e4").unwrap().clone();
    for number in 0..100 {
        let id = format!("more{number:03}");
        test.events.push(Event { id, ..near.clone() });
    }
    with_evaluation(&policy, &test, |evaluation| {
        let text = explain(evaluation, evaluation.duties()[0]).to_string();
        assert!(text.contains("65 such ones are left out."), "{text}");
        assert!(text.contains("`e2`") && text.contains("`more016`") && text.contains("`e6`"), "{text}");
        assert!(!text.contains("`more050`"), "{text}");
    });
}
