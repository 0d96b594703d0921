//! Formats in and out (`docs/formats.md`).
//!
//! [`read`] streams the events of files into a [`Sink`], such as the engine's `LogBuilder`; [`write()`] writes a log.
//! What a format cannot hold travels beside it, so that an import of an export has the same canonical lines.
//!
//! Invariants: nothing here keeps a whole file in memory, but an XES log whose events say their order; every token, row and nesting is bounded; what cannot be read
//! is an error that says where, what and what to do, never a panic.

mod csv;
mod draft;
mod error;
mod format;
pub mod icalendar;
mod input;
mod intake;
mod jsonl;
mod mapping;
mod read;
mod write;
mod xes;

pub use csv::HEADER as CSV_HEADER;
pub use error::{InputError, MappingError, ReadError, is_unseen};
pub use format::{Format, FormatError};
pub use input::{Input, Progress, read_at_most};
pub use intake::Sink;
pub use mapping::Mapping;
pub use read::{Options, Summary, read, read_log};
pub use write::write;
