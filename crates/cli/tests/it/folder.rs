//! The watched folder, with whatever other systems may leave in it.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::serve::{Server, found, token};

const PATIENCE: Duration = Duration::from_secs(30);

/// How long after a look at the folder there has been another.
const LOOKS: Duration = Duration::from_millis(4_500);

struct Site {
    server: Server,
    token: String,
    inbox: PathBuf,
    _folder: tempfile::TempDir,
}

impl Site {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (data, inbox) = (folder.path().join("data"), folder.path().join("inbox"));
        fs::create_dir(&inbox).unwrap();
        let server = Server::start(&data, &["--watch-folder", inbox.to_str().unwrap()]);
        let token = token(&data, "inspector", &["read"]);
        Self { server, token, inbox, _folder: folder }
    }

    /// Puts a file there whole, as a system should: under another name first.
    fn put(&self, name: impl AsRef<Path>, text: &str) {
        let part = self.inbox.join("part");
        fs::write(&part, text).unwrap();
        fs::rename(part, self.inbox.join(name)).unwrap();
    }

    fn wait(&self, path: impl AsRef<Path>) -> PathBuf {
        let path = self.inbox.join(path);
        let start = Instant::now();
        while fs::symlink_metadata(&path).is_err() {
            assert!(
                start.elapsed() < PATIENCE,
                "{} does not appear: {:?}",
                path.display(),
                names(&self.inbox)
            );
            std::thread::sleep(Duration::from_millis(50));
        }
        path
    }

    fn reasons(&self, name: &str) -> String {
        fs::read_to_string(self.wait(format!("rejected/{name}.reasons.txt"))).unwrap()
    }

    /// The ids of what is recorded, but for what the watch raised.
    fn recorded(&self) -> Vec<String> {
        let (_, events) = self.server.get("/api/v1/events?limit=1000", &self.token);
        let events = events["items"].as_array().unwrap().iter().map(|item| &item["event"]);
        let found = events.filter(|event| event["kind"] == "missing.found");
        found.map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

fn line(id: &str) -> String {
    format!("{}\n", found(id, "2026-03-06T19:00:00Z"))
}

fn other(id: &str) -> Value {
    found(id, "2026-04-06T19:00:00Z")
}

#[test]
fn a_refusal_names_the_line_and_nothing_of_the_file_is_recorded() {
    let site = Site::start();
    site.put("a.jsonl", &line("f1"));
    site.wait("done/a.jsonl");
    // A repeated line and an empty one do not count as events, and the line is still right.
    site.put("conflict.jsonl", &format!("{}{}\n{}{}\n", line("f2"), line("f2"), line("f3"), other("f1")));
    site.put("cut-off.jsonl", &format!("{}{{\"id\":\"f4\",\"kind\"", line("f5")));
    let long = found(&"x".repeat(1_001), "2026-03-06T19:00:00Z");
    site.put("unfit.jsonl", &format!("{}{long}\n", line("f6")));
    let kind = line("f7").replace("missing.found", "duty.made");
    site.put("kind.jsonl", &format!("{}\n\n{kind}", line("f8").trim()));
    let inbox = site.inbox.display().to_string();
    let said = |name: &str, line: u32| format!("{inbox}/{name}:{line}: ");
    assert_eq!(
        site.reasons("conflict.jsonl"),
        format!(
            "{}the id `f1` stands for another event already; give this one another id\n",
            said("conflict.jsonl", 5)
        )
    );
    for (name, line) in [("cut-off.jsonl", 2), ("unfit.jsonl", 2), ("kind.jsonl", 3)] {
        assert!(site.reasons(name).starts_with(&said(name, line)), "{}", site.reasons(name));
        site.wait(format!("rejected/{name}"));
    }
    assert_eq!(site.recorded(), ["f1"]);
}

#[test]
fn a_name_may_be_any_and_what_is_no_file_is_told_or_left() {
    let site = Site::start();
    let odd = OsStr::from_bytes(b"\xe9v\xe9nements.jsonl");
    site.put(odd, &line("f1"));
    site.wait(Path::new("done").join(odd));
    let outside = site.inbox.parent().unwrap().join("outside.jsonl");
    fs::write(&outside, line("f2")).unwrap();
    symlink(&outside, site.inbox.join("link.jsonl")).unwrap();
    symlink("nowhere", site.inbox.join("dangling.csv")).unwrap();
    for name in ["link.jsonl", "dangling.csv"] {
        assert!(site.reasons(name).contains("it is a symbolic link"), "{}", site.reasons(name));
        assert!(site.wait(format!("rejected/{name}")).is_symlink());
    }
    assert!(outside.is_file(), "what a link leads to is not touched");
    fs::create_dir(site.inbox.join("folder.jsonl")).unwrap();
    fs::write(site.inbox.join("folder.jsonl/inner.jsonl"), line("f3")).unwrap();
    for name in [".hidden.jsonl", "notes.txt", "later.jsonl.part"] {
        site.put(name, &line("f4"));
    }
    std::thread::sleep(LOOKS);
    let left = [".hidden.jsonl", "done", "folder.jsonl", "later.jsonl.part", "notes.txt", "rejected"];
    assert_eq!(names(&site.inbox), left);
    assert_eq!(site.recorded(), ["f1"]);
}

#[test]
fn a_name_that_is_there_already_takes_no_place_of_another() {
    let site = Site::start();
    symlink("nowhere", site.inbox.join("done/2-a.jsonl")).unwrap();
    for (number, place) in ["a.jsonl", "1-a.jsonl", "3-a.jsonl"].into_iter().enumerate() {
        let text = line(&format!("f{number}"));
        site.put("a.jsonl", &text);
        assert_eq!(fs::read_to_string(site.wait(format!("done/{place}"))).unwrap(), text);
    }
    for place in ["bad.jsonl", "1-bad.jsonl"] {
        site.put("bad.jsonl", place);
        assert_eq!(fs::read_to_string(site.wait(format!("rejected/{place}"))).unwrap(), place);
        assert!(site.reasons(place).contains("bad.jsonl:1: "));
    }
    assert_eq!(site.recorded(), ["f0", "f1", "f2"]);
}

#[test]
fn a_file_is_taken_once_nobody_writes_it_whatever_its_time() {
    let site = Site::start();
    let path = site.inbox.join("slow.jsonl");
    let mut file = File::create(&path).unwrap();
    for number in 0..8 {
        assert_eq!(site.recorded(), [""; 0]);
        file.write_all(line(&format!("f{number}")).as_bytes()).unwrap();
        // As old as a copy that keeps the time of its source.
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        std::thread::sleep(Duration::from_millis(700));
    }
    let ahead = File::create(site.inbox.join("ahead.jsonl")).unwrap();
    (&ahead).write_all(line("f9").as_bytes()).unwrap();
    ahead.set_modified(std::time::SystemTime::now() + Duration::from_secs(86_400)).unwrap();
    site.wait("done/slow.jsonl");
    site.wait("done/ahead.jsonl");
    assert_eq!(site.recorded().len(), 9);
}
