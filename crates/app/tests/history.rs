//! Duties as they stood then: pages, readers at once, and what is kept.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use app::versions::Judge;
use app::{History, HistoryPage, HistoryQuery, Node, Order};
use common::{POLICY, event, instant};
use engine::evaluate::Cut;
use store::{Cursor, DutyEntry, DutyQuery, Store};
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::span::{Attributes, Id};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

/// How often the log was judged under a cut.
static JUDGED: AtomicUsize = AtomicUsize::new(0);

/// One test at a time, for they count.
static ALONE: Mutex<()> = Mutex::const_new(());

struct Counting;

impl<S: tracing::Subscriber> Layer<S> for Counting {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        if attributes.metadata().name() == "judge history" {
            JUDGED.fetch_add(1, Ordering::SeqCst);
        }
    }
}

fn judged() -> usize {
    _ = tracing_subscriber::registry().with(Counting).try_init();
    JUDGED.load(Ordering::SeqCst)
}

fn found(number: usize, at: &str) -> engine::record::Event {
    let child = format!("person:p{}", number % 7);
    let made = event(&format!("f{number}"), "case:c1", "missing.found", at);
    made.link("child", &child).link("episode", &format!("episode:{number}")).0
}

async fn import(store: &Arc<dyn Store>, numbers: std::ops::Range<usize>) {
    let events = numbers.map(|number| found(number, "2026-03-06T19:00:00Z")).collect();
    let order = Order { events, records_as: None };
    let now = instant("2026-06-01T00:00:00Z");
    for result in Node::quiet(Arc::clone(store)).record(now, vec![order]).await.unwrap() {
        result.unwrap();
    }
}

fn then(as_of: &str) -> HistoryQuery {
    HistoryQuery { as_of: instant(as_of), known_by: None }
}

const THEN: &str = "2026-03-10T00:00:00Z";

fn after(duties: &[DutyEntry]) -> Option<Cursor> {
    let last = duties.last()?;
    let DutyEntry { rule, key, due, id, .. } = last.clone();
    Some(Cursor { rule, key, due, id })
}

async fn page(
    history: &History,
    query: HistoryQuery,
    seq: Option<i64>,
    after: Option<Cursor>,
) -> HistoryPage {
    history.duties(query, seq, DutyQuery { after, most: 4, ..DutyQuery::default() }).await.unwrap()
}

fn ids(duties: &[DutyEntry]) -> Vec<String> {
    duties.iter().map(|duty| duty.id.clone()).collect()
}

async fn all(history: &History) -> Vec<String> {
    let ask = DutyQuery { most: 10_000, ..DutyQuery::default() };
    ids(&history.duties(then(THEN), None, ask).await.unwrap().duties)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_one_reading_come_from_one_evaluation_while_the_record_grows() {
    let _alone = ALONE.lock().await;
    let (_folder, store) = common::sqlite(POLICY).await;
    import(&store, 0..20).await;
    let history = History::new(Arc::clone(&store));
    let before = judged();
    let whole = all(&history).await;
    let first = page(&history, then(THEN), None, None).await;
    let mut read = ids(&first.duties);
    let mut last = first.clone();
    for number in 20.. {
        import(&store, number..number + 1).await;
        last = page(&history, then(THEN), Some(first.seq), after(&last.duties)).await;
        assert_eq!(last.seq, first.seq);
        read.extend(ids(&last.duties));
        if last.duties.len() < 4 {
            break;
        }
    }
    assert_eq!(read, whole);
    assert_eq!(judged() - before, 1);
    let anew = all(&history).await;
    assert!(anew.len() > whole.len(), "who asks anew has what is new");
    assert_eq!(judged() - before, 2);
    let kept = page(&history, then(THEN), Some(first.seq), None).await;
    assert_eq!(
        (ids(&kept.duties), kept.seq),
        (ids(&first.duties), first.seq),
        "and the old reading is still there"
    );
    assert_eq!(judged() - before, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_the_same_at_once_has_one_evaluation_and_only_the_last_few_are_kept() {
    let _alone = ALONE.lock().await;
    let (_folder, store) = common::sqlite(POLICY).await;
    import(&store, 0..20).await;
    let history = Arc::new(History::new(store));
    let before = judged();
    let ask = |query| {
        let history = Arc::clone(&history);
        tokio::spawn(async move { page(&history, query, None, None).await.duties })
    };
    let asked: Vec<_> = (0..20).map(|_| ask(then(THEN))).collect();
    for one in asked {
        assert_eq!(one.await.unwrap().len(), 4);
    }
    assert_eq!(judged() - before, 1);
    for day in 11..=14 {
        page(&history, then(&format!("2026-03-{day}T00:00:00Z")), None, None).await;
    }
    assert_eq!(judged() - before, 5);
    page(&history, then("2026-03-14T00:00:00Z"), None, None).await;
    assert_eq!(judged() - before, 5, "the last is kept");
    page(&history, then(THEN), None, None).await;
    assert_eq!(judged() - before, 6, "the first is not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_waits_for_no_evaluation_but_its_own() {
    let _alone = ALONE.lock().await;
    let (_folder, store) = common::sqlite(POLICY).await;
    import(&store, 0..20).await;
    let history = Arc::new(History::new(Arc::clone(&store)));
    let judge = Judge::of(&store.policies().await.unwrap()).unwrap();
    let slow = {
        let (history, program) = (Arc::clone(&history), judge.program);
        let cut = Cut { as_of: Some(instant(THEN)), ..Cut::default() };
        tokio::spawn(async move {
            history.judge(program, cut, |_| std::thread::sleep(Duration::from_secs(3))).await
        })
    };
    tokio::time::sleep(Duration::from_millis(500)).await;
    import(&store, 20..21).await;
    let read = timeout(Duration::from_secs(2), page(&history, then(THEN), None, None)).await;
    assert_eq!(read.expect("it waits for another's evaluation").duties.len(), 4);
    assert!(!slow.is_finished());
    slow.await.unwrap().unwrap();
}
