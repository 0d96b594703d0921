//! Values as JavaScript has them: what is true, what is equal, what `+` makes. The translated templates call these.

use std::sync::Arc;

use minijinja::value::{Object, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, Value};

/// Gives an environment the operators, tests and ways to print of Nunjucks.
pub(crate) fn set_up(environment: &mut Environment<'_>) {
    environment.add_function("js_true", |value: &Value| is_true(value));
    environment.add_function("js_add", add);
    environment.add_function("js_same", |a: &Value, b: &Value| is_same(a, b));
    environment.add_function("js_equal", |a: &Value, b: &Value| is_equal(a, b));
    environment.add_function("js_compare", compare);
    environment.add_function("js_in", |item: &Value, container: &Value| is_in(item, container));
    environment.add_function("js_member", member);
    environment.add_function("js_items", items);
    environment.add_function("js_pairs", pairs);
    environment.add_function("js_constant", |value: Value| Value::from_object(Constant(value)));
    environment.add_function("js_namespace", minijinja::functions::namespace);
    // Nunjucks has none of these, so a page may have variables of these names.
    for name in ["debug", "dict", "namespace"] {
        environment.remove_global(name);
    }
    add_tests(environment);
    environment.set_unknown_method_callback(method);
    environment.set_formatter(print);
}

fn add_tests(environment: &mut Environment<'_>) {
    for name in ["sameas", "eq", "equalto"] {
        environment.add_test(name, |a: &Value, b: &Value| is_same(a, b));
    }
    environment.add_test("ne", |a: &Value, b: &Value| !is_same(a, b));
    environment.add_test("escaped", |value: &Value| value.is_safe());
    environment.add_test("falsy", |value: &Value| !is_true(value));
    environment.add_test("mapping", |value: &Value| value.kind() == ValueKind::Map || value.is_safe());
    environment.add_test("null", |value: &Value| value.is_none());
    environment.add_test("string", |value: &Value| value.as_str().is_some() && !value.is_safe());
    environment.add_test("truthy", |value: &Value| is_true(value));
}

/// Whether JavaScript takes the value as true: so are an empty list, an empty dictionary and every safe text.
pub(crate) fn is_true(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => false,
        ValueKind::Bool => value.is_true(),
        ValueKind::Number => number(value).is_some_and(|n| n != 0.0 && !n.is_nan()),
        ValueKind::String => value.is_safe() || value.as_str().is_some_and(|text| !text.is_empty()),
        _ => true,
    }
}

/// The value as a text, as JavaScript's `String(value)`.
pub(crate) fn text(value: &Value) -> String {
    match value.kind() {
        ValueKind::Undefined => "undefined".to_owned(),
        ValueKind::None => "null".to_owned(),
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::Number if !value.is_integer() => {
            number(value).map_or_else(|| value.to_string(), number_text)
        }
        ValueKind::Seq | ValueKind::Iterable => joined(value, ","),
        ValueKind::Map => "[object Object]".to_owned(),
        _ => value.to_string(),
    }
}

/// The value as a text, of which nothing is left where there is no value.
pub(crate) fn text_or_nothing(value: &Value) -> String {
    if value.is_undefined() || value.is_none() { String::new() } else { text(value) }
}

/// The items of a list as texts, with something between them.
pub(crate) fn joined(list: &Value, between: &str) -> String {
    let items = list.try_iter().map(|items| items.map(|item| text_or_nothing(&item)).collect::<Vec<_>>());
    items.unwrap_or_default().join(between)
}

fn number_text(number: f64) -> String {
    if number.is_nan() {
        "NaN".to_owned()
    } else if number.is_infinite() {
        if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
    } else {
        number.to_string()
    }
}

/// The value as a number, if it is one or JavaScript makes one of it.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value.kind() {
        ValueKind::None => Some(0.0),
        ValueKind::Bool => Some(f64::from(u8::from(value.is_true()))),
        ValueKind::Number => f64::try_from(value.clone()).ok(),
        ValueKind::String => {
            let text = value.as_str()?.trim();
            if text.is_empty() { Some(0.0) } else { text.parse().ok() }
        }
        _ => None,
    }
}

fn is_of_numbers(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Undefined | ValueKind::None | ValueKind::Bool | ValueKind::Number)
}

/// `a + b`: a sum if both are numbers or like them, else both texts one after the other. A safe text makes no safe text.
fn add(a: &Value, b: &Value) -> Value {
    if !is_of_numbers(a) || !is_of_numbers(b) {
        return Value::from(text(a) + &text(b));
    }
    if let (Some(a), Some(b)) = (a.as_i64(), b.as_i64())
        && let Some(sum) = a.checked_add(b)
    {
        return Value::from(sum);
    }
    Value::from(number(a).zip(number(b)).map_or(f64::NAN, |(a, b)| a + b))
}

fn is_primitive(value: &Value) -> bool {
    is_of_numbers(value) || value.kind() == ValueKind::String && !value.is_safe()
}

/// `a === b`: the same kind and value; of lists, dictionaries and functions the same one.
pub(crate) fn is_same(a: &Value, b: &Value) -> bool {
    match (a.as_object(), b.as_object()) {
        (Some(_), Some(_)) => minijinja::tests::is_sameas(a, b),
        (None, None) if a.kind() == b.kind() && a.is_safe() == b.is_safe() => match a.kind() {
            ValueKind::Number => number(a) == number(b),
            _ => a == b,
        },
        _ => false,
    }
}

/// `a == b`: as `===`, but nothing equals nothing, and numbers, texts and what can be written as a text meet half-way.
fn is_equal(a: &Value, b: &Value) -> bool {
    let is_nothing = |value: &Value| value.is_undefined() || value.is_none();
    if is_nothing(a) || is_nothing(b) {
        return is_nothing(a) && is_nothing(b);
    }
    match (is_primitive(a), is_primitive(b)) {
        (false, false) => is_same(a, b),
        (true, true) if a.kind() == b.kind() => is_same(a, b),
        (true, true) => number(a).zip(number(b)).is_some_and(|(a, b)| a == b),
        (true, false) => is_equal(a, &Value::from(text(b))),
        (false, true) => is_equal(&Value::from(text(a)), b),
    }
}

/// `a < b` and the like: by letters if both are texts, else by number.
fn compare(a: &Value, operator: &str, b: &Value) -> bool {
    let order = match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
        _ => number(a).zip(number(b)).and_then(|(a, b)| a.partial_cmp(&b)),
    };
    order.is_some_and(|order| match operator {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// `item in container`: in a list, in a text, or a key of a dictionary. Nothing is in nothing, where Nunjucks would fail.
fn is_in(item: &Value, container: &Value) -> bool {
    match container.kind() {
        ValueKind::String => container.as_str().is_some_and(|text_of| text_of.contains(&text(item))),
        ValueKind::Seq | ValueKind::Iterable => {
            container.try_iter().is_ok_and(|mut items| items.any(|other| is_same(&other, item)))
        }
        ValueKind::Map => {
            container.get_item(&Value::from(text(item))).is_ok_and(|found| !found.is_undefined())
        }
        _ => false,
    }
}

/// How many UTF-16 units or items there are, which is what JavaScript counts.
pub(crate) fn length(value: &Value) -> Option<usize> {
    match value.kind() {
        ValueKind::String => value.as_str().map(|text| text.encode_utf16().count()),
        ValueKind::Seq => value.len(),
        _ => None,
    }
}

/// `value.length` and `value.val`, the second of which is the plain text of a safe one.
fn member(value: &Value, name: &str) -> Value {
    match name {
        "length" if length(value).is_some() => length(value).map(Value::from).unwrap_or_default(),
        "val" if value.is_safe() => Value::from(text(value)),
        _ => value.get_attr(name).unwrap_or_default(),
    }
}

/// What `{% for item in value %}` goes through: items, or letters; of anything else, nothing.
fn items(value: &Value) -> Value {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => value.clone(),
        ValueKind::String => value
            .as_str()
            .map(|text| text.chars().map(|letter| Value::from(letter.to_string())).collect())
            .unwrap_or_default(),
        _ => Value::from(Vec::<Value>::new()),
    }
}

/// What `{% for a, b in value %}` goes through: keys with their values, or items that are lists themselves.
fn pairs(value: &Value) -> Value {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => value.clone(),
        ValueKind::Map => {
            let pair = |key: Value| {
                let item = value.get_item(&key).unwrap_or_default();
                Value::from(vec![key, item])
            };
            value.try_iter().map(|keys| keys.map(pair).collect()).unwrap_or_default()
        }
        _ => Value::from(Vec::<Value>::new()),
    }
}

/// A function that always gives the same.
#[derive(Debug)]
struct Constant(Value);

impl Object for Constant {
    fn call(self: &Arc<Self>, _: &mut State<'_, '_>, _: &[Value]) -> Result<Value, Error> {
        Ok(self.0.clone())
    }
}

/// The methods of lists and texts that templates call.
fn method(_: &mut State<'_, '_>, value: &Value, name: &str, arguments: &[Value]) -> Result<Value, Error> {
    let first = arguments.first().cloned().unwrap_or_default();
    match (value.kind(), name) {
        (ValueKind::Seq, "concat") => Ok(concatenated(value, arguments)),
        (ValueKind::Seq, "join") if first.is_undefined() => Ok(Value::from(joined(value, ","))),
        (ValueKind::Seq, "join") => Ok(Value::from(joined(value, &text(&first)))),
        (ValueKind::Seq | ValueKind::String, "includes") => Ok(Value::from(is_in(&first, value))),
        _ => Err(Error::from(ErrorKind::UnknownMethod)),
    }
}

fn concatenated(list: &Value, others: &[Value]) -> Value {
    let mut all: Vec<Value> = list.try_iter().map(Iterator::collect).unwrap_or_default();
    for other in others {
        match other.try_iter() {
            Ok(items) if other.kind() == ValueKind::Seq => all.extend(items),
            _ => all.push(other.clone()),
        }
    }
    Value::from(all)
}

/// Prints a value: nothing where there is none, and escaped if it is no safe text.
fn print(out: &mut Output<'_>, _: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let printed = match value.as_str() {
        Some(safe) if value.is_safe() => out.write_str(safe),
        Some(plain) => out.write_str(&escaped(plain)),
        None => out.write_str(&escaped(&text_or_nothing(value))),
    };
    printed.map_err(Error::from)
}

/// The text with what HTML reads as its own replaced, letter for letter as Nunjucks does it.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\\' => escaped.push_str("&#92;"),
            other => escaped.push(other),
        }
    }
    escaped
}
