//! What is lowered, and what is not.

use super::*;
use crate::guard::Column;

fn columns(text: &str) -> Option<(Record, Vec<Column>)> {
    let lowered = checked(text, &closed()).lower()?;
    Some((lowered.record(), lowered.columns().to_vec()))
}

#[test]
fn tests_of_one_event_are_lowered() {
    let attr = |name: &str| Column::Attr(name.to_owned());
    let text = "!has(event.attrs.age) || event.attrs.age < 18";
    assert_eq!(columns(text), Some((Record::Event, vec![attr("age")])));
    let text = "trigger.attrs.independent && trigger.kind == 'missing.found' && has(trigger.links.child)";
    let expected =
        vec![attr("independent"), Column::Field(EventField::Kind), Column::Links("child".to_owned())];
    assert_eq!(columns(text), Some((Record::Trigger, expected)));
    for text in [
        "event.attrs.found_by in ['police', 'returned'] || true",
        "event.attrs.until > event.at",
        "18 > event.attrs.age && event.attrs.cost >= 1 && event.attrs.until < instant('2026-01-01T00:00:00Z')",
    ] {
        assert!(columns(text).is_some(), "{text}");
    }
}

#[test]
fn what_needs_more_is_not_lowered() {
    for text in [
        "event.attrs.age > trigger.attrs.age",
        "event.attrs.risk < 'm'",
        "event.attrs.age + 1 > 2",
        "event.attrs.tags == ['a']",
        "'a' in event.attrs.tags",
        "key == 'a'",
        "event.id.startsWith('a')",
        "event.attrs.age == event.attrs.age",
        "qualified(subject, 'a')",
    ] {
        assert!(columns(text).is_none(), "{text}");
    }
    let deep = format!("{}true{}", "(event.attrs.independent && ".repeat(16), ")".repeat(16));
    assert!(columns(&deep).is_none());
}
