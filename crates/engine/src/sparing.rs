//! Columns that stay in memory as long as their log: little of them stands empty.

/// So much room at least is made at once, in items or bytes.
const LEAST: usize = 64;

/// The room to make where a column is full: a sixteenth of what it holds, where a `Vec` makes as much as it holds.
fn room(held: usize) -> usize {
    (held / 16).max(LEAST)
}

/// Adds an item to a column.
#[inline]
pub(crate) fn push<T>(column: &mut Vec<T>, item: T) {
    if column.len() == column.capacity() {
        column.reserve_exact(room(column.len()));
    }
    column.push(item);
}

/// Adds bytes to others.
pub(crate) fn extend(column: &mut Vec<u8>, bytes: &[u8]) {
    if column.capacity() - column.len() < bytes.len() {
        column.reserve_exact(room(column.len()).max(bytes.len()));
    }
    column.extend_from_slice(bytes);
}

/// Gives back what a column has room for and does not hold, but for the room to grow.
pub(crate) fn shrink<T>(column: &mut Vec<T>) {
    column.shrink_to(column.len() + room(column.len()));
}

/// Adds a text to others that stand one after another.
#[inline]
pub(crate) fn push_str(texts: &mut String, text: &str) {
    if texts.capacity() - texts.len() < text.len() {
        texts.reserve_exact(room(texts.len()).max(text.len()));
    }
    texts.push_str(text);
}
