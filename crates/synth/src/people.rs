//! Who works for the force and its partners, what they are trained in, and how posts are kept filled.

use engine::time::Instant;

use super::state::{Made, Year};

/// Who deals with the cases of a year: a team of a district, and those above and beside it.
pub struct Cast {
    /// The number of the district, which stands in each of its names.
    pub district: u32,
    /// The number of the team in it.
    pub team: u32,
    /// The team whose cases are told of.
    pub protection: String,
    /// The team that looks for the district's missing children; its leaders change during the year.
    pub missing: String,
    /// Officers trained to investigate and to interview a child.
    pub investigators: [String; 6],
    /// Sergeants of the protection team. The first is on leave for some weeks of each year.
    pub sergeants: [String; 2],
    /// The officer of another team who hears a child's first words.
    pub response: String,
    /// The protection team's detective inspector.
    pub inspector: String,
    /// The superintendent, who takes no part in an investigation.
    pub superintendent: String,
    /// Of the records managers.
    pub records: [String; 2],
    /// Of the review unit.
    pub review_unit: String,
    /// To whom concerns go, outside the force.
    pub concern_recipient: String,
    /// Which year it is, from 0 on.
    pub period: u32,
}

/// How many officers of a team hear a child's first words.
pub const RESPONSE_OFFICERS: u32 = 4;

impl Cast {
    /// The people of a team in one of its years. `hears` says which of the response officers hears the children.
    pub fn new(district: u32, team: u32, period: u32, hears: u32) -> Self {
        let of_team = |name: &str| format!("officer:{district}-{team}-{name}");
        let of_district = |name: &str| format!("officer:{district}-{name}");
        Self {
            district,
            team,
            protection: format!("team:{district}-{team}-protection"),
            missing: format!("team:{district}-missing"),
            investigators: std::array::from_fn(|number| of_team(&format!("i{}", number + 1))),
            sergeants: ["s1", "s2"].map(of_team),
            response: of_team(&format!("r{}", hears % RESPONSE_OFFICERS + 1)),
            inspector: of_team("d1"),
            superintendent: of_district("p1"),
            records: ["k1", "k2"].map(of_district),
            review_unit: of_district("v1"),
            concern_recipient: of_district("x3"),
            period,
        }
    }

    /// The whole name of a post's `officer` or `team`: `~` stands before what is the team's own.
    fn whole(&self, sort: &str, name: &str) -> String {
        match name.strip_prefix('~') {
            Some(name) => format!("{sort}:{}-{}-{name}", self.district, self.team),
            None => format!("{sort}:{}-{name}", self.district),
        }
    }

    /// Somebody who holds a post until another comes each year.
    fn holder(&self, letter: &str, first: u32) -> String {
        format!("{letter}{}", first + self.period)
    }

    /// Who acts for the sergeant who is on leave.
    fn acting(&self) -> String {
        self.whole("officer", &self.holder("~i", 8))
    }
}

/// How long before the first year those who are there at its beginning took up their posts, and the day.
const APPOINTED: (i64, &str) = (9, "09-05");

/// A post: officer, role, rank, agency, team, manager.
type Post<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str);

#[rustfmt::skip]
const DISTRICT_POSTS: &[Post] = &[
    ("c1", "chief-officer", "chief-constable", "police", "command", ""),
    ("p1", "superintendent", "superintendent", "police", "division", "c1"),
    ("h1", "detective-chief-inspector", "chief-inspector", "police", "division", "p1"),
    ("md0", "detective-inspector", "inspector", "police", "missing", "h1"),
    ("ms0", "supervisor", "sergeant", "police", "missing", "md0"),
    ("m1", "missing-coordinator", "constable", "police", "missing", "ms0"),
    ("b1", "custody", "sergeant", "police", "custody", "h1"),
    ("g1", "crime-registrar", "inspector", "police", "command", "c1"),
    ("v1", "review-unit", "chief-inspector", "police", "command", "c1"),
    ("k1", "records-manager", "inspector", "police", "command", "c1"),
    ("k2", "records-manager", "sergeant", "police", "command", "k1"),
    ("w1", "social-worker", "practitioner", "children-services", "children", "w3"),
    ("w2", "social-worker", "practitioner", "children-services", "children", "w3"),
    ("w3", "team-manager", "team-manager", "children-services", "children", "w5"),
    ("w4", "referral-manager", "team-manager", "children-services", "front-door", "w5"),
    ("w5", "service-manager", "service-manager", "children-services", "children", "w6"),
    ("w6", "assistant-director", "assistant-director", "children-services", "council", "w7"),
    ("w7", "director", "director", "children-services", "council", ""),
    ("w8", "conference-chair", "service-manager", "children-services", "conferences", "w6"),
    ("n1", "health-lead", "", "health", "health", ""),
    ("e1", "education-lead", "", "education", "education", ""),
    ("o1", "probation-lead", "", "probation", "probation", ""),
    ("y1", "voluntary-lead", "", "voluntary", "voluntary", ""),
    ("q1", "prosecutor-lead", "", "prosecutor", "prosecutor", "q2"),
    ("q2", "chief-crown-prosecutor", "", "prosecutor", "prosecutor", ""),
    ("x1", "partnership-lead", "", "external", "partnership", ""),
    ("x2", "independent-scrutineer", "", "external", "partnership", ""),
    ("x3", "concern-recipient", "", "external", "partnership", ""),
    ("x4", "reviewer", "", "external", "partnership", ""),
    ("x5", "crime-commissioner", "", "external", "commissioner", ""),
    ("x6", "inspectorate", "", "external", "inspectorate", ""),
    ("x7", "national-panel", "", "external", "panel", ""),
    ("x8", "competent-authority", "", "external", "authority", ""),
    ("x9", "complaints-body", "", "external", "complaints", ""),
];

#[rustfmt::skip]
const TEAM_POSTS: &[Post] = &[
    ("~d1", "detective-inspector", "inspector", "police", "~protection", "h1"),
    ("~s1", "supervisor", "sergeant", "police", "~protection", "~d1"),
    ("~s2", "supervisor", "sergeant", "police", "~protection", "~d1"),
    ("~i1", "officer", "constable", "police", "~protection", "~s1"),
    ("~i2", "officer", "constable", "police", "~protection", "~s1"),
    ("~i3", "officer", "constable", "police", "~protection", "~s1"),
    ("~i4", "officer", "constable", "police", "~protection", "~s2"),
    ("~i5", "officer", "constable", "police", "~protection", "~s2"),
    ("~i6", "officer", "constable", "police", "~protection", "~s2"),
    ("~i7", "officer", "constable", "police", "~protection", "~s2"),
    ("~r1", "officer", "constable", "police", "~response", "~rs0"),
    ("~r2", "officer", "constable", "police", "~response", "~rs0"),
    ("~r3", "officer", "constable", "police", "~response", "~rs0"),
    ("~r4", "officer", "constable", "police", "~response", "~rs0"),
    ("~rs0", "supervisor", "sergeant", "police", "~response", "h1"),
    ("~u1", "safeguarding-unit", "constable", "police", "safeguarding", "~s1"),
];

/// Fills every post of a district but those of its teams.
pub fn district_appointed(year: &mut Year) -> Made {
    let at = year.morning_before(APPOINTED.0, APPOINTED.1)?;
    for post in DISTRICT_POSTS {
        hold(year, at, post);
    }
    Ok(())
}

/// Fills every post of a team, with the training that it asks for.
pub fn team_appointed(year: &mut Year) -> Made {
    let at = year.morning_before(APPOINTED.0, APPOINTED.1)?;
    for post in TEAM_POSTS {
        hold(year, at, post);
    }
    let cast = year.cast();
    for officer in cast.investigators.iter().chain(&cast.sergeants) {
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
    let cast = year.cast();
    let officer = cast.whole("officer", officer);
    let mut told = year
        .tell(at, &officer, "post.held")
        .link("officer", &officer)
        .link("team", &cast.whole("team", team))
        .text("role", role)
        .text("agency", agency)
        .text("contact", "yes")
        .agency(agency);
    if !rank.is_empty() {
        told = told.text("rank", rank);
    }
    if !manager.is_empty() {
        told.link("manager", &cast.whole("officer", manager));
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

/// The missing children's team: a sergeant leaves and another comes within the week; then an inspector, who is covered
/// until a new one comes.
pub fn leaders_change(year: &mut Year) -> Made {
    let cast = year.cast();
    let team = &cast.missing;
    let spring = year.morning("04-01")?;
    let left = year.worked(spring, "28d")?;
    let sergeant = cast.whole("officer", &cast.holder("ms", 0));
    change(year, left, "post.left", &sergeant, "supervisor", team);
    let at = year.worked(left, "5wd")?;
    let (comes, manager) = (cast.holder("ms", 1), cast.holder("md", 0));
    hold(year, at, &(&comes, "supervisor", "sergeant", "police", "missing", &manager));

    let summer = year.morning("07-07")?;
    let left = year.worked(summer, "28d")?;
    let inspector = cast.whole("officer", &cast.holder("md", 0));
    change(year, left, "post.left", &inspector, "detective-inspector", team);
    let covered = year.worked(left, "5wd")?;
    change(year, covered, "cover.held", &cast.inspector, "detective-inspector", team);
    let at = year.worked(covered, "2mo")?;
    hold(year, at, &(&cast.holder("md", 1), "detective-inspector", "inspector", "police", "missing", "h1"));
    let over = year.worked(at, "3wd")?;
    change(year, over, "cover.left", &cast.inspector, "detective-inspector", team);
    Ok(())
}

/// The first and last day on which a constable acts for the sergeant who is on leave.
const LEAVE: [&str; 2] = ["08-04", "08-22"];

/// Who does a sergeant's work then.
pub fn sergeant_at(year: &Year, sergeant: &str, at: Instant) -> Made<String> {
    let cast = year.cast();
    let is_away =
        sergeant == cast.sergeants[0] && year.morning(LEAVE[0])? < at && at < year.morning(LEAVE[1])?;
    Ok(if is_away { cast.acting() } else { sergeant.to_owned() })
}

/// A sergeant goes on leave and a constable acts; another is succeeded by one who comes some days before.
pub fn sergeants_covered(year: &mut Year) -> Made {
    let cast = year.cast();
    for (date, kind) in LEAVE.into_iter().zip(["cover.held", "cover.left"]) {
        let at = year.morning(date)?;
        change(year, at, kind, &cast.acting(), "supervisor", &cast.protection);
    }
    let autumn = year.morning("10-06")?;
    let came = year.worked(autumn, "5wd")?;
    let (leaves, comes) = (cast.holder("~rs", 0), cast.holder("~rs", 1));
    hold(year, came, &(&comes, "supervisor", "sergeant", "police", "~response", "h1"));
    let left = year.worked(came, "10wd")?;
    let (leaves, team) = (cast.whole("officer", &leaves), cast.whole("team", "~response"));
    change(year, left, "post.left", &leaves, "supervisor", &team);
    Ok(())
}

/// What the protection team was promised, and what it has each quarter. An officer leaves, a new one comes within four
/// weeks and is trained within half a year.
pub fn team_kept(year: &mut Year) -> Made {
    let cast = year.cast();
    let team = &cast.protection;
    let promised = year.morning("01-06")?;
    year.tell(promised, team, "team.commitment-made")
        .link("team", team)
        .number("posts", 10)
        .number("trained", 8)
        .number("caseload", 12);
    strength(year, "01-13", 10, 8, 9)?;
    strength(year, "04-07", 10, 8, 11)?;
    let june = year.morning("06-02")?;
    let left = year.worked(june, "5wd")?;
    let leaves = cast.whole("officer", &cast.holder("~i", 7));
    change(year, left, "post.left", &leaves, "officer", team);
    strength(year, "06-12", 9, 7, 13)?;
    let at = year.office(year.morning("06-16")?, year.morning("06-26")?)?;
    hold(year, at, &(&cast.holder("~i", 8), "officer", "constable", "police", "~protection", "~s2"));
    strength(year, "07-01", 10, 7, 12)?;
    strength(year, "09-22", 10, 8, 11)?;
    strength(year, "12-15", 10, 9, 10)
}

fn strength(year: &mut Year, day: &str, filled: i64, trained: i64, caseload: i64) -> Made {
    let team = year.cast().protection.clone();
    let at = year.morning(day)?;
    year.tell(at, &team, "team.strength-recorded")
        .link("team", &team)
        .number("posts", 10)
        .number("filled", filled)
        .number("trained", trained)
        .number("caseload", caseload);
    Ok(())
}
