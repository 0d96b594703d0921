//! What made a derived event: the window of a signal, the duty of a transition.

use super::words::joined;
use super::{Section, Story};
use crate::evaluate::derived::Shape;
use crate::evaluate::effective::Node;
use crate::evaluate::partition;
use crate::evaluate::plan::{GroupPlan, Pass};
use crate::evaluate::registers::Asking;
use crate::evaluate::run::Worker;
use crate::log::Text;
use crate::policy::{KindName, span};
use crate::words::counted;

/// How deep causes of causes are told.
const DEPTH: u8 = 3;
/// Events of a window that are named.
const WINDOW_SHOWN: usize = 12;

impl Story<'_, '_> {
    /// Tells what an event comes of, if the evaluation made it.
    pub(super) fn tell_cause(&mut self, node: Node, depth: u8) {
        let view = self.words.view;
        let Some(derived) = view.derived_of(node).filter(|_| depth <= DEPTH) else { return };
        match &derived.shape {
            Shape::Signal { event, .. } => {
                self.tell_window(node, *event, (derived.key, derived.shape.per()), depth);
            }
            Shape::Duty(of) => {
                let trigger = of.trigger;
                let rule = KindName::parse(view.kind_text(node)).maker().unwrap_or_default();
                let event = self.words.event(trigger);
                let text = format!("It comes of a duty of `{rule}`, started by {event}");
                self.say_of(Section::Start, depth, trigger, text);
                self.tell_cause(trigger, depth + 1);
            }
        }
    }

    fn tell_window(&mut self, node: Node, event: Node, (key, per): (Text, &[String]), depth: u8) {
        let signals = &self.evaluation.ran.signals;
        let Some(&(number, _)) = signals.iter().find(|(_, raised)| *raised == node) else { return };
        let (name, length, has_terms) = self.signal(number, event);
        if has_terms {
            let text = format!("Signal `{name}`: {} in the note of {}", joined(per), self.words.event(event));
            return self.say_of(Section::Start, depth, event, text);
        }
        let members = self.window(number, event, key, per);
        let per = if per.is_empty() { String::new() } else { format!(" of {}", joined(per)) };
        let events = counted(members.len() as u64, "event", "events");
        self.say(Section::Start, depth, format!("Signal `{name}`{per}: {events} in its window{length}"));
        for &member in members.iter().take(WINDOW_SHOWN) {
            let text = self.words.event(member);
            self.say_of(Section::Start, depth + 1, member, text);
            self.tell_cause(member, depth + 2);
        }
        if members.len() > WINDOW_SHOWN {
            self.say(Section::Start, depth + 1, format!("and {} more", members.len() - WINDOW_SHOWN));
        }
    }

    /// A signal's name, how long its window is at an event, and whether it looks for terms.
    fn signal(&self, number: usize, event: Node) -> (String, String, bool) {
        let (view, compiled) = (self.words.view, self.words.view.compiled);
        let group = &compiled.groups[number];
        let at = view.at(event);
        let instance = group.instances.iter().find(|instance| instance.from <= at && at < instance.to);
        let rule =
            instance.and_then(|instance| compiled.versions[instance.version].policy.signals.get(&group.name));
        let length = rule.and_then(|rule| rule.within).map(|within| format!(" of {}", span(within)));
        let has_terms = rule.is_some_and(|rule| rule.terms.is_some());
        (group.name.clone(), length.unwrap_or_default(), has_terms)
    }

    /// The events in a signal's window at the event that raised it.
    fn window(&self, number: usize, event: Node, key: Text, per: &[String]) -> Vec<Node> {
        let view = self.words.view;
        let group = &view.compiled.groups[number];
        let bound = GroupPlan::new(view, view.compiled, number, true);
        let pass = Pass::new(view, &group.lens, vec![bound]);
        let mut worker =
            Worker::new(view, &pass, Asking::new(&self.evaluation.registers), &self.evaluation.special);
        worker.begin();
        for node in partition::of_key(self.evaluation, &pass, key) {
            worker.step_everywhere(key, node);
            if node == event {
                break;
            }
        }
        let rule = pass.groups.first().and_then(|group| group.in_force(view.at(event)));
        let seen = rule.and_then(|rule| worker.states.first()?.seen.get(rule));
        seen.map_or(Vec::new(), |seen| seen.window.nodes(per))
    }
}
