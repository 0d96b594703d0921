//! What the force and its partners ask of one another: requests, disagreements, information, projects.

use engine::time::Instant;

use super::cases::Case;
use super::meetings::Meeting;
use super::state::{Made, Year};

/// A formal request, answered in writing by the one who was asked, with reasons.
pub fn request(year: &mut Year, from: Instant, sort: &str, decision: &str) -> Made {
    let cast = year.cast();
    let request = year.name("request");
    let made = year.worked(from, "20wd")?;
    year.tell(made, &request, "request.made")
        .link("request", &request)
        .link("officer", &cast.inspector)
        .link("team", &cast.protection)
        .text("type", sort)
        .text("to_role", "superintendent")
        .text("reason", "the team has more children to see");
    let at = year.worked(made, "5wd")?;
    year.tell(at, &request, "request.answered")
        .link("request", &request)
        .link("officer", &cast.superintendent)
        .link("team", &cast.protection)
        .text("type", sort)
        .text("decision", decision)
        .text("reason", "within this quarter's money");
    Ok(())
}

/// A professional disagreement about a child is met on, taken one stage higher, replied to and resolved.
pub fn disagreement(year: &mut Year, case: &Case, from: Instant) -> Made {
    let request = year.name("request");
    let raised = year.worked(from, "20wd")?;
    let met = year.worked(raised, "3wd")?;
    let higher = year.worked(met, "3wd")?;
    let replied = year.worked(higher, "3wd")?;
    let resolved = year.worked(replied, "3wd")?;
    for (at, kind, stage) in [
        (raised, "disagreement.raised", "1"),
        (met, "disagreement.met", "1"),
        (higher, "disagreement.raised", "2"),
        (replied, "disagreement.replied", "2"),
        (resolved, "disagreement.resolved", "2"),
    ] {
        year.tell(at, &request, kind)
            .link("request", &request)
            .link("child", &case.child)
            .text("stage", stage)
            .text("from", "police")
            .text("to", "children-services");
    }
    Ok(())
}

/// Another agency asks for what police know of a child, and has it; asked again, police say why that cannot be shared.
pub fn information(year: &mut Year, case: &Case, from: Instant) -> Made {
    for answer in ["information.shared", "information.declined"] {
        let request = year.name("request");
        let asked = year.worked(from, "20wd")?;
        let answered = year.worked(asked, "5wd")?;
        for (at, kind) in [(asked, "information.requested"), (answered, answer)] {
            let told = year
                .tell(at, &request, kind)
                .link("request", &request)
                .link("child", &case.child)
                .text("from", "health")
                .text("to", "police");
            if kind == "information.declined" {
                told.text("reason", "a court has forbidden it until the trial");
            }
        }
    }
    Ok(())
}

/// A joint project: every agency comes to a meeting each two months, and at the end hands over what was learnt.
pub fn project(year: &mut Year, from: Instant) -> Made {
    let cast = year.cast();
    let project = year.name("project");
    year.tell(from, &project, "project.joined").link("project", &project).link("agency", "agency:police");
    let mut last = from;
    for _ in 0..4 {
        let held = year.office(year.due(last, "1mo")?, year.due(last, "2mo")?)?;
        let invited = year.between(last, year.before(held, "5wd")?);
        let meeting = Meeting::new(year, held, &["children-services", "education", "health", "police"])?;
        for (at, kind) in [(invited, "participation.invited"), (held, "participation.recorded")] {
            let told = year.tell(at, &project, kind).link("project", &project);
            if kind == "participation.recorded" {
                meeting.told(told);
            } else {
                meeting.called(told);
            }
        }
        last = held;
    }
    let at = year.worked(last, "10wd")?;
    year.tell(at, &project, "project.handed-over")
        .link("project", &project)
        .link("agency", "agency:police")
        .link("officer", &cast.sergeants[0]);
    let at = year.worked(at, "5wd")?;
    year.tell(at, &project, "project.ended").link("project", &project).link("agency", "agency:police");
    Ok(())
}
