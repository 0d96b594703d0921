//! A review as one page, whole in itself: no other resource, and no script needed to read it.

use std::io::{self, Write};

use engine::duty::State;
use serde::Serialize;

use super::Review;
use super::bars::{BandWords, RuleRow};
use super::summary::Summary;
use super::words;
use super::worst::{NOTHING_LATE, Shortfall, Worst};
use crate::page::{self, Template};
use crate::words::thousands;

const TEMPLATE: Template = Template { name: "review.html", text: include_str!("review.html") };

/// How many duties a page lists.
const MOST: usize = 5_000;

/// Writes the page.
///
/// # Errors
/// What the writer says.
pub fn write(review: &Review<'_>, summary: &Summary<'_>, out: &mut dyn Write) -> io::Result<()> {
    page::write(&TEMPLATE, &Page::of(review, summary), out)
}

/// What the template shows.
#[derive(Serialize)]
struct Page {
    policy: String,
    facts: Vec<(&'static str, String)>,
    bands: Vec<BandWords>,
    states: Vec<&'static str>,
    rules: Vec<RuleRow>,
    all: RuleRow,
    rules_without: Vec<String>,
    switched_off: Vec<String>,
    signals: Vec<(String, String, Option<String>)>,
    list: Option<List>,
}

impl Page {
    fn of(review: &Review<'_>, summary: &Summary<'_>) -> Self {
        let all = summary.all();
        let states: Vec<State> = State::ALL.into_iter().filter(|&state| all.of(state) > 0).collect();
        let without = summary.duties.iter().filter(|(_, counts)| counts.total() == 0);
        Self {
            policy: review.policy_name(),
            facts: facts(review, summary),
            bands: BandWords::occurring(&all),
            states: states.iter().map(|state| state.word()).collect(),
            rules: rules(review, summary, &states),
            all: RuleRow::new(String::from("All duties"), None, &all, &states),
            rules_without: without.map(|(rule, _)| (*rule).to_owned()).collect(),
            switched_off: review.switched_off(),
            signals: signals(review),
            list: (!review.args.summary).then(|| List::of(review)),
        }
    }
}

/// The duties not met in time.
#[derive(Serialize)]
struct List {
    total: String,
    listed: String,
    more: Option<String>,
    command: String,
    why: Option<String>,
    states: Vec<&'static str>,
    remarks: Vec<String>,
    nothing: &'static str,
    duties: Vec<DutyLine>,
}

impl List {
    fn of(review: &Review<'_>) -> Self {
        let worst = Worst::of(review.evaluation, MOST);
        Self {
            total: thousands(worst.total),
            listed: thousands(worst.list.len() as u64),
            more: (worst.more() > 0).then(|| thousands(worst.more())),
            command: review.listing_command(),
            why: worst.list.first().map(|first| review.explaining_command(&first.row)),
            states: listed_states(&worst),
            remarks: worst.remarks(),
            nothing: NOTHING_LATE,
            duties: worst.list.iter().map(|duty| DutyLine::of(review, duty)).collect(),
        }
    }
}

fn facts(review: &Review<'_>, summary: &Summary<'_>) -> Vec<(&'static str, String)> {
    let args = review.args;
    let names: Vec<String> = args.inputs.iter().map(|input| input.display().to_string()).collect();
    let mut facts = vec![("Record", names.join(", "))];
    let local = |at| review.clock.display_local(at);
    facts.push((
        "Judged as of",
        summary.as_of.map_or_else(|| String::from("no time: there are no events"), local),
    ));
    if let Some(known_by) = review.known_by() {
        facts.push(("Known by", known_by));
    }
    facts.push(("Times shown", format!("{} (time-zone data {})", review.clock.zone, summary.tzdb)));
    facts.push(("Events", thousands(summary.events)));
    facts.push(("Keys with a duty", thousands(summary.keys)));
    facts.push(("Duties", thousands(summary.all().total())));
    facts.extend(review.left_out());
    facts
}

fn rules(review: &Review<'_>, summary: &Summary<'_>, states: &[State]) -> Vec<RuleRow> {
    let with_any = review.rules_worst_first(summary).into_iter();
    with_any
        .map(|(rule, counts)| match review.title(rule) {
            Some(title) => RuleRow::new(title.to_owned(), Some(review.named(rule)), counts, states),
            None => RuleRow::new(review.named(rule), None, counts, states),
        })
        .collect()
}

fn signals(review: &Review<'_>) -> Vec<(String, String, Option<String>)> {
    let last = review.program.last();
    let title = |signal: &str| last.and_then(|policy| policy.signals.get(signal)?.title.clone());
    review
        .signal_counts()
        .into_iter()
        .map(|(signal, count)| {
            let title = title(&signal);
            (signal, thousands(count), title)
        })
        .collect()
}

fn listed_states(worst: &Worst) -> Vec<&'static str> {
    let occurs = |state: &State| worst.list.iter().any(|duty| duty.row.state == *state);
    State::ALL.into_iter().filter(occurs).map(State::word).collect()
}

/// A duty's line in the list.
#[derive(Serialize)]
struct DutyLine {
    late: String,
    state: &'static str,
    severity: &'static str,
    rule: String,
    title: Option<String>,
    id: String,
    key: String,
    of_duty: Option<String>,
    part: String,
    due: String,
    desk: String,
}

impl DutyLine {
    fn of(review: &Review<'_>, duty: &Shortfall) -> Self {
        let row = &duty.row;
        Self {
            late: words::late(duty),
            state: row.state.word(),
            severity: words::severity(duty.severity),
            rule: row.duty.clone(),
            title: review.title(&row.duty).map(str::to_owned),
            id: words::short_id(&row.id).to_owned(),
            key: row.key.clone(),
            of_duty: duty.of_duty.clone(),
            part: row.part.clone(),
            due: row.due.map_or_else(|| String::from("no due"), |due| review.clock.display_local(due)),
            desk: words::desk(row, &review.clock),
        }
    }
}
