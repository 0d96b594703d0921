//! `wakeful policy explain`

use std::io::{self, Write};

use engine::policy::{self, Policy};

use crate::Outcome;
use crate::args::PolicyExplainArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::{policy_files, terminal};

/// Runs `wakeful policy explain`.
///
/// # Errors
/// A policy that cannot be read or has problems, a rule that no version has.
pub fn run(args: &PolicyExplainArgs) -> Result<Outcome, CliError> {
    let program = policy_files::program(&args.policy)?;
    let policies: Vec<&Policy> = program.policies().collect();
    if !policies.iter().any(|policy| has(policy, &args.rule)) {
        return Err(no_rule(&policies, &args.rule));
    }
    Output::open(None)?.write_with(|out| {
        let mut said = None;
        for policy in &policies {
            let sentence = policy::sentence(policy, &args.rule);
            if sentence != said {
                write_sentence(policy, sentence.as_deref(), policies.len() > 1, out)?;
            }
            said = sentence;
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

fn has(policy: &Policy, rule: &str) -> bool {
    policy.duties.contains_key(rule) || policy.signals.contains_key(rule)
}

/// Each version that says something else than the one before is said with its date.
fn write_sentence(
    policy: &Policy,
    sentence: Option<&str>,
    is_one_of_several: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let sentence = sentence.unwrap_or("There is no such rule.");
    let text = match (is_one_of_several, policy.in_force.from) {
        (true, Some(from)) => format!("From {}: {sentence}", from.in_words()),
        _ => sentence.to_owned(),
    };
    textwrap::wrap(&text, usize::from(terminal::width())).iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn no_rule(policies: &[&Policy], rule: &str) -> CliError {
    let names = policies.iter().flat_map(|policy| policy.duties.keys().chain(policy.signals.keys()));
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let nearest = names
        .iter()
        .map(|name| (strsim::jaro_winkler(name, rule), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let help = match nearest {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!("it has {}", names.join(", ")),
    };
    let policy = policies.last().map_or_else(String::new, |policy| policy.name.clone());
    CliError::NoRule { rule: rule.to_owned(), policy, help }
}
