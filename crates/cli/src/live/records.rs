//! Records in and out of the live system, and policy versions in.

use std::io::Write as _;
use std::sync::Arc;

use app::versions::{self, Texts};
use app::{Clock as _, History, Node, Order, Refusal, SystemClock, Unraised};
use engine::log::Log;
use engine::policy::Policy;
use engine::record::Event;
use engine::words::counted;
use exchange::{Input, Options};
use store::{Contact, Store as _};

use super::args::{ActivateArgs, DataArgs, ExportArgs, ImportArgs};
use super::open;
use crate::Outcome;
use crate::error::CliError;
use crate::input::Inputs;
use crate::output::Output;
use crate::policy_files;
use crate::terminal;
use crate::words::thousands;

/// How many entries are read at once.
const CHUNK: usize = 20_000;

/// `wakeful import`
///
/// # Errors
/// What cannot be read or recorded.
pub fn import(args: &ImportArgs) -> Result<Outcome, CliError> {
    let (log, _) = Inputs::of(&args.inputs, &args.input).read()?;
    let events: Vec<Event> = (0..log.len()).map(|row| log.event(row as u32)).collect();
    drop(log);
    open::block_on(async {
        let store = open::open(&args.data).await?;
        if !args.policy.is_empty() {
            open::put_into_force(&store, &args.policy).await?;
        }
        let count = events.len();
        let order = Order { events, records_as: None };
        let mut node = Node::quiet(Arc::clone(&store) as Arc<dyn store::Store>);
        let recorded = node.record(SystemClock.now(), vec![order]).await?;
        let recorded = recorded.into_iter().next().ok_or_else(|| CliError::Fault("no answer".to_owned()))?;
        let recorded = recorded.map_err(|refusal| {
            let (Refusal::Conflict { place, .. } | Refusal::Bad { place, .. }) = refusal;
            CliError::Live(format!("nothing was imported: event {} of those read: {refusal}", place + 1))
        })?;
        terminal::remark(&format!(
            "{} events were recorded, {} were there already",
            thousands(recorded.new as u64),
            thousands((count - recorded.new) as u64)
        ));
        if let Some(ahead) = ahead(&node.unraised()?, &store.contacts().await?) {
            terminal::remark(&ahead);
        }
        Ok(Outcome::Done)
    })
}

/// How many of those without an address are named.
const MOST_NAMED: usize = 5;

/// What the server will do with the steps that are open, and whom it will not reach.
fn ahead(unraised: &Unraised, contacts: &[Contact]) -> Option<String> {
    if unraised.steps == 0 {
        return None;
    }
    let reachable = app::reachable(contacts);
    let unreached: Vec<&String> = unraised.holders.difference(&reachable).collect();
    let steps = counted(unraised.steps as u64, "step", "steps");
    let people = counted(unraised.holders.len() as u64, "person", "people");
    let told = format!(
        "{steps} of ladders wait to be raised by `wakeful serve`, which writes {people} one letter each"
    );
    let named = unreached.iter().take(MOST_NAMED).map(|one| one.as_str()).collect::<Vec<_>>().join(", ");
    let more = unreached.len().saturating_sub(MOST_NAMED);
    let more = if more == 0 { String::new() } else { format!(" and {} more", thousands(more as u64)) };
    Some(match unreached.len() {
        0 => told,
        count => format!(
            "{told}; {} of them cannot be reached, {named}{more}: `wakeful user contact` sets an address",
            thousands(count as u64)
        ),
    })
}

/// `wakeful export`
///
/// # Errors
/// What cannot be read or written.
pub fn export(args: &ExportArgs) -> Result<Outcome, CliError> {
    let mut out = Output::private(args.out.as_deref())?;
    let written = open::block_on(async { write_log(&args.data, &mut out).await })?;
    match written {
        Ok(()) => out.finish()?,
        Err(error) => return Err(out.failed(error)),
    }
    Ok(Outcome::Done)
}

/// Writes the log's lines, and says whether that could be done.
async fn write_log(data: &DataArgs, out: &mut Output) -> Result<std::io::Result<()>, CliError> {
    let store = open::open_there(data).await?;
    let mut seq = 0;
    loop {
        let entries = store.entries_after(seq, CHUNK).await?;
        let Some(last) = entries.last() else { return Ok(Ok(())) };
        seq = last.seq;
        let written = entries.iter().try_for_each(|entry| writeln!(out, "{}", entry.line));
        if written.is_err() {
            return Ok(written);
        }
    }
}

/// `wakeful policy activate`
///
/// # Errors
/// A policy that cannot be read, or a database that cannot be used.
pub fn activate(args: &ActivateArgs) -> Result<Outcome, CliError> {
    _ = policy_files::program(std::slice::from_ref(&args.path))?;
    let texts = Texts(policy_files::packs(&args.path)?);
    open::block_on(async {
        let store = open::open_there(&args.data).await?;
        let history = History::new(Arc::clone(&store) as Arc<dyn store::Store>);
        let by = "system:command-line";
        match versions::activate(&*store, &history, &texts, SystemClock.now(), by).await? {
            Ok(stored) => {
                terminal::remark(&format!("version {} of {} will be in force", stored.version, stored.name));
                Ok(Outcome::Done)
            }
            Err(problem) => {
                terminal::complain(&format!("refused, and what was in force still is: {problem}"));
                Ok(Outcome::Findings)
            }
        }
    })
}

/// The policies in force in the live record, and its log.
///
/// # Errors
/// What cannot be read.
pub fn live_record(args: &DataArgs) -> Result<(Vec<Policy>, Log), CliError> {
    open::block_on(async {
        let store = open::open_there(args).await?;
        let policies = versions::policies(&store.policies().await?)?;
        let mut lines = String::new();
        let mut seq = 0;
        loop {
            let entries = store.entries_after(seq, CHUNK).await?;
            let Some(last) = entries.last() else { break };
            seq = last.seq;
            for entry in &entries {
                lines.push_str(&entry.line);
                lines.push('\n');
            }
        }
        let input = Input::Bytes("the live record.jsonl".to_owned(), lines.into_bytes());
        let (log, _) = exchange::read_log(&[input], Options::default())?;
        Ok((policies, log))
    })
}
