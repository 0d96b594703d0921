//! Who is signed in.

use std::sync::Arc;

use app::access::{Action, Grant, Person, Principal, Resource, decide};
use app::sessions::Visit;
use axum::extract::FromRequestParts;
use axum::http::Uri;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use store::Account;

use super::{PageError, to};
use crate::Served;

/// Somebody who is signed in, and has done all that was asked of them for it.
///
/// Who is not is sent to sign in, and then comes back.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    visit: Arc<Visit>,
    /// What the registers say of them now.
    pub(crate) person: Arc<Person>,
}

impl SignedIn {
    /// Their account.
    pub(crate) fn account(&self) -> &Account {
        &self.visit.account
    }

    /// Who they are in the record.
    pub(crate) fn officer(&self) -> &str {
        &self.person.officer
    }

    /// Refuses what they may not do, where that it can be done is known to everybody.
    pub(crate) fn needs(&self, action: Action) -> Result<(), PageError> {
        if may(&self.person, action) { Ok(()) } else { Err(PageError::Forbidden) }
    }
}

impl FromRequestParts<Served> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, served: &Served) -> Result<Self, Response> {
        let Entered(visit) = Entered::from_request_parts(parts, served).await?;
        if let Some(address) = still_to_do(served, &visit) {
            return Err(to(address).unwrap_or_else(PageError::into_response));
        }
        let person = parts.extensions.get::<Arc<Person>>().cloned();
        let person = person.ok_or_else(|| to_sign_in(&parts.uri))?;
        Ok(Self { visit, person })
    }
}

/// Whether somebody may do something that is about no case.
pub(crate) fn may(person: &Person, action: Action) -> bool {
    decide(Principal::Person(person), action, &Resource::Application).is_allowed()
}

/// What the registers say now of somebody who signed in.
pub(crate) async fn person(served: &Served, account: &Account) -> Result<Person, PageError> {
    let grants = account.granted(served.clock.now()).filter_map(Grant::of).collect();
    let Account { name, officer, shown, .. } = account;
    Ok(Person::of(&*served.store, name, officer, shown, grants).await?)
}

/// Somebody who is signed in, and may have to choose a password or set up codes first.
#[derive(Clone, Debug)]
pub(crate) struct Entered(pub(crate) Arc<Visit>);

impl FromRequestParts<Served> for Entered {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &Served) -> Result<Self, Response> {
        let visit = parts.extensions.get::<Arc<Visit>>().filter(|visit| visit.session.is_full);
        visit.cloned().map(Self).ok_or_else(|| to_sign_in(&parts.uri))
    }
}

/// Where somebody who is signed in has to go before anything else.
pub(crate) fn still_to_do(served: &Served, visit: &Visit) -> Option<&'static str> {
    let account = &visit.account;
    match account.password.is_some() {
        true if account.initial => Some("/account/password"),
        true if served.sign_in.codes_required && account.code.is_none() => Some("/account/code"),
        _ => None,
    }
}

/// Sends somebody to sign in, and then back.
pub(crate) fn to_sign_in(address: &Uri) -> Response {
    let address = address.path_and_query().map_or("/", |address| address.as_str());
    let address = utf8_percent_encode(address, NON_ALPHANUMERIC);
    to(&format!("/sign-in?return={address}")).unwrap_or_else(PageError::into_response)
}

/// A page of ours to go back to; Today where what is given is none.
pub(crate) fn own(address: &str) -> &str {
    let mut rest = address.strip_prefix('/').unwrap_or("/").chars();
    let is_own = !matches!(rest.next(), Some('/' | '\\')) && !address.contains(char::is_control);
    if is_own && address.is_ascii() { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for address in ["/", "/cases/1?from=2#3", "/record/disclosure"] {
            assert_eq!(own(address), address);
        }
        for address in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "\\\\evil",
            "/\t/evil",
            "/\n",
            "javascript:x",
            "/é",
        ] {
            assert_eq!(own(address), "/", "{address:?}");
        }
    }
}
