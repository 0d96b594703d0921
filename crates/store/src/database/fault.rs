//! What a database's errors mean.

use sqlx::error::DatabaseError;
use sqlx::migrate::MigrateError;

use crate::StoreError;

/// It may work later.
pub(super) fn unavailable(why: &str) -> StoreError {
    StoreError::Unavailable(why.into())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Io, PoolClosed, PoolTimedOut, Protocol, WorkerCrashed};
        match &error {
            Io(_) | Protocol(_) | PoolTimedOut | PoolClosed | WorkerCrashed => {
                StoreError::Unavailable(error.into())
            }
            sqlx::Error::Database(cause) if passes(&**cause) => StoreError::Unavailable(error.into()),
            _ => StoreError::Unusable(error.to_string()),
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMissing(version) => newer(version),
            MigrateError::VersionMismatch(version) => StoreError::Unusable(format!(
                "it was set up by another build of Wakeful (step {version} differs); use that build, or restore a \
                 backup into a new database"
            )),
            other => StoreError::Unusable(other.to_string()),
        }
    }
}

/// The database was set up by a version that is still to come.
pub(super) fn newer(version: i64) -> StoreError {
    StoreError::Unusable(format!(
        "a newer version of Wakeful set it up (step {version} is not known here); use that version or a newer one"
    ))
}

/// Whether the same may work later: the database is busy, full, starting, stopping or gone.
fn passes(error: &dyn DatabaseError) -> bool {
    let Some(code) = error.code() else { return false };
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        // Busy, locked, read-only, I/O error, full, cannot open; the higher bits say more of the same.
        return code.parse::<i32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14));
    }
    // Connection, transaction rolled back, resources, operator intervention, system error, lock and idle timeouts, standby.
    ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        || ["55P03", "25P03", "25006"].contains(&&*code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_without_connections_may_work_later() {
        assert!(matches!(StoreError::from(sqlx::Error::PoolTimedOut), StoreError::Unavailable(_)));
        assert!(matches!(StoreError::from(sqlx::Error::RowNotFound), StoreError::Unusable(_)));
    }

    #[test]
    fn a_newer_database_is_told_apart() {
        let said = StoreError::from(MigrateError::VersionMissing(9)).to_string();
        assert!(said.contains("a newer version of Wakeful set it up (step 9"), "{said}");
    }
}
