//! A force: how long the watch takes when much lapses at once, and how much memory a node needs.
//!
//! Each part is a process of its own, so that its memory is its own.

use std::process::Command;
use std::sync::Arc;
use std::time::Instant as Stopwatch;

use app::Node;
use engine::duty::State;
use engine::time::Instant;
use store::{Cursor, DutyQuery, Store};
use wakeful_bench::machine;

use crate::place::{self, Kind, Places, Result};

/// Makes a force of `events` events, and raises about so many steps at once.
pub async fn run(kind: Kind, events: usize, steps: usize) -> Result<()> {
    let mut places = Places::new(kind)?;
    let place = places.database()?;
    println!("{}, a force of {events} events", kind.name());
    process(&["fill", &place, &events.to_string()])?;
    process(&["first", &place])?;
    let later = when_due(&place, steps).await?;
    process(&["later", &place, &later.ms().to_string()])
}

/// Runs a part of this program as a process of its own.
fn process(words: &[&str]) -> Result<()> {
    let done = Command::new(std::env::current_exe()?).args(words).status()?;
    if done.success() { Ok(()) } else { Err(format!("`{}` failed", words.join(" ")).into()) }
}

/// Fills the log.
pub async fn fill(place: &str, events: usize) -> Result<()> {
    let store = place::open(place).await?;
    place::put_policy(&*store).await?;
    let watch = Stopwatch::now();
    let lines = place::made_of_years(events)?;
    println!("  {} events", lines.len());
    let last = place::fill_lines(&*store, lines).await?.ok_or("the log is empty")?;
    // When they were judged is when the last was recorded; the program is none that there is.
    let mut transaction = store.begin().await?;
    transaction.stand(last, "").await?;
    transaction.commit().await?;
    println!("  made and filled in {:.1} s", watch.elapsed().as_secs_f64());
    Ok(())
}

/// A node's first start: all is judged, and every duty written.
pub async fn first(place: &str) -> Result<()> {
    let (store, as_of) = at_head(place).await?;
    let mut node = Node::new(store, "bench");
    let watch = Stopwatch::now();
    node.watch(as_of).await?;
    told("first start, every duty written", watch, &mut node)
}

/// A node's start, and what it does when it wakes at a later instant.
pub async fn later(place: &str, ms: i64) -> Result<()> {
    let (store, as_of) = at_head(place).await?;
    let mut node = Node::new(Arc::clone(&store), "bench");
    let watch = Stopwatch::now();
    node.watch(as_of).await?;
    told("start", watch, &mut node)?;
    let before = store.head().await?.seq;
    let watch = Stopwatch::now();
    node.watch(Instant::saturating(ms)).await?;
    told("the watch wakes", watch, &mut node)?;
    println!("    {} steps raised", store.head().await?.seq - before);
    Ok(())
}

async fn at_head(place: &str) -> Result<(Arc<dyn Store>, Instant)> {
    let store = place::open(place).await?;
    let as_of = store.head().await?.as_of.ok_or("nothing was judged")?;
    Ok((store, as_of))
}

fn told(what: &str, watch: Stopwatch, node: &mut Node) -> Result<()> {
    let (seconds, watched) = (watch.elapsed().as_secs_f64(), node.status().watched);
    let (core, peak) = (machine::process_seconds()?, machine::peak_bytes()? / 1e6);
    println!(
        "  {what:<32} {seconds:>7.2} s   {core:.2} s of a core since the start, load {}   {watched} duties watched   peak {peak:.0} MB",
        machine::load()?
    );
    Ok(())
}

/// When so many of the duties that are not yet due have lapsed.
async fn when_due(place: &str, steps: usize) -> Result<Instant> {
    let store = place::open(place).await?;
    let counts = store.count_duties(&DutyQuery::default()).await?;
    let open = State::ALL.into_iter().filter(|state| state.is_open());
    println!("  {} duties open", open.filter_map(|state| counts.get(state.word())).sum::<u64>());
    let mut query = DutyQuery { states: vec!["pending".to_owned()], most: 5_000, ..DutyQuery::default() };
    let mut wakes = Vec::new();
    loop {
        let duties = store.duties(&query).await?;
        let Some(last) = duties.last() else { break };
        let (rule, key, id) = (last.rule.clone(), last.key.clone(), last.id.clone());
        query.after = Some(Cursor { rule, key, due: last.due, id });
        wakes.extend(duties.iter().filter_map(|duty| duty.wakes_at));
    }
    wakes.sort_unstable();
    println!("  {} duties pending", wakes.len());
    Ok(*wakes.get(steps).or(wakes.last()).ok_or("no duty is pending")?)
}
