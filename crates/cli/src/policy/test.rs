//! `wakeful policy test`

use std::io::{self, IsTerminal as _, Write};

use engine::policy::Policy;
use engine::policy_test::{self, TestError, TestResult};

use super::junit;
use crate::Outcome;
use crate::args::PolicyTestArgs;
use crate::error::CliError;
use crate::output::{Output, refuse_one_file_for_two};
use crate::policy_report::PolicyProblems;
use crate::words::counted;
use crate::{policy_files, terminal};

/// A policy with the results of its tests.
pub struct Tested {
    /// The policy.
    pub policy: Policy,
    /// Its tests, in order.
    pub results: Vec<TestResult>,
}

/// Runs `wakeful policy test`.
///
/// # Errors
/// A policy that cannot be read or has problems, results that cannot be written.
pub fn run(args: &PolicyTestArgs) -> Result<Outcome, CliError> {
    refuse_one_file_for_two(&args.file_uses())?;
    let policies = policy_files::read_all(&args.paths)?;
    let tested = policies.into_iter().map(tested).collect::<Result<Vec<_>, _>>()?;
    let has_colour = terminal::has_colour(io::stdout().is_terminal());
    let written = Output::open(None)?
        .write_with(|out| tested.iter().try_for_each(|tested| write(tested, has_colour, out)));
    match written {
        Err(error) if !error.is_broken_pipe() => return Err(error),
        _ => {}
    }
    if let Some(path) = args.junit.as_deref() {
        Output::open(Some(path))?.write_with(|out| junit::write(&tested, out))?;
    }
    let failed = tested.iter().flat_map(|tested| &tested.results).any(|result| !result.failures.is_empty());
    Ok(Outcome::of_findings(failed))
}

fn tested(policy: Policy) -> Result<Tested, CliError> {
    match policy_test::run(&policy) {
        Ok(results) => Ok(Tested { policy, results }),
        Err(TestError::Program(error)) => {
            let problems = PolicyProblems::of_versions(vec![policy.files], error.problems);
            Err(CliError::Policy(Box::new(problems)))
        }
        Err(error) => Err(error.into()),
    }
}

fn write(tested: &Tested, has_colour: bool, out: &mut dyn Write) -> io::Result<()> {
    let Tested { policy, results } = tested;
    let mut failed = 0;
    for result in results.iter().filter(|result| !result.failures.is_empty()) {
        failed += 1;
        writeln!(out, "failed: {}", result.name)?;
        for failure in &result.failures {
            writeln!(out, "  {}", failure.place.show(&policy.files))?;
            failure.diff.iter().try_for_each(|line| writeln!(out, "    {}", coloured(line, has_colour)))?;
        }
        writeln!(out)?;
    }
    let (name, count) = (super::name_and_version(policy), counted(results.len() as u64, "test"));
    match failed {
        0 if results.is_empty() => writeln!(out, "{name}: no tests")?,
        0 => writeln!(out, "{name}: {count}, all passed")?,
        _ => writeln!(out, "{name}: {count}, {failed} failed")?,
    }
    if policy.tests_set_aside > 0 {
        let aside = counted(policy.tests_set_aside as u64, "test");
        writeln!(out, "{name}: {aside} of packs below set aside, about rules that differ here")?;
    }
    write_coverage(policy, out)
}

fn coloured(line: &str, has_colour: bool) -> String {
    match (has_colour, line.chars().next()) {
        (true, Some('-')) => format!("\u{1b}[31m{line}\u{1b}[0m"),
        (true, Some('+')) => format!("\u{1b}[32m{line}\u{1b}[0m"),
        _ => line.to_owned(),
    }
}

fn write_coverage(policy: &Policy, out: &mut dyn Write) -> io::Result<()> {
    let coverage = policy_test::coverage(policy);
    if coverage.is_empty() {
        return Ok(());
    }
    let without = |lacks: fn(&policy_test::Coverage) -> bool| -> Vec<&str> {
        coverage.iter().filter(|(_, of_rule)| lacks(of_rule)).map(|(rule, _)| *rule).collect()
    };
    let (not_firing, always_firing) = (without(|rule| rule.fires == 0), without(|rule| rule.does_not == 0));
    writeln!(
        out,
        "{}: {} firing in a test, {} not firing in another",
        counted(coverage.len() as u64, "rule"),
        coverage.len() - not_firing.len(),
        coverage.len() - always_firing.len()
    )?;
    let mut list = |what: &str, rules: &[&str]| match rules {
        [] => Ok(()),
        _ => writeln!(out, "  {what}: {}", rules.join(", ")),
    };
    list("no test shows firing", &not_firing)?;
    list("no test shows not firing", &always_firing)
}
