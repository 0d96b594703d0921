//! Registers: answers that change over time, folded from core kinds (`docs/policy-language.md`, "Registers").

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Evaluation;
use super::effective::Node;
use super::people::Asked;
use super::view::{AttrSlot, Order, Recorded, RoleSlot, Seen, View};
use crate::duty::{AllocationRow, PostRow};
use crate::guard::Register;
use crate::log::{Kind, Text};
use crate::policy::Policy;
use crate::time::Instant;

/// When a register is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AsAt {
    /// Entries before it in order count.
    pub(crate) before: Order,
    /// Entries recorded later do not count.
    pub(crate) known_by: Option<Instant>,
}

impl AsAt {
    /// As at an event: the entries before it.
    pub(crate) fn event(order: Order) -> Self {
        Self { before: order, known_by: None }
    }

    /// As at an instant: the entries dated no later.
    pub(crate) fn instant(at: Instant) -> Self {
        Self { before: Order::end_of(at), known_by: None }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    PostHeld,
    PostLeft,
    CoverHeld,
    CoverLeft,
    QualificationGained,
    QualificationEnded,
    Allocated,
}

impl Act {
    fn is_of_posts(self) -> bool {
        matches!(self, Self::PostHeld | Self::PostLeft | Self::CoverHeld | Self::CoverLeft)
    }
}

/// An entry of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    place: Recorded,
    recorded_at: Instant,
    act: Act,
    /// `role` of a post, cover or allocation; `name` of a qualification.
    name: Option<Text>,
    rank: Option<Text>,
    agency: Option<Text>,
    expires: Option<Instant>,
    team: Option<Text>,
    managers: Box<[Text]>,
}

/// A post or a cover that an officer has, by the entry that gave it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Post<'r>(&'r Entry);

impl Post<'_> {
    fn role(&self) -> Option<Text> {
        self.0.name
    }

    fn is_cover(&self) -> bool {
        self.0.act == Act::CoverHeld
    }

    /// The post's own agency, else its role's.
    pub(crate) fn agency<'v>(&self, view: &'v View<'_>, policy: &'v Policy) -> Option<&'v str> {
        agency_of(view, policy, self.0.agency, self.role())
    }
}

/// Who is allocated in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Allocation {
    place: Recorded,
    role: Option<Text>,
    officers: Box<[Text]>,
    teams: Box<[Text]>,
    allocators: Box<[Text]>,
}

/// What of the registers says otherwise than when this was last asked.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Whether posts or covers do.
    pub(crate) posts: bool,
    /// The streams in which somebody was allocated.
    pub(crate) streams: BTreeSet<Text>,
}

/// What is known of a team.
#[derive(Debug, Default)]
struct Team {
    /// Officers who ever had a post or cover in it.
    members: BTreeSet<Text>,
    /// The place and `recorded_at` of the entries that name it.
    entries: Vec<(Recorded, Instant)>,
}

/// What is known of an officer, each in order.
#[derive(Debug, Default)]
struct Officer {
    /// What gives and ends posts and covers.
    posts: Vec<Entry>,
    /// Qualifications and allocations.
    others: Vec<Entry>,
}

/// The registers of a log, under its cut.
#[derive(Debug, Default)]
pub(crate) struct Registers {
    officers: HashMap<Text, Officer>,
    teams: HashMap<Text, Team>,
    /// By their own agency and their role, when posts or covers were first held.
    first_held: BTreeMap<(Option<Text>, Option<Text>), Recorded>,
    /// Role → officers who ever had a post or cover of it.
    by_role: HashMap<Text, BTreeSet<Text>>,
    allocations: HashMap<Text, Vec<Allocation>>,
    /// Where the entries of posts and covers stand, in order.
    posts: Vec<Recorded>,
    /// How often they were written.
    pub(crate) written: u64,
    /// What says otherwise since it was last asked.
    pub(crate) touched: Touched,
    /// What was found of them.
    pub(crate) asked: Asked,
}

/// The registers as those who judge ask them; it is noted about whom, where somebody keeps that.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'r> {
    registers: &'r Registers,
    noted: Option<&'r RefCell<BTreeSet<Text>>>,
}

impl<'r> Asking<'r> {
    pub(crate) fn new(registers: &'r Registers) -> Self {
        Self { registers, noted: None }
    }

    pub(crate) fn noting(registers: &'r Registers, noted: &'r RefCell<BTreeSet<Text>>) -> Self {
        Self { registers, noted: Some(noted) }
    }

    /// The registers, to be asked about this officer or team and no other; [`Text::EMPTY`] for one that no record names.
    pub(crate) fn about(self, entity: Text) -> &'r Registers {
        if let Some(noted) = self.noted {
            noted.borrow_mut().insert(entity);
        }
        self.registers
    }
}

/// What entries are made of, looked up.
pub(crate) struct Slots {
    kinds: [Option<Kind>; KINDS.len()],
    officer: RoleSlot,
    team: RoleSlot,
    manager: RoleSlot,
    allocator: RoleSlot,
    role: AttrSlot,
    rank: AttrSlot,
    agency: AttrSlot,
    name: AttrSlot,
    expires: AttrSlot,
}

const KINDS: [(&str, Act); 7] = [
    ("post.held", Act::PostHeld),
    ("post.left", Act::PostLeft),
    ("cover.held", Act::CoverHeld),
    ("cover.left", Act::CoverLeft),
    ("qualification.gained", Act::QualificationGained),
    ("qualification.ended", Act::QualificationEnded),
    ("allocation.made", Act::Allocated),
];

impl Slots {
    /// Whether events of a kind allocate.
    pub(crate) fn allocates(&self, kind: Kind) -> bool {
        let place = self.kinds.iter().position(|&known| known == Some(kind));
        place.is_some_and(|place| KINDS[place].1 == Act::Allocated)
    }

    /// Whether events of a kind are entries.
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        self.kinds.contains(&Some(kind))
    }

    pub(crate) fn new(view: &View<'_>) -> Self {
        Self {
            kinds: KINDS.map(|(kind, _)| view.kind_number(kind)),
            officer: view.role_slot("officer"),
            team: view.role_slot("team"),
            manager: view.role_slot("manager"),
            allocator: view.role_slot("allocator"),
            role: view.attr_slot("role"),
            rank: view.attr_slot("rank"),
            agency: view.attr_slot("agency"),
            name: view.attr_slot("name"),
            expires: view.attr_slot("expires"),
        }
    }
}

impl Registers {
    pub(crate) fn new(view: &View<'_>) -> Self {
        let slots = Slots::new(view);
        let mut registers = Self::default();
        for node in view.recorded_of_kinds(&slots.kinds) {
            registers.enter(view, &slots, node);
        }
        registers
    }

    /// Takes an event into the registers, if it is one of theirs; says whether it is.
    pub(crate) fn enter(&mut self, view: &View<'_>, slots: &Slots, node: Node) -> bool {
        let kind = Some(view.kind(node));
        let place = slots.kinds.iter().position(|&known| known == kind);
        if let Some(place) = place {
            self.written += 1;
            self.enter_as(view, slots, node, KINDS[place].1);
        }
        place.is_some()
    }

    /// The registers that may answer otherwise once an event is taken into them.
    pub(crate) fn concerned(&self, view: &View<'_>, slots: &Slots, node: Node) -> &'static [Register] {
        let kind = Some(view.kind(node));
        let Some(place) = slots.kinds.iter().position(|&known| known == kind) else { return &[] };
        let as_at = AsAt { before: view.order(node), known_by: Some(view.recorded_at(node)) };
        let is_new =
            officers(view, slots.officer, node).into_iter().any(|one| !self.knows_officer(one, as_at))
                || view.links(node, slots.team).iter().any(|&team| !self.knows_team(team, as_at));
        match KINDS[place].1 {
            _ if is_new => &[Register::Posts, Register::Qualifications],
            Act::Allocated => &[],
            Act::QualificationGained | Act::QualificationEnded => &[Register::Qualifications],
            Act::PostHeld | Act::PostLeft | Act::CoverHeld | Act::CoverLeft => &[Register::Posts],
        }
    }

    fn enter_as(&mut self, view: &View<'_>, slots: &Slots, node: Node, act: Act) {
        let officers = officers(view, slots.officer, node);
        let name = if matches!(act, Act::QualificationGained | Act::QualificationEnded) {
            slots.name
        } else {
            slots.role
        };
        let teams = view.links(node, slots.team);
        let entry = Entry {
            place: view.recorded(node),
            recorded_at: view.recorded_at(node),
            act,
            name: view.text_attr(node, name),
            rank: view.text_attr(node, slots.rank),
            agency: view.text_attr(node, slots.agency),
            expires: match view.attr(node, slots.expires) {
                Some(Seen::Instant(expires)) => Some(expires),
                _ => None,
            },
            team: view.first_by_text(teams),
            managers: view.links(node, slots.manager).into(),
        };
        if act.is_of_posts() {
            self.touched.posts = true;
            let place = self.posts.partition_point(|&other| other < entry.place);
            if place < self.posts.len() {
                self.asked.outdate(place);
            }
            self.posts.insert(place, entry.place);
        }
        for &team in teams {
            let known = self.teams.entry(team).or_default();
            known.entries.push((entry.place, entry.recorded_at));
            if matches!(act, Act::PostHeld | Act::CoverHeld) {
                known.members.extend(officers.iter().copied());
            }
        }
        if act == Act::Allocated {
            let allocation = Allocation {
                place: entry.place,
                role: entry.name,
                officers: officers.as_slice().into(),
                teams: teams.into(),
                allocators: view.links(node, slots.allocator).into(),
            };
            self.touched.streams.insert(view.stream(node));
            let all = self.allocations.entry(view.stream(node)).or_default();
            let place = all.partition_point(|other| other.place < allocation.place);
            all.insert(place, allocation);
        }
        if matches!(act, Act::PostHeld | Act::CoverHeld) {
            if !officers.is_empty() {
                let first = self.first_held.entry((entry.agency, entry.name)).or_insert(entry.place);
                *first = entry.place.min(*first);
            }
            if let Some(role) = entry.name {
                self.by_role.entry(role).or_default().extend(officers.iter().copied());
            }
        }
        for officer in officers {
            let known = self.officers.entry(officer).or_default();
            let all = if act.is_of_posts() { &mut known.posts } else { &mut known.others };
            let place = all.partition_point(|other| other.place < entry.place);
            all.insert(place, entry.clone());
        }
    }

    fn entries(
        &self,
        officer: Text,
        of: impl Fn(&Officer) -> &Vec<Entry>,
        as_at: AsAt,
    ) -> impl DoubleEndedIterator<Item = &Entry> {
        let all = self.officers.get(&officer).map_or(&[][..], |known| of(known));
        let end = all.partition_point(|entry| entry.place.order() < as_at.before);
        all[..end]
            .iter()
            .filter(move |entry| as_at.known_by.is_none_or(|known_by| entry.recorded_at <= known_by))
    }

    /// How many entries of posts and covers there are by then: where as many, who holds what is the same.
    pub(crate) fn posts_before(&self, as_at: AsAt) -> usize {
        self.posts.partition_point(|&place| place.order() < as_at.before)
    }

    /// Whether the registers know anything of an officer.
    pub(crate) fn knows_officer(&self, officer: Text, as_at: AsAt) -> bool {
        let mut known = self.entries(officer, |known| &known.posts, as_at).chain(self.entries(
            officer,
            |known| &known.others,
            as_at,
        ));
        known.next().is_some()
    }

    /// Whether any entry ever names an entity as officer, manager or team.
    pub(crate) fn names(&self, entity: Text) -> bool {
        let is_manager = |entry: &Entry| entry.managers.contains(&entity);
        self.officers.contains_key(&entity)
            || self.teams.contains_key(&entity)
            || self.officers.values().flat_map(|known| &known.posts).any(is_manager)
    }

    /// Whether the registers know anything of a team.
    pub(crate) fn knows_team(&self, team: Text, as_at: AsAt) -> bool {
        let entries = self.teams.get(&team).map_or(&[][..], |known| known.entries.as_slice());
        entries.iter().any(|&(place, recorded_at)| {
            place.order() < as_at.before && as_at.known_by.is_none_or(|known_by| recorded_at <= known_by)
        })
    }

    /// The posts that an officer holds, then their covers, oldest first.
    pub(crate) fn posts(&self, officer: Text, as_at: AsAt) -> Vec<Post<'_>> {
        let mut posts: Vec<Post<'_>> = Vec::new();
        for entry in self.entries(officer, |known| &known.posts, as_at) {
            let cover = matches!(entry.act, Act::CoverHeld | Act::CoverLeft);
            match entry.act {
                Act::PostHeld | Act::CoverHeld => {
                    let is_other = |post: &Post<'_>| {
                        (post.is_cover(), post.0.team, post.role()) != (cover, entry.team, entry.name)
                    };
                    posts.retain(is_other);
                    posts.push(Post(entry));
                }
                Act::PostLeft | Act::CoverLeft => posts.retain(|post| {
                    let ended =
                        post.0.team == entry.team && entry.name.is_none_or(|role| post.role() == Some(role));
                    post.is_cover() != cover || !ended
                }),
                Act::QualificationGained | Act::QualificationEnded | Act::Allocated => {}
            }
        }
        posts
    }

    /// Whether an officer has a qualification; none where nothing is known of them.
    pub(crate) fn qualified(
        &self,
        officer: Text,
        name: Option<Text>,
        at: Instant,
        as_at: AsAt,
    ) -> Option<bool> {
        if !self.knows_officer(officer, as_at) {
            return None;
        }
        let acts = [Act::QualificationGained, Act::QualificationEnded];
        let last = self
            .entries(officer, |known| &known.others, as_at)
            .rfind(|entry| acts.contains(&entry.act) && name.is_some() && entry.name == name);
        Some(last.is_some_and(|entry| {
            entry.act == Act::QualificationGained && entry.expires.is_none_or(|expires| at < expires)
        }))
    }

    /// Whether an officer holds a role, by post or cover.
    pub(crate) fn holds_role(&self, officer: Text, role: Text, as_at: AsAt) -> bool {
        self.posts(officer, as_at).iter().any(|post| post.role() == Some(role))
    }

    /// Whether an officer has a post or cover in a team.
    pub(crate) fn in_team(&self, officer: Text, team: Text, as_at: AsAt) -> bool {
        self.posts(officer, as_at).iter().any(|post| post.0.team == Some(team))
    }

    /// How many officers have a post in a team.
    pub(crate) fn filled(&self, team: Text, as_at: AsAt) -> i64 {
        let members = self.teams.get(&team).into_iter().flat_map(|known| &known.members);
        let has_post = |officer: Text| {
            self.posts(officer, as_at).iter().any(|post| !post.is_cover() && post.0.team == Some(team))
        };
        members.filter(|&&officer| has_post(officer)).count() as i64
    }

    /// The rank of an officer: of the latest post still held that names one.
    pub(crate) fn rank(&self, officer: Text, as_at: AsAt) -> Option<Text> {
        self.posts(officer, as_at).iter().rev().filter(|post| !post.is_cover()).find_map(|post| post.0.rank)
    }

    /// The line upward of an officer who has some managers, nearest first: those at each distance together.
    pub(crate) fn line_upward(
        &self,
        managers: BTreeSet<Text>,
        as_at: AsAt,
    ) -> impl Iterator<Item = BTreeSet<Text>> {
        let mut seen: BTreeSet<Text> = BTreeSet::new();
        let further = move |nearest: &BTreeSet<Text>| {
            seen.extend(nearest);
            let above = nearest.iter().flat_map(|&officer| self.managers(officer, as_at));
            Some(above.filter(|manager| !seen.contains(manager)).collect())
        };
        std::iter::successors(Some(managers), further).take_while(|nearest| !nearest.is_empty())
    }

    /// Those to whom an officer answers, by the posts that they hold.
    pub(crate) fn managers(&self, officer: Text, as_at: AsAt) -> BTreeSet<Text> {
        let posts = self.posts(officer, as_at).into_iter().filter(|post| !post.is_cover());
        posts.flat_map(|post| post.0.managers.iter().copied()).collect()
    }

    /// The officers last allocated in a stream, in whatever role.
    pub(crate) fn allocated(&self, stream: Text, as_at: AsAt) -> BTreeSet<Text> {
        self.last_in_each_role(stream, as_at).flat_map(|last| &last.officers).copied().collect()
    }

    /// The last allocation in each role, the latest first.
    fn last_in_each_role(&self, stream: Text, as_at: AsAt) -> impl Iterator<Item = &Allocation> {
        let all = self.allocations.get(&stream).map_or(&[][..], Vec::as_slice);
        let end = all.partition_point(|allocation| allocation.place.order() < as_at.before);
        let mut roles: Vec<Option<Text>> = Vec::new();
        all[..end].iter().rev().filter(move |allocation| {
            let is_last = !roles.contains(&allocation.role);
            if is_last {
                roles.push(allocation.role);
            }
            is_last
        })
    }

    /// Who is in charge of a stream as it was last allocated in each role.
    fn allocation(&self, view: &View<'_>, stream: Text, as_at: AsAt) -> AllocationRow {
        let mut row = AllocationRow { stream: view.names.get(stream).to_owned(), ..AllocationRow::default() };
        let names =
            |texts: &[Text]| texts.iter().map(|&text| view.names.get(text).to_owned()).collect::<Vec<_>>();
        for last in self.last_in_each_role(stream, as_at) {
            row.officers.extend(names(&last.officers).into_iter().chain(names(&last.allocators)));
            row.teams.extend(names(&last.teams));
        }
        row
    }

    /// Takes over from the registers as they were before all of them were read anew.
    pub(crate) fn come_after(&mut self, before: &Self) {
        self.written += before.written;
        let streams = self.allocations.keys().chain(before.allocations.keys());
        let differs = |stream: &&Text| self.allocations.get(stream) != before.allocations.get(stream);
        let mut differing: BTreeSet<Text> = streams.filter(differs).copied().collect();
        differing.extend(&before.touched.streams);
        let posts = before.touched.posts || self.has_other_posts(before) || before.has_other_posts(self);
        self.touched = Touched { posts, streams: differing };
        self.asked.come_after(&before.asked);
    }

    /// Whether some officer's posts or covers are others than they were.
    fn has_other_posts(&self, before: &Self) -> bool {
        let were = |officer| before.officers.get(officer).map_or(&[][..], |known| &known.posts);
        self.officers.iter().any(|(officer, known)| known.posts != were(officer))
    }

    /// The officers who hold a role by post or cover, with the team and agency of each.
    pub(crate) fn holders(&self, role: Text, as_at: AsAt) -> Vec<(Text, Option<Text>, Option<Text>)> {
        let officers = self.by_role.get(&role).into_iter().flatten();
        let posts = officers
            .flat_map(|&officer| self.posts(officer, as_at).into_iter().map(move |post| (officer, post)));
        let held = posts.filter(|(_, post)| post.role() == Some(role));
        held.map(|(officer, post)| (officer, post.0.team, post.0.agency)).collect()
    }

    /// The teams in which an officer has a post or cover.
    pub(crate) fn teams_of(&self, officer: Text, as_at: AsAt) -> BTreeSet<Text> {
        self.posts(officer, as_at).into_iter().filter_map(|post| post.0.team).collect()
    }

    /// Whether any post or cover of an agency was ever held by then.
    pub(crate) fn has_register(&self, view: &View<'_>, policy: &Policy, agency: &str, as_at: AsAt) -> bool {
        self.first_held.iter().any(|(&(own, role), &first)| {
            first.order() < as_at.before && agency_of(view, policy, own, role) == Some(agency)
        })
    }
}

/// The officers of an entry: its `officer` links, else a stream that begins `officer:`.
fn officers(view: &View<'_>, officer: RoleSlot, node: Node) -> Vec<Text> {
    let linked = view.links(node, officer);
    if !linked.is_empty() {
        return linked.to_vec();
    }
    let stream = view.stream(node);
    if view.names.get(stream).starts_with("officer:") { vec![stream] } else { Vec::new() }
}

/// The officers and teams about whom an entry speaks. Of a team the registers tell who has posts in it, which are given,
/// replaced and ended by entries that link it.
pub(crate) fn spoken_of(view: &View<'_>, slots: &Slots, node: Node) -> Vec<Text> {
    let mut entities = officers(view, slots.officer, node);
    entities.extend(view.links(node, slots.team));
    entities
}

/// The agency of a post: its own, else its role's.
pub(crate) fn agency_of<'v>(
    view: &'v View<'_>,
    policy: &'v Policy,
    own: Option<Text>,
    role: Option<Text>,
) -> Option<&'v str> {
    let of_role = || policy.roles.get(view.names.get(role?)).map(String::as_str);
    own.map(|agency| view.names.get(agency)).or_else(of_role)
}

impl Evaluation<'_> {
    /// Every post and cover that is held, by officer; of each officer posts first, then as they were taken up.
    #[must_use]
    pub fn posts(&self) -> Vec<PostRow> {
        let (view, Some(as_of)) = (&self.view, self.view.as_of) else { return Vec::new() };
        let policy = self.policy_now();
        let text = |text: Text| view.names.get(text).to_owned();
        let held = |officer: Text| {
            let posts = self.registers.posts(officer, AsAt::instant(as_of));
            posts.into_iter().map(move |post| PostRow {
                officer: text(officer),
                is_cover: post.is_cover(),
                role: post.role().map(text),
                rank: post.0.rank.map(text),
                team: post.0.team.map(text),
                agency: policy.and_then(|policy| post.agency(view, policy)).map(str::to_owned),
                managers: post.0.managers.iter().copied().map(text).collect(),
            })
        };
        let mut rows: Vec<PostRow> =
            self.registers.officers.keys().flat_map(|&officer| held(officer)).collect();
        rows.sort_by(|a, b| (&a.officer, a.is_cover).cmp(&(&b.officer, b.is_cover)));
        rows
    }

    /// Who is in charge of each stream in which somebody was allocated.
    #[must_use]
    pub fn allocations(&self) -> Vec<AllocationRow> {
        self.allocations_in(self.registers.allocations.keys().copied())
    }

    /// Who is in charge of some streams.
    pub(crate) fn allocations_in(&self, streams: impl Iterator<Item = Text>) -> Vec<AllocationRow> {
        let Some(as_of) = self.view.as_of else { return Vec::new() };
        streams.map(|stream| self.registers.allocation(&self.view, stream, AsAt::instant(as_of))).collect()
    }

    /// The last version in force.
    fn policy_now(&self) -> Option<&Policy> {
        self.view.compiled.versions.last().map(|version| &version.policy)
    }
}
