//! Whether two TOML tables say the same.

use toml_edit::{Item, TableLike, Value};

/// Whether both have the same fields with the same values, in whatever order.
pub(super) fn same(one: &dyn TableLike, other: &dyn TableLike) -> bool {
    one.len() == other.len()
        && one.iter().all(|(name, item)| other.get(name).is_some_and(|theirs| same_item(item, theirs)))
}

fn same_item(one: &Item, other: &Item) -> bool {
    match (one, other) {
        (Item::None, Item::None) => true,
        (Item::Value(one), Item::Value(other)) => same_value(one, other),
        (Item::Table(one), Item::Table(other)) => same(one, other),
        (Item::ArrayOfTables(one), Item::ArrayOfTables(other)) => {
            one.len() == other.len() && one.iter().zip(other.iter()).all(|(one, other)| same(one, other))
        }
        _ => false,
    }
}

fn same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.value() == other.value(),
        (Value::Integer(one), Value::Integer(other)) => one.value() == other.value(),
        (Value::Float(one), Value::Float(other)) => one.value().to_bits() == other.value().to_bits(),
        (Value::Boolean(one), Value::Boolean(other)) => one.value() == other.value(),
        (Value::Datetime(one), Value::Datetime(other)) => one.value() == other.value(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len()
                && one.iter().zip(other.iter()).all(|(one, other)| same_value(one, other))
        }
        (Value::InlineTable(one), Value::InlineTable(other)) => same(one, other),
        _ => false,
    }
}
