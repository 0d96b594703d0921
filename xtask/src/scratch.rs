//! A copy of the engine to change.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::schemata::SWITCH;

/// Cases are made from these, so that each run tries the same.
const SEEDS: [&str; 3] = ["1", "2", "3"];
/// How many are made from each.
const CASES: &str = "500";

/// What the engine's tests read beside it.
const READ_BY_TESTS: [&str; 3] = ["docs", "examples", "policies"];

/// A workspace that has the engine alone, in the target folder.
pub struct Scratch {
    folder: PathBuf,
}

/// What came of running a test.
pub enum Ran {
    Passed,
    Failed,
    TimedOut,
}

impl Scratch {
    /// A fresh copy. What was built of an earlier one stays.
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask stands in no workspace")?;
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let folder = std::path::absolute(target)?.join("mutants");
        for name in READ_BY_TESTS.into_iter().chain(["crates/engine"]) {
            let copied = folder.join(name);
            if copied.exists() {
                fs::remove_dir_all(&copied)?;
            }
            copy(&root.join(name), &copied)?;
        }
        for name in ["Cargo.lock", "README.md"] {
            fs::copy(root.join(name), folder.join(name))?;
        }
        let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
        let lines = manifest.lines().map(|line| match line.starts_with("members") {
            true => "members = [\"crates/engine\"]\n".to_owned(),
            false => format!("{line}\n"),
        });
        fs::write(folder.join("Cargo.toml"), lines.collect::<String>())?;
        Ok(Self { folder })
    }

    fn source(&self, file: &str) -> PathBuf {
        self.folder.join("crates/engine/src").join(file)
    }

    /// The text of a file of the engine's sources.
    pub fn read(&self, file: &str) -> Result<String, Box<dyn Error>> {
        fs::read_to_string(self.source(file)).map_err(|problem| format!("{file}: {problem}").into())
    }

    /// Writes a file of the engine's sources.
    pub fn write(&self, file: &str, text: &str) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(self.source(file), text)?)
    }

    /// Builds a test, `lib` being those among the sources, and gives its binary; none where it does not compile.
    pub fn build(&self, test: &str) -> Result<Option<PathBuf>, Box<dyn Error>> {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args([
            "test",
            "--offline",
            "--no-run",
            "--package",
            "wakeful-engine",
            "--message-format",
            "short",
        ]);
        match test {
            "lib" => cargo.arg("--lib"),
            _ => cargo.args(["--test", test]),
        };
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("target"));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TERM_COLOR", "never");
        let output = cargo.output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        fs::write(self.build_log(), told.as_bytes())?;
        match output.status.code() {
            Some(0) => {}
            Some(_) => return Ok(None),
            None => return Err("cargo was stopped while it built".into()),
        }
        let line = told.lines().rfind(|line| line.trim_start().starts_with("Executable"));
        let binary = line.and_then(|line| line.rsplit_once('(')).and_then(|(_, rest)| rest.strip_suffix(')'));
        Ok(Some(self.folder.join(binary.ok_or("cargo names no binary of the test")?)))
    }

    /// Where in the engine's sources the last build failed: files and lines.
    pub fn errors(&self) -> Result<Vec<(String, usize)>, Box<dyn Error>> {
        Ok(fs::read_to_string(self.build_log())?.lines().filter_map(error).collect())
    }

    fn build_log(&self) -> PathBuf {
        self.folder.join("build.log")
    }

    /// Runs a test, once for each seed if it makes cases, with the mutant of a number if one is to work.
    pub fn test(
        &self,
        test: &str,
        binary: &Path,
        mutant: Option<usize>,
        limit: Duration,
    ) -> Result<Ran, Box<dyn Error>> {
        let seeds = if test == "agreement" { &SEEDS[..] } else { &SEEDS[..1] };
        let ends = Instant::now() + limit;
        let log = self.folder.join("test.log");
        for seed in seeds {
            let mut child = Command::new(binary)
                .current_dir(self.folder.join("crates/engine"))
                .env("WAKEFUL_SEED", seed)
                .env("WAKEFUL_CASES", CASES)
                .env("WAKEFUL_NO_SHRINK", "1")
                .env(SWITCH, mutant.map(|number| number.to_string()).unwrap_or_default())
                .stdin(Stdio::null())
                .stdout(fs::File::create(&log)?)
                .stderr(Stdio::null())
                .spawn()?;
            match wait(&mut child, &log, ends)? {
                Ran::Passed => {}
                other => return Ok(other),
            }
        }
        Ok(Ran::Passed)
    }
}

/// The file and line that a line of the compiler's calls an error.
fn error(line: &str) -> Option<(String, usize)> {
    let mut parts = line.strip_prefix("crates/engine/src/")?.splitn(4, ':');
    let (file, line, _) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    parts.next()?.starts_with(" error").then(|| (file.to_owned(), line))
}

/// Waits for a test's binary, but for no more of it once one of its functions has failed.
fn wait(child: &mut Child, log: &Path, ends: Instant) -> Result<Ran, Box<dyn Error>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ran::Passed } else { Ran::Failed });
        }
        let told = fs::read(log)?;
        let has_failed = String::from_utf8_lossy(&told).lines().any(|line| line.ends_with("... FAILED"));
        if has_failed || Instant::now() > ends {
            child.kill()?;
            child.wait()?;
            return Ok(if has_failed { Ran::Failed } else { Ran::TimedOut });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::error;

    #[test]
    fn errors_have_their_places() {
        let told = "crates/engine/src/time/clock.rs:12:5: error[E0308]: mismatched types: expected `u8`";
        assert_eq!(error(told), Some(("time/clock.rs".to_owned(), 12)));
        assert_eq!(error("crates/engine/src/log.rs:7:1: warning: unused variable: `x`"), None);
        assert_eq!(error("error: could not compile `wakeful-engine` (lib) due to 1 previous error"), None);
    }
}
