//! A review for a person at a terminal.

use std::io::{self, IsTerminal as _, Write};

use comfy_table::{
    Attribute, Cell, CellAlignment, Color, ColumnConstraint, ContentArrangement, Table, presets,
};
use engine::duty::State;

use super::Review;
use super::summary::{Counts, Summary};
use super::words;
use super::worst::{NOTHING_LATE, Shortfall, Worst};
use crate::terminal;
use crate::words::{counted, lines, plain, thousands};

/// Writes the counts by rule, and the worst of what was not met in time.
///
/// # Errors
/// What the writer says.
pub fn write(review: &Review<'_>, summary: &Summary<'_>, out: &mut dyn Write) -> io::Result<()> {
    let colour = review.args.out.is_none() && terminal::has_colour(io::stdout().is_terminal());
    let page = Page { review, colour, width: terminal::width() };
    page.heading(summary, out)?;
    page.counts(summary, out)?;
    page.signals(out)?;
    if review.args.summary { Ok(()) } else { page.worst(out) }
}

/// What a rule's title needs beside the figures.
const RULE_WIDTH: usize = 30;

/// What the figures of these states need, each with a space on either side.
fn columns_width(states: &[State], all: &Counts) -> usize {
    let width = |state: &State| {
        let parts = state.word().split_inclusive('-').map(str::len).max().unwrap_or(0);
        parts.max(thousands(all.of(*state)).len()) + 2
    };
    states.iter().map(width).sum()
}

/// What the list needs beside its two columns of names: how late, `2,092 days ago`, when due, `18 May 2011 23:59`, and the
/// space between columns.
const WORST_FIXED_WIDTH: usize = 14 + 17 + 8;

fn filled(text: &str, width: usize) -> String {
    lines(&plain(text), width, "").join("\n")
}

fn is_or_are(number: u64) -> String {
    if number == 1 { String::from("1 is") } else { format!("{} are", thousands(number)) }
}

struct Page<'r> {
    review: &'r Review<'r>,
    colour: bool,
    width: u16,
}

impl Page<'_> {
    fn heading(&self, summary: &Summary<'_>, out: &mut dyn Write) -> io::Result<()> {
        let as_of = match summary.as_of {
            Some(as_of) => {
                format!("as of {} ({})", self.review.clock.display_local(as_of), self.review.clock.zone)
            }
            None => String::from("of no events"),
        };
        let known_by =
            self.review.known_by().map_or(String::new(), |known_by| format!(", as known by {known_by}"));
        writeln!(out, "{}, {as_of}{known_by}", self.review.policy_name())?;
        writeln!(
            out,
            "{}, {}, {}; time-zone data {}",
            counted(summary.events, "event"),
            counted(summary.keys, "key"),
            counted(summary.all().total(), "duty"),
            summary.tzdb
        )?;
        self.review
            .left_out()
            .iter()
            .try_for_each(|(what, text)| self.paragraph(&format!("{what}: {text}."), out))
    }

    fn counts(&self, summary: &Summary<'_>, out: &mut dyn Write) -> io::Result<()> {
        let all = summary.all();
        let states: Vec<State> = State::ALL.into_iter().filter(|&state| all.of(state) > 0).collect();
        let with_any = self.review.rules_worst_first(summary);
        writeln!(out)?;
        if !states.is_empty() {
            let is_wide = usize::from(self.width) >= RULE_WIDTH + columns_width(&states, &all);
            let mut table = self.table();
            self.counts_header(&mut table, &states, is_wide);
            for &(rule, counts) in &with_any {
                self.counts_row(&mut table, self.review.title_and_name(rule), counts, &states, is_wide);
            }
            for rule in self.review.switched_off() {
                table.add_row([rule]);
            }
            if with_any.len() > 1 {
                self.counts_row(&mut table, String::from("all"), &all, &states, is_wide);
            }
            print(&table, out)?;
        }
        if states.is_empty() {
            self.review.switched_off().iter().try_for_each(|rule| self.paragraph(rule, out))?;
        }
        let without: Vec<&str> =
            summary.duties.iter().filter(|(_, counts)| counts.total() == 0).map(|(rule, _)| *rule).collect();
        match without[..] {
            [] => Ok(()),
            _ => self.paragraph(&format!("No duty arose under {}.", without.join(", ")), out),
        }
    }

    fn counts_header(&self, table: &mut Table, states: &[State], is_wide: bool) {
        let mut header = vec![self.head("rule")];
        if is_wide {
            header.extend(states.iter().map(|state| self.head(&state.word().replace('-', "-\n"))));
        } else {
            header.push(self.head("duties"));
        }
        table.set_header(header);
        if is_wide {
            for column in table.column_iter_mut().skip(1) {
                column.set_cell_alignment(CellAlignment::Right);
                column.set_constraint(ColumnConstraint::ContentWidth);
            }
        }
    }

    /// One column for each state where there is room, else one for all.
    fn counts_row(&self, table: &mut Table, title: String, counts: &Counts, states: &[State], is_wide: bool) {
        let mut cells = vec![Cell::new(title)];
        if is_wide {
            cells.extend(states.iter().map(|&state| match counts.of(state) {
                0 => Cell::new(""),
                count => self.state_cell(thousands(count), state),
            }));
        } else {
            cells.push(Cell::new(counts.words()));
        }
        table.add_row(cells);
    }

    fn signals(&self, out: &mut dyn Write) -> io::Result<()> {
        let counts = self.review.signal_counts();
        if counts.is_empty() {
            return Ok(());
        }
        let words: Vec<String> =
            counts.iter().map(|(signal, count)| format!("{signal} {}", thousands(*count))).collect();
        self.paragraph(&format!("Signals raised: {}.", words.join(", ")), out)
    }

    fn worst(&self, out: &mut dyn Write) -> io::Result<()> {
        let worst = Worst::of(self.review.evaluation, self.review.args.worst);
        if worst.total == 0 {
            self.paragraph(NOTHING_LATE, out)?;
            return self.remarks(&worst, out);
        }
        writeln!(out)?;
        let total = thousands(worst.total);
        match worst.more() {
            0 => writeln!(out, "Not met in time: {total}, by severity and how late")?,
            _ => writeln!(
                out,
                "Not met in time: {total}; the worst {}, by severity and how late",
                worst.list.len()
            )?,
        }
        writeln!(out)?;
        let mut table = self.table();
        table.set_header(["state, late", "duty, about", "due, id", "now with"].map(|word| self.head(word)));
        for shortfall in &worst.list {
            table.add_row(self.worst_row(shortfall));
        }
        print(&table, out)?;
        self.remarks(&worst, out)?;
        if let Some(first) = worst.list.first() {
            self.paragraph("This says why the first of them stands where it stands:", out)?;
            writeln!(out, "  {}", self.review.explaining_command(&first.row))?;
        }
        if worst.more() == 0 {
            return Ok(());
        }
        self.paragraph(
            &format!("Of these {} not shown; this lists every duty:", is_or_are(worst.more())),
            out,
        )?;
        writeln!(out, "  {}", self.review.listing_command())
    }

    fn remarks(&self, worst: &Worst, out: &mut dyn Write) -> io::Result<()> {
        worst.remarks().iter().try_for_each(|remark| self.paragraph(remark, out))
    }

    fn worst_row(&self, shortfall: &Shortfall) -> Vec<Cell> {
        let row = &shortfall.row;
        let clock = &self.review.clock;
        let texts_width = (usize::from(self.width) - WORST_FIXED_WIDTH).div_ceil(2);
        vec![
            self.state_cell(format!("{}\n{}", row.state.word(), words::late(shortfall)), row.state),
            Cell::new(format!(
                "{}\n{}",
                filled(&row.duty, texts_width),
                filled(&words::about(shortfall), texts_width)
            )),
            Cell::new(format!(
                "{}\n{}",
                row.due.map_or_else(|| String::from("no due"), |due| words::short_local(clock, due)),
                words::short_id(&row.id)
            )),
            Cell::new(
                words::desk(row, clock)
                    .split(": ")
                    .map(|line| filled(line, texts_width - 1))
                    .collect::<Vec<_>>()
                    .join("\n"),
            ),
        ]
    }

    fn table(&self) -> Table {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(self.width);
        if self.colour {
            table.enforce_styling();
        } else {
            table.force_no_tty();
        }
        table
    }

    fn head(&self, word: &str) -> Cell {
        Cell::new(word).add_attribute(Attribute::Bold).set_alignment(CellAlignment::Left)
    }

    fn state_cell(&self, text: String, state: State) -> Cell {
        match state {
            State::Overdue | State::Breached | State::Unrecorded => Cell::new(text).fg(Color::DarkRed),
            state if state.is_shortfall() => Cell::new(text).fg(Color::DarkYellow),
            State::Undecided => Cell::new(text).fg(Color::DarkMagenta),
            _ => Cell::new(text),
        }
    }

    fn paragraph(&self, text: &str, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out)?;
        lines(text, usize::from(self.width), "").iter().try_for_each(|line| writeln!(out, "{line}"))
    }
}

fn print(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
}
