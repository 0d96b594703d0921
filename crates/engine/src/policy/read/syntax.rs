//! TOML itself: what is no TOML, and where.

use toml_edit::{Document, InlineTable, Item, RawString, TableLike, TomlError, Value};

use crate::policy::{Place, Problem, SourceFile};

/// Parses a file. Nesting is bounded by the parser, so no text can exhaust the stack.
pub(in crate::policy) fn parse(file: usize, source: &SourceFile) -> Result<Document<&str>, Problem> {
    let document = Document::parse(&*source.text).map_err(|error| problem(file, source, &error))?;
    match broken_table(document.as_table(), &source.text) {
        None => Ok(document),
        Some(table) => {
            let place = Place { file, bytes: table.span().unwrap_or_default() };
            let help = "write it in one line, or as a table with a header";
            Err(Problem::new("not TOML 1.0: a table in braces is broken over lines", &place).help(help))
        }
    }
}

/// The first table in braces that is broken over lines, which the parser takes and TOML 1.0 does not.
fn broken_table<'d>(table: &'d dyn TableLike, text: &str) -> Option<&'d InlineTable> {
    table.iter().find_map(|(_, item)| match item {
        Item::None => None,
        Item::Value(value) => broken_in(value, text),
        Item::Table(table) => broken_table(table, text),
        Item::ArrayOfTables(tables) => tables.iter().find_map(|table| broken_table(table, text)),
    })
}

fn broken_in<'d>(value: &'d Value, text: &str) -> Option<&'d InlineTable> {
    match value {
        Value::Array(array) => array.iter().find_map(|value| broken_in(value, text)),
        Value::InlineTable(table) => {
            let breaks = |raw: Option<&RawString>| {
                let span = raw.and_then(RawString::span);
                span.and_then(|span| text.get(span)).is_some_and(|raw| raw.contains('\n'))
            };
            let is_broken = breaks(Some(table.trailing()))
                || table.get_values().iter().any(|(path, value)| {
                    let decor = value.decor();
                    let beside = |key: &&toml_edit::Key| {
                        [key.leaf_decor(), key.dotted_decor()]
                            .iter()
                            .any(|decor| breaks(decor.prefix()) || breaks(decor.suffix()))
                    };
                    breaks(decor.prefix()) || breaks(decor.suffix()) || path.iter().any(beside)
                });
            if is_broken { Some(table) } else { broken_table(table, text) }
        }
        _ => None,
    }
}

fn problem(file: usize, source: &SourceFile, error: &TomlError) -> Problem {
    let end = source.text.len();
    let bytes = error.span().unwrap_or(end..end);
    let place = Place { file, bytes };
    if error.message().starts_with("duplicate key")
        && let Some(first) = first_like(&place, source)
    {
        let name = source.text.get(place.bytes.clone()).unwrap_or_default();
        let message =
            format!("`{name}` is there twice; first at {}", first.show(std::slice::from_ref(source)));
        return Problem::new(message, &place).help("take one of them away or give it another name");
    }
    if error.message().contains("recurs") {
        return Problem::new("lists and tables are nested too deeply", &place).help("write them flatter");
    }
    Problem::new(format!("not TOML: {}", error.message()), &place)
}

/// The first place at which the same header, or the same key of the same table, stands.
fn first_like(second: &Place, source: &SourceFile) -> Option<Place> {
    let text = &*source.text;
    let line = |at: usize| {
        let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
        let end = text.get(at..)?.find('\n').map_or(text.len(), |newline| at + newline);
        Some(start..end)
    };
    let here = line(second.bytes.start)?;
    let written = head(text.get(here.clone())?);
    let mut from = 0;
    let mut found = None;
    for other in text.get(..here.start)?.split_inclusive('\n') {
        if !written.starts_with('[') && other.trim_start().starts_with('[') {
            found = None;
        }
        if head(other) == written && found.is_none() {
            found = Some(Place { file: 0, bytes: from..from + other.trim_end().len() });
        }
        from += other.len();
    }
    found
}

/// A header without its comment, or a line's key.
fn head(line: &str) -> &str {
    let end = if line.trim_start().starts_with('[') { ']' } else { '=' };
    line.split(end).next().unwrap_or_default().trim()
}
