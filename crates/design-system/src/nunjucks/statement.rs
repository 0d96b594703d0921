//! The tags of Nunjucks: what they are, and how they are read.

use super::expression::{Argument, Expression, Reader};
use super::tokens::words;

/// A name with the value that it has if none is given.
pub(super) type Parameter = (String, Option<Expression>);

/// What a tag says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Statement {
    If(Expression),
    ElseIf(Expression),
    Else,
    For {
        names: Vec<String>,
        over: Expression,
    },
    Set {
        names: Vec<String>,
        value: Expression,
    },
    /// `{% set a %}…{% endset %}`.
    Capture(Vec<String>),
    Macro {
        name: String,
        parameters: Vec<Parameter>,
    },
    Call {
        parameters: Vec<Parameter>,
        callee: Expression,
        arguments: Vec<Argument>,
    },
    Include {
        name: Expression,
        may_be_missing: bool,
    },
    Import {
        from: Expression,
        name: String,
    },
    FromImport {
        from: Expression,
        names: Vec<(String, Option<String>)>,
    },
    Extends(Expression),
    Block(String),
    Filter(Expression),
    /// `{% endif %}` and the like, by what it ends.
    End(&'static str),
}

/// The tags that have an end, by its name.
const ENDS: [(&str, &str); 8] = [
    ("endif", "if"),
    ("endfor", "for"),
    ("endset", "set"),
    ("endmacro", "macro"),
    ("endcall", "call"),
    ("endblock", "block"),
    ("endfilter", "filter"),
    ("endwith", "with"),
];

/// Reads the inside of `{% … %}`.
pub(super) fn statement(code: &str) -> Result<Statement, String> {
    let mut reader = Reader::new(words(code)?);
    let keyword = reader.name()?;
    let read = match keyword.as_str() {
        "if" => Statement::If(reader.expression()?),
        "elif" | "elseif" => Statement::ElseIf(reader.expression()?),
        "else" => Statement::Else,
        "for" => for_loop(&mut reader)?,
        "set" => set(&mut reader)?,
        "macro" => macro_start(&mut reader)?,
        "call" => call(&mut reader)?,
        "include" => include(&mut reader)?,
        "import" => import(&mut reader)?,
        "from" => from_import(&mut reader)?,
        "extends" => Statement::Extends(reader.expression()?),
        "block" => Statement::Block(reader.name()?),
        "filter" => filter(&mut reader)?,
        _ => end(&keyword, &mut reader)?,
    };
    reader.end()?;
    Ok(read)
}

fn end(keyword: &str, reader: &mut Reader) -> Result<Statement, String> {
    let Some((_, opened)) = ENDS.into_iter().find(|(end, _)| *end == keyword) else {
        return Err(format!(
            "`{keyword}` is no tag; the tags are those of Nunjucks, without its asynchronous ones"
        ));
    };
    if opened == "block" && !reader.is_at_end() {
        reader.name()?;
    }
    Ok(Statement::End(opened))
}

fn names(reader: &mut Reader) -> Result<Vec<String>, String> {
    let mut names = vec![reader.name()?];
    while reader.takes(",") {
        names.push(reader.name()?);
    }
    Ok(names)
}

fn for_loop(reader: &mut Reader) -> Result<Statement, String> {
    let names = names(reader)?;
    if !reader.takes_word("in") {
        return Err("`in` is missing; write `for item in items`".to_owned());
    }
    Ok(Statement::For { names, over: reader.expression()? })
}

fn set(reader: &mut Reader) -> Result<Statement, String> {
    let names = names(reader)?;
    if reader.is_at_end() {
        return Ok(Statement::Capture(names));
    }
    reader.needs("=")?;
    Ok(Statement::Set { names, value: reader.expression()? })
}

fn parameters(reader: &mut Reader) -> Result<Vec<Parameter>, String> {
    let mut read = Vec::new();
    for argument in reader.arguments()? {
        read.push(match argument {
            Argument { name: Some(name), value } => (name, Some(value)),
            Argument { name: None, value: Expression::Name(name) } => (name, None),
            Argument { name: None, .. } => return Err("a parameter has to be a name".to_owned()),
        });
    }
    Ok(read)
}

fn macro_start(reader: &mut Reader) -> Result<Statement, String> {
    let name = reader.name()?;
    reader.needs("(")?;
    Ok(Statement::Macro { name, parameters: parameters(reader)? })
}

fn call(reader: &mut Reader) -> Result<Statement, String> {
    let parameters = if reader.takes("(") { parameters(reader)? } else { Vec::new() };
    match reader.expression()? {
        Expression::Call(callee, arguments) => Ok(Statement::Call { parameters, callee: *callee, arguments }),
        _ => Err("a call is missing; write `call name(arguments)`".to_owned()),
    }
}

fn include(reader: &mut Reader) -> Result<Statement, String> {
    let name = reader.expression()?;
    let may_be_missing = reader.takes_word("ignore");
    if may_be_missing && !reader.takes_word("missing") {
        return Err("`missing` is missing after `ignore`".to_owned());
    }
    Ok(Statement::Include { name, may_be_missing })
}

/// Imports never see the context here, which is what Nunjucks does when it is not told otherwise.
fn without_context(reader: &mut Reader) -> Result<(), String> {
    if reader.takes_word("with") {
        return Err("`with context` is not supported; give the macro what it needs".to_owned());
    }
    if reader.takes_word("without") && !reader.takes_word("context") {
        return Err("`context` is missing after `without`".to_owned());
    }
    Ok(())
}

fn import(reader: &mut Reader) -> Result<Statement, String> {
    let from = reader.expression()?;
    if !reader.takes_word("as") {
        return Err("`as` is missing; write `import \"file\" as name`".to_owned());
    }
    let name = reader.name()?;
    without_context(reader)?;
    Ok(Statement::Import { from, name })
}

fn from_import(reader: &mut Reader) -> Result<Statement, String> {
    let from = reader.expression()?;
    if !reader.takes_word("import") {
        return Err("`import` is missing; write `from \"file\" import name`".to_owned());
    }
    let mut names = Vec::new();
    loop {
        let name = reader.name()?;
        let alias = if reader.takes_word("as") { Some(reader.name()?) } else { None };
        names.push((name, alias));
        if !reader.takes(",") {
            break;
        }
    }
    without_context(reader)?;
    Ok(Statement::FromImport { from, names })
}

fn filter(reader: &mut Reader) -> Result<Statement, String> {
    let name = reader.name()?;
    let arguments = if reader.takes("(") { reader.arguments()? } else { Vec::new() };
    // The text that is filtered stands first; the writer puts the capture there.
    let captured = Box::new(Expression::Name(String::new()));
    Ok(Statement::Filter(Expression::Filter(captured, name, arguments)))
}
