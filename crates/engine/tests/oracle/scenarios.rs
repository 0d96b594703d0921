//! Small cases, one for each sentence on policies that is easy to get wrong, with what the sentence says. They are tried
//! on the oracle and on the engine.
//!
//! An event is written `id kind at`, then in any order: `role=entity`, `.name=value` (an integer, a decimal, a boolean, an
//! instant, `[a,b]`, or a text), `@stream`, `~recorded_at`, `^corrects`, `#note` with `_` for each space. Instants may lack
//! their seconds and `Z`.

use engine::duty::{DutyRow, StepRow};
use engine::policy::Policy;
use engine::record::{Event, Value};
use engine::time::Instant;

use super::generate::read;
use super::{Cut, Output};

/// What is evaluated, and what must come of it.
pub struct Scenario {
    /// The sentence.
    pub says: &'static str,
    /// Texts of the versions, without a header where it is the plain one.
    pub policies: Vec<String>,
    pub log: &'static [&'static str],
    pub as_of: Option<&'static str>,
    pub known_by: Option<&'static str>,
    pub ignore_in_force: bool,
    /// Fields of duties that are shown, between spaces; `signals` and `reports` show those.
    pub show: &'static str,
    /// `rule key[/part]: field field …`, in any order.
    pub expect: &'static [&'static str],
}

/// An evaluator: the oracle, or the engine.
pub type Evaluator<'e> = &'e dyn Fn(&[Policy], &[Event], &Cut) -> Result<Output, String>;

impl Scenario {
    /// What comes of it, in the words of `expect`.
    pub fn run(&self, evaluate: Evaluator) -> Vec<String> {
        let policies: Vec<Policy> = self.policies.iter().map(|text| read(text)).collect();
        let events: Vec<Event> = self.log.iter().map(|line| event(line)).collect();
        let cut = Cut {
            as_of: self.as_of.map(instant),
            known_by: self.known_by.map(instant),
            ignore_in_force: self.ignore_in_force,
        };
        match evaluate(&policies, &events, &cut) {
            Ok(output) => self.lines(&output),
            Err(_) => vec!["error".to_owned()],
        }
    }

    /// Whether these lines are those expected.
    pub fn expects(&self, lines: &[String]) -> bool {
        let (mut ours, mut theirs) =
            (self.expect.to_vec(), lines.iter().map(String::as_str).collect::<Vec<_>>());
        ours.sort_unstable();
        theirs.sort_unstable();
        ours == theirs
    }

    fn lines(&self, output: &Output) -> Vec<String> {
        let fields: Vec<&str> = self.show.split_whitespace().collect();
        let mut lines = Vec::new();
        for row in output.duties.iter().filter(|_| fields != ["signals"] && fields != ["reports"]) {
            let part = if row.part.is_empty() { String::new() } else { format!("/{}", row.part) };
            let shown: Vec<String> = fields.iter().filter_map(|field| shown(row, field)).collect();
            lines.push(format!("{} {}{part}: {}", row.duty, row.key, shown.join(" ")));
        }
        if fields.contains(&"signals") {
            for row in &output.signals {
                let per = if row.per.is_empty() { String::new() } else { format!(" {:?}", row.per) };
                lines.push(format!("{} {} at {} by {}{per}", row.signal, row.key, short(row.at), row.event));
            }
        }
        if fields.contains(&"reports") {
            for row in &output.reports {
                let code = serde_json::to_value(row.code).unwrap_or_default();
                let words = [Some(code.as_str().unwrap_or_default()), row.event.as_deref()];
                let words = words.into_iter().chain([row.rule.as_deref(), row.key.as_deref()]).flatten();
                lines.push(words.collect::<Vec<_>>().join(" "));
            }
        }
        lines
    }
}

fn shown(row: &DutyRow, field: &str) -> Option<String> {
    Some(match field {
        "state" => row.state.word().to_owned(),
        "due" => row.due.map_or("-".to_owned(), short),
        "trigger" => format!("from {}", row.trigger.id),
        "by" => format!("by {}", row.closed_by.as_ref().map_or("nothing", |by| &by.id)),
        "late" => format!("late {}", row.late_ms.map_or("-".to_owned(), |ms| ms.to_string())),
        "recorded_late" => (if row.recorded_late { "recorded late" } else { "recorded in time" }).to_owned(),
        "missed" => format!("missed {}", row.periods_missed),
        "invited" => format!("{:?}", row.invited?).to_lowercase(),
        "owner" => format!("owner {}", row.owner.as_deref().unwrap_or("-")),
        "holders" => format!("holders {}", people(row.holders.as_deref())),
        "near" => format!("near [{}]", row.near.join(",")),
        "undecided" => format!("undecided {}", row.undecided.as_deref().unwrap_or("-")),
        "aliases" => format!("{} aliases", row.aliases.len()),
        "id" => row.id.clone(),
        "ladder" => row.ladder.iter().map(step).collect::<Vec<_>>().join("; "),
        _ => return None,
    })
}

fn people(people: Option<&[String]>) -> String {
    people.map_or("?".to_owned(), |people| format!("[{}]", people.join(",")))
}

fn step(step: &StepRow) -> String {
    let mut text = format!("{} {} {}", step.step, step.to, people(step.holders.as_deref()));
    text += &format!(" {}..{}", short(step.opens), step.due.map_or(String::new(), short));
    for (word, at) in [("raised", step.raised), ("seen", step.seen)] {
        text += &at.map_or(String::new(), |at| format!(" {word} {}", short(at)));
    }
    if let Some(at) = step.answered {
        text += &format!(" {} {}", step.decision.as_deref().unwrap_or("answered"), short(at));
    }
    text
}

/// An instant without what is plain in it.
fn short(instant: Instant) -> String {
    let text = instant.to_string();
    let text = text.trim_end_matches('Z');
    text.strip_suffix(":00.000").or(text.strip_suffix(".000")).unwrap_or(text).to_owned()
}

fn instant(text: &str) -> Instant {
    let text = if text.ends_with('Z') { text.to_owned() } else { format!("{text}Z") };
    Instant::parse(&text).unwrap_or_else(|error| panic!("{error}"))
}

fn value(text: &str) -> Value {
    if let Some(list) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return Value::Texts(list.split(',').filter(|text| !text.is_empty()).map(str::to_owned).collect());
    }
    if let Ok(number) = text.parse() {
        return Value::Integer(number);
    }
    if let Ok(number) = text.parse() {
        return Value::Decimal(number);
    }
    if let Ok(truth) = text.parse() {
        return Value::Boolean(truth);
    }
    Instant::parse(&format!("{text}Z")).map_or_else(|_| Value::Text(text.to_owned()), Value::Instant)
}

fn event(line: &str) -> Event {
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap_or_else(|| panic!("`{line}` is too short"));
    let (id, kind, at) = (word().to_owned(), word().to_owned(), instant(word()));
    let mut event = Event { id, kind, at, recorded_at: at, ..Event::default() };
    for word in words {
        if let Some(stream) = word.strip_prefix('@') {
            event.stream = stream.to_owned();
        } else if let Some(recorded_at) = word.strip_prefix('~') {
            event.recorded_at = instant(recorded_at);
        } else if let Some(corrects) = word.strip_prefix('^') {
            event.corrects = Some(corrects.to_owned());
        } else if let Some(note) = word.strip_prefix('#') {
            event.note = Some(note.replace('_', " "));
        } else if let Some((name, of)) = word.strip_prefix('.').and_then(|word| word.split_once('=')) {
            event.attrs.insert(name.to_owned(), value(of));
        } else if let Some((role, entity)) = word.split_once('=') {
            event.links.entry(role.to_owned()).or_default().insert(entity.to_owned());
        } else {
            panic!("`{word}` in `{line}`");
        }
    }
    event
}

/// An open policy in London, with people, and these rules.
fn open(rules: &str) -> Vec<String> {
    vec![version("open = true", rules)]
}

fn version(header: &str, rules: &str) -> String {
    format!(
        "[policy]\nname = \"scenario\"\nzone = \"Europe/London\"\ncalendar = \"england-and-wales\"\n{header}\n\
         [roles]\nmanager = \"care\"\ndirector = \"care\"\nchief = \"police\"\n\
         [ranks]\norder = [[\"low\", \"also-low\"], \"high\"]\n{rules}"
    )
}

/// A rule that most scenarios build on.
const WITHIN_A_DAY: &str = "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"24h\"\n";

/// A signal of terms that are in its own file, and the terms.
const OF_TERMS: &str = "[signal.s]\non = \"child\"\ntext = \"note\"\nterms = \"made.toml\"\n\
                        [[term]]\navoid = \"sly\"\nprefer = \"afraid\"\nwhy = \"it judges\"\n\
                        [[term]]\navoid = \"cheeky\"\nprefer = \"afraid\"\nwhy = \"it judges\"\n";

/// A scenario of an open policy, judged at the end of its log.
fn of(
    says: &'static str,
    rules: &str,
    log: &'static [&'static str],
    show: &'static str,
    expect: &'static [&'static str],
) -> Scenario {
    Scenario {
        says,
        policies: open(rules),
        log,
        as_of: None,
        known_by: None,
        ignore_in_force: false,
        show,
        expect,
    }
}

fn as_of(as_of: &'static str, scenario: Scenario) -> Scenario {
    Scenario { as_of: Some(as_of), ..scenario }
}

fn known_by(known_by: &'static str, scenario: Scenario) -> Scenario {
    Scenario { known_by: Some(known_by), ..scenario }
}

fn with(extra: &str) -> String {
    format!("{WITHIN_A_DAY}{extra}")
}

/// All scenarios.
pub fn scenarios() -> Vec<Scenario> {
    [states(), time(), patterns(), every(), attend(), records(), signals(), ladders(), versions()]
        .into_iter()
        .flatten()
        .collect()
}

fn states() -> Vec<Scenario> {
    vec![
        as_of(
            "2026-03-03T09:00",
            of(
                "a duty is overdue if and only if it is open and as_of > due",
                WITHIN_A_DAY,
                &["t a 2026-03-02T09:00 child=c1"],
                "state due",
                &["d c1: pending 2026-03-03T09:00"],
            ),
        ),
        as_of(
            "2026-03-03T09:00:00.001",
            of(
                "a duty is overdue if and only if it is open and as_of > due: a millisecond later",
                WITHIN_A_DAY,
                &["t a 2026-03-02T09:00 child=c1"],
                "state due",
                &["d c1: overdue 2026-03-03T09:00"],
            ),
        ),
        of(
            "a response with at <= due is in time",
            WITHIN_A_DAY,
            &["t a 2026-03-02T09:00 child=c1", "r b 2026-03-03T09:00 child=c1"],
            "state late by",
            &["d c1: met late - by r"],
        ),
        of(
            "a response comes after its trigger in order: by seq where `at` is the same",
            WITHIN_A_DAY,
            &[
                "r b 2026-03-02T09:00 child=c1",
                "t a 2026-03-02T09:00 child=c1",
                "s b 2026-03-03T09:00:01 child=c1",
            ],
            "state late by",
            &["d c1: met-late late 1000 by s"],
        ),
        of(
            "a log sorted by stream: each key has its own triggers and responses",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 @child:c1",
                "r b 2026-03-02T10:00 @child:c1",
                "u a 2026-03-02T09:00 @child:c2",
                "v a 2026-03-02T11:00 @child:c3",
                "s b 2026-03-02T12:00 @child:c3",
                "w a 2026-03-02T09:00 @office:c4",
            ],
            "state by",
            &["d child:c1: met by r", "d child:c2: pending by nothing", "d child:c3: met by s"],
        ),
        of(
            "the first response after a trigger closes its duty, and every duty that is open",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T10:00 child=c1",
                "u a 2026-03-02T11:00 child=c1",
                "v a 2026-03-02T12:00 child=c1",
                "s b 2026-03-02T13:00 child=c1",
                "q b 2026-03-02T14:00 child=c1",
            ],
            "trigger by",
            &["d c1: from t by r", "d c1: from u by s", "d c1: from v by s"],
        ),
        of(
            "a response closes what it answers by each rule, however few of these have something open",
            &with("[duty.e]\non = \"child\"\nwhen = \"c\"\nexpect = \"b\"\nwithin = \"24h\"\n"),
            &[
                "p b 2026-03-02T08:00 child=c1",
                "t a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T10:00 child=c1",
                "u c 2026-03-02T11:00 child=c1",
                "s b 2026-03-02T12:00 child=c1",
                "q b 2026-03-02T13:00 child=c1",
            ],
            "trigger by",
            &["d c1: from t by r", "e c1: from u by s"],
        ),
        of(
            "`where` says which triggers count",
            &with("where = \"event.attrs.n > 1\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1 .n=1",
                "u a 2026-03-02T10:00 child=c1 .n=2",
                "r b 2026-03-02T11:00 child=c1",
            ],
            "trigger by",
            &["d c1: from u by r"],
        ),
        of(
            "a due after the last instant cannot be told",
            WITHIN_A_DAY,
            &[
                "t a 9999-12-30T23:59:59.999 child=c1",
                "u a 9999-12-31T00:00 child=c1",
                "r b 9999-12-31T01:00 child=c1",
            ],
            "trigger state due by",
            &["d c1: from t met 9999-12-31T23:59:59.999 by r", "d c1: from u undecided - by nothing"],
        ),
        of(
            "an event that is several of these is the first of them: expect, unless, excuse, until",
            &with("unless = \"b\"\nuntil = [\"b\", \"c\"]\n"),
            &["t a 2026-03-02T09:00 child=c1", "r b 2026-03-03T08:00 child=c1"],
            "state",
            &["d c1: met"],
        ),
        of(
            "closing after due sets late_ms, of an ended duty too",
            &with("until = \"c\"\n"),
            &["t a 2026-03-02T09:00 child=c1", "r c 2026-03-03T09:00:00.005 child=c1"],
            "state late",
            &["d c1: ended-late late 5"],
        ),
        of(
            "before `no_sooner_than` a response closes the duty as too-early; in days that is the first millisecond of the day",
            &with("no_sooner_than = \"1d\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1",
                "u a 2026-03-02T09:00 child=c2",
                "r b 2026-03-02T23:59:59.999 child=c1",
                "s b 2026-03-03T00:00 child=c2",
            ],
            "state",
            &["d c1: too-early", "d c2: met"],
        ),
        of(
            "a duty closed by an event dated at or before due and recorded after it is recorded late",
            WITHIN_A_DAY,
            &["t a 2026-03-02T09:00 child=c1", "r b 2026-03-03T09:00 ~2026-03-03T09:00:00.001 child=c1"],
            "state recorded_late",
            &["d c1: met recorded late"],
        ),
        of(
            "a response discharges every open duty of its rule",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "u a 2026-03-02T10:00 child=c1",
                "r b 2026-03-02T11:00 child=c1",
            ],
            "trigger state",
            &["d c1: from t met", "d c1: from u met"],
        ),
        of(
            "with `discharges = \"oldest\"` a response discharges one, by due, though it may be another's `until`",
            &with("discharges = \"oldest\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1",
                "u a 2026-03-02T10:00 child=c1",
                "r b 2026-03-02T11:00 child=c1",
                "s b 2026-03-02T12:00 child=c1",
            ],
            "trigger by",
            &["d c1: from t by r", "d c1: from u by s"],
        ),
        of(
            "of duties for several parts of one trigger it discharges that of the first part",
            &with("discharges = \"oldest\"\neach = \"suspect\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1 suspect=s1 suspect=s2",
                "r b 2026-03-02T11:00 child=c1 suspect=s2 suspect=s1",
            ],
            "trigger state",
            &["d c1/s1: from t met", "d c1/s2: from t pending"],
        ),
        of(
            "an excuse is valid if its officer has the rank and is not of the trigger; `attrs.rank` where there is none",
            &with("excuse_rank = \"high\"\n"),
            &[
                "p post.held 2026-03-01T09:00 officer=officer:o1 .rank=high",
                "t a 2026-03-02T09:00 child=c1 officer=officer:o1",
                "u a 2026-03-02T09:00 child=c2",
                "v a 2026-03-02T09:00 child=c3",
                "w a 2026-03-02T09:00 child=c4",
                "e1 excuse.given 2026-03-02T10:00 .rule=d .key=c1 officer=officer:o1",
                "e2 excuse.given 2026-03-02T10:00 .rule=d .key=c2 officer=officer:o1",
                "e3 excuse.given 2026-03-02T10:00 .rule=d .key=c3 officer=officer:o2 .rank=high",
                "e4 excuse.given 2026-03-02T10:00 .rule=d .key=c4 officer=officer:o2 .rank=low",
            ],
            "state reports",
            &[
                "d c1: pending",
                "d c2: excused",
                "d c3: excused",
                "d c4: pending",
                "excuse-refused e1 d c1",
                "excuse-refused e4 d c4",
                "no-owner t d c1",
                "no-owner u d c2",
                "no-owner v d c3",
                "no-owner w d c4",
                "rank-from-attribute e3 d c3",
                "rank-from-attribute e4 d c4",
            ],
        ),
        of(
            "with links `duty` an excuse names only those; one that names a duty that does not arise is orphaned",
            &with("owner = \"care\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1",
                "e1 excuse.given 2026-03-02T10:00 .rule=d .key=c1 duty=duty:00 officer=officer:o1",
                "e2 excuse.given 2026-03-02T10:00 .rule=d .key=c2 officer=officer:o1",
            ],
            "state reports",
            &["d c1: pending", "orphaned e1 d c1", "orphaned e2 d c2"],
        ),
        of(
            "the test vector of 3.2",
            "[duty.return-home-interview]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"24h\"\n",
            &["e1 a 2026-03-02T09:00 child=c1"],
            "id",
            &["return-home-interview c1: f6db15bfacb694ba7d3166ccc8f521ae"],
        ),
    ]
}

fn time() -> Vec<Scenario> {
    vec![
        of(
            "`5d` is the last millisecond of the fifth local day after: of 23, 24 or 25 hours",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"1d\"\n\
             [duty.e]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"24h\"\n",
            &["t a 2026-03-28T12:00 child=c1"],
            "due",
            &["d c1: 2026-03-29T22:59:59.999", "e c1: 2026-03-29T12:00"],
        ),
        of(
            "Friday, Saturday or Sunday + `1wd` is the end of Monday; Easter is no working day",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"1wd\"\n",
            &[
                "t a 2026-03-06T19:00 child=c1",
                "u a 2026-03-08T19:00 child=c2",
                "v a 2026-04-02T19:00 child=c3",
            ],
            "due",
            &[
                "d c1: 2026-03-09T23:59:59.999",
                "d c2: 2026-03-09T23:59:59.999",
                "d c3: 2026-04-07T22:59:59.999",
            ],
        ),
        of(
            "`3mo` is the same day of the month, or that month's last day",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"1mo\"\n",
            &["t a 2026-01-31T12:00 child=c1"],
            "due",
            &["d c1: 2026-02-28T23:59:59.999"],
        ),
        of(
            "a date outside the calendar makes the duty undecided, naming the calendar",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"5wd\"\n",
            &["t a 2035-12-28T12:00 child=c1"],
            "state due undecided",
            &["d c1: undecided - undecided calendar england-and-wales"],
        ),
        of(
            "`due_before` counts back: working days to the last millisecond of the Nth strictly before",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\ndue = \"event.attrs.planned\"\ndue_before = \"1wd\"\n",
            &["t a 2026-03-02T12:00 child=c1 .planned=2026-03-09T10:00"],
            "due",
            &["d c1: 2026-03-06T23:59:59.999"],
        ),
        of(
            "look-backs in hours reach back over (e − W, e], `Nd` over the N local days ending with e's",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nneeds = \"b\"\nwithin = \"24h\"\n\
             [duty.e]\non = \"child\"\nwhen = \"a\"\nneeds = \"b\"\nwithin = \"2d\"\n",
            &[
                "r b 2026-03-01T09:00 child=c1",
                "t a 2026-03-02T09:00 child=c1",
                "s b 2026-03-01T09:00:00.001 child=c2",
                "u a 2026-03-02T09:00 child=c2",
                "q b 2026-02-28T23:59:59.999 child=c3",
                "v a 2026-03-02T09:00 child=c3",
            ],
            "state",
            &["d c1: breached", "d c2: met", "d c3: breached", "e c1: met", "e c2: met", "e c3: breached"],
        ),
    ]
}

fn patterns() -> Vec<Scenario> {
    vec![
        of(
            "`needs` counts inside the look-back and after the latest `since`; without a `since` there is no bound",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nneeds = \"b\"\nsince = \"c\"\n",
            &[
                "r b 2026-03-01T09:00 child=c1",
                "t a 2026-03-02T09:00 child=c1",
                "s b 2026-03-01T09:00 child=c2",
                "q c 2026-03-01T10:00 child=c2",
                "u a 2026-03-02T09:00 child=c2",
            ],
            "state by",
            &["d c1: met by r", "d c2: breached by nothing"],
        ),
        of(
            "when met, closed_by is the latest recorded at or before the trigger, else the latest of all, recorded late",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nneeds = \"b\"\n",
            &[
                "q b 2026-03-01T07:00 child=c1",
                "r b 2026-03-01T08:00 child=c1",
                "s b 2026-03-01T09:00 ~2026-03-03T09:00 child=c1",
                "t a 2026-03-02T09:00 child=c1",
                "p b 2026-03-01T09:00 ~2026-03-03T09:00 child=c2",
                "u a 2026-03-02T09:00 child=c2",
            ],
            "state by recorded_late",
            &["d c1: met by r recorded in time", "d c2: met by p recorded late"],
        ),
        of(
            "`never` is breached at its trigger, due then; met if an `unless_before` is earlier in order",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nunless_before = \"b\"\n",
            &[
                "t a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T09:00 child=c1",
                "u a 2026-03-02T09:00 child=c1",
            ],
            "trigger state due",
            &["d c1: from t breached 2026-03-02T09:00", "d c1: from u met 2026-03-02T09:00"],
        ),
        of(
            "`holds` gives one duty for each officer; none linked gives an empty part, undecided, naming the role",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nholds = \"qualified(subject, 'pip2')\"\n",
            &[
                "q qualification.gained 2026-03-01T09:00 officer=officer:o1 .name=pip2 .expires=2026-03-02T09:00",
                "r qualification.gained 2026-03-01T09:00 officer=officer:o2 .name=pip2",
                "t a 2026-03-02T09:00 child=c1 officer=officer:o1 officer=officer:o2 officer=officer:o3",
                "u a 2026-03-02T09:00 child=c2",
            ],
            "state undecided",
            &[
                "d c1/officer:o2: met undecided -",
                "d c1/officer:o1: breached undecided -",
                "d c1/officer:o3: undecided undecided qualified(subject, 'pip2')",
                "d c2: undecided undecided event.links.officer",
            ],
        ),
        of(
            "a `since` that differs in a value of `same` is none",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nneeds = \"b\"\nsince = \"c\"\nsame = [\"n\"]\n",
            &[
                "r b 2026-03-01T09:00 child=c1 .n=1",
                "s c 2026-03-01T10:00 child=c1 .n=2",
                "t a 2026-03-02T09:00 child=c1 .n=1",
            ],
            "state by",
            &["d c1: met by r"],
        ),
        of(
            "officers are barred by those of earlier events, not of the same one",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nneeds = \"b\"\nindependent_of = \"b\"\n",
            &[
                "r b 2026-03-01T09:00 child=c1 officer=officer:o1",
                "s b 2026-03-01T10:00 child=c1 officer=officer:o1",
                "t a 2026-03-02T09:00 child=c1 officer=officer:o2",
            ],
            "state by",
            &["d c1: met by r"],
        ),
        Scenario {
            policies: vec![version(
                "",
                &with(
                    "independent_of = \"a\"\n[kinds.a]\nlinks = [\"child\"]\n[kinds.b]\nlinks = [\"child\"]\n",
                ),
            )],
            ..of(
                "who is independent is told by officers that are not declared too",
                "",
                &[
                    "t a 2026-03-02T09:00 child=c1 officer=officer:o1",
                    "r b 2026-03-02T10:00 child=c1 officer=officer:o2",
                    "u a 2026-03-02T09:00 child=c2 officer=officer:o1",
                    "s b 2026-03-02T10:00 child=c2 officer=officer:o1",
                ],
                "state",
                &["d c1: met", "d c2: pending"],
            )
        },
        of(
            "a qualification that ended is none, and who leaves a team leaves every post in it",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nholds = \"qualified(subject, 'pip2') || has_role(subject, 'manager')\"\n",
            &[
                "q qualification.gained 2026-03-01T09:00 officer=officer:o1 .name=pip2",
                "q2 qualification.ended 2026-03-01T10:00 officer=officer:o1 .name=pip2",
                "p post.held 2026-03-01T09:00 officer=officer:o1 team=team:x .role=manager",
                "p2 post.held 2026-03-01T09:00 officer=officer:o1 team=team:y .role=director",
                "t a 2026-03-01T12:00 child=c1 officer=officer:o1",
                "p3 post.left 2026-03-02T09:00 officer=officer:o1 team=team:x",
                "u a 2026-03-02T12:00 child=c2 officer=officer:o1",
            ],
            "state",
            &["d c1/officer:o1: met", "d c2/officer:o1: breached"],
        ),
        of(
            "asked as at an instant, a qualification is compared with it, not with the event",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nholds = \"qualified(subject, 'pip2', after(event.at, '168h'))\"\n",
            &[
                "q qualification.gained 2026-03-01T09:00 officer=officer:o1 .name=pip2 .expires=2026-03-09T09:00",
                "t a 2026-03-02T08:59:59.999 child=c1 officer=officer:o1",
                "u a 2026-03-02T09:00 child=c2 officer=officer:o1",
            ],
            "state",
            &["d c1/officer:o1: met", "d c2/officer:o1: breached"],
        ),
        of(
            "of `holds`, recorded_late says that entries recorded by the trigger's `at` alone would not do",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nholds = \"has_role(subject, 'manager')\"\n",
            &[
                "p post.held 2026-03-01T09:00 ~2026-03-05T09:00 officer=officer:o1 .role=manager",
                "t a 2026-03-02T09:00 child=c1 officer=officer:o1",
            ],
            "state by recorded_late",
            &["d c1/officer:o1: met by nothing recorded late"],
        ),
        of(
            "`given`: the trigger counts only if one with the same key is earlier; where it lacks a value of `same` it is undecided",
            &with("given = \"g\"\nsame = [\"stream\"]\n"),
            &[
                "g1 g 2026-03-01T09:00 child=c1 @case:k1",
                "t a 2026-03-02T09:00 child=c1 @case:k1",
                "u a 2026-03-02T09:00 child=c1 @case:k2",
                "v a 2026-03-02T09:00 child=c1",
            ],
            "trigger state undecided",
            &["d c1: from t pending undecided -", "d c1: from v undecided undecided event.stream"],
        ),
        of(
            "where `given` or `where` is false the trigger does not count, even if the other fails",
            &with("given = \"g\"\nsame = [\"stream\"]\nwhere = \"event.attrs.n > 1\"\n"),
            &["t a 2026-03-02T09:00 child=c1 .n=1", "u a 2026-03-02T09:00 child=c1 @case:k1"],
            "trigger state",
            &[],
        ),
        of(
            "`same` holds if the trigger's non-empty set is contained in the candidate's; missing equals nothing",
            &with("same = [\"episode\"]\n"),
            &[
                "t a 2026-03-02T09:00 child=c1 episode=e1",
                "u a 2026-03-02T09:00 child=c1 episode=e1 episode=e2",
                "v a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T10:00 child=c1 episode=e1 episode=e3",
                "s b 2026-03-02T11:00 child=c1",
            ],
            "trigger state near",
            &["d c1: from t met near []", "d c1: from u pending near [s]", "d c1: from v pending near [r,s]"],
        ),
        of(
            "what triggers a rule and is a response to it closes duties before it, not its own",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = [\"a\", \"b\"]\nwithin = \"24h\"\n",
            &["t a 2026-03-02T09:00 child=c1", "u a 2026-03-02T10:00 child=c1"],
            "trigger state by",
            &["d c1: from t met by u", "d c1: from u pending by nothing"],
        ),
        of(
            "`near` lists those whose guard was false or failed, and who were not independent",
            &with("expect_where = \"event.attrs.n > 1\"\nindependent_of = \"i\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1 officer=officer:o1",
                "i1 i 2026-03-02T09:30 child=c1 officer=officer:o2",
                "r1 b 2026-03-02T10:00 child=c1 .n=1 officer=officer:o3",
                "r2 b 2026-03-02T10:00 child=c1 officer=officer:o3",
                "r3 b 2026-03-02T10:00 child=c1 .n=2 officer=officer:o1",
                "r4 b 2026-03-02T10:00 child=c1 .n=2 officer=officer:o2 officer=officer:o3",
                "r5 b 2026-03-02T10:00 child=c1 .n=2",
                "r6 b 2026-03-02T10:00 child=c1 .n=2 officer=officer:o3",
                "r7 b 2026-03-02T10:00 child=c1 .n=1 officer=officer:o3",
            ],
            "state by near",
            &["d c1: met by r6 near [r1,r2,r3,r4,r5]"],
        ),
        of(
            "`each`: one duty for each linked entity; a candidate counts for a part only if it links it",
            &with("each = \"suspect\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1 suspect=s1 suspect=s2",
                "u a 2026-03-02T09:00 child=c2",
                "r b 2026-03-02T10:00 child=c1 suspect=s2",
            ],
            "state near undecided",
            &[
                "d c1/s1: pending near [] undecided -",
                "d c1/s2: met near [] undecided -",
                "d c2: undecided near [] undecided event.links.suspect",
            ],
        ),
        of(
            "`as` counts only where the key is linked in that role",
            "[duty.d]\non = \"person\"\nwhen = { kind = \"a\", as = \"suspect\" }\nexpect = \"b\"\nwithin = \"24h\"\n",
            &["t a 2026-03-02T09:00 child=person:p1 suspect=person:p2"],
            "state",
            &["d person:p2: pending"],
        ),
        of(
            "a guard that fails gives undecided duties, one for each part, with the due that they would have",
            &with("where = \"event.attrs.age < 18 && event.attrs.x == 1\"\neach = \"suspect\"\n"),
            &[
                "t a 2026-03-02T09:00 child=c1 suspect=s1 suspect=s2 .x=1",
                "u a 2026-03-02T09:00 child=c2 .x=2",
            ],
            "state due undecided",
            &[
                "d c1/s1: undecided 2026-03-03T09:00 undecided event.attrs.age",
                "d c1/s2: undecided 2026-03-03T09:00 undecided event.attrs.age",
            ],
        ),
    ]
}

fn every() -> Vec<Scenario> {
    const RULE: &str = "[duty.d]\non = \"child\"\nfrom = \"a\"\nexpect = \"b\"\nevery = \"2d\"\nunless = \"x\"\nuntil = \"u\"\n";
    vec![
        of(
            "an `expect` starts the next interval, due `every` after itself",
            RULE,
            &["t a 2026-03-02T09:00 child=c1", "r b 2026-03-03T09:00 child=c1"],
            "trigger state due",
            &["d c1: from t met 2026-03-04T23:59:59.999", "d c1: from r pending 2026-03-05T23:59:59.999"],
        ),
        of(
            "an `unless` starts the next, due at the first further due after the closing; unanswered dues are missed",
            RULE,
            &["t a 2026-03-02T09:00 child=c1", "x1 x 2026-03-07T09:00 child=c1"],
            "trigger state due missed",
            &[
                "d c1: from t excused-late 2026-03-04T23:59:59.999 missed 2",
                "d c1: from x1 pending 2026-03-08T23:59:59.999 missed 0",
            ],
        ),
        of(
            "a further due in the very moment of the closing has not passed, and is not after it",
            "[duty.d]\non = \"child\"\nfrom = \"a\"\nexpect = \"b\"\nevery = \"24h\"\nunless = \"x\"\n",
            &["t a 2026-03-02T09:00 child=c1", "x1 x 2026-03-05T09:00 child=c1"],
            "trigger state due missed",
            &[
                "d c1: from t excused-late 2026-03-03T09:00 missed 2",
                "d c1: from x1 pending 2026-03-06T09:00 missed 0",
            ],
        ),
        of(
            "`until` starts none, and so does an event that is also `until`; a `from` then opens again",
            "[duty.d]\non = \"child\"\nfrom = \"a\"\nexpect = \"b\"\nevery = \"2d\"\nuntil = \"b\"\nowner = \"care\"\n",
            &[
                "t a 2026-03-02T09:00 child=c1",
                "s a 2026-03-02T10:00 child=c1",
                "r b 2026-03-03T09:00 child=c1",
                "v a 2026-03-04T09:00 child=c1",
            ],
            "trigger state reports",
            &["d c1: from t met", "d c1: from v pending", "already-open s d c1"],
        ),
        of(
            "a `from` while an interval is open is ignored only with equal values of `same`, both missing being equal",
            "[duty.d]\non = \"child\"\nfrom = \"a\"\nexpect = \"b\"\nevery = \"2d\"\nsame = [\"episode\"]\nowner = \"care\"\n",
            &[
                "t a 2026-03-02T09:00 child=c1",
                "s a 2026-03-02T10:00 child=c1",
                "r a 2026-03-02T11:00 child=c1 episode=e1",
            ],
            "trigger state reports",
            &["d c1: from t pending", "d c1: from r pending", "already-open s d c1"],
        ),
        of(
            "an `every` duty emits `duty.overdue` for each missed due",
            "[duty.d]\non = \"child\"\nfrom = \"a\"\nexpect = \"b\"\nevery = \"2d\"\n\
             [signal.s]\non = \"child\"\ncount = \"duty.overdue:d\"\nat_least = 2\n",
            &["t a 2026-03-02T09:00 child=c1", "z z 2026-03-10T09:00"],
            "signals",
            // The id is the hash over `duty.overdue:d`, the duty's id, and `2`.
            &["s c1 at 2026-03-07T00:00 by b776ad3a28fe66854b478d44e50b218e"],
        ),
    ]
}

fn attend() -> Vec<Scenario> {
    const RULE: &str =
        "[duty.d]\non = \"child\"\nwhen = \"m\"\nagencies = \"invited\"\nrecord_within = \"24h\"\n";
    vec![
        of(
            "the trigger's attendance, else the first later `attendance.recorded` of the same meeting, closes it",
            RULE,
            &[
                "t m 2026-03-02T09:00 child=c1 meeting=m1 .invited=[police,care,health] .attendance=[police=attended]",
                "r attendance.recorded 2026-03-04T09:00 meeting=m1 .attendance=[police=absent,care=attended]",
                "s attendance.recorded 2026-03-04T09:00 meeting=m2 .attendance=[health=attended]",
            ],
            "state by late",
            &[
                "d c1/health: unrecorded by nothing late -",
                "d c1/care: met by r late 86400000",
                "d c1/police: met by t late -",
            ],
        ),
        of(
            "apologies with report are met only if `report_counts`; an unknown word is no entry, and reported",
            &format!(
                "{RULE}owner = \"care\"\n[duty.e]\non = \"child\"\nwhen = \"m\"\nagencies = [\"police\"]\nrecord_within = \"24h\"\nreport_counts = true\nowner = \"care\"\n"
            ),
            &[
                "t m 2026-03-02T09:00 child=c1 .invited=[police,care] .attendance=[care=maybe,care=absent,police=apologies+report]",
            ],
            "state invited reports",
            &[
                "d c1/care: breached yes",
                "d c1/police: breached yes",
                "e c1/police: met yes",
                "unknown-attendance t d c1",
            ],
        ),
        of(
            "`\"invited\"` gives no duty for an empty list, and one with an empty part where there is no list",
            RULE,
            &["t m 2026-03-02T09:00 child=c1 .invited=[]", "u m 2026-03-02T09:00 child=c2"],
            "state invited undecided",
            &["d c2: undecided unknown undecided event.attrs.invited"],
        ),
        of(
            "the events of its duties have the agency as an attribute, and link none",
            &format!(
                "{RULE}[duty.e]\non = \"child\"\nwhen = \"duty.met:d\"\nexpect = \"b\"\nwithin = \"24h\"\n\
                 where = \"event.attrs.agency == 'police' && size(event.links.agency) == 0\"\n"
            ),
            &["t m 2026-03-02T09:00 child=c1 agency=care .invited=[police] .attendance=[police=attended]"],
            "state",
            &["d c1/police: met", "e c1: pending"],
        ),
    ]
}

fn records() -> Vec<Scenario> {
    vec![
        of(
            "`record.corrected` withdraws the record; a correction keeps the root's id and seq",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "u a 2026-03-02T09:00 child=c2",
                "k record.corrected 2026-03-05T09:00 ^t",
                "l a 2026-03-03T09:00 ~2026-03-05T09:00 child=c3 ^u",
            ],
            "trigger due",
            &["d c3: from u 2026-03-04T09:00"],
        ),
        of(
            "a correction of a correction counts as one of the root; the last by (recorded_at, seq) wins",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "k a 2026-03-02T09:00 ~2026-03-06T09:00 child=c2 ^t",
                "l a 2026-03-02T09:00 ~2026-03-05T09:00 child=c3 ^k",
            ],
            "trigger state",
            &["d c2: from t pending"],
        ),
        of(
            "mending a note makes nothing late",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T10:00 child=c1",
                "k b 2026-03-02T10:00 ~2026-03-20T10:00 child=c1 ^r",
            ],
            "state by recorded_late",
            &["d c1: met by r recorded in time"],
        ),
        of(
            "an amended response is recorded when it was amended",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T10:00 child=c1 .n=1",
                "k b 2026-03-02T10:00 ~2026-03-20T10:00 child=c1 .n=2 ^r",
            ],
            "state recorded_late",
            &["d c1: met recorded late"],
        ),
        known_by(
            "2026-03-04T09:00",
            of(
                "a correction of an event unknown under the cut stands as an event of its own, and is reported",
                &with("owner = \"care\"\n"),
                &["t a 2026-03-02T09:00 ~2026-03-05T09:00 child=c1", "k a 2026-03-03T09:00 child=c1 ^t"],
                "trigger reports",
                &["d c1: from k", "unknown-root k"],
            ),
        ),
        of(
            "a withdrawal that does not say of what withdraws nothing, and is reported",
            &with("owner = \"care\"\n"),
            &["t a 2026-03-02T09:00 child=c1", "k record.corrected 2026-03-03T09:00"],
            "state reports",
            &["d c1: pending", "unknown-root k"],
        ),
        known_by(
            "2026-03-01T09:00",
            of(
                "corrections in a circle are an error, whatever the cut",
                WITHIN_A_DAY,
                &["t a 2026-03-02T09:00 child=c1 ^u", "u a 2026-03-02T09:00 child=c1 ^t"],
                "state",
                &["error"],
            ),
        ),
        of(
            "a merge joins two groups under the canonical name of `into`'s; the id of the other name is an alias",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "r b 2026-03-02T10:00 child=c2",
                "k entity.merged 2026-03-09T09:00 from=c1 into=c2",
            ],
            "state aliases",
            &["d c2: met 1 aliases"],
        ),
        of(
            "a later separation of the same pair, either way round, undoes a merge",
            WITHIN_A_DAY,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "k entity.merged 2026-03-03T08:00 from=c1 into=c2",
                "l entity.separated 2026-03-03T08:30 from=c2 into=c1",
            ],
            "state aliases",
            &["d c1: pending 0 aliases"],
        ),
        of(
            "on = \"person\" groups by every entity that begins `person:`, in whatever role or as the stream",
            "[duty.d]\non = \"person\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"24h\"\n",
            &["t a 2026-03-02T09:00 child=person:p1 friend=person:p2 place=h1 @person:p3"],
            "state",
            &["d person:p1: pending", "d person:p2: pending", "d person:p3: pending"],
        ),
        Scenario {
            policies: vec![version(
                "",
                &with(
                    "owner = \"care\"\n[kinds.a]\nlinks = [\"child\"]\nattrs = { n = \"integer\" }\n[kinds.b]\nlinks = [\"child\"]\n",
                ),
            )],
            ..of(
                "undeclared kinds match nothing, undeclared fields and wrong types are reported and seen by no rule",
                "",
                &[
                    "t a 2026-03-02T09:00 child=c1 friend=c2 .n=x .m=1",
                    "u z 2026-03-02T09:00 child=c1",
                    "v z 2026-03-02T09:00 child=c1",
                ],
                "state reports",
                &["d c1: pending", "undeclared-kind", "undeclared-field", "undeclared-field", "wrong-type t"],
            )
        },
    ]
}

fn signals() -> Vec<Scenario> {
    vec![
        of(
            "a signal is raised if its window holds at least `at_least` with e, and fewer without it",
            "[signal.frequent-missing]\non = \"child\"\ncount = \"a\"\nat_least = 2\nwithin = \"3d\"\n",
            &[
                "e1 a 2026-03-02T09:00 child=c1",
                "e2 a 2026-03-03T09:00 child=c1",
                "e3 a 2026-03-04T09:00 child=c1",
                "e4 a 2026-03-08T09:00 child=c1",
                "e5 a 2026-03-09T09:00 child=c1",
            ],
            "signals",
            &[
                "frequent-missing c1 at 2026-03-03T09:00 by e2",
                "frequent-missing c1 at 2026-03-09T09:00 by e5",
            ],
        ),
        of(
            "`distinct` counts different values of a name; `per` gives each value a window of its own",
            "[signal.s]\non = \"place\"\ncount = \"a\"\nat_least = 2\ndistinct = \"child\"\nper = [\"n\"]\n",
            &[
                "e1 a 2026-03-02T09:00 child=c1 place=h1 .n=1",
                "e2 a 2026-03-03T09:00 child=c1 place=h1 .n=1",
                "e3 a 2026-03-04T09:00 child=c2 place=h1 .n=2",
                "e4 a 2026-03-05T09:00 child=c2 place=h1 .n=1",
                "e5 a 2026-03-06T09:00 child=c3 place=h1",
            ],
            "signals",
            &["s h1 at 2026-03-05T09:00 by e4 [\"1\"]"],
        ),
        of(
            "a derived event stands under its own key only, directly after its cause; a duty may wait for it",
            "[signal.s]\non = \"child\"\ncount = \"a\"\nat_least = 1\n\
             [duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"signal.s\"\nwithin = \"24h\"\n",
            &["t a 2026-03-02T09:00 child=c1 child=c2"],
            "state late",
            &["d c1: met late -", "d c2: met late -"],
        ),
        of(
            "of the signals that an event causes, one that counts another comes after it",
            "[signal.s]\non = \"child\"\ncount = \"a\"\nat_least = 1\n\
             [signal.over]\non = \"child\"\ncount = \"signal.s\"\nat_least = 1\n\
             [duty.d]\non = \"child\"\nwhen = \"signal.over\"\nneeds = \"signal.s\"\n",
            &["t a 2026-03-02T09:00 child=c1 child=c2 child=c3 child=c4 child=c5 child=c6"],
            "state",
            &["d c1: met", "d c2: met", "d c3: met", "d c4: met", "d c5: met", "d c6: met"],
        ),
        of(
            "a signal of terms is raised once for each term that the note has",
            OF_TERMS,
            &["e a 2026-03-02T09:00 child=c1 #cheeky,_and_sly,_and_cheeky"],
            "signals",
            &["s c1 at 2026-03-02T09:00 by e [\"cheeky\"]", "s c1 at 2026-03-02T09:00 by e [\"sly\"]"],
        ),
        of(
            "its event has `term`, `prefer` and `event`",
            &format!(
                "{OF_TERMS}[duty.d]\non = \"child\"\nwhen = \"signal.s\"\nexpect = \"b\"\nwithin = \"24h\"\n\
                 where = \"event.attrs.term == 'sly' && event.attrs.prefer == 'afraid' && event.attrs.event == 'e'\"\n"
            ),
            &["e a 2026-03-02T09:00 child=c1 #sly", "f a 2026-03-02T10:00 child=c2 #sly"],
            "state undecided",
            &["d c1: pending undecided -"],
        ),
        of(
            "a derived event has no note",
            &format!("{}{}", WITHIN_A_DAY, OF_TERMS.replace("terms =", "count = \"duty.opened:d\"\nterms =")),
            &["e a 2026-03-02T09:00 child=c1 #sly"],
            "signals",
            &[],
        ),
        of(
            "the note of a correction stands in place of the one that it corrects",
            OF_TERMS,
            &["e a 2026-03-02T09:00 child=c1 #sly", "m a 2026-03-02T09:00 child=c1 ^e #cheeky"],
            "signals",
            &["s c1 at 2026-03-02T09:00 by e [\"cheeky\"]"],
        ),
        of(
            "a signal of terms is raised while its rule is in force",
            &OF_TERMS.replace("terms =", "in_force = { from = 2026-03-02, to = 2026-03-03 }\nterms ="),
            &[
                "e a 2026-03-01T23:59:59.999 child=c1 #sly",
                "f a 2026-03-02T00:00 child=c1 #sly",
                "g a 2026-03-03T00:00 child=c1 #sly",
            ],
            "signals",
            &["s c1 at 2026-03-02T00:00 by f [\"sly\"]"],
        ),
        of(
            "those caused by time come after all others of the same `at`",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"24h\"\n\
             [duty.e]\non = \"child\"\nwhen = \"duty.overdue:d\"\nexpect = \"b\"\nwithin = \"24h\"\n",
            &["t a 2026-03-02T09:00 child=c1", "r b 2026-03-03T09:00:00.001 child=c1"],
            "state late due",
            &["d c1: met-late late 1 2026-03-03T09:00", "e c1: pending late - 2026-03-04T09:00:00.001"],
        ),
    ]
}

fn ladders() -> Vec<Scenario> {
    const LADDER: &str = "owner = \"manager\"\nladder = \"l\"\n[ladder.l]\nsteps = [{ to = \"director\", answer_within = \"4h\" }, \
                          { to = \"chief\", answer_within = \"24h\" }, { to = \"director\" }]\n";
    const NEVER: &str = "[duty.d]\non = \"child\"\nwhen = \"a\"\nowner = \"manager\"\nladder = \"l\"\n\
                         [ladder.l]\nsteps = [{ to = \"director\", answer_within = \"4h\" }, { to = \"director\" }]\n";
    let laddered = with(LADDER);
    vec![
        as_of(
            "2026-03-03T14:00",
            of(
                "step 1 opens at due; the next at its due, if the duty is still open after it; no register is not nobody",
                &laddered,
                &["t a 2026-03-02T09:00 child=c1"],
                "holders ladder",
                &[
                    "d c1: holders ? 1 director ? 2026-03-03T09:00..2026-03-03T13:00; 2 chief ? 2026-03-03T13:00..2026-03-04T13:00",
                ],
            ),
        ),
        as_of(
            "2026-03-03T13:00",
            of(
                "at the due of a step the next is not open yet",
                &laddered,
                &["t a 2026-03-02T09:00 child=c1"],
                "ladder",
                &["d c1: 1 director ? 2026-03-03T09:00..2026-03-03T13:00"],
            ),
        ),
        of(
            "`climb` opens the next step then; `act-by` moves the due, cut at one further `answer_within`; words do not stop it",
            &laddered,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "q escalation.answered 2026-03-03T10:00 .rule=d .key=c1 .decision=climb",
                "r escalation.answered 2026-03-03T11:00 .rule=d .key=c1 .decision=accepted .reason=x .action=y",
                "s escalation.answered 2026-03-03T12:00 .rule=d .key=c1 .decision=act-by .until=2026-03-09T09:00",
                "z z 2026-03-08T09:00",
            ],
            "ladder",
            &[
                "d c1: 1 director ? 2026-03-03T09:00..2026-03-03T13:00 seen 2026-03-03T10:00 climb 2026-03-03T10:00; \
                 2 chief ? 2026-03-03T10:00..2026-03-05T10:00 seen 2026-03-03T11:00 act-by 2026-03-03T12:00; \
                 3 director ? 2026-03-05T10:00..",
            ],
        ),
        of(
            "the first `escalation.raised` later than a step's opening starts its clock; a late answer is `answered-late`",
            &laddered,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "q escalation.raised 2026-03-03T10:00 .rule=d .key=c1 .step=1",
                "r escalation.answered 2026-03-03T15:00 .rule=d .key=c1 .step=1 .decision=climb",
            ],
            "ladder",
            &[
                "d c1: 1 director ? 2026-03-03T09:00..2026-03-03T14:00 raised 2026-03-03T10:00 seen 2026-03-03T15:00 \
                 answered-late 2026-03-03T15:00; 2 chief ? 2026-03-03T14:00..2026-03-04T14:00",
            ],
        ),
        of(
            "an `escalation.raised` starts no clock in the instant of the opening, and none that an answer moved",
            &laddered,
            &[
                "t a 2026-03-02T09:00 child=c1",
                "u a 2026-03-02T09:00 child=c2",
                "o escalation.raised 2026-03-03T09:00 .rule=d .key=c2 .step=1",
                "p escalation.raised 2026-03-03T10:00 .rule=d .key=c2 .step=1",
                "q escalation.answered 2026-03-03T10:00 .rule=d .key=c1 .step=1 .decision=act-by .until=2026-03-03T13:30",
                "r escalation.raised 2026-03-03T11:00 .rule=d .key=c1 .step=1",
                "z z 2026-03-03T12:00",
            ],
            "ladder",
            &[
                "d c1: 1 director ? 2026-03-03T09:00..2026-03-03T13:30 raised 2026-03-03T11:00 seen 2026-03-03T10:00 \
                 act-by 2026-03-03T10:00",
                "d c2: 1 director ? 2026-03-03T09:00..2026-03-03T14:00 raised 2026-03-03T09:00",
            ],
        ),
        of(
            "a breach stands open until `accepted` with a reason and an action; an owner's own answer counts for nothing",
            NEVER,
            &[
                "p post.held 2026-03-01T09:00 officer=officer:o1 manager=officer:o2 .role=manager",
                "q post.held 2026-03-01T09:00 officer=officer:o2 .role=director",
                "t a 2026-03-02T09:00 child=c1",
                "r escalation.answered 2026-03-02T10:00 .rule=d .key=c1 .decision=accepted .reason=x .action=y officer=officer:o1",
                "s escalation.answered 2026-03-02T11:00 .rule=d .key=c1 .decision=accepted .reason=x .action=y officer=officer:o2",
                "z z 2026-03-08T09:00",
            ],
            "state holders ladder reports",
            &[
                "d c1: breached holders [officer:o1] 1 director [officer:o2] 2026-03-02T09:00..2026-03-02T13:00 seen \
                 2026-03-02T11:00 accepted 2026-03-02T11:00",
                "answer-refused r d c1",
            ],
        ),
        of(
            "where nobody is left the step is skipped at once, and reported",
            NEVER,
            &[
                "q post.held 2026-03-01T09:00 officer=officer:o2 .role=director",
                "t a 2026-03-02T09:00 child=c1 officer=officer:o2",
            ],
            "ladder reports",
            &[
                "d c1: 1 director [] 2026-03-02T09:00..2026-03-02T09:00; 2 director [] 2026-03-02T09:00..",
                "step-skipped t d c1",
                "step-skipped t d c1",
            ],
        ),
        of(
            "a role is held by the officers allocated in the trigger's stream who hold it, else on their line, else in their team",
            "[duty.d]\non = \"child\"\nwhen = \"a\"\nowner = \"manager\"\n",
            &[
                "p post.held 2026-03-01T09:00 officer=officer:o1 manager=officer:o2 .role=worker",
                "q post.held 2026-03-01T09:00 officer=officer:o2 manager=officer:o3 .role=worker",
                "r post.held 2026-03-01T09:00 officer=officer:o3 .role=manager",
                "s post.held 2026-03-01T09:00 officer=officer:o4 .role=manager",
                "k allocation.made 2026-03-01T09:00 @case:k1 officer=officer:o1",
                "l allocation.made 2026-03-01T09:00 @case:k2 officer=officer:o4 officer=officer:o1",
                "t a 2026-03-02T09:00 child=c1 @case:k1",
                "u a 2026-03-02T09:00 child=c2 @case:k2",
                "v a 2026-03-02T09:00 child=c3",
            ],
            "holders",
            &[
                "d c1: holders [officer:o3]",
                "d c2: holders [officer:o4]",
                "d c3: holders [officer:o3,officer:o4]",
            ],
        ),
    ]
}

fn versions() -> Vec<Scenario> {
    let dated =
        |from: &str, rule: &str| version(&format!("open = true\nin_force = {{ from = {from} }}"), rule);
    let two = || {
        vec![
            dated("2026-03-01", "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"24h\"\n"),
            dated("2026-06-01", "[duty.d]\non = \"child\"\nwhen = \"a\"\nexpect = \"b\"\nwithin = \"48h\"\n"),
        ]
    };
    const LOG: &[&str] = &[
        "s a 2026-02-28T23:59:59.999 child=c1",
        "t a 2026-05-31T22:59:59.999 child=c1",
        "u a 2026-05-31T23:00 child=c1",
    ];
    vec![
        Scenario {
            policies: two(),
            ..of(
                "what is in force at the trigger's local date binds: a version from the first millisecond of its date in its zone",
                "",
                LOG,
                "trigger due",
                &["d c1: from t 2026-06-01T22:59:59.999", "d c1: from u 2026-06-02T23:00"],
            )
        },
        Scenario {
            policies: two(),
            ignore_in_force: true,
            ..of(
                "`in_force: ignore` takes the last version alone for all time",
                "",
                LOG,
                "trigger due",
                &[
                    "d c1: from s 2026-03-02T23:59:59.999",
                    "d c1: from t 2026-06-02T22:59:59.999",
                    "d c1: from u 2026-06-02T23:00",
                ],
            )
        },
        of(
            "a rule's own `in_force` narrows further; `to` is exclusive",
            &with("in_force = { from = 2026-03-02, to = 2026-03-03 }\n"),
            &[
                "s a 2026-03-01T23:59:59.999 child=c1",
                "t a 2026-03-02T00:00 child=c1",
                "u a 2026-03-03T00:00 child=c1",
            ],
            "trigger",
            &["d c1: from t"],
        ),
        of(
            "a rule's own `in_force`: the log's last event is the first that it no longer binds",
            &with("in_force = { from = 2026-03-02, to = 2026-03-03 }\n"),
            &["t a 2026-03-02T00:00 child=c1", "u a 2026-03-03T00:00 child=c1"],
            "trigger",
            &["d c1: from t"],
        ),
        of(
            "a rule's own `in_force`: the log's first event is the last that it does not bind yet",
            &with("in_force = { from = 2026-03-02, to = 2026-03-03 }\n"),
            &["s a 2026-03-01T23:59:59.999 child=c1", "t a 2026-03-02T00:00 child=c1"],
            "trigger",
            &["d c1: from t"],
        ),
        of(
            "a response closes what its rule opened in the first millisecond of its `in_force`, and in the last",
            &with("in_force = { from = 2026-03-02, to = 2026-03-03 }\n"),
            &[
                "t a 2026-03-02T00:00 child=c1",
                "u a 2026-03-02T23:59:59.999 child=c1",
                "v a 2026-03-03T00:00 child=c1",
                "r b 2026-03-03T01:00 child=c1",
            ],
            "trigger state by",
            &["d c1: from t met-late by r", "d c1: from u met by r"],
        ),
        as_of(
            "2026-03-02T10:00",
            of(
                "`as_of` tests the effective `at`",
                WITHIN_A_DAY,
                &[
                    "t a 2026-03-02T09:00 child=c1",
                    "u a 2026-03-02T11:00 child=c1",
                    "k a 2026-03-02T08:00 ~2026-03-09T09:00 child=c2 ^u",
                ],
                "trigger",
                &["d c1: from t", "d c2: from u"],
            ),
        ),
    ]
}
