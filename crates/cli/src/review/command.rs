//! The command that lists every duty of a review, for people to copy.

use std::ffi::OsStr;

use crate::args::ReviewArgs;

/// The same review with every duty in a file.
#[must_use]
pub fn listing(args: &ReviewArgs) -> String {
    let mut words = vec![String::from("wakeful review")];
    words.extend(args.inputs.iter().map(|input| quoted(input.as_os_str())));
    let mut option = |name: &str, value: &OsStr| words.push(format!("--{name} {}", quoted(value)));
    args.policy.iter().for_each(|path| option("policy", path.as_os_str()));
    args.input.mapping.iter().for_each(|path| option("mapping", path.as_os_str()));
    args.input.rejects.iter().for_each(|path| option("rejects", path.as_os_str()));
    args.input.source.iter().for_each(|name| option("source", OsStr::new(name)));
    args.cut.as_of.iter().for_each(|time| option("as-of", OsStr::new(time)));
    args.cut.known_by.iter().for_each(|time| option("known-by", OsStr::new(time)));
    if args.cut.ignore_in_force {
        words.push(String::from("--ignore-in-force"));
    }
    words.push(String::from("--format csv --out duties.csv"));
    words.join(" ")
}

fn quoted(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let is_plain = |char: char| char.is_alphanumeric() || "-_./:,=+@%".contains(char);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.into_owned();
    }
    format!("'{}'", crate::words::plain(&word).replace('\'', "'\\''"))
}
