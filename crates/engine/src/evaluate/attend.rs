//! `attend`: attendance owed by agencies at each meeting. Design, section 3.1.

use super::effective::Node;
use super::judge::{Moment, Triggered, time_failure};
use super::plan::{self, Mask, RulePlan};
use super::same::{self, Same};
use super::state::{Duties, Duty, GroupState, Open, Report};
use super::view::{Seen, View};
use crate::duty::{Invited, ReportCode, State};
use crate::log::Text;
use crate::policy::Agencies;

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
    let mut open = std::mem::take(&mut state.open);
    open.retain(|open| {
        let mask = masks[usize::from(open.rule)];
        if mask & plan::ATTENDANCE != 0
            && is_of_meeting(moment, open.trigger)
            && let Some(attendance) = entry(moment, open.part, reports)
        {
            record(moment, attendance, open, duties);
            return false;
        }
        let seen = &state.seen[usize::from(open.rule)];
        match moment.closing(open, mask, false, seen, duties, reports) {
            None => true,
            Some(closing) => {
                moment.close(duties, open.row, moment.closed_state(open, closing));
                duties.rows[open.row as usize].recorded_late = false;
                false
            }
        }
    });
    state.open = open;
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

/// Whether the event is of the trigger's meeting.
pub(crate) fn is_of_meeting(moment: &Moment<'_>, trigger: Node) -> bool {
    same::compare(moment.view, &[moment.special.meeting], trigger, moment.node) == Same::Holds
}

/// The first entry of an agency in the event; an unknown word is none, and reported.
pub(crate) fn entry(moment: &Moment<'_>, agency: Text, reports: &mut Vec<Report>) -> Option<Attendance> {
    let Some(Seen::Texts(entries)) = moment.view.attr(moment.node, moment.special.attendance) else {
        return None;
    };
    let view = moment.view;
    for &entry in entries {
        let entry = view.names.get(entry);
        let (of, word) = entry.split_once('=').unwrap_or((entry, ""));
        if view.names.find(of).map(|of| view.entity(of)) != Some(agency) && of != view.names.get(agency) {
            continue;
        }
        match Attendance::of_word(word) {
            Some(attendance) => return Some(attendance),
            None => {
                let text =
                    format!("`{entry}` is no entry; write attended, apologies+report, apologies or absent");
                reports.push(moment.report(ReportCode::UnknownAttendance, text));
            }
        }
    }
    None
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
        match entry(moment, agency, reports) {
            Some(attendance) => record(moment, attendance, &open, duties),
            None => state.open.push(open),
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
    let mut all: Vec<Text> = Vec::new();
    for agency in agencies.iter().map(|&agency| view.entity(agency)) {
        if !all.contains(&agency) {
            all.push(agency);
        }
    }
    all
}

/// Whether an agency was asked to the meeting that triggered a duty.
pub(crate) fn invited(
    view: &View<'_>,
    special: &super::special::Special,
    trigger: Node,
    agency: Text,
) -> Invited {
    match view.attr(trigger, special.invited) {
        Some(Seen::Texts(invited)) if canonical(view, invited).contains(&agency) => Invited::Yes,
        Some(Seen::Texts(_)) => Invited::No,
        _ => Invited::Unknown,
    }
}
