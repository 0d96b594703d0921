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

/// A token of a name: one that is not `officer:…` or `system:…` records as a system of that name.
#[must_use]
pub fn token(name: &str, scopes: &[Scope], secret: &str, at: Instant) -> Token {
    let is_entity = name.starts_with("officer:") || name.starts_with("system:");
    let records_as = if is_entity { name.to_owned() } else { format!("system:{name}") };
    let mut scopes: Vec<String> = scopes.iter().map(|scope| scope.word().to_owned()).collect();
    scopes.sort();
    scopes.dedup();
    Token { name: name.to_owned(), hash: hash(secret), scopes, records_as, created_at: at, proposed_by: None }
}
