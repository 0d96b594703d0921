//! The outbox: what waits to be told leaves by a courier, once, or again later, or is given up where it can be seen.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use engine::time::{Instant, Zone};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use store::{Attempt, Message, Outcome, Store, StoreError, Waiting, Webhook};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::administrators::{GapFacts, GapsTold, WaitingTold};
use crate::glass::{GlassTold, LookFacts};
use crate::notify::letter::{DutyId, Gap, Look, Missing, Notice, StepUp, letter};
use crate::notify::{Courier, Undelivered, backoff};
use crate::raise::{Facts, Told};
use crate::recorder::Clock;

/// How long a node has for a message that it took; then another may take it. An attempt takes much less.
const LEASE_MS: i64 = 2 * 60_000;

/// The channel and lane of all letters.
const MAIL: &str = "mail";

/// How many messages are on their way at once, at most.
const MOST_AT_ONCE: usize = 32;

/// How long until it is looked again on which lanes something has come due.
const PAUSE: Duration = Duration::from_secs(1);

/// Delivers what waits: on each lane one message after another, on all lanes at once. All mail is one lane and each webhook
/// one, so that a receiver who hangs keeps nobody else waiting.
pub struct Outbox {
    store: Arc<dyn Store>,
    courier: Arc<dyn Courier>,
    base_url: String,
    turns: Semaphore,
}

impl Outbox {
    /// One whose letters link to pages under an address.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, courier: Arc<dyn Courier>, base_url: &str) -> Self {
        Self { store, courier, base_url: base_url.to_owned(), turns: Semaphore::new(MOST_AT_ONCE) }
    }

    /// Delivers until it is dropped. Without a mail server letters wait: another node may have one.
    pub async fn run(self: Arc<Self>, clock: Arc<dyn Clock>) {
        let mut tasks = JoinSet::new();
        let mut busy: HashMap<String, AbortHandle> = HashMap::new();
        loop {
            while tasks.try_join_next().is_some() {}
            busy.retain(|_, task| !task.is_finished());
            let due = self.store.due_lanes(clock.now()).await.unwrap_or_else(|error| {
                tracing::error!(%error, "notifications cannot be delivered");
                Vec::new()
            });
            for lane in due.into_iter().filter(|lane| lane != MAIL || self.courier.has_mail()) {
                let work = Arc::clone(&self).work(lane.clone(), Arc::clone(&clock));
                busy.entry(lane).or_insert_with(|| tasks.spawn(work));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Delivers what has come due on a lane. A turn is for one message: where there are many lanes, those that hang hold
    /// up the others for no longer.
    async fn work(self: Arc<Self>, lane: String, clock: Arc<dyn Clock>) {
        while let Ok(_turn) = self.turns.acquire().await {
            match self.deliver(&lane, clock.now()).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::error!(%error, "a notification cannot be taken or noted");
                    return;
                }
            }
        }
    }

    /// Tries the next message of a lane whose time has come, once; says whether there was one.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn deliver(&self, lane: &str, now: Instant) -> Result<bool, StoreError> {
        let lease = Instant::saturating(now.ms() + LEASE_MS);
        let Some(waiting) = self.store.claim_message(lane, now, lease).await? else { return Ok(false) };
        let message = &waiting.message;
        let contact = self.store.contact(&message.recipient).await?;
        let hooks = self.store.webhooks().await?;
        let span = tracing::info_span!("deliver", channel = message.channel, delivered = Empty);
        let delivery = async {
            match message.channel.as_str() {
                MAIL => self.mail(message, contact.and_then(|contact| contact.email)).await,
                _ => self.call(message, &hooks, now).await,
            }
        };
        let delivered = delivery.instrument(span.clone()).await;
        span.record("delivered", delivered.is_ok());
        if let Err(error) = &delivered {
            tracing::warn!(%error, channel = message.channel, attempt = waiting.attempts + 1, "a message was not delivered");
        }
        let outcome = outcome(&waiting, delivered, now);
        self.store.settle_message(&message.id, &Attempt { at: now, outcome }).await?;
        Ok(true)
    }

    async fn mail(&self, message: &Message, address: Option<String>) -> Result<(), Undelivered> {
        let address = address
            .ok_or_else(|| never("the officer has no working contact; `wakeful user contact` sets one"))?;
        let notice = match body(message)? {
            Body::Steps(told) => steps(&told),
            Body::Waiting(WaitingTold { unconfirmed: _ }) => Notice::Unconfirmed,
            Body::Gaps(told) => Notice::Gaps(told.gaps.iter().filter_map(gap).collect()),
            Body::Glass(told) => Notice::Glass(told.looks.iter().filter_map(look).collect()),
        };
        self.courier.mail(&address, &letter(&message.id, &notice, &self.base_url)).await
    }

    async fn call(&self, message: &Message, hooks: &[Webhook], now: Instant) -> Result<(), Undelivered> {
        let hook = hooks.iter().find(|hook| hook.name == message.recipient);
        let hook = hook.ok_or_else(|| never("the webhook was taken away"))?;
        let told: Told = body(message)?;
        let body = json!({ "type": "escalation.raised", "timestamp": message.at, "data": told });
        self.courier.call(hook, &message.id, now, &body.to_string()).await
    }

    /// Tells the webhooks that want it that the watch is alive; whoever hears nothing for some minutes knows that it is not.
    pub async fn heartbeat(&self, now: Instant, node: &str, seq: i64) {
        let Ok(hooks) = self.store.webhooks().await else { return };
        let body =
            json!({ "type": "watch.heartbeat", "timestamp": now, "data": { "node": node, "seq": seq } });
        let mut calls = JoinSet::new();
        for hook in hooks.into_iter().filter(|hook| hook.heartbeat) {
            let (courier, body) = (Arc::clone(&self.courier), body.to_string());
            let id = format!("heartbeat:{node}:{}", now.ms());
            calls.spawn(async move {
                if let Err(error) = courier.call(&hook, &id, now, &body).await {
                    tracing::warn!(%error, hook = hook.name, "a heartbeat was not delivered");
                }
            });
        }
        while calls.join_next().await.is_some() {}
    }
}

fn never(error: &str) -> Undelivered {
    Undelivered { error: error.to_owned(), for_good: true }
}

/// What a letter is made from.
#[derive(Deserialize)]
#[serde(untagged)]
enum Body {
    Steps(Told),
    Gaps(GapsTold),
    Waiting(WaitingTold),
    Glass(GlassTold),
}

fn body<B: DeserializeOwned>(message: &Message) -> Result<B, Undelivered> {
    serde_json::from_str(&message.body)
        .map_err(|error| never(&format!("the message cannot be read: {error}")))
}

fn steps(told: &Told) -> Notice {
    let steps = told.steps.iter().filter_map(step_up).collect::<Vec<_>>();
    match <[StepUp; 1]>::try_from(steps) {
        Ok([step]) => Notice::Step(step),
        Err(steps) => Notice::Steps(steps),
    }
}

fn gap(facts: &GapFacts) -> Option<Gap> {
    Some(Gap {
        role: facts.to.clone(),
        agency: facts.agency.clone(),
        missing: match facts.without_contact {
            0 => Missing::People,
            count => Missing::Addresses(count),
        },
        steps: facts.steps as u64,
        first_due: facts.first_due,
        zone: Zone::new(&facts.zone).ok()?,
    })
}

fn look(facts: &LookFacts) -> Option<Look> {
    Some(Look {
        duty: DutyId::new(&facts.duty)?,
        due: facts.due,
        zone: Zone::new(&facts.zone).ok()?,
        owed_by_none_else: facts.owed_by_none_else,
    })
}

fn step_up(facts: &Facts) -> Option<StepUp> {
    Some(StepUp {
        duty: DutyId::new(&facts.duty)?,
        due: facts.due,
        zone: Zone::new(&facts.zone).ok()?,
        step: u32::try_from(facts.step).ok()?,
        role: facts.to.clone(),
        answer_by: facts.answer_by,
        late_ms: facts.raised.ms() - facts.opened.ms(),
    })
}

fn outcome(waiting: &Waiting, delivered: Result<(), Undelivered>, now: Instant) -> Outcome {
    let Err(Undelivered { error, for_good }) = delivered else { return Outcome::Sent };
    let wait = if for_good { None } else { backoff(&waiting.message.id, waiting.attempts + 1) };
    match wait {
        Some(ms) => Outcome::Again { at: Instant::saturating(now.ms() + ms), error },
        None => Outcome::Dead { error },
    }
}
