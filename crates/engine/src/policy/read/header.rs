//! `[policy]`, `[roles]`, `[ranks]`.

use std::collections::BTreeMap;

use super::fields::{Field, Fields, Sink, Text};
use crate::policy::layout::POLICY_FIELDS;
use crate::policy::{InForce, Place, Problem};
use crate::suggest::did_you_mean;
use crate::time::{Calendar, Clock, Zone};

/// What `[policy]`, `[roles]` and `[ranks]` of all files say.
#[derive(Default)]
pub(super) struct Header {
    pub name: Option<String>,
    pub version: Option<String>,
    pub zone: Option<Zone>,
    pub calendar: Option<Calendar>,
    pub open: bool,
    pub in_force: InForce,
    /// Role → its agency.
    pub roles: BTreeMap<String, Text>,
    pub ranks: Vec<Vec<Text>>,
    /// The last pack that has another zone, calendar or ranks than the one below it; 0 where none has.
    pub clock_changed_by: usize,
    /// Keys of `[policy]` and `[ranks]` → where they first stood.
    seen: BTreeMap<String, Place>,
    role_places: BTreeMap<String, Place>,
    tables: Vec<Place>,
}

impl Header {
    pub fn clock(&self) -> Option<Clock> {
        self.zone.clone().map(|zone| Clock::new(zone, self.calendar))
    }

    /// Whether a calendar is named, be it a known one or not.
    pub fn names_calendar(&self) -> bool {
        self.seen.contains_key("`calendar` of `[policy]`")
    }

    /// The first `[policy]` of the last pack.
    pub fn place(&self, sink: &Sink) -> Place {
        let of_last = self.tables.iter().find(|place| sink.is_of_last_pack(place));
        of_last.or(self.tables.first()).cloned().unwrap_or_default()
    }

    pub fn has_rank(&self, rank: &str) -> bool {
        self.ranks.iter().flatten().any(|known| known.value == rank)
    }

    pub fn read_policy(&mut self, field: &Field, sink: &mut Sink) {
        let Some(fields) = field.table("`[policy]`", sink) else { return };
        self.tables.push(fields.place.clone());
        fields.refuse_unknown(POLICY_FIELDS, sink);
        let before = (self.zone.clone(), self.calendar);
        for field in fields.iter() {
            if !self.is_first(&format!("`{}` of `[policy]`", field.name), &field.key_place, sink) {
                continue;
            }
            match field.name {
                "name" => self.name = field.name_text(sink).map(|text| text.value),
                "version" => self.version = field.name_text(sink).map(|text| text.value),
                "zone" => self.zone = zone(field, sink),
                "calendar" => self.calendar = calendar(field, sink),
                "open" => self.open = field.boolean(sink).unwrap_or_default(),
                "extends" => _ = field.name_text(sink),
                "in_force" => self.in_force = in_force(field, sink),
                _ => {}
            }
        }
        let zone = |zone: &Option<Zone>| zone.as_ref().map(|zone| zone.name().to_owned());
        if (zone(&before.0), before.1) != (zone(&self.zone), self.calendar) {
            self.clock_changed_by = sink.packs.of(&fields.place);
        }
    }

    fn is_first(&mut self, what: &str, place: &Place, sink: &mut Sink) -> bool {
        if let Some(first) = self.seen.get(what).filter(|first| sink.is_of_one_pack(first, place)) {
            sink.twice(what, first, place);
            return false;
        }
        self.seen.insert(what.to_owned(), place.clone());
        true
    }

    pub fn read_roles(&mut self, field: &Field, sink: &mut Sink) {
        let Some(fields) = field.table("`[roles]`", sink) else { return };
        for role in fields.iter() {
            let first = self.role_places.get(role.name);
            if let Some(first) = first.filter(|first| sink.is_of_one_pack(first, &role.key_place)) {
                sink.twice(&format!("the role `{}`", role.name), first, &role.key_place);
                continue;
            }
            self.role_places.insert(role.name.to_owned(), role.key_place.clone());
            if role.name == "part" {
                let help = "`owner = \"part\"` means the duty's part; give the role another name";
                sink.push(Problem::new("`part` cannot be a role", &role.key_place).help(help));
            }
            let Some(agency) = role.name_text(sink) else { continue };
            if matches!(agency.value.as_str(), "owner" | "part") {
                let message = format!("`{}` cannot be an agency", agency.value);
                let help =
                    "the word means something else in `owner` and in a step's `agency`; give it another name";
                sink.push(Problem::new(message, &agency.place).help(help));
            }
            self.roles.insert(role.name.to_owned(), agency);
        }
    }

    pub fn read_ranks(&mut self, field: &Field, sink: &mut Sink) {
        let Some(fields) = field.table("`[ranks]`", sink) else { return };
        fields.refuse_unknown(&["order"], sink);
        let Some(order) = fields.get("order") else { return };
        if !self.is_first("`order` of `[ranks]`", &order.key_place, sink) {
            return;
        }
        let before = std::mem::take(&mut self.ranks);
        for element in order.list("ranks, each a text or a list of equals", sink) {
            let equals = match element.as_str() {
                Some(_) => element.name_text(sink).into_iter().collect(),
                None => element.names(sink),
            };
            for rank in &equals {
                if let Some(first) = self.ranks.iter().flatten().find(|known| known.value == rank.value) {
                    sink.twice(&format!("the rank `{}`", rank.value), &first.place, &rank.place);
                }
            }
            self.ranks.push(equals);
        }
        let values = |ranks: &[Vec<Text>]| -> Vec<Vec<String>> {
            ranks.iter().map(|equals| equals.iter().map(|rank| rank.value.clone()).collect()).collect()
        };
        if values(&before) != values(&self.ranks) {
            self.clock_changed_by = self.clock_changed_by.max(sink.packs.of(&order.place));
        }
    }

    /// Reports what no file says.
    pub fn require(&self, sink: &mut Sink) {
        let place = self.place(sink);
        if self.tables.is_empty() {
            let help = "add `[policy]` with a `name` and a `zone`";
            sink.push(Problem::new("the policy has no `[policy]`", &place).help(help));
            return;
        }
        for (name, example) in [("name", "name = \"england\""), ("zone", "zone = \"Europe/London\"")] {
            if !self.seen.contains_key(&format!("`{name}` of `[policy]`")) {
                let message = format!("`[policy]` has no `{name}`");
                sink.push(Problem::new(message, &place).help(format!("add one, such as `{example}`")));
            }
        }
    }
}

fn zone(field: &Field, sink: &mut Sink) -> Option<Zone> {
    let text = field.name_text(sink)?;
    Zone::new(&text.value).map_err(|error| sink.push(Problem::new(error.to_string(), &text.place))).ok()
}

fn calendar(field: &Field, sink: &mut Sink) -> Option<Calendar> {
    let text = field.name_text(sink)?;
    match Calendar::new(&text.value) {
        Ok(calendar) => Some(calendar),
        Err(error) => {
            let help = did_you_mean(&text.value, Calendar::ALL.into_iter().map(Calendar::name));
            sink.push(Problem::new(error.to_string(), &text.place).maybe_help(help));
            None
        }
    }
}

/// `in_force` of a rule.
pub(super) fn rule_in_force(fields: &Fields, sink: &mut Sink) -> InForce {
    fields.get("in_force").map(|field| in_force(field, sink)).unwrap_or_default()
}

fn in_force(field: &Field, sink: &mut Sink) -> InForce {
    let Some(fields) = field.table("`in_force`", sink) else { return InForce::default() };
    fields.refuse_unknown(&["from", "to"], sink);
    let from = fields.get("from").and_then(|from| from.date(sink));
    let to = fields.get("to").and_then(|to| to.date(sink));
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        let message = format!("`in_force` ends on {to} and begins on {from}, so it is never in force");
        sink.push(
            Problem::new(message, &field.place).help("`to` is the first date on which it is no longer"),
        );
    }
    InForce { from, to }
}
