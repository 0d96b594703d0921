//! What can be read: a file, standard input, bytes.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::feed::Feed;
use super::gzip::{MAGIC, Members};
use crate::error::{Fault, InputError};

/// Something to read events from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
    /// Bytes under a name, which tells their format as a file's would.
    Bytes(String, Vec<u8>),
}

impl Input {
    /// The input of a command line: `-` is standard input.
    #[must_use]
    pub fn from_argument(argument: &Path) -> Self {
        if argument.as_os_str() == "-" { Self::Stdin } else { Self::File(argument.to_owned()) }
    }

    /// The name that errors show.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => String::from("-"),
            Self::Bytes(name, _) => name.clone(),
        }
    }

    /// How many bytes it has, where that can be known.
    pub(crate) fn len(&self) -> Option<u64> {
        match self {
            Self::File(path) => {
                std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|meta| meta.len())
            }
            Self::Stdin => None,
            Self::Bytes(_, bytes) => Some(bytes.len() as u64),
        }
    }

    /// Opens it; what it has read is added to `count`.
    pub(crate) fn open(&self, count: &Arc<AtomicU64>) -> Result<Feed, InputError> {
        let stored: Box<dyn Read + Send> = match self {
            Self::File(path) => Box::new(open_file(path).map_err(|fault| fault.of(&self.name(), None))?),
            Self::Stdin => Box::new(io::stdin()),
            Self::Bytes(_, bytes) => Box::new(Cursor::new(bytes.clone())),
        };
        let counted = Counted { inner: stored, count: Arc::clone(count) };
        Ok(Feed::new(move || unpacked(counted)))
    }
}

fn open_file(path: &Path) -> Result<File, Fault> {
    let cannot = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Fault::new("there is no such file").help("is the path right?"),
        io::ErrorKind::PermissionDenied => {
            Fault::new("the file may not be read by this user").help("ask its owner for the right to read it")
        }
        _ => Fault::new(format!("the file cannot be opened: {error}")),
    };
    let file = File::open(path).map_err(cannot)?;
    if file.metadata().map_err(cannot)?.is_dir() {
        return Err(Fault::new("this is a folder").help("name the files in it"));
    }
    Ok(file)
}

/// The bytes of a file that is kept whole in memory; none where it has more than so many.
///
/// # Errors
/// What the system says.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// What was stored, without gzip if it is packed so.
fn unpacked(stored: impl Read + Send + 'static) -> io::Result<(Box<dyn Read>, bool)> {
    let mut stored = BufReader::with_capacity(1 << 16, stored);
    let mut first = [0; 2];
    let mut have = 0;
    while have < first.len() {
        match stored.read(&mut first[have..]) {
            Ok(0) => break,
            Ok(more) => have += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let packed = first[..have] == MAGIC;
    let whole = Cursor::new(first).take(have as u64).chain(stored);
    Ok(if packed {
        (Box::new(Members::new(BufReader::with_capacity(1 << 16, whole))), true)
    } else {
        (Box::new(whole), false)
    })
}

struct Counted<R> {
    inner: R,
    count: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
