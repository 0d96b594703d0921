use super::*;

fn duty(fields: &str) -> String {
    problems(&format!("[duty.x]\non = 'child'\n{fields}"))
}

fn pattern(fields: &str) -> Pattern {
    policy(&format!("[duty.x]\non = 'child'\n{fields}")).duties["x"].pattern
}

#[test]
fn fields_decide_the_pattern() {
    assert_eq!(pattern("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1wd'"), Pattern::Respond);
    assert_eq!(pattern("when = 'missing.found'\nexpect = 'interview.held'\ndue = 'event.attrs.until'\ndue_before = '3wd'"), Pattern::Respond);
    assert_eq!(pattern("when = 'missing.found'\nneeds = 'interview.held'\nwithin = '1mo'"), Pattern::Before);
    assert_eq!(pattern("when = 'missing.found'\nholds = \"qualified(subject, 'x')\""), Pattern::Holds);
    assert_eq!(pattern("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'"), Pattern::Every);
    assert_eq!(pattern("when = 'missing.found'"), Pattern::Never);
    assert_eq!(pattern("when = 'missing.found'\nunless_before = 'interview.held'"), Pattern::Never);
    let meeting = "[kinds.m]\nlinks = ['child', 'meeting']\nattrs = { invited = 'texts', attendance = 'texts' }\n";
    let attend = "[duty.x]\non = 'child'\nwhen = 'm'\nagencies = 'invited'\nrecord_within = '5wd'";
    assert_eq!(policy(&format!("{meeting}{attend}")).duties["x"].pattern, Pattern::Attend);
}

#[test]
fn fields_of_two_patterns() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\nneeds = 'interview.held'\nwithin = '1d'"), @"");
    insta::assert_snapshot!(duty("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'\nrecord_within = '1d'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nholds = 'true'\nunless_before = 'interview.held'"), @"");
}

#[test]
fn fields_without_meaning() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nholds = 'true'\nwithin = '1d'\neach = 'officer'\nexpect_where = 'true'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nfrom = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\nunless_where = 'true'\nuntil_where = 'true'\ndue_before = '1d'\nladder_start = 2"), @"");
}

#[test]
fn missing_fields() {
    insta::assert_snapshot!(duty("expect = 'interview.held'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\ndue = 'event.at'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nwithin = '1d'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nsince = 'interview.held'"), @"");
    insta::assert_snapshot!(duty("first = '1d'"), @"");
    insta::assert_snapshot!(duty("report_counts = true"), @"");
    insta::assert_snapshot!(problems("[signal.s]\non = 'child'"), @"");
}

#[test]
fn values() {
    insta::assert_snapshot!(duty("when = []\nexpect = ['interview.held', 'interview.held', 3, { as = 'child' }]\nwithin = '0h'\nsame = 'episode'\nseverity = 'hihg'\ndischarges = 'newest'\nowner = { attr = 'a', link = 'b' }\nladder = 'l'\nladder_start = 0\nsource = { section = '1' }\ntitle = ''"), @"");
    insta::assert_snapshot!(problems("[signal.s]\non = 'child'\ncount = 'missing.found'\nat_least = 0\nagain = 'every'\nwithin = '3wd'"), @"");
}

#[test]
fn units() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nneeds = 'interview.held'\nwithin = '3wd'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nexpect = 'interview.held'\ndue = 'event.at'\ndue_before = '1mo'"), @"");
    let text = "[policy]\nname = 'p'\nzone = 'UTC'\nopen = true\n[duty.x]\nwhen = 'a'\nexpect = 'b'\nwithin = '3wd'\nno_sooner_than = '1wd'\nladder = 'l'\n[ladder.l]\nsteps = [{ to = 'a', answer_within = '1wd' }, { to = 'b' }]\n";
    insta::assert_snapshot!(problems_of(vec![file("p.toml", text)]), @"");
}

#[test]
fn ladders() {
    let ladder = "[ladder.l]\nsteps = [{ to = 'supervisor' }, { to = 'supervisr', agency = 'polce', answer_within = '1d' }, { to = 'nobody', bundle = 1 }, { answer_within = '1d' }]\n[ladder.empty]\nsteps = []\n[ladder.none]\n";
    insta::assert_snapshot!(problems(ladder), @"");
    let good = "[ladder.l]\nsteps = [{ to = 'supervisor', answer_within = '1d' }, { to = 'referral-manager', agency = 'owner' }]\n";
    let duty = |fields: &str| problems(&format!("{good}[duty.x]\non = 'child'\nwhen = 'missing.found'\n{fields}"));
    assert_eq!(duty("ladder = 'l'\nladder_start = 2"), "ok");
    assert_eq!(duty("ladder = 'l'\nladder_start = 'referral-manager'"), "ok");
    insta::assert_snapshot!(duty("ladder = 'm'"), @"");
    insta::assert_snapshot!(duty("ladder = 'l'\nladder_start = 3"), @"");
    insta::assert_snapshot!(duty("ladder = 'l'\nladder_start = 'superviser'"), @"");
}

#[test]
fn an_escalation_climbs_no_ladder() {
    let text = "[ladder.l]\nsteps = [{ to = 'supervisor' }]\n[signal.again]\non = 'officer'\ncount = 'escalation.raised'\nat_least = 3\n[duty.x]\non = 'officer'\nwhen = 'signal.again'\nladder = 'l'\n";
    insta::assert_snapshot!(problems(text), @"");
}

#[test]
fn owners_and_ranks() {
    assert_eq!(duty("when = 'missing.found'\nowner = 'supervisor'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = 'police'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = 'voluntary'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = 'part'\nexcuse_rank = 'inspector'"), "ok");
    assert_eq!(duty("when = 'missing.found'\nowner = { link = 'officer' }"), "ok");
    insta::assert_snapshot!(duty("when = 'missing.found'\nowner = 'supervisr'\nexcuse_rank = 'inspecter'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nowner = { link = 'oficer' }\nexcuse_rank = 'pope'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nowner = { attr = 'team' }"), @"");
}

#[test]
fn attendance() {
    insta::assert_snapshot!(duty("when = 'missing.found'\nagencies = 'invited'\nrecord_within = '1d'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nagencies = ['polise', 'supervisor', 'health', 'health']\nrecord_within = '1d'"), @"");
    insta::assert_snapshot!(duty("when = 'missing.found'\nagencies = 'police'\nrecord_within = '1d'"), @"");
}
