//! A manual as Markdown.

use std::io::{self, Write};

use super::manual::{DRAWINGS, MADE_BY, Manual, Rule, SETTINGS, SettingLine, SourceCount, TermLine, Theme};
use crate::words::plain;

/// Writes the manuals, one after the other.
///
/// # Errors
/// What the writer says.
pub fn write(manuals: &[Manual], out: &mut dyn Write) -> io::Result<()> {
    for (number, manual) in manuals.iter().enumerate() {
        if number > 0 {
            writeln!(out)?;
        }
        front(manual, out)?;
        manual.themes.iter().try_for_each(|of_file| theme(of_file, out))?;
    }
    Ok(())
}

fn front(manual: &Manual, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}# Manual: {}\n", anchor(&manual.anchor), text(&manual.name))?;
    writeln!(out, "{}\n", MADE_BY)?;
    for (name, value) in &manual.facts {
        writeln!(out, "- {name}: {}", text(value))?;
    }
    writeln!(out, "\n## What the rules rest on\n")?;
    table(&["source", "rules", "what it means"], manual.sources.iter().map(SourceCount::cells), out)?;
    if !manual.settings.is_empty() {
        writeln!(out, "\n## Settings\n\n{}\n", SETTINGS)?;
        let head = ["setting", "value", "range", "whose", "why"];
        table(&head, manual.settings.iter().map(SettingLine::cells), out)?;
    }
    if !manual.changes.is_empty() {
        writeln!(out, "\n## Rules that are not as they were below\n")?;
        manual.changes.iter().try_for_each(|change| writeln!(out, "- {}", coded(change)))?;
    }
    contents(manual, out)?;
    writeln!(out, "\n{}", DRAWINGS)
}

fn contents(manual: &Manual, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n## Contents\n")?;
    for theme in &manual.themes {
        writeln!(out, "- {}", link(&theme.title, &theme.anchor))?;
        for rule in &theme.rules {
            writeln!(out, "  - {}", link(&rule.title, &rule.anchor))?;
        }
    }
    Ok(())
}

fn theme(theme: &Theme, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}## {}", anchor(&theme.anchor), text(&theme.title))?;
    theme.rules.iter().try_for_each(|of_theme| rule(of_theme, out))
}

fn rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n{}### {}\n", anchor(&rule.anchor), text(&rule.title))?;
    let marks: Vec<String> = rule.marks.iter().map(|mark| coded(mark)).collect();
    writeln!(out, "{} · {}\n", code(&rule.name), marks.join(" · "))?;
    writeln!(out, "{}\n", coded(&rule.sentence))?;
    writeln!(out, "**Source:** {}", text(&rule.source))?;
    if let Some(change) = &rule.change {
        writeln!(out, "\n{}", text(change))?;
    }
    if !rule.settings.is_empty() {
        writeln!(out, "\n**Settings:**\n")?;
        rule.settings.iter().try_for_each(|setting| {
            let SettingLine { title, name, value, whose, .. } = setting;
            writeln!(out, "- {} ({}): {}, {}", text(title), code(name), text(value), text(whose))
        })?;
    }
    writeln!(out, "\n```text\n{}\n```", rule.time_line.text().replace('`', "'"))?;
    ladder(rule, out)?;
    if !rule.terms.is_empty() {
        writeln!(out, "\n**Terms:**\n")?;
        table(&["avoid", "prefer", "why"], rule.terms.iter().map(TermLine::cells), out)?;
    }
    examples(rule, out)
}

fn ladder(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    if rule.ladder.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n**Ladder:**\n")?;
    for rung in &rule.ladder {
        writeln!(out, "{}. {}: {}; {}", rung.number, rung.opens, text(&rung.who), rung.answer)?;
    }
    Ok(())
}

fn examples(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    if rule.examples.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n**Examples:**\n")?;
    let mut examples = rule.examples.iter();
    examples.try_for_each(|one| writeln!(out, "- {}: **{}**", text(&one.name), coded(&one.expected)))
}

impl SourceCount {
    fn cells(&self) -> Vec<String> {
        vec![self.word.to_owned(), self.rules.to_string(), self.meaning.to_owned()]
    }
}

impl SettingLine {
    fn cells(&self) -> Vec<String> {
        let title = format!("{} ({})", text(&self.title), code(&self.name).replace('|', "\\|"));
        vec![title, text(&self.value), text(&self.range), text(&self.whose), text(&self.why)]
    }
}

impl TermLine {
    fn cells(&self) -> Vec<String> {
        vec![text(&self.avoid), text(&self.prefer), text(&self.why)]
    }
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "| {} |", head.join(" | "))?;
    writeln!(out, "|{}", "---|".repeat(head.len()))?;
    for row in rows {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    Ok(())
}

fn anchor(name: &str) -> String {
    format!("<a id=\"{name}\"></a>\n\n")
}

fn link(title: &str, anchor: &str) -> String {
    format!("[{}](#{anchor})", text(title))
}

/// A text that means itself: no mark in it is one of Markdown or HTML.
fn text(text: &str) -> String {
    let shown = plain(text);
    let chars: Vec<char> = shown.chars().collect();
    let mut safe = String::with_capacity(shown.len());
    for (place, &char) in chars.iter().enumerate() {
        let is_inside = |near: Option<&char>| near.is_some_and(|near| near.is_alphanumeric());
        let is_in_word = is_inside(chars.get(place + 1))
            && is_inside(place.checked_sub(1).and_then(|before| chars.get(before)));
        let is_mark = "\\`*[]<>|~#&$".contains(char)
            || (char == '_' && !is_in_word)
            || ("-+=".contains(char) && place == 0)
            || (".)".contains(char) && place > 0 && chars[..place].iter().all(char::is_ascii_digit));
        if is_mark {
            safe.push('\\');
        }
        safe.push(char);
    }
    safe
}

/// A text with names in backticks, which stay so.
fn coded(marked: &str) -> String {
    if !marked.matches('`').count().is_multiple_of(2) {
        return text(marked);
    }
    let parts = marked.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 0 { text(part) } else { code(part) }).collect()
}

/// A name as code.
fn code(name: &str) -> String {
    let name = plain(name);
    if name.contains('`') { text(&name) } else { format!("`{name}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_taken_for_a_mark() {
        assert_eq!(
            text("a|b <i> `c` *d* [e](f) &amp; #1"),
            "a\\|b \\<i\\> \\`c\\` \\*d\\* \\[e\\](f) \\&amp; \\#1"
        );
        assert_eq!(text("- a_b _c_"), "\\- a_b \\_c\\_");
        assert_eq!(text("12. on 3.5"), "12\\. on 3.5");
        assert_eq!(text("a\nb\u{202e}"), "a\\\\nb\\\\u{202e}");
    }

    #[test]
    fn names_in_backticks_stay_code() {
        assert_eq!(coded("within `a_b` or <b>"), "within `a_b` or \\<b\\>");
        assert_eq!(coded("one ` alone"), "one \\` alone");
    }
}
