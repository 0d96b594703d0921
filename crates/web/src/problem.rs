//! What a caller is told when something cannot be done: problem details (RFC 9457).

use app::{AppError, Refusal};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;
use store::StoreError;
use utoipa::ToSchema;

/// What went wrong, for a program and for a person.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Which sort of problem: `urn:wakeful:` and a word.
    #[schema(example = "urn:wakeful:conflict")]
    pub r#type: String,
    /// The sort in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What it is this time, and what to do.
    pub detail: String,
    /// Of a list: the place of what is wrong, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<usize>,
    /// Of events of which it is not known whether they were stored: their ids, by which to send them again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<String>>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, word: &str, detail: impl Into<String>) -> Self {
        Self {
            r#type: format!("urn:wakeful:{word}"),
            title: status.canonical_reason().unwrap_or("Problem").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            place: None,
            ids: None,
        }
    }

    pub(crate) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    pub(crate) fn none(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    pub(crate) fn at(self, place: usize) -> Self {
        Self { place: Some(place), ..self }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_string(&self).unwrap_or_default();
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match &refusal {
            Refusal::Conflict { place, .. } => {
                Self::new(StatusCode::CONFLICT, "conflict", refusal.to_string()).at(*place)
            }
            Refusal::Bad { place, .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", refusal.to_string()).at(*place)
            }
        }
    }
}

impl From<&AppError> for Problem {
    /// The caller learns that it is not theirs to mend; what it is stands in the log of the server.
    fn from(error: &AppError) -> Self {
        tracing::error!(%error, "a request could not be served");
        let unavailable = |detail: &str| Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        match error {
            AppError::Store(StoreError::Unavailable(_)) => {
                unavailable("the database does not answer; try again")
            }
            AppError::ClockBehind { .. } | AppError::ClockAhead { .. } => {
                unavailable("the server's clock is not that of the record; its health says more")
            }
            AppError::Busy => Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", error.to_string()),
            AppError::Stopped => unavailable("the server is stopping; try again"),
            AppError::Unconfirmed(_) => {
                unavailable("the database did not confirm what it was given; try again")
            }
            _ => Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "fault",
                "the server cannot do this now; its health says why",
            ),
        }
    }
}

impl Problem {
    /// Why events were not recorded, or may not have been: by their ids it is known whether they were.
    pub(crate) fn of_recording(error: &AppError, ids: Vec<String>) -> Self {
        match error {
            AppError::Unconfirmed(_) => {
                tracing::error!(%error, "it is not known whether events were recorded");
                let detail = "whether the events were stored is not known; send them again with the ids in `ids`, \
                    so that none is stored twice";
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unconfirmed", detail);
                Self { ids: Some(ids), ..problem }
            }
            _ => {
                let problem = Self::from(error);
                Self { detail: format!("nothing was stored: {}", problem.detail), ..problem }
            }
        }
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        Self::from(&error)
    }
}

impl From<Arc<AppError>> for Problem {
    fn from(error: Arc<AppError>) -> Self {
        Self::from(&*error)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::from(AppError::from(error))
    }
}

pub(crate) fn too_large() -> Problem {
    let detail = "the request has more than 16 MiB; send several";
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
}

pub(crate) async fn no_such_page() -> Problem {
    Problem::none("there is nothing at this address; `/api/v1/openapi.json` says what there is")
}

pub(crate) async fn no_such_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "this address does not take this method; `/api/v1/openapi.json` says which it takes",
    )
}

/// Refuses an address with the character U+0000, which no record has and no database takes.
pub(crate) async fn refuse_nul(request: Request, next: Next) -> Response {
    match request.uri().to_string().contains("%00") {
        true => {
            Problem::bad("the address has the character U+0000; nothing in the record does").into_response()
        }
        false => next.run(request).await,
    }
}

/// Has whatever refuses a request before it is looked at say so as all else does.
pub(crate) async fn as_problem(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_plain = kind.is_none_or(|kind| kind.starts_with("text/plain"));
    match response.status() {
        status if !status.is_client_error() || !is_plain => response,
        StatusCode::PAYLOAD_TOO_LARGE => too_large().into_response(),
        status => Problem::new(status, "bad-request", "the address or body cannot be read").into_response(),
    }
}
