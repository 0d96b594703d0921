//! Conditions made at random: ours against the `cel` crate's own evaluation, lowered against evaluated.

use std::collections::HashMap;

use cel::{Context, Program};
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::guard::{Cells, Column};
use crate::log::{Cell, Text, Texts};

/// What a condition may name besides the attributes: variables of the macros around it.
#[derive(Clone, Default)]
struct Names {
    texts: Vec<String>,
    integers: Vec<String>,
}

fn one_of(options: Vec<BoxedStrategy<String>>) -> BoxedStrategy<String> {
    proptest::strategy::Union::new(options).boxed()
}

fn leaves(leaves: &[&str], names: &[String]) -> BoxedStrategy<String> {
    let all: Vec<String> = leaves.iter().map(|&leaf| leaf.to_owned()).chain(names.iter().cloned()).collect();
    select(all).boxed()
}

fn integers(depth: usize, names: &Names) -> BoxedStrategy<String> {
    let leaf = leaves(
        &["0", "1", "2", "-3", "9223372036854775807", "event.attrs.i", "event.attrs.j"],
        &names.integers,
    );
    if depth == 0 {
        return leaf;
    }
    let (inner, texts) = (integers(depth - 1, names), texts(depth - 1, names));
    let operations = select(vec!["+", "-", "*", "/", "%"]);
    one_of(vec![
        leaf,
        (inner.clone(), operations, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")).boxed(),
        inner.prop_map(|a| format!("-({a})")).boxed(),
        texts.prop_map(|a| format!("size({a})")).boxed(),
        lists(depth - 1, names).prop_map(|a| format!("size({a})")).boxed(),
        decimals(depth - 1, names).prop_map(|a| format!("int({a})")).boxed(),
        (conditions(depth - 1, names), leaves(&["1", "event.attrs.i"], &[]))
            .prop_map(|(a, b)| format!("({a} ? {b} : 2)"))
            .boxed(),
    ])
}

fn decimals(depth: usize, names: &Names) -> BoxedStrategy<String> {
    let leaf = leaves(&["0.0", "1.0", "2.5", "-0.5", "event.attrs.d", "event.attrs.e"], &[]);
    if depth == 0 {
        return leaf;
    }
    let inner = decimals(depth - 1, names);
    one_of(vec![
        leaf,
        (inner.clone(), select(vec!["+", "-", "*"]), inner.clone())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
            .boxed(),
        inner.prop_map(|a| format!("({a} / 2.0)")).boxed(),
        // The cel crate compares integers beyond 2^53 with decimals after rounding them; ours compares exactly.
        texts(depth - 1, names).prop_map(|a| format!("double(size({a}))")).boxed(),
    ])
}

fn texts(depth: usize, names: &Names) -> BoxedStrategy<String> {
    let leaf = leaves(&["''", "'a'", "'b'", "'é'", "'ab'", "event.attrs.s", "event.attrs.t"], &names.texts);
    if depth == 0 {
        return leaf;
    }
    let inner = texts(depth - 1, names);
    one_of(vec![
        leaf,
        (inner.clone(), inner).prop_map(|(a, b)| format!("({a} + {b})")).boxed(),
        integers(depth - 1, names).prop_map(|a| format!("string({a})")).boxed(),
        (lists(depth - 1, names), integers(depth - 1, names)).prop_map(|(a, b)| format!("{a}[{b}]")).boxed(),
    ])
}

fn lists(depth: usize, names: &Names) -> BoxedStrategy<String> {
    let leaf = leaves(&["['a', 'b']", "['a']", "event.attrs.l", "event.attrs.m"], &[]);
    if depth == 0 {
        return leaf;
    }
    let inner = lists(depth - 1, names);
    let bound = Names { texts: vec!["x".into()], ..names.clone() };
    one_of(vec![
        leaf,
        (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")).boxed(),
        texts(depth - 1, names).prop_map(|a| format!("[{a}, 'b']")).boxed(),
        (inner.clone(), conditions(depth - 1, &bound))
            .prop_map(|(a, b)| format!("{a}.filter(x, {b})"))
            .boxed(),
        (inner, texts(depth - 1, &bound)).prop_map(|(a, b)| format!("{a}.map(x, {b})")).boxed(),
    ])
}

fn conditions(depth: usize, names: &Names) -> BoxedStrategy<String> {
    let leaf = leaves(
        &["true", "false", "event.attrs.b", "event.attrs.c", "has(event.attrs.i)", "'s' in event.attrs"],
        &[],
    );
    if depth == 0 {
        return leaf;
    }
    let below = depth - 1;
    let inner = conditions(below, names);
    let (numbers, words, sets) = (integers(below, names), texts(below, names), lists(below, names));
    let any_number = one_of(vec![numbers.clone(), decimals(below, names)]);
    let comparisons = || select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let equalities = select(vec!["==", "!="]);
    let macros = || select(vec!["all", "exists", "exists_one"]);
    let with_text = Names { texts: vec!["x".into()], ..names.clone() };
    let with_number = Names { integers: vec!["n".into()], ..names.clone() };
    one_of(vec![
        leaf,
        inner.clone().prop_map(|a| format!("!({a})")).boxed(),
        (inner.clone(), select(vec!["&&", "||"]), inner.clone())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
            .boxed(),
        (inner.clone(), select(vec!["&&", "||"]), inner.clone())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
            .boxed(),
        (any_number.clone(), comparisons(), any_number)
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
            .boxed(),
        (words.clone(), comparisons(), words.clone())
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
            .boxed(),
        (sets.clone(), equalities, sets.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")).boxed(),
        (words.clone(), sets.clone()).prop_map(|(a, b)| format!("({a} in {b})")).boxed(),
        (numbers.clone(), numbers.clone()).prop_map(|(a, b)| format!("({a} in [{b}, 1])")).boxed(),
        (words.clone(), select(vec!["contains", "startsWith", "endsWith"]), words)
            .prop_map(|(a, f, b)| format!("{a}.{f}({b})"))
            .boxed(),
        (sets, macros(), conditions(below, &with_text))
            .prop_map(|(a, m, b)| format!("{a}.{m}(x, {b})"))
            .boxed(),
        (numbers, macros(), conditions(below, &with_number))
            .prop_map(|(a, m, b)| format!("[{a}, 1, 0].{m}(n, {b})"))
            .boxed(),
    ])
}

fn attributes() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let integer = || select(vec![-1, 0, 1, 2, i64::MAX]).prop_map(Value::Integer);
    let decimal = || select(vec![-0.5, 0.0, 1.0, 2.5, 1e20]).prop_map(Value::Decimal);
    let text = || select(vec!["", "a", "b", "éa"]).prop_map(|text| Value::Text(text.to_owned()));
    let list = || {
        prop::collection::vec(select(vec!["a", "b", "c"]), 0..3)
            .prop_map(|texts| Value::Texts(texts.into_iter().map(str::to_owned).collect()))
    };
    let present = |value: BoxedStrategy<Value>| prop::option::weighted(0.7, value);
    let boxed = [
        ("i", integer().boxed()),
        ("j", integer().boxed()),
        ("d", decimal().boxed()),
        ("e", decimal().boxed()),
        ("s", text().boxed()),
        ("t", text().boxed()),
        ("b", any::<bool>().prop_map(Value::Boolean).boxed()),
        ("c", any::<bool>().prop_map(Value::Boolean).boxed()),
        ("l", list().boxed()),
        ("m", list().boxed()),
    ];
    let all: Vec<_> =
        boxed.into_iter().map(|(name, value)| present(value).prop_map(move |value| (name, value))).collect();
    all.prop_map(|all| all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn declared() -> CheckScope {
    let attrs = [
        ("i", AttrType::Integer),
        ("j", AttrType::Integer),
        ("d", AttrType::Decimal),
        ("e", AttrType::Decimal),
        ("s", AttrType::Text),
        ("t", AttrType::Text),
        ("b", AttrType::Boolean),
        ("c", AttrType::Boolean),
        ("l", AttrType::Texts),
        ("m", AttrType::Texts),
    ];
    let declaration = declaration(&["child"], &attrs);
    CheckScope { event: Fields::of([("k", Some(&declaration))]), ..closed() }
}

fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Text(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Decimal(number) => (*number).into(),
        Value::Boolean(truth) => (*truth).into(),
        Value::Instant(_) => panic!("the cel crate has no instants here"),
        Value::Texts(texts) => texts.iter().map(String::as_str).collect::<Vec<_>>().into(),
    }
}

/// What the `cel` crate itself makes of a condition; none where it fails.
fn by_cel(text: &str, attrs: &BTreeMap<String, Value>) -> Option<bool> {
    let program = Program::compile(text).unwrap_or_else(|errors| panic!("{text}: {errors}"));
    let attrs: HashMap<String, cel::Value> =
        attrs.iter().map(|(name, value)| (name.clone(), to_cel(value))).collect();
    let event: HashMap<String, cel::Value> = [("attrs".to_owned(), attrs.into())].into();
    let mut context = Context::default();
    context.add_variable_from_value("event", event);
    match program.execute(&context) {
        Ok(cel::Value::Bool(truth)) => Some(truth),
        Ok(other) => panic!("{text} gives {other:?}"),
        Err(_) => None,
    }
}

fn world(text: &str, scope: &CheckScope, attrs: BTreeMap<String, Value>) -> World {
    let event = Event { attrs, ..event() };
    World { checked: checked(text, scope), event, trigger: Event::default(), given: Event::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, max_global_rejects: 1 << 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn evaluation_is_that_of_the_cel_crate(text in conditions(3, &Names::default()), attrs in attributes()) {
        let guard = parse(&text, Place { file: 0, bytes: 0..text.len() });
        let accepted = guard.is_ok_and(|guard| check(&guard, &declared()).is_ok());
        prop_assume!(accepted);
        let world = world(&text, &declared(), attrs.clone());
        let ours = world.checked.truth(&world).ok();
        prop_assert_eq!(ours, by_cel(&text, &attrs), "{} of {:?}", text, attrs);
    }
}

/// The cells of one event, by name.
struct Row<'w> {
    world: &'w World,
    columns: &'w [Column],
    texts: &'w Texts,
}

impl Cells for Row<'_> {
    fn cell(&self, column: usize) -> Option<Cell> {
        let known = |text: &str| Cell::Text(self.texts.find(text).expect("interned"));
        match &self.columns[column] {
            Column::Field(EventField::At) => Some(Cell::Instant(self.world.event.at)),
            Column::Field(EventField::RecordedAt) => Some(Cell::Instant(self.world.event.recorded_at)),
            Column::Field(EventField::Kind) => Some(known(&self.world.event.kind)),
            Column::Field(EventField::Stream) => Some(known(&self.world.event.stream)),
            Column::Field(EventField::Id) => Some(known(&self.world.event.id)),
            Column::Links(_) => None,
            Column::Attr(name) => self.world.event.attrs.get(name).map(|value| match value {
                Value::Text(text) => known(text),
                Value::Integer(number) => Cell::Integer(*number),
                Value::Decimal(number) => Cell::Decimal(*number),
                Value::Boolean(truth) => Cell::Boolean(*truth),
                Value::Instant(instant) => Cell::Instant(*instant),
                Value::Texts(_) => Cell::Texts(0),
            }),
        }
    }

    fn linked(&self, column: usize) -> bool {
        match &self.columns[column] {
            Column::Links(role) => self.world.event.links.contains_key(role),
            _ => false,
        }
    }
}

fn lowerable(depth: usize) -> BoxedStrategy<String> {
    let attrs = || {
        select(vec!["i", "j", "d", "s", "b", "u", "x y"]).prop_map(|name| format!("event.attrs['{name}']"))
    };
    let constants = || {
        select(vec![
            "1",
            "2",
            "0.5",
            "2.0",
            "'a'",
            "'unheard of'",
            "true",
            "instant('2026-03-06T19:00:00Z')",
            "-1",
        ])
        .prop_map(str::to_owned)
    };
    let comparisons = || select(vec!["==", "!=", "<", "<=", ">", ">="]);
    let fields = select(vec!["event.at", "event.recorded_at", "event.kind", "event.stream", "event.id"]);
    let leaf = one_of(vec![
        attrs().boxed(),
        attrs()
            .prop_map(|attr| {
                format!("has({attr})").replace("['x y']", ".z").replace("['", ".").replace("']", "")
            })
            .boxed(),
        select(vec![
            "true",
            "false",
            "has(event.links.child)",
            "has(event.links.place)",
            "'x y' in event.attrs",
        ])
        .prop_map(str::to_owned)
        .boxed(),
        (attrs(), comparisons(), constants()).prop_map(|(a, op, b)| format!("{a} {op} {b}")).boxed(),
        (constants(), comparisons(), attrs()).prop_map(|(a, op, b)| format!("{a} {op} {b}")).boxed(),
        (attrs(), comparisons(), fields).prop_map(|(a, op, b)| format!("{a} {op} {b}")).boxed(),
        (attrs(), constants(), constants()).prop_map(|(a, b, c)| format!("{a} in [{b}, {c}]")).boxed(),
    ]);
    if depth == 0 {
        return leaf;
    }
    let inner = lowerable(depth - 1);
    one_of(vec![
        leaf,
        inner.clone().prop_map(|a| format!("!({a})")).boxed(),
        (inner.clone(), select(vec!["&&", "||"]), inner)
            .prop_map(|(a, op, b)| format!("({a} {op} {b})"))
            .boxed(),
    ])
}

fn any_attributes() -> impl Strategy<Value = BTreeMap<String, Value>> {
    let value = || {
        prop_oneof![
            select(vec![-1, 0, 1, 2]).prop_map(Value::Integer),
            select(vec![-0.5, 0.5, 2.0]).prop_map(Value::Decimal),
            select(vec!["", "a", "e1", "missing.found"]).prop_map(|text| Value::Text(text.to_owned())),
            any::<bool>().prop_map(Value::Boolean),
            select(vec!["2026-03-06T19:00:00Z", "2026-03-06T20:00:00Z"])
                .prop_map(|text| Value::Instant(instant(text))),
            Just(Value::Texts(vec!["a".to_owned()])),
        ]
    };
    let names = select(vec!["i", "j", "d", "s", "b", "u", "x y"]).prop_map(str::to_owned);
    prop::collection::btree_map(names, value(), 0..7)
}

/// A policy in which some of [`any_attributes`] are declared, and will be of other types all the same.
fn half_declared() -> CheckScope {
    let declared = declaration(&[], &[("d", AttrType::Decimal), ("b", AttrType::Boolean)]);
    CheckScope { event: Fields::of([("k", Some(&declared))]), ..open() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2048, max_global_rejects: 1 << 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lowered_is_as_evaluated(text in lowerable(3), attrs in any_attributes()) {
        let guard = parse(&text, Place { file: 0, bytes: 0..text.len() });
        let accepted = guard.is_ok_and(|guard| check(&guard, &half_declared()).is_ok());
        prop_assume!(accepted);
        let world = world(&text, &half_declared(), attrs);
        let mut texts = Texts::default();
        for text in ["a", "e1", "missing.found"] {
            texts.intern(text);
        }
        if let Some(lowered) = world.checked.lower() {
            let bound = lowered.bind(|text| texts.find(text));
            let row = Row { world: &world, columns: lowered.columns(), texts: &texts };
            let result = bound.test(&row).map_err(|at| bound.failure(at));
            prop_assert_eq!(result, world.checked.truth(&world), "{} of {:?}", text, world.event.attrs);
        }
    }
}

#[test]
fn texts_that_no_event_has_equal_none() {
    let world =
        world("event.attrs.s == 'unheard of' || event.attrs.s in ['unheard', 'of']", &open(), event().attrs);
    let lowered = world.checked.lower().expect("lowered");
    let bound = lowered.bind(|_| None);
    struct One;
    impl Cells for One {
        fn cell(&self, _: usize) -> Option<Cell> {
            Some(Cell::Text(Text::EMPTY))
        }
        fn linked(&self, _: usize) -> bool {
            false
        }
    }
    assert_eq!(bound.test(&One), Ok(false));
}
