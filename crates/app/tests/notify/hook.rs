use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use app::notify::{Courier, Undelivered};
use engine::time::Instant;
use hyper::HeaderMap;
use hyper::header::{HeaderName, HeaderValue};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{IMPATIENT, PATIENT, for_good, for_now, post, self_made};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const BODY: &str = r#"{"type":"step.raised","data":{"duty":"f6db15bf"}}"#;

fn hook(url: &str, secret: &str) -> store::Webhook {
    store::Webhook {
        name: "desk".to_owned(),
        url: url.to_owned(),
        secret: secret.to_owned(),
        heartbeat: false,
    }
}

fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Instant::from_ms(since.as_millis() as i64).unwrap()
}

async fn call(url: &str, time_out: Duration) -> Result<(), Undelivered> {
    post(None, "", time_out).call(&hook(url, SECRET), "m1", now(), BODY).await
}

/// A request as it came in.
struct Received {
    first_line: String,
    headers: HeaderMap,
    body: String,
}

/// Answers one request with these bytes, keeps the connection open, and says what the request was.
async fn receiver(answer: &'static str) -> (String, JoinHandle<(Received, TcpStream)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks/wakeful", listener.local_addr().unwrap());
    let task = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let received = request(&mut stream).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        (received, stream)
    });
    (url, task)
}

async fn request(stream: &mut TcpStream) -> Received {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let mut lines = head.trim_end().split("\r\n");
    let first_line = lines.next().unwrap().to_owned();
    let headers: HeaderMap = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
        .collect();
    let length: usize = headers["content-length"].to_str().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    Received { first_line, headers, body: String::from_utf8(body).unwrap() }
}

#[tokio::test]
async fn a_message_arrives_signed_so_that_either_secret_verifies_it() {
    let (url, receiver) = receiver("HTTP/1.1 204 No Content\r\n\r\n").await;
    let at = now();
    let post = post(None, "", PATIENT);
    post.call(&hook(&url, &format!("{SECRET} {OTHER}")), "m1", at, BODY).await.unwrap();
    let (received, _) = receiver.await.unwrap();
    assert_eq!(received.first_line, "POST /hooks/wakeful HTTP/1.1");
    assert_eq!(received.body, BODY);
    for (name, value) in [
        ("content-type", "application/json"),
        ("webhook-id", "m1"),
        ("webhook-timestamp", &(at.ms() / 1_000).to_string()),
    ] {
        assert_eq!(received.headers[name], value);
    }
    for secret in [SECRET, OTHER] {
        let verifier = standardwebhooks::Webhook::new(secret).unwrap();
        verifier.verify(BODY.as_bytes(), &received.headers).unwrap();
        assert!(verifier.verify(b"{}", &received.headers).is_err());
    }
    let stranger = standardwebhooks::Webhook::new("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
    assert!(stranger.verify(BODY.as_bytes(), &received.headers).is_err());
}

#[tokio::test]
async fn answers_are_judged_by_their_status() {
    for answer in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"] {
        let (url, _receiver) = receiver(answer).await;
        assert_eq!(call(&url, PATIENT).await, Ok(()));
    }
    for (answer, why) in [
        ("HTTP/1.1 500 Oh\r\n\r\n", "500"),
        ("HTTP/1.1 503 Busy\r\n\r\n", "503"),
        ("HTTP/1.1 429 Slow\r\n\r\n", "429"),
        ("HTTP/1.1 404 No\r\n\r\n", "404"),
        ("HTTP/1.1 401 Who\r\n\r\n", "401"),
        ("what?\r\n\r\n", "invalid"),
    ] {
        let (url, _receiver) = receiver(answer).await;
        for_now(call(&url, PATIENT).await, why);
    }
    let (url, _receiver) = receiver("HTTP/1.1 410 Gone\r\n\r\n").await;
    for_good(call(&url, PATIENT).await, "410");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let location = format!("http://{}/", elsewhere.local_addr().unwrap());
    for status in ["301", "302", "307", "308"] {
        let answer = format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\n\r\n");
        let (url, _receiver) = receiver(answer.leak()).await;
        for_now(call(&url, PATIENT).await, "redirects are not followed");
    }
    elsewhere.set_nonblocking(true).unwrap();
    assert!(elsewhere.accept().is_err(), "nobody came");
}

#[tokio::test]
async fn a_dead_or_silent_receiver_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    for_now(call(&url, IMPATIENT).await, "no answer");
    drop(listener);
    for_now(call(&url, PATIENT).await, "refused");
    let (url, _receiver) = receiver("HTTP/1.1 200 OK\r\nhalf: a he").await;
    for_now(call(&url, IMPATIENT).await, "no answer");
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    let (url, receiver) = receiver("HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\nand so on").await;
    assert_eq!(call(&url, PATIENT).await, Ok(()));
    let (_, mut stream) = receiver.await.unwrap();
    let chunk = [b'x'; 65_536];
    let mut sent = 0;
    while stream.write_all(&chunk).await.is_ok() {
        sent += chunk.len();
        assert!(sent < 64_000_000, "the caller should hang up");
    }
    let endless: &str = format!("HTTP/1.1 200 OK\r\n{}", "x: y\r\n".repeat(50_000)).leak();
    let (url, _receiver) = self::receiver(endless).await;
    for_now(call(&url, PATIENT).await, "message head is too large");
}

#[tokio::test]
async fn what_is_set_wrong_waits_until_it_is_mended_and_is_not_shown() {
    for url in ["", "receiver", "ftp://receiver.example/k3y", "https://", "http://a b/k3y"] {
        let result = call(url, PATIENT).await;
        assert!(!result.as_ref().unwrap_err().error.contains("k3y"), "{result:?}");
        for_now(result, "");
    }
    let post = post(None, "", PATIENT);
    let result = post.call(&hook("https://receiver.example/", "whsec_s3cret!"), "m1", now(), BODY).await;
    assert!(!result.as_ref().unwrap_err().error.contains("s3cret"), "{result:?}");
    for_now(result, "a secret is not base64");
}

/// Answers every request over TLS with 200.
fn tls_receiver(certificate: &str, key: &str) -> String {
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let session = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = rustls::StreamOwned::new(session, stream.unwrap());
            let _ = stream.read(&mut [0; 4_096]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    });
    url
}

#[tokio::test]
async fn https_needs_a_trusted_certificate() {
    let (certificate, key) = self_made();
    let url = tls_receiver(&certificate, &key);
    for_now(call(&url, PATIENT).await, "certificate");
    let trusting = post(None, &certificate, PATIENT);
    trusting.call(&hook(&url, SECRET), "m1", now(), BODY).await.unwrap();
}
