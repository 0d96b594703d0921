//! Instants as people say them, in the zone of the policy.

use std::fmt;

use engine::policy::Policy;
use engine::time::{Clock, Date, Instant, Zone};
use fluent_bundle::FluentValue;

use super::texts::{said, text};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
const YEAR_MS: i64 = 365 * DAY_MS + DAY_MS / 4;

/// A month of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// The month of `2013-12`, of years that the calendar has.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
        let is_month = (1990..2100).contains(&year) && (1..=12).contains(&month);
        is_month.then_some(Self { year, month })
    }

    /// So many months later.
    pub(crate) fn plus(self, months: i32) -> Self {
        let months = self.year * 12 + self.month as i32 - 1 + months;
        Self { year: months.div_euclid(12), month: months.rem_euclid(12) as u32 + 1 }
    }

    /// `December 2013`.
    pub(crate) fn in_words(self) -> String {
        let first = Date::new(self.year, self.month, 1).map(Date::in_words).unwrap_or_default();
        first.split(' ').skip(2).collect::<Vec<_>>().join(" ")
    }
}

impl fmt::Display for Month {
    /// Writes `2013-12`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The local time of a policy, at a moment.
pub(crate) struct When {
    clock: Clock,
    zone: Zone,
    pub(crate) now: Instant,
}

impl When {
    pub(crate) fn new(policy: &Policy, now: Instant) -> Self {
        let zone = policy.zone.clone();
        Self { clock: Clock::new(zone.clone(), policy.calendar), zone, now }
    }

    /// `Monday 30 November 2026, 9:05am`.
    pub(crate) fn full(&self, instant: Instant) -> String {
        format!("{}, {}", self.clock.local_date(instant).in_words(), self.time(instant))
    }

    /// `Monday 30 November 2026`.
    pub(crate) fn day(&self, instant: Instant) -> String {
        self.clock.local_date(instant).in_words()
    }

    /// `today, 9:05am`, or the full date.
    pub(crate) fn near(&self, instant: Instant) -> String {
        let days = self.clock.local_date(instant).epoch_days() - self.today().epoch_days();
        let time = self.time(instant);
        match days {
            -1 => said("when-yesterday", &[("time", time.into())]),
            0 => said("when-today", &[("time", time.into())]),
            1 => said("when-tomorrow", &[("time", time.into())]),
            _ => self.full(instant),
        }
    }

    /// How far it is from now: `in 3 hours`, `2 days ago`.
    pub(crate) fn away(&self, instant: Instant) -> String {
        let ms = instant.ms() - self.now.ms();
        let (unit, number) = match ms.abs() {
            ms if ms < MINUTE_MS => return text("when-now"),
            ms if ms < HOUR_MS => ("minutes", ms / MINUTE_MS),
            ms if ms < 2 * DAY_MS => ("hours", ms / HOUR_MS),
            ms if ms < 2 * YEAR_MS => ("days", ms / DAY_MS),
            ms => ("years", ms / YEAR_MS),
        };
        let key = format!("when-{}-{unit}", if ms < 0 { "ago" } else { "in" });
        said(&key, &[("number", FluentValue::from(number))])
    }

    /// `30/11/2026`, as people write it into a form.
    pub(crate) fn date(&self, instant: Instant) -> String {
        let (year, month, day) = self.clock.local_date(instant).ymd();
        format!("{day}/{month}/{year}")
    }

    /// The date that somebody wrote into a form.
    pub(crate) fn read_date(text: &str) -> Option<Date> {
        let mut parts = text.split(['/', '-', '.', ' ']).filter(|part| !part.is_empty());
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let year: i32 = year.parse().ok().filter(|year| (1900..2200).contains(year))?;
        let is_whole = parts.next().is_none();
        Date::new(year, month.parse().ok()?, day.parse().ok()?).filter(|_| is_whole)
    }

    /// The last moment of a day.
    pub(crate) fn end_of(&self, date: Date) -> Option<Instant> {
        self.clock.last_ms(date).ok()
    }

    /// A date and a time of day, `9:05`, that somebody wrote into a form.
    pub(crate) fn read(&self, date: &str, time: &str) -> Option<Instant> {
        let (year, month, day) = Self::read_date(date)?.ymd();
        let (hour, minute) = time.split_once([':', '.'])?;
        let (hour, minute): (u32, u32) = (hour.trim().parse().ok()?, minute.trim().parse().ok()?);
        self.clock.parse_local(&format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:00")).ok()
    }

    /// `9:05`, as people write it into a form.
    pub(crate) fn time_of_day(&self, instant: Instant) -> String {
        let (hour, minute) = self.hour_and_minute(instant);
        format!("{hour}:{minute:02}")
    }

    /// The month that an instant is in.
    pub(crate) fn month(&self, instant: Instant) -> Month {
        let (year, month, _) = self.clock.local_date(instant).ymd();
        Month { year, month }
    }

    /// The first and the last moment of a month.
    pub(crate) fn ends_of(&self, month: Month) -> Option<(Instant, Instant)> {
        let first =
            |Month { year, month }| self.clock.parse_local(&format!("{year:04}-{month:02}-01T00:00:00")).ok();
        Some((first(month)?, Instant::saturating(first(month.plus(1))?.ms() - 1)))
    }

    fn today(&self) -> Date {
        self.clock.local_date(self.now)
    }

    fn time(&self, instant: Instant) -> String {
        let (hour, minute) = self.hour_and_minute(instant);
        let half = if hour < 12 { "am" } else { "pm" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        if minute == 0 { format!("{hour}{half}") } else { format!("{hour}:{minute:02}{half}") }
    }

    fn hour_and_minute(&self, instant: Instant) -> (i64, i64) {
        let minutes = (instant.ms() + self.zone.offset_ms(instant)).rem_euclid(DAY_MS) / MINUTE_MS;
        (minutes / 60, minutes % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(now: &str) -> When {
        let file = engine::policy::SourceFile {
            name: "p.toml".into(),
            text: "[policy]\nname = \"p\"\nversion = \"1\"\nzone = \"Europe/London\"\nopen = true\n".into(),
        };
        When::new(&engine::policy::read(vec![file]).unwrap(), Instant::parse(now).unwrap())
    }

    #[test]
    fn moments_are_said_as_people_say_them() {
        let when = when("2026-06-01T08:00:00Z");
        let said = |text: &str| {
            let at = Instant::parse(text).unwrap();
            (when.near(at), when.away(at))
        };
        let pair = |near: &str, away: &str| (near.to_owned(), away.to_owned());
        assert_eq!(said("2026-06-01T08:00:20Z"), pair("today, 9am", "now"));
        assert_eq!(said("2026-06-01T22:59:59Z"), pair("today, 11:59pm", "in 14 hours"));
        assert_eq!(said("2026-06-01T23:00:00Z"), pair("tomorrow, 12am", "in 15 hours"));
        assert_eq!(said("2026-05-31T11:30:00Z"), pair("yesterday, 12:30pm", "20 hours ago"));
        assert_eq!(said("2026-01-01T11:05:00Z"), pair("Thursday 1 January 2026, 11:05am", "150 days ago"));
        assert_eq!(said("2026-06-01T07:59:00Z"), pair("today, 8:59am", "1 minute ago"));
        assert_eq!(said("2009-05-01T08:00:00Z"), pair("Friday 1 May 2009, 9am", "17 years ago"));
    }

    #[test]
    fn months_follow_one_another() {
        let december = Month::parse("2013-12").unwrap();
        assert_eq!(
            (december.plus(1).to_string(), december.plus(-12).to_string()),
            ("2014-01".into(), "2012-12".into())
        );
        assert_eq!(december.in_words(), "December 2013");
        let (first, last) = when("2026-06-01T08:00:00Z").ends_of(Month::parse("2026-03").unwrap()).unwrap();
        assert_eq!(
            (first.to_string().as_str(), last.to_string().as_str()),
            ("2026-03-01T00:00:00.000Z", "2026-03-31T22:59:59.999Z")
        );
        for wrong in ["2013", "2013-13", "13-12", "2013-0", "9999-01", "x-y"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let when = when("2026-06-01T08:00:00Z");
        let at = when.read("1/6/2026", "9:05").unwrap();
        assert_eq!((when.date(at).as_str(), when.time_of_day(at).as_str()), ("1/6/2026", "9:05"));
        for (date, time) in [
            ("31/6/2026", "9:05"),
            ("1/6/26", "9:05"),
            ("1/6/2026", "25:00"),
            ("1/6/2026", ""),
            ("", "9:05"),
            ("1/6/2026/1", "9:05"),
        ] {
            assert_eq!(when.read(date, time), None, "{date} {time}");
        }
    }
}
