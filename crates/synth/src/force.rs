//! Puts a force together: districts, their teams, and the rounds of each, until there are events enough.

use std::rc::Rc;

use engine::record::Event;
use engine::time::{Date, Instant, TimeError};
use thiserror::Error;

use super::failures::Rates;
use super::fate::befall;
use super::people::{self, Cast};
use super::round;
use super::state::{Made, Names, World, Year};

/// How many rounds a team has in a year: some 25 children each, for the eight who investigate.
const ROUNDS_OF_TEAM: u32 = 10;
/// How many teams a district has at most.
const TEAMS_OF_DISTRICT: u32 = 8;
/// The days between which a record may lie, so that the posts of those in it and the last duties are within the calendar.
const DAYS: [&str; 2] = ["2003-01-01", "2032-12-31"];

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The same seed gives the same record.
    pub seed: u64,
    /// About how many events there are to be; without a number, one round a year.
    pub events: Option<usize>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// What goes wrong, and how often.
    pub rates: Rates,
}

/// Why a force could not be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SynthError {
    /// Days in the wrong order.
    #[error("the last day is before the first; write the earlier day as `--from`")]
    Reversed,
    /// Days outside those of the calendar.
    #[error("the record must lie between {} and {}, so that the bank holidays some years before and after are known", DAYS[0], DAYS[1])]
    OutsideDays,
    /// A time that cannot be worked out.
    #[error(transparent)]
    Time(#[from] TimeError),
}

/// What is kept of an event, with what orders it: when it was recorded, and when it happened.
struct Kept<T> {
    recorded_at: Instant,
    at: Instant,
    what: T,
}

/// Makes a force. Its canonical lines, in the order in which they were recorded.
///
/// # Errors
/// Days that a record cannot have.
pub fn force(ask: &Ask) -> Result<impl ExactSizeIterator<Item = Box<str>>, SynthError> {
    gathered(ask, |event| event.canonical_line().into_boxed_str())
}

/// What is to be kept of each event, in the order in which they were recorded.
pub(crate) fn gathered<T>(
    ask: &Ask,
    keep: fn(&Event) -> T,
) -> Result<impl ExactSizeIterator<Item = T>, SynthError> {
    if ask.to < ask.from {
        return Err(SynthError::Reversed);
    }
    if ask.from < Date::parse(DAYS[0])? || ask.to > Date::parse(DAYS[1])? {
        return Err(SynthError::OutsideDays);
    }
    let world = Rc::new(World::new(ask.from, ask.to)?);
    let mut force = Force { ask, keep, world, years: years(ask)?, names: Names::new(), kept: Vec::new() };
    let mut district = 1;
    while force.district(district)? {
        district += 1;
    }
    let mut kept = force.kept;
    kept.sort_by_key(|kept| (kept.recorded_at, kept.at));
    Ok(kept.into_iter().map(|kept| kept.what))
}

/// The first day of each year.
fn years(ask: &Ask) -> Made<Vec<Date>> {
    let mut years = vec![ask.from];
    let mut next = ask.from.add_months(12)?;
    while next <= ask.to {
        years.push(next);
        next = ask.from.add_months(12 * years.len() as i64)?;
    }
    Ok(years)
}

/// A force that is being put together.
struct Force<'a, T> {
    ask: &'a Ask,
    keep: fn(&Event) -> T,
    world: Rc<World>,
    /// The first day of each.
    years: Vec<Date>,
    /// Those of the district that is under way.
    names: Names,
    kept: Vec<Kept<T>>,
}

impl<T> Force<'_, T> {
    /// Makes a district. Whether another is needed.
    fn district(&mut self, district: u32) -> Made<bool> {
        self.names = Names::new();
        self.part([district, 0, 0, 0], people::district_appointed)?;
        for period in 0..self.periods() {
            self.part([district, 1, period, 0], people::leaders_change)?;
        }
        for number in 0..TEAMS_OF_DISTRICT * ROUNDS_OF_TEAM {
            let (team, of_team) = (number / ROUNDS_OF_TEAM + 1, number % ROUNDS_OF_TEAM);
            if of_team == 0 {
                self.team(district, team)?;
            }
            for period in 0..self.periods() {
                if number > 0 && self.is_enough() {
                    return Ok(false);
                }
                self.part([district, team, period, of_team + 1], |year| round::told(year, number == 0))?;
            }
        }
        Ok(!self.is_enough())
    }

    fn team(&mut self, district: u32, team: u32) -> Made {
        self.part([district, team, 0, 0], people::team_appointed)?;
        for period in 0..self.periods() {
            self.part([district, team, period, 0], |year| {
                people::sergeants_covered(year)?;
                people::team_kept(year)
            })?;
        }
        Ok(())
    }

    fn periods(&self) -> u32 {
        self.years.len() as u32
    }

    fn is_enough(&self) -> bool {
        self.ask.events.is_none_or(|events| self.kept.len() >= events)
    }

    /// Tells a part of the record, in which failures happen, and keeps what was written down of it by the end.
    fn part(&mut self, place: [u32; 4], tell: impl FnOnce(&mut Year) -> Made) -> Made {
        let [district, team, period, number] = place;
        let cast = Rc::new(Cast::new(district, team, period, number));
        let seed = place.into_iter().fold(mixed(self.ask.seed), |seed, part| mixed(seed ^ u64::from(part)));
        let first = self.years[period as usize];
        let mut year = Year::new(&self.world, &cast, first, std::mem::take(&mut self.names), seed);
        tell(&mut year)?;
        let end = year.end();
        let (mut events, names) = year.finish();
        self.names = names;
        befall(&mut events, &cast, &self.ask.rates, seed);
        let is_known = |event: &&Event| event.at <= end && event.recorded_at <= end;
        self.kept.extend(events.iter().filter(is_known).map(|event| Kept {
            recorded_at: event.recorded_at,
            at: event.at,
            what: (self.keep)(event),
        }));
        Ok(())
    }
}

/// Spreads a number over all bits (SplitMix64), so that seeds that are near give years that are not alike.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
