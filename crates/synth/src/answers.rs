//! How the force and its partners answer for what they do: concerns, complaints, reviews, inspections, records.

use engine::time::Instant;

use super::cases::Case;
use super::state::{Made, Told, Year};

/// A concern is acknowledged and answered by somebody it is not about; one that is raised again is answered sooner. It is
/// closed after that.
pub fn concern(year: &mut Year, from: Instant, about: &str, is_repeated: bool) -> Made {
    let cast = year.cast();
    let concern = year.name("concern");
    let raised = year.worked(from, "20wd")?;
    let named = year.one_of(&cast.investigators).to_owned();
    year.tell(raised, &concern, "concern.raised")
        .link("concern", &concern)
        .link("agency", "agency:police")
        .link("named", &named)
        .text("about", about)
        .truth("protected", true);
    let mut last = year.within(raised, "7d")?;
    concern_told(year, &concern, last, "concern.acknowledged");
    if is_repeated {
        last = year.worked(last, "5wd")?;
        concern_told(year, &concern, last, "concern.repeated");
    }
    last = year.worked(last, "10wd")?;
    concern_told(year, &concern, last, "concern.answered")
        .text("outcome", "put right, and said so in writing");
    last = year.worked(last, "10wd")?;
    concern_told(year, &concern, last, "concern.closed");
    Ok(())
}

fn concern_told<'y>(year: &'y mut Year, concern: &str, at: Instant, kind: &str) -> Told<'y> {
    let cast = year.cast();
    let told = year.tell(at, concern, kind).link("concern", concern).link("agency", "agency:police");
    if matches!(kind, "concern.acknowledged" | "concern.answered") {
        told.link("officer", &cast.concern_recipient)
    } else {
        told
    }
}

/// A complaint about an officer: referred for a decision, with word every few weeks where it takes long, and the outcome in
/// writing.
pub fn complaint(year: &mut Year, made: Instant, officer: &str, case: &Case, about: &str) -> Made {
    let cast = year.cast();
    let complaint = year.name("complaint");
    let tell = |year: &mut Year, at: Instant, kind: &str| {
        year.tell(at, &complaint, kind)
            .link("complaint", &complaint)
            .link("officer", officer)
            .link("child", &case.child)
            .text("about", about);
    };
    tell(year, made, "complaint.made");
    let at = year.worked(made, "3wd")?;
    tell(year, at, "complaint.acknowledged");
    let referred = year.worked(made, "5wd")?;
    year.tell(referred, &complaint, "complaint.referred")
        .link("complaint", &complaint)
        .link("officer", officer)
        .link("child", &case.child)
        .link("decider", &cast.review_unit);
    let mut last = made;
    if about == "delay" {
        for _ in 0..3 {
            last = year.between(year.due(last, "14d")?, year.due(last, "28d")?);
            tell(year, last, "complaint.updated");
        }
    }
    let concluded = year.worked(last, "10wd")?;
    tell(year, concluded, "complaint.concluded");
    let sent = year.worked(concluded, "5wd")?;
    tell(year, sent, "complaint.outcome-sent");
    Ok(())
}

/// A review finds three things: one leads to two recommendations, of which one is rejected, one to a third, and one to
/// none, for a reason. What is accepted is done, verified by somebody else, and looked at for its effect; what had none is
/// taken up again.
pub fn review(year: &mut Year, from: Instant, case: &Case) -> Made {
    let cast = year.cast();
    let review = year.name("review");
    let findings = [year.name("finding"), year.name("finding"), year.name("finding")];
    year.tell(from, &review, "review.opened").link("review", &review).text("type", "dip-sample");
    let found = year.worked(from, "20wd")?;
    for finding in &findings {
        year.tell(found, &review, "finding.made")
            .link("review", &review)
            .link("finding", finding)
            .text("grade", "learning")
            .texts("evidence", &[&*case.stream]);
    }
    let recommended = year.worked(found, "10wd")?;
    let proposed = year.due(recommended, "3mo")?;
    let dated = recommended_for(year, &review, &findings[0], recommended, Some(proposed));
    let rejected = recommended_for(year, &review, &findings[0], recommended, None);
    let undated = recommended_for(year, &review, &findings[1], recommended, None);
    year.tell(recommended, &review, "finding.no-recommendation")
        .link("review", &review)
        .link("finding", &findings[2])
        .link("approver", &cast.review_unit)
        .text("reason", "already done");
    let published = year.worked(recommended, "10wd")?;
    year.tell(published, &review, "review.published")
        .link("review", &review)
        .links("finding", &findings)
        .text("type", "dip-sample");

    let at = year.worked(recommended, "30wd")?;
    told_of(year, &rejected, at, "recommendation.rejected").text("reason", "the law asks for the opposite");
    accepted(year, &dated, recommended, true)?;
    accepted(year, &undated, recommended, false)
}

/// A recommendation, perhaps with a date that is proposed; the one that is agreed comes in its place.
fn recommended_for(
    year: &mut Year,
    review: &str,
    finding: &str,
    at: Instant,
    proposed: Option<Instant>,
) -> String {
    let recommendation = year.name("recommendation");
    let told = year
        .tell(at, review, "recommendation.made")
        .link("review", review)
        .link("finding", finding)
        .link("recommendation", &recommendation)
        .text("owner", "detective-inspector");
    if let Some(proposed) = proposed {
        told.time("due", proposed);
    }
    recommendation
}

fn told_of<'y>(year: &'y mut Year, recommendation: &str, at: Instant, kind: &str) -> Told<'y> {
    year.tell(at, recommendation, kind).link("recommendation", recommendation)
}

/// A recommendation is accepted with a date and acted on; what had no effect is acted on again.
fn accepted(year: &mut Year, recommendation: &str, made: Instant, has_effect: bool) -> Made {
    let at = year.worked(made, "30wd")?;
    let due = year.due(at, "2mo")?;
    told_of(year, recommendation, at, "recommendation.accepted")
        .text("owner", "detective-inspector")
        .time("due", due);
    let checked = acted_on(year, recommendation, at)?;
    told_of(year, recommendation, checked, "effect.checked").truth("effective", has_effect);
    if !has_effect {
        let checked = acted_on(year, recommendation, checked)?;
        told_of(year, recommendation, checked, "effect.checked").truth("effective", true);
    }
    Ok(())
}

/// An action is reported and verified by somebody else. When its effect is to be looked at.
fn acted_on(year: &mut Year, recommendation: &str, from: Instant) -> Made<Instant> {
    let cast = year.cast();
    let reported = year.worked(from, "1mo")?;
    told_of(year, recommendation, reported, "action.reported")
        .link("officer", &cast.sergeants[0])
        .text("evidence", "a new checklist");
    let verified = year.worked(reported, "1mo")?;
    told_of(year, recommendation, verified, "action.verified").link("verifier", &cast.review_unit);
    year.worked(verified, "2mo")
}

/// An inspection of the force is published, and answered for each of its recommendations.
pub fn inspection(year: &mut Year, published: Instant) -> Made {
    let (review, one, other) =
        (year.name("review"), year.name("recommendation"), year.name("recommendation"));
    let answered = year.within(published, "55d")?;
    for (at, kind) in [(published, "inspection.published"), (answered, "inspection.answered")] {
        year.tell(at, &review, kind)
            .link("review", &review)
            .link("agency", "agency:police")
            .links("recommendation", &[&one, &other]);
    }
    Ok(())
}

/// A child came to serious harm: the panel is told, a rapid review looks at it, and a practice review is held and published.
pub fn serious_incident(year: &mut Year, known: Instant, child: &str) -> Made {
    let review = year.name("review");
    let notified = year.worked(known, "5wd")?;
    let completed = year.worked(notified, "15wd")?;
    let decided = year.worked(completed, "10wd")?;
    let published = year.office(year.due(decided, "3mo")?, year.due(decided, "6mo")?)?;
    for (at, kind) in [
        (known, "serious-incident.known"),
        (notified, "serious-incident.notified"),
        (completed, "rapid-review.completed"),
        (decided, "practice-review.decided"),
        (published, "practice-review.published"),
    ] {
        year.tell(at, &review, kind).link("child", child).link("review", &review);
    }
    Ok(())
}

/// An old record of a child who was missing once: held while a court needed it, released, and disposed of by two officers.
pub fn record_disposed_of(year: &mut Year) -> Made {
    let cast = year.cast();
    let opened = year.morning_before(8, "03-06")?;
    let mut case = Case::new(year, opened);
    case.sergeant.clone_from(&cast.sergeants[0]);
    let closed = year.due(opened, "20d")?;
    super::cases::opened(year, &case, "missing", Some(closed))?;
    let mut at = year.morning("02-03")?;
    for kind in ["legal-hold.placed", "legal-hold.lifted", "record.disposed"] {
        at = year.worked(at, "3mo")?;
        let told =
            year.tell(at, &case.stream, kind).text("scope", "the whole case").text("reason", "the schedule");
        if kind == "record.disposed" {
            told.links("officer", &cast.records);
        }
    }
    Ok(())
}

/// A complaint about what is held of a person: it has no clock but that of its answer.
pub fn data_complaint(year: &mut Year, from: Instant) -> Made {
    let complaint = year.name("complaint");
    let acknowledged = year.within(from, "30d")?;
    let concluded = year.worked(acknowledged, "20wd")?;
    for (at, kind) in [
        (from, "complaint.made"),
        (acknowledged, "complaint.acknowledged"),
        (concluded, "complaint.concluded"),
    ] {
        year.tell(at, &complaint, kind).link("complaint", &complaint).text("about", "data-protection");
    }
    Ok(())
}

/// Three complaints about one officer within the year are looked at together; the first two are about words and conduct
/// after a child had told that officer.
pub fn complaints(year: &mut Year, case: &Case) -> Made {
    let cast = year.cast();
    let first = year.due(case.start, "10d")?;
    for (about, months) in [("words-to-family", "1mo"), ("conduct-after-disclosure", "2mo"), ("delay", "3mo")]
    {
        let at = year.office(first, year.due(first, months)?)?;
        complaint(year, at, &cast.response, case, about)?;
    }
    Ok(())
}
