//! What goes wrong: each failure is a step of a journey that is left out, comes late, or is done by the wrong person.
//!
//! A failure is drawn for each child, case, episode, meeting and so on by random numbers of its own. So the same seed with
//! other rates tells the same journeys, and two records differ in what failed alone.

use std::collections::{HashMap, HashSet};

use engine::record::{Event, Value};
use engine::time::Instant;
use fastrand::Rng;

use super::failures::Rates;
use super::people::Cast;
use super::picks as pick;
use super::state::MINUTE_MS;

use Deed::{Added, Changed, Late, LeftOut, WrittenLate};
use Per::{Event as EachEvent, Role, Stream};

const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A failure that may happen.
pub struct Failure {
    /// Its name in a file of rates.
    pub name: &'static str,
    per: Per,
    deeds: &'static [Deed],
}

/// For what a failure is drawn once.
enum Per {
    Event,
    Stream,
    /// The first entity in this role.
    Role(&'static str),
}

/// Which events of those told together a deed is about.
type Pick = fn(&Event, &[Event]) -> bool;

/// What is done wrong.
enum Deed {
    LeftOut(Pick),
    /// So many days too late, from and to.
    Late(Pick, i64, i64),
    /// Written down so many days after it happened, from and to.
    WrittenLate(Pick, i64, i64),
    Changed(Pick, fn(&mut Event, &Cast)),
    /// What happens besides, for the first of the events.
    Added(Pick, fn(&Event, &Cast, &mut Rng) -> Vec<Event>),
}

impl Deed {
    fn pick(&self) -> Pick {
        match *self {
            Self::LeftOut(pick)
            | Self::Late(pick, ..)
            | Self::WrittenLate(pick, ..)
            | Self::Changed(pick, _)
            | Self::Added(pick, _) => pick,
        }
    }
}

const fn failure(name: &'static str, per: Per, deeds: &'static [Deed]) -> Failure {
    Failure { name, per, deeds }
}

/// Every failure, in the order of `failures.toml`.
pub const FAILURES: &[Failure] = &[
    failure("escalation-unanswered", Stream, &[LeftOut(pick::case_review), Added(pick::opened, escalated)]),
    failure("no-charge-unchallenged", Role("suspect"), &[LeftOut(pick::challenge)]),
    failure("review-right-not-explained", EachEvent, &[LeftOut(pick::right_explained)]),
    failure("victim-not-told", EachEvent, &[LeftOut(pick::told_of_suspect)]),
    failure("request-unanswered", Stream, &[LeftOut(pick::request_answered)]),
    failure("interviewer-untrained", Stream, &[Changed(pick::evidential, untrained_interviewer)]),
    failure("investigator-untrained", Stream, &[Changed(pick::investigator, untrained_officer)]),
    failure("staff-untrained", Role("officer"), &[LeftOut(pick::qualified)]),
    failure("interview-unreviewed", EachEvent, &[LeftOut(pick::interview_reviewed)]),
    failure("intermediary-not-considered", Stream, &[LeftOut(pick::intermediary)]),
    failure("no-supervisor-reviews", Stream, &[LeftOut(pick::case_review)]),
    failure("supervisor-review-missed", EachEvent, &[LeftOut(pick::case_review)]),
    failure("return-interview-not-held", Role("episode"), &[LeftOut(pick::return_interview)]),
    failure("return-interview-late", Role("episode"), &[Late(pick::return_interview, 3, 21)]),
    failure("prevention-interview-not-held", Role("episode"), &[LeftOut(pick::prevention_interview)]),
    failure("missing-risk-not-reviewed", Role("episode"), &[LeftOut(pick::missing_reviewed)]),
    failure("repeat-missing-without-strategy", Stream, &[LeftOut(pick::repeat_missing)]),
    failure("blaming-term-unchallenged", Stream, &[Changed(pick::file, blaming_note)]),
    failure("signs-without-strategy", Stream, &[LeftOut(pick::signs)]),
    failure("links-without-strategy", Stream, &[LeftOut(pick::links)]),
    failure("exploitation-not-referred", Stream, &[LeftOut(pick::exploitation_referred)]),
    failure("incident-without-notice", Stream, &[LeftOut(pick::notice)]),
    failure(
        "police-attendance-unrecorded",
        Role("meeting"),
        &[Changed(pick::police_came, without_police), LeftOut(pick::police_came_said_later)],
    ),
    failure("partner-absent", Role("meeting"), &[Changed(pick::partner_came, partners_absent)]),
    failure("police-report-missing", EachEvent, &[LeftOut(pick::police_report)]),
    failure("core-group-missed", EachEvent, &[LeftOut(pick::core_group)]),
    failure("referral-undecided", Stream, &[LeftOut(pick::referral_decided)]),
    failure("concern-unacknowledged", Stream, &[LeftOut(pick::concern_dealt_with)]),
    failure("concern-unanswered", Stream, &[LeftOut(pick::concern_answered)]),
    failure("complaint-not-updated", Stream, &[LeftOut(pick::complaint_updated)]),
    failure("complaint-outcome-not-sent", Stream, &[LeftOut(pick::complaint_outcome)]),
    failure("disclosure-without-crime", Stream, &[LeftOut(pick::crime_of_disclosure)]),
    failure("disclosure-without-referral", Stream, &[LeftOut(pick::referral_of_disclosure)]),
    failure("disclosure-without-person", Stream, &[LeftOut(pick::person_of_disclosure)]),
    failure("suspect-not-pursued", Role("suspect"), &[LeftOut(pick::pursuit)]),
    failure("suspect-without-outcome", Role("suspect"), &[LeftOut(pick::outcome)]),
    failure(
        "silence-closes-suspect",
        Role("suspect"),
        &[Changed(pick::charged, closed_by_silence), LeftOut(pick::indicted)],
    ),
    failure(
        "encounter-unprotected",
        Role("suspect"),
        &[LeftOut(pick::warning_notice), Added(pick::encounter, met_once_more)],
    ),
    failure("bail-views-not-sought", Role("suspect"), &[LeftOut(pick::views)]),
    failure("victim-without-sign-off", Role("suspect"), &[LeftOut(pick::sign_off)]),
    failure("defence-not-considered", Role("suspect"), &[LeftOut(pick::defence)]),
    failure("potential-victim-not-contacted", Stream, &[LeftOut(pick::victim_contacted)]),
    failure("finding-without-recommendation", Stream, &[LeftOut(pick::reason_for_none)]),
    failure("recommendation-not-acted-on", Role("recommendation"), &[LeftOut(pick::action)]),
    failure("late-entry", EachEvent, &[WrittenLate(pick::entry, 5, 150)]),
    failure("team-below-strength", Role("team"), &[Changed(pick::strength, fewer_filled)]),
    failure(
        "project-meeting-missed",
        Role("meeting"),
        &[Changed(pick::participation, police_absent), LeftOut(pick::participation_said_later)],
    ),
    failure("information-unshared", Stream, &[LeftOut(pick::information)]),
    failure("disagreement-unresolved", Stream, &[LeftOut(pick::disagreement_resolved)]),
    failure("officers-changed", Stream, &[Added(pick::investigator, two_more_officers)]),
    failure("promised-contact-missed", Stream, &[LeftOut(pick::promised_contact)]),
];

/// Lets the failures happen, each at its rate, to events that were told together.
pub fn befall(events: &mut Vec<Event>, cast: &Cast, rates: &Rates, seed: u64) {
    let mut gone = vec![false; events.len()];
    let told = events.len();
    let mut added = Vec::new();
    for (number, failure) in FAILURES.iter().enumerate() {
        let rate = rates.of(number);
        if rate > 0.0 {
            let random = Rng::with_seed(seed ^ hash(failure.name));
            let mut draw = Draw { failure, rate, random, drawn: HashMap::new() };
            for deed in failure.deeds {
                let struck = draw.struck(deed, &events[..told]);
                draw.done(deed, &struck, events, &mut gone, &mut added, cast);
            }
        }
    }
    let mut gone = gone.into_iter();
    events.retain(|_| !gone.next().unwrap_or_default());
    events.append(&mut added);
    attendance_of_no_meeting_gone(events);
}

/// FNV-1a, so that each failure has random numbers of its own, whichever others there are.
fn hash(name: &str) -> u64 {
    name.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// What is said later of a meeting that is not told of any more.
fn attendance_of_no_meeting_gone(events: &mut Vec<Event>) {
    let is_later = |event: &Event| event.kind == "attendance.recorded";
    if events.iter().any(is_later) {
        let meetings: HashSet<String> =
            events.iter().filter(|event| !is_later(event)).flat_map(pick::meetings).cloned().collect();
        events.retain(|event| !is_later(event) || pick::meetings(event).any(|name| meetings.contains(name)));
    }
}

/// For whom a failure happens.
struct Draw<'f> {
    failure: &'f Failure,
    rate: f64,
    random: Rng,
    drawn: HashMap<String, bool>,
}

impl Draw<'_> {
    /// The places of the events of a deed for which the failure happens.
    fn struck(&mut self, deed: &Deed, events: &[Event]) -> Vec<usize> {
        let pick = deed.pick();
        let mut places = Vec::new();
        for (place, event) in events.iter().enumerate() {
            if pick(event, events) && self.happens(event) {
                places.push(place);
            }
        }
        places
    }

    fn happens(&mut self, event: &Event) -> bool {
        let unit = self.failure.per.unit(event);
        if let Some(&happens) = self.drawn.get(unit) {
            return happens;
        }
        let happens = self.random.f64() < self.rate;
        self.drawn.insert(unit.to_owned(), happens);
        happens
    }

    fn done(
        &mut self,
        deed: &Deed,
        struck: &[usize],
        events: &mut [Event],
        gone: &mut [bool],
        added: &mut Vec<Event>,
        cast: &Cast,
    ) {
        let mut units_added = HashSet::new();
        for &place in struck {
            let event = &mut events[place];
            match *deed {
                LeftOut(_) => gone[place] = true,
                Late(_, from, to) => {
                    let late = self.random.i64(from * DAY_MS..to * DAY_MS);
                    event.at = later(event.at, late);
                    event.recorded_at = later(event.recorded_at, late);
                }
                WrittenLate(_, from, to) => {
                    event.recorded_at = later(event.at, self.random.i64(from * DAY_MS..to * DAY_MS));
                }
                Changed(_, change) => change(event, cast),
                Added(_, add) => {
                    if units_added.insert(self.failure.per.unit(event).to_owned()) {
                        added.append(&mut add(event, cast, &mut self.random));
                    }
                }
            }
        }
    }
}

impl Per {
    fn unit<'e>(&self, event: &'e Event) -> &'e str {
        match self {
            Self::Event => &event.id,
            Self::Stream => &event.stream,
            Self::Role(role) => {
                event.links.get(*role).and_then(|entities| entities.first()).unwrap_or(&event.stream)
            }
        }
    }
}

fn later(at: Instant, ms: i64) -> Instant {
    Instant::saturating(at.ms() + ms)
}

/// Another event of the same stream, so many days after one.
fn follows(event: &Event, kind: &str, after_ms: i64, mark: char) -> Event {
    let at = later(event.at, after_ms);
    Event {
        id: format!("{}{mark}", event.id),
        kind: kind.to_owned(),
        at,
        recorded_at: at,
        attrs: Default::default(),
        note: None,
        ..event.clone()
    }
}

fn linked(event: &mut Event, role: &str, entity: &str) {
    event.links.insert(role.to_owned(), [entity.to_owned()].into());
}

fn says(event: &mut Event, name: &str, text: &str) {
    event.attrs.insert(name.to_owned(), Value::Text(text.to_owned()));
}

/// Where the inspector stands on the ladder of an investigation.
const INSPECTORS_STEP: i64 = 2;

/// A step about the reviews that are not held is put to the inspector.
fn escalated(opened: &Event, cast: &Cast, random: &mut Rng) -> Vec<Event> {
    let mut step = follows(opened, "escalation.raised", random.i64(30 * DAY_MS..60 * DAY_MS), 'a');
    linked(&mut step, "officer", &cast.inspector);
    says(&mut step, "rule", "supervisor-review");
    says(&mut step, "key", &opened.stream);
    step.attrs.insert("step".to_owned(), Value::Integer(INSPECTORS_STEP));
    vec![step]
}

fn untrained_officer(event: &mut Event, cast: &Cast) {
    linked(event, "officer", &cast.response);
}

fn untrained_interviewer(event: &mut Event, cast: &Cast) {
    let role = if event.kind == "interview.reviewed" { "interviewer" } else { "officer" };
    linked(event, role, &cast.response);
}

/// Notes of which each has a term that blames a child, and no more.
const BLAMING: [&str; 6] = [
    "The child is streetwise.",
    "The child is making poor choices.",
    "The child was uncooperative when asked.",
    "The child is known to have absconded before.",
    "It is said to be a lifestyle choice.",
    "The child is attention-seeking, a teacher says.",
];

fn blaming_note(event: &mut Event, _: &Cast) {
    let which = hash(&event.id) % BLAMING.len() as u64;
    event.note = BLAMING.get(which as usize).map(|&note| note.to_owned());
}

fn attendance(event: &mut Event) -> Option<&mut Vec<String>> {
    match event.attrs.get_mut("attendance") {
        Some(Value::Texts(entries)) => Some(entries),
        _ => None,
    }
}

fn without_police(event: &mut Event, _: &Cast) {
    if let Some(entries) = attendance(event) {
        entries.retain(|entry| !entry.starts_with("police="));
    }
}

fn police_absent(event: &mut Event, cast: &Cast) {
    without_police(event, cast);
    if let Some(entries) = attendance(event) {
        entries.push("police=absent".to_owned());
    }
}

fn partners_absent(event: &mut Event, _: &Cast) {
    if let Some(entries) = attendance(event) {
        for entry in entries {
            for agency in ["health", "education"] {
                if entry.split('=').next() == Some(agency) {
                    *entry = format!("{agency}=absent");
                }
            }
        }
    }
}

fn closed_by_silence(event: &mut Event, _: &Cast) {
    says(event, "outcome", "no-further-action");
    says(event, "ground", "child-did-not-engage");
}

fn met_once_more(event: &Event, _: &Cast, random: &mut Rng) -> Vec<Event> {
    vec![follows(event, "encounter.reported", random.i64(25 * DAY_MS..60 * DAY_MS), 'a')]
}

fn fewer_filled(event: &mut Event, _: &Cast) {
    for name in ["filled", "trained"] {
        if let Some(Value::Integer(number)) = event.attrs.get_mut(name) {
            *number -= 3;
        }
    }
}

fn two_more_officers(event: &Event, cast: &Cast, random: &mut Rng) -> Vec<Event> {
    let is_other = |officer: &&String| {
        !event.links.get("officer").is_some_and(|officers| officers.contains(officer.as_str()))
    };
    let mut after_ms = 0;
    let mut changes = Vec::new();
    for (officer, mark) in cast.investigators.iter().filter(is_other).zip(['a', 'b']) {
        after_ms += random.i64(20 * DAY_MS..45 * DAY_MS);
        let mut change = follows(event, "allocation.made", after_ms, mark);
        linked(&mut change, "officer", officer);
        says(&mut change, "role", "investigator");
        changes.push(change);
    }
    changes
}
