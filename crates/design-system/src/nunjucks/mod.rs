//! Nunjucks templates, translated into those of minijinja.
//!
//! The two languages are close, and both design systems come as Nunjucks. What differs is rewritten when a template is loaded:
//!
//! - white space around tags goes as with `trimBlocks` and `lstripBlocks` ([`pieces`]);
//! - operators and truth are those of JavaScript: `a + b` becomes `js_add(a, b)`, and so on ([`write`], [`crate::javascript`]);
//! - an inline `if` without `else` gives the empty text;
//! - what a loop sets, it sets outside too ([`scopes`]);
//! - what `{% set %}…{% endset %}` captures is plain text, and escaped when printed;
//! - a page is told of the context by a line at its start, so that the components it includes see nothing of it;
//! - the body of `{% call %}` is rendered before the macro, so that it may hold blocks.
//!
//! What Nunjucks itself gets wrong is not followed in some places, which neither design system reaches: `not a == b`, which it reads as
//! `(not a) == b`, is refused; the body of a call sees the variables of a loop around it; and a block sees what its own template set, even
//! if the template that it extends sets the same name. A macro of a page sees the context, wherever it is imported; a component never does.
//!
//! Each tag of the result has as many line ends as what it replaces, so that the lines of errors are those of the source.

mod expression;
mod pieces;
mod scopes;
mod statement;
mod tokens;
mod write;

use expression::{Expression, Reader};
use pieces::{What, cut};
use statement::Statement;
pub(crate) use write::CONTEXT;

/// Why a template cannot be translated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub(crate) struct TranslateError {
    /// The line of the tag, from 1.
    pub line: usize,
    /// What is wrong, and what to write instead.
    pub reason: String,
}

/// A part of a template, read.
enum Part<'a> {
    Text(&'a str),
    Output(Expression),
    Tag(Statement),
    Nothing,
}

/// The template in the language of minijinja; a page `sees_context`, a component does not.
pub(crate) fn translate(source: &str, sees_context: bool) -> Result<String, TranslateError> {
    let mut parts = Vec::new();
    for piece in cut(source)? {
        let part = read(&piece.what).map_err(|reason| TranslateError { line: piece.line, reason })?;
        parts.push((part, piece.line, piece.line_ends));
    }
    write::write(source, sees_context, &parts)
}

fn read<'a>(what: &What<'a>) -> Result<Part<'a>, String> {
    Ok(match what {
        What::Text(text) => Part::Text(text),
        What::Output(code) => Part::Output(output(code)?),
        What::Tag(code) => Part::Tag(statement::statement(code)?),
        What::Nothing => Part::Nothing,
    })
}

fn output(code: &str) -> Result<Expression, String> {
    let mut reader = Reader::new(tokens::words(code)?);
    let expression = reader.expression()?;
    reader.end()?;
    Ok(expression)
}
