//! The description of the API, made from its code.

use axum::Json;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{calendar, duties, events, health, metrics, policies};

#[derive(OpenApi)]
#[openapi(
    info(title = "Wakeful", description = "Duties towards children, what is owed and what came of it", license(name = "MIT OR Apache-2.0")),
    paths(
        events::record, events::list, events::register, duties::list, duties::one, duties::ladders, duties::gaps, duties::key,
        policies::list, policies::activate, calendar::calendar, health::dead_letters, health::health, metrics::metrics,
    ),
    modifiers(&Tokens),
)]
struct Api;

struct Tokens;

impl Modify for Tokens {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description.
#[must_use]
pub fn document() -> Document {
    Api::openapi()
}

pub(crate) async fn json() -> Json<Document> {
    Json(document())
}
