//! The engine against the oracle: property tests over policies and logs made for the purpose.
//!
//! `WAKEFUL_CASES` says how many cases are made, and `WAKEFUL_SEED` which. Without the first these are the same 500 each
//! time. What came up in them is counted, and a count of nothing fails the run too. With `WAKEFUL_NO_SHRINK` a case that fails
//! is shown as it was made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

mod oracle;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::DefaultHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use engine::duty::{DutyRow, ReportCode};
use engine::evaluate::{
    DutyRef, EvaluateError, Evaluation, MovedDuties, Renumbering, Running, RunningError, evaluate,
};
use engine::explain::explain;
use engine::log::Log;
use engine::policy::Policy;
use engine::program::Program;
use engine::record::Event;
use engine::time::Instant;
use oracle::census::Census;
use oracle::generate::{Case, specs};
use oracle::scenarios::{Evaluator, scenarios};
use oracle::shrink::shrink;
use oracle::{Cut, Output};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// The engine, called as the oracle is.
fn by_engine(policies: &[Policy], events: &[Event], cut: &Cut) -> Result<Output, String> {
    let program = Program::new(policies.to_vec()).map_err(|error| error.to_string())?;
    let log = Log::from_events(events).map_err(|error| error.to_string())?;
    let evaluation = evaluate(&program, &log, &own(cut)).map_err(|error| error.to_string())?;
    Ok(output(&evaluation))
}

/// The engine's own cut.
fn own(cut: &Cut) -> engine::evaluate::Cut {
    engine::evaluate::Cut { as_of: cut.as_of, known_by: cut.known_by, ignore_in_force: cut.ignore_in_force }
}

/// How many reports there are of each code, event, rule and key: their texts are not compared.
type Reports = BTreeMap<(ReportCode, Option<String>, Option<String>, Option<String>), usize>;

fn reports(output: &Output) -> Reports {
    let mut reports = Reports::new();
    for report in &output.reports {
        let report = report.clone();
        *reports.entry((report.code, report.event, report.rule, report.key)).or_default() += 1;
    }
    reports
}

/// The first row that only one has, or the fields in which both have it differently.
fn rows_differ<R: PartialEq + serde::Serialize>(
    what: &str,
    ours: &[R],
    theirs: &[R],
    id: impl Fn(&R) -> String,
) -> Option<String> {
    let json = |row: &R| serde_json::to_string(row).unwrap_or_default();
    for (rows, others, who) in [(ours, theirs, "oracle"), (theirs, ours, "engine")] {
        if let Some(row) = rows.iter().find(|row| others.iter().all(|other| id(other) != id(row))) {
            return Some(format!("{what}: the {who} alone has {}", json(row)));
        }
    }
    for row in ours {
        let other = theirs.iter().find(|other| id(other) == id(row))?;
        if row == other {
            continue;
        }
        let mut text = format!("{what} {}", json(row));
        let (ours, theirs) = (serde_json::to_value(row).ok()?, serde_json::to_value(other).ok()?);
        for (name, value) in ours.as_object()? {
            if theirs.get(name) != Some(value) {
                text += &format!("\n{name}: oracle {value}\n{name}: engine {}", theirs[name]);
            }
        }
        return Some(text);
    }
    (ours != theirs).then(|| format!("{what}: the order of the rows differs"))
}

/// How two outputs differ.
fn difference(ours: &Result<Output, String>, theirs: &Result<Output, String>) -> Option<String> {
    let (ours, theirs) = match (ours, theirs) {
        (Err(_), Err(_)) => return None,
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        (Ok(_), Err(error)) => return Some(format!("the engine fails alone: {error}")),
        (Err(error), Ok(_)) => return Some(format!("the oracle fails alone: {error}")),
    };
    if let Some(difference) = rows_differ("duty", &ours.duties, &theirs.duties, |row| row.id.clone()) {
        return Some(difference);
    }
    if let Some(difference) = rows_differ("signal", &ours.signals, &theirs.signals, |row| row.id.clone()) {
        return Some(difference);
    }
    let (oracle, engine) = (reports(ours), reports(theirs));
    if oracle != engine {
        let only = |of: &Reports, other: &Reports| {
            of.iter()
                .filter(|(key, count)| other.get(*key) != Some(*count))
                .map(|pair| format!("{pair:?}"))
                .collect::<Vec<_>>()
        };
        return Some(format!(
            "reports\noracle {:#?}\nengine {:#?}",
            only(&oracle, &engine),
            only(&engine, &oracle)
        ));
    }
    None
}

/// How the engine differs from the oracle in a case.
fn compared(case: &Case) -> Option<String> {
    let ours = oracle::evaluate(&case.policies, &case.events, &case.cut);
    let theirs = by_engine(&case.policies, &case.events, &case.cut);
    difference(&ours, &theirs)
}

fn shown(case: &Case) -> String {
    let events: Vec<String> = case.events.iter().map(Event::canonical_line).collect();
    format!("{}\n{}\n{:?}", case.texts.join("\n----\n"), events.join("\n"), case.cut)
}

/// Cases that are the same each time, or others where the environment says so; `fails` says how one does.
fn hold(fails: impl Fn(&Case) -> Option<String>, count: impl Fn(&Case)) -> u32 {
    let number = |name: &str| std::env::var(name).ok().and_then(|number| number.parse::<u64>().ok());
    let cases = number("WAKEFUL_CASES").unwrap_or(500) as u32;
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 0, ..Config::default() };
    // The plain run is the same each time; the thorough one is another each time, and says which.
    let chance = || std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0);
    let seed = number("WAKEFUL_SEED").or_else(|| number("WAKEFUL_CASES").map(|_| chance())).unwrap_or(1);
    println!("WAKEFUL_SEED={seed} WAKEFUL_CASES={cases}");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let result = runner.run(&specs(), |spec| {
        let case = spec.render();
        count(&case);
        fails(&case).map_or(Ok(()), |difference| Err(TestCaseError::fail(difference)))
    });
    match result {
        Ok(()) => cases,
        Err(TestError::Fail(reason, spec)) => {
            let (first, _) = reason.message().split_once([' ', ':']).unwrap_or((reason.message(), ""));
            let alike = |case: &Case| fails(case).is_some_and(|difference| difference.starts_with(first));
            let is_shrunk = std::env::var_os("WAKEFUL_NO_SHRINK").is_none();
            let case = if is_shrunk { shrink(spec.render(), alike) } else { spec.render() };
            panic!("{}\n{}", shown(&case), fails(&case).unwrap_or_default());
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

#[test]
fn the_engine_agrees_with_the_oracle() {
    let census = std::cell::RefCell::new(Census::new());
    let cases = hold(compared, |case| {
        census.borrow_mut().count(case, &oracle::evaluate(&case.policies, &case.events, &case.cut));
    });
    let census = census.into_inner();
    println!("{census}");
    let missing = census.zeros();
    assert!(cases < 500 || missing.is_empty(), "never came up: {missing:?}");
}

/// Reads an evaluation as a whole.
fn output(evaluation: &Evaluation<'_>) -> Output {
    Output {
        duties: evaluation.rows().collect(),
        signals: evaluation.signals(),
        reports: evaluation.reports(),
    }
}

/// How an evaluation that is kept differs from the whole one, at some moment while events come in an order.
fn kept_differs(case: &Case, events: &[Event]) -> Option<String> {
    let program = Program::new(case.policies.clone()).ok()?;
    let chance = |number: usize, of: &str, sides: u64| {
        std::hash::BuildHasher::hash_one(
            &std::hash::BuildHasherDefault::<DefaultHasher>::default(),
            (number, of),
        ) % sides
    };
    let day = 86_400_000;
    let mut now = Instant::from_ms(events.iter().map(|event| event.at.ms()).min()? - day).ok()?;
    let begun = chance(events.len(), "begun", 4) as usize * events.len() / 6;
    let mut seen = events[..begun].to_vec();
    let mut running = match Running::new(&program, &seen, now) {
        Ok(running) => running,
        Err(RunningError::Log(error)) => return Some(format!("log: {error}")),
        Err(RunningError::Evaluate(error)) => {
            let whole = whole(&program, &seen, now).err();
            return (whole.as_ref() != Some(&error))
                .then(|| format!("error: {whole:?} as a whole, {error:?}"));
        }
    };
    let mut copy = Copy::default();
    for (number, event) in events.iter().enumerate().skip(begun) {
        let ahead = [0, 0, 1, 20 * day][chance(number, "ahead", 4) as usize];
        let stands_still = chance(number, "still", 3) == 0;
        if !stands_still {
            now = now.max(Instant::from_ms(event.at.ms() + ahead).ok()?);
        }
        let passed = running.pass_time(now);
        let recorded = running.record(event);
        if !matches!(recorded, Err(RunningError::Evaluate(EvaluateError::CorrectionCircle { .. }))) {
            seen.push(event.clone());
        }
        if passed.is_ok() && recorded.is_ok() && chance(number, "read", 5) != 0 {
            continue;
        }
        let differs = read_differs(&program, &mut running, &seen, now);
        if let Some(difference) = differs.or_else(|| copy.differs(&mut running)) {
            return Some(difference + &format!("\nafter {number}, {}, at {now}", event.id));
        }
    }
    now = now.max(Instant::from_ms(events.iter().map(|event| event.at.ms()).max()? + 400 * day).ok()?);
    _ = running.pass_time(now);
    read_differs(&program, &mut running, &seen, now).or_else(|| copy.differs(&mut running))
}

/// How often duties came to be referred to otherwise while a copy was kept.
static RENUMBERED: AtomicU64 = AtomicU64::new(0);

/// Rows kept elsewhere, each with when it is to be made again.
#[derive(Default)]
struct Copy(BTreeMap<String, (DutyRef, DutyRow, Option<Instant>)>);

impl Copy {
    /// Takes over what moved, and what time has come for; says how the copy then differs from what it is of.
    fn differs(&mut self, running: &mut Running<'_>) -> Option<String> {
        let moved = running.moved();
        let took = running.read(|evaluation| {
            let again = match moved {
                MovedDuties::All => {
                    self.0.clear();
                    evaluation.duties()
                }
                MovedDuties::Some { moved, gone, renumbering } => {
                    gone.iter().for_each(|id| _ = self.0.remove(id));
                    if let Some(renumbering) = renumbering {
                        RENUMBERED.fetch_add(1, Ordering::Relaxed);
                        self.renumber(&renumbering);
                    }
                    moved
                }
            };
            self.take(evaluation, again);
            let as_of = evaluation.as_of();
            let woken = self.0.values().filter(|(_, _, wakes)| wakes.is_some() && *wakes <= as_of);
            self.take(evaluation, woken.map(|&(duty, _, _)| duty).collect());
            let rows: BTreeMap<String, DutyRow> =
                evaluation.rows().map(|row| (row.id.clone(), row)).collect();
            let missing = rows.keys().find(|&id| !self.0.contains_key(id));
            let differs = self.0.iter().find(|(id, of)| rows.get(*id) != Some(&of.1));
            let differs = differs.map(|(id, of)| format!("copied {:#?}\nis {:#?}", of.1, rows.get(id)));
            differs.or_else(|| missing.map(|id| format!("not copied: {:#?}", rows[id])))
        });
        took.unwrap_or_default()
    }

    fn renumber(&mut self, renumbering: &Renumbering) {
        for (duty, _, _) in self.0.values_mut() {
            *duty = renumbering.now(*duty).unwrap_or(*duty);
        }
    }

    fn take(&mut self, evaluation: &Evaluation<'_>, duties: Vec<DutyRef>) {
        for duty in duties {
            let row = evaluation.row(duty);
            let wakes = evaluation.wakes(duty, &row);
            self.0.insert(row.id.clone(), (duty, row, wakes));
        }
    }
}

fn read_differs(
    program: &Program,
    running: &mut Running<'_>,
    seen: &[Event],
    now: Instant,
) -> Option<String> {
    let whole = whole(program, seen, now);
    let kept = running.read(|kept| (output(kept), explained(kept)));
    let (whole, kept) = match (whole, kept) {
        (Ok(whole), Ok(kept)) => (whole, kept),
        (whole, kept) => {
            let (whole, kept) = (whole.err(), kept.err());
            return (whole != kept).then(|| format!("error: {whole:?} as a whole, {kept:?} as kept"));
        }
    };
    let is_explained = whole.1 == kept.1;
    let last = last_differs(running, &whole.0);
    difference(&Ok(whole.0), &Ok(kept.0))
        .or(last)
        .or_else(|| (!is_explained).then(|| format!("explained: as a whole {}\nas kept {}", whole.1, kept.1)))
}

/// How the last signals that are kept differ from those of a whole evaluation, each name by itself.
fn last_differs(running: &mut Running<'_>, whole: &Output) -> Option<String> {
    let named: BTreeSet<&String> = whole.signals.iter().map(|row| &row.signal).collect();
    named.into_iter().find_map(|name| {
        let mut last = HashMap::new();
        for row in whole.signals.iter().filter(|row| row.signal == *name) {
            let at = last.entry((&*row.signal, &*row.key)).or_insert(row.at);
            *at = row.at.max(*at);
        }
        let names = BTreeSet::from([name.clone()]);
        let is_so = running.read_signals(&names, |kept| kept.last_raised(&names) == last).ok()?;
        (!is_so).then(|| format!("last of {name}: {last:?} as a whole"))
    })
}

/// What a log's whole evaluation says, and why.
fn whole(program: &Program, events: &[Event], now: Instant) -> Result<(Output, String), EvaluateError> {
    let log = Log::from_events(events).expect("a log takes what `Running` took");
    let cut = engine::evaluate::Cut { as_of: Some(now), ..engine::evaluate::Cut::default() };
    evaluate(program, &log, &cut).map(|whole| (output(&whole), explained(&whole)))
}

/// Why the first duties stand where they stand.
fn explained(evaluation: &Evaluation<'_>) -> String {
    let duties = evaluation.duties().into_iter().step_by(5).take(3);
    duties.map(|duty| format!("{:?}\n", explain(evaluation, duty))).collect()
}

#[test]
fn what_is_kept_and_resumed_is_the_whole() {
    hold(
        |case| {
            let mut in_order = case.events.clone();
            in_order.sort_by_key(|event| event.at);
            kept_differs(case, &in_order).or_else(|| kept_differs(case, &case.events))
        },
        |_| {},
    );
    assert_ne!(RENUMBERED.load(Ordering::Relaxed), 0, "no duty ever came to be referred to otherwise");
}

/// How the duties of a program judged some rules after others differ from those judged at once.
fn parts_differ(case: &Case) -> Option<String> {
    let program = Program::new(case.policies.clone()).ok()?;
    let log = Log::from_events(&case.events).ok()?;
    let whole: Vec<DutyRow> = evaluate(&program, &log, &own(&case.cut)).ok()?.rows().collect();
    for rules in 1..=2 {
        let mut rows = Vec::new();
        for part in program.part_by_part(rules) {
            let part = match part {
                Ok(part) => part,
                Err(error) => return Some(format!("in parts of {rules}: {error}")),
            };
            match evaluate(&part.program, &log, &own(&case.cut)) {
                Ok(evaluation) => rows.extend(evaluation.rows().filter(|row| part.is_of(&row.duty))),
                Err(error) => return Some(format!("in parts of {rules}: {error}")),
            }
        }
        if let Some(difference) = rows_differ("duty", &whole, &rows, |row| row.id.clone()) {
            return Some(format!("in parts of {rules}: {difference}"));
        }
        if rows != whole {
            return Some(format!("in parts of {rules}: the order of the rows differs"));
        }
    }
    None
}

#[test]
fn rules_are_judged_some_after_others_as_at_once() {
    hold(parts_differ, |_| {});
}

/// The scenarios in which an evaluator says something else than their sentences do.
fn failing(evaluate: Evaluator) -> Vec<String> {
    let mut failing = Vec::new();
    for scenario in scenarios() {
        let lines = scenario.run(evaluate);
        if !scenario.expects(&lines) {
            failing.push(format!("{}\nexpected {:#?}\nfound {lines:#?}", scenario.says, scenario.expect));
        }
    }
    failing
}

#[test]
fn the_oracle_says_what_the_sentences_say() {
    let failing = failing(&oracle::evaluate);
    assert!(failing.is_empty(), "{}", failing.join("\n\n"));
}

#[test]
fn the_engine_says_what_the_sentences_say() {
    let failing = failing(&by_engine);
    assert!(failing.is_empty(), "{}", failing.join("\n\n"));
}
