//! A stream of text that another thread reads and unpacks, with the line that it has come to and a bound on tokens.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

use super::gzip::Trailing;
use crate::error::Fault;

/// The most bytes that one token may have: a line, a row of a table, a tag.
pub(crate) const TOKEN_LIMIT: usize = 16 << 20;

const CHUNK: usize = 1 << 18;
const CHUNKS_AHEAD: usize = 3;

/// Why a feed ended before its end. Always fatal to its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The system could not read on.
    Unreadable(String),
    /// Packed data that ends too soon.
    Truncated,
    /// Packed data with something else after it.
    Trailing,
    /// Packed data that is damaged.
    Corrupt(String),
    /// Bytes that are no text in the encoding of this name.
    NotText(&'static str),
    /// A token longer than the limit.
    TooLong,
}

impl Failure {
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Unreadable(error) => Fault::new(format!("the file cannot be read on: {error}")),
            Self::Truncated => Fault::new("the file ends in the middle of its gzip data")
                .help("copy or download it again; it was cut short"),
            Self::Trailing => {
                Fault::new(Trailing.to_string()).help("take off what follows it, or pack the file again")
            }
            Self::Corrupt(error) => Fault::new(format!("the gzip data is damaged: {error}"))
                .help("copy or download the file again, and test it with `gzip -t`"),
            Self::NotText(encoding) => Fault::new(format!("the text is not {encoding}"))
                .help("save the file as UTF-8, or say in which encoding it is"),
            Self::TooLong => Fault::new(format!("one value or row is longer than {} MiB", TOKEN_LIMIT >> 20))
                .help("is a quote or a line end missing? no real record is that long"),
        }
    }
}

type Chunk = Result<Vec<u8>, Failure>;

/// The bytes of one input, always UTF-8 unless they are not text at all.
pub(crate) struct Feed {
    chunks: Receiver<Chunk>,
    spent: SyncSender<Vec<u8>>,
    current: Vec<u8>,
    at: usize,
    decoder: Option<Decoder>,
    ended: bool,
    line: u64,
    counted: usize,
    budget: usize,
    failure: Option<Failure>,
}

impl Feed {
    /// A feed of what `open` gives, with whether it is packed.
    pub(crate) fn new(open: impl FnOnce() -> io::Result<(Box<dyn Read>, bool)> + Send + 'static) -> Self {
        let (sender, chunks) = sync_channel(CHUNKS_AHEAD);
        let (spent, empties) = sync_channel(CHUNKS_AHEAD + 2);
        thread::spawn(move || match open() {
            Ok((reader, packed)) => pump(reader, packed, &sender, &empties),
            Err(error) => _ = sender.send(Err(Failure::Unreadable(error.to_string()))),
        });
        Self {
            chunks,
            spent,
            current: Vec::new(),
            at: 0,
            decoder: None,
            ended: false,
            line: 1,
            counted: 0,
            budget: TOKEN_LIMIT,
            failure: None,
        }
    }

    /// Reads the text as being in this encoding, or in the one that its byte order mark names. To be said before
    /// anything is consumed.
    pub(crate) fn decode(&mut self, encoding: &'static Encoding) -> io::Result<()> {
        self.fill_buf()?;
        let (encoding, mark) = Encoding::for_bom(&self.current).unwrap_or((encoding, 0));
        if encoding == UTF_8 {
            self.at = mark;
            return Ok(());
        }
        let mut decoder = encoding.new_decoder_with_bom_removal();
        let raw = std::mem::take(&mut self.current);
        let decoded = decoded(&mut decoder, &raw, false, &mut self.current);
        self.decoder = Some(decoder);
        decoded.map_err(|failure| self.fail(failure))
    }

    /// The line that comes next, from 1.
    pub(crate) fn line(&mut self) -> u64 {
        self.line += memchr::memchr_iter(b'\n', &self.current[self.counted..self.at]).count() as u64;
        self.counted = self.at;
        self.line
    }

    /// Begins a new token: so much may be read until the next.
    pub(crate) fn renew_budget(&mut self) {
        self.budget = TOKEN_LIMIT;
    }

    /// Why the feed failed, if it did.
    pub(crate) fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    fn fail(&mut self, failure: Failure) -> io::Error {
        self.ended = true;
        let error = io::Error::other(failure.fault().reason);
        self.failure = Some(failure);
        error
    }

    fn refill(&mut self) -> io::Result<()> {
        self.at = self.current.len();
        self.line();
        let spent = std::mem::take(&mut self.current);
        _ = self.spent.try_send(spent);
        (self.at, self.counted) = (0, 0);
        while self.current.is_empty() && !self.ended {
            let raw = match self.chunks.recv() {
                Ok(Ok(raw)) => raw,
                Ok(Err(failure)) => return Err(self.fail(failure)),
                Err(_) => {
                    return Err(self.fail(Failure::Unreadable(String::from("the reading thread stopped"))));
                }
            };
            self.ended = raw.is_empty();
            match &mut self.decoder {
                None => self.current = raw,
                Some(decoder) => {
                    let done = decoded(decoder, &raw, self.ended, &mut self.current);
                    done.map_err(|failure| self.fail(failure))?;
                }
            }
        }
        Ok(())
    }
}

impl BufRead for Feed {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.budget == 0 {
            return Err(self.fail(Failure::TooLong));
        }
        if let Some(failure) = &self.failure {
            return Err(io::Error::other(failure.fault().reason));
        }
        if self.at == self.current.len() && !self.ended {
            self.refill()?;
        }
        Ok(&self.current[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
        self.budget = self.budget.saturating_sub(amount);
    }
}

impl Read for Feed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let amount = available.len().min(buffer.len());
        buffer[..amount].copy_from_slice(&available[..amount]);
        self.consume(amount);
        Ok(amount)
    }
}

/// Sends full chunks, and an empty one at the end.
fn pump(mut reader: Box<dyn Read>, packed: bool, chunks: &SyncSender<Chunk>, empties: &Receiver<Vec<u8>>) {
    loop {
        let mut chunk = empties.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let (length, failure) = filled(&mut reader, packed, &mut chunk);
        chunk.truncate(length);
        let ended = length == 0;
        if (!ended || failure.is_none()) && chunks.send(Ok(chunk)).is_err() {
            return;
        }
        if let Some(failure) = failure {
            _ = chunks.send(Err(failure));
            return;
        }
        if ended {
            return;
        }
    }
}

fn filled(reader: &mut dyn Read, packed: bool, chunk: &mut [u8]) -> (usize, Option<Failure>) {
    let mut length = 0;
    while length < chunk.len() {
        match reader.read(&mut chunk[length..]) {
            Ok(0) => break,
            Ok(more) => length += more,
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::UnexpectedEof if packed => return (length, Some(Failure::Truncated)),
                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if packed => {
                    return (length, Some(Failure::Corrupt(error.to_string())));
                }
                _ if error.get_ref().is_some_and(|inner| inner.is::<Trailing>()) => {
                    return (length, Some(Failure::Trailing));
                }
                _ => return (length, Some(Failure::Unreadable(error.to_string()))),
            },
        }
    }
    (length, None)
}

/// Appends the raw bytes, decoded.
fn decoded(decoder: &mut Decoder, mut raw: &[u8], last: bool, into: &mut Vec<u8>) -> Result<(), Failure> {
    loop {
        let start = into.len();
        let room = decoder
            .max_utf8_buffer_length_without_replacement(raw.len())
            .unwrap_or(CHUNK)
            .clamp(64, 4 * CHUNK);
        into.resize(start + room, 0);
        let (result, read, written) =
            decoder.decode_to_utf8_without_replacement(raw, &mut into[start..], last);
        into.truncate(start + written);
        raw = &raw[read..];
        match result {
            DecoderResult::InputEmpty => return Ok(()),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => return Err(Failure::NotText(decoder.encoding().name())),
        }
    }
}
