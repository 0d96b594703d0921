//! The lines of a feed, each bounded, most of them borrowed.

use std::io::BufRead;

use crate::error::Fault;
use crate::input::{Failure, Feed, TOKEN_LIMIT};

/// A line's number and its bytes.
type Line<'a> = (u64, &'a [u8]);

pub(super) struct Lines {
    feed: Feed,
    line: u64,
    /// A line that lies across chunks.
    spilt: Vec<u8>,
    /// What of the feed the line before took.
    taken: usize,
}

impl Lines {
    pub(super) fn new(feed: Feed) -> Self {
        Self { feed, line: 0, spilt: Vec::new(), taken: 0 }
    }

    /// The next line without its end, and its number; or the number of the line that cannot be read, and why.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, (u64, Fault)> {
        self.feed.consume(self.taken);
        self.taken = 0;
        self.feed.renew_budget();
        self.spilt.clear();
        self.line += 1;
        loop {
            let Ok(available) = self.feed.fill_buf() else { return Err((self.line, self.failure())) };
            let length = available.len();
            if length == 0 {
                return Ok((!self.spilt.is_empty()).then_some((self.line, &self.spilt)));
            }
            let end = memchr::memchr(b'\n', available);
            if self.spilt.len() + end.unwrap_or(length) > TOKEN_LIMIT {
                return Err((self.line, Failure::TooLong.fault()));
            }
            match end {
                None => {
                    self.spilt.extend_from_slice(available);
                    self.feed.consume(length);
                }
                Some(end) if self.spilt.is_empty() => {
                    self.taken = end + 1;
                    let line = self.feed.fill_buf().unwrap_or_default();
                    return Ok(Some((self.line, &line[..end])));
                }
                Some(end) => {
                    self.spilt.extend_from_slice(&available[..end]);
                    self.taken = end + 1;
                    return Ok(Some((self.line, &self.spilt)));
                }
            }
        }
    }

    fn failure(&self) -> Fault {
        self.feed.failure().map_or_else(|| Fault::new("the file cannot be read"), Failure::fault)
    }
}
