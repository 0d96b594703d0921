//! Writing a log in whatever format.

use std::io::{self, BufWriter, Write};

use engine::log::{Log, Row};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::format::Format;
use crate::{csv, jsonl, xes};

/// Writes the events of a log; an import of what is written has the same canonical lines in the same order.
///
/// `packed` writes gzip.
///
/// # Errors
/// What the writer says.
pub fn write(log: &Log, format: Format, packed: bool, out: &mut dyn Write) -> io::Result<()> {
    if packed {
        let mut encoder = GzEncoder::new(BufWriter::new(out), Compression::default());
        write_plain(log, format, &mut BufWriter::new(&mut encoder))?;
        return encoder.finish()?.flush();
    }
    let mut out = BufWriter::new(out);
    write_plain(log, format, &mut out)
}

fn write_plain(log: &Log, format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::JsonLines => jsonl::write(log, out)?,
        Format::Csv => csv::write(log, out)?,
        Format::Xes => xes::write(log, out)?,
    }
    out.flush()
}

/// The rows of a log, in their order.
pub(crate) fn rows(log: &Log) -> impl Iterator<Item = Row> {
    (0..log.len()).filter_map(|row| Row::try_from(row).ok())
}
