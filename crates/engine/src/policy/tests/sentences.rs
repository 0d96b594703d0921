use super::*;

fn said(fields: &str) -> String {
    let text = format!(
        "[kinds.m]\nlinks = ['child', 'meeting']\nattrs = {{ invited = 'texts', attendance = 'texts' }}\n[ladder.l]\nsteps = [{{ to = 'supervisor', answer_within = '1d' }}, {{ to = 'referral-manager' }}]\n[signal.often]\non = 'child'\ncount = 'missing.found'\nat_least = 3\nwithin = '90d'\n[duty.x]\non = 'child'\n{fields}"
    );
    sentence(&policy(&text), "x").unwrap()
}

#[test]
fn duties_are_said() {
    insta::assert_snapshot!(said("when = 'missing.found'\nwhere = 'event.attrs.age < 18'\nexpect = 'interview.held'\nexpect_where = 'event.attrs.good'\nsame = ['episode']\nwithin = '72h'\nunless = 'excuse.given'\nowner = 'referral-manager'\nladder = 'l'\nladder_start = 2\nexcuse_rank = 'inspector'\nin_force = { from = 2014-01-01 }\nsource = { title = 'T', section = '1', year = 2014, url = 'https://x', confidence = 'restated' }"), @"");
    insta::assert_snapshot!(said("when = 'missing.found'\nexpect = ['interview.held', 'missing.found']\ndue = 'event.attrs.until'\ndue_before = '3wd'\nno_sooner_than = '1h'\ndischarges = 'oldest'\neach = 'officer'\nowner = { attr = 'how' }"), @"");
    insta::assert_snapshot!(said("when = { kind = 'missing.found', as = 'child' }\nneeds = 'interview.held'\nwithin = '1mo'\nsince = 'signal.often'\ngiven = 'signal.often'\nindependent_of = 'interview.held'\nowner = { link = 'officer' }"), @"");
    insta::assert_snapshot!(said("when = 'missing.found'\nholds = \"qualified(subject, 'x')\"\nowner = 'part'"), @"");
    insta::assert_snapshot!(said("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'\nfirst = '2h'\nuntil = 'missing.found'\nowner = 'health'"), @"");
    insta::assert_snapshot!(said("when = 'm'\nagencies = ['police', 'health']\nrecord_within = '5wd'\nreport_counts = true"), @"");
    insta::assert_snapshot!(said("when = 'signal.often'\nunless_before = 'interview.held'\nin_force = { to = 2026-01-01 }"), @"");
}

#[test]
fn signals_are_said() {
    let said = |fields: &str| sentence(&policy(&format!("[signal.s]\non = 'child'\n{fields}")), "s").unwrap();
    insta::assert_snapshot!(said("count = ['missing.found', 'interview.held']\nat_least = 3\nwithin = '90d'\ndistinct = 'officer'\nper = ['episode']\nagain = 'each'"), @"");
    insta::assert_snapshot!(said("count = 'missing.found'\nat_least = 1\nwhere = 'event.attrs.age < 18'"), @"");
}
