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

/// Finds the first place of a row among rows that rise; where none is left out or stands twice, without a search.
fn place_of(rows: &[Row], row: Row) -> Option<usize> {
    let first = *rows.first()?;
    let guess = row.checked_sub(first)? as usize;
    if rows.get(guess) == Some(&row) && (guess == 0 || rows[guess - 1] != row) {
        return Some(guess);
    }
    let place = rows.partition_point(|&other| other < row);
    (rows.get(place) == Some(&row)).then_some(place)
}

/// The entities linked in one role, each with its row.
#[derive(Clone, Debug)]
pub struct LinkColumn {
    role: Text,
    /// Rising; a row is there as often as it links entities.
    rows: Vec<Row>,
    entities: Vec<Text>,
}

impl LinkColumn {
    pub(crate) fn new(role: Text) -> Self {
        Self { role, rows: Vec::new(), entities: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Row, entity: Text) {
        let linked = self.rows.iter().rev().take_while(|&&other| other == row).count();
        if !self.entities[self.entities.len() - linked..].contains(&entity) {
            sparing::push(&mut self.rows, row);
            sparing::push(&mut self.entities, entity);
        }
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
        let Some(start) = place_of(&self.rows, row) else { return &[] };
        let linked = self.rows[start..].iter().take_while(|&&other| other == row).count();
        &self.entities[start..start + linked]
    }

    /// Every row that links an entity, rising, with its entities.
    pub fn iter(&self) -> impl Iterator<Item = (Row, &[Text])> {
        let mut rest = self.entities.as_slice();
        self.rows.chunk_by(Row::eq).map(move |rows| {
            let (entities, others) = rest.split_at(rows.len());
            rest = others;
            (rows[0], entities)
        })
    }
}

/// What a payload is: the value itself, or its place among wide ones or lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    Text,
    SmallInteger,
    Boolean,
    WideInteger,
    Decimal,
    Instant,
    Texts,
}

/// The values of one attribute.
#[derive(Clone, Debug)]
pub struct AttrColumn {
    name: Text,
    rows: Vec<Row>,
    tags: Vec<Tag>,
    payloads: Vec<u32>,
    /// The bits of values that no payload holds.
    wide: Vec<u64>,
    lists: Lists,
}

/// Lists one after another.
#[derive(Clone, Debug, Default)]
struct Lists {
    starts: Vec<u32>,
    items: Vec<Text>,
}

impl Lists {
    /// Says the place of the list.
    fn push(&mut self, items: impl Iterator<Item = Text>) -> u32 {
        sparing::push(&mut self.starts, self.items.len() as u32);
        items.for_each(|item| sparing::push(&mut self.items, item));
        (self.starts.len() - 1) as u32
    }

    fn get(&self, place: u32) -> &[Text] {
        let end = self.starts.get(place as usize + 1).map_or(self.items.len(), |&end| end as usize);
        &self.items[self.starts[place as usize] as usize..end]
    }
}

impl AttrColumn {
    pub(super) fn new(name: Text) -> Self {
        let (rows, tags, payloads, wide) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { name, rows, tags, payloads, wide, lists: Lists::default() }
    }

    pub(super) fn push(&mut self, row: Row, value: ValueRef<'_>, texts: &mut Texts) {
        let (tag, payload) = match value {
            ValueRef::Text(text) => (Tag::Text, texts.intern(text).index() as u32),
            ValueRef::Integer(number) => match i32::try_from(number) {
                Ok(small) => (Tag::SmallInteger, small.cast_unsigned()),
                Err(_) => (Tag::WideInteger, self.push_wide(number.cast_unsigned())),
            },
            ValueRef::Decimal(number) => (Tag::Decimal, self.push_wide(number.to_bits())),
            ValueRef::Boolean(truth) => (Tag::Boolean, u32::from(truth)),
            ValueRef::Instant(instant) => (Tag::Instant, self.push_wide(instant.ms().cast_unsigned())),
            ValueRef::Texts(items) => {
                (Tag::Texts, self.lists.push(items.iter().map(|&item| texts.intern(item))))
            }
        };
        sparing::push(&mut self.rows, row);
        sparing::push(&mut self.tags, tag);
        sparing::push(&mut self.payloads, payload);
    }

    fn push_wide(&mut self, bits: u64) -> u32 {
        sparing::push(&mut self.wide, bits);
        (self.wide.len() - 1) as u32
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
        self.lists.get(list)
    }

    fn at_place(&self, place: usize) -> Cell {
        let payload = self.payloads[place];
        let wide = || self.wide[payload as usize];
        match self.tags[place] {
            Tag::Text => Cell::Text(Text::from_index(payload as usize)),
            Tag::SmallInteger => Cell::Integer(payload.cast_signed().into()),
            Tag::Boolean => Cell::Boolean(payload != 0),
            Tag::WideInteger => Cell::Integer(wide().cast_signed()),
            Tag::Decimal => Cell::Decimal(f64::from_bits(wide())),
            Tag::Instant => Cell::Instant(Instant::saturating(wide().cast_signed())),
            Tag::Texts => Cell::Texts(payload),
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

/// How long after it happened each event was recorded.
#[derive(Clone, Debug)]
pub(super) struct Delays {
    /// In milliseconds; [`Self::FAR`] where it is longer than a number holds, or less than nothing.
    near: Vec<u32>,
    /// The rows of those, rising, and their delays.
    far_rows: Vec<Row>,
    far: Vec<i64>,
}

impl Delays {
    const FAR: u32 = u32::MAX;

    /// Of so many events that were recorded when they happened.
    pub(super) fn none(events: Row) -> Self {
        Self { near: vec![0; events as usize], far_rows: Vec::new(), far: Vec::new() }
    }

    pub(super) fn push(&mut self, at: Instant, recorded_at: Instant) {
        let delay = recorded_at.ms() - at.ms();
        let near = u32::try_from(delay).unwrap_or(Self::FAR);
        if near == Self::FAR {
            sparing::push(&mut self.far_rows, self.near.len() as Row);
            sparing::push(&mut self.far, delay);
        }
        sparing::push(&mut self.near, near);
    }

    /// When an event was recorded that happened at an instant.
    #[inline]
    pub(super) fn after(&self, row: Row, at: Instant) -> Instant {
        let near = self.near[row as usize];
        let far = if near == Self::FAR { place_of(&self.far_rows, row) } else { None };
        Instant::saturating(at.ms() + far.map_or_else(|| near.into(), |place| self.far[place]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delay_comes_back() {
        let mut delays = Delays::none(1);
        let long = i64::from(u32::MAX);
        let told = [0, 1, -1, long - 1, long, long + 1, Instant::MAX.ms() - 5_000, Instant::MIN.ms() - 5_000];
        let at = Instant::saturating(5_000);
        told.iter().for_each(|ms| delays.push(at, Instant::saturating(5_000 + ms)));
        assert_eq!(delays.after(0, at), at);
        for (row, ms) in (1..).zip(told) {
            assert_eq!(delays.after(row, at), Instant::saturating(5_000 + ms), "{ms}");
        }
        assert_eq!(delays.far.len(), 5);
    }

    #[test]
    fn every_value_and_every_link_comes_back() {
        let mut texts = Texts::default();
        let values = [
            ValueRef::Integer(7),
            ValueRef::Integer(i64::MAX),
            ValueRef::Integer(i64::from(i32::MIN)),
            ValueRef::Integer(i64::from(i32::MIN) - 1),
            ValueRef::Decimal(0.5),
            ValueRef::Boolean(true),
            ValueRef::Instant(Instant::MIN),
            ValueRef::Text("a text"),
            ValueRef::Texts(&["one", "two"]),
            ValueRef::Texts(&[]),
            ValueRef::Texts(&["three"]),
        ];
        let mut column = AttrColumn::new(Text::EMPTY);
        (0..).step_by(2).zip(values).for_each(|(row, value)| column.push(row, value, &mut texts));
        let list = |list: u32| column.list(list).iter().map(|&text| texts.get(text)).collect::<Vec<_>>();
        let cells: Vec<Cell> = (0..values.len() as Row).map(|place| column.get(place * 2).unwrap()).collect();
        assert_eq!(column.get(1), None);
        assert_eq!(
            cells[..7],
            [
                Cell::Integer(7),
                Cell::Integer(i64::MAX),
                Cell::Integer(i64::from(i32::MIN)),
                Cell::Integer(i64::from(i32::MIN) - 1),
                Cell::Decimal(0.5),
                Cell::Boolean(true),
                Cell::Instant(Instant::MIN),
            ]
        );
        assert!(matches!(cells[7], Cell::Text(text) if texts.get(text) == "a text"));
        let lists = cells[8..].iter().map(|cell| match cell {
            Cell::Texts(place) => list(*place),
            _ => panic!("a list"),
        });
        assert_eq!(lists.collect::<Vec<_>>(), [vec!["one", "two"], vec![], vec!["three"]]);

        let entity = Text::from_index;
        let mut links = LinkColumn::new(Text::EMPTY);
        let linked = [(2, 5), (3, 6), (3, 7), (3, 6), (4, 5), (7, 8), (7, 5), (9, 1)];
        linked.iter().for_each(|&(row, index)| links.push(row, entity(index)));
        let of = |row: Row| links.get(row).iter().map(|text| text.index()).collect::<Vec<_>>();
        let rows = [(2, vec![5]), (3, vec![6, 7]), (4, vec![5]), (7, vec![8, 5]), (9, vec![1])];
        for (row, entities) in &rows {
            assert_eq!(of(*row), *entities, "{row}");
        }
        assert!([0, 1, 5, 6, 8, 10].into_iter().all(|row| of(row).is_empty()));
        assert_eq!(links.iter().map(|(row, _)| (row, of(row))).collect::<Vec<_>>(), rows);
    }
}
