//! The changes that the tests of the engine must notice.

/// A change to one place of the engine.
pub struct Mutant {
    /// What goes wrong with it.
    pub name: &'static str,
    /// Below `crates/engine/src`.
    pub file: &'static str,
    /// Stands there exactly once.
    pub find: &'static str,
    pub replace: &'static str,
    /// The test that is to notice: one of `crates/engine/tests`, or `lib`.
    pub test: &'static str,
}

/// A change that the comparison with the oracle is to notice.
const fn mutant(name: &'static str, file: &'static str, find: &'static str, replace: &'static str) -> Mutant {
    Mutant { name, file, find, replace, test: "agreement" }
}

/// A change that another test is to notice.
const fn by(
    test: &'static str,
    name: &'static str,
    file: &'static str,
    find: &'static str,
    replace: &'static str,
) -> Mutant {
    Mutant { name, file, find, replace, test }
}

const ATTEND: &str = "evaluate/attend.rs";
const BACKWARD: &str = "evaluate/backward.rs";
const COMPARE: &str = "compare.rs";
const EFFECTIVE: &str = "evaluate/effective.rs";
const EVERY: &str = "evaluate/every.rs";
const FIELDS: &str = "evaluate/fields.rs";
const GUARDS: &str = "evaluate/guards.rs";
const IDENTITY: &str = "evaluate/identity.rs";
const JUDGE: &str = "evaluate/judge.rs";
const JUDGED: &str = "evaluate/judged.rs";
const KEPT: &str = "evaluate/kept.rs";
const LADDER: &str = "evaluate/ladder.rs";
const MOVED: &str = "evaluate/moved.rs";
const PARTITION: &str = "evaluate/partition.rs";
const PLAN: &str = "evaluate/plan.rs";
const REGISTERS: &str = "evaluate/registers.rs";
const REPORT: &str = "evaluate/report.rs";
const RESPOND: &str = "evaluate/respond.rs";
const ROWS: &str = "evaluate/rows.rs";
const RUN: &str = "evaluate/run.rs";
const RUNNING: &str = "evaluate/running.rs";
const SAME: &str = "evaluate/same.rs";
const SIGNAL: &str = "evaluate/signal.rs";
const SPECIAL: &str = "evaluate/special.rs";
const TOGETHER: &str = "evaluate/together.rs";
const TRANSITIONS: &str = "evaluate/transitions.rs";
const VIEW: &str = "evaluate/view.rs";
const EVAL: &str = "guard/eval.rs";
const LOWER: &str = "guard/lower.rs";
const PACKS: &str = "policy/read/packs.rs";
const READ: &str = "policy/read/mod.rs";
const SETTINGS: &str = "policy/read/settings.rs";
const TERMS: &str = "policy/terms.rs";
const PROGRAM: &str = "program.rs";
const CALENDAR: &str = "time/calendar.rs";
const CLOCK: &str = "time/clock.rs";

/// Every mutant, subject by subject.
pub const MUTANTS: &[Mutant] = &[
    // Responses and states.
    mutant(
        "a response at the due instant is late",
        JUDGE,
        "if self.at > open.due { after } else { in_time }",
        "if self.at >= open.due { after } else { in_time }",
    ),
    mutant(
        "an open duty is overdue at the due instant",
        ROWS,
        "is_some_and(|(as_of, due)| as_of > due)",
        "is_some_and(|(as_of, due)| as_of >= due)",
    ),
    mutant(
        "an event closes the duty that it triggers",
        RESPOND,
        "        moment.keep(masks[place], &mut state.seen[place]);\n    }\n",
        "        moment.keep(masks[place], &mut state.seen[place]);\n    }\n    close_open(moment, masks, state, duties, reports);\n",
    ),
    mutant(
        "a response at the first allowed instant is too early",
        JUDGE,
        "self.at < no_sooner",
        "self.at <= no_sooner",
    ),
    mutant(
        "an event that is response and end of a duty ends it",
        JUDGE,
        "if mask & plan::EXPECT != 0 {",
        "if mask & plan::EXPECT != 0 && mask & plan::UNTIL == 0 {",
    ),
    mutant(
        "what excuses a duty after due excuses it in time",
        JUDGE,
        "Closing::Unless | Closing::Excuse => self.state(open, State::Excused, State::ExcusedLate)",
        "Closing::Unless | Closing::Excuse => self.state(open, State::Excused, State::Excused)",
    ),
    mutant(
        "a late response is recorded late too",
        JUDGE,
        "duty.recorded_late = !is_past(self.at) && is_past(recorded_at);",
        "duty.recorded_late = is_past(recorded_at);",
    ),
    mutant(
        "backdating does not show where one response closes all",
        RESPOND,
        "duty.recorded_late = !is_late & is_recorded_after;",
        "duty.recorded_late = false;",
    ),
    mutant(
        "a response at the due instant is late by 0 ms",
        ROWS,
        "(late > 0).then_some(late)",
        "(late >= 0).then_some(late)",
    ),
    mutant(
        "`due_before` counts onwards",
        RESPOND,
        "Some(span) => rule.clock().before(named, span)",
        "Some(span) => rule.clock().due(named, span)",
    ),
    mutant(
        "a rule without guards cannot be excused",
        PLAN,
        "let plain = !is_excused && matches!",
        "let plain = matches!",
    ),
    mutant(
        "`as` is forgotten where one response closes all",
        PLAN,
        "&& masks.into_iter().all(|(_, mask)| mask.as_role.is_empty())",
        "&& masks.into_iter().all(|_| true)",
    ),
    mutant("`given` is forgotten where one response closes all", PLAN, "&& !plan.has_given\n", "\n"),
    // The oldest of several.
    mutant("a response discharges the newest duty", JUDGE, "a.due.cmp(&b.due)", "b.due.cmp(&a.due)"),
    mutant(
        "of duties due at once the last triggered is discharged",
        JUDGE,
        "view.compare(a.trigger, b.trigger)",
        "view.compare(b.trigger, a.trigger)",
    ),
    mutant(
        "of duties for several parts that of the last part is discharged",
        JUDGE,
        "view.names.get(a.part).cmp(view.names.get(b.part))",
        "view.names.get(b.part).cmp(view.names.get(a.part))",
    ),
    mutant(
        "a response discharges all duties instead of the oldest",
        JUDGE,
        "let discharges_other = oldest && chosen",
        "let discharges_other = false && oldest && chosen",
    ),
    mutant(
        "a response that discharges another duty is near",
        JUDGE,
        "Candidate::Counts if discharges_other => {}",
        "Candidate::Counts if discharges_other => nearly = true,",
    ),
    // What a candidate must have in common with its trigger.
    mutant(
        "`same` asks for the candidate's values in the trigger",
        SAME,
        "!wanted.is_within(had)",
        "!had.is_within(wanted)",
    ),
    mutant(
        "two missing values are the same",
        SAME,
        "if wanted.is_empty() || had.is_empty() {",
        "if wanted.is_empty() != had.is_empty() {",
    ),
    mutant(
        "a value that is missing hides one that differs",
        SAME,
        "} else if !wanted",
        "} else if result == Same::Holds && !wanted",
    ),
    mutant(
        "a response for one part counts for all",
        JUDGE,
        "!self.view.links(node, role).contains(&open.part)",
        "self.view.links(node, role).is_empty()",
    ),
    mutant(
        "a trigger without a part gives no duty",
        JUDGE,
        "return Err(format!(\"event.links.{}\", self.view.names.get(role.name)));",
        "return Ok(Vec::new());",
    ),
    mutant(
        "`given` is the earliest such event",
        JUDGE,
        "seen.given.iter().copied().rev().find",
        "seen.given.iter().copied().find",
    ),
    mutant(
        "a trigger without its `given` counts",
        JUDGE,
        "given = self.given(rule, seen, self.node)?;",
        "given = self.given(rule, seen, self.node).unwrap_or(NO_NODE);",
    ),
    mutant(
        "a guard that fails on a trigger makes the duty vanish",
        JUDGE,
        "Err(failed) => failure = failure.or(Some(failed.what)),",
        "Err(_) => return None,",
    ),
    mutant(
        "a response whose guard fails counts",
        JUDGE,
        "Err(failure) => Candidate::GuardFailed(failure),",
        "Err(_) => Candidate::Counts,",
    ),
    mutant(
        "near lists what is for another part",
        JUDGE,
        "!matches!(self, Self::Counts | Self::OtherPart | Self::Differs)",
        "!matches!(self, Self::Counts | Self::Differs)",
    ),
    mutant(
        "the trigger's officers are independent of it",
        JUDGE,
        "_ if in_trigger.contains(&officer)",
        "_ if false && in_trigger.contains(&officer)",
    ),
    mutant("a response by nobody is independent", JUDGE, "return Some(Barred::NoOfficer);", "return None;"),
    mutant(
        "an officer that is not declared does not bar",
        JUDGE,
        "let officers = self.view.raw_links(node, self.special.officer);",
        "let officers = self.view.links(node, self.special.officer);",
    ),
    mutant(
        "an event is barred by its own officers",
        JUDGED,
        "        if mask & (plan::EXPECT | plan::UNLESS_BEFORE) != 0 {",
        "        moment.keep(mask, seen);\n        if mask & (plan::EXPECT | plan::UNLESS_BEFORE) != 0 {",
    ),
    // Judged at the trigger.
    mutant(
        "what a trigger needs may be the trigger itself",
        JUDGED,
        "        if mask & plan::TRIGGER != 0\n",
        "        if mask & plan::EXPECT != 0 {\n            seen.needs.push((moment.node, true));\n        }\n        if mask & plan::TRIGGER != 0\n",
    ),
    mutant(
        "`since` is the earliest such event",
        JUDGED,
        "seen.since.iter().rev().find",
        "seen.since.iter().find",
    ),
    mutant(
        "a need that is itself the `since` counts",
        JUDGED,
        "view.compare(need, since) == Ordering::Greater",
        "view.compare(need, since) != Ordering::Less",
    ),
    mutant(
        "`since` does not ask for `same`",
        JUDGED,
        "same::compare(view, &plan.same, moment.node, since) == Same::Holds",
        "same::compare(view, &[], moment.node, since) == Same::Holds",
    ),
    mutant("the near of `before` are listed backwards", JUDGED, "near.reverse();", ""),
    mutant(
        "a need recorded after the trigger was known then",
        JUDGED,
        "duty.recorded_late = latest != NO_NODE && latest_known == NO_NODE;",
        "duty.recorded_late = false;",
    ),
    mutant(
        "the latest need is named, though not known then",
        JUDGED,
        "duty.closed_by = if latest_known == NO_NODE { latest } else { latest_known };",
        "duty.closed_by = latest;",
    ),
    mutant(
        "a need recorded in the trigger's instant was not known then",
        JUDGED,
        "view.recorded_at(need) <= moment.at",
        "view.recorded_at(need) < moment.at",
    ),
    mutant(
        "`holds` does not ask what was known then",
        JUDGED,
        "duty.recorded_late = !matches!(known_then, Ok(true));",
        "duty.recorded_late = false;",
    ),
    mutant(
        "`holds` is breached where it fails",
        JUDGED,
        "Err(failure) => duties.undecide(row, failure.what),",
        "Err(_) => duties.rows[row as usize].state = State::Breached,",
    ),
    mutant(
        "`never` lists what came near",
        JUDGED,
        "if plan.rule.pattern == Pattern::Before && !near.is_empty()",
        "if !near.is_empty()",
    ),
    // Intervals.
    mutant(
        "an interval goes on after its end if the end is a response too",
        EVERY,
        "closing == Closing::Until || is_until(moment, &interval, mask)",
        "closing == Closing::Until",
    ),
    mutant(
        "an excuse shifts the intervals after it",
        EVERY,
        "first_after(rule.clock(), closed.due, every, moment.at)",
        "rule.clock().due(moment.at, every)",
    ),
    mutant(
        "an excuse at a due starts an interval due at once",
        EVERY,
        "if next > after {",
        "if next >= after {",
    ),
    mutant(
        "a period is missed at its due instant",
        EVERY,
        "is_ok_and(|due| due < before)",
        "is_ok_and(|due| due <= before)",
    ),
    mutant("`first` is forgotten", EVERY, "plan.rule.first.or(plan.rule.every)", "plan.rule.every"),
    mutant(
        "a start finds an interval open that is of another `same`",
        EVERY,
        "    let is_alike = |open: &&Open| same::equal(moment.view, &plan.same, open.trigger, moment.node);\n    let alike = state.open.alike(moment);\n",
        "    let is_alike = |_: &&Open| true;\n    let alike: Vec<Open> = state.open.iter().copied().collect();\n",
    ),
    mutant(
        "a start opens an interval beside one that is open",
        EVERY,
        "if failure.is_none() && open.contains(&part) {",
        "if false && failure.is_none() && open.contains(&part) {",
    ),
    mutant(
        "an interval keeps the version of the one before",
        EVERY,
        "moment.group.in_force(moment.at)",
        "Some(usize::from(interval.rule))",
    ),
    mutant(
        "a later interval has the id of the first",
        ROWS,
        "if start == trigger { strings(&trigger_id) }",
        "if start == trigger || start != trigger { strings(&trigger_id) }",
    ),
    // Attendance.
    mutant(
        "apologies with a report always count",
        ATTEND,
        "Self::ApologiesWithReport if report_counts => State::Met,",
        "Self::ApologiesWithReport => State::Met,",
    ),
    mutant(
        "of two entries of an agency the last counts",
        ATTEND,
        "for text in entries.iter().map(",
        "for text in entries.iter().rev().map(",
    ),
    mutant(
        "an entry in the meeting itself does not count",
        ATTEND,
        "match entries.read(moment, agency, reports) {",
        "match entries.read(moment, agency, reports).filter(|_| false) {",
    ),
    mutant(
        "attendance excused by a late record is recorded late",
        ATTEND,
        "duties.rows[open.row as usize].recorded_late = false;",
        "",
    ),
    mutant(
        "an agency not on the list may have been invited",
        ATTEND,
        "Some(Seen::Texts(_)) => Invited::No,",
        "Some(Seen::Texts(_)) => Invited::Unknown,",
    ),
    mutant(
        "attendance counts for a meeting without a name",
        ATTEND,
        "moment.node) == Same::Holds",
        "moment.node) != Same::Differs",
    ),
    // Excuses.
    mutant(
        "an excuse by nobody is valid",
        JUDGE,
        "return Some(\"the excuse links no officer, so nobody stands for it\".to_owned());",
        "return None;",
    ),
    mutant("the part excuses its own duty", JUDGE, "|| **officer_ == open.part\n", "\n"),
    mutant("somebody excuses the duty about them", JUDGE, "**officer_ == self.key\n                || ", ""),
    mutant(
        "the trigger's officer excuses the duty",
        JUDGE,
        "|| view.raw_links(open.trigger, officer).contains(officer_)\n",
        "\n",
    ),
    mutant(
        "an excuse needs more than its rank",
        JUDGE,
        "policy.rank_level(rank)) < level",
        "policy.rank_level(rank)) <= level",
    ),
    mutant(
        "an excuse's own rank goes before the register's",
        JUDGE,
        "if held.or(written)",
        "if written.or(held)",
    ),
    mutant(
        "of several who excuse one of the rank is enough",
        JUDGE,
        "for &officer in officers {",
        "for &officer in &officers[..1] {",
    ),
    mutant(
        "the rank of an excuse is that of today",
        JUDGE,
        "let as_at = AsAt::event(view.order(self.node));",
        "let as_at = AsAt::instant(Instant::MAX);",
    ),
    mutant(
        "an excuse of one rule counts for another",
        SPECIAL,
        "if named != key || view.names.get(rule) != group.group.name {",
        "if named != key {",
    ),
    mutant(
        "an excuse of one duty counts for all of the rule and key",
        SPECIAL,
        "        linked.iter().any(is_one)\n",
        "        linked.iter().any(is_one) || true\n",
    ),
    mutant("an excuse names its key as written", SPECIAL, "view.entity(key)))", "key))"),
    // Corrections and cuts.
    mutant(
        "the last correction is the last in the file",
        EFFECTIVE,
        "rows.sort_by_key(|&row| (log.recorded_at(row), row));",
        "rows.sort_unstable();",
    ),
    mutant(
        "mending a note makes an event late",
        EFFECTIVE,
        "log.recorded_at(first.unwrap_or(last))",
        "log.recorded_at(last)",
    ),
    mutant(
        "`as_of` looks at when an event was said to be at first",
        EFFECTIVE,
        "let at = self.at.get(node as Node);",
        "let at = log.at_column()[node];",
    ),
    mutant(
        "a correction of what is not known yet corrects it",
        EFFECTIVE,
        ".filter(|&target| known(target))",
        "",
    ),
    mutant(
        "`known_by` leaves out what was recorded then",
        EFFECTIVE,
        "log.recorded_at(row) <= known_by",
        "log.recorded_at(row) < known_by",
    ),
    mutant("`as_of` leaves out what happened then", EFFECTIVE, "|as_of| at > as_of)", "|as_of| at >= as_of)"),
    mutant(
        "a withdrawn event stands as it was",
        EFFECTIVE,
        "self.kind.to_mut()[root as usize] = if is_withdrawn { NO_KIND } else { kind };",
        "if !is_withdrawn {\n            self.kind.to_mut()[root as usize] = kind;\n        }",
    ),
    mutant("a correction without its root is not reported", EFFECTIVE, "self.unknown_roots.push(row);", ""),
    // Identity.
    mutant("a merge inside a group gives no new name", IDENTITY, "self.groups[target].0 = into;", ""),
    mutant(
        "a group takes the name of the one merged into it",
        IDENTITY,
        "let name = self.groups[target].0;",
        "let name = self.groups[source].0;",
    ),
    mutant(
        "a separation counts one way round only",
        IDENTITY,
        "if a <= b { (a, b) } else { (b, a) }",
        "(a, b)",
    ),
    mutant("a separation undoes merges after it", IDENTITY, "|&later| later > place", "|_| true"),
    mutant(
        "the streams of merged entities stay apart",
        VIEW,
        "view.stream = Some(nodes.map(|node| canonical(view.effective.stream(node))).collect());",
        "",
    ),
    mutant(
        "a duty has no ids under other names of its key",
        ROWS,
        "for key in names(key) {",
        "for key in [key] {",
    ),
    // Registers.
    mutant(
        "an entry dated at the instant asked for does not count",
        REGISTERS,
        "before: Order::end_of(at)",
        "before: Order::end_of(Instant::saturating(at.ms() - 1))",
    ),
    mutant(
        "a post replaces that of another role in the team",
        REGISTERS,
        "(post.is_cover(), post.0.team, post.role()) != (cover, entry.team, entry.name)",
        "(post.is_cover(), post.0.team) != (cover, entry.team)",
    ),
    mutant(
        "leaving a team leaves only the post without a role",
        REGISTERS,
        "entry.name.is_none_or(|role| post.role() == Some(role))",
        "post.role() == entry.name",
    ),
    mutant(
        "leaving a post leaves that role in every team",
        REGISTERS,
        "post.0.team == entry.team && entry",
        "entry",
    ),
    mutant(
        "a cover fills a post",
        REGISTERS,
        "!post.is_cover() && post.0.team == Some(team)",
        "post.0.team == Some(team)",
    ),
    mutant("a cover gives a rank", REGISTERS, ".filter(|post| !post.is_cover()).find_map", ".find_map"),
    mutant(
        "a rank is that of the earliest post",
        REGISTERS,
        "self.posts(officer, as_at).iter().rev()",
        "self.posts(officer, as_at).iter()",
    ),
    mutant(
        "a qualification counts in the instant it expires",
        REGISTERS,
        "|expires| at < expires",
        "|expires| at <= expires",
    ),
    mutant(
        "a qualification that ended counts",
        REGISTERS,
        "let acts = [Act::QualificationGained, Act::QualificationEnded];",
        "let acts = [Act::QualificationGained; 2];",
    ),
    mutant(
        "an allocation replaces those in other roles",
        REGISTERS,
        "let is_last = !roles.contains(&allocation.role);",
        "let is_last = roles.is_empty();",
    ),
    mutant(
        "an officer of whom nothing is known has no role",
        GUARDS,
        "self.ask_about_officer(officer, as_at)?;\n        let role",
        "self.ask_about(officer)?;\n        let role",
    ),
    mutant(
        "nobody is in a team of which nothing is known",
        GUARDS,
        "self.ask_about_team(team, as_at)?;\n        Some(registers.in_team",
        "self.ask_about(team)?;\n        Some(registers.in_team",
    ),
    mutant(
        "an officer of the rank itself is below it",
        GUARDS,
        "|level| level >= least",
        "|level| level > least",
    ),
    mutant(
        "expiry is asked as at the event, whatever instant is given",
        GUARDS,
        "at.unwrap_or_else(|| self.about.view.at(self.about.event))",
        "at.map_or(self.about.view.at(self.about.event), |_| self.about.view.at(self.about.event))",
    ),
    // Lenses and order.
    mutant(
        "a stream that is a person is no key",
        PARTITION,
        "if is_person(stream) && pass",
        "if false && is_person(stream) && pass",
    ),
    mutant(
        "what a person's rule makes stands under every person that it links",
        PARTITION,
        "view.derived_of(node).filter(|derived| derived.lens == lens.name)",
        "view.derived_of(node).filter(|derived| derived.lens == lens.name && !lens.person)",
    ),
    mutant(
        "the lens of persons does not see an undeclared link",
        PARTITION,
        "filter(|&node| pass.names_kind(view.kind(node))) else {",
        "filter(|&node| pass.names_kind(view.kind(node)) && view.fields().sees_link(&view.effective, node, role)) else {",
    ),
    mutant(
        "what time causes comes before what happens then",
        TRANSITIONS,
        "by_time: true,",
        "by_time: false,",
    ),
    mutant("signals of every stratum stand by their ids", SIGNAL, "layer: group.layer(), id", "layer: 1, id"),
    // Transitions.
    mutant(
        "a duty becomes overdue at its due instant",
        TRANSITIONS,
        "Instant::saturating(due.ms() + 1)",
        "Instant::saturating(due.ms())",
    ),
    mutant(
        "only the first missed due makes an event",
        TRANSITIONS,
        "let count = every.map_or(1,",
        "let count = every.filter(|_| false).map_or(1,",
    ),
    mutant(
        "a `before` is met when its need happened",
        TRANSITIONS,
        "duty.closed_by == NO_NODE || self.is_judged();",
        "duty.closed_by == NO_NODE;",
    ),
    mutant(
        "an undecided duty makes events",
        TRANSITIONS,
        "if duties.rows[row as usize].state == State::Undecided {",
        "if duties.rows[row as usize].rule == u8::MAX {",
    ),
    mutant(
        "the events of a part's duty link all parts",
        TRANSITIONS,
        "narrowed: [part_role.filter(|_| part != Text::EMPTY)",
        "narrowed: [part_role.filter(|_| part == Text::EMPTY)",
    ),
    mutant(
        "the events of a duty link other entities in the lens's role",
        TRANSITIONS,
        "let lens = (!self.lens.person).then_some",
        "let lens = (!self.lens.person && false).then_some",
    ),
    mutant(
        "the events of attendance keep a link of the name `agency`",
        TRANSITIONS,
        "dropped: agency,",
        "dropped: None,",
    ),
    mutant(
        "the events of a duty are recorded when they happen",
        TRANSITIONS,
        "self.event(kind, order, view.recorded_at(cause), row)",
        "self.event(kind, order, view.at(cause), row)",
    ),
    // Signals.
    mutant(
        "`distinct` counts events",
        SIGNAL,
        "if distinct { self.values.different() }",
        "if distinct { self.nodes.len() }",
    ),
    mutant(
        "a signal is raised again at each event",
        SIGNAL,
        "(plan.rule.again_each || before < plan.rule.at_least)",
        "(plan.rule.again_each || before <= u64::MAX)",
    ),
    mutant(
        "an event at the first instant of the window is outside",
        SIGNAL,
        "moment.view.at(first) < start",
        "moment.view.at(first) <= start",
    ),
    mutant(
        "all values of `per` share a window",
        SIGNAL,
        "let window = per.iter().map(|&value| comparable(moment, value)).collect();",
        "let window: Vec<String> = Vec::new();",
    ),
    mutant(
        "a signal is recorded when the first of its window was",
        TOGETHER,
        "self.recorded_at.0.last_key_value()",
        "self.recorded_at.0.first_key_value()",
    ),
    mutant(
        "a signal links what its last event does",
        TOGETHER,
        "        self.recorded_at.add(moment.view.recorded_at(member));\n",
        "        self.recorded_at.add(moment.view.recorded_at(member));\n        self.links.clear();\n",
    ),
    mutant(
        "a signal links other entities in the lens's role",
        TOGETHER,
        "!only_key || entity == key",
        "true || !only_key || entity == key",
    ),
    mutant(
        "a signal's guard that fails is not reported",
        SIGNAL,
        "out.reports.push(moment.report(ReportCode::GuardFailed, failure.what));",
        "",
    ),
    // Versions.
    mutant(
        "a version stays in force beside the next",
        PROGRAM,
        "versions[place - 1].to = versions[place - 1].to.min(versions[place].from);",
        "",
    ),
    mutant("a rule binds at the instant it ends", JUDGE, "self.at >= rule.to", "self.at > rule.to"),
    mutant(
        "a rule's own dates bind where those in force are ignored",
        PROGRAM,
        "if for_all_time {\n            return",
        "if false && for_all_time {\n            return",
    ),
    mutant(
        "an event's fields are those of the first version",
        FIELDS,
        "(0..=version).rev().find",
        "(0..=version).find",
    ),
    mutant(
        "an integer will not do for a decimal",
        FIELDS,
        "(Self::Decimal, Cell::Integer(number)) => Typed::Value(Cell::Decimal(number as f64)),",
        "(Self::Decimal, Cell::Integer(_)) => Typed::Wrong,",
    ),
    // Who owes a duty.
    mutant(
        "those allocated who hold the role are not asked first",
        LADDER,
        "let found: BTreeSet<Text> = allocated.iter().copied().filter(holds).collect();",
        "let found: BTreeSet<Text> = allocated.iter().copied().filter(|_| false).collect();",
    ),
    mutant(
        "the line upward of those allocated is not asked",
        LADDER,
        "self.first_upward(allocated.iter().copied(), as_at, holds);",
        "self.first_upward(allocated.iter().copied().take(0), as_at, holds);",
    ),
    mutant(
        "the farthest upward is asked",
        LADDER,
        "line.find_map(|nearest| {",
        "line.collect::<Vec<_>>().into_iter().rev().find_map(|nearest| {",
    ),
    mutant(
        "the whole agency is asked instead of the team",
        LADDER,
        "if !in_teams.is_empty() {",
        "if false && !in_teams.is_empty() {",
    ),
    mutant(
        "the holders are those at the trigger",
        LADDER,
        "if judged || row.closed_by == NO_NODE",
        "if judged || row.closed_by != Node::MAX",
    ),
    mutant(
        "of several owners the first written counts",
        LADDER,
        "Seen::Texts(texts) => view.first_by_text(texts)",
        "Seen::Texts(texts) => texts.first().copied()",
    ),
    mutant(
        "an officer's agency is that of their earliest post",
        LADDER,
        "posts.iter().rev().find_map(|post| post.agency",
        "posts.iter().find_map(|post| post.agency",
    ),
    // Ladders.
    mutant(
        "a ladder opens at a due before the trigger",
        LADDER,
        "(true, _) => due.max(view.at(self.trigger)),",
        "(true, _) => due,",
    ),
    mutant(
        "a duty closed too early has a ladder",
        LADDER,
        "State::Undecided | State::TooEarly",
        "State::Undecided",
    ),
    mutant(
        "the next step opens if the duty closes at the due",
        LADDER,
        "self.end.until > due",
        "self.end.until >= due",
    ),
    mutant(
        "a step named in the instant it opens is not open",
        LADDER,
        "(due == escalation.at && !is_named)",
        "due == escalation.at",
    ),
    mutant(
        "each raising starts the answer clock again",
        LADDER,
        "!standing.restarted && !standing.moved",
        "!standing.moved",
    ),
    mutant(
        "a raising undoes an `act-by`",
        LADDER,
        "!standing.restarted && !standing.moved",
        "!standing.restarted",
    ),
    mutant(
        "a raising in the opening's instant is no opening's",
        LADDER,
        "at > standing.row.opens",
        "at >= standing.row.opens",
    ),
    mutant(
        "`act-by` moves a due as far as it likes",
        LADDER,
        "Effect::Moves(until.min(most))",
        "Effect::Moves(until.max(most.min(until)))",
    ),
    mutant(
        "`act-by` moves a due more than once",
        LADDER,
        "Some(due)) if !standing.moved => {",
        "Some(due)) => {",
    ),
    mutant("a breach is accepted without an action", SPECIAL, " && says(self.action)", ""),
    mutant(
        "a skipped step waits for its answer",
        LADDER,
        "(false, true) => Some(opens),",
        "(false, true) => subject.answer_due(step, opens),",
    ),
    mutant(
        "those who owe a duty answer its ladder",
        LADDER,
        "officer == subject.part || standing.is_owner(officer)",
        "officer == subject.part",
    ),
    mutant(
        "the part answers the ladder of its duty",
        LADDER,
        "officer == subject.part || standing.is_owner(officer)",
        "standing.is_owner(officer)",
    ),
    mutant(
        "what is said after the closing is heard",
        LADDER,
        "(Some(closing), _) => compare(closing) == Ordering::Less,",
        "(Some(_), _) => true,",
    ),
    mutant(
        "somebody named in the trigger is told of it",
        LADDER,
        "named.iter().chain(officers",
        "named.iter().take(0).chain(officers",
    ),
    mutant(
        "the owner's line is asked in another agency",
        LADDER,
        "if !elsewhere {",
        "if elsewhere || !elsewhere {",
    ),
    mutant("`ladder_start` is forgotten", LADDER, "number.checked_sub(1)?", "number.checked_sub(*number)?"),
    // What is judged from each key's end back.
    mutant(
        "a trigger that is a response too closes its own duty",
        BACKWARD,
        "                group.note_trigger(action.plain & plan::TRIGGER != 0, key, event);\n                group.met[usize::from(action.plain & plan::EXPECT != 0)] = event;\n",
        "                group.met[usize::from(action.plain & plan::EXPECT != 0)] = event;\n                group.note_trigger(action.plain & plan::TRIGGER != 0, key, event);\n",
    ),
    mutant(
        "the last response closes a duty that is judged backward",
        BACKWARD,
        "                group.met[usize::from(action.plain & plan::EXPECT != 0)] = event;\n",
        "                if action.plain & plan::EXPECT == 0 || group.met[1].node == NO_NODE {\n                    group.met[usize::from(action.plain & plan::EXPECT != 0)] = event;\n                }\n",
    ),
    mutant(
        "a response of another key closes a duty that is judged backward",
        BACKWARD,
        "        self.places.iter().for_each(|&place| self.groups[place].met = [NO_EVENT; 2]);\n",
        "",
    ),
    mutant(
        "a duty that is judged backward and has no response is met",
        BACKWARD,
        "if response.node != NO_NODE {",
        "if response.node != NO_NODE || response.node == NO_NODE {",
    ),
    mutant(
        "backdating does not show of a duty that is judged backward",
        BACKWARD,
        "response.recorded_at.ms() > due_ms",
        "response.at.ms() > due_ms",
    ),
    mutant(
        "a duty is judged backward whatever its guard says",
        PLAN,
        "            && self.where_.is_none()\n            && view.span()",
        "            && view.span()",
    ),
    mutant(
        "a duty opens at the instant at which its rule ends",
        PLAN,
        "(self.to.ms() - 1).min",
        "self.to.ms().min",
    ),
    mutant(
        "a duty is judged backward a millisecond before its rule is in force",
        PLAN,
        "earliest >= self.from",
        "earliest.ms() >= self.from.ms() - 1",
    ),
    mutant(
        "a duty due after the last instant is judged backward as any",
        PLAN,
        "(self.to.ms() - 1).min(Instant::MAX.ms() - after_ms)",
        "(self.to.ms() - 1)",
    ),
    mutant(
        "events are judged backward as they were recorded, corrected or not",
        VIEW,
        "self.effective.is_as_recorded() && self.derived.is_empty();",
        "self.derived.is_empty();",
    ),
    mutant(
        "streams of another lens are judged backward",
        RUN,
        "    streams.filter(move |(stream, _)| view.names.get(*stream).starts_with(&prefix))",
        "    streams.filter(move |(stream, _)| view.names.get(*stream).len() + prefix.len() > 0)",
    ),
    by(
        "limits",
        "a kind that answers a group beyond the sixty-fourth is passed over",
        PLAN,
        "if all == 0 || bit == 0 { 0 } else { all | bit }",
        "all | bit",
    ),
    mutant(
        "a response is passed over while one duty that it closes is open",
        RUN,
        "answers & self.may_be_open == 0",
        "answers & self.may_be_open != answers",
    ),
    mutant(
        "a response closes what another key has open",
        RUN,
        "                state.open_from = duties.rows.len();",
        "                state.open_from = state.open_from.min(duties.rows.len());",
    ),
    // Signals of terms.
    mutant(
        "a signal is raised once for all terms of a note",
        SIGNAL,
        "found.into_iter().filter_map(|term|",
        "found.into_iter().take(1).filter_map(|term|",
    ),
    mutant(
        "a signal has what to write as its term",
        SIGNAL,
        "[&*term.avoid, &*term.prefer,",
        "[&*term.prefer, &*term.avoid,",
    ),
    mutant(
        "a signal of a term does not name its event",
        SIGNAL,
        "plan.term_attrs.into_iter().zip(texts)",
        "plan.term_attrs.into_iter().zip(texts).take(2)",
    ),
    mutant(
        "a derived event has the note of a recorded one",
        SIGNAL,
        "    if view.is_derived(moment.node) {\n        return Vec::new();\n    }\n    let note = view.log.note(view.effective.row(moment.node));",
        "    let row = if view.is_derived(moment.node) { 0 } else { view.effective.row(moment.node) };\n    let note = view.log.note(row);",
    ),
    mutant(
        "terms are looked for in the note that was corrected",
        SIGNAL,
        "view.log.note(view.effective.row(moment.node))",
        "view.log.note(moment.node)",
    ),
    mutant(
        "a signal of a term is raised out of force",
        SIGNAL,
        "            if moment.at >= rule.from && moment.at < rule.to {\n                step_terms",
        "            if moment.at >= rule.from || moment.at < rule.to {\n                step_terms",
    ),
    mutant(
        "a signal without kinds looks at those that its rule names alone",
        PLAN,
        "if rule.terms.is_some() && rule.count.is_empty() {",
        "if false && rule.terms.is_some() && rule.count.is_empty() {",
    ),
    // Terms in notes.
    by(
        "england",
        "what somebody said counts as its author's words",
        TERMS,
        "while let Some(start) = quote_in(rest) {",
        "while let Some(start) = quote_in(rest).filter(|_| false) {",
    ),
    by(
        "england",
        "what stands after a quotation does not count",
        TERMS,
        "        rest = &rest[start + end + 1..];",
        "        rest = \"\";",
    ),
    by(
        "england",
        "inflections of an exact term count",
        TERMS,
        "if self.exact { one",
        "if false && self.exact { one",
    ),
    by(
        "england",
        "inflections do not count",
        TERMS,
        "stem: stemmer.stem(&folded).into_owned(),",
        "stem: if false { stemmer.stem(&folded).into_owned() } else { folded.clone() },",
    ),
    by(
        "england",
        "a term goes on over the end of a sentence",
        TERMS,
        "here.iter().skip(1).all(|word| !word.begins)\n            && ",
        "",
    ),
    by(
        "england",
        "the name of a place has its terms",
        TERMS,
        "            && !is_name\n",
        "            && (!is_name || is_name)\n",
    ),
    by(
        "terms",
        "a word before a place is its name, though in small letters",
        TERMS,
        "here.iter().all(|word| word.is_capital)",
        "here.iter().all(|_| true)",
    ),
    by("terms", "a place in the next sentence makes a name", TERMS, "!self.begins && PLACES", "PLACES"),
    by(
        "england",
        "other forms of a term do not count",
        TERMS,
        "std::iter::once(&of.avoid).chain(&of.also)",
        "std::iter::once(&of.avoid).chain(of.also.iter().take(0))",
    ),
    by(
        "terms",
        "`'s` hides a term",
        TERMS,
        "folded.strip_suffix(\"'s\").map_or(folded.clone(), str::to_owned)",
        "folded",
    ),
    by(
        "england",
        "a term counts in what it is excepted from",
        TERMS,
        "found[form.term] |= !self.is_excepted(form, &words, start);",
        "found[form.term] |= true;",
    ),
    by(
        "england",
        "a term is excepted wherever its exception stands before it",
        TERMS,
        "(start.saturating_sub(room)..=start).any(",
        "(start.saturating_sub(room * 1000)..=start).any(",
    ),
    // Settings, and packs that build on packs.
    by(
        "lib",
        "a value is not put into a guard",
        SETTINGS,
        "            out.replace_range(at..=at + name.len(), &value.in_guard());\n",
        "            let _ = (at, value);\n",
    ),
    by(
        "packs",
        "a `$` in a guard's text stands for a setting",
        SETTINGS,
        "            None if matches!(letter, '\\'' | '\"') => quote = Some(letter),\n",
        "",
    ),
    by(
        "lib",
        "a setting of the base wins",
        SETTINGS,
        "self.by_name.insert(name, (setting, value));",
        "self.by_name.entry(name).or_insert((setting, value));",
    ),
    by(
        "lib",
        "a setting does not keep the range below",
        SETTINGS,
        "Some(below) if !fields.has(\"range\") => below.range.clone(),",
        "Some(_) if !fields.has(\"range\") => None,",
    ),
    by(
        "lib",
        "a value outside its range is taken",
        SETTINGS,
        "        Some(true) => return,\n",
        "        Some(_) => return,\n",
    ),
    by(
        "packs",
        "a setting with the value below sets tests aside",
        SETTINGS,
        "|below| below.value != setting.value)",
        "|below| below.value != setting.value || true)",
    ),
    by("lib", "a rule that is switched off stays", READ, "            rules.remove(inner.name);\n", ""),
    by(
        "lib",
        "a rule is replaced without a reason",
        PACKS,
        "        None => {\n            let message = format!(\"the {} `{}` is {what}",
        "        None if !is_off => None,\n        None => {\n            let message = format!(\"the {} `{}` is {what}",
    ),
    by(
        "lib",
        "tests below are not set aside",
        PACKS,
        "|rule| changed_by(rule) <= of)",
        "|rule| changed_by(rule) <= of || true)",
    ),
    by("lib", "another clock leaves the tests below", PACKS, "header.clock_changed_by <= of && ", ""),
    by(
        "packs",
        "tests of what builds on a changed rule are not set aside",
        PACKS,
        "is_some_and(|own| *own < by)",
        "is_some_and(|own| *own < by && false)",
    ),
    by(
        "packs",
        "a ladder of the last pack leaves the tests of its duties",
        PACKS,
        "sink.packs.of(&ladder.place).max(of_settings(&ladder.settings))",
        "of_settings(&ladder.settings)",
    ),
    // Guards.
    mutant(
        "the right side does not absorb a failure of the left",
        EVAL,
        "(Ok(truth), _) | (_, Ok(truth)) if truth == deciding",
        "(Ok(truth), _) if truth == deciding",
    ),
    mutant(
        "a lowered guard does not absorb a failure of the left",
        LOWER,
        "if right == Ok(by) { right } else { left.and(right) }",
        "left.and(right)",
    ),
    // Days.
    mutant(
        "an elapsed window holds the instant at which it begins",
        CLOCK,
        "end.ms() - ms.max(1) + 1",
        "end.ms() - ms",
    ),
    mutant("a window of days has one too many", CLOCK, "n.saturating_sub(1)", "n"),
    mutant(
        "what must not be sooner than a day must not be in it",
        CLOCK,
        "None => self.first_ms(self.day_after(from, span)?)",
        "None => self.last_ms(self.day_after(from, span)?)",
    ),
    mutant(
        "the working day after is the second",
        CALENDAR,
        "(passed + n as usize).checked_sub(1)",
        "(passed + n as usize).checked_sub(0)",
    ),
    mutant(
        "a working day counts as before itself",
        CALENDAR,
        "index => table.passed[index - 1] as usize",
        "index => table.passed[index] as usize",
    ),
    mutant(
        "bank holidays are worked",
        CALENDAR,
        "if !date.is_weekend() && !is_holiday {",
        "if !date.is_weekend() {",
    ),
    mutant(
        "beyond the calendar the last day is guessed",
        CALENDAR,
        "nth.copied().ok_or(self.outside(Date::of(2036, 1, 1)))",
        "nth.or(table.working.last()).copied().ok_or(self.outside(Date::of(2036, 1, 1)))",
    ),
    // Reports.
    mutant(
        "an excuse of a duty that does not arise is not reported",
        REPORT,
        "    orphans(evaluation, &mut rows);\n",
        "\n",
    ),
    mutant(
        "a skipped step is not reported",
        LADDER,
        "self.reports.push(subject.report(ReportCode::StepSkipped, None, text));",
        "",
    ),
    mutant(
        "an answer by somebody else is not reported",
        LADDER,
        "self.report_other(place, answer, officers);",
        "",
    ),
    // What is kept and resumed.
    mutant(
        "a derived event that is no more is still told of",
        KEPT,
        "        changes.removed.iter().for_each(|&node| view.withdraw(node));\n",
        "",
    ),
    mutant(
        "an event that is dated back is taken as the last",
        KEPT,
        "view.compare(last, first).is_lt(),",
        "true,",
    ),
    by(
        "running",
        "what a key kept is forgotten between events",
        KEPT,
        "kept.states.drain(..).for_each(|(place, state)| self.worker.states[usize::from(place)] = state);",
        "kept.states.clear();",
    ),
    mutant(
        "a key of which no state is kept refers to the duties of another",
        KEPT,
        "state.open.renumber(|row| rows[row as usize]);",
        "let _ = (&state, rows);",
    ),
    mutant(
        "what comes to a key of which no state is kept has come before",
        KEPT,
        "if view.compare(node, last).is_le() {",
        "if view.compare(node, last).is_le() || view.compare(node, last).is_ge() {",
    ),
    by(
        "running",
        "open duties are referred to as before some were left out",
        KEPT,
        "kept.states.iter_mut().for_each(|(place, state)| state.open.renumber(|row| now(*place, row)));",
        "",
    ),
    mutant(
        "duties that may yet lapse are referred to as before some were left out",
        KEPT,
        "kept.unsettled.iter_mut().for_each(|duty| duty.row = now(duty.place, duty.row));",
        "",
    ),
    by(
        "running",
        "whom a duty named is taken for what another named once some were left out",
        RUNNING,
        "        self.registers.asked.renumber(&renumbering);\n",
        "",
    ),
    mutant(
        "the candidates of a duty that nearly counted are those of another once some were left out",
        "evaluate/state.rs",
        "self.near.drain().map(|(row, near)| (now[row as usize], near)).collect();",
        "self.near.drain().collect();",
    ),
    mutant(
        "a place of a derived event is taken while it still stands",
        "evaluate/view.rs",
        "Some(place) => *place = event,",
        "Some(_) => {}",
    ),
    mutant(
        "what was given up is not left out of what is packed",
        "evaluate/packed.rs",
        "if self.given_up > SOME && self.given_up * 2 > self.packed.len() {",
        "if false {",
    ),
    mutant(
        "an event that a correction moves stands in its old stream",
        VIEW,
        "if self.effective.has_moved() && self.stream.is_none() {",
        "if false {",
    ),
    mutant(
        "a lapse that is undone stays",
        KEPT,
        "                kept.transitions.retain(|&node| node != withdrawn);\n                old.insert(self.view.order(withdrawn).id, withdrawn);",
        "",
    ),
    mutant(
        "attendance recorded before the meeting is known is not seen",
        KEPT,
        "            || has_records\n            || !follows\n",
        "            || !follows && kept.last.is_some()\n",
    ),
    mutant(
        "a derived event of a corrected trigger passes for what it was",
        KEPT,
        "!of_changed && self.view.derived_of(node) == Some(&event)",
        "(!of_changed || self.view.derived_of(node).is_some()) && self.view.derived_of(node) == Some(&event)",
    ),
    mutant(
        "an entry of the registers that is dated back changes nothing",
        RUNNING,
        "Asks::AtEvent => Some(AsAt::event(view.order(node))),",
        "Asks::AtEvent => continue,",
    ),
    mutant(
        "an entry of the registers changes nothing for those who asked about an officer",
        GUARDS,
        "let registers = self.about.registers.about(entity.unwrap_or(Text::EMPTY));",
        "let registers = self.about.registers.about(self.about.key);",
    ),
    by(
        "running",
        "an entry of the registers changes nothing for those who asked about a team",
        REGISTERS,
        "entities.extend(view.links(node, slots.team));",
        "",
    ),
    by(
        "running",
        "an entry of the registers changes nothing for an excuse that asked for a rank",
        JUDGE,
        "self.registers.about(officer).rank(officer, as_at)",
        "self.registers.about(self.key).rank(officer, as_at)",
    ),
    by(
        "running",
        "who asked about one that no record named is not asked again",
        KEPT,
        "entities.iter().chain([&Text::EMPTY])",
        "entities.iter()",
    ),
    by(
        "running",
        "who asked about one who is somebody else now asks about who it was",
        RUNNING,
        "                pass.touch_asking(view, &others, None, touched);",
        "                _ = &others;",
    ),
    mutant(
        "an entry of the registers changes nothing for guards that name an instant",
        RUNNING,
        "Asks::AtInstant => None,",
        "Asks::AtInstant => Some(AsAt::event(view.order(node))),",
    ),
    mutant(
        "an officer who comes to be known is judged as one who is not",
        REGISTERS,
        "            _ if is_new => &[Register::Posts, Register::Qualifications],\n            Act::Allocated",
        "            _ if is_new && place > KINDS.len() => &[Register::Posts],\n            Act::Allocated",
    ),
    mutant(
        "a qualification changes no guard's answer",
        REGISTERS,
        "Act::QualificationGained | Act::QualificationEnded => &[Register::Qualifications],",
        "Act::QualificationGained | Act::QualificationEnded => &[Register::Posts],",
    ),
    mutant(
        "a post changes no guard's answer",
        REGISTERS,
        "Act::PostHeld | Act::PostLeft | Act::CoverHeld | Act::CoverLeft => &[Register::Posts],",
        "Act::PostHeld | Act::PostLeft | Act::CoverHeld | Act::CoverLeft => &[Register::Qualifications],",
    ),
    mutant(
        "a correction of the registers changes nothing",
        RUNNING,
        "if registers && pass.asks(&ALL_REGISTERS) != Asks::Nothing || attendance && pass.attends() {",
        "if attendance && pass.attends() {",
    ),
    mutant(
        "a corrected event stays where it stood",
        KEPT,
        "lens, node) {\n            touched.entry(key).or_default().removed.insert(node);",
        "lens, node) {\n            let _ = touched.entry(key).or_default();",
    ),
    mutant(
        "a correction of what is looked for from elsewhere is taken as one of its keys alone",
        RUNNING,
        "(was != NO_KIND && is_now && is_apart(was) && is_apart(is)).then_some(root)",
        "(was != NO_KIND && is_now && (is_apart(was) && is_apart(is) || true)).then_some(root)",
    ),
    by(
        "running",
        "a correction dated after now counts at once",
        RUNNING,
        "(was != NO_KIND && is_now && is_apart(was)",
        "(was != NO_KIND && (is_now || true) && is_apart(was)",
    ),
    mutant(
        "of the corrections of one event the last that came counts",
        EFFECTIVE,
        "let rows = rows.clone();",
        "let rows = vec![row];",
    ),
    mutant(
        "who held a post is not asked again once another is put in before it",
        REGISTERS,
        "self.asked.outdate(place);",
        "",
    ),
    mutant(
        "whom a duty that ended names stays as it is",
        MOVED,
        "(row.may_name_others() || asked() >= since.at)",
        "row.may_name_others()",
    ),
    Mutant {
        name: "an excuse that a merge turns to another key is not heard",
        file: RUNNING,
        find: "pass.touch_named(view, named, touched);",
        replace: "let _ = named;",
        test: "running",
    },
    mutant(
        "what waited while something was corrected is lost",
        RUNNING,
        "waited.chain(row)",
        "waited.take(0).chain(row)",
    ),
    mutant(
        "duties do not lapse while nothing is recorded",
        RUNNING,
        "            touched[pass].entry(key).or_default();",
        "            let _ = (pass, key);",
    ),
    mutant(
        "rules are not bound anew when the log comes to have other kinds",
        RUNNING,
        "            kept.rebind(pass);",
        "            let _ = (&kept, &pass);",
    ),
    // Which duties moved.
    mutant(
        "an entry of the registers moves no duty",
        MOVED,
        "if let Some(since) = self.registered {",
        "if let Some(since) = self.registered.filter(|_| false) {",
    ),
    mutant(
        "what opened, closed or reads otherwise is not told",
        MOVED,
        "if !self.all {\n            self.moved.extend(duties);",
        "if false {\n            self.moved.extend(duties);",
    ),
    mutant(
        "a meeting is looked for under the first of its keys alone",
        KEPT,
        "meetings.flat_map(|&meeting| seconds(&self.meetings, meeting)).collect()",
        "meetings.filter_map(|&meeting| seconds(&self.meetings, meeting).next()).collect()",
    ),
    mutant(
        "a derived event that is no more stays under all but the first of its keys",
        KEPT,
        "let keys: Vec<Text> = seconds(&self.derived_under, node).collect();",
        "let keys: Vec<Text> = seconds(&self.derived_under, node).take(1).collect();",
    ),
    mutant(
        "an allocation moves no duty of its stream",
        MOVED,
        "moved.extend(duties.filter(|&duty| names_others(evaluation, duty, since)));",
        "let _ = (duties, since);",
    ),
    mutant(
        "of several entries of the registers the latest alone moves duties",
        MOVED,
        "at: self.at.min(other.at)",
        "at: self.at.max(other.at)",
    ),
    mutant(
        "a merge moves no duty that stood under other names",
        MOVED,
        "if !self.renamed.is_empty() {",
        "if false && !self.renamed.is_empty() {",
    ),
    mutant(
        "a duty that moved before some were left out has not",
        MOVED,
        "                self.moved.insert(*is);\n",
        "                let _ = is;\n",
    ),
    // What is to come of a duty.
    by(
        "ahead",
        "a row that reads otherwise after this instant does not wake",
        ROWS,
        "if is_open && as_of <= due {",
        "if is_open && as_of < due {",
    ),
    by(
        "ahead",
        "a row does not wake after what lapses in this instant",
        ROWS,
        ".filter(|&at| at >= as_of)",
        ".filter(|&at| at > as_of)",
    ),
    by(
        "ahead",
        "a row does not wake for a further period",
        ROWS,
        "let period = if is_open { self.next_period(duty, due) } else { None };",
        "let period = None;",
    ),
    by("running", "a lapse that rules start from does not wake", RUNNING, ".chain(lapses).min()", ".min()"),
    by(
        "running",
        "an event dated ahead does not wake",
        RUNNING,
        "waiting.into_iter().chain(lapses)",
        "waiting.into_iter().take(0).chain(lapses)",
    ),
    by(
        "ahead",
        "a ladder's first step is ahead, wherever the duty starts",
        LADDER,
        "let opened = climb(evaluation, duty).steps.last().map_or(first,",
        "let opened = climb(evaluation, duty).steps.last().map_or(0,",
    ),
    by(
        "ahead",
        "steps that opened are ahead",
        LADDER,
        "ladder.steps.iter().enumerate().skip(opened)",
        "ladder.steps.iter().enumerate().skip(opened.min(first))",
    ),
    by(
        "ahead",
        "a step ahead reaches who held its role at the trigger",
        LADDER,
        "let as_at = AsAt::instant(evaluation.view.as_of.unwrap_or(Instant::MAX));",
        "let as_at = AsAt::event(evaluation.view.order(subject.trigger));",
    ),
    // Two evaluations side by side.
    by(
        "compare",
        "a duty after the last of the first evaluation does not appear",
        COMPARE,
        "    new.extend(after);\n",
        "",
    ),
    by(
        "compare",
        "a duty under another name is another",
        COMPARE,
        "found.filter(|before| paired.insert(*before))",
        "found.filter(|before| paired.insert(*before) && false)",
    ),
    by(
        "compare",
        "periods missed are not compared",
        COMPARE,
        "Pattern::Every => evaluation.periods_missed(duty),",
        "Pattern::Every => 0,",
    ),
    by(
        "compare",
        "a ladder of other steps reaches the same people",
        COMPARE,
        "        && ladder_of(&old.policy, &was.ladder) == ladder_of(&new.policy, &is.ladder)\n",
        "",
    ),
    by(
        "compare",
        "a duty that changes hands counts where it was alone",
        COMPARE,
        "both.append(&mut desks(self.after, after));",
        "let _ = (&mut both, after);",
    ),
];

#[cfg(test)]
mod tests {
    use super::MUTANTS;

    #[test]
    fn every_change_has_its_one_place_in_the_engine() {
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/engine/src/");
        let lost: Vec<&str> = MUTANTS
            .iter()
            .filter(|mutant| {
                let text = std::fs::read_to_string(format!("{source}{}", mutant.file));
                text.map_or(0, |text| text.matches(mutant.find).count()) != 1
            })
            .map(|mutant| mutant.name)
            .collect();
        assert!(lost.is_empty(), "these changes apply nowhere: {lost:#?}");
    }
}
