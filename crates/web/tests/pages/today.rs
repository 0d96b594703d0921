//! Today, one duty, and the answer to a step.

use axum::http::StatusCode;

use super::browser::{Browser, Site};

/// A child told reyes on Sunday morning; nothing has been done since.
const TOLD: &str = r#"{"id":"d1","stream":"case:c1","kind":"disclosure.made","at":"2026-11-29T08:30:00Z","links":{"child":"person:p7","officer":"officer:reyes"},"attrs":{"told_by":"child"}}"#;

/// The duties that a page links, in order.
fn duties(body: &str) -> Vec<String> {
    let links = body.split("href=\"/duties/").skip(1);
    links.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

/// The part of a page between two ids.
fn section<'b>(body: &'b str, from: &str, to: &str) -> &'b str {
    let after = body.split_once(&format!("id=\"{from}\"")).unwrap().1;
    after.split(&format!("id=\"{to}\"")).next().unwrap()
}

#[tokio::test]
async fn what_somebody_owes_is_listed_by_when_it_is_due() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    let page = site.signed_in("reyes").await.get("/").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let late = section(&page.body, "late", "soon");
    assert!(late.contains("is recorded within 24 hours") && late.contains("Overdue"), "{late}");
    assert!(late.contains("today, 8:30am") && late.contains("30 minutes ago"), "{late}");
    assert!(late.contains("disclosure made, yesterday, 8:30am"), "{late}");
    assert!(section(&page.body, "waiting", "late").contains("Nothing that others have not done waits"));
    let count = format!(r#"<span class="wakeful-count__number">{}</span> overdue"#, duties(late).len());
    assert!(page.body.contains(&count), "{}", page.body);
}

#[tokio::test]
async fn a_page_with_nothing_says_so() {
    let site = Site::with_team().await;
    site.add("new").await;
    let page = site.signed_in("new").await.get("/").await;
    for said in ["You owe nothing that is overdue.", "You owe nothing beyond that."] {
        assert!(page.body.contains(said), "{}", page.body);
    }
    assert!(duties(&page.body).is_empty());
}

/// The first duty that waits for somebody's answer.
async fn waiting(browser: &mut Browser) -> String {
    let page = browser.get("/").await;
    let waiting = section(&page.body, "waiting", "late");
    duties(waiting).first().expect("something waits").clone()
}

#[tokio::test]
async fn a_step_is_answered_in_two_clicks() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    let mut okoro = site.signed_in("okoro").await;
    let id = waiting(&mut okoro).await;
    let address = format!("/duties/{id}");
    let page = okoro.get(&address).await;
    assert!(
        page.body.contains("This waits for your answer") && page.body.contains("Opened by them today, 9am"),
        "{}",
        page.body
    );
    let field = |name: &str| {
        let rest = page.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
        rest.split_once('"').unwrap().0.to_owned()
    };
    let (event, step) = (field("event"), field("step"));
    let send = |until: &'static str, decision: &'static str| {
        let (mut okoro, event, step, token) =
            (okoro.clone(), event.clone(), step.clone(), page.csrf().to_owned());
        let address = address.clone();
        async move {
            let fields = [
                ("csrf", token.as_str()),
                ("event", event.as_str()),
                ("step", step.as_str()),
                ("until", until),
                ("decision", decision),
            ];
            okoro.send(&address, &fields).await
        }
    };
    let wrong = send("29/11/2026", "act-by").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("Enter a date that is today or later"), "{}", wrong.body);
    assert_eq!(send("1/12/2026", "act-by").await.location(), "/");
    assert_eq!(send("1/12/2026", "act-by").await.status, StatusCode::SEE_OTHER, "sent twice");
    let answers = site.events(&format!("duty:{id}")).await;
    let answered: Vec<_> = answers.iter().filter(|line| line.contains("escalation.answered")).collect();
    assert_eq!(answered.len(), 1, "{answers:?}");
    assert!(
        answered[0].contains(r#""recorded_by":"officer:okoro""#)
            && answered[0].contains(r#""decision":"act-by""#)
    );
    assert_eq!(answers.iter().filter(|line| line.contains("escalation.seen")).count(), 1, "{answers:?}");
    let page = okoro.get(&address).await;
    assert!(page.body.contains("Answered today, 9am: to act by a date"), "{}", page.body);
}

#[tokio::test]
async fn a_duty_is_there_for_those_alone_whom_it_concerns() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    site.add("stranger").await;
    let mut okoro = site.signed_in("okoro").await;
    let id = waiting(&mut okoro).await;
    let (mut stranger, mut reyes) = (site.signed_in("stranger").await, site.signed_in("reyes").await);
    let (hidden, absent) = (
        stranger.get(&format!("/duties/{id}")).await,
        stranger.get("/duties/0123456789abcdef0123456789abcdef").await,
    );
    assert_eq!((hidden.status, absent.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let without = |answer: &super::browser::Answer| answer.body.replace(answer.csrf(), "");
    assert_eq!(without(&hidden), without(&absent));
    let own = reyes.get(&format!("/duties/{id}")).await;
    assert_eq!(own.status, StatusCode::OK);
    assert!(!own.body.contains("This waits for your answer"), "who owes it does not answer for it");
    let token = own.csrf().to_owned();
    let fields = [("csrf", token.as_str()), ("event", "0"), ("step", "1"), ("decision", "climb")];
    reyes.send(&format!("/duties/{id}"), &fields).await;
    assert!(
        !site.events(&format!("duty:{id}")).await.iter().any(|line| line.contains("escalation.answered"))
    );
}
