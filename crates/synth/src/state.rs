//! What a journey is told with: the clock, the seeded random numbers, and the events so far.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use engine::record::{Event, Value};
use engine::time::{Calendar, Clock, Date, Instant, Span, TimeError, Zone};
use fastrand::Rng;

use super::people::Cast;

pub const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// One event in so many is written down some time after it happened.
const WRITTEN_LATER: u32 = 4;
/// The longest that this takes in a force that writes down in time.
const LATER_AT_MOST_MS: i64 = 10 * HOUR_MS;

/// What is written down at once, since something else is awaited only until it.
const AT_ONCE: [&str; 1] = ["missing.found"];

/// What a journey makes, or a time that cannot be worked out.
pub type Made<T = ()> = Result<T, TimeError>;

/// What all years of a force share.
pub struct World {
    clock: Clock,
    /// Office hours of each working day, in order.
    hours: Vec<(Instant, Instant)>,
    end: Instant,
}

impl World {
    /// The world from a day on until the end of another.
    pub fn new(from: Date, to: Date) -> Made<Self> {
        let clock = Clock::new(Zone::new("Europe/London")?, Some(Calendar::EnglandAndWales));
        let mut hours = Vec::new();
        let mut date = from.add_months(-120)?.max(Calendar::FIRST);
        let last = to.add_months(24)?.min(Calendar::LAST);
        while date <= last {
            if Calendar::EnglandAndWales.is_working_day(date)? {
                hours.push((hour(&clock, date, 9)?, hour(&clock, date, 17)?));
            }
            date = date.add_days(1)?;
        }
        let end = clock.last_ms(to)?;
        Ok(Self { clock, hours, end })
    }
}

fn hour(clock: &Clock, date: Date, hour: i64) -> Made<Instant> {
    Ok(Instant::saturating(clock.first_ms(date)?.ms() + hour * HOUR_MS))
}

/// How many of each sort have a name.
pub type Names = BTreeMap<&'static str, u32>;

/// A year under way, which twelve months after its first day is followed by another.
pub struct Year {
    world: Rc<World>,
    cast: Rc<Cast>,
    random: Rng,
    first: Date,
    names: Names,
    events: Vec<Event>,
    /// For moments that were chosen: until when another would have done as well.
    spare: HashMap<i64, i64>,
}

impl Year {
    /// A year in which nothing has happened. The same seed gives the same year.
    pub fn new(world: &Rc<World>, cast: &Rc<Cast>, first: Date, names: Names, seed: u64) -> Self {
        Self {
            world: Rc::clone(world),
            cast: Rc::clone(cast),
            random: Rng::with_seed(seed),
            first,
            names,
            events: Vec::new(),
            spare: HashMap::new(),
        }
    }

    /// What happened, each written down at once or soon, and the names that are taken.
    pub fn finish(mut self) -> (Vec<Event>, Names) {
        self.write_down_later();
        (self.events, self.names)
    }

    /// Some of what happened is written down later, but before the next of its stream, and before anything is late by it.
    fn write_down_later(&mut self) {
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by(|&one, &other| {
            let key = |place: usize| (&self.events[place].stream, self.events[place].at);
            key(one).cmp(&key(other))
        });
        for (number, &place) in order.iter().enumerate() {
            let event = &self.events[place];
            let next = order.get(number + 1).map(|&next| &self.events[next]);
            let next = next.filter(|next| next.stream == event.stream).map_or(i64::MAX, |next| next.at.ms());
            let spare = self.spare.get(&event.at.ms()).copied().unwrap_or(event.at.ms());
            let latest = spare.min(next.saturating_sub(MINUTE_MS)).min(event.at.ms() + LATER_AT_MOST_MS);
            let at = event.at.ms() + MINUTE_MS;
            let is_free = !AT_ONCE.contains(&&*event.kind);
            if latest > at && is_free && self.random.u32(0..WRITTEN_LATER) == 0 {
                self.events[place].recorded_at = Instant::saturating(self.random.i64(at..latest));
            }
        }
    }

    /// Who works in it.
    pub fn cast(&self) -> Rc<Cast> {
        Rc::clone(&self.cast)
    }

    /// Says that something happened.
    pub fn tell(&mut self, at: Instant, stream: &str, kind: &str) -> Told<'_> {
        let place = self.events.len();
        let number = self.number("event");
        let event = Event {
            id: format!("e{}-{number:05}", self.cast.district),
            stream: stream.to_owned(),
            kind: kind.to_owned(),
            at,
            recorded_at: at,
            ..Event::default()
        };
        self.events.push(event);
        Told(&mut self.events[place])
    }

    /// A name that nothing has yet: `place:1-003`.
    pub fn name(&mut self, sort: &'static str) -> String {
        let number = self.number(sort);
        format!("{sort}:{}-{number:03}", self.cast.district)
    }

    fn number(&mut self, sort: &'static str) -> u32 {
        let number = self.names.entry(sort).or_default();
        *number += 1;
        *number
    }

    /// The last moment of the record.
    pub fn end(&self) -> Instant {
        self.world.end
    }

    /// Nine in the morning of a day of this year, which is written as it is in one that begins in January: `03-31`.
    pub fn morning(&self, day: &str) -> Made<Instant> {
        self.morning_before(0, day)
    }

    /// The same, so many years before.
    pub fn morning_before(&self, years: i64, day: &str) -> Made<Instant> {
        let january = Date::parse("2025-01-01")?.epoch_days();
        let days = Date::parse(&format!("2025-{day}"))?.epoch_days() - january;
        hour(&self.world.clock, self.first.add_months(-12 * years)?.add_days(days)?, 9)
    }

    /// The last moment of a span.
    pub fn due(&self, from: Instant, span: &str) -> Made<Instant> {
        self.world.clock.due(from, Span::parse(span)?)
    }

    /// The last moment that lies a span before another.
    pub fn before(&self, end: Instant, span: &str) -> Made<Instant> {
        self.world.clock.before(end, Span::parse(span)?)
    }

    /// Some moment between two, with a minute to spare at either.
    pub fn between(&mut self, from: Instant, to: Instant) -> Instant {
        let (from, to) = (from.ms() + MINUTE_MS, to.ms() - MINUTE_MS);
        let chosen = self.random.i64(from..=to.max(from));
        let spare = self.spare.entry(chosen).or_insert(to);
        *spare = to.min(*spare);
        Instant::saturating(chosen)
    }

    /// Some moment within a span, by day or night.
    pub fn within(&mut self, from: Instant, span: &str) -> Made<Instant> {
        let due = self.due(from, span)?;
        Ok(self.between(from, due))
    }

    /// Some moment within a span, in office hours where there are any.
    pub fn worked(&mut self, from: Instant, span: &str) -> Made<Instant> {
        let due = self.due(from, span)?;
        self.office(from, due)
    }

    /// Some moment between two, in office hours where there are any.
    pub fn office(&mut self, from: Instant, to: Instant) -> Made<Instant> {
        let hours = &self.world.hours;
        let first = hours.partition_point(|&(_, close)| close <= from);
        let past = hours.partition_point(|&(open, _)| open < to).max(first);
        let cut = |&(open, close): &(Instant, Instant)| (open.max(from), close.min(to));
        let is_long = |&(open, close): &(Instant, Instant)| close.ms() - open.ms() > 2 * MINUTE_MS;
        let days = hours[first..past].iter().map(cut).filter(is_long);
        let chosen = match days.clone().count() {
            0 => None,
            count => days.clone().nth(self.random.usize(0..count)),
        };
        let (open, close) = chosen.unwrap_or((from, to));
        Ok(self.between(open, close))
    }

    /// One of several.
    pub fn one_of<'a, T: AsRef<str>>(&mut self, of: &'a [T]) -> &'a str {
        self.random.choice(of).map(AsRef::as_ref).unwrap_or_default()
    }

    /// Whether what happens once in so many times happens now.
    pub fn once_in(&mut self, times: u32) -> bool {
        self.random.u32(0..times) == 0
    }
}

/// An event that is being told.
pub struct Told<'a>(&'a mut Event);

impl Told<'_> {
    /// Links an entity in a role, beside others.
    pub fn link(self, role: &str, entity: &str) -> Self {
        self.0.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
        self
    }

    /// Links several entities in a role.
    pub fn links<T: AsRef<str>>(self, role: &str, entities: &[T]) -> Self {
        entities.iter().fold(self, |told, entity| told.link(role, entity.as_ref()))
    }

    /// Says a text of it.
    pub fn text(self, name: &str, value: &str) -> Self {
        self.value(name, Value::Text(value.to_owned()))
    }

    /// Says a list of texts of it.
    pub fn texts<T: AsRef<str>>(self, name: &str, values: &[T]) -> Self {
        self.value(name, Value::Texts(values.iter().map(|value| value.as_ref().to_owned()).collect()))
    }

    /// Says a number of it.
    pub fn number(self, name: &str, value: i64) -> Self {
        self.value(name, Value::Integer(value))
    }

    /// Says of it that something is so, or is not.
    pub fn truth(self, name: &str, value: bool) -> Self {
        self.value(name, Value::Boolean(value))
    }

    /// Says a time of it.
    pub fn time(self, name: &str, value: Instant) -> Self {
        self.value(name, Value::Instant(value))
    }

    fn value(self, name: &str, value: Value) -> Self {
        self.0.attrs.insert(name.to_owned(), value);
        self
    }

    /// The agency that wrote it down.
    pub fn agency(self, agency: &str) -> Self {
        self.0.agency = Some(agency.to_owned());
        self
    }

    /// The id of what it withdraws.
    pub fn corrects(self, id: &str) -> Self {
        self.0.corrects = Some(id.to_owned());
        self
    }

    /// Its own id.
    pub fn id(self) -> String {
        self.0.id.clone()
    }

    /// What was written about it.
    pub fn note(self, note: &str) -> Self {
        self.0.note = Some(note.to_owned());
        self
    }
}
