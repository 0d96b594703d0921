//! Working days need a calendar.

use crate::policy::read::fields::{Places, Sink};
use crate::policy::read::header::Header;
use crate::policy::{DutyRule, Pattern, Place, Problem};
use crate::time::{Span, TimeError};

pub(super) fn of_duty(header: &Header, rule: &DutyRule, places: &Places, sink: &mut Sink) {
    let within = if rule.pattern == Pattern::Attend { "record_within" } else { "within" };
    let spans = [
        (within, rule.within),
        ("due_before", rule.due_before),
        ("no_sooner_than", rule.no_sooner_than),
        ("every", rule.every),
        ("first", rule.first),
    ];
    for (field, span) in spans {
        needs_calendar(header, span, places.of(field), sink);
    }
}

/// Reports working days in a policy that names no calendar.
pub(super) fn needs_calendar(header: &Header, span: Option<Span>, place: &Place, sink: &mut Sink) {
    let Some(span) = span.filter(|span| span.counts_working_days() && !header.names_calendar()) else {
        return;
    };
    sink.push(Problem::new(TimeError::NoCalendar(span).to_string(), place));
}
