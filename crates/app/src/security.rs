//! The security log: what was done, or refused, about who signs in and what they may do.
//!
//! Each entry is kept in the store, where it is never changed, and goes out as an event of the target `security`, so that what
//! collects the server's log has it too. Neither has a password, a code or a token in it, nor a name that no account has: people
//! type passwords there.

use engine::time::Instant;
use store::{Accounts, SecurityEntry};

use crate::access;
use crate::error::AppError;

/// How many refusals of one account are kept until this long after the first of them.
const MOST_REFUSALS: u32 = 10;
const COUNTED_MS: i64 = 15 * 60_000;

/// Who does something at the server itself.
pub const COMMAND_LINE: &str = "command line";

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Sign in with a name and a password, and a code where there is one.
    SignIn,
    /// Sign in at the provider.
    SignInElsewhere,
    /// Give a code.
    Code,
    /// Try so often that no more is heard.
    HeldBack,
    /// Sign out.
    SignOut,
    /// Choose a password.
    Password,
    /// Set up sign-in codes.
    Codes,
    /// Give somebody a first password.
    FirstPassword,
    /// Take somebody's codes away.
    CodesTaken,
    /// Sign somebody out everywhere.
    SessionsEnded,
    /// Make an account.
    Account,
    /// Confirm an account, or the first password of one, that another administrator proposed.
    AccountConfirmed,
    /// End an account.
    AccountEnded,
    /// Set what an account is granted.
    Grants,
    /// Make a token.
    Token,
    /// Confirm a token that another administrator proposed.
    TokenConfirmed,
    /// Revoke a token.
    TokenRevoked,
    /// Set a webhook.
    Webhook,
    /// Remove a webhook.
    WebhookRemoved,
    /// Make a calendar link.
    Calendar,
    /// Revoke an officer's calendar links.
    CalendarsRevoked,
    /// Ask for what is not theirs, or not there: whoever reads this does not learn which.
    Access,
    /// Send a form that is not one of ours, or too old.
    Form,
    /// Ask by program without a token that is in force, or for what it may not do.
    Program,
}

impl Deed {
    /// Every deed.
    pub const ALL: [Self; 24] = [
        Self::SignIn,
        Self::SignInElsewhere,
        Self::Code,
        Self::HeldBack,
        Self::SignOut,
        Self::Password,
        Self::Codes,
        Self::FirstPassword,
        Self::CodesTaken,
        Self::SessionsEnded,
        Self::Account,
        Self::AccountConfirmed,
        Self::AccountEnded,
        Self::Grants,
        Self::Token,
        Self::TokenConfirmed,
        Self::TokenRevoked,
        Self::Webhook,
        Self::WebhookRemoved,
        Self::Calendar,
        Self::CalendarsRevoked,
        Self::Access,
        Self::Form,
        Self::Program,
    ];

    /// Its word in the log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInElsewhere => "sign-in-elsewhere",
            Self::Code => "code",
            Self::HeldBack => "held-back",
            Self::SignOut => "sign-out",
            Self::Password => "password",
            Self::Codes => "codes",
            Self::FirstPassword => "first-password",
            Self::CodesTaken => "codes-taken",
            Self::SessionsEnded => "sessions-ended",
            Self::Account => "account",
            Self::AccountConfirmed => "account-confirmed",
            Self::AccountEnded => "account-ended",
            Self::Grants => "grants",
            Self::Token => "token",
            Self::TokenConfirmed => "token-confirmed",
            Self::TokenRevoked => "token-revoked",
            Self::Webhook => "webhook",
            Self::WebhookRemoved => "webhook-removed",
            Self::Calendar => "calendar",
            Self::CalendarsRevoked => "calendars-revoked",
            Self::Access => "access",
            Self::Form => "form",
            Self::Program => "program",
        }
    }
}

/// Who did something, and to what.
#[derive(Clone, Copy, Debug)]
pub struct Doing<'a> {
    /// The account; none where no account has the name that was given.
    pub who: Option<&'a str>,
    /// From which address; none on the server itself.
    pub address: Option<&'a str>,
    /// What.
    pub deed: Deed,
    /// To which account, token or other thing that has a name.
    pub about: Option<&'a str>,
}

impl<'a> Doing<'a> {
    /// Something that is done at the server itself.
    #[must_use]
    pub fn at_the_server(deed: Deed, about: &'a str) -> Self {
        Self { who: Some(COMMAND_LINE), address: None, deed, about: Some(about) }
    }

    /// Notes that it is done.
    ///
    /// # Errors
    /// The store does not answer; then it is not to be done.
    pub async fn done(self, store: &dyn Accounts, now: Instant) -> Result<(), AppError> {
        self.note(store, now, false).await
    }

    /// Notes that it was refused.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn refused(self, store: &dyn Accounts, now: Instant) -> Result<(), AppError> {
        self.note(store, now, true).await
    }

    /// Notes that somebody who is signed in was refused what they can ask for as often as they like: of one account the first
    /// few in a while are kept, so that nobody can fill the log, and all are sent on.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn refused_again(self, store: &dyn Accounts, now: Instant) -> Result<(), AppError> {
        let counted = format!("refusals:{}", self.who.unwrap_or_default());
        let since = Instant::saturating(now.ms() - COUNTED_MS);
        if store.count_try(&counted, now, since, MOST_REFUSALS).await?.is_some() {
            return self.refused(store, now).await;
        }
        self.tell(true);
        Ok(())
    }

    async fn note(self, store: &dyn Accounts, now: Instant, is_refused: bool) -> Result<(), AppError> {
        let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
        let entry = SecurityEntry {
            id: access::unique(now).map_err(|_| AppError::Fault("the system's random numbers"))?,
            at: now,
            who: owned(self.who),
            address: owned(self.address),
            what: self.deed.word().to_owned(),
            about: owned(self.about),
            is_refused,
        };
        store.note_security(&entry).await?;
        self.tell(is_refused);
        Ok(())
    }

    /// Sends it on, without keeping it.
    pub fn tell(self, is_refused: bool) {
        let Self { who, address, deed, about } = self;
        tracing::info!(target: "security", who, address, what = deed.word(), about, is_refused, "security");
    }
}
