//! The watched folder: each file that appears is recorded and moved to `done`, or to `rejected` with its reasons.
//!
//! A file is taken once it has stopped changing. What is neither a file nor a link, and what has another ending, is left
//! where it is: a system may write under another name and then rename.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use app::{Order, Recorder, Refusal};
use engine::log::{EventRef, LogBuilder, LogError, Pushed};
use engine::record::Event;
use exchange::{Input, InputError, Mapping, Options, Sink};
use tokio::task::JoinHandle;

use super::args::ServeArgs;
use crate::error::CliError;

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How long a file must not have changed: until then somebody may still be writing it.
const SETTLED: Duration = Duration::from_secs(2);

/// How the names of files end that are taken.
const ENDINGS: [&str; 4] = [".jsonl", ".csv", ".jsonl.gz", ".csv.gz"];

struct Watched {
    folder: PathBuf,
    mapping: Option<Mapping>,
    recorder: Recorder,
    /// What was seen of each file, and since when it has been so. Other clocks than ours have no say.
    seen: HashMap<OsString, (Shape, Instant)>,
}

/// What changes of a file while it is written.
type Shape = (u64, Option<SystemTime>);

/// Starts to watch the folder, where one is given.
///
/// # Errors
/// A folder that is not there, or a mapping that is wrong.
pub fn start(args: &ServeArgs, recorder: Recorder) -> Result<Option<JoinHandle<()>>, CliError> {
    let Some(folder) = &args.watch_folder else { return Ok(None) };
    for name in ["done", "rejected"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(|source| CliError::Write { path, source })?;
    }
    let mapping = args.mapping.as_deref().map(Mapping::open).transpose()?;
    let mut watched = Watched { folder: folder.clone(), mapping, recorder, seen: HashMap::new() };
    Ok(Some(tokio::spawn(async move {
        loop {
            if let Err(error) = watched.look().await {
                tracing::error!(%error, "the watched folder cannot be read");
            }
            tokio::time::sleep(EVERY).await;
        }
    })))
}

impl Watched {
    /// Takes what is ready. A file that cannot be moved does not keep the others waiting.
    async fn look(&mut self) -> io::Result<()> {
        for name in self.ready()? {
            if let Err(error) = self.take(&name).await {
                tracing::error!(%error, "a file of the watched folder cannot be moved");
            }
        }
        Ok(())
    }

    /// The names of what is to be taken and has settled, in their order.
    fn ready(&mut self) -> io::Result<Vec<OsString>> {
        let now = Instant::now();
        let mut there = HashMap::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            // The folder's entry itself, not where a link leads.
            let Some(meta) = entry.metadata().ok().filter(|meta| is_taken(&name, meta)) else { continue };
            let since = self.seen.get(&name).filter(|(shape, _)| *shape == shape_of(&meta));
            there.insert(name, (shape_of(&meta), since.map_or(now, |(_, since)| *since)));
        }
        self.seen = there;
        let settled = self.seen.iter().filter(|(_, (_, since))| now.duration_since(*since) >= SETTLED);
        let mut names: Vec<OsString> = settled.map(|(name, _)| name.clone()).collect();
        names.sort();
        Ok(names)
    }

    /// Records a file whole, or moves it away with the reason. Where nothing can be recorded now, or it has changed
    /// meanwhile, it stays for later.
    async fn take(&self, name: &OsStr) -> io::Result<()> {
        let file = self.folder.join(name);
        let read = match tokio::task::block_in_place(|| self.read(&file)) {
            Err(reason) => return self.reject(&file, &reason),
            Ok(read) => read,
        };
        if self.seen.get(name).map(|(shape, _)| *shape) != Some(shape_of(&fs::symlink_metadata(&file)?)) {
            return Ok(());
        }
        let Rows { events, lines } = read;
        match self.recorder.record(Order { events, records_as: None }).await {
            Err(error) => {
                tracing::error!(%error, "a file of the watched folder waits");
                Ok(())
            }
            Ok(Err(refusal)) => self.reject(&file, &at_line(&file, &lines, &refusal)),
            Ok(Ok(recorded)) => {
                tracing::info!(new = recorded.new, "a file of the watched folder was recorded");
                fs::rename(&file, free(&self.folder.join("done"), name))
            }
        }
    }

    /// Moves a file away. The reason is there first, so that no file is rejected without one.
    fn reject(&self, file: &Path, reason: &str) -> io::Result<()> {
        let place = free(&self.folder.join("rejected"), file.file_name().unwrap_or_default());
        let mut reasons = place.clone().into_os_string();
        reasons.push(".reasons.txt");
        fs::write(reasons, format!("{reason}\n"))?;
        fs::rename(file, place)?;
        tracing::warn!("a file of the watched folder was rejected");
        Ok(())
    }

    fn read(&self, file: &Path) -> Result<Rows, String> {
        if fs::symlink_metadata(file).is_ok_and(|meta| meta.is_symlink()) {
            return Err(said(file, None, "it is a symbolic link; put the file itself into the folder"));
        }
        let options = Options { mapping: self.mapping.as_ref(), ..Options::default() };
        let mut reading = Reading::default();
        exchange::read(&[Input::File(file.to_owned())], options, &mut reading)
            .map_err(|error| error.to_string())?;
        let log = reading.log.finish();
        let events = (0..log.len()).map(|row| log.event(row as u32)).collect();
        Ok(Rows { events, lines: reading.lines })
    }
}

/// The events of a file, and the line on which each begins.
struct Rows {
    events: Vec<Event>,
    lines: Vec<u64>,
}

/// A log that is being read, with the lines of its rows.
#[derive(Default)]
struct Reading {
    log: LogBuilder,
    lines: Vec<u64>,
    line: u64,
}

impl Sink for Reading {
    fn line(&mut self, line: u64) {
        self.line = line;
    }

    fn event(&mut self, event: &EventRef<'_>) -> Result<Pushed, LogError> {
        let pushed = self.log.push(event)?;
        if pushed == Pushed::Added {
            self.lines.push(self.line);
        }
        Ok(pushed)
    }
}

fn at_line(file: &Path, lines: &[u64], refusal: &Refusal) -> String {
    let (Refusal::Conflict { place, .. } | Refusal::Bad { place, .. }) = refusal;
    said(file, lines.get(*place).copied(), &refusal.to_string())
}

/// What is wrong with a file, said as its readers say it.
fn said(file: &Path, line: Option<u64>, reason: &str) -> String {
    let file = file.display().to_string();
    InputError { file, line, field: None, reason: reason.to_owned(), help: None }.to_string()
}

/// Whether something in the folder is to be taken: a file or a link, with a name that says so.
fn is_taken(name: &OsStr, meta: &Metadata) -> bool {
    let name = name.to_string_lossy().to_ascii_lowercase();
    let is_named = !name.starts_with('.') && ENDINGS.iter().any(|end| name.ends_with(end));
    is_named && (meta.is_file() || meta.is_symlink())
}

fn shape_of(meta: &Metadata) -> Shape {
    (meta.len(), meta.modified().ok())
}

/// A place in a folder that has nothing yet: that of the name, or with a number before it.
fn free(folder: &Path, name: &OsStr) -> PathBuf {
    let numbered = (1u64..).map(|number| {
        let mut numbered = OsString::from(format!("{number}-"));
        numbered.push(name);
        folder.join(numbered)
    });
    let mut places = std::iter::once(folder.join(name)).chain(numbered);
    places.find(|place| fs::symlink_metadata(place).is_err()).unwrap_or_else(|| folder.join(name))
}
