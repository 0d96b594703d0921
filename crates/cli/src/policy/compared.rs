//! What differs between two judgements of a record, for a person and for other programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use engine::compare::{Change, ChangeRow, Comparison, Counts, Desk, Field, SignalCounts};
use engine::duty::{DutyRow, State};
use engine::time::{Clock, Instant};
use serde::Serialize;

use crate::review::words::{short_id, short_local};
use crate::terminal::{self, write_wrapped};
use crate::words::{counted, plain, thousands};

/// How many duties the text lists.
const LISTED: usize = 20;

/// What differs between two judgements, to be shown.
pub struct Compared<'c> {
    /// What differs.
    pub comparison: &'c Comparison<'c>,
    /// The clock by which times are shown.
    pub clock: Clock,
    /// By when the record had to be known.
    pub known_by: Option<Instant>,
    /// The option that shows every duty.
    pub everything: &'static str,
}

/// All but the duties.
#[derive(Serialize)]
struct Summary<'c> {
    as_of: Option<Instant>,
    known_by: Option<Instant>,
    counts: Counts,
    rules: &'c BTreeMap<&'c str, Counts>,
    desks: Vec<DeskEntry>,
    fields: BTreeMap<Field, u64>,
    states: Vec<StateEntry>,
    signals: BTreeMap<String, SignalCounts>,
}

/// A desk with its counts: a team, or an owner, or neither.
#[derive(Serialize)]
struct DeskEntry {
    team: Option<String>,
    owner: Option<String>,
    appear: u64,
    vanish: u64,
    #[serde(rename = "move")]
    moved: u64,
}

impl DeskEntry {
    fn of((desk, counts): (Desk, Counts)) -> Self {
        let (team, owner) = match desk {
            Desk::Team(team) => (Some(team), None),
            Desk::Owner(owner) => (None, Some(owner)),
            Desk::Nobody => (None, None),
        };
        Self { team, owner, appear: counts.appear, vanish: counts.vanish, moved: counts.moved }
    }
}

/// How many duties stood in a state and stand in another; null where they are not there.
#[derive(Serialize)]
struct StateEntry {
    before: Option<State>,
    after: Option<State>,
    duties: u64,
}

impl StateEntry {
    fn of(((before, after), duties): ((Option<State>, Option<State>), u64)) -> Self {
        Self { before, after, duties }
    }
}

impl Compared<'_> {
    /// Writes one document, without a line's end: the counts, and each duty with both of its rows.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let comparison = self.comparison;
        let summary = Summary {
            as_of: comparison.as_of(),
            known_by: self.known_by,
            counts: comparison.all(),
            rules: &comparison.rules,
            desks: comparison.desks().into_iter().map(DeskEntry::of).collect(),
            fields: comparison.fields(),
            states: comparison.states().into_iter().map(StateEntry::of).collect(),
            signals: comparison.signals(),
        };
        out.write_all(b"{\"summary\":")?;
        serde_json::to_writer(&mut *out, &summary)?;
        out.write_all(b",\"duties\":[")?;
        for (place, row) in comparison.rows().enumerate() {
            out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
            serde_json::to_writer(&mut *out, &row)?;
        }
        out.write_all(b"]}")
    }

    /// Writes one duty a line, with both of its rows.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_lines(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in self.comparison.rows() {
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// Writes the counts by rule and team, and some of the duties.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_text(&self, heading: &str, out: &mut dyn Write) -> io::Result<()> {
        write_wrapped(&format!("{heading}, {}", self.cut()), 0, out)?;
        let all = self.comparison.all();
        let [before, after] = [all.vanish, all.appear].map(|alone| alone + all.moved + all.unchanged);
        let figures = [
            format!("{} before, {} after", counted(before, "duty"), thousands(after)),
            changes(&all),
            format!("{} unchanged", thousands(all.unchanged)),
        ];
        write_wrapped(&figures.join("; "), 0, out)?;
        self.write_signals(out)?;
        if all.changed() == 0 {
            return Ok(());
        }
        let rules = self.comparison.rules.iter().map(|(rule, counts)| (plain(rule), *counts));
        write_counts("rule", rules.filter(|(_, counts)| counts.changed() > 0), out)?;
        let desks = self.comparison.desks().into_iter();
        write_counts("team, or owner without one", desks.map(|(desk, counts)| (named(&desk), counts)), out)?;
        self.write_states(out)?;
        self.write_fields(out)?;
        self.write_duties(out)
    }

    fn cut(&self) -> String {
        let as_of = match self.comparison.as_of() {
            Some(as_of) => format!("as of {} ({})", self.clock.display_local(as_of), self.clock.zone),
            None => String::from("of no events"),
        };
        match self.known_by {
            Some(known_by) => format!("{as_of}, as known by {}", self.clock.display_local(known_by)),
            None => as_of,
        }
    }

    fn write_signals(&self, out: &mut dyn Write) -> io::Result<()> {
        let one = |(signal, counts): (String, SignalCounts)| {
            let SignalCounts { appear, vanish } = counts;
            format!("{signal} {}", changes(&Counts { appear, vanish, ..Counts::default() }))
        };
        let signals: Vec<String> = self.comparison.signals().into_iter().map(one).collect();
        if signals.is_empty() {
            return Ok(());
        }
        write_wrapped(&format!("Signals: {}", signals.join("; ")), 0, out)
    }

    fn write_states(&self, out: &mut dyn Write) -> io::Result<()> {
        let states = self.comparison.states();
        if states.is_empty() {
            return Ok(());
        }
        let word = |state: Option<State>| state.map_or("none", State::word);
        let mut table = table();
        table.set_header(["state before", "after", "duties"]);
        for ((before, after), count) in states {
            table.add_row([word(before).to_owned(), word(after).to_owned(), thousands(count)]);
        }
        right_from(&mut table, 2);
        writeln!(out)?;
        print(&table, out)
    }

    fn write_fields(&self, out: &mut dyn Write) -> io::Result<()> {
        let fields = self.comparison.fields();
        if fields.is_empty() {
            return Ok(());
        }
        let each = fields.iter().map(|(field, count)| format!("{} of {}", thousands(*count), words(*field)));
        writeln!(out)?;
        let each = each.collect::<Vec<_>>().join(", ");
        write_wrapped(&format!("Those that move do so in: {each}."), 0, out)
    }

    fn write_duties(&self, out: &mut dyn Write) -> io::Result<()> {
        let changes = self.comparison.changes();
        let mut table = table();
        table.set_header(["change, id", "duty, about", "before", "after"]);
        // Those that stand otherwise first: a due that moves and changes nothing can wait.
        let (first, then): (Vec<&Change>, Vec<&Change>) =
            changes.iter().partition(|change| change.is_of_state());
        for change in first.into_iter().chain(then).take(LISTED) {
            table.add_row(self.duty_row(change));
        }
        writeln!(out)?;
        print(&table, out)?;
        let more = changes.len().saturating_sub(LISTED);
        let rest = match more {
            0 => String::from("These are all"),
            _ => format!("{} more", thousands(more as u64)),
        };
        writeln!(out)?;
        write_wrapped(&format!("{rest}; {} shows every one with both of its rows.", self.everything), 0, out)
    }

    fn duty_row(&self, change: &Change) -> Vec<String> {
        let row = self.comparison.row(change);
        let Some(duty) = row.after.as_ref().or(row.before.as_ref()) else { return Vec::new() };
        let part = if duty.part.is_empty() { String::new() } else { format!(" ({})", plain(&duty.part)) };
        let stands =
            |duty: &Option<DutyRow>| duty.as_ref().map_or_else(String::new, |duty| self.stands(duty));
        vec![
            format!("{}\n{}", row.change, short_id(&duty.id)),
            format!("{}\n{}{part}", plain(&duty.duty), plain(&duty.key)),
            stands(&row.before),
            format!("{}{}", stands(&row.after), others(&row)),
        ]
    }

    fn stands(&self, duty: &DutyRow) -> String {
        let due = duty.due.map_or_else(|| String::from("no due"), |due| short_local(&self.clock, due));
        format!("{}\n{due}", duty.state.word())
    }
}

/// In what a duty is other besides its due and state, which are shown.
fn others(row: &ChangeRow) -> String {
    let fields = row.fields.iter().filter(|field| !matches!(field, Field::Due | Field::State));
    let fields: Vec<&str> = fields.map(|field| words(*field)).collect();
    if fields.is_empty() { String::new() } else { format!("\nother {}", fields.join(", ")) }
}

fn words(field: Field) -> &'static str {
    match field {
        Field::Due => "due",
        Field::State => "state",
        Field::ClosedBy => "closing event",
        Field::PeriodsMissed => "periods missed",
        Field::Owner => "owner",
        Field::Holders => "holders",
        Field::Ladder => "ladder",
    }
}

/// `2 appear, 1 vanishes, 3 move`, without those of which there are none.
fn changes(counts: &Counts) -> String {
    let said = [
        (counts.appear, "appears", "appear"),
        (counts.vanish, "vanishes", "vanish"),
        (counts.moved, "moves", "move"),
    ];
    let some = said.into_iter().filter(|(count, ..)| *count > 0);
    let each: Vec<String> = some.map(|(count, one, many)| engine::words::counted(count, one, many)).collect();
    if each.is_empty() { String::from("none changes") } else { each.join(", ") }
}

fn named(desk: &Desk) -> String {
    match desk {
        Desk::Team(name) | Desk::Owner(name) => plain(name),
        Desk::Nobody => String::from("nobody named"),
    }
}

fn write_counts(
    what: &str,
    rows: impl Iterator<Item = (String, Counts)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let figure = |count: u64| if count == 0 { String::new() } else { thousands(count) };
    let mut table = table();
    table.set_header([what, "appear", "vanish", "move"]);
    for (name, counts) in rows {
        table.add_row([name, figure(counts.appear), figure(counts.vanish), figure(counts.moved)]);
    }
    right_from(&mut table, 1);
    writeln!(out)?;
    print(&table, out)
}

/// Puts the figures of a column and those after it under one another.
fn right_from(table: &mut Table, column: usize) {
    for column in table.column_iter_mut().skip(column) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(terminal::width()).force_no_tty();
    table
}

fn print(table: &Table, out: &mut dyn Write) -> io::Result<()> {
    table.lines().try_for_each(|line| writeln!(out, "{}", line.trim_end()))
}
