//! How the columns of a table become events. Design, section 4, "CSV mapping".

mod field;
mod parse;
mod template;

use std::path::Path;

use encoding_rs::Encoding;
use engine::time::Clock;

use crate::error::{InputError, MappingError, ReadError};
pub(crate) use field::{Bound, Rule, listed};

/// A mapping, read from TOML.
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
        let unreadable = |error: std::io::Error| InputError {
            file: file.clone(),
            line: None,
            field: None,
            reason: format!("the mapping cannot be read: {error}"),
            help: Some(String::from("is the path right?")),
        };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
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
