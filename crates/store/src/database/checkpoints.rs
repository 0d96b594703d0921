//! Taking what was committed over from SQLite's log of writes into its file, beside those who write. SQLite by itself has whoever
//! made that log long do it in their commit, and wait for the disk; it still does where the log grows too long.

use std::sync::Arc;

use sqlx::SqlitePool;
use tokio::sync::{Mutex, watch};

/// After about how many pages that were written what was committed is taken over. A page that was written more than once by then is
/// taken over once; SQLite by itself does it after 1,000, which is some 30 events.
const PAGES: u64 = 4_000;

/// From how many pages on writers wait until the log can begin anew: 64 MiB, half of what SQLite itself lets it have (`open`).
const MOST_PAGES: i64 = 16_384;

/// Whom those who write tell of it. What is told of ends with the last of its copies.
#[derive(Clone, Debug)]
pub(super) struct Checkpoints(Arc<watch::Sender<u64>>);

impl Checkpoints {
    pub(super) fn start(pool: SqlitePool, writing: Arc<Mutex<()>>) -> Self {
        let (sender, written) = watch::channel(0);
        tokio::spawn(run(pool, writing, written));
        Self(Arc::new(sender))
    }

    /// About so many pages were written.
    pub(super) fn written(&self, pages: u64) {
        self.0.send_modify(|written| *written += pages);
    }
}

async fn run(pool: SqlitePool, writing: Arc<Mutex<()>>, mut written: watch::Receiver<u64>) {
    let mut done = 0;
    while written.changed().await.is_ok() {
        let until = *written.borrow_and_update();
        if until - done < PAGES {
            continue;
        }
        // Where the disk fails, those who write say so; it is tried again after their next.
        let Ok(pages) = checkpoint(&pool).await else { continue };
        done = until;
        if pages > MOST_PAGES {
            // The log begins anew when all of it was taken over; while others write, some of it never was. So that they wait for
            // little, what was written meanwhile is taken over first.
            _ = checkpoint(&pool).await;
            let _turn = writing.lock().await;
            _ = checkpoint(&pool).await;
        }
    }
}

/// Takes over what nobody still reads as it was before; says how many pages the log has.
async fn checkpoint(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    let (_, pages, _): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(pool).await?;
    Ok(pages)
}
