//! Terms to be avoided, found in notes.

use std::collections::HashMap;

use caseless::Caseless as _;
use frostem::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// `[[term]]`: words that a note should not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// `avoid`: a word, or several in a row.
    pub avoid: String,
    /// `also`: other forms that count as it.
    pub also: Vec<String>,
    /// `except`: longer runs of words in which it does not count.
    pub except: Vec<String>,
    /// `exact`: only these forms count, not their inflections.
    pub exact: bool,
    /// `prefer`: what to write instead.
    pub prefer: String,
    /// `why`
    pub why: String,
}

/// A list of terms, ready to be looked for.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    terms: Vec<Term>,
    forms: Vec<Form>,
    /// The forms by their first word.
    by_first: HashMap<String, Vec<usize>>,
    /// By term, the longer runs of words in which it does not count.
    exceptions: Vec<Vec<Form>>,
}

/// The words of a term, or of another form of it.
#[derive(Clone, Debug)]
struct Form {
    term: usize,
    exact: bool,
    words: Vec<Word>,
}

/// A word of a text.
#[derive(Clone, Debug)]
struct Word {
    /// In one case and one spelling of each letter.
    folded: String,
    /// What its inflections have in common.
    stem: String,
    is_capital: bool,
    /// Whether a sentence or a clause ends before it.
    begins: bool,
}

/// Between this and the next `]` a note says what somebody said.
const QUOTE: &str = "[quote:";

/// What a name of a place ends with: before one of these, capital letters are of a name.
const PLACES: &[&str] = &[
    "academy", "arms", "avenue", "bar", "cafe", "centre", "close", "club", "college", "court", "crescent",
    "drive", "estate", "farm", "garage", "gardens", "grove", "gym", "hall", "hostel", "hotel", "house",
    "inn", "lane", "park", "place", "pub", "road", "school", "shop", "square", "station", "street",
    "takeaway", "terrace", "way",
];

impl Terms {
    /// The list of these terms.
    #[must_use]
    pub fn new(terms: Vec<Term>) -> Self {
        let stemmer = Stemmer::new(Algorithm::English);
        let mut list = Self::default();
        for (term, of) in terms.iter().enumerate() {
            for form in std::iter::once(&of.avoid).chain(&of.also) {
                let words = words(form, &stemmer);
                let Some(first) = words.first() else { continue };
                list.by_first.entry(first.stem.clone()).or_default().push(list.forms.len());
                list.forms.push(Form { term, exact: of.exact, words });
            }
            let exceptions =
                of.except.iter().map(|except| Form { term, exact: of.exact, words: words(except, &stemmer) });
            list.exceptions.push(exceptions.collect());
        }
        list.terms = terms;
        list
    }

    /// The terms, in order.
    #[must_use]
    pub fn list(&self) -> &[Term] {
        &self.terms
    }

    /// The words of a text as they are compared, in a row.
    #[must_use]
    pub fn folded(text: &str) -> String {
        let words = words(text, &Stemmer::new(Algorithm::English)).into_iter();
        words.map(|word| word.folded).collect::<Vec<_>>().join(" ")
    }

    /// Whether a text has a word that could be found.
    #[must_use]
    pub fn has_word(text: &str) -> bool {
        !words(text, &Stemmer::new(Algorithm::English)).is_empty()
    }

    /// The terms that a note has, each once, in the order of the list.
    ///
    /// Words are whole, in any case, and inflected as English inflects. What is quoted between `[quote:` and `]` does not
    /// count, nor a name before a word for a place where all is in capitals: "Lifestyle Gym".
    #[must_use]
    pub fn found_in(&self, note: &str) -> Vec<&Term> {
        let stemmer = Stemmer::new(Algorithm::English);
        let mut found = vec![false; self.terms.len()];
        for passage in outside_quotes(note) {
            let words = words(passage, &stemmer);
            for (start, word) in words.iter().enumerate() {
                let forms =
                    self.by_first.get(&word.stem).into_iter().flatten().map(|&form| &self.forms[form]);
                for form in forms.filter(|form| form.is_at(&words[start..])) {
                    found[form.term] |= !self.is_excepted(form, &words, start);
                }
            }
        }
        self.terms.iter().zip(found).filter(|(_, found)| *found).map(|(term, _)| term).collect()
    }

    /// Whether a form stands, from a word on, inside one of its term's exceptions.
    fn is_excepted(&self, form: &Form, text: &[Word], start: usize) -> bool {
        self.exceptions[form.term].iter().any(|except| {
            let room = except.words.len().saturating_sub(form.words.len());
            (start.saturating_sub(room)..=start).any(|at| except.is_at(&text[at..]))
        })
    }
}

impl Form {
    fn is_at(&self, text: &[Word]) -> bool {
        let Some(here) = text.get(..self.words.len()) else { return false };
        let is_same = |one: &Word, other: &Word| {
            if self.exact { one.folded == other.folded } else { one.stem == other.stem }
        };
        let is_name = here.iter().all(|word| word.is_capital)
            && text.get(self.words.len()).is_some_and(|next| next.is_capital && next.is_place());
        here.iter().skip(1).all(|word| !word.begins)
            && self.words.iter().zip(here).all(|(one, other)| is_same(one, other))
            && !is_name
    }
}

impl Word {
    fn is_place(&self) -> bool {
        !self.begins && PLACES.contains(&self.folded.as_str())
    }
}

/// The passages of a note that are its author's own words; a quotation that never ends is none.
fn outside_quotes(note: &str) -> Vec<&str> {
    let mut passages = Vec::new();
    let mut rest = note;
    while let Some(start) = quote_in(rest) {
        let Some(end) = rest[start..].find(']') else { break };
        passages.push(&rest[..start]);
        rest = &rest[start + end + 1..];
    }
    passages.push(rest);
    passages
}

/// Where a mark of a quotation begins, in any case.
fn quote_in(text: &str) -> Option<usize> {
    let is_mark = |start: usize| {
        text.as_bytes()
            .get(start..start + QUOTE.len())
            .is_some_and(|mark| mark.eq_ignore_ascii_case(QUOTE.as_bytes()))
    };
    text.match_indices('[').map(|(start, _)| start).find(|&start| is_mark(start))
}

fn words(text: &str, stemmer: &Stemmer) -> Vec<Word> {
    let mut words = Vec::new();
    let mut begins = false;
    for piece in text.split_word_bounds() {
        if !piece.contains(char::is_alphanumeric) {
            begins |= piece.contains(['.', '!', '?', ';', ':', '\n']);
            continue;
        }
        let folded = fold(piece);
        words.push(Word {
            stem: stemmer.stem(&folded).into_owned(),
            folded,
            is_capital: piece.starts_with(char::is_uppercase),
            begins,
        });
        begins = false;
    }
    words
}

/// Compatible letters as one, apostrophes as one, no soft hyphens or joiners, one case, and no `'s`.
fn fold(word: &str) -> String {
    let seen =
        word.chars().filter(|letter| !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}'));
    let one =
        seen.map(|letter| if matches!(letter, '\u{2019}' | '\u{2018}' | '\u{2bc}') { '\'' } else { letter });
    let folded: String = one.nfkc().default_case_fold().nfkc().collect();
    folded.strip_suffix("'s").map_or(folded.clone(), str::to_owned)
}
