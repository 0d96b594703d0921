//! What commands that evaluate have in common: the cut, the clock by which times are shown, a sign of life.

use engine::compare::{Comparison, compare};
use engine::evaluate::{self, Cut, Evaluation};
use engine::log::Log;
use engine::program::Program;
use engine::time::{Clock, Instant};

use crate::args::CutArgs;
use crate::error::CliError;
use crate::terminal;
use crate::words::thousands;

/// The clock of a program's last version.
///
/// # Errors
/// A program without a version, which is a fault of ours.
pub fn clock(program: &Program) -> Result<Clock, CliError> {
    let policy = program.last().ok_or_else(|| CliError::Fault(String::from("a program without a policy")))?;
    Ok(Clock::new(policy.zone.clone(), policy.calendar))
}

/// The cut of a command line; times without an offset are local to the clock's zone.
///
/// # Errors
/// A text that is no time, or no one time.
pub fn cut(args: &CutArgs, clock: &Clock) -> Result<Cut, CliError> {
    let instant = |option: &'static str, text: &Option<String>| -> Result<Option<Instant>, CliError> {
        let parsed = text.as_ref().map(|text| clock.parse_local(text)).transpose();
        parsed.map_err(|source| CliError::Time { option, source })
    };
    Ok(Cut {
        as_of: instant("as-of", &args.as_of)?,
        known_by: instant("known-by", &args.known_by)?,
        ignore_in_force: args.ignore_in_force,
    })
}

/// Judges a log, with a sign of life on a terminal.
///
/// # Errors
/// A log that cannot be evaluated.
pub fn evaluate<'a>(program: &'a Program, log: &'a Log, cut: &Cut) -> Result<Evaluation<'a>, CliError> {
    let spinner = terminal::spinner(format!("judging {} events", thousands(log.len() as u64)));
    let evaluated = evaluate::evaluate(program, log, cut);
    spinner.finish_and_clear();
    Ok(evaluated?)
}

/// A program, and what counts when it judges.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'p> {
    /// The program.
    pub program: &'p Program,
    /// What counts.
    pub cut: Cut,
}

/// Judges a log, wherever it comes from, by one program and by another, and reads what differs.
///
/// # Errors
/// A log that cannot be evaluated.
pub fn compared<R>(
    before: Judge<'_>,
    after: Judge<'_>,
    log: &Log,
    read: impl FnOnce(&Comparison<'_>) -> R,
) -> Result<R, CliError> {
    let before = evaluate(before.program, log, &before.cut)?;
    let after = evaluate(after.program, log, &after.cut)?;
    let spinner = terminal::spinner(String::from("comparing duties"));
    let comparison = compare(&before, &after);
    spinner.finish_and_clear();
    Ok(read(&comparison))
}
