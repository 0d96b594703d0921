//! What people change of their own account.

use app::accounts::{self, Attempt, Denied, Weak, weakness};
use app::security::Deed;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use fluent_bundle::FluentValue;
use qrcode::QrCode;
use qrcode::render::svg;
use serde::Serialize;
use serde_json::json;

use super::cookies::Cookie;
use super::person::{Entered, still_to_do};
use super::sign_in::{Caller, welcome, with};
use super::texts::{said, text};
use super::{Errors, Fields, Frame, PageError, SignedIn, to};
use crate::Served;

/// What there is to change.
pub(crate) async fn account(frame: Frame, person: SignedIn) -> Result<Response, PageError> {
    let account = person.account();
    let page = json!({
        "name": &account.name,
        "shown": &account.shown,
        "officer": &account.officer,
        "has_password": account.password.is_some(),
        "has_code": account.code.is_some(),
    });
    frame.page("account.njk", &text("account-title"), page)
}

#[derive(Debug, Serialize)]
struct PasswordPage {
    #[serde(flatten)]
    errors: Errors,
    initial: bool,
    fewest: usize,
}

/// Asks for a new password.
pub(crate) async fn ask_password(frame: Frame, Entered(visit): Entered) -> Result<Response, PageError> {
    password_asked(&frame, visit.account.initial, Errors::default())
}

fn password_asked(frame: &Frame, initial: bool, errors: Errors) -> Result<Response, PageError> {
    let (status, fewest) = (errors.status(), accounts::FEWEST_CHARACTERS);
    let page =
        frame.page("password.njk", &text("password-title"), PasswordPage { errors, initial, fewest })?;
    Ok((status, page).into_response())
}

/// Sets a new password. Every other browser is signed out, and this one begins anew.
pub(crate) async fn change_password(
    State(served): State<Served>,
    frame: Frame,
    Entered(visit): Entered,
    caller: Caller,
    fields: Fields,
) -> Result<Response, PageError> {
    let account = &visit.account;
    let (old, new) = (fields.raw("old"), fields.raw("new"));
    let mut errors = Errors::default();
    if let Some(weak) = weakness(new, &account.name) {
        errors.add("new", weak_text(weak));
    } else if new != fields.raw("again") {
        errors.add("again", text("password-differs"));
    }
    if errors.is_empty()
        && let Some(wrong) = present_password(&served, account, &caller, old, Deed::Password).await?
    {
        errors.add("old", wrong);
    }
    if !errors.is_empty() {
        return password_asked(&frame, account.initial, errors);
    }
    served.sign_ins.set_password(&account.name, new).await?;
    welcome(&served, &account.name, &caller, Deed::Password, "/").await
}

fn weak_text(weak: Weak) -> String {
    match weak {
        Weak::Short => {
            said("password-short", &[("fewest", FluentValue::from(accounts::FEWEST_CHARACTERS as u64))])
        }
        Weak::Long => text("password-long"),
        Weak::Plain => text("password-plain"),
        Weak::Common => text("password-common"),
    }
}

#[derive(Debug, Serialize)]
struct CodePage<'a> {
    #[serde(flatten)]
    errors: Errors,
    has_code: bool,
    required: bool,
    secret: &'a str,
    picture: String,
}

/// Asks to set up sign-in codes.
pub(crate) async fn ask_code(
    State(served): State<Served>,
    frame: Frame,
    Entered(visit): Entered,
) -> Result<Response, PageError> {
    let required = still_to_do(&served, &visit).is_some();
    code_asked(&frame, &visit.account, required, &accounts::code_secret()?, Errors::default())
}

fn code_asked(
    frame: &Frame,
    account: &store::Account,
    required: bool,
    secret: &str,
    errors: Errors,
) -> Result<Response, PageError> {
    let status = errors.status();
    let picture = accounts::code_address(secret, &account.name).and_then(|address| picture(&address));
    let (picture, has_code) = (picture.unwrap_or_default(), account.code.is_some());
    let page = CodePage { errors, has_code, required, secret, picture };
    let page = frame.page("set-up-code.njk", &text("set-up-code-title"), page)?;
    Ok((status, page).into_response())
}

/// A picture that the camera of a telephone reads.
fn picture(address: &str) -> Option<String> {
    let code = QrCode::new(address).ok()?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    drawn.find("<svg").and_then(|start| drawn.get(start..)).map(ToOwned::to_owned)
}

/// Sets up sign-in codes, once the password and the first code are right. Every other browser is signed out, and this one begins
/// anew.
pub(crate) async fn set_up_code(
    State(served): State<Served>,
    frame: Frame,
    Entered(visit): Entered,
    caller: Caller,
    fields: Fields,
) -> Result<Response, PageError> {
    let account = &visit.account;
    if account.code.is_some() {
        return to("/account/code");
    }
    let (secret, code) = (fields.get("secret"), fields.get("code"));
    let errors = match present_password(&served, account, &caller, fields.raw("password"), Deed::Codes)
        .await?
    {
        Some(wrong) => Errors::of("password", wrong),
        None => match served.sign_ins.set_up_code(&account.name, secret, code, served.clock.now()).await? {
            true => Errors::default(),
            false => Errors::of("code", text("code-wrong")),
        },
    };
    if !errors.is_empty() {
        let required = still_to_do(&served, &visit).is_some();
        return code_asked(&frame, account, required, secret, errors);
    }
    served.sign_ins.store().end_sessions(&account.name).await?;
    let response = welcome(&served, &account.name, &caller, Deed::Codes, "/account").await?;
    with(response, Cookie::Said, "said-code-set-up", &served)
}

/// What is wrong with the password that somebody who is signed in gives once more.
async fn present_password(
    served: &Served,
    account: &store::Account,
    caller: &Caller,
    password: &str,
    deed: Deed,
) -> Result<Option<String>, PageError> {
    let (address, device) = (caller.address.as_str(), caller.device.as_deref());
    let attempt = Attempt { name: &account.name, password, address, device, deed };
    match served.sign_ins.with_password(attempt, served.clock.now()).await? {
        Ok(_) => Ok(None),
        Err(Denied::TooMany) => Err(PageError::TooMany),
        Err(Denied::Wrong) => Ok(Some(text("password-old-wrong"))),
    }
}
