//! What a journey is told with: the clock, the seeded random numbers, and the events so far.

use std::collections::BTreeMap;

use engine::record::{Event, Value};
use engine::time::{Calendar, Clock, Date, Instant, Span, TimeError, Zone};
use fastrand::Rng;

/// The year that is told of.
pub const YEAR: i32 = 2025;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// What a journey makes, or a time that cannot be worked out.
pub type Made<T = ()> = Result<T, TimeError>;

/// A year under way.
pub struct Year {
    clock: Clock,
    random: Rng,
    end: Instant,
    events: Vec<Event>,
    named: BTreeMap<&'static str, u32>,
}

impl Year {
    /// A year in which nothing has happened. The same seed gives the same year.
    pub fn new(seed: u64) -> Made<Self> {
        let clock = Clock::new(Zone::new("Europe/London")?, Some(Calendar::EnglandAndWales));
        let end = clock.last_ms(Date::parse(&format!("{YEAR}-12-31"))?)?;
        Ok(Self { clock, random: Rng::with_seed(seed), end, events: Vec::new(), named: BTreeMap::new() })
    }

    /// What happened until the year's end, in order.
    pub fn finish(mut self) -> Vec<Event> {
        let end = self.end;
        self.events.retain(|event| event.at <= end);
        self.events.sort_by_key(|event| event.at);
        self.events
    }

    /// Says that something happened.
    pub fn tell(&mut self, at: Instant, stream: &str, kind: &str) -> Told<'_> {
        let place = self.events.len();
        let event = Event {
            id: format!("e{:05}", place + 1),
            stream: stream.to_owned(),
            kind: kind.to_owned(),
            at,
            recorded_at: at,
            ..Event::default()
        };
        self.events.push(event);
        Told(&mut self.events[place])
    }

    /// A name that nothing has yet: `place:03`.
    pub fn name(&mut self, sort: &'static str) -> String {
        let number = self.named.entry(sort).or_default();
        *number += 1;
        format!("{sort}:{number:02}")
    }

    /// The last moment of the year.
    pub fn end(&self) -> Instant {
        self.end
    }

    /// Nine in the morning of a day, `2025-03-31`.
    pub fn morning(&self, date: &str) -> Made<Instant> {
        self.hour(Date::parse(date)?, 9)
    }

    fn hour(&self, date: Date, hour: i64) -> Made<Instant> {
        Ok(Instant::saturating(self.clock.first_ms(date)?.ms() + hour * HOUR_MS))
    }

    /// The last moment of a span.
    pub fn due(&self, from: Instant, span: &str) -> Made<Instant> {
        self.clock.due(from, Span::parse(span)?)
    }

    /// The last moment that lies a span before another.
    pub fn before(&self, end: Instant, span: &str) -> Made<Instant> {
        self.clock.before(end, Span::parse(span)?)
    }

    /// Some moment between two, with a minute to spare at either.
    pub fn between(&mut self, from: Instant, to: Instant) -> Instant {
        let (from, to) = (from.ms() + MINUTE_MS, to.ms() - MINUTE_MS);
        Instant::saturating(self.random.i64(from..=to.max(from)))
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
        let hours = self.office_hours(from, to)?;
        let chosen = self.random.choice(hours);
        let (open, close) = chosen.unwrap_or((from, to));
        Ok(self.between(open, close))
    }

    fn office_hours(&self, from: Instant, to: Instant) -> Made<Vec<(Instant, Instant)>> {
        let mut hours = Vec::new();
        let mut date = self.clock.local_date(from);
        while date <= self.clock.local_date(to) {
            let (open, close) = (self.hour(date, 9)?.max(from), self.hour(date, 17)?.min(to));
            if Calendar::EnglandAndWales.is_working_day(date)? && close.ms() - open.ms() > 2 * MINUTE_MS {
                hours.push((open, close));
            }
            date = date.add_days(1)?;
        }
        Ok(hours)
    }

    /// One of several.
    pub fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        self.random.choice(of.iter().copied()).unwrap_or_default()
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
