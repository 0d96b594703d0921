//! People whom the registers name, found once for all duties that ask alike.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use super::ladder::Owing;
use super::moved::Renumbering;
use super::rows::DutyRef;
use crate::log::Text;
use crate::time::Instant;

/// How many people the answers that are kept may have together.
const MOST: usize = 1 << 14;

/// Of how many duties that ended it is kept whom their rows named.
const MOST_ENDED: usize = 1 << 14;

/// People, and their names, each in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct People {
    all: Arc<[Text]>,
    names: Arc<[String]>,
}

/// What is asked of the registers about a duty. The same question has the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) version: usize,
    pub(crate) owing: Owing,
    /// The officers allocated in the trigger's stream.
    pub(crate) allocated: BTreeSet<Text>,
    /// How many entries of posts and covers there are by then.
    pub(crate) posts: usize,
    /// Of a step its role and agency; of the duty's owner none.
    pub(crate) step: Option<(Text, Option<String>)>,
}

/// Questions with their answers.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<Answers>);

#[derive(Debug, Default)]
struct Answers {
    found: HashMap<Question, Option<Arc<People>>>,
    /// Each different answer once, however many questions and duties have it.
    different: HashMap<Arc<[Text]>, Arc<People>>,
    /// What the questions and the different answers hold, in people.
    held: usize,
    /// Of duties whose people may yet be others.
    last: HashMap<DutyRef, Found>,
    /// Of those that ended, the last that were read: what is dated back may say that they were others'.
    ended: HashMap<DutyRef, Found>,
    /// In the order in which they were read; those that opened again stand there too.
    order: VecDeque<DutyRef>,
}

/// Whom a duty's row named when it was last read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// How often the registers had been written by then.
    pub(crate) written: u64,
    pub(crate) holders: Option<Arc<People>>,
    /// As at when the people of a step were asked for last.
    pub(crate) step_at: Option<Instant>,
}

impl People {
    pub(crate) fn contains(&self, officer: Text) -> bool {
        self.all.binary_search(&officer).is_ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Text> {
        self.all.iter().copied()
    }

    pub(crate) fn names(&self) -> Arc<[String]> {
        self.names.clone()
    }
}

impl Asked {
    /// The answer to a question, found where it was not asked before.
    pub(crate) fn answer(
        &self,
        question: Question,
        find: impl FnOnce(&Question) -> Option<Arc<People>>,
    ) -> Option<Arc<People>> {
        if let Some(found) = self.with(|answers| answers.found.get(&question).cloned()) {
            return found;
        }
        let found = find(&question);
        self.with(|answers| answers.keep(question, found))
    }

    /// Some people, with their names found where these people were not asked for before.
    pub(crate) fn people(
        &self,
        all: &BTreeSet<Text>,
        names: impl FnOnce(&[Text]) -> Vec<String>,
    ) -> Arc<People> {
        let all: Arc<[Text]> = all.iter().copied().collect();
        self.with(|answers| answers.people(all, names))
    }

    /// Keeps whom a duty's row names.
    pub(crate) fn note(&self, duty: DutyRef, found: Found, has_ended: bool) {
        self.with(|answers| match has_ended {
            true => answers.note_ended(duty, found),
            false => {
                answers.ended.remove(&duty);
                answers.last.insert(duty, found);
            }
        });
    }

    /// Only answers by at most so many entries of posts and covers still hold: one was put in behind these.
    pub(crate) fn outdate(&self, entries: usize) {
        self.with(|answers| answers.outdate(entries));
    }

    /// Takes over whom rows named, once the registers were read anew.
    pub(crate) fn come_after(&self, before: &Self) {
        let Answers { last, ended, order, .. } = before.with(std::mem::take);
        self.with(|answers| (answers.last, answers.ended, answers.order) = (last, ended, order));
    }

    /// Refers to duties as they are referred to now.
    pub(crate) fn renumber(&self, renumbering: &Renumbering) {
        self.with(|answers| {
            for notes in [&mut answers.last, &mut answers.ended] {
                let old = std::mem::take(notes).into_iter();
                *notes = old.filter_map(|(duty, found)| Some((renumbering.now(duty)?, found))).collect();
            }
            let order = std::mem::take(&mut answers.order).into_iter();
            answers.order = order.filter_map(|duty| renumbering.now(duty)).collect();
        });
    }

    /// Duties are referred to otherwise, each as it was and as it is.
    pub(crate) fn referred(&self, same: &[(DutyRef, DutyRef)]) {
        self.with(|answers| {
            for (was, is) in same {
                if let Some(found) = answers.ended.remove(was) {
                    answers.note_ended(*is, found);
                }
            }
        });
    }

    /// Whom a duty's row named when it was last read.
    pub(crate) fn last(&self, duty: DutyRef) -> Option<Found> {
        self.with(|answers| answers.last.get(&duty).or_else(|| answers.ended.get(&duty)).cloned())
    }

    fn with<R>(&self, act: impl FnOnce(&mut Answers) -> R) -> R {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Answers {
    fn note_ended(&mut self, duty: DutyRef, found: Found) {
        self.last.remove(&duty);
        if self.ended.insert(duty, found).is_none() {
            self.order.push_back(duty);
        }
        if self.order.len() > MOST_ENDED {
            let first = self.order.pop_front();
            first.map(|first| self.ended.remove(&first));
        }
    }

    fn outdate(&mut self, entries: usize) {
        let held = &mut self.held;
        self.found.retain(|question, _| {
            let holds = question.posts <= entries;
            if !holds {
                *held = held.saturating_sub(1 + question.allocated.len());
            }
            holds
        });
    }

    fn keep(&mut self, question: Question, found: Option<Arc<People>>) -> Option<Arc<People>> {
        self.make_room(1 + question.allocated.len());
        self.found.insert(question, found.clone());
        found
    }

    fn people(&mut self, all: Arc<[Text]>, names: impl FnOnce(&[Text]) -> Vec<String>) -> Arc<People> {
        if let Some(same) = self.different.get(&all) {
            return Arc::clone(same);
        }
        self.make_room(1 + all.len());
        let people = Arc::new(People { names: names(&all).into(), all: Arc::clone(&all) });
        self.different.insert(all, Arc::clone(&people));
        people
    }

    /// Where too much is held, lets go of every question, and of the answers that no duty has. Those that are left count for
    /// nothing: they are there in any case.
    fn make_room(&mut self, more: usize) {
        if self.held > MOST {
            self.found.clear();
            self.different.retain(|_, people| Arc::strong_count(people) > 1);
            self.held = 0;
        }
        self.held += more;
    }
}
