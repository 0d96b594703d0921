//! `wakeful serve`

use std::net::SocketAddr;
use std::sync::Arc;

use app::{Clock, History, Recorder, SystemClock};
use store::Store;
use tokio::net::TcpListener;
use web::Served;

use super::args::ServeArgs;
use super::{folder, open};
use crate::Outcome;
use crate::error::CliError;
use crate::terminal::remark;

/// Serves until it is told to stop.
///
/// # Errors
/// A database or policy that cannot be used, or an address that cannot be listened at.
pub fn run(args: &ServeArgs) -> Result<Outcome, CliError> {
    refuse_outside(args.listen)?;
    start_log();
    open::block_on(async {
        let database = open::open(&args.data).await?;
        open::put_into_force(&database, &args.policy).await?;
        let store: Arc<dyn Store> = database;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let listener = listen(args.listen).await?;
        let address = listener.local_addr().map_err(|error| CliError::Live(error.to_string()))?;
        let node = args.node.clone().unwrap_or_else(|| format!("{}:{}", std::process::id(), address.port()));
        let recorder = Recorder::start(Arc::clone(&store), &node, Arc::clone(&clock))
            .map_err(|error| CliError::Live(format!("the recorder cannot be started: {error}")))?;
        if let Err(error) = recorder.watch().await {
            tracing::error!(%error, "the record cannot be watched yet");
        }
        let served = Served {
            history: Arc::new(History::new(Arc::clone(&store))),
            store,
            recorder: recorder.clone(),
            clock,
        };
        let watching = folder::start(args, recorder)?;
        remark(&format!("listening at http://{address}"));
        let app = web::router(served);
        let stopped = axum::serve(listener, app).with_graceful_shutdown(told_to_stop()).await;
        watching.into_iter().for_each(|task| task.abort());
        stopped.map_err(|error| CliError::Live(format!("the server stopped: {error}")))?;
        Ok(Outcome::Done)
    })
}

/// Until people sign in, only this machine is served.
fn refuse_outside(address: SocketAddr) -> Result<(), CliError> {
    if address.ip().is_loopback() {
        return Ok(());
    }
    Err(CliError::Live(format!(
        "--listen: `{address}` is reached from outside this machine, and there is no sign-in for people yet; give an address such as `127.0.0.1:{}`",
        address.port()
    )))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address).await.map_err(|error| {
        CliError::Live(format!(
            "--listen: `{address}` cannot be listened at: {error}; is another server running there?"
        ))
    })
}

/// The log of the server, as JSON Lines on standard error. No message has anything of a case in it.
fn start_log() {
    let level = std::env::var("WAKEFUL_LOG").ok().and_then(|level| level.parse().ok());
    let level = level.unwrap_or(tracing::level_filters::LevelFilter::INFO);
    _ = tracing_subscriber::fmt().json().with_writer(std::io::stderr).with_max_level(level).try_init();
}

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    _ = interrupted.await;
}
