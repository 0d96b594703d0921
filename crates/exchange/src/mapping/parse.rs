//! A mapping from its TOML, every complaint with its place.

use std::ops::Range;

use encoding_rs::Encoding;
use engine::time::{Clock, Zone};
use jiff::fmt::strtime;
use toml_edit::{Document, Item, Key, TableLike, Value};

use super::Mapping;
use super::field::{Rule, Target, Type};
use super::template::Template;
use crate::error::{MappingError, shown};
use engine::suggest::did_you_mean;

const KEYS: [&str; 14] = [
    "delimiter",
    "encoding",
    "zone",
    "id",
    "stream",
    "kind",
    "at",
    "recorded_at",
    "recorded_by",
    "agency",
    "links",
    "attrs",
    "note",
    "corrects",
];
const FIELD_KEYS: [&str; 6] = ["column", "text", "values", "type", "format", "separator"];
const TYPES: [(&str, Type); 6] = [
    ("text", Type::Text),
    ("integer", Type::Integer),
    ("decimal", Type::Decimal),
    ("boolean", Type::Boolean),
    ("instant", Type::Instant),
    ("texts", Type::Texts),
];

/// What is wrong, and where.
struct Wrong {
    span: Range<usize>,
    message: String,
    help: Option<String>,
}

type Outcome<T> = Result<T, Wrong>;

fn wrong<T>(span: Range<usize>, message: impl Into<String>, help: impl Into<String>) -> Outcome<T> {
    Err(Wrong { span, message: message.into(), help: Some(help.into()) })
}

pub(super) fn mapping(file: &str, text: &str) -> Result<Mapping, MappingError> {
    let place = |Wrong { span, message, help }| MappingError {
        file: file.to_owned(),
        text: text.to_owned(),
        span,
        message,
        help,
    };
    let document = Document::parse(text).map_err(|error| {
        let message = format!("not TOML: {}", error.message().lines().next().unwrap_or_default());
        place(Wrong { span: error.span().unwrap_or_default(), message, help: None })
    })?;
    let mut mapping = Mapping {
        file: file.to_owned(),
        text: text.to_owned(),
        delimiter: None,
        encoding: encoding_rs::UTF_8,
        clock: None,
        rules: Vec::new(),
    };
    for (key, item) in entries(document.as_table()) {
        set(&mut mapping, key, item).map_err(place)?;
    }
    for (name, target) in [("id", Target::Id), ("kind", Target::Kind), ("at", Target::At)] {
        if !mapping.rules.iter().any(|rule| rule.target == target) {
            let help = format!("every event has one; add `{name} = \"{{COLUMN}}\"`");
            return Err(place(Wrong {
                span: 0..0,
                message: format!("the mapping has no `{name}`"),
                help: Some(help),
            }));
        }
    }
    Ok(mapping)
}

fn entries(table: &dyn TableLike) -> impl Iterator<Item = (&Key, &Item)> {
    table.iter().filter_map(|(name, _)| table.get_key_value(name))
}

fn span_of(key: &Key, item: &Item) -> Range<usize> {
    item.span().or_else(|| key.span()).unwrap_or_default()
}

fn set(mapping: &mut Mapping, key: &Key, item: &Item) -> Outcome<()> {
    let span = span_of(key, item);
    let target = match key.get() {
        "delimiter" => {
            mapping.delimiter = Some(delimiter(string(item, span.clone())?, span)?);
            return Ok(());
        }
        "encoding" => {
            let label = string(item, span.clone())?;
            let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
                let message = format!("`{}` is no encoding that is known", shown(label));
                return wrong(span, message, "write a name such as `utf-8`, `windows-1252` or `utf-16le`");
            };
            mapping.encoding = encoding;
            return Ok(());
        }
        "zone" => {
            match Zone::new(string(item, span.clone())?) {
                Ok(zone) => mapping.clock = Some(Clock::new(zone, None)),
                Err(error) => return Err(Wrong { span, message: error.to_string(), help: None }),
            }
            return Ok(());
        }
        "links" => return links(mapping, item, span),
        "attrs" => return attrs(mapping, item, span),
        "id" => Target::Id,
        "stream" => Target::Stream,
        "kind" => Target::Kind,
        "at" => Target::At,
        "recorded_at" => Target::RecordedAt,
        "recorded_by" => Target::RecordedBy,
        "agency" => Target::Agency,
        "note" => Target::Note,
        "corrects" => Target::Corrects,
        other => {
            let help = did_you_mean(other, KEYS)
                .unwrap_or_else(|| String::from("what is not a field of every event stands in `attrs`"));
            return wrong(key.span().unwrap_or(span), format!("a mapping has no `{}`", shown(other)), help);
        }
    };
    mapping.rules.push(rule(target, item, span)?);
    Ok(())
}

fn delimiter(text: &str, span: Range<usize>) -> Outcome<u8> {
    match *text.as_bytes() {
        [byte] if !matches!(byte, b'"' | b'\n' | b'\r' | b' ' | 0) => Ok(byte),
        _ => wrong(
            span,
            format!("`{}` is no delimiter", shown(text)),
            "write one character, such as `;` or `\\t`",
        ),
    }
}

fn links(mapping: &mut Mapping, item: &Item, span: Range<usize>) -> Outcome<()> {
    for (role, item) in entries(table(item, span, "links")?) {
        let span = span_of(role, item);
        let target = Target::Link(role.get().to_owned());
        match item.as_array() {
            None => mapping.rules.push(rule(target, item, span)?),
            Some(templates) => {
                for template in templates {
                    let span = template.span().unwrap_or_else(|| span.clone());
                    let rule = rule(target.clone(), &Item::Value(template.clone()), span)?;
                    mapping.rules.push(rule);
                }
            }
        }
    }
    Ok(())
}

fn attrs(mapping: &mut Mapping, item: &Item, span: Range<usize>) -> Outcome<()> {
    for (name, item) in entries(table(item, span, "attrs")?) {
        mapping.rules.push(rule(Target::Attr(name.get().to_owned()), item, span_of(name, item))?);
    }
    Ok(())
}

/// A rule: a template, or a table with a column or a text and how to read it.
fn rule(target: Target, item: &Item, span: Range<usize>) -> Outcome<Rule> {
    let kind = target.kind();
    if let Some(text) = item.as_str() {
        let template = template(text, span.clone())?;
        return Ok(Rule { target, template, values: None, kind, format: None, separator: None, span });
    }
    let Some(fields) = item.as_table_like() else {
        return wrong(
            span,
            format!("`{}` is neither a text nor a table", target.name()),
            "write `\"{COLUMN}\"` or `{ column = \"COLUMN\" }`",
        );
    };
    let mut rule = Rule {
        target,
        template: template("", span.clone())?,
        values: None,
        kind,
        format: None,
        separator: None,
        span: span.clone(),
    };
    let mut sources = 0;
    for (key, item) in entries(fields) {
        sources += usize::from(matches!(key.get(), "column" | "text"));
        set_field(&mut rule, key, item)?;
    }
    if sources != 1 {
        let message = format!(
            "`{}` has {} `column` or `text`",
            rule.target.name(),
            if sources == 0 { "no" } else { "more than one" }
        );
        return wrong(span, message, "write one, `column = \"COLUMN\"` or `text = \"{COLUMN} {OTHER}\"`");
    }
    check_rule(rule)
}

fn set_field(rule: &mut Rule, key: &Key, item: &Item) -> Outcome<()> {
    let span = span_of(key, item);
    match key.get() {
        "column" => {
            rule.template = Template::column(string(item, span.clone())?);
            rule.span = span;
        }
        "text" => {
            rule.template = template(string(item, span.clone())?, span.clone())?;
            rule.span = span;
        }
        "values" => rule.values = Some(values(item, span)?),
        "format" => {
            let format = string(item, span.clone())?;
            check_format(format, span)?;
            rule.format = Some(format.to_owned());
        }
        "separator" => {
            let separator = string(item, span.clone())?;
            if separator.is_empty() {
                return wrong(
                    span,
                    "the separator is empty",
                    "write what stands between two texts, such as `;`",
                );
            }
            rule.separator = Some(separator.to_owned());
        }
        "type" => {
            rule.kind = kind(&rule.target, string(item, span.clone())?, span)?;
        }
        other => {
            let help = did_you_mean(other, FIELD_KEYS)
                .unwrap_or_else(|| format!("it may have `{}`", FIELD_KEYS.join("`, `")));
            return wrong(key.span().unwrap_or(span), format!("a field has no `{}`", shown(other)), help);
        }
    }
    Ok(())
}

/// The type of this name, if the target may have it.
fn kind(target: &Target, name: &str, span: Range<usize>) -> Outcome<Type> {
    let Some(&(_, kind)) = TYPES.iter().find(|(known, _)| *known == name) else {
        let names = TYPES.map(|(name, _)| name);
        let all = || format!("the types are `{}`", names.join("`, `"));
        let help = did_you_mean(name, names).unwrap_or_else(all);
        return wrong(span, format!("`{}` is no type", shown(name)), help);
    };
    if !matches!(target, Target::Attr(_)) && kind != target.kind() {
        let message = format!("the type of `{}` is fixed", target.name());
        return wrong(span, message, "leave `type` out; only attributes have one");
    }
    Ok(kind)
}

/// What only some types have.
fn check_rule(rule: Rule) -> Outcome<Rule> {
    let span = rule.span.clone();
    if rule.format.is_some() && rule.kind != Type::Instant {
        return wrong(
            span,
            format!("`{}` has a `format`, and is no instant", rule.target.name()),
            "add `type = \"instant\"`, or leave `format` out",
        );
    }
    if (rule.kind == Type::Texts) != rule.separator.is_some() {
        let message = format!(
            "`{}` has {}",
            rule.target.name(),
            if rule.separator.is_some() { "a `separator`, and is no list" } else { "no `separator`" }
        );
        return wrong(span, message, "a list of texts has both `type = \"texts\"` and `separator = \";\"`");
    }
    Ok(rule)
}

fn template(text: &str, span: Range<usize>) -> Outcome<Template> {
    Template::parse(text)
        .or_else(|message| wrong(span, message, "write `{COLUMN}`, and a brace itself as `{{` or `}}`"))
}

/// Whether a time can be written in the form and read back.
fn check_format(format: &str, span: Range<usize>) -> Outcome<()> {
    let sample = jiff::Timestamp::UNIX_EPOCH.to_zoned_datetime(jiff::tz::TimeZone::UTC);
    let read = strtime::format(format, &sample)
        .and_then(|text| strtime::parse(format, text))
        .and_then(|time| time.to_timestamp().map(|_| ()).or_else(|_| time.to_date().map(|_| ())));
    match read {
        Ok(()) => Ok(()),
        Err(error) => {
            let message = format!("`{}` is no form of a date: {error}", shown(format));
            wrong(span, message, "write one such as `%d/%m/%Y %H:%M` or `%Y-%m-%dT%H:%M:%S%z`")
        }
    }
}

fn values(item: &Item, span: Range<usize>) -> Outcome<Vec<(String, String)>> {
    let mut values = Vec::new();
    for (from, item) in entries(table(item, span, "values")?) {
        let span = span_of(from, item);
        let to = match item.as_value() {
            Some(Value::String(text)) => text.value().clone(),
            Some(Value::Boolean(truth)) => truth.value().to_string(),
            Some(Value::Integer(number)) => number.value().to_string(),
            _ => {
                return wrong(
                    span,
                    format!("`{}` stands for no text", shown(from.get())),
                    "write a text in quotes",
                );
            }
        };
        values.push((from.get().to_owned(), to));
    }
    Ok(values)
}

fn string(item: &Item, span: Range<usize>) -> Outcome<&str> {
    item.as_str().map_or_else(|| wrong(span, "this is no text", "write a text in quotes"), Ok)
}

fn table<'i>(item: &'i Item, span: Range<usize>, name: &str) -> Outcome<&'i dyn TableLike> {
    let found = item.as_table_like();
    found.map_or_else(
        || wrong(span, format!("`{name}` is no table"), format!("write `{name} = {{ name = \"…\" }}`")),
        Ok,
    )
}
