//! `[setting.X]`: figures that the law leaves open, and `$X` where they stand.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{Field, Fields, Sink};
use crate::policy::layout::SETTING_FIELDS;
use crate::policy::{Problem, Setting};
use crate::suggest::did_you_mean;
use crate::time::Span;

/// The settings of all files, those of a later pack in place of an earlier one's.
#[derive(Default)]
pub(super) struct Settings<'a> {
    by_name: BTreeMap<&'a str, (Setting, Field<'a>)>,
}

impl<'a> Settings<'a> {
    /// The value that a text stands for, with the setting's name.
    pub fn referred(&self, text: &str) -> Option<(&'a str, &Field<'a>)> {
        let (name, (_, value)) = self.by_name.get_key_value(name_of(text)?)?;
        Some((name, value))
    }

    /// The settings whose values stand in a guard's text.
    pub fn inside(&self, text: &str) -> Vec<&'a str> {
        let names = names_inside(text).into_iter();
        names.filter_map(|(_, name)| self.by_name.get_key_value(name).map(|(name, _)| *name)).collect()
    }

    /// A guard's text with the values of settings in it.
    pub fn put_inside(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for (at, name) in names_inside(text).into_iter().rev() {
            let Some((_, value)) = self.by_name.get(name) else { continue };
            out.replace_range(at..=at + name.len(), &value.in_guard());
        }
        out
    }

    pub fn read(&mut self, field: &Field<'a>, sink: &mut Sink) {
        let Some(fields) = field.table("`[setting]`", sink) else { return };
        for field in fields.iter() {
            let name = field.name;
            let below = self.by_name.get(name).map(|(setting, _)| setting);
            if let Some(earlier) = below.filter(|earlier| sink.is_of_one_pack(&earlier.place, &field.place)) {
                sink.twice(&format!("the setting `{name}`"), &earlier.place, &field.place);
            } else if let Some((setting, value)) = read_setting(field, below, sink) {
                if below.is_some_and(|below| below.value != setting.value) {
                    sink.changed_settings.insert(name.to_owned(), sink.packs.of(&setting.place));
                }
                self.by_name.insert(name, (setting, value));
            }
        }
    }

    /// Reports `$X` without a setting X, as a whole text.
    pub fn unknown(&self, field: &Field, text: &str, sink: &mut Sink) {
        if let Some(name) = name_of(text).filter(|name| !self.by_name.contains_key(name)) {
            self.report_unknown(name, field, sink);
        }
    }

    /// Reports the first `$X` without a setting X in a guard's text, and says whether there is one.
    pub fn unknown_inside(&self, field: &Field, text: &str, sink: &mut Sink) -> bool {
        let names = names_inside(text);
        let unknown = names.iter().find(|(_, name)| !self.by_name.contains_key(name));
        unknown.inspect(|(_, name)| self.report_unknown(name, field, sink)).is_some()
    }

    fn report_unknown(&self, name: &str, field: &Field, sink: &mut Sink) {
        let is_sum = |known: &&str| name.strip_prefix(*known).is_some_and(|rest| rest.starts_with('-'));
        let help = match self.by_name.keys().copied().find(is_sum) {
            Some(known) => {
                format!("`-` may stand in a name; to take something from `${known}`, put a space before it")
            }
            None => did_you_mean(name, self.by_name.keys().copied()).unwrap_or_else(|| {
                format!("add `[setting.{name}]` with `title`, `value`, `range` and `rationale`")
            }),
        };
        sink.push(Problem::new(format!("there is no setting `{name}`"), &field.place).help(help));
        sink.without_setting.push(field.place.clone());
    }

    /// Reports settings of the last pack for which nothing stands.
    pub fn report_unused(&self, used: &BTreeSet<String>, sink: &mut Sink) {
        for (name, (setting, _)) in &self.by_name {
            if used.contains(*name) || !sink.is_of_last_pack(&setting.place) {
                continue;
            }
            let help = did_you_mean(name, used.iter().map(String::as_str))
                .unwrap_or_else(|| format!("write `\"${name}\"` where its value is meant, or take it away"));
            sink.push(Problem::new(format!("nothing uses the setting `{name}`"), &setting.place).help(help));
        }
    }

    pub fn to_settings(&self) -> BTreeMap<String, Setting> {
        self.by_name.iter().map(|(name, (setting, _))| ((*name).to_owned(), setting.clone())).collect()
    }
}

/// The names behind `$` in a guard's text, but in its quotes, each with the place of the `$`.
fn names_inside(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut quote = None;
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match quote {
            Some(_) if letter == '\\' => _ = letters.next(),
            Some(open) if letter == open => quote = None,
            None if matches!(letter, '\'' | '"') => quote = Some(letter),
            None if letter == '$' => {
                let rest = &text[at + 1..];
                let end = rest.find(|letter| !is_of_name(letter)).unwrap_or(rest.len());
                found.extend(name_of(&text[at..at + 1 + end]).map(|name| (at, name)));
            }
            _ => {}
        }
    }
    found
}

/// The name of a setting in a text that is `$` and a name.
fn name_of(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    (name.starts_with(|letter: char| letter.is_ascii_alphabetic()) && name.chars().all(is_of_name))
        .then_some(name)
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')
}

/// A setting; of one that stands in place of another, what is left out is that other's, but not the reason for its value.
fn read_setting<'a>(
    field: &Field<'a>,
    below: Option<&Setting>,
    sink: &mut Sink,
) -> Option<(Setting, Field<'a>)> {
    let fields = field.table(format!("`[setting.{}]`", field.name), sink)?;
    fields.refuse_unknown(SETTING_FIELDS, sink);
    let value = fields.require("value", "value = \"72h\"", sink)?;
    if !value.is_plain() {
        let message =
            format!("the value of `{}` is neither a text, a number, true or false, nor a list", field.name);
        sink.push(Problem::new(message, &value.place).help("write a date or a span as a text: `\"72h\"`"));
        return None;
    }
    let rationale = fields.require("rationale", "rationale = \"No national figure; …\"", sink);
    let title = match below {
        Some(below) if !fields.has("title") => Some(below.title.clone()),
        _ => fields
            .require("title", "title = \"First review of an open investigation\"", sink)
            .and_then(|title| title.name_text(sink))
            .map(|title| title.value),
    };
    let range = match below {
        Some(below) if !fields.has("range") => below.range.clone(),
        _ => read_range(&fields, value, sink),
    };
    let setting = Setting {
        name: field.name.to_owned(),
        place: field.place.clone(),
        title: title?,
        value: value.written(),
        range,
        rationale: rationale?.name_text(sink)?.value,
        pack: sink.pack(&field.place),
        instead_of: below.map(|below| below.value.clone()),
    };
    refuse_outside(&setting, value, sink);
    Some((setting, value.clone()))
}

/// `range = [least, most]`, which a number or a span needs.
fn read_range(fields: &Fields, value: &Field, sink: &mut Sink) -> Option<[String; 2]> {
    let is_measured = Measure::of(&value.written()).is_some();
    let range = match (fields.get("range"), is_measured) {
        (None, true) => fields.require("range", "range = [\"24h\", \"96h\"]", sink)?,
        (None, false) => return None,
        (Some(range), _) => range,
    };
    let ends: Vec<String> = range.list("the least and the most", sink).iter().map(Field::written).collect();
    let measures: Vec<Option<Measure>> = ends.iter().map(|end| Measure::of(end)).collect();
    match (<[String; 2]>::try_from(ends), measures.as_slice()) {
        (Ok(ends), [Some(least), Some(most)]) if least.is_at_most(*most) == Some(true) => Some(ends),
        _ => {
            let help = "write the least and the most that make sense: `[\"24h\", \"96h\"]`";
            sink.push(Problem::new("`range` is not two values, the lesser first", &range.place).help(help));
            None
        }
    }
}

fn refuse_outside(setting: &Setting, value: &Field, sink: &mut Sink) {
    let Some([least, most]) = &setting.range else { return };
    let (from, to) = (Measure::of(least), Measure::of(most));
    let (Some(from), Some(to)) = (from, to) else { return };
    let is_within =
        Measure::of(&setting.value).and_then(|at| Some(from.is_at_most(at)? && at.is_at_most(to)?));
    let message = match is_within {
        Some(true) => return,
        Some(false) => format!("`{}` is not from `{least}` to `{most}`", setting.value),
        None => format!("`{}` is not of the sort of its range, `{least}` to `{most}`", setting.value),
    };
    let help = "write a value within the range, or give a `range` of your own here";
    sink.push(Problem::new(message, &value.place).help(help));
}

/// A value that has an order.
#[derive(Clone, Copy)]
enum Measure {
    Number(f64),
    Span(Span),
}

impl Measure {
    fn of(written: &str) -> Option<Self> {
        let number = written.parse().map(Self::Number).ok();
        number.or_else(|| Span::parse(written).map(Self::Span).ok())
    }

    /// None where one is a number and the other a span.
    fn is_at_most(self, other: Self) -> Option<bool> {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => Some(one <= other),
            (Self::Span(one), Self::Span(other)) => Some(usual_minutes(one) <= usual_minutes(other)),
            _ => None,
        }
    }
}

/// How long a span usually is: seven days have five working days, and a month has 30.
fn usual_minutes(span: Span) -> u64 {
    const DAY: u64 = 24 * 60;
    match span {
        Span::Minutes(minutes) => u64::from(minutes),
        Span::Hours(hours) => 60 * u64::from(hours),
        Span::Days(days) => DAY * u64::from(days),
        Span::WorkingDays(days) => DAY * 7 * u64::from(days) / 5,
        Span::Months(months) => DAY * 30 * u64::from(months),
    }
}
