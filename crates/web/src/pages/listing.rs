//! Lists of duties: a short one on a page, and the page with all of it, to which every count leads.

use std::collections::HashSet;

use app::access::Action;
use axum::extract::{Query, State};
use axum::response::Response;
use engine::duty::State as DutyState;
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::{Cursor, DutyEntry, DutyQuery};
use url::form_urlencoded::Serializer;

use super::reader::Reader;
use super::rows::{Item, Row, Shower, about, words};
use super::texts::{said, text};
use super::told::{capital, escaped, labels};
use super::{Frame, PageError};
use crate::Served;
use crate::cursor;

/// How many duties the page of a list shows at once.
const PAGE: usize = 50;

/// What is asked of duties, as an address has it. Every count on a page links what it counts by one of these.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// Those that the reader owes.
    pub(crate) owed: bool,
    /// Those whose ladder stands at the reader.
    pub(crate) asked: bool,
    /// Those of a team, without `team:`.
    pub(crate) team: Option<String>,
    /// Those owed by an officer, without `officer:`.
    pub(crate) officer: Option<String>,
    /// Those about an entity.
    pub(crate) about: Option<String>,
    /// Those owed by an agency as a whole.
    pub(crate) agency: Option<String>,
    /// Those in one of these states, with commas between them.
    pub(crate) state: Option<String>,
    /// Those of one of these rules, with commas between them.
    pub(crate) rule: Option<String>,
    /// Those whose ladder stands at a role.
    pub(crate) to: Option<String>,
    /// Those with a ladder that is open.
    pub(crate) climbing: bool,
    /// Those with a step that nobody decided.
    pub(crate) lapsed: bool,
    /// Those at the last step of their ladder.
    pub(crate) top: bool,
    /// Those at a step that nobody answered, or that somebody did.
    pub(crate) answered: Option<bool>,
    /// Those due then or later.
    pub(crate) from: Option<String>,
    /// Those due by then.
    pub(crate) by: Option<String>,
    /// Those of the whole force, for who answers for it; of rows that are not theirs to see it says no more than which
    /// rule, in which state, due when.
    pub(crate) force: bool,
    /// Those after the page before.
    pub(crate) after: Option<String>,
}

impl Asked {
    /// The address of the page with all of it.
    pub(crate) fn href(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, is_asked) in [
            ("owed", self.owed),
            ("asked", self.asked),
            ("climbing", self.climbing),
            ("lapsed", self.lapsed),
            ("top", self.top),
            ("force", self.force),
        ] {
            if is_asked {
                query.append_pair(name, "true");
            }
        }
        let answered = self.answered.map(|answered| answered.to_string());
        for (name, value) in [
            ("team", &self.team),
            ("officer", &self.officer),
            ("about", &self.about),
            ("agency", &self.agency),
            ("state", &self.state),
            ("rule", &self.rule),
            ("to", &self.to),
            ("answered", &answered),
            ("from", &self.from),
            ("by", &self.by),
            ("after", &self.after),
        ] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        format!("/duties?{}", query.finish())
    }

    /// The page on which it is counted: its address, and what it is called.
    fn counted_on(&self) -> (String, String) {
        if let Some(team) = &self.team {
            return (
                format!("/teams/{}", escaped(team)),
                said("team-title", &[("name", team.as_str().into())]),
            );
        }
        let (path, key) = if self.force {
            ("/command", "nav-command")
        } else if self.climbing && !self.asked && !self.owed {
            ("/ladder", "nav-ladder")
        } else {
            ("/", "nav-today")
        };
        (path.to_owned(), text(key))
    }

    /// The same of certain states.
    pub(crate) fn states(&self, states: &[DutyState]) -> Self {
        let words: Vec<&str> = states.iter().map(|state| state.word()).collect();
        Self { state: Some(words.join(",")), ..self.clone() }
    }

    /// The same of what is due from an instant on, and by another.
    pub(crate) fn due(&self, from: Option<Instant>, by: Option<Instant>) -> Self {
        let text = |at: Option<Instant>| at.map(|at| at.to_string());
        Self { from: text(from), by: text(by), ..self.clone() }
    }

    /// What the store is asked.
    ///
    /// # Errors
    /// The address asks for what there is not, or for what the reader may not see.
    pub(crate) fn query(&self, reader: &Reader, most: usize) -> Result<DutyQuery, PageError> {
        if self.force {
            reader.needs(Action::SeeCommand)?;
        }
        // Figures of the force are about nobody; and what one owes is not what another does.
        let of_somebody = [&self.about, &self.officer, &self.team].iter().any(|name| name.is_some());
        if self.force && (of_somebody || self.owed || self.asked) || self.owed && self.officer.is_some() {
            return Err(PageError::NotFound);
        }
        let me = |is_asked: bool| is_asked.then(|| reader.person.officer.clone());
        let officer = self.officer.as_ref().map(|officer| format!("officer:{officer}"));
        let states = list(&self.state);
        if !states.iter().all(|word| DutyState::ALL.iter().any(|state| state.word() == word)) {
            return Err(PageError::NotFound);
        }
        let instant = |text: &Option<String>| {
            text.as_deref().map(Instant::parse).transpose().map_err(|_| PageError::NotFound)
        };
        Ok(DutyQuery {
            holder: me(self.owed).or(officer),
            asked: me(self.asked),
            team: self.team.as_ref().map(|team| format!("team:{team}")),
            key: self.about.clone(),
            agency: self.agency.clone(),
            states,
            rules: list(&self.rule),
            step_to: self.to.clone(),
            is_climbing: self.climbing,
            has_lapsed: self.lapsed,
            at_top: self.top,
            is_answered: self.answered,
            due_from: instant(&self.from)?,
            due_by: instant(&self.by)?,
            sight: (!self.force).then(|| reader.sight.clone()),
            by_due: true,
            after: self.after.as_deref().map(place).transpose()?,
            most,
            ..DutyQuery::default()
        })
    }

    /// What is asked, in words, for the head of the page.
    fn words(&self, shower: &Shower) -> Vec<String> {
        let mut words = Vec::new();
        let asked = [
            (self.force, "listing-force"),
            (self.owed, "listing-owed"),
            (self.asked, "listing-asked"),
            (self.climbing, "listing-climbing"),
            (self.lapsed, "listing-lapsed"),
            (self.top, "listing-top"),
            (self.answered == Some(false), "listing-unanswered"),
            (self.answered == Some(true), "listing-answered"),
        ];
        words.extend(asked.into_iter().filter(|(is_asked, _)| *is_asked).map(|(_, key)| text(key)));
        let mut named = |key: &str, value: Option<String>| {
            words.extend(value.map(|value| said(key, &[("what", value.into())])));
        };
        let states =
            list(&self.state).iter().map(|state| text(&format!("state-{state}"))).collect::<Vec<_>>();
        named("listing-state", (!states.is_empty()).then(|| states.join(", ")));
        let rules = list(&self.rule).iter().map(|rule| shower.title(rule)).collect::<Vec<_>>();
        named("listing-rule", (!rules.is_empty()).then(|| rules.join("; ")));
        named("listing-team", self.team.clone());
        named(
            "listing-officer",
            self.officer.as_ref().map(|officer| shower.name(&format!("officer:{officer}"))),
        );
        named("listing-about", self.about.as_deref().map(about));
        named("listing-agency", self.agency.as_deref().map(|agency| capital(&self::words(agency))));
        named("listing-to", self.to.as_deref().map(|to| capital(&self::words(to))));
        let day = |text: &Option<String>| Some(shower.when.day(Instant::parse(text.as_deref()?).ok()?));
        named("listing-from", day(&self.from));
        named("listing-by", day(&self.by));
        words
    }
}

fn list(text: &Option<String>) -> Vec<String> {
    text.iter().flat_map(|text| text.split(',')).filter(|one| !one.is_empty()).map(str::to_owned).collect()
}

/// The place after a duty, in the order of due: neither its rule nor what it is about stands in it.
fn after(duty: &DutyEntry) -> String {
    cursor::after(&DutyEntry { rule: String::new(), key: String::new(), ..duty.clone() }, None)
}

fn place(text: &str) -> Result<Cursor, PageError> {
    cursor::read(text).map(|(place, _)| place).map_err(|_| PageError::NotFound)
}

/// The first duties of a list, and how many there are in all.
#[derive(Debug, Serialize)]
pub(crate) struct List {
    pub(crate) count: u64,
    pub(crate) href: String,
    pub(crate) duties: Vec<Item>,
}

impl List {
    /// What is asked, at most so many of it.
    pub(crate) async fn of(
        served: &Served,
        shower: &Shower,
        reader: &Reader,
        asked: &Asked,
        most: usize,
    ) -> Result<Self, PageError> {
        let count = count(served, &asked.query(reader, most)?).await?;
        Self::counted(served, shower, reader, asked, most, count).await
    }

    /// What is asked, at most so many of it, where it is known how many there are.
    pub(crate) async fn counted(
        served: &Served,
        shower: &Shower,
        reader: &Reader,
        asked: &Asked,
        most: usize,
        count: u64,
    ) -> Result<Self, PageError> {
        let rows = rows(&served.store.duties(&asked.query(reader, most)?).await?)?;
        Ok(Self { count, href: asked.href(), duties: rows.iter().map(|row| shower.item(row)).collect() })
    }
}

/// How many there are, and where they stand.
#[derive(Debug, Serialize)]
pub(crate) struct Counted {
    pub(crate) count: u64,
    pub(crate) href: String,
}

impl Counted {
    /// What is asked.
    pub(crate) async fn of(served: &Served, reader: &Reader, asked: &Asked) -> Result<Self, PageError> {
        Ok(Self { count: count(served, &asked.query(reader, 1)?).await?, href: asked.href() })
    }
}

/// How many duties there are of what is asked.
pub(crate) async fn count(served: &Served, query: &DutyQuery) -> Result<u64, PageError> {
    Ok(served.store.count_duties(query).await?.values().sum())
}

/// Duties as they are kept, made ready to be shown.
pub(crate) fn rows(duties: &[DutyEntry]) -> Result<Vec<Row>, PageError> {
    duties.iter().map(Row::of).collect()
}

#[derive(Debug, Serialize)]
struct ListPage {
    back: String,
    back_text: String,
    count: u64,
    asked: Vec<String>,
    duties: Vec<Item>,
    next: Option<String>,
    is_first: bool,
    first: String,
    labels: serde_json::Value,
}

/// The page.
pub(crate) async fn duties(
    State(served): State<Served>,
    frame: Frame,
    reader: Reader,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    reader.needs(Action::SeeOwn)?;
    served.recorder.watch().await?;
    let shower = Shower::new(&served).await?;
    let query = asked.query(&reader, PAGE + 1)?;
    let mut found = served.store.duties(&query).await?;
    let has_more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found.last().filter(|_| has_more).map(after);
    // Those that the reader may see come in the same order, so all of this page are among the first of them.
    let own = DutyQuery { sight: Some(reader.sight.clone()), ..query.clone() };
    let seen: HashSet<String> = match asked.force {
        true => served.store.duties(&own).await?.into_iter().map(|duty| duty.id).collect(),
        false => found.iter().map(|duty| duty.id.clone()).collect(),
    };
    let item = |row: &Row| match seen.contains(&row.id) {
        true => shower.item(row),
        false => shower.item(row).hidden(),
    };
    let first = Asked { after: None, ..asked.clone() };
    let (back, back_text) = asked.counted_on();
    let frame = Frame { path: back.clone(), ..frame };
    let page = ListPage {
        back,
        back_text,
        count: count(&served, &first.query(&reader, PAGE)?).await?,
        asked: asked.words(&shower),
        duties: rows(&found)?.iter().map(item).collect(),
        next: next.map(|after| Asked { after: Some(after), ..asked.clone() }.href()),
        is_first: asked.after.is_none(),
        first: first.href(),
        labels: labels(),
    };
    frame.page("listing.njk", &text("listing-title"), page)
}
