//! Runs a policy's own `[[test]]` cases (`docs/policy-language.md`, "Tests").

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::duty::State;
use crate::evaluate::effective::{NO_KIND, Node};
use crate::evaluate::partition::keys_of;
use crate::evaluate::plan::Lens;
use crate::evaluate::{Cut, EvaluateError, Evaluation, evaluate};
use crate::log::{Log, LogError};
use crate::policy::{Expectation, Expected, Place, Policy, PolicyTest};
use crate::program::{Program, ProgramError, Rule, rules};

/// How a test went.
#[derive(Clone, Debug)]
pub struct TestResult {
    /// Its name.
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// What was not as expected; empty where it passed.
    pub failures: Vec<TestFailure>,
}

/// Something not as a test expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestFailure {
    /// Where the test says so.
    pub place: Place,
    /// What differs, line by line: `-` expected, `+` found; and perhaps why.
    pub diff: Vec<String>,
}

/// Why a test could not be run.
#[derive(Debug, Error)]
pub enum TestError {
    /// The policy makes no program.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Its events make no log.
    #[error("the test `{test}` has an event that no log takes: {error}")]
    Log {
        /// The test.
        test: String,
        /// Why.
        error: LogError,
    },
    /// Its events cannot be evaluated.
    #[error("the test `{test}` cannot be evaluated: {error}")]
    Evaluate {
        /// The test.
        test: String,
        /// Why.
        error: EvaluateError,
    },
}

/// How many tests of a rule it fires in, and in how many it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Tests that expect of it a signal, or a duty overdue, breached, unrecorded, too early or late.
    pub fires: usize,
    /// Tests that expect only others, or name it in `none`.
    pub does_not: usize,
}

/// Runs every test of a policy, in order.
///
/// # Errors
/// What [`TestError`] says.
pub fn run(policy: &Policy) -> Result<Vec<TestResult>, TestError> {
    let program = Program::new(vec![policy.clone()])?;
    policy.tests.iter().map(|test| run_one(&program, test)).collect()
}

fn run_one(program: &Program, test: &PolicyTest) -> Result<TestResult, TestError> {
    let log =
        Log::from_events(&test.events).map_err(|error| TestError::Log { test: test.name.clone(), error })?;
    let cut = Cut { as_of: test.as_of, known_by: test.known_by, ignore_in_force: false };
    let evaluation = evaluate(program, &log, &cut)
        .map_err(|error| TestError::Evaluate { test: test.name.clone(), error })?;
    let mut found: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    for row in evaluation.rows() {
        let step = row.ladder.iter().map(|step| step.step).max().unwrap_or(0);
        let rule = row.duty.clone();
        if let Ok(Value::Object(mut fields)) = serde_json::to_value(row) {
            fields.insert("step".to_owned(), step.into());
            found.entry(rule).or_default().push(fields);
        }
    }
    for row in evaluation.signals() {
        let signal = row.signal.clone();
        if let Ok(Value::Object(fields)) = serde_json::to_value(row) {
            found.entry(signal).or_default().push(fields);
        }
    }
    let hint = |rule: &str| {
        rules(program.last()?).find(|of| of.name() == rule).and_then(|of| unseen(&evaluation, of))
    };
    let failures = failures(test, &found, hint);
    Ok(TestResult { name: test.name.clone(), place: test.place.clone(), failures })
}

/// What is not as a test expects, with a hint where a row of a rule is missing.
fn failures(
    test: &PolicyTest,
    found: &BTreeMap<String, Vec<Map<String, Value>>>,
    hint: impl Fn(&str) -> Option<String>,
) -> Vec<TestFailure> {
    let mut failures = Vec::new();
    let mut expected: BTreeMap<&str, Vec<&Expectation>> = BTreeMap::new();
    for expectation in &test.expect {
        expected.entry(expectation.of.name()).or_default().push(expectation);
    }
    for (rule, expectations) in expected {
        let rows = found.get(rule).map_or(&[][..], Vec::as_slice);
        let mut failed = compare(rule, &expectations, rows);
        if let Some(last) = failed.last_mut().filter(|_| rows.len() < expectations.len()) {
            last.diff.extend(hint(rule));
        }
        failures.append(&mut failed);
    }
    for (rule, place) in &test.none {
        for row in found.get(rule).into_iter().flatten() {
            failures
                .push(TestFailure { place: place.clone(), diff: vec![format!("+ {rule} {}", outline(row))] });
        }
    }
    failures
}

/// Says which events of kinds that a rule names stand under none of its keys.
fn unseen(evaluation: &Evaluation<'_>, rule: Rule<'_>) -> Option<String> {
    let (view, lens, kinds) = (&evaluation.view, rule.lens(), rule.kinds());
    let slot = Lens::new(view, lens);
    let of_rule = |&node: &Node| kinds.iter().any(|named| named.kind == view.kind_text(node));
    let nodes = (0..view.log.len() as Node).filter(|&node| view.kind(node) != NO_KIND).filter(of_rule);
    let nodes = nodes.filter(|&node| keys_of(view, slot, node).is_empty());
    let ids: Vec<String> = nodes.map(|node| format!("`{}`", view.id(node))).collect();
    let wanted = match lens {
        "person" => "a link or a stream that begins `person:`".to_owned(),
        _ => format!("a link `{lens}`, or a stream that begins `{lens}:`"),
    };
    let stand = if ids.len() == 1 { "stands" } else { "stand" };
    (!ids.is_empty()).then(|| {
        format!(
            "  {} {stand} under no key of `{}`, which is on `{lens}`: it wants {wanted}",
            ids.join(", "),
            rule.name()
        )
    })
}

/// Matches expectations and rows one to one, and says which are left over.
fn compare(rule: &str, expectations: &[&Expectation], rows: &[Map<String, Value>]) -> Vec<TestFailure> {
    let fits: Vec<Vec<usize>> = expectations
        .iter()
        .map(|expectation| {
            (0..rows.len()).filter(|&row| differences(expectation, &rows[row]).is_empty()).collect()
        })
        .collect();
    let mut taken: Vec<Option<usize>> = vec![None; rows.len()];
    for expectation in 0..expectations.len() {
        place(expectation, &fits, &mut taken, &mut vec![false; rows.len()]);
    }
    let mut left: Vec<usize> = (0..rows.len()).filter(|&row| taken[row].is_none()).collect();
    let mut failures = Vec::new();
    for (number, expectation) in expectations.iter().enumerate() {
        if taken.contains(&Some(number)) {
            continue;
        }
        let nearest = left.iter().copied().min_by_key(|&row| differences(expectation, &rows[row]).len());
        let mut diff = vec![format!("  {rule}")];
        match nearest {
            None => {
                diff.push(format!("- {}", Value::Object(expectation.fields.clone().into_iter().collect())))
            }
            Some(row) => {
                left.retain(|&other| other != row);
                for (field, wanted, had) in differences(expectation, &rows[row]) {
                    diff.push(format!("- {field} = {wanted}"));
                    diff.push(format!("+ {field} = {had}"));
                }
            }
        }
        failures.push(TestFailure { place: expectation.place.clone(), diff });
    }
    if let Some(first) = expectations.first() {
        for row in left {
            let diff = vec![format!("+ {rule} {}", outline(&rows[row]))];
            failures.push(TestFailure { place: first.place.clone(), diff });
        }
    }
    failures
}

/// Finds a row for an expectation, moving others to other rows where that helps.
fn place(expectation: usize, fits: &[Vec<usize>], taken: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &row in &fits[expectation] {
        if std::mem::replace(&mut tried[row], true) {
            continue;
        }
        let free = match taken[row] {
            None => true,
            Some(other) => place(other, fits, taken, tried),
        };
        if free {
            taken[row] = Some(expectation);
            return true;
        }
    }
    false
}

/// The fields in which a row is not as expected: wanted and had.
fn differences(expectation: &Expectation, row: &Map<String, Value>) -> Vec<(String, Value, Value)> {
    let fields = expectation.fields.iter().filter_map(|(field, wanted)| {
        let had = row.get(field).cloned().unwrap_or(Value::Null);
        (!is_within(wanted, &had)).then(|| (field.clone(), wanted.clone(), had))
    });
    fields.collect()
}

/// Whether all that is wanted is had: of an object the fields wanted, of a list each element in its place.
fn is_within(wanted: &Value, had: &Value) -> bool {
    match (wanted, had) {
        (Value::Object(wanted), Value::Object(had)) => {
            wanted.iter().all(|(name, value)| had.get(name).is_some_and(|had| is_within(value, had)))
        }
        (Value::Array(wanted), Value::Array(had)) => {
            wanted.len() == had.len() && wanted.iter().zip(had).all(|(wanted, had)| is_within(wanted, had))
        }
        _ => wanted == had,
    }
}

/// The fields that tell one row from another.
fn outline(row: &Map<String, Value>) -> String {
    let fields = ["key", "part", "state", "due", "at", "undecided"].into_iter().filter_map(|name| {
        let value =
            row.get(name).filter(|value| !value.is_null() && **value != Value::String(String::new()))?;
        Some(format!("{name} = {value}"))
    });
    fields.collect::<Vec<_>>().join(", ")
}

/// In how many tests each rule of a policy fires and does not; rules of packs below are tested there.
#[must_use]
pub fn coverage(policy: &Policy) -> BTreeMap<&str, Coverage> {
    let duties = policy.duties.values().map(|rule| (&rule.name, &rule.place));
    let signals = policy.signals.values().map(|rule| (&rule.name, &rule.place));
    let own = duties.chain(signals).filter(|(_, place)| policy.is_own(place));
    let mut coverage: BTreeMap<&str, Coverage> =
        own.map(|(name, _)| (name.as_str(), Coverage::default())).collect();
    for test in policy.tests.iter() {
        let named: BTreeSet<&str> = test.expect.iter().map(|expectation| expectation.of.name()).collect();
        for &rule in &named {
            let fires =
                test.expect.iter().any(|expectation| expectation.of.name() == rule && fires(expectation));
            if let Some(of_rule) = coverage.get_mut(rule) {
                if fires { of_rule.fires += 1 } else { of_rule.does_not += 1 }
            }
        }
        for (rule, _) in &test.none {
            if let Some(of_rule) = coverage.get_mut(rule.as_str()) {
                of_rule.does_not += 1;
            }
        }
    }
    coverage
}

/// Whether a rule fires where a test expects this of it.
fn fires(expectation: &Expectation) -> bool {
    match &expectation.of {
        Expected::Signal(_) => true,
        Expected::Duty(_) => expectation.fields.get("state").and_then(Value::as_str).is_some_and(|word| {
            State::ALL.into_iter().any(|state| state.word() == word && state.is_shortfall())
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{SourceFile, read};

    #[test]
    fn a_missing_row_is_told_with_the_events_that_stand_under_no_key() {
        let failed = |stream: &str| {
            let text = format!(
                "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n\
                [duty.d]\non = 'case'\nwhen = 'k'\nexpect = 'l'\nwithin = '1h'\n\
                [[test]]\nname = 't'\nat = '2026-01-02T00:00:00Z'\nexpect = [{{ duty = 'd', state = 'met' }}]\n\
                events = [{{ kind = 'k', at = '2026-01-01T00:00:00Z'{stream} }}, {{ kind = 'm', at = '2026-01-01T00:00:00Z' }}]\n"
            );
            let policy = read(vec![SourceFile { name: "p.toml".into(), text: text.into() }]).unwrap();
            run(&policy).unwrap()[0].failures[0].diff.join("\n")
        };
        insta::assert_snapshot!(failed(""), @r#"
          d
        - {"state":"met"}
          `t1` stands under no key of `d`, which is on `case`: it wants a link `case`, or a stream that begins `case:`
        "#);
        assert!(!failed(", stream = 'case:1'").contains("no key"));
    }
}
