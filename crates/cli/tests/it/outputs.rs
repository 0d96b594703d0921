//! Files are written whole or not at all; a reader that has enough is no error.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use crate::bench::{Bench, EVENTS, REVIEW};

#[test]
fn a_file_is_replaced_whole() {
    let bench = Bench::new();
    bench.write("duties.jsonl", "what stood there before\n");
    assert_eq!(
        bench.done(&format!("{REVIEW} --format jsonl --out duties.jsonl --reports reports.jsonl")),
        ""
    );
    assert_eq!(bench.read("duties.jsonl"), bench.done(&format!("{REVIEW} --format jsonl")));
    insta::assert_snapshot!(bench.read("reports.jsonl"), @r#"{"code":"undeclared-kind","event":null,"rule":null,"key":null,"text":"no version declares the kind `weather.noted`; 1 event of it matches nothing"}"#);
    assert_eq!(bench.names(), ["duties.jsonl", "events.jsonl", "policy.toml", "reports.jsonl"]);
}

#[cfg(unix)]
#[test]
fn a_file_is_as_readable_as_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    bench.done(&format!("{REVIEW} --format jsonl --out duties.jsonl"));
    let mode = |name: &str| std::fs::metadata(bench.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("duties.jsonl"), mode("events.jsonl"));
}

#[test]
fn an_error_leaves_what_stood_there() {
    let bench = Bench::new();
    bench.write("duties.jsonl", "what stood there before\n");
    bench.write("events.jsonl", &format!("{EVENTS}no json\n"));
    bench.refused(&format!("{REVIEW} --format jsonl --out duties.jsonl"));
    assert_eq!(bench.read("duties.jsonl"), "what stood there before\n");
    assert_eq!(bench.names(), ["duties.jsonl", "events.jsonl", "policy.toml"]);
}

#[test]
fn a_place_that_cannot_be_written_is_told_before_the_work() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --out no/such/duties.jsonl")), @"error: `no/such/duties.jsonl` cannot be written: there is no folder `no/such`; make it first, or is the path right?");
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --out events.jsonl/duties.jsonl")), @"error: `events.jsonl/duties.jsonl` cannot be written: there is no folder `events.jsonl`; make it first, or is the path right?");
    bench.write("folder/file", "");
    let err = bench.refused(&format!("{REVIEW} --out folder"));
    assert!(err.contains("`folder` cannot be written"), "{err}");
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_file_behind() {
    use std::os::unix::process::ExitStatusExt as _;
    use std::process::Command;
    use std::{thread, time::Duration};

    for (signal, number) in [("TERM", 15), ("INT", 2)] {
        let bench = Bench::new();
        let mut command =
            bench.command("review - --policy policy.toml --out duties.jsonl --reports reports.jsonl");
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        let _open = child.stdin.take();
        while bench.names().iter().filter(|name| name.ends_with(".part")).count() < 2 {
            thread::sleep(Duration::from_millis(5));
        }
        let killed = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(child.wait().unwrap().signal(), Some(number));
        assert_eq!(bench.names(), ["events.jsonl", "policy.toml"]);
    }
}

#[test]
fn one_file_is_not_two_things() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --out events.jsonl")), @"error: `events.jsonl` is an input and `--out` too; name another file");
    insta::assert_snapshot!(bench.refused(&format!("{REVIEW} --out ./x --reports x")), @"error: `x` is `--out` and `--reports` too; name another file");
    assert_eq!(bench.read("events.jsonl"), EVENTS);
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let bench = Bench::new();
    let many: String = (0..20_000)
        .map(|n| format!("{{\"id\":\"n{n}\",\"kind\":\"request.made\",\"at\":\"2026-07-01T09:00:00Z\",\"links\":{{\"request\":\"r{n}\"}}}}\n"))
        .collect();
    bench.write("events.jsonl", &many);
    for format in ["jsonl", "json", "csv", "html"] {
        let mut command = bench.command(&format!("{REVIEW} --format {format}"));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!((ended.status.code(), said.as_str()), (Some(0), ""), "{format}");
    }
}
