//! `wakeful policy`: check, test, lay out, explain, document, compare and try out policies.

mod check;
mod compared;
mod diff;
mod doc;
mod explain;
mod fmt;
mod junit;
mod lint;
mod simulate;
mod test;

use engine::policy::Policy;

use crate::Outcome;
use crate::args::PolicyCommand;
use crate::error::CliError;

/// Runs a `wakeful policy …`.
///
/// # Errors
/// What cannot be read or written.
pub fn run(command: &PolicyCommand) -> Result<Outcome, CliError> {
    match command {
        PolicyCommand::Check(args) => check::run(args),
        PolicyCommand::Test(args) => test::run(args),
        PolicyCommand::Fmt(args) => fmt::run(args),
        PolicyCommand::Lint(args) => lint::run(args),
        PolicyCommand::Explain(args) => explain::run(args),
        PolicyCommand::Doc(args) => doc::run(args),
        PolicyCommand::Activate(args) => crate::live::activate(args),
        PolicyCommand::Diff(args) => diff::run(args),
        PolicyCommand::Simulate(args) => simulate::run(args),
    }
}

/// How a policy is named: `england 2026.1`.
fn name_and_version(policy: &Policy) -> String {
    match &policy.version {
        Some(version) => format!("{} {version}", policy.name),
        None => policy.name.clone(),
    }
}
