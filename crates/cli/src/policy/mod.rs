//! `wakeful policy`: check, test, lay out and explain policies.

mod check;
mod explain;
mod fmt;
mod junit;
mod test;

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
        PolicyCommand::Explain(args) => explain::run(args),
    }
}
