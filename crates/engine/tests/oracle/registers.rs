//! Registers: answers that change over time.

use std::collections::{BTreeMap, BTreeSet};

use engine::policy::Policy;
use engine::time::Instant;

use super::events::{Ev, Order};

/// As at what.
#[derive(Clone, Debug)]
pub enum AsAt {
    /// The entries before it in order.
    Event(Order),
    /// Those with `at` no later.
    Instant(Instant),
}

impl AsAt {
    fn instant(&self) -> Instant {
        match self {
            Self::Event(order) => order.at,
            Self::Instant(instant) => *instant,
        }
    }
}

/// A post, or cover.
#[derive(Clone, Debug)]
pub struct Post {
    pub officer: String,
    pub team: Option<String>,
    pub role: Option<String>,
    rank: Option<String>,
    managers: BTreeSet<String>,
    agency: Option<String>,
    from: Order,
}

impl Post {
    /// As agency its attribute, else its role's.
    pub fn agency(&self, policy: &Policy) -> Option<String> {
        self.agency.clone().or_else(|| policy.roles.get(self.role.as_ref()?).cloned())
    }
}

/// The registers as at a moment.
#[derive(Default)]
pub struct Registers {
    pub posts: Vec<Post>,
    pub cover: Vec<Post>,
    /// Every post and cover ever held.
    ever: Vec<Post>,
    /// (officer, name) → until when.
    qualifications: BTreeMap<(String, Option<String>), Option<Instant>>,
    /// (stream, role) → officers.
    allocations: BTreeMap<(String, Option<String>), BTreeSet<String>>,
    officers: BTreeSet<String>,
    teams: BTreeSet<String>,
    now: Option<Instant>,
}

pub const KINDS: [&str; 7] = [
    "post.held",
    "post.left",
    "cover.held",
    "cover.left",
    "qualification.gained",
    "qualification.ended",
    "allocation.made",
];

/// The officers of an entry: its `officer` links, else a stream that begins `officer:`.
fn officers(entry: &Ev) -> BTreeSet<String> {
    let linked = entry.linked("officer");
    if linked.is_empty() && entry.stream.starts_with("officer:") {
        BTreeSet::from([entry.stream.clone()])
    } else {
        linked
    }
}

impl Registers {
    /// Folds the entries, given in order; `recorded_by` leaves out those recorded later.
    pub fn fold<'e>(
        events: impl Iterator<Item = &'e Ev>,
        as_at: &AsAt,
        recorded_by: Option<Instant>,
    ) -> Self {
        let mut registers = Self { now: Some(as_at.instant()), ..Self::default() };
        for entry in events.filter(|event| KINDS.contains(&event.kind.as_str())) {
            let counts = match as_at {
                AsAt::Event(order) => entry.order < *order,
                AsAt::Instant(instant) => entry.at <= *instant,
            };
            if counts && recorded_by.is_none_or(|by| entry.recorded_at <= by) {
                registers.take(entry);
            }
        }
        registers
    }

    fn take(&mut self, entry: &Ev) {
        self.officers.extend(officers(entry));
        self.teams.extend(entry.linked("team"));
        match entry.kind.as_str() {
            "post.held" => {
                hold(&mut self.posts, entry);
                self.ever.extend(given(entry));
            }
            "cover.held" => {
                hold(&mut self.cover, entry);
                self.ever.extend(given(entry));
            }
            "post.left" => leave(&mut self.posts, entry),
            "cover.left" => leave(&mut self.cover, entry),
            "qualification.gained" => {
                for officer in officers(entry) {
                    let name = entry.text("name").map(str::to_owned);
                    self.qualifications.insert((officer, name), entry.instant("expires"));
                }
            }
            "qualification.ended" => {
                for officer in officers(entry) {
                    self.qualifications.remove(&(officer, entry.text("name").map(str::to_owned)));
                }
            }
            _ => {
                if !entry.stream.is_empty() {
                    let place = (entry.stream.clone(), entry.text("role").map(str::to_owned));
                    self.allocations.insert(place, officers(entry));
                }
            }
        }
    }

    pub fn knows_officer(&self, officer: &str) -> bool {
        self.officers.contains(officer)
    }

    pub fn knows_team(&self, team: &str) -> bool {
        self.teams.contains(team)
    }

    /// Whether any post or cover of the agency was ever held.
    pub fn has_register(&self, agency: &str, policy: &Policy) -> bool {
        self.ever.iter().any(|post| post.agency(policy).as_deref() == Some(agency))
    }

    fn posts_and_cover(&self) -> impl Iterator<Item = &Post> {
        self.posts.iter().chain(&self.cover)
    }

    pub fn qualified(&self, officer: &str, name: &str) -> bool {
        match self.qualifications.get(&(officer.to_owned(), Some(name.to_owned()))) {
            None => false,
            Some(expires) => expires.is_none_or(|expires| self.now.is_some_and(|now| now < expires)),
        }
    }

    pub fn has_role(&self, officer: &str, role: &str) -> bool {
        self.posts_and_cover().any(|post| post.officer == officer && post.role.as_deref() == Some(role))
    }

    pub fn in_team(&self, officer: &str, team: &str) -> bool {
        self.posts_and_cover().any(|post| post.officer == officer && post.team.as_deref() == Some(team))
    }

    pub fn filled(&self, team: &str) -> usize {
        let of_team = self.posts.iter().filter(|post| post.team.as_deref() == Some(team));
        of_team.map(|post| &post.officer).collect::<BTreeSet<_>>().len()
    }

    /// That of the latest post still held that names one.
    pub fn rank(&self, officer: &str) -> Option<&str> {
        let posts = self.posts.iter().rev().filter(|post| post.officer == officer);
        posts.filter_map(|post| post.rank.as_deref()).next()
    }

    /// The agency of the latest post or cover still held that has one.
    pub fn agency(&self, officer: &str, policy: &Policy) -> Option<String> {
        let mut held: Vec<&Post> = self.posts_and_cover().filter(|post| post.officer == officer).collect();
        held.sort_by_key(|post| &post.from);
        held.iter().rev().find_map(|post| post.agency(policy))
    }

    /// Their line upward: those at each distance, nearest first, each person once.
    pub fn line(&self, officer: &str) -> Vec<BTreeSet<String>> {
        let mut seen = BTreeSet::from([officer.to_owned()]);
        let mut level = BTreeSet::from([officer.to_owned()]);
        let mut line = Vec::new();
        loop {
            let above = self.posts.iter().filter(|post| level.contains(&post.officer));
            level =
                above.flat_map(|post| post.managers.iter().cloned()).filter(|m| !seen.contains(m)).collect();
            if level.is_empty() {
                return line;
            }
            seen.extend(level.iter().cloned());
            line.push(level.clone());
        }
    }

    /// The officers last allocated in a stream, in whatever role.
    pub fn allocated(&self, stream: &str) -> BTreeSet<String> {
        let there = self.allocations.iter().filter(|((place, _), _)| place == stream);
        there.flat_map(|(_, officers)| officers.iter().cloned()).collect()
    }

    /// Those whose post or cover of a role is in a team of one of these officers.
    pub fn in_teams_of(&self, officers: &BTreeSet<String>, role: &str) -> BTreeSet<String> {
        let teams: BTreeSet<&String> = self
            .posts_and_cover()
            .filter(|post| officers.contains(&post.officer))
            .filter_map(|post| post.team.as_ref())
            .collect();
        self.posts_and_cover()
            .filter(|post| post.role.as_deref() == Some(role))
            .filter(|post| post.team.as_ref().is_some_and(|team| teams.contains(team)))
            .map(|post| post.officer.clone())
            .collect()
    }

    /// Those with a post or cover of a role in an agency.
    pub fn in_agency(&self, role: &str, agency: &str, policy: &Policy) -> BTreeSet<String> {
        self.posts_and_cover()
            .filter(|post| post.role.as_deref() == Some(role))
            .filter(|post| post.agency(policy).as_deref() == Some(agency))
            .map(|post| post.officer.clone())
            .collect()
    }
}

fn teams(entry: &Ev) -> Vec<Option<String>> {
    let linked = entry.linked("team");
    if linked.is_empty() { vec![None] } else { linked.into_iter().map(Some).collect() }
}

/// The posts that an entry gives: one for each officer and team.
fn given(entry: &Ev) -> Vec<Post> {
    let mut posts = Vec::new();
    for officer in officers(entry) {
        for team in teams(entry) {
            posts.push(Post {
                officer: officer.clone(),
                team,
                role: entry.text("role").map(str::to_owned),
                rank: entry.text("rank").map(str::to_owned),
                managers: entry.linked("manager"),
                agency: entry.text("agency").map(str::to_owned),
                from: entry.order.clone(),
            });
        }
    }
    posts
}

/// It replaces that officer's post of the same team and role.
fn hold(posts: &mut Vec<Post>, entry: &Ev) {
    for new in given(entry) {
        posts.retain(|post| (&post.officer, &post.team, &post.role) != (&new.officer, &new.team, &new.role));
        posts.push(new);
    }
}

/// It ends that post, or every one in its team if it names no role.
fn leave(posts: &mut Vec<Post>, entry: &Ev) {
    let role = entry.text("role");
    for officer in officers(entry) {
        for team in teams(entry) {
            posts.retain(|post| {
                let theirs = post.officer == officer && post.team == team;
                !(theirs && (role.is_none() || post.role.as_deref() == role))
            });
        }
    }
}

/// How high a rank stands, equals alike; 0 for one that is not declared.
pub fn height(rank: &str, policy: &Policy) -> usize {
    policy
        .ranks
        .iter()
        .position(|equals| equals.iter().any(|equal| equal == rank))
        .map_or(0, |place| place + 1)
}
