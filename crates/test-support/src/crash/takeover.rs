//! Two nodes share a database, and one is killed.

use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::{Value, json};

use super::script::{HOUR_MS, Script, rfc3339};
use super::{Bench, Kill, Plan, Round, check, folder, now_ms, send, unsent};
use crate::server::{Client, Server, Site, Started};

/// How long after it is recorded the event comes due that the other node has to raise.
const DUE_IN_MS: i64 = 2_000;

/// How long the other node has for it.
const LIMIT: Duration = Duration::from_secs(10);

/// Kills one of two nodes as it enters its N-th write to the database or a caller, counted in each thread, or for 0
/// between two requests; says how long after what came due then the other had raised it.
///
/// # Errors
/// The other node does not take over, or something is lost or doubled.
pub fn takeover(plan: &Plan, nth: usize) -> Result<Duration, String> {
    let (bench, folder) = (Bench::new(plan)?, folder()?);
    let kills = vec![Kill { calls: "sendto,writev", nth }];
    let round = Round { seed: plan.seed, clients: 1, requests: 12, is_new: false, kills };
    let site = bench.begin(&round, folder.path())?;
    let other = Site { data: folder.path().join("other"), ..site.clone() };
    let under = if nth == 0 { Vec::new() } else { round.kills[0].command(&folder.path().join("trace")) };
    let mut dying = listening(site.serve(&under, &["--node", "dying"])?)?;
    let staying = listening(other.serve(&[], &["--node", "staying"])?)?;
    let client =
        |server: &Server| Client { address: server.address().to_owned(), token: bench.token.clone() };
    let due_ms = now_ms() + DUE_IN_MS;
    let late = json!({"id": "late", "stream": "case:late", "kind": "missing.found", "at": rfc3339(due_ms - 72 * HOUR_MS),
        "links": {"child": "person:late", "episode": "episode:late"}});
    let (status, answer) = client(&dying).post(&late)?;
    if status != 201 {
        return Err(format!("the event is answered {status} {answer}"));
    }
    let script = Script::new(&mut Rng::with_seed(plan.seed), 1, round.requests, now_ms());
    let mut sent = vec![unsent(&script.clients[0])];
    if nth > 0 {
        send(&client(&dying), &mut sent)?;
    }
    dying.kill();
    let raised = raised(&client(&staying), due_ms)?;
    check::kept(&client(&staying), &sent)?;
    check::resend(&client(&staying), &mut sent)?;
    client(&staying).until(LIMIT, |status, _| status == 200)?;
    check::settled(&other, &client(&staying), &script)?;
    Ok(raised)
}

fn listening(started: Started) -> Result<Server, String> {
    match started {
        Started::Listens(server) => Ok(server),
        Started::Killed => Err("the node was killed before it listened; let it live longer".to_owned()),
    }
}

/// Waits until the duty of the late event is raised; says how long after its due.
fn raised(client: &Client, due_ms: i64) -> Result<Duration, String> {
    let start = Instant::now();
    let limit = LIMIT + Duration::from_millis(u64::try_from(due_ms - now_ms()).unwrap_or_default());
    while start.elapsed() < limit {
        let events = client.get("/api/v1/events?entity=person:late")?;
        let is_raised = |item: &Value| item["event"]["kind"] == "escalation.raised";
        if events["items"].as_array().is_some_and(|items| items.iter().any(is_raised)) {
            return Ok(Duration::from_millis(u64::try_from(now_ms() - due_ms).unwrap_or_default()));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err("what came due after the kill is not raised".to_owned())
}
