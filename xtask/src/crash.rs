//! `cargo run -p xtask -- crash`: kills the server at each of its writes, and sees that nothing is lost or doubled.

use std::error::Error;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Instant;

use test_support::crash::{self, Plan};

const USAGE: &str = "usage: crash [--database sqlite|postgres] [--rounds N] [--seed S] [--every K]";

/// The root of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Runs the rounds that the arguments ask for.
pub fn run(arguments: Vec<String>) -> Result<ExitCode, Box<dyn Error>> {
    let plan = plan(arguments)?;
    let started = Instant::now();
    println!("seed {}", plan.seed);
    let report = crash::run(&plan, &mut |line| println!("{:>6.1?}  {line}", started.elapsed()));
    match report {
        Ok(report) => {
            println!(
                "{} rounds hold; in {} of them the server was killed at a write, {} of these in turn",
                report.rounds, report.killed, report.turns
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            println!("{why}\nseed {}", plan.seed);
            Ok(ExitCode::FAILURE)
        }
    }
}

fn plan(arguments: Vec<String>) -> Result<Plan, Box<dyn Error>> {
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?.as_secs();
    let policy = test_support::POLICY_FILE.into();
    let mut plan = Plan { program: PathBuf::new(), policy, is_postgres: false, every: 1, rounds: 200, seed };
    let mut arguments = arguments.into_iter();
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match (option.as_str(), value.as_str()) {
            ("--database", "sqlite" | "postgres") => plan.is_postgres = value == "postgres",
            ("--rounds", _) => plan.rounds = value.parse().map_err(|_| USAGE)?,
            ("--seed", _) => plan.seed = value.parse().map_err(|_| USAGE)?,
            ("--every", _) => plan.every = value.parse().map_err(|_| USAGE)?,
            _ => return Err(USAGE.into()),
        }
    }
    plan.program = built()?;
    Ok(plan)
}

/// Builds the server, and says where it is.
fn built() -> Result<PathBuf, Box<dyn Error>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // As this program was built, so that it comes to lie beside it.
    let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
    let built = Command::new(cargo)
        .args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "wakeful-cli",
            "--bin",
            "wakeful",
            "--profile",
            profile,
        ])
        .current_dir(ROOT)
        .status()?;
    if !built.success() {
        return Err("the server does not compile".into());
    }
    let beside = std::env::current_exe()?;
    Ok(beside.with_file_name("wakeful"))
}
