//! Children who go missing: looked for, found, talked with, and asked why.

use engine::time::Instant;

use super::cases::Case;
use super::meetings::{Strategy, strategy};
use super::state::{Made, Year};

/// How an episode ends.
#[derive(Clone, Copy)]
pub struct Found<'a> {
    /// Within which span.
    pub within: &'a str,
    /// `returned`, `police` or `other`.
    pub by: &'a str,
    /// Where.
    pub place: &'a str,
    /// Whether the child declines the interview at first.
    pub declines: bool,
}

/// An episode: reviewed at once and by each day set until the child is found, a talk with police, and an independent
/// interview, offered again to a child who declines it. When the child was found.
pub fn episode(year: &mut Year, case: &Case, reported: Instant, end: Found) -> Made<Instant> {
    let cast = year.cast();
    let name = year.name("episode");
    let found = year.within(reported, end.within)?;
    let from = year.one_of(&["home", "care"]);
    year.tell(reported, &case.stream, "missing.reported")
        .link("child", &case.child)
        .link("episode", &name)
        .text("from", from)
        .number("age", 14);
    looked_for(year, case, &name, reported, found)?;
    year.tell(found, &case.stream, "missing.found")
        .link("child", &case.child)
        .link("episode", &name)
        .link("place", end.place)
        .text("found_by", end.by)
        .number("age", 14)
        .note("The child was cold and hungry, and is safe now.");
    let at = year.within(found, "24h")?;
    year.tell(at, &case.stream, "prevention-interview.held")
        .link("child", &case.child)
        .link("episode", &name)
        .link("officer", &cast.response);
    asked_why(year, case, &name, found, end.declines)?;
    Ok(found)
}

fn looked_for(year: &mut Year, case: &Case, episode: &str, reported: Instant, found: Instant) -> Made {
    let cast = year.cast();
    let mut at = year.within(reported, "2h")?;
    while at < found {
        let next = year.between(year.due(at, "6h")?, year.due(at, "20h")?);
        year.tell(at, &case.stream, "missing.reviewed")
            .link("child", &case.child)
            .link("episode", episode)
            .link("officer", &cast.sergeants[0])
            .time("next_review", next);
        at = year.between(at, next);
    }
    Ok(())
}

fn asked_why(year: &mut Year, case: &Case, episode: &str, found: Instant, declines: bool) -> Made {
    let offered = year.within(found, "48h")?;
    let answered = year.between(offered, year.due(found, "72h")?);
    offer(year, case, episode, offered, "return-interview.offered");
    if declines {
        year.tell(answered, &case.stream, "return-interview.declined")
            .link("child", &case.child)
            .link("episode", episode)
            .text("declined_by", "child")
            .note("The child does not want to talk yet. The offer stands, and the child knows it.");
        let again = year.within(answered, "7d")?;
        offer(year, case, episode, again, "return-interview.offered");
        let held = year.worked(again, "5wd")?;
        offer(year, case, episode, held, "return-interview.held");
    } else {
        offer(year, case, episode, answered, "return-interview.held");
    }
    Ok(())
}

fn offer(year: &mut Year, case: &Case, episode: &str, at: Instant, kind: &str) {
    year.tell(at, &case.stream, kind)
        .link("child", &case.child)
        .link("episode", episode)
        .truth("independent", true)
        .agency("voluntary");
}

/// A report that is about somebody else is withdrawn within the hour; nothing is owed for it.
pub fn reported_by_mistake(year: &mut Year, case: &Case, at: Instant) -> Made {
    let episode = year.name("episode");
    let told = year
        .tell(at, &case.stream, "missing.reported")
        .link("child", &case.child)
        .link("episode", &episode)
        .text("from", "home");
    let mistake = told.id();
    let at = year.within(at, "1h")?;
    year.tell(at, &case.stream, "record.corrected").corrects(&mistake);
    Ok(())
}

/// A child goes missing seven times in ten weeks, and is found by police at one place three times. The third report leads
/// to a strategy, the third find to another that names the place; both are recent when the sixth report comes.
pub fn again_and_again(year: &mut Year, case: &Case) -> Made {
    let (place, home) = (year.name("place"), year.name("place"));
    let mut found_there = 0;
    for number in 1..=7 {
        let reported = year.between(
            year.due(case.start, &format!("{}d", number * 10 - 9))?,
            year.due(case.start, &format!("{}d", number * 10 - 5))?,
        );
        if number == 3 {
            let asked = year.worked(reported, "1wd")?;
            strategy(year, &case.stream, asked, false, &repeat_missing(case, &[]))?;
        }
        let by_police = number % 2 == 1;
        let end = Found {
            within: "60h",
            by: if by_police { "police" } else { "returned" },
            place: if by_police { &place } else { &home },
            declines: number == 4,
        };
        let found = episode(year, case, reported, end)?;
        found_there += i32::from(by_police);
        if by_police && found_there == 3 {
            let asked = year.worked(found, "1wd")?;
            strategy(year, &case.stream, asked, false, &repeat_missing(case, &[("place", &place)]))?;
        }
    }
    Ok(())
}

fn repeat_missing<'a>(case: &'a Case, links: &'a [(&'a str, &'a str)]) -> Strategy<'a> {
    Strategy { about: "repeat-missing", outcome: &["none"], children: vec![&case.child], links }
}
