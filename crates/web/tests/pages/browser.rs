//! A server on a record of its own, and a browser as far as these tests need one: it keeps cookies and fills in forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use std::sync::atomic::{AtomicI64, Ordering};

use app::accounts::{SignIns, code_secret};
use app::versions::{self, Texts};
use app::{Auditor, Clock, History, Order, Recorder};
use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use engine::log::{EventRef, Pushed};
use engine::policy::SourceFile;
use engine::time::Instant;
use exchange::{Input, Options};
use http_body_util::BodyExt as _;
use store::{Account, Accounts as _, Database, Store};
use tempfile::TempDir;
use totp_rs::{Builder, Secret};
use tower::ServiceExt as _;
use web::{Limits, Served, SignInSettings, router};

/// A Monday morning.
const NOW: &str = "2026-11-30T09:00:00Z";

/// What everybody signs in with.
pub const PASSWORD: &str = "correct horse battery";

/// A clock that goes on when it is told to.
pub struct Hand(AtomicI64);

impl Clock for Hand {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

pub struct Site {
    pub served: Served,
    pub database: Arc<Database>,
    clock: Arc<Hand>,
    _folder: TempDir,
}

impl Site {
    pub async fn new() -> Self {
        Self::at("http://127.0.0.1").await
    }

    pub async fn at(base_url: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(Database::sqlite(&folder.path().join("wakeful.sqlite")).await.unwrap());
        let hand = Arc::new(Hand(Instant::parse(NOW).unwrap().ms().into()));
        let (store, clock): (Arc<dyn Store>, Arc<dyn Clock>) = (database.clone(), hand.clone());
        let served = Served {
            recorder: Recorder::start(Arc::clone(&store), "test", Arc::clone(&clock)).unwrap(),
            history: Arc::new(History::new(Arc::clone(&store))),
            auditor: Arc::new(Auditor::new(Arc::clone(&store))),
            base_url: base_url.to_owned(),
            limits: Limits::default(),
            sign_ins: Arc::new(SignIns::new(database.clone())),
            sign_in: SignInSettings { behind_proxy: true, ..SignInSettings::default() },
            provider: None,
            programs: Arc::default(),
            clock,
            store,
        };
        Self { served, database, clock: hand, _folder: folder }
    }

    /// One where the england pack is in force, with a team: reyes, whose supervisor is okoro, whose inspector is lindqvist.
    pub async fn with_team() -> Self {
        let site = Self::new().await;
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/england");
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        let file = |path: std::path::PathBuf| SourceFile {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            text: std::fs::read_to_string(&path).unwrap().into(),
        };
        let texts = Texts(vec![files.into_iter().map(file).collect()]);
        let stored = texts.stored(&texts.policy().unwrap(), site.now(), "system:test");
        versions::put_first(&*site.served.store, &[stored]).await.unwrap();
        site.record(
            r#"{"id":"s1","stream":"officer:lindqvist","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:east"},"attrs":{"role":"detective-inspector","rank":"inspector","agency":"police"}}
{"id":"s2","stream":"officer:okoro","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:east","manager":"officer:lindqvist"},"attrs":{"role":"supervisor","rank":"sergeant","agency":"police"}}
{"id":"s3","stream":"officer:reyes","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:east","manager":"officer:okoro"},"attrs":{"role":"officer","rank":"constable","agency":"police"}}
{"id":"a1","stream":"case:c1","kind":"case.opened","at":"2026-11-27T09:00:00Z","links":{"child":"person:p7"}}
{"id":"a2","stream":"case:c1","kind":"allocation.made","at":"2026-11-27T09:00:00Z","links":{"child":"person:p7","officer":"officer:reyes","team":"team:east"},"attrs":{"role":"investigator"}}"#,
        )
        .await;
        for name in ["reyes", "okoro", "lindqvist"] {
            site.add(name).await;
        }
        site
    }

    /// Records native lines as an import does.
    pub async fn record(&self, lines: &str) {
        let mut events = Vec::new();
        let input = Input::Bytes("lines.jsonl".into(), lines.as_bytes().to_vec());
        let mut sink = |event: &EventRef<'_>| {
            events.push(event.to_event());
            Ok(Pushed::Added)
        };
        exchange::read(&[input], Options::default(), &mut sink).unwrap();
        self.served.recorder.record(Order { events, records_as: None }).await.unwrap().unwrap();
    }

    /// The events about an entity, as their canonical lines.
    pub async fn events(&self, entity: &str) -> Vec<String> {
        let entries = self.database.entries_about(entity, 0, 1_000).await.unwrap();
        entries.into_iter().map(|entry| entry.line).collect()
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn pass(&self, minutes: i64) {
        self.clock.0.fetch_add(minutes * 60_000, Ordering::SeqCst);
    }

    pub fn browser(&self) -> Browser {
        Browser { router: router(self.served.clone()), cookies: BTreeMap::new(), address: "192.0.2.1".into() }
    }

    pub async fn add(&self, name: &str) -> Account {
        let account = Account {
            name: name.into(),
            officer: format!("officer:{name}"),
            shown: format!("{name} <b>&"),
            grants: Vec::new(),
            reviews_until: None,
            password: Some(self.served.sign_ins.hash(PASSWORD).await.unwrap()),
            initial: false,
            code: None,
            subject: None,
            created_at: self.now(),
            ended_at: None,
            proposed_by: None,
        };
        self.database.add_account(&account).await.unwrap();
        account
    }

    /// Sets sign-in codes up, and says their secret.
    pub async fn with_codes(&self, name: &str) -> String {
        let secret = code_secret().unwrap();
        self.database.set_code(name, Some(&secret)).await.unwrap();
        secret
    }

    /// The code of a secret now.
    pub fn code(&self, secret: &str) -> String {
        let builder = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap());
        let totp = builder.with_account_name("any").build().unwrap();
        totp.generate(u64::try_from(self.now().ms() / 1000).unwrap()).to_string()
    }

    /// A browser that somebody is signed in with.
    pub async fn signed_in(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD, "/").await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
        browser
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
    pub address: String,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    pub async fn get(&mut self, address: &str) -> Answer {
        self.ask(Method::GET, address, &[], Body::empty()).await
    }

    pub async fn sign_in(&mut self, name: &str, password: &str, back: &str) -> Answer {
        self.fill("/sign-in", &[("name", name), ("password", password), ("return", back)]).await
    }

    /// Opens a page, fills its form in, and sends it.
    pub async fn fill(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {} {}", page.location(), page.body);
        let mut all = vec![("csrf", page.csrf())];
        all.extend(fields);
        self.send(address.split('?').next().unwrap(), &all).await
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
        request = request.header("x-forwarded-for", format!("203.0.113.9, {}", self.address));
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
