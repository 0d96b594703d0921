//! How often each failure happens.

use engine::suggest::did_you_mean;
use thiserror::Error;
use toml_edit::{Document, Item, Value};

use super::fate::FAILURES;

/// The rates of the mission's failures, each with its source.
pub const MISSION: &str = include_str!("../failures.toml");

/// How often each failure happens, of the times that it might: between 0, never, and 1, always.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates(Vec<f64>);

/// Rates that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RatesError {
    /// A text that is no TOML.
    #[error("line {line}: {message}; write one failure a line, such as `return-interview-late = 0.2`")]
    NotToml {
        /// Where, from 1 on.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// A name that no failure has.
    #[error("line {line}: there is no failure `{name}`; {help}")]
    NoFailure {
        /// Where, from 1 on.
        line: usize,
        /// What was written.
        name: String,
        /// What to write.
        help: String,
    },
    /// What is no rate.
    #[error("line {line}: `{name}` is `{value}`; write a number between 0, never, and 1, always")]
    NotARate {
        /// Where, from 1 on.
        line: usize,
        /// The failure.
        name: String,
        /// What was written.
        value: String,
    },
}

impl Rates {
    /// Nothing goes wrong.
    #[must_use]
    pub fn none() -> Self {
        Self(vec![0.0; FAILURES.len()])
    }

    /// Reads rates from TOML, `NAME = RATE`; what is not named does not happen.
    ///
    /// # Errors
    /// Text that is no TOML, a name that no failure has, a rate that is none.
    pub fn read(text: &str) -> Result<Self, RatesError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let line_at = |offset: usize| text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1;
        let document = Document::parse(text).map_err(|error| RatesError::NotToml {
            line: error.span().map_or(1, |span| line_at(span.start)),
            message: error.message().lines().collect::<Vec<_>>().join(", "),
        })?;
        let mut rates = Self::none();
        for (name, item) in document.as_table() {
            let span = document.as_table().key(name).and_then(toml_edit::Key::span);
            let line = span.map_or(1, |span| line_at(span.start));
            let number = position(name).ok_or_else(|| no_failure(line, name))?;
            rates.0[number] = rate(item).ok_or_else(|| RatesError::NotARate {
                line,
                name: name.to_owned(),
                value: item.to_string().trim().to_owned(),
            })?;
        }
        Ok(rates)
    }

    /// The same failures, each so many times as often, and always at most.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        Self(self.0.iter().map(|rate| (rate * factor).clamp(0.0, 1.0)).collect())
    }

    /// The rate of a failure by its place among all.
    pub(crate) fn of(&self, number: usize) -> f64 {
        self.0[number]
    }
}

fn position(name: &str) -> Option<usize> {
    FAILURES.iter().position(|failure| failure.name == name)
}

fn rate(item: &Item) -> Option<f64> {
    let rate = match item.as_value()? {
        Value::Float(number) => *number.value(),
        Value::Integer(number) => *number.value() as f64,
        _ => return None,
    };
    (0.0..=1.0).contains(&rate).then_some(rate)
}

fn no_failure(line: usize, name: &str) -> RatesError {
    let known = || FAILURES.iter().map(|failure| failure.name);
    let help = did_you_mean(name, known())
        .unwrap_or_else(|| format!("there are {}", known().collect::<Vec<_>>().join(", ")));
    RatesError::NoFailure { line, name: name.to_owned(), help }
}
