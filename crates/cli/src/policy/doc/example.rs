//! The tests of a rule, as examples of it.

use engine::policy::{Expectation, Expected, Policy, PolicyTest};
use engine::time::{Clock, Instant};
use serde::Serialize;
use serde_json::Value;

/// A test, as far as it is about a rule.
#[derive(Serialize)]
pub struct Example {
    /// `name`
    pub name: String,
    /// What is expected of the rule.
    pub expected: String,
}

/// The tests that name a rule, in their order.
pub fn of_rule(policy: &Policy, rule: &str, clock: &Clock) -> Vec<Example> {
    policy.tests.iter().filter_map(|test| Example::of(policy, test, rule, clock)).collect()
}

impl Example {
    fn of(policy: &Policy, test: &PolicyTest, rule: &str, clock: &Clock) -> Option<Self> {
        let of_rule: Vec<&Expectation> =
            test.expect.iter().filter(|expectation| expectation.of.name() == rule).collect();
        let is_none = test.none.iter().any(|(none, _)| none == rule);
        let several = of_rule.len() > 1;
        let mut expected: Vec<String> =
            of_rule.into_iter().map(|expectation| said(expectation, several, clock)).collect();
        if is_none {
            let word = if policy.signals.contains_key(rule) { "not raised" } else { "nothing is owed" };
            expected.push(word.to_owned());
        }
        (!expected.is_empty()).then(|| Self { name: test.name.clone(), expected: expected.join("; ") })
    }
}

/// `overdue, due Mon 9 March 2026 19:00`; where the rule is expected several times, with whom it is about before it.
fn said(expectation: &Expectation, is_one_of_several: bool, clock: &Clock) -> String {
    let field = |name: &str| expectation.fields.get(name).and_then(Value::as_str);
    let about: Vec<&str> =
        ["key", "part"].into_iter().filter_map(field).filter(|text| !text.is_empty()).collect();
    let mut parts = Vec::new();
    match &expectation.of {
        Expected::Signal(_) => parts.push(String::from("raised")),
        Expected::Duty(_) => parts.extend(field("state").map(|state| state.replace('-', " "))),
    }
    let named = ["key", "part", "state"];
    let others = expectation.fields.iter().filter(|(name, _)| !named.contains(&name.as_str()));
    parts.extend(others.filter_map(|(name, value)| detail(name, value, clock)));
    let said = if parts.is_empty() { String::from("owed") } else { parts.join(", ") };
    match (is_one_of_several, about.as_slice()) {
        (false, _) | (true, []) => said,
        (true, about) => format!("{} {said}", about.join(" ")),
    }
}

/// A further field of the row: `due Mon 9 March 2026 19:00`; none that only a program would read.
fn detail(name: &str, value: &Value, clock: &Clock) -> Option<String> {
    match (name, value) {
        ("step", Value::Number(step)) if step.as_u64() == Some(0) => {
            Some(String::from("no step of the ladder opened"))
        }
        ("step", Value::Number(step)) => Some(format!("step {step} of the ladder opened")),
        ("undecided", Value::String(what)) => Some(format!("for want of `{what}`")),
        ("owner", Value::String(who)) => Some(format!("owed by {who}")),
        ("due" | "at", Value::String(text)) => {
            let time = Instant::parse(text).map_or_else(|_| text.clone(), |at| clock.display_local(at));
            Some(if name == "due" { format!("due {time}") } else { format!("on {time}") })
        }
        ("due", Value::Null) => Some(String::from("without a due")),
        _ => None,
    }
}
