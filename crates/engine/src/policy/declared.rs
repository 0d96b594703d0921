//! What events of a kind may have: of recorded kinds as declared, of derived ones as their rules make them.

use std::collections::BTreeMap;

use super::{AttrType, DutyRule, KindDeclaration, KindName, KindRef, Pattern, Policy, SignalRule};

/// The declarations of a policy's kinds, the derived ones too (`docs/policy-language.md`, "Rules over rules").
///
/// A kind has several declarations where events of it may have an attribute in several types.
pub(super) struct Declared<'p> {
    recorded: BTreeMap<&'p str, Vec<&'p KindDeclaration>>,
    derived: BTreeMap<&'p str, Vec<KindDeclaration>>,
}

impl<'p> Declared<'p> {
    /// Those of a policy whose rules are at these strata; rules without one are in a circle, and unknown.
    pub fn new(policy: &'p Policy, strata: &BTreeMap<String, u32>) -> Self {
        let recorded = policy.kinds.iter().map(|(kind, of)| (kind.as_str(), vec![of])).collect();
        let mut declared = Self { recorded, derived: BTreeMap::new() };
        let mut rules: Vec<(u32, &'p str)> = policy
            .duties
            .keys()
            .chain(policy.signals.keys())
            .filter_map(|rule| Some((*strata.get(rule)?, rule.as_str())))
            .collect();
        rules.sort_unstable();
        for (_, name) in rules {
            let made = match (policy.duties.get(name), policy.signals.get(name)) {
                (Some(duty), _) => declared.of_duty(duty),
                (None, Some(signal)) => declared.of_signal(signal),
                (None, None) => continue,
            };
            declared.derived.insert(name, made);
        }
        declared
    }

    /// What events of the kind may have; none where nothing declares it.
    pub fn get(&self, kind: &str) -> Option<Vec<&KindDeclaration>> {
        match KindName::parse(kind).maker() {
            Some(rule) => Some(self.derived.get(rule)?.iter().collect()),
            None => self.recorded.get(kind).cloned(),
        }
    }

    fn of_duty(&self, duty: &DutyRule) -> Vec<KindDeclaration> {
        let mut made = self.union(&duty.when);
        with_lens(&mut made, &duty.lens);
        if duty.pattern == Pattern::Attend {
            for declaration in &mut made {
                declaration.links.remove("agency");
                declaration.attrs.remove("agency");
            }
            if let Some(first) = made.first_mut() {
                first.attrs.insert("agency".into(), AttrType::Text);
            }
        }
        made
    }

    fn of_signal(&self, signal: &SignalRule) -> Vec<KindDeclaration> {
        if signal.terms.is_some() {
            return self.of_terms(signal);
        }
        let counted = self.union(&signal.count);
        let mut made = vec![KindDeclaration::default()];
        for declaration in counted {
            let is_link = |name: &String| name == "stream" || declaration.links.contains(name);
            let links = signal.per.iter().filter(|name| is_link(name)).map(|name| (name, &AttrType::Text));
            let attrs = signal.per.iter().filter_map(|name| Some((name, declaration.attrs.get(name)?)));
            let attrs = links.chain(attrs).map(|(name, of)| (name.clone(), of.clone())).collect();
            add(&mut made, &KindDeclaration { links: declaration.links, attrs });
        }
        with_lens(&mut made, &signal.lens);
        made
    }

    /// A signal of terms links what its event does, of any kind where it names none.
    fn of_terms(&self, signal: &SignalRule) -> Vec<KindDeclaration> {
        let counted = self.union(&signal.count).into_iter();
        let any = self.recorded.values().flatten().map(|kind| (*kind).clone());
        let any = any.filter(|_| signal.count.is_empty());
        let links = counted.chain(any).flat_map(|kind| kind.links).collect();
        let attrs = ["term", "prefer", "event"].map(|name| (name.to_owned(), AttrType::Text)).into();
        let mut made = vec![KindDeclaration { links, attrs }];
        with_lens(&mut made, &signal.lens);
        made
    }

    fn union(&self, kinds: &[KindRef]) -> Vec<KindDeclaration> {
        let mut made = vec![KindDeclaration::default()];
        for declaration in kinds.iter().filter_map(|kind| self.get(&kind.kind)).flatten() {
            add(&mut made, declaration);
        }
        made
    }
}

/// A derived event links its key in the lens's own role; `person` is no such role.
fn with_lens(made: &mut [KindDeclaration], lens: &str) {
    if let Some(first) = made.first_mut().filter(|_| lens != "person") {
        first.links.insert(lens.to_owned());
    }
}

/// Adds to the first declaration, and what it has in another type to the next.
fn add(made: &mut Vec<KindDeclaration>, more: &KindDeclaration) {
    let mut rest = more.clone();
    let mut number = 0;
    while rest != KindDeclaration::default() {
        if made.len() <= number {
            made.push(KindDeclaration::default());
        }
        let Some(into) = made.get_mut(number) else { return };
        into.links.append(&mut rest.links);
        rest.attrs.retain(|name, of| {
            let same = into.attrs.get(name).is_none_or(|theirs| theirs == of);
            if same {
                into.attrs.insert(name.clone(), of.clone());
            }
            !same
        });
        number += 1;
    }
}
