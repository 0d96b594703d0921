//! The texts of a log, and those that only a policy has.

use crate::log::{Text, Texts};

/// A log's dictionary with more texts behind it.
pub(crate) struct Names<'a> {
    log: &'a Texts,
    more: Texts,
}

impl<'a> Names<'a> {
    pub(crate) fn new(log: &'a Texts) -> Self {
        Self { log, more: Texts::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.log.len() + self.more.len() - 1
    }

    pub(crate) fn get(&self, text: Text) -> &str {
        match text.index().checked_sub(self.log.len()) {
            None => self.log.get(text),
            Some(place) => self.more.get(Text::from_index(place + 1)),
        }
    }

    pub(crate) fn find(&self, text: &str) -> Option<Text> {
        self.log.find(text).or_else(|| self.more.find(text).map(|found| self.behind(found)))
    }

    pub(crate) fn intern(&mut self, text: &str) -> Text {
        if let Some(found) = self.log.find(text) {
            return found;
        }
        let found = self.more.intern(text);
        self.behind(found)
    }

    fn behind(&self, more: Text) -> Text {
        Text::from_index(self.log.len() + more.index() - 1)
    }
}
