//! Who works for the force and its partners, what they are trained in, and how posts are kept filled.

use engine::time::Instant;

use super::state::{Made, Year};

/// The team whose cases are told of.
pub const PROTECTION: &str = "team:protection";
/// The team that looks for missing children; its leaders change during the year.
pub const MISSING: &str = "team:missing";

/// Officers trained to investigate and to interview a child.
pub const INVESTIGATORS: [&str; 6] =
    ["officer:i1", "officer:i2", "officer:i3", "officer:i4", "officer:i5", "officer:i6"];
/// Sergeants of the protection team.
pub const SERGEANTS: [&str; 2] = ["officer:s1", "officer:s2"];
/// The officer of another team who hears a child's first words.
pub const RESPONSE: &str = "officer:r1";
/// The protection team's detective inspector.
pub const INSPECTOR: &str = "officer:d1";
/// The superintendent, who takes no part in an investigation.
pub const SUPERINTENDENT: &str = "officer:p1";
/// Of the records managers.
pub const RECORDS: [&str; 2] = ["officer:k1", "officer:k2"];
/// Of the review unit.
pub const REVIEW_UNIT: &str = "officer:v1";

/// When those who are there at the year's beginning took up their posts.
const APPOINTED: &str = "2016-09-05";

/// A post: officer, role, rank, agency, team, manager.
type Post = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const POSTS: &[Post] = &[
    ("officer:c1", "chief-officer", "chief-constable", "police", "team:command", ""),
    ("officer:p1", "superintendent", "superintendent", "police", "team:division", "officer:c1"),
    ("officer:h1", "detective-chief-inspector", "chief-inspector", "police", "team:division", "officer:p1"),
    ("officer:d1", "detective-inspector", "inspector", "police", PROTECTION, "officer:h1"),
    ("officer:s1", "supervisor", "sergeant", "police", PROTECTION, "officer:d1"),
    ("officer:s2", "supervisor", "sergeant", "police", PROTECTION, "officer:d1"),
    ("officer:i1", "officer", "constable", "police", PROTECTION, "officer:s1"),
    ("officer:i2", "officer", "constable", "police", PROTECTION, "officer:s1"),
    ("officer:i3", "officer", "constable", "police", PROTECTION, "officer:s1"),
    ("officer:i4", "officer", "constable", "police", PROTECTION, "officer:s2"),
    ("officer:i5", "officer", "constable", "police", PROTECTION, "officer:s2"),
    ("officer:i6", "officer", "constable", "police", PROTECTION, "officer:s2"),
    ("officer:i7", "officer", "constable", "police", PROTECTION, "officer:s2"),
    ("officer:d2", "detective-inspector", "inspector", "police", MISSING, "officer:h1"),
    ("officer:s3", "supervisor", "sergeant", "police", MISSING, "officer:d2"),
    ("officer:m1", "missing-coordinator", "constable", "police", MISSING, "officer:s3"),
    ("officer:r1", "officer", "constable", "police", "team:response", "officer:s4"),
    ("officer:r2", "officer", "constable", "police", "team:response", "officer:s4"),
    ("officer:s4", "supervisor", "sergeant", "police", "team:response", "officer:h1"),
    ("officer:b1", "custody", "sergeant", "police", "team:custody", "officer:h1"),
    ("officer:u1", "safeguarding-unit", "constable", "police", "team:safeguarding", "officer:s1"),
    ("officer:g1", "crime-registrar", "inspector", "police", "team:command", "officer:c1"),
    ("officer:v1", "review-unit", "chief-inspector", "police", "team:command", "officer:c1"),
    ("officer:k1", "records-manager", "inspector", "police", "team:command", "officer:c1"),
    ("officer:k2", "records-manager", "sergeant", "police", "team:command", "officer:k1"),
    ("officer:w1", "social-worker", "practitioner", "children-services", "team:children", "officer:w3"),
    ("officer:w2", "social-worker", "practitioner", "children-services", "team:children", "officer:w3"),
    ("officer:w3", "team-manager", "team-manager", "children-services", "team:children", "officer:w5"),
    ("officer:w4", "referral-manager", "team-manager", "children-services", "team:front-door", "officer:w5"),
    ("officer:w5", "service-manager", "service-manager", "children-services", "team:children", "officer:w6"),
    ("officer:w6", "assistant-director", "assistant-director", "children-services", "team:council", "officer:w7"),
    ("officer:w7", "director", "director", "children-services", "team:council", ""),
    ("officer:w8", "conference-chair", "service-manager", "children-services", "team:conferences", "officer:w6"),
    ("officer:n1", "health-lead", "", "health", "team:health", ""),
    ("officer:e1", "education-lead", "", "education", "team:education", ""),
    ("officer:o1", "probation-lead", "", "probation", "team:probation", ""),
    ("officer:y1", "voluntary-lead", "", "voluntary", "team:voluntary", ""),
    ("officer:q1", "prosecutor-lead", "", "prosecutor", "team:prosecutor", "officer:q2"),
    ("officer:q2", "chief-crown-prosecutor", "", "prosecutor", "team:prosecutor", ""),
    ("officer:x1", "partnership-lead", "", "external", "team:partnership", ""),
    ("officer:x2", "independent-scrutineer", "", "external", "team:partnership", ""),
    ("officer:x3", "concern-recipient", "", "external", "team:partnership", ""),
    ("officer:x4", "reviewer", "", "external", "team:partnership", ""),
    ("officer:x5", "crime-commissioner", "", "external", "team:commissioner", ""),
    ("officer:x6", "inspectorate", "", "external", "team:inspectorate", ""),
    ("officer:x7", "national-panel", "", "external", "team:panel", ""),
    ("officer:x8", "competent-authority", "", "external", "team:authority", ""),
    ("officer:x9", "complaints-body", "", "external", "team:complaints", ""),
];

/// Fills every post, with the training that it asks for.
pub fn appoint(year: &mut Year) -> Made {
    let at = year.morning(APPOINTED)?;
    for post in POSTS {
        hold(year, at, post);
    }
    for officer in INVESTIGATORS.iter().chain(&SERGEANTS) {
        for name in ["pip2", "scaidp", "cse-investigation"] {
            qualify(year, at, officer, name, None);
        }
        keep_trained(year, at, officer)?;
    }
    Ok(())
}

/// Training in the interview of a child, which ends after three years and is renewed before it does.
fn keep_trained(year: &mut Year, from: Instant, officer: &str) -> Made {
    let mut at = from;
    while at < year.end() {
        let expires = year.due(at, "36mo")?;
        qualify(year, at, officer, "child-interview", Some(expires));
        let early = year.before(expires, "3mo")?;
        at = year.office(early, expires)?;
    }
    Ok(())
}

fn qualify(year: &mut Year, at: Instant, officer: &str, name: &str, expires: Option<Instant>) {
    let told = year
        .tell(at, officer, "qualification.gained")
        .link("officer", officer)
        .text("name", name)
        .agency("police");
    if let Some(expires) = expires {
        told.time("expires", expires);
    }
}

fn hold(year: &mut Year, at: Instant, &(officer, role, rank, agency, team, manager): &Post) {
    let mut told = year
        .tell(at, officer, "post.held")
        .link("officer", officer)
        .link("team", team)
        .text("role", role)
        .text("agency", agency)
        .text("contact", "yes")
        .agency(agency);
    if !rank.is_empty() {
        told = told.text("rank", rank);
    }
    if !manager.is_empty() {
        told.link("manager", manager);
    }
}

/// An officer leaves a post, or takes up or leaves cover for one.
fn change(year: &mut Year, at: Instant, kind: &str, officer: &str, role: &str, team: &str) {
    year.tell(at, officer, kind)
        .link("officer", officer)
        .link("team", team)
        .text("role", role)
        .text("agency", "police")
        .agency("police");
}

/// A sergeant leaves and another comes within the week; then an inspector, who is covered until a new one comes.
pub fn leaders_change(year: &mut Year) -> Made {
    let spring = year.morning("2025-04-01")?;
    let left = year.worked(spring, "28d")?;
    change(year, left, "post.left", "officer:s3", "supervisor", MISSING);
    let at = year.worked(left, "5wd")?;
    hold(year, at, &("officer:s5", "supervisor", "sergeant", "police", MISSING, "officer:d2"));

    let summer = year.morning("2025-07-07")?;
    let left = year.worked(summer, "28d")?;
    change(year, left, "post.left", "officer:d2", "detective-inspector", MISSING);
    let covered = year.worked(left, "5wd")?;
    change(year, covered, "cover.held", INSPECTOR, "detective-inspector", MISSING);
    let at = year.worked(covered, "2mo")?;
    hold(year, at, &("officer:d3", "detective-inspector", "inspector", "police", MISSING, "officer:h1"));
    let over = year.worked(at, "3wd")?;
    change(year, over, "cover.left", INSPECTOR, "detective-inspector", MISSING);
    Ok(())
}

/// The first and last day on which a constable acts for the sergeant who is on leave.
const LEAVE: [&str; 2] = ["2025-08-04", "2025-08-22"];
const ON_LEAVE: &str = SERGEANTS[0];
const ACTING: &str = "officer:i8";

/// Who does a sergeant's work then.
pub fn sergeant_at(year: &Year, sergeant: &'static str, at: Instant) -> Made<&'static str> {
    let is_away = sergeant == ON_LEAVE && year.morning(LEAVE[0])? < at && at < year.morning(LEAVE[1])?;
    Ok(if is_away { ACTING } else { sergeant })
}

/// A sergeant goes on leave and a constable acts; another is succeeded by one who comes some days before.
pub fn sergeants_covered(year: &mut Year) -> Made {
    for (date, kind) in LEAVE.into_iter().zip(["cover.held", "cover.left"]) {
        let at = year.morning(date)?;
        change(year, at, kind, ACTING, "supervisor", PROTECTION);
    }
    let autumn = year.morning("2025-10-06")?;
    let came = year.worked(autumn, "5wd")?;
    hold(year, came, &("officer:s6", "supervisor", "sergeant", "police", "team:response", "officer:h1"));
    let left = year.worked(came, "10wd")?;
    change(year, left, "post.left", "officer:s4", "supervisor", "team:response");
    Ok(())
}

/// What the protection team was promised, and what it has each quarter. An officer leaves, a new one comes within four
/// weeks and is trained within half a year.
pub fn team_kept(year: &mut Year) -> Made {
    let promised = year.morning("2025-01-06")?;
    year.tell(promised, PROTECTION, "team.commitment-made")
        .link("team", PROTECTION)
        .number("posts", 10)
        .number("trained", 8)
        .number("caseload", 12);
    strength(year, "2025-01-13", 10, 8, 9)?;
    strength(year, "2025-04-07", 10, 8, 11)?;
    let june = year.morning("2025-06-02")?;
    let left = year.worked(june, "5wd")?;
    change(year, left, "post.left", "officer:i7", "officer", PROTECTION);
    strength(year, "2025-06-12", 9, 7, 13)?;
    let at = year.office(year.morning("2025-06-16")?, year.morning("2025-06-26")?)?;
    hold(year, at, &("officer:i8", "officer", "constable", "police", PROTECTION, "officer:s2"));
    strength(year, "2025-07-01", 10, 7, 12)?;
    strength(year, "2025-09-22", 10, 8, 11)?;
    strength(year, "2025-12-15", 10, 9, 10)
}

fn strength(year: &mut Year, date: &str, filled: i64, trained: i64, caseload: i64) -> Made {
    let at = year.morning(date)?;
    year.tell(at, PROTECTION, "team.strength-recorded")
        .link("team", PROTECTION)
        .number("posts", 10)
        .number("filled", filled)
        .number("trained", trained)
        .number("caseload", caseload);
    Ok(())
}
