//! The live system: recording with evaluation, how long one waits for it, the watch over a force, and a long case.
//!
//! `live [PART…] [OPTION NUMBER]…`; `bench/README.md` says what each part measures.

mod case;
mod force;
mod latency;
mod noting;
mod place;
mod record;

use place::{Kind, Result};

/// As the product's.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What is measured, and how much of it.
struct Wanted {
    parts: Vec<String>,
    /// The events that are there before recording is measured.
    existing: usize,
    /// Transactions of one event.
    singles: usize,
    /// Transactions of many.
    batches: usize,
    batch: usize,
    /// Events a second, and for how long.
    rate: usize,
    seconds: usize,
    /// The events of the force, and how many steps are to be raised.
    force: usize,
    steps: usize,
    /// The events of the long case.
    case: usize,
}

const PARTS: [&str; 6] = ["record", "latency", "force", "case", "sqlite", "postgres"];

impl Wanted {
    fn read(words: &[String]) -> Result<Self> {
        let mut wanted = Self {
            parts: Vec::new(),
            existing: 100_000,
            singles: 1_000,
            batches: 40,
            batch: 500,
            rate: 200,
            seconds: 20,
            force: 1_000_000,
            steps: 1_000,
            case: 100_000,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match word.strip_prefix("--") {
                Some(option) => {
                    let number = words.next().ok_or("an option needs a number")?.parse()?;
                    *wanted.option(option)? = number;
                }
                None if PARTS.contains(&word.as_str()) => wanted.parts.push(word.clone()),
                None => return Err(format!("there is no part `{word}`; write {}", PARTS.join(", ")).into()),
            }
        }
        Ok(wanted)
    }

    fn option(&mut self, name: &str) -> Result<&mut usize> {
        Ok(match name {
            "existing" => &mut self.existing,
            "singles" => &mut self.singles,
            "batches" => &mut self.batches,
            "batch" => &mut self.batch,
            "rate" => &mut self.rate,
            "seconds" => &mut self.seconds,
            "force" => &mut self.force,
            "steps" => &mut self.steps,
            "case" => &mut self.case,
            other => return Err(format!("there is no option `--{other}`").into()),
        })
    }

    /// Whether one of these is wanted: it is named, or none of the others is.
    fn has(&self, part: &str, among: &[&str]) -> bool {
        let is_named = |name: &&str| self.parts.iter().any(|part| part == *name);
        is_named(&part) || !among.iter().any(is_named)
    }

    async fn run(&self) -> Result<()> {
        let (parts, kinds) = PARTS.split_at(4);
        for (name, kind) in [("sqlite", Kind::Sqlite), ("postgres", Kind::Postgres)] {
            if !self.has(name, kinds) {
                continue;
            }
            if self.has("record", parts) {
                record::run(kind, self.existing, self.singles, self.batches, self.batch).await?;
            }
            if self.has("latency", parts) {
                latency::run(kind, self.existing, self.rate, self.seconds).await?;
            }
            if self.has("case", parts) {
                case::run(kind, &[1_000, self.case]).await?;
            }
            if self.has("force", parts) {
                force::run(kind, self.force, self.steps).await?;
            }
        }
        Ok(())
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let texts: Vec<&str> = words.iter().map(String::as_str).collect();
    runtime.block_on(async {
        match texts.as_slice() {
            ["fill", place, events] => force::fill(place, events.parse()?).await,
            ["first", place] => force::first(place).await,
            ["later", place, ms] => force::later(place, ms.parse()?).await,
            _ => Wanted::read(&words)?.run().await,
        }
    })
}
