//! Settings, and packs that build on packs.

use super::*;

const BASE: &str = r#"
[setting.review]
title = "First review"
value = "72h"
range = ["24h", "96h"]
rationale = "no national figure"

[setting.oldest]
title = "Oldest age"
value = 17
range = [15, 20]
rationale = "a child is under 18"

[duty.seen]
title = "A child found is seen"
on = "child"
when = "missing.found"
where = "!has(event.attrs.age) || event.attrs.age <= $oldest"
expect = "interview.held"
within = "$review"
owner = "supervisor"
ladder = "up"

[signal.often]
on = "child"
count = "duty.overdue:seen"
at_least = 2

[signal.twice]
on = "child"
count = "missing.found"
at_least = 2

[ladder.up]
steps = [ { to = "supervisor" } ]

[[test]]
name = "not seen in time"
events = [ { kind = "missing.found", at = "2026-03-02T09:00", links = { child = "c1" } } ]
at = "2026-03-05T09:00:00.001"
expect = [ { duty = "seen", state = "overdue", due = "2026-03-05T09:00" } ]

[[test]]
name = "found once"
events = [ { kind = "missing.found", at = "2026-03-02T09:00", links = { child = "c1" } } ]
at = "2026-03-02T09:00"
none = ["twice"]
"#;

fn packs(force: &str) -> Vec<Vec<SourceFile>> {
    let force = format!("[policy]\nname = \"northshire\"\nversion = \"1\"\nextends = \"../p\"\n{force}");
    vec![vec![file("head.toml", HEAD), file("base.toml", BASE)], vec![file("force.toml", &force)]]
}

fn force(text: &str) -> Policy {
    read_packs(packs(text)).unwrap_or_else(|problems| panic!("{problems}"))
}

fn wrong(text: &str) -> String {
    read_packs(packs(text)).map_or_else(|problems| problems.to_string(), |_| String::from("ok"))
}

#[test]
fn a_setting_stands_for_its_value_in_fields_and_guards() {
    let policy = policy(BASE);
    let rule = &policy.duties["seen"];
    assert_eq!(rule.within.map(|span| span.to_string()), Some(String::from("72h")));
    assert!(rule.where_.as_ref().is_some_and(|guard| guard.text.ends_with("event.attrs.age <= 17")));
    assert_eq!(
        policy.settings_of("seen").iter().map(|setting| &*setting.name).collect::<Vec<_>>(),
        ["oldest", "review"]
    );
    insta::assert_snapshot!(policy.settings["review"].words(), @"review is 72h, the default of p: no national figure");
}

#[test]
fn a_pack_sets_a_figure_with_its_own_reason_and_keeps_title_and_range() {
    let policy = force("[setting.review]\nvalue = \"48h\"\nrationale = \"our own audit\"");
    assert_eq!((policy.name.as_str(), policy.zone.name()), ("northshire", "Europe/London"));
    assert_eq!(policy.duties["seen"].within.map(|span| span.to_string()), Some(String::from("48h")));
    assert_eq!(policy.settings["review"].title, "First review");
    insta::assert_snapshot!(policy.settings["review"].words(), @"review is 48h, set by northshire 1 in place of 72h: our own audit");
    // What is expected of `seen` was written for 72 hours; `twice` is as it was.
    assert_eq!((policy.tests.len(), policy.tests_set_aside), (1, 1));
    assert_eq!(check(&[policy]), []);
}

#[test]
fn a_pack_switches_a_rule_off_and_replaces_another_with_reasons() {
    let policy = force(
        "[signal.twice]\non = \"child\"\ncount = \"missing.found\"\nat_least = 3\nreason = \"few places\"\n\
         [signal.often]\noff = true\nreason = \"counted by hand\"",
    );
    assert!(!policy.signals.contains_key("often"));
    assert_eq!(policy.signals["twice"].at_least, 3);
    insta::assert_snapshot!(
        policy.changes.iter().map(|(rule, change)| format!("{rule} {}\n", change.words())).collect::<String>(), @"
    often switched off by northshire 1: counted by hand
    twice replaced by northshire 1: few places
    ");
    assert_eq!((policy.tests.len(), policy.tests_set_aside), (1, 1));
}

#[test]
fn a_rule_of_the_last_pack_wants_tests_and_one_below_has_its_own() {
    let policy = force("[signal.thrice]\non = \"child\"\ncount = \"missing.found\"\nat_least = 3");
    let problems: Vec<String> = check(&[policy]).into_iter().map(|(_, problem)| problem.message).collect();
    assert_eq!(problems, ["no test shows `thrice` firing", "no test shows `thrice` not firing"]);
}

#[test]
fn another_clock_sets_every_test_below_aside() {
    let policy = read_packs({
        let mut packs = packs("");
        packs[1].push(file("clock.toml", "[policy]\ncalendar = \"scotland\""));
        packs
    });
    assert_eq!(policy.map(|policy| (policy.tests.len(), policy.tests_set_aside)).ok(), Some((0, 2)));
}

#[test]
fn a_pack_on_a_pack_sets_aside_what_either_changed() {
    let three = |force: &str, ward: &str| {
        let mut packs = packs(force);
        packs.push(vec![file("ward.toml", &format!("[policy]\nextends = \"../force\"\n{ward}"))]);
        let policy = read_packs(packs).unwrap_or_else(|problems| panic!("{problems}"));
        (policy.tests.len(), policy.tests_set_aside)
    };
    let figure = "[setting.review]\nvalue = \"48h\"\nrationale = \"our own audit\"\n";
    let own = format!("{figure}[[test]]\nname = \"own\"\nevents = []\nnone = [\"seen\"]\n");
    assert_eq!(three(figure, ""), (1, 1));
    assert_eq!(three(&own, ""), (2, 1));
    assert_eq!(three(&own, &figure.replace("48h", "24h")), (1, 2));
    assert_eq!(three("", "zone = \"Europe/London\""), (2, 0));
    assert_eq!(three("", "zone = \"Europe/Dublin\""), (0, 2));
}

#[test]
fn what_is_wrong_with_settings_in_guards_and_their_values() {
    let duty = |guard: &str| {
        wrong(&format!(
            "[duty.other]\non = \"child\"\nwhen = \"missing.found\"\nexpect = \"interview.held\"\nwithin = \"1d\"\nwhere = '''{guard}'''"
        ))
    };
    let guards = [
        "event.attrs.age < $oldset",
        "event.attrs.age < $oldest-1",
        "event.attrs.age < -$oldest",
        "event.attrs.how == 'it\\'s $oldset' || event.attrs.age < $oldest",
    ];
    insta::assert_snapshot!(guards.map(duty).join("\n---\n"), @"
    force.toml:10:9: there is no setting `oldset` (did you mean `oldest`?)
    ---
    force.toml:10:9: there is no setting `oldest-1` (`-` may stand in a name; to take something from `$oldest`, put a space before it)
    ---
    ok
    ---
    force.toml:10:12: `event.attrs.how` is never `it's $oldset` (there is `a`, `b`)
    ");
    let value = |value: &str| wrong(&format!("[setting.oldest]\nvalue = {value}\nrationale = \"x\"\n"));
    insta::assert_snapshot!(["2026-01-01", "{ a = 1 }", "inf", "16.5"].map(value).join("\n---\n"), @r#"
    force.toml:6:9: the value of `oldest` is neither a text, a number, true or false, nor a list (write a date or a span as a text: `"72h"`)
    ---
    force.toml:6:9: the value of `oldest` is neither a text, a number, true or false, nor a list (write a date or a span as a text: `"72h"`)
    ---
    force.toml:6:9: the value of `oldest` is neither a text, a number, true or false, nor a list (write a date or a span as a text: `"72h"`)
    ---
    ok
    "#);
}

#[test]
fn what_is_wrong_with_settings_and_packs() {
    let wrongs = [
        "[setting.reviw]\nvalue = \"48h\"\nrationale = \"x\"\ntitle = \"x\"\nrange = [\"1h\", \"99h\"]",
        "[setting.review]\nvalue = \"48h\"",
        "[setting.review]\nvalue = \"2h\"\nrationale = \"x\"",
        "[setting.review]\nvalue = \"2d\"\nrationale = \"x\"",
        "[setting.review]\nvalue = \"72\"\nrationale = \"x\"",
        "[duty.other]\non = \"child\"\nwhen = \"missing.found\"\nexpect = \"interview.held\"\nwithin = \"$reviw\"",
        "[duty.other]\nreason = \"x\"\non = \"child\"\nwhen = \"missing.found\"\nexpect = \"interview.held\"\nwithin = \"$review\"",
        "[duty.seen]\noff = true",
        "[duty.seen]\noff = true\nreason = \"x\"",
        "[duty.unseen]\noff = true\nreason = \"x\"",
        "[duty.seen]\noff = true\nreason = \"x\"\nwithin = \"3d\"\n[signal.often]\noff = true\nreason = \"y\"",
        "[signal.twice]\non = \"child\"\ncount = \"missing.found\"\nat_least = 3",
        "[ladder.up]\noff = true",
    ];
    insta::assert_snapshot!(wrongs.map(wrong).join("\n---\n"), @r#"
    force.toml:5:1: nothing uses the setting `reviw` (did you mean `review`?)
    ---
    force.toml:5:1: `[setting.review]` has no `rationale` (add one, such as `rationale = "No national figure; …"`)
    ---
    force.toml:6:9: `2h` is not from `24h` to `96h` (write a value within the range, or give a `range` of your own here)
    ---
    ok
    ---
    base.toml:20:10: `72` is not a span of time; write a whole number and a unit: `30m`, `72h`, `5d`, `15wd` (working days) or `3mo`
    force.toml:6:9: `72` is not of the sort of its range, `24h` to `96h` (write a value within the range, or give a `range` of your own here)
    ---
    force.toml:9:10: there is no setting `reviw` (did you mean `review`?)
    ---
    force.toml:6:1: no pack below has a duty `other` (`reason` is for what this policy `extends`; take it away)
    ---
    force.toml:5:1: the duty `seen` is switched off without a reason (add `reason = "…"`; it is shown wherever the rule would have been)
    force.toml:5:1: the duty `seen` is switched off, and a rule starts from it at base.toml:26:9 (switch that rule off too, with a reason, or put one in its place)
    ---
    force.toml:5:1: the duty `seen` is switched off, and a rule starts from it at base.toml:26:9 (switch that rule off too, with a reason, or put one in its place)
    ---
    force.toml:6:1: no pack below has a duty `unseen` (`off` is for what this policy `extends`; take it away)
    ---
    force.toml:8:1: `within` is no field of `[duty.seen]` (its fields are `off` and `reason`)
    ---
    force.toml:5:1: the signal `twice` is replaced without a reason (add `reason = "…"`; it is shown wherever the rule would have been)
    ---
    force.toml:5:1: `[ladder.up]` has no `steps` (add one, such as `steps = [ { to = "service-manager" } ]`)
    force.toml:6:1: `off` is no field of `[ladder.up]` (its fields are `steps`)
    "#);
}
