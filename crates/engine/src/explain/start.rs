//! What started a duty.

use super::words::{lasting, ordinal};
use super::{Section, Story};
use crate::duty::{Invited, State};
use crate::evaluate::attend;
use crate::policy::Pattern;
use crate::time::Instant;

impl Story<'_, '_> {
    pub(super) fn tell_start(&mut self) {
        let (view, trigger) = (self.words.view, self.row.trigger);
        self.say_of(Section::Start, 0, trigger, format!("{}.", self.words.event(trigger)));
        self.tell_recording();
        self.tell_cause(trigger, 1);
        self.tell_interval();
        self.tell_key();
        if let Some(given) = self.trace.given {
            self.say_of(Section::Start, 0, given, format!("Given {}.", self.words.event(given)));
        }
        if let Some(guard) = self.trace.where_.clone() {
            self.say(Section::Start, 0, format!("Its `where` {guard}."));
        }
        if self.rule.pattern == Pattern::Attend && self.state != State::Undecided {
            let part = self.words.name(self.part);
            let text = match attend::invited(view, &self.evaluation.special, self.rule, trigger, self.part) {
                Invited::Yes => format!("`{part}` was invited."),
                Invited::No => format!("`{part}` is not on the list of those invited."),
                Invited::Unknown => format!("No list says whether `{part}` was invited."),
            };
            self.say(Section::Start, 0, text);
        }
        self.tell_version();
    }

    fn tell_recording(&mut self) {
        let (view, trigger) = (self.words.view, self.row.trigger);
        let (at, recorded_at) = (view.at(trigger), view.recorded_at(trigger));
        if view.is_derived(trigger) {
            return;
        }
        let text = match recorded_at.ms() - at.ms() {
            0 => "It was recorded at once.".to_owned(),
            ms if ms > 0 => format!("It was recorded {} after it happened.", lasting(ms)),
            ms => format!("It was recorded {} before it is said to happen.", lasting(ms)),
        };
        self.say(Section::Start, 0, text);
    }

    fn tell_interval(&mut self) {
        if self.rule.pattern != Pattern::Every {
            return;
        }
        let duties = &self.evaluation.ran.duties[self.duty.group as usize];
        let same_chain = |&row: &u32| {
            let duty = &duties.rows[row as usize];
            (duty.key, duty.trigger, duties.part(row)) == (self.row.key, self.row.trigger, self.part)
        };
        let number = (0..=self.duty.row).filter(same_chain).count() as u64;
        if self.start == self.row.trigger {
            self.say(Section::Start, 0, "This is the first interval, which starts with it.");
        } else {
            let event = self.words.event(self.start);
            let text = format!("This is the {} interval; it starts with {event}.", ordinal(number));
            self.say_of(Section::Start, 0, self.start, text);
        }
    }

    fn tell_key(&mut self) {
        let (words, lens) = (self.words, &self.rule.lens);
        let mut text = format!("It stands under the {lens} `{}`", words.name(self.row.key));
        if let Some(names) = words.view.identity.names(self.row.key) {
            let others: Vec<_> = names.iter().copied().filter(|&name| name != self.row.key).collect();
            if !others.is_empty() {
                text += &format!(" (also {})", words.entities(&others));
            }
        }
        if !words.name(self.part).is_empty() {
            let role = match self.rule.pattern {
                Pattern::Attend => "agency",
                Pattern::Holds => "officer",
                _ => self.rule.each.as_deref().unwrap_or("part"),
            };
            text += &format!(", for the {role} `{}`", words.name(self.part));
        }
        self.say(Section::Start, 0, text + ".");
    }

    fn tell_version(&mut self) {
        let policy = &self.version.policy;
        let version =
            policy.version.as_ref().map(|version| format!(" version {version}")).unwrap_or_default();
        let group = self.evaluation.group(self.duty);
        let instance = &group.instances[usize::from(self.row.rule)];
        let mut bounds = match instance.from {
            Instant::MIN => String::new(),
            from => format!(", in force from {}", self.words.day(from)),
        };
        if instance.to != Instant::NEVER {
            bounds += &format!(", no longer in force from {}", self.words.day(instance.to));
        }
        self.say(
            Section::Start,
            0,
            format!("The rule is that of policy `{}`{version}{bounds}.", policy.name),
        );
    }
}
