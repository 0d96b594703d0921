//! Letters over SMTP.

use std::time::Duration;

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::{Address, address::AddressError};
use percent_encoding::percent_decode_str;
use sha2::{Digest, Sha256};
use url::Url;

use super::{Letter, Secret, SettingError, Undelivered, with_causes};
use crate::versions::hex;

/// How a connection to a mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte: `smtps://`.
    Tls,
    /// TLS before anything is said of a letter, or the letter waits: `smtp://`.
    StartTls,
    /// None, and so no password either: `smtp://…?tls=none`, for a server on the same machine.
    Plain,
}

/// A mail server that letters are handed to, and as whom.
#[derive(Clone, Debug)]
pub struct MailServer {
    host: String,
    port: u16,
    security: Security,
    login: Option<(String, Secret)>,
    from: Mailbox,
}

impl MailServer {
    /// Reads the address of a server, `smtps://user:password@host` or `smtp://host:port`, and the sender,
    /// `Wakeful <wakeful@force.example>`. Ports are 465 for `smtps`, 587 with a user and 25 without one.
    ///
    /// With `smtp` the server must offer STARTTLS, unless the address ends with `?tls=none`.
    pub fn new(url: &str, from: &str) -> Result<MailServer, SettingError> {
        let url = Url::parse(url).map_err(|_| SettingError::Server("is no address"))?;
        let security = security(&url)?;
        let login = login(&url)?;
        if login.is_some() && security == Security::Plain {
            return Err(SettingError::Server("has a password that would be sent unencrypted"));
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or(SettingError::Server("has no host"))?.trim_matches(['[', ']']).to_owned();
        let port = url.port().unwrap_or(match (security, &login) {
            (Security::Tls, _) => 465,
            (_, Some(_)) => 587,
            (_, None) => 25,
        });
        let from = from.parse().map_err(|_| SettingError::Sender(from.to_owned()))?;
        Ok(MailServer { host, port, security, login, from })
    }
}

fn security(url: &Url) -> Result<Security, SettingError> {
    match (url.scheme(), url.query()) {
        ("smtps", None) => Ok(Security::Tls),
        ("smtp", None) => Ok(Security::StartTls),
        ("smtp", Some("tls=none")) => Ok(Security::Plain),
        ("smtp" | "smtps", Some(_)) => {
            Err(SettingError::Server("may end with `?tls=none` after `smtp` alone"))
        }
        _ => Err(SettingError::Server("begins with neither `smtps` nor `smtp`")),
    }
}

fn login(url: &Url) -> Result<Option<(String, Secret)>, SettingError> {
    let decoded =
        |text| percent_decode_str(text).decode_utf8().map_err(|_| SettingError::Server("is not UTF-8"));
    match (url.username(), url.password()) {
        ("", None) => Ok(None),
        ("", Some(_)) => Err(SettingError::Server("has a password without a user")),
        (_, None) => Err(SettingError::Server("has a user without a password")),
        (user, Some(password)) => Ok(Some((decoded(user)?.into_owned(), Secret::new(decoded(password)?)))),
    }
}

/// Hands letters over. Each has a connection of its own: they are few, and none waits for another.
pub(super) struct Mailer {
    server: MailServer,
    tls: TlsParameters,
    time_out: Duration,
}

impl Mailer {
    /// Trusts the system's certificates and, beside them, those given in PEM.
    pub(super) fn new(server: MailServer, trusted: &str, time_out: Duration) -> Result<Mailer, SettingError> {
        let mut tls = TlsParameters::builder(server.host.clone());
        if !trusted.trim().is_empty() {
            let certificates = Certificate::from_pem(trusted.as_bytes());
            tls = tls.add_root_certificate(
                certificates.map_err(|error| SettingError::Certificates(with_causes(&error)))?,
            );
        }
        let tls = tls.build_rustls().map_err(|error| SettingError::Tls(with_causes(&error)))?;
        Ok(Mailer { server, tls, time_out })
    }

    pub(super) async fn mail(&self, to: &str, letter: &Letter) -> Result<(), Undelivered> {
        let to: Address = to.parse().map_err(|error: AddressError| {
            Undelivered::for_good(format!("the address cannot be written to: {error}"))
        })?;
        let message = self.message(&to, letter)?;
        let delivery = tokio::time::timeout(self.time_out, self.deliver(&to, &message)).await;
        let mut connection = delivery.map_err(|_| {
            Undelivered::for_now(format!("the mail server did not finish in {} s", self.time_out.as_secs()))
        })??;
        // It is accepted, whatever the server makes of a farewell.
        let _ = tokio::time::timeout(FAREWELL, connection.quit()).await;
        Ok(())
    }

    /// The letter as bytes that are the same when it is tried again, but for its date.
    fn message(&self, to: &Address, letter: &Letter) -> Result<Vec<u8>, Undelivered> {
        let message = Message::builder()
            .from(self.server.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(super::one_line(&letter.subject))
            .message_id(Some(message_id(&letter.id, self.server.from.email.domain())))
            .header(AutoSubmitted)
            .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(letter.text.clone()));
        let message = message
            .map_err(|error| Undelivered::for_now(format!("the letter cannot be written: {error}")))?;
        Ok(message.formatted())
    }

    async fn deliver(&self, to: &Address, message: &[u8]) -> Result<AsyncSmtpConnection, Undelivered> {
        let mut connection = self.connect().await.map_err(|error| failed(&error))?;
        let from = self.server.from.email.clone();
        let extended = !from.to_string().is_ascii() || !to.to_string().is_ascii();
        if extended && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            return Err(Undelivered::for_good("the mail server takes no address with letters beyond ASCII"));
        }
        let parameters = if extended { vec![MailParameter::SmtpUtfEight] } else { Vec::new() };
        connection.command(Mail::new(Some(from), parameters)).await.map_err(|error| failed(&error))?;
        let taken = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
        taken.map_err(|error| recipient_refused(&error))?;
        connection.command(Data).await.map_err(|error| failed(&error))?;
        connection.message(message).await.map_err(|error| letter_refused(&error))?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let MailServer { host, port, security, login, .. } = &self.server;
        let hello = ClientId::default();
        let from_start = (*security == Security::Tls).then(|| self.tls.clone());
        let server = (host.as_str(), *port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(self.time_out), &hello, from_start, None)
                .await?;
        if *security == Security::StartTls {
            connection.starttls(self.tls.clone(), &hello).await?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await?;
        }
        Ok(connection)
    }
}

/// How long a farewell may take after a letter was accepted.
const FAREWELL: Duration = Duration::from_secs(2);

/// A failure that says nothing of the mailbox: even where the server calls it permanent, it is ours or theirs to mend.
fn failed(error: &Error) -> Undelivered {
    Undelivered::for_now(with_causes(error))
}

/// The recipient was refused: once and for all if by 5xx, unless by a policy (5.7.x), which is mended in settings.
fn recipient_refused(error: &Error) -> Undelivered {
    let by_policy = said(error).starts_with("5.7.");
    if error.is_permanent() && !by_policy { Undelivered::for_good(with_causes(error)) } else { failed(error) }
}

/// The letter was refused after its text: some servers say only then that there is no such mailbox (5.1.x).
fn letter_refused(error: &Error) -> Undelivered {
    let no_mailbox = said(error).starts_with("5.1.");
    if error.is_permanent() && no_mailbox { Undelivered::for_good(with_causes(error)) } else { failed(error) }
}

/// What the server said, behind its three digits.
fn said(error: &Error) -> String {
    std::error::Error::source(error).map(ToString::to_string).unwrap_or_default()
}

/// The `Message-ID` of a letter: its id where that may stand in one, else a hash of it.
fn message_id(id: &str, domain: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !id.is_empty() && id.len() <= 64 && id.bytes().all(plain) {
        return format!("<{id}@{domain}>");
    }
    format!("<{}@{domain}>", hex(&Sha256::digest(id)[..16]))
}

/// Says that a program wrote it, so that no out-of-office notice answers (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "Wakeful <wakeful@force.example>";

    fn read(url: &str) -> Result<(String, u16, Security, bool), SettingError> {
        MailServer::new(url, FROM).map(|s| (s.host, s.port, s.security, s.login.is_some()))
    }

    #[test]
    fn addresses_of_servers() {
        use Security::{Plain, StartTls, Tls};
        for (url, host, port, security, login) in [
            ("smtps://mail.example", "mail.example", 465, Tls, false),
            ("smtps://mail.example:4650/", "mail.example", 4650, Tls, false),
            ("smtp://mail.example", "mail.example", 25, StartTls, false),
            ("smtp://desk:s3cret@mail.example", "mail.example", 587, StartTls, true),
            ("smtp://127.0.0.1:2525?tls=none", "127.0.0.1", 2525, Plain, false),
            ("smtp://[::1]:2525?tls=none", "::1", 2525, Plain, false),
        ] {
            assert_eq!(read(url), Ok((host.to_owned(), port, security, login)), "{url}");
        }
    }

    #[test]
    fn a_wrong_address_is_refused_and_not_shown() {
        for url in [
            "",
            "mail.example",
            "http://mail.example",
            "smtp://",
            "smtps://mail.example?tls=none",
            "smtp://mail.example?tls=maybe",
            "smtp://desk:s3cret@mail.example?tls=none",
            "smtp://desk@mail.example",
            "smtp://:s3cret@mail.example",
        ] {
            let error = MailServer::new(url, FROM).unwrap_err();
            assert!(matches!(error, SettingError::Server(_)), "{url}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
        }
        assert!(matches!(MailServer::new("smtp://mail.example", "nobody"), Err(SettingError::Sender(_))));
    }

    #[test]
    fn a_password_is_decoded_and_not_printed() {
        let server = MailServer::new("smtps://desk%40force:p%C3%A4%2Fss@mail.example", FROM).unwrap();
        let (user, password) = server.login.clone().unwrap();
        assert_eq!((user.as_str(), password.reveal()), ("desk@force", "pä/ss"));
        let printed = format!("{server:?}");
        assert!(!printed.contains("ss\"") && printed.contains("Secret(…)"), "{printed}");
    }

    #[test]
    fn a_message_id_is_the_letters_or_its_hash() {
        assert_eq!(message_id("0197-aB_c", "force.example"), "<0197-aB_c@force.example>");
        assert_eq!(
            message_id("a b>\r\n", "force.example"),
            "<7cecd23c7f9fa3b4100a9a9c5e968d5c@force.example>"
        );
        assert_ne!(message_id("", "x"), message_id(" ", "x"));
    }
}
