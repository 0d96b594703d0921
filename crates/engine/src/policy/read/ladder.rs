//! `[ladder.X]`.

use super::Drafted;
use super::fields::{Field, Sink, Units};
use crate::policy::layout::STEP_FIELDS;
use crate::policy::{Ladder, LadderStep, Problem, StepAgency};

pub(super) fn read_ladder(field: &Field, sink: &mut Sink) -> Option<Drafted<Ladder>> {
    let fields = field.table(format!("`[ladder.{}]`", field.name), sink)?;
    let settings = field.settings(sink);
    fields.refuse_unknown(&["steps"], sink);
    let list = fields
        .require("steps", "steps = [ { to = \"service-manager\" } ]", sink)
        .map(|steps| steps.list("steps", sink))
        .unwrap_or_default();
    if fields.has("steps") && list.is_empty() {
        let message = format!("{} has no step", fields.what);
        sink.push(Problem::new(message, fields.places().of("steps")).help("add one: `{ to = \"…\" }`"));
    }
    let steps: Vec<LadderStep> = list.iter().filter_map(|step| read_step(step, sink)).collect();
    if let Some((_, before)) = steps.split_last() {
        for (number, step) in before.iter().enumerate().filter(|(_, step)| step.answer_within.is_none()) {
            let message = format!("step {} of {} has no `answer_within`", number + 1, fields.what);
            let help = "only the last step may lack it; add one, such as `answer_within = \"1d\"`";
            sink.push(Problem::new(message, &step.place).help(help));
        }
    }
    let ladder = Ladder { name: field.name.to_owned(), place: field.place.clone(), steps, settings };
    Some(Drafted::new(ladder, fields.places()))
}

fn read_step(field: &Field, sink: &mut Sink) -> Option<LadderStep> {
    let fields = field.table("a step", sink)?;
    fields.refuse_unknown(STEP_FIELDS, sink);
    let to = fields.require("to", "to = \"service-manager\"", sink)?.name_text(sink)?.value;
    let agency = fields.text("agency", sink).map(|agency| match agency.as_str() {
        "owner" => StepAgency::Owner,
        _ => StepAgency::Named(agency),
    });
    let (bundle, within) = (fields.get("bundle"), fields.get("answer_within"));
    Some(LadderStep {
        to,
        agency,
        answer_within: within.and_then(|within| within.span(Units::Ahead, sink)),
        bundle: bundle.and_then(|bundle| bundle.boolean(sink)).unwrap_or_default(),
        place: fields.place,
    })
}
