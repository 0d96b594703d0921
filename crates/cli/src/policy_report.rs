//! Problems of policies, shown in the text that has them.

use std::fmt;
use std::io::{self, IsTerminal as _, Write as _};

use engine::policy::{Problem, Problems, SourceFile};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use crate::terminal;

/// What is wrong in the policies given.
#[derive(Debug, Default)]
pub struct PolicyProblems {
    /// Each policy's files with its problems.
    pub policies: Vec<Problems>,
}

impl PolicyProblems {
    /// How many problems there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.policies.iter().map(|policy| policy.problems.len()).sum()
    }

    /// The count in words.
    #[must_use]
    pub fn count(&self) -> String {
        match self.len() {
            1 => String::from("the policy has a problem"),
            many => format!("the policy has {many} problems"),
        }
    }

    /// Every problem with the files that its place points into.
    pub fn iter(&self) -> impl Iterator<Item = (&Problem, &[SourceFile])> {
        self.policies
            .iter()
            .flat_map(|policy| policy.problems.iter().map(|problem| (problem, policy.files.as_slice())))
    }

    /// Writes the problems to standard error, each with its lines of text.
    pub fn show(&self) {
        let stderr = io::stderr();
        let theme = if !stderr.is_terminal() {
            GraphicalTheme::none()
        } else if terminal::has_colour(true) {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        let handler = GraphicalReportHandler::new_themed(theme).with_width(100).with_context_lines(1);
        for (problem, files) in self.iter() {
            let mut text = String::new();
            if handler.render_report(&mut text, &Shown::new(problem, files)).is_err() {
                text = problem.line(files);
            }
            _ = writeln!(stderr.lock(), "{}", text.trim_end());
        }
    }
}

/// A problem as miette wants it.
#[derive(Debug)]
struct Shown<'p> {
    problem: &'p Problem,
    source: Option<NamedSource<String>>,
}

impl<'p> Shown<'p> {
    fn new(problem: &'p Problem, files: &[SourceFile]) -> Self {
        let file = files.get(problem.place.file);
        Self { problem, source: file.map(|file| NamedSource::new(&file.name, file.text.to_string())) }
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.problem.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let bytes = &self.problem.place.bytes;
        let label = self.problem.label.clone().or_else(|| Some(String::from("here")));
        Some(Box::new(std::iter::once(LabeledSpan::new(label, bytes.start, bytes.len()))))
    }
}
