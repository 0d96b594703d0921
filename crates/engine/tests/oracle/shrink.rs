//! Makes a case that fails as small as it can be: fewer events, fewer fields, fewer lines of policy.

use engine::policy::{Policy, SourceFile};

use super::generate::Case;

/// The smallest case found that still fails.
pub fn shrink(mut case: Case, fails: impl Fn(&Case) -> bool) -> Case {
    loop {
        let mut smaller = false;
        smaller |= fewer_versions(&mut case, &fails);
        smaller |= fewer_events(&mut case, &fails);
        smaller |= fewer_lines(&mut case, &fails);
        smaller |= fewer_fields(&mut case, &fails);
        if !smaller {
            return case;
        }
    }
}

/// Takes the change if the case still fails with it.
fn attempt(case: &mut Case, fails: &impl Fn(&Case) -> bool, change: impl FnOnce(&mut Case) -> bool) -> bool {
    let mut changed = case.clone();
    let is_valid = change(&mut changed);
    if is_valid && fails(&changed) {
        *case = changed;
        return true;
    }
    false
}

fn fewer_versions(case: &mut Case, fails: &impl Fn(&Case) -> bool) -> bool {
    let mut smaller = false;
    for version in (0..case.texts.len()).rev() {
        smaller |= case.texts.len() > 1
            && attempt(case, fails, |case| {
                case.texts.remove(version);
                case.policies.remove(version);
                true
            });
    }
    smaller | (case.cut.known_by.is_some() && attempt(case, fails, |case| case.cut.known_by.take().is_some()))
}

fn fewer_events(case: &mut Case, fails: &impl Fn(&Case) -> bool) -> bool {
    let mut smaller = false;
    let mut width = case.events.len().div_ceil(2);
    while width > 0 {
        let mut from = 0;
        while from < case.events.len() {
            let to = (from + width).min(case.events.len());
            let removed = attempt(case, fails, |case| case.events.drain(from..to).count() > 0);
            smaller |= removed;
            from += if removed { 0 } else { width };
        }
        width /= 2;
    }
    smaller
}

fn fewer_lines(case: &mut Case, fails: &impl Fn(&Case) -> bool) -> bool {
    let mut smaller = false;
    for version in 0..case.texts.len() {
        // Whole tables, then lines.
        for whole in [true, false] {
            let mut line = 0;
            while line < case.texts[version].lines().count() {
                let removed = attempt(case, fails, |case| {
                    let lines: Vec<&str> = case.texts[version].lines().collect();
                    let rest = &lines[line + 1..];
                    let more = rest.iter().take_while(|next| whole && !next.starts_with('[')).count();
                    if whole && !lines[line].starts_with('[') {
                        return false;
                    }
                    let text = [&lines[..line], &rest[more..], &[""]].concat().join("\n");
                    replace(case, version, text)
                });
                smaller |= removed;
                line += usize::from(!removed);
            }
        }
    }
    smaller
}

fn replace(case: &mut Case, version: usize, text: String) -> bool {
    let file = SourceFile { name: "made.toml".to_owned(), text: text.as_str().into() };
    let policy: Option<Policy> = engine::policy::read(vec![file]).ok();
    policy.is_some_and(|policy| {
        case.policies[version] = policy;
        case.texts[version] = text;
        true
    })
}

fn fewer_fields(case: &mut Case, fails: &impl Fn(&Case) -> bool) -> bool {
    let mut smaller = false;
    for place in 0..case.events.len() {
        let event = case.events[place].clone();
        for name in event.attrs.keys() {
            smaller |= attempt(case, fails, |case| case.events[place].attrs.remove(name).is_some());
        }
        for (role, entities) in &event.links {
            for entity in entities {
                smaller |= attempt(case, fails, |case| {
                    let links = &mut case.events[place].links;
                    let is_there = links.get_mut(role).is_some_and(|entities| entities.remove(entity));
                    links.retain(|_, entities| !entities.is_empty());
                    is_there
                });
            }
        }
        smaller |= event.recorded_at != event.at
            && attempt(case, fails, |case| {
                case.events[place].recorded_at = case.events[place].at;
                true
            });
        smaller |= !event.stream.is_empty()
            && attempt(case, fails, |case| {
                case.events[place].stream.clear();
                true
            });
    }
    smaller
}
