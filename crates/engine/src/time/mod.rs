//! Instants, spans, local days, working days, and the clock that turns one into another.
//!
//! Everything here is a pure function of its arguments and of two bodies of data that are built in: the IANA time zone
//! database that `jiff` bundles (never the machine's own) and the bank holidays of [`Calendar`]. Nothing reads a clock.

mod calendar;
mod clock;
mod date;
mod holidays;
mod instant;
mod span;
mod zone;

pub use calendar::{Calendar, OutsideCalendar};
pub use clock::Clock;
pub use date::Date;
pub use instant::Instant;
pub use jiff::civil::Weekday;
pub use span::Span;
pub use zone::{Zone, tzdb_version};

/// Why a time could not be read or worked out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// The text is no date and time.
    #[error(
        "`{0}` is not an instant; write one such as `2026-03-06T19:00:00Z` or `2026-03-06T19:00:00+01:00`"
    )]
    NotAnInstant(String),
    /// The text is a local date and time where an offset is required.
    #[error("`{0}` has no offset from UTC; add `Z`, or one such as `+01:00`")]
    NoOffset(String),
    /// The text is a date where a moment is asked for.
    #[error("`{0}` is a whole day; write a moment of it, such as `{0}T00:00`")]
    WholeDay(String),
    /// The local time was skipped when the zone's clocks went forward.
    #[error(
        "`{text}` does not exist in {zone}, whose clocks went forward over it; write it with an offset such as `+01:00`"
    )]
    Gap {
        /// What was written.
        text: String,
        /// The zone's IANA name.
        zone: String,
    },
    /// The local time came twice, because the zone's clocks went back.
    #[error(
        "`{text}` happened twice in {zone}, whose clocks went back over it; write it with an offset such as `+01:00`"
    )]
    Fold {
        /// What was written.
        text: String,
        /// The zone's IANA name.
        zone: String,
    },
    /// The result lies outside the years 0000 to 9999.
    #[error("the time lies outside the years 0000 to 9999")]
    OutOfRange,
    /// The text is no date.
    #[error("`{0}` is not a date; write one such as `2026-03-06`")]
    NotADate(String),
    /// The text is no span.
    #[error(
        "`{0}` is not a span of time; write a whole number and a unit: `30m`, `72h`, `5d`, `15wd` (working days) or `3mo`"
    )]
    NotASpan(String),
    /// The span is of no length.
    #[error("`{0}` is no time at all; write a span of at least one")]
    ZeroSpan(String),
    /// The number of the span does not fit.
    #[error("`{0}` is too long; write a span of at most {max}", max = u32::MAX)]
    SpanTooLong(String),
    /// No such zone in the bundled database.
    #[error("`{0}` is not a time zone; write an IANA name such as `Europe/London`")]
    UnknownZone(String),
    /// No such calendar.
    #[error(
        "`{0}` is not a calendar; write `england-and-wales`, `scotland`, `northern-ireland` or `weekdays`"
    )]
    UnknownCalendar(String),
    /// Working days were to be counted, and the policy names no calendar.
    #[error(
        "`{0}` counts working days, and the policy has no calendar; add one, such as `calendar = \"weekdays\"`"
    )]
    NoCalendar(Span),
    /// Working days were to be counted beyond what the calendar knows.
    #[error(transparent)]
    OutsideCalendar(#[from] OutsideCalendar),
}
