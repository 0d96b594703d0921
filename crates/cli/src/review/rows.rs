//! Duties for other programs: JSON Lines, one JSON document, CSV. Rows are made and written one by one.

use std::io::{self, Write};

use engine::duty::{DutyRow, Invited, StepRow};
use engine::evaluate::Evaluation;
use engine::time::Instant;
use serde::Serialize;

use super::summary::Summary;

/// The columns of the CSV.
pub const HEADER: [&str; 24] = [
    "id",
    "aliases",
    "duty",
    "lens",
    "key",
    "part",
    "trigger_id",
    "trigger_kind",
    "trigger_at",
    "due",
    "state",
    "closed_by_id",
    "closed_by_kind",
    "closed_by_at",
    "closed_by_recorded_at",
    "late_ms",
    "recorded_late",
    "periods_missed",
    "invited",
    "owner",
    "holders",
    "near",
    "undecided",
    "ladder",
];

/// Writes one value a line.
///
/// # Errors
/// What the writer says.
pub fn write_lines<T: Serialize>(rows: impl Iterator<Item = T>, out: &mut dyn Write) -> io::Result<()> {
    for row in rows {
        serde_json::to_writer(&mut *out, &row)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// Writes `{"summary":…,"duties":[…],"signals":[…],"reports":[…]}`, an entry a line.
///
/// # Errors
/// What the writer says.
pub fn write_document(
    summary: &Summary<'_>,
    evaluation: &Evaluation<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(b"{\"summary\":")?;
    serde_json::to_writer(&mut *out, summary)?;
    write_list("duties", evaluation.rows(), out)?;
    write_list("signals", evaluation.signals().into_iter(), out)?;
    write_list("reports", evaluation.reports().into_iter(), out)?;
    out.write_all(b"}\n")
}

fn write_list<T: Serialize>(
    name: &str,
    entries: impl Iterator<Item = T>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write!(out, ",\n\"{name}\":[")?;
    for (place, entry) in entries.enumerate() {
        out.write_all(if place == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &entry)?;
    }
    out.write_all(b"]")
}

/// Writes a header and a line for each duty; lists are joined with `; `, and what is not there is empty.
///
/// # Errors
/// What the writer says.
pub fn write_csv(rows: impl Iterator<Item = DutyRow>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(HEADER)?;
    for row in rows {
        table.write_record(cells(row).map(harmless))?;
    }
    table.flush()
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe before it.
fn harmless(cell: String) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell }
}

fn cells(row: DutyRow) -> [String; 24] {
    let instant = |at: Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
    let closed = row.closed_by;
    let (closed_at, closed_recorded_at) =
        (closed.as_ref().map(|closed| closed.at), closed.as_ref().map(|closed| closed.recorded_at));
    let (closed_id, closed_kind) = closed.map(|closed| (closed.id, closed.kind)).unwrap_or_default();
    [
        row.id,
        row.aliases.join("; "),
        row.duty,
        row.lens,
        row.key,
        row.part,
        row.trigger.id,
        row.trigger.kind,
        row.trigger.at.to_string(),
        instant(row.due),
        row.state.word().to_owned(),
        closed_id,
        closed_kind,
        instant(closed_at),
        instant(closed_recorded_at),
        row.late_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        row.recorded_late.to_string(),
        row.periods_missed.to_string(),
        row.invited.map(invited).unwrap_or_default().to_owned(),
        row.owner.unwrap_or_default(),
        row.holders.unwrap_or_default().join("; "),
        row.near.join("; "),
        row.undecided.unwrap_or_default(),
        row.ladder.iter().map(step).collect::<Vec<_>>().join("; "),
    ]
}

fn invited(invited: Invited) -> &'static str {
    match invited {
        Invited::Yes => "yes",
        Invited::No => "no",
        Invited::Unknown => "unknown",
    }
}

/// `2 superintendent 2026-03-09T19:00:00.000Z act-by`
fn step(step: &StepRow) -> String {
    let decision = step.decision.iter().map(|decision| format!(" {decision}"));
    format!("{} {} {}{}", step.step, step.to, step.opens, decision.collect::<String>())
}
