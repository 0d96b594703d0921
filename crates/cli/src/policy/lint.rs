//! `wakeful policy lint`

use std::io::{self, IsTerminal as _};

use engine::policy::{self, Problems};

use crate::Outcome;
use crate::args::PolicyLintArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::policy_files;
use crate::policy_report::PolicyProblems;

/// Runs `wakeful policy lint`.
///
/// # Errors
/// A policy that cannot be read or has problems.
pub fn run(args: &PolicyLintArgs) -> Result<Outcome, CliError> {
    let mut found = PolicyProblems::default();
    for policy in policy_files::read_all(&args.paths)? {
        let problems = policy::lint(&policy);
        found.policies.push(Problems { files: policy.files, problems });
    }
    let is_terminal = io::stdout().is_terminal();
    Output::open(None)?.write_with(|out| {
        found.write(out, is_terminal)?;
        match found.len() {
            0 => writeln!(out, "nothing to mend"),
            some => {
                writeln!(out, "{}", engine::words::counted(some as u64, "thing to mend", "things to mend"))
            }
        }
    })?;
    Ok(Outcome::of_findings(found.len() > 0))
}
