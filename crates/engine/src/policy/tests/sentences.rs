use super::*;

fn said(fields: &str) -> String {
    let text = format!(
        "[kinds.m]\nlinks = ['child', 'meeting']\nattrs = {{ invited = 'texts', attendance = 'texts' }}\n[ladder.l]\nsteps = [{{ to = 'supervisor', answer_within = '1d' }}, {{ to = 'referral-manager' }}]\n[signal.often]\non = 'child'\ncount = 'missing.found'\nat_least = 3\nwithin = '90d'\n[duty.x]\non = 'child'\n{fields}"
    );
    sentence(&policy(&text), "x").unwrap()
}

#[test]
fn duties_are_said() {
    insta::assert_snapshot!(said("when = 'missing.found'\nwhere = 'event.attrs.age < 18'\nexpect = 'interview.held'\nexpect_where = 'event.attrs.good'\nsame = ['episode']\nwithin = '72h'\nunless = 'excuse.given'\nowner = 'referral-manager'\nladder = 'l'\nladder_start = 2\nexcuse_rank = 'inspector'\nin_force = { from = 2014-01-01 }\nsource = { title = 'T', section = '1', year = 2014, url = 'https://x', confidence = 'restated' }"), @"Within 72 hours of `missing.found` (where `event.attrs.age < 18`), `interview.held` (where `event.attrs.good`) is owed for each child (same episode), unless `excuse.given`; owed by referral-manager (children-services); climbs l from step 2; excused by inspector or above; in force from 2014-01-01. Source: T, 1 (2014); seen restated; https://x.");
    insta::assert_snapshot!(said("when = 'missing.found'\nexpect = ['interview.held', 'missing.found']\ndue = 'event.attrs.until'\ndue_before = '3wd'\nno_sooner_than = '1h'\ndischarges = 'oldest'\neach = 'officer'\nowner = { attr = 'how' }"), @"At the latest 3 working days before `event.attrs.until` of `missing.found`, `interview.held` or `missing.found` is owed for each child and each officer, no sooner than 1 hour after it, each answering only the oldest that is open; owed by whom the attribute `how` names.");
    insta::assert_snapshot!(said("when = { kind = 'missing.found', as = 'child' }\nneeds = 'interview.held'\nwithin = '1mo'\nsince = 'signal.often'\ngiven = 'signal.often'\nindependent_of = 'interview.held'\nowner = { link = 'officer' }"), @"Before `missing.found` as child, `interview.held` is owed for each child, within the 1 month before it, after the latest signal `often`, given an earlier signal `often`, by an officer of neither the trigger nor an earlier `interview.held`; owed by the officer linked.");
    insta::assert_snapshot!(said("when = 'missing.found'\nholds = \"qualified(subject, 'x')\"\nowner = 'part'"), @"At `missing.found`, for each child, `qualified(subject, 'x')` must hold of each officer linked; owed by the agency, officer or entity itself.");
    insta::assert_snapshot!(said("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'\nfirst = '2h'\nuntil = 'missing.found'\nowner = 'health'"), @"From `missing.found` on, `interview.held` is owed every month for each child, the first within 2 hours, until `missing.found`; owed by health.");
    insta::assert_snapshot!(said("when = 'm'\nagencies = ['police', 'health']\nrecord_within = '5wd'\nreport_counts = true"), @"At `m`, attendance is owed by police and health for each child, recorded within 5 working days; apologies with a report count as attendance.");
    insta::assert_snapshot!(said("when = 'signal.often'\nunless_before = 'interview.held'\nin_force = { to = 2026-01-01 }"), @"For each child there must be no signal `often`, unless `interview.held` came before it; in force before 2026-01-01.");
}

#[test]
fn signals_are_said() {
    let said = |fields: &str| sentence(&policy(&format!("[signal.s]\non = 'child'\n{fields}")), "s").unwrap();
    insta::assert_snapshot!(said("count = ['missing.found', 'interview.held']\nat_least = 3\nwithin = '90d'\ndistinct = 'officer'\nper = ['episode']\nagain = 'each'"), @"Raised for each child when `missing.found` or `interview.held` name at least 3 different values of `officer` within 90 days, counted apart for each episode, and again at each further one.");
    insta::assert_snapshot!(said("count = 'missing.found'\nat_least = 1\nwhere = 'event.attrs.age < 18'"), @"Raised for each child when `missing.found` (where `event.attrs.age < 18`) happens.");
}
