//! One field of an event, from the cells of a row.

use std::borrow::Cow;
use std::ops::Range;

use engine::time::{Clock, Instant, TimeError};
use jiff::fmt::strtime;

use super::Mapping;
use super::template::Template;
use crate::draft::{Draft, Held};
use crate::error::{Fault, MappingError, shown};
use crate::jsonl::of_time;
use engine::suggest::did_you_mean;

/// What a rule sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Id,
    Stream,
    Kind,
    At,
    RecordedAt,
    RecordedBy,
    Agency,
    Note,
    Corrects,
    Link(String),
    Attr(String),
}

/// As what a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Integer,
    Decimal,
    Boolean,
    Instant,
    Texts,
}

/// Sets one field from a row.
#[derive(Clone, Debug)]
pub(crate) struct Rule<C = String> {
    pub(super) target: Target,
    pub(super) template: Template<C>,
    /// What stands for each value of the cells, if only certain ones are allowed.
    pub(super) values: Option<Vec<(String, String)>>,
    pub(super) kind: Type,
    pub(super) format: Option<String>,
    pub(super) separator: Option<String>,
    pub(super) span: Range<usize>,
}

/// The rules for a table whose header is known.
pub(crate) struct Bound<'m> {
    clock: Option<&'m Clock>,
    rules: Vec<Rule<usize>>,
}

impl<'m> Bound<'m> {
    /// The mapping for a table with these columns.
    pub(crate) fn new(mapping: &'m Mapping, header: &[String]) -> Result<Self, MappingError> {
        let mut rules = Vec::with_capacity(mapping.rules.len());
        for rule in &mapping.rules {
            let template = rule.template.bind(|column| place_of(mapping, rule, column, header))?;
            let Rule { target, values, kind, format, separator, span, .. } = rule.clone();
            rules.push(Rule { target, template, values, kind, format, separator, span });
        }
        Ok(Self { clock: mapping.clock.as_ref(), rules })
    }

    /// The event of a row.
    pub(crate) fn draft<'a>(&'a self, cells: &[&'a str]) -> Result<Draft<'a>, Fault> {
        let mut draft = Draft::default();
        for rule in &self.rules {
            if let Some(value) = rule.value(cells, self.clock)? {
                rule.set(&mut draft, value);
            }
        }
        let missing =
            [("id", draft.id.is_empty()), ("kind", draft.kind.is_empty()), ("at", draft.at.is_none())];
        match missing.iter().find(|(_, missing)| *missing) {
            Some((field, _)) => Err(Fault::at(*field, "the cells that it is made of are empty")
                .help("every event needs an id, a kind and a time")),
            None => Ok(draft),
        }
    }
}

fn place_of(mapping: &Mapping, rule: &Rule, column: &str, header: &[String]) -> Result<usize, MappingError> {
    let mut places = header.iter().enumerate().filter(|(_, name)| *name == column).map(|(place, _)| place);
    match (places.next(), places.next()) {
        (Some(place), None) => Ok(place),
        (Some(_), Some(_)) => {
            let message = format!("the table has two columns named `{}`", shown(column));
            Err(mapping.wrong(
                rule.span.clone(),
                message,
                Some(String::from("rename one of them in the table")),
            ))
        }
        (None, _) => {
            let message = format!("the table has no column `{}`", shown(column));
            let all = || format!("its columns are {}", listed(header));
            let help = did_you_mean(column, header.iter().map(String::as_str)).unwrap_or_else(all);
            Err(mapping.wrong(rule.span.clone(), message, Some(help)))
        }
    }
}

/// Names as errors list them.
pub(crate) fn listed(names: &[String]) -> String {
    const MOST: usize = 20;
    let mut list: Vec<String> = names.iter().take(MOST).map(|name| format!("`{}`", shown(name))).collect();
    if names.len() > MOST {
        list.push(format!("and {} more", names.len() - MOST));
    }
    list.join(", ")
}

impl Rule<usize> {
    fn value<'a>(&'a self, cells: &[&'a str], clock: Option<&Clock>) -> Result<Option<Held<'a>>, Fault> {
        let Some(text) = self.template.fill(cells) else { return Ok(None) };
        let text = match &self.values {
            None => text,
            Some(values) => match values.iter().find(|(from, _)| *from == text.trim()) {
                Some((_, to)) => Cow::Borrowed(to.as_str()),
                None => return Err(self.unmapped(&text, values)),
            },
        };
        let held = match self.kind {
            Type::Text => Held::Text(text),
            Type::Texts => Held::Texts(self.split(&text)),
            Type::Integer => Held::Integer(
                text.trim().parse().map_err(|_| self.wrong(&text, "no whole number of 64 bits"))?,
            ),
            Type::Decimal => Held::Decimal(
                text.trim()
                    .parse()
                    .ok()
                    .filter(|number: &f64| number.is_finite())
                    .ok_or_else(|| self.wrong(&text, "no number"))?,
            ),
            Type::Boolean => Held::Boolean(match text.trim() {
                "true" => true,
                "false" => false,
                _ => {
                    let fault = self.wrong(&text, "neither `true` nor `false`");
                    return Err(
                        fault.help("say what stands for them, `values = { Y = \"true\", N = \"false\" }`")
                    );
                }
            }),
            Type::Instant => Held::Instant(self.instant(text.trim(), clock)?),
        };
        Ok(Some(held))
    }

    fn split<'a>(&self, text: &str) -> Vec<Cow<'a, str>> {
        let separator = self.separator.as_deref().unwrap_or(";");
        let items = text.split(separator).map(str::trim).filter(|item| !item.is_empty());
        items.map(|item| Cow::Owned(item.to_owned())).collect()
    }

    fn instant(&self, text: &str, clock: Option<&Clock>) -> Result<Instant, Fault> {
        let Some(format) = &self.format else {
            return match (Instant::parse(text), clock) {
                (Err(TimeError::NoOffset(_)), Some(clock)) => {
                    clock.parse_local(text).map_err(|error| self.of_time(text, &error))
                }
                (Err(TimeError::NoOffset(_)), None) => Err(self.no_zone(text)),
                (Err(TimeError::NotAnInstant(_)), _) => {
                    let fault = self.wrong(text, "no time as ISO 8601 writes it");
                    Err(fault
                        .help("say how it is written, `{ column = \"…\", format = \"%d/%m/%Y %H:%M\" }`"))
                }
                (read, _) => read.map_err(|error| self.of_time(text, &error)),
            };
        };
        let time = strtime::parse(format, text)
            .map_err(|_| self.wrong(text, &format!("no time of the form `{format}`")))?;
        if time.offset().is_some() || time.timestamp().is_some() {
            let instant = time.to_timestamp().map_err(|_| self.wrong(text, "no time that there is"))?;
            let ms = instant.as_nanosecond().div_euclid(1_000_000);
            return Instant::from_ms(i64::try_from(ms).unwrap_or(i64::MAX))
                .map_err(|error| self.of_time(text, &error));
        }
        let local = time
            .to_datetime()
            .or_else(|_| time.to_date().map(|date| date.at(0, 0, 0, 0)))
            .map_err(|_| self.wrong(text, "no date that there is"))?;
        let Some(clock) = clock else { return Err(self.no_zone(text)) };
        clock.parse_local(&local.to_string()).map_err(|error| self.of_time(text, &error))
    }

    fn no_zone(&self, text: &str) -> Fault {
        self.wrong(text, "a time without an offset from UTC")
            .help("give the mapping the zone that it is in, `zone = \"Europe/London\"`")
    }

    fn of_time(&self, text: &str, error: &TimeError) -> Fault {
        of_time(&self.target.name(), text, error)
    }

    fn wrong(&self, text: &str, what: &str) -> Fault {
        Fault::at(self.target.name(), format!("`{}` is {what}", shown(text)))
    }

    fn unmapped(&self, text: &str, values: &[(String, String)]) -> Fault {
        let names = values.iter().map(|(from, _)| from.as_str());
        let help = did_you_mean(text.trim(), names)
            .unwrap_or_else(|| format!("add it to `values` of `{}` in the mapping", self.target.name()));
        self.wrong(text, "none of the values that the mapping knows").help(help)
    }

    fn set<'a>(&self, draft: &mut Draft<'a>, value: Held<'a>) {
        match (&self.target, value) {
            (Target::Id, Held::Text(text)) => draft.id = text,
            (Target::Stream, Held::Text(text)) => draft.stream = text,
            (Target::Kind, Held::Text(text)) => draft.kind = text,
            (Target::At, Held::Instant(at)) => draft.at = Some(at),
            (Target::RecordedAt, Held::Instant(at)) => draft.recorded_at = Some(at),
            (Target::RecordedBy, Held::Text(text)) => draft.recorded_by = Some(text),
            (Target::Agency, Held::Text(text)) => draft.agency = Some(text),
            (Target::Note, Held::Text(text)) => draft.note = Some(text),
            (Target::Corrects, Held::Text(text)) => draft.corrects = Some(text),
            (Target::Link(role), Held::Text(text)) => draft.links.push((Cow::Owned(role.clone()), text)),
            (Target::Attr(name), value) => draft.attrs.push((Cow::Owned(name.clone()), value)),
            // The type of every other field is fixed when the mapping is read.
            _ => {}
        }
    }
}

impl Target {
    /// The field as errors name it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Id => "id".into(),
            Self::Stream => "stream".into(),
            Self::Kind => "kind".into(),
            Self::At => "at".into(),
            Self::RecordedAt => "recorded_at".into(),
            Self::RecordedBy => "recorded_by".into(),
            Self::Agency => "agency".into(),
            Self::Note => "note".into(),
            Self::Corrects => "corrects".into(),
            Self::Link(role) => format!("links.{role}"),
            Self::Attr(name) => format!("attrs.{name}"),
        }
    }

    /// The type of the field, unless it is an attribute's, which the mapping says.
    pub(super) fn kind(&self) -> Type {
        if matches!(self, Self::At | Self::RecordedAt) { Type::Instant } else { Type::Text }
    }
}
