//! What is kept.

use engine::time::Instant;

/// Up to where a log goes, and as of when what is kept of it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The last append number; 0 of an empty log, whose first event has 1.
    pub seq: i64,
    /// As of when duties are kept; none before the first.
    pub as_of: Option<Instant>,
    /// By which program they were judged: a fingerprint of the policies and the engine; or a mark that is none, where all
    /// is to be judged anew.
    pub program: Option<String>,
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its append number.
    pub seq: i64,
    /// Its canonical line.
    pub line: String,
}

/// An event to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Its id.
    pub id: String,
    /// Its canonical line.
    pub line: String,
    /// Its stream and the entities that it links, each once.
    pub entities: Vec<String>,
}

/// A duty as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyEntry {
    /// Its id.
    pub id: String,
    /// Its rule.
    pub rule: String,
    /// The entity that it is about.
    pub key: String,
    /// When it is due.
    pub due: Option<Instant>,
    /// Its state, as a word.
    pub state: String,
    /// When it is to be looked at again though nothing is recorded: it lapses, or a step does.
    pub wakes_at: Option<Instant>,
    /// The people who owe it, while it is open.
    pub holders: Vec<String>,
    /// Its whole row, as `review --format jsonl` prints it.
    pub row: String,
}

/// Which duties are asked for; what is left out asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DutyQuery {
    /// Those about an entity.
    pub key: Option<String>,
    /// Those of a rule.
    pub rule: Option<String>,
    /// Those in one of these states; empty for any.
    pub states: Vec<String>,
    /// Those owed by an officer, while open.
    pub holder: Option<String>,
    /// Those after this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub most: usize,
}

/// A place in the order of duties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The rule of the duty before.
    pub rule: String,
    /// Its key.
    pub key: String,
    /// Its due.
    pub due: Option<Instant>,
    /// Its id.
    pub id: String,
}

/// A step of a ladder that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The duty's id.
    pub duty: String,
    /// The step's number, from 1.
    pub step: u32,
    /// When it was raised.
    pub raised_at: Instant,
    /// The id of the event that says so.
    pub event: String,
}

/// Something to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Unique text: the receiver of a webhook may know a repeated one by it.
    pub id: String,
    /// When it was made, and is first tried.
    pub at: Instant,
    /// `mail` or `webhook`.
    pub channel: String,
    /// An officer, or the name of a webhook.
    pub recipient: String,
    /// What is to be said, as JSON.
    pub body: String,
}

/// A message with what was tried so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The message.
    pub message: Message,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed last.
    pub error: Option<String>,
}

/// How many messages there are, and how long they wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageCounts {
    /// Those that wait.
    pub waiting: u64,
    /// Those of them that failed before.
    pub retrying: u64,
    /// When the first of those that wait was made.
    pub oldest_waiting: Option<Instant>,
    /// Those that were given up.
    pub dead: u64,
}

/// Which of the messages that were given up are meant; what is left out means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadQuery {
    /// The one of an id.
    pub id: Option<String>,
    /// Those to an officer, or to the webhook of a name.
    pub recipient: Option<String>,
    /// Those whose reason has this text in it.
    pub reason: Option<String>,
}

/// Messages that were given up on one channel for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadGroup {
    /// `mail` or `webhook`.
    pub channel: String,
    /// Why they failed last.
    pub reason: Option<String>,
    /// How many they are.
    pub count: u64,
    /// When the first of them was made.
    pub oldest: Instant,
}

/// What became of an attempt to deliver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When.
    pub at: Instant,
    /// How it ended.
    pub outcome: Outcome,
}

/// How an attempt to deliver ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was accepted.
    Sent,
    /// It failed, and is tried again then.
    Again {
        /// When.
        at: Instant,
        /// Why it failed.
        error: String,
    },
    /// It failed, and is given up until somebody puts it back.
    Dead {
        /// Why it failed.
        error: String,
    },
}

/// What a program signs in with. The token itself is not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// SHA-256 of the token, in hex.
    pub hash: String,
    /// What it may do, sorted.
    pub scopes: Vec<String>,
    /// As whom it records: `system:…` or `officer:…`.
    pub records_as: String,
    /// When it was made.
    pub created_at: Instant,
}

/// How an officer is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// `officer:…`.
    pub officer: String,
    /// An address; none says that there is no working one.
    pub email: Option<String>,
    /// Whether they keep the registers and the addresses, and so are told of gaps in them.
    pub administrator: bool,
}

/// Where another system wants to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// What messages to it are signed with (`whsec_…`).
    pub secret: String,
    /// Whether it is told of each heartbeat of the watch, besides steps.
    pub heartbeat: bool,
}

/// A calendar that an officer reads by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// SHA-256 of the link's secret, in hex.
    pub hash: String,
    /// Whose duties it shows.
    pub officer: String,
    /// When it was made.
    pub created_at: Instant,
}

/// A policy version in force, or to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPolicy {
    /// The policy's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its files' names and texts, in hex.
    pub fingerprint: String,
    /// Its files as JSON: the packs that it builds on first, each a list of `{name, text}`.
    pub files: String,
    /// When it was put into force.
    pub activated_at: Instant,
    /// By whom.
    pub activated_by: String,
}

/// A sign that a node is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeBeat {
    /// The node's name.
    pub node: String,
    /// When it last said so.
    pub at: Instant,
    /// Up to which append number it has judged.
    pub seq: i64,
}
