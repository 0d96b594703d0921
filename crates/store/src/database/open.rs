//! Opening a database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, SqliteConnection, SqlitePool};

use super::{Database, PATIENCE, Pool, migrate};
use crate::StoreError;

/// How many connections a node has at most.
const CONNECTIONS: u32 = 16;

/// How long a connection to PostgreSQL is waited for.
const REACH: Duration = Duration::from_secs(10);

/// What a connection to PostgreSQL asks for: that a commit lasts, and that a node that went away holds no lock for long.
const SESSION: &str = "SELECT \
    set_config('synchronous_commit', CASE WHEN current_setting('synchronous_commit') = 'off' THEN 'on' \
        ELSE current_setting('synchronous_commit') END, false), \
    set_config('lock_timeout', '30s', false), \
    set_config('idle_in_transaction_session_timeout', '5min', false), \
    set_config('tcp_keepalives_idle', '15', false), \
    set_config('tcp_keepalives_interval', '5', false), \
    set_config('tcp_keepalives_count', '3', false)";

impl Database {
    /// Opens a file of SQLite, and makes it where it is missing; its folder must be there. Several processes may open the
    /// same file. What was committed survives a crash.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] if the folder is missing, or the file is no database of this version.
    pub async fn sqlite(path: &Path) -> Result<Self, StoreError> {
        let path = place(path)?;
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // What it sets aside holds what the record holds, and belongs on no other disk.
            .pragma("temp_store", "MEMORY")
            // `checkpoints` does it long before; where it cannot, whoever commits does.
            .pragma("wal_autocheckpoint", "32768")
            // What an import made long is cut when it begins anew.
            .pragma("journal_size_limit", "67108864")
            .busy_timeout(PATIENCE);
        let pool = sqlite_pool(options).await?;
        migrate::sqlite(&pool).await?;
        let database = Database::new(Pool::Sqlite(pool));
        database.keep_words().await?;
        Ok(database)
    }

    /// Opens a database of PostgreSQL: `postgres://ROLE:PASSWORD@HOST:PORT/NAME`. Its owner sets it up; a role that has
    /// no right to do that can use it once it is set up, see [`Database::grant`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if it cannot be reached; [`StoreError::Unusable`] if it is not of this version, or
    /// the URL is none.
    pub async fn postgres(url: &str) -> Result<Self, StoreError> {
        let options = reached(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(REACH)
            .after_connect(|connection, _| Box::pin(prepare(connection)))
            .connect_with(options.application_name("wakeful"))
            .await?;
        let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&pool).await?;
        if encoding != "UTF8" {
            return Err(StoreError::Unusable(format!(
                "its encoding is {encoding}; create it with ENCODING 'UTF8'"
            )));
        }
        migrate::postgres(&pool).await?;
        let database = Database::new(Pool::Postgres(pool));
        database.keep_words().await?;
        Ok(database)
    }
}

/// The URL may hold a password, and is not repeated.
fn reached(url: &str) -> Result<PgConnectOptions, StoreError> {
    let wrong =
        |why: &str| StoreError::Unusable(format!("its URL is not postgres://ROLE@HOST:PORT/NAME: {why}"));
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(wrong("it begins otherwise"));
    }
    url.parse::<PgConnectOptions>().map_err(|error| wrong(&error.to_string()))
}

async fn prepare(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(SESSION).execute(connection).await.map(drop)
}

/// Where a file is, whatever its name looks like. It is made for its owner's eyes only: it holds secrets.
fn place(path: &Path) -> Result<PathBuf, StoreError> {
    let unusable = |error| StoreError::Unusable(format!("`{}`: {error}", path.display()));
    let whole = std::path::absolute(path).map_err(unusable)?;
    let folder = whole.parent().unwrap_or(&whole);
    if !folder.is_dir() {
        return Err(StoreError::Unusable(format!(
            "its folder `{}` is not there; make it first",
            folder.display()
        )));
    }
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&whole).map_err(unusable)?;
    Ok(whole)
}

/// Turning a new file to WAL needs it alone for a moment, and SQLite does not wait for that.
async fn sqlite_pool(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        // A file does not go away as a server does, and to ask first costs as much as most statements.
        .test_before_acquire(false)
        .after_release(|connection, _| Box::pin(is_at_rest(connection)));
    for pause_ms in [20, 50, 100, 200, 400, 800] {
        match pool.clone().connect_with(options.clone()).await.map_err(StoreError::from) {
            Err(StoreError::Unavailable(_)) => tokio::time::sleep(Duration::from_millis(pause_ms)).await,
            opened => return opened,
        }
    }
    Ok(pool.connect_with(options).await?)
}

/// Whether a connection can be used again. Where the disk is full or fails, SQLite itself undoes the transaction; the
/// connection then still counts one that cannot be undone again, and would refuse to begin another for ever.
async fn is_at_rest(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // What was begun to be undone is undone once this is answered.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_transaction_that_sqlite_undid_itself_spoils_no_connection() {
        let folder = tempfile::tempdir().unwrap();
        let options =
            SqliteConnectOptions::new().filename(folder.path().join("a.sqlite")).create_if_missing(true);
        let pool = sqlite_pool(options).await.unwrap();
        for _ in 0..3 {
            let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
            // As SQLite does by itself where the disk is full.
            sqlx::raw_sql("ROLLBACK").execute(&mut *transaction).await.unwrap();
            drop(transaction);
        }
    }
}
