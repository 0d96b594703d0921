//! How many duties stand in which state.

use std::collections::BTreeMap;
use std::io::{self, Write};

use engine::duty::State;
use engine::evaluate::Evaluation;
use engine::time::{Instant, tzdb_version};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::words::thousands;

/// The counts of a review, as `--summary --format json` prints them.
#[derive(Debug, Serialize)]
pub struct Summary<'e> {
    /// Effective events after the cut.
    pub events: u64,
    /// Distinct (lens, key) with a duty.
    pub keys: u64,
    /// When open duties were judged.
    pub as_of: Option<Instant>,
    /// The release of the time-zone data.
    pub tzdb: &'static str,
    /// Rule → counts; rules without a duty too.
    pub duties: BTreeMap<&'e str, Counts>,
    /// Rules of packs below that are replaced or switched off; left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Changed<'e>>,
}

/// What a policy did with a rule of one that it builds on.
#[derive(Debug, Serialize)]
pub struct Changed<'e> {
    /// The rule.
    pub rule: &'e str,
    /// Whether it is gone; else it stands, otherwise.
    pub off: bool,
    /// What was done, by whom and why.
    pub words: String,
}

/// How many duties stand in each state, in the order of [`State::ALL`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts([u64; 12]);

impl Counts {
    /// How many stand in a state.
    #[must_use]
    pub fn of(&self, state: State) -> u64 {
        self.0[state as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The counts that are not zero in words: `12 met, 3 overdue`.
    #[must_use]
    pub fn words(&self) -> String {
        let occurring = State::ALL.into_iter().filter(|&state| self.of(state) > 0);
        let words: Vec<String> =
            occurring.map(|state| format!("{} {}", thousands(self.of(state)), state.word())).collect();
        words.join(", ")
    }

    /// The counts of both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
        self
    }
}

impl Serialize for Counts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(State::ALL.len()))?;
        for state in State::ALL {
            map.serialize_entry(state.word(), &self.of(state))?;
        }
        map.end()
    }
}

impl<'e> Summary<'e> {
    /// The summary of an evaluation.
    #[must_use]
    pub fn of(evaluation: &'e Evaluation<'_>, changes: Vec<Changed<'e>>) -> Self {
        Self {
            changes,
            events: evaluation.event_count(),
            keys: evaluation.key_count(),
            as_of: evaluation.as_of(),
            tzdb: tzdb_version(),
            duties: evaluation.counts().into_iter().map(|(rule, counts)| (rule, Counts(counts))).collect(),
        }
    }

    /// The counts of all rules together.
    #[must_use]
    pub fn all(&self) -> Counts {
        self.duties.values().fold(Counts::default(), |all, counts| all.and(counts))
    }

    /// Writes the counts as CSV, a rule a line.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(std::iter::once("duty").chain(State::ALL.map(State::word)))?;
        for (rule, counts) in &self.duties {
            let figures = counts.0.map(|count| count.to_string());
            table.write_record(std::iter::once(*rule).chain(figures.iter().map(String::as_str)))?;
        }
        table.flush()
    }

    /// Writes it as one line of JSON.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}
