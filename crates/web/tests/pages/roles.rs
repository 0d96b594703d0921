//! Each address asked by each role over HTTP: what `policies/access/endpoints.toml` allows is answered, and nothing else is.

use std::collections::BTreeMap;

use app::token::{Scope, secret, token};
use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{Method, StatusCode};
use store::{Accounts as _, Store as _};
use toml_edit::{DocumentMut, Table};

use super::browser::{Answer, Browser, Site};

/// Who is in which role, of those who sign in.
const PEOPLE: [(&str, &str); 8] = [
    ("insider", "reyes"),
    ("stranger", "castle"),
    ("supervisor", "okoro"),
    ("superintendent", "super"),
    ("partner", "social"),
    ("reviewer", "looker"),
    ("policy-lead", "lead"),
    ("administrator", "admin"),
];

/// Those of them who are not there already, and what is owed in the case: the supervisor was asked about it, and the
/// superintendent, who came after, was not.
const WORLD: &str = r#"{"id":"w1","stream":"officer:castle","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:west"},"attrs":{"role":"officer","rank":"constable","agency":"police"}}
{"id":"w2","stream":"officer:super","kind":"post.held","at":"2026-11-30T08:59:00Z","attrs":{"role":"superintendent","rank":"superintendent","agency":"police"}}
{"id":"w3","stream":"officer:social","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:council"},"attrs":{"role":"social-worker","agency":"children-services"}}
{"id":"d1","stream":"case:c1","kind":"disclosure.made","at":"2026-11-29T08:30:00Z","links":{"child":"person:p7","officer":"officer:reyes"},"attrs":{"told_by":"child"}}"#;

/// What a role asks with.
enum Caller {
    Person(Box<Browser>, String),
    Program(Box<Browser>, String),
}

impl Caller {
    async fn ask(&mut self, method: &Method, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (browser, token, secret) = match self {
            Self::Person(browser, csrf) => (browser, csrf.as_str(), None),
            Self::Program(browser, secret) => (browser, "", Some(format!("Bearer {secret}"))),
        };
        let mut headers: Vec<(&str, &str)> = Vec::new();
        if let Some(secret) = &secret {
            headers.push((AUTHORIZATION.as_str(), secret));
        }
        if method == Method::GET {
            return browser.ask(Method::GET, path, &headers, Body::empty()).await;
        }
        if path.starts_with("/api/") {
            headers.push((CONTENT_TYPE.as_str(), "application/json"));
            return browser.ask(Method::POST, path, &headers, Body::from("[]")).await;
        }
        headers.push((CONTENT_TYPE.as_str(), "application/x-www-form-urlencoded"));
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("csrf", token).extend_pairs(fields);
        browser.ask(Method::POST, path, &headers, Body::from(form.finish())).await
    }
}

impl Caller {
    /// A draft that they began, if they may.
    async fn draft(&mut self) -> String {
        let begun = self.ask(&Method::GET, "/record/disclosure", &[]).await;
        begun.location().split_once("draft=").map_or_else(String::new, |(_, draft)| draft.to_owned())
    }
}

/// Whether an answer lets somebody in, whatever else it says of what they asked.
fn lets_in(answer: &Answer) -> bool {
    let is_sent_away = answer.status == StatusCode::SEE_OTHER && answer.location().starts_with("/sign-in");
    let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::NOT_FOUND];
    !is_sent_away && !refused.contains(&answer.status)
}

fn texts(table: &Table, name: &str) -> Vec<String> {
    let list = table.get(name).and_then(|value| value.as_array());
    list.into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_address_answers_the_roles_of_its_row_and_no_other() {
    let site = Site::with_team().await;
    site.record(WORLD).await;
    let mut callers: BTreeMap<String, Caller> = BTreeMap::new();
    for (role, name) in PEOPLE {
        if !["reyes", "okoro"].contains(&name) {
            site.add(name).await;
        }
        if ["reviewer", "policy-lead", "administrator"].contains(&role) {
            site.database.set_grants(name, &[role.to_owned()], None).await.unwrap();
        }
        let mut browser = site.signed_in(name).await;
        let csrf = browser.get("/account").await.csrf().to_owned();
        callers.insert(role.to_owned(), Caller::Person(Box::new(browser), csrf));
    }
    for scope in Scope::ALL {
        let key = secret([scope.word().len() as u8; 32]);
        site.database.put_token(&token(scope.word(), &[scope], &key, site.now(), 365)).await.unwrap();
        callers.insert(format!("token:{}", scope.word()), Caller::Program(Box::new(site.browser()), key));
    }
    let duty = duty_of(&site).await;
    let document: DocumentMut = include_str!("../../../../policies/access/endpoints.toml").parse().unwrap();
    let roles: Vec<String> =
        document["roles"].as_table().unwrap().iter().map(|(role, _)| role.to_owned()).collect();
    assert_eq!(roles.iter().filter(|role| !callers.contains_key(*role)).count(), 0, "{roles:?}");
    let mut wrong = Vec::new();
    for row in document["endpoint"].as_array_of_tables().unwrap() {
        let action = row["action"].as_str().unwrap();
        if ["public", "sign-in"].contains(&action) {
            continue;
        }
        let allowed = texts(row, "allowed");
        for at in texts(row, "at") {
            let (method, path) = at.split_once(' ').unwrap();
            let method: Method = method.parse().unwrap();
            let path = address(path, row["on"].as_str().unwrap(), &duty);
            for (role, caller) in &mut callers {
                let draft = match path.starts_with("/record/") {
                    true => caller.draft().await,
                    false => String::new(),
                };
                let path = if draft.is_empty() { path.clone() } else { format!("{path}?draft={draft}") };
                let answer = caller.ask(&method, &path, &[("step", "0"), ("draft", &draft)]).await;
                if lets_in(&answer) != allowed.contains(role) {
                    wrong.push(format!("{at} ({path}) for {role}: {} {}", answer.status, answer.location()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The address of a row in this world.
fn address(path: &str, on: &str, duty: &str) -> String {
    let id = match (on, path.starts_with("/children")) {
        ("team", _) => "east",
        ("duty", _) => duty,
        ("case", true) => "p7",
        ("case", false) => "c1",
        _ => duty,
    };
    let names = [
        ("{id}", id),
        ("{key}", "person:p7"),
        ("{officer}", "officer:reyes"),
        ("{part}", "accounts"),
        ("{journey}", "disclosure"),
        ("{question}", "child"),
        ("{rule}", "disclosure-crime-recorded"),
    ];
    names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value))
}

/// A duty in the case that the insider owes, and that came up to the supervisor.
async fn duty_of(site: &Site) -> String {
    let page = site.signed_in("okoro").await.get("/").await;
    let waiting = page.body.split_once("id=\"waiting\"").unwrap().1;
    waiting.split_once("href=\"/duties/").unwrap().1.split('"').next().unwrap().to_owned()
}
