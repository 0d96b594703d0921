//! What pages say, apart from the code: `locales/en/*.ftl`, in Fluent.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use minijinja::Value;
use unic_langid::LanguageIdentifier;

/// Every file in `locales/en/`.
const FILES: &[&str] = &[
    include_str!("../../locales/en/admin.ftl"),
    include_str!("../../locales/en/case.ftl"),
    include_str!("../../locales/en/command.ftl"),
    include_str!("../../locales/en/duties.ftl"),
    include_str!("../../locales/en/export.ftl"),
    include_str!("../../locales/en/frame.ftl"),
    include_str!("../../locales/en/places.ftl"),
    include_str!("../../locales/en/policy.ftl"),
    include_str!("../../locales/en/record.ftl"),
    include_str!("../../locales/en/search.ftl"),
    include_str!("../../locales/en/sign-in.ftl"),
];

static BUNDLE: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let english: LanguageIdentifier = "en-GB".parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![english]);
    // Marks around each value, for texts in which it runs the other way; a page has one direction.
    bundle.set_use_isolating(false);
    for file in FILES {
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(read, errors)| {
            tracing::error!(?errors, "a file of texts cannot be read whole");
            read
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, "texts stand twice");
        }
    }
    bundle
});

/// A text that names no values.
pub(crate) fn text(key: &str) -> String {
    said(key, &[])
}

/// A text with the values that it names. Where there is none, its key: better than no page.
pub(crate) fn said(key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
    find(key, values).unwrap_or_else(|reason| {
        tracing::error!(reason, "a text is missing");
        key.to_owned()
    })
}

/// A text with the values that it names.
///
/// # Errors
/// There is no such text, or a value that it names is missing.
pub(crate) fn find(key: &str, values: &[(&str, FluentValue<'_>)]) -> Result<String, String> {
    let message = BUNDLE.get_message(key).and_then(|message| message.value());
    let pattern = message.ok_or_else(|| format!("there is no text `{key}`; see `locales/en`"))?;
    let values: FluentArgs<'_> = values.iter().cloned().collect();
    let mut errors = Vec::new();
    let text = BUNDLE.format_pattern(pattern, Some(&values), &mut errors);
    match errors.first() {
        None => Ok(text.into_owned()),
        Some(error) => Err(format!("text `{key}`: {error}")),
    }
}

/// A value of a template as one of a text.
pub(crate) fn value(value: &Value) -> FluentValue<'_> {
    match i64::try_from(value.clone()) {
        Ok(number) if value.is_number() => FluentValue::from(number),
        _ => value.as_str().map_or_else(|| FluentValue::from(value.to_string()), FluentValue::from),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use fluent_syntax::ast::Entry;
    use fluent_syntax::parser;

    use super::*;

    fn sources(folder: &Path, ending: &str) -> String {
        let mut all = String::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all += &sources(&path, ending);
            } else if path.to_string_lossy().ends_with(ending) {
                all += &fs::read_to_string(&path).unwrap();
            }
        }
        all
    }

    fn keys() -> BTreeSet<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/locales/en");
        assert_eq!(fs::read_dir(folder).unwrap().count(), FILES.len());
        let mut keys = BTreeSet::new();
        for file in FILES {
            for entry in parser::parse(*file).unwrap().body {
                if let Entry::Message(message) = entry {
                    assert!(keys.insert(message.id.name.to_owned()), "{} stands twice", message.id.name);
                }
            }
        }
        keys
    }

    /// The texts in quotes that look like a key, or like the beginning of keys: `"state-"`, `"error-{`.
    fn quoted() -> (BTreeSet<String>, Vec<String>) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let code = sources(&root.join("src/pages"), ".rs") + &sources(&root.join("templates"), ".njk");
        let is_of_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let (mut whole, mut beginnings) = (BTreeSet::new(), Vec::new());
        for after in code.split('"').skip(1) {
            let key: String = after.chars().take_while(|c| is_of_key(*c)).collect();
            match &after[key.len()..] {
                "" if key.ends_with('-') => beginnings.push(key),
                "" => _ = whole.insert(key),
                rest if rest.starts_with('{') && key.ends_with('-') => beginnings.push(key),
                _ => {}
            }
        }
        (whole, beginnings)
    }

    #[test]
    fn every_text_is_used() {
        let (whole, beginnings) = quoted();
        let is_used = |key: &String| {
            whole.contains(key) || beginnings.iter().any(|start| key.starts_with(start.as_str()))
        };
        let unused: Vec<String> = keys().into_iter().filter(|key| !is_used(key)).collect();
        assert!(unused.is_empty(), "{unused:?}");
    }

    #[test]
    fn every_text_that_is_asked_for_is_there() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let code = sources(&root.join("src/pages"), ".rs") + &sources(&root.join("templates"), ".njk");
        let keys = keys();
        let calls = ["t(", "text(", "said("];
        let is_call = |before: &str| {
            calls.iter().any(|call| {
                let name = before.strip_suffix(call);
                name.is_some_and(|name| !name.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
            })
        };
        let pieces: Vec<&str> = code.split('"').collect();
        let asked = pieces.windows(2).filter(|pair| is_call(pair[0])).map(|pair| pair[1]);
        let is_whole = |key: &&str| {
            !key.ends_with('-') && !key.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        };
        let missing: BTreeSet<&str> =
            asked.filter(is_whole).filter(|key| *key != "key" && !keys.contains(*key)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_text_names_what_is_missing() {
        assert!(find("no-such-text", &[]).unwrap_err().contains("`no-such-text`"));
        assert_eq!(text("service-name"), "Wakeful");
    }
}
