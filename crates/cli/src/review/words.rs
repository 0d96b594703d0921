//! Figures, spans and desks as people say them.

use engine::duty::{DutyRow, State, StepRow};
use engine::policy::Severity;
use engine::time::{Clock, Instant};

use super::worst::Shortfall;
use crate::words::{counted, plain};

const MS_PER_SECOND: i64 = 1_000;
const MS_PER_MINUTE: i64 = 60 * MS_PER_SECOND;
const MS_PER_HOUR: i64 = 60 * MS_PER_MINUTE;
const MS_PER_DAY: i64 = 24 * MS_PER_HOUR;

/// From this on hours are left out.
const LONG_DAYS: i64 = 14;

/// A length of time: `3 days 4 hours`.
#[must_use]
pub fn span(ms: i64) -> String {
    let (days, hours) = (ms / MS_PER_DAY, ms % MS_PER_DAY / MS_PER_HOUR);
    let (minutes, seconds) = (ms % MS_PER_HOUR / MS_PER_MINUTE, ms % MS_PER_MINUTE / MS_PER_SECOND);
    match (days, hours, minutes, seconds) {
        (0, 0, 0, 0) => String::from("under a second"),
        (0, 0, 0, _) => count(seconds, "second"),
        (0, 0, _, _) => count(minutes, "minute"),
        (0, _, _, _) => pair(count(hours, "hour"), minutes, "minute"),
        (LONG_DAYS.., _, _, _) => count(days, "day"),
        _ => pair(count(days, "day"), hours, "hour"),
    }
}

fn pair(first: String, number: i64, what: &str) -> String {
    if number == 0 { first } else { format!("{first} {}", count(number, what)) }
}

fn count(number: i64, what: &str) -> String {
    counted(number.unsigned_abs(), what)
}

/// An instant in the zone, in few columns: `9 Mar 2026 23:59`.
#[must_use]
pub fn short_local(clock: &Clock, instant: Instant) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (year, month, day) = clock.local_date(instant).ymd();
    let minutes = (instant.ms() + clock.zone.offset_ms(instant)).rem_euclid(MS_PER_DAY) / MS_PER_MINUTE;
    let month = MONTHS.get(month as usize - 1).copied().unwrap_or_default();
    format!("{day} {month} {year} {:02}:{:02}", minutes / 60, minutes % 60)
}

/// How late a duty is, or how long ago it was breached.
#[must_use]
pub fn late(shortfall: &Shortfall) -> String {
    match (shortfall.late_ms, shortfall.row.state) {
        (Some(ms), State::Breached) => format!("{} ago", span(ms)),
        (Some(ms), _) => span(ms),
        (None, State::TooEarly) => String::from("too early"),
        (None, _) => String::from("at that moment"),
    }
}

/// The word of a severity.
#[must_use]
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    }
}

/// So much of a duty's id as tells it from others.
#[must_use]
pub fn short_id(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

/// Who a duty is about: its key, and its part where it has one.
#[must_use]
pub fn about(shortfall: &Shortfall) -> String {
    let row = &shortfall.row;
    let key = plain(shortfall.of_duty.as_deref().unwrap_or(&row.key));
    if row.part.is_empty() { key } else { format!("{key} ({})", plain(&row.part)) }
}

/// At whose desk a duty is now: the highest step that its ladder has opened, else whoever owes it.
#[must_use]
pub fn desk(row: &DutyRow, clock: &Clock) -> String {
    if let (Some(closed), false) = (&row.closed_by, row.state == State::Breached) {
        return format!("closed {}", short_local(clock, closed.at));
    }
    match row.ladder.last() {
        Some(step) if step.decision.as_deref() == Some("accepted") => {
            format!("{}: accepted", plain(&step.to))
        }
        Some(step) => at_step(step),
        None => at_owner(row),
    }
}

fn at_step(step: &StepRow) -> String {
    let desk = format!("{}, step {}", plain(&step.to), step.step);
    with_holders(desk, step.holders.as_deref())
}

fn at_owner(row: &DutyRow) -> String {
    match &row.owner {
        None => String::from("nobody named"),
        Some(owner) if row.holders.as_deref() == Some(std::slice::from_ref(owner)) => plain(owner),
        // An agency has no holders.
        Some(owner) => {
            with_holders(plain(owner), row.holders.as_deref().filter(|holders| !holders.is_empty()))
        }
    }
}

fn with_holders(desk: String, holders: Option<&[String]>) -> String {
    match holders {
        None => desk,
        Some([]) => format!("{desk}: nobody found"),
        Some(holders) => {
            let holders: Vec<String> = holders.iter().map(|holder| plain(holder)).collect();
            format!("{desk}: {}", holders.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_to_two_units() {
        let said = |ms| span(ms);
        assert_eq!(said(1), "under a second");
        assert_eq!(said(MS_PER_SECOND), "1 second");
        assert_eq!(said(90 * MS_PER_SECOND), "1 minute");
        assert_eq!(said(2 * MS_PER_HOUR + MS_PER_MINUTE), "2 hours 1 minute");
        assert_eq!(said(3 * MS_PER_DAY + 4 * MS_PER_HOUR + 5), "3 days 4 hours");
        assert_eq!(said(MS_PER_DAY), "1 day");
        assert_eq!(said(4_432 * MS_PER_DAY + 7 * MS_PER_HOUR), "4,432 days");
    }
}
