//! Policies and logs made for the property tests.
//!
//! A case is decoded from tapes of numbers, one for each rule and each event, so that proptest can shrink it: 0 is always
//! the plainest choice, a tape that is spent reads as 0, and rules and events can be left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use engine::policy::{Pattern, Policy, SourceFile};
use engine::record::{Event, Value};
use engine::time::Instant;
use proptest::collection::vec;
use proptest::prelude::*;

use super::{Cut, Output, evaluate};

/// What a case is decoded from.
#[derive(Clone, Debug)]
pub struct Spec {
    head: Vec<u16>,
    rules: Vec<Vec<u16>>,
    /// Changes to the rules' tapes that make further versions: (rule, place, number).
    changes: Vec<(u16, u16, u16)>,
    events: Vec<Vec<u16>>,
    /// Excuses and escalations, aimed at duties that arise.
    aimed: Vec<Vec<u16>>,
}

/// A case: what is evaluated.
#[derive(Clone)]
pub struct Case {
    pub texts: Vec<String>,
    pub policies: Vec<Policy>,
    pub events: Vec<Event>,
    pub cut: Cut,
}

pub fn specs() -> impl Strategy<Value = Spec> {
    let number = || 0..10_000_u16;
    (
        vec(number(), 40),
        vec(vec(number(), 70), 1..9),
        vec((number(), number(), number()), 0..16),
        vec(vec(number(), 100), 1..80),
        vec(vec(number(), 30), 0..24),
    )
        .prop_map(|(head, rules, changes, events, aimed)| Spec { head, rules, changes, events, aimed })
}

/// Numbers read one after another.
struct Tape<'t>(std::slice::Iter<'t, u16>);

impl<'t> Tape<'t> {
    fn new(numbers: &'t [u16]) -> Self {
        Self(numbers.iter())
    }

    fn next(&mut self) -> u16 {
        self.0.next().copied().unwrap_or(0)
    }

    fn below(&mut self, n: usize) -> usize {
        usize::from(self.next()) % n
    }

    /// True in so many of 100 cases; false at 0.
    fn chance(&mut self, percent: u16) -> bool {
        self.next() % 100 >= 100 - percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn maybe<T: Copy>(&mut self, percent: u16, from: &[T]) -> Option<T> {
        let picked = self.pick(from);
        self.chance(percent).then_some(picked)
    }
}

const PERSONS: [&str; 3] = ["person:p1", "person:p2", "person:p3"];
const OFFICERS: [&str; 5] = ["officer:o1", "officer:o2", "officer:o3", "officer:o4", "o5"];
const TEAMS: [&str; 2] = ["team:t1", "team:t2"];
const CASES: [&str; 2] = ["case:k1", "case:k2"];
const PLACES: [&str; 2] = ["place:h1", "place:h2"];
const MEETINGS: [&str; 2] = ["meeting:m1", "meeting:m2"];
const AGENCIES: [&str; 3] = ["police", "care", "health"];
const ROLES: [(&str, &str); 5] =
    [("worker", "care"), ("lead", "care"), ("boss", "police"), ("chief", "police"), ("nurse", "health")];
const RANKS: [&str; 4] = ["r1", "q1", "r2", "r3"];
/// Kinds; the last declares no `officer` and no `named`.
const KINDS: [&str; 5] = ["a.made", "b.done", "c.left", "m.held", "d.seen"];
const LENSES: [&str; 4] = ["child", "person", "place", "case"];
const LIMITS: [&str; 11] = ["24h", "1d", "6h", "30m", "72h", "2d", "5d", "1wd", "2wd", "5wd", "1mo"];
const WINDOWS: [&str; 6] = ["3d", "24h", "72h", "7d", "1mo", "90m"];

/// Days and hours from which a season's log begins: summer time and Easter, its end, a month's end, Christmas, and the end
/// of the calendars.
const SEASONS: [&str; 5] = [
    "2026-03-26T00:00:00Z",
    "2026-10-22T00:00:00Z",
    "2026-01-27T00:00:00Z",
    "2025-12-22T00:00:00Z",
    "2035-12-19T00:00:00Z",
];

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

#[derive(Clone, Copy)]
struct Season(Instant);

impl Season {
    fn of(spec: &Spec) -> Self {
        let start = SEASONS[usize::from(spec.head.first().copied().unwrap_or(0)) % SEASONS.len()];
        Self(Instant::parse(start).expect("an instant"))
    }

    /// An instant on a coarse grid of so many days, so that ties come up.
    fn at(self, tape: &mut Tape, days: usize) -> Instant {
        let day = tape.below(days) as i64;
        let hour = [9, 0, 12, 18, 22, 23, 4][tape.below(7)];
        let tweak = if tape.chance(10) { tape.pick(&[1, -1]) } else { 0 };
        Instant::saturating(self.0.ms() + day * DAY_MS + hour * HOUR_MS + tweak)
    }

    fn date(self, tape: &mut Tape, days: usize) -> String {
        let day = tape.below(days) as i64;
        Instant::saturating(self.0.ms() + day * DAY_MS).to_string()[..10].to_owned()
    }
}

/// What the rules read so far make, for later ones to name.
struct Made {
    kind: String,
    has_attrs: bool,
    is_attend: bool,
    /// Whether it has an attribute of a link's name.
    per_link: bool,
}

/// A kind that a rule names.
struct Named {
    text: String,
    has_attrs: bool,
    is_attend: bool,
    is_escalation: bool,
}

struct Header {
    open: bool,
    calendar: bool,
    /// The roles of each ladder's steps.
    ladders: Vec<Vec<&'static str>>,
    /// Whether this is the only version: whether a rule that starts from an escalation in another version has a ladder is not settled.
    is_alone: bool,
}

impl Spec {
    pub fn render(&self) -> Case {
        let season = Season::of(self);
        let mut head = Tape::new(&self.head);
        head.next();
        let open = head.chance(20);
        let versions = 1 + usize::from(head.chance(35)) + usize::from(head.chance(10));
        let zone = head.pick(&["Europe/London", "Europe/London", "America/New_York", "Asia/Beirut", "UTC"]);
        let calendar = if head.chance(10) {
            None
        } else {
            Some(head.pick(&[
                "england-and-wales",
                "england-and-wales",
                "scotland",
                "weekdays",
                "northern-ireland",
            ]))
        };
        let from_alone = head.maybe(8, &[3_i64, 8]);
        let mut texts = Vec::new();
        for version in 0..versions {
            let first = season.0.ms() + DAY_MS * (version as i64 * 5 - 3);
            let from = match (versions, from_alone) {
                (1, None) => None,
                (1, Some(day)) => Some(season.0.ms() + day * DAY_MS),
                _ => Some(first),
            };
            let mut text = String::from("[policy]\nname = \"made\"\n");
            _ = writeln!(text, "zone = \"{zone}\"\nopen = {open}");
            if let Some(calendar) = calendar {
                _ = writeln!(text, "calendar = \"{calendar}\"");
            }
            if let Some(from) = from {
                let date = &Instant::saturating(from).to_string()[..10];
                _ = writeln!(text, "in_force = {{ from = {date} }}");
            }
            let mut header =
                Header { open, calendar: calendar.is_some(), ladders: Vec::new(), is_alone: versions == 1 };
            self.rest_of_version(version, season, &mut header, &mut head, &mut text);
            texts.push(text);
        }
        let policies: Vec<Policy> = texts.iter().map(|text| read(text)).collect();
        let mut events: Vec<Event> = Vec::new();
        for (place, tape) in self.events.iter().enumerate() {
            let event = self.event(place, &mut Tape::new(tape), season, &events, open);
            events.push(event);
        }
        self.aim(&policies, season, &mut events);
        let mut tape = Tape::new(&self.head[self.head.len().min(30)..]);
        let cut = Cut {
            as_of: tape.chance(55).then(|| season.at(&mut tape, 20)),
            known_by: tape.chance(25).then(|| season.at(&mut tape, 20)),
            ignore_in_force: tape.chance(10),
        };
        Case { texts, policies, events, cut }
    }

    fn rest_of_version(
        &self,
        version: usize,
        season: Season,
        header: &mut Header,
        head: &mut Tape,
        text: &mut String,
    ) {
        let open = header.open;
        text.push_str("[roles]\n");
        // Later versions may move a role to another agency.
        let moved = version > 0 && head.chance(30);
        let nobody = open && head.chance(25);
        for (role, agency) in ROLES.iter().filter(|_| !nobody) {
            let agency = if moved && *role == "lead" { "police" } else { agency };
            _ = writeln!(text, "{role} = \"{agency}\"");
        }
        text.push_str("[ranks]\norder = [[\"r1\", \"q1\"], \"r2\", \"r3\"]\n");
        let declared = if open { head.below(KINDS.len() + 1) } else { KINDS.len() };
        let declares_more = version > 0 && head.chance(40);
        for kind in &KINDS[..declared] {
            let people = if *kind == "d.seen" { "" } else { "\"officer\", \"named\", " };
            let (friend, extra) =
                if declares_more { ("\"friend\", ", "extra = \"text\", ") } else { ("", "") };
            _ = writeln!(
                text,
                "[kinds.\"{kind}\"]\nlinks = [{people}{friend}\"child\", \"person\", \"place\", \"case\", \"episode\", \
                 \"meeting\", \"agency\"]\nattrs = {{ {extra}n = \"integer\", score = \"decimal\", flag = \"boolean\", until \
                 = \"instant\", word = [\"x\", \"y\"], tags = \"texts\", invited = \"texts\", attendance = \"texts\", \
                 role = \"text\" }}"
            );
        }
        if version > 0 && !open && head.chance(20) {
            text.push_str("[kinds.\"late.kind\"]\nattrs = { n = \"text\" }\n");
        }
        for number in 0..2 {
            let roles = self.ladder(number, header, head, text);
            header.ladders.push(roles);
        }
        let header = &*header;
        let mut made: Vec<Made> = Vec::new();
        for (number, tape) in self.rules.iter().enumerate() {
            let mut tape = tape.clone();
            for (rule, place, value) in &self.changes {
                let of_rule = usize::from(*rule) % self.rules.len() == number;
                if version > 0 && of_rule && !tape.is_empty() {
                    let place = usize::from(*place) % tape.len();
                    tape[place] = *value;
                }
            }
            let mut rule = Rule { tape: Tape::new(&tape), header, season, made: &made, others: Vec::new() };
            let (rule_text, of_rule) = rule.text(number);
            text.push_str(&rule_text);
            made.extend(of_rule);
        }
        text.push_str(TERMS);
    }

    fn ladder(
        &self,
        number: usize,
        header: &Header,
        head: &mut Tape,
        text: &mut String,
    ) -> Vec<&'static str> {
        let steps = 1 + head.below(4);
        let mut roles = Vec::new();
        _ = write!(text, "[ladder.l{number}]\nsteps = [");
        for step in 0..steps {
            let (role, _) = head.pick(&ROLES);
            roles.push(role);
            _ = write!(text, "{{ to = \"{role}\"");
            if let Some(agency) = head.maybe(20, &["owner", "police", "care"]) {
                _ = write!(text, ", agency = \"{agency}\"");
            }
            let within = limit(head, header);
            if step + 1 < steps || head.chance(20) {
                _ = write!(text, ", answer_within = \"{within}\"");
            }
            if head.chance(15) {
                text.push_str(", bundle = true");
            }
            text.push_str(" }, ");
        }
        text.push_str("]\n");
        roles
    }
}

const TERMS: &str = "[[term]]\navoid = \"sly\"\nprefer = \"afraid\"\nwhy = \"it judges\"\n\
                     [[term]]\navoid = \"won't talk\"\nprefer = \"not ready\"\nwhy = \"it judges\"\n";

fn limit(tape: &mut Tape, header: &Header) -> &'static str {
    let limit = tape.pick(&LIMITS);
    if limit.ends_with("wd") && !header.calendar { "36h" } else { limit }
}

pub fn read(text: &str) -> Policy {
    let file = SourceFile { name: "made.toml".to_owned(), text: text.into() };
    match engine::policy::read(vec![file]) {
        Ok(policy) => policy,
        Err(problems) => panic!("{:#?}\nin\n{text}", problems.problems),
    }
}

/// The writer of one rule.
struct Rule<'r> {
    tape: Tape<'r>,
    header: &'r Header,
    season: Season,
    made: &'r [Made],
    /// Of each kind that the rule names beside its triggers, whether it has attributes.
    others: Vec<bool>,
}

const TRANSITIONS: [&str; 10] = [
    "opened",
    "overdue",
    "unrecorded",
    "met",
    "met-late",
    "breached",
    "excused",
    "excused-late",
    "ended",
    "too-early",
];

impl Rule<'_> {
    /// Up to so many kinds, the first of them not `d.seen`.
    fn kinds(&mut self, most: usize, derived_percent: u16) -> Vec<Named> {
        let mut kinds: Vec<Named> = Vec::new();
        let count = 1 + self.tape.below(most);
        for place in 0..count {
            let is_derived = self.tape.chance(derived_percent);
            let which = usize::from(self.tape.next());
            let role = self.tape.maybe(8, &["child", "person", "place"]);
            let of = if is_derived && !self.made.is_empty() {
                let made = &self.made[which % self.made.len()];
                (made.kind.clone(), made.has_attrs, made.is_attend)
            } else if place > 0 && which % 11 == 10 && self.header.is_alone {
                ("escalation.answered".to_owned(), false, false)
            } else if place > 0 && which % 11 == 9 {
                let core = ["excuse.given", "allocation.made", "attendance.recorded", "excuse.given"];
                (core[which / 11 % core.len()].to_owned(), false, false)
            } else {
                let all = if place == 0 { 4 } else { KINDS.len() };
                (KINDS[which % all].to_owned(), true, false)
            };
            let role = role.filter(|_| KINDS.contains(&of.0.as_str()));
            let text = match role {
                Some(role) => format!("{{ kind = \"{}\", as = \"{role}\" }}", of.0),
                None => format!("\"{}\"", of.0),
            };
            if kinds.iter().all(|kind| kind.text != text) {
                let is_escalation = of.0.starts_with("escalation.");
                kinds.push(Named { text, has_attrs: of.1, is_attend: of.2, is_escalation });
            }
        }
        kinds
    }

    /// Recorded kinds alone.
    fn recorded(&mut self, most: usize) -> Vec<Named> {
        let mut kinds = self.kinds(most, 0);
        kinds.retain(|kind| !kind.is_escalation);
        kinds
    }

    fn guard(&mut self, of: &[Named], trigger: Option<&[Named]>, given: bool) -> String {
        let attrs = self.header.open || of.iter().any(|kind| kind.has_attrs);
        let trigger_attrs =
            trigger.is_some_and(|of| self.header.open || of.iter().any(|kind| kind.has_attrs));
        let mut choices = vec![
            "size(event.links.child) == 1",
            "event.stream != ''",
            "has(event.links.place)",
            "key.startsWith('person')",
            "event.recorded_at <= after(event.at, '1d')",
            "event.links.child.exists(c, c == key) || event.stream == key",
        ];
        if attrs {
            choices.extend([
                "event.attrs.n > 2",
                "!has(event.attrs.n) || event.attrs.n < 5",
                "event.attrs.flag",
                "event.attrs.word == 'x'",
                "event.attrs.n > 1 && event.attrs.flag",
                "event.attrs.n > 4 || event.attrs.word == 'y'",
                "event.attrs.score >= 1.5",
                "event.attrs.score * 2.0 < 5.0",
                "event.attrs.word.matches('^x') || event.attrs.role.contains('o')",
                "double(event.attrs.n) + event.attrs.score > 3.0",
                "event.attrs.n + 1 == 3 || event.attrs.flag",
                "10 / event.attrs.n > 2",
                "'t1' in event.attrs.tags",
                "event.attrs.tags.all(t, t == 'a' || t == 't1')",
                "event.attrs.tags[1] == 't1'",
                "event.attrs.until > event.at",
                "rank_at_least(event.attrs.role, 'r2')",
                "!(event.attrs.word in ['x']) ? event.attrs.flag : event.attrs.n == 0",
                "event.links.officer.all(o, qualified(o, 'pip2'))",
                "event.links.officer.exists(o, has_role(o, 'lead', event.at))",
                "filled('team:t1') >= 1",
                "in_team('officer:o1', 'team:t1')",
                "instant(event.attrs.role) < event.at",
                "string(event.attrs.n) == '3'",
                "after(event.at, '3d') > instant('2026-04-01T00:00:00Z')",
            ]);
            if self.header.calendar {
                choices.push("after(event.at, '5wd') > event.attrs.until");
            }
        }
        if self.header.open && self.tape.chance(25) {
            // Values that nothing declares are of any type.
            choices = vec![
                "event.attrs['x y'] == event.attrs.mixed",
                "event.attrs['x y'] == 'x'",
                "'x y' in event.attrs",
                "event.attrs.mixed > 2 || event.attrs.flag",
                "event.attrs.mixed + event.attrs.mixed == 4",
            ];
        }
        if attrs && trigger_attrs {
            choices.extend(["event.attrs.n > trigger.attrs.n", "event.attrs.word == trigger.attrs.word"]);
        }
        if trigger.is_some() {
            choices.extend([
                "event.at <= after(trigger.at, '2d')",
                "!event.links.child.exists(c, !(c in trigger.links.child))",
            ]);
        }
        if given {
            choices.extend([
                "event.at < after(given.at, '3d')",
                "given.attrs.n == 1 || given.attrs.flag",
                "given.id != event.id",
            ]);
        }
        self.tape.pick(&choices).to_owned()
    }

    /// A signal `per` a link makes events with a link and an attribute of one name, which a rule may not name.
    fn may_name_links(&self) -> bool {
        self.header.open || self.made.iter().all(|made| !made.per_link)
    }

    fn limit(&mut self) -> &'static str {
        limit(&mut self.tape, self.header)
    }

    fn same(&mut self, of: &[Named]) -> Vec<&'static str> {
        let others = self.others.is_empty() || self.others.contains(&true);
        let attrs = self.header.open || others && of.iter().any(|kind| kind.has_attrs);
        let names: &[&str] = match (attrs, self.may_name_links()) {
            (true, true) => &["episode", "word", "stream", "n", "child", "tags"],
            (true, false) => &["word", "stream", "n", "tags"],
            (false, true) => &["stream", "child"],
            (false, false) => &["stream"],
        };
        let mut same = vec![self.tape.pick(names)];
        if self.tape.chance(40) {
            same.push(self.tape.pick(names));
        }
        same.sort_unstable();
        same.dedup();
        same
    }

    /// The rule's text, and what later ones can name.
    fn text(&mut self, number: usize) -> (String, Vec<Made>) {
        if self.tape.chance(25) { self.signal(number) } else { self.duty(number) }
    }

    fn signal(&mut self, number: usize) -> (String, Vec<Made>) {
        let name = format!("s{number}");
        let lens = self.tape.pick(&LENSES);
        let count = self.kinds(3, 40);
        if self.tape.chance(15) {
            return self.terms(&name, lens, &count);
        }
        let mut text = format!("[signal.{name}]\non = \"{lens}\"\ncount = {}\n", list(&count));
        _ = writeln!(text, "at_least = {}", 1 + self.tape.below(3));
        if self.tape.chance(70) {
            _ = writeln!(text, "within = \"{}\"", self.tape.pick(&WINDOWS));
        }
        if self.tape.chance(30) {
            text.push_str("again = \"each\"\n");
        }
        if self.tape.chance(30) {
            let guard = self.guard(&count, None, false);
            _ = writeln!(text, "where = \"{guard}\"");
        }
        let attrs = count.iter().all(|kind| kind.has_attrs && !kind.is_attend);
        let names: &[&str] = match (attrs, self.may_name_links()) {
            (true, true) => &["child", "word", "place", "n", "stream", "flag"],
            (true, false) => &["word", "n", "stream", "flag"],
            (false, true) => &["child", "stream"],
            (false, false) => &["stream"],
        };
        let mut per_link = false;
        if let Some(distinct) = self.tape.maybe(25, names) {
            _ = writeln!(text, "distinct = \"{distinct}\"");
        }
        if self.tape.chance(25) {
            if count.iter().all(|kind| kind.is_attend) {
                text.push_str("per = [\"agency\"]\n");
            } else {
                let mut per = vec![self.tape.pick(names)];
                per.extend(self.tape.maybe(30, names));
                per.sort_unstable();
                per.dedup();
                per_link = per.iter().any(|name| ["child", "place"].contains(name));
                _ = writeln!(text, "per = {per:?}");
            }
        }
        self.in_force(&mut text);
        let made = Made { kind: format!("signal.{name}"), has_attrs: false, is_attend: false, per_link };
        (text, vec![made])
    }

    /// A signal that looks for terms, of some kinds or of all.
    fn terms(&mut self, name: &str, lens: &str, count: &[Named]) -> (String, Vec<Made>) {
        let mut text = format!("[signal.{name}]\non = \"{lens}\"\ntext = \"note\"\nterms = \"made.toml\"\n");
        if self.tape.chance(50) {
            _ = writeln!(text, "count = {}", list(count));
            if self.tape.chance(30) {
                let guard = self.guard(count, None, false);
                _ = writeln!(text, "where = \"{guard}\"");
            }
        }
        self.in_force(&mut text);
        let kind = format!("signal.{name}");
        (text, vec![Made { kind, has_attrs: false, is_attend: false, per_link: false }])
    }

    fn in_force(&mut self, text: &mut String) {
        let (from, to) = (self.season.date(&mut self.tape, 6), self.season.date(&mut self.tape, 8));
        if !self.tape.chance(8) {
            return;
        }
        if from < to && self.tape.chance(50) {
            _ = writeln!(text, "in_force = {{ from = {from}, to = {to} }}");
        } else {
            _ = writeln!(text, "in_force = {{ from = {from} }}");
        }
    }

    fn duty(&mut self, number: usize) -> (String, Vec<Made>) {
        let name = format!("r{number}");
        let pattern = self.tape.pick(&[
            Pattern::Respond,
            Pattern::Respond,
            Pattern::Every,
            Pattern::Attend,
            Pattern::Before,
            Pattern::Holds,
            Pattern::Holds,
            Pattern::Never,
        ]);
        let lens = self.tape.pick(&LENSES);
        let mut text = format!("[duty.{name}]\non = \"{lens}\"\n");
        let mut when = match pattern {
            Pattern::Attend => Vec::new(),
            Pattern::Holds => self.recorded(2),
            _ => self.kinds(2, 30),
        };
        let mut all: Vec<(String, bool)> = Vec::new();
        if pattern == Pattern::Attend {
            when = vec![Named {
                text: "\"m.held\"".to_owned(),
                has_attrs: true,
                is_attend: false,
                is_escalation: false,
            }];
        }
        all.extend(when.iter().map(|kind| (kind.text.clone(), kind.has_attrs)));
        let from = if pattern == Pattern::Every { "from" } else { "when" };
        _ = writeln!(text, "{from} = {}", list(&when));
        let has_given = self.tape.chance(20);
        if has_given {
            let given = self.recorded(2);
            self.others.extend(given.iter().map(|kind| kind.has_attrs));
            _ = writeln!(text, "given = {}", list(&given));
        }
        if self.tape.chance(30) {
            let guard = self.guard(&when, None, has_given);
            _ = writeln!(text, "where = \"{guard}\"");
        }
        if pattern != Pattern::Holds && pattern != Pattern::Attend && self.tape.chance(30) {
            let role = self.tape.pick(&["child", "place", "person", "officer"]);
            _ = writeln!(text, "each = \"{role}\"");
        }
        self.pattern(pattern, &when, has_given, &mut text);
        if self.tape.chance(25) {
            let same = self.same(&when);
            _ = writeln!(text, "same = {same:?}");
        }
        self.people(&when, &mut text);
        self.in_force(&mut text);
        let has_attrs = when.iter().any(|kind| kind.has_attrs);
        let is_attend = pattern == Pattern::Attend;
        let has = |field: &str| text.contains(&format!("\n{field} ="));
        let can = |transition: &str| {
            let waits = matches!(pattern, Pattern::Respond | Pattern::Every);
            match transition {
                "opened" => true,
                "met" => pattern != Pattern::Never || has("unless_before"),
                "overdue" | "met-late" => waits,
                "unrecorded" => is_attend,
                "breached" => !waits,
                "excused" | "excused-late" => waits || is_attend,
                "ended" => (waits || is_attend) && has("until"),
                _ => has("no_sooner_than"),
            }
        };
        let made = TRANSITIONS
            .into_iter()
            .filter(|transition| can(transition))
            .map(|transition| Made {
                kind: format!("duty.{transition}:{name}"),
                has_attrs,
                is_attend,
                per_link: false,
            })
            .collect();
        (text, made)
    }

    fn pattern(&mut self, pattern: Pattern, when: &[Named], has_given: bool, text: &mut String) {
        match pattern {
            Pattern::Respond => {
                self.candidates("expect", "expect_where", when, has_given, text);
                if when.iter().any(|kind| kind.has_attrs) && self.tape.chance(25) {
                    let due = self.tape.pick(&["event.attrs.until", "after(event.attrs.until, '1d')"]);
                    _ = writeln!(text, "due = \"{due}\"");
                    let before = self.tape.pick(&["6h", "1d", "2d", "1wd"]);
                    if self.tape.chance(30) && (self.header.calendar || before != "1wd") {
                        _ = writeln!(text, "due_before = \"{before}\"");
                    }
                } else {
                    _ = writeln!(text, "within = \"{}\"", self.limit());
                }
                let sooner = self.tape.pick(&["6h", "1d", "1wd"]);
                if self.tape.chance(30) && (self.header.calendar || sooner != "1wd") {
                    _ = writeln!(text, "no_sooner_than = \"{sooner}\"");
                }
                if self.tape.chance(35) {
                    text.push_str("discharges = \"oldest\"\n");
                }
                self.closings(when, has_given, text);
            }
            Pattern::Every => {
                self.candidates("expect", "expect_where", when, has_given, text);
                let every = self.tape.pick(&["2d", "24h", "1d", "2wd", "1mo", "60h"]);
                let every = if every == "2wd" && !self.header.calendar { "3d" } else { every };
                _ = writeln!(text, "every = \"{every}\"");
                let first = self.limit();
                if self.tape.chance(30) {
                    _ = writeln!(text, "first = \"{first}\"");
                }
                self.closings(when, has_given, text);
            }
            Pattern::Before => {
                self.candidates("needs", "expect_where", when, has_given, text);
                if self.tape.chance(50) {
                    _ = writeln!(text, "within = \"{}\"", self.tape.pick(&WINDOWS));
                }
                if self.tape.chance(30) {
                    let since = self.recorded(1);
                    self.others.extend(since.iter().map(|kind| kind.has_attrs));
                    _ = writeln!(text, "since = {}", list(&since));
                }
            }
            Pattern::Never => {
                if self.tape.chance(60) {
                    let before = self.kinds(2, 20);
                    self.others.extend(before.iter().map(|kind| kind.has_attrs));
                    _ = writeln!(text, "unless_before = {}", list(&before));
                }
            }
            Pattern::Holds => {
                let mut choices = vec![
                    "qualified(subject, 'pip2')",
                    "has_role(subject, 'lead')",
                    "rank_at_least(subject, 'r2')",
                    "in_team(subject, 'team:t1')",
                    "qualified(subject, 'pip2', event.attrs.until)",
                    "rank_at_least(subject, 'r2') || event.attrs.flag",
                    "qualified(subject, 'pip2', event.at) && subject != key",
                    "filled('team:t1') > 1",
                ];
                if has_given {
                    choices.push("!(subject in given.links.officer)");
                }
                _ = writeln!(text, "holds = \"{}\"", self.tape.pick(&choices));
            }
            Pattern::Attend => {
                let agencies = self.tape.pick(&["\"invited\"", "[\"police\", \"care\"]", "[\"health\"]"]);
                _ = writeln!(text, "agencies = {agencies}\nrecord_within = \"{}\"", self.limit());
                if self.tape.chance(40) {
                    text.push_str("report_counts = true\n");
                }
                self.closings(when, has_given, text);
            }
        }
    }

    fn candidates(
        &mut self,
        field: &str,
        guard_field: &str,
        when: &[Named],
        has_given: bool,
        text: &mut String,
    ) {
        let kinds = self.kinds(2, 15);
        self.others.extend(kinds.iter().map(|kind| kind.has_attrs));
        _ = writeln!(text, "{field} = {}", list(&kinds));
        if self.tape.chance(35) {
            let guard = self.guard(&kinds, Some(when), has_given);
            _ = writeln!(text, "{guard_field} = \"{guard}\"");
        }
        if self.tape.chance(15) {
            let independent = self.kinds(2, 10);
            _ = writeln!(text, "independent_of = {}", list(&independent));
        }
    }

    fn closings(&mut self, when: &[Named], has_given: bool, text: &mut String) {
        for field in ["unless", "until"] {
            let (percent, guarded) = (if field == "unless" { 30 } else { 45 }, self.tape.chance(40));
            if !self.tape.chance(percent) {
                continue;
            }
            let kinds = self.kinds(2, 15);
            self.others.extend(kinds.iter().map(|kind| kind.has_attrs));
            _ = writeln!(text, "{field} = {}", list(&kinds));
            if guarded {
                let guard = self.guard(&kinds, Some(when), has_given);
                _ = writeln!(text, "{field}_where = \"{guard}\"");
            }
        }
    }

    /// Owner, ladder, severity, rank of excuses.
    fn people(&mut self, when: &[Named], text: &mut String) {
        let attrs = when.iter().any(|kind| kind.has_attrs);
        let mut owners =
            vec!["\"worker\"", "\"lead\"", "\"boss\"", "\"part\"", "\"police\"", "{ link = \"child\" }"];
        if attrs {
            owners.extend(["{ attr = \"role\" }", "{ link = \"officer\" }", "{ attr = \"tags\" }"]);
        }
        if self.tape.chance(90) {
            _ = writeln!(text, "owner = {}", self.tape.pick(&owners));
        }
        if let Some(rank) = self.tape.maybe(30, &RANKS) {
            _ = writeln!(text, "excuse_rank = \"{rank}\"");
        }
        if let Some(severity) = self.tape.maybe(15, &["low", "high"]) {
            _ = writeln!(text, "severity = \"{severity}\"");
        }
        // A signal that counts an escalation may stand among the triggers: the reader refuses a ladder there.
        let may_escalate = when.iter().any(|kind| kind.is_escalation || kind.text.starts_with("\"signal."));
        if self.tape.chance(75) && !may_escalate {
            let number = self.tape.below(2);
            _ = writeln!(text, "ladder = \"l{number}\"");
            let roles = &self.header.ladders[number];
            let step = self.tape.below(roles.len());
            if self.tape.chance(12) {
                _ = writeln!(text, "ladder_start = {}", step + 1);
            } else if self.tape.chance(8) {
                _ = writeln!(text, "ladder_start = \"{}\"", roles[step]);
            }
        }
    }
}

fn list(kinds: &[Named]) -> String {
    let texts: Vec<&str> = kinds.iter().map(|kind| kind.text.as_str()).collect();
    if texts.len() == 1 { texts[0].to_owned() } else { format!("[{}]", texts.join(", ")) }
}

// ---- events ----

fn link(event: &mut Event, role: &str, entity: &str) {
    event.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

fn texts(values: &[&str]) -> Value {
    Value::Texts(values.iter().map(|&value| value.to_owned()).collect())
}

impl Spec {
    fn event(&self, place: usize, tape: &mut Tape, season: Season, earlier: &[Event], open: bool) -> Event {
        let sort = tape.below(100);
        let is_register = (62..82).contains(&sort);
        let at = season.at(tape, if is_register { 9 } else { 16 });
        let late = if tape.chance(if is_register { 45 } else { 30 }) {
            tape.pick(&[HOUR_MS, DAY_MS, 3 * DAY_MS, 10 * DAY_MS])
        } else {
            0
        };
        let mut event = Event {
            id: format!("x{place}"),
            at,
            recorded_at: Instant::saturating(at.ms() + late),
            ..Event::default()
        };
        if tape.chance(2)
            && let Some(twice) = earlier.last()
        {
            // Imported twice.
            return twice.clone();
        }
        if tape.chance(2) {
            // Recorded before it happened.
            event.recorded_at = Instant::saturating(at.ms() - DAY_MS);
        }
        match sort {
            0..62 => ordinary(&mut event, tape, open),
            62..82 => register(&mut event, tape),
            82..86 => identity(&mut event, tape),
            86..92 => correction(&mut event, tape, earlier, open),
            92..97 => {
                event.kind = "attendance.recorded".to_owned();
                link(&mut event, "meeting", tape.pick(&MEETINGS));
                attendance(&mut event, tape);
            }
            97 => {
                event.kind = "z.unknown".to_owned();
                link(&mut event, "child", PERSONS[0]);
            }
            98 => {
                event.kind = "late.kind".to_owned();
                event.attrs.insert("n".to_owned(), text("n"));
                link(&mut event, "child", PERSONS[0]);
            }
            _ => {
                event.kind = "excuse.given".to_owned();
                event.attrs.insert("rule".to_owned(), text("r0"));
                event.attrs.insert("key".to_owned(), text(PERSONS[1]));
                link(&mut event, "officer", OFFICERS[0]);
                link(&mut event, "duty", "duty:nowhere");
            }
        }
        event
    }
}

fn ordinary(event: &mut Event, tape: &mut Tape, open: bool) {
    event.kind = KINDS[tape.below(KINDS.len())].to_owned();
    event.stream =
        tape.pick(&["case:k1", "case:k1", "case:k2", "", "person:p1", "place:h1", "officer:o1"]).to_owned();
    link(event, "child", tape.pick(&["person:p1", "person:p1", "person:p2", "person:p3", "c1"]));
    if tape.chance(25) {
        link(event, "child", tape.pick(&PERSONS));
    }
    if tape.chance(6) {
        event.links.clear();
    }
    if tape.chance(65) {
        link(event, "officer", tape.pick(&OFFICERS));
    }
    for (role, percent, entities) in [
        ("officer", 15, &OFFICERS[..]),
        ("person", 30, &PERSONS),
        ("place", 45, &PLACES),
        ("place", 10, &PLACES),
        ("case", 15, &CASES),
        ("episode", 60, &["e1", "e2"]),
        ("meeting", 70, &MEETINGS),
        ("named", 6, &OFFICERS),
        ("agency", 5, &AGENCIES),
        ("friend", 5, &PERSONS),
    ] {
        if let Some(entity) = tape.maybe(percent, entities) {
            link(event, role, entity);
        }
    }
    let at = event.at;
    let mut put = |tape: &mut Tape, percent: u16, name: &str, value: &dyn Fn(&mut Tape) -> Value| {
        let value = value(tape);
        if tape.chance(percent) {
            event.attrs.insert(name.to_owned(), value);
        }
    };
    put(tape, 80, "n", &|tape| match tape.below(12) {
        // `3` and `'3'`, like `true` and `'true'`, are two values of `per`.
        10 => text("3"),
        // 2 and 2.0 are one value of `same`, `distinct` and `per`.
        11 => Value::Decimal(tape.pick(&[2.0, 2.5])),
        number => Value::Integer(number as i64 % 6),
    });
    put(tape, 50, "score", &|tape| match tape.below(8) {
        6 => Value::Integer(2),
        7 => Value::Boolean(true),
        number => Value::Decimal(number as f64 / 2.0),
    });
    put(tape, 75, "flag", &|tape| match tape.below(12) {
        11 => text("true"),
        number => Value::Boolean(number % 2 == 0),
    });
    put(tape, 75, "until", &|tape| {
        let until = Instant::saturating(at.ms() + [1, 2, 5, -1, 0][tape.below(5)] * DAY_MS);
        match tape.below(10) {
            8 => text(&until.to_string()),
            9 => text("soon"),
            _ => Value::Instant(until),
        }
    });
    put(tape, 80, "word", &|tape| match tape.below(14) {
        13 => text("z"),
        number => text(["x", "y"][number % 2]),
    });
    put(tape, 50, "tags", &|tape| texts(tape.pick(&[&["a"][..], &["a", "t1"], &["t1"], &[], &["t1", "b"]])));
    put(tape, 70, "role", &|tape| {
        text(tape.pick(&["worker", "lead", "officer:o1", "r2", "2026-03-30T00:00:00Z", "care", "q1"]))
    });
    put(tape, 4, "extra", &|tape| if tape.chance(50) { text("more") } else { Value::Integer(1) });
    put(tape, if open { 60 } else { 0 }, "x y", &|tape| text(tape.pick(&["x", "y"])));
    put(tape, if open { 60 } else { 0 }, "mixed", &|tape| match tape.below(4) {
        0 => Value::Integer(2),
        1 => Value::Decimal(3.5),
        _ => text("x"),
    });
    put(tape, 70, "invited", &|tape| {
        texts(tape.pick(&[
            &["police", "care"][..],
            &["police"],
            &["health"],
            &[],
            &["care", "police", "health"],
        ]))
    });
    if tape.chance(35) {
        attendance(event, tape);
    }
    if tape.chance(15) {
        let notes = ["a note", "sly, and won\u{2019}t talk", "SLY", "[quote: sly] but won't talk"];
        event.note = Some(tape.pick(&notes).to_owned());
    }
}

fn attendance(event: &mut Event, tape: &mut Tape) {
    let words =
        ["attended", "apologies", "apologies+report", "absent", "unsure", "attended", "apologies+report"];
    let mut entries = Vec::new();
    for agency in AGENCIES {
        let word = tape.pick(&words);
        if tape.chance(45) {
            entries.push(format!("{agency}={word}"));
        }
    }
    if tape.chance(10) {
        entries.push("police=attended".to_owned());
    }
    event.attrs.insert("attendance".to_owned(), Value::Texts(entries));
}

fn register(event: &mut Event, tape: &mut Tape) {
    event.kind = tape
        .pick(&[
            "post.held",
            "post.held",
            "post.held",
            "allocation.made",
            "qualification.gained",
            "cover.held",
            "allocation.made",
            "post.held",
            "post.left",
            "cover.left",
            "qualification.ended",
        ])
        .to_owned();
    let officer = tape.pick(&OFFICERS);
    if tape.chance(10) {
        event.stream = officer.to_owned();
    } else if !(event.kind == "allocation.made" && tape.chance(15)) {
        link(event, "officer", officer);
    }
    match event.kind.as_str() {
        "allocation.made" => {
            if event.stream.is_empty() {
                event.stream = tape.pick(&["case:k1", "case:k1", "case:k2", "person:p1"]).to_owned();
            }
            if let Some(role) = tape.maybe(60, &["investigator", "supervisor"]) {
                event.attrs.insert("role".to_owned(), text(role));
            }
            if tape.chance(15) {
                link(event, "officer", tape.pick(&OFFICERS));
            }
        }
        "qualification.gained" | "qualification.ended" => {
            event.attrs.insert("name".to_owned(), text(tape.pick(&["pip2", "pip2", "scaidp"])));
            if tape.chance(35) {
                let days = tape.pick(&[2, 5, 10]);
                let expires = Value::Instant(Instant::saturating(event.at.ms() + days * DAY_MS));
                event.attrs.insert("expires".to_owned(), expires);
            }
        }
        _ => {
            if let Some(team) = tape.maybe(70, &TEAMS) {
                link(event, "team", team);
            }
            let role = tape.pick(&["worker", "lead", "boss", "chief", "nurse"]);
            if tape.chance(85) {
                event.attrs.insert("role".to_owned(), text(role));
            }
            if let Some(rank) = tape.maybe(60, &["r1", "q1", "r2", "r3", "r9"]) {
                event.attrs.insert("rank".to_owned(), text(rank));
            }
            if let Some(manager) = tape.maybe(55, &OFFICERS) {
                link(event, "manager", manager);
            }
            if let Some(agency) = tape.maybe(12, &AGENCIES) {
                event.attrs.insert("agency".to_owned(), text(agency));
            }
        }
    }
}

fn identity(event: &mut Event, tape: &mut Tape) {
    event.kind = if tape.chance(35) { "entity.separated" } else { "entity.merged" }.to_owned();
    let of: &[&str] = tape.pick(&[
        &PERSONS[..],
        &["person:p1", "c1"],
        &OFFICERS,
        &PLACES,
        &CASES,
        &TEAMS,
        &["person:p2", "officer:o2", "case:k2", "place:h1", "care"],
    ]);
    link(event, "from", tape.pick(of));
    link(event, "into", tape.pick(of));
    for role in ["into", "from"] {
        if tape.chance(10) {
            link(event, role, tape.pick(of));
        }
    }
}

fn correction(event: &mut Event, tape: &mut Tape, earlier: &[Event], open: bool) {
    let root = tape.below(earlier.len().max(1));
    let Some(corrected) = earlier.get(root) else {
        event.kind = "record.corrected".to_owned();
        event.corrects = Some("nowhere".to_owned());
        return;
    };
    let corrects = match tape.below(120) {
        117.. => "nowhere".to_owned(),
        // Perhaps a later one, perhaps in a circle.
        115 | 116 => format!("x{}", tape.below(60)),
        114 => event.id.clone(),
        _ => corrected.id.clone(),
    };
    let (id, at, recorded_at) = (event.id.clone(), event.at, event.recorded_at.max(corrected.recorded_at));
    match tape.below(4) {
        // Its note is mended.
        0 => *event = Event { note: Some("mended".to_owned()), ..corrected.clone() },
        1 => {
            event.kind = "record.corrected".to_owned();
            if tape.chance(10) {
                return;
            }
        }
        2 => {
            *event = corrected.clone();
            event.attrs.insert("n".to_owned(), Value::Integer(tape.below(6) as i64));
            if tape.chance(50) {
                event.at = at;
            }
        }
        _ => ordinary(event, tape, open),
    }
    event.id = id;
    event.recorded_at = if tape.chance(80) { recorded_at } else { event.at };
    event.corrects = Some(corrects);
}

// ---- aimed ----

impl Spec {
    /// Adds excuses and escalations of duties that arise.
    fn aim(&self, policies: &[Policy], season: Season, events: &mut Vec<Event>) {
        let output = evaluate(policies, events, &Cut::default()).unwrap_or_default();
        let named = other_names(events);
        for (place, tape) in self.aimed.iter().enumerate() {
            let event = aimed(place, &mut Tape::new(tape), season, &output, &named);
            events.push(event);
        }
    }
}

/// Every name of an entity that was merged.
fn other_names(events: &[Event]) -> BTreeMap<String, BTreeSet<String>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for event in events.iter().filter(|event| event.kind == "entity.merged") {
        let both: BTreeSet<&String> = event.links.values().flatten().collect();
        for name in &both {
            names.entry((*name).clone()).or_default().extend(both.iter().map(|&name| name.clone()));
        }
    }
    names
}

fn aimed(
    place: usize,
    tape: &mut Tape,
    season: Season,
    output: &Output,
    named: &BTreeMap<String, BTreeSet<String>>,
) -> Event {
    let mut event = Event { id: format!("y{place}"), ..Event::default() };
    event.kind = tape
        .pick(&[
            "escalation.answered",
            "escalation.answered",
            "excuse.given",
            "escalation.raised",
            "escalation.seen",
            "excuse.given",
        ])
        .to_owned();
    // Duties with a ladder are the more interesting.
    let laddered: Vec<_> = output.duties.iter().filter(|duty| !duty.ladder.is_empty()).collect();
    let all: Vec<_> = output.duties.iter().collect();
    let from =
        if laddered.is_empty() || (event.kind == "excuse.given" && tape.chance(60)) { all } else { laddered };
    let which = usize::from(tape.next());
    let step_of = usize::from(tape.next());
    // In the moment of a due, the next step opens, and through skipped steps one after it.
    let nudge =
        tape.pick(&[HOUR_MS, 0, 1, -HOUR_MS, 5 * HOUR_MS, DAY_MS, -DAY_MS, -1, 3 * DAY_MS, 2 * HOUR_MS]);
    let mut at = season.at(tape, 16);
    let duty = if from.is_empty() { None } else { Some(from[which % from.len()]) };
    if let Some(duty) = duty {
        let base = if event.kind == "excuse.given" && tape.chance(60) {
            Some(duty.trigger.at)
        } else if duty.ladder.is_empty() {
            duty.due
        } else {
            let step = &duty.ladder[step_of % duty.ladder.len()];
            if tape.chance(80) {
                event.attrs.insert("step".to_owned(), Value::Integer(step.step as i64));
            }
            if tape.chance(40) { step.due } else { Some(step.opens) }
        };
        at = Instant::saturating(base.unwrap_or(at).ms() + nudge);
        let mut key = duty.key.clone();
        if let Some(names) = named.get(&key).filter(|_| tape.chance(40)) {
            key = names.iter().nth(which % names.len()).cloned().unwrap_or(key);
        }
        if tape.chance(40) {
            link(&mut event, &duty.lens, &duty.key);
        }
        event.attrs.insert("rule".to_owned(), text(if tape.chance(4) { "r9" } else { &duty.duty }));
        event.attrs.insert("key".to_owned(), text(&key));
        if tape.chance(40) {
            let alias = duty.aliases.first().filter(|_| tape.chance(50)).unwrap_or(&duty.id);
            link(&mut event, "duty", &format!("duty:{alias}"));
        }
        if event.kind == "excuse.given" && tape.chance(10) {
            // By whom the duty is about.
            let own = if duty.part.is_empty() || tape.chance(50) { &duty.key } else { &duty.part };
            link(&mut event, "officer", own);
        }
        if let Some(step) = duty.ladder.get(step_of % duty.ladder.len().max(1))
            && let Some(holder) = step.holders.as_ref().and_then(|holders| holders.first())
            && tape.chance(60)
        {
            link(&mut event, "officer", holder);
        }
    }
    if event.links.get("officer").is_none_or(BTreeSet::is_empty) && tape.chance(93) {
        link(&mut event, "officer", tape.pick(&OFFICERS));
    }
    if event.kind == "excuse.given" && tape.chance(20) {
        link(&mut event, "officer", tape.pick(&OFFICERS));
    }
    event.at = at;
    event.recorded_at =
        Instant::saturating(at.ms() + if tape.chance(15) { tape.pick(&[DAY_MS, 3 * DAY_MS]) } else { 0 });
    if let Some(rank) = tape.maybe(50, &["r1", "r2", "r3", "r9"])
        && event.kind == "excuse.given"
    {
        event.attrs.insert("rank".to_owned(), text(rank));
    }
    if event.kind == "escalation.answered" {
        if let Some(decision) = tape.maybe(94, &["act-by", "climb", "accepted", "other", "act-by", "climb"]) {
            event.attrs.insert("decision".to_owned(), text(decision));
        }
        let days = tape.pick(&[1, 3, 30, -1, 0]);
        if tape.chance(80) {
            let until = Value::Instant(Instant::saturating(at.ms() + days * DAY_MS));
            event.attrs.insert("until".to_owned(), until);
        }
        for name in ["reason", "action"] {
            if tape.chance(80) {
                event.attrs.insert(name.to_owned(), text("because"));
            }
        }
    }
    event
}
