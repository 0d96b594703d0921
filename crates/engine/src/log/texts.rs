//! Texts held once each, and texts held one after another.

use hashbrown::hash_table::{Entry, HashTable};
use std::hash::BuildHasher;

use crate::sparing;

/// The number of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Text(u32);

impl Text {
    /// The empty text.
    pub const EMPTY: Self = Self(0);

    /// The number, for tables by text.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The text of a number.
    #[must_use]
    pub fn from_index(index: usize) -> Self {
        Self(index as u32)
    }
}

/// Texts one after another, by place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arena {
    bytes: String,
    /// Their lower halves.
    ends: Vec<u32>,
    /// The places from which the upper half is one more.
    wraps: Vec<usize>,
}

impl Arena {
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn push(&mut self, text: &str) {
        sparing::push_str(&mut self.bytes, text);
        let end = self.bytes.len() as u64;
        self.wraps.resize((end >> u32::BITS) as usize, self.ends.len());
        sparing::push(&mut self.ends, end as u32);
    }

    pub(crate) fn get(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.end(before));
        &self.bytes[start..self.end(place)]
    }

    fn end(&self, place: usize) -> usize {
        let upper = self.wraps.partition_point(|&from| from <= place) as u64;
        (upper << u32::BITS | u64::from(self.ends[place])) as usize
    }
}

/// A dictionary of texts: each has one number, the empty one 0.
#[derive(Clone, Debug)]
pub struct Texts {
    arena: Arena,
    numbers: HashTable<Text>,
    hasher: hashbrown::DefaultHashBuilder,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Self {
            arena: Arena::default(),
            numbers: HashTable::new(),
            hasher: hashbrown::DefaultHashBuilder::default(),
        };
        texts.intern("");
        texts
    }
}

impl Texts {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.arena.len()
    }

    /// Never: the empty text is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The text of a number.
    #[must_use]
    pub fn get(&self, text: Text) -> &str {
        self.arena.get(text.index())
    }

    /// The number of a text that is there.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Text> {
        self.numbers.find(self.hasher.hash_one(text), |&other| self.get(other) == text).copied()
    }

    /// The number of a text, which is added where it is new.
    pub fn intern(&mut self, text: &str) -> Text {
        let (arena, hasher) = (&self.arena, &self.hasher);
        let entry = self.numbers.entry(
            hasher.hash_one(text),
            |&other| arena.get(other.index()) == text,
            |&other| hasher.hash_one(arena.get(other.index())),
        );
        match entry {
            Entry::Occupied(found) => *found.get(),
            Entry::Vacant(vacant) => {
                let number = Text(arena.len() as u32);
                vacant.insert(number);
                self.arena.push(text);
                number
            }
        }
    }
}
