//! Every candidate that was considered, in order, and what became of it.

use super::trace::{Considered, Verdict};
use super::{Section, Story};
use crate::duty::State;
use crate::policy::Pattern;

/// Shown of those that came before the duty could look at them: the last; and after it was closed: the first.
const BEYOND_SHOWN: usize = 3;
/// Shown of those that did not count, at each end.
const NOT_SHOWN: usize = 20;

impl Story<'_, '_> {
    pub(super) fn tell_considered(&mut self) {
        let all = std::mem::take(&mut self.trace.considered);
        let of =
            |verdict: Verdict| all.iter().filter(move |considered| considered.verdict == verdict).count();
        let skipped_before = of(Verdict::Before).saturating_sub(BEYOND_SHOWN);
        let (nots, mut before, mut not, mut after) = (of(Verdict::Not), 0, 0, 0);
        if skipped_before > 0 {
            self.say(Section::Considered, 0, format!("{skipped_before} earlier are left out."));
        }
        for considered in &all {
            let place = match considered.verdict {
                Verdict::Before => &mut before,
                Verdict::Not => &mut not,
                Verdict::After => &mut after,
                Verdict::Counted => {
                    self.tell_one(considered);
                    continue;
                }
            };
            *place += 1;
            let place = *place;
            match considered.verdict {
                Verdict::Before if place <= skipped_before => {}
                Verdict::After if place > BEYOND_SHOWN => {}
                Verdict::Not if place > NOT_SHOWN && place + NOT_SHOWN <= nots => {
                    if place == NOT_SHOWN + 1 {
                        let left_out = nots - 2 * NOT_SHOWN;
                        let text = format!("{left_out} more that did not count are left out.");
                        self.say(Section::Considered, 0, text);
                    }
                }
                _ => self.tell_one(considered),
            }
        }
        if after > BEYOND_SHOWN {
            self.say(Section::Considered, 0, format!("{} later are left out.", after - BEYOND_SHOWN));
        }
        if all.is_empty() {
            self.say(Section::Considered, 0, self.nothing());
        }
        self.trace.considered = all;
    }

    fn nothing(&self) -> String {
        match (self.state, self.rule.pattern) {
            (State::Undecided, _) => "Nothing is considered while a value is missing.".to_owned(),
            (_, Pattern::Holds) => {
                let guard = self.trace.holds.as_deref().unwrap_or("the guard");
                format!("Only the guard: {guard}.")
            }
            (_, Pattern::Never) if self.rule.unless_before.is_empty() => {
                "Nothing: the rule names nothing that would allow it.".to_owned()
            }
            _ => "No event under this key that the rule names as an answer.".to_owned(),
        }
    }

    fn tell_one(&mut self, considered: &Considered) {
        let event = self.words.event(considered.node);
        let (role, why) = (considered.role.word(), &considered.why);
        let verdict = match considered.verdict {
            Verdict::Counted => "counted",
            Verdict::Before | Verdict::Not | Verdict::After => "not counted",
        };
        let text = format!("{role}: {event}: {verdict}: {why}.");
        self.say_of(Section::Considered, 0, considered.node, text);
    }
}
