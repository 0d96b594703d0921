//! The lines of a text, found once for all the places in it.

use std::ops::Range;

use super::Place;

/// A text, and where its lines start.
#[derive(Clone, Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Finds the lines of a text.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let behind = text.match_indices('\n').map(|(newline, _)| newline + 1);
        Self { text, starts: std::iter::once(0).chain(behind).collect() }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The line and the column in characters of a place in the text, both from 1.
    #[must_use]
    pub fn position(&self, place: &Place) -> (usize, usize) {
        let end = self.text.floor_char_boundary(place.bytes.start);
        let line = self.line_of(end);
        (line + 1, self.text[self.starts[line]..end].chars().count() + 1)
    }

    /// The lines in which some bytes stand and so many more on either side: the number of the first, from 0, and the bytes
    /// of all.
    #[must_use]
    pub fn around(&self, bytes: &Range<usize>, more: usize) -> (usize, Range<usize>) {
        let first = self.line_of(bytes.start).saturating_sub(more);
        let behind = self.line_of(bytes.end) + more + 1;
        (first, self.starts[first]..self.starts.get(behind).copied().unwrap_or(self.text.len()))
    }

    /// The number of the line in which a byte stands, from 0.
    fn line_of(&self, byte: usize) -> usize {
        self.starts.partition_point(|&start| start <= byte) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_have_lines_and_columns_in_characters_and_lines_around_them() {
        let lines = Lines::new("a\n\u{e9}b\n\nlast");
        let at = |start: usize| lines.position(&Place { file: 0, bytes: start..start });
        let found = [0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 99].map(at);
        let expected =
            [(1, 1), (1, 2), (2, 1), (2, 1), (2, 2), (2, 3), (3, 1), (4, 1), (4, 4), (4, 5), (4, 5)];
        assert_eq!(found, expected);
        assert_eq!(lines.around(&(2..3), 0), (1, 2..6));
        assert_eq!(lines.around(&(2..3), 1), (0, 0..7));
        assert_eq!(lines.around(&(6..8), 9), (0, 0..11));
        assert_eq!(Lines::new("").around(&(0..0), 1), (0, 0..0));
    }
}
