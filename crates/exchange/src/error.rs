//! What can be wrong with what is read: where, what, and what to do.

use std::fmt;
use std::io;
use std::ops::Range;

use thiserror::Error;

/// Why reading stopped.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A row, or a whole file, cannot be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The mapping is wrong, by itself or for the file that it is used on.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The rejected rows cannot be written.
    #[error("the rejected rows cannot be written: {0}")]
    Rejects(#[source] io::Error),
}

/// Something in a file that cannot be read. Its prose is lower case without a full stop, the user's input in backticks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// The file as it was named; `-` for standard input.
    pub file: String,
    /// The line on which the row begins, from 1; none where the whole file is meant.
    pub line: Option<u64>,
    /// The field.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub help: Option<String>,
}

impl fmt::Display for InputError {
    /// Writes `file:line: field: reason (help)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, ": `{}`", shown(field))?;
        }
        write!(f, ": {}", self.reason)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for InputError {}

/// Something wrong in a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// The mapping's file as it was named.
    pub file: String,
    /// The mapping's text.
    pub text: String,
    /// Where in the text, in bytes.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl MappingError {
    /// The line and the column, both from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self) -> (usize, usize) {
        let mut start = self.span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |place| place + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }
}

impl fmt::Display for MappingError {
    /// Writes `file:line:column: message (help)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.line_and_column();
        write!(f, "{}:{line}:{column}: {}", self.file, self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for MappingError {}

/// What is wrong with one row, before it is known whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) field: Option<String>,
    pub(crate) reason: String,
    pub(crate) help: Option<String>,
}

impl Fault {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self { field: None, reason: reason.into(), help: None }
    }

    pub(crate) fn at(field: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { field: Some(field.into()), reason: reason.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn of(self, file: &str, line: Option<u64>) -> InputError {
        let Self { field, reason, help } = self;
        InputError { file: file.to_owned(), line, field, reason, help }
    }
}

/// Whether a character is not seen as itself where it is shown: a control character, one that turns the direction of what
/// follows, one without width.
#[must_use]
pub fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The input as an error shows it: what cannot be printed escaped, and no longer than a person reads.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown = String::new();
    for (place, char) in text.chars().enumerate() {
        if place == MOST {
            shown.push('…');
            break;
        }
        match char {
            char if is_unseen(char) => shown.extend(char.escape_default()),
            char => shown.push(char),
        }
    }
    shown
}
