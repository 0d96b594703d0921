//! The outbox beside receivers that hang.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant as Moment};

use app::notify::MailServer;
use app::{Clock, Outbox};
use engine::time::Instant;
use serde_json::json;
use store::{Contact, Database, Message, MessageCounts, Store, Webhook};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::mail::Server;
use super::{PATIENT, Standing, post};

const EACH: usize = 5;
const HOUR: i64 = 3_600_000;

/// The ids of the messages that a receiver was called with, in order.
type Called = Arc<Mutex<Vec<String>>>;

/// Answers every call with 204, or none.
async fn receiver(answers: bool) -> (String, Called) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let called = Called::default();
    let noted = Arc::clone(&called);
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 16_384];
            let read = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let id = request.lines().find_map(|line| line.strip_prefix("webhook-id: ")).unwrap();
            noted.lock().unwrap().push(id.to_owned());
            if answers {
                stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            }
            open.push(stream);
        }
    });
    (url, called)
}

fn message(channel: &str, recipient: &str, number: usize) -> Message {
    let step = json!({"duty": format!("{number:032x}"), "step": 1, "to": "supervisor", "due": null, "zone": "Europe/London",
        "opened": "2026-03-06T19:00:00Z", "raised": "2026-03-06T19:00:00Z", "answer_by": null});
    Message {
        id: format!("{channel}-{recipient}-{number}").replace(':', "-"),
        at: Instant::from_ms(number as i64).unwrap(),
        channel: channel.to_owned(),
        recipient: recipient.to_owned(),
        body: json!({"steps": [step]}).to_string(),
    }
}

/// A store with messages to two webhooks and by mail; the first webhook hangs.
async fn fill(store: &dyn Store, hanging: &str, good: &str) {
    for (name, url) in [("hanging", hanging), ("prompt", good)] {
        set_hook(store, name, url).await;
    }
    let email = Some("inspector@force.example".to_owned());
    store
        .put_contact(&Contact { officer: "officer:i1".to_owned(), email, administrator: false })
        .await
        .unwrap();
    let to = [("webhook", "hanging"), ("webhook", "prompt"), ("mail", "officer:i1")];
    let messages: Vec<Message> = to
        .iter()
        .flat_map(|(channel, name)| (0..EACH).map(move |number| message(channel, name, number)))
        .collect();
    let mut transaction = store.begin().await.unwrap();
    transaction.post(&messages).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn set_hook(store: &dyn Store, name: &str, url: &str) {
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
    let hook = Webhook { name: name.to_owned(), url: url.to_owned(), secret, heartbeat: false };
    store.put_webhook(&hook).await.unwrap();
}

/// Waits until as many messages wait as are expected.
async fn until_waiting(store: &dyn Store, expected: u64) {
    let start = Moment::now();
    while store.message_counts().await.unwrap().waiting != expected {
        assert!(start.elapsed() < PATIENT / 2, "{:?}", store.message_counts().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Two nodes deliver; the hanging receiver has one call of each of them, and all else has arrived, once and in order.
async fn what_hangs_keeps_nobody_waiting(store: Arc<dyn Store>) {
    let mail = Server::start("plain", None);
    let (hanging, hung) = receiver(false).await;
    let (good, called) = receiver(true).await;
    fill(&*store, &hanging, &good).await;
    let clock = Arc::new(Standing(AtomicI64::new(HOUR)));
    let mut nodes: Vec<JoinHandle<()>> = (0..2)
        .map(|_| {
            let server =
                MailServer::new(&mail.url("smtp", "", "?tls=none"), "wakeful@force.example").unwrap();
            let courier = Arc::new(post(Some(server), "", PATIENT));
            let outbox = Arc::new(Outbox::new(Arc::clone(&store), courier, "https://wakeful.example"));
            tokio::spawn(outbox.run(Arc::<Standing>::clone(&clock)))
        })
        .collect();
    until_waiting(&*store, EACH as u64).await;
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    called.lock().unwrap().iter().for_each(|id| *arrived.entry(id.clone()).or_default() += 1);
    for letter in mail.kept() {
        let id = letter["headers"]["message-id"].as_str().unwrap().to_owned();
        *arrived.entry(id).or_default() += 1;
    }
    assert_eq!(arrived.len(), 2 * EACH, "{arrived:?}");
    assert!(arrived.values().all(|times| *times == 1), "{arrived:?}");
    assert!((1..=2).contains(&hung.lock().unwrap().len()), "one call of each node hangs");

    // Both nodes crash. Once their leases have ended another takes what they had, and the receiver is well again.
    for node in &mut nodes {
        node.abort();
        _ = node.await;
    }
    set_hook(&*store, "hanging", &good).await;
    called.lock().unwrap().clear();
    let outbox =
        Outbox::new(Arc::clone(&store), Arc::new(post(None, "", PATIENT)), "https://wakeful.example");
    for now in [HOUR + 1, HOUR + 120_000] {
        while outbox.deliver("webhook:hanging", Instant::from_ms(now).unwrap()).await.unwrap() {}
    }
    let mut again = called.lock().unwrap().clone();
    again.sort();
    assert_eq!(again, (0..EACH).map(|number| format!("webhook-hanging-{number}")).collect::<Vec<_>>());
    assert_eq!(store.message_counts().await.unwrap(), MessageCounts::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hangs_keeps_nobody_waiting_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let store = Database::sqlite(&folder.path().join("wakeful.sqlite")).await.unwrap();
    what_hangs_keeps_nobody_waiting(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_hangs_keeps_nobody_waiting_on_postgres() {
    let store = Database::postgres(&test_support::postgres_url()).await.unwrap();
    what_hangs_keeps_nobody_waiting(Arc::new(store)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mail_server_letters_wait_untried() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> =
        Arc::new(Database::sqlite(&folder.path().join("wakeful.sqlite")).await.unwrap());
    let (good, called) = receiver(true).await;
    fill(&*store, &good, &good).await;
    let clock: Arc<dyn Clock> = Arc::new(Standing(AtomicI64::new(HOUR)));
    let outbox =
        Outbox::new(Arc::clone(&store), Arc::new(post(None, "", PATIENT)), "https://wakeful.example");
    let node = tokio::spawn(Arc::new(outbox).run(clock));
    until_waiting(&*store, EACH as u64).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    node.abort();
    let counts = store.message_counts().await.unwrap();
    assert_eq!((counts.waiting, counts.retrying, counts.dead), (EACH as u64, 0, 0));
    assert_eq!(called.lock().unwrap().len(), 2 * EACH);
}
