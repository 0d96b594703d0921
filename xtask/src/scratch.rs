//! A copy of the engine to change.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

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
        cargo.args(["test", "--offline", "--no-run", "--package", "wakeful-engine"]);
        match test {
            "lib" => cargo.arg("--lib"),
            _ => cargo.args(["--test", test]),
        };
        cargo.current_dir(&self.folder).env("CARGO_TARGET_DIR", self.folder.join("target"));
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0").env("CARGO_TERM_COLOR", "never");
        let output = cargo.output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        fs::write(self.folder.join("build.log"), told.as_bytes())?;
        if !output.status.success() {
            return Ok(None);
        }
        let line = told.lines().rfind(|line| line.trim_start().starts_with("Executable"));
        let binary = line.and_then(|line| line.rsplit_once('(')).and_then(|(_, rest)| rest.strip_suffix(')'));
        Ok(Some(self.folder.join(binary.ok_or("cargo names no binary of the test")?)))
    }

    /// Runs a test, once for each seed if it makes cases.
    pub fn test(&self, test: &str, binary: &Path, limit: Duration) -> Result<Ran, Box<dyn Error>> {
        let seeds = if test == "agreement" { &SEEDS[..] } else { &SEEDS[..1] };
        let ends = Instant::now() + limit;
        for seed in seeds {
            let mut child = Command::new(binary)
                .current_dir(self.folder.join("crates/engine"))
                .env("WAKEFUL_SEED", seed)
                .env("WAKEFUL_CASES", CASES)
                .env("WAKEFUL_NO_SHRINK", "1")
                .stdin(Stdio::null())
                .stdout(fs::File::create(self.folder.join("test.log"))?)
                .stderr(Stdio::null())
                .spawn()?;
            match wait(&mut child, ends)? {
                Ran::Passed => {}
                other => return Ok(other),
            }
        }
        Ok(Ran::Passed)
    }
}

fn wait(child: &mut Child, ends: Instant) -> Result<Ran, Box<dyn Error>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(if status.success() { Ran::Passed } else { Ran::Failed });
        }
        if Instant::now() > ends {
            child.kill()?;
            child.wait()?;
            return Ok(Ran::TimedOut);
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
