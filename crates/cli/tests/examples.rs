//! What the README says of the two examples holds, and the policies are laid out in the one way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn wakeful(words: &[&str]) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_wakeful")).current_dir(root()).args(words).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
    out
}

fn review(arguments: &[&str]) -> String {
    wakeful(&[&["review"], arguments].concat())
}

#[test]
fn the_manual_of_england_says_what_its_policies_say() {
    for (format, path) in [("markdown", "docs/england.md"), ("html", "docs/england.html")] {
        let written = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        let manual = wakeful(&["policy", "doc", "policies/england", "--format", format]);
        assert!(written == manual, "{path} is not the manual of policies/england; run `make manual`");
    }
}

#[test]
fn the_prose_of_england_has_nothing_to_mend() {
    assert_eq!(wakeful(&["policy", "lint", "policies/england"]), "nothing to mend\n");
}

#[test]
fn policies_are_laid_out_in_the_one_way() {
    wakeful(&["policy", "fmt", "--check", "policies/england", "examples/road-traffic/policy.toml"]);
}

#[test]
fn the_first_policy_of_the_readme_has_no_problem() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, after) = readme.split_once("```toml policy\n").unwrap();
    let (policy, _) = after.split_once("```").unwrap();
    let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(file.path(), policy).unwrap();
    let path = file.path().to_str().unwrap();
    assert_eq!(
        wakeful(&["policy", "check", path]),
        "first: 1 duty, 0 signals, 0 ladders, 2 tests\nno problems\n"
    );
    assert!(wakeful(&["policy", "test", path]).contains("all passed"));
}

fn counts(policy: &str, rule: &str) -> BTreeMap<String, u64> {
    let log = "examples/road-traffic/Road_Traffic_Fine_Management_Process.xes.gz";
    let summary = review(&[log, "--policy", policy, "--summary", "--format", "json"]);
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["events"], 561_470);
    assert_eq!(summary["keys"], 150_370);
    let states = summary["duties"][rule].as_object().unwrap();
    let counted = states.iter().filter_map(|(state, count)| Some((state.clone(), count.as_u64()?)));
    counted.filter(|(_, count)| *count > 0).collect()
}

fn owned(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counts.iter().map(|&(state, count)| (state.to_owned(), count)).collect()
}

#[test]
fn the_road_traffic_log_in_local_days_and_in_hours() {
    let policy = "examples/road-traffic/policy.toml";
    let days = [("pending", 368), ("overdue", 46_015), ("met", 54_215), ("met-late", 49_772)];
    assert_eq!(counts(policy, "send-fine"), owned(&days));
    assert_eq!(counts(policy, "send-appeal"), owned(&[("overdue", 51), ("met", 3_330), ("met-late", 807)]));
    let notify = [("pending", 2), ("overdue", 103), ("met", 579), ("met-late", 315)];
    assert_eq!(counts(policy, "notify-result"), owned(&notify));

    let text = std::fs::read_to_string(root().join(policy)).unwrap();
    let hours = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(hours.path(), text.replacen("\"90d\"", "\"2160h\"", 1)).unwrap();
    let in_hours = [("pending", 368), ("overdue", 46_015), ("met", 53_951), ("met-late", 50_036)];
    assert_eq!(counts(hours.path().to_str().unwrap(), "send-fine"), owned(&in_hours));
}
