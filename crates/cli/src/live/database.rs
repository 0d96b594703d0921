//! `wakeful database`

use store::Database;

use super::args::{DatabaseArgs, DatabaseCommand, GrantArgs};
use super::open;
use crate::Outcome;
use crate::error::CliError;
use crate::terminal::remark;

/// `wakeful database`
///
/// # Errors
/// What cannot be done.
pub fn run(args: &DatabaseArgs) -> Result<Outcome, CliError> {
    match &args.command {
        DatabaseCommand::Grant(args) => grant(args),
    }
}

/// Sets the database up for this version, then gives the rights.
fn grant(args: &GrantArgs) -> Result<Outcome, CliError> {
    open::block_on(async { Ok(Database::postgres(&args.database).await?.grant(&args.role).await?) })?;
    remark(&format!("the database is set up, and `{}` may use it and change nothing recorded", args.role));
    Ok(Outcome::Done)
}
