//! The time rules of one version of a policy.

use super::TimeError;
use super::calendar::Calendar;
use super::date::{Date, month_name, weekday_name};
use super::instant::{Instant, MS_PER_DAY, leading_datetime};
use super::span::Span;
use super::zone::Zone;

/// The zone whose days count and the calendar whose working days count, in one version of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Whose local days count.
    pub zone: Zone,
    /// Whose working days count. Without one, a span in working days is [`TimeError::NoCalendar`].
    pub calendar: Option<Calendar>,
}

impl Clock {
    /// The clock of a zone and perhaps a calendar.
    pub fn new(zone: Zone, calendar: Option<Calendar>) -> Clock {
        Clock { zone, calendar }
    }

    /// When something is due that has `span` from `from` on.
    ///
    /// Hours and minutes elapse. `5d` is the last millisecond of the fifth local day after `from`'s, `15wd` that of the
    /// fifteenth working day strictly after it, `3mo` that of the same day of the month three months on, or of that
    /// month's last day. A date that the zone skipped is no local day.
    ///
    /// Fails with [`TimeError::NoCalendar`], [`TimeError::OutsideCalendar`] or [`TimeError::OutOfRange`].
    pub fn due(&self, from: Instant, span: Span) -> Result<Instant, TimeError> {
        match span.elapsed_ms() {
            Some(ms) => Instant::from_ms(from.ms() + ms),
            None => self.last_ms(self.day_after(from, span)?),
        }
    }

    /// Before when an answer comes too early: like [`Clock::due`], but at the first millisecond of the day.
    pub fn no_sooner(&self, from: Instant, span: Span) -> Result<Instant, TimeError> {
        match span.elapsed_ms() {
            Some(ms) => Instant::from_ms(from.ms() + ms),
            None => self.first_ms(self.day_after(from, span)?),
        }
    }

    /// When something is due that must be done `span` before `from`, as `due_before` says.
    ///
    /// Hours and minutes elapse. Days and working days are counted back to the last millisecond of the nth strictly
    /// before `from`'s local day; months to that of the same day of the month, or of that month's last day. Fails as
    /// [`Clock::due`] does.
    pub fn before(&self, from: Instant, span: Span) -> Result<Instant, TimeError> {
        match span.elapsed_ms() {
            Some(ms) => Instant::from_ms(from.ms() - ms),
            None => self.last_ms(self.day_before(from, span)?),
        }
    }

    /// The first instant inside the window or look-back of `span` that ends with `end`; never after `end`.
    ///
    /// `72h` reaches over the 72 hours up to and with `end`, without the instant 72 hours before it. `5d` is the five
    /// local days that end with `end`'s, `3mo` the local days after the same day of the month three months back. A
    /// window that would begin before [`Instant::MIN`] begins there. A policy cannot give a window in working days;
    /// here they are taken for local days.
    pub fn window_start(&self, end: Instant, span: Span) -> Instant {
        if let Some(ms) = span.elapsed_ms() {
            return Instant::saturating(end.ms() - ms + 1).min(end);
        }
        let today = self.local_date(end);
        let first = match span {
            Span::Months(n) => today.add_months(-i64::from(n)).and_then(|date| date.add_days(1)),
            Span::Minutes(n) | Span::Hours(n) | Span::Days(n) | Span::WorkingDays(n) => {
                self.zone.day_before(today, n.saturating_sub(1))
            }
        };
        first.map_or(Instant::MIN, |date| Instant::saturating(self.zone.first_ms(date)))
    }

    /// The civil date in the zone then.
    #[inline]
    pub fn local_date(&self, instant: Instant) -> Date {
        self.zone.local_date(instant)
    }

    /// The first millisecond of this local day, or of the next if the zone skipped it. Fails with
    /// [`TimeError::OutOfRange`].
    #[inline]
    pub fn first_ms(&self, date: Date) -> Result<Instant, TimeError> {
        Instant::from_ms(self.zone.first_ms(date))
    }

    /// The last millisecond of this local day, or of the one before if the zone skipped it. Fails with
    /// [`TimeError::OutOfRange`].
    #[inline]
    pub fn last_ms(&self, date: Date) -> Result<Instant, TimeError> {
        Instant::from_ms(self.zone.last_ms(date))
    }

    /// Reads an instant that may be written without an offset and is then local to the zone: `2026-03-06T19:00`, with
    /// seconds and a fraction or not. An offset counts where there is one.
    ///
    /// Fails as [`Instant::parse`] does, and with [`TimeError::Gap`] or [`TimeError::Fold`] for a local time that the
    /// zone's clocks passed over or showed twice.
    pub fn parse_local(&self, text: &str) -> Result<Instant, TimeError> {
        let Some((local_ms, [])) = leading_datetime(text.as_bytes()) else { return Instant::parse(text) };
        let (text, zone) = (text.to_owned(), self.zone.name().to_owned());
        match self.zone.instants_at(local_ms)[..] {
            [] => Err(TimeError::Gap { text, zone }),
            [ms] => Instant::from_ms(ms),
            _ => Err(TimeError::Fold { text, zone }),
        }
    }

    /// The instant in the zone, for people, to the minute: `Mon 9 March 2026 23:59`.
    pub fn display_local(&self, instant: Instant) -> String {
        let date = self.local_date(instant);
        let (year, month, day) = date.ymd();
        let minutes = (instant.ms() + self.zone.offset_ms(instant)).rem_euclid(MS_PER_DAY) / 60_000;
        let weekday = &weekday_name(date.weekday())[..3];
        format!("{weekday} {day} {} {year} {:02}:{:02}", month_name(month), minutes / 60, minutes % 60)
    }

    /// The local day that a span in days of whatever kind leads to.
    fn day_after(&self, from: Instant, span: Span) -> Result<Date, TimeError> {
        let today = self.local_date(from);
        match span {
            Span::WorkingDays(n) => Ok(self.calendar_for(span)?.working_day_after(today, n)?),
            Span::Months(n) => today.add_months(i64::from(n)),
            Span::Minutes(n) | Span::Hours(n) | Span::Days(n) => self.zone.day_after(today, n),
        }
    }

    /// The local day that a span in days of whatever kind leads back to.
    fn day_before(&self, from: Instant, span: Span) -> Result<Date, TimeError> {
        let today = self.local_date(from);
        match span {
            Span::WorkingDays(n) => Ok(self.calendar_for(span)?.working_day_before(today, n)?),
            Span::Months(n) => today.add_months(-i64::from(n)),
            Span::Minutes(n) | Span::Hours(n) | Span::Days(n) => self.zone.day_before(today, n),
        }
    }

    fn calendar_for(&self, span: Span) -> Result<Calendar, TimeError> {
        self.calendar.ok_or(TimeError::NoCalendar(span))
    }
}
