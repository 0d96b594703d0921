use super::*;

fn said(fields: &str) -> String {
    let text = format!(
        "[kinds.m]\nlinks = ['child', 'meeting']\nattrs = {{ invited = 'texts', attendance = 'texts' }}\n[ladder.l]\nsteps = [{{ to = 'supervisor', answer_within = '1d' }}, {{ to = 'referral-manager' }}]\n[signal.often]\non = 'child'\ncount = 'missing.found'\nat_least = 3\nwithin = '90d'\n[duty.x]\non = 'child'\n{fields}"
    );
    sentence(&policy(&text), "x").unwrap()
}

#[test]
fn duties_are_said() {
    insta::assert_snapshot!(said("when = 'missing.found'\nwhere = 'event.attrs.age < 18'\nexpect = 'interview.held'\nexpect_where = 'event.attrs.good'\nsame = ['episode']\nwithin = '72h'\nunless = 'excuse.given'\nowner = 'referral-manager'\nladder = 'l'\nladder_start = 2\nexcuse_rank = 'inspector'\nin_force = { from = 2014-01-01 }\nsource = { title = 'T', section = '1', year = 2014, url = 'https://x', confidence = 'restated' }"), @"Within 72 hours of `missing.found` (where its `age` is under 18), `interview.held` (where its `good` is true) is owed for each child (same episode), unless `excuse.given`; owed by referral-manager (children-services); climbs the ladder l from step 2; excused by inspector or above; in force from 2014-01-01. Source: T, 1 (2014); seen restated; https://x.");
    insta::assert_snapshot!(said("when = 'missing.found'\nexpect = ['interview.held', 'missing.found']\ndue = 'event.attrs.until'\ndue_before = '3wd'\nno_sooner_than = '1h'\ndischarges = 'oldest'\neach = 'officer'\nowner = { attr = 'how' }"), @"At the latest 3 working days before the time in `until` of `missing.found`, `interview.held` or `missing.found` is owed for each child and each officer, no sooner than 1 hour after it, each answering only the oldest that is open; owed by whoever the attribute `how` names.");
    insta::assert_snapshot!(said("when = { kind = 'missing.found', as = 'child' }\nneeds = 'interview.held'\nwithin = '1mo'\nsince = 'signal.often'\ngiven = 'signal.often'\nindependent_of = 'interview.held'\nowner = { link = 'officer' }"), @"Before `missing.found` as child, `interview.held` is owed for each child, within the 1 month before it, after the latest signal `often`, given an earlier signal `often`, by an officer of neither the trigger nor an earlier `interview.held`; owed by the officer linked.");
    insta::assert_snapshot!(said("when = 'missing.found'\nholds = \"qualified(subject, 'x')\"\nowner = 'part'"), @"At `missing.found`, for each child, it must hold of each officer linked that the officer is qualified in x; owed by the agency, officer or entity itself.");
    insta::assert_snapshot!(said("from = 'missing.found'\nexpect = 'interview.held'\nevery = '1mo'\nfirst = '2h'\nuntil = 'missing.found'\nowner = 'health'"), @"From `missing.found` on, `interview.held` is owed every month for each child, the first within 2 hours, until `missing.found`; owed by health.");
    insta::assert_snapshot!(said("when = 'm'\nagencies = ['police', 'health']\nrecord_within = '5wd'\nreport_counts = true"), @"At `m`, attendance is owed by police and health for each child, recorded within 5 working days; apologies with a report count as attendance.");
    insta::assert_snapshot!(said("when = 'signal.often'\nunless_before = 'interview.held'\nin_force = { to = 2026-01-01 }"), @"For each child there must be no signal `often`, unless `interview.held` came before it; in force before 2026-01-01.");
}

#[test]
fn signals_are_said() {
    let said = |fields: &str| sentence(&policy(&format!("[signal.s]\non = 'child'\n{fields}")), "s").unwrap();
    insta::assert_snapshot!(said("count = ['missing.found', 'interview.held']\nat_least = 3\nwithin = '90d'\ndistinct = 'officer'\nper = ['episode']\nagain = 'each'"), @"Raised for each child when at least 3 different values of `officer` are named by `missing.found` or `interview.held` within 90 days, counted apart for each episode, and again at each further one.");
    insta::assert_snapshot!(said("count = 'missing.found'\nat_least = 1\nwhere = 'event.attrs.age < 18'"), @"Raised for each child at `missing.found` (where its `age` is under 18).");
    insta::assert_snapshot!(said("count = 'missing.found'\nat_least = 2\nwithin = '12mo'"), @"Raised for each child when there are at least 2 of `missing.found` within 12 months.");
}

/// Of a guard, what a sentence says of it.
fn condition(guard: &str) -> String {
    let guard = crate::guard::parse(guard, Place::default()).unwrap();
    crate::policy::condition::condition(&guard)
}

#[test]
fn conditions_are_said_in_words() {
    let said = |guard: &str, words: &str| assert_eq!(condition(guard), words);
    said("event.attrs.age < 18", "its `age` is under 18");
    said("trigger.attrs.age >= 18", "the trigger's `age` is at least 18");
    said("!has(event.attrs.to) || event.attrs.to == 'x y'", "its `to` is not recorded or its `to` is 'x y'");
    said("has(event.attrs.to) && event.attrs.to != 'x'", "its `to` is not x");
    said("has(event.attrs.urgent) && event.attrs.urgent", "its `urgent` is true");
    said("has(event.attrs.a) && has(event.attrs.b)", "its `a` is recorded and its `b` is recorded");
    said("has(event.attrs.a) && trigger.attrs.a == 'x'", "its `a` is recorded and the trigger's `a` is x");
    said("!event.attrs.urgent", "its `urgent` is not true");
    said("event.kind != 'm' || trigger.kind == 'm'", "it is not `m` or the trigger is `m`");
    said("'police' in event.attrs.invited", "its `invited` includes police");
    said("event.attrs.a in ['x', 'y', 'z']", "its `a` is x, y or z");
    said("size(event.links.officer) > 0", "an officer is linked");
    said(
        "qualified(subject, 'pip2') && (event.attrs.a == 1 || event.attrs.b == true)",
        "the officer is qualified in pip2 and (its `a` is 1 or its `b` is true)",
    );
    said(
        "event.links.officer.exists(o, rank_at_least(o, 'sergeant'))",
        "an officer linked has the rank of sergeant or above",
    );
    said(
        "!event.links.approver.exists(a, a in event.links.officer)",
        "no approver linked is linked as officer too",
    );
    said(
        "event.attrs.until <= after(given.at, '6mo')",
        "its `until` is no later than 6 months after the earlier event",
    );
}

#[test]
fn other_conditions_are_shown_as_written() {
    for guard in [
        "event.attrs.a + 1 == 2",
        "size(event.links.officer) > 1",
        "event.links.officer.all(o, has_role(o, 'x'))",
        "event.links.officer.exists(o, rank_at_least(subject, 'x'))",
        "event.attrs.until < after(given.at, '6mo')",
        "event.kind == 'm' ? true : false",
        "event.attrs.a == 'x' && key.startsWith('a')",
    ] {
        assert_eq!(condition(guard), format!("`{guard}`"));
    }
    assert_eq!(condition("event.attrs.a\n  + 1 == 2"), "`event.attrs.a + 1 == 2`");
}
