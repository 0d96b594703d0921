//! Where readers hand over their rows: good ones go to the sink, bad ones stop the reading or are written down.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use engine::log::{EventRef, LogBuilder, LogError, Pushed};
use engine::record::write_text;

use crate::error::{Fault, InputError, ReadError};
use crate::input::Progress;
use crate::read::Summary;

/// Takes events, one by one, in the order of files and rows.
///
/// It is the sink that refuses what no log may hold ([`LogError`]); what it refuses is a bad row. A `LogBuilder` is a
/// sink, and so is a closure.
pub trait Sink {
    /// Is told on which line of its file the next event begins, from 1.
    fn line(&mut self, _line: u64) {}

    /// Takes an event.
    ///
    /// # Errors
    /// Why it is no event of a log.
    fn event(&mut self, event: &EventRef<'_>) -> Result<Pushed, LogError>;
}

impl Sink for LogBuilder {
    fn event(&mut self, event: &EventRef<'_>) -> Result<Pushed, LogError> {
        self.push(event)
    }
}

impl<F: FnMut(&EventRef<'_>) -> Result<Pushed, LogError>> Sink for F {
    fn event(&mut self, event: &EventRef<'_>) -> Result<Pushed, LogError> {
        self(event)
    }
}

/// Tells how far reading has come.
pub(crate) type OnProgress<'a> = &'a mut dyn FnMut(Progress);

pub(crate) struct Intake<'a> {
    sink: &'a mut dyn Sink,
    rejects: Option<&'a mut dyn Write>,
    source: Option<&'a str>,
    progress: Option<OnProgress<'a>>,
    bytes: Arc<AtomicU64>,
    total: Option<u64>,
    told: u64,
    file: String,
    /// Where each file's rows begin in the sink.
    starts: Vec<(u64, String)>,
    id: String,
    corrects: String,
    pub(crate) summary: Summary,
}

/// How often progress is told: after so many more bytes.
const PROGRESS_STEP: u64 = 1 << 20;

impl<'a> Intake<'a> {
    pub(crate) fn new(
        sink: &'a mut dyn Sink,
        rejects: Option<&'a mut dyn Write>,
        source: Option<&'a str>,
        progress: Option<OnProgress<'a>>,
        total: Option<u64>,
    ) -> Self {
        Self {
            sink,
            rejects,
            source,
            progress,
            bytes: Arc::new(AtomicU64::new(0)),
            total,
            told: 0,
            file: String::new(),
            starts: Vec::new(),
            id: String::new(),
            corrects: String::new(),
            summary: Summary::default(),
        }
    }

    /// The bytes read of all inputs, for them to add to.
    pub(crate) fn bytes(&self) -> &Arc<AtomicU64> {
        &self.bytes
    }

    /// Whether bad rows are written down, so that readers keep their text.
    pub(crate) fn keeps_rejects(&self) -> bool {
        self.rejects.is_some()
    }

    pub(crate) fn begin_file(&mut self, name: &str) {
        name.clone_into(&mut self.file);
        self.starts.push((self.summary.events, name.to_owned()));
    }

    /// Hands over an event that begins on this line; `raw` is its text as it stands in the file.
    pub(crate) fn event<'r>(
        &mut self,
        line: u64,
        event: &EventRef<'_>,
        raw: impl FnOnce() -> std::borrow::Cow<'r, str>,
    ) -> Result<(), ReadError> {
        self.sink.line(line);
        let pushed = match self.source {
            None => self.sink.event(event),
            Some(source) => {
                under_source(&mut self.id, source, event.id);
                let corrects = event.corrects.map(|corrects| {
                    under_source(&mut self.corrects, source, corrects);
                    self.corrects.as_str()
                });
                // An event without an id has none under any source.
                let id = if event.id.is_empty() { "" } else { self.id.as_str() };
                self.sink.event(&EventRef { id, corrects, ..*event })
            }
        };
        match pushed {
            Ok(Pushed::Added) => self.summary.events += 1,
            Ok(Pushed::AlreadyThere) => self.summary.repeated += 1,
            Err(error) => {
                let fault = self.fault_of(error);
                return self.bad(line, fault, raw);
            }
        }
        self.tell_progress();
        Ok(())
    }

    /// Says that the row that begins on this line is bad: stops, or writes it down.
    pub(crate) fn bad<'r>(
        &mut self,
        line: u64,
        fault: Fault,
        raw: impl FnOnce() -> std::borrow::Cow<'r, str>,
    ) -> Result<(), ReadError> {
        let error = fault.of(&self.file, Some(line));
        let Some(rejects) = &mut self.rejects else { return Err(error.into()) };
        self.summary.rejected += 1;
        rejects.write_all(reject_line(&error, &raw()).as_bytes()).map_err(ReadError::Rejects)
    }

    /// An error that no collecting of rejects gets past.
    pub(crate) fn fatal(&self, line: Option<u64>, fault: Fault) -> ReadError {
        fault.of(&self.file, line).into()
    }

    fn fault_of(&self, error: LogError) -> Fault {
        match error {
            LogError::Conflict { id, row } => {
                let row = u64::from(row);
                let place = self.starts.iter().rev().find(|(start, _)| *start <= row);
                let (start, file) =
                    place.map_or((0, self.file.as_str()), |(start, file)| (*start, file.as_str()));
                Fault::at(
                    "id",
                    format!(
                        "`{id}` is the id of another event already, the {} of `{file}`",
                        nth(row - start + 1)
                    ),
                )
                .help("give one of the two another id; of events that differ in nothing one is kept")
            }
            LogError::NoId => Fault::at("id", "the event has no id"),
            LogError::NoKind => Fault::at("kind", "the event has no kind"),
            LogError::AttributeTwice { name } => Fault::at(name, "the attribute is given twice"),
            LogError::NotFinite { name } => Fault::at(name, "the number is not finite"),
            LogError::EmptyLink { role } => {
                Fault::at(format!("links.{role}"), "the link names no entity or no role")
                    .help("leave the link out")
            }
            other => Fault::new(other.to_string()),
        }
    }

    fn tell_progress(&mut self) {
        let Some(progress) = &mut self.progress else { return };
        let bytes = self.bytes.load(Ordering::Relaxed);
        if bytes >= self.told + PROGRESS_STEP {
            self.told = bytes;
            progress(Progress { bytes, total: self.total });
        }
    }

    /// Tells the last of the progress.
    pub(crate) fn finish(&mut self) -> Result<(), ReadError> {
        if let Some(progress) = &mut self.progress {
            progress(Progress { bytes: self.bytes.load(Ordering::Relaxed), total: self.total });
        }
        self.rejects.as_mut().map_or(Ok(()), |rejects| rejects.flush().map_err(ReadError::Rejects))
    }
}

fn under_source(into: &mut String, source: &str, id: &str) {
    into.clear();
    into.push_str(source);
    into.push(':');
    into.push_str(id);
}

fn nth(number: u64) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// `{"file","row","reason","raw"}`; the row is the line on which it begins.
fn reject_line(error: &InputError, raw: &str) -> String {
    let mut line = String::from("{\"file\":");
    write_text(&mut line, &error.file);
    line.push_str(",\"row\":");
    line.push_str(&error.line.unwrap_or(0).to_string());
    line.push_str(",\"reason\":");
    let mut reason =
        error.field.as_ref().map_or_else(String::new, |field| format!("`{}`: ", crate::error::shown(field)));
    reason.push_str(&error.reason);
    if let Some(help) = &error.help {
        reason.push_str(&format!(" ({help})"));
    }
    write_text(&mut line, &reason);
    line.push_str(",\"raw\":");
    write_text(&mut line, raw);
    line.push_str("}\n");
    line
}
