//! `wakeful policy explain`

use std::io::{self, Write};

use engine::evaluate::{DutyRef, Evaluation};
use engine::explain::{Explanation, explain};
use engine::policy::{self, Policy};
use engine::program::Program;
use engine::suggest::did_you_mean;
use engine::words::counted;

use crate::Outcome;
use crate::args::PolicyExplainArgs;
use crate::error::CliError;
use crate::input::Inputs;
use crate::output::{Output, refuse_one_file_for_two};
use crate::terminal::write_wrapped;
use crate::words::quoted;
use crate::{judging, policy_files};

/// So many digits of a duty's id at least are to be given.
const FEWEST_DIGITS: usize = 6;

/// Runs `wakeful policy explain`.
///
/// # Errors
/// A policy that cannot be read or has problems, a rule that no version has, a duty that does not arise.
pub fn run(args: &PolicyExplainArgs) -> Result<Outcome, CliError> {
    refuse_one_file_for_two(&args.file_uses())?;
    let program = policy_files::program(&args.policy)?;
    let policies: Vec<&Policy> = program.policies().collect();
    if !policies.iter().any(|policy| has(policy, &args.rule)) {
        return Err(no_rule(&policies, &args.rule));
    }
    match &args.duty {
        Some(duty) if args.log.is_empty() => return Err(no_log(args, duty)),
        Some(duty) => explain_duty(args, &program, duty)?,
        None => explain_rule(&policies, &args.rule)?,
    }
    Ok(Outcome::Done)
}

fn explain_rule(policies: &[&Policy], rule: &str) -> Result<(), CliError> {
    Output::open(None)?.write_with(|out| {
        let mut said = None;
        for policy in policies {
            let sentence = policy::sentence(policy, rule);
            if said.as_ref() != Some(&sentence) {
                write_sentence(policy, rule, sentence.as_deref(), policies.len() > 1, out)?;
            }
            said = Some(sentence);
        }
        Ok(())
    })
}

fn explain_duty(args: &PolicyExplainArgs, program: &Program, id: &str) -> Result<(), CliError> {
    let clock = judging::clock(program)?;
    let cut = judging::cut(&args.cut, &clock)?;
    let inputs = Inputs {
        paths: &args.log,
        mapping: args.mapping.as_deref(),
        rejects: args.rejects.as_deref(),
        source: args.source.as_deref(),
    };
    let (log, _) = inputs.read()?;
    let evaluation = judging::evaluate(program, &log, &cut)?;
    let explanation = explain(&evaluation, duty_of(&evaluation, &args.rule, id)?);
    Output::open(None)?.write_with(|out| write_explanation(&explanation, out))
}

/// The one duty of the rule whose id begins so.
fn duty_of(evaluation: &Evaluation<'_>, rule: &str, id: &str) -> Result<DutyRef, CliError> {
    if id.strip_prefix("duty:").unwrap_or(id).len() < FEWEST_DIGITS {
        return Err(CliError::ShortId(id.to_owned()));
    }
    let rule_of = |duty: DutyRef| evaluation.rule(duty).map_or("", |rule| rule.name.as_str());
    let found = evaluation.find(id);
    let of_rule: Vec<DutyRef> = found.iter().copied().filter(|&duty| rule_of(duty) == rule).collect();
    match (of_rule.as_slice(), found.first()) {
        ([duty], _) => Ok(*duty),
        ([], None) => Err(CliError::NoDuty(id.to_owned())),
        ([], Some(&other)) => {
            Err(CliError::OtherRule { duty: id.to_owned(), rule: rule_of(other).to_owned() })
        }
        (several, _) => Err(CliError::SeveralDuties {
            id: id.to_owned(),
            number: several.len(),
            rule: rule.to_owned(),
            some: several.iter().take(2).map(|&duty| format!("`{}`", evaluation.id(duty))).collect(),
        }),
    }
}

fn write_explanation(explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    write_wrapped(&explanation.heading, 0, out)?;
    let mut section = None;
    for line in &explanation.lines {
        if section != Some(line.section) {
            writeln!(out, "\n{}", line.section.title())?;
            section = Some(line.section);
        }
        write_wrapped(&line.text, 2 + 2 * usize::from(line.indent), out)?;
    }
    Ok(())
}

fn has(policy: &Policy, rule: &str) -> bool {
    let is_rule = policy.duties.contains_key(rule) || policy.signals.contains_key(rule);
    is_rule || policy.changes.contains_key(rule)
}

/// Each version that says something else than the one before is said with its date.
fn write_sentence(
    policy: &Policy,
    rule: &str,
    sentence: Option<&str>,
    is_one_of_several: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let change = policy.changes.get(rule).map(|change| format!("The rule is {}", change.words()));
    let sentence = match (sentence, change) {
        (Some(sentence), None) => sentence.to_owned(),
        (Some(sentence), Some(change)) => format!("{sentence} {change}"),
        (None, Some(change)) => change,
        (None, None) => String::from("There is no such rule."),
    };
    let text = match (is_one_of_several, policy.in_force.from) {
        (true, Some(from)) => format!("From {}: {sentence}", from.in_words()),
        _ => sentence,
    };
    write_wrapped(&text, 0, out)?;
    policy.settings_of(rule).iter().try_for_each(|setting| write_wrapped(&setting.words(), 2, out))
}

fn no_log(args: &PolicyExplainArgs, duty: &str) -> CliError {
    let policies: String =
        args.policy.iter().map(|path| format!(" --policy {}", quoted(path.as_os_str()))).collect();
    let (rule, duty) = (quoted(args.rule.as_ref()), quoted(duty.as_ref()));
    CliError::NoLog(format!("wakeful policy explain {rule}{policies} --log events.jsonl --duty {duty}"))
}

fn no_rule(policies: &[&Policy], rule: &str) -> CliError {
    let names = policies.iter().flat_map(|policy| policy.duties.keys().chain(policy.signals.keys()));
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let help = did_you_mean(rule, names.iter().copied()).unwrap_or_else(|| match names.len() {
        0 => String::from("it has no rules"),
        count => {
            let more = if count > 3 { ", …" } else { "" };
            let first = names[..count.min(3)].join("`, `");
            format!("it has {}: `{first}`{more}", counted(count as u64, "rule", "rules"))
        }
    });
    let policy = policies.last().map_or_else(String::new, |policy| policy.name.clone());
    CliError::NoRule { rule: rule.to_owned(), policy, help }
}
