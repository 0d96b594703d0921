//! Times, events and values in words.

use crate::evaluate::derived::{Plain, Shape};
use crate::evaluate::effective::Node;
use crate::evaluate::same::Values;
use crate::evaluate::view::View;
use crate::guard::Val;
use crate::log::Text;
use crate::time::{Clock, Instant};
use crate::words::counted;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Says what a view holds, with times local to a clock's zone.
#[derive(Clone, Copy)]
pub(super) struct Words<'e, 'a> {
    pub(super) view: &'e View<'a>,
    pub(super) clock: &'e Clock,
}

impl<'e> Words<'e, '_> {
    pub(super) fn name(self, text: Text) -> &'e str {
        self.view.names.get(text)
    }

    /// `Mon 9 March 2026 23:59`, with seconds where there are any.
    pub(super) fn time(self, at: Instant) -> String {
        let minute = self.clock.display_local(at);
        match at.ms().rem_euclid(MINUTE_MS) {
            0 => minute,
            ms => format!("{minute}:{:02}", ms / 1_000),
        }
    }

    /// `Monday 9 March 2026`.
    pub(super) fn day(self, at: Instant) -> String {
        self.clock.local_date(at).in_words()
    }

    /// A due: `the end of Monday 9 March 2026` where it is a day's last millisecond.
    pub(super) fn limit(self, at: Instant) -> String {
        let is_end = self.clock.last_ms(self.clock.local_date(at)) == Ok(at);
        if is_end { format!("the end of {}", self.day(at)) } else { self.time(at) }
    }

    /// `missing.found` with its id, and without one where the evaluation made it.
    pub(super) fn named(self, node: Node) -> String {
        let kind = self.view.kind_text(node);
        match self.view.derived_of(node).map(|derived| &derived.shape) {
            None => format!("`{kind}` `{}`", self.view.id(node)),
            Some(Shape::Signal { event, .. }) => format!("`{kind}` at `{}`", self.view.id(*event)),
            Some(Shape::Duty(_)) => format!("`{kind}`"),
        }
    }

    /// An event with when it happened, when it was recorded if later, and what corrected it.
    pub(super) fn event(self, node: Node) -> String {
        let (at, recorded_at) = (self.view.at(node), self.view.recorded_at(node));
        let mut text = format!("{} of {}", self.named(node), self.time(at));
        if recorded_at != at {
            text += &format!(" (recorded {})", self.time(recorded_at));
        }
        if !self.view.is_derived(node) {
            let row = self.view.effective.row(node);
            if row != node {
                text += &format!(", as corrected by `{}`", self.view.log.id(row));
            }
        }
        text
    }

    pub(super) fn plain(self, value: Plain) -> String {
        match value {
            Plain::Text(text) => format!("`{}`", self.name(text)),
            Plain::Integer(number) => number.to_string(),
            Plain::Decimal(number) => number.to_string(),
            Plain::Boolean(truth) => truth.to_string(),
            Plain::Instant(instant) => self.time(instant),
        }
    }

    pub(super) fn values(self, values: Values<'_>) -> String {
        let mut words: Vec<String> = values.each().map(|value| self.plain(value)).collect();
        words.sort_unstable();
        joined(&words)
    }

    pub(super) fn entities(self, entities: &[Text]) -> String {
        let mut words: Vec<String> =
            entities.iter().map(|&entity| format!("`{}`", self.name(entity))).collect();
        words.sort_unstable();
        joined(&words)
    }

    pub(super) fn val(self, value: &Val<'_>) -> String {
        match value {
            Val::Text(text) if text.is_empty() => String::from("empty"),
            Val::Text(text) => format!("`{text}`"),
            Val::Integer(number) => number.to_string(),
            Val::Decimal(number) => number.to_string(),
            Val::Boolean(truth) => truth.to_string(),
            Val::Instant(instant) => self.time(*instant),
            Val::Texts(texts) => joined(&texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>()),
            Val::List(values) => joined(&values.iter().map(|value| self.val(value)).collect::<Vec<_>>()),
        }
    }
}

/// `a, b and c`; `nothing` of none.
pub(super) fn joined(words: &[String]) -> String {
    match words.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

/// How long something lasts, in its two largest units.
pub(super) fn lasting(ms: i64) -> String {
    let ms = ms.abs();
    let (first, second) = match ms {
        _ if ms < MINUTE_MS => return "less than a minute".to_owned(),
        _ if ms < HOUR_MS => ((ms / MINUTE_MS, "minute"), (0, "")),
        _ if ms < DAY_MS => ((ms / HOUR_MS, "hour"), (ms % HOUR_MS / MINUTE_MS, "minute")),
        _ if ms < 14 * DAY_MS => ((ms / DAY_MS, "day"), (ms % DAY_MS / HOUR_MS, "hour")),
        _ => ((ms / DAY_MS, "day"), (0, "")),
    };
    let words = |(number, unit): (i64, &str)| counted(number.unsigned_abs(), unit, &format!("{unit}s"));
    if second.0 == 0 { words(first) } else { format!("{} and {}", words(first), words(second)) }
}

/// `1st`, `2nd`, `11th`.
pub(super) fn ordinal(number: u64) -> String {
    let end = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_have_two_units() {
        let words =
            [0, 60_000, 3 * HOUR_MS, 25 * HOUR_MS, 49 * HOUR_MS + 5 * MINUTE_MS, 1_903 * DAY_MS].map(lasting);
        assert_eq!(
            words,
            [
                "less than a minute",
                "1 minute",
                "3 hours",
                "1 day and 1 hour",
                "2 days and 1 hour",
                "1,903 days"
            ]
        );
        assert_eq!(lasting(-90 * MINUTE_MS), "1 hour and 30 minutes");
    }

    #[test]
    fn numbers_have_their_endings() {
        let words = [1, 2, 3, 4, 11, 12, 21, 112].map(ordinal);
        assert_eq!(words, ["1st", "2nd", "3rd", "4th", "11th", "12th", "21st", "112th"]);
    }
}
