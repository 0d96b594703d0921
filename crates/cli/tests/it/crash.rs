//! `kill -9` loses and doubles nothing: the short form of `cargo run -p xtask -- crash`.

use std::time::Duration;

use test_support::crash::{self, Plan};

fn plan(is_postgres: bool) -> Plan {
    let seed = std::env::var("WAKEFUL_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(2013);
    Plan {
        program: env!("CARGO_BIN_EXE_wakeful").into(),
        policy: test_support::POLICY_FILE.into(),
        is_postgres,
        every: 0,
        rounds: 5,
        seed,
    }
}

fn holds(plan: &Plan) {
    let report = crash::run(plan, &mut |line| println!("{line}")).unwrap_or_else(|why| panic!("{why}"));
    assert!(report.killed > 0, "no server was killed at a write: {report:?}");
}

#[test]
fn a_kill_at_any_write_loses_and_doubles_nothing() {
    holds(&Plan { every: 5, ..plan(false) });
}

#[test]
fn a_kill_loses_and_doubles_nothing_on_postgresql() {
    holds(&plan(true));
}

#[test]
fn the_other_node_takes_over_within_seconds() {
    for nth in [0, 100, 130, 160] {
        let raised = crash::takeover(&plan(true), nth).unwrap_or_else(|why| panic!("killed at {nth}: {why}"));
        println!("killed at {nth}: raised {raised:?} after it was due");
        assert!(raised < Duration::from_secs(10));
    }
}
