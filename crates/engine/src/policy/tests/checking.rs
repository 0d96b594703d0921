use super::*;

fn version(head: &str) -> Policy {
    let text = format!("[policy]\nzone = 'UTC'\n{head}\n");
    read(vec![file("p.toml", &text)]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn lines(policies: &[Policy]) -> String {
    let line = |(version, problem): (usize, Problem)| format!("{version} {}", problem.line(&policies[version].files));
    check(policies).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn versions_go_together() {
    let one = version("name = 'p'\nin_force = { from = 2024-01-01 }");
    assert_eq!(lines(&[one.clone(), version("name = 'p'\nin_force = { from = 2025-01-01 }")]), "");
    assert_eq!(lines(&[version("name = 'p'")]), "");
    let others = [one.clone(), version("name = 'q'\nopen = true"), one];
    insta::assert_snapshot!(lines(&others), @"");
}

#[test]
fn every_rule_fires_in_a_test_and_does_not_in_another() {
    let text = "[duty.a]\non = 'child'\nwhen = 'missing.found'\nexpect = 'interview.held'\nwithin = '1d'\n[signal.b]\non = 'child'\ncount = 'missing.found'\nat_least = 2\n[duty.c]\non = 'child'\nwhen = 'missing.found'\n[[test]]\nname = '1'\nexpect = [{ duty = 'a', state = 'met' }, { duty = 'a', state = 'met-late' }]\nnone = ['b']\n[[test]]\nname = '2'\nexpect = [{ signal = 'b' }, { duty = 'c', state = 'met' }]\n";
    insta::assert_snapshot!(lines(&[policy(text)]), @"");
}
