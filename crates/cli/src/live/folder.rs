//! The watched folder: each file that appears is recorded and moved to `done`, or to `rejected` with its reasons.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use app::{Order, Recorder};
use engine::record::Event;
use exchange::{Input, Mapping, Options};
use tokio::task::JoinHandle;

use super::args::ServeArgs;
use crate::error::CliError;

/// How often the folder is looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How long a file must not have changed: until then somebody may still be writing it.
const SETTLED: Duration = Duration::from_secs(2);

struct Watched {
    folder: PathBuf,
    mapping: Option<Mapping>,
    recorder: Recorder,
}

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
    let watched = Watched { folder: folder.clone(), mapping, recorder };
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
    async fn look(&self) -> io::Result<()> {
        let mut files: Vec<PathBuf> = fs::read_dir(&self.folder)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| is_ready(path))
            .collect();
        files.sort();
        for file in files {
            self.take(&file).await?;
        }
        Ok(())
    }

    /// Records a file whole, or moves it away with the reason. Where nothing can be recorded now, it stays for later.
    async fn take(&self, file: &Path) -> io::Result<()> {
        let reason = match self.read(file) {
            Err(reason) => Some(reason),
            Ok(events) => match self.recorder.record(Order { events, records_as: None }).await {
                Err(error) => {
                    tracing::error!(%error, "a file of the watched folder waits");
                    return Ok(());
                }
                Ok(Err(refusal)) => Some(refusal.to_string()),
                Ok(Ok(recorded)) => {
                    tracing::info!(new = recorded.new, "a file of the watched folder was recorded");
                    None
                }
            },
        };
        let to = self.folder.join(if reason.is_some() { "rejected" } else { "done" });
        let place = free(&to, file);
        fs::rename(file, &place)?;
        if let Some(reason) = reason {
            let mut name = place.into_os_string();
            name.push(".reasons.txt");
            fs::write(name, reason + "\n")?;
            tracing::warn!("a file of the watched folder was rejected");
        }
        Ok(())
    }

    fn read(&self, file: &Path) -> Result<Vec<Event>, String> {
        let options = Options { mapping: self.mapping.as_ref(), ..Options::default() };
        let read = exchange::read_log(&[Input::File(file.to_owned())], options);
        let (log, _) = read.map_err(|error| error.to_string())?;
        Ok((0..log.len()).map(|row| log.event(row as u32)).collect())
    }
}

/// Whether a file is one that is read, and nobody is writing it.
fn is_ready(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_ascii_lowercase();
    let is_read = !name.starts_with('.')
        && [".jsonl", ".csv", ".jsonl.gz", ".csv.gz"].iter().any(|end| name.ends_with(end));
    let changed = fs::metadata(path).ok().filter(fs::Metadata::is_file).and_then(|meta| meta.modified().ok());
    let settled =
        changed.is_some_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age >= SETTLED));
    is_read && settled
}

/// A name in a folder that no file has yet.
fn free(folder: &Path, file: &Path) -> PathBuf {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("file");
    let numbered = (1..).map(|number| folder.join(format!("{number}-{name}")));
    let mut places = std::iter::once(folder.join(name)).chain(numbered);
    places.find(|place| !place.exists()).unwrap_or_else(|| folder.join(name))
}
