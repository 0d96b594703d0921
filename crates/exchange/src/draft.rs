//! An event on its way in, its texts borrowed from the file where they stand there as they are.

use std::borrow::Cow;

use engine::log::EventRef;
use engine::record::ValueRef;
use engine::time::Instant;

use crate::error::{Fault, ReadError};
use crate::intake::Intake;

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Held<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    Decimal(f64),
    Boolean(bool),
    Instant(Instant),
    Texts(Vec<Cow<'a, str>>),
}

impl Held<'_> {
    /// The texts of a list.
    fn items(&self) -> Option<Vec<&str>> {
        match self {
            Self::Texts(texts) => Some(texts.iter().map(|text| &**text).collect()),
            _ => None,
        }
    }

    /// The value as a sink takes it; a list is the next of those that [`Self::items`] gave.
    fn borrowed<'v>(&'v self, lists: &mut impl Iterator<Item = &'v Vec<&'v str>>) -> ValueRef<'v> {
        match self {
            Self::Text(text) => ValueRef::Text(text),
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Decimal(number) => ValueRef::Decimal(*number),
            Self::Boolean(truth) => ValueRef::Boolean(*truth),
            Self::Instant(instant) => ValueRef::Instant(*instant),
            Self::Texts(_) => ValueRef::Texts(lists.next().map_or(&[], Vec::as_slice)),
        }
    }
}

/// An event; `at` is given by all formats, and asked for when it is handed over.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Draft<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) stream: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    pub(crate) at: Option<Instant>,
    pub(crate) recorded_at: Option<Instant>,
    pub(crate) recorded_by: Option<Cow<'a, str>>,
    pub(crate) agency: Option<Cow<'a, str>>,
    pub(crate) links: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(crate) attrs: Vec<(Cow<'a, str>, Held<'a>)>,
    pub(crate) note: Option<Cow<'a, str>>,
    pub(crate) corrects: Option<Cow<'a, str>>,
}

impl Draft<'_> {
    /// Hands the event over as the row that begins on this line.
    pub(crate) fn hand_over<'r>(
        &self,
        line: u64,
        raw: impl FnOnce() -> Cow<'r, str>,
        intake: &mut Intake<'_>,
    ) -> Result<(), ReadError> {
        let Some(at) = self.at else {
            return intake.bad(line, Fault::at("at", "the event has no time"), raw);
        };
        let links: Vec<(&str, &str)> = self.links.iter().map(|(role, entity)| (&**role, &**entity)).collect();
        let lists: Vec<Vec<&str>> = self.attrs.iter().filter_map(|(_, value)| value.items()).collect();
        let mut next_list = lists.iter();
        let attrs: Vec<(&str, ValueRef<'_>)> =
            self.attrs.iter().map(|(name, value)| (&**name, value.borrowed(&mut next_list))).collect();
        let event = EventRef {
            id: &self.id,
            stream: &self.stream,
            kind: &self.kind,
            at,
            recorded_at: self.recorded_at,
            recorded_by: self.recorded_by.as_deref(),
            agency: self.agency.as_deref(),
            links: &links,
            attrs: &attrs,
            note: self.note.as_deref(),
            corrects: self.corrects.as_deref(),
        };
        intake.event(line, &event, raw)
    }
}
