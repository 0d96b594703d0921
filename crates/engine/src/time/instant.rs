//! Instants in UTC milliseconds, and the text that writes them.

use std::fmt;

use super::TimeError;
use super::date::{Date, leading_date, two_digits};

pub(super) const MS_PER_MINUTE: i64 = 60_000;
pub(super) const MS_PER_HOUR: i64 = 3_600_000;
pub(super) const MS_PER_DAY: i64 = 86_400_000;

/// A point in time: UTC milliseconds since 1970-01-01T00:00:00Z, within the years 0000 to 9999 that RFC 3339 can write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// 0000-01-01T00:00:00.000Z.
    pub const MIN: Instant = Instant(-62_167_219_200_000);
    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: Instant = Instant(253_402_300_799_999);

    /// The instant so many milliseconds after (before, if negative) 1970-01-01T00:00:00Z, or
    /// [`TimeError::OutOfRange`].
    #[inline]
    pub const fn from_ms(ms: i64) -> Result<Instant, TimeError> {
        if ms >= Instant::MIN.0 && ms <= Instant::MAX.0 {
            Ok(Instant(ms))
        } else {
            Err(TimeError::OutOfRange)
        }
    }

    /// Like [`Instant::from_ms`], but takes what lies outside to [`Instant::MIN`] or [`Instant::MAX`].
    #[inline]
    pub(super) fn saturating(ms: i64) -> Instant {
        Instant(ms.clamp(Instant::MIN.0, Instant::MAX.0))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; negative before it.
    #[inline]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339: `2006-07-24T00:00:00+02:00`, `2006-07-24T00:00:00.000Z`. The seconds may be left out.
    ///
    /// The offset is required, else [`TimeError::NoOffset`]. Digits below the millisecond are cut. A leap second,
    /// `:60`, is the last millisecond of its minute. Other forms of ISO 8601 with an offset (`20060724T000000Z`) are
    /// read too. What else it is given is [`TimeError::NotAnInstant`], and an instant in UTC before year 0000 or after
    /// year 9999 [`TimeError::OutOfRange`].
    pub fn parse(text: &str) -> Result<Instant, TimeError> {
        let Some((local_ms, rest)) = leading_datetime(text.as_bytes()) else { return parse_other(text) };
        match offset_ms(rest) {
            Some(offset) => Instant::from_ms(local_ms - offset),
            None if rest.is_empty() => Err(TimeError::NoOffset(text.to_owned())),
            None => parse_other(text),
        }
    }
}

impl fmt::Display for Instant {
    /// Writes RFC 3339 in UTC with milliseconds: `2026-03-09T19:00:00.000Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = utc_ymd(*self);
        let ms = self.0.rem_euclid(MS_PER_DAY) as u32;
        let mut text = *b"0000-00-00T00:00:00.000Z";
        write_digits(&mut text[0..4], year as u32);
        write_digits(&mut text[5..7], month);
        write_digits(&mut text[8..10], day);
        write_digits(&mut text[11..13], ms / 3_600_000);
        write_digits(&mut text[14..16], ms / 60_000 % 60);
        write_digits(&mut text[17..19], ms / 1_000 % 60);
        write_digits(&mut text[20..23], ms % 1_000);
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl std::str::FromStr for Instant {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Instant, TimeError> {
        Instant::parse(text)
    }
}

fn utc_ymd(instant: Instant) -> (i32, u32, u32) {
    Date::from_epoch_days(instant.0.div_euclid(MS_PER_DAY)).unwrap_or_default().ymd()
}

fn write_digits(place: &mut [u8], mut number: u32) {
    for digit in place.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// The local date and time that the bytes begin with, in milliseconds as if it were UTC, and the bytes after it.
#[inline]
pub(super) fn leading_datetime(bytes: &[u8]) -> Option<(i64, &[u8])> {
    let date = leading_date(bytes)?;
    let [b'T' | b't' | b' ', h1, h2, b':', m1, m2, rest @ ..] = bytes.get(10..)? else { return None };
    let (hour, minute) = (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?);
    if hour > 23 || minute > 59 {
        return None;
    }
    let to_the_minute = date.epoch_days() * MS_PER_DAY + i64::from(hour * 60 + minute) * MS_PER_MINUTE;
    let [b':', s1, s2, rest @ ..] = rest else { return Some((to_the_minute, rest)) };
    let second = two_digits(*s1, *s2)?;
    let (fraction_ms, rest) = leading_fraction(rest)?;
    let in_minute = match second {
        0..=59 => second * 1_000 + fraction_ms,
        60 => 59_999,
        _ => return None,
    };
    Some((to_the_minute + i64::from(in_minute), rest))
}

/// The milliseconds of a fraction of a second that the bytes may begin with, and the bytes after it.
#[inline]
fn leading_fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.' | b',', digits @ ..] = bytes else { return Some((0, bytes)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return None;
    }
    let ms =
        (0..3).fold(0, |ms, place| ms * 10 + if place < count { u32::from(digits[place] - b'0') } else { 0 });
    Some((ms, &digits[count..]))
}

/// An offset from UTC that is the whole of the bytes: `Z`, `+01:00`.
#[inline]
fn offset_ms(bytes: &[u8]) -> Option<i64> {
    match *bytes {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two_digits(h1, h2)?, two_digits(m1, m2)?);
            let ms = i64::from(hours * 60 + minutes) * MS_PER_MINUTE;
            (hours <= 23 && minutes <= 59).then_some(if sign == b'+' { ms } else { -ms })
        }
        _ => None,
    }
}

#[cold]
fn parse_other(text: &str) -> Result<Instant, TimeError> {
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Instant::from_ms(timestamp.as_nanosecond().div_euclid(1_000_000) as i64);
    }
    match text.parse::<jiff::civil::DateTime>() {
        Ok(_) => Err(TimeError::NoOffset(text.to_owned())),
        Err(_) => Err(TimeError::NotAnInstant(text.to_owned())),
    }
}
