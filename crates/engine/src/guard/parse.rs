//! From a guard's text to its tree.
//!
//! The text is parsed by the `cel` crate, macros left as written, and its tree mapped to [`Expr`]. That parser takes
//! about 100 KiB of stack for each bracket in a debug build, so nesting is bounded on the tokens before it starts,
//! and it runs on a thread with a stack of its own. A parser that panics all the same ends its thread, not the program.

use std::ops::Range;
use std::thread;

use cel::common::ast::{CallExpr, Expr as CelExpr, IdedExpr, LiteralValue, SourceInfo, operators};

use super::suggest;
use super::token::{TokenKind, Tokens};
use super::{Comparison, Expr, Function, Guard, MacroKind, Node, Operation};
use crate::policy::{Place, Problem};
use crate::record::Value;

/// The bytes that a guard may have.
pub const MAX_BYTES: usize = 4096;
/// How deep brackets may stand in brackets, and how many conditionals a guard may have.
pub const MAX_NESTING: usize = 16;
/// How deep a guard's tree may be: a longer chain of `+` or `.` is refused, one of `&&` or `||` is balanced and is not.
pub const MAX_DEPTH: usize = 96;
/// How many macros may stand in one another's lists and conditions.
pub const MAX_MACROS: usize = 3;

const STACK_BYTES: usize = 64 << 20;

/// Parses a guard. `place` is that of its text in the policy, without the quotes.
///
/// Places inside the guard are exact unless the text was written with escapes, when they are all of `place`.
///
/// # Errors
/// What is wrong with it: that it is no CEL, has what guards do not have, is too long or too deep.
pub fn parse(text: &str, place: Place) -> Result<Guard, Vec<Problem>> {
    let located =
        |flaws: Vec<Flaw>| flaws.into_iter().map(|flaw| flaw.into_problem(text, &place)).collect::<Vec<_>>();
    let tokens = Tokens::new(text);
    refuse_by_tokens(text, &tokens).map_err(|flaw| located(vec![flaw]))?;
    let root = thread::scope(|scope| {
        let parser = thread::Builder::new()
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || parse_tokens(text, &tokens));
        match parser.map(thread::ScopedJoinHandle::join) {
            Ok(Ok(parsed)) => parsed,
            Ok(Err(_)) => Err(vec![Flaw::new(0..text.len(), "the condition cannot be read")]),
            Err(error) => {
                Err(vec![Flaw::new(0..text.len(), format!("no thread to read the condition on: {error}"))])
            }
        }
    });
    match root {
        Ok(root) => Ok(Guard { text: text.to_owned(), place, root }),
        Err(flaws) => Err(located(flaws)),
    }
}

/// Something wrong, with its bytes in the guard's text.
#[derive(Debug)]
pub(super) struct Flaw {
    span: Range<usize>,
    message: String,
    label: Option<String>,
    help: Option<String>,
}

impl Flaw {
    pub(super) fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: None, help: None }
    }

    pub(super) fn help(mut self, help: impl Into<Option<String>>) -> Self {
        self.help = help.into();
        self
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// As a problem of the policy in which `text` stands at `place`.
    pub(super) fn into_problem(self, text: &str, place: &Place) -> Problem {
        let exact = place.bytes.len() == text.len();
        let bytes = if exact {
            place.bytes.start + self.span.start..place.bytes.start + self.span.end
        } else {
            place.bytes.clone()
        };
        let place = Place { file: place.file, bytes };
        Problem { message: self.message, place, label: self.label, help: self.help }
    }
}

/// What can be said without a parser: that the text is too long or too deep for one, or has what CEL never has.
fn refuse_by_tokens(text: &str, tokens: &Tokens<'_>) -> Result<(), Flaw> {
    let whole = 0..text.len();
    if text.len() > MAX_BYTES {
        let message = format!("a condition of {} bytes; at most {MAX_BYTES} are read", text.len());
        return Err(
            Flaw::new(whole, message).help("split the rule in two, or count with a signal".to_owned())
        );
    }
    if tokens.all().is_empty() {
        return Err(Flaw::new(whole, "the condition is empty").help("leave the field out".to_owned()));
    }
    if let Some((depth, token)) = tokens.deepest().filter(|&(depth, _)| depth > MAX_NESTING) {
        let message = format!("brackets {depth} deep; at most {MAX_NESTING} are read");
        return Err(Flaw::new(token.span.clone(), message));
    }
    let mut conditionals = 0;
    for (place, token) in tokens.all().iter().enumerate() {
        let written = tokens.text(token);
        let doubled = |sign: &str| {
            written == sign
                && tokens.is_unary(place)
                && place > 0
                && tokens.text(&tokens.all()[place - 1]) == sign
                && tokens.is_unary(place - 1)
        };
        conditionals += usize::from(written == "?");
        let flaw = match token.kind {
            TokenKind::Unended => Some(
                Flaw::new(token.span.clone(), "a text that does not end").help("close its quote".to_owned()),
            ),
            TokenKind::Stray => Some(stray(written, token.span.clone())),
            TokenKind::Symbol if conditionals > MAX_NESTING => Some(Flaw::new(
                token.span.clone(),
                format!("more than {MAX_NESTING} of `? :` in one condition"),
            )),
            TokenKind::Symbol if doubled("!") || doubled("-") => Some(
                Flaw::new(token.span.clone(), format!("`{written}{written}` says nothing"))
                    .help("leave both out".to_owned()),
            ),
            _ => None,
        };
        if let Some(flaw) = flaw {
            return Err(flaw);
        }
    }
    Ok(())
}

fn stray(written: &str, span: Range<usize>) -> Flaw {
    let help = match written {
        "=" => Some("write `==` to compare".to_owned()),
        "&" => Some("write `&&` for and".to_owned()),
        "|" => Some("write `||` for or".to_owned()),
        "`" => Some("write `event.attrs['x y']` for a name that is no identifier".to_owned()),
        "‘" | "’" | "“" | "”" => Some("write texts in straight quotes, 'like this'".to_owned()),
        _ => None,
    };
    Flaw::new(span, format!("`{written}` means nothing here")).help(help)
}

/// Parses and maps, both on the stack of a thread made for it.
fn parse_tokens(text: &str, tokens: &Tokens<'_>) -> Result<Node, Vec<Flaw>> {
    let parser = cel::Env::default().with_optional_support(false).parser();
    match parser.max_recursion_depth(4 * MAX_NESTING as u16 + 16).parse_with_source_info(text) {
        Ok((tree, info)) => {
            let mut mapping = Mapping { text, tokens, info, flaws: Vec::new() };
            match mapping.node(&tree, 0) {
                Some(root) if mapping.flaws.is_empty() => Ok(root),
                _ => Err(mapping.flaws),
            }
        }
        Err(errors) => Err(vec![syntax_flaw(text, tokens, &errors)]),
    }
}

/// The first error of the `cel` parser, in plain words.
fn syntax_flaw(text: &str, tokens: &Tokens<'_>, errors: &cel::ParseErrors) -> Flaw {
    let Some(error) = errors.errors.first() else {
        return Flaw::new(0..text.len(), "the condition cannot be read");
    };
    let (line, column) = (error.pos.0.max(1) as usize - 1, error.pos.1.max(1) as usize - 1);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    let byte = start + rest.char_indices().nth(column).map_or(rest.len(), |(byte, _)| byte);
    let Some(token) = tokens.all().get(tokens.index_at(byte)) else {
        let last = tokens.all().last().map_or(0..text.len(), |token| token.span.clone());
        return Flaw::new(last, "the condition ends too early")
            .help("something is missing at its end: an operand, or a bracket that closes".to_owned());
    };
    let written = tokens.text(token);
    let message = match error.msg.strip_prefix("Syntax error: ") {
        Some(_) => format!("`{written}` is not expected here"),
        None => error.msg.clone(),
    };
    let help = match written.to_lowercase().as_str() {
        "and" => Some("write `&&` for and".to_owned()),
        "or" => Some("write `||` for or".to_owned()),
        "not" => Some("write `!` for not".to_owned()),
        _ => None,
    };
    Flaw::new(token.span.clone(), message).help(help)
}

struct Mapping<'t> {
    text: &'t str,
    tokens: &'t Tokens<'t>,
    info: SourceInfo,
    flaws: Vec<Flaw>,
}

/// An operator or a function that CEL has.
enum Named {
    Compare(Comparison),
    Arithmetic(Operation),
    Macro(MacroKind),
    Function(Function),
}

impl Mapping<'_> {
    /// Where the token of an expression begins.
    fn token_at(&self, tree: &IdedExpr) -> usize {
        self.info.offset_for(tree.id).map_or(0, |(start, _)| start as usize)
    }

    fn refuse<T>(&mut self, flaw: Flaw) -> Option<T> {
        self.flaws.push(flaw);
        None
    }

    /// The tree in our terms; none, and a flaw, where guards do not have it.
    fn node(&mut self, tree: &IdedExpr, depth: usize) -> Option<Node> {
        let start = self.token_at(tree);
        if depth > MAX_DEPTH {
            let flaw = Flaw::new(start..start + 1, format!("a chain of more than {MAX_DEPTH} operations"));
            return self.refuse(flaw.help("group its parts with parentheses".to_owned()));
        }
        let token = self.tokens.at(start).map_or(start..start + 1, |token| token.span.clone());
        let bracket = start..self.tokens.closing(start).unwrap_or(token.end);
        match &tree.expr {
            CelExpr::Literal(literal) => self.literal(literal, token),
            CelExpr::Ident(name) if name.starts_with('.') => self.refuse(
                Flaw::new(token, format!("`{name}` begins with a point"))
                    .help("leave the point out".to_owned()),
            ),
            CelExpr::Ident(name) => Some(Node { expr: Expr::Name(name.clone()), span: token }),
            CelExpr::List(list) => {
                let elements: Vec<_> =
                    list.elements.iter().map(|element| self.node(element, depth + 1)).collect();
                Some(Node { expr: Expr::List(elements.into_iter().collect::<Option<_>>()?), span: bracket })
            }
            CelExpr::Select(select) => {
                let of = Box::new(self.node(&select.operand, depth + 1)?);
                let end = self.tokens.after(start).map_or(token.end, |name| name.span.end);
                let span = self.tokens.with_parentheses(&of.span).start..end;
                Some(Node { expr: Expr::Field { of, name: select.field.clone() }, span })
            }
            CelExpr::Call(call) => self.call(call, start, depth),
            CelExpr::Map(_) | CelExpr::Struct(_) => self.refuse(
                Flaw::new(bracket, "a condition has no maps").help("write a list, `['a', 'b']`".to_owned()),
            ),
            CelExpr::Comprehension(_) | CelExpr::Unspecified => {
                self.refuse(Flaw::new(token, "the condition cannot be read"))
            }
        }
    }

    fn literal(&mut self, literal: &LiteralValue, token: Range<usize>) -> Option<Node> {
        let refused = |message: &str, help: &str| Flaw::new(token.clone(), message).help(help.to_owned());
        let value = match literal {
            LiteralValue::Boolean(truth) => Value::Boolean(*truth.inner()),
            LiteralValue::Int(number) => Value::Integer(*number.inner()),
            LiteralValue::Double(number) => Value::Decimal(*number.inner()),
            LiteralValue::String(text) => Value::Text(text.inner().to_owned()),
            LiteralValue::Null => {
                let flaw = refused(
                    "a condition has no `null`",
                    "a missing value is tested with `!has(event.attrs.x)`",
                );
                return self.refuse(flaw);
            }
            LiteralValue::UInt(_) => {
                return self.refuse(refused("a condition has no unsigned numbers", "leave the `u` out"));
            }
            LiteralValue::Bytes(_) => {
                return self.refuse(refused("a condition has no bytes", "leave the `b` out"));
            }
        };
        let negative = match &value {
            Value::Integer(number) => *number < 0,
            Value::Decimal(number) => number.is_sign_negative(),
            _ => false,
        };
        let sign = self.tokens.before(token.start).filter(|_| negative).map(|sign| sign.span.start);
        Some(Node { expr: Expr::Literal(value), span: sign.unwrap_or(token.start)..token.end })
    }

    fn call(&mut self, call: &CallExpr, start: usize, depth: usize) -> Option<Node> {
        let name = call.func_name.as_str();
        if let (operators::INDEX, [of, index]) = (name, call.args.as_slice()) {
            return self.index(of, index, start, depth);
        }
        if let Some(operator) = self.tokens.at(start).filter(|token| self.tokens.text(token) != "(") {
            let operator = operator.span.clone();
            return self.operator(name, &call.args, operator, depth);
        }
        if let (operators::HAS, None) = (name, &call.target) {
            return self.has(&call.args, start, depth);
        }
        let target = call.target.as_deref();
        match named(name, target.is_some()) {
            Some(Named::Macro(kind)) => self.macro_call(kind, target?, &call.args, start, depth),
            Some(Named::Function(function)) => self.function(function, target, &call.args, start, depth),
            _ => {
                let flaw = self.unknown_function(name, target.is_some(), start);
                self.refuse(flaw)
            }
        }
    }

    fn operator(
        &mut self,
        name: &str,
        args: &[IdedExpr],
        operator: Range<usize>,
        depth: usize,
    ) -> Option<Node> {
        let mut operands = Vec::with_capacity(3);
        for arg in args {
            operands.push(self.node(arg, depth + 1));
        }
        let operands = operands.into_iter().collect::<Option<Vec<_>>>()?;
        let end = operands.last().map_or(operator.end, |last| self.tokens.with_parentheses(&last.span).end);
        let first =
            operands.first().map_or(operator.start, |first| self.tokens.with_parentheses(&first.span).start);
        let boxed = |node: Node| Box::new(node);
        let mut operands = operands.into_iter().map(boxed);
        let (a, b, c) = (operands.next(), operands.next(), operands.next());
        let (expr, start) = match (name, a, b, c) {
            (operators::LOGICAL_NOT, Some(a), None, _) => (Expr::Not(a), operator.start),
            (operators::NEGATE, Some(a), None, _) => (Expr::Negate(a), operator.start),
            (operators::LOGICAL_AND, Some(a), Some(b), _) => (Expr::And(a, b), first),
            (operators::LOGICAL_OR, Some(a), Some(b), _) => (Expr::Or(a, b), first),
            (operators::CONDITIONAL, Some(a), Some(b), Some(c)) => (Expr::Conditional(a, b, c), first),
            (operators::IN, Some(a), Some(b), _) => (contained(a, b), first),
            (_, Some(a), Some(b), _) => match named(name, false) {
                Some(Named::Compare(comparison)) => (Expr::Compare(comparison, a, b), first),
                Some(Named::Arithmetic(operation)) => (Expr::Arithmetic(operation, a, b), first),
                _ => return self.refuse(Flaw::new(operator, format!("a condition has no `{name}`"))),
            },
            _ => return self.refuse(Flaw::new(operator, "an operand is missing")),
        };
        Some(Node { expr, span: start..end })
    }

    fn index(&mut self, of: &IdedExpr, index: &IdedExpr, start: usize, depth: usize) -> Option<Node> {
        let of = Box::new(self.node(of, depth + 1)?);
        let end = self.tokens.closing(start).unwrap_or(start + 1);
        let span = self.tokens.with_parentheses(&of.span).start..end;
        let index = self.node(index, depth + 1)?;
        let expr = match index.expr {
            Expr::Literal(Value::Text(name)) => Expr::Field { of, name },
            _ => Expr::Index { of, index: Box::new(index) },
        };
        Some(Node { expr, span })
    }

    fn has(&mut self, args: &[IdedExpr], start: usize, depth: usize) -> Option<Node> {
        let span = self.call_span(None, start);
        match args {
            [IdedExpr { expr: CelExpr::Select(select), .. }] => {
                let of = Box::new(self.node(&select.operand, depth + 1)?);
                Some(Node { expr: Expr::Has { of, name: select.field.clone() }, span })
            }
            _ => {
                let flaw = Flaw::new(span, "`has` takes a field, `has(event.attrs.age)`");
                self.refuse(
                    flaw.help("for a name that is no identifier write `'x y' in event.attrs`".to_owned()),
                )
            }
        }
    }

    fn macro_call(
        &mut self,
        kind: MacroKind,
        over: &IdedExpr,
        args: &[IdedExpr],
        start: usize,
        depth: usize,
    ) -> Option<Node> {
        let over = Box::new(self.node(over, depth + 1)?);
        let span = self.call_span(Some(&over), start);
        let (variable, condition, body) = match (kind, args) {
            (_, [variable, body]) => (variable, None, body),
            (MacroKind::Map, [variable, condition, body]) => (variable, Some(condition), body),
            _ => {
                let flaw = Flaw::new(
                    span,
                    "a macro takes a variable and what it is of each, `.exists(x, x == 'a')`",
                );
                return self.refuse(flaw);
            }
        };
        let at = self.token_at(variable);
        let written = self.tokens.at(at).map_or(at..at + 1, |token| token.span.clone());
        let CelExpr::Ident(variable) = &variable.expr else {
            return self.refuse(Flaw::new(
                written,
                "the variable of a macro is a plain name, `.exists(x, x == 'a')`",
            ));
        };
        if ["event", "trigger", "given", "key", "subject"].contains(&variable.as_str()) {
            let flaw = Flaw::new(written, format!("`{variable}` has a meaning already"));
            return self.refuse(flaw.help("give the variable another name".to_owned()));
        }
        let condition = match condition {
            Some(condition) => Some(Box::new(self.node(condition, depth + 2)?)),
            None => None,
        };
        let body = Box::new(self.node(body, depth + 1)?);
        let variable = variable.clone();
        let over = match condition {
            Some(body) => {
                let filter = Expr::Macro { kind: MacroKind::Filter, over, variable: variable.clone(), body };
                Box::new(Node { expr: filter, span: span.clone() })
            }
            None => over,
        };
        let node = Node { expr: Expr::Macro { kind, over, variable, body }, span };
        if macros(&node) > MAX_MACROS {
            let flaw = Flaw::new(node.span, format!("more than {MAX_MACROS} macros inside one another"));
            return self
                .refuse(flaw.help("such a condition could take too long; test less in one".to_owned()));
        }
        Some(node)
    }

    fn function(
        &mut self,
        function: Function,
        target: Option<&IdedExpr>,
        args: &[IdedExpr],
        start: usize,
        depth: usize,
    ) -> Option<Node> {
        let mapped: Vec<_> = target.into_iter().chain(args).map(|arg| self.node(arg, depth + 1)).collect();
        let args = mapped.into_iter().collect::<Option<Vec<_>>>()?;
        let span = self.call_span(args.first().filter(|_| target.is_some()), start);
        let (least, most, usage) = usage(function);
        if args.len() < least || args.len() > most {
            let flaw = Flaw::new(span, format!("{} arguments where `{usage}` is meant", args.len()));
            return self.refuse(flaw);
        }
        Some(Node { expr: Expr::Call { function, args }, span })
    }

    /// From the target of a call, or its function's name, to its closing bracket.
    fn call_span(&self, target: Option<&Node>, bracket: usize) -> Range<usize> {
        let start = match target {
            Some(target) => self.tokens.with_parentheses(&target.span).start,
            None => self.tokens.before(bracket).map_or(bracket, |name| name.span.start),
        };
        start..self.tokens.closing(bracket).unwrap_or(self.text.len())
    }

    fn unknown_function(&self, name: &str, has_target: bool, bracket: usize) -> Flaw {
        let span = self.tokens.before(bracket).map_or(bracket..bracket + 1, |name| name.span.clone());
        let flaw = Flaw::new(span, format!("there is no function `{name}`"));
        let help = match name {
            "timestamp" => Some("write `instant('2010-04-01T00:00:00Z')`".to_owned()),
            "duration" => Some("write `after(event.at, '72h')` for an instant so much later".to_owned()),
            operators::HAS => Some("write `has(event.attrs.x)`".to_owned()),
            _ => match named(name, !has_target) {
                Some(Named::Function(function)) => Some(format!("write `{}`", usage(function).2)),
                Some(Named::Macro(_)) => Some(format!("write `list.{name}(x, …)`")),
                _ => suggest::help(name, if has_target { &METHODS } else { &FUNCTIONS }),
            },
        };
        flaw.help(help)
    }
}

/// `a in b`; a name in an event's attributes or links is a test for it.
fn contained(a: Box<Node>, b: Box<Node>) -> Expr {
    match (&a.expr, &b.expr) {
        (Expr::Literal(Value::Text(name)), Expr::Field { of, name: part })
            if part == "attrs" || part == "links" =>
        {
            match &of.expr {
                Expr::Name(record) if ["event", "trigger", "given"].contains(&record.as_str()) => {
                    Expr::Has { of: b.clone(), name: name.clone() }
                }
                _ => Expr::In(a, b),
            }
        }
        _ => Expr::In(a, b),
    }
}

/// The most macros on one way down a tree.
fn macros(node: &Node) -> usize {
    let deepest = |nodes: &[&Node]| nodes.iter().map(|&node| macros(node)).max().unwrap_or(0);
    match &node.expr {
        Expr::Literal(_) | Expr::Name(_) => 0,
        Expr::List(nodes) | Expr::Call { args: nodes, .. } => nodes.iter().map(macros).max().unwrap_or(0),
        Expr::Field { of, .. } | Expr::Has { of, .. } | Expr::Not(of) | Expr::Negate(of) => macros(of),
        Expr::Index { of: a, index: b }
        | Expr::And(a, b)
        | Expr::Or(a, b)
        | Expr::Compare(_, a, b)
        | Expr::Arithmetic(_, a, b)
        | Expr::In(a, b) => deepest(&[a, b]),
        Expr::Conditional(a, b, c) => deepest(&[a, b, c]),
        Expr::Macro { over, body, .. } => 1 + deepest(&[over, body]),
    }
}

const FUNCTIONS: [&str; 12] = [
    "has",
    "size",
    "int",
    "double",
    "string",
    "instant",
    "after",
    "qualified",
    "has_role",
    "rank_at_least",
    "in_team",
    "filled",
];
const METHODS: [&str; 10] =
    ["size", "contains", "startsWith", "endsWith", "matches", "all", "exists", "exists_one", "filter", "map"];

/// What a name of CEL's is, of functions as written: with a target before a point, or without.
fn named(name: &str, has_target: bool) -> Option<Named> {
    use {Comparison as C, Function as F, MacroKind as M, Operation as O};
    Some(match (name, has_target) {
        (operators::EQUALS, _) => Named::Compare(C::Equal),
        (operators::NOT_EQUALS, _) => Named::Compare(C::NotEqual),
        (operators::LESS, _) => Named::Compare(C::Less),
        (operators::LESS_EQUALS, _) => Named::Compare(C::LessOrEqual),
        (operators::GREATER, _) => Named::Compare(C::Greater),
        (operators::GREATER_EQUALS, _) => Named::Compare(C::GreaterOrEqual),
        (operators::ADD, _) => Named::Arithmetic(O::Add),
        (operators::SUBSTRACT, _) => Named::Arithmetic(O::Subtract),
        (operators::MULTIPLY, _) => Named::Arithmetic(O::Multiply),
        (operators::DIVIDE, _) => Named::Arithmetic(O::Divide),
        (operators::MODULO, _) => Named::Arithmetic(O::Remainder),
        ("all", true) => Named::Macro(M::All),
        ("exists", true) => Named::Macro(M::Exists),
        ("exists_one" | "existsOne", true) => Named::Macro(M::ExistsOne),
        ("filter", true) => Named::Macro(M::Filter),
        ("map", true) => Named::Macro(M::Map),
        ("size", _) => Named::Function(F::Size),
        ("matches", _) => Named::Function(F::Matches),
        ("contains", true) => Named::Function(F::Contains),
        ("startsWith", true) => Named::Function(F::StartsWith),
        ("endsWith", true) => Named::Function(F::EndsWith),
        ("int", false) => Named::Function(F::Int),
        ("double", false) => Named::Function(F::Double),
        ("string", false) => Named::Function(F::String),
        ("instant", false) => Named::Function(F::Instant),
        ("after", false) => Named::Function(F::After),
        ("qualified", false) => Named::Function(F::Qualified),
        ("has_role", false) => Named::Function(F::HasRole),
        ("rank_at_least", false) => Named::Function(F::RankAtLeast),
        ("in_team", false) => Named::Function(F::InTeam),
        ("filled", false) => Named::Function(F::Filled),
        _ => return None,
    })
}

/// The least and most arguments of a function, its target among them, and how it is written.
pub(super) fn usage(function: Function) -> (usize, usize, &'static str) {
    match function {
        Function::Size => (1, 1, "size(x)"),
        Function::Contains => (2, 2, "x.contains('a')"),
        Function::StartsWith => (2, 2, "x.startsWith('a')"),
        Function::EndsWith => (2, 2, "x.endsWith('a')"),
        Function::Matches => (2, 2, "x.matches('^a+$')"),
        Function::Int => (1, 1, "int(x)"),
        Function::Double => (1, 1, "double(x)"),
        Function::String => (1, 1, "string(x)"),
        Function::Instant => (1, 1, "instant('2010-04-01T00:00:00Z')"),
        Function::After => (2, 2, "after(event.at, '6mo')"),
        Function::Qualified => (2, 3, "qualified(officer, 'name')"),
        Function::HasRole => (2, 3, "has_role(officer, 'role')"),
        Function::RankAtLeast => (2, 3, "rank_at_least(officer, 'rank')"),
        Function::InTeam => (2, 3, "in_team(officer, 'team')"),
        Function::Filled => (1, 2, "filled('team')"),
    }
}
