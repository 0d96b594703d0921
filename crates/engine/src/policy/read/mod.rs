//! Reading a policy: texts in, a [`Policy`] or every problem out.
//!
//! Each file is walked field by field ([`fields`]); what the files say together is then resolved ([`resolve`]): names
//! that must exist, units that need a calendar, fields that no kind declares, cycles, guards.

mod duty;
mod fields;
mod header;
mod kinds;
mod ladder;
mod packs;
mod pattern;
mod resolve;
mod rules;
mod settings;
mod signal;
mod syntax;
mod terms;
mod test;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use toml_edit::Document;

pub(super) use self::syntax::parse as parse_toml;

use self::fields::{Field, Fields, Places, Sink, Text};
use self::header::Header;
use self::kinds::DraftKinds;
use self::packs::Packs;
pub use self::packs::extends;
use self::settings::Settings;
use self::terms::DraftTerm;
pub use self::terms::{is_file, term_files};
use super::core_kinds::core_kinds;
use super::{Change, DutyRule, Ladder, Place, Policy, Problem, Problems, SignalRule, SourceFile};
use crate::time::Zone;

/// A rule as read, with the places of its fields.
struct Drafted<T> {
    rule: T,
    places: Places,
    /// The files that a signal takes its terms from.
    term_files: Vec<Text>,
}

impl<T> Drafted<T> {
    fn new(rule: T, places: Places) -> Self {
        Self { rule, places, term_files: Vec::new() }
    }
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
    changes: BTreeMap<String, Change>,
    terms: Vec<DraftTerm>,
    tests: Vec<Field<'a>>,
}

/// Reads one version of a policy from its files, which add up.
///
/// # Errors
///
/// Every problem found, each with its place, by file and place. Where a file is no TOML, what it would have declared is
/// not known, so names are then not resolved.
pub fn read(files: Vec<SourceFile>) -> Result<Policy, Problems> {
    read_packs(vec![files])
}

/// Reads one version of a policy from packs, each with the files of one that builds on those before it.
///
/// # Errors
///
/// As [`read`].
pub fn read_packs(packs: Vec<Vec<SourceFile>>) -> Result<Policy, Problems> {
    let pack_of =
        packs.iter().enumerate().flat_map(|(pack, files)| files.iter().map(move |_| pack)).collect();
    let files: Vec<SourceFile> = packs.into_iter().flatten().collect();
    let (policy, mut problems) = read_all(&files, pack_of);
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

fn read_all(files: &[SourceFile], pack_of: Vec<usize>) -> (Option<Policy>, Vec<Problem>) {
    let mut problems = Vec::new();
    let documents: Vec<Option<Document<&str>>> = files
        .iter()
        .enumerate()
        .map(|(file, source)| syntax::parse(file, source).map_err(|problem| problems.push(problem)).ok())
        .collect();
    let packs = Packs::new(pack_of, &documents);
    let mut sink = Sink::new(files, packs, problems);
    let (none, mut settings) = (Settings::default(), Settings::default());
    for fields in whole_files(&documents, &none) {
        fields.get("setting").into_iter().for_each(|field| settings.read(field, &mut sink));
    }
    let mut draft = Draft::default();
    for fields in whole_files(&documents, &settings) {
        draft.read_file(&fields, &mut sink);
    }
    if documents.iter().any(Option::is_none) {
        return (None, sink.problems);
    }
    draft.header.require(&mut sink);
    let mut policy = draft.resolve(&mut sink);
    if let Some(policy) = &mut policy {
        settings.report_unused(&policy.settings_used(), &mut sink);
        policy.settings = settings.to_settings();
    }
    (policy, sink.problems)
}

/// The files as tables, but those that are no TOML.
fn whole_files<'a>(
    documents: &'a [Option<Document<&'a str>>],
    settings: &'a Settings<'a>,
) -> impl Iterator<Item = Fields<'a>> {
    documents.iter().enumerate().filter_map(move |(file, document)| {
        let place = Place { file, bytes: 0..0 };
        Some(Fields::new(document.as_ref()?.as_table(), "the policy".into(), place, settings))
    })
}

impl<'a> Draft<'a> {
    fn read_file(&mut self, file: &Fields<'a>, sink: &mut Sink) {
        for field in file.iter() {
            match field.name {
                "policy" => self.header.read_policy(field, sink),
                "roles" => self.header.read_roles(field, sink),
                "ranks" => self.header.read_ranks(field, sink),
                "kinds" => kinds::read_kinds(&mut self.kinds, field, sink),
                "setting" => {}
                "duty" => read_rules(&mut self.duties, &mut self.changes, field, sink, duty::read_duty),
                "signal" => {
                    read_rules(&mut self.signals, &mut self.changes, field, sink, signal::read_signal)
                }
                "ladder" => read_each(&mut self.ladders, field, sink, ladder::read_ladder),
                "term" => {
                    let list = field.list("tables; write `[[term]]`", sink);
                    self.terms.extend(list.iter().filter_map(|term| terms::read_term(term, sink)));
                }
                "test" => self.tests.extend(field.list("tables; write `[[test]]`", sink)),
                _ => unknown_table(field, sink),
            }
        }
    }

    fn resolve(self, sink: &mut Sink) -> Option<Policy> {
        let Draft { header, kinds, duties, mut signals, ladders, changes, terms, tests } = self;
        for drafted in signals.values_mut().filter(|drafted| !drafted.term_files.is_empty()) {
            drafted.rule.terms = Some(Arc::new(terms::terms_of(&drafted.term_files, &terms, sink)));
        }
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
            place: header.place(sink),
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
            settings: BTreeMap::new(),
            changes,
            own_files: sink.packs.own_files(),
            tests: Arc::new([]),
            tests_set_aside: 0,
        };
        let (duties, duty_places) = apart(duties);
        let (signals, signal_places) = apart(signals);
        let (ladders, ladder_places) = apart(ladders);
        (policy.duties, policy.signals, policy.ladders) = (duties, signals, ladders);
        let places =
            resolve::AllPlaces { duties: duty_places, signals: signal_places, ladders: ladder_places };
        resolve::resolve(&policy, &header, &places, sink);
        if let Some(clock) = clock {
            let (tests, aside) = packs::apart(tests, &policy, &header, sink);
            policy.tests = test::read_tests(&tests, &policy, &clock, sink).into();
            policy.tests_set_aside = aside;
        }
        Some(policy)
    }
}

fn texts(texts: &[Text]) -> Vec<String> {
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

/// Reads the tables under `[ladder]`.
fn read_each<'a, T: Named>(
    rules: &mut DraftedRules<T>,
    field: &Field<'a>,
    sink: &mut Sink,
    read: impl Fn(&Field<'a>, &mut Sink) -> Option<Drafted<T>>,
) {
    let Some(fields) = field.table(format!("`[{}]`", field.name), sink) else { return };
    for inner in fields.iter() {
        let earlier = rules.get(inner.name).map(|drafted| drafted.rule.place());
        if is_named_once(earlier, field, inner, sink)
            && let Some(drafted) = read(inner, sink)
        {
            rules.insert(inner.name.to_owned(), drafted);
        }
    }
}

/// Reads the tables under `[duty]` or `[signal]`: rules, and rules of packs below that are replaced or switched off.
fn read_rules<'a, T: Named>(
    rules: &mut DraftedRules<T>,
    changes: &mut BTreeMap<String, Change>,
    field: &Field<'a>,
    sink: &mut Sink,
    read: impl Fn(&Field<'a>, &mut Sink) -> Option<Drafted<T>>,
) {
    let Some(fields) = field.table(format!("`[{}]`", field.name), sink) else { return };
    for inner in fields.iter() {
        let below = rules.get(inner.name).map(|drafted| drafted.rule.place());
        let below = below.or(changes.get(inner.name).map(|change| &change.place));
        if !is_named_once(below, field, inner, sink) {
            continue;
        }
        let change = packs::read_change(field, inner, below.is_some(), sink);
        let is_off = change.as_ref().is_some_and(|change| change.is_off);
        changes.extend(change.map(|change| (inner.name.to_owned(), change)));
        if is_off {
            rules.remove(inner.name);
        } else if let Some(drafted) = read(inner, sink) {
            rules.insert(inner.name.to_owned(), drafted);
        }
    }
}

/// Whether the table has a name that its pack gives but once; else it is reported.
fn is_named_once(earlier: Option<&Place>, field: &Field, inner: &Field, sink: &mut Sink) -> bool {
    if inner.name.trim().is_empty() {
        sink.push(Problem::new(format!("a `{}` without a name", field.name), &inner.key_place));
        return false;
    }
    match earlier.filter(|place| sink.is_of_one_pack(place, &inner.place)) {
        Some(earlier) => {
            sink.twice(&format!("the {} `{}`", field.name, inner.name), earlier, &inner.place);
            false
        }
        None => true,
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

const TABLES: &[&str] =
    &["policy", "roles", "ranks", "kinds", "setting", "duty", "signal", "term", "ladder", "test"];

fn unknown_table(field: &Field, sink: &mut Sink) {
    let help = match field.name {
        "measure" => String::from("the name is kept for later; take the table away"),
        name => crate::suggest::did_you_mean(name, TABLES.iter().copied())
            .unwrap_or_else(|| format!("a policy has {}", fields::listed(TABLES))),
    };
    sink.push(Problem::new(format!("`{}` is no part of a policy", field.name), &field.key_place).help(help));
}
