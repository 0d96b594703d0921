//! The words of an expression.

/// One word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Name(String),
    /// A string, its escapes undone.
    Text(String),
    Number(String),
    /// Punctuation, such as `===` or `(`.
    Mark(&'static str),
}

/// The longest first, so that `===` is not read as `==` and `=`.
const MARKS: [&str; 28] = [
    "===", "!==", "==", "!=", "<=", ">=", "//", "**", "+", "-", "/", "*", "%", "~", "|", "(", ")", "[", "]",
    "{", "}", ",", ":", ".", "<", ">", "=", "!",
];

/// The words of the inside of a tag, or what cannot be read.
pub(super) fn words(code: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = if first == '"' || first == '\'' {
            string(rest, first)?
        } else if first.is_ascii_digit() {
            number(rest)
        } else if is_of_name(first) {
            name(rest)
        } else {
            mark(rest)?
        };
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(tokens)
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn string(text: &str, quote: char) -> Result<(Token, usize), String> {
    let mut read = String::new();
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some((_, 'n')) => read.push('\n'),
                Some((_, 't')) => read.push('\t'),
                Some((_, 'r')) => read.push('\r'),
                Some((_, other)) => read.push(other),
                None => break,
            },
            _ if c == quote => return Ok((Token::Text(read), at + 1)),
            _ => read.push(c),
        }
    }
    Err(format!("the string {text} does not end; close it with {quote}"))
}

fn number(text: &str) -> (Token, usize) {
    let digits = |t: &str| t.find(|c: char| !c.is_ascii_digit()).unwrap_or(t.len());
    let mut length = digits(text);
    if let Some(fraction) = text[length..].strip_prefix('.') {
        let decimals = digits(fraction);
        if decimals > 0 {
            length += 1 + decimals;
        }
    }
    (Token::Number(text[..length].to_owned()), length)
}

fn name(text: &str) -> (Token, usize) {
    let length = text.find(|c| !is_of_name(c)).unwrap_or(text.len());
    (Token::Name(text[..length].to_owned()), length)
}

fn mark(text: &str) -> Result<(Token, usize), String> {
    MARKS
        .into_iter()
        .find(|mark| text.starts_with(mark))
        .map(|mark| (Token::Mark(mark), mark.len()))
        .ok_or_else(|| format!("cannot read `{text}`; write an expression"))
}
