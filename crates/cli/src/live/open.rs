//! Opening what the live system keeps.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::versions::{self, Texts};
use app::{Clock as _, SystemClock};
use store::{Database, Store as _, StoredPolicy};

use super::args::DataArgs;
use crate::error::CliError;
use crate::policy_files;
use crate::terminal;

/// The name of the embedded database in its folder.
const FILE: &str = "wakeful.sqlite";

/// How long work that cannot be stopped has to end once all else has, such as an audit under way.
const LAST_WORK: Duration = Duration::from_secs(1);

/// Runs what is to be done with the live system to its end.
///
/// # Errors
/// What it fails with, or a system that has no threads to give.
pub fn block_on<R>(future: impl Future<Output = Result<R, CliError>>) -> Result<R, CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::Live(format!("no threads can be started: {error}")))?;
    let done = runtime.block_on(future);
    runtime.shutdown_timeout(LAST_WORK);
    done
}

/// Opens the database; on SQLite it is made where it is missing.
///
/// # Errors
/// A folder that cannot be made, or a database that cannot be used.
pub async fn open(args: &DataArgs) -> Result<Arc<Database>, CliError> {
    let opened = match place(args)? {
        Place::Postgres(url) => Database::postgres(url).await,
        Place::Sqlite(folder) => {
            make_folder(folder)?;
            Database::sqlite(&folder.join(FILE)).await
        }
    };
    Ok(Arc::new(opened?))
}

/// Opens a database that is there.
///
/// # Errors
/// A folder without one, or one that cannot be used.
pub async fn open_there(args: &DataArgs) -> Result<Arc<Database>, CliError> {
    match place(args)? {
        Place::Sqlite(folder) if !folder.join(FILE).is_file() => Err(CliError::Live(format!(
            "there is no live record in `{}`; is `--data` right? `wakeful serve` or `wakeful import` begins one",
            folder.display()
        ))),
        _ => open(args).await,
    }
}

/// Where a record is.
enum Place<'a> {
    Sqlite(&'a Path),
    Postgres(&'a str),
}

fn place(args: &DataArgs) -> Result<Place<'_>, CliError> {
    let folder = || args.data.as_deref().map(Place::Sqlite);
    let place = args.database.as_deref().map(Place::Postgres).or_else(folder);
    place.ok_or_else(|| CliError::Fault("neither `--data` nor `--database`".to_owned()))
}

/// Makes the folder, for its owner alone.
fn make_folder(folder: &Path) -> Result<(), CliError> {
    let fail = |source| CliError::Write { path: folder.to_owned(), source };
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(fail)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(fail)?;
    }
    Ok(())
}

/// Puts the policies given into force where none is; where some are, says what of those given is not.
///
/// # Errors
/// Policies with problems while none is in force, or none at all.
pub async fn put_into_force(store: &Arc<Database>, paths: &[PathBuf]) -> Result<(), CliError> {
    let mut stored = store.policies().await?;
    if stored.is_empty() {
        if put_first(store, paths).await? {
            return Ok(());
        }
        stored = store.policies().await?;
    }
    for path in paths {
        match version(path) {
            Ok((_, version)) if stored.iter().any(|known| known.fingerprint == version.fingerprint) => {}
            Ok((_, version)) => terminal::remark(&format!(
                "the policy at `{}` (version {}) is not one of those in force; `wakeful policy activate` puts it into force from a future date",
                path.display(),
                version.version,
            )),
            Err(error) => {
                error.show();
                terminal::remark("what was in force stays in force");
            }
        }
    }
    Ok(())
}

async fn put_first(store: &Arc<Database>, paths: &[PathBuf]) -> Result<bool, CliError> {
    if paths.is_empty() {
        return Err(CliError::Live("no policy is in force; say which with `--policy`".to_owned()));
    }
    _ = policy_files::program(paths)?;
    let mut versions = paths.iter().map(|path| version(path)).collect::<Result<Vec<_>, _>>()?;
    versions.sort_by_key(|(from, _)| *from);
    let versions: Vec<StoredPolicy> = versions.into_iter().map(|(_, version)| version).collect();
    Ok(versions::put_first(&**store, &versions).await?)
}

/// The version at a path, as it is kept, and from when it is in force.
///
/// # Errors
/// A path without a policy, or a policy with problems.
pub fn version(path: &Path) -> Result<(Option<engine::time::Date>, StoredPolicy), CliError> {
    let texts = Texts(policy_files::packs(path)?);
    let policy = policy_files::read_all(&[path.to_owned()])?.pop();
    let policy = policy.ok_or_else(|| CliError::Fault("a path without a policy".to_owned()))?;
    Ok((policy.in_force.from, texts.stored(&policy, SystemClock.now(), "system:wakeful")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_cannot_be_stopped_is_not_waited_for() {
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let start = std::time::Instant::now();
        block_on(async {
            drop(tokio::task::spawn_blocking(move || ended.recv_timeout(LAST_WORK * 30)));
            Ok(())
        })
        .unwrap();
        assert!(start.elapsed() < LAST_WORK * 10);
        drop(end);
    }
}
