//! A database of PostgreSQL, set up by its owner and used by another role; and a record that is not there.

use std::process::{Command, Output};

use serde_json::json;
use test_support::Postgres;
use test_support::server::Client;

use crate::serve::{Server, found, text, wakeful};

/// Runs statements past Wakeful, as a role.
fn psql(url: &str, statements: &str) -> Output {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let program = versions.map(|version| version.path().join("bin/psql")).find(|path| path.is_file());
    let mut command = Command::new(program.unwrap_or_else(|| "psql".into()));
    command.args(["-v", "ON_ERROR_STOP=1", "-c", statements, url]).output().unwrap()
}

fn said(output: &Output) -> String {
    text(&output.stderr)
}

#[test]
fn the_server_runs_as_a_role_that_can_change_nothing_recorded() {
    let postgres = Postgres::start().unwrap();
    let url = postgres.database().unwrap();
    let name = url.rsplit('/').next().unwrap();
    for role in ["CREATE ROLE force_owner LOGIN", "CREATE ROLE force_app LOGIN", "CREATE ROLE other LOGIN"] {
        assert!(psql(&url, role).status.success());
    }
    assert!(psql(&url, &format!("ALTER DATABASE {name} OWNER TO force_owner")).status.success());
    let (owner, app) = (postgres.url("force_owner", name), postgres.url("force_app", name));

    let early = Server::refused_at(&app);
    assert!(early.contains("run `wakeful database grant`"), "{early}");
    let refused = wakeful(&["database", "grant", "force_owner", "--database", &owner]);
    assert!(said(&refused).contains("owns its tables"), "{}", said(&refused));
    let granted = wakeful(&["database", "grant", "force_app", "--database", &owner]);
    assert!(granted.status.success(), "{}", said(&granted));

    let server = Server::start_at(&app);
    let made =
        wakeful(&["user", "token", "crm", "--scope", "events:write", "--scope", "read", "--database", &app]);
    let client = Client { address: server.address().to_owned(), token: text(&made.stdout).trim().to_owned() };
    assert_eq!(client.post(&found("f1", "2026-03-06T19:00:00Z")).unwrap().0, 201);
    assert_eq!(client.get("/api/v1/duties").unwrap()["items"].as_array().unwrap().len(), 1);
    for change in
        ["DELETE FROM events", "DROP TABLE events CASCADE", "ALTER TABLE events DISABLE TRIGGER ALL"]
    {
        let refused = said(&psql(&app, change));
        assert!(refused.contains("permission denied") || refused.contains("must be owner"), "{refused}");
    }
    assert_eq!(client.get("/health").unwrap()["status"], json!("ok"));
}

#[test]
fn a_token_is_made_only_for_a_record_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("mistyped");
    let made = wakeful(&["user", "token", "crm", "--scope", "read", "--data", data.to_str().unwrap()]);
    assert!(!made.status.success() && made.stdout.is_empty());
    assert!(said(&made).contains("there is no live record in"), "{}", said(&made));
    assert!(!data.exists());
}

#[test]
fn a_token_says_when_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let (data, input) = (folder.path().join("data"), folder.path().join("events.jsonl"));
    let data = data.to_str().unwrap();
    std::fs::write(&input, found("f1", "2026-03-06T19:00:00Z").to_string()).unwrap();
    let imported =
        wakeful(&["import", input.to_str().unwrap(), "--data", data, "--policy", crate::serve::POLICY]);
    assert!(imported.status.success(), "{}", said(&imported));
    let made = wakeful(&["user", "token", "crm", "--scope", "read", "--days", "9", "--data", data]);
    assert!(made.status.success() && said(&made).contains("it is good until 2"), "{}", said(&made));
    let listed = wakeful(&["user", "tokens", "--data", data]);
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains(", until 2"), "{listed}");
    let none = wakeful(&["user", "token", "x", "--scope", "read", "--days", "0", "--data", data]);
    assert!(!none.status.success(), "{}", said(&none));
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_out_is_said_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (data, input) = (folder.path().join("data"), folder.path().join("events.jsonl"));
    let data = data.to_str().unwrap();
    let mut event = found("f1", "2026-03-06T19:00:00Z");
    event["note"] = json!("n".repeat(200_000));
    std::fs::write(&input, event.to_string()).unwrap();
    let imported =
        wakeful(&["import", input.to_str().unwrap(), "--data", data, "--policy", crate::serve::POLICY]);
    assert!(imported.status.success(), "{}", said(&imported));
    for command in ["export", "backup"] {
        let full = wakeful(&[command, "--data", data, "--out", "/dev/full"]);
        assert_eq!(full.status.code(), Some(2));
        let said = said(&full);
        assert!(said.contains("/dev/full") && said.contains("No space left"), "{command}: {said}");
    }
}
