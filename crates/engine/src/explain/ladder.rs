//! Who owes a duty, and how its ladder climbed.

use std::sync::Arc;

use super::words::joined;
use super::{Section, Story};
use crate::duty::{ReportCode, State, StepRow};
use crate::evaluate::effective::NO_NODE;
use crate::evaluate::ladder;
use crate::log::Text;
use crate::policy::Pattern;
use crate::time::Instant;

impl Story<'_, '_> {
    pub(super) fn tell_owner(&mut self) {
        let climb = ladder::climb(self.evaluation, self.duty);
        match climb.owner {
            None if self.rule.owner.is_none() => self.say(Section::Owner, 0, "The rule names no owner."),
            None => self.say(Section::Owner, 0, "Nobody: the trigger does not have what `owner` names."),
            Some(owner) => self.tell_holders(owner, climb.holders.map(|holders| holders.names())),
        }
        self.tell_ladder(&climb.steps);
        for report in &climb.reports {
            if matches!(report.code, ReportCode::AnswerRefused | ReportCode::AnswerByOther) {
                let event = report.event.clone();
                let event_name = event.as_deref().unwrap_or_default();
                self.say(Section::Owner, 1, format!("`{event_name}`: {}.", report.text));
            }
        }
    }

    fn tell_holders(&mut self, owner: Text, holders: Option<Arc<[String]>>) {
        let owner = self.words.name(owner);
        let agency = self.version.policy.roles.get(owner);
        let role = agency.map_or(format!("`{owner}`"), |agency| format!("`{owner}` of `{agency}`"));
        let text = match holders {
            None => format!("{role}; no register says who that is."),
            Some(holders) if holders.is_empty() && agency.is_some() => format!("{role}; nobody holds it."),
            Some(holders) if holders.is_empty() => format!("{role}, an agency."),
            Some(holders) if *holders == [owner] => format!("{role}."),
            Some(holders) => format!("{role}: {}.", people(&holders)),
        };
        self.say(Section::Owner, 0, text);
    }

    fn tell_ladder(&mut self, steps: &[StepRow]) {
        let Some(name) = &self.rule.ladder else {
            self.say(Section::Owner, 0, "The rule has no ladder.");
            return;
        };
        if steps.is_empty() {
            self.say(Section::Owner, 0, format!("Ladder `{name}`: {}.", self.no_steps()));
            return;
        }
        self.say(Section::Owner, 0, format!("Ladder `{name}`:"));
        for (place, step) in steps.iter().enumerate() {
            self.tell_step(step, steps.get(place + 1));
        }
    }

    fn no_steps(&self) -> &'static str {
        if self.evaluation.instance(self.duty).starts_from_escalation {
            return "none, because the rule starts from an escalation";
        }
        match self.state {
            State::Pending => "not opened; it opens when the duty is overdue",
            State::Undecided => "none while the duty is undecided",
            State::TooEarly => "none for an answer that came too early",
            _ => "never opened, since the duty was neither late nor breached",
        }
    }

    fn tell_step(&mut self, step: &StepRow, next: Option<&StepRow>) {
        let agency = step.agency.as_ref().map(|agency| format!(" of `{agency}`")).unwrap_or_default();
        let to = match &step.holders {
            None => "no register says who that is".to_owned(),
            Some(holders) if holders.is_empty() => "nobody is left who may answer it".to_owned(),
            Some(holders) => people(holders),
        };
        let opens = self.words.time(step.opens);
        let text = format!("step {} opened {opens}, to `{}`{agency}: {to}", step.step, step.to);
        self.say(Section::Owner, 1, text);
        for text in self.heard(step) {
            self.say(Section::Owner, 2, text);
        }
        self.say(Section::Owner, 2, self.outcome(step, next));
    }

    /// When a step was raised, seen and answered.
    fn heard(&self, step: &StepRow) -> Vec<String> {
        let mut heard = Vec::new();
        if let Some(raised) = step.raised {
            heard.push(format!("raised {}", self.words.time(raised)));
        }
        if let Some(seen) = step.seen.filter(|&seen| step.answered != Some(seen)) {
            heard.push(format!("seen {}", self.words.time(seen)));
        }
        if let Some(answered) = step.answered {
            let decision = step.decision.as_ref().map(|word| format!(" `{word}`")).unwrap_or_default();
            let by = self.answered_by(answered);
            heard.push(format!("answered{decision} {}{by}", self.words.time(answered)));
        }
        heard
    }

    /// The officers of the answer of an instant.
    fn answered_by(&self, at: Instant) -> String {
        let (view, special) = (self.words.view, &self.evaluation.special);
        let rule = view.names.find(&self.rule.name);
        let named = rule.map_or(&[][..], |rule| special.escalations_of(rule, self.row.key));
        let answer = named
            .iter()
            .find(|&&node| view.at(node) == at && view.kind_text(node) == "escalation.answered")
            .map(|&node| view.raw_links(node, special.officer))
            .filter(|officers| !officers.is_empty());
        answer.map(|officers| format!(" by {}", self.words.entities(officers))).unwrap_or_default()
    }

    /// Why a step climbed, or did not.
    fn outcome(&self, step: &StepRow, next: Option<&StepRow>) -> String {
        let skipped = step.holders.as_ref().is_some_and(|holders| holders.is_empty());
        let due = step.due.map(|due| self.words.limit(due));
        match (next, due) {
            (Some(_), _) if skipped => "skipped at once".to_owned(),
            (None, _) if skipped => "skipped at once, and there is no further step".to_owned(),
            (Some(next), _)
                if step.decision.as_deref() == Some("climb") && step.answered == Some(next.opens) =>
            {
                "the answer asked for the next step, which opened then".to_owned()
            }
            (Some(_), Some(due)) if step.answered.is_some() => {
                format!("due by {due}; an answer does not close the duty, so it climbed then")
            }
            (Some(_), Some(due)) => format!("due by {due}; not answered by then, so it climbed"),
            (Some(_), None) => "it climbed".to_owned(),
            (None, due) => {
                let due = due.map(|due| format!("due by {due}; ")).unwrap_or_default();
                format!("{due}{}", self.stays(step))
            }
        }
    }

    /// Why a ladder goes no further than a step.
    fn stays(&self, step: &StepRow) -> String {
        let ladder = self.rule.ladder.as_ref().and_then(|name| self.version.policy.ladders.get(name));
        let is_last = ladder.is_some_and(|ladder| ladder.steps.len() == step.step);
        let breached = self.state == State::Breached;
        if breached && step.decision.as_deref() == Some("accepted") {
            return "the breach was accepted with a reason and an action, which closes the ladder".to_owned();
        }
        let closed = self.row.closed_by != NO_NODE && !breached && !self.is_judged_earlier();
        if closed {
            let at = self.words.time(self.words.view.at(self.row.closed_by));
            return format!("the duty was closed {at}, and it climbed no further");
        }
        match (is_last, step.due) {
            (true, _) => "the last step: it stays open until the duty is closed".to_owned(),
            (false, None) => "no due can be told, so it climbs only by an answer".to_owned(),
            (false, Some(_)) => "it has not climbed further yet".to_owned(),
        }
    }

    fn is_judged_earlier(&self) -> bool {
        matches!(self.rule.pattern, Pattern::Before | Pattern::Holds | Pattern::Never)
    }
}

fn people(people: &[String]) -> String {
    joined(&people.iter().map(|person| format!("`{person}`")).collect::<Vec<_>>())
}
