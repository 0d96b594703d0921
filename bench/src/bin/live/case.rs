//! An event last in order of a case that is short or long.

use std::time::{Duration, Instant as Stopwatch};

use app::{Node, Order};
use engine::record::Event;
use engine::time::Instant;

use crate::latency::show;
use crate::place::{self, Kind, Places, Result};

const START_MS: i64 = 1_230_768_000_000;
const HOUR_MS: i64 = 3_600_000;

/// Of a case that a supervisor reviews, and whose child is promised contact and has it, again and again, an event each hour.
const KINDS: [&str; 3] = ["supervisor-review.held", "contact.promised", "contact.made"];

/// How many events are recorded after those that are there.
const MORE: usize = 300;

/// Records into a case of each size.
pub async fn run(kind: Kind, sizes: &[usize]) -> Result<()> {
    let mut places = Places::new(kind)?;
    println!("{}, one event, last in order", kind.name());
    for &size in sizes {
        let store = place::open(&places.database()?).await?;
        place::put_policy(&*store).await?;
        for from in (0..size).step_by(10_000) {
            let events: Vec<Event> = (from..size.min(from + 10_000)).map(event).collect();
            place::fill(&*store, &events).await?;
        }
        let mut node = Node::new(store, "bench");
        node.watch(hour(size)).await?;
        let mut times: Vec<Duration> = Vec::with_capacity(MORE);
        for event in (size..size + MORE).map(event) {
            let (now, order) = (event.at, Order { events: vec![event], records_as: None });
            let watch = Stopwatch::now();
            node.record(now, vec![order]).await?.into_iter().try_for_each(|result| result.map(drop))?;
            times.push(watch.elapsed());
        }
        show(&format!("in a case of {size} events"), &mut times);
    }
    Ok(())
}

fn hour(number: usize) -> Instant {
    Instant::saturating(START_MS + number as i64 * HOUR_MS)
}

fn event(number: usize) -> Event {
    let at = hour(number);
    let mut event = Event {
        id: format!("e{number}"),
        stream: "case:k1".to_owned(),
        kind: KINDS[number % KINDS.len()].to_owned(),
        at,
        recorded_at: at,
        ..Event::default()
    };
    event.links.entry("child".to_owned()).or_default().insert("child:c1".to_owned());
    event
}
