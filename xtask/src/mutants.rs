//! `mutants`: changes the engine in small ways, one at a time, and sees the tests notice.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::list::{MUTANTS, Mutant};
use crate::schemata::{Built, MODULE};
use crate::scratch::{Ran, Scratch};

const USAGE: &str = "usage: mutants [--only PART-OF-NAME]... [--from N] [--to N]";

/// Which mutants are tried.
struct Chosen {
    /// Parts of names, any of them; none where all are.
    only: Vec<String>,
    from: usize,
    to: usize,
}

/// A mutant with its number in the list.
type Numbered = (usize, &'static Mutant);

/// The engine with mutants built in.
struct Bench {
    scratch: Scratch,
    /// The files that mutants change, as they are written.
    sources: BTreeMap<&'static str, String>,
    /// The numbers of the mutants that are built in.
    built_in: BTreeSet<usize>,
    /// Each test's binary.
    tests: BTreeMap<&'static str, PathBuf>,
}

/// What came of a mutant.
enum Outcome {
    Caught,
    TimedOut,
    Survived,
    DoesNotApply,
    DoesNotCompile,
}

impl Chosen {
    fn new(arguments: Vec<String>) -> Result<Self, Box<dyn Error>> {
        let mut chosen = Self { only: Vec::new(), from: 1, to: MUTANTS.len() };
        let mut arguments = arguments.into_iter();
        while let Some(option) = arguments.next() {
            let value = arguments.next().ok_or(USAGE)?;
            match option.as_str() {
                "--only" => chosen.only.push(value),
                "--from" => chosen.from = value.parse().map_err(|_| USAGE)?,
                "--to" => chosen.to = value.parse().map_err(|_| USAGE)?,
                _ => return Err(USAGE.into()),
            }
        }
        Ok(chosen)
    }

    fn has(&self, number: usize, mutant: &Mutant) -> bool {
        let is_named =
            self.only.is_empty() || self.only.iter().any(|only| mutant.name.contains(only.as_str()));
        is_named && (self.from..=self.to).contains(&number)
    }
}

impl Outcome {
    fn is_caught(&self) -> bool {
        matches!(self, Self::Caught | Self::TimedOut)
    }

    fn word(&self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::TimedOut => "caught (it did not end)",
            Self::Survived => "SURVIVED",
            Self::DoesNotApply => "does not apply",
            Self::DoesNotCompile => "does not compile",
        }
    }
}

impl From<Ran> for Outcome {
    fn from(ran: Ran) -> Self {
        match ran {
            Ran::Passed => Self::Survived,
            Ran::Failed => Self::Caught,
            Ran::TimedOut => Self::TimedOut,
        }
    }
}

/// Tries the mutants that the arguments choose: those that are built in, then the others, with a build for each.
pub fn run(arguments: Vec<String>) -> Result<ExitCode, Box<dyn Error>> {
    let chosen = Chosen::new(arguments)?;
    let mutants: Vec<Numbered> =
        (1..).zip(MUTANTS).filter(|(number, mutant)| chosen.has(*number, mutant)).collect();
    let bench = Bench::new(&mutants)?;
    let limit = bench.unchanged()?;
    let (built_in, others): (Vec<Numbered>, Vec<Numbered>) =
        mutants.iter().copied().partition(|(number, _)| bench.built_in.contains(number));
    let mut failed = Vec::new();
    for mutant in built_in {
        tried(mutant, &mut failed, || bench.switch_on(mutant, limit))?;
    }
    bench.restore()?;
    for mutant in others {
        tried(mutant, &mut failed, || bench.build_alone(mutant.1, limit))?;
    }
    failed.iter().for_each(|failed| println!("failed: {failed}"));
    println!("{} passed, {} failed", mutants.len() - failed.len(), failed.len());
    Ok(ExitCode::from(u8::from(!failed.is_empty())))
}

/// Tries a mutant and tells what came of it.
fn tried(
    (number, mutant): Numbered,
    failed: &mut Vec<String>,
    attempt: impl FnOnce() -> Result<Outcome, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let started = Instant::now();
    let outcome = attempt()?;
    println!("{number:>3} {:<24} {:>5.1?}  {}", outcome.word(), started.elapsed(), mutant.name);
    if !outcome.is_caught() {
        failed.push(format!("{number} {}: {}", outcome.word(), mutant.name));
    }
    Ok(())
}

impl Bench {
    /// Builds mutants in, and the tests that they name. Those with which it does not compile are left out.
    fn new(mutants: &[Numbered]) -> Result<Self, Box<dyn Error>> {
        let scratch = Scratch::new()?;
        let mut sources = BTreeMap::from([("lib.rs", scratch.read("lib.rs")?)]);
        for (_, mutant) in mutants {
            sources.insert(mutant.file, scratch.read(mutant.file)?);
        }
        let mut bench = Self { scratch, sources, built_in: BTreeSet::new(), tests: BTreeMap::new() };
        let mut wanted: Vec<Numbered> =
            mutants.iter().copied().filter(|(_, mutant)| bench.applies(mutant)).collect();
        loop {
            let built = bench.build_in(&wanted)?;
            let Some(test) = bench.build_tests(mutants)? else { return Ok(bench) };
            let errors = bench.scratch.errors()?;
            let broken: BTreeSet<usize> =
                errors.iter().filter_map(|(file, line)| built.get(file.as_str())?.at(*line)).collect();
            if broken.is_empty() {
                return Err(format!("the test `{test}` does not compile, and no mutant is the reason").into());
            }
            println!("    built alone, as they do not compile beside others: {broken:?}");
            wanted.retain(|(number, _)| !broken.contains(number));
        }
    }

    /// Writes the sources with mutants built in.
    fn build_in(&mut self, mutants: &[Numbered]) -> Result<BTreeMap<&'static str, Built>, Box<dyn Error>> {
        let mut built = BTreeMap::new();
        for (&file, source) in &self.sources {
            let of_file: Vec<Numbered> =
                mutants.iter().copied().filter(|(_, mutant)| mutant.file == file).collect();
            let of_file = Built::new(source, &of_file).map_err(|problem| format!("{file}: {problem}"))?;
            let module = if file == "lib.rs" { MODULE } else { "" };
            self.scratch.write(file, &format!("{}{module}", of_file.text))?;
            built.insert(file, of_file);
        }
        self.built_in = built.values().flat_map(Built::numbers).collect();
        Ok(built)
    }

    /// Builds the tests that mutants name, until one does not compile, which it gives.
    fn build_tests(&mut self, mutants: &[Numbered]) -> Result<Option<&'static str>, Box<dyn Error>> {
        for test in mutants.iter().map(|(_, mutant)| mutant.test).collect::<BTreeSet<_>>() {
            let Some(binary) = self.scratch.build(test)? else { return Ok(Some(test)) };
            self.tests.insert(test, binary);
        }
        Ok(None)
    }

    /// Sees that the tests pass as long as no mutant works, and says how long one may take.
    fn unchanged(&self) -> Result<Duration, Box<dyn Error>> {
        let mut longest = Duration::from_secs(20);
        for (test, binary) in &self.tests {
            let started = Instant::now();
            match self.scratch.test(test, binary, None, Duration::from_secs(1200))? {
                Ran::Passed => println!("    unchanged `{test}` passes {:>5.1?}", started.elapsed()),
                Ran::Failed | Ran::TimedOut => {
                    return Err(format!("the test `{test}` fails, and nothing is changed yet").into());
                }
            }
            longest = longest.max(started.elapsed());
        }
        Ok(longest * 4)
    }

    /// Tries a mutant that is built in.
    fn switch_on(&self, (number, mutant): Numbered, limit: Duration) -> Result<Outcome, Box<dyn Error>> {
        let binary = self.tests.get(mutant.test).ok_or("a test was not built")?;
        Ok(self.scratch.test(mutant.test, binary, Some(number), limit)?.into())
    }

    /// Writes the sources as they were.
    fn restore(&self) -> Result<(), Box<dyn Error>> {
        self.sources.iter().try_for_each(|(file, source)| self.scratch.write(file, source))
    }

    /// Tries a mutant with a build of its own.
    fn build_alone(&self, mutant: &Mutant, limit: Duration) -> Result<Outcome, Box<dyn Error>> {
        if !self.applies(mutant) {
            return Ok(Outcome::DoesNotApply);
        }
        let source = &self.sources[mutant.file];
        self.scratch.write(mutant.file, &source.replacen(mutant.find, mutant.replace, 1))?;
        let outcome = match self.scratch.build(mutant.test)? {
            Some(binary) => self.scratch.test(mutant.test, &binary, None, limit)?.into(),
            None => Outcome::DoesNotCompile,
        };
        self.scratch.write(mutant.file, source)?;
        Ok(outcome)
    }

    fn applies(&self, mutant: &Mutant) -> bool {
        self.sources[mutant.file].matches(mutant.find).count() == 1 && mutant.find != mutant.replace
    }
}
