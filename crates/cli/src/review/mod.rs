//! `wakeful review`: judge a record of events by a policy.

mod bars;
mod command;
mod html;
mod rows;
mod summary;
mod table;
pub mod words;
mod worst;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use engine::duty::{DutyRow, ReportCode, State};
use engine::evaluate::Evaluation;
use engine::policy::Severity;
use engine::program::Program;
use engine::time::Clock;

use crate::Outcome;
use crate::args::{ReviewArgs, ReviewFormat};
use crate::error::CliError;
use crate::input::Inputs;
use crate::output::{Output, refuse_one_file_for_two};
use crate::words::{plain, thousands};
use crate::{judging, policy_files};
use summary::{Changed, Counts, Summary};

/// Runs `wakeful review`.
///
/// # Errors
/// What cannot be read, judged or written.
pub fn run(args: &ReviewArgs) -> Result<Outcome, CliError> {
    refuse_later(args.format)?;
    refuse_one_file_for_two(&args.file_uses())?;
    let program = policy_files::program(&args.policy)?;
    let clock = judging::clock(&program)?;
    let cut = judging::cut(&args.cut, &clock)?;
    let out = Output::open(args.out.as_deref())?;
    let reports = args.reports.as_deref().map(|path| Output::open(Some(path))).transpose()?;
    let (log, rejected) = Inputs::of(&args.inputs, &args.input).read()?;
    let evaluation = judging::evaluate(&program, &log, &cut)?;
    let review = Review { args, program: &program, clock, evaluation: &evaluation, rejected };
    match out.write_with(|out| review.write(out)) {
        Err(error) if !error.is_broken_pipe() => return Err(error),
        _ => {}
    }
    if let Some(reports) = reports {
        reports.write_with(|out| rows::write_lines(review.evaluation.reports().into_iter(), out))?;
    }
    Ok(Outcome::of_findings(review.has_state(&args.fail_on)))
}

fn refuse_later(format: ReviewFormat) -> Result<(), CliError> {
    match format {
        ReviewFormat::Parquet | ReviewFormat::Pdf => Err(CliError::Later(format!(
            "`--format {}` comes later; until then write `html` for a page to read, `csv` or `jsonl` for the rows",
            format.word()
        ))),
        _ => Ok(()),
    }
}

/// A review that is done and is to be shown.
struct Review<'r> {
    args: &'r ReviewArgs,
    program: &'r Program,
    /// The clock of the last version, by which times are shown.
    clock: Clock,
    evaluation: &'r Evaluation<'r>,
    /// Bad rows of the input that were left out.
    rejected: u64,
}

impl Review<'_> {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let summary = Summary::of(self.evaluation, self.changes());
        match (self.args.format, self.args.summary) {
            (ReviewFormat::Table, _) => table::write(self, &summary, out),
            (ReviewFormat::Html, _) => html::write(self, &summary, out),
            (ReviewFormat::Json | ReviewFormat::Jsonl, true) => summary.write_json(out),
            (ReviewFormat::Csv, true) => summary.write_csv(out),
            (ReviewFormat::Json, false) => rows::write_document(&summary, self.evaluation, out),
            (ReviewFormat::Csv, false) => rows::write_csv(self.evaluation.rows(), out),
            (ReviewFormat::Jsonl | ReviewFormat::Parquet | ReviewFormat::Pdf, _) => {
                rows::write_lines(self.evaluation.rows(), out)
            }
        }
    }

    fn has_state(&self, states: &[State]) -> bool {
        let counts = self.evaluation.counts();
        states.iter().any(|&state| counts.values().any(|of_rule| of_rule[state as usize] > 0))
    }

    /// The policy's name and the versions that bind: `england 2026.1`.
    fn policy_name(&self) -> String {
        let last = self.program.last();
        let versions: Vec<&str> = if self.args.cut.ignore_in_force {
            last.into_iter().filter_map(|policy| policy.version.as_deref()).collect()
        } else {
            self.program.policies().filter_map(|policy| policy.version.as_deref()).collect()
        };
        let name = last.map_or("", |policy| policy.name.as_str());
        let alone = if self.args.cut.ignore_in_force { ", as if always in force" } else { "" };
        plain(&format!("{name} {}{alone}", versions.join(", "))).trim_end().to_owned()
    }

    /// The title that the last version with one gives a rule.
    fn title(&self, rule: &str) -> Option<&str> {
        let policies: Vec<_> = self.program.policies().collect();
        policies.into_iter().rev().find_map(|policy| policy.duties.get(rule)?.title.as_deref())
    }

    /// The rules of which a duty arose: first those with duties not met in time, by severity and how many.
    fn rules_worst_first<'s>(&self, summary: &'s Summary<'_>) -> Vec<(&'s str, &'s Counts)> {
        let with_any = summary.duties.iter().filter(|(_, counts)| counts.total() > 0);
        let mut rules: Vec<(&str, &Counts)> = with_any.map(|(rule, counts)| (*rule, counts)).collect();
        let shortfalls = |counts: &Counts| -> u64 {
            State::ALL.into_iter().filter(|state| state.is_shortfall()).map(|state| counts.of(state)).sum()
        };
        rules.sort_by_key(|(rule, counts)| match shortfalls(counts) {
            0 => (true, Reverse(Severity::default()), Reverse(0)),
            some => (false, Reverse(self.severity(rule)), Reverse(some)),
        });
        rules
    }

    /// The severity that the last version with the rule gives it.
    fn severity(&self, rule: &str) -> Severity {
        let policies: Vec<_> = self.program.policies().collect();
        let found = policies.into_iter().rev().find_map(|policy| policy.duties.get(rule));
        found.map_or_else(Severity::default, |rule| rule.severity)
    }

    fn title_and_name(&self, rule: &str) -> String {
        match self.title(rule) {
            Some(title) => plain(&format!("{title} ({})", self.named(rule))),
            None => plain(&self.named(rule)),
        }
    }

    /// The rule's name, and what the last version did with the rule of a pack below.
    fn named(&self, rule: &str) -> String {
        let changes = self.changes();
        let words = changes.iter().filter(|change| change.rule == rule).map(|change| change.words.as_str());
        std::iter::once(rule).chain(words).collect::<Vec<_>>().join(", ")
    }

    /// What the versions do with rules of packs below, each said once.
    fn changes(&self) -> Vec<Changed<'_>> {
        let policies: Vec<_> = self.program.policies().collect();
        let mut changes: Vec<Changed<'_>> = Vec::new();
        for policy in &policies {
            for (rule, change) in &policy.changes {
                let words = match policy.in_force.from.filter(|_| policies.len() > 1) {
                    Some(from) => format!("from {} {}", from.in_words(), change.words()),
                    None => change.words(),
                };
                changes.push(Changed { rule, off: change.is_off, words });
            }
        }
        changes
    }

    /// The rules of packs below that a version switches off, each with the reason.
    fn switched_off(&self) -> Vec<String> {
        let off = self.changes().into_iter().filter(|change| change.off);
        off.map(|change| plain(&format!("{}, {}", change.rule, change.words))).collect()
    }

    fn signal_counts(&self) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for signal in self.evaluation.signals() {
            *counts.entry(signal.signal).or_default() += 1;
        }
        counts
    }

    /// By when the record had to be known, where that is cut.
    fn known_by(&self) -> Option<String> {
        let known_by = self.args.cut.known_by.as_deref()?;
        self.clock.parse_local(known_by).ok().map(|known_by| self.clock.display_local(known_by))
    }

    /// What the record had that no duty could be judged by: bad rows, and what `evaluate` reports.
    fn left_out(&self) -> Vec<(&'static str, String)> {
        let mut left_out = Vec::new();
        if self.rejected > 0 {
            let rejects = self.args.input.rejects.as_deref().unwrap_or(Path::new(""));
            left_out
                .push(("Rows left out", format!("{}, in {}", thousands(self.rejected), rejects.display())));
        }
        let mut counts: BTreeMap<ReportCode, u64> = BTreeMap::new();
        for report in self.evaluation.reports() {
            *counts.entry(report.code).or_default() += 1;
        }
        if !counts.is_empty() {
            let each = counts.iter().map(|(code, count)| format!("{} {}", thousands(*count), code.word()));
            let each = each.collect::<Vec<_>>().join(", ");
            left_out.push(("Reports", format!("{each}; `--reports FILE` lists them")));
        }
        left_out
    }

    /// The command that lists every duty.
    fn listing_command(&self) -> String {
        command::listing(self.args)
    }

    /// The command that says why a duty stands where it stands.
    fn explaining_command(&self, row: &DutyRow) -> String {
        command::explaining(self.args, &row.duty, words::short_id(&row.id))
    }
}
