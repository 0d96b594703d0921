//! Why a command could not be done, and what the person at the command line is told.

use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use engine::evaluate::EvaluateError;
use engine::policy_test::TestError;
use engine::time::TimeError;
use exchange::ReadError;
use synth::{RatesError, SynthError};
use thiserror::Error;

use crate::policy_files::{MOST_FILE_BYTES, MOST_FOLDER_BYTES};
use crate::policy_report::{self, PolicyProblems};
use crate::terminal::complain;

/// Why a command could not be done. Every one ends with exit status 2.
#[derive(Debug, Error)]
pub enum CliError {
    /// A policy's path that leads nowhere.
    #[error("there is no policy at `{}`; is the path right?", .0.display())]
    NoPolicy(PathBuf),
    /// A policy that builds on one that is not there.
    #[error("{at}: there is no policy at `{}`; write the path as from this file's folder", path.display())]
    NoPolicyBelow {
        /// Where it says so.
        at: String,
        /// The path.
        path: PathBuf,
    },
    /// Policies that build on each other.
    #[error("{at}: `extends` leads back to `{}`, which then builds on itself; take one of the two away", path.display())]
    ExtendsCircle {
        /// Where the circle closes.
        at: String,
        /// The policy that it leads back to.
        path: PathBuf,
    },
    /// A folder without a policy.
    #[error("the folder `{}` holds no policy; a policy is a file, or a folder with files that end in `.toml`", .0.display())]
    EmptyFolder(PathBuf),
    /// A file that cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A policy that is not text.
    #[error("`{}` is not UTF-8 text; save it as UTF-8", .0.display())]
    NotText(PathBuf),
    /// A file too large for a policy.
    #[error("`{}` is larger than {} MiB, the most that a policy's file may have; is it a policy? a large one is a folder of files", .0.display(), MOST_FILE_BYTES >> 20)]
    FileTooLarge(PathBuf),
    /// A folder too large for a policy.
    #[error("the `.toml` files in the folder `{}` have more than {} MiB, the most that a policy may have; is it the right folder?", .0.display(), MOST_FOLDER_BYTES >> 20)]
    FolderTooLarge(PathBuf),
    /// A policy with problems.
    #[error("{}", .0.count())]
    Policy(Box<PolicyProblems>),
    /// Something that the given format is for later.
    #[error("{0}")]
    Later(String),
    /// A time on the command line.
    #[error("--{option}: {source}")]
    Time {
        /// The option.
        option: &'static str,
        /// What is wrong.
        source: TimeError,
    },
    /// An input or mapping.
    #[error(transparent)]
    Input(#[from] ReadError),
    /// A log that cannot be evaluated.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A file that cannot be written.
    #[error("`{}` cannot be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file whose folder is not there.
    #[error("`{}` cannot be written: there is no folder `{}`; make it first, or is the path right?", path.display(), folder.display())]
    NoFolder {
        /// The file.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// One file named for two things.
    #[error("`{}` is {first} and {second} too; name another file", path.display())]
    NamedTwice {
        /// The file.
        path: PathBuf,
        /// What it is to be.
        first: String,
        /// What else it is to be.
        second: String,
    },
    /// Standard output that cannot be written.
    #[error("standard output cannot be written: {0}")]
    Stdout(#[source] io::Error),
    /// A rule that no version has.
    #[error("there is no rule `{rule}` in {policy}; {help}")]
    NoRule {
        /// What was asked for.
        rule: String,
        /// The policy's name.
        policy: String,
        /// What to ask for.
        help: String,
    },
    /// A policy to be tried that would not follow what is in force.
    #[error(
        "{at}: this is in force from {from}, and the last policy of `--policy` from {last}, not before it; give this a later `from`, or judge by it alone with `--ignore-in-force`"
    )]
    NotAfter {
        /// Where the policy is.
        at: String,
        /// Its date, in words.
        from: String,
        /// That of the last in force.
        last: String,
    },
    /// A duty that does not arise.
    #[error(
        "there is no duty `{0}` in the record; `wakeful review` shows their ids, under the same `--as-of`, `--known-by` and `--ignore-in-force`"
    )]
    NoDuty(String),
    /// A duty to explain without the record that it is in, and what to write.
    #[error(
        "`--duty` asks for a duty of a record, and no record is given; write `{0}`, with the record's file in place of `events.jsonl`"
    )]
    NoLog(String),
    /// A duty's id of which too little is given.
    #[error("`{0}` is too little of a duty's id; write at least its first 6 digits")]
    ShortId(String),
    /// Several duties of the rule whose ids begin as asked for.
    #[error("`{id}` begins the ids of {number} duties of `{rule}`, such as {}; write more of it", .some.join(" and "))]
    SeveralDuties {
        /// What was asked for.
        id: String,
        /// How many there are.
        number: usize,
        /// Their rule.
        rule: String,
        /// Two of their ids.
        some: Vec<String>,
    },
    /// A duty of another rule than asked for.
    #[error("the duty `{duty}` is one of `{rule}`; write `wakeful policy explain {rule}`")]
    OtherRule {
        /// The duty's id.
        duty: String,
        /// Its rule.
        rule: String,
    },
    /// A file of rates that cannot be read.
    #[error("`{}` cannot be read: {source}; write `none`, `mission` or the path of a file with the rate of each failure", path.display())]
    ReadRates {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Rates of failures that cannot be used.
    #[error("{}: {source}", path.display())]
    Rates {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: RatesError,
    },
    /// A force that cannot be made.
    #[error(transparent)]
    Synth(#[from] SynthError),
    /// A file that would not be packed, though its name says so.
    #[error("`{}` would not be packed; name a file that ends in `.jsonl`, and pack it with `wakeful convert`", .0.display())]
    NotPacked(PathBuf),
    /// A policy's tests that cannot be run.
    #[error(transparent)]
    Test(#[from] TestError),
    /// Something that the live system cannot do.
    #[error("{0}")]
    Live(String),
    /// The live system.
    #[error(transparent)]
    App(#[from] app::AppError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A fault of ours.
    #[error("this is a fault in wakeful, not in what you gave it; please report it: {0}")]
    Fault(String),
}

impl CliError {
    /// Whether whoever read our output had enough of it.
    #[must_use]
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stdout(source) if source.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Tells the person at the command line.
    pub fn show(&self) {
        match self {
            Self::Policy(problems) => _ = problems.write(&mut io::stderr(), io::stderr().is_terminal()),
            Self::Input(ReadError::Mapping(error)) => {
                _ = policy_report::write_mapping_error(error, &mut io::stderr(), io::stderr().is_terminal());
                return complain("the mapping has a problem");
            }
            _ => {}
        }
        complain(&self.to_string());
    }
}
