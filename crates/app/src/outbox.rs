//! The outbox: what waits to be told leaves by a courier, once, or again later, or is given up where it can be seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::time::{Instant, Zone};
use serde_json::json;
use store::{Attempt, Message, Outcome, Store, StoreError, Waiting, Webhook};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::notify::letter::{DutyId, Notice, StepUp, letter};
use crate::notify::{Courier, Undelivered, backoff};
use crate::raise::{Facts, Told};

/// How many messages are taken at once: each may take its whole time-out, and all together less than the lease.
const BATCH: usize = 8;

/// How long a node has for the messages that it took; then another may.
const LEASE_MS: i64 = 5 * 60_000;

/// Delivers what waits.
pub struct Outbox {
    store: Arc<dyn Store>,
    courier: Arc<dyn Courier>,
    base_url: String,
}

impl Outbox {
    /// One whose letters link to pages under an address.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, courier: Arc<dyn Courier>, base_url: &str) -> Self {
        Self { store, courier, base_url: base_url.to_owned() }
    }

    /// Tries each message whose time has come, once; says how many were tried.
    ///
    /// # Errors
    /// The store does not answer.
    pub async fn deliver(&self, now: Instant) -> Result<usize, StoreError> {
        let lease = Instant::saturating(now.ms() + LEASE_MS);
        let waiting = self.store.claim_messages(now, lease, BATCH).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let contacts = self.store.contacts().await?;
        let contacts: BTreeMap<String, Option<String>> =
            contacts.into_iter().map(|contact| (contact.officer, contact.email)).collect();
        let hooks = self.store.webhooks().await?;
        for one in &waiting {
            let span = tracing::info_span!("deliver", channel = one.message.channel, delivered = Empty);
            let delivery = async {
                match one.message.channel.as_str() {
                    "mail" => self.mail(&one.message, &contacts).await,
                    _ => self.call(&one.message, &hooks, now).await,
                }
            };
            let delivered = delivery.instrument(span.clone()).await;
            span.record("delivered", delivered.is_ok());
            if let Err(error) = &delivered {
                tracing::warn!(%error, channel = one.message.channel, attempt = one.attempts + 1, "a message was not delivered");
            }
            let outcome = outcome(one, delivered, now);
            self.store.settle_message(&one.message.id, &Attempt { at: now, outcome }).await?;
        }
        Ok(waiting.len())
    }

    async fn mail(
        &self,
        message: &Message,
        contacts: &BTreeMap<String, Option<String>>,
    ) -> Result<(), Undelivered> {
        let address = contacts.get(&message.recipient).cloned().flatten();
        let address = address
            .ok_or_else(|| never("the officer has no working contact; `wakeful user contact` sets one"))?;
        let steps = told(message)?.steps.iter().filter_map(step_up).collect::<Vec<_>>();
        let notice = match <[StepUp; 1]>::try_from(steps) {
            Ok([step]) => Notice::Step(step),
            Err(steps) => Notice::Bundle(steps),
        };
        self.courier.mail(&address, &letter(&message.id, &notice, &self.base_url)).await
    }

    async fn call(&self, message: &Message, hooks: &[Webhook], now: Instant) -> Result<(), Undelivered> {
        let hook = hooks.iter().find(|hook| hook.name == message.recipient);
        let hook = hook.ok_or_else(|| never("the webhook was taken away"))?;
        let told = told(message)?;
        let body = json!({ "type": "escalation.raised", "timestamp": message.at, "data": told });
        self.courier.call(hook, &message.id, now, &body.to_string()).await
    }

    /// Tells the webhooks that want it that the watch is alive; whoever hears nothing for some minutes knows that it is not.
    pub async fn heartbeat(&self, now: Instant, node: &str, seq: i64) {
        let Ok(hooks) = self.store.webhooks().await else { return };
        let body =
            json!({ "type": "watch.heartbeat", "timestamp": now, "data": { "node": node, "seq": seq } });
        for hook in hooks.iter().filter(|hook| hook.heartbeat) {
            let id = format!("heartbeat:{node}:{}", now.ms());
            if let Err(error) = self.courier.call(hook, &id, now, &body.to_string()).await {
                tracing::warn!(%error, hook = hook.name, "a heartbeat was not delivered");
            }
        }
    }
}

fn never(error: &str) -> Undelivered {
    Undelivered { error: error.to_owned(), for_good: true }
}

fn told(message: &Message) -> Result<Told, Undelivered> {
    serde_json::from_str(&message.body)
        .map_err(|error| never(&format!("the message cannot be read: {error}")))
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
