//! A problem in a policy: what, where, and what to write instead.

use std::fmt;

use super::{Lines, Place, SourceFile};

/// Something wrong in a policy's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong: lower case, no full stop, the user's input in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// The words under the place, where they say more than the message.
    pub label: Option<String>,
    /// What to write instead.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without help.
    #[must_use]
    pub fn new(message: impl Into<String>, place: &Place) -> Self {
        Self { message: message.into(), place: place.clone(), label: None, help: None }
    }

    /// The same with what to write instead.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same with help, where there is some.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The problem in one line: `file:line:column: message (help)`.
    #[must_use]
    pub fn line(&self, files: &[SourceFile]) -> String {
        let place = self.place.show(files);
        match &self.help {
            Some(help) => format!("{place}: {} ({help})", self.message),
            None => format!("{place}: {}", self.message),
        }
    }
}

/// All that is wrong in a policy, with the texts that the places point into.
#[derive(Clone, Debug)]
pub struct Problems {
    /// The policy's files.
    pub files: Vec<SourceFile>,
    /// The problems, by place.
    pub problems: Vec<Problem>,
}

impl fmt::Display for Problems {
    /// Writes each problem on a line: `file:line:column: message (help)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.problems.iter().enumerate() {
            let end = if number == 0 { "" } else { "\n" };
            write!(f, "{end}{}", problem.line(&self.files))?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Place {
    /// The place as people name it: `file:line:column`, both from 1, columns in characters.
    #[must_use]
    pub fn show(&self, files: &[SourceFile]) -> String {
        let Some(file) = files.get(self.file) else { return String::from("?") };
        let (line, column) = self.line_and_column(&file.text);
        format!("{}:{line}:{column}", file.name)
    }

    /// The line and the column in characters, both from 1, in the text that the place points into.
    #[must_use]
    pub fn line_and_column(&self, text: &str) -> (usize, usize) {
        Lines::new(text).position(self)
    }
}
