//! The templates of pages, read once.

use std::sync::LazyLock;

use design_system::{DesignSystem, TemplateError};
use minijinja::{Error, ErrorKind, Value};
use serde::Serialize;

use super::PageError;
use super::texts;

macro_rules! templates {
    ($($name:literal)*) => { &[$(($name, include_str!(concat!("../../templates/", $name)))),*] };
}

/// Every file in `templates/`.
const TEMPLATES: &[(&str, &str)] = templates!(
    "account.njk" "admin.njk" "break-glass.njk" "case-parts.njk" "case-print.njk" "case.njk" "charts.njk"
    "check.njk" "child.njk" "code.njk" "command.njk" "duties.njk" "duty.njk" "error.njk" "export.njk" "ladder.njk"
    "layout.njk" "listing.njk" "password.njk" "places.njk" "policy.njk" "question.njk" "record.njk" "rule.njk"
    "search.njk" "set-up-code.njk" "sign-in.njk" "team.njk" "today.njk" "what-if.njk"
);

static LOADED: LazyLock<Result<DesignSystem, TemplateError>> = LazyLock::new(load);

fn load() -> Result<DesignSystem, TemplateError> {
    let mut pages = DesignSystem::new();
    pages.environment_mut().add_function("t", said);
    for (name, source) in TEMPLATES {
        pages.add(name, source)?;
    }
    Ok(pages)
}

/// `t("key")`, or `t("key", { name: value })` for a text that names values.
fn said(key: &str, values: Option<Value>) -> Result<String, Error> {
    let fail = |reason| Error::new(ErrorKind::InvalidOperation, reason);
    let mut named = Vec::new();
    if let Some(values) = values {
        for name in values.try_iter()? {
            let value = values.get_item(&name)?;
            named.push((name.to_string(), value));
        }
    }
    let named: Vec<_> = named.iter().map(|(name, value)| (name.as_str(), texts::value(value))).collect();
    texts::find(key, &named).map_err(fail)
}

/// The HTML of a template on a context.
///
/// # Errors
/// It goes wrong on it, which the log of the server says.
pub(crate) fn render(name: &str, context: impl Serialize) -> Result<String, PageError> {
    let wrong = |error: &TemplateError| {
        tracing::error!(%error, "a page could not be made");
        PageError::Fault
    };
    let pages = LOADED.as_ref().map_err(wrong)?;
    pages.render(name, context).map_err(|error| wrong(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_read_and_each_can_be() {
        load().unwrap();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        assert_eq!(files, TEMPLATES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
}
