//! What depends on whether a person is looking: colour, width, progress.

use std::io::{self, IsTerminal as _, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::words::{lines, plain};

/// Writes an error to standard error; where even that cannot be written, nothing more can be said.
pub fn complain(message: &str) {
    let mut stderr = io::stderr().lock();
    let start = if has_colour(stderr.is_terminal()) { "\u{1b}[1;31merror:\u{1b}[0m" } else { "error:" };
    _ = writeln!(stderr, "{start} {message}");
}

/// Writes a line that was asked for to standard output.
///
/// # Errors
/// Standard output that cannot be written.
pub fn print(text: &str) -> Result<(), crate::error::CliError> {
    writeln!(io::stdout(), "{text}").map_err(crate::error::CliError::Stdout)
}

/// Writes a remark to standard error.
pub fn remark(message: &str) {
    _ = writeln!(io::stderr().lock(), "{message}");
}

/// Whether to colour what is shown on a stream.
#[must_use]
pub fn has_colour(is_terminal: bool) -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_terminal && !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// How many columns to fill: the terminal's, but no more than can be read, else 100.
#[must_use]
pub fn width() -> u16 {
    let of_terminal = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0);
    of_terminal.unwrap_or(100).clamp(60, 140)
}

/// A bar over bytes with rate and time left, on a terminal; else nothing.
#[must_use]
pub fn byte_bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    let template = "{msg} {wide_bar} {bytes} of {total_bytes}, {binary_bytes_per_sec}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

/// A sign of life while something of unknown length is done, on a terminal; else nothing.
#[must_use]
pub fn spinner(what: String) -> ProgressBar {
    let spinner = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed}") {
        spinner.set_style(style);
    }
    spinner.set_message(what);
    if !spinner.is_hidden() {
        spinner.enable_steady_tick(Duration::from_millis(120));
    }
    spinner
}

/// Writes a text in lines of the terminal's width, each so far in.
///
/// # Errors
/// What the writer says.
pub fn write_wrapped(text: &str, indent: usize, out: &mut dyn Write) -> io::Result<()> {
    let lines = lines(&plain(text), usize::from(width()), &" ".repeat(indent));
    lines.iter().try_for_each(|line| writeln!(out, "{line}"))
}
