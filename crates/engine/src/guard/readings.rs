//! What a guard reads, for people who ask why it is true or false.

use super::Function;
use super::check::Checked;
use super::eval::Evaluation;
use super::scope::{Scope, Val};
use super::tree::{Op, Typed};

impl Checked {
    /// The attributes, links and fields that the guard reads and what it asks of registers, each as it is written and
    /// once, with its value as `write` has it; none where that is missing or not known.
    pub fn readings<S: Scope>(
        &self,
        scope: &S,
        write: impl Fn(&Val<'_>) -> String,
    ) -> Vec<(String, Option<String>)> {
        let mut readings: Vec<(String, Option<String>)> = Vec::new();
        self.root.visit(&mut |node| {
            let written = node.bytes.of(&self.text);
            let (written, value) = match &node.op {
                Op::HasAttr(record, slot) => match inside_has(written) {
                    Some(inside) => (inside, scope.attr(*record, *slot)),
                    None => (written, Some(Val::Boolean(scope.has_attr(*record, *slot)))),
                },
                Op::HasLinks(record, slot) => match inside_has(written) {
                    Some(inside) => (inside, Some(Val::Texts(scope.links(*record, *slot)))),
                    None => (written, Some(Val::Boolean(scope.has_links(*record, *slot)))),
                },
                Op::Attr { .. } | Op::Links(..) | Op::Field(..) | Op::Key | Op::Subject => {
                    (written, Evaluation::new(scope).value(node).ok())
                }
                Op::Call(function, _) if asks_registers(*function) && !names_variable(node) => {
                    (written, Evaluation::new(scope).value(node).ok())
                }
                _ => return,
            };
            if readings.iter().all(|(known, _)| known != written) {
                readings.push((written.to_owned(), value.as_ref().map(&write)));
            }
        });
        readings
    }
}

fn inside_has(written: &str) -> Option<&str> {
    written.strip_prefix("has(")?.strip_suffix(')').map(str::trim)
}

fn asks_registers(function: Function) -> bool {
    matches!(
        function,
        Function::Qualified | Function::HasRole | Function::RankAtLeast | Function::InTeam | Function::Filled
    )
}

/// Whether an expression stands on a macro's variable, so that it has no value of its own.
fn names_variable(node: &Typed) -> bool {
    let mut names = false;
    node.visit(&mut |inner| names |= matches!(inner.op, Op::Variable(_)));
    names
}
