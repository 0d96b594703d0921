//! The keys of a pass between events: what is kept of one with few events is numbers one after another, small ones in few bytes.

use std::collections::HashMap;

use super::effective::Node;
use super::kept::{KeptKey, Place, Unsettled};
use crate::log::Text;
use crate::sparing;
use crate::time::Instant;

/// So many bytes that were given up are not worth leaving out.
const SOME: usize = 1 << 16;

/// The place of a key that is not packed.
const MANY: u32 = u32::MAX;

/// What is kept of each key.
#[derive(Default)]
pub(crate) struct KeptKeys {
    /// Where in `packed` a key begins, or [`MANY`].
    places: HashMap<Text, u32>,
    /// Each with its length before it; some were given up.
    packed: Vec<u8>,
    given_up: usize,
    many: HashMap<Text, KeptKey>,
}

impl KeptKeys {
    pub(crate) fn each(&self) -> impl Iterator<Item = Text> {
        self.places.keys().copied()
    }

    /// Takes out what is kept of a key.
    pub(crate) fn remove(&mut self, key: Text) -> Option<KeptKey> {
        let place = self.places.remove(&key)?;
        if place == MANY {
            return self.many.remove(&key);
        }
        let (bytes, length) = at(&self.packed, place);
        self.given_up += length;
        Some(unpacked(bytes))
    }

    /// Keeps a key of which nothing is kept.
    pub(crate) fn insert(&mut self, key: Text, kept: KeptKey) {
        if self.given_up > SOME && self.given_up * 2 > self.packed.len() {
            self.put_anew(push);
        }
        match u32::try_from(self.packed.len()) {
            Ok(place) if kept.has_few() && place != MANY => {
                self.places.insert(key, place);
                pack(&kept, &mut self.packed);
            }
            _ => {
                self.places.insert(key, MANY);
                self.many.insert(key, kept);
            }
        }
    }

    /// Puts all that is packed into other bytes, without what was given up.
    fn put_anew(&mut self, put: impl Fn(&[u8], &mut Vec<u8>)) {
        let mut packed = Vec::with_capacity(self.packed.len() - self.given_up);
        for place in self.places.values_mut().filter(|place| **place != MANY) {
            let (bytes, _) = at(&self.packed, *place);
            *place = packed.len() as u32;
            put(bytes, &mut packed);
        }
        (self.packed, self.given_up) = (packed, 0);
    }

    /// Changes what is kept of every key.
    pub(crate) fn change(&mut self, change: impl Fn(&mut KeptKey)) {
        self.many.values_mut().for_each(&change);
        self.put_anew(|bytes, packed| {
            let mut kept = unpacked(bytes);
            change(&mut kept);
            pack(&kept, packed);
        });
    }

    /// The last event that a key took.
    pub(crate) fn last(&self, key: Text) -> Option<Node> {
        match *self.places.get(&key)? {
            MANY => self.many.get(&key)?.last,
            place => Reader(at(&self.packed, place).0).last(),
        }
    }

    /// Reads what is kept of a key, or nothing of one of which nothing is.
    pub(crate) fn read<R: Default>(&self, key: Text, read: impl FnOnce(&KeptKey) -> R) -> R {
        match self.places.get(&key) {
            None => R::default(),
            Some(&MANY) => self.many.get(&key).map(read).unwrap_or_default(),
            Some(&place) => read(&unpacked(at(&self.packed, place).0)),
        }
    }

    pub(crate) fn each_signal(&self, key: Text, mut take: impl FnMut(Place, Node)) {
        match self.places.get(&key) {
            None => {}
            Some(&MANY) => {
                let signals = self.many.get(&key).into_iter().flat_map(|kept| &kept.signals);
                signals.for_each(|&(place, node)| take(place, node));
            }
            Some(&place) => {
                let mut from = Reader(at(&self.packed, place).0);
                from.last();
                from.each(|from| take(from.place(), from.node()));
            }
        }
    }
}

/// What stands at a place, without its length; and how many bytes it takes with that.
fn at(packed: &[u8], place: u32) -> (&[u8], usize) {
    let whole = packed.get(place as usize..).unwrap_or_default();
    let mut from = Reader(whole);
    let length = from.number() as usize;
    (from.0.get(..length).unwrap_or_default(), whole.len() - from.0.len() + length)
}

/// Adds bytes with their length before them.
fn push(bytes: &[u8], packed: &mut Vec<u8>) {
    let mut length = Writer::default();
    length.number(bytes.len() as u64);
    sparing::extend(packed, &length.0);
    sparing::extend(packed, bytes);
}

fn pack(kept: &KeptKey, packed: &mut Vec<u8>) {
    debug_assert!(kept.states.is_empty(), "of a key with few events no state is kept");
    let mut to = Writer::default();
    to.optional(kept.last.map(turned));
    to.each(&kept.signals, |to, &(place, node)| {
        to.number(place.into());
        to.node(node);
    });
    to.nodes(&kept.nodes);
    let runs: Vec<&[(Place, u32)]> = kept.duties.chunk_by(|&a, &b| b == (a.0, a.1 + 1)).collect();
    to.each(&runs, |to, run| {
        to.number(run[0].0.into());
        to.number(run[0].1.into());
        to.number(run.len() as u64);
    });
    to.nodes(&kept.transitions);
    to.each(&kept.unsettled, |to, duty| {
        to.number(duty.place.into());
        to.number(duty.row.into());
        to.nodes(&duty.lapses);
        to.optional(duty.wakes.map(|wakes| wakes.ms().cast_unsigned()));
    });
    push(&to.0, packed);
}

fn unpacked(bytes: &[u8]) -> KeptKey {
    let mut from = Reader(bytes);
    let mut kept = KeptKey { last: from.last(), ..KeptKey::default() };
    from.each(|from| kept.signals.push((from.place(), from.node())));
    kept.nodes = from.nodes();
    from.each(|from| {
        let (place, first, count) = (from.place(), from.small(), from.small());
        kept.duties.extend((first..first.saturating_add(count)).map(|row| (place, row)));
    });
    kept.transitions = from.nodes();
    from.each(|from| {
        let (place, row, lapses) = (from.place(), from.small(), from.nodes());
        let wakes = from.optional().map(|ms| Instant::saturating(ms.cast_signed()));
        kept.unsettled.push(Unsettled { place, row, lapses, wakes });
    });
    kept
}

/// A node with the mark of derived ones last, so that the first of either are small.
fn turned(node: Node) -> u64 {
    node.rotate_left(1).into()
}

/// Numbers in groups of seven bits, the lowest first (LEB128).
#[derive(Default)]
struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn node(&mut self, node: Node) {
        self.number(turned(node));
    }

    fn optional(&mut self, number: Option<u64>) {
        self.number(number.is_some().into());
        if let Some(number) = number {
            self.number(number);
        }
    }

    fn each<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        items.iter().for_each(|item| write(self, item));
    }

    fn nodes(&mut self, nodes: &[Node]) {
        self.each(nodes, |to, &node| to.node(node));
    }
}

/// Reads what a [`Writer`] wrote; after its end, zeros.
struct Reader<'b>(&'b [u8]);

impl Reader<'_> {
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        number
    }

    fn small(&mut self) -> u32 {
        self.number() as u32
    }

    fn place(&mut self) -> Place {
        self.number() as Place
    }

    fn node(&mut self) -> Node {
        self.small().rotate_right(1)
    }

    fn optional(&mut self) -> Option<u64> {
        (self.number() != 0).then(|| self.number())
    }

    fn each(&mut self, mut read: impl FnMut(&mut Self)) {
        (0..self.number()).for_each(|_| read(self));
    }

    fn nodes(&mut self) -> Vec<Node> {
        (0..self.number()).map(|_| self.node()).collect()
    }

    fn last(&mut self) -> Option<Node> {
        self.optional().map(|turned| (turned as Node).rotate_right(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::effective::derived_node;

    fn is_same(kept: &KeptKey, other: &KeptKey) {
        assert_eq!((&kept.nodes, kept.last, &kept.duties), (&other.nodes, other.last, &other.duties));
        assert_eq!(kept.signals, other.signals);
        assert_eq!((&kept.transitions, &kept.unsettled), (&other.transitions, &other.unsettled));
    }

    /// Kept, and taken out again, it is what it was.
    fn is_whole(make: impl Fn() -> KeptKey) {
        let (mut keys, key, kept) = (KeptKeys::default(), Text::from_index(7), make());
        keys.insert(Text::from_index(6), KeptKey::default());
        keys.insert(key, make());
        keys.insert(Text::from_index(8), KeptKey::default());
        assert_eq!(
            (keys.last(key), keys.read(key, |kept| kept.duties.clone())),
            (kept.last, kept.duties.clone())
        );
        let mut signals = Vec::new();
        keys.each_signal(key, |place, node| signals.push((place, node)));
        assert_eq!(signals, kept.signals);
        is_same(&keys.remove(key).unwrap(), &kept);
        assert!(keys.remove(key).is_none());
    }

    fn unsettled(wakes: Option<i64>, lapses: Vec<Node>) -> Unsettled {
        Unsettled { place: 3, row: 70_000, lapses, wakes: wakes.map(Instant::saturating) }
    }

    fn full() -> KeptKey {
        KeptKey {
            nodes: vec![0, 1, 127, 128, derived_node(0), derived_node(5_000_000), derived_node(0) - 1],
            last: Some(derived_node(9)),
            duties: vec![(0, 4), (0, 5), (0, 6), (0, 8), (1, 9), (u16::MAX, u32::MAX - 2), (0, 7)],
            signals: vec![(2, derived_node(1)), (2, derived_node(0))],
            transitions: vec![derived_node(7)],
            unsettled: vec![
                unsettled(None, Vec::new()),
                unsettled(Some(0), vec![derived_node(2)]),
                unsettled(Some(-62_135_596_800_000), vec![derived_node(3), derived_node(4)]),
                unsettled(Some(253_402_300_799_999), Vec::new()),
            ],
            states: Vec::new(),
        }
    }

    #[test]
    fn a_key_is_after_its_rest_what_it_was() {
        is_whole(KeptKey::default);
        is_whole(full);
        is_whole(|| KeptKey { nodes: (0..1_000).collect(), ..full() });
    }

    #[test]
    fn a_key_at_rest_takes_little_room() {
        let nodes: Vec<Node> = (0..10).map(|place| 900_000 + place * 50).collect();
        let duties = (0..20).map(|row| (3, 400_000 + row)).collect();
        let mut packed = Vec::new();
        pack(&KeptKey { last: nodes.last().copied(), nodes, duties, ..KeptKey::default() }, &mut packed);
        assert_eq!(packed.len(), 1 + 4 + 1 + (1 + 10 * 3) + (1 + 1 + 3 + 1) + 1 + 1);
    }

    #[test]
    fn what_was_given_up_is_left_out() {
        let of =
            |key: usize, times: u32| KeptKey { duties: vec![(1, times)], nodes: vec![key as Node], ..full() };
        let (mut keys, most) = (KeptKeys::default(), 500);
        for times in 0..100 {
            for key in 0..most {
                if times > 0 {
                    is_same(&keys.remove(Text::from_index(key)).unwrap(), &of(key, times - 1));
                }
                keys.insert(Text::from_index(key), of(key, times));
            }
            assert!(keys.packed.len() < SOME * 4, "{} bytes", keys.packed.len());
        }
        let standing = keys.packed.len() - keys.given_up;
        keys.change(|kept| kept.duties.iter_mut().for_each(|(_, row)| *row += 1));
        assert_eq!((keys.each().count(), keys.packed.len(), keys.given_up), (most, standing, 0));
        for key in 0..most {
            is_same(&keys.remove(Text::from_index(key)).unwrap(), &of(key, 100));
        }
    }
}
