//! Who signs in: what is kept apart from the record, and is changed in place.

use async_trait::async_trait;
use engine::time::Instant;

use crate::StoreError;

/// The grant that lets somebody read everything, for as long as a review lasts.
pub const REVIEWER: &str = "reviewer";

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name that they sign in with.
    pub name: String,
    /// Who they are in the record: `officer:…`.
    pub officer: String,
    /// Their name as pages show it.
    pub shown: String,
    /// What no register knows of: `administrator`, `reviewer`, `policy-lead`; sorted.
    pub grants: Vec<String>,
    /// Their password's hash; none where they sign in elsewhere.
    pub password: Option<String>,
    /// Whether somebody else chose the password, so that they are to choose another.
    pub initial: bool,
    /// The secret of their sign-in codes, once they have set them up.
    pub code: Option<String>,
    /// Who they are to a provider of OpenID Connect: its address, a space, and its word for them.
    pub subject: Option<String>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was ended.
    pub ended_at: Option<Instant>,
    /// The administrator who made it or gave it a first password, until another confirms that.
    pub proposed_by: Option<String>,
    /// Until when the grant `reviewer` holds; none where it has no end.
    pub reviews_until: Option<Instant>,
}

impl Account {
    /// What it is granted at an instant.
    pub fn granted(&self, now: Instant) -> impl Iterator<Item = &str> {
        let has_ended = self.reviews_until.is_some_and(|end| end <= now);
        self.grants.iter().map(|grant| &**grant).filter(move |grant| *grant != REVIEWER || !has_ended)
    }

    /// Whether somebody may sign in with it: it has not ended, and waits for nobody to confirm it.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        self.ended_at.is_none() && self.proposed_by.is_none()
    }
}

/// A browser that somebody is signed in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of what the browser keeps, in hex.
    pub hash: String,
    /// The account.
    pub account: String,
    /// Whether all was asked that is to be; else only the password was.
    pub is_full: bool,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub seen_at: Instant,
}

/// What somebody has begun to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The id of the event that it becomes.
    pub id: String,
    /// Whose it is.
    pub account: String,
    /// Which journey it is of.
    pub journey: String,
    /// What was answered, as JSON.
    pub answers: String,
    /// When it was last kept.
    pub kept_at: Instant,
}

/// Something that was done, or refused, about who signs in and what they may do. It is never changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityEntry {
    /// Unique text, in the order of time.
    pub id: String,
    /// When.
    pub at: Instant,
    /// The account that did it; none where no account has the name that was given.
    pub who: Option<String>,
    /// From which address; none on the server itself.
    pub address: Option<String>,
    /// What, as a word.
    pub what: String,
    /// To which account, token or other thing that has a name.
    pub about: Option<String>,
    /// Whether it was refused.
    pub is_refused: bool,
}

/// What signing in asks of a database.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an account; its name and subject must be free.
    async fn add_account(&self, account: &Account) -> Result<(), StoreError>;

    /// The account of a name, ended or not.
    async fn account(&self, name: &str) -> Result<Option<Account>, StoreError>;

    /// The account of a subject, ended or not.
    async fn account_of_subject(&self, subject: &str) -> Result<Option<Account>, StoreError>;

    /// Every account, by name.
    async fn accounts(&self) -> Result<Vec<Account>, StoreError>;

    /// Sets a password, whether somebody else chose it, and ends every session; false if there is no such account. Where an
    /// administrator proposes it, the account waits for another to confirm it.
    async fn set_password(
        &self,
        name: &str,
        hash: &str,
        initial: bool,
        proposed_by: Option<&str>,
    ) -> Result<bool, StoreError>;

    /// Puts an account into force that waits for it; false if none does, or if whoever proposed it is the same officer.
    async fn confirm_account(&self, name: &str, by: &str) -> Result<bool, StoreError>;

    /// Puts a token into force that waits for it; false if none does, or if whoever proposed it is the same officer.
    async fn confirm_token(&self, name: &str, by: &str) -> Result<bool, StoreError>;

    /// Sets the secret of sign-in codes, or takes it away; false if there is no such account.
    async fn set_code(&self, name: &str, secret: Option<&str>) -> Result<bool, StoreError>;

    /// Sets what an account is granted, and until when as a reviewer; false if there is no such account.
    async fn set_grants(
        &self,
        name: &str,
        grants: &[String],
        reviews_until: Option<Instant>,
    ) -> Result<bool, StoreError>;

    /// Uses up the code of a step of time; false if that or a later one was used before.
    async fn use_code(&self, name: &str, step: i64) -> Result<bool, StoreError>;

    /// Ends an account and its sessions; false if there is no such account, or it was ended before.
    async fn end_account(&self, name: &str, at: Instant) -> Result<bool, StoreError>;

    /// Keeps a session, and forgets those that began before an instant.
    async fn put_session(&self, session: &Session, forget_before: Instant) -> Result<(), StoreError>;

    /// The session with a hash.
    async fn session(&self, hash: &str) -> Result<Option<Session>, StoreError>;

    /// Says that a session was used.
    async fn see_session(&self, hash: &str, at: Instant) -> Result<(), StoreError>;

    /// Ends a session.
    async fn end_session(&self, hash: &str) -> Result<(), StoreError>;

    /// Ends every session of an account; says how many.
    async fn end_sessions(&self, account: &str) -> Result<u64, StoreError>;

    /// Says that somebody signed in with a browser.
    async fn know_device(&self, hash: &str, account: &str, at: Instant) -> Result<(), StoreError>;

    /// Whether somebody signed in with a browser before.
    async fn is_known_device(&self, hash: &str, account: &str) -> Result<bool, StoreError>;

    /// Counts a try to sign in at something, and says which it is, from 1; none where `most` are counted already, and then it is
    /// not counted. A count that began before `since` begins anew. Of tries made at once each has a number of its own.
    async fn count_try(
        &self,
        at_what: &str,
        at: Instant,
        since: Instant,
        most: u32,
    ) -> Result<Option<u32>, StoreError>;

    /// Counts one try less: it was none.
    async fn take_back(&self, at_what: &str) -> Result<(), StoreError>;

    /// Forgets what was counted at something.
    async fn forgive(&self, at_what: &str) -> Result<(), StoreError>;

    /// Adds to the security log.
    async fn note_security(&self, entry: &SecurityEntry) -> Result<(), StoreError>;

    /// The last entries of the security log, the last first.
    async fn security_log(&self, most: usize) -> Result<Vec<SecurityEntry>, StoreError>;

    /// Keeps a draft in place of what was kept of it; it stays its account's.
    async fn put_draft(&self, draft: &Draft) -> Result<(), StoreError>;

    /// A draft of an account.
    async fn draft(&self, account: &str, id: &str) -> Result<Option<Draft>, StoreError>;

    /// The drafts of an account, the last first.
    async fn drafts(&self, account: &str) -> Result<Vec<Draft>, StoreError>;

    /// Forgets a draft.
    async fn drop_draft(&self, account: &str, id: &str) -> Result<(), StoreError>;
}
