//! Duties as they are kept, made ready to be shown. Nothing is judged here.

use std::collections::HashMap;
use std::sync::Arc;

use app::access::{self, Action, Person, Principal, Resource};
use app::accounts::SignIns;
use engine::duty::State;
use engine::policy::{DutyRule, Policy};
use engine::program::Program;
use engine::time::Instant;
use serde::{Deserialize, Serialize};
use store::DutyEntry;

use super::PageError;
use super::texts::text;
use super::when::When;
use crate::Served;

/// What is kept of a duty, as far as pages show it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) duty: String,
    pub(crate) lens: String,
    pub(crate) key: String,
    pub(crate) trigger: Cause,
    pub(crate) due: Option<Instant>,
    pub(crate) state: String,
    pub(crate) owner: Option<String>,
    pub(crate) holders: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) periods_missed: u32,
    #[serde(default)]
    pub(crate) undecided: Option<String>,
    #[serde(default)]
    pub(crate) closed_by: Option<Cause>,
    pub(crate) ladder: Vec<Step>,
    /// The stream of its trigger, such as a case; empty where it has none.
    #[serde(skip)]
    pub(crate) stream: String,
}

/// An event that a duty names.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Cause {
    pub(crate) kind: String,
    pub(crate) at: Instant,
}

/// A step of its ladder.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Step {
    pub(crate) step: usize,
    pub(crate) to: String,
    pub(crate) holders: Option<Vec<String>>,
    pub(crate) opens: Instant,
    pub(crate) due: Option<Instant>,
    pub(crate) raised: Option<Instant>,
    pub(crate) seen: Option<Instant>,
    pub(crate) answered: Option<Instant>,
    pub(crate) decision: Option<String>,
}

impl Row {
    /// Of what is kept.
    pub(crate) fn of(kept: &DutyEntry) -> Result<Self, PageError> {
        let row: Self = serde_json::from_str(&kept.row).map_err(|error| {
            tracing::error!(%error, "a duty that is kept cannot be read");
            PageError::Fault
        })?;
        Ok(Self { stream: kept.stream.clone(), ..row })
    }

    /// What it is about, as people say it.
    pub(crate) fn about(&self) -> String {
        match self.lens.as_str() {
            "child" => text("about-child") + " " + bare(&self.key),
            "duty" => text("about-duty"),
            _ => about(&self.key),
        }
    }

    /// Its state, if it is one.
    pub(crate) fn state(&self) -> Option<State> {
        State::ALL.into_iter().find(|state| state.word() == self.state)
    }

    /// The step that waits for an answer: the highest, while the ladder is open.
    pub(crate) fn waiting(&self) -> Option<&Step> {
        let step = self.ladder.last()?;
        self.state()?.leaves_ladder_open(step.decision.as_deref()).then_some(step)
    }

    /// Whether an officer owes it.
    pub(crate) fn is_owed_by(&self, officer: &str) -> bool {
        self.holders.iter().flatten().any(|holder| holder == officer)
    }
}

impl Step {
    /// Whether it came up to an officer.
    pub(crate) fn is_at(&self, officer: &str) -> bool {
        self.holders.iter().flatten().any(|holder| holder == officer)
    }
}

/// What is needed to show duties: what rules are called, how people are, and what the time is.
pub(crate) struct Shower {
    program: Arc<Program>,
    names: HashMap<String, String>,
    pub(crate) when: When,
    /// Who is shown it, where that is known.
    person: Option<Arc<Person>>,
}

impl Shower {
    pub(crate) async fn new(served: &Served) -> Result<Self, PageError> {
        let program = served.programs.now(&*served.store).await?;
        let when = When::new(program.last().ok_or(PageError::Unavailable)?, served.clock.now());
        Ok(Self { program, names: names(&served.sign_ins).await?, when, person: None })
    }

    /// As it is for somebody, whom names lead to those pages of teams that they may see.
    pub(crate) fn to(self, person: &Arc<Person>) -> Self {
        Self { person: Some(Arc::clone(person)), ..self }
    }

    /// Whether the page of a team is there for those who are shown it.
    pub(crate) fn shows_team(&self, team: &str) -> bool {
        let may = |person: &Arc<Person>| {
            access::decide(Principal::Person(person), Action::SeeTeam, &Resource::Team(team)).is_allowed()
        };
        self.person.as_ref().is_some_and(may)
    }

    /// The version of the policy that comes last.
    pub(crate) fn policy(&self) -> Option<&Policy> {
        self.program.last()
    }

    /// Every version of the policy, the first first.
    pub(crate) fn versions(&self) -> Vec<&Policy> {
        self.program.policies().collect()
    }

    /// The version of the policy that has a rule, the last that does.
    pub(crate) fn rule(&self, name: &str) -> Option<(&Policy, &DutyRule)> {
        let policies: Vec<&Policy> = self.program.policies().collect();
        policies.into_iter().rev().find_map(|policy| Some((policy, policy.duties.get(name)?)))
    }

    /// What a rule is called.
    pub(crate) fn title(&self, rule: &str) -> String {
        let title = self.rule(rule).and_then(|(_, rule)| rule.title.clone());
        title.unwrap_or_else(|| rule.replace('-', " "))
    }

    /// How somebody is called, or what stands for them in the record.
    pub(crate) fn name(&self, entity: &str) -> String {
        self.names.get(entity).cloned().unwrap_or_else(|| bare(entity).to_owned())
    }

    /// Officers whose name has all of some words, with how they are called.
    pub(crate) fn called(&self, words: &[String]) -> Vec<(&str, &str)> {
        let fits = |shown: &str| {
            let shown = shown.to_lowercase();
            words.iter().all(|word| shown.contains(&word.to_lowercase()))
        };
        let mut called: Vec<(&str, &str)> = self
            .names
            .iter()
            .map(|(officer, shown)| (&**officer, &**shown))
            .filter(|(_, shown)| fits(shown))
            .collect();
        called.sort_unstable();
        called
    }

    /// How several are called.
    pub(crate) fn all_names(&self, entities: &[String]) -> String {
        entities.iter().map(|entity| self.name(entity)).collect::<Vec<_>>().join(", ")
    }

    /// A duty in a list.
    pub(crate) fn item(&self, row: &Row) -> Item {
        let waits_until = row.waiting().and_then(|step| step.due);
        Item {
            is_hidden: false,
            id: row.id.clone(),
            title: self.title(&row.duty),
            about: row.about(),
            state: row.state.clone(),
            state_word: text(&format!("state-{}", row.state)),
            due: row.due.map(|due| self.when.near(due)),
            away: row.due.map(|due| self.when.away(due)),
            answer_by: waits_until.map(|due| self.when.near(due)),
            answer_away: waits_until.map(|due| self.when.away(due)),
            because: words(&row.trigger.kind),
            because_at: self.when.near(row.trigger.at),
            owed_by: row.holders.as_deref().map(|holders| self.all_names(holders)).unwrap_or_default(),
        }
    }
}

/// A duty in a list.
#[derive(Debug, Serialize)]
pub(crate) struct Item {
    /// Whether the reader may know no more than that there is one.
    is_hidden: bool,
    id: String,
    title: String,
    about: String,
    state: String,
    state_word: String,
    due: Option<String>,
    away: Option<String>,
    answer_by: Option<String>,
    answer_away: Option<String>,
    because: String,
    because_at: String,
    owed_by: String,
}

impl Item {
    /// What of it is shown to who may not see it: which rule, in which state, due when.
    pub(crate) fn hidden(self) -> Self {
        let none = String::new;
        Self {
            is_hidden: true,
            id: none(),
            about: text("list-hidden"),
            because: none(),
            because_at: none(),
            owed_by: text("list-hidden-owed"),
            ..self
        }
    }
}

async fn names(sign_ins: &SignIns) -> Result<HashMap<String, String>, PageError> {
    let accounts = sign_ins.store().accounts().await?;
    Ok(accounts.into_iter().map(|account| (account.officer, account.shown)).collect())
}

/// What a duty is about, as people say it: `person:p7` is `person p7`.
pub(crate) fn about(entity: &str) -> String {
    entity.replacen(':', " ", 1)
}

/// A sentence of the policy without its marks of code: `` `missing.found` `` is `missing found`, `` `told_by` `` is `told by`, and what is
/// neither a kind nor an attribute stands as it is.
pub(crate) fn plain(sentence: &str) -> String {
    let is_name = |part: &str| part.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    let is_kind = |part: &str| part.contains('.') && part.split('.').all(is_name);
    let is_attribute = |part: &str| part.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let told = |(at, part): (usize, &str)| match at % 2 == 1 {
        true if is_kind(part) => words(part),
        true if is_attribute(part) => part.replace('_', " "),
        _ => part.to_owned(),
    };
    sentence.split('`').enumerate().map(told).collect()
}

/// What stands for something in the record, without its type.
pub(crate) fn bare(entity: &str) -> &str {
    entity.split_once(':').map_or(entity, |(_, bare)| bare)
}

/// A kind of event in words: `missing.found` is `missing found`.
pub(crate) fn words(kind: &str) -> String {
    kind.replace(['.', '-', ':'], " ")
}
