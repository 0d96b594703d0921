//! Figures and texts as people can read them.

use exchange::is_unseen;

/// A number with its thousands apart: `96,012`.
#[must_use]
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(
            [0, 999, 1_000, 96_012, 1_234_567].map(thousands),
            ["0", "999", "1,000", "96,012", "1,234,567"]
        );
    }

    #[test]
    fn things_are_counted_in_the_plural_but_one() {
        assert_eq!([0, 1, 2].map(|number| counted(number, "duty")), ["0 duties", "1 duty", "2 duties"]);
        assert_eq!(counted(1_000, "key"), "1,000 keys");
    }

    #[test]
    fn what_steers_a_terminal_is_written_out() {
        assert_eq!(plain("case:\u{1b}[2J1"), "case:\\u{1b}[2J1");
        assert_eq!(plain("case:\u{202e}1\u{200b}é"), "case:\\u{202e}1\\u{200b}é");
    }
}
