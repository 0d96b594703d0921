//! Nunjucks templates, translated into those of minijinja.
//!
//! The two languages are close, and both design systems come as Nunjucks. What differs is rewritten when a template is loaded:
//!
//! - white space around tags goes as with `trimBlocks` and `lstripBlocks` ([`pieces`]);
//! - operators and truth are those of JavaScript: `a + b` becomes `js_add(a, b)`, and so on ([`write`], [`crate::javascript`]);
//! - an inline `if` without `else` gives the empty text;
//! - what a loop sets, it sets outside too ([`scopes`]);
//! - what `{% set %}…{% endset %}` captures is plain text, and escaped when printed;
//! - the body of `{% call %}` is rendered before the macro, so that it may hold blocks.
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

/// The template in the language of minijinja.
pub(crate) fn translate(source: &str) -> Result<String, TranslateError> {
    let mut parts = Vec::new();
    for piece in cut(source)? {
        let part = read(&piece.what).map_err(|reason| TranslateError { line: piece.line, reason })?;
        parts.push((part, piece.line, piece.line_ends));
    }
    write::write(&parts)
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
