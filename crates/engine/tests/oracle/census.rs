//! What came up in the cases that were made: a count of each state of each pattern, and of each feature.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use engine::duty::{Invited, ReportCode, State};
use engine::policy::{Agencies, LadderStart, Owner, Pattern, Policy, StepAgency};

use super::Output;
use super::generate::Case;

/// How often each thing came up.
pub struct Census(BTreeMap<&'static str, u64>);

const CLOSING: [State; 6] =
    [State::Met, State::MetLate, State::Excused, State::ExcusedLate, State::Ended, State::EndedLate];

/// The states that duties of a pattern can come to.
fn states(pattern: Pattern) -> Vec<State> {
    match pattern {
        Pattern::Respond => {
            [&CLOSING[..], &[State::Pending, State::Overdue, State::TooEarly, State::Undecided]].concat()
        }
        Pattern::Every => [&CLOSING[..], &[State::Pending, State::Overdue, State::Undecided]].concat(),
        Pattern::Attend => {
            let own = [State::Met, State::Breached, State::Pending, State::Unrecorded, State::Undecided];
            [&CLOSING[2..], &own].concat()
        }
        Pattern::Before | Pattern::Holds | Pattern::Never => {
            vec![State::Met, State::Breached, State::Undecided]
        }
    }
}

const PATTERNS: [Pattern; 6] =
    [Pattern::Respond, Pattern::Before, Pattern::Holds, Pattern::Every, Pattern::Attend, Pattern::Never];

const FEATURES: &[&str] = &[
    "alias",
    "attend: agencies listed",
    "attend: breached late",
    "attend: closed at the trigger",
    "attend: invited",
    "attend: not invited",
    "attend: not known whether invited",
    "attend: report counts",
    "calendar ends",
    "correction",
    "correction: error of a circle",
    "correction: unknown root",
    "correction: withdrawal",
    "cut: as_of",
    "cut: in force ignored",
    "cut: known_by",
    "every: excused goes on",
    "every: first",
    "every: further interval",
    "every: missed twice",
    "field: as",
    "field: discharges oldest",
    "field: due",
    "field: due_before",
    "field: each",
    "field: expect_where",
    "field: given",
    "field: in_force of a rule",
    "field: independent_of",
    "field: look-back",
    "field: no_sooner_than",
    "field: same",
    "field: since",
    "field: unless_before",
    "field: unless_where",
    "field: until_where",
    "field: where",
    "holders: none",
    "holders: not known",
    "holders: some",
    "identity: merged",
    "identity: separated",
    "ladder: act-by",
    "ladder: accepted",
    "ladder: agency of the owner",
    "ladder: agency overridden",
    "ladder: answered late",
    "ladder: bundle",
    "ladder: climb",
    "ladder: last step",
    "ladder: not known who",
    "ladder: of a breach",
    "ladder: other answer",
    "ladder: raised",
    "ladder: seen",
    "ladder: skipped step",
    "ladder: start",
    "ladder: three steps",
    "lens: case",
    "lens: child",
    "lens: person",
    "lens: place",
    "near",
    "owner: agency",
    "owner: attribute",
    "owner: link",
    "owner: none",
    "owner: part",
    "owner: role",
    "policy: closed",
    "policy: open",
    "policy: three versions",
    "policy: two versions",
    "recorded late",
    "recorded late: before or never",
    "recorded late: holds",
    "several keys of one event",
    "signal",
    "signal: again each",
    "signal: distinct",
    "signal: over a derived kind",
    "signal: of a term",
    "signal: per",
    "signal: where",
    "signal: without within",
    "trigger: a duty's transition",
    "trigger: a signal",
    "trigger: stratum of a stratum",
    "undecided: a comparison of two types",
    "undecided: a link",
    "undecided: a register",
    "undecided: an attribute",
];

const REPORTS: [(ReportCode, &str); 14] = [
    (ReportCode::UndeclaredKind, "report: undeclared-kind"),
    (ReportCode::UndeclaredField, "report: undeclared-field"),
    (ReportCode::WrongType, "report: wrong-type"),
    (ReportCode::UnknownRoot, "report: unknown-root"),
    (ReportCode::Orphaned, "report: orphaned"),
    (ReportCode::UnknownAttendance, "report: unknown-attendance"),
    (ReportCode::GuardFailed, "report: guard-failed"),
    (ReportCode::AlreadyOpen, "report: already-open"),
    (ReportCode::NoOwner, "report: no-owner"),
    (ReportCode::StepSkipped, "report: step-skipped"),
    (ReportCode::ExcuseRefused, "report: excuse-refused"),
    (ReportCode::RankFromAttribute, "report: rank-from-attribute"),
    (ReportCode::AnswerRefused, "report: answer-refused"),
    (ReportCode::AnswerByOther, "report: answer-by-other"),
];

impl Census {
    pub fn new() -> Self {
        let mut census = Self(FEATURES.iter().map(|&feature| (feature, 0)).collect());
        census.0.extend(REPORTS.map(|(_, name)| (name, 0)));
        for pattern in PATTERNS {
            for state in states(pattern) {
                let name: &'static str = format!("{}: {}", pattern.word(), state.word()).leak();
                census.0.insert(name, 0);
            }
        }
        census
    }

    fn add(&mut self, name: &str, count: usize) {
        *self.0.get_mut(name).unwrap_or_else(|| panic!("`{name}` is not counted")) += count as u64;
    }

    fn add_if(&mut self, name: &str, truth: bool) {
        self.add(name, usize::from(truth));
    }

    pub fn zeros(&self) -> Vec<&'static str> {
        self.0.iter().filter(|(_, count)| **count == 0).map(|(name, _)| *name).collect()
    }

    pub fn count(&mut self, case: &Case, output: &Result<Output, String>) {
        let Ok(output) = output else {
            self.add("correction: error of a circle", 1);
            return;
        };
        self.count_input(case);
        for report in &output.reports {
            let name = REPORTS.iter().find(|(code, _)| *code == report.code).map(|(_, name)| *name);
            self.add(name.unwrap_or_default(), 1);
        }
        for policy in &case.policies {
            self.count_signals(policy, output);
            self.count_duties(policy, output);
        }
    }

    fn count_input(&mut self, case: &Case) {
        let of_kind = |kind: &str| case.events.iter().any(|event| event.kind == kind);
        self.add_if("identity: merged", of_kind("entity.merged"));
        self.add_if("identity: separated", of_kind("entity.separated"));
        let corrects = |event: &&engine::record::Event| event.corrects.is_some();
        let corrections: Vec<_> = case.events.iter().filter(corrects).collect();
        self.add("correction", corrections.len());
        let withdrawals = corrections.iter().filter(|event| event.kind == "record.corrected").count();
        self.add("correction: withdrawal", withdrawals);
        self.add_if(
            "correction: unknown root",
            corrections.iter().any(|event| event.corrects.as_deref() == Some("nowhere")),
        );
        self.add_if("cut: as_of", case.cut.as_of.is_some());
        self.add_if("cut: known_by", case.cut.known_by.is_some());
        self.add_if("cut: in force ignored", case.cut.ignore_in_force);
        self.add_if("policy: two versions", case.policies.len() == 2);
        self.add_if("policy: three versions", case.policies.len() == 3);
        self.add_if("policy: open", case.policies[0].open);
        self.add_if("policy: closed", !case.policies[0].open);
    }

    fn count_signals(&mut self, policy: &Policy, output: &Output) {
        for row in &output.signals {
            let Some(rule) = policy.signals.get(&row.signal) else { continue };
            self.add("signal", 1);
            self.add_if("signal: again each", rule.again_each);
            self.add_if("signal: distinct", rule.distinct.is_some());
            self.add_if("signal: of a term", rule.terms.is_some());
            self.add_if("signal: per", !rule.per.is_empty());
            self.add_if("signal: where", rule.where_.is_some());
            self.add_if("signal: without within", rule.within.is_none());
            let derived =
                rule.count.iter().any(|of| of.kind.starts_with("duty.") || of.kind.starts_with("signal."));
            self.add_if("signal: over a derived kind", derived);
        }
    }

    fn count_duties(&mut self, policy: &Policy, output: &Output) {
        let mut keys: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        for row in &output.duties {
            let Some(rule) = policy.duties.get(&row.duty) else { continue };
            if let Some(count) = states(rule.pattern)
                .contains(&row.state)
                .then(|| format!("{}: {}", rule.pattern.word(), row.state.word()))
            {
                self.add(&count, 1);
            }
            keys.entry((&row.duty, &row.trigger.id)).or_default().insert(&row.key);
            self.count_rule(rule, row.state);
            self.count_row(rule, row);
            self.count_people(policy, rule, row);
        }
        self.add("several keys of one event", keys.values().filter(|keys| keys.len() > 1).count());
    }

    fn count_rule(&mut self, rule: &engine::policy::DutyRule, state: State) {
        self.add(
            match rule.lens.as_str() {
                "case" => "lens: case",
                "child" => "lens: child",
                "person" => "lens: person",
                _ => "lens: place",
            },
            1,
        );
        self.add_if("field: as", rule.kinds().any(|(_, of)| of.role.is_some()));
        self.add_if("field: discharges oldest", rule.discharges_oldest && state == State::Met);
        self.add_if("field: due", rule.due.is_some());
        self.add_if("field: due_before", rule.due_before.is_some());
        self.add_if("field: each", rule.each.is_some());
        self.add_if("field: expect_where", rule.expect_where.is_some());
        self.add_if("field: given", !rule.given.is_empty());
        self.add_if("field: in_force of a rule", rule.in_force.from.is_some());
        self.add_if("field: independent_of", !rule.independent_of.is_empty() && state == State::Met);
        self.add_if("field: look-back", rule.pattern == Pattern::Before && rule.within.is_some());
        self.add_if("field: no_sooner_than", rule.no_sooner_than.is_some());
        self.add_if("field: same", !rule.same.is_empty() && state == State::Met);
        self.add_if("field: since", !rule.since.is_empty());
        self.add_if("field: unless_before", !rule.unless_before.is_empty() && state == State::Met);
        self.add_if("field: unless_where", rule.unless_where.is_some());
        self.add_if("field: until_where", rule.until_where.is_some());
        self.add_if("field: where", rule.where_.is_some());
        self.add_if("every: first", rule.first.is_some());
    }

    fn count_row(&mut self, rule: &engine::policy::DutyRule, row: &engine::duty::DutyRow) {
        self.add_if("alias", !row.aliases.is_empty());
        self.add_if("near", !row.near.is_empty());
        self.add_if("recorded late", row.recorded_late);
        let before = matches!(rule.pattern, Pattern::Before | Pattern::Never);
        self.add_if("recorded late: before or never", row.recorded_late && before);
        self.add_if("recorded late: holds", row.recorded_late && rule.pattern == Pattern::Holds);
        if rule.pattern == Pattern::Every {
            self.add_if("every: missed twice", row.periods_missed > 1);
            let further = rule.when.iter().all(|of| of.kind != row.trigger.kind);
            self.add_if("every: further interval", further);
            self.add_if("every: excused goes on", further && row.trigger.kind == "excuse.given");
        }
        if rule.pattern == Pattern::Attend {
            self.add_if("attend: agencies listed", matches!(rule.agencies, Some(Agencies::Named(_))));
            self.add_if("attend: breached late", row.state == State::Breached && row.late_ms.is_some());
            self.add_if(
                "attend: closed at the trigger",
                row.closed_by.as_ref().is_some_and(|by| by.id == row.trigger.id),
            );
            self.add_if("attend: invited", row.invited == Some(Invited::Yes));
            self.add_if("attend: not invited", row.invited == Some(Invited::No));
            self.add_if("attend: not known whether invited", row.invited == Some(Invited::Unknown));
            self.add_if("attend: report counts", rule.report_counts && row.state == State::Met);
        }
        self.add_if("trigger: a signal", row.trigger.kind.starts_with("signal."));
        self.add_if("trigger: a duty's transition", row.trigger.kind.starts_with("duty."));
        let derived = row.trigger.kind.starts_with("duty.") || row.trigger.kind.starts_with("signal.");
        let closed_by_derived = row.closed_by.as_ref().is_some_and(|by| by.kind.starts_with("duty."));
        self.add_if("trigger: stratum of a stratum", derived && closed_by_derived);
        let undecided = row.undecided.as_deref().unwrap_or_default();
        self.add_if("calendar ends", undecided.starts_with("calendar "));
        self.add_if("undecided: an attribute", undecided.starts_with("event.attrs."));
        self.add_if("undecided: a link", undecided.starts_with("event.links."));
        self.add_if(
            "undecided: a comparison of two types",
            [" == ", " > ", " + "].iter().any(|operation| undecided.contains(operation)),
        );
        let register = ["qualified(", "has_role(", "rank_at_least(", "in_team(", "filled("];
        self.add_if("undecided: a register", register.iter().any(|call| undecided.starts_with(call)));
    }

    fn count_people(
        &mut self,
        policy: &Policy,
        rule: &engine::policy::DutyRule,
        row: &engine::duty::DutyRow,
    ) {
        self.add_if("holders: none", row.holders.as_ref().is_some_and(|holders| holders.is_empty()));
        self.add_if("holders: some", row.holders.as_ref().is_some_and(|holders| !holders.is_empty()));
        self.add_if("holders: not known", row.owner.is_some() && row.holders.is_none());
        self.add(
            match &rule.owner {
                None => "owner: none",
                Some(Owner::Part) => "owner: part",
                Some(Owner::Attr(_)) => "owner: attribute",
                Some(Owner::Link(_)) => "owner: link",
                Some(Owner::Named(name)) if policy.roles.contains_key(name) => "owner: role",
                Some(Owner::Named(_)) => "owner: agency",
            },
            1,
        );
        let steps =
            rule.ladder.as_ref().and_then(|name| policy.ladders.get(name)).map(|ladder| &ladder.steps);
        for step in &row.ladder {
            let decided = |decision: &str| step.decision.as_deref() == Some(decision);
            self.add_if("ladder: act-by", decided("act-by"));
            self.add_if("ladder: climb", decided("climb"));
            self.add_if("ladder: accepted", decided("accepted") && row.state == State::Breached);
            self.add_if("ladder: answered late", decided("answered-late"));
            self.add_if("ladder: other answer", decided("other"));
            self.add_if("ladder: raised", step.raised.is_some());
            self.add_if("ladder: seen", step.seen.is_some());
            self.add_if(
                "ladder: skipped step",
                step.holders.as_ref().is_some_and(|holders| holders.is_empty()),
            );
            self.add_if("ladder: not known who", step.holders.is_none());
            self.add_if("ladder: last step", step.due.is_none());
            if let Some(written) = steps.and_then(|steps| steps.get(step.step - 1)) {
                self.add_if("ladder: agency of the owner", written.agency == Some(StepAgency::Owner));
                self.add_if(
                    "ladder: agency overridden",
                    matches!(written.agency, Some(StepAgency::Named(_))),
                );
                self.add_if("ladder: bundle", written.bundle);
            }
        }
        self.add_if("ladder: of a breach", row.state == State::Breached && !row.ladder.is_empty());
        self.add_if("ladder: three steps", row.ladder.len() > 2);
        let starts = matches!(&rule.ladder_start, Some(LadderStart::Step(_) | LadderStart::Role(_)));
        self.add_if("ladder: start", starts && !row.ladder.is_empty());
    }
}

impl fmt::Display for Census {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, count)| writeln!(f, "{count:>8}  {name}"))
    }
}
