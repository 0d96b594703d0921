//! Connections: nobody who is slow or silent keeps others out.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use axum::serve::Listener;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutWriter;

use crate::problem::Problem;

/// What one who asks may take up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections are open at once. One more closes the one that has been idle for longest, and is refused
    /// where none is.
    pub connections: usize,
    /// How long the head of a request may take, from when the connection is there or the answer before it was sent.
    pub head: Duration,
    /// How long the whole body of a request may take.
    pub body: Duration,
    /// How long an answer waits for a client that takes nothing of it.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 512,
            head: Duration::from_secs(15),
            body: Duration::from_secs(60),
            stall: Duration::from_secs(30),
        }
    }
}

/// The address that a connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// How long a connection must have been idle before it gives way to another: by then its last answer has left.
const IDLE: Duration = Duration::from_millis(250);

/// How long one more connection waits for another to give way.
const GIVE_WAY: Duration = Duration::from_millis(50);

/// How many connections are told at once that there are too many; any more are closed unanswered.
const MOST_REFUSALS: usize = 64;

/// How long one that is refused has to hear so.
const REFUSAL: Duration = Duration::from_secs(1);

/// Serves until it is told to stop, and then until all requests under way are answered.
pub async fn serve(mut listener: TcpListener, app: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let places = Places::new(limits.connections);
    let refusals = Arc::new(Semaphore::new(MOST_REFUSALS));
    let under_way = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        match places.take().await {
            Some(place) => {
                tokio::spawn(attend(
                    stream,
                    app.clone().layer(Extension(Peer(peer.ip()))),
                    limits,
                    place,
                    under_way.watcher(),
                ));
            }
            None => {
                tracing::warn!("a connection was refused; as many as are served are at work");
                if let Ok(turn) = Arc::clone(&refusals).try_acquire_owned() {
                    tokio::spawn(refuse(stream, turn));
                }
            }
        }
    }
    drop(listener);
    under_way.shutdown().await;
}

/// As many places as connections may be open.
struct Places {
    free: Arc<Semaphore>,
    /// Wakes the connection that has been idle for longest.
    give_way: Arc<Notify>,
}

/// A connection's place, free again once this is dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    give_way: Arc<Notify>,
}

impl Places {
    fn new(number: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(number)), give_way: Arc::default() }
    }

    /// A place, if need be that of an idle connection.
    async fn take(&self) -> Option<Place> {
        let free = || Arc::clone(&self.free);
        let permit = match free().try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => {
                self.give_way.notify_one();
                timeout(GIVE_WAY, free().acquire_owned()).await.ok()?.ok()?
            }
        };
        Some(Place { _permit: permit, give_way: Arc::clone(&self.give_way) })
    }
}

/// Answers the requests of a connection until it ends, or gives way to another.
async fn attend(stream: TcpStream, app: Router, limits: Limits, place: Place, under_way: Watcher) {
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(limits.stall));
    let (working, is_working) = watch::channel(false);
    let app = TowerToHyperService::new(app);
    let answer = service_fn(|request| {
        working.send_replace(true);
        let (answer, working) = (app.call(request), &working);
        async move {
            let answer = answer.await;
            working.send_replace(false);
            answer
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head);
    let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), answer);
    tokio::select! {
        biased;
        // A client that goes away in the middle is nothing that anybody could mend.
        _ = under_way.watch(connection) => {}
        () = gives_way(&place, is_working) => {}
    }
}

/// Waits until the connection is to give way, which it does only while it is idle.
async fn gives_way(place: &Place, mut is_working: watch::Receiver<bool>) {
    loop {
        if is_working.wait_for(|working| !working).await.is_err() {
            return;
        }
        tokio::select! {
            biased;
            _ = is_working.changed() => {}
            () = async { sleep(IDLE).await; place.give_way.notified().await } => return,
        }
    }
}

/// Says that there are too many connections, and hears out what is asked so that the answer is not lost.
async fn refuse(mut stream: TcpStream, _turn: OwnedSemaphorePermit) {
    let told = async {
        stream.write_all(too_many().as_bytes()).await?;
        stream.shutdown().await?;
        while stream.read(&mut [0; 4096]).await? > 0 {}
        std::io::Result::Ok(())
    };
    _ = timeout(REFUSAL, told).await;
}

fn too_many() -> String {
    let detail = "the server has as many connections as it takes; nothing was stored; try again in a moment";
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail);
    let body = serde_json::to_string(&problem).unwrap_or_default();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\n\
         Retry-After: 1\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
