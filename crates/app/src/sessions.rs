//! Sessions: a browser that somebody is signed in with, known by a random text of which only the hash is kept.

use engine::time::Instant;
use store::{Account, Session};

use crate::accounts::{SignIns, random};
use crate::error::AppError;
use crate::token;

/// After how long without use a session ends.
const IDLE_MS: i64 = 30 * 60_000;

/// After how long a session ends in any case.
const LONGEST_MS: i64 = 12 * 3_600_000;

/// How long one has to give the code once the password was right.
const CODE_MS: i64 = 5 * 60_000;

/// How exactly it is kept when a session was last used.
const EXACT_MS: i64 = 60_000;

/// Somebody who is signed in, or has given the password and not yet the code.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who.
    pub account: Account,
    /// With which browser.
    pub session: Session,
}

impl SignIns {
    /// Begins a session, and says what the browser is to keep.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn begin(&self, account: &str, is_full: bool, now: Instant) -> Result<String, AppError> {
        let secret = token::secret(random()?);
        let (hash, account) = (token::hash(&secret), account.to_owned());
        let session = Session { hash, account, is_full, created_at: now, seen_at: now };
        self.store.put_session(&session, Instant::saturating(now.ms() - LONGEST_MS)).await?;
        Ok(secret)
    }

    /// Who is signed in with a browser.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn find(&self, secret: &str, now: Instant) -> Result<Option<Visit>, AppError> {
        let Some(session) = self.store.session(&token::hash(secret)).await? else { return Ok(None) };
        let account = self.store.account(&session.account).await?.filter(Account::is_in_force);
        let Some(account) = account.filter(|_| is_valid(&session, now)) else {
            self.store.end_session(&session.hash).await?;
            return Ok(None);
        };
        if now.ms() - session.seen_at.ms() >= EXACT_MS {
            self.store.see_session(&session.hash, now).await?;
        }
        Ok(Some(Visit { account, session }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn end(&self, visit: &Visit) -> Result<(), AppError> {
        Ok(self.store.end_session(&visit.session.hash).await?)
    }
}

fn is_valid(session: &Session, now: Instant) -> bool {
    let (age, idle) = (now.ms() - session.created_at.ms(), now.ms() - session.seen_at.ms());
    let longest = if session.is_full { LONGEST_MS } else { CODE_MS };
    age < longest && idle < IDLE_MS
}
