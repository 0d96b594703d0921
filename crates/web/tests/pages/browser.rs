//! A server on a record of its own, and a browser as far as these tests need one: it keeps cookies and fills in forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{Auditor, Clock, History, Recorder, SystemClock};
use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use store::{Database, Store};
use tempfile::TempDir;
use tower::ServiceExt as _;
use web::{Limits, Served, router};

pub struct Site {
    pub router: Router,
    _folder: TempDir,
}

impl Site {
    pub async fn new() -> Self {
        Self::at("http://127.0.0.1").await
    }

    pub async fn at(base_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(Database::sqlite(&folder.path().join("wakeful.sqlite")).await.unwrap());
        let (store, clock): (Arc<dyn Store>, Arc<dyn Clock>) = (database, Arc::new(SystemClock));
        let served = Served {
            recorder: Recorder::start(Arc::clone(&store), "test", Arc::clone(&clock)).unwrap(),
            history: Arc::new(History::new(Arc::clone(&store))),
            auditor: Arc::new(Auditor::new(Arc::clone(&store))),
            base_url: base_url.to_owned(),
            limits: Limits::default(),
            clock,
            store,
        };
        Self { router: router(served), _folder: folder }
    }

    pub fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new() }
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    /// The first token that a form of the page has.
    pub fn csrf(&self) -> &str {
        let rest = self.body.split_once(r#"name="csrf" value=""#).expect("a form").1;
        rest.split_once('"').unwrap().0
    }
}

#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub async fn get(&mut self, address: &str) -> Answer {
        self.ask(Method::GET, address, &[], Body::empty()).await
    }

    /// Sends a form as it is.
    pub async fn send(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = [(CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded")];
        self.ask(Method::POST, address, &kind, Body::from(body)).await
    }

    pub async fn ask(
        &mut self,
        method: Method,
        address: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.contains("Max-Age=0") {
                true => _ = self.cookies.remove(name),
                false => _ = self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap().to_owned()),
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
