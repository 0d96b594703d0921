//! Figures and texts as people can read them.

use std::borrow::Cow;
use std::ffi::OsStr;

pub use engine::words::thousands;
use exchange::is_unseen;
use textwrap::{Options, WordSeparator, WordSplitter};

/// So many of a thing: `1 rule`, `72 rules`.
#[must_use]
pub fn counted(number: u64, what: &str) -> String {
    let figure = thousands(number);
    match (number, what.strip_suffix('y')) {
        (1, _) => format!("{figure} {what}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'o']) => format!("{figure} {stem}ies"),
        _ => format!("{figure} {what}s"),
    }
}

/// A text of a record as it can be shown: what is not seen as itself, or would steer a terminal, is written out.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for char in text.chars() {
        if is_unseen(char) { shown.extend(char.escape_default()) } else { shown.push(char) }
    }
    shown
}

/// A text in lines of at most this width, broken at spaces, so that names stay whole that fit a line.
#[must_use]
pub fn lines(text: &str, width: usize, indent: &str) -> Vec<String> {
    let options = Options::new(width)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
}

/// A word of a command as a shell wants it written.
#[must_use]
pub fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |char: char| char.is_alphanumeric() || "-_./:,=+@%".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", plain(&word).replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_are_counted_in_the_plural_but_one() {
        assert_eq!([0, 1, 2].map(|number| counted(number, "duty")), ["0 duties", "1 duty", "2 duties"]);
        assert_eq!(counted(1_000, "key"), "1,000 keys");
    }

    #[test]
    fn lines_break_at_spaces_only() {
        assert_eq!(lines("met late-in-time", 10, ""), ["met", "late-in-ti", "me"]);
        assert_eq!(lines("met in-time at-last", 10, " "), [" met", " in-time", " at-last"]);
    }

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        assert_eq!(plain("case:\u{1b}[2J1"), "case:\\u{1b}[2J1");
        assert_eq!(plain("case:\u{202e}1\u{200b}é"), "case:\\u{202e}1\\u{200b}é");
    }
}
