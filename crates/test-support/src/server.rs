//! A server of Wakeful as a process of its own, and what a client and a command line ask of it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where servers keep everything, and by which binary and policy they run.
#[derive(Clone, Debug)]
pub struct Site {
    /// The binary `wakeful`.
    pub program: PathBuf,
    /// The policy.
    pub policy: PathBuf,
    /// The folder.
    pub data: PathBuf,
    /// The URL of a database of PostgreSQL; none for SQLite in the folder.
    pub database: Option<String>,
}

impl Site {
    /// Where the log of its servers goes, once they listen: beside the folder.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// What a command prints, run on this site.
    ///
    /// # Errors
    /// It does not end well; says what it said.
    pub fn run(&self, words: &[&str]) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        printed(self.place(command.args(words)))
    }

    /// What a command prints that has to do with no site.
    ///
    /// # Errors
    /// It does not end well; says what it said.
    pub fn alone(&self, words: &[&str]) -> Result<String, String> {
        printed(Command::new(&self.program).args(words))
    }

    /// Makes a token, and says its secret.
    ///
    /// # Errors
    /// The command fails.
    pub fn token(&self, name: &str, scopes: &[&str]) -> Result<String, String> {
        let scopes = scopes.iter().flat_map(|scope| ["--scope", scope]);
        let words: Vec<&str> = ["user", "token", name].into_iter().chain(scopes).collect();
        Ok(self.run(&words)?.trim().to_owned())
    }

    /// Starts a server on a port of its own, as the last words of a command such as `strace …`.
    ///
    /// # Errors
    /// It cannot be started, or ends before it listens for another reason than being killed.
    pub fn serve(&self, under: &[String], more: &[&str]) -> Result<Started, String> {
        let mut words = under.iter().map(Into::into).chain([self.program.clone().into_os_string()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .args(["serve", "--listen", "127.0.0.1:0", "--policy"])
            .arg(&self.policy)
            .args(more);
        // Fewer threads, so that the same commands write in much the same order each time.
        command.env("TOKIO_WORKER_THREADS", "1").stdin(Stdio::null()).stderr(Stdio::piped());
        let mut child = self.place(&mut command).spawn().map_err(|error| error.to_string())?;
        let mut said = String::new();
        let Some(errors) = child.stderr.take() else { return Err("a server without an output".to_owned()) };
        let mut errors = BufReader::new(errors);
        let mut line = Vec::new();
        while errors.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line).into_owned();
            if let Some((_, address)) = text.split_once("listening at http://") {
                let address = address.trim().to_owned();
                let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log());
                std::thread::spawn(move || match log {
                    Ok(mut log) => std::io::copy(&mut errors, &mut log),
                    Err(_) => std::io::copy(&mut errors, &mut std::io::sink()),
                });
                return Ok(Started::Listens(Server { child, address }));
            }
            said.push_str(&text);
            line.clear();
        }
        let ended = child.wait().map_err(|error| error.to_string())?;
        if is_kill(ended) { Ok(Started::Killed) } else { Err(format!("the server ends ({ended}): {said}")) }
    }

    /// Starts a server that nobody kills.
    ///
    /// # Errors
    /// It does not start.
    pub fn server(&self) -> Result<Server, String> {
        match self.serve(&[], &[])? {
            Started::Listens(server) => Ok(server),
            Started::Killed => Err("somebody killed the server".to_owned()),
        }
    }

    fn place<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.arg("--data").arg(&self.data).env_remove("WAKEFUL_DATABASE");
        match &self.database {
            Some(url) => command.env("WAKEFUL_DATABASE", url),
            None => command,
        }
    }
}

fn printed(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| error.to_string())?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// What came of starting a server.
pub enum Started {
    /// It is there.
    Listens(Server),
    /// It was killed before it listened.
    Killed,
}

/// A server. It is killed where this is dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// Where it listens, as `HOST:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether it has been killed meanwhile.
    ///
    /// # Errors
    /// It ended otherwise.
    pub fn is_killed(&mut self) -> Result<bool, String> {
        match self.child.try_wait().map_err(|error| error.to_string())? {
            None => Ok(false),
            Some(ended) if is_kill(ended) => Ok(true),
            Some(ended) => Err(format!("the server ended by itself: {ended}")),
        }
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(unix)]
fn is_kill(ended: std::process::ExitStatus) -> bool {
    std::os::unix::process::ExitStatusExt::signal(&ended) == Some(9)
}

#[cfg(not(unix))]
fn is_kill(ended: std::process::ExitStatus) -> bool {
    !ended.success()
}

/// One who asks a server.
#[derive(Clone, Debug)]
pub struct Client {
    /// The server's address, `HOST:PORT`.
    pub address: String,
    /// The secret of a token.
    pub token: String,
}

impl Client {
    /// The status and body of an answer.
    ///
    /// # Errors
    /// There is no answer, or only the start of one.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Result<(u16, Value), String> {
        self.exchange(method, path, body).map_err(|error| format!("{method} {path}: {error}"))
    }

    fn exchange(&self, method: &str, path: &str, body: &str) -> std::io::Result<(u16, Value)> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let Self { address, token } = self;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        stream.write_all((head + body).as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let cut = || std::io::Error::other("the answer is cut off");
        let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(cut)?;
        Ok((status, serde_json::from_str(body).unwrap_or(Value::Null)))
    }

    /// What a page holds.
    ///
    /// # Errors
    /// There is no answer, or it is not 200.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        match self.ask("GET", path, "")? {
            (200, body) => Ok(body),
            (status, body) => Err(format!("GET {path} answers {status}: {body}")),
        }
    }

    /// Sends events.
    ///
    /// # Errors
    /// There is no answer.
    pub fn post(&self, events: &Value) -> Result<(u16, Value), String> {
        self.ask("POST", "/api/v1/events", &events.to_string())
    }

    /// Every item of a list, page by page: `next` of each is given as the parameter `with` of the one after.
    ///
    /// # Errors
    /// There is no answer, or one is not 200.
    pub fn pages(&self, path: &str, with: &str) -> Result<(Vec<Value>, Value), String> {
        let mut items = Vec::new();
        let mut next = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=50{next}"))?;
            items.extend(page["items"].as_array().into_iter().flatten().cloned());
            next = match &page["next"] {
                Value::Null => return Ok((items, page["as_of"].clone())),
                Value::String(text) => format!("&{with}={text}"),
                other => format!("&{with}={other}"),
            };
        }
    }

    /// Waits until its health is as wanted, and says it.
    ///
    /// # Errors
    /// It does not become so; says what it was last.
    pub fn until(&self, limit: Duration, wanted: impl Fn(u16, &Value) -> bool) -> Result<Value, String> {
        let start = Instant::now();
        loop {
            let health = self.ask("GET", "/health", "");
            match health {
                Ok((status, body)) if wanted(status, &body) => return Ok(body),
                other if start.elapsed() > limit => return Err(format!("health stays {other:?}")),
                _ => std::thread::sleep(Duration::from_millis(20)),
            }
        }
    }
}
