//! A manual as one page, whole in itself: no other resource, and no script.

use std::io::{self, Write};

use serde::Serialize;

use super::manual::Manual;
use crate::page::{self, Template};

/// What stands above every manual.
pub const MADE_BY: &str = "Made from the policy by `wakeful policy doc`: change the policy, not this page. None of it is legal advice.";

/// What settings are.
pub const SETTINGS: &str = "Figures that the law leaves open. A force sets its own, knowingly.";

/// What holds of all drawings.
pub const DRAWINGS: &str = "The time lines are not to scale. What is named `like.this` is a kind of event as it is recorded. Steps of a \
ladder open one after the other for as long as the duty is not done; each goes to a person, who is to answer.";

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
