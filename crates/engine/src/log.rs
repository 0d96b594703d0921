//! A log: events in columns, texts once each. The order of rows is the append order, `seq`.

mod column;
mod texts;

use column::Delays;
pub use column::{AttrColumn, Cell, LinkColumn};
pub use texts::{Text, Texts};

use hashbrown::hash_table::{Entry, HashTable};
use std::hash::BuildHasher;
use thiserror::Error;

use crate::record::{Event, Value, ValueRef};
use crate::sparing;
use crate::time::Instant;
use column::OptionalTexts;
use texts::Arena;

/// The number of an event's row; also its `seq`.
pub type Row = u32;

/// The most events of a log: the evaluation numbers its own from there on.
const MOST_EVENTS: usize = 1 << 31;

/// The number of a kind in its log.
pub type Kind = u16;

/// An event whose texts are borrowed, as readers of files hand it over.
#[derive(Clone, Copy, Debug)]
pub struct EventRef<'a> {
    /// Unique text.
    pub id: &'a str,
    /// What it is primarily about; empty where it has none.
    pub stream: &'a str,
    /// What happened.
    pub kind: &'a str,
    /// When it happened.
    pub at: Instant,
    /// When the system knew; without one, `at`.
    pub recorded_at: Option<Instant>,
    /// Who recorded it.
    pub recorded_by: Option<&'a str>,
    /// The agency that recorded it.
    pub agency: Option<&'a str>,
    /// Role and entity, in any order; a pair given twice counts once.
    pub links: &'a [(&'a str, &'a str)],
    /// Name and value.
    pub attrs: &'a [(&'a str, ValueRef<'a>)],
    /// Free text.
    pub note: Option<&'a str>,
    /// The id of the event that it corrects.
    pub corrects: Option<&'a str>,
}

impl EventRef<'_> {
    /// The same event, owned.
    #[must_use]
    pub fn to_event(&self) -> Event {
        let mut event = Event {
            id: self.id.to_owned(),
            stream: self.stream.to_owned(),
            kind: self.kind.to_owned(),
            at: self.at,
            recorded_at: self.recorded_at.unwrap_or(self.at),
            recorded_by: self.recorded_by.map(str::to_owned),
            agency: self.agency.map(str::to_owned),
            note: self.note.map(str::to_owned),
            corrects: self.corrects.map(str::to_owned),
            ..Event::default()
        };
        for &(role, entity) in self.links {
            event.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
        }
        for &(name, value) in self.attrs {
            event.attrs.insert(name.to_owned(), value.to_value());
        }
        event
    }
}

/// What became of an event that was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It has a row now.
    Added,
    /// The same id with the same canonical line was there.
    AlreadyThere,
}

/// Why a log refused an event.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum LogError {
    /// Two events of one id differ.
    #[error("the id `{id}` stands for another event already; give one of the two another id")]
    Conflict {
        /// The id.
        id: String,
        /// The row of the first.
        row: Row,
    },
    /// An event without an id.
    #[error("the event has no id")]
    NoId,
    /// An event without a kind.
    #[error("the event has no kind")]
    NoKind,
    /// A kind that only the engine makes.
    #[error(
        "the kind `{kind}` begins like an event that the engine derives; no record may begin `duty.` or `signal.`"
    )]
    DerivedKind {
        /// The kind.
        kind: String,
    },
    /// An attribute given twice.
    #[error("the attribute `{name}` is given twice")]
    AttributeTwice {
        /// Its name.
        name: String,
    },
    /// A decimal that JSON cannot write.
    #[error("the attribute `{name}` is not a finite number")]
    NotFinite {
        /// Its name.
        name: String,
    },
    /// A link without an entity or a role.
    #[error("a link in the role `{role}` names no entity")]
    EmptyLink {
        /// The role.
        role: String,
    },
    /// More kinds, roles or attribute names than a log holds.
    #[error("the log has more than {most} different {what}; is the mapping right?")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
}

/// Events in columns. Made by [`LogBuilder`], never changed.
#[derive(Debug, Default)]
pub struct Log {
    texts: Texts,
    ids: Arena,
    by_id: HashTable<Row>,
    hasher: hashbrown::DefaultHashBuilder,
    kinds: Vec<Text>,
    kind_counts: Vec<u64>,
    kind: Vec<Kind>,
    at: Vec<Instant>,
    /// None where all were recorded when they happened.
    delays: Option<Delays>,
    stream: Vec<Text>,
    recorded_by: OptionalTexts,
    agency: OptionalTexts,
    links: Vec<LinkColumn>,
    attrs: Vec<AttrColumn>,
    notes: Arena,
    note_rows: Vec<Row>,
    corrections: Vec<(Row, String)>,
    earliest: Option<Instant>,
    latest: Option<Instant>,
    sorted_by_stream: bool,
}

impl Log {
    /// The events given, in their order.
    ///
    /// # Errors
    /// The first event that a log refuses.
    pub fn from_events<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Self, LogError> {
        let mut builder = LogBuilder::new();
        for event in events {
            builder.push_event(event)?;
        }
        Ok(builder.finish())
    }

    /// How many events it holds, corrections included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kind.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kind.is_empty()
    }

    /// The texts of its streams, entities, kinds, names and values.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// The text of a kind.
    #[must_use]
    pub fn kind_text(&self, kind: Kind) -> &str {
        self.texts.get(self.kinds[usize::from(kind)])
    }

    /// Its kinds, by number.
    #[must_use]
    pub fn kinds(&self) -> &[Text] {
        &self.kinds
    }

    /// How many rows each kind has, by its number.
    #[must_use]
    pub fn kind_counts(&self) -> &[u64] {
        &self.kind_counts
    }

    /// The number of a kind, if an event has it.
    #[must_use]
    pub fn kind_of_text(&self, text: &str) -> Option<Kind> {
        let text = self.texts.find(text)?;
        self.kinds.iter().position(|&kind| kind == text).and_then(|place| Kind::try_from(place).ok())
    }

    /// The row of an id.
    #[must_use]
    pub fn row_of(&self, id: &str) -> Option<Row> {
        self.by_id.find(self.hasher.hash_one(id), |&row| self.id(row) == id).copied()
    }

    /// The id of a row.
    #[must_use]
    pub fn id(&self, row: Row) -> &str {
        self.ids.get(row as usize)
    }

    /// The kind column.
    #[must_use]
    pub fn kind_column(&self) -> &[Kind] {
        &self.kind
    }

    /// The `at` column.
    #[must_use]
    pub fn at_column(&self) -> &[Instant] {
        &self.at
    }

    /// The stream column; [`Text::EMPTY`] where an event has none.
    #[must_use]
    pub fn stream_column(&self) -> &[Text] {
        &self.stream
    }

    /// When the system knew of a row.
    #[must_use]
    pub fn recorded_at(&self, row: Row) -> Instant {
        let at = self.at[row as usize];
        self.delays.as_ref().map_or(at, |delays| delays.after(row, at))
    }

    /// Whether some row was recorded at another instant than it happened.
    #[must_use]
    pub fn has_recorded_at(&self) -> bool {
        self.delays.is_some()
    }

    /// The link columns, by role.
    #[must_use]
    pub fn link_columns(&self) -> &[LinkColumn] {
        &self.links
    }

    /// The column of a role.
    #[must_use]
    pub fn link_column(&self, role: &str) -> Option<&LinkColumn> {
        let role = self.texts.find(role)?;
        self.links.iter().find(|column| column.role() == role)
    }

    /// The attribute columns, by name.
    #[must_use]
    pub fn attr_columns(&self) -> &[AttrColumn] {
        &self.attrs
    }

    /// The rows that correct, with the id that each corrects, by row.
    #[must_use]
    pub fn corrections(&self) -> &[(Row, String)] {
        &self.corrections
    }

    /// The least `at` of all rows.
    #[must_use]
    pub fn earliest(&self) -> Option<Instant> {
        self.earliest
    }

    /// The greatest `at` of all rows.
    #[must_use]
    pub fn latest(&self) -> Option<Instant> {
        self.latest
    }

    /// Whether the rows of each stream stand together, and within it in the order of `at`.
    #[must_use]
    pub fn is_sorted_by_stream(&self) -> bool {
        self.sorted_by_stream
    }

    /// The agency that recorded a row.
    #[must_use]
    pub fn agency(&self, row: Row) -> Option<&str> {
        self.agency.get(row).map(|text| self.texts.get(text))
    }

    /// The note of a row.
    #[must_use]
    pub fn note(&self, row: Row) -> Option<&str> {
        self.note_rows.binary_search(&row).ok().map(|place| self.notes.get(place))
    }

    /// A row as an event of its own.
    #[must_use]
    pub fn event(&self, row: Row) -> Event {
        let text = |text: Text| self.texts.get(text).to_owned();
        let index = row as usize;
        let mut event = Event {
            id: self.id(row).to_owned(),
            stream: text(self.stream[index]),
            kind: self.kind_text(self.kind[index]).to_owned(),
            at: self.at[index],
            recorded_at: self.recorded_at(row),
            recorded_by: self.recorded_by.get(row).map(text),
            agency: self.agency.get(row).map(text),
            note: self.note(row).map(str::to_owned),
            ..Event::default()
        };
        for column in &self.links {
            let entities = column.get(row);
            if !entities.is_empty() {
                event
                    .links
                    .insert(text(column.role()), entities.iter().map(|&entity| text(entity)).collect());
            }
        }
        for column in &self.attrs {
            if let Some(value) = self.value(column, row) {
                event.attrs.insert(text(column.name()), value);
            }
        }
        if let Ok(place) = self.corrections.binary_search_by_key(&row, |&(row, _)| row) {
            event.corrects = Some(self.corrections[place].1.clone());
        }
        event
    }

    fn value(&self, column: &AttrColumn, row: Row) -> Option<Value> {
        let text = |text: Text| self.texts.get(text).to_owned();
        Some(match column.get(row)? {
            Cell::Text(value) => Value::Text(text(value)),
            Cell::Integer(number) => Value::Integer(number),
            Cell::Decimal(number) => Value::Decimal(number),
            Cell::Boolean(truth) => Value::Boolean(truth),
            Cell::Instant(instant) => Value::Instant(instant),
            Cell::Texts(list) => Value::Texts(column.list(list).iter().map(|&item| text(item)).collect()),
        })
    }
}

/// Makes a [`Log`], event by event.
#[derive(Debug)]
pub struct LogBuilder {
    log: Log,
    kind_of: Vec<Option<Kind>>,
    link_of: Vec<Option<u16>>,
    attr_of: Vec<Option<u16>>,
    stream_seen: Vec<bool>,
}

impl Default for LogBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl LogBuilder {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        let log = Log { sorted_by_stream: true, ..Log::default() };
        Self { log, kind_of: Vec::new(), link_of: Vec::new(), attr_of: Vec::new(), stream_seen: Vec::new() }
    }

    /// How many events it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.log.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.log.is_empty()
    }

    /// The log so far.
    #[must_use]
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Gives a text its number before an event has it.
    pub(crate) fn intern(&mut self, text: &str) {
        self.log.texts.intern(text);
    }

    /// Gives a kind its number before an event has it.
    pub(crate) fn reserve_kind(&mut self, kind: &str) -> Result<(), LogError> {
        self.kind_number(kind).map(|_| ())
    }

    /// The log as it stands.
    #[must_use]
    pub fn finish(mut self) -> Log {
        self.log.kind.shrink_to_fit();
        self.log.at.shrink_to_fit();
        self.log.stream.shrink_to_fit();
        self.log
    }

    /// Adds an event of its own.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn push_event(&mut self, event: &Event) -> Result<Pushed, LogError> {
        with_ref(event, |event| self.push(event))
    }

    /// Whether an event is one that no log holds.
    pub(crate) fn refuses(&self, event: &Event) -> Result<(), LogError> {
        with_ref(event, refuse)
    }

    /// What adding an event would come to, if no log refuses it.
    pub(crate) fn compare(&self, event: &Event) -> Result<Pushed, LogError> {
        match self.log.row_of(&event.id) {
            None => Ok(Pushed::Added),
            Some(row) if self.log.event(row) == *event => Ok(Pushed::AlreadyThere),
            Some(row) => Err(LogError::Conflict { id: event.id.clone(), row }),
        }
    }

    /// Adds an event; where it is refused, the log has the events that it had.
    ///
    /// # Errors
    /// What [`LogError`] says.
    pub fn push(&mut self, event: &EventRef<'_>) -> Result<Pushed, LogError> {
        refuse(event)?;
        let most = usize::from(u16::MAX);
        if self.log.links.len() + event.links.len() > most {
            return Err(LogError::TooMany { what: "link roles", most });
        }
        if self.log.attrs.len() + event.attrs.len() > most {
            return Err(LogError::TooMany { what: "attribute names", most });
        }
        if self.log.len() >= MOST_EVENTS {
            return Err(LogError::TooMany { what: "events", most: MOST_EVENTS });
        }
        let kind = self.kind_number(event.kind)?;
        let row = self.log.ids.len() as Row;
        let hash = self.log.hasher.hash_one(event.id);
        let (ids, hasher) = (&self.log.ids, &self.log.hasher);
        let entry = self.log.by_id.entry(
            hash,
            |&other| ids.get(other as usize) == event.id,
            |&other| hasher.hash_one(ids.get(other as usize)),
        );
        match entry {
            Entry::Occupied(found) => {
                let row = *found.get();
                if self.log.event(row) == event.to_event() {
                    return Ok(Pushed::AlreadyThere);
                }
                return Err(LogError::Conflict { id: event.id.to_owned(), row });
            }
            Entry::Vacant(vacant) => _ = vacant.insert(row),
        }
        self.log.ids.push(event.id);
        self.push_fixed(row, kind, event);
        for &(role, entity) in event.links {
            let role = self.log.texts.intern(role);
            let entity = self.log.texts.intern(entity);
            let column = column_of(&mut self.link_of, &mut self.log.links, role, LinkColumn::new);
            column.push(row, entity);
        }
        for &(name, value) in event.attrs {
            let name = self.log.texts.intern(name);
            let column = column_of(&mut self.attr_of, &mut self.log.attrs, name, AttrColumn::new);
            column.push(row, value, &mut self.log.texts);
        }
        Ok(Pushed::Added)
    }

    fn push_fixed(&mut self, row: Row, kind: Kind, event: &EventRef<'_>) {
        let log = &mut self.log;
        let stream = log.texts.intern(event.stream);
        self.stream_seen.resize(self.stream_seen.len().max(stream.index() + 1), false);
        let continues = log.stream.last() == Some(&stream);
        if continues {
            log.sorted_by_stream &= log.at.last().is_none_or(|&last| last <= event.at);
        } else {
            log.sorted_by_stream &= !self.stream_seen[stream.index()];
            self.stream_seen[stream.index()] = true;
        }
        sparing::push(&mut log.stream, stream);
        sparing::push(&mut log.kind, kind);
        log.kind_counts[usize::from(kind)] += 1;
        let recorded_at = event.recorded_at.unwrap_or(event.at);
        if recorded_at != event.at {
            log.delays.get_or_insert_with(|| Delays::none(row));
        }
        if let Some(delays) = &mut log.delays {
            delays.push(event.at, recorded_at);
        }
        sparing::push(&mut log.at, event.at);
        log.earliest = Some(log.earliest.map_or(event.at, |earliest| earliest.min(event.at)));
        log.latest = log.latest.max(Some(event.at));
        if let Some(by) = event.recorded_by {
            log.recorded_by.set(row, log.texts.intern(by));
        }
        if let Some(agency) = event.agency {
            log.agency.set(row, log.texts.intern(agency));
        }
        if let Some(note) = event.note {
            // A signal of terms names the event by its id.
            log.texts.intern(event.id);
            log.notes.push(note);
            sparing::push(&mut log.note_rows, row);
        }
        if let Some(corrects) = event.corrects {
            log.corrections.push((row, corrects.to_owned()));
        }
    }

    fn kind_number(&mut self, kind: &str) -> Result<Kind, LogError> {
        let text = self.log.texts.intern(kind);
        self.kind_of.resize(self.kind_of.len().max(text.index() + 1), None);
        if let Some(number) = self.kind_of[text.index()] {
            return Ok(number);
        }
        let most = usize::from(Kind::MAX);
        let Some(number) = Kind::try_from(self.log.kinds.len()).ok().filter(|&number| number < Kind::MAX)
        else {
            return Err(LogError::TooMany { what: "kinds", most });
        };
        self.log.kinds.push(text);
        self.log.kind_counts.push(0);
        self.kind_of[text.index()] = Some(number);
        Ok(number)
    }
}

fn column_of<'a, C>(
    index: &mut Vec<Option<u16>>,
    columns: &'a mut Vec<C>,
    name: Text,
    new: impl FnOnce(Text) -> C,
) -> &'a mut C {
    index.resize(index.len().max(name.index() + 1), None);
    let place = usize::from(*index[name.index()].get_or_insert_with(|| {
        columns.push(new(name));
        (columns.len() - 1) as u16
    }));
    &mut columns[place]
}

/// Hands an event over with its texts borrowed.
fn with_ref<R>(event: &Event, take: impl FnOnce(&EventRef<'_>) -> R) -> R {
    let links: Vec<(&str, &str)> = event
        .links
        .iter()
        .flat_map(|(role, entities)| entities.iter().map(move |entity| (role.as_str(), entity.as_str())))
        .collect();
    let lists: Vec<Vec<&str>> = event
        .attrs
        .values()
        .map(|value| match value {
            Value::Texts(texts) => texts.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        })
        .collect();
    let attrs: Vec<(&str, ValueRef<'_>)> = event
        .attrs
        .iter()
        .zip(&lists)
        .map(|((name, value), list)| (name.as_str(), borrowed(value, list)))
        .collect();
    take(&EventRef {
        id: &event.id,
        stream: &event.stream,
        kind: &event.kind,
        at: event.at,
        recorded_at: Some(event.recorded_at),
        recorded_by: event.recorded_by.as_deref(),
        agency: event.agency.as_deref(),
        links: &links,
        attrs: &attrs,
        note: event.note.as_deref(),
        corrects: event.corrects.as_deref(),
    })
}

fn refuse(event: &EventRef<'_>) -> Result<(), LogError> {
    if event.id.is_empty() {
        return Err(LogError::NoId);
    }
    if event.kind.is_empty() {
        return Err(LogError::NoKind);
    }
    if event.kind.starts_with("duty.") || event.kind.starts_with("signal.") {
        return Err(LogError::DerivedKind { kind: event.kind.to_owned() });
    }
    if let Some((role, _)) = event.links.iter().find(|(role, entity)| role.is_empty() || entity.is_empty()) {
        return Err(LogError::EmptyLink { role: (*role).to_owned() });
    }
    for (place, (name, value)) in event.attrs.iter().enumerate() {
        if event.attrs[..place].iter().any(|(other, _)| other == name) {
            return Err(LogError::AttributeTwice { name: (*name).to_owned() });
        }
        if matches!(value, ValueRef::Decimal(number) if !number.is_finite()) {
            return Err(LogError::NotFinite { name: (*name).to_owned() });
        }
    }
    Ok(())
}

fn borrowed<'a>(value: &'a Value, list: &'a [&'a str]) -> ValueRef<'a> {
    match value {
        Value::Text(text) => ValueRef::Text(text),
        Value::Integer(number) => ValueRef::Integer(*number),
        Value::Decimal(number) => ValueRef::Decimal(*number),
        Value::Boolean(truth) => ValueRef::Boolean(*truth),
        Value::Instant(instant) => ValueRef::Instant(*instant),
        Value::Texts(_) => ValueRef::Texts(list),
    }
}
