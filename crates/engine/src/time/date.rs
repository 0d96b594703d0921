//! Civil dates, without a zone.

use std::fmt;

use jiff::civil::Weekday;

use super::TimeError;

/// Days in 400 Gregorian years, after which dates and weekdays repeat.
const DAYS_PER_ERA: i64 = 146_097;

/// A day of the Gregorian calendar in some zone: a date without a time.
///
/// Its range is a day wider at both ends than the years 0000 to 9999, so that every [`Instant`](super::Instant) has a
/// local date in every zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

impl Date {
    /// The day before 0000-01-01.
    pub const MIN: Date = Date(-719_529);
    /// The day after 9999-12-31.
    pub const MAX: Date = Date(2_932_897);

    /// The date with this year, month (1 to 12) and day of the month, or none if there is no such day in the years
    /// 0000 to 9999.
    pub fn new(year: i32, month: u32, day: u32) -> Option<Date> {
        let exists = (0..=9999).contains(&year)
            && (1..=12).contains(&month)
            && day >= 1
            && day <= days_in_month(year, month);
        exists.then(|| Date::of(year, month, day))
    }

    /// Like [`Date::new`], for a date that is known to exist.
    pub(super) const fn of(year: i32, month: u32, day: u32) -> Date {
        Date(days_from_civil(year, month, day) as i32)
    }

    /// Like [`Date::from_epoch_days`], for a date that is known to be in range.
    pub(super) const fn of_epoch_days(days: i64) -> Date {
        Date(days as i32)
    }

    /// Reads `2014-01-01`. Anything else is [`TimeError::NotADate`].
    pub fn parse(text: &str) -> Result<Date, TimeError> {
        leading_date(text.as_bytes())
            .filter(|_| text.len() == 10)
            .ok_or_else(|| TimeError::NotADate(text.to_owned()))
    }

    /// The date so many days after 1970-01-01, or [`TimeError::OutOfRange`].
    pub fn from_epoch_days(days: i64) -> Result<Date, TimeError> {
        i32::try_from(days)
            .ok()
            .map(Date)
            .filter(|date| (Date::MIN..=Date::MAX).contains(date))
            .ok_or(TimeError::OutOfRange)
    }

    /// Days since 1970-01-01; negative before it.
    pub fn epoch_days(self) -> i64 {
        i64::from(self.0)
    }

    /// The year, the month (1 to 12) and the day of the month.
    pub fn ymd(self) -> (i32, u32, u32) {
        civil_from_days(self.epoch_days())
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.ymd().0
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u32 {
        self.ymd().1
    }

    /// The day of the month, 1 to 31.
    pub fn day(self) -> u32 {
        self.ymd().2
    }

    /// The day of the week.
    pub fn weekday(self) -> Weekday {
        match (self.0 + 3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// Whether the day is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        (self.0 + 3).rem_euclid(7) >= 5
    }

    /// The date so many days later (earlier, if negative), or [`TimeError::OutOfRange`].
    pub fn add_days(self, days: i64) -> Result<Date, TimeError> {
        Date::from_epoch_days(self.epoch_days().saturating_add(days))
    }

    /// The same day of the month so many months later (earlier, if negative), or that month's last day where it is
    /// shorter; [`TimeError::OutOfRange`] outside the years 0000 to 9999.
    pub fn add_months(self, months: i64) -> Result<Date, TimeError> {
        let (year, month, day) = self.ymd();
        let index = (i64::from(year) * 12 + i64::from(month) - 1).saturating_add(months);
        let year = i32::try_from(index.div_euclid(12)).map_err(|_| TimeError::OutOfRange)?;
        let month = index.rem_euclid(12) as u32 + 1;
        let day = day.min(days_in_month(year, month));
        Date::new(year, month, day).ok_or(TimeError::OutOfRange)
    }

    /// The date for people: `Friday 3 April 2026`.
    pub fn in_words(self) -> String {
        let (year, month, day) = self.ymd();
        format!("{} {day} {} {year}", weekday_name(self.weekday()), month_name(month))
    }
}

impl fmt::Display for Date {
    /// Writes `2014-01-01`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.ymd();
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{month:02}-{day:02}", year.unsigned_abs())
    }
}

impl std::str::FromStr for Date {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Date, TimeError> {
        Date::parse(text)
    }
}

/// The English name of a day of the week: `Friday`.
pub(super) fn weekday_name(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// The English name of a month, 1 to 12: `March`.
pub(super) fn month_name(month: u32) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES.get(month as usize - 1).copied().unwrap_or("")
}

/// The date that the bytes begin with, in the form `2014-01-01`.
#[inline]
pub(super) fn leading_date(bytes: &[u8]) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, ..] = *bytes else { return None };
    let year = two_digits(y1, y2)? * 100 + two_digits(y3, y4)?;
    Date::new(year as i32, two_digits(m1, m2)?, two_digits(d1, d2)?)
}

/// The number that two ASCII digits write.
#[inline]
pub(super) fn two_digits(tens: u8, units: u8) -> Option<u32> {
    let (tens, units) = (tens.wrapping_sub(b'0'), units.wrapping_sub(b'0'));
    (tens <= 9 && units <= 9).then(|| u32::from(tens) * 10 + u32::from(units))
}

fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, so that the leap day is last.
const fn days_from_civil(year: i32, month: u32, day: u32) -> i64 {
    let year = year as i64 - (month <= 2) as i64;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = ((153 * ((month + 9) % 12) + 2) / 5 + day - 1) as i64;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * DAYS_PER_ERA + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`], from the same source.
fn civil_from_days(days: i64) -> (i32, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(DAYS_PER_ERA);
    let day_of_era = days.rem_euclid(DAYS_PER_ERA);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * from_march + 2) / 5 + 1) as u32;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 } as u32;
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as i32, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn a_date_reads_back_as_it_was_written() {
        for text in ["0000-01-01", "1970-01-01", "2014-01-01", "2000-02-29", "9999-12-31"] {
            assert_eq!(date(text).to_string(), text);
        }
        for text in [
            "",
            "2014-1-1",
            "2014-02-29",
            "1900-02-29",
            "2014-01-01T00:00",
            "2014/01/01",
            "2014-01-32",
            "2014-01-0é",
        ] {
            assert_eq!(Date::parse(text), Err(TimeError::NotADate(text.to_owned())));
        }
        assert_eq!(Date::default(), date("1970-01-01"));
    }

    #[test]
    fn dates_reach_a_day_beyond_the_years_that_can_be_written() {
        assert_eq!(Date::MIN.to_string(), "-0001-12-31");
        assert_eq!(Date::MAX.to_string(), "10000-01-01");
        assert_eq!(Date::MIN.add_days(1), Ok(date("0000-01-01")));
        assert_eq!(Date::MAX.add_days(1), Err(TimeError::OutOfRange));
        assert_eq!(Date::MIN.add_days(i64::MIN), Err(TimeError::OutOfRange));
        assert_eq!(date("9999-12-31").add_months(1), Err(TimeError::OutOfRange));
        assert_eq!(date("2014-01-01").add_months(i64::MAX), Err(TimeError::OutOfRange));
    }

    #[test]
    fn people_read_dates_in_words() {
        assert_eq!(date("2026-04-03").in_words(), "Friday 3 April 2026");
        assert_eq!(date("2026-04-03").weekday(), Weekday::Friday);
    }
}
