//! Checks a guard against what may stand in it, and types it.

mod calls;
mod names;

use std::collections::{BTreeMap, BTreeSet};

use super::parse::Flaw;
use super::scope::Record;
use super::suggest;
use super::tree::{Bytes, Op, Typed};
use super::types::Type;
use super::{Comparison, Expr, Guard, MacroKind, Node, Operation, Register};
use crate::policy::{KindDeclaration, Problem};
use crate::record::Value;

/// What a guard may name.
#[derive(Clone, Debug, Default)]
pub struct CheckScope {
    /// What `event` may have.
    pub event: Fields,
    /// What `trigger` may have, where there is one.
    pub trigger: Option<Fields>,
    /// What `given` may have, where there is one.
    pub given: Option<Fields>,
    /// Whether there is a `subject`: in `holds`.
    pub subject: bool,
    /// Whether the policy is open: what is undeclared is then of any type.
    pub open: bool,
    /// The roles that `[roles]` names.
    pub roles: BTreeSet<String>,
    /// The ranks that `[ranks]` names.
    pub ranks: BTreeSet<String>,
    /// Whether the policy has a calendar, without which `wd` is an error.
    pub calendar: bool,
    /// What the guard is to give.
    pub expected: Expected,
}

/// What a guard is to give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    /// True or false.
    #[default]
    Truth,
    /// An instant: `due`.
    Instant,
}

/// The links and attributes that an event of one of some kinds may have.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    kinds: Vec<String>,
    links: BTreeSet<String>,
    attrs: BTreeMap<String, Declared>,
}

/// An attribute, as those of the kinds that declare it have it.
#[derive(Clone, Debug)]
struct Declared {
    ty: Type,
    by: usize,
}

impl Fields {
    /// Those of any of the kinds: what one declares may be named, and an attribute that two declare differently is
    /// [`Type::Dynamic`]. A kind that an open policy does not declare has no declaration.
    pub fn of<'k>(kinds: impl IntoIterator<Item = (&'k str, Option<&'k KindDeclaration>)>) -> Self {
        let mut fields = Self::default();
        for (kind, declaration) in kinds {
            if fields.kinds.iter().any(|other| other == kind) {
                continue;
            }
            fields.kinds.push(kind.to_owned());
            for role in declaration.iter().flat_map(|declaration| &declaration.links) {
                fields.links.insert(role.clone());
            }
            for (name, declared) in declaration.iter().flat_map(|declaration| &declaration.attrs) {
                let (mut ty, mut by) = (Type::of_declared(declared), 1);
                if let Some(other) = fields.attrs.remove(name) {
                    (ty, by) = (other.ty.or(ty), other.by + 1);
                }
                fields.attrs.insert(name.clone(), Declared { ty, by });
            }
        }
        fields
    }

    /// The type of an attribute; in an open policy it is known only where every kind declares it.
    fn attr(&self, name: &str, open: bool) -> Option<Type> {
        match self.attrs.get(name) {
            Some(declared) if open && declared.by < self.kinds.len() => Some(Type::Dynamic),
            Some(declared) => Some(declared.ty.clone()),
            None => open.then_some(Type::Dynamic),
        }
    }
}

/// How a rule asks the registers, the least first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Asks {
    #[default]
    Nothing,
    /// As at an event.
    AtEvent,
    /// As at an instant that it names, which may lie after the event.
    AtInstant,
}

/// A guard that is checked, ready to evaluate.
#[derive(Clone, Debug)]
pub struct Checked {
    pub(super) text: String,
    pub(super) root: Typed,
    attrs: Vec<String>,
    roles: Vec<String>,
}

impl Checked {
    /// The guard's text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The attributes it names, of any of its events, by slot.
    #[must_use]
    pub fn attrs(&self) -> &[String] {
        &self.attrs
    }

    /// The link roles it names, of any of its events, by slot.
    #[must_use]
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// Calls with every text that it compares with.
    pub(crate) fn each_text(&self, call: &mut impl FnMut(&str)) {
        self.root.visit(&mut |node| {
            let constants = match &node.op {
                Op::Constant(value) => std::slice::from_ref(value),
                Op::InConstants(_, values) => values,
                _ => return,
            };
            for constant in constants {
                if let Value::Text(text) = constant {
                    call(text);
                }
            }
        });
    }

    /// How it asks some of the registers.
    pub(crate) fn asks(&self, registers: &[Register]) -> Asks {
        let mut asks = Asks::Nothing;
        self.root.visit(&mut |node| {
            if let Op::Call(function, args) = &node.op
                && let Some((register, of_event)) = function.asks_with()
                && registers.contains(&register)
            {
                asks = asks.max(if args.len() > of_event { Asks::AtInstant } else { Asks::AtEvent });
            }
        });
        asks
    }

    /// The type of what it gives.
    #[must_use]
    pub fn result(&self) -> &Type {
        &self.root.ty
    }

    /// Whether it reads anything of one of its events.
    #[must_use]
    pub fn reads(&self, record: Record) -> bool {
        self.any(|op| match op {
            Op::Field(of, _) | Op::Attr { record: of, .. } => *of == record,
            Op::Links(of, _) | Op::HasAttr(of, _) | Op::HasLinks(of, _) => *of == record,
            _ => false,
        })
    }

    /// Whether it asks the registers.
    #[must_use]
    pub fn asks_registers(&self) -> bool {
        self.any(|op| matches!(op, Op::Call(function, _) if calls::is_of_registers(*function)))
    }

    fn any(&self, mut is: impl FnMut(&Op) -> bool) -> bool {
        let mut found = false;
        self.root.visit(&mut |node| found |= is(&node.op));
        found
    }
}

/// Checks a guard and types it.
///
/// # Errors
/// All that is wrong with it: a name that none of its rule's kinds declares, two types compared, an argument that can mean nothing.
pub fn check(guard: &Guard, scope: &CheckScope) -> Result<Checked, Vec<Problem>> {
    let mut checker = Checker::new(guard, scope);
    let root = checker.node(&guard.root).and_then(|root| checker.result(root));
    match root {
        Some(root) if checker.flaws.is_empty() => {
            Ok(Checked { text: guard.text.clone(), root, attrs: checker.attrs, roles: checker.roles })
        }
        _ => {
            Err(checker.flaws.into_iter().map(|flaw| flaw.into_problem(&guard.text, &guard.place)).collect())
        }
    }
}

struct Checker<'g> {
    guard: &'g Guard,
    scope: &'g CheckScope,
    attrs: Vec<String>,
    roles: Vec<String>,
    variables: Vec<(&'g str, Type)>,
    flaws: Vec<Flaw>,
}

impl<'g> Checker<'g> {
    fn new(guard: &'g Guard, scope: &'g CheckScope) -> Self {
        Self { guard, scope, attrs: Vec::new(), roles: Vec::new(), variables: Vec::new(), flaws: Vec::new() }
    }

    fn refuse<T>(&mut self, flaw: Flaw) -> Option<T> {
        self.flaws.push(flaw);
        None
    }

    fn text(&self, node: &Node) -> &'g str {
        &self.guard.text[node.span.clone()]
    }

    /// That the guard gives what it should.
    fn result(&mut self, root: Typed) -> Option<Typed> {
        let node = &self.guard.root;
        match self.scope.expected {
            Expected::Truth if root.ty.is_boolean() => Some(root),
            Expected::Instant if root.ty.is_instant() => Some(root),
            Expected::Truth => {
                let flaw = Flaw::new(node.span.clone(), format!("the condition gives {}", root.ty));
                self.refuse(flaw.help("it must be true or false: compare it with something".to_owned()))
            }
            Expected::Instant => {
                let flaw = Flaw::new(
                    node.span.clone(),
                    format!("a due must be an instant, and this is {}", root.ty),
                );
                let help = root.ty.is_text().then(|| format!("write `instant({})`", self.text(node)));
                self.refuse(flaw.help(help))
            }
        }
    }

    fn node(&mut self, node: &'g Node) -> Option<Typed> {
        let (op, ty) = match &node.expr {
            Expr::Literal(value) => (Op::Constant(value.clone()), Type::of_value(value)),
            Expr::List(elements) => self.list(elements)?,
            Expr::Name(name) => self.name(node, name)?,
            Expr::Field { of, name } => self.field(node, of, name)?,
            Expr::Has { of, name } => self.has(node, of, name)?,
            Expr::Index { of, index } => self.index(of, index)?,
            Expr::Not(a) => (Op::Not(self.boolean(a)?), Type::Boolean),
            Expr::Negate(a) => self.negate(a)?,
            Expr::And(a, b) => {
                let (a, b) = (self.boolean(a), self.boolean(b));
                (Op::And(a?, b?), Type::Boolean)
            }
            Expr::Or(a, b) => {
                let (a, b) = (self.boolean(a), self.boolean(b));
                (Op::Or(a?, b?), Type::Boolean)
            }
            Expr::Conditional(a, b, c) => self.conditional(node, a, b, c)?,
            Expr::Compare(comparison, a, b) => self.compare(node, *comparison, a, b)?,
            Expr::Arithmetic(operation, a, b) => self.arithmetic(node, *operation, a, b)?,
            Expr::In(a, b) => self.contained(node, a, b)?,
            Expr::Macro { kind, over, variable, body } => self.macro_(*kind, over, variable, body)?,
            Expr::Call { function, args } => self.call(*function, args)?,
        };
        Some(Typed { op, ty, bytes: Bytes::from(&node.span) })
    }

    fn boolean(&mut self, node: &'g Node) -> Option<Box<Typed>> {
        let typed = self.node(node)?;
        if typed.ty.is_boolean() {
            return Some(Box::new(typed));
        }
        let flaw = Flaw::new(node.span.clone(), format!("`{}` is {}", self.text(node), typed.ty));
        self.refuse(flaw.help("true or false must stand here: compare it with something".to_owned()))
    }

    fn list(&mut self, elements: &'g [Node]) -> Option<(Op, Type)> {
        let typed: Vec<_> = elements.iter().map(|element| self.node(element)).collect();
        let typed = typed.into_iter().collect::<Option<Vec<_>>>()?;
        let element =
            typed.iter().map(|element| element.ty.clone()).reduce(Type::or).unwrap_or(Type::Dynamic);
        Some((Op::List(typed), Type::List(Box::new(element))))
    }

    fn index(&mut self, of: &'g Node, index: &'g Node) -> Option<(Op, Type)> {
        let (list, place) = (self.node(of), self.node(index));
        let (list, place) = (list?, place?);
        let Some(element) = list.ty.element().cloned() else {
            let message = format!("`{}` is {}, and only a list has elements", self.text(of), list.ty);
            return self.refuse(Flaw::new(of.span.clone(), message));
        };
        if !matches!(place.ty, Type::Integer | Type::Dynamic) {
            let message = format!("the place in a list is an integer from 0, and this is {}", place.ty);
            return self.refuse(Flaw::new(index.span.clone(), message));
        }
        Some((Op::Index(Box::new(list), Box::new(place)), element))
    }

    fn negate(&mut self, a: &'g Node) -> Option<(Op, Type)> {
        let typed = self.node(a)?;
        if !typed.ty.is_number() {
            let flaw = Flaw::new(a.span.clone(), format!("`{}` is {}", self.text(a), typed.ty));
            return self.refuse(flaw.help("`-` takes a number; not is written `!`".to_owned()));
        }
        let ty = typed.ty.clone();
        Some((Op::Negate(Box::new(typed)), ty))
    }

    fn conditional(&mut self, node: &'g Node, a: &'g Node, b: &'g Node, c: &'g Node) -> Option<(Op, Type)> {
        let (condition, yes, no) = (self.boolean(a), self.node(b), self.node(c));
        let (condition, yes, no) = (condition?, yes?, no?);
        if !yes.ty.compares_with(&no.ty) {
            let message = format!("it is {} if the condition is true, else {}", yes.ty, no.ty);
            return self
                .refuse(Flaw::new(node.span.clone(), message).help("both must be of one type".to_owned()));
        }
        let ty = yes.ty.clone().or(no.ty.clone());
        Some((Op::Conditional(condition, Box::new(yes), Box::new(no)), ty))
    }

    fn compare(
        &mut self,
        node: &'g Node,
        comparison: Comparison,
        a: &'g Node,
        b: &'g Node,
    ) -> Option<(Op, Type)> {
        let (left, right) = (self.node(a), self.node(b));
        let (left, right) = (left?, right?);
        self.comparable(node, &left, &right)?;
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            self.among_allowed(a, &left, &right)?;
            self.among_allowed(b, &right, &left)?;
        } else if let Some(list) = [&left.ty, &right.ty].into_iter().find(|ty| matches!(ty, Type::List(_))) {
            let message = format!("{list} has no order");
            return self.refuse(Flaw::new(node.span.clone(), message).help("compare its size".to_owned()));
        }
        Some((Op::Compare(comparison, Box::new(left), Box::new(right)), Type::Boolean))
    }

    /// That two values are of types that can be equal.
    fn comparable(&mut self, node: &'g Node, left: &Typed, right: &Typed) -> Option<()> {
        if left.ty.compares_with(&right.ty) {
            return Some(());
        }
        let flaw = Flaw::new(node.span.clone(), format!("{} is compared with {}", left.ty, right.ty));
        let text_of = |typed: &Typed| typed.bytes.of(&self.guard.text);
        let help =
            [(left, right), (right, left)].into_iter().find_map(|(a, b)| match (&a.ty, &b.ty, &b.op) {
                (Type::Instant, Type::Text | Type::OneOf(_), _) => {
                    Some(format!("write `instant({})`", text_of(b)))
                }
                (Type::Integer | Type::Decimal, Type::Text, Op::Constant(Value::Text(text))) => {
                    text.parse::<f64>().is_ok().then(|| format!("write `{text}` without quotes"))
                }
                (Type::Boolean, Type::Text, Op::Constant(Value::Text(text))) => ["true", "false"]
                    .contains(&text.as_str())
                    .then(|| format!("write `{text}` without quotes")),
                (Type::Text | Type::OneOf(_), Type::Integer, Op::Constant(Value::Integer(number))) => {
                    Some(format!("write `'{number}'`"))
                }
                (Type::List(_), Type::Text | Type::OneOf(_), _) => {
                    Some(format!("write `{} in {}`", text_of(b), text_of(a)))
                }
                _ => None,
            });
        self.refuse(flaw.help(help))
    }

    /// That a text written out is one of those that the other may be.
    fn among_allowed(&mut self, node: &'g Node, typed: &Typed, other: &Typed) -> Option<()> {
        match (&typed.op, &typed.ty, &other.ty) {
            (Op::Constant(Value::Text(text)), _, Type::OneOf(allowed)) if !allowed.contains(text) => {
                self.not_allowed(node, text, other, allowed)
            }
            (_, Type::OneOf(a), Type::OneOf(b)) if !a.iter().any(|value| b.contains(value)) => {
                let message = "the two have no value in common, and are never equal";
                self.refuse(Flaw::new(node.span.clone(), message))
            }
            _ => Some(()),
        }
    }

    fn not_allowed(&mut self, node: &'g Node, text: &str, of: &Typed, allowed: &[String]) -> Option<()> {
        let message = format!("`{}` is never `{text}`", of.bytes.of(&self.guard.text));
        let allowed: Vec<&str> = allowed.iter().map(String::as_str).collect();
        let flaw = Flaw::new(node.span.clone(), message).label("not one of the values allowed");
        self.refuse(flaw.help(suggest::help(text, &allowed)))
    }

    fn arithmetic(
        &mut self,
        node: &'g Node,
        operation: Operation,
        a: &'g Node,
        b: &'g Node,
    ) -> Option<(Op, Type)> {
        let (left, right) = (self.node(a), self.node(b));
        let (left, right) = (left?, right?);
        if let (Operation::Divide | Operation::Remainder, Op::Constant(Value::Integer(0))) =
            (operation, &right.op)
        {
            return self.refuse(Flaw::new(node.span.clone(), "a division by zero"));
        }
        let ty = match (operation, &left.ty, &right.ty) {
            (_, Type::Dynamic, Type::Dynamic) => Some(Type::Dynamic),
            (Operation::Remainder, Type::Decimal, _) | (Operation::Remainder, _, Type::Decimal) => None,
            (_, a, b) if a.is_number() && b.is_number() => match (a, b) {
                (Type::Dynamic, known) | (known, Type::Dynamic) => Some(known.clone()),
                (a, b) => (a == b).then(|| a.clone()),
            },
            (Operation::Add, a, b) if a.is_text() && b.is_text() => Some(Type::Text),
            (Operation::Add, Type::List(a), Type::List(b)) => {
                Some(Type::List(Box::new((**a).clone().or((**b).clone()))))
            }
            (Operation::Add, Type::List(_), Type::Dynamic)
            | (Operation::Add, Type::Dynamic, Type::List(_)) => Some(Type::List(Box::new(Type::Dynamic))),
            _ => None,
        };
        match ty {
            Some(ty) => Some((Op::Arithmetic(operation, Box::new(left), Box::new(right)), ty)),
            None => {
                let flaw = self.no_arithmetic(node, &left, &right);
                self.refuse(flaw)
            }
        }
    }

    fn no_arithmetic(&self, node: &Node, left: &Typed, right: &Typed) -> Flaw {
        let message = format!("`{}` reckons with {} and {}", self.text(node), left.ty, right.ty);
        let help = match (&left.ty, &right.ty) {
            (Type::Instant, _) | (_, Type::Instant) => Some("write `after(event.at, '72h')`".to_owned()),
            (Type::Integer, Type::Decimal) => {
                Some(format!("write `double({})`", left.bytes.of(&self.guard.text)))
            }
            (Type::Decimal, Type::Integer) => match &right.op {
                Op::Constant(Value::Integer(number)) => Some(format!("write `{number}.0`")),
                _ => Some(format!("write `double({})`", right.bytes.of(&self.guard.text))),
            },
            (Type::Decimal, Type::Decimal) => Some("`%` takes integers".to_owned()),
            (Type::Text | Type::OneOf(_), _) | (_, Type::Text | Type::OneOf(_)) => {
                Some("a number in a text is written `string(x)`, a text read as a number `int(x)`".to_owned())
            }
            _ => None,
        };
        Flaw::new(node.span.clone(), message).help(help)
    }

    fn contained(&mut self, node: &'g Node, a: &'g Node, b: &'g Node) -> Option<(Op, Type)> {
        let (left, right) = (self.node(a), self.node(b));
        let (left, right) = (left?, right?);
        let Some(element) = right.ty.element() else {
            let flaw = Flaw::new(b.span.clone(), format!("`{}` is {}, and no list", self.text(b), right.ty));
            let help =
                right.ty.is_text().then(|| format!("write `{}.contains({})`", self.text(b), self.text(a)));
            return self.refuse(flaw.help(help));
        };
        if let (Op::List(elements), Expr::List(nodes)) = (&right.op, &b.expr) {
            for (element, node) in elements.iter().zip(nodes) {
                self.comparable(node, &left, element)?;
                self.among_allowed(node, element, &left)?;
            }
        } else {
            let element = Typed { op: Op::List(Vec::new()), ty: element.clone(), bytes: right.bytes };
            self.comparable(node, &left, &element)?;
        }
        self.among_allowed_elements(a, &left, &right)?;
        let constants = match &right.op {
            Op::List(elements) => elements.iter().map(constant).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        let op = match constants {
            Some(constants) => Op::InConstants(Box::new(left), constants),
            None => Op::In(Box::new(left), Box::new(right)),
        };
        Some((op, Type::Boolean))
    }

    fn among_allowed_elements(&mut self, node: &'g Node, left: &Typed, list: &Typed) -> Option<()> {
        match (&left.op, &list.op, list.ty.element()) {
            (_, Op::List(_), _) => Some(()),
            (Op::Constant(Value::Text(text)), _, Some(Type::OneOf(allowed))) if !allowed.contains(text) => {
                self.not_allowed(node, text, list, allowed)
            }
            _ => Some(()),
        }
    }

    fn macro_(
        &mut self,
        kind: MacroKind,
        over: &'g Node,
        variable: &'g str,
        body: &'g Node,
    ) -> Option<(Op, Type)> {
        let list = self.node(over)?;
        let Some(element) = list.ty.element().cloned() else {
            let message = format!("`{}` is {}, and no list", self.text(over), list.ty);
            return self.refuse(Flaw::new(over.span.clone(), message));
        };
        self.variables.push((variable, element.clone()));
        let result = if kind == MacroKind::Map { self.node(body).map(Box::new) } else { self.boolean(body) };
        self.variables.pop();
        let body = result?;
        let ty = match kind {
            MacroKind::All | MacroKind::Exists | MacroKind::ExistsOne => Type::Boolean,
            MacroKind::Filter => Type::List(Box::new(element)),
            MacroKind::Map => Type::List(Box::new(body.ty.clone())),
        };
        Some((Op::Macro { kind, over: Box::new(list), body }, ty))
    }
}

fn constant(typed: &Typed) -> Option<Value> {
    match &typed.op {
        Op::Constant(value) => Some(value.clone()),
        _ => None,
    }
}
