//! Help that names what was probably meant.

use crate::suggest::did_you_mean;

/// Help that names the nearest, or else all.
pub(super) fn help(written: &str, names: &[&str]) -> Option<String> {
    let all = || (!names.is_empty()).then(|| format!("there is {}", listed(names)));
    did_you_mean(written, names.iter().copied()).or_else(all)
}

/// The names in backticks, with commas; of many, the first few.
pub(super) fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let shown: Vec<_> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
    let more = if names.len() > MOST { format!(" and {} more", names.len() - MOST) } else { String::new() };
    shown.join(", ") + &more
}
