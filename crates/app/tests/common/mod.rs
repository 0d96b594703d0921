//! What tests of the live system have in common.

#![allow(dead_code, reason = "each test uses some of it")]

pub mod failing;

use std::path::Path;
use std::sync::Arc;

use app::versions::{self, Judge, Texts};
use engine::evaluate::{Cut, evaluate};
use engine::log::LogBuilder;
use engine::policy::SourceFile;
use engine::record::{Event, Value};
use engine::time::Instant;
use exchange::{Input, Options};
use store::{Database, DutyQuery, Store};
use tempfile::TempDir;

pub use test_support::POLICY;

/// A store on SQLite with a policy in force, and the folder in which it lives.
pub async fn sqlite(policy: &str) -> (TempDir, Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    put(&*store, policy).await;
    (folder, store)
}

/// A store on PostgreSQL with a policy in force.
pub async fn postgres(policy: &str) -> Arc<dyn Store> {
    let store: Arc<dyn Store> = Arc::new(Database::postgres(&test_support::postgres_url()).await.unwrap());
    put(&*store, policy).await;
    store
}

/// The store on SQLite in a folder.
pub async fn open(folder: &Path) -> Arc<dyn Store> {
    Arc::new(Database::sqlite(&folder.join("wakeful.sqlite")).await.unwrap())
}

/// Puts a policy into force.
pub async fn put(store: &dyn Store, policy: &str) {
    let texts = Texts(vec![vec![SourceFile { name: "policy.toml".to_owned(), text: policy.into() }]]);
    let read = texts.policy().unwrap_or_else(|error| panic!("{error}"));
    versions::put(store, &texts.stored(&read, Instant::MIN, "system:test")).await.unwrap();
}

pub fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub struct Made(pub Event);

pub fn event(id: &str, stream: &str, kind: &str, at: &str) -> Made {
    let at = instant(at);
    Made(Event {
        id: id.to_owned(),
        stream: stream.to_owned(),
        kind: kind.to_owned(),
        at,
        recorded_at: at,
        ..Event::default()
    })
}

impl Made {
    pub fn link(mut self, role: &str, entity: &str) -> Self {
        self.0.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
        self
    }

    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.0.attrs.insert(name.to_owned(), Value::Text(value.to_owned()));
        self
    }
}

/// The duties that are kept, by id.
pub async fn kept(store: &dyn Store) -> Vec<(String, serde_json::Value)> {
    let query = DutyQuery { most: 1_000_000, ..DutyQuery::default() };
    let duties = store.duties(&query).await.unwrap();
    let mut rows: Vec<_> =
        duties.into_iter().map(|duty| (duty.id, serde_json::from_str(&duty.row).unwrap())).collect();
    rows.sort_by(|a: &(String, serde_json::Value), b| a.0.cmp(&b.0));
    rows
}

/// The duties that `evaluate` says of the log as of when duties are kept, by id.
pub async fn said(store: &dyn Store) -> Vec<(String, serde_json::Value)> {
    let judge = Judge::of(&store.policies().await.unwrap()).unwrap();
    let lines = store.entries_after(0, 10_000_000).await.unwrap();
    let text: String = lines.iter().map(|entry| format!("{}\n", entry.line)).collect();
    let mut log = LogBuilder::new();
    exchange::read(&[Input::Bytes("log.jsonl".to_owned(), text.into_bytes())], Options::default(), &mut log)
        .unwrap();
    let cut = Cut { as_of: store.head().await.unwrap().as_of, ..Cut::default() };
    let evaluation = evaluate(&judge.program, log.log(), &cut).unwrap();
    let mut rows: Vec<_> =
        evaluation.rows().map(|row| (row.id.clone(), serde_json::to_value(&row).unwrap())).collect();
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}
