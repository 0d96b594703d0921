//! Who looked: what people open and programs read is noted, and told to whoever may see it.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use store::{DutyQuery, Store as _};

use super::browser::Site;

async fn noted(site: &Site, entity: &str) -> Vec<(String, String)> {
    let openings = site.database.openings(entity, 50).await.unwrap();
    let mut all: Vec<_> = openings.into_iter().map(|opened| (opened.account, opened.action)).collect();
    all.sort();
    all
}

fn pair(account: &str, action: &str) -> (String, String) {
    (account.to_owned(), action.to_owned())
}

#[tokio::test]
async fn who_opens_a_duty_is_told_in_its_case() {
    let site = Site::with_team().await;
    site.served.recorder.watch().await.unwrap();
    let all = DutyQuery { stream: Some("case:c1".into()), most: 9, ..DutyQuery::default() };
    let duty = site.database.duties(&all).await.unwrap().remove(0);
    let mut reyes = site.signed_in("reyes").await;
    let page = reyes.get(&format!("/duties/{}", duty.id)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(noted(&site, "case:c1").await, [pair("reyes", "duty")]);
    if duty.key != "case:c1" {
        assert_eq!(noted(&site, &duty.key).await, [pair("reyes", "duty")]);
    }
    site.add("stranger").await;
    let refused = site.signed_in("stranger").await.get(&format!("/duties/{}", duty.id)).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert_eq!(noted(&site, "case:c1").await.len(), 1, "what is not shown is not noted");
    let case = reyes.get("/cases/c1").await;
    assert!(case.body.contains("opened a duty"), "{}", case.body);
}

#[tokio::test]
async fn what_a_program_reads_is_told_by_its_token() {
    let site = Site::with_team().await;
    site.served.recorder.watch().await.unwrap();
    let all = DutyQuery { stream: Some("case:c1".into()), most: 9, ..DutyQuery::default() };
    let duty = site.database.duties(&all).await.unwrap().remove(0);
    let token = app::token::token("crm", &[app::token::Scope::Read], "secret", site.now(), 1);
    site.database.put_token(&token).await.unwrap();
    let mut program = site.browser();
    let mut read = async |address: &str| {
        let bearer = [("authorization", "Bearer secret")];
        let answer = program.ask(Method::GET, address, &bearer, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.body);
    };
    for address in ["/api/v1/events?entity=case:c1", "/api/v1/duties?key=case:c1", "/api/v1/keys/case:c1"] {
        read(address).await;
    }
    assert_eq!(noted(&site, "case:c1").await, vec![pair("token:crm", "program"); 3]);
    read(&format!("/api/v1/duties/{}", duty.id)).await;
    assert_eq!(noted(&site, "case:c1").await.len(), 4);
    for address in ["/api/v1/events", "/api/v1/duties", "/api/v1/ladders"] {
        read(address).await;
    }
    assert_eq!(noted(&site, "record").await.len(), 3, "of what is about nothing in particular, the whole");
    read("/api/v1/registers/officer:reyes").await;
    assert_eq!(noted(&site, "officer:reyes").await, [pair("token:crm", "program")]);
    let case = site.signed_in("reyes").await.get("/cases/c1").await;
    assert!(
        case.body.contains("read it by program") && case.body.contains("the token `crm`"),
        "{}",
        case.body
    );
}

#[tokio::test]
async fn a_token_is_refused_from_its_end_on() {
    let site = Site::with_team().await;
    let token = app::token::token("crm", &[app::token::Scope::Read], "secret", site.now(), 1);
    site.database.put_token(&token).await.unwrap();
    let bearer = [("authorization", "Bearer secret")];
    for (pass, status) in [(24 * 60 - 1, StatusCode::OK), (1, StatusCode::UNAUTHORIZED)] {
        site.pass(pass);
        let answer = site.browser().ask(Method::GET, "/api/v1/duties", &bearer, Body::empty()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn who_lets_themselves_in_twice_by_one_form_is_let_in_once() {
    let site = Site::with_team().await;
    site.record(
        r#"{"id":"s9","stream":"officer:stone","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:west"},"attrs":{"role":"superintendent","rank":"superintendent","agency":"police"}}"#,
    )
    .await;
    site.add("stone").await;
    let mut stone = site.signed_in("stone").await;
    let page = stone.get("/cases/c1/break-glass").await;
    let form =
        page.body.split(r#"name="form" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let reason = "She asks for him at the front desk.";
    let mut send = async |case: &str, form: &str, reason: &str| {
        let fields = [("csrf", page.csrf()), ("form", form), ("reason", reason)];
        let answer = stone.send(&format!("/cases/{case}/break-glass"), &fields).await;
        assert_eq!(answer.location(), format!("/cases/{case}"), "{}", answer.body);
        site.pass(1);
        let recorded = site.events("case:c1").await;
        recorded.iter().filter(|line| line.contains("access.broken-glass")).count()
    };
    assert_eq!(send("none", &form, reason).await, 0, "there is no such case");
    for _ in 0..2 {
        assert_eq!(send("c1", &form, reason).await, 1);
    }
    assert_eq!(send("c1", &form, "He is to be told by her.").await, 2, "what else was written is not lost");
    assert_eq!(send("c1", "none", reason).await, 3, "nor is what no form has");
    assert_eq!(stone.get("/cases/c1").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_is_written_to_of_a_look_that_nobody_else_owes_opens_it_and_not_its_case() {
    let site = Site::with_team().await;
    site.record(
        r#"{"id":"c2","stream":"case:c2","kind":"case.opened","at":"2026-11-27T09:00:00Z","links":{"child":"person:p8"}}"#,
    )
    .await;
    let (mut okoro, mut lindqvist, mut reyes) =
        (site.signed_in("okoro").await, site.signed_in("lindqvist").await, site.signed_in("reyes").await);
    let page = okoro.get("/cases/c2/break-glass").await;
    let form =
        page.body.split(r#"name="form" value=""#).nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields = [("csrf", page.csrf()), ("form", &form), ("reason", "He is at the front desk.")];
    okoro.send("/cases/c2/break-glass", &fields).await;
    let of_rule = DutyQuery { rule: Some("broken-glass-reviewed".into()), most: 9, ..DutyQuery::default() };
    let looks = site.served.store.duties(&of_rule).await.unwrap();
    let [look] = &*looks else { panic!("{looks:?}") };
    assert_eq!(look.holders, ["officer:okoro"]);

    let address = format!("/duties/{}", look.id);
    let opened = lindqvist.get(&address).await;
    assert_eq!(opened.status, StatusCode::OK);
    assert!(!opened.body.contains("/cases/c2"), "there is no way to the case: {}", opened.body);
    assert!(
        !opened.body.contains("Why it stands where it stands"),
        "nor is it told what stands there: {}",
        opened.body
    );
    assert_ne!(lindqvist.get("/cases/c2").await.status, StatusCode::OK);
    let listed = lindqvist.get("/duties?rule=broken-glass-reviewed").await;
    assert!(listed.body.contains(&look.id), "{}", listed.body);
    assert_eq!(reyes.get(&address).await.status, StatusCode::NOT_FOUND);
    assert!(!reyes.get("/duties?rule=broken-glass-reviewed").await.body.contains(&look.id));
}
