//! A PostgreSQL for tests: its own files, its own port, gone when the test program is.

use std::io::{BufRead, BufReader, Error, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

/// What to do where PostgreSQL is missing.
const MISSING: &str = "PostgreSQL is not installed, and these tests need it; run: apt-get install postgresql";

/// The user that owns every database.
const OWNER: &str = "wakeful";

/// The URL of a new, empty database, on a server that the tests of this program share.
///
/// # Panics
/// If PostgreSQL is not installed or does not start.
#[must_use]
#[expect(clippy::panic, reason = "a test cannot go on without its database")]
pub fn postgres_url() -> String {
    static SHARED: OnceLock<Result<Postgres, String>> = OnceLock::new();
    match SHARED.get_or_init(Postgres::start).as_ref().map_err(Clone::clone).and_then(Postgres::database) {
        Ok(url) => url,
        Err(why) => panic!("{why}"),
    }
}

/// A running server. It is stopped and its files are removed when this is dropped, or when the program ends in whatever
/// way: a shell watches over it until the pipe to this program breaks.
#[derive(Debug)]
pub struct Postgres {
    bin: PathBuf,
    folder: TempDir,
    port: u16,
    made: AtomicU32,
    running: Option<Running>,
    /// Whether a commit survives a crash of the machine; tests need not wait for that.
    durable: bool,
}

#[derive(Debug)]
struct Running {
    watch: Child,
    alive: Option<ChildStdin>,
}

impl Postgres {
    /// Starts a server that does not wait for the disk.
    ///
    /// # Errors
    /// Says what is missing, or why it does not start.
    pub fn start() -> Result<Self, String> {
        Self::begin(false)
    }

    /// Starts a server that waits for the disk, as in use: for what measures time.
    ///
    /// # Errors
    /// Says what is missing, or why it does not start.
    pub fn start_durable() -> Result<Self, String> {
        Self::begin(true)
    }

    fn begin(durable: bool) -> Result<Self, String> {
        let bin = binaries()?;
        let folder = tempfile::Builder::new().prefix("wakeful-postgres-").tempdir_in("/tmp").map_err(said)?;
        let mut postgres =
            Postgres { bin, folder, port: free_port()?, made: AtomicU32::new(0), running: None, durable };
        postgres.set_up()?;
        let mut started = postgres.resume();
        for _ in 0..4 {
            if started.is_ok() {
                break;
            }
            // Another program may have taken the port meanwhile.
            postgres.port = free_port()?;
            started = postgres.resume();
        }
        started.map(|()| postgres)
    }

    /// Makes an empty database, and says its URL.
    ///
    /// # Errors
    /// Says why it cannot be made.
    pub fn database(&self) -> Result<String, String> {
        self.made_from("template0")
    }

    /// Makes a copy of a database that nobody is connected to, and says its URL.
    ///
    /// # Errors
    /// Says why it cannot be made.
    pub fn copy(&self, url: &str) -> Result<String, String> {
        let (_, name) = url.rsplit_once('/').ok_or("a URL without a database")?;
        self.made_from(name)
    }

    fn made_from(&self, template: &str) -> Result<String, String> {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let mut command = self.program("createdb");
        command.args(["-h", "127.0.0.1", "-U", OWNER, "-T", template, "-p"]);
        run(command.arg(self.port.to_string()).arg(&name))?;
        Ok(self.url(OWNER, &name))
    }

    /// The URL of a database for a role.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }

    /// Stops the server as if its machine had failed; its files stay until it is dropped.
    pub fn stop(&mut self) {
        drop(self.running.take());
    }

    /// Starts the server again, on the same port and with the same files.
    ///
    /// # Errors
    /// Says why it does not start.
    pub fn resume(&mut self) -> Result<(), String> {
        let mut watch = self.watch()?;
        let alive = watch.stdin.take();
        let mut first = String::new();
        if let Some(out) = watch.stdout.take() {
            BufReader::new(out).read_line(&mut first).map_err(said)?;
        }
        self.running = Some(Running { watch, alive });
        if first.trim() == "ready" {
            return Ok(());
        }
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        Err(format!("PostgreSQL does not start: {log}"))
    }

    /// The shell that starts the server, says `ready`, and stops it once nothing can be read any more. It outlives the
    /// program where that is killed, and then removes the files too.
    fn watch(&self) -> Result<Child, String> {
        const SCRIPT: &str = r#"
            trap '' INT HUP TERM
            folder=$1 program=$2; shift 2
            "$@" >>"$folder/log" 2>&1 </dev/null & server=$!
            for _ in $(seq 300); do
                "$program/pg_isready" -q -h "$folder" -p "$PGPORT" && { echo ready; break; }
                kill -0 $server 2>/dev/null || break
                sleep 0.1
            done
            exec >/dev/null
            read -r stays
            kill -QUIT $server 2>/dev/null
            wait $server
            [ "$stays" = stays ] || rm -rf "$folder"
        "#;
        let (folder, data) = (self.folder.path(), self.data());
        let mut command = Command::new("sh");
        command.arg("-c").arg(SCRIPT).arg("sh").arg(folder).arg(&self.bin).args(self.unprivileged());
        command.arg(self.bin.join("postgres")).arg("-D").arg(data).arg("-k").arg(folder);
        command.args(["-h", "127.0.0.1", "-c", "max_connections=200"]);
        if !self.durable {
            command.args(["-c", "fsync=off", "-c", "full_page_writes=off"]);
        }
        command.env("PGPORT", self.port.to_string()).current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(said)
    }

    fn set_up(&self) -> Result<(), String> {
        if let Some(user) = other_user() {
            run(Command::new("chown").arg(user).arg(self.folder.path()))?;
        }
        let (data, kept) = (self.data(), kept_files(&self.bin));
        if kept.as_ref().is_some_and(|kept| copy(kept, &data).is_ok()) {
            return Ok(());
        }
        let _ = std::fs::remove_dir_all(&data);
        let mut initdb = self.program("initdb");
        initdb.args(["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-U", OWNER, "-D"]);
        run(initdb.arg(&data))?;
        // Where they cannot be kept the next test program makes them anew.
        kept.map_or(Ok(()), |kept| keep(&data, &kept).or(Ok(())))
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// One of PostgreSQL's programs, as a user that it accepts.
    fn program(&self, name: &str) -> Command {
        let program = self.bin.join(name).into_os_string();
        let mut words = self.unprivileged().into_iter().map(Into::into).chain([program]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).current_dir("/");
        command
    }

    /// PostgreSQL refuses to be started by root.
    fn unprivileged(&self) -> Vec<String> {
        let Some(user) = other_user() else { return Vec::new() };
        ["setpriv", &format!("--reuid={user}"), "--clear-groups"].map(str::to_owned).into()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut alive) = self.alive.take() {
            let _ = alive.write_all(b"stays\n");
        }
        let _ = self.watch.wait();
    }
}

/// The newest version's programs, where Debian, Fedora or a search path has them.
fn binaries() -> Result<PathBuf, String> {
    let holds = |folder: &Path| folder.join("postgres").is_file() && folder.join("initdb").is_file();
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut debian: Vec<(u32, PathBuf)> = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| holds(folder))
        .collect();
    debian.sort();
    let found = debian.pop().map(|(_, folder)| folder);
    let searched = || std::env::split_paths(&std::env::var_os("PATH")?).find(|folder| holds(folder));
    found.or_else(searched).ok_or_else(|| MISSING.to_owned())
}

/// Whom root starts PostgreSQL as; none for everybody else.
fn other_user() -> Option<&'static str> {
    static USER: OnceLock<Option<&'static str>> = OnceLock::new();
    let uid = |args: &[&str]| Command::new("id").arg("-u").args(args).stderr(Stdio::null()).output();
    let is_root = || uid(&[]).is_ok_and(|out| out.stdout == b"0\n");
    let there = |user: &&str| uid(&[user]).is_ok_and(|out| out.status.success());
    *USER.get_or_init(|| if is_root() { ["postgres", "nobody"].into_iter().find(there) } else { None })
}

/// Where the files of a new server are kept, so that each test program need not make them: beside the program.
fn kept_files(bin: &Path) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let version = bin.parent()?.file_name()?.to_str()?;
    Some(program.parent()?.parent()?.join(format!("postgres-{version}-for-tests")))
}

/// Keeps files all at once, for several programs may do so.
fn keep(data: &Path, kept: &Path) -> Result<(), String> {
    let parts = kept.with_extension(std::process::id().to_string());
    let done = copy(data, &parts).and_then(|()| std::fs::rename(&parts, kept).map_err(said));
    if done.is_err() {
        let _ = std::fs::remove_dir_all(&parts);
    }
    done
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    if from.is_dir() {
        run(Command::new("cp").arg("-a").arg(from).arg(to))
    } else {
        Err("not there".to_owned())
    }
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(said)?;
    Ok(listener.local_addr().map_err(said)?.port())
}

fn run(command: &mut Command) -> Result<(), String> {
    let Output { status, stderr, .. } = command.output().map_err(said)?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{command:?} fails: {}", String::from_utf8_lossy(&stderr)))
}

fn said(error: Error) -> String {
    error.to_string()
}
