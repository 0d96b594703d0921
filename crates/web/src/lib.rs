//! The pages, and the REST API, `/api/v1`, over the live system. They judge nothing and write no SQL.

mod auth;
mod body;
mod calendar;
mod cloudevents;
mod connections;
mod cursor;
mod duties;
mod events;
mod health;
mod metrics;
mod openapi;
mod pages;
mod policies;
mod problem;
mod sent;
mod traced;

use std::net::IpAddr;
use std::sync::Arc;

use app::accounts::SignIns;
use app::oidc::Provider;
use app::versions::Programs;
use app::{Auditor, Clock, History, Recorder};
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath};
use axum::http::{Extensions, HeaderMap};
use axum::middleware;
use axum::routing::{get, post};
use store::Store;

pub use connections::{Limits, Peer, serve};
pub use openapi::document as openapi;

/// The most bytes that a request may have.
const MOST_BODY_BYTES: usize = 16 << 20;

/// What every request needs.
#[derive(Clone)]
pub struct Served {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Who records.
    pub recorder: Recorder,
    /// The log under other cuts than now.
    pub history: Arc<History>,
    /// What compares what is kept with what the log says.
    pub auditor: Arc<Auditor>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Under which address people reach the server.
    pub base_url: String,
    /// What one who asks may take up.
    pub limits: Limits,
    /// Who signs people in.
    pub sign_ins: Arc<SignIns>,
    /// How people sign in.
    pub sign_in: SignInSettings,
    /// Where people sign in elsewhere, if they may.
    pub provider: Option<Arc<Provider>>,
    /// What rules mean.
    pub programs: Arc<Programs>,
}

/// How people sign in.
#[derive(Clone, Debug, Default)]
pub struct SignInSettings {
    /// Whether each has to set up sign-in codes, and not only may.
    pub codes_required: bool,
    /// Whether a proxy stands before the server, whose `X-Forwarded-For` says who asks.
    pub behind_proxy: bool,
    /// What those who come to sign in are told, by paragraph.
    pub notice: Vec<String>,
}

impl Served {
    /// Whether people reach the server over https alone.
    fn is_https(&self) -> bool {
        self.base_url.starts_with("https:")
    }

    /// The address that asks: behind a proxy the last that it names, which alone it saw itself. Of IPv6 the network.
    fn address(&self, extensions: &Extensions, headers: &HeaderMap) -> String {
        let peer = extensions.get::<Peer>().map(|peer| peer.0);
        let named =
            headers.get_all("x-forwarded-for").into_iter().next_back().and_then(|value| value.to_str().ok());
        let named = named.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
        match named.filter(|_| self.sign_in.behind_proxy).or(peer) {
            Some(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Some(address) => address.to_string(),
            None => String::new(),
        }
    }
}

/// What is asked, without the names in its address: as in `policies/access/endpoints.toml`. None where there is nothing.
fn route(extensions: &Extensions) -> Option<String> {
    extensions.get::<MatchedPath>().map(|route| route.as_str().to_owned())
}

/// Everything that is served.
pub fn router(served: Served) -> Router {
    api()
        .merge(pages::routes(&served))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(middleware::from_fn_with_state(served.clone(), pages::headers::secure))
        .layer(middleware::from_fn(traced::traced))
        .with_state(served)
}

/// What programs ask.
fn api() -> Router<Served> {
    Router::new()
        .route("/health", get(health::health))
        .route("/metrics", get(metrics::metrics))
        .route("/calendar/{link}", get(calendar::calendar))
        .route("/api/v1/openapi.json", get(openapi::json))
        .route("/api/v1/events", post(events::record).get(events::list))
        .route("/api/v1/duties", get(duties::list))
        .route("/api/v1/duties/{id}", get(duties::one))
        .route("/api/v1/ladders", get(duties::ladders))
        .route("/api/v1/ladders/gaps", get(duties::gaps))
        .route("/api/v1/keys/{key}", get(duties::key))
        .route("/api/v1/registers/{officer}", get(events::register))
        .route("/api/v1/policy-versions", get(policies::list).post(policies::activate))
        .route("/api/v1/dead-letters", get(health::dead_letters))
        .method_not_allowed_fallback(problem::no_such_method)
        .layer(middleware::from_fn(problem::refuse_nul))
        .layer(middleware::map_response(problem::as_problem))
}
