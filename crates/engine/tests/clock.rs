//! The clock against a slow one that asks `jiff` about every hour and every day.

#![expect(clippy::unwrap_used, reason = "these are tests, and clippy sees only those marked so")]

use engine::time::{Calendar, Clock, Date, Instant, Span, Zone};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use proptest::prelude::*;

/// Zones with what is hard about zones: changes at midnight and a minute past it, of half an hour and of whole days,
/// offsets of odd seconds, summer time that stops for Ramadan.
const ZONES: [&str; 20] = [
    "UTC",
    "Europe/London",
    "Europe/Rome",
    "Europe/Dublin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "America/Juneau",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Pacific/Kiritimati",
    "Asia/Manila",
    "Asia/Gaza",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
];

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

struct Slow {
    zone: TimeZone,
    calendar: Calendar,
}

impl Slow {
    /// In days since the epoch.
    fn local_day(&self, ms: i64) -> i64 {
        let offset = self.zone.to_offset(Timestamp::from_millisecond(ms).unwrap()).seconds();
        (ms + i64::from(offset) * 1_000).div_euclid(DAY)
    }

    fn exists(&self, day: i64) -> bool {
        (-26..50).any(|hour| self.local_day(day * DAY + hour * HOUR) == day)
    }

    fn first_ms(&self, day: i64) -> i64 {
        let begins = (day * DAY - 26 * HOUR..).step_by(MINUTE as usize);
        let minute = begins.into_iter().find(|ms| self.local_day(*ms) >= day).unwrap();
        (minute - MINUTE..=minute).step_by(1_000).find(|ms| self.local_day(*ms) >= day).unwrap()
    }

    fn last_ms(&self, day: i64) -> i64 {
        let ends = (0..76 * 60).map(|minutes| day * DAY + 50 * HOUR - 1 - minutes * MINUTE);
        let minute = ends.into_iter().find(|ms| self.local_day(*ms) <= day).unwrap();
        (0..60)
            .map(|second| minute + MINUTE - second * 1_000)
            .find(|ms| self.local_day(*ms) <= day)
            .unwrap_or(minute)
    }

    fn counts(&self, day: i64, span: Span) -> Option<bool> {
        if span.counts_working_days() {
            return self.calendar.is_working_day(Date::from_epoch_days(day).unwrap()).ok();
        }
        Some(self.exists(day))
    }

    fn nth_day(&self, from: i64, span: Span, step: i64) -> Option<i64> {
        let mut day = self.local_day(from);
        let n = match span {
            Span::Months(n) => return months_on(day, step * i64::from(n)),
            Span::Days(n) => n,
            Span::WorkingDays(n) => {
                self.counts(day, span)?;
                n
            }
            Span::Minutes(_) | Span::Hours(_) => unreachable!(),
        };
        for _ in 0..n {
            day += step;
            while !self.counts(day, span)? {
                day += step;
            }
        }
        Some(day)
    }

    fn due(&self, from: i64, span: Span) -> Option<i64> {
        span.elapsed_ms().map(|ms| from + ms).or_else(|| Some(self.last_ms(self.nth_day(from, span, 1)?)))
    }

    fn no_sooner(&self, from: i64, span: Span) -> Option<i64> {
        span.elapsed_ms().map(|ms| from + ms).or_else(|| Some(self.first_ms(self.nth_day(from, span, 1)?)))
    }

    fn before(&self, from: i64, span: Span) -> Option<i64> {
        span.elapsed_ms().map(|ms| from - ms).or_else(|| Some(self.last_ms(self.nth_day(from, span, -1)?)))
    }

    fn window_start(&self, end: i64, span: Span) -> Option<i64> {
        match span {
            Span::Minutes(_) | Span::Hours(_) => Some(end - span.elapsed_ms()? + 1),
            Span::Days(n) => Some(self.first_ms(self.nth_day(end, Span::Days(n - 1), -1)?)),
            Span::Months(_) => Some(self.first_ms(self.nth_day(end, span, -1)? + 1)),
            Span::WorkingDays(_) => None,
        }
    }
}

fn months_on(day: i64, months: i64) -> Option<i64> {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = epoch.checked_add(jiff::Span::new().days(day)).ok()?;
    let moved = date.checked_add(jiff::Span::new().months(months)).ok()?;
    Some(i64::from(epoch.until(moved).ok()?.get_days()))
}

fn spans() -> impl Strategy<Value = Span> {
    prop_oneof![
        (1..10_000u32).prop_map(Span::Minutes),
        (1..2_000u32).prop_map(Span::Hours),
        (1..60u32).prop_map(Span::Days),
        (1..60u32).prop_map(Span::WorkingDays),
        (1..30u32).prop_map(Span::Months),
    ]
}

/// From 1800 to 2600, mostly from 1980 to 2040; every other one within two days of a change of the zone's clocks.
fn zoned_instants() -> impl Strategy<Value = (TimeZone, i64)> {
    let ms = prop_oneof![
        3 => 315_532_800_000..2_208_988_800_000i64,
        1 => -5_364_662_400_000..19_880_899_200_000i64,
    ];
    (0..ZONES.len(), ms, any::<bool>(), -2 * DAY..2 * DAY).prop_map(|(zone, ms, is_near, apart)| {
        let zone = TimeZoneDatabase::bundled().get(ZONES[zone]).unwrap();
        let change = zone.following(Timestamp::from_millisecond(ms).unwrap()).next();
        let near = change.filter(|_| is_near).map(|change| change.timestamp().as_millisecond() + apart);
        (zone, near.unwrap_or(ms))
    })
}

fn pair(zone: &TimeZone, calendar: Calendar) -> (Clock, Slow) {
    let clock = Clock::new(Zone::new(zone.iana_name().unwrap()).unwrap(), Some(calendar));
    (clock, Slow { zone: zone.clone(), calendar })
}

fn at(ms: i64) -> Instant {
    Instant::from_ms(ms).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn spans_lead_where_the_slow_clock_says(
        (zone, ms) in zoned_instants(), span in spans(), calendar in 0..4usize,
    ) {
        let (clock, slow) = pair(&zone, Calendar::ALL[calendar]);
        prop_assert_eq!(clock.due(at(ms), span).ok().map(Instant::ms), slow.due(ms, span));
        prop_assert_eq!(clock.no_sooner(at(ms), span).ok().map(Instant::ms), slow.no_sooner(ms, span));
        prop_assert_eq!(clock.before(at(ms), span).ok().map(Instant::ms), slow.before(ms, span));
        if let Some(start) = slow.window_start(ms, span) {
            prop_assert_eq!(clock.window_start(at(ms), span).ms(), start);
        }
    }

    #[test]
    fn local_days_begin_and_end_where_the_slow_clock_says((zone, ms) in zoned_instants()) {
        let (clock, slow) = pair(&zone, Calendar::Weekdays);
        let date = clock.local_date(at(ms));
        prop_assert_eq!(date.epoch_days(), slow.local_day(ms));
        prop_assert_eq!(clock.first_ms(date).unwrap().ms(), slow.first_ms(date.epoch_days()));
        prop_assert_eq!(clock.last_ms(date).unwrap().ms(), slow.last_ms(date.epoch_days()));
    }

    #[test]
    fn local_times_are_read_as_jiff_reads_them((zone, ms) in zoned_instants()) {
        let (clock, _) = pair(&zone, Calendar::Weekdays);
        let local = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(ms).unwrap());
        let theirs = zone.to_ambiguous_timestamp(local).unambiguous().ok().map(|found| found.as_millisecond());
        prop_assert_eq!(clock.parse_local(&local.to_string()).ok().map(Instant::ms), theirs);
    }

    #[test]
    fn every_zone_has_the_offsets_of_jiff(ms in Instant::MIN.ms()..=Instant::MAX.ms(), pick in any::<prop::sample::Index>()) {
        let names: Vec<String> = TimeZoneDatabase::bundled().available().map(|name| name.to_string()).collect();
        let name = pick.get(&names);
        prop_assume!(name != "Etc/Unknown");
        let (ours, theirs) = (Zone::new(name).unwrap(), TimeZoneDatabase::bundled().get(name).unwrap());
        for ms in [ms, ms / 64, ms / 1_024] {
            let Ok(timestamp) = Timestamp::from_millisecond(ms) else { continue };
            let expected = i64::from(theirs.to_offset(timestamp).seconds()) * 1_000;
            prop_assert_eq!(ours.offset_ms(at(ms)), expected, "{} {}", name, at(ms));
        }
    }

    #[test]
    fn instants_are_read_as_jiff_reads_them(
        ms in Instant::MIN.ms()..=Instant::MAX.ms(), minutes in -1_439..=1_439i32, below in "[0-9]{0,6}",
    ) {
        let ms = ms.clamp(Instant::MIN.ms() + DAY, Instant::MAX.ms() - 2 * DAY);
        let offset = jiff::tz::Offset::from_seconds(minutes * 60).unwrap();
        let text = Timestamp::from_millisecond(ms).unwrap().display_with_offset(offset).to_string();
        prop_assert_eq!(Instant::parse(&text), Ok(at(ms)), "{}", text);
        let exact = at(ms).to_string();
        let finer = format!("{}{below}Z", exact.trim_end_matches('Z'));
        prop_assert_eq!(Instant::parse(&finer), Ok(at(ms)), "{}", finer);
        let theirs = Timestamp::from_millisecond(ms).unwrap();
        prop_assert_eq!(exact, format!("{theirs:.3}"));
    }

    #[test]
    fn dates_are_those_of_jiff(days in Date::MIN.epoch_days()..=Date::MAX.epoch_days(), months in -40_000..40_000i64) {
        let date = Date::from_epoch_days(days).unwrap();
        let theirs = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days));
        if let Ok(theirs) = theirs {
            let month_and_day = (theirs.month() as u32, theirs.day() as u32);
            prop_assert_eq!((date.year(), date.month(), date.day()), (theirs.year().into(), month_and_day.0, month_and_day.1));
            prop_assert_eq!(date.weekday(), theirs.weekday());
            let moved = months_on(days, months).filter(|moved| (-719_528..=2_932_896).contains(moved));
            prop_assert_eq!(date.add_months(months).ok().map(Date::epoch_days), moved);
        }
    }

    #[test]
    fn no_text_makes_a_panic(text in "\\PC{0,40}", like in "[-+0-9TZ:., ]{0,30}") {
        let clock = Clock::new(Zone::new("Europe/Rome").unwrap(), None);
        for text in [text, like] {
            let _ = (Instant::parse(&text), Date::parse(&text), Span::parse(&text), clock.parse_local(&text));
        }
    }

    #[test]
    fn no_span_makes_a_panic(ms in Instant::MIN.ms()..=Instant::MAX.ms(), n in any::<u32>(), small in 0..3u32, zone in 0..ZONES.len()) {
        let clock = Clock::new(Zone::new(ZONES[zone]).unwrap(), Some(Calendar::Scotland));
        for n in [n, small] {
            for from in [at(ms), Instant::MIN, Instant::MAX] {
                for span in [Span::Minutes(n), Span::Hours(n), Span::Days(n), Span::WorkingDays(n), Span::Months(n)] {
                    let _ = (clock.due(from, span), clock.no_sooner(from, span), clock.before(from, span));
                    prop_assert!(clock.window_start(from, span) <= from);
                }
                clock.display_local(from);
            }
        }
    }
}
