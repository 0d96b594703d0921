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
    /// After every instant: where what ends before it never ends.
    pub(crate) const NEVER: Instant = Instant(Self::MAX.0 + 1);

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
    pub fn saturating(ms: i64) -> Instant {
        Instant(ms.clamp(Instant::MIN.0, Instant::MAX.0))
    }

    /// The millisecond after it: the first moment at which what is due then is late.
    #[inline]
    pub fn just_after(self) -> Instant {
        Instant::saturating(self.0 + 1)
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

/// Reads the forms of ISO 8601 that RFC 3339 leaves out.
#[cold]
fn parse_other(text: &str) -> Result<Instant, TimeError> {
    let timestamp: jiff::Timestamp = text.parse().map_err(|_| TimeError::NotAnInstant(text.to_owned()))?;
    Instant::from_ms(timestamp.as_nanosecond().div_euclid(1_000_000) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, TimeError> {
        Instant::parse(text).map(|instant| instant.to_string())
    }

    #[test]
    fn rfc_3339_is_read() {
        for (text, expected) in [
            ("2006-07-24T00:00:00+02:00", "2006-07-23T22:00:00.000Z"),
            ("2006-07-24T00:00:00.000+02:00", "2006-07-23T22:00:00.000Z"),
            ("2006-07-24T00:00:00Z", "2006-07-24T00:00:00.000Z"),
            ("2006-07-24t00:00:00.5z", "2006-07-24T00:00:00.500Z"),
            ("2006-07-24 00:00:00.05-00:00", "2006-07-24T00:00:00.050Z"),
            ("2006-07-24T00:00-09:30", "2006-07-24T09:30:00.000Z"),
            ("20060724T000000Z", "2006-07-24T00:00:00.000Z"),
            ("2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000Z"),
        ] {
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn digits_below_the_millisecond_are_cut() {
        assert_eq!(read("2026-03-06T19:00:00.9999999999999Z").unwrap(), "2026-03-06T19:00:00.999Z");
        assert_eq!(
            read("1969-12-31T23:59:59.9999Z").unwrap(),
            "1969-12-31T23:59:59.999Z",
            "before the epoch too"
        );
        assert_eq!(Instant::parse("1969-12-31T23:59:59.9999Z").unwrap().ms(), -1);
        assert_eq!(Instant::parse("19691231T235959.9999Z").unwrap().ms(), -1);
    }

    #[test]
    fn a_leap_second_is_the_last_millisecond_of_its_minute() {
        assert_eq!(read("2016-12-31T23:59:60Z").unwrap(), "2016-12-31T23:59:59.999Z");
        assert_eq!(read("2017-01-01T00:59:60.5+01:00").unwrap(), "2016-12-31T23:59:59.999Z");
    }

    #[test]
    fn an_offset_is_required() {
        for text in ["2026-03-06T19:00:00", "2026-03-06T19:00", "2026-03-06T19:00:00.5"] {
            assert_eq!(read(text), Err(TimeError::NoOffset(text.to_owned())));
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-03-06",
            "20260306T190000",
            "2026-03-06T24:00:00Z",
            "2026-03-06T19:60:00Z",
            "2026-03-06T19:00:61Z",
            "2026-02-29T19:00:00Z",
            "2026-13-01T19:00:00Z",
            "2026-00-01T19:00:00Z",
            "2026-03-00T19:00:00Z",
            "2026-03-06T19:00:00.Z",
            "2026-03-06T19:00:00+1:00",
            "2026-03-06T19:00:00+01:60",
            "2026-03-06T19:00:00Zulu",
            " 2026-03-06T19:00:00Z",
            "2026-03-06T19:00:00Ž",
        ] {
            assert_eq!(read(text), Err(TimeError::NotAnInstant(text.to_owned())));
        }
    }

    #[test]
    fn the_years_are_0000_to_9999() {
        assert_eq!(Instant::parse("0000-01-01T00:00:00Z"), Ok(Instant::MIN));
        assert_eq!(Instant::parse("9999-12-31T23:59:59.999Z"), Ok(Instant::MAX));
        assert_eq!(Instant::MIN.to_string(), "0000-01-01T00:00:00.000Z");
        assert_eq!(Instant::MAX.to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Instant::parse("0000-01-01T00:00:00+00:01"), Err(TimeError::OutOfRange));
        assert_eq!(Instant::parse("9999-12-31T23:59:59-00:01"), Err(TimeError::OutOfRange));
        assert_eq!(Instant::from_ms(Instant::MAX.ms() + 1), Err(TimeError::OutOfRange));
        assert_eq!(Instant::from_ms(i64::MIN), Err(TimeError::OutOfRange));
    }
}
