//! Events a second on one core, and memory an event beyond the log's columns. `throughput [EVENTS [RUNS [ONLY]]]`.

use std::alloc::System;
use std::error::Error;

use cap::Cap;
use engine::duty::State;
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::log::Log;
use engine::program::Program;
use wakeful_bench::bare;
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

/// Who judges.
#[derive(Clone, Copy)]
enum Judge<'p> {
    Engine(&'p Program, Wanted),
    BareLoop,
}

struct Figures {
    seconds: f64,
    /// Met, met late, and open.
    duties: [u64; 3],
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
    println!(
        "{:<48} {:>12} {:>10} {:>10} {:>10} {:>10}",
        "", "M events/s", "ns/event", "M duties", "B/event", "of bare"
    );
    for triggers in [Triggers::Half, Triggers::OneInTwenty] {
        let log = load::log(events, triggers)?;
        let share = if triggers == Triggers::Half { "half triggers" } else { "one trigger in twenty" };
        let variants = [
            ("", Guard::None, Wanted::Columns, runs),
            (", a guard not lowered", Guard::NotLowered, Wanted::Columns, runs),
            (", all rows written", Guard::None, Wanted::Rows, 1),
        ];
        for (name, guard, wanted, runs) in variants {
            let name = format!("{share}{name}");
            if !name.contains(&only) {
                continue;
            }
            let program = load::program(guard)?;
            let (bare, figures) = medians(Judge::Engine(&program, wanted), &log, runs)?;
            show(&format!("{share}, the bare loop beside it"), events, &bare, bare.seconds);
            show(&name, events, &figures, bare.seconds);
            if figures.duties != bare.duties {
                return Err(format!("{name}: {:?}, the bare loop {:?}", figures.duties, bare.duties).into());
            }
        }
    }
    Ok(())
}

/// The median of the bare loop, and that of a judge beside it: one run of each in turn, so that a machine which others slow
/// down slows both.
fn medians(judge: Judge<'_>, log: &Log, runs: usize) -> Result<(Figures, Figures), Box<dyn Error>> {
    let (mut bare, mut judged) = (Vec::new(), Vec::new());
    for _ in 0..runs.max(1) {
        bare.push(run(Judge::BareLoop, log)?);
        judged.push(run(judge, log)?);
    }
    Ok((median(bare), median(judged)))
}

/// The figures of the run in the middle, by time; of an even number, the later of the two.
fn median(mut runs: Vec<Figures>) -> Figures {
    runs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
    runs.swap_remove(runs.len() / 2)
}

fn run(judge: Judge<'_>, log: &Log) -> Result<Figures, Box<dyn Error>> {
    let allocated = ALLOCATED.allocated();
    let start = machine::core_seconds()?;
    let measured = || -> std::io::Result<(f64, usize)> {
        let seconds = machine::core_seconds()? - start;
        Ok((seconds, ALLOCATED.allocated().saturating_sub(allocated)))
    };
    match judge {
        Judge::BareLoop => {
            let duties = bare::judge(log);
            let (seconds, bytes) = measured()?;
            Ok(Figures { seconds, duties: bare::counts(&duties), bytes })
        }
        Judge::Engine(program, wanted) => {
            let evaluation = evaluate(program, log, &Cut::default())?;
            if matches!(wanted, Wanted::Rows) {
                write_rows(&evaluation)?;
            }
            let (seconds, bytes) = measured()?;
            if machine::threads()? > 1 {
                return Err(
                    "the engine took more than one core: build with `--package wakeful-bench` alone".into()
                );
            }
            Ok(Figures { seconds, duties: counts(&evaluation), bytes })
        }
    }
}

/// How many duties were met, met late, and are open.
fn counts(evaluation: &Evaluation<'_>) -> [u64; 3] {
    let mut counts = [0; 3];
    for of_rule in evaluation.counts().values() {
        for (state, count) in State::ALL.iter().zip(of_rule) {
            let place = match state {
                State::Met => 0,
                State::MetLate => 1,
                _ => 2,
            };
            counts[place] += count;
        }
    }
    counts
}

/// Writes every row as a line of JSON into nothing.
fn write_rows(evaluation: &Evaluation<'_>) -> serde_json::Result<()> {
    evaluation.rows().try_for_each(|row| serde_json::to_writer(std::io::sink(), &row))
}

fn show(name: &str, events: usize, figures: &Figures, bare_seconds: f64) {
    let events = events as f64;
    println!(
        "{name:<48} {:>12.1} {:>10.1} {:>10.2} {:>10.1} {:>10.2}",
        events / figures.seconds / 1e6,
        figures.seconds * 1e9 / events,
        figures.duties.iter().sum::<u64>() as f64 / 1e6,
        figures.bytes as f64 / events,
        bare_seconds / figures.seconds
    );
}
