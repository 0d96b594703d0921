//! Where a duty stands, in a sentence.

use super::words::lasting;
use super::{Section, Story};
use crate::duty::State;
use crate::evaluate::effective::NO_NODE;
use crate::policy::Pattern;
use crate::time::Instant;

impl Story<'_, '_> {
    pub(super) fn tell_state(&mut self) {
        let text = match self.state {
            State::Pending => self.pending(),
            State::Overdue => self.still_open("Overdue", "nothing that counts has come"),
            State::Unrecorded => self.still_open("Unrecorded", "no entry says whether the agency was there"),
            State::Met | State::MetLate => self.closed("Met"),
            State::Excused | State::ExcusedLate => self.closed("Excused"),
            State::Ended | State::EndedLate => self.closed("Ended"),
            State::TooEarly => self.too_early(),
            State::Breached => self.breached(),
            State::Undecided => self.undecided(),
        };
        self.say(Section::State, 0, text);
        self.tell_recorded_late();
    }

    fn closing(&self) -> Option<(Instant, String)> {
        let node = self.row.closed_by;
        (node != NO_NODE).then(|| (self.words.view.at(node), self.words.event(node)))
    }

    fn pending(&self) -> String {
        let (Some(due), Some(as_of)) = (self.evaluation.due(self.duty), self.words.view.as_of) else {
            return "Pending: open, and not due yet.".to_owned();
        };
        let (time, limit) = (self.words.time(as_of), self.words.limit(due));
        format!("Pending: open as of {time}, and due in {}, by {limit}.", lasting(due.ms() - as_of.ms()))
    }

    fn still_open(&self, word: &str, lack: &str) -> String {
        let (Some(due), Some(as_of)) = (self.evaluation.due(self.duty), self.words.view.as_of) else {
            return format!("{word}: {lack}.");
        };
        let (late, limit) = (lasting(as_of.ms() - due.ms()), self.words.limit(due));
        let time = self.words.time(as_of);
        format!("{word}: {lack}; it was due by {limit}, and as of {time} that is {late} past.")
    }

    /// A duty closed in time, late, or met where it was judged.
    fn closed(&self, word: &str) -> String {
        if self.rule.pattern == Pattern::Holds {
            return format!("{word}: what must hold was true at the trigger.");
        }
        let Some((at, event)) = self.closing() else { return format!("{word}.") };
        if self.is_judged() {
            return format!("{word}: {event} came before the trigger.");
        }
        let Some(due) = self.evaluation.due(self.duty) else { return format!("{word} by {event}.") };
        let (gap, limit) = (lasting(due.ms() - at.ms()), self.words.limit(due));
        match (at > due, self.rule.pattern == Pattern::Attend && self.state == State::Met) {
            (true, true) => format!(
                "{word}: {event} says that the agency did its part; due by {limit}, the record was {gap} late."
            ),
            (true, false) => format!("{word} late, by {event}: due by {limit}, {gap} earlier."),
            (false, _) if at == due => format!("{word} in time, by {event}, at the very moment it was due."),
            (false, _) => format!("{word} in time, by {event}: due by {limit}, {gap} later."),
        }
    }

    fn is_judged(&self) -> bool {
        matches!(self.rule.pattern, Pattern::Before | Pattern::Holds | Pattern::Never)
    }

    fn too_early(&self) -> String {
        let Some((_, event)) = self.closing() else { return "Too early.".to_owned() };
        let from = self.words.view.at(self.start);
        let no_sooner = self.rule.no_sooner_than.and_then(|span| self.words.clock.no_sooner(from, span).ok());
        let limit = no_sooner.map(|at| format!(", before {}", self.words.time(at))).unwrap_or_default();
        format!("Too early: answered by {event}{limit}, which closes the duty without meeting it.")
    }

    fn breached(&self) -> String {
        let trigger = self.words.event(self.row.trigger);
        match self.rule.pattern {
            Pattern::Before => format!("Breached: nothing that counts came before {trigger}."),
            Pattern::Holds => format!("Breached: what must hold was false at {trigger}."),
            Pattern::Never if self.rule.unless_before.is_empty() => {
                format!("Breached: {trigger} must not happen.")
            }
            Pattern::Never => format!("Breached: {trigger} came without what would have allowed it."),
            _ => {
                let entry = self.closing().map(|(_, event)| event).unwrap_or_default();
                let late =
                    self.closing().zip(self.evaluation.due(self.duty)).filter(|((at, _), due)| at > due);
                let late = late.map(|((at, _), due)| {
                    let limit = self.words.limit(due);
                    format!(", {} after it was to be recorded by {limit}", lasting(at.ms() - due.ms()))
                });
                format!(
                    "Breached: by {entry}, `{}` was not there{}.",
                    self.words.name(self.part),
                    late.unwrap_or_default()
                )
            }
        }
    }

    fn undecided(&self) -> String {
        let duties = &self.evaluation.ran.duties[self.duty.group as usize];
        let what = duties.undecided.get(&self.duty.row).map_or("", String::as_str);
        let trigger = self.words.named(self.row.trigger);
        format!("Undecided for want of `{what}`: {}.", to_record(what, &trigger))
    }

    fn tell_recorded_late(&mut self) {
        if !self.row.recorded_late {
            return;
        }
        let text = match (self.rule.pattern, self.closing()) {
            (Pattern::Holds, _) => {
                "Recorded late: what the registers knew at the trigger would not do; an entry that was recorded later \
                 makes it true."
                    .to_owned()
            }
            (_, Some(_)) => {
                let recorded_at = self.words.time(self.words.view.recorded_at(self.row.closed_by));
                let limit = self.evaluation.due(self.duty).map(|due| self.words.limit(due)).unwrap_or_default();
                format!("Recorded late: it is dated in time, but was recorded {recorded_at}, after {limit}.")
            }
            (_, None) => return,
        };
        self.say(Section::State, 0, text);
    }
}

/// What to record so that an undecided duty can be decided.
fn to_record(what: &str, trigger: &str) -> String {
    if let Some(calendar) = what.strip_prefix("calendar ") {
        return format!("working days are to be counted where the calendar `{calendar}` does not reach");
    }
    let named = |prefix: &str| {
        let name = what.strip_prefix(prefix)?;
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-').then_some(name)
    };
    if let Some(name) = named("event.attrs.") {
        return format!("record the attribute `{name}` on {trigger}, in a correction of it");
    }
    if let Some(name) = named("event.links.") {
        return format!("record who or what {trigger} links as `{name}`, in a correction of it");
    }
    if let Some(name) = named("given.attrs.") {
        return format!(
            "record the attribute `{name}` on the event that the rule calls `given`, in a correction of it"
        );
    }
    if ["qualified(", "has_role(", "rank_at_least(", "in_team(", "filled("]
        .iter()
        .any(|call| what.starts_with(call))
    {
        return "the registers know nothing of the officer or team that it asks about; record their posts, covers or \
                qualifications"
            .to_owned();
    }
    if what == "event.stream" {
        return format!("record the stream of {trigger}, in a correction of it");
    }
    format!("it cannot be evaluated with what {trigger} says; correct what it reads")
}
