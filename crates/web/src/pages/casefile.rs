//! What the events of a case are about, gathered: people, meetings, missing episodes, suspects, requests, decisions. Each is
//! what was recorded, in the order in which it happened; nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};

use app::chronicle::{self, Told};
use engine::record::{Event, Value};
use engine::time::Instant;
use serde::Serialize;
use store::{Sight, Store};

use super::PageError;
use super::rows::{Row, Shower, bare, words};
use super::texts::text;
use super::told::{Name, capital, list, name};

/// Somebody or something in a case, and as what.
#[derive(Debug, Serialize)]
pub(crate) struct Part {
    name: Name,
    roles: String,
}

/// A meeting, and what is recorded of each agency that was invited or came.
#[derive(Debug, Serialize)]
pub(crate) struct Meeting {
    #[serde(skip)]
    at: Option<Instant>,
    when: String,
    what: String,
    agencies: Vec<Attendance>,
}

#[derive(Debug, Serialize)]
struct Attendance {
    #[serde(skip)]
    is_missed: bool,
    agency: String,
    state: String,
    tag: &'static str,
}

/// A time for which a child was missing.
#[derive(Debug, Serialize)]
pub(crate) struct Episode {
    name: String,
    child: String,
    reported: Option<String>,
    found: Option<String>,
    places: String,
    interview: String,
}

/// Somebody suspected, and what was done about them.
#[derive(Debug, Serialize)]
pub(crate) struct Suspect {
    name: String,
    first: String,
    age: String,
    done: String,
    outcome: Option<String>,
}

/// A request, and its answer.
#[derive(Debug, Serialize)]
pub(crate) struct Request {
    what: String,
    when: String,
    to: String,
    answer: Option<String>,
    waited: String,
}

/// A concern about meetings of a case, and which of them were missed after it.
#[derive(Debug, Serialize)]
pub(crate) struct Concern {
    what: String,
    when: String,
    answer: Option<String>,
    waited: String,
    /// Each agency with how many meetings it missed after the concern was raised.
    missed: Vec<(String, usize)>,
}

/// A time in which something that is owed regularly was not done.
#[derive(Debug, Serialize)]
pub(crate) struct Gap {
    what: String,
    from: String,
    to: Option<String>,
    missed: u32,
    href: String,
}

/// A decision, or a challenge to one.
#[derive(Debug, Serialize)]
pub(crate) struct Decision {
    when: String,
    what: String,
    who: String,
    decision: String,
    reason: String,
}

/// A term in a record, and what came of it.
#[derive(Debug, Serialize)]
pub(crate) struct Term {
    when: String,
    what: String,
    term: String,
    event: String,
}

const MEETINGS: [&str; 6] = [
    "strategy-discussion.held",
    "conference.held",
    "core-group.held",
    "participation.recorded",
    "participation.invited",
    "attendance.recorded",
];

/// A name of the vocabulary as people say it: `missing.reported` is `Missing reported`.
pub(crate) fn capital_words(name: &str) -> String {
    capital(&words(&name.replace('_', "-")))
}

/// A text attribute.
pub(crate) fn attr(event: &Event, name: &str) -> Option<String> {
    match event.attrs.get(name)? {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn texts<'e>(event: &'e Event, name: &str) -> &'e [String] {
    match event.attrs.get(name) {
        Some(Value::Texts(texts)) => texts,
        _ => &[],
    }
}

/// The entities that an event links in a role.
pub(crate) fn linked<'e>(event: &'e Event, role: &str) -> impl Iterator<Item = &'e str> {
    event.links.get(role).into_iter().flatten().map(String::as_str)
}

/// The events with an entity as stream or link, in the streams that somebody may see; and whether there are more than were looked
/// through.
pub(crate) async fn seen_about(
    store: &dyn Store,
    sight: &Sight,
    entity: &str,
    most: usize,
) -> Result<(Vec<Told>, bool), PageError> {
    let (mut told, has_more) = chronicle::of(store, entity, most).await?;
    let seen = seen_among(store, sight, &told).await?;
    told.retain(|told| seen.contains(&told.event.stream));
    Ok((told, has_more))
}

/// Of the streams of events those that somebody may see, sorted.
async fn seen_among(store: &dyn Store, sight: &Sight, told: &[Told]) -> Result<Vec<String>, PageError> {
    let streams: BTreeSet<String> = told.iter().map(|told| told.event.stream.clone()).collect();
    Ok(store.seen_of(sight, &streams.into_iter().collect::<Vec<_>>()).await?)
}

/// The missing episodes of a child that are not over, with when each was reported, in the order in which they began: those reported
/// where somebody may see, and those that they reported themselves in no case. Whoever recorded the return, and wherever, they
/// are over.
pub(crate) async fn open_episodes_for(
    store: &dyn Store,
    sight: &Sight,
    child: &str,
    most: usize,
) -> Result<Vec<(String, Instant)>, PageError> {
    let (told, _) = chronicle::of(store, child, most).await?;
    let seen = seen_among(store, sight, &told).await?;
    let is_own = |event: &Event| {
        event.recorded_by.as_ref() == Some(&sight.officer) && !event.stream.starts_with("case:")
    };
    let is_for_them = |reported: &Event| seen.contains(&reported.stream) || is_own(reported);
    let open = open_episodes(&told, child).into_iter().filter(|(_, reported)| is_for_them(reported));
    Ok(open.map(|(name, reported)| (name.to_owned(), reported.at)).collect())
}

/// The events that count.
pub(crate) fn standing(told: &[Told]) -> impl Iterator<Item = &Event> {
    told.iter().filter(|told| told.stands()).map(|told| &told.event)
}

/// Everybody and everything that events link, by name, but what has a list of its own.
pub(crate) fn parts(shower: &Shower, told: &[Told]) -> Vec<Part> {
    const NO_PARTS: [&str; 8] =
        ["case", "duty", "episode", "meeting", "request", "finding", "recommendation", "review"];
    let mut roles: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for event in standing(told) {
        for (role, entities) in event.links.iter().filter(|(role, _)| !NO_PARTS.contains(&&***role)) {
            for entity in entities {
                roles.entry(entity).or_default().insert(capital_words(role));
            }
        }
    }
    let part = |(entity, roles): (&str, BTreeSet<String>)| Part {
        name: name(shower, entity),
        roles: roles.into_iter().collect::<Vec<_>>().join(", "),
    };
    roles.into_iter().map(part).collect()
}

/// What is recorded of a meeting.
#[derive(Default)]
struct Called<'e> {
    held: Option<&'e Event>,
    /// Those invited or recorded, each with its first entry.
    agencies: BTreeMap<&'e str, Option<&'e str>>,
}

/// Meetings with the attendance of each agency: the first entry of an agency counts.
pub(crate) fn meetings(shower: &Shower, told: &[Told]) -> Vec<Meeting> {
    let mut meetings: BTreeMap<&str, Called<'_>> = BTreeMap::new();
    let mut order = Vec::new();
    for event in standing(told).filter(|event| MEETINGS.contains(&&*event.kind)) {
        let id = linked(event, "meeting").next().unwrap_or(&event.id);
        if !meetings.contains_key(id) {
            order.push(id);
        }
        let called = meetings.entry(id).or_default();
        if event.kind != "attendance.recorded" {
            called.held = called.held.or(Some(event));
        }
        for agency in texts(event, "invited") {
            called.agencies.entry(agency).or_insert(None);
        }
        for (agency, state) in texts(event, "attendance").iter().filter_map(|entry| entry.split_once('=')) {
            called.agencies.entry(agency).or_insert(None).get_or_insert(state);
        }
    }
    let meeting = |id: &str| {
        let Called { held, agencies } = meetings.remove(id)?;
        Some(Meeting {
            at: held.map(|event| event.at),
            when: held.map_or_else(String::new, |event| shower.when.full(event.at)),
            what: held.map_or_else(|| bare(id).to_owned(), |event| capital_words(&event.kind)),
            agencies: agencies.into_iter().map(|(agency, state)| attendance(agency, state)).collect(),
        })
    };
    order.into_iter().filter_map(meeting).collect()
}

fn attendance(agency: &str, state: Option<&str>) -> Attendance {
    let (key, tag) = match state {
        Some("attended") => ("attended", "govuk-tag--green"),
        Some("apologies+report") => ("apologies-report", "govuk-tag--turquoise"),
        Some("apologies") => ("apologies", "govuk-tag--yellow"),
        Some("absent") => ("absent", "govuk-tag--red"),
        None => ("not-recorded", "govuk-tag--grey"),
        Some(other) => {
            let (agency, state) = (capital_words(agency), capital_words(other));
            return Attendance { is_missed: false, agency, state, tag: "" };
        }
    };
    let is_missed = ["absent", "not-recorded"].contains(&key);
    Attendance { is_missed, agency: capital_words(agency), state: text(&format!("attendance-{key}")), tag }
}

/// The events of each missing episode, in the order in which these began.
fn by_episode(told: &[Told]) -> Vec<(&str, Vec<&Event>)> {
    let mut episodes: Vec<(&str, Vec<&Event>)> = Vec::new();
    for event in standing(told) {
        for episode in linked(event, "episode") {
            match episodes.iter_mut().find(|(name, _)| *name == episode) {
                Some((_, events)) => events.push(event),
                None => episodes.push((episode, vec![event])),
            }
        }
    }
    episodes
}

/// The missing episodes of a child that were reported and are not over, each with its report, in the order in which they began.
fn open_episodes<'t>(told: &'t [Told], child: &str) -> Vec<(&'t str, &'t Event)> {
    let open = |(name, events): (&'t str, Vec<&'t Event>)| {
        let reported = *events.iter().find(|event| event.kind == "missing.reported")?;
        let is_of_child = linked(reported, "child").any(|linked| linked == child);
        let is_over = events.iter().any(|event| event.kind == "missing.found");
        (is_of_child && !is_over).then_some((name, reported))
    };
    by_episode(told).into_iter().filter_map(open).collect()
}

/// Missing episodes, in the order in which they began.
pub(crate) fn episodes(shower: &Shower, told: &[Told]) -> Vec<Episode> {
    let first = |events: &[&Event], kind: &str| {
        events.iter().find(|event| event.kind == kind).map(|event| shower.when.full(event.at))
    };
    let one = |(name, events): (&str, Vec<&Event>)| {
        let places: BTreeSet<&str> = events.iter().flat_map(|event| linked(event, "place")).collect();
        let children: BTreeSet<&str> = events.iter().flat_map(|event| linked(event, "child")).collect();
        let interview = events.iter().rfind(|event| event.kind.starts_with("return-interview."));
        Episode {
            name: shower.name(name),
            child: list(shower, children),
            reported: first(&events, "missing.reported"),
            found: first(&events, "missing.found"),
            places: list(shower, places),
            interview: interview.map_or_else(
                || text("episode-no-interview"),
                |event| format!("{}, {}", capital_words(&event.kind), shower.when.full(event.at)),
            ),
        }
    };
    by_episode(told).into_iter().map(one).collect()
}

/// Suspects, in the order in which they were first named.
pub(crate) fn suspects(shower: &Shower, told: &[Told]) -> Vec<Suspect> {
    let mut suspects: Vec<(&str, Vec<&Event>)> = Vec::new();
    for event in standing(told) {
        for suspect in linked(event, "suspect") {
            match suspects.iter_mut().find(|(name, _)| *name == suspect) {
                Some((_, events)) => events.push(event),
                None => suspects.push((suspect, vec![event])),
            }
        }
    }
    let one = |(name, events): (&str, Vec<&Event>)| {
        let first = events.first().map_or(Instant::MIN, |event| event.at);
        let done = events.iter().filter(|event| {
            let is_step = event.kind.starts_with("suspect.") || event.kind == "protective-measure.made";
            is_step && !["suspect.named", "suspect.identified"].contains(&&*event.kind)
        });
        let done: Vec<String> = done
            .map(|event| format!("{}, {}", capital_words(&event.kind), shower.when.day(event.at)))
            .collect();
        let outcome = events.iter().rfind(|event| event.kind == "suspect.outcome");
        Suspect {
            name: shower.name(name),
            first: shower.when.day(first),
            age: shower.when.away(first),
            done: done.join("; "),
            outcome: outcome
                .map(|event| attr(event, "outcome").map_or_else(String::new, |text| capital_words(&text))),
        }
    };
    suspects.into_iter().map(one).collect()
}

/// Requests and disagreements, each with what answered it.
pub(crate) fn requests(shower: &Shower, told: &[Told]) -> Vec<Request> {
    const ASKED: [(&str, &[&str]); 3] = [
        ("request.made", &["request.answered"]),
        ("information.requested", &["information.shared", "information.declined"]),
        ("disagreement.raised", &["disagreement.resolved", "disagreement.replied"]),
    ];
    let mut requests = Vec::new();
    for (kind, answers) in ASKED {
        for asked in standing(told).filter(|event| event.kind == kind) {
            let is_same = |event: &&Event| linked(event, "request").eq(linked(asked, "request"));
            let answer = standing(told)
                .filter(|event| answers.contains(&&*event.kind) && event.at >= asked.at)
                .find(is_same);
            let said = |event: &Event| {
                let decision = attr(event, "decision").or_else(|| attr(event, "outcome")).unwrap_or_default();
                format!("{} {}", shower.when.full(event.at), capital_words(&decision))
            };
            let kind_of =
                attr(asked, "type").map_or_else(String::new, |sort| format!(": {}", capital_words(&sort)));
            requests.push(Request {
                what: format!("{}{kind_of}", capital_words(&asked.kind)),
                when: shower.when.full(asked.at),
                to: attr(asked, "to_role")
                    .or_else(|| attr(asked, "to"))
                    .map_or_else(String::new, |to| capital_words(&to)),
                answer: answer.map(said),
                waited: shower.when.away(asked.at),
            });
        }
    }
    requests
}

/// A concern, from its events, beside the meetings that were missed after it.
pub(crate) fn concern(shower: &Shower, told: &[Told], meetings: &[Meeting]) -> Option<Concern> {
    let raised = standing(told).find(|event| event.kind == "concern.raised")?;
    let answered = standing(told).find(|event| event.kind == "concern.answered");
    let after = meetings.iter().filter(|meeting| meeting.at.is_some_and(|at| at > raised.at));
    let mut missed: BTreeMap<String, usize> = BTreeMap::new();
    for one in after.flat_map(|meeting| &meeting.agencies).filter(|one| one.is_missed) {
        *missed.entry(one.agency.clone()).or_default() += 1;
    }
    Some(Concern {
        what: capital(&attr(raised, "about").unwrap_or_else(|| words(&raised.kind))),
        when: shower.when.full(raised.at),
        answer: answered.map(|event| shower.when.full(event.at)),
        waited: shower.when.away(raised.at),
        missed: missed.into_iter().collect(),
    })
}

/// What is owed regularly in a case and was not done, from when until when.
pub(crate) fn gaps(shower: &Shower, rows: &[Row]) -> Vec<Gap> {
    let gap = |row: &Row| Gap {
        what: shower.title(&row.duty),
        from: shower.when.day(row.trigger.at),
        to: row.closed_by.as_ref().map(|event| shower.when.day(event.at)),
        missed: row.periods_missed,
        href: format!("/duties/{}", row.id),
    };
    let mut missed: Vec<&Row> = rows.iter().filter(|row| row.periods_missed > 0).collect();
    missed.sort_by_key(|row| row.trigger.at);
    missed.into_iter().map(gap).collect()
}

/// Decisions and challenges.
pub(crate) fn decisions(shower: &Shower, told: &[Told]) -> Vec<Decision> {
    let is_decision = |event: &&Event| {
        let kind = &*event.kind;
        kind.starts_with("challenge.") || kind.ends_with(".decided") || kind == "charging-decision.received"
    };
    let decision = |event: &Event| Decision {
        when: shower.when.full(event.at),
        what: capital_words(&event.kind),
        who: list(shower, linked(event, "officer").chain(linked(event, "approver"))),
        decision: attr(event, "decision").map_or_else(String::new, |text| capital_words(&text)),
        reason: attr(event, "reason").unwrap_or_default(),
    };
    standing(told).filter(is_decision).map(decision).collect()
}

/// Terms that were flagged in records, challenged or amended.
pub(crate) fn terms(shower: &Shower, told: &[Told]) -> Vec<Term> {
    let term = |event: &Event| Term {
        when: shower.when.full(event.at),
        what: capital_words(&event.kind),
        term: attr(event, "term").unwrap_or_default(),
        event: attr(event, "event").unwrap_or_default(),
    };
    standing(told).filter(|event| event.kind.starts_with("language.")).map(term).collect()
}
