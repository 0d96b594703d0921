//! What differs between two policies, part by part and field by field, in words.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::sentence::{joined, kinds, sentence_alone, source_words, span};
use super::{
    Agencies, AttrType, Confidence, DutyRule, InForce, KindDeclaration, KindRef, Ladder, LadderStart,
    LadderStep, Owner, Pattern, Place, Policy, Setting, Severity, SignalRule, Source, StepAgency, Term,
};
use crate::guard::Guard;
use crate::time::Span;

/// A part of a policy that is in one of two alone, or is other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Which sort of part.
    pub part: Part,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub how: How,
    /// Of one that is in both: its fields that are other.
    pub fields: Vec<FieldChange>,
    /// It in the first policy.
    pub before: Option<Side>,
    /// It in the second.
    pub after: Option<Side>,
    /// Of a rule of a pack below that the second policy switches off or replaces: by whom and why.
    pub reason: Option<String>,
    /// The settings whose values stand in it and are other.
    pub settings: Vec<String>,
    /// Of a setting or a ladder: the rules that rest on it in either policy.
    pub rules: Vec<String>,
}

/// A sort of part of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// `[policy]`
    Policy,
    /// An entry of `[roles]`.
    Role,
    /// `[ranks]`
    Ranks,
    /// `[kinds.X]`
    Kind,
    /// `[setting.X]`
    Setting,
    /// `[ladder.X]`
    Ladder,
    /// `[duty.X]`
    Duty,
    /// `[signal.X]`
    Signal,
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It is in the second policy alone.
    Added,
    /// It is in the first alone.
    Removed,
    /// It is in both, and other.
    Changed,
}

/// A field that is other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name in the policy's text; `kind of duty` for what the fields of a duty make it.
    pub field: String,
    /// What it says in the first policy; none where it is not there.
    pub before: Option<String>,
    /// What it says in the second.
    pub after: Option<String>,
}

/// A part as one of the policies has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// What people call it.
    pub title: Option<String>,
    /// A rule in a sentence; of other parts what they say.
    pub says: Option<String>,
    /// What a rule rests on.
    pub source: Option<String>,
    /// Where it stands, `file:line:column`.
    pub place: Option<String>,
}

/// The name of a field and what it says, in the order of the manual; none where it is not there.
type Said = Vec<(String, Option<String>)>;

/// What differs between two policies, by part and name. Tests are left out: they show a policy, and are none.
#[must_use]
pub fn diff(before: &Policy, after: &Policy) -> Vec<Difference> {
    let both = Both { before, after, settings: changed_settings(before, after) };
    let mut differences = Vec::new();
    differences.extend(both.header());
    differences.extend(both.parts(Part::Role, |policy| &policy.roles, role));
    differences.extend(both.ranks());
    differences.extend(both.parts(Part::Kind, |policy| &policy.kinds, kind));
    differences.extend(both.parts(Part::Setting, |policy| &policy.settings, setting));
    differences.extend(both.parts(Part::Ladder, |policy| &policy.ladders, ladder));
    differences.extend(both.parts(Part::Duty, |policy| &policy.duties, duty));
    differences.extend(both.parts(Part::Signal, |policy| &policy.signals, signal));
    differences
}

/// A part of a policy as it is compared and shown.
struct Shown<'p> {
    fields: Said,
    side: Side,
    settings: Option<&'p BTreeSet<String>>,
}

/// Two policies.
struct Both<'p> {
    before: &'p Policy,
    after: &'p Policy,
    /// Settings that have other values.
    settings: BTreeSet<&'p str>,
}

fn changed_settings<'p>(before: &'p Policy, after: &'p Policy) -> BTreeSet<&'p str> {
    let is_other = |(name, setting): &(&String, &Setting)| {
        before.settings.get(*name).is_some_and(|old| old.value != setting.value)
    };
    after.settings.iter().filter(is_other).map(|(name, _)| name.as_str()).collect()
}

impl<'p> Both<'p> {
    fn header(&self) -> Option<Difference> {
        let name = self.after.name.clone();
        self.of(Part::Policy, name, Some(header(self.before)), Some(header(self.after)))
    }

    fn ranks(&self) -> Option<Difference> {
        self.of(Part::Ranks, String::from("ranks"), Some(ranks(self.before)), Some(ranks(self.after)))
    }

    /// The parts of one sort that differ.
    fn parts<T: 'p>(
        &self,
        part: Part,
        all: impl Fn(&'p Policy) -> &'p BTreeMap<String, T>,
        show: impl Fn(&'p Policy, &'p str, &'p T) -> Shown<'p>,
    ) -> Vec<Difference> {
        let (old, new) = (all(self.before), all(self.after));
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let difference = |name: &String| {
            let before = old.get_key_value(name).map(|(name, part)| show(self.before, name, part));
            let after = new.get_key_value(name).map(|(name, part)| show(self.after, name, part));
            self.of(part, name.clone(), before, after)
        };
        names.into_iter().filter_map(difference).collect()
    }

    fn of(
        &self,
        part: Part,
        name: String,
        before: Option<Shown<'p>>,
        after: Option<Shown<'p>>,
    ) -> Option<Difference> {
        let fields = match (&before, &after) {
            (Some(before), Some(after)) => changed(&before.fields, &after.fields),
            _ => Vec::new(),
        };
        let how = match (&before, &after) {
            (None, None) => return None,
            (None, Some(_)) => How::Added,
            (Some(_), None) => How::Removed,
            (Some(_), Some(_)) if fields.is_empty() => return None,
            (Some(_), Some(_)) => How::Changed,
        };
        let used = after.as_ref().and_then(|shown| shown.settings).filter(|_| how == How::Changed);
        let settings = used.into_iter().flatten().filter(|used| self.settings.contains(used.as_str()));
        Some(Difference {
            settings: settings.cloned().collect(),
            reason: self.reason(part, &name),
            rules: self.rules(part, &name),
            before: before.map(|shown| shown.side),
            after: after.map(|shown| shown.side),
            part,
            name,
            how,
            fields,
        })
    }

    /// What the second policy says of a rule of a pack below, where the first does not say it too.
    fn reason(&self, part: Part, name: &str) -> Option<String> {
        let words = |policy: &Policy| policy.changes.get(name).map(super::Change::words);
        let is_rule = matches!(part, Part::Duty | Part::Signal);
        words(self.after).filter(|said| is_rule && words(self.before).as_ref() != Some(said))
    }

    /// The rules that rest on a setting or climb a ladder.
    fn rules(&self, part: Part, name: &str) -> Vec<String> {
        let rests = |policy: &Policy, rule: &str| match part {
            Part::Setting => policy.settings_of(rule).iter().any(|setting| setting.name == name),
            Part::Ladder => policy.duties.get(rule).is_some_and(|rule| rule.ladder.as_deref() == Some(name)),
            _ => false,
        };
        let of = |policy: &'p Policy| {
            let all = policy.duties.keys().chain(policy.signals.keys());
            all.filter(|rule| rests(policy, rule)).cloned().collect::<BTreeSet<String>>()
        };
        of(self.before).union(&of(self.after)).cloned().collect()
    }
}

/// The fields that are other, in the order of the first, then those that it does not have.
fn changed(before: &Said, after: &Said) -> Vec<FieldChange> {
    let says = |said: &Said, field: &str| {
        said.iter().find(|(name, _)| name == field).and_then(|(_, value)| value.clone())
    };
    let new = after.iter().filter(|(field, _)| !before.iter().any(|(name, _)| name == field));
    before
        .iter()
        .chain(new)
        .map(|(field, _)| FieldChange {
            field: field.clone(),
            before: says(before, field),
            after: says(after, field),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn place(policy: &Policy, place: &Place) -> Option<String> {
    policy.files.get(place.file).map(|_| place.show(&policy.files))
}

fn field(name: &str, value: Option<String>) -> (String, Option<String>) {
    (name.to_owned(), value)
}

/// A yes or no that is no where it is left out.
fn flag(is_set: bool) -> Option<String> {
    is_set.then(|| String::from("yes"))
}

fn names(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| joined(names, "and"))
}

fn events(of: &[KindRef]) -> Option<String> {
    (!of.is_empty()).then(|| kinds(of))
}

fn spanned(of: Option<Span>) -> Option<String> {
    of.map(span)
}

/// As it is written, without its line breaks.
fn guard(of: Option<&Guard>) -> Option<String> {
    of.map(|guard| guard.text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn in_force(of: InForce) -> [(String, Option<String>); 2] {
    let date = |date: Option<crate::time::Date>| date.map(crate::time::Date::in_words);
    [field("in_force from", date(of.from)), field("in_force to", date(of.to))]
}

fn sourced(source: Option<&Source>) -> Said {
    let text = |of: fn(&Source) -> Option<String>| source.and_then(of);
    vec![
        field("source title", text(|source| Some(source.title.clone()))),
        field("source section", text(|source| source.section.clone())),
        field("source year", text(|source| source.year.map(|year| year.to_string()))),
        field("source edition", text(|source| source.edition.clone())),
        field("source url", text(|source| source.url.clone())),
        field("source confidence", text(|source| source.confidence.map(confidence))),
    ]
}

fn confidence(of: Confidence) -> String {
    of.words().to_owned()
}

fn header(policy: &Policy) -> Shown<'_> {
    let mut fields = vec![
        field("name", Some(policy.name.clone())),
        field("version", policy.version.clone()),
        field("zone", Some(policy.zone.name().to_owned())),
        field("calendar", policy.calendar.map(|calendar| calendar.name().to_owned())),
        field("open", flag(policy.open)),
    ];
    fields.extend(in_force(policy.in_force));
    let side = Side { title: None, says: None, source: None, place: place(policy, &policy.place) };
    Shown { fields, side, settings: None }
}

/// A part that is no rule and no more than what it says.
fn said(says: String, fields: Said, place: Option<String>) -> Shown<'static> {
    Shown { fields, side: Side { title: None, says: Some(says), source: None, place }, settings: None }
}

fn role<'p>(_: &'p Policy, _: &'p str, agency: &'p String) -> Shown<'p> {
    said(format!("of {agency}"), vec![field("agency", Some(agency.clone()))], None)
}

fn ranks(policy: &Policy) -> Shown<'_> {
    let levels: Vec<String> = policy.ranks.iter().map(|equals| equals.join(" = ")).collect();
    let order = levels.join(" < ");
    said(order.clone(), vec![field("order", Some(order).filter(|order| !order.is_empty()))], None)
}

fn kind<'p>(_: &'p Policy, _: &'p str, kind: &'p KindDeclaration) -> Shown<'p> {
    let links = kind.links.iter().map(|role| field(&format!("link {role}"), Some(String::from("declared"))));
    let attrs = kind.attrs.iter().map(|(name, of)| field(&format!("attribute {name}"), Some(attr(of))));
    let links_named = (!kind.links.is_empty())
        .then(|| format!("links {}", joined(&kind.links.iter().cloned().collect::<Vec<_>>(), "and")));
    let attrs_named = kind.attrs.iter().map(|(name, of)| format!("{name} {}", attr(of)));
    let says = links_named.into_iter().chain(attrs_named).collect::<Vec<_>>().join("; ");
    said(says, links.chain(attrs).collect(), None)
}

fn attr(of: &AttrType) -> String {
    match of {
        AttrType::OneOf { values, open: false } => joined(values, "or"),
        AttrType::OneOf { values, open: true } => format!("{}, or another text", values.join(", ")),
        other => other.words().to_owned(),
    }
}

fn setting<'p>(policy: &'p Policy, _: &'p str, setting: &'p Setting) -> Shown<'p> {
    let range = setting.range.as_ref().map(|[least, most]| format!("{least} to {most}"));
    let fields = vec![
        field("title", Some(setting.title.clone())),
        field("value", Some(setting.value.clone())),
        field("range", range),
        field("rationale", Some(setting.rationale.clone())),
    ];
    let mut shown = said(setting.value.clone(), fields, place(policy, &setting.place));
    shown.side.title = Some(setting.title.clone());
    shown
}

fn ladder<'p>(policy: &'p Policy, _: &'p str, ladder: &'p Ladder) -> Shown<'p> {
    let steps: Vec<String> = ladder.steps.iter().map(step).collect();
    let fields =
        steps.iter().zip(1..).map(|(step, number)| field(&format!("step {number}"), Some(step.clone())));
    let mut shown = said(steps.join("; then "), fields.collect(), place(policy, &ladder.place));
    shown.settings = Some(&ladder.settings);
    shown
}

fn step(step: &LadderStep) -> String {
    let mut text = step.to.clone();
    match &step.agency {
        Some(StepAgency::Owner) => text += " of the owner's agency",
        Some(StepAgency::Named(agency)) => text += &format!(" of {agency}"),
        None => {}
    }
    if let Some(within) = step.answer_within {
        text += &format!(", to answer within {}", span(within));
    }
    if step.bundle {
        text += ", in a bundle";
    }
    text
}

fn rule_side(policy: &Policy, name: &str, of: (&Option<String>, Option<&Source>, &Place)) -> Side {
    let (title, source, at) = of;
    Side {
        title: title.clone(),
        says: sentence_alone(policy, name),
        source: source.map(source_words),
        place: place(policy, at),
    }
}

fn duty<'p>(policy: &'p Policy, name: &'p str, rule: &'p DutyRule) -> Shown<'p> {
    let mut fields = triggering(rule);
    fields.extend(answering(rule));
    fields.extend(timing(rule));
    fields.extend(owing(rule));
    fields.extend(sourced(rule.source.as_ref()));
    fields.extend(in_force(rule.in_force));
    let side = rule_side(policy, name, (&rule.title, rule.source.as_ref(), &rule.place));
    Shown { fields, side, settings: Some(&rule.settings) }
}

/// What a duty is, and what starts it.
fn triggering(rule: &DutyRule) -> Said {
    let pattern = match rule.pattern {
        Pattern::Respond => "a response to each event",
        Pattern::Before => "something needed before each event",
        Pattern::Holds => "something that holds of each officer",
        Pattern::Every => "a response again and again",
        Pattern::Attend => "attendance at a meeting",
        Pattern::Never => "something that must not happen",
    };
    let agencies = rule.agencies.as_ref().map(|agencies| match agencies {
        Agencies::Invited => String::from("those invited"),
        Agencies::Named(names) => joined(names, "and"),
    });
    let when = if rule.pattern == Pattern::Every { "from" } else { "when" };
    vec![
        field("kind of duty", Some(pattern.to_owned())),
        field("title", rule.title.clone()),
        field("on", Some(rule.lens.clone())),
        field(when, events(&rule.when)),
        field("where", guard(rule.where_.as_ref())),
        field("given", events(&rule.given)),
        field("each", rule.each.clone()),
        field("agencies", agencies),
    ]
}

/// What answers a duty.
fn answering(rule: &DutyRule) -> Said {
    let expect = if rule.pattern == Pattern::Before { "needs" } else { "expect" };
    vec![
        field(expect, events(&rule.expect)),
        field("expect_where", guard(rule.expect_where.as_ref())),
        field("independent_of", events(&rule.independent_of)),
        field("holds", guard(rule.holds.as_ref())),
        field("unless_before", events(&rule.unless_before)),
        field("same", names(&rule.same)),
        field("since", events(&rule.since)),
        field("discharges", rule.discharges_oldest.then(|| String::from("the oldest"))),
        field("report_counts", flag(rule.report_counts)),
        field("unless", events(&rule.unless)),
        field("unless_where", guard(rule.unless_where.as_ref())),
        field("until", events(&rule.until)),
        field("until_where", guard(rule.until_where.as_ref())),
    ]
}

/// By when a duty is owed.
fn timing(rule: &DutyRule) -> Said {
    let within = if rule.pattern == Pattern::Attend { "record_within" } else { "within" };
    vec![
        field(within, spanned(rule.within)),
        field("due", guard(rule.due.as_ref())),
        field("due_before", spanned(rule.due_before)),
        field("no_sooner_than", spanned(rule.no_sooner_than)),
        field("every", spanned(rule.every)),
        field("first", spanned(rule.first)),
    ]
}

/// Who owes a duty, and where it climbs.
fn owing(rule: &DutyRule) -> Said {
    let owner = rule.owner.as_ref().map(|owner| match owner {
        Owner::Named(name) => name.clone(),
        Owner::Part => String::from("the part"),
        Owner::Attr(name) => format!("the attribute {name}"),
        Owner::Link(role) => format!("the link {role}"),
    });
    let start = rule.ladder_start.as_ref().map(|start| match start {
        LadderStart::Step(step) => format!("step {step}"),
        LadderStart::Role(role) => role.clone(),
    });
    let severity = match rule.severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    };
    vec![
        field("owner", owner),
        field("ladder", rule.ladder.clone()),
        field("ladder_start", start),
        field("severity", Some(severity.to_owned())),
        field("excuse_rank", rule.excuse_rank.clone()),
    ]
}

fn signal<'p>(policy: &'p Policy, name: &'p str, rule: &'p SignalRule) -> Shown<'p> {
    let mut fields = vec![
        field("title", rule.title.clone()),
        field("on", Some(rule.lens.clone())),
        field("text", rule.terms.as_ref().map(|_| String::from("note"))),
        field("count", events(&rule.count)),
        field("where", guard(rule.where_.as_ref())),
        field("distinct", rule.distinct.clone()),
        field("per", names(&rule.per)),
        field("at_least", Some(rule.at_least.to_string())),
        field("within", spanned(rule.within)),
        field("again", rule.again_each.then(|| String::from("at each"))),
    ];
    fields.extend(rule.terms.iter().flat_map(|terms| terms.list()).map(term));
    fields.extend(sourced(rule.source.as_ref()));
    fields.extend(in_force(rule.in_force));
    let side = rule_side(policy, name, (&rule.title, rule.source.as_ref(), &rule.place));
    Shown { fields, side, settings: Some(&rule.settings) }
}

/// A term that a signal looks for, and all that is said of it.
fn term(term: &Term) -> (String, Option<String>) {
    let mut text = format!("write {}", term.prefer);
    for (what, words) in [("also", &term.also), ("except in", &term.except)] {
        if !words.is_empty() {
            text += &format!("; {what} {}", joined(words, "and"));
        }
    }
    if term.exact {
        text += "; in these forms only";
    }
    (format!("term {}", term.avoid), Some(format!("{text}; {}", term.why)))
}
