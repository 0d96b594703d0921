//! Where results go: standard output, or a file that is there whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Stdout, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::CliError;
use crate::unfinished::{Unfinished, unfinished_file};

/// An output. What is dropped unfinished leaves no file behind.
pub struct Output {
    to: To,
    path: Option<PathBuf>,
    /// The first error, as the system told it: some writers wrap it in one of their own.
    failure: Option<io::Error>,
}

enum To {
    Stdout(BufWriter<Stdout>),
    /// Beside the file that it becomes when finished.
    Beside(BufWriter<NamedTempFile>, Unfinished),
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
        Self::open_for(path, Readers::AsUsual)
    }

    /// As [`Output::open`], and nobody but its owner can read a file, from its first byte on.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn private(path: Option<&Path>) -> Result<Self, CliError> {
        Self::open_for(path, Readers::Owner)
    }

    fn open_for(path: Option<&Path>, readers: Readers) -> Result<Self, CliError> {
        let Some(path) = path else {
            let stdout = BufWriter::with_capacity(BUFFER, io::stdout());
            return Ok(Self { to: To::Stdout(stdout), path: None, failure: None });
        };
        if !folder_of(path).is_dir() {
            return Err(CliError::NoFolder { path: path.to_owned(), folder: folder_of(path).to_owned() });
        }
        let fail = |source| CliError::Write { path: path.to_owned(), source };
        // A link keeps pointing to the file that is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let to = match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(fail(io::ErrorKind::IsADirectory.into())),
            Ok(metadata) if !metadata.is_file() => {
                let device = File::options().write(true).open(&target).map_err(fail)?;
                To::Device(BufWriter::with_capacity(BUFFER, device))
            }
            _ => {
                let (file, unfinished) = unfinished_file(|| beside(&target, readers))
                    .map_err(|error| fail(error.kind().into()))?;
                To::Beside(BufWriter::with_capacity(BUFFER, file), unfinished)
            }
        };
        Ok(Self { to, path: Some(target), failure: None })
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// What could not be written, in which case no file is left.
    pub fn finish(self) -> Result<(), CliError> {
        let Self { to, path, .. } = self;
        let path = path.unwrap_or_default();
        match to {
            To::Stdout(mut out) => out.flush().map_err(CliError::Stdout),
            To::Device(mut out) => out.flush().map_err(|source| CliError::Write { path, source }),
            To::Beside(out, _unfinished) => {
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
    pub fn write_with(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), CliError> {
        match write(&mut self) {
            Ok(()) => self.finish(),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// What to say of an error that writing to it gave. No file is left.
    pub fn failed(mut self, error: io::Error) -> CliError {
        let source = self.failure.take().unwrap_or(error);
        match self.path.take() {
            None => CliError::Stdout(source),
            Some(path) => CliError::Write { path, source },
        }
    }

    /// The first error that writing to it gave, where one did: also where a writer in between told it otherwise.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }
}

/// What a command's files are for.
pub struct FileUses<'a> {
    /// Those that it reads.
    pub reads: Vec<&'a Path>,
    /// Those that it writes, with the option that names each.
    pub writes: Vec<(&'static str, &'a Path)>,
}

/// Refuses a file that is to be written twice, or read and written.
///
/// # Errors
/// The first such file.
pub fn refuse_one_file_for_two(uses: &FileUses<'_>) -> Result<(), CliError> {
    let places: Vec<Option<PathBuf>> = uses.writes.iter().map(|(_, path)| place_of(path)).collect();
    let reads: Vec<PathBuf> = uses.reads.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    for (number, (option, path)) in uses.writes.iter().enumerate() {
        let Some(place) = &places[number] else { continue };
        let twice = |first: &str| CliError::NamedTwice {
            path: (*path).to_owned(),
            first: first.to_owned(),
            second: format!("`{option}`"),
        };
        if reads.contains(place) {
            return Err(twice("an input"));
        }
        if let Some(earlier) = places[..number].iter().position(|earlier| earlier.as_ref() == Some(place)) {
            return Err(twice(&format!("`{}`", uses.writes[earlier].0)));
        }
    }
    Ok(())
}

/// Where a path leads, whether the file is there yet or not; nowhere for a pipe or device, which can be shared.
fn place_of(path: &Path) -> Option<PathBuf> {
    match fs::canonicalize(path) {
        Ok(place) => place.is_file().then_some(place),
        Err(_) => Some(fs::canonicalize(folder_of(path)).ok()?.join(path.file_name()?)),
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Who can read a file that is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readers {
    /// Those who could read the file before; of a new one, those who can read any new one there.
    AsUsual,
    /// Its owner.
    Owner,
}

/// A file for now in the same folder, with the rights that it will have.
fn beside(path: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wakeful-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let before = fs::metadata(path).map(|metadata| metadata.permissions());
        builder.permissions(match readers {
            Readers::Owner => fs::Permissions::from_mode(0o600),
            Readers::AsUsual => before.unwrap_or_else(|_| fs::Permissions::from_mode(0o666)),
        });
    }
    builder.tempfile_in(folder_of(path))
}

impl Output {
    fn writer(&mut self) -> &mut dyn Write {
        match &mut self.to {
            To::Stdout(out) => out,
            To::Beside(out, _) => out,
            To::Device(out) => out,
        }
    }

    fn note<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        if let (Err(error), None) = (&result, &self.failure) {
            let same = error.raw_os_error().map_or_else(|| error.kind().into(), io::Error::from_raw_os_error);
            self.failure = Some(same);
        }
        result
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.writer().write(bytes);
        self.note(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.writer().flush();
        self.note(flushed)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn what_is_private_is_so_before_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "before").unwrap();
        let mut out = Output::private(Some(&path)).unwrap();
        out.write_all(b"secret").unwrap();
        out.flush().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for entry in fs::read_dir(folder.path()).unwrap() {
            let written = entry.unwrap().path();
            assert!(written == path || mode(&written) == 0o600, "{}", written.display());
        }
        out.finish().unwrap();
        assert_eq!((mode(&path), fs::read(&path).unwrap()), (0o600, b"secret".to_vec()));
    }
}
