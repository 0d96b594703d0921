//! The one binary, `wakeful`. It reads files, calls the engine, and shows what the engine says; it decides nothing.

mod args;
mod convert;
mod error;
mod input;
mod judging;
mod live;
mod output;
mod page;
mod policy;
mod policy_files;
mod policy_report;
mod review;
mod synth;
mod terminal;
mod unfinished;
mod words;

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use error::CliError;

/// Many small texts are made and let go of, by SQLite too. What stands empty is soon given back to the system, on a thread of the
/// allocator's own (`.cargo/config.toml`).
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// How a command ended that could do what it was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Done, nothing to object to.
    Done,
    /// Done, and something was found that the exit status is to tell: a state of `--fail-on`, a failed check or test.
    Findings,
}

impl Outcome {
    fn of_findings(found: bool) -> Self {
        if found { Self::Findings } else { Self::Done }
    }
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line()));
        terminal::complain(&format!(
            "this is a fault in wakeful{}, not in what you gave it; please report it with the command",
            place.unwrap_or_default()
        ));
    }));
    let args = Args::parse();
    match panic::catch_unwind(AssertUnwindSafe(|| run(&args.command))) {
        Ok(Ok(Outcome::Done)) => ExitCode::SUCCESS,
        Ok(Ok(Outcome::Findings)) => ExitCode::from(1),
        Ok(Err(error)) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            error.show();
            ExitCode::from(2)
        }
        Err(_) => ExitCode::from(2),
    }
}

fn run(command: &Command) -> Result<Outcome, CliError> {
    match command {
        Command::Review(args) => review::run(args),
        Command::Convert(args) => convert::run(args),
        Command::Policy(args) => policy::run(&args.command),
        Command::Serve(args) => live::serve(args),
        Command::Import(args) => live::import(args),
        Command::Export(args) => live::export(args),
        Command::User(args) => live::user(args),
        Command::Outbox(args) => live::outbox(args),
        Command::Backup(args) => live::backup(args),
        Command::Restore(args) => live::restore(args),
        Command::Database(args) => live::database(args),
        Command::Synth(args) => synth::run(args),
    }
}
