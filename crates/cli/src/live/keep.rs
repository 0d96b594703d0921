//! Backup and restore.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::args::{BackupArgs, RestoreArgs};
use super::open;
use crate::Outcome;
use crate::error::CliError;
use crate::output::Output;
use crate::terminal;
use crate::words::thousands;

/// `wakeful backup`
///
/// # Errors
/// A database that cannot be read, or a file that cannot be written.
pub fn backup(args: &BackupArgs) -> Result<Outcome, CliError> {
    let mark = open::block_on(async {
        let store = open::open_there(&args.data).await?;
        let mut bytes =
            tempfile::tempfile().map_err(|source| CliError::Write { path: args.out.clone(), source })?;
        let mark = store.backup(&mut bytes).await?;
        Ok((mark, bytes))
    });
    let (mark, mut bytes) = mark?;
    let mut out = Output::open(Some(&args.out))?;
    let fail = |source| CliError::Write { path: args.out.clone(), source };
    std::io::Seek::rewind(&mut bytes).map_err(fail)?;
    std::io::copy(&mut bytes, &mut out).map_err(fail)?;
    out.finish()?;
    for_owner_alone(&args.out)?;
    terminal::remark(&format!(
        "saved, with every event up to number {}",
        thousands(mark.head.seq.unsigned_abs())
    ));
    Ok(Outcome::Done)
}

/// `wakeful restore`
///
/// # Errors
/// A file that is not whole, or a database that is not empty.
pub fn restore(args: &RestoreArgs) -> Result<Outcome, CliError> {
    let read = |source| CliError::Read { path: args.file.clone(), source };
    let file = File::open(&args.file).map_err(read)?;
    let mark = open::block_on(async {
        let store = open::open(&args.data).await?;
        Ok(store.restore(&mut BufReader::new(file)).await?)
    })?;
    terminal::remark(&format!(
        "restored, with every event up to number {}",
        thousands(mark.head.seq.unsigned_abs())
    ));
    Ok(Outcome::Done)
}

/// A backup is the whole record: nobody else on the machine reads it.
fn for_owner_alone(path: &Path) -> Result<(), CliError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, mode)
            .map_err(|source| CliError::Write { path: path.to_owned(), source })?;
    }
    Ok(())
}
