//! A clean year raises nothing and is no empty one; each failure is found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use engine::duty::{DutyRow, ReportCode, State};
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::log::Log;
use engine::policy::{self, Policy, SourceFile};
use engine::program::Program;
use engine::record::Event;
use engine::time::Date;

use super::fate::FAILURES;
use super::force::gathered;
use super::{Ask, MISSION, Rates, RatesError, SynthError, force};

/// How many rules at least have a duty that was met, in each year.
const RULES_MET: usize = 130;

/// How many years are judged, from seed 1 on; `WAKEFUL_YEARS` may ask for more.
const YEARS: u64 = 5;

/// Signals that say no more than that something is so for the first time, or again.
const TRACES: [&str; 11] = [
    "exploitation-on-record",
    "known-as-suspect",
    "known-as-victim",
    "plan-on-record",
    "protection-of-child",
    "protection-process-begun",
    "suspect-known",
    "suspect-on-record",
    "team-inspectors",
    "team-supervisors",
    "told-by-a-child",
];

/// Signals of what happens to children, or is said of an officer, whoever does what about it; the year has all of them.
const PATTERNS: [&str; 10] = [
    "found-at-same-place",
    "frequent-missing",
    "indicators-together",
    "missing-despite-strategy",
    "officer-changes",
    "repeated-complaints",
    "shared-person",
    "shared-phone",
    "shared-place",
    "shared-vehicle",
];

/// Kinds for which a clean year has no use: something was late or wrong, was written down wrong, or is what reading a record makes.
const UNUSED_KINDS: [&str; 6] =
    ["access.", "entity.", "escalation.", "excuse.", "language.", "qualification.ended"];

fn england() -> Policy {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/england");
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let files = paths.iter().map(|path| SourceFile {
        name: path.display().to_string(),
        text: fs::read_to_string(path).unwrap().into(),
    });
    policy::read(files.collect()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// Steps of which each, left out all year, is a failure.
const STEPS: [&str; 24] = [
    "action.verified",
    "assessment.completed",
    "challenge.made",
    "complaint.updated",
    "concern.answered",
    "core-group.held",
    "crime.recorded",
    "disagreement.resolved",
    "interview.reviewed",
    "missing.reviewed",
    "nrm.referred",
    "participation.recorded",
    "police-report.submitted",
    "prevention-interview.held",
    "qualification.gained",
    "referral.made",
    "request.answered",
    "return-interview.held",
    "sign-off.given",
    "strategy-discussion.held",
    "supervisor-review.held",
    "suspect.outcome",
    "victim-views.sought",
    "victim.informed",
];

fn ask(seed: u64, events: Option<usize>, days: [&str; 2], rates: Rates) -> Ask {
    let [from, to] = days.map(|day| Date::parse(day).unwrap());
    Ask { seed, events, from, to, rates }
}

/// A year of one district.
fn small(seed: u64, rates: Rates) -> Ask {
    ask(seed, None, ["2025-01-01", "2025-12-31"], rates)
}

fn events(ask: &Ask) -> Vec<Event> {
    gathered(ask, Event::clone).unwrap().collect()
}

fn clean(seed: u64) -> Vec<Event> {
    events(&small(seed, Rates::none()))
}

/// Every year, judged at its end.
fn each_year(mut check: impl FnMut(u64, &[Event], &Evaluation)) {
    let program = Program::new(vec![england()]).unwrap();
    let years = std::env::var("WAKEFUL_YEARS").map_or(YEARS, |years| years.parse().unwrap());
    for seed in 1..=years {
        let events = clean(seed);
        let log = Log::from_events(&events).unwrap();
        let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
        check(seed, &events, &evaluation);
    }
}

#[test]
fn every_duty_of_a_clean_year_is_kept() {
    each_year(|seed, _, evaluation| {
        for row in evaluation.rows() {
            assert!(is_kept(&row), "seed {seed}: {row:#?}");
        }
    });
}

fn is_kept(row: &DutyRow) -> bool {
    let is_well = matches!(row.state, State::Pending | State::Met | State::Excused | State::Ended);
    is_well && row.late_ms.is_none() && row.periods_missed == 0 && !row.recorded_late
}

#[test]
fn a_step_left_out_is_noticed() {
    let program = Program::new(vec![england()]).unwrap();
    let events = clean(1);
    for step in STEPS {
        let log = Log::from_events(events.iter().filter(|event| event.kind != step)).unwrap();
        let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
        assert!(!evaluation.rows().all(|row| is_kept(&row)), "nobody misses `{step}`");
    }
}

#[test]
fn no_signal_of_a_failure_is_raised() {
    each_year(|seed, _, evaluation| {
        for row in evaluation.signals() {
            let signal = row.signal.as_str();
            assert!(TRACES.contains(&signal) || PATTERNS.contains(&signal), "seed {seed}: {row:#?}");
        }
    });
}

#[test]
fn nothing_is_reported_but_starts_while_an_interval_is_open() {
    each_year(|seed, _, evaluation| {
        for row in evaluation.reports() {
            assert_eq!(row.code, ReportCode::AlreadyOpen, "seed {seed}: {row:#?}");
        }
    });
}

#[test]
fn every_journey_happens() {
    let policy = england();
    let is_used = |kind: &&str| !UNUSED_KINDS.iter().any(|unused| kind.starts_with(unused));
    let kinds: Vec<&str> = policy.kinds.keys().map(String::as_str).filter(is_used).collect();
    each_year(|seed, events, evaluation| {
        let happened: BTreeSet<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        let missed: Vec<&&str> = kinds.iter().filter(|kind| !happened.contains(**kind)).collect();
        assert!(missed.is_empty(), "seed {seed}: never happens: {missed:?}");
        let signals = evaluation.signals();
        for pattern in PATTERNS {
            assert!(
                signals.iter().any(|row| row.signal == pattern),
                "seed {seed}: `{pattern}` is not raised"
            );
        }
    });
}

#[test]
fn most_rules_have_a_duty_that_is_met() {
    each_year(|seed, events, evaluation| {
        let mut met: BTreeMap<&str, u64> = BTreeMap::new();
        for (rule, counts) in evaluation.counts() {
            met.insert(rule, counts[State::Met as usize] + counts[State::Excused as usize]);
        }
        let (idle, kept): (Vec<_>, Vec<_>) = met.into_iter().partition(|&(_, duties)| duties == 0);
        let idle: Vec<&str> = idle.into_iter().map(|(rule, _)| rule).collect();
        let duties: u64 = kept.iter().map(|&(_, duties)| duties).sum();
        println!(
            "seed {seed}: {} events, {duties} duties met under {} of {} rules; not under {}",
            events.len(),
            kept.len(),
            kept.len() + idle.len(),
            idle.join(", ")
        );
        assert!(kept.len() >= RULES_MET, "seed {seed}: duties are met under {} rules alone", kept.len());
    });
}

#[test]
fn larger_records_over_years_are_clean_too() {
    let program = Program::new(vec![england()]).unwrap();
    for (seed, days) in [(7, ["2024-01-01", "2026-12-31"]), (8, ["2010-09-13", "2012-03-02"])] {
        let events = events(&ask(seed, Some(12_000), days, Rates::none()));
        assert!((12_000..13_500).contains(&events.len()), "{} events", events.len());
        let log = Log::from_events(&events).unwrap();
        let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
        for row in evaluation.rows() {
            assert!(is_kept(&row), "seed {seed}: {row:#?}");
        }
        for row in evaluation.reports() {
            assert_eq!(row.code, ReportCode::AlreadyOpen, "seed {seed}: {row:#?}");
        }
        for row in evaluation.signals() {
            let signal = row.signal.as_str();
            assert!(TRACES.contains(&signal) || PATTERNS.contains(&signal), "seed {seed}: {row:#?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let mission = || Rates::read(MISSION).unwrap();
    let lines = |seed, rates| force(&small(seed, rates)).unwrap().collect::<Vec<_>>();
    assert_eq!(lines(1, Rates::none()), lines(1, Rates::none()));
    assert_eq!(lines(1, mission()), lines(1, mission()));
    assert_ne!(lines(1, Rates::none()), lines(2, Rates::none()));
    assert_ne!(lines(1, Rates::none()), lines(1, mission()));
}

#[test]
fn nothing_is_withdrawn_that_is_not_there() {
    for text in [MISSION, "late-entry = 1"] {
        let mut there = BTreeSet::new();
        for event in events(&ask(4, Some(5000), ["2025-01-01", "2025-12-31"], Rates::read(text).unwrap())) {
            assert!(event.corrects.is_none_or(|id| there.contains(&id)), "{}", event.id);
            there.insert(event.id);
        }
    }
}

#[test]
fn a_record_and_its_twin_differ_in_what_failed_alone() {
    let (whole, mut twin) = (clean(1), events(&small(1, Rates::read("request-unanswered = 1").unwrap())));
    assert_eq!(whole.iter().filter(|event| event.kind == "request.answered").count(), 3);
    let rest: Vec<&Event> = whole.iter().filter(|event| event.kind != "request.answered").collect();
    assert!(rest.into_iter().eq(&twin));
    // Another failure strikes the same, whatever else fails.
    twin = events(&small(1, Rates::read("request-unanswered = 1\nconcern-unanswered = 0.5").unwrap()));
    let other = events(&small(1, Rates::read("concern-unanswered = 0.5").unwrap()));
    assert!(other.iter().filter(|event| event.kind != "request.answered").eq(&twin));
}

#[test]
fn events_are_in_the_order_in_which_they_were_recorded() {
    let events = events(&small(1, Rates::read(MISSION).unwrap()));
    assert!(events.is_sorted_by_key(|event| event.recorded_at));
    assert!(events.iter().all(|event| event.recorded_at >= event.at));
    let later = clean(1).iter().filter(|event| event.recorded_at > event.at).count();
    assert!(later * 10 > events.len(), "only {later} are written down later");
    let ids: BTreeSet<&str> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids.len(), events.len());
}

/// Rules that find each failure; one of them is enough. A late entry is found by no rule, but shown with its duty.
const FOUND_BY: &[(&str, &[&str])] = &[
    ("escalation-unanswered", &["child-escalation-answered"]),
    ("no-charge-unchallenged", &["no-charge-challenged"]),
    ("review-right-not-explained", &["no-charge-right-explained", "no-further-action-right-explained"]),
    ("victim-not-told", &["suspect-step-told", "no-charge-told"]),
    ("request-unanswered", &["request-answered"]),
    ("interviewer-untrained", &["interviewer-trained"]),
    ("investigator-untrained", &["investigator-trained"]),
    ("staff-untrained", &["investigator-trained", "interviewer-trained"]),
    ("interview-unreviewed", &["interview-reviewed"]),
    ("intermediary-not-considered", &["intermediary-considered"]),
    ("no-supervisor-reviews", &["supervisor-review"]),
    ("supervisor-review-missed", &["supervisor-review", "supervisor-review-as-set"]),
    ("return-interview-not-held", &["return-home-interview"]),
    ("return-interview-late", &["return-home-interview"]),
    ("prevention-interview-not-held", &["prevention-interview"]),
    ("missing-risk-not-reviewed", &["missing-risk-reviewed"]),
    ("repeat-missing-without-strategy", &["repeat-missing-strategy"]),
    ("blaming-term-unchallenged", &["language-challenged"]),
    ("signs-without-strategy", &["indicators-strategy"]),
    ("links-without-strategy", &["shared-place-strategy", "shared-person-strategy"]),
    ("exploitation-not-referred", &["exploitation-referred"]),
    ("incident-without-notice", &["incident-protection-notice"]),
    ("police-attendance-unrecorded", &["attend-police"]),
    ("partner-absent", &["attend-health", "attend-education"]),
    ("police-report-missing", &["police-report", "police-report-for-review"]),
    ("core-group-missed", &["core-groups-held", "first-core-group"]),
    ("referral-undecided", &["referral-decided"]),
    ("concern-unacknowledged", &["concern-acknowledged"]),
    ("concern-unanswered", &["concern-answered"]),
    ("complaint-not-updated", &["complaint-updated"]),
    ("complaint-outcome-not-sent", &["complaint-outcome-sent"]),
    ("disclosure-without-crime", &["disclosure-crime-recorded"]),
    ("disclosure-without-referral", &["disclosure-referred"]),
    ("disclosure-without-person", &["disclosure-person"]),
    ("suspect-not-pursued", &["suspect-pursued", "identified-suspect-pursued"]),
    ("suspect-without-outcome", &["suspect-outcome"]),
    ("silence-closes-suspect", &["silence-closes-no-suspect"]),
    ("encounter-unprotected", &["encounter-protected"]),
    ("bail-views-not-sought", &["bail-victim-views"]),
    ("victim-without-sign-off", &["victim-later-suspect", "suspect-later-victim"]),
    ("defence-not-considered", &["section-45-considered"]),
    ("potential-victim-not-contacted", &["potential-victim-contacted"]),
    ("finding-without-recommendation", &["finding-answered", "finding-followed-up"]),
    ("recommendation-not-acted-on", &["action-reported", "action-reported-by-due"]),
    ("late-entry", &[]),
    ("team-below-strength", &["team-at-strength"]),
    ("project-meeting-missed", &["participation-police"]),
    ("information-unshared", &["information-shared"]),
    ("disagreement-unresolved", &["disagreement-resolved", "disagreement-later-stage"]),
    ("officers-changed", &["officer-changes-explained", "officer-changes-reviewed"]),
    ("promised-contact-missed", &["promised-contact", "undated-promise-kept"]),
];

#[test]
fn every_failure_is_found() {
    let program = Program::new(vec![england()]).unwrap();
    assert!(FAILURES.iter().map(|failure| failure.name).eq(FOUND_BY.iter().map(|&(name, _)| name)));
    let mut missed = Vec::new();
    for &(name, rules) in FOUND_BY {
        let found = |rate: &str| {
            let events = events(&small(3, Rates::read(&format!("{name} = {rate}")).unwrap()));
            let log = Log::from_events(&events).unwrap();
            let evaluation = evaluate(&program, &log, &Cut::default()).unwrap();
            let is_found = |row: &DutyRow| {
                if rules.is_empty() {
                    row.recorded_late
                } else {
                    rules.contains(&&*row.duty) && !is_kept(row)
                }
            };
            evaluation.rows().filter(is_found).count()
        };
        let (never, always) = (found("0.0"), found("1"));
        println!("{name}: {never}, {always}");
        if never > 0 || always == 0 {
            missed.push(name);
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn the_mission_names_every_failure() {
    for failure in FAILURES {
        assert!(MISSION.contains(&format!("\n{} = ", failure.name)), "{}", failure.name);
    }
}

#[test]
fn rates_that_cannot_be_used_are_told() {
    let told = |text: &str| Rates::read(text).unwrap_err().to_string();
    assert_eq!(
        told("\nmising-risk-not-reviewed = 0.1"),
        "line 2: there is no failure `mising-risk-not-reviewed`; did you mean `missing-risk-not-reviewed`?"
    );
    assert_eq!(
        told("late-entry = 1.5"),
        "line 1: `late-entry` is `1.5`; write a number between 0, never, and 1, always"
    );
    assert!(told("late-entry = \"often\"").contains("write a number"));
    assert!(told("late-entry = nan").contains("write a number"));
    assert!(matches!(Rates::read("late-entry"), Err(RatesError::NotToml { line: 1, .. })));
}

#[test]
fn days_that_cannot_be_are_refused() {
    let refused = |days| force(&ask(1, None, days, Rates::none())).err();
    assert_eq!(refused(["2025-02-01", "2025-01-01"]), Some(SynthError::Reversed));
    assert_eq!(refused(["1999-02-01", "2025-01-01"]), Some(SynthError::OutsideDays));
    assert_eq!(refused(["2003-01-01", "2003-01-01"]), None);
    assert_eq!(refused(["2032-12-01", "2032-12-31"]), None);
}
