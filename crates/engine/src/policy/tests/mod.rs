//! Policies as texts, and what reading them says.

use super::*;

mod checking;
mod duties;
mod excerpt;
mod formatting;
mod linting;
mod mutated;
mod names;
mod packs;
mod sentences;
mod syntax;
mod testing;

fn file(name: &str, text: &str) -> SourceFile {
    SourceFile { name: name.into(), text: text.into() }
}

/// The beginning of a closed policy.
const HEAD: &str = r#"
[policy]
name = "p"
zone = "Europe/London"
calendar = "weekdays"

[roles]
supervisor = "police"
referral-manager = "children-services"

[ranks]
order = ["sergeant", "inspector"]

[kinds."missing.found"]
links = ["child", "episode", "officer"]
attrs = { age = "integer", until = "instant", how = ["a", "b"] }

[kinds."interview.held"]
links = ["child", "episode", "officer"]
attrs = { good = "boolean" }
"#;

/// What is wrong with the text after [`HEAD`], a problem a line; `ok` if nothing is.
fn problems(text: &str) -> String {
    problems_of(vec![file("head.toml", HEAD), file("p.toml", text)])
}

fn problems_of(files: Vec<SourceFile>) -> String {
    match read(files) {
        Ok(_) => String::from("ok"),
        Err(problems) => problems.to_string(),
    }
}

/// The policy after [`HEAD`], which must be right.
fn policy(text: &str) -> Policy {
    read(vec![file("head.toml", HEAD), file("p.toml", text)]).unwrap_or_else(|problems| panic!("{problems}"))
}
