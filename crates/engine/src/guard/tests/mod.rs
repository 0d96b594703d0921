//! Tests by topic.

mod checking;
mod evaluating;
mod generated;
mod lowering;
mod parsing;

use std::collections::BTreeMap;

use super::{
    CheckScope, Checked, EventField, Expected, Failure, Fields, Guard, Record, Scope, Val, check, parse,
};
use crate::policy::{AttrType, KindDeclaration, Place, Problem};
use crate::record::{Event, Value};
use crate::time::{Calendar, Clock, Instant, Span, TimeError, Zone};

/// A guard, whose text stands at the start of its file.
fn guard(text: &str) -> Guard {
    let place = Place { file: 0, bytes: 0..text.len() };
    parse(text, place).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

fn declaration(links: &[&str], attrs: &[(&str, AttrType)]) -> KindDeclaration {
    KindDeclaration {
        links: links.iter().map(|&role| role.to_owned()).collect(),
        attrs: attrs.iter().map(|(name, ty)| ((*name).to_owned(), ty.clone())).collect(),
    }
}

/// A closed policy's kind `missing.found`, as every `event`, `trigger` and `given`.
fn closed() -> CheckScope {
    let found_by = AttrType::OneOf { values: vec!["returned".into(), "police".into()], open: false };
    let attrs = [
        ("age", AttrType::Integer),
        ("cost", AttrType::Decimal),
        ("risk", AttrType::Text),
        ("found_by", found_by),
        ("independent", AttrType::Boolean),
        ("until", AttrType::Instant),
        ("tags", AttrType::Texts),
        ("x y", AttrType::Text),
    ];
    let declared = declaration(&["child", "officer"], &attrs);
    let fields = Fields::of([("missing.found", Some(&declared))]);
    CheckScope {
        event: fields.clone(),
        trigger: Some(fields.clone()),
        given: Some(fields),
        subject: true,
        open: false,
        roles: ["social-worker".to_owned()].into(),
        ranks: ["sergeant".to_owned()].into(),
        calendar: true,
        expected: Expected::Truth,
    }
}

/// An open policy that declares nothing.
fn open() -> CheckScope {
    let fields = Fields::of([("Create Fine", None)]);
    CheckScope {
        event: fields.clone(),
        trigger: Some(fields.clone()),
        given: Some(fields),
        open: true,
        ..closed()
    }
}

fn problems(text: &str, scope: &CheckScope) -> Vec<Problem> {
    match check(&guard(text), scope) {
        Ok(_) => panic!("{text} is accepted"),
        Err(problems) => problems,
    }
}

fn checked(text: &str, scope: &CheckScope) -> Checked {
    check(&guard(text), scope).unwrap_or_else(|problems| panic!("{text}: {problems:?}"))
}

/// Everything a guard sees, with registers that know one officer, one team and one rank.
struct World {
    checked: Checked,
    event: Event,
    trigger: Event,
    given: Event,
}

impl World {
    fn record(&self, record: Record) -> &Event {
        match record {
            Record::Event => &self.event,
            Record::Trigger => &self.trigger,
            Record::Given => &self.given,
        }
    }
}

impl Scope for World {
    fn field(&self, record: Record, field: EventField) -> Val<'_> {
        let event = self.record(record);
        match field {
            EventField::Id => Val::Text(event.id.as_str().into()),
            EventField::Kind => Val::Text(event.kind.as_str().into()),
            EventField::Stream => Val::Text(event.stream.as_str().into()),
            EventField::At => Val::Instant(event.at),
            EventField::RecordedAt => Val::Instant(event.recorded_at),
        }
    }

    fn attr(&self, record: Record, slot: usize) -> Option<Val<'_>> {
        self.record(record).attrs.get(&self.checked.attrs()[slot]).map(Val::from)
    }

    fn links(&self, record: Record, slot: usize) -> Vec<&str> {
        let links = self.record(record).links.get(&self.checked.roles()[slot]);
        links.into_iter().flatten().map(String::as_str).collect()
    }

    fn key(&self) -> &str {
        "person:p1"
    }

    fn subject(&self) -> &str {
        "officer:o1"
    }

    fn after(&self, from: Instant, span: Span) -> Result<Instant, TimeError> {
        Clock::new(Zone::new("Europe/London")?, Some(Calendar::EnglandAndWales)).due(from, span)
    }

    fn qualified(&self, officer: &str, name: &str, _: Option<Instant>) -> Option<bool> {
        (officer == "officer:o1").then_some(name == "interviews")
    }

    fn has_role(&self, officer: &str, role: &str, at: Option<Instant>) -> Option<bool> {
        (officer == "officer:o1").then_some(role == "social-worker" && at.is_none())
    }

    fn rank_at_least(&self, x: &str, _: &str, _: Option<Instant>) -> Option<bool> {
        (x == "officer:o1").then_some(true)
    }

    fn in_team(&self, officer: &str, team: &str, _: Option<Instant>) -> Option<bool> {
        (officer == "officer:o1").then_some(team == "team:t1")
    }

    fn filled(&self, team: &str, _: Option<Instant>) -> Option<i64> {
        (team == "team:t1").then_some(3)
    }
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn event() -> Event {
    let links = [("child", vec!["person:p1", "person:p2"]), ("officer", vec!["officer:o1"])];
    let attrs: [(&str, Value); 8] = [
        ("age", Value::Integer(14)),
        ("cost", Value::Integer(2)),
        ("risk", Value::Text("high".into())),
        ("found_by", Value::Text("police".into())),
        ("independent", Value::Boolean(true)),
        ("until", Value::Instant(instant("2026-04-01T00:00:00Z"))),
        ("tags", Value::Texts(vec!["a".into(), "b".into(), "a".into()])),
        ("x y", Value::Text("spaced".into())),
    ];
    Event {
        id: "e1".into(),
        kind: "missing.found".into(),
        at: instant("2026-03-06T19:00:00Z"),
        recorded_at: instant("2026-03-06T20:00:00Z"),
        links: links
            .into_iter()
            .map(|(role, entities)| (role.into(), entities.into_iter().map(str::to_owned).collect()))
            .collect(),
        attrs: attrs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>(),
        ..Event::default()
    }
}

/// What a guard gives over [`event`], of which `given` has no attributes.
fn evaluate(text: &str, scope: &CheckScope) -> Result<Value, Failure> {
    let given = Event { attrs: BTreeMap::new(), links: BTreeMap::new(), ..event() };
    let world = World { checked: checked(text, scope), event: event(), trigger: event(), given };
    world.checked.eval(&world).map(|value| match value {
        Val::Text(text) => Value::Text(text.into_owned()),
        Val::Integer(number) => Value::Integer(number),
        Val::Decimal(number) => Value::Decimal(number),
        Val::Boolean(truth) => Value::Boolean(truth),
        Val::Instant(instant) => Value::Instant(instant),
        Val::Texts(texts) => Value::Texts(texts.into_iter().map(str::to_owned).collect()),
        Val::List(_) => panic!("{text} gives a list"),
    })
}
