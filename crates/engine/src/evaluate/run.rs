//! Runs every pass: stratum by stratum, lens by lens, key by key.

use std::collections::BTreeMap;

use super::EvaluateError;
use super::attend;
use super::backward::Backward;
use super::derived::Plain;
use super::effective::{Node, derived_node};
use super::every;
use super::judge::Moment;
use super::judged;
use super::partition::Keys;
use super::plan::{self, Action, GroupPlan, Mask, Pass, What};
use super::registers::{Asking, Registers};
use super::respond;
use super::same;
use super::signal;
use super::special::Special;
use super::state::{Duties, GroupState, Outcome, Report};
use super::transitions;
use super::view::View;
use crate::log::{Kind, Text};
use crate::policy::Pattern;
use crate::program::{Compiled, Sort};
use crate::time::Instant;

/// What all passes gave.
#[derive(Debug, Default)]
pub(crate) struct Ran {
    /// By the group's number in the program.
    pub(crate) duties: Vec<Duties>,
    pub(crate) reports: Vec<Report>,
    /// Signals raised: the group's number and the event.
    pub(crate) signals: Vec<(usize, Node)>,
}

/// Runs all passes over a view, whose derived events it fills in.
pub(crate) fn run(
    view: &mut View<'_>,
    registers: &Registers,
    special: &Special,
) -> Result<Ran, EvaluateError> {
    let compiled = view.compiled;
    let mut ran =
        Ran { duties: compiled.groups.iter().map(|_| Duties::default()).collect(), ..Ran::default() };
    for stratum in passes(compiled).chunk_by(|a, b| a.stratum == b.stratum) {
        let mut derived = Vec::new();
        for of_lens in stratum {
            let is_excused = |name: &str| special.excuses_rule(view.names.find(name));
            let pass = of_lens.bind(view, compiled, is_excused);
            let outcome = run_pass(view, &pass, registers, special);
            collect(view, &pass, outcome, &mut ran, &mut derived)?;
        }
        for (signal, event) in derived {
            if let Some(group) = signal {
                ran.signals.push((group, derived_node(view.derived.len())));
            }
            view.derived.push(event);
        }
    }
    Ok(ran)
}

/// The groups of one stratum and one lens.
pub(crate) struct PassOf<'p> {
    stratum: u32,
    lens: &'p str,
    groups: Vec<usize>,
}

/// The passes of a program, by stratum, then lens.
pub(crate) fn passes(compiled: &Compiled) -> Vec<PassOf<'_>> {
    let mut passes: BTreeMap<(u32, &str), Vec<usize>> = BTreeMap::new();
    for (number, group) in compiled.groups.iter().enumerate() {
        passes.entry((group.stratum, &group.lens)).or_default().push(number);
    }
    passes.into_iter().map(|((stratum, lens), groups)| PassOf { stratum, lens, groups }).collect()
}

impl<'p> PassOf<'p> {
    /// The pass, bound to the log of a view.
    pub(crate) fn bind(
        &self,
        view: &View<'_>,
        compiled: &'p Compiled,
        is_excused: impl Fn(&str) -> bool,
    ) -> Pass<'p> {
        let groups = self
            .groups
            .iter()
            .map(|&number| GroupPlan::new(view, compiled, number, is_excused(&compiled.groups[number].name)));
        Pass::new(view, self.lens, groups.collect())
    }
}

/// Puts what a pass gave in its place, with the events that it derives: signals, then transitions of its duties.
fn collect(
    view: &View<'_>,
    pass: &Pass<'_>,
    outcome: Outcome,
    ran: &mut Ran,
    derived: &mut Vec<(Option<usize>, super::derived::Derived)>,
) -> Result<(), EvaluateError> {
    derived.extend(
        outcome
            .signals
            .into_iter()
            .map(|(place, event)| (Some(pass.groups[usize::from(place)].number), event)),
    );
    for (group, duties) in pass.groups.iter().zip(outcome.duties) {
        if matches!(group.group.sort, Sort::Duty(_)) {
            derived
                .extend(transitions::of(view, pass, group, &duties)?.into_iter().map(|event| (None, event)));
            ran.duties[group.number] = duties;
        }
    }
    ran.reports.extend(outcome.reports);
    Ok(())
}

fn run_pass(view: &View<'_>, pass: &Pass<'_>, registers: &Registers, special: &Special) -> Outcome {
    match Keys::new(view, pass) {
        Keys::AsSorted => in_chunks(view.stream_column().len(), |rows| {
            let rows = whole_streams(view.stream_column(), rows);
            let mut worker = Worker::new(view, pass, Asking::new(registers), special);
            let streams = || streams(view, pass, rows.clone());
            worker.judge_backward(streams().flat_map(|(_, nodes)| nodes), streams);
            if pass.has_forward() {
                worker.run_sorted(rows);
            }
            worker.out
        }),
        Keys::Gathered { keys, starts, nodes } => in_chunks(keys.len(), |chunk| {
            let mut worker = Worker::new(view, pass, Asking::new(registers), special);
            let of_key = |place: usize| &nodes[starts[place]..starts[place + 1]];
            let all = nodes[starts[chunk.start]..starts[chunk.end]].iter().copied();
            worker.judge_backward(all, || {
                chunk.clone().rev().map(|place| (keys[place], of_key(place).iter().copied()))
            });
            if pass.has_forward() {
                chunk.for_each(|place| worker.run_key(keys[place], of_key(place)));
            }
            worker.out
        }),
    }
    .unwrap_or_else(|| Outcome::new(&pass.groups))
}

/// The streams of a sorted log that are keys of a pass, from the last to the first, each with its events.
fn streams<'v>(
    view: &'v View<'_>,
    pass: &Pass<'_>,
    rows: std::ops::Range<usize>,
) -> impl Iterator<Item = (Text, std::ops::Range<Node>)> + 'v {
    let prefix = format!("{}:", view.names.get(pass.lens.name));
    let streams = view.stream_column()[rows.clone()].chunk_by(|a, b| a == b).rev();
    let mut end = rows.end as Node;
    let streams = streams.map(move |stream| {
        let of_stream = end - stream.len() as Node..end;
        end = of_stream.start;
        (stream[0], of_stream)
    });
    streams.filter(move |(stream, _)| view.names.get(*stream).starts_with(&prefix))
}

/// Rows of a chunk, moved so that no stream is cut.
fn whole_streams(streams: &[Text], rows: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let begins = |mut row: usize| {
        while row > 0 && row < streams.len() && streams[row] == streams[row - 1] {
            row += 1;
        }
        row
    };
    begins(rows.start)..begins(rows.end)
}

#[cfg(feature = "parallel")]
fn in_chunks(
    count: usize,
    work: impl Fn(std::ops::Range<usize>) -> Outcome + Sync + Send,
) -> Option<Outcome> {
    use rayon::prelude::*;
    let chunks = (rayon::current_num_threads() * 4).max(1);
    let size = count.div_ceil(chunks).max(256);
    if rayon::current_num_threads() == 1 || count <= size {
        return (count > 0).then(|| work(0..count));
    }
    let chunks: Vec<_> = (0..count).step_by(size).map(|start| start..(start + size).min(count)).collect();
    let outcomes: Vec<Outcome> = chunks.into_par_iter().map(work).collect();
    outcomes.into_iter().reduce(|mut all, more| {
        all.append(more);
        all
    })
}

#[cfg(not(feature = "parallel"))]
fn in_chunks(count: usize, work: impl Fn(std::ops::Range<usize>) -> Outcome) -> Option<Outcome> {
    (count > 0).then(|| work(0..count))
}

/// Takes keys one after another.
pub(crate) struct Worker<'v> {
    view: &'v View<'v>,
    pass: &'v Pass<'v>,
    registers: Asking<'v>,
    special: &'v Special,
    pub(crate) states: Vec<GroupState>,
    pub(crate) out: Outcome,
    masks: Vec<Mask>,
    at: &'v [Instant],
    recorded_apart: bool,
    looks_elsewhere: bool,
    /// Of the plain groups, as [`plan::bit`]s: those of whose duties some may be open.
    may_be_open: u64,
}

impl<'v> Worker<'v> {
    pub(crate) fn new(
        view: &'v View<'v>,
        pass: &'v Pass<'v>,
        registers: Asking<'v>,
        special: &'v Special,
    ) -> Self {
        let attends = |group: &GroupPlan<'_>| group.group.sort == Sort::Duty(Pattern::Attend);
        let looks_elsewhere = !special.is_empty()
            && pass
                .groups
                .iter()
                .any(|group| attends(group) || special.excuses_rule(view.names.find(&group.group.name)));
        Self {
            view,
            pass,
            registers,
            special,
            states: vec![GroupState::default(); pass.groups.len()],
            out: Outcome::new(&pass.groups),
            masks: Vec::new(),
            at: view.effective.at_as_recorded().unwrap_or_default(),
            recorded_apart: view.log.has_recorded_at() || !view.derived.is_empty(),
            looks_elsewhere,
            may_be_open: 0,
        }
    }

    pub(crate) fn begin(&mut self) {
        self.may_be_open = 0;
        for ((state, group), duties) in self.states.iter_mut().zip(&self.pass.groups).zip(&self.out.duties) {
            if group.plain {
                state.open_from = duties.rows.len();
            } else {
                state.begin(group.rules.len(), duties.rows.len());
            }
        }
    }

    /// Judges the groups that are judged from each key's end back: all events, and the keys with theirs, from the last.
    fn judge_backward<Nodes, ByKey>(
        &mut self,
        events: impl Iterator<Item = Node>,
        keys: impl FnOnce() -> ByKey,
    ) where
        Nodes: DoubleEndedIterator<Item = Node>,
        ByKey: Iterator<Item = (Text, Nodes)>,
    {
        if self.pass.backward().is_empty() {
            return;
        }
        let mut backward = Backward::new(self.view, self.pass, events);
        keys().for_each(|(key, nodes)| backward.take(key, nodes.rev()));
        backward.finish(&mut self.out);
    }

    fn run_sorted(&mut self, rows: std::ops::Range<usize>) {
        let view = self.view;
        let prefix = format!("{}:", view.names.get(self.pass.lens.name));
        let streams = view.stream_column();
        let mut start = rows.start;
        while start < rows.end {
            let key = streams[start];
            let end = if view.names.get(key).starts_with(&prefix) {
                self.run_stream(key, start, rows.end)
            } else {
                start + 1
            };
            start = end;
        }
    }

    /// Takes the rows of one stream from where it begins, and says where it ends.
    fn run_stream(&mut self, key: Text, start: usize, limit: usize) -> usize {
        let view = self.view;
        let (streams, kinds) = (view.stream_column(), &*view.effective.kind);
        if self.looks_elsewhere {
            let length = streams[start..limit].iter().take_while(|&&stream| stream == key).count();
            let nodes: Vec<Node> = (start as Node..(start + length) as Node).collect();
            self.run_key(key, &nodes);
            return start + length;
        }
        self.begin();
        for (place, (&stream, &kind)) in streams[start..limit].iter().zip(&kinds[start..limit]).enumerate() {
            if stream != key {
                return start + place;
            }
            self.step(key, (start + place) as Node, kind);
        }
        limit
    }

    fn run_key(&mut self, key: Text, nodes: &[Node]) {
        self.begin();
        let view = self.view;
        if self.looks_elsewhere {
            for node in self.with_others(key, nodes) {
                self.step_everywhere(key, node);
            }
        } else {
            for &node in nodes {
                self.step(key, node, view.kind(node));
            }
        }
    }

    /// The events of a key, with the excuses and records of attendance that stand elsewhere.
    pub(crate) fn with_others(&self, key: Text, nodes: &[Node]) -> Vec<Node> {
        let view = self.view;
        let mut all = nodes.to_vec();
        for group in &self.pass.groups {
            if let Some(rule) = view.names.find(&group.group.name) {
                all.extend(self.special.excuses_of(rule, key));
            }
        }
        let meetings = nodes.iter().flat_map(|&node| self.meetings(key, node));
        all.extend(meetings.flat_map(|meeting| self.special.records_of(meeting)));
        if all.len() > nodes.len() {
            all.sort_unstable_by(|&a, &b| view.compare(a, b));
            all.dedup();
        }
        all
    }

    /// The meetings to which an event calls, as a trigger of attendance.
    pub(crate) fn meetings(&self, key: Text, node: Node) -> Vec<Text> {
        let (view, kind) = (self.view, self.view.kind(node));
        let attends = |group: &&GroupPlan<'_>| group.group.sort == Sort::Duty(Pattern::Attend);
        let mut rules = self.pass.groups.iter().filter(attends).flat_map(|group| &group.rules);
        if !rules.any(|rule| rule.mask(view, node, kind, key) & plan::TRIGGER != 0) {
            return Vec::new();
        }
        let meetings = same::values(view, node, &self.special.meeting).each();
        let texts = meetings.filter_map(|meeting| match meeting {
            Plain::Text(meeting) => Some(meeting),
            _ => None,
        });
        texts.collect()
    }

    #[inline]
    fn step(&mut self, key: Text, node: Node, kind: Kind) {
        let pass = self.pass;
        let answers = pass.only_answers(kind);
        if answers != 0 && answers & self.may_be_open == 0 {
            return;
        }
        for action in pass.actions(kind) {
            if action.plain != 0 {
                self.step_plain(*action, key, node);
            } else {
                self.step_group(usize::from(action.group), key, node);
            }
        }
    }

    #[inline]
    fn step_plain(&mut self, Action { group, plain }: Action, key: Text, node: Node) {
        let place = usize::from(group);
        let at = self.at.get(node as usize).copied().unwrap_or_else(|| self.view.at(node));
        let (state, duties) = (&mut self.states[place], &mut self.out.duties[place]);
        if plain & plan::EXPECT != 0 && state.open_from < duties.rows.len() {
            respond::close_plain(self.view, node, at, self.recorded_apart, state, duties);
            self.may_be_open &= !plan::bit(place);
        }
        if plain & plan::TRIGGER == 0 {
            return;
        }
        self.may_be_open |= plan::bit(place);
        if !respond::open_simply(&self.pass.groups[place].rules[0], key, node, at, duties) {
            let moment = self.moment(place, key, node);
            respond::open_plain(&moment, &mut self.out.duties[place]);
        }
    }

    /// Takes an event that may concern groups which do not name its kind.
    pub(crate) fn step_everywhere(&mut self, key: Text, node: Node) {
        let kind = self.view.kind(node);
        if self.view.is_derived(node) || self.special.mask(kind) == 0 {
            return self.step(key, node, kind);
        }
        let own = self.stands_under(key, node);
        for place in 0..self.pass.groups.len() {
            let plain = self.pass.actions(kind).iter().find(|action| usize::from(action.group) == place);
            match plain {
                Some(&action) if action.plain != 0 && own => self.step_plain(action, key, node),
                _ if self.pass.groups[place].plain => {}
                _ => self.step_group_as(place, key, node, own),
            }
        }
    }

    /// Whether an event stands under a key of the lens by itself.
    pub(crate) fn stands_under(&self, key: Text, node: Node) -> bool {
        let (view, lens) = (self.view, self.pass.lens);
        let prefix = format!("{}:", view.names.get(lens.name));
        let by_stream = view.stream(node) == key && view.names.get(key).starts_with(&prefix);
        by_stream
            || match lens.person {
                true => {
                    view.names.get(key).starts_with("person:")
                        && view.roles().any(|role| view.raw_links(node, role).contains(&key))
                }
                false => view.links(node, lens.role).contains(&key),
            }
    }

    pub(crate) fn moment(&self, place: usize, key: Text, node: Node) -> Moment<'v> {
        let view = self.view;
        Moment {
            pass: self.pass,
            view,
            registers: self.registers,
            special: self.special,
            group: &self.pass.groups[place],
            key,
            node,
            at: view.at(node),
        }
    }

    fn step_group(&mut self, place: usize, key: Text, node: Node) {
        self.step_group_as(place, key, node, true);
    }

    /// Takes an event before one group; one that stands elsewhere only as an excuse or a record of attendance.
    fn step_group_as(&mut self, place: usize, key: Text, node: Node, own: bool) {
        let moment = self.moment(place, key, node);
        let elsewhere = plan::EXCUSE | plan::ATTENDANCE;
        let mut masks = std::mem::take(&mut self.masks);
        masks.clear();
        masks.extend(moment.group.rules.iter().map(|rule| match (&rule.what, own) {
            (What::Duty(_), true) => moment.mask(rule),
            (What::Duty(_), false) => moment.mask(rule) & elsewhere,
            (What::Signal(_), true) => moment.mask(rule) & plan::TRIGGER,
            (What::Signal(_), false) => 0,
        }));
        let (state, out) = (&mut self.states[place], &mut self.out);
        let (duties, reports) = (&mut out.duties[place], &mut out.reports);
        match moment.group.group.sort {
            Sort::Duty(Pattern::Respond) => respond::step(&moment, &masks, state, duties, reports),
            Sort::Duty(Pattern::Before | Pattern::Holds | Pattern::Never) => {
                judged::step(&moment, &masks, state, duties)
            }
            Sort::Duty(Pattern::Every) => every::step(&moment, &masks, state, duties, reports),
            Sort::Duty(Pattern::Attend) => attend::step(&moment, &masks, state, duties, reports),
            Sort::Signal => signal::step(&moment, place as u16, &masks, state, out),
        }
        self.masks = masks;
    }
}
