//! `wakeful policy doc`: the manual of a policy.

mod example;
mod html;
mod ladder;
mod manual;
mod markdown;
mod time_line;

use engine::policy::Policy;

use crate::Outcome;
use crate::args::{DocFormat, PolicyDocArgs};
use crate::error::CliError;
use crate::output::{Output, refuse_one_file_for_two};
use crate::policy_files;
use manual::Manual;

/// Runs `wakeful policy doc`.
///
/// # Errors
/// A policy that cannot be read or has problems, a file that cannot be written.
pub fn run(args: &PolicyDocArgs) -> Result<Outcome, CliError> {
    refuse_one_file_for_two(&args.file_uses())?;
    let policies = policy_files::read_all(&args.paths)?;
    let manuals = manuals(&policies);
    Output::open(args.out.as_deref())?.write_with(|out| match args.format {
        DocFormat::Markdown => markdown::write(&manuals, out),
        DocFormat::Html => html::write(&manuals, out),
    })?;
    Ok(Outcome::Done)
}

/// A manual for each policy; the anchors of the second and later ones begin with their number.
fn manuals(policies: &[Policy]) -> Vec<Manual> {
    let prefix = |number: usize| if number == 0 { String::new() } else { format!("{}-", number + 1) };
    policies.iter().enumerate().map(|(number, policy)| Manual::of(policy, &prefix(number))).collect()
}
