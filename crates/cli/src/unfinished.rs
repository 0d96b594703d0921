//! Files that become others when they are finished; where a signal ends the process, none of them stays behind.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tempfile::NamedTempFile;

static UNFINISHED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// The name of a file that is not finished, known until this is dropped.
pub struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        unfinished().remove(&self.0);
    }
}

/// Makes a file that is removed should a signal end the process.
///
/// # Errors
/// What `make` says.
pub fn unfinished_file(
    make: impl FnOnce() -> io::Result<NamedTempFile>,
) -> io::Result<(NamedTempFile, Unfinished)> {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(watch);
    let mut unfinished = unfinished();
    let file = make()?;
    unfinished.insert(file.path().to_owned());
    let name = Unfinished(file.path().to_owned());
    Ok((file, name))
}

fn unfinished() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for a signal that ends the process. Where that cannot be had, files may stay behind.
#[cfg(unix)]
fn watch() {
    use std::{fs, thread};

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level::emulate_default_handler;

    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else { return };
    thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            // Held to the end, so that no more files are made.
            let unfinished = unfinished();
            unfinished.iter().for_each(|path| _ = fs::remove_file(path));
            _ = emulate_default_handler(signal);
        }
    });
}

#[cfg(not(unix))]
fn watch() {}
