//! Every candidate that was considered, in order, and what became of it.

use super::trace::{Considered, Verdict};
use super::{Section, Story};
use crate::duty::State;
use crate::policy::Pattern;
use crate::words::counted;

/// Shown of those that came before the duty could look at them: the last; and after it was closed: the first.
const BEYOND_SHOWN: usize = 3;
/// Shown of those that did not count, at each end.
const NOT_SHOWN: usize = 20;

impl Story<'_, '_> {
    pub(super) fn tell_considered(&mut self) {
        let all = std::mem::take(&mut self.trace.considered);
        let of = |verdict: Verdict| all.iter().filter(move |considered| considered.verdict == verdict);
        let (before, not, after) =
            (of(Verdict::Before).count(), of(Verdict::Not).count(), of(Verdict::After).count());
        if before > BEYOND_SHOWN {
            self.say(Section::Considered, 0, left_out(before - BEYOND_SHOWN, "earlier"));
        }
        let mut places = [0; 3];
        for considered in &all {
            let (place, is_shown) = match considered.verdict {
                Verdict::Counted => (0, true),
                Verdict::Before => next(&mut places[0], |place| place + BEYOND_SHOWN >= before),
                Verdict::Not => next(&mut places[1], |place| place < NOT_SHOWN || place + NOT_SHOWN >= not),
                Verdict::After => next(&mut places[2], |place| place < BEYOND_SHOWN),
            };
            if is_shown {
                self.tell_one(considered);
            } else if considered.verdict == Verdict::Not && place == NOT_SHOWN {
                self.say(Section::Considered, 0, left_out(not - 2 * NOT_SHOWN, "such"));
            }
        }
        if after > BEYOND_SHOWN {
            self.say(Section::Considered, 0, left_out(after - BEYOND_SHOWN, "later"));
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
                format!("Only {guard}.")
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
            Verdict::Counted => "counts",
            Verdict::Before | Verdict::Not | Verdict::After => "does not count",
        };
        let text = format!("{event}, as {role}, {verdict}: {why}.");
        self.say_of(Section::Considered, 0, considered.node, text);
    }
}

fn left_out(number: usize, which: &str) -> String {
    let (one, many) = (format!("{which} one is left out."), format!("{which} ones are left out."));
    counted(number as u64, &one, &many)
}

/// The next place in a count from 0, and whether it is shown.
fn next(count: &mut usize, is_shown: impl Fn(usize) -> bool) -> (usize, bool) {
    let place = *count;
    *count += 1;
    (place, is_shown(place))
}
