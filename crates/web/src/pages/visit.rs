//! What is done for every page before and after its handler.

use std::sync::Arc;

use app::access::Person;
use app::security::{Deed, Doing};
use app::sessions::Visit;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::time::timeout;

use super::cookies::Cookie;
use super::{Fields, Frame, PageError, csrf, person, texts};
use crate::body::media_type;
use crate::{Served, route};

/// The most bytes of a form: a long note, and every other field beside it.
const MOST_FORM_BYTES: usize = 256 << 10;

/// Answers one visit: finds who is signed in, refuses forms that are not ours, and shows errors as pages.
pub(crate) async fn visit(State(served): State<Served>, request: Request, next: Next) -> Response {
    if request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    let visitor = match Visitor::new(&served, request.headers(), request.uri().path()).await {
        Ok(visitor) => visitor,
        Err(error) => return Frame::default().error(error),
    };
    let (address, route) =
        (served.address(request.extensions(), request.headers()), route(request.extensions()));
    let response = match visitor.admitted(&served, request).await {
        Ok(request) => next.run(request).await,
        Err(response) => response,
    };
    let refused = error_of(&response);
    if let Some(route) = route {
        visitor.note_refusal(&served, &address, &route, refused).await;
    }
    visitor.finish(response, served.is_https())
}

/// Who asks, as far as their browser says.
struct Visitor {
    frame: Frame,
    visit: Option<Arc<Visit>>,
    person: Option<Arc<Person>>,
    /// Whether the browser was signed in, and is not any more.
    has_lapsed: bool,
    /// What the browser's forms are known by.
    form: String,
    /// What the browser is to keep of that.
    new_form: bool,
}

impl Visitor {
    async fn new(served: &Served, headers: &HeaderMap, path: &str) -> Result<Self, PageError> {
        let is_https = served.is_https();
        let session = Cookie::Session.read(headers, is_https);
        let visit = match &session {
            Some(secret) => served.sign_ins.find(secret, served.clock.now()).await?.map(Arc::new),
            None => None,
        };
        let has_lapsed = session.is_some() && visit.is_none();
        let known = session.filter(|_| visit.is_some()).or_else(|| Cookie::Form.read(headers, is_https));
        let new_form = known.is_none();
        let form = known.map_or_else(csrf::secret, Ok)?;
        let person = match visit.as_ref().filter(|visit| visit.session.is_full) {
            Some(visit) => Some(Arc::new(person::person(served, &visit.account).await?)),
            None => None,
        };
        let said = Cookie::Said
            .read(headers, is_https)
            .filter(|key| key.starts_with("said-") && texts::find(key, &[]).is_ok());
        let (path, csrf) = (path.to_owned(), csrf::token(&form)?);
        Ok(Self {
            frame: Frame { path, csrf, said, person: person.clone() },
            visit,
            person,
            has_lapsed,
            form,
            new_form,
        })
    }

    /// The request with what its handler may ask for, unless it is a form that is not ours.
    async fn admitted(&self, served: &Served, request: Request) -> Result<Request, Response> {
        if request.uri().to_string().contains("%00") {
            return Err(PageError::NotFound.into_response());
        }
        let mut request = if [Method::GET, Method::HEAD].contains(request.method()) {
            request
        } else {
            let (fields, mut request) = fields(served, request).await.map_err(PageError::into_response)?;
            if !csrf::is_of(fields.get("csrf"), &self.form) {
                return Err(match self.has_lapsed {
                    true => person::to_sign_in(request.uri()),
                    false => PageError::Expired.into_response(),
                });
            }
            request.extensions_mut().insert(fields);
            request
        };
        let extensions = request.extensions_mut();
        extensions.insert(self.frame.clone());
        if let Some(visit) = &self.visit {
            extensions.insert(Arc::clone(visit));
        }
        if let Some(person) = &self.person {
            extensions.insert(Arc::clone(person));
        }
        Ok(request)
    }

    /// Notes in the security log what somebody who is signed in was refused, without whose page it is. What is not there and
    /// what is not theirs takes as long, and reads alike. A form from another site comes from nobody: it is sent on alone.
    async fn note_refusal(&self, served: &Served, address: &str, route: &str, error: Option<PageError>) {
        let deed = match error {
            Some(PageError::Forbidden | PageError::NotFound) => Deed::Access,
            Some(PageError::Expired) => Deed::Form,
            _ => return,
        };
        let who = self.person.as_ref().map(|person| &*person.account);
        let doing = Doing { who, address: Some(address), deed, about: Some(route) };
        if who.is_none() {
            doing.tell(true);
            return;
        }
        if let Err(error) = doing.refused_again(served.sign_ins.store(), served.clock.now()).await {
            tracing::error!(target: "security", %error, "a refusal could not be noted");
            doing.tell(true);
        }
    }

    /// The answer with its cookies, and as a page where it is an error.
    fn finish(&self, response: Response, is_https: bool) -> Response {
        let mut response = match error_of(&response) {
            Some(error) => self.frame.error(error),
            None => response,
        };
        let mut cookies = Vec::new();
        if self.new_form {
            cookies.extend(Cookie::Form.set(&self.form, is_https));
        }
        if self.frame.said.is_some() && response.status() == StatusCode::OK {
            cookies.extend(Cookie::Said.forget(is_https));
        }
        let headers = response.headers_mut();
        cookies.into_iter().for_each(|cookie: HeaderValue| _ = headers.append(SET_COOKIE, cookie));
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
