//! A rule's clock as a small drawing, as text and as a picture. It is not to scale.

use std::fmt::Write as _;

use engine::guard::{Expr, Guard};
use engine::policy::{DutyRule, KindRef, Pattern, SignalRule, kinds, span};
use engine::time::Span;
use minijinja::HtmlEscape;
use serde::{Serialize, Serializer};

use super::ladder::Rung;
use crate::words::plain;

/// What starts a clock, what it leads to, and the ladder that rises there.
#[derive(Default)]
pub struct TimeLine {
    start: String,
    stretches: Vec<Stretch>,
    /// At the end of which stretch the ladder rises.
    ladder_at: usize,
    /// The steps of the ladder: number, and how long each has to answer.
    steps: Vec<(usize, Option<String>)>,
}

/// A stretch of time and what stands at its end.
struct Stretch {
    length: String,
    end: String,
}

fn stretch(length: impl Into<String>, end: impl Into<String>) -> Stretch {
    Stretch { length: length.into(), end: end.into() }
}

impl TimeLine {
    /// The clock of a duty, with its ladder.
    pub fn of_duty(rule: &DutyRule, ladder: &[Rung]) -> Self {
        let line = match rule.pattern {
            Pattern::Respond => respond(rule),
            Pattern::Before => before(rule),
            Pattern::Holds => Self::new(&rule.when, vec![stretch("at that moment", "must hold")]),
            Pattern::Every => every(rule),
            Pattern::Attend => attend(rule),
            Pattern::Never => never(rule),
        };
        let steps = ladder.iter().map(|rung| (rung.number, rung.length.clone())).collect();
        Self { steps, ..line }
    }

    /// The window of a signal.
    pub fn of_signal(rule: &SignalRule) -> Self {
        let counted = if rule.count.is_empty() { String::from("an event") } else { few(&rule.count) };
        let start = if rule.at_least > 1 { format!("{} × {counted}", rule.at_least) } else { counted };
        let length = match rule.within {
            Some(within) if rule.at_least > 1 => format!("within {}", span(within)),
            None if rule.at_least > 1 => String::from("at any time"),
            _ => String::from("at once"),
        };
        Self { start, stretches: vec![stretch(length, "raised")], ..Self::default() }
    }

    fn new(start: &[KindRef], stretches: Vec<Stretch>) -> Self {
        Self { start: few(start), stretches, ..Self::default() }
    }
}

fn respond(rule: &DutyRule) -> TimeLine {
    let due = format!("due: {}", few(&rule.expect));
    let stretches = match (rule.within, &rule.due, rule.due_before) {
        (Some(within), _, _) => vec![stretch(span(within), due)],
        (None, Some(guard), Some(before)) => vec![stretch("", "due"), stretch(span(before), moment(guard))],
        (None, Some(guard), None) => vec![stretch(format!("to its {}", moment(guard)), due)],
        (None, None, _) => vec![stretch("no limit", few(&rule.expect))],
    };
    TimeLine::new(&rule.when, stretches)
}

fn before(rule: &DutyRule) -> TimeLine {
    let length = match (rule.within, rule.since.as_slice()) {
        (Some(within), _) => format!("at most {}", span(within)),
        (None, []) => String::from("at any time before"),
        (None, since) => format!("since {}", few(since)),
    };
    TimeLine::new(&rule.expect, vec![stretch(length, few(&rule.when))])
}

fn every(rule: &DutyRule) -> TimeLine {
    let each = rule.every.map(span).unwrap_or_default();
    let first = rule.first.map(span).unwrap_or_else(|| each.clone());
    let stretches = vec![stretch(first, "due"), stretch(each, "due, and so on")];
    TimeLine { ladder_at: 1, ..TimeLine::new(&rule.when, stretches) }
}

fn attend(rule: &DutyRule) -> TimeLine {
    let within: Option<Span> = rule.within;
    TimeLine::new(&rule.when, vec![stretch(within.map(span).unwrap_or_default(), "attendance recorded")])
}

fn never(rule: &DutyRule) -> TimeLine {
    let end = match rule.unless_before.as_slice() {
        [] => String::from("breach"),
        before => format!("breach, unless after {}", few(before)),
    };
    TimeLine::new(&rule.when, vec![stretch("at that moment", end)])
}

/// One or two kinds, without marks; of more, or of long ones, the first and how many others.
fn few(of: &[KindRef]) -> String {
    let said = |of: &[KindRef]| plain(&kinds(of).replace('`', ""));
    match of {
        [first, others @ ..] if others.len() > 1 || (others.len() == 1 && said(of).len() > MOST_OF_TWO) => {
            let word = if others.len() == 1 { "other" } else { "others" };
            format!("{} or {} {word}", said(std::slice::from_ref(first)), others.len())
        }
        _ => said(of),
    }
}

/// The longest that two kinds together may be.
const MOST_OF_TWO: usize = 40;

/// The attribute that says when, or the words of a guard that computes it.
fn moment(guard: &Guard) -> String {
    match &guard.root.expr {
        Expr::Field { name, .. } => plain(name),
        _ => String::from("time as reckoned"),
    }
}

impl TimeLine {
    /// The drawing in lines of fixed width.
    pub fn text(&self) -> String {
        let mut text = self.start.clone();
        for Stretch { length, end } in &self.stretches {
            let length = if length.is_empty() { String::new() } else { format!(" {length} ──") };
            let _ = write!(text, " ──{length}▶ {end}");
        }
        match self.ladder_text() {
            Some(ladder) => format!("{text}\n{ladder}"),
            None => text,
        }
    }

    fn ladder_text(&self) -> Option<String> {
        let ((first, first_length), others) = self.steps.split_first()?;
        let mut text = format!("not done: step {first}");
        let mut length = first_length;
        for (number, next) in others {
            let _ = write!(text, " ── {} ──▶ step {number}", length.as_deref().unwrap_or_default());
            length = next;
        }
        Some(text)
    }

    /// The drawing in words.
    fn words(&self) -> String {
        let mut text = self.start.clone();
        for Stretch { length, end } in &self.stretches {
            let _ = write!(
                text,
                "; {}",
                if length.is_empty() { end.clone() } else { format!("{length}: {end}") }
            );
        }
        if let Some((first, _)) = self.steps.first() {
            let _ = write!(text, "; if it is not done: step {first} of the ladder");
        }
        for pair in self.steps.windows(2) {
            if let [(_, Some(length)), (number, _)] = pair {
                let _ = write!(text, ", after {length} step {number}");
            }
        }
        text
    }
}

const WIDTH: usize = 340;
const LEFT: usize = 7;
/// Where the line is.
const LINE_Y: usize = 68;
/// The highest that a step may stand above the line.
const RISE: usize = 36;
const MOST_STEP_WIDTH: usize = 22;
/// How wide a character of a label is taken to be.
const CHAR_WIDTH: usize = 7;

impl TimeLine {
    /// The drawing as a picture.
    pub fn svg(&self) -> String {
        let ends = self.ends();
        let last_x = ends.last().copied().unwrap_or(LEFT);
        let has_low_length = self.stretches.len() > self.ladder_at + 1;
        let ends_y = if has_low_length { LINE_Y + 36 } else { LINE_Y + 20 };
        let height = ends_y + 8;
        let mut svg = format!(
            "<svg class=\"clock\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
            HtmlEscape(&self.words())
        );
        svg += &label(&self.start, 0, 12);
        let _ = write!(svg, "<path class=\"lead\" d=\"M{LEFT} 18V{LINE_Y}\"/>");
        let _ = write!(svg, "<path class=\"line\" d=\"M{LEFT} {LINE_Y}H{last_x}\"/>");
        let _ = write!(svg, "<circle class=\"start\" cx=\"{LEFT}\" cy=\"{LINE_Y}\" r=\"4\"/>");
        let mut from = LEFT;
        for (place, (stretch, &x)) in self.stretches.iter().zip(&ends).enumerate() {
            let y = if place > self.ladder_at { LINE_Y + 16 } else { LINE_Y - 8 };
            svg += &label(&stretch.length, centred(&stretch.length, usize::midpoint(from, x)), y);
            let _ = write!(svg, "<circle class=\"end\" cx=\"{x}\" cy=\"{LINE_Y}\" r=\"5\"/>");
            svg += &label(&stretch.end, centred(&stretch.end, x), ends_y);
            from = x;
        }
        svg += &self.stairs(ends.get(self.ladder_at).copied().unwrap_or(LEFT));
        svg + "</svg>"
    }

    /// Where each stretch ends: the ladder needs room to the right of the point where it rises.
    fn ends(&self) -> Vec<usize> {
        let count = self.stretches.len();
        let rises_at_last = !self.steps.is_empty() && self.ladder_at + 1 == count;
        let room = match (rises_at_last, count) {
            (true, 1) => 170,
            (true, _) => 210,
            (false, 1) => 230,
            (false, _) => WIDTH - 2 * LEFT,
        };
        (1..=count).map(|place| LEFT + room * place / count).collect()
    }

    /// The ladder as stairs with the numbers of its steps.
    fn stairs(&self, from: usize) -> String {
        let count = self.steps.len();
        if count == 0 {
            return String::new();
        }
        let width = ((WIDTH - 4 - from) / count).min(MOST_STEP_WIDTH);
        let rise = (RISE / count).min(8);
        let mut path = format!("M{from} {LINE_Y}");
        let mut numbers = String::new();
        for (place, (number, _)) in self.steps.iter().enumerate() {
            let _ = write!(path, "v-{rise}h{width}");
            let (x, y) = (from + width * place + width / 2, LINE_Y - rise * (place + 1) - 4);
            let _ = write!(numbers, "<text class=\"step\" x=\"{x}\" y=\"{y}\">{number}</text>");
        }
        format!("<path class=\"stairs\" d=\"{path}\"/>{numbers}")
    }
}

/// Where a label begins that is centred as far as the picture lets it.
fn centred(text: &str, x: usize) -> usize {
    let width = shortened(text).chars().count() * CHAR_WIDTH;
    x.saturating_sub(width / 2).min(WIDTH.saturating_sub(width))
}

fn label(text: &str, x: usize, y: usize) -> String {
    if text.is_empty() {
        return String::new();
    }
    format!("<text x=\"{x}\" y=\"{y}\">{}</text>", HtmlEscape(&shortened(text)))
}

/// As much of a label as the picture has room for.
fn shortened(text: &str) -> String {
    let most = WIDTH / CHAR_WIDTH;
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

impl Serialize for TimeLine {
    /// As its picture.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.svg())
    }
}
