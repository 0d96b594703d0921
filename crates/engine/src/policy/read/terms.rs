//! `[[term]]`, and the lists that signals name.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Component, Path, PathBuf};

use toml_edit::Document;

use super::fields::{Field, Fields, Sink, Text};
use crate::policy::layout::TERM_FIELDS;
use crate::policy::{Place, Problem, SourceFile, Term, Terms};

/// A term and where it stands.
pub(super) struct DraftTerm {
    term: Term,
    place: Place,
}

pub(super) fn read_term(field: &Field, sink: &mut Sink) -> Option<DraftTerm> {
    let fields = field.table("`[[term]]`", sink)?;
    fields.refuse_unknown(TERM_FIELDS, sink);
    let mut text = |name: &str, example: &str| {
        let field = fields.require(name, example, sink)?;
        field.name_text(sink).map(|text| text.value)
    };
    let avoid = text("avoid", "avoid = \"absconded\"");
    let prefer = text("prefer", "prefer = \"is missing\"");
    let why = text("why", "why = \"a child does not escape; a child is missing\"");
    let mut names = |name: &str| -> Vec<String> {
        let names = fields.get(name).map(|field| field.names(sink)).unwrap_or_default();
        names.into_iter().map(|text| text.value).collect()
    };
    let (also, except) = (names("also"), names("except"));
    for name in ["avoid", "also", "except"] {
        let Some(field) = fields.get(name) else { continue };
        let texts = if field.is_list() { field.elements() } else { vec![field.clone()] };
        for text in texts.iter().filter(|text| text.as_str().is_some_and(|text| !Terms::has_word(text))) {
            let message = format!("`{name}` has no word to look for");
            sink.push(Problem::new(message, &text.place).help("write letters or digits"));
        }
    }
    let term = Term {
        avoid: avoid?,
        also,
        except,
        exact: fields.get("exact").is_some_and(|exact| exact.boolean(sink) == Some(true)),
        prefer: prefer?,
        why: why?,
    };
    Some(DraftTerm { term, place: field.place.clone() })
}

/// The files that `terms` of a signal names.
pub(super) fn named_files(fields: &Fields, sink: &mut Sink) -> Vec<Text> {
    match fields.get("terms") {
        None => Vec::new(),
        Some(terms) if terms.is_list() => terms.names(sink),
        Some(terms) => terms.name_text(sink).into_iter().collect(),
    }
}

/// The terms of the files that a signal names; a term of a later file stands in place of one of an earlier.
pub(super) fn terms_of(files: &[Text], all: &[DraftTerm], sink: &mut Sink) -> Terms {
    let mut terms: Vec<&DraftTerm> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for file in files {
        let path =
            sink.files.get(file.place.file).map(|of| beside(&of.name, &file.value)).unwrap_or_default();
        let number = sink.files.iter().position(|other| is_file(other, &path));
        let of_file: Vec<&DraftTerm> = all.iter().filter(|term| Some(term.place.file) == number).collect();
        if of_file.is_empty() {
            let (message, help) = match number {
                None => (
                    format!("there is no file `{}`", file.value),
                    "write its name as from this file's folder",
                ),
                Some(_) => (
                    format!("the file `{}` has no terms", file.value),
                    "a term is a `[[term]]` with `avoid`, `prefer` and `why`",
                ),
            };
            sink.push(Problem::new(message, &file.place).help(help));
        }
        for term in of_file {
            match places.entry(Terms::folded(&term.term.avoid)) {
                Entry::Vacant(vacant) => {
                    vacant.insert(terms.len());
                    terms.push(term);
                }
                Entry::Occupied(taken) if terms[*taken.get()].place.file == term.place.file => {
                    sink.twice(
                        &format!("the term `{}`", term.term.avoid),
                        &terms[*taken.get()].place,
                        &term.place,
                    );
                }
                Entry::Occupied(taken) => terms[*taken.get()] = term,
            }
        }
    }
    Terms::new(terms.into_iter().map(|term| term.term.clone()).collect())
}

/// The files of terms that a policy's file names, as paths from where its own name starts.
#[must_use]
pub fn term_files(file: &SourceFile) -> Vec<PathBuf> {
    let Ok(document) = Document::parse(&*file.text) else { return Vec::new() };
    let signals = document.get("signal").and_then(|signals| signals.as_table_like());
    let terms =
        signals.into_iter().flat_map(|signals| signals.iter()).filter_map(|(_, signal)| signal.get("terms"));
    let names = terms.flat_map(|terms| {
        let list = terms.as_array().into_iter().flatten().filter_map(|name| name.as_str());
        terms.as_str().into_iter().chain(list).map(str::to_owned).collect::<Vec<_>>()
    });
    names.map(|name| beside(&file.name, &name)).collect()
}

/// Whether a file is at a path, detours aside.
#[must_use]
pub fn is_file(file: &SourceFile, path: &Path) -> bool {
    lexical(Path::new(&file.name)) == lexical(path)
}

/// A path as from a file's folder.
fn beside(file: &str, path: &str) -> PathBuf {
    lexical(&Path::new(file).parent().unwrap_or(Path::new("")).join(path))
}

/// A path without detours.
fn lexical(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                _ = out.pop()
            }
            part => out.push(part),
        }
    }
    out
}
