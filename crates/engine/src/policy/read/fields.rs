//! A TOML table walked field by field, with the place of each.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml_edit::{ArrayOfTables, Item, TableLike, Value};

use super::packs::Packs;
use super::settings::Settings;
use crate::guard::Guard;
use crate::policy::{Place, Problem, SourceFile};
use crate::suggest::{did_you_mean, nearest};
use crate::time::{Date, Span};

/// Where problems are put while reading goes on.
pub(super) struct Sink<'f> {
    pub files: &'f [SourceFile],
    pub packs: Packs,
    pub problems: Vec<Problem>,
    /// The settings whose value differs from that of the pack below, and the last pack that changed it.
    pub changed_settings: BTreeMap<String, usize>,
    /// Where a setting stands that is not there.
    pub without_setting: Vec<Place>,
}

impl<'f> Sink<'f> {
    pub fn new(files: &'f [SourceFile], packs: Packs, problems: Vec<Problem>) -> Self {
        Self { files, packs, problems, changed_settings: BTreeMap::new(), without_setting: Vec::new() }
    }

    /// Keeps a problem, but where a setting is not there, which is then the only problem of that place.
    pub fn push(&mut self, problem: Problem) {
        if !self.without_setting.contains(&problem.place) {
            self.problems.push(problem);
        }
    }

    /// The name of the pack that a place is in.
    pub fn pack(&self, place: &Place) -> String {
        self.packs.name(place).to_owned()
    }

    pub fn is_of_one_pack(&self, one: &Place, other: &Place) -> bool {
        self.packs.of(one) == self.packs.of(other)
    }

    pub fn is_of_last_pack(&self, place: &Place) -> bool {
        self.packs.of(place) == self.packs.last()
    }

    /// Says that a name stands twice, and where it first stood.
    pub fn twice(&mut self, what: &str, first: &Place, second: &Place) {
        let first = first.show(self.files);
        self.push(
            Problem::new(format!("{what} is there twice; first at {first}"), second)
                .help("take one of them away or give it another name"),
        );
    }
}

#[derive(Clone, Copy)]
enum Node<'a> {
    Value(&'a Value),
    Table(&'a dyn TableLike),
    Tables(&'a ArrayOfTables),
}

impl Node<'_> {
    fn words(self) -> &'static str {
        match self {
            Self::Value(Value::String(_)) => "a text",
            Self::Value(Value::Integer(_)) => "a whole number",
            Self::Value(Value::Float(_)) => "a number",
            Self::Value(Value::Boolean(_)) => "true or false",
            Self::Value(Value::Datetime(_)) => "a date",
            Self::Value(Value::Array(_)) | Self::Tables(_) => "a list",
            Self::Value(Value::InlineTable(_)) | Self::Table(_) => "a table",
        }
    }
}

/// A text and where it stands.
#[derive(Clone)]
pub(super) struct Text {
    pub value: String,
    pub place: Place,
}

/// A field of a table, or an element of a list.
#[derive(Clone)]
pub(super) struct Field<'a> {
    /// Its key, or that of the list it is in.
    pub name: &'a str,
    pub key_place: Place,
    pub place: Place,
    node: Node<'a>,
    /// The setting whose value it has.
    setting: Option<&'a str>,
    settings: &'a Settings<'a>,
}

/// Which units a span may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// All.
    Ahead,
    /// All but working days: a window or look-back.
    Window,
    /// All but months: a count back from a date.
    Back,
}

/// The scalar values that an attribute or an expectation may have.
pub(super) enum Scalar<'a> {
    Text(&'a str),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Datetime(String),
}

impl<'a> Field<'a> {
    /// The field with the value of the setting that its text stands for.
    fn settled(self) -> Self {
        let Some((setting, value)) = self.as_str().and_then(|text| self.settings.referred(text)) else {
            return self;
        };
        Self { node: value.node, setting: Some(setting), ..self }
    }

    /// The value as it is written, without quotes.
    pub fn written(&self) -> String {
        match self.node {
            Node::Value(Value::String(text)) => text.value().clone(),
            Node::Value(value) => value.to_string().trim().to_owned(),
            Node::Table(_) | Node::Tables(_) => String::new(),
        }
    }

    /// Whether the value is a text, a number, true or false, or a list of those.
    pub fn is_plain(&self) -> bool {
        match self.node {
            Node::Value(Value::String(_) | Value::Integer(_) | Value::Boolean(_)) => true,
            Node::Value(Value::Float(number)) => number.value().is_finite(),
            Node::Value(Value::Array(_)) => self.elements().iter().all(Self::is_plain),
            _ => false,
        }
    }

    /// The value as a guard has it.
    pub fn in_guard(&self) -> String {
        match self.node {
            Node::Value(Value::String(text)) => {
                let text = text.value().replace('\\', "\\\\").replace('\'', "\\'");
                format!("'{}'", text.replace('\n', "\\n").replace('\r', "\\r"))
            }
            Node::Value(Value::Array(_)) => {
                let elements: Vec<String> = self.elements().iter().map(Self::in_guard).collect();
                format!("[{}]", elements.join(", "))
            }
            _ if self.written().starts_with('-') => format!("({})", self.written()),
            _ => self.written(),
        }
    }

    /// The settings whose values stand in it; a name of none is a problem.
    pub fn settings(&self, sink: &mut Sink) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.setting.map(str::to_owned).into_iter().collect();
        match (self.setting, self.as_str()) {
            (None, Some(text)) => {
                self.settings.unknown(self, text, sink);
                names.extend(self.settings.inside(text).into_iter().map(str::to_owned));
            }
            _ if self.is_table() => {
                let fields = self.as_fields();
                names.extend(fields.iter().flat_map(Fields::iter).flat_map(|field| field.settings(sink)));
            }
            _ => names.extend(self.elements().iter().flat_map(|element| element.settings(sink))),
        }
        names
    }

    fn wants(&self, wanted: &str, sink: &mut Sink) {
        let message = format!("`{}` wants {wanted} and has {}", self.name, self.node.words());
        sink.push(Problem::new(message, &self.place));
    }

    pub fn is_text(&self) -> bool {
        matches!(self.node, Node::Value(Value::String(_)))
    }

    pub fn is_list(&self) -> bool {
        matches!(self.node, Node::Value(Value::Array(_)) | Node::Tables(_))
    }

    pub fn is_table(&self) -> bool {
        matches!(self.node, Node::Value(Value::InlineTable(_)) | Node::Table(_))
    }

    pub fn as_str(&self) -> Option<&'a str> {
        match self.node {
            Node::Value(value) => value.as_str(),
            _ => None,
        }
    }

    pub fn text(&self, sink: &mut Sink) -> Option<Text> {
        match self.as_str() {
            Some(text) => Some(Text { value: text.to_owned(), place: self.place.clone() }),
            None => {
                self.wants("a text", sink);
                None
            }
        }
    }

    /// A text that says something.
    pub fn name_text(&self, sink: &mut Sink) -> Option<Text> {
        let text = self.text(sink)?;
        if text.value.trim().is_empty() {
            sink.push(Problem::new(format!("`{}` is empty", self.name), &self.place));
            return None;
        }
        Some(text)
    }

    pub fn boolean(&self, sink: &mut Sink) -> Option<bool> {
        match self.scalar() {
            Some(Scalar::Boolean(truth)) => Some(truth),
            _ => {
                self.wants("`true` or `false`", sink);
                None
            }
        }
    }

    pub fn integer(&self, sink: &mut Sink) -> Option<i64> {
        match self.scalar() {
            Some(Scalar::Integer(number)) => Some(number),
            _ => {
                self.wants("a whole number", sink);
                None
            }
        }
    }

    pub fn scalar(&self) -> Option<Scalar<'a>> {
        let Node::Value(value) = self.node else { return None };
        match value {
            Value::String(text) => Some(Scalar::Text(text.value())),
            Value::Integer(number) => Some(Scalar::Integer(*number.value())),
            Value::Float(number) => Some(Scalar::Decimal(*number.value())),
            Value::Boolean(truth) => Some(Scalar::Boolean(*truth.value())),
            Value::Datetime(datetime) => Some(Scalar::Datetime(datetime.value().to_string())),
            Value::Array(_) | Value::InlineTable(_) => None,
        }
    }

    /// A span in units that are allowed here.
    pub fn span(&self, units: Units, sink: &mut Sink) -> Option<Span> {
        let text = self.text(sink)?;
        let span = match Span::parse(&text.value) {
            Ok(span) => span,
            Err(error) => {
                sink.push(Problem::new(error.to_string(), &self.place));
                return None;
            }
        };
        let refused = match (units, span) {
            (Units::Window, Span::WorkingDays(_)) => {
                "a window or look-back counts in `m`, `h`, `d` or `mo`, not in working days"
            }
            (Units::Back, Span::Months(_)) => "counting back is in `m`, `h`, `d` or `wd`, not in months",
            _ => return Some(span),
        };
        let message = format!("`{span}` cannot stand as `{}`", self.name);
        sink.push(Problem::new(message, &self.place).help(refused));
        None
    }

    /// A date, as a TOML date or a text.
    pub fn date(&self, sink: &mut Sink) -> Option<Date> {
        let written = match self.scalar() {
            Some(Scalar::Text(text)) => text.to_owned(),
            Some(Scalar::Datetime(text)) => text,
            _ => {
                self.wants("a date", sink);
                return None;
            }
        };
        match Date::parse(&written) {
            Ok(date) => Some(date),
            Err(error) => {
                sink.push(Problem::new(error.to_string(), &self.place));
                None
            }
        }
    }

    /// The elements, without a word where this is no list.
    pub fn elements(&self) -> Vec<Self> {
        let element = |node, span: Option<Range<usize>>| {
            let place =
                span.map_or_else(|| self.place.clone(), |bytes| Place { file: self.place.file, bytes });
            Self { place, node, setting: None, ..self.clone() }.settled()
        };
        match self.node {
            Node::Value(Value::Array(array)) => {
                array.iter().map(|value| element(Node::Value(value), value.span())).collect()
            }
            Node::Tables(tables) => {
                tables.iter().map(|table| element(Node::Table(table), table.span())).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The elements of a list; anything else is a problem.
    pub fn list(&self, of: &str, sink: &mut Sink) -> Vec<Self> {
        if !self.is_list() {
            self.wants(&format!("a list of {of}"), sink);
        }
        self.elements()
    }

    /// A list of different names.
    pub fn names(&self, sink: &mut Sink) -> Vec<Text> {
        if let Some(text) = self.as_str() {
            let message = format!("`{}` wants a list of names and has a text", self.name);
            sink.push(Problem::new(message, &self.place).help(format!("write `[\"{text}\"]`")));
            return vec![Text { value: text.to_owned(), place: self.place.clone() }];
        }
        let mut names: Vec<Text> = Vec::new();
        for element in self.list("names", sink) {
            let Some(text) = element.name_text(sink) else { continue };
            match names.iter().find(|name| name.value == text.value) {
                Some(first) => sink.twice(&format!("`{}`", text.value), &first.place, &text.place),
                None => names.push(text),
            }
        }
        names
    }

    /// The fields, without a word where this is no table.
    pub fn as_fields(&self) -> Option<Fields<'a>> {
        let table: &'a dyn TableLike = match self.node {
            Node::Value(Value::InlineTable(table)) => table,
            Node::Table(table) => table,
            _ => return None,
        };
        Some(Fields::new(table, String::new(), self.place.clone(), self.settings))
    }

    /// The fields of a table.
    pub fn table(&self, what: impl Into<String>, sink: &mut Sink) -> Option<Fields<'a>> {
        let fields = self.as_fields();
        if fields.is_none() {
            self.wants("a table", sink);
        }
        Some(Fields { what: what.into(), ..fields? })
    }

    /// A guard: its text parsed.
    pub fn guard(&self, sink: &mut Sink) -> Option<Guard> {
        let written = self.name_text(sink)?.value;
        if self.settings.unknown_inside(self, &written, sink) {
            return None;
        }
        let text = self.settings.put_inside(&written);
        let (place, exact) = self.inside(&text, sink.files);
        match crate::policy::guards::parse(&text, place) {
            Ok(guard) => Some(guard),
            Err(problems) => {
                for mut problem in problems {
                    if !exact {
                        problem.place = self.place.clone();
                    }
                    sink.push(problem);
                }
                None
            }
        }
    }

    /// The place between the quotes, and whether the text stands there letter for letter.
    fn inside(&self, text: &str, files: &[SourceFile]) -> (Place, bool) {
        let Range { start, end } = self.place.bytes.clone();
        let raw = files.get(self.place.file).and_then(|file| file.text.get(start..end)).unwrap_or_default();
        let open = if raw.starts_with("\"\"\"") || raw.starts_with("'''") { 3 } else { 1 };
        let newline =
            if open == 3 { raw[open..].bytes().take_while(|&b| b == b'\n').take(1).count() } else { 0 };
        let from = start + open + newline;
        let to = end.saturating_sub(open).max(from);
        let exact = raw.get(open + newline..raw.len().saturating_sub(open)) == Some(text);
        (Place { file: self.place.file, bytes: from..to }, exact)
    }
}

/// The fields of a table, each to be taken by name.
pub(super) struct Fields<'a> {
    /// The table as messages name it, with its backticks: `[duty.x]`.
    pub what: String,
    pub place: Place,
    fields: Vec<Field<'a>>,
}

impl<'a> Fields<'a> {
    pub fn new(table: &'a dyn TableLike, what: String, place: Place, settings: &'a Settings<'a>) -> Self {
        let fields = table
            .iter()
            .filter_map(|(name, item)| {
                let node = match item {
                    Item::None => return None,
                    Item::Value(value) => Node::Value(value),
                    Item::Table(table) => Node::Table(table),
                    Item::ArrayOfTables(tables) => Node::Tables(tables),
                };
                let at = |bytes| Place { file: place.file, bytes };
                let key_place =
                    table.get_key_value(name).and_then(|(key, _)| key.span()).map_or(place.clone(), at);
                let value_place = item.span().map_or(key_place.clone(), at);
                let field = Field { name, key_place, place: value_place, node, setting: None, settings };
                Some(field.settled())
            })
            .collect();
        Self { what, place, fields }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter()
    }

    pub fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The field, whose lack is a problem.
    pub fn require(&self, name: &str, example: &str, sink: &mut Sink) -> Option<&Field<'a>> {
        let field = self.get(name);
        if field.is_none() {
            let message = format!("{} has no `{name}`", self.what);
            sink.push(Problem::new(message, &self.place).help(format!("add one, such as `{example}`")));
        }
        field
    }

    pub fn text(&self, name: &str, sink: &mut Sink) -> Option<String> {
        self.get(name)?.name_text(sink).map(|text| text.value)
    }

    /// Reports the fields that are none of the known ones.
    pub fn refuse_unknown(&self, known: &[&str], sink: &mut Sink) {
        for field in &self.fields {
            if known.contains(&field.name) {
                continue;
            }
            let message = format!("`{}` is no field of {}", field.name, self.what);
            let few = || (known.len() <= 12).then(|| format!("its fields are {}", listed(known)));
            let help = did_you_mean(field.name, known.iter().copied()).or_else(few);
            sink.push(Problem::new(message, &field.key_place).maybe_help(help));
        }
    }

    /// The places of every field's value, and of the elements of lists.
    pub fn places(&self) -> Places {
        let places = self.fields.iter().map(|field| {
            let elements = field.elements().into_iter().map(|element| element.place);
            (field.name.to_owned(), std::iter::once(field.place.clone()).chain(elements).collect())
        });
        Places { table: self.place.clone(), fields: places.collect() }
    }
}

/// The places of a rule's fields.
#[derive(Clone, Default)]
pub(super) struct Places {
    table: Place,
    fields: BTreeMap<String, Vec<Place>>,
}

impl Places {
    /// Where the field's value stands, else the rule.
    pub fn of(&self, field: &str) -> &Place {
        self.fields.get(field).and_then(|places| places.first()).unwrap_or(&self.table)
    }

    /// Where the field's element stands, else the field, else the rule.
    pub fn of_element(&self, field: &str, element: usize) -> &Place {
        let places = self.fields.get(field);
        places.and_then(|places| places.get(element + 1)).unwrap_or_else(|| self.of(field))
    }
}

/// One of a few words.
pub(super) fn one_of<T: Copy>(field: &Field, words: &[(&str, T)], sink: &mut Sink) -> Option<T> {
    let text = field.text(sink)?;
    let found = words.iter().find(|(word, _)| *word == text.value);
    if found.is_none() {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let help = match nearest(&text.value, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write {}", listed_or(&known)),
        };
        let message = format!("`{}` is no `{}`", text.value, field.name);
        sink.push(Problem::new(message, &text.place).help(help));
    }
    found.map(|(_, meaning)| *meaning)
}

/// `a`, `b` and `c`.
pub(super) fn listed(names: &[&str]) -> String {
    joined(names, "and")
}

/// `a`, `b` or `c`.
pub(super) fn listed_or(names: &[&str]) -> String {
    joined(names, "or")
}

fn joined(names: &[&str], word: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} {word} {last}", others.join(", ")),
        None => String::from("none"),
    }
}
