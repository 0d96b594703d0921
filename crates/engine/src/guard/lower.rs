//! Lowers a guard to tests on the columns of one event, evaluated without walking its tree or making values.
//!
//! What is lowered gives what [`Checked::truth`] gives, failures and their texts included.

use super::check::Checked;
use super::scope::{EventField, Failure, Record};
use super::tree::{Bytes, Op, Typed};
use super::{Comparison, number, values};
use crate::log::{Cell, Text};
use crate::record::Value;

/// The results that a program may hold at one time; a guard that needs more is not lowered.
const STACK: usize = 16;

/// A column that a lowered guard reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    /// A field that every event has.
    Field(EventField),
    /// The attribute of this name.
    Attr(String),
    /// The links of this role, of which only is asked whether there are any.
    Links(String),
}

/// The cells of one event, by index into [`ColumnTest::columns`].
pub trait Cells {
    /// The value in a column of fields or of an attribute; none where it is missing.
    fn cell(&self, column: usize) -> Option<Cell>;

    /// Whether the event links anything in the role of a column of links.
    fn linked(&self, column: usize) -> bool;
}

/// A guard that only compares columns of one event with constants. Its texts are not yet numbers of a dictionary.
#[derive(Clone, Debug)]
pub struct ColumnTest {
    text: String,
    record: Record,
    columns: Vec<Column>,
    steps: Vec<Step>,
    tests: Vec<Test<Value>>,
}

/// A [`ColumnTest`] over the columns of one log.
#[derive(Clone, Debug)]
pub struct BoundTest {
    text: String,
    steps: Vec<Step>,
    tests: Vec<Test<Cell>>,
}

/// Which part of a bound test failed: see [`BoundTest::failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedAt(Bytes);

/// A step of a program over a stack of results.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Pushes the result of a test.
    Test(usize),
    /// Negates the last result.
    Not,
    /// Goes on at a step if the last result decides: false of `&&`, true of `||`.
    Decided { by: bool, go_to: usize },
    /// Makes one of the last two results: `&&` decided by false, `||` by true.
    Both { by: bool },
}

#[derive(Clone, Debug)]
enum Test<C> {
    Constant(bool),
    HasAttr(usize),
    HasLinks(usize),
    Truth(Operand<C>),
    Compare { comparison: Comparison, left: Operand<C>, right: Operand<C>, bytes: Bytes },
    In { left: Operand<C>, constants: Vec<C>, bytes: Bytes },
}

#[derive(Clone, Debug)]
enum Operand<C> {
    Constant(C),
    /// A column; of one that is declared a decimal, an integer will do. The bytes are what fails if the cell is missing.
    Column {
        column: usize,
        decimal: bool,
        bytes: Bytes,
    },
}

impl Checked {
    /// The guard as tests on columns, if it is no more than that: comparisons of fields and attributes of one event
    /// with constants or its fields, tests for attributes and links, and `!`, `&&`, `||` over these.
    #[must_use]
    pub fn lower(&self) -> Option<ColumnTest> {
        let mut lowering = Lowering {
            checked: self,
            record: None,
            columns: Vec::new(),
            steps: Vec::new(),
            tests: Vec::new(),
        };
        lowering.condition(&self.root, 1)?;
        let Lowering { record, columns, steps, tests, .. } = lowering;
        Some(ColumnTest {
            text: self.text.clone(),
            record: record.unwrap_or(Record::Event),
            columns,
            steps,
            tests,
        })
    }
}

struct Lowering<'c> {
    checked: &'c Checked,
    record: Option<Record>,
    columns: Vec<Column>,
    steps: Vec<Step>,
    tests: Vec<Test<Value>>,
}

impl Lowering<'_> {
    /// Adds the steps of a condition whose result will be the `depth`th on the stack.
    fn condition(&mut self, node: &Typed, depth: usize) -> Option<()> {
        if depth > STACK {
            return None;
        }
        match &node.op {
            Op::Not(a) => {
                self.condition(a, depth)?;
                self.steps.push(Step::Not);
            }
            Op::And(a, b) => self.both(a, b, false, depth)?,
            Op::Or(a, b) => self.both(a, b, true, depth)?,
            _ => {
                let test = self.test(node)?;
                self.steps.push(Step::Test(self.tests.len()));
                self.tests.push(test);
            }
        }
        Some(())
    }

    fn both(&mut self, a: &Typed, b: &Typed, by: bool, depth: usize) -> Option<()> {
        self.condition(a, depth)?;
        let decided = self.steps.len();
        self.steps.push(Step::Decided { by, go_to: 0 });
        self.condition(b, depth + 1)?;
        self.steps.push(Step::Both { by });
        self.steps[decided] = Step::Decided { by, go_to: self.steps.len() };
        Some(())
    }

    fn test(&mut self, node: &Typed) -> Option<Test<Value>> {
        let bytes = node.bytes;
        match &node.op {
            Op::Constant(Value::Boolean(truth)) => Some(Test::Constant(*truth)),
            Op::HasAttr(record, slot) => {
                let name = self.checked.attrs()[*slot].clone();
                self.column(*record, Column::Attr(name)).map(Test::HasAttr)
            }
            Op::HasLinks(record, slot) => {
                let role = self.checked.roles()[*slot].clone();
                self.column(*record, Column::Links(role)).map(Test::HasLinks)
            }
            Op::Attr { .. } => self.operand(node).map(Test::Truth),
            Op::Compare(comparison, a, b) => {
                let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
                if !equality && a.ty.is_text() && b.ty.is_text() {
                    return None;
                }
                // The lists of two attributes would be compared by element.
                if ![a, b].into_iter().any(|side| matches!(side.op, Op::Constant(_) | Op::Field(..))) {
                    return None;
                }
                let (left, right) = (self.operand(a)?, self.operand(b)?);
                Some(Test::Compare { comparison: *comparison, left, right, bytes })
            }
            Op::InConstants(a, constants) => {
                Some(Test::In { left: self.operand(a)?, constants: constants.clone(), bytes })
            }
            _ => None,
        }
    }

    fn operand(&mut self, node: &Typed) -> Option<Operand<Value>> {
        let (record, column, decimal) = match &node.op {
            Op::Constant(Value::Texts(_)) => return None,
            Op::Constant(value) => return Some(Operand::Constant(value.clone())),
            Op::Field(record, field) => (*record, Column::Field(*field), false),
            Op::Attr { record, slot, decimal } => {
                (*record, Column::Attr(self.checked.attrs()[*slot].clone()), *decimal)
            }
            _ => return None,
        };
        let column = self.column(record, column)?;
        Some(Operand::Column { column, decimal, bytes: node.bytes })
    }

    /// The index of a column, if it is of the one event that the guard reads.
    fn column(&mut self, record: Record, column: Column) -> Option<usize> {
        if *self.record.get_or_insert(record) != record {
            return None;
        }
        let known = self.columns.iter().position(|other| *other == column);
        Some(known.unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        }))
    }
}

impl ColumnTest {
    /// The event whose columns it reads.
    #[must_use]
    pub fn record(&self) -> Record {
        self.record
    }

    /// The columns it reads.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The test over a log, whose dictionary `find` looks texts up in. Texts of one dictionary are equal if and only if
    /// their numbers are, so a text that it does not have equals none.
    #[must_use]
    pub fn bind(&self, find: impl Fn(&str) -> Option<Text>) -> BoundTest {
        let constant = |value: &Value| match value {
            Value::Text(text) => Cell::Text(find(text).unwrap_or(Text::from_index(u32::MAX as usize))),
            Value::Integer(number) => Cell::Integer(*number),
            Value::Decimal(number) => Cell::Decimal(*number),
            Value::Boolean(truth) => Cell::Boolean(*truth),
            Value::Instant(instant) => Cell::Instant(*instant),
            Value::Texts(_) => Cell::Texts(u32::MAX),
        };
        let tests = self.tests.iter().map(|test| test.bind(&constant)).collect();
        BoundTest { text: self.text.clone(), steps: self.steps.clone(), tests }
    }
}

impl Test<Value> {
    fn bind(&self, constant: &impl Fn(&Value) -> Cell) -> Test<Cell> {
        let operand = |operand: &Operand<Value>| match operand {
            Operand::Constant(value) => Operand::Constant(constant(value)),
            Operand::Column { column, decimal, bytes } => {
                Operand::Column { column: *column, decimal: *decimal, bytes: *bytes }
            }
        };
        match self {
            Self::Constant(truth) => Test::Constant(*truth),
            Self::HasAttr(column) => Test::HasAttr(*column),
            Self::HasLinks(column) => Test::HasLinks(*column),
            Self::Truth(of) => Test::Truth(operand(of)),
            Self::Compare { comparison, left, right, bytes } => Test::Compare {
                comparison: *comparison,
                left: operand(left),
                right: operand(right),
                bytes: *bytes,
            },
            Self::In { left, constants, bytes } => Test::In {
                left: operand(left),
                constants: constants.iter().map(constant).collect(),
                bytes: *bytes,
            },
        }
    }
}

impl BoundTest {
    /// Whether the guard is true of an event.
    ///
    /// # Errors
    /// Where a cell that matters is missing or of the wrong type.
    pub fn test(&self, cells: &impl Cells) -> Result<bool, FailedAt> {
        if let [Step::Test(only)] = self.steps.as_slice() {
            return self.tests[*only].run(cells);
        }
        let mut stack = [Ok(false); STACK];
        let mut height = 0;
        let mut next = 0;
        while let Some(step) = self.steps.get(next) {
            next += 1;
            match *step {
                Step::Test(test) => {
                    stack[height] = self.tests[test].run(cells);
                    height += 1;
                }
                Step::Not => stack[height - 1] = stack[height - 1].map(|truth: bool| !truth),
                Step::Decided { by, go_to } => {
                    if stack[height - 1] == Ok(by) {
                        next = go_to;
                    }
                }
                Step::Both { by } => {
                    height -= 1;
                    // The left side did not decide, or this step would have been passed over.
                    let (left, right) = (stack[height - 1], stack[height]);
                    stack[height - 1] = if right == Ok(by) { right } else { left.and(right) };
                }
            }
        }
        stack[0]
    }

    /// What a failure names.
    #[must_use]
    pub fn failure(&self, at: FailedAt) -> Failure {
        Failure { what: at.0.of(&self.text).to_owned() }
    }
}

impl Test<Cell> {
    fn run(&self, cells: &impl Cells) -> Result<bool, FailedAt> {
        match self {
            Self::Constant(truth) => Ok(*truth),
            Self::HasAttr(column) => Ok(cells.cell(*column).is_some()),
            Self::HasLinks(column) => Ok(cells.linked(*column)),
            Self::Truth(operand) => match operand.read(cells)? {
                Cell::Boolean(truth) => Ok(truth),
                _ => Err(operand.failed()),
            },
            Self::Compare { comparison, left, right, bytes } => {
                let (left, right) = (left.read(cells)?, right.read(cells)?);
                compare(*comparison, left, right).ok_or(FailedAt(*bytes))
            }
            Self::In { left, constants, bytes } => {
                let left = left.read(cells)?;
                let mut any = Ok(false);
                for &constant in constants {
                    match compare(Comparison::Equal, left, constant) {
                        Some(true) => return Ok(true),
                        Some(false) => {}
                        None => any = Err(FailedAt(*bytes)),
                    }
                }
                any
            }
        }
    }
}

impl Operand<Cell> {
    fn read(&self, cells: &impl Cells) -> Result<Cell, FailedAt> {
        match self {
            Self::Constant(constant) => Ok(*constant),
            Self::Column { column, decimal, bytes } => match cells.cell(*column) {
                Some(Cell::Integer(number)) if *decimal => Ok(Cell::Decimal(number as f64)),
                Some(cell) => Ok(cell),
                None => Err(FailedAt(*bytes)),
            },
        }
    }

    fn failed(&self) -> FailedAt {
        match self {
            Self::Constant(_) => FailedAt(Bytes::default()),
            Self::Column { bytes, .. } => FailedAt(*bytes),
        }
    }
}

/// Whether a comparison holds of two cells; none where they are of two types, or lists.
fn compare(comparison: Comparison, a: Cell, b: Cell) -> Option<bool> {
    let ordering = match (a, b) {
        // Numbers of texts have no order of their own: only equality of texts is lowered.
        (Cell::Text(a), Cell::Text(b)) => Some(a.cmp(&b)),
        (Cell::Integer(a), Cell::Integer(b)) => Some(a.cmp(&b)),
        (Cell::Decimal(a), Cell::Decimal(b)) => a.partial_cmp(&b),
        (Cell::Integer(a), Cell::Decimal(b)) => number::compare(a, b),
        (Cell::Decimal(a), Cell::Integer(b)) => number::compare(b, a).map(std::cmp::Ordering::reverse),
        (Cell::Boolean(a), Cell::Boolean(b)) => Some(a.cmp(&b)),
        (Cell::Instant(a), Cell::Instant(b)) => Some(a.cmp(&b)),
        _ => return None,
    };
    Some(values::holds(comparison, ordering))
}
