//! Signing in and out.

use std::sync::Arc;

use app::accounts::{Attempt, Denied};
use app::security::{Deed, Doing};
use app::sessions::Visit;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, Uri};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::cookies::Cookie;
use super::person::{own, to_sign_in};
use super::texts::text;
use super::{Errors, Fields, Frame, PageError, csrf, to};
use crate::Served;

/// Where to go once signed in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Back {
    #[serde(default, rename = "return")]
    pub(crate) to: String,
}

#[derive(Debug, Serialize)]
struct Page<'a> {
    #[serde(flatten)]
    errors: Errors,
    name: &'a str,
    back: &'a str,
    notice: &'a [String],
    /// Where the link to sign in elsewhere leads.
    elsewhere: Option<String>,
}

/// Asks for a name and a password.
pub(crate) async fn ask(
    State(served): State<Served>,
    frame: Frame,
    Query(back): Query<Back>,
) -> Result<Response, PageError> {
    match frame.person.is_some() {
        true => to(own(&back.to)),
        false => asked(&served, &frame, "", own(&back.to), Errors::default()),
    }
}

fn asked(
    served: &Served,
    frame: &Frame,
    name: &str,
    back: &str,
    errors: Errors,
) -> Result<Response, PageError> {
    let status = errors.status();
    let there = || format!("/sign-in/oidc?return={}", utf8_percent_encode(back, NON_ALPHANUMERIC));
    let elsewhere = served.provider.is_some().then(there);
    let page = Page { errors, name, back, notice: &served.sign_in.notice, elsewhere };
    let page = frame.page("sign-in.njk", &text("sign-in-title"), page)?;
    Ok((status, page).into_response())
}

/// Says why somebody was not signed in elsewhere.
pub(crate) fn refused(served: &Served, frame: &Frame, why: String) -> Result<Response, PageError> {
    asked(served, frame, "", "/", Errors::of("name", why))
}

/// Signs in by a name and a password, or goes on to the code.
pub(crate) async fn enter(
    State(served): State<Served>,
    frame: Frame,
    visit: Option<Extension<Arc<Visit>>>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, PageError> {
    let (name, back) = (fields.get("name"), own(fields.get("return")));
    let attempt = Attempt {
        name,
        password: fields.raw("password"),
        address: &caller.address,
        device: caller.device.as_deref(),
        deed: Deed::SignIn,
    };
    let account = match served.sign_ins.with_password(attempt, served.clock.now()).await? {
        Ok(account) => account,
        Err(Denied::TooMany) => return Err(PageError::TooMany),
        Err(Denied::Wrong) => {
            return asked(&served, &frame, name, back, Errors::of("name", text("sign-in-wrong")));
        }
    };
    if let Some(Extension(visit)) = visit {
        served.sign_ins.end(&visit).await?;
    }
    match account.code.is_some() {
        false => welcome(&served, &account.name, &caller, Deed::SignIn, back).await,
        true => {
            let secret = served.sign_ins.begin(&account.name, false, served.clock.now()).await?;
            let back = utf8_percent_encode(back, NON_ALPHANUMERIC);
            let response = to(&format!("/sign-in/code?return={back}"))?;
            with(response, Cookie::Session, &secret, &served)
        }
    }
}

/// Begins the session of somebody who has given all that is asked for, and notes for what they did.
pub(crate) async fn welcome(
    served: &Served,
    account: &str,
    caller: &Caller,
    deed: Deed,
    back: &str,
) -> Result<Response, PageError> {
    let now = served.clock.now();
    caller.doing(account, deed, None).done(served.sign_ins.store(), now).await?;
    let secret = served.sign_ins.begin(account, true, now).await?;
    let device = caller.device.clone().map_or_else(csrf::secret, Ok)?;
    served.sign_ins.store().know_device(&app::token::hash(&device), account, now).await?;
    let response = with(to(back)?, Cookie::Session, &secret, served)?;
    with(response, Cookie::Device, &device, served)
}

/// An answer with a cookie.
pub(crate) fn with(
    mut response: Response,
    cookie: Cookie,
    value: &str,
    served: &Served,
) -> Result<Response, PageError> {
    let cookie = cookie.set(value, served.is_https()).map_err(|_| PageError::Fault)?;
    response.headers_mut().append(SET_COOKIE, cookie);
    Ok(response)
}

/// Asks for the code of somebody whose password was right.
pub(crate) async fn ask_code(
    frame: Frame,
    visit: Option<Extension<Arc<Visit>>>,
    Query(back): Query<Back>,
) -> Result<Response, PageError> {
    match visit {
        Some(Extension(visit)) if !visit.session.is_full => {
            code_asked(&frame, own(&back.to), Errors::default())
        }
        _ => to("/sign-in"),
    }
}

fn code_asked(frame: &Frame, back: &str, errors: Errors) -> Result<Response, PageError> {
    let status = errors.status();
    let page = frame.page(
        "code.njk",
        &text("code-title"),
        Page { errors, name: "", back, notice: &[], elsewhere: None },
    )?;
    Ok((status, page).into_response())
}

/// Signs in by the code.
pub(crate) async fn enter_code(
    State(served): State<Served>,
    frame: Frame,
    visit: Option<Extension<Arc<Visit>>>,
    caller: Caller,
    fields: Fields,
) -> Result<Response, PageError> {
    let back = own(fields.get("return"));
    let Some(Extension(visit)) = visit.filter(|visit| !visit.session.is_full) else { return to("/sign-in") };
    let (code, device, now) = (fields.get("code"), caller.device.as_deref(), served.clock.now());
    match served.sign_ins.with_code(&visit.account, code, &caller.address, device, now).await? {
        Err(Denied::TooMany) => Err(PageError::TooMany),
        Err(Denied::Wrong) => code_asked(&frame, back, Errors::of("code", text("code-wrong"))),
        Ok(()) => {
            served.sign_ins.end(&visit).await?;
            welcome(&served, &visit.account.name, &caller, Deed::SignIn, back).await
        }
    }
}

/// Signs out.
pub(crate) async fn leave(
    State(served): State<Served>,
    visit: Option<Extension<Arc<Visit>>>,
    caller: Caller,
) -> Result<Response, PageError> {
    if let Some(Extension(visit)) = visit {
        let doing = caller.doing(&visit.account.name, Deed::SignOut, None);
        doing.done(served.sign_ins.store(), served.clock.now()).await?;
        served.sign_ins.end(&visit).await?;
    }
    let mut response = to_sign_in(&Uri::from_static("/"));
    let forget = Cookie::Session.forget(served.is_https()).map_err(|_| PageError::Fault)?;
    response.headers_mut().append(SET_COOKIE, forget);
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\""));
    Ok(response)
}

/// From where somebody asks, and with which browser.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) address: String,
    pub(crate) device: Option<String>,
}

impl Caller {
    /// Something that an account does from here.
    pub(crate) fn doing<'a>(&'a self, account: &'a str, deed: Deed, about: Option<&'a str>) -> Doing<'a> {
        Doing { who: Some(account), address: Some(&self.address), deed, about }
    }
}

impl axum::extract::FromRequestParts<Served> for Caller {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut axum::http::request::Parts,
        served: &Served,
    ) -> Result<Self, Self::Rejection> {
        let address = served.address(&parts.extensions, &parts.headers);
        Ok(Self { address, device: Cookie::Device.read(&parts.headers, served.is_https()) })
    }
}
