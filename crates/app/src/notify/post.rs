//! Messages as they really leave.

use std::time::Duration;

use async_trait::async_trait;
use engine::time::Instant;

use super::hook::Caller;
use super::mail::Mailer;
use super::{Courier, Letter, MailServer, SettingError, Undelivered};

/// How long one attempt may take, if nothing else is set.
pub const TIME_OUT: Duration = Duration::from_secs(30);

/// What [`Post`] is set up with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where letters are handed over; without it they wait.
    pub mail: Option<MailServer>,
    /// Certificates in PEM to trust beside those of the system, such as those of the house's own authority.
    pub trusted: String,
    /// How long one attempt may take.
    pub time_out: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { mail: None, trusted: String::new(), time_out: TIME_OUT }
    }
}

/// Letters over SMTP and webhooks over HTTP.
pub struct Post {
    mailer: Option<Mailer>,
    caller: Caller,
}

impl Post {
    /// Sets it up; nothing is connected to before the first message.
    pub fn new(settings: Settings) -> Result<Post, SettingError> {
        let Settings { mail, trusted, time_out } = settings;
        let mailer = mail.map(|server| Mailer::new(server, &trusted, time_out)).transpose()?;
        Ok(Post { mailer, caller: Caller::new(&trusted, time_out)? })
    }
}

#[async_trait]
impl Courier for Post {
    fn has_mail(&self) -> bool {
        self.mailer.is_some()
    }

    async fn mail(&self, to: &str, letter: &Letter) -> Result<(), Undelivered> {
        match &self.mailer {
            Some(mailer) => mailer.mail(to, letter).await,
            None => Err(Undelivered::for_now("no mail server is set")),
        }
    }

    async fn call(
        &self,
        hook: &store::Webhook,
        message_id: &str,
        at: Instant,
        body: &str,
    ) -> Result<(), Undelivered> {
        self.caller.call(hook, message_id, at, body).await
    }
}
