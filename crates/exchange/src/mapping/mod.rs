//! How the columns of a table become events (`docs/formats.md`, "CSV by a mapping").

mod field;
mod parse;
mod template;

use std::path::Path;

use encoding_rs::Encoding;
use engine::time::Clock;

use crate::error::{InputError, MappingError, ReadError};
use crate::input::read_at_most;
pub(crate) use field::{Bound, Rule, listed};

/// The most bytes that a mapping may have.
const LIMIT: u64 = 1 << 20;

/// A mapping, read from TOML.
///
/// ```toml
/// delimiter   = ";"                # `,` if left out; a tab in a `.tsv`
/// encoding    = "windows-1252"     # UTF-8 if left out; a byte order mark goes before it
/// zone        = "Europe/London"    # of times without an offset; without it they are refused
/// id          = "crm-{ROWID}"      # id, kind and at are required
/// stream      = "case:{CASE_NO}"
/// kind        = { column = "EVENT", values = { MISPER = "missing.reported", RTN = "missing.found" } }
/// at          = { column = "WHEN", format = "%d/%m/%Y %H:%M" }
/// recorded_at = { text = "{DAY} {TIME}", format = "%d/%m/%Y %H:%M" }
/// links       = { child = "person:{CHILD_REF}", officer = ["officer:{OIC}", "officer:{SECOND}"] }
/// note        = "{FREE_TEXT}"
///
/// [attrs]
/// age      = { column = "AGE", type = "integer" }
/// repeat   = { column = "AGAIN", type = "boolean", values = { Y = true, N = false } }
/// invited  = { column = "INVITED", type = "texts", separator = "|" }
/// referred = { column = "REFERRED", type = "instant", format = "%d/%m/%Y" }
/// ```
///
/// `recorded_by`, `agency` and `corrects` are fields too. A field is a text in which `{COLUMN}` stands for the cell (`{{`
/// and `}}` are braces), or a table with `column` or `text` and: `values`, what stands for each cell, any other being a bad
/// row; of attributes `type`, one of `text` (if left out), `integer`, `decimal`, `boolean`, `instant`, `texts`; of instants
/// `format`, as `strftime` writes it, ISO 8601 if left out; of `texts` their `separator`. A field is left out where it
/// names columns and all their cells are blank.
#[derive(Debug)]
pub struct Mapping {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) delimiter: Option<u8>,
    pub(crate) encoding: &'static Encoding,
    /// The zone of times without an offset.
    pub(crate) clock: Option<Clock>,
    pub(crate) rules: Vec<Rule>,
}

impl Mapping {
    /// Reads a mapping's text; `file` is its name in errors.
    ///
    /// # Errors
    /// The first thing that is wrong in it.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        parse::mapping(file, text)
    }

    /// Reads a mapping's file.
    ///
    /// # Errors
    /// A file that cannot be read, or the first thing that is wrong in it.
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let file = path.display().to_string();
        let wrong = |reason: String, help: &str| InputError {
            file: file.clone(),
            line: None,
            field: None,
            reason,
            help: Some(help.to_owned()),
        };
        let bytes = read_at_most(path, LIMIT)
            .map_err(|error| wrong(format!("the mapping cannot be read: {error}"), "is the path right?"))?
            .ok_or_else(|| {
                wrong(
                    format!("the file is larger than {} MiB, the most that a mapping may have", LIMIT >> 20),
                    "is it the mapping, and not the table?",
                )
            })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| wrong(String::from("the mapping is not UTF-8 text"), "save it as UTF-8"))?;
        Ok(Self::parse(&file, &text)?)
    }

    pub(crate) fn wrong(
        &self,
        span: std::ops::Range<usize>,
        message: String,
        help: Option<String>,
    ) -> MappingError {
        MappingError { file: self.file.clone(), text: self.text.clone(), span, message, help }
    }
}
