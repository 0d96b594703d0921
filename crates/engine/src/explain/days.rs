//! How a span is counted from one instant to another: day by day, with the reason for each that does not count.

use crate::time::{Calendar, Clock, Date, Instant, Span};

/// Lines that are shown of a long count, at each end.
const AT_EACH_END: usize = 8;
/// Days looked at for clocks that change.
const MAX_DAYS: i64 = 4_000;
const HOUR_MS: i64 = 3_600_000;

/// The days between two dates, the first one left out, forward or back.
fn days_between(from: Date, to: Date) -> Vec<Date> {
    let (from, to) = (from.epoch_days(), to.epoch_days());
    let days: Vec<i64> = if from <= to {
        (from + 1..=to).take(MAX_DAYS as usize).collect()
    } else {
        (to..from).rev().take(MAX_DAYS as usize).collect()
    };
    days.into_iter().filter_map(|day| Date::from_epoch_days(day).ok()).collect()
}

/// What the count of a span has to say of the days between two instants, and of their clocks.
pub(super) fn counting(clock: &Clock, from: Instant, to: Instant, span: Span) -> Vec<String> {
    let (first, last) = (clock.local_date(from), clock.local_date(to));
    let mut lines = match (span, clock.calendar) {
        (Span::WorkingDays(_), Some(calendar)) => working_days(calendar, &days_between(first, last)),
        (Span::Months(_), _) if first.day() != last.day() => vec![format!(
            "{} has no {}, so it is that month's last day",
            month(last),
            super::words::ordinal(u64::from(first.day()))
        )],
        _ => Vec::new(),
    };
    match span {
        Span::Days(_) | Span::Hours(_) | Span::Minutes(_) => {
            lines.extend(clock_changes(clock, from, to, span.is_elapsed()));
        }
        Span::WorkingDays(_) | Span::Months(_) => lines.extend(clock_change(clock, last, (from, to), false)),
    }
    lines
}

/// A run of days that are alike.
struct Run {
    first: Date,
    last: Date,
    sort: Sort,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// With the number of the last one.
    Working(u32),
    Weekend,
    Holiday(&'static str),
    Outside,
}

fn working_days(calendar: Calendar, days: &[Date]) -> Vec<String> {
    let (mut runs, mut number): (Vec<Run>, u32) = (Vec::new(), 0);
    for &day in days {
        let sort = match calendar.is_working_day(day) {
            Ok(true) => {
                number += 1;
                Sort::Working(number)
            }
            Ok(false) if day.is_weekend() => Sort::Weekend,
            Ok(false) => Sort::Holiday(calendar.holiday_name(day).unwrap_or("a holiday")),
            Err(_) => Sort::Outside,
        };
        match runs.last_mut() {
            Some(run) if continues(run.sort, sort) => (run.last, run.sort) = (day, sort),
            _ => runs.push(Run { first: day, last: day, sort }),
        }
    }
    shortened(&runs).into_iter().map(|line| line.into_text(&runs)).collect()
}

fn continues(before: Sort, now: Sort) -> bool {
    match (before, now) {
        (Sort::Working(_), Sort::Working(_)) => true,
        _ => before == now,
    }
}

/// A line of a count: a run, or how many days stand between two runs shown.
enum Shown {
    Run(usize),
    Between(usize, usize),
}

/// Of a long count the runs at both ends and every holiday.
fn shortened(runs: &[Run]) -> Vec<Shown> {
    let is_shown = |place: usize| {
        runs.len() <= 2 * AT_EACH_END + 1
            || place < AT_EACH_END
            || place + AT_EACH_END >= runs.len()
            || !matches!(runs[place].sort, Sort::Working(_) | Sort::Weekend)
    };
    let mut lines: Vec<Shown> = Vec::new();
    for place in 0..runs.len() {
        match lines.last_mut() {
            _ if is_shown(place) => lines.push(Shown::Run(place)),
            Some(Shown::Between(_, last)) => *last = place,
            _ => lines.push(Shown::Between(place, place)),
        }
    }
    lines
}

impl Shown {
    fn into_text(self, runs: &[Run]) -> String {
        match self {
            Self::Run(place) => runs[place].text(),
            Self::Between(first, last) => {
                let number = |run: &Run| if let Sort::Working(number) = run.sort { number } else { 0 };
                let before = runs[..first].iter().map(number).max().unwrap_or(0);
                let upto = runs[first..=last].iter().map(number).max().unwrap_or(before);
                let days = dates(runs[first].first, runs[last].last);
                format!("{days}: working days {} to {upto}, without the weekends", before + 1)
            }
        }
    }
}

impl Run {
    fn text(&self) -> String {
        let days = dates(self.first, self.last);
        match self.sort {
            Sort::Working(number) if self.first == self.last => format!("{days}: working day {number}"),
            Sort::Working(number) => {
                let length = (self.last.epoch_days() - self.first.epoch_days()).unsigned_abs() as u32;
                let word = if length == 1 { "and" } else { "to" };
                format!("{days}: working days {} {word} {number}", number - length)
            }
            Sort::Weekend => format!("{days}: weekend, not counted"),
            Sort::Holiday(name) => format!("{days}: {name}, not a working day"),
            Sort::Outside => format!("{days}: outside the calendar"),
        }
    }
}

/// `Friday 3 April 2026`, `Saturday 4 and Sunday 5 April 2026`, `Monday 6 to Friday 10 April 2026`.
fn dates(first: Date, last: Date) -> String {
    if first == last {
        return first.in_words();
    }
    let word = if (last.epoch_days() - first.epoch_days()).abs() == 1 { "and" } else { "to" };
    let (full, year) = (first.in_words(), format!(" {}", first.year()));
    let mut short = full.as_str();
    if first.year() == last.year() {
        short = short.strip_suffix(&year).unwrap_or(short);
        if first.month() == last.month() {
            short = short.rsplit_once(' ').map_or(short, |(day, _)| day);
        }
    }
    format!("{short} {word} {}", last.in_words())
}

fn month(date: Date) -> String {
    let words = date.in_words();
    words.splitn(3, ' ').nth(2).unwrap_or(&words).to_owned()
}

/// The days on which clocks change between two instants; of hours only where that moves the time on the clock.
fn clock_changes(clock: &Clock, from: Instant, to: Instant, elapsed: bool) -> Vec<String> {
    let (from, to) = (from.min(to), from.max(to));
    let (first, last) = (clock.local_date(from), clock.local_date(to));
    let mut days = vec![first];
    days.extend(days_between(first, last));
    days.into_iter().filter_map(|day| clock_change(clock, day, (from, to), elapsed)).take(6).collect()
}

fn clock_change(clock: &Clock, day: Date, (from, to): (Instant, Instant), elapsed: bool) -> Option<String> {
    let (first, last) = (clock.first_ms(day).ok()?, clock.last_ms(day).ok()?);
    let length = last.ms() - first.ms() + 1;
    let words = day.in_words();
    if length <= 0 {
        return Some(format!("{words}: no day here, the zone's clocks passed over it"));
    }
    let hours = (length as f64) / (HOUR_MS as f64);
    if length == 24 * HOUR_MS || elapsed && !changes_between(clock, first.max(from), last.min(to)) {
        return None;
    }
    let way = if length < 24 * HOUR_MS { "forward" } else { "back" };
    Some(format!("{words} has {hours} hours: clocks go {way}"))
}

fn changes_between(clock: &Clock, from: Instant, to: Instant) -> bool {
    clock.zone.offset_ms(from) != clock.zone.offset_ms(to)
}
