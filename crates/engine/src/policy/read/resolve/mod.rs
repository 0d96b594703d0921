//! What the files of a policy say together: every name must lead somewhere.

mod kinds;
mod ladders;
mod people;
mod units;

use std::collections::BTreeMap;

use self::kinds::KindNames;
use super::fields::{Places, Sink};
use super::header::Header;
use crate::policy::declared::Declared;
use crate::policy::{Policy, guards, strata};

/// The places of all fields, by rule.
pub(super) struct AllPlaces {
    pub duties: BTreeMap<String, Places>,
    pub signals: BTreeMap<String, Places>,
    pub ladders: BTreeMap<String, Places>,
}

pub(super) fn resolve(policy: &Policy, header: &Header, places: &AllPlaces, sink: &mut Sink) {
    let strata = strata(std::slice::from_ref(policy)).unwrap_or_else(|(_, problem)| {
        sink.push(problem);
        BTreeMap::new()
    });
    let declared = Declared::new(policy, &strata);
    let names = KindNames { policy, declared: &declared };
    for (name, rule) in &policy.duties {
        let places = places.duties.get(name).cloned().unwrap_or_default();
        names.duty(rule, &places, sink);
        people::owner(policy, &declared, rule, &places, sink);
        people::agencies(policy, rule, &places, sink);
        people::excuse_rank(header, rule, &places, sink);
        ladders::of_duty(policy, rule, &places, sink);
        units::of_duty(header, rule, &places, sink);
    }
    for (name, rule) in &policy.signals {
        let places = places.signals.get(name).cloned().unwrap_or_default();
        names.signal(rule, &places, sink);
    }
    for (name, ladder) in &policy.ladders {
        let places = places.ladders.get(name).cloned().unwrap_or_default();
        ladders::ladder(policy, header, ladder, &places, sink);
    }
    let mut problems = Vec::new();
    guards::check_version(policy, &declared, &mut problems);
    sink.problems.extend(problems);
}
