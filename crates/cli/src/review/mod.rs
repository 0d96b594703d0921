//! `wakeful review`: judge a record of events by a policy.

mod summary;
mod table;

use std::io::Write;

use engine::duty::State;
use engine::evaluate::{self, Cut, Evaluation};
use engine::program::Program;
use engine::time::{Clock, Instant};

use crate::Outcome;
use crate::args::{ReviewArgs, ReviewFormat};
use crate::error::CliError;
use crate::input::Inputs;
use crate::output::Output;
use crate::{policy_files, terminal};
use summary::Summary;

/// Runs `wakeful review`.
///
/// # Errors
/// What cannot be read, judged or written.
pub fn run(args: &ReviewArgs) -> Result<Outcome, CliError> {
    refuse_later(args.format)?;
    let program = policy_files::program(&args.policy)?;
    let cut = cut(args, &program)?;
    let out = Output::open(args.out.as_deref())?;
    let inputs = Inputs {
        paths: &args.inputs,
        mapping: args.mapping.as_deref(),
        rejects: args.rejects.as_deref(),
        source: args.source.as_deref(),
    };
    let log = inputs.read()?;
    let spinner = terminal::spinner(format!("judging {} events", log.len()));
    let evaluated = evaluate::evaluate(&program, &log, &cut);
    spinner.finish_and_clear();
    let review = Review { args, program: &program, evaluation: &evaluated? };
    match out.write_with(|out| review.write(out)) {
        Err(error) if !error.is_broken_pipe() => return Err(error),
        _ => {}
    }
    review.write_reports()?;
    Ok(Outcome::of_findings(review.has_state(&args.fail_on)))
}

fn refuse_later(format: ReviewFormat) -> Result<(), CliError> {
    match format {
        ReviewFormat::Parquet | ReviewFormat::Pdf => Err(CliError::Later(format!(
            "`--format {}` comes later; until then write `--format html` for a page, or `csv` or `jsonl` for the rows",
            format.word()
        ))),
        _ => Ok(()),
    }
}

fn cut(args: &ReviewArgs, program: &Program) -> Result<Cut, CliError> {
    let instant = |option: &'static str, text: &Option<String>| -> Result<Option<Instant>, CliError> {
        let (Some(text), Some(policy)) = (text, program.last()) else { return Ok(None) };
        let clock = Clock::new(policy.zone.clone(), policy.calendar);
        clock.parse_local(text).map(Some).map_err(|source| CliError::Time { option, source })
    };
    Ok(Cut {
        as_of: instant("as-of", &args.as_of)?,
        known_by: instant("known-by", &args.known_by)?,
        ignore_in_force: args.ignore_in_force,
    })
}

/// A review that is done and is to be shown.
struct Review<'r> {
    args: &'r ReviewArgs,
    program: &'r Program,
    evaluation: &'r Evaluation<'r>,
}

impl Review<'_> {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let summary = Summary::of(self.evaluation);
        match (self.args.format, self.args.summary) {
            (ReviewFormat::Json | ReviewFormat::Jsonl, true) => summary.write_json(out),
            (ReviewFormat::Table, _) => table::write(self, &summary, out),
            _ => self.write_rows(out),
        }
    }

    fn write_rows(&self, out: &mut dyn Write) -> std::io::Result<()> {
        for row in self.evaluation.rows() {
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn write_reports(&self) -> Result<(), CliError> {
        let Some(path) = self.args.reports.as_deref() else { return Ok(()) };
        Output::open(Some(path))?.write_with(|out| {
            for report in self.evaluation.reports() {
                serde_json::to_writer(&mut *out, &report)?;
                out.write_all(b"\n")?;
            }
            Ok(())
        })
    }

    fn has_state(&self, states: &[State]) -> bool {
        let counts = self.evaluation.counts();
        states.iter().any(|&state| counts.values().any(|of_rule| of_rule[state as usize] > 0))
    }
}
