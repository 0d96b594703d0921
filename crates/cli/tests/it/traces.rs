//! Traces, as a collector receives them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;

use crate::serve::{Server, found, text, token, wakeful};

const PATIENCE: Duration = Duration::from_secs(30);

/// The first line and the body of each request.
type Received = Mutex<Vec<(String, Vec<u8>)>>;

/// A collector of OTLP by HTTP that keeps what it is sent.
struct Collector {
    address: String,
    received: Arc<Received>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let received: Arc<Received> = Arc::default();
        let kept = Arc::clone(&received);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || while take(stream.as_ref().unwrap(), &kept).is_some() {});
            }
        });
        Self { address, received }
    }

    fn spans(&self) -> Vec<Span> {
        let received = self.received.lock().unwrap();
        let requests = received.iter().map(|(_, body)| ExportTraceServiceRequest::decode(&body[..]).unwrap());
        let scopes =
            requests.flat_map(|request| request.resource_spans).flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    /// The spans, once there are some of all these names.
    fn wait(&self, names: &[&str]) -> Vec<Span> {
        let start = Instant::now();
        loop {
            let spans = self.spans();
            if names.iter().all(|name| spans.iter().any(|span| span.name == *name)) {
                return spans;
            }
            let there: Vec<&String> = spans.iter().map(|span| &span.name).collect();
            assert!(start.elapsed() < PATIENCE, "not all of {names:?} are there: {there:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Takes one request of a connection, and says that it is well.
fn take(stream: &TcpStream, kept: &Received) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if first.is_empty() {
            first = line;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    kept.lock().unwrap().push((first, body));
    let mut stream = stream;
    stream
        .write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n")
        .ok()
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let found = span.attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => Some(format!("{other:?}")),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_collector_is_told_what_is_done_and_nothing_of_a_case() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().unwrap();
    let environment =
        [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address.as_str()), ("OTEL_BSP_SCHEDULE_DELAY", "100")];
    let server = Server::start_with(folder.path(), &[], &environment);
    let token = token(folder.path(), "crm", &["events:write", "read"]);
    let hook =
        ["user", "webhook", "pager", "http://127.0.0.1:9/hook", "--data", folder.path().to_str().unwrap()];
    assert!(wakeful(&hook).status.success());
    // The recorder learns of the webhook by its next beat.
    std::thread::sleep(Duration::from_secs(6));
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let body = found("the-event", "2026-03-06T19:00:00Z").to_string();
    let answer = server.raw(&format!(
        "POST /api/v1/events HTTP/1.1\r\nHost: x\r\ntraceparent: 00-{trace}-00f067aa0ba902b7-01\r\nAuthorization: Bearer {token}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ));
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let (_, duties) = server.get("/api/v1/duties?key=person:p1", &token);
    let id = duties["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(server.get(&format!("/api/v1/duties/{id}"), &token).0, 200);
    assert_eq!(server.get("/api/v1/duties?as_of=2026-03-07T00:00:00Z", &token).0, 200);
    assert_eq!(server.get("/api/v1/keys/person:p1", &token).0, 200);
    assert_eq!(server.get("/person:p1", &token).0, 404);
    let link = wakeful(&["user", "calendar", "officer:r1", "--data", folder.path().to_str().unwrap()]);
    assert!(server.text("GET", text(&link.stdout).trim()).starts_with("HTTP/1.1 200"));

    let names = [
        "POST /api/v1/events",
        "GET /api/v1/duties",
        "GET /api/v1/duties/{id}",
        "GET /api/v1/keys/{key}",
        "GET /calendar/{link}",
        "GET",
        "record",
        "transaction",
        "watch",
        "judge",
        "judge history",
        "deliver",
    ];
    let spans = collector.wait(&names);
    assert!(
        collector.received.lock().unwrap().iter().all(|(first, _)| first.starts_with("POST /v1/traces "))
    );
    let posted = spans.iter().find(|span| span.name == "POST /api/v1/events").unwrap();
    assert_eq!(
        (hex(&posted.trace_id), hex(&posted.parent_span_id)),
        (trace.to_owned(), "00f067aa0ba902b7".to_owned())
    );
    assert_eq!(attribute(posted, "http.route").as_deref(), Some("/api/v1/events"));
    assert_eq!(attribute(posted, "http.response.status_code").as_deref(), Some("201"));
    let recorded =
        spans.iter().find(|span| hex(&span.trace_id) == trace && span.name == "transaction").unwrap();
    let numbers =
        ["events", "duties", "steps"].map(|name| attribute(recorded, name).unwrap().parse::<u32>().unwrap());
    assert!(
        numbers[0] > 1 && numbers[1] > 0 && numbers[0] == numbers[2] + 1,
        "the steps are events too: {numbers:?}"
    );
    assert!(spans.iter().all(|span| span.events.is_empty()));

    let sent = collector.received.lock().unwrap();
    let secret = token.as_str();
    for (_, body) in sent.iter() {
        let body = String::from_utf8_lossy(body);
        for word in ["person", "case:", "officer", "crm", "the-event", "pager", "127.0.0.1:9", &id, secret] {
            assert!(!body.contains(word), "`{word}` is in a span");
        }
    }
}

#[test]
fn what_cannot_be_exported_is_said_at_the_start_and_a_collector_that_is_away_stops_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let away = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), ("OTEL_BSP_SCHEDULE_DELAY", "50")];
    let server = Server::start_with(folder.path(), &[], &away);
    let token = token(folder.path(), "crm", &["events:write"]);
    for number in 0..5 {
        let event = json!([found(&format!("f{number}"), "2026-03-06T19:00:00Z")]);
        assert_eq!(server.post(&token, &event).0, 201);
        std::thread::sleep(Duration::from_millis(100));
    }
    drop(server);
    let refused = Server::refused(folder.path(), &[away[0], ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]);
    assert!(refused.contains("OTEL_EXPORTER_OTLP_PROTOCOL: `grpc` is not spoken"), "{refused}");
}
