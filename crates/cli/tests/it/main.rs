//! The real binary over small inputs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod bench;
mod compare;
mod convert;
#[cfg(target_os = "linux")]
mod crash;
mod database;
mod doc;
#[cfg(target_os = "linux")]
mod folder;
mod outputs;
mod policy;
mod review;
mod serve;
mod synth;
mod traces;
#[cfg(target_os = "linux")]
mod trouble;
mod wrong_input;
