//! Pages, each whole in itself, from templates in which every text is escaped.

use std::io::{self, Write};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, HtmlEscape, UndefinedBehavior, Value};
use serde::Serialize;

/// A template of a page.
pub struct Template {
    /// Its name, which ends in `.html` for what it shows to be escaped.
    pub name: &'static str,
    /// The template itself.
    pub text: &'static str,
}

/// Writes a page.
///
/// # Errors
/// What the writer says.
pub fn write(template: &Template, page: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(io::Error::other)?;
    let mut environment = Environment::new();
    environment.set_syntax(syntax);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_filter("apart", apart);
    environment.add_filter("coded", coded);
    environment.add_template(template.name, template.text).map_err(io::Error::other)?;
    let template = environment.get_template(template.name).map_err(io::Error::other)?;
    template.render_captured_to(Serde(page), out).map(|_| ()).map_err(io::Error::other)
}

/// A text of a record or policy by itself: in its own direction, and without characters that a page cannot hold.
fn apart(text: &str) -> Value {
    Value::from_safe_string(format!("<bdi>{}</bdi>", HtmlEscape(&held(text))))
}

/// As [`apart`], with what stands between backticks as code.
fn coded(text: &str) -> Value {
    let text = held(text);
    if !text.matches('`').count().is_multiple_of(2) {
        return apart(&text);
    }
    let parts = text.split('`').enumerate().map(|(place, part)| {
        let part = HtmlEscape(part);
        if place % 2 == 0 { part.to_string() } else { format!("<code>{part}</code>") }
    });
    Value::from_safe_string(format!("<bdi>{}</bdi>", parts.collect::<String>()))
}

/// The text without characters that a page cannot hold.
fn held(text: &str) -> String {
    text.chars().map(|char| if char.is_control() { char::REPLACEMENT_CHARACTER } else { char }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code_and_all_is_escaped() {
        assert_eq!(coded("a `b<c>` & d").to_string(), "<bdi>a <code>b&lt;c&gt;</code> &amp; d</bdi>");
        assert_eq!(coded("one ` alone").to_string(), "<bdi>one ` alone</bdi>");
    }
}
