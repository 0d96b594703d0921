//! The filters of Nunjucks, where they differ from those of minijinja, and the two of the MOJ design system.

use minijinja::value::{Rest, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Value};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::javascript::{escaped, is_same, is_true, joined, length, text, text_or_nothing};
use crate::moment;

/// What `encodeURIComponent` leaves as it is, besides letters and digits.
const LEFT_IN_URLS: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// Gives an environment the filters.
pub(crate) fn set_up(environment: &mut Environment<'_>) {
    for name in ["default", "d"] {
        environment.add_filter(name, default);
    }
    for name in ["escape", "e"] {
        environment.add_filter(name, escape);
    }
    environment.add_filter("capitalize", |value: &Value| like(value, capitalized(&plain(value))));
    environment.add_filter("date", |value: &Value, format: &str| moment::formatted(&text(value), format));
    environment.add_filter("dump", dump);
    environment
        .add_filter("float", |value: &Value, otherwise: Option<Value>| parsed(value, otherwise, false));
    environment.add_filter("forceescape", |value: &Value| safe_text(escaped(&text_or_nothing(value))));
    environment.add_filter("indent", indent);
    environment.add_filter("int", |value: &Value, otherwise: Option<Value>| parsed(value, otherwise, true));
    environment.add_filter("join", join);
    environment.add_filter("js_plain", |value: &Value| text_or_nothing(value));
    environment.add_filter("length", filter_length);
    environment.add_filter("lower", |value: &Value| plain(value).to_lowercase());
    environment.add_filter("mojDate", moj_date);
    environment.add_filter("nl2br", |value: &Value| like(value, with_breaks(&text_or_nothing(value))));
    environment.add_filter("reject", |state: &mut State<'_, '_>, list: &Value, test: Rest<Value>| {
        pick(state, list, &test, false)
    });
    environment.add_filter("rejectattr", |list: &Value, name: &str| pick_by_member(list, name, false));
    environment.add_filter("replace", replace);
    environment.add_filter("safe", |value: &Value| safe_text(text_or_nothing(value)));
    environment.add_filter("select", |state: &mut State<'_, '_>, list: &Value, test: Rest<Value>| {
        pick(state, list, &test, true)
    });
    environment.add_filter("selectattr", |list: &Value, name: &str| pick_by_member(list, name, true));
    environment.add_filter("string", |value: &Value| like(value, text(value)));
    environment.add_filter("trim", |value: &Value| like(value, trimmed(&text_or_nothing(value)).to_owned()));
    environment.add_filter("truncate", truncate);
    environment.add_filter("upper", |value: &Value| plain(value).to_uppercase());
    environment.add_filter("urlencode", url_encode);
    environment.add_filter("wordcount", |value: &Value| word_count(&plain(value)));
}

/// The text of a value; of nothing and `false`, nothing.
fn plain(value: &Value) -> String {
    if is_same(value, &Value::from(false)) { String::new() } else { text_or_nothing(value) }
}

fn safe_text(text: String) -> Value {
    Value::from_safe_string(text)
}

/// The text, safe if what it was made from is.
fn like(source: &Value, text: String) -> Value {
    if source.is_safe() { safe_text(text) } else { Value::from(text) }
}

fn capitalized(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut letters = lower.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
}

fn with_breaks(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "<br />\n")
}

fn default(value: &Value, otherwise: Option<Value>, where_false: Option<Value>) -> Value {
    let lacks =
        if where_false.is_some_and(|flag| is_true(&flag)) { !is_true(value) } else { value.is_undefined() };
    if lacks { otherwise.unwrap_or_default() } else { value.clone() }
}

fn escape(value: &Value) -> Value {
    if value.is_safe() { value.clone() } else { safe_text(escaped(&text_or_nothing(value))) }
}

fn dump(value: &Value, spaces: Option<usize>) -> Result<String, Error> {
    let printed =
        if spaces.is_some() { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
    printed.map_err(|error| {
        Error::new(ErrorKind::BadSerialization, "`dump` was given what JSON cannot hold").with_source(error)
    })
}

fn indent(value: &Value, width: Option<usize>, first_too: Option<bool>) -> Value {
    let text = plain(value);
    if text.is_empty() {
        return Value::from("");
    }
    let width = width.filter(|width| *width > 0).unwrap_or(4);
    let between = format!("\n{}", " ".repeat(width));
    let first = if first_too.unwrap_or_default() { &between[1..] } else { "" };
    like(value, format!("{first}{}", text.replace('\n', &between)))
}

fn join(list: &Value, between: Option<&str>, name: Option<&str>) -> String {
    let between = between.unwrap_or_default();
    match name {
        Some(name) => joined(
            &list.try_iter().map(|all| all.map(|item| of(&item, name)).collect()).unwrap_or_default(),
            between,
        ),
        None => joined(list, between),
    }
}

fn of(item: &Value, name: &str) -> Value {
    item.get_attr(name).unwrap_or_default()
}

fn filter_length(value: &Value) -> Option<usize> {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Some(0),
        ValueKind::Bool if !value.is_true() => Some(0),
        ValueKind::Map => value.len(),
        _ => length(value),
    }
}

/// The number at the start of a text, as `parseInt` and `parseFloat` read it.
fn parsed(value: &Value, otherwise: Option<Value>, whole: bool) -> Value {
    let text = text(value);
    let text = text.trim();
    let is_of_number =
        |(at, c): (usize, char)| c.is_ascii_digit() || at == 0 && "+-".contains(c) || !whole && c == '.';
    let length = text.char_indices().find(|&place| !is_of_number(place)).map_or(text.len(), |(at, _)| at);
    let digits = &text[..length];
    let read = if whole {
        digits.parse::<i64>().ok().map(Value::from)
    } else {
        digits.parse::<f64>().ok().map(Value::from)
    };
    read.or(otherwise).unwrap_or_default()
}

fn moj_date(value: &Value, form: Option<&str>) -> Value {
    form.and_then(|form| moment::moj_date(&text(value), form)).map_or_else(|| value.clone(), Value::from)
}

fn pick(state: &mut State<'_, '_>, list: &Value, test: &[Value], wanted: bool) -> Result<Value, Error> {
    let (name, arguments) = match test {
        [name, arguments @ ..] => (text(name), arguments),
        [] => ("truthy".to_owned(), test),
    };
    let mut picked = Vec::new();
    for item in list.try_iter().into_iter().flatten() {
        let given: Vec<Value> = std::iter::once(item.clone()).chain(arguments.iter().cloned()).collect();
        if state.perform_test(&name, &given)? == wanted {
            picked.push(item);
        }
    }
    Ok(Value::from(picked))
}

fn pick_by_member(list: &Value, name: &str, wanted: bool) -> Value {
    list.try_iter().into_iter().flatten().filter(|item| is_true(&of(item, name)) == wanted).collect()
}

fn replace(value: &Value, old: &Value, new: &Value, most: Option<usize>) -> Value {
    let is_text = |value: &Value| matches!(value.kind(), ValueKind::String | ValueKind::Number);
    if !is_text(value) || !is_text(old) || old.is_safe() {
        return value.clone();
    }
    let (source, old, new) = (text(value), text(old), text(new));
    like(value, most.map_or_else(|| source.replace(&old, &new), |most| source.replacen(&old, &new, most)))
}

fn truncate(value: &Value, longest: Option<usize>, inside_words: Option<bool>, end: Option<&str>) -> Value {
    let whole = plain(value);
    let longest = longest.filter(|longest| *longest > 0).unwrap_or(255);
    let Some((cut, _)) = whole.char_indices().nth(longest) else { return like(value, whole) };
    let words =
        whole.char_indices().take(longest + 1).filter(|(_, c)| *c == ' ').last().map_or(cut, |(at, _)| at);
    let kept = if inside_words.unwrap_or_default() { cut } else { words };
    like(value, format!("{}{}", &whole[..kept], end.unwrap_or("...")))
}

fn word_count(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').filter(|word| !word.is_empty()).count()
}

fn url_encode(value: &Value) -> String {
    let encode = |value: &Value| utf8_percent_encode(&text(value), LEFT_IN_URLS).to_string();
    if value.kind() != ValueKind::Map {
        return encode(value);
    }
    let keys = value.try_iter().into_iter().flatten();
    let pairs =
        keys.map(|key| format!("{}={}", encode(&key), encode(&value.get_item(&key).unwrap_or_default())));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use minijinja::Value;

    use super::{parsed, truncate, url_encode};

    #[test]
    fn numbers_are_read_from_the_start() {
        assert_eq!(parsed(&Value::from("12px"), None, true), Value::from(12));
        assert_eq!(parsed(&Value::from("-1.5em"), None, false), Value::from(-1.5));
        assert_eq!(parsed(&Value::from("x"), Some(Value::from(3)), true), Value::from(3));
    }

    #[test]
    fn a_text_is_cut_between_words() {
        let text = Value::from("what is owed to each child");
        assert_eq!(truncate(&text, Some(10), None, None), Value::from("what is..."));
        assert_eq!(truncate(&text, Some(10), Some(true), Some("…")), Value::from("what is ow…"));
        assert_eq!(truncate(&text, None, None, None), text);
    }

    #[test]
    fn addresses_are_encoded() {
        assert_eq!(url_encode(&Value::from("a b/ü'")), "a%20b%2F%C3%BC'");
        let query = Value::from_pairs([("q", "a&b"), ("page", "2")]);
        assert_eq!(url_encode(&query), "q=a%26b&page=2");
    }
}
