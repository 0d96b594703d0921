//! The fields of each table, in the order in which they are laid out.

use super::Pattern;
use super::Pattern::{Attend, Before, Every, Holds, Never, Respond};

const ANY: &[Pattern] = &[Respond, Before, Holds, Every, Attend, Never];
const WAITS: &[Pattern] = &[Respond, Every, Attend];
const CANDIDATES: &[Pattern] = &[Respond, Before, Every];

/// The fields of `[duty.X]` and the patterns that have them.
pub(super) const DUTY_FIELDS: &[(&str, &[Pattern])] = &[
    ("title", ANY),
    ("on", ANY),
    ("when", &[Respond, Before, Holds, Attend, Never]),
    ("from", &[Every]),
    ("where", ANY),
    ("given", ANY),
    ("each", &[Respond, Before, Every, Never]),
    ("agencies", &[Attend]),
    ("expect", &[Respond, Every]),
    ("needs", &[Before]),
    ("expect_where", CANDIDATES),
    ("independent_of", CANDIDATES),
    ("holds", &[Holds]),
    ("unless_before", &[Never]),
    ("same", ANY),
    ("within", &[Respond, Before]),
    ("since", &[Before]),
    ("due", &[Respond]),
    ("due_before", &[Respond]),
    ("no_sooner_than", &[Respond]),
    ("discharges", &[Respond]),
    ("every", &[Every]),
    ("first", &[Every]),
    ("record_within", &[Attend]),
    ("report_counts", &[Attend]),
    ("unless", WAITS),
    ("unless_where", WAITS),
    ("until", WAITS),
    ("until_where", WAITS),
    ("owner", ANY),
    ("ladder", ANY),
    ("ladder_start", ANY),
    ("severity", ANY),
    ("excuse_rank", ANY),
    ("source", ANY),
    ("in_force", ANY),
    ("reason", ANY),
];

/// The fields of a rule that is switched off.
pub(super) const OFF_FIELDS: &[&str] = &["off", "reason"];

/// The fields of `[setting.X]`.
pub(super) const SETTING_FIELDS: &[&str] = &["title", "value", "range", "rationale"];

/// The fields of `[signal.X]`.
pub(super) const SIGNAL_FIELDS: &[&str] = &[
    "title", "on", "text", "terms", "count", "where", "distinct", "per", "at_least", "within", "again",
    "source", "in_force", "reason",
];

/// The fields of `[[term]]`.
pub(super) const TERM_FIELDS: &[&str] = &["avoid", "also", "except", "exact", "prefer", "why"];

/// The fields of a ladder's step.
pub(super) const STEP_FIELDS: &[&str] = &["to", "agency", "answer_within", "bundle"];

/// The fields of `[policy]`.
pub(super) const POLICY_FIELDS: &[&str] =
    &["name", "version", "extends", "zone", "calendar", "open", "in_force"];

/// The fields of `[kinds.X]`.
pub(super) const KIND_FIELDS: &[&str] = &["links", "attrs"];

/// The fields of `[[test]]`.
pub(super) const TEST_FIELDS: &[&str] = &["name", "events", "at", "known_by", "expect", "none"];

/// The fields of an event in a test.
pub(super) const EVENT_FIELDS: &[&str] = &[
    "id",
    "stream",
    "kind",
    "at",
    "recorded_at",
    "recorded_by",
    "agency",
    "links",
    "attrs",
    "note",
    "corrects",
];

/// The fields of `source`.
pub(super) const SOURCE_FIELDS: &[&str] = &["title", "section", "year", "edition", "url", "confidence"];
