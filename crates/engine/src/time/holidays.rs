//! The bank holidays of the United Kingdom, 1990 to 2035.
//!
//! Where there is a rule they are computed, from the Banking and Financial Dealings Act 1971 (section 1 and Schedule 1),
//! the St Andrew's Day Bank Holiday (Scotland) Act 2007, the common law (Good Friday and Christmas Day in England, Wales
//! and Northern Ireland), and the substitutes that are proclaimed each year where a holiday falls on a weekend. Days that
//! a proclamation added or moved once are listed. Names are those of <https://www.gov.uk/bank-holidays>.

use jiff::civil::Weekday;

use super::calendar::Calendar;
use super::date::Date;

type Holiday = (Date, &'static str);

/// A holiday on its own date, and on the Monday after a weekend.
struct Fixed {
    month: u32,
    day: u32,
    name: &'static str,
    substitute: &'static str,
}

const NEW_YEAR: Fixed =
    Fixed { month: 1, day: 1, name: "New Year's Day", substitute: "New Year's Day (substitute day)" };
const ST_PATRICK: Fixed =
    Fixed { month: 3, day: 17, name: "St Patrick's Day", substitute: "St Patrick's Day (substitute day)" };
const BOYNE: Fixed = Fixed {
    month: 7,
    day: 12,
    name: "Battle of the Boyne (Orangemen's Day)",
    substitute: "Battle of the Boyne (Orangemen's Day) (substitute day)",
};
const ST_ANDREW: Fixed =
    Fixed { month: 11, day: 30, name: "St Andrew's Day", substitute: "St Andrew's Day (substitute day)" };

/// Added once, throughout the United Kingdom, by royal proclamation.
const ADDED: [(i32, u32, u32, &str); 7] = [
    (1999, 12, 31, "Millennium bank holiday"),
    (2002, 6, 3, "Golden Jubilee bank holiday"),
    (2011, 4, 29, "Royal wedding bank holiday"),
    (2012, 6, 5, "Diamond Jubilee bank holiday"),
    (2022, 6, 3, "Platinum Jubilee bank holiday"),
    (2022, 9, 19, "Bank holiday for the State Funeral of Queen Elizabeth II"),
    (2023, 5, 8, "Bank holiday for the coronation of King Charles III"),
];

/// The holidays of the calendar, ascending, no two on one date.
pub(super) fn holidays(calendar: Calendar) -> Vec<Holiday> {
    let of_year: fn(i32, &mut Vec<Holiday>) = match calendar {
        Calendar::EnglandAndWales => england_and_wales,
        Calendar::Scotland => scotland,
        Calendar::NorthernIreland => northern_ireland,
        Calendar::Weekdays => return Vec::new(),
    };
    let mut days: Vec<Holiday> =
        ADDED.iter().map(|&(year, month, day, name)| (Date::of(year, month, day), name)).collect();
    for year in Calendar::FIRST.year()..=Calendar::LAST.year() {
        of_year(year, &mut days);
    }
    days.sort_unstable();
    days
}

fn england_and_wales(year: i32, days: &mut Vec<Holiday>) {
    fixed(year, &NEW_YEAR, days);
    days.push((days_from(easter(year), -2), "Good Friday"));
    days.push((days_from(easter(year), 1), "Easter Monday"));
    may(year, days);
    days.push((last_monday(year, 8), "Summer bank holiday"));
    christmas(year, days);
}

fn northern_ireland(year: i32, days: &mut Vec<Holiday>) {
    england_and_wales(year, days);
    fixed(year, &ST_PATRICK, days);
    fixed(year, &BOYNE, days);
}

fn scotland(year: i32, days: &mut Vec<Holiday>) {
    scottish_new_year(year, days);
    days.push((days_from(easter(year), -2), "Good Friday"));
    may(year, days);
    days.push((monday_from(Date::of(year, 8, 1)), "Summer bank holiday"));
    if year >= 2007 {
        fixed(year, &ST_ANDREW, days);
    }
    christmas(year, days);
    if year == 2026 {
        days.push((Date::of(2026, 6, 15), "Bank holiday for Scotland's return to the World Cup"));
    }
}

fn fixed(year: i32, holiday: &Fixed, days: &mut Vec<Holiday>) {
    let date = Date::of(year, holiday.month, holiday.day);
    days.push((date, holiday.name));
    if date.is_weekend() {
        days.push((monday_from(date), holiday.substitute));
    }
}

/// Schedule 1 gives the 3rd for whichever of the two days is a Sunday, and the proclamation a day for a Saturday.
fn scottish_new_year(year: i32, days: &mut Vec<Holiday>) {
    const SECOND_SUBSTITUTE: &str = "2nd January (substitute day)";
    let january = |day| Date::of(year, 1, day);
    days.push((january(1), NEW_YEAR.name));
    days.push((january(2), "2nd January"));
    match january(1).weekday() {
        Weekday::Friday => days.push((january(4), SECOND_SUBSTITUTE)),
        Weekday::Saturday => {
            days.extend([(january(3), SECOND_SUBSTITUTE), (january(4), NEW_YEAR.substitute)])
        }
        Weekday::Sunday => days.push((january(3), NEW_YEAR.substitute)),
        _ => {}
    }
}

/// Early May and spring: Mondays, but where an anniversary moved them.
fn may(year: i32, days: &mut Vec<Holiday>) {
    days.push(match year {
        1995 | 2020 => (Date::of(year, 5, 8), "Early May bank holiday (VE day)"),
        _ => (monday_from(Date::of(year, 5, 1)), "Early May bank holiday"),
    });
    let spring = match year {
        2002 | 2012 => Date::of(year, 6, 4),
        2022 => Date::of(year, 6, 2),
        _ => last_monday(year, 5),
    };
    days.push((spring, "Spring bank holiday"));
}

fn christmas(year: i32, days: &mut Vec<Holiday>) {
    const CHRISTMAS_SUBSTITUTE: &str = "Christmas Day (substitute day)";
    const BOXING_SUBSTITUTE: &str = "Boxing Day (substitute day)";
    let december = |day| Date::of(year, 12, day);
    days.push((december(25), "Christmas Day"));
    days.push((december(26), "Boxing Day"));
    match december(25).weekday() {
        Weekday::Friday => days.push((december(28), BOXING_SUBSTITUTE)),
        Weekday::Saturday => {
            days.extend([(december(27), CHRISTMAS_SUBSTITUTE), (december(28), BOXING_SUBSTITUTE)])
        }
        Weekday::Sunday => days.push((december(27), CHRISTMAS_SUBSTITUTE)),
        _ => {}
    }
}

/// The first Monday on or after the date.
fn monday_from(date: Date) -> Date {
    days_from(date, (7 - i64::from(date.weekday().to_monday_zero_offset())) % 7)
}

/// The last Monday of a month that has 31 days.
fn last_monday(year: i32, month: u32) -> Date {
    monday_from(Date::of(year, month, 25))
}

fn days_from(date: Date, days: i64) -> Date {
    Date::of_epoch_days(date.epoch_days() + days)
}

/// Western Easter Sunday, by the anonymous Gregorian algorithm (Nature, 20 April 1876; Meeus, Astronomical Algorithms,
/// chapter 8).
fn easter(year: i32) -> Date {
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let epact = (19 * golden + century - century / 4 - correction + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let march_day = epact + weekday - 7 * late + 22;
    days_from(Date::of(year, 3, 1), i64::from(march_day) - 1)
}
