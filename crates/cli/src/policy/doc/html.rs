//! A manual as one page, whole in itself: no other resource, and no script.

use std::io::{self, Write};

use serde::Serialize;

use super::manual::{DRAWINGS, MADE_BY, Manual, SETTINGS};
use crate::page::{self, Template};

const TEMPLATE: Template = Template { name: "manual.html", text: include_str!("manual.html") };

/// What the template shows.
#[derive(Serialize)]
struct Page<'m> {
    title: String,
    made_by: &'static str,
    about_settings: &'static str,
    about_drawings: &'static str,
    manuals: &'m [Manual],
}

/// Writes the page.
///
/// # Errors
/// What the writer says.
pub fn write(manuals: &[Manual], out: &mut dyn Write) -> io::Result<()> {
    let names: Vec<&str> = manuals.iter().map(|manual| manual.name.as_str()).collect();
    let page = Page {
        title: names.join(", "),
        made_by: MADE_BY,
        about_settings: SETTINGS,
        about_drawings: DRAWINGS,
        manuals,
    };
    page::write(&TEMPLATE, &page, out)
}
