//! What all pages have in common.

use std::convert::Infallible;
use std::sync::Arc;

use app::access::{Action, Person};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use serde::Serialize;

use super::person::may;
use super::texts::text;
use super::{PageError, templates};
use crate::Served;

/// Where a browser goes when somebody must hide the screen: somewhere harmless that is up at all hours.
const EXIT: &str = "https://www.bbc.co.uk/weather";

/// Where one can go from every page: the key of its text, its address, and what one must be allowed to do.
const PLACES: [(&str, &str, Action); 8] = [
    ("nav-today", "/", Action::SeeOwn),
    ("nav-record", "/record", Action::Record),
    ("nav-ladder", "/ladder", Action::SeeLadder),
    ("nav-places", "/places", Action::SeeOwn),
    ("nav-search", "/search", Action::SeeOwn),
    ("nav-command", "/command", Action::SeeCommand),
    ("nav-policy", "/policy", Action::SeePolicy),
    ("nav-admin", "/admin", Action::Administer),
];

/// What every page shows beside its own: who is signed in, where one can go, what was just done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    /// The path of the page.
    pub(crate) path: String,
    /// What forms have to send back.
    pub(crate) csrf: String,
    /// The key of a sentence about what was just done.
    pub(crate) said: Option<String>,
    /// Who is signed in.
    pub(crate) person: Option<Arc<Person>>,
}

/// A place that one can go to from every page.
#[derive(Debug, Serialize)]
struct Place {
    text: String,
    href: &'static str,
    active: bool,
}

/// What a template sees.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Context<'a, M> {
    service_name: String,
    navigation: Vec<Place>,
    title: &'a str,
    csrf: &'a str,
    said: Option<&'a str>,
    exit: &'static str,
    person: Option<&'a str>,
    page: M,
}

impl Frame {
    /// A page: a template, its title, and what it shows, which the template finds under `page`.
    ///
    /// # Errors
    /// The template goes wrong on it, which the log of the server says.
    pub(crate) fn page(
        &self,
        template: &str,
        title: &str,
        page: impl Serialize,
    ) -> Result<Response, PageError> {
        let context = Context {
            service_name: text("service-name"),
            navigation: self.navigation(),
            title,
            csrf: &self.csrf,
            said: self.said.as_deref(),
            exit: EXIT,
            person: self.person.as_ref().map(|person| person.name.as_str()),
            page,
        };
        templates::render(template, context).map(|html| Html(html).into_response())
    }

    /// The page that says why there is none.
    pub(crate) fn error(&self, error: PageError) -> Response {
        #[derive(Serialize)]
        struct Said {
            text: String,
        }
        let title = text(&format!("error-{}-title", error.word()));
        let said = Said { text: text(&format!("error-{}", error.word())) };
        let page = self.page("error.njk", &title, said).unwrap_or_else(|_| title.into_response());
        (error.status(), page).into_response()
    }

    /// Where somebody who is signed in can go.
    fn navigation(&self) -> Vec<Place> {
        let is_in = |href: &str| match href {
            "/" => self.path == "/" || self.path.starts_with("/duties"),
            href => self.path.starts_with(href),
        };
        let Some(person) = &self.person else { return Vec::new() };
        let places = PLACES.into_iter().filter(|(.., action)| may(person, *action));
        places.map(|(key, href, _)| Place { text: text(key), href, active: is_in(href) }).collect()
    }
}

impl FromRequestParts<Served> for Frame {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Served) -> Result<Self, Infallible> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}
