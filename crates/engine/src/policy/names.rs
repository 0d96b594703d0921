//! Names of kinds: recorded, `signal.X`, and `duty.<transition>:<rule>`.

use super::{DutyRule, Pattern};

/// What a kind's name says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KindName<'a> {
    /// A kind that people and systems record.
    Recorded(&'a str),
    /// `signal.X`: the signal X raised.
    Signal(&'a str),
    /// `duty.<transition>:<rule>`.
    Duty {
        /// What happened to the duty.
        transition: Transition,
        /// Whose duty.
        rule: &'a str,
    },
    /// A name that begins `duty.` and names no transition of a rule.
    Malformed(&'a str),
}

impl<'a> KindName<'a> {
    /// Reads a kind's name.
    #[must_use]
    pub fn parse(kind: &'a str) -> Self {
        if let Some(signal) = kind.strip_prefix("signal.") {
            return Self::Signal(signal);
        }
        let Some(rest) = kind.strip_prefix("duty.") else { return Self::Recorded(kind) };
        match rest.split_once(':').map(|(word, rule)| (Transition::parse(word), rule)) {
            Some((Some(transition), rule)) => Self::Duty { transition, rule },
            _ => Self::Malformed(rest),
        }
    }

    /// The rule or signal that makes events of this kind.
    #[must_use]
    pub fn maker(self) -> Option<&'a str> {
        match self {
            Self::Signal(name) | Self::Duty { rule: name, .. } => Some(name),
            Self::Recorded(_) | Self::Malformed(_) => None,
        }
    }
}

/// What happens to a duty that rules can start from (`docs/policy-language.md`, "Rules over rules").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Transition {
    /// It arose.
    Opened,
    /// Its due passed while it was open.
    Overdue,
    /// Of `attend`: its due passed and nothing was written.
    Unrecorded,
    /// Closed as `met`.
    Met,
    /// Closed as `met-late`.
    MetLate,
    /// Closed as `breached`.
    Breached,
    /// Closed as `excused`.
    Excused,
    /// Closed as `excused-late`.
    ExcusedLate,
    /// Closed as `ended`.
    Ended,
    /// Closed as `ended-late`.
    EndedLate,
    /// Closed as `too-early`.
    TooEarly,
}

impl Transition {
    /// Every transition.
    pub const ALL: [Self; 11] = [
        Self::Opened,
        Self::Overdue,
        Self::Unrecorded,
        Self::Met,
        Self::MetLate,
        Self::Breached,
        Self::Excused,
        Self::ExcusedLate,
        Self::Ended,
        Self::EndedLate,
        Self::TooEarly,
    ];

    /// The transition of this word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transition| transition.word() == word)
    }

    /// The word in a kind's name, `met-late`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Overdue => "overdue",
            Self::Unrecorded => "unrecorded",
            Self::Met => "met",
            Self::MetLate => "met-late",
            Self::Breached => "breached",
            Self::Excused => "excused",
            Self::ExcusedLate => "excused-late",
            Self::Ended => "ended",
            Self::EndedLate => "ended-late",
            Self::TooEarly => "too-early",
        }
    }

    /// Whether a duty of this rule can come to it.
    #[must_use]
    pub fn is_of(self, rule: &DutyRule) -> bool {
        let waits = matches!(rule.pattern, Pattern::Respond | Pattern::Every);
        let stays_open = waits || rule.pattern == Pattern::Attend;
        match self {
            Self::Opened => true,
            Self::Met => rule.pattern != Pattern::Never || !rule.unless_before.is_empty(),
            Self::Overdue | Self::MetLate => waits,
            Self::Unrecorded => rule.pattern == Pattern::Attend,
            Self::Breached => !waits,
            Self::Excused | Self::ExcusedLate => stays_open,
            Self::Ended | Self::EndedLate => stays_open && !rule.until.is_empty(),
            Self::TooEarly => rule.no_sooner_than.is_some(),
        }
    }
}

impl Pattern {
    /// The pattern's word: `respond`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Respond => "respond",
            Self::Before => "before",
            Self::Holds => "holds",
            Self::Every => "every",
            Self::Attend => "attend",
            Self::Never => "never",
        }
    }
}
