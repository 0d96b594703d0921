//! JSON Lines: native events, one a line.

mod json;
mod lines;

use std::borrow::Cow;
use std::io::{self, Write};

use engine::log::Log;

use crate::error::{Fault, ReadError};
use crate::input::Feed;
use crate::intake::Intake;
pub(crate) use json::{attrs, event, links, of_time, text, texts, value};
use lines::Lines;

/// Reads the events of a feed.
pub(crate) fn read(feed: Feed, intake: &mut Intake<'_>) -> Result<(), ReadError> {
    let mut lines = Lines::new(feed);
    loop {
        let (line, bytes) = match lines.next() {
            Ok(Some(next)) => next,
            Ok(None) => return Ok(()),
            Err((line, fault)) => return Err(intake.fatal(Some(line), fault)),
        };
        let bytes = if line == 1 { bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes) } else { bytes };
        if bytes.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) => {
                let fault = Fault::new("the line is not UTF-8").help("save the file as UTF-8");
                intake.bad(line, fault, || String::from_utf8_lossy(bytes))?;
                continue;
            }
        };
        let raw = || Cow::Borrowed(text.trim_end());
        match event(text) {
            Ok(draft) => draft.hand_over(line, raw, intake)?,
            Err(fault) => intake.bad(line, fault, raw)?,
        }
    }
}

/// Writes the log's events in their order, each as its canonical line.
pub(crate) fn write(log: &Log, out: &mut dyn Write) -> io::Result<()> {
    for row in crate::write::rows(log) {
        let mut line = log.event(row).canonical_line();
        line.push('\n');
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}
