//! The tokens of a guard's text: what bounds its nesting before it is parsed, and what tells where an expression begins and ends.
//!
//! The parser of the `cel` crate keeps the place of one token for each expression, its operator or opening bracket.
//! [`Tokens`] knows the rest: the bracket that closes it, the parentheses around an operand.

use std::ops::Range;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A name or keyword.
    Word,
    /// A number.
    Number,
    /// A text or bytes, with its quotes.
    Text,
    /// A text that never ends.
    Unended,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// An operator, comma, point.
    Symbol,
    /// What CEL has no use for.
    Stray,
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Range<usize>,
}

/// The tokens of a text, with each bracket's partner.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    all: Vec<Token>,
    partners: Vec<Option<usize>>,
    deepest: Option<(usize, usize)>,
}

const LONG_SYMBOLS: [&str; 6] = ["==", "!=", "<=", ">=", "&&", "||"];
const SHORT_SYMBOLS: &str = "<>!-+*/%?:,.";

impl<'t> Tokens<'t> {
    /// The tokens of `text`.
    pub(super) fn new(text: &'t str) -> Self {
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(next) = text.get(at..).and_then(|rest| rest.chars().next()) {
            let rest = &text[at..];
            if next.is_whitespace() {
                at += next.len_utf8();
            } else if rest.starts_with("//") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else {
                let (kind, length) = token(rest, next);
                all.push(Token { kind, span: at..at + length });
                at += length;
            }
        }
        let (partners, deepest) = pair(text, &all);
        Self { text, all, partners, deepest }
    }

    /// All, in order.
    pub(super) fn all(&self) -> &[Token] {
        &self.all
    }

    /// How deep brackets stand in brackets, and the token that is deepest.
    pub(super) fn deepest(&self) -> Option<(usize, &Token)> {
        self.deepest.map(|(depth, place)| (depth, &self.all[place]))
    }

    /// A token's own text.
    pub(super) fn text(&self, token: &Token) -> &'t str {
        &self.text[token.span.clone()]
    }

    /// The place in order of the token that begins at or after a byte.
    pub(super) fn index_at(&self, byte: usize) -> usize {
        self.all.partition_point(|token| token.span.start < byte)
    }

    /// The token that begins at a byte.
    pub(super) fn at(&self, byte: usize) -> Option<&Token> {
        self.all.get(self.index_at(byte)).filter(|token| token.span.start == byte)
    }

    /// The token before the one that begins at a byte.
    pub(super) fn before(&self, byte: usize) -> Option<&Token> {
        self.index_at(byte).checked_sub(1).map(|place| &self.all[place])
    }

    /// The token after the one that begins at a byte.
    pub(super) fn after(&self, byte: usize) -> Option<&Token> {
        self.all.get(self.index_at(byte) + 1)
    }

    /// Where the bracket that opens at a byte closes: the byte after.
    pub(super) fn closing(&self, byte: usize) -> Option<usize> {
        let partner = (*self.partners.get(self.index_at(byte))?)?;
        Some(self.all[partner].span.end)
    }

    /// A span with the parentheses that stand directly around it and only group.
    pub(super) fn with_parentheses(&self, span: &Range<usize>) -> Range<usize> {
        let mut span = span.clone();
        while let Some(open) = self.index_at(span.start).checked_sub(1) {
            let closes = self.partners[open].filter(|_| self.groups(open));
            let next = self.index_at(span.end);
            if closes != Some(next) {
                break;
            }
            span = self.all[open].span.start..self.all[next].span.end;
        }
        span
    }

    /// Whether a `-` or `!` stands before its only operand.
    pub(super) fn is_unary(&self, place: usize) -> bool {
        match place.checked_sub(1).map(|before| &self.all[before]) {
            None => true,
            Some(before) => match before.kind {
                TokenKind::Open | TokenKind::Symbol | TokenKind::Stray => true,
                TokenKind::Word => self.text(before) == "in",
                _ => false,
            },
        }
    }

    fn groups(&self, open: usize) -> bool {
        self.text(&self.all[open]) == "(" && self.is_unary(open)
    }
}

/// The kind and length of the token that `rest`, whose first character is `next`, begins with.
fn token(rest: &str, next: char) -> (TokenKind, usize) {
    if let Some((length, ended)) = quoted(rest) {
        return (if ended { TokenKind::Text } else { TokenKind::Unended }, length);
    }
    let second = rest[next.len_utf8()..].chars().next();
    if next.is_ascii_digit() || (next == '.' && second.is_some_and(|c| c.is_ascii_digit())) {
        return (TokenKind::Number, number_length(rest));
    }
    if next.is_ascii_alphabetic() || next == '_' {
        return (TokenKind::Word, run_length(rest, |c| c.is_ascii_alphanumeric() || c == '_'));
    }
    if LONG_SYMBOLS.iter().any(|symbol| rest.starts_with(symbol)) {
        return (TokenKind::Symbol, 2);
    }
    let kind = match next {
        '(' | '[' | '{' => TokenKind::Open,
        ')' | ']' | '}' => TokenKind::Close,
        _ if SHORT_SYMBOLS.contains(next) => TokenKind::Symbol,
        _ => TokenKind::Stray,
    };
    (kind, next.len_utf8())
}

fn run_length(rest: &str, belongs: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !belongs(c)).unwrap_or(rest.len())
}

fn number_length(rest: &str) -> usize {
    if let Some(digits) = rest.strip_prefix("0x") {
        return 2 + run_length(digits, |c| c.is_ascii_hexdigit() || c == 'u' || c == 'U');
    }
    let digits = |from: usize| run_length(&rest[from..], |c| c.is_ascii_digit());
    let mut length = digits(0);
    if rest[length..].starts_with('.') && digits(length + 1) > 0 {
        length += 1 + digits(length + 1);
    }
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        let exponent = digits(length + 1 + sign);
        length += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    length + usize::from(rest[length..].starts_with(['u', 'U']))
}

/// The length of the text or bytes that `rest` begins with, and whether it ends.
fn quoted(rest: &str) -> Option<(usize, bool)> {
    let prefix = run_length(rest, |c| "rRbB".contains(c)).min(2);
    let body = &rest[prefix..];
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| body.starts_with(quote))?;
    let raw = rest[..prefix].contains(['r', 'R']);
    let mut at = prefix + quote.len();
    while let Some(next) = rest[at..].chars().next() {
        if rest[at..].starts_with(quote) {
            return Some((at + quote.len(), true));
        }
        if quote.len() == 1 && (next == '\n' || next == '\r') {
            break;
        }
        at += next.len_utf8();
        if next == '\\' && !raw {
            at += rest[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    Some((at, false))
}

type Pairs = (Vec<Option<usize>>, Option<(usize, usize)>);

/// Each bracket's partner, and the deepest bracket: how deep it is, and its place.
fn pair(text: &str, all: &[Token]) -> Pairs {
    let mut partners = vec![None; all.len()];
    let mut deepest: Option<(usize, usize)> = None;
    let mut open: Vec<usize> = Vec::new();
    for (place, token) in all.iter().enumerate() {
        match token.kind {
            TokenKind::Open => {
                open.push(place);
                if deepest.is_none_or(|(depth, _)| depth < open.len()) {
                    deepest = Some((open.len(), place));
                }
            }
            TokenKind::Close => {
                let closes = match &text[token.span.clone()] {
                    ")" => "(",
                    "]" => "[",
                    _ => "{",
                };
                let matching = open.pop_if(|opened| text[all[*opened].span.clone()] == *closes);
                if let Some(opened) = matching {
                    partners[opened] = Some(place);
                    partners[place] = Some(opened);
                }
            }
            _ => {}
        }
    }
    (partners, deepest)
}
