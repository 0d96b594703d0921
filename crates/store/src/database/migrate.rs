//! Setting a database up, and the rights to it.

use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AssertSqlSafe, Connection, PgPool, SqlitePool};

use super::{Database, Pool, fault};
use crate::StoreError;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// How often the turn to set a database up is waited for: each time as long as for any turn, while another does it.
const MOST_TRIES: u32 = 20;

async fn patiently<F: Future<Output = Result<(), StoreError>>>(
    set_up: impl Fn() -> F,
) -> Result<(), StoreError> {
    for _ in 1..MOST_TRIES {
        match set_up().await {
            Err(StoreError::Unavailable(_)) => {}
            done => return done,
        }
    }
    set_up().await
}

/// Whether there is a table of what was done so far.
const SQLITE_BEGUN: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')";
const POSTGRES_BEGUN: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";

/// Of several processes that start at once, one sets the file up while the others wait.
pub(super) async fn sqlite(pool: &SqlitePool) -> Result<(), StoreError> {
    patiently(|| set_sqlite_up(pool)).await
}

async fn set_sqlite_up(pool: &SqlitePool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let begun: bool = sqlx::query_scalar(SQLITE_BEGUN).fetch_one(&mut *connection).await?;
    if begun && is_done(&SQLITE, &mut *connection).await? {
        return Ok(());
    }
    let mut alone = connection.begin_with("BEGIN IMMEDIATE").await?;
    SQLITE.run_direct(None, &mut *alone, false).await?;
    Ok(alone.commit().await?)
}

/// Of several nodes that start at once, one sets the database up while the others wait. What is set up already needs no
/// right to do so.
pub(super) async fn postgres(pool: &PgPool) -> Result<(), StoreError> {
    patiently(|| set_postgres_up(pool)).await
}

async fn set_postgres_up(pool: &PgPool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let begun: bool = sqlx::query_scalar(POSTGRES_BEGUN).fetch_one(&mut *connection).await?;
    if begun && is_done(&POSTGRES, &mut *connection).await? {
        return Ok(());
    }
    let done = POSTGRES.run_direct(None, &mut *connection, false).await;
    // The lock that it takes belongs to the connection, which goes with it.
    connection.close().await?;
    done.map_err(|error| match error.into() {
        StoreError::Unusable(why) => StoreError::Unusable(format!(
            "it is not set up for this version, and that fails ({why}); run `wakeful database grant` as the role that owns it"
        )),
        other => other,
    })
}

/// Whether everything was done; what is not known here is an error.
async fn is_done(migrator: &Migrator, connection: &mut impl Migrate) -> Result<bool, StoreError> {
    let done = connection.list_applied_migrations("_sqlx_migrations").await?;
    let known = |version| migrator.iter().any(|migration| migration.version == version);
    if let Some(unknown) = done.iter().find(|applied| !known(applied.version)) {
        return Err(fault::newer(unknown.version));
    }
    Ok(migrator.iter().all(|migration| {
        done.iter()
            .any(|applied| applied.version == migration.version && applied.checksum == migration.checksum)
    }))
}

/// Refuses to write into a database that a newer version has set up further since it was opened: what that version keeps, this one
/// would not. Both databases have the same steps.
pub(super) fn refuse_newer(step: i64) -> Result<(), StoreError> {
    match SQLITE.iter().any(|known| known.version >= step) {
        true => Ok(()),
        false => Err(fault::newer(step)),
    }
}

/// What the application's role may do. `{role}` stands for it, quoted.
const RIGHTS: [&str; 8] = [
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT INSERT ON events, event_entities, streams, event_streams, entity_streams, event_texts, steps, policies, broken_glass, told, readings, security_log TO {role}",
    "GRANT UPDATE ON head, gaps TO {role}",
    "GRANT INSERT, UPDATE ON outbox, tokens, contacts, feeds, accounts TO {role}",
    "GRANT INSERT, UPDATE, DELETE ON duties, duty_days, rosters, roster_officers, posts, in_charge, webhooks, nodes TO {role}",
    "GRANT INSERT, UPDATE, DELETE ON sessions, devices, failures, drafts TO {role}",
];

impl Database {
    /// Gives a role of PostgreSQL the rights that the application needs, and takes every other from it: it adds events,
    /// and can neither change nor delete one. The role must be there; the caller must own the tables.
    ///
    /// # Errors
    /// [`StoreError::Unusable`] on SQLite, which has no roles, and where the role is missing, or has the rights of the
    /// tables' owner.
    pub async fn grant(&self, role: &str) -> Result<(), StoreError> {
        let Pool::Postgres(pool) = &self.pool else {
            return Err(StoreError::Unusable(
                "SQLite has no roles; rights to the file are those of its folder".into(),
            ));
        };
        refuse_owner(pool, role).await?;
        let quoted = format!("\"{}\"", role.replace('"', "\"\""));
        let mut all = pool.begin().await?;
        for right in RIGHTS {
            let statement = AssertSqlSafe(right.replace("{role}", &quoted));
            sqlx::raw_sql(statement).execute(&mut *all).await?;
        }
        Ok(all.commit().await?)
    }
}

/// Whether a role has what the owner of the tables has, or may take it: it is the owner, a member of it, or a superuser.
const HAS_THE_OWNERS_RIGHTS: &str = "SELECT rolsuper OR pg_has_role(rolname, (SELECT tableowner FROM pg_tables \
    WHERE schemaname = 'public' AND tablename = 'events'), 'MEMBER') FROM pg_roles WHERE rolname = $1";

/// Who has an owner's rights can give itself back what is taken from it.
async fn refuse_owner(pool: &PgPool, role: &str) -> Result<(), StoreError> {
    let found: Option<bool> =
        sqlx::query_scalar(HAS_THE_OWNERS_RIGHTS).bind(role).fetch_optional(pool).await?;
    match found {
        Some(false) => Ok(()),
        Some(true) => Err(StoreError::Unusable(format!(
            "`{role}` owns its tables, is a member of the role that does, or is a superuser; give the rights to another role"
        ))),
        None => {
            Err(StoreError::Unusable(format!("there is no role `{role}`; make it first (`CREATE ROLE`)")))
        }
    }
}
