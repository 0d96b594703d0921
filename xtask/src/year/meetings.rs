//! Meetings about a child, and who came: strategy discussions, conferences, core groups.

use engine::time::Instant;

use super::cases::Case;
use super::state::{Made, Told, Year};

const ALL: &[&str] = &["children-services", "education", "health", "police"];

/// A meeting, who was asked to it, and what was said of who came.
pub struct Meeting {
    id: String,
    invited: Vec<String>,
    attendance: Vec<String>,
}

impl Meeting {
    /// A meeting to which everybody came or sent a report. For one agency it may be recorded a day later.
    pub fn new(year: &mut Year, at: Instant, invited: &[&str]) -> Made<Self> {
        let id = year.name("meeting");
        let mut attendance: Vec<String> = invited.iter().map(|agency| entry(year, agency)).collect();
        if year.once_in(3)
            && let Some(last) = attendance.pop()
        {
            let later = year.worked(at, "1wd")?;
            year.tell(later, &id, "attendance.recorded").link("meeting", &id).texts("attendance", &[last]);
        }
        Ok(Self { id, invited: invited.iter().map(|&agency| agency.to_owned()).collect(), attendance })
    }

    /// Says of an event that it calls this meeting.
    pub fn called<'a>(&self, told: Told<'a>) -> Told<'a> {
        told.link("meeting", &self.id).texts("invited", &self.invited)
    }

    /// Says of an event that it is this meeting.
    pub fn told<'a>(&self, told: Told<'a>) -> Told<'a> {
        self.called(told).texts("attendance", &self.attendance)
    }
}

fn entry(year: &mut Year, agency: &str) -> String {
    let sends_a_report = agency != "children-services" && year.once_in(5);
    format!("{agency}={}", if sends_a_report { "apologies+report" } else { "attended" })
}

/// A strategy discussion: what it is about, what it decides, and what else it links.
pub struct Strategy<'a> {
    /// `child`, `repeat-missing`, `complex-abuse` or `place`.
    pub about: &'a str,
    /// What it decides.
    pub outcome: &'a [&'a str],
    /// The children.
    pub children: Vec<&'a str>,
    /// Role and entity.
    pub links: &'a [(&'a str, &'a str)],
}

/// A strategy discussion is asked for and held within a day, or in an emergency within two hours. When it was held.
pub fn strategy(
    year: &mut Year,
    stream: &str,
    asked: Instant,
    emergency: bool,
    strategy: &Strategy,
) -> Made<Instant> {
    let held = year.within(asked, if emergency { "2h" } else { "24h" })?;
    let meeting = Meeting::new(year, held, &["children-services", "health", "police"])?;
    for (at, kind) in [(asked, "strategy-discussion.requested"), (held, "strategy-discussion.held")] {
        let mut told = year
            .tell(at, stream, kind)
            .links("child", &strategy.children)
            .text("about", strategy.about)
            .truth("emergency", emergency);
        for (role, entity) in strategy.links {
            told = told.link(role, entity);
        }
        if at == held {
            meeting.told(told).texts("outcome", strategy.outcome);
        }
    }
    Ok(held)
}

/// A strategy discussion about this child alone, that decides on nothing further or an enquiry.
pub fn about_child(year: &mut Year, case: &Case, asked: Instant, emergency: bool) -> Made<Instant> {
    let about = Strategy { about: "child", outcome: &["none"], children: vec![&case.child], links: &[] };
    strategy(year, &case.stream, asked, emergency, &about)
}

/// The way of a protection plan: enquiry, conference, core groups, reviews, until the child needs no plan any more.
pub fn protection_plan(year: &mut Year, case: &Case) -> Made {
    let asked = year.within(case.start, "20h")?;
    let about = Strategy {
        about: "child",
        outcome: &["conference", "enquiry"],
        children: vec![&case.child],
        links: &[],
    };
    let discussed = strategy(year, &case.stream, asked, false, &about)?;
    let at = year.worked(discussed, "1wd")?;
    year.tell(at, &case.stream, "enquiry.started").link("child", &case.child).number("section", 47);

    let first = year.office(year.due(discussed, "8wd")?, year.due(discussed, "15wd")?)?;
    conference(year, case, at, first, "initial", "plan")?;
    let group = year.worked(first, "10wd")?;
    core_group(year, case, group)?;
    let second = year.office(year.due(first, "2mo")?, year.due(first, "3mo")?)?;
    conference(year, case, group, second, "review", "plan")?;
    let group = year.worked(second, "30wd")?;
    core_group(year, case, group)?;
    let last = year.office(year.due(second, "3mo")?, year.due(second, "6mo")?)?;
    conference(year, case, group, last, "review", "no-plan")
}

/// A conference is called for a day, police report to it in good time, and it is held.
fn conference(
    year: &mut Year,
    case: &Case,
    called_after: Instant,
    held: Instant,
    sort: &str,
    outcome: &str,
) -> Made {
    let meeting = Meeting::new(year, held, ALL)?;
    let reported_by = year.before(held, if sort == "initial" { "48h" } else { "3wd" })?;
    let called = year.between(called_after, year.before(held, "5wd")?);
    let told = year.tell(called, &case.stream, "conference.requested").link("child", &case.child);
    meeting.called(told).text("type", sort).time("planned_for", held);
    let at = year.office(called, reported_by)?;
    year.tell(at, &case.stream, "police-report.submitted")
        .link("child", &case.child)
        .link("meeting", &meeting.id)
        .agency("police")
        .note(REPORT_NOTE);
    let told = year.tell(held, &case.stream, "conference.held").link("child", &case.child);
    meeting.told(told).text("type", sort).text("outcome", outcome);
    Ok(())
}

const REPORT_NOTE: &str = "What police know, and what the child says the child needs.";

fn core_group(year: &mut Year, case: &Case, at: Instant) -> Made {
    let meeting = Meeting::new(year, at, ALL)?;
    let told = year.tell(at, &case.stream, "core-group.held").link("child", &case.child);
    meeting.told(told);
    Ok(())
}

/// Three different signs about one child come together within a few months, and are talked about.
pub fn signs_together(year: &mut Year, case: &Case) -> Made {
    let mut at = case.start;
    for (indicator, agency) in [("injury", "health"), ("gifts", "education"), ("school-absence", "education")]
    {
        at = year.worked(at, "25wd")?;
        year.tell(at, &case.stream, "indicator.recorded")
            .link("child", &case.child)
            .text("indicator", indicator)
            .text("source_agency", agency)
            .agency(agency);
    }
    let asked = year.worked(at, "1wd")?;
    about_child(year, case, asked, false)?;
    Ok(())
}

/// A place, a car and a telephone number turn up with three children, and with them a person: one discussion of them all.
pub fn complex_abuse(year: &mut Year, cases: &[&Case], suspect: &str, from: Instant) -> Made<Instant> {
    let (place, vehicle, phone) = (year.name("place"), year.name("vehicle"), year.name("phone"));
    let found = [("place", &*place), ("vehicle", &*vehicle), ("phone", &*phone)];
    let mut at = from;
    for case in cases {
        at = year.within(at, "40d")?;
        let mut told = year
            .tell(at, &case.stream, "intelligence.received")
            .link("child", &case.child)
            .link("suspect", suspect)
            .text("source_agency", "voluntary")
            .text("grade", "B1");
        for (role, entity) in found {
            told = told.link(role, entity);
        }
    }
    let asked = year.worked(at, "3wd")?;
    let children = cases.iter().map(|case| &*case.child).collect();
    let links = [found.as_slice(), &[("person", suspect)]].concat();
    let about = Strategy { about: "complex-abuse", outcome: &["enquiry"], children, links: &links };
    strategy(year, &cases[0].stream, asked, false, &about)
}
