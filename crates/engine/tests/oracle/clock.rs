//! Local days, working days, spans, by walking day by day over jiff's zones and the checked-in table of holidays.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use engine::policy::Policy;
use engine::time::{Instant, Span};
use jiff::civil::{Date, Weekday, date};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};

/// Why a time could not be worked out.
#[derive(Clone, Debug, PartialEq)]
pub enum ClockError {
    /// A date outside the calendar of this name.
    Calendar(String),
    /// Outside the years that an instant can have.
    Range,
}

const TABLE: &str = include_str!("../data/holidays.csv");

/// (calendar, date) of every holiday.
static HOLIDAYS: LazyLock<BTreeSet<(String, Date)>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("calendar,"))
        .filter_map(|line| {
            let mut cells = line.splitn(3, ',');
            Some((cells.next()?.to_owned(), cells.next()?.parse().ok()?))
        })
        .collect()
});

/// The zone and calendar of one version.
#[derive(Clone)]
pub struct Clock {
    zone: TimeZone,
    calendar: Option<String>,
}

impl Clock {
    pub fn of(policy: &Policy) -> Self {
        let zone = TimeZoneDatabase::bundled().get(policy.zone.name()).expect("a known zone");
        Self { zone, calendar: policy.calendar.map(|calendar| calendar.name().to_owned()) }
    }

    pub fn local_date(&self, at: Instant) -> Date {
        Timestamp::from_millisecond(at.ms()).expect("in range").to_zoned_datetime(self.zone.clone()).date()
    }

    /// The first millisecond of a local day.
    pub fn first_ms(&self, day: Date) -> Result<Instant, ClockError> {
        let zoned = day.to_zoned_datetime(self.zone.clone()).map_err(|_| ClockError::Range)?;
        Instant::from_ms(zoned.timestamp().as_millisecond()).map_err(|_| ClockError::Range)
    }

    /// The last millisecond of a local day.
    pub fn last_ms(&self, day: Date) -> Result<Instant, ClockError> {
        let next = day.tomorrow().map_err(|_| ClockError::Range)?;
        Ok(Instant::saturating(self.first_ms(next)?.ms() - 1))
    }

    fn is_working(&self, day: Date) -> Result<bool, ClockError> {
        let calendar = self.calendar.clone().expect("`wd` without a calendar is refused");
        if day < date(1990, 1, 1) || day > date(2035, 12, 31) {
            return Err(ClockError::Calendar(calendar));
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(!weekend && !HOLIDAYS.contains(&(calendar, day)))
    }

    /// The nth working day strictly after (or before) a day.
    fn working_day(&self, from: Date, n: u32, step: i64) -> Result<Date, ClockError> {
        self.is_working(from)?;
        let (mut day, mut left) = (from, n);
        while left > 0 {
            day = day.checked_add(step.days()).map_err(|_| ClockError::Range)?;
            if self.is_working(day)? {
                left -= 1;
            }
        }
        Ok(day)
    }

    /// The local day that a span in days, working days or months leads to.
    fn day_after(&self, from: Instant, span: Span) -> Result<Date, ClockError> {
        let today = self.local_date(from);
        match span {
            Span::Days(n) => today.checked_add(i64::from(n).days()).map_err(|_| ClockError::Range),
            // jiff keeps the day of the month, or takes the last of a shorter one.
            Span::Months(n) => today.checked_add(i64::from(n).months()).map_err(|_| ClockError::Range),
            Span::WorkingDays(n) => self.working_day(today, n, 1),
            Span::Hours(_) | Span::Minutes(_) => unreachable!("elapsed"),
        }
    }

    /// The due of a span.
    pub fn due(&self, from: Instant, span: Span) -> Result<Instant, ClockError> {
        match elapsed_ms(span) {
            Some(ms) => Instant::from_ms(from.ms() + ms).map_err(|_| ClockError::Range),
            None => self.last_ms(self.day_after(from, span)?),
        }
    }

    /// `no_sooner_than`: in days, the first millisecond of that day.
    pub fn no_sooner(&self, from: Instant, span: Span) -> Result<Instant, ClockError> {
        match elapsed_ms(span) {
            Some(ms) => Instant::from_ms(from.ms() + ms).map_err(|_| ClockError::Range),
            None => self.first_ms(self.day_after(from, span)?),
        }
    }

    /// `due_before`: counts back.
    pub fn due_before(&self, from: Instant, span: Span) -> Result<Instant, ClockError> {
        let today = self.local_date(from);
        match span {
            Span::Days(n) => {
                let day = today.checked_sub(i64::from(n).days()).map_err(|_| ClockError::Range)?;
                self.last_ms(day)
            }
            Span::WorkingDays(n) => self.last_ms(self.working_day(today, n, -1)?),
            Span::Months(_) => unreachable!("refused by the reader"),
            Span::Hours(_) | Span::Minutes(_) => {
                let ms = elapsed_ms(span).unwrap_or_default();
                Instant::from_ms(from.ms() - ms).map_err(|_| ClockError::Range)
            }
        }
    }

    /// The first millisecond of the window or look-back of `span` that ends with `end`.
    pub fn window_start(&self, end: Instant, span: Span) -> Instant {
        let today = self.local_date(end);
        let first = match span {
            Span::Hours(_) | Span::Minutes(_) => {
                return Instant::saturating(end.ms() - elapsed_ms(span).unwrap_or_default() + 1);
            }
            Span::Days(n) => today.checked_sub((i64::from(n) - 1).days()),
            Span::Months(n) => {
                today.checked_sub(i64::from(n).months()).and_then(|day| day.checked_add(1.days()))
            }
            Span::WorkingDays(_) => unreachable!("refused by the reader"),
        };
        self.first_ms(first.expect("in range")).expect("in range")
    }
}

fn elapsed_ms(span: Span) -> Option<i64> {
    match span {
        Span::Minutes(n) => Some(i64::from(n) * 60_000),
        Span::Hours(n) => Some(i64::from(n) * 3_600_000),
        Span::Days(_) | Span::WorkingDays(_) | Span::Months(_) => None,
    }
}

/// k × a span.
pub fn times(span: Span, k: u32) -> Span {
    match span {
        Span::Minutes(n) => Span::Minutes(n * k),
        Span::Hours(n) => Span::Hours(n * k),
        Span::Days(n) => Span::Days(n * k),
        Span::WorkingDays(n) => Span::WorkingDays(n * k),
        Span::Months(n) => Span::Months(n * k),
    }
}
