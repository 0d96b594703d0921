//! Meetings about a child, and who came: strategy discussions, conferences, core groups.

use engine::time::Instant;

use super::cases::Case;
use super::state::{Made, Told, Year};

/// Who is asked to a strategy discussion.
const STRATEGISTS: [&str; 3] = ["children-services", "health", "police"];
/// Who is asked to a conference.
const CONFERENCE: [&str; 6] =
    ["children-services", "education", "health", "police", "probation", "voluntary"];
/// Who is in a core group.
const CORE_GROUP: [&str; 4] = ["children-services", "education", "health", "police"];

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

    /// A strategy discussion by telephone, to which health send what they know.
    fn by_telephone(year: &mut Year) -> Self {
        let attendance = ["children-services=attended", "health=apologies+report", "police=attended"];
        Self {
            id: year.name("meeting"),
            invited: STRATEGISTS.map(str::to_owned).to_vec(),
            attendance: attendance.map(str::to_owned).to_vec(),
        }
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
    let meeting =
        if emergency { Meeting::by_telephone(year) } else { Meeting::new(year, held, &STRATEGISTS)? };
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

/// A strategy discussion about this child alone. When it was held.
fn about_child(year: &mut Year, case: &Case, asked: Instant, outcome: &[&str]) -> Made<Instant> {
    let about = Strategy { about: "child", outcome, children: vec![&case.child], links: &[] };
    strategy(year, &case.stream, asked, false, &about)
}

/// A child in danger is talked about at once by telephone, and then by everybody at a meeting.
pub fn emergency(year: &mut Year, case: &Case, asked: Instant) -> Made {
    let about = Strategy { about: "child", outcome: &["none"], children: vec![&case.child], links: &[] };
    let held = strategy(year, &case.stream, asked, true, &about)?;
    let asked = year.worked(held, "1wd")?;
    about_child(year, case, asked, &["none"])?;
    Ok(())
}

/// The way of a protection plan: discussion, enquiry, conference, core groups, reviews, until the child needs no plan any
/// more.
pub fn protection_plan(year: &mut Year, case: &Case) -> Made {
    let asked = year.within(case.start, "20h")?;
    let discussed = about_child(year, case, asked, &["conference", "enquiry"])?;
    let at = year.worked(discussed, "1wd")?;
    year.tell(at, &case.stream, "enquiry.started").link("child", &case.child).number("section", 47);

    let called = year.worked(discussed, "1wd")?;
    let first = year.office(year.due(discussed, "8wd")?, year.due(discussed, "15wd")?)?;
    conference(year, case, called, first, ["initial", "plan"])?;
    let second = year.office(year.due(first, "2mo")?, year.due(first, "3mo")?)?;
    let called = year.office(first, year.due(first, "1mo")?)?;
    conference(year, case, called, second, ["review", "plan"])?;
    plan_ends(year, case, first, second)
}

/// A child comes from elsewhere with a plan, of which a review is the first that is known here.
pub fn plan_from_elsewhere(year: &mut Year, case: &Case) -> Made {
    let held = year.office(year.due(case.start, "10d")?, year.due(case.start, "20d")?)?;
    conference(year, case, case.start, held, ["review", "plan"])?;
    plan_ends(year, case, held, held)
}

/// Core groups from the beginning of a plan to the review at which the child needs none any more.
fn plan_ends(year: &mut Year, case: &Case, from: Instant, reviewed: Instant) -> Made {
    let last = year.office(year.due(reviewed, "4mo")?, year.due(reviewed, "6mo")?)?;
    let called = year.office(reviewed, year.due(reviewed, "3mo")?)?;
    conference(year, case, called, last, ["review", "no-plan"])?;
    let mut at = year.worked(from, "10wd")?;
    while at < last {
        let meeting = Meeting::new(year, at, &CORE_GROUP)?;
        let told = year.tell(at, &case.stream, "core-group.held").link("child", &case.child);
        meeting.told(told);
        at = year.office(year.due(at, "28d")?, year.due(at, "41d")?)?;
    }
    Ok(())
}

/// An enquiry shows that a conference is needed, which is called at short notice and makes no plan.
pub fn conference_after_enquiry(year: &mut Year, case: &Case) -> Made {
    let asked = year.within(case.start, "20h")?;
    let discussed = about_child(year, case, asked, &["enquiry"])?;
    let at = year.worked(discussed, "1wd")?;
    year.tell(at, &case.stream, "enquiry.started").link("child", &case.child).number("section", 47);
    let held = year.office(year.due(discussed, "8wd")?, year.due(discussed, "15wd")?)?;
    let called = year.between(year.before(held, "40h")?, year.before(held, "10h")?);
    conference(year, case, called, held, ["initial", "no-plan"])
}

/// Another council asks for a conference about a child who has moved; no discussion is on record here.
pub fn conference_for_another_council(year: &mut Year, case: &Case) -> Made {
    let held = year.office(year.due(case.start, "5wd")?, year.due(case.start, "15wd")?)?;
    conference(year, case, case.start, held, ["initial", "no-plan"])
}

/// A conference is called for a moment, police report to it in good time, and it is held.
fn conference(
    year: &mut Year,
    case: &Case,
    called: Instant,
    held: Instant,
    [sort, outcome]: [&str; 2],
) -> Made {
    let meeting = Meeting::new(year, held, &CONFERENCE)?;
    let told = year.tell(called, &case.stream, "conference.requested").link("child", &case.child);
    meeting.called(told).text("type", sort).time("planned_for", held);
    let notice = year.before(held, if sort == "initial" { "48h" } else { "3wd" })?;
    let at = year.between(called, if notice > called { notice } else { held });
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
    about_child(year, case, asked, &["none"])?;
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
