//! Bytes in: files and standard input, unpacked on a thread of their own.

mod feed;
mod gzip;
mod source;

pub(crate) use feed::{Failure, Feed, TOKEN_LIMIT};
pub use source::{Input, read_at_most};

/// How far reading has come, in bytes as they are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes read of all inputs.
    pub bytes: u64,
    /// Bytes of all inputs; none where one has no length, as standard input.
    pub total: Option<u64>,
}
