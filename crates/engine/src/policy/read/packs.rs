//! Packs that build on packs: which file is of which, and what a later one does with an earlier one's rules and tests.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml_edit::Document;

use super::fields::{Field, Fields, Sink};
use super::header::Header;
use crate::policy::layout::OFF_FIELDS;
use crate::policy::{Change, KindName, KindRef, Place, Policy, Problem, SourceFile};

/// The packs, in the order in which they build on each other.
pub(super) struct Packs {
    /// Of each file.
    pack_of: Vec<usize>,
    names: Vec<String>,
}

impl Packs {
    pub fn new(pack_of: Vec<usize>, documents: &[Option<Document<&str>>]) -> Self {
        let mut names = vec![String::new(); pack_of.last().map_or(1, |last| last + 1)];
        for (&pack, document) in pack_of.iter().zip(documents) {
            let header = document.as_ref().and_then(|document| document.get("policy"));
            let text = |key| header.and_then(|header| header.get(key)).and_then(|name| name.as_str());
            if let Some(name) = text("name") {
                names[pack] =
                    [Some(name), text("version")].into_iter().flatten().collect::<Vec<_>>().join(" ");
            }
        }
        Self { pack_of, names }
    }

    pub fn of(&self, place: &Place) -> usize {
        self.pack_of.get(place.file).copied().unwrap_or_default()
    }

    pub fn last(&self) -> usize {
        self.names.len() - 1
    }

    /// The files of the last one.
    pub fn own_files(&self) -> Range<usize> {
        self.pack_of.iter().take_while(|&&pack| pack < self.last()).count()..self.pack_of.len()
    }

    /// Its name, and version where it has one.
    pub fn name(&self, place: &Place) -> &str {
        match self.names.get(self.of(place)).map(String::as_str) {
            None | Some("") => "this policy",
            Some(name) => name,
        }
    }
}

/// What `[policy] extends` of a file says: the path of the policy that it builds on, from the file's folder; and where, as
/// `file:line:column`.
#[must_use]
pub fn extends(file: &SourceFile) -> Option<(String, String)> {
    let document = Document::parse(&*file.text).ok()?;
    let extends = document.get("policy")?.get("extends")?;
    let place = Place { file: 0, bytes: extends.span().unwrap_or_default() };
    Some((extends.as_str()?.to_owned(), place.show(std::slice::from_ref(file))))
}

/// What a table does with the rule of its name in a pack below, if there is one.
pub(super) fn read_change(of: &Field, field: &Field, is_below: bool, sink: &mut Sink) -> Option<Change> {
    let fields = field.table(format!("`[{}.{}]`", of.name, field.name), sink)?;
    let is_off = fields.get("off").is_some_and(|off| off.boolean(sink) == Some(true));
    if is_off {
        fields.refuse_unknown(OFF_FIELDS, sink);
    }
    if !is_below {
        let meaningless = fields.get("off").or(fields.get("reason"))?;
        let message = format!("no pack below has a {} `{}`", of.name, field.name);
        let help = format!("`{}` is for what this policy `extends`; take it away", meaningless.name);
        sink.push(Problem::new(message, &meaningless.key_place).help(help));
        return is_off.then(|| change(field, is_off, String::new(), sink));
    }
    let what = if is_off { "switched off" } else { "replaced" };
    let reason = match fields.get("reason") {
        Some(reason) => reason.name_text(sink).map(|reason| reason.value),
        None => {
            let message = format!("the {} `{}` is {what} without a reason", of.name, field.name);
            let help = "add `reason = \"…\"`; it is shown wherever the rule would have been";
            sink.push(Problem::new(message, &field.place).help(help));
            None
        }
    };
    Some(change(field, is_off, reason.unwrap_or_default(), sink))
}

fn change(field: &Field, is_off: bool, reason: String, sink: &Sink) -> Change {
    Change { is_off, reason, pack: sink.pack(&field.place), place: field.place.clone() }
}

/// The tests that are about this policy, and how many are not: those of packs below that name a rule which is not as it
/// was there, or all of them where the clock or the ranks are others.
pub(super) fn apart<'a>(
    tests: Vec<Field<'a>>,
    policy: &Policy,
    header: &Header,
    sink: &mut Sink,
) -> (Vec<Field<'a>>, usize) {
    let all = tests.len();
    let changed = changed_rules(policy, sink);
    let tests: Vec<Field<'a>> = tests
        .into_iter()
        .filter(|test| {
            let of = sink.packs.of(&test.place);
            let changed_by = |rule: &str| changed.get(rule).copied().unwrap_or_default();
            header.clock_changed_by <= of && rules_named(test).into_iter().all(|rule| changed_by(rule) <= of)
        })
        .collect();
    let aside = all - tests.len();
    (tests, aside)
}

/// The rules that a test expects something of, or nothing.
fn rules_named<'a>(test: &Field<'a>) -> Vec<&'a str> {
    let Some(fields) = test.as_fields() else { return Vec::new() };
    let elements = |name| fields.get(name).map(Field::elements).unwrap_or_default();
    let expected = elements("expect").into_iter().filter_map(|entry| {
        let entry: Fields<'a> = entry.as_fields()?;
        entry.get("duty").or(entry.get("signal"))?.as_str()
    });
    expected.chain(elements("none").iter().filter_map(Field::as_str)).collect()
}

/// The rules that are not as a pack below has them, and the last pack that changed each: the rule itself, a value or the
/// ladder that it rests on, or a rule that it starts from.
fn changed_rules(policy: &Policy, sink: &Sink) -> BTreeMap<String, usize> {
    let of_settings = |settings: &BTreeSet<String>| {
        settings.iter().filter_map(|name| sink.changed_settings.get(name)).max().copied().unwrap_or_default()
    };
    let of_ladder = |name: &Option<String>| {
        let ladder = name.as_ref().and_then(|name| policy.ladders.get(name));
        ladder.map_or(0, |ladder| sink.packs.of(&ladder.place).max(of_settings(&ladder.settings)))
    };
    let mut changed: BTreeMap<String, usize> =
        policy.changes.iter().map(|(rule, change)| (rule.clone(), sink.packs.of(&change.place))).collect();
    let mut makers: Vec<(&String, Vec<&str>)> = Vec::new();
    for rule in policy.duties.values() {
        let by = changed.entry(rule.name.clone()).or_default();
        *by = (*by).max(of_settings(&rule.settings)).max(of_ladder(&rule.ladder));
        makers.push((&rule.name, makers_of(rule.kinds())));
    }
    for rule in policy.signals.values() {
        let by = changed.entry(rule.name.clone()).or_default();
        *by = (*by).max(of_settings(&rule.settings));
        makers.push((&rule.name, makers_of(rule.kinds())));
    }
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for (name, of) in &makers {
            let by = of.iter().filter_map(|maker| changed.get(*maker)).max().copied().unwrap_or_default();
            if changed.get(*name).is_some_and(|own| *own < by) {
                changed.insert((*name).clone(), by);
                is_settled = false;
            }
        }
    }
    changed
}

/// The rules that make the kinds.
fn makers_of<'k>(kinds: impl Iterator<Item = (&'static str, &'k KindRef)>) -> Vec<&'k str> {
    kinds.filter_map(|(_, kind)| KindName::parse(&kind.kind).maker()).collect()
}
