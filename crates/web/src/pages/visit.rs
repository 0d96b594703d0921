//! What is done for every page before and after its handler.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::cookies::Cookie;
use super::{Fields, Frame, PageError};
use crate::Served;
use crate::body::media_type;

/// The most bytes of a form: a long note, and every other field beside it.
const MOST_FORM_BYTES: usize = 256 << 10;

/// Answers one visit: makes the frame, refuses forms that are not ours, and shows errors as pages.
pub(crate) async fn visit(State(served): State<Served>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let visitor = match Visitor::new(&served, &request) {
        Ok(visitor) => visitor,
        Err(error) => return Frame::default().error(error),
    };
    let response = match visitor.admitted(&served, request).await {
        Ok(request) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    visitor.finish(response, served.is_https())
}

/// Who asks, as far as their browser says.
struct Visitor {
    frame: Frame,
    form: Secret,
}

/// What a browser is known by.
struct Secret {
    text: String,
    is_new: bool,
}

impl Visitor {
    fn new(served: &Served, request: &Request) -> Result<Self, PageError> {
        let (headers, is_https) = (request.headers(), served.is_https());
        let known = Cookie::Form.read(headers, is_https);
        let form = match known {
            Some(text) => Secret { text, is_new: false },
            None => Secret { text: csrf::secret()?, is_new: true },
        };
        let said = Cookie::Said.read(headers, is_https).filter(|key| key.starts_with("said-"));
        let frame = Frame { path: request.uri().path().to_owned(), csrf: csrf::token(&form.text)?, said };
        Ok(Self { frame, form })
    }

    /// The request with what its handler may ask for, unless it is a form that is not ours.
    async fn admitted(&self, served: &Served, request: Request) -> Result<Request, PageError> {
        if request.uri().to_string().contains("%00") {
            return Err(PageError::NotFound);
        }
        let mut request = if [Method::GET, Method::HEAD].contains(request.method()) {
            request
        } else {
            let (fields, mut request) = fields(served, request).await?;
            if !csrf::is_of(fields.get("csrf"), &self.form.text) {
                return Err(PageError::Expired);
            }
            request.extensions_mut().insert(fields);
            request
        };
        request.extensions_mut().insert(self.frame.clone());
        Ok(request)
    }

    /// The answer with its cookies, and as a page where it is an error.
    fn finish(&self, response: Response, is_https: bool) -> Response {
        let mut response = match error_of(&response) {
            Some(error) => self.frame.error(error),
            None => response,
        };
        let mut cookies = Vec::new();
        if self.form.is_new {
            cookies.extend(Cookie::Form.set(&self.form.text, is_https));
        }
        if self.frame.said.is_some() && response.status() == StatusCode::OK {
            cookies.extend(Cookie::Said.forget(is_https));
        }
        cookies
            .into_iter()
            .for_each(|cookie: HeaderValue| _ = response.headers_mut().append(SET_COOKIE, cookie));
        response
    }
}

/// The error that an answer is to be shown as.
fn error_of(response: &Response) -> Option<PageError> {
    let (status, is_plain) = (response.status(), is_plain(response.headers()));
    let own = response.extensions().get::<PageError>().copied();
    own.or_else(|| {
        (is_plain && (status.is_client_error() || status.is_server_error())).then(|| PageError::of(status))
    })
}

fn is_plain(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

/// The fields of a form, if it comes in time and is not too long; and the request without it.
async fn fields(served: &Served, request: Request) -> Result<(Fields, Request), PageError> {
    if media_type(request.headers()) != "application/x-www-form-urlencoded" {
        return Err(PageError::Bad);
    }
    let (parts, body) = request.into_parts();
    let body = Request::new(Body::new(http_body_util::Limited::new(body, MOST_FORM_BYTES)));
    let body = timeout(served.limits.body, Bytes::from_request(body, &())).await;
    let body = body.map_err(|_| PageError::TooSlow)?.map_err(|error| PageError::of(error.status()))?;
    Ok((Fields::read(&body), Request::from_parts(parts, Body::empty())))
}

mod csrf {
    //! What tells a form of ours from one that another site had a browser send.
    //!
    //! It is derived from what the browser is known by, so there is nothing to keep, and a new sign-in has new ones. It is masked anew on
    //! each page, so that the length of a compressed page tells nothing of it.

    use app::token;

    use super::super::PageError;

    const MASK: usize = 64;

    pub(super) fn secret() -> Result<String, PageError> {
        let random = token::random().map_err(|error| {
            tracing::error!(%error, "there are no random numbers");
            PageError::Fault
        })?;
        Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The token of one page.
    pub(super) fn token(secret: &str) -> Result<String, PageError> {
        let mask = self::secret()?;
        Ok(format!("{mask}{}", masked(secret, &mask)))
    }

    /// Whether a token was made for a secret.
    pub(super) fn is_of(token: &str, secret: &str) -> bool {
        let Some((mask, rest)) = token.split_at_checked(MASK) else { return false };
        // Compared by their hashes, so that the time that it takes tells nothing.
        app::token::hash(rest) == app::token::hash(&masked(secret, mask))
    }

    fn masked(secret: &str, mask: &str) -> String {
        token::hash(&format!("form\n{mask}\n{secret}"))
    }
}
