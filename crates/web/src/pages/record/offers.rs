//! What stands in the record and may be the answer to a question, so that nobody has to know its reference.

use app::access;
use serde::Serialize;
use serde_json::{Value, json};

use super::answers::Answers;
use super::questions::{Ask, Journey, Question};
use crate::Served;
use crate::pages::casefile::open_episodes_for;
use crate::pages::rows::Shower;
use crate::pages::texts::{said, text};
use crate::pages::{PageError, SignedIn};

/// How many events about a child are looked through.
const MOST: usize = 5_000;

/// One of what is offered.
#[derive(Debug, Serialize)]
pub(super) struct Offer {
    value: String,
    text: String,
    checked: bool,
}

impl Offer {
    /// Whether it was chosen.
    pub(super) fn is_chosen(&self) -> bool {
        self.checked
    }
}

/// What is offered as radio buttons, the last of them for what is none of it: nothing, where nothing is offered.
pub(super) fn items(offers: &[Offer], other: &str) -> Vec<Value> {
    if offers.is_empty() {
        return Vec::new();
    }
    let last = json!({ "value": "", "text": text("record-other-episode"), "checked": !other.is_empty() });
    let offered = offers.iter().map(|offer| json!(offer));
    offered.chain([json!({ "divider": text("record-or") }), last]).collect()
}

/// The missing episodes of the child of a journey that are not over, those reported last first: in the cases that whoever
/// answers may see, and those that they recorded themselves in no case. That these were looked at is noted.
pub(super) async fn of(
    served: &Served,
    person: &SignedIn,
    shower: &Shower,
    journey: &Journey,
    question: &Question,
    answers: &Answers,
) -> Result<Vec<Offer>, PageError> {
    if question.ask != Ask::Episode || answers.one("child").is_empty() {
        return Ok(Vec::new());
    }
    let child = journey.question("child").and_then(|child| answers.entity(child, ""));
    let Some(child) = child else { return Ok(Vec::new()) };
    let (store, now) = (&*served.store, served.clock.now());
    let open = open_episodes_for(store, &person.person.sight(now), &child, MOST).await?;
    let chosen = answers.entity(question, "");
    let offer = |(episode, reported): (String, _)| Offer {
        text: said(
            "record-episode",
            &[
                ("when", shower.when.full(reported).into()),
                ("reference", episode.strip_prefix("episode:").unwrap_or(&episode).to_owned().into()),
            ],
        ),
        checked: chosen.as_ref() == Some(&episode),
        value: episode,
    };
    let offers: Vec<Offer> = open.into_iter().rev().map(offer).collect();
    if !offers.is_empty() {
        access::opened(store, &person.person, "episodes", &child, &text("record-episodes-why"), now).await?;
    }
    Ok(offers)
}
