//! The commands that say more than a review shows, for people to copy.

use std::ffi::OsStr;
use std::path::PathBuf;

use crate::args::ReviewArgs;
use crate::words::quoted;

/// The same review with every duty in a file.
#[must_use]
pub fn listing(args: &ReviewArgs) -> String {
    let inputs: String = args.inputs.iter().map(|input| format!(" {}", quoted(input.as_os_str()))).collect();
    format!("wakeful review{inputs}{} --format csv --out duties.csv", options(args))
}

/// Why a duty of the review stands where it stands.
#[must_use]
pub fn explaining(args: &ReviewArgs, rule: &str, id: &str) -> String {
    let logs: String = args.inputs.iter().map(|input| option("log", input.as_os_str())).collect();
    format!("wakeful policy explain {}{logs}{} --duty {id}", quoted(OsStr::new(rule)), options(args))
}

/// What decides of the duties: policies, how inputs are read, what counts.
fn options(args: &ReviewArgs) -> String {
    let path = |name: &'static str| move |path: &PathBuf| option(name, path.as_os_str());
    let text = |name: &'static str| move |text: &String| option(name, OsStr::new(text));
    let policies = args.policy.iter().map(path("policy"));
    let input =
        args.input.mapping.iter().map(path("mapping")).chain(args.input.rejects.iter().map(path("rejects")));
    let cut = args.cut.as_of.iter().map(text("as-of")).chain(args.cut.known_by.iter().map(text("known-by")));
    let alone = args.cut.ignore_in_force.then(|| String::from(" --ignore-in-force"));
    policies
        .chain(input)
        .chain(args.input.source.iter().map(text("source")))
        .chain(cut)
        .chain(alone)
        .collect()
}

/// ` --name value`
fn option(name: &str, value: &OsStr) -> String {
    format!(" --{name} {}", quoted(value))
}
