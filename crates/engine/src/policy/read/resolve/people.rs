//! Owners, agencies and ranks.

use crate::policy::declared::Declared;
use crate::policy::read::fields::{Places, Sink, listed_or};
use crate::policy::read::header::Header;
use crate::policy::{Agencies, DutyRule, Owner, Place, Policy, Problem};
use crate::suggest::{did_you_mean, nearest_within};

pub(super) fn owner(policy: &Policy, declared: &Declared, rule: &DutyRule, places: &Places, sink: &mut Sink) {
    let (name, is_link) = match &rule.owner {
        Some(Owner::Named(name)) if !policy.roles.contains_key(name) => {
            return agency(policy, name, true, places.of("owner"), sink);
        }
        Some(Owner::Attr(name)) => (name, false),
        Some(Owner::Link(name)) => (name, true),
        Some(Owner::Named(_) | Owner::Part) | None => return,
    };
    let mut kinds = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for kind in &rule.when {
        let Some(declarations) = declared.get(&kind.kind) else { return };
        kinds.push(kind.kind.as_str());
        for declaration in declarations {
            known.extend(declaration.links.iter().filter(|_| is_link).map(String::as_str));
            known.extend(declaration.attrs.keys().filter(|_| !is_link).map(String::as_str));
        }
    }
    if policy.open || known.contains(&name.as_str()) || kinds.is_empty() {
        return;
    }
    let what = if is_link { "link" } else { "attribute" };
    let message = format!("no {what} `{name}` is declared by {}", listed_or(&kinds));
    sink.push(Problem::new(message, places.of("owner")).maybe_help(did_you_mean(name, known)));
}

pub(super) fn agencies(policy: &Policy, rule: &DutyRule, places: &Places, sink: &mut Sink) {
    let Some(Agencies::Named(names)) = &rule.agencies else { return };
    for (number, name) in names.iter().enumerate() {
        let place = places.of_element("agencies", number);
        match policy.roles.get(name) {
            Some(of) if !policy.roles.values().any(|agency| agency == name) => {
                let message = format!("`{name}` is a role, and `agencies` lists agencies");
                sink.push(Problem::new(message, place).help(format!("its agency is `{of}`")));
            }
            Some(_) => {}
            None => agency(policy, name, false, place, sink),
        }
    }
}

/// Reports a text that stands for an agency and is nearly the name of a known one, or of a role where a role may stand.
pub(super) fn agency(policy: &Policy, name: &str, or_role: bool, place: &Place, sink: &mut Sink) {
    if policy.roles.values().any(|agency| agency == name) {
        return;
    }
    let most = (name.chars().count() / 3).min(2);
    let roles = policy.roles.keys().filter(|_| or_role);
    let known = roles.chain(policy.roles.values()).map(String::as_str);
    if let Some(near) = nearest_within(name, known, most) {
        let what = if or_role { "a role nor an agency" } else { "an agency" };
        let not = if or_role { "neither" } else { "not" };
        let message = format!("`{name}` is {not} {what} that `[roles]` names");
        let help = format!("did you mean `{near}`? an agency of its own needs a name less like it");
        sink.push(Problem::new(message, place).help(help));
    }
}

pub(super) fn excuse_rank(header: &Header, rule: &DutyRule, places: &Places, sink: &mut Sink) {
    let Some(rank) = rule.excuse_rank.as_ref().filter(|rank| !header.has_rank(rank)) else { return };
    let known = header.ranks.iter().flatten().map(|rank| rank.value.as_str());
    let help = did_you_mean(rank, known)
        .unwrap_or_else(|| format!("add `{rank}` to `order` of `[ranks]`, or name a rank that is there"));
    let message = format!("`[ranks]` names no rank `{rank}`");
    sink.push(Problem::new(message, places.of("excuse_rank")).help(help));
}
