//! Columns that only some rows have.

use super::Row;
use super::texts::{Text, Texts};
use crate::record::ValueRef;
use crate::sparing;
use crate::time::Instant;

/// A cell of an attribute column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// A text.
    Text(Text),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Instant(Instant),
    /// A list, see [`AttrColumn::list`].
    Texts(u32),
}

/// Finds the place of a row among rows that rise; where none is left out, without a search.
fn place_of(rows: &[Row], row: Row) -> Option<usize> {
    let first = *rows.first()?;
    let guess = row.checked_sub(first)? as usize;
    if rows.get(guess) == Some(&row) {
        return Some(guess);
    }
    rows.binary_search(&row).ok()
}

/// The entities linked in one role.
#[derive(Clone, Debug)]
pub struct LinkColumn {
    role: Text,
    rows: Vec<Row>,
    starts: Vec<u32>,
    entities: Vec<Text>,
}

impl LinkColumn {
    pub(crate) fn new(role: Text) -> Self {
        Self { role, rows: Vec::new(), starts: Vec::new(), entities: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Row, entity: Text) {
        if self.rows.last() != Some(&row) {
            sparing::push(&mut self.rows, row);
            sparing::push(&mut self.starts, self.entities.len() as u32);
        } else if self.get(row).contains(&entity) {
            return;
        }
        sparing::push(&mut self.entities, entity);
    }

    /// The column with every entity under another name.
    pub(crate) fn map(&self, name: impl Fn(Text) -> Text) -> Self {
        let mut mapped = Self::new(self.role);
        for (row, entities) in self.iter() {
            for &entity in entities {
                mapped.push(row, name(entity));
            }
        }
        mapped
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> Text {
        self.role
    }

    /// The entities that a row links, in the order given, each once.
    #[must_use]
    pub fn get(&self, row: Row) -> &[Text] {
        place_of(&self.rows, row).map_or(&[], |place| self.at_place(place))
    }

    /// Every row that links an entity, rising, with its entities.
    pub fn iter(&self) -> impl Iterator<Item = (Row, &[Text])> {
        self.rows.iter().enumerate().map(|(place, &row)| (row, self.at_place(place)))
    }

    fn at_place(&self, place: usize) -> &[Text] {
        let end = self.starts.get(place + 1).map_or(self.entities.len(), |&end| end as usize);
        &self.entities[self.starts[place] as usize..end]
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    Text,
    Integer,
    Decimal,
    Boolean,
    Instant,
    Texts,
}

/// The values of one attribute.
#[derive(Clone, Debug)]
pub struct AttrColumn {
    name: Text,
    rows: Vec<Row>,
    tags: Vec<Tag>,
    payloads: Vec<u64>,
    lists: Vec<Vec<Text>>,
}

impl AttrColumn {
    pub(super) fn new(name: Text) -> Self {
        Self { name, rows: Vec::new(), tags: Vec::new(), payloads: Vec::new(), lists: Vec::new() }
    }

    pub(super) fn push(&mut self, row: Row, value: ValueRef<'_>, texts: &mut Texts) {
        let (tag, payload) = match value {
            ValueRef::Text(text) => (Tag::Text, texts.intern(text).index() as u64),
            ValueRef::Integer(number) => (Tag::Integer, number.cast_unsigned()),
            ValueRef::Decimal(number) => (Tag::Decimal, number.to_bits()),
            ValueRef::Boolean(truth) => (Tag::Boolean, u64::from(truth)),
            ValueRef::Instant(instant) => (Tag::Instant, instant.ms().cast_unsigned()),
            ValueRef::Texts(items) => {
                self.lists.push(items.iter().map(|&item| texts.intern(item)).collect());
                (Tag::Texts, self.lists.len() as u64 - 1)
            }
        };
        sparing::push(&mut self.rows, row);
        sparing::push(&mut self.tags, tag);
        sparing::push(&mut self.payloads, payload);
    }

    /// The attribute's name.
    #[must_use]
    pub fn name(&self) -> Text {
        self.name
    }

    /// The value of a row.
    #[must_use]
    pub fn get(&self, row: Row) -> Option<Cell> {
        place_of(&self.rows, row).map(|place| self.at_place(place))
    }

    /// Every row that has a value, rising, with it.
    pub fn iter(&self) -> impl Iterator<Item = (Row, Cell)> {
        self.rows.iter().enumerate().map(|(place, &row)| (row, self.at_place(place)))
    }

    /// The items of a list.
    #[must_use]
    pub fn list(&self, list: u32) -> &[Text] {
        &self.lists[list as usize]
    }

    fn at_place(&self, place: usize) -> Cell {
        let payload = self.payloads[place];
        match self.tags[place] {
            Tag::Text => Cell::Text(Text::from_index(payload as usize)),
            Tag::Integer => Cell::Integer(payload.cast_signed()),
            Tag::Decimal => Cell::Decimal(f64::from_bits(payload)),
            Tag::Boolean => Cell::Boolean(payload != 0),
            Tag::Instant => Cell::Instant(Instant::saturating(payload.cast_signed())),
            Tag::Texts => Cell::Texts(payload as u32),
        }
    }
}

/// A text that most rows of most logs do not have.
#[derive(Clone, Debug, Default)]
pub(super) struct OptionalTexts {
    rows: Vec<Row>,
    texts: Vec<Text>,
}

impl OptionalTexts {
    pub(super) fn set(&mut self, row: Row, text: Text) {
        sparing::push(&mut self.rows, row);
        sparing::push(&mut self.texts, text);
    }

    pub(super) fn get(&self, row: Row) -> Option<Text> {
        place_of(&self.rows, row).map(|place| self.texts[place])
    }
}
