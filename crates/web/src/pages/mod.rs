//! What people see: pages made from the templates in `templates/`, in the frame that all of them share.
//!
//! A handler asks for what it needs (the [`Frame`], the [`Fields`] of a form) and answers with [`Frame::page`], or with a [`PageError`],
//! which [`visit::visit`] shows in the same frame. Every form is checked there too: no handler is reached by one that another site sent.

mod account;
mod admin;
mod assets;
mod casefile;
mod cases;
mod chart;
mod children;
mod command;
mod cookies;
mod csrf;
mod duty;
mod error;
mod export;
mod fields;
mod form;
mod frame;
pub(crate) mod headers;
mod ladder;
mod listing;
mod oidc;
mod person;
mod places;
mod policy;
mod reader;
mod record;
mod rows;
mod search;
mod sign_in;
mod strength;
mod teams;
mod templates;
mod texts;
mod today;
mod told;
mod visit;
mod what_if;
mod when;

use axum::Router;
use axum::http::Uri;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;

pub(crate) use error::PageError;
pub(crate) use fields::Fields;
pub(crate) use form::{Errors, done, to};
pub(crate) use frame::Frame;
pub(crate) use person::SignedIn;

use crate::Served;
use crate::problem;

/// Every page, and what pages load.
pub(crate) fn routes(served: &Served) -> Router<Served> {
    let pages = Router::new()
        .route("/", get(today::today))
        .route("/duties", get(listing::duties))
        .route("/duties/{id}", get(duty::duty).post(duty::answer))
        .route("/admin", get(admin::first))
        .route("/admin/{part}", get(admin::part).post(admin::act_on))
        .route("/record", get(record::choose))
        .route("/record/discard", post(record::discard))
        .route("/record/lens", post(record::lens))
        .route("/record/{journey}", get(record::begin))
        .route("/record/{journey}/check", get(record::check).post(record::finish))
        .route("/record/{journey}/{question}", get(record::ask).post(record::answer))
        .route("/cases/{id}", get(cases::case))
        .route("/cases/{id}/print", get(cases::print))
        .route("/cases/{id}/export", get(export::ask).post(export::make))
        .route("/cases/{id}/break-glass", get(cases::ask_glass).post(cases::break_glass))
        .route("/children/{id}", get(children::child))
        .route("/teams/{id}", get(teams::team))
        .route("/ladder", get(ladder::ladder))
        .route("/places", get(places::places))
        .route("/command", get(command::command))
        .route("/search", get(search::search))
        .route("/policy", get(policy::all))
        .route("/policy/what-if", get(what_if::ask).post(what_if::answer))
        .route("/policy/{rule}", get(policy::rule))
        .route("/sign-in", get(sign_in::ask).post(sign_in::enter))
        .route("/sign-in/code", get(sign_in::ask_code).post(sign_in::enter_code))
        .route("/sign-in/oidc", get(oidc::leave))
        .route("/sign-in/oidc/back", get(oidc::come_back))
        .route("/sign-out", post(sign_in::leave))
        .route("/account", get(account::account))
        .route("/account/password", get(account::ask_password).post(account::change_password))
        .route("/account/code", get(account::ask_code).post(account::set_up_code))
        .fallback(nothing)
        .method_not_allowed_fallback(|| async { PageError::Method })
        .layer(middleware::from_fn_with_state(served.clone(), visit::visit))
        .layer(CompressionLayer::new());
    pages.merge(Router::new().route("/assets/{*path}", get(assets::asset)))
}

/// What is answered where there is nothing: to a program as to one, to a person as a page.
async fn nothing(address: Uri) -> Response {
    match address.path().starts_with("/api/") {
        true => problem::no_such_page().await.into_response(),
        false => PageError::NotFound.into_response(),
    }
}
