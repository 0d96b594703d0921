//! Changes built in all at once, each behind its number, so that one build serves them all: *mutant schemata*.
//!
//! A function with changes has its body once for each of them, and once as it is written.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::{Range, RangeInclusive};

use syn::visit::Visit;
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use crate::list::Mutant;

/// The environment variable with the number of the change that works.
pub const SWITCH: &str = "WAKEFUL_MUTANT";

/// The module that the changed functions ask.
pub const MODULE: &str = "
mod mutant {
    use std::sync::LazyLock;

    static NUMBER: LazyLock<Option<usize>> =
        LazyLock::new(|| std::env::var(\"WAKEFUL_MUTANT\").ok()?.parse().ok());

    #[inline]
    pub(crate) fn is(number: usize) -> bool {
        *NUMBER == Some(number)
    }
}
";

/// A source with changes built in.
pub struct Built {
    pub text: String,
    /// The lines that stand there for each change, and its number.
    changes: Vec<(RangeInclusive<usize>, usize)>,
}

impl Built {
    /// Builds changes into a source. One that cannot stand behind a number is left out: outside functions, in a `const fn`,
    /// or in one of which each body would return a type of its own (`impl …`).
    pub fn new(source: &str, mutants: &[(usize, &Mutant)]) -> syn::Result<Self> {
        let mut bodies = Bodies { source, found: Vec::new() };
        bodies.visit_file(&syn::parse_file(source)?);
        let mut changed: BTreeMap<usize, Vec<(usize, String)>> = BTreeMap::new();
        for (number, mutant) in mutants {
            if let Some((place, text)) = bodies.change(mutant) {
                changed.entry(place).or_default().push((*number, text));
            }
        }
        let mut built = Self { text: String::new(), changes: Vec::new() };
        let mut end = 0;
        for (place, changed) in changed {
            let body = bodies.found[place].clone();
            built.text.push_str(&source[end..body.start]);
            built.push_choice(&changed, &source[body.clone()]);
            end = body.end;
        }
        built.text.push_str(&source[end..]);
        Ok(built)
    }

    fn push_choice(&mut self, changed: &[(usize, String)], body: &str) {
        self.text.push_str("{\n");
        for (number, changed) in changed {
            let first = self.line();
            let _ = write!(self.text, "if crate::mutant::is({number}) {changed} else");
            self.changes.push((first..=self.line(), *number));
            self.text.push('\n');
        }
        self.text.push_str(body);
        self.text.push_str("\n}");
    }

    /// The number of the last line.
    fn line(&self) -> usize {
        self.text.matches('\n').count() + 1
    }

    /// The numbers of the changes that are built in.
    pub fn numbers(&self) -> impl Iterator<Item = usize> {
        self.changes.iter().map(|(_, number)| *number)
    }

    /// The number of the change of which a line is part.
    pub fn at(&self, line: usize) -> Option<usize> {
        self.changes.iter().find(|(lines, _)| lines.contains(&line)).map(|(_, number)| *number)
    }
}

/// Where the bodies of functions are, braces included, in order. None lies in another: functions in functions are part of
/// these.
struct Bodies<'s> {
    source: &'s str,
    found: Vec<Range<usize>>,
}

impl Bodies<'_> {
    fn add(&mut self, signature: &Signature, block: &Block) {
        let body = block.brace_token.span.join().byte_range();
        let returned = &self.source[signature.paren_token.span.close().byte_range().end..body.start];
        if signature.constness.is_none() && !returned.contains("impl ") {
            self.found.push(body);
        }
    }

    /// The place of the body in which a change lies, and its text with the change.
    fn change(&self, mutant: &Mutant) -> Option<(usize, String)> {
        let start = self.source.find(mutant.find)?;
        let end = start + mutant.find.len();
        let place = self.found.iter().position(|body| body.start < start && end < body.end)?;
        let body = &self.found[place];
        let (before, after) = (&self.source[body.start..start], &self.source[end..body.end]);
        let text = format!("{before}{}{after}", mutant.replace);
        // A brace too many would end the function, and the file would not be read.
        syn::parse_str::<Block>(&text).ok()?;
        Some((place, text))
    }
}

impl<'ast> Visit<'ast> for Bodies<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.add(&function.sig, &function.block);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.add(&function.sig, &function.block);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(block) = &function.default {
            self.add(&function.sig, block);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Built, MODULE, SWITCH};
    use crate::list::Mutant;

    const SOURCE: &str = "\
const MOST: u8 = 8;

fn far(ä: u8) -> bool {
    // é
    let most = MOST;
    ä > most
}

const fn half(whole: u8) -> u8 {
    whole / 2
}

fn halves() -> impl Iterator<Item = u8> {
    (0..9).map(half)
}
";

    fn built(changes: &[(&'static str, &'static str)]) -> Built {
        let mutants: Vec<Mutant> = changes
            .iter()
            .map(|&(find, replace)| Mutant { name: "", file: "", find, replace, test: "" })
            .collect();
        Built::new(SOURCE, &(1..).zip(&mutants).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn a_function_has_a_body_for_each_change_and_its_own() {
        let built = built(&[("ä > most", "ä >= most"), ("= MOST;", "= 0;")]);
        let expected = "\
fn far(ä: u8) -> bool {
if crate::mutant::is(1) {
    // é
    let most = MOST;
    ä >= most
} else
if crate::mutant::is(2) {
    // é
    let most = 0;
    ä > most
} else
{
    // é
    let most = MOST;
    ä > most
}
}

const fn half";
        assert!(built.text.contains(expected), "{}", built.text);
        assert!(
            built.text.starts_with("const MOST: u8 = 8;\n\nfn far") && built.text.ends_with("(half)\n}\n")
        );
    }

    #[test]
    fn a_line_tells_its_change() {
        let built = built(&[("ä > most", "ä >= most"), ("= MOST;", "= 0;")]);
        let told: Vec<Option<usize>> = (3..=15).map(|line| built.at(line)).collect();
        let [one, two] = [Some(1), Some(2)];
        assert_eq!(told, [None, one, one, one, one, one, two, two, two, two, two, None, None]);
    }

    #[test]
    fn a_change_that_cannot_stand_behind_a_number_is_left_out() {
        let outside = ("u8 = 8", "u8 = 9");
        let over_the_end = ("most\n}\n", "most\n}\n\n");
        let constant = ("whole / 2", "whole / 3");
        let opaque = ("0..9", "0..8");
        let unbalanced = ("let most = MOST;", "} fn more() {");
        let built = built(&[outside, over_the_end, constant, opaque, unbalanced]);
        assert_eq!(built.numbers().count(), 0);
        assert_eq!(built.text, SOURCE);
    }

    #[test]
    fn the_module_reads_the_variable() {
        assert!(MODULE.contains(SWITCH));
    }
}
