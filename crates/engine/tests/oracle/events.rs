//! Events as rules see them: canonical, typed, in order; and the versions that say so.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use engine::policy::{AttrType, DutyRule, InForce, KindDeclaration, KindRef, Policy, SignalRule};
use engine::record::{Event, Value};
use engine::time::Instant;

use super::clock::Clock;
use super::identity::Identity;

/// A place in the total order of events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Order {
    pub at: Instant,
    /// Those caused by time come after all others of the same `at`.
    pub by_time: bool,
    /// That of the recorded event that caused it, directly or through others; 0 where time did.
    pub seq: usize,
    /// Derived events come directly after the recorded one that caused them.
    pub derived: bool,
    pub stratum: usize,
    pub id: String,
}

pub type Links = BTreeMap<String, BTreeSet<String>>;

/// An event, recorded or derived, under the cut.
#[derive(Clone, Debug)]
pub struct Ev {
    pub order: Order,
    pub id: String,
    pub stream: String,
    pub kind: String,
    pub at: Instant,
    pub recorded_at: Instant,
    /// Those that rules see: declared, canonical.
    pub links: Links,
    /// Those of undeclared roles too.
    pub all_links: Links,
    /// Those that rules see: declared and of their declared type.
    pub attrs: BTreeMap<String, Value>,
    pub note: Option<String>,
    /// The roles that its kind declares, in a closed policy, of recorded events: what a name is.
    pub declares: Option<BTreeSet<String>>,
    /// Of a derived event: the lens of its maker and its key there.
    pub own: Option<(String, String)>,
    /// Whether its kind is declared, or need not be.
    pub known_kind: bool,
}

impl Ev {
    /// The keys under which the event stands in a lens.
    pub fn keys(&self, lens: &str) -> BTreeSet<String> {
        if !self.known_kind {
            return BTreeSet::new();
        }
        if let Some((own_lens, key)) = &self.own
            && own_lens == lens
        {
            return BTreeSet::from([key.clone()]);
        }
        let prefix = format!("{lens}:");
        let mut keys = BTreeSet::new();
        if lens == "person" {
            keys.extend(
                self.all_links.values().flatten().filter(|entity| entity.starts_with(&prefix)).cloned(),
            );
        } else {
            keys.extend(self.links.get(lens).into_iter().flatten().cloned());
        }
        if self.stream.starts_with(&prefix) {
            keys.insert(self.stream.clone());
        }
        keys
    }

    pub fn linked(&self, role: &str) -> BTreeSet<String> {
        self.links.get(role).cloned().unwrap_or_default()
    }

    /// Linked in a role, declared or not.
    pub fn linked_at_all(&self, role: &str) -> BTreeSet<String> {
        self.all_links.get(role).cloned().unwrap_or_default()
    }

    /// Whether it is of one of the kinds, with the key in the role that `as` names.
    pub fn is_of(&self, kinds: &[KindRef], key: &str) -> bool {
        self.known_kind
            && kinds.iter().any(|of| {
                of.kind == self.kind && of.role.as_ref().is_none_or(|role| self.linked(role).contains(key))
            })
    }

    /// Whether a name is a link role here: by the kind's declaration, or in an open policy as the event has it.
    fn is_role(&self, name: &str) -> bool {
        match &self.declares {
            Some(roles) => roles.contains(name),
            None => self.links.contains_key(name),
        }
    }

    /// The values of a name of `same`, `distinct` or `per`: `stream`, else a link role, else an attribute.
    pub fn values(&self, name: &str) -> Vec<Value> {
        if name == "stream" {
            return Some(&self.stream).filter(|stream| !stream.is_empty()).map(text).into_iter().collect();
        }
        if self.is_role(name) {
            return self.linked(name).iter().map(text).collect();
        }
        match self.attrs.get(name) {
            None => Vec::new(),
            Some(Value::Texts(texts)) => texts.iter().map(text).collect(),
            Some(value) => vec![value.clone()],
        }
    }

    pub fn comparable_values(&self, name: &str) -> BTreeSet<String> {
        self.values(name).iter().map(comparable).collect()
    }

    /// What an undecided duty names where a value of `same` is missing.
    pub fn name_of_missing(&self, name: &str) -> String {
        if name == "stream" {
            "event.stream".to_owned()
        } else if self.is_role(name) {
            format!("event.links.{name}")
        } else {
            format!("event.attrs.{name}")
        }
    }

    pub fn text(&self, attr: &str) -> Option<&str> {
        match self.attrs.get(attr) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn integer(&self, attr: &str) -> Option<i64> {
        match self.attrs.get(attr) {
            Some(Value::Integer(number)) => Some(*number),
            _ => None,
        }
    }

    pub fn instant(&self, attr: &str) -> Option<Instant> {
        match self.attrs.get(attr) {
            Some(Value::Instant(instant)) => Some(*instant),
            _ => None,
        }
    }

    pub fn texts(&self, attr: &str) -> Option<&[String]> {
        match self.attrs.get(attr) {
            Some(Value::Texts(texts)) => Some(texts),
            _ => None,
        }
    }
}

#[expect(clippy::ptr_arg, reason = "it maps over texts that are owned")]
fn text(text: &String) -> Value {
    Value::Text(text.clone())
}

/// A text that is equal for equal values; numbers are equal as numbers.
pub fn comparable(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("text {text}"),
        Value::Integer(number) => format!("number {:?}", *number as f64),
        Value::Decimal(number) => format!("number {number:?}"),
        Value::Boolean(truth) => format!("boolean {truth}"),
        Value::Instant(instant) => format!("instant {instant}"),
        Value::Texts(texts) => format!("texts {texts:?}"),
    }
}

/// How a candidate stands to its trigger by `same`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Same {
    Holds,
    /// A value is missing on either side, and none differs.
    Missing,
    Differs,
}

pub fn same(names: &[String], trigger: &Ev, candidate: &Ev) -> Same {
    let mut result = Same::Holds;
    for name in names {
        let (ours, theirs) = (trigger.comparable_values(name), candidate.comparable_values(name));
        if ours.is_empty() || theirs.is_empty() {
            result = Same::Missing;
        } else if !ours.is_subset(&theirs) {
            return Same::Differs;
        }
    }
    result
}

/// One version, as it binds.
pub struct Version<'p> {
    pub policy: &'p Policy,
    pub clock: Clock,
    /// Its first millisecond; none where it is in force from the beginning.
    from: Option<Instant>,
}

/// All versions, by their `from`.
pub struct Versions<'p> {
    pub all: Vec<Version<'p>>,
    ignore_in_force: bool,
}

impl<'p> Versions<'p> {
    pub fn new(policies: &'p [Policy], ignore_in_force: bool) -> Result<Self, String> {
        if policies.is_empty() {
            return Err("no policy".to_owned());
        }
        let mut all: Vec<Version> = Vec::new();
        for policy in policies {
            let clock = Clock::of(policy);
            let from = policy.in_force.from.map(|from| first_ms(&clock, from));
            if policies.len() > 1 && from.is_none() {
                return Err("a version without `from`".to_owned());
            }
            if policy.name != policies[0].name || policy.open != policies[0].open {
                return Err("versions of different names, or open and closed".to_owned());
            }
            all.push(Version { policy, clock, from });
        }
        all.sort_by_key(|version| version.policy.in_force.from);
        if all.windows(2).any(|pair| pair[0].policy.in_force.from == pair[1].policy.in_force.from) {
            return Err("two versions of one date".to_owned());
        }
        if ignore_in_force {
            all.drain(..all.len() - 1);
        }
        Ok(Self { all, ignore_in_force })
    }

    pub fn is_open(&self) -> bool {
        self.all[0].policy.open
    }

    /// The version in force then: from the first millisecond of its `from` until the next one's.
    pub fn at(&self, at: Instant) -> Option<usize> {
        if self.ignore_in_force {
            return Some(0);
        }
        self.all.iter().rposition(|version| version.from.is_none_or(|from| from <= at))
    }

    fn within(&self, version: usize, in_force: InForce, at: Instant) -> bool {
        let first = |date| first_ms(&self.all[version].clock, date);
        self.ignore_in_force
            || in_force.from.is_none_or(|from| first(from) <= at)
                && in_force.to.is_none_or(|to| at < first(to))
    }

    pub fn duty(&self, name: &str, at: Instant) -> Option<(usize, &'p DutyRule)> {
        let version = self.at(at)?;
        let rule = self.all[version].policy.duties.get(name)?;
        self.within(version, rule.in_force, at).then_some((version, rule))
    }

    pub fn signal(&self, name: &str, at: Instant) -> Option<(usize, &'p SignalRule)> {
        let version = self.at(at)?;
        let rule = self.all[version].policy.signals.get(name)?;
        self.within(version, rule.in_force, at).then_some((version, rule))
    }

    /// What a kind's events may have at a date: as the version there says, else the latest earlier one that declares the
    /// kind, else the first later one.
    fn declaration(&self, kind: &str, at: Instant) -> Option<&'p KindDeclaration> {
        let now = self.at(at).map_or(0, |version| version + 1);
        let of = |version: &Version<'p>| version.policy.kinds.get(kind);
        self.all[..now].iter().rev().find_map(of).or_else(|| self.all[now..].iter().find_map(of))
    }
}

fn first_ms(clock: &Clock, date: engine::time::Date) -> Instant {
    let (year, month, day) = date.ymd();
    let date = jiff::civil::date(year as i16, month as i8, day as i8);
    clock.first_ms(date).expect("in range")
}

/// What reading an event against the declarations found.
pub enum Found {
    UndeclaredKind(String),
    UndeclaredField(String, String),
    WrongType(String),
}

/// A recorded event as rules see it.
pub fn seen(
    event: &Event,
    seq: usize,
    versions: &Versions,
    identity: &Identity,
    found: &mut Vec<Found>,
) -> Ev {
    let all_links: Links = event
        .links
        .iter()
        .map(|(role, entities)| {
            (role.clone(), entities.iter().map(|entity| identity.canonical(entity)).collect())
        })
        .collect();
    let mut ev = Ev {
        order: Order { at: event.at, by_time: false, seq, derived: false, stratum: 0, id: String::new() },
        id: event.id.clone(),
        stream: if event.stream.is_empty() { String::new() } else { identity.canonical(&event.stream) },
        kind: event.kind.clone(),
        at: event.at,
        recorded_at: event.recorded_at,
        links: all_links.clone(),
        all_links,
        attrs: BTreeMap::new(),
        note: event.note.clone(),
        declares: None,
        own: None,
        known_kind: true,
    };
    let declaration = versions.declaration(&event.kind, event.at);
    if declaration.is_none() && !versions.is_open() {
        found.push(Found::UndeclaredKind(event.kind.clone()));
        ev.known_kind = false;
        ev.links.clear();
        return ev;
    }
    if let Some(declaration) = declaration.filter(|_| !versions.is_open()) {
        for role in event.links.keys().filter(|role| !declaration.links.contains(*role)) {
            found.push(Found::UndeclaredField(event.kind.clone(), role.clone()));
        }
        ev.links.retain(|role, _| declaration.links.contains(role));
        ev.declares = Some(declaration.links.clone());
    }
    for (name, value) in &event.attrs {
        match declaration.and_then(|declaration| declaration.attrs.get(name)) {
            Some(declared) => match typed(value, declared) {
                Some(value) => _ = ev.attrs.insert(name.clone(), value),
                None => found.push(Found::WrongType(event.id.clone())),
            },
            None if versions.is_open() => _ = ev.attrs.insert(name.clone(), value.clone()),
            None => found.push(Found::UndeclaredField(event.kind.clone(), name.clone())),
        }
    }
    ev
}

/// The value as one of the declared type, if it is.
fn typed(value: &Value, declared: &AttrType) -> Option<Value> {
    match (declared, value) {
        (AttrType::Text, Value::Text(_))
        | (AttrType::Integer, Value::Integer(_))
        | (AttrType::Decimal, Value::Decimal(_))
        | (AttrType::Boolean, Value::Boolean(_))
        | (AttrType::Instant, Value::Instant(_))
        | (AttrType::Texts, Value::Texts(_)) => Some(value.clone()),
        (AttrType::Decimal, Value::Integer(number)) => Some(Value::Decimal(*number as f64)),
        (AttrType::Instant, Value::Text(text)) => Instant::parse(text).ok().map(Value::Instant),
        (AttrType::OneOf { values, open }, Value::Text(text)) => {
            (*open || values.contains(text)).then(|| value.clone())
        }
        _ => None,
    }
}

impl PartialEq for Ev {
    fn eq(&self, other: &Self) -> bool {
        self.order == other.order
    }
}

impl Eq for Ev {}

impl PartialOrd for Ev {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ev {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order.cmp(&other.order)
    }
}
