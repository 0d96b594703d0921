//! `wakeful policy`

use serde_json::Value;

use crate::bench::{Bench, POLICY};

#[test]
fn check_finds_nothing_in_a_good_policy() {
    insta::assert_snapshot!(Bench::new().done("policy check policy.toml"), @"
    small 1: 1 duty, 0 signals, 1 ladder, 2 tests
    no problems
    ");
}

#[test]
fn check_shows_every_problem_in_its_text() {
    let bench = Bench::new();
    bench.write(
        "policy.toml",
        &POLICY.replace("on     = \"request\"", "on     = \"reqest\"").replace("\"48h\"", "\"48\""),
    );
    let ran = bench.run("policy check policy.toml");
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    insta::assert_snapshot!(ran.out, @r#"
      x no link `reqest` is declared by `request.made` or `request.answered`
        ,-[policy.toml:18:10]
     17 | title  = "A request is answered within 2 days"
     18 | on     = "reqest"
        :          ^^^^|^^^
        :              `-- here
     19 | when   = "request.made"
        `----
      help: did you mean `request`?

      x `48` is not a span of time; write a whole number and a unit: `30m`, `72h`, `5d`, `15wd`
      | (working days) or `3mo`
        ,-[policy.toml:21:10]
     20 | expect = "request.answered"
     21 | within = "48"
        :          ^^|^
        :            `-- here
     22 | owner  = "manager"
        `----

    2 problems
    "#);
}

#[test]
fn check_shows_each_of_many_problems_at_its_line() {
    let bench = Bench::new();
    let rules = (0..300).map(|number| {
        let title = "x".repeat(number);
        format!(
            "[duty.d{number}]\ntitle = \"{title}\"\nwhen = \"request.mad\"\nexpect = \"l\"\nwithin = \"1h\"\n"
        )
    });
    bench.write("policy.toml", &format!("{POLICY}{}", rules.collect::<String>()));
    let ran = bench.run("policy check policy.toml");
    assert_eq!(ran.status, 1);
    let first = POLICY.lines().count() + 3;
    for number in [0, 1, 299] {
        let line = first + 5 * number;
        assert!(ran.out.contains(&format!("[policy.toml:{line}:8]\n")), "{line}");
        assert!(ran.out.contains(&format!(" {line} | when = \"request.mad\"\n")), "{line}");
    }
}

#[test]
fn check_wants_tests_of_every_rule_and_says_so_to_programs_too() {
    let bench = Bench::new();
    let (without_tests, _) = POLICY.split_once("[[test]]").unwrap();
    bench.write("policy.toml", without_tests);
    let ran = bench.run("policy check policy.toml --format json");
    assert_eq!(ran.status, 1);
    let document: Value = serde_json::from_str(&ran.out).unwrap();
    let problems = document["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 2);
    assert_eq!(problems[0]["file"], "policy.toml");
    assert_eq!(problems[0]["line"], 16);
    assert_eq!(problems[0]["message"], "no test shows `request-answered` firing");
    assert_eq!(document["policies"][0]["name"], "small");
}

#[test]
fn tests_that_pass() {
    insta::assert_snapshot!(Bench::new().done("policy test policy.toml"), @"
    small 1: 2 tests, all passed
    1 rule: 1 firing in a test, 1 not firing in another
    ");
}

#[test]
fn tests_that_fail_show_what_differs() {
    let bench = Bench::new();
    bench.write("policy.toml", &POLICY.replace("state = \"met\"", "state = \"met-late\""));
    let ran = bench.run("policy test policy.toml --junit results.xml");
    assert_eq!((ran.status, ran.err.as_str()), (1, ""));
    insta::assert_snapshot!(ran.out, @r#"
    failed: a request answered the next day is met
      policy.toml:41:11
          request-answered
        - state = "met-late"
        + state = "met"

    small 1: 2 tests, 1 failed
    1 rule: 1 firing in a test, 0 not firing in another
      no test shows not firing: request-answered
    "#);
    insta::assert_snapshot!(bench.read("results.xml"), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites tests="2" failures="1" errors="0">
      <testsuite name="small 1" tests="2" failures="1" errors="0">
        <testcase name="a request without an answer is overdue" classname="small" file="policy.toml" line="28"/>
        <testcase name="a request answered the next day is met" classname="small" file="policy.toml" line="34">
          <failure message="not as expected at policy.toml:41:11">  request-answered
    - state = &quot;met-late&quot;
    + state = &quot;met&quot;</failure>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn fmt_names_what_it_changes_and_changes_it_once() {
    let bench = Bench::new();
    bench.done("policy fmt policy.toml");
    bench.done("policy fmt --check policy.toml");
    let laid_out = bench.read("policy.toml");
    bench.write("policy.toml", &laid_out.replace(" = ", "="));
    let ran = bench.run("policy fmt --check policy.toml");
    assert_eq!((ran.status, ran.out.as_str()), (1, "policy.toml\n"));
    assert_ne!(bench.read("policy.toml"), laid_out);
    assert_eq!(bench.done("policy fmt policy.toml"), "policy.toml\n");
    assert_eq!(bench.read("policy.toml"), laid_out);
    assert_eq!(bench.names(), ["events.jsonl", "policy.toml"]);
}

#[test]
fn fmt_refuses_what_is_no_toml_and_changes_nothing() {
    let bench = Bench::new();
    bench.write("policy.toml", "[policy\n");
    let err = bench.refused("policy fmt policy.toml");
    assert!(err.contains("policy.toml:1"), "{err}");
}

#[test]
fn explain_says_what_a_rule_asks_for() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.done("policy explain request-answered --policy policy.toml"), @"
    Within 48 hours of `request.made`, `request.answered` is owed for each request; owed by manager
    (police); climbs the ladder requests.
    ");
    insta::assert_snapshot!(bench.refused("policy explain request-anwered --policy policy.toml"), @"error: there is no rule `request-anwered` in small; did you mean `request-answered`?");
    insta::assert_snapshot!(bench.refused("policy explain banana --policy policy.toml"), @"error: there is no rule `banana` in small; it has 1 rule: `request-answered`");
}

#[test]
fn explain_asks_for_more_of_an_id_that_two_duties_have() {
    let bench = Bench::new();
    let requests: String = (0..20_000)
        .map(|n| format!("{{\"id\":\"n{n}\",\"kind\":\"request.made\",\"at\":\"2026-07-01T09:00:00Z\",\"links\":{{\"request\":\"r{n}\"}}}}\n"))
        .collect();
    bench.write("events.jsonl", &requests);
    let rows = bench.done("review events.jsonl --policy policy.toml --format jsonl");
    let mut ids: Vec<String> = rows.lines().map(|row| row[7..39].to_owned()).collect();
    ids.sort_unstable();
    let two = ids.windows(2).find(|two| two[0][..6] == two[1][..6]).expect("of 20,000 ids two begin alike");
    let explain = "policy explain request-answered --policy policy.toml --log events.jsonl --duty";
    assert_eq!(
        bench.refused(&format!("{explain} {}", &two[0][..6])),
        format!(
            "error: `{}` begins the ids of 2 duties of `request-answered`, such as `{}` and `{}`; write more of it\n",
            &two[0][..6],
            two[0],
            two[1]
        )
    );
    bench.done(&format!("{explain} {}", &two[0][..12]));
}

#[test]
fn explain_says_why_a_duty_stands_where_it_stands() {
    let bench = Bench::new();
    let rows = bench.done("review events.jsonl --policy policy.toml --format jsonl");
    let row: Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    let id = row["id"].as_str().unwrap();
    let explain = |rule: &str, id: &str| {
        format!("policy explain {rule} --policy policy.toml --log events.jsonl --duty {id}")
    };
    let out = bench.done(&explain("request-answered", id));
    assert!(out.starts_with(&format!("`request-answered` for request `r1`: overdue (duty {id})\n")), "{out}");
    assert!(out.contains("\nWho owes it\n") && out.lines().all(|line| line.chars().count() <= 100), "{out}");
    assert_eq!(bench.done(&explain("request-answered", &id[..6])), out);
    assert_eq!(bench.done(&explain("request-answered", &format!("duty:{}", &id[..8]))), out);
    insta::assert_snapshot!(bench.refused(&explain("request-answered", "000000")), @"error: there is no duty `000000` in the record; `wakeful review` shows their ids, under the same `--as-of`, `--known-by` and `--ignore-in-force`");
    insta::assert_snapshot!(bench.refused(&explain("request-answered", "00")), @"error: `00` is too little of a duty's id; write at least its first 6 digits");
    insta::assert_snapshot!(bench.refused("policy explain request-answered --policy policy.toml --duty 0f3a7c21"), @"error: `--duty` asks for a duty of a record, and no record is given; write `wakeful policy explain request-answered --policy policy.toml --log events.jsonl --duty 0f3a7c21`, with the record's file in place of `events.jsonl`");
}

/// A pack that builds on `policy.toml`.
const FORCE: &str = "[policy]\nname = \"force\"\nextends = \"policy.toml\"\n";

#[test]
fn a_policy_is_read_with_what_it_extends() {
    let bench = Bench::new();
    bench.write("force.toml", FORCE);
    insta::assert_snapshot!(bench.done("policy check force.toml"), @"
    force 1: 1 duty, 0 signals, 1 ladder, 2 tests
    no problems
    ");
}

#[test]
fn what_a_policy_extends_must_be_there_and_not_be_itself() {
    let bench = Bench::new();
    bench.write("force.toml", &FORCE.replace("policy.toml", "nowhere"));
    insta::assert_snapshot!(bench.run("policy check force.toml").err, @"error: force.toml:3:11: there is no policy at `nowhere`; write the path as from this file's folder");
    bench.write("force.toml", &FORCE.replace("policy.toml", "other.toml"));
    bench.write("other.toml", &FORCE.replace("policy.toml", "force.toml"));
    insta::assert_snapshot!(bench.run("policy check force.toml").err, @"error: other.toml:3:11: `extends` leads back to `force.toml`, which then builds on itself; take one of the two away");
}

#[test]
fn terms_stand_in_a_file_beside_the_policy_or_are_missed() {
    let bench = Bench::new();
    let signal = "\n[signal.words]\non = \"request\"\ntext = \"note\"\nterms = \"words.toml\"\n";
    bench.write("force.toml", &format!("{FORCE}{signal}"));
    insta::assert_snapshot!(bench.run("policy check force.toml").out, @r#"
      x there is no file `words.toml`
       ,-[force.toml:8:9]
     7 | text = "note"
     8 | terms = "words.toml"
       :         ^^^^^^|^^^^^
       :               `-- here
       `----
      help: write its name as from this file's folder

    1 problem
    "#);
    bench.write(
        "words.toml",
        "[[term]]\navoid = \"nag\"\nprefer = \"ask again\"\nwhy = \"a request is no nuisance\"\n",
    );
    insta::assert_snapshot!(bench.done("policy explain words --policy force.toml"), @"Raised for each request at an event, once for each term that its note has of a list of 1.");
}
