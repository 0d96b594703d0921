//! A log of any size and a policy of ten rules over it. The same size gives the same log.

use std::error::Error;
use std::fmt::Write as _;
use std::sync::Arc;

use engine::log::{EventRef, Log, LogBuilder};
use engine::policy::{self, SourceFile};
use engine::program::Program;
use engine::time::Instant;

/// Rules of the policy; each is triggered by one kind and answered by another.
pub const RULES: usize = 10;
/// Events of the largest key, in a log that has more than twice as many.
const LARGEST_KEY: usize = 10_000;
const EVENTS_PER_KEY: usize = 100;
const HOUR_MS: u64 = 3_600_000;
/// In what time an answer is due.
pub(crate) const WITHIN_MS: i64 = 72 * 3_600_000;
const START_MS: i64 = 1_230_768_000_000;

/// How many of the events are triggers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Triggers {
    /// Twenty kinds, evenly spread.
    Half,
    /// The ten kinds that answer come nineteen times as often.
    OneInTwenty,
}

/// Whether a rule has a guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// None has.
    None,
    /// The first has one that asks for a function, and so cannot be a test on columns.
    NotLowered,
}

/// A log of `events` events in a hundredth as many keys of uneven size, sorted by key and time.
///
/// # Errors
/// An event that the log refuses.
pub fn log(events: usize, triggers: Triggers) -> Result<Log, Box<dyn Error>> {
    let mut random = Random(1);
    let kinds: Vec<String> = (0..2 * RULES).map(kind).collect();
    let mut builder = LogBuilder::new();
    let mut id = String::new();
    let mut seq = 0;
    for (key, size) in key_sizes(events, &mut random).into_iter().enumerate() {
        let stream = format!("case:{key}");
        let mut at = START_MS + (random.below(365 * 24 * HOUR_MS)) as i64;
        for _ in 0..size {
            at += random.below(8 * HOUR_MS) as i64;
            id.clear();
            write!(id, "e{seq}")?;
            seq += 1;
            builder.push(&EventRef {
                id: &id,
                stream: &stream,
                kind: &kinds[kind_number(triggers, &mut random)],
                at: Instant::saturating(at),
                recorded_at: None,
                recorded_by: None,
                agency: None,
                links: &[],
                attrs: &[],
                note: None,
                corrects: None,
            })?;
        }
    }
    Ok(builder.finish())
}

/// The policy of [`RULES`] rules with a ladder of five steps.
///
/// # Errors
/// A policy that the engine refuses.
pub fn program(guard: Guard) -> Result<Program, Box<dyn Error>> {
    let source = SourceFile { name: "bench.toml".to_owned(), text: Arc::from(policy_text(guard)?) };
    let policy = policy::read(vec![source]).map_err(|problems| {
        let lines = problems.problems.iter().map(|problem| problem.line(&problems.files));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    Ok(Program::new(vec![policy])?)
}

fn policy_text(guard: Guard) -> Result<String, std::fmt::Error> {
    let mut text = String::from(
        "[policy]\nname = \"bench\"\nversion = \"1\"\nzone = \"Europe/London\"\nopen = true\n\n[roles]\n",
    );
    for step in 1..=5 {
        writeln!(text, "step-{step} = \"police\"")?;
    }
    writeln!(text, "\n[ladder.climb]\nsteps = [")?;
    for step in 1..=4 {
        writeln!(text, "  {{ to = \"step-{step}\", answer_within = \"24h\" }},")?;
    }
    writeln!(text, "  {{ to = \"step-5\" }},\n]")?;
    for rule in 0..RULES {
        writeln!(text, "\n[duty.rule-{rule}]\non = \"case\"\nwhen = \"{}\"", kind(rule))?;
        writeln!(
            text,
            "expect = \"{}\"\nwithin = \"{}h\"\nladder = \"climb\"",
            kind(RULES + rule),
            WITHIN_MS / 3_600_000
        )?;
        if rule == 0 && guard == Guard::NotLowered {
            writeln!(text, "where = \"event.stream.startsWith('case:')\"")?;
        }
    }
    Ok(text)
}

pub(crate) fn kind(number: usize) -> String {
    if number < RULES { format!("trigger.{number}") } else { format!("answer.{}", number - RULES) }
}

fn kind_number(triggers: Triggers, random: &mut Random) -> usize {
    let is_trigger = match triggers {
        Triggers::Half => random.below(2) == 0,
        Triggers::OneInTwenty => random.below(20) == 0,
    };
    random.below(RULES as u64) as usize + if is_trigger { 0 } else { RULES }
}

/// Sizes that fall off like the square root's inverse, with one key far larger, adding up to `events`.
fn key_sizes(events: usize, random: &mut Random) -> Vec<usize> {
    let keys = (events / EVENTS_PER_KEY).max(1);
    let largest = LARGEST_KEY.min(events / 2).max(1);
    let weights: Vec<f64> = (1..keys).map(|_| (1.0 - random.fraction()).powf(-0.5).min(50.0)).collect();
    let scale = events.saturating_sub(largest) as f64 / weights.iter().sum::<f64>().max(1.0);
    let mut sizes: Vec<usize> = weights.iter().map(|weight| (weight * scale) as usize).collect();
    sizes.insert(keys / 2, largest);
    let left = events - sizes.iter().sum::<usize>();
    for place in 0..left {
        sizes[place % keys] += usize::from(place % keys != keys / 2 || keys == 1);
    }
    sizes
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one less than `bound`.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }

    /// From 0, without 1.
    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
