//! Backup and restore.

use std::fs::File;
use std::io::BufReader;

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
    let mut out = Output::private(Some(&args.out))?;
    let mark = open::block_on(async { Ok(open::open_there(&args.data).await?.backup(&mut out).await) })?;
    let mark = match (mark, out.failure()) {
        (Ok(mark), _) => mark,
        (Err(_), Some(error)) => return Err(out.failed(error)),
        (Err(error), None) => return Err(error.into()),
    };
    out.finish()?;
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
