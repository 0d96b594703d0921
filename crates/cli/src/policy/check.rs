//! `wakeful policy check`

use std::io::{self, IsTerminal as _, Write};

use engine::policy::{self, Policy};
use serde::Serialize;

use crate::Outcome;
use crate::args::{CheckFormat, PolicyCheckArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::policy_files;
use crate::policy_report::{Found, PolicyProblems};
use crate::words::counted;

/// Runs `wakeful policy check`.
///
/// # Errors
/// A path without a policy, a file that cannot be read.
pub fn run(args: &PolicyCheckArgs) -> Result<Outcome, CliError> {
    let mut policies = Vec::new();
    let mut problems = PolicyProblems::default();
    for path in &args.paths {
        match policy::read(policy_files::source_files(path)?) {
            Ok(policy) => policies.push(policy),
            Err(of_policy) => problems.policies.push(of_policy),
        }
    }
    for versions in by_name(&policies) {
        let files = versions.iter().map(|policy| policy.files.clone()).collect();
        let found = policy::check(&versions);
        problems.policies.extend(PolicyProblems::of_versions(files, found).policies);
    }
    let is_terminal = io::stdout().is_terminal();
    Output::open(None)?.write_with(|out| match args.format {
        CheckFormat::Json => write_json(&policies, &problems, out),
        CheckFormat::Text => {
            problems.write(out, is_terminal)?;
            write_text(&policies, &problems, out)
        }
    })?;
    Ok(Outcome::of_findings(problems.len() > 0))
}

/// The policies of each name together, oldest first.
fn by_name(policies: &[Policy]) -> Vec<Vec<Policy>> {
    let mut groups: Vec<Vec<Policy>> = Vec::new();
    for policy in policies {
        match groups.iter_mut().find(|group| group[0].name == policy.name) {
            Some(group) => group.push(policy.clone()),
            None => groups.push(vec![policy.clone()]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|policy| policy.in_force.from);
    }
    groups
}

fn write_text(policies: &[Policy], problems: &PolicyProblems, out: &mut dyn Write) -> io::Result<()> {
    for policy in policies {
        let count = |number: usize, what| counted(number as u64, what);
        writeln!(
            out,
            "{}: {}, {}, {}, {}",
            super::name_and_version(policy),
            count(policy.duties.len(), "duty"),
            count(policy.signals.len(), "signal"),
            count(policy.ladders.len(), "ladder"),
            count(policy.tests.len(), "test")
        )?;
    }
    match problems.len() {
        0 => writeln!(out, "no problems"),
        some => writeln!(out, "{}", counted(some as u64, "problem")),
    }
}

#[derive(Serialize)]
struct CheckDocument<'p> {
    policies: Vec<PolicyEntry<'p>>,
    problems: Vec<ProblemEntry<'p>>,
}

#[derive(Serialize)]
struct PolicyEntry<'p> {
    name: &'p str,
    version: Option<&'p str>,
    files: Vec<&'p str>,
    duties: usize,
    signals: usize,
    ladders: usize,
    tests: usize,
}

/// A problem with its place; line and column count from 1, bytes from 0.
#[derive(Serialize)]
struct ProblemEntry<'p> {
    file: Option<&'p str>,
    line: Option<usize>,
    column: Option<usize>,
    start_byte: usize,
    end_byte: usize,
    message: &'p str,
    label: Option<&'p str>,
    help: Option<&'p str>,
}

fn write_json(policies: &[Policy], problems: &PolicyProblems, out: &mut dyn Write) -> io::Result<()> {
    let document = CheckDocument {
        policies: policies.iter().map(policy_entry).collect(),
        problems: problems.iter().map(|found| problem_entry(&found)).collect(),
    };
    serde_json::to_writer(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn policy_entry(policy: &Policy) -> PolicyEntry<'_> {
    PolicyEntry {
        name: &policy.name,
        version: policy.version.as_deref(),
        files: policy.files.iter().map(|file| file.name.as_str()).collect(),
        duties: policy.duties.len(),
        signals: policy.signals.len(),
        ladders: policy.ladders.len(),
        tests: policy.tests.len(),
    }
}

fn problem_entry<'p>(found: &Found<'p>) -> ProblemEntry<'p> {
    let (problem, place) = (found.problem, &found.problem.place);
    let position = found.source.as_ref().map(|source| source.lines.position(place));
    ProblemEntry {
        file: found.source.as_ref().map(|source| source.name),
        line: position.map(|(line, _)| line),
        column: position.map(|(_, column)| column),
        start_byte: place.bytes.start,
        end_byte: place.bytes.end,
        message: &problem.message,
        label: problem.label.as_deref(),
        help: problem.help.as_deref(),
    }
}
