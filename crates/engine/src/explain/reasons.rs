//! Why a candidate did not count, in words.

use super::trace::{Role, Walk, guard_of};
use super::words::Words;
use crate::evaluate::attend::Attendance;
use crate::evaluate::effective::Node;
use crate::evaluate::judge::{Barred, Candidate, Moment};
use crate::evaluate::judged::{Excluded, LookBack};
use crate::evaluate::plan::RulePlan;
use crate::evaluate::same;
use crate::evaluate::state::Open;
use crate::log::Text;

/// Why a candidate did not count.
pub(super) fn because(
    walk: &Walk<'_, '_>,
    moment: &Moment<'_>,
    rule: &RulePlan<'_>,
    open: &Open,
    (node, role): (Node, Role),
    candidate: &Candidate,
    barred: Option<Barred>,
) -> String {
    let guard = || {
        let about = moment.about_candidate(rule, open, node);
        guard_of(rule, role).map_or(String::new(), |guard| walk.guard_words(guard, about))
    };
    match candidate {
        Candidate::Counts => String::new(),
        Candidate::OtherPart => other_part(walk.words, moment, rule, open, node),
        Candidate::Differs | Candidate::Missing => same_reason(walk.words, rule, open.trigger, node),
        Candidate::NotIndependent => walk.barred_words(barred),
        Candidate::GuardFalse | Candidate::GuardFailed(_) => format!("its guard {}", guard()),
    }
}

fn other_part(
    words: Words<'_, '_>,
    moment: &Moment<'_>,
    rule: &RulePlan<'_>,
    open: &Open,
    node: Node,
) -> String {
    let Some(role) = rule.duty().each else { return String::new() };
    let linked = moment.view.links(node, role);
    let (role, part) = (words.name(role.name), words.name(open.part));
    format!("it is of another part: as {role} it links {}, not `{part}`", words.entities(linked))
}

/// Which value of `same` differs or is missing, with both values.
pub(super) fn same_reason(
    words: Words<'_, '_>,
    rule: &RulePlan<'_>,
    trigger: Node,
    candidate: Node,
) -> String {
    let plan = rule.duty();
    let compared = plan.same.iter().zip(&plan.rule.same).map(|(slot, name)| {
        let of = |node| same::values(words.view, node, slot);
        (name, of(trigger), of(candidate), same::compare(words.view, &[*slot], trigger, candidate))
    });
    let compared: Vec<_> = compared.collect();
    let worst = compared.iter().find(|(.., same)| *same == same::Same::Differs);
    let Some((name, wanted, had, _)) =
        worst.or_else(|| compared.iter().find(|(.., same)| *same == same::Same::Missing))
    else {
        return String::new();
    };
    match (wanted.is_empty(), had.is_empty()) {
        (true, _) => format!("`{name}` must be the same, and the trigger has none"),
        (false, true) => {
            format!("`{name}` must be the same: the trigger has {}, and it has none", words.values(*wanted))
        }
        (false, false) => format!(
            "`{name}` differs: the trigger has {}, and it has {}",
            words.values(*wanted),
            words.values(*had)
        ),
    }
}

/// Why a trigger does not look at an earlier event.
pub(super) fn excluded(words: Words<'_, '_>, excluded: Excluded, look_back: &LookBack) -> String {
    match (excluded, look_back.start, look_back.since) {
        (Excluded::BeforeStart, Some(start), _) => {
            format!("it is outside the look-back, which begins {}", words.time(start))
        }
        (Excluded::BeforeSince, _, Some(since)) => {
            format!("it came before the latest `since`, {}", words.event(since))
        }
        _ => "it is outside the look-back".to_owned(),
    }
}

/// What an entry says of an agency.
pub(super) fn entered(words: Words<'_, '_>, agency: Text, attendance: Attendance) -> String {
    let said = match attendance {
        Attendance::Attended => "attended",
        Attendance::ApologiesWithReport => "apologies with a report",
        Attendance::Apologies => "apologies without a report",
        Attendance::Absent => "absent",
    };
    format!("it says of `{}`: {said}", words.name(agency))
}
