//! A policy as it was written: what `[policy]`, `[kinds.X]`, `[duty.X]`, `[signal.X]`, `[ladder.X]` and `[[test]]` say.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::Terms;
use crate::guard::Guard;
use crate::record::Event;
use crate::time::{Calendar, Date, Instant, Span, Zone};

/// A place in a policy's text: which of its files, and the bytes there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Index into [`Policy::files`].
    pub file: usize,
    /// Bytes of that file.
    pub bytes: Range<usize>,
}

/// A file of a policy.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// The name that messages show.
    pub name: String,
    /// The whole text.
    pub text: Arc<str>,
}

/// One version of a policy: a file, or a folder of them.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The files that it was read from.
    pub files: Vec<SourceFile>,
    /// The header's place, `[policy]`.
    pub place: Place,
    /// `name`: the same in all versions of a program.
    pub name: String,
    /// `version`, as shown.
    pub version: Option<String>,
    /// The zone whose local days count.
    pub zone: Zone,
    /// The calendar of working days; without one, `wd` is an error.
    pub calendar: Option<Calendar>,
    /// For a foreign log: nothing is undeclared.
    pub open: bool,
    /// When this version binds.
    pub in_force: InForce,
    /// Role → its agency.
    pub roles: BTreeMap<String, String>,
    /// Ranks, lowest first, equals side by side.
    pub ranks: Vec<Vec<String>>,
    /// Kinds declared, the engine's own core kinds included.
    pub kinds: BTreeMap<String, KindDeclaration>,
    /// `[duty.X]` by name.
    pub duties: BTreeMap<String, DutyRule>,
    /// `[signal.X]` by name.
    pub signals: BTreeMap<String, SignalRule>,
    /// `[ladder.X]` by name.
    pub ladders: BTreeMap<String, Ladder>,
    /// `[setting.X]` by name.
    pub settings: BTreeMap<String, Setting>,
    /// Rules of a pack below that are replaced or switched off, by name.
    pub changes: BTreeMap<String, Change>,
    /// Which of the files are its own; those before are of packs that it builds on.
    pub own_files: Range<usize>,
    /// `[[test]]` in order, those of packs below first.
    pub tests: Arc<[PolicyTest]>,
    /// How many tests of packs below name a rule that is no longer as it was there, and so are no longer about it.
    pub tests_set_aside: usize,
}

/// `[setting.X]`: a figure that the law leaves open.
#[derive(Clone, Debug)]
pub struct Setting {
    /// X.
    pub name: String,
    /// The header's place.
    pub place: Place,
    /// `title`
    pub title: String,
    /// `value`, as written, without quotes.
    pub value: String,
    /// `range`: the least and the most that make sense.
    pub range: Option<[String; 2]>,
    /// `rationale`: why this value.
    pub rationale: String,
    /// The name of the pack whose value it is.
    pub pack: String,
    /// The value that it had in the pack below.
    pub instead_of: Option<String>,
}

/// What a pack does with a rule of one that it builds on.
#[derive(Clone, Debug)]
pub struct Change {
    /// Whether the rule is gone; else it stands, otherwise.
    pub is_off: bool,
    /// `reason`
    pub reason: String,
    /// The name of the pack that changed it.
    pub pack: String,
    /// Where.
    pub place: Place,
}

impl Setting {
    /// The value and whose it is: `first-supervisor-review is 48h, set by northshire 2026.1 in place of 72h: …`.
    #[must_use]
    pub fn words(&self) -> String {
        let Self { name, value, pack, rationale, .. } = self;
        match &self.instead_of {
            Some(below) => format!("{name} is {value}, set by {pack} in place of {below}: {rationale}"),
            None => format!("{name} is {value}, the default of {pack}: {rationale}"),
        }
    }
}

impl Change {
    /// What happened to the rule, by whom and why: `switched off by northshire 2026.1: …`.
    #[must_use]
    pub fn words(&self) -> String {
        let what = if self.is_off { "switched off" } else { "replaced" };
        format!("{what} by {}: {}", self.pack, self.reason)
    }
}

/// `in_force = { from = …, to = … }`: local dates, `to` exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InForce {
    /// The first date.
    pub from: Option<Date>,
    /// The date from which it is no longer in force.
    pub to: Option<Date>,
}

/// `[kinds.X]`: the links and attributes that events of a kind have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KindDeclaration {
    /// Link roles.
    pub links: BTreeSet<String>,
    /// Attribute → its type.
    pub attrs: BTreeMap<String, AttrType>,
}

/// The declared type of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttrType {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number; an integer will do.
    Decimal,
    /// True or false.
    Boolean,
    /// An instant; a text that reads as one will do.
    Instant,
    /// A list of text.
    Texts,
    /// A text, one of these; `open` (written as a last `"…"`) allows others too.
    OneOf {
        /// The values named.
        values: Vec<String>,
        /// Whether others are allowed.
        open: bool,
    },
}

impl AttrType {
    /// The type as a policy's reader would say it: `a text`, `an instant`.
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "an integer",
            Self::Decimal => "a decimal",
            Self::Boolean => "a boolean",
            Self::Instant => "an instant",
            Self::Texts => "a list of texts",
            Self::OneOf { .. } => "one of a few texts",
        }
    }
}

/// A kind where a rule names one: `"K"`, or `{ kind = "K", as = "R" }`, which counts only where the key is linked in role R.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindRef {
    /// The kind: recorded, `signal.X`, or `duty.<transition>:<rule>`.
    pub kind: String,
    /// The role in which the key must be linked.
    pub role: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// The kind of a duty, which the fields it has decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pattern {
    /// A response owed after each trigger.
    Respond,
    /// Something needed before each trigger.
    Before,
    /// Something that holds of each officer linked at the trigger.
    Holds,
    /// A response owed again and again.
    Every,
    /// Attendance owed by agencies at each meeting.
    Attend,
    /// Something that must not happen.
    Never,
}

/// `[duty.X]`. A field that the rule's pattern does not have is empty.
#[derive(Clone, Debug)]
pub struct DutyRule {
    /// X.
    pub name: String,
    /// The header's place.
    pub place: Place,
    /// What the fields make it.
    pub pattern: Pattern,
    /// `title`.
    pub title: Option<String>,
    /// `on`: the lens.
    pub lens: String,
    /// `when`; of `every`, `from`.
    pub when: Vec<KindRef>,
    /// `where`: guards the trigger.
    pub where_: Option<Guard>,
    /// `given`.
    pub given: Vec<KindRef>,
    /// `same`.
    pub same: Vec<String>,
    /// `expect`; of `before`, `needs`.
    pub expect: Vec<KindRef>,
    /// `expect_where`.
    pub expect_where: Option<Guard>,
    /// `unless`.
    pub unless: Vec<KindRef>,
    /// `unless_where`.
    pub unless_where: Option<Guard>,
    /// `until`.
    pub until: Vec<KindRef>,
    /// `until_where`.
    pub until_where: Option<Guard>,
    /// `since`, of `before`.
    pub since: Vec<KindRef>,
    /// `unless_before`, of `never`.
    pub unless_before: Vec<KindRef>,
    /// `independent_of`.
    pub independent_of: Vec<KindRef>,
    /// `within` of `respond` (the limit) and `before` (the look-back); `record_within` of `attend`.
    pub within: Option<Span>,
    /// `due`, of `respond`: an instant.
    pub due: Option<Guard>,
    /// `due_before`.
    pub due_before: Option<Span>,
    /// `no_sooner_than`.
    pub no_sooner_than: Option<Span>,
    /// `discharges = "oldest"`.
    pub discharges_oldest: bool,
    /// `every`.
    pub every: Option<Span>,
    /// `first`, of `every`.
    pub first: Option<Span>,
    /// `holds`.
    pub holds: Option<Guard>,
    /// `agencies`, of `attend`.
    pub agencies: Option<Agencies>,
    /// `report_counts`, of `attend`.
    pub report_counts: bool,
    /// `each`: one duty for each entity linked in this role.
    pub each: Option<String>,
    /// `owner`.
    pub owner: Option<Owner>,
    /// `ladder`.
    pub ladder: Option<String>,
    /// `ladder_start`.
    pub ladder_start: Option<LadderStart>,
    /// `severity`.
    pub severity: Severity,
    /// `excuse_rank`.
    pub excuse_rank: Option<String>,
    /// `source`.
    pub source: Option<Source>,
    /// `in_force`.
    pub in_force: InForce,
    /// The settings whose values stand in it.
    pub settings: BTreeSet<String>,
}

/// `agencies` of an `attend` duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agencies {
    /// `"invited"`: those that the trigger's attribute `invited` lists.
    Invited,
    /// A list.
    Named(Vec<String>),
}

/// `owner`: who owes a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A text: a role if `[roles]` names it, else an agency.
    Named(String),
    /// `"part"`.
    Part,
    /// `{ attr = "…" }` of the trigger.
    Attr(String),
    /// `{ link = "…" }` of the trigger.
    Link(String),
}

/// `ladder_start`: the step that a ladder starts at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LadderStart {
    /// Its number, from 1.
    Step(usize),
    /// The first step to this role.
    Role(String),
}

/// `severity`: orders lists, judges nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// `low`
    Low,
    /// `medium`, if left out.
    #[default]
    Medium,
    /// `high`
    High,
}

/// `source`: what a rule rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// `title`
    pub title: String,
    /// `section`
    pub section: Option<String>,
    /// `year`
    pub year: Option<i64>,
    /// `edition`
    pub edition: Option<String>,
    /// `url`
    pub url: Option<String>,
    /// `confidence`: `primary`, `restated` or `general`.
    pub confidence: Option<Confidence>,
}

/// How sure a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    /// Official text seen.
    Primary,
    /// Seen restated by a local or secondary source.
    Restated,
    /// General knowledge, to be checked.
    General,
}

impl Confidence {
    /// What it means.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Primary => "official text seen",
            Self::Restated => "seen restated",
            Self::General => "general knowledge, to be checked",
        }
    }
}

/// `[signal.X]`.
#[derive(Clone, Debug)]
pub struct SignalRule {
    /// X.
    pub name: String,
    /// The header's place.
    pub place: Place,
    /// `title`
    pub title: Option<String>,
    /// `on`: the lens.
    pub lens: String,
    /// `terms`: looked for in the notes of events; such a signal has one event in its window.
    pub terms: Option<Arc<Terms>>,
    /// `count`; of a signal of terms, empty where every kind counts.
    pub count: Vec<KindRef>,
    /// `where`
    pub where_: Option<Guard>,
    /// `distinct`
    pub distinct: Option<String>,
    /// `per`
    pub per: Vec<String>,
    /// `at_least`
    pub at_least: u64,
    /// `within`; all events before where left out.
    pub within: Option<Span>,
    /// `again = "each"`: raised at each event at which the window holds enough.
    pub again_each: bool,
    /// `source`
    pub source: Option<Source>,
    /// `in_force`
    pub in_force: InForce,
    /// The settings whose values stand in it.
    pub settings: BTreeSet<String>,
}

/// `[ladder.X]`.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// X.
    pub name: String,
    /// The header's place.
    pub place: Place,
    /// The steps, lowest first.
    pub steps: Vec<LadderStep>,
    /// The settings whose values stand in it.
    pub settings: BTreeSet<String>,
}

/// A step of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LadderStep {
    /// The role it goes to.
    pub to: String,
    /// `agency`, in place of the role's own.
    pub agency: Option<StepAgency>,
    /// How long it has to answer; only the last step may lack it.
    pub answer_within: Option<Span>,
    /// Whether it reaches its holders grouped by rule and team.
    pub bundle: bool,
    /// Where it is written.
    pub place: Place,
}

/// `agency` of a ladder's step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepAgency {
    /// `"owner"`: the owner's.
    Owner,
    /// This one.
    Named(String),
}

/// `[[test]]`.
#[derive(Clone, Debug)]
pub struct PolicyTest {
    /// `name`
    pub name: String,
    /// Where it is written.
    pub place: Place,
    /// `events`, with ids and instants filled in.
    pub events: Vec<Event>,
    /// `at`: as of.
    pub as_of: Option<Instant>,
    /// `known_by`
    pub known_by: Option<Instant>,
    /// `expect`
    pub expect: Vec<Expectation>,
    /// `none`: rules and signals with nothing.
    pub none: Vec<(String, Place)>,
}

/// An entry of a test's `expect`.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// Where it is written.
    pub place: Place,
    /// A duty or a signal.
    pub of: Expected,
    /// Fields of a row by name, as JSON; instants of the policy's zone already in canonical form; `step` is the highest
    /// ladder step opened.
    pub fields: BTreeMap<String, serde_json::Value>,
}

/// What a test's expectation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A duty of this rule.
    Duty(String),
    /// This signal.
    Signal(String),
}

impl Expected {
    /// The rule's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Duty(name) | Self::Signal(name) => name,
        }
    }
}

impl Policy {
    /// Whether a place is in the policy itself, not in a pack that it builds on.
    #[must_use]
    pub fn is_own(&self, place: &Place) -> bool {
        self.own_files.contains(&place.file)
    }

    /// The settings whose values stand in a rule or a ladder.
    #[must_use]
    pub fn settings_used(&self) -> BTreeSet<String> {
        let duties = self.duties.values().map(|rule| &rule.settings);
        let signals = self.signals.values().map(|rule| &rule.settings);
        let ladders = self.ladders.values().map(|ladder| &ladder.settings);
        duties.chain(signals).chain(ladders).flatten().cloned().collect()
    }

    /// The settings on which a rule rests, those of its ladder too, by name.
    #[must_use]
    pub fn settings_of(&self, rule: &str) -> Vec<&Setting> {
        let duty = self.duties.get(rule);
        let ladder = duty.and_then(|duty| self.ladders.get(duty.ladder.as_deref()?));
        let duty = duty.into_iter().flat_map(|duty| &duty.settings);
        let signal = self.signals.get(rule).into_iter().flat_map(|signal| &signal.settings);
        let names: BTreeSet<&String> =
            duty.chain(signal).chain(ladder.into_iter().flat_map(|ladder| &ladder.settings)).collect();
        names.into_iter().filter_map(|name| self.settings.get(name)).collect()
    }

    /// How high a rank stands, from 0; none where `[ranks]` does not name it, and it is below all.
    #[must_use]
    pub fn rank_level(&self, rank: &str) -> Option<usize> {
        self.ranks.iter().position(|equals| equals.iter().any(|equal| equal == rank))
    }
}
