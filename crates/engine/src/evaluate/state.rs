//! What is kept of a key while its events pass, and what comes of them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::derived::Derived;
use super::effective::{NO_NODE, Node};
use super::opens::Opens;
use super::plan::GroupPlan;
use super::signal::Window;
use super::view::View;
use crate::duty::{ReportCode, State};
use crate::log::Text;
use crate::sparing;
use crate::time::Instant;

/// A duty, judged: one row of its group's column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Duty {
    pub(crate) key: Text,
    pub(crate) trigger: Node,
    /// The event that closed it, or for attendance holds the entry.
    pub(crate) closed_by: Node,
    /// [`State::Pending`] while it is open, due or not.
    pub(crate) state: State,
    /// The rule's place in its group.
    pub(crate) rule: u8,
    pub(crate) recorded_late: bool,
}

impl Duty {
    pub(crate) fn new(key: Text, trigger: Node, rule: u8) -> Self {
        Self { key, trigger, closed_by: NO_NODE, state: State::Pending, rule, recorded_late: false }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state == State::Pending
    }

    /// Whether its people are asked for as time passes: it is open, or its breach may not be accepted.
    pub(crate) fn may_name_others(&self) -> bool {
        matches!(self.state, State::Pending | State::Undecided | State::Breached)
    }
}

/// When the duties of a group are due.
#[derive(Debug)]
pub(crate) enum Dues {
    /// So many milliseconds after their triggers: nothing is kept.
    After(i64),
    /// By row, in milliseconds.
    Each(Vec<i64>),
}

/// The due of a duty of which it cannot be told.
const NO_DUE: i64 = i64::MIN;

impl Default for Dues {
    fn default() -> Self {
        Self::Each(Vec::new())
    }
}

/// The duties of a group.
#[derive(Debug, Default)]
pub(crate) struct Duties {
    pub(crate) rows: Vec<Duty>,
    dues: Dues,
    /// By row, where the group's duties have parts.
    parts: Vec<Text>,
    /// By row, the event that starts the interval, of `every`.
    starts: Vec<Node>,
    /// Rows with candidates that nearly counted.
    pub(crate) near: HashMap<u32, Vec<Node>>,
    /// Why rows are undecided.
    pub(crate) undecided: HashMap<u32, String>,
    /// How many rows were given up.
    pub(crate) given_up: usize,
}

/// The row of a duty that was given up.
pub(crate) const NO_ROW: u32 = u32::MAX;

impl Duties {
    pub(crate) fn new(dues: Dues) -> Self {
        Self { dues, ..Self::default() }
    }

    pub(crate) fn push(&mut self, duty: Duty, due: Option<Instant>) -> u32 {
        if let Dues::Each(dues) = &mut self.dues {
            dues.push(due.map_or(NO_DUE, Instant::ms));
        }
        self.rows.push(duty);
        (self.rows.len() - 1) as u32
    }

    pub(crate) fn push_part(&mut self, duty: Duty, due: Option<Instant>, part: Text) -> u32 {
        self.parts.resize(self.rows.len(), Text::EMPTY);
        self.parts.push(part);
        self.push(duty, due)
    }

    /// Takes every duty from a row on that is open, with its due.
    #[inline]
    pub(crate) fn each_open(
        &mut self,
        view: &View<'_>,
        from: usize,
        mut take: impl FnMut(&mut Duty, Instant),
    ) {
        match &self.dues {
            Dues::After(ms) => {
                for duty in self.rows[from..].iter_mut().filter(|duty| duty.is_open()) {
                    let due = Instant::saturating(view.at(duty.trigger).ms() + ms);
                    take(duty, due);
                }
            }
            Dues::Each(dues) => {
                let open = self.rows[from..].iter_mut().zip(&dues[from..]).filter(|(duty, _)| duty.is_open());
                open.for_each(|(duty, &due)| take(duty, Instant::saturating(due)));
            }
        }
    }

    /// When a duty is due, if that could be told.
    #[inline]
    pub(crate) fn due(&self, view: &View<'_>, row: u32) -> Option<Instant> {
        match &self.dues {
            Dues::After(ms) => Instant::from_ms(view.at(self.rows[row as usize].trigger).ms() + ms).ok(),
            Dues::Each(dues) => {
                dues.get(row as usize).filter(|&&ms| ms != NO_DUE).map(|&ms| Instant::saturating(ms))
            }
        }
    }

    pub(crate) fn set_start(&mut self, row: u32, start: Node) {
        self.starts.resize(row as usize, NO_NODE);
        self.starts.push(start);
    }

    pub(crate) fn part(&self, row: u32) -> Text {
        self.parts.get(row as usize).copied().unwrap_or(Text::EMPTY)
    }

    /// The event that starts the duty, or for `every` its interval.
    pub(crate) fn start(&self, row: u32) -> Node {
        let start = self.starts.get(row as usize).copied().filter(|&start| start != NO_NODE);
        start.unwrap_or(self.rows[row as usize].trigger)
    }

    /// Takes a duty away; its row stays, without a key.
    pub(crate) fn give_up(&mut self, row: u32) {
        self.rows[row as usize].key = Text::EMPTY;
        self.near.remove(&row);
        self.undecided.remove(&row);
        self.given_up += 1;
    }

    /// Leaves out the rows that were given up; says by row which it is now, or [`NO_ROW`].
    pub(crate) fn close_ranks(&mut self) -> Vec<u32> {
        let mut now = vec![NO_ROW; self.rows.len()];
        for (place, (row, _)) in self.standing().enumerate() {
            now[row as usize] = place as u32;
        }
        let stands = |row: &u32| now[*row as usize] != NO_ROW;
        keep_rows(&mut self.parts, stands);
        keep_rows(&mut self.starts, stands);
        if let Dues::Each(dues) = &mut self.dues {
            keep_rows(dues, stands);
        }
        keep_rows(&mut self.rows, stands);
        self.near = self.near.drain().map(|(row, near)| (now[row as usize], near)).collect();
        self.undecided = self.undecided.drain().map(|(row, what)| (now[row as usize], what)).collect();
        self.given_up = 0;
        now
    }

    /// Gives back most of what its columns have room for and do not hold.
    pub(crate) fn shrink(&mut self) {
        let Self { rows, dues, parts, starts, near, undecided, given_up: _ } = self;
        sparing::shrink(rows);
        if let Dues::Each(dues) = dues {
            sparing::shrink(dues);
        }
        sparing::shrink(parts);
        sparing::shrink(starts);
        near.shrink_to_fit();
        undecided.shrink_to_fit();
    }

    /// The rows that were not given up, by number.
    pub(crate) fn standing(&self) -> impl Iterator<Item = (u32, &Duty)> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, duty)| duty.key != Text::EMPTY).map(|(row, duty)| (row as u32, duty))
    }

    pub(crate) fn undecide(&mut self, row: u32, what: String) {
        self.rows[row as usize].state = State::Undecided;
        self.undecided.insert(row, what);
    }

    #[cfg(feature = "parallel")]
    pub(crate) fn append(&mut self, other: Self) {
        if self.rows.is_empty() {
            *self = other;
            return;
        }
        let before = self.rows.len() as u32;
        if !other.parts.is_empty() {
            self.parts.resize(before as usize, Text::EMPTY);
            self.parts.extend(other.parts);
        }
        if !other.starts.is_empty() {
            self.starts.resize(before as usize, NO_NODE);
            self.starts.extend(other.starts);
        }
        if let (Dues::Each(dues), Dues::Each(others)) = (&mut self.dues, other.dues) {
            dues.extend(others);
        }
        self.rows.extend(other.rows);
        self.near.extend(other.near.into_iter().map(|(row, near)| (row + before, near)));
        self.undecided.extend(other.undecided.into_iter().map(|(row, what)| (row + before, what)));
    }
}

/// Leaves out of a column what rows it is not to have.
fn keep_rows<T>(column: &mut Vec<T>, stands: impl Fn(&u32) -> bool) {
    let mut rows = 0..;
    column.retain(|_| rows.next().is_some_and(|row| stands(&row)));
    column.shrink_to_fit();
}

/// A duty still open, with what its closing asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Open {
    pub(crate) row: u32,
    pub(crate) rule: u8,
    pub(crate) trigger: Node,
    /// The event that starts the interval; the trigger, but for `every`.
    pub(crate) start: Node,
    pub(crate) given: Node,
    pub(crate) part: Text,
    pub(crate) due: Instant,
    pub(crate) no_sooner: Option<Instant>,
}

/// What one rule has seen of a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) given: Vec<Node>,
    /// `needs` with whether they were independent when they came, and `unless_before`.
    pub(crate) needs: Vec<(Node, bool)>,
    pub(crate) since: Vec<Node>,
    /// Officers of the events that a response must be independent of.
    pub(crate) officers: HashSet<Text>,
    pub(crate) window: Window,
}

impl Seen {
    fn is_empty(&self) -> bool {
        let Self { given, needs, since, officers, window } = self;
        given.is_empty() && needs.is_empty() && since.is_empty() && officers.is_empty() && window.is_empty()
    }
}

/// What one group keeps of a key.
#[derive(Clone, Debug, Default)]
pub(crate) struct GroupState {
    /// Of a plain group: the first row that is open.
    pub(crate) open_from: usize,
    pub(crate) open: Opens,
    /// By rule.
    pub(crate) seen: Vec<Seen>,
}

impl GroupState {
    /// Whether nothing of the key is kept.
    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty() && self.seen.iter().all(Seen::is_empty)
    }

    pub(crate) fn begin(&mut self, rules: usize, rows: usize) {
        self.open_from = rows;
        self.open = Opens::default();
        self.seen.clear();
        self.seen.reserve_exact(rules);
        self.seen.resize_with(rules, Seen::default);
    }
}

/// Something to report, its texts not written yet.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) code: ReportCode,
    pub(crate) event: Node,
    /// The group's number.
    pub(crate) group: Option<usize>,
    pub(crate) key: Option<Text>,
    pub(crate) text: Cow<'static, str>,
}

/// What comes of some keys in one pass.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// By place of the group in its pass.
    pub(crate) duties: Vec<Duties>,
    /// Signals raised, with the place of their group.
    pub(crate) signals: Vec<(u16, Derived)>,
    pub(crate) reports: Vec<Report>,
}

impl Outcome {
    pub(crate) fn new(groups: &[GroupPlan<'_>]) -> Self {
        Self { duties: groups.iter().map(|group| Duties::new(group.dues())).collect(), ..Self::default() }
    }

    #[cfg(feature = "parallel")]
    pub(crate) fn append(&mut self, other: Self) {
        for (mine, theirs) in self.duties.iter_mut().zip(other.duties) {
            mine.append(theirs);
        }
        self.signals.extend(other.signals);
        self.reports.extend(other.reports);
    }
}
