//! Guards, by walking the tree over owned values.

use engine::guard::{Comparison, Expr, Function, Guard, MacroKind, Node, Operation};
use engine::record::Value;
use engine::time::{Instant, Span};

use super::World;
use super::clock::ClockError;
use super::events::Ev;
use super::registers::{AsAt, Registers, height};

/// A value of a guard.
#[derive(Clone, Debug, PartialEq)]
pub enum V {
    Text(String),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Instant(Instant),
    List(Vec<V>),
}

impl From<&Value> for V {
    fn from(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::Text(text.clone()),
            Value::Integer(number) => Self::Integer(*number),
            Value::Decimal(number) => Self::Decimal(*number),
            Value::Boolean(truth) => Self::Boolean(*truth),
            Value::Instant(instant) => Self::Instant(*instant),
            Value::Texts(texts) => Self::List(texts.iter().cloned().map(Self::Text).collect()),
        }
    }
}

/// What a guard sees.
#[derive(Clone, Copy)]
pub struct Scope<'w> {
    pub world: &'w World<'w>,
    /// Whose zone, calendar, roles and ranks.
    pub version: usize,
    pub event: &'w Ev,
    pub trigger: Option<&'w Ev>,
    pub given: Option<&'w Ev>,
    pub key: &'w str,
    pub subject: Option<&'w str>,
    /// Leaves out register entries recorded later than this.
    pub registers_recorded_by: Option<Instant>,
}

/// The text of the smallest expression that failed.
type Failure = String;

/// Whether a guard is true; without one it is.
pub fn truth(guard: Option<&Guard>, scope: &Scope) -> Result<bool, Failure> {
    let Some(guard) = guard else { return Ok(true) };
    let walk = Walk { text: &guard.text, scope };
    walk.boolean(&guard.root, &[])
}

/// The instant that a `due` gives.
pub fn instant(guard: &Guard, scope: &Scope) -> Result<Instant, Failure> {
    let walk = Walk { text: &guard.text, scope };
    match walk.value(&guard.root, &[])? {
        V::Instant(instant) => Ok(instant),
        _ => Err(walk.failure(&guard.root)),
    }
}

struct Walk<'w> {
    text: &'w str,
    scope: &'w Scope<'w>,
}

/// The variables of the macros around an expression, innermost last.
type Variables<'v> = [(&'v str, V)];

impl Walk<'_> {
    fn failure(&self, node: &Node) -> Failure {
        self.text[node.span.clone()].to_owned()
    }

    fn boolean(&self, node: &Node, variables: &Variables) -> Result<bool, Failure> {
        match self.value(node, variables)? {
            V::Boolean(truth) => Ok(truth),
            _ => Err(self.failure(node)),
        }
    }

    fn event(&self, name: &str) -> Option<&Ev> {
        match name {
            "event" => Some(self.scope.event),
            "trigger" => self.scope.trigger,
            "given" => self.scope.given,
            _ => None,
        }
    }

    /// `event.attrs` or `event.links`: the event, and which.
    fn part<'n>(&self, node: &'n Node) -> Option<(Option<&Ev>, &'n str)> {
        let Expr::Field { of, name } = &node.expr else { return None };
        match &of.expr {
            Expr::Name(event) if name == "attrs" || name == "links" => Some((self.event(event), name)),
            _ => None,
        }
    }

    fn value(&self, node: &Node, variables: &Variables) -> Result<V, Failure> {
        let fail = || self.failure(node);
        Ok(match &node.expr {
            Expr::Literal(value) => V::from(value),
            Expr::List(nodes) => {
                V::List(nodes.iter().map(|node| self.value(node, variables)).collect::<Result<_, _>>()?)
            }
            Expr::Name(name) => match variables.iter().rev().find(|(variable, _)| variable == name) {
                Some((_, value)) => value.clone(),
                None if name == "key" => V::Text(self.scope.key.to_owned()),
                None if name == "subject" => V::Text(self.scope.subject.ok_or_else(fail)?.to_owned()),
                None => return Err(fail()),
            },
            Expr::Field { of, name } => self.field(of, name).ok_or_else(fail)?,
            Expr::Has { of, name } => match self.part(of) {
                Some((Some(event), "attrs")) => V::Boolean(event.attrs.contains_key(name)),
                Some((Some(event), _)) => V::Boolean(!event.linked(name).is_empty()),
                _ => return Err(fail()),
            },
            Expr::Index { of, index } => match (self.value(of, variables)?, self.value(index, variables)?) {
                (V::List(list), V::Integer(place)) => {
                    usize::try_from(place).ok().and_then(|place| list.get(place).cloned()).ok_or_else(fail)?
                }
                _ => return Err(fail()),
            },
            Expr::Not(a) => V::Boolean(!self.boolean(a, variables)?),
            Expr::Negate(a) => match self.value(a, variables)? {
                V::Integer(number) => V::Integer(number.checked_neg().ok_or_else(fail)?),
                V::Decimal(number) => V::Decimal(-number),
                _ => return Err(fail()),
            },
            Expr::And(a, b) => match (self.boolean(a, variables), self.boolean(b, variables)) {
                (Ok(false), _) | (_, Ok(false)) => V::Boolean(false),
                (Err(failure), _) | (_, Err(failure)) => return Err(failure),
                (Ok(true), Ok(true)) => V::Boolean(true),
            },
            Expr::Or(a, b) => match (self.boolean(a, variables), self.boolean(b, variables)) {
                (Ok(true), _) | (_, Ok(true)) => V::Boolean(true),
                (Err(failure), _) | (_, Err(failure)) => return Err(failure),
                (Ok(false), Ok(false)) => V::Boolean(false),
            },
            Expr::Conditional(a, b, c) => {
                self.value(if self.boolean(a, variables)? { b } else { c }, variables)?
            }
            Expr::Compare(comparison, a, b) => {
                let (a, b) = (self.value(a, variables)?, self.value(b, variables)?);
                V::Boolean(compare(*comparison, &a, &b).ok_or_else(fail)?)
            }
            Expr::Arithmetic(operation, a, b) => {
                let (a, b) = (self.value(a, variables)?, self.value(b, variables)?);
                arithmetic(*operation, a, b).ok_or_else(fail)?
            }
            Expr::In(a, b) => {
                let a = self.value(a, variables)?;
                let V::List(list) = self.value(b, variables)? else { return Err(fail()) };
                let found: Vec<Option<bool>> = list.iter().map(|b| equal(&a, b)).collect();
                if found.contains(&Some(true)) {
                    V::Boolean(true)
                } else if found.contains(&None) {
                    return Err(fail());
                } else {
                    V::Boolean(false)
                }
            }
            Expr::Macro { kind, over, variable, body } => {
                let V::List(list) = self.value(over, variables)? else { return Err(self.failure(over)) };
                self.macro_(*kind, list, variable, body, variables)?
            }
            Expr::Call { function, args } => self.call(node, *function, args, variables)?,
        })
    }

    fn field(&self, of: &Node, name: &str) -> Option<V> {
        if let Some((event, part)) = self.part(of) {
            let event = event?;
            return match part {
                "attrs" => event.attrs.get(name).map(V::from),
                _ => Some(V::List(event.linked(name).into_iter().map(V::Text).collect())),
            };
        }
        let Expr::Name(event) = &of.expr else { return None };
        let event = self.event(event)?;
        match name {
            "id" => Some(V::Text(event.id.clone())),
            "kind" => Some(V::Text(event.kind.clone())),
            "stream" => Some(V::Text(event.stream.clone())),
            "at" => Some(V::Instant(event.at)),
            "recorded_at" => Some(V::Instant(event.recorded_at)),
            _ => None,
        }
    }

    fn macro_(
        &self,
        kind: MacroKind,
        list: Vec<V>,
        variable: &str,
        body: &Node,
        variables: &Variables,
    ) -> Result<V, Failure> {
        let with = |element: &V| {
            let mut inner = variables.to_vec();
            inner.push((variable, element.clone()));
            inner
        };
        if kind == MacroKind::Map {
            let results = list.iter().map(|element| self.value(body, &with(element)));
            return Ok(V::List(results.collect::<Result<_, _>>()?));
        }
        let truths: Vec<Result<bool, Failure>> =
            list.iter().map(|element| self.boolean(body, &with(element))).collect();
        // `all` and `exists` absorb failures as `&&` and `||` do.
        match kind {
            MacroKind::All if truths.contains(&Ok(false)) => return Ok(V::Boolean(false)),
            MacroKind::Exists if truths.contains(&Ok(true)) => return Ok(V::Boolean(true)),
            _ => {}
        }
        let truths = truths.into_iter().collect::<Result<Vec<bool>, Failure>>()?;
        let trues = truths.iter().filter(|truth| **truth).count();
        Ok(match kind {
            MacroKind::All => V::Boolean(true),
            MacroKind::Exists => V::Boolean(false),
            MacroKind::ExistsOne => V::Boolean(trues == 1),
            _ => V::List(list.into_iter().zip(truths).filter(|(_, truth)| *truth).map(|(v, _)| v).collect()),
        })
    }

    fn call(
        &self,
        node: &Node,
        function: Function,
        args: &[Node],
        variables: &Variables,
    ) -> Result<V, Failure> {
        let fail = || self.failure(node);
        let values: Vec<V> = args.iter().map(|arg| self.value(arg, variables)).collect::<Result<_, _>>()?;
        use Function as F;
        Ok(match (function, values.as_slice()) {
            (F::Size, [V::Text(text)]) => V::Integer(text.chars().count() as i64),
            (F::Size, [V::List(list)]) => V::Integer(list.len() as i64),
            (F::Contains, [V::Text(a), V::Text(b)]) => V::Boolean(a.contains(b.as_str())),
            (F::StartsWith, [V::Text(a), V::Text(b)]) => V::Boolean(a.starts_with(b.as_str())),
            (F::EndsWith, [V::Text(a), V::Text(b)]) => V::Boolean(a.ends_with(b.as_str())),
            (F::Int, [V::Integer(number)]) => V::Integer(*number),
            (F::Int, [V::Decimal(number)]) if number.abs() < 9e18 => V::Integer(number.trunc() as i64),
            (F::Int, [V::Text(text)]) => V::Integer(text.parse().map_err(|_| fail())?),
            (F::Double, [V::Integer(number)]) => V::Decimal(*number as f64),
            (F::Double, [V::Decimal(number)]) => V::Decimal(*number),
            (F::String, [V::Text(text)]) => V::Text(text.clone()),
            (F::Double, [V::Text(text)]) => V::Decimal(text.parse().map_err(|_| fail())?),
            (F::Matches, [V::Text(a), V::Text(b)]) => {
                V::Boolean(regex::Regex::new(b).map_err(|_| fail())?.is_match(a))
            }
            (F::String, [V::Decimal(number)]) => V::Text(number.to_string()),
            (F::String, [V::Integer(number)]) => V::Text(number.to_string()),
            (F::String, [V::Boolean(truth)]) => V::Text(truth.to_string()),
            (F::String, [V::Instant(instant)]) => V::Text(instant.to_string()),
            (F::Instant, [V::Text(text)]) => V::Instant(Instant::parse(text).map_err(|_| fail())?),
            (F::After, [V::Instant(from), V::Text(span)]) => {
                let span = Span::parse(span).map_err(|_| fail())?;
                let due = self.scope.world.versions.all[self.scope.version].clock.due(*from, span);
                V::Instant(due.map_err(|error| match error {
                    ClockError::Calendar(name) => format!("calendar {name}"),
                    ClockError::Range => fail(),
                })?)
            }
            (F::Qualified | F::HasRole | F::RankAtLeast | F::InTeam | F::Filled, _) => {
                self.register(function, &values).ok_or_else(fail)?
            }
            _ => return Err(fail()),
        })
    }

    /// The functions of the registers, as at `event` or as at an instant given last.
    fn register(&self, function: Function, args: &[V]) -> Option<V> {
        let (args, as_at) = match args {
            [args @ .., V::Instant(instant)] => (args, AsAt::Instant(*instant)),
            args => (args, AsAt::Event(self.scope.event.order.clone())),
        };
        let world = self.scope.world;
        let registers =
            Registers::fold(world.recorded.iter().map(|ev| &**ev), &as_at, self.scope.registers_recorded_by);
        let policy = world.versions.all[self.scope.version].policy;
        let entity = |name: &str| world.identity.canonical(name);
        let truth = match (function, args) {
            (Function::Filled, [V::Text(team)]) => {
                let team = entity(team);
                return registers.knows_team(&team).then(|| V::Integer(registers.filled(&team) as i64));
            }
            (Function::RankAtLeast, [V::Text(x), V::Text(rank)]) if height(x, policy) > 0 => {
                height(x, policy) >= height(rank, policy)
            }
            (Function::InTeam, [V::Text(officer), V::Text(team)]) => {
                let (officer, team) = (entity(officer), entity(team));
                if !registers.knows_officer(&officer) || !registers.knows_team(&team) {
                    return None;
                }
                registers.in_team(&officer, &team)
            }
            (_, [V::Text(officer), V::Text(name)]) => {
                let officer = entity(officer);
                if !registers.knows_officer(&officer) {
                    return None;
                }
                match function {
                    Function::Qualified => registers.qualified(&officer, name),
                    Function::HasRole => registers.has_role(&officer, name),
                    _ => registers
                        .rank(&officer)
                        .is_some_and(|rank| height(rank, policy) >= height(name, policy)),
                }
            }
            _ => return None,
        };
        Some(V::Boolean(truth))
    }
}

/// Whether two values are equal; none if they are of different types.
fn equal(a: &V, b: &V) -> Option<bool> {
    match (a, b) {
        (V::Text(a), V::Text(b)) => Some(a == b),
        (V::Boolean(a), V::Boolean(b)) => Some(a == b),
        (V::Instant(a), V::Instant(b)) => Some(a == b),
        (V::Integer(a), V::Integer(b)) => Some(a == b),
        (V::List(a), V::List(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            let equals: Vec<Option<bool>> = a.iter().zip(b).map(|(a, b)| equal(a, b)).collect();
            if equals.contains(&Some(false)) {
                Some(false)
            } else if equals.contains(&None) {
                None
            } else {
                Some(true)
            }
        }
        _ => Some(number(a)? == number(b)?),
    }
}

fn number(v: &V) -> Option<f64> {
    match v {
        V::Integer(number) => Some(*number as f64),
        V::Decimal(number) => Some(*number),
        _ => None,
    }
}

fn compare(comparison: Comparison, a: &V, b: &V) -> Option<bool> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match comparison {
        Comparison::Equal => return equal(a, b),
        Comparison::NotEqual => return equal(a, b).map(|equal| !equal),
        _ => {}
    }
    let ordering = match (a, b) {
        (V::Text(a), V::Text(b)) => Some(a.cmp(b)),
        (V::Boolean(a), V::Boolean(b)) => Some(a.cmp(b)),
        (V::Instant(a), V::Instant(b)) => Some(a.cmp(b)),
        (V::Integer(a), V::Integer(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    };
    Some(match comparison {
        Comparison::Less => ordering == Some(Less),
        Comparison::LessOrEqual => matches!(ordering, Some(Less | Equal)),
        Comparison::Greater => ordering == Some(Greater),
        _ => matches!(ordering, Some(Greater | Equal)),
    })
}

fn arithmetic(operation: Operation, a: V, b: V) -> Option<V> {
    use Operation as O;
    Some(match (operation, a, b) {
        (O::Add, V::Text(a), V::Text(b)) => V::Text(a + &b),
        (O::Add, V::List(a), V::List(b)) => V::List([a, b].concat()),
        (O::Add, V::Integer(a), V::Integer(b)) => V::Integer(a.checked_add(b)?),
        (O::Subtract, V::Integer(a), V::Integer(b)) => V::Integer(a.checked_sub(b)?),
        (O::Multiply, V::Integer(a), V::Integer(b)) => V::Integer(a.checked_mul(b)?),
        (O::Divide, V::Integer(a), V::Integer(b)) => V::Integer(a.checked_div(b)?),
        (O::Remainder, V::Integer(a), V::Integer(b)) => V::Integer(a.checked_rem(b)?),
        (O::Add, V::Decimal(a), V::Decimal(b)) => V::Decimal(a + b),
        (O::Subtract, V::Decimal(a), V::Decimal(b)) => V::Decimal(a - b),
        (O::Multiply, V::Decimal(a), V::Decimal(b)) => V::Decimal(a * b),
        (O::Divide, V::Decimal(a), V::Decimal(b)) => V::Decimal(a / b),
        _ => return None,
    })
}
