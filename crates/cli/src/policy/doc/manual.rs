//! What a manual says, whatever it is written as.

use std::collections::BTreeSet;
use std::path::Path;

use engine::policy::{
    Confidence, DutyRule, InForce, Place, Policy, Setting, SignalRule, Source, Term, owner_words,
    sentence_alone, source_words, span,
};
use engine::time::{Clock, Span};
use serde::Serialize;

use super::example::{self, Example};
use super::ladder::Rung;
use super::time_line::TimeLine;
use crate::review::words::severity;
use crate::words::counted;

/// What stands above every manual.
pub const MADE_BY: &str = "Made from the policy by `wakeful policy doc`: change the policy, not this page. None of it is legal advice.";

/// What settings are.
pub const SETTINGS: &str = "Figures that the law leaves open. A force sets its own, knowingly.";

/// What holds of all drawings.
pub const DRAWINGS: &str = "The time lines are not to scale. What is named `like.this` is a kind of event as it is recorded. Steps of a \
ladder open one after the other for as long as the duty is not done; each goes to a person, who is to answer.";

/// The manual of a policy.
#[derive(Serialize)]
pub struct Manual {
    /// Its name and version.
    pub name: String,
    /// The anchor of its beginning.
    pub anchor: String,
    /// What holds of the whole, each with a name.
    pub facts: Vec<(&'static str, String)>,
    /// What the rules rest on.
    pub sources: Vec<SourceCount>,
    /// The figures that the law leaves open.
    pub settings: Vec<SettingLine>,
    /// Rules of a policy below that are not as they were there.
    pub changes: Vec<String>,
    /// The rules, grouped by file.
    pub themes: Vec<Theme>,
}

/// How many rules rest on sources of a kind.
#[derive(Serialize)]
pub struct SourceCount {
    /// `primary`
    pub word: &'static str,
    /// What that means.
    pub meaning: &'static str,
    /// How many rules.
    pub rules: usize,
}

/// A setting.
#[derive(Serialize)]
pub struct SettingLine {
    /// `title`
    pub title: String,
    /// Its name.
    pub name: String,
    /// `value`
    pub value: String,
    /// The least and the most that make sense.
    pub range: String,
    /// Whose value it is.
    pub whose: String,
    /// `rationale`
    pub why: String,
}

/// The rules of a file.
#[derive(Serialize)]
pub struct Theme {
    /// The file's name in words.
    pub title: String,
    /// Where it begins.
    pub anchor: String,
    /// Its rules, in their order.
    pub rules: Vec<Rule>,
}

/// A rule.
#[derive(Serialize)]
pub struct Rule {
    /// Its title, or its name in words.
    pub title: String,
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub anchor: String,
    /// What it is, who owes it, how severe it is: in a few words each.
    pub marks: Vec<String>,
    /// What it asks for.
    pub sentence: String,
    /// What it rests on.
    pub source: String,
    /// What happened to the rule of the policy below.
    pub change: Option<String>,
    /// The settings whose figures it has.
    pub settings: Vec<SettingLine>,
    /// Its clock.
    pub time_line: TimeLine,
    /// The steps of its ladder.
    pub ladder: Vec<Rung>,
    /// Its tests.
    pub examples: Vec<Example>,
    /// The terms that it looks for.
    pub terms: Vec<TermLine>,
}

/// A term to be avoided.
#[derive(Serialize)]
pub struct TermLine {
    /// What is not to be written.
    pub avoid: String,
    /// What to write instead.
    pub prefer: String,
    /// `why`
    pub why: String,
}

impl Manual {
    /// The manual of a policy; its anchors begin with the prefix.
    pub fn of(policy: &Policy, prefix: &str) -> Self {
        Self {
            name: super::super::name_and_version(policy),
            anchor: format!("{prefix}manual"),
            facts: facts(policy),
            sources: sources(policy),
            settings: policy.settings.values().map(SettingLine::of).collect(),
            changes: changes(policy),
            themes: themes(policy, prefix),
        }
    }
}

fn facts(policy: &Policy) -> Vec<(&'static str, String)> {
    let count = |number: usize, what| counted(number as u64, what);
    let rules = [
        count(policy.duties.len(), "duty"),
        count(policy.signals.len(), "signal"),
        count(policy.ladders.len(), "ladder"),
        count(policy.tests.len(), "test"),
    ];
    let calendar = policy.calendar.map_or("none", |calendar| calendar.name());
    vec![
        ("Holds", rules.join(", ")),
        ("In force", in_force(policy.in_force)),
        ("Local time of", policy.zone.name().to_owned()),
        ("Working days of", calendar.to_owned()),
    ]
}

fn in_force(in_force: InForce) -> String {
    match (in_force.from, in_force.to) {
        (Some(from), Some(to)) => format!("from {}, and before {}", from.in_words(), to.in_words()),
        (Some(from), None) => format!("from {}", from.in_words()),
        (None, Some(to)) => format!("before {}", to.in_words()),
        (None, None) => String::from("at all times, but for rules that say otherwise"),
    }
}

/// What a rule may rest on; the last two where there is no such word.
const SOURCES: [(&str, &str); 5] = [
    ("primary", "the official text was seen"),
    ("restated", "a local or secondary source that restates it was seen"),
    ("general", "general knowledge, to be checked"),
    ("not said", "a source is named, but not how sure it is"),
    ("none", "no source is named"),
];

fn sources(policy: &Policy) -> Vec<SourceCount> {
    let duties = policy.duties.values().map(|rule| rule.source.as_ref());
    let signals = policy.signals.values().map(|rule| rule.source.as_ref());
    let words: Vec<&str> = duties.chain(signals).map(source_word).collect();
    let counts = SOURCES.into_iter().map(|(word, meaning)| {
        let rules = words.iter().filter(|of_rule| **of_rule == word).count();
        SourceCount { word, meaning, rules }
    });
    counts.filter(|count| count.word != "not said" || count.rules > 0).collect()
}

fn source_word(source: Option<&Source>) -> &'static str {
    match source.map(|source| source.confidence) {
        Some(Some(Confidence::Primary)) => "primary",
        Some(Some(Confidence::Restated)) => "restated",
        Some(Some(Confidence::General)) => "general",
        Some(None) => "not said",
        None => "none",
    }
}

impl SettingLine {
    fn of(setting: &Setting) -> Self {
        let range =
            setting.range.as_ref().map(|[least, most]| format!("{} to {}", figure(least), figure(most)));
        let whose = match &setting.instead_of {
            Some(below) => format!("{}, in place of {}", setting.pack, figure(below)),
            None => format!("{} (default)", setting.pack),
        };
        Self {
            title: setting.title.clone(),
            name: setting.name.clone(),
            value: figure(&setting.value),
            range: range.unwrap_or_default(),
            whose,
            why: setting.rationale.clone(),
        }
    }
}

/// A value of a setting: a span of time in words, any other as it is written.
fn figure(value: &str) -> String {
    Span::parse(value).map_or_else(|_| value.to_owned(), span)
}

fn changes(policy: &Policy) -> Vec<String> {
    let changes = policy.changes.iter().map(|(rule, change)| format!("`{rule}` is {}", change.words()));
    let aside = (policy.tests_set_aside > 0).then(|| {
        let tests = counted(policy.tests_set_aside as u64, "test");
        format!("{tests} of policies below set aside: they are about rules that differ here")
    });
    changes.chain(aside).collect()
}

/// The rules by their files, in the order of their places.
fn themes(policy: &Policy, prefix: &str) -> Vec<Theme> {
    let clock = Clock::new(policy.zone.clone(), policy.calendar);
    let duties =
        policy.duties.values().map(|rule| (&rule.place, Rule::of_duty(policy, rule, &clock, prefix)));
    let signals =
        policy.signals.values().map(|rule| (&rule.place, Rule::of_signal(policy, rule, &clock, prefix)));
    let mut rules: Vec<(&Place, Rule)> = duties.chain(signals).collect();
    rules.sort_by_key(|(place, _)| (place.file, place.bytes.start));
    let mut themes: Vec<(usize, Theme)> = Vec::new();
    for (place, rule) in rules {
        match themes.last_mut() {
            Some((file, theme)) if *file == place.file => theme.rules.push(rule),
            _ => themes.push((place.file, theme(policy, place.file, prefix, rule))),
        }
    }
    let mut themes: Vec<Theme> = themes.into_iter().map(|(_, theme)| theme).collect();
    number_equals(&mut themes);
    themes
}

fn theme(policy: &Policy, file: usize, prefix: &str, rule: Rule) -> Theme {
    let name = policy.files.get(file).map_or("", |file| file.name.as_str());
    let stem =
        Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    Theme { title: in_words(&stem), anchor: format!("{prefix}theme-{}", slug(&stem)), rules: vec![rule] }
}

/// Themes of one name, which packs that build on each other can have, are told apart by a number.
fn number_equals(themes: &mut [Theme]) {
    let mut seen = BTreeSet::new();
    for theme in themes {
        let (title, anchor) = (theme.title.clone(), theme.anchor.clone());
        let mut number = 2;
        while !seen.insert(theme.anchor.clone()) {
            theme.title = format!("{title} ({number})");
            theme.anchor = format!("{anchor}-{number}");
            number += 1;
        }
    }
}

/// A name as words: `missing-children` is `Missing children`.
fn in_words(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A name as an anchor can have it, different for different names.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for char in name.chars() {
        match char {
            '-' | '_' => slug.push(char),
            _ if char.is_alphanumeric() => slug.push(char),
            _ => slug += &format!(".{:x}.", u32::from(char)),
        }
    }
    slug
}

impl Rule {
    fn of_duty(policy: &Policy, rule: &DutyRule, clock: &Clock, prefix: &str) -> Self {
        let ladder = Rung::all(policy, rule);
        let mut marks = vec![String::from("duty")];
        marks.extend(rule.owner.as_ref().map(|owner| format!("owed by {}", owner_words(policy, owner))));
        marks.push(format!("severity {}", severity(rule.severity)));
        Self {
            marks,
            time_line: TimeLine::of_duty(rule, &ladder),
            ladder,
            ..Self::named(policy, &rule.name, rule.title.as_deref(), rule.source.as_ref(), clock, prefix)
        }
    }

    fn of_signal(policy: &Policy, rule: &SignalRule, clock: &Clock, prefix: &str) -> Self {
        let terms = rule.terms.iter().flat_map(|terms| terms.list());
        Self {
            marks: vec![String::from("signal")],
            time_line: TimeLine::of_signal(rule),
            terms: terms.map(TermLine::of).collect(),
            ..Self::named(policy, &rule.name, rule.title.as_deref(), rule.source.as_ref(), clock, prefix)
        }
    }

    /// What duties and signals have in common.
    fn named(
        policy: &Policy,
        name: &str,
        title: Option<&str>,
        source: Option<&Source>,
        clock: &Clock,
        prefix: &str,
    ) -> Self {
        Self {
            title: title.map(str::to_owned).unwrap_or_else(|| in_words(name)),
            name: name.to_owned(),
            anchor: format!("{prefix}rule-{}", slug(name)),
            marks: Vec::new(),
            sentence: sentence_alone(policy, name).unwrap_or_default(),
            source: source.map(source_words).unwrap_or_else(|| String::from("none is named.")),
            change: policy.changes.get(name).map(|change| format!("The rule is {}", change.words())),
            settings: policy.settings_of(name).into_iter().map(SettingLine::of).collect(),
            time_line: TimeLine::default(),
            ladder: Vec::new(),
            examples: example::of_rule(policy, name, clock),
            terms: Vec::new(),
        }
    }
}

impl TermLine {
    fn of(term: &Term) -> Self {
        let also = term.also.iter().map(|other| format!(", {other}")).collect::<String>();
        Self { avoid: format!("{}{also}", term.avoid), prefer: term.prefer.clone(), why: term.why.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words_and_anchors() {
        assert_eq!(in_words("missing-children"), "Missing children");
        assert_eq!(in_words(""), "");
        assert_eq!(slug("a b<c>.d"), "a.20.b.3c.c.3e..2e.d");
    }
}
