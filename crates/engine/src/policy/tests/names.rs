use super::*;

fn when(kinds: &str) -> String {
    problems(&format!(
        "[duty.y]\non = 'child'\nwhen = {kinds}\n[duty.x]\non = 'child'\nwhen = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\n[signal.often]\non = 'child'\ncount = 'missing.found'\nat_least = 3\nwithin = '90d'\n"
    ))
}

#[test]
fn kinds_that_are_there() {
    for kinds in [
        "'missing.found'",
        "'signal.often'",
        "'duty.overdue:x'",
        "['duty.met:x', 'duty.excused-late:x']",
        "'excuse.given'",
    ] {
        assert_eq!(when(kinds), "ok", "{kinds}");
    }
    assert_eq!(when("{ kind = 'missing.found', as = 'child' }"), "ok");
}

#[test]
fn kinds_that_are_not() {
    insta::assert_snapshot!(when("['missing.fond', 'something.else']"), @r#"
    p.toml:3:9: the policy declares no kind `missing.fond` (did you mean `missing.found`?)
    p.toml:3:25: the policy declares no kind `something.else` (declare it: `[kinds."something.else"]`)
    "#);
    insta::assert_snapshot!(when("['signal.ofen', 'duty.overdue:z', 'duty.overdu:x', 'duty.x']"), @r#"
    p.toml:3:9: there is no signal `ofen` (did you mean `often`?)
    p.toml:3:24: there is no duty `z`
    p.toml:3:42: `overdu` is nothing that happens to a duty (did you mean `overdue`?)
    p.toml:3:59: `duty.x` names no rule (write `duty.overdue:x`)
    "#);
    insta::assert_snapshot!(when("['duty.breached:x', 'duty.ended:x', 'duty.too-early:x', 'duty.unrecorded:x']"), @r#"
    p.toml:3:9: a duty `x` is never `breached`; it is of the kind `respond` (it can be `opened`, `overdue`, `met`, `met-late`, `excused` or `excused-late`)
    p.toml:3:28: a duty `x` is never `ended`; it is of the kind `respond` (it can be `opened`, `overdue`, `met`, `met-late`, `excused` or `excused-late`)
    p.toml:3:44: a duty `x` is never `too-early`; it is of the kind `respond` (it can be `opened`, `overdue`, `met`, `met-late`, `excused` or `excused-late`)
    p.toml:3:64: a duty `x` is never `unrecorded`; it is of the kind `respond` (it can be `opened`, `overdue`, `met`, `met-late`, `excused` or `excused-late`)
    "#);
    insta::assert_snapshot!(when("{ kind = 'missing.found', as = 'chld', or = 1 }"), @r#"
    p.toml:3:8: `missing.found` declares no link `chld` (did you mean `child`?)
    p.toml:3:47: `or` is no field of a kind of `when` (its fields are `kind` and `as`)
    "#);
}

#[test]
fn what_each_pattern_can_come_to() {
    let words = |fields: &str| {
        let policy = policy(&format!("[duty.x]\non = 'child'\n{fields}"));
        let duty = &policy.duties["x"];
        Transition::ALL
            .into_iter()
            .filter(|t| t.is_of(duty))
            .map(Transition::word)
            .collect::<Vec<_>>()
            .join(" ")
    };
    insta::assert_snapshot!(words("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\nno_sooner_than = '1h'"), @"opened overdue met met-late excused excused-late too-early");
    insta::assert_snapshot!(words("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1d'\nuntil = 'missing.found'"), @"opened overdue met met-late excused excused-late ended ended-late");
    insta::assert_snapshot!(words("when = 'missing.found'\nneeds = 'interview.held'"), @"opened met breached");
    insta::assert_snapshot!(words("when = 'missing.found'"), @"opened breached");
}

#[test]
fn links_and_attributes() {
    let duty = |fields: &str| {
        problems(&format!(
            "[duty.x]\nwhen = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\n{fields}"
        ))
    };
    assert_eq!(duty("on = 'child'\nsame = ['stream', 'episode']\neach = 'officer'"), "ok");
    assert_eq!(duty("on = 'person'"), "ok");
    assert_eq!(duty("on = 'place'"), "ok");
    insta::assert_snapshot!(duty("on = 'chidl'\nsame = ['episod', 'good']\neach = 'oficer'"), @r#"
    p.toml:5:6: no link `chidl` is declared by `missing.found` or `interview.held` (did you mean `child`?)
    p.toml:6:9: no link or attribute `episod` is declared by `missing.found` (did you mean `episode`?)
    p.toml:6:19: no link or attribute `good` is declared by `missing.found`
    p.toml:7:8: no link `oficer` is declared by `missing.found` (did you mean `officer`?)
    "#);
    let signal = |fields: &str| {
        problems(&format!(
            "[signal.s]\non = 'child'\ncount = ['missing.found', 'interview.held']\nat_least = 2\n{fields}"
        ))
    };
    assert_eq!(signal("distinct = 'stream'\nper = ['officer', 'good']"), "ok");
    insta::assert_snapshot!(signal("distinct = 'colour'\nper = ['oficer']"), @r#"
    p.toml:5:12: no link or attribute `colour` is declared by `missing.found` or `interview.held`
    p.toml:6:8: no link or attribute `oficer` is declared by `missing.found` or `interview.held` (did you mean `officer`?)
    "#);
    insta::assert_snapshot!(problems("[kinds.k]\nlinks = ['child', 'a']\nattrs = { a = 'text' }\n[duty.x]\non = 'child'\nsame = ['a']\nwhen = 'k'\n"), @"p.toml:6:9: `a` is both a link and an attribute of `k` (give one of them another name)");
    insta::assert_snapshot!(problems("[kinds.k]\nlinks = ['child']\n[duty.x]\non = 'child'\nwhen = 'k'\nholds = 'true'\n"), @"p.toml:5:8: no link `officer` is declared by `k`");
}

#[test]
fn an_open_policy_declares_nothing() {
    let text = "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n[duty.x]\non = 'loan'\nwhen = { kind = 'Create Fine', as = 'x' }\nexpect = 'Send Fine'\nwithin = '90d'\nsame = ['amount']\nwhere = \"event.attrs['x y'] == 3\"\nowner = { attr = 'desk' }\n";
    assert_eq!(problems_of(vec![file("p.toml", text)]), "ok");
    insta::assert_snapshot!(problems_of(vec![file("p.toml", &text.replace("'Send Fine'", "'signal.nothing'"))]), @"p.toml:8:10: there is no signal `nothing`");
}

#[test]
fn circles() {
    insta::assert_snapshot!(problems("[duty.a]\non = 'child'\nwhen = 'duty.breached:a'\n"), @"p.toml:3:8: the rules lead in a circle: a -> a (each starts from or waits for what the next one makes; take one of these names away)");
    let text = "[duty.b]\non = 'child'\nwhen = 'signal.c'\nexpect = 'interview.held'\nwithin = '1d'\n[signal.c]\non = 'child'\ncount = 'duty.breached:a'\nat_least = 1\n[duty.a]\non = 'child'\nwhen = 'missing.found'\nneeds = 'duty.met:b'\n";
    insta::assert_snapshot!(problems(text), @"p.toml:13:9: the rules lead in a circle: a -> b -> c -> a (each starts from or waits for what the next one makes; take one of these names away)");
}

#[test]
fn strata_count_from_what_is_recorded() {
    let policy = policy(
        "[duty.a]\non = 'child'\nwhen = 'missing.found'\n[signal.b]\non = 'child'\ncount = 'duty.breached:a'\nat_least = 1\n[duty.c]\non = 'child'\nwhen = 'missing.found'\ngiven = 'signal.b'\n",
    );
    let strata = strata(&[policy]).unwrap();
    assert_eq!((strata["a"], strata["b"], strata["c"]), (0, 1, 2));
}

#[test]
fn a_circle_through_two_versions() {
    let first = policy(
        "[duty.a]\non = 'child'\nwhen = 'missing.found'\n[signal.b]\non = 'child'\ncount = 'duty.breached:a'\nat_least = 1\n",
    );
    let second = policy(
        "[signal.b]\non = 'child'\ncount = 'missing.found'\nat_least = 1\n[duty.a]\non = 'child'\nwhen = 'signal.b'\n",
    );
    let (version, problem) = strata(&[first.clone(), second]).unwrap_err();
    insta::assert_snapshot!(format!("{version} {}", problem.line(&first.files)), @"1 p.toml:6:22: the rules lead in a circle: a -> b -> a (each starts from or waits for what the next one makes; take one of these names away)");
}

#[test]
fn guards_see_what_is_declared() {
    let duty = |fields: &str| {
        problems(&format!(
            "[duty.x]\non = 'child'\nwhen = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\n{fields}"
        ))
    };
    assert_eq!(
        duty("where = 'event.attrs.age < 18'\nexpect_where = 'event.attrs.good && trigger.attrs.age < 18'"),
        "ok"
    );
    insta::assert_snapshot!(duty("where = \"event.attrs.age == 'x'\"\nexpect_where = 'event.attrs.god'"), @r#"
    p.toml:6:10: an integer is compared with a text
    p.toml:7:17: `interview.held` declares no attribute `god` (did you mean `good`?)
    "#);
    insta::assert_snapshot!(duty("where = 'event.attrs.age <'"), @"p.toml:6:26: the condition ends too early (something is missing at its end: an operand, or a bracket that closes)");
}

#[test]
fn derived_kinds_have_what_their_rules_give_them() {
    let rules = "[kinds.m]\nlinks = ['child', 'meeting', 'agency']\nattrs = { invited = 'texts', attendance = 'texts', n = 'integer' }\n[kinds.o]\nlinks = ['child']\nattrs = { n = 'text' }\n[duty.meet]\non = 'child'\nwhen = 'm'\nagencies = 'invited'\nrecord_within = '1d'\n[signal.s]\non = 'child'\ncount = 'duty.unrecorded:meet'\nper = ['agency', 'meeting', 'n']\nat_least = 2\n[signal.mixed]\non = 'child'\ncount = ['m', 'o']\nper = ['n']\nat_least = 2\n";
    let guarded = |kind: &str, guard: &str| {
        problems(&format!("{rules}[duty.x]\non = 'child'\nwhen = '{kind}'\nwhere = \"{guard}\"\n"))
    };
    assert_eq!(guarded("duty.unrecorded:meet", "event.attrs.agency == 'police' && event.attrs.n > 2"), "ok");
    assert_eq!(guarded("signal.s", "event.attrs.agency == event.attrs.meeting && event.attrs.n > 2"), "ok");
    assert_eq!(guarded("signal.mixed", "event.attrs.n == 2 || event.attrs.n == 'two'"), "ok");
    insta::assert_snapshot!(guarded("duty.unrecorded:meet", "event.links.agency.exists(a, a == 'police')"), @"p.toml:25:10: `duty.unrecorded:meet` declares no link `agency` (it is an attribute: write `event.attrs.agency`)");
    insta::assert_snapshot!(guarded("signal.s", "has(event.attrs.invited)"), @"p.toml:25:10: `signal.s` declares no attribute `invited` (there is `agency`, `meeting`, `n`)");
}

#[test]
fn a_guard_with_escapes_is_shown_whole() {
    let duty = |fields: &str| problems(&format!("[duty.x]\non = 'child'\nwhen = 'missing.found'\n{fields}"));
    insta::assert_snapshot!(duty("where = \"event.attrs.how == \\\"a\\\" && event.attrs.agee == 3\""), @"p.toml:4:10: `missing.found` declares no attribute `agee` (did you mean `age`?)");
    insta::assert_snapshot!(duty("where = '''\nevent.attrs.how == \"a\"\n  && event.attrs.agee == 3'''"), @"p.toml:6:6: `missing.found` declares no attribute `agee` (did you mean `age`?)");
}
