//! Tasks of the workspace that need code: `cargo run -p xtask -- TASK`.

mod crash;
mod list;
mod mutants;
mod schemata;
mod scratch;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let result = match arguments.next().as_deref() {
        Some("crash") => crash::run(arguments.collect()),
        Some("mutants") => mutants::run(arguments.collect()),
        Some(other) => Err(format!("there is no task `{other}`; tasks: crash, mutants").into()),
        None => Err("no task is given; tasks: crash, mutants".into()),
    };
    result.unwrap_or_else(|problem| {
        eprintln!("xtask: {problem}");
        ExitCode::from(2)
    })
}
