//! The server, as a program and a person at a command line meet it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

pub use test_support::POLICY_FILE as POLICY;

pub fn wakeful(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wakeful")).args(arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server on a port of its own, stopped when it is dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    pub fn start(data: &Path, more: &[&str]) -> Self {
        Self::start_with(data, more, &[])
    }

    pub fn start_with(data: &Path, more: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = Self::command(environment);
        Self::begin(command.arg("--data").arg(data).args(more))
    }

    /// One on a database of PostgreSQL.
    pub fn start_at(url: &str) -> Self {
        Self::begin(Self::command(&[]).args(["--database", url]))
    }

    fn begin(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = lines.by_ref().find_map(|line| {
            let line = line.unwrap();
            Some(line.split_once("listening at http://")?.1.to_owned())
        });
        std::thread::spawn(move || lines.for_each(|_| {}));
        Self { child, address: address.expect("the server does not start") }
    }

    /// What a server says that does not start.
    pub fn refused(data: &Path, environment: &[(&str, &str)]) -> String {
        Self::failed(Self::command(environment).arg("--data").arg(data))
    }

    /// What one says that does not start on a database of PostgreSQL.
    pub fn refused_at(url: &str) -> String {
        Self::failed(Self::command(&[]).args(["--database", url]))
    }

    fn failed(command: &mut Command) -> String {
        let output = command.output().unwrap();
        assert!(!output.status.success());
        text(&output.stderr)
    }

    /// Where it listens, as `HOST:PORT`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn command(environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wakeful"));
        command.args(["serve", "--policy", POLICY, "--listen", "127.0.0.1:0"]);
        command.envs(environment.iter().copied());
        command
    }

    /// The whole answer to a request.
    pub fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// The status and body of an answer.
    pub fn ask(&self, method: &str, path: &str, token: &str, kind: &str, body: &str) -> (u16, Value) {
        let answer = self.raw(&format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.address,
            body.len()
        ));
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    /// The whole answer as text.
    pub fn text(&self, method: &str, path: &str) -> String {
        self.raw(&format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address))
    }

    pub fn get(&self, path: &str, token: &str) -> (u16, Value) {
        self.ask("GET", path, token, "application/json", "")
    }

    pub fn post(&self, token: &str, body: &Value) -> (u16, Value) {
        self.ask("POST", "/api/v1/events", token, "application/json", &body.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

pub fn token(data: &Path, name: &str, scopes: &[&str]) -> String {
    let mut arguments = vec!["user", "token", name, "--data", data.to_str().unwrap()];
    scopes.iter().for_each(|scope| arguments.extend(["--scope", scope]));
    let made = wakeful(&arguments);
    assert!(made.status.success(), "{}", text(&made.stderr));
    text(&made.stdout).trim().to_owned()
}

pub fn found(id: &str, at: &str) -> Value {
    json!({"id": id, "stream": "case:c1", "kind": "missing.found", "at": at,
        "links": {"child": "person:p1", "episode": "episode:1"}, "attrs": {"age": 14}})
}

#[test]
fn events_go_in_once_and_duties_come_out_as_a_review_says() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &[]);
    let writer = token(&data, "crm", &["events:write", "read"]);
    let event = found("f1", "2026-03-06T19:00:00Z");
    let (status, body) = server.post(&writer, &event);
    assert_eq!((status, &body), (201, &json!({"ids": ["f1"], "new": 1})));
    assert_eq!(server.post(&writer, &event), (200, json!({"ids": ["f1"], "new": 0})));
    let (status, body) = server
        .post(&writer, &json!([found("f2", "2026-03-07T19:00:00Z"), found("f1", "2026-03-08T19:00:00Z")]));
    assert_eq!(status, 409, "{body}");
    assert_eq!(body["place"], 1);
    let (_, events) = server.get("/api/v1/events", &writer);
    let kinds: Vec<&str> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["event"]["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "missing.found").count(),
        1,
        "nothing of the list is stored: {events:#}"
    );
    assert_eq!(events["items"][0]["event"]["recorded_by"], "system:crm");

    let (status, duties) = server.get("/api/v1/duties?state=overdue&rule=return-home-interview", &writer);
    assert_eq!(status, 200, "{duties}");
    assert_eq!(duties["items"][0]["due"], "2026-03-09T19:00:00.000Z");
    let as_of = duties["as_of"].as_str().unwrap();
    let export = folder.path().join("export.jsonl");
    let exported = wakeful(&["export", "--data", data.to_str().unwrap(), "--out", export.to_str().unwrap()]);
    assert!(exported.status.success(), "{}", text(&exported.stderr));
    let review = wakeful(&[
        "review",
        export.to_str().unwrap(),
        "--policy",
        POLICY,
        "--as-of",
        as_of,
        "--format",
        "jsonl",
    ]);
    let rows: Vec<Value> =
        text(&review.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (_, all) = server.get("/api/v1/duties", &writer);
    assert_eq!(all["items"].as_array().unwrap(), &rows);
    let (_, then) =
        server.get("/api/v1/duties?as_of=2026-03-07T00:00:00Z&known_by=2026-03-07T00:00:00Z", &writer);
    assert_eq!(then["items"], json!([]), "it was recorded later");
    let (_, then) = server.get("/api/v1/duties?as_of=2026-03-07T00:00:00Z", &writer);
    assert_eq!(then["items"][0]["state"], "pending");
}

#[test]
fn who_may_not_is_told_why_and_bad_input_where() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let reader = token(folder.path(), "inspector", &["read"]);
    let writer = token(folder.path(), "crm", &["events:write"]);
    let importer = token(folder.path(), "system:old", &["events:import"]);
    let event = found("f1", "2026-03-06T19:00:00Z");
    assert_eq!(server.post("", &event).0, 401);
    assert_eq!(server.post("nonsense", &event).0, 401);
    assert_eq!(server.post(&reader, &event).0, 403);
    assert_eq!(server.get("/api/v1/duties", &writer).0, 403);
    assert_eq!(server.get("/api/v1/duties?state=late", &reader).0, 400);
    assert_eq!(server.get("/api/v1/duties?as_of=yesterday", &reader).0, 400);
    assert_eq!(server.get("/api/v1/duties?cursor=x", &reader).0, 400);
    assert_eq!(server.get("/api/v1/nothing", &reader).0, 404);
    for (body, says) in [
        (json!({"id": "x", "kind": "missing.found"}), "at"),
        (json!({"id": "x", "kind": "missing.found", "at": "2026-03-06"}), "at"),
        (json!({"id": "x", "kind": "missing.found", "at": "2026-03-06T00:00:00Z", "link": {}}), "link"),
        (json!([1]), "object"),
    ] {
        let (status, problem) = server.post(&writer, &body);
        assert_eq!(status, 400, "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(says), "{problem}");
    }
    assert_eq!(
        server.post(&writer, &json!({"id": "x", "kind": "duty.made", "at": "2026-03-06T00:00:00Z"})).0,
        422
    );
    let mut own = event.clone();
    own["recorded_at"] = json!("2026-03-06T20:00:00Z");
    assert_eq!(server.post(&importer, &own).0, 201);
    let (_, events) = server.get("/api/v1/events?entity=case:c1", &reader);
    assert_eq!(events["items"][0]["event"]["recorded_at"], "2026-03-06T20:00:00.000Z");
    let (status, without_id) = server
        .post(&writer, &json!({"kind": "case.closed", "stream": "case:c1", "at": "2026-03-06T20:00:00Z"}));
    assert_eq!(status, 201);
    assert_eq!(without_id["ids"][0].as_str().unwrap().len(), 36);
    let cloud = json!({"specversion": "1.0", "id": "1", "source": "crm", "type": "missing.found", "time": "2026-04-06T20:00:00Z",
        "subject": "case:c1", "data": {"links": {"child": "person:p1"}}});
    let kind = "application/cloudevents+json";
    assert_eq!(
        server.ask("POST", "/api/v1/events", &writer, kind, &cloud.to_string()).1["ids"],
        json!(["crm:1"])
    );
    let kind = "application/cloudevents-batch+json";
    assert_eq!(server.ask("POST", "/api/v1/events", &writer, kind, &json!([cloud]).to_string()).0, 200);
    assert_eq!(server.get("/health", "").0, 200);
}

#[test]
fn pages_of_duties_hold_each_once() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let token = token(folder.path(), "crm", &["events:write", "read"]);
    let events: Vec<Value> = (0..25)
        .map(|number| {
            let mut event = found(&format!("f{number}"), &format!("2026-03-06T19:{number:02}:00Z"));
            event["links"]["child"] = json!(format!("person:p{}", number % 7));
            event
        })
        .collect();
    assert_eq!(server.post(&token, &json!(events)).0, 201);
    let (_, all) = server.get("/api/v1/duties", &token);
    let mut paged = Vec::new();
    let mut next = String::new();
    loop {
        let (status, page) = server.get(&format!("/api/v1/duties?limit=4{next}"), &token);
        assert_eq!(status, 200, "{page}");
        paged.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next"].as_str() else { break };
        next = format!("&cursor={cursor}");
    }
    assert_eq!(&paged, all["items"].as_array().unwrap());
}

#[test]
fn an_import_keeps_times_and_a_second_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let input = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/review-2013/events.jsonl");
    let policy = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/england");
    let arguments = ["import", input, "--data", data.to_str().unwrap(), "--policy", policy];
    let imported = wakeful(&arguments);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    assert!(text(&imported.stderr).contains("892 events were recorded"), "{}", text(&imported.stderr));
    assert!(text(&wakeful(&arguments).stderr).contains("0 events were recorded, 892 were there already"));
    let exported = wakeful(&["export", "--data", data.to_str().unwrap()]);
    let again = wakeful(&["convert", input, "--to", "jsonl"]);
    assert_eq!(text(&exported.stdout), text(&again.stdout));
}

/// Asks again and again until an answer is right.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("it is not so within a minute")
}

#[test]
fn after_an_import_of_old_cases_each_person_has_one_letter_and_those_that_were_given_up_are_put_back_at_once()
{
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let run = |arguments: &[&str]| {
        let ran = wakeful(&[arguments, &["--data", data]].concat());
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        (text(&ran.stdout), text(&ran.stderr))
    };
    let input = folder.path().join("old.jsonl");
    let posts = ["officer:x1", "officer:x2"].map(|officer| {
        json!({"id": officer, "stream": officer, "kind": "post.held", "at": "2013-01-05T09:00:00Z",
            "links": {"officer": officer}, "attrs": {"role": "scrutineer", "agency": "external"}})
    });
    let old = (0..300).map(|number| {
        let mut event = found(&format!("f{number}"), "2013-03-06T19:00:00Z");
        event["links"] =
            json!({"child": format!("person:p{number}"), "episode": format!("episode:{number}")});
        event
    });
    let lines: Vec<String> = posts.into_iter().chain(old).map(|event| event.to_string()).collect();
    std::fs::write(&input, lines.join("\n")).unwrap();
    let (_, said) = run(&["import", input.to_str().unwrap(), "--policy", POLICY]);
    let ahead = "300 steps of ladders wait to be raised by `wakeful serve`, which writes 2 people one letter each; 2 of them \
        cannot be reached, officer:x1, officer:x2: `wakeful user contact` sets an address";
    assert!(said.contains(ahead), "{said}");

    let health = |server: &Server| server.get("/health", "").1;
    // As when a backup is tried out: nothing is tried, and so nothing given up.
    let quiet = Server::start(folder.path(), &["--no-notifications"]);
    until(|| (health(&quiet)["messages_waiting"] == 2).then_some(()));
    std::thread::sleep(std::time::Duration::from_millis(2_500));
    assert_eq!(health(&quiet)["messages_waiting"], 2);
    drop(quiet);

    let server = Server::start(folder.path(), &["--smtp", "smtp://127.0.0.1:9?tls=none"]);
    until(|| (health(&server)["messages_dead"] == 2).then_some(()));
    let reader = token(folder.path(), "reader", &["read"]);
    let (status, body) = server.get("/health", "");
    assert_eq!((status, &body["checks"]["messages"]), (200, &json!("degraded")), "{body}");
    assert_eq!((&body["problems"], &body["nodes"]), (&json!([]), &json!([])), "why is for a token alone");
    let (status, body) = server.get("/health", &reader);
    assert_eq!((status, &body["status"]), (200, &json!("degraded")), "{body}");
    assert!(!body["nodes"].as_array().unwrap().is_empty());
    let why = json!(["2 messages were given up; `wakeful outbox dead --summary` says why"]);
    assert_eq!(body["problems"], why);
    let (summary, _) = run(&["outbox", "dead", "--summary"]);
    assert!(summary.trim_start().starts_with("2  mail, the first of "), "{summary}");
    let (dead, _) = run(&["outbox", "dead"]);
    assert_eq!(dead.lines().count(), 2, "{dead}");
    assert_eq!(run(&["outbox", "dead", "--to", "officer:x1"]).0.lines().count(), 1);
    let (_, said) = run(&["user", "contact", "officer:x1", "--email", "one@force.example"]);
    assert!(said.contains("1 letter to officer:x1 was given up"), "{said}");
    let (_, said) = run(&["outbox", "replay", "--all", "--to", "officer:x1"]);
    assert!(said.contains("1 message was put back; 1 that was given up is left"), "{said}");
    let (_, said) = run(&["outbox", "drop", "--all", "--reason", "no working contact"]);
    assert!(said.contains("1 message was put aside; none that was given up is left"), "{said}");
    until(|| (health(&server)["messages_retrying"] == 1).then_some(()));
    let (status, body) = server.get("/health", &reader);
    assert_eq!((status, &body["status"]), (200, &json!("degraded")), "{body}");
    let why = body["problems"][0].as_str().unwrap();
    assert!(why.starts_with("1 message waits to be delivered, the oldest since "), "{why}");
    assert!(why.ends_with("; 1 failed so far and will be tried again"), "{why}");
    let metrics = server.text("GET", "/metrics");
    for figure in ["up 1", "messages_waiting 1", "messages_retrying 1", "messages_dead 0"] {
        assert!(metrics.contains(&format!("\nwakeful_{figure}\n")), "{metrics}");
    }
    assert!(!metrics.contains("\nwakeful_oldest_message_age_ms 0\n"), "{metrics}");
    let refused = wakeful(&["outbox", "replay", "none", "--data", data]);
    assert!(text(&refused.stderr).contains("no message `none` was given up"), "{}", text(&refused.stderr));
}

#[test]
fn an_administrator_is_written_to_of_gaps_and_the_command_line_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let server = Server::start(folder.path(), &[]);
    let token = token(folder.path(), "crm", &["events:write"]);
    let soon = app::Clock::now(&app::SystemClock).to_string();
    assert_eq!(server.post(&token, &found("f1", &soon)).0, 201);
    let run = |arguments: &[&str]| {
        let ran = wakeful(&[arguments, &["--data", data]].concat());
        assert!(ran.status.success(), "{}", text(&ran.stderr));
        text(&ran.stdout)
    };
    run(&["user", "contact", "officer:a1", "--email", "a1@force.example", "--administrator"]);
    run(&["user", "contact", "officer:b1", "--none"]);
    let contacts = "officer:a1  a1@force.example  administrator\nofficer:b1  no working address\n";
    assert_eq!(run(&["user", "contacts"]), contacts);
    let gaps = run(&["user", "gaps"]);
    let first = "return-home-interview, step 1, to supervisor, ahead of 1 duty: nobody holds the role\n";
    assert!(gaps.starts_with(first), "{gaps}");
}

#[test]
fn the_server_refuses_what_is_reached_from_outside_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    for more in [&[][..], &["--base-url", "http://wakeful.force.example"]] {
        let serve = ["serve", "--data", data, "--policy", POLICY, "--listen", "0.0.0.0:0"];
        let refused = wakeful(&[&serve, more].concat());
        assert_eq!(refused.status.code(), Some(2));
        let said = text(&refused.stderr);
        assert!(said.contains("reached from outside this machine"), "{said}");
    }
}

#[test]
fn certificates_to_trust_that_cannot_be_read_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let (data, bad) = (folder.path().join("data"), folder.path().join("bad.pem"));
    std::fs::write(&bad, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    for (file, why) in
        [("/not/there.pem", "/not/there.pem"), (bad.to_str().unwrap(), "to trust cannot be read")]
    {
        let words = ["serve", "--policy", POLICY, "--listen", "127.0.0.1:0", "--trust", file, "--data"];
        let refused = wakeful(&[&words[..], &[data.to_str().unwrap()]].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains(why), "{}", text(&refused.stderr));
    }
}

#[test]
fn a_version_comes_into_force_from_a_future_day_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = folder.path().join("first.toml");
    let second = folder.path().join("second.toml");
    let policy = std::fs::read_to_string(POLICY).unwrap();
    let in_force = |from: &str, within: &str| {
        let head = format!("version  = \"{from}\"\nin_force = {{ from = {from} }}");
        policy.replace("version  = \"1\"", &head).replace("within = \"72h\"", within)
    };
    std::fs::write(&first, in_force("2020-01-01", "within = \"72h\"")).unwrap();
    let input = folder.path().join("events.jsonl");
    std::fs::write(&input, found("f1", "2026-03-06T19:00:00Z").to_string()).unwrap();
    let data = data.to_str().unwrap();
    let imported =
        wakeful(&["import", input.to_str().unwrap(), "--data", data, "--policy", first.to_str().unwrap()]);
    assert!(imported.status.success(), "{}", text(&imported.stderr));
    for (from, within, code) in [
        ("2020-02-01", "within = \"48h\"", 1),
        ("2100-01-01", "within = \"soon\"", 2),
        ("2100-01-01", "within = \"48h\"", 0),
    ] {
        std::fs::write(&second, in_force(from, within)).unwrap();
        let activated = wakeful(&["policy", "activate", second.to_str().unwrap(), "--data", data]);
        assert_eq!(activated.status.code(), Some(code), "{from} {within}: {}", text(&activated.stderr));
    }
    let again = wakeful(&["import", input.to_str().unwrap(), "--data", data]);
    assert!(again.status.success(), "{}", text(&again.stderr));
}

#[test]
fn the_description_of_the_api_is_as_checked_in() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let (_, served) = server.get("/api/v1/openapi.json", "");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
    if std::env::var_os("OPENAPI_UPDATE").is_some() {
        std::fs::write(path, serde_json::to_string_pretty(&served).unwrap() + "\n").unwrap();
    }
    let checked_in: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(served == checked_in, "docs/openapi.json is not what the code says; run with OPENAPI_UPDATE=1");
}

#[test]
fn a_due_is_the_same_in_the_api_and_the_calendar_over_clock_changes_leap_days_and_holidays() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &[]);
    let token = token(folder.path(), "crm", &["events:write", "read"]);
    let post = json!({"id": "p", "stream": "officer:r1", "kind": "post.held", "at": "2023-01-05T09:00:00Z",
        "links": {"officer": "officer:r1"}, "attrs": {"role": "referral-manager", "agency": "children-services"}});
    // The clocks go forward on 29 March 2026; 29 February 2024; three working days from Maundy Thursday 2026.
    let times =
        ["2026-03-27T19:00:00Z", "2024-02-28T10:00:00Z", "2026-04-01T10:00:00Z", "2026-04-02T10:00:00Z"];
    let mut events = vec![post];
    for (number, at) in times.iter().enumerate() {
        let mut event = found(&format!("f{number}"), at);
        event["links"]["episode"] = json!(format!("episode:{number}"));
        events.push(event);
    }
    assert_eq!(server.post(&token, &json!(events)).0, 201);
    let (_, duties) = server.get("/api/v1/duties?state=overdue&holder=officer:r1", &token);
    let mut dues: Vec<String> = duties["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["due"].as_str().unwrap().to_owned())
        .collect();
    dues.sort();
    let expected = [
        "2024-03-02T10:00:00.000Z",
        "2026-03-30T19:00:00.000Z",
        "2026-04-04T10:00:00.000Z",
        "2026-04-05T10:00:00.000Z",
        "2026-04-09T22:59:59.999Z",
    ];
    assert_eq!(dues, expected);
    let link = wakeful(&["user", "calendar", "officer:r1", "--data", folder.path().to_str().unwrap()]);
    let calendar = server.text("GET", text(&link.stdout).trim());
    let mut ends: Vec<&str> = calendar.lines().filter_map(|line| line.strip_prefix("DTEND:")).collect();
    ends.sort_unstable();
    assert_eq!(
        ends,
        ["20240302T100000Z", "20260330T190000Z", "20260404T100000Z", "20260405T100000Z", "20260409T225959Z"]
    );
    let revoked =
        wakeful(&["user", "revoke-calendar", "officer:r1", "--data", folder.path().to_str().unwrap()]);
    assert!(revoked.status.success());
    assert_eq!(server.get(text(&link.stdout).trim(), "").0, 404);
}
