//! How notifications leave: by mail and by webhook.
//!
//! A message says a reference and a link, nothing of the case: [`letter`] composes from facts that have no place for more.
//! [`Courier`] is what the outbox asks for, [`Post`] does it over SMTP and HTTP, and [`backoff()`] says when to try again.

mod backoff;
mod hook;
pub mod letter;
mod mail;
mod post;
mod secret;
mod signature;

pub use backoff::backoff;
pub(crate) use hook::Web;
pub use mail::MailServer;
pub use post::{Post, Settings, TIME_OUT};
pub use secret::Secret;
pub use signature::{BadSecret, Signer};

use async_trait::async_trait;
use engine::time::Instant;

/// What takes messages out of the house.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Whether it has a mail server; without one letters are left to wait.
    fn has_mail(&self) -> bool {
        true
    }

    /// Hands a letter to the mail server for an address. What it returns without an error is no longer ours to deliver.
    async fn mail(&self, to: &str, letter: &Letter) -> Result<(), Undelivered>;

    /// Calls a webhook with a body of JSON. The receiver knows a repeated message by its id; `at` is the moment of this
    /// attempt, which is signed with it.
    async fn call(
        &self,
        hook: &store::Webhook,
        message_id: &str,
        at: Instant,
        body: &str,
    ) -> Result<(), Undelivered>;
}

/// A letter as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Unique text, the same when it is tried again: its `Message-ID` is made from it.
    pub id: String,
    /// Its subject, one line.
    pub subject: String,
    /// Its plain text, lines ended by `\n`.
    pub text: String,
}

/// Why a message did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Undelivered {
    /// What happened, in one line, without passwords, keys or the address of a webhook.
    pub error: String,
    /// Whether it was refused once and for all, so that trying again is of no use.
    pub for_good: bool,
}

impl Undelivered {
    /// It may go another time.
    fn for_now(error: impl AsRef<str>) -> Undelivered {
        Undelivered { error: one_line(error.as_ref()), for_good: false }
    }

    /// It was refused once and for all.
    fn for_good(error: impl AsRef<str>) -> Undelivered {
        Undelivered { error: one_line(error.as_ref()), for_good: true }
    }
}

/// Why [`Post`] cannot be set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// The address of the mail server cannot be read. It is not shown: it may hold a password.
    #[error("the mail server's address {0}; write `smtps://host` or `smtp://host`")]
    Server(&'static str),
    /// The sender is no address.
    #[error("`{0}` is no address to send from; write `Wakeful <wakeful@force.example>`")]
    Sender(String),
    /// Certificates cannot be read.
    #[error("the certificates to trust cannot be read: {0}")]
    Certificates(String),
    /// There is no way to encrypt.
    #[error("encryption cannot be set up: {0}")]
    Tls(String),
}

/// How many characters of somebody else's words are kept.
const MOST_CHARS: usize = 300;

/// Words of another system as one line of bounded length, without control characters.
fn one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST_CHARS) {
        Some((cut, _)) => format!("{}…", &line[..cut]),
        None => line,
    }
}

/// An error with all that it says of its causes, each once.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_another_system_are_one_short_line() {
        assert_eq!(one_line("no\r\nsuch\u{7} \t user"), "no such user");
        assert_eq!(one_line(&"é".repeat(301)), format!("{}…", "é".repeat(300)));
        assert_eq!(one_line(&"é".repeat(300)), "é".repeat(300));
    }
}
