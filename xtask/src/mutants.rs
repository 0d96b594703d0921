//! `mutants`: changes the engine in small ways, one at a time, and sees the tests notice.

use std::error::Error;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::list::{MUTANTS, Mutant};
use crate::scratch::{Ran, Scratch};

const USAGE: &str = "usage: mutants [--only PART-OF-NAME]... [--from N] [--to N]";

/// Which mutants are tried.
struct Chosen {
    /// Parts of names, any of them; none where all are.
    only: Vec<String>,
    from: usize,
    to: usize,
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

/// Tries the mutants that the arguments choose.
pub fn run(arguments: Vec<String>) -> Result<ExitCode, Box<dyn Error>> {
    let chosen = Chosen::new(arguments)?;
    let mutants: Vec<(usize, &Mutant)> =
        (1..).zip(MUTANTS).filter(|(number, mutant)| chosen.has(*number, mutant)).collect();
    let scratch = Scratch::new()?;
    let limit = unchanged(&scratch, &mutants)?;
    let mut failed = Vec::new();
    for (number, mutant) in &mutants {
        let started = Instant::now();
        let outcome = attempt(&scratch, mutant, limit)?;
        println!("{number:>3} {:<24} {:>5.1?}  {}", outcome.word(), started.elapsed(), mutant.name);
        if !outcome.is_caught() {
            failed.push(format!("{number} {}: {}", outcome.word(), mutant.name));
        }
    }
    failed.iter().for_each(|failed| println!("failed: {failed}"));
    println!("{} passed, {} failed", mutants.len() - failed.len(), failed.len());
    Ok(ExitCode::from(u8::from(!failed.is_empty())))
}

/// Sees that the tests pass as long as nothing is changed, and says how long one may take.
fn unchanged(scratch: &Scratch, mutants: &[(usize, &Mutant)]) -> Result<Duration, Box<dyn Error>> {
    let mut tests: Vec<&str> = mutants.iter().map(|(_, mutant)| mutant.test).collect();
    tests.sort_unstable();
    tests.dedup();
    let mut longest = Duration::from_secs(20);
    for test in tests {
        let Some(binary) = scratch.build(test)? else {
            return Err(format!("the test `{test}` does not compile, and nothing is changed yet").into());
        };
        let started = Instant::now();
        match scratch.test(test, &binary, Duration::from_secs(1200))? {
            Ran::Passed => println!("    unchanged `{test}` passes {:>5.1?}", started.elapsed()),
            Ran::Failed | Ran::TimedOut => {
                return Err(format!("the test `{test}` fails, and nothing is changed yet").into());
            }
        }
        longest = longest.max(started.elapsed());
    }
    Ok(longest * 4)
}

fn attempt(scratch: &Scratch, mutant: &Mutant, limit: Duration) -> Result<Outcome, Box<dyn Error>> {
    let written = scratch.read(mutant.file)?;
    if written.matches(mutant.find).count() != 1 || mutant.find == mutant.replace {
        return Ok(Outcome::DoesNotApply);
    }
    scratch.write(mutant.file, &written.replacen(mutant.find, mutant.replace, 1))?;
    let outcome = match scratch.build(mutant.test) {
        Ok(Some(binary)) => scratch.test(mutant.test, &binary, limit).map(|ran| match ran {
            Ran::Passed => Outcome::Survived,
            Ran::Failed => Outcome::Caught,
            Ran::TimedOut => Outcome::TimedOut,
        }),
        Ok(None) => Ok(Outcome::DoesNotCompile),
        Err(problem) => Err(problem),
    };
    scratch.write(mutant.file, &written)?;
    outcome
}
