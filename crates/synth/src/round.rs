//! A round: what befalls the children of one team in a year, and what is done for each.
//!
//! Each journey is a function that takes the [`Year`] and tells its events, each at a random moment between what calls for
//! it and the last at which it is in time. What goes wrong in a force is one of these with a step left out or late
//! (`failures`).

use engine::time::Instant;

use super::answers;
use super::cases::{self, Case};
use super::meetings;
use super::missing::{self, Found};
use super::partners;
use super::state::{Made, Year};
use super::suspects::{self, Suspect};

/// Tells of a round. The first of a district's year also has what a district does once a year.
pub fn told(year: &mut Year, is_first: bool) -> Made {
    children_at_risk(year, is_first)?;
    children_missing(year)?;
    suspects_pursued(year)?;
    both_sides(year)?;
    partners_answer(year)?;
    if is_first {
        district_answers(year)?;
    }
    Ok(())
}

/// Some moment of a week that begins on this day, by day or night.
fn week(year: &mut Year, date: &str) -> Made<Instant> {
    let from = year.morning(date)?;
    year.within(from, "6d")
}

/// Some moment of the three weeks that begin on this day, so that each seed meets other holidays.
fn weeks(year: &mut Year, date: &str) -> Made<Instant> {
    let from = year.morning(date)?;
    year.within(from, "20d")
}

/// A new case, in which a child has told somebody, perhaps of a person.
fn told_case(year: &mut Year, date: &str, suspect: Option<&str>) -> Made<Case> {
    let start = weeks(year, date)?;
    let case = Case::new(year, start);
    cases::child_tells(year, &case, suspect)?;
    Ok(case)
}

/// A protection plan and an interview; officers that change; signs that come together; a child in danger at home; and
/// children who are found by looking.
fn children_at_risk(year: &mut Year, with_complaints: bool) -> Made {
    let planned = told_case(year, "01-06", None)?;
    cases::opened(year, &planned, "exploitation", None)?;
    cases::interviewed(year, &planned)?;
    meetings::protection_plan(year, &planned)?;
    cases::promises_kept(year, &planned, planned.start)?;

    let enquired = told_case(year, "04-07", None)?;
    cases::opened(year, &enquired, "neglect", None)?;
    meetings::conference_after_enquiry(year, &enquired)?;
    let start = weeks(year, "03-17")?;
    let moved = Case::new(year, start);
    meetings::plan_from_elsewhere(year, &moved)?;
    let start = weeks(year, "11-10")?;
    let moved = Case::new(year, start);
    meetings::conference_for_another_council(year, &moved)?;

    let changing = told_case(year, "03-24", None)?;
    let (closed, again) = (year.due(changing.start, "5mo")?, year.due(changing.start, "8mo")?);
    cases::opened(year, &changing, "abuse", Some(closed))?;
    cases::officer_changes(year, &changing)?;
    cases::reopened(year, &changing, closed, again)?;
    if with_complaints {
        answers::complaints(year, &changing)?;
    }

    let start = weeks(year, "08-04")?;
    let signs = Case::new(year, start);
    cases::opened(year, &signs, "neglect", None)?;
    meetings::signs_together(year, &signs)?;

    let start = week(year, "12-22")?;
    let home = Case::new(year, start);
    cases::incident(year, &home)?;
    cases::opened(year, &home, "neglect", None)?;

    let start = weeks(year, "05-05")?;
    let (found, declining) = (Case::new(year, start), Case::new(year, start));
    cases::potential_victims_contacted(year, &found, &declining)?;
    cases::crime_without_a_child(year, &found)?;
    cases::investigation_declined(year, &declining)?;
    let start = weeks(year, "08-18")?;
    let other = Case::new(year, start);
    cases::referral_declined(year, &other)
}

/// A child who is missing once, over Easter; one over the night in which the clocks go back; one again and again.
fn children_missing(year: &mut Year) -> Made {
    for (date, by) in [("04-14", "other"), ("10-24", "police")] {
        let start = week(year, date)?;
        let case = Case::new(year, start);
        let place = year.name("place");
        let found = Found { within: "72h", by, place: &place, declines: by == "other" };
        missing::episode(year, &case, start, found)?;
        missing::reported_by_mistake(year, &case, year.before(start, "20d")?)?;
    }
    let start = weeks(year, "02-17")?;
    let often = Case::new(year, start);
    cases::opened(year, &often, "missing", None)?;
    missing::again_and_again(year, &often)
}

/// Each way that an investigation of a suspect may end, with the children who told.
fn suspects_pursued(year: &mut Year) -> Made {
    let person = year.name("person");
    let bailed = told_case(year, "02-03", Some(&person))?;
    cases::opened(year, &bailed, "exploitation", None)?;
    suspects::charged_on_bail(year, &Suspect { case: &bailed, person })?;

    let person = year.name("person");
    let challenged = told_case(year, "03-10", Some(&person))?;
    cases::opened(year, &challenged, "exploitation", None)?;
    suspects::charged_after_challenge(year, &Suspect { case: &challenged, person })?;

    let person = year.name("person");
    let first = told_case(year, "01-20", Some(&person))?;
    cases::opened(year, &first, "exploitation", None)?;
    let second = told_case(year, "09-15", Some(&person))?;
    cases::opened(year, &second, "exploitation", None)?;
    suspects::charged_on_a_second_name(year, &Suspect { case: &first, person }, &second)?;

    let custody = told_case(year, "07-14", None)?;
    cases::opened(year, &custody, "abuse", None)?;
    let person = year.name("person");
    suspects::charged_from_custody(year, &Suspect { case: &custody, person })?;

    let person = year.name("person");
    let from = weeks(year, "05-19")?;
    let discussed = meetings::complex_abuse(year, &[&bailed, &challenged, &custody], &person, from)?;
    suspects::eliminated(year, &Suspect { case: &bailed, person }, discussed)
}

/// Two children who stand on both sides of the record, in either order.
fn both_sides(year: &mut Year) -> Made {
    let victim = told_case(year, "04-28", None)?;
    cases::opened(year, &victim, "exploitation", None)?;
    let start = weeks(year, "08-04")?;
    let other = Case::of(year, &victim.child, start);
    suspects::victim_then_suspect(year, &victim.child, &other)?;

    let start = weeks(year, "03-31")?;
    let record = Case::new(year, start);
    let tells = year.within(year.due(start, "1mo")?, "20d")?;
    let own = Case::of(year, &record.child, tells);
    cases::child_tells(year, &own, None)?;
    cases::opened(year, &own, "exploitation", None)?;
    suspects::suspect_then_victim(year, &record.child, &record, tells)
}

/// What the force and its partners ask of one another, and how they answer for what they do.
fn partners_answer(year: &mut Year) -> Made {
    let start = weeks(year, "06-09")?;
    let case = Case::new(year, start);
    let spring = year.morning("03-03")?;
    for (sort, decision) in
        [("resources", "agreed"), ("managerial-support", "agreed"), ("training", "not this year")]
    {
        partners::request(year, spring, sort, decision)?;
    }
    partners::disagreement(year, &case, start)?;
    partners::information(year, &case, start)?;
    answers::concern(year, spring, "words-to-family", false)?;
    answers::concern(year, start, "a record that is not clear", true)
}

/// What a district does once a year.
fn district_answers(year: &mut Year) -> Made {
    let start = weeks(year, "06-09")?;
    let case = Case::new(year, start);
    let spring = year.morning("03-03")?;
    partners::project(year, spring)?;
    answers::review(year, spring, &case)?;
    answers::data_complaint(year, start)?;
    answers::inspection(year, start)?;
    let child = year.name("person");
    answers::serious_incident(year, spring, &child)?;
    answers::record_disposed_of(year)
}
