//! A review for a person at a terminal.

use std::io::{self, Write};

use engine::duty::State;

use super::Review;
use super::summary::Summary;

/// Writes the counts by rule, and the worst of what was not met in time.
///
/// # Errors
/// What the writer says.
pub fn write(_review: &Review<'_>, summary: &Summary<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (rule, counts) in &summary.duties {
        let occurring = State::ALL.into_iter().filter(|&state| counts.of(state) > 0);
        let words: Vec<String> = occurring.map(|state| format!("{} {}", counts.of(state), state.word())).collect();
        writeln!(out, "{rule}: {}", words.join(", "))?;
    }
    Ok(())
}
