//! `wakeful review`

use serde_json::Value;

use crate::bench::{Bench, POLICY, REVIEW};

#[test]
fn the_summary_has_every_state_of_every_rule() {
    let bench = Bench::new();
    bench.write(
        "policy.toml",
        &format!(
            "{POLICY}\n[duty.reopened]\non = \"request\"\nwhen = \"request.answered\"\ngiven = \"request.answered\"\nexpect = \"request.made\"\nwithin = \"24h\"\nowner = \"manager\"\n"
        ),
    );
    let out = bench.done(&format!("{REVIEW} --summary --format json"));
    let summary: Value = serde_json::from_str(&out).unwrap();
    let tzdb = summary["tzdb"].as_str().unwrap();
    insta::assert_snapshot!(out.replace(tzdb, "TZDB"), @r#"{"events":5,"keys":3,"as_of":"2026-07-06T10:00:00.000Z","tzdb":"TZDB","duties":{"reopened":{"pending":0,"overdue":0,"met":0,"met-late":0,"excused":0,"excused-late":0,"ended":0,"ended-late":0,"too-early":0,"breached":0,"unrecorded":0,"undecided":0},"request-answered":{"pending":1,"overdue":1,"met":1,"met-late":0,"excused":0,"excused-late":0,"ended":0,"ended-late":0,"too-early":0,"breached":0,"unrecorded":0,"undecided":0}}}"#);
}

#[test]
fn a_duty_a_line_with_the_fields_in_their_order() {
    let out = Bench::new().done(&format!("{REVIEW} --format jsonl"));
    insta::assert_snapshot!(out, @r#"
    {"id":"5d3253c80e1daac4e574bf99cae4b6af","aliases":[],"duty":"request-answered","lens":"request","key":"r1","part":"","trigger":{"id":"e1","kind":"request.made","at":"2026-07-01T09:00:00.000Z"},"due":"2026-07-03T09:00:00.000Z","state":"overdue","closed_by":null,"late_ms":null,"recorded_late":false,"periods_missed":0,"invited":null,"owner":"manager","holders":null,"near":[],"undecided":null,"ladder":[{"step":1,"to":"supervisor","agency":"police","holders":null,"opens":"2026-07-03T09:00:00.000Z","due":null,"raised":null,"seen":null,"answered":null,"decision":null}]}
    {"id":"42ac9e63a53d09127041abd49ad0a3af","aliases":[],"duty":"request-answered","lens":"request","key":"r2","part":"","trigger":{"id":"e2","kind":"request.made","at":"2026-07-02T09:00:00.000Z"},"due":"2026-07-04T09:00:00.000Z","state":"met","closed_by":{"id":"e3","kind":"request.answered","at":"2026-07-03T09:00:00.000Z","recorded_at":"2026-07-06T09:00:00.000Z"},"late_ms":null,"recorded_late":true,"periods_missed":0,"invited":null,"owner":"manager","holders":null,"near":[],"undecided":null,"ladder":[]}
    {"id":"1caf8c9fac681afb3f98dffe879ab122","aliases":[],"duty":"request-answered","lens":"request","key":"r3","part":"","trigger":{"id":"e4","kind":"request.made","at":"2026-07-06T09:00:00.000Z"},"due":"2026-07-08T09:00:00.000Z","state":"pending","closed_by":null,"late_ms":null,"recorded_late":false,"periods_missed":0,"invited":null,"owner":"manager","holders":null,"near":[],"undecided":null,"ladder":[]}
    "#);
}

#[test]
fn one_document_holds_summary_duties_signals_and_reports() {
    let bench = Bench::new();
    let document: Value = serde_json::from_str(&bench.done(&format!("{REVIEW} --format json"))).unwrap();
    let lines = bench.done(&format!("{REVIEW} --format jsonl"));
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(document["duties"], Value::Array(rows));
    let summary: Value =
        serde_json::from_str(&bench.done(&format!("{REVIEW} --format json --summary"))).unwrap();
    assert_eq!(document["summary"], summary);
    assert_eq!(document["signals"], serde_json::json!([]));
    assert_eq!(document["reports"][0]["code"], "undeclared-kind");
}

#[test]
fn a_table_for_other_programs_has_one_header_and_a_line_for_each_duty() {
    let bench = Bench::new();
    let out = bench.done(&format!("{REVIEW} --format csv"));
    insta::assert_snapshot!(out, @"
    id,aliases,duty,lens,key,part,trigger_id,trigger_kind,trigger_at,due,state,closed_by_id,closed_by_kind,closed_by_at,closed_by_recorded_at,late_ms,recorded_late,periods_missed,invited,owner,holders,near,undecided,ladder
    5d3253c80e1daac4e574bf99cae4b6af,,request-answered,request,r1,,e1,request.made,2026-07-01T09:00:00.000Z,2026-07-03T09:00:00.000Z,overdue,,,,,,false,0,,manager,,,,1 supervisor 2026-07-03T09:00:00.000Z
    42ac9e63a53d09127041abd49ad0a3af,,request-answered,request,r2,,e2,request.made,2026-07-02T09:00:00.000Z,2026-07-04T09:00:00.000Z,met,e3,request.answered,2026-07-03T09:00:00.000Z,2026-07-06T09:00:00.000Z,,true,0,,manager,,,,
    1caf8c9fac681afb3f98dffe879ab122,,request-answered,request,r3,,e4,request.made,2026-07-06T09:00:00.000Z,2026-07-08T09:00:00.000Z,pending,,,,,,false,0,,manager,,,,
    ");
    insta::assert_snapshot!(bench.done(&format!("{REVIEW} --format csv --summary")), @"
    duty,pending,overdue,met,met-late,excused,excused-late,ended,ended-late,too-early,breached,unrecorded,undecided
    request-answered,1,1,1,0,0,0,0,0,0,0,0,0
    ");
}

#[test]
fn a_person_reads_what_is_late_and_at_whose_desk() {
    let bench = Bench::new();
    let out = bench.done(REVIEW);
    let start = out.find("time-zone data ").unwrap();
    let end = start + out[start..].find('\n').unwrap();
    insta::assert_snapshot!(out.replacen(&out[start..end], "time-zone data TZDB", 1), @"
    small 1, as of Mon 6 July 2026 11:00 (Europe/London)
    5 events, 3 keys, 3 duties; time-zone data TZDB

    Reports: 1 undeclared-kind; `--reports FILE` lists them.

     rule                                                    pending  overdue  met
     A request is answered within 2 days (request-answered)        1        1    1

    Not met in time: 1, by severity and how late

     state, late    duty, about       due, id           now with
     overdue        request-answered  3 Jul 2026 10:00  supervisor, step 1
     3 days 1 hour  r1                5d3253c8

    1 duty was closed by something dated in time and recorded only after it was due.

    This says why the first of them stands where it stands:
      wakeful policy explain request-answered --log events.jsonl --policy policy.toml --duty 5d3253c8
    ");
    let command = out.lines().find_map(|line| line.strip_prefix("  wakeful policy explain ")).unwrap();
    let why = bench.done(&format!("policy explain {command}"));
    assert!(why.starts_with("`request-answered` for request `r1`: overdue"), "{why}");
    let out = bench.done(&format!("{REVIEW} --worst 0"));
    assert!(out.contains("Of these 1 is not shown"), "{out}");
    assert!(
        out.contains("wakeful review events.jsonl --policy policy.toml --format csv --out duties.csv"),
        "{out}"
    );
    assert!(!bench.done(&format!("{REVIEW} --summary")).contains("Not met in time"));
}

#[test]
fn reports_say_what_was_found_and_what_declared() {
    let bench = Bench::new();
    let declared = "[kinds.\"request.made\"]\nattrs = { pages = \"integer\", by = \"instant\", sort = [\"staff\", \"money\"] }";
    bench.write("policy.toml", &POLICY.replace("[kinds.\"request.made\"]", declared));
    let made = |id: &str, attrs: &str| {
        format!(
            "{{\"id\":\"{id}\",\"kind\":\"request.made\",\"at\":\"2026-07-06T10:00:00Z\",\"links\":{{\"request\":\"{id}\"}},\"attrs\":{{{attrs}}}}}\n"
        )
    };
    let events = [
        made("a", r#""pages":"9","by":"soon","sort":"time","colour":"red","size":1"#),
        made("b", r#""pages":[],"by":9,"sort":true,"size":2"#),
        made("c", "").replace("request.made", "request.mad"),
        made("d", "").replace("request.made", "request.sent"),
        made("e", "").replace("request.made", "request.sent"),
    ];
    bench.write("events.jsonl", &events.concat());
    bench.done(&format!("{REVIEW} --summary --reports reports.jsonl"));
    let texts: Vec<String> = bench
        .read("reports.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["text"].as_str().unwrap().to_owned())
        .collect();
    insta::assert_snapshot!(texts.join("\n"), @"
    no version declares the kind `request.mad`; 1 event of it matches nothing
    no version declares the kind `request.sent`; 2 events of it match nothing
    `request.made` does not declare the attribute `colour`; 1 such attribute is seen by no rule
    `request.made` does not declare the attribute `size`; 2 such attributes are seen by no rule
    `by` of `request.made` is a text, declared an instant; it counts as missing
    `pages` of `request.made` is a text, declared an integer; it counts as missing
    `sort` of `request.made` is a text, declared one of certain texts, which it is not; it counts as missing
    `by` of `request.made` is an integer, declared an instant; it counts as missing
    `pages` of `request.made` is a list of text, declared an integer; it counts as missing
    `sort` of `request.made` is a boolean, declared one of certain texts, which it is not; it counts as missing
    ");
}

#[test]
fn a_duty_about_another_duty_names_it() {
    let bench = Bench::new();
    bench.write(
        "policy.toml",
        &POLICY.replace("[ladder.requests]", "[duty.raised-is-answered]\non = \"duty\"\nwhen = \"escalation.raised\"\nexpect = \"escalation.answered\"\nwithin = \"1h\"\nowner = \"supervisor\"\n\n[ladder.requests]"),
    );
    let raised = |id: &str, at: &str, duty: &str| {
        format!(
            "{{\"id\":\"{id}\",\"kind\":\"escalation.raised\",\"at\":\"{at}\",\"links\":{{\"duty\":\"duty:{duty}\"}},\"attrs\":{{\"rule\":\"request-answered\",\"step\":1,\"key\":\"r1\"}}}}\n"
        )
    };
    let known = raised("e6", "2026-07-05T09:00:00Z", "5d3253c80e1daac4e574bf99cae4b6af");
    let unknown = raised("e7", "2026-07-05T10:00:00Z", "00000000000000000000000000000000");
    bench.write("events.jsonl", &(bench.read("events.jsonl") + &known + &unknown));
    let out = bench.done(REVIEW);
    insta::assert_snapshot!(&out[out.find("Not met in time").unwrap()..out.find("\n\nThis says").unwrap()], @"
    Not met in time: 3, by severity and how late

     state, late    duty, about                      due, id           now with
     overdue        request-answered                 3 Jul 2026 10:00  supervisor, step 1
     3 days 1 hour  r1                               5d3253c8
     overdue        raised-is-answered               5 Jul 2026 11:00  supervisor
     1 day          request-answered, r1, 5d3253c8   e3d95151
     overdue        raised-is-answered               5 Jul 2026 12:00  supervisor
     23 hours       duty:00000000000000000000000000  274dd39c
                    000000

    1 duty was closed by something dated in time and recorded only after it was due.
    ");
    let page = bench.done(&format!("{REVIEW} --format html"));
    assert!(page.contains("request-answered, r1, 5d3253c8"), "{page}");
}

#[test]
fn a_page_is_whole_in_itself_and_escapes_what_records_say() {
    let bench = Bench::new();
    let event = r#"{"id":"x","kind":"request.made","at":"2026-06-01T09:00:00Z","links":{"request":"<script>alert('1')</script>"}}"#;
    bench.write("events.jsonl", &format!("{}{event}\n", bench.read("events.jsonl")));
    let page = bench.done(&format!("{REVIEW} --format html"));
    assert!(page.contains("<html lang=\"en\">") && page.trim_end().ends_with("</html>"));
    assert!(page.contains("&lt;script&gt;alert"));
    assert!(!page.contains("<script>alert"));
    for outside in ["http://", "https://", "src=", "url(", "@import"] {
        assert!(!page.contains(outside), "the page names something outside: {outside}");
    }
    assert!(page.contains("aria-label=\"1 pending, 2 overdue, 1 met\""), "{page}");
    assert_eq!(page.matches("<caption>").count(), 2);
    assert!(page.contains(">overdue</span>"));
    let summary = bench.done(&format!("{REVIEW} --format html --summary"));
    assert!(!summary.contains("Not met in time") && !summary.contains("<script>"));
}

#[test]
fn what_would_steer_a_terminal_is_written_out() {
    let bench = Bench::new();
    bench.write("events.jsonl", "{\"id\":\"x\",\"kind\":\"request.made\",\"at\":\"2026-06-01T09:00:00Z\",\"links\":{\"request\":\"\\u001b[2Jr\"}}\n");
    let out = bench.done(&format!("{REVIEW} --as-of 2026-07-01T00:00"));
    assert!(out.contains("\\u{1b}[2Jr") && !out.contains('\u{1b}'), "{out}");
}

#[test]
fn what_is_not_seen_as_itself_is_written_out_or_kept_apart() {
    let bench = Bench::new();
    bench.write("events.jsonl", "{\"id\":\"x\",\"kind\":\"request.made\",\"at\":\"2026-06-01T09:00:00Z\",\"links\":{\"request\":\"a\u{202e}b\u{200b}\\u001b\"}}\n");
    let review = format!("{REVIEW} --as-of 2026-07-01T00:00");
    let out = bench.done(&review);
    assert!(out.contains("a\\u{202e}b\\u{200b}\\u{1b}") && !out.contains('\u{202e}'), "{out}");
    let page = bench.done(&format!("{review} --format html"));
    assert!(page.contains("<bdi>a\u{202e}b\u{200b}\u{fffd}</bdi>") && !page.contains('\u{1b}'), "{page}");
}

#[test]
fn a_time_without_an_offset_is_local_to_the_policy() {
    let bench = Bench::new();
    let as_of = |time: &str| -> Value {
        let out = bench.done(&format!("{REVIEW} --summary --format json --as-of {time}"));
        serde_json::from_str::<Value>(&out).unwrap()["as_of"].clone()
    };
    assert_eq!(as_of("2026-07-02T00:00"), "2026-07-01T23:00:00.000Z");
    assert_eq!(as_of("2026-07-02T00:00:00Z"), "2026-07-02T00:00:00.000Z");
}

#[test]
fn what_was_not_known_then_does_not_count() {
    let bench = Bench::new();
    let overdue = |cut: &str| -> Value {
        let out = bench.done(&format!("{REVIEW} --summary --format json --as-of 2026-07-05T00:00 {cut}"));
        serde_json::from_str::<Value>(&out).unwrap()["duties"]["request-answered"]["overdue"].clone()
    };
    assert_eq!(overdue(""), 1);
    assert_eq!(overdue("--known-by 2026-07-05T00:00"), 2);
}

#[test]
fn the_exit_status_tells_of_a_state_only_where_it_is_asked() {
    let bench = Bench::new();
    let status = |options: &str| bench.run(&format!("{REVIEW} --summary {options}")).status;
    assert_eq!(status(""), 0);
    assert_eq!(status("--fail-on overdue"), 1);
    assert_eq!(status("--fail-on breached"), 0);
    assert_eq!(status("--fail-on breached overdue"), 1);
    assert_eq!(status("--fail-on breached,overdue"), 1);
    let refused = bench.refused(&format!("{REVIEW} --fail-on late"));
    assert!(refused.contains("late") && refused.contains("met-late"), "{refused}");
}

#[test]
fn versions_make_one_program() {
    let bench = Bench::new();
    let version = |from: &str, within: &str| {
        POLICY
            .replace("version = \"1\"", &format!("version = \"{from}\"\nin_force = {{ from = {from} }}"))
            .replace("48h", within)
    };
    bench.write("old.toml", &version("2020-01-01", "48h"));
    bench.write("new.toml", &version("2026-07-06", "30m"));
    let states = |options: &str| -> Vec<String> {
        let line =
            format!("review events.jsonl --policy new.toml --policy old.toml --format jsonl {options}");
        let rows = bench.done(&line);
        rows.lines()
            .map(|row| serde_json::from_str::<Value>(row).unwrap()["state"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(states(""), ["overdue", "met", "overdue"]);
    assert_eq!(states("--ignore-in-force"), ["overdue", "met-late", "overdue"]);
}

#[test]
fn a_folder_is_a_policy_without_its_hidden_files() {
    let bench = Bench::new();
    let (first, second) = POLICY.split_once("[duty.request-answered]").unwrap();
    bench.write("folder/b/deep.toml", &format!("[duty.request-answered]{second}"));
    bench.write("folder/a.toml", first);
    bench.write("folder/.draft.toml", "not toml at all");
    bench.write("folder/.git/x.toml", "nor this");
    bench.write("folder/README.md", "# words");
    let of_folder = bench.done("review events.jsonl --policy folder --format jsonl");
    assert_eq!(of_folder, bench.done(&format!("{REVIEW} --format jsonl")));
}

#[test]
fn a_record_without_events_is_reviewed() {
    let bench = Bench::new();
    bench.write("events.jsonl", "");
    let summary: Value =
        serde_json::from_str(&bench.done(&format!("{REVIEW} --summary --format json"))).unwrap();
    assert_eq!((&summary["events"], &summary["as_of"]), (&Value::from(0), &Value::Null));
    let out = bench.done(REVIEW);
    assert!(out.contains("No duty arose under request-answered."), "{out}");
    assert!(bench.done(&format!("{REVIEW} --format html")).contains("No duty arose."));
}

#[test]
fn help_shows_examples() {
    let bench = Bench::new();
    for command in ["review", "convert", "policy check", "policy test", "policy fmt", "policy explain"] {
        let help = bench.done(&format!("{command} --help"));
        assert!(help.contains("Example") && help.contains(&format!("wakeful {command} ")), "{help}");
    }
}
