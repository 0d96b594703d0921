//! Strata: which rules must be judged before which.

use std::collections::{BTreeMap, BTreeSet};

use super::{DutyRule, KindName, KindRef, Policy, Problem, SignalRule};

impl DutyRule {
    /// Every kind that the rule names, by field.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &KindRef)> {
        let (when, expect) = match self.pattern {
            super::Pattern::Every => ("from", "expect"),
            super::Pattern::Before => ("when", "needs"),
            _ => ("when", "expect"),
        };
        [
            (when, &self.when),
            ("given", &self.given),
            (expect, &self.expect),
            ("unless", &self.unless),
            ("until", &self.until),
            ("since", &self.since),
            ("unless_before", &self.unless_before),
            ("independent_of", &self.independent_of),
        ]
        .into_iter()
        .flat_map(|(field, kinds)| kinds.iter().map(move |kind| (field, kind)))
    }
}

impl SignalRule {
    /// Every kind that the signal names, by field.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, &KindRef)> {
        self.count.iter().map(|kind| ("count", kind))
    }
}

/// A rule that names what another makes: in which version, and where.
type Names<'p> = BTreeMap<&'p str, BTreeMap<&'p str, (usize, &'p KindRef)>>;

/// The stratum of every rule over all versions together: 0 where it names nothing derived, else one more than the highest
/// that it names.
///
/// # Errors
///
/// A circle of rules, named, with the version in whose files its place is.
pub fn strata(policies: &[Policy]) -> Result<BTreeMap<String, u32>, (usize, Problem)> {
    let names = names(policies);
    let mut strata: BTreeMap<&str, u32> = BTreeMap::new();
    let mut namers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut waits: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, named) in &names {
        waits.insert(rule, named.len());
        named.keys().for_each(|other| namers.entry(other).or_default().push(rule));
    }
    let mut ready: Vec<&str> =
        waits.iter().filter(|(_, waits)| **waits == 0).map(|(rule, _)| *rule).collect();
    while let Some(rule) = ready.pop() {
        let named = names.get(rule).into_iter().flat_map(BTreeMap::keys);
        let above = named.filter_map(|other| strata.get(other)).map(|stratum| stratum + 1).max();
        strata.insert(rule, above.unwrap_or(0));
        for namer in namers.get(rule).into_iter().flatten() {
            let Some(waits) = waits.get_mut(namer) else { continue };
            *waits -= 1;
            if *waits == 0 {
                ready.push(namer);
            }
        }
    }
    let left: BTreeSet<&str> = names.keys().copied().filter(|rule| !strata.contains_key(rule)).collect();
    match cycle(&names, &left) {
        Some(problem) => Err(problem),
        None => Ok(strata.into_iter().map(|(rule, stratum)| (rule.to_owned(), stratum)).collect()),
    }
}

/// Some rules and all on which they rest, over all versions together.
pub(crate) fn with_what_they_rest_on(policies: &[Policy], rules: &BTreeSet<String>) -> BTreeSet<String> {
    let names = names(policies);
    let (mut found, mut next): (BTreeSet<String>, Vec<&str>) =
        (BTreeSet::new(), rules.iter().map(String::as_str).collect());
    while let Some(rule) = next.pop() {
        if found.insert(rule.to_owned()) {
            next.extend(names.get(rule).into_iter().flat_map(BTreeMap::keys));
        }
    }
    found
}

fn names(policies: &[Policy]) -> Names<'_> {
    let mut names: Names<'_> = BTreeMap::new();
    for policy in policies {
        policy.duties.keys().chain(policy.signals.keys()).for_each(|rule| _ = names.entry(rule).or_default());
    }
    let mut edges: Vec<(&str, &str, usize, &KindRef)> = Vec::new();
    for (version, policy) in policies.iter().enumerate() {
        let duties = policy.duties.values().flat_map(|rule| rule.kinds().map(|(_, kind)| (&rule.name, kind)));
        let signals =
            policy.signals.values().flat_map(|rule| rule.kinds().map(|(_, kind)| (&rule.name, kind)));
        for (rule, kind) in duties.chain(signals) {
            if let Some(maker) = KindName::parse(&kind.kind).maker().filter(|maker| names.contains_key(maker))
            {
                edges.push((rule, maker, version, kind));
            }
        }
    }
    for (rule, maker, version, kind) in edges {
        names.entry(rule).or_default().entry(maker).or_insert((version, kind));
    }
    names
}

/// A circle among the rules left, which each name another of them.
fn cycle(names: &Names<'_>, left: &BTreeSet<&str>) -> Option<(usize, Problem)> {
    let mut path: Vec<&str> = vec![left.first()?];
    loop {
        let named = names.get(path.last()?)?;
        let next = *named.keys().find(|other| left.contains(*other))?;
        if let Some(start) = path.iter().position(|rule| *rule == next) {
            path.drain(..start);
            break;
        }
        path.push(next);
    }
    let lowest = path.iter().enumerate().min_by_key(|(_, rule)| **rule).map_or(0, |(place, _)| place);
    path.rotate_left(lowest);
    let next = path.get(1).or(path.first())?;
    let (version, kind) = names.get(path.first()?)?.get(next)?;
    let message = format!("the rules lead in a circle: {} -> {}", path.join(" -> "), path.first()?);
    let help = "each starts from or waits for what the next one makes; take one of these names away";
    Some((*version, Problem::new(message, &kind.place).help(help)))
}
