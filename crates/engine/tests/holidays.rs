//! The calendars against a table that somebody else computed, and against what was proclaimed.

#![expect(clippy::unwrap_used, reason = "these are tests, and clippy sees only those marked so")]

use std::collections::BTreeSet;

use engine::time::{Calendar, Date, OutsideCalendar};

/// Made by `data/make_holidays.py`.
const TABLE: &str = include_str!("data/holidays.csv");

/// What the table has and the law has not: the St Andrew's Day Bank Holiday (Scotland) Act 2007 received royal assent
/// on 15 January 2007, so its first holiday was 30 November 2007.
const NOT_IN_LAW: [(Calendar, &str); 1] = [(Calendar::Scotland, "2006-11-30")];

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn all_days() -> impl Iterator<Item = Date> {
    (Calendar::FIRST.epoch_days()..=Calendar::LAST.epoch_days())
        .map(|days| Date::from_epoch_days(days).unwrap())
}

fn rows(calendar: Calendar) -> impl Iterator<Item = (Date, &'static str)> {
    let fields = TABLE.lines().skip(2).map(|line| {
        let mut fields = line.splitn(3, ',');
        (fields.next().unwrap(), fields.next().unwrap(), fields.next().unwrap())
    });
    fields
        .filter(move |(name, day, _)| *name == calendar.name() && !NOT_IN_LAW.contains(&(calendar, day)))
        .map(|(_, day, name)| (date(day), name))
}

#[test]
fn bank_holidays_fall_as_in_the_table() {
    for calendar in [Calendar::EnglandAndWales, Calendar::Scotland, Calendar::NorthernIreland] {
        let theirs: BTreeSet<Date> = rows(calendar).map(|(day, _)| day).collect();
        let ours: BTreeSet<Date> = all_days().filter(|day| calendar.holiday_name(*day).is_some()).collect();
        let differing: Vec<String> = ours.symmetric_difference(&theirs).map(Date::to_string).collect();
        assert!(differing.is_empty(), "{calendar}: {differing:?}");
    }
}

/// The table's name for a holiday, and part of gov.uk's.
const NAMES: [(&str, &str); 19] = [
    ("New Year's Day", "New Year's Day"),
    ("New Year Holiday", "2nd January"),
    ("Saint Patrick's Day", "St Patrick's Day"),
    ("Good Friday", "Good Friday"),
    ("Easter Monday", "Easter Monday"),
    ("May Day", "Early May bank holiday"),
    ("Spring Bank Holiday", "Spring bank holiday"),
    ("Battle of the Boyne", "Battle of the Boyne"),
    ("Late Summer Bank Holiday", "Summer bank holiday"),
    ("Summer Bank Holiday", "Summer bank holiday"),
    ("Saint Andrew's Day", "St Andrew's Day"),
    ("Christmas Day", "Christmas Day"),
    ("Boxing Day", "Boxing Day"),
    ("Millennium Celebrations", "Millennium"),
    ("Golden Jubilee of Elizabeth II", "Golden Jubilee"),
    ("Wedding of William and Catherine", "Royal wedding"),
    ("Diamond Jubilee of Elizabeth II", "Diamond Jubilee"),
    ("Platinum Jubilee of Elizabeth II", "Platinum Jubilee"),
    ("Coronation of Charles III", "coronation"),
];

#[test]
fn bank_holidays_are_named_as_by_the_government() {
    for calendar in [Calendar::EnglandAndWales, Calendar::Scotland, Calendar::NorthernIreland] {
        for (day, theirs) in rows(calendar) {
            let ours = calendar.holiday_name(day).unwrap();
            // Scotland's substitutes for the 1st and 2nd of January trade places: Schedule 1 of the Act of 1971 gives
            // the 3rd for whichever of them is a Sunday, as gov.uk has it; the table gives it for the 1st.
            if calendar == Calendar::Scotland && day.month() == 1 && theirs.contains("observed") {
                assert!(ours.ends_with("(substitute day)") || ours == "2nd January", "{day} {ours}");
                continue;
            }
            let (kind, observed) =
                theirs.strip_suffix(" (observed)").map_or((theirs, false), |kind| (kind, true));
            let expected =
                NAMES.iter().find(|(table, _)| *table == kind).map_or("Bank holiday for", |(_, gov)| gov);
            assert!(ours.contains(expected), "{calendar} {day}: {ours} for {theirs}");
            assert_eq!(observed, ours.ends_with("(substitute day)"), "{calendar} {day}: {ours} for {theirs}");
        }
    }
}

#[test]
fn days_that_were_proclaimed() {
    let name = |calendar: Calendar, day: &str| calendar.holiday_name(date(day));
    use Calendar::{EnglandAndWales, NorthernIreland, Scotland};
    for calendar in [EnglandAndWales, Scotland, NorthernIreland] {
        for (moved_from, to) in [
            ("1995-05-01", "1995-05-08"),
            ("2002-05-27", "2002-06-04"),
            ("2012-05-28", "2012-06-04"),
            ("2020-05-04", "2020-05-08"),
            ("2022-05-30", "2022-06-02"),
        ] {
            assert_eq!(name(calendar, moved_from), None, "{calendar} {moved_from}");
            assert!(name(calendar, to).is_some(), "{calendar} {to}");
        }
        for added in
            ["1999-12-31", "2002-06-03", "2011-04-29", "2012-06-05", "2022-06-03", "2022-09-19", "2023-05-08"]
        {
            assert!(name(calendar, added).is_some(), "{calendar} {added}");
        }
    }
    assert!(name(Scotland, "2026-06-15").is_some());
    assert_eq!(name(EnglandAndWales, "2026-06-15"), None);
    assert_eq!(name(Scotland, "2022-01-03"), Some("2nd January (substitute day)"));
    assert_eq!(name(Scotland, "2022-01-04"), Some("New Year's Day (substitute day)"));
    assert_eq!(name(Scotland, "2026-04-06"), None, "Easter Monday is no bank holiday in Scotland");
    assert_eq!(
        name(NorthernIreland, "2026-07-13"),
        Some("Battle of the Boyne (Orangemen's Day) (substitute day)")
    );
    assert_eq!(name(EnglandAndWales, "2026-04-03"), Some("Good Friday"));
}

#[test]
fn working_days_are_counted_as_one_counts_them() {
    for calendar in Calendar::ALL {
        for start in all_days().filter(|day| day.epoch_days() % 17 == 0) {
            for n in [1, 2, 5, 15, 40] {
                assert_eq!(
                    calendar.working_day_after(start, n).ok(),
                    count(calendar, start, n, 1),
                    "{start} + {n}"
                );
                assert_eq!(
                    calendar.working_day_before(start, n).ok(),
                    count(calendar, start, n, -1),
                    "{start} - {n}"
                );
            }
        }
    }
}

fn count(calendar: Calendar, mut day: Date, n: u32, step: i64) -> Option<Date> {
    for _ in 0..n {
        day = day.add_days(step).unwrap();
        while !calendar.is_working_day(day).ok()? {
            day = day.add_days(step).unwrap();
        }
    }
    Some(day)
}

#[test]
fn a_working_day_is_no_weekend_and_no_bank_holiday() {
    for calendar in Calendar::ALL {
        for day in all_days() {
            let expected = !day.is_weekend() && calendar.holiday_name(day).is_none();
            assert_eq!(calendar.is_working_day(day), Ok(expected), "{calendar} {day}");
        }
    }
    assert!(all_days().all(|day| Calendar::Weekdays.holiday_name(day).is_none()));
}

#[test]
fn a_calendar_knows_1990_to_2035() {
    for calendar in Calendar::ALL {
        let outside = |day: &str| Err(OutsideCalendar { calendar: calendar.name(), date: date(day) });
        assert_eq!(calendar.is_working_day(date("1989-12-31")), outside("1989-12-31").map(|_: Date| true));
        assert_eq!(calendar.working_day_after(date("1989-12-31"), 1), outside("1989-12-31"));
        assert_eq!(calendar.working_day_before(date("2036-01-01"), 1), outside("2036-01-01"));
        assert_eq!(calendar.working_day_after(date("2035-12-28"), 1), Ok(date("2035-12-31")));
        assert_eq!(calendar.working_day_after(date("2035-12-28"), 2), outside("2036-01-01"));
        assert_eq!(calendar.working_day_after(date("2035-12-28"), u32::MAX), outside("2036-01-01"));
        assert_eq!(calendar.working_day_before(date("1990-01-04"), 1), Ok(date("1990-01-03")));
        assert_eq!(calendar.working_day_before(date("1990-01-04"), 4), outside("1989-12-31"));
    }
}
