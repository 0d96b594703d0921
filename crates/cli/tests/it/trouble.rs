//! A database that is full, read-only or gone: the caller and the health say so, nothing is half-stored, and it all works
//! again by itself.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use test_support::Postgres;
use test_support::server::{Client, Server, Site, Started};

/// How long it may take until the database is used again.
const RECOVERY: Duration = Duration::from_secs(30);

fn site(data: &Path, database: Option<String>) -> Site {
    Site {
        program: env!("CARGO_BIN_EXE_wakeful").into(),
        policy: test_support::POLICY_FILE.into(),
        data: data.to_owned(),
        database,
    }
}

fn client(site: &Site, server: &Server) -> Client {
    let token = site.token("crm", &["events:write", "read"]).unwrap();
    Client { address: server.address().to_owned(), token }
}

/// A list of events of about so many bytes each, with ids of their own.
fn events(name: &str, count: usize, bytes: usize) -> Value {
    let event = |number: usize| {
        json!({"id": format!("{name}-{number}"), "stream": "case:c1", "kind": "missing.found",
            "at": "2026-03-06T19:00:00Z", "note": "n".repeat(bytes),
            "links": {"child": format!("person:{name}-{number}"), "episode": "episode:1"}})
    };
    (0..count).map(event).collect()
}

/// How many events of a name are in the record.
fn stored(client: &Client, name: &str) -> usize {
    let (items, _) = client.pages("/api/v1/events", "after").unwrap();
    let named = |item: &&Value| item["event"]["id"].as_str().unwrap().starts_with(&format!("{name}-"));
    items.iter().filter(named).count()
}

/// Sees that a caller is told to try again, or by which ids to send again what may be stored.
fn says_whether_it_is_stored(problem: &Value) {
    match problem["type"].as_str() {
        Some("urn:wakeful:unconfirmed") => assert!(problem["ids"].is_array(), "{problem}"),
        _ => assert!(problem["detail"].as_str().unwrap().ends_with("try again"), "{problem}"),
    }
}

/// Sees that the caller is told, and then the health.
fn is_told(client: &Client, events: &Value) {
    let asked = Instant::now();
    let (status, problem) = client.post(events).unwrap();
    assert_eq!(status, 503, "{problem}");
    says_whether_it_is_stored(&problem);
    assert!(asked.elapsed() < Duration::from_secs(20), "the answer takes {:?}", asked.elapsed());
    let failing = client.until(RECOVERY, |status, _| status == 503).unwrap();
    assert_eq!(failing["checks"]["record"], "failing", "{failing}");
    let problems = failing["problems"].as_array().unwrap();
    let is_why = |why: &Value| why.as_str().unwrap().contains("the database does not answer");
    assert!(problems.iter().all(is_why), "without a database nobody is known, and else it is why: {failing}");
}

/// Sees that all is well by itself, that nothing is there of what was refused, and that it is taken now.
fn recovers(client: &Client, refused: &Value) {
    client.until(RECOVERY, |status, _| status == 200).unwrap();
    assert_eq!(stored(client, "refused"), 0);
    let (status, answer) = client.post(refused).unwrap();
    assert_eq!(status, 201, "{answer}");
    assert_eq!(stored(client, "refused"), refused.as_array().unwrap().len());
    let duties = client.pages("/api/v1/duties", "cursor").unwrap().0.len();
    assert_eq!(duties, stored(client, "before") + stored(client, "refused"));
}

#[test]
fn a_database_that_is_down_is_said_and_used_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut postgres = Postgres::start().unwrap();
    let site = site(&folder.path().join("data"), Some(postgres.database().unwrap()));
    let server = site.server().unwrap();
    let client = client(&site, &server);
    assert_eq!(client.post(&events("before", 3, 10)).unwrap().0, 201);
    postgres.stop();
    is_told(&client, &events("refused", 3, 10));
    postgres.resume().unwrap();
    client.until(RECOVERY, |status, _| status == 200).unwrap();
    assert_eq!(stored(&client, "before"), 3);
    recovers(&client, &events("refused", 3, 10));
}

/// A server whose threads each fail to write a few times, as on a disk in trouble.
fn failing(site: &Site, error: &str, trace: &Path) -> Server {
    let calls = "pwrite64,fdatasync,ftruncate";
    let words = ["strace", "-f", "-D", "-qq", "-e", "signal=none", "-o", trace.to_str().unwrap(), "-e"];
    let inject =
        [format!("trace={calls}"), "-e".to_owned(), format!("inject={calls}:error={error}:when=150..155")];
    let under: Vec<String> = words.map(str::to_owned).into_iter().chain(inject).collect();
    match site.serve(&under, &[]).unwrap() {
        Started::Listens(server) => server,
        Started::Killed => panic!("nobody kills it"),
    }
}

/// Writes until one fails, then until all are taken: nothing is there by half, and nothing twice.
fn writes_fail_for_a_while(error: &str) {
    let folder = tempfile::tempdir().unwrap();
    let site = site(&folder.path().join("data"), None);
    drop(site.server().unwrap());
    let server = failing(&site, error, &folder.path().join("trace"));
    let client = client(&site, &server);
    let mut refused = 0;
    for number in 0..40 {
        let list = events(&format!("{number}"), 3, 10);
        let status = loop {
            let (status, answer) = client.post(&list).unwrap();
            if status != 503 {
                assert_eq!(
                    status,
                    201,
                    "{error}: {answer}\n{}",
                    std::fs::read_to_string(site.log()).unwrap()
                );
                break status;
            }
            says_whether_it_is_stored(&answer);
            refused += 1;
            assert!(
                refused < 500,
                "{error}: it does not recover after {number}: {answer} {}",
                std::fs::read_to_string(site.log()).unwrap()
            );
        };
        assert_eq!((status, stored(&client, &format!("{number}"))), (201, 3), "{error}");
    }
    assert!(refused > 0, "{error}: no write failed");
    client.until(RECOVERY, |status, _| status == 200).unwrap();
    assert_eq!(client.pages("/api/v1/duties", "cursor").unwrap().0.len(), 120, "{error}");
}

#[test]
fn writes_that_fail_for_a_while_are_said_and_tried_again() {
    for error in ["ENOSPC", "EROFS", "EIO"] {
        writes_fail_for_a_while(error);
    }
}

/// A file system of a few megabytes, while it is there.
struct Small(tempfile::TempDir);

impl Small {
    /// None where this is not allowed: it needs root.
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(folder.path()).output();
        mount.is_ok_and(|output| output.status.success()).then_some(Self(folder))
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[test]
fn a_full_disk_is_said_and_used_again_once_there_is_room() {
    let Some(disk) = Small::new() else {
        println!("not run: a file system cannot be mounted here");
        return;
    };
    let site = site(&disk.0.path().join("data"), None);
    let server = site.server().unwrap();
    let client = client(&site, &server);
    assert_eq!(client.post(&events("before", 3, 10)).unwrap().0, 201);
    let room = disk.0.path().join("room");
    // What something else takes of the disk, up to the last byte.
    _ = std::fs::write(&room, vec![0; 4 << 20]);
    is_told(&client, &events("refused", 20, 20_000));
    assert_eq!(stored(&client, "before"), 3, "what is there can be read");
    std::fs::remove_file(&room).unwrap();
    recovers(&client, &events("refused", 20, 20_000));
}
