//! Working days.

use std::sync::LazyLock;

use super::TimeError;
use super::date::Date;
use super::holidays::holidays;

/// Which days are worked. Every calendar knows the years 1990 to 2035; all else is [`OutsideCalendar`], never a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Calendar {
    /// Monday to Friday but the bank holidays of England and Wales.
    EnglandAndWales,
    /// Monday to Friday but the bank holidays of Scotland.
    Scotland,
    /// Monday to Friday but the bank holidays of Northern Ireland.
    NorthernIreland,
    /// Monday to Friday, with no holidays.
    Weekdays,
}

/// A date that a calendar knows nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{date} lies outside the calendar `{calendar}`, which knows {first} to {last}; working days are not counted there",
    first = Calendar::FIRST, last = Calendar::LAST
)]
pub struct OutsideCalendar {
    /// The calendar's name.
    pub calendar: &'static str,
    /// The date, or the first of those to count that lies outside.
    pub date: Date,
}

struct Table {
    /// Ascending; weekends too.
    holidays: Vec<(Date, &'static str)>,
    /// For each day from [`Calendar::FIRST`] on, how many working days there are up to and with it.
    passed: Vec<u32>,
    /// Ascending.
    working: Vec<Date>,
}

impl Calendar {
    /// All calendars.
    pub const ALL: [Calendar; 4] =
        [Calendar::EnglandAndWales, Calendar::Scotland, Calendar::NorthernIreland, Calendar::Weekdays];
    /// Which edition of the bank holidays this is: the date to which proclamations are taken in.
    pub const EDITION: &'static str = "2026-02";
    /// The first date that every calendar knows.
    pub const FIRST: Date = Date::of(1990, 1, 1);
    /// The last date that every calendar knows.
    pub const LAST: Date = Date::of(2035, 12, 31);

    /// The calendar of this name, or [`TimeError::UnknownCalendar`].
    pub fn new(name: &str) -> Result<Calendar, TimeError> {
        Calendar::ALL
            .into_iter()
            .find(|calendar| calendar.name() == name)
            .ok_or_else(|| TimeError::UnknownCalendar(name.to_owned()))
    }

    /// The name that a policy writes: `england-and-wales`.
    pub fn name(self) -> &'static str {
        match self {
            Calendar::EnglandAndWales => "england-and-wales",
            Calendar::Scotland => "scotland",
            Calendar::NorthernIreland => "northern-ireland",
            Calendar::Weekdays => "weekdays",
        }
    }

    /// Whether the date is neither a Saturday, a Sunday nor a bank holiday.
    pub fn is_working_day(self, date: Date) -> Result<bool, OutsideCalendar> {
        let index = self.index(date)?;
        let passed = &self.table().passed;
        Ok(passed[index] > index.checked_sub(1).map_or(0, |before| passed[before]))
    }

    /// The name of the bank holiday on this date, even on a weekend: `Good Friday`, `Boxing Day (substitute day)`.
    pub fn holiday_name(self, date: Date) -> Option<&'static str> {
        let holidays = &self.table().holidays;
        holidays.binary_search_by_key(&date, |(day, _)| *day).ok().map(|found| holidays[found].1)
    }

    /// The nth working day strictly after this date.
    #[inline]
    pub fn working_day_after(self, date: Date, n: u32) -> Result<Date, OutsideCalendar> {
        let table = self.table();
        let passed = table.passed[self.index(date)?] as usize;
        let nth = (passed + n as usize).checked_sub(1).and_then(|at| table.working.get(at));
        nth.copied().ok_or(self.outside(Date::of(2036, 1, 1)))
    }

    /// The nth working day strictly before this date.
    #[inline]
    pub fn working_day_before(self, date: Date, n: u32) -> Result<Date, OutsideCalendar> {
        let table = self.table();
        let earlier = match self.index(date)? {
            0 => 0,
            index => table.passed[index - 1] as usize,
        };
        let nth = earlier.checked_sub(n as usize).and_then(|at| table.working.get(at));
        nth.copied().ok_or(self.outside(Date::of(1989, 12, 31)))
    }

    fn index(self, date: Date) -> Result<usize, OutsideCalendar> {
        if (Calendar::FIRST..=Calendar::LAST).contains(&date) {
            Ok((date.epoch_days() - Calendar::FIRST.epoch_days()) as usize)
        } else {
            Err(self.outside(date))
        }
    }

    fn outside(self, date: Date) -> OutsideCalendar {
        OutsideCalendar { calendar: self.name(), date }
    }

    #[inline]
    fn table(self) -> &'static Table {
        static TABLES: LazyLock<[Table; 4]> = LazyLock::new(|| Calendar::ALL.map(Table::new));
        &TABLES[self as usize]
    }
}

impl std::fmt::Display for Calendar {
    /// Writes the name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Table {
    fn new(calendar: Calendar) -> Table {
        let mut table = Table { holidays: holidays(calendar), passed: Vec::new(), working: Vec::new() };
        let days = Calendar::FIRST.epoch_days()..=Calendar::LAST.epoch_days();
        for date in days.filter_map(|days| Date::from_epoch_days(days).ok()) {
            let is_holiday = table.holidays.binary_search_by_key(&date, |(day, _)| *day).is_ok();
            if !date.is_weekend() && !is_holiday {
                table.working.push(date);
            }
            table.passed.push(table.working.len() as u32);
        }
        table
    }
}
