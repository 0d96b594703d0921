//! The prose of a policy: titles, reasons and names that people read.

use super::{Place, Policy, Problem, Term, Terms};

/// The most letters of a title that is read at a glance.
const LONGEST_TITLE: usize = 140;

/// Words of the trade, or that make a child less than a child: word, what to write, why.
const WORDS: &[(&str, &str, &str)] = &[
    ("minor", "child", "whoever is under 18 is a child"),
    ("juvenile", "child", "whoever is under 18 is a child"),
    ("youth", "child", "whoever is under 18 is a child"),
    ("youngster", "child", "whoever is under 18 is a child"),
    ("kid", "child", "whoever is under 18 is a child"),
    ("young person", "child", "whoever is under 18 is a child"),
    ("young people", "children", "whoever is under 18 is a child"),
    ("underage", "child", "whoever is under 18 is a child"),
    ("misper", "missing child", "it is a word of the trade"),
    ("nominal", "person", "it is a word of the trade"),
    ("perp", "suspect", "it is a word of the trade"),
    ("aggrieved", "victim", "it is a word of the trade"),
    ("IP", "victim", "it is a word of the trade"),
    ("multi-agency", "several agencies", "it is a word of the trade"),
    ("signpost", "tell where to find", "it is a word of the trade"),
    ("in a timely manner", "by when", "a duty says by when"),
];

/// Abbreviations that everybody reads.
const KNOWN: &[&str] = &["UK", "EU", "PDF", "CSV", "ID"];

/// What in a policy's own prose a person would stumble over: a rule without a title, titles that are no plain sentence,
/// words of the trade, abbreviations that the text does not spell out, and terms that blame a child.
#[must_use]
pub fn lint(policy: &Policy) -> Vec<Problem> {
    let trade = Terms::new(WORDS.iter().map(|&word| term(word)).collect());
    let lists = policy.signals.values().filter_map(|signal| signal.terms.as_deref());
    let lists: Vec<&Terms> = std::iter::once(&trade).chain(lists).collect();
    let mut problems = Vec::new();
    for (what, title, place) in titles(policy).into_iter().filter(|(_, _, place)| policy.is_own(place)) {
        match title {
            None => problems.push(
                Problem::new(format!("{what} has no `title`"), place)
                    .help("say in one plain sentence what is owed, by whom"),
            ),
            Some(title) => problems.extend(wrong_title(&what, title, place)),
        }
    }
    for (what, text, place) in sources(policy).into_iter().filter(|(_, _, place)| policy.is_own(place)) {
        problems.extend(unspelt(&what, text, place));
    }
    for (what, text, place) in prose(policy).into_iter().filter(|(_, _, place)| policy.is_own(place)) {
        for term in lists.iter().flat_map(|list| list.found_in(text)) {
            let message = format!("{what} says `{}`", term.avoid);
            problems
                .push(Problem::new(message, place).help(format!("write `{}`: {}", term.prefer, term.why)));
        }
        problems.extend(unspelt(&what, text, place));
    }
    problems.sort_by_key(|problem| (problem.place.file, problem.place.bytes.start));
    problems.dedup();
    problems
}

/// The abbreviations that a text does not spell out.
fn unspelt(what: &str, text: &str, place: &Place) -> Vec<Problem> {
    let short = abbreviations(text).filter(|short| !is_spelt_out(text, short));
    short
        .map(|short| {
            let message = format!("{what} says `{short}` and not what it is short for");
            let help = format!("write the words, or the words and then `({short})`");
            Problem::new(message, place).help(help)
        })
        .collect()
}

fn term((avoid, prefer, why): (&str, &str, &str)) -> Term {
    Term {
        avoid: avoid.into(),
        also: vec![format!("{avoid}s")],
        except: Vec::new(),
        exact: true,
        prefer: prefer.into(),
        why: why.into(),
    }
}

/// What has a title or should have one.
fn titles(policy: &Policy) -> Vec<(String, Option<&str>, &Place)> {
    let duties = policy.duties.values();
    let duties = duties.map(|rule| (format!("the duty `{}`", rule.name), rule.title.as_deref(), &rule.place));
    let signals = policy.signals.values();
    let signals =
        signals.map(|rule| (format!("the signal `{}`", rule.name), rule.title.as_deref(), &rule.place));
    let settings = policy.settings.values();
    let settings =
        settings.map(|of| (format!("the setting `{}`", of.name), Some(of.title.as_str()), &of.place));
    duties.chain(signals).chain(settings).collect()
}

/// What rules rest on, in the words of those who wrote it.
fn sources(policy: &Policy) -> Vec<(String, &str, &Place)> {
    let mut sources: Vec<(String, &str, &Place)> = Vec::new();
    let duties = policy.duties.values().map(|rule| (&rule.name, &rule.source, &rule.place));
    let signals = policy.signals.values().map(|rule| (&rule.name, &rule.source, &rule.place));
    for (name, source, place) in duties.chain(signals) {
        let Some(source) = source else { continue };
        for text in [Some(&source.title), source.section.as_ref()].into_iter().flatten() {
            sources.push((format!("the source of `{name}`"), text, place));
        }
    }
    sources
}

/// Everything that people read in the policy's own words, titles too.
fn prose(policy: &Policy) -> Vec<(String, &str, &Place)> {
    let mut prose: Vec<(String, &str, &Place)> = Vec::new();
    for (what, title, place) in titles(policy) {
        prose.extend(title.map(|title| (format!("the title of {what}"), title, place)));
    }
    for setting in policy.settings.values() {
        prose.push((format!("the rationale of `{}`", setting.name), &setting.rationale, &setting.place));
    }
    for (name, change) in &policy.changes {
        prose.push((format!("the reason for `{name}`"), &change.reason, &change.place));
    }
    for test in policy.tests.iter() {
        prose.push((String::from("the name of this test"), &test.name, &test.place));
    }
    prose
}

fn wrong_title(what: &str, title: &str, place: &Place) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |message: String, help: &str| problems.push(Problem::new(message, place).help(help));
    if !title.starts_with(char::is_uppercase) {
        wrong(format!("the title of {what} does not begin with a capital"), "write it as a sentence");
    }
    if title.ends_with('.') {
        wrong(format!("the title of {what} ends with a full stop"), "take it away: it stands in tables");
    }
    if title.chars().count() > LONGEST_TITLE {
        wrong(format!("the title of {what} is longer than {LONGEST_TITLE} letters"), "say it in fewer words");
    }
    if let Some(name) = title.split_whitespace().find(|word| is_code(word)) {
        let help = "say it in words: people read titles who never see the policy";
        wrong(format!("the title of {what} says `{name}`, which is a name of the policy"), help);
    }
    problems
}

/// Whether a word is a name such as `missing.found` or `other_of`.
fn is_code(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is_joined = |mark: char| {
        word.split_once(mark).is_some_and(|(before, after)| {
            before.chars().filter(|letter| letter.is_alphabetic()).count() > 1
                && after.chars().take_while(|letter| letter.is_lowercase()).count() > 1
        })
    };
    is_joined('.') || is_joined('_')
}

/// Words of two capitals or more.
fn abbreviations(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| {
        let capitals = word.chars().filter(|letter| letter.is_uppercase()).count();
        let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
        capitals >= 2 && capitals * 2 > letters && !KNOWN.contains(word)
    })
}

/// Whether the words that it is short for stand in the text: in order, one for each capital.
fn is_spelt_out(text: &str, short: &str) -> bool {
    let first = |word: &str| word.chars().next().map(|letter| letter.to_uppercase().to_string());
    let wanted: Vec<String> =
        short.chars().filter(|letter| letter.is_uppercase()).map(|letter| letter.to_string()).collect();
    let words: Vec<&str> =
        text.split(|letter: char| !letter.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let mut found = 0;
    for word in words.iter().filter(|word| **word != short) {
        if wanted.get(found).is_some_and(|letter| first(word).as_ref() == Some(letter)) {
            found += 1;
        }
    }
    text.contains(&format!("({short})")) && found == wanted.len()
}
