//! Which format a file is in: by its name, else by how it begins.

use std::path::Path;

use thiserror::Error;

/// A format that events can be read from and written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Native events, one a line.
    JsonLines,
    /// Tables, with a mapping, or as Wakeful writes them.
    Csv,
    /// The XES standard, IEEE 1849.
    Xes,
}

/// A name that is of no format.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("`{0}` is no format that events are written in; write `jsonl`, `csv` or `xes`")]
pub struct FormatError(String);

impl std::str::FromStr for Format {
    type Err = FormatError;

    fn from_str(name: &str) -> Result<Self, FormatError> {
        match name {
            "jsonl" => Ok(Self::JsonLines),
            "csv" => Ok(Self::Csv),
            "xes" => Ok(Self::Xes),
            other => Err(FormatError(other.to_owned())),
        }
    }
}

impl Format {
    /// The format that a file's name ends with, packed or not: `.jsonl`, `.xes.gz`.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            "csv" | "tsv" => Some(Self::Csv),
            "xes" => Some(Self::Xes),
            _ => None,
        }
    }

    /// The format that a text begins like.
    pub(crate) fn of_beginning(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
            Some(b'<') => Some(Self::Xes),
            Some(b'{') => Some(Self::JsonLines),
            _ => None,
        }
    }
}
