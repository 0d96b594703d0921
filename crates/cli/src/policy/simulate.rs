//! `wakeful policy simulate`

use engine::policy::Policy;
use engine::program::Program;
use engine::time::Date;

use super::compared::Compared;
use super::name_and_version;
use crate::Outcome;
use crate::args::{PolicySimulateArgs, SimulateFormat};
use crate::error::CliError;
use crate::input::Inputs;
use crate::judging::{self, Judge};
use crate::live::args::DataArgs;
use crate::live::live_record;
use crate::output::{Output, refuse_one_file_for_two};
use crate::policy_files;

/// Runs `wakeful policy simulate`.
///
/// # Errors
/// A policy that cannot be read or has problems, or does not follow what is in force; a record that cannot be read or
/// judged; an output that cannot be written.
pub fn run(args: &PolicySimulateArgs) -> Result<Outcome, CliError> {
    refuse_one_file_for_two(&args.file_uses())?;
    let (old, live) = if args.log.is_empty() {
        let data = DataArgs { data: args.data.clone(), database: args.database.clone() };
        let (policies, log) = live_record(&data)?;
        (policies, Some(log))
    } else {
        (policy_files::read_all(&args.policy)?, None)
    };
    let new = policy_files::read_one(&args.new)?;
    let before = policy_files::program_of(old.clone())?;
    let trial = Trial::new(&before, old, new, args.ignore_in_force)?;
    let clock = judging::clock(&trial.program)?;
    let cut = judging::cut(&args.cut(), &clock)?;
    let out = Output::open(args.out.as_deref())?;
    let log = match live {
        Some(log) => log,
        None => Inputs::of(&args.log, &args.input).read()?.0,
    };
    let cut_after = engine::evaluate::Cut { ignore_in_force: args.ignore_in_force, ..cut };
    let after = Judge { program: &trial.program, cut: cut_after };
    judging::compared(Judge { program: &before, cut }, after, &log, |comparison| {
        let known_by = cut.known_by;
        let compared = Compared { comparison, clock, known_by, everything: "`--format jsonl`" };
        out.write_with(|out| match args.format {
            SimulateFormat::Table => compared.write_text(&trial.heading, out),
            SimulateFormat::Json => compared.write_json(out).and_then(|()| out.write_all(b"\n")),
            SimulateFormat::Jsonl => compared.write_lines(out),
        })
    })??;
    Ok(Outcome::Done)
}

/// What is judged by when a policy is tried.
struct Trial {
    program: Program,
    /// Which policies are compared, and from when on they differ.
    heading: String,
}

impl Trial {
    /// The new policy behind those in force, where it has a date; else, or if told to, the new one alone.
    fn new(before: &Program, old: Vec<Policy>, new: Policy, is_alone: bool) -> Result<Self, CliError> {
        let in_force: Vec<String> = before.policies().map(name_and_version).collect();
        let names = format!("{}, and {}", in_force.join(", "), name_and_version(&new));
        match new.in_force.from.filter(|_| !is_alone) {
            None => {
                let heading = if is_alone { "as if always in force" } else { "alone" };
                let program = policy_files::program_of(vec![new])?;
                Ok(Self { program, heading: format!("{names} {heading}") })
            }
            Some(from) => {
                let versions = followed(old, new, from)?;
                let heading = format!("{names} from {} on", from.in_words());
                Ok(Self { program: policy_files::program_of(versions)?, heading })
            }
        }
    }
}

/// The versions in force, and behind them the new one.
fn followed(mut old: Vec<Policy>, new: Policy, from: Date) -> Result<Vec<Policy>, CliError> {
    if let Some(last) =
        old.iter().filter_map(|policy| policy.in_force.from).max().filter(|last| *last >= from)
    {
        let at = new.place.show(&new.files);
        return Err(CliError::NotAfter { at, from: from.in_words(), last: last.in_words() });
    }
    if let [only] = old.as_mut_slice() {
        // A policy without a date is in force from the first; as one of several it has to say so.
        only.in_force.from = only.in_force.from.or(Some(Date::MIN));
    }
    old.push(new);
    Ok(old)
}
