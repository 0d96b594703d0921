//! Reading files of whatever format into one stream of events.

use std::io::{BufRead, Write};
use std::path::Path;

use engine::log::{Log, LogBuilder};

use crate::csv;
use crate::error::{Fault, ReadError};
use crate::format::Format;
use crate::input::{Feed, Input, Progress};
use crate::intake::{Intake, OnProgress, Sink};
use crate::jsonl;
use crate::mapping::Mapping;
use crate::xes;

/// How to read.
#[derive(Default)]
pub struct Options<'a> {
    /// How the columns of tables become events.
    pub mapping: Option<&'a Mapping>,
    /// The system that the inputs come from: stands, with a colon, before each id and each id corrected.
    pub source: Option<&'a str>,
    /// Where bad rows are written, as JSON Lines `{"file","row","reason","raw"}`; without it the first stops reading.
    pub rejects: Option<&'a mut dyn Write>,
    /// Told now and then how far reading has come.
    pub progress: Option<OnProgress<'a>>,
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Events that the sink took.
    pub events: u64,
    /// Events that it had already.
    pub repeated: u64,
    /// Bad rows written to the rejects.
    pub rejected: u64,
}

/// Reads the events of the inputs, in the order of inputs and rows, into the sink.
///
/// # Errors
/// The first bad row, unless rejects are written; a file that cannot be read to its end, always. The sink then has what
/// came before: to store nothing, drop it.
pub fn read(inputs: &[Input], options: Options<'_>, sink: &mut dyn Sink) -> Result<Summary, ReadError> {
    let Options { mapping, source, rejects, progress } = options;
    let total = inputs.iter().map(Input::len).sum();
    let rejects = rejects.map(|rejects| rejects as &mut dyn Write);
    let progress = progress.map(|progress| progress as &mut dyn FnMut(Progress));
    let mut intake = Intake::new(sink, rejects, source, progress, total);
    for input in inputs {
        read_one(input, mapping, &mut intake)?;
    }
    intake.finish()?;
    Ok(intake.summary)
}

/// Reads the inputs into a log.
///
/// # Errors
/// As [`read`].
pub fn read_log(inputs: &[Input], options: Options<'_>) -> Result<(Log, Summary), ReadError> {
    let mut builder = LogBuilder::new();
    let summary = read(inputs, options, &mut builder)?;
    Ok((builder.finish(), summary))
}

fn read_one(input: &Input, mapping: Option<&Mapping>, intake: &mut Intake<'_>) -> Result<(), ReadError> {
    let name = input.name();
    intake.begin_file(&name);
    let mut feed = input.open(intake.bytes())?;
    let format = format_of(&name, mapping, &mut feed).map_err(|fault| intake.fatal(None, fault))?;
    match format {
        Format::Xes => xes::read(feed, intake),
        Format::JsonLines => jsonl::read(feed, intake),
        Format::Csv => csv::read(feed, mapping, name.to_ascii_lowercase().contains(".tsv"), intake),
    }
}

/// By the name, else by how the text begins; a table begins like anything, so it needs a mapping or our own header.
fn format_of(name: &str, mapping: Option<&Mapping>, feed: &mut Feed) -> Result<Format, Fault> {
    if let Some(format) = Format::of_name(Path::new(name)) {
        return Ok(format);
    }
    if feed.fill_buf().is_err() {
        return Err(feed
            .failure()
            .map_or_else(|| Fault::new("the file cannot be read"), |failure| failure.fault()));
    }
    let beginning = feed.fill_buf().unwrap_or_default();
    if let Some(format) = Format::of_beginning(beginning) {
        return Ok(format);
    }
    let empty = beginning.iter().all(u8::is_ascii_whitespace);
    if mapping.is_some() || csv::is_own(beginning) {
        Ok(Format::Csv)
    } else if empty {
        Ok(Format::JsonLines)
    } else {
        Err(Fault::new("the format cannot be told from the name, nor from how the text begins").help(
            "give the file a name that ends in `.jsonl`, `.csv` or `.xes`, or in one of these and `.gz`",
        ))
    }
}
