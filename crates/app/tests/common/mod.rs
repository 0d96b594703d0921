//! What tests of the live system have in common.

#![allow(dead_code, reason = "each test uses some of it")]

pub mod failing;

use std::path::Path;
use std::sync::Arc;

use app::versions::{self, Judge, Texts};
use engine::duty::{AllocationRow, PostRow};
use engine::evaluate::{Cut, Evaluation, evaluate};
use engine::log::LogBuilder;
use engine::policy::SourceFile;
use engine::record::{Event, Value};
use engine::time::Instant;
use exchange::{Input, Options};
use store::{Database, DutyQuery, Post, Store};
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
    let mut rows = judged(store, |evaluation| {
        evaluation.rows().map(|row| (row.id.clone(), serde_json::to_value(&row).unwrap())).collect::<Vec<_>>()
    })
    .await;
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows
}

/// The posts, and by stream who is in charge of it, that `evaluate` says of the log as of when duties are kept.
pub async fn said_of_registers(store: &dyn Store) -> (Vec<Post>, Vec<(String, Vec<String>)>) {
    let (posts, allocations) =
        judged(store, |evaluation| (evaluation.posts(), evaluation.allocations())).await;
    let post = |row: &PostRow, manager: Option<&String>| Post {
        officer: row.officer.clone(),
        is_cover: row.is_cover,
        role: row.role.clone(),
        rank: row.rank.clone(),
        team: row.team.clone(),
        agency: row.agency.clone(),
        manager: manager.cloned(),
    };
    let posts = posts.iter().flat_map(|row| match row.managers.is_empty() {
        true => vec![post(row, None)],
        false => row.managers.iter().map(|manager| post(row, Some(manager))).collect(),
    });
    let people =
        |row: AllocationRow| (row.stream, row.officers.union(&row.teams).cloned().collect::<Vec<_>>());
    let mut in_charge: Vec<_> = allocations
        .into_iter()
        .map(people)
        .filter(|(of, people)| !of.is_empty() && !people.is_empty())
        .collect();
    in_charge.sort();
    (posts.collect(), in_charge)
}

/// What the log says as of when duties are kept.
async fn judged<T>(store: &dyn Store, read: impl FnOnce(&Evaluation<'_>) -> T) -> T {
    let judge = Judge::of(&store.policies().await.unwrap()).unwrap();
    let lines = store.entries_after(0, 10_000_000).await.unwrap();
    let text: String = lines.iter().map(|entry| format!("{}\n", entry.line)).collect();
    let mut log = LogBuilder::new();
    exchange::read(&[Input::Bytes("log.jsonl".to_owned(), text.into_bytes())], Options::default(), &mut log)
        .unwrap();
    let cut = Cut { as_of: store.head().await.unwrap().as_of, ..Cut::default() };
    read(&evaluate(&judge.program, log.log(), &cut).unwrap())
}
