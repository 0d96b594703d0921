//! The policies of the repository pass their own tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::collections::BTreeSet;
use std::path::Path;

use engine::duty::State;
use engine::evaluate::{Cut, evaluate};
use engine::log::Log;
use engine::policy::{self, DutyRule, Pattern, SourceFile};
use engine::policy_test;
use engine::program::{Part, Program};
use engine::time::Instant;

fn read(path: &str) -> policy::Policy {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let mut files: Vec<_> = if root.is_dir() {
        std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect()
    } else {
        vec![root]
    };
    files.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    files.sort();
    let files = files.iter().map(|path| SourceFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).unwrap().into(),
    });
    policy::read(files.collect()).unwrap_or_else(|problems| panic!("{:#?}", problems.problems))
}

fn passes(path: &str) {
    let policy = read(path);
    let results = policy_test::run(&policy).unwrap_or_else(|error| panic!("{error:#?}"));
    let failed: Vec<String> = results
        .iter()
        .filter(|result| !result.failures.is_empty())
        .map(|result| {
            let diffs = result.failures.iter().map(|failure| failure.diff.join("\n    "));
            format!("{}\n    {}", result.name, diffs.collect::<Vec<_>>().join("\n    "))
        })
        .collect();
    assert!(!results.is_empty());
    assert!(failed.is_empty(), "{} of {} tests failed:\n{}", failed.len(), results.len(), failed.join("\n"));
}

#[test]
fn road_traffic() {
    passes("examples/road-traffic/policy.toml");
}

#[test]
fn england() {
    passes("policies/england");
}

#[test]
fn hard_sentences_have_the_terms_that_they_say_and_no_others() {
    let policy = read("policies/england");
    let terms = policy.signals["blaming-language"].terms.clone().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/england/hard-sentences.txt");
    let text = std::fs::read_to_string(path).unwrap();
    let mut wrong = Vec::new();
    let mut read = 0;
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (expected, sentence) = line.split_once(" | ").unwrap();
        let found: Vec<&str> = terms.found_in(sentence).iter().map(|term| term.avoid.as_str()).collect();
        let found = if found.is_empty() { String::from("-") } else { found.join("; ") };
        if found != expected {
            wrong.push(format!("{sentence}\n    found {found}, expected {expected}"));
        }
        read += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(read > 40);
}

#[test]
fn rules_are_judged_some_after_others_as_at_once() {
    let policy = read("policies/england");
    let program = Program::new(vec![policy.clone()]).unwrap();
    let parts: Vec<Part> = program.part_by_part(20).map(Result::unwrap).collect();
    assert!(parts.len() > 5, "{}", parts.len());
    let mut count = 0;
    for test in policy.tests.iter() {
        let log = Log::from_events(&test.events).unwrap();
        let cut = Cut { as_of: test.as_of, known_by: test.known_by, ignore_in_force: false };
        let whole: Vec<_> = evaluate(&program, &log, &cut).unwrap().rows().collect();
        let mut rows = Vec::new();
        for part in &parts {
            let evaluation = evaluate(&part.program, &log, &cut).unwrap();
            rows.extend(evaluation.rows().filter(|row| part.is_of(&row.duty)));
        }
        assert_eq!(rows, whole, "{}", test.name);
        count += rows.len();
    }
    assert!(count > 500, "{count}");
}

/// Of each rule whose duties have a due, one test stands at that instant and one a millisecond after.
#[test]
fn every_due_is_tested_at_its_last_millisecond_and_the_next() {
    let policy = read("policies/england");
    let program = Program::new(vec![policy.clone()]).unwrap();
    let (mut at_due, mut after) = (BTreeSet::new(), BTreeSet::new());
    for test in policy.tests.iter() {
        let log = Log::from_events(&test.events).unwrap();
        let cut = Cut { as_of: test.as_of, known_by: test.known_by, ignore_in_force: false };
        let evaluation = evaluate(&program, &log, &cut).unwrap();
        let as_of = evaluation.as_of().unwrap();
        for row in evaluation.rows() {
            let Some(due) = row.due else { continue };
            let closed = row.closed_by.as_ref().map(|closed| closed.at);
            let is_at = |instant: Instant| closed == Some(instant) || closed.is_none() && as_of == instant;
            if is_at(due) && matches!(row.state, State::Met | State::Pending) {
                at_due.insert(row.duty.clone());
            }
            let next = Instant::saturating(due.ms() + 1);
            if is_at(next) && matches!(row.state, State::MetLate | State::Overdue | State::Unrecorded) {
                after.insert(row.duty.clone());
            }
        }
    }
    let waits =
        |rule: &&DutyRule| matches!(rule.pattern, Pattern::Respond | Pattern::Every | Pattern::Attend);
    let lacking = policy.duties.values().filter(waits).filter_map(|rule| {
        let lacks = (!at_due.contains(&rule.name), !after.contains(&rule.name));
        (lacks != (false, false)).then(|| format!("{} {lacks:?}", rule.name))
    });
    let lacking: Vec<String> = lacking.collect();
    assert!(lacking.is_empty(), "no test at the due, none a millisecond after:\n{}", lacking.join("\n"));
}
