//! `explain`: why a duty stands where it stands, event by event and date by date.
//!
//! Nothing is judged here. The events of the duty's key are walked once more with the functions of `evaluate`, which
//! keeps only what mattered, and each is asked what it was to the duty and why it did not count.

mod causes;
mod considered;
mod days;
mod due;
mod ladder;
mod reasons;
mod start;
mod state;
mod trace;
mod words;

use std::fmt;

use serde::Serialize;

use crate::duty::State;
use crate::evaluate::effective::Node;
use crate::evaluate::state::Duty;
use crate::evaluate::{DutyRef, Evaluation};
use crate::log::Text;
use crate::policy::{self, DutyRule};
use crate::program::Version;
use trace::Trace;
use words::Words;

/// Why a duty stands where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The rule, the key, the part and the state.
    pub heading: String,
    /// In the order in which they are read.
    pub lines: Vec<Line>,
}

/// A line of an explanation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// What it is about.
    pub section: Section,
    /// 0, or how deep it stands under the line before it.
    pub indent: u8,
    /// A sentence, with times local to the rule's zone.
    pub text: String,
    /// The id of the event that it is about.
    pub event: Option<String>,
    /// The stream of that, where it has one.
    pub stream: Option<String>,
}

/// What lines of an explanation are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// What the rule says.
    Rule,
    /// The event that started the duty.
    Start,
    /// How its due was found.
    Due,
    /// Every event that might have counted.
    Considered,
    /// Where it stands.
    State,
    /// Who owes it, and its ladder.
    Owner,
}

impl Section {
    /// Its heading.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Rule => "The rule",
            Self::Start => "What started it",
            Self::Due => "When it is due",
            Self::Considered => "What was considered",
            Self::State => "Where it stands",
            Self::Owner => "Who owes it",
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.heading)?;
        let mut section = None;
        for line in &self.lines {
            if section != Some(line.section) {
                writeln!(f, "\n{}", line.section.title())?;
                section = Some(line.section);
            }
            writeln!(f, "{:width$}{}", "", line.text, width = 2 + 2 * usize::from(line.indent))?;
        }
        Ok(())
    }
}

impl Evaluation<'_> {
    /// The duties of which an id, an alias included, begins so, with or without `duty:` before it.
    #[must_use]
    pub fn find(&self, id: &str) -> Vec<DutyRef> {
        let id = id.strip_prefix("duty:").unwrap_or(id);
        let all = self.ran.duties.iter().enumerate().flat_map(|(group, duties)| {
            duties.standing().map(move |(row, _)| DutyRef { group: group as u32, row })
        });
        all.filter(|&duty| self.ids(duty).iter().any(|of_duty| of_duty.starts_with(id))).collect()
    }
}

impl Evaluation<'_> {
    /// The duty of a rule about a key that has an id.
    #[must_use]
    pub fn duty_of(&self, rule: &str, key: &str, id: &str) -> Option<DutyRef> {
        let groups = self.view.compiled.groups.iter().zip(&self.ran.duties).enumerate();
        let of_rule = groups.filter(|(_, (group, _))| group.name == rule).flat_map(|(group, (_, duties))| {
            duties.standing().map(move |(row, _)| DutyRef { group: group as u32, row })
        });
        let mut about_it = of_rule.filter(|&duty| self.key(duty) == key);
        about_it.find(|&duty| self.ids(duty).iter().any(|of_duty| of_duty == id))
    }
}

/// Why a duty stands where it stands, event by event and date by date.
#[must_use]
pub fn explain(evaluation: &Evaluation<'_>, duty: DutyRef) -> Explanation {
    let Some(mut story) = Story::new(evaluation, duty) else {
        return Explanation { heading: evaluation.group(duty).name.clone(), lines: Vec::new() };
    };
    story.tell_rule();
    story.tell_start();
    story.tell_due();
    story.tell_considered();
    story.tell_state();
    story.tell_owner();
    Explanation { heading: story.heading(), lines: story.lines }
}

/// A duty, and what is told of it so far.
struct Story<'e, 'a> {
    evaluation: &'e Evaluation<'a>,
    duty: DutyRef,
    words: Words<'e, 'a>,
    rule: &'a DutyRule,
    version: &'a Version,
    row: &'e Duty,
    start: Node,
    part: Text,
    state: State,
    trace: Trace,
    lines: Vec<Line>,
}

impl<'e, 'a> Story<'e, 'a> {
    fn new(evaluation: &'e Evaluation<'a>, duty: DutyRef) -> Option<Self> {
        let version = evaluation.version(duty);
        let words = Words { view: &evaluation.view, clock: &version.clock };
        Some(Self {
            evaluation,
            duty,
            words,
            rule: evaluation.rule(duty)?,
            version,
            row: evaluation.duty(duty),
            start: evaluation.start(duty),
            part: evaluation.part(duty),
            state: evaluation.state_of(duty),
            trace: trace::of(evaluation, duty, words),
            lines: Vec::new(),
        })
    }

    fn say(&mut self, section: Section, indent: u8, text: impl Into<String>) {
        self.lines.push(Line { section, indent, text: text.into(), event: None, stream: None });
    }

    fn say_of(&mut self, section: Section, indent: u8, node: Node, text: impl Into<String>) {
        let view = self.words.view;
        let stream = Some(view.names.get(view.stream(node)).to_owned()).filter(|stream| !stream.is_empty());
        let event = Some(view.id(node).into_owned());
        self.lines.push(Line { section, indent, text: text.into(), event, stream });
    }

    fn heading(&self) -> String {
        let (rule, key) = (&self.rule.name, self.words.name(self.row.key));
        let part = match self.words.name(self.part) {
            "" => String::new(),
            part if part == key => String::new(),
            part => format!(" and `{part}`"),
        };
        let id = self.evaluation.id(self.duty);
        format!("`{rule}` for {} `{key}`{part}: {} (duty {id})", self.rule.lens, self.state.word())
    }

    fn tell_rule(&mut self) {
        if let Some(title) = &self.rule.title {
            self.say(Section::Rule, 0, format!("{title}."));
        }
        if let Some(sentence) = policy::sentence(&self.version.policy, &self.rule.name) {
            self.say(Section::Rule, 0, sentence);
        }
        for setting in self.version.policy.settings_of(&self.rule.name) {
            self.say(Section::Rule, 1, setting.words());
        }
    }
}
