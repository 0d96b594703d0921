//! What can go wrong in a store.

use std::error::Error;

use thiserror::Error as ThisError;

/// Why a store does not do what it is asked.
#[derive(Debug, ThisError)]
pub enum StoreError {
    /// The database cannot be reached or used now; it may be later.
    #[error("the database does not answer: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// Something of that name is there already.
    #[error("{what} `{id}` is there already")]
    Exists {
        /// Of what sort.
        what: &'static str,
        /// Its id or name.
        id: String,
    },
    /// The database is not one of this version of Wakeful.
    #[error("the database cannot be used: {0}")]
    Unusable(String),
    /// A backup cannot be written, or cannot be restored.
    #[error("the backup cannot be used: {0}")]
    Backup(String),
}
