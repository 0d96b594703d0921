//! Expressions of Nunjucks: what they are, and how they are read.

use super::tokens::Token;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expression {
    Name(String),
    Text(String),
    Number(String),
    Boolean(bool),
    Null,
    List(Vec<Expression>),
    Dictionary(Vec<(String, Expression)>),
    Member(Box<Expression>, String),
    Item(Box<Expression>, Box<Expression>),
    Call(Box<Expression>, Vec<Argument>),
    Filter(Box<Expression>, String, Vec<Argument>),
    Test(Box<Expression>, String, Vec<Argument>),
    Not(Box<Expression>),
    Negative(Box<Expression>),
    /// Two operands and one of `and or in + - ~ * / // % **`.
    Binary(&'static str, Box<Expression>, Box<Expression>),
    /// A first operand, then operators and further operands: `a < b < c`.
    Comparison(Box<Expression>, Vec<(&'static str, Expression)>),
    /// `then if condition else otherwise`.
    Choice {
        then: Box<Expression>,
        condition: Box<Expression>,
        otherwise: Option<Box<Expression>>,
    },
}

/// What stands in the brackets of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Argument {
    pub name: Option<String>,
    pub value: Expression,
}

/// How deep expressions may nest.
const DEPTH: usize = 60;

/// Operators with two operands, loosest first, each row tighter than the one before it. Nunjucks leaves their order to JavaScript.
const LEVELS: [&[&str]; 3] = [&["+", "-", "~"], &["*", "/", "//", "%"], &["**"]];

/// Reads words one after another.
pub(super) struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
    /// What is read stands directly after `not`.
    after_not: bool,
}

type Read = Result<Expression, String>;

impl Reader {
    pub fn new(tokens: Vec<Token>) -> Self {
        Reader { tokens: tokens.into_iter().peekable(), depth: 0, after_not: false }
    }

    pub fn is_at_end(&mut self) -> bool {
        self.tokens.peek().is_none()
    }

    /// Takes the mark if it is next.
    pub fn takes(&mut self, mark: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Mark(m) if *m == mark)).is_some()
    }

    /// Takes the word if it is next.
    pub fn takes_word(&mut self, word: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Name(name) if name == word)).is_some()
    }

    pub fn needs(&mut self, mark: &str) -> Result<(), String> {
        if self.takes(mark) { Ok(()) } else { Err(format!("`{mark}` is missing{}", self.before())) }
    }

    pub fn name(&mut self) -> Result<String, String> {
        match self.tokens.next_if(|token| matches!(token, Token::Name(_))) {
            Some(Token::Name(name)) => Ok(name),
            _ => Err(format!("a name is missing{}", self.before())),
        }
    }

    pub fn end(&mut self) -> Result<(), String> {
        if self.is_at_end() { Ok(()) } else { Err(format!("something is missing{}", self.before())) }
    }

    /// Where an error is: before the next word.
    fn before(&mut self) -> String {
        match self.tokens.peek() {
            None => " at the end of the tag".to_owned(),
            Some(Token::Name(word) | Token::Text(word) | Token::Number(word)) => format!(" before `{word}`"),
            Some(Token::Mark(mark)) => format!(" before `{mark}`"),
        }
    }

    pub fn expression(&mut self) -> Read {
        if self.depth == DEPTH {
            return Err(format!("the expression nests more than {DEPTH} deep; `set` parts of it first"));
        }
        self.depth += 1;
        let after_not = std::mem::take(&mut self.after_not);
        let read = self.choice();
        self.after_not = after_not;
        self.depth -= 1;
        read
    }

    fn choice(&mut self) -> Read {
        let mut read = self.or()?;
        if self.takes_word("if") {
            let condition = Box::new(self.or()?);
            let otherwise = if self.takes_word("else") { Some(Box::new(self.or()?)) } else { None };
            read = Expression::Choice { then: Box::new(read), condition, otherwise };
        }
        Ok(read)
    }

    fn or(&mut self) -> Read {
        self.chain("or", Self::and)
    }

    fn and(&mut self) -> Read {
        self.chain("and", Self::not)
    }

    /// Operands with the same word between them, taken together from the right: the writer has to write a left operand twice.
    fn chain(&mut self, word: &'static str, operand: fn(&mut Self) -> Read) -> Read {
        let mut operands = vec![operand(self)?];
        while self.takes_word(word) {
            operands.push(operand(self)?);
        }
        let together = operands.into_iter().rev().reduce(|right, left| binary(word, left, right));
        together.ok_or_else(|| format!("a value is missing before `{word}`"))
    }

    fn not(&mut self) -> Read {
        let mut times = 0;
        while self.takes_word("not") {
            times += 1;
        }
        self.after_not = times > 0;
        let read = self.within()?;
        self.after_not = false;
        Ok((0..times).fold(read, |read, _| Expression::Not(Box::new(read))))
    }

    fn within(&mut self) -> Read {
        let mut left = self.test()?;
        loop {
            let inverted = self.takes_word("not");
            if !self.takes_word("in") {
                return if inverted { Err(format!("`in` is missing{}", self.before())) } else { Ok(left) };
            }
            left = binary("in", left, self.test()?);
            if inverted {
                left = Expression::Not(Box::new(left));
            }
        }
    }

    fn test(&mut self) -> Read {
        let left = self.comparison()?;
        if !self.takes_word("is") {
            return Ok(left);
        }
        let inverted = self.takes_word("not");
        let name = self.name()?;
        let arguments = if self.takes("(") { self.arguments()? } else { Vec::new() };
        let test = Expression::Test(Box::new(left), name, arguments);
        Ok(if inverted { Expression::Not(Box::new(test)) } else { test })
    }

    fn comparison(&mut self) -> Read {
        let first = self.level(0)?;
        let mut others = Vec::new();
        while let Some(mark) =
            ["===", "!==", "==", "!=", "<=", ">=", "<", ">"].into_iter().find(|m| self.takes(m))
        {
            // Nunjucks would take `not` first and then compare, which nobody means.
            if self.after_not {
                return Err(format!(
                    "`not` stands before a comparison with `{mark}`; put brackets round the comparison"
                ));
            }
            others.push((mark, self.level(0)?));
        }
        Ok(if others.is_empty() { first } else { Expression::Comparison(Box::new(first), others) })
    }

    fn level(&mut self, level: usize) -> Read {
        let Some(marks) = LEVELS.get(level) else {
            return self.unary();
        };
        let mut left = self.level(level + 1)?;
        while let Some(mark) = marks.iter().find(|mark| self.takes(mark)) {
            left = binary(mark, left, self.level(level + 1)?);
        }
        Ok(left)
    }

    fn unary(&mut self) -> Read {
        let read = self.sign()?;
        self.filters(read)
    }

    fn sign(&mut self) -> Read {
        let mut negative = false;
        loop {
            if self.takes("-") {
                negative = !negative;
            } else if !self.takes("+") {
                break;
            }
        }
        let read = self.postfix()?;
        Ok(if negative { Expression::Negative(Box::new(read)) } else { read })
    }

    pub fn filters(&mut self, mut read: Expression) -> Read {
        while self.takes("|") {
            let name = self.name()?;
            let arguments = if self.takes("(") { self.arguments()? } else { Vec::new() };
            read = Expression::Filter(Box::new(read), name, arguments);
        }
        Ok(read)
    }

    fn postfix(&mut self) -> Read {
        let mut read = self.primary()?;
        loop {
            if self.takes(".") {
                read = Expression::Member(Box::new(read), self.name()?);
            } else if self.takes("[") {
                let item = Box::new(self.expression()?);
                self.needs("]")?;
                read = Expression::Item(Box::new(read), item);
            } else if self.takes("(") {
                read = Expression::Call(Box::new(read), self.arguments()?);
            } else {
                return Ok(read);
            }
        }
    }

    fn primary(&mut self) -> Read {
        let before = self.before();
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(Expression::Text(text)),
            Some(Token::Number(number)) => Ok(Expression::Number(number)),
            Some(Token::Name(name)) => Ok(named(name)),
            Some(Token::Mark("(")) => {
                let read = self.expression()?;
                self.needs(")")?;
                Ok(read)
            }
            Some(Token::Mark("[")) => self.list(),
            Some(Token::Mark("{")) => self.dictionary(),
            _ => Err(format!("a value is missing{before}")),
        }
    }

    fn list(&mut self) -> Read {
        let mut items = Vec::new();
        while !self.takes("]") {
            items.push(self.expression()?);
            if !self.takes(",") {
                self.needs("]")?;
                break;
            }
        }
        Ok(Expression::List(items))
    }

    fn dictionary(&mut self) -> Read {
        let mut entries = Vec::new();
        while !self.takes("}") {
            let before = self.before();
            let Some(Token::Name(key) | Token::Text(key)) = self.tokens.next() else {
                return Err(format!("a key is missing{before}; write a name or a string"));
            };
            self.needs(":")?;
            entries.push((key, self.expression()?));
            if !self.takes(",") {
                self.needs("}")?;
                break;
            }
        }
        Ok(Expression::Dictionary(entries))
    }

    /// What stands in brackets, the first of which is read.
    pub fn arguments(&mut self) -> Result<Vec<Argument>, String> {
        let mut arguments = Vec::new();
        while !self.takes(")") {
            let value = self.expression()?;
            arguments.push(if self.takes("=") {
                let Expression::Name(name) = value else {
                    return Err("only a name can stand before `=`".to_owned());
                };
                Argument { name: Some(name), value: self.expression()? }
            } else {
                Argument { name: None, value }
            });
            if !self.takes(",") {
                self.needs(")")?;
                break;
            }
        }
        Ok(arguments)
    }
}

fn named(name: String) -> Expression {
    match name.as_str() {
        "true" => Expression::Boolean(true),
        "false" => Expression::Boolean(false),
        "none" | "null" => Expression::Null,
        _ => Expression::Name(name),
    }
}

fn binary(operator: &'static str, left: Expression, right: Expression) -> Expression {
    Expression::Binary(operator, Box::new(left), Box::new(right))
}
