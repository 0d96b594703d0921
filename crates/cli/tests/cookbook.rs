//! The three changes of `docs/policy-cookbook.md` do what the page says, as they stand there.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A folder with `england` and a force's own policy beside it.
struct Force(tempfile::TempDir);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The block of the page with these words on its fence.
fn block(info: &str) -> String {
    let page = std::fs::read_to_string(root().join("docs/policy-cookbook.md")).unwrap();
    let (_, after) = page.split_once(&format!("```{info}\n")).unwrap();
    after.split_once("\n```").unwrap().0.to_owned()
}

impl Force {
    fn with(change: &str) -> Self {
        let text = block(&format!("toml file={change}"));
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines < 10, "{change} takes {lines} lines");
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(root().join("policies/england"), folder.path().join("england")).unwrap();
        std::fs::write(folder.path().join("northshire.toml"), text).unwrap();
        Self(folder)
    }

    /// What the command prints, its lines as one.
    fn says(&self, words: &str) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_wakeful"))
            .current_dir(self.0.path())
            .args(words.split(' '))
            .output()
            .unwrap();
        let text =
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn review(&self, words: &str) -> String {
        let events = root().join("examples/review-2013/events.jsonl");
        self.says(&format!("review {} --policy northshire.toml {words}", events.display()))
    }
}

#[test]
fn another_limit() {
    let force = Force::with("limit");
    assert!(
        force
            .says("policy explain supervisor-review --policy northshire.toml")
            .contains(&block("text says=limit"))
    );
    let checked = force.says("policy check northshire.toml");
    assert!(checked.contains(&block("text says=limit")) && checked.contains("no problems"), "{checked}");
    assert!(
        force
            .says("policy explain supervisor-review --policy northshire.toml")
            .contains("the first within 48 hours")
    );
}

#[test]
fn a_new_duty() {
    let force = Force::with("duty");
    let checked = force.says("policy check northshire.toml");
    assert!(
        checked.contains("no test shows `school-told` firing") && checked.contains("2 problems"),
        "{checked}"
    );
    let summary: Value = serde_json::from_str(&force.review("--summary --format json")).unwrap();
    let counts = summary["duties"]["school-told"].as_object().unwrap();
    assert!(counts.values().any(|count| count.as_u64() > Some(0)), "{counts:?}");
}

#[test]
fn a_rule_switched_off() {
    let force = Force::with("off");
    assert!(force.says("policy check northshire.toml").contains("no problems"));
    assert!(force.says("policy test northshire.toml").contains("set aside"));
    let summary: Value = serde_json::from_str(&force.review("--summary --format json")).unwrap();
    assert!(summary["duties"].get("no-second-missed-meeting-partner").is_none());
    assert_eq!(summary["changes"][0]["off"], true);
    let reason = block("text says=off").split_once(": ").unwrap().1.to_owned();
    for format in ["table", "html"] {
        assert!(force.review(&format!("--summary --format {format}")).contains(&reason), "{format}");
    }
    let explained = force.says("policy explain no-second-missed-meeting-partner --policy northshire.toml");
    assert!(explained.contains(&reason), "{explained}");
}
