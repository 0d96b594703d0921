//! Where a store is, and what goes into it.

use engine::time::Instant;
use store::{Database, DutyEntry, Message, NewEvent, Store};
use tempfile::TempDir;

/// A new, empty place for a database.
pub enum Place {
    Sqlite(TempDir),
    Postgres(String),
}

impl Place {
    pub fn sqlite() -> Self {
        Place::Sqlite(TempDir::new().unwrap())
    }

    pub fn postgres() -> Self {
        Place::Postgres(test_support::postgres_url())
    }

    /// Opens it, as one process does.
    pub async fn open(&self) -> Database {
        self.try_open().await.unwrap()
    }

    pub async fn try_open(&self) -> Result<Database, store::StoreError> {
        match self {
            Place::Sqlite(folder) => Database::sqlite(&folder.path().join("wakeful.db")).await,
            Place::Postgres(url) => Database::postgres(url).await,
        }
    }

    /// Runs a statement past the store, as its owner, and says what the database says.
    pub async fn run(&self, sql: &'static str) -> Result<(), String> {
        use sqlx::Connection as _;
        match self {
            Place::Sqlite(folder) => {
                let url = format!("sqlite://{}", folder.path().join("wakeful.db").display());
                let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut raw).await.map(drop).map_err(|error| error.to_string())
            }
            Place::Postgres(url) => {
                let mut raw = sqlx::PgConnection::connect(url).await.unwrap();
                sqlx::raw_sql(sql).execute(&mut raw).await.map(drop).map_err(|error| error.to_string())
            }
        }
    }

    /// Sets it up as a version of Wakeful did whose last migration has this number.
    pub async fn set_up_to(&self, number: i64) {
        use sqlx::Connection as _;
        let up_to = |mut all: sqlx::migrate::Migrator| {
            all.migrations.to_mut().retain(|migration| migration.version <= number);
            all
        };
        match self {
            Place::Sqlite(folder) => {
                let path = folder.path().join("wakeful.db");
                let options =
                    sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
                let mut raw = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
                up_to(sqlx::migrate!("migrations/sqlite")).run(&mut raw).await.unwrap();
            }
            Place::Postgres(url) => {
                let mut raw = sqlx::PgConnection::connect(url).await.unwrap();
                up_to(sqlx::migrate!("migrations/postgres")).run(&mut raw).await.unwrap();
            }
        }
    }

    /// What a statement counts, run by itself.
    pub async fn count(&self, sql: &'static str) -> i64 {
        use sqlx::Connection as _;
        match self {
            Place::Sqlite(folder) => {
                let url = format!("sqlite://{}", folder.path().join("wakeful.db").display());
                let mut raw = sqlx::SqliteConnection::connect(&url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap()
            }
            Place::Postgres(url) => {
                let mut raw = sqlx::PgConnection::connect(url).await.unwrap();
                sqlx::query_scalar(sql).fetch_one(&mut raw).await.unwrap()
            }
        }
    }
}

pub fn ms(ms: i64) -> Instant {
    Instant::from_ms(ms).unwrap()
}

pub fn event(id: &str) -> NewEvent {
    NewEvent {
        id: id.into(),
        line: serde_json::json!({ "id": id, "stream": format!("case:{id}") }).to_string(),
        stream: format!("case:{id}"),
        entities: vec![format!("case:{id}"), "person:p1".into()],
    }
}

pub fn duty(id: &str, rule: &str, key: &str, due: Option<i64>) -> DutyEntry {
    DutyEntry {
        id: id.into(),
        rule: rule.into(),
        key: key.into(),
        due: due.map(ms),
        state: "pending".into(),
        wakes_at: due.map(ms),
        holders: vec!["officer:o2".into(), "officer:o1".into()],
        stream: key.into(),
        agency: None,
        climb: None,
        row: format!("{{\"duty\":\"{id}\"}}"),
    }
}

pub fn message(id: &str, at: i64) -> Message {
    Message {
        id: id.into(),
        at: ms(at),
        channel: "mail".into(),
        recipient: "officer:o1".into(),
        body: "{\"duty\":\"d1\"}".into(),
    }
}

/// Appends events in a transaction of their own.
pub async fn record(store: &impl Store, events: &[NewEvent]) {
    let mut transaction = store.begin().await.unwrap();
    transaction.append(events).await.unwrap();
    transaction.commit().await.unwrap();
}

/// Keeps duties in a transaction of their own.
pub async fn keep(store: &impl Store, duties: &[DutyEntry]) {
    let mut transaction = store.begin().await.unwrap();
    transaction.put_duties(duties).await.unwrap();
    transaction.commit().await.unwrap();
}
