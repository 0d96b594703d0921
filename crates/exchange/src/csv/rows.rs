//! The rows of a table, each with its line and its text as it stands in the file.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::error::Fault;
use crate::input::{Failure, Feed};

pub(super) struct Rows {
    reader: Reader<Kept>,
    record: ByteRecord,
    delimiter: u8,
    line: u64,
    /// Where the next row begins.
    from: u64,
}

/// One row.
pub(super) struct Row<'r> {
    /// The line on which it begins.
    pub(super) line: u64,
    record: &'r ByteRecord,
    raw: &'r [u8],
    delimiter: u8,
}

impl Rows {
    pub(super) fn new(feed: Feed, delimiter: u8) -> Self {
        let kept = Kept { feed, bytes: Vec::new(), base: 0 };
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(kept);
        Self { reader, record: ByteRecord::new(), delimiter, line: 1, from: 0 }
    }

    /// The next row that is not blank; or the line where the table cannot be read on, and why.
    pub(super) fn next(&mut self) -> Result<Option<Row<'_>>, (u64, Fault)> {
        let from = self.from;
        self.reader.get_mut().forget_before(from);
        self.reader.get_mut().feed.renew_budget();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) => {
                let failure = self.reader.get_ref().feed.failure();
                let fault = failure
                    .map_or_else(|| Fault::new(format!("the table cannot be read: {error}")), Failure::fault);
                return Err((self.line, fault));
            }
        }
        self.from = self.reader.position().byte();
        let raw = self.reader.get_ref().between(from, self.from);
        let blank = raw.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (blank, raw) = raw.split_at(blank);
        let line = self.line + newlines(blank);
        self.line = line + newlines(raw);
        Ok(Some(Row { line, record: &self.record, raw, delimiter: self.delimiter }))
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

impl<'r> Row<'r> {
    /// Its cells, if it is text and its quotes are closed.
    pub(super) fn cells(&self) -> Result<Vec<&'r str>, Fault> {
        // Quotes come in pairs in every row that is well formed.
        let quotes = memchr::memchr_iter(b'"', self.raw).count();
        if quotes % 2 == 1 && ends_in_quotes(self.raw, self.delimiter) {
            return Err(Fault::new("a quote is opened and never closed")
                .help("close it, and write a quote inside quotes twice"));
        }
        let cells: Result<Vec<&str>, _> = self.record.iter().map(std::str::from_utf8).collect();
        cells.map_err(|_| {
            Fault::new("the row is not UTF-8")
                .help("say in the mapping what it is, such as `encoding = \"windows-1252\"`")
        })
    }

    /// Its text as it stands in the file.
    pub(super) fn raw_text(&self) -> Cow<'r, str> {
        super::without_end(self.raw)
    }
}

/// Whether the row ends inside a quoted cell.
fn ends_in_quotes(raw: &[u8], delimiter: u8) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    let mut bytes = raw.iter().peekable();
    while let Some(&byte) = bytes.next() {
        if quoted {
            quoted = byte != b'"' || bytes.next_if(|next| **next == b'"').is_some();
        } else {
            quoted = at_start && byte == b'"';
            at_start = byte == delimiter;
        }
    }
    quoted
}

/// Keeps what was read until the row that it belongs to is done.
struct Kept {
    feed: Feed,
    bytes: Vec<u8>,
    /// The offset of the first byte that is kept.
    base: u64,
}

impl Kept {
    fn between(&self, from: u64, to: u64) -> &[u8] {
        let place = |offset: u64| {
            usize::try_from(offset.saturating_sub(self.base)).unwrap_or(usize::MAX).min(self.bytes.len())
        };
        &self.bytes[place(from)..place(to)]
    }

    /// Lets go of what comes before the offset, now and then.
    fn forget_before(&mut self, offset: u64) {
        const STEP: u64 = 1 << 18;
        if offset - self.base >= STEP {
            let spent = usize::try_from(offset - self.base).unwrap_or(usize::MAX).min(self.bytes.len());
            self.bytes.drain(..spent);
            self.base = offset;
        }
    }
}

impl Read for Kept {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.feed.fill_buf()?;
        let amount = available.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&available[..amount]);
        self.bytes.extend_from_slice(&available[..amount]);
        self.feed.consume(amount);
        Ok(amount)
    }
}
