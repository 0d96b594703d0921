//! How long one waits for a single event to be recorded, while others record too.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use app::{Clock, Order, Recorder};
use engine::record::Event;
use engine::time::Instant;
use tokio::task::JoinSet;
use wakeful_bench::machine;

use crate::place::{self, Kind, Places, Result};

/// How often the disk is asked, before and after.
const SYNCS: usize = 500;

/// A clock that began at an instant of the log, and goes as clocks do.
struct Began(Instant, Stopwatch);

impl Clock for Began {
    fn now(&self) -> Instant {
        Instant::saturating(self.0.ms() + self.1.elapsed().as_millis() as i64)
    }
}

/// Records `per_second` events a second for so many seconds into a log of `existing` events: those that come next in it,
/// each recorded when its turn comes, and as long after it happened as in the log.
pub async fn run(kind: Kind, existing: usize, per_second: usize, seconds: usize) -> Result<()> {
    let mut places = Places::new(kind)?;
    let store = place::open(&places.database()?).await?;
    place::put_policy(&*store).await?;
    let count = per_second * seconds;
    let mut lines = place::made(existing + count)?;
    let last = place::fill_lines(&*store, lines.by_ref().take(existing)).await?;
    let mut events = place::read(&lines.take(count).collect::<Vec<_>>())?;
    let clock = Arc::new(Began(last.ok_or("the log is empty")?, Stopwatch::now()));
    let recorder = Recorder::start(store, "bench", Arc::clone(&clock) as Arc<dyn Clock>)?;
    recorder.watch().await?;
    let every = Duration::from_secs(1) / per_second as u32;
    date(&mut events, clock.now(), every);
    let mut syncs = syncs(places.folder())?;
    let mut waits = waits(&recorder, events, every).await?;
    syncs.append(&mut self::syncs(places.folder())?);
    println!(
        "{}, {per_second} events a second for {seconds} s into a log of {existing}, load {}",
        kind.name(),
        machine::load()?
    );
    show("recorded, one order each", &mut waits);
    show("the disk: 4 KiB and fsync", &mut syncs);
    Ok(())
}

/// Dates events so that one is recorded after another.
fn date(events: &mut [Event], from: Instant, every: Duration) {
    for (number, event) in events.iter_mut().enumerate() {
        let later = event.recorded_at.ms() - event.at.ms();
        event.recorded_at = Instant::saturating(from.ms() + (every * number as u32).as_millis() as i64);
        event.at = Instant::saturating(event.recorded_at.ms() - later);
    }
}

/// How long each had to wait from the moment at which it was to be recorded, whether or not those before were done.
async fn waits(recorder: &Recorder, events: Vec<Event>, every: Duration) -> Result<Vec<Duration>> {
    let (start, mut tasks) = (Stopwatch::now(), JoinSet::new());
    for (number, event) in events.into_iter().enumerate() {
        let at = start + every * number as u32;
        tokio::time::sleep_until(at.into()).await;
        let recorder = recorder.clone();
        tasks.spawn(async move {
            let answer = recorder.record(Order { events: vec![event], records_as: None }).await;
            (at.elapsed(), answer)
        });
    }
    let mut waits = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (waited, answer) = done?;
        answer??;
        waits.push(waited);
    }
    Ok(waits)
}

fn syncs(folder: &Path) -> Result<Vec<Duration>> {
    let mut file = File::create(folder.join("syncs"))?;
    let sync = |_| {
        let watch = Stopwatch::now();
        file.write_all(&[0; 4_096])?;
        file.sync_data()?;
        Ok(watch.elapsed())
    };
    (0..SYNCS).map(sync).collect()
}

/// Prints the median and others of times.
pub fn show(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let ms = |share: f64| {
        let place = (times.len() as f64 * share) as usize;
        times.get(place.min(times.len().saturating_sub(1))).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    println!("  {what:<32} p50 {:>7.2} ms   p99 {:>7.2} ms   longest {:>7.2} ms", ms(0.5), ms(0.99), ms(1.0));
}
