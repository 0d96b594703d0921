//! `attend`: attendance owed by agencies at each meeting (`docs/policy-language.md`, "attend").

use std::collections::{HashMap, HashSet};

use super::effective::Node;
use super::judge::{Moment, Triggered, time_failure};
use super::plan::{self, Mask, RulePlan};
use super::same::{self, Same};
use super::state::{Duties, Duty, GroupState, Open, Report};
use super::view::{Seen, View};
use crate::duty::{Invited, ReportCode, State};
use crate::log::Text;
use crate::policy::{Agencies, DutyRule};

/// What an entry says of an agency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attendance {
    Attended,
    ApologiesWithReport,
    Apologies,
    Absent,
}

impl Attendance {
    fn of_word(word: &str) -> Option<Self> {
        Some(match word {
            "attended" => Self::Attended,
            "apologies+report" => Self::ApologiesWithReport,
            "apologies" => Self::Apologies,
            "absent" => Self::Absent,
            _ => return None,
        })
    }

    pub(crate) fn state(self, report_counts: bool) -> State {
        match self {
            Self::Attended => State::Met,
            Self::ApologiesWithReport if report_counts => State::Met,
            Self::ApologiesWithReport | Self::Apologies | Self::Absent => State::Breached,
        }
    }
}

/// Takes an event: a record of attendance, what closes otherwise, then what it triggers.
pub(crate) fn step(
    moment: &Moment<'_>,
    masks: &[Mask],
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    close(moment, masks, state, duties, reports);
    for (place, rule) in moment.group.rules.iter().enumerate() {
        if masks[place] & plan::TRIGGER != 0
            && let Some(triggered) = moment.triggered(rule, &state.seen[place])
        {
            self::open(moment, place as u8, rule, &triggered, state, duties, reports);
        }
        moment.keep(masks[place], &mut state.seen[place]);
    }
    duties.near.clear();
}

fn close(
    moment: &Moment<'_>,
    masks: &[Mask],
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    if masks.iter().any(|mask| mask & plan::ATTENDANCE != 0) {
        let entries = Entries::of(moment);
        for open in state.open.of_parts(entries.agencies()) {
            if is_of_meeting(moment, open.trigger)
                && let Some(attendance) = entries.read(moment, open.part, reports)
            {
                record(moment, attendance, &open, duties);
                state.open.remove(moment, &open);
            }
        }
    }
    for open in state.open.concerned(moment, masks) {
        let seen = &state.seen[usize::from(open.rule)];
        let mask = masks[usize::from(open.rule)];
        if let Some(closing) = moment.closing(&open, mask, false, seen, duties, reports) {
            moment.close(duties, open.row, moment.closed_state(&open, closing));
            duties.rows[open.row as usize].recorded_late = false;
            state.open.remove(moment, &open);
        }
    }
}

/// Whether the event is of the trigger's meeting.
pub(crate) fn is_of_meeting(moment: &Moment<'_>, trigger: Node) -> bool {
    same::compare(moment.view, &[moment.special.meeting], trigger, moment.node) == Same::Holds
}

/// What the entries of an event say, by agency.
pub(crate) struct Entries<'v>(HashMap<Text, Entry<'v>>);

/// An agency's first entry, and what is none before it.
#[derive(Default)]
struct Entry<'v> {
    attendance: Option<Attendance>,
    unknown: Vec<&'v str>,
}

impl<'v> Entries<'v> {
    pub(crate) fn of(moment: &Moment<'v>) -> Self {
        let view = moment.view;
        let mut all: HashMap<Text, Entry<'v>> = HashMap::new();
        let Some(Seen::Texts(entries)) = view.attr(moment.node, moment.special.attendance) else {
            return Self(all);
        };
        for text in entries.iter().map(|&entry| view.names.get(entry)) {
            let (agency, word) = text.split_once('=').unwrap_or((text, ""));
            let Some(agency) = view.names.find(agency) else { continue };
            let entry = all.entry(view.entity(agency)).or_default();
            match Attendance::of_word(word) {
                _ if entry.attendance.is_some() => {}
                Some(attendance) => entry.attendance = Some(attendance),
                None => entry.unknown.push(text),
            }
        }
        Self(all)
    }

    fn agencies(&self) -> impl Iterator<Item = Text> {
        self.0.keys().copied()
    }

    /// An agency's first entry; an unknown word is none, and reported.
    pub(crate) fn read(
        &self,
        moment: &Moment<'_>,
        agency: Text,
        reports: &mut Vec<Report>,
    ) -> Option<Attendance> {
        let entry = self.0.get(&agency)?;
        reports.extend(entry.unknown.iter().map(|unknown| {
            let text =
                format!("`{unknown}` is no entry; write attended, apologies+report, apologies or absent");
            moment.report(ReportCode::UnknownAttendance, text)
        }));
        entry.attendance
    }
}

fn record(moment: &Moment<'_>, attendance: Attendance, open: &Open, duties: &mut Duties) {
    let rule = moment.group.rules[usize::from(open.rule)].duty().rule;
    moment.close(duties, open.row, attendance.state(rule.report_counts));
}

fn open(
    moment: &Moment<'_>,
    place: u8,
    rule: &RulePlan<'_>,
    triggered: &Triggered,
    state: &mut GroupState,
    duties: &mut Duties,
    reports: &mut Vec<Report>,
) {
    let within = rule.duty().rule.within;
    let due = within.map_or(Err(String::new()), |span| {
        rule.clock().due(moment.at, span).map_err(|error| time_failure(&error))
    });
    let (agencies, no_list) = match agencies(moment, rule) {
        Some(agencies) => (agencies, None),
        None => (vec![Text::EMPTY], Some("event.attrs.invited".to_owned())),
    };
    let failure = triggered.failure.clone().or(due.clone().err()).or(no_list);
    let entries = Entries::of(moment);
    for agency in agencies {
        let duty = Duty::new(moment.key, moment.node, place);
        let row = duties.push_part(duty, due.clone().ok(), agency);
        let (None, Ok(due)) = (&failure, &due) else {
            duties.undecide(row, failure.clone().unwrap_or_default());
            continue;
        };
        let open = Open {
            row,
            rule: place,
            trigger: moment.node,
            start: moment.node,
            given: triggered.given,
            part: agency,
            due: *due,
            no_sooner: None,
        };
        match entries.read(moment, agency, reports) {
            Some(attendance) => record(moment, attendance, &open, duties),
            None => state.open.insert(moment, open),
        }
    }
}

/// The agencies that owe attendance; none where there is no list.
fn agencies(moment: &Moment<'_>, rule: &RulePlan<'_>) -> Option<Vec<Text>> {
    let plan = rule.duty();
    if plan.rule.agencies != Some(Agencies::Invited) {
        return Some(canonical(moment.view, &plan.agencies));
    }
    let Some(Seen::Texts(invited)) = moment.view.attr(moment.node, moment.special.invited) else {
        return None;
    };
    Some(canonical(moment.view, invited))
}

/// Agencies under their canonical names, each once.
fn canonical(view: &View<'_>, agencies: &[Text]) -> Vec<Text> {
    let mut seen = HashSet::new();
    agencies.iter().map(|&agency| view.entity(agency)).filter(|&agency| seen.insert(agency)).collect()
}

/// Whether an agency was asked to the meeting that triggered a duty.
pub(crate) fn invited(
    view: &View<'_>,
    special: &super::special::Special,
    rule: &DutyRule,
    trigger: Node,
    agency: Text,
) -> Invited {
    let owes_as_invited = rule.agencies == Some(Agencies::Invited);
    match view.attr(trigger, special.invited) {
        Some(Seen::Texts(_)) if owes_as_invited => Invited::Yes,
        Some(Seen::Texts(invited)) if invited.iter().any(|&other| view.entity(other) == agency) => {
            Invited::Yes
        }
        Some(Seen::Texts(_)) => Invited::No,
        _ => Invited::Unknown,
    }
}
