use super::*;

fn laid_out(text: &str) -> String {
    let once = fmt(text).unwrap_or_else(|problem| panic!("{problem:?}"));
    assert_eq!(fmt(&once).unwrap(), once, "not idempotent");
    once
}

#[test]
fn tables_fields_quotes_and_comments() {
    let text = r#"# About.


# More.
top = 1   # first
[policy]
zone='Europe/London'   #  where
"name"   =   'p'
# the calendar
calendar = 'weekdays'
[roles]

b = "x"

# of a
a = 'y'


# the kind
[kinds.'missing.found']   # quoted
attrs = { age='integer',how = ['a','b'], }
links = [ 'child','episode' ]
[duty.x]
within = "72h"

# what is owed
expect = 'interview.held' # by somebody
where = 'event.attrs["x"] == 1'
expect_where = '''
true'''
when = [ # either
  "a", # one
  # before b
  'b'  # two
  , "c"
  # end
]
source.title = "t"
[ladder.l]
steps = [ { to = 'a', answer_within = "1d" }, {to="b"} ]
[[test]]
events = [ { kind = "k", at = "2026-01-01T00:00" } ]
name = 'n'
# the end
"#;
    insta::assert_snapshot!(laid_out(text), @r#"
    # About.

    # More.
    top = 1  # first

    [policy]
    name = "p"
    zone = "Europe/London"  #  where
    # the calendar
    calendar = "weekdays"

    [roles]
    b = "x"

    # of a
    a = "y"

    # the kind
    [kinds."missing.found"]  # quoted
    links = ["child", "episode"]
    attrs = { age = "integer", how = ["a", "b"] }

    [duty.x]
    when = [  # either
      "a",  # one
      # before b
      "b",  # two
      "c",
      # end
    ]
    where = 'event.attrs["x"] == 1'
    # what is owed
    expect = "interview.held"  # by somebody
    expect_where = '''
    true'''
    within = "72h"
    source.title = "t"

    [ladder.l]
    steps = [
      { to = "a", answer_within = "1d" },
      { to = "b" },
    ]

    [[test]]
    name = "n"
    events = [ { kind = "k", at = "2026-01-01T00:00" } ]

    # the end
    "#);
}

#[test]
fn long_lists_are_broken() {
    let text = format!(
        "[duty.x]\nwhen = [{}]\nsame = []\n",
        (0..12).map(|n| format!("'kind.number-{n}'")).collect::<Vec<_>>().join(",")
    );
    insta::assert_snapshot!(laid_out(&text), @r#"
    [duty.x]
    when = [
      "kind.number-0",
      "kind.number-1",
      "kind.number-2",
      "kind.number-3",
      "kind.number-4",
      "kind.number-5",
      "kind.number-6",
      "kind.number-7",
      "kind.number-8",
      "kind.number-9",
      "kind.number-10",
      "kind.number-11",
    ]
    same = []
    "#);
}

#[test]
fn the_excerpt_keeps_its_meaning() {
    let text = super::excerpt::EXCERPT;
    let after = laid_out(text);
    let read_text = |text: &str| {
        let policy = read(vec![file("p.toml", text)]).unwrap_or_else(|problems| panic!("{problems}"));
        let sentences: Vec<String> = policy
            .duties
            .keys()
            .chain(policy.signals.keys())
            .filter_map(|rule| sentence(&policy, rule))
            .collect();
        (sentences, policy.kinds, policy.ranks, policy.roles)
    };
    assert_eq!(read_text(text), read_text(&after));
}

#[test]
fn what_is_no_toml_is_not_laid_out() {
    let files = [file("p.toml", "a = [")];
    insta::assert_snapshot!(fmt("a = [").unwrap_err().line(&files), @"p.toml:1:6: not TOML: unclosed array, expected `]`");
    assert_eq!(laid_out(""), "");
    assert_eq!(laid_out("# only\n\n\n# comments"), "# only\n\n# comments\n");
}
