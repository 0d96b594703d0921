//! Functions in a guard, and arguments that are written out.

use regex::{Regex, RegexBuilder};

use super::Checker;
use crate::guard::parse::Flaw;
use crate::guard::suggest;
use crate::guard::tree::{Op, Typed};
use crate::guard::types::Type;
use crate::guard::{Function, Node};
use crate::record::Value;
use crate::time::{Instant, Span};

const MAX_PATTERN_BYTES: usize = 1 << 20;
const MAX_PATTERN_NESTING: u32 = 32;

/// Whether a function asks the registers.
pub(super) fn is_of_registers(function: Function) -> bool {
    use Function as F;
    matches!(function, F::Qualified | F::HasRole | F::RankAtLeast | F::InTeam | F::Filled)
}

impl<'g> Checker<'g> {
    pub(super) fn call(&mut self, function: Function, args: &'g [Node]) -> Option<(Op, Type)> {
        use Function as F;
        let typed: Vec<_> = args.iter().map(|arg| self.node(arg)).collect();
        let mut typed = typed.into_iter().collect::<Option<Vec<_>>>()?;
        for (place, (arg, typed)) in args.iter().zip(&typed).enumerate() {
            self.argument(function, place, args.len(), arg, typed)?;
        }
        match (function, args, typed.as_slice()) {
            (F::Matches, [_, pattern], [_, typed_pattern]) => {
                let regex = self.pattern(pattern, typed_pattern)?;
                Some((Op::Matches(Box::new(typed.swap_remove(0)), regex), Type::Boolean))
            }
            (F::Instant, [arg], [Typed { op: Op::Constant(Value::Text(text)), .. }]) => {
                match Instant::parse(text) {
                    Ok(instant) => Some((Op::Constant(Value::Instant(instant)), Type::Instant)),
                    Err(error) => self.refuse(Flaw::new(arg.span.clone(), error.to_string())),
                }
            }
            (F::After, [_, arg], [_, Typed { op: Op::Constant(Value::Text(text)), .. }]) => {
                let span = self.span(arg, text)?;
                Some((Op::After(Box::new(typed.swap_remove(0)), span), Type::Instant))
            }
            (F::HasRole, [_, arg, ..], [_, role, ..]) => {
                self.declared(arg, role, "role")?;
                Some((Op::Call(function, typed), Type::Boolean))
            }
            (F::RankAtLeast, [_, arg, ..], [_, rank, ..]) => {
                self.declared(arg, rank, "rank")?;
                Some((Op::Call(function, typed), Type::Boolean))
            }
            _ => Some((Op::Call(function, typed), gives(function))),
        }
    }

    /// That an argument is of a type that its function takes.
    fn argument(
        &mut self,
        function: Function,
        place: usize,
        count: usize,
        arg: &'g Node,
        typed: &Typed,
    ) -> Option<()> {
        use Function as F;
        let ty = &typed.ty;
        let is_list = matches!(ty, Type::List(_));
        let (fits, wanted) = match function {
            F::Size => (ty.is_text() || is_list, "a text or a list"),
            F::Int | F::Double => (ty.is_number() || ty.is_text(), "a number or a text"),
            F::String => (!is_list, "a single value"),
            F::After if place == 0 => (ty.is_instant(), "an instant"),
            F::Filled if place == 1 && count == 2 => (ty.is_instant(), "an instant"),
            F::Qualified | F::HasRole | F::RankAtLeast | F::InTeam if place == 2 => {
                (ty.is_instant(), "an instant")
            }
            _ => (ty.is_text(), "a text"),
        };
        if fits {
            return Some(());
        }
        let message = format!("`{}` is {ty}, and {wanted} must stand here", self.text(arg));
        let help = match (function, ty) {
            (F::Contains, Type::List(_)) => Some(format!("write `x in {}`", self.text(arg))),
            (F::Instant, Type::Instant) => Some("leave `instant( )` out".to_owned()),
            (F::Int, Type::Instant) => Some("instants are compared with one another".to_owned()),
            (_, Type::List(element)) if element.is_text() && wanted == "a text" => {
                Some(format!("ask of each: `{}.all(x, …)` or `.exists(x, …)`", self.text(arg)))
            }
            (_, Type::Text | Type::OneOf(_)) if wanted == "an instant" => {
                Some(format!("write `instant({})`", self.text(arg)))
            }
            _ => None,
        };
        self.refuse(Flaw::new(arg.span.clone(), message).help(help))
    }

    fn pattern(&mut self, node: &'g Node, typed: &Typed) -> Option<Regex> {
        let Op::Constant(Value::Text(pattern)) = &typed.op else {
            let flaw = Flaw::new(node.span.clone(), "a pattern that is not written out");
            return self.refuse(flaw.help("write it as a text, `x.matches('^a+$')`".to_owned()));
        };
        let built = RegexBuilder::new(pattern)
            .size_limit(MAX_PATTERN_BYTES)
            .dfa_size_limit(MAX_PATTERN_BYTES)
            .nest_limit(MAX_PATTERN_NESTING)
            .build();
        match built {
            Ok(regex) => Some(regex),
            Err(regex::Error::CompiledTooBig(_)) => {
                let flaw = Flaw::new(node.span.clone(), format!("`{pattern}` is too large a pattern"));
                self.refuse(flaw.help("repeat less in it".to_owned()))
            }
            Err(error) => {
                let reason = error.to_string();
                let reason =
                    reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
                let flaw = Flaw::new(node.span.clone(), format!("`{pattern}` is no regular expression"));
                self.refuse(flaw.label(reason))
            }
        }
    }

    fn span(&mut self, node: &'g Node, text: &str) -> Option<Span> {
        match Span::parse(text) {
            Ok(span) if span.counts_working_days() && !self.scope.calendar => {
                let message = format!("`{text}` counts working days, and the policy has no calendar");
                let flaw = Flaw::new(node.span.clone(), message);
                self.refuse(
                    flaw.help("add one under `[policy]`, such as `calendar = \"weekdays\"`".to_owned()),
                )
            }
            Ok(span) => Some(span),
            Err(error) => self.refuse(Flaw::new(node.span.clone(), error.to_string())),
        }
    }

    /// That a role or rank which is written out is declared.
    fn declared(&mut self, node: &'g Node, typed: &Typed, what: &str) -> Option<()> {
        let names = if what == "role" { &self.scope.roles } else { &self.scope.ranks };
        match &typed.op {
            Op::Constant(Value::Text(name)) if !self.scope.open && !names.contains(name) => {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                let help =
                    suggest::help(name, &names).unwrap_or_else(|| format!("declare it under `[{what}s]`"));
                self.refuse(
                    Flaw::new(node.span.clone(), format!("`{name}` is no {what} of the policy")).help(help),
                )
            }
            _ => Some(()),
        }
    }
}

/// The type of what a function gives.
fn gives(function: Function) -> Type {
    use Function as F;
    match function {
        F::Size | F::Int | F::Filled => Type::Integer,
        F::Double => Type::Decimal,
        F::String => Type::Text,
        F::Instant | F::After => Type::Instant,
        F::Contains | F::StartsWith | F::EndsWith | F::Matches => Type::Boolean,
        F::Qualified | F::HasRole | F::RankAtLeast | F::InTeam => Type::Boolean,
    }
}
