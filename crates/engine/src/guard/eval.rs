//! Evaluates a checked guard.
//!
//! `&&`, `||`, `all` and `exists` absorb a failure that does not matter, as CEL's specification says; of two that
//! matter the left one stands. What else fails inside an expression fails the expression. The texts that a
//! [`Failure`] names:
//!
//! - a missing attribute: its own, `event.attrs.age`;
//! - a condition, where true or false must stand (an operand of `!`, `&&`, `||`, the condition of `? :` or of a macro,
//!   the whole guard), that is neither: the condition's own;
//! - the list of a macro that is no list: the list's own;
//! - any other operation on values that it is not made for, with a result that does not fit, or asked of registers
//!   that know nothing: the operation's own, `event.attrs.x == 3`, `qualified(key, 'a')`;
//! - working days beyond the calendar: `calendar <its name>`.

use std::borrow::Cow;

use super::check::Checked;
use super::scope::{Failure, Scope, Val};
use super::tree::{Bytes, Op, Typed};
use super::{Function, MacroKind, values};
use crate::time::{Instant, Span, TimeError};

impl Checked {
    /// What the guard gives.
    ///
    /// # Errors
    /// A value that is missing or of the wrong type, a result that does not fit, a date outside the calendar.
    pub fn eval<'a, S: Scope>(&'a self, scope: &'a S) -> Result<Val<'a>, Failure> {
        Evaluation::new(scope).value(&self.root).map_err(|fail| self.failure(fail))
    }

    /// Whether the guard is true.
    ///
    /// # Errors
    /// As [`Checked::eval`], and where it is neither true nor false.
    pub fn truth<S: Scope>(&self, scope: &S) -> Result<bool, Failure> {
        Evaluation::new(scope).truth(&self.root).map_err(|fail| self.failure(fail))
    }

    /// The instant that a `due` gives.
    ///
    /// # Errors
    /// As [`Checked::eval`], and where it is no instant.
    pub fn instant<S: Scope>(&self, scope: &S) -> Result<Instant, Failure> {
        Evaluation::new(scope).instant(&self.root, self.root.bytes).map_err(|fail| self.failure(fail))
    }

    fn failure(&self, fail: Fail) -> Failure {
        let what = match fail {
            Fail::At(bytes) => bytes.of(&self.text).to_owned(),
            Fail::Calendar(name) => format!("calendar {name}"),
        };
        Failure { what }
    }
}

/// What failed, before it is made a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fail {
    At(Bytes),
    Calendar(&'static str),
}

pub(super) struct Evaluation<'a, S> {
    scope: &'a S,
    variables: Vec<Val<'a>>,
}

impl<'a, S: Scope> Evaluation<'a, S> {
    pub(super) fn new(scope: &'a S) -> Self {
        Self { scope, variables: Vec::new() }
    }

    pub(super) fn value(&mut self, node: &'a Typed) -> Result<Val<'a>, Fail> {
        let failed = Fail::At(node.bytes);
        match &node.op {
            Op::Constant(value) => Ok(Val::from(value)),
            Op::List(elements) => {
                let elements: Result<_, _> = elements.iter().map(|element| self.value(element)).collect();
                Ok(Val::List(elements?))
            }
            Op::Field(record, field) => Ok(self.scope.field(*record, *field)),
            Op::Attr { record, slot, decimal } => match self.scope.attr(*record, *slot) {
                Some(Val::Integer(number)) if *decimal => Ok(Val::Decimal(number as f64)),
                value => value.ok_or(failed),
            },
            Op::Links(record, slot) => Ok(Val::Texts(self.scope.links(*record, *slot))),
            Op::Key => Ok(Val::Text(Cow::Borrowed(self.scope.key()))),
            Op::Subject => Ok(Val::Text(Cow::Borrowed(self.scope.subject()))),
            Op::Variable(place) => self.variables.get(*place).cloned().ok_or(failed),
            Op::Index(of, index) => self.index(of, index, failed),
            Op::Negate(a) => match self.value(a)? {
                Val::Integer(number) => number.checked_neg().map(Val::Integer).ok_or(failed),
                Val::Decimal(number) => Ok(Val::Decimal(-number)),
                _ => Err(failed),
            },
            Op::Conditional(condition, yes, no) => match self.truth(condition)? {
                true => self.value(yes),
                false => self.value(no),
            },
            Op::Arithmetic(operation, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                values::reckon(*operation, a, b).ok_or(failed)
            }
            Op::Macro { kind: MacroKind::Filter, over, body } => self.filter(over, body),
            Op::Macro { kind: MacroKind::Map, over, body } => self.map(over, body),
            Op::After(from, span) => {
                let from = self.instant(from, node.bytes)?;
                self.after(from, *span, node.bytes).map(Val::Instant)
            }
            Op::Call(function, args) => self.call(*function, args, node.bytes),
            Op::HasAttr(..)
            | Op::HasLinks(..)
            | Op::Not(_)
            | Op::And(..)
            | Op::Or(..)
            | Op::Compare(..)
            | Op::In(..)
            | Op::InConstants(..)
            | Op::Macro { .. }
            | Op::Matches(..) => self.truth(node).map(Val::Boolean),
        }
    }

    /// What is true or false, without making it a value.
    fn truth(&mut self, node: &'a Typed) -> Result<bool, Fail> {
        let failed = Fail::At(node.bytes);
        match &node.op {
            Op::HasAttr(record, slot) => Ok(self.scope.has_attr(*record, *slot)),
            Op::HasLinks(record, slot) => Ok(self.scope.has_links(*record, *slot)),
            Op::Not(a) => Ok(!self.truth(a)?),
            Op::And(a, b) => match self.truth(a) {
                Ok(false) => Ok(false),
                left => both(left, self.truth(b), false),
            },
            Op::Or(a, b) => match self.truth(a) {
                Ok(true) => Ok(true),
                left => both(left, self.truth(b), true),
            },
            Op::Compare(comparison, a, b) => {
                let (a, b) = (self.value(a)?, self.value(b)?);
                values::compare(*comparison, &a, &b).ok_or(failed)
            }
            Op::In(a, list) => match (self.value(a)?, self.value(list)?) {
                (Val::Text(a), Val::Texts(texts)) => Ok(texts.iter().any(|text| *text == a)),
                (a, list) => {
                    let elements = list.into_elements().ok_or(failed)?;
                    any_equal(&a, elements.into_iter()).ok_or(failed)
                }
            },
            Op::InConstants(a, constants) => {
                let a = self.value(a)?;
                any_equal(&a, constants.iter().map(Val::from)).ok_or(failed)
            }
            Op::Macro { kind: MacroKind::All, over, body } => self.fold(over, body, false),
            Op::Macro { kind: MacroKind::Exists, over, body } => self.fold(over, body, true),
            Op::Macro { kind: MacroKind::ExistsOne, over, body } => {
                let mut count = 0;
                for element in self.elements(over)? {
                    count += usize::from(self.truth_of(element, body)?);
                }
                Ok(count == 1)
            }
            Op::Matches(text, pattern) => match self.value(text)? {
                Val::Text(text) => Ok(pattern.is_match(&text)),
                _ => Err(failed),
            },
            _ => match self.value(node)? {
                Val::Boolean(truth) => Ok(truth),
                _ => Err(failed),
            },
        }
    }

    fn index(&mut self, of: &'a Typed, index: &'a Typed, failed: Fail) -> Result<Val<'a>, Fail> {
        match (self.value(of)?, self.value(index)?) {
            (list, Val::Integer(place)) => {
                usize::try_from(place).ok().and_then(|place| list.element(place)).ok_or(failed)
            }
            _ => Err(failed),
        }
    }

    fn elements(&mut self, over: &'a Typed) -> Result<Vec<Val<'a>>, Fail> {
        self.value(over)?.into_elements().ok_or(Fail::At(over.bytes))
    }

    fn truth_of(&mut self, element: Val<'a>, body: &'a Typed) -> Result<bool, Fail> {
        self.variables.push(element);
        let truth = self.truth(body);
        self.variables.pop();
        truth
    }

    /// `all` and `exists`: a condition over each element, decided by the first that is `deciding`.
    fn fold(&mut self, over: &'a Typed, body: &'a Typed, deciding: bool) -> Result<bool, Fail> {
        let mut so_far = Ok(!deciding);
        for element in self.elements(over)? {
            so_far = both(so_far, self.truth_of(element, body), deciding);
            if matches!(so_far, Ok(truth) if truth == deciding) {
                break;
            }
        }
        so_far
    }

    fn filter(&mut self, over: &'a Typed, body: &'a Typed) -> Result<Val<'a>, Fail> {
        match self.value(over)? {
            Val::Texts(texts) => {
                let mut kept = Vec::new();
                for text in texts {
                    if self.truth_of(Val::Text(Cow::Borrowed(text)), body)? {
                        kept.push(text);
                    }
                }
                Ok(Val::Texts(kept))
            }
            Val::List(elements) => {
                let mut kept = Vec::new();
                for element in elements {
                    if self.truth_of(element.clone(), body)? {
                        kept.push(element);
                    }
                }
                Ok(Val::List(kept))
            }
            _ => Err(Fail::At(over.bytes)),
        }
    }

    fn map(&mut self, over: &'a Typed, body: &'a Typed) -> Result<Val<'a>, Fail> {
        let mut results = Vec::new();
        for element in self.elements(over)? {
            self.variables.push(element);
            let result = self.value(body);
            self.variables.pop();
            results.push(result?);
        }
        Ok(Val::List(results))
    }

    fn call(&mut self, function: Function, args: &'a [Typed], call: Bytes) -> Result<Val<'a>, Fail> {
        let failed = Fail::At(call);
        match (function, args) {
            (Function::Size, [a]) => values::size(&self.value(a)?).map(Val::Integer).ok_or(failed),
            (Function::Int, [a]) => values::int(&self.value(a)?).map(Val::Integer).ok_or(failed),
            (Function::Double, [a]) => values::double(&self.value(a)?).map(Val::Decimal).ok_or(failed),
            (Function::String, [a]) => values::string(self.value(a)?).map(Val::Text).ok_or(failed),
            (Function::Instant, [a]) => {
                let text = self.text(a, call)?;
                Instant::parse(&text).map(Val::Instant).map_err(|_| failed)
            }
            (Function::After, [from, span]) => {
                let (from, span) = (self.instant(from, call)?, self.text(span, call)?);
                let span = Span::parse(&span).map_err(|_| failed)?;
                self.after(from, span, call).map(Val::Instant)
            }
            (Function::Contains | Function::StartsWith | Function::EndsWith, [a, b]) => {
                let (a, b) = (self.text(a, call)?, self.text(b, call)?);
                Ok(Val::Boolean(match function {
                    Function::Contains => a.contains(&*b),
                    Function::StartsWith => a.starts_with(&*b),
                    _ => a.ends_with(&*b),
                }))
            }
            (Function::Filled, [team, at @ ..]) => {
                let team = self.text(team, call)?;
                let at = self.optional_instant(at, call)?;
                self.scope.filled(&team, at).map(Val::Integer).ok_or(failed)
            }
            (_, [of, name, at @ ..]) => {
                let (of, name) = (self.text(of, call)?, self.text(name, call)?);
                let at = self.optional_instant(at, call)?;
                let answer = match function {
                    Function::Qualified => self.scope.qualified(&of, &name, at),
                    Function::HasRole => self.scope.has_role(&of, &name, at),
                    Function::RankAtLeast => self.scope.rank_at_least(&of, &name, at),
                    Function::InTeam => self.scope.in_team(&of, &name, at),
                    _ => None,
                };
                answer.map(Val::Boolean).ok_or(failed)
            }
            _ => Err(failed),
        }
    }

    /// The text that an operation takes.
    fn text(&mut self, node: &'a Typed, operation: Bytes) -> Result<Cow<'a, str>, Fail> {
        match self.value(node)? {
            Val::Text(text) => Ok(text),
            _ => Err(Fail::At(operation)),
        }
    }

    /// The instant that an operation takes.
    fn instant(&mut self, node: &'a Typed, operation: Bytes) -> Result<Instant, Fail> {
        match self.value(node)? {
            Val::Instant(instant) => Ok(instant),
            _ => Err(Fail::At(operation)),
        }
    }

    fn optional_instant(&mut self, last: &'a [Typed], operation: Bytes) -> Result<Option<Instant>, Fail> {
        last.first().map(|node| self.instant(node, operation)).transpose()
    }

    fn after(&mut self, from: Instant, span: Span, call: Bytes) -> Result<Instant, Fail> {
        self.scope.after(from, span).map_err(|error| match error {
            TimeError::OutsideCalendar(outside) => Fail::Calendar(outside.calendar),
            _ => Fail::At(call),
        })
    }
}

/// `&&`, decided by false, and `||`, decided by true: a side that decides absorbs the failure of the other.
fn both(left: Result<bool, Fail>, right: Result<bool, Fail>, deciding: bool) -> Result<bool, Fail> {
    match (left, right) {
        (Ok(truth), _) | (_, Ok(truth)) if truth == deciding => Ok(deciding),
        (Err(fail), _) | (_, Err(fail)) => Err(fail),
        _ => Ok(!deciding),
    }
}

/// Whether a value equals one of some; where it equals none of them, and one is of another type, neither.
fn any_equal<'a>(a: &Val<'_>, values: impl Iterator<Item = Val<'a>>) -> Option<bool> {
    let mut any = Some(false);
    for value in values {
        match values::equal(a, &value) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => any = None,
        }
    }
    any
}
