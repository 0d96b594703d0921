//! Which events each failure is about: one at a time, with all that were told together.

use engine::record::{Event, Value};

/// The first entity of a role.
fn entity<'e>(event: &'e Event, role: &str) -> Option<&'e str> {
    event.links.get(role).and_then(|entities| entities.first()).map(String::as_str)
}

/// What an event says in words.
fn text<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    match event.attrs.get(name) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Whether one of the kinds happened in the same stream.
fn stream_has(event: &Event, told: &[Event], kind: &str) -> bool {
    told.iter().any(|other| other.kind == kind && other.stream == event.stream)
}

/// The meetings that an event links.
pub fn meetings(event: &Event) -> impl Iterator<Item = &String> {
    event.links.get("meeting").into_iter().flatten()
}

/// Whether an event says who of an agency came.
fn says_of(event: &Event, agency: &str) -> bool {
    matches!(event.attrs.get("attendance"), Some(Value::Texts(entries))
        if entries.iter().any(|entry| entry.split('=').next() == Some(agency)))
}

/// Picks by kind alone.
macro_rules! of_kind {
    ($($name:ident: $($kind:literal)|+;)+) => {
        $(pub fn $name(event: &Event, _: &[Event]) -> bool {
            matches!(&*event.kind, $($kind)|+)
        })+
    };
}

of_kind! {
    right_explained: "review-right.explained";
    request_answered: "request.answered";
    qualified: "qualification.gained";
    interview_reviewed: "interview.reviewed";
    intermediary: "intermediary.considered";
    return_interview: "return-interview.held";
    prevention_interview: "prevention-interview.held";
    missing_reviewed: "missing.reviewed";
    notice: "protection-notice.submitted";
    exploitation_referred: "nrm.referred" | "nrm.decided";
    police_report: "police-report.submitted";
    core_group: "core-group.held";
    referral_decided: "referral.decided" | "referrer.informed";
    concern_dealt_with: "concern.acknowledged" | "concern.answered" | "concern.closed";
    concern_answered: "concern.answered" | "concern.closed";
    complaint_updated: "complaint.updated";
    complaint_outcome: "complaint.outcome-sent";
    indicted: "person.added-to-indictment";
    encounter: "encounter.reported";
    views: "victim-views.sought";
    sign_off: "sign-off.given";
    defence: "section-45.considered";
    victim_contacted: "victim.contacted" | "victim.declined-contact";
    reason_for_none: "finding.no-recommendation";
    action: "action.reported" | "action.verified" | "effect.checked";
    strength: "team.strength-recorded";
    case_review: "supervisor-review.held";
    participation: "participation.recorded";
    information: "information.shared" | "information.declined";
    disagreement_resolved: "disagreement.replied" | "disagreement.resolved";
}

pub fn opened(event: &Event, _: &[Event]) -> bool {
    event.kind == "case.opened" && entity(event, "child").is_some()
}

/// A challenge to a decision not to charge, and the charge that came of it.
pub fn challenge(event: &Event, told: &[Event]) -> bool {
    let is_charge = text(event, "decision") == Some("charge") || text(event, "outcome") == Some("charged");
    let is_challenged = |of: &Event| {
        told.iter()
            .any(|other| other.kind == "challenge.made" && entity(other, "suspect") == entity(of, "suspect"))
    };
    matches!(&*event.kind, "challenge.made" | "challenge.not-made")
        || (is_charge && entity(event, "suspect").is_some() && is_challenged(event))
}

pub fn told_of_suspect(event: &Event, _: &[Event]) -> bool {
    event.kind == "victim.informed" && entity(event, "suspect").is_some()
}

/// What names who interviewed a child for evidence.
pub fn evidential(event: &Event, told: &[Event]) -> bool {
    match &*event.kind {
        "interview.planned" | "interview.held" => text(event, "interview_type") == Some("evidential"),
        "interview.reviewed" => stream_has(event, told, "interview.planned"),
        _ => false,
    }
}

pub fn investigator(event: &Event, _: &[Event]) -> bool {
    event.kind == "allocation.made" && text(event, "role") == Some("investigator")
}

fn is_strategy(event: &Event, about: &str) -> bool {
    matches!(&*event.kind, "strategy-discussion.requested" | "strategy-discussion.held")
        && text(event, "about") == Some(about)
}

pub fn repeat_missing(event: &Event, _: &[Event]) -> bool {
    is_strategy(event, "repeat-missing")
}

pub fn links(event: &Event, _: &[Event]) -> bool {
    is_strategy(event, "complex-abuse")
}

pub fn signs(event: &Event, told: &[Event]) -> bool {
    is_strategy(event, "child") && stream_has(event, told, "indicator.recorded")
}

/// What opens a file about a child.
pub fn file(event: &Event, _: &[Event]) -> bool {
    event.kind == "crime.recorded" && entity(event, "child").is_some()
}

fn is_meeting_about_child(event: &Event) -> bool {
    matches!(&*event.kind, "strategy-discussion.held" | "conference.held" | "core-group.held")
}

pub fn police_came(event: &Event, _: &[Event]) -> bool {
    is_meeting_about_child(event) && says_of(event, "police")
}

fn of_meeting(event: &Event, told: &[Event], is_it: impl Fn(&Event) -> bool) -> bool {
    event.kind == "attendance.recorded"
        && told.iter().any(|other| is_it(other) && entity(other, "meeting") == entity(event, "meeting"))
}

pub fn police_came_said_later(event: &Event, told: &[Event]) -> bool {
    says_of(event, "police") && of_meeting(event, told, is_meeting_about_child)
}

pub fn partner_came(event: &Event, told: &[Event]) -> bool {
    (says_of(event, "health") || says_of(event, "education"))
        && (is_meeting_about_child(event) || of_meeting(event, told, is_meeting_about_child))
}

pub fn participation_said_later(event: &Event, told: &[Event]) -> bool {
    says_of(event, "police") && of_meeting(event, told, |other| other.kind == "participation.recorded")
}

pub fn crime_of_disclosure(event: &Event, told: &[Event]) -> bool {
    event.kind == "crime.recorded" && stream_has(event, told, "disclosure.made")
}

pub fn referral_of_disclosure(event: &Event, told: &[Event]) -> bool {
    matches!(
        &*event.kind,
        "referral.made" | "referral.decided" | "referrer.informed" | "assessment.completed"
    ) && stream_has(event, told, "disclosure.made")
}

pub fn person_of_disclosure(event: &Event, told: &[Event]) -> bool {
    matches!(&*event.kind, "allocation.made" | "contact.made") && stream_has(event, told, "disclosure.made")
}

/// Whether somebody looked into the person's being a victim too; such a person is not pursued like others.
fn is_on_both_sides(person: &str, told: &[Event]) -> bool {
    told.iter().any(|other| other.kind == "sign-off.given" && entity(other, "suspect") == Some(person))
}

fn is_of_suspect(event: &Event, told: &[Event]) -> bool {
    entity(event, "suspect").is_some_and(|person| !is_on_both_sides(person, told))
}

/// All that follows after a suspect is named.
pub fn pursuit(event: &Event, told: &[Event]) -> bool {
    matches!(
        &*event.kind,
        "suspect.arrested"
            | "suspect.interviewed"
            | "suspect.bailed"
            | "bail.extended"
            | "victim-views.sought"
            | "suspect.released"
            | "suspect.outcome"
            | "file.submitted"
            | "charging-decision.received"
            | "challenge.made"
            | "challenge.not-made"
            | "victim.informed"
            | "review-right.explained"
            | "victim-review.requested"
            | "victim-review.acknowledged"
            | "victim-review.decided"
            | "person.added-to-indictment"
            | "protective-measure.made"
    ) && is_of_suspect(event, told)
}

pub fn outcome(event: &Event, told: &[Event]) -> bool {
    matches!(&*event.kind, "suspect.outcome" | "person.added-to-indictment") && is_of_suspect(event, told)
}

pub fn charged(event: &Event, told: &[Event]) -> bool {
    event.kind == "suspect.outcome" && text(event, "outcome") == Some("charged") && is_of_suspect(event, told)
}

pub fn warning_notice(event: &Event, _: &[Event]) -> bool {
    event.kind == "protective-measure.made" && text(event, "measure") == Some("warning-notice")
}

/// A contact that somebody had promised.
pub fn promised_contact(event: &Event, told: &[Event]) -> bool {
    let is_before = |other: &Event| {
        other.kind == "contact.promised" && other.stream == event.stream && other.at < event.at
    };
    event.kind == "contact.made" && told.iter().any(is_before)
}

/// What a person writes down of a case or of work with others; who holds which post comes from elsewhere. A mistake is
/// withdrawn after it was written down.
pub fn entry(event: &Event, told: &[Event]) -> bool {
    let elsewhere = ["post.", "cover.", "qualification.", "team.", "record."];
    let is_withdrawn = || told.iter().any(|other| other.corrects.as_ref() == Some(&event.id));
    !elsewhere.iter().any(|start| event.kind.starts_with(start))
        && (event.kind != "missing.reported" || !is_withdrawn())
}
