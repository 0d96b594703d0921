//! Problems of policies, shown in the text that has them.

use std::fmt;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use engine::policy::{Lines, Problem, Problems, SourceFile};
use exchange::MappingError;
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};

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

    /// Problems found in policies together, each with the number of its policy.
    #[must_use]
    pub fn of_versions(policies: Vec<Vec<SourceFile>>, problems: Vec<(usize, Problem)>) -> Self {
        let mut of_policies: Vec<Problems> =
            policies.into_iter().map(|files| Problems { files, problems: Vec::new() }).collect();
        for (version, problem) in problems {
            if let Some(policy) = of_policies.get_mut(version) {
                policy.problems.push(problem);
            }
        }
        Self { policies: of_policies }
    }

    /// The count in words.
    #[must_use]
    pub fn count(&self) -> String {
        match self.len() {
            1 => String::from("the policy has a problem"),
            many => format!("the policy has {many} problems"),
        }
    }

    /// Every problem with the text that its place points into.
    pub fn iter(&self) -> impl Iterator<Item = Found<'_>> {
        self.policies.iter().flat_map(|policy| {
            let files = policy.files.as_slice();
            let sources: Vec<Source<'_>> =
                files.iter().map(|file| Source::new(&file.name, &file.text)).collect();
            let found =
                move |problem| Found { problem, files, source: sources.get(problem.place.file).cloned() };
            policy.problems.iter().map(found)
        })
    }

    /// Writes the problems, each with its lines of text.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, out: &mut dyn Write, is_terminal: bool) -> io::Result<()> {
        let handler = handler(is_terminal);
        self.iter().try_for_each(|Found { problem, files, source }| {
            let shown = Shown {
                message: &problem.message,
                label: problem.label.as_deref().unwrap_or("here"),
                help: problem.help.as_deref(),
                source,
                bytes: problem.place.bytes.clone(),
            };
            write_shown(&handler, &shown, || problem.line(files), out)
        })
    }
}

/// Writes what is wrong in a mapping, with its lines of text.
///
/// # Errors
/// What the writer says.
pub fn write_mapping_error(error: &MappingError, out: &mut dyn Write, is_terminal: bool) -> io::Result<()> {
    let shown = Shown {
        message: &error.message,
        label: "here",
        help: error.help.as_deref(),
        source: Some(Source::new(&error.file, &error.text)),
        bytes: error.span.clone(),
    };
    write_shown(&handler(is_terminal), &shown, || error.to_string(), out)
}

fn handler(is_terminal: bool) -> GraphicalReportHandler {
    let theme = match (is_terminal, terminal::has_colour(is_terminal)) {
        (false, _) => GraphicalTheme::none(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (true, true) => GraphicalTheme::unicode(),
    };
    GraphicalReportHandler::new_themed(theme).with_width(100).with_context_lines(1)
}

fn write_shown(
    handler: &GraphicalReportHandler,
    shown: &Shown<'_>,
    in_one_line: impl FnOnce() -> String,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = String::new();
    if shown.has_long_line() || handler.render_report(&mut text, shown).is_err() {
        text = in_one_line();
    }
    writeln!(out, "{}\n", text.trim_end())
}

/// A problem, and the text that it is in.
pub struct Found<'p> {
    /// The problem.
    pub problem: &'p Problem,
    files: &'p [SourceFile],
    /// The file that its place points into.
    pub source: Option<Source<'p>>,
}

/// A file's name, and the lines of its text.
#[derive(Clone, Debug)]
pub struct Source<'p> {
    /// The name that messages show.
    pub name: &'p str,
    /// Shared by all problems in the file.
    pub lines: Arc<Lines<'p>>,
}

impl<'p> Source<'p> {
    fn new(name: &'p str, text: &'p str) -> Self {
        Self { name, lines: Arc::new(Lines::new(text)) }
    }
}

impl SourceCode for Source<'_> {
    /// Reads no more than the lines near the span: miette counts lines from the start of what it is given.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let end = span.offset() + span.len();
        let (line, bytes) = self.lines.around(&(span.offset()..end), before.max(after) + 1);
        let near = SourceSpan::from((span.offset().saturating_sub(bytes.start), span.len()));
        let start = bytes.start;
        let read = self.lines.text()[bytes].read_span(&near, before, after)?;
        let span = SourceSpan::from((read.span().offset() + start, read.span().len()));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.to_owned(),
            read.data(),
            span,
            read.line() + line,
            read.column(),
            read.line_count(),
        )))
    }
}

/// A problem as miette wants it.
#[derive(Debug)]
struct Shown<'p> {
    message: &'p str,
    label: &'p str,
    help: Option<&'p str>,
    source: Option<Source<'p>>,
    bytes: Range<usize>,
}

/// The longest line of a policy that is shown; a longer one is told by its place alone.
const LONGEST_SHOWN: usize = 400;

impl Shown<'_> {
    /// Whether a line at the place, or beside it, is too long to show.
    fn has_long_line(&self) -> bool {
        let Some(source) = &self.source else { return false };
        let text = source.lines.text();
        let start = self.bytes.start.saturating_sub(2 * LONGEST_SHOWN);
        let end = (self.bytes.end + 2 * LONGEST_SHOWN).min(text.len());
        let near = text.as_bytes().get(start..end).unwrap_or_default();
        near.split(|&byte| byte == b'\n').any(|line| line.len() > LONGEST_SHOWN)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = LabeledSpan::new(Some(self.label.to_owned()), self.bytes.start, self.bytes.len());
        self.source.as_ref().map(|_| Box::new(std::iter::once(span)) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}
