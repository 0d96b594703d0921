//! Spans of time as a policy writes them.

use std::fmt;

use super::TimeError;

/// A length of time with its unit, as a policy writes it: `72h`, `15wd`. Never zero when it comes from [`Span::parse`].
///
/// The unit is kept, because `24h` and `1d` end at different moments and a person reads back what they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Span {
    /// `30m`: elapsed minutes.
    Minutes(u32),
    /// `72h`: elapsed hours.
    Hours(u32),
    /// `5d`: local days.
    Days(u32),
    /// `15wd`: working days of the policy's calendar.
    WorkingDays(u32),
    /// `3mo`: calendar months.
    Months(u32),
}

impl Span {
    /// Reads a whole number of at least one, without sign or leading zeros, and a unit: `m`, `h`, `d`, `wd` or `mo`.
    ///
    /// Else it is [`TimeError::NotASpan`], [`TimeError::ZeroSpan`] or, from 2³² on, [`TimeError::SpanTooLong`].
    pub fn parse(text: &str) -> Result<Span, TimeError> {
        let refused = || TimeError::NotASpan(text.to_owned());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let of = match unit {
            "m" => Span::Minutes,
            "h" => Span::Hours,
            "d" => Span::Days,
            "wd" => Span::WorkingDays,
            "mo" => Span::Months,
            _ => return Err(refused()),
        };
        match number.as_bytes() {
            [] => Err(refused()),
            [b'0'] => Err(TimeError::ZeroSpan(text.to_owned())),
            [b'0', ..] => Err(refused()),
            _ => number.parse().map(of).map_err(|_| TimeError::SpanTooLong(text.to_owned())),
        }
    }

    /// Whether the span is of hours or minutes, which pass alike in every zone.
    pub fn is_elapsed(self) -> bool {
        matches!(self, Span::Minutes(_) | Span::Hours(_))
    }

    /// Whether the span needs a calendar.
    pub fn counts_working_days(self) -> bool {
        matches!(self, Span::WorkingDays(_))
    }

    /// The span in elapsed milliseconds, if it [is elapsed](Span::is_elapsed).
    pub fn elapsed_ms(self) -> Option<i64> {
        match self {
            Span::Minutes(minutes) => Some(i64::from(minutes) * super::instant::MS_PER_MINUTE),
            Span::Hours(hours) => Some(i64::from(hours) * super::instant::MS_PER_HOUR),
            Span::Days(_) | Span::WorkingDays(_) | Span::Months(_) => None,
        }
    }
}

impl fmt::Display for Span {
    /// Writes what [`Span::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Span::Minutes(n) => write!(f, "{n}m"),
            Span::Hours(n) => write!(f, "{n}h"),
            Span::Days(n) => write!(f, "{n}d"),
            Span::WorkingDays(n) => write!(f, "{n}wd"),
            Span::Months(n) => write!(f, "{n}mo"),
        }
    }
}

impl std::str::FromStr for Span {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Span, TimeError> {
        Span::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_reads_back_as_it_was_written() {
        for (text, span) in [
            ("30m", Span::Minutes(30)),
            ("90m", Span::Minutes(90)),
            ("72h", Span::Hours(72)),
            ("5d", Span::Days(5)),
            ("15wd", Span::WorkingDays(15)),
            ("3mo", Span::Months(3)),
            ("4294967295d", Span::Days(u32::MAX)),
        ] {
            assert_eq!(Span::parse(text), Ok(span));
            assert_eq!(span.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_span_is_refused() {
        for text in [
            "", "5", "d", "1w", "1y", "5 d", " 5d", "5D", "+5d", "-5d", "1.5h", "05d", "00d", "5dd", "1h30m",
            "５d",
        ] {
            assert_eq!(Span::parse(text), Err(TimeError::NotASpan(text.to_owned())));
        }
        assert_eq!(Span::parse("0h"), Err(TimeError::ZeroSpan("0h".to_owned())));
        assert_eq!(Span::parse("4294967296d"), Err(TimeError::SpanTooLong("4294967296d".to_owned())));
        assert_eq!(
            Span::parse("1w").unwrap_err().to_string(),
            "`1w` is not a span of time; write a whole number and a unit: `30m`, `72h`, `5d`, `15wd` (working days) or \
             `3mo`"
        );
    }

    #[test]
    fn spans_say_how_they_are_counted() {
        assert!(Span::WorkingDays(1).counts_working_days());
        assert!(!Span::Days(1).counts_working_days());
        assert!(Span::Hours(1).is_elapsed() && Span::Minutes(1).is_elapsed());
        assert!(!Span::Months(1).is_elapsed());
        assert_eq!(Span::Hours(2).elapsed_ms(), Some(7_200_000));
    }
}
