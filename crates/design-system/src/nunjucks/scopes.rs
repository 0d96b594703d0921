//! Which variables have to be shared between the rounds of a loop, and with what stands around it.
//!
//! In Nunjucks a loop keeps what it sets from one round to the next, and `{% set x = … %}` inside of it changes the `x` outside, if
//! there is one. In minijinja each round has variables of its own. So such an `x` is kept in a `namespace` of what it belongs to: the
//! loop, or the scope around it, which is the template, a macro, a block or a call.

use std::collections::{BTreeMap, BTreeSet};

use super::statement::Statement;

/// The shared variables of each loop and scope, known by the number of the piece that opens it; a template by none.
pub(super) type Shared = BTreeMap<Option<usize>, BTreeSet<String>>;

/// Finds the shared variables; `statements` are the tags of a template, each with the number of its piece.
pub(super) fn shared<'a>(statements: impl Iterator<Item = (usize, &'a Statement)>) -> Shared {
    let template = Open { piece: None, is_loop: false, names: BTreeSet::new() };
    let mut finder = Finder { open: vec![template], shared: Shared::new() };
    for (piece, statement) in statements {
        finder.see(piece, statement);
    }
    finder.shared
}

/// A scope or a loop that is not closed yet.
struct Open {
    piece: Option<usize>,
    is_loop: bool,
    /// What is bound or set in it.
    names: BTreeSet<String>,
}

struct Finder {
    open: Vec<Open>,
    shared: Shared,
}

impl Finder {
    fn see(&mut self, piece: usize, statement: &Statement) {
        match statement {
            Statement::For { names, .. } => self.opens(piece, true, names.iter()),
            Statement::Macro { parameters, .. } | Statement::Call { parameters, .. } => {
                self.opens(piece, false, parameters.iter().map(|(name, _)| name));
            }
            Statement::Block(_) => self.opens(piece, false, std::iter::empty()),
            Statement::Set { names, .. } | Statement::Capture(names) => {
                names.iter().for_each(|name| self.set(name))
            }
            Statement::End("for" | "macro" | "call" | "block") if self.open.len() > 1 => {
                self.open.pop();
            }
            _ => {}
        }
    }

    fn opens<'a>(&mut self, piece: usize, is_loop: bool, names: impl Iterator<Item = &'a String>) {
        self.open.push(Open { piece: Some(piece), is_loop, names: names.cloned().collect() });
    }

    /// A name that is set: in the innermost loop or scope that has it, up to the scope; else in the innermost.
    fn set(&mut self, name: &str) {
        let scope = self.open.iter().rposition(|open| !open.is_loop).unwrap_or(0);
        let innermost = self.open.len() - 1;
        let owner = (scope..=innermost).rev().find(|&at| self.open[at].names.contains(name));
        let place = owner.unwrap_or(innermost);
        let open = &mut self.open[place];
        let is_new = open.names.insert(name.to_owned());
        if place < innermost || open.is_loop && is_new {
            self.shared.entry(open.piece).or_default().insert(name.to_owned());
        }
    }
}
