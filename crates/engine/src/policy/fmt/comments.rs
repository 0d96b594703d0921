//! Comments, and the blank lines between them.

/// The lines between two fields: comments, and none for one blank line or several.
pub(super) struct Lines<'r>(pub Vec<Option<&'r str>>);

impl<'r> Lines<'r> {
    pub fn of(raw: &'r str) -> Self {
        let mut lines: Vec<Option<&str>> = Vec::new();
        // What follows the last line end is the beginning of the field's own line.
        let whole = raw.rfind('\n').map_or("", |end| &raw[..=end]);
        let rest = &raw[whole.len()..];
        for line in whole.lines().chain(Some(rest).filter(|rest| !rest.trim().is_empty())) {
            let line = line.trim();
            if !line.is_empty() {
                lines.push(Some(line));
            } else if lines.last() != Some(&None) {
                lines.push(None);
            }
        }
        Self(lines)
    }

    /// The comments alone.
    pub fn comments(&self) -> impl Iterator<Item = &'r str> {
        self.0.iter().copied().flatten()
    }
}

/// Every comment of a TOML text, trimmed.
pub(super) fn comments(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['#', '"', '\'']) {
        let from = &rest[at..];
        rest = match from.as_bytes().first() {
            Some(b'#') => {
                let end = from.find('\n').unwrap_or(from.len());
                found.push(from[..end].trim());
                &from[end..]
            }
            _ => after_string(from),
        };
    }
    found
}

/// What follows the string that the text begins with.
fn after_string(text: &str) -> &str {
    let quote = &text[..1];
    let triple = quote.repeat(3);
    let (open, escapes) =
        if text.starts_with(&triple) { (triple.as_str(), quote == "\"") } else { (quote, quote == "\"") };
    let mut rest = &text[open.len()..];
    loop {
        let Some(at) = rest.find(|c: char| rest_begins(c, quote, escapes)) else { return "" };
        let from = &rest[at..];
        if escapes && from.starts_with('\\') {
            rest = from.get(1..).map_or("", |after| after.strip_prefix(|_: char| true).unwrap_or(""));
        } else if let Some(after) = from.strip_prefix(open) {
            // A triple quote may have one or two more before it that are text.
            return if open.len() == 3 { after.trim_start_matches(|c| quote.contains(c)) } else { after };
        } else {
            rest = &from[1..];
        }
    }
}

fn rest_begins(c: char, quote: &str, escapes: bool) -> bool {
    quote.contains(c) || (escapes && c == '\\')
}
