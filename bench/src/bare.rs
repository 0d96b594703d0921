//! The peer of `throughput`: a plain loop over the same columns that knows nothing but these ten rules. No policy, guard,
//! lens, correction or ladder, and nothing else of what a general engine pays for.

use engine::log::{Kind, Log, Text};

use crate::load::{self, RULES, WITHIN_MS};

/// The duties of each rule.
pub type Duties = [Vec<Duty>; RULES];

/// A duty, as the loop keeps it.
#[derive(Clone, Copy, Debug)]
pub struct Duty {
    /// The case it is about.
    pub key: Text,
    trigger: u32,
    /// The event that answered it; [`NONE`] while it is open.
    closed_by: u32,
    is_late: bool,
}

const NONE: u32 = u32::MAX;

/// What a kind is to the rules.
#[derive(Clone, Copy)]
enum Role {
    Trigger(usize),
    Answer(usize),
    Nothing,
}

/// Judges a log that is sorted by key and time.
#[must_use]
pub fn judge(log: &Log) -> Duties {
    let roles: Vec<Role> = (0..log.kinds().len()).map(|kind| role(log.kind_text(kind as Kind))).collect();
    let mut duties: Duties = Default::default();
    let mut open_from = [0; RULES];
    let mut last_key = None;
    let columns = log.stream_column().iter().zip(log.kind_column()).zip(log.at_column());
    for (event, ((&key, &kind), at)) in columns.enumerate() {
        if last_key != Some(key) {
            last_key = Some(key);
            open_from = std::array::from_fn(|rule| duties[rule].len());
        }
        match roles[usize::from(kind)] {
            Role::Trigger(rule) => {
                duties[rule].push(Duty { key, trigger: event as u32, closed_by: NONE, is_late: false });
            }
            Role::Answer(rule) => {
                for duty in &mut duties[rule][open_from[rule]..] {
                    let opened = log.at_column()[duty.trigger as usize];
                    (duty.closed_by, duty.is_late) = (event as u32, at.ms() > opened.ms() + WITHIN_MS);
                }
                open_from[rule] = duties[rule].len();
            }
            Role::Nothing => {}
        }
    }
    duties
}

fn role(kind: &str) -> Role {
    let number = (0..2 * RULES).find(|&number| load::kind(number) == kind);
    number.map_or(Role::Nothing, |number| match number.checked_sub(RULES) {
        Some(rule) => Role::Answer(rule),
        None => Role::Trigger(number),
    })
}

/// How many duties were met, met late, and are open.
#[must_use]
pub fn counts(duties: &Duties) -> [u64; 3] {
    let mut counts = [0; 3];
    for duty in duties.iter().flatten() {
        let state = if duty.closed_by == NONE { 2 } else { usize::from(duty.is_late) };
        counts[state] += 1;
    }
    counts
}
