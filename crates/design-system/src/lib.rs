//! The GOV.UK and MOJ design systems: their own templates rendered, and their styles and scripts embedded.
//!
//! Nothing of a component is written by hand. `vendor/` holds what npm gives, taken over by `scripts/front-end`: the Nunjucks templates,
//! which [`DesignSystem`] translates for minijinja when it loads them, and the [`Asset`]s. A page says
//!
//! ```
//! let mut pages = design_system::DesignSystem::new();
//! pages.add(
//!     "today.njk",
//!     r#"{% from "govuk/components/button/macro.njk" import govukButton %}{{ govukButton({ text: word }) }}"#,
//! )?;
//! let html = pages.render("today.njk", minijinja::context! { word => "Save & go on" })?;
//! assert!(html.contains("Save &amp; go on"));
//! # Ok::<(), design_system::TemplateError>(())
//! ```
//!
//! Every text in a context is escaped when printed, as in Nunjucks; a parameter named `html` is not.

mod assets;
mod filters;
mod javascript;
mod moment;
mod nunjucks;

use std::borrow::Cow;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;

pub use assets::{Asset, AssetUse, asset, assets, url};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Why a template cannot be used: its name, the line, and what is wrong.
#[derive(Debug, thiserror::Error)]
#[error("template `{template}`: {reason}")]
pub struct TemplateError {
    template: String,
    reason: String,
    #[source]
    source: Option<minijinja::Error>,
}

impl TemplateError {
    /// Of an error within an error, such as one in an included template, the innermost is what went wrong.
    fn new(asked: &str, error: minijinja::Error) -> Self {
        let mut innermost = &error;
        while let Some(inner) = std::error::Error::source(innermost).and_then(|inner| inner.downcast_ref()) {
            innermost = inner;
        }
        let template = innermost.name().unwrap_or(asked).to_owned();
        let what = match innermost.kind() {
            ErrorKind::TemplateNotFound => "there is no such template".to_owned(),
            kind => innermost.detail().map_or_else(|| kind.to_string(), ToOwned::to_owned),
        };
        let reason = innermost.line().map_or_else(|| what.clone(), |line| format!("line {line}: {what}"));
        TemplateError { template, reason, source: Some(error) }
    }
}

/// Renders pages from the components of both design systems and from pages that are added.
///
/// A template is found by its path: `govuk/components/…/macro.njk`, `moj/components/…/macro.njk`, `wakeful/page.njk`, which is the
/// layout to extend, or the name under which it was added. Paths that begin with `./` or `../` are seen from the template that
/// names them.
#[derive(Debug, Clone)]
pub struct DesignSystem {
    environment: Environment<'static>,
}

impl Default for DesignSystem {
    fn default() -> Self {
        DesignSystem::new()
    }
}

impl DesignSystem {
    /// Both design systems, without pages.
    #[must_use]
    pub fn new() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.set_syntax(syntax());
        environment.set_path_join_callback(joined);
        environment.set_loader(load);
        javascript::set_up(&mut environment);
        filters::set_up(&mut environment);
        environment.add_function("asset", asset_url);
        DesignSystem { environment }
    }

    /// Adds a page, or replaces one. It is written in Nunjucks, and may use all of both design systems.
    ///
    /// # Errors
    ///
    /// If the template cannot be read; the error says where and what to write instead.
    pub fn add(&mut self, name: &str, source: &str) -> Result<(), TemplateError> {
        let translated = nunjucks::translate(source, true).map_err(|error| TemplateError {
            template: name.to_owned(),
            reason: error.to_string(),
            source: None,
        })?;
        self.environment
            .add_template_owned(name.to_owned(), translated)
            .map_err(|error| TemplateError::new(name, error))
    }

    /// Renders a template with a context, which serializes to a dictionary.
    ///
    /// # Errors
    ///
    /// If there is no such template, or it goes wrong on this context.
    pub fn render(&self, name: &str, context: impl Serialize) -> Result<String, TemplateError> {
        self.environment
            .get_template(name)
            .and_then(|template| {
                template.render(Value::from_pairs([(nunjucks::CONTEXT, Value::from(Serde(&context)))]))
            })
            .map_err(|error| TemplateError::new(name, error))
    }

    /// The environment underneath, to give it functions and filters of one's own.
    pub fn environment_mut(&mut self) -> &mut Environment<'static> {
        &mut self.environment
    }
}

/// The syntax of what the translation writes: no white space is taken off, as that is done.
fn syntax() -> minijinja::syntax::SyntaxConfig {
    minijinja::syntax::SyntaxConfig::builder().keep_trailing_newline(true).build().unwrap_or_default()
}

fn load(name: &str) -> Result<Option<String>, minijinja::Error> {
    let found = embedded::TEMPLATES.binary_search_by_key(&name, |(name, _)| name);
    let Some((_, source)) = found.ok().and_then(|at| embedded::TEMPLATES.get(at)) else { return Ok(None) };
    nunjucks::translate(source, !is_of_component(name))
        .map(Some)
        .map_err(|error| minijinja::Error::new(ErrorKind::SyntaxError, error.to_string()))
}

/// Whether a template is a component, or of one: all but the layouts.
fn is_of_component(name: &str) -> bool {
    name.contains("/components/") || name.contains("/macros/")
}

/// A path as seen from the template that names it.
fn joined<'a>(name: &'a str, parent: &'a str) -> Cow<'a, str> {
    if !name.starts_with("./") && !name.starts_with("../") {
        return Cow::Borrowed(name);
    }
    let mut parts: Vec<&str> = parent.split('/').collect();
    parts.pop();
    for part in name.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    Cow::Owned(parts.join("/"))
}

fn asset_url(path: &str) -> Result<String, minijinja::Error> {
    url(path).ok_or_else(|| {
        minijinja::Error::new(
            ErrorKind::InvalidOperation,
            format!("there is no asset `{path}`; see `vendor/assets`"),
        )
    })
}
