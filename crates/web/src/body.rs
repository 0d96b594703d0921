//! What a request carries.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use tokio::time::timeout;

use crate::Served;
use crate::problem::{Problem, too_large};

/// The whole body of a request, if it comes in time. Nothing else reads one.
pub struct Whole(pub Bytes);

impl FromRequest<Served> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, served: &Served) -> Result<Self, Problem> {
        match timeout(served.limits.body, Bytes::from_request(request, served)).await {
            Ok(Ok(body)) => Ok(Self(body)),
            Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(too_large()),
            Ok(Err(_)) => {
                Err(Problem::bad("the body cannot be read; it ended too early, or its chunks are wrong"))
            }
            Err(_) => {
                let detail = "the body took too long to come; nothing was stored; send less at once";
                Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", detail))
            }
        }
    }
}

/// In which format a request says that its body is; JSON where it does not say.
pub fn media_type(headers: &HeaderMap) -> String {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("application/json");
    kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}
