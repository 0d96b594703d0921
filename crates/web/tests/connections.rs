//! Slow, silent and too many clients, over real sockets: the others are answered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::accounts::SignIns;
use app::{Auditor, Clock as _, History, Recorder, SystemClock, token};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::get;
use http_body_util::channel::Channel;
use store::{Database, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use web::{Limits, Served, SignInSettings, router, serve};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The size of an answer that no socket takes at once.
const LARGE: usize = 32 << 20;

const ASK: &[u8] = b"GET /quick HTTP/1.1\r\nHost: wakeful\r\n\r\n";
const LAST_ASK: &[u8] = b"GET /quick HTTP/1.1\r\nHost: wakeful\r\nConnection: close\r\n\r\n";

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A server, until it is told to stop.
struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(app: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, app, limits, async { _ = stopped.await }));
        Self { address, stop, serving }
    }

    /// A connection over which something was sent.
    async fn sent(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        stream
    }

    /// The whole of what is sent back to a client that sends something.
    async fn answer(&self, bytes: &[u8]) -> String {
        rest(self.sent(bytes).await).await
    }
}

/// What a connection has to say until it is closed.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("the connection stays open");
    String::from_utf8(answer).unwrap()
}

fn is_ok(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200 ")
}

async fn tick(frames: u32) -> Body {
    let (mut sender, body) = Channel::<Bytes>::new(1);
    tokio::spawn(async move {
        for _ in 0..frames {
            sleep(ms(100)).await;
            sender.send_data(Bytes::from_static(b"tick")).await.unwrap();
        }
    });
    Body::new(body)
}

fn small() -> Router {
    Router::new()
        .route("/quick", get(async || "quick"))
        .route("/slow", get(async || sleep(ms(1_500)).await))
        .route("/large", get(async || "x".repeat(LARGE)))
        .route("/stream", get(async || tick(15).await))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_closes_its_connection_and_keeps_nobody_waiting() {
    let server = Server::start(small(), Limits { head: ms(400), ..Limits::default() }).await;
    let start = Instant::now();
    let mut slow = server.sent(b"GET /quick HTTP/1.1\r\n").await;
    while slow.write_all(b"X-A: b\r\n").await.is_ok() {
        assert!(start.elapsed() < PATIENCE, "a head may last forever");
        assert!(is_ok(&server.answer(LAST_ASK).await));
        sleep(ms(50)).await;
    }
    assert!(start.elapsed() >= ms(400));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_stays_idle_is_closed_and_one_that_asks_again_is_answered() {
    let server = Server::start(small(), Limits { head: ms(600), ..Limits::default() }).await;
    let mut stream = server.sent(b"").await;
    for _ in 0..4 {
        sleep(ms(300)).await;
        stream.write_all(ASK).await.unwrap();
        let mut answer = [0; 1024];
        let read = stream.read(&mut answer).await.unwrap();
        assert!(answer[..read].starts_with(b"HTTP/1.1 200 OK") && answer[..read].ends_with(b"quick"));
    }
    rest(stream).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_give_way_to_one_more_the_longest_idle_first() {
    let server = Server::start(small(), Limits { connections: 6, ..Limits::default() }).await;
    let mut idle = Vec::new();
    for sent in [b"" as &[u8], ASK, b"GET /qu", ASK, ASK, b""] {
        idle.push(server.sent(sent).await);
        sleep(ms(100)).await;
    }
    sleep(ms(400)).await;
    for _ in 0..3 {
        let _more = server.sent(ASK).await;
        assert!(is_ok(&server.answer(LAST_ASK).await));
    }
    let first = idle.remove(0);
    rest(first).await;
    let last = idle.pop().unwrap();
    assert!(
        timeout(ms(300), rest(last)).await.is_err(),
        "the one that was idle for the shortest time is left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_are_at_work_one_more_is_told_so_and_none_is_cut_off() {
    let server = Server::start(small(), Limits { connections: 3, ..Limits::default() }).await;
    let slow = b"GET /slow HTTP/1.1\r\nHost: wakeful\r\nConnection: close\r\n\r\n";
    let working = [server.sent(slow).await, server.sent(slow).await, server.sent(slow).await];
    sleep(ms(400)).await;
    let refused = server.answer(LAST_ASK).await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    assert!(refused.contains("Retry-After: 1") && refused.contains("urn:wakeful:busy"), "{refused}");
    for stream in working {
        assert!(is_ok(&rest(stream).await));
    }
    assert!(is_ok(&server.answer(LAST_ASK).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_may_take_long_while_something_of_it_is_taken() {
    let limits = Limits { head: ms(300), stall: ms(600), ..Limits::default() };
    let server = Server::start(small(), limits).await;
    let stream = server.sent(b"GET /stream HTTP/1.1\r\nHost: wakeful\r\nConnection: close\r\n\r\n").await;
    assert_eq!(rest(stream).await.matches("tick").count(), 15);
    let mut stream = narrow(server.address).await;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: wakeful\r\n\r\n").await.unwrap();
    let (mut taken, mut part) = (0, vec![0; 256 << 10]);
    while taken < LARGE {
        let read = timeout(PATIENCE, stream.read(&mut part)).await.unwrap().unwrap();
        assert!(read > 0, "cut off after {taken} bytes");
        taken += read;
        sleep(ms(10)).await;
    }
}

/// A connection that takes little at a time.
async fn narrow(address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    socket.connect(address).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_takes_is_given_up() {
    let server = Server::start(small(), Limits { stall: ms(300), ..Limits::default() }).await;
    let mut stream = narrow(server.address).await;
    stream.write_all(b"GET /large HTTP/1.1\r\nHost: wakeful\r\n\r\n").await.unwrap();
    sleep(ms(1_500)).await;
    assert!(rest(stream).await.len() < LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_under_way_is_answered_before_the_server_ends() {
    let server = Server::start(small(), Limits::default()).await;
    let slow = server.sent(b"GET /slow HTTP/1.1\r\nHost: wakeful\r\n\r\n").await;
    let idle = server.sent(ASK).await;
    sleep(ms(300)).await;
    server.stop.send(()).unwrap();
    assert!(is_ok(&rest(slow).await));
    rest(idle).await;
    timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

async fn served(folder: &std::path::Path, limits: Limits) -> Served {
    let database = Arc::new(Database::sqlite(&folder.join("wakeful.sqlite")).await.unwrap());
    let sign_ins = Arc::new(SignIns::new(database.clone()));
    let store: Arc<dyn Store> = database;
    store
        .put_token(&token::token("crm", &[token::Scope::EventsWrite], "secret", SystemClock.now(), 1))
        .await
        .unwrap();
    Served {
        recorder: Recorder::start(Arc::clone(&store), "test", Arc::new(SystemClock)).unwrap(),
        history: Arc::new(History::new(Arc::clone(&store))),
        auditor: Arc::new(Auditor::new(Arc::clone(&store))),
        clock: Arc::new(SystemClock),
        base_url: "http://127.0.0.1".to_owned(),
        store,
        limits,
        sign_ins,
        sign_in: SignInSettings::default(),
        provider: None,
        programs: Arc::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_takes_too_long_is_refused_however_steadily_it_drips() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { body: ms(600), ..Limits::default() };
    let server = Server::start(router(served(folder.path(), limits).await), limits).await;
    let head = "POST /api/v1/events HTTP/1.1\r\nHost: wakeful\r\nAuthorization: Bearer secret\r\nContent-Length: 1000\r\n\r\n";
    let (mut reader, mut writer) = server.sent(head.as_bytes()).await.into_split();
    let drip = tokio::spawn(async move {
        while writer.write_all(b" ").await.is_ok() {
            sleep(ms(50)).await;
        }
    });
    let start = Instant::now();
    let mut answer = vec![0; 4096];
    let read = timeout(PATIENCE, reader.read(&mut answer)).await.unwrap().unwrap();
    let answer = String::from_utf8(answer[..read].to_vec()).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("urn:wakeful:too-slow"), "{answer}");
    assert!(start.elapsed() >= ms(500));
    timeout(PATIENCE, drip).await.expect("the connection stays open").unwrap();
    let unknown =
        server.answer(b"GET /api/v1/duties HTTP/1.1\r\nHost: wakeful\r\nConnection: close\r\n\r\n").await;
    assert!(unknown.starts_with("HTTP/1.1 401 "), "{unknown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_never_worked_ages_from_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits::default();
    // There is no policy in force, so the watch cannot work.
    let server = Server::start(router(served(folder.path(), limits).await), limits).await;
    sleep(ms(300)).await;
    let answer = server.answer(b"GET /metrics HTTP/1.1\r\nHost: wakeful\r\nConnection: close\r\n\r\n").await;
    let age = answer.lines().find_map(|line| line.strip_prefix("wakeful_watch_age_ms ")).unwrap();
    assert!(age.parse::<i64>().unwrap() >= 300, "{age}");
}
