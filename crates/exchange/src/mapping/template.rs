//! Texts with `{COLUMN}` in them.

use std::borrow::Cow;

/// A text in which columns stand for their cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template<C = String> {
    pieces: Vec<Piece<C>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<C> {
    Literal(String),
    Column(C),
}

impl Template {
    /// The cell of one column.
    pub(super) fn column(name: &str) -> Self {
        Self { pieces: vec![Piece::Column(name.to_owned())] }
    }

    /// Reads a template; `{{` and `}}` are braces.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut pieces, mut literal) = (Vec::new(), String::new());
        let mut rest = text;
        while let Some(place) = rest.find(['{', '}']) {
            literal.push_str(&rest[..place]);
            let brace = &rest[place..=place];
            rest = &rest[place + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err(format!("`{text}` closes a brace that is not open"));
            } else {
                let Some((column, after)) = rest.split_once('}') else {
                    return Err(format!("`{text}` opens a brace that is not closed"));
                };
                if column.is_empty() {
                    return Err(format!("`{text}` names no column between its braces"));
                }
                if !literal.is_empty() {
                    pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                }
                pieces.push(Piece::Column(column.to_owned()));
                rest = after;
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal));
        }
        Ok(Self { pieces })
    }

    /// The same with the places of the columns, or the first column that has none and why.
    pub(super) fn bind<E>(
        &self,
        mut place: impl FnMut(&str) -> Result<usize, E>,
    ) -> Result<Template<usize>, E> {
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            pieces.push(match piece {
                Piece::Literal(text) => Piece::Literal(text.clone()),
                Piece::Column(name) => Piece::Column(place(name)?),
            });
        }
        Ok(Template { pieces })
    }
}

impl Template<usize> {
    /// The text with the cells of a row; none where it has columns and all their cells are blank.
    pub(super) fn fill<'a>(&'a self, cells: &[&'a str]) -> Option<Cow<'a, str>> {
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
        if let [Piece::Column(place)] = self.pieces.as_slice() {
            return Some(cell(*place)).filter(|cell| !cell.trim().is_empty()).map(Cow::Borrowed);
        }
        let (mut text, mut columns, mut filled) = (String::new(), 0, 0);
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Column(place) => {
                    columns += 1;
                    filled += usize::from(!cell(*place).trim().is_empty());
                    text.push_str(cell(*place));
                }
            }
        }
        (columns == 0 || filled > 0).then_some(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str, cells: &[&str]) -> Option<String> {
        let bound = Template::parse(template).unwrap().bind(|name| name.parse::<usize>()).unwrap();
        bound.fill(cells).map(Cow::into_owned)
    }

    #[test]
    fn columns_stand_for_cells() {
        assert_eq!(fill("case:{0}", &["7"]).unwrap(), "case:7");
        assert_eq!(fill("{1}-{0}{{x}}", &["7", "a"]).unwrap(), "a-7{x}");
        assert_eq!(fill("constant", &[]).unwrap(), "constant");
        assert_eq!(fill("", &[]).unwrap(), "");
    }

    #[test]
    fn a_template_whose_cells_are_all_empty_gives_nothing() {
        assert_eq!(fill("person:{0}", &[""]), None);
        assert_eq!(fill("{0}", &[" "]), None);
        assert_eq!(fill("{0}/{1}", &["", "b"]).unwrap(), "/b");
    }

    #[test]
    fn braces_are_checked() {
        insta::assert_snapshot!(Template::parse("a{b").unwrap_err(), @"`a{b` opens a brace that is not closed");
        insta::assert_snapshot!(Template::parse("a}b").unwrap_err(), @"`a}b` closes a brace that is not open");
        insta::assert_snapshot!(Template::parse("a{}").unwrap_err(), @"`a{}` names no column between its braces");
    }
}
