//! The counts of a rule as a line of the page, with a bar.

use engine::duty::State;
use serde::Serialize;

use super::summary::Counts;
use crate::words::thousands;

/// States that a bar shows as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Band {
    InTime,
    Otherwise,
    Pending,
    Late,
    NotMet,
    Undecided,
}

impl Band {
    const ALL: [Self; 6] =
        [Self::InTime, Self::Otherwise, Self::Pending, Self::Late, Self::NotMet, Self::Undecided];

    fn class(self) -> &'static str {
        match self {
            Self::InTime => "in-time",
            Self::Otherwise => "otherwise",
            Self::Pending => "pending",
            Self::Late => "late",
            Self::NotMet => "not-met",
            Self::Undecided => "undecided",
        }
    }

    fn states(self) -> &'static [State] {
        match self {
            Self::InTime => &[State::Met],
            Self::Otherwise => &[State::Excused, State::Ended],
            Self::Pending => &[State::Pending],
            Self::Late => &[State::MetLate, State::ExcusedLate, State::EndedLate, State::TooEarly],
            Self::NotMet => &[State::Overdue, State::Breached, State::Unrecorded],
            Self::Undecided => &[State::Undecided],
        }
    }

    fn count(self, counts: &Counts) -> u64 {
        self.states().iter().map(|&state| counts.of(state)).sum()
    }
}

/// A band as the key to the bars explains it.
#[derive(Debug, Serialize)]
pub struct BandWords {
    class: &'static str,
    states: String,
}

impl BandWords {
    /// The bands that these counts show, in the order of bars.
    #[must_use]
    pub fn occurring(counts: &Counts) -> Vec<Self> {
        Band::ALL.into_iter().filter(|band| band.count(counts) > 0).map(Self::of).collect()
    }

    fn of(band: Band) -> Self {
        let states: Vec<&str> = band.states().iter().map(|state| state.word()).collect();
        Self { class: band.class(), states: states.join(", ") }
    }
}

/// A rule's line in the table of counts, with its bar.
#[derive(Debug, Serialize)]
pub struct RuleRow {
    title: String,
    name: Option<String>,
    /// The figures in words, for those who do not see the bar.
    words: String,
    bar: Vec<Segment>,
    counts: Vec<(&'static str, String)>,
    total: String,
}

/// A part of a bar 1,000 wide.
#[derive(Debug, Serialize)]
pub struct Segment {
    class: &'static str,
    x: String,
    width: String,
}

impl RuleRow {
    /// The line of these counts, with a figure for each of the states.
    #[must_use]
    pub fn new(title: String, name: Option<String>, counts: &Counts, states: &[State]) -> Self {
        Self {
            title,
            name,
            words: counts.words(),
            bar: bar(counts),
            counts: states.iter().map(|&state| (state.word(), thousands(counts.of(state)))).collect(),
            total: thousands(counts.total()),
        }
    }
}

fn bar(counts: &Counts) -> Vec<Segment> {
    let share = |count: u64| count as f64 * 1_000.0 / counts.total().max(1) as f64;
    let mut before = 0;
    let mut segments = Vec::new();
    for band in Band::ALL {
        let count = band.count(counts);
        if count > 0 {
            let (x, width) = (format!("{:.1}", share(before)), format!("{:.1}", share(count)));
            segments.push(Segment { class: band.class(), x, width });
        }
        before += count;
    }
    segments
}
