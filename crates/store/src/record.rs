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
    /// Its stream; empty where it has none.
    pub stream: String,
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
    /// The stream of what started it.
    pub stream: String,
    /// The agency that owes it, where it is an agency's as a whole.
    pub agency: Option<String>,
    /// How high its ladder stands, while that is open.
    pub climb: Option<Climb>,
    /// Its whole row, as `review --format jsonl` prints it.
    pub row: String,
}

/// An open duty that went over to other people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOver {
    /// Its id.
    pub id: String,
    /// Those who owe it now, in the order of its row.
    pub holders: Vec<String>,
}

/// How high an open ladder stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Climb {
    /// The number of its highest step, from 1.
    pub step: u32,
    /// The role to which that goes.
    pub to: String,
    /// When it opened.
    pub opens: Instant,
    /// By when it is to be answered; the last has none.
    pub due: Option<Instant>,
    /// How many steps before it lapsed without a decision.
    pub lapsed: u32,
    /// Whether somebody answered its highest step, whatever they said.
    pub is_answered: bool,
    /// The people whom its steps reached so far, sorted.
    pub called: Vec<String>,
    /// Those of them who hold its highest step, sorted.
    pub asked: Vec<String>,
}

/// Through whose eyes rows are read: those that they may not see are not there. Only what somebody is decides it; that
/// access is as `policies/access` says is tested.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Whether they may see everything.
    pub everything: bool,
    /// The officer.
    pub officer: String,
    /// Their teams and the teams that they lead.
    pub circle: Vec<String>,
    /// The agency for which they speak, of a partner.
    pub agency: Option<String>,
    /// When they look: a glass that was broken counts for a while.
    pub now: Option<Instant>,
}

impl Sight {
    /// The officer, their teams and the teams that they lead.
    pub(crate) fn selves(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.officer).chain(&self.circle)
    }
}

/// A post or cover that somebody holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Post {
    /// The officer.
    pub officer: String,
    /// Whether it is a cover.
    pub is_cover: bool,
    /// Its role.
    pub role: Option<String>,
    /// Its rank.
    pub rank: Option<String>,
    /// Its team.
    pub team: Option<String>,
    /// Its agency.
    pub agency: Option<String>,
    /// To whom it answers; a post with several managers is there once for each.
    pub manager: Option<String>,
}

/// Who is in charge of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InCharge {
    /// The stream.
    pub stream: String,
    /// Officers and teams, sorted.
    pub people: Vec<String>,
}

/// Somebody let themselves into a case that is not theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenGlass {
    /// The id of the event that says so.
    pub event: String,
    /// The case.
    pub stream: String,
    /// Who.
    pub officer: String,
    /// When.
    pub at: Instant,
    /// Until when they may look.
    pub until: Instant,
}

/// Somebody was written to of a duty that nobody else owes, and may open it while it is open.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WrittenTo {
    /// Who.
    pub officer: String,
    /// The duty's id.
    pub duty: String,
}

/// Somebody opened something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Unique text, in the order of time.
    pub id: String,
    /// When.
    pub at: Instant,
    /// The account that they signed in with.
    pub account: String,
    /// Who.
    pub officer: String,
    /// What they did, as a word: `read`, `search`, `export`.
    pub action: String,
    /// What they opened.
    pub entity: String,
    /// Why they may.
    pub why: String,
}

/// Which duties are asked for; what is left out asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DutyQuery {
    /// Those about an entity.
    pub key: Option<String>,
    /// Those about one of these, few enough for one statement; empty for any.
    pub keys: Vec<String>,
    /// Those owed by an agency as a whole.
    pub agency: Option<String>,
    /// Those of a rule.
    pub rule: Option<String>,
    /// Those in one of these states; empty for any.
    pub states: Vec<String>,
    /// Those owed by an officer, while open.
    pub holder: Option<String>,
    /// Those of one of these rules; empty for any.
    pub rules: Vec<String>,
    /// Those started in a stream.
    pub stream: Option<String>,
    /// Those owed, while open, by somebody with a post or cover in a team.
    pub team: Option<String>,
    /// Those whose open ladder stands at an officer.
    pub asked: Option<String>,
    /// Those whose ladder is open.
    pub is_climbing: bool,
    /// Those whose ladder stands at a role.
    pub step_to: Option<String>,
    /// Those whose ladder passed a step that nobody decided.
    pub has_lapsed: bool,
    /// Those whose ladder stands at its last step, from which nothing climbs on.
    pub at_top: bool,
    /// Those whose ladder is open and stands at a step that somebody answered, or that nobody did.
    pub is_answered: Option<bool>,
    /// Those due then or later.
    pub due_from: Option<Instant>,
    /// Those due by then.
    pub due_by: Option<Instant>,
    /// Those that somebody may see.
    pub sight: Option<Sight>,
    /// Whether they are in the order of due and id, and not of rule, key, due and id.
    pub by_due: bool,
    /// Those after this one.
    pub after: Option<Cursor>,
    /// At most so many.
    pub most: usize,
}

/// Among which duties fewest are looked at besides those that are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fewest {
    /// Those about some entities.
    About,
    /// Those started in one stream.
    InStream,
    /// Those whose ladder stands at somebody.
    Asked,
    /// Those that somebody owes.
    Held,
    /// Those whose ladder is open, in the order of due.
    Climbing,
    /// That depends on the rest.
    Any,
}

impl DutyQuery {
    pub(crate) fn fewest(&self) -> Fewest {
        if self.key.is_some() || !self.keys.is_empty() {
            Fewest::About
        } else if self.stream.is_some() {
            Fewest::InStream
        } else if self.asked.is_some() {
            Fewest::Asked
        } else if self.holder.is_some() || self.team.is_some() {
            Fewest::Held
        } else if self.is_climbing && self.by_due {
            Fewest::Climbing
        } else {
            Fewest::Any
        }
    }

    /// Whether it is asked of all duties, of certain states, of an agency and due within some time at most.
    pub(crate) fn is_of_all(&self) -> bool {
        let rest = DutyQuery {
            states: Vec::new(),
            agency: None,
            due_from: None,
            due_by: None,
            sight: None,
            by_due: false,
            after: None,
            most: 0,
            ..self.clone()
        };
        self.eyes().is_none() && rest == DutyQuery::default()
    }

    /// Whether it asks for the duties about some entities, or in one stream.
    pub(crate) fn is_about_few(&self) -> bool {
        self.key.is_some() || !self.keys.is_empty() || self.stream.is_some()
    }

    /// Through whose eyes it is asked, where they do not see all of it: what one owes, or is asked about, one sees.
    pub(crate) fn eyes(&self) -> Option<&Sight> {
        let sight = self.sight.as_ref().filter(|sight| !sight.everything)?;
        let mut of_people = [&self.holder, &self.asked].into_iter().flatten();
        (!of_people.any(|officer| *officer == sight.officer)).then_some(sight)
    }
}

/// Which events are searched for: those that have every word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// The words, in any order; of the last the beginning is enough.
    pub words: Vec<String>,
    /// Only events with an entity as stream or link, whatever their words where there are none.
    pub about: Option<String>,
    /// Only events in streams that somebody may see.
    pub sight: Sight,
    /// Those recorded before an append number.
    pub before: Option<i64>,
    /// At most so many.
    pub most: usize,
    /// To how many it counts what is found, whenever recorded.
    pub most_counted: usize,
}

/// What was searched for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The last recorded first.
    pub entries: Vec<Entry>,
    /// How many there are, whenever recorded; at most as many as were to be counted.
    pub count: u64,
}

impl SearchQuery {
    /// Whether it names nothing that could be found.
    #[must_use]
    pub fn asks_nothing(&self) -> bool {
        self.words.is_empty() && self.about.is_none()
    }
}

/// The ladders that stand at one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// The role.
    pub to: String,
    /// How many there are.
    pub count: u64,
    /// When the step was opened that has been open for longest.
    pub oldest: Instant,
    /// How many of them passed a step that nobody decided.
    pub lapsed: u64,
    /// How many of them stand at their last step, and nobody answered there.
    pub unanswered_at_top: u64,
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
    /// The administrator who made it, until another confirms it.
    pub proposed_by: Option<String>,
    /// From when on it is refused; none where it has no end.
    pub ends_at: Option<Instant>,
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
