//! What `evaluate` says: duties, signals, ladder steps and reports, as rows with names.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use crate::time::Instant;

/// Where a duty stands (`docs/policy-language.md`, "States").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum State {
    /// Open, not yet due.
    Pending,
    /// Open, due passed.
    Overdue,
    /// Closed by `expect`, in time.
    Met,
    /// Closed by `expect`, after due.
    MetLate,
    /// Closed by `unless` or a valid excuse, in time.
    Excused,
    /// Closed by `unless` or a valid excuse, after due.
    ExcusedLate,
    /// Closed by `until`, in time.
    Ended,
    /// Closed by `until`, after due.
    EndedLate,
    /// Closed before `no_sooner_than`.
    TooEarly,
    /// Not done where it could only be done then.
    Breached,
    /// Attendance of which nothing was written in time.
    Unrecorded,
    /// A value was missing, wrong or outside the calendar.
    Undecided,
}

impl State {
    /// Every state, in order.
    pub const ALL: [Self; 12] = [
        Self::Pending,
        Self::Overdue,
        Self::Met,
        Self::MetLate,
        Self::Excused,
        Self::ExcusedLate,
        Self::Ended,
        Self::EndedLate,
        Self::TooEarly,
        Self::Breached,
        Self::Unrecorded,
        Self::Undecided,
    ];

    /// Whether a duty in this state was not met in time, or not yet.
    #[must_use]
    pub fn is_shortfall(self) -> bool {
        match self {
            Self::Overdue | Self::Unrecorded | Self::Breached | Self::TooEarly => true,
            Self::MetLate | Self::ExcusedLate | Self::EndedLate => true,
            Self::Pending | Self::Met | Self::Excused | Self::Ended | Self::Undecided => false,
        }
    }

    /// Whether a duty in this state is still to be done.
    #[must_use]
    pub fn is_open(self) -> bool {
        matches!(self, Self::Pending | Self::Overdue | Self::Unrecorded)
    }

    /// Whether the ladder of a duty in this state is open, by what was decided at its last step: it is once the duty is late,
    /// and stays so after a breach until somebody accepts that.
    #[must_use]
    pub fn leaves_ladder_open(self, decision: Option<&str>) -> bool {
        match self {
            Self::Overdue | Self::Unrecorded => true,
            Self::Breached => decision != Some("accepted"),
            _ => false,
        }
    }

    /// The state's word, `met-late`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Overdue => "overdue",
            Self::Met => "met",
            Self::MetLate => "met-late",
            Self::Excused => "excused",
            Self::ExcusedLate => "excused-late",
            Self::Ended => "ended",
            Self::EndedLate => "ended-late",
            Self::TooEarly => "too-early",
            Self::Breached => "breached",
            Self::Unrecorded => "unrecorded",
            Self::Undecided => "undecided",
        }
    }
}

/// A duty as `review` prints it (`docs/formats.md`, "What a review prints").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct DutyRow {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Its ids under other names of its key and part, sorted.
    pub aliases: Vec<String>,
    /// The rule.
    pub duty: String,
    /// The rule's `on`.
    pub lens: String,
    /// The canonical entity.
    pub key: String,
    /// Agency, officer or `each` entity; empty where the rule has no parts.
    pub part: String,
    /// What started it.
    pub trigger: TriggerRow,
    /// When it is due.
    pub due: Option<Instant>,
    /// Where it stands.
    pub state: State,
    /// What closed it.
    pub closed_by: Option<ClosedByRow>,
    /// How long after due it was closed; none while open or in time.
    pub late_ms: Option<i64>,
    /// Closed by an event dated in time and recorded after due.
    pub recorded_late: bool,
    /// Dues of an `every` interval that passed before it closed.
    pub periods_missed: u32,
    /// Of `attend`: whether the agency was asked.
    pub invited: Option<Invited>,
    /// Who owes it.
    pub owner: Option<String>,
    /// The people who owe it; none where there are no registers to ask.
    pub holders: Option<Arc<[String]>>,
    /// Ids of candidates that nearly counted, in order.
    pub near: Vec<String>,
    /// The value that could not be read.
    pub undecided: Option<String>,
    /// The ladder's steps that ever opened.
    pub ladder: Vec<StepRow>,
}

impl DutyRow {
    /// Whether its ladder is open.
    #[must_use]
    pub fn has_open_ladder(&self) -> bool {
        self.ladder.last().is_some_and(|step| self.state.leaves_ladder_open(step.decision.as_deref()))
    }
}

/// A post or cover that an officer holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostRow {
    /// The officer.
    pub officer: String,
    /// Whether it is a cover.
    pub is_cover: bool,
    /// Its role.
    pub role: Option<String>,
    /// Its rank.
    pub rank: Option<String>,
    /// The team in which it is.
    pub team: Option<String>,
    /// Its own agency, else its role's.
    pub agency: Option<String>,
    /// To whom it answers.
    pub managers: Vec<String>,
}

/// Who is in charge of a stream, as it was last allocated in each role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllocationRow {
    /// The stream.
    pub stream: String,
    /// The officers, and those who allocated it to them.
    pub officers: BTreeSet<String>,
    /// The teams.
    pub teams: BTreeSet<String>,
}

/// Whether an agency was asked to a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invited {
    /// It is on the list.
    Yes,
    /// There is a list, without it.
    No,
    /// There is no list.
    Unknown,
}

/// The event that starts a duty or an interval.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct TriggerRow {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
}

/// The event that closed a duty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct ClosedByRow {
    /// Its id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: Instant,
    /// When the system knew.
    pub recorded_at: Instant,
}

/// A step of a duty's ladder (`docs/policy-language.md`, "Ladders").
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct StepRow {
    /// Its number, from 1.
    pub step: usize,
    /// The role it goes to.
    pub to: String,
    /// The agency whose holders it reaches.
    pub agency: Option<String>,
    /// The people it reaches; none where there are no registers to ask.
    pub holders: Option<Arc<[String]>>,
    /// When it opened.
    pub opens: Instant,
    /// By when it is to be answered; the last step has none.
    pub due: Option<Instant>,
    /// When it was first raised.
    pub raised: Option<Instant>,
    /// When it was first seen.
    pub seen: Option<Instant>,
    /// When it was answered.
    pub answered: Option<Instant>,
    /// What the answer was.
    pub decision: Option<String>,
}

/// A step of a duty's ladder that has not opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AheadRow {
    /// Its number, from 1.
    pub step: usize,
    /// The role it goes to.
    pub to: String,
    /// The agency whose holders it reaches.
    pub agency: Option<String>,
    /// The people it would reach now; none where there are no registers to ask.
    pub holders: Option<Arc<[String]>>,
}

/// A signal raised (`docs/policy-language.md`, "Signals").
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SignalRow {
    /// 32 hexadecimal digits.
    pub id: String,
    /// Its name.
    pub signal: String,
    /// The signal's `on`.
    pub lens: String,
    /// The canonical entity.
    pub key: String,
    /// The values of `per`, in its order, as JSON would write those that are not text.
    pub per: Vec<String>,
    /// When it was raised: the `at` of the event that completed the window.
    pub at: Instant,
    /// The latest `recorded_at` in the window.
    pub recorded_at: Instant,
    /// The id of the event that completed the window.
    pub event: String,
}

/// Something that the evaluation could not use as it stood (`docs/formats.md`, "What a review prints").
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct ReportRow {
    /// Which sort of thing.
    pub code: ReportCode,
    /// The event's id.
    pub event: Option<String>,
    /// The rule.
    pub rule: Option<String>,
    /// The key.
    pub key: Option<String>,
    /// What it was, in a sentence.
    pub text: String,
}

/// The sort of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReportCode {
    /// Events of a kind that no version declares.
    UndeclaredKind,
    /// A link or attribute that the kind does not declare.
    UndeclaredField,
    /// A value not of its declared type.
    WrongType,
    /// A correction of an event that is unknown under the cut.
    UnknownRoot,
    /// An excuse or escalation of a duty that does not arise.
    Orphaned,
    /// An attendance entry with a word that is none.
    UnknownAttendance,
    /// A signal's guard that failed to evaluate.
    GuardFailed,
    /// A `from` while an interval is open.
    AlreadyOpen,
    /// A duty without an owner.
    NoOwner,
    /// A step of a ladder with nobody left.
    StepSkipped,
    /// An excuse that counts for nothing.
    ExcuseRefused,
    /// A rank taken from the excuse's attribute.
    RankFromAttribute,
    /// An answer from one who owes the duty.
    AnswerRefused,
    /// An answer from one whose step it is not.
    AnswerByOther,
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Instant::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ReportCode {
    /// The code's word, `undeclared-kind`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::UndeclaredKind => "undeclared-kind",
            Self::UndeclaredField => "undeclared-field",
            Self::WrongType => "wrong-type",
            Self::UnknownRoot => "unknown-root",
            Self::Orphaned => "orphaned",
            Self::UnknownAttendance => "unknown-attendance",
            Self::GuardFailed => "guard-failed",
            Self::AlreadyOpen => "already-open",
            Self::NoOwner => "no-owner",
            Self::StepSkipped => "step-skipped",
            Self::ExcuseRefused => "excuse-refused",
            Self::RankFromAttribute => "rank-from-attribute",
            Self::AnswerRefused => "answer-refused",
            Self::AnswerByOther => "answer-by-other",
        }
    }
}
