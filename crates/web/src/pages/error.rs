//! Why there is no page: shown in the frame of all pages.

use std::sync::Arc;

use app::AppError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use store::StoreError;

/// Why there is no page.
///
/// What one may not see is [`PageError::NotFound`], as is what there is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageError {
    /// The request cannot be read.
    Bad,
    /// There is nothing, or nothing for this person.
    NotFound,
    /// It is not for this person to do, and they know that it is there.
    Forbidden,
    /// The form was not one of ours, or too old.
    Expired,
    /// The address does not take this method.
    Method,
    /// What was sent is too long.
    TooLarge,
    /// What was sent took too long.
    TooSlow,
    /// It was asked too often.
    TooMany,
    /// It cannot be done now.
    Unavailable,
    /// It is not known whether what was sent is recorded.
    Unconfirmed,
    /// Something is wrong with the server.
    Fault,
}

impl PageError {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Bad => StatusCode::BAD_REQUEST,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden | Self::Expired => StatusCode::FORBIDDEN,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable | Self::Unconfirmed => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word in the keys of its texts.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::NotFound => "not-found",
            Self::Forbidden => "forbidden",
            Self::Expired => "expired",
            Self::Method => "method",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
            Self::TooMany => "too-many",
            Self::Unavailable => "unavailable",
            Self::Unconfirmed => "unconfirmed",
            Self::Fault => "fault",
        }
    }

    /// What a status means that something else answered with before a page was asked.
    pub(crate) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::Method,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            status if status.is_server_error() => Self::Fault,
            _ => Self::Bad,
        }
    }
}

impl IntoResponse for PageError {
    /// An answer without a body, which the frame shows as a page.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<&AppError> for PageError {
    /// A person learns that it is not theirs to mend; what it is stands in the log of the server.
    fn from(error: &AppError) -> Self {
        tracing::error!(%error, "a page could not be made");
        match error {
            AppError::Unconfirmed(_) => Self::Unconfirmed,
            AppError::Store(StoreError::Unavailable(_))
            | AppError::ClockBehind { .. }
            | AppError::ClockAhead { .. }
            | AppError::Busy
            | AppError::Stopped => Self::Unavailable,
            _ => Self::Fault,
        }
    }
}

impl From<AppError> for PageError {
    fn from(error: AppError) -> Self {
        Self::from(&error)
    }
}

impl From<Arc<AppError>> for PageError {
    fn from(error: Arc<AppError>) -> Self {
        Self::from(&*error)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::from(AppError::from(error))
    }
}
