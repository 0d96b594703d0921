//! The kinds that rules name, and the links and attributes that these must declare.

use std::collections::BTreeMap;

use crate::policy::declared::Declared;
use crate::policy::read::fields::{Places, Sink, listed_or};
use crate::policy::{
    Agencies, AttrType, DutyRule, KindDeclaration, KindName, KindRef, Pattern, Place, Policy, Problem,
    SignalRule, Transition,
};
use crate::suggest::did_you_mean;

/// Sorts of entity that a stream is of, so that a lens needs no link.
const STREAMS: [&str; 9] =
    ["case", "person", "officer", "team", "agency", "place", "review", "concern", "project"];

pub(super) struct KindNames<'p> {
    pub policy: &'p Policy,
    pub declared: &'p Declared<'p>,
}

impl<'p> KindNames<'p> {
    pub fn duty(&self, rule: &DutyRule, places: &Places, sink: &mut Sink) {
        let kinds: Vec<&KindRef> = rule.kinds().map(|(_, kind)| kind).collect();
        self.kinds(&kinds, sink);
        if self.policy.open {
            return;
        }
        let triggers: Vec<&KindRef> = rule.when.iter().collect();
        let candidates: Vec<&KindRef> =
            [&rule.expect, &rule.unless, &rule.until, &rule.unless_before].into_iter().flatten().collect();
        self.lens(&rule.lens, &kinds, places, sink);
        for (number, name) in rule.same.iter().enumerate() {
            let place = places.of_element("same", number);
            let others: Vec<&KindRef> =
                candidates.iter().copied().chain(&rule.since).chain(&rule.given).collect();
            if self.field(name, &triggers, place, sink) {
                self.field(name, &others, place, sink);
            }
        }
        if let Some(each) = &rule.each
            && self.link(each, &triggers, places.of("each"), sink)
        {
            self.link(each, &candidates, places.of("each"), sink);
        }
        if rule.pattern == Pattern::Holds {
            self.link("officer", &triggers, places.of("when"), sink);
        }
        if rule.pattern == Pattern::Attend {
            self.meetings(rule, sink);
        }
    }

    pub fn signal(&self, rule: &SignalRule, places: &Places, sink: &mut Sink) {
        let kinds: Vec<&KindRef> = rule.count.iter().collect();
        self.kinds(&kinds, sink);
        if self.policy.open {
            return;
        }
        self.lens(&rule.lens, &kinds, places, sink);
        if let Some(distinct) = &rule.distinct {
            self.field(distinct, &kinds, places.of("distinct"), sink);
        }
        if rule.terms.is_some() {
            return self.lens_of_any(rule, places, sink);
        }
        for (number, name) in rule.per.iter().enumerate() {
            self.field(name, &kinds, places.of_element("per", number), sink);
        }
    }

    /// The lens of a signal of terms that counts every kind, which some kind must link.
    fn lens_of_any(&self, rule: &SignalRule, places: &Places, sink: &mut Sink) {
        let known = || self.policy.kinds.values().flat_map(|kind| &kind.links).map(String::as_str);
        let is_known = STREAMS.contains(&rule.lens.as_str()) || known().any(|link| link == rule.lens);
        if !rule.count.is_empty() || self.policy.open || is_known {
            return;
        }
        let message = format!("no kind declares a link `{}`", rule.lens);
        sink.push(Problem::new(message, places.of("on")).maybe_help(did_you_mean(&rule.lens, known())));
    }

    fn kinds(&self, kinds: &[&KindRef], sink: &mut Sink) {
        for kind in kinds {
            if let Some(problem) = self.kind(kind) {
                sink.push(problem);
                continue;
            }
            let Some(role) = kind.role.as_ref().filter(|_| !self.policy.open) else { continue };
            let Some(of) = self.declared.get(&kind.kind) else { continue };
            if of.iter().all(|declaration| !declaration.links.contains(role)) {
                let known = of.iter().flat_map(|declaration| &declaration.links).map(String::as_str);
                let message = format!("`{}` declares no link `{role}`", kind.kind);
                sink.push(Problem::new(message, &kind.place).maybe_help(did_you_mean(role, known)));
            }
        }
    }

    /// What is wrong with a kind's name.
    fn kind(&self, kind: &KindRef) -> Option<Problem> {
        let policy = self.policy;
        match KindName::parse(&kind.kind) {
            KindName::Recorded(_) if policy.open || policy.kinds.contains_key(&kind.kind) => None,
            KindName::Recorded(name) => {
                let known = policy.kinds.keys().map(String::as_str);
                let help =
                    did_you_mean(name, known).unwrap_or_else(|| format!("declare it: `[kinds.\"{name}\"]`"));
                let message = format!("the policy declares no kind `{name}`");
                Some(Problem::new(message, &kind.place).help(help))
            }
            KindName::Signal(name) if policy.signals.contains_key(name) => None,
            KindName::Signal(name) => Some(self.no_rule("signal", name, policy.signals.keys(), kind)),
            KindName::Malformed(rest) => Some(malformed(kind, rest)),
            KindName::Duty { transition, rule } => self.transition(kind, transition, rule),
        }
    }

    fn no_rule<'k>(
        &self,
        what: &str,
        name: &str,
        known: impl Iterator<Item = &'k String>,
        kind: &KindRef,
    ) -> Problem {
        if let Some(change) = self.policy.changes.get(name).filter(|change| change.is_off) {
            let namer = kind.place.show(&self.policy.files);
            let message =
                format!("the {what} `{name}` is switched off, and a rule starts from it at {namer}");
            let help = "switch that rule off too, with a reason, or put one in its place";
            return Problem::new(message, &change.place).help(help);
        }
        let help = did_you_mean(name, known.map(String::as_str));
        Problem::new(format!("there is no {what} `{name}`"), &kind.place).maybe_help(help)
    }

    fn transition(&self, kind: &KindRef, transition: Transition, rule: &str) -> Option<Problem> {
        let Some(duty) = self.policy.duties.get(rule) else {
            return Some(self.no_rule("duty", rule, self.policy.duties.keys(), kind));
        };
        if transition.is_of(duty) {
            return None;
        }
        let message = format!(
            "a duty `{rule}` is never `{}`; it is of the kind `{}`",
            transition.word(),
            duty.pattern.word()
        );
        let can: Vec<&str> =
            Transition::ALL.into_iter().filter(|t| t.is_of(duty)).map(Transition::word).collect();
        Some(Problem::new(message, &kind.place).help(format!("it can be {}", listed_or(&can))))
    }

    /// The declarations of the kinds; none where one is not known, which is reported as such.
    fn declarations<'k>(&self, kinds: &[&'k KindRef]) -> Option<Vec<(&'k str, Vec<&KindDeclaration>)>> {
        kinds.iter().map(|kind| Some((kind.kind.as_str(), self.declared.get(&kind.kind)?))).collect()
    }

    fn lens(&self, lens: &str, kinds: &[&KindRef], places: &Places, sink: &mut Sink) {
        if !STREAMS.contains(&lens) {
            self.link(lens, kinds, places.of("on"), sink);
        }
    }

    /// Whether one of the kinds declares the link; its lack is reported.
    fn link(&self, role: &str, kinds: &[&KindRef], place: &Place, sink: &mut Sink) -> bool {
        let Some(declarations) = self.declarations(kinds).filter(|of| !of.is_empty()) else { return true };
        let links =
            || declarations.iter().flat_map(|(_, of)| of).flat_map(|of| &of.links).map(String::as_str);
        if links().any(|link| link == role) {
            return true;
        }
        let names: Vec<&str> = declarations.iter().map(|(kind, _)| *kind).collect();
        let message = format!("no link `{role}` is declared by {}", listed_or(&names));
        sink.push(Problem::new(message, place).maybe_help(did_you_mean(role, links())));
        false
    }

    /// Whether the name is a link or an attribute of one of the kinds; its lack is reported, and that it is both of one.
    fn field(&self, name: &str, kinds: &[&KindRef], place: &Place, sink: &mut Sink) -> bool {
        let Some(declarations) = self.declarations(kinds).filter(|of| !of.is_empty()) else { return true };
        if name == "stream" {
            return true;
        }
        let mut known: BTreeMap<&str, ()> = BTreeMap::new();
        for (kind, of) in &declarations {
            let is_link = of.iter().any(|of| of.links.contains(name));
            if is_link && of.iter().any(|of| of.attrs.contains_key(name)) {
                let message = format!("`{name}` is both a link and an attribute of `{kind}`");
                sink.push(Problem::new(message, place).help("give one of them another name"));
            }
            let names = of.iter().flat_map(|of| of.links.iter().chain(of.attrs.keys()));
            known.extend(names.map(|name| (name.as_str(), ())));
        }
        if known.contains_key(name) {
            return true;
        }
        let names: Vec<&str> = declarations.iter().map(|(kind, _)| *kind).collect();
        let message = format!("no link or attribute `{name}` is declared by {}", listed_or(&names));
        sink.push(Problem::new(message, place).maybe_help(did_you_mean(name, known.keys().copied())));
        false
    }

    /// What the triggers of `attend` must declare.
    fn meetings(&self, rule: &DutyRule, sink: &mut Sink) {
        for kind in &rule.when {
            let Some(of) = self.declared.get(&kind.kind) else { continue };
            let mut lacks: Vec<&str> = Vec::new();
            if !of.iter().any(|of| of.links.contains("meeting")) {
                lacks.push("a link `meeting`");
            }
            let is_texts = |name: &str| of.iter().any(|of| of.attrs.get(name) == Some(&AttrType::Texts));
            if !is_texts("attendance") {
                lacks.push("`attendance = \"texts\"`");
            }
            if rule.agencies == Some(Agencies::Invited) && !is_texts("invited") {
                lacks.push("`invited = \"texts\"`");
            }
            if !lacks.is_empty() {
                let message = format!("`{}` lacks what attendance is read from", kind.kind);
                let help = format!("declare {}", lacks.join(" and "));
                sink.push(Problem::new(message, &kind.place).help(help));
            }
        }
    }
}

fn malformed(kind: &KindRef, rest: &str) -> Problem {
    let words = || Transition::ALL.into_iter().map(Transition::word);
    let Some((word, rule)) = rest.split_once(':') else {
        let message = format!("`{}` names no rule", kind.kind);
        return Problem::new(message, &kind.place).help(format!("write `duty.overdue:{rest}`"));
    };
    let help = did_you_mean(word, words()).unwrap_or_else(|| {
        format!("write `duty.overdue:{rule}`, or {}", listed_or(&words().collect::<Vec<_>>()))
    });
    Problem::new(format!("`{word}` is nothing that happens to a duty"), &kind.place).help(help)
}
