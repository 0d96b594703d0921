//! Where results go: standard output, or a file that is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::CliError;

/// An output. What is dropped unfinished leaves no file behind.
pub struct Output {
    to: To,
    path: Option<PathBuf>,
}

enum To {
    Stdout(BufWriter<StdoutLock<'static>>),
    /// Beside the file that it becomes when finished.
    Beside(BufWriter<NamedTempFile>),
    /// A pipe or device, of which no other can take the place.
    Device(BufWriter<File>),
}

const BUFFER: usize = 1 << 16;

impl Output {
    /// Opens the file, or standard output where there is none.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn open(path: Option<&Path>) -> Result<Self, CliError> {
        let Some(path) = path else {
            let stdout = BufWriter::with_capacity(BUFFER, io::stdout().lock());
            return Ok(Self { to: To::Stdout(stdout), path: None });
        };
        let fail = |source| CliError::Write { path: path.to_owned(), source };
        // A link keeps pointing to the file that is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let to = match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(fail(io::ErrorKind::IsADirectory.into())),
            Ok(metadata) if !metadata.is_file() => {
                let device = File::options().write(true).open(&target).map_err(fail)?;
                To::Device(BufWriter::with_capacity(BUFFER, device))
            }
            _ => To::Beside(BufWriter::with_capacity(BUFFER, beside(&target).map_err(fail)?)),
        };
        Ok(Self { to, path: Some(target) })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// What could not be written, in which case no file is left.
    pub fn finish(self) -> Result<(), CliError> {
        let Self { to, path } = self;
        let path = path.unwrap_or_default();
        match to {
            To::Stdout(mut out) => out.flush().map_err(CliError::Stdout),
            To::Device(mut out) => out.flush().map_err(|source| CliError::Write { path, source }),
            To::Beside(out) => {
                let written = out.into_inner().map_err(io::IntoInnerError::into_error);
                let placed = written.and_then(|file| file.persist(&path).map_err(|error| error.error));
                placed.map(|_| ()).map_err(|source| CliError::Write { path, source })
            }
        }
    }

    /// Writes with the function given, and finishes.
    ///
    /// # Errors
    /// What could not be written, in which case no file is left.
    pub fn write_with(mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), CliError> {
        match write(&mut self) {
            Ok(()) => self.finish(),
            Err(source) => Err(self.error(source)),
        }
    }

    /// The error of this output.
    #[must_use]
    pub fn error(&self, source: io::Error) -> CliError {
        match &self.path {
            None => CliError::Stdout(source),
            Some(path) => CliError::Write { path: path.clone(), source },
        }
    }
}

/// A file for now in the same folder, with the rights that a new file there gets.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wakeful-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let before = fs::metadata(path).map(|metadata| metadata.permissions());
        builder.permissions(before.unwrap_or_else(|_| fs::Permissions::from_mode(0o666)));
    }
    builder.tempfile_in(folder)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Stdout(out) => out.write(bytes),
            To::Beside(out) => out.write(bytes),
            To::Device(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Stdout(out) => out.flush(),
            To::Beside(out) => out.flush(),
            To::Device(out) => out.flush(),
        }
    }
}
