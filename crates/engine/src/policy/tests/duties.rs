use super::*;

fn duty(fields: &str) -> String {
    problems(&format!("[duty.x]\non = 'child'\n{fields}"))
}

fn pattern(fields: &str) -> Pattern {
    policy(&format!("[duty.x]\non = 'child'\n{fields}")).duties["x"].pattern
}

#[test]
fn fields_decide_the_pattern() {
    assert_eq!(
        pattern("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1wd'"),
        Pattern::Respond
    );
    assert_eq!(
        pattern(
            "when = 'missing.found'\nexpect = 'interview.held'\ndue = 'event.attrs.until'\ndue_before = '3wd'"
        ),
        Pattern::Respond
    );
    assert_eq!(pattern("when = 'missing.found'\nneeds = 'interview.held'\nwithin = '1mo'"), Pattern::Before);
    assert_eq!(pattern("when = 'missing.found'\nholds = \"qualified(subject, 'x')\""), Pattern::Holds);
    assert_eq!(pattern("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'"), Pattern::Every);
    assert_eq!(pattern("when = 'missing.found'"), Pattern::Never);
    assert_eq!(pattern("when = 'missing.found'\nunless_before = 'interview.held'"), Pattern::Never);
    let meeting =
        "[kinds.m]\nlinks = ['child', 'meeting']\nattrs = { invited = 'texts', attendance = 'texts' }\n";
    let attend = "[duty.x]\non = 'child'\nwhen = 'm'\nagencies = 'invited'\nrecord_within = '5wd'";
    assert_eq!(policy(&format!("{meeting}{attend}")).duties["x"].pattern, Pattern::Attend);
}

#[test]
fn fields_of_two_patterns() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\nneeds = 'interview.held'\nwithin = '1d'"), @"p.toml:5:1: `[duty.x]` mixes fields of two kinds of duty: `expect` makes it `respond`, and `needs` makes it `before` (take one of them away, or write two duties)");
    insta::assert_snapshot!(duty("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'\nrecord_within = '1d'"), @"p.toml:6:1: `[duty.x]` mixes fields of two kinds of duty: `from` makes it `every`, and `record_within` makes it `attend` (take one of them away, or write two duties)");
    insta::assert_snapshot!(duty("when = 'missing.found'\nholds = 'true'\nunless_before = 'interview.held'"), @"p.toml:5:1: `[duty.x]` mixes fields of two kinds of duty: `holds` makes it `holds`, and `unless_before` makes it `never` (take one of them away, or write two duties)");
}

#[test]
fn fields_without_meaning() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nholds = 'true'\nwithin = '1d'\neach = 'officer'\nexpect_where = 'true'"), @r#"
    p.toml:5:1: `within` has no meaning in a duty of the kind `holds` (it is a field of `respond` and `before`)
    p.toml:6:1: `each` has no meaning in a duty of the kind `holds` (it is a field of `respond`, `before`, `every` and `never`)
    p.toml:7:1: `expect_where` has no meaning in a duty of the kind `holds` (it is a field of `respond`, `before` and `every`)
    "#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nfrom = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'"), @"p.toml:3:1: `when` has no meaning in a duty of the kind `every` (write `from`)");
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\nunless_where = 'true'\nuntil_where = 'true'\ndue_before = '1d'\nladder_start = 2"), @r#"
    p.toml:6:1: `unless_where` has no meaning without `unless` (add `unless`, or take `unless_where` away)
    p.toml:7:1: `until_where` has no meaning without `until` (add `until`, or take `until_where` away)
    p.toml:8:1: `due_before` has no meaning without `due` (add `due`, or take `due_before` away)
    p.toml:9:1: `ladder_start` has no meaning without `ladder` (add `ladder`, or take `ladder_start` away)
    "#);
}

#[test]
fn missing_fields() {
    insta::assert_snapshot!(duty("expect = 'interview.held'"), @r#"
    p.toml:1:1: `[duty.x]` has no `when` (add one, such as `when = "missing.found"`)
    p.toml:1:1: `[duty.x]` has neither `within` nor `due` (add one, such as `within = "72h"` or `due = "event.attrs.until"`)
    "#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\ndue = 'event.at'"), @"p.toml:6:1: `[duty.x]` has both `within` and `due` (take one of them away)");
    insta::assert_snapshot!(duty("when = 'missing.found'\nwithin = '1d'"), @r#"p.toml:1:1: `[duty.x]` has no `expect` (add one, such as `expect = "return-interview.held"`)"#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nsince = 'interview.held'"), @r#"p.toml:1:1: `[duty.x]` has no `needs` (add one, such as `needs = "sign-off.given"`)"#);
    insta::assert_snapshot!(duty("first = '1d'"), @r#"
    p.toml:1:1: `[duty.x]` has no `from` (add one, such as `from = "missing.reported"`)
    p.toml:1:1: `[duty.x]` has no `expect` (add one, such as `expect = "return-interview.held"`)
    p.toml:1:1: `[duty.x]` has no `every` (add one, such as `every = "1mo"`)
    "#);
    insta::assert_snapshot!(duty("report_counts = true"), @r#"
    p.toml:1:1: `[duty.x]` has no `when` (add one, such as `when = "missing.found"`)
    p.toml:1:1: `[duty.x]` has no `agencies` (add one, such as `agencies = "invited"`)
    p.toml:1:1: `[duty.x]` has no `record_within` (add one, such as `record_within = "5wd"`)
    "#);
    insta::assert_snapshot!(problems("[signal.s]\non = 'child'"), @r#"
    p.toml:1:1: `[signal.s]` has no `count` (add one, such as `count = "missing.reported"`)
    p.toml:1:1: `[signal.s]` has no `at_least` (add one, such as `at_least = 3`)
    "#);
}

#[test]
fn values() {
    insta::assert_snapshot!(duty("when = []\nexpect = ['interview.held', 'interview.held', 3, { as = 'child' }]\nwithin = '0h'\nsame = 'episode'\nseverity = 'hihg'\ndischarges = 'newest'\nowner = { attr = 'a', link = 'b' }\nladder = 'l'\nladder_start = 0\nsource = { section = '1' }\ntitle = ''"), @r#"
    p.toml:3:8: `when` of `[duty.x]` names no kind (name one, or take the field away)
    p.toml:4:29: `interview.held` is there twice; first at p.toml:4:11 (take one of them away or give it another name)
    p.toml:4:47: `expect` wants a text and has a whole number
    p.toml:4:50: a kind of `expect` has no `kind` (add one, such as `kind = "suspect.named"`)
    p.toml:5:10: `0h` is no time at all; write a span of at least one
    p.toml:6:8: `same` wants a list of names and has a text (write `["episode"]`)
    p.toml:7:12: `hihg` is no `severity` (did you mean `high`?)
    p.toml:8:14: `newest` is no `discharges` (write `oldest`)
    p.toml:9:9: `owner` wants either `attr` or `link` (write `{ attr = "to_role" }`, `{ link = "officer" }`, or a role or agency as a text)
    p.toml:10:10: there is no ladder `l` (write one: `[ladder.l]` with `steps`)
    p.toml:11:16: there is no step 0 (steps count from 1)
    p.toml:12:10: `source` has no `title` (add one, such as `title = "…"`)
    p.toml:13:9: `title` is empty
    "#);
    insta::assert_snapshot!(problems("[signal.s]\non = 'child'\ncount = 'missing.found'\nat_least = 0\nagain = 'every'\nwithin = '3wd'"), @r#"
    p.toml:4:12: `at_least` is 0, and a signal needs one event at least (write 1 or more)
    p.toml:5:9: `every` is no `again` (write `each`)
    p.toml:6:10: `3wd` cannot stand as `within` (a window or look-back counts in `m`, `h`, `d` or `mo`, not in working days)
    "#);
}

#[test]
fn units() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nneeds = 'interview.held'\nwithin = '3wd'"), @"p.toml:5:10: `3wd` cannot stand as `within` (a window or look-back counts in `m`, `h`, `d` or `mo`, not in working days)");
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\ndue = 'event.at'\ndue_before = '1mo'"), @"p.toml:6:14: `1mo` cannot stand as `due_before` (counting back is in `m`, `h`, `d` or `wd`, not in months)");
    let text = "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n[duty.x]\nwhen = 'a'\nexpect = 'b'\nwithin = '3wd'\nno_sooner_than = '1wd'\nladder = 'l'\n[ladder.l]\nsteps = [{ to = 'a', answer_within = '1wd' }, { to = 'b' }]\n";
    insta::assert_snapshot!(problems_of(vec![file("p.toml", text)]), @r#"
    p.toml:8:10: `3wd` counts working days, and the policy has no calendar; add one, such as `calendar = "weekdays"`
    p.toml:9:18: `1wd` counts working days, and the policy has no calendar; add one, such as `calendar = "weekdays"`
    p.toml:12:10: `1wd` counts working days, and the policy has no calendar; add one, such as `calendar = "weekdays"`
    "#);
}

#[test]
fn ladders() {
    let ladder = "[ladder.l]\nsteps = [{ to = 'supervisor' }, { to = 'supervisr', agency = 'polce', answer_within = '1d' }, { to = 'nobody', bundle = 1 }, { answer_within = '1d' }]\n[ladder.empty]\nsteps = []\n[ladder.none]\n";
    insta::assert_snapshot!(problems(ladder), @r#"
    p.toml:2:10: step 1 of `[ladder.l]` has no `answer_within` (only the last step may lack it; add one, such as `answer_within = "1d"`)
    p.toml:2:33: `[roles]` names no role `supervisr` (did you mean `supervisor`?)
    p.toml:2:33: `polce` is not an agency that `[roles]` names (did you mean `police`? an agency of its own needs a name less like it)
    p.toml:2:95: `[roles]` names no role `nobody` (add it: `nobody = "…"` with its agency)
    p.toml:2:121: `bundle` wants `true` or `false` and has a whole number
    p.toml:2:126: a step has no `to` (add one, such as `to = "service-manager"`)
    p.toml:4:9: `[ladder.empty]` has no step (add one: `{ to = "…" }`)
    p.toml:5:1: `[ladder.none]` has no `steps` (add one, such as `steps = [ { to = "service-manager" } ]`)
    "#);
    let good = "[ladder.l]\nsteps = [{ to = 'supervisor', answer_within = '1d' }, { to = 'referral-manager', agency = 'owner' }]\n";
    let duty =
        |fields: &str| problems(&format!("{good}[duty.x]\non = 'child'\nwhen = 'missing.found'\n{fields}"));
    assert_eq!(duty("ladder = 'l'\nladder_start = 2"), "ok");
    assert_eq!(duty("ladder = 'l'\nladder_start = 'referral-manager'"), "ok");
    insta::assert_snapshot!(duty("ladder = 'm'"), @"p.toml:6:10: there is no ladder `m` (write one: `[ladder.m]` with `steps`)");
    insta::assert_snapshot!(duty("ladder = 'l'\nladder_start = 3"), @"p.toml:7:16: `l` has 2 steps, and no step 3 (write a step from 1 to 2, or its role)");
    insta::assert_snapshot!(duty("ladder = 'l'\nladder_start = 'superviser'"), @"p.toml:7:16: `l` has no step to `superviser` (did you mean `supervisor`?)");
}

#[test]
fn an_escalation_climbs_no_ladder() {
    let text = "[ladder.l]\nsteps = [{ to = 'supervisor' }]\n[signal.again]\non = 'officer'\ncount = 'escalation.raised'\nat_least = 3\n[duty.x]\non = 'officer'\nwhen = 'signal.again'\nladder = 'l'\n";
    insta::assert_snapshot!(problems(text), @"p.toml:10:10: `x` starts from `signal.again`, and so has no ladder (an escalation does not escalate again; take `ladder` away)");
}

#[test]
fn owners_and_ranks() {
    assert_eq!(duty("when = 'missing.found'\nowner = 'supervisor'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = 'police'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = 'voluntary'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = 'part'\nexcuse_rank = 'inspector'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = { link = 'officer' }"), "ok");
    insta::assert_snapshot!(duty("when = 'missing.found'\nowner = 'supervisr'\nexcuse_rank = 'inspecter'"), @r#"
    p.toml:4:9: `supervisr` is neither a role nor an agency that `[roles]` names (did you mean `supervisor`? an agency of its own needs a name less like it)
    p.toml:5:15: `[ranks]` names no rank `inspecter` (did you mean `inspector`?)
    "#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nowner = { link = 'oficer' }\nexcuse_rank = 'pope'"), @r#"
    p.toml:4:9: no link `oficer` is declared by `missing.found` (did you mean `officer`?)
    p.toml:5:15: `[ranks]` names no rank `pope` (add `pope` to `order` of `[ranks]`, or name a rank that is there)
    "#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nowner = { attr = 'team' }"), @"p.toml:4:9: no attribute `team` is declared by `missing.found`");
}

#[test]
fn attendance() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nagencies = 'invited'\nrecord_within = '1d'"), @r#"p.toml:3:8: `missing.found` lacks what attendance is read from (declare a link `meeting` and `attendance = "texts"` and `invited = "texts"`)"#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nagencies = ['polise', 'supervisor', 'health', 'health']\nrecord_within = '1d'"), @r#"
    p.toml:3:8: `missing.found` lacks what attendance is read from (declare a link `meeting` and `attendance = "texts"`)
    p.toml:4:13: `polise` is not an agency that `[roles]` names (did you mean `police`? an agency of its own needs a name less like it)
    p.toml:4:23: `supervisor` is a role, and `agencies` lists agencies (its agency is `police`)
    p.toml:4:47: `health` is there twice; first at p.toml:4:37 (take one of them away or give it another name)
    "#);
    insta::assert_snapshot!(duty("when = 'missing.found'\nagencies = 'police'\nrecord_within = '1d'"), @r#"
    p.toml:3:8: `missing.found` lacks what attendance is read from (declare a link `meeting` and `attendance = "texts"`)
    p.toml:4:12: `police` is neither a list of agencies nor `invited` (write `["police"]` or `"invited"`)
    "#);
}
