//! What must hold once a server is there again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::script::Script;
use crate::server::{Client, Site};

/// What a client sent, and whether that was acknowledged.
pub(super) type Sent = Vec<(Value, bool)>;

/// A duty's step that was raised, or a message of one: to whom, of which duty, which step.
type Facts = (String, String, String, u64);

/// Sees that what was acknowledged is there, and nothing twice.
pub(super) fn kept(client: &Client, sent: &[Sent]) -> Result<(), String> {
    let events = events(client)?;
    let acknowledged =
        sent.iter().flatten().filter(|(_, known)| *known).flat_map(|(body, _)| one_by_one(body));
    for event in acknowledged {
        let there = events
            .get(text(&event["id"]))
            .ok_or_else(|| format!("an acknowledged event is lost: {event}"))?;
        same(event, there)?;
    }
    Ok(())
}

/// Sends everything again, what was acknowledged too: that must be there already, all of it.
pub(super) fn resend(client: &Client, sent: &mut [Sent]) -> Result<(), String> {
    for (body, known) in sent.iter_mut().flatten() {
        let (status, answer) = client.post(body)?;
        match (status, *known) {
            (200, _) | (201, false) => *known = true,
            _ => {
                return Err(format!(
                    "sent again (acknowledged: {known}), it answers {status} {answer}: {body}"
                ));
            }
        }
    }
    Ok(())
}

/// Sees that everything is there once, and that what is kept of duties, steps and messages belongs to it.
pub(super) fn settled(site: &Site, client: &Client, script: &Script) -> Result<(), String> {
    let events = events(client)?;
    let sent = script.clients.iter().flatten().flat_map(one_by_one);
    sent.into_iter().try_for_each(|event| match events.get(text(&event["id"])) {
        Some(there) => same(event, there),
        None => Err(format!("an event is not there: {event}")),
    })?;
    let (duties, as_of) = as_reviewed(site, client)?;
    let backup = backup(site)?;
    let raised = raised(&events)?;
    steps(&backup, &raised)?;
    messages(&backup, &events)?;
    all_raised(&duties, text(&as_of), &raised)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The events of a request.
pub(super) fn one_by_one(body: &Value) -> Vec<&Value> {
    body.as_array().map_or_else(|| vec![body], |list| list.iter().collect())
}

/// The record by id, once it is seen to be numbered from 1 on, and to have each id once.
fn events(client: &Client) -> Result<BTreeMap<String, Value>, String> {
    let (items, _) = client.pages("/api/v1/events", "after")?;
    let mut events = BTreeMap::new();
    for (seq, item) in (1_u64..).zip(items) {
        let event = item["event"].clone();
        if item["seq"] != seq {
            return Err(format!("entry {seq} has the append number {}: {event}", item["seq"]));
        }
        if let Some(twice) = events.insert(text(&event["id"]).to_owned(), event) {
            return Err(format!("an event is there twice: {twice}"));
        }
    }
    Ok(events)
}

/// Sees that an event is as it was sent. The server adds when and by whom it was recorded, and leaves empty fields out;
/// a link's one entity may stand in a list.
fn same(sent: &Value, there: &Value) -> Result<(), String> {
    for field in ["id", "stream", "kind", "at", "links", "attrs", "corrects"] {
        if plain(&sent[field]) != plain(&there[field]) {
            return Err(format!(
                "`{field}` of an event is not as it was sent: {sent}, and there it is {there}"
            ));
        }
    }
    match text(&there["recorded_by"]) {
        "system:crm" => Ok(()),
        _ => Err(format!("an event is not recorded by whom it was sent: {there}")),
    }
}

fn plain(value: &Value) -> Value {
    match value {
        Value::Object(fields) if fields.is_empty() => Value::Null,
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), plain(value))).collect(),
        Value::Array(list) if list.len() == 1 => plain(&list[0]),
        other => other.clone(),
    }
}

/// The duties and as of when they stand, once they are seen to be what `wakeful review` says of the record.
fn as_reviewed(site: &Site, client: &Client) -> Result<(Vec<Value>, Value), String> {
    let export = site.data.with_file_name("export.jsonl");
    let export = export.to_string_lossy();
    // Time passes meanwhile; at last nothing happens between two looks.
    for _ in 0..20 {
        let before = client.pages("/api/v1/duties", "cursor")?;
        site.run(&["export", "--out", &export])?;
        if client.pages("/api/v1/duties", "cursor")? == before {
            let policy = site.policy.to_string_lossy();
            let words =
                ["review", &export, "--policy", &policy, "--as-of", text(&before.1), "--format", "jsonl"];
            compare(&before.0, &site.alone(&words)?)?;
            return Ok(before);
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    Err("the duties do not come to rest".to_owned())
}

fn compare(kept: &[Value], review: &str) -> Result<(), String> {
    let said: Vec<Value> = review.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if kept == said {
        return Ok(());
    }
    let differs = kept.iter().zip(&said).find(|(kept, said)| kept != said);
    Err(format!(
        "{} duties are kept, {} are said; the first that differs: {differs:#?}",
        kept.len(),
        said.len()
    ))
}

/// The tables of a backup.
fn backup(site: &Site) -> Result<BTreeMap<String, Vec<Value>>, String> {
    let path = site.data.with_file_name("backup.jsonl");
    site.run(&["backup", "--out", &path.to_string_lossy()])?;
    let lines = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
    let mut tables = BTreeMap::<String, Vec<Value>>::new();
    for line in lines.lines() {
        let Ok(Value::Object(row)) = serde_json::from_str(line) else {
            return Err(format!("no row: {line}"));
        };
        row.into_iter().for_each(|(table, row)| tables.entry(table).or_default().push(row));
    }
    Ok(tables)
}

/// The steps that events say are raised, each once.
fn raised(events: &BTreeMap<String, Value>) -> Result<BTreeSet<(String, u64)>, String> {
    let mut steps = BTreeSet::new();
    for event in events.values().filter(|event| event["kind"] == "escalation.raised") {
        if !steps.insert(step_of(event)) {
            return Err(format!("a step is raised twice: {event}"));
        }
    }
    Ok(steps)
}

fn step_of(event: &Value) -> (String, u64) {
    let duty = plain(&event["links"]["duty"]);
    (text(&duty).trim_start_matches("duty:").to_owned(), event["attrs"]["step"].as_u64().unwrap_or_default())
}

/// Sees that the claimed steps are those that events say are raised.
fn steps(backup: &BTreeMap<String, Vec<Value>>, raised: &BTreeSet<(String, u64)>) -> Result<(), String> {
    let rows = backup.get("steps").into_iter().flatten();
    let claimed: BTreeSet<_> =
        rows.map(|row| (text(&row[0]).to_owned(), row[1].as_u64().unwrap_or_default())).collect();
    match claimed == *raised {
        true => Ok(()),
        false => Err(format!(
            "claimed, but not raised: {:?}; raised, but not claimed: {:?}",
            claimed.difference(raised).collect::<Vec<_>>(),
            raised.difference(&claimed).collect::<Vec<_>>()
        )),
    }
}

/// Sees that each raised step is told to each of its officers and to each webhook, once.
fn messages(backup: &BTreeMap<String, Vec<Value>>, events: &BTreeMap<String, Value>) -> Result<(), String> {
    let mut wanted = BTreeSet::new();
    for event in events.values().filter(|event| event["kind"] == "escalation.raised") {
        let (duty, step) = step_of(event);
        let officers = match &event["links"]["officer"] {
            Value::Array(list) => list.clone(),
            Value::Null => Vec::new(),
            one => vec![one.clone()],
        };
        let letters = officers.iter().map(|officer| ("mail".to_owned(), text(officer).to_owned()));
        let calls = std::iter::once(("webhook".to_owned(), super::HOOK.to_owned()));
        wanted.extend(letters.chain(calls).map(|(channel, to)| (channel, to, duty.clone(), step)));
    }
    let mut there = BTreeSet::<Facts>::new();
    for row in backup.get("outbox").into_iter().flatten() {
        for facts in told(row)? {
            if !there.insert(facts.clone()) {
                return Err(format!("a step is told twice: {facts:?}"));
            }
        }
    }
    match there == wanted {
        true => Ok(()),
        false => Err(format!(
            "told, but not raised: {:?}; raised, but not told: {:?}",
            there.difference(&wanted).collect::<Vec<_>>(),
            wanted.difference(&there).collect::<Vec<_>>()
        )),
    }
}

/// What a message tells: its row begins with id, moment, channel, recipient and body.
fn told(row: &Value) -> Result<Vec<Facts>, String> {
    let body: Value = serde_json::from_str(text(&row[4])).map_err(|error| format!("{error}: {row}"))?;
    let steps = body["steps"].as_array().cloned().unwrap_or_default();
    let facts = |step: &Value| {
        let (channel, to) = (text(&row[2]).to_owned(), text(&row[3]).to_owned());
        (channel, to, text(&step["duty"]).to_owned(), step["step"].as_u64().unwrap_or_default())
    };
    Ok(steps.iter().map(facts).collect())
}

/// Sees that the highest open step of each open duty is raised, where it goes to somebody.
fn all_raised(duties: &[Value], as_of: &str, raised: &BTreeSet<(String, u64)>) -> Result<(), String> {
    for duty in duties {
        let Some(step) = duty["ladder"].as_array().and_then(|ladder| ladder.last()) else { continue };
        let is_open = match text(&duty["state"]) {
            "overdue" | "unrecorded" => true,
            "breached" => step["decision"] != "accepted",
            _ => false,
        };
        let has_holders = step["holders"].as_array().is_none_or(|holders| !holders.is_empty());
        // A step whose time to answer was past before anybody was there stays unraised.
        let waits = step["due"].as_str().is_none_or(|due| due >= as_of);
        // A merge may have given the duty another id since; one that a correction moved is not raised again.
        let ids = duty["aliases"].as_array().into_iter().flatten().chain([&duty["id"]]);
        let number = step["step"].as_u64().unwrap_or_default();
        let is_raised = ids.into_iter().any(|id| raised.contains(&(text(id).to_owned(), number)));
        if is_open && has_holders && waits && !is_raised {
            return Err(format!("the highest open step of a duty is not raised: {duty:#}"));
        }
    }
    Ok(())
}
