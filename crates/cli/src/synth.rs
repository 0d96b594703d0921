//! `wakeful synth`: a made force.

use std::ffi::OsStr;
use std::io;
use std::path::Path;

use engine::time::{Date, TimeError};
use synth::{Ask, MISSION, Rates, SynthError};

use crate::Outcome;
use crate::args::SynthArgs;
use crate::error::CliError;
use crate::output::{Output, refuse_one_file_for_two};
use crate::terminal;

/// The most that a file of rates may have.
const MOST_RATES_BYTES: u64 = 1 << 20;

/// Runs `wakeful synth`.
///
/// # Errors
/// Days or rates that cannot be used, and what cannot be read or written.
pub fn run(args: &SynthArgs) -> Result<Outcome, CliError> {
    refuse_one_file_for_two(&args.file_uses())?;
    if let Some(path) = args.out.as_deref().filter(|path| path.extension() == Some(OsStr::new("gz"))) {
        return Err(CliError::NotPacked(path.to_owned()));
    }
    let ask = ask(args)?;
    let out = Output::open(args.out.as_deref())?;
    let spinner = terminal::spinner(String::from("making a force"));
    let lines = synth::force(&ask)?;
    let written = out.write_with(|out| lines.into_iter().try_for_each(|line| writeln!(out, "{line}")));
    spinner.finish_and_clear();
    written.map(|()| Outcome::Done)
}

fn ask(args: &SynthArgs) -> Result<Ask, CliError> {
    let day = |option: &'static str, text: &str| {
        Date::parse(text).map_err(|source| CliError::Time { option, source })
    };
    let from = day("from", &args.from)?;
    let to = match &args.to {
        Some(text) => day("to", text)?,
        None => a_year_from(from).map_err(SynthError::Time)?,
    };
    let events = args.events.and_then(|events| usize::try_from(events).ok());
    Ok(Ask { seed: args.seed, events, from, to, rates: rates(&args.failures)? })
}

/// The last of the twelve months that begin on a day.
fn a_year_from(from: Date) -> Result<Date, TimeError> {
    from.add_months(12)?.add_days(-1)
}

fn rates(failures: &Path) -> Result<Rates, CliError> {
    let wrong = |source| CliError::Rates { path: failures.to_owned(), source };
    match failures.to_str() {
        Some("none") => Ok(Rates::none()),
        Some("mission") => Rates::read(MISSION).map_err(wrong),
        _ => {
            let too_large = || io::Error::other("it is larger than 1 MiB");
            let bytes = exchange::read_at_most(failures, MOST_RATES_BYTES)
                .and_then(|bytes| bytes.ok_or_else(too_large))
                .map_err(|source| CliError::ReadRates { path: failures.to_owned(), source })?;
            let text = String::from_utf8(bytes).map_err(|_| CliError::NotText(failures.to_owned()))?;
            Rates::read(&text).map_err(wrong)
        }
    }
}
