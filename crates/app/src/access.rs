//! Who may do what: people are what the registers in the record say of them, rules stand in `policies/access`, and lists
//! show what the same rules admit ([`Person::sight`]).

pub(crate) mod kept;
mod rules;

use std::collections::BTreeSet;

use engine::duty::State;
use engine::record::{Event, Value};
use engine::time::Instant;
use sha2::{Digest as _, Sha256};
use store::{DutyEntry, Opened, Post, Sight, Store, Token};

pub use rules::{RulesError, Verdict, check, decide};

use crate::error::AppError;
use crate::token;
use crate::versions::hex;

/// The kind of the event by which somebody lets themselves into a case.
pub const BROKEN_GLASS: &str = "access.broken-glass";

/// How long a glass that was broken lets somebody in.
const GLASS_MS: i64 = 24 * 3_600_000;

/// The agency whose people work the cases; people of others are partners, who speak for theirs.
const FORCE: &str = "police";

/// What an account may do that no register knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grant {
    /// Keeps accounts, tokens and addresses.
    Administrator,
    /// Reads everything.
    Reviewer,
    /// Writes policy.
    PolicyLead,
}

impl Grant {
    /// Every grant.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Reviewer, Self::PolicyLead];

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Reviewer => store::REVIEWER,
            Self::PolicyLead => "policy-lead",
        }
    }

    /// The grant of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.word() == word)
    }
}

/// Somebody who signed in, with what the registers say of them now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// The name of their account.
    pub account: String,
    /// `officer:…`.
    pub officer: String,
    /// How they are called.
    pub name: String,
    /// The roles of their posts and covers.
    pub roles: BTreeSet<String>,
    /// The rank of the last post that names one.
    pub rank: Option<String>,
    /// The teams of their posts and covers.
    pub teams: BTreeSet<String>,
    /// The teams in which somebody answers to them.
    pub leads: BTreeSet<String>,
    /// The agency of their first post.
    pub agency: Option<String>,
    /// The agency for which they speak, if they are a partner.
    pub partner_of: Option<String>,
    /// What their account was given besides.
    pub grants: BTreeSet<Grant>,
}

impl Person {
    /// What the registers say now of an officer who signed in.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn of(
        store: &dyn Store,
        account: &str,
        officer: &str,
        name: &str,
        grants: BTreeSet<Grant>,
    ) -> Result<Self, AppError> {
        let posts = store.posts_of(officer).await?;
        let under = store.posts_under(officer).await?;
        let all = |of: fn(&Post) -> &Option<String>| posts.iter().filter_map(of_some(of)).collect();
        let agency = posts.iter().find_map(|post| post.agency.clone());
        Ok(Self {
            account: account.to_owned(),
            officer: officer.to_owned(),
            name: name.to_owned(),
            roles: all(|post| &post.role),
            rank: posts.iter().rev().filter(|post| !post.is_cover).find_map(|post| post.rank.clone()),
            teams: all(|post| &post.team),
            leads: under.into_iter().filter_map(|post| post.team).collect(),
            partner_of: agency.clone().filter(|agency| agency != FORCE),
            agency,
            grants,
        })
    }

    /// The officer, their teams and the teams that they lead.
    #[must_use]
    pub fn circle(&self) -> BTreeSet<String> {
        let teams = self.teams.union(&self.leads).cloned();
        teams.chain([self.officer.clone()]).collect()
    }

    /// Through whose eyes the store shows lists to them.
    #[must_use]
    pub fn sight(&self, now: Instant) -> Sight {
        Sight {
            everything: self.grants.contains(&Grant::Reviewer),
            officer: self.officer.clone(),
            circle: self.teams.union(&self.leads).cloned().collect(),
            agency: self.partner_of.clone(),
            now: Some(now),
        }
    }
}

/// The texts that some of several have.
fn of_some(of: fn(&Post) -> &Option<String>) -> impl Fn(&Post) -> Option<String> {
    move |post| of(post).clone()
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Principal<'a> {
    /// Somebody who signed in.
    Person(&'a Person),
    /// A program with a token.
    Program(&'a Token),
}

/// What is to be done. Every page and every address of the programming interface has one: `policies/access/endpoints.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read a case.
    SeeCase,
    /// Take a copy of a case away.
    ExportCase,
    /// Read a duty.
    SeeDuty,
    /// Read what a team owes.
    SeeTeam,
    /// Record something in a case.
    RecordIn,
    /// Let oneself into a case.
    BreakGlass,
    /// Answer for a duty that was not done.
    AnswerStep,
    /// Open a page that shows what one may see.
    SeeOwn,
    /// See how high unanswered duties stand.
    SeeLadder,
    /// See how the force does.
    SeeCommand,
    /// Read the policy.
    SeePolicy,
    /// Try other rules on the whole record.
    TryPolicy,
    /// Record something.
    Record,
    /// Keep accounts, tokens and addresses.
    Administer,
    /// Read by program.
    ApiRead,
    /// Record by program.
    ApiRecord,
    /// Put a policy version into force by program.
    ApiActivate,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 17] = [
        Self::SeeCase,
        Self::ExportCase,
        Self::SeeDuty,
        Self::SeeTeam,
        Self::RecordIn,
        Self::BreakGlass,
        Self::AnswerStep,
        Self::SeeOwn,
        Self::SeeLadder,
        Self::SeeCommand,
        Self::SeePolicy,
        Self::TryPolicy,
        Self::Record,
        Self::Administer,
        Self::ApiRead,
        Self::ApiRecord,
        Self::ApiActivate,
    ];

    /// Its word in `policies/access`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SeeCase => "see-case",
            Self::ExportCase => "export-case",
            Self::SeeDuty => "see-duty",
            Self::SeeTeam => "see-team",
            Self::RecordIn => "record-in",
            Self::BreakGlass => "break-glass",
            Self::AnswerStep => "answer-step",
            Self::SeeOwn => "see-own",
            Self::SeeLadder => "see-ladder",
            Self::SeeCommand => "see-command",
            Self::SeePolicy => "see-policy",
            Self::TryPolicy => "try-policy",
            Self::Record => "record",
            Self::Administer => "administer",
            Self::ApiRead => "api-read",
            Self::ApiRecord => "api-record",
            Self::ApiActivate => "api-activate",
        }
    }
}

/// To what it is done.
#[derive(Clone, Debug)]
pub enum Resource<'a> {
    /// A page that is about no case.
    Application,
    /// A team.
    Team(&'a str),
    /// What events are about, a case most often.
    Stream(StreamFacts),
    /// A duty, the stream of what started it, and who was written to of it while it is open.
    Duty(&'a DutyEntry, StreamFacts, Vec<String>),
}

/// What is known of a stream that decides who may see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamFacts {
    /// Its name.
    pub name: String,
    /// The officers and teams in charge of it.
    pub people: Vec<String>,
    /// Who holds an open duty in it, or was reached by a ladder of one.
    pub insiders: Vec<String>,
    /// Who let themselves in, and still may look.
    pub glass: Vec<String>,
}

impl StreamFacts {
    /// What is known of a stream now.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn of(store: &dyn Store, stream: &str, now: Instant) -> Result<Self, AppError> {
        let glass = store.broken_glass(stream, Some(now)).await?;
        Ok(Self {
            name: stream.to_owned(),
            people: store.in_charge(stream).await?,
            insiders: store.insiders(stream).await?,
            glass: glass.into_iter().map(|glass| glass.officer).collect(),
        })
    }
}

/// Whether somebody may do something to a stream.
///
/// # Errors
/// The store does not answer.
pub async fn decide_on(
    store: &dyn Store,
    person: &Person,
    action: Action,
    stream: &str,
    now: Instant,
) -> Result<Verdict, AppError> {
    let facts = StreamFacts::of(store, stream, now).await?;
    Ok(decide(Principal::Person(person), action, &Resource::Stream(facts)))
}

/// Whether somebody may do something to a duty.
///
/// # Errors
/// The store does not answer.
pub async fn decide_on_duty(
    store: &dyn Store,
    person: &Person,
    action: Action,
    duty: &DutyEntry,
    now: Instant,
) -> Result<Verdict, AppError> {
    let facts = StreamFacts::of(store, &duty.stream, now).await?;
    let is_open = State::ALL.into_iter().any(|state| state.is_open() && state.word() == duty.state);
    let written_to = if is_open { store.written_to(&duty.id).await? } else { Vec::new() };
    Ok(decide(Principal::Person(person), action, &Resource::Duty(duty, facts, written_to)))
}

/// The event by which somebody lets themselves into a case: recorded as by them, it counts for a day. Asked for twice by one
/// form, it is one; for another case or reason it is another.
#[must_use]
pub fn break_glass(person: &Person, case: &str, reason: &str, form: &str, now: Instant) -> Event {
    let asked = serde_json::json!([form, person.officer, case, reason]).to_string();
    let mut event = Event {
        id: format!("glass:{}", hex(&Sha256::digest(asked)[..16])),
        stream: case.to_owned(),
        kind: BROKEN_GLASS.to_owned(),
        at: now,
        recorded_at: now,
        recorded_by: Some(person.officer.clone()),
        ..Event::default()
    };
    event.links.insert("officer".to_owned(), [person.officer.clone()].into());
    event.attrs.insert("reason".to_owned(), Value::Text(reason.to_owned()));
    event
}

/// Notes that somebody opened something: it is told to whoever may open it too.
///
/// # Errors
/// The store does not answer; then nothing is to be shown.
pub async fn opened(
    store: &dyn Store,
    person: &Person,
    action: &str,
    entity: &str,
    why: &str,
    now: Instant,
) -> Result<(), AppError> {
    let id = unique(now).map_err(|_| AppError::Fault("the system's random numbers"))?;
    let opened = Opened {
        id,
        at: now,
        account: person.account.clone(),
        officer: person.officer.clone(),
        action: action.to_owned(),
        entity: entity.to_owned(),
        why: why.to_owned(),
    };
    Ok(store.opened(&opened).await?)
}

/// Notes that a program read something: a token stands for somebody, and what it read is told as what people open.
///
/// # Errors
/// The store does not answer.
pub async fn read_by_program(
    store: &dyn Store,
    token: &Token,
    entity: &str,
    now: Instant,
) -> Result<(), AppError> {
    let opened = Opened {
        id: unique(now).map_err(|_| AppError::Fault("the system's random numbers"))?,
        at: now,
        account: format!("token:{}", token.name),
        officer: token.records_as.clone(),
        action: "program".to_owned(),
        entity: entity.to_owned(),
        why: format!("the token `{}` may read everything", token.name),
    };
    Ok(store.opened(&opened).await?)
}

/// What a duty is noted under when it is read: the case in which it stands, and what it is about.
pub fn read_with_duty<'a>(stream: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    let both = [Some(stream), Some(key).filter(|key| *key != stream)];
    both.into_iter().flatten().filter(|entity| !entity.is_empty())
}

/// A text that nobody else makes, in the order of time.
pub(crate) fn unique(now: Instant) -> Result<String, getrandom::Error> {
    let [a, b, c, d, e, f, g, h, ..] = token::random()?;
    Ok(format!("{:013}-{:016x}", now.ms(), u64::from_be_bytes([a, b, c, d, e, f, g, h])))
}
