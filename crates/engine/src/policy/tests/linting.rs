//! What people would stumble over in a policy's prose.

use super::*;

fn lints(text: &str) -> String {
    let policy = policy(text);
    lint(&policy).iter().map(|problem| problem.line(&policy.files)).collect::<Vec<_>>().join("\n")
}

#[test]
fn titles_are_plain_sentences_without_names_of_the_policy() {
    insta::assert_snapshot!(lints(r#"
[duty.one]
title = "interview.held after missing.found."
on = "child"
when = "missing.found"
expect = "interview.held"
within = "72h"

[signal.two]
on = "child"
count = "missing.found"
at_least = 2
"#), @"
    p.toml:2:1: the title of the duty `one` does not begin with a capital (write it as a sentence)
    p.toml:2:1: the title of the duty `one` ends with a full stop (take it away: it stands in tables)
    p.toml:2:1: the title of the duty `one` says `interview.held`, which is a name of the policy (say it in words: people read titles who never see the policy)
    p.toml:9:1: the signal `two` has no `title` (say in one plain sentence what is owed, by whom)
    ");
}

#[test]
fn a_child_is_a_child_and_words_of_the_trade_are_not_everybody_s() {
    insta::assert_snapshot!(lints(r#"
[duty.one]
title = "A misper who is a minor is seen by the DI; young people of other ages are not"
on = "child"
when = "missing.found"
expect = "interview.held"
within = "72h"
source = { title = "National Referral Mechanism (NRM), and NRM again", section = "COP" }

[[test]]
name = "kids"
events = []
none = ["one"]
"#), @"
    p.toml:2:1: the source of `one` says `COP` and not what it is short for (write the words, or the words and then `(COP)`)
    p.toml:2:1: the title of the duty `one` says `minor` (write `child`: whoever is under 18 is a child)
    p.toml:2:1: the title of the duty `one` says `young people` (write `children`: whoever is under 18 is a child)
    p.toml:2:1: the title of the duty `one` says `misper` (write `missing child`: it is a word of the trade)
    p.toml:2:1: the title of the duty `one` says `DI` and not what it is short for (write the words, or the words and then `(DI)`)
    p.toml:10:1: the name of this test says `kid` (write `child`: whoever is under 18 is a child)
    ");
}

#[test]
fn terms_that_the_policy_looks_for_are_not_its_own() {
    insta::assert_snapshot!(lints(r#"
[signal.words]
title = "A note says that a child absconds"
on = "child"
text = "note"
terms = "p.toml"

[[term]]
avoid = "absconded"
prefer = "is missing"
why = "a child is missing"
"#), @"p.toml:2:1: the title of the signal `words` says `absconded` (write `is missing`: a child is missing)");
}

#[test]
fn a_policy_in_plain_words_has_nothing_to_mend() {
    assert_eq!(
        lints(
            "[duty.one]\ntitle = \"A child is seen within 72 hours\"\non = \"child\"\nwhen = \"missing.found\"\nexpect = \"interview.held\"\nwithin = \"72h\"\n"
        ),
        ""
    );
}
