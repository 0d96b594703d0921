//! Reading a policy: texts in, a [`Policy`] or every problem out.
//!
//! Each file is walked field by field ([`fields`]); what the files say together is then resolved ([`resolve`]): names
//! that must exist, units that need a calendar, fields that no kind declares, cycles, guards.

mod duty;
mod fields;
mod header;
mod kinds;
mod ladder;
mod pattern;
mod resolve;
mod rules;
mod signal;
mod syntax;
mod test;

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::Document;

pub(super) use self::syntax::parse as parse_toml;

use self::fields::{Field, Fields, Places, Sink};
use self::header::Header;
use self::kinds::DraftKinds;
use super::core_kinds::core_kinds;
use super::{DutyRule, Ladder, Place, Policy, Problem, Problems, SignalRule, SourceFile};
use crate::time::Zone;

/// A rule as read, with the places of its fields.
struct Drafted<T> {
    rule: T,
    places: Places,
}

type DraftedRules<T> = BTreeMap<String, Drafted<T>>;

/// What the files read so far say.
#[derive(Default)]
struct Draft<'a> {
    header: Header,
    kinds: DraftKinds,
    duties: DraftedRules<DutyRule>,
    signals: DraftedRules<SignalRule>,
    ladders: DraftedRules<Ladder>,
    tests: Vec<Field<'a>>,
}

/// Reads one version of a policy from its files, which add up.
///
/// # Errors
///
/// Every problem found, each with its place, by file and place. Where a file is no TOML, what it would have declared is
/// not known, so names are then not resolved.
pub fn read(files: Vec<SourceFile>) -> Result<Policy, Problems> {
    let (policy, mut problems) = read_all(&files);
    problems.sort_by(|one, other| {
        let key = |problem: &Problem| (problem.place.file, problem.place.bytes.start);
        key(one).cmp(&key(other))
    });
    problems.dedup();
    match policy {
        Some(policy) if problems.is_empty() => Ok(policy),
        _ => Err(Problems { files, problems }),
    }
}

fn read_all(files: &[SourceFile]) -> (Option<Policy>, Vec<Problem>) {
    let mut sink = Sink { files, problems: Vec::new() };
    let documents: Vec<Option<Document<&str>>> = files
        .iter()
        .enumerate()
        .map(|(file, source)| syntax::parse(file, source).map_err(|problem| sink.push(problem)).ok())
        .collect();
    let mut draft = Draft::default();
    for (file, document) in documents.iter().enumerate() {
        if let Some(document) = document {
            let place = Place { file, bytes: 0..0 };
            draft.read_file(&Fields::new(document.as_table(), "the policy".into(), place), &mut sink);
        }
    }
    if documents.iter().any(Option::is_none) {
        return (None, sink.problems);
    }
    draft.header.require(&mut sink);
    let policy = draft.resolve(&mut sink);
    (policy, sink.problems)
}

impl<'a> Draft<'a> {
    fn read_file(&mut self, file: &Fields<'a>, sink: &mut Sink) {
        for field in file.iter() {
            match field.name.as_str() {
                "policy" => self.header.read_policy(field, sink),
                "roles" => self.header.read_roles(field, sink),
                "ranks" => self.header.read_ranks(field, sink),
                "kinds" => kinds::read_kinds(&mut self.kinds, field, sink),
                "duty" => read_each(&mut self.duties, field, sink, duty::read_duty),
                "signal" => read_each(&mut self.signals, field, sink, signal::read_signal),
                "ladder" => read_each(&mut self.ladders, field, sink, ladder::read_ladder),
                "test" => self.tests.extend(field.list("tables; write `[[test]]`", sink)),
                _ => unknown_table(field, sink),
            }
        }
    }

    fn resolve(self, sink: &mut Sink) -> Option<Policy> {
        let Draft { header, kinds, duties, signals, ladders, tests } = self;
        for (name, signal) in &signals {
            if let Some(duty) = duties.get(name) {
                let first = duty.rule.place.show(sink.files);
                let message = format!("`{name}` is a signal here and a duty at {first}");
                sink.push(Problem::new(message, &signal.rule.place).help("give one of them another name"));
            }
        }
        let clock = header.clock();
        let zone = header.zone.clone().or_else(|| Zone::new("UTC").ok())?;
        let lenses: BTreeSet<String> = (duties.values().map(|duty| &duty.rule.lens))
            .chain(signals.values().map(|signal| &signal.rule.lens))
            .cloned()
            .collect();
        let core = core_kinds(lenses.iter().map(String::as_str));
        let mut policy = Policy {
            files: sink.files.to_vec(),
            place: header.place(),
            name: header.name.clone().unwrap_or_default(),
            version: header.version.clone(),
            zone,
            calendar: header.calendar,
            open: header.open,
            in_force: header.in_force,
            roles: header.roles.iter().map(|(role, agency)| (role.clone(), agency.value.clone())).collect(),
            ranks: header.ranks.iter().map(|equals| texts(equals)).collect(),
            kinds: kinds::with_core(kinds, core, sink),
            duties: BTreeMap::new(),
            signals: BTreeMap::new(),
            ladders: BTreeMap::new(),
            tests: Vec::new(),
        };
        let (duties, duty_places) = apart(duties);
        let (signals, signal_places) = apart(signals);
        let (ladders, ladder_places) = apart(ladders);
        (policy.duties, policy.signals, policy.ladders) = (duties, signals, ladders);
        let places =
            resolve::AllPlaces { duties: duty_places, signals: signal_places, ladders: ladder_places };
        resolve::resolve(&policy, &header, &places, sink);
        if let Some(clock) = clock {
            policy.tests = test::read_tests(&tests, &policy, &clock, sink);
        }
        Some(policy)
    }
}

fn texts(texts: &[fields::Text]) -> Vec<String> {
    texts.iter().map(|text| text.value.clone()).collect()
}

fn apart<T>(rules: DraftedRules<T>) -> (BTreeMap<String, T>, BTreeMap<String, Places>) {
    let mut places = BTreeMap::new();
    let rules = rules.into_iter().map(|(name, drafted)| {
        places.insert(name.clone(), drafted.places);
        (name, drafted.rule)
    });
    (rules.collect(), places)
}

/// Reads the tables under `[duty]`, `[signal]` or `[ladder]`.
fn read_each<'a, T: Named>(
    rules: &mut DraftedRules<T>,
    field: &Field<'a>,
    sink: &mut Sink,
    read: impl Fn(&Field<'a>, &mut Sink) -> Option<Drafted<T>>,
) {
    let Some(fields) = field.table(format!("`[{}]`", field.name), sink) else { return };
    for inner in fields.iter() {
        if inner.name.trim().is_empty() {
            sink.push(Problem::new(format!("a `{}` without a name", field.name), &inner.key_place));
        } else if let Some(earlier) = rules.get(&inner.name) {
            sink.twice(&format!("the {} `{}`", field.name, inner.name), earlier.rule.place(), &inner.place);
        } else if let Some(drafted) = read(inner, sink) {
            rules.insert(inner.name.clone(), drafted);
        }
    }
}

/// What has a header.
trait Named {
    fn place(&self) -> &Place;
}

impl Named for DutyRule {
    fn place(&self) -> &Place {
        &self.place
    }
}

impl Named for SignalRule {
    fn place(&self) -> &Place {
        &self.place
    }
}

impl Named for Ladder {
    fn place(&self) -> &Place {
        &self.place
    }
}

const TABLES: &[&str] = &["policy", "roles", "ranks", "kinds", "duty", "signal", "ladder", "test"];

fn unknown_table(field: &Field, sink: &mut Sink) {
    let help = match field.name.as_str() {
        "measure" | "setting" => String::from("the name is kept for later; take the table away"),
        name => crate::suggest::did_you_mean(name, TABLES.iter().copied())
            .unwrap_or_else(|| format!("a policy has {}", fields::listed(TABLES))),
    };
    sink.push(Problem::new(format!("`{}` is no part of a policy", field.name), &field.key_place).help(help));
}
