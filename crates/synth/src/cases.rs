//! A child's case: what the child told, who deals with it, how it is supervised, and the child's interview.

use engine::time::Instant;

use super::meetings;
use super::people;
use super::state::{Made, Year};

/// A case of one child.
pub struct Case {
    /// `case:1-001`.
    pub stream: String,
    /// `person:1-001`. One name in every role, since a child may be a victim in one record and a suspect in another.
    pub child: String,
    /// Who investigates.
    pub officer: String,
    /// Who supervises.
    pub sergeant: String,
    /// The first that is known of it.
    pub start: Instant,
}

impl Case {
    /// A case of a child of whom nothing was known.
    pub fn new(year: &mut Year, start: Instant) -> Self {
        let child = year.name("person");
        Self::of(year, &child, start)
    }

    /// A case of this child, or in which no child is named yet.
    pub fn of(year: &mut Year, child: &str, start: Instant) -> Self {
        let cast = year.cast();
        Self {
            stream: year.name("case"),
            child: child.to_owned(),
            officer: year.one_of(&cast.investigators).to_owned(),
            sergeant: year.one_of(&cast.sergeants).to_owned(),
            start,
        }
    }
}

/// A child tells somebody, perhaps of a person: the crime is recorded, the child referred and given a named officer, all
/// within a day; then children's services decide, answer and assess.
pub fn child_tells(year: &mut Year, case: &Case, suspect: Option<&str>) -> Made {
    let cast = year.cast();
    let by = year.one_of(&["child", "parent", "professional"]);
    year.tell(case.start, &case.stream, "disclosure.made")
        .link("child", &case.child)
        .link("officer", &cast.response)
        .links("suspect", suspect.as_slice())
        .text("told_by", by)
        .text("channel", "in person")
        .number("age", 14)
        .note("The child told a trusted adult and was listened to. The child said: [quote: he says he is my boyfriend].");
    let at = year.within(case.start, "24h")?;
    year.tell(at, &case.stream, "crime.recorded")
        .link("child", &case.child)
        .link("officer", &cast.response)
        .links("suspect", suspect.as_slice())
        .text("offence_group", "sexual offences");
    given_an_officer(year, case)?;
    referred(year, case)
}

/// The case is allocated to a trained investigator under a sergeant, and the investigator speaks with the child.
fn given_an_officer(year: &mut Year, case: &Case) -> Made {
    let at = year.within(case.start, "12h")?;
    allocate(year, case, at, &case.officer, "investigator");
    allocate(year, case, at, &case.sergeant, "supervisor");
    let at = year.within(at, "24h")?;
    contact(year, case, at, &case.officer);
    Ok(())
}

fn allocate(year: &mut Year, case: &Case, at: Instant, officer: &str, role: &str) {
    let cast = year.cast();
    year.tell(at, &case.stream, "allocation.made")
        .link("child", &case.child)
        .link("officer", officer)
        .link("team", &cast.protection)
        .link("allocator", &case.sergeant)
        .text("role", role);
}

fn contact(year: &mut Year, case: &Case, at: Instant, officer: &str) {
    year.tell(at, &case.stream, "contact.made").link("child", &case.child).link("officer", officer);
}

/// The child is referred; children's services accept, tell the referrer, and assess.
fn referred(year: &mut Year, case: &Case) -> Made {
    let made = year.within(case.start, "24h")?;
    let decided = year.worked(made, "1wd")?;
    let informed = year.between(decided, year.due(made, "1wd")?);
    let told = [(made, "referral.made", None), (decided, "referral.decided", Some("accepted"))];
    for (at, kind, decision) in told.into_iter().chain([(informed, "referrer.informed", Some("accepted"))]) {
        let told = year
            .tell(at, &case.stream, kind)
            .link("child", &case.child)
            .text("from", "police")
            .text("to", "children-services");
        if let Some(decision) = decision {
            told.text("decision", decision);
        }
    }
    let at = year.worked(decided, "44wd")?;
    year.tell(at, &case.stream, "assessment.completed")
        .link("child", &case.child)
        .agency("children-services")
        .note("The child has support at school and a worker whom the child chose.");
    Ok(())
}

/// A referral on which children's services decide that other help is right; nothing more is owed.
pub fn referral_declined(year: &mut Year, case: &Case) -> Made {
    let decided = year.worked(case.start, "1wd")?;
    let informed = year.between(decided, year.due(case.start, "1wd")?);
    for (at, kind) in
        [(case.start, "referral.made"), (decided, "referral.decided"), (informed, "referrer.informed")]
    {
        let told = year
            .tell(at, &case.stream, kind)
            .link("child", &case.child)
            .text("from", "education")
            .text("to", "children-services");
        if kind != "referral.made" {
            told.text("decision", "declined");
        }
    }
    Ok(())
}

/// A case is opened and reviewed by its sergeant until it is closed, if it is.
pub fn opened(year: &mut Year, case: &Case, sort: &str, closed: Option<Instant>) -> Made {
    let at = year.within(case.start, "24h")?;
    year.tell(at, &case.stream, "case.opened")
        .link("child", &case.child)
        .link("officer", &case.sergeant)
        .text("type", sort);
    if sort == "exploitation" {
        // The referral may come before the case.
        let from = if year.once_in(3) { case.start } else { at };
        referred_for_exploitation(year, case, from)?;
    }
    let first = year.between(at, year.due(case.start, "72h")?);
    supervised(year, case, first, closed)
}

/// The child is referred to the National Referral Mechanism, which decides on reasonable grounds.
fn referred_for_exploitation(year: &mut Year, case: &Case, from: Instant) -> Made {
    let at = year.worked(from, "4wd")?;
    year.tell(at, &case.stream, "nrm.referred").link("child", &case.child);
    let at = year.worked(at, "5wd")?;
    year.tell(at, &case.stream, "nrm.decided")
        .link("child", &case.child)
        .text("decision", "reasonable grounds")
        .agency("external");
    Ok(())
}

/// How long a case is open of which nothing else is said.
const CASE_LASTS: &str = "13mo";

/// The sergeant reviews the case a first time, then by the day that each review sets, until the case is closed or the
/// record ends.
fn supervised(year: &mut Year, case: &Case, first: Instant, closed: Option<Instant>) -> Made {
    let closed = closed.map_or_else(|| year.due(case.start, CASE_LASTS), Ok)?;
    let mut at = first;
    while at < closed.min(year.end()) {
        let (soonest, latest) = (year.due(at, "14d")?, year.due(at, "27d")?);
        let next = year.office(soonest, latest)?;
        let sergeant = people::sergeant_at(year, &case.sergeant, at)?;
        year.tell(at, &case.stream, "supervisor-review.held")
            .link("officer", &sergeant)
            .time("next_review", next);
        at = year.between(year.before(next, "5d")?, next);
    }
    year.tell(closed, &case.stream, "case.closed")
        .link("child", &case.child)
        .link("officer", &case.sergeant)
        .text("reason", "the child is safe, and knows whom to call");
    Ok(())
}

/// A case that was closed is opened again, and supervised again.
pub fn reopened(year: &mut Year, case: &Case, closed: Instant, again: Instant) -> Made {
    let at = year.worked(closed, "2mo")?;
    year.tell(at, &case.stream, "case.reopened")
        .link("child", &case.child)
        .link("officer", &case.sergeant)
        .text("reason", "the child had more to say");
    let first = year.within(at, "72h")?;
    supervised(year, case, first, Some(again))
}

/// A first account is taken at once; the interview is planned for a trained officer, with an intermediary considered for
/// a child who needs help to be understood; a sergeant who held neither reviews both.
pub fn interviewed(year: &mut Year, case: &Case) -> Made {
    let cast = year.cast();
    let first = year.within(case.start, "6h")?;
    year.tell(first, &case.stream, "interview.held")
        .link("child", &case.child)
        .link("officer", &cast.response)
        .text("interview_type", "first-account");
    interview_reviewed(year, case, first, &cast.response)?;

    let need = year.worked(first, "3wd")?;
    year.tell(need, &case.stream, "communication-need.recorded")
        .link("child", &case.child)
        .link("officer", &case.officer);
    let planned = year.worked(need, "3wd")?;
    let planned_for = year.office(year.due(planned, "5wd")?, year.due(planned, "10wd")?)?;
    year.tell(planned, &case.stream, "interview.planned")
        .link("child", &case.child)
        .link("officer", &case.officer)
        .link("allocator", &case.sergeant)
        .text("interview_type", "evidential")
        .time("planned_for", planned_for);
    let at = year.office(planned, planned_for)?;
    year.tell(at, &case.stream, "intermediary.considered")
        .link("child", &case.child)
        .link("officer", &case.officer)
        .text("decision", "an intermediary takes part")
        .text("reason", "short sentences and pictures help the child");
    year.tell(planned_for, &case.stream, "interview.held")
        .link("child", &case.child)
        .link("officer", &case.officer)
        .link("allocator", &case.sergeant)
        .text("interview_type", "evidential");
    interview_reviewed(year, case, planned_for, &case.officer)
}

fn interview_reviewed(year: &mut Year, case: &Case, held: Instant, interviewer: &str) -> Made {
    let at = year.worked(held, "5wd")?;
    year.tell(at, &case.stream, "interview.reviewed")
        .link("child", &case.child)
        .link("officer", &case.sergeant)
        .link("interviewer", interviewer)
        .text("outcome", "good");
    Ok(())
}

/// Contact is promised for a day and made on it; then promised without a day, and made all the same.
pub fn promises_kept(year: &mut Year, case: &Case, from: Instant) -> Made {
    let promised = year.worked(from, "5wd")?;
    let until = year.office(promised, year.due(promised, "20wd")?)?;
    year.tell(promised, &case.stream, "contact.promised")
        .link("child", &case.child)
        .link("officer", &case.officer)
        .time("until", until);
    let at = year.between(promised, until);
    contact(year, case, at, &case.officer);
    let promised = year.worked(until, "5wd")?;
    year.tell(promised, &case.stream, "contact.promised")
        .link("child", &case.child)
        .link("officer", &case.officer);
    let at = year.worked(promised, "5wd")?;
    contact(year, case, at, &case.officer);
    Ok(())
}

/// Leave and illness give a child three officers within half a year: the third speaks with the child, and the sergeant
/// looks at why.
pub fn officer_changes(year: &mut Year, case: &Case) -> Made {
    let cast = year.cast();
    let others: Vec<&str> =
        cast.investigators.iter().map(String::as_str).filter(|&officer| officer != case.officer).collect();
    let second = year.worked(case.start, "40wd")?;
    allocate(year, case, second, others[0], "investigator");
    let third = year.worked(second, "40wd")?;
    allocate(year, case, third, others[1], "investigator");
    let at = year.worked(third, "5wd")?;
    contact(year, case, at, others[1]);
    let at = year.worked(third, "5wd")?;
    year.tell(at, &case.stream, "supervisor-review.held").link("officer", &case.sergeant);
    Ok(())
}

/// Somebody reports a crime before anybody can say which child it concerns; it is recorded at once all the same.
pub fn crime_without_a_child(year: &mut Year, case: &Case) -> Made {
    let cast = year.cast();
    let place = year.name("place");
    let at = year.within(case.start, "24h")?;
    for (at, kind) in [(case.start, "crime.reported"), (at, "crime.recorded")] {
        year.tell(at, &case.stream, kind)
            .link("officer", &cast.response)
            .link("place", &place)
            .text("offence_group", "sexual offences");
    }
    Ok(())
}

/// A report is recorded and not investigated here, because another force does. The child is told why and offered support.
pub fn investigation_declined(year: &mut Year, case: &Case) -> Made {
    let cast = year.cast();
    let recorded = year.within(case.start, "24h")?;
    for (at, kind) in [(case.start, "crime.reported"), (recorded, "crime.recorded")] {
        year.tell(at, &case.stream, kind)
            .link("child", &case.child)
            .link("officer", &cast.response)
            .text("offence_group", "online offences");
    }
    let declined = year.worked(recorded, "5wd")?;
    year.tell(declined, &case.stream, "investigation.declined")
        .link("child", &case.child)
        .link("officer", &case.sergeant)
        .text("reason", "another force investigates it");
    let at = year.worked(declined, "1wd")?;
    year.tell(at, &case.stream, "victim.informed").link("child", &case.child).link("officer", &case.officer);
    let at = year.worked(declined, "1wd")?;
    year.tell(at, &case.stream, "support.offered").link("child", &case.child).link("officer", &case.officer);
    Ok(())
}

/// A child who may be a victim is contacted. One who declines is left in peace for a while, then asked by somebody else.
pub fn potential_victims_contacted(year: &mut Year, case: &Case, declining: &Case) -> Made {
    let cast = year.cast();
    for case in [case, declining] {
        year.tell(case.start, &case.stream, "potential-victim.identified")
            .link("child", &case.child)
            .link("officer", &case.sergeant);
    }
    let at = year.worked(case.start, "5wd")?;
    tell_contact(year, case, at, "victim.contacted", &case.officer);
    let at = year.worked(declining.start, "5wd")?;
    tell_contact(year, declining, at, "victim.declined-contact", &cast.response);
    let at = year.worked(at, "28d")?;
    tell_contact(year, declining, at, "victim.contacted", &declining.officer);
    Ok(())
}

fn tell_contact(year: &mut Year, case: &Case, at: Instant, kind: &str, officer: &str) {
    year.tell(at, &case.stream, kind).link("child", &case.child).link("officer", officer);
}

/// Police come to a home where a child is: a notice goes to the safeguarding unit. The child is taken into police
/// protection, a strategy discussion is held by telephone, and somewhere safe is found.
pub fn incident(year: &mut Year, case: &Case) -> Made {
    let place = year.name("place");
    let noticed = year.within(case.start, "24h")?;
    for (at, kind) in [(case.start, "incident.recorded"), (noticed, "protection-notice.submitted")] {
        year.tell(at, &case.stream, kind)
            .link("child", &case.child)
            .link("place", &place)
            .truth("emergency", true);
    }
    let started = year.within(case.start, "6h")?;
    let ended = year.within(started, "72h")?;
    for (at, kind) in [(started, "police-protection.started"), (ended, "police-protection.ended")] {
        year.tell(at, &case.stream, kind).link("child", &case.child);
    }
    let at = year.between(case.start, started);
    year.tell(at, &case.stream, "risk.assessed").link("child", &case.child).text("level", "high");
    meetings::emergency(year, case, started)
}
