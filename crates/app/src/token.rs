//! Tokens: what programs sign in with. A store keeps their hashes alone.

use engine::time::Instant;
use sha2::{Digest, Sha256};
use store::Token;

use crate::versions::hex;

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read everything.
    Read,
    /// Record events as itself.
    EventsWrite,
    /// Record events with their source's own times and names.
    EventsImport,
    /// Put policy versions into force.
    PolicyActivate,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::EventsWrite, Self::EventsImport, Self::PolicyActivate];

    /// Its word, `events:write`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::EventsWrite => "events:write",
            Self::EventsImport => "events:import",
            Self::PolicyActivate => "policy:activate",
        }
    }

    /// What it lets a program do, for a person.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Read => "Read everything",
            Self::EventsWrite => "Record events as itself",
            Self::EventsImport => "Record events with their source's own times and names",
            Self::PolicyActivate => "Put policy versions into force",
        }
    }
}

/// With what every token begins, so that a leaked one can be searched for.
const PREFIX: &str = "wkf_";

/// For how many days a token is good where nothing else is said.
pub const DAYS: u32 = 365;

/// For how many days a token may be good.
pub const MOST_DAYS: u32 = 3_650;

/// How long a day of a token is.
const DAY_MS: i64 = 24 * 3_600_000;

/// The instant so many days from one.
pub(crate) fn days_after(at: Instant, days: u32) -> Instant {
    Instant::saturating(at.ms() + i64::from(days) * DAY_MS)
}

/// Whether a token is refused because of its end.
#[must_use]
pub fn has_ended(token: &Token, now: Instant) -> bool {
    token.ends_at.is_some_and(|end| end <= now)
}

/// 256 random bits.
///
/// # Errors
/// The system has no random numbers to give.
pub fn random() -> Result<[u8; 32], getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

/// A secret made of random bits, in text.
#[must_use]
pub fn secret(random: [u8; 32]) -> String {
    format!("{PREFIX}{}", hex(&random))
}

/// What is kept of a secret.
#[must_use]
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

/// A token of a name, good for some days: one that is not `officer:…` or `system:…` records as a system of that name.
#[must_use]
pub fn token(name: &str, scopes: &[Scope], secret: &str, at: Instant, days: u32) -> Token {
    let is_entity = name.starts_with("officer:") || name.starts_with("system:");
    let records_as = if is_entity { name.to_owned() } else { format!("system:{name}") };
    let mut scopes: Vec<String> = scopes.iter().map(|scope| scope.word().to_owned()).collect();
    scopes.sort();
    scopes.dedup();
    let ends_at = Some(days_after(at, days));
    let (name, hash) = (name.to_owned(), hash(secret));
    Token { name, hash, scopes, records_as, created_at: at, proposed_by: None, ends_at }
}
