//! Tokens: what programs sign in with. A store keeps their hashes alone.

use engine::time::Instant;
use sha2::{Digest, Sha256};
use store::Token;

use crate::versions::hex;

/// What a token may do.
pub const SCOPES: [&str; 4] = ["read", "events:write", "events:import", "policy:activate"];

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
pub fn token(name: &str, scopes: &[String], secret: &str, at: Instant) -> Token {
    let is_entity = name.starts_with("officer:") || name.starts_with("system:");
    let records_as = if is_entity { name.to_owned() } else { format!("system:{name}") };
    let mut scopes = scopes.to_vec();
    scopes.sort();
    scopes.dedup();
    Token { name: name.to_owned(), hash: hash(secret), scopes, records_as, created_at: at }
}
