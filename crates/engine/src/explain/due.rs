//! When a duty is due, step by step.

use super::words::ordinal;
use super::{Section, Story, days};
use crate::duty::State;
use crate::evaluate::effective::NO_NODE;
use crate::evaluate::every;
use crate::evaluate::rows::DutyRef;
use crate::policy::{Pattern, span};
use crate::time::{Instant, Span};
use crate::words::counted;

/// Dues missed that are shown with their dates.
const MISSED_SHOWN: u64 = 12;

impl Story<'_, '_> {
    pub(super) fn tell_due(&mut self) {
        match self.rule.pattern {
            Pattern::Respond => self.tell_respond_due(),
            Pattern::Every => self.tell_every_due(),
            Pattern::Attend => {
                if let Some(within) = self.rule.within {
                    self.tell_after(
                        "To be recorded by",
                        self.words.view.at(self.start),
                        within,
                        "the meeting",
                    );
                }
            }
            Pattern::Before | Pattern::Holds | Pattern::Never => {
                let at = self.words.time(self.words.view.at(self.row.trigger));
                self.say(Section::Due, 0, format!("Judged at the trigger itself, {at}."));
            }
        }
        self.tell_no_sooner();
    }

    fn tell_respond_due(&mut self) {
        let Some(guard) = &self.rule.due else {
            if let Some(within) = self.rule.within {
                self.tell_after("Due by", self.words.view.at(self.start), within, "the trigger");
            }
            return;
        };
        let text = guard.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let Some(named) = self.trace.named_due else {
            self.say(Section::Due, 0, format!("The rule takes its due from `{text}`, which gives none."));
            return;
        };
        let time = self.words.time(named);
        let Some(back) = self.rule.due_before else {
            self.say(Section::Due, 0, format!("Due by {time}: that is what `{text}` says."));
            return;
        };
        self.say(Section::Due, 0, format!("`{text}` says {time}."));
        let before = self.words.clock.before(named, back);
        self.tell_count("Due by", named, back, before.map_err(|error| error.to_string()), "before that");
    }

    /// Tells a due that lies a span after an instant.
    fn tell_after(&mut self, what: &str, from: Instant, within: Span, of: &str) {
        let due = self.words.clock.due(from, within).map_err(|error| error.to_string());
        let after = format!("after {of} of {}", self.words.time(from));
        self.tell_count(what, from, within, due, &after);
    }

    fn tell_count(&mut self, what: &str, from: Instant, of: Span, to: Result<Instant, String>, after: &str) {
        let length = span(of);
        match to {
            Err(error) => {
                self.say(Section::Due, 0, format!("{length} {after} cannot be told: {error}."));
            }
            Ok(to) => {
                let limit = self.words.limit(to);
                self.say(Section::Due, 0, format!("{what} {limit}: {length} {after}."));
                for line in days::counting(self.words.clock, from, to, of) {
                    self.say(Section::Due, 1, line);
                }
            }
        }
    }

    fn tell_no_sooner(&mut self) {
        let Some(no_sooner) = self.rule.no_sooner_than else { return };
        let from = self.words.view.at(self.start);
        if let Ok(at) = self.words.clock.no_sooner(from, no_sooner) {
            let (time, length) = (self.words.time(at), span(no_sooner));
            self.say(Section::Due, 0, format!("No sooner than {time}: {length} after the trigger."));
        }
    }

    fn tell_every_due(&mut self) {
        let Some(every) = self.rule.every else { return };
        let from = self.words.view.at(self.start);
        match self.interval_before() {
            None => {
                let first = self.rule.first.unwrap_or(every);
                self.tell_after("The first is due by", from, first, "the start");
            }
            Some(before) if matches!(self.evaluation.state_of(before), State::Met | State::MetLate) => {
                self.tell_after("The next is due by", from, every, "the last response");
            }
            Some(before) => self.tell_after_excuse(before, from),
        }
        self.tell_missed(every);
    }

    /// The interval of the same chain that closed where this one starts.
    pub(super) fn interval_before(&self) -> Option<DutyRef> {
        let duties = &self.evaluation.ran.duties[self.duty.group as usize];
        let is_before = |&row: &u32| {
            let duty = &duties.rows[row as usize];
            (duty.trigger, duty.closed_by, duties.part(row)) == (self.row.trigger, self.start, self.part)
                && duty.key == self.row.key
        };
        if self.start == self.row.trigger {
            return None;
        }
        (0..self.duty.row).rev().find(is_before).map(|row| DutyRef { group: self.duty.group, row })
    }

    fn tell_after_excuse(&mut self, before: DutyRef, from: Instant) {
        let last = self.evaluation.due(before);
        let every = self.evaluation.rule(before).and_then(|rule| rule.every);
        let (Some(due), Some(last), Some(every)) = (self.evaluation.due(self.duty), last, every) else {
            return;
        };
        let text = format!(
            "Due by {}: the interval before was due by {} and was excused at {}; its further dues, {} apart, go on \
             from there, and this is the first of them after the excuse.",
            self.words.limit(due),
            self.words.limit(last),
            self.words.time(from),
            span(every)
        );
        self.say(Section::Due, 0, text);
    }

    fn tell_missed(&mut self, every: Span) {
        let clock = self.words.clock;
        let end = if self.row.is_open() {
            self.words.view.as_of
        } else {
            (self.row.closed_by != NO_NODE).then(|| self.words.view.at(self.row.closed_by))
        };
        let (Some(due), Some(end)) = (self.evaluation.due(self.duty), end) else { return };
        if self.state == State::Undecided {
            return;
        }
        let missed = every::passed(clock, due, every, end);
        if missed == 0 {
            return;
        }
        let passed = counted(missed, "due of this interval passed", "dues of this interval passed");
        self.say(Section::Due, 0, format!("{passed} without a response:"));
        for k in 0..missed.min(MISSED_SHOWN) {
            if let Ok(at) = every::further(clock, due, every, k) {
                let limit = self.words.limit(at);
                self.say(Section::Due, 1, format!("the {} was {limit}", ordinal(k + 1)));
            }
        }
        if missed > MISSED_SHOWN {
            self.say(Section::Due, 1, format!("and {} more", missed - MISSED_SHOWN));
        }
    }
}
