//! What clients send: random events, dated so that duties are overdue at once, or come due a moment later.

use fastrand::Rng;
use serde_json::{Value, json};

pub(super) const HOUR_MS: i64 = 3_600_000;

/// After how many hours something of the policy is due: an interview, its ladder's second and third step, a review.
const DUE_AFTER_H: [i64; 3] = [72, 120, 28 * 24];

/// How long after its start the last duty of a script comes due, at most.
const LAST_DUE_MS: i64 = 700;

/// Officers in their posts, so that steps have somebody to go to.
pub(super) fn posts() -> Value {
    let roles = ["supervisor", "supervisor", "superintendent", "scrutineer", "referral-manager"];
    let post = |(number, role): (usize, &str)| {
        json!({"id": format!("post{number}"), "stream": format!("officer:o{number}"), "kind": "post.held",
            "at": "2020-01-06T09:00:00Z", "links": {"officer": format!("officer:o{number}")}, "attrs": {"role": role}})
    };
    roles.into_iter().enumerate().map(post).collect()
}

/// What clients send, each its requests in turn.
pub(super) struct Script {
    pub(super) clients: Vec<Vec<Value>>,
    /// By when everything of it is due.
    pub(super) ends_ms: i64,
}

impl Script {
    pub(super) fn new(rng: &mut Rng, clients: usize, requests: usize, now_ms: i64) -> Self {
        let script = |number: usize, rng: &mut Rng| {
            let mut events = Events { client: number, made: Vec::new(), now_ms };
            (0..requests).map(|_| events.request(rng)).collect()
        };
        let clients = (0..clients).map(|number| script(number, rng)).collect();
        Self { clients, ends_ms: now_ms + LAST_DUE_MS }
    }
}

/// The events of one client. It corrects its own alone: another's may not be there yet.
struct Events {
    client: usize,
    made: Vec<Value>,
    now_ms: i64,
}

impl Events {
    /// One event, or a list.
    fn request(&mut self, rng: &mut Rng) -> Value {
        match rng.u8(0..3) {
            0 => (0..rng.usize(2..8)).map(|_| self.event(rng)).collect(),
            _ => self.event(rng),
        }
    }

    fn event(&mut self, rng: &mut Rng) -> Value {
        let id = format!("e{}-{}", self.client, self.made.len());
        let correct = rng.u8(0..6) == 0 && !self.made.is_empty();
        let event = if correct { self.correction(id, rng) } else { self.plain(id, rng) };
        self.made.push(event.clone());
        event
    }

    fn plain(&self, id: String, rng: &mut Rng) -> Value {
        const KINDS: [&str; 13] = [
            "missing.found",
            "missing.found",
            "missing.found",
            "return-interview.held",
            "return-interview.declined",
            "strategy-discussion.held",
            "case.opened",
            "case.closed",
            "interview.held",
            "post.held",
            "post.left",
            "entity.merged",
            "escalation.answered",
        ];
        let kind = KINDS[rng.usize(0..KINDS.len())];
        let (case, child) = (format!("case:c{}", rng.u8(0..3)), format!("person:p{}", rng.u8(0..5)));
        let officer = format!("officer:o{}", rng.u8(0..5));
        let role = ["supervisor", "superintendent", "scrutineer"][rng.usize(0..3)];
        let (links, attrs) = match kind {
            "post.held" | "post.left" => (json!({"officer": officer}), json!({"role": role})),
            "entity.merged" => {
                (json!({"from": child, "into": format!("person:p{}", rng.u8(0..5))}), json!({}))
            }
            "escalation.answered" => (
                json!({"officer": officer}),
                json!({"rule": "return-home-interview", "key": child, "decision": "climb", "reason": "r"}),
            ),
            _ => {
                let episode = format!("episode:{}", rng.u8(0..4));
                (json!({"child": child, "officer": officer, "episode": episode}), json!({}))
            }
        };
        json!({"id": id, "stream": case, "kind": kind, "at": self.at(rng), "links": links, "attrs": attrs})
    }

    fn correction(&self, id: String, rng: &mut Rng) -> Value {
        let mut event = self.made[rng.usize(0..self.made.len())].clone();
        let root = event["id"].take();
        event["corrects"] = event.get("corrects").cloned().unwrap_or(root);
        event["id"] = id.into();
        if rng.bool() {
            event["kind"] = "record.corrected".into();
        }
        event["at"] = self.at(rng).into();
        event
    }

    /// A moment at which something falls due in a second, or is overdue, or just now.
    fn at(&self, rng: &mut Rng) -> String {
        let soon_ms = rng.i64(0..LAST_DUE_MS);
        let back_ms = match rng.u8(0..6) {
            0 => 0,
            1 | 2 => DUE_AFTER_H[rng.usize(0..DUE_AFTER_H.len())] * HOUR_MS - soon_ms,
            3 => rng.i64(0..100) * HOUR_MS,
            _ => rng.i64(72..1_000) * HOUR_MS,
        };
        rfc3339(self.now_ms - back_ms)
    }
}

/// A moment as the record writes it. A crate for this one line would have to be built with this one.
pub(super) fn rfc3339(ms: i64) -> String {
    let (days, ms) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
    // Years from March on, in eras of 400 years, so that the leap day is a year's last.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let from_march = (5 * day + 2) / 153;
    let day = day - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year + i64::from(month <= 2);
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::rfc3339;

    #[test]
    fn moments_are_written_as_the_record_does() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339(1_709_164_800_000 - 1), "2024-02-28T23:59:59.999Z");
        assert_eq!(rfc3339(1_709_164_800_000), "2024-02-29T00:00:00.000Z");
        assert_eq!(rfc3339(1_772_823_600_001), "2026-03-06T19:00:00.001Z");
    }
}
