//! What is parsed, where it stands, and what is refused.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::sample::select;

use crate::guard::{Expr, Function, MacroKind, Node, parse};
use crate::policy::{Place, Problem};
use crate::record::Value;

fn whole(text: &str) -> Place {
    Place { file: 0, bytes: 0..text.len() }
}

fn parsed(text: &str) -> Node {
    parse(text, whole(text)).unwrap_or_else(|problems| panic!("{text}: {problems:?}")).root
}

fn refused(text: &str) -> Problem {
    match parse(text, whole(text)) {
        Ok(guard) => panic!("{text} is {:?}", guard.root),
        Err(mut problems) => problems.remove(0),
    }
}

/// The texts of all expressions, outermost first.
fn texts<'t>(text: &'t str, node: &Node) -> Vec<&'t str> {
    let mut all = vec![&text[node.span.clone()]];
    let children: Vec<&Node> = match &node.expr {
        Expr::Literal(_) | Expr::Name(_) => vec![],
        Expr::List(nodes) | Expr::Call { args: nodes, .. } => nodes.iter().collect(),
        Expr::Field { of, .. } | Expr::Has { of, .. } | Expr::Not(of) | Expr::Negate(of) => vec![of],
        Expr::Index { of: a, index: b } | Expr::And(a, b) | Expr::Or(a, b) | Expr::In(a, b) => vec![a, b],
        Expr::Compare(_, a, b) | Expr::Arithmetic(_, a, b) => vec![a, b],
        Expr::Conditional(a, b, c) => vec![a, b, c],
        Expr::Macro { over, body, .. } => vec![over, body],
    };
    all.extend(children.into_iter().flat_map(|child| texts(text, child)));
    all
}

#[test]
fn each_expression_knows_its_text() {
    let text = "!has(event.attrs.age) || (event.attrs.age + 1) < 18";
    assert_eq!(
        texts(text, &parsed(text)),
        [
            text,
            "!has(event.attrs.age)",
            "has(event.attrs.age)",
            "event.attrs",
            "event",
            "(event.attrs.age + 1) < 18",
            "event.attrs.age + 1",
            "event.attrs.age",
            "event.attrs",
            "event",
            "1",
            "18",
        ]
    );
    let text = "((event.links.child)).exists( c , size ( c ) > - 3 && c[ 'é' ] == 'ü(' ) ? [ 1, -2 ][0] == 1 : x.y ( 1 ) [ 0 ]";
    let text = text.replace("x.y ( 1 )", "event.id . size ( )");
    assert_eq!(
        texts(&text, &parsed(&text))[1..],
        [
            "((event.links.child)).exists( c , size ( c ) > - 3 && c[ 'é' ] == 'ü(' )",
            "event.links.child",
            "event.links",
            "event",
            "size ( c ) > - 3 && c[ 'é' ] == 'ü('",
            "size ( c ) > - 3",
            "size ( c )",
            "c",
            "- 3",
            "c[ 'é' ] == 'ü('",
            "c[ 'é' ]",
            "c",
            "'ü('",
            "[ 1, -2 ][0] == 1",
            "[ 1, -2 ][0]",
            "[ 1, -2 ]",
            "1",
            "-2",
            "0",
            "1",
            "event.id . size ( ) [ 0 ]",
            "event.id . size ( )",
            "event.id",
            "event",
            "0",
        ]
    );
}

#[test]
fn macros_are_kept_as_written() {
    let Expr::Macro { kind: MacroKind::ExistsOne, variable, .. } = parsed("key.existsOne(c, c == 'a')").expr
    else {
        panic!("no macro")
    };
    assert_eq!(variable, "c");
    let Expr::Macro { kind: MacroKind::Map, over, .. } = parsed("key.map(c, c > 1, c + 1)").expr else {
        panic!("no macro")
    };
    assert!(matches!(over.expr, Expr::Macro { kind: MacroKind::Filter, .. }));
}

#[test]
fn a_name_in_attributes_is_a_test_for_it() {
    for text in ["has(event.attrs.age)", "'age' in event.attrs", "'age' in given['attrs']"] {
        let Expr::Has { name, .. } = parsed(text).expr else { panic!("{text}") };
        assert_eq!(name, "age");
    }
    assert!(matches!(parsed("'age' in event.attrs.links").expr, Expr::In(..)));
    let Expr::Field { name, .. } = parsed("event.attrs['x y']").expr else { panic!("no field") };
    assert_eq!(name, "x y");
}

#[test]
fn calls_put_the_target_first() {
    let Expr::Call { function: Function::StartsWith, args } = parsed("key.startsWith('p')").expr else {
        panic!("no call")
    };
    assert_eq!(args[1].expr, Expr::Literal(Value::Text("p".into())));
}

#[test]
fn what_guards_do_not_have_is_refused_with_what_to_write() {
    let cases = [
        ("null == 1", "a condition has no `null`", "a missing value is tested with `!has(event.attrs.x)`"),
        ("{'a': 1}.a", "a condition has no maps", "write a list, `['a', 'b']`"),
        ("b'x' == b'y'", "a condition has no bytes", "leave the `b` out"),
        ("1u == 1", "a condition has no unsigned numbers", "leave the `u` out"),
        (
            "timestamp('x') == 1",
            "there is no function `timestamp`",
            "write `instant('2010-04-01T00:00:00Z')`",
        ),
        ("quallified('a', 'b')", "there is no function `quallified`", "did you mean `qualified`?"),
        ("key.startswith('b')", "there is no function `startswith`", "did you mean `startsWith`?"),
        ("'p'.after('72h')", "there is no function `after`", "write `after(event.at, '6mo')`"),
        ("exists(key, 'b')", "there is no function `exists`", "write `list.exists(x, …)`"),
        ("event.attrs.age = 3", "`=` means nothing here", "write `==` to compare"),
        ("true and false", "`and` is not expected here", "write `&&` for and"),
        ("!!true", "`!!` says nothing", "leave both out"),
        ("", "the condition is empty", "leave the field out"),
        (
            "true &&",
            "the condition ends too early",
            "something is missing at its end: an operand, or a bracket that closes",
        ),
        ("key == 'a", "a text that does not end", "close its quote"),
        ("[1].all(event, true)", "`event` has a meaning already", "give the variable another name"),
        (
            "has(key)",
            "`has` takes a field, `has(event.attrs.age)`",
            "for a name that is no identifier write `'x y' in event.attrs`",
        ),
    ];
    for (text, message, help) in cases {
        let problem = refused(text);
        assert_eq!((problem.message.as_str(), problem.help.as_deref()), (message, Some(help)), "{text}");
    }
}

#[test]
fn problems_stand_where_they_are_written() {
    let problem = refused("key == 'é' && quallified('a', 'b')");
    assert_eq!(problem.place.bytes, 15..25);
    let place = |bytes| Place { file: 3, bytes };
    let problem = parse("true &&& false", place(100..114)).expect_err("refused").remove(0);
    assert_eq!(problem.place, place(107..108));
    let problem = parse("true &&& false", place(100..120)).expect_err("refused").remove(0);
    assert_eq!(problem.place, place(100..120), "written with escapes");
}

#[test]
fn no_text_overflows_the_stack_or_takes_long() {
    let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + "true" + &close.repeat(depth);
    let texts = [
        nested("(", ")", 100_000),
        nested("[", "]", 1_900),
        nested("(", ")", 17),
        "(".repeat(4_000),
        "[{(".repeat(1_300),
        "!".repeat(4_000) + "true",
        "! -".repeat(1_300) + "1",
        "true && ".repeat(20_000) + "true",
        "1+".repeat(2_000) + "1",
        "1<".repeat(2_000) + "1",
        "true?1:".repeat(500) + "1",
        "a.".repeat(2_000) + "a",
        "a".to_owned() + &"[0]".repeat(1_300),
        "a".to_owned() + &".f()".repeat(1_000),
        "[1]".to_owned() + &".map(x,x)".repeat(400),
        "a,".repeat(2_000),
        "f(".to_owned() + &"1,".repeat(2_000) + "1)",
    ];
    for text in texts {
        let began = Instant::now();
        let problem = refused(&text);
        assert!(began.elapsed() < Duration::from_secs(5), "{} took {:?}", problem.message, began.elapsed());
    }
}

#[test]
fn what_the_limits_allow_is_read() {
    let nested = "(".repeat(16) + "true" + &")".repeat(16);
    parsed(&nested);
    parsed(&("true && ".repeat(500) + "true"));
    parsed(&("!(".repeat(16) + "true" + &")".repeat(16)));
    parsed(&("1+".repeat(90) + "1 == 1"));
    parsed(&("true ? 1 : ".repeat(16) + "1 == 1"));
    parsed(&format!("key in [{}'']", "'a',".repeat(900)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}") {
        read_or_refused(&text)?;
    }

    #[test]
    fn any_tokens_are_read_or_refused(tokens in prop::collection::vec(select(TOKENS.to_vec()), 0..24)) {
        read_or_refused(&tokens.concat())?;
    }
}

const TOKENS: [&str; 48] = [
    "event",
    ".",
    "attrs",
    "key",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'a'",
    "\"é\"",
    "1",
    "1.5",
    "1e999",
    "-",
    "+",
    "!",
    " ",
    "&&",
    "||",
    "==",
    "<",
    " in ",
    "?",
    ":",
    "true",
    "null",
    "has",
    "size",
    "all",
    "exists",
    "map",
    "x",
    "r'",
    "'''",
    "\\",
    "b'x'",
    "1u",
    "0x1F",
    "//",
    "\n",
    "`",
    "=",
    "%",
    "99999999999999999999",
    "é",
];

/// That a text is read or refused, with every place inside it, and that all of what is read has its text.
fn read_or_refused(text: &str) -> Result<(), TestCaseError> {
    match parse(text, whole(text)) {
        Ok(guard) => {
            prop_assert!(texts(text, &guard.root).iter().all(|text| !text.is_empty()));
        }
        Err(problems) => {
            prop_assert!(!problems.is_empty());
            for problem in problems {
                let bytes = problem.place.bytes;
                prop_assert!(
                    text.get(bytes.clone()).is_some(),
                    "{:?} of {:?}: {}",
                    bytes,
                    text,
                    problem.message
                );
                prop_assert_ne!(problem.message, "the condition cannot be read", "{:?}", text);
            }
        }
    }
    Ok(())
}
