//! Policies from files and folders.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use engine::policy::{self, Policy, Problems, SourceFile};
use engine::program::Program;

use crate::error::CliError;
use crate::policy_report::PolicyProblems;

/// The most bytes that a policy's file may have.
pub const MOST_FILE_BYTES: u64 = 4 << 20;

/// The most bytes that the files of one policy may have.
pub const MOST_FOLDER_BYTES: usize = 16 << 20;

/// The program of the versions at these paths, each a file or a folder.
///
/// # Errors
/// A path without a policy, and every problem of the policies.
pub fn program(paths: &[PathBuf]) -> Result<Program, CliError> {
    program_of(read_all(paths)?)
}

/// The program of these versions.
///
/// # Errors
/// Every problem that the versions have together.
pub fn program_of(mut policies: Vec<Policy>) -> Result<Program, CliError> {
    // The order in which a program counts its versions, and in which its problems name them.
    policies.sort_by_key(|policy| policy.in_force.from);
    let files: Vec<Vec<SourceFile>> = policies.iter().map(|policy| policy.files.clone()).collect();
    Program::new(policies)
        .map_err(|error| CliError::Policy(Box::new(PolicyProblems::of_versions(files, error.problems))))
}

/// The policies at these paths, in their order.
///
/// # Errors
/// A path without a policy, and every problem that the policies have each for itself.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Policy>, CliError> {
    let mut policies = Vec::new();
    let mut wrong = PolicyProblems::default();
    for path in paths {
        match read(path)? {
            Ok(policy) => policies.push(policy),
            Err(problems) => wrong.policies.push(problems),
        }
    }
    if wrong.policies.is_empty() { Ok(policies) } else { Err(CliError::Policy(Box::new(wrong))) }
}

/// The one policy at a path.
///
/// # Errors
/// A path without a policy, and every problem of the policy.
pub fn read_one(path: &Path) -> Result<Policy, CliError> {
    read(path)?.map_err(|problems| CliError::Policy(Box::new(PolicyProblems { policies: vec![problems] })))
}

/// The policy at a path, or its problems.
///
/// # Errors
/// A path without a policy, files that cannot be read, policies that build on each other in a circle.
pub fn read(path: &Path) -> Result<Result<Policy, Problems>, CliError> {
    packs(path).map(policy::read_packs)
}

/// The texts of the policy at a path, and before them those of what it builds on.
///
/// # Errors
/// As [`read`].
pub fn packs(path: &Path) -> Result<Vec<Vec<SourceFile>>, CliError> {
    let mut packs: Vec<Vec<SourceFile>> = Vec::new();
    let mut seen = Vec::new();
    let mut next = Some((path.to_owned(), String::new()));
    while let Some((path, at)) = next {
        let files = source_files(&path)?;
        let canonical = fs::canonicalize(&path).map_err(|source| read_error(&path, source))?;
        if seen.contains(&canonical) {
            return Err(CliError::ExtendsCircle { at, path });
        }
        seen.push(canonical);
        next = below(&files)?;
        packs.push(files);
    }
    packs.reverse();
    for pack in 1..packs.len() {
        let (below, above) = packs.split_at_mut(pack);
        let is_below = |file: &SourceFile| {
            below.iter().flatten().any(|other| policy::is_file(other, Path::new(&file.name)))
        };
        above[0].retain(|file| !is_below(file));
    }
    Ok(packs)
}

/// The path of the policy that these files build on, and where they say so.
fn below(files: &[SourceFile]) -> Result<Option<(PathBuf, String)>, CliError> {
    let Some((file, (below, at))) = files.iter().find_map(|file| Some((file, policy::extends(file)?))) else {
        return Ok(None);
    };
    let path = Path::new(&file.name).parent().unwrap_or(Path::new("")).join(below);
    if path.exists() { Ok(Some((path, at))) } else { Err(CliError::NoPolicyBelow { at, path }) }
}

/// The texts of the policy at a path.
fn source_files(path: &Path) -> Result<Vec<SourceFile>, CliError> {
    let mut total = 0;
    let mut files: Vec<SourceFile> = Vec::new();
    let mut paths = file_paths(path)?;
    paths.reverse();
    while let Some(next) = paths.pop() {
        let file = source_file(&next)?;
        total += file.text.len();
        if total > MOST_FOLDER_BYTES {
            return Err(CliError::FolderTooLarge(path.to_owned()));
        }
        files.push(file);
        if paths.is_empty() {
            paths = term_files(&files);
        }
    }
    Ok(files)
}

/// The files of terms that are named and not among these.
fn term_files(files: &[SourceFile]) -> Vec<PathBuf> {
    let mut named: Vec<PathBuf> = files.iter().flat_map(policy::term_files).collect();
    named.sort();
    named.dedup();
    let is_there = |path: &Path| files.iter().any(|file| policy::is_file(file, path));
    named.retain(|path| path.is_file() && !is_there(path));
    named
}

/// A text of a policy.
///
/// # Errors
/// A file that cannot be read, is too large or is no text.
pub fn source_file(path: &Path) -> Result<SourceFile, CliError> {
    let bytes = exchange::read_at_most(path, MOST_FILE_BYTES).map_err(|source| read_error(path, source))?;
    let bytes = bytes.ok_or_else(|| CliError::FileTooLarge(path.to_owned()))?;
    let text = String::from_utf8(bytes).map_err(|_| CliError::NotText(path.to_owned()))?;
    let text = text.strip_prefix('\u{feff}').map(String::from).unwrap_or(text);
    Ok(SourceFile { name: path.display().to_string(), text: text.into() })
}

/// The files of the policy at a path: itself, or all `*.toml` below it but hidden ones, sorted.
///
/// # Errors
/// A path without a policy, a folder that cannot be read.
pub fn file_paths(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let metadata = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => CliError::NoPolicy(path.to_owned()),
        _ => read_error(path, source),
    })?;
    if !metadata.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    gather(path, &mut files)?;
    files.sort();
    if files.is_empty() { Err(CliError::EmptyFolder(path.to_owned())) } else { Ok(files) }
}

/// Links to folders are not followed, so that none leads in a circle.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let fail = |source| read_error(folder, source);
    for entry in fs::read_dir(folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type().map_err(fail)?.is_dir() {
            gather(&path, files)?;
        } else if path.extension() == Some(OsStr::new("toml")) && path.is_file() {
            files.push(path);
        }
    }
    Ok(())
}

fn read_error(path: &Path, source: io::Error) -> CliError {
    CliError::Read { path: path.to_owned(), source }
}
