//! What can be written on the command line.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum};
use engine::duty::State;

use crate::live::args as live;
use crate::output::FileUses;

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
    /// Turn records of one format into another
    Convert(ConvertArgs),
    /// Check, test, lay out, explain, document, compare and try out policies
    Policy(PolicyArgs),
    /// Keep the live record: take events in, watch what is due, answer programs
    Serve(live::ServeArgs),
    /// Add records of another system to the live record
    Import(live::ImportArgs),
    /// Write the live record as canonical lines
    Export(live::ExportArgs),
    /// Make tokens for programs, and say how officers are reached
    User(live::UserArgs),
    /// See and replay messages that were given up
    Outbox(live::OutboxArgs),
    /// Save everything into one file
    Backup(live::BackupArgs),
    /// Bring back what was saved, into an empty database
    Restore(live::RestoreArgs),
    /// Set a database of PostgreSQL up, and give the server its rights
    Database(live::DatabaseArgs),
    /// Make a record of a force that does not exist, to try things on: clean, or with failures at set rates
    Synth(SynthArgs),
}

/// How inputs are read.
#[derive(Debug, clap::Args)]
pub struct InputArgs {
    /// How the columns of CSV become events
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,

    /// Leave bad rows out, and write them here with their reasons
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,

    /// The system that the inputs come from; stands as `NAME:` before each id
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
}

/// What an evaluation looks at.
#[derive(Debug, clap::Args)]
pub struct CutArgs {
    /// Judge as of then; later events do not count [default: the last event]
    #[arg(long, value_name = "TIME", long_help = AS_OF_HELP)]
    pub as_of: Option<String>,

    /// Use only what was recorded by then [default: all]
    #[arg(long, value_name = "TIME")]
    pub known_by: Option<String>,

    /// Use the last version of the policy for all time: had we had this rule then
    #[arg(long)]
    pub ignore_in_force: bool,
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

    /// How the inputs are read.
    #[command(flatten)]
    pub input: InputArgs,

    /// What counts.
    #[command(flatten)]
    pub cut: CutArgs,

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

impl ReviewArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        let writes = [("--out", &self.out), ("--rejects", &self.input.rejects), ("--reports", &self.reports)];
        let reads = self.inputs.iter().chain(&self.policy).chain(&self.input.mapping);
        FileUses { reads: reads.map(PathBuf::as_path).collect(), writes: named(&writes) }
    }
}

/// The options that are given.
fn named<'a>(options: &[(&'static str, &'a Option<PathBuf>)]) -> Vec<(&'static str, &'a Path)> {
    options.iter().filter_map(|(option, path)| Some((*option, path.as_deref()?))).collect()
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

/// `wakeful convert`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  A table of another system, by a mapping, as native events:
    wakeful convert export.csv --mapping crm.toml --source crm --to jsonl --out events.jsonl

  The good rows now, the bad ones with their reasons beside:
    wakeful convert export.csv --mapping crm.toml --to jsonl --rejects bad.jsonl --out events.jsonl

  For a tool of process mining, packed:
    wakeful convert events.jsonl --to xes --out events.xes.gz")]
pub struct ConvertArgs {
    /// The records: .jsonl, .csv or .xes, each also as .gz; `-` is standard input (JSON Lines or XES)
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,

    /// The format to write
    #[arg(long, value_enum)]
    pub to: ConvertFormat,

    /// How the inputs are read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Write to this file, whole or not at all, packed if it ends in `.gz` [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl ConvertArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        let writes = [("--out", &self.out), ("--rejects", &self.input.rejects)];
        let reads = self.inputs.iter().chain(&self.input.mapping);
        FileUses { reads: reads.map(PathBuf::as_path).collect(), writes: named(&writes) }
    }
}

/// What `convert` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConvertFormat {
    /// Native events, one a line
    Jsonl,
    /// A table as Wakeful writes it
    Csv,
    /// XES, the standard of process mining
    Xes,
    #[value(hide = true)]
    Ocel,
    #[value(hide = true)]
    Parquet,
}

/// `wakeful policy`
#[derive(Debug, clap::Args)]
pub struct PolicyArgs {
    /// What to do with the policy.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// What to do with a policy.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Show every problem of policies, and the rules that no test shows firing or not firing
    Check(PolicyCheckArgs),
    /// Run the tests that policies hold
    Test(PolicyTestArgs),
    /// Lay policies out in the one way
    Fmt(PolicyFmtArgs),
    /// Show what people would stumble over in a policy's titles, reasons and names
    Lint(PolicyLintArgs),
    /// Say what a rule asks for, and why a duty stands where it stands
    Explain(PolicyExplainArgs),
    /// Write the manual of a policy: each rule in a sentence, its source, clock, ladder and examples
    Doc(PolicyDocArgs),
    /// Put a version into force in the live system, from the future date that it names
    Activate(live::ActivateArgs),
    /// Show what differs between two policies, and what that does to a record's duties
    Diff(PolicyDiffArgs),
    /// Show which duties would appear, vanish or move if a new policy came into force
    Simulate(PolicySimulateArgs),
}

/// `wakeful policy check`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful policy check policies/england
    wakeful policy check 2014.toml 2026.toml --format json

Policies of one name are checked as versions of one. Exit status 1 says that there are problems.")]
pub struct PolicyCheckArgs {
    /// Policies, each a file or a folder of *.toml
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// How to show the problems
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub format: CheckFormat,
}

/// `wakeful policy lint`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful policy lint policies/england

Looks at what people read: titles, sources, reasons, the names of tests. A title is a plain sentence, a child is called
a child, nothing blames a child, and no abbreviation stands without its words. Exit status 1 says that something was found.")]
pub struct PolicyLintArgs {
    /// Policies, each a file or a folder of *.toml
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
}

/// How `policy check` shows problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// In the text that has them
    Text,
    /// One JSON document
    Json,
}

/// `wakeful policy test`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful policy test policies/england
    wakeful policy test policies/england --junit results.xml

Exit status 1 says that a test failed.")]
pub struct PolicyTestArgs {
    /// Policies, each a file or a folder of *.toml
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Write the results here as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

impl PolicyTestArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        FileUses {
            reads: self.paths.iter().map(PathBuf::as_path).collect(),
            writes: named(&[("--junit", &self.junit)]),
        }
    }
}

/// `wakeful policy fmt`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
    wakeful policy fmt policies/england
    wakeful policy fmt --check policies/england")]
pub struct PolicyFmtArgs {
    /// Policies, each a file or a folder of *.toml
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// Change nothing; name the files that are laid out otherwise, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,
}

/// `wakeful policy explain`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  What a rule asks for:
    wakeful policy explain return-home-interview --policy policies/england

  Why one duty stands where it stands, by the id that `review` shows, or its first digits:
    wakeful policy explain request-answered --policy policies/england --log events.jsonl --duty 0f3a7c21")]
pub struct PolicyExplainArgs {
    /// The rule: a duty or a signal
    pub rule: String,

    /// A policy, a file or a folder of *.toml; given several times, versions of one policy
    #[arg(long, value_name = "PATH", required = true)]
    pub policy: Vec<PathBuf>,

    /// Explain a duty in this record, too; `-` is standard input
    #[arg(long, value_name = "INPUT", requires = "duty")]
    pub log: Vec<PathBuf>,

    /// The id of the duty in the record, or one of its aliases; the first digits will do, 6 or more, if no other has them
    #[arg(long, value_name = "ID")]
    pub duty: Option<String>,

    /// How the columns of CSV become events
    #[arg(long, value_name = "FILE", requires = "log")]
    pub mapping: Option<PathBuf>,

    /// Leave bad rows out, and write them here with their reasons
    #[arg(long, value_name = "FILE", requires = "log")]
    pub rejects: Option<PathBuf>,

    /// The system that the record comes from; stands as `NAME:` before each id
    #[arg(long, value_name = "NAME", requires = "log")]
    pub source: Option<String>,

    /// What counts.
    #[command(flatten)]
    pub cut: CutArgs,
}

impl PolicyExplainArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        let reads = self.policy.iter().chain(&self.log).chain(&self.mapping);
        FileUses {
            reads: reads.map(PathBuf::as_path).collect(),
            writes: named(&[("--rejects", &self.rejects)]),
        }
    }
}

/// `wakeful policy doc`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  To read on a screen or in a repository:
    wakeful policy doc policies/england --out england.md

  A page to send on:
    wakeful policy doc policies/england --format html --out england.html")]
pub struct PolicyDocArgs {
    /// Policies, each a file or a folder of *.toml
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,

    /// How to write the manual
    #[arg(long, value_enum, default_value_t = DocFormat::Markdown)]
    pub format: DocFormat,

    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl PolicyDocArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        FileUses {
            reads: self.paths.iter().map(PathBuf::as_path).collect(),
            writes: named(&[("--out", &self.out)]),
        }
    }
}

/// How `policy doc` writes a manual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DocFormat {
    /// Text with Markdown
    Markdown,
    /// One page, whole in itself
    Html,
}

/// `wakeful synth`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  A year of one district in which all is done in time:
    wakeful synth --out year.jsonl

  A million events over five years, with failures like those of the review of 2013:
    wakeful synth --events 1000000 --from 2021-01-01 --to 2025-12-31 --failures mission >force.jsonl

  With failures of one's own, one a line such as `request-unanswered = 0.3`:
    wakeful synth --failures rates.toml --out year.jsonl

The events are native, one a line, in the order in which they were recorded. The same options give the same bytes.")]
pub struct SynthArgs {
    /// Another number makes another force
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// About how many events to make: districts, teams and cases until there are so many [default: one district, few cases]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=MOST_EVENTS))]
    pub events: Option<u64>,

    /// The first day of what happens; people took up their posts before
    #[arg(long, value_name = "DATE", default_value = "2025-01-01")]
    pub from: String,

    /// The last day, after which nothing is known [default: twelve months in all]
    #[arg(long, value_name = "DATE")]
    pub to: Option<String>,

    /// What goes wrong: `none`, `mission`, or a TOML file that names failures, each with its rate between 0 and 1
    #[arg(long, value_name = "RATES", default_value = "none")]
    pub failures: PathBuf,

    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// So many events take some 3 GB of memory.
const MOST_EVENTS: u64 = 10_000_000;

impl SynthArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        FileUses { reads: vec![&self.failures], writes: named(&[("--out", &self.out)]) }
    }
}

/// `wakeful policy diff`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  What differs, rule by rule and field by field:
    wakeful policy diff 2025.toml 2026.toml

  And which duties of a record differ, each policy judging it as if it alone had been in force:
    wakeful policy diff policies/england northshire --log events.jsonl")]
pub struct PolicyDiffArgs {
    /// The policy before, a file or a folder of *.toml
    #[arg(value_name = "OLD")]
    pub old: PathBuf,

    /// The policy after, a file or a folder of *.toml
    #[arg(value_name = "NEW")]
    pub new: PathBuf,

    /// Judge this record by both, too; `-` is standard input
    #[arg(long, value_name = "INPUT")]
    pub log: Vec<PathBuf>,

    /// How the columns of CSV become events
    #[arg(long, value_name = "FILE", requires = "log")]
    pub mapping: Option<PathBuf>,

    /// Leave bad rows out, and write them here with their reasons
    #[arg(long, value_name = "FILE", requires = "log")]
    pub rejects: Option<PathBuf>,

    /// The system that the record comes from; stands as `NAME:` before each id
    #[arg(long, value_name = "NAME", requires = "log")]
    pub source: Option<String>,

    /// Judge as of then; later events do not count [default: the last event]
    #[arg(long, value_name = "TIME", requires = "log")]
    pub as_of: Option<String>,

    /// Use only what was recorded by then [default: all]
    #[arg(long, value_name = "TIME", requires = "log")]
    pub known_by: Option<String>,

    /// Use every rule for all time, whatever its own dates say
    #[arg(long, requires = "log")]
    pub ignore_in_force: bool,

    /// How to show what differs
    #[arg(long, value_enum, default_value_t = DiffFormat::Table)]
    pub format: DiffFormat,

    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl PolicyDiffArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        let reads = [&self.old, &self.new].into_iter().chain(&self.log).chain(&self.mapping);
        let writes = [("--out", &self.out), ("--rejects", &self.rejects)];
        FileUses { reads: reads.map(PathBuf::as_path).collect(), writes: named(&writes) }
    }

    /// What counts.
    pub fn cut(&self) -> CutArgs {
        CutArgs {
            as_of: self.as_of.clone(),
            known_by: self.known_by.clone(),
            ignore_in_force: self.ignore_in_force,
        }
    }
}

/// How `policy diff` shows what differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// For a person at a terminal
    Table,
    /// One document
    Json,
}

/// `wakeful policy simulate`
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  What a new version does from the date on which it comes into force:
    wakeful policy simulate 2026.toml --policy 2025.toml --log events.jsonl

  Had we had the new rules all along:
    wakeful policy simulate 2026.toml --policy 2025.toml --log events.jsonl --ignore-in-force

  Every duty that would appear, vanish or move, with both of its rows:
    wakeful policy simulate 2026.toml --policy 2025.toml --log events.jsonl --format jsonl --out changes.jsonl")]
pub struct PolicySimulateArgs {
    /// The policy to try, a file or a folder of *.toml; with `in_force`, it follows the last of --policy from its date on
    #[arg(value_name = "NEW")]
    pub new: PathBuf,

    /// The policy in force, a file or a folder of *.toml; given several times, versions of one policy
    #[arg(long, value_name = "OLD", required_unless_present_any = ["data", "database"], requires = "log")]
    pub policy: Vec<PathBuf>,

    /// The record to judge; `-` is standard input
    #[arg(long, value_name = "INPUT", required_unless_present_any = ["data", "database"], requires = "policy")]
    pub log: Vec<PathBuf>,

    /// Judge the live record in this folder, by what is in force there
    #[arg(long, value_name = "DIR", conflicts_with_all = ["policy", "log"])]
    pub data: Option<PathBuf>,

    /// Judge the live record in PostgreSQL, where no --log is given
    #[arg(long, value_name = "URL", env = "WAKEFUL_DATABASE", hide_env_values = true)]
    pub database: Option<String>,

    /// How the record is read.
    #[command(flatten)]
    pub input: InputArgs,

    /// Judge as of then; later events do not count [default: the last event]
    #[arg(long, value_name = "TIME", long_help = AS_OF_HELP)]
    pub as_of: Option<String>,

    /// Use only what was recorded by then [default: all]
    #[arg(long, value_name = "TIME")]
    pub known_by: Option<String>,

    /// Judge by the new policy alone, for all time: had we had this rule then
    #[arg(long)]
    pub ignore_in_force: bool,

    /// How to show the duties
    #[arg(long, value_enum, default_value_t = SimulateFormat::Table)]
    pub format: SimulateFormat,

    /// Write to this file, whole or not at all [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

impl PolicySimulateArgs {
    /// The files that it reads and writes.
    pub fn file_uses(&self) -> FileUses<'_> {
        let reads = self.policy.iter().chain([&self.new]).chain(&self.log).chain(&self.input.mapping);
        let writes = [("--out", &self.out), ("--rejects", &self.input.rejects)];
        FileUses { reads: reads.map(PathBuf::as_path).collect(), writes: named(&writes) }
    }

    /// What counts, by what is in force.
    pub fn cut(&self) -> CutArgs {
        CutArgs { as_of: self.as_of.clone(), known_by: self.known_by.clone(), ignore_in_force: false }
    }
}

/// How `policy simulate` shows duties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SimulateFormat {
    /// For a person at a terminal: counts by rule and team, and some of the duties
    Table,
    /// One document: counts, duties
    Json,
    /// One duty a line, with both of its rows
    Jsonl,
}
