//! `kill -9` loses and doubles nothing: a server is killed at one of its writes, started again, and looked at.
//!
//! `strace` kills it as it enters the N-th of certain system calls, counted in each of its threads: as it writes a page of
//! SQLite's log, syncs it, speaks to PostgreSQL, or answers. One round is one folder or database, a script of requests, one
//! such moment, or two where the start after the first is killed too.

mod check;
mod script;
mod takeover;

pub use takeover::takeover;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fastrand::Rng;
use tempfile::TempDir;

use crate::Postgres;
use crate::server::{Client, Server, Site, Started};
use check::Sent;
use script::Script;

/// System calls of a sort, and how many of them one thread makes in a script.
type Calls = (&'static str, usize);

/// By which a SQLite database is written, its log is synced, and callers are answered.
const SQLITE_CALLS: &[Calls] =
    &[("pwrite64,ftruncate,unlink", 110), ("fdatasync,fsync", 10), ("sendto,writev,write", 40)];

/// By which PostgreSQL is spoken to, and callers are answered.
const POSTGRES_CALLS: &[Calls] = &[("sendto,writev", 160), ("write", 30)];

/// The webhook that each step is told to; nobody listens there.
const HOOK: &str = "case-system";

/// What is wrong where `strace` is missing.
const MISSING: &str = "strace is not installed, and this test needs it; run: apt-get install strace";

/// What is tried.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The binary `wakeful`.
    pub program: PathBuf,
    /// The policy.
    pub policy: PathBuf,
    /// On PostgreSQL, or SQLite.
    pub is_postgres: bool,
    /// Every how many writes the server is killed in turn; 0 for none in turn.
    pub every: usize,
    /// How many random rounds follow.
    pub rounds: usize,
    /// From which the scripts and the moments of the random rounds are drawn.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many rounds were run.
    pub rounds: usize,
    /// In how many of them the server was killed at a write; in the others once the script had ended.
    pub killed: usize,
    /// In how many of them the writes were taken in turn.
    pub turns: usize,
}

/// When a server is killed.
#[derive(Clone, Debug)]
struct Kill {
    calls: &'static str,
    nth: usize,
}

impl Kill {
    /// The command under which a server is killed so. The server stays the child of who starts it.
    fn command(&self, trace: &Path) -> Vec<String> {
        let inject = format!("inject={}:signal=KILL:when={}", self.calls, self.nth);
        let calls = format!("trace={}", self.calls);
        let trace = trace.to_string_lossy();
        ["strace", "-f", "-D", "-qq", "-e", "signal=none", "-o", &trace, "-e", &calls, "-e", &inject]
            .map(str::to_owned)
            .into()
    }
}

/// One round.
#[derive(Clone, Debug)]
struct Round {
    seed: u64,
    clients: usize,
    requests: usize,
    /// Whether the first kill befalls a server that has nothing yet, and sets its database up.
    is_new: bool,
    /// The first kill, and those of the starts after it.
    kills: Vec<Kill>,
}

/// Runs a plan, and says of each round that it was run.
///
/// # Errors
/// The first round in which something does not hold, and what is needed to see it again.
pub fn run(plan: &Plan, say: &mut dyn FnMut(&str)) -> Result<Report, String> {
    std::process::Command::new("strace").arg("-V").output().map_err(|_| MISSING.to_owned())?;
    let bench = Bench::new(plan)?;
    let mut report = Report::default();
    for (calls, _) in bench.calls().iter().filter(|_| plan.every > 0) {
        for nth in (1..).step_by(plan.every) {
            let kills = vec![Kill { calls, nth }];
            let round = Round { seed: plan.seed, clients: 1, requests: 8, is_new: false, kills };
            if bench.run(&round, &mut report, say)? == 0 {
                break;
            }
            report.turns += 1;
        }
    }
    for number in 0..plan.rounds as u64 {
        let seed = plan.seed.wrapping_add(number + 1);
        bench.run(&bench.round(seed), &mut report, say)?;
    }
    Ok(report)
}

/// What each round starts from.
struct Bench {
    plan: Plan,
    /// A folder with a policy in force, a token, posts and a webhook.
    start: TempDir,
    postgres: Option<(Postgres, String)>,
    token: String,
}

impl Bench {
    fn new(plan: &Plan) -> Result<Self, String> {
        let start = folder()?;
        let postgres = if plan.is_postgres { Some(Postgres::start()?) } else { None };
        let postgres = postgres.map(|server| server.database().map(|url| (server, url))).transpose()?;
        let mut bench = Self { plan: plan.clone(), start, postgres, token: String::new() };
        let url = bench.postgres.as_ref().map(|(_, url)| url.clone());
        let site = bench.site(bench.start.path(), url);
        let mut server = site.server()?;
        bench.token = set_up(&site, &server)?;
        server.kill();
        Ok(bench)
    }

    fn site(&self, folder: &Path, database: Option<String>) -> Site {
        let Plan { program, policy, .. } = self.plan.clone();
        Site { program, policy, data: folder.join("data"), database }
    }

    fn calls(&self) -> &'static [Calls] {
        if self.plan.is_postgres { POSTGRES_CALLS } else { SQLITE_CALLS }
    }

    /// The random round of a seed.
    fn round(&self, seed: u64) -> Round {
        let mut rng = Rng::with_seed(seed);
        let calls = self.calls();
        let is_new = rng.u8(0..8) == 0;
        let kill = |rng: &mut Rng| {
            let (calls, most) = calls[rng.usize(0..calls.len())];
            Kill { calls, nth: rng.usize(1..=most) }
        };
        let mut kills = vec![kill(&mut rng)];
        while kills.len() < 3 && rng.u8(0..3) == 0 {
            kills.push(kill(&mut rng));
        }
        Round { seed, clients: rng.usize(1..=3), requests: rng.usize(4..12), is_new, kills }
    }

    /// Runs a round, and says how many of its kills befell the server at a write.
    fn run(&self, round: &Round, report: &mut Report, say: &mut dyn FnMut(&str)) -> Result<usize, String> {
        let folder = folder()?;
        let killed = self.attempt(round, folder.path()).map_err(|why| {
            let mut text = format!("does not hold: {why}\n{round:?}");
            let kept = folder.path().to_owned();
            _ = write!(text, "\nthe folder is kept: {}", kept.display());
            text
        });
        if killed.is_err() {
            _ = folder.keep();
        }
        let killed = killed?;
        report.rounds += 1;
        report.killed += usize::from(killed > 0);
        let kills: Vec<String> =
            round.kills.iter().map(|kill| format!("{} {}", kill.calls, kill.nth)).collect();
        say(&format!(
            "seed {} kills {killed} of {kills:?}{}",
            round.seed,
            if round.is_new { ", new" } else { "" }
        ));
        Ok(killed)
    }

    fn attempt(&self, round: &Round, folder: &Path) -> Result<usize, String> {
        let (site, mut token) = (self.begin(round, folder)?, self.token.clone());
        let mut rng = Rng::with_seed(round.seed);
        let mut kills = round.kills.iter().enumerate();
        let mut killed = 0;
        let mut trace =
            |(number, kill): (usize, &Kill)| kill.command(&folder.join(format!("trace-{number}")));
        if round.is_new {
            let under = kills.next().map(&mut trace).unwrap_or_default();
            killed += usize::from(!matches!(site.serve(&under, &[])?, Started::Listens(_)));
            token = set_up(&site, &site.server()?)?;
        }
        let script = Script::new(&mut rng, round.clients, round.requests, now_ms());
        let mut sent: Vec<Sent> = script.clients.iter().map(|client| unsent(client)).collect();
        for under in kills.map(trace) {
            let Started::Listens(mut server) = site.serve(&under, &[])? else {
                killed += 1;
                continue;
            };
            let client = Client { address: server.address().to_owned(), token: token.clone() };
            send(&client, &mut sent)?;
            killed += usize::from(wait(&mut server, script.ends_ms)?);
        }
        let server = site.server()?;
        let client = Client { address: server.address().to_owned(), token };
        check::kept(&client, &sent)?;
        check::resend(&client, &mut sent)?;
        while now_ms() <= script.ends_ms {
            std::thread::sleep(Duration::from_millis(20));
        }
        client.until(Duration::from_secs(30), |status, _| status == 200)?;
        check::settled(&site, &client, &script)?;
        Ok(killed)
    }

    /// A folder or database for a round: what was set up, or nothing.
    fn begin(&self, round: &Round, folder: &Path) -> Result<Site, String> {
        let url = match &self.postgres {
            Some((server, _)) if round.is_new => Some(server.database()?),
            Some((server, start)) => Some(server.copy(start)?),
            None => None,
        };
        let site = self.site(folder, url);
        if self.postgres.is_none() && !round.is_new {
            let from = self.start.path().join("data");
            std::fs::create_dir(&site.data).map_err(|error| error.to_string())?;
            for entry in std::fs::read_dir(from).map_err(|error| error.to_string())?.flatten() {
                let to = site.data.join(entry.file_name());
                std::fs::copy(entry.path(), to).map_err(|error| error.to_string())?;
            }
        }
        Ok(site)
    }
}

fn folder() -> Result<TempDir, String> {
    tempfile::Builder::new().prefix("wakeful-crash-").tempdir().map_err(|error| error.to_string())
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Makes a token and a webhook, and records who is in which post.
fn set_up(site: &Site, server: &Server) -> Result<String, String> {
    let token = site.token("crm", &["events:write", "read"])?;
    site.run(&["user", "webhook", HOOK, "http://127.0.0.1:9/"])?;
    let client = Client { address: server.address().to_owned(), token };
    // Nodes learn of webhooks every few seconds; a restart learns at once.
    match client.post(&script::posts())? {
        (201, _) => Ok(client.token),
        other => Err(format!("posts are answered {other:?}")),
    }
}

fn unsent(requests: &[serde_json::Value]) -> Sent {
    requests.iter().map(|body| (body.clone(), false)).collect()
}

/// Each client sends what was not acknowledged, one after the other, until the server is gone. What it does not take,
/// though it is there, is an error.
fn send(client: &Client, sent: &mut [Sent]) -> Result<(), String> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = sent.iter_mut().map(|sent| scope.spawn(|| send_one(client, sent))).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a client panics".to_owned())?)
    })
}

fn send_one(client: &Client, sent: &mut Sent) -> Result<(), String> {
    for (body, known) in sent.iter_mut().filter(|(_, known)| !known) {
        match client.post(body) {
            Ok((200 | 201, _)) => *known = true,
            Ok((status, answer)) => return Err(format!("{status} {answer} to {body}")),
            Err(_) => return Ok(()),
        }
        if client.ask("GET", "/api/v1/duties", "").is_err() {
            return Ok(());
        }
    }
    Ok(())
}

/// Waits until a server is killed at a write, or all of the script has come due; then it is killed. Says which.
fn wait(server: &mut Server, ends_ms: i64) -> Result<bool, String> {
    while now_ms() <= ends_ms + 300 {
        if server.is_killed()? {
            return Ok(true);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let killed = server.is_killed()?;
    server.kill();
    Ok(killed)
}
