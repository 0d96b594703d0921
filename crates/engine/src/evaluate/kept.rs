//! What a pass keeps of its keys between events: how a key takes what comes to it, or is read again.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::EvaluateError;
use super::derived::{Derived, Shape};
use super::effective::{Node, derived_node};
use super::moved::Renumbering;
use super::packed::KeptKeys;
use super::partition::keys_of;
use super::plan::GroupPlan;
use super::plan::{self, Pass};
use super::registers::{AsAt, Asking, Registers};
use super::rows::{DutyRef, duty_id};
use super::run::{Ran, Worker};
use super::special::Special;
use super::state::{Duties, GroupState, Outcome, Report};
use super::transitions::Transitions;
use super::view::View;
use crate::duty::State;
use crate::guard::{Asks, Register};
use crate::log::Text;
use crate::policy::Pattern;
use crate::program::Sort;
use crate::time::Instant;

/// A pass with what it keeps.
pub(crate) struct KeptPass<'p> {
    pass: Pass<'p>,
    keys: KeptKeys,
    /// By place of the group, the keys about which a signal was raised.
    raised: HashMap<Place, HashSet<Text>>,
    /// What keys have to report.
    reports: HashMap<Text, Vec<Report>>,
    /// A meeting, and a key under which it was called, where some rule is of attendance.
    meetings: BTreeSet<(Text, Text)>,
    /// A derived event, and a key of it.
    derived_under: BTreeSet<(Node, Text)>,
    /// An officer or team → the keys that asked the registers about it at some time.
    asked_about: HashMap<Text, BTreeSet<Text>>,
}

/// Of a key with at most so many events no state is kept between them: they are quickly stepped through again.
const FEW: usize = 256;

/// The place of a group in its pass.
pub(crate) type Place = u16;

/// What is kept of a key.
#[derive(Default)]
pub(crate) struct KeptKey {
    /// Its events, in order.
    pub(crate) nodes: Vec<Node>,
    /// The last event taken, its own or one that stands elsewhere.
    pub(crate) last: Option<Node>,
    /// Its duties: the group's place, and the row.
    pub(crate) duties: Vec<(Place, u32)>,
    /// By place of the group; those that keep nothing are left out. None of a key with few events.
    pub(crate) states: Vec<(Place, GroupState)>,
    /// The signals raised: the group's place, and the event.
    pub(crate) signals: Vec<(Place, Node)>,
    /// What its duties derived.
    pub(crate) transitions: Vec<Node>,
    pub(crate) unsettled: Vec<Unsettled>,
}

/// A duty that may yet derive something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsettled {
    pub(crate) place: Place,
    pub(crate) row: u32,
    pub(crate) lapses: Vec<Node>,
    /// When it lapses next.
    pub(crate) wakes: Option<Instant>,
}

/// What comes to a key.
#[derive(Default)]
pub(crate) struct Touch {
    /// Events that come to stand under it.
    own: Vec<Node>,
    /// Excuses and records of attendance that stand elsewhere.
    elsewhere: Vec<Node>,
    /// Events that do not stand under it any more.
    pub(crate) removed: HashSet<Node>,
    /// Whether its events are read again whatever comes.
    pub(crate) again: bool,
}

/// The keys of one pass that something comes to.
pub(crate) type Touched = BTreeMap<Text, Touch>;

/// Events that came, went or changed, and what follows from them.
#[derive(Default)]
pub(crate) struct Changes {
    pub(crate) added: Vec<Node>,
    /// Derived events that are no more.
    pub(crate) removed: Vec<Node>,
    /// Events that are not what they were.
    pub(crate) changed: HashSet<Node>,
    /// When keys of the pass are to be looked at again.
    pub(crate) wakes: Vec<(Instant, Text)>,
    /// How many events were taken, each under each of its keys.
    pub(crate) taken: u64,
    /// Duties that opened, or were judged again.
    pub(crate) opened: Vec<DutyRef>,
    /// Duties that are not what they were.
    pub(crate) moved: Vec<DutyRef>,
    /// Duties that were judged again and are what they were: each as it was referred to, and is now.
    pub(crate) same: Vec<(DutyRef, DutyRef)>,
    /// The ids of duties that are no more.
    pub(crate) gone: Vec<String>,
}

impl<'p> KeptPass<'p> {
    pub(crate) fn new(pass: Pass<'p>) -> Self {
        Self {
            pass,
            keys: KeptKeys::default(),
            raised: HashMap::new(),
            reports: HashMap::new(),
            meetings: BTreeSet::new(),
            derived_under: BTreeSet::new(),
            asked_about: HashMap::new(),
        }
    }

    /// The duties of its groups, none yet: the group's number, and where they will be.
    pub(crate) fn no_duties(&self) -> impl Iterator<Item = (usize, Duties)> {
        self.pass.groups.iter().map(|group| (group.number, Duties::new(group.dues())))
    }

    /// Binds its rules anew, after the log came to have other kinds or columns.
    pub(crate) fn rebind(&mut self, pass: Pass<'p>) {
        self.pass = pass;
    }

    /// Whether some rule is of attendance.
    pub(crate) fn attends(&self) -> bool {
        self.pass.groups.iter().any(|group| group.group.sort == Sort::Duty(Pattern::Attend))
    }

    /// How its rules ask some of the registers.
    pub(crate) fn asks(&self, registers: &[Register]) -> Asks {
        let instances = self.pass.groups.iter().flat_map(|group| &group.group.instances);
        let of_guards =
            instances.flat_map(|instance| instance.guards.each()).map(|guard| guard.asks(registers));
        let rules = self.pass.groups.iter().flat_map(|group| &group.rules);
        let asks_posts = registers.contains(&Register::Posts);
        let of_excuses = rules.filter(|rule| asks_posts && rule.asks_rank()).map(|_| Asks::AtEvent);
        of_guards.chain(of_excuses).max().unwrap_or_default()
    }

    /// Every key is to be read again.
    pub(crate) fn touch_all(&self, touched: &mut Touched) {
        for key in self.keys.each() {
            touched.entry(key).or_default().again = true;
        }
    }

    /// Keys that asked the registers about some officers or teams are to be read again: those that took an event after
    /// some point in the order, or all.
    pub(crate) fn touch_asking(
        &self,
        view: &View<'_>,
        entities: &[Text],
        after: Option<AsAt>,
        touched: &mut Touched,
    ) {
        // One that no record named may be one of them.
        let asked = entities.iter().chain([&Text::EMPTY]).filter_map(|entity| self.asked_about.get(entity));
        for &key in asked.flatten() {
            let Some(last) = self.keys.last(key) else { continue };
            if after.is_none_or(|after| view.order(last) > after.before) {
                touched.entry(key).or_default().again = true;
            }
        }
    }

    /// An event is no more what it was under its keys.
    pub(crate) fn remove(&self, view: &View<'_>, node: Node, touched: &mut Touched) {
        for key in keys_of(view, self.pass.lens, node) {
            touched.entry(key).or_default().removed.insert(node);
        }
    }

    /// A key is to be read again if one of the pass's rules has a name.
    pub(crate) fn touch_named(&self, view: &View<'_>, (rule, key): (Text, Text), touched: &mut Touched) {
        if self.has_rule(view, rule) {
            touched.entry(key).or_default().again = true;
        }
    }

    /// The duties of a rule and key, if the rule is one of the pass.
    pub(crate) fn duties_named(
        &self,
        view: &View<'_>,
        (rule, key): (Text, Text),
    ) -> impl Iterator<Item = DutyRef> {
        let name = view.names.get(rule);
        let has_rule = self.has_rule(view, rule);
        let duties = if has_rule { self.keys.read(key, |kept| kept.duties.clone()) } else { Vec::new() };
        duties
            .into_iter()
            .map(|(place, row)| (&self.pass.groups[usize::from(place)], row))
            .filter(move |(group, _)| group.group.name == name)
            .map(|(group, row)| DutyRef { group: group.number as u32, row })
    }

    /// Whether a group is one of the pass.
    pub(crate) fn judges(&self, group: usize) -> bool {
        self.pass.groups.iter().any(|judged| judged.number == group)
    }

    /// The events of a key, in order.
    pub(crate) fn nodes(&self, key: Text) -> Vec<Node> {
        self.keys.read(key, |kept| kept.nodes.clone())
    }

    fn has_rule(&self, view: &View<'_>, rule: Text) -> bool {
        self.pass.groups.iter().any(|group| group.group.name == view.names.get(rule))
    }

    /// Finds the keys that changes come to.
    pub(crate) fn touch(
        &mut self,
        view: &View<'_>,
        special: &Special,
        changes: &Changes,
        touched: &mut Touched,
    ) {
        for &node in &changes.added {
            let kind = view.kind(node);
            if self.pass.names_kind(kind) {
                for key in keys_of(view, self.pass.lens, node) {
                    touched.entry(key).or_default().own.push(node);
                }
            }
            if !view.is_derived(node) {
                for key in self.looked_at_from(view, special, node) {
                    touched.entry(key).or_default().elsewhere.push(node);
                }
            }
        }
        for &node in &changes.removed {
            let keys: Vec<Text> = seconds(&self.derived_under, node).collect();
            for key in keys {
                self.derived_under.remove(&(node, key));
                touched.entry(key).or_default().removed.insert(node);
            }
        }
    }

    /// The keys that look at an excuse or a record of attendance wherever it stands.
    fn looked_at_from(&self, view: &View<'_>, special: &Special, node: Node) -> Vec<Text> {
        match special.mask(view.kind(node)) {
            plan::EXCUSE => {
                let named = special.named(view, node).filter(|&(rule, _)| self.has_rule(view, rule));
                named.into_iter().map(|(_, key)| key).collect()
            }
            plan::ATTENDANCE => {
                let meetings = view.links(node, special.meeting.link).iter();
                meetings.flat_map(|&meeting| seconds(&self.meetings, meeting)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Lets keys take what comes to them; what follows from it joins the changes.
    pub(crate) fn take(
        &mut self,
        view: &mut View<'_>,
        registers: &Registers,
        special: &Special,
        ran: &mut Ran,
        touched: Touched,
        changes: &mut Changes,
    ) -> Result<(), EvaluateError> {
        let Self { pass, keys, raised, reports, meetings, derived_under, asked_about } = self;
        let noted = RefCell::default();
        let free = std::mem::take(&mut view.free);
        let mut worker = Worker::new(view, pass, Asking::noting(registers, &noted), special);
        for (group, duties) in pass.groups.iter().zip(&mut worker.out.duties) {
            std::mem::swap(duties, &mut ran.duties[group.number]);
        }
        let fresh = Fresh { places: view.derived.len(), free, made: Vec::new() };
        let mut taking = Taking { view, pass, special, worker, meetings, derived_under, changes, fresh };
        let mut result = Ok(());
        for (key, touch) in touched {
            let mut kept = keys.remove(key).unwrap_or_default();
            let mut said = reports.remove(&key).unwrap_or_default();
            for place in kept.raised() {
                raised.entry(place).or_default().remove(&key);
            }
            result = result.and_then(|()| taking.take(key, &mut kept, &mut said, touch));
            for entity in noted.take() {
                asked_about.entry(entity).or_default().insert(key);
            }
            if !kept.is_empty() {
                for place in kept.raised() {
                    raised.entry(place).or_default().insert(key);
                }
                if !said.is_empty() {
                    said.shrink_to_fit();
                    reports.insert(key, said);
                }
                keys.insert(key, kept);
            }
        }
        let Taking { mut worker, fresh, .. } = taking;
        for (group, duties) in pass.groups.iter().zip(&mut worker.out.duties) {
            std::mem::swap(duties, &mut ran.duties[group.number]);
        }
        view.free = fresh.free;
        fresh.made.into_iter().for_each(|(node, event)| view.derive(node, event));
        changes.removed.iter().for_each(|&node| view.withdraw(node));
        result
    }

    /// The signals raised of some names.
    pub(crate) fn collect_signals(&self, is_wanted: impl Fn(&str) -> bool, ran: &mut Ran) {
        for (&place, keys) in &self.raised {
            let group = &self.pass.groups[usize::from(place)];
            if is_wanted(&group.group.name) {
                for &key in keys {
                    self.keys.each_signal(key, |of, node| {
                        if of == place {
                            ran.signals.push((group.number, node));
                        }
                    });
                }
            }
        }
    }

    /// The reports of all keys.
    pub(crate) fn collect_reports(&self, ran: &mut Ran) {
        ran.reports.extend(self.reports.values().flatten().cloned());
    }

    /// Refers to duties by the numbers that they have now.
    pub(crate) fn renumber(&mut self, renumbering: &Renumbering) {
        let Self { pass, keys, .. } = self;
        let now = |place: Place, row: u32| renumbering.row(pass.groups[usize::from(place)].number, row);
        keys.change(|kept| {
            kept.duties.iter_mut().for_each(|(place, row)| *row = now(*place, *row));
            kept.unsettled.iter_mut().for_each(|duty| duty.row = now(duty.place, duty.row));
            kept.states.iter_mut().for_each(|(place, state)| state.open.renumber(|row| now(*place, row)));
        });
    }
}

impl KeptKey {
    fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.duties.is_empty()
    }

    /// The places of the groups whose signals it raised, each once where they stand together.
    fn raised(&self) -> impl Iterator<Item = Place> {
        let together = self.signals.chunk_by(|(a, _), (b, _)| a == b);
        together.map(|signals| signals[0].0)
    }

    pub(crate) fn has_few(&self) -> bool {
        self.nodes.len() <= FEW
    }

    /// Gives up what was judged, and names what it derived by id.
    fn forget(&mut self, view: &View<'_>, duties: &mut [Duties]) -> HashMap<[u8; 16], Node> {
        for (place, row) in self.duties.drain(..) {
            duties[usize::from(place)].give_up(row);
        }
        (self.states, self.unsettled) = (Vec::new(), Vec::new());
        let signals = self.signals.drain(..).map(|(_, node)| node);
        signals.chain(self.transitions.drain(..)).map(|node| (view.order(node).id, node)).collect()
    }
}

/// What a key's duties were before it takes what comes.
enum Before {
    /// Those that are open, by group's place and row, with how many candidates nearly counted.
    Open(Vec<(Place, u32, usize)>),
    /// All: its events are read again.
    All(Vec<Was>),
}

/// A duty before its key is read again.
struct Was {
    place: Place,
    row: u32,
    key: Text,
    near: Vec<Node>,
}

/// Keys of one pass while they take what comes.
struct Taking<'t, 'p> {
    view: &'t View<'t>,
    pass: &'t Pass<'p>,
    special: &'t Special,
    worker: Worker<'t>,
    meetings: &'t mut BTreeSet<(Text, Text)>,
    derived_under: &'t mut BTreeSet<(Node, Text)>,
    changes: &'t mut Changes,
    fresh: Fresh,
}

/// Derived events that come to stand in the view.
struct Fresh {
    /// How many places the view has.
    places: usize,
    /// Those of them where nothing stands.
    free: Vec<Node>,
    made: Vec<(Node, Derived)>,
}

impl Fresh {
    fn place(&mut self, event: Derived) -> Node {
        let node = self.free.pop().unwrap_or_else(|| {
            self.places += 1;
            derived_node(self.places - 1)
        });
        self.made.push((node, event));
        node
    }
}

impl Taking<'_, '_> {
    fn take(
        &mut self,
        key: Text,
        kept: &mut KeptKey,
        reports: &mut Vec<Report>,
        touch: Touch,
    ) -> Result<(), EvaluateError> {
        let view = self.view;
        let own = in_order(view, &touch.own);
        let has_records = self.note(key, &own);
        let coming = in_order(view, &[touch.own.as_slice(), &touch.elsewhere].concat());
        let follows = match (kept.last, coming.first()) {
            (Some(last), Some(&first)) => view.compare(last, first).is_lt(),
            (Some(_), None) => true,
            (None, _) => false,
        };
        let again = touch.again
            || has_records
            || !follows
            || !touch.removed.is_empty()
            || !self.steps_again(key, kept);
        if !touch.removed.is_empty() {
            kept.nodes.retain(|node| !touch.removed.contains(node));
        }
        kept.nodes.extend(&own);
        let before =
            if again { Before::All(self.as_they_are(kept)) } else { Before::Open(self.open_duties()) };
        let (nodes, old) = if again {
            kept.nodes = in_order(view, &kept.nodes);
            let old = kept.forget(view, &mut self.worker.out.duties);
            reports.clear();
            self.worker.begin();
            (self.worker.with_others(key, &kept.nodes), old)
        } else {
            (coming, HashMap::new())
        };
        kept.last = if again { nodes.last().copied() } else { nodes.last().copied().or(kept.last) };
        let known = if again { 0 } else { kept.duties.len() };
        let result = self.step(key, kept, &nodes, old);
        reports.append(&mut self.worker.out.reports);
        self.tell(kept, known, before);
        result
    }

    /// Takes what is kept of a key's groups up again, by stepping through its events where there are few: the duties that
    /// open thereby are those that it has. Says whether it is so.
    fn steps_again(&mut self, key: Text, kept: &mut KeptKey) -> bool {
        self.worker.begin();
        let Some(last) = kept.last.filter(|_| kept.has_few()) else {
            kept.states.drain(..).for_each(|(place, state)| self.worker.states[usize::from(place)] = state);
            return true;
        };
        let view = self.view;
        let fresh = Outcome::new(&self.pass.groups);
        let out = std::mem::replace(&mut self.worker.out, fresh);
        for node in self.worker.with_others(key, &kept.nodes) {
            if view.compare(node, last).is_le() {
                self.worker.step_everywhere(key, node);
            }
        }
        let stepped = std::mem::replace(&mut self.worker.out, out);
        let mut rows: Vec<Vec<u32>> = vec![Vec::new(); self.pass.groups.len()];
        kept.duties.iter().for_each(|&(place, row)| rows[usize::from(place)].push(row));
        let is_so = stepped.duties.iter().zip(&rows).all(|(duties, rows)| duties.rows.len() == rows.len());
        if is_so {
            for (state, rows) in self.worker.states.iter_mut().zip(&rows) {
                state.open.renumber(|row| rows[row as usize]);
            }
        }
        is_so
    }

    fn group(&self, place: Place) -> &GroupPlan<'_> {
        &self.pass.groups[usize::from(place)]
    }

    fn duties(&self, place: Place) -> &Duties {
        &self.worker.out.duties[usize::from(place)]
    }

    /// A key's duties before they are given up.
    fn as_they_are(&self, kept: &KeptKey) -> Vec<Was> {
        let was = |&(place, row): &(Place, u32)| {
            let duties = self.duties(place);
            let near = duties.near.get(&row).cloned().unwrap_or_default();
            Was { place, row, key: duties.rows[row as usize].key, near }
        };
        kept.duties.iter().map(was).collect()
    }

    fn id(&self, was: &Was) -> String {
        let (duties, group) = (self.duties(was.place), self.group(was.place).group);
        let trigger = duties.rows[was.row as usize].trigger;
        duty_id(self.view, group, was.key, trigger, duties.start(was.row), duties.part(was.row))
    }

    /// What tells a duty from the others of its key.
    fn name(&self, place: Place, row: u32) -> (Place, Node, Node, Text) {
        let duties = self.duties(place);
        (place, duties.rows[row as usize].trigger, duties.start(row), duties.part(row))
    }

    /// Whether a duty that was judged again is closed as it was, by events that are what they were.
    fn is_as_it_was(&self, was: &Was, row: u32) -> bool {
        let duties = self.duties(was.place);
        let (old, new) = (&duties.rows[was.row as usize], &duties.rows[row as usize]);
        let due = |row: u32| duties.due(self.view, row);
        let near = duties.near.get(&row).map_or(&[][..], Vec::as_slice);
        let events = [new.trigger, new.closed_by, duties.start(row)];
        !new.may_name_others()
            && (old.closed_by, old.state, old.rule, old.recorded_late)
                == (new.closed_by, new.state, new.rule, new.recorded_late)
            && due(was.row) == due(row)
            && was.near == near
            && !events.iter().chain(near).any(|node| self.changes.changed.contains(node))
    }

    /// The duties of the key that are open, as they stand.
    fn open_duties(&self) -> Vec<(Place, u32, usize)> {
        let states = self.worker.states.iter().enumerate();
        let rows =
            states.flat_map(|(place, state)| state.open.iter().map(move |open| (place as Place, open.row)));
        rows.map(|(place, row)| (place, row, self.near_count(place, row))).collect()
    }

    fn near_count(&self, place: Place, row: u32) -> usize {
        self.duties(place).near.get(&row).map_or(0, Vec::len)
    }

    /// Tells which duties of a key opened, which are not what they were, and which are no more.
    fn tell(&mut self, kept: &KeptKey, known: usize, before: Before) {
        let pass = self.pass;
        let of = |(place, row): (Place, u32)| DutyRef {
            group: pass.groups[usize::from(place)].number as u32,
            row,
        };
        self.changes.opened.extend(kept.duties[known..].iter().copied().map(of));
        match before {
            Before::Open(mut open) => {
                self.changes.moved.extend(kept.duties[known..].iter().copied().map(of));
                open.retain(|&(place, row, near)| {
                    let is_open = self.duties(place).rows[row as usize].is_open();
                    !is_open || self.near_count(place, row) != near
                });
                self.changes.moved.extend(open.into_iter().map(|(place, row, _)| of((place, row))));
            }
            Before::All(all) => {
                let now = kept.duties.iter().map(|&(place, row)| (self.name(place, row), (place, row)));
                let mut now: HashMap<_, (Place, u32)> = now.collect();
                for was in &all {
                    match now.get(&self.name(was.place, was.row)) {
                        Some(&(_, row)) if self.is_as_it_was(was, row) => {
                            now.remove(&self.name(was.place, was.row));
                            self.changes.same.push((of((was.place, was.row)), of((was.place, row))));
                        }
                        Some(_) => {}
                        None => self.changes.gone.push(self.id(was)),
                    }
                }
                self.changes.moved.extend(now.into_values().map(of));
            }
        }
    }

    /// Notes where the events of a key stand; says whether attendance at a meeting of theirs is recorded elsewhere.
    fn note(&mut self, key: Text, own: &[Node]) -> bool {
        let mut has_records = false;
        for &node in own {
            if self.view.is_derived(node) {
                self.derived_under.insert((node, key));
            }
            for meeting in self.worker.meetings(key, node) {
                has_records |= !self.special.records_of(meeting).is_empty();
                self.meetings.insert((meeting, key));
            }
        }
        has_records
    }

    fn step(
        &mut self,
        key: Text,
        kept: &mut KeptKey,
        nodes: &[Node],
        mut old: HashMap<[u8; 16], Node>,
    ) -> Result<(), EvaluateError> {
        let before: Vec<usize> = self.worker.out.duties.iter().map(|duties| duties.rows.len()).collect();
        self.changes.taken += nodes.len() as u64;
        for &node in nodes {
            self.worker.step_everywhere(key, node);
        }
        let has_few = kept.has_few();
        for (place, event) in std::mem::take(&mut self.worker.out.signals) {
            let node = self.place(event, &mut old);
            kept.signals.push((place, node));
        }
        if !has_few {
            let states = self.worker.states.iter_mut().enumerate().filter(|(_, state)| !state.is_empty());
            kept.states.extend(states.map(|(place, state)| (place as Place, std::mem::take(state))));
        }
        for (place, &first) in before.iter().enumerate() {
            self.open(place as Place, first, kept, &mut old);
        }
        let result = self.settle(key, kept, &mut old);
        self.changes.removed.extend(old.values());
        self.changes.changed.extend(old.values());
        result
    }

    /// Takes the duties of a group from a row on.
    fn open(&mut self, place: Place, first: usize, kept: &mut KeptKey, old: &mut HashMap<[u8; 16], Node>) {
        for row in first as u32..self.duties(place).rows.len() as u32 {
            kept.duties.push((place, row));
            let duties = self.duties(place);
            if duties.rows[row as usize].state == State::Undecided {
                continue;
            }
            let transitions = Transitions::new(self.view, self.pass, self.group(place), duties);
            let Some(transitions) = transitions else { continue };
            if let Some(opened) = transitions.opened(row) {
                let node = self.place(opened, old);
                kept.transitions.push(node);
            }
            kept.unsettled.push(Unsettled { place, row, lapses: Vec::new(), wakes: None });
        }
    }

    /// Derives what came of duties: they lapsed, or closed.
    fn settle(
        &mut self,
        key: Text,
        kept: &mut KeptKey,
        old: &mut HashMap<[u8; 16], Node>,
    ) -> Result<(), EvaluateError> {
        for mut duty in std::mem::take(&mut kept.unsettled) {
            let (place, row) = (duty.place, duty.row);
            let (mut derived, mut lapsed) = (Vec::new(), duty.lapses.len());
            let duties = self.duties(place);
            let is_open = duties.rows[row as usize].is_open();
            let transitions = Transitions::new(self.view, self.pass, self.group(place), duties);
            let Some(transitions) = transitions else { continue };
            let count = transitions.lapse_count(row)? as usize;
            derived.extend((lapsed..count).map_while(|k| transitions.lapse(row, k as u64)));
            lapsed += derived.len();
            let wakes = transitions.lapses_after(row, count as u64).filter(|_| is_open);
            derived.extend(transitions.closed(row));
            for withdrawn in duty.lapses.drain(count.min(duty.lapses.len())..) {
                kept.transitions.retain(|&node| node != withdrawn);
                old.insert(self.view.order(withdrawn).id, withdrawn);
            }
            for event in derived {
                let node = self.place(event, old);
                kept.transitions.push(node);
                if duty.lapses.len() < lapsed {
                    duty.lapses.push(node);
                }
            }
            if wakes != duty.wakes {
                duty.wakes = wakes;
                self.changes.wakes.extend(wakes.map(|wakes| (wakes, key)));
            }
            if is_open {
                kept.unsettled.push(duty);
            }
        }
        Ok(())
    }

    /// The number of a derived event: the old one's, where it is what it was.
    fn place(&mut self, event: Derived, old: &mut HashMap<[u8; 16], Node>) -> Node {
        let is_as_it_was = |node: Node| {
            let of_changed = match event.shape {
                Shape::Duty(ref of) => self.changes.changed.contains(&of.trigger),
                Shape::Signal { .. } => false,
            };
            !of_changed && self.view.derived_of(node) == Some(&event)
        };
        if let Some(&node) = old.get(&event.order.id).filter(|&&node| is_as_it_was(node)) {
            old.remove(&event.order.id);
            return node;
        }
        let node = self.fresh.place(event);
        self.changes.added.push(node);
        self.changes.changed.insert(node);
        node
    }
}

/// What stands second in the pairs whose first is given.
fn seconds<F: Copy + Ord>(pairs: &BTreeSet<(F, Text)>, first: F) -> impl Iterator<Item = Text> {
    pairs.range((first, Text::EMPTY)..).take_while(move |pair| pair.0 == first).map(|&(_, second)| second)
}

fn in_order(view: &View<'_>, nodes: &[Node]) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    if !nodes.is_sorted_by(|&a, &b| view.compare(a, b).is_lt()) {
        nodes.sort_unstable_by(|&a, &b| view.compare(a, b));
        nodes.dedup();
    }
    nodes
}
