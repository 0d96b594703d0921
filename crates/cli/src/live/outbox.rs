//! Messages that were given up.

use app::{Clock as _, SystemClock};
use store::{Database, DeadQuery, Store as _};

use super::args::{ChosenArgs, DeadArgs, OutboxArgs, OutboxCommand, WhichArgs};
use super::open;
use crate::Outcome;
use crate::error::CliError;
use crate::terminal::{print, remark};
use crate::words::{counted, thousands};

/// How many messages are read at once.
const PAGE: usize = 1_000;

/// `wakeful outbox`
///
/// # Errors
/// What cannot be done.
pub fn run(args: &OutboxArgs) -> Result<Outcome, CliError> {
    open::block_on(async {
        match &args.command {
            OutboxCommand::Dead(args) if args.summary => summarise(args).await,
            OutboxCommand::Dead(args) => list(args).await,
            OutboxCommand::Replay(args) => replay(args).await,
            OutboxCommand::Drop(args) => put_aside(args).await,
        }?;
        Ok(Outcome::Done)
    })
}

fn query(id: Option<&String>, which: &WhichArgs) -> DeadQuery {
    DeadQuery { id: id.cloned(), recipient: which.to.clone(), reason: which.reason.clone() }
}

async fn summarise(args: &DeadArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    for group in store.dead_groups(&query(None, &args.which)).await? {
        print(&format!(
            "{:>9}  {}, the first of {}: {}",
            thousands(group.count),
            group.channel,
            group.oldest,
            group.reason.unwrap_or_default()
        ))?;
    }
    Ok(())
}

async fn list(args: &DeadArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    let which = query(None, &args.which);
    let mut after = None;
    loop {
        let page = store.dead_letters(&which, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some((last.message.at, last.message.id.clone()));
        for dead in page {
            let error = dead.error.unwrap_or_default();
            print(&format!(
                "{}  to {}, tried {} times: {error}",
                dead.message.id, dead.message.recipient, dead.attempts
            ))?;
        }
    }
}

async fn replay(args: &ChosenArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    let replayed = store.replay(&query(args.id.as_ref(), &args.which), SystemClock.now()).await?;
    tell(&store, args, replayed, "put back").await
}

async fn put_aside(args: &ChosenArgs) -> Result<(), CliError> {
    let store = open::open_there(&args.data).await?;
    let dropped = store.drop_dead(&query(args.id.as_ref(), &args.which), SystemClock.now()).await?;
    tell(&store, args, dropped, "put aside").await
}

/// Says what was done, and with how many; one that is not there is a mistake.
async fn tell(store: &Database, args: &ChosenArgs, count: u64, done: &str) -> Result<(), CliError> {
    if let (0, Some(id)) = (count, &args.id) {
        return Err(CliError::Live(format!(
            "no message `{id}` was given up; `wakeful outbox dead` lists them"
        )));
    }
    let left = store.message_counts().await?.dead;
    let were = if count == 1 { "was" } else { "were" };
    let messages = counted(count, "message");
    let left = match left {
        0 => "none that was given up is left".to_owned(),
        1 => "1 that was given up is left".to_owned(),
        left => format!("{} that were given up are left", thousands(left)),
    };
    remark(&format!("{messages} {were} {done}; {left}"));
    Ok(())
}
