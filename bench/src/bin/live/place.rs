//! Where the databases are, and how they are filled.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::versions::{self, Texts};
use engine::log::{EventRef, Pushed};
use engine::policy::SourceFile;
use engine::record::Event;
use engine::time::{Date, Instant};
use exchange::{Input, Options};
use store::{Database, NewEvent, Store};
use synth::{Ask, MISSION, Rates};
use tempfile::TempDir;
use test_support::Postgres;

pub type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many events are written in one transaction where a log is filled.
const AT_ONCE: usize = 10_000;

/// Which of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// A folder, and a server where one is needed; both are gone when this is dropped.
pub struct Places {
    folder: TempDir,
    server: Option<Postgres>,
    made: u32,
}

impl Places {
    pub fn new(kind: Kind) -> Result<Self> {
        let server = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(Postgres::start_durable()?),
        };
        // Not `/tmp` as the system says, which may be memory: where PostgreSQL's files are.
        Ok(Self { folder: tempfile::tempdir_in("/tmp")?, server, made: 0 })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new, empty database: its path or URL.
    pub fn database(&mut self) -> Result<String> {
        self.made += 1;
        match &self.server {
            Some(server) => Ok(server.database()?),
            None => Ok(self.folder.path().join(format!("{}.sqlite", self.made)).display().to_string()),
        }
    }
}

/// Opens a database by its path or URL.
pub async fn open(place: &str) -> Result<Arc<dyn Store>> {
    let database = match place.starts_with("postgres://") {
        true => Database::postgres(place).await?,
        false => Database::sqlite(Path::new(place)).await?,
    };
    Ok(Arc::new(database))
}

/// Puts the rules of England into force.
pub async fn put_policy(store: &dyn Store) -> Result<()> {
    let texts = Texts(vec![england()?]);
    let policy = texts.policy()?;
    Ok(versions::put(store, &texts.stored(&policy, Instant::MIN, "system:bench")).await?)
}

fn england() -> Result<Vec<SourceFile>> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/england"));
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let file = |path: PathBuf| {
        Ok(SourceFile { name: path.display().to_string(), text: fs::read_to_string(&path)?.into() })
    };
    paths.into_iter().map(file).collect()
}

/// The lines of a made force: a year in which as much goes wrong as was found.
pub fn made(events: usize) -> Result<impl ExactSizeIterator<Item = Box<str>>> {
    lines(events, "2025-01-01", 1.0)
}

/// The lines of a made force of ten years, in which so much goes wrong that of a million events some 20,000 duties are open at their
/// end, those of answering a step among them.
pub fn made_of_years(events: usize) -> Result<impl ExactSizeIterator<Item = Box<str>>> {
    lines(events, "2016-01-01", 0.15)
}

fn lines(events: usize, from: &str, share: f64) -> Result<impl ExactSizeIterator<Item = Box<str>> + use<>> {
    let (from, to) = (Date::parse(from)?, Date::parse("2025-12-31")?);
    let ask = Ask { seed: 1, events: Some(events), from, to, rates: Rates::read(MISSION)?.times(share) };
    let lines: Vec<Box<str>> = synth::force(&ask)?.collect();
    Ok(lines.into_iter())
}

/// Lines as events.
pub fn read<T: AsRef<str>>(lines: &[T]) -> Result<Vec<Event>> {
    let text: String = lines.iter().flat_map(|line| [line.as_ref(), "\n"]).collect();
    let mut events = Vec::with_capacity(lines.len());
    let mut sink = |event: &EventRef<'_>| {
        events.push(event.to_event());
        Ok(Pushed::Added)
    };
    exchange::read(&[Input::Bytes("made".to_owned(), text.into_bytes())], Options::default(), &mut sink)?;
    Ok(events)
}

/// Writes events into the log alone; says when the last was recorded.
pub async fn fill(store: &dyn Store, events: &[Event]) -> Result<Option<Instant>> {
    let mut transaction = store.begin().await?;
    for events in events.chunks(1_000) {
        let events: Vec<NewEvent> = events.iter().map(new_event).collect();
        transaction.append(&events).await?;
    }
    transaction.commit().await?;
    Ok(events.iter().map(|event| event.recorded_at).max())
}

/// Writes lines into the log alone; says when the last was recorded.
pub async fn fill_lines(store: &dyn Store, lines: impl Iterator<Item = Box<str>>) -> Result<Option<Instant>> {
    let (mut lines, mut last) = (lines.peekable(), None);
    while lines.peek().is_some() {
        let some: Vec<Box<str>> = lines.by_ref().take(AT_ONCE).collect();
        last = last.max(fill(store, &read(&some)?).await?);
    }
    Ok(last)
}

fn new_event(event: &Event) -> NewEvent {
    let mut entities: Vec<String> = event.links.values().flatten().chain([&event.stream]).cloned().collect();
    entities.retain(|entity| !entity.is_empty());
    entities.sort_unstable();
    entities.dedup();
    NewEvent { id: event.id.clone(), line: event.canonical_line(), stream: event.stream.clone(), entities }
}
