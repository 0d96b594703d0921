use super::*;

fn version(head: &str) -> Policy {
    let text = format!("[policy]\nzone = 'UTC'\n{head}\n");
    read(vec![file("p.toml", &text)]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn lines(policies: &[Policy]) -> String {
    let line = |(version, problem): (usize, Problem)| {
        format!("{version} {}", problem.line(&policies[version].files))
    };
    check(policies).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn versions_go_together() {
    let one = version("name = 'p'\nin_force = { from = 2024-01-01 }");
    assert_eq!(lines(&[one.clone(), version("name = 'p'\nin_force = { from = 2025-01-01 }")]), "");
    assert_eq!(lines(&[version("name = 'p'")]), "");
    let others = [one.clone(), version("name = 'q'\nopen = true"), one];
    insta::assert_snapshot!(lines(&others), @r#"
    1 p.toml:1:1: this is a version of `q`, and the first one is of `p` (give policies that make one program the same `name`)
    1 p.toml:1:1: this version is open, and the first one is not (make all versions open, or none)
    1 p.toml:1:1: this is one of 3 versions and does not say from when (add `in_force = { from = 2026-01-01 }`)
    2 p.toml:1:1: two versions are in force from 2024-01-01 (give each its own `from`)
    "#);
}

#[test]
fn every_rule_fires_in_a_test_and_does_not_in_another() {
    let text = "[duty.a]\non = 'child'\nwhen = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\n[signal.b]\non = 'child'\ncount = 'missing.found'\nat_least = 2\n[duty.c]\non = 'child'\nwhen = 'missing.found'\n[[test]]\nname = '1'\nexpect = [{ duty = 'a', state = 'met' }, { duty = 'a', state = 'met-late' }]\nnone = ['b']\n[[test]]\nname = '2'\nexpect = [{ signal = 'b' }, { duty = 'c', state = 'met' }]\n";
    insta::assert_snapshot!(lines(&[policy(text)]), @r#"
    0 p.toml:1:1: no test shows `a` not firing (add a `[[test]]` with `none = ["a"]`, or one in which all is done in time)
    0 p.toml:10:1: no test shows `c` firing (add a `[[test]]` with `expect = [ { duty = "c", state = "breached" } ]`)
    "#);
}
