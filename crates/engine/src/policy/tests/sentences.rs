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
    said("has(event.attrs.to) && event.attrs.to != 'x'", "its `to` is recorded and its `to` is not x");
    said("'none' in event.attrs.to", "its `to` includes 'none'");
    said(
        "!has(event.attrs.a) || !has(event.attrs.a) || event.attrs.a == trigger.attrs.a",
        "its `a` is not recorded, its `a` is not recorded or its `a` is the trigger's `a`",
    );
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
fn a_condition_of_many_parts_is_said_in_words() {
    let said = |guard: &str, words: &str| assert_eq!(condition(guard), words);
    said(
        "event.attrs.a == 'x' || event.attrs.b || event.attrs.c",
        "its `a` is x, its `b` is true or its `c` is true",
    );
    said("!(event.attrs.a == 'x' && event.attrs.b)", "its `a` is not x or its `b` is not true");
    said(
        "!(has(event.attrs.a) || has(given.attrs.a))",
        "its `a` is not recorded and the earlier event's `a` is not recorded",
    );
    said(
        "has(event.attrs.a) ? event.attrs.a == 'x' || event.attrs.b : 'x' in event.attrs.c",
        "(its `a` is x or its `b` is true) if its `a` is recorded, else its `c` includes x",
    );
    said(
        "!has(trigger.attrs.step) || !has(event.attrs.step) || event.attrs.step == trigger.attrs.step",
        "its `step` is the trigger's `step`, unless one of the two is not recorded",
    );
    said(
        "event.attrs.good && (size(trigger.links.episode) == 0 || size(event.links.episode) == 0 || trigger.links.episode.exists(e, e in event.links.episode))",
        "its `good` is true and (an episode linked to the trigger is linked to it too, unless one of the two links none)",
    );
    said(
        "!has(event.attrs.a) || !has(event.attrs.b) || event.attrs.a == trigger.attrs.b",
        "its `a` is not recorded, its `b` is not recorded or its `a` is the trigger's `b`",
    );
}

#[test]
fn what_is_asked_of_those_linked_is_said_in_words() {
    let said = |guard: &str, words: &str| assert_eq!(condition(guard), words);
    said("!has(event.links.request)", "no request is linked");
    said("has(trigger.links.missing_episode)", "a missing episode is linked to the trigger");
    said("size(event.links.officer) < 2", "fewer than 2 are linked as officer");
    said("size(event.links.officer) < 1", "no officer is linked");
    said(
        "event.links.officer.exists(o, rank_at_least(o, 'sergeant') || has_role(o, 'supervisor') || has_role(o, 'detective-inspector'))",
        "an officer linked has the rank of sergeant or above or has the role of supervisor or detective-inspector",
    );
    said(
        "!given.links.officer.exists(o, has_role(o, 'supervisor', event.at) && in_team(o, key, event.at))",
        "no officer linked to the earlier event has after it the role of supervisor and is after it in the team",
    );
    said(
        "event.links.agency.exists(a, !(a in ['health', 'agency:health']))",
        "an agency linked is not health or agency:health",
    );
    said(
        "trigger.links.suspect.all(s, s in event.links.suspect)",
        "every suspect linked to the trigger is linked to it too",
    );
    said(
        "event.links.officer.exists(o, !(o in trigger.links.named))",
        "an officer linked is not linked to the trigger as named",
    );
    said(
        "event.links.officer.exists(o, !(o in trigger.links.officer))",
        "an officer linked is not linked to the trigger as officer",
    );
    said(
        "given.links.a.exists(o, o in given.links.b)",
        "an a linked to the earlier event is linked to the earlier event as b too",
    );
    said("event.links.o.exists(o, o != 'a' || o != 'b')", "an o linked is not a or is not b");
    said(
        "event.links.officer.exists(o, rank_at_least(o, 'sergeant') || has_role(o, 'boss')) && event.attrs.b",
        "(an officer linked has the rank of sergeant or above or has the role of boss) and its `b` is true",
    );
    said(
        "!event.links.officer.exists(o, has_role(o, 'x') && in_team(o, key)) && event.attrs.b",
        "(no officer linked has the role of x and is in the team) and its `b` is true",
    );
    said(
        "!(event.attrs.b && event.links.officer.exists(o, has_role(o, 'x') && has_role(o, 'y')))",
        "its `b` is not true or (no officer linked has the role of x and has the role of y)",
    );
    said(
        "!event.links.suspect.all(s, s in given.links.child)",
        "a suspect linked is not linked to the earlier event as child",
    );
    said("event.attrs.l.exists(a, a == 'police=attended')", "its `l` includes 'police=attended'");
    said(
        "!event.attrs.l.exists(a, a.startsWith('voluntary='))",
        "its `l` does not include one that begins 'voluntary='",
    );
    said(
        "event.attrs.a == 1 && (rank_at_least(subject, 'inspector') || has_role(subject, 'x') || !has_role(subject, 'y'))",
        "its `a` is 1 and (the officer has the rank of inspector or above, has the role of x or does not have the role of y)",
    );
    said(
        "given.stream.startsWith('officer:') && !has_role(given.stream, 'supervisor', event.at)",
        "the earlier event is in the stream of an officer and the officer in the earlier event's stream does not have after it the role of supervisor",
    );
}

#[test]
fn moments_and_numbers_are_compared_in_words() {
    let said = |guard: &str, words: &str| assert_eq!(condition(guard), words);
    said("event.attrs.until > after(event.at, '3mo')", "its `until` is later than 3 months after it");
    said("after(event.at, '48h') >= event.attrs.until", "its `until` is no later than 48 hours after it");
    said("event.attrs.until == after(trigger.at, '1d')", "its `until` is 1 day after the trigger");
    said("event.at < event.attrs.until", "it happened before its `until`");
    said(
        "event.at <= after(trigger.at, '5wd')",
        "it happened no later than 5 working days after the trigger",
    );
    said("given.at == event.at", "the earlier event happened at the same time as it");
    said("event.stream == trigger.stream", "it is in the same stream as the trigger");
    said("!(event.attrs.n < given.attrs.n)", "its `n` is at least the earlier event's `n`");
    said(
        "filled(key) >= given.attrs.posts",
        "the number of officers with a post in the team before it is at least the earlier event's `posts`",
    );
    said(
        "filled(key, event.at) < (has(given.attrs.posts) ? given.attrs.posts : trigger.attrs.posts)",
        "the number of officers with a post in the team with it is under the earlier event's `posts` (or, where that is not recorded, the trigger's `posts`)",
    );
}

#[test]
fn other_conditions_are_shown_as_written() {
    for guard in [
        "event.attrs.a + 1 == 2",
        "size(event.attrs.l) > 1",
        "event.links.officer.exists_one(o, has_role(o, 'x'))",
        "event.links.officer.exists(o, rank_at_least(subject, 'x'))",
        "has_role(subject, 'x', after(event.at, '1d'))",
        "filled('team:a') < 2",
        "event.kind == 'm' ? true : false",
        "event.attrs.a == 'x' && key.startsWith('a')",
    ] {
        assert_eq!(condition(guard), format!("`{guard}`"));
    }
    assert_eq!(condition("event.attrs.a\n  + 1 == 2"), "`event.attrs.a + 1 == 2`");
}
