//! An evaluation that is kept while its log grows and time passes: what comes last in order costs what it touches.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap, HashSet};

use thiserror::Error;

use super::effective::{self, NO_KIND, Node};
use super::kept::{Changes, KeptPass, Touched};
use super::moved::{InStream, Moved, Renumbering, Rows, Since};
use super::plan::Pass;
use super::registers::{self, AsAt, Registers, Slots};
use super::rows::{DutyRef, duty_names};
use super::run::Ran;
use super::special::Special;
use super::state::{Duties, Duty};
use super::view::{Parts, View};
use super::{Cut, EvaluateError, Evaluation, run};
use crate::duty::{AllocationRow, PostRow};
use crate::guard::{Asks, Register};
use crate::log::{EventRef, Kind, Log, LogBuilder, LogError, Pushed, Row, Text};
use crate::program::{Compiled, Program};
use crate::record::Event;
use crate::sparing;
use crate::time::Instant;

/// The events that a merge or its undoing is.
const IDENTITY: [&str; 2] = ["entity.merged", "entity.separated"];

const ALL_REGISTERS: [Register; 2] = [Register::Posts, Register::Qualifications];

/// So many rows of duties that were given up are not worth leaving out.
const SOME: usize = 64;

/// What the registers say otherwise than before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedRegisters {
    /// Every post and cover held, if any may be another.
    pub posts: Option<Vec<PostRow>>,
    /// Who is in charge of the streams in which it may be somebody else.
    pub allocations: Vec<AllocationRow>,
}

/// Duties that are not what they were.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MovedDuties {
    /// Any may be another, and have another [`DutyRef`]: all was judged for the first time.
    All,
    /// Only these.
    Some {
        /// Those that opened, closed, or whose row may read otherwise.
        moved: Vec<DutyRef>,
        /// The ids of those that are no more.
        gone: Vec<String>,
        /// How others are referred to now, where that changed.
        renumbering: Option<Renumbering>,
    },
}

/// Why an event is not taken, or cannot be judged.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RunningError {
    /// The log refuses the event, and is what it was.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log cannot be evaluated, as [`evaluate`](super::evaluate) says of it.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
}

/// A log that is read, event by event, before a program judges it.
#[derive(Debug)]
pub struct Beginning {
    log: LogBuilder,
    corrected: HashSet<String>,
}

impl Beginning {
    /// An empty log.
    ///
    /// # Errors
    /// The program derives more kinds of events than a log holds.
    pub fn new(program: &Program) -> Result<Self, LogError> {
        let compiled = program.compiled(false);
        let mut log = LogBuilder::new();
        compiled.each_name(|name| log.intern(name));
        for kind in compiled.derived_kinds() {
            log.reserve_kind(kind)?;
        }
        Ok(Self { log, corrected: HashSet::new() })
    }

    /// Adds an event.
    ///
    /// # Errors
    /// Why the log refuses it.
    pub fn push(&mut self, event: &EventRef<'_>) -> Result<Pushed, LogError> {
        let pushed = self.log.push(event)?;
        self.corrected.extend(event.corrects.map(str::to_owned));
        Ok(pushed)
    }

    /// Adds an event of its own.
    ///
    /// # Errors
    /// Why the log refuses it.
    pub fn push_event(&mut self, event: &Event) -> Result<Pushed, LogError> {
        let pushed = self.log.push_event(event)?;
        self.corrected.extend(event.corrects.clone());
        Ok(pushed)
    }

    /// The evaluation of the log at an instant, by the program for which it was begun.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    pub fn judged(self, program: &Program, as_of: Instant) -> Result<Running<'_>, EvaluateError> {
        let Self { log, corrected } = self;
        let compiled = program.compiled(false);
        let mut running = Running { compiled, log, corrected, as_of, kept: None };
        running.kept = Some(running.begin()?);
        Ok(running)
    }
}

/// What [`evaluate`](super::evaluate) says of a log as it stands now, kept from event to event.
///
/// An event that is the last in order of its keys is judged by what was kept of them. Of one that is dated back, a
/// correction, or a merge, the keys that it concerns are read again. A merge also looks through the columns of the log, and so does a
/// correction of anything but an event that counts, by one that counts now; or where either is looked for from elsewhere: an entry of
/// a register, an excuse, attendance, an escalation.
pub struct Running<'p> {
    compiled: &'p Compiled,
    log: LogBuilder,
    /// The ids that some event corrects.
    corrected: HashSet<String>,
    as_of: Instant,
    /// None where judging failed: then it is tried from the beginning.
    kept: Option<Kept<'p>>,
}

impl<'p> Running<'p> {
    /// The evaluation of a log at an instant.
    ///
    /// # Errors
    /// The first event that the log refuses, or why it cannot be evaluated.
    pub fn new<'e>(
        program: &'p Program,
        events: impl IntoIterator<Item = &'e Event>,
        as_of: Instant,
    ) -> Result<Self, RunningError> {
        let mut beginning = Beginning::new(program)?;
        for event in events {
            beginning.push_event(event)?;
        }
        Ok(beginning.judged(program, as_of)?)
    }

    /// Takes the log out, to add to it and judge it anew; what is left here says nothing any more.
    pub fn take_log(&mut self) -> Beginning {
        self.kept = None;
        Beginning { log: std::mem::take(&mut self.log), corrected: std::mem::take(&mut self.corrected) }
    }

    /// The log so far.
    #[must_use]
    pub fn log(&self) -> &Log {
        self.log.log()
    }

    /// The instant up to which time has passed.
    #[must_use]
    pub fn as_of(&self) -> Instant {
        self.as_of
    }

    /// How many events were taken since all were read, each under each of its keys: what judging has cost.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.judged.taken)
    }

    /// How often the columns of the log were looked through for a correction, a merge or a separation.
    #[must_use]
    pub fn looked_through(&self) -> u64 {
        self.kept.as_ref().map_or(0, |kept| kept.judged.looked_through)
    }

    /// What recording these events, one after another, would say of each; nothing is recorded.
    ///
    /// # Errors
    /// The place of the first that would be refused, and why.
    pub fn check(&self, events: &[Event]) -> Result<Vec<Pushed>, (usize, RunningError)> {
        let mut new: HashMap<&str, &Event> = HashMap::new();
        let mut pushed = Vec::with_capacity(events.len());
        for (place, event) in events.iter().enumerate() {
            let at = |error: RunningError| (place, error);
            self.log.refuses(event).map_err(|error| at(error.into()))?;
            let is_new = match new.get(event.id.as_str()) {
                None => self.log.compare(event).map_err(|error| at(error.into()))? == Pushed::Added,
                Some(&first) if first == event => false,
                Some(_) => {
                    let row = self.log.len() as Row;
                    return Err(at(LogError::Conflict { id: event.id.clone(), row }.into()));
                }
            };
            if is_new {
                new.insert(&event.id, event);
            }
            if let Some(ids) = effective::circle(self.log.log(), &new, event) {
                return Err(at(EvaluateError::CorrectionCircle { ids }.into()));
            }
            pushed.push(if is_new { Pushed::Added } else { Pushed::AlreadyThere });
        }
        Ok(pushed)
    }

    /// Adds an event to the log, and judges what it changes. One dated after now counts when its time has come.
    ///
    /// # Errors
    /// Why the log refuses it; or why what there is cannot be evaluated with it, in which case the log has it.
    pub fn record(&mut self, event: &Event) -> Result<Pushed, RunningError> {
        if let Some(ids) = effective::circle(self.log.log(), &HashMap::new(), event) {
            return Err(EvaluateError::CorrectionCircle { ids }.into());
        }
        let pushed = self.log.push_event(event)?;
        if pushed == Pushed::AlreadyThere {
            return Ok(pushed);
        }
        let row = (self.log.len() - 1) as Row;
        let is_corrected = self.corrected.contains(&event.id);
        self.corrected.extend(event.corrects.clone());
        self.go_on(|kept, log| match &event.corrects {
            _ if is_corrected => kept.amend(log, Some(row)),
            Some(_) => kept.correct(log, row),
            None => kept.add(log, row),
        })?;
        Ok(pushed)
    }

    /// Lets time pass until an instant; one before now changes nothing.
    ///
    /// # Errors
    /// Why what there is then cannot be evaluated.
    pub fn pass_time(&mut self, as_of: Instant) -> Result<(), EvaluateError> {
        if as_of <= self.as_of {
            return Ok(());
        }
        self.as_of = as_of;
        self.go_on(|kept, log| kept.pass_time(log, as_of))
    }

    /// Which duties are not what they were when this was last asked, and forgets it.
    pub fn moved(&mut self) -> MovedDuties {
        let Some(kept) = self.kept.take() else { return MovedDuties::All };
        let (kept, moved) = kept.moved(self.log.log());
        self.kept = Some(kept);
        moved
    }

    /// What the registers say otherwise than when this was last asked, and forgets it.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    pub fn registers_moved(&mut self) -> Result<MovedRegisters, EvaluateError> {
        let kept = self.kept.as_mut();
        let touched = kept.map(|kept| std::mem::take(&mut kept.judged.registers.touched)).unwrap_or_default();
        if !touched.posts && touched.streams.is_empty() {
            return Ok(MovedRegisters::default());
        }
        self.read_duties(|evaluation| MovedRegisters {
            posts: touched.posts.then(|| evaluation.posts()),
            allocations: evaluation.allocations_in(touched.streams.iter().copied()),
        })
    }

    /// Forgets what the registers say otherwise than when this was last asked: of all that there is, it would be much to say.
    pub fn forget_moved_registers(&mut self) {
        if let Some(kept) = &mut self.kept {
            kept.judged.registers.touched = Default::default();
        }
    }

    /// When something comes to count though nothing is recorded: an event dated after now, or a lapse that rules start
    /// from. Rows may read otherwise sooner: see [`Evaluation::wakes`].
    #[must_use]
    pub fn wakes(&self) -> Option<Instant> {
        let judged = &self.kept.as_ref()?.judged;
        let waiting = judged.waiting.peek().map(|&Reverse((at, _, _))| at);
        let lapses = judged.wakes.peek().map(|&Reverse((at, _, _))| at.just_after());
        waiting.into_iter().chain(lapses).min()
    }

    /// Reads the evaluation as it stands.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    pub fn read<R>(&mut self, read: impl FnOnce(&Evaluation<'_>) -> R) -> Result<R, EvaluateError> {
        self.read_of(|kept, log| kept.read(log, read))
    }

    /// Reads the evaluation's duties, and its signals of some names; of others and of reports it says nothing.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    pub fn read_signals<R>(
        &mut self,
        names: &BTreeSet<String>,
        read: impl FnOnce(&Evaluation<'_>) -> R,
    ) -> Result<R, EvaluateError> {
        self.read_of(|kept, log| kept.read_signals(log, |name| names.contains(name), read))
    }

    /// Reads the evaluation's duties; of signals and reports it says nothing. Costs what is read of it, however long the log.
    ///
    /// # Errors
    /// Why it cannot be evaluated.
    pub fn read_duties<R>(&mut self, read: impl FnOnce(&Evaluation<'_>) -> R) -> Result<R, EvaluateError> {
        self.read_of(|kept, log| kept.read_duties(log, read))
    }

    fn read_of<R>(&mut self, read: impl FnOnce(Kept<'p>, &Log) -> (Kept<'p>, R)) -> Result<R, EvaluateError> {
        let kept = match self.kept.take() {
            Some(kept) => kept,
            None => self.begin()?,
        };
        let (kept, result) = read(kept, self.log.log());
        self.kept = Some(kept);
        Ok(result)
    }

    fn begin(&self) -> Result<Kept<'p>, EvaluateError> {
        Kept::new(self.compiled, self.log.log(), self.as_of)
    }

    fn go_on(
        &mut self,
        step: impl FnOnce(Kept<'p>, &Log) -> Result<Kept<'p>, EvaluateError>,
    ) -> Result<(), EvaluateError> {
        let log = self.log.log();
        let kept = match self.kept.take() {
            Some(kept) => step(kept, log)?,
            None => self.begin()?,
        };
        self.kept = Some(kept);
        Ok(())
    }
}

/// An event dated after now, the earliest the greatest: its date, itself, and its kind.
type Waiting = Reverse<(Instant, Node, Kind)>;

/// A view's parts, and what is judged of it.
struct Kept<'p> {
    parts: Parts,
    judged: Judged<'p>,
}

/// What is judged of a log so far, pass by pass.
struct Judged<'p> {
    compiled: &'p Compiled,
    registers: Registers,
    special: Special,
    ran: Ran,
    /// By stratum, then lens.
    passes: Vec<KeptPass<'p>>,
    /// Events dated after now.
    waiting: BinaryHeap<Waiting>,
    /// When a key of a pass is to be looked at again, because a duty lapses.
    wakes: BinaryHeap<Reverse<(Instant, usize, Text)>>,
    /// How many kinds, roles and attributes the log had when they were looked up.
    shape: [usize; 3],
    taken: u64,
    looked_through: u64,
    moved: Moved,
    in_stream: InStream,
    named: Named,
}

/// The duties of the rule and key that escalations named last, by each of their ids: where many steps are raised of one, no id is
/// worked out for each.
#[derive(Default)]
struct Named {
    of: Option<(Text, Text)>,
    duties: Vec<DutyRef>,
    by_id: HashMap<String, Vec<DutyRef>>,
}

/// What was looked up before a correction, a merge or a separation.
struct Before {
    special: Special,
    registers: Registers,
}

impl<'p> Kept<'p> {
    fn new(compiled: &'p Compiled, log: &Log, as_of: Instant) -> Result<Self, EvaluateError> {
        let mut view = View::new(compiled, log, &Cut { as_of: Some(as_of), ..Cut::default() })?;
        let passes: Vec<KeptPass<'_>> = passes(&view, compiled).into_iter().map(KeptPass::new).collect();
        let mut ran =
            Ran { duties: compiled.groups.iter().map(|_| Duties::default()).collect(), ..Ran::default() };
        for (number, duties) in passes.iter().flat_map(KeptPass::no_duties) {
            ran.duties[number] = duties;
        }
        let mut judged = Judged {
            compiled,
            registers: Registers::new(&view),
            special: Special::new(&view),
            ran,
            passes,
            waiting: waiting(&view)?,
            wakes: BinaryHeap::new(),
            shape: shape(log),
            taken: 0,
            looked_through: 0,
            moved: Moved::all(),
            in_stream: InStream::new(),
            named: Named::default(),
        };
        let events = (0..log.len() as Node).filter(|&node| view.kind(node) != NO_KIND);
        let changes = Changes { added: events.collect(), ..Changes::default() };
        let touched = judged.untouched();
        judged.judge(&mut view, changes, touched)?;
        judged.shrink();
        sparing::shrink(&mut view.derived);
        Ok(Self { parts: view.into_parts(), judged })
    }

    fn moved(mut self, log: &Log) -> (Self, MovedDuties) {
        let moved = std::mem::take(&mut self.judged.moved);
        let in_stream = std::mem::take(&mut self.judged.in_stream);
        let (mut kept, mut moved) = self.read_duties(log, |evaluation| moved.settle(evaluation, &in_stream));
        kept.judged.in_stream = in_stream;
        if let MovedDuties::Some { moved, renumbering, .. } = &mut moved
            && kept.judged.is_wasteful()
        {
            let made = kept.judged.renumber();
            moved.iter_mut().for_each(|duty| *duty = made.now(*duty).unwrap_or(*duty));
            *renumbering = Some(made);
        }
        (kept, moved)
    }

    /// Takes the log's last row.
    fn add(self, log: &Log, row: Row) -> Result<Self, EvaluateError> {
        let Self { parts, mut judged } = self;
        if IDENTITY.contains(&log.kind_text(log.kind_column()[row as usize])) {
            return Self { parts, judged }.amend(log, Some(row));
        }
        let mut view = View::of_parts(judged.compiled, log, parts);
        view.push(row);
        judged.look_up(&mut view);
        let (at, kind) = (log.at_column()[row as usize], log.kind_column()[row as usize]);
        judged.waiting.push(Reverse((at, row, kind)));
        judged.pass_time(&mut view)?;
        Ok(Self { parts: view.into_parts(), judged })
    }

    fn pass_time(self, log: &Log, as_of: Instant) -> Result<Self, EvaluateError> {
        let Self { mut parts, mut judged } = self;
        parts.as_of = Some(as_of);
        let is_due =
            |&&Reverse((at, _, kind)): &&Waiting| at <= as_of && IDENTITY.contains(&log.kind_text(kind));
        if judged.waiting.iter().find(is_due).is_some() {
            return Self { parts, judged }.amend(log, None);
        }
        let mut view = View::of_parts(judged.compiled, log, parts);
        judged.pass_time(&mut view)?;
        Ok(Self { parts: view.into_parts(), judged })
    }

    /// Takes the log's last row, a correction that no event corrects yet.
    fn correct(self, log: &Log, row: Row) -> Result<Self, EvaluateError> {
        let Self { parts, mut judged } = self;
        let mut view = View::of_parts(judged.compiled, log, parts);
        let Some(root) = judged.corrected_alone(&view, row) else {
            return Self { parts: view.into_parts(), judged }.amend(log, Some(row));
        };
        let mut touched = judged.untouched();
        for (pass, touched) in judged.passes.iter().zip(&mut touched) {
            pass.remove(&view, root, touched);
        }
        view.correct(row, root);
        let added = Some(root).filter(|&root| view.kind(root) != NO_KIND);
        let changes = Changes {
            added: added.into_iter().collect(),
            changed: HashSet::from([root, row]),
            ..Changes::default()
        };
        judged.judge(&mut view, changes, touched)?;
        judged.pass_time(&mut view)?;
        Ok(Self { parts: view.into_parts(), judged })
    }

    /// Corrects, merges or separates: what is not what it was goes from its keys and comes to them as it is now.
    fn amend(self, log: &Log, row: Option<Row>) -> Result<Self, EvaluateError> {
        let Self { parts, mut judged } = self;
        let compiled = judged.compiled;
        let old = View::of_parts(compiled, log, parts);
        let cut = Cut { as_of: old.as_of, ..Cut::default() };
        let mut view = View::new(compiled, log, &cut)?;
        judged.looked_through += 1;
        let waited = judged.waiting.iter().map(|&Reverse((_, node, _))| node);
        let changed = changed(&old, &view, waited.chain(row));
        let before = Before {
            special: std::mem::replace(&mut judged.special, Special::new(&view)),
            registers: std::mem::replace(&mut judged.registers, Registers::new(&view)),
        };
        judged.waiting = waiting(&view)?;
        judged.registers.come_after(&before.registers);
        let renamed = view.identity.otherwise(&old.identity);
        let touched = judged.amended(&old, &view, &before, &changed, &renamed);
        let there = changed.iter().copied().filter(|&node| old.has(node));
        judged.move_people(&old, Some(&before), there);
        // A duty that a derived event started is named by that.
        (view.derived, view.free) = (old.derived, old.free);
        judged.move_people(&view, None, changed.iter().copied());
        judged.moved.renamed(renamed);
        judged.look_up(&mut view);
        let added = changed.iter().copied().filter(|&node| view.kind(node) != NO_KIND).collect();
        let changes = Changes { added, changed: changed.into_iter().collect(), ..Changes::default() };
        judged.judge(&mut view, changes, touched)?;
        judged.pass_time(&mut view)?;
        Ok(Self { parts: view.into_parts(), judged })
    }

    fn read<R>(mut self, log: &Log, read: impl FnOnce(&Evaluation<'_>) -> R) -> (Self, R) {
        for pass in &self.judged.passes {
            pass.collect_reports(&mut self.judged.ran);
        }
        let (mut kept, result) = self.read_signals(log, |_| true, read);
        kept.judged.ran.reports.clear();
        (kept, result)
    }

    fn read_signals<R>(
        mut self,
        log: &Log,
        is_wanted: impl Fn(&str) -> bool,
        read: impl FnOnce(&Evaluation<'_>) -> R,
    ) -> (Self, R) {
        for pass in &self.judged.passes {
            pass.collect_signals(&is_wanted, &mut self.judged.ran);
        }
        let (mut kept, result) = self.read_duties(log, read);
        kept.judged.ran.signals.clear();
        (kept, result)
    }

    fn read_duties<R>(self, log: &Log, read: impl FnOnce(&Evaluation<'_>) -> R) -> (Self, R) {
        let Self { parts, judged } = self;
        let view = View::of_parts(judged.compiled, log, parts);
        let Judged { registers, special, ran, passes, .. } = judged;
        let evaluation = Evaluation { view, registers, special, ran, known_by: None, kept: Some(&passes) };
        let result = read(&evaluation);
        let Evaluation { view, registers, special, ran, .. } = evaluation;
        let parts = view.into_parts();
        (Self { parts, judged: Judged { registers, special, ran, passes, ..judged } }, result)
    }
}

impl Judged<'_> {
    /// Gives back most of what was made room for while all was judged.
    fn shrink(&mut self) {
        self.ran.duties.iter_mut().for_each(Duties::shrink);
        self.in_stream.values_mut().for_each(Rows::shrink);
        self.wakes.shrink_to_fit();
    }

    /// Whether more rows of duties were given up than stand.
    fn is_wasteful(&self) -> bool {
        let rows: usize = self.ran.duties.iter().map(|duties| duties.rows.len()).sum();
        let given_up: usize = self.ran.duties.iter().map(|duties| duties.given_up).sum();
        given_up > SOME && given_up * 2 > rows
    }

    /// Leaves out the rows of duties that were given up.
    fn renumber(&mut self) -> Renumbering {
        let renumbering = Renumbering::of(&mut self.ran.duties);
        self.named = Named::default();
        self.passes.iter_mut().for_each(|pass| pass.renumber(&renumbering));
        self.registers.asked.renumber(&renumbering);
        for rows in self.in_stream.values_mut() {
            *rows = rows.each().filter_map(|duty| renumbering.now(duty)).collect();
        }
        renumbering
    }

    fn untouched(&self) -> Vec<Touched> {
        self.passes.iter().map(|_| Touched::new()).collect()
    }

    /// Lets what waited for its time come, and duties lapse.
    fn pass_time(&mut self, view: &mut View<'_>) -> Result<(), EvaluateError> {
        let Some(as_of) = view.as_of else { return Ok(()) };
        let mut touched = self.untouched();
        while let Some(Reverse((at, pass, key))) = self.wakes.peek().copied()
            && at < as_of
        {
            self.wakes.pop();
            touched[pass].entry(key).or_default();
        }
        let mut changes = Changes::default();
        while let Some(Reverse((at, node, kind))) = self.waiting.peek().copied()
            && at <= as_of
        {
            self.waiting.pop();
            view.effective.show(node, kind);
            self.special.enter(view, node);
            self.name_duties(view, node);
            self.enter_register(view, node, &mut touched);
            changes.added.push(node);
        }
        self.judge(view, changes, touched)
    }

    /// The event that a correction is about, where that event's keys are all that is read again for it: it counts, and neither
    /// before nor after is it one that is looked for from elsewhere.
    fn corrected_alone(&self, view: &View<'_>, row: Row) -> Option<Node> {
        let (log, slots) = (view.log, Slots::new(view));
        let root = effective::root_of(log, row).filter(|_| self.shape == shape(log))?;
        let (was, is) = (view.kind(root), log.kind_column()[row as usize]);
        let is_apart = |kind: Kind| {
            !slots.takes(kind) && !self.special.takes(kind) && !IDENTITY.contains(&log.kind_text(kind))
        };
        let is_now = Some(log.at_column()[row as usize]) <= view.as_of;
        (was != NO_KIND && is_now && is_apart(was) && is_apart(is)).then_some(root)
    }

    /// Notes the duties that an escalation names.
    fn name_duties(&mut self, view: &View<'_>, node: Node) {
        if self.special.is_escalation(view.kind(node)) {
            let mut named = std::mem::take(&mut self.named);
            let duties = self.duties_named(view, &self.special, node, &mut named);
            self.named = named;
            self.moved.add(duties);
        }
    }

    /// The duties that an escalation names by rule and key, and by id where it links some. `last` is of the same view.
    fn duties_named(&self, view: &View<'_>, special: &Special, node: Node, last: &mut Named) -> Vec<DutyRef> {
        let Some(named) = special.named(view, node) else { return Vec::new() };
        let duties: Vec<DutyRef> =
            self.passes.iter().flat_map(|pass| pass.duties_named(view, named)).collect();
        let links = view.raw_links(node, special.duty);
        if links.is_empty() {
            return duties;
        }
        if last.of != Some(named) || last.duties != duties {
            *last = Named { of: Some(named), by_id: self.by_id(view, &duties), duties };
        }
        let linked = links.iter().filter_map(|&duty| view.names.get(duty).strip_prefix("duty:"));
        linked.filter_map(|id| last.by_id.get(id)).flatten().copied().collect()
    }

    /// Duties by each of their ids.
    fn by_id(&self, view: &View<'_>, duties: &[DutyRef]) -> HashMap<String, Vec<DutyRef>> {
        let mut by_id: HashMap<String, Vec<DutyRef>> = HashMap::with_capacity(duties.len());
        for &duty in duties {
            let of_group = &self.ran.duties[duty.group as usize];
            let Duty { key, trigger, .. } = of_group.rows[duty.row as usize];
            let (start, part) = (of_group.start(duty.row), of_group.part(duty.row));
            let group = &self.compiled.groups[duty.group as usize];
            for id in duty_names(view, group, key, trigger, start, part) {
                by_id.entry(id).or_default().push(duty);
            }
        }
        by_id
    }

    /// Takes an event into the registers: those who asked them otherwise are read again.
    fn enter_register(&mut self, view: &View<'_>, node: Node, touched: &mut [Touched]) {
        let slots = Slots::new(view);
        let concerned = self.registers.concerned(view, &slots, node);
        let entities = registers::spoken_of(view, &slots, node);
        if !self.registers.enter(view, &slots, node) {
            return;
        }
        let since = Since { at: view.at(node), written: self.registers.written };
        match slots.allocates(view.kind(node)) {
            true => self.moved.allocated(view.stream(node), since),
            false => self.moved.registered(since),
        }
        for (pass, touched) in self.passes.iter().zip(touched) {
            let after = match pass.asks(concerned) {
                Asks::Nothing => continue,
                Asks::AtEvent => Some(AsAt::event(view.order(node))),
                Asks::AtInstant => None,
            };
            pass.touch_asking(view, &entities, after, touched);
        }
    }

    /// The keys that a correction, a merge or a separation concerns.
    fn amended(
        &self,
        old: &View<'_>,
        view: &View<'_>,
        before: &Before,
        changed: &[Node],
        renamed: &HashSet<Text>,
    ) -> Vec<Touched> {
        let mut touched = self.untouched();
        let slots = Slots::new(view);
        let was_or_is = |is: &dyn Fn(Kind) -> bool| {
            changed.iter().any(|&node| is(view.kind(node)) || old.has(node) && is(old.kind(node)))
        };
        let is_named = |&name: &Text| before.registers.names(name) || self.registers.names(name);
        let registers = was_or_is(&|kind| slots.takes(kind)) || renamed.iter().any(is_named);
        let are_people = renamed.iter().all(|&name| view.names.get(name).starts_with("person:"));
        let attendance = !are_people || was_or_is(&|kind| self.special.is_attendance(kind));
        // Duties get other ids with other names: any excuse may name others than it did.
        let excuses = match renamed.is_empty() {
            false => before.special.excused().chain(self.special.excused()).collect(),
            true => before.special.named_otherwise(&self.special, changed),
        };
        // Who asked about them asks about whom each is now.
        let others: Vec<Text> = renamed.iter().copied().collect();
        for (pass, touched) in self.passes.iter().zip(&mut touched) {
            for &node in changed.iter().filter(|&&node| old.has(node) && old.kind(node) != NO_KIND) {
                pass.remove(old, node, touched);
            }
            if registers && pass.asks(&ALL_REGISTERS) != Asks::Nothing || attendance && pass.attends() {
                pass.touch_all(touched);
            }
            for &named in &excuses {
                pass.touch_named(view, named, touched);
            }
            if !others.is_empty() {
                pass.touch_asking(view, &others, None, touched);
            }
        }
        touched
    }

    /// Notes the duties whose people or ladders changed events speak of: as they were, or without `before` as they are.
    fn move_people(&mut self, view: &View<'_>, before: Option<&Before>, changed: impl Iterator<Item = Node>) {
        self.named = Named::default();
        let special = before.map_or(&self.special, |before| &before.special);
        let slots = Slots::new(view);
        let (mut named, mut last) = (Vec::new(), Named::default());
        for node in changed {
            let kind = view.kind(node);
            let since = Since { at: view.at(node), written: self.registers.written };
            if slots.allocates(kind) {
                self.moved.allocated(view.stream(node), since);
            } else if slots.takes(kind) {
                self.moved.registered(since);
            } else if special.is_escalation(kind) {
                named.extend(self.duties_named(view, special, node, &mut last));
            }
        }
        self.moved.add(named);
    }

    /// Judges what comes to each pass, in the order of strata.
    fn judge(
        &mut self,
        view: &mut View<'_>,
        mut changes: Changes,
        touched: Vec<Touched>,
    ) -> Result<(), EvaluateError> {
        for (number, (pass, mut touched)) in self.passes.iter_mut().zip(touched).enumerate() {
            pass.touch(view, &self.special, &changes, &mut touched);
            if touched.is_empty() {
                continue;
            }
            pass.take(view, &self.registers, &self.special, &mut self.ran, touched, &mut changes)?;
            let wakes = changes.wakes.drain(..);
            self.wakes.extend(wakes.map(|(at, key)| Reverse((at, number, key))));
            for duty in changes.opened.drain(..) {
                let trigger = self.ran.duties[duty.group as usize].rows[duty.row as usize].trigger;
                self.in_stream.entry(view.stream(trigger)).or_default().push(duty);
            }
            self.moved.add(changes.moved.drain(..));
            self.moved.referred(&changes.same);
            self.registers.asked.referred(&changes.same);
            changes.same.clear();
        }
        self.taken += changes.taken;
        self.moved.gone.append(&mut changes.gone);
        view.free.append(&mut changes.removed);
        Ok(())
    }

    /// Looks up what rules name anew, where the log came to have other kinds or columns.
    fn look_up(&mut self, view: &mut View<'_>) {
        if self.shape == shape(view.log) {
            return;
        }
        self.shape = shape(view.log);
        view.look_up_fields();
        self.special.look_up(view);
        for (kept, pass) in self.passes.iter_mut().zip(passes(view, self.compiled)) {
            kept.rebind(pass);
        }
    }
}

fn shape(log: &Log) -> [usize; 3] {
    [log.kinds().len(), log.link_columns().len(), log.attr_columns().len()]
}

/// The passes of a program, by stratum and lens. None of their groups is plain: an excuse may yet come.
fn passes<'p>(view: &View<'_>, compiled: &'p Compiled) -> Vec<Pass<'p>> {
    run::passes(compiled).iter().map(|pass| pass.bind(view, compiled, |_| true)).collect()
}

/// The events of a view's log that its cut leaves out, because they are dated after it.
fn waiting(view: &View<'_>) -> Result<BinaryHeap<Waiting>, EvaluateError> {
    let all = effective::Effective::new(view.log, None, None)?;
    let nodes = (0..view.log.len() as Node).filter(|&node| view.kind(node) == NO_KIND);
    let waiting = nodes.map(|node| Reverse((all.at(node), node, all.kind[node as usize])));
    Ok(waiting.filter(|Reverse((_, _, kind))| *kind != NO_KIND).collect())
}

/// The recorded events that are not what they were; those that waited and the log's last row may be among them.
fn changed(old: &View<'_>, view: &View<'_>, others: impl Iterator<Item = Node>) -> Vec<Node> {
    let is_other = |&node: &Node| !old.has(node) || differs(old, view, node);
    if old.identity != view.identity {
        return (0..view.log.len() as Node).filter(is_other).collect();
    }
    let amended = old.effective.amended().chain(view.effective.amended()).chain(others);
    let mut nodes: Vec<Node> = amended.filter(is_other).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes
}

fn differs(old: &View<'_>, view: &View<'_>, node: Node) -> bool {
    let fields = |view: &View<'_>| {
        let row = view.effective.row(node);
        (view.kind(node), view.at(node), view.stream(node), row, view.recorded_at(node))
    };
    fields(old) != fields(view)
        || old.identity != view.identity
            && view.roles().any(|role| old.raw_links(node, role) != view.raw_links(node, role))
}
