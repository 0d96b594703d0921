//! Tasks of the workspace that need code: `cargo run -p xtask -- TASK`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let task = std::env::args().nth(1);
    match task.as_deref() {
        Some("mutants") => mutants(),
        Some(other) => usage(&format!("there is no task `{other}`")),
        None => usage("no task is given"),
    }
}

/// Changes the engine in small ways, one at a time, and runs the tests on each.
fn mutants() -> ExitCode {
    usage("`mutants` has nothing to change yet")
}

fn usage(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}; tasks: mutants");
    ExitCode::from(2)
}
