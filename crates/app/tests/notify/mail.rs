use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use app::notify::{Courier, Letter, MailServer, Post};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::{IMPATIENT, PATIENT, for_good, for_now, post, self_made};

const FROM: &str = "Wakeful <wakeful@force.example>";

/// A mail server that stops with the test.
pub(super) struct Server {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Server {
    pub(super) fn start(mode: &str, certificate: Option<&(String, String)>) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/notify/smtp_server.py"));
        command.args([folder.path().to_str().unwrap(), mode]).env("PYTHONPATH", tools().join("python"));
        if let Some((certificate, key)) = certificate {
            for (name, pem) in [("certificate.pem", certificate), ("key.pem", key)] {
                std::fs::write(folder.path().join(name), pem).unwrap();
                command.arg(folder.path().join(name));
            }
        }
        let mut process = command.stdout(Stdio::piped()).spawn().expect("python3 should be there");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port =
            line.trim().parse().expect("the mail server should start; is `scripts/tool aiosmtpd` done?");
        Server { process, port, folder }
    }

    pub(super) fn url(&self, scheme: &str, login: &str, query: &str) -> String {
        format!("{scheme}://{login}127.0.0.1:{}{query}", self.port)
    }

    /// The letters that were accepted, in order.
    pub(super) fn kept(&self) -> Vec<Value> {
        let path = |n: usize| self.folder.path().join(format!("{n}.json"));
        (1..)
            .map_while(|n| std::fs::read_to_string(path(n)).ok())
            .map(|text| serde_json::from_str(&text).unwrap())
            .collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn tools() -> PathBuf {
    let home = || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/wakeful/tools");
    std::env::var_os("WAKEFUL_TOOLS").map_or_else(home, PathBuf::from)
}

fn through(url: &str, trusted: &str) -> Post {
    post(Some(MailServer::new(url, FROM).unwrap()), trusted, PATIENT)
}

fn letter() -> Letter {
    Letter {
        id: "0197c0de-01".to_owned(),
        subject: "Duty f6db15bf has come up to you – now".to_owned(),
        text: format!("A first line.\n.\n.. dots, and ż\n{}\n", "long ".repeat(300)),
    }
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written_and_twice_with_one_id() {
    let server = Server::start("plain", None);
    let post = through(&server.url("smtp", "", "?tls=none"), "");
    post.mail("inspector@force.example", &letter()).await.unwrap();
    post.mail("inspector@force.example", &letter()).await.unwrap();
    let kept = server.kept();
    assert_eq!(kept.len(), 2);
    for letter_kept in &kept {
        assert_eq!(letter_kept["from"], "wakeful@force.example");
        assert_eq!(letter_kept["to"], serde_json::json!(["inspector@force.example"]));
        let text = letter_kept["text"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), letter().text.trim_end());
        let headers = &letter_kept["headers"];
        for (name, value) in [
            ("from", FROM),
            ("to", "inspector@force.example"),
            ("subject", &letter().subject),
            ("message-id", "<0197c0de-01@force.example>"),
            ("auto-submitted", "auto-generated"),
        ] {
            assert_eq!(headers[name], value);
        }
        assert!(headers["date"].is_string());
        assert_eq!(headers.as_object().unwrap().len(), 9, "{headers}");
    }
}

#[tokio::test]
async fn a_subject_cannot_add_a_header() {
    let server = Server::start("plain", None);
    let post = through(&server.url("smtp", "", "?tls=none"), "");
    let subject = "Duty\r\nBcc: eve@other.example\r\n\r\nand a body".to_owned();
    post.mail("inspector@force.example", &Letter { subject, ..letter() }).await.unwrap();
    let kept = server.kept().remove(0);
    assert_eq!(kept["headers"]["subject"], "Duty Bcc: eve@other.example and a body");
    assert_eq!(kept["headers"]["bcc"], Value::Null);
}

#[tokio::test]
async fn a_mailbox_that_is_not_there_is_refused_for_good() {
    let server = Server::start("plain", None);
    let post = through(&server.url("smtp", "", "?tls=none"), "");
    for (to, why) in [
        ("nobody@force.example", "no such user"),
        ("gone@force.example", "551"),
        ("unknown@force.example", "recipient not found"),
        ("no address", "cannot be written to"),
        ("", "cannot be written to"),
        ("inspector@force.example>\r\nRCPT TO:<eve@other.example", "cannot be written to"),
    ] {
        for_good(post.mail(to, &letter()).await, why);
    }
    assert_eq!(server.kept().len(), 0);
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let server = Server::start("plain", None);
    let post = through(&server.url("smtp", "", "?tls=none"), "");
    for (to, why) in [
        ("later@force.example", "greylisted"),
        ("full@force.example", "mailbox full"),
        ("relay@force.example", "relay access denied"),
        ("spam@force.example", "looks like spam"),
        ("busy@force.example", "out of room"),
    ] {
        for_now(post.mail(to, &letter()).await, why);
    }
    post.mail("inspector@force.example", &letter()).await.expect("a failure leaves nothing behind");
}

#[tokio::test]
async fn a_dead_or_silent_server_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}?tls=none", listener.local_addr().unwrap());
    let silent = post(Some(MailServer::new(&url, FROM).unwrap()), "", IMPATIENT);
    for_now(silent.mail("inspector@force.example", &letter()).await, "did not finish");
    drop(listener);
    for_now(through(&url, "").mail("inspector@force.example", &letter()).await, "refused");
    for_now(post(None, "", PATIENT).mail("inspector@force.example", &letter()).await, "no mail server");
}

#[tokio::test]
async fn a_server_that_falls_silent_after_the_text_is_tried_again() {
    let server = Server::start("plain", None);
    let url = server.url("smtp", "", "?tls=none");
    let post = post(Some(MailServer::new(&url, FROM).unwrap()), "", 4 * IMPATIENT);
    for_now(post.mail("slow@force.example", &letter()).await, "did not finish in 2 s");
}

#[tokio::test]
async fn starttls_needs_a_trusted_certificate() {
    let certificate = self_made();
    let server = Server::start("starttls", Some(&certificate));
    let url = server.url("smtp", "", "");
    for_now(through(&url, "").mail("inspector@force.example", &letter()).await, "certificate");
    for_now(through(&url, &self_made().0).mail("inspector@force.example", &letter()).await, "certificate");
    assert_eq!(server.kept().len(), 0);
    through(&url, &certificate.0).mail("inspector@force.example", &letter()).await.unwrap();
    assert_eq!(server.kept()[0]["encrypted"], true);
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_offers_no_encryption() {
    let server = Server::start("plain", None);
    let url = server.url("smtp", "", "");
    for_now(through(&url, "").mail("inspector@force.example", &letter()).await, "STARTTLS is not supported");
    assert_eq!(server.kept().len(), 0);
}

#[tokio::test]
async fn tls_from_the_start() {
    let certificate = self_made();
    let server = Server::start("tls", Some(&certificate));
    let url = server.url("smtps", "", "");
    for_now(through(&url, "").mail("inspector@force.example", &letter()).await, "certificate");
    through(&url, &certificate.0).mail("inspector@force.example", &letter()).await.unwrap();
    assert_eq!(server.kept().len(), 1);
}

#[tokio::test]
async fn a_login_is_used_and_a_wrong_one_is_ours_to_mend() {
    let certificate = self_made();
    let server = Server::start("login", Some(&certificate));
    let right = through(&server.url("smtp", "desk:open%20sesame@", ""), &certificate.0);
    right.mail("inspector@force.example", &letter()).await.unwrap();
    assert_eq!(server.kept()[0]["user"], "desk");
    let wrong = through(&server.url("smtp", "desk:0pen-sesame@", ""), &certificate.0);
    let result = wrong.mail("inspector@force.example", &letter()).await;
    assert!(!result.as_ref().unwrap_err().error.contains("0pen"), "{result:?}");
    for_now(result, "535");
}
