//! What forms answer with: what is wrong with them, or where to go on.

use std::collections::BTreeMap;

use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::PageError;
use super::cookies::Cookie;
use crate::Served;

/// What is wrong with a form, for the summary above it and beside each field.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Errors {
    errors: Vec<Item>,
    wrong: BTreeMap<String, Message>,
}

#[derive(Debug, Serialize)]
struct Item {
    text: String,
    href: String,
}

#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

impl Errors {
    /// Of one field.
    pub(crate) fn of(field: &str, text: String) -> Self {
        let mut errors = Self::default();
        errors.add(field, text);
        errors
    }

    /// Adds what is wrong with a field.
    pub(crate) fn add(&mut self, field: &str, text: String) {
        self.errors.push(Item { text: text.clone(), href: format!("#{field}") });
        self.wrong.insert(field.to_owned(), Message { text });
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// What a page shows, with these errors beside it.
    pub(crate) fn with(self, page: Value) -> impl Serialize {
        #[derive(Serialize)]
        struct With {
            #[serde(flatten)]
            errors: Errors,
            #[serde(flatten)]
            page: Value,
        }
        With { errors: self, page }
    }

    /// How a page is answered that has these errors.
    pub(crate) fn status(&self) -> StatusCode {
        if self.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }
}

/// Sends a browser on to another page of ours.
pub(crate) fn to(address: &str) -> Result<Response, PageError> {
    let address = HeaderValue::from_str(address).map_err(|_| PageError::Bad)?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response())
}

/// Sends a browser on to another page of ours, which says what was done.
pub(crate) fn done(served: &Served, address: &str, said: &'static str) -> Result<Response, PageError> {
    let mut response = to(address)?;
    let cookie = Cookie::Said.set(said, served.is_https()).map_err(|_| PageError::Fault)?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}
