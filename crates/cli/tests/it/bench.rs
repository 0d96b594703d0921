//! A folder for now with a policy and a record, and the binary run in it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub const POLICY: &str = r#"[policy]
name    = "small"
version = "1"
zone    = "Europe/London"

[roles]
manager    = "police"
supervisor = "police"

[kinds."request.made"]
links = ["request"]

[kinds."request.answered"]
links = ["request"]

[duty.request-answered]
title  = "A request is answered within 2 days"
on     = "request"
when   = "request.made"
expect = "request.answered"
within = "48h"
owner  = "manager"
ladder = "requests"

[ladder.requests]
steps = [{ to = "supervisor" }]

[[test]]
name   = "a request without an answer is overdue"
events = [{ kind = "request.made", at = "2026-01-05T09:00", links = { request = "r1" } }]
at     = "2026-01-08T09:00"
expect = [{ duty = "request-answered", state = "overdue", due = "2026-01-07T09:00" }]

[[test]]
name   = "a request answered the next day is met"
events = [
  { kind = "request.made", at = "2026-01-05T09:00", links = { request = "r1" } },
  { kind = "request.answered", at = "2026-01-06T09:00", links = { request = "r1" } },
]
at     = "2026-01-08T09:00"
expect = [{ duty = "request-answered", state = "met" }]
"#;

pub const EVENTS: &str = r#"{"id":"e1","stream":"case:1","kind":"request.made","at":"2026-07-01T09:00:00Z","links":{"request":"r1"}}
{"id":"e2","stream":"case:1","kind":"request.made","at":"2026-07-02T09:00:00Z","links":{"request":"r2"}}
{"id":"e3","stream":"case:1","kind":"request.answered","at":"2026-07-03T09:00:00Z","recorded_at":"2026-07-06T09:00:00Z","links":{"request":"r2"}}
{"id":"e4","stream":"case:2","kind":"request.made","at":"2026-07-06T09:00:00Z","links":{"request":"r3"}}
{"id":"e5","stream":"case:2","kind":"weather.noted","at":"2026-07-06T10:00:00Z"}
"#;

/// A folder with `policy.toml` and `events.jsonl`.
pub struct Bench {
    folder: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Bench {
    pub fn new() -> Self {
        let bench = Self { folder: TempDir::new().unwrap() };
        bench.write("policy.toml", POLICY);
        bench.write("events.jsonl", EVENTS);
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names in the folder, sorted, hidden ones too.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
        command.current_dir(self.folder.path()).args(line.split_whitespace());
        command.env_remove("NO_COLOR").env("COLUMNS", "100").stdin(Stdio::null());
        command
    }

    /// Runs `wakeful` with these words.
    pub fn run(&self, line: &str) -> Ran {
        let output = self.command(line).output().unwrap();
        Ran {
            status: output.status.code().expect("wakeful ends by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs what is to be done without a word on standard error.
    pub fn done(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{line}\n{}", ran.out);
        ran.out
    }

    /// Runs what is to be refused as bad use or input, and gives what is said of it.
    pub fn refused(&self, line: &str) -> String {
        let ran = self.run(line);
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{line}\n{}", ran.err);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran.err
    }
}

pub const REVIEW: &str = "review events.jsonl --policy policy.toml";
