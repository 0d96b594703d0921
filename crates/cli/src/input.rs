//! Reading records into a log, with progress and rejects.

use std::io::Write;
use std::path::{Path, PathBuf};

use engine::log::Log;
use exchange::{Input, Mapping, Options, Progress};

use crate::args::InputArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::terminal;

/// What to read, and how.
pub struct Inputs<'a> {
    /// The files; `-` is standard input.
    pub paths: &'a [PathBuf],
    /// How columns become events.
    pub mapping: Option<&'a Path>,
    /// Where bad rows go.
    pub rejects: Option<&'a Path>,
    /// The system that the inputs come from.
    pub source: Option<&'a str>,
}

impl<'a> Inputs<'a> {
    /// The inputs of a command.
    #[must_use]
    pub fn of(paths: &'a [PathBuf], args: &'a InputArgs) -> Self {
        Self {
            paths,
            mapping: args.mapping.as_deref(),
            rejects: args.rejects.as_deref(),
            source: args.source.as_deref(),
        }
    }

    /// Reads all of them into a log; beside it, how many bad rows were left out.
    ///
    /// # Errors
    /// A file or row that cannot be read, a mapping that is wrong, rejects that cannot be written.
    pub fn read(&self) -> Result<(Log, u64), CliError> {
        let mapping = self.mapping.map(Mapping::open).transpose()?;
        let inputs: Vec<Input> = self.paths.iter().map(|path| Input::from_argument(path)).collect();
        let mut rejects = self.rejects.map(|path| Output::open(Some(path))).transpose()?;
        let bar = terminal::byte_bar("reading");
        let mut progress = |Progress { bytes, total, .. }: Progress| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(bytes);
        };
        let options = Options {
            mapping: mapping.as_ref(),
            source: self.source,
            rejects: rejects.as_mut().map(|rejects| rejects as &mut dyn Write),
            progress: Some(&mut progress),
        };
        let read = exchange::read_log(&inputs, options);
        bar.finish_and_clear();
        let (log, summary) = read?;
        if let (Some(path), Some(rejects)) = (self.rejects, rejects) {
            rejects.finish()?;
            terminal::remark(&match summary.rejected {
                0 => format!("no row was bad; `{}` is empty", path.display()),
                1 => format!("1 bad row was left out; it is in `{}`", path.display()),
                many => format!("{many} bad rows were left out; they are in `{}`", path.display()),
            });
        }
        Ok((log, summary.rejected))
    }
}
