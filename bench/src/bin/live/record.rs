//! Recording with evaluation, beside a bare insert of every row that it wrote.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use app::{Node, Order};
use engine::record::Event;
use store::Store;
use wakeful_bench::machine;

use crate::noting::{Noting, Rows};
use crate::place::{self, Kind, Places, Result};

/// What one size of transaction came to.
#[derive(Default)]
struct Figures {
    events: usize,
    /// Of recording, of the store's part of it, and of the bare insert.
    recorded: Duration,
    in_store: Duration,
    bare: Duration,
    /// Seconds of a core that this process had for recording, and for the bare insert.
    recorded_core: f64,
    bare_core: f64,
    rows: Rows,
}

/// Records the events after the first `existing`, one by one and then in batches of `batch`.
pub async fn run(kind: Kind, existing: usize, singles: usize, batches: usize, batch: usize) -> Result<()> {
    let mut places = Places::new(kind)?;
    let mut bench = Bench::new(&mut places, existing, singles + batches * batch).await?;
    println!("{}, a log of {existing} events", kind.name());
    for (transactions, size) in [(singles, 1), (batches, batch)] {
        let mut figures = Figures::default();
        for _ in 0..transactions {
            bench.step(size, &mut figures).await?;
        }
        show(transactions, size, &figures);
    }
    Ok(())
}

struct Bench {
    node: Node,
    noting: Arc<Noting>,
    bare: Arc<dyn Store>,
    events: std::vec::IntoIter<Event>,
}

impl Bench {
    /// Two databases in which the same stands, and the events to come.
    async fn new(places: &mut Places, existing: usize, more: usize) -> Result<Self> {
        let (recorded, bare) =
            (place::open(&places.database()?).await?, place::open(&places.database()?).await?);
        let lines: Vec<Box<str>> = place::made(existing + more)?.take(existing + more).collect();
        let (first, rest) = lines.split_at(existing.min(lines.len()));
        let first = place::read(first)?;
        let mut last = None;
        for store in [&recorded, &bare] {
            place::put_policy(&**store).await?;
            last = place::fill(&**store, &first).await?;
        }
        let noting = Arc::new(Noting::new(recorded));
        let mut node = Node::new(Arc::clone(&noting) as Arc<dyn Store>, "bench");
        node.watch(last.ok_or("the log is empty")?).await?;
        noting.take().replay(&*bare).await?;
        Ok(Self { node, noting, bare, events: place::read(rest)?.into_iter() })
    }

    /// Records the next events, then writes the same rows into the other database.
    async fn step(&mut self, size: usize, figures: &mut Figures) -> Result<()> {
        let events: Vec<Event> = self.events.by_ref().take(size).collect();
        let now = events.iter().map(|event| event.recorded_at).max().ok_or("there are no events left")?;
        figures.events += events.len();
        let (watch, core) = (Stopwatch::now(), machine::process_seconds()?);
        let results = self.node.record(now, vec![Order { events, records_as: None }]).await?;
        figures.recorded += watch.elapsed();
        let recorded = machine::process_seconds()?;
        figures.recorded_core += recorded - core;
        results.into_iter().try_for_each(|result| result.map(drop))?;
        let noted = self.noting.take();
        figures.in_store += noted.in_store;
        noted.count(&mut figures.rows);
        let (watch, core) = (Stopwatch::now(), machine::process_seconds()?);
        noted.replay(&*self.bare).await?;
        figures.bare += watch.elapsed();
        figures.bare_core += machine::process_seconds()? - core;
        Ok(())
    }
}

fn show(transactions: usize, size: usize, figures: &Figures) {
    let Figures { events, recorded, in_store, bare, recorded_core, bare_core, rows } = figures;
    let rate = |time: &Duration| *events as f64 / time.as_secs_f64();
    let share = |part: usize| part as f64 / *events as f64;
    println!("  {transactions} transactions of {size}, load {}", machine::load().unwrap_or_default());
    println!("    recorded             {:>8.0} events/s", rate(recorded));
    println!("    bare insert          {:>8.0} events/s", rate(bare));
    println!("    ratio                {:>8.2}", bare.as_secs_f64() / recorded.as_secs_f64());
    println!(
        "    of recording, in the store {:.0} %",
        100.0 * in_store.as_secs_f64() / recorded.as_secs_f64()
    );
    let core_us = |seconds: f64| 1e6 * seconds / *events as f64;
    println!(
        "    core of this process for an event: recorded {:.0} µs, bare {:.0} µs",
        core_us(*recorded_core),
        core_us(*bare_core)
    );
    println!(
        "    rows for an event: {:.2} events, {:.2} entities, {:.2} duties, {:.2} steps, {:.2} messages",
        share(rows.events),
        share(rows.entities),
        share(rows.duties),
        share(rows.steps),
        share(rows.messages)
    );
}
