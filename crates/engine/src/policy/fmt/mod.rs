//! The canonical layout of a policy's text, which keeps its comments and its meaning.
//!
//! Tables stay in their order with one blank line between them; the fields of rules, tests and `[policy]` stand in the
//! order of [`layout`](super::layout), those of other tables as they were written.

mod comments;
mod same;
mod value;

use toml_edit::{Document, Item, Key, RawString, Table, Value};

use self::comments::{Lines, comments};
use self::value::{key_text, value_text};
use super::layout;
use super::{Place, Problem, SourceFile};

/// Lays a policy's text out.
///
/// # Errors
///
/// What is no TOML, with its place in file 0; and a text that could not be laid out without changing it, which is a fault
/// of this function.
pub fn fmt(text: &str) -> Result<String, Problem> {
    let source = SourceFile { name: "policy".into(), text: text.into() };
    let document = super::read::parse_toml(0, &source)?;
    let out = Writer { text, out: String::with_capacity(text.len()) }.document(&document);
    let unchanged =
        Document::parse(out.as_str()).is_ok_and(|after| same::same(document.as_table(), after.as_table()));
    let (mut before, mut after) = (comments(text), comments(&out));
    before.sort_unstable();
    after.sort_unstable();
    if unchanged && before == after {
        return Ok(out);
    }
    let place = Place { file: 0, bytes: 0..0 };
    Err(Problem::new("the text cannot be laid out without changing it", &place)
        .help("move comments out of inline tables"))
}

struct Writer<'t> {
    text: &'t str,
    out: String,
}

/// A table under a header.
struct Headed<'d> {
    position: isize,
    path: Vec<&'d Key>,
    is_array: bool,
    table: &'d Table,
}

impl Writer<'_> {
    fn document(mut self, document: &Document<&str>) -> String {
        let mut tables = Vec::new();
        collect(document.as_table(), &mut Vec::new(), &mut tables);
        tables.sort_by_key(|table| table.position);
        self.fields(document.as_table(), None);
        for table in &tables {
            self.table(table);
        }
        let trailing = self.raw(Some(document.trailing()));
        self.comment_block(&trailing);
        let end = self.out.trim_end().len();
        self.out.truncate(end);
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out
    }

    fn raw(&self, raw: Option<&RawString>) -> String {
        let Some(raw) = raw else { return String::new() };
        let spanned = raw.span().and_then(|span| self.text.get(span));
        spanned.or(raw.as_str()).unwrap_or_default().to_owned()
    }

    /// Comments before a header or at the end: a blank line, then they, keeping one blank line where there were some.
    fn comment_block(&mut self, raw: &str) {
        self.blank_line();
        let lines = Lines::of(raw);
        for (number, line) in lines.0.iter().enumerate() {
            match line {
                Some(comment) => self.line(comment),
                None if number > 0 => self.blank_line(),
                None => {}
            }
        }
    }

    fn blank_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn table(&mut self, headed: &Headed<'_>) {
        let decor = headed.table.decor();
        let prefix = self.raw(decor.prefix());
        self.comment_block(&prefix);
        let path = headed.path.iter().map(|key| key_text(key, self.text)).collect::<Vec<_>>().join(".");
        let header = if headed.is_array { format!("[[{path}]]") } else { format!("[{path}]") };
        let suffix = self.raw(decor.suffix());
        self.line(&with_comment(header, &suffix));
        let names: Vec<&str> = headed.path.iter().map(|key| key.get()).collect();
        self.fields(headed.table, order(&names));
    }

    /// The fields of a table, in an order where one is given; else as written, with the blank lines between them.
    fn fields(&mut self, table: &Table, order: Option<Vec<&str>>) {
        let mut fields = table.get_values();
        if let Some(order) = &order {
            let rank = |path: &[&Key]| {
                path.first()
                    .and_then(|key| order.iter().position(|name| *name == key.get()))
                    .unwrap_or(order.len())
            };
            fields.sort_by_key(|(path, _)| rank(path));
        }
        for (number, (path, value)) in fields.iter().enumerate() {
            let prefix = self.raw(path.last().and_then(|key| key.leaf_decor().prefix()));
            for (line_number, line) in Lines::of(&prefix).0.iter().enumerate() {
                match line {
                    Some(comment) => self.line(comment),
                    None if order.is_none() && number + line_number > 0 => self.blank_line(),
                    None => {}
                }
            }
            self.field(path, value);
        }
    }

    fn field(&mut self, path: &[&Key], value: &Value) {
        let key = path.iter().map(|key| key_text(key, self.text)).collect::<Vec<_>>().join(".");
        let start = format!("{key} = ");
        let value_written = value_text(value, self.text, 0, Some(start.chars().count()));
        let suffix = self.raw(value.decor().suffix());
        self.line(&with_comment(start + &value_written, &suffix));
    }
}

fn with_comment(line: String, suffix: &str) -> String {
    match suffix.trim() {
        "" => line,
        comment => format!("{line}  {comment}"),
    }
}

/// Every table that stands under a header, with the path in it.
fn collect<'d>(table: &'d Table, path: &mut Vec<&'d Key>, tables: &mut Vec<Headed<'d>>) {
    for (name, item) in table.iter() {
        let Some((key, _)) = table.get_key_value(name) else { continue };
        path.push(key);
        match item {
            Item::Table(inner) if !inner.is_dotted() => {
                if !inner.is_implicit() {
                    tables.push(headed(inner, path, false));
                }
                collect(inner, path, tables);
            }
            Item::ArrayOfTables(array) => {
                for inner in array {
                    tables.push(headed(inner, path, true));
                    collect(inner, path, tables);
                }
            }
            _ => {}
        }
        path.pop();
    }
}

fn headed<'d>(table: &'d Table, path: &[&'d Key], is_array: bool) -> Headed<'d> {
    Headed { position: table.position().unwrap_or(isize::MAX), path: path.to_vec(), is_array, table }
}

/// The order of the fields under a header, where there is one.
fn order(path: &[&str]) -> Option<Vec<&'static str>> {
    match path {
        ["policy"] => Some(layout::POLICY_FIELDS.to_vec()),
        ["duty", _] => Some(layout::DUTY_FIELDS.iter().map(|(name, _)| *name).collect()),
        ["signal", _] => Some(layout::SIGNAL_FIELDS.to_vec()),
        ["setting", _] => Some(layout::SETTING_FIELDS.to_vec()),
        ["kinds", _] => Some(layout::KIND_FIELDS.to_vec()),
        ["term"] => Some(layout::TERM_FIELDS.to_vec()),
        ["test"] => Some(layout::TEST_FIELDS.to_vec()),
        ["test", "events"] => Some(layout::EVENT_FIELDS.to_vec()),
        ["ladder", _, "steps"] => Some(layout::STEP_FIELDS.to_vec()),
        [.., "source"] => Some(layout::SOURCE_FIELDS.to_vec()),
        _ => None,
    }
}
