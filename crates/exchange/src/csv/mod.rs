//! Tables: foreign ones by a mapping, and Wakeful's own.

mod own;
mod rows;

use std::borrow::Cow;

use crate::draft::Draft;
use crate::error::{Fault, ReadError};
use crate::input::Feed;
use crate::intake::Intake;
use crate::mapping::{Bound, Mapping, listed};
pub use own::HEADER;
pub(crate) use own::{is_own, write};
use rows::{Row, Rows};

/// Reads the events of a table: by the mapping, and without one Wakeful's own.
pub(crate) fn read(
    mut feed: Feed,
    mapping: Option<&Mapping>,
    tabs: bool,
    intake: &mut Intake<'_>,
) -> Result<(), ReadError> {
    let encoding = mapping.map_or(encoding_rs::UTF_8, |mapping| mapping.encoding);
    if feed.decode(encoding).is_err() {
        let fault =
            feed.failure().map_or_else(|| Fault::new("the file cannot be read"), |failure| failure.fault());
        return Err(intake.fatal(None, fault));
    }
    let delimiter = mapping.and_then(|mapping| mapping.delimiter).unwrap_or(if tabs { b'\t' } else { b',' });
    let mut rows = Rows::new(feed, delimiter);
    let header = header(&mut rows, intake)?;
    let layout = match mapping {
        Some(mapping) => Layout::Mapped(Bound::new(mapping, &header)?),
        None if own::is_header(&header) => Layout::Own,
        None => {
            let fault = Fault::new("a table needs a mapping, which says what its columns mean");
            let help =
                format!("write one and give it as `--mapping FILE`; the columns are {}", listed(&header));
            return Err(intake.fatal(Some(1), fault.help(help)));
        }
    };
    read_rows(rows, header.len(), &layout, intake)
}

/// What the columns mean.
enum Layout<'m> {
    Own,
    Mapped(Bound<'m>),
}

impl Layout<'_> {
    fn draft<'a>(&'a self, cells: &[&'a str]) -> Result<Draft<'a>, Fault> {
        match self {
            Self::Own => own::draft(cells),
            Self::Mapped(bound) => bound.draft(cells),
        }
    }
}

fn header(rows: &mut Rows, intake: &Intake<'_>) -> Result<Vec<String>, ReadError> {
    match rows.next() {
        Ok(Some(row)) => {
            let cells = row.cells().map_err(|fault| intake.fatal(Some(row.line), fault))?;
            Ok(cells.into_iter().map(|cell| cell.trim().to_owned()).collect())
        }
        Ok(None) => {
            Err(intake.fatal(None, Fault::new("the table is empty").help("its first row names its columns")))
        }
        Err((line, fault)) => Err(intake.fatal(Some(line), fault)),
    }
}

fn read_rows(
    mut rows: Rows,
    width: usize,
    layout: &Layout<'_>,
    intake: &mut Intake<'_>,
) -> Result<(), ReadError> {
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(()),
            Err((line, fault)) => return Err(intake.fatal(Some(line), fault)),
        };
        let raw = || row.raw_text();
        match cells(&row, width) {
            Err(fault) => intake.bad(row.line, fault, raw)?,
            Ok(cells) => match layout.draft(&cells) {
                Ok(draft) => draft.hand_over(row.line, raw, intake)?,
                Err(fault) => intake.bad(row.line, fault, raw)?,
            },
        }
    }
}

fn cells<'r>(row: &Row<'r>, width: usize) -> Result<Vec<&'r str>, Fault> {
    let cells = row.cells()?;
    if cells.len() == width {
        return Ok(cells);
    }
    let fault = Fault::new(format!("the row has {}, the header {width}", counted(cells.len())));
    Err(fault.help("is the delimiter right, and is text that contains it in quotes?"))
}

fn counted(cells: usize) -> String {
    if cells == 1 { String::from("1 cell") } else { format!("{cells} cells") }
}

/// The text of a row without its line end.
fn without_end(raw: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(raw.trim_ascii_end())
}
