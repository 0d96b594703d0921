//! A copy of a case to take away, as a table: each row says for whom it was made, and that it was made is noted.

use app::access::Action;
use app::chronicle;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};
use serde::Serialize;

use super::reader::Reader;
use super::rows::Shower;
use super::texts::{said, text};
use super::told::{EventLine, escaped};
use super::{Errors, Fields, Frame, PageError};
use crate::Served;
use crate::events::new_id;

/// How many events a copy has at most; of a longer case it says that there are more.
const MOST_EVENTS: usize = 20_000;

/// How many characters say for whom a copy is, and for what.
const LONGEST: usize = 200;

/// How much of a text a cell and the head of a printed sheet hold, in units of UTF-16.
const MOST_OF_CELL: usize = 32_000;
const MOST_OF_HEAD: usize = 120;

/// How wide a column of a sheet is, in characters.
const WIDTH: f64 = 24.0;

/// The columns, by the keys of their names.
const COLUMNS: [&str; 12] = [
    "export-when",
    "export-recorded",
    "export-late",
    "export-what",
    "export-details",
    "export-note",
    "export-by",
    "export-fate",
    "export-reference",
    "export-for",
    "export-made",
    "export-copy",
];

#[derive(Debug, Serialize)]
struct ExportPage {
    #[serde(flatten)]
    errors: Errors,
    reference: String,
    href: String,
    recipient: String,
    purpose: String,
    format: String,
}

/// Asks for whom the copy is, and for what.
pub(crate) async fn ask(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, PageError> {
    reader.may(&served, Action::ExportCase, &format!("case:{id}")).await?;
    asked(&frame, &id, &Fields::default(), Errors::default())
}

fn asked(frame: &Frame, id: &str, fields: &Fields, errors: Errors) -> Result<Response, PageError> {
    let status = errors.status();
    let field = |name: &str| fields.get(name).to_owned();
    let page = ExportPage {
        errors,
        reference: id.to_owned(),
        href: format!("/cases/{}", escaped(id)),
        recipient: field("recipient"),
        purpose: field("purpose"),
        format: field("format"),
    };
    let mut response = frame.page("export.njk", &said("export-title", &[("reference", id.into())]), page)?;
    *response.status_mut() = status;
    Ok(response)
}

/// Makes the copy.
pub(crate) async fn make(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, PageError> {
    let stream = format!("case:{id}");
    let why = reader.may(&served, Action::ExportCase, &stream).await?;
    let mut errors = Errors::default();
    for name in ["recipient", "purpose"] {
        match fields.get(name).trim() {
            "" => errors.add(name, text(&format!("export-no-{name}"))),
            written if written.chars().count() > LONGEST => {
                errors.add(name, said("export-too-long", &[("most", LONGEST.into())]));
            }
            _ => {}
        }
    }
    let kind = Kind::of(fields.get("format"));
    if kind.is_none() {
        errors.add("format", text("export-no-format"));
    }
    let Some(kind) = kind.filter(|_| errors.is_empty()) else { return asked(&frame, &id, &fields, errors) };
    served.recorder.watch().await?;
    let (told, has_more) = chronicle::of(&*served.store, &stream, MOST_EVENTS).await?;
    if told.is_empty() {
        return Err(PageError::NotFound);
    }
    let shower = Shower::new(&served).await?;
    let copy = Copy {
        number: new_id(reader.now).to_string(),
        recipient: fields.get("recipient").trim().to_owned(),
        made: shower.when.full(reader.now),
        by: reader.person.name.clone(),
    };
    let values = [
        ("recipient", copy.recipient.as_str().into()),
        ("purpose", fields.get("purpose").trim().into()),
        ("copy", copy.number.as_str().into()),
        ("why", why.into()),
    ];
    let note = said("export-noted", &values);
    let mut rows: Vec<Vec<String>> = told
        .iter()
        .map(|told| EventLine::of(&shower, told).cells().into_iter().chain(copy.marks()).collect())
        .collect();
    if has_more {
        let mut more = vec![said("export-more", &[("most", MOST_EVENTS.into())])];
        more.resize(COLUMNS.len() - copy.marks().len(), String::new());
        more.extend(copy.marks());
        rows.push(more);
    }
    let head: Vec<String> = COLUMNS.map(text).into();
    let name = format!("attachment; filename=\"case-{}-{}.{}\"", plain(&id), copy.number, kind.ending());
    let written = tokio::task::spawn_blocking(move || match kind {
        Kind::Csv => csv(&head, &rows).map_err(|error| error.to_string()),
        Kind::Xlsx => xlsx(&head, &rows, &copy).map_err(|error| error.to_string()),
    });
    let bytes = written.await.map_err(|_| PageError::Fault)?.map_err(|error| {
        tracing::error!(error, "a copy of a case could not be written");
        PageError::Fault
    })?;
    reader.note(&served, "export", &stream, &note).await?;
    Ok(([(CONTENT_TYPE, kind.media_type().to_owned()), (CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// What a copy is.
struct Copy {
    number: String,
    recipient: String,
    made: String,
    by: String,
}

impl Copy {
    /// What each row of it says of the copy.
    fn marks(&self) -> [String; 3] {
        let made =
            said("export-made-by", &[("when", self.made.as_str().into()), ("who", self.by.as_str().into())]);
        [self.recipient.clone(), made, self.number.clone()]
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Csv,
    Xlsx,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        match word {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// The beginning of a text, at most so many units of UTF-16 long.
fn cut(text: &str, most: usize) -> String {
    let mut length = 0;
    let fits = |letter: &char| {
        length += letter.len_utf16();
        length <= most
    };
    text.chars().take_while(fits).collect()
}

/// A name as a file has it.
fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' }).take(60).collect()
}

/// A cell that no program takes for a formula.
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

fn csv(head: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    // The mark by which spreadsheets know the encoding.
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn xlsx(head: &[String], rows: &[Vec<String>], copy: &Copy) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, top) = (Format::new().set_bold(), Format::new().set_text_wrap().set_align(FormatAlign::Top));
    let sheet = book.add_worksheet();
    sheet.set_name(text("export-sheet"))?;
    let [recipient, made, number] = copy.marks();
    // `&` has a meaning in the head of a printed page.
    let mark = cut(&[recipient, made].join(", "), MOST_OF_HEAD).replace('&', "&&");
    sheet.set_header(format!("&L{mark}&R{number}"));
    for (column, name) in (0..).zip(head) {
        sheet.write_string_with_format(0, column, name, &bold)?;
        sheet.set_column_width(column, WIDTH)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    for (line, row) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            sheet.write_string_with_format(line, column, cut(cell, MOST_OF_CELL), &top)?;
        }
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_of_a_copy_is_a_formula() {
        let row = ["=1+1", "@x", "-2", "+3", "plain", "a,\"b\"\nc"].map(str::to_owned).to_vec();
        let bytes = csv(&["one".to_owned()], &[row]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text, "\u{feff}one\n'=1+1,'@x,'-2,'+3,plain,\"a,\"\"b\"\"\nc\"\n");
    }

    #[test]
    fn a_sheet_is_written_with_its_marks() {
        let copy =
            Copy { number: "n".into(), recipient: "A & B".into(), made: "today".into(), by: "me".into() };
        let bytes = xlsx(&["one".to_owned()], &[vec!["=1".to_owned(), "𝄞".repeat(40_000)]], &copy).unwrap();
        assert!(bytes.starts_with(b"PK"));
        assert_eq!((cut("a𝄞b", 2), cut("a𝄞b", 3), cut("ab", 9)), ("a".into(), "a𝄞".into(), "ab".into()));
    }
}
