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
            return Instant::saturating(end.ms() - ms.max(1) + 1);
        }
        let today = self.local_date(end);
        let first = match span {
            Span::Months(n) => today.add_months(-i64::from(n)).and_then(|date| date.add_days(1)),
            Span::Minutes(n) | Span::Hours(n) | Span::Days(n) | Span::WorkingDays(n) => {
                self.zone.day_before(today, n.saturating_sub(1))
            }
        };
        first.map_or(Instant::MIN, |date| Instant::saturating(self.zone.first_ms(date)).min(end))
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
    /// Fails as [`Instant::parse`] does, with [`TimeError::WholeDay`] for a date alone, and with [`TimeError::Gap`] or [`TimeError::Fold`] for a local time that the
    /// zone's clocks passed over or showed twice.
    pub fn parse_local(&self, text: &str) -> Result<Instant, TimeError> {
        if Date::parse(text).is_ok() {
            return Err(TimeError::WholeDay(text.to_owned()));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::OutsideCalendar;

    fn london() -> Clock {
        Clock::new(Zone::new("Europe/London").unwrap(), Some(Calendar::EnglandAndWales))
    }

    fn rome() -> Clock {
        Clock::new(Zone::new("Europe/Rome").unwrap(), None)
    }

    fn in_zone(name: &str) -> Clock {
        Clock::new(Zone::new(name).unwrap(), Some(Calendar::Weekdays))
    }

    fn utc(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    /// The due of a span from a local time, in UTC.
    fn due(clock: &Clock, from: &str, span: &str) -> String {
        clock.due(clock.parse_local(from).unwrap(), Span::parse(span).unwrap()).unwrap().to_string()
    }

    fn no_sooner(clock: &Clock, from: &str, span: &str) -> String {
        clock.no_sooner(clock.parse_local(from).unwrap(), Span::parse(span).unwrap()).unwrap().to_string()
    }

    fn before(clock: &Clock, from: &str, span: &str) -> String {
        clock.before(clock.parse_local(from).unwrap(), Span::parse(span).unwrap()).unwrap().to_string()
    }

    fn window(clock: &Clock, end: &str, span: &str) -> String {
        clock.window_start(clock.parse_local(end).unwrap(), Span::parse(span).unwrap()).to_string()
    }

    #[test]
    fn hours_and_minutes_elapse() {
        assert_eq!(due(&london(), "2026-03-06T19:00", "72h"), "2026-03-09T19:00:00.000Z");
        assert_eq!(due(&london(), "2026-03-06T19:00", "30m"), "2026-03-06T19:30:00.000Z");
        // Clocks go forward at 01:00 UTC on 29 March 2026: 24 hours later is 13:00 on the clock.
        assert_eq!(due(&london(), "2026-03-28T12:00", "24h"), "2026-03-29T12:00:00.000Z");
        assert_eq!(london().display_local(utc("2026-03-29T12:00:00Z")), "Sun 29 March 2026 13:00");
    }

    #[test]
    fn days_are_local_and_end_with_their_last_millisecond() {
        assert_eq!(due(&london(), "2026-03-06T00:00", "5d"), "2026-03-11T23:59:59.999Z");
        assert_eq!(due(&london(), "2026-03-06T23:59:59.999", "5d"), "2026-03-11T23:59:59.999Z");
        assert_eq!(
            due(&london(), "2026-06-30T23:30:00Z", "1d"),
            "2026-07-02T22:59:59.999Z",
            "it is July in London"
        );
        assert_eq!(due(&rome(), "2026-03-06T00:00", "5d"), "2026-03-11T22:59:59.999Z");
    }

    #[test]
    fn days_have_23_24_or_25_hours() {
        for (clock, short_ends, long_ends) in [
            (london(), "2026-03-29T22:59:59.999Z", "2026-10-25T23:59:59.999Z"),
            (rome(), "2026-03-29T21:59:59.999Z", "2026-10-25T22:59:59.999Z"),
        ] {
            assert_eq!(due(&clock, "2026-03-28T12:00", "1d"), short_ends);
            assert_eq!(due(&clock, "2026-10-24T12:00", "1d"), long_ends);
            let hours = |day: &str| {
                let day = Date::parse(day).unwrap();
                (clock.last_ms(day).unwrap().ms() - clock.first_ms(day).unwrap().ms() + 1) / 3_600_000
            };
            assert_eq!([hours("2026-03-29"), hours("2026-07-01"), hours("2026-10-25")], [23, 24, 25]);
        }
    }

    #[test]
    fn a_day_whose_midnight_does_not_exist_begins_when_the_clocks_have_gone_forward() {
        let clock = in_zone("America/Sao_Paulo");
        let day = Date::parse("2018-11-04").unwrap();
        assert_eq!(clock.first_ms(day).unwrap().to_string(), "2018-11-04T03:00:00.000Z");
        assert_eq!(clock.display_local(clock.first_ms(day).unwrap()), "Sun 4 November 2018 01:00");
        let day = Date::parse("2018-02-17").unwrap();
        assert_eq!(
            clock.last_ms(day).unwrap().to_string(),
            "2018-02-18T02:59:59.999Z",
            "23:00 to 24:00 came twice"
        );
    }

    #[test]
    fn a_date_that_the_zone_skipped_is_no_day() {
        let clock = in_zone("Pacific/Apia");
        assert_eq!(due(&clock, "2011-12-29T12:00", "1d"), "2011-12-31T09:59:59.999Z", "the end of the 31st");
        assert_eq!(due(&clock, "2011-12-29T12:00", "2d"), "2012-01-01T09:59:59.999Z");
        assert_eq!(
            before(&clock, "2011-12-31T12:00", "1d"),
            "2011-12-30T09:59:59.999Z",
            "the end of the 29th"
        );
        assert_eq!(
            window(&clock, "2011-12-31T12:00", "2d"),
            "2011-12-29T10:00:00.000Z",
            "the 29th and the 31st"
        );
        let skipped = Date::parse("2011-12-30").unwrap();
        assert_eq!(clock.first_ms(skipped).unwrap().to_string(), "2011-12-30T10:00:00.000Z");
        assert_eq!(clock.last_ms(skipped).unwrap().to_string(), "2011-12-30T09:59:59.999Z");
    }

    #[test]
    fn working_days_are_counted_strictly_after_the_local_day() {
        for from in ["2026-03-06T09:00", "2026-03-07T09:00", "2026-03-08T23:59:59.999"] {
            assert_eq!(
                due(&london(), from, "1wd"),
                "2026-03-09T23:59:59.999Z",
                "Friday to Sunday, to Monday"
            );
        }
        assert_eq!(due(&london(), "2026-03-09T00:00", "1wd"), "2026-03-10T23:59:59.999Z");
        assert_eq!(due(&london(), "2026-03-02T12:00", "15wd"), "2026-03-23T23:59:59.999Z");
    }

    #[test]
    fn bank_holidays_are_not_worked() {
        assert_eq!(due(&london(), "2026-04-02T12:00", "1wd"), "2026-04-07T22:59:59.999Z", "over Easter");
        assert_eq!(
            due(&london(), "2021-12-24T12:00", "1wd"),
            "2021-12-29T23:59:59.999Z",
            "25 and 26 on a weekend"
        );
        assert_eq!(due(&london(), "2021-12-24T12:00", "4wd"), "2022-01-04T23:59:59.999Z");
        assert_eq!(due(&in_zone("Europe/London"), "2026-04-02T12:00", "1wd"), "2026-04-03T22:59:59.999Z");
        let scotland = Clock { calendar: Some(Calendar::Scotland), ..london() };
        assert_eq!(
            due(&scotland, "2026-04-02T12:00", "1wd"),
            "2026-04-06T22:59:59.999Z",
            "Easter Monday is worked"
        );
        assert_eq!(due(&scotland, "2021-12-31T12:00", "1wd"), "2022-01-05T23:59:59.999Z");
    }

    #[test]
    fn working_days_outside_the_calendar_are_an_error_that_names_it() {
        let due = |from: &str, span: &str| {
            let clock = london();
            clock.due(clock.parse_local(from).unwrap(), Span::parse(span).unwrap())
        };
        let outside = |date: &str| {
            Err(OutsideCalendar { calendar: "england-and-wales", date: Date::parse(date).unwrap() }.into())
        };
        assert_eq!(due("2035-12-28T12:00", "1wd"), Ok(utc("2035-12-31T23:59:59.999Z")));
        assert_eq!(due("2035-12-28T12:00", "2wd"), outside("2036-01-01"));
        assert_eq!(due("1989-12-31T12:00", "1wd"), outside("1989-12-31"));
        assert_eq!(due("1990-01-01T00:00", "1wd"), Ok(utc("1990-01-02T23:59:59.999Z")));
        assert_eq!(due("1989-12-31T12:00", "1d"), Ok(utc("1990-01-01T23:59:59.999Z")));
        assert_eq!(
            due("2036-01-02T12:00", "1wd").unwrap_err().to_string(),
            "2036-01-02 lies outside the calendar `england-and-wales`, which knows 1990-01-01 to 2035-12-31; working \
             days are not counted there"
        );
    }

    #[test]
    fn working_days_without_a_calendar_are_an_error() {
        let refused = rome().due(utc("2026-03-06T12:00:00Z"), Span::WorkingDays(3));
        assert_eq!(refused, Err(TimeError::NoCalendar(Span::WorkingDays(3))));
    }

    #[test]
    fn months_keep_the_day_of_the_month_or_take_the_last() {
        assert_eq!(due(&london(), "2026-01-15T12:00", "3mo"), "2026-04-15T22:59:59.999Z");
        assert_eq!(due(&london(), "2026-11-30T12:00", "3mo"), "2027-02-28T23:59:59.999Z");
        assert_eq!(due(&london(), "2027-11-30T12:00", "3mo"), "2028-02-29T23:59:59.999Z");
        assert_eq!(due(&london(), "2028-02-29T12:00", "12mo"), "2029-02-28T23:59:59.999Z");
        assert_eq!(due(&london(), "2028-02-29T12:00", "48mo"), "2032-02-29T23:59:59.999Z");
        assert_eq!(
            due(&london(), "2026-02-28T12:00", "1mo"),
            "2026-03-28T23:59:59.999Z",
            "not the last of March"
        );
    }

    #[test]
    fn no_sooner_than_is_the_first_millisecond_of_the_day() {
        assert_eq!(no_sooner(&london(), "2026-03-27T12:00", "2h"), "2026-03-27T14:00:00.000Z");
        assert_eq!(no_sooner(&london(), "2026-03-27T12:00", "2d"), "2026-03-29T00:00:00.000Z");
        assert_eq!(
            no_sooner(&london(), "2026-03-27T12:00", "3d"),
            "2026-03-29T23:00:00.000Z",
            "in summer time"
        );
        assert_eq!(no_sooner(&london(), "2026-04-02T12:00", "1wd"), "2026-04-06T23:00:00.000Z");
        assert_eq!(no_sooner(&london(), "2026-01-31T12:00", "1mo"), "2026-02-28T00:00:00.000Z");
    }

    #[test]
    fn due_before_counts_back_to_the_last_millisecond_of_the_day() {
        assert_eq!(before(&london(), "2026-03-09T12:00", "2h"), "2026-03-09T10:00:00.000Z");
        assert_eq!(before(&london(), "2026-03-09T12:00", "1d"), "2026-03-08T23:59:59.999Z");
        for from in ["2026-03-07T12:00", "2026-03-08T12:00", "2026-03-09T12:00"] {
            assert_eq!(before(&london(), from, "1wd"), "2026-03-06T23:59:59.999Z");
        }
        assert_eq!(before(&london(), "2026-04-07T12:00", "1wd"), "2026-04-02T22:59:59.999Z", "over Easter");
    }

    #[test]
    fn windows_are_open_at_their_beginning() {
        assert_eq!(window(&london(), "2026-03-09T12:00", "72h"), "2026-03-06T12:00:00.001Z");
        assert_eq!(window(&london(), "2026-03-09T12:00", "1d"), "2026-03-09T00:00:00.000Z");
        assert_eq!(window(&london(), "2026-03-09T12:00", "90d"), "2025-12-10T00:00:00.000Z");
        assert_eq!(window(&london(), "2026-06-15T12:00", "3mo"), "2026-03-16T00:00:00.000Z");
        assert_eq!(window(&london(), "2026-03-31T12:00", "1mo"), "2026-03-01T00:00:00.000Z");
    }

    #[test]
    fn what_lies_outside_ten_thousand_years_is_out_of_range() {
        let spans = ["4294967295h", "4294967295d", "4294967295mo"].map(|text| Span::parse(text).unwrap());
        for span in spans {
            let clock = london();
            assert_eq!(clock.due(utc("2026-03-06T12:00:00Z"), span), Err(TimeError::OutOfRange));
            assert_eq!(clock.no_sooner(utc("2026-03-06T12:00:00Z"), span), Err(TimeError::OutOfRange));
            assert_eq!(clock.before(utc("2026-03-06T12:00:00Z"), span), Err(TimeError::OutOfRange));
            assert_eq!(clock.window_start(utc("2026-03-06T12:00:00Z"), span), Instant::MIN);
        }
        assert_eq!(
            in_zone("America/New_York").due(Instant::MAX, Span::Minutes(1)),
            Err(TimeError::OutOfRange)
        );
        let last = Date::parse("9999-12-31").unwrap();
        assert_eq!(in_zone("UTC").last_ms(last), Ok(Instant::MAX));
        assert_eq!(in_zone("America/New_York").last_ms(last), Err(TimeError::OutOfRange));
    }

    #[test]
    fn an_instant_without_an_offset_is_local() {
        let read = |text: &str| london().parse_local(text).map(|instant| instant.to_string());
        assert_eq!(read("2026-03-06T19:00").unwrap(), "2026-03-06T19:00:00.000Z");
        assert_eq!(read("2026-07-06T19:00:01.5").unwrap(), "2026-07-06T18:00:01.500Z");
        assert_eq!(read("2026-07-06T19:00+02:00").unwrap(), "2026-07-06T17:00:00.000Z", "an offset counts");
        assert_eq!(read("2026-10-25T01:30Z").unwrap(), "2026-10-25T01:30:00.000Z");
        assert_eq!(read("2026-07-06"), Err(TimeError::WholeDay("2026-07-06".to_owned())));
    }

    #[test]
    fn a_local_time_in_a_gap_or_a_fold_is_an_error() {
        let read = |text: &str| london().parse_local(text).map_err(|error| error.to_string());
        assert_eq!(
            read("2026-03-29T01:30").unwrap_err(),
            "`2026-03-29T01:30` does not exist in Europe/London, whose clocks went forward over it; write it with an \
             offset such as `+01:00`"
        );
        assert_eq!(
            read("2026-10-25T01:30").unwrap_err(),
            "`2026-10-25T01:30` happened twice in Europe/London, whose clocks went back over it; write it with an \
             offset such as `+01:00`"
        );
        assert_eq!(read("2026-03-29T02:00").unwrap(), utc("2026-03-29T01:00:00Z"));
        assert_eq!(read("2026-10-25T02:00").unwrap(), utc("2026-10-25T02:00:00Z"));
    }

    #[test]
    fn people_read_instants_in_the_zone() {
        assert_eq!(london().display_local(utc("2026-03-09T23:59:59.999Z")), "Mon 9 March 2026 23:59");
        assert_eq!(london().display_local(utc("2026-07-01T22:59:59.999Z")), "Wed 1 July 2026 23:59");
    }
}
