//! `wakeful policy fmt`

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use engine::policy::{self, Problems};

use crate::Outcome;
use crate::args::PolicyFmtArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::policy_files;
use crate::policy_report::PolicyProblems;

/// Runs `wakeful policy fmt`. Nothing is changed if one of the files cannot be laid out.
///
/// # Errors
/// A file that cannot be read, laid out or written.
pub fn run(args: &PolicyFmtArgs) -> Result<Outcome, CliError> {
    let mut changed = Vec::new();
    let mut wrong = PolicyProblems::default();
    for path in &args.paths {
        for path in policy_files::file_paths(path)? {
            match laid_out(&path)? {
                Laid::Same => {}
                Laid::Otherwise(text) => changed.push((path, text)),
                Laid::Wrong(problems) => wrong.policies.push(problems),
            }
        }
    }
    if wrong.len() > 0 {
        return Err(CliError::Policy(Box::new(wrong)));
    }
    if args.check {
        list(changed.iter().map(|(path, _)| path))?;
        return Ok(Outcome::of_findings(!changed.is_empty()));
    }
    for (path, text) in &changed {
        Output::open(Some(path))?.write_with(|out| out.write_all(text.as_bytes()))?;
    }
    list(changed.iter().map(|(path, _)| path))?;
    Ok(Outcome::Done)
}

enum Laid {
    Same,
    Otherwise(String),
    Wrong(Problems),
}

fn laid_out(path: &Path) -> Result<Laid, CliError> {
    let file = policy_files::source_file(path)?;
    match policy::fmt(&file.text) {
        Ok(text) if *text == *file.text => Ok(Laid::Same),
        Ok(text) => Ok(Laid::Otherwise(text)),
        Err(problem) => Ok(Laid::Wrong(Problems { files: vec![file], problems: vec![problem] })),
    }
}

fn list<'p>(mut paths: impl Iterator<Item = &'p PathBuf>) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    paths.try_for_each(|path| writeln!(stdout, "{}", path.display())).map_err(CliError::Stdout)
}
