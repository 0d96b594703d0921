//! Recording, page by page.

use axum::http::StatusCode;
use store::{Accounts as _, Store as _};

use super::browser::{Answer, Browser, Site};

/// Answers each question of a journey in its order, and says what the page of all answers is.
async fn walk(browser: &mut Browser, journey: &str, answers: &[&[(&str, &str)]]) -> Answer {
    let mut address = browser.get(&format!("/record/{journey}")).await.location().to_owned();
    for fields in answers {
        let draft = draft_of(&address).to_owned();
        let mut all = vec![("draft", draft.as_str())];
        all.extend(*fields);
        let answer = browser.fill(&address, &all).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{address}: {}", answer.body);
        address = answer.location().to_owned();
    }
    assert!(address.contains("/check?"), "{address}");
    browser.get(&address).await
}

fn draft_of(address: &str) -> &str {
    address.split("draft=").nth(1).unwrap().split('&').next().unwrap()
}

fn draft_in(page: &Answer) -> String {
    let rest = page.body.split_once(r#"name="draft" value=""#).unwrap().1;
    rest.split_once('"').unwrap().0.to_owned()
}

const TODAY: &[(&str, &str)] = &[("date", "30/11/2026"), ("time", "8:15")];

fn answer(value: &str) -> [(&str, &str); 1] {
    [("answer", value)]
}

const NONE: &[(&str, &str)] = &[("answer", "")];

async fn disclosure(browser: &mut Browser) -> Answer {
    let (child, case, by, note) =
        (answer("p7"), answer("c1"), answer("child"), answer("She is <b>streetwise</b>."));
    walk(browser, "disclosure", &[&child, &case, TODAY, &by, NONE, NONE, NONE, &note]).await
}

#[tokio::test]
async fn a_disclosure_is_recorded_once_and_starts_its_duties() {
    let site = Site::with_team().await;
    let mut reyes = site.signed_in("reyes").await;
    let check = disclosure(&mut reyes).await;
    assert!(check.body.contains("Check your answers") && check.body.contains("person p7"), "{}", check.body);
    assert!(
        check.body.contains("put blame on a child") && check.body.contains("streetwise"),
        "{}",
        check.body
    );
    assert!(!check.body.contains("<b>streetwise"));
    let (draft, token) = (draft_in(&check), check.csrf().to_owned());
    let fields = [("csrf", token.as_str()), ("draft", draft.as_str())];
    let sent = reyes.send("/record/disclosure/check", &fields).await;
    assert_eq!(sent.location(), "/record");
    assert!(reyes.get("/record").await.body.contains("It is recorded."));
    reyes.send("/record/disclosure/check", &fields).await;
    assert!(reyes.get("/record").await.body.contains("Nothing is recorded twice."));
    let told: Vec<String> =
        site.events("person:p7").await.into_iter().filter(|line| line.contains("disclosure.made")).collect();
    assert_eq!(
        told,
        [format!(
            r#"{{"id":"{draft}","stream":"case:c1","kind":"disclosure.made","at":"2026-11-30T08:15:00.000Z","recorded_at":"2026-11-30T09:00:00.000Z","recorded_by":"officer:reyes","links":{{"child":["person:p7"],"officer":["officer:reyes"]}},"attrs":{{"told_by":"child"}},"note":"She is <b>streetwise</b>."}}"#
        )]
    );
    assert!(reyes.get("/").await.body.contains("is recorded within 24 hours"));
}

#[tokio::test]
async fn a_draft_survives_a_lost_session_and_is_nobody_elses() {
    let site = Site::with_team().await;
    let mut reyes = site.signed_in("reyes").await;
    let address = reyes.get("/record/missing").await.location().to_owned();
    let draft = draft_of(&address).to_owned();
    reyes.fill(&address, &[("draft", &draft), ("answer", "p7")]).await;
    site.pass(31);
    let lost =
        reyes.send("/record/missing/case", &[("csrf", "old"), ("draft", &draft), ("answer", "c1")]).await;
    assert!(lost.location().starts_with("/sign-in?return=%2Frecord"), "{}", lost.location());
    let mut again = site.signed_in("reyes").await;
    let begun = again.get("/record").await;
    assert!(begun.body.contains("What you have begun") && begun.body.contains(&draft), "{}", begun.body);
    let check = format!("/record/missing/check?draft={draft}");
    let open = again.get(&check).await.location().to_owned();
    assert_eq!(open, format!("/record/missing/case?draft={draft}&checking=yes"));
    let first = again.get(&format!("/record/missing/child?draft={draft}")).await;
    assert!(first.body.contains(r#"value="p7""#), "back works: {}", first.body);

    let mut okoro = site.signed_in("okoro").await;
    assert_eq!(okoro.get(&check).await.location(), "/record");
    okoro.fill(&format!("/record/missing/child?draft={draft}"), &[("draft", &draft), ("answer", "p9")]).await;
    assert_eq!(site.database.draft("okoro", &draft).await.unwrap(), None, "it stays its account's");
    let kept = site.database.draft("reyes", &draft).await.unwrap().unwrap();
    assert!(kept.answers.contains("p7"), "{}", kept.answers);
    let discarded = again.fill("/record", &[("draft", &draft)]).await;
    assert_eq!(discarded.status, StatusCode::METHOD_NOT_ALLOWED);
    let token = again.get("/record").await.csrf().to_owned();
    again.send("/record/discard", &[("csrf", &token), ("draft", &draft)]).await;
    assert!(again.get("/record").await.body.contains("It is put away."));
}

#[tokio::test]
async fn a_missing_episode_that_is_not_over_is_chosen_and_not_known_by_heart() {
    let site = Site::with_team().await;
    site.record(
        r#"{"id":"m1","stream":"case:c1","kind":"missing.reported","at":"2026-11-27T09:00:00Z","links":{"child":"person:p7","episode":"episode:e1"},"attrs":{"from":"home"}}
{"id":"m2","stream":"case:c1","kind":"missing.found","at":"2026-11-27T19:00:00Z","links":{"child":"person:p7","episode":"episode:e1"},"attrs":{"found_by":"police"}}
{"id":"m3","stream":"case:c1","kind":"missing.reported","at":"2026-11-29T21:00:00Z","links":{"child":"person:p7","episode":"episode:e2"},"attrs":{"from":"home"}}
{"id":"m4","stream":"case:c2","kind":"missing.reported","at":"2026-11-29T22:00:00Z","links":{"child":"person:p7","episode":"episode:e3"},"attrs":{"from":"home"}}
{"id":"m5","stream":"person:p7","kind":"missing.reported","at":"2026-11-29T23:00:00Z","recorded_by":"officer:reyes","links":{"child":"person:p7","episode":"episode:e4"},"attrs":{"from":"home"}}
{"id":"m6","stream":"person:p7","kind":"missing.reported","at":"2026-11-29T23:00:00Z","recorded_by":"officer:other","links":{"child":"person:p7","episode":"episode:e5"},"attrs":{"from":"home"}}
{"id":"m7","stream":"person:p7","kind":"missing.reported","at":"2026-11-28T23:00:00Z","recorded_by":"officer:reyes","links":{"child":"person:p7","episode":"episode:e6"},"attrs":{"from":"home"}}
{"id":"m8","stream":"person:p7","kind":"missing.found","at":"2026-11-29T01:00:00Z","recorded_by":"officer:other","links":{"child":"person:p7","episode":"episode:e6"},"attrs":{"found_by":"police"}}"#,
    )
    .await;
    let mut reyes = site.signed_in("reyes").await;
    let draft = "0198c0de-0000-7000-8000-000000000002";
    let question = format!("/record/found/episode?draft={draft}");
    let asked = reyes.get(&question).await;
    assert!(
        asked.body.contains("Its reference, which stands") && !asked.body.contains("reference e2"),
        "{}",
        asked.body
    );
    for (asked, of) in [("child", "p7"), ("case", "c1")] {
        let address = format!("/record/found/{asked}?draft={draft}");
        reyes.fill(&address, &[("draft", draft), ("answer", of)]).await;
    }
    let asked = reyes.get(&question).await.body;
    assert!(
        asked.contains("Reported missing Sunday 29 November 2026") && asked.contains("reference e2"),
        "{asked}"
    );
    assert!(!asked.contains("reference e1"), "it is over: {asked}");
    assert!(!asked.contains("reference e3"), "it is in a case that is not theirs: {asked}");
    assert!(asked.contains("reference e4"), "they recorded it themselves, in no case: {asked}");
    assert!(!asked.contains("reference e5"), "somebody else did: {asked}");
    assert!(!asked.contains("reference e6"), "somebody else recorded that it is over: {asked}");
    let wrong = reyes.fill(&question, &[("draft", draft), ("answer", ""), ("other", "")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.body.contains("reference e2") && wrong.body.contains("There is a problem"),
        "{}",
        wrong.body
    );
    let chosen = reyes.fill(&question, &[("draft", draft), ("answer", "episode:e2"), ("other", "")]).await;
    assert!(chosen.location().starts_with("/record/found/when?"), "{}", chosen.location());
    assert!(reyes.get(&question).await.body.contains(r#"value="episode:e2" checked"#));
    reyes.fill(&question, &[("draft", draft), ("answer", ""), ("other", "e9")]).await;
    let asked = reyes.get(&question).await.body;
    assert!(asked.contains(r#"value="e9""#) && !asked.contains(r#"value="episode:e2" checked"#), "{asked}");
    let noted = site.database.openings("person:p7", 9).await.unwrap();
    assert!(noted.iter().all(|opened| opened.action == "episodes" && opened.account == "reyes"), "{noted:?}");
    assert_eq!(
        noted.len(),
        7,
        "each time they were shown: before each form too, and once more with what was wrong"
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_where_it_is() {
    let site = Site::with_team().await;
    site.record(
        r#"{"id":"b1","stream":"case:c2","kind":"case.opened","at":"2026-11-27T09:00:00Z","links":{"child":"person:p8"}}
{"id":"b2","stream":"case:c2","kind":"allocation.made","at":"2026-11-27T09:00:00Z","links":{"child":"person:p8","officer":"officer:other","team":"team:west"}}"#,
    )
    .await;
    let mut reyes = site.signed_in("reyes").await;
    let draft = "0198c0de-0000-7000-8000-000000000001";
    for (question, fields, said) in [
        ("child", vec![("answer", "officer:o1")], "Enter a reference"),
        ("child", vec![("answer", "p7 \"><script>")], "Enter a reference"),
        ("when", vec![("date", "31/2/2026"), ("time", "9:00")], "Enter a date like"),
        ("when", vec![("date", "30/11/2026"), ("time", "9:01")], "that have been"),
        ("case", vec![("answer", "c2")], "no case with this reference in which you may record"),
        ("case", vec![("answer", "c3")], "no case with this reference in which you may record"),
        ("told-by", vec![], "Answer the question: Who told?"),
        ("told-by", vec![("answer", "nobody")], "Choose from what is offered"),
        ("age", vec![("answer", "-1")], "a whole number from 0 to 120"),
        ("note", vec![("answer", &"x".repeat(20_001))], "This is too long"),
    ] {
        let mut all = vec![("draft", draft)];
        all.extend(fields);
        let page = reyes.fill(&format!("/record/disclosure/{question}?draft={draft}"), &all).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{question}");
        assert!(
            page.body.contains(said) && page.body.contains("There is a problem"),
            "{question}: {}",
            page.body
        );
        assert!(!page.body.contains("<script>") && page.body.contains("<title>Error: "));
    }
    assert_eq!(site.database.drafts("reyes").await.unwrap(), []);
    for address in
        ["/record/nothing", "/record/disclosure/nothing?draft=x", "/record/disclosure/child?draft=x"]
    {
        assert_eq!(reyes.get(address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn an_untrained_interviewer_and_a_child_as_suspect_are_warned_of() {
    let site = Site::with_team().await;
    site.record(
        r#"{"id":"q1","stream":"officer:okoro","kind":"qualification.gained","at":"2026-01-05T09:00:00Z","links":{"officer":"officer:okoro"},"attrs":{"name":"child-interview","expires":{"instant":"2026-12-02T00:00:00Z"}}}"#,
    )
    .await;
    let mut reyes = site.signed_in("reyes").await;
    for (who, day, is_warned) in
        [("reyes", "1/12/2026", true), ("okoro", "1/12/2026", false), ("okoro", "2/12/2026", true)]
    {
        let (child, case, kind) = (answer("p7"), answer("c1"), answer("evidential"));
        let (officer, planned) = (answer(who), [("date", day), ("time", "10:00")]);
        let check =
            walk(&mut reyes, "interview-planned", &[&child, &case, &kind, &officer, &planned, NONE]).await;
        assert_eq!(check.body.contains("no valid training to interview children"), is_warned, "{who} {day}");
    }
    for (suspect, is_warned) in [("p7", true), ("p9", false)] {
        let (suspect, child, case, how) = (answer(suspect), answer("p8"), answer("c1"), answer("named"));
        let check = walk(&mut reyes, "suspect", &[&suspect, &child, &case, TODAY, &how, NONE]).await;
        assert_eq!(check.body.contains("stands in the record as a child"), is_warned);
    }
}

#[tokio::test]
async fn of_a_case_that_one_may_not_see_the_warning_tells_nothing() {
    let site = Site::with_team().await;
    site.record(
        r#"{"id":"b1","stream":"case:c2","kind":"case.opened","at":"2026-11-27T09:00:00Z","links":{"child":"person:p5"}}
{"id":"b2","stream":"case:c2","kind":"allocation.made","at":"2026-11-27T09:00:00Z","links":{"child":"person:p5","officer":"officer:farouk"},"attrs":{"role":"investigator"}}"#,
    )
    .await;
    let mut reyes = site.signed_in("reyes").await;
    assert_eq!(reyes.get("/cases/c2").await.status, StatusCode::NOT_FOUND);
    let (suspect, child, case, how) = (answer("p5"), answer("p8"), answer("c1"), answer("named"));
    let check = walk(&mut reyes, "suspect", &[&suspect, &child, &case, TODAY, &how, NONE]).await;
    assert!(
        check.body.contains("needs independent sign-off before being recorded as a suspect"),
        "{}",
        check.body
    );
    assert!(check.body.contains("ask okoro"), "who is to be asked: {}", check.body);
    for tells in ["as a child", "victim", "case c2", "case:c2", "cases/c2"] {
        assert!(!check.body.contains(tells), "{tells}: {}", check.body);
    }
    let openings = site.database.openings("case:c2", 9).await.unwrap();
    assert!(
        matches!(&openings[..], [one] if one.account == "reyes" && one.action == "warning"),
        "{openings:?}"
    );
    assert_eq!(site.database.openings("case:c1", 9).await.unwrap(), []);
}

#[tokio::test]
async fn a_meeting_has_the_attendance_of_each_agency_that_was_invited() {
    let site = Site::with_team().await;
    let mut reyes = site.signed_in("reyes").await;
    let (kind, child, case) = (answer("conference"), answer("p7"), answer("c1"));
    let invited = [("answer", "police"), ("answer", "health")];
    let attendance = [("of-police", "absent"), ("of-prosecutor", "attended")];
    let check =
        walk(&mut reyes, "meeting", &[&kind, &child, &case, TODAY, &invited, &attendance, NONE]).await;
    assert!(check.body.contains("Police: Absent; Health: Not recorded"), "{}", check.body);
    let draft = draft_in(&check);
    let token = check.csrf().to_owned();
    reyes.send("/record/meeting/check", &[("csrf", &token), ("draft", &draft)]).await;
    let held =
        site.events("person:p7").await.into_iter().find(|line| line.contains("conference.held")).unwrap();
    let meeting = format!(r#""meeting":["meeting:{}"]"#, draft.rsplit('-').next().unwrap());
    assert!(
        held.contains(&meeting)
            && held.contains(r#""attendance":["police=absent"],"invited":["police","health"]"#),
        "{held}"
    );
}

#[tokio::test]
async fn the_lens_offers_better_words_and_keeps_nothing() {
    let site = Site::with_team().await;
    let mut reyes = site.signed_in("reyes").await;
    let token = reyes.get("/record").await.csrf().to_owned();
    let found = reyes.send("/record/lens", &[("csrf", &token), ("text", "She is promiscuous.")]).await;
    assert_eq!(found.header("content-type"), "application/json");
    assert!(found.body.contains(r#""avoid":"promiscuous""#), "{}", found.body);
    let quoted = reyes.send("/record/lens", &[("csrf", &token), ("text", "[quote: promiscuous]")]).await;
    assert_eq!(quoted.body, r#"{"terms":[]}"#);
    assert_eq!(site.database.drafts("reyes").await.unwrap(), []);
}

#[tokio::test]
async fn a_supervisor_records_what_they_found_of_a_look_at_a_case() {
    let site = Site::with_team().await;
    let mut reyes = site.signed_in("reyes").await;
    let (case, reader, outcome) = (answer("c1"), answer("o99"), answer("needed"));
    let check = walk(&mut reyes, "look-reviewed", &[&case, &reader, TODAY, &outcome, NONE]).await;
    assert!(check.body.contains("It was needed"), "{}", check.body);
    let (draft, token) = (draft_in(&check), check.csrf().to_owned());
    reyes.send("/record/look-reviewed/check", &[("csrf", token.as_str()), ("draft", draft.as_str())]).await;
    let told =
        site.events("case:c1").await.into_iter().find(|line| line.contains("access.reviewed")).unwrap();
    for said in [r#""officer":["officer:reyes"]"#, r#""reader":["officer:o99"]"#, r#""outcome":"needed""#] {
        assert!(told.contains(said), "{told}");
    }
}
