//! Which words of a note are a term.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use engine::policy::{Term, Terms};

fn term(avoid: &str, exact: bool) -> Term {
    Term {
        avoid: avoid.to_owned(),
        also: Vec::new(),
        except: Vec::new(),
        exact,
        prefer: "other words".to_owned(),
        why: "they judge".to_owned(),
    }
}

fn found(note: &str) -> Vec<String> {
    let terms = Terms::new(vec![term("sly", false), term("runner", true)]);
    terms.found_in(note).into_iter().map(|term| term.avoid.clone()).collect()
}

#[test]
fn a_name_is_in_capitals_and_goes_on_to_its_place() {
    assert!(found("seen at Sly House").is_empty());
    assert_eq!(found("seen at the sly House"), ["sly"]);
    assert_eq!(found("They call it Sly. House rules were read out"), ["sly"]);
}

#[test]
fn an_exact_term_has_what_is_its_own_but_no_other_ending() {
    assert_eq!(found("the runner\u{2019}s bag"), ["runner"]);
    assert!(found("two runners").is_empty());
}
