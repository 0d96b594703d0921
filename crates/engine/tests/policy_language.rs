//! What the manual says of policies is so: every `toml` block of `docs/policy-language.md` and `README.md` is read, and
//! its tests are run.
//!
//! The words after `toml` on a fence say what a block is:
//!
//! - `policy`: a whole policy with at least one `[[test]]`; it must read, and its tests must pass;
//! - `preamble=NAME`: a policy without tests, which completes parts;
//! - `with=NAME`: a part of a policy, completed by that preamble;
//! - `versions`: versions of a policy, one after the other, parted by lines `# next version`; they must go together;
//! - `packs`: policies that build on one another, parted by lines `# next pack`; the last must read and pass its tests;
//! - `error`, after any of these: it must be refused with the problems that the `text` block after it lists, one a line, as
//!   `policy.toml:line:column: message (help)`, or `version-1.toml` and so on;
//! - `fails`, after `policy` or `with`: it must read, and at least one of its tests must fail;
//! - `skip="reason"`: it fails, and is listed, because the engine does not do this yet; once it passes the mark must go;
//! - `other`: no policy at all.
//!
//! `cargo test -p wakeful-engine --test policy_language -- --nocapture` lists what is skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, reason = "a test")]

use std::collections::BTreeSet;
use std::path::Path;

use engine::policy::{self, Policy, Problems, SourceFile};
use engine::policy_test;

const MANUAL: &str = "docs/policy-language.md";
const PAGES: [&str; 2] = [MANUAL, "README.md"];

/// A block between fences.
struct Block {
    page: &'static str,
    line: usize,
    /// What stands on its fence after ```.
    info: String,
    text: String,
}

struct Page {
    text: String,
    blocks: Vec<Block>,
}

fn page(name: &'static str) -> Page {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let text = inside.flat_map(|line| [line, "\n"]).collect();
        blocks.push(Block { page: name, line: number + 1, info: info.trim().to_owned(), text });
    }
    Page { text, blocks }
}

impl Block {
    fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    fn is_toml(&self) -> bool {
        self.info.split_whitespace().next() == Some("toml")
    }

    fn has(&self, word: &str) -> bool {
        self.info.split_whitespace().any(|other| other == word)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.info.split_whitespace().find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    }

    fn skip(&self) -> Option<&str> {
        let (_, reason) = self.info.split_once("skip=\"")?;
        Some(reason.trim_end_matches('"'))
    }

    /// The block's own file, and the hidden one that completes it.
    fn files(&self, page: &Page) -> Vec<SourceFile> {
        let file = |name: &str, text: &str| SourceFile { name: name.to_owned(), text: text.into() };
        let mut files = vec![file("policy.toml", &self.text)];
        if let Some(name) = self.value("with") {
            let preamble = page.blocks.iter().find(|block| block.value("preamble") == Some(name));
            let preamble = preamble.unwrap_or_else(|| panic!("{}: no preamble {name}", self.place()));
            files.push(file("preamble.toml", &preamble.text));
        }
        files
    }

    fn read(&self, page: &Page) -> Result<Policy, Problems> {
        if !self.has("packs") {
            return policy::read(self.files(page));
        }
        let packs = self.text.split("# next pack\n").enumerate().map(|(number, text)| {
            vec![SourceFile { name: format!("pack-{}.toml", number + 1), text: text.into() }]
        });
        policy::read_packs(packs.collect())
    }

    /// The problems that the block has, one a line; empty where it has none.
    fn problems(&self, page: &Page) -> String {
        if !self.has("versions") {
            return self.read(page).err().map(|problems| problems.to_string()).unwrap_or_default();
        }
        let versions: Vec<Policy> = self
            .text
            .split("# next version\n")
            .enumerate()
            .map(|(number, text)| {
                let name = format!("version-{}.toml", number + 1);
                policy::read(vec![SourceFile { name, text: text.into() }])
                    .unwrap_or_else(|problems| panic!("{}: {problems}", self.place()))
            })
            .collect();
        let problems = policy::program_problems(&versions);
        let lines: Vec<String> =
            problems.iter().map(|(version, problem)| problem.line(&versions[*version].files)).collect();
        lines.join("\n")
    }

    /// What is wrong with a block that should do what it says.
    fn failures(&self, page: &Page) -> Vec<String> {
        let policy = match self.read(page) {
            Ok(policy) => policy,
            Err(problems) => return vec![format!("{}: {problems}", self.place())],
        };
        if self.has("policy") && policy.tests.is_empty() {
            return vec![format!("{}: a whole policy has a test", self.place())];
        }
        let results = match policy_test::run(&policy) {
            Ok(results) => results,
            Err(error) => return vec![format!("{}: {error}", self.place())],
        };
        let failed = results.iter().filter(|result| !result.failures.is_empty());
        failed
            .map(|result| {
                let diffs: Vec<String> =
                    result.failures.iter().flat_map(|failure| failure.diff.clone()).collect();
                format!("{}: {}\n      {}", self.place(), result.name, diffs.join("\n      "))
            })
            .collect()
    }

    /// What is wrong with the block by what its fence says.
    fn wrong(&self, page: &Page, next: Option<&Block>) -> Vec<String> {
        let is_policy = self.has("policy")
            || self.has("packs")
            || ["with", "preamble"].iter().any(|name| self.value(name).is_some());
        if self.has("error") {
            self.not_refused(page, next).into_iter().collect()
        } else if self.has("versions") {
            let problems = self.problems(page);
            if problems.is_empty() { Vec::new() } else { vec![format!("{}: {problems}", self.place())] }
        } else if self.has("fails") {
            let passes = self.failures(page).is_empty();
            passes.then(|| format!("{}: its tests pass", self.place())).into_iter().collect()
        } else if is_policy {
            self.failures(page)
        } else {
            vec![format!("{}: the fence does not say what the block is", self.place())]
        }
    }

    /// What is wrong with a block that should be refused.
    fn not_refused(&self, page: &Page, said: Option<&Block>) -> Option<String> {
        let Some(said) = said.filter(|block| block.info == "text") else {
            return Some(format!("{}: no `text` block says what it is refused for", self.place()));
        };
        let (said, found) = (said.text.trim(), self.problems(page));
        (said != found).then(|| format!("{}: it is refused otherwise:\n{found}", self.place()))
    }
}

#[test]
fn every_block_does_what_it_says() {
    let (mut failures, mut run) = (Vec::new(), 0);
    for page in PAGES.map(page) {
        for (number, block) in page.blocks.iter().enumerate() {
            if !block.is_toml() || block.has("other") {
                continue;
            }
            run += 1;
            assert!(!block.info.contains('`'), "{}: Markdown takes no backtick on a fence", block.place());
            let wrong = block.wrong(&page, page.blocks.get(number + 1));
            match block.skip() {
                None => failures.extend(wrong),
                Some(_) if wrong.is_empty() => {
                    failures.push(format!("{}: the engine does this; take the `skip` away", block.place()));
                }
                Some(reason) => eprintln!("skipped {}: {reason}", block.place()),
            }
        }
    }
    assert!(run > 0);
    assert!(failures.is_empty(), "{} of {run} blocks fail:\n{}", failures.len(), failures.join("\n"));
}

/// Every field of a policy: the names in the engine's own lists of them.
fn fields() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/policy/layout.rs");
    let layout = std::fs::read_to_string(path).unwrap();
    layout.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_field_is_in_the_manual() {
    let (manual, fields) = (page(MANUAL), fields());
    assert!(fields.contains("expect_where") && fields.contains("answer_within"));
    let missing: Vec<_> =
        fields.iter().filter(|field| !manual.text.contains(&format!("`{field}`"))).collect();
    assert!(missing.is_empty(), "the manual does not name {missing:?}");
}

#[test]
fn every_state_and_function_is_in_the_manual() {
    let manual = page(MANUAL);
    for state in engine::duty::State::ALL {
        assert!(manual.text.contains(&format!("| `{}` |", state.word())), "{}", state.word());
    }
    let functions = [
        "has",
        "size",
        "int",
        "double",
        "string",
        "instant",
        "after",
        "qualified",
        "has_role",
        "rank_at_least",
        "in_team",
        "filled",
        "contains",
        "startsWith",
        "endsWith",
        "matches",
        "all",
        "exists",
        "exists_one",
        "filter",
        "map",
    ];
    for function in functions {
        assert!(manual.text.contains(&format!("{function}(")), "{function}");
    }
}
