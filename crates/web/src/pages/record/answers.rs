//! What was answered: read from forms, kept in drafts, and made into an event.

use std::collections::BTreeMap;

use engine::record::{Event, Value};
use engine::time::Instant;
use serde::{Deserialize, Serialize};

use super::questions::{AGENCIES, ATTENDED, Ask, Empty, Into, Journey, Kind, Question};
use crate::pages::Fields;
use crate::pages::rows::about;
use crate::pages::texts::text;
use crate::pages::when::When;

/// The longest line of text.
const LONGEST_LINE: usize = 500;

/// The longest note.
const LONGEST_NOTE: usize = 20_000;

/// The longest reference.
const LONGEST_REFERENCE: usize = 64;

/// What was answered, by question, as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answers(BTreeMap<String, Vec<String>>);

/// What is wrong with an answer: the field, and the key of what to say.
pub(super) type Wrong = (&'static str, &'static str);

impl Answers {
    /// Those of a draft.
    pub(super) fn of(kept: &str) -> Self {
        serde_json::from_str(kept).unwrap_or_default()
    }

    /// As a draft keeps them.
    pub(super) fn kept(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The answer to a question, each part of it.
    pub(super) fn get(&self, question: &str) -> &[String] {
        self.0.get(question).map_or(&[], Vec::as_slice)
    }

    /// The answer to a question that has one part.
    pub(super) fn one(&self, question: &str) -> &str {
        self.get(question).first().map_or("", String::as_str)
    }

    /// Whether a question was asked.
    pub(super) fn has(&self, question: &str) -> bool {
        self.0.contains_key(question)
    }

    /// Takes over what a form says of a question.
    pub(super) fn read(&mut self, question: &Question, fields: &Fields) {
        let parts: Vec<String> = match question.ask {
            Ask::When | Ask::Date => vec![fields.get("date").to_owned(), fields.get("time").to_owned()],
            Ask::Agencies => fields.all("answer").map(ToOwned::to_owned).collect(),
            Ask::Attendance(of) => {
                let said = |agency: &String| format!("{agency}={}", fields.get(&format!("of-{agency}")));
                self.get(of).iter().map(said).filter(|entry| !entry.ends_with('=')).collect()
            }
            Ask::Episode => {
                // Where none of what was offered was chosen, another was written.
                let said = ["answer", "other"].map(|field| fields.get(field));
                said.into_iter().find(|text| !text.is_empty()).map(ToOwned::to_owned).into_iter().collect()
            }
            _ => Some(fields.get("answer").to_owned()).filter(|text| !text.is_empty()).into_iter().collect(),
        };
        self.0.insert(question.word.to_owned(), parts);
    }

    /// What is wrong with the answer to a question.
    pub(super) fn wrong(&self, question: &Question, when: &When) -> Option<Wrong> {
        let parts = self.get(question.word);
        let one = self.one(question.word);
        let is_empty = parts.iter().all(String::is_empty);
        if is_empty && !matches!(question.ask, Ask::Attendance(_)) {
            let field = if matches!(question.ask, Ask::When | Ask::Date) { "date" } else { "answer" };
            return (question.empty == Empty::Refused).then_some((field, "wrong-empty"));
        }
        match question.ask {
            Ask::Entity(_) | Ask::Episode => {
                let of = question.ask.entity().and_then(|of| reference(of, one));
                of.is_none().then_some(("answer", "wrong-reference"))
            }
            Ask::Choice(choices) => (!choices.contains(&one)).then_some(("answer", "wrong-choice")),
            Ask::Agencies => {
                let is_known = |agency: &String| AGENCIES.contains(&agency.as_str());
                (!parts.iter().all(is_known)).then_some(("answer", "wrong-choice"))
            }
            Ask::Attendance(of) => {
                let is_known = |entry: &String| {
                    entry.split_once('=').is_some_and(|(agency, word)| {
                        self.get(of).iter().any(|invited| invited == agency) && ATTENDED.contains(&word)
                    })
                };
                (!parts.iter().all(is_known)).then_some(("answer", "wrong-choice"))
            }
            Ask::Number(from, to) => {
                let number = one.parse().ok().filter(|number| (from..=to).contains(number));
                number.is_none().then_some(("answer", "wrong-number"))
            }
            Ask::Text => (one.chars().count() > LONGEST_LINE).then_some(("answer", "wrong-long")),
            Ask::LongText => (one.chars().count() > LONGEST_NOTE).then_some(("answer", "wrong-long")),
            Ask::Date => self.instant(question, when).is_none().then_some(("date", "wrong-date")),
            Ask::When => match self.instant(question, when) {
                None => Some(("date", "wrong-date")),
                Some(at) => (at > when.now).then_some(("date", "wrong-future")),
            },
        }
    }

    /// The first question that is not answered well.
    pub(super) fn first_open(&self, journey: &Journey, when: &When) -> Option<&'static Question> {
        journey.asked().find(|question| !self.has(question.word) || self.wrong(question, when).is_some())
    }

    fn instant(&self, question: &Question, when: &When) -> Option<Instant> {
        match self.get(question.word) {
            [date, time] => when.read(date, time),
            _ => None,
        }
    }

    /// An answer as people read it.
    pub(super) fn shown(&self, question: &Question, draft: &str) -> String {
        let parts = self.get(question.word);
        let option = |word: &String| text(&format!("option-{}", word.replace('+', "-and-")));
        match question.ask {
            Ask::Choice(_) | Ask::Agencies => parts.iter().map(option).collect::<Vec<_>>().join(", "),
            Ask::Attendance(of) => {
                let said = |agency: &String| {
                    let entry = parts.iter().find_map(|entry| entry.strip_prefix(&format!("{agency}=")));
                    let word = entry.unwrap_or("not-recorded").to_owned();
                    format!("{}: {}", option(agency), option(&word))
                };
                self.get(of).iter().map(said).collect::<Vec<_>>().join("; ")
            }
            Ask::Entity(_) | Ask::Episode => {
                self.entity(question, draft).map(|entity| about(&entity)).unwrap_or_default()
            }
            Ask::When | Ask::Date => parts.join(", "),
            Ask::Number(..) | Ask::Text | Ask::LongText => self.one(question.word).to_owned(),
        }
    }

    /// What stands in the record for the answer: what was written, or what is made where nothing was.
    pub(super) fn entity(&self, question: &Question, draft: &str) -> Option<String> {
        let of = question.ask.entity()?;
        match self.one(question.word) {
            "" => {
                let is_made = matches!(question.empty, Empty::Made | Empty::NotAsked);
                let random = draft.rsplit('-').next().unwrap_or(draft);
                is_made.then(|| format!("{of}:{random}"))
            }
            written => reference(of, written),
        }
    }

    /// The event that they make; its id is the draft's.
    pub(super) fn event(&self, journey: &Journey, draft: &str, officer: &str, when: &When) -> Event {
        let kind = match journey.kind {
            Kind::Is(kind) => kind,
            Kind::By(question, kinds) => {
                let answer = self.one(question);
                kinds.iter().find(|(word, _)| *word == answer).map_or("", |(_, kind)| kind)
            }
        };
        let (id, kind) = (draft.to_owned(), kind.to_owned());
        let mut event = Event { id, kind, at: when.now, ..Event::default() };
        for role in journey.own {
            event.links.insert((*role).to_owned(), [officer.to_owned()].into());
        }
        for question in journey.questions {
            self.put(&mut event, question, draft, when);
        }
        if event.stream.is_empty() {
            // An event that is in no case yet is about the child.
            event.stream =
                event.links.get("child").and_then(|child| child.first().cloned()).unwrap_or_default();
        }
        event
    }

    fn put(&self, event: &mut Event, question: &Question, draft: &str, when: &When) {
        let one = self.one(question.word);
        let entity = self.entity(question, draft);
        match question.into {
            Into::Nothing => {}
            Into::Stream => event.stream = entity.unwrap_or_default(),
            Into::StreamAndLink(role) => {
                if let Some(entity) = entity {
                    event.stream.clone_from(&entity);
                    event.links.insert(role.to_owned(), [entity].into());
                }
            }
            Into::Link(role) => {
                if let Some(entity) = entity {
                    event.links.insert(role.to_owned(), [entity].into());
                }
            }
            Into::At => event.at = self.instant(question, when).unwrap_or(when.now),
            Into::Note => event.note = Some(one.to_owned()).filter(|note| !note.is_empty()),
            Into::Attr(name) => {
                let value = match question.ask {
                    Ask::Number(..) => one.parse().ok().map(Value::Integer),
                    Ask::When | Ask::Date => self.instant(question, when).map(Value::Instant),
                    Ask::Agencies | Ask::Attendance(_) => {
                        Some(Value::Texts(self.get(question.word).to_vec()))
                    }
                    _ => Some(Value::Text(one.to_owned())).filter(|_| !one.is_empty()),
                };
                if let Some(value) = value {
                    event.attrs.insert(name.to_owned(), value);
                }
            }
        }
    }
}

/// What stands in the record for what somebody wrote: `p7` and `person:p7` are `person:p7`.
fn reference(of: &str, written: &str) -> Option<String> {
    let bare = match written.split_once(':') {
        Some((kind, bare)) if kind == of => bare,
        Some(_) => return None,
        None => written,
    };
    let is_of_reference = |c: char| c.is_ascii_alphanumeric() || "-._/".contains(c);
    let is_one = !bare.is_empty() && bare.len() <= LONGEST_REFERENCE && bare.chars().all(is_of_reference);
    is_one.then(|| format!("{of}:{bare}"))
}
