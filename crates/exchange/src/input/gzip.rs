//! Packed data, unpacked: members of gzip, one after the other, and nothing else.

use std::fmt;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// What every member begins with.
pub(crate) const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Unpacks the members of packed data.
pub(crate) struct Members<R> {
    /// None after the last.
    current: Option<GzDecoder<R>>,
}

/// Something that is no member stands after one.
#[derive(Debug)]
pub(crate) struct Trailing;

impl fmt::Display for Trailing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("after the gzip data comes something else")
    }
}

impl std::error::Error for Trailing {}

impl<R: BufRead> Members<R> {
    pub(crate) fn new(packed: R) -> Self {
        Self { current: Some(GzDecoder::new(packed)) }
    }
}

impl<R: BufRead> Read for Members<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.current {
            let read = decoder.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match decoder.get_mut().fill_buf()?.first() {
                None => self.current = None,
                Some(first) if *first == MAGIC[0] => {
                    self.current = self.current.take().map(|ended| GzDecoder::new(ended.into_inner()));
                }
                Some(_) => return Err(io::Error::other(Trailing)),
            }
        }
        Ok(0)
    }
}
