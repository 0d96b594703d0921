//! What can be written on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use engine::duty::State;

/// Works out what is owed to whom by when, from written policy and a record of events.
#[derive(Debug, Parser)]
#[command(
    name = "wakeful",
    version,
    max_term_width = 100,
    after_help = "\
Exit status: 0 done; 1 findings (`--fail-on`, a failed check or test); 2 bad use or input.
Colour is used on a terminal only; set NO_COLOR to have none."
)]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a record of events by a policy: every duty, met or not, with its evidence
    Review(ReviewArgs),
}

/// `wakeful review`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  What was not met in time, the worst first:
    wakeful review events.jsonl --policy policies/england

  The figures alone, for another program:
    wakeful review log.xes.gz --policy policy.toml --summary --format json

  Every duty, one a line:
    wakeful review events.jsonl --policy policies/england --format jsonl --out duties.jsonl

  What should have been done by 1 June 2009 with what was written down by then:
    wakeful review events.jsonl --policy policies/england --as-of 2009-06-01T00:00 --known-by 2009-06-01T00:00

  Had we had the rules of 2026 then:
    wakeful review events.jsonl --policy 2014.toml --policy 2026.toml --ignore-in-force

  A page to send on, and a failure for a script where anything is overdue:
    wakeful review events.jsonl --policy policies/england --format html --out review.html --fail-on overdue")]
pub struct ReviewArgs {
    /// The records: .jsonl, .csv (with --mapping) or .xes, each also as .gz; `-` is standard input (JSON Lines or XES)
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,

    /// A policy, a file or a folder of *.toml; given several times, versions of one policy
    #[arg(long, value_name = "PATH", required = true)]
    pub policy: Vec<PathBuf>,

    /// How the columns of CSV become events
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,

    /// Leave bad rows out, and write them here with their reasons
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,

    /// The system that the inputs come from; stands as `NAME:` before each id
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,

    /// Judge as of then; later events do not count [default: the last event]
    #[arg(long, value_name = "TIME", long_help = AS_OF_HELP)]
    pub as_of: Option<String>,

    /// Use only what was recorded by then [default: all]
    #[arg(long, value_name = "TIME")]
    pub known_by: Option<String>,

    /// Use the last version of the policy for all time: had we had this rule then
    #[arg(long)]
    pub ignore_in_force: bool,

    /// Write what could not be used as it stood here, as JSON Lines
    #[arg(long, value_name = "FILE")]
    pub reports: Option<PathBuf>,

    /// How to show the duties
    #[arg(long, value_enum, default_value_t = ReviewFormat::Table)]
    pub format: ReviewFormat,

    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Show the counts by rule and state alone
    #[arg(long)]
    pub summary: bool,

    /// How many duties the table lists
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub worst: usize,

    /// Exit with 1 if a duty is in one of these states
    #[arg(long, value_name = "STATE", num_args = 1.., value_delimiter = ',', value_parser = StateParser)]
    pub fail_on: Vec<State>,
}

const AS_OF_HELP: &str = "Judge as of then; later events do not count [default: the last event]\n\n\
A time is written `2009-06-01T00:00`, and is then local to the zone of the policy's last version, or with an \
offset, `2009-06-01T00:00:00Z`";

/// How `review` shows duties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReviewFormat {
    /// For a person at a terminal: counts by rule, and the worst
    Table,
    /// One document: summary, duties, signals
    Json,
    /// One duty a line
    Jsonl,
    /// One duty a line, with a header
    Csv,
    /// One page, whole in itself
    Html,
    #[value(hide = true)]
    Parquet,
    #[value(hide = true)]
    Pdf,
}

impl ReviewFormat {
    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Html => "html",
            Self::Parquet => "parquet",
            Self::Pdf => "pdf",
        }
    }
}

/// Reads the word of a state.
#[derive(Clone, Debug)]
struct StateParser;

impl TypedValueParser for StateParser {
    type Value = State;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<State, clap::Error> {
        let words = clap::builder::PossibleValuesParser::new(State::ALL.map(State::word));
        let word = words.parse_ref(command, arg, value)?;
        let state = State::ALL.into_iter().find(|state| state.word() == word);
        state.ok_or_else(|| clap::Error::new(clap::error::ErrorKind::InvalidValue).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(State::ALL.into_iter().map(|state| PossibleValue::new(state.word()))))
    }
}
