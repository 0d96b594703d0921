//! Steps of ladders that are to be raised: the event that says so, and whom it is told.

use std::collections::{BTreeMap, BTreeSet};

use engine::duty::{DutyRow, StepRow};
use engine::evaluate::{DutyRef, Evaluation};
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::{Message, Step, Webhook};

/// With what the ids of the watch's own events begin.
pub(crate) const ID_PREFIX: &str = "raised:";

/// A step that is to be raised.
pub(crate) struct Raise {
    pub(crate) event: Event,
    pub(crate) step: Step,
    facts: Facts,
    holders: Vec<String>,
    /// Told beside others of the rule and team.
    bundle: Option<Bundle>,
}

/// A rule, and the teams of those who owe the duty.
type Bundle = (String, Vec<String>);

/// What a notification says: nothing of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The duty's id.
    pub duty: String,
    /// The step's number, from 1.
    pub step: usize,
    /// The role that it goes to.
    pub to: String,
    /// When the duty was due.
    pub due: Option<Instant>,
    /// When the step opened.
    pub opened: Instant,
    /// When it was raised.
    pub raised: Instant,
    /// By when it is to be answered; the last step has none.
    pub answer_by: Option<Instant>,
    /// The zone of the policy that binds the duty.
    pub zone: String,
}

/// The body of a message: one step, or those that came up to somebody together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The steps.
    pub steps: Vec<Facts>,
}

/// The step of a duty that is open, waits for its answer and was not raised.
///
/// Only the highest ever is: those that lapsed before anybody was there to raise them stay as they are.
pub(crate) fn step(row: &DutyRow, as_of: Option<Instant>) -> Option<&StepRow> {
    let step = row.ladder.last()?;
    let waits = step.due.is_none_or(|due| Some(due) >= as_of);
    let has_somebody = step.holders.as_ref().is_none_or(|holders| !holders.is_empty());
    (row.has_open_ladder() && waits && has_somebody && step.raised.is_none()).then_some(step)
}

impl Raise {
    pub(crate) fn new(
        evaluation: &Evaluation<'_>,
        duty: DutyRef,
        row: &DutyRow,
        step: &StepRow,
        now: Instant,
    ) -> Self {
        let id = format!("{ID_PREFIX}{}:{}", row.id, step.step);
        let holders: Vec<String> = step.holders.iter().flat_map(|holders| holders.iter().cloned()).collect();
        let bundle =
            evaluation.is_bundled(duty, step.step).then(|| (row.duty.clone(), evaluation.teams(duty)));
        Self {
            event: event(&id, row, step, &holders, now),
            step: Step { duty: row.id.clone(), step: step.step as u32, raised_at: now, event: id },
            facts: Facts {
                duty: row.id.clone(),
                step: step.step,
                to: step.to.clone(),
                due: row.due,
                opened: step.opens,
                raised: now,
                answer_by: step.due,
                zone: evaluation.zone(duty).to_owned(),
            },
            holders,
            bundle,
        }
    }

    /// Takes over by when the step is to be answered, now that it is raised.
    pub(crate) fn answer_by(&mut self, row: &DutyRow) {
        if let Some(step) = row.ladder.iter().find(|step| step.step == self.facts.step) {
            self.facts.answer_by = step.due;
        }
    }
}

fn event(id: &str, row: &DutyRow, step: &StepRow, holders: &[String], now: Instant) -> Event {
    let mut event = Event {
        id: id.to_owned(),
        stream: row.key.clone(),
        kind: "escalation.raised".to_owned(),
        at: now,
        recorded_at: now,
        recorded_by: Some("system:wakeful".to_owned()),
        ..Event::default()
    };
    event.links.insert("duty".to_owned(), [format!("duty:{}", row.id)].into());
    if !holders.is_empty() {
        event.links.insert("officer".to_owned(), holders.iter().cloned().collect());
    }
    event.attrs.insert("rule".to_owned(), Value::Text(row.duty.clone()));
    event.attrs.insert("key".to_owned(), Value::Text(row.key.clone()));
    event.attrs.insert("step".to_owned(), Value::Integer(step.step as i64));
    event
}

/// What is sent of steps that are raised together: one letter to each holder, however many came up to them, and a call of
/// each step to each webhook.
pub(crate) fn messages(raises: &[Raise], hooks: &[Webhook], now: Instant) -> Vec<Message> {
    let mut letters: BTreeMap<&str, Vec<&Raise>> = BTreeMap::new();
    let mut messages = Vec::new();
    for raise in raises {
        raise.holders.iter().for_each(|holder| letters.entry(holder).or_default().push(raise));
        messages.extend(hooks.iter().map(|hook| message("webhook", &hook.name, &[raise], now)));
    }
    for (holder, mut raises) in letters {
        raises.sort_by_key(|&raise| (&raise.bundle, raise.facts.answer_by.unwrap_or(Instant::MAX)));
        messages.push(message("mail", holder, &raises, now));
    }
    messages
}

/// What will be sent of steps once they are raised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unraised {
    /// How many steps wait to be raised.
    pub steps: usize,
    /// To whom they come up; each gets one letter.
    pub holders: BTreeSet<String>,
}

impl Unraised {
    pub(crate) fn of(raises: &[Raise]) -> Self {
        let holders = raises.iter().flat_map(|raise| raise.holders.iter().cloned()).collect();
        Self { steps: raises.len(), holders }
    }
}

fn message(channel: &str, recipient: &str, raises: &[&Raise], now: Instant) -> Message {
    let told = Told { steps: raises.iter().map(|raise| raise.facts.clone()).collect() };
    let first = &raises[0].step;
    Message {
        id: format!("{channel}:{recipient}:{}:{}", first.duty, first.step),
        at: now,
        channel: channel.to_owned(),
        recipient: recipient.to_owned(),
        body: serde_json::to_string(&told).unwrap_or_default(),
    }
}
