//! What a guard sees: its values, and the scope that gives them.

use std::borrow::Cow;
use std::fmt;

use crate::record::Value;
use crate::time::{Instant, Span, TimeError};

/// One of the events that a guard sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    /// `event`: the trigger, or where candidates are guarded the candidate.
    Event,
    /// `trigger`: where candidates are guarded.
    Trigger,
    /// `given`: the latest event that the rule's `given` asks for.
    Given,
}

impl Record {
    /// As guards write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Trigger => "trigger",
            Self::Given => "given",
        }
    }
}

/// A field that every event has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventField {
    /// `id`: a text.
    Id,
    /// `kind`: a text.
    Kind,
    /// `stream`: a text, empty where it was left out.
    Stream,
    /// `at`: an instant.
    At,
    /// `recorded_at`: an instant.
    RecordedAt,
}

impl EventField {
    /// All.
    pub const ALL: [Self; 5] = [Self::Id, Self::Kind, Self::Stream, Self::At, Self::RecordedAt];

    /// As guards write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Kind => "kind",
            Self::Stream => "stream",
            Self::At => "at",
            Self::RecordedAt => "recorded_at",
        }
    }
}

/// A value in evaluation; texts are borrowed from the scope or the guard where they can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Val<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction; as CEL has it, infinite after a division by zero.
    Decimal(f64),
    /// True or false.
    Boolean(bool),
    /// A point in time.
    Instant(Instant),
    /// A list of texts: an attribute, or what a role links.
    Texts(Vec<&'a str>),
    /// Any other list.
    List(Vec<Val<'a>>),
}

impl<'a> From<&'a Value> for Val<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(Cow::Borrowed(text)),
            Value::Integer(number) => Self::Integer(*number),
            Value::Decimal(number) => Self::Decimal(*number),
            Value::Boolean(truth) => Self::Boolean(*truth),
            Value::Instant(instant) => Self::Instant(*instant),
            Value::Texts(texts) => Self::Texts(texts.iter().map(String::as_str).collect()),
        }
    }
}

/// What a guard is evaluated over.
///
/// A slot is an index into [`Checked::attrs`](super::Checked::attrs) or [`Checked::roles`](super::Checked::roles): bind
/// those to columns once for each guard. The functions on registers take entities as guards have them, so it is for the
/// scope to find their canonical names; without an instant they answer as at `event`.
pub trait Scope {
    /// A field that every event has.
    fn field(&self, record: Record, field: EventField) -> Val<'_>;

    /// An attribute, and none where the event lacks it or it is not of its declared type.
    fn attr(&self, record: Record, slot: usize) -> Option<Val<'_>>;

    /// What the event links in a role, sorted; empty where it links nothing.
    fn links(&self, record: Record, slot: usize) -> Vec<&str>;

    /// Whether the event has the attribute, of its declared type.
    fn has_attr(&self, record: Record, slot: usize) -> bool {
        self.attr(record, slot).is_some()
    }

    /// Whether the event links anything in a role.
    fn has_links(&self, record: Record, slot: usize) -> bool {
        !self.links(record, slot).is_empty()
    }

    /// `key`.
    fn key(&self) -> &str;

    /// `subject`, of `holds`: the part; empty elsewhere.
    fn subject(&self) -> &str {
        ""
    }

    /// `after`: the due of a span in the policy's zone and calendar.
    ///
    /// # Errors
    ///
    /// Where the calendar does not reach, or the result is outside the years 0000 to 9999.
    fn after(&self, from: Instant, span: Span) -> Result<Instant, TimeError>;

    /// Whether an officer has a qualification; none where the registers know nothing of the officer.
    fn qualified(&self, officer: &str, name: &str, at: Option<Instant>) -> Option<bool>;

    /// Whether an officer holds a role, by post or cover; none where the registers know nothing of the officer.
    fn has_role(&self, officer: &str, role: &str, at: Option<Instant>) -> Option<bool>;

    /// Whether `x`, a declared rank or else an officer, has at least a rank; none where it is an officer of whom the registers know nothing.
    fn rank_at_least(&self, x: &str, rank: &str, at: Option<Instant>) -> Option<bool>;

    /// Whether an officer is in a team; none where the registers know nothing of either.
    fn in_team(&self, officer: &str, team: &str, at: Option<Instant>) -> Option<bool>;

    /// How many officers have a post in a team; none where the registers know nothing of the team.
    fn filled(&self, team: &str, at: Option<Instant>) -> Option<i64>;
}

/// Why a guard, or a `due`, gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What a duty's `undecided` names: the text of the smallest expression that failed, such as `event.attrs.age` where
    /// that is missing, or `calendar england-and-wales` where working days were to be counted beyond it.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}
