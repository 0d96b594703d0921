//! Signing in elsewhere, at a real provider of OpenID Connect: `oidc-provider` from npm, which `scripts/test` installs.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use app::oidc::{Provider, ProviderSettings};
use axum::http::StatusCode;
use store::{Account, Accounts as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::browser::{Browser, Site};

/// The provider, until it is dropped.
struct There {
    child: Child,
    issuer: String,
    cookies: BTreeMap<String, String>,
}

impl Drop for There {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

impl There {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
        assert!(
            folder.join("node_modules").is_dir(),
            "run `scripts/test`, or `npm ci` in {}",
            folder.display()
        );
        let mut command = Command::new("node");
        command.arg("provider.mjs").arg("http://127.0.0.1/sign-in/oidc/back").current_dir(folder);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let issuer = lines.find_map(|line| line.ok().filter(|line| line.starts_with("http"))).unwrap();
        // What it says later is read too, or it would end.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, issuer, cookies: BTreeMap::new() }
    }

    /// Where the answer to a request leads.
    async fn ask(&mut self, method: &str, address: &str, body: &str) -> String {
        let path = address.strip_prefix(&self.issuer).unwrap_or(address);
        let host = self.issuer.trim_start_matches("http://");
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        );
        let mut stream = TcpStream::connect(host).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let head = answer.split("\r\n\r\n").next().unwrap();
        let mut leads_to = None;
        for (name, value) in head.lines().filter_map(|line| line.split_once(": ")) {
            match name.to_ascii_lowercase().as_str() {
                "location" => leads_to = Some(value.to_owned()),
                "set-cookie" => {
                    let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
                _ => {}
            }
        }
        leads_to.unwrap_or_else(|| panic!("{method} {path} leads nowhere: {answer}"))
    }

    /// Signs somebody in there, and says where they are sent back to.
    async fn sign_in(&mut self, address: &str, who: &str) -> String {
        let interaction = self.ask("GET", address, "").await;
        let on = self.ask("POST", &interaction, &format!("prompt=login&login={who}&password=any")).await;
        let consent = self.ask("GET", &on, "").await;
        let on = self.ask("POST", &consent, "prompt=consent").await;
        let back = self.ask("GET", &on, "").await;
        back.strip_prefix("http://127.0.0.1").expect("it leads back here").to_owned()
    }
}

async fn site(there: &There) -> Site {
    let mut site = Site::with_team().await;
    let settings = ProviderSettings {
        issuer: there.issuer.clone(),
        client_id: "wakeful".into(),
        client_secret: "a-secret-of-the-tests".into(),
        redirect: "http://127.0.0.1/sign-in/oidc/back".into(),
        trusted: String::new(),
    };
    site.served.provider = Some(Arc::new(Provider::new(settings).unwrap()));
    let account = site.add("plain").await;
    let subject = Some(format!("{} ito", there.issuer));
    let ito =
        Account { name: "ito".into(), officer: "officer:reyes".into(), password: None, subject, ..account };
    site.database.add_account(&ito).await.unwrap();
    site
}

/// Goes to the provider, and signs in there.
async fn go(browser: &mut Browser, there: &mut There, who: &str) -> String {
    let page = browser.get("/sign-in?return=/record").await;
    assert!(page.body.contains("/sign-in/oidc?return=%2Frecord"), "{}", page.body);
    let left = browser.get("/sign-in/oidc?return=%2Frecord").await;
    assert!(left.location().starts_with(&there.issuer), "{}", left.location());
    for asked in ["code_challenge_method=S256", "nonce=", "state=", "response_type=code", "scope=openid"] {
        assert!(left.location().contains(asked), "{asked}: {}", left.location());
    }
    there.sign_in(left.location(), who).await
}

#[tokio::test]
async fn somebody_signs_in_elsewhere_and_comes_back_where_they_wanted() {
    let mut there = There::start();
    let site = site(&there).await;
    let mut browser = site.browser();
    let back = go(&mut browser, &mut there, "ito").await;
    let thief = site.browser().get(&back).await;
    assert_eq!(
        thief.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "another browser cannot use what was sent back"
    );
    let entered = browser.get(&back).await;
    assert_eq!((entered.status, entered.location()), (StatusCode::SEE_OTHER, "/record"), "{}", entered.body);
    assert_eq!(browser.get("/record").await.status, StatusCode::OK);
    assert_eq!(browser.get(&back).await.status, StatusCode::UNPROCESSABLE_ENTITY, "nor this one twice");
}

#[tokio::test]
async fn who_has_no_account_here_or_changed_what_was_sent_is_not_signed_in() {
    let mut there = There::start();
    let site = site(&there).await;
    let mut stranger = site.browser();
    let back = go(&mut stranger, &mut there, "stranger").await;
    let refused = stranger.get(&back).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("you have no account here"), "{}", refused.body);
    assert!(!stranger.cookies.contains_key("session"));
    let noted = || async { site.database.security_log(9).await.unwrap() };
    assert!(matches!(&noted().await[..], [one] if one.what == "sign-in-elsewhere" && one.is_refused));
    for address in ["/sign-in/oidc/back", "/sign-in/oidc/back?state=x&code=y"] {
        assert_eq!(stranger.get(address).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(noted().await.len(), 1, "what anybody can send does not fill the log");
    let none = Site::new().await;
    assert_eq!(none.browser().get("/sign-in/oidc").await.status, StatusCode::NOT_FOUND);
}
