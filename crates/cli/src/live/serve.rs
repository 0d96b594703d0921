//! `wakeful serve`

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::accounts::SignIns;
use app::notify::{Courier, MailServer, Post, SettingError, Settings};
use app::oidc::{Provider, ProviderSettings};
use app::versions::{self, Programs};
use app::{Auditor, Clock, History, Outbox, Recorder, SystemClock};
use engine::time::Instant;
use store::Store;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use web::{Limits, Served, SignInSettings};

use super::args::ServeArgs;
use super::telemetry::Telemetry;
use super::{folder, open, user};
use crate::Outcome;
use crate::error::CliError;
use crate::terminal::remark;

/// How often webhooks that want it hear that the watch is alive.
const HEARTBEAT_MS: i64 = 60_000;

/// How long ago the watch must have done its work to be alive.
const AWAKE_MS: i64 = 30_000;

/// How long after the start the first audit is, and the next after one that had nothing to compare yet.
const FIRST_AUDIT: Duration = Duration::from_secs(60);

/// How often a node asks whether it is its turn to look for gaps ahead.
const LOOK_FOR_GAPS: Duration = Duration::from_secs(60);

/// How long requests under way have to end once the server is told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(5);

/// How often it is looked whether a heartbeat is to be told.
const PAUSE: Duration = Duration::from_secs(1);

/// Serves until it is told to stop.
///
/// # Errors
/// A database or policy that cannot be used, an address that cannot be listened at, or a recorder that ended.
pub fn run(args: &ServeArgs) -> Result<Outcome, CliError> {
    app::access::check().map_err(|error| CliError::Live(error.to_string()))?;
    refuse_in_the_clear(args)?;
    open::block_on(async {
        let telemetry = Telemetry::start()?;
        let database = open::open(&args.data).await?;
        open::put_into_force(&database, &args.policy).await?;
        let sign_ins = Arc::new(SignIns::new(database.clone()));
        let provider = provider(args)?;
        let store: Arc<dyn Store> = database;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        if args.rebuild {
            versions::rejudge(&*store, clock.now()).await?;
        }
        let listener = listen(args.listen).await?;
        let address = listener.local_addr().map_err(|error| CliError::Live(error.to_string()))?;
        let node = args.node.clone().map_or_else(name, Ok)?;
        let recorder = Recorder::start(Arc::clone(&store), &node, Arc::clone(&clock))
            .map_err(|error| CliError::Live(format!("the recorder cannot be started: {error}")))?;
        if let Err(error) = recorder.watch().await {
            tracing::error!(%error, "the record cannot be watched yet");
        }
        let programs = Arc::<Programs>::default();
        let served = Served {
            history: Arc::new(History::with(Arc::clone(&store), Arc::clone(&programs))),
            store: Arc::clone(&store),
            recorder: recorder.clone(),
            auditor: Arc::new(Auditor::new(Arc::clone(&store))),
            clock,
            base_url: args.base_url.clone().unwrap_or_else(|| format!("http://{address}")),
            limits: Limits::default(),
            sign_ins,
            sign_in: SignInSettings {
                codes_required: args.require_codes,
                behind_proxy: args.behind_proxy,
                notice: notice(args.notice.as_deref())?,
            },
            provider,
            programs,
        };
        let mut tasks: Vec<JoinHandle<()>> = folder::start(args, recorder.clone())?.into_iter().collect();
        tasks.extend(audit(args, Arc::clone(&served.auditor)));
        tasks.extend(notify(args, &served, node)?);
        tasks.push(warn_of_gaps(&served));
        if !served.store.contacts().await?.iter().any(|one| one.administrator && one.email.is_some()) {
            remark(
                "nobody is told of steps that would reach nobody; `wakeful user contact OFFICER --email … --administrator` names somebody",
            );
        }
        remark(&format!("listening at http://{address}"));
        let (limits, app) = (served.limits, web::router(served));
        let (stopping, stopped) = oneshot::channel();
        let told = async move {
            told_to_stop().await;
            _ = stopping.send(());
        };
        let serving = web::serve(listener, app, limits, told);
        let out_of_patience = async {
            _ = stopped.await;
            tokio::time::sleep(LAST_REQUESTS).await;
        };
        let outcome = tokio::select! {
            () = serving => Ok(Outcome::Done),
            () = out_of_patience => Ok(Outcome::Done),
            () = recorder.ended() => Err(CliError::Live(
                "the recorder ended, and nothing can be recorded or watched any more; start the server again".to_owned(),
            )),
        };
        tasks.into_iter().for_each(|task| task.abort());
        telemetry.end().await;
        outcome
    })
}

/// The paragraphs of the file that those who come to sign in are shown.
fn notice(path: Option<&Path>) -> Result<Vec<String>, CliError> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let text = fs::read_to_string(path)
        .map_err(|error| CliError::Live(format!("--notice {}: {error}", path.display())))?;
    Ok(text.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect())
}

/// A name for a node that was given none, which no other has: containers may share their process numbers and ports.
fn name() -> Result<String, CliError> {
    let [a, b, c, d, ..] = user::random()?;
    let host = hostname::get().unwrap_or_default();
    Ok(format!("{}-{:08x}", host.to_string_lossy(), u32::from_be_bytes([a, b, c, d])))
}

/// Delivers what waits to be told, and tells that the watch is alive; where nobody is to be told, neither.
fn notify(args: &ServeArgs, served: &Served, node: String) -> Result<Vec<JoinHandle<()>>, CliError> {
    if args.no_notifications {
        remark("nobody is told of anything; what is to be told waits");
        return Ok(Vec::new());
    }
    if args.smtp.is_none() {
        remark("no mail server is set; letters wait until a server is started with `--smtp`");
    }
    let outbox = Arc::new(Outbox::new(Arc::clone(&served.store), courier(args)?, &served.base_url));
    let delivers = tokio::spawn(Arc::clone(&outbox).run(Arc::clone(&served.clock)));
    Ok(vec![delivers, beat(served, outbox, node)])
}

/// Where people sign in elsewhere.
fn provider(args: &ServeArgs) -> Result<Option<Arc<Provider>>, CliError> {
    let (Some(issuer), Some(client_id), Some(file), Some(base_url)) =
        (&args.oidc_issuer, &args.oidc_client, &args.oidc_secret_file, &args.base_url)
    else {
        return Ok(None);
    };
    let settings = ProviderSettings {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: read(file)?.lines().next().unwrap_or_default().to_owned(),
        redirect: format!("{}/sign-in/oidc/back", base_url.trim_end_matches('/')),
        trusted: trusted(args)?,
    };
    let provider = Provider::new(settings).map_err(|error| CliError::Live(error.to_string()))?;
    Ok(Some(Arc::new(provider)))
}

fn read(path: &PathBuf) -> Result<String, CliError> {
    fs::read_to_string(path).map_err(|source| CliError::Read { path: path.clone(), source })
}

/// Certificates to trust beside those of the system.
fn trusted(args: &ServeArgs) -> Result<String, CliError> {
    args.trust.as_ref().map_or_else(|| Ok(String::new()), read)
}

/// By what notifications leave.
fn courier(args: &ServeArgs) -> Result<Arc<dyn Courier>, CliError> {
    let wrong = |error: SettingError| CliError::Live(error.to_string());
    let mail =
        args.smtp.as_deref().map(|url| MailServer::new(url, &args.mail_from)).transpose().map_err(wrong)?;
    let trusted = trusted(args)?;
    let post = Post::new(Settings { mail, trusted, ..Settings::default() }).map_err(wrong)?;
    Ok(Arc::new(post))
}

/// Tells outside that the watch is alive, for as long as it is.
fn beat(served: &Served, outbox: Arc<Outbox>, node: String) -> JoinHandle<()> {
    let (recorder, clock) = (served.recorder.clone(), Arc::clone(&served.clock));
    tokio::spawn(async move {
        let mut beaten = None;
        loop {
            let now = clock.now();
            let health = recorder.health();
            let is_alive = health.last_ok.is_some_and(|last| now.ms() - last.ms() < AWAKE_MS);
            if is_alive && beaten.is_none_or(|last: Instant| now.ms() - last.ms() >= HEARTBEAT_MS) {
                beaten = Some(now);
                outbox.heartbeat(now, &node, health.status.seq).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
    })
}

/// Tells administrators of steps ahead that would not reach everybody.
fn warn_of_gaps(served: &Served) -> JoinHandle<()> {
    let served = served.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(LOOK_FOR_GAPS).await;
            if let Err(error) = app::tell_gaps(&*served.store, &served.recorder, served.clock.now()).await {
                tracing::error!(%error, "administrators cannot be told of gaps ahead");
            }
        }
    })
}

/// Audits soon after the start, and then as often as is asked for; again soon, and then ever later, where it was not done.
fn audit(args: &ServeArgs, auditor: Arc<Auditor>) -> Option<JoinHandle<()>> {
    let every = Duration::from_secs(args.audit_every.checked_mul(3_600)?);
    (!every.is_zero()).then(|| {
        tokio::spawn(async move {
            tokio::time::sleep(FIRST_AUDIT).await;
            let soon = FIRST_AUDIT.min(every);
            let mut again = soon;
            loop {
                let is_done = auditor.run().await;
                let next = if is_done { every } else { again };
                again = if is_done { soon } else { (again * 2).min(every) };
                tokio::time::sleep(next).await;
            }
        })
    })
}

/// What is reached from outside this machine is asked for by https alone: a password or a cookie never travels in the clear.
fn refuse_in_the_clear(args: &ServeArgs) -> Result<(), CliError> {
    let is_https = args.base_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    if args.listen.ip().is_loopback() || is_https {
        return Ok(());
    }
    Err(CliError::Live(format!(
        "--listen: `{}` is reached from outside this machine, where passwords and tokens must not travel in the clear; put a proxy with TLS before it, and give the address at which people reach that, `--base-url https://…`",
        args.listen
    )))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| {
        CliError::Live(format!(
            "--listen: `{address}` cannot be listened at: {error}; is another server running there?"
        ))
    })
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    _ = tokio::signal::ctrl_c().await;
}
