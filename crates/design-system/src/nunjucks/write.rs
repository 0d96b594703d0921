//! Writes what was read in the language of minijinja.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::expression::{Argument, Expression};
use super::scopes::{self, Shared};
use super::statement::{Parameter, Statement};
use super::{Part, TranslateError};

/// The variable that holds the context of a page.
pub(crate) const CONTEXT: &str = "nj_context";

/// Names that minijinja keeps for itself.
const UNSETTABLE: [&str; 7] = ["loop", "self", "super", "True", "False", "None", "undefined"];

/// Writes a whole template. Each part comes with its line and the number of its line ends.
///
/// Where it `sees_context`, each name that it reads is looked for in the context too. Components are given all that they need, and must
/// not take a variable of the page for one of their own.
pub(super) fn write(
    source: &str,
    sees_context: bool,
    parts: &[(Part<'_>, usize, usize)],
) -> Result<String, TranslateError> {
    let mut hasher = DefaultHasher::new();
    source.hash(&mut hasher);
    let mut writer = Writer {
        template: hasher.finish(),
        shared: scopes::shared(statements(parts)),
        seen_by_macros: seen_by_macros(parts),
        read: RefCell::default(),
        open: Vec::new(),
        out: String::new(),
        padding: 0,
    };
    writer.share(None, |name| Some(name.to_owned()));
    writer.open.push(Open { ends: None, kind: Kind::Scope(None), binds: BTreeSet::new() });
    for (at, (part, line, line_ends)) in parts.iter().enumerate() {
        writer.padding = *line_ends;
        writer.part(at, part).map_err(|reason| TranslateError { line: *line, reason })?;
    }
    match writer.open.last() {
        Some(Open { ends: Some((what, _)), .. }) => {
            let line = parts.last().map_or(1, |(_, line, line_ends)| line + line_ends);
            Err(TranslateError { line, reason: format!("`end{what}` is missing at the end of the template") })
        }
        _ if sees_context => Ok(writer.names_from_context() + &writer.out),
        _ => Ok(writer.out),
    }
}

/// The tags of a template, each with the number of its part.
fn statements<'a>(parts: &'a [(Part<'_>, usize, usize)]) -> impl Iterator<Item = (usize, &'a Statement)> {
    parts.iter().enumerate().filter_map(|(at, (part, ..))| match part {
        Part::Tag(statement) => Some((at, statement)),
        _ => None,
    })
}

/// `caller`, and all that the template imports, sets or defines if it includes others.
fn seen_by_macros(parts: &[(Part<'_>, usize, usize)]) -> String {
    let mut names = BTreeSet::from(["caller"]);
    if statements(parts).any(|(_, statement)| matches!(statement, Statement::Include { .. })) {
        for (_, statement) in statements(parts) {
            match statement {
                Statement::FromImport { names: imported, .. } => {
                    names
                        .extend(imported.iter().map(|(name, alias)| alias.as_ref().unwrap_or(name).as_str()));
                }
                Statement::Import { name, .. } | Statement::Macro { name, .. } => _ = names.insert(name),
                Statement::Set { names: set, .. } | Statement::Capture(set) => {
                    names.extend(set.iter().map(String::as_str))
                }
                _ => {}
            }
        }
    }
    format!("[{}]", names.into_iter().collect::<Vec<_>>().join(", "))
}

/// What is open while writing, innermost last.
struct Open {
    /// What ends it, and the tags that are written then; a template has no end.
    ends: Option<(&'static str, Vec<Written>)>,
    kind: Kind,
    /// The variables that it binds itself.
    binds: BTreeSet<String>,
}

/// What variables do in something open. Loops and scopes are known by the number of the piece that opens them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// It has none of its own.
    Plain,
    /// It has its own, and changes those of its scope.
    Loop(usize),
    /// It has its own, and sees those around it: a block or a call.
    Inside(usize),
    /// It has its own, and sees besides only what the template keeps by name: a macro, or the template itself, which has no number.
    Scope(Option<usize>),
}

/// A tag to be written.
enum Written {
    Tag(String),
    Print(String),
}

struct Writer {
    /// A number that tells the template from others.
    template: u64,
    shared: Shared,
    /// A list of what a template that is included by a macro may use.
    seen_by_macros: String,
    /// The names that are read.
    read: RefCell<BTreeSet<String>>,
    open: Vec<Open>,
    out: String,
    /// Line ends that the next tag has to hold.
    padding: usize,
}

impl Writer {
    fn part(&mut self, at: usize, part: &Part<'_>) -> Result<(), String> {
        match part {
            Part::Text(text) => self.text(text),
            Part::Output(expression) => {
                let value = self.value(expression);
                self.print(&value);
            }
            Part::Tag(statement) => self.statement(at, statement)?,
            Part::Nothing => self.nothing(),
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let opens_a_tag =
            ["{{", "{%", "{#"].iter().any(|opening| text.contains(opening)) || text.ends_with('{');
        if opens_a_tag {
            self.print(&format!("{}|safe", quoted(text)));
        } else {
            self.out.push_str(text);
        }
    }

    /// Keeps the line ends of what is not printed.
    fn nothing(&mut self) {
        if self.padding > 0 {
            let padding = self.take_padding();
            let _ = write!(self.out, "{{#{padding}#}}");
        }
    }

    fn take_padding(&mut self) -> String {
        "\n".repeat(std::mem::take(&mut self.padding))
    }

    fn tag(&mut self, code: &str) {
        let padding = self.take_padding();
        let _ = write!(self.out, "{{% {code} {padding}%}}");
    }

    fn print(&mut self, code: &str) {
        let padding = self.take_padding();
        let _ = write!(self.out, "{{{{ {code} {padding}}}}}");
    }

    fn statement(&mut self, at: usize, statement: &Statement) -> Result<(), String> {
        match statement {
            Statement::If(condition) => {
                let code = format!("if {}", self.truth(condition));
                self.opens("if", &code, "endif");
            }
            Statement::ElseIf(condition) => self.tag(&format!("elif {}", self.truth(condition))),
            Statement::Else => self.tag("else"),
            Statement::For { names, over } => self.for_loop(at, names, over),
            Statement::Set { names, value } => self.set(names, value)?,
            Statement::Capture(names) => self.capture(names)?,
            Statement::Macro { name, parameters } => self.macro_start(at, name, parameters),
            Statement::Call { parameters, callee, arguments } => self.call(at, parameters, callee, arguments),
            Statement::Include { name, may_be_missing } => {
                let ignore = if *may_be_missing { " ignore missing" } else { "" };
                let code = format!("include {}{ignore}", self.value(name));
                self.tag(&format!("with {}", self.visible()));
                self.tag(&code);
                self.tag("endwith");
            }
            Statement::Import { from, name } => self.tag(&format!("import {} as {name}", self.value(from))),
            Statement::FromImport { from, names } => self.imports_from(from, names),
            Statement::Extends(name) => self.tag(&format!("extends {}", self.value(name))),
            Statement::Block(name) => {
                self.opens("block", &format!("block {name}"), "endblock");
                self.makes_scope(at, Kind::Inside(at), &[]);
            }
            Statement::Filter(filter) => {
                let Expression::Filter(_, name, arguments) = filter else { return Ok(()) };
                let code = format!("filter {name}({})", self.arguments(arguments));
                self.opens("filter", &code, "endfilter");
            }
            Statement::End(what) => self.end(what)?,
        }
        Ok(())
    }

    fn opens(&mut self, what: &'static str, code: &str, end: &str) {
        self.tag(code);
        let ends = Some((what, vec![Written::Tag(end.to_owned())]));
        self.open.push(Open { ends, kind: Kind::Plain, binds: BTreeSet::new() });
    }

    /// Has something more written at the end of what was just opened.
    fn at_its_end(&mut self, more: impl IntoIterator<Item = Written>) {
        if let Some(Open { ends: Some((_, written)), .. }) = self.open.last_mut() {
            written.extend(more);
        }
    }

    fn end(&mut self, what: &str) -> Result<(), String> {
        match self.open.pop() {
            Some(Open { ends: Some((opened, written)), .. }) if opened == what => {
                for written in written {
                    match written {
                        Written::Tag(code) => self.tag(&code),
                        Written::Print(code) => self.print(&code),
                    }
                }
                Ok(())
            }
            Some(Open { ends: Some((opened, _)), .. }) => {
                Err(format!("`end{what}` where `end{opened}` should be"))
            }
            _ => Err(format!("`end{what}` ends nothing; take it out")),
        }
    }

    /// Makes what was just opened a scope; its parameters are variables from the start.
    fn makes_scope(&mut self, at: usize, kind: Kind, parameters: &[Parameter]) {
        self.share(Some(at), |name| parameters.iter().any(|(of, _)| of == name).then(|| name.to_owned()));
        if let Some(open) = self.open.last_mut() {
            open.kind = kind;
            open.binds = parameters.iter().map(|(name, _)| name.clone()).collect();
        }
    }

    /// Makes the namespace of what opens at a piece, if it shares variables; `known` says what they are at first.
    fn share(&mut self, piece: Option<usize>, known: impl Fn(&str) -> Option<String>) {
        let Some(names) = self.shared.get(&piece) else { return };
        let value = |name: &String| known(name).map(|value| format!("{name}={value}"));
        let values: Vec<String> = names.iter().filter_map(value).collect();
        self.tag(&format!("set {} = js_namespace({})", self.namespace(piece), values.join(", ")));
    }

    fn for_loop(&mut self, at: usize, names: &[String], over: &Expression) {
        let around: BTreeMap<String, String> = self
            .shared
            .get(&Some(at))
            .into_iter()
            .flatten()
            .map(|name| (name.clone(), self.name(name)))
            .collect();
        self.share(Some(at), |name| around.get(name).cloned());
        let function = if names.len() == 1 { "js_items" } else { "js_pairs" };
        let code = format!("for {} in {function}({})", names.join(", "), self.value(over));
        self.opens("for", &code, "endfor");
        if let Some(open) = self.open.last_mut() {
            open.kind = Kind::Loop(at);
            open.binds = names.iter().cloned().collect();
        }
    }

    fn set(&mut self, names: &[String], value: &Expression) -> Result<(), String> {
        let value = self.value(value);
        for name in names {
            let target = self.target(name)?;
            self.tag(&format!("set {target} = {value}"));
            if let Some(code) = self.told(name, &target) {
                self.tag(&code);
            }
        }
        Ok(())
    }

    fn capture(&mut self, names: &[String]) -> Result<(), String> {
        let [name] = names else {
            return Err("only one name can be set to what stands between `set` and `endset`".to_owned());
        };
        let target = self.target(name)?;
        let told = self.told(name, &target);
        self.opens("set", &format!("set {target} | js_plain"), "endset");
        self.at_its_end(told.map(Written::Tag));
        Ok(())
    }

    fn macro_start(&mut self, at: usize, name: &str, parameters: &[Parameter]) {
        let code = format!("macro {name}({})", self.parameters(parameters));
        self.opens("macro", &code, "endmacro");
        // An included template sees what its macro sees, and in minijinja that is what the macro names.
        self.tag(&format!("if {}", self.seen_by_macros));
        self.tag("endif");
        self.makes_scope(at, Kind::Scope(Some(at)), parameters);
    }

    fn call(&mut self, at: usize, parameters: &[Parameter], callee: &Expression, arguments: &[Argument]) {
        let call = |writer: &Self, caller: &str| {
            let arguments = writer.arguments(arguments);
            let comma = if arguments.is_empty() || caller.is_empty() { "" } else { ", " };
            format!("{}({arguments}{comma}{caller})", writer.value(callee))
        };
        if parameters.is_empty() {
            let body = format!("nj_body_{at}");
            let then = call(self, &format!("caller=js_constant({body})"));
            self.tag(&format!("set {body}"));
            self.opens("call", "with", "endwith");
            self.at_its_end([Written::Tag("endset".to_owned()), Written::Print(then)]);
        } else {
            let code = format!("call({}) {}", self.parameters(parameters), call(self, ""));
            self.opens("call", &code, "endcall");
        }
        self.makes_scope(at, Kind::Inside(at), parameters);
    }

    fn imports_from(&mut self, from: &Expression, names: &[(String, Option<String>)]) {
        let names: Vec<String> = names
            .iter()
            .map(|(name, alias)| {
                alias.as_ref().map_or_else(|| name.clone(), |alias| format!("{name} as {alias}"))
            })
            .collect();
        self.tag(&format!("from {} import {}", self.value(from), names.join(", ")));
    }

    /// Those without a value come first: in Nunjucks what is given by place fills them before the others.
    fn parameters(&self, parameters: &[Parameter]) -> String {
        let needed = parameters.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name.clone());
        let others = parameters.iter().filter_map(|(name, value)| {
            let value = self.value(value.as_ref()?);
            Some(format!("{name}={value}"))
        });
        needed.chain(others).collect::<Vec<_>>().join(", ")
    }

    fn is_shared(&self, piece: Option<usize>, name: &str) -> bool {
        self.shared.get(&piece).is_some_and(|names| names.contains(name))
    }

    /// Where a name is kept, looking from the inside out, as far as a name can be read or set.
    fn place(&self, name: &str, to_set: bool) -> String {
        for open in self.open.iter().rev() {
            let (piece, is_last) = match open.kind {
                Kind::Plain => continue,
                Kind::Loop(piece) => (Some(piece), false),
                Kind::Inside(piece) => (Some(piece), to_set),
                Kind::Scope(piece) => (piece, true),
            };
            if self.is_shared(piece, name) {
                return format!("{}.{name}", self.namespace(piece));
            }
            if is_last || open.binds.contains(name) {
                break;
            }
        }
        name.to_owned()
    }

    /// The name of the namespace of what opens at a piece. A template and the one that it extends see each other's, so the
    /// name is that of no other template.
    fn namespace(&self, piece: Option<usize>) -> String {
        let piece = piece.map_or_else(String::new, |piece| format!("_{piece}"));
        format!("nj_{:x}{piece}", self.template)
    }

    /// Where a name that is read is kept.
    fn name(&self, name: &str) -> String {
        self.read.borrow_mut().insert(name.to_owned());
        self.place(name, false)
    }

    /// Sets what is read and has no value yet to what the context has.
    fn names_from_context(&self) -> String {
        let names = self.read.borrow();
        let may_be_set =
            names.iter().filter(|name| !UNSETTABLE.contains(&name.as_str()) && *name != "caller");
        may_be_set
            .map(|name| format!("{{% set {name} = {name} if {name} is defined else {CONTEXT}.{name} %}}"))
            .collect()
    }

    /// Where a name that is set is kept.
    fn target(&self, name: &str) -> Result<String, String> {
        if UNSETTABLE.contains(&name) {
            return Err(format!("`{name}` cannot be set; take another name"));
        }
        Ok(self.place(name, true))
    }

    /// What makes a variable of the template known to other templates, where it is kept in a namespace.
    fn told(&self, name: &str, target: &str) -> Option<String> {
        let innermost = self.open.iter().rev().map(|open| open.kind).find(|kind| *kind != Kind::Plain);
        (innermost == Some(Kind::Scope(None)) && name != target).then(|| format!("set {name} = {target}"))
    }

    /// The shared variables that can be seen here, for a template that is included.
    fn visible(&self) -> String {
        let names: BTreeSet<&String> = self.shared.values().flatten().collect();
        let places =
            names.into_iter().map(|name| (name, self.name(name))).filter(|(name, place)| *name != place);
        places.map(|(name, place)| format!("{name}={place}")).collect::<Vec<_>>().join(", ")
    }

    /// The expression, closed in itself: it can stand next to any operator.
    fn value(&self, expression: &Expression) -> String {
        match expression {
            Expression::Name(name) => self.name(name),
            Expression::Text(text) => quoted(text),
            Expression::Number(number) => number.clone(),
            Expression::Boolean(value) => value.to_string(),
            Expression::Null => "none".to_owned(),
            Expression::List(items) => format!("[{}]", self.values(items)),
            Expression::Dictionary(entries) => self.dictionary(entries),
            Expression::Member(of, name) => self.member(of, name),
            Expression::Item(of, item) => format!("{}[{}]", self.value(of), self.value(item)),
            Expression::Call(callee, arguments) => self.called(callee, arguments),
            Expression::Filter(of, name, arguments) => {
                format!("({}|{name}({}))", self.value(of), self.arguments(arguments))
            }
            Expression::Test(of, name, arguments) => {
                format!("({} is {name}({}))", self.value(of), self.arguments(arguments))
            }
            Expression::Not(of) => format!("(not {})", self.truth(of)),
            Expression::Negative(of) => format!("(-{})", self.value(of)),
            Expression::Binary(operator, left, right) => self.binary(operator, left, right),
            Expression::Comparison(first, others) => self.comparison(first, others),
            Expression::Choice { then, condition, otherwise } => {
                let otherwise =
                    otherwise.as_ref().map_or_else(|| "\"\"".to_owned(), |value| self.value(value));
                format!("({} if {} else {otherwise})", self.value(then), self.truth(condition))
            }
        }
    }

    fn values(&self, items: &[Expression]) -> String {
        items.iter().map(|item| self.value(item)).collect::<Vec<_>>().join(", ")
    }

    fn dictionary(&self, entries: &[(String, Expression)]) -> String {
        let written = entries.iter().map(|(key, value)| format!("{}: {}", quoted(key), self.value(value)));
        format!("{{{}}}", written.collect::<Vec<_>>().join(", "))
    }

    /// What every text or list has in JavaScript is no attribute in minijinja.
    fn member(&self, of: &Expression, name: &str) -> String {
        let of = self.value(of);
        if name == "length" || name == "val" {
            format!("js_member({of}, \"{name}\")")
        } else {
            format!("{of}.{name}")
        }
    }

    fn called(&self, callee: &Expression, arguments: &[Argument]) -> String {
        let callee = match callee {
            Expression::Member(of, name) => format!("{}.{name}", self.value(of)),
            // A context has no functions.
            Expression::Name(name) => self.place(name, false),
            other => self.value(other),
        };
        format!("{callee}({})", self.arguments(arguments))
    }

    fn arguments(&self, arguments: &[Argument]) -> String {
        let written = arguments.iter().map(|argument| {
            let value = self.value(&argument.value);
            argument.name.as_ref().map_or_else(|| value.clone(), |name| format!("{name}={value}"))
        });
        written.collect::<Vec<_>>().join(", ")
    }

    fn binary(&self, operator: &str, left: &Expression, right: &Expression) -> String {
        let (a, b) = (self.value(left), self.value(right));
        match operator {
            "and" if is_boolean(left) => format!("({a} and {b})"),
            "or" if is_boolean(left) => format!("({a} or {b})"),
            "and" => format!("({b} if js_true({a}) else {a})"),
            "or" => format!("({a} if js_true({a}) else {b})"),
            "in" => format!("js_in({a}, {b})"),
            "+" => format!("js_add({a}, {b})"),
            "~" => format!("js_add(js_add({a}, \"\"), {b})"),
            _ => format!("({a} {operator} {b})"),
        }
    }

    /// Each pair of neighbours compared; of JavaScript's own reading of `a < b < c` nobody makes use.
    fn comparison(&self, first: &Expression, others: &[(&'static str, Expression)]) -> String {
        let mut left = first;
        let mut parts = Vec::new();
        for (operator, right) in others {
            let (a, b) = (self.value(left), self.value(right));
            parts.push(match *operator {
                "===" => format!("js_same({a}, {b})"),
                "!==" => format!("(not js_same({a}, {b}))"),
                "==" => format!("js_equal({a}, {b})"),
                "!=" => format!("(not js_equal({a}, {b}))"),
                other => format!("js_compare({a}, \"{other}\", {b})"),
            });
            left = right;
        }
        if let [one] = parts.as_mut_slice() {
            std::mem::take(one)
        } else {
            format!("({})", parts.join(" and "))
        }
    }

    /// The expression as a condition: true where JavaScript takes it as true.
    fn truth(&self, expression: &Expression) -> String {
        match expression {
            _ if is_boolean(expression) => self.value(expression),
            Expression::Binary(operator @ ("and" | "or"), left, right) => {
                format!("({} {operator} {})", self.truth(left), self.truth(right))
            }
            _ => format!("js_true({})", self.value(expression)),
        }
    }
}

/// Whether the expression can only be true or false.
fn is_boolean(expression: &Expression) -> bool {
    match expression {
        Expression::Boolean(_) | Expression::Test(..) | Expression::Not(_) | Expression::Comparison(..) => {
            true
        }
        Expression::Binary("in", ..) => true,
        Expression::Binary("and" | "or", left, right) => is_boolean(left) && is_boolean(right),
        _ => false,
    }
}

/// The text as a string of minijinja.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
