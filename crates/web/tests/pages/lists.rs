//! Lists behind counts, search, what turns up across cases, figures of the force, and copies to take away.

use axum::http::StatusCode;

use super::browser::{Answer, Browser, Site};

/// A child told reyes on Sunday morning; nothing has been done since.
const TOLD: &str = r#"{"id":"d1","stream":"case:c1","kind":"disclosure.made","at":"2026-11-29T08:30:00Z","links":{"child":"person:p7","officer":"officer:reyes"},"attrs":{"told_by":"child"}}"#;

/// Three children in three cases turn up at one place; reyes has the first of the cases, castle the others.
const SHARED: &str = r#"{"id":"s4","stream":"officer:castle","kind":"post.held","at":"2026-01-05T09:00:00Z","links":{"team":"team:west"},"attrs":{"role":"officer","rank":"constable","agency":"police"}}
{"id":"b1","stream":"case:c2","kind":"case.opened","at":"2026-11-01T09:00:00Z","links":{"child":"person:p8"}}
{"id":"b2","stream":"case:c2","kind":"allocation.made","at":"2026-11-01T09:00:00Z","links":{"child":"person:p8","officer":"officer:castle","team":"team:west"},"attrs":{"role":"investigator"}}
{"id":"b3","stream":"case:c3","kind":"case.opened","at":"2026-11-01T09:00:00Z","links":{"child":"person:p9"}}
{"id":"b4","stream":"case:c3","kind":"allocation.made","at":"2026-11-01T09:00:00Z","links":{"child":"person:p9","officer":"officer:castle","team":"team:west"},"attrs":{"role":"investigator"}}
{"id":"e1","stream":"case:c1","kind":"intelligence.received","at":"2026-11-27T10:00:00Z","links":{"child":"person:p7","place":"place:takeaway"}}
{"id":"e2","stream":"case:c2","kind":"intelligence.received","at":"2026-11-27T11:00:00Z","links":{"child":"person:p8","place":"place:takeaway"},"note":"A grey van, said the neighbour."}
{"id":"e3","stream":"case:c3","kind":"intelligence.received","at":"2026-11-27T12:00:00Z","links":{"child":"person:p9","place":"place:takeaway"}}"#;

/// Somebody above whom nobody stands, and a superintendent.
const ABOVE: &str = r#"{"id":"s5","stream":"officer:scrutineer","kind":"post.held","at":"2026-01-05T09:00:00Z","attrs":{"role":"independent-scrutineer","agency":"external"}}
{"id":"s6","stream":"officer:super","kind":"post.held","at":"2026-01-05T09:00:00Z","attrs":{"role":"superintendent","rank":"superintendent","agency":"police"}}"#;

/// The rows of the table of duties on a page.
fn rows(page: &Answer) -> usize {
    let body = page.body.split("<tbody").nth(1).unwrap_or_default();
    body.split("</tbody>").next().unwrap_or_default().matches("<tr").count()
}

/// The count in the heading of the page of a list.
fn counted(page: &Answer) -> usize {
    let heading = page.body.split_once("<h1").unwrap().1.split_once("</h1>").unwrap().0;
    heading.rsplit_once('(').unwrap().1.trim_end_matches(')').parse().unwrap()
}

/// The links to lists on a page, each with what it says.
fn lists(page: &Answer) -> Vec<(String, String)> {
    let links = page.body.split(r#"href="/duties?"#).skip(1);
    let link = |rest: &str| {
        let (query, after) = rest.split_once('"').unwrap();
        let said = after.split_once('>').unwrap().1.split("</a>").next().unwrap();
        let said = said
            .rsplit_once("</span>")
            .map_or(said.to_owned(), |(number, _)| number.rsplit_once('>').unwrap().1.to_owned());
        (format!("/duties?{}", query.replace("&amp;", "&")), said)
    };
    links.map(link).collect()
}

#[tokio::test]
async fn every_count_leads_to_exactly_its_rows() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    site.record(SHARED).await;
    site.record(ABOVE).await;
    site.add("super").await;
    let mut seen = 0;
    for (name, pages) in [
        ("reyes", &["/"][..]),
        ("okoro", &["/", "/ladder", "/teams/east"]),
        ("super", &["/", "/ladder", "/teams/east", "/teams/west", "/command"]),
    ] {
        let mut browser = site.signed_in(name).await;
        for address in pages {
            let page = browser.get(address).await;
            assert_eq!(page.status, StatusCode::OK, "{name} {address}: {}", page.body);
            for (link, said) in lists(&page) {
                let list = browser.get(&link).await;
                assert_eq!(list.status, StatusCode::OK, "{link}: {}", list.body);
                assert_eq!(rows(&list), counted(&list), "{name} {address} {link}: {}", list.body);
                if let Ok(count) = said.parse::<usize>() {
                    assert_eq!(counted(&list), count, "{name} {address} {link}: {}", list.body);
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 15, "{seen}");
}

#[tokio::test]
async fn a_team_without_posts_has_a_page() {
    let site = Site::with_team().await;
    site.record(ABOVE).await;
    site.add("super").await;
    let mut browser = site.signed_in("super").await;
    let empty = r#"{"id":"t1","stream":"team:north","kind":"team.commitment-made","at":"2026-11-02T09:00:00Z","attrs":{"posts":3}}"#;
    assert_eq!(browser.get("/teams/north").await.status, StatusCode::NOT_FOUND);
    site.record(empty).await;
    let page = browser.get("/teams/north").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("Nobody holds a post in the team now."), "{}", page.body);
    assert_eq!(browser.get("/teams/nowhere").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_name_of_a_team_leads_those_to_its_page_who_may_see_it() {
    let site = Site::with_team().await;
    let joined = r#"{"id":"a3","stream":"case:c1","kind":"allocation.made","at":"2026-11-27T09:30:00Z","links":{"child":"person:p7","officer":"officer:castle","team":"team:west"},"attrs":{"role":"investigator"}}"#;
    let promised = r#"{"id":"t1","stream":"team:west","kind":"team.commitment-made","at":"2026-11-02T09:00:00Z","attrs":{"posts":3}}"#;
    site.record(joined).await;
    site.record(promised).await;
    site.record(ABOVE).await;
    site.add("super").await;
    for (name, address, shown, leads) in [
        ("okoro", "/cases/c1", "west", false),
        ("okoro", "/cases/c1", "east", true),
        ("okoro", "/", "east", true),
        ("super", "/command", "west", true),
    ] {
        let mut browser = site.signed_in(name).await;
        let page = browser.get(address).await;
        assert!(page.body.contains(shown), "{name} {address}: {}", page.body);
        assert_eq!(page.body.contains(&format!(r#"href="/teams/{shown}""#)), leads, "{name} {address}");
        let there = browser.get(&format!("/teams/{shown}")).await.status;
        assert_eq!(there == StatusCode::OK, leads, "{name} {shown}: {there}");
    }
    let mut above = site.signed_in("super").await;
    for (team, is_there) in [("west", true), ("east", false), ("nowhere", false)] {
        for year in ["", "&to=2013-12"] {
            let status = above.get(&format!("/command?team={team}{year}")).await.status;
            assert_eq!(status == StatusCode::OK, is_there, "{team}{year}: {status}");
        }
    }
}

#[tokio::test]
async fn a_list_leads_back_to_the_page_that_counts_it() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    site.record(ABOVE).await;
    site.add("super").await;
    let mut browser = site.signed_in("super").await;
    for (query, page) in [
        ("owed=true", "/"),
        ("asked=true&climbing=true", "/"),
        ("climbing=true", "/ladder"),
        ("force=true&climbing=true", "/command"),
        ("team=east", "/teams/east"),
    ] {
        let list = browser.get(&format!("/duties?{query}")).await;
        let (_, link) = list.body.split_once("govuk-back-link").unwrap();
        let back = format!(r#"<a href="{page}""#);
        let link = list.body[..list.body.len() - link.len()].rsplit_once('<').unwrap().1;
        assert!(format!("<{link}").starts_with(&back), "{query}: <{link}");
        assert_eq!(browser.get(page).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn what_is_not_in_order_of_a_list_is_no_page() {
    let site = Site::with_team().await;
    let mut reyes = site.signed_in("reyes").await;
    for query in ["state=late", "from=yesterday", "by=2026", "after=x", "owed=perhaps", "state=met,or"] {
        let answer = reyes.get(&format!("/duties?{query}")).await;
        assert!(
            [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST].contains(&answer.status),
            "{query}: {}",
            answer.status
        );
    }
    assert_eq!(reyes.get("/duties?force=true").await.status, StatusCode::FORBIDDEN);
    assert_eq!(reyes.get("/command").await.status, StatusCode::FORBIDDEN);
    site.record(ABOVE).await;
    site.add("super").await;
    let mut above = site.signed_in("super").await;
    assert_eq!(above.get("/command?to=2013-12").await.status, StatusCode::OK);
    assert_eq!(above.get("/command?to=2026-13").await.status, StatusCode::NOT_FOUND);
    assert_eq!(above.get("/duties?force=true").await.status, StatusCode::OK);
    for of_somebody in ["about=person:p7", "officer=reyes", "team=east", "owed=true", "asked=true"] {
        let answer = above.get(&format!("/duties?force=true&{of_somebody}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{of_somebody}");
    }
}

#[tokio::test]
async fn a_long_list_has_further_pages() {
    let site = Site::with_team().await;
    let told = |number: usize| {
        let told = TOLD.replace("\"d1\"", &format!("\"d{number}\""));
        told.replace("person:p7", &format!("person:q{number}"))
    };
    site.record(&(0..30).map(told).collect::<Vec<_>>().join("\n")).await;
    let mut reyes = site.signed_in("reyes").await;
    let (mut address, mut found, mut pages) = ("/duties?owed=true".to_owned(), 0, 0);
    let all = counted(&reyes.get(&address).await);
    loop {
        let page = reyes.get(&address).await;
        found += rows(&page);
        pages += 1;
        let next = lists(&page).into_iter().find(|(link, _)| link.contains("after="));
        match next.filter(|_| pages < 20) {
            Some((link, _)) => address = link,
            None => break,
        }
    }
    assert!(pages > 1 && found == all, "{pages} pages with {found} of {all}");
}

#[tokio::test]
async fn the_top_of_the_ladder_answers_too() {
    let site = Site::with_team().await;
    site.record(ABOVE).await;
    site.record(TOLD).await;
    site.add("scrutineer").await;
    site.pass(14 * 24 * 60);
    let mut scrutineer = site.signed_in("scrutineer").await;
    let page = scrutineer.get("/").await;
    let waiting = page.body.split_once("id=\"waiting\"").unwrap().1.split("id=\"late\"").next().unwrap();
    let overdue = waiting.split("href=\"/duties/").skip(1).find(|item| item.contains("Overdue"));
    let id = overdue.expect("something overdue waits").split('"').next().unwrap().to_owned();
    let address = format!("/duties/{id}");
    let page = scrutineer.get(&address).await;
    assert!(
        page.body.contains("Nobody stands above you here") && !page.body.contains("Send it up now"),
        "{}",
        page.body
    );
    let field = |name: &str| {
        let rest = page.body.split_once(&format!("name=\"{name}\"")).unwrap().1;
        rest.split_once("value=\"").unwrap().1.split_once('"').unwrap().0.to_owned()
    };
    let (event, step, until) = (field("event"), field("step"), field("until"));
    let fields = [("event", event.as_str()), ("step", &step), ("until", &until), ("decision", "act-by")];
    let answer = scrutineer.fill(&address, &fields).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.body);
    let page = scrutineer.get("/").await;
    let answered = page.body.split_once("id=\"answered\"").expect("what was answered is listed").1;
    assert!(answered.split("id=\"late\"").next().unwrap().contains(&id), "{}", page.body);
    assert!(!page.body.split("id=\"answered\"").next().unwrap().contains(&id), "it waits no more");
}

#[tokio::test]
async fn search_finds_what_one_may_see_and_nothing_else() {
    let site = Site::with_team().await;
    site.record(SHARED).await;
    site.add("castle").await;
    let (mut reyes, mut castle) = (site.signed_in("reyes").await, site.signed_in("castle").await);
    let found = castle.get("/search?q=grey+neigh").await;
    assert!(
        found.body.contains("1 entry that you may see") && found.body.contains("A grey van"),
        "{}",
        found.body
    );
    let hidden = reyes.get("/search?q=grey+neigh").await;
    let nothing = reyes.get("/search?q=green+neigh").await;
    assert!(hidden.body.contains("Nothing that you may see has these words."), "{}", hidden.body);
    assert_eq!(
        hidden.body.replace(hidden.csrf(), "").replace("grey", "green"),
        nothing.body.replace(nothing.csrf(), "")
    );
    let place = reyes.get("/search?q=takeaway").await;
    assert!(place.body.contains("1 entry") && place.body.contains("place takeaway"), "{}", place.body);
    assert!(!place.body.contains("/cases/c2") && !place.body.contains("Child: p8"), "{}", place.body);
    let officers = reyes.get("/search?q=castle").await;
    assert!(officers.body.contains("/search?about=officer%3Acastle"), "{}", officers.body);
    let odd = reyes.get("/search?q=%22%3Cscript%3E*%20OR%20-%20%00").await;
    assert_eq!(odd.status, StatusCode::NOT_FOUND, "no page has a nought in its address");
    let odd = reyes.get("/search?q=%22%3Cscript%3E*%20OR%20-%20NEAR(").await;
    assert!(odd.status == StatusCode::OK && !odd.body.contains("<script>*"), "{}", odd.body);
    assert_eq!(reyes.get("/search").await.status, StatusCode::OK);
}

#[tokio::test]
async fn search_tells_of_what_more_entries_name_than_it_shows() {
    let site = Site::with_team().await;
    let line = |number: u32| {
        format!(
            r#"{{"id":"fox-{number}","stream":"case:c1","kind":"decision.made","at":"2026-11-28T09:00:00Z","links":{{"child":"person:fox-{number:02}","officer":"officer:reyes"}}}}"#
        )
    };
    site.record(&(0..60).map(line).collect::<Vec<_>>().join("\n")).await;
    let mut reyes = site.signed_in("reyes").await;
    let page = reyes.get("/search?q=fox").await.body;
    assert!(page.contains("60 entries that you may see"), "{page}");
    assert!(page.contains("/children/fox%2D00") && page.contains("/children/fox%2D49"), "{page}");
    assert!(!page.contains("/children/fox%2D50") && page.contains("10 more are not shown"), "{page}");
    let next = page.split("before=").nth(1).unwrap().split('"').next().unwrap();
    let page = reyes.get(&format!("/search?q=fox&before={next}")).await.body;
    assert!(page.contains("60 entries that you may see") && !page.contains("more are not shown"), "{page}");
}

#[tokio::test]
async fn what_turns_up_across_cases_says_how_many_are_hidden_and_whom_to_ask() {
    let site = Site::with_team().await;
    site.record(SHARED).await;
    site.add("castle").await;
    site.add("stranger").await;
    let page = site.signed_in("reyes").await.get("/places").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    for said in [
        "Place takeaway",
        "3 children",
        "/children/p7",
        "/cases/c1",
        "and 2 cases that are not yours to see; ask",
    ] {
        assert!(page.body.contains(said), "{said}: {}", page.body);
    }
    assert!(page.body.contains("castle &lt;b&gt;"), "whom to ask: {}", page.body);
    for hidden in ["/children/p8", "/children/p9", "/cases/c2", "/cases/c3"] {
        assert!(!page.body.contains(hidden), "{hidden}: {}", page.body);
    }
    let other = site.signed_in("castle").await.get("/places").await;
    assert!(other.body.contains("/cases/c2") && other.body.contains("and 1 case"), "{}", other.body);
    let stranger = site.signed_in("stranger").await.get("/places").await;
    assert!(!stranger.body.contains("takeaway"), "{}", stranger.body);
    assert!(stranger.body.contains("Nothing that turns up with several children"), "{}", stranger.body);
}

#[tokio::test]
async fn who_answers_for_the_force_sees_its_figures_and_not_whose_they_are() {
    let site = Site::with_team().await;
    site.record(ABOVE).await;
    site.record(&TOLD.replace("case:c1", "case:c9").replace("person:p7", "person:hidden")).await;
    site.add("super").await;
    let mut browser = site.signed_in("super").await;
    let page = browser.get("/command").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(
        page.body.contains("<svg class=\"wakeful-chart\"") && !page.body.contains("child hidden"),
        "{}",
        page.body
    );
    let (link, _) = lists(&page).into_iter().find(|(link, _)| link.contains("state=overdue")).unwrap();
    let list = browser.get(&link).await;
    assert!(list.body.contains("Not yours to see"), "{}", list.body);
    assert!(list.body.contains("is recorded within 24 hours"), "{}", list.body);
    for hidden in ["person:hidden", "child hidden", "reyes"] {
        assert!(!list.body.contains(hidden), "{hidden}: {}", list.body);
    }
}

#[tokio::test]
async fn of_many_teams_those_that_fell_short_last_are_told_of_and_the_others_one_by_one() {
    let site = Site::with_team().await;
    site.record(ABOVE).await;
    let line = |team: usize, id: &str, kind: &str, day: usize, attrs: &str| {
        format!(
            r#"{{"id":"{id}-{team}-{day}","stream":"team:t{team}","kind":"{kind}","at":"2026-01-{day:02}T09:00:00Z","attrs":{attrs}}}"#
        )
    };
    let mut lines = Vec::new();
    for team in 1..=7 {
        lines.push(line(team, "promised", "team.commitment-made", 6, r#"{"posts":9}"#));
        let days = if team == 3 { 7..=20 } else { 7..=7 };
        lines
            .extend(days.map(|day| line(team, "recorded", "team.strength-recorded", day, r#"{"filled":4}"#)));
    }
    site.record(&lines.join("\n")).await;
    site.add("super").await;
    let mut browser = site.signed_in("super").await;
    let page = browser.get("/command").await;
    assert_eq!(
        page.body.matches("holds a post in it now").count()
            + page.body.matches("hold a post in it now").count(),
        5,
        "{}",
        page.body
    );
    let others = page.body.split("Other teams").nth(1).expect("a table of the other teams");
    assert_eq!(others.matches("<td class=\"govuk-table__cell\"><a").count(), 2, "{others}");
    let address = others.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let one = browser.get(&address).await;
    assert!(one.body.contains("posts promised") || one.body.contains("Posts promised"), "{}", one.body);
    assert!(!one.body.contains("Other teams"), "{}", one.body);
    assert!(one.body.contains("All teams"), "{}", one.body);
    let third = browser.get("/command?team=t3").await;
    assert_eq!(third.body.matches(">Recorded<").count(), 14, "all of it: {}", third.body);
    let all = browser.get("/command").await;
    assert!(!all.body.contains("All teams"), "{}", all.body);
    let mentions = all.body.contains("The last 10 of 15 are shown.");
    assert_eq!(mentions, !all.body.split("Other teams").nth(1).unwrap().contains(">t3<"), "{}", all.body);
    assert_eq!(browser.get("/command?team=t99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn of_very_many_falls_those_of_the_year_are_told_of_and_those_that_are_open_whenever_they_began() {
    let site = Site::with_team().await;
    site.record(ABOVE).await;
    let line = |team: &str, id: String, kind: &str, at: String, attrs: &str| {
        format!(
            r#"{{"id":"{team}-{id}","stream":"team:{team}","kind":"{kind}","at":"{at}","attrs":{attrs}}}"#
        )
    };
    let promised = |team| {
        line(team, "promised".into(), "team.commitment-made", "2024-01-01T09:00:00Z".into(), r#"{"posts":9}"#)
    };
    let recorded = |team, minute: usize, filled: usize| {
        let (day, hour, minute) = (2 + minute / 1_440, minute / 60 % 24, minute % 60);
        let at = format!("2024-01-{day:02}T{hour:02}:{minute:02}:00Z");
        let attrs = format!(r#"{{"filled":{filled}}}"#);
        line(team, at.clone(), "team.strength-recorded", at, &attrs)
    };
    let mut lines = vec![promised("short"), recorded("short", 0, 4), promised("often")];
    lines.extend((0..1_100).map(|minute| recorded("often", minute, if minute % 2 == 0 { 9 } else { 4 })));
    lines.push(recorded("often", 1_200, 9));
    site.record(&lines.join("\n")).await;
    site.add("super").await;
    let mut browser = site.signed_in("super").await;
    let now = browser.get("/command?team=short").await;
    assert!(now.body.contains("There are many duties about teams"), "{}", now.body);
    assert!(now.body.contains("brought back to strength"), "open since two years ago: {}", now.body);
    let then = browser.get("/command?to=2024-06&team=often").await;
    assert_eq!(then.body.matches("<li>").count(), 550, "each of that year");
    assert_eq!(browser.get("/command?to=2022-06").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_copy_says_for_whom_it_is_and_is_noted() {
    let site = Site::with_team().await;
    site.record(&TOLD.replace("}}", r#"},"note":"=HYPERLINK(1)"}"#)).await;
    let mut reyes: Browser = site.signed_in("reyes").await;
    let address = "/cases/c1/export";
    let wrong = reyes.fill(address, &[("recipient", " "), ("purpose", ""), ("format", "doc")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in
        ["Enter who the copy is for", "Enter what they need it for", "Choose what the copy is made as"]
    {
        assert!(wrong.body.contains(said), "{said}: {}", wrong.body);
    }
    let fields = [("recipient", "Dana, the council"), ("purpose", "the conference"), ("format", "csv")];
    let copy = reyes.fill(address, &fields).await;
    assert_eq!((copy.status, copy.header("content-type")), (StatusCode::OK, "text/csv; charset=utf-8"));
    assert!(
        copy.header("content-disposition").starts_with("attachment; filename=\"case-c1-"),
        "{:?}",
        copy.headers
    );
    let lines: Vec<&str> = copy.body.lines().collect();
    assert!(
        lines.len() > 3 && lines[1..].iter().all(|line| line.contains("\"Dana, the council\"")),
        "{lines:?}"
    );
    assert!(copy.body.contains("'=HYPERLINK(1)"), "{}", copy.body);
    let sheet = reyes.fill(address, &[("recipient", "D"), ("purpose", "p"), ("format", "xlsx")]).await;
    assert!(sheet.body.starts_with("PK") && sheet.header("content-type").contains("spreadsheetml"));
    let case = reyes.get("/cases/c1").await;
    assert!(
        case.body.contains("took a copy away") && case.body.contains("for Dana, the council: the conference"),
        "{}",
        case.body
    );
    let long =
        reyes.fill(address, &[("recipient", &"x".repeat(201)), ("purpose", "p"), ("format", "csv")]).await;
    assert!(long.body.contains("Write at most 200 characters"), "{}", long.body);
    site.add("stranger").await;
    let hidden = site.signed_in("stranger").await.get(address).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
}

/// What an explanation looks at may stand in a case that is not the reader's; then it is not told.
#[tokio::test]
async fn why_a_duty_stands_where_it_stands_tells_nothing_of_other_cases() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    site.record(SHARED).await;
    let mut reyes = site.signed_in("reyes").await;
    let page = reyes.get("/duties?owed=true&about=person:p7").await;
    let id = page.body.split_once("href=\"/duties/").unwrap().1.split('"').next().unwrap().to_owned();
    let told = reyes.get(&format!("/duties/{id}")).await;
    assert!(told.body.contains("Why it stands where it stands"), "{}", told.body);
    site.record(r#"{"id":"elsewhere-1","stream":"case:c2","kind":"intelligence.received","at":"2026-11-29T09:00:00Z","links":{"child":"person:p7"}}"#).await;
    let hidden = reyes.get(&format!("/duties/{id}")).await;
    assert_eq!(hidden.status, StatusCode::OK);
    assert!(
        !hidden.body.contains("Why it stands where it stands") && !hidden.body.contains("elsewhere"),
        "{}",
        hidden.body
    );
}

#[tokio::test]
async fn the_next_page_of_the_force_names_nobody() {
    use base64::Engine as _;
    let site = Site::with_team().await;
    site.record(ABOVE).await;
    let told = |number: usize| {
        let told = TOLD.replace("\"d1\"", &format!("\"d{number}\"")).replace("case:c1", "case:c9");
        told.replace("person:p7", &format!("person:hidden{number}"))
    };
    site.record(&(0..30).map(told).collect::<Vec<_>>().join("\n")).await;
    site.add("super").await;
    let page = site.signed_in("super").await.get("/duties?force=true&state=overdue,pending").await;
    let next = lists(&page).into_iter().find_map(|(link, _)| Some(link.split_once("after=")?.1.to_owned()));
    let place =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(next.expect("a further page")).unwrap();
    assert!(
        !String::from_utf8(place).unwrap().contains("hidden") && !page.body.contains("hidden1"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_duty_says_why_it_stands_where_it_stands() {
    let site = Site::with_team().await;
    site.record(TOLD).await;
    let mut reyes = site.signed_in("reyes").await;
    let page = reyes.get("/").await;
    let id = page.body.split_once("href=\"/duties/").unwrap().1.split('"').next().unwrap().to_owned();
    let duty = reyes.get(&format!("/duties/{id}")).await;
    for said in [
        "Why it stands where it stands",
        "What started it",
        "When it is due",
        "Where it stands",
        "Who owes it",
    ] {
        assert!(duty.body.contains(said), "{said}: {}", duty.body);
    }
}
