//! Keys and values as they are laid out.

use toml_edit::{Array, InlineTable, Key, RawString, Value};

use super::comments::Lines;

/// Lists longer than this have each element on a line.
const MAX_COLUMNS: usize = 120;

/// A key: bare where it can be, else in double quotes.
pub(super) fn key_text(key: &Key, text: &str) -> String {
    let name = key.get();
    let is_bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if is_bare {
        return name.to_owned();
    }
    quoted(name).unwrap_or_else(|| {
        let written = key.span().and_then(|span| text.get(span)).map(str::to_owned);
        written.unwrap_or_else(|| key.display_repr().into_owned())
    })
}

/// In double quotes, if no escape is needed.
fn quoted(value: &str) -> Option<String> {
    let needs_escape = |c: char| c == '"' || c == '\\' || c.is_control();
    (!value.contains(needs_escape)).then(|| format!("\"{value}\""))
}

/// A value, in lines where it must be: those after the first are indented, and the first begins at a column; without one
/// only comments break it.
pub(super) fn value_text(value: &Value, text: &str, indent: usize, column: Option<usize>) -> String {
    match value {
        Value::Array(array) => array_text(array, text, indent, column),
        Value::InlineTable(table) => inline_table_text(table, text, indent),
        _ => scalar_text(value, text),
    }
}

fn scalar_text(value: &Value, text: &str) -> String {
    let written = value.span().and_then(|span| text.get(span)).unwrap_or_default();
    let literal = written.starts_with('\'') && !written.starts_with("'''");
    match value.as_str().filter(|_| literal).and_then(quoted) {
        Some(quoted) => quoted,
        None => written.to_owned(),
    }
}

fn inline_table_text(table: &InlineTable, text: &str, indent: usize) -> String {
    let mut out = String::from("{");
    for (number, (path, value)) in table.get_values().into_iter().enumerate() {
        out.push_str(if number == 0 { " " } else { ", " });
        let key = path.iter().map(|key| key_text(key, text)).collect::<Vec<_>>().join(".");
        out.push_str(&format!("{key} = "));
        out.push_str(&value_text(value, text, indent, None));
    }
    out.push_str(if out.len() == 1 { "}" } else { " }" });
    out
}

fn array_text(array: &Array, text: &str, indent: usize, column: Option<usize>) -> String {
    let elements: Vec<&Value> = array.iter().collect();
    let of_tables = elements.first().is_some_and(|first| first.is_inline_table());
    let notes = Notes::of(array, text);
    if !notes.any() && (column.is_none() || !of_tables || elements.len() < 2) {
        let flat: Vec<String> =
            elements.iter().map(|element| value_text(element, text, indent, None)).collect();
        let space = if of_tables { " " } else { "" };
        let flat = format!("[{space}{}{space}]", flat.join(", "));
        let fits = column.is_none_or(|column| column + flat.chars().count() <= MAX_COLUMNS);
        if fits || elements.is_empty() {
            return flat;
        }
    }
    let inner = " ".repeat(indent + 2);
    let mut out = String::from("[");
    out.push_str(&notes.opening);
    out.push('\n');
    for (element, notes) in elements.iter().zip(&notes.elements) {
        for comment in &notes.before {
            out.push_str(&format!("{inner}{comment}\n"));
        }
        let value = value_text(element, text, indent + 2, Some(indent + 2));
        let beside = notes.beside.as_ref().map(|comment| format!("  {comment}")).unwrap_or_default();
        out.push_str(&format!("{inner}{value},{beside}\n"));
    }
    for comment in &notes.end {
        out.push_str(&format!("{inner}{comment}\n"));
    }
    out.push_str(&" ".repeat(indent));
    out.push(']');
    out
}

/// The comments of a list.
struct Notes {
    /// Beside the opening bracket.
    opening: String,
    elements: Vec<Note>,
    /// Before the closing bracket.
    end: Vec<String>,
}

#[derive(Default)]
struct Note {
    before: Vec<String>,
    beside: Option<String>,
}

impl Notes {
    fn of(array: &Array, text: &str) -> Self {
        let mut notes = Self { opening: String::new(), elements: Vec::new(), end: Vec::new() };
        let mut after = Vec::new();
        for element in array {
            let decor = element.decor();
            let mut before = std::mem::take(&mut after);
            before.extend(notes.beside_earlier(&raw(decor.prefix(), text)));
            notes.elements.push(Note { before, beside: None });
            after = notes.beside_earlier(&raw(decor.suffix(), text));
        }
        after.extend(notes.beside_earlier(&raw(Some(array.trailing()), text)));
        notes.end = after;
        notes
    }

    /// Puts a comment that stands on the line of what came before beside that, and gives the others.
    fn beside_earlier(&mut self, raw: &str) -> Vec<String> {
        let (line, rest) = raw.split_once('\n').map_or((raw, ""), |(line, rest)| (line, rest));
        let mut others = Vec::new();
        let comment = line.trim();
        if !comment.is_empty() {
            match self.elements.last_mut() {
                Some(note) if note.beside.is_none() => note.beside = Some(comment.to_owned()),
                Some(_) => others.push(comment.to_owned()),
                None => self.opening = format!("  {comment}"),
            }
        }
        others.extend(Lines::of(rest).comments().map(str::to_owned));
        others
    }

    fn any(&self) -> bool {
        let noted = |note: &Note| note.beside.is_some() || !note.before.is_empty();
        !self.opening.is_empty() || !self.end.is_empty() || self.elements.iter().any(noted)
    }
}

fn raw(raw: Option<&RawString>, text: &str) -> String {
    let Some(raw) = raw else { return String::new() };
    raw.span().and_then(|span| text.get(span)).or(raw.as_str()).unwrap_or_default().to_owned()
}
