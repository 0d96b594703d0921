//! Events a second on one core, and memory an event beyond the log's columns. `throughput [EVENTS [RUNS [ONLY]]]`.

use std::alloc::System;
use std::error::Error;

use cap::Cap;
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::log::Log;
use engine::program::Program;
use wakeful_bench::load::{self, Guard, Triggers};
use wakeful_bench::machine;

/// What is done with the duties of a run.
#[derive(Clone, Copy)]
enum Wanted {
    /// Judged into columns; ids and steps would be made on demand.
    Columns,
    /// Every row with its id and ladder steps.
    Rows,
}

struct Figures {
    seconds: f64,
    duties: u64,
    bytes: usize,
}

#[global_allocator]
static ALLOCATED: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let events = arguments.next().map_or(Ok(10_000_000), |number| number.parse())?;
    let runs = arguments.next().map_or(Ok(5), |number| number.parse())?;
    let only = arguments.next().unwrap_or_default();
    println!("memory read: {:.1} GB/s", machine::read_bandwidth() / 1e9);
    println!("{events} events, median of {runs} runs; rows written once\n");
    println!("{:<42} {:>12} {:>10} {:>10} {:>10}", "", "M events/s", "ns/event", "M duties", "B/event");
    for triggers in [Triggers::Half, Triggers::OneInTwenty] {
        let log = load::log(events, triggers)?;
        let share = if triggers == Triggers::Half { "half triggers" } else { "one trigger in twenty" };
        let measure = |name: &str, guard, wanted, runs| -> Result<(), Box<dyn Error>> {
            let name = format!("{share}{name}");
            if !name.contains(&only) {
                return Ok(());
            }
            let figures = median(&load::program(guard)?, &log, wanted, runs)?;
            show(&name, events, &figures);
            Ok(())
        };
        measure("", Guard::None, Wanted::Columns, runs)?;
        measure(", a guard not lowered", Guard::NotLowered, Wanted::Columns, runs)?;
        measure(", all rows written", Guard::None, Wanted::Rows, 1)?;
    }
    Ok(())
}

fn median(program: &Program, log: &Log, wanted: Wanted, runs: usize) -> Result<Figures, Box<dyn Error>> {
    let all: Result<Vec<Figures>, _> = (0..runs.max(1)).map(|_| run(program, log, wanted)).collect();
    let mut all = all?;
    all.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    Ok(all.swap_remove(all.len() / 2))
}

fn run(program: &Program, log: &Log, wanted: Wanted) -> Result<Figures, Box<dyn Error>> {
    let allocated = ALLOCATED.allocated();
    let start = machine::core_seconds()?;
    let evaluation = evaluate(program, log, &Cut::default())?;
    if matches!(wanted, Wanted::Rows) {
        write_rows(&evaluation)?;
    }
    let seconds = machine::core_seconds()? - start;
    let bytes = ALLOCATED.allocated().saturating_sub(allocated);
    if machine::threads()? > 1 {
        return Err("the engine took more than one core: build with `--package wakeful-bench` alone".into());
    }
    Ok(Figures { seconds, duties: evaluation.counts().values().flatten().sum(), bytes })
}

/// Writes every row as a line of JSON into nothing.
fn write_rows(evaluation: &Evaluation<'_>) -> serde_json::Result<()> {
    evaluation.rows().try_for_each(|row| serde_json::to_writer(std::io::sink(), &row))
}

fn show(name: &str, events: usize, figures: &Figures) {
    let events = events as f64;
    println!(
        "{name:<42} {:>12.1} {:>10.1} {:>10.2} {:>10.1}",
        events / figures.seconds / 1e6,
        figures.seconds * 1e9 / events,
        figures.duties as f64 / 1e6,
        figures.bytes as f64 / events
    );
}
