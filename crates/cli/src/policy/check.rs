//! `wakeful policy check`

use std::io::{self, IsTerminal as _, Write};

use engine::policy::{self, Change, Policy, Setting};
use serde::Serialize;

use crate::Outcome;
use crate::args::{CheckFormat, PolicyCheckArgs};
use crate::error::CliError;
use crate::output::Output;
use crate::policy_files;
use crate::policy_report::{Found, PolicyProblems};
use crate::terminal::write_wrapped;
use crate::words::counted;

/// Runs `wakeful policy check`.
///
/// # Errors
/// A path without a policy, a file that cannot be read.
pub fn run(args: &PolicyCheckArgs) -> Result<Outcome, CliError> {
    let mut policies = Vec::new();
    let mut problems = PolicyProblems::default();
    for path in &args.paths {
        match policy_files::read(path)? {
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
        write_changes(policy, out)?;
        write_settings(policy, out)?;
    }
    match problems.len() {
        0 => writeln!(out, "no problems"),
        some => writeln!(out, "{}", counted(some as u64, "problem")),
    }
}

/// What the policy does with rules of those it builds on.
fn write_changes(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    for (rule, change) in &policy.changes {
        write_wrapped(&format!("{rule} {}", change.words()), 2, out)?;
    }
    match policy.tests_set_aside {
        0 => Ok(()),
        aside => {
            let count = counted(aside as u64, "test");
            write_wrapped(
                &format!("{count} of packs below set aside: they are about rules that differ here"),
                2,
                out,
            )
        }
    }
}

/// Whose figures the settings have; those at their default are named, for a force is to choose them knowingly.
fn write_settings(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    let (chosen, default): (Vec<_>, Vec<_>) =
        policy.settings.values().partition(|setting| setting.instead_of.is_some());
    for setting in chosen {
        write_wrapped(&setting.words(), 2, out)?;
    }
    if default.is_empty() {
        return Ok(());
    }
    let names = default.iter().map(|setting| format!("{} {}", setting.name, setting.value));
    let names = names.collect::<Vec<_>>().join(", ");
    let count = counted(default.len() as u64, "setting");
    write_wrapped(&format!("{count} at the default: {names}"), 2, out)
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
    tests_set_aside: usize,
    changes: Vec<ChangeEntry<'p>>,
    settings: Vec<SettingEntry<'p>>,
}

#[derive(Serialize)]
struct ChangeEntry<'p> {
    rule: &'p str,
    off: bool,
    by: &'p str,
    reason: &'p str,
}

#[derive(Serialize)]
struct SettingEntry<'p> {
    name: &'p str,
    value: &'p str,
    by: &'p str,
    rationale: &'p str,
    /// The value in the pack below; null where the setting is at its default.
    instead_of: Option<&'p str>,
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
        tests_set_aside: policy.tests_set_aside,
        changes: policy.changes.iter().map(|(rule, change)| change_entry(rule, change)).collect(),
        settings: policy.settings.values().map(setting_entry).collect(),
    }
}

fn change_entry<'p>(rule: &'p str, change: &'p Change) -> ChangeEntry<'p> {
    ChangeEntry { rule, off: change.is_off, by: &change.pack, reason: &change.reason }
}

fn setting_entry(setting: &Setting) -> SettingEntry<'_> {
    SettingEntry {
        name: &setting.name,
        value: &setting.value,
        by: &setting.pack,
        rationale: &setting.rationale,
        instead_of: setting.instead_of.as_deref(),
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
