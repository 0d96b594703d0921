//! `wakeful convert`: records of one format into another.

use std::ffi::OsStr;

use exchange::Format;

use crate::Outcome;
use crate::args::{ConvertArgs, ConvertFormat};
use crate::error::CliError;
use crate::input::Inputs;
use crate::output::{Output, refuse_one_file_for_two};
use crate::terminal;

/// Runs `wakeful convert`.
///
/// # Errors
/// What cannot be read or written.
pub fn run(args: &ConvertArgs) -> Result<Outcome, CliError> {
    let format = format(args.to)?;
    refuse_one_file_for_two(&args.file_uses())?;
    let out = Output::open(args.out.as_deref())?;
    let (log, _) = Inputs::of(&args.inputs, &args.input).read()?;
    let packed = args.out.as_deref().is_some_and(|path| path.extension() == Some(OsStr::new("gz")));
    let spinner = terminal::spinner(format!("writing {} events", log.len()));
    let written = out.write_with(|out| exchange::write(&log, format, packed, out));
    spinner.finish_and_clear();
    written.map(|()| Outcome::Done)
}

fn format(to: ConvertFormat) -> Result<Format, CliError> {
    let later = |name: &str| {
        Err(CliError::Later(format!("`--to {name}` comes later; until then write `jsonl`, `csv` or `xes`")))
    };
    match to {
        ConvertFormat::Jsonl => Ok(Format::JsonLines),
        ConvertFormat::Csv => Ok(Format::Csv),
        ConvertFormat::Xes => Ok(Format::Xes),
        ConvertFormat::Ocel => later("ocel"),
        ConvertFormat::Parquet => later("parquet"),
    }
}
