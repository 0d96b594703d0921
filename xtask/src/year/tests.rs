//! A clean year raises nothing, and is no empty one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use engine::duty::{DutyRow, ReportCode, State};
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::log::Log;
use engine::policy::{self, Policy, SourceFile};
use engine::program::Program;
use engine::record::Event;

use super::clean;

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

/// Kinds for which a clean year has no use: something was late or wrong, or was written down wrong.
const UNUSED_KINDS: [&str; 5] = ["entity.", "escalation.", "excuse.", "language.", "qualification.ended"];

fn england() -> Policy {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/england");
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

/// Every year, judged at its end.
fn each_year(mut check: impl FnMut(u64, &[Event], &Evaluation)) {
    let program = Program::new(vec![england()]).unwrap();
    let years = std::env::var("WAKEFUL_YEARS").map_or(YEARS, |years| years.parse().unwrap());
    for seed in 1..=years {
        let events = clean(seed).unwrap();
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
    let events = clean(1).unwrap();
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
fn the_same_seed_gives_the_same_year() {
    let lines = |seed| clean(seed).unwrap().iter().map(Event::canonical_line).collect::<Vec<_>>();
    assert_eq!(lines(1), lines(1));
    assert_ne!(lines(1), lines(2));
}
