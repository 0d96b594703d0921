//! A template cut into text and tags, with white space taken off as Nunjucks does.

use super::TranslateError;

/// One part of a template.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Piece<'a> {
    pub what: What<'a>,
    /// The line it begins on, from 1.
    pub line: usize,
    /// How many line ends of the source stand in it, those taken off included.
    pub line_ends: usize,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What<'a> {
    /// Text that is printed as it is.
    Text(&'a str),
    /// The inside of `{{ … }}`.
    Output(&'a str),
    /// The inside of `{% … %}`.
    Tag(&'a str),
    /// A comment, or white space that a tag takes off.
    Nothing,
}

/// Cuts a template into its parts.
///
/// White space goes as it does in Nunjucks with `trimBlocks` and `lstripBlocks`, the settings that both design systems ask for:
/// a line end directly after `%}`, and spaces before `{%` at the start of a line, are not printed; `-` takes off all on its side.
pub(super) fn cut(source: &str) -> Result<Vec<Piece<'_>>, TranslateError> {
    let mut cutter = Cutter { source, at: 0, line: 1, pieces: Vec::new(), trim_next: false };
    while cutter.at < source.len() {
        cutter.step()?;
    }
    Ok(cutter.pieces)
}

struct Cutter<'a> {
    source: &'a str,
    at: usize,
    line: usize,
    pieces: Vec<Piece<'a>>,
    /// The last tag ended in `-`.
    trim_next: bool,
}

impl<'a> Cutter<'a> {
    fn step(&mut self) -> Result<(), TranslateError> {
        let rest = &self.source[self.at..];
        match rest.get(..2) {
            Some("{#") => self.comment(),
            Some("{{") => self.tag("}}"),
            Some("{%") => self.tag("%}"),
            _ => {
                self.text(rest);
                Ok(())
            }
        }
    }

    fn push(&mut self, what: What<'a>, end: usize) {
        let line_ends = self.source[self.at..end].matches('\n').count();
        self.pieces.push(Piece { what, line: self.line, line_ends });
        self.line += line_ends;
        self.at = end;
    }

    fn text(&mut self, rest: &'a str) {
        let length =
            ["{#", "{{", "{%"].iter().filter_map(|opening| rest.find(opening)).min().unwrap_or(rest.len());
        let (start, end) = (self.at, self.at + length);
        let mut text = &self.source[start..end];
        if std::mem::take(&mut self.trim_next) {
            text = text.trim_start();
        }
        let skipped = length - text.len();
        let next = &self.source[end..];
        if ["{%-", "{{-", "{#-"].iter().any(|opening| next.starts_with(opening)) {
            text = text.trim_end();
        } else if next.starts_with("{%") {
            text =
                without_indent(text, start + skipped == 0 || self.source[..start + skipped].ends_with('\n'));
        }
        if skipped > 0 {
            self.push(What::Nothing, start + skipped);
        }
        let printed_end = self.at + text.len();
        if !text.is_empty() {
            self.push(What::Text(text), printed_end);
        }
        if end > printed_end {
            self.push(What::Nothing, end);
        }
    }

    fn comment(&mut self) -> Result<(), TranslateError> {
        let rest = &self.source[self.at..];
        let Some(length) = rest.find("#}") else {
            return Err(self.error("a comment begins here and does not end; close it with `#}`"));
        };
        self.trim_next = rest[..length].ends_with('-');
        self.push(What::Nothing, self.at + length + 2);
        Ok(())
    }

    fn tag(&mut self, close: &str) -> Result<(), TranslateError> {
        let start = self.at + 2;
        let Some(length) = end_of_code(&self.source[start..], close) else {
            return Err(self.error(&format!("a tag begins here and does not end; close it with `{close}`")));
        };
        let inside = &self.source[start..start + length];
        let inside = inside.strip_prefix('-').unwrap_or(inside);
        let trims = inside.ends_with('-');
        let inside = inside.strip_suffix('-').unwrap_or(inside).trim();
        let mut end = start + length + 2;
        if close == "%}" {
            end += line_end(&self.source[end..]);
            if let name @ ("raw" | "verbatim") = inside {
                return self.raw(end, name);
            }
            self.push(What::Tag(inside), end);
        } else {
            self.push(What::Output(inside), end);
        }
        // Nunjucks overlooks the dash where a capture opens, and the design systems' own HTML has the white space.
        self.trim_next = trims && !opens_a_capture(inside);
        Ok(())
    }

    fn raw(&mut self, start: usize, name: &str) -> Result<(), TranslateError> {
        let rest = &self.source[start..];
        let close = rest.match_indices("{%").find_map(|(at, _)| {
            let inside = &rest[at + 2..];
            let length = inside.find("%}")?;
            (inside[..length].trim_matches(['-', ' ']) == format!("end{name}"))
                .then_some((at, at + length + 4))
        });
        let Some((length, end)) = close else {
            return Err(
                self.error(&format!("`{name}` begins here and does not end; close it with `end{name}`"))
            );
        };
        self.push(What::Nothing, start);
        self.push(What::Text(&rest[..length]), start + length);
        self.push(What::Nothing, start + end);
        Ok(())
    }

    fn error(&self, reason: &str) -> TranslateError {
        TranslateError { line: self.line, reason: reason.to_owned() }
    }
}

/// Whether a tag is a `set` without a value.
fn opens_a_capture(inside: &str) -> bool {
    inside.starts_with("set ") && !inside.contains('=')
}

/// The text without the spaces of its last line, if nothing else stands on that line.
fn without_indent(text: &str, begins_line: bool) -> &str {
    let kept = text.trim_end_matches(|c: char| c != '\n' && c.is_whitespace());
    if kept.ends_with('\n') || kept.is_empty() && begins_line { kept } else { text }
}

/// How many bytes a line end at the start of the text takes.
fn line_end(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with('\n')) }
}

/// Where a tag ends; its strings may hold what looks like an end.
fn end_of_code(code: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    let mut escaped = false;
    let mut depth = 0_usize;
    for (at, c) in code.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(q), _) if q == c => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, _) if depth == 0 && code[at..].starts_with(close) => return Some(at),
            (None, '{') => depth += 1,
            (None, '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{What, cut};

    fn printed(source: &str) -> String {
        let mut text = String::new();
        for piece in cut(source).unwrap() {
            match piece.what {
                What::Text(part) => text.push_str(part),
                What::Output(code) => text.push_str(&format!("<{code}>")),
                What::Tag(code) => text.push_str(&format!("[{code}]")),
                What::Nothing => {}
            }
        }
        text
    }

    #[test]
    fn white_space_goes_as_in_nunjucks() {
        assert_eq!(printed("a\n  {% if b %}\n  c\n{% endif %}\nd\n"), "a\n[if b]  c\n[endif]d\n");
        assert_eq!(printed("a\n  {{- b -}}\n c"), "a<b>c");
        assert_eq!(printed("  {% set a = 1 %}x"), "[set a = 1]x");
        assert_eq!(printed("{% set a -%}\n b {%- endset -%} c"), "[set a] b[endset]c");
        assert_eq!(printed("a {# no #}\nb"), "a \nb");
        assert_eq!(printed("{% raw %}{{ a }}{% endraw %}"), "{{ a }}");
    }

    #[test]
    fn strings_may_hold_ends() {
        assert_eq!(printed(r#"{{ "}}" + '\'}}' }}b"#), r#"<"}}" + '\'}}'>b"#);
        assert_eq!(printed("{{ f({a: {b: 1}}) }}"), "<f({a: {b: 1}})>");
    }

    #[test]
    fn what_does_not_end_is_named() {
        assert_eq!(cut("a\n{{ b").unwrap_err().line, 2);
        assert!(cut("{# a").unwrap_err().reason.contains("`#}`"));
        assert!(cut("{% raw %} a").unwrap_err().reason.contains("`endraw`"));
    }
}
